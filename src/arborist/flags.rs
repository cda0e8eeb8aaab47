//! Dependency flags: `calc-dep-flags.js`.

use indexmap::IndexSet;

use super::{DepFlags, NodeId, Tree};
use crate::explanation::EdgeType;

/// Whether the root's own flags are cleared first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RootFlags {
    /// The root is required.
    Clear,
    /// The root's flags are as they were set.
    Keep,
}

impl Tree {
    /// Marks everything under a root as needed by nothing known.
    pub fn reset_dep_flags(&mut self, root: NodeId) {
        for id in self.inventory_of(root) {
            self[id].flags = DepFlags::UNKNOWN;
        }
    }

    /// Derives the flags of everything reachable from `root`: a flag survives only if every way
    /// to the package confirms it.
    pub fn calc_dep_flags(&mut self, root: NodeId, root_flags: RootFlags) {
        if root_flags == RootFlags::Clear {
            self[root].flags = DepFlags::REQUIRED;
        }
        let mut seen = IndexSet::new();
        let mut queue = vec![root];
        while let Some(id) = queue.pop() {
            seen.insert(id);
            self.need_folders_above(id);
            if self[id].is_link() {
                let Some(target) = self.target(id) else { continue };
                let flags = self[id].flags;
                if self.clear_flags(target, flags) || !seen.contains(&target) {
                    queue.push(target);
                }
            } else {
                self.pass_flags_along_edges(id, &mut queue);
            }
        }
        seen.shift_remove(&root);
        for id in seen {
            let flags = &mut self[id].flags;
            if flags.dev || flags.optional {
                flags.dev_optional = false;
            }
        }
    }

    fn need_folders_above(&mut self, id: NodeId) {
        if self[id].flags.extraneous {
            return;
        }
        let mut above = self.resolve_parent(id);
        while let Some(node) = above.filter(|&node| self[node].flags.extraneous) {
            self[node].flags.extraneous = false;
            above = self.resolve_parent(node);
        }
    }

    fn pass_flags_along_edges(&mut self, id: NodeId, queue: &mut Vec<NodeId>) {
        let from = self[id].flags;
        for edge in self.edges_out(id) {
            let Some(to) = self[edge].to else { continue };
            let kind = self[edge].kind;
            let (peer, optional) = (kind.is_peer(), kind.is_optional());
            let dev = kind == EdgeType::Dev;
            let kept = DepFlags {
                extraneous: from.extraneous || (peer && optional),
                dev: from.dev || dev,
                optional: from.optional || optional,
                dev_optional: from.dev_optional || from.dev || from.optional || dev || optional,
                peer: from.peer || peer,
            };
            if self.clear_flags(to, kept) {
                queue.push(to);
            }
        }
    }

    /// Clears on `id` each flag that is not in `kept`; true when that changed anything.
    fn clear_flags(&mut self, id: NodeId, kept: DepFlags) -> bool {
        let flags = &mut self[id].flags;
        let before = *flags;
        *flags = DepFlags {
            extraneous: before.extraneous && kept.extraneous,
            dev: before.dev && kept.dev,
            optional: before.optional && kept.optional,
            dev_optional: before.dev_optional && kept.dev_optional,
            peer: before.peer && kept.peer,
        };
        before != *flags
    }
}
