//! `denpm ls`: the tree of dependencies (npm's `lib/commands/ls.js`).
//!
//! The caller lends the tree as a [`Listing`] of plain nodes; this module decides which of
//! them are listed and with which labels (`walk`), and renders them as a tree, as paths or as
//! JSON (`render`).

mod render;
#[cfg(test)]
mod tests;
mod walk;

use std::{cmp::Ordering, collections::BTreeSet, fmt};

use serde_json::{Map, Value};

use super::{Detail, styled::Text};
use crate::{
    error::{Code, Explain},
    explanation::EdgeType,
};

/// Dependencies deeper than this are not listed; only hostile lockfiles nest so deep.
pub const MAX_DEPTH: usize = 256;

/// An index into [`Listing::nodes`].
pub type NodeIndex = usize;

/// A tree as plain data.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// All nodes.
    pub nodes: Vec<ListedNode>,
    /// The node the listing starts at.
    pub root: NodeIndex,
    /// The project's path, when its `package.json` could not be parsed.
    pub broken_root: Option<String>,
}

/// One node. For a link, `edges_out` and `target` are those of the package it points to.
#[derive(Clone, Debug, Default)]
pub struct ListedNode {
    /// The node's name.
    pub name: String,
    /// The manifest's version.
    pub version: Option<String>,
    /// npm's `pkgid`: `name@version`, or `alias@npm:name@version`.
    pub pkgid: String,
    /// Absolute path; unique in the tree.
    pub path: String,
    /// Absolute path after links.
    pub realpath: String,
    /// Where the package came from.
    pub resolved: Option<String>,
    /// What is true of the node.
    pub marks: BTreeSet<NodeMark>,
    /// For a link: its target's path from the project, with the platform's separator.
    pub link_target: Option<String>,
    /// The manifest, for `--long`; empty when there is none.
    pub package: Map<String, Value>,
    /// Dependencies, in the order in which npm holds them.
    pub edges_out: Vec<ListedEdge>,
    /// `pkgid` of the package that declares `edges_out`.
    pub target_pkgid: String,
    /// Location of the package that declares `edges_out`; empty for the root.
    pub target_location: String,
    /// The packages in the node's own `node_modules`.
    pub children: Vec<NodeIndex>,
}

/// A property of a node that changes how it is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeMark {
    /// npm's `isProjectRoot`.
    ProjectRoot,
    /// npm's `isRoot`.
    Root,
    /// npm's `isWorkspace`.
    Workspace,
    /// Nothing depends on it.
    Extraneous,
    /// An override chose its version.
    Overridden,
    /// `resolved` is a git URL.
    Git,
}

impl ListedNode {
    fn is(&self, mark: NodeMark) -> bool {
        self.marks.contains(&mark)
    }
}

/// One dependency of a node.
#[derive(Clone, Debug)]
pub struct ListedEdge {
    /// The dependency's name.
    pub name: String,
    /// The range asked for.
    pub spec: String,
    /// The kind of dependency.
    pub kind: EdgeType,
    /// The node it resolves to.
    pub to: Option<NodeIndex>,
    /// Whether that node is good enough.
    pub state: EdgeState,
}

/// npm's `edge.error`, as far as listings care.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EdgeState {
    /// Valid.
    #[default]
    Valid,
    /// No node, though one is needed.
    Missing,
    /// A node that does not satisfy the range.
    Invalid,
}

/// Which workspaces are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Workspaces {
    /// All of them.
    #[default]
    All,
    /// None: `--no-workspaces`.
    Disabled,
    /// Some, by the indexes of their links: `--workspace`.
    Only(BTreeSet<NodeIndex>),
    /// Some, and the root's other dependencies: with `--include-workspace-root`.
    OnlyWithRoot(BTreeSet<NodeIndex>),
}

/// The form of the listing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// A tree with lines of these glyphs.
    Tree(Glyphs),
    /// One path a line: `--parseable`.
    Parseable,
    /// npm's object: `--json`.
    #[default]
    Json,
}

