//! The questions that are asked of a tree: the getters of `node.js` and `inventory.js`.

use std::{path::Path, sync::Arc};

use super::{
    EdgeId, Name, NodeId, Tree, node::Inventory, override_set::RuleId, paths, tree::bundled_names,
};
use crate::{
    explanation::EdgeType,
    spec::{Spec, SpecKind},
};

impl Tree {
    /// The text of a name.
    pub fn text(&self, name: Name) -> &str {
        self.names.text(name)
    }

    /// The node's name as text.
    pub fn name(&self, id: NodeId) -> &str {
        self.names.text(self[id].name)
    }

    /// The edge's name as text.
    pub fn edge_name(&self, id: EdgeId) -> &str {
        self.names.text(self[id].name)
    }

    /// The child of that name in the node's own `node_modules`.
    pub fn child(&self, id: NodeId, name: Name) -> Option<NodeId> {
        self[id].children.get(self.names.folded(name))
    }

    /// The child of that name, by text.
    pub fn child_named(&self, id: NodeId, name: &str) -> Option<NodeId> {
        self.child(id, self.names.find(name)?)
    }

    /// The node's own edge of that name, by text.
    pub fn edge_out(&self, id: NodeId, name: &str) -> Option<EdgeId> {
        self.edge_out_named(id, self.names.find(name)?)
    }

    /// The node's own edge of that name.
    pub fn edge_out_named(&self, id: NodeId, name: Name) -> Option<EdgeId> {
        self[id].edges_out.get(self.names.folded(name))
    }

    /// The edges that leave a node, in the order they were declared.
    pub fn edges_out(&self, id: NodeId) -> Vec<EdgeId> {
        self[id].edges_out.values().collect()
    }

    /// The edges that arrive at a node.
    pub fn edges_in(&self, id: NodeId) -> Vec<EdgeId> {
        self[id].edges_in.iter().copied().collect()
    }

    /// The packages in the node's own `node_modules`; none for a link.
    pub fn children(&self, id: NodeId) -> Vec<NodeId> {
        if self[id].is_link() { Vec::new() } else { self[id].children.values().collect() }
    }

    /// Link targets and other folders that lie inside this one.
    pub fn fs_children(&self, id: NodeId) -> Vec<NodeId> {
        self[id].fs_children.iter().copied().collect()
    }

    /// The links that lead to a node.
    pub fn links_in(&self, id: NodeId) -> Vec<NodeId> {
        self[id].links_in.iter().copied().collect()
    }

