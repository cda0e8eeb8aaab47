//! Handing a command line to the installed npm, word for word.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use super::CliError;
use crate::config::{
    Env, NpmInstall,
    env::{find_executables, own_executable},
};

/// Runs npm with the original words; on Unix npm takes this process's place.
///
/// # Errors
/// [`CliError::NoNpm`] when there is none, [`CliError::Npm`] when it does not start.
pub(super) fn hand_over(words: &[OsString], env: &Env, cwd: &Path) -> Result<ExitCode, CliError> {
    let npm = find_npm(env, cwd).ok_or_else(|| CliError::NoNpm {
        words: words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" "),
    })?;
    replace_process(Command::new(&npm).args(words), &npm)
}

/// A real npm, else whatever is called so (a version manager's shim), but never denpm itself
/// under npm's name.
fn find_npm(env: &Env, cwd: &Path) -> Option<PathBuf> {
    if let Some(npm) = NpmInstall::find(env, cwd) {
        return Some(npm.executable);
    }
    let own = own_executable();
    find_executables("npm", env, cwd).find(|file| file.canonicalize().ok() != own)
}

#[cfg(unix)]
fn replace_process(command: &mut Command, npm: &Path) -> Result<ExitCode, CliError> {
    use std::os::unix::process::CommandExt as _;
    Err(CliError::Npm { file: npm.to_path_buf(), source: command.exec() })
}

#[cfg(not(unix))]
fn replace_process(command: &mut Command, npm: &Path) -> Result<ExitCode, CliError> {
    let failed = |source| CliError::Npm { file: npm.to_path_buf(), source };
    let code = command.status().map_err(failed)?.code().unwrap_or(1);
    Ok(ExitCode::from(u8::try_from(code & 0xff).unwrap_or(1)))
}
