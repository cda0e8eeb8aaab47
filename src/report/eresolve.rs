//! `ERESOLVE` told twice: as npm tells it (`lib/utils/explain-eresolve.js`), then in short,
//! with the change that resolves it.

use std::error::Error;

use super::{
    explain::{self, Depth, ROOT, name_and_version},
    failure::causes,
    styled::{Line, Text},
};
use crate::{
    event::{Event, Level},
    explanation::{Conflict, EdgeExplanation, NodeExplanation},
};

/// How deep npm follows dependents in an error message.
const ERROR_DEPTH: Depth = Depth::Levels(4);
/// How deep npm follows dependents in a warning.
const WARNING_DEPTH: Depth = Depth::Levels(2);
/// The longest path from the root project that is printed, in packages.
const MAX_PATH: usize = 20;

/// Looks for a [`Conflict`] in an error and its causes.
pub fn find<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Conflict> {
    causes(error).find_map(|error| {
        error
            .downcast_ref::<Conflict>()
            .or_else(|| error.downcast_ref::<Box<Conflict>>().map(AsRef::as_ref))
    })
}

/// What npm says below an error's first line.
pub fn error(conflict: &Conflict) -> Text {
    told(conflict, ERROR_DEPTH)
}

/// The whole report, for the file beside the debug log.
pub fn report(conflict: &Conflict) -> Text {
    let mut text = Text::from(Line::new().own("# denpm resolution error report"));
    text.push(Line::new());
    text.extend(told(conflict, Depth::Full));
    text.push(Line::new());
    text.extend(in_short(conflict));
    text
}

/// The two messages npm logs when it overrides a peer dependency and goes on.
pub fn warning(conflict: &Conflict) -> [Event; 2] {
    let lines = npm_text(conflict, WARNING_DEPTH).plain_lines();
    [Event::warn("ERESOLVE", "overriding peer dependency"), Event::log(Level::Warn, "", lines)]
}

fn told(conflict: &Conflict, depth: Depth) -> Text {
    let mut text = npm_text(conflict, depth);
    text.push(Line::new());
    text.push_own(way_out(conflict));
    text
}

fn way_out(conflict: &Conflict) -> &'static str {
    if conflict.strict_peer_deps {
        "Fix the upstream dependency conflict, or retry this command with --no-strict-peer-deps, --force, or --legacy-peer-deps to accept an incorrect (and potentially broken) dependency resolution."
    } else {
        "Fix the upstream dependency conflict, or retry this command with --force or --legacy-peer-deps to accept an incorrect (and potentially broken) dependency resolution."
    }
}

/// npm's own explanation, without its last sentence.
fn npm_text(conflict: &Conflict, depth: Depth) -> Text {
    let mut text = Text::new();
    let from = conflict.edge.from.as_deref();
    let installing = [conflict.dep.as_deref(), conflict.current.as_deref(), from]
        .into_iter()
        .flatten()
        .find_map(|node| node.while_installing.as_ref());
    if let Some(package) = installing {
        let id = name_and_version(package.name.as_deref(), package.version.as_deref());
        text.push(Line::new().own("While resolving: ").plain(&id));
    }
    let peers = conflict.peer_conflict.as_ref();
    let current = conflict.current.as_deref().or(peers.and_then(|peers| peers.current.as_deref()));
    let found = match current {
        Some(node) => explain::node(node, depth),
        None => explain::edge(conflict.current_edge.as_deref().unwrap_or(&conflict.edge), depth),
    };
    text.extend(headed("Found: ", found));
    text.push(Line::new());
    text.push_own("Could not resolve dependency:");
    text.extend(explain::edge(&conflict.edge, depth));
    if let Some(peer) = peers.and_then(|peers| peers.peer.as_deref()) {
        text.push(Line::new());
        text.extend(headed("Conflicting peer dependency: ", explain::node(peer, depth)));
    }
    text
}

fn headed(heading: &'static str, rest: Text) -> Text {
    let mut text = Text::from(Line::new().own(heading));
    text.append(rest);
    text
}

/// The conflict as two demands that exclude each other.
struct Demands<'a> {
    /// What lies in the tree.
    placed: &'a NodeExplanation,
    /// The demand it does not meet.
    unmet: &'a EdgeExplanation,
}

