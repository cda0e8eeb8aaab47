//! Signatures at install: real packages with their real signatures are proven before anything is
//! linked, and one flipped bit anywhere is refused.

use super::support::{
    Fault, Registry, Sandbox, Target,
    sandbox::Output,
    signed::{self, OwnKey},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

/// Every package of [`signed::publish`].
fn dependencies() -> Value {
    json!({
        "has-package-exports": "1.3.0",
        "@ljharb/has-package-exports-patterns": "0.0.2",
        "tuf-js": "1.0.0",
    })
}

/// A registry that serves them, and a project that wants them.
fn standing(alter: impl Fn(&str, &mut Value)) -> (Registry, Sandbox) {
    let registry = Registry::start();
    signed::publish(&registry, alter);
    let sandbox = Sandbox::new(&registry);
    sandbox.user_policy(signed::POLICY).npmrc("sigstore-tuf=off").package_json(
        &json!({"name": "project", "version": "1.0.0", "dependencies": dependencies()}),
    );
    (registry, sandbox)
}

/// Refused with this code and exit code, and nothing of the project has changed.
#[track_caller]
fn refused(sandbox: &Sandbox, args: &[&str], code: &str, exit: i32) -> Output {
    let before = sandbox.snapshot_files();
    let output = sandbox.denpm(args);
    assert_eq!(output.error_code(), Some(code), "{output}");
    assert_eq!(output.status, exit, "{output}");
    assert_eq!(sandbox.snapshot_files(), before, "{output}");
    output
}

/// `dist` of the only version of a package.
fn dist<'a>(packument: &'a mut Value, version: &str) -> &'a mut Value {
    &mut packument["versions"][version]["dist"]
}

/// Swaps one character for its neighbour: a bit of what it encodes flips.
fn flip(value: &mut Value, at: usize) {
    let mut text = value.as_str().unwrap().to_owned();
    let other = if &text[at..=at] == "A" { "B" } else { "A" };
    text.replace_range(at..=at, other);
    *value = json!(text);
}

#[test]
fn real_packages_are_proven_before_they_are_linked() {
    let (_registry, sandbox) = standing(|_, _| {});
    let output = sandbox.denpm(["install"]).succeeded();
    assert!(output.stdout.contains("3 signed · 1 attested"), "{output}");
    assert!(!output.stderr.contains("signatures"), "{output}");
    let sidecar = sandbox.json("node_modules/.denpm.json");
    let proof = |name: &str| sidecar["packages"][format!("node_modules/{name}")]["proof"].clone();
    assert_eq!(
        proof("tuf-js"),
        json!({
            "version": "1.0.0",
            "rank": "provenance",
            "signature": "verified",
            "attestations": "verified",
        })
    );
    assert_eq!(proof("has-package-exports")["rank"], "signature");
    sandbox.remove("node_modules");
    let output = sandbox.denpm(["ci", "--json"]).succeeded();
    let told: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(
        told["denpm"],
        json!({
            "signatures":
                {"verified": 3, "notCovered": 0, "absent": 0, "unreachable": 0, "contradicted": 0},
            "attestations":
                {"verified": 1, "notCovered": 0, "absent": 2, "unreachable": 0, "contradicted": 0},
        })
    );
}

#[test]
fn a_flipped_signature_is_refused() {
    let (_registry, sandbox) = standing(|name, packument| {
        if name == "has-package-exports" {
            flip(&mut dist(packument, "1.3.0")["signatures"][0]["sig"], 40);
        }
    });
    let output = refused(&sandbox, &["install"], "EINTEGRITYSIGNATURE", 3);
    assert!(output.stderr.contains("has-package-exports@1.3.0 has an invalid registry signature"));
}

