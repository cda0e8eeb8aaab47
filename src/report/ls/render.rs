//! A finished walk as tree, paths or JSON.

use serde_json::{Map, Value};

use super::{
    Glyphs, ListedNode, Listing, NodeMark, Query, Scope,
    walk::{Item, Subject, Walked, is_extraneous},
};
use crate::{
    explanation::EdgeType,
    report::{
        Detail,
        json::set,
        styled::{Line, Style, Text},
    },
};

/// The tree, as `archy` draws it, with the blank line that npm leaves behind it.
pub(super) fn tree(walked: &Walked, listing: &Listing, query: &Query, glyphs: Glyphs) -> Text {
    let mut text = Text::new();
    let Some(root) = walked.items.first() else { return text };
    let is_empty = root.below.is_empty();
    let mut stack = vec![Row { item: 0, prefix: String::new(), branch: String::new() }];
    while let Some(Row { item, prefix, branch }) = stack.pop() {
        let Some(shown) = walked.items.get(item) else { continue };
        let has_below = !shown.below.is_empty() || item == 0 && is_empty;
        let continued = if has_below { glyphs.pick("│", "|") } else { " " };
        for (at, label) in label(shown, listing, query).lines().iter().enumerate() {
            let lead = if at == 0 { branch.clone() } else { format!("{prefix}{continued} ") };
            text.push(Line::new().exact(&lead).join(label.clone()));
        }
        let last = shown.below.len().saturating_sub(1);
        let rows = shown.below.iter().enumerate().map(|(at, below)| {
            let more = walked.items.get(*below).is_some_and(|item| !item.below.is_empty());
            Row {
                item: *below,
                branch: format!("{prefix}{} ", glyphs.branch(at == last, more)),
                prefix: format!(
                    "{prefix}{} ",
                    if at == last { " " } else { glyphs.pick("│", "|") }
                ),
            }
        });
        // A stack pops the last row first.
        stack.extend(rows.rev());
    }
    if is_empty {
        text.push(Line::new().exact(&format!("{} (empty)", glyphs.pick("└──", "`--"))));
    }
    text.push(Line::new());
    text
}

/// A line of the tree that waits to be drawn.
struct Row {
    item: usize,
    /// What stands before the rows below it.
    prefix: String,
    /// What stands before its own label.
    branch: String,
}

impl Glyphs {
    fn pick(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        match self {
            Self::Unicode => unicode,
            Self::Ascii => ascii,
        }
    }

    fn branch(self, is_last: bool, has_below: bool) -> &'static str {
        match (is_last, has_below) {
            (false, false) => self.pick("├──", "+--"),
            (false, true) => self.pick("├─┬", "+--"),
            (true, false) => self.pick("└──", "`--"),
            (true, true) => self.pick("└─┬", "`--"),
        }
    }
}

/// The label of one line; two lines with `--long`.
fn label(item: &Item, listing: &Listing, query: &Query) -> Text {
    let node = node_of(item, listing);
    let optional = item.learnt.kind.is_some_and(EdgeType::is_optional);
    let mut line = Line::new();
    if matches!(item.subject, Subject::Missing { .. }) {
        let (style, text) = if optional {
            (Style::Yellow, "UNMET OPTIONAL DEPENDENCY")
        } else {
            (Style::Red, "UNMET DEPENDENCY")
        };
        line = line.styled(style, text).own(" ");
    }
    let mut text = Text::new();
    line = match node {
        Some(node) if is_root_line(item, node) => {
            if node.package.is_empty() || query.scope == Scope::Global {
                line.exact(&node.path)
            } else if query.detail == Detail::Long {
                text.push(line.styled(name_style(item, node), &node.pkgid));
                Line::new().exact(&node.path)
            } else {
                line.styled(name_style(item, node), &node.pkgid).own(" ").exact(&node.path)
            }
        }
        Some(node) => line.styled(name_style(item, node), &node.pkgid),
        None => line.plain(missing_pkgid(item)),
    };
    text.push(line.join(marks(item, node, query)));
    if query.detail == Detail::Long {
        let description = node.and_then(|node| node.package.get("description")?.as_str());
        text.push(Line::new().plain(description.unwrap_or_default()));
    }
    text
}

