//! One dependency relation: `edge.js`.

use std::{borrow::Cow, cell::Cell, fmt, sync::Arc};

use super::{Name, NodeId, Tree, override_set::RuleId, override_set::Wanted};
use crate::explanation::EdgeType;

/// Identifies an edge of a [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EdgeId(pub(super) u32);

/// Why an edge is not satisfied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeProblem {
    /// Nothing of that name is found from the dependent.
    Missing,
    /// A peer is installed inside the package that asks for it.
    PeerLocal,
    /// What is found does not satisfy the specifier.
    Invalid,
    /// The edge was removed from its tree.
    Detached,
}

impl fmt::Display for EdgeProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "MISSING",
            Self::PeerLocal => "PEER LOCAL",
            Self::Invalid => "INVALID",
            Self::Detached => "DETACHED",
        })
    }
}

/// A dependency of one node on a name.
#[derive(Debug)]
pub struct Edge {
    /// The name it is resolved by.
    pub name: Name,
    /// The field it came from.
    pub kind: EdgeType,
    /// The specifier in the dependent's manifest, before overrides.
    pub raw_spec: Arc<str>,
    /// An alternative specifier (`acceptDependencies`).
    pub accept: Option<Arc<str>>,
    /// A conflict of peers that was accepted; such an edge is not worked on again.
    pub peer_conflicted: bool,
    pub(super) from: Option<NodeId>,
    pub(super) to: Option<NodeId>,
    pub(super) overrides: Option<RuleId>,
    pub(super) verdict: Cell<Option<Result<(), EdgeProblem>>>,
}

/// What a new edge is made of.
#[derive(Debug)]
pub(super) struct NewEdge<'a> {
    pub(super) from: NodeId,
    pub(super) name: &'a str,
    pub(super) raw_spec: &'a str,
    pub(super) accept: Option<&'a str>,
    pub(super) kind: EdgeType,
}

impl Tree {
    /// Adds an edge, replacing the one of that name, and resolves it.
    pub(super) fn add_edge(&mut self, new: &NewEdge<'_>) -> EdgeId {
        let name = self.names.intern(new.name);
        let folded = self.names.folded(name);
        if let Some(current) = self[new.from].edges_out.get(folded) {
            self.detach_edge(current);
        }
        let id = EdgeId(u32::try_from(self.edges.len()).unwrap_or(u32::MAX));
        let overrides = self[new.from].overrides.map(|set| {
            self.override_sets.edge_rule(set, Wanted { name: new.name, raw_spec: new.raw_spec })
        });
        let raw_spec = self.intern_spec(new.raw_spec);
        self.edges.push(Edge {
            name,
            kind: new.kind,
            raw_spec,
            accept: new.accept.map(|accept| if accept.is_empty() { "*" } else { accept }.into()),
            peer_conflicted: false,
            from: Some(new.from),
            to: None,
            overrides,
            verdict: Cell::new(None),
        });
        self[new.from].edges_out.set(folded, name, id);
        self.askers.change(folded, |askers| {
            askers.insert(new.from);
        });
        self.reload_edge(id, Reload::Hard);
        id
    }

    /// Finds again what the edge resolves to, and passes changed overrides on (`Edge.reload`).
    pub(super) fn reload_edge(&mut self, id: EdgeId, reload: Reload) {
        let Some(from) = self[id].from else { return };
        let mut changed = None;
        if let Some(set) = self[from].overrides {
            let rule = self.rule_for(set, id);
            if self[id].overrides != Some(rule) {
                changed = Some((self[id].overrides, rule));
                self[id].overrides = Some(rule);
            }
        } else {
            self[id].overrides = None;
        }
        let to = self.resolve(from, self[id].name);
        let old = self[id].to;
        if to != old {
            if let Some(old) = old {
                self.remove_edge_in(old, id);
            }
            self[id].to = to;
            self[id].verdict.set(None);
            if let Some(to) = to {
                self.add_edge_in(to, id);
            }
        } else if reload == Reload::Hard {
            self[id].verdict.set(None);
        } else if let (Some((before, after)), Some(to)) = (changed, to) {
            self.override_edge_in_removed(to, before);
            self.override_edge_in_added(to, Some(after));
        }
    }

