//! The commands beside an install that look at what it would bring: `update --unless`,
//! `verify-source`, `authors`, `risk`, `capabilities`.

use super::support::{Registry, Sandbox};
use serde_json::json;

const HTTP: &str = "exports.send = (x) => fetch('https://e.example/' + x);\n";

/// A project with `a`, `b` and `c` at 1.0.0, all of which have newer versions.
fn outdated_project(registry: &Registry) -> Sandbox {
    for name in ["a", "b", "c"] {
        registry.package(name, "1.0.0").file("index.js", "exports.x = 1;\n").publish();
    }
    let sandbox = Sandbox::new(registry);
    let ranges = json!({"a": ">=1", "b": "^1", "c": "^1"});
    sandbox.package_json(&json!({"name": "project", "dependencies": ranges}));
    sandbox.denpm(["install"]).succeeded();
    registry.package("d", "1.0.0").publish();
    registry.package("a", "1.1.0").publish();
    registry.package("a", "2.0.0").publish();
    registry.package("b", "1.0.1").publish();
    for version in ["1.1.0", "1.2.0", "1.3.0"] {
        registry.package("b", version).dep("d", "^1").publish();
    }
    registry.package("c", "1.1.0").script("postinstall", "node x.js").publish();
    sandbox
}

fn version(sandbox: &Sandbox, name: &str) -> String {
    let lock = sandbox.json("package-lock.json");
    lock["packages"][format!("node_modules/{name}")]["version"].as_str().unwrap_or("-").to_owned()
}

fn versions(sandbox: &Sandbox) -> String {
    ["a", "b", "c", "d"].map(|name| version(sandbox, name)).join(" ")
}

#[test]
fn an_update_holds_back_what_brings_the_unwanted_and_installs_the_rest() {
    let registry = Registry::start();
    let sandbox = outdated_project(&registry);
    let update = ["update", "--prefer-online", "--unless"];
    let output = sandbox.denpm(update.into_iter().chain(["new-dep,new-script,major"])).succeeded();
    assert_eq!(versions(&sandbox), "1.1.0 1.0.1 1.0.0 -");
    for said in [
        "a 2.0.0 is held back, 1.1.0 instead",
        "major: 1 → 2",
        "b 1.3.0 is held back, 1.0.1 instead",
        "new-dep: d@^1",
        "c 1.1.0 is held back, 1.0.0 stays",
        "new-script: postinstall: node x.js",
    ] {
        assert!(output.stderr.contains(said), "{said}: {output}");
    }
    sandbox.denpm(update.into_iter().chain(["new-script"])).succeeded();
    assert_eq!(versions(&sandbox), "2.0.0 1.3.0 1.0.0 1.0.0");
}

#[test]
fn what_needs_a_version_that_is_held_back_is_held_back_too() {
    let registry = Registry::start();
    registry.package("inner", "1.0.0").file("index.js", "exports.x = 1;\n").publish();
    registry.package("outer", "1.0.0").dep("inner", "^1").publish();
    let sandbox = Sandbox::new(&registry);
    sandbox.package_json(&json!({"name": "project", "dependencies": {"outer": "^1"}}));
    sandbox.denpm(["install"]).succeeded();
    registry.package("inner", "1.1.0").file("index.js", HTTP).publish();
    registry.package("outer", "1.1.0").dep("inner", "1.1.0").publish();
    let update = ["update", "--prefer-online", "--unless=new-capability"];
    let output = sandbox.denpm(update).succeeded();
    assert_eq!(
        (version(&sandbox, "outer"), version(&sandbox, "inner")),
        ("1.0.0".into(), "1.0.0".into())
    );
    output.stderr_has("needs inner@1.1.0: new-capability");
    sandbox.denpm(["update", "--unless=nonsense"]).failed_with("EUSAGE");
}
