//! From an understood command line to the operation that does it.

use std::process::ExitCode;

use super::{CliError, Invocation, commands::Command, print};
use crate::{
    cli::{completions, man},
    error::Failure,
};

/// Runs one command.
///
/// # Errors
/// Whatever the operation refuses or fails with.
pub(super) fn run(invocation: &Invocation) -> Result<ExitCode, Failure> {
    match invocation.command {
        Command::Completions => print_completions(invocation),
        Command::Man => write_man(invocation),
        command => Err(CliError::NotYet { command: super::name_of(command) }.into()),
    }
}

fn print_completions(invocation: &Invocation) -> Result<ExitCode, Failure> {
    let word = invocation.positionals.first().map(String::as_str).unwrap_or_default();
    let shell = completions::Shell::parse(word)
        .ok_or_else(|| CliError::UnknownShell { word: word.to_owned() })?;
    print::bytes(&completions::generate(shell));
    Ok(ExitCode::SUCCESS)
}

fn write_man(invocation: &Invocation) -> Result<ExitCode, Failure> {
    let folder = invocation.config.text("dir").unwrap_or("man");
    let folder = invocation.config.sources().cwd.join(folder);
    let failed = |source| CliError::Write { path: folder.clone(), source };
    std::fs::create_dir_all(&folder).map_err(failed)?;
    for (name, page) in man::pages().map_err(failed)? {
        std::fs::write(folder.join(name), page).map_err(failed)?;
    }
    Ok(ExitCode::SUCCESS)
}
