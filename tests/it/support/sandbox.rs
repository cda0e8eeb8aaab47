//! A project of its own with a home, a cache and an environment of its own.

use super::{registry::Registry, tree};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// After this a command counts as hung and is killed.
const LIMIT: Duration = Duration::from_mins(2);

/// The variables of the caller that a command may see.
const KEPT_VARIABLES: &[&str] =
    &["PATH", "SystemRoot", "ComSpec", "PATHEXT", "LLVM_PROFILE_FILE", "RUST_BACKTRACE"];

/// The project, and everything else a command may touch.
#[derive(Debug)]
pub(crate) struct Sandbox {
    root: TempDir,
    registry: String,
    variables: BTreeMap<String, String>,
}

impl Sandbox {
    /// An empty project whose user has `registry` configured.
    pub(crate) fn new(registry: &Registry) -> Self {
        let root = tempfile::Builder::new().prefix("denpm-it-").tempdir().unwrap();
        let sandbox = Self { root, registry: registry.url(), variables: BTreeMap::new() };
        for folder in ["project", "home", "tmp"] {
            fs::create_dir(sandbox.root.path().join(folder)).unwrap();
        }
        for line in [
            &format!("registry={}", sandbox.registry),
            &format!("cache={}", sandbox.root.path().join("cache").display()),
            "audit=false",
            "fund=false",
            "update-notifier=false",
            "progress=false",
            "logs-max=0",
            "fetch-retry-mintimeout=10",
            "fetch-retry-maxtimeout=50",
        ] {
            sandbox.npmrc(line);
        }
        sandbox
    }

    /// The project's folder.
    pub(crate) fn project(&self) -> PathBuf {
        self.root.path().join("project")
    }

    /// Writes a file of the project; `${REGISTRY}` stands for the registry's root URL.
    pub(crate) fn file(&self, path: &str, text: &str) -> &Self {
        self.bytes(path, text.replace("${REGISTRY}", &self.registry).as_bytes())
    }

