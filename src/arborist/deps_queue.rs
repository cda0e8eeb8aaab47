//! The order in which nodes are worked on (`DepsQueue` of `build-ideal-tree.js`).

use std::sync::Arc;

use super::{NodeId, Tree, hash::IndexSet};
use crate::spec::collate;

/// Nodes to work on, by depth and then path (`DepsQueue`).
#[derive(Debug, Default)]
pub(super) struct DepsQueue {
    nodes: IndexSet<NodeId>,
    sorted: bool,
}

impl DepsQueue {
    pub(super) fn push(&mut self, node: NodeId) {
        if self.nodes.insert(node) {
            self.sorted = false;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The shallowest node; the queue is kept in reverse so that taking it is cheap.
    pub(super) fn pop(&mut self, tree: &Tree) -> Option<NodeId> {
        if !self.sorted {
            let mut keyed: Vec<(usize, Arc<str>, NodeId)> = self
                .nodes
                .iter()
                .map(|&node| (tree.depth(node), Arc::clone(&tree[node].path), node))
                .collect();
            keyed.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| collate(&b.1, &a.1)));
            self.nodes = keyed.into_iter().map(|(_, _, node)| node).collect();
            self.sorted = true;
        }
        self.nodes.pop()
    }
}
