//! `ci`: exactly what the lockfile says, or nothing.

use std::{fs, io, path::Path};

use super::project::ProjectFiles;
use crate::{
    arborist::{
        Ideal, LockEntry, NodeId, Shrinkwrap, Tree, TreeSettings,
        paths::{relative, resolve},
    },
    error::{Code, Explain, Failure},
    fs::FsError,
};

/// Why a lockfile cannot be installed exactly.
#[derive(Debug, thiserror::Error)]
pub(super) enum FrozenError {
    /// There is none, or none that can be read.
    #[error(
        "The `denpm ci` command can only install with an existing package-lock.json or\nnpm-shrinkwrap.json with lockfileVersion >= 1. Run an install with npm@5 or\nlater to generate a package-lock.json file, then try again."
    )]
    NoLock,
    /// It does not fit package.json.
    #[error(
        "`denpm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync. Please update your lock file with `denpm install` before continuing."
    )]
    OutOfSync {
        /// npm's line for each difference.
        differences: Vec<String>,
    },
}

impl Explain for FrozenError {
    fn code(&self) -> Code {
        Code::Usage
    }

    fn detail(&self) -> Vec<String> {
        match self {
            Self::NoLock => Vec::new(),
            Self::OutOfSync { differences } => {
                let mut lines = vec![String::new()];
                lines.extend(differences.iter().cloned());
                lines
            }
        }
    }

    fn help(&self) -> Option<String> {
        Some("run `denpm install` and commit the lockfile".to_owned())
    }
}

/// The lock of a project, for `ci`: to npm one whose links lead nowhere is none.
///
/// # Errors
/// [`FrozenError::NoLock`].
pub(super) fn require_lock(files: &ProjectFiles) -> Result<&Shrinkwrap, FrozenError> {
    let lock = files.lock.as_ref().map(|lock| &lock.shrinkwrap).ok_or(FrozenError::NoLock)?;
    let project = &files.project.path;
    let has_target = |entry: &LockEntry| {
        let target = resolve(project, entry.resolved.as_deref().unwrap_or_default());
        lock.packages.contains_key(&relative(project, &target))
    };
    let whole = lock.packages.values().filter(|entry| entry.link).all(has_target);
    if whole { Ok(lock) } else { Err(FrozenError::NoLock) }
}

/// Compares the ideal tree with what the lock alone would give (`validate-lockfile.js`).
///
/// # Errors
/// [`FrozenError::OutOfSync`], and a lock whose links have no targets.
pub(super) fn check_in_sync(
    files: &ProjectFiles,
    ideal: &Ideal,
    settings: TreeSettings,
) -> Result<(), Failure> {
    let lock = require_lock(files)?;
    if let Some(version) = version_without_package_json(files, lock) {
        let name = ideal.tree.name(ideal.root);
        let difference = format!("Invalid: lock file's {name}@{version} does not satisfy {name}@");
        return Err(FrozenError::OutOfSync { differences: vec![difference] }.into());
    }
    if is_told_word_for_word(lock, ideal) {
        return Ok(());
    }
    let mut tree = Tree::new(settings);
    let root = tree.add_project(&files.project)?;
    tree.load_virtual(root, lock, &files.project.path)?;
    let mut differences = Vec::new();
    for node in ideal.tree.inventory_of(ideal.root) {
        let (name, version) = shown(&ideal.tree, node);
        match tree.at_location(root, &ideal.tree[node].location) {
            None => differences.push(format!("Missing: {name}@{version} from lock file")),
            Some(locked) => {
                let (lock_name, lock_version) = shown(&tree, locked);
                if lock_version != version {
                    differences.push(format!(
                        "Invalid: lock file's {lock_name}@{lock_version} does not satisfy {name}@{version}"
                    ));
                }
            }
        }
    }
    if differences.is_empty() {
        return Ok(());
    }
    Err(FrozenError::OutOfSync { differences }.into())
}

/// The lock's word on the project where there is no package.json: npm believes it when it reads the
/// lock alone, and not when it builds on it.
fn version_without_package_json<'a>(files: &ProjectFiles, lock: &'a Shrinkwrap) -> Option<&'a str> {
    let entry = lock.packages.get("").filter(|_| files.package_json.is_none())?;
    entry.package.version.as_deref().filter(|version| !version.is_empty())
}

/// Whether every package has an entry of its version at its very place: nearly always, and then no
/// second tree is needed to say so.
fn is_told_word_for_word(lock: &Shrinkwrap, ideal: &Ideal) -> bool {
    let tree = &ideal.tree;
    tree.inventory_of(ideal.root).into_iter().filter(|&node| node != ideal.root).all(|node| {
        !tree[node].is_link()
            && lock.packages.get(&*tree[node].location).is_some_and(|entry| {
                let version = entry.package.version.as_deref().unwrap_or_default();
                !entry.link && version == tree[node].version_text()
            })
    })
}

fn shown(tree: &Tree, node: NodeId) -> (String, String) {
    let version = tree[tree.target_or_self(node)].version_text().to_owned();
    (tree.name(node).to_owned(), version)
}

/// Empties `node_modules` of the project and its workspaces; the folders themselves stay.
///
/// A link in the place of one is not followed: what lies behind it may be anybody's. Where
/// packages come to its place, it is removed when they are put there.
///
/// # Errors
/// Entries that cannot be removed.
pub(super) fn clear_node_modules(files: &ProjectFiles) -> Result<(), FsError> {
    let mut folders = vec![files.folder.clone()];
    folders.extend(files.project.workspaces.values().map(Into::into));
    for folder in folders {
        let modules = folder.join("node_modules");
        if !is_folder(&modules) {
            continue;
        }
        let Ok(entries) = fs::read_dir(&modules) else { continue };
        for entry in entries.filter_map(Result::ok) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|meta| meta.is_dir())
}

fn remove(path: &Path) -> Result<(), FsError> {
    let result = if is_folder(path) { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(FsError::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}
