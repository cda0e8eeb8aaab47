//! `audit-signatures`: npm's text, object, codes and exit codes, case by case, and what npm misses.

use super::support::{Registry, Sandbox, sandbox::Output, signed};
use insta::assert_snapshot;
use serde_json::{Value, json};

const SCOPED: &str = "@ljharb/has-package-exports-patterns";

/// A project in which packages with real signatures are installed.
fn installed(dependencies: &Value) -> (Registry, Sandbox) {
    let registry = Registry::start();
    signed::publish(&registry, |_, _| {});
    registry.tree("plain@1.0.0");
    let sandbox = Sandbox::new(&registry);
    sandbox.user_policy(signed::POLICY).npmrc("sigstore-tuf=off").package_json(
        &json!({"name": "project", "version": "1.0.0", "dependencies": dependencies}),
    );
    sandbox.denpm(["install"]).succeeded();
    (registry, sandbox)
}

fn audit(sandbox: &Sandbox, arguments: &[&str]) -> Output {
    let words = ["audit-signatures"].iter().chain(arguments);
    sandbox.denpm(words.copied())
}

/// Serves all packuments anew, changed.
fn alter(registry: &Registry, change: impl Fn(&str, &mut Value)) {
    signed::publish(registry, change);
}

fn dist<'a>(packument: &'a mut Value, version: &str) -> &'a mut Value {
    &mut packument["versions"][version]["dist"]
}

fn flip(value: &mut Value, at: usize) {
    let mut text = value.as_str().unwrap().to_owned();
    let other = if &text[at..=at] == "A" { "B" } else { "A" };
    text.replace_range(at..=at, other);
    *value = json!(text);
}

fn unsigned(packument: &mut Value, version: &str) {
    dist(packument, version).as_object_mut().unwrap().remove("signatures");
}

fn object(output: &Output) -> Value {
    serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{output}"))
}

