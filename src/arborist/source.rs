//! What arborist needs from outside: manifests and unpacked packages, and its own errors.

use std::{
    error::Error,
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    Shrinkwrap, install_checks::CheckError, override_set::OverrideError, workspaces::WorkspaceError,
};
use crate::{
    error::{Code, Explain, Failure},
    explanation::Conflict,
    manifest::Manifest,
    spec::{Spec, SpecError, SpecKind},
};

/// A manifest with where it came from (`pacote.manifest`).
#[derive(Clone, Debug, Default)]
pub struct Fetched {
    /// The normalised manifest.
    pub manifest: Arc<Manifest>,
    /// `dist.tarball`, `file:/abs`, `git+ssh://…#sha`.
    pub resolved: Option<Arc<str>>,
    /// `dist.integrity`, or SHA-1 from `dist.shasum`; none for git.
    pub integrity: Option<Arc<str>>,
}

/// Who asks for a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requester {
    /// The project or one of its workspaces.
    Project,
    /// Another package of the project's making: a folder that it leads to.
    Folder,
    /// A package from elsewhere: a registry, a tarball, a repository.
    Dependency,
}

/// A request for one manifest.
#[derive(Clone, Copy, Debug)]
pub struct ManifestRequest<'a> {
    /// What is asked for.
    pub spec: &'a Spec,
    /// Who asks.
    pub requester: Requester,
}

/// Where manifests come from. Calls block until the answer is there; prefetching does not.
pub trait Manifests {
    /// The manifest that a specifier resolves to.
    ///
    /// # Errors
    /// Whatever went wrong, with npm's code.
    fn manifest(&self, request: &ManifestRequest<'_>) -> Result<Arc<Fetched>, LoadFailure>;

    /// Says that this specifier will probably be asked for soon.
    fn prefetch(&self, spec: &Spec);

    /// Says that a package has its place in the tree and will most likely be installed.
    fn placed(&self, package: &PackageSource<'_>, manifest: &Manifest) {
        let _ = (package, manifest);
    }

    /// The manifest of a folder on this machine; `None` when it has none that can be read.
    fn folder(&self, path: &str) -> Option<Arc<Manifest>>;

    /// The npm-shrinkwrap.json of an unpacked package; `None` when it has none that can be read.
    fn inner_lock(&self, unpacked: &Path) -> Option<Shrinkwrap>;

    /// A folder that holds the unpacked package, for reading what it bundles.
    ///
    /// # Errors
    /// Whatever went wrong while fetching or unpacking.
    fn unpacked(&self, package: &PackageSource<'_>) -> Result<PathBuf, LoadFailure>;
}

/// Whether a package's tarball must carry the name and version it is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Naming {
    /// From a registry: name and version must agree.
    Checked,
    /// From a URL, file or repository: it is whatever it says it is.
    Free,
}

/// A package whose files are wanted.
#[derive(Clone, Copy, Debug)]
pub struct PackageSource<'a> {
    /// The name in the tree.
    pub name: &'a str,
    /// The package's own name.
    pub package_name: &'a str,
    /// Its version.
    pub version: &'a str,
    /// Where it came from.
    pub resolved: Option<&'a str>,
    /// Its integrity.
    pub integrity: Option<&'a str>,
    /// Whether the tarball must name itself so.
    pub naming: Naming,
}

/// A package that could not be loaded; cheap to clone because a failed node may be copied.
#[derive(Clone, Debug)]
pub struct LoadFailure {
    error: Arc<dyn Explain>,
    required_by: Option<Arc<str>>,
}

impl LoadFailure {
    /// Wraps an error.
    pub fn new(error: impl Explain) -> Self {
        Self { error: Arc::new(error), required_by: None }
    }

    /// Notes the location of the dependent.
    #[must_use]
    pub fn required_by(mut self, location: &str) -> Self {
        self.required_by = Some(location.into());
        self
    }
}

