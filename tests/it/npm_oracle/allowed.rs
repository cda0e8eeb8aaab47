//! `allow-git`, `allow-remote`, `allow-file`, `allow-directory`: who may ask for what.

use crate::support::{both, oracle::Both, package::loose_tarball};
use serde_json::json;

/// A project in which only the project itself may ask for anything.
fn strict() -> Option<Both> {
    let both = both("")?;
    for kind in ["git", "remote", "file", "directory"] {
        both.npmrc(&format!("allow-{kind}=root"));
    }
    let tarball = loose_tarball(&json!({"name": "t", "version": "1.0.0"}));
    both.registry.serve("files/t.tgz", "application/octet-stream", tarball.clone());
    both.bytes("t.tgz", &tarball)
        .folder("x", &json!({"name": "x", "version": "1.0.0"}))
        .folder("w", &json!({"name": "w", "version": "1.0.0"}))
        .project(&json!({}));
    Some(both)
}

#[test]
fn what_is_typed_is_asked_for_by_the_project() {
    for argument in ["./x", "x@./x", "./t.tgz", "t@./t.tgz", "${REGISTRY}files/t.tgz"] {
        let Some(both) = strict() else { return };
        both.run(["install", argument]).run(["install"]).remove("node_modules").run(["ci"]);
    }
}

#[test]
fn what_is_typed_for_a_workspace_is_asked_for_by_one_that_is_known() {
    let Some(both) = strict() else { return };
    both.project(&json!({"workspaces": ["w"]}))
        .fail(["install", "./x", "--workspace=w"], "EALLOWDIRECTORY")
        .run(["install"])
        .run(["install", "./x", "--workspace=w"]);
}

#[test]
fn what_a_linked_folder_asks_for_is_refused() {
    let Some(both) = strict() else { return };
    both.folder("x", &json!({"name": "x", "version": "1.0.0", "dependencies": {"w": "file:../w"}}))
        .fail(["install", "./x"], "EALLOWDIRECTORY")
        .run(["install", "./x", "./w"]);
}

#[test]
fn nobody_may_ask_for_what_is_switched_off() {
    let Some(both) = strict() else { return };
    for (kind, argument, code) in [
        ("file", "./t.tgz", "EALLOWFILE"),
        ("directory", "./x", "EALLOWDIRECTORY"),
        ("remote", "${REGISTRY}files/t.tgz", "EALLOWREMOTE"),
    ] {
        let setting = format!("--allow-{kind}=none");
        both.fail(["install", argument, setting.as_str()], code);
    }
}
