//! One lifecycle event of one package, run as npm runs it.
//!
//! Sources: `@npmcli/run-script/lib/run-script-pkg.js`, `@npmcli/promise-spawn/lib/index.js`,
//! npm's `lib/utils/error-message.js` for the text of a failure.

use std::{
    io,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    process::Command,
};

use super::{
    sandbox::{Sandbox, SandboxError},
    script_env::Env,
    termination::{End, Group, RunningScript},
};
use crate::{
    error::{Code, Explain},
    event::{Event, Level, Reporter},
};

/// How much of a captured stream is kept, in bytes: the end, where the error is.
const KEPT_BYTES: usize = 1 << 20;

/// What becomes of a script's output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScriptStdio {
    /// Kept, and shown only when the script fails (npm's default for dependencies).
    #[default]
    Captured,
    /// The script talks to the terminal (root scripts, `--foreground-scripts`).
    Inherited,
}

/// One script to run.
#[derive(Clone, Debug)]
pub struct ScriptRun {
    /// `name@version`, for people.
    pub package: String,
    /// The package folder: the script's working directory.
    pub path: PathBuf,
    /// The lockfile key, for people.
    pub location: String,
    /// The lifecycle event.
    pub event: String,
    /// The command line.
    pub command: String,
    /// The complete environment, from [`super::script_env::script_env`].
    pub env: Env,
    /// Config `script-shell`; `None` is `sh`, on Windows `cmd.exe`.
    pub shell: Option<PathBuf>,
    /// Where output goes.
    pub stdio: ScriptStdio,
    /// What confines it.
    pub sandbox: Option<Sandbox>,
}

/// What a script wrote when it was captured; the last mebibyte of each stream, trimmed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScriptOutput {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// A script did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// It ran and ended with a code or by a signal.
    #[error("command failed")]
    Failed {
        /// `name@version`.
        package: String,
        /// Where it ran.
        path: PathBuf,
        /// The lifecycle event.
        event: String,
        /// Shell and arguments as one line.
        command: String,
        /// The exit code, unless a signal ended it.
        code: Option<i32>,
        /// The signal's name.
        signal: Option<String>,
        /// What it wrote.
        output: ScriptOutput,
    },
    /// It cannot be confined as it shall be.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The shell could not be started.
    #[error("cannot run the {event} script of {package}: {}", shell.display())]
    Spawn {
        /// `name@version`.
        package: String,
        /// The lifecycle event.
        event: String,
        /// The shell.
        shell: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl Explain for ScriptError {
    fn code(&self) -> Code {
        match self {
            Self::Failed { .. } => Code::Lifecycle,
            Self::Spawn { .. } => Code::System,
            Self::Sandbox(error) => error.code(),
        }
    }

    /// npm prints the script's own exit code as the error's code.
    fn code_text(&self) -> String {
        match self {
            Self::Failed { code: Some(code), .. } => code.to_string(),
            _ => self.code().as_str().to_owned(),
        }
    }

    fn package(&self) -> Option<String> {
        match self {
            Self::Failed { package, .. } | Self::Spawn { package, .. } => Some(package.clone()),
            Self::Sandbox(error) => error.package(),
        }
    }

    fn detail(&self) -> Vec<String> {
        let Self::Failed { path, command, signal, output, .. } = self else { return Vec::new() };
        let mut lines = vec![format!("path {}", path.display())];
        lines.extend(signal.as_ref().map(|signal| format!("signal {signal}")));
        let command = format!("command {command}");
        for text in [&command, &output.stdout, &output.stderr] {
            lines.extend(text.lines().map(str::to_owned));
        }
        lines
    }

    fn exit(&self) -> u8 {
        match self {
            Self::Failed { code: Some(code), .. } => {
                u8::try_from(code & 0xff).ok().filter(|exit| *exit != 0).unwrap_or(1)
            }
            Self::Sandbox(error) => error.exit(),
            _ => 1,
        }
    }
}

/// Runs one script to its end; there is no time limit, as in npm. Dropping the future kills the shell,
/// and where there is no terminal all that it started.
///
/// # Errors
/// [`ScriptError::Failed`] for any end but exit code 0, [`ScriptError::Spawn`] without a shell.
pub async fn run_script(
    run: &ScriptRun,
    reporter: &dyn Reporter,
) -> Result<ScriptOutput, ScriptError> {
    announce(run, reporter);
    // Removed with all its files when the script is over.
    let private = match run.sandbox {
        Some(_) => Some(TempDir::with_prefix("denpm-script-").map_err(SandboxError::Private)?),
        None => None,
    };
    let (shell, mut command) = shell_command(run, private.as_ref().map(TempDir::path));
    command.current_dir(&run.path).kill_on_drop(true);
    match run.stdio {
        ScriptStdio::Inherited => {
            command.stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::inherit())
        }
        ScriptStdio::Captured => {
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped())
        }
    };
    let spawn_error = |source| ScriptError::Spawn {
        package: run.package.clone(),
        event: run.event.clone(),
        shell: shell.clone(),
        source,
    };
    let group = Group::of(run.stdio);
    RunningScript::prepare(&mut command, group);
    let mut child = command.spawn().map_err(spawn_error)?;
    let watched = RunningScript::of(&child, group);
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (status, stdout, stderr) = tokio::join!(child.wait(), last_of(stdout), last_of(stderr));
    let is_well = status.as_ref().is_ok_and(ExitStatus::success);
    watched.over(if is_well { End::Well } else { End::Badly }).await;
    let (status, output) = (status.map_err(spawn_error)?, ScriptOutput { stdout, stderr });
    if status.success() {
        return Ok(output);
    }
    Err(ScriptError::Failed {
        package: run.package.clone(),
        path: run.path.clone(),
        event: run.event.clone(),
        command: shown_command(&shell, &run.command),
        code: status.code(),
        signal: signal_name(status),
        output,
    })
}

