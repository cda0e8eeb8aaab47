//! Puts a package at its place: `place-dep.js`.
//!
//! 1. Start at the deepest place the dependent allows and walk up; the last place that does not
//!    conflict wins, the first conflict ends the walk.
//! 2. No place: an error if the dependent is the project's own, else a warning and the place
//!    that would do for the package without its peers.
//! 3. A package that is identical to one above gets a link to it, which ends cycles.
//! 4. What the package replaces takes its own dependencies along; what the new place makes
//!    redundant below is removed.
//! 5. The package's unmet peers are placed the same way, from the same place.

use std::{path::Path, sync::Arc};

use indexmap::IndexSet;

use super::{
    BuildError, EdgeId, Name, NodeId, Tree,
    can_place_dep::{Answer, Placement, Question},
    dep_sets::Dedupe,
    tree::{NewNode, Place},
};
use crate::{
    explanation::{Conflict, PeerConflict},
    spec::{collate, name_from_folder},
};

/// Where packages are put.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InstallStrategy {
    /// As high as possible.
    #[default]
    Hoisted,
    /// Beside each dependent.
    Nested,
    /// Direct dependencies at the top, the rest below them.
    Shallow,
}

/// What placement depends on besides the tree.
#[derive(Clone, Debug, Default)]
pub(super) struct PlaceOptions {
    pub(super) force: bool,
    pub(super) strict_peer_deps: bool,
    pub(super) prefer_dedupe: bool,
    pub(super) strategy: InstallStrategy,
    pub(super) update_names: IndexSet<Name>,
}

/// One package that was looked at for one edge.
#[derive(Clone, Debug)]
pub(super) struct PlacedDep {
    pub(super) edge: EdgeId,
    pub(super) placed: Option<NodeId>,
    pub(super) placement: Option<Placement>,
    pub(super) need_evaluation: IndexSet<NodeId>,
}

/// Places one dependency and its peers, in npm's order.
pub(super) struct Placer<'t> {
    pub(super) tree: &'t mut Tree,
    pub(super) options: &'t PlaceOptions,
    pub(super) explicit_request: bool,
    /// What was placed, each dependency before its peers.
    pub(super) placed: Vec<PlacedDep>,
    /// Conflicts that were accepted.
    pub(super) warnings: Vec<Conflict>,
}

/// A placement in progress; peers refer to the one they belong to.
struct Frame<'a> {
    edge: EdgeId,
    dep: NodeId,
    current: Option<NodeId>,
    question: Option<Question<'a>>,
    parent: Option<&'a Frame<'a>>,
}

impl<'a> Frame<'a> {
    fn top(&self) -> &Frame<'a> {
        let mut top = self;
        while let Some(parent) = top.parent {
            top = parent;
        }
        top
    }
}