#[test]
fn one_package_is_verified() {
    let (_registry, sandbox) = installed(&json!({SCOPED: "0.0.2"}));
    let output = audit(&sandbox, &[]).succeeded();
    assert_snapshot!(output.stdout, @r"
    audited 1 package in [TIME]

    1 package has a verified registry signature
    ");
    assert_eq!(output.stderr, "");
    let output = audit(&sandbox, &["--json"]).succeeded();
    assert_eq!(object(&output), json!({"invalid": [], "missing": []}));
}

#[test]
fn several_packages_are_verified_and_npms_words_mean_the_same() {
    let wanted = json!({SCOPED: "0.0.2", "has-package-exports": "1.3.0", "tuf-js": "1.0.0"});
    let (_registry, sandbox) = installed(&wanted);
    let output = sandbox.denpm(["audit", "signatures"]).succeeded();
    assert_snapshot!(output.stdout, @r"
    audited 3 packages in [TIME]

    3 packages have verified registry signatures

    1 package has a verified attestation
    (use --json --include-attestations to view attestation details)
    ");
}

#[test]
fn attestations_are_shown_on_demand() {
    let (_registry, sandbox) = installed(&json!({SCOPED: "0.0.2", "tuf-js": "1.0.0"}));
    let output = audit(&sandbox, &["--json", "--include-attestations"]).succeeded();
    let found = object(&output);
    let verified = found["verified"].as_array().unwrap();
    assert_eq!(verified.len(), 1);
    let keys: Vec<_> = verified[0].as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        ["name", "version", "location", "registry", "attestations", "attestationBundles"]
    );
    assert_eq!(verified[0]["attestationBundles"], signed::attestations()["attestations"]);
    assert_eq!(verified[0]["registry"], "${REGISTRY}");
}

#[test]
fn missing_signatures_are_listed() {
    let (registry, sandbox) = installed(&json!({SCOPED: "0.0.2", "has-package-exports": "1.3.0"}));
    alter(&registry, |name, packument| {
        if name == SCOPED {
            unsigned(packument, "0.0.2");
        }
    });
    let output = audit(&sandbox, &[]);
    assert_eq!(output.status, 1, "{output}");
    assert_snapshot!(output.stdout, @r"
    audited 2 packages in [TIME]

    1 package has a verified registry signature

    1 package has a missing registry signature but the registry is providing signing keys:

    @ljharb/has-package-exports-patterns@0.0.2 (${REGISTRY})
    ");
    let output = audit(&sandbox, &["--json"]);
    assert_eq!(output.status, 1, "{output}");
    assert_snapshot!(output.stdout, @r#"
    {
      "invalid": [],
      "missing": [
        {
          "integrity": "sha512-4/RWEeXDO6bocPONheFe6gX/oQdP/bEpv0oL4HqjPP5DCenBSt0mHgahppY49N0CpsaqffdwPq+TlX9CYOq2Dw==",
          "location": "node_modules/@ljharb/has-package-exports-patterns",
          "name": "@ljharb/has-package-exports-patterns",
          "registry": "${REGISTRY}",
          "resolved": "${REGISTRY}@ljharb/has-package-exports-patterns/-/has-package-exports-patterns-0.0.2.tgz",
          "version": "0.0.2"
        }
      ]
    }
    "#);
    alter(&registry, |_, packument| {
        for version in ["0.0.2", "1.3.0", "1.0.0"] {
            if packument["versions"].get(version).is_some() {
                unsigned(packument, version);
            }
        }
    });
    let output = audit(&sandbox, &[]);
    assert_snapshot!(output.stdout, @r"
    audited 2 packages in [TIME]

    2 packages have missing registry signatures but the registry is providing signing keys:

    @ljharb/has-package-exports-patterns@0.0.2 (${REGISTRY})
    has-package-exports@1.3.0 (${REGISTRY})
    ");
}

#[test]
fn invalid_signatures_are_listed() {
    let (registry, sandbox) = installed(&json!({SCOPED: "0.0.2", "has-package-exports": "1.3.0"}));
    let wrong = |all: bool| {
        move |name: &str, packument: &mut Value| match name {
            SCOPED => flip(&mut dist(packument, "0.0.2")["signatures"][0]["sig"], 40),
            "has-package-exports" if all => {
                flip(&mut dist(packument, "1.3.0")["signatures"][0]["sig"], 40);
            }
            _ => {}
        }
    };
    alter(&registry, wrong(false));
    let output = audit(&sandbox, &[]);
    assert_eq!(output.status, 1, "{output}");
    assert_snapshot!(output.stdout, @r"
    audited 2 packages in [TIME]

    1 package has a verified registry signature

    1 package has an invalid registry signature:

    @ljharb/has-package-exports-patterns@0.0.2 (${REGISTRY})

    Someone might have tampered with this package since it was published on the registry!
    ");
    let found = object(&audit(&sandbox, &["--json"]));
    let invalid = &found["invalid"][0];
    let keys: Vec<_> = invalid.as_object().unwrap().keys().collect();
    let expected = [
        "code",
        "message",
        "integrity",
        "keyid",
        "location",
        "name",
        "registry",
        "resolved",
        "signature",
        "type",
        "version",
    ];
    assert_eq!(keys, expected);
    assert_eq!(invalid["code"], "EINTEGRITYSIGNATURE");
    assert_eq!(invalid["type"], "dependencies");
    let message = invalid["message"].as_str().unwrap();
    assert!(message.starts_with(
        "@ljharb/has-package-exports-patterns@0.0.2 has an invalid registry signature with keyid: SHA256:"
    ));
    alter(&registry, wrong(true));
    let output = audit(&sandbox, &[]);
    assert_snapshot!(output.stdout, @r"
    audited 2 packages in [TIME]

    2 packages have invalid registry signatures:

    @ljharb/has-package-exports-patterns@0.0.2 (${REGISTRY})
    has-package-exports@1.3.0 (${REGISTRY})

    Someone might have tampered with these packages since they were published on the registry!
    ");
}

#[test]
fn invalid_attestations_are_listed_beside_the_rest() {
    let wanted = json!({SCOPED: "0.0.2", "has-package-exports": "1.3.0", "tuf-js": "1.0.0"});
    let (registry, sandbox) = installed(&wanted);
    let mut response = signed::attestations();
    flip(&mut response["attestations"][0]["bundle"]["dsseEnvelope"]["signatures"][0]["sig"], 40);
    signed::serve_attestations(&registry, &response);
    let output = audit(&sandbox, &[]);
    assert_eq!(output.status, 1, "{output}");
    assert_snapshot!(output.stdout, @r"
    audited 3 packages in [TIME]

    2 packages have verified registry signatures

    1 package has an invalid attestation:

    tuf-js@1.0.0 (${REGISTRY})

    Someone might have tampered with this package since it was published on the registry!
    ");
    let found = object(&audit(&sandbox, &["--json"]));
    assert_eq!(found["invalid"][0]["code"], "EATTESTATIONVERIFY");
    assert_eq!(found["invalid"][0]["predicateType"], "https://slsa.dev/provenance/v0.2");
    alter(&registry, |name, packument| match name {
        SCOPED => unsigned(packument, "0.0.2"),
        "has-package-exports" => flip(&mut dist(packument, "1.3.0")["signatures"][0]["sig"], 40),
        _ => {}
    });
    signed::serve_attestations(&registry, &response);
    let output = audit(&sandbox, &[]);
    assert_snapshot!(output.stdout, @r"
    audited 3 packages in [TIME]

    1 package has a missing registry signature but the registry is providing signing keys:

    @ljharb/has-package-exports-patterns@0.0.2 (${REGISTRY})

    1 package has an invalid registry signature:

    has-package-exports@1.3.0 (${REGISTRY})

    1 package has an invalid attestation:

    tuf-js@1.0.0 (${REGISTRY})

    Someone might have tampered with these packages since they were published on the registry!
    ");
}

/// Ends with npm's code and exit code 1, and prints nothing but the error.
#[track_caller]
fn aborts(sandbox: &Sandbox, code: &str) -> Output {
    let output = audit(sandbox, &[]);
    assert_eq!(output.error_code(), Some(code), "{output}");
    assert_eq!((output.status, output.stdout.as_str()), (1, ""), "{output}");
    let json = audit(sandbox, &["--json"]);
    assert_eq!(object(&json)["error"]["code"], code, "{json}");
    output
}

#[test]
fn keys_that_are_unknown_or_expired_end_the_audit() {
    let (registry, sandbox) = installed(&json!({SCOPED: "0.0.2"}));
    alter(&registry, |name, packument| {
        if name == SCOPED {
            flip(&mut dist(packument, "0.0.2")["signatures"][0]["keyid"], 12);
        }
    });
    let output = aborts(&sandbox, "EMISSINGSIGNATUREKEY");
    assert!(output.stderr.contains("but no corresponding public key can be found"), "{output}");
    alter(&registry, |name, packument| {
        if name == SCOPED {
            packument["time"]["0.0.2"] = json!("2025-01-29T00:00:00.000Z");
        }
    });
    let output = aborts(&sandbox, "EEXPIREDSIGNATUREKEY");
    assert!(output.stderr.contains("has expired 2025-01-29T00:00:00.000Z"), "{output}");
}

#[test]
fn attestations_of_another_package_end_the_audit() {
    let (registry, sandbox) = installed(&json!({"tuf-js": "1.0.0"}));
    alter(&registry, |name, packument| {
        if name == "tuf-js" {
            let other = signed::integrity(b"other bytes");
            dist(packument, "1.0.0")["integrity"] = json!(other);
            dist(packument, "1.0.0").as_object_mut().unwrap().remove("signatures");
        }
    });
    aborts(&sandbox, "EATTESTATIONSUBJECT");
}

#[test]
fn what_the_registry_does_not_have_or_cannot_say_ends_the_audit_and_is_no_tampering() {
    let (registry, sandbox) = installed(&json!({"plain": "1.0.0"}));
    registry.unpublish("plain", "1.0.0");
    registry.tree("plain@2.0.0");
    aborts(&sandbox, "ETARGET");
    registry
        .on(super::support::Target::Packument("plain".into()))
        .always(super::support::Fault::Status(500));
    let output = aborts(&sandbox, "E500");
    assert!(!output.stderr.contains("tamper"), "{output}");
    registry.heal();
    registry
        .on(super::support::Target::Packument("plain".into()))
        .always(super::support::Fault::Status(404));
    aborts(&sandbox, "E404");
}

#[test]
fn nothing_to_audit_is_npms_error_without_a_code() {
    let registry = Registry::start();
    let sandbox = Sandbox::new(&registry);
    sandbox.package_json(&json!({"name": "project", "version": "1.0.0"}));
    let output = audit(&sandbox, &[]);
    assert_eq!((output.status, output.error_code()), (1, None), "{output}");
    assert!(output.stderr.contains("found no installed dependencies to audit"), "{output}");
    sandbox.file("local/package.json", r#"{"name":"local","version":"1.0.0"}"#);
    sandbox.package_json(&json!({"name": "project", "dependencies": {"local": "file:local"}}));
    sandbox.denpm(["install"]).succeeded();
    let output = audit(&sandbox, &[]);
    assert_eq!((output.status, output.error_code()), (1, None), "{output}");
    let text = "found no dependencies to audit that were installed from a supported registry";
    assert!(output.stderr.contains(text), "{output}");
    let output = audit(&sandbox, &["--global"]);
    assert_eq!(output.error_code(), Some("EAUDITGLOBAL"), "{output}");
    assert_eq!(output.status, 1);
}

#[test]
fn an_edited_integrity_in_the_lock_is_found() {
    let (_registry, sandbox) = installed(&json!({SCOPED: "0.0.2"}));
    let mut lock = sandbox.json("package-lock.json");
    let entry = format!("node_modules/{SCOPED}");
    lock["packages"][&entry]["integrity"] = json!(signed::integrity(b"other bytes"));
    sandbox.file("package-lock.json", &lock.to_string());
    let output = audit(&sandbox, &[]);
    assert_eq!(output.status, 3, "{output}");
    assert!(output.stderr.contains("the lockfile promises other bytes"), "{output}");
    assert!(output.stdout.contains("1 package has a verified registry signature"), "{output}");
    let found = object(&audit(&sandbox, &["--json"]));
    assert_eq!(found["denpm"]["findings"][0]["flag"], "lock-integrity");
    assert_eq!((&found["invalid"], &found["missing"]), (&json!([]), &json!([])));
}

#[test]
fn an_edited_file_in_node_modules_is_found() {
    let (_registry, sandbox) = installed(&json!({"has-package-exports": "1.3.0"}));
    let path = "node_modules/has-package-exports/pattern.js";
    let text = sandbox.read(path).unwrap();
    sandbox.file(path, &format!("{text}// one line more\n"));
    let output = audit(&sandbox, &[]);
    assert_eq!(output.status, 3, "{output}");
    assert!(output.stderr.contains("pattern.js: changed"), "{output}");
    // The same length, and the time of before: only the content tells.
    sandbox.file(path, &text.to_uppercase());
    let output = audit(&sandbox, &[]);
    assert_eq!(output.status, 3, "{output}");
    sandbox.file(path, &text);
    audit(&sandbox, &[]).succeeded();
    sandbox.remove(path);
    let output = audit(&sandbox, &[]);
    assert!(output.stderr.contains("pattern.js: missing"), "{output}");
}

#[test]
fn bundled_packages_are_not_looked_up_and_all_others_are_counted() {
    let (registry, sandbox) = installed(&json!({SCOPED: "0.0.2"}));
    registry.package("carrier", "1.0.0").bundle("inside", "9.9.9").publish();
    sandbox.file("local/package.json", r#"{"name":"local","version":"1.0.0"}"#);
    sandbox.package_json(&json!({
        "name": "project",
        "dependencies": {SCOPED: "0.0.2", "carrier": "1.0.0", "local": "file:local"},
    }));
    sandbox.denpm(["install"]).succeeded();
    sandbox.file("node_modules/stray/package.json", r#"{"name":"stray","version":"1.0.0"}"#);
    registry.forget_requests();
    let output = audit(&sandbox, &["--json"]);
    assert_eq!(output.status, 1, "{output}");
    let found = object(&output);
    let counts = json!({"bundled": 1, "noRegistry": 1, "extraneous": 1});
    assert_eq!(found["denpm"]["notCovered"], counts, "{output}");
    assert!(!registry.log().iter().any(|line| line.contains("inside")), "{:?}", registry.log());
}

#[test]
fn each_packument_is_asked_for_once() {
    let (registry, sandbox) = installed(&json!({
        SCOPED: "0.0.2",
        "alias": format!("npm:{SCOPED}@0.0.2"),
    }));
    registry.forget_requests();
    let output = audit(&sandbox, &[]).succeeded();
    assert!(output.stdout.contains("audited 2 packages"), "{output}");
    let asked = registry.log().iter().filter(|line| line.ends_with("patterns")).count();
    assert_eq!(asked, 1, "{:?}", registry.log());
}

/// Runs npm's audit and ours, and holds them against each other: text, object, code, exit code.
#[track_caller]
fn as_npm(registry: &Registry, sandbox: &Sandbox) {
    for arguments in [&[][..], &["--json"], &["--json", "--include-attestations"]] {
        registry.forget_requests();
        let words = ["audit", "signatures"].iter().chain(arguments);
        let Some(npm) = sandbox.npm(words.copied()) else { return };
        let ours = audit(sandbox, arguments);
        assert_eq!(ours.stdout, npm.stdout, "{ours}\n{npm}");
        assert_eq!(ours.status, npm.status, "{ours}\n{npm}");
        assert_eq!(ours.error_code(), npm.error_code(), "{ours}\n{npm}");
    }
}

#[test]
fn npm_itself_says_the_same() {
    let wanted = json!({SCOPED: "0.0.2", "has-package-exports": "1.3.0", "tuf-js": "1.0.0"});
    let (registry, mut sandbox) = installed(&wanted);
    let repository = super::support::sandbox::repository();
    let stub = repository.join("fixtures/signed/npm-without-tuf.cjs");
    let keys = repository.join("src/verify/signature/npm-keys.json");
    let root = sandbox.project().join("../trusted_root.json");
    let instance = sigstore_verify::trust_root::SigstoreInstance::PublicGood;
    std::fs::write(&root, instance.embedded_trusted_root_json()).unwrap();
    sandbox
        .variable("NODE_OPTIONS", &format!("--require {}", stub.display()))
        .variable("TEST_KEYS", &keys.display().to_string())
        .variable("TEST_TRUSTED_ROOT", &root.display().to_string());
    as_npm(&registry, &sandbox);
    alter(&registry, |name, packument| {
        if name == SCOPED {
            unsigned(packument, "0.0.2");
        }
    });
    as_npm(&registry, &sandbox);
    let wrong = |name: &str, packument: &mut Value| match name {
        SCOPED => unsigned(packument, "0.0.2"),
        "has-package-exports" => flip(&mut dist(packument, "1.3.0")["signatures"][0]["sig"], 40),
        _ => {}
    };
    alter(&registry, wrong);
    as_npm(&registry, &sandbox);
    alter(&registry, |name, packument| {
        if name == "has-package-exports" {
            packument["time"]["1.3.0"] = json!("2025-01-29T00:00:00.000Z");
        }
    });
    as_npm(&registry, &sandbox);
    alter(&registry, |name, packument| {
        if name == "tuf-js" {
            flip(&mut dist(packument, "1.0.0")["signatures"][0]["keyid"], 12);
        }
    });
    as_npm(&registry, &sandbox);
}
