//! What fails, fails with npm's code and leaves what npm leaves.

use crate::support::{Fault, Target, both, package::not_a_tarball};
use serde_json::json;

#[test]
fn version_that_does_not_exist_is_no_target() {
    let Some(both) = both("a@1.0.0") else { return };
    both.depends(&json!({"a": "^9"})).fail(["install"], "ETARGET");
}

#[test]
fn package_that_does_not_exist_is_not_found() {
    let Some(both) = both("a@1.0.0") else { return };
    both.depends(&json!({"gone": "1"})).fail(["install"], "E404");
}

#[test]
fn package_that_does_not_exist_below_the_root_is_not_found() {
    let Some(both) = both("a@1.0.0 -> gone@1") else { return };
    both.depends(&json!({"a": "1"})).fail(["install"], "E404");
}

#[test]
fn tarball_that_does_not_exist_is_not_found() {
    let Some(both) = both("a@1.0.0\nb@1.0.0") else { return };
    both.registry.on(Target::Tarball("a".to_owned())).always(Fault::Status(404));
    both.depends(&json!({"a": "1", "b": "1"})).fail(["install"], "E404");
}

// Not with `Fault::Altered`: npm then says EINTEGRITY or Z_DATA_ERROR, whichever it meets first.
#[test]
fn tarball_of_another_digest_fails_its_integrity() {
    let Some(both) = both("a@1.0.0") else { return };
    both.registry.on(Target::Packument("a".to_owned())).always(Fault::WrongIntegrity);
    both.depends(&json!({"a": "1"})).fail(["install"], "EINTEGRITY");
}

#[test]
fn integrity_of_the_lock_is_binding() {
    let Some(both) = both("a@1.0.0\nb@1.0.0") else { return };
    both.depends(&json!({"a": "1"})).run(["install", "--package-lock-only"]);
    both.registry.package("a", "1.0.0").file("index.js", "other").publish();
    both.fail(["ci"], "EINTEGRITY");
}

#[test]
fn optional_package_with_a_broken_tarball_is_left_out() {
    let Some(both) = both("b@1.0.0") else { return };
    both.registry.package("a", "1.0.0").tarball(not_a_tarball()).publish();
    both.project(&json!({"dependencies": {"b": "1"}, "optionalDependencies": {"a": "1"}}))
        .run(["install"])
        .has("node_modules/b", "1.0.0");
}

#[test]
fn package_json_that_is_no_json_is_refused() {
    let Some(both) = both("a@1.0.0") else { return };
    both.file("package.json", "{ \"name\": \"project\", }").fail(["install"], "EJSONPARSE");
}

#[test]
fn invalid_package_name_is_refused() {
    let Some(both) = both("a@1.0.0") else { return };
    both.depends(&json!({".hidden": "1"})).fail(["install"], "EINVALIDPACKAGENAME");
}

#[test]
fn unknown_protocol_is_refused() {
    let Some(both) = both("a@1.0.0") else { return };
    both.depends(&json!({"a": "workspace:*"})).fail(["install"], "EUNSUPPORTEDPROTOCOL");
}

#[test]
fn passing_server_error_is_tried_again() {
    let Some(both) = both("a@1.0.0") else { return };
    both.registry.on(Target::Packument("a".to_owned())).times(1, Fault::Status(503));
    both.depends(&json!({"a": "1"})).run(["install"]).has("node_modules/a", "1.0.0");
}

#[test]
fn lasting_server_error_is_reported() {
    let Some(both) = both("a@1.0.0") else { return };
    both.registry.on(Target::Packument("a".to_owned())).always(Fault::Status(500));
    both.depends(&json!({"a": "1"})).fail(["install"], "E500");
}

#[test]
fn closed_registry_without_a_token_is_unauthorized() {
    let Some(both) = both("a@1.0.0") else { return };
    both.registry.on(Target::Everything).always(Fault::NeedsToken("secret".to_owned()));
    both.depends(&json!({"a": "1"})).fail(["install"], "E401");
}

#[test]
fn token_of_the_npmrc_opens_the_registry() {
    let Some(both) = both("a@1.0.0") else { return };
    both.registry.on(Target::Everything).always(Fault::NeedsToken("secret".to_owned()));
    let host = both.registry.url().trim_start_matches("http:").to_owned();
    both.npmrc(&format!("{host}:_authToken=secret"));
    both.depends(&json!({"a": "1"})).run(["install"]).has("node_modules/a", "1.0.0");
}

#[test]
fn failing_script_ends_the_install_with_its_code() {
    let Some(both) = both("b@1.0.0") else { return };
    both.registry.package("a", "1.0.0").script("postinstall", "exit 7").publish();
    let args = ["install", "--dangerously-allow-all-scripts"];
    both.depends(&json!({"a": "1"})).fail(args, "7");
}

#[test]
fn offline_without_a_cache_is_refused() {
    let Some(both) = both("a@1.0.0") else { return };
    both.depends(&json!({"a": "1"})).fail(["install", "--offline"], "ENOTCACHED");
}

#[test]
fn dependency_without_a_string_is_refused() {
    let Some(both) = both("a@1.0.0") else { return };
    for field in ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] {
        both.project(&json!({field: {"a": "1", "b": 5}}));
        for command in ["install", "update", "ls"] {
            both.say([command], "must provide string spec");
        }
        both.say(["install", "a"], "must provide string spec")
            .say(["uninstall", "a"], "must provide string spec")
            .project(&json!({field: [{"a": "1"}]}))
            .say(["install", "a"], "must provide string spec");
    }
    both.project(&json!({"dependencies": {}, "peerDependencies": null, "devDependencies": ""}))
        .run(["install", "a"]);
}

#[test]
fn dependency_of_a_workspace_without_a_string_is_not_lost() {
    let Some(both) = both("a@1.0.0") else { return };
    both.folder("w", &json!({"name": "w", "version": "1.0.0", "dependencies": {"b": 5}}))
        .project(&json!({"workspaces": ["w"]}))
        .say(["install", "a", "--workspace=w"], "must provide string spec");
}

#[test]
fn link_of_the_lock_without_its_target_is_no_lock_to_ci() {
    let Some(both) = both("a@1.0.0") else { return };
    let lock = json!({
        "name": "project", "version": "1.0.0", "lockfileVersion": 3, "requires": true,
        "packages": {
            "": {"name": "project", "version": "1.0.0", "dependencies": {"a": "1"}},
            "node_modules/a": {"resolved": "gone", "link": true},
        },
    });
    both.file("package-lock.json", &lock.to_string())
        .depends(&json!({"a": "1"}))
        .fail(["ci"], "EUSAGE")
        .fail(["ci", "--dry-run"], "EUSAGE")
        .fail(["install"], "EMISSINGTARGET")
        .fail(["prune"], "EMISSINGTARGET");
}
