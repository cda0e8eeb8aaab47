//! The arena that holds a tree's nodes and edges, and the questions that are asked of it.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    ops::{Index, IndexMut},
    path::Path,
    sync::Arc,
};

use indexmap::{IndexMap, IndexSet};

use super::{
    DepFlags, Edge, EdgeId, Name, Node, NodeId,
    dep_valid::ParsedSpec,
    edge::NewEdge,
    name_map::Names,
    node::{Inventory, LinkState},
    override_set::{OverrideSets, RuleId},
    paths,
};
use crate::{
    explanation::EdgeType,
    manifest::Manifest,
    spec::{Version, name_from_folder},
};

/// The names a package carries in its own tarball.
pub(super) fn bundled_names(package: &Manifest) -> &[String] {
    package.bundle_dependencies.as_deref().unwrap_or_default()
}

/// Settings that every node of a tree shares.
#[derive(Clone, Copy, Debug, Default)]
pub struct TreeSettings {
    /// `--install-links`: folders are packed and copied, not linked.
    pub install_links: InstallLinks,
    /// `--legacy-peer-deps`: peer dependencies make no edges.
    pub peer_deps: PeerDeps,
}

/// What a folder dependency becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InstallLinks {
    /// A link to the folder.
    #[default]
    Link,
    /// A packed copy of the folder.
    Pack,
}

/// Whether peer dependencies take part in resolution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PeerDeps {
    /// They do (npm 7 and later).
    #[default]
    Resolve,
    /// They are ignored (`--legacy-peer-deps`).
    Ignore,
}

/// One or more dependency trees over a shared arena.
///
/// Besides the project's own tree the arena holds the virtual roots in which peer sets are
/// worked out. Nodes are never freed; a node that is removed becomes a root of its own.
#[derive(Debug, Default)]
pub struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
    pub(super) names: Names,
    pub(super) override_sets: OverrideSets,
    pub(super) settings: TreeSettings,
    /// Manifests of the loaded lockfile by location, for comparing git references.
    pub(super) locked: BTreeMap<Arc<str>, Arc<Manifest>>,
    /// The root whose removals also remove from `locked`.
    pub(super) locked_root: Option<NodeId>,
    pub(super) specs: RefCell<IndexMap<Arc<str>, Arc<ParsedSpec>>>,
    spec_texts: IndexSet<Arc<str>>,
}

/// What a new node is made of; where it goes is decided by [`Place`].
#[derive(Debug, Clone)]
pub struct NewNode {
    /// The name; derived from the place or the package when absent.
    pub name: Option<String>,
    /// The manifest.
    pub package: Arc<Manifest>,
    /// Where the package came from.
    pub resolved: Option<Arc<str>>,
    /// Its integrity.
    pub integrity: Option<Arc<str>>,
    /// Whether a shrinkwrap inside decides its dependencies.
    pub has_shrinkwrap: bool,
    /// Dependency flags.
    pub flags: DepFlags,
    /// Override set to start with.
    pub overrides: Option<RuleId>,
    /// The node this one stands for.
    pub source_reference: Option<NodeId>,
    /// Why it could not be loaded.
    pub error: Option<super::LoadFailure>,
    /// A placeholder for an outside folder.
    pub dummy: bool,
}

impl Default for NewNode {
    fn default() -> Self {
        Self {
            name: None,
            package: Arc::default(),
            resolved: None,
            integrity: None,
            has_shrinkwrap: false,
            flags: DepFlags::UNKNOWN,
            overrides: None,
            source_reference: None,
            error: None,
            dummy: false,
        }
    }
}

/// Where a new node goes.
#[derive(Debug, Clone)]
pub enum Place {
    /// A root of its own at an absolute path.
    Root(Arc<str>),
    /// Under the root of `root` at an absolute path; parents are found by path.
    Path(NodeId, Arc<str>),
    /// A child of a node.
    Child(NodeId),
    /// Nowhere yet.
    Detached,
}

impl Index<NodeId> for Tree {
    type Output = Node;

