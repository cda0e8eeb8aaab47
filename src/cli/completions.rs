//! Completions for shells, generated from the table of commands.

use clap_complete::Shell as ClapShell;
use clap_complete_nushell::Nushell;

use super::args;

/// A shell that completions exist for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the shells' own names")]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
    Elvish,
    Nushell,
}

impl Shell {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Bash, Self::Zsh, Self::Fish, Self::Powershell, Self::Elvish, Self::Nushell];

    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
            Self::Powershell => "powershell",
            Self::Elvish => "elvish",
            Self::Nushell => "nushell",
        }
    }

    /// The shell called `word`.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shell| shell.as_str() == word)
    }

    /// The name under which the shell looks for the file.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Bash => "denpm.bash",
            Self::Zsh => "_denpm",
            Self::Fish => "denpm.fish",
            Self::Powershell => "_denpm.ps1",
            Self::Elvish => "denpm.elv",
            Self::Nushell => "denpm.nu",
        }
    }
}

/// The completion script for `shell`.
pub fn generate(shell: Shell) -> Vec<u8> {
    let mut command = args::describe();
    let mut out = Vec::new();
    let clap = match shell {
        Shell::Bash => ClapShell::Bash,
        Shell::Zsh => ClapShell::Zsh,
        Shell::Fish => ClapShell::Fish,
        Shell::Powershell => ClapShell::PowerShell,
        Shell::Elvish => ClapShell::Elvish,
        Shell::Nushell => {
            clap_complete::generate(Nushell, &mut command, "denpm", &mut out);
            return out;
        }
    };
    clap_complete::generate(clap, &mut command, "denpm", &mut out);
    out
}