impl<'a> Demands<'a> {
    /// The demand that fails is that of the conflicting peer, where there is one.
    fn of(conflict: &'a Conflict) -> Option<Self> {
        let peers = conflict.peer_conflict.as_ref();
        let peer_edge = peers
            .and_then(|peers| peers.peer.as_deref())
            .and_then(|peer| peer.wanted_by().first())
            .map(AsRef::as_ref);
        let nodes = [peers.and_then(|peers| peers.current.as_deref()), conflict.current.as_deref()];
        [peer_edge, Some(conflict.edge.as_ref())].into_iter().flatten().find_map(|unmet| {
            let placed = nodes
                .into_iter()
                .flatten()
                .find(|node| node.name.as_deref() == Some(unmet.name.as_str()))?;
            Some(Self { placed, unmet })
        })
    }

    /// The other demand: the one that holds the placed package, the project's own first.
    fn met(&self) -> Option<&'a EdgeExplanation> {
        let others =
            || self.placed.wanted_by().iter().map(AsRef::as_ref).filter(|edge| *edge != self.unmet);
        others().find(|edge| is_from_root(edge)).or_else(|| others().next())
    }
}

fn is_from_root(edge: &EdgeExplanation) -> bool {
    edge.from.as_deref().is_none_or(NodeExplanation::is_root)
}

/// The two demands that exclude each other, with their paths, and the shortest change that
/// ends the quarrel, as far as the data tells.
pub fn in_short(conflict: &Conflict) -> Text {
    let mut text = Text::from(Line::new().own("In short:"));
    let Some(demands) = Demands::of(conflict) else {
        text.push(demand_line(&conflict.edge));
        return text;
    };
    let placed =
        name_and_version(demands.placed.name.as_deref(), demands.placed.version.as_deref());
    match demands.met() {
        Some(met) => text.push(demand_line(met).plain(&format!(", which gave {placed}"))),
        None => text.push(Line::new().plain(&format!("  {placed} is in the tree"))),
    }
    text.push(demand_line(demands.unmet).own(", which it is not"));
    text.push(Line::new().own("Shortest change: ").join(shortest_change(&demands, &placed)));
    text
}

/// `  root > a@1.0.0 wants peer react@"^18"`.
fn demand_line(edge: &EdgeExplanation) -> Line {
    let peer = if edge.kind.is_peer() { "peer " } else { "" };
    Line::new()
        .own("  ")
        .plain(&path_to(edge.from.as_deref()))
        .plain(&format!(" wants {peer}{}@\"{}\"", edge.name, edge.spec))
}

/// The chain of packages from the root project to `node`, along each first dependent.
fn path_to(node: Option<&NodeExplanation>) -> String {
    let chain = std::iter::successors(node.filter(|node| !node.is_root()), |node| {
        let from = node.wanted_by().first()?.from.as_deref()?;
        (!from.is_root()).then_some(from)
    });
    let mut names: Vec<String> = chain
        .take(MAX_PATH)
        .map(|node| name_and_version(node.name.as_deref(), node.version.as_deref()))
        .collect();
    if names.is_empty() {
        return ROOT.to_owned();
    }
    names.reverse();
    names.join(" > ")
}

