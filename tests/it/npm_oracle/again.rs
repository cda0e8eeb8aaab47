//! Runs after other runs: what the first one left is not always what the next one leaves.

use crate::support::both;
use serde_json::json;
use std::{thread, time::Duration};

#[test]
fn package_that_only_an_optional_peer_wants_goes_with_the_second_install() {
    let tree = "a@1.0.0 -> b@1.0.0 c@1.0.0\nb@1.0.0 -> c@1.0.0\nx@1.0.0\nx@2.0.0";
    let Some(both) = both(tree) else { return };
    both.registry.package("c", "1.0.0").peer_optional("x", "^2").publish();
    both.depends(&json!({"a": "1.0.0", "x": "1.0.0"}))
        .run(["install"])
        .run(["install"])
        .run(["install"]);
}

#[test]
fn command_of_the_package_that_was_built_last_wins() {
    let Some(both) = both("") else { return };
    for name in ["a", "b"] {
        both.registry.package(name, "1.0.0").bin("tool", &format!("{name}.js")).publish();
    }
    both.depends(&json!({"a": "1.0.0"}))
        .run(["install"])
        .run(["install", "b"])
        .run(["install"])
        .run(["uninstall", "b"])
        .run(["install"]);
}

#[test]
fn who_may_execute_a_file_is_as_in_the_archive() {
    let Some(both) = both("") else { return };
    let package = both.registry.package("a", "1.0.0");
    package.with_file("own.sh", "", 0o700).with_file("group.sh", "", 0o610).publish();
    both.depends(&json!({"a": "1.0.0"})).run(["install"]);
}

#[test]
fn plain_file_in_node_modules_is_a_package_nobody_needs() {
    let Some(both) = both("a@1.0.0\na@2.0.0") else { return };
    both.depends(&json!({"a": "1"})).run(["install"]);
    let litter = || {
        // What changes within 10 ms of the hidden lock is not noticed, by neither.
        thread::sleep(Duration::from_millis(50));
        both.file("node_modules/file", "text")
            .file("node_modules/@scope/file", "text")
            .file("node_modules/.hidden", "text")
            .file("node_modules/a/node_modules/file", "text")
    };
    litter().print(["ls"]).run(["install", "--dry-run"]).run(["install"]);
    litter().run(["install", "a@2"]);
    litter().run(["prune"]);
    litter().run(["ci"]);
}
