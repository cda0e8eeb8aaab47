//! Where packages go, and which flags they get.

use crate::support::both;
use serde_json::json;

#[test]
fn plain_dependencies_are_hoisted() {
    let Some(both) = both("a@1.0.0 -> b@^1\nb@1.2.0 ; license=MIT") else { return };
    both.depends(&json!({"a": "^1"})).run(["install"]).has("node_modules/b", "1.2.0");
}

#[test]
fn project_without_dependencies_gets_a_lock() {
    let Some(both) = both("") else { return };
    both.project(&json!({})).run(["install"]).lock_has("lockfileVersion");
}

#[test]
fn conflicting_version_is_nested_under_its_dependent() {
    let Some(both) = both("a@1.0.0 -> c@1\nb@1.0.0 -> c@2\nc@1.0.0\nc@2.0.0") else { return };
    both.depends(&json!({"a": "1", "b": "1"}))
        .run(["install"])
        .has("node_modules/c", "1.0.0")
        .has("node_modules/b/node_modules/c", "2.0.0");
}

#[test]
fn nested_duplicates_stay_duplicates() {
    let tree = "a@1.0.0 -> d@1\nb@1.0.0 -> d@2\nc@1.0.0 -> d@2\nd@1.0.0\nd@2.0.0 -> e@2
        e@1.0.0\ne@2.0.0";
    let Some(both) = both(tree) else { return };
    both.depends(&json!({"a": "1", "b": "1", "c": "1", "e": "1"}))
        .run(["install"])
        .has("node_modules/b/node_modules/d", "2.0.0")
        .has("node_modules/c/node_modules/d", "2.0.0");
}

#[test]
fn cyclic_dependencies_end() {
    let Some(both) = both("a@1.0.0 -> b@1\nb@1.0.0 -> c@1\nc@1.0.0 -> a@1 b@1") else { return };
    both.depends(&json!({"a": "1"})).run(["install"]).has("node_modules/c", "1.0.0");
}

#[test]
fn cycle_of_conflicting_versions_ends() {
    let tree = "a@1.0.0 -> b@1\nb@1.0.0 -> a@2\na@2.0.0 -> b@2\nb@2.0.0 -> a@1";
    let Some(both) = both(tree) else { return };
    both.depends(&json!({"a": "1"})).run(["install"]);
}

#[test]
fn names_are_sorted_as_npm_sorts_them() {
    let names = ["a_b", "a-b", "a.b", "ab", "B", "b", "a10", "a2", "@z/a", "@a/z", "Zed", "zeb"];
    let Some(both) = both("x@1.0.0") else { return };
    let mut dependencies = json!({});
    for name in names {
        both.registry.package(name, "1.0.0").publish();
        dependencies[name] = json!("1");
    }
    both.depends(&dependencies).run(["install", "--package-lock-only"]);
}

#[test]
fn scoped_packages_have_scoped_folders() {
    let Some(both) = both("@s/a@1.0.0 -> @s/b@^1 @t/c@1\n@s/b@1.0.0\n@t/c@1.0.0") else { return };
    both.depends(&json!({"@s/a": "^1"})).run(["install"]).has("node_modules/@t/c", "1.0.0");
}

#[test]
fn alias_is_installed_under_its_alias() {
    let Some(both) = both("a@1.0.0 -> alias:x=npm:y@1 y@2\ny@1.0.0\ny@2.0.0") else { return };
    both.depends(&json!({"a": "1", "z": "npm:y@1.0.0"}))
        .run(["install"])
        .has("node_modules/x", "1.0.0")
        .has("node_modules/y", "2.0.0");
}

#[test]
fn flags_tell_dev_optional_and_peer_apart() {
    let tree = "a@1.0.0 -> s@1\nd@1.0.0 -> s@1 t@1\no@1.0.0 -> t@1 u@1\np@1.0.0 -> u@1 v@1
        s@1.0.0\nt@1.0.0\nu@1.0.0\nv@1.0.0";
    let Some(both) = both(tree) else { return };
    both.project(&json!({
        "dependencies": {"a": "1"}, "devDependencies": {"d": "1"},
        "optionalDependencies": {"o": "1"}, "peerDependencies": {"p": "1"},
    }))
    .run(["install"])
    .lock_has("\"devOptional\": true")
    .lock_has("\"peer\": true");
}

#[test]
fn command_of_two_packages_goes_to_the_first() {
    let Some(both) = both("c@1.0.0") else { return };
    both.registry.package("b", "1.0.0").bin("tool", "b.js").publish();
    both.registry.package("a", "1.0.0").bin("tool", "a.js").bin("other", "o.js").publish();
    both.registry.package("d", "1.0.0").bin("gone", "x.js").bin("here", "h.js").publish();
    both.depends(&json!({"b": "1", "a": "1", "d": "1"})).run(["install"]);
}

#[test]
fn command_of_a_nested_package_is_linked_beside_it() {
    let Some(both) = both("a@1.0.0 -> t@1\nb@1.0.0 -> t@2") else { return };
    both.registry.package("t", "1.0.0").bin("t", "./t.js").publish();
    both.registry.package("t", "2.0.0").bin("t", "bin/t.js").publish();
    both.depends(&json!({"a": "1", "b": "1"})).run(["install"]).has("node_modules/t", "1.0.0");
}

#[test]
fn files_keep_their_bytes_and_executable_bits() {
    let Some(both) = both("b@1.0.0") else { return };
    let package = both.registry.package("a", "1.0.0").file("index.js", "module.exports = 1\r\n");
    let crlf = "#!/usr/bin/env node\r\nconsole.log(1)\r\n";
    let package = package.file("lib/.hidden", "").executable("tools/run.sh", "#!/bin/sh\n");
    package.file("plain.js", crlf).bin("plain", "plain.js").publish();
    both.depends(&json!({"a": "1"})).run(["install"]);
}
