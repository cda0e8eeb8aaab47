//! The tree on disk: `load-actual.js`.

use std::{
    collections::BTreeSet,
    fs,
    io::ErrorKind,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use indexmap::IndexMap;

use super::{
    BuildError, DepFlags, LoadFailure, NodeId, Project, Records, RootFlags, Shrinkwrap, Tree,
    bin_folder::expand_bin_folder,
    paths::{basename, relative, resolve},
    tree::{NewNode, Place},
};
use crate::{
    error::{Code, Explain},
    fs::{FsError, read_bounded_file},
    manifest::Manifest,
};

/// The most bytes of a package.json that are read.
const MAX_MANIFEST_BYTES: u64 = 16 * 1024 * 1024;

/// The manifest of a folder.
#[derive(Clone, Debug)]
pub enum FolderManifest {
    /// It was read.
    Read(Arc<Manifest>),
    /// There is none.
    Missing,
    /// It is no JSON object, or cannot be read.
    Broken(String),
}

/// Reads and normalises `package.json` in a folder.
pub fn read_manifest(folder: &Path) -> FolderManifest {
    let path = folder.join("package.json");
    let bytes = match read_bounded_file(&path, MAX_MANIFEST_BYTES) {
        Ok(bytes) => bytes,
        Err(FsError::Io { source, .. })
            if matches!(source.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
        {
            return FolderManifest::Missing;
        }
        Err(error) => return FolderManifest::Broken(error.to_string()),
    };
    match Manifest::from_slice(&bytes) {
        Ok(mut manifest) => {
            expand_bin_folder(&mut manifest, folder);
            FolderManifest::Read(Arc::new(manifest))
        }
        Err(error) => FolderManifest::Broken(error.to_string()),
    }
}

/// The real path of an existing folder, `/`-separated.
pub fn realpath(path: &str) -> Option<String> {
    let real = fs::canonicalize(path).ok()?;
    Some(real.to_str()?.replace('\\', "/"))
}

/// A package on disk whose manifest is broken.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {path}/package.json: {problem}")]
struct BrokenPackage {
    path: String,
    problem: String,
}

impl Explain for BrokenPackage {
    fn code(&self) -> Code {
        Code::Jsonparse
    }
}

impl Tree {
    /// Loads what is installed as a tree of its own: from the hidden lock where it can be
    /// trusted, else from the folders, with the lockfile's word on where they came from.
    ///
    /// # Errors
    /// Unusable overrides, and a hidden lock whose links have no targets.
    pub fn load_actual(
        &mut self,
        project: &Project,
        records: Records<'_>,
    ) -> Result<NodeId, BuildError> {
        let remembered = (std::mem::take(&mut self.locked), self.locked_root.take());
        let root = self.add_project_copy(project)?;
        match records {
            Records::Hidden(hidden) => self.load_virtual(root, hidden, &project.path)?,
            Records::Lockfile(_) => self.load_disk(root),
        }
        // The workspaces come last: the order of edges is the order in which they are explained.
        if !project.workspaces.is_empty() {
            self.set_workspaces(root, project.workspaces.clone());
        }
        if let Records::Lockfile(lock) = records {
            self.load_workspace_folders(root);
            self.take_over_records(root, &project.path, lock);
            self.reset_dep_flags(root);
        }
        (self.locked, self.locked_root) = remembered;
        for node in self.inventory_of(root) {
            self[node].flags = DepFlags { extraneous: true, ..self[node].flags };
        }
        self.calc_dep_flags(root, RootFlags::Clear);
        Ok(root)
    }

    /// The project's root once more, without workspaces; its overrides are those already loaded.
    fn add_project_copy(&mut self, project: &Project) -> Result<NodeId, BuildError> {
        if self.nodes.is_empty() {
            let bare = Project { workspaces: IndexMap::new(), ..project.clone() };
            return self.add_project(&bare);
        }
        let overrides = self.nodes.first().and_then(|root| root.overrides);
        let new = NewNode {
            package: Arc::clone(&project.package),
            flags: DepFlags::REQUIRED,
            overrides,
            ..NewNode::default()
        };
        Ok(self.add_node(new, &Place::Root(project.path.as_str().into())))
    }

    /// Reads every package under the root's `node_modules` and its workspaces.
    pub fn load_disk(&mut self, root: NodeId) {
        let mut scan = Scan { tree: self, root, seen: BTreeSet::new() };
        scan.children(root);
        self.load_workspace_folders(root);
        self.calc_dep_flags(root, RootFlags::Keep);
    }

    /// Reads the workspaces that no link in `node_modules` led to.
    pub(super) fn load_workspace_folders(&mut self, root: NodeId) {
        let workspaces = self[root].workspaces.clone();
        let mut scan = Scan { tree: self, root, seen: BTreeSet::new() };
        for path in workspaces.iter().flat_map(|all| all.values()) {
            scan.folder(path);
        }
    }

    /// Reads the packages that a package bundles from an unpacked copy of it.
    ///
    /// Gives back the names of children that the copy does not hold.
    pub fn load_bundle(&mut self, node: NodeId, unpacked: &Path) -> Vec<NodeId> {
        let missing = self.children(node);
        let mut scan = Scan { tree: self, root: node, seen: BTreeSet::new() };
        scan.bundled(node, unpacked, 0);
        self.calc_dep_flags(node, RootFlags::Keep);
        missing.into_iter().filter(|&child| self.parent(child) == Some(node)).collect()
    }
}

/// The deepest nesting of `node_modules` that is followed.
const MAX_DEPTH: usize = 100;

struct Scan<'t> {
    tree: &'t mut Tree,
    root: NodeId,
    seen: BTreeSet<Arc<str>>,
}

impl Scan<'_> {
    fn children(&mut self, node: NodeId) {
        let path = Arc::clone(&self.tree[node].realpath);
        if !self.seen.insert(Arc::clone(&path)) {
            return;
        }
        let modules = resolve(&path, "node_modules");
        let names = packages_in(Path::new(&modules));
        let found: Vec<NodeId> =
            names.iter().map(|name| self.child(node, &resolve(&modules, name))).collect();
        for child in found {
            if !self.tree[child].is_link() && self.tree.depth(child) < MAX_DEPTH {
                self.children(child);
            }
        }
    }

    fn child(&mut self, parent: NodeId, path: &str) -> NodeId {
        let real = match realpath(path) {
            Some(real) => real,
            None => path.to_owned(),
        };
        let new = Self::new_node(&real, name_of(path));
        if real == path {
            return self.tree.add_node(new, &Place::Child(parent));
        }
        let location = relative(&self.tree[self.root].realpath, &real);
        let target = self.tree.at_location(self.root, &location);
        let known = target.is_some();
        let link = self.tree.add_link(new, &Place::Child(parent), &real, target);
        if !known && let Some(target) = self.tree.target(link) {
            self.children(target);
        }
        link
    }

    /// A workspace folder that no link led to.
    fn folder(&mut self, path: &str) {
        let location = relative(&self.tree[self.root].realpath, path);
        if self.tree.at_location(self.root, &location).is_some() {
            return;
        }
        let mut new = Self::new_node(path, None);
        // No link forwards the root's overrides to it.
        new.overrides = self.tree[self.root].overrides.map(|set| {
            let name = new.package.name.as_deref().unwrap_or_default();
            let version = new.package.version.as_deref().unwrap_or_default();
            self.tree.override_sets().node_rule(set, name, version)
        });
        let node = self.tree.add_node(new, &Place::Path(self.root, path.into()));
        self.children(node);
    }

    fn bundled(&mut self, node: NodeId, folder: &Path, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        let modules = folder.join("node_modules");
        for name in packages_in(&modules) {
            let inner = modules.join(&name);
            let FolderManifest::Read(package) = read_manifest(&inner) else { continue };
            if package.name.is_none() || package.version.is_none() {
                continue;
            }
            let new = NewNode { name: Some(name), package, ..NewNode::default() };
            let child = self.tree.add_node(new, &Place::Child(node));
            self.bundled(child, &inner, depth + 1);
        }
    }

    fn new_node(folder: &str, name: Option<String>) -> NewNode {
        let mut new = NewNode { name, ..NewNode::default() };
        match read_manifest(Path::new(folder)) {
            FolderManifest::Read(package) => {
                new.resolved = package.resolved.as_deref().map(Into::into);
                new.integrity = package.integrity.as_deref().map(Into::into);
                new.package = package;
            }
            FolderManifest::Missing => {}
            FolderManifest::Broken(problem) => {
                let error = BrokenPackage { path: folder.to_owned(), problem };
                new.error = Some(LoadFailure::new(error));
            }
        }
        new
    }
}

