//! What `devEngines` demands is demanded by the same commands, in the same words.

use crate::support::both;
use serde_json::{Value, json};

/// A Node.js that there never was.
fn future(on_fail: Option<&str>) -> Value {
    let mut node = json!({"name": "node", "version": ">=9999"});
    if let Some(word) = on_fail {
        node["onFail"] = json!(word);
    }
    json!({"devEngines": {"runtime": node}, "dependencies": {"a": "1"}})
}

#[test]
fn another_engine_ends_every_command_on_the_tree() {
    let Some(both) = both("a@1.0.0") else { return };
    both.depends(&json!({"a": "1"})).run(["install"]).project(&future(None));
    for command in ["install", "ci", "update", "dedupe", "prune", "ls", "ll", "outdated"] {
        both.say([command], "EBADDEVENGINES");
    }
    both.say(["uninstall", "a"], "EBADDEVENGINES")
        .say(["install", "b"], "EBADDEVENGINES")
        .say(["explain", "a"], "EBADDEVENGINES")
        .say(["audit", "signatures"], "EBADDEVENGINES")
        .fail(["install"], "EBADDEVENGINES")
        .remove("node_modules")
        .fail(["install", "--package-lock-only"], "EBADDEVENGINES");
}

#[test]
fn another_engine_is_warned_about_where_that_is_enough() {
    let Some(both) = both("a@1.0.0") else { return };
    both.project(&future(Some("warn")))
        .say(["install"], "EBADDEVENGINES")
        .say(["install"], "EBADDEVENGINES")
        .say(["ls"], "EBADDEVENGINES")
        .project(&future(None))
        .say(["install", "--force"], "EBADDEVENGINES")
        .project(&future(Some("ignore")))
        .run(["install"])
        .project(&future(Some("download")))
        .fail(["install"], "EBADDEVENGINES");
}

#[test]
fn engines_are_shown_as_npm_shows_them() {
    let Some(both) = both("") else { return };
    let name = "m".repeat(70);
    both.project(&json!({"devEngines": {
        "packageManager": [{"name": "it's"}, {"name": "npm", "version": "<1", "onFail": "warn"}],
        "runtime": {"name": name, "onFail": "warn"},
        "os": {"name": "linux", "version": "0.1", "onFail": "warn"},
        "cpu": [{"name": "abacus"}, {"name": "abacus", "onFail": "error"}],
    }}))
    .say(["install"], "EBADDEVENGINES")
    .say(["install", "--force"], "EBADDEVENGINES");
}

#[test]
fn malformed_dev_engines_are_refused() {
    let Some(both) = both("") else { return };
    for wanted in [json!(null), json!([]), json!({"node": {}}), json!({"runtime": {}})] {
        both.project(&json!({"devEngines": wanted})).say(["install"], "error I");
        both.say(["install"], "error M");
    }
}

#[test]
fn engines_of_the_root_do_not_count_beside_dev_engines() {
    let Some(both) = both("") else { return };
    let npm = json!({"packageManager": {"name": "npm"}});
    both.project(&json!({"engines": {"node": ">=9999"}, "devEngines": npm}))
        .say(["install"], "EBADENGINE")
        .run(["install", "--engine-strict"]);
}

#[test]
fn long_engines_of_a_package_are_shown_in_lines() {
    let Some(both) = both("") else { return };
    let range = "9998 || ".repeat(8) + ">=9999";
    let engines = json!({"node": range, "npm": ">=9999", "some-other": "it's"});
    both.registry.package("a", "1.0.0").field("engines", engines).publish();
    both.depends(&json!({"a": "1"})).say(["install"], "EBADENGINE");
}