impl fmt::Display for LoadFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl Error for LoadFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

impl From<Failure> for LoadFailure {
    fn from(failure: Failure) -> Self {
        Self { error: failure.into_shared(), required_by: None }
    }
}

impl Explain for LoadFailure {
    fn code(&self) -> Code {
        self.error.code()
    }

    fn code_text(&self) -> String {
        self.error.code_text()
    }

    fn package(&self) -> Option<String> {
        self.error.package()
    }

    fn detail(&self) -> Vec<String> {
        self.error.detail()
    }

    fn help(&self) -> Option<String> {
        self.error.help()
    }

    fn exit(&self) -> u8 {
        self.error.exit()
    }
}

/// Why an ideal tree could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A peer conflict met while a package was placed.
    #[error("could not resolve")]
    PeerConflict(#[source] Box<Conflict>),
    /// A peer conflict within one set of peers.
    #[error("unable to resolve dependency tree")]
    UnresolvableTree(#[source] Box<Conflict>),
    /// A package that is not optional could not be loaded.
    #[error(transparent)]
    Load(#[from] LoadFailure),
    /// A specifier that cannot be understood.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// Overrides that cannot be used.
    #[error(transparent)]
    Override(#[from] OverrideError),
    /// Workspaces that cannot be used.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// The wrong machine or runtime.
    #[error(transparent)]
    Check(#[from] Box<CheckError>),
    /// A link in the lockfile without its target.
    #[error(
        "Missing target in lock file: \"{target}\" is referenced by \"{location}\" but does not exist."
    )]
    MissingTarget {
        /// Where the link is.
        location: String,
        /// Where it leads.
        target: String,
    },
    /// A location in a lockfile that leads out of its package or project.
    #[error("invalid lockfile entry: \"{location}\" {problem}")]
    InvalidLocation {
        /// The key as written.
        location: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// `npm update name@version`.
    #[error("Update arguments must only contain package names, eg:\n    npm update {name}")]
    UpdateArguments {
        /// The name in the argument.
        name: String,
    },
    /// An argument gives no name, and what it leads to has none.
    #[error("{argument} has no name in its package.json")]
    Nameless {
        /// The argument.
        argument: String,
    },
    /// More work than any real project gives.
    #[error("the dependency tree has more than {limit} {what}")]
    TooLarge {
        /// The bound.
        limit: usize,
        /// What there is too much of.
        what: &'static str,
    },
    /// An edge left its tree while it was worked on.
    #[error("a dependency left the tree while it was being resolved")]
    Detached,
}

impl BuildError {
    /// The peer conflict behind the error, for a full explanation.
    pub fn peer_conflict(&self) -> Option<&Conflict> {
        match self {
            Self::PeerConflict(conflict) | Self::UnresolvableTree(conflict) => Some(conflict),
            _ => None,
        }
    }
}

impl Explain for BuildError {
    fn code(&self) -> Code {
        match self {
            Self::PeerConflict(_) | Self::UnresolvableTree(_) => Code::Resolve,
            Self::Load(error) => error.code(),
            Self::Spec(error) => error.code(),
            Self::Override(error) => error.code(),
            Self::Workspace(error) => error.code(),
            Self::Check(error) => error.code(),
            Self::MissingTarget { .. } => Code::MissingTarget,
            Self::InvalidLocation { .. } => Code::Lockparse,
            Self::UpdateArguments { .. } => Code::Updateargs,
            Self::Nameless { .. } => Code::Badname,
            Self::TooLarge { .. } => Code::TooLarge,
            Self::Detached => Code::Internal,
        }
    }

    fn code_text(&self) -> String {
        match self {
            Self::Load(error) => error.code_text(),
            Self::Spec(error) => error.code_text(),
            error => error.code().as_str().to_owned(),
        }
    }

    fn package(&self) -> Option<String> {
        match self {
            Self::Load(error) => error.package(),
            Self::Spec(error) => error.package(),
            Self::Check(error) => error.package(),
            _ => None,
        }
    }

    fn detail(&self) -> Vec<String> {
        match self {
            Self::Load(error) => error.detail(),
            Self::Spec(error) => error.detail(),
            Self::Check(error) => error.detail(),
            Self::Workspace(error) => error.detail(),
            Self::MissingTarget { .. } => {
                vec!["To fix:".into(), "1. rm package-lock.json".into(), "2. npm install".into()]
            }
            _ => Vec::new(),
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Load(error) => error.help(),
            Self::Spec(error) => error.help(),
            Self::Override(error) => error.help(),
            Self::Nameless { argument } => {
                Some(format!("give it one: denpm install <name>@{argument}"))
            }
            _ => None,
        }
    }

    fn exit(&self) -> u8 {
        match self {
            Self::Load(error) => error.exit(),
            error => error.code().exit(),
        }
    }
}

/// A kind of package that may be switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AllowKind {
    /// Git repositories.
    Git,
    /// Tarballs at URLs.
    Remote,
    /// Tarballs on disk.
    File,
    /// Folders on disk.
    Directory,
}

impl AllowKind {
    /// The kind of a specifier, for the ones that have a switch.
    pub fn of(spec: &Spec) -> Option<Self> {
        match spec.kind {
            SpecKind::Git(_) => Some(Self::Git),
            SpecKind::Remote => Some(Self::Remote),
            SpecKind::File => Some(Self::File),
            SpecKind::Directory => Some(Self::Directory),
            _ => None,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Git => "git",
            Self::Remote => "remote",
            Self::File => "file",
            Self::Directory => "directory",
        }
    }
}

/// Who may ask for a kind of package.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Allow {
    /// Anyone.
    #[default]
    All,
    /// Whoever is on this machine: the project, and folders that it leads to.
    Local,
    /// Only the project.
    Root,
    /// Nobody.
    None,
}

/// The four `allow-*` settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AllowSources {
    /// `allow-git`
    pub git: Allow,
    /// `allow-remote`
    pub remote: Allow,
    /// `allow-file`
    pub file: Allow,
    /// `allow-directory`
    pub directory: Allow,
}

