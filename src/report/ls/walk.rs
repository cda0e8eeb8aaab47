//! Which nodes are listed, where, and what is wrong with them: the breadth-first walk of npm's `ls`.
//!
//! npm keeps what it learns about a node on the node itself while it walks, so a node that
//! is reached twice is told what its earlier edges said. The walk here does the same, in
//! [`Learnt`], because labels and JSON depend on that order.

use std::collections::{BTreeSet, VecDeque};

use indexmap::IndexSet;

use super::{
    EdgeState, Format, Links, ListedEdge, ListedNode, Listing, MAX_DEPTH, NodeIndex, NodeMark,
    Query, Scope, Workspaces,
};
use crate::explanation::EdgeType;

/// A line of the listing.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// What is listed.
    pub subject: Subject,
    /// What its edges said.
    pub learnt: Learnt,
    /// The line above it in the tree, an index into [`Walked::items`].
    pub parent: Option<usize>,
    /// Shown: it matches, or something below it does.
    pub included: bool,
    /// It matches an argument itself.
    pub highlighted: bool,
    /// What is wrong with it.
    pub problems: Vec<String>,
    /// The lines below it.
    pub below: Vec<usize>,
}

/// What one line is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// A node, at the first place where it is met.
    Node(NodeIndex),
    /// A node that was met before.
    Deduped(NodeIndex),
    /// A dependency without a node.
    Missing {
        /// The dependency's name.
        name: String,
        /// `name@spec`.
        pkgid: String,
        /// `pkgid` of the dependent.
        required_by: String,
    },
}

/// What the edges into a node said so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Learnt {
    /// The last edge's kind.
    pub kind: Option<EdgeType>,
    /// The last edge's range.
    pub required: Option<String>,
    /// Every range that is not met: `"^2" from a, "^3" from the root project`.
    pub invalid: Option<String>,
}

/// A finished walk.
#[derive(Clone, Debug, Default)]
pub(super) struct Walked {
    /// All lines in the order of the walk; the first is the root.
    pub items: Vec<Item>,
    /// Everything wrong, without repetition.
    pub problems: Vec<String>,
    /// The nodes met, in order, and whether they match (for `--parseable`).
    pub met: Vec<(NodeIndex, Learnt, bool)>,
}

/// A line that waits to be visited.
struct Waiting {
    subject: Subject,
    learnt: Option<Learnt>,
    parent: Option<usize>,
    matches: bool,
    depth: usize,
}

struct Walker<'a> {
    listing: &'a Listing,
    query: &'a Query,
    learnt: Vec<Learnt>,
    met: IndexSet<NodeIndex>,
    /// npm marks the first missing dependency as met under the path `undefined`, and copies all later ones.
    missing_met: bool,
    matches: Vec<bool>,
    items: Vec<Item>,
    problems: IndexSet<String>,
}

pub(super) fn walk(listing: &Listing, query: &Query) -> Walked {
    let count = listing.nodes.len();
    let mut walker = Walker {
        listing,
        query,
        learnt: vec![Learnt::default(); count],
        met: IndexSet::new(),
        missing_met: false,
        matches: vec![false; count],
        items: Vec::new(),
        problems: IndexSet::new(),
    };
    walker.run();
    let Walker { mut items, problems, met, learnt, matches, .. } = walker;
    for at in 0..items.len() {
        let above = items.get(at).filter(|item| item.included).and_then(|item| item.parent);
        if let Some(parent) = above.and_then(|parent| items.get_mut(parent)) {
            parent.below.push(at);
        }
    }
    let met = met
        .into_iter()
        .filter_map(|node| Some((node, learnt.get(node)?.clone(), *matches.get(node)?)));
    Walked { items, problems: problems.into_iter().collect(), met: met.collect() }
}

