//! Where an ideal tree starts: the lockfile, the tree on disk, or nothing (`#initTree`,
//! `load-virtual.js`).

use std::{path::Path, sync::Arc};

use indexmap::IndexMap;

use super::{
    BuildError, DepFlags, NodeId, OverrideSets, RootFlags, Tree, TreeSettings, YarnEntries,
    actual::{FolderManifest, read_manifest},
    paths::{relative, resolve},
    resolved::consistent_resolve,
    tree::{NewNode, Place},
};
use crate::{manifest::Manifest, spec::name_from_folder};

/// A lockfile as data; `lockfile` reads and writes its text.
#[derive(Clone, Debug, Default)]
pub struct Shrinkwrap {
    /// Entries by location, in file order; `""` is the project.
    pub packages: IndexMap<String, LockEntry>,
    /// `lockfileVersion` as found.
    pub version: Option<u64>,
    /// Written before npm 5: not even `requires`.
    pub ancient: bool,
    /// `package-lock.json` or `npm-shrinkwrap.json`.
    pub file_name: String,
}

/// One package of a lockfile.
#[derive(Clone, Debug, Default)]
pub struct LockEntry {
    /// The recorded part of the manifest.
    pub package: Arc<Manifest>,
    /// Where it came from, as written.
    pub resolved: Option<String>,
    /// Its integrity.
    pub integrity: Option<String>,
    /// A link; `resolved` is its target's location.
    pub link: bool,
    /// Recorded dependency flags.
    pub flags: LockFlags,
    /// `inBundle`
    pub in_bundle: bool,
    /// `hasShrinkwrap`
    pub has_shrinkwrap: bool,
}

/// Flags as a lockfile has them: present or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the lockfile's five independent fields")]
pub struct LockFlags {
    /// `extraneous`
    pub extraneous: bool,
    /// `dev`
    pub dev: bool,
    /// `optional`
    pub optional: bool,
    /// `devOptional`
    pub dev_optional: bool,
    /// `peer`
    pub peer: bool,
}

impl From<LockFlags> for DepFlags {
    fn from(flags: LockFlags) -> Self {
        Self {
            extraneous: flags.extraneous,
            dev: flags.dev,
            optional: flags.optional,
            dev_optional: flags.dev_optional || flags.dev || flags.optional,
            peer: flags.peer,
        }
    }
}

/// The project a tree belongs to.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// Absolute real path, `/`-separated.
    pub path: String,
    /// Its manifest.
    pub package: Arc<Manifest>,
    /// Workspace names to absolute folders.
    pub workspaces: IndexMap<String, String>,
}

/// What there is of a lock.
#[derive(Clone, Debug)]
pub enum LockStart {
    /// A lockfile to start from.
    File(Shrinkwrap),
    /// No lockfile: the tree on disk is the start; the hidden lock stands for it when it is fresh.
    Disk {
        /// The hidden lockfile, if it can be trusted.
        hidden: Option<Shrinkwrap>,
        /// What nothing needs goes; it stays where no lockfile is kept at all.
        strays: Strays,
    },
    /// Start anew; `existed` tells whether a lockfile is there all the same.
    Ignore {
        /// A lockfile exists.
        existed: bool,
    },
}

/// What becomes of packages on disk that nothing needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strays {
    /// They are removed.
    Go,
    /// They stay unless the user asks for a change.
    Stay,
}

/// A tree to build on.
#[derive(Debug)]
pub struct Start {
    pub(super) tree: Tree,
    pub(super) root: NodeId,
    pub(super) lock: Option<Shrinkwrap>,
    pub(super) loaded_from_disk: bool,
    pub(super) flags_suspect: bool,
    pub(super) yarn: Option<YarnEntries>,
}

impl Start {
    /// What a yarn.lock beside the project tells: where packages on disk came from and, where
    /// nothing else is the start, which versions to take.
    #[must_use]
    pub fn with_yarn_lock(mut self, yarn: YarnEntries) -> Self {
        if self.lock.is_none() {
            self.tree.learn_from_yarn(self.root, &yarn);
        }
        self.yarn = Some(yarn).filter(|_| !self.loaded_from_disk);
        self
    }