    /// Writes a file of the project as it stands.
    pub(crate) fn bytes(&self, path: &str, content: &[u8]) -> &Self {
        let path = self.project().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// Writes the project's package.json as npm would.
    pub(crate) fn package_json(&self, manifest: &Value) -> &Self {
        self.file("package.json", &(serde_json::to_string_pretty(manifest).unwrap() + "\n"))
    }

    /// Writes the user's own policy file.
    pub(crate) fn user_policy(&self, text: &str) -> &Self {
        let home = self.root.path().join("home");
        let config = match std::env::consts::OS {
            "macos" => home.join("Library/Application Support"),
            "windows" => home,
            _ => home.join(".config"),
        };
        fs::create_dir_all(config.join("denpm")).unwrap();
        fs::write(config.join("denpm/config.toml"), text).unwrap();
        self
    }

    /// Adds a line to the user's `.npmrc`.
    pub(crate) fn npmrc(&self, line: &str) -> &Self {
        let path = self.root.path().join("home/.npmrc");
        let text = fs::read_to_string(&path).unwrap_or_default();
        fs::write(path, format!("{text}{line}\n")).unwrap();
        self
    }

    /// Sets an environment variable for every later command.
    pub(crate) fn variable(&mut self, name: &str, value: &str) -> &mut Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Removes a file or a folder of the project.
    pub(crate) fn remove(&self, path: &str) -> &Self {
        let path = self.project().join(path);
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
        self
    }

    /// A file of the project, if it is there.
    pub(crate) fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.project().join(path)).ok()
    }

    /// A JSON file of the project; null when it is not there.
    pub(crate) fn json(&self, path: &str) -> Value {
        self.read(path).map_or(Value::Null, |text| serde_json::from_str(&text).unwrap())
    }

    /// Runs the denpm under test in the project.
    pub(crate) fn denpm<I: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = I>) -> Output {
        self.run(env!("CARGO_BIN_EXE_denpm"), args)
    }

    /// Runs the installed npm in the project; says so and returns nothing when there is none.
    pub(crate) fn npm<I: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = I>) -> Option<Output> {
        npm_is_there().then(|| self.run(NPM, args))
    }

    /// The packages, links and executables below `node_modules`, one a line.
    pub(crate) fn tree(&self) -> String {
        tree::render(&self.project())
    }

    /// Every file of the project with its digest and mode, every link with its target.
    pub(crate) fn snapshot_files(&self) -> BTreeMap<String, tree::Entry> {
        tree::list(&self.project())
    }

    /// `text` without what differs from run to run: port, folders, durations.
    pub(crate) fn filtered(&self, text: &str) -> String {
        let root = self.root.path();
        let real = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let text = text
            .replace(&self.registry, "${REGISTRY}")
            .replace(&real.to_string_lossy().into_owned(), "${SANDBOX}")
            .replace(&root.to_string_lossy().into_owned(), "${SANDBOX}");
        text.split_inclusive('\n').map(without_duration).collect()
    }

    /// Starts the denpm under test in the project and does not wait for it.
    pub(crate) fn start<I: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = I>) -> Running<'_> {
        self.spawn(env!("CARGO_BIN_EXE_denpm"), args)
    }

    /// The same without the terminal that the tests may have.
    #[cfg(target_os = "linux")]
    pub(crate) fn start_detached<'s>(&'s self, args: &[&'s str]) -> Running<'s> {
        self.spawn("setsid", [env!("CARGO_BIN_EXE_denpm")].iter().chain(args))
    }

    /// Runs a line of shell in the project, in which `$DENPM` is the denpm under test.
    pub(crate) fn shell(&self, script: &str) -> Output {
        let script = script.replace("$DENPM", concat!("'", env!("CARGO_BIN_EXE_denpm"), "'"));
        self.run("sh", ["-c", &script])
    }

    /// The user's home.
    pub(crate) fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// The cache's folder, npm's and denpm's.
    pub(crate) fn cache(&self) -> PathBuf {
        self.root.path().join("cache")
    }

    /// Works with the cache of another sandbox from now on.
    pub(crate) fn share_cache_of(&self, other: &Self) -> &Self {
        self.npmrc(&format!("cache={}", other.cache().display()))
    }

    /// Makes the next run find out for itself whether there is something to do.
    pub(crate) fn forget_settled(&self) -> &Self {
        let notes = self.cache().join("_denpm/settled");
        if notes.is_dir() {
            fs::remove_dir_all(notes).unwrap();
        }
        self
    }

    /// Everything a command may touch, project, home, cache and temporary files, with the
    /// time of its last change.
    pub(crate) fn stamps(&self) -> BTreeMap<String, String> {
        tree::stamps(self.root.path())
    }

    fn run<I: AsRef<OsStr>>(&self, program: &str, args: impl IntoIterator<Item = I>) -> Output {
        self.spawn(program, args).output()
    }

    fn spawn<I: AsRef<OsStr>>(
        &self,
        program: &str,
        args: impl IntoIterator<Item = I>,
    ) -> Running<'_> {
        let args: Vec<_> = args.into_iter().map(|arg| arg.as_ref().to_owned()).collect();
        let home = self.root.path().join("home");
        let child = Command::new(program)
            .args(&args)
            .current_dir(self.project())
            .env_clear()
            .envs(KEPT_VARIABLES.iter().filter_map(|&name| Some((name, variable(name)?))))
            .env("HOME", &home)
            .env("USERPROFILE", &home)
            .env("APPDATA", &home)
            .env("LOCALAPPDATA", &home)
            .env("TMPDIR", self.root.path().join("tmp"))
            .env("TEMP", self.root.path().join("tmp"))
            .env("LANG", "C.UTF-8")
            .env("TERM", "dumb")
            .env("NO_PROXY", "127.0.0.1,localhost")
            // The machine's own npmrc must not decide a test.
            .env("npm_config_globalconfig", home.join("no-global-npmrc"))
            .envs(&self.variables)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error}"));
        let command = args.iter().map(|arg| arg.to_string_lossy()).collect::<Vec<_>>().join(" ");
        Running { sandbox: self, command, child }
    }
}

/// A command under way.
#[derive(Debug)]
#[must_use = "a command that nobody waits for outlives its test"]
pub(crate) struct Running<'a> {
    sandbox: &'a Sandbox,
    command: String,
    child: Child,
}

