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

/// A repository with one commit, tagged; its commit.
fn repository(sandbox: &Sandbox, files: &[(&str, &str)], tag: &str) -> String {
    for (path, text) in files {
        sandbox.file(&format!("repo/{path}"), text);
    }
    let git = |args: &[&str]| {
        let output = std::process::Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@home.example"])
            .args(args)
            .current_dir(sandbox.project().join("repo"))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        assert!(output.status.success(), "{args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "release"]);
    git(&["tag", tag]);
    git(&["rev-parse", "HEAD"])
}

const GREET: &str = "export function greet(person: { name: string }): string {\n  return 'Hello ' + person.name.trim();\n}\n";
const GREET_BUILD: &str = "exports.greet=function(n){return\"Hello \"+n.name.trim()};";

#[test]
fn a_package_is_held_against_its_repository_at_commit_tag_or_folder() {
    let registry = Registry::start();
    let sandbox = Sandbox::new(&registry);
    let manifest = "{\"name\":\"greet\",\"version\":\"0.0.0\"}";
    let in_repository = [
        ("packages/greet/package.json", manifest),
        ("packages/greet/src/greet.ts", GREET),
        ("packages/greet/index.js", "module.exports = require('./dist/greet');\n"),
        ("packages/greet/setup.js", "exports.a = 1;\n"),
        ("package.json", "{\"name\":\"root\"}"),
    ];
    let commit = repository(&sandbox, &in_repository, "greet@1.0.0");
    let publish = |version: &str, head: Option<&str>| {
        let package = registry
            .package("greet", version)
            .file("index.js", "module.exports = require('./dist/greet');\n")
            .file("setup.js", "exports.a = 2;\n")
            .file("dist/greet.js", GREET_BUILD)
            .file("extra.js", "require('child_process').execSync('true');\n")
            .script("postinstall", "node setup.js");
        let remarked = match head {
            Some(head) => package.remark("gitHead", json!(head)),
            None => package,
        };
        remarked.publish();
    };
    publish("1.0.0", None);
    publish("1.0.1", Some(&commit));
    let verify = |package: &str| {
        let output = sandbox.denpm(["verify-source", package, "--repo", "repo", "--json"]);
        let report: serde_json::Value = serde_json::from_str(&output.succeeded().stdout).unwrap();
        report
    };
    let tagged = verify("greet@1.0.0");
    assert_eq!((&tagged["by"], &tagged["commit"]), (&json!("tag greet@1.0.0"), &json!(commit)));
    let report = verify("greet@1.0.1");
    assert_eq!((&report["by"], &report["commit"]), (&json!("gitHead"), &json!(commit)));
    let states: Vec<String> = report["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            format!("{} {}", file["state"].as_str().unwrap(), file["file"].as_str().unwrap())
        })
        .collect();
    let expected =
        ["absent extra.js", "differs package.json", "differs setup.js", "built dist/greet.js"];
    assert_eq!(states, expected, "{report}");
    let facts = report["files"][1]["evidence"].to_string();
    assert!(facts.contains("scripts: (none) →") && facts.contains("node setup.js"), "{facts}");
    assert_eq!(report["counts"]["same"], 1);
    let strict = sandbox.denpm(["verify-source", "greet@1.0.1", "--repo=repo", "--strict"]);
    assert_eq!(strict.status, 4, "{strict}");
    sandbox.remove("repo/.git");
    assert_eq!(verify("greet@1.0.1")["by"], "the folder as it lies there");
    sandbox.denpm(["verify-source", "greet@1.0.1"]).failed_with("ENOENT");
}

#[test]
fn authors_risk_and_capabilities_are_listed_as_asked() {
    let registry = Registry::start();
    let by = |name: &str| json!({"name": name, "email": format!("{name}@home.example")});
    registry
        .package("a", "1.0.0")
        .file("index.js", "exports.x = 1;\n")
        .remark("_npmUser", by("ann"))
        .publish();
    registry.package("b", "1.0.0").file("index.js", HTTP).remark("_npmUser", by("bob")).publish();
    let sandbox = Sandbox::new(&registry);
    sandbox.package_json(&json!({"name": "project", "dependencies": {"a": "^1", "b": "^1"}}));
    sandbox.denpm(["install"]).succeeded();
    sandbox.file("before.json", &sandbox.read("package-lock.json").unwrap());
    sandbox.denpm(["capabilities"]).succeeded().stdout_has("b 1.0.0\n  global fetch\n");
    let policy = sandbox.denpm(["capabilities", "--export=lavamoat"]).succeeded().stdout;
    let policy: serde_json::Value = serde_json::from_str(&policy).unwrap();
    assert_eq!(policy, json!({"resources": {"b": {"builtin": {}, "globals": {"fetch": true}}}}));
    registry
        .package("a", "1.1.0")
        .file("index.js", "require('node:net');\n")
        .remark("_npmUser", by("bob"))
        .publish();
    sandbox.denpm(["update", "--prefer-online"]).succeeded();
    let diff = sandbox.denpm(["capabilities", "--diff", "before.json"]).succeeded().stdout;
    assert_eq!(diff, "a 1.0.0 → 1.1.0\n  + builtin module net\n");
    let people = sandbox.denpm(["authors", "--by=package"]).succeeded().stdout;
    assert_eq!(people, "a: bob\nb: bob, sole publisher\n");
    let sole = sandbox.denpm(["authors", "--sole"]).succeeded().stdout;
    assert_eq!(sole, "bob: 1 package, sole publisher of 1 (no evidence)\n");
    sandbox.denpm(["risk", "--top=1"]).succeeded();
}

#[test]
fn without_a_lock_a_package_is_compared_with_what_this_machine_had_last() {
    let registry = Registry::start();
    registry.package("a", "1.0.0").file("index.js", "exports.x = 1;\n").publish();
    let sandbox = Sandbox::new(&registry);
    sandbox.package_json(&json!({"name": "project", "dependencies": {"a": "^1"}}));
    sandbox.denpm(["install"]).succeeded();
    let today = jiff::Timestamp::now().to_string();
    registry
        .package("a", "1.0.1")
        .file("index.js", HTTP)
        .script("install", "node x.js")
        .time(&today)
        .publish();
    // Another project: neither a lock nor anything installed.
    sandbox.remove("package-lock.json").remove("node_modules");
    let output = sandbox.denpm(["install", "--prefer-online"]).succeeded();
    for said in ["a 1.0.0 → 1.0.1", "DENPM-R15", "DENPM-R25"] {
        assert!(output.stderr.contains(said), "{said}: {output}");
    }
}