#[test]
fn a_signature_by_an_unknown_key_is_refused_and_not_called_tampering() {
    let (_registry, sandbox) = standing(|name, packument| {
        if name == "tuf-js" {
            flip(&mut dist(packument, "1.0.0")["signatures"][0]["keyid"], 12);
        }
    });
    let output = refused(&sandbox, &["install"], "EMISSINGSIGNATUREKEY", 3);
    assert!(output.stderr.contains("could not be refreshed"), "{output}");
    assert!(!output.stderr.contains("tamper"), "{output}");
}

#[test]
fn a_flipped_integrity_is_refused() {
    let (_registry, sandbox) = standing(|name, packument| {
        if name == "tuf-js" {
            flip(&mut dist(packument, "1.0.0")["integrity"], 20);
        }
    });
    refused(&sandbox, &["install"], "EINTEGRITY", 1);
}

#[test]
fn a_flipped_tarball_is_refused() {
    let (registry, sandbox) = standing(|_, _| {});
    let mut tarball = signed::tarball("tuf-js-1.0.0.tgz");
    tarball[5000] ^= 1;
    registry.serve("tuf-js/-/tuf-js-1.0.0.tgz", "application/octet-stream", tarball);
    refused(&sandbox, &["install"], "EINTEGRITY", 1);
}

#[test]
fn other_bytes_under_a_fitting_integrity_are_refused() {
    // What the integrity alone cannot see: a registry that changes both.
    let (registry, sandbox) = standing(|name, packument| {
        if name == "tuf-js" {
            dist(packument, "1.0.0")["integrity"] = json!(signed::integrity(&signed::forged()));
        }
    });
    registry.serve("tuf-js/-/tuf-js-1.0.0.tgz", "application/octet-stream", signed::forged());
    let output = refused(&sandbox, &["install"], "EINTEGRITYSIGNATURE", 3);
    assert!(output.stderr.contains("tuf-js@1.0.0"), "{output}");
}

#[test]
fn another_version_under_the_signed_bytes_is_refused() {
    let (_registry, sandbox) = standing(|name, packument| {
        if name == "tuf-js" {
            let mut version = packument["versions"]["1.0.0"].clone();
            version["version"] = json!("1.0.1");
            packument["versions"] = json!({"1.0.1": version});
            packument["dist-tags"]["latest"] = json!("1.0.1");
            packument["time"]["1.0.1"] = packument["time"]["1.0.0"].clone();
        }
    });
    let mut wanted = dependencies();
    wanted["tuf-js"] = json!("1.0.1");
    sandbox.package_json(&json!({"name": "project", "dependencies": wanted}));
    refused(&sandbox, &["install"], "EMANIFESTMISMATCH", 3);
}

#[test]
fn an_expired_key_is_refused() {
    let (_registry, sandbox) = standing(|name, packument| {
        if name == "has-package-exports" {
            packument["time"]["1.3.0"] = json!("2025-02-01T00:00:00.000Z");
        }
    });
    refused(&sandbox, &["install"], "EEXPIREDSIGNATUREKEY", 3);
}

#[test]
fn the_time_in_the_log_outweighs_the_packument() {
    // The packument claims a time after the key's end; the log saw the package before it.
    let (_registry, sandbox) = standing(|name, packument| {
        if name == "tuf-js" {
            packument["time"]["1.0.0"] = json!("2025-02-01T00:00:00.000Z");
        }
    });
    sandbox.denpm(["install"]).succeeded();
}

#[test]
fn an_altered_attestation_is_refused() {
    let (registry, sandbox) = standing(|_, _| {});
    let mut response = signed::attestations();
    flip(&mut response["attestations"][0]["bundle"]["dsseEnvelope"]["signatures"][0]["sig"], 40);
    signed::serve_attestations(&registry, &response);
    refused(&sandbox, &["install"], "EATTESTATIONVERIFY", 3);
    // Valid, and announced as what it is not.
    let mut response = signed::attestations();
    response["attestations"][0]["predicateType"] =
        response["attestations"][1]["predicateType"].clone();
    signed::serve_attestations(&registry, &response);
    refused(&sandbox, &["install"], "EATTESTATIONVERIFY", 3);
}