    // Ids are only made by this arena and never outlive it.
    #[expect(clippy::indexing_slicing, reason = "an id is an index this arena handed out")]
    fn index(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }
}

impl IndexMut<NodeId> for Tree {
    #[expect(clippy::indexing_slicing, reason = "an id is an index this arena handed out")]
    fn index_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.0 as usize]
    }
}

impl Index<EdgeId> for Tree {
    type Output = Edge;

    #[expect(clippy::indexing_slicing, reason = "an id is an index this arena handed out")]
    fn index(&self, id: EdgeId) -> &Edge {
        &self.edges[id.0 as usize]
    }
}

impl IndexMut<EdgeId> for Tree {
    #[expect(clippy::indexing_slicing, reason = "an id is an index this arena handed out")]
    fn index_mut(&mut self, id: EdgeId) -> &mut Edge {
        &mut self.edges[id.0 as usize]
    }
}

impl Tree {
    /// An empty arena.
    pub fn new(settings: TreeSettings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// The settings shared by all nodes.
    pub fn settings(&self) -> TreeSettings {
        self.settings
    }

    /// Installs the override rules of the root manifest.
    pub fn set_override_sets(&mut self, sets: OverrideSets) {
        self.override_sets = sets;
    }

    /// The rules behind every [`RuleId`] of this tree.
    pub fn override_sets(&self) -> &OverrideSets {
        &self.override_sets
    }

    /// Adds a package.
    pub fn add_node(&mut self, new: NewNode, place: &Place) -> NodeId {
        let id = self.push(new, place, None);
        self.settle(id, place);
        self.load_deps(id);
        id
    }

    /// Adds a link to a folder. Without a `target` a node for the folder is made from the same
    /// manifest, under the same root (`link.js`).
    pub fn add_link(
        &mut self,
        new: NewNode,
        place: &Place,
        realpath: &str,
        target: Option<NodeId>,
    ) -> NodeId {
        let folder = NewNode { name: None, resolved: None, integrity: None, ..new.clone() };
        let id = self.push(new, place, Some(LinkState { target: None }));
        self[id].realpath = realpath.into();
        if let (Place::Detached, Some(target)) = (place, target) {
            self[id].root = self[target].root;
        }
        self.settle(id, place);
        let root = self[id].root;
        let target = match target {
            Some(target) => target,
            None if *self[root].path == *realpath => root,
            None => self.add_node(folder, &Place::Path(root, realpath.into())),
        };
        self.set_target(id, target);
        id
    }

    fn push(&mut self, new: NewNode, place: &Place, link: Option<LinkState>) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        let path: Arc<str> = match place {
            Place::Root(path) | Place::Path(_, path) => Arc::clone(path),
            Place::Child(_) | Place::Detached => Arc::from(""),
        };
        let package = match new.source_reference {
            Some(source) => Arc::clone(&self[source].package),
            None => new.package,
        };
        let name = new.name.unwrap_or_else(|| {
            let from_path = if path.is_empty() { String::new() } else { name_from_folder(Path::new(&*path)) };
            if from_path.is_empty() { package.name.clone().unwrap_or_default() } else { from_path }
        });
        let name = self.names.intern(&name);
        let version = package.version.as_deref().and_then(|v| Version::parse_loose(v).ok());
        self.nodes.push(Node {
            name,
            realpath: Arc::clone(&path),
            path,
            location: Arc::from(""),
            version: version.map(Arc::new),
            integrity: new.integrity,
            has_shrinkwrap: new.has_shrinkwrap || package.has_shrinkwrap,
            package,
            flags: if new.dummy { DepFlags::REQUIRED } else { new.flags },
            inert: false,
            errors: new.error.into_iter().collect(),
            source_reference: new.source_reference,
            dummy: new.dummy,
            workspaces: None,
            resolved: new.resolved,
            link,
            root: id,
            parent: None,
            fs_parent: None,
            children: Default::default(),
            fs_children: IndexSet::new(),
            links_in: IndexSet::new(),
            edges_in: IndexSet::new(),
            edges_out: Default::default(),
            overrides: new.overrides,
            own: None,
        });
        id
    }

