//! What is promised of approve scripts, as tests.

use super::*;
use crate::reify::script_policy::tests::{TestGrammar, map, registry};
use serde_json::json;

/// The field, the changes and the warning after an approval.
fn approved(
    existing: &Value,
    packages: &[ScriptPackage],
    pin: Pin,
) -> (Value, Vec<String>, Option<String>) {
    let packages: Vec<_> = packages.iter().collect();
    shown(approve(&map(existing), &packages, pin, &TestGrammar))
}

fn shown(edit: Edit) -> (Value, Vec<String>, Option<String>) {
    let changes =
        edit.changes.iter().map(|(key, change)| format!("{} {key}", change.as_str())).collect();
    (Value::Object(edit.allow_scripts), changes, edit.warning)
}

#[test]
fn approve_table() {
    let one = [registry("a", "1.0.0")];
    let two = [registry("a", "1.0.0"), registry("a", "2.0.0"), registry("a", "1.0.0")];
    for (existing, packages, pin, expected, changes) in [
        (json!({}), &one[..], Pin::Versions, json!({"a@1.0.0": true}), vec!["added a@1.0.0"]),
        (
            json!({"b": true}),
            &two,
            Pin::Versions,
            json!({"b": true, "a@1.0.0": true, "a@2.0.0": true}),
            vec!["added a@1.0.0", "added a@2.0.0"],
        ),
        (
            json!({"a": true}),
            &one,
            Pin::Versions,
            json!({"a@1.0.0": true}),
            vec!["added a@1.0.0", "replaced-by-pin a"],
        ),
        (
            json!({"a@0.9.0": true, "a@1.0.0": true}),
            &one,
            Pin::Versions,
            json!({"a@1.0.0": true}),
            vec!["removed-stale a@0.9.0"],
        ),
        (
            json!({"a@0.8.0 || 0.9.0": true}),
            &one,
            Pin::Versions,
            json!({"a@0.8.0 || 0.9.0": true, "a@1.0.0": true}),
            vec!["added a@1.0.0"],
        ),
        (json!({"a@1.0.0": true}), &one, Pin::Versions, json!({"a@1.0.0": true}), vec![]),
        (json!({"a@1.0.0": true}), &one, Pin::Name, json!({"a": true}), vec!["added a"]),
    ] {
        let (field, done, warning) = approved(&existing, packages, pin);
        assert_eq!(
            (field, done),
            (expected, changes.into_iter().map(str::to_owned).collect()),
            "{existing}"
        );
        assert_eq!(warning, None);
    }
}

#[test]
fn approve_keeps_the_order_of_the_field() {
    let existing = json!({"z": true, "a@0.1.0": true, "m": false, "b": true});
    let (field, ..) = approved(&existing, &[registry("a", "1.0.0")], Pin::Versions);
    assert_eq!(field.as_object().unwrap().keys().collect::<Vec<_>>(), ["z", "m", "b", "a@1.0.0"]);
}

#[test]
fn approve_does_not_overrule_a_denial() {
    let (field, changes, warning) =
        approved(&json!({"a": false}), &[registry("a", "1.0.0")], Pin::Versions);
    assert_eq!((field, changes.len()), (json!({"a": false}), 0));
    assert_eq!(warning.unwrap(), "a is denied; remove the entry from allowScripts to approve a.");
    let (.., warning) = approved(&json!({"a@2.0.0": false}), &[registry("a", "1.0.0")], Pin::Name);
    assert!(
        warning
            .unwrap()
            .starts_with("a@2.0.0 is a versioned deny; run `denpm install-scripts deny a`")
    );
}

#[test]
fn approve_without_a_trusted_version_goes_by_name_and_says_so() {
    let package = ScriptPackage {
        resolved: None,
        edges_in: vec![("a".into(), "^1".into())],
        ..registry("a", "1.0.0")
    };
    let (field, changes, warning) =
        approved(&json!({"a@0.1.0": true}), std::slice::from_ref(&package), Pin::Versions);
    assert_eq!(field, json!({"a": true}));
    assert_eq!(changes, ["removed-pinned-allow a@0.1.0", "added a"]);
    assert!(warning.unwrap().contains("no \"resolved\" URL"));
    assert_eq!(approved(&json!({"a": true}), &[package], Pin::Versions).2, None);
}