/// What to edit. A demand of the project itself can be edited at once; a demand of a
/// dependency changes by taking another version of the direct dependency that brought it.
fn shortest_change(demands: &Demands<'_>, placed: &str) -> Line {
    let unmet = demands.unmet;
    let own = if is_from_root(unmet) {
        Some((unmet, demands.met()))
    } else {
        demands.met().filter(|met| is_from_root(met)).map(|met| (met, Some(unmet)))
    };
    if let Some((own, Some(other))) = own {
        return Line::new().plain(&format!(
            "in package.json ask for \"{}\": \"{}\" instead of \"{}\"",
            own.name, other.spec, own.spec
        ));
    }
    let direct = std::iter::successors(unmet.from.as_deref(), |node| {
        node.wanted_by().first()?.from.as_deref().filter(|from| !from.is_root())
    })
    .take(MAX_PATH)
    .last()
    .and_then(|node| node.name.as_deref());
    match direct {
        Some(direct) => Line::new().plain(&format!(
            "take a version of {direct} that accepts {placed}, or add {{\"overrides\": {{\"{}\": \"{}\"}}}} to package.json",
            unmet.name, unmet.spec
        )),
        None => Line::new().plain(&format!("change one of the two ranges of {}", unmet.name)),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::explanation::{EdgeType, PeerConflict, WhileInstalling};

    fn edge(kind: EdgeType, name: &str, spec: &str, from: NodeExplanation) -> Arc<EdgeExplanation> {
        Arc::new(EdgeExplanation {
            kind,
            name: name.into(),
            spec: spec.into(),
            raw_spec: None,
            bundled: false,
            error: None,
            from: Some(Arc::new(from)),
        })
    }

    fn node(name: &str, version: &str, dependents: Vec<Arc<EdgeExplanation>>) -> NodeExplanation {
        NodeExplanation {
            name: Some(name.into()),
            version: Some(version.into()),
            location: Some(format!("node_modules/{name}")),
            is_workspace: Some(false),
            while_installing: Some(WhileInstalling {
                name: Some("proj".into()),
                version: Some("1.0.0".into()),
                path: "/p".into(),
            }),
            dependents: Some(dependents),
            ..NodeExplanation::default()
        }
    }

    fn from_root(name: &str, spec: &str) -> Arc<EdgeExplanation> {
        edge(EdgeType::Prod, name, spec, NodeExplanation::root("/p"))
    }

    /// A project wants react 17 and b, and b wants react 18 as its peer.
    pub(in crate::report) fn conflict() -> Conflict {
        let b = node("b", "1.0.0", vec![from_root("b", "^1.0.0")]);
        let react = node("react", "17.0.2", vec![from_root("react", "^17.0.0")]);
        Conflict {
            edge: edge(EdgeType::Peer, "react", "^18.0.0", b),
            dep: None,
            current: Some(Arc::new(react)),
            current_edge: None,
            peer_conflict: None,
            strict_peer_deps: false,
        }
    }

    fn text(text: &Text) -> String {
        text.plain_lines().join("\n")
    }

    #[test]
    fn report_of_a_peer_against_the_root_is_npms_and_names_the_change() {
        insta::assert_snapshot!(text(&report(&conflict())), @r#"
        # denpm resolution error report

        While resolving: proj@1.0.0
        Found: react@17.0.2
        node_modules/react
          react@"^17.0.0" from the root project

        Could not resolve dependency:
        peer react@"^18.0.0" from b@1.0.0
        node_modules/b
          b@"^1.0.0" from the root project

        Fix the upstream dependency conflict, or retry this command with --force or --legacy-peer-deps to accept an incorrect (and potentially broken) dependency resolution.

        In short:
          the root project wants react@"^17.0.0", which gave react@17.0.2
          b@1.0.0 wants peer react@"^18.0.0", which it is not
        Shortest change: in package.json ask for "react": "^18.0.0" instead of "^17.0.0"
        "#);
    }

    #[test]
    fn error_with_strict_peer_deps_names_its_opposite() {
        let strict = Conflict { strict_peer_deps: true, ..conflict() };
        assert!(text(&error(&strict)).contains("--no-strict-peer-deps, --force, or"));
    }

    #[test]
    fn warning_of_a_conflict_between_peers_is_npms() {
        let b = node("b", "1.0.0", vec![from_root("b", "^1.0.0")]);
        let wanted = edge(EdgeType::Peer, "react", "^18.0.0", b);
        let conflict = Conflict {
            peer_conflict: Some(PeerConflict {
                current: conflict().current,
                peer: Some(Arc::new(node("react", "18.2.0", vec![wanted]))),
            }),
            ..conflict()
        };
        let [first, second] = warning(&conflict);
        let (Event::Log { lines: first, .. }, Event::Log { lines: second, .. }) = (first, second)
        else {
            panic!("not a message")
        };
        insta::assert_snapshot!([first, second].concat().join("\n"), @r#"
        overriding peer dependency
        While resolving: proj@1.0.0
        Found: react@17.0.2
        node_modules/react
          react@"^17.0.0" from the root project

        Could not resolve dependency:
        peer react@"^18.0.0" from b@1.0.0
        node_modules/b
          b@"^1.0.0" from the root project

        Conflicting peer dependency: react@18.2.0
        node_modules/react
          peer react@"^18.0.0" from b@1.0.0
          node_modules/b
            b@"^1.0.0" from the root project
        "#);
    }

    #[test]
    fn in_short_between_dependencies_goes_through_the_direct_one() {
        let w = node("w", "1.0.0", vec![from_root("w", "^1.0.0")]);
        let b = node("b", "1.0.0", vec![edge(EdgeType::Prod, "b", "1", w)]);
        let c = node("c", "1.0.0", vec![from_root("c", "^1.0.0")]);
        let react = node("react", "17.0.2", vec![edge(EdgeType::Peer, "react", "17", c)]);
        let conflict = Conflict {
            edge: edge(EdgeType::Peer, "react", "^18.0.0", b),
            current: Some(Arc::new(react)),
            ..conflict()
        };
        insta::assert_snapshot!(text(&in_short(&conflict)), @r#"
        In short:
          c@1.0.0 wants peer react@"17", which gave react@17.0.2
          w@1.0.0 > b@1.0.0 wants peer react@"^18.0.0", which it is not
        Shortest change: take a version of w that accepts react@17.0.2, or add {"overrides": {"react": "^18.0.0"}} to package.json
        "#);
    }
}
