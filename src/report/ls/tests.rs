//! Labels and shapes; the expected texts were compared with `npm ls` of npm 11.19.1 on the same tree.

use serde_json::json;

use super::*;
use crate::report::styled::Colour;

fn node(name: &str, marks: &[NodeMark], edges: Vec<ListedEdge>) -> ListedNode {
    let package = json!({"name": name, "version": "1.0.0", "description": format!("The {name}")});
    ListedNode {
        name: name.into(),
        version: Some("1.0.0".into()),
        pkgid: format!("{name}@1.0.0"),
        path: format!("/p/node_modules/{name}"),
        realpath: format!("/p/node_modules/{name}"),
        marks: marks.iter().copied().collect(),
        package: package.as_object().cloned().unwrap_or_default(),
        edges_out: edges,
        target_pkgid: format!("{name}@1.0.0"),
        target_location: format!("node_modules/{name}"),
        ..ListedNode::default()
    }
}

fn edge(name: &str, kind: EdgeType, to: Option<NodeIndex>, state: EdgeState) -> ListedEdge {
    ListedEdge { name: name.into(), spec: "^1.0.0".into(), kind, to, state }
}

/// `project` with, in this order: a workspace `w` (which wants `a`), an invalid `b`, `a` (which
/// also wants `b`), a missing `c`, a missing optional `o`, a git dependency `g`, an extraneous `x`.
fn listing() -> Listing {
    let (prod, valid) = (EdgeType::Prod, EdgeState::Valid);
    let edges = vec![
        edge("w", EdgeType::Workspace, Some(3), valid),
        ListedEdge { spec: "^2.0.0".into(), ..edge("b", prod, Some(2), EdgeState::Invalid) },
        edge("a", EdgeType::Dev, Some(1), valid),
        edge("c", prod, None, EdgeState::Missing),
        edge("o", EdgeType::Optional, None, valid),
        edge("g", prod, Some(5), valid),
    ];
    let root = ListedNode {
        path: "/p".into(),
        realpath: "/p".into(),
        target_location: String::new(),
        children: vec![1, 2, 3, 4, 5],
        ..node("project", &[NodeMark::ProjectRoot, NodeMark::Root], edges)
    };
    let workspace = ListedNode {
        realpath: "/p/packages/w".into(),
        resolved: Some("file:../packages/w".into()),
        link_target: Some("packages/w".into()),
        ..node("w", &[NodeMark::Workspace], vec![edge("a", prod, Some(1), valid)])
    };
    let git = ListedNode {
        resolved: Some("git+ssh://git@host.example/g.git#abc".into()),
        ..node("g", &[NodeMark::Git, NodeMark::Overridden], Vec::new())
    };
    let a = node("a", &[], vec![edge("b", prod, Some(2), valid)]);
    let b = node("b", &[], Vec::new());
    let x = node("x", &[NodeMark::Extraneous], Vec::new());
    Listing { nodes: vec![root, a, b, workspace, x, git], root: 0, broken_root: None }
}

fn query(format: Format) -> Query {
    Query {
        format,
        detail: Detail::Short,
        scope: Scope::Project,
        depth: MAX_DEPTH,
        omit: BTreeSet::new(),
        links: Links::Any,
        workspaces: Workspaces::All,
        matching: None,
        collate: Ord::cmp,
    }
}

const TREE: Format = Format::Tree(Glyphs::Unicode);

fn shown(listed: &Listed) -> String {
    match &listed.output {
        ListOutput::Text(text) => text.render(Colour::Never),
        ListOutput::Json(value) => serde_json::to_string_pretty(value).unwrap(),
    }
}

