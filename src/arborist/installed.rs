//! The tree on disk as `npm ls` and its like see it: with what the lockfile knows of each
//! package (`load-actual.js`, `Shrinkwrap.add` of `shrinkwrap.js`).

use std::sync::Arc;

use indexmap::IndexMap;

use super::{BuildError, LockEntry, NodeId, Project, RootFlags, Shrinkwrap, Tree, paths::resolve};
use crate::spec::{Spec, Version};

/// What is known of an installed tree beside its folders.
#[derive(Clone, Copy, Debug)]
pub enum Records<'a> {
    /// A hidden lockfile that still describes the disk: the folders need not be read.
    Hidden(&'a Shrinkwrap),
    /// The project's lockfile, if there is one: it knows where the packages on disk came from.
    Lockfile(Option<&'a Shrinkwrap>),
}

impl Tree {
    /// Loads what is installed into an empty arena.
    ///
    /// # Errors
    /// Unusable overrides, and a hidden lock whose links have no targets.
    pub fn load_installed(
        &mut self,
        project: &Project,
        records: Records<'_>,
    ) -> Result<NodeId, BuildError> {
        // The workspaces come last: the order of edges is the order in which they are explained.
        let bare = Project { workspaces: IndexMap::new(), ..project.clone() };
        let root = match records {
            Records::Hidden(lock) => self.load_actual(&bare, Some(lock))?,
            Records::Lockfile(_) => self.load_actual(&bare, None)?,
        };
        if !project.workspaces.is_empty() {
            self.set_workspaces(root, project.workspaces.clone());
        }
        if let Records::Lockfile(lock) = records {
            self.load_workspace_folders(root);
            self.take_over_records(root, &project.path, lock);
            self.reset_dep_flags(root);
        }
        for node in self.inventory_of(root) {
            self[node].flags.extraneous = true;
        }
        self.calc_dep_flags(root, RootFlags::Clear);
        Ok(root)
    }

    /// Origin and integrity of packages that the lockfile has in the same place and version.
    fn take_over_records(&mut self, root: NodeId, base: &str, lock: Option<&Shrinkwrap>) {
        for node in self.inventory_of(root) {
            if node == root || self[node].is_link() {
                continue;
            }
            let location = Arc::clone(&self[node].location);
            let entry = lock.and_then(|lock| lock.packages.get(&*location));
            let entry = entry.filter(|entry| same_version(entry, self[node].version_text()));
            // What a package says of its own origin is not believed.
            self[node].resolved = entry
                .and_then(|entry| entry.resolved.as_deref())
                .map(|resolved| absolute(resolved, base).into());
            self[node].integrity =
                entry.and_then(|entry| entry.integrity.as_deref()).map(Into::into);
            self[node].has_shrinkwrap |= entry.is_some_and(|entry| entry.has_shrinkwrap);
            for edge in self.edges_in(node) {
                self[edge].verdict.set(None);
            }
        }
    }

    /// Whether a node is what an argument (`name`, `name@range`) speaks of (`Node.satisfies`).
    pub fn is_meant_by(&self, node: NodeId, argument: &Spec) -> bool {
        let is_named = argument.name.as_deref().is_none_or(|name| name == self.name(node));
        is_named && self.dep_valid(node, &argument.raw_spec, None, self.root_of(node))
    }
}

fn same_version(entry: &LockEntry, version: &str) -> bool {
    let recorded = entry.package.version.as_deref().unwrap_or_default();
    recorded.is_empty()
        || version.is_empty()
        || recorded == version
        || Version::parse_loose(version).is_ok_and(|version| version.to_string() == recorded)
}

fn absolute(resolved: &str, base: &str) -> String {
    match resolved.strip_prefix("file:") {
        Some(path) => format!("file:{}", resolve(base, path)),
        None => resolved.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{arborist::TreeSettings, manifest::Manifest};

    fn installed(lock_version: &str) -> (Tree, NodeId) {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("node_modules/a");
        fs::create_dir_all(&folder).unwrap();
        let manifest = r#"{"name":"a","version":"1.0.0","_resolved":"https://evil.example/a.tgz"}"#;
        fs::write(folder.join("package.json"), manifest).unwrap();
        let package = serde_json::json!({"version": lock_version});
        let entry = LockEntry {
            package: Arc::new(Manifest::from_value(&package).unwrap()),
            resolved: Some("https://registry.example/a/-/a-1.0.0.tgz".into()),
            ..LockEntry::default()
        };
        let packages = IndexMap::from([("node_modules/a".to_owned(), entry)]);
        let lock = Shrinkwrap { packages, ..Shrinkwrap::default() };
        let path = crate::arborist::realpath(dir.path().to_str().unwrap()).unwrap();
        let project = Project { path, ..Project::default() };
        let mut tree = Tree::new(TreeSettings::default());
        let root = tree.load_installed(&project, Records::Lockfile(Some(&lock))).unwrap();
        let node = tree.child_named(root, "a").unwrap();
        (tree, node)
    }

    #[test]
    fn records_of_the_same_version_are_taken_over() {
        let (tree, node) = installed("1.0.0");
        let resolved = tree.resolved(node);
        assert_eq!(resolved.as_deref(), Some("https://registry.example/a/-/a-1.0.0.tgz"));
    }

    #[test]
    fn records_of_another_version_and_the_packages_own_word_are_not_believed() {
        let (tree, node) = installed("2.0.0");
        assert_eq!(tree.resolved(node), None);
    }

    #[test]
    fn argument_means_name_and_range() {
        let (tree, node) = installed("1.0.0");
        let means = |text: &str| {
            let spec = Spec::parse(text, std::path::Path::new("/")).unwrap();
            tree.is_meant_by(node, &spec)
        };
        assert!(means("a") && means("a@^1"));
        assert!(!means("a@2") && !means("b"));
    }
}
