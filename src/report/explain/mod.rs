//! `denpm explain`: who depends on a package, up to the root project (npm's `lib/utils/explain-dep.js`).

#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Map, Value, json};

use super::styled::{Line, Style, Text};
use crate::explanation::{EdgeExplanation, EdgeType, Mark, NodeExplanation, WhileInstalling};

/// How far dependents are followed; npm halves it for the number shown on each level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// This many levels.
    Levels(u32),
    /// All, as far as [`MAX_LEVELS`] and [`MAX_NODES`] allow; npm's `Infinity`.
    Full,
}

/// The deepest chain of dependents that is printed; deeper ones exist only in hostile lockfiles.
pub const MAX_LEVELS: usize = 200;

/// The most packages printed for one explanation: shared dependents are printed on every
/// path that leads to them, which grows without bound in a dense tree.
pub const MAX_NODES: usize = 20_000;

/// The marks that npm's text shows, in its order.
const SHOWN_MARKS: [Mark; 6] =
    [Mark::Extraneous, Mark::Dev, Mark::Optional, Mark::Peer, Mark::Bundled, Mark::Overridden];

impl Depth {
    fn less(self) -> Self {
        match self {
            Self::Levels(levels) => Self::Levels(levels.saturating_sub(1)),
            Self::Full => Self::Full,
        }
    }

    /// How many dependents of one package are printed in full; 0 when the depth is used up.
    fn width(self) -> usize {
        match self {
            Self::Levels(levels) => usize::try_from(levels.div_ceil(2)).unwrap_or(usize::MAX),
            Self::Full => usize::MAX,
        }
    }
}

/// The text of `denpm explain`: every match with all its dependents, a blank line between matches.
pub fn render(explanations: &[NodeExplanation]) -> Text {
    let mut text = Text::new();
    for (at, explanation) in explanations.iter().enumerate() {
        if at > 0 {
            text.push(Line::new());
        }
        text.extend(node(explanation, Depth::Full));
    }
    text
}

/// The JSON of `denpm explain --json`: an array of npm's explanation objects.
pub fn to_json(explanations: &[NodeExplanation]) -> Value {
    let mut writer = JsonWriter { left: MAX_NODES };
    Value::Array(explanations.iter().map(|node| writer.node(node, 0)).collect())
}

/// A package and who depends on it.
pub fn node(node: &NodeExplanation, depth: Depth) -> Text {
    Printer::default().node(node, depth)
}

/// A dependency and who asks for it.
pub fn edge(edge: &EdgeExplanation, depth: Depth) -> Text {
    Printer::default().edge(edge, depth)
}

/// `name@version`, or the words for the root project.
pub fn name_and_version(name: Option<&str>, version: Option<&str>) -> String {
    match (name, version) {
        (Some(name), Some(version)) => format!("{name}@{version}"),
        (Some(name), None) => name.to_owned(),
        (None, _) => ROOT.to_owned(),
    }
}

/// npm's words for the project itself.
pub const ROOT: &str = "the root project";

/// A package with its marks and, on a line of its own, its location.
fn head(node: &NodeExplanation) -> Text {
    let style = if node.is_workspace == Some(true) { Style::BrightBlue } else { Style::Plain };
    let id = name_and_version(node.name.as_deref(), node.version.as_deref());
    let mut line = Line::new().styled(style, &id);
    for mark in SHOWN_MARKS {
        if node.marks.as_ref().is_some_and(|marks| marks.contains(&mark)) {
            line = line.own(" ").styled(mark_style(mark), mark.as_str());
        }
    }
    let mut text = Text::from(line);
    if let Some(location) = node.location.as_deref().filter(|location| !location.is_empty()) {
        text.push(Line::new().styled(Style::Dim, location));
    }
    text
}

fn mark_style(mark: Mark) -> Style {
    match mark {
        Mark::Extraneous => Style::Red,
        Mark::Dev => Style::Blue,
        Mark::Optional => Style::Magenta,
        Mark::Peer => Style::BrightMagenta,
        Mark::Bundled => Style::UnderlineCyan,
        Mark::Overridden => Style::Dim,
        Mark::DevOptional => Style::Plain,
    }
}

