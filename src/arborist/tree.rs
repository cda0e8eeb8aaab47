//! The arena that holds a tree's nodes and edges, and the questions that are asked of it.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    ops::{Index, IndexMut},
    path::Path,
    sync::Arc,
};

use super::{
    DepFlags, Edge, EdgeId, Node, NodeId,
    dep_valid::ParsedSpec,
    edge::NewEdge,
    hash::{IndexMap, IndexSet, OrderedSet},
    name_map::{ByName, NameMap, Names},
    node::{Edges, LinkState},
    override_set::{OverrideSets, RuleId},
};
use crate::{
    explanation::EdgeType,
    manifest::{Manifest, StringMap},
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

/// So many nodes have a place from the beginning, and four times as many edges.
const ROOM: usize = 16 << 10;

/// One or more dependency trees over a shared arena.
///
/// Besides the project's own tree the arena holds the virtual roots in which peer sets are
/// worked out. Nodes are never freed; a node that is removed becomes a root of its own.
#[derive(Debug, Default)]
pub struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
    pub(super) names: Names,
    /// Who has an edge of a name, by the folded one.
    pub(super) askers: ByName<OrderedSet<NodeId>>,
    pub(super) override_sets: OverrideSets,
    pub(super) settings: TreeSettings,
    /// Manifests of the loaded lockfile by location, for comparing git references.
    pub(super) locked: BTreeMap<Arc<str>, Arc<Manifest>>,
    /// The root whose removals also remove from `locked`.
    pub(super) locked_root: Option<NodeId>,
    pub(super) specs: RefCell<IndexMap<Arc<str>, Arc<ParsedSpec>>>,
    pub(super) spec_texts: IndexSet<Arc<str>>,
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
        // Copying thousands of nodes each time there is no room would cost more than room that
        // is never touched.
        let (nodes, edges) = (Vec::with_capacity(ROOM), Vec::with_capacity(4 * ROOM));
        Self { nodes, edges, settings, ..Self::default() }
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

    /// Adds a virtual root, or a package to one, whose edges are made by
    /// [`load_pending`](Self::load_pending).
    pub(super) fn add_pending(&mut self, new: NewNode, place: &Place) -> NodeId {
        let id = self.push(new, place, None);
        self[id].edges = Edges::Pending;
        self.settle(id, place);
        id
    }

    /// Makes the edges that a virtual root and the packages in it do not have yet.
    pub(super) fn load_pending(&mut self, virtual_root: NodeId) {
        if std::mem::take(&mut self[virtual_root].edges) == Edges::Made {
            return;
        }
        self.load_deps(virtual_root);
        for child in self.children(virtual_root) {
            if std::mem::take(&mut self[child].edges) == Edges::Pending {
                self.load_deps(child);
            }
        }
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
            let from_path =
                if path.is_empty() { String::new() } else { name_from_folder(Path::new(&*path)) };
            if from_path.is_empty() { package.name.clone().unwrap_or_default() } else { from_path }
        });
        let name = self.names.intern(&name);
        let version = match new.source_reference {
            Some(source) => self[source].version.clone(),
            None => parsed_version(&package),
        };
        self.nodes.push(Node {
            name,
            realpath: Arc::clone(&path),
            path,
            location: Arc::from(""),
            version,
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
            children: NameMap::default(),
            fs_children: OrderedSet::default(),
            links_in: OrderedSet::default(),
            edges_in: OrderedSet::default(),
            edges_out: NameMap::default(),
            edges: Edges::Made,
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
        let asked =
            [&package.peer_dependencies, &package.dependencies, &package.optional_dependencies];
        self[id].edges_out.reserve(asked.into_iter().map(StringMap::len).sum());
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
        deps: impl Iterator<Item = (&'a str, &'a str)>,
        kind: EdgeType,
    ) {
        let may_be_workspace = self[from].workspaces.is_some();
        for (name, spec) in deps {
            let is_workspace = may_be_workspace
                && self
                    .edge_out(from, name)
                    .is_some_and(|edge| self[edge].kind == EdgeType::Workspace);
            if !is_workspace {
                let accept = package.accept_dependencies.get(name);
                self.add_edge(&NewEdge { from, name, raw_spec: spec, accept, kind });
            }
        }
    }

    /// Sets the project's workspaces and makes their edges.
    pub fn set_workspaces(&mut self, root: NodeId, workspaces: indexmap::IndexMap<String, String>) {
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
        self[id].version = parsed_version(&package);
        self[id].package = package;
        if !self[id].is_link() {
            self.load_workspaces(id);
        }
        self.load_deps(id);
        for edge in self.edges_in(id) {
            self.reload_edge(edge, super::edge::Reload::Hard);
        }
    }

    pub(super) fn intern_spec(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.spec_texts.get(text) {
            return Arc::clone(known);
        }
        let text: Arc<str> = Arc::from(text);
        self.spec_texts.insert(Arc::clone(&text));
        text
    }
}

fn parsed_version(package: &Manifest) -> Option<Arc<Version>> {
    Version::parse_loose(package.version.as_deref()?).ok().map(Arc::new)
}

#[cfg(test)]
impl Tree {
    /// Adds a package of this manifest, for tests.
    pub(super) fn add_manifest(&mut self, place: &Place, manifest: &serde_json::Value) -> NodeId {
        let package = Manifest::from_value(manifest).map(Arc::new).unwrap_or_default();
        self.add_node(NewNode { package, ..NewNode::default() }, place)
    }
}
