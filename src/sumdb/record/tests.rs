//! Records: their text, the hashes in them, and what of a manifest counts.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const TEXT: &str = "denpm-sum/v1\npkg ms 2.1.3\nns npm\nsri sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==\nsize 2967\ntree h1:HRF2aUH+1wK1grrwNcu/AdJYM9DwFxFx1SCLnVPs1nc=\nmanifest m1:HRF2aUH+1wK1grrwNcu/AdJYM9DwFxFx1SCLnVPs1nc=\n";

#[test]
fn a_record_is_written_as_it_was_read() {
    let record = Record::parse(TEXT).unwrap();
    assert_eq!(record.to_string(), TEXT);
    assert_eq!(TEXT.len(), 253);
    assert_eq!(record.key.to_string(), "npm ms 2.1.3");
    assert_eq!(record.size, 2967);
    assert_eq!(Leaf::parse(TEXT.as_bytes()), Leaf::Package(Box::new(record)));
}

#[test]
fn anything_but_the_one_text_is_no_record() {
    for (from, to) in [
        ("v1\n", "v2\n"),
        ("pkg ms", "pkg  ms"),
        ("ns npm", "ns  npm"),
        ("ns npm", "ns a b"),
        ("ns npm\n", ""),
        ("ns npm\n", "ns npm\nns npm\n"),
        ("size 2967", "size 02967"),
        ("size 2967\n", "size 2967\nunpacked 1\n"),
        ("h1:", "h2:"),
        ("m1:", "m2:"),
        ("lA==", "lA"),
        ("lA==", "lB=="),
        ("pkg ms 2.1.3\nns npm", "ns npm\npkg ms 2.1.3"),
        ("1nc=\n", "1nc="),
        ("1nc=\n", "1nc=\n\n"),
    ] {
        let text = TEXT.replace(from, to);
        assert_ne!(text, TEXT, "{from}");
        assert_eq!(Record::parse(&text), Err(BadRecord), "{from:?} → {to:?}");
    }
    assert_eq!(Leaf::parse(TEXT.replace("size", "syze").as_bytes()), Leaf::Malformed);
}

#[test]
fn leaves_are_told_apart_by_their_first_line() {
    assert_eq!(Leaf::parse(b"denpm-status/v1\npkg a 1\n"), Leaf::Malformed);
    assert_eq!(Leaf::parse(b"denpm-status/v2\npkg a 1\n"), Leaf::Other);
    assert_eq!(LeafKind::of(b"denpm-status/v1\npkg a 1\n"), LeafKind::Status);
    assert_eq!(LeafKind::of(b"denpm-sum/v10\n"), LeafKind::Other);
    assert_eq!(LeafKind::of(b"golang.org/x/text v0.3.0 h1:x\n"), LeafKind::Other);
    assert_eq!(LeafKind::of(b""), LeafKind::Other);
}

#[test]
fn the_tree_hash_is_that_of_gos_dirhash() {
    // `printf 'hello\n'` and an empty file, hashed by golang.org/x/mod/sumdb/dirhash.Hash1.
    let hello: [u8; 32] = Sha256::digest("hello\n").into();
    let empty: [u8; 32] = Sha256::digest("").into();
    let key = PackageKey::new("npm", "a", "1.0.0").unwrap();
    let lines = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03  a@1.0.0/a.txt\n\
        e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a@1.0.0/b/c\n";
    let expected = Hash(Sha256::digest(lines).into());
    assert_eq!(tree_hash(&key, [("b/c", &empty), ("a.txt", &hello)]), expected);
}

#[test]
fn a_key_has_no_white_space_and_no_empty_word() {
    assert!(PackageKey::new("npm", "@s/a", "1.0.0").is_some());
    for words in [
        ["", "a", "1"],
        ["npm", "", "1"],
        ["npm", "a", ""],
        ["npm", "a b", "1"],
        ["npm", "a\n", "1"],
        ["npm", "a\u{a0}", "1"],
    ] {
        let [namespace, name, version] = words;
        assert_eq!(PackageKey::new(namespace, name, version), None, "{words:?}");
    }
}

