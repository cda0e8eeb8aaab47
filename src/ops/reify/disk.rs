//! What the disk adds to a plan: what lies in opened packages, folders that are none, names that
//! differ only in case, commands that are not where they should be.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::OddFolders;
use crate::{
    arborist::{FolderManifest, NodeId, Tree, read_manifest},
    event::{Event, Reporter},
    manifest::Manifest,
    reify::{
        bin_links::BinLink,
        commit::{Change, CommitError},
        location::Location,
        patches,
        plan::{PackageFiles, Plan},
    },
    store::StoredPackage,
};

/// The most files that are looked at in the folder of patches.
const MAX_PATCHES: usize = 10_000;

/// The files of packages before they are in place: from the store, or where they lie.
pub(super) struct Files<'a> {
    pub(super) tree: &'a Tree,
    pub(super) packages: &'a HashMap<NodeId, StoredPackage>,
    manifests: RefCell<HashMap<NodeId, Option<Arc<Manifest>>>>,
}

impl<'a> Files<'a> {
    pub(super) fn new(tree: &'a Tree, packages: &'a HashMap<NodeId, StoredPackage>) -> Self {
        Self { tree, packages, manifests: RefCell::default() }
    }

    /// The package from the store whose files a node's are.
    pub(super) fn owner(&self, node: NodeId) -> Option<NodeId> {
        if self.packages.contains_key(&node) {
            return Some(node);
        }
        let parent = self.tree.parent(node).filter(|_| self.tree.in_dep_bundle(node))?;
        self.owner(parent)
    }

    fn folder(&self, node: NodeId) -> PathBuf {
        let tree = self.tree;
        let stored = self.owner(node).and_then(|owner| {
            let below = tree[node].path.strip_prefix(&*tree[owner].path)?;
            let mut folder = self.packages.get(&owner)?.dir.clone();
            folder.extend(below.split('/').filter(|part| !part.is_empty()));
            Some(folder)
        });
        stored.unwrap_or_else(|| PathBuf::from(&*tree[node].realpath))
    }

    fn read(&self, node: NodeId) -> Option<Arc<Manifest>> {
        if let Some(stored) = self.packages.get(&node) {
            return Manifest::from_slice(&stored.package_json).ok().map(Arc::new);
        }
        match read_manifest(&self.folder(node)) {
            FolderManifest::Read(manifest) => Some(manifest),
            FolderManifest::Missing | FolderManifest::Broken(_) => None,
        }
    }
}

impl PackageFiles for Files<'_> {
    fn manifest(&self, node: NodeId) -> Option<Arc<Manifest>> {
        if let Some(known) = self.manifests.borrow().get(&node) {
            return known.clone();
        }
        let manifest = self.read(node);
        self.manifests.borrow_mut().insert(node, manifest.clone());
        manifest
    }

    fn has_binding_gyp(&self, node: NodeId) -> bool {
        match self.packages.get(&node) {
            Some(stored) => stored.index.has_binding_gyp(),
            None => fs::metadata(self.folder(node).join("binding.gyp")).is_ok(),
        }
    }
}

/// The plan's changes with what only the disk knows.
///
/// # Errors
/// When an opened package cannot be read.
pub(super) fn changes(project: &Path, plan: &Plan) -> Result<Vec<Change>, CommitError> {
    let mut kept: BTreeMap<&Location, Vec<Location>> = BTreeMap::new();
    for (outer, opened) in &plan.opened {
        kept.entry(outer).or_default().extend(content(project, opened)?);
    }
    let mut changes = plan.changes.clone();
    for change in &mut changes {
        if let Change::Place { at, keep } = change {
            keep.extend(kept.remove(at).unwrap_or_default());
        }
    }
    let aliases = aliases(project, &changes);
    changes.retain(|change| !matches!(change, Change::Remove { at } if aliases.contains(at)));
    Ok(changes)
}