fn announce(run: &ScriptRun, reporter: &dyn Reporter) {
    let (package, event, command) = (run.package.clone(), run.event.clone(), run.command.clone());
    reporter.event(match run.stdio {
        ScriptStdio::Inherited => Event::ScriptStarted { package, event, command },
        ScriptStdio::Captured => Event::log(
            Level::Info,
            "run",
            vec![format!("{package} {event} {} {command}", run.location)],
        ),
    });
}

/// The shell, and the process that hands it the command line in its own way; confined where
/// there is a private folder.
fn shell_command(run: &ScriptRun, private: Option<&Path>) -> (PathBuf, Command) {
    let default = if cfg!(windows) { "cmd.exe" } else { "sh" };
    let shell = run.shell.clone().unwrap_or_else(|| PathBuf::from(default));
    let confined = run.sandbox.as_ref().zip(private);
    let mut command = match confined {
        Some((sandbox, private)) => sandbox.command(&run.path, private, &shell).into(),
        None => Command::new(&shell),
    };
    command.env_clear().envs(match confined {
        Some((sandbox, private)) => sandbox.env(&run.env, private),
        None => run.env.clone(),
    });
    if is_cmd(&shell) {
        pass_to_cmd(&mut command, &run.command);
    } else {
        command.arg("-c").arg(&run.command);
    }
    (shell, command)
}

/// `cmd` or `cmd.exe`, with or without a folder before it.
fn is_cmd(shell: &Path) -> bool {
    let text = shell.to_string_lossy().to_ascii_lowercase();
    let name = text.rsplit('\\').next().unwrap_or_default();
    matches!(name, "cmd" | "cmd.exe")
}

#[cfg(windows)]
fn pass_to_cmd(command: &mut Command, script: &str) {
    // cmd.exe parses its own command line: quoting it would change the script.
    command.raw_arg("/d").raw_arg("/s").raw_arg("/c").raw_arg(script);
}

#[cfg(not(windows))]
fn pass_to_cmd(command: &mut Command, script: &str) {
    command.args(["/d", "/s", "/c", script]);
}

fn shown_command(shell: &Path, script: &str) -> String {
    let flags = if is_cmd(shell) { "/d /s /c" } else { "-c" };
    format!("{} {flags} {script}", shell.display())
}

