//! Which version is chosen, and what may change that choice.

use crate::support::both;
use serde_json::json;

#[test]
fn latest_wins_over_higher_versions() {
    let Some(both) = both("a@1.0.0\na@1.1.0\na@1.2.0") else { return };
    both.registry.tag("a", "latest", "1.1.0");
    both.depends(&json!({"a": "^1"})).run(["install"]).has("node_modules/a", "1.1.0");
}

#[test]
fn deprecated_version_is_chosen_last() {
    let Some(both) = both("a@1.0.0\na@1.1.0 ; deprecated=broken") else { return };
    both.depends(&json!({"a": "^1"})).run(["install"]).has("node_modules/a", "1.0.0");
}

#[test]
fn deprecated_version_that_is_the_only_one_warns() {
    let Some(both) = both("a@1.0.0 ; deprecated=use b\nb@1.0.0 -> a@1") else { return };
    both.depends(&json!({"b": "1"})).warn(["install"], "deprecated a@1.0.0: use b");
}

#[test]
fn version_for_another_engine_is_chosen_last() {
    let Some(both) = both("a@1.0.0\na@1.1.0 ; node=>=999") else { return };
    both.depends(&json!({"a": "^1"})).run(["install"]).has("node_modules/a", "1.0.0");
}

#[test]
fn unsupported_engine_warns() {
    let Some(both) = both("a@1.0.0 ; node=>=999") else { return };
    both.depends(&json!({"a": "1"})).warn(["install"], "EBADENGINE");
}

#[test]
fn unsupported_engine_is_refused_when_strict() {
    let Some(both) = both("a@1.0.0 ; node=>=999") else { return };
    both.depends(&json!({"a": "1"})).fail(["install", "--engine-strict"], "EBADENGINE");
}

#[test]
fn unsupported_platform_is_refused() {
    let Some(both) = both("a@1.0.0 ; os=plan9") else { return };
    both.depends(&json!({"a": "1"})).fail(["install"], "EBADPLATFORM");
}

#[test]
fn optional_package_of_another_platform_is_only_in_the_lock() {
    let tree = "a@1.0.0 -> opt:f@^2 opt:g@1\nf@2.0.0 -> h@1 ; os=plan9\ng@1.0.0 ; cpu=!z80
        h@1.0.0";
    let Some(both) = both(tree) else { return };
    both.depends(&json!({"a": "1"}))
        .run(["install"])
        .has_not("node_modules/f")
        .lock_has("node_modules/f")
        .run(["ci"]);
}

#[test]
fn optional_package_that_is_not_found_is_left_out() {
    let Some(both) = both("a@1.0.0 -> opt:gone@1\nb@1.0.0") else { return };
    both.project(
        &json!({"dependencies": {"a": "1"}, "optionalDependencies": {"b": "9", "c": "1"}}),
    )
    .run(["install"])
    .has_not("node_modules/b");
}

#[test]
fn dist_tag_is_followed() {
    let Some(both) = both("a@1.0.0\na@2.0.0-rc.1 ; tag=next") else { return };
    both.depends(&json!({"a": "next"})).run(["install"]).has("node_modules/a", "2.0.0-rc.1");
}

#[test]
fn prerelease_needs_a_range_that_names_one() {
    let Some(both) = both("a@1.0.0\na@1.1.0-beta.1\na@1.1.0-beta.2\nb@1.0.0-alpha") else { return };
    both.depends(&json!({"a": "^1.1.0-beta.1", "b": "*"})).run(["install"]);
    both.has("node_modules/a", "1.1.0-beta.2").has("node_modules/b", "1.0.0-alpha");
}

#[test]
fn versions_after_a_date_do_not_exist() {
    let tree = "a@1.0.0 ; time=2021-01-01T00:00:00.000Z\na@1.1.0 ; time=2023-01-01T00:00:00.000Z";
    let Some(both) = both(tree) else { return };
    both.depends(&json!({"a": "^1"}))
        .run(["install", "--before=2022-01-01"])
        .has("node_modules/a", "1.0.0");
}

#[test]
fn override_replaces_a_version_everywhere() {
    let Some(both) = both("a@1.0.0 -> c@1\nb@1.0.0 -> a@1 c@^1\nc@1.0.0\nc@2.0.0") else { return };
    both.project(&json!({"dependencies": {"a": "1", "b": "1"}, "overrides": {"c": "2.0.0"}}))
        .run(["install"])
        .has("node_modules/c", "2.0.0");
}

#[test]
fn nested_override_holds_only_below_its_package() {
    let Some(both) = both("a@1.0.0 -> c@1\nb@1.0.0 -> c@1\nc@1.0.0\nc@2.0.0") else { return };
    both.project(&json!({
        "dependencies": {"a": "1", "b": "1"},
        "overrides": {"b": {"c": "2"}, "a@2": {"c": "2"}},
    }))
    .run(["install"])
    .has("node_modules/c", "1.0.0")
    .has("node_modules/b/node_modules/c", "2.0.0");
}

#[test]
fn override_by_reference_takes_the_roots_own_spec() {
    let Some(both) = both("a@1.0.0 -> c@1\nc@1.0.0\nc@2.0.0") else { return };
    both.project(&json!({"dependencies": {"a": "1", "c": "2.0.0"}, "overrides": {"c": "$c"}}))
        .run(["install"])
        .has("node_modules/c", "2.0.0")
        .has_not("node_modules/a/node_modules/c");
}

#[test]
fn override_against_a_direct_dependency_is_refused() {
    let Some(both) = both("c@1.0.0\nc@2.0.0") else { return };
    both.project(&json!({"dependencies": {"c": "1"}, "overrides": {"c": "2"}}))
        .fail(["install"], "EOVERRIDE");
}
