//! Sets of nodes that belong together: `gather-dep-set.js`, `peer-entry-sets.js`,
//! `optional-set.js`, `deepest-nesting-target.js`, and the replacement tests built on them.

use indexmap::{IndexMap, IndexSet};

use super::{EdgeId, Name, NodeId, Tree};

/// Visits a growing set in insertion order.
fn grow(set: &mut IndexSet<NodeId>, mut more: impl FnMut(NodeId, &mut Vec<NodeId>)) {
    let mut index = 0;
    let mut found = Vec::new();
    while let Some(&node) = set.get_index(index) {
        more(node, &mut found);
        set.extend(found.drain(..));
        index += 1;
    }
}

impl Tree {
    /// The nodes of `start` and everything reached from them along edges that pass `keep`, less
    /// whatever something outside the set also needs.
    pub fn gather_dep_set(
        &self,
        start: impl IntoIterator<Item = NodeId>,
        keep: impl Fn(&Self, EdgeId) -> bool,
    ) -> IndexSet<NodeId> {
        let mut deps: IndexSet<NodeId> = start.into_iter().collect();
        grow(&mut deps, |node, found| {
            for edge in self[node].edges_out.values() {
                if let Some(to) = self[edge].to
                    && keep(self, edge)
                {
                    found.push(to);
                }
            }
        });
        loop {
            let outside_needs = |&dep: &NodeId| {
                self[dep].edges_in.iter().any(|&edge| {
                    self[edge].from.is_some_and(|from| !deps.contains(&from)) && keep(self, edge)
                })
            };
            // npm drops one after the other; dropping all that are needed now reaches the same end.
            let needed: Vec<NodeId> = deps.iter().copied().filter(outside_needs).collect();
            if needed.is_empty() {
                return deps;
            }
            deps.retain(|dep| !needed.contains(dep));
        }
    }

    /// What goes when an optional node cannot be had: the node, all that needs it, and what only
    /// those needed.
    pub fn optional_set(&self, node: NodeId) -> IndexSet<NodeId> {
        let mut set = IndexSet::from([node]);
        grow(&mut set, |node, found| {
            for &edge in self[node].edges_in.iter() {
                if !self[edge].kind.is_optional() {
                    found.extend(self[edge].from);
                }
            }
        });
        let wanting = set.clone();
        self.gather_dep_set(set, |tree, edge| {
            let edge = &tree[edge];
            edge.to.is_none_or(|to| !wanting.contains(&to))
                && edge.from.is_none_or(|from| !tree[from].inert)
        })
    }

    /// The ways into the peer group around `node`: each entering edge with the part of the group
    /// it brings.
    pub fn peer_entry_sets(&self, node: NodeId) -> IndexMap<EdgeId, IndexSet<NodeId>> {
        let mut union = IndexSet::from([node]);
        grow(&mut union, |node, found| {
            for edge in self[node].edges_out.values() {
                if self.is_valid_peer(edge) {
                    found.extend(self[edge].to);
                }
            }
            for &edge in self[node].edges_in.iter() {
                if self.is_valid_peer(edge) {
                    found.extend(self[edge].from);
                }
            }
        });
        let mut sets = IndexMap::new();
        for &peer in &union {
            for &edge in self[peer].edges_in.iter() {
                let enters = self.edge_valid(edge)
                    && (!self[edge].kind.is_peer()
                        || self[edge].from.is_some_and(|from| self.is_top(from)));
                if enters {
                    let set = self.peers_below(peer);
                    if set.contains(&node) {
                        sets.insert(edge, set);
                    }
                }
            }
        }
        sets
    }

    fn peers_below(&self, peer: NodeId) -> IndexSet<NodeId> {
        let mut set = IndexSet::from([peer]);
        grow(&mut set, |node, found| {
            for edge in self[node].edges_out.values() {
                if self.is_valid_peer(edge) {
                    found.extend(self[edge].to);
                }
            }
        });
        set
    }

    fn is_valid_peer(&self, edge: EdgeId) -> bool {
        self[edge].kind.is_peer() && self.edge_valid(edge)
    }

    /// The deepest place, starting at `start`, in which `name` could be put: the first without a
    /// peer edge of that name, or a top.
    pub fn deepest_nesting_target(&self, start: NodeId, name: Name) -> NodeId {
        self.ancestry(start)
            .find(|&target| {
                self.is_project_root(target)
                    || self.resolve_parent(target).is_none()
                    || self
                        .edge_out_named(target, name)
                        .is_none_or(|edge| !self[edge].kind.is_peer())
            })
            .unwrap_or(start)
    }

    /// True when `new` may take the place of `old` without upsetting anyone (`canReplaceWith`);
    /// edges from peers named in `ignore_peers` that live beside `old` do not count.
    pub fn can_replace(&self, new: NodeId, old: NodeId, ignore_peers: &[Name]) -> bool {
        if self[new].name != self[old].name || self[new].package_name() != self[old].package_name()
        {
            return false;
        }
        if !self[old].edges_out.is_empty() && self[new].overrides != self[old].overrides {
            return false;
        }
        // What only `old` and its own dependencies need goes with it.
        let own = self.gather_dep_set([old], |tree, edge| {
            tree[edge].to != Some(old) && tree.edge_valid(edge)
        });
        let is_top = self.is_top(old);
        self[old].edges_in.iter().all(|&edge| {
            let Some(from) = self[edge].from else { return true };
            let is_replaced_peer = !is_top
                && self[from].parent == self[old].parent
                && self[edge].kind.is_peer()
                && ignore_peers.contains(&self[from].name);
            is_replaced_peer || own.contains(&from) || self.satisfied_by(edge, new)
        })
    }

    /// True when a node may go because its dependents are as well served by what lies above
    /// (`canDedupe`).
    pub fn can_dedupe(&self, id: NodeId, dedupe: Dedupe) -> bool {
        if self.in_dep_bundle(id) || self.in_shrinkwrap(id) {
            return false;
        }
        let Some(above) = self.resolve_parent(id).and_then(|parent| self.resolve_parent(parent))
        else {
            return false;
        };
        if self[id].edges_in.is_empty() {
            return true;
        }
        let Some(other) = self.resolve(above, self[id].name) else { return false };
        if self.matches(other, id) {
            return true;
        }
        if !self.can_replace(other, id, &[]) {
            return false;
        }
        let (ours, theirs) = (self.version(id), self.version(other));
        let order = match (&theirs, &ours) {
            (Some(theirs), Some(ours)) => Some(theirs.cmp(ours)),
            _ => None,
        };
        dedupe.prefer
            || order == Some(std::cmp::Ordering::Equal)
            || (!self.overridden(id) && order == Some(std::cmp::Ordering::Greater))
            || dedupe.explicit_request
    }
}

/// How eager deduplication is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dedupe {
    /// `--prefer-dedupe`: an older version above is good enough.
    pub prefer: bool,
    /// The version above was asked for by name.
    pub explicit_request: bool,
}
