//! Old lockfiles lack what the tree needs: `#inflateAncientLockfile` of `build-ideal-tree.js`.

use std::{path::Path, sync::Arc};

use super::{
    NodeId, RootFlags,
    ideal::IdealBuilder,
    paths::dirname,
    source::{ManifestRequest, Requester},
};
use crate::{
    event::{Event, Level},
    spec::Spec,
};

/// The version of lockfiles that needs nothing filled in and is written by default.
const CURRENT_VERSION: u64 = 3;

impl IdealBuilder<'_> {
    /// Fetches the manifest of every package that a lock of version 1 (or older) names.
    pub(super) fn inflate_old_lock(&mut self) {
        let Some(lock) = &self.lock else { return };
        if lock.version.is_some_and(|version| version >= 2) {
            return;
        }
        let heading = if lock.ancient { "ancient lockfile" } else { "old lockfile" };
        let file = lock.file_name.clone();
        // No warning for a file that is going to be written as old as it was.
        let stays_old = self.options.lockfile_version.is_some_and(|asked| asked < CURRENT_VERSION);
        if lock.ancient || !stays_old {
            let lines = vec![
                String::new(),
                format!("The {file} file was created with an old version of npm,"),
                "so supplemental metadata must be fetched from the registry.".to_owned(),
                String::new(),
                "This is a one-time fix-up, please be patient...".to_owned(),
                String::new(),
            ];
            self.reporter.event(Event::log(Level::Warn, heading, lines));
        }
        let wanted: Vec<(NodeId, Spec)> = self
            .tree
            .inventory_of(self.root)
            .into_iter()
            .filter(|&node| self.tree[node].location.starts_with("node_modules"))
            .filter_map(|node| Some((node, self.recorded_spec(node)?)))
            .collect();
        for (_, spec) in &wanted {
            self.manifests.prefetch(spec);
        }
        for (node, spec) in wanted {
            let request = ManifestRequest { spec: &spec, requester: Requester::Dependency };
            match self.manifests.manifest(&request) {
                Ok(fetched) => {
                    self.tree.set_package(node, Arc::clone(&fetched.manifest));
                    if self.tree[node].integrity.is_none() {
                        self.tree[node].integrity.clone_from(&fetched.integrity);
                    }
                }
                Err(error) => {
                    let text = format!("Could not fetch metadata for {}", spec.raw);
                    let lines = vec![text, error.to_string()];
                    self.reporter.event(Event::log(Level::Warn, heading, lines));
                }
            }
        }
        self.tree.reset_dep_flags(self.root);
        self.tree.calc_dep_flags(self.root, RootFlags::Clear);
    }

    /// What an old lock says a package is: its version, or where it came from.
    fn recorded_spec(&self, node: NodeId) -> Option<Spec> {
        let tree = &self.tree;
        let resolved = tree.resolved(node);
        let version = tree[node].version_text();
        let by_place = resolved
            .as_deref()
            .filter(|resolved| version.is_empty() || resolved.starts_with("file:"));
        let id = by_place.unwrap_or(version);
        // An alias is recorded under the name it stands for.
        let alias;
        let own = tree[node].package_name().unwrap_or_default();
        let id = if by_place.is_none() && !own.is_empty() && own != tree.name(node) {
            alias = format!("npm:{own}@{version}");
            &alias
        } else {
            id
        };
        let folder = dirname(&tree[node].path).to_owned();
        Spec::resolve(tree.name(node), id, Path::new(&folder)).ok()
    }
}
