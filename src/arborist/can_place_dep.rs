//! May a package be put at a place? `can-place-dep.js`.
//!
//! 1. A package that failed to load goes anywhere.
//! 2. A place with a peer edge of that name (that is not a top) must not get one of its own.
//! 3. A free place must not contradict the place's own edge, nor shadow a package above in the
//!    eyes of those below who use it.
//! 4. A taken place keeps what it has when that is the same or good enough, is replaced when
//!    nobody minds, and conflicts otherwise, unless it is the last possible place and the
//!    peer groups that enter there can move.
//! 5. Whatever the verdict, the package's own peers must be placeable from there too.

use indexmap::IndexSet;

use super::{EdgeId, Name, NodeId, Tree};

/// The verdict on one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placement {
    /// The place is free.
    Ok,
    /// What is there may be replaced.
    Replace,
    /// What is there stays, and serves.
    Keep,
    /// Not here.
    Conflict,
}

/// A question: may `dep` be put at `target` for `edge`?
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    pub(super) dep: NodeId,
    pub(super) edge: EdgeId,
    pub(super) target: NodeId,
    pub(super) prefer_dedupe: bool,
    pub(super) explicit_request: bool,
    /// The question about the package whose peer this one is.
    pub(super) parent: Option<&'a Question<'a>>,
}

impl<'a> Question<'a> {
    fn top(&self) -> &Question<'a> {
        let mut top = self;
        while let Some(parent) = top.parent {
            top = parent;
        }
        top
    }
}

/// The answer, for the package itself and together with its peers.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) target: NodeId,
    pub(super) with_peers: Placement,
    pub(super) alone: Placement,
    /// Peers that conflicted: the peer, its edge, and what is at its place.
    pub(super) conflicting_peers: Vec<ConflictingPeer>,
}

/// A peer that could not be placed.
#[derive(Clone, Copy, Debug)]
pub(super) struct ConflictingPeer {
    pub(super) dep: NodeId,
    pub(super) edge: EdgeId,
    pub(super) current: Option<NodeId>,
}

/// One question being worked on.
struct Check<'a> {
    tree: &'a Tree,
    question: Question<'a>,
    prefer_dedupe: bool,
    peer_path: &'a [NodeId],
    current: Option<NodeId>,
    target_edge: Option<EdgeId>,
    /// The edge is not met by the dep even in its virtual root: an accepted conflict.
    edge_override: bool,
    alone: Option<Placement>,
    peers: Option<Placement>,
    conflicting_peers: Vec<ConflictingPeer>,
}

impl Tree {
    /// Answers whether a package may be put at a place.
    pub(super) fn can_place_dep(&self, question: Question<'_>) -> Answer {
        self.can_place_within(question, &[])
    }

    fn can_place_within(&self, question: Question<'_>, peer_path: &[NodeId]) -> Answer {
        let name = self[question.edge].name;
        let mut check = Check {
            tree: self,
            question,
            prefer_dedupe: question.prefer_dedupe || self[question.edge].kind.is_peer(),
            peer_path,
            current: self.child(question.target, name),
            target_edge: self.edge_out_named(question.target, name),
            edge_override: !self.satisfied_by(question.edge, question.dep),
            alone: None,
            peers: None,
            conflicting_peers: Vec::new(),
        };
        let with_peers = check.decide();
        Answer {
            target: question.target,
            with_peers,
            alone: check.alone.unwrap_or(with_peers),
            conflicting_peers: check.conflicting_peers,
        }
    }
}