fn edge_style(kind: EdgeType) -> Style {
    match kind {
        EdgeType::Dev => Style::Blue,
        EdgeType::Optional => Style::Magenta,
        EdgeType::Peer => Style::BrightMagenta,
        EdgeType::Workspace => Style::BrightBlue,
        EdgeType::Prod | EdgeType::PeerOptional => Style::Plain,
    }
}

/// Walks one explanation; remembers the path to break cycles and counts what it printed.
#[derive(Default)]
struct Printer<'a> {
    path: Vec<&'a NodeExplanation>,
    level: usize,
    printed: usize,
}

impl<'a> Printer<'a> {
    fn node(&mut self, node: &'a NodeExplanation, depth: Depth) -> Text {
        self.printed += 1;
        let mut text = head(node);
        text.extend(self.dependents(node, depth));
        text.extend(self.links_in(node, depth));
        text
    }

    fn is_exhausted(&self, depth: Depth) -> bool {
        depth.width() == 0 || self.level >= MAX_LEVELS || self.printed >= MAX_NODES
    }

    fn links_in(&mut self, node: &'a NodeExplanation, depth: Depth) -> Text {
        if self.is_exhausted(depth) {
            return Text::new();
        }
        let mut text = Text::new();
        self.level += 1;
        for link in &node.links_in {
            text.extend(self.node(link, depth.less()));
        }
        self.level -= 1;
        text.indented(2)
    }

    fn dependents(&mut self, node: &'a NodeExplanation, depth: Depth) -> Text {
        if self.is_exhausted(depth) {
            return Text::new();
        }
        let dependents = node.wanted_by();
        let (shown, hidden) = dependents.split_at(depth.width().min(dependents.len()));
        let mut text = Text::new();
        for edge in shown {
            text.extend(self.edge(edge, depth));
        }
        if !hidden.is_empty() {
            text.push(overflow(hidden));
        }
        text.indented(2)
    }

    fn edge(&mut self, edge: &'a EdgeExplanation, depth: Depth) -> Text {
        let mut line = Line::new();
        if edge.kind != EdgeType::Prod {
            line = line.styled(edge_style(edge.kind), edge.kind.as_str()).own(" ");
        }
        if edge.bundled {
            line = line.styled(mark_style(Mark::Bundled), Mark::Bundled.as_str()).own(" ");
        }
        let mut text = Text::from(line.join(asked_for(edge)).own(" from "));
        text.append(self.from(edge.from.as_deref(), depth));
        text
    }

    fn from(&mut self, from: Option<&'a NodeExplanation>, depth: Depth) -> Text {
        let Some(node) = from.filter(|node| !node.is_root()) else {
            return Text::from(Line::new().own(ROOT));
        };
        if self.path.iter().any(|seen| is_same(seen, node)) {
            return head(node);
        }
        self.printed += 1;
        self.level += 1;
        self.path.push(node);
        let mut text = head(node);
        text.extend(self.dependents(node, depth.less()));
        text.extend(self.links_in(node, depth.less()));
        self.path.pop();
        self.level -= 1;
        text
    }
}

fn is_same(a: &NodeExplanation, b: &NodeExplanation) -> bool {
    (&a.name, &a.version, &a.location) == (&b.name, &b.version, &b.location)
}

/// What an edge asks for: `name@"spec"`, or a workspace's folder.
fn asked_for(edge: &EdgeExplanation) -> Line {
    let from = edge.from.as_deref().and_then(|from| from.location.as_deref());
    let dep = match (edge.kind, from, edge.spec.strip_prefix("file:")) {
        (EdgeType::Workspace, Some(from), Some(path)) => {
            Line::new().styled(Style::Bold, &relative(from, path))
        }
        _ => Line::new().plain(&format!("{}@\"{}\"", edge.name, edge.spec)),
    };
    match &edge.raw_spec {
        None => dep,
        Some(raw) => Line::new()
            .styled(mark_style(Mark::Overridden), Mark::Overridden.as_str())
            .own(" ")
            .join(dep)
            .plain(&format!(" (was \"{raw}\")")),
    }
}