impl Running<'_> {
    /// True when it has ended by itself.
    pub(crate) fn is_over(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Ends it as a power cut would: without a word (SIGKILL).
    pub(crate) fn kill(mut self) {
        self.child.kill().ok();
        self.child.wait().unwrap();
    }

    /// Asks it to end (SIGTERM).
    #[cfg(unix)]
    pub(crate) fn terminate(&self) {
        self.tell(rustix::process::Signal::TERM);
    }

    /// Sends it a signal.
    #[cfg(unix)]
    pub(crate) fn tell(&self, signal: rustix::process::Signal) {
        use rustix::process::{Pid, kill_process};
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end.
    pub(crate) fn output(self) -> Output {
        let Self { sandbox, command, child } = self;
        let (status, stdout, stderr) = wait(child, &command);
        let filtered = |text: &str| sandbox.filtered(text);
        Output { status, stdout: filtered(&stdout), stderr: filtered(&stderr), command }
    }
}

/// Waits within [`LIMIT`] and reads both streams meanwhile.
fn wait(mut child: Child, command: &str) -> (i32, String, String) {
    fn read(stream: Option<impl std::io::Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            stream.map(|mut stream| stream.read_to_end(&mut bytes)).transpose().ok();
            bytes
        })
    }
    let (stdout, stderr) = (read(child.stdout.take()), read(child.stderr.take()));
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > LIMIT {
            child.kill().ok();
            panic!("`{command}` still ran after {LIMIT:?}");
        }
        thread::sleep(Duration::from_millis(5));
    };
    let text = |stream: thread::JoinHandle<Vec<u8>>| {
        String::from_utf8_lossy(&stream.join().unwrap()).into_owned()
    };
    (status.code().unwrap_or(-1), text(stdout), text(stderr))
}

#[allow(clippy::disallowed_methods, reason = "a test starts processes with a clean environment")]
pub(crate) fn variable(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name)
}

const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// Whether npm can be run; the first time it cannot, that is said.
pub(crate) fn npm_is_there() -> bool {
    static THERE: OnceLock<bool> = OnceLock::new();
    *THERE.get_or_init(|| {
        let quiet = Command::new(NPM).arg("--version").stdout(Stdio::null()).status();
        let there = quiet.is_ok_and(|status| status.success());
        if !there {
            eprintln!("SKIPPED: npm not found");
        }
        there
    })
}

/// Replaces the `in 873ms` at the end of npm's summary.
fn without_duration(line: &str) -> String {
    let Some((before, duration)) = line.trim_end().rsplit_once(" in ") else {
        return line.to_owned();
    };
    let timed = duration.starts_with(|first: char| first.is_ascii_digit())
        && duration.ends_with(['s', 'm'])
        && !duration.contains(' ');
    if timed { format!("{before} in [TIME]\n") } else { line.to_owned() }
}

/// How a command ended; both texts are filtered (see [`Sandbox::filtered`]).
#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) command: String,
    /// The exit code; −1 when a signal ended the command.
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Output {
    /// The code of the line `… error code EXXX`.
    pub(crate) fn error_code(&self) -> Option<&str> {
        self.stderr.lines().find_map(|line| Some(line.split_once("error code ")?.1.trim()))
    }

    /// The line `added 3 packages in …`.
    pub(crate) fn summary(&self) -> Option<&str> {
        let begins = ["added ", "removed ", "changed ", "up to date"];
        self.stdout.lines().find(|line| begins.iter().any(|begin| line.starts_with(begin)))
    }

    /// Asserts exit code 0.
    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.status, 0, "{self}");
        self
    }

    /// Asserts a failure with this code.
    #[track_caller]
    pub(crate) fn failed_with(self, code: &str) -> Self {
        assert_ne!(self.status, 0, "{self}");
        assert_eq!(self.error_code(), Some(code), "{self}");
        self
    }

    /// Asserts that stderr has this text.
    #[track_caller]
    pub(crate) fn stderr_has(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "no {text:?} in stderr of {self}");
        self
    }

    /// Asserts that stdout has this text.
    #[track_caller]
    pub(crate) fn stdout_has(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "no {text:?} in stdout of {self}");
        self
    }
}

impl std::fmt::Display for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { command, status, stdout, stderr } = self;
        write!(f, "`{command}` (exit {status})\n--- stdout\n{stdout}\n--- stderr\n{stderr}")
    }
}

/// The folder of this repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