    /// The node whose `node_modules` holds this one.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self[id].parent
    }

    /// The folder that this link target lies in.
    pub fn fs_parent(&self, id: NodeId) -> Option<NodeId> {
        self[id].fs_parent
    }

    /// Where Node.js looks next after this node's own `node_modules`.
    pub fn resolve_parent(&self, id: NodeId) -> Option<NodeId> {
        self[id].parent.or(self[id].fs_parent)
    }

    /// The root of the tree the node is in.
    pub fn root_of(&self, id: NodeId) -> NodeId {
        self[id].root
    }

    /// A link's target (`None` while it has none), or the node itself.
    pub fn target(&self, id: NodeId) -> Option<NodeId> {
        match self[id].link {
            Some(link) => link.target,
            None => Some(id),
        }
    }

    /// A link's target, or the node itself.
    pub fn target_or_self(&self, id: NodeId) -> NodeId {
        self.target(id).unwrap_or(id)
    }

    /// What `name` resolves to from a node, as Node.js would walk.
    pub fn resolve(&self, from: NodeId, name: Name) -> Option<NodeId> {
        let folded = self.names.folded(name);
        let mut next = Some(from);
        while let Some(id) = next {
            if !self[id].is_link()
                && let Some(child) = self[id].children.get(folded)
            {
                return Some(child);
            }
            next = self.resolve_parent(id);
        }
        None
    }

    /// The node and everything Node.js would search after it, innermost first.
    pub fn ancestry(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(Some(id), |&id| self.resolve_parent(id))
    }

    /// True when `node` is `other` or lies below it.
    pub fn is_descendant_of(&self, node: NodeId, other: NodeId) -> bool {
        self.ancestry(node).any(|id| id == other)
    }

    /// True for a node in nobody's `node_modules`: the root, workspaces, link targets.
    pub fn is_top(&self, id: NodeId) -> bool {
        self[id].parent.is_none()
    }

    /// The nearest top above (or the node itself).
    pub fn top(&self, id: NodeId) -> NodeId {
        let mut id = id;
        while let Some(parent) = self[id].parent {
            id = parent;
        }
        id
    }

    /// Levels of `node_modules` between the node and its top.
    pub fn depth(&self, id: NodeId) -> usize {
        std::iter::successors(self[id].parent, |&id| self[id].parent).count()
    }

    /// True for the root or the target of a root that is a link.
    pub fn is_project_root(&self, id: NodeId) -> bool {
        let root = self[id].root;
        id == root || self.target(root) == Some(id)
    }

    /// True for a workspace: its link in `node_modules`, or the folder itself.
    pub fn is_workspace(&self, id: NodeId) -> bool {
        if self.is_project_root(id) {
            return false;
        }
        let root = self.target_or_self(self[id].root);
        let Some(edge) = self[id].package_name().and_then(|name| self.edge_out(root, name)) else {
            return false;
        };
        self[edge].kind == EdgeType::Workspace
            && self[edge].to.is_some_and(|to| to == id || self.target(to) == Some(id))
    }

    /// Where the package came from: for a link, `file:` and the relative path of its target.
    pub fn resolved(&self, id: NodeId) -> Option<Arc<str>> {
        let node = &self[id];
        if node.is_link() {
            if node.path.is_empty() || node.realpath.is_empty() {
                return None;
            }
            let relative = paths::relative(paths::dirname(&node.path), &node.realpath);
            return Some(format!("file:{relative}").into());
        }
        node.resolved.clone()
    }

    /// True inside a package whose own shrinkwrap decides.
    pub fn in_shrinkwrap(&self, id: NodeId) -> bool {
        let above = std::iter::successors(self[id].parent, |&id| self[id].parent);
        above.into_iter().any(|id| self[id].has_shrinkwrap)
    }

    /// The package whose tarball brings this one along (`getBundler`).
    pub fn bundler(&self, id: NodeId) -> Option<NodeId> {
        let mut above = std::iter::successors(self[id].parent, |&id| self[id].parent);
        if above.all(|id| bundled_names(&self[id].package).is_empty()) {
            return None;
        }
        self.bundler_within(id, &mut Vec::new())
    }

    fn bundler_within(&self, id: NodeId, path: &mut Vec<NodeId>) -> Option<NodeId> {
        if path.contains(&id) {
            return None;
        }
        path.push(id);
        let parent = self[id].parent?;
        if let Some(bundler) = self.bundler_within(parent, path) {
            return Some(bundler);
        }
        let name = self.name(id);
        if bundled_names(&self[parent].package).iter().any(|bundled| bundled == name) {
            return Some(parent);
        }
        if bundled_names(&self[parent].package).is_empty() {
            // A bundler found through the edges counts only if it is the parent itself, which
            // must then bundle something.
            return None;
        }
        self[id]
            .edges_in
            .iter()
            .filter_map(|&edge| self[edge].from)
            .any(|from| self.bundler_within(from, path) == Some(parent))
            .then_some(parent)
    }

    /// True when the package comes inside another one's tarball.
    pub fn in_bundle(&self, id: NodeId) -> bool {
        self.bundler(id).is_some()
    }

    /// True when a dependency's tarball (not the root project) brings the package.
    pub fn in_dep_bundle(&self, id: NodeId) -> bool {
        self.bundler(id).is_some_and(|bundler| bundler != self[id].root)
    }

    /// Whether a package came from elsewhere: it is installed, and neither a link nor packed from
    /// something on this machine.
    pub fn is_foreign(&self, id: NodeId) -> bool {
        let node = &self[self[id].source_reference.unwrap_or(id)];
        let installed = node.location.split('/').any(|part| part == "node_modules");
        let packed = node.resolved.as_deref().is_some_and(|place| place.starts_with("file:"));
        installed && !node.is_link() && !packed
    }

    /// Whether a specifier names a folder or file inside this very package.
    pub fn holds(&self, id: NodeId, spec: &Spec) -> bool {
        let is_path = matches!(spec.kind, SpecKind::File | SpecKind::Directory);
        is_path && Path::new(&spec.fetch_spec).starts_with(&*self[id].path)
    }

    /// True when every edge into the node is a registry specifier.
    pub fn is_registry_dependency(&self, id: NodeId) -> bool {
        !self[id].edges_in.is_empty()
            && self[id].edges_in.iter().all(|&edge| self.is_registry_spec(&self.edge_spec(edge)))
    }

    /// True when an override chose this package's version (`overridden`).
    pub fn overridden(&self, id: NodeId) -> bool {
        let of = |rule: Option<RuleId>| rule.and_then(|rule| self.override_sets.rule(rule));
        let named = |rule: Option<RuleId>| of(rule).is_some_and(|rule| rule.name == self.name(id));
        let node = &self[id];
        if !named(node.overrides) || of(node.overrides).is_none_or(|rule| rule.value.is_empty()) {
            return false;
        }
        node.edges_in.iter().any(|&edge| {
            let edge = &self[edge];
            named(edge.overrides)
                && of(edge.overrides).is_some_and(|rule| rule.value == node.version_text())
                && edge.overrides != edge.from.and_then(|from| self[from].overrides)
        })
    }

    /// True when two nodes are the same thing, wherever they are (`matches`).
    pub fn matches(&self, id: NodeId, other: NodeId) -> bool {
        if id == other {
            return true;
        }
        let (a, b) = (&self[id], &self[other]);
        if a.name != b.name {
            return false;
        }
        if a.is_link() {
            return match (b.is_link(), self.target(id), self.target(other)) {
                (true, Some(target), Some(other)) => self.matches(target, other),
                _ => false,
            };
        }
        if self.is_project_root(id) && self.is_project_root(other) {
            return a.path == b.path;
        }
        if let (Some(a), Some(b)) = (&a.integrity, &b.integrity) {
            return a == b;
        }
        if let (Some(a), Some(b)) = (self.resolved(id), self.resolved(other)) {
            return a == b;
        }
        let known = |text: &str| !text.is_empty();
        a.package_name().is_some_and(known)
            && a.package_name() == b.package_name()
            && known(a.version_text())
            && a.version_text() == b.version_text()
    }

    /// `name@version`, with the alias spelled out (`pkgid`).
    pub fn package_id(&self, id: NodeId) -> String {
        let node = &self[id];
        let own = node.package_name().unwrap_or_default();
        let name = if self.is_project_root(id) && !own.is_empty() { own } else { self.name(id) };
        let alias = if !self.is_project_root(id) && !own.is_empty() && own != name {
            format!("npm:{own}@")
        } else {
            String::new()
        };
        format!("{name}@{alias}{}", node.version_text())
    }

    pub(super) fn inventory(&self, root: NodeId) -> Option<&Inventory> {
        self[root].own.as_ref().map(|own| &own.inventory)
    }

    /// Every node under a root, in the order in which they came to their places.
    pub fn inventory_of(&self, root: NodeId) -> Vec<NodeId> {
        self.inventory(root).map(|all| all.values().collect()).unwrap_or_default()
    }

    /// The node at a location under a root.
    pub fn at_location(&self, root: NodeId, location: &str) -> Option<NodeId> {
        self.inventory(root)?.get(location)
    }

    /// The nodes of one name under a root.
    pub fn named(&self, root: NodeId, name: Name) -> Vec<NodeId> {
        self.inventory(root).map(|all| all.named(name).collect()).unwrap_or_default()
    }

    /// Names that occur more than once under a root, in order of first appearance.
    pub fn repeated_names(&self, root: NodeId) -> Vec<String> {
        let names = self.inventory(root).into_iter().flat_map(Inventory::names);
        names.filter(|&(_, count)| count > 1).map(|(name, _)| self.text(name).to_owned()).collect()
    }

    /// Nodes under a root that are in nobody's `node_modules`.
    pub fn tops(&self, root: NodeId) -> Vec<NodeId> {
        self[root].own.as_ref().map(|own| own.tops.iter().copied().collect()).unwrap_or_default()
    }
}
