//! Why a package is in the tree, as data: arborist builds it, `report` renders it.
//!
//! The shapes are those of `Node.explain()` and `Edge.explain()` in `@npmcli/arborist`
//! (`lib/node.js`, `lib/edge.js`) and of the object attached to an `ERESOLVE` error
//! (`lib/place-dep.js`). Nodes and edges are shared, never copied: one node is reached on
//! many paths, and npm shares them too.

use std::{collections::BTreeSet, error::Error, fmt, sync::Arc};

use serde_json::{Map, Value};

/// The kind of a dependency edge; npm's `edge.type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EdgeType {
    /// `dependencies`.
    Prod,
    /// `devDependencies` of the root or of a workspace.
    Dev,
    /// `optionalDependencies`.
    Optional,
    /// `peerDependencies`.
    Peer,
    /// `peerDependencies` that `peerDependenciesMeta` marks as optional.
    PeerOptional,
    /// The root's link to a workspace.
    Workspace,
}

impl EdgeType {
    /// npm's word for it, as in `npm explain --json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prod => "prod",
            Self::Dev => "dev",
            Self::Optional => "optional",
            Self::Peer => "peer",
            Self::PeerOptional => "peerOptional",
            Self::Workspace => "workspace",
        }
    }

    /// True when a missing package is no problem: npm's `edge.optional`.
    pub fn is_optional(self) -> bool {
        matches!(self, Self::Optional | Self::PeerOptional)
    }

    /// npm's `edge.peer`.
    pub fn is_peer(self) -> bool {
        matches!(self, Self::Peer | Self::PeerOptional)
    }
}

/// What `npm explain` prints behind a package's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mark {
    /// Nothing depends on it.
    Extraneous,
    /// Only development dependencies need it.
    Dev,
    /// Only optional dependencies need it.
    Optional,
    /// Needed by development and by optional dependencies, by nothing else.
    DevOptional,
    /// Only peer dependencies need it.
    Peer,
    /// It came inside its parent's tarball.
    Bundled,
    /// Its version was chosen by an override.
    Overridden,
}

impl Mark {
    /// npm's word for it, in text and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Extraneous => "extraneous",
            Self::Dev => "dev",
            Self::Optional => "optional",
            Self::DevOptional => "devOptional",
            Self::Peer => "peer",
            Self::Bundled => "bundled",
            Self::Overridden => "overridden",
        }
    }
}

/// A package being installed while its dependencies are resolved apart from the tree.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WhileInstalling {
    /// The package's name.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Where it will lie.
    pub path: String,
}

/// Why one node is in the tree: npm's `node.explain()`.
///
/// The root project has a `location` (its path) and neither name nor version.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeExplanation {
    /// The package's name; `None` for the root project.
    pub name: Option<String>,
    /// The package's version; `None` for the root project and for a broken package.
    pub version: Option<String>,
    /// What is wrong with the package's manifest, one sentence each.
    pub errors: Vec<String>,
    /// The manifest, present only beside `errors`.
    pub package: Option<Map<String, Value>>,
    /// Set when the node belongs to a virtual tree of a package being installed.
    pub while_installing: Option<WhileInstalling>,
    /// Path from the root project, `/` between parts; `None` where a cycle was cut.
    pub location: Option<String>,
    /// Whether the node is a workspace; `None` exactly where `location` is `None` or the node is the root.
    pub is_workspace: Option<bool>,
    /// The edges that want the node; `None` exactly where `is_workspace` is `None`.
    pub dependents: Option<Vec<Arc<EdgeExplanation>>>,
    /// The links whose target the node is.
    pub links_in: Vec<Arc<NodeExplanation>>,
    /// Only at the top of `npm explain`: what the node is marked as.
    pub marks: Option<BTreeSet<Mark>>,
}

impl NodeExplanation {
    /// The root project at `path`.
    pub fn root(path: impl Into<String>) -> Self {
        Self { location: Some(path.into()), ..Self::default() }
    }

    /// True for the root project.
    pub fn is_root(&self) -> bool {
        self.name.is_none() && self.version.is_none()
    }

    /// The edges that want the node; empty where npm has none.
    pub fn wanted_by(&self) -> &[Arc<EdgeExplanation>] {
        self.dependents.as_deref().unwrap_or_default()
    }
}

/// Why one dependency is asked for: npm's `edge.explain()`.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgeExplanation {
    /// The kind of dependency.
    pub kind: EdgeType,
    /// The dependency's name in its dependent's manifest.
    pub name: String,
    /// The range that counts, after overrides.
    pub spec: String,
    /// The range in the manifest, when an override replaced it.
    pub raw_spec: Option<String>,
    /// True when the dependent's tarball carries the dependency.
    pub bundled: bool,
    /// npm's `edge.error`: `MISSING`, `INVALID`, `PEER LOCAL`, `DETACHED`.
    pub error: Option<String>,
    /// The dependent; `None` for a detached edge.
    pub from: Option<Arc<NodeExplanation>>,
}

/// The two peers that cannot both be placed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PeerConflict {
    /// What lies there already.
    pub current: Option<Arc<NodeExplanation>>,
    /// What should be placed instead.
    pub peer: Option<Arc<NodeExplanation>>,
}

/// Everything known about one failed placement: what npm attaches to an `ERESOLVE` error.
///
/// It is an [`Error`] so that a resolver's own error can carry it as its `source()`, where
/// `report` finds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The dependency that cannot be met.
    pub edge: Arc<EdgeExplanation>,
    /// The package that was to be placed.
    pub dep: Option<Arc<NodeExplanation>>,
    /// The package that lies in the way.
    pub current: Option<Arc<NodeExplanation>>,
    /// The dependency that put it there, when there is no node yet.
    pub current_edge: Option<Arc<EdgeExplanation>>,
    /// The peers behind the conflict.
    pub peer_conflict: Option<PeerConflict>,
    /// Whether `--strict-peer-deps` is on.
    pub strict_peer_deps: bool,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not resolve {}@\"{}\"", self.edge.name, self.edge.spec)
    }
}

impl Error for Conflict {}
