//! Signatures made here, where what is wrong with each is known; the real ones are in `tests/it`.

use super::*;
use crate::error::Explain;
use p256::{
    ecdsa::{Signature as Ecdsa, SigningKey, signature::Signer},
    pkcs8::EncodePublicKey,
};
use proptest::prelude::*;
use serde_json::json;

const DAY: i64 = 24 * 60 * 60 * 1000;

fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

/// The keys of the seeds, each valid until the given day of 1970.
fn keys(seeds: &[(u8, Option<i64>)]) -> KeySet {
    let listed: Vec<_> = seeds.iter().map(|(seed, day)| listed(*seed, *day)).collect();
    let (keys, refused) =
        KeySet::from_endpoint(json!({ "keys": listed }).to_string().as_bytes()).unwrap();
    assert_eq!(refused, []);
    keys
}

fn listed(seed: u8, day: Option<i64>) -> serde_json::Value {
    let key = signing_key(seed);
    let expires = day.map(|day| format!("1970-01-{day:02}T00:00:00.000Z"));
    json!({
        "expires": expires,
        "keyid": id_of(seed),
        "keytype": "ecdsa-sha2-nistp256",
        "scheme": "ecdsa-sha2-nistp256",
        "key": STANDARD.encode(key.verifying_key().to_public_key_der().unwrap()),
    })
}

/// The id that [`KeySet`] itself computes: read from its complaint about a wrong one.
fn id_of(seed: u8) -> String {
    let key = signing_key(seed);
    let list = json!({"keys": [{
        "expires": null,
        "keyid": "SHA256:wrong",
        "keytype": "ecdsa-sha2-nistp256",
        "scheme": "ecdsa-sha2-nistp256",
        "key": STANDARD.encode(key.verifying_key().to_public_key_der().unwrap()),
    }]});
    let (none, refused) = KeySet::from_endpoint(list.to_string().as_bytes()).unwrap();
    assert!(none.is_empty());
    match refused.as_slice() {
        [KeyError::Fingerprint { found, .. }] => found.clone(),
        other => panic!("{other:?}"),
    }
}

fn integrity() -> Integrity {
    Integrity::parse(&format!("sha512-{}", STANDARD.encode([1; 64]))).unwrap()
}

fn sign(seed: u8, message: &str) -> String {
    let signature: Ecdsa = signing_key(seed).sign(message.as_bytes());
    STANDARD.encode(signature.to_der().as_bytes())
}

fn verdict(
    signatures: &[(u8, &str)],
    keys: &KeySet,
    published: Published,
    accept: Accept,
) -> Verdict {
    let integrity = integrity();
    let subject = Subject { name: "a", version: "1.0.0", integrity: &integrity };
    let made: Vec<_> =
        signatures.iter().map(|(seed, message)| (id_of(*seed), sign(*seed, message))).collect();
    let signatures: Vec<_> = made.iter().map(|(keyid, sig)| Signature { keyid, sig }).collect();
    check(&subject, &signatures, keys, published, accept)
}

fn message() -> String {
    format!("a@1.0.0:{}", integrity())
}

fn claimed(at: i64) -> Published {
    Published { claimed: Claimed::At(at), ..Published::default() }
}

#[test]
fn pinned_keys_are_whole() {
    let (keys, refused) = KeySet::from_tuf_target(include_bytes!("npm-keys.json")).unwrap();
    assert_eq!((keys.iter().count(), refused), (4, vec![]));
    assert_eq!(&keys, KeySet::pinned());
}

#[test]
fn a_key_is_for_what_it_is_listed_for() {
    let old = "SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA";
    let keys = KeySet::pinned();
    let start = |usage| keys.get(old, usage).unwrap().validity().start;
    assert_ne!(start(Usage::Signatures), start(Usage::Attestations));
}

#[test]
fn a_key_under_another_id_is_no_key() {
    let mut list = json!({"keys": [listed(1, None), listed(2, None)]});
    list["keys"][0]["keyid"] = list["keys"][1]["keyid"].clone();
    let (keys, refused) = KeySet::from_endpoint(list.to_string().as_bytes()).unwrap();
    assert_eq!(keys.iter().count(), 1);
    assert!(matches!(refused.as_slice(), [KeyError::Fingerprint { .. }]), "{refused:?}");
}

#[test]
fn other_key_types_and_times_that_are_none_are_no_keys() {
    let mut list = json!({"keys": [listed(1, None), listed(2, None), listed(3, None)]});
    list["keys"][0]["keytype"] = json!("ed25519");
    list["keys"][1]["expires"] = json!("next year");
    list["keys"][2]["key"] = json!("AAAA");
    let (keys, refused) = KeySet::from_endpoint(list.to_string().as_bytes()).unwrap();
    assert!(keys.is_empty());
    assert_eq!(refused.len(), 3);
    assert!(KeySet::from_endpoint(b"[]").is_err());
    let many = json!({"keys": vec![listed(1, None); 65]}).to_string();
    assert!(KeySet::from_endpoint(many.as_bytes()).is_err());
}

#[test]
fn with_takes_the_earlier_end_of_a_key() {
    let (open, ended) = (keys(&[(1, None)]), keys(&[(1, Some(2))]));
    assert_eq!(open.clone().with(ended.clone()), ended);
    assert_eq!(ended.clone().with(open), ended);
    assert_eq!(keys(&[(1, None)]).with(keys(&[(2, None)])).iter().count(), 2);
}