impl Placer<'_> {
    /// Places `dep` for `edge`.
    ///
    /// # Errors
    /// [`BuildError::PeerConflict`] when there is no place and the conflict is the project's own.
    pub(super) fn place(&mut self, edge: EdgeId, dep: NodeId) -> Result<(), BuildError> {
        self.place_within(edge, dep, None)
    }

    fn place_within(
        &mut self,
        edge: EdgeId,
        dep: NodeId,
        parent: Option<&Frame<'_>>,
    ) -> Result<(), BuildError> {
        let slot = self.placed.len();
        let need_evaluation = IndexSet::new();
        self.placed.push(PlacedDep { edge, placed: None, placement: None, need_evaluation });
        let current = self.tree[edge].to;
        let is_update = self.options.update_names.contains(&self.tree[edge].name);
        if current.is_some() && self.tree.edge_valid(edge) && !self.explicit_request && !is_update {
            return Ok(());
        }
        let mut frame = Frame { edge, dep, current, question: None, parent };
        let Some(answer) = self.choose_place(&frame)? else { return Ok(()) };
        frame.question = Some(self.question(&frame, answer.target));
        let placement = match answer.with_peers {
            Placement::Conflict => answer.alone,
            with_peers => with_peers,
        };
        if let Some(slot) = self.placed.get_mut(slot) {
            slot.placement = Some(answer.alone);
        }
        if placement == Placement::Keep {
            if self.tree[edge].kind.is_peer() && !self.tree.edge_valid(edge) {
                self.warn(&frame, edge, dep, Some(&answer));
            }
            self.prune_dedupable(answer.target, Descend::Below);
            return Ok(());
        }
        self.put(&frame, &answer, slot)
    }

    fn question<'q>(&self, frame: &Frame<'q>, target: NodeId) -> Question<'q> {
        Question {
            dep: frame.dep,
            edge: frame.edge,
            target,
            prefer_dedupe: self.options.prefer_dedupe,
            explicit_request: self.explicit_request,
            parent: frame.parent.and_then(|parent| parent.question.as_ref()),
        }
    }

    /// The place to use, or `None` when the dependency is left out with a warning.
    fn choose_place(&mut self, frame: &Frame<'_>) -> Result<Option<Answer>, BuildError> {
        let (best, best_alone) = self.walk_up_places(frame);
        if best.is_some() {
            return Ok(best);
        }
        if !self.options.force && (self.is_mine(frame) || self.options.strict_peer_deps) {
            let top = frame.top();
            let (edge, dep) = (top.edge, top.dep);
            let conflict = self.conflict(frame, edge, dep, best_alone.as_ref());
            return Err(BuildError::PeerConflict(Box::new(conflict)));
        }
        if best_alone.is_none() {
            self.warn(frame, frame.edge, frame.dep, None);
        }
        Ok(best_alone)
    }

    fn walk_up_places(&self, frame: &Frame<'_>) -> (Option<Answer>, Option<Answer>) {
        let tree = &*self.tree;
        let name = tree[frame.edge].name;
        let (mut best, mut best_alone) = (None, None);
        for target in tree.ancestry(self.start(frame)) {
            let has_peer_edge =
                tree.edge_out_named(target, name).is_some_and(|edge| tree[edge].kind.is_peer());
            if has_peer_edge && !tree.is_top(target) {
                continue;
            }
            let answer = tree.can_place_dep(self.question(frame, target));
            if answer.alone != Placement::Conflict {
                best_alone = Some(answer.clone());
            }
            if answer.with_peers == Placement::Conflict {
                break;
            }
            best = Some(answer);
            let stop = match self.options.strategy {
                InstallStrategy::Hoisted => false,
                InstallStrategy::Nested => true,
                InstallStrategy::Shallow => {
                    tree.resolve_parent(target).is_some_and(|up| tree.is_project_root(up))
                }
            };
            if stop || !tree[frame.dep].errors.is_empty() {
                break;
            }
        }
        (best, best_alone)
    }

    fn start(&self, frame: &Frame<'_>) -> NodeId {
        let from = match frame.parent {
            Some(parent) => self.start(parent),
            None => self.tree[frame.edge].from.unwrap_or(frame.dep),
        };
        self.tree.deepest_nesting_target(from, self.tree[frame.edge].name)
    }

    fn put(&mut self, frame: &Frame<'_>, answer: &Answer, slot: usize) -> Result<(), BuildError> {
        let Frame { edge, dep, .. } = *frame;
        let target = answer.target;
        if let Some(link) = self.link_to_identical_ancestor(target, dep) {
            if let Some(slot) = self.placed.get_mut(slot) {
                slot.placed = Some(link);
            }
            return Ok(());
        }
        let virtual_root = self.tree.parent(dep);
        let placed = self.copy_of(dep);
        if let Some(slot) = self.placed.get_mut(slot) {
            slot.placed = Some(placed);
        }
        match self.tree.child(target, self.tree[edge].name) {
            Some(old) => self.replace_old(frame, answer, old, placed, slot),
            None => self.tree.set_parent(placed, Some(target)),
        }
        if self.tree[edge].kind.is_peer() && !self.tree.satisfied_by(edge, placed) {
            self.warn(frame, edge, dep, Some(answer));
        }
        if let Some(to) = self.tree[edge].to
            && to != placed
            && self.tree.edge_valid(edge)
        {
            self.prune_dedupable(to, Descend::Here);
        }
        self.prune_same_name_below(target, self.tree[edge].name);
        match virtual_root {
            Some(virtual_root) => self.place_peers(frame, placed, virtual_root),
            None => Ok(()),
        }
    }

    fn link_to_identical_ancestor(&mut self, target: NodeId, dep: NodeId) -> Option<NodeId> {
        let same = self
            .tree
            .ancestry(target)
            .find(|&above| self.tree.matches(above, dep) && !self.tree.is_top(above))?;
        let path = Arc::clone(&self.tree[same].path);
        let new = NewNode { name: Some(name_from_folder(Path::new(&*path))), ..NewNode::default() };
        Some(self.tree.add_link(new, &Place::Child(target), &path, Some(same)))
    }

    /// A copy of a virtual root's node, without a place yet.
    fn copy_of(&mut self, dep: NodeId) -> NodeId {
        let node = &self.tree[dep];
        let new = NewNode {
            name: Some(self.tree.name(dep).to_owned()),
            package: Arc::clone(&node.package),
            resolved: self.tree.resolved(dep),
            integrity: node.integrity.clone(),
            error: node.errors.first().cloned(),
            overrides: node.overrides,
            ..NewNode::default()
        };
        if node.is_link() {
            let realpath = Arc::clone(&node.realpath);
            let target = self.tree.target(dep);
            return self.tree.add_link(new, &Place::Detached, &realpath, target);
        }
        self.tree.add_node(new, &Place::Detached)
    }

    fn place_peers(
        &mut self,
        frame: &Frame<'_>,
        placed: NodeId,
        virtual_root: NodeId,
    ) -> Result<(), BuildError> {
        for peer_edge in self.tree.edges_out(placed) {
            let edge = &self.tree[peer_edge];
            if edge.from.is_none()
                || !edge.kind.is_peer()
                || edge.peer_conflicted
                || self.tree.edge_valid(peer_edge)
            {
                continue;
            }
            let Some(peer) = self.tree.child(virtual_root, edge.name) else { continue };
            if self.tree.satisfied_by(peer_edge, peer) {
                self.place_within(peer_edge, peer, Some(frame))?;
            }
        }
        Ok(())
    }

    fn replace_old(
        &mut self,
        frame: &Frame<'_>,
        answer: &Answer,
        old: NodeId,
        placed: NodeId,
        slot: usize,
    ) {
        let old_deps = self.deps_only_old_has(old, placed);
        let broken_peers = self.broken_peer_sets(frame, answer, old, placed);
        self.tree.replace(placed, old);
        self.prune_for_replacement(placed, old_deps);
        for dep in broken_peers {
            for edge in self.tree.edges_in(dep) {
                if let (Some(from), Some(slot)) = (self.tree[edge].from, self.placed.get_mut(slot))
                {
                    slot.need_evaluation.insert(from);
                }
            }
            self.tree.set_root(dep, None);
        }
    }

    fn deps_only_old_has(&self, old: NodeId, placed: NodeId) -> Vec<NodeId> {
        let tree = &*self.tree;
        let mut found = Vec::new();
        for edge in tree.edges_out(old) {
            if let Some(to) = tree[edge].to
                && tree.edge_out_named(placed, tree[edge].name).is_none()
            {
                found.extend(tree.gather_dep_set([to], |tree, e| tree[e].to != Some(to)));
            }
        }
        found
    }

    /// Peers beside the old package that the new one does not suit: their groups are removed and
    /// placed again, unless they cannot go deeper or belong to the project.
    fn broken_peer_sets(
        &mut self,
        frame: &Frame<'_>,
        answer: &Answer,
        old: NodeId,
        placed: NodeId,
    ) -> Vec<NodeId> {
        let target = self.tree.parent(old);
        let mut prune = Vec::new();
        for edge in self.tree.edges_in(old) {
            let Some(from) = self.tree[edge].from else { continue };
            if self.tree.satisfied_by(edge, placed)
                || !self.tree[edge].kind.is_peer()
                || self.tree.parent(from) != target
                || self.tree[edge].peer_conflicted
            {
                continue;
            }
            let entries: Vec<EdgeId> = self.tree.peer_entry_sets(from).into_keys().collect();
            for entry in entries {
                let (Some(node), Some(entry_from)) = (self.tree[entry].to, self.tree[entry].from)
                else {
                    continue;
                };
                // npm asks for the deepest target of no name here: the first node without such a
                // peer edge, which is the entry node itself unless it is a top.
                let deepest = node;
                let is_ours =
                    self.tree.is_project_root(entry_from) || self.tree.is_workspace(entry_from);
                if Some(deepest) != target && !is_ours {
                    prune.extend(self.tree.gather_dep_set([node], |tree, e| {
                        tree[e].to != Some(node) && !tree[e].peer_conflicted
                    }));
                } else {
                    self.warn(frame, edge, frame.dep, Some(answer));
                }
            }
        }
        prune
    }

    fn prune_for_replacement(&mut self, node: NodeId, old_deps: Vec<NodeId>) {
        let tree = &*self.tree;
        let mut invalid: IndexSet<NodeId> = tree
            .edges_out(node)
            .into_iter()
            .filter(|&edge| !tree.edge_valid(edge))
            .filter_map(|edge| tree[edge].to)
            .collect();
        for dep in old_deps {
            invalid.extend(
                tree.gather_dep_set([dep], |tree, e| tree[e].to != Some(dep) && tree.edge_valid(e)),
            );
        }
        let unneeded = tree.gather_dep_set(invalid, |tree, e| {
            tree[e].from != Some(node) && tree[e].to != Some(node) && tree.edge_valid(e)
        });
        for dep in unneeded {
            self.tree.set_root(dep, None);
        }
    }

    fn prune_same_name_below(&mut self, target: NodeId, name: Name) {
        let root = self.tree.root_of(target);
        for node in self.tree.named(root, name) {
            if self.tree.root_of(node) != root
                || !self.tree.is_descendant_of(node, target)
                || self.tree.is_top(node)
            {
                continue;
            }
            self.prune_dedupable(node, Descend::Here);
            if self.tree.root_of(node) == root {
                for kid in self.tree.children(node) {
                    self.prune_dedupable(kid, Descend::Here);
                }
            }
        }
    }

    fn prune_dedupable(&mut self, node: NodeId, descend: Descend) {
        let dedupe =
            Dedupe { prefer: self.options.prefer_dedupe, explicit_request: self.explicit_request };
        if self.tree.can_dedupe(node, dedupe) {
            let deps = self
                .tree
                .gather_dep_set([node], |tree, e| tree[e].to != Some(node) && tree.edge_valid(e));
            for dep in deps {
                self.tree.set_root(dep, None);
            }
            return;
        }
        if descend == Descend::Here {
            return;
        }
        for child in self.sorted(self.tree.children(node)) {
            self.prune_dedupable(child, Descend::Below);
        }
        for top in self.sorted(self.tree.fs_children(node)) {
            for child in self.sorted(self.tree.children(top)) {
                self.prune_dedupable(child, Descend::Below);
            }
        }
    }

    fn sorted(&self, mut nodes: Vec<NodeId>) -> Vec<NodeId> {
        nodes.sort_by(|&a, &b| collate(&self.tree[a].location, &self.tree[b].location));
        nodes
    }

    /// True when the conflict is the project's own: its direct dependency, or a peer group that
    /// it brings in.
    fn is_mine(&self, frame: &Frame<'_>) -> bool {
        let tree = &*self.tree;
        let ours = |node: NodeId| tree.is_workspace(node) || tree.is_project_root(node);
        let edge = frame.top().edge;
        let Some(from) = tree[edge].from else { return false };
        if ours(from) {
            return true;
        }
        if !tree[edge].kind.is_peer() {
            return false;
        }
        let mut has_peer_edges = false;
        for edge in tree.edges_in(from) {
            if tree[edge].kind.is_peer() {
                has_peer_edges = true;
            } else if tree[edge].from.is_some_and(ours) {
                return true;
            }
        }
        has_peer_edges
            && tree.peer_entry_sets(from).keys().any(|&edge| tree[edge].from.is_some_and(ours))
    }

    fn warn(&mut self, frame: &Frame<'_>, edge: EdgeId, dep: NodeId, answer: Option<&Answer>) {
        self.tree[edge].peer_conflicted = true;
        let conflict = self.conflict(frame, edge, dep, answer);
        self.warnings.push(conflict);
    }

    fn conflict(
        &self,
        frame: &Frame<'_>,
        edge: EdgeId,
        dep: NodeId,
        answer: Option<&Answer>,
    ) -> Conflict {
        let tree = &*self.tree;
        let at_place = tree[edge].from.and_then(|from| tree.resolve(from, tree[edge].name));
        let (current, peer_conflict) = if frame.parent.is_some() {
            let current = at_place.map(|node| tree.explain_for(node, edge));
            (current, frame.current.map(|_| PeerConflict::default()))
        } else {
            let current = at_place.map(|node| tree.explain(node));
            let peer_conflict = match answer.filter(|answer| answer.alone != Placement::Conflict) {
                Some(answer) => answer.conflicting_peers.iter().find_map(|peer| {
                    let current = Some(tree.explain(peer.current?));
                    Some(PeerConflict {
                        current,
                        peer: Some(tree.explain_for(peer.dep, peer.edge)),
                    })
                }),
                None => Some(PeerConflict {
                    current: frame.current.map(|node| tree.explain(node)),
                    peer: Some(tree.explain_for(frame.dep, frame.edge)),
                }),
            };
            (current, peer_conflict)
        };
        Conflict {
            edge: tree.explain_edge(edge),
            dep: Some(tree.explain_for(dep, edge)),
            current,
            current_edge: None,
            peer_conflict,
            strict_peer_deps: self.options.strict_peer_deps,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Descend {
    Here,
    Below,
}