#[test]
fn an_optional_dependency_is_refused_as_well() {
    let (_registry, sandbox) = standing(|name, packument| {
        if name == "tuf-js" {
            flip(&mut dist(packument, "1.0.0")["signatures"][0]["sig"], 40);
        }
    });
    sandbox.package_json(&json!({"name": "project", "optionalDependencies": {"tuf-js": "1.0.0"}}));
    refused(&sandbox, &["install"], "EINTEGRITYSIGNATURE", 3);
}

#[test]
fn a_lockfile_is_proven_too_and_what_was_proven_is_not_asked_again() {
    let (registry, sandbox) = standing(|_, _| {});
    sandbox.denpm(["install", "--package-lock-only"]).succeeded();
    registry.forget_requests();
    let output = sandbox.denpm(["ci"]).succeeded();
    assert!(output.stdout.contains("3 signed · 1 attested"), "{output}");
    assert_eq!(registry.log().iter().filter(|line| line.contains("attestations")).count(), 1);
    registry.forget_requests();
    let output = sandbox.denpm(["ci"]).succeeded();
    assert!(output.stdout.contains("3 signed · 1 attested"), "{output}");
    assert_eq!(registry.log(), Vec::<String>::new());
}

#[test]
fn one_document_that_is_not_kept_tells_the_signatures_of_all_versions_a_lockfile_names() {
    let (registry, key) = (Registry::start(), OwnKey::new());
    for (name, version) in [("a", "1.0.0"), ("b", "1.0.0"), ("b", "2.0.0")] {
        key.publish(&registry, name, version);
    }
    key.serve(&registry);
    let sandbox = Sandbox::new(&registry);
    sandbox.user_policy("").package_json(&json!({
        "name": "project",
        "version": "1.0.0",
        "dependencies": {"a": "1", "b": "1", "c": "npm:b@2"},
    }));
    sandbox.denpm(["install", "--package-lock-only"]).succeeded();
    let forget = || {
        std::fs::remove_dir_all(sandbox.cache()).unwrap();
        registry.forget_requests();
    };
    forget();
    sandbox.denpm(["ci"]).succeeded().stdout_has("3 signed");
    assert_eq!(registry.requests().packuments, 2, "{:?}", registry.log());
    assert!(!sandbox.cache().join("_denpm/packuments").exists());
    // Who prefers the cache has it filled.
    forget();
    sandbox.denpm(["ci", "--prefer-offline"]).succeeded().stdout_has("3 signed");
    assert!(sandbox.cache().join("_denpm/packuments").exists());
}

#[test]
fn a_lockfile_with_another_integrity_is_refused_although_its_bytes_are_there() {
    let (registry, sandbox) = standing(|_, _| {});
    sandbox.denpm(["install", "--package-lock-only"]).succeeded();
    registry.serve("tuf-js/-/tuf-js-1.0.0.tgz", "application/octet-stream", signed::forged());
    let mut lock = sandbox.json("package-lock.json");
    lock["packages"]["node_modules/tuf-js"]["integrity"] =
        json!(signed::integrity(&signed::forged()));
    sandbox.file("package-lock.json", &lock.to_string());
    // npm installs this, and its audit finds nothing.
    refused(&sandbox, &["ci"], "EINTEGRITYSIGNATURE", 3);
}

#[test]
fn a_mirror_that_removes_signatures_is_told_of_and_refused_on_demand() {
    let (_registry, sandbox) = standing(|_, packument| {
        for version in packument["versions"].as_object_mut().unwrap().values_mut() {
            version["dist"].as_object_mut().unwrap().remove("signatures");
        }
    });
    let output = sandbox.denpm(["install"]).succeeded();
    assert!(output.stderr.contains("3 packages have no registry signature"), "{output}");
    assert!(output.stdout.contains("3 unsigned"), "{output}");
    sandbox.remove("node_modules");
    sandbox.file("denpm.toml", "[signature]\nrequire = \"always\"\n");
    let output = refused(&sandbox, &["install"], "EPOLICY", 4);
    assert!(output.stderr.contains("a registry signature is required"), "{output}");
    sandbox.user_policy(&format!("{}[signature]\nunsigned = [\"*\"]\n", signed::POLICY));
    sandbox.denpm(["install"]).succeeded();
}