#[test]
fn a_signature_holds_for_its_name_version_and_bytes() {
    let keys = keys(&[(1, None)]);
    let of =
        |message: &str| verdict(&[(1, message)], &keys, Published::default(), Accept::AllValid);
    assert_eq!(of(&message()).outcome(), Outcome::Verified);
    for other in ["a@1.0.1:", "b@1.0.0:", "a@1.0.0:sha512-AAAA", ""] {
        assert_eq!(of(other).outcome(), Outcome::Contradicted, "{other}");
    }
}

#[test]
fn no_keys_is_not_covered_and_no_signature_is_absent() {
    let nobody = verdict(&[(1, &message())], &KeySet::default(), claimed(0), Accept::AnyValid);
    assert_eq!(nobody, Verdict::NotCovered);
    let none = verdict(&[], &keys(&[(1, None)]), claimed(0), Accept::AnyValid);
    assert_eq!(none, Verdict::Absent);
}

#[test]
fn an_integrity_that_registries_do_not_sign_is_not_covered() {
    let keys = keys(&[(1, None)]);
    let two = format!("{} sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=", integrity());
    for text in [two.as_str(), "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="] {
        let integrity = Integrity::parse(text).unwrap();
        let subject = Subject { name: "a", version: "1.0.0", integrity: &integrity };
        let (keyid, sig) = (id_of(1), sign(1, &subject.message()));
        let signatures = [Signature { keyid: &keyid, sig: &sig }];
        let published = Published::default();
        let verdict = check(&subject, &signatures, &keys, published, Accept::AnyValid);
        assert_eq!(verdict, Verdict::NotCovered, "{text}");
        // npm takes what it is told.
        let verdict = check_as_told(&subject, &signatures, &keys, published, Accept::AnyValid);
        assert_eq!(verdict.outcome(), Outcome::Verified, "{text}");
    }
}

#[test]
fn one_worthless_signature_more_takes_nothing_away_unless_all_must_hold() {
    let keys = keys(&[(1, None)]);
    let both = [(2, "junk"), (1, &*message())];
    let any = verdict(&both, &keys, Published::default(), Accept::AnyValid);
    assert_eq!(any.outcome(), Outcome::Verified);
    let all = verdict(&both, &keys, Published::default(), Accept::AllValid);
    assert!(matches!(all, Verdict::Contradicted(SignatureFault::UnknownKey { .. })));
}

#[test]
fn what_is_invalid_is_told_before_what_is_unknown() {
    let keys = keys(&[(1, None)]);
    let two = [(2, "junk"), (1, "other bytes")];
    let found = verdict(&two, &keys, Published::default(), Accept::AnyValid);
    assert!(matches!(found, Verdict::Contradicted(SignatureFault::Invalid { .. })));
}

#[test]
fn expiry_is_held_against_the_log_then_the_packument() {
    let keys = keys(&[(1, Some(11))]);
    let time = |published| match verdict(&[(1, &message())], &keys, published, Accept::AnyValid) {
        Verdict::Verified(proof) => Some(proof.time),
        Verdict::Contradicted(SignatureFault::ExpiredKey { .. }) => None,
        other => panic!("{other:?}"),
    };
    assert_eq!(time(claimed(9 * DAY)), Some(TimeSource::Packument));
    assert_eq!(time(claimed(10 * DAY)), None, "the end is no longer in it");
    assert_eq!(time(Published::default()), Some(TimeSource::Unknown));
    let unreadable = Published { claimed: Claimed::Unreadable, ..Published::default() };
    assert_eq!(time(unreadable), None);
    let seen = |day| Published { witnessed: Some(day * DAY), ..claimed(20 * DAY) };
    assert_eq!(time(seen(9)), Some(TimeSource::Log));
    assert_eq!(time(seen(10)), None);
    // A log that saw it late says nothing about its age.
    let late = Published { witnessed: Some(30 * DAY), ..claimed(9 * DAY) };
    assert_eq!(time(late), Some(TimeSource::Packument));
}

#[test]
fn errors_speak_npms_words() {
    let error = SignatureError {
        package: "a@1.0.0".into(),
        integrity: "sha512-AAAA".into(),
        fault: SignatureFault::UnknownKey { keyid: "k".into() },
        stale_keys: None,
    };
    assert_eq!(error.code().as_str(), "EMISSINGSIGNATUREKEY");
    assert_eq!(
        error.to_string(),
        "a@1.0.0 has a registry signature with keyid: k but no corresponding public key can be found"
    );
}

proptest! {
    #[test]
    fn no_flipped_bit_of_a_signature_verifies(seed in 1_u8..=5, bit in 0_usize..500) {
        let message = message();
        let mut der = STANDARD.decode(sign(seed, &message)).unwrap();
        let bit = bit % (der.len() * 8);
        der[bit / 8] ^= 1 << (bit % 8);
        let point = signing_key(seed).verifying_key().to_sec1_point(false);
        let fast = ecdsa::is_valid(point.as_bytes(), message.as_bytes(), &der);
        let reference = ecdsa::is_valid_by_reference(point.as_bytes(), message.as_bytes(), &der);
        prop_assert!(!fast && !reference);
    }

    #[test]
    fn both_libraries_agree_on_any_bytes(der in prop::collection::vec(any::<u8>(), 0..80)) {
        let point = signing_key(1).verifying_key().to_sec1_point(false);
        let fast = ecdsa::is_valid(point.as_bytes(), b"m", &der);
        prop_assert_eq!(fast, ecdsa::is_valid_by_reference(point.as_bytes(), b"m", &der));
    }
}
