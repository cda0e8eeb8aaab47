//! What is promised of manifest, as tests.

use super::*;
use crate::manifest::json::js_entries;
use proptest::prelude::*;

/// What a [`Manifest`] is made of.
const FIELDS: [&str; 33] = [
    "_hasShrinkwrap",
    "_id",
    "_integrity",
    "_resolved",
    "acceptDependencies",
    "allowScripts",
    "bin",
    "bundleDependencies",
    "bundledDependencies",
    "config",
    "cpu",
    "dependencies",
    "deprecated",
    "devDependencies",
    "devEngines",
    "directories",
    "dist",
    "engines",
    "funding",
    "gypfile",
    "hasInstallScript",
    "libc",
    "license",
    "name",
    "optionalDependencies",
    "os",
    "overrides",
    "packageManager",
    "peerDependencies",
    "peerDependenciesMeta",
    "scripts",
    "version",
    "workspaces",
];

fn manifest(value: &Value) -> Manifest {
    Manifest::from_value(value).unwrap()
}

fn names(map: &StringMap) -> Vec<&str> {
    map.keys().collect()
}

#[test]
fn dependencies_lose_optional_names_and_keep_javascript_order() {
    let manifest = manifest(&json!({
        "dependencies": {"b": "1", "10": "1", "2": "1", "opt": "1", "bad": 1, "a": "1"},
        "optionalDependencies": {"opt": "2"},
    }));
    assert_eq!(names(&manifest.dependencies), ["2", "10", "b", "a"]);
    assert_eq!(names(&manifest.optional_dependencies), ["opt"]);
}

#[test]
fn bundle_dependencies_take_every_spelling() {
    let dependencies = json!({"a": "1", "b": "1"});
    for (field, value, expected) in [
        ("bundleDependencies", json!(["a"]), Some(vec!["a"])),
        ("bundledDependencies", json!(["a"]), Some(vec!["a"])),
        ("bundleDependencies", json!(true), Some(vec!["a", "b"])),
        ("bundleDependencies", json!(false), Some(vec![])),
        ("bundleDependencies", json!({"b": "1"}), Some(vec!["b"])),
        ("bundleDependencies", json!("a"), None),
        ("bundleDependencies", json!(null), None),
    ] {
        let manifest = manifest(&json!({field: value, "dependencies": dependencies}));
        let found = manifest.bundle_dependencies.as_ref();
        assert_eq!(
            found.map(|names| names.iter().map(String::as_str).collect::<Vec<_>>()),
            expected,
            "{field} {value}"
        );
    }
}

#[test]
fn install_scripts_are_the_field_or_one_of_three() {
    for (value, expected) in [
        (json!({"hasInstallScript": true}), true),
        (json!({"scripts": {"postinstall": "x"}}), true),
        (json!({"scripts": {"prepare": "x", "install": 1}}), false),
        (json!({"scripts": {"install": ""}}), false),
        (json!({"scripts": "x"}), false),
    ] {
        assert_eq!(manifest(&value).has_install_scripts(), expected, "{value}");
    }
}

#[test]
fn id_funding_and_peers_are_normalised() {
    let manifest = manifest(&json!({
        "name": "@s/x", "version": "1.0.0", "_id": "other", "funding": "https://example.com", "bin": "./x.js",
        "peerDependenciesMeta": {"a": {"optional": true}, "b": {"optional": false}},
        "deprecated": "", "_hasShrinkwrap": true,
    }));
    assert_eq!(manifest.id.as_deref(), Some("@s/x@1.0.0"));
    assert_eq!(manifest.funding, Some(json!({"url": "https://example.com"}).into()));
    assert_eq!(manifest.bin.get("x"), Some("x.js"));
    assert!(
        manifest.is_peer_optional("a")
            && !manifest.is_peer_optional("b")
            && !manifest.is_peer_optional("c")
    );
    assert!(manifest.deprecation().is_none() && manifest.has_shrinkwrap);
}

#[test]
fn dist_keeps_what_proves_the_bytes() {
    let manifest = manifest(&json!({"dist": {
        "tarball": "https://registry.example/x.tgz", "integrity": "sha512-x", "shasum": "", "unpackedSize": 12,
        "fileCount": -1, "signatures": [{"keyid": "k", "sig": "s"}, {"keyid": 1}], "attestations": {"url": "u"},
    }}));
    let dist = manifest.dist.unwrap();
    assert_eq!((dist.shasum, dist.unpacked_size, dist.file_count), (None, Some(12), None));
    assert_eq!(dist.signatures, [Signature { keyid: "k".to_owned(), sig: "s".to_owned() }]);
}

#[test]
fn from_slice_refuses_what_is_no_object() {
    assert!(matches!(Manifest::from_slice(b"[]"), Err(ManifestError::NotAnObject)));
    assert!(matches!(Manifest::from_slice(b"{"), Err(ManifestError::Json(_))));
    assert_eq!(Manifest::from_slice(b"{}").unwrap(), Manifest::default());
    let deep = format!("{}1{}", "{\"config\":".repeat(1000), "}".repeat(1000));
    assert!(Manifest::from_slice(deep.as_bytes()).is_err());
    let beside = deep.replacen("config", "beside", 1);
    assert_eq!(Manifest::from_slice(beside.as_bytes()).unwrap(), Manifest::default());
}

