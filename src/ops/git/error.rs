//! What can go wrong with git, in npm's codes and words.

use std::{io, path::PathBuf};

use super::remote::redact;
use crate::{
    error::{Code, Explain},
    fs::FsError,
    manifest::ManifestError,
    ops::pack::PackError,
};

/// A package that could not be had from git. No text holds credentials.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no git.
    #[error("No git binary found in $PATH")]
    Missing {
        /// What was tried.
        program: PathBuf,
    },
    /// git ended with an error.
    #[error("{}", .0.kind.text())]
    Failed(Box<GitFailure>),
    /// The spec is not of git.
    #[error("not a git spec: {0}")]
    NotGit(String),
    /// A URL, committish or folder that git or the disk would read as something else.
    #[error("refused {what} of a git dependency: {value}")]
    Refused {
        /// What it is.
        what: &'static str,
        /// The text without credentials.
        value: String,
    },
    /// No tag is in the range.
    #[error("No matching version found for {package}.")]
    NoMatch {
        /// `name@range`.
        package: String,
    },
    /// No tag is a version.
    #[error("No versions available for {package}")]
    NoVersions {
        /// The package's name.
        package: String,
    },
    /// The repository does not hold what was promised.
    #[error("Commit mismatch: expected SHA {expected} and cloned HEAD {found}")]
    Checkout {
        /// The commit that was asked for.
        expected: String,
        /// The commit that was found.
        found: String,
    },
    /// The dependencies that the package's own scripts need could not be installed.
    #[error("git dep preparation failed")]
    Prepare {
        /// The exit code.
        code: Option<i32>,
        /// The last lines of its standard error.
        stderr: String,
    },
    /// Another program could not be run.
    #[error("cannot run {}", program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The disk refused.
    #[error(transparent)]
    Fs(#[from] FsError),
    /// The package.json is broken.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The checkout could not be packed.
    #[error(transparent)]
    Pack(#[from] PackError),
}

/// A run of git that failed.
#[derive(Debug)]
pub struct GitFailure {
    /// What kind of failure it is.
    pub kind: FailureKind,
    /// The command line without credentials.
    pub command: String,
    /// Standard error without credentials.
    pub stderr: String,
    /// The exit code, unless a signal ended it.
    pub code: Option<i32>,
}

/// The failures npm tells apart (@npmcli/git `errors.js`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// Worth another try.
    Connection,
    /// The branch, tag or commit is not there.
    Pathspec,
    /// Anything else.
    Unknown,
}

impl FailureKind {
    fn text(self) -> &'static str {
        match self {
            Self::Connection => "A git connection error occurred",
            Self::Pathspec => "The git reference could not be found",
            Self::Unknown => "An unknown git error occurred",
        }
    }

    /// Reads git's standard error (@npmcli/git `make-error.js`).
    pub(super) fn of(stderr: &str) -> Self {
        const CONNECTION: [&str; 7] = [
            "remote error: Internal Server Error",
            "The remote end hung up unexpectedly",
            "Connection timed out",
            "Operation timed out",
            "Connection reset by peer",
            "SSL_ERROR_SYSCALL",
            "The requested URL returned error: 503",
        ];
        let timed_out = |line: &str| {
            line.split_once("Failed to connect to ")
                .is_some_and(|(_, rest)| rest.contains(" Timed out"))
        };
        let unknown_path = |line: &str| {
            line.split_once("pathspec ")
                .is_some_and(|(_, rest)| rest.contains(" did not match any file(s) known to git"))
        };
        if CONNECTION.iter().any(|text| stderr.contains(text)) || stderr.lines().any(timed_out) {
            Self::Connection
        } else if stderr.lines().any(unknown_path) {
            Self::Pathspec
        } else {
            Self::Unknown
        }
    }
}

impl GitError {
    /// Whether another URL of the same repository may help.
    pub(super) fn may_be_the_remote(&self) -> bool {
        match self {
            Self::Failed(failure) => failure.kind != FailureKind::Pathspec,
            _ => false,
        }
    }

    pub(super) fn refused(what: &'static str, value: &str) -> Self {
        Self::Refused { what, value: redact(value) }
    }
}

impl Explain for GitError {
    fn code(&self) -> Code {
        match self {
            Self::Missing { .. } => Code::Nogit,
            Self::Failed(_) | Self::Prepare { .. } => Code::Git,
            Self::NotGit(_) | Self::Refused { .. } => Code::Badspec,
            Self::NoMatch { .. } => Code::Target,
            Self::NoVersions { .. } => Code::Noversions,
            Self::Checkout { .. } => Code::Gitcheckout,
            Self::Spawn { .. } => Code::System,
            Self::Fs(error) => error.code(),
            Self::Manifest(error) => error.code(),
            Self::Pack(error) => error.code(),
        }
    }

    /// npm prints git's own exit code as the error's code.
    fn code_text(&self) -> String {
        match self {
            Self::Failed(failure) => {
                failure.code.map_or_else(|| "EGIT".to_owned(), |code| code.to_string())
            }
            Self::Prepare { code: Some(code), .. } => code.to_string(),
            Self::Fs(error) => error.code_text(),
            Self::Pack(error) => error.code_text(),
            _ => self.code().as_str().to_owned(),
        }
    }

    fn package(&self) -> Option<String> {
        match self {
            Self::NoMatch { package } | Self::NoVersions { package } => Some(package.clone()),
            _ => None,
        }
    }

    fn detail(&self) -> Vec<String> {
        match self {
            Self::Missing { .. } => vec![
                "Failed using git.".to_owned(),
                "Please check if you have git installed and in your PATH.".to_owned(),
            ],
            Self::Failed(failure) => std::iter::once(format!("command {}", failure.command))
                .chain(failure.stderr.lines().map(str::to_owned))
                .collect(),
            Self::Prepare { stderr, .. } => stderr.lines().map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    }

    fn exit(&self) -> u8 {
        let code = match self {
            Self::Failed(failure) => failure.code,
            Self::Prepare { code, .. } => *code,
            Self::Fs(error) => return error.exit(),
            _ => None,
        };
        let low_byte = code.and_then(|code| u8::try_from(code & 0xff).ok());
        low_byte.filter(|exit| *exit != 0).unwrap_or_else(|| self.code().exit())
    }
}