/// The root where the listing starts; a dependency that leads back to it is a plain line.
fn is_root_line(item: &Item, node: &ListedNode) -> bool {
    node.is(NodeMark::Root) && matches!(item.subject, Subject::Node(_))
}

fn name_style(item: &Item, node: &ListedNode) -> Style {
    match (item.highlighted, node.is(NodeMark::Workspace)) {
        (true, _) => Style::Yellow,
        (false, true) if matches!(item.subject, Subject::Node(_)) => Style::BrightBlue,
        (false, _) => Style::Plain,
    }
}

/// What stands behind the name.
fn marks(item: &Item, node: Option<&ListedNode>, query: &Query) -> Line {
    let mut line = Line::new();
    if matches!(item.subject, Subject::Deduped(_)) {
        line = line.own(" ").styled(Style::Dim, "deduped");
    }
    if let Some(invalid) = &item.learnt.invalid {
        line = line.own(" ").styled(Style::Red, &format!("invalid: {invalid}"));
    }
    let Some(node) = node else { return line };
    if let Subject::Node(_) = item.subject {
        if is_extraneous(node, query.scope) {
            line = line.own(" ").styled(Style::Red, "extraneous");
        }
        if node.is(NodeMark::Overridden) {
            line = line.own(" ").styled(Style::Dim, "overridden");
        }
        if let Some(resolved) = node.resolved.as_ref().filter(|_| node.is(NodeMark::Git)) {
            line = line.plain(&format!(" ({resolved})"));
        }
    }
    if let Some(target) = &node.link_target {
        line = line.exact(&format!(" -> .{}{target}", std::path::MAIN_SEPARATOR));
    }
    line
}

fn node_of<'a>(item: &Item, listing: &'a Listing) -> Option<&'a ListedNode> {
    match item.subject {
        Subject::Node(index) | Subject::Deduped(index) => listing.nodes.get(index),
        Subject::Missing { .. } => None,
    }
}

fn missing_pkgid(item: &Item) -> &str {
    match &item.subject {
        Subject::Missing { pkgid, .. } => pkgid,
        Subject::Node(_) | Subject::Deduped(_) => "",
    }
}

/// `--parseable`: a path a line; with `--long` also the id, the real path and what is wrong.
pub(super) fn parseable(walked: &Walked, listing: &Listing, query: &Query) -> Text {
    let mut text = Text::new();
    for (index, learnt, matches) in &walked.met {
        let Some(node) = listing.nodes.get(*index).filter(|_| *matches) else { continue };
        let mut line = Line::new().exact(&node.path);
        if query.detail == Detail::Long {
            line = line.own(":").exact(&node.pkgid);
            if node.path != node.realpath {
                line = line.own(":").exact(&node.realpath);
            }
            for (is_so, word) in [
                (is_extraneous(node, query.scope), ":EXTRANEOUS"),
                (learnt.invalid.is_some(), ":INVALID"),
                (node.is(NodeMark::Overridden), ":OVERRIDDEN"),
            ] {
                line = if is_so { line.own(word) } else { line };
            }
        }
        text.push(line);
    }
    if text.lines().is_empty() {
        // npm prints the empty result as a line.
        text.push(Line::new());
    }
    text
}

/// npm's object: every line an object, those below it under `dependencies`.
pub(super) fn json(walked: &Walked, listing: &Listing, query: &Query) -> Value {
    // Lines come after the line above them, so building from the end sees children first.
    let mut built: Vec<Option<Value>> = walked.items.iter().map(|_| None).collect();
    for (at, item) in walked.items.iter().enumerate().rev() {
        let mut object = Value::Object(json_item(item, listing, query));
        if at == 0 {
            add_root_problems(&mut object, walked, listing);
        }
        let mut dependencies = Map::new();
        for below in &item.below {
            let name = walked.items.get(*below).map(|item| name_of(item, listing));
            let value = built.get_mut(*below).and_then(Option::take);
            if let (Some(name), Some(value)) = (name, value) {
                dependencies.insert(name.to_owned(), value);
            }
        }
        if !dependencies.is_empty() {
            set(&mut object, "dependencies", Value::Object(dependencies));
        }
        if let Some(slot) = built.get_mut(at) {
            *slot = Some(object);
        }
    }
    built.into_iter().next().flatten().unwrap_or_else(|| Value::Object(Map::new()))
}

