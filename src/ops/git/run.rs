//! git as a child process: its environment, its output, and trying again (@npmcli/git `spawn.js`,
//! `opts.js`).

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    io,
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    process::Command,
};

use super::{
    GitOptions,
    error::{FailureKind, GitError, GitFailure},
    remote::{Remote, redact},
};

/// How often a command is tried.
const ATTEMPTS: u32 = 3;

/// How much longer each wait is than the one before.
const WAIT_FACTOR: u32 = 10;

/// The longest wait.
const MAX_WAIT: Duration = Duration::from_mins(1);

/// The most git may say, in bytes; the refs of the largest repositories are some 30 MiB.
const MAX_OUTPUT: u64 = 128 << 20;

/// How much of standard error is kept, in bytes.
const MAX_STDERR: usize = 64 << 10;

/// Variables that would make git work on another repository: set while npm runs in a hook.
const FOREIGN_REPOSITORY: [&str; 8] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
];

/// What a person set in git's own configuration, which a variable would override.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct OwnSettings {
    pub(super) ssh_command: bool,
    pub(super) askpass: bool,
}

impl OwnSettings {
    /// Reads the names `git config --name-only` printed.
    pub(super) fn of(names: &str) -> Self {
        let has = |wanted: &str| names.lines().any(|name| name.trim().eq_ignore_ascii_case(wanted));
        Self { ssh_command: has("core.sshcommand"), askpass: has("core.askpass") }
    }
}

/// The environment of git: never a question on the terminal, only protocols that fetch.
pub(super) fn environment(
    base: &BTreeMap<OsString, OsString>,
    own: OwnSettings,
    remote: Option<&Remote>,
) -> BTreeMap<OsString, OsString> {
    let mut env = base.clone();
    env.retain(|name, _| !FOREIGN_REPOSITORY.iter().any(|foreign| name == foreign));
    let mut default = |name: &str, value: &str| {
        env.entry(name.into()).or_insert_with(|| value.into());
    };
    if !own.askpass {
        default("GIT_ASKPASS", "echo");
    }
    if !own.ssh_command {
        default("GIT_SSH_COMMAND", "ssh -oStrictHostKeyChecking=accept-new");
    }
    // For a repository on this machine git's own rules hold: it may be read, but its submodules
    // may not point at other folders. The variable would allow both.
    if !remote.is_some_and(Remote::is_local) {
        default("GIT_ALLOW_PROTOCOL", "git:http:https:ssh");
    }
    env
}

/// What a process said.
#[derive(Debug)]
pub(super) struct Spoken {
    pub(super) status: ExitStatus,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// Runs a program to its end, with nothing to read and bounded output.
pub(super) async fn speak(
    program: &OsStr,
    args: &[OsString],
    folder: &Path,
    env: &BTreeMap<OsString, OsString>,
) -> io::Result<Spoken> {
    let mut command = Command::new(program);
    command.args(args).current_dir(folder).env_clear().envs(env).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (stdout, stderr) = tokio::join!(read_all(stdout), read_end(stderr));
    let Ok(stdout) = stdout else {
        child.kill().await?;
        return Err(io::ErrorKind::FileTooLarge.into());
    };
    Ok(Spoken { status: child.wait().await?, stdout, stderr })
}

async fn read_all(stream: Option<impl AsyncRead + Unpin>) -> io::Result<String> {
    let Some(stream) = stream else { return Ok(String::new()) };
    let mut bytes = Vec::new();
    stream.take(MAX_OUTPUT + 1).read_to_end(&mut bytes).await?;
    if bytes.len() as u64 > MAX_OUTPUT {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

async fn read_end(stream: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut stream) = stream else { return String::new() };
    let (mut kept, mut part) = (Vec::new(), vec![0; 8192]);
    while let Ok(read @ 1..) = stream.read(&mut part).await {
        kept.extend_from_slice(part.get(..read).unwrap_or_default());
        if kept.len() > 2 * MAX_STDERR {
            kept.drain(..kept.len() - MAX_STDERR);
        }
    }
    kept.drain(..kept.len().saturating_sub(MAX_STDERR));
    String::from_utf8_lossy(&kept).trim().to_owned()
}

/// Runs git in a folder, up to three times while the connection fails; standard output, trimmed.
pub(super) async fn git(
    options: &GitOptions,
    args: &[&OsStr],
    folder: &Path,
    env: &BTreeMap<OsString, OsString>,
) -> Result<String, GitError> {
    let args: Vec<OsString> = std::iter::once(OsStr::new("--no-replace-objects"))
        .chain(args.iter().copied())
        .map(OsStr::to_owned)
        .collect();
    let mut wait = options.retry_wait;
    for attempt in 1..=ATTEMPTS {
        let failure = match attempt_git(options, &args, folder, env).await {
            Err(GitError::Failed(failure)) => failure,
            other => return other,
        };
        if failure.kind != FailureKind::Connection || attempt == ATTEMPTS {
            return Err(GitError::Failed(failure));
        }
        tokio::time::sleep(wait.min(MAX_WAIT)).await;
        wait = wait.saturating_mul(WAIT_FACTOR);
    }
    Err(GitError::Missing { program: options.program.clone() })
}

async fn attempt_git(
    options: &GitOptions,
    args: &[OsString],
    folder: &Path,
    env: &BTreeMap<OsString, OsString>,
) -> Result<String, GitError> {
    let program = options.program.as_path();
    let spoken = speak(program.as_os_str(), args, folder, env).await.map_err(|source| {
        let program = program.to_path_buf();
        match source.kind() {
            io::ErrorKind::NotFound => GitError::Missing { program },
            _ => GitError::Spawn { program, source },
        }
    })?;
    if spoken.status.success() {
        return Ok(spoken.stdout);
    }
    let line: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
    Err(GitError::Failed(Box::new(GitFailure {
        kind: FailureKind::of(&spoken.stderr),
        command: redact(&format!("{} {}", program.display(), line.join(" "))),
        stderr: redact(&spoken.stderr),
        code: spoken.status.code(),
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> BTreeMap<OsString, OsString> {
        pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    #[test]
    fn environment_asks_nothing_and_keeps_what_is_set() {
        let base = env(&[("GIT_DIR", "/x"), ("GIT_SSH_COMMAND", "mine"), ("PATH", "/bin")]);
        let made = environment(&base, OwnSettings::default(), None);
        let expected = env(&[
            ("GIT_ALLOW_PROTOCOL", "git:http:https:ssh"),
            ("GIT_ASKPASS", "echo"),
            ("GIT_SSH_COMMAND", "mine"),
            ("PATH", "/bin"),
        ]);
        assert_eq!(made, expected);
    }

    #[test]
    fn environment_leaves_git_s_own_settings_alone() {
        let own = OwnSettings::of("core.sshcommand\ncore.askPass\n");
        let local = Remote::new("file:///a").unwrap();
        assert_eq!(environment(&env(&[]), own, Some(&local)), env(&[]));
    }
}
