//! Real signatures, real attestations and the conformance suite of Sigstore, all of them: every
//! vector gives the outcome that npm, or Sigstore's own suite, expects of it.
//!
//! The vectors lie beside the repository, in `../shared` (or where `DENPM_SHARED` says); where
//! they do not, the tests say so and pass.

use crate::support::sandbox::{repository, variable};
use base64::{Engine, engine::general_purpose::STANDARD};
use denpm::{
    error::Code,
    verify::{
        Integrity,
        attestation::{self, Response, Signer, Verifier},
        integrity::decode_hex,
        signature::{self, Accept, Claimed, KeySet, Published, Signature, Subject, ecdsa},
    },
};
use serde_json::Value;
use sigstore_verify::types::DerPublicKey;
use std::{fs, path::PathBuf};

/// The folder of the vectors, if it is there.
fn vectors() -> Option<PathBuf> {
    let beside = || repository().join("../shared");
    let shared = variable("DENPM_SHARED").map_or_else(beside, PathBuf::from);
    let folder = shared.join("vectors/signatures");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: no signature vectors in {}", folder.display());
    None
}

fn json(folder: &std::path::Path, file: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.join(file)).unwrap()).unwrap()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}"))
}

/// A version as the verifier sees it, and what npm calls the result.
fn verdict(item: &Value, signatures: &[Signature<'_>], keys: &KeySet) -> &'static str {
    let Ok(integrity) = Integrity::parse(text(item, "integrity")) else { return "no integrity" };
    let subject =
        Subject { name: text(item, "name"), version: text(item, "version"), integrity: &integrity };
    let claimed = match item["publish_time"].as_str() {
        None => Claimed::Missing,
        Some(time) => match time.parse::<jiff::Timestamp>() {
            Ok(time) => Claimed::At(time.as_millisecond()),
            Err(_) => Claimed::Unreadable,
        },
    };
    let published = Published { claimed, ..Published::default() };
    match signature::check(&subject, signatures, keys, published, Accept::AllValid) {
        signature::Verdict::Verified(_) => "valid",
        signature::Verdict::Contradicted(fault) => fault.code().as_str(),
        signature::Verdict::Absent => "absent",
        signature::Verdict::NotCovered => "not covered",
    }
}

/// Both libraries, which must agree.
fn raw(keys: &KeySet, keyid: &str, message: &str, sig: &str) -> Option<bool> {
    let der = STANDARD.decode(sig).ok()?;
    let key = keys.iter().find(|key| key.id() == keyid).unwrap();
    let fast = ecdsa::is_valid(key.point(), message.as_bytes(), &der);
    let reference = ecdsa::is_valid_by_reference(key.point(), message.as_bytes(), &der);
    assert_eq!(fast, reference, "ring and p256 differ on {message} {sig}");
    Some(fast)
}

#[test]
fn every_registry_signature_gives_its_expected_outcome() {
    let Some(folder) = vectors() else { return };
    let keys = KeySet::pinned();
    let list = json(&folder, "registry-signatures.json");
    let mut valid = 0;
    for item in list.as_array().unwrap() {
        let signatures: Vec<_> = item["signatures"]
            .as_array()
            .unwrap()
            .iter()
            .map(|signature| Signature {
                keyid: text(signature, "keyid"),
                sig: text(signature, "sig"),
            })
            .collect();
        let found = verdict(item, &signatures, keys);
        assert_eq!(found, text(item, "expected"), "{item}");
        valid += usize::from(found == "valid");
        let message =
            format!("{}@{}:{}", text(item, "name"), text(item, "version"), text(item, "integrity"));
        for signature in &signatures {
            raw(keys, signature.keyid, &message, signature.sig);
        }
    }
    assert_eq!((list.as_array().unwrap().len(), valid), (157, 154));
}

#[test]
fn every_altered_signature_gives_its_expected_outcome() {
    let Some(folder) = vectors() else { return };
    let keys = KeySet::pinned();
    let list = json(&folder, "registry-signatures-negative.json");
    for item in list.as_array().unwrap() {
        let (id, sig) = (text(item, "id"), text(item, "sig"));
        let signatures = [Signature { keyid: text(item, "keyid"), sig }];
        let found = verdict(item, &signatures, keys);
        let expected = match (text(item, "npm_expected"), id) {
            // A key under another key's id cannot be listed here; the mathematics is below.
            (_, "wrong-key") | ("valid-after-ssri", _) => "valid",
            // Of a list nobody knows in which order it was signed: nothing to hold it against.
            (_, "integrity-two-hashes") => "not covered",
            // What node's verifier says depends on its base64 alone, which is lenient.
            ("?", _) => "EINTEGRITYSIGNATURE",
            (expected, _) => expected,
        };
        assert_eq!(found, expected, "{id}");
        let message =
            format!("{}@{}:{}", text(item, "name"), text(item, "version"), text(item, "integrity"));
        let mathematics = raw(keys, text(item, "verify_with_key"), &message, sig);
        for library in ["p256", "ring"] {
            let noted = item["crypto"].as_object().unwrap();
            let noted = noted.iter().filter(|(name, _)| name.starts_with(library));
            for (name, noted) in noted {
                assert_eq!(mathematics, noted.as_bool(), "{id} by {name}");
            }
        }
    }
    assert_eq!(list.as_array().unwrap().len(), 41);
}

#[test]
fn every_signed_version_of_the_packuments_verifies() {
    let Some(folder) = vectors() else { return };
    let keys = KeySet::pinned();
    let mut verified = 0;
    for file in fs::read_dir(folder.join("packuments")).unwrap() {
        let packument: Value =
            serde_json::from_slice(&fs::read(file.unwrap().path()).unwrap()).unwrap();
        for (version, manifest) in packument["versions"].as_object().unwrap() {
            let item = serde_json::json!({
                "name": packument["name"],
                "version": version,
                "integrity": manifest["dist"]["integrity"],
                "publish_time": packument["time"][version],
            });
            let signatures: Vec<_> = manifest["dist"]["signatures"]
                .as_array()
                .unwrap()
                .iter()
                .map(|signature| Signature {
                    keyid: text(signature, "keyid"),
                    sig: text(signature, "sig"),
                })
                .collect();
            assert_eq!(verdict(&item, &signatures, keys), "valid", "{item}");
            verified += 1;
        }
    }
    assert_eq!(verified, 131);
}

#[test]
fn the_pinned_keys_are_those_of_the_tuf_target_and_of_the_endpoint() {
    let Some(folder) = vectors() else { return };
    let target = fs::read(folder.join("trust/npm-keys-tuf-target.json")).unwrap();
    let (from_target, refused) = KeySet::from_tuf_target(&target).unwrap();
    assert_eq!((&from_target, refused), (KeySet::pinned(), vec![]));
    let endpoint = fs::read(folder.join("trust/npm-keys-endpoint.json")).unwrap();
    let (from_endpoint, refused) = KeySet::from_endpoint(&endpoint).unwrap();
    assert_eq!((from_endpoint.iter().count(), refused), (2, vec![]));
    for key in from_endpoint.iter() {
        assert!(KeySet::pinned().iter().any(|pinned| pinned.spki() == key.spki()));
    }
}

/// What an attestation response comes to, as npm's code or `valid`.
fn response_verdict(verifier: &Verifier, body: &[u8], purl: &str, sha512: &str) -> &'static str {
    let Ok(response) = Response::parse(body) else { return "malformed" };
    let (name, version) = purl.strip_prefix("pkg:npm/").unwrap().rsplit_once('@').unwrap();
    let name = name.replace("%40", "@");
    let sha512 = decode_hex(sha512).unwrap();
    let subject = attestation::Subject {
        name: &name,
        version,
        sha512: sha512.as_slice().try_into().unwrap(),
    };
    match verifier.check(&subject, &response, KeySet::pinned()) {
        attestation::Verdict::Verified(evidence) => {
            assert!(evidence.witnessed.is_some());
            "valid"
        }
        attestation::Verdict::Contradicted(fault) => fault.code().as_str(),
        attestation::Verdict::Absent => "absent",
        attestation::Verdict::NotCovered(_) => "not covered",
    }
}

#[test]
fn every_attestation_response_gives_its_expected_outcome() {
    let Some(folder) = vectors() else { return };
    let verifier = Verifier::embedded().unwrap();
    let manifest = json(&folder, "manifest.json");
    let (mut accepted, mut refused) = (0, 0);
    for entry in manifest.as_array().unwrap() {
        let file = text(entry, "file");
        if !file.contains("attestations/") {
            continue;
        }
        let body = fs::read(folder.join(file)).unwrap();
        let expected = text(entry, "expected");
        let codes = [
            Code::AttestationSubject,
            Code::AttestationVerify,
            Code::MissingSignatureKey,
            Code::ExpiredSignatureKey,
        ];
        let code = codes.iter().map(|code| code.as_str()).find(|code| expected.contains(code));
        let sha512 = text(entry, "artifact_sha512");
        // The package that the bytes are: what the unaltered answer for them speaks of.
        let original = manifest.as_array().unwrap().iter().find(|other| {
            text(other, "file").starts_with("attestations/") && other["artifact_sha512"] == sha512
        });
        let subject = text(&original.unwrap()["bundles"][0], "subject");
        let found = response_verdict(&verifier, &body, subject, sha512);
        assert_eq!(found, code.unwrap_or("valid"), "{file}: {expected}");
        *(if code.is_some() { &mut refused } else { &mut accepted }) += 1;
    }
    // One of the altered ones is npm's blind spot: a stripped publish attestation.
    assert_eq!((accepted, refused), (9, 18));
}

#[test]
fn every_attestation_tells_who_built_it() {
    let Some(folder) = vectors() else { return };
    let verifier = Verifier::embedded().unwrap();
    let manifest = json(&folder, "manifest.json");
    let mut told = Vec::new();
    for entry in manifest.as_array().unwrap() {
        let file = text(entry, "file");
        if !file.starts_with("attestations/") {
            continue;
        }
        let response = Response::parse(&fs::read(folder.join(file)).unwrap()).unwrap();
        let purl = text(&entry["bundles"][0], "subject");
        let (name, version) = purl.strip_prefix("pkg:npm/").unwrap().rsplit_once('@').unwrap();
        let name = name.replace("%40", "@");
        let sha512 = decode_hex(text(entry, "artifact_sha512")).unwrap();
        let sha512 = sha512.as_slice().try_into().unwrap();
        let subject = attestation::Subject { name: &name, version, sha512 };
        let verdict = verifier.check(&subject, &response, KeySet::pinned());
        let attestation::Verdict::Verified(evidence) = verdict else { panic!("{file}") };
        assert!(evidence.published.is_some(), "{file}");
        let provenance = evidence.provenance.unwrap();
        told.push(format!(
            "{name}@{version} {} {} {}",
            provenance.source_repository.unwrap_or_default(),
            provenance.workflow.unwrap_or_default(),
            provenance.runner.unwrap_or_default()
        ));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn every_conformance_bundle_gives_its_expected_outcome() {
    let Some(folder) = vectors() else { return };
    let manifest = json(&folder, "manifest.json");
    let mut checked = 0;
    for entry in manifest.as_array().unwrap() {
        let Some(case) = text(entry, "file").strip_prefix("bundles/") else { continue };
        let case = folder.join("bundles").join(case);
        let read = |name: &str| fs::read_to_string(case.join(name)).ok();
        let verifier = read("trusted_root.json")
            .map_or_else(Verifier::embedded, |root| Verifier::from_trusted_root(&root));
        let key = read("key.pub").map(|pem| DerPublicKey::from_pem(&pem)).transpose();
        let artifact = fs::read(case.join(text(entry, "artifact"))).unwrap();
        let bundle = read("bundle.sigstore.json").unwrap();
        let holds = verifier.is_ok_and(|verifier| {
            // One of the keys is damaged, in a case that must fail.
            let Ok(key) = key else { return false };
            let signer =
                key.as_ref().map_or(Signer::Certificate, |key| Signer::Key(key.as_bytes()));
            verifier
                .verify_bundle(artifact.as_slice(), &bundle, signer)
                .is_ok_and(|proven| proven.tlog_verified())
        });
        assert_eq!(holds, text(entry, "expected") == "verify", "{}", case.display());
        checked += 1;
    }
    assert_eq!(checked, 54);
}