impl Check<'_> {
    fn name(&self) -> Name {
        self.tree[self.question.edge].name
    }

    fn decide(&mut self) -> Placement {
        let Question { dep, edge, target, .. } = self.question;
        let tree = self.tree;
        if !tree[dep].errors.is_empty() {
            return if self.current.is_some() { Placement::Replace } else { Placement::Ok };
        }
        if let Some(target_edge) = self.target_edge {
            if tree[target_edge].kind.is_peer() && !tree.is_top(target) {
                return Placement::Conflict;
            }
            if self.current.is_none() && !tree.satisfied_by(target_edge, dep) && target_edge != edge
            {
                return Placement::Conflict;
            }
        }
        match self.current {
            Some(current) => self.decide_taken(current),
            None => self.decide_free(),
        }
    }

    fn decide_free(&mut self) -> Placement {
        let Question { dep, target, .. } = self.question;
        let tree = self.tree;
        let entry = tree[self.question.top().edge].from;
        let shadowed = (Some(target) != entry).then(|| tree.resolve(target, self.name())).flatten();
        if let Some(shadowed) = shadowed {
            let minds = tree[shadowed].edges_in.iter().any(|&edge| {
                tree[edge].from.is_some_and(|from| tree.is_descendant_of(from, target))
                    && tree.edge_valid(edge)
                    && !tree.satisfied_by(edge, dep)
            });
            if minds {
                return Placement::Conflict;
            }
        }
        self.peers_too(Placement::Ok)
    }

    fn decide_taken(&mut self, current: NodeId) -> Placement {
        let Question { dep, edge, target, explicit_request, .. } = self.question;
        let tree = self.tree;
        let serves = tree.satisfied_by(edge, current);
        if tree.matches(dep, current) && (serves || self.edge_override) {
            return if explicit_request { Placement::Replace } else { Placement::Keep };
        }
        let not_older = match (tree.version(dep), tree.version(current)) {
            (Some(new), Some(old)) => new >= old,
            _ => false,
        };
        if not_older && tree.can_replace(dep, current, &[]) {
            let placement = self.peers_too(Placement::Replace);
            if placement != Placement::Conflict {
                return placement;
            }
        }
        if serves && (!explicit_request || self.prefer_dedupe) {
            return Placement::Keep;
        }
        if self.prefer_dedupe && !not_older && tree.can_replace(dep, current, &[]) {
            let placement = self.peers_too(Placement::Replace);
            if placement != Placement::Conflict {
                return placement;
            }
        }
        if target != self.deepest_target() {
            return Placement::Conflict;
        }
        let is_peer = tree[edge].kind.is_peer();
        if !is_peer && Some(target) == tree[edge].from {
            return self.peers_too(Placement::Replace);
        }
        if self.question.parent.is_none() && !is_peer {
            return Placement::Conflict;
        }
        if self.peer_groups_can_move(current) {
            return self.peers_too(Placement::Replace);
        }
        Placement::Conflict
    }

    fn deepest_target(&self) -> NodeId {
        let mut question = &self.question;
        let mut names = vec![self.name()];
        while let Some(parent) = question.parent {
            question = parent;
            names.push(self.tree[question.edge].name);
        }
        let start = self.tree[question.edge].from.unwrap_or(question.target);
        names.iter().rev().fold(start, |start, &name| self.tree.deepest_nesting_target(start, name))
    }

    /// Every other peer group that enters through the package now at the place must be replaced
    /// as a whole by ours, be indifferent to it, or be able to nest deeper.
    fn peer_groups_can_move(&self, current: NodeId) -> bool {
        let tree = self.tree;
        let Question { dep, edge, target, .. } = self.question;
        let entry = self.question.top().edge;
        let Some(virtual_root) = tree.parent(dep) else { return true };
        let names: Vec<Name> =
            tree.children(virtual_root).into_iter().map(|child| tree[child].name).collect();
        tree.peer_entry_sets(current).iter().all(|(&entry_edge, peers)| {
            if entry_edge == edge || entry_edge == entry {
                return true;
            }
            let (Some(entry_node), Some(entry_from)) = (tree[entry_edge].to, tree[entry_edge].from)
            else {
                return true;
            };
            let replacement = tree.child(virtual_root, tree[entry_node].name);
            let moves = match replacement {
                Some(new) => tree.can_replace(new, entry_node, &names),
                None => self.group_tolerates_ours(entry_node, virtual_root),
            };
            moves
                || peers.iter().all(|&peer| {
                    let deepest = tree.deepest_nesting_target(entry_from, tree[peer].name);
                    deepest != target && !tree.is_descendant_of(target, deepest)
                })
        })
    }

    /// No package of the group has a peer edge that our set would break.
    fn group_tolerates_ours(&self, entry_node: NodeId, virtual_root: NodeId) -> bool {
        let tree = self.tree;
        let mut walk = IndexSet::from([entry_node]);
        let mut index = 0;
        while let Some(&peer) = walk.get_index(index) {
            index += 1;
            for edge in tree.edges_out(peer) {
                if !tree[edge].kind.is_peer() || !tree.edge_valid(edge) {
                    continue;
                }
                match tree.child(virtual_root, tree[edge].name) {
                    Some(new) if !tree.satisfied_by(edge, new) => return false,
                    Some(_) => {}
                    None => walk.extend(tree[edge].to),
                }
            }
        }
        true
    }

    fn peers_too(&mut self, state: Placement) -> Placement {
        self.alone = Some(state);
        if let Some(known) = self.peers {
            return known;
        }
        let tree = self.tree;
        let Question { dep, target, .. } = self.question;
        let mut path = self.peer_path.to_vec();
        path.push(dep);
        let mut conflict = false;
        for edge in tree.edges_out(dep) {
            let Some(peer) = tree[edge].to else { continue };
            if !tree[edge].kind.is_peer() || path.contains(&peer) {
                continue;
            }
            let question = Question {
                dep: peer,
                edge,
                target: tree.deepest_nesting_target(target, tree[peer].name),
                prefer_dedupe: true,
                explicit_request: false,
                parent: Some(&self.question),
            };
            let answer = tree.can_place_within(question, &path);
            if answer.with_peers == Placement::Conflict {
                conflict = true;
                self.conflicting_peers.push(ConflictingPeer {
                    dep: peer,
                    edge,
                    current: tree.child(question.target, tree[edge].name),
                });
            }
            self.conflicting_peers.extend(answer.conflicting_peers);
        }
        let verdict = if conflict { Placement::Conflict } else { state };
        self.peers = Some(verdict);
        verdict
    }
}