#[test]
fn attestations_that_cannot_be_fetched_are_an_outage_and_no_attack() {
    let (registry, sandbox) = standing(|_, _| {});
    registry.serve(signed::ATTESTATIONS, "application/json", b"{\"attestations\":".to_vec());
    let output = sandbox.denpm(["install"]).succeeded();
    assert!(output.stderr.contains("could not be checked: tuf-js@1.0.0"), "{output}");
    assert!(!output.stderr.contains("tamper"), "{output}");
    sandbox.remove("node_modules");
    sandbox.file("denpm.toml", "[attestation]\nunreachable = \"error\"\n");
    refused(&sandbox, &["install"], "EPOLICY", 4);
}

#[test]
fn rules_hold_for_who_built_a_package() {
    let (_registry, sandbox) = standing(|_, _| {});
    let rule = |repository: &str| {
        format!(
            "[[rule]]\npackages = [\"tuf-js\"]\nsource_repository = \"{repository}\"\n\
             workflow = \".github/workflows/publish.yml\"\npublish_attestation = true\n"
        )
    };
    sandbox.file("denpm.toml", &rule("https://github.com/theupdateframework/other"));
    let output = refused(&sandbox, &["install"], "EPOLICY", 4);
    assert!(output.stderr.contains("https://github.com/theupdateframework/tuf-js is proven"));
    sandbox.file("denpm.toml", &rule("https://github.com/theupdateframework/tuf-js"));
    sandbox.denpm(["install"]).succeeded();
    // What was proven once is judged by the policy of today.
    sandbox.file("denpm.toml", &rule("https://github.com/theupdateframework/other"));
    sandbox.remove("node_modules");
    refused(&sandbox, &["install"], "EPOLICY", 4);
}

#[test]
fn attestations_can_be_required_and_exempted_by_exact_integrity() {
    let (_registry, sandbox) = standing(|_, _| {});
    sandbox.package_json(&json!({"name": "project", "dependencies": {"tuf-js": "1.0.0"}}));
    sandbox.file("denpm.toml", "[attestation]\nmode = \"require\"\n");
    sandbox.denpm(["install"]).succeeded();
    sandbox.remove("node_modules").remove("package-lock.json");
    let name = "@ljharb/has-package-exports-patterns";
    sandbox.package_json(&json!({"name": "project", "dependencies": {name: "0.0.2"}}));
    refused(&sandbox, &["install"], "EPOLICY", 4);
    let integrity =
        signed::integrity(&signed::tarball("ljharb-has-package-exports-patterns-0.0.2.tgz"));
    let exempt = |expires: &str| {
        format!(
            "[[exempt]]\npackage = \"{name}@0.0.2\"\nintegrity = \"{integrity}\"\n\
             checks = [\"attestation\"]\nreason = \"old\"\nexpires = \"{expires}\"\n"
        )
    };
    sandbox.user_policy(&(exempt("2020-01-01") + signed::POLICY));
    refused(&sandbox, &["install"], "EPOLICY", 4);
    sandbox.file(
        "denpm.toml",
        &("[attestation]\nmode = \"require\"\n".to_owned() + &exempt("2999-01-01")),
    );
    let refusal = sandbox.denpm(["install"]);
    refusal.failed_with("EPOLICY").stderr_has("is not exempt: a project cannot exempt");
    sandbox.user_policy(&(exempt("2999-01-01") + signed::POLICY));
    sandbox.denpm(["install"]).succeeded();
}