fn name_of(path: &str) -> Option<String> {
    super::paths::name_in_node_modules(path).map(str::to_owned)
}

/// What lies in a `node_modules`, scopes opened, hidden names left out, sorted by name: packages,
/// and plain files that npm takes for packages of which it knows nothing.
pub fn packages_in(modules: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for name in names_in(modules) {
        if name.starts_with('@') {
            let inner = names_in(&modules.join(&name));
            names.extend(inner.into_iter().map(|inner| format!("{name}/{inner}")));
        } else {
            names.push(name);
        }
    }
    names.sort();
    names
}

fn names_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries
        .filter_map(Result::ok)
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect()
}

/// True when a hidden lock still describes what is on disk (`assertNoNewer`): no folder is newer
/// than it, every package folder is listed, and everything listed is there.
pub fn hidden_lock_is_fresh(project: &str, lock: &Shrinkwrap, written: SystemTime) -> bool {
    let limit = written + Duration::from_millis(10);
    let mut seen = BTreeSet::from([String::new()]);
    let modules = resolve(project, "node_modules");
    let mut check = Freshness { project, lock, limit, seen: &mut seen };
    if !check.folder(&modules) {
        return false;
    }
    let targets: BTreeSet<&str> = lock
        .packages
        .values()
        .filter(|entry| entry.link)
        .filter_map(|entry| entry.resolved.as_deref())
        .collect();
    let extra: BTreeSet<&str> = lock
        .packages
        .keys()
        .map(|location| location.split("/node_modules/").next().unwrap_or(location))
        .filter(|root| {
            !root.is_empty()
                && !root.split('/').any(|part| part == "node_modules")
                && !targets.contains(root)
        })
        .collect();
    extra.into_iter().all(|location| check.folder(&resolve(project, location)))
        && lock.packages.keys().all(|location| seen.contains(location))
}