impl AllowSources {
    /// Whether a package of this kind may be fetched for this requester.
    ///
    /// # Errors
    /// [`AllowError`] when it may not.
    pub fn check(
        self,
        kind: AllowKind,
        spec: &Spec,
        requester: Requester,
    ) -> Result<(), AllowError> {
        let allow = match kind {
            AllowKind::Git => self.git,
            AllowKind::Remote => self.remote,
            AllowKind::File => self.file,
            AllowKind::Directory => self.directory,
        };
        match (allow, requester) {
            (Allow::All, _)
            | (Allow::Local, Requester::Project | Requester::Folder)
            | (Allow::Root, Requester::Project) => Ok(()),
            (Allow::Local | Allow::Root | Allow::None, _) => {
                let only = if allow == Allow::None { "" } else { " non-root" };
                Err(AllowError { kind, only, spec: spec.to_string() })
            }
        }
    }
}

/// A package of a kind that has been switched off.
#[derive(Debug, thiserror::Error)]
#[error("Fetching{only} packages of type \"{}\" have been disabled", kind.as_str())]
pub struct AllowError {
    kind: AllowKind,
    only: &'static str,
    spec: String,
}

impl Explain for AllowError {
    fn code(&self) -> Code {
        match self.kind {
            AllowKind::Git => Code::Allowgit,
            AllowKind::Remote => Code::Allowremote,
            AllowKind::File => Code::Allowfile,
            AllowKind::Directory => Code::Allowdirectory,
        }
    }

    fn package(&self) -> Option<String> {
        Some(self.spec.clone())
    }

    fn help(&self) -> Option<String> {
        Some(format!(
            "to allow it, set allow-{}=all (or =root for the project's own)",
            self.kind.as_str()
        ))
    }
}
