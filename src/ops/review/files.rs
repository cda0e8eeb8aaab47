//! Packages as files in memory: from a folder, a tarball, or the store.

use std::{
    fs::{self, File},
    io::BufReader,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::Value;

use crate::{
    error::Failure,
    fs::{FsError, read_bounded_file},
    inspect::minified::{Files, MAX_FILE},
    plain,
    store::{IgnoreFiles, ImportContext, StoredPackage, extract},
};

/// The most bytes of one package that are held.
const MAX_HELD: u64 = 256 << 20;
/// The most files of a folder that are looked at.
const MAX_FILES: usize = 100_000;
/// Folders below this depth are not looked at.
const MAX_DEPTH: u32 = 64;
/// Packages below this depth of a repository are not looked for.
const MAX_PACKAGE_DEPTH: usize = 5;

/// The files of a package in the store.
pub(super) fn of_stored(package: &StoredPackage) -> Files {
    let mut reading = Reading::inspected();
    for file in package.index.files() {
        reading.take(file.path.as_str(), file.size, &file.path.under(&package.dir));
    }
    reading.finish()
}

/// The files of a folder, without what is installed in it.
///
/// # Errors
/// A folder that cannot be read.
pub(super) fn of_folder(folder: &Path) -> Result<Files, FsError> {
    let mut reading = Reading::inspected();
    reading.walk(folder, "", MAX_DEPTH)?;
    Ok(reading.finish())
}

/// The files of a tarball, under the rules of the store.
///
/// # Errors
/// A file that cannot be read, an archive that breaks a rule.
pub(super) fn of_tarball(path: &Path) -> Result<Files, Failure> {
    with_unpacked(path, of_folder)
}

fn with_unpacked(path: &Path, read: fn(&Path) -> Result<Files, FsError>) -> Result<Files, Failure> {
    let file = File::open(path).map_err(FsError::io("read", path))?;
    let folder = tempfile::tempdir().map_err(FsError::io("create", std::env::temp_dir()))?;
    let target = folder.path().join("package");
    let context = ImportContext { package: path.display().to_string(), ..ImportContext::default() };
    extract(BufReader::new(file), None, &target, IgnoreFiles::RenameGitignore, &context)?;
    Ok(read(&target)?)
}

/// All files of a package in the store, under the names the archive gives them.
pub(super) fn whole_stored(package: &StoredPackage) -> Files {
    let mut reading = Reading::whole();
    for file in package.index.archive_files() {
        reading.take(file.archive_path().as_str(), file.size, &file.path.under(&package.dir));
    }
    reading.finish()
}

/// All files of a folder, without what is installed in it.
///
/// # Errors
/// A folder that cannot be read.
pub(super) fn whole_folder(folder: &Path) -> Result<Files, FsError> {
    let mut reading = Reading::whole();
    reading.walk(folder, "", MAX_DEPTH)?;
    Ok(reading.finish())
}

/// All files of a tarball, under the rules of the store.
///
/// # Errors
/// As [`of_tarball`].
pub(super) fn whole_tarball(path: &Path) -> Result<Files, Failure> {
    with_unpacked(path, whole_folder)
}

/// The folder, nearest to the root, that holds the package of this name.
pub(super) fn folder_of_package(root: &Path, name: &str) -> Option<PathBuf> {
    let mut level = vec![root.to_owned()];
    for _ in 0..MAX_PACKAGE_DEPTH {
        let mut below = Vec::new();
        for folder in level {
            if name_in(&folder).as_deref() == Some(name) {
                return Some(folder);
            }
            let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
            let is_folder = |entry: &fs::DirEntry| {
                let hidden = matches!(entry.file_name().to_str(), Some("node_modules" | ".git"));
                !hidden && entry.file_type().is_ok_and(|kind| kind.is_dir())
            };
            below.extend(entries.filter(is_folder).map(|entry| entry.path()));
        }
        below.sort();
        below.truncate(MAX_FILES);
        level = below;
    }
    None
}

fn name_in(folder: &Path) -> Option<String> {
    let bytes = read_bounded_file(&folder.join("package.json"), MAX_FILE as u64).ok()?;
    let manifest = plain::from_slice(&bytes).ok()?;
    Some(manifest.get("name")?.as_str()?.to_owned())
}

/// Removes what is in a folder.
///
/// # Errors
/// What cannot be removed.
pub(super) fn empty(folder: &Path) -> Result<(), FsError> {
    for entry in fs::read_dir(folder).map_err(FsError::io("read", folder))? {
        let path = entry.map_err(FsError::io("read", folder))?.path();
        let removed = if path.is_dir() && !path.is_symlink() {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        removed.map_err(FsError::io("remove", path))?;
    }
    Ok(())
}

struct Reading {
    wants: fn(&str) -> bool,
    files: Files,
    held: u64,
    count: usize,
}

impl Reading {
    fn new(wants: fn(&str) -> bool) -> Self {
        Self { wants, files: Files::default(), held: 0, count: 0 }
    }

    /// Of every file.
    fn whole() -> Self {
        Self::new(|_| true)
    }

    /// Of the files that are inspected.
    fn inspected() -> Self {
        Self::new(Files::wants)
    }

    fn take(&mut self, path: &str, size: u64, on_disk: &Path) {
        self.count += 1;
        let fits = size <= MAX_FILE as u64 && self.held + size <= MAX_HELD;
        let bytes =
            (fits && (self.wants)(path)).then(|| read_bounded_file(on_disk, MAX_FILE as u64).ok());
        match bytes.flatten() {
            Some(bytes) => {
                self.held += size;
                self.files.by_path.insert(path.to_owned(), Arc::from(bytes));
            }
            None => {
                self.files.unread.insert(path.to_owned(), size);
            }
        }
    }

    fn walk(&mut self, folder: &Path, prefix: &str, depth: u32) -> Result<(), FsError> {
        let Some(depth) = depth.checked_sub(1) else { return Ok(()) };
        for entry in fs::read_dir(folder).map_err(FsError::io("read", folder))? {
            let entry = entry.map_err(FsError::io("read", folder))?;
            let Ok(kind) = entry.file_type() else { continue };
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
            if self.count >= MAX_FILES {
                return Ok(());
            }
            if kind.is_dir() && !matches!(path.as_str(), "node_modules" | ".git") {
                self.walk(&entry.path(), &path, depth)?;
            } else if kind.is_file() {
                let size = entry.metadata().map(|metadata| metadata.len()).unwrap_or_default();
                self.take(&path, size, &entry.path());
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Files {
        self.files.version = manifest(&self.files)
            .and_then(|manifest| Some(manifest.get("version")?.as_str()?.to_owned()))
            .unwrap_or_default();
        self.files
    }
}

/// The package.json of a package, as it stands.
pub(super) fn manifest(files: &Files) -> Option<Value> {
    plain::from_slice(files.by_path.get("package.json")?).ok()
}
