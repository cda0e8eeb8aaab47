//! The commands after the first install.

use crate::support::{Registry, Sandbox, both};
use serde_json::json;

#[test]
fn second_install_changes_nothing() {
    let Some(both) = both("a@1.0.0 -> b@1\nb@1.0.0") else { return };
    both.depends(&json!({"a": "1"})).run(["install"]);
    both.registry.tree("a@1.1.0\nb@1.1.0");
    both.run(["install"]).has("node_modules/a", "1.0.0");
}

#[test]
fn added_package_is_saved_with_a_caret() {
    let Some(both) = both("a@1.2.3\nb@0.1.0\nb@0.2.0") else { return };
    both.project(&json!({})).run(["install", "a", "b@0.1"]).has("node_modules/b", "0.1.0");
}

#[test]
fn save_flags_choose_the_group() {
    let Some(both) = both("a@1.0.0\nb@1.0.0\nc@1.0.0\nd@1.0.0\ne@1.0.0") else { return };
    both.project(&json!({}))
        .run(["install", "-D", "a"])
        .run(["install", "-O", "b"])
        .run(["install", "--save-peer", "c"])
        .run(["install", "-E", "d"])
        .run(["install", "--save-prefix=~", "e"]);
}

#[test]
fn package_moves_between_groups() {
    let Some(both) = both("a@1.0.0\nb@1.0.0") else { return };
    both.project(&json!({"dependencies": {"a": "^1.0.0"}, "devDependencies": {"b": "^1.0.0"}}))
        .run(["install"])
        .run(["install", "-D", "a"])
        .run(["install", "-P", "b"])
        .run(["install", "-O", "b"]);
}

#[test]
fn unsaved_package_leaves_the_files_alone() {
    let Some(both) = both("a@1.0.0\nb@1.0.0") else { return };
    both.depends(&json!({"a": "1"}))
        .run(["install"])
        .run(["install", "--no-save", "b"])
        .has("node_modules/b", "1.0.0");
}

#[test]
fn removed_package_takes_its_dependencies_along() {
    let Some(both) = both("a@1.0.0 -> b@1 c@1\nb@1.0.0\nc@1.0.0\nd@1.0.0 -> c@1") else { return };
    both.depends(&json!({"a": "1", "d": "1"}))
        .run(["install"])
        .run(["uninstall", "a"])
        .has_not("node_modules/b")
        .has("node_modules/c", "1.0.0");
}

#[test]
fn omitted_groups_stay_in_the_lock() {
    let Some(both) = both("a@1.0.0\nb@1.0.0 -> c@1\nc@1.0.0\nd@1.0.0") else { return };
    both.project(&json!({
        "dependencies": {"a": "1"}, "devDependencies": {"b": "1"},
        "optionalDependencies": {"d": "1"},
    }))
    .run(["install", "--omit=dev"])
    .has_not("node_modules/c")
    .lock_has("node_modules/c")
    .run(["ci", "--omit=dev", "--omit=optional"])
    .has_not("node_modules/d");
}

#[test]
fn update_moves_within_the_ranges() {
    let Some(both) = both("a@1.0.0 -> b@^1\nb@1.0.0\nc@1.0.0") else { return };
    both.depends(&json!({"a": "^1.0.0", "c": "~1.0.0"})).run(["install"]);
    both.registry.tree("a@1.1.0 -> b@^1\na@2.0.0\nb@1.5.0\nc@1.1.0");
    both.run(["update"]).has("node_modules/a", "1.1.0").has("node_modules/b", "1.5.0");
}

#[test]
fn update_of_one_package_leaves_the_others() {
    let Some(both) = both("a@1.0.0\nc@1.0.0") else { return };
    both.depends(&json!({"a": "^1.0.0", "c": "^1.0.0"})).run(["install"]);
    both.registry.tree("a@1.1.0\nc@1.1.0");
    both.run(["update", "a", "--save"]).has("node_modules/c", "1.0.0");
}

#[test]
fn dedupe_merges_what_a_lower_version_satisfies() {
    let tree = "a@1.0.0 -> c@1.0.0\nb@1.0.0 -> c@^1\nc@1.0.0\nc@1.1.0";
    let Some(both) = both(tree) else { return };
    both.depends(&json!({"b": "1"})).run(["install"]).has("node_modules/c", "1.1.0");
    both.run(["install", "a"]).run(["dedupe"]).has_not("node_modules/a/node_modules/c");
}

#[test]
fn prune_removes_what_nobody_asked_for() {
    let Some(both) = both("a@1.0.0\nb@1.0.0 -> c@1\nc@1.0.0") else { return };
    both.project(&json!({"dependencies": {"a": "1"}, "devDependencies": {"b": "1"}}))
        .run(["install"])
        .folder("node_modules/stray", &json!({"name": "stray", "version": "1.0.0"}))
        .run(["prune"])
        .run(["prune", "--omit=dev"])
        .has_not("node_modules/c");
}

#[test]
fn dry_run_writes_nothing() {
    let Some(both) = both("a@1.0.0 -> b@1\nb@1.0.0") else { return };
    both.depends(&json!({"a": "1"})).print(["install", "--dry-run"]).has_not("node_modules");
}

#[test]
fn lists_are_printed_alike() {
    let Some(both) = both("a@1.0.0 -> b@1 c@2\nb@1.0.0 -> c@1\nc@1.0.0\nc@2.0.0") else { return };
    both.depends(&json!({"a": "^1", "c": "1"}))
        .run(["install"])
        .print(["ls"])
        .print(["ls", "--all"])
        .print(["ls", "--all", "--json"])
        .print(["explain", "c"]);
    both.registry.tree("a@1.1.0\na@2.0.0");
    both.print(["outdated"]);
}

#[test]
fn project_is_not_installed_into_itself() {
    let Some(both) = both("a@1.0.0\nb@1.0.0") else { return };
    both.depends(&json!({"a": "1"})).run(["install", "."]).has("node_modules/a", "1.0.0");
    both.run(["install", "./", "b"]).has("node_modules/b", "1.0.0");
    both.run(["install", "../project"]);
}

#[test]
fn nothing_to_remove_is_an_error_and_no_install() {
    let registry = Registry::start();
    registry.tree("a@1.0.0");
    let sandbox = Sandbox::new(&registry);
    sandbox.package_json(&json!({"name": "project", "dependencies": {"a": "1"}}));
    assert_eq!(sandbox.denpm(["uninstall"]).failed_with("EUSAGE").status, 1);
    assert_eq!(sandbox.read("package-lock.json"), None);
}