/// A path as seen from `base`, for text only: both come from one tree and are not opened.
fn relative(base: &str, path: &str) -> String {
    let parts = |text: &str| -> Vec<String> {
        text.split(['/', '\\']).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let (base, path) = (parts(base), parts(path));
    let common = base.iter().zip(&path).take_while(|(a, b)| a == b).count();
    let up = base.iter().skip(common).map(|_| "..");
    up.chain(path.iter().skip(common).map(String::as_str)).collect::<Vec<_>>().join("/")
}

/// `3 more (a, b, c)`: the names of dependents for which there is no room.
fn overflow(hidden: &[Arc<EdgeExplanation>]) -> Line {
    const MAX_NAMES_LENGTH: usize = 50;
    let mut length = 0;
    let mut names = Vec::new();
    for (at, edge) in hidden.iter().enumerate() {
        let name = edge.from.as_deref().and_then(|from| from.name.as_deref()).unwrap_or(ROOT);
        length += name.encode_utf16().count();
        if length >= MAX_NAMES_LENGTH && at + 1 < hidden.len() {
            names.push("...");
            break;
        }
        names.push(name);
    }
    Line::new().plain(&format!("{} more ({})", hidden.len(), names.join(", ")))
}

/// An extraneous package has that mark alone, any other package says yes or no to each of the rest.
fn marks(marks: &BTreeSet<Mark>) -> Map<String, Value> {
    const OTHERS: [Mark; 6] =
        [Mark::Dev, Mark::Optional, Mark::DevOptional, Mark::Peer, Mark::Bundled, Mark::Overridden];
    let all: &[Mark] =
        if marks.contains(&Mark::Extraneous) { &[Mark::Extraneous] } else { &OTHERS };
    all.iter().map(|mark| (mark.as_str().to_owned(), marks.contains(mark).into())).collect()
}

fn while_installing(package: &WhileInstalling) -> Value {
    let mut object = Map::new();
    let named = [("name", &package.name), ("version", &package.version)];
    for (key, value) in named {
        if let Some(value) = value {
            object.insert(key.to_owned(), value.clone().into());
        }
    }
    object.insert("path".to_owned(), package.path.clone().into());
    Value::Object(object)
}

/// Writes explanation objects in npm's key order, at most `left` of them.
struct JsonWriter {
    left: usize,
}

impl JsonWriter {
    fn node(&mut self, node: &NodeExplanation, level: usize) -> Value {
        self.left = self.left.saturating_sub(1);
        let mut object = Map::new();
        let mut set = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                object.insert(key.to_owned(), value);
            }
        };
        set("name", node.name.clone().map(Value::String));
        set("version", node.version.clone().map(Value::String));
        if !node.errors.is_empty() {
            // JavaScript's Error objects have no enumerable properties.
            set("errors", Some(Value::Array(node.errors.iter().map(|_| json!({})).collect())));
            set("package", node.package.clone().map(Value::Object));
        }
        set("whileInstalling", node.while_installing.as_ref().map(while_installing));
        set("location", node.location.clone().map(Value::String));
        set("isWorkspace", node.is_workspace.map(Value::Bool));
        let go_on = level < MAX_LEVELS && self.left > 0;
        let dependents = node.dependents.as_deref().map(|edges| {
            let edges = edges.iter().filter(|_| go_on);
            Value::Array(edges.map(|edge| self.edge(edge, level + 1)).collect())
        });
        set("dependents", dependents);
        if !node.links_in.is_empty() && go_on {
            let links = node.links_in.iter().map(|link| self.node(link, level + 1)).collect();
            set("linksIn", Some(Value::Array(links)));
        }
        object.extend(node.marks.as_ref().map(marks).unwrap_or_default());
        Value::Object(object)
    }

    fn edge(&mut self, edge: &EdgeExplanation, level: usize) -> Value {
        let mut object = Map::new();
        object.insert("type".into(), edge.kind.as_str().into());
        object.insert("name".into(), edge.name.clone().into());
        object.insert("spec".into(), edge.spec.clone().into());
        if let Some(raw) = &edge.raw_spec {
            object.insert("rawSpec".into(), raw.clone().into());
            object.insert("overridden".into(), true.into());
        }
        if edge.bundled {
            object.insert("bundled".into(), true.into());
        }
        if let Some(error) = &edge.error {
            object.insert("error".into(), error.clone().into());
        }
        if let Some(from) = &edge.from {
            object.insert("from".into(), self.node(from, level));
        }
        Value::Object(object)
    }
}
