//! One real answer of the registry, altered in known ways; all the others are in `tests/it`.

use super::*;
use crate::error::Code;
use crate::verify::integrity::decode_hex;
use proptest::prelude::*;
use serde_json::Value;

const RESPONSE: &[u8] = include_bytes!("../../../fixtures/signed/tuf-js-1.0.0.attestations.json");
const SHA512: &str = "d5dc6c4301120f30022634dd607438c09d5ffe87fb8c02d629f2441d205651007fe544c9531\
                      f525ba1875e9e266752af7414490a91a3b2ca0f1468b886fc3cfc";

fn sha512() -> [u8; 64] {
    decode_hex(SHA512).unwrap().try_into().unwrap()
}

fn verdict_of(json: &[u8], name: &str, version: &str, sha512: &[u8; 64]) -> Verdict {
    let response = Response::parse(json).unwrap();
    let subject = Subject { name, version, sha512 };
    Verifier::embedded().unwrap().check(&subject, &response, KeySet::pinned())
}

fn altered(alter: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(RESPONSE).unwrap();
    alter(&mut value["attestations"]);
    serde_json::to_vec(&value).unwrap()
}

fn code(verdict: &Verdict) -> Option<Code> {
    match verdict {
        Verdict::Contradicted(fault) => Some(fault.code()),
        _ => None,
    }
}

#[test]
fn a_real_answer_proves_who_built_and_who_published() {
    let Verdict::Verified(evidence) = verdict_of(RESPONSE, "tuf-js", "1.0.0", &sha512()) else {
        panic!("not verified");
    };
    let provenance = evidence.provenance.unwrap();
    let repository = provenance.source_repository.unwrap();
    assert_eq!(repository, "https://github.com/theupdateframework/tuf-js");
    assert_eq!(provenance.workflow.as_deref(), Some(".github/workflows/publish.yml"));
    assert_eq!(evidence.published, Some(1_675_964_307_000));
    assert_eq!(evidence.witnessed, Some(1_675_964_305_000));
}

#[test]
fn it_is_about_one_package_one_version_and_its_bytes() {
    for (name, version, digest) in
        [("tuf-js", "1.0.1", sha512()), ("tuf", "1.0.0", sha512()), ("tuf-js", "1.0.0", [0; 64])]
    {
        let verdict = verdict_of(RESPONSE, name, version, &digest);
        assert_eq!(code(&verdict), Some(Code::AttestationSubject), "{name}@{version}");
    }
}

#[test]
fn a_publish_attestation_needs_the_registrys_key_for_attestations() {
    let response = Response::parse(RESPONSE).unwrap();
    let subject = Subject { name: "tuf-js", version: "1.0.0", sha512: &sha512() };
    let verdict = Verifier::embedded().unwrap().check(&subject, &response, &KeySet::default());
    assert_eq!(code(&verdict), Some(Code::MissingSignatureKey));
}

#[test]
fn a_bundle_of_a_later_version_is_not_covered_and_not_called_tampering() {
    let later = "application/vnd.dev.sigstore.bundle.v0.9+json";
    let both = altered(|list| {
        list[0]["bundle"]["mediaType"] = later.into();
        list[1]["bundle"]["mediaType"] = later.into();
    });
    let verdict = verdict_of(&both, "tuf-js", "1.0.0", &sha512());
    assert_eq!(verdict, Verdict::NotCovered(later.to_owned()));
    let one = altered(|list| list[0]["bundle"]["mediaType"] = later.into());
    let Verdict::Verified(evidence) = verdict_of(&one, "tuf-js", "1.0.0", &sha512()) else {
        panic!("the other one holds");
    };
    assert_eq!(evidence.predicate_types.len(), 1);
}

#[test]
fn an_empty_answer_is_absent() {
    let verdict = verdict_of(b"{\"attestations\":[]}", "tuf-js", "1.0.0", &sha512());
    assert_eq!(verdict, Verdict::Absent);
}

#[test]
fn what_is_no_answer_is_malformed_and_nothing_else() {
    for text in ["", "[]", "{}", "{\"attestations\":[{}]}", "{\"attestations\":[{\"bundle\":{}}]}"]
    {
        assert!(Response::parse(text.as_bytes()).is_err(), "{text}");
    }
    let many = altered(|list| {
        let all = list.as_array_mut().unwrap();
        let first = all[0].clone();
        all.resize(17, first);
    });
    assert!(Response::parse(&many).is_err());
}

#[test]
fn purl_is_npms() {
    let subject = Subject { name: "@scope/name", version: "1.0.0", sha512: &[0; 64] };
    assert_eq!(subject.purl(), "pkg:npm/%40scope/name@1.0.0");
}

#[test]
fn predicates_that_prove_something_are_few() {
    let publish = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1";
    assert_eq!(Predicate::of(publish), Predicate::Publish);
    assert_eq!(Predicate::of("https://slsa.dev/provenance/v1"), Predicate::Provenance);
    assert_eq!(Predicate::of("https://slsa.dev/provenance/v0.1"), Predicate::Other);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_flipped_bit_is_believed_to_say_something_else(at in 0..RESPONSE.len(), bit in 0_u8..8) {
        let mut bytes = RESPONSE.to_vec();
        bytes[at] ^= 1 << bit;
        let Ok(response) = Response::parse(&bytes) else { return Ok(()) };
        let subject = Subject { name: "tuf-js", version: "1.0.0", sha512: &sha512() };
        let verdict = Verifier::embedded().unwrap().check(&subject, &response, KeySet::pinned());
        // What is still believed is what was true: names of fields that nobody reads may change.
        if let Verdict::Verified(evidence) = verdict
            && let Some(provenance) = evidence.provenance
        {
            let repository = provenance.source_repository.unwrap();
            prop_assert_eq!(repository, "https://github.com/theupdateframework/tuf-js");
        }
    }
}
