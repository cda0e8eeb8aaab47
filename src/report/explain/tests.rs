//! Compared with `npm explain` of npm 11.19.1.

use super::*;

fn node(name: &str, location: &str, dependents: Vec<EdgeExplanation>) -> Arc<NodeExplanation> {
    Arc::new(NodeExplanation {
        name: Some(name.into()),
        version: Some("1.0.0".into()),
        location: Some(location.into()),
        is_workspace: Some(false),
        dependents: Some(dependents.into_iter().map(Arc::new).collect()),
        ..NodeExplanation::default()
    })
}

fn edge(kind: EdgeType, name: &str, from: Arc<NodeExplanation>) -> EdgeExplanation {
    EdgeExplanation {
        kind,
        name: name.into(),
        spec: "^1.0.0".into(),
        raw_spec: None,
        bundled: false,
        error: None,
        from: Some(from),
    }
}

fn root() -> Arc<NodeExplanation> {
    Arc::new(NodeExplanation::root("/p"))
}

fn workspace() -> NodeExplanation {
    let member = EdgeExplanation {
        spec: "file:/p/packages/w".into(),
        ..edge(EdgeType::Workspace, "w", root())
    };
    let link = node("w", "node_modules/w", vec![member]);
    NodeExplanation {
        is_workspace: Some(true),
        dependents: Some(Vec::new()),
        links_in: vec![link],
        ..Arc::unwrap_or_clone(node("w", "packages/w", Vec::new()))
    }
}

#[test]
fn render_follows_dependents_links_and_overrides() {
    let a = node("a", "node_modules/a", vec![edge(EdgeType::Dev, "a", root())]);
    let overridden = EdgeExplanation {
        raw_spec: Some("^2.0.0".into()),
        spec: "1.0.0".into(),
        ..edge(EdgeType::Prod, "f", a)
    };
    let mut f = Arc::unwrap_or_clone(node(
        "f",
        "node_modules/f",
        vec![overridden, edge(EdgeType::Peer, "f", Arc::new(workspace()))],
    ));
    f.marks = Some([Mark::Overridden, Mark::Dev].into());
    insta::assert_snapshot!(render(&[f, workspace()]).plain_lines().join("\n"), @r#"
    f@1.0.0 dev overridden
    node_modules/f
      overridden f@"1.0.0" (was "^2.0.0") from a@1.0.0
      node_modules/a
        dev a@"^1.0.0" from the root project
      peer f@"^1.0.0" from w@1.0.0
      packages/w
        w@1.0.0
        node_modules/w
          workspace packages/w from the root project

    w@1.0.0
    packages/w
      w@1.0.0
      node_modules/w
        workspace packages/w from the root project
    "#);
}

#[test]
fn json_has_npms_keys() {
    let dev = edge(EdgeType::Dev, "f", root());
    let by_override = EdgeExplanation { raw_spec: Some("^2.0.0".into()), bundled: true, ..dev };
    let mut f = Arc::unwrap_or_clone(node("f", "node_modules/f", vec![by_override]));
    f.marks = Some([Mark::Overridden, Mark::Dev].into());
    let json = to_json(&[f, workspace()]);
    insta::assert_snapshot!(serde_json::to_string_pretty(&json).unwrap(), @r#"
    [
      {
        "name": "f",
        "version": "1.0.0",
        "location": "node_modules/f",
        "isWorkspace": false,
        "dependents": [
          {
            "type": "dev",
            "name": "f",
            "spec": "^1.0.0",
            "rawSpec": "^2.0.0",
            "overridden": true,
            "bundled": true,
            "from": {
              "location": "/p"
            }
          }
        ],
        "dev": true,
        "optional": false,
        "devOptional": false,
        "peer": false,
        "bundled": false,
        "overridden": true
      },
      {
        "name": "w",
        "version": "1.0.0",
        "location": "packages/w",
        "isWorkspace": true,
        "dependents": [],
        "linksIn": [
          {
            "name": "w",
            "version": "1.0.0",
            "location": "node_modules/w",
            "isWorkspace": false,
            "dependents": [
              {
                "type": "workspace",
                "name": "w",
                "spec": "file:/p/packages/w",
                "from": {
                  "location": "/p"
                }
              }
            ]
          }
        ]
      }
    ]
    "#);
}

#[test]
fn node_with_a_depth_shows_half_as_many_dependents() {
    let from = |name: &str| node(name, &format!("node_modules/{name}"), Vec::new());
    let edges = ["a", "b", "c", "d", "a-name-that-is-long", "another-name-that-is-long", "e"];
    let edges = edges.iter().map(|name| edge(EdgeType::Prod, "x", from(name))).collect();
    let x = node("x", "node_modules/x", edges);
    insta::assert_snapshot!(super::node(&x, Depth::Levels(4)).plain_lines().join("\n"), @r#"
    x@1.0.0
    node_modules/x
      x@"^1.0.0" from a@1.0.0
      node_modules/a
      x@"^1.0.0" from b@1.0.0
      node_modules/b
      5 more (c, d, a-name-that-is-long, another-name-that-is-long, e)
    "#);
}

#[test]
fn render_of_a_cycle_ends() {
    // a <- b <- a: the inner `a` is the same package, cut by arborist or by the printer.
    let inner = node("a", "node_modules/a", vec![]);
    let b = node("b", "node_modules/b", vec![edge(EdgeType::Prod, "b", inner)]);
    let a = node("a", "node_modules/a", vec![edge(EdgeType::Prod, "a", b)]);
    assert_eq!(render(&[Arc::unwrap_or_clone(a)]).lines().len(), 6);
}

#[test]
fn render_of_a_dense_tree_stays_bounded() {
    let mut layer = node("x", "0", vec![edge(EdgeType::Prod, "x", root())]);
    for level in 1..60 {
        let twice = vec![edge(EdgeType::Prod, "x", Arc::clone(&layer)); 2];
        layer = node("x", &level.to_string(), twice);
    }
    let layer = Arc::unwrap_or_clone(layer);
    assert!(render(std::slice::from_ref(&layer)).lines().len() < 4 * MAX_NODES);
    assert!(to_json(&[layer]).is_array());
}
