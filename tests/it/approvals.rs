//! `approve-scripts`, `deny-scripts` and `install-scripts` write and print what npm does.

use super::support::{Registry, Sandbox, sandbox::npm_is_there};
use serde_json::json;

/// Two equal projects with packages that have install scripts; nothing, after saying so, without npm.
fn projects(registry: &Registry) -> Option<[Sandbox; 2]> {
    if !npm_is_there() {
        return None;
    }
    for version in ["1.0.0", "2.0.0"] {
        registry.package("native", version).script("install", "node build.js").publish();
    }
    registry.package("late", "1.0.0").script("postinstall", "node late.js").publish();
    registry.package("outer", "1.0.0").dep("native", "^1").publish();
    let project = || {
        let sandbox = Sandbox::new(registry);
        sandbox.package_json(&json!({
            "name": "project", "version": "1.0.0",
            "dependencies": {"late": "1.0.0", "native": "^2", "outer": "1.0.0"},
        }));
        sandbox.npm(["install", "--ignore-scripts"])?.succeeded();
        Some(sandbox)
    };
    Some([project()?, project()?])
}

/// Each runs the commands in its project: the same words (but for the name) and the same package.json.
#[track_caller]
fn same(commands: &[&str]) {
    let registry = Registry::start();
    let Some([left, right]) = projects(&registry) else { return };
    for command in commands {
        let words: Vec<&str> = command.split(' ').collect();
        let (npm, denpm) = (left.npm(&words).unwrap(), right.denpm(&words));
        assert_eq!(denpm.stdout.replace("denpm", "npm"), npm.stdout, "{denpm}");
        assert_eq!(denpm.status, npm.status, "{denpm}");
        assert_eq!(denpm.error_code(), npm.error_code(), "{denpm}");
        assert_eq!(right.read("package.json"), left.read("package.json"), "after `{command}`");
    }
}

#[test]
fn listing_of_unreviewed_scripts_is_npms() {
    same(&[
        "install-scripts ls",
        "install-scripts ls --json",
        "approve-scripts --allow-scripts-pending",
    ]);
}

#[test]
fn approval_of_all_pins_every_installed_version() {
    same(&["approve-scripts --all", "approve-scripts --all", "install-scripts ls"]);
}

#[test]
fn approval_by_name_and_by_version_is_npms() {
    same(&[
        "approve-scripts native@2",
        "approve-scripts native --json",
        "approve-scripts native --no-allow-scripts-pin",
        "install-scripts approve late",
    ]);
}

#[test]
fn denial_is_by_name_and_stops_approval() {
    same(&["deny-scripts native late", "approve-scripts native", "install-scripts deny --all"]);
}

#[test]
fn names_that_match_nothing_and_bad_words_are_errors() {
    same(&["approve-scripts nothing native"]);
    let registry = Registry::start();
    let Some([_, project]) = projects(&registry) else { return };
    for command in ["install-scripts", "install-scripts ls native", "approve-scripts"] {
        project.denpm(command.split(' ')).failed_with("EUSAGE");
    }
}

#[test]
fn prune_drops_entries_that_speak_of_nothing() {
    let registry = Registry::start();
    let Some(projects) = projects(&registry) else { return };
    for project in &projects {
        let mut manifest = project.json("package.json");
        manifest["allowScripts"] =
            json!({"native@2.0.0": true, "native@3.0.0": true, "outer": false, "gone": true});
        project.package_json(&manifest);
    }
    let [left, right] = projects;
    for command in ["install-scripts prune --dry-run --json", "install-scripts prune"] {
        let npm = left.npm(command.split(' ')).unwrap();
        let denpm = right.denpm(command.split(' '));
        assert_eq!(denpm.stdout, npm.stdout);
        assert_eq!(right.read("package.json"), left.read("package.json"), "after `{command}`");
    }
}