struct Freshness<'a> {
    project: &'a str,
    lock: &'a Shrinkwrap,
    limit: SystemTime,
    seen: &'a mut BTreeSet<String>,
}

impl Freshness<'_> {
    fn folder(&mut self, path: &str) -> bool {
        let location = relative(self.project, path);
        let base = basename(path);
        let is_modules = base == "node_modules";
        let is_container = is_modules || base.starts_with('@');
        self.seen.insert(location.clone());
        let newer = fs::metadata(path)
            .and_then(|meta| meta.modified())
            .map_or(true, |modified| modified > self.limit);
        if newer || (!is_container && !self.lock.packages.contains_key(&location)) {
            return false;
        }
        let inner = if is_container { path.to_owned() } else { resolve(path, "node_modules") };
        let Ok(entries) = fs::read_dir(&inner) else { return true };
        entries.filter_map(Result::ok).all(|entry| self.entry(&inner, &entry))
    }

    fn entry(&mut self, folder: &str, entry: &fs::DirEntry) -> bool {
        let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string()) else {
            return false;
        };
        let path = resolve(folder, &name);
        if kind.is_dir() {
            return name.starts_with('.') || self.folder(&path);
        }
        if kind.is_symlink() {
            let Some(target) =
                fs::read_link(&path).ok().and_then(|t| t.to_str().map(str::to_owned))
            else {
                return false;
            };
            let target = resolve(folder, &target);
            self.seen.insert(relative(self.project, &path));
            let is_new = !self.seen.contains(&relative(self.project, &target));
            if is_new && fs::metadata(&target).is_ok_and(|meta| meta.is_dir()) {
                return self.folder(&target);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arborist::TreeSettings;

    #[test]
    fn workspace_that_no_link_leads_to_has_the_overrides_of_the_root() {
        let dir = tempfile::tempdir().unwrap();
        let path = realpath(dir.path().to_str().unwrap()).unwrap();
        fs::create_dir(dir.path().join("w")).unwrap();
        fs::write(dir.path().join("w/package.json"), r#"{"name":"w","version":"1.0.0"}"#).unwrap();
        let manifest = serde_json::json!({"name": "p", "overrides": {"x": "1.0.0"}});
        let project = Project {
            package: Arc::new(Manifest::from_value(&manifest).unwrap()),
            workspaces: IndexMap::from([("w".to_owned(), format!("{path}/w"))]),
            path,
        };
        let mut tree = Tree::new(TreeSettings::default());
        let root = tree.add_project(&project).unwrap();
        tree.load_disk(root);
        let workspace = tree.at_location(root, "w").unwrap();
        assert!(tree[root].overrides.is_some());
        assert_eq!(tree[workspace].overrides, tree[root].overrides);
    }
}
