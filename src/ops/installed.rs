//! What the commands that only read work on: the tree on disk, or the one in the lockfile.

use std::{fs, path::Path};

use serde_json::{Map, Value};

use super::{
    build::tree_settings,
    hidden::HiddenLock,
    project::{ProjectError, ProjectFiles, read_package_json, real_path},
    raw_manifest,
};
use crate::{
    arborist::{NodeId, PeerDeps, Project, Records, Tree, TreeSettings},
    config::Options,
    error::{Code, Explain, Failure},
    event::Reporter,
    fs::read_bounded_file,
    lockfile::MAX_LOCKFILE_BYTES,
    plain,
};

/// The most bytes of a package.json that are read for its own sake.
const MAX_PACKAGE_JSON_BYTES: u64 = 16 * 1024 * 1024;

/// Which tree is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// What lies in `node_modules`; the hidden lockfile stands for it while it is fresh.
    Disk,
    /// What the lockfile says: `--package-lock-only`.
    Lockfile,
}

/// Whether peer dependencies count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peers {
    /// As `--legacy-peer-deps` says.
    Configured,
    /// Always, as in `npm ls`.
    Counted,
}

/// The lockfile that is to be listed does not exist.
#[derive(Debug, thiserror::Error)]
#[error("This command requires an existing lockfile.")]
struct NoLock;

impl Explain for NoLock {
    fn code(&self) -> Code {
        Code::Nolock
    }

    fn detail(&self) -> Vec<String> {
        vec![
            "Try creating one first with: denpm i --package-lock-only".into(),
            "Original error: loadVirtual requires existing shrinkwrap file".into(),
        ]
    }
}

/// A tree with the files it was read from.
#[derive(Debug)]
pub(super) struct Installed {
    pub(super) tree: Tree,
    pub(super) root: NodeId,
    pub(super) files: ProjectFiles,
    /// package.json is there, but cannot be understood.
    pub(super) broken_root: bool,
    /// Entries of the lockfile that stands for the disk, as they are written; none when the
    /// folders themselves were read.
    entries: Option<Map<String, Value>>,
}

impl Installed {
    /// Reads the project's tree.
    ///
    /// # Errors
    /// Files that cannot be read, workspaces and overrides that cannot be used, a lockfile that
    /// is asked for and missing.
    pub(super) fn load(
        options: &Options,
        reporter: &dyn Reporter,
        origin: Origin,
        peers: Peers,
    ) -> Result<Self, Failure> {
        let (files, broken_root) = read_project(&options.paths.prefix, reporter)?;
        let configured = tree_settings(options);
        let peer_deps = match peers {
            Peers::Configured => configured.peer_deps,
            Peers::Counted => PeerDeps::Resolve,
        };
        let mut tree = Tree::new(TreeSettings { peer_deps, ..configured });
        let lock = files.lock.as_ref().map(|lock| &lock.shrinkwrap);
        let (root, entries) = match origin {
            Origin::Lockfile => {
                let lock = lock.ok_or(NoLock)?;
                let root = tree.add_project(&files.project)?;
                tree.load_virtual(root, lock, &files.project.path)?;
                (root, Some(raw_entries(&files.folder.join(files.lock_name))))
            }
            Origin::Disk => match files.fresh_hidden_lock() {
                Some(hidden) => {
                    let root = tree.load_actual(&files.project, Records::Hidden(hidden))?;
                    let path = files.folder.join("node_modules/.package-lock.json");
                    (root, Some(raw_entries(&path)))
                }
                None => (tree.load_actual(&files.project, Records::Lockfile(lock))?, None),
            },
        };
        Ok(Self { tree, root, files, broken_root, entries })
    }

    /// The manifest of a node as npm has it in memory, with the fields that arborist has no use
    /// for; empty when there is none.
    pub(super) fn raw_manifest(&self, node: NodeId) -> Map<String, Value> {
        let tree = &self.tree;
        let target = tree.target_or_self(node);
        let is_top = tree.parent(target).is_none() && !tree[node].is_link();
        let from_disk = || read_object(&Path::new(&*tree[target].realpath).join("package.json"));
        match &self.entries {
            Some(_) if node == self.root => from_disk().map(raw_manifest::of_file),
            Some(entries) => {
                let entry = || {
                    let entry = entries.get(&*tree[target].location)?.as_object()?.clone();
                    Some(raw_manifest::of_lock_entry(entry, &tree[target].realpath))
                };
                let changed = from_disk().filter(|_| is_top).map(raw_manifest::of_file);
                changed.or_else(entry)
            }
            None => from_disk().map(raw_manifest::of_file),
        }
        .unwrap_or_default()
    }
}

/// Reads a project; a package.json that cannot be understood is as good as none.
fn read_project(folder: &Path, reporter: &dyn Reporter) -> Result<(ProjectFiles, bool), Failure> {
    match read_package_json(folder) {
        Err(ProjectError::PackageJson { .. }) => {
            let path = real_path(folder)?;
            let files = ProjectFiles {
                folder: path.clone().into(),
                project: Project { path, ..Project::default() },
                package_json: None,
                lock: None,
                lock_exists: false,
                lock_name: "package-lock.json",
                hidden: HiddenLock::default(),
            };
            Ok((files, true))
        }
        _ => Ok((ProjectFiles::read(folder, reporter)?, false)),
    }
}

/// The `packages` of a lockfile, unparsed; empty in files older than npm 7.
fn raw_entries(path: &Path) -> Map<String, Value> {
    let bytes = read_bounded_file(path, MAX_LOCKFILE_BYTES).unwrap_or_default();
    match plain::from_slice(&bytes) {
        Ok(Value::Object(mut lock)) => match lock.shift_remove("packages") {
            Some(Value::Object(entries)) => entries,
            _ => Map::new(),
        },
        _ => Map::new(),
    }
}

fn read_object(path: &Path) -> Option<Map<String, Value>> {
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let bytes = read_bounded_file(path, MAX_PACKAGE_JSON_BYTES).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    match crate::manifest::parse_json(&text).ok()? {
        Value::Object(object) => Some(object),
        _ => None,
    }
}
