//! The order in which nodes are worked on (`DepsQueue` of `build-ideal-tree.js`).

use std::sync::Arc;

use super::{NodeId, Tree, hash::HashSet};
use crate::spec::collate;

/// Nodes to work on, by depth and then path (`DepsQueue`).
///
/// npm sorts everything again whenever something was added. Here what was sorted stays so: only
/// new nodes, and those that have moved since, are put in their place.
#[derive(Debug, Default)]
pub(super) struct DepsQueue {
    members: HashSet<NodeId>,
    /// Deepest first, so that taking the shallowest is cheap.
    sorted: Vec<Queued>,
    new: Vec<NodeId>,
}

/// A node with its depth and path when it was put in its place.
#[derive(Debug)]
struct Queued {
    depth: usize,
    path: Arc<str>,
    node: NodeId,
}

impl Queued {
    fn of(tree: &Tree, node: NodeId) -> Self {
        Self { depth: tree.depth(node), path: Arc::clone(&tree[node].path), node }
    }

    /// Whether it stands before `other` in the list: deeper, or as deep and of a later path.
    fn stands_before(&self, other: &Self) -> bool {
        self.depth.cmp(&other.depth).then_with(|| collate(&self.path, &other.path)).is_gt()
    }

    fn is_current(&self, tree: &Tree) -> bool {
        self.depth == tree.depth(self.node) && self.path == tree[self.node].path
    }
}

impl DepsQueue {
    pub(super) fn push(&mut self, node: NodeId) {
        if self.members.insert(node) {
            self.new.push(node);
        }
    }

    /// Those that came since the last was taken.
    pub(super) fn unsorted(&self) -> &[NodeId] {
        &self.new
    }

    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The shallowest node.
    pub(super) fn pop(&mut self, tree: &Tree) -> Option<NodeId> {
        if !self.new.is_empty() {
            let mut moved = Vec::new();
            self.sorted.retain(|queued| {
                let stays = queued.is_current(tree);
                if !stays {
                    moved.push(queued.node);
                }
                stays
            });
            for node in moved.into_iter().chain(std::mem::take(&mut self.new)) {
                let queued = Queued::of(tree, node);
                let place = self.sorted.partition_point(|other| !queued.stands_before(other));
                self.sorted.insert(place, queued);
            }
        }
        let Queued { node, .. } = self.sorted.pop()?;
        self.members.remove(&node);
        Some(node)
    }
}
