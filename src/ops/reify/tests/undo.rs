//! A change that does not become final leaves nothing behind.

use serde_json::{Value, json};

use super::{Fixture, NotFetched, depends, scripted, version};
use crate::reify::{
    commit::{Recovered, recover},
    script_policy::ScriptMode,
};

/// A tree with something to change, to remove and to keep, and the one to change it to.
async fn changing(script: &str) -> (Fixture, Value) {
    let mut fixture = Fixture::new(depends(&["a"]));
    let bin = json!({"a": "cli.js"});
    fixture.publish(&json!({"name": "a", "version": "1.0.0", "bin": bin}), &[("cli.js", "1")]);
    let mut next = scripted("a", "2.0.0", script);
    next["bin"] = json!({"other": "cli.js"});
    fixture.publish(&next, &[("cli.js", "2")]);
    for name in ["gone", "kept", "new"] {
        fixture.publish_plain(name, "1.0.0");
    }
    fixture
        .install(json!({
            "node_modules/a": {"version": "1.0.0", "bin": bin, "dependencies": {"kept": "*"}},
            "node_modules/a/node_modules/kept": version("1.0.0"),
            "node_modules/@s/gone": {"name": "gone", "version": "1.0.0"},
        }))
        .await;
    fixture.write("node_modules/.package-lock.json", "hidden 1");
    // Under an alias its id is another.
    let new = fixture.published["new@1.0.0"].clone();
    fixture.published.insert("@t/new@npm:new@1.0.0".into(), new);
    let next = json!({
        "node_modules/a": {"version": "2.0.0", "bin": {"other": "cli.js"}, "hasInstallScript": true, "dependencies": {"kept": "*"}},
        "node_modules/a/node_modules/kept": version("1.0.0"),
        "node_modules/@t/new": {"name": "new", "version": "1.0.0"},
    });
    (fixture, next)
}

#[tokio::test]
async fn required_script_failure_restores_everything() {
    let (fixture, next) = changing("echo x >> cli.js; exit 7").await;
    let before = fixture.tree();
    let error = fixture.apply(&next, ScriptMode::AllowAll).await.err().unwrap();
    assert_eq!(error.inner().exit(), 7);
    assert_eq!(fixture.tree(), before);
}

#[tokio::test]
async fn finish_whose_write_fails_restores_everything() {
    let (fixture, next) = changing("true").await;
    let before = fixture.tree();
    let applied = fixture.applied(&next, ScriptMode::AllowAll).await;
    assert_eq!(fixture.link("node_modules/.bin/other"), "../a/cli.js");
    assert!(!fixture.has("node_modules/.bin/a") && !fixture.has("node_modules/.package-lock.json"));
    let refused = applied.finish(|| Err(NotFetched { package: "x".into() }.into()));
    assert!(refused.is_err());
    assert_eq!(fixture.tree(), before);
}

#[tokio::test]
async fn run_killed_before_finish_is_undone_by_the_next() {
    let (fixture, next) = changing("true").await;
    let before = fixture.tree();
    let applied = fixture.apply(&next, ScriptMode::AllowAll).await;
    assert!(applied.is_ok());
    drop(applied);
    assert_ne!(fixture.tree(), before);
    assert_eq!(recover(&fixture.project()).unwrap(), Recovered::Undone);
    assert_eq!(fixture.tree(), before);
}
