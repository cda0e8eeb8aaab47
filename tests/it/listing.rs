//! `ls`, `explain` and `outdated` print what npm prints about the same tree.

use super::support::{Registry, Sandbox, sandbox::npm_is_there};
use serde_json::json;

const PACKAGES: &str = "
a@1.0.0 -> b@^1 c@^1
a@1.1.0 -> b@^1 c@^1
a@2.0.0
b@1.0.0 -> c@^2
c@1.0.0
c@2.0.0
d@1.0.0 -> peer:c@^1
d@1.5.0
";

/// A project that npm has installed; nothing, after saying so, without npm.
fn installed(registry: &Registry, manifest: &serde_json::Value) -> Option<Sandbox> {
    if !npm_is_there() {
        return None;
    }
    registry.tree(PACKAGES);
    let sandbox = Sandbox::new(registry);
    sandbox.package_json(manifest);
    for (folder, manifest) in [
        ("packages/w", json!({"name": "w", "version": "1.0.0", "dependencies": {"a": "1.0.0"}})),
        ("packages/x", json!({"name": "@s/x", "version": "1.0.0", "dependencies": {"w": "^1"}})),
        ("folder", json!({"name": "folder", "version": "3.0.0", "description": "linked"})),
    ] {
        sandbox.file(&format!("{folder}/package.json"), &manifest.to_string());
    }
    sandbox.npm(["install"])?.succeeded();
    Some(sandbox)
}

/// Both print the same and end alike.
#[track_caller]
fn same(sandbox: &Sandbox, commands: &[&str]) {
    for command in commands {
        let words: Vec<&str> = command.split(' ').collect();
        let (npm, denpm) = (sandbox.npm(&words).unwrap(), sandbox.denpm(&words));
        assert_eq!(denpm.stdout, npm.stdout, "{denpm}");
        assert_eq!(denpm.status, npm.status, "{denpm}");
        assert_eq!(denpm.error_code(), npm.error_code(), "{denpm}");
    }
}

const LS: &[&str] = &[
    "ls",
    "ls --all",
    "ls --json --all",
    "ls --parseable --all",
    "ls --parseable --all --long",
    "ls --json --all --long",
    "ls --depth=1",
    "ls c",
    "ls c@2 --json",
    "ls nothing",
    "ls --omit=dev --all",
    "ls --link",
    "ls --package-lock-only --all",
];

fn plain() -> serde_json::Value {
    json!({
        "name": "project", "version": "1.0.0",
        "dependencies": {"a": "1.0.0", "other": "npm:c@^2", "folder": "file:folder"},
        "devDependencies": {"d": "1.0.0"},
        "optionalDependencies": {"not-there": "*"},
    })
}

#[test]
fn ls_of_a_sound_tree_is_npms() {
    let registry = Registry::start();
    let Some(sandbox) = installed(&registry, &plain()) else { return };
    same(&sandbox, LS);
}

#[test]
fn ls_of_a_broken_tree_is_npms() {
    let registry = Registry::start();
    let Some(sandbox) = installed(&registry, &plain()) else { return };
    sandbox.remove("node_modules/b");
    sandbox.file("node_modules/extra/package.json", r#"{"name":"extra","version":"9.0.0"}"#);
    sandbox.file("node_modules/a/package.json", r#"{"name":"a","version":"0.1.0"}"#);
    sandbox.file("node_modules/c/package.json", r#"{"name":"c","version":"3.0.0"}"#);
    same(&sandbox, LS);
}

#[test]
fn ls_with_a_broken_package_json_is_npms() {
    let registry = Registry::start();
    let Some(sandbox) = installed(&registry, &plain()) else { return };
    sandbox.file("package.json", "{");
    same(&sandbox, &["ls", "ls --json"]);
}

#[test]
fn ls_of_workspaces_is_npms() {
    let registry = Registry::start();
    let manifest = json!({
        "name": "project", "version": "1.0.0", "workspaces": ["packages/*"],
        "dependencies": {"c": "1.0.0"},
    });
    let Some(sandbox) = installed(&registry, &manifest) else { return };
    same(
        &sandbox,
        &[
            "ls --all",
            "ls -w w --all",
            "ls -w packages --json",
            "ls --no-workspaces",
            "ls -w w --include-workspace-root",
            "ls -w nothing",
            "explain c",
            "explain c --json",
            "explain w @s/x",
            "explain c -w w",
            "explain c --no-workspaces",
            "outdated",
            "outdated -w w",
        ],
    );
}

#[test]
fn explain_is_npms() {
    let registry = Registry::start();
    let Some(sandbox) = installed(&registry, &plain()) else { return };
    same(
        &sandbox,
        &[
            "explain c",
            "explain c --json",
            "explain a c b --json",
            "explain node_modules/other",
            "explain c@1",
            "explain folder",
            "explain d",
            "explain nothing",
            "explain nothing --json",
            "explain nothing@1 --json",
        ],
    );
}

#[test]
fn outdated_is_npms() {
    let registry = Registry::start();
    let Some(sandbox) = installed(&registry, &plain()) else { return };
    sandbox.remove("node_modules/d");
    same(
        &sandbox,
        &[
            "outdated",
            "outdated --json",
            "outdated --parseable",
            "outdated --long",
            "outdated --json --long",
            "outdated a",
            "outdated folder",
            "outdated --omit=dev",
        ],
    );
}