/// The end of a stream, as text.
async fn last_of(stream: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut stream) = stream else { return String::new() };
    let mut kept = Vec::new();
    let mut buffer = vec![0; 64 << 10];
    // A stream that breaks is one that ended: the exit code decides.
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        kept.extend_from_slice(buffer.get(..count).unwrap_or_default());
        if kept.len() > 2 * KEPT_BYTES {
            kept.drain(..kept.len() - KEPT_BYTES);
        }
    }
    let start = kept.len().saturating_sub(KEPT_BYTES);
    String::from_utf8_lossy(kept.get(start..).unwrap_or_default()).trim().to_owned()
}

#[cfg(unix)]
fn signal_name(status: ExitStatus) -> Option<String> {
    use std::os::unix::process::ExitStatusExt as _;
    let signal = status.signal()?;
    let name = match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        other => return Some(format!("signal {other}")),
    };
    Some(name.to_owned())
}

#[cfg(not(unix))]
fn signal_name(_status: ExitStatus) -> Option<String> {
    None
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::event::Silent;

    fn script(folder: &Path, command: &str) -> ScriptRun {
        ScriptRun {
            package: "a@1.0.0".into(),
            path: folder.to_path_buf(),
            location: "node_modules/a".into(),
            event: "postinstall".into(),
            command: command.into(),
            env: [
                ("PATH".into(), "/usr/bin:/bin".into()),
                ("npm_lifecycle_event".into(), "postinstall".into()),
            ]
            .into(),
            shell: None,
            stdio: ScriptStdio::Captured,
            sandbox: None,
        }
    }

    #[tokio::test]
    async fn run_script_runs_in_the_package_with_exactly_its_environment() {
        let folder = tempfile::tempdir().unwrap();
        let run = script(
            folder.path(),
            "pwd -P; echo \"$npm_lifecycle_event[$HOME]\"; read line || echo closed >&2",
        );
        let output = run_script(&run, &Silent).await.unwrap();
        let here = folder.path().canonicalize().unwrap();
        assert_eq!(output.stdout, format!("{}\npostinstall[]", here.display()));
        assert_eq!(output.stderr, "closed");
    }

    #[tokio::test]
    async fn run_script_failure_reads_like_npm() {
        let folder = tempfile::tempdir().unwrap();
        let run = script(folder.path(), "echo out; echo err >&2; exit 7");
        let error = run_script(&run, &Silent).await.unwrap_err();
        assert_eq!((error.code_text().as_str(), error.exit()), ("7", 7));
        let detail = format!("{error}\n{}", error.detail().join("\n"))
            .replace(folder.path().to_str().unwrap(), "[path]");
        insta::assert_snapshot!(detail, @r"
        command failed
        path [path]
        command sh -c echo out; echo err >&2; exit 7
        out
        err
        ");
    }

    #[tokio::test]
    async fn run_script_ended_by_a_signal_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let error = run_script(&script(folder.path(), "kill -TERM $$"), &Silent).await.unwrap_err();
        assert!(error.detail().contains(&"signal SIGTERM".to_owned()));
        assert_eq!((error.code_text().as_str(), error.exit()), ("ELIFECYCLE", 1));
    }

    #[tokio::test]
    async fn run_script_keeps_only_the_end_of_endless_output() {
        let folder = tempfile::tempdir().unwrap();
        let run = script(folder.path(), "head -c 5000000 /dev/zero | tr '\\0' x; echo; echo last");
        let output = run_script(&run, &Silent).await.unwrap();
        assert!(output.stdout.len() <= KEPT_BYTES && output.stdout.ends_with("x\nlast"));
    }

    #[tokio::test]
    async fn run_script_without_a_shell_is_a_system_error() {
        let folder = tempfile::tempdir().unwrap();
        let run =
            ScriptRun { shell: Some("/no/such/shell".into()), ..script(folder.path(), "true") };
        let error = run_script(&run, &Silent).await.unwrap_err();
        assert_eq!(error.code(), Code::System);
    }

    #[test]
    fn is_cmd_knows_the_shell_of_windows_by_its_name() {
        for (shell, expected) in [
            ("cmd", true),
            ("C:\\Windows\\CMD.EXE", true),
            ("sh", false),
            ("C:\\cmd\\bash.exe", false),
        ] {
            assert_eq!(is_cmd(Path::new(shell)), expected, "{shell}");
        }
    }
}