    /// Loads the start of an ideal tree.
    ///
    /// # Errors
    /// Unusable overrides, and links in the lock whose targets are missing.
    pub fn load(
        project: &Project,
        lock: LockStart,
        settings: TreeSettings,
    ) -> Result<Self, BuildError> {
        let mut tree = Tree::new(settings);
        let root = tree.add_project(project)?;
        match lock {
            LockStart::File(lock) => {
                tree.load_virtual(root, &lock, &project.path)?;
                Ok(Self {
                    tree,
                    root,
                    lock: Some(lock),
                    loaded_from_disk: true,
                    flags_suspect: true,
                    yarn: None,
                })
            }
            LockStart::Disk { hidden, strays } => {
                match hidden {
                    Some(hidden) => tree.load_virtual(root, &hidden, &project.path)?,
                    None => tree.load_disk(root),
                }
                let loaded_from_disk = !tree.children(root).is_empty();
                let flags_suspect = strays == Strays::Go;
                Ok(Self { tree, root, lock: None, loaded_from_disk, flags_suspect, yarn: None })
            }
            LockStart::Ignore { existed } => {
                let loaded_from_disk = existed;
                let flags_suspect = false;
                Ok(Self { tree, root, lock: None, loaded_from_disk, flags_suspect, yarn: None })
            }
        }
    }
}

impl Tree {
    /// Adds a project's root node with its overrides and workspaces.
    ///
    /// # Errors
    /// Unusable overrides.
    pub fn add_project(&mut self, project: &Project) -> Result<NodeId, BuildError> {
        let sets = OverrideSets::load(project.package.overrides.as_deref())?;
        let overrides = sets.map(|(sets, root)| {
            self.set_override_sets(sets);
            root
        });
        let new = NewNode {
            package: Arc::clone(&project.package),
            flags: DepFlags::REQUIRED,
            overrides,
            ..NewNode::default()
        };
        let root = self.add_node(new, &Place::Root(project.path.as_str().into()));
        if !project.workspaces.is_empty() {
            self.set_workspaces(root, project.workspaces.clone());
        }
        Ok(root)
    }

    /// Makes nodes of a lockfile's entries under a root (`#loadFromShrinkwrap`).
    ///
    /// # Errors
    /// [`BuildError::MissingTarget`] for a link without its target.
    pub fn load_virtual(
        &mut self,
        root: NodeId,
        lock: &Shrinkwrap,
        base: &str,
    ) -> Result<(), BuildError> {
        self.remember_lock(root, lock);
        let mut nodes: IndexMap<String, NodeId> = IndexMap::from([(String::new(), root)]);
        let mut links = Vec::new();
        for (location, entry) in lock.packages.iter().filter(|(location, _)| !location.is_empty()) {
            if entry.link {
                links.push((location, entry));
            } else {
                nodes.insert(location.clone(), self.load_entry(root, base, location, entry));
            }
        }
        for (location, entry) in links {
            self.load_link(root, base, (location, entry), &mut nodes)?;
        }
        if lock.version.is_none_or(|version| version < 2) {
            self.assign_bundles(&nodes, lock);
        }
        for &node in nodes.values().filter(|&&node| node != root) {
            self[node].flags = DepFlags::UNKNOWN;
        }
        self.calc_dep_flags(root, RootFlags::Keep);
        Ok(())
    }

    fn remember_lock(&mut self, root: NodeId, lock: &Shrinkwrap) {
        self.locked = lock
            .packages
            .iter()
            .map(|(location, entry)| (location.as_str().into(), Arc::clone(&entry.package)))
            .collect();
        self.locked_root = Some(root);
    }

    fn load_entry(
        &mut self,
        root: NodeId,
        base: &str,
        location: &str,
        entry: &LockEntry,
    ) -> NodeId {
        let path = resolve(base, location);
        let mut package = Arc::clone(&entry.package);
        if package.name.is_none() {
            Arc::make_mut(&mut package).name = Some(name_from_folder(Path::new(&*path)));
        }
        let new = NewNode {
            package,
            resolved: entry.resolved.as_deref().map(|url| consistent_resolve(url, base).into()),
            integrity: entry.integrity.as_deref().map(Into::into),
            has_shrinkwrap: entry.has_shrinkwrap,
            flags: entry.flags.into(),
            ..NewNode::default()
        };
        self.add_node(new, &Place::Path(root, path.into()))
    }

    fn load_link(
        &mut self,
        root: NodeId,
        base: &str,
        (location, entry): (&str, &LockEntry),
        nodes: &mut IndexMap<String, NodeId>,
    ) -> Result<(), BuildError> {
        let target_path = resolve(base, entry.resolved.as_deref().unwrap_or_default());
        let target_location = relative(base, &target_path);
        let Some(&target) = nodes.get(&target_location) else {
            return Err(BuildError::MissingTarget {
                location: location.to_owned(),
                target: target_location,
            });
        };
        let flags = self[target].flags;
        let new =
            NewNode { package: Arc::clone(&self[target].package), flags, ..NewNode::default() };
        let place = Place::Path(root, resolve(base, location).into());
        let link = self.add_link(new, &place, &target_path, Some(target));
        nodes.insert(location.to_owned(), link);
        // The folder may have changed since the lock was written.
        if self.parent(target).is_none()
            && let FolderManifest::Read(package) = read_manifest(Path::new(&target_path))
        {
            self.set_package(target, package);
        }
        Ok(())
    }