#[test]
fn approve_and_deny_name_other_sources_by_their_own_specs() {
    let git = ScriptPackage {
        resolved: Some("git+ssh://git@host.example/o/r.git#abc".into()),
        ..ScriptPackage::default()
    };
    assert_eq!(
        approved(&json!({}), std::slice::from_ref(&git), Pin::Versions).0,
        json!({"github:o/r#abc": true})
    );
    let denied = deny(&map(&json!({"github:o/r#abc": true})), &[&git], &TestGrammar);
    assert_eq!(Value::Object(denied.allow_scripts), json!({"github:o/r": false}));
    let file = ScriptPackage { resolved: Some("file:a.tgz".into()), ..ScriptPackage::default() };
    assert_eq!(approved(&json!({}), &[file], Pin::Versions).0, json!({"file:a.tgz": true}));
    let nobody = ScriptPackage {
        name: "self-named".into(),
        version: "1.0.0".into(),
        ..ScriptPackage::default()
    };
    assert_eq!(approved(&json!({}), &[nobody], Pin::Name).0, json!({}));
}

#[test]
fn deny_goes_by_name_and_clears_the_rest() {
    let existing = map(&json!({"a@1.0.0": true, "b": true, "a@2.0.0": false}));
    let (field, changes, _) = shown(deny(&existing, &[&registry("a", "1.0.0")], &TestGrammar));
    assert_eq!(field, json!({"b": true, "a": false}));
    assert_eq!(
        changes,
        ["removed-pinned-allow a@1.0.0", "removed-pinned-allow a@2.0.0", "added a"]
    );
    let again = deny(&map(&field), &[&registry("a", "1.0.0")], &TestGrammar);
    assert_eq!(again.changes, []);
}

#[test]
fn select_narrows_by_version_and_names_what_matches_nothing() {
    let (one, two, other) =
        (registry("a", "1.0.0"), registry("a", "2.0.0"), registry("b", "1.0.0"));
    let bundled = ScriptPackage { kind: PackageKind::Bundled, ..registry("c", "1.0.0") };
    let installed = [&one, &two, &other, &bundled];
    let selected = |names: &[&str]| {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        select(&names, &installed, &TestGrammar)
            .map(|found| found.iter().map(|package| package.id()).collect::<Vec<_>>())
    };
    assert_eq!(selected(&["a"]).unwrap(), ["a@1.0.0", "a@2.0.0"]);
    assert_eq!(selected(&["a@^1", "b"]).unwrap(), ["a@1.0.0", "b@1.0.0"]);
    let error = selected(&["a@3.0.0", "b", "c"]).unwrap_err();
    assert_eq!(error.to_string(), "No installed packages match: a@3.0.0, c");
}

#[test]
fn prune_removes_entries_that_match_nothing_with_scripts() {
    let mut quiet = registry("quiet", "1.0.0");
    quiet.scripts.retain(|_, _| false);
    let loud = registry("loud", "1.0.0");
    let existing = map(
        &json!({"gone": true, "quiet": false, "loud@2.0.0": true, "loud": true, "not parseable": true}),
    );
    let (remaining, removed) = prune(&existing, &[&quiet, &loud], &TestGrammar);
    assert_eq!(Value::Object(remaining), json!({"loud": true, "not parseable": true}));
    assert_eq!(
        removed,
        [
            ("gone".to_owned(), Unused::NotInstalled),
            ("quiet".to_owned(), Unused::NoScripts),
            ("loud@2.0.0".to_owned(), Unused::NotInstalled),
        ]
    );
}

#[test]
fn summaries_read_like_npm() {
    let edit =
        approve(&map(&json!({"a": true})), &[&registry("a", "1.0.0")], Pin::Versions, &TestGrammar);
    let lines =
        summary_lines(Verb::Approve, &[("a".to_owned(), edit), ("b".to_owned(), Edit::default())]);
    assert_eq!(lines, ["Approved a:", "  added a@1.0.0", "  replaced-by-pin a"]);
    assert_eq!(summary_lines(Verb::Deny, &[]), ["Nothing to deny; allowScripts unchanged."]);
    assert_eq!(pending_lines(&[], &TestGrammar), ["No packages with unreviewed install scripts."]);
    let packages = [registry("a", "1.0.0"), ScriptPackage::default()];
    let (groups, nameless) = group(&packages, &TestGrammar);
    assert!(groups.keys().eq(["a"]) && nameless.len() == 1);
}
