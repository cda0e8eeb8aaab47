//! What of a tree gets installed, and from where.

use indexmap::IndexMap;

use super::{EdgeId, EdgeProblem, Naming, NodeId, Omit, PackageSource, Tree};

impl Tree {
    /// How a node's files can be fetched; `resolved` is [`Tree::resolved`] of the node.
    pub fn package_source<'a>(
        &'a self,
        node: NodeId,
        resolved: Option<&'a str>,
    ) -> PackageSource<'a> {
        let naming = if self.is_registry_dependency(node) { Naming::Checked } else { Naming::Free };
        PackageSource {
            name: self.name(node),
            package_name: self[node].package_name().unwrap_or_default(),
            version: self[node].version_text(),
            resolved,
            integrity: self[node].integrity.as_deref(),
            naming,
        }
    }

    /// Removes every extraneous node under a root.
    pub fn prune_extraneous(&mut self, root: NodeId) {
        for node in self.inventory_of(root) {
            if self[node].flags.extraneous {
                self.set_parent(node, None);
            }
        }
    }

    /// True when a node's dependency type is omitted; only below the project and its workspaces.
    pub fn should_omit(&self, node: NodeId, omit: Omit) -> bool {
        if omit == Omit::default() {
            return false;
        }
        let top = self.top(node);
        if !self.is_project_root(top) && !self.is_workspace(top) {
            return false;
        }
        let flags = self[node].flags;
        (flags.peer && omit.peer)
            || (flags.dev && omit.dev)
            || (flags.optional && omit.optional)
            || (flags.dev_optional && omit.optional && omit.dev)
    }

    /// The edges that make a tree unfit for installing, with what is wrong.
    pub fn problems(&self, root: NodeId) -> IndexMap<EdgeId, EdgeProblem> {
        let nodes = self.inventory_of(root).into_iter();
        let edges = nodes.flat_map(|node| self.edges_out(node));
        edges.filter_map(|edge| Some((edge, self.edge_problem(edge)?))).collect()
    }
}
