//! One package in a tree: `node.js` and `link.js` of npm's arborist.

use std::sync::Arc;

use super::{
    LoadFailure, Name,
    edge::EdgeId,
    hash::{OrderedMap, OrderedSet},
    name_map::NameMap,
    override_set::RuleId,
};
use crate::{manifest::Manifest, spec::Version};

/// Identifies a node of a [`super::Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(super) u32);

/// Why a node is in the tree (`calc-dep-flags.js`); each is true until an edge proves otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "npm's five independent dependency flags")]
pub struct DepFlags {
    /// Nothing needs it.
    pub extraneous: bool,
    /// Only development dependencies need it.
    pub dev: bool,
    /// Only optional dependencies need it.
    pub optional: bool,
    /// Only development or optional dependencies need it.
    pub dev_optional: bool,
    /// Only peer dependencies need it.
    pub peer: bool,
}

impl DepFlags {
    /// All set: nothing is known to need the node.
    pub const UNKNOWN: Self =
        Self { extraneous: true, dev: true, optional: true, dev_optional: true, peer: true };
    /// None set: the root, or a plain production dependency.
    pub const REQUIRED: Self =
        Self { extraneous: false, dev: false, optional: false, dev_optional: false, peer: false };
}

/// A package (or a link to one) at one place of a tree.
#[derive(Debug)]
pub struct Node {
    /// The folder's name in `node_modules`: the package name, or an alias.
    pub name: Name,
    /// Absolute `/`-separated path; empty while the node has no place yet.
    pub path: Arc<str>,
    /// Where the files are; differs from `path` for links.
    pub realpath: Arc<str>,
    /// `path` relative to the root, `""` for the root itself.
    pub location: Arc<str>,
    /// The package's own manifest, normalised.
    pub package: Arc<Manifest>,
    /// `package.version`, parsed loosely.
    pub version: Option<Arc<Version>>,
    /// The subresource-integrity text the package is bound to.
    pub integrity: Option<Arc<str>>,
    /// True when npm-shrinkwrap.json inside the package decides its dependencies.
    pub has_shrinkwrap: bool,
    /// Dependency flags.
    pub flags: DepFlags,
    /// In the lockfile but not on disk: an optional package that this machine cannot have, or an omitted one.
    pub inert: bool,
    /// Why the package could not be loaded; such a node is a placeholder.
    pub errors: Vec<LoadFailure>,
    /// The node that this one stands for in a virtual root.
    pub source_reference: Option<NodeId>,
    /// A placeholder for a folder outside the project.
    pub dummy: bool,
    /// Workspace names to absolute folders; only on the project root.
    pub workspaces: Option<Arc<indexmap::IndexMap<String, String>>>,
    pub(super) resolved: Option<Arc<str>>,
    pub(super) link: Option<LinkState>,
    pub(super) root: NodeId,
    pub(super) parent: Option<NodeId>,
    pub(super) fs_parent: Option<NodeId>,
    pub(super) children: NameMap<NodeId>,
    pub(super) fs_children: OrderedSet<NodeId>,
    pub(super) links_in: OrderedSet<NodeId>,
    pub(super) edges_in: OrderedSet<EdgeId>,
    pub(super) edges_out: NameMap<EdgeId>,
    pub(super) edges: Edges,
    pub(super) overrides: Option<RuleId>,
    pub(super) own: Option<Box<Rooted>>,
}

/// Whether a node has its edges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Edges {
    #[default]
    Made,
    /// In a virtual root: they are made when somebody can ask for them.
    Pending,
}

/// The extra state of a link.
#[derive(Debug, Clone, Copy)]
pub(super) struct LinkState {
    pub(super) target: Option<NodeId>,
}

/// What a node keeps while it is the root of nodes (itself included).
#[derive(Debug, Default)]
pub(super) struct Rooted {
    pub(super) inventory: Inventory,
    pub(super) tops: OrderedSet<NodeId>,
}

/// The nodes under one root, by location (`inventory.js`).
#[derive(Debug, Default)]
pub(super) struct Inventory {
    by_location: OrderedMap<Arc<str>, NodeId>,
    by_name: OrderedMap<Name, OrderedSet<NodeId>>,
    links_by_realpath: OrderedMap<Arc<str>, OrderedSet<NodeId>>,
}

impl Inventory {
    pub(super) fn get(&self, location: &str) -> Option<NodeId> {
        self.by_location.get(location).copied()
    }

    /// The same inventory with other names and nodes.
    pub(super) fn map(
        self,
        rename: impl Fn(Name) -> Name,
        change: impl Fn(NodeId) -> NodeId + Copy,
    ) -> Self {
        Self {
            by_location: self.by_location.map(|location, node| (location, change(node))),
            by_name: self.by_name.map(|name, nodes| (rename(name), nodes.map(change))),
            links_by_realpath: self.links_by_realpath.map(|path, links| (path, links.map(change))),
        }
    }

    pub(super) fn values(&self) -> impl DoubleEndedIterator<Item = NodeId> + '_ {
        self.by_location.values().copied()
    }

    pub(super) fn named(&self, name: Name) -> impl Iterator<Item = NodeId> + '_ {
        self.by_name.get(&name).into_iter().flat_map(OrderedSet::iter).copied()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = (Name, usize)> + '_ {
        self.by_name.iter().map(|(&name, nodes)| (name, nodes.len()))
    }

    pub(super) fn links_to(&self, realpath: &str) -> impl Iterator<Item = NodeId> + '_ {
        self.links_by_realpath.get(realpath).into_iter().flat_map(OrderedSet::iter).copied()
    }

    pub(super) fn insert(&mut self, node: &Node, id: NodeId) {
        self.by_location.insert(Arc::clone(&node.location), id);
        self.by_name.change(node.name, |nodes| _ = nodes.insert(id));
        if node.link.is_some() {
            self.links_by_realpath.change(Arc::clone(&node.realpath), |links| _ = links.insert(id));
        }
    }

    pub(super) fn remove(&mut self, node: &Node, id: NodeId) {
        if self.get(&node.location) != Some(id) {
            return;
        }
        self.by_location.shift_remove(&*node.location);
        if let Some(set) = self.by_name.get_mut(&node.name) {
            set.shift_remove(&id);
            if set.is_empty() {
                self.by_name.shift_remove(&node.name);
            }
        }
        if node.link.is_some()
            && let Some(set) = self.links_by_realpath.get_mut(&*node.realpath)
        {
            set.shift_remove(&id);
            if set.is_empty() {
                self.links_by_realpath.shift_remove(&*node.realpath);
            }
        }
    }
}

impl Node {
    /// True for a symlink to another node.
    pub fn is_link(&self) -> bool {
        self.link.is_some()
    }

    pub(super) fn is_pending(&self) -> bool {
        self.edges == Edges::Pending
    }

    /// `package.version`, or `""`.
    pub fn version_text(&self) -> &str {
        self.package.version.as_deref().unwrap_or_default()
    }

    /// `package.name`.
    pub fn package_name(&self) -> Option<&str> {
        self.package.name.as_deref()
    }
}