    /// Old locks mark bundled packages but not the list they came from.
    fn assign_bundles(&mut self, nodes: &IndexMap<String, NodeId>, lock: &Shrinkwrap) {
        let in_bundle = |location: &str| lock.packages.get(location).is_some_and(|e| e.in_bundle);
        for (location, &node) in nodes {
            let Some(parent) = self.parent(node) else { continue };
            let parent_location = Arc::clone(&self[parent].location);
            let name = self.name(node).to_owned();
            if in_bundle(location)
                && !in_bundle(&parent_location)
                && self.edge_out(parent, &name).is_some()
            {
                Arc::make_mut(&mut self[parent].package)
                    .bundle_dependencies
                    .get_or_insert_default()
                    .push(name);
            }
        }
    }

    /// Loads an npm-shrinkwrap.json that a package brings along; its locations must stay inside.
    ///
    /// # Errors
    /// [`BuildError::InvalidLocation`].
    pub fn load_inner_lock(&mut self, node: NodeId, lock: &Shrinkwrap) -> Result<(), BuildError> {
        for (location, entry) in &lock.packages {
            let leads_out = |path: &str| {
                path.starts_with('/') || path.split(['/', '\\']).any(|part| part == "..")
            };
            let target = entry.resolved.as_deref().filter(|_| entry.link).unwrap_or_default();
            if leads_out(location) || leads_out(target) {
                return Err(BuildError::InvalidLocation {
                    location: location.clone(),
                    problem: "resolves outside of its package",
                });
            }
        }
        let root = self.root_of(node);
        let base = self[node].path.to_string();
        for (location, entry) in &lock.packages {
            if !location.is_empty() && !entry.link {
                // Recorded flags are those of the package as a project; here its own count.
                let inner = self.load_entry(root, &base, location, entry);
                self[inner].flags = DepFlags::UNKNOWN;
            }
        }
        self.calc_dep_flags(node, RootFlags::Keep);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn package(fields: &serde_json::Value) -> Arc<Manifest> {
        Arc::new(Manifest::from_value(fields).unwrap())
    }

    fn entry(fields: &serde_json::Value, flags: LockFlags) -> LockEntry {
        LockEntry { package: package(fields), flags, ..LockEntry::default() }
    }

    #[test]
    fn flags_in_a_shrinkwrap_of_a_package_follow_those_of_the_package() {
        let mut tree = Tree::new(TreeSettings::default());
        let project = json!({"name": "p", "devDependencies": {"a": "1"}});
        let project =
            Project { path: "/p".into(), package: package(&project), ..Project::default() };
        let root = tree.add_project(&project).unwrap();
        let a = package(&json!({"name": "a", "version": "1.0.0", "dependencies": {"b": "1"}}));
        let a = tree.add_node(NewNode { package: a, ..NewNode::default() }, &Place::Child(root));
        tree.reset_dep_flags(root);
        tree.calc_dep_flags(root, RootFlags::Clear);
        let dev = LockFlags { dev: true, ..LockFlags::default() };
        let packages = IndexMap::from([
            (
                "node_modules/b".to_owned(),
                entry(&json!({"version": "1.0.0"}), LockFlags::default()),
            ),
            ("node_modules/d".to_owned(), entry(&json!({"version": "1.0.0"}), dev)),
        ]);
        let lock = Shrinkwrap { packages, ..Shrinkwrap::default() };
        tree.load_inner_lock(a, &lock).unwrap();
        let flags = |name| tree[tree.child_named(a, name).unwrap()].flags;
        assert!(flags("b").dev && !flags("b").extraneous);
        assert!(flags("d").extraneous);
    }

    #[test]
    fn strays_on_disk_are_suspect_where_a_lockfile_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().to_str().unwrap().to_owned();
        let project = Project { path, ..Project::default() };
        for (strays, suspect) in [(Strays::Go, true), (Strays::Stay, false)] {
            let lock = LockStart::Disk { hidden: None, strays };
            let start = Start::load(&project, lock, TreeSettings::default()).unwrap();
            assert_eq!(start.flags_suspect, suspect);
        }
    }
}