#[test]
fn a_scope_with_its_own_registry_is_held_to_that_registrys_keys() {
    let own = Registry::start();
    let key = OwnKey::new();
    key.publish(&own, "@own/a", "1.0.0");
    let (_registry, sandbox) = standing(|_, _| {});
    sandbox.npmrc(&format!("@own:registry={}", own.url()));
    sandbox.package_json(&json!({"name": "project", "dependencies": {"@own/a": "1.0.0"}}));
    // Without an endpoint for keys there is nothing to hold signatures against.
    sandbox.denpm(["install"]).succeeded();
    sandbox.remove("node_modules").remove("package-lock.json");
    key.serve(&own);
    let output = sandbox.denpm(["install"]).succeeded();
    assert!(output.stdout.contains("1 signed"), "{output}");
    sandbox.remove("node_modules").remove("package-lock.json");
    OwnKey::other().serve(&own);
    sandbox.npmrc(&format!("cache={}", sandbox.project().join("../cache2").display()));
    refused(&sandbox, &["install"], "EMISSINGSIGNATUREKEY", 3);
}

#[test]
fn a_version_that_lost_its_provenance_is_told_of() {
    let registry = Registry::start();
    let provenance = json!({"url": "https://registry.example/-/npm/v1/attestations/a@1.0.0",
        "provenance": {"predicateType": "https://slsa.dev/provenance/v1"}});
    registry.package("a", "1.0.0").dist("attestations", provenance).publish();
    registry.package("a", "1.0.1").publish();
    let sandbox = Sandbox::new(&registry);
    sandbox.package_json(&json!({"name": "project", "dependencies": {"a": "^1"}}));
    let output = sandbox.denpm(["install"]).succeeded();
    assert!(output.stderr.contains("its origin is known less well than that of 1.0.0"), "{output}");
    sandbox.remove("node_modules").remove("package-lock.json");
    sandbox.file("denpm.toml", "[downgrade]\naction = \"error\"\n");
    refused(&sandbox, &["install"], "EPOLICY", 4);
}

