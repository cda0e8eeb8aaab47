//! Words in, exit code out: the command line.
//!
//! The words are parsed by npm's grammar; a command of ours is run by `dispatch`, any other is
//! handed to the installed npm unchanged.

pub mod args;
mod audit_signatures;
pub mod commands;
pub mod completions;
mod dispatch;
mod list;
pub mod man;
mod passthrough;
mod policy;
mod print;
mod registries;
mod review;
mod settings;
mod sumdb;

use std::{ffi::OsString, io, path::PathBuf, process::ExitCode};

use self::commands::{Command, Stage};
use crate::{
    config::{CommandLine, Config, Env, Sources, Value, env},
    error::{Code, Explain, Failure},
    ops::confined,
};

/// One understood command line.
#[derive(Debug)]
pub struct Invocation {
    /// What to do.
    pub command: Command,
    /// The words after the command that are no flags.
    pub positionals: Vec<String>,
    /// Every setting.
    pub config: Config,
}

/// Why the command line itself ended a run.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// A command is npm's, and there is no npm.
    #[error("`{words}` is npm's, and no npm is installed")]
    NoNpm {
        /// The words.
        words: String,
    },
    /// npm did not start.
    #[error("cannot run {}", file.display())]
    Npm {
        /// The executable.
        file: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The command exists in the plan only.
    #[error("`denpm {command}` is not part of this version yet")]
    NotYet {
        /// The command's name.
        command: &'static str,
    },
    /// A command has no such subcommand.
    #[error("`denpm {command}` has no subcommand {word:?}")]
    Subcommand {
        /// The command's name.
        command: &'static str,
        /// What was given.
        word: String,
        /// The subcommands there are.
        known: &'static str,
    },
    /// Words after `sumdb` that are none of its commands.
    #[error("not a command of `denpm sumdb`\n\nUsage:\n{}", usage.lines().map(|line| format!("denpm sumdb {line}")).collect::<Vec<_>>().join("\n"))]
    Sumdb {
        /// The commands, one a line.
        usage: &'static str,
    },
    /// The threads of a run cannot be started.
    #[error("cannot start")]
    Runtime {
        /// The system's reason.
        source: io::Error,
    },
    /// There are no completions for a shell.
    #[error("no completions for {word:?}")]
    UnknownShell {
        /// What was given.
        word: String,
    },
    /// A command lacks a word.
    #[error("denpm {command}: a word is missing; see denpm {command} --help")]
    MissingWord {
        /// The command.
        command: &'static str,
    },
    /// A generated file cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl Explain for CliError {
    fn code(&self) -> Code {
        match self {
            Self::NoNpm { .. } => Code::Notnpm,
            Self::Npm { .. } | Self::Write { .. } | Self::Runtime { .. } => Code::System,
            Self::NotYet { .. }
            | Self::UnknownShell { .. }
            | Self::Subcommand { .. }
            | Self::Sumdb { .. }
            | Self::MissingWord { .. } => Code::Usage,
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::NoNpm { .. } => Some("install node with npm, and put both on PATH".to_owned()),
            Self::NotYet { .. } => Some("`denpm --help` lists what this version can do".to_owned()),
            Self::UnknownShell { .. } => {
                let shells = completions::Shell::ALL.map(completions::Shell::as_str);
                Some(format!("one of {}", shells.join(", ")))
            }
            Self::Subcommand { command, known, .. } => Some(format!("`denpm {command} {known}`")),
            Self::Npm { .. }
            | Self::Write { .. }
            | Self::Runtime { .. }
            | Self::Sumdb { .. }
            | Self::MissingWord { .. } => None,
        }
    }
}

/// Runs denpm for one command line (`args[0]` is the program's own name).
pub fn main(args: impl Iterator<Item = OsString>) -> ExitCode {
    let words: Vec<OsString> = args.skip(1).collect();
    run(&words).unwrap_or_else(|failure| {
        print::error(failure.inner());
        ExitCode::from(failure.inner().exit())
    })
}

fn run(words: &[OsString]) -> Result<ExitCode, Failure> {
    if let Some(failure) = confined(words) {
        return Err(failure);
    }
    let line = CommandLine::parse(words.iter().map(|word| word.to_string_lossy()));
    let flag = |key| line.values.get(key).is_some_and(Value::is_truthy);
    let known = commands::command_of(&line.remain);
    if flag("version") {
        print::bytes(format!("{}\n", env!("CARGO_PKG_VERSION")).as_bytes());
        return Ok(ExitCode::SUCCESS);
    }
    if line.remain.is_empty() && !flag("versions") {
        print::bytes(help(None).as_bytes());
        return Ok(if flag("usage") { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let environment = Env::from_process();
    let Some((command, positionals)) = known.filter(|_| !flag("versions")) else {
        return hand_over(words, &environment);
    };
    if flag("usage") {
        print::bytes(help(Some(command)).as_bytes());
        return Ok(ExitCode::SUCCESS);
    }
    let positionals = positionals.to_vec();
    let config = Config::load(Sources::of_process(line, environment.clone())?)?;
    // Global installs are npm's: nothing there has a lockfile to prove anything against.
    if config.is_global() && commands::is_npms(command) {
        return hand_over(words, &environment);
    }
    if commands::description(command).is_some_and(|known| known.stage == Stage::Later) {
        return Err(CliError::NotYet { command: name_of(command) }.into());
    }
    dispatch::run(&Invocation { command, positionals, config })
}

fn hand_over(words: &[OsString], environment: &Env) -> Result<ExitCode, Failure> {
    let cwd = env::working_folder()
        .map_err(|source| crate::config::ConfigError::WorkingFolder { source })?;
    Ok(passthrough::hand_over(words, environment, &cwd)?)
}

fn name_of(command: Command) -> &'static str {
    commands::description(command).map_or("", |known| known.name)
}

fn help(command: Option<Command>) -> String {
    let mut root = args::describe();
    // Without `build` a subcommand does not know that it is `denpm install`.
    root.build();
    let shown = command.map(name_of).and_then(|name| root.find_subcommand_mut(name));
    match shown {
        Some(command) => command.render_help().to_string(),
        None => root.render_help().to_string(),
    }
}

#[cfg(test)]
mod tests;