/// The glyphs of a tree; npm's `unicode` config.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyphs {
    /// `├─┬`
    Unicode,
    /// `` +-- ``
    Ascii,
}

/// A project's tree or the global folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// A project.
    #[default]
    Project,
    /// `--global`: nothing is extraneous, the root is shown by its path.
    Global,
}

/// Which edges of the root are listed; npm's `--link`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Links {
    /// All.
    #[default]
    Any,
    /// Only those that lead to a link.
    Only,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Query {
    /// The form.
    pub format: Format,
    /// `--long`.
    pub detail: Detail,
    /// `--global`.
    pub scope: Scope,
    /// How deep; see [`printed_depth`].
    pub depth: usize,
    /// `--omit`, as the kinds npm knows: `dev`, `optional`, `peer`.
    pub omit: BTreeSet<Omit>,
    /// `--link`.
    pub links: Links,
    /// Workspaces.
    pub workspaces: Workspaces,
    /// The nodes that satisfy an argument; `None` without arguments.
    pub matching: Option<BTreeSet<NodeIndex>>,
    /// npm's order of names: `spec::collate`.
    pub collate: fn(&str, &str) -> Ordering,
}

/// A kind of dependency to leave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Omit {
    /// `--omit=dev`.
    Dev,
    /// `--omit=optional`.
    Optional,
    /// `--omit=peer`.
    Peer,
}

impl Omit {
    fn covers(self, kind: EdgeType) -> bool {
        match self {
            Self::Dev => kind == EdgeType::Dev,
            Self::Optional => kind.is_optional(),
            Self::Peer => kind.is_peer(),
        }
    }
}

/// Why a listing goes deeper than the project's own dependencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Neither `--all` nor arguments.
    Direct,
    /// `--all`, or arguments to look for.
    All,
}

/// The depth that is printed for npm's `depth` config (`None` = not set).
pub fn printed_depth(reach: Reach, depth: Option<usize>) -> usize {
    let unset = if reach == Reach::All { MAX_DEPTH } else { 0 };
    depth.unwrap_or(unset).min(MAX_DEPTH)
}

/// A finished listing.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// What goes to stdout.
    pub output: ListOutput,
    /// Everything wrong with the tree, in npm's words.
    pub problems: Vec<String>,
    /// Whether an argument matched, or there was none; else npm exits with 1 (not with `--parseable`).
    pub matched: bool,
}

/// The listing itself.
#[derive(Clone, Debug, PartialEq)]
pub enum ListOutput {
    /// A tree or paths.
    Text(Text),
    /// `--json`.
    Json(Value),
}

impl Listed {
    /// `ELSPROBLEMS`, unless all that is wrong is that packages are extraneous.
    ///
    /// # Errors
    /// [`LsProblems`] with every problem, one a line.
    pub fn verdict(&self) -> Result<(), LsProblems> {
        if self.problems.iter().all(|problem| problem.starts_with("extraneous:")) {
            return Ok(());
        }
        Err(LsProblems { problems: self.problems.clone() })
    }
}

/// The installed tree is not what the manifests ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LsProblems {
    problems: Vec<String>,
}

impl fmt::Display for LsProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problems.join("\n"))
    }
}

impl std::error::Error for LsProblems {}

impl Explain for LsProblems {
    fn code(&self) -> Code {
        Code::Lsproblems
    }
}

/// Lists a tree.
pub fn list(listing: &Listing, query: &Query) -> Listed {
    let walked = walk::walk(listing, query);
    // npm forgets to look at the result of `--parseable`, and scripts rely on the exit code.
    let matched = query.matching.is_none()
        || query.format == Format::Parseable
        || walked.items.first().is_some_and(|root| root.included);
    let output = match query.format {
        Format::Tree(glyphs) => ListOutput::Text(render::tree(&walked, listing, query, glyphs)),
        Format::Parseable => ListOutput::Text(render::parseable(&walked, listing, query)),
        Format::Json => ListOutput::Json(render::json(&walked, listing, query)),
    };
    Listed { output, problems: walked.problems, matched }
}
