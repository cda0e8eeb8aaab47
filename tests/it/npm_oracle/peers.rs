//! Peer dependencies: placed together, or refused together.

use crate::support::both;
use serde_json::json;

#[test]
fn peer_is_installed_beside_its_dependent() {
    let Some(both) = both("a@1.0.0 -> peer:p@^1\np@1.0.0 -> q@1\nq@1.0.0\np@2.0.0") else { return };
    both.depends(&json!({"a": "1"})).run(["install"]).has("node_modules/p", "1.0.0");
}

#[test]
fn peer_set_decides_the_version_of_the_shared_peer() {
    let tree = "react@16.0.0\nreact@17.0.0\nreact@18.0.0\ndom@17.0.0 -> peer:react@17
        dom@18.0.0 -> peer:react@18\nui@1.0.0 -> peer:react@16||17 peer:dom@17";
    let Some(both) = both(tree) else { return };
    both.depends(&json!({"ui": "1"})).run(["install"]).has("node_modules/react", "17.0.0");
}

#[test]
fn peer_of_a_nested_package_is_nested_with_it() {
    let tree = "a@1.0.0 -> b@1 p@1\nb@1.0.0 -> peer:p@1\np@1.0.0\np@2.0.0";
    let Some(both) = both(tree) else { return };
    both.depends(&json!({"a": "1", "p": "2"}))
        .run(["install"])
        .has("node_modules/p", "2.0.0")
        .has("node_modules/a/node_modules/p", "1.0.0");
}

#[test]
fn peer_conflict_of_the_root_is_refused() {
    let Some(both) = both("a@1.0.0 -> peer:p@1\np@1.0.0\np@2.0.0") else { return };
    both.depends(&json!({"a": "1", "p": "2"})).fail(["install"], "ERESOLVE");
}

#[test]
fn peer_conflict_is_overridden_by_force() {
    let Some(both) = both("a@1.0.0 -> peer:p@1\np@1.0.0\np@2.0.0") else { return };
    both.depends(&json!({"a": "1", "p": "2"})).run(["install", "--force"]);
}

#[test]
fn peers_are_ignored_by_legacy_peer_deps() {
    let Some(both) = both("a@1.0.0 -> peer:p@1\np@1.0.0\np@2.0.0") else { return };
    both.depends(&json!({"a": "1", "p": "2"}))
        .run(["install", "--legacy-peer-deps"])
        .has("node_modules/p", "2.0.0");
}

#[test]
fn peer_conflict_below_the_root_is_only_a_warning() {
    let tree = "a@1.0.0 -> x@1 y@1\nx@1.0.0 -> peer:p@1\ny@1.0.0 -> peer:p@2\np@1.0.0\np@2.0.0";
    let Some(both) = both(tree) else { return };
    both.depends(&json!({"a": "1"})).run(["install"]);
}

#[test]
fn peer_conflict_below_the_root_is_refused_when_strict() {
    let tree = "a@1.0.0 -> x@1 p@2\nx@1.0.0 -> peer:p@1\np@1.0.0\np@2.0.0";
    let Some(both) = both(tree) else { return };
    both.depends(&json!({"a": "1"})).fail(["install", "--strict-peer-deps"], "ERESOLVE");
}

#[test]
fn optional_peer_is_not_installed_but_constrains() {
    let tree = "a@1.0.0 -> peeropt:p@1\nb@1.0.0 -> p@*\np@1.0.0\np@2.0.0";
    let Some(both) = both(tree) else { return };
    both.depends(&json!({"a": "1"})).run(["install"]).has_not("node_modules/p");
    both.run(["install", "b"]);
}