fn of(value: &serde_json::Value) -> InstallManifest {
    InstallManifest::parse(value.to_string().as_bytes()).unwrap()
}

#[test]
fn what_a_registry_rewrites_makes_no_difference() {
    let ours = json!({
        "name": "@s/tool", "version": "v1.0.0", "bin": "./cli.js", "os": "linux",
        "dependencies": {"a": "^1"}, "optionalDependencies": {"b": "^2"},
        "bundledDependencies": ["a"], "files": ["x"], "scripts": {"test": "x", "install": ""},
    });
    let theirs = json!({
        "name": "@s/tool", "version": "1.0.0", "bin": {"tool": "cli.js"}, "os": ["linux"],
        "dependencies": {"a": "^1", "b": "^2"}, "optionalDependencies": {"b": "^2"},
        "bundleDependencies": ["a"], "dist": {}, "_id": "x", "engines": {}, "cpu": null,
    });
    assert_eq!(of(&ours), of(&theirs));
    assert_eq!(of(&ours).hash(), of(&theirs).hash());
}

#[test]
fn what_an_install_would_do_otherwise_makes_a_difference() {
    let base = json!({"name": "a", "version": "1.0.0"});
    let hash = of(&base).hash();
    for (field, value) in [
        ("dependencies", json!({"x": "1"})),
        ("optionalDependencies", json!({"x": "1"})),
        ("peerDependencies", json!({"x": "1"})),
        ("peerDependenciesMeta", json!({"x": {"optional": true}})),
        ("bundleDependencies", json!(["x"])),
        ("bin", json!({"x": "y"})),
        ("directories", json!({"bin": "y"})),
        ("os", json!(["x"])),
        ("cpu", json!(["x"])),
        ("libc", json!("x")),
        ("engines", json!({"node": "1"})),
        ("scripts", json!({"postinstall": "x"})),
        ("version", json!("1.0.1")),
    ] {
        let mut other = base.clone();
        other[field] = value;
        assert_ne!(of(&other).hash(), hash, "{field}");
    }
    assert_ne!(of(&base).with_binding_gyp().hash(), hash);
}

#[test]
fn the_canonical_json_is_that_of_rfc_8785() {
    let manifest = of(&json!({
        "version": "1.0.0", "name": "a",
        "dependencies": {"\u{fb33}": "1", "\u{1f600}": "2", "\u{20ac}": "\"\\\u{8}\n\u{1}\u{7f}é"},
        "peerDependenciesMeta": {"p": {"optional": true}, "q": {"optional": false}},
    }));
    assert_eq!(
        manifest.to_canonical_json(),
        "{\"dependencies\":{\"\u{20ac}\":\"\\\"\\\\\\b\\n\\u0001\u{7f}é\",\"\u{1f600}\":\"2\",\"\u{fb33}\":\"1\"},\
         \"name\":\"a\",\"peerDependenciesMeta\":{\"p\":{\"optional\":true}},\"version\":\"1.0.0\"}"
    );
}

#[test]
fn no_key_of_a_package_json_stands_for_something_else() {
    let odd = json!({"$serde_json::private::RawValue": "{\"b\":\"1\"}"});
    assert_ne!(
        of(&json!({"name": "a", "dependencies": odd})),
        of(&json!({"name": "a", "dependencies": {"b": "1"}})),
    );
}