impl<'a> Walker<'a> {
    fn run(&mut self) {
        let root = self.listing.root;
        self.met.insert(root);
        let matches = self.query.matching.is_none();
        if let Some(root_matches) = self.matches.get_mut(root) {
            *root_matches = matches;
        }
        let start =
            Waiting { subject: Subject::Node(root), learnt: None, parent: None, matches, depth: 0 };
        let mut queue = VecDeque::from([start]);
        while let Some(waiting) = queue.pop_front() {
            let (subject, depth) = (waiting.subject.clone(), waiting.depth);
            let item = self.visit(waiting);
            if let Subject::Node(index) = subject {
                queue.extend(self.children(index, item, depth));
            }
        }
    }

    fn node(&self, index: NodeIndex) -> Option<&'a ListedNode> {
        self.listing.nodes.get(index)
    }

    /// Makes the line and returns its index. Everything above a matching line is shown too.
    fn visit(&mut self, waiting: Waiting) -> usize {
        let Waiting { subject, learnt, parent, matches, .. } = waiting;
        let learnt = learnt.unwrap_or_else(|| match subject {
            Subject::Node(index) => self.learnt.get(index).cloned().unwrap_or_default(),
            _ => Learnt::default(),
        });
        let problems = self.problems_of(&subject, &learnt);
        if matches {
            self.problems.extend(problems.iter().cloned());
            // `--parseable` lists matching nodes only: npm keeps no lines there that could be marked.
            let mut above = parent.filter(|_| self.query.format != Format::Parseable);
            while let Some(item) = above.and_then(|above| self.items.get_mut(above)) {
                if item.included {
                    break;
                }
                item.included = true;
                above = item.parent;
            }
        }
        self.items.push(Item {
            subject,
            learnt,
            parent,
            included: matches,
            highlighted: matches && self.query.matching.is_some(),
            problems,
            below: Vec::new(),
        });
        self.items.len() - 1
    }

    fn problems_of(&self, subject: &Subject, learnt: &Learnt) -> Vec<String> {
        let mut problems = Vec::new();
        let (pkgid, path, node) = match subject {
            Subject::Missing { pkgid, required_by, .. } => {
                if !learnt.kind.is_some_and(EdgeType::is_optional) {
                    problems.push(format!("missing: {pkgid}, required by {required_by}"));
                }
                return problems;
            }
            Subject::Node(index) | Subject::Deduped(index) => match self.node(*index) {
                Some(node) => (&node.pkgid, &node.path, node),
                None => return problems,
            },
        };
        if learnt.invalid.is_some() {
            problems.push(format!("invalid: {pkgid} {path}"));
        }
        if matches!(subject, Subject::Node(_)) && is_extraneous(node, self.query.scope) {
            problems.push(format!("extraneous: {pkgid} {path}"));
        }
        problems
    }

    /// The lines below a node, sorted; what its edges say is noted before any of them is looked at.
    fn children(&mut self, index: NodeIndex, item: usize, depth: usize) -> Vec<Waiting> {
        let Some(node) = self.node(index) else { return Vec::new() };
        if depth > MAX_DEPTH {
            return Vec::new();
        }
        let shown_depth = if node.is(NodeMark::Workspace) { 0 } else { depth };
        if shown_depth > self.query.depth {
            return Vec::new();
        }
        let mut seen = BTreeSet::new();
        let mut found: Vec<(Subject, Learnt)> = Vec::new();
        for edge in &node.edges_out {
            if !self.is_listed(node, edge, shown_depth) {
                continue;
            }
            let next = self.learn(node, edge);
            if let Subject::Node(to) = next.0 {
                seen.insert(to);
            }
            found.push(next);
        }
        let extraneous = node.children.iter().copied().filter(|child| {
            !seen.contains(child)
                && self.node(*child).is_some_and(|child| child.is(NodeMark::Extraneous))
        });
        found.extend(extraneous.map(|child| (Subject::Node(child), Learnt::default())));
        let collate = self.query.collate;
        found.sort_by(|(a, _), (b, _)| collate(self.pkgid(a), self.pkgid(b)));
        found
            .into_iter()
            .map(|(subject, learnt)| self.waiting(subject, learnt, item, shown_depth + 1))
            .collect()
    }

    fn pkgid<'s>(&self, subject: &'s Subject) -> &'s str
    where
        'a: 's,
    {
        match subject {
            Subject::Missing { pkgid, .. } => pkgid,
            Subject::Node(index) | Subject::Deduped(index) => {
                self.node(*index).map_or("", |node| node.pkgid.as_str())
            }
        }
    }

    /// npm's filters of edges: workspaces everywhere, `--omit` and `--link` on the first level.
    fn is_listed(&self, node: &ListedNode, edge: &ListedEdge, depth: usize) -> bool {
        let to = edge.to.and_then(|to| self.node(to));
        let to_workspace = to.is_some_and(|to| to.is(NodeMark::Workspace));
        let from_root = node.is(NodeMark::ProjectRoot);
        let chosen = |only: &BTreeSet<NodeIndex>| {
            !from_root || to_workspace && edge.to.is_some_and(|to| only.contains(&to))
        };
        let in_workspaces = match &self.query.workspaces {
            Workspaces::All => true,
            Workspaces::Disabled => !(from_root && to_workspace),
            Workspaces::Only(only) => chosen(only),
            Workspaces::OnlyWithRoot(only) => to.is_some() && !to_workspace || chosen(only),
        };
        let omitted = self.query.omit.iter().any(|omit| omit.covers(edge.kind));
        let linked =
            self.query.links == Links::Any || to.is_some_and(|to| to.link_target.is_some());
        in_workspaces && (depth > 0 || !omitted && linked)
    }

    fn learn(&mut self, from: &ListedNode, edge: &ListedEdge) -> (Subject, Learnt) {
        let required = if edge.spec.is_empty() { "*" } else { &edge.spec };
        let fresh =
            Learnt { kind: Some(edge.kind), required: Some(required.to_owned()), invalid: None };
        let to = edge.to.filter(|to| edge.state != EdgeState::Missing && *to < self.learnt.len());
        let Some((to, learnt)) = to.and_then(|to| Some((to, self.learnt.get_mut(to)?))) else {
            let missing = Subject::Missing {
                name: edge.name.clone(),
                pkgid: format!("{}@{}", edge.name, edge.spec),
                required_by: from.target_pkgid.clone(),
            };
            return (missing, fresh);
        };
        let said = learnt.invalid.take();
        *learnt = Learnt { invalid: said, ..fresh };
        if edge.state == EdgeState::Invalid {
            let spec = serde_json::Value::from(required);
            let from = match from.target_location.as_str() {
                "" => "the root project",
                location => location,
            };
            let said = learnt.invalid.take().map(|said| said + ", ").unwrap_or_default();
            learnt.invalid = Some(format!("{said}{spec} from {from}"));
        }
        (Subject::Node(to), learnt.clone())
    }

    /// Decides whether a line shows a node for the first time, and whether it matches.
    fn waiting(
        &mut self,
        subject: Subject,
        mut learnt: Learnt,
        parent: usize,
        depth: usize,
    ) -> Waiting {
        let matching = self.query.matching.as_ref();
        let parent = Some(parent);
        let (subject, learnt, matches) = match subject {
            Subject::Node(index) | Subject::Deduped(index) => {
                let matches = matching.is_none_or(|matching| matching.contains(&index));
                if self.met.insert(index) {
                    if let Some(slot) = self.matches.get_mut(index) {
                        *slot = matches;
                    }
                    // What later edges say before the visit counts too.
                    (Subject::Node(index), None, matches)
                } else {
                    // The copy is made after all edges of this dependent have spoken.
                    let learnt = self.learnt.get(index).cloned().unwrap_or_default();
                    (Subject::Deduped(index), Some(learnt), matches)
                }
            }
            missing @ Subject::Missing { .. } => {
                if std::mem::replace(&mut self.missing_met, true) {
                    learnt.required = None;
                }
                (missing, Some(learnt), matching.is_none())
            }
        };
        Waiting { subject, learnt, parent, matches, depth }
    }
}

/// In the global folder nothing is extraneous.
pub(super) fn is_extraneous(node: &ListedNode, scope: Scope) -> bool {
    scope == Scope::Project && node.is(NodeMark::Extraneous)
}