    fn settle(&mut self, id: NodeId, place: &Place) {
        match *place {
            Place::Root(_) => self.set_root(id, None),
            Place::Path(root, _) => self.set_root(id, Some(root)),
            Place::Child(parent) => self.set_parent(id, Some(parent)),
            Place::Detached => {}
        }
    }

    /// Makes the edges of a node from its manifest (`_loadDeps`); later fields win over earlier ones.
    pub(super) fn load_deps(&mut self, id: NodeId) {
        if self[id].is_link() {
            return;
        }
        let package = Arc::clone(&self[id].package);
        if self.settings.peer_deps == PeerDeps::Resolve {
            for kind in [EdgeType::Peer, EdgeType::PeerOptional] {
                let wanted = kind == EdgeType::PeerOptional;
                let deps = package.peer_dependencies.iter();
                let deps = deps.filter(|(name, _)| package.is_peer_optional(name) == wanted);
                self.load_dep_type(id, &package, deps, kind);
            }
        }
        self.load_dep_type(id, &package, package.dependencies.iter(), EdgeType::Prod);
        self.load_dep_type(id, &package, package.optional_dependencies.iter(), EdgeType::Optional);
        let source_is_top = self[id]
            .source_reference
            .is_none_or(|source| self.is_top(source) && !self[source].path.is_empty());
        if self.is_top(id) && !self[id].path.is_empty() && source_is_top {
            self.load_dep_type(id, &package, package.dev_dependencies.iter(), EdgeType::Dev);
        }
    }

    fn load_dep_type<'a>(
        &mut self,
        from: NodeId,
        package: &Manifest,
        deps: impl Iterator<Item = (&'a String, &'a String)>,
        kind: EdgeType,
    ) {
        for (name, spec) in deps {
            let is_workspace = self
                .edge_out(from, name)
                .is_some_and(|edge| self[edge].kind == EdgeType::Workspace);
            if !is_workspace {
                let accept = package.accept_dependencies.get(name).map(String::as_str);
                self.add_edge(&NewEdge { from, name, raw_spec: spec, accept, kind });
            }
        }
    }

    /// Sets the project's workspaces and makes their edges.
    pub fn set_workspaces(&mut self, root: NodeId, workspaces: IndexMap<String, String>) {
        self[root].workspaces = Some(Arc::new(workspaces));
        self.load_workspaces(root);
        self.load_deps(root);
    }

    fn load_workspaces(&mut self, root: NodeId) {
        let Some(workspaces) = self[root].workspaces.clone() else { return };
        for (name, path) in workspaces.iter() {
            let raw_spec = format!("file:{path}");
            let kind = EdgeType::Workspace;
            self.add_edge(&NewEdge { from: root, name, raw_spec: &raw_spec, accept: None, kind });
        }
    }

    /// Gives a node another manifest: its edges are made anew and those into it judged anew.
    pub fn set_package(&mut self, id: NodeId, package: Arc<Manifest>) {
        for edge in self.edges_out(id) {
            self.detach_edge(edge);
        }
        let version = package.version.as_deref().and_then(|v| Version::parse_loose(v).ok());
        self[id].version = version.map(Arc::new);
        self[id].package = package;
        if !self[id].is_link() {
            self.load_workspaces(id);
        }
        self.load_deps(id);
        for edge in self.edges_in(id) {
            self.reload_edge(edge, super::edge::Reload::Hard);
        }
    }

    // ---- questions -------------------------------------------------------------------------

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

    pub(super) fn intern_spec(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.spec_texts.get(text) {
            return Arc::clone(known);
        }
        let text: Arc<str> = Arc::from(text);
        self.spec_texts.insert(Arc::clone(&text));
        text
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

    /// True when every edge into the node is a registry specifier.
    pub fn is_registry_dependency(&self, id: NodeId) -> bool {
        !self[id].edges_in.is_empty()
            && self[id].edges_in.iter().all(|&edge| {
                super::dep_valid::is_registry_spec(&self.edge_spec(edge))
            })
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

    // ---- inventory -------------------------------------------------------------------------

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
