//! A folder without a package.json: what npm does there, and where it gives up.

use crate::support::both;
use serde_json::json;

const LOCK: &str = r#"{
  "name": "project",
  "lockfileVersion": 3,
  "requires": true,
  "packages": {
    "": {"name": "project", "dependencies": {"c": "^1.0.0"}},
    "node_modules/c": {"version": "1.0.0"}
  }
}
"#;

#[test]
fn bare_install_without_package_json_ends_where_the_scripts_would_begin() {
    let Some(both) = both("c@1.0.0") else { return };
    both.fail(["install", "--dry-run"], "ENOENT")
        .say(["install"], "enoent Could not read package.json")
        .fail(["install"], "ENOENT")
        .fail(["install", "--package-lock-only"], "ENOENT")
        .run(["install", "--ignore-scripts"])
        .run(["update"])
        .run(["prune"])
        .run(["uninstall", "c"]);
}

#[test]
fn lock_without_package_json_is_emptied() {
    let Some(both) = both("c@1.0.0") else { return };
    both.file("package-lock.json", LOCK)
        .fail(["ci"], "ENOENT")
        .file("node_modules/x/package.json", "{}")
        .fail(["ci", "--ignore-scripts"], "ENOENT")
        .run(["ci", "--ignore-scripts", "--dry-run"])
        .fail(["ci", "--dry-run"], "ENOENT")
        .fail(["install"], "ENOENT")
        .file("package-lock.json", LOCK)
        .run(["update"]);
}

#[test]
fn lock_with_a_version_is_not_in_sync_with_nothing() {
    let Some(both) = both("c@1.0.0") else { return };
    both.file("package-lock.json", &LOCK.replace(r#""": {"#, r#""": {"version": "1.0.0", "#))
        .say(["ci"], "Invalid: lock file's")
        .fail(["ci", "--ignore-scripts"], "EUSAGE")
        .fail(["ci", "--dry-run"], "EUSAGE");
}

#[test]
fn package_named_makes_a_package_json() {
    let Some(both) = both("c@1.0.0") else { return };
    both.run(["install", "c", "--no-save"]).run(["install", "c"]).run(["install"]);
}

#[test]
fn dry_run_of_ci_tells_what_an_install_would_change() {
    let Some(both) = both("c@1.0.0\nd@1.0.0") else { return };
    both.depends(&json!({"c": "1", "d": "1"}))
        .run(["install", "--package-lock-only"])
        .print(["ci", "--dry-run"])
        .run(["ci"])
        .print(["ci", "--dry-run"])
        .remove("node_modules/c")
        .print(["ci", "--dry-run"]);
}