#[test]
fn identity_is_what_the_whole_manifest_calls_itself() {
    for text in [
        r#"{"name":"a","config":{"name":"b"},"version":"1.0.0"}"#,
        r#"{"name":"a","name":"b","version":" v1 "}"#,
        r#"{"version":1,"name":null}"#,
        "{}",
    ] {
        let Manifest { name, version, .. } = Manifest::from_slice(text.as_bytes()).unwrap();
        assert_eq!(Manifest::identity(text.as_bytes()).unwrap(), (name, version));
    }
    for text in ["[]", "{", "{} {}", "1"] {
        assert!(Manifest::identity(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn from_slice_reads_every_field_that_from_object_reads() {
    let everything: Map<String, Value> = FIELDS
        .iter()
        .map(|&field| match field {
            "name" | "version" | "_id" | "_resolved" | "_integrity" | "packageManager" => {
                (field.to_owned(), json!(field))
            }
            "hasInstallScript" | "gypfile" | "_hasShrinkwrap" => (field.to_owned(), json!(true)),
            "bundleDependencies" | "bundledDependencies" => (field.to_owned(), json!([field])),
            _ => (field.to_owned(), json!({"a": field, "tarball": "t", "integrity": "i"})),
        })
        .chain([("readme".to_owned(), json!({"a": [1, {"b": null}]}))])
        .collect();
    let whole = Manifest::from_object(&everything);
    let text = Value::Object(everything).to_string();
    assert_eq!(Manifest::from_slice(text.as_bytes()).unwrap(), whole);
    // Nothing that the normalisation reads is missing from the list; `dist` has parts of its own.
    // A folder of commands counts only without `bin`.
    let bin_folder = Some(String::new());
    let shown = format!("{:?}", Manifest { dist: Some(Dist::default()), bin_folder, ..whole });
    let empty_dist = format!("{:?}", Dist::default());
    assert_eq!(shown.replace(&empty_dist, "").matches("None").count(), 0, "{shown}");
}

#[test]
fn a_field_of_the_wrong_type_is_as_good_as_absent() {
    for field in FIELDS.into_iter().filter(|field| *field != "dist") {
        let odd = match field {
            "name" | "version" | "_id" | "_resolved" | "_integrity" | "packageManager" => json!(1),
            // What is handed through may be anything but `null`.
            _ => json!(null),
        };
        let text =
            json!({ field: odd, "name": if field == "name" { json!([1]) } else { "a".into() } });
        let expected =
            Manifest { name: (field != "name").then(|| "a".to_owned()), ..Manifest::default() };
        assert_eq!(manifest(&text), expected, "{field}");
    }
    for odd in [json!([{"a": [1]}]), json!(1), json!(-1), json!(1.5), json!("x"), json!(true)] {
        let odd =
            json!({"dist": odd, "dependencies": odd, "scripts": odd, "hasInstallScript": [odd]});
        assert_eq!(manifest(&odd), Manifest::default(), "{odd}");
    }
}

#[test]
fn what_a_document_says_twice_is_taken_as_javascript_takes_it_but_dist_never() {
    let twice = br#"{"name":"a","scripts":{"x":"1"},"name":"b","scripts":{"y":"1","y":2}}"#;
    let read = Manifest::from_slice(twice).unwrap();
    assert_eq!(read, Manifest { name: Some("b".to_owned()), ..Manifest::default() });
    for twice in [
        r#"{"dist":{"integrity":"a"},"dist":{}}"#,
        r#"{"dist":{"integrity":"a","x":1,"integrity":"a"}}"#,
        r#"{"dist":{"x":1,"integrity":"a","x":2}}"#,
    ] {
        assert!(Manifest::from_slice(twice.as_bytes()).is_err(), "{twice}");
    }
}

proptest! {
    #[test]
    fn entries_are_the_strings_of_the_object_in_javascript_order(
        given in prop::collection::vec(("[ab0-2\\n]{0,2}", prop_oneof![
            Just(json!(null)), Just(json!({"a": "b"})), Just(json!([1])), Just(json!(7)),
            "[a\"]{0,2}".prop_map(Value::from), "[ab]{0,2}".prop_map(Value::from),
        ]), 0..40),
        optional in prop::collection::vec("[ab0-2]{0,2}", 0..3),
        bundled: bool,
    ) {
        let members = given.iter().map(|(key, value)| format!("{}:{value}", json!(key)));
        let members = members.collect::<Vec<_>>().join(",");
        let optional: Map<String, Value> =
            optional.into_iter().map(|name| (name, json!(1))).collect();
        let text = format!(
            r#"{{"dependencies":{{{members}}},"optionalDependencies":{},"bundleDependencies":{bundled}}}"#,
            Value::Object(optional.clone()),
        );
        let read = Manifest::from_slice(text.as_bytes()).unwrap();
        let whole: Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&Manifest::from_value(&whole).unwrap(), &read);

        let all = whole.get("dependencies").and_then(Value::as_object).unwrap();
        let kept = js_entries(all).filter(|(name, _)| !optional.contains_key(*name));
        let kept = kept.filter_map(|(name, value)| Some((name, value.as_str()?)));
        prop_assert_eq!(read.dependencies.iter().collect::<Vec<_>>(), kept.collect::<Vec<_>>());
        let names = js_entries(all).map(|(name, _)| name.to_owned());
        let names = if bundled { names.collect() } else { Vec::new() };
        prop_assert_eq!(read.bundle_dependencies, Some(names));
    }
}