fn add_root_problems(root: &mut Value, walked: &Walked, listing: &Listing) {
    let broken = listing.broken_root.as_ref();
    let broken = broken.map(|path| format!("error in {path}: Failed to parse root package.json"));
    let problems: Vec<Value> =
        walked.problems.iter().cloned().chain(broken.clone()).map(Value::String).collect();
    if !problems.is_empty() {
        set(root, "problems", Value::Array(problems));
    }
    if broken.is_some() {
        set(root, "invalid", true.into());
    }
}

fn name_of<'a>(item: &'a Item, listing: &'a Listing) -> &'a str {
    match &item.subject {
        Subject::Missing { name, .. } => name,
        Subject::Node(index) | Subject::Deduped(index) => {
            listing.nodes.get(*index).map_or("", |node| node.name.as_str())
        }
    }
}

/// One line as an object, its keys in npm's order.
fn json_item(item: &Item, listing: &Listing, query: &Query) -> Map<String, Value> {
    let node = node_of(item, listing);
    let mut object = Map::new();
    let first = matches!(item.subject, Subject::Node(_));
    if let Some(node) = node {
        if let Some(version) = node.version.as_ref().filter(|version| !version.is_empty()) {
            object.insert("version".into(), version.clone().into());
        }
        if let Some(resolved) = node.resolved.as_ref().filter(|_| first) {
            object.insert("resolved".into(), resolved.clone().into());
        }
        if first && !node.is(NodeMark::ProjectRoot) {
            object.insert("overridden".into(), node.is(NodeMark::Overridden).into());
        }
        if first && node.is(NodeMark::Root) && !node.package.is_empty() {
            let name = node.package.get("name").and_then(Value::as_str).filter(|n| !n.is_empty());
            object.insert("name".into(), name.unwrap_or(&node.name).into());
        }
        if query.detail == Detail::Long {
            object.extend(long_members(node));
        }
        if first && is_extraneous(node, query.scope) {
            object.insert("extraneous".into(), true.into());
        }
    }
    if let Some(invalid) = &item.learnt.invalid {
        object.insert("invalid".into(), invalid.clone().into());
    }
    let optional = item.learnt.kind.is_some_and(EdgeType::is_optional);
    if matches!(item.subject, Subject::Missing { .. }) && !optional {
        if let Some(required) = &item.learnt.required {
            object.insert("required".into(), required.clone().into());
        }
        object.insert("missing".into(), true.into());
    }
    let matches = item.highlighted || query.matching.is_none();
    if matches && !item.problems.is_empty() {
        object.insert("problems".into(), item.problems.clone().into());
    }
    object
}

/// What `--long` adds: the manifest and the declared dependencies.
fn long_members(node: &ListedNode) -> Map<String, Value> {
    let member = |key: &str| node.package.get(key).cloned();
    let mut declared = Map::new();
    for key in ["dependencies", "optionalDependencies"] {
        if let Some(Value::Object(dependencies)) = member(key) {
            declared.extend(dependencies);
        }
    }
    let mut members = Map::new();
    members.insert("name".into(), node.name.clone().into());
    members.extend(
        node.package
            .iter()
            .filter(|(key, _)| *key != "dependencies")
            .map(|(key, value)| (key.clone(), value.clone())),
    );
    members.insert("extraneous".into(), false.into());
    members.insert("path".into(), node.path.clone().into());
    members.insert("_dependencies".into(), Value::Object(declared));
    for key in ["devDependencies", "peerDependencies"] {
        let value = member(key).unwrap_or_else(|| Value::Object(Map::new()));
        members.insert(key.into(), value);
    }
    members
}