#[test]
fn a_package_json_may_begin_with_a_byte_order_mark() {
    let plain = InstallManifest::parse(br#"{"name":"a"}"#).unwrap();
    assert_eq!(InstallManifest::parse("\u{feff}{\"name\":\"a\"}".as_bytes()), Ok(plain));
    assert!(InstallManifest::parse(b"[]").is_err());
    assert!(InstallManifest::parse(b"{").is_err());
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,40}(\n[a-z]{1,8} \\PC{0,20}){0,8}\n?") {
        if let Ok(record) = Record::parse(&text) {
            prop_assert_eq!(record.to_string(), text.clone());
        }
        drop((PackageKey::parse(&text), Leaf::parse(text.as_bytes())));
    }
}

fn key() -> PackageKey {
    PackageKey::new("npm", "@s/a", "1.0.0").unwrap()
}

proptest! {
    #[test]
    fn a_key_has_its_words_and_sorts_by_them(
        one in ["[!-~é]{1,4}", "[!-~é]{1,4}", "[!-~é]{1,4}"],
        other in ["[!-~é]{1,4}", "[!-~é]{1,4}", "[!-~é]{1,4}"],
    ) {
        let of = |[namespace, name, version]: &[String; 3]| {
            PackageKey::new(namespace, name, version).unwrap()
        };
        let (key, next) = (of(&one), of(&other));
        prop_assert_eq!([key.namespace(), key.name(), key.version()], one.each_ref().map(String::as_str));
        prop_assert_eq!(PackageKey::parse(&key.to_string()), Some(key.clone()));
        prop_assert_eq!(key.cmp(&next), one.cmp(&other));
    }
}

fn evidence() -> Evidence {
    Evidence {
        key: key(),
        leaf: leaf_hash(b"a"),
        signatures: [("SHA256:k".to_owned(), "MEUC".to_owned())].into(),
        attestations: Some(leaf_hash(b"b")),
        maintainers: None,
        sources: [("https://registry.example/".to_owned(), 1_700_000_000)].into(),
    }
}

#[test]
fn leaves_beside_records_are_written_as_they_were_read() {
    let evidence = evidence();
    let bare = Evidence {
        signatures: std::collections::BTreeMap::new(),
        attestations: None,
        ..evidence.clone()
    };
    for evidence in [evidence, bare] {
        let text = evidence.to_string();
        assert_eq!(Leaf::parse(text.as_bytes()), Leaf::Evidence(Box::new(evidence)));
    }
    for words in ["unpublished", "gone", "malware GHSA-1"] {
        let state = State::parse(words).unwrap();
        let status = Status { key: key(), leaf: leaf_hash(b"a"), time: 1, state };
        let text = status.to_string();
        assert!(text.ends_with(&format!("status {words}\n")), "{text}");
        assert_eq!(Leaf::parse(text.as_bytes()), Leaf::Status(Box::new(status)));
    }
    let tree = crate::sumdb::TreeHead { size: 7, root: leaf_hash(b"r") };
    let log = Predecessor { origin: "log.example".to_owned(), tree };
    assert_eq!(Leaf::parse(log.to_string().as_bytes()), Leaf::Log(log));
    assert_eq!(State::parse("malware"), None);
    assert_eq!(State::parse("gone now"), None);
}

#[test]
fn anything_but_the_one_text_is_no_leaf_beside_a_record() {
    let text = evidence().to_string();
    for (from, to) in [
        ("sig SHA256:k", "sig  SHA256:k"),
        ("leaf ", "leaves "),
        ("1700000000", "01700000000"),
        ("1700000000\n", "1700000000"),
        ("attestations ", "maintainers x\nattestations "),
        ("ns npm\n", ""),
    ] {
        let changed = text.replace(from, to);
        assert_ne!(changed, text, "{from}");
        assert_eq!(Leaf::parse(changed.as_bytes()), Leaf::Malformed, "{from:?} → {to:?}");
    }
}

