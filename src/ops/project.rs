//! The project's files as they are found.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    context::Context,
    hidden::HiddenLock,
    reify::{OddFolders, validate_node_modules},
};
use crate::{
    arborist::{Project, Shrinkwrap, expand_bin_folder, map_workspaces, realpath},
    error::{Code, Explain, Failure},
    event::{Event, Reporter},
    fs::{FsError, Lock, if_there, read_bounded_file},
    lockfile::{Lockfile, MAX_LOCKFILE_BYTES},
    manifest::{PackageJson, PackageJsonError},
    reify::commit::{Recovered, recover},
    verify::Digests,
};

/// The most bytes of a package.json that are read.
pub(super) const MAX_PACKAGE_JSON_BYTES: u64 = 16 * 1024 * 1024;

/// A project on disk.
#[derive(Debug)]
pub struct ProjectFiles {
    /// Where it is.
    pub folder: PathBuf,
    /// What arborist knows of it.
    pub project: Project,
    /// Its package.json, if there is one.
    pub package_json: Option<PackageJson>,
    /// Its lockfile, if there is one that can be read.
    pub lock: Option<Lockfile>,
    /// A lockfile exists, whether or not it can be read.
    pub lock_exists: bool,
    /// `package-lock.json` or `npm-shrinkwrap.json`.
    pub lock_name: &'static str,
    /// The hidden lockfile.
    pub(super) hidden: HiddenLock,
}

/// A project that cannot be worked on.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProjectError {
    /// package.json is broken.
    #[error("{source}")]
    PackageJson {
        /// Its path.
        path: PathBuf,
        /// Why.
        #[source]
        source: PackageJsonError,
    },
    /// A dependency of package.json is not given by a string.
    #[error("must provide string spec")]
    OddDependency {
        /// The file.
        path: PathBuf,
        /// The field and the name.
        place: String,
    },
    /// There is no package.json.
    #[error("Could not read package.json: Error: ENOENT: no such file or directory, open '{}'", .0.display())]
    NoPackageJson(PathBuf),
    /// The folder has no real path, or one that is not text.
    #[error("cannot work in {}", .0.display())]
    Folder(PathBuf),
    /// A file cannot be read.
    #[error(transparent)]
    File(#[from] FsError),
}

impl Explain for ProjectError {
    fn code(&self) -> Code {
        match self {
            Self::PackageJson { source, .. } => source.code(),
            Self::Folder(_) | Self::NoPackageJson(_) => Code::Noent,
            Self::OddDependency { .. } => Code::Internal,
            Self::File(error) => error.code(),
        }
    }

    fn code_text(&self) -> String {
        match self {
            // npm has no code for it.
            Self::OddDependency { .. } => String::new(),
            Self::File(error) => error.code_text(),
            error => error.code().as_str().to_owned(),
        }
    }

    fn detail(&self) -> Vec<String> {
        match self {
            Self::PackageJson { path, source } => {
                let mut lines = source.detail();
                lines.push(format!("Failed to parse {}", path.display()));
                lines.push("Note: package.json must be actual JSON, not just JavaScript.".into());
                lines
            }
            _ => Vec::new(),
        }
    }

    fn help(&self) -> Option<String> {
        let Self::OddDependency { path, place } = self else { return None };
        Some(format!("write a version as a string for `{place}` in {}", path.display()))
    }

    fn exit(&self) -> u8 {
        match self {
            Self::File(error) => error.exit(),
            error => error.code().exit(),
        }
    }
}

/// Enters a project for changing it: one run at a time, and what an interrupted one left is undone.
///
/// A run that writes nothing into `node_modules` needs no lock.
///
/// # Errors
/// A folder that cannot be locked, or cannot be put right.
pub(super) fn enter(context: &Context) -> Result<Option<Lock>, Failure> {
    let options = &context.options;
    if options.dry_run || options.lock.package_lock_only {
        return Ok(None);
    }
    let folder = &options.paths.prefix;
    fs::create_dir_all(folder).map_err(FsError::io("create", folder))?;
    let no_path = || ProjectError::Folder(folder.clone());
    let path = realpath(&folder.to_string_lossy()).ok_or_else(no_path)?;
    let name = name_of(folder).ok_or_else(no_path)?;
    let locks = options.paths.cache.join("locks");
    fs::create_dir_all(&locks).map_err(FsError::io("create", &locks))?;
    let lock = Lock::acquire(&locks.join(name))?;
    let project = Path::new(&path);
    let odd = if options.force { OddFolders::Keep } else { OddFolders::Remove };
    validate_node_modules(project, odd, &*context.reporter)?;
    if recover(project)? != Recovered::Clean {
        let line = "an interrupted run left the tree unfinished; it was put back";
        context.reporter.event(Event::warn("recover", line));
    }
    Ok(Some(lock))
}