    fn rule_for(&self, set: RuleId, id: EdgeId) -> RuleId {
        let edge = &self[id];
        let wanted = Wanted { name: self.names.text(edge.name), raw_spec: &edge.raw_spec };
        self.override_sets.edge_rule(set, wanted)
    }

    pub(super) fn detach_edge(&mut self, id: EdgeId) {
        if let Some(to) = self[id].to {
            self.remove_edge_in(to, id);
        }
        if let Some(from) = self[id].from {
            let folded = self.names.folded(self[id].name);
            self[from].edges_out.remove(folded);
            self.askers.change(folded, |askers| {
                askers.swap_remove(&from);
            });
        }
        let edge = &mut self[id];
        edge.to = None;
        edge.from = None;
        edge.verdict.set(Some(Err(EdgeProblem::Detached)));
    }

    fn add_edge_in(&mut self, node: NodeId, edge: EdgeId) {
        let rule = self[edge].overrides;
        if self[node].overrides.is_none() || self[node].overrides != rule {
            self.override_edge_in_added(node, rule);
        }
        self[node].edges_in.insert(edge);
    }

    fn remove_edge_in(&mut self, node: NodeId, edge: EdgeId) {
        self[node].edges_in.shift_remove(&edge);
        if self[edge].overrides.is_some() {
            self.override_edge_in_removed(node, self[edge].overrides);
        }
    }

    /// `updateOverridesEdgeInAdded`: the more specific of the node's set and the new edge's wins.
    pub(super) fn override_edge_in_added(&mut self, node: NodeId, rule: Option<RuleId>) {
        let Some(rule) = rule else { return };
        let wins = match self[node].overrides {
            None => Some(rule),
            Some(current) if current == rule => None,
            Some(current) => self
                .override_sets
                .more_specific(current, rule)
                .filter(|&specific| specific != current),
        };
        if let Some(wins) = wins {
            self[node].overrides = Some(wins);
            self.reload_out_edges_for_overrides(node);
        }
    }

    /// `updateOverridesEdgeInRemoved`: the set is derived anew from the edges that remain.
    fn override_edge_in_removed(&mut self, node: NodeId, rule: Option<RuleId>) {
        let Some(current) = self[node].overrides else { return };
        if rule != Some(current) {
            return;
        }
        let mut remaining: Option<RuleId> = None;
        for &edge in self[node].edges_in.iter() {
            remaining = match (self[edge].overrides, remaining) {
                (Some(rule), Some(set)) => self.override_sets.more_specific(rule, set),
                (rule, _) => rule,
            };
        }
        if remaining == Some(current) {
            return;
        }
        self[node].overrides = remaining;
        if remaining.is_some() {
            self.reload_out_edges_for_overrides(node);
        }
    }

    /// `recalculateOutEdgesOverrides`, for packages and for links.
    fn reload_out_edges_for_overrides(&mut self, node: NodeId) {
        if self[node].is_link() {
            let (Some(target), Some(set)) = (self.target(node), self[node].overrides) else {
                return;
            };
            if self.overrides_reach_into(set, target) {
                self.override_edge_in_added(target, Some(set));
            }
            return;
        }
        for edge in self.edges_out(node) {
            self.reload_edge(edge, Reload::Hard);
            if let Some(to) = self[edge].to {
                self.override_edge_in_added(to, self[edge].overrides);
            }
        }
    }

    fn overrides_reach_into(&self, set: RuleId, target: NodeId) -> bool {
        let mut seen = indexmap::IndexSet::new();
        let mut stack = vec![target];
        while let Some(node) = stack.pop() {
            let Some(node) = self.target(node) else { continue };
            if !seen.insert(node) {
                continue;
            }
            for edge in self.edges_out(node) {
                let rule = self.rule_for(set, edge);
                let name = self.names.text(self[edge].name);
                if self.override_sets.rule(rule).is_some_and(|rule| *rule.name == **name) {
                    return true;
                }
                stack.extend(self[edge].to);
            }
        }
        false
    }