#[test]
fn rules_are_generated_from_what_is_installed_and_hold_from_then_on() {
    let (registry, sandbox) = standing(|_, _| {});
    let output = sandbox.denpm(["policy", "init"]);
    assert_eq!(output.error_code(), Some("EPOLICY"), "{output}");
    sandbox.denpm(["install"]).succeeded();
    let output = sandbox.denpm(["policy", "init"]).succeeded();
    assert!(output.stdout.contains("wrote rules for 1 packages"), "{output}");
    insta::assert_snapshot!(sandbox.read("denpm.toml").unwrap(), @r#"
    # Who may build these packages: written by `denpm policy init` from what was installed and
    # proven. Every rule that means a package must hold; see each of them before you commit.
    version = 1

    [[rule]]
    packages = ["tuf-js"]
    source_repository = "https://github.com/theupdateframework/tuf-js"
    workflow = ".github/workflows/publish.yml"
    issuer = "https://token.actions.githubusercontent.com"
    "#);
    sandbox.remove("node_modules");
    sandbox.denpm(["ci"]).succeeded();
    // The next version must come from the same build: here it comes from none.
    signed::publish(&registry, |name, packument| {
        if name == "tuf-js" {
            dist(packument, "1.0.0").as_object_mut().unwrap().remove("attestations");
        }
    });
    sandbox
        .remove("node_modules")
        .npmrc(&format!("cache={}", sandbox.project().join("../cache2").display()));
    refused(&sandbox, &["ci"], "EPOLICY", 4);
    // What is there already is not overwritten.
    let before = sandbox.read("denpm.toml");
    let output = sandbox.denpm(["policy", "other"]);
    assert_eq!(output.error_code(), Some("EUSAGE"), "{output}");
    assert_eq!(sandbox.read("denpm.toml"), before);
}

#[test]
fn verify_proves_kept_signatures_again_without_asking_anyone() {
    let (registry, sandbox) = standing(|_, _| {});
    sandbox.denpm(["install"]).succeeded();
    registry.forget_requests();
    sandbox
        .denpm(["verify"])
        .succeeded()
        .stdout_has("3 packages as verified · 3 signed · 1 attested");
    assert_eq!(registry.log(), Vec::<String>::new());
    // The policy of today judges what was proven then.
    sandbox.file("denpm.toml", "[attestation]\nmode = \"require\"\n");
    let output = sandbox.denpm(["verify"]).failed_with("EPOLICY");
    assert_eq!(output.status, 4, "{output}");
    sandbox.remove("denpm.toml");
    // A kept signature is evidence, not a word that is believed.
    let path = sandbox.cache().join("_denpm/proofs-v1.jsonl");
    let kept = std::fs::read_to_string(&path).unwrap();
    let at = kept.find("\"sig\":\"").unwrap() + 40;
    let other = if &kept[at..=at] == "A" { "B" } else { "A" };
    std::fs::write(&path, format!("{}{other}{}", &kept[..at], &kept[at + 1..])).unwrap();
    let output = sandbox.denpm(["verify"]).failed_with("EINTEGRITYSIGNATURE");
    assert_eq!(output.status, 3, "{output}");
    // Without it nothing is claimed, and refused where a signature is demanded.
    std::fs::remove_file(&path).unwrap();
    let output = sandbox.denpm(["verify"]).succeeded();
    assert!(!output.stdout.contains("signed"), "{output}");
    sandbox.file("denpm.toml", "[signature]\nrequire = \"always\"\n");
    sandbox.denpm(["verify"]).failed_with("EPOLICY");
}

/// A package that a registry signs with its own key under one SHA-512, and who demands signatures.
fn demanding() -> (Registry, Sandbox, Value) {
    let (registry, key) = (Registry::start(), OwnKey::new());
    registry.package("a", "1.0.0").publish();
    let signature = key.sign("a", "1.0.0", &registry.integrity("a", "1.0.0"));
    key.serve(&registry);
    let sandbox = Sandbox::new(&registry);
    sandbox
        .user_policy("[signature]\nrequire = \"always\"\n")
        .package_json(&json!({"name": "project", "dependencies": {"a": "1.0.0"}}));
    (registry, sandbox, json!([signature]))
}

#[test]
fn altered_bytes_under_an_integrity_that_nobody_signs_are_not_excused_from_their_signature() {
    let (registry, sandbox, signatures) = demanding();
    registry.package("a", "1.0.0").file("evil.js", "1").publish();
    let sha512 = registry.integrity("a", "1.0.0");
    for told in [Value::Null, json!(format!("{sha512} {}", signed::integrity(b"other")))] {
        let altered = registry.package("a", "1.0.0").file("evil.js", "1");
        altered.dist("signatures", signatures.clone()).dist("integrity", told).publish();
        let output = refused(&sandbox, &["install"], "EPOLICY", 4);
        output.stderr_has("a registry signature is required").stderr_has("Signature: absent");
    }
    // Where none is demanded it is told.
    sandbox.user_policy("");
    let output = sandbox.denpm(["install"]).succeeded();
    output.stderr_has("1 package has no registry signature: a@1.0.0");
}

#[test]
fn a_signature_holds_for_its_bytes_although_the_registry_tells_no_integrity() {
    let (registry, sandbox, signatures) = demanding();
    let right = registry.package("a", "1.0.0").dist("signatures", signatures);
    right.dist("integrity", Value::Null).publish();
    sandbox.denpm(["install"]).succeeded().stdout_has("1 signed");
}

#[test]
fn an_old_publication_is_signed_under_its_sha1() {
    let (registry, sandbox, _) = demanding();
    let digest = Sha1::digest(registry.tarball("a", "1.0.0"));
    let sha1 = format!("sha1-{}", BASE64_STANDARD.encode(digest));
    let old = registry.package("a", "1.0.0").dist("integrity", json!(sha1));
    old.dist("signatures", json!([OwnKey::new().sign("a", "1.0.0", &sha1)])).publish();
    sandbox.denpm(["install"]).succeeded().stdout_has("1 signed");
    // What lies in the store is known by its SHA-512 alone.
    sandbox.remove("node_modules").denpm(["ci"]).succeeded().stdout_has("1 signed");
}

#[test]
fn keys_that_only_the_configured_registry_hands_out_count_unless_the_policy_says_otherwise() {
    let (registry, key) = (Registry::start(), OwnKey::new());
    key.publish(&registry, "a", "1.0.0");
    key.serve(&registry);
    let sandbox = Sandbox::new(&registry);
    sandbox.package_json(&json!({"name": "project", "dependencies": {"a": "1.0.0"}}));
    sandbox.npmrc("sigstore-tuf=off");
    // The order matters: what was proven under one policy is not taken over into a stricter one.
    for policy in ["", "[signature]\nkeys = [\"pinned\", \"endpoint\"]\n"] {
        sandbox.user_policy(policy).denpm(["install"]).succeeded().stdout_has("1 signed");
        sandbox.remove("node_modules");
    }
    for policy in ["[signature]\nkeys = [\"pinned\"]\n", "[sumdb]\nnamespace = \"npm\"\n"] {
        sandbox.user_policy(policy);
        refused(&sandbox, &["install"], "EMISSINGSIGNATUREKEY", 3);
    }
}

#[test]
fn keys_of_a_scopes_own_registry_count_unless_the_policy_leaves_them_out() {
    let (own, key) = (Registry::start(), OwnKey::new());
    key.publish(&own, "@own/a", "1.0.0");
    key.serve(&own);
    let (_registry, sandbox) = standing(|_, _| {});
    sandbox.npmrc(&format!("@own:registry={}", own.url()));
    sandbox.package_json(&json!({"name": "project", "dependencies": {"@own/a": "1.0.0"}}));
    for said in ["[sumdb]\nnamespace = \"npm\"\n", "keys = [\"endpoint\"]\n"] {
        let policy = format!("[signature]\nrequire = \"always\"\n{said}");
        sandbox.user_policy(&policy).denpm(["install"]).succeeded().stdout_has("1 signed");
        sandbox.remove("node_modules");
    }
    sandbox.user_policy("[signature]\nrequire = \"always\"\nkeys = [\"pinned\"]\n");
    refused(&sandbox, &["install"], "EPOLICY", 4);
}

#[test]
fn a_registry_that_does_not_let_us_in_has_not_said_that_nothing_is_signed() {
    for (status, told, later) in [
        (401, "could not be checked: a@1.0.0", "1 signed"),
        (403, "could not be checked: a@1.0.0", "1 signed"),
        (429, "could not be checked: a@1.0.0", "1 signed"),
        (404, "no registry signature: a@1.0.0", "1 unsigned"),
    ] {
        let (registry, key) = (Registry::start(), OwnKey::new());
        key.publish(&registry, "a", "1.0.0");
        // Its keys count for all packages, so that it is known to have some.
        key.serve(&registry);
        let sandbox = Sandbox::new(&registry);
        sandbox.user_policy("[signature]\nkeys = [\"endpoint\"]\n").npmrc("fetch-retries=0");
        sandbox.package_json(&json!({"name": "project", "dependencies": {"a": "1.0.0"}}));
        sandbox.denpm(["install", "--package-lock-only"]).succeeded();
        std::fs::remove_dir_all(sandbox.cache()).unwrap();
        registry.on(Target::Packument("a".to_owned())).always(Fault::Status(status));
        sandbox.denpm(["ci"]).succeeded().stderr_has(told);
        // What was not heard is asked again; that there is nothing is believed for a day.
        registry.heal();
        sandbox.denpm(["ci"]).succeeded().stdout_has(later);
    }
}