/// What files about a project are called: a digest of its real path.
pub(super) fn name_of(folder: &Path) -> Option<String> {
    let path = realpath(&folder.to_string_lossy())?;
    let digest = Digests::of(path.as_bytes(), []);
    let name = digest.sha512().iter().take(16);
    Some(name.fold(String::new(), |name, byte| format!("{name}{byte:02x}")))
}

impl ProjectFiles {
    /// Reads package.json, the lockfile and the workspaces of a folder.
    ///
    /// # Errors
    /// A broken package.json, and workspaces that cannot be used. A broken lockfile is only
    /// warned about, as npm ignores it.
    pub fn read(folder: &Path, reporter: &dyn Reporter) -> Result<Self, Failure> {
        Self::read_beside(real_path(folder)?, HiddenLock::default(), reporter)
    }

    /// As [`Self::read`], while another thread reads the hidden lockfile; call on a thread of the
    /// runtime.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_for_change(folder: &Path, reporter: &dyn Reporter) -> Result<Self, Failure> {
        let path = real_path(folder)?;
        let hidden = HiddenLock::ahead(&path);
        Self::read_beside(path, hidden, reporter)
    }

    fn read_beside(
        path: String,
        hidden: HiddenLock,
        reporter: &dyn Reporter,
    ) -> Result<Self, Failure> {
        let folder = PathBuf::from(&path);
        let package_json = read_package_json(&folder)?;
        let mut package = package_json.as_ref().map(PackageJson::manifest).unwrap_or_default();
        expand_bin_folder(&mut package, &folder);
        let package = std::sync::Arc::new(package);
        let workspaces = map_workspaces(&path, package.workspaces.as_deref())?;
        let (lock_name, text) = read_lock_text(&folder)?;
        let lock_exists = text.is_some();
        let lock = text.and_then(|text| match Lockfile::parse(&text, &folder.join(lock_name)) {
            Ok(lock) => Some(lock),
            Err(error) => {
                reporter.event(Event::warn("lockfile", format!("{error}; going on without it")));
                None
            }
        });
        let project = Project { path, package, workspaces };
        Ok(Self { folder, project, package_json, lock, lock_exists, lock_name, hidden })
    }

    /// The text of a yarn.lock that stands beside the project's own; an empty file counts as none.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn yarn_lock(&self) -> Result<Option<String>, FsError> {
        let text = read_text(&self.folder.join("yarn.lock"), MAX_LOCKFILE_BYTES)?;
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// Where npm needs a package.json: for the folders that `ci` empties, and for the project's own
    /// scripts, which it reads last, after all else was done without one.
    ///
    /// # Errors
    /// [`ProjectError::NoPackageJson`].
    pub(super) fn require_package_json(&self) -> Result<(), ProjectError> {
        match self.package_json {
            Some(_) => Ok(()),
            None => Err(ProjectError::NoPackageJson(self.folder.join("package.json"))),
        }
    }

    /// The hidden lockfile, if it still describes what is on disk.
    pub fn fresh_hidden_lock(&self) -> Option<&Shrinkwrap> {
        self.hidden.of(&self.project.path)
    }
}

/// The real path of a project's folder.
///
/// # Errors
/// [`ProjectError::Folder`].
pub(super) fn real_path(folder: &Path) -> Result<String, ProjectError> {
    realpath(&folder.to_string_lossy()).ok_or_else(|| ProjectError::Folder(folder.to_owned()))
}

/// Reads a folder's package.json; `None` when there is none.
///
/// One whose dependencies are no strings is refused, as in npm: a save would lose them.
///
/// # Errors
/// [`ProjectError`].
pub(super) fn read_package_json(folder: &Path) -> Result<Option<PackageJson>, ProjectError> {
    let path = folder.join("package.json");
    let Some(text) = read_text(&path, MAX_PACKAGE_JSON_BYTES)? else { return Ok(None) };
    match PackageJson::parse(&text) {
        Ok(package_json) => match package_json.odd_dependency() {
            Some(place) => Err(ProjectError::OddDependency { path, place }),
            None => Ok(Some(package_json)),
        },
        Err(source) => Err(ProjectError::PackageJson { path, source }),
    }
}

/// npm-shrinkwrap.json wins over package-lock.json.
fn read_lock_text(folder: &Path) -> Result<(&'static str, Option<String>), ProjectError> {
    for name in ["npm-shrinkwrap.json", "package-lock.json"] {
        let text = read_text(&folder.join(name), MAX_LOCKFILE_BYTES)?;
        if text.as_ref().is_some_and(|text| !text.is_empty()) {
            return Ok((name, text));
        }
    }
    Ok(("package-lock.json", None))
}

pub(super) fn read_text(path: &Path, limit: u64) -> Result<Option<String>, FsError> {
    let bytes = if_there(read_bounded_file(path, limit))?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}
