//! The sandbox of install scripts: what a script of a dependency may touch.
//!
//! ```text
//! denpm ── starts ──► denpm confine-script … ── restricts itself, then becomes ──► sh -c <script>
//! ```
//!
//! A process can only restrict itself, and between fork and exec only with unsafe code; so a
//! second denpm does it and is then replaced by the shell. Decisions (what may be read, which
//! variables stay) are pure and here; the kernel's side is in `linux`.

#[cfg(target_os = "linux")]
mod linux;

use std::{
    ffi::{OsStr, OsString},
    io,
    path::{Path, PathBuf},
    process::Command,
};

use super::script_env::Env;
use crate::error::{Code, Explain};

/// The hidden command by which denpm starts itself inside a sandbox.
pub const CONFINE: &str = "confine-script";

/// Ends the list of folders on the hidden command's line.
const END: &str = "--";

/// Where programs and what they need lie, as far as they exist.
const SYSTEM: &[&str] = &[
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/opt",
    "/nix/store",
    "/gnu/store",
    "/run/current-system",
    "/etc/alternatives",
    "/etc/group",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/os-release",
    "/etc/passwd",
    "/etc/pki",
    "/etc/ssl",
];

/// Variables of the caller that a confined script sees beside npm's own. A list of what is known
/// to be harmless: a credential can have any name.
const KEPT_VARIABLES: &[&str] = &[
    "AR",
    "CC",
    "CFLAGS",
    "CI",
    "COLOR",
    "COLORTERM",
    "CPPFLAGS",
    "CXX",
    "CXXFLAGS",
    "EDITOR",
    "FORCE_COLOR",
    "INIT_CWD",
    "JOBS",
    "LANG",
    "LANGUAGE",
    "LD",
    "LDFLAGS",
    "LOGNAME",
    "MAKE",
    "MAKEFLAGS",
    "NODE",
    "NODE_ENV",
    "NO_COLOR",
    "PATH",
    "PKG_CONFIG_PATH",
    "PYTHON",
    "SHELL",
    "TERM",
    "TZ",
    "USER",
];

/// Why scripts cannot be confined.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The system has no such sandbox.
    #[error("install scripts cannot be confined here: {reason}")]
    Unavailable {
        /// What is missing.
        reason: String,
    },
    /// It has, and setting it up failed.
    #[error("cannot confine an install script: {reason}")]
    Failed {
        /// What failed.
        reason: String,
    },
    /// The private folder of a script cannot be made.
    #[error("cannot make a private folder for an install script")]
    Private(#[source] io::Error),
    /// The words behind the hidden command are not those that denpm writes.
    #[error("`{CONFINE}` is for denpm's own use")]
    Words,
    /// The shell cannot be started in the sandbox.
    #[error("cannot run {}", program.display())]
    Exec {
        /// The shell.
        program: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl Explain for SandboxError {
    fn code(&self) -> Code {
        match self {
            Self::Words => Code::Usage,
            Self::Unavailable { .. } | Self::Failed { .. } => Code::Sandbox,
            Self::Private(_) | Self::Exec { .. } => Code::System,
        }
    }

    fn help(&self) -> Option<String> {
        let text = "run on Linux 6.7 or newer with Landlock enabled, use --ignore-scripts, or set \
                    script-sandbox = \"off\" in your own policy";
        matches!(self, Self::Unavailable { .. }).then(|| text.to_owned())
    }
}

/// How scripts are confined, the same for all scripts of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sandbox {
    /// This program.
    helper: PathBuf,
    /// What may be read and run beside the system's own folders.
    readable: Vec<PathBuf>,
    /// Where node-gyp keeps headers, if it has any.
    headers: Option<PathBuf>,
}

/// What the sandbox is made for.
#[derive(Clone, Copy, Debug)]
pub struct SandboxPlan<'a> {
    /// The project's folder, whose packages may be read.
    pub project: &'a Path,
    /// The user's home.
    pub home: &'a Path,
    /// The running node.
    pub node: Option<&'a Path>,
    /// The folder of the installed npm, which brings node-gyp.
    pub npm: Option<&'a Path>,
    /// The caller's `PATH`.
    pub path: Option<&'a OsStr>,
}