    /// The specifier in force: the override's where one applies, else the manifest's own.
    pub fn edge_spec(&self, id: EdgeId) -> Cow<'_, str> {
        let edge = &self[id];
        let name = self.names.text(edge.name);
        let rule = edge.overrides.and_then(|rule| self.override_sets.rule(rule));
        match rule {
            Some(rule) if !rule.value.is_empty() && rule.value != "*" && *rule.name == **name => {
                match rule.value.strip_prefix('$') {
                    Some(reference) => self
                        .referenced_spec(edge, reference)
                        .map_or(Cow::Borrowed(rule.value.as_str()), |spec| {
                            Cow::Owned(spec.to_owned())
                        }),
                    None => Cow::Borrowed(&rule.value),
                }
            }
            _ => Cow::Borrowed(&edge.raw_spec),
        }
    }

    /// True when an override replaced the manifest's specifier.
    pub fn edge_is_overridden(&self, id: EdgeId) -> bool {
        *self.edge_spec(id) != *self[id].raw_spec
    }

    /// `$name` in an override: the specifier of the root's own dependency, else of the dependent's.
    fn referenced_spec(&self, edge: &Edge, reference: &str) -> Option<&str> {
        let from = edge.from?;
        let base = self[from].source_reference.unwrap_or(from);
        let root = self.root_of(base);
        [root, from].into_iter().find_map(|node| self.dependency_named(node, reference))
    }

    /// The specifier that a node's manifest has for a name, of whatever kind.
    pub(super) fn dependency_named(&self, node: NodeId, name: &str) -> Option<&str> {
        let package = &self[node].package;
        let fields = [
            &package.dev_dependencies,
            &package.optional_dependencies,
            &package.dependencies,
            &package.peer_dependencies,
        ];
        fields.into_iter().find_map(|deps| deps.get(name))
    }

    /// True when `node` has the edge's name and meets its specifier (`Edge.satisfiedBy`).
    ///
    /// With an override that has a key range, a package outside that range may also meet the
    /// raw specifier.
    pub fn satisfied_by(&self, id: EdgeId, node: NodeId) -> bool {
        let edge = &self[id];
        let Some(from) = edge.from else { return false };
        if self[node].name != edge.name {
            return false;
        }
        let valid = |spec: &str| self.dep_valid(node, spec, edge.accept.as_deref(), from);
        if self[node].has_shrinkwrap || self.in_shrinkwrap(node) || self.in_bundle(node) {
            return valid(&edge.raw_spec);
        }
        let spec = self.edge_spec(id);
        let key = edge
            .overrides
            .and_then(|rule| self.override_sets.rule(rule))
            .map(|rule| rule.key_spec.as_str())
            .filter(|key| !key.is_empty());
        match key {
            None => valid(&spec),
            Some(key) => valid(&spec) || (valid(&edge.raw_spec) && !valid(key)),
        }
    }

    /// What is wrong with the edge, if anything.
    pub fn edge_problem(&self, id: EdgeId) -> Option<EdgeProblem> {
        let edge = &self[id];
        if let Some(verdict) = edge.verdict.get() {
            return verdict.err();
        }
        let verdict = self.judge_edge(id);
        edge.verdict.set(Some(verdict));
        verdict.err()
    }

    fn judge_edge(&self, id: EdgeId) -> Result<(), EdgeProblem> {
        let edge = &self[id];
        let (Some(from), Some(to)) = (edge.from, edge.to) else {
            return if edge.kind.is_optional() { Ok(()) } else { Err(EdgeProblem::Missing) };
        };
        if edge.kind.is_peer() && self[to].parent == Some(from) && !self.is_top(from) {
            return Err(EdgeProblem::PeerLocal);
        }
        if !self.satisfied_by(id, to) {
            return Err(EdgeProblem::Invalid);
        }
        if let (Some(ours), Some(theirs)) = (edge.overrides, self[to].overrides)
            && !self[to].edges_out.is_empty()
            && self.override_sets.conflict(ours, theirs)
        {
            return Err(EdgeProblem::Invalid);
        }
        Ok(())
    }

    /// True when nothing is wrong with the edge.
    pub fn edge_valid(&self, id: EdgeId) -> bool {
        self.edge_problem(id).is_none()
    }

    /// The dependent.
    pub fn edge_from(&self, id: EdgeId) -> Option<NodeId> {
        self[id].from
    }

    /// What the edge resolves to.
    pub fn edge_to(&self, id: EdgeId) -> Option<NodeId> {
        self[id].to
    }
}

/// How thoroughly an edge is looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reload {
    /// Only if it now resolves to another node.
    Soft,
    /// In any case: the node at its end may have changed.
    Hard,
}