#[test]
fn keys_of_a_namespace_are_renewed_by_an_earlier_one_and_by_nobody_else() {
    use p256::{
        ecdsa::{Signature, SigningKey, signature::Signer},
        pkcs8::EncodePublicKey,
    };
    let key = |seed: u8| SigningKey::from_slice(&[seed; 32]).unwrap();
    let bound = |seed: u8| NamespaceKey {
        spki: key(seed).verifying_key().to_public_key_der().unwrap().into_vec(),
        end: (seed == 1).then_some(1_700_000_000),
    };
    let first = Namespace {
        label: "npm".to_owned(),
        keys: [("one".to_owned(), bound(1))].into(),
        by: None,
    };
    let mut second = Namespace { keys: [("two".to_owned(), bound(2))].into(), ..first.clone() };
    let sign = |record: &Namespace, keyid: &str, seed: u8| {
        let signature: Signature = key(seed).sign(record.message().as_bytes());
        Some((keyid.to_owned(), STANDARD.encode(signature.to_der().as_bytes())))
    };
    let earlier = [first.clone()];
    assert!(first.may_follow(&[]) && !second.may_follow(&earlier));
    for (keyid, seed, expected) in [("one", 1, true), ("one", 2, false), ("two", 2, false)] {
        second.by = sign(&second, keyid, seed);
        assert_eq!(second.may_follow(&earlier), expected, "{keyid} {seed}");
    }
    second.by = sign(&second, "one", 1);
    let text = second.to_string();
    assert_eq!(Leaf::parse(text.as_bytes()), Leaf::Namespace(Box::new(second.clone())));
    let elsewhere = Namespace { label: "other".to_owned(), ..second };
    assert!(!elsewhere.may_follow(&earlier), "a signature is for one label");
}

proptest! {
    #[test]
    fn any_lines_are_read_without_a_panic(
        kind in 1_usize..5,
        text in "((pkg|ns|leaf|sig|source|time|status|key|by|origin|size|root) [ -~]{0,20}\n){0,8}",
    ) {
        let kinds = [LeafKind::Package, LeafKind::Evidence, LeafKind::Status,
            LeafKind::Namespace, LeafKind::Log];
        let text = format!("{}\n{text}", kinds[kind].first_line().unwrap());
        let read = match Leaf::parse(text.as_bytes()) {
            Leaf::Package(leaf) => leaf.to_string(),
            Leaf::Evidence(leaf) => leaf.to_string(),
            Leaf::Status(leaf) => leaf.to_string(),
            Leaf::Namespace(leaf) => leaf.to_string(),
            Leaf::Log(leaf) => leaf.to_string(),
            Leaf::Other | Leaf::Malformed => text.clone(),
        };
        prop_assert_eq!(read, text);
    }
}

#[test]
fn a_package_json_is_read_for_every_field_that_its_manifest_has() {
    let whole = serde_json::json!({
        "description": "of no matter", "nested": {"name": "other", "bin": ["x"]},
        "name": "a", "version": "1.0.0",
        "dependencies": {"b": "1"}, "optionalDependencies": {"c": "1"},
        "peerDependencies": {"d": "1"}, "peerDependenciesMeta": {"d": {"optional": true}},
        "bundleDependencies": ["b"], "bin": {"a": "a.js"}, "directories": {"bin": "bin"},
        "os": ["linux"], "cpu": ["x64"], "libc": ["glibc"], "engines": {"node": "20"},
        "scripts": {"install": "x", "test": "y"},
    });
    let mut others = whole.clone();
    let fields = others.as_object_mut().unwrap();
    fields.shift_remove("bin");
    let bundled = fields.shift_remove("bundleDependencies").unwrap();
    fields.insert("bundledDependencies".to_owned(), bundled);
    for value in [whole, others] {
        let read = InstallManifest::parse(value.to_string().as_bytes()).unwrap();
        assert_eq!(read, InstallManifest::from_object(value.as_object().unwrap()));
        assert!(!read.scripts.is_empty() && !read.bundle_dependencies.is_empty());
        assert!(read.bin.is_empty() == read.bin_directory.is_some() && !read.libc.is_empty());
    }
}
