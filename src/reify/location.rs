//! Locations: paths below the project that are safe to build and to remove.

use std::{
    collections::BTreeSet,
    fmt, fs, io,
    path::{MAIN_SEPARATOR, Path, PathBuf},
};

/// The longest location we accept, in bytes (Linux's `PATH_MAX`).
const MAX_BYTES: usize = 4096;

/// A path relative to the project, `/`-separated, through at least one `node_modules` folder
/// (`node_modules/a`, `packages/w/node_modules/@s/b`): a lockfile key that was validated.
///
/// No component is empty, `.` or `..`, holds a backslash, a colon or NUL, so that joining it
/// to the project's folder cannot leave that folder on any platform.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location(String);

/// Why a text is not a location.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a path inside node_modules: {0:?}")]
pub struct LocationError(pub String);

impl Location {
    /// Parses a lockfile key.
    ///
    /// # Errors
    /// When the text could name anything outside a `node_modules` folder of the project.
    pub fn parse(text: &str) -> Result<Self, LocationError> {
        let inside = text.split('/').rev().skip(1).any(|component| component == "node_modules");
        if inside && is_plain_relative(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(LocationError(text.chars().take(200).collect()))
        }
    }

    /// The text, `/`-separated.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The outermost `node_modules` folder this location lies in, relative to the project.
    pub fn area(&self) -> &str {
        area_of(&self.0)
    }

    /// The packages this location is nested in, outermost first:
    /// `node_modules/a` for `node_modules/a/node_modules/b`.
    pub fn ancestors(&self) -> impl Iterator<Item = &str> {
        let first = self.area().len();
        self.0
            .match_indices("/node_modules/")
            .filter(move |(start, _)| *start > first)
            .filter_map(|(start, _)| self.0.get(..start))
    }

    /// The rest of this location below `ancestor`, or `None` when it does not lie below it.
    pub fn below(&self, ancestor: &Self) -> Option<&str> {
        self.0.strip_prefix(ancestor.as_str())?.strip_prefix('/')
    }

    /// Every parent folder, outermost first.
    pub fn parents(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').filter_map(|(end, _)| self.0.get(..end))
    }

    /// The path on disk.
    pub fn on(&self, project: &Path) -> PathBuf {
        on_disk(project, &self.0)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// [`Location::area`] of a location's text.
pub(super) fn area_of(location: &str) -> &str {
    let mut end = 0;
    for component in location.split('/') {
        end += component.len();
        if component == "node_modules" {
            break;
        }
        end += 1;
    }
    location.get(..end).unwrap_or(location)
}

/// Joins a `/`-separated relative path that is already known to be plain
/// ([`is_plain_relative`]): any other could lead out of `base`.
pub(super) fn on_disk(base: &Path, relative: &str) -> PathBuf {
    // One copy instead of one for each component.
    if MAIN_SEPARATOR == '/' {
        return base.join(relative);
    }
    let mut path = base.to_path_buf();
    path.extend(relative.split('/'));
    path
}

/// True for a relative path whose joining cannot leave the folder it is joined to.
pub(super) fn is_plain_relative(text: &str) -> bool {
    let is_name = |component: &[u8]| !matches!(component, b"" | b"." | b"..");
    text.len() <= MAX_BYTES
        && memchr::memchr3(b'\\', b':', 0, text.as_bytes()).is_none()
        && text.as_bytes().split(|byte| *byte == b'/').all(is_name)
}

/// A folder on the way is a symbolic link, or not a folder at all.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Writing here would leave the project.
    #[error("{} is not a real folder", .0.display())]
    NotAFolder(PathBuf),
    /// The system refused.
    #[error("cannot read {}", path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

/// Remembers which folders below the project are real, so that no write goes through a
/// symbolic link that a repository or a package put in the way.
#[derive(Debug)]
pub struct RealFolders<'a> {
    project: &'a Path,
    seen: BTreeSet<String>,
    /// Folders that were not there; whoever makes one asks no more.
    missing: BTreeSet<String>,
}

impl<'a> RealFolders<'a> {
    /// Nothing is known yet; `project` itself may be reached through links. What is learnt holds
    /// for as long as nobody makes folders in it.
    pub fn new(project: &'a Path) -> Self {
        Self { project, seen: BTreeSet::new(), missing: BTreeSet::new() }
    }

    /// The parents of `location` that do not exist yet, outermost first.
    ///
    /// # Errors
    /// When one that exists is a link or a file.
    pub fn missing_parents(&mut self, location: &Location) -> Result<Vec<String>, FolderError> {
        let mut missing = Vec::new();
        for parent in location.parents() {
            if self.seen.contains(parent) {
                continue;
            }
            // What lies in a folder that is not there is not there either.
            if !missing.is_empty() || self.missing.contains(parent) {
                missing.push(parent.to_owned());
                continue;
            }
            let path = on_disk(self.project, parent);
            match fs::symlink_metadata(&path) {
                Ok(found) if found.is_dir() => {
                    self.seen.insert(parent.to_owned());
                }
                Ok(_) => return Err(FolderError::NotAFolder(path)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    self.missing.insert(parent.to_owned());
                    missing.push(parent.to_owned());
                }
                Err(source) => return Err(FolderError::Io { path, source }),
            }
        }
        Ok(missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn location_outside_node_modules_is_refused() {
        for text in [
            "",
            "node_modules",
            "src/a",
            "../node_modules/a",
            "/node_modules/a",
            "node_modules//a",
            "node_modules/../a",
            "node_modules/./a",
            "node_modules/a\\..\\b",
            "node_modules/c:",
            "node_modules/a/",
            "node_modules/a\0",
        ] {
            assert!(Location::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn location_knows_its_area_and_ancestors() {
        let deep =
            Location::parse("packages/w/node_modules/@s/a/node_modules/b/node_modules/c").unwrap();
        assert_eq!(deep.area(), "packages/w/node_modules");
        assert_eq!(
            deep.ancestors().collect::<Vec<_>>(),
            ["packages/w/node_modules/@s/a", "packages/w/node_modules/@s/a/node_modules/b"]
        );
        let top = Location::parse("node_modules/a").unwrap();
        assert_eq!((top.area(), top.ancestors().count()), ("node_modules", 0));
        let nested = Location::parse("node_modules/a/node_modules/b").unwrap();
        assert_eq!(nested.below(&top), Some("node_modules/b"));
        assert_eq!(Location::parse("node_modules/ab").unwrap().below(&top), None);
    }

    #[cfg(unix)]
    #[test]
    fn real_folders_refuse_a_linked_scope() {
        let project = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        fs::create_dir(project.path().join("node_modules")).unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), project.path().join("node_modules/@s"))
            .unwrap();
        let mut folders = RealFolders::new(project.path());
        let free = Location::parse("node_modules/@t/a").unwrap();
        assert_eq!(folders.missing_parents(&free).unwrap(), ["node_modules/@t"]);
        let linked = Location::parse("node_modules/@s/a").unwrap();
        assert!(matches!(folders.missing_parents(&linked), Err(FolderError::NotAFolder(_))));
    }

    proptest::proptest! {
        #[test]
        fn location_stays_inside_the_project(text in "(node_modules|[./\\\\a:]|\\.\\.){0,8}") {
            if let Ok(location) = Location::parse(&text) {
                let path = location.on(Path::new("/p"));
                assert!(path.starts_with("/p") && path.components().all(|part| part.as_os_str() != ".."));
                assert!(location.as_str().starts_with(location.area()));
                assert!(location.ancestors().all(|ancestor| Location::parse(ancestor).is_ok()));
            }
        }
    }
}
