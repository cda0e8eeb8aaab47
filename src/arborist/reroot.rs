//! After an install that was limited to some workspaces everything else is as it was on disk: the
//! end of `reify` in `reify.js`.

use std::{collections::BTreeSet, sync::Arc};

use indexmap::IndexSet;

use super::{Ideal, NodeId, RootFlags, Tree};

impl Ideal {
    /// Makes the tree what is on disk after an install limited to `filter`
    /// ([`super::Diff::filter`]): what was left alone comes over from `actual`, what was not
    /// installed goes. Does nothing when the install was not limited.
    pub fn settle_filtered(&mut self, actual: NodeId, filter: &IndexSet<NodeId>) {
        if filter.is_empty() {
            return;
        }
        let tree = &mut self.tree;
        for node in tree.inventory_of(self.root) {
            if tree[node].inert {
                tree.set_parent(node, None);
            }
        }
        let untouched = tree.untouched(self.root, actual, filter);
        for node in untouched {
            tree.set_root(node, Some(self.root));
        }
        let root = tree.target_or_self(self.root);
        for top in tree.tops(self.root) {
            if top != self.root && top != root && tree.links_in(top).is_empty() {
                tree.set_root(top, None);
            }
        }
        tree.calc_dep_flags(self.root, RootFlags::Clear);
    }
}

impl Tree {
    /// Removes ideal nodes that were not installed; gives back the actual ones that stayed.
    fn untouched(
        &mut self,
        ideal: NodeId,
        actual: NodeId,
        filter: &IndexSet<NodeId>,
    ) -> IndexSet<NodeId> {
        let mut stayed = IndexSet::new();
        let mut seen: BTreeSet<Arc<str>> = BTreeSet::new();
        for node in self.inventory_of(ideal) {
            let location = Arc::clone(&self[node].location);
            // One that left with another does not count as seen.
            if self.at_location(ideal, &location) != Some(node) {
                continue;
            }
            seen.insert(Arc::clone(&location));
            if filter.contains(&node) {
                continue;
            }
            let Some(there) = self.at_location(actual, &location) else {
                self.set_root(node, None);
                continue;
            };
            let is_chosen = self.links_in(there).iter().any(|link| filter.contains(link));
            let is_same_link = self[there].is_link()
                && self[node].is_link()
                && self[there].realpath == self[node].realpath;
            if !is_chosen && !is_same_link {
                stayed.insert(there);
            }
        }
        for node in self.inventory_of(actual) {
            if seen.insert(Arc::clone(&self[node].location)) && !filter.contains(&node) {
                stayed.insert(node);
            }
        }
        stayed
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::arborist::{TreeSettings, tree::Place};

    fn add(tree: &mut Tree, place: &Place, name: &str, version: &str) -> NodeId {
        tree.add_manifest(place, &json!({"name": name, "version": version}))
    }

    #[test]
    fn what_was_left_alone_comes_over_and_what_was_not_installed_goes() {
        let mut tree = Tree::new(TreeSettings::default());
        let root = add(&mut tree, &Place::Root("/p".into()), "p", "1.0.0");
        let actual = add(&mut tree, &Place::Root("/p".into()), "p", "1.0.0");
        let chosen = add(&mut tree, &Place::Child(root), "chosen", "2.0.0");
        add(&mut tree, &Place::Child(root), "updated", "2.0.0");
        add(&mut tree, &Place::Child(root), "missing", "1.0.0");
        add(&mut tree, &Place::Child(actual), "updated", "1.0.0");
        add(&mut tree, &Place::Child(actual), "stray", "1.0.0");
        let mut ideal = Ideal {
            tree,
            root,
            added: Vec::new(),
            requested_on: IndexSet::new(),
            loaded_from_disk: false,
        };
        ideal.settle_filtered(actual, &IndexSet::from([root, actual, chosen]));
        let tree = &ideal.tree;
        let version = |name| tree.child_named(root, name).map(|node| tree[node].version_text());
        assert_eq!(version("chosen"), Some("2.0.0"));
        assert_eq!(version("updated"), Some("1.0.0"));
        assert_eq!(version("stray"), Some("1.0.0"));
        assert_eq!(version("missing"), None);
    }
}