/// Everything in a package but the packages nested in it.
fn content(project: &Path, package: &Location) -> Result<Vec<Location>, CommitError> {
    let folder = package.on(project);
    let failed = |source| CommitError::Io { path: folder.clone(), source };
    let mut content = Vec::new();
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let name =
            name.to_str().ok_or(io::ErrorKind::InvalidData).map_err(|kind| failed(kind.into()))?;
        if name != "node_modules" {
            content.push(Location::parse(&format!("{package}/{name}"))?);
        }
    }
    Ok(content)
}

/// Removals that are the placement of the same folder under a name of other case: where the
/// disk takes both names for one, the placement already moves the old folder away.
fn aliases(project: &Path, changes: &[Change]) -> BTreeSet<Location> {
    let placed: BTreeMap<String, &Location> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Place { at, .. } => Some((at.as_str().to_lowercase(), at)),
            Change::Remove { .. } => None,
        })
        .collect();
    let is_alias = |at: &Location| {
        placed
            .get(&at.as_str().to_lowercase())
            .is_some_and(|place| *place != at && is_found_under_another_name(&place.on(project)))
    };
    changes
        .iter()
        .filter_map(|change| match change {
            Change::Remove { at } if is_alias(at) => Some(at.clone()),
            _ => None,
        })
        .collect()
}

fn is_found_under_another_name(path: &Path) -> bool {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return false };
    let listed = || {
        fs::read_dir(folder).is_ok_and(|entries| {
            entries.filter_map(Result::ok).any(|entry| entry.file_name() == name)
        })
    };
    fs::symlink_metadata(path).is_ok() && !listed()
}

/// Removes links and files that lie where a `node_modules`, scope or `.bin` folder has to be, as
/// npm's `#validateNodeModules` does.
///
/// # Errors
/// When the system refuses.
pub(super) fn remove_odd_folders<'a>(
    project: &Path,
    locations: impl IntoIterator<Item = &'a Location>,
    odd: OddFolders,
    reporter: &dyn Reporter,
) -> Result<(), CommitError> {
    if odd == OddFolders::Keep {
        return Ok(());
    }
    let mut seen = BTreeSet::new();
    let mut missing = BTreeSet::new();
    for location in locations {
        for parent in location.parents() {
            if missing.contains(parent) {
                break;
            }
            if !seen.contains(parent) {
                let path =
                    parent.split('/').fold(project.to_path_buf(), |path, part| path.join(part));
                match fs::symlink_metadata(&path) {
                    Ok(found) if found.is_dir() => {}
                    Ok(_) if is_container(parent) => {
                        reporter.event(Event::warn(
                            "reify",
                            format!("Removing non-directory {}", path.display()),
                        ));
                        fs::remove_file(&path)
                            .or_else(|_| fs::remove_dir(&path))
                            .map_err(|source| CommitError::Io { path, source })?;
                        break;
                    }
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {
                        missing.insert(parent.to_owned());
                        break;
                    }
                    // Something whose place is decided elsewhere.
                    _ => break,
                }
                seen.insert(parent.to_owned());
            }
        }
    }
    Ok(())
}

/// True for `node_modules`, a scope in it, its `.bin`.
fn is_container(location: &str) -> bool {
    let mut parts = location.rsplit('/');
    let (last, outer) = (parts.next().unwrap_or_default(), parts.next());
    last == "node_modules"
        || (outer == Some("node_modules") && (last.starts_with('@') || last == ".bin"))
}

/// True when a command is there. Which package it runs is not asked: of several with one name
/// the one that was built last has it.
pub(super) fn is_linked(link: &BinLink) -> bool {
    link.path().exists()
}

/// The packages that the project patches after they are installed.
pub(super) fn patched_packages(project: &Path) -> BTreeSet<String> {
    let files = fs::read_dir(project.join(patches::FOLDER)).into_iter().flatten().flatten();
    let names = files.take(MAX_PATCHES).filter_map(|file| file.file_name().into_string().ok());
    names.flat_map(|name| patches::patched_packages(&name)).collect()
}