impl Sandbox {
    /// A sandbox for the scripts of a project.
    ///
    /// # Errors
    /// [`SandboxError::Unavailable`] where the system has none.
    pub fn new(helper: PathBuf, plan: &SandboxPlan<'_>) -> Result<Self, SandboxError> {
        available()?;
        let headers = Some(plan.home.join(".cache/node-gyp")).filter(|folder| folder.is_dir());
        Ok(Self { helper, readable: readable(plan, headers.as_deref()), headers })
    }

    /// The command that runs `program` confined to the package's folder and a private one.
    pub fn command(&self, package: &Path, private: &Path, program: &Path) -> Command {
        let mut command = Command::new(&self.helper);
        command.arg(CONFINE).arg(private).arg(package);
        command.args(&self.readable).arg(END).arg(program);
        command
    }

    /// What a confined script sees of an environment; home and temporary files are `private`.
    pub fn env(&self, env: &Env, private: &Path) -> Env {
        let is_kept = |key: &OsStr| {
            let key = key.to_string_lossy();
            KEPT_VARIABLES.contains(&&*key)
                || key.starts_with("LC_")
                || key.starts_with("npm_") && !is_credential(&key)
        };
        let mut kept: Env = env
            .iter()
            .filter(|(key, _)| is_kept(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        for key in ["HOME", "TMPDIR", "TMP", "TEMP", "npm_config_cache"] {
            kept.insert(key.into(), private.into());
        }
        if let Some(headers) = &self.headers {
            kept.insert("npm_config_devdir".into(), headers.into());
        }
        kept
    }
}

/// Settings of npm that carry a credential, or say where one is kept.
pub(super) fn is_credential(variable: &str) -> bool {
    let name = variable.to_ascii_lowercase();
    let setting = name.strip_prefix("npm_config_").unwrap_or_default();
    setting.contains(':')
        || setting.starts_with(['_', '/', '@'])
        || ["token", "password", "username", "auth", "otp", "key", "cert", "proxy", "userconfig"]
            .iter()
            .any(|word| setting.ends_with(word) || setting.starts_with(&format!("{word}_")))
        || matches!(&*name, "npm_token" | "node_auth_token")
}

/// What a script may read and run: packages around it, the programs on `PATH`, node and npm.
fn readable(plan: &SandboxPlan<'_>, headers: Option<&Path>) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = SYSTEM.iter().map(PathBuf::from).collect();
    folders.extend(plan.project.ancestors().skip(1).map(|folder| folder.join("node_modules")));
    folders.push(plan.project.join("package.json"));
    let on_path = plan.path.map(std::env::split_paths).into_iter().flatten();
    folders.extend(on_path.filter(|folder| folder.is_absolute() && folder != plan.home));
    if let Some(bin) = plan.node.and_then(Path::parent) {
        folders.push(bin.to_owned());
        let prefix = bin.parent().filter(|_| bin.ends_with("bin"));
        let parts = ["lib", "include", "libexec"].map(|part| prefix.map(|dir| dir.join(part)));
        folders.extend(parts.into_iter().flatten());
    }
    folders.extend([plan.npm, headers].into_iter().flatten().map(Path::to_owned));
    // The root would be everything.
    folders.retain(|folder| folder.parent().is_some() && folder.exists());
    // Not there before the first install.
    folders.push(plan.project.join("node_modules"));
    folders.sort();
    folders.dedup();
    folders
}

/// Whether the system can confine scripts.
///
/// # Errors
/// [`SandboxError::Unavailable`].
pub fn available() -> Result<(), SandboxError> {
    #[cfg(target_os = "linux")]
    return linux::available();
    #[cfg(not(target_os = "linux"))]
    Err(SandboxError::Unavailable { reason: "only Linux has Landlock".to_owned() })
}

/// The words behind the hidden command: restricts this process, then becomes the program.
///
/// # Errors
/// [`SandboxError`]; when it succeeds it does not return.
pub fn confine(words: &[OsString]) -> Result<std::convert::Infallible, SandboxError> {
    let end = words.iter().position(|word| word == END).ok_or(SandboxError::Words)?;
    let (folders, rest) = words.split_at(end);
    let ([private, package, readable @ ..], [_, program, arguments @ ..]) = (folders, rest) else {
        return Err(SandboxError::Words);
    };
    let readable: Vec<&Path> = readable.iter().map(Path::new).collect();
    become_confined(&[Path::new(private), Path::new(package)], &readable, program, arguments)
}

#[cfg(target_os = "linux")]
fn become_confined(
    writable: &[&Path],
    readable: &[&Path],
    program: &OsStr,
    arguments: &[OsString],
) -> Result<std::convert::Infallible, SandboxError> {
    use std::os::unix::process::CommandExt as _;
    linux::restrict(writable, readable)?;
    let source = Command::new(program).args(arguments).exec();
    Err(SandboxError::Exec { program: program.into(), source })
}

#[cfg(not(target_os = "linux"))]
fn become_confined(
    _: &[&Path],
    _: &[&Path],
    _: &OsStr,
    _: &[OsString],
) -> Result<std::convert::Infallible, SandboxError> {
    available().and(Err(SandboxError::Words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_do_not_reach_a_confined_script() {
        let sandbox = Sandbox { helper: "/d".into(), readable: Vec::new(), headers: None };
        let secret = [
            "NPM_TOKEN",
            "NODE_AUTH_TOKEN",
            "GITHUB_TOKEN",
            "AWS_SECRET_ACCESS_KEY",
            "DATABASE_URL",
            "SSH_AUTH_SOCK",
            "HTTPS_PROXY",
            "npm_config__auth",
            "NPM_CONFIG__PASSWORD",
            "npm_config_//registry.example/:_authToken",
            "npm_config_https_proxy",
            "npm_config_otp",
            "npm_config_userconfig",
            "npm_config_key",
            "NODE_OPTIONS",
            "LD_PRELOAD",
        ];
        let plain =
            ["PATH", "LANG", "LC_ALL", "npm_package_name", "npm_config_node_gyp", "INIT_CWD"];
        let env: Env =
            secret.iter().chain(&plain).map(|key| ((*key).into(), "value".into())).collect();
        let seen = sandbox.env(&env, Path::new("/private"));
        for key in secret {
            assert!(!seen.contains_key(OsStr::new(key)), "{key}");
        }
        for key in plain {
            assert_eq!(seen[OsStr::new(key)], "value", "{key}");
        }
        assert_eq!(seen[OsStr::new("HOME")], "/private");
    }

    #[test]
    fn readable_is_neither_the_home_nor_the_root_nor_the_project() {
        let home = tempfile::tempdir().unwrap();
        let project = home.path().join("project");
        for folder in ["project/node_modules", "bin", ".nvm/bin", ".nvm/lib"] {
            std::fs::create_dir_all(home.path().join(folder)).unwrap();
        }
        let path =
            std::env::join_paths([Path::new("/"), home.path(), &home.path().join("bin")]).unwrap();
        let node = home.path().join(".nvm/bin/node");
        let plan = SandboxPlan {
            project: &project,
            home: home.path(),
            node: Some(&node),
            npm: None,
            path: Some(&path),
        };
        let found = readable(&plan, None);
        let below: Vec<_> =
            found.iter().filter_map(|dir| dir.strip_prefix(home.path()).ok()).collect();
        let wanted = [".nvm/bin", ".nvm/lib", "bin", "project/node_modules"].map(Path::new);
        assert_eq!(below, wanted);
        assert!(!found.contains(&PathBuf::from("/")));
    }

    #[test]
    fn words_that_denpm_does_not_write_are_refused() {
        for words in [&[][..], &["--"], &["a", "--", "sh"], &["a", "b", "--"], &["a", "b", "sh"]] {
            let words: Vec<OsString> = words.iter().map(OsString::from).collect();
            assert!(matches!(confine(&words), Err(SandboxError::Words)), "{words:?}");
        }
    }
}