#[test]
fn tree_has_npms_labels() {
    let listed = list(&listing(), &query(TREE));
    insta::assert_snapshot!(shown(&listed), @r#"
    project@1.0.0 /p
    ├─┬ a@1.0.0
    │ └── b@1.0.0 deduped invalid: "^2.0.0" from the root project
    ├── b@1.0.0 invalid: "^2.0.0" from the root project
    ├── UNMET DEPENDENCY c@^1.0.0
    ├── g@1.0.0 overridden (git+ssh://git@host.example/g.git#abc)
    ├── UNMET OPTIONAL DEPENDENCY o@^1.0.0
    ├─┬ w@1.0.0 -> ./packages/w
    │ └── a@1.0.0 deduped
    └── x@1.0.0 extraneous
    "#);
    insta::assert_snapshot!(listed.verdict().unwrap_err(), @"
    invalid: b@1.0.0 /p/node_modules/b
    missing: c@^1.0.0, required by project@1.0.0
    extraneous: x@1.0.0 /p/node_modules/x
    ");
}

#[test]
fn tree_long_in_ascii_has_descriptions() {
    let query = Query { detail: Detail::Long, ..query(Format::Tree(Glyphs::Ascii)) };
    insta::assert_snapshot!(shown(&list(&listing(), &query)), @r#"
    project@1.0.0
    | /p
    | The project
    +-- a@1.0.0
    | | The a
    | `-- b@1.0.0 deduped invalid: "^2.0.0" from the root project
    |     The b
    +-- b@1.0.0 invalid: "^2.0.0" from the root project
    |   The b
    +-- UNMET DEPENDENCY c@^1.0.0
    |   
    +-- g@1.0.0 overridden (git+ssh://git@host.example/g.git#abc)
    |   The g
    +-- UNMET OPTIONAL DEPENDENCY o@^1.0.0
    |   
    +-- w@1.0.0 -> ./packages/w
    | | The w
    | `-- a@1.0.0 deduped
    |     The a
    `-- x@1.0.0 extraneous
        The x
    "#);
}

#[test]
fn tree_of_direct_dependencies_opens_workspaces() {
    let query = Query { depth: printed_depth(Reach::Direct, None), ..query(TREE) };
    insta::assert_snapshot!(shown(&list(&listing(), &query)), @r#"
    project@1.0.0 /p
    ├── a@1.0.0
    ├── b@1.0.0 invalid: "^2.0.0" from the root project
    ├── UNMET DEPENDENCY c@^1.0.0
    ├── g@1.0.0 overridden (git+ssh://git@host.example/g.git#abc)
    ├── UNMET OPTIONAL DEPENDENCY o@^1.0.0
    ├─┬ w@1.0.0 -> ./packages/w
    │ └── a@1.0.0 deduped
    └── x@1.0.0 extraneous
    "#);
}

#[test]
fn tree_with_an_argument_shows_the_paths_to_it() {
    let query = Query { matching: Some([2].into()), ..query(TREE) };
    let listed = list(&listing(), &query);
    assert!(listed.matched);
    insta::assert_snapshot!(shown(&listed), @r#"
    project@1.0.0 /p
    ├─┬ a@1.0.0
    │ └── b@1.0.0 deduped invalid: "^2.0.0" from the root project
    └── b@1.0.0 invalid: "^2.0.0" from the root project
    "#);
}

#[test]
fn tree_with_an_argument_that_matches_nothing_is_empty() {
    let query = Query { matching: Some(BTreeSet::new()), ..query(TREE) };
    let listed = list(&listing(), &query);
    assert!(!listed.matched && listed.verdict().is_ok());
    insta::assert_snapshot!(shown(&listed), @"
    project@1.0.0 /p
    └── (empty)
    ");
}

#[test]
fn tree_filters_workspaces_links_and_kinds() {
    let only = Workspaces::Only([3].into());
    let selected = Query { workspaces: only, ..query(TREE) };
    insta::assert_snapshot!(shown(&list(&listing(), &selected)), @"
    project@1.0.0 /p
    ├─┬ w@1.0.0 -> ./packages/w
    │ └─┬ a@1.0.0
    │   └── b@1.0.0
    └── x@1.0.0 extraneous
    ");
    let links = Query { links: Links::Only, ..query(TREE) };
    insta::assert_snapshot!(shown(&list(&listing(), &links)), @"
    project@1.0.0 /p
    ├── w@1.0.0 -> ./packages/w
    └── x@1.0.0 extraneous
    ");
    let omitted = Query { omit: [Omit::Dev, Omit::Optional].into(), ..query(TREE) };
    insta::assert_snapshot!(shown(&list(&listing(), &omitted)), @r#"
    project@1.0.0 /p
    ├── b@1.0.0 invalid: "^2.0.0" from the root project
    ├── UNMET DEPENDENCY c@^1.0.0
    ├── g@1.0.0 overridden (git+ssh://git@host.example/g.git#abc)
    ├─┬ w@1.0.0 -> ./packages/w
    │ └─┬ a@1.0.0
    │   └── b@1.0.0 deduped invalid: "^2.0.0" from the root project
    └── x@1.0.0 extraneous
    "#);
}

#[test]
fn parseable_long_marks_what_is_wrong() {
    let query = Query { detail: Detail::Long, ..query(Format::Parseable) };
    insta::assert_snapshot!(shown(&list(&listing(), &query)), @"
    /p:project@1.0.0
    /p/node_modules/a:a@1.0.0
    /p/node_modules/b:b@1.0.0:INVALID
    /p/node_modules/g:g@1.0.0:OVERRIDDEN
    /p/node_modules/w:w@1.0.0:/p/packages/w
    /p/node_modules/x:x@1.0.0:EXTRANEOUS
    ");
}

/// The root's members and its dependencies, one a line.
fn members(listed: &Listed) -> String {
    let ListOutput::Json(Value::Object(mut root)) = listed.output.clone() else {
        panic!("not an object")
    };
    let Some(Value::Object(below)) = root.remove("dependencies") else { panic!("no dependencies") };
    let members = root.into_iter().chain(below);
    members.map(|(key, value)| format!("{key} {value}")).collect::<Vec<_>>().join("\n")
}

#[test]
fn json_has_npms_keys() {
    insta::assert_snapshot!(members(&list(&listing(), &query(Format::Json))), @r#"
    version "1.0.0"
    name "project"
    problems ["invalid: b@1.0.0 /p/node_modules/b","missing: c@^1.0.0, required by project@1.0.0","extraneous: x@1.0.0 /p/node_modules/x"]
    a {"version":"1.0.0","overridden":false,"dependencies":{"b":{"version":"1.0.0","invalid":"\"^2.0.0\" from the root project","problems":["invalid: b@1.0.0 /p/node_modules/b"]}}}
    b {"version":"1.0.0","overridden":false,"invalid":"\"^2.0.0\" from the root project","problems":["invalid: b@1.0.0 /p/node_modules/b"]}
    c {"required":"^1.0.0","missing":true,"problems":["missing: c@^1.0.0, required by project@1.0.0"]}
    g {"version":"1.0.0","resolved":"git+ssh://git@host.example/g.git#abc","overridden":true}
    o {}
    w {"version":"1.0.0","resolved":"file:../packages/w","overridden":false,"dependencies":{"a":{"version":"1.0.0"}}}
    x {"version":"1.0.0","overridden":false,"extraneous":true,"problems":["extraneous: x@1.0.0 /p/node_modules/x"]}
    "#);
}

#[test]
fn json_long_has_the_manifest() {
    let query = Query { detail: Detail::Long, matching: Some([4].into()), ..query(Format::Json) };
    insta::assert_snapshot!(shown(&list(&listing(), &query)), @r#"
    {
      "version": "1.0.0",
      "name": "project",
      "description": "The project",
      "extraneous": false,
      "path": "/p",
      "_dependencies": {},
      "devDependencies": {},
      "peerDependencies": {},
      "problems": [
        "extraneous: x@1.0.0 /p/node_modules/x"
      ],
      "dependencies": {
        "x": {
          "version": "1.0.0",
          "overridden": false,
          "name": "x",
          "description": "The x",
          "extraneous": true,
          "path": "/p/node_modules/x",
          "_dependencies": {},
          "devDependencies": {},
          "peerDependencies": {},
          "problems": [
            "extraneous: x@1.0.0 /p/node_modules/x"
          ]
        }
      }
    }
    "#);
}

#[test]
fn json_of_a_broken_root_says_so() {
    let broken = Listing {
        nodes: vec![ListedNode {
            marks: [NodeMark::ProjectRoot, NodeMark::Root].into(),
            ..ListedNode::default()
        }],
        root: 0,
        broken_root: Some("/p".into()),
    };
    insta::assert_snapshot!(shown(&list(&broken, &query(Format::Json))), @r#"
    {
      "problems": [
        "error in /p: Failed to parse root package.json"
      ],
      "invalid": true
    }
    "#);
}

#[test]
fn verdict_of_extraneous_packages_alone_is_success() {
    let mut listing = listing();
    listing.nodes[0].edges_out.retain(|edge| edge.name == "a");
    let listed = list(&listing, &query(Format::Json));
    assert!(listed.problems.iter().all(|problem| problem.starts_with("extraneous")));
    assert!(listed.verdict().is_ok());
}

#[test]
fn list_of_a_hostile_graph_ends() {
    let mut nodes: Vec<ListedNode> = (0..5000)
        .map(|at| ListedNode {
            edges_out: vec![ListedEdge {
                name: "n".into(),
                spec: String::new(),
                kind: EdgeType::Prod,
                to: Some(at + 1),
                state: EdgeState::Valid,
            }],
            ..ListedNode::default()
        })
        .collect();
    nodes[3].marks = [NodeMark::Workspace].into();
    let listing = Listing { nodes, root: 0, broken_root: None };
    for format in [TREE, Format::Parseable, Format::Json] {
        drop(list(&listing, &query(format)));
    }
}
