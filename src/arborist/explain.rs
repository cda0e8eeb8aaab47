//! Why a node is where it is, as data: `Node.explain` and `Edge.explain`.

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use serde_json::{Map, Value};

use super::{EdgeId, NodeId, Tree, tree::bundled_names};
use crate::explanation::{EdgeExplanation, Mark, NodeExplanation, WhileInstalling};

/// What an explanation says beside the relations between packages.
pub trait Annotations {
    /// The marks of a node that was asked for; it has them wherever it is mentioned.
    fn marks(&self, _node: NodeId) -> Option<BTreeSet<Mark>> {
        None
    }

    /// The manifest of a node with which something is wrong.
    fn package(&self, _node: NodeId) -> Option<Map<String, Value>> {
        None
    }
}

/// Nothing beside the relations.
impl Annotations for () {}

/// Explanations already made; npm keeps the first one of each node and edge.
struct Memory<'a> {
    nodes: RefCell<HashMap<NodeId, Arc<NodeExplanation>>>,
    edges: RefCell<HashMap<EdgeId, Arc<EdgeExplanation>>>,
    annotations: &'a dyn Annotations,
}

impl<'a> Memory<'a> {
    fn new(annotations: &'a dyn Annotations) -> Self {
        Self { nodes: RefCell::default(), edges: RefCell::default(), annotations }
    }
}

impl Tree {
    /// Explains a node by every edge that wants it.
    pub fn explain(&self, id: NodeId) -> Arc<NodeExplanation> {
        self.explain_node(id, None, &mut Vec::new(), &Memory::new(&()))
    }

    /// Explains several nodes together: what they share is explained once.
    pub fn explain_all(
        &self,
        nodes: &[NodeId],
        annotations: &dyn Annotations,
    ) -> Vec<Arc<NodeExplanation>> {
        let memory = Memory::new(annotations);
        nodes.iter().map(|&id| self.explain_node(id, None, &mut Vec::new(), &memory)).collect()
    }

    /// Explains a node by one edge.
    pub fn explain_for(&self, id: NodeId, edge: EdgeId) -> Arc<NodeExplanation> {
        self.explain_node(id, Some(edge), &mut Vec::new(), &Memory::new(&()))
    }

    /// Explains an edge by the node that it leaves.
    pub fn explain_edge(&self, edge: EdgeId) -> Arc<EdgeExplanation> {
        self.explain_edge_within(edge, &mut Vec::new(), &Memory::new(&()))
    }

    fn explain_node(
        &self,
        id: NodeId,
        edge: Option<EdgeId>,
        seen: &mut Vec<NodeId>,
        memory: &Memory<'_>,
    ) -> Arc<NodeExplanation> {
        if let Some(known) = memory.nodes.borrow().get(&id) {
            return Arc::clone(known);
        }
        let is_cut = seen.contains(&id);
        let mut explanation = self.make_node_explanation(id, edge, seen, memory);
        if !is_cut {
            explanation.marks = memory.annotations.marks(id);
        }
        let explanation = Arc::new(explanation);
        memory.nodes.borrow_mut().insert(id, Arc::clone(&explanation));
        explanation
    }

    fn make_node_explanation(
        &self,
        id: NodeId,
        edge: Option<EdgeId>,
        seen: &mut Vec<NodeId>,
        memory: &Memory<'_>,
    ) -> NodeExplanation {
        let node = &self[id];
        if self.is_project_root(id) && node.source_reference.is_none() {
            return NodeExplanation::root(&*node.path);
        }
        if let Some(source) = node.source_reference {
            return NodeExplanation::clone(&self.explain_node(source, edge, seen, memory));
        }
        let own_name = self.is_project_root(id) || self.is_top(id);
        let name = if own_name { node.package_name() } else { Some(self.name(id)) };
        let mut why = NodeExplanation {
            name: name.map(str::to_owned),
            version: node.package.version.clone(),
            ..NodeExplanation::default()
        };
        if !node.errors.is_empty() {
            why.errors = node.errors.iter().map(ToString::to_string).collect();
        } else if node.package_name().is_none() || node.package.version.is_none() {
            why.errors = vec!["invalid package: lacks name and/or version".to_owned()];
        }
        if !why.errors.is_empty() {
            why.package = memory.annotations.package(id);
        }
        let root = self.root_of(id);
        if let Some(source) = self[root].source_reference {
            let package = &self[root].package;
            why.while_installing = Some(WhileInstalling {
                name: package.name.clone(),
                version: package.version.clone(),
                path: self[source].path.to_string(),
            });
        }
        if seen.contains(&id) {
            return why;
        }
        why.location = Some(node.location.to_string());
        why.is_workspace = Some(self.is_workspace(id));
        seen.push(id);
        let edges = match edge {
            Some(edge) => vec![edge],
            None => self.edges_that_hold(id),
        };
        let dependents =
            edges.into_iter().map(|edge| self.explain_edge_within(edge, seen, memory)).collect();
        why.dependents = Some(dependents);
        why.links_in = self
            .links_in(id)
            .into_iter()
            // Links are explained anew each time, without the marks of what was asked for.
            .map(|link| Arc::new(self.make_node_explanation(link, edge, seen, memory)))
            .collect();
        seen.pop();
        why
    }

    /// Invalid edges do not hold a package in place, unless they are the project's own.
    fn edges_that_hold(&self, id: NodeId) -> Vec<EdgeId> {
        let holds = |&edge: &EdgeId| {
            self.edge_valid(edge) || self[edge].from.is_some_and(|from| self.is_project_root(from))
        };
        self.edges_in(id).into_iter().filter(holds).collect()
    }

    fn explain_edge_within(
        &self,
        id: EdgeId,
        seen: &mut Vec<NodeId>,
        memory: &Memory<'_>,
    ) -> Arc<EdgeExplanation> {
        if let Some(known) = memory.edges.borrow().get(&id) {
            return Arc::clone(known);
        }
        let edge = &self[id];
        let from = edge.from.map(|from| self.explain_node(from, None, seen, memory));
        let bundled = edge.from.is_some_and(|from| {
            bundled_names(&self[from].package).iter().any(|name| name == self.edge_name(id))
        });
        let explanation = Arc::new(EdgeExplanation {
            kind: edge.kind,
            name: self.edge_name(id).to_owned(),
            spec: self.edge_spec(id).into_owned(),
            raw_spec: self.edge_is_overridden(id).then(|| edge.raw_spec.to_string()),
            bundled,
            error: self.edge_problem(id).map(|problem| problem.to_string()),
            from,
        });
        memory.edges.borrow_mut().insert(id, Arc::clone(&explanation));
        explanation
    }
}
