//! Lockfiles that are already there, and how they are written again.

use crate::support::both;
use serde_json::json;

/// A tree in which a lock matters: newer versions of everything exist.
const TREE: &str = "a@1.0.0 -> b@^1\na@1.1.0 -> b@^1\nb@1.0.0\nb@1.1.0";

/// A lock of the oldest versions, as npm 6 wrote it.
fn v1(integrity_of_a: &str, integrity_of_b: &str) -> String {
    format!(
        r#"{{
  "name": "project",
  "version": "1.0.0",
  "lockfileVersion": 1,
  "requires": true,
  "dependencies": {{
    "a": {{
      "version": "1.0.0",
      "resolved": "${{REGISTRY}}a/-/a-1.0.0.tgz",
      "integrity": "{integrity_of_a}",
      "requires": {{
        "b": "^1"
      }}
    }},
    "b": {{
      "version": "1.0.0",
      "resolved": "${{REGISTRY}}b/-/b-1.0.0.tgz",
      "integrity": "{integrity_of_b}"
    }}
  }}
}}
"#
    )
}

#[test]
fn lock_of_version_1_is_kept_and_written_as_3() {
    let Some(both) = both(TREE) else { return };
    let (a, b) = (both.registry.integrity("a", "1.0.0"), both.registry.integrity("b", "1.0.0"));
    both.depends(&json!({"a": "^1"}))
        .file("package-lock.json", &v1(&a, &b))
        .run(["install"])
        .has("node_modules/b", "1.0.0")
        .lock_has("\"lockfileVersion\": 3");
}

#[test]
fn lock_of_version_2_stays_version_2() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "1.0.0"}))
        .run(["install", "--lockfile-version=2"])
        .lock_has("\"lockfileVersion\": 2")
        .depends(&json!({"a": "1.1.0"}))
        .run(["install"])
        .lock_has("\"lockfileVersion\": 2");
}

#[test]
fn lock_of_version_3_is_not_resolved_again() {
    let Some(both) = both("a@1.0.0 -> b@^1\nb@1.0.0") else { return };
    both.depends(&json!({"a": "^1"})).run(["install", "--package-lock-only"]);
    both.registry.tree("a@1.1.0\nb@1.1.0");
    both.run(["install"]).has("node_modules/b", "1.0.0");
}

#[test]
fn lock_is_written_as_version_1_on_demand() {
    let Some(both) = both("a@1.0.0 -> b@^1 c@1\nb@1.0.0 -> c@2\nc@1.0.0\nc@2.0.0") else { return };
    both.depends(&json!({"a": "^1"})).run(["install", "--lockfile-version=1"]);
}

#[test]
fn indentation_of_package_json_is_kept() {
    let Some(both) = both(TREE) else { return };
    both.file("package.json", "{\n\t\"name\": \"project\",\n\t\"version\": \"1.0.0\"\n}")
        .run(["install", "a"])
        .lock_has("\n\t\"lockfileVersion\"");
}

#[test]
fn line_ends_of_windows_are_kept() {
    let Some(both) = both(TREE) else { return };
    let text = "{\r\n    \"name\": \"project\",\r\n    \"version\": \"1.0.0\"\r\n}\r\n";
    both.file("package.json", text).run(["install", "a"]).run(["install", "-D", "b"]);
}

#[test]
fn order_and_unknown_fields_of_package_json_are_kept() {
    let Some(both) = both(TREE) else { return };
    let text = r#"{
  "zeta": [1, {"x": 1.50}],
  "devDependencies": {"z": "npm:b@1", "b": "1.0.0"},
  "name": "project", "dependencies": {}, "license": {"type": "MIT"},
  "bin": "./cli.js", "files": []
}
"#;
    both.file("package.json", text).run(["install", "a"]);
}

#[test]
fn ci_installs_the_lock_and_leaves_it() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "^1"}))
        .run(["install", "--package-lock-only"])
        .file("node_modules/stray/index.js", "1")
        .run(["ci"])
        .has_not("node_modules/stray");
}

#[test]
fn ci_without_a_lock_is_refused() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "^1"})).fail(["ci"], "EUSAGE");
}

#[test]
fn ci_with_a_lock_of_other_ranges_is_refused() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "1.0.0"}))
        .run(["install"])
        .depends(&json!({"a": "1.1.0", "b": "1.0.0"}))
        .fail(["ci"], "EUSAGE");
}

#[test]
fn lock_follows_an_edited_package_json() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "1.0.0"}))
        .run(["install"])
        .depends(&json!({"b": "1.0.0"}))
        .run(["install"])
        .has_not("node_modules/a")
        .has("node_modules/b", "1.0.0");
}

#[test]
fn installed_tree_is_the_start_when_there_is_no_lock() {
    let Some(both) = both("a@1.0.0 -> b@^1\nb@1.0.0") else { return };
    both.depends(&json!({"a": "^1"})).run(["install"]).remove("package-lock.json");
    both.registry.tree("a@1.1.0\nb@1.1.0");
    both.run(["install"]).has("node_modules/a", "1.0.0");
}

#[test]
fn lock_is_not_written_without_package_lock() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "^1"}))
        .run(["install", "--no-package-lock"])
        .has_not("package-lock.json");
}

#[test]
fn merge_conflict_in_a_lock_is_resolved() {
    let Some(both) = both(TREE) else { return };
    let (a, b) = (both.registry.integrity("a", "1.0.0"), both.registry.integrity("b", "1.0.0"));
    let name = "  \"name\": \"project\",\n";
    let conflict = format!("<<<<<<< HEAD\n{name}=======\n{name}>>>>>>> other\n");
    let lock = v1(&a, &b).replace(name, &conflict);
    both.depends(&json!({"a": "^1"}))
        .file("package-lock.json", &lock)
        .run(["install"])
        .has("node_modules/a", "1.0.0");
}

#[test]
fn empty_dev_dependencies_are_kept_in_the_lock() {
    let Some(both) = both("a@1.0.0 -> b@1\nb@1.0.0") else { return };
    let manifest = |name: &str| {
        json!({
            "name": name, "version": "1.0.0", "devDependencies": {}, "optionalDependencies": {},
            "peerDependencies": {}, "engines": {}, "bundleDependencies": [], "os": [], "bin": {},
        })
    };
    let mut root = manifest("project");
    root["workspaces"] = json!(["w"]);
    both.folder("w", &manifest("w"))
        .folder("lib", &manifest("lib"))
        .project(&root)
        .run(["install", "./lib"])
        .lock_has("\"devDependencies\": {}")
        .run(["install"])
        .project(&root)
        .run(["install"])
        .run(["install", "a"])
        .run(["install"])
        .project(&root)
        .run(["install", "-D", "a"])
        .run(["uninstall", "a"])
        .remove("node_modules")
        .run(["ci"]);
}
