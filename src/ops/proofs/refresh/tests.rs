//! A repository of our own, signed with a key of the test.

use super::*;
use p256::{
    ecdsa::{Signature, SigningKey, signature::Signer},
    pkcs8::{EncodePublicKey, LineEnding},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sigstore_tuf::{MemoryStore, MetadataStore};

use crate::{
    event::Silent,
    registry::PoolOptions,
    verify::{integrity::encode_hex, signature::Usage},
};

const TARGET: &str = "registry.example/keys.json";

fn key() -> SigningKey {
    SigningKey::from_slice(&[9; 32]).unwrap()
}

/// `signed` with its signature; keys of objects are sorted, as canonical JSON wants them.
fn signed(signed: &Value) -> Vec<u8> {
    let canonical = sigstore_tuf::canonical_json::to_canonical_bytes(signed).unwrap();
    let signature: Signature = key().sign(&canonical);
    let sig = encode_hex(signature.to_der().as_bytes());
    json!({"signed": signed, "signatures": [{"keyid": "k", "sig": sig}]}).to_string().into_bytes()
}

fn role(kind: &str, expires: &str, rest: &Value) -> Value {
    let mut role = json!({
        "_type": kind, "spec_version": "1.0", "version": 1, "expires": expires,
    });
    role.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    role
}

fn root() -> Vec<u8> {
    let pem = key().verifying_key().to_public_key_pem(LineEnding::LF).unwrap();
    let one = json!({"keyids": ["k"], "threshold": 1});
    signed(&role(
        "root",
        "2999-01-01T00:00:00Z",
        &json!({
            "consistent_snapshot": false,
            "keys": {"k": {
                "keytype": "ecdsa", "scheme": "ecdsa-sha2-nistp256", "keyval": {"public": pem},
            }},
            "roles": {"root": one, "timestamp": one, "snapshot": one, "targets": one},
        }),
    ))
}

/// The files of a repository that hands out one key.
fn repository(expires: &str) -> MemoryStore {
    let keys = include_bytes!("../../../verify/signature/npm-keys.json");
    let target = |bytes: &[u8]| json!({"length": bytes.len(), "hashes": {"sha256": encode_hex(&Sha256::digest(bytes))}});
    let store = MemoryStore::default();
    let put = |name: &str, bytes: &[u8]| store.store(name, bytes).unwrap();
    put(
        "timestamp.json",
        &signed(&role(
            "timestamp",
            expires,
            &json!({
                "meta": {"snapshot.json": {"version": 1}},
            }),
        )),
    );
    put(
        "snapshot.json",
        &signed(&role(
            "snapshot",
            "2999-01-01T00:00:00Z",
            &json!({
                "meta": {"targets.json": {"version": 1}},
            }),
        )),
    );
    put(
        "targets.json",
        &signed(&role(
            "targets",
            "2999-01-01T00:00:00Z",
            &json!({
                "targets": {TARGET: target(keys), TRUSTED_ROOT: target(b"{}")},
            }),
        )),
    );
    put(&format!("targets/{TARGET}"), keys);
    put(&format!("targets/{TRUSTED_ROOT}"), b"{}");
    store
}

fn refresh(folder: &Path) -> Refresh {
    let url = Url::parse("http://127.0.0.1:9/").unwrap();
    let options = PoolOptions::new(url.clone(), folder.to_owned());
    Refresh {
        pool: Pool::new(&options, Arc::new(Silent)).unwrap(),
        repository: None,
        target: TARGET.to_owned(),
        root: root(),
        folder: folder.join("sigstore"),
        material: Mutex::default(),
        renewed: OnceCell::new(),
        loaded: OnceCell::new(),
    }
}

fn time(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

#[tokio::test]
async fn what_was_fetched_is_kept_and_proven_again_at_the_time_it_was_good() {
    let folder = tempfile::tempdir().unwrap();
    let then = time("2025-01-01T00:00:00Z");
    let source = StoreRepository::new(repository("2025-01-08T00:00:00Z"));
    let fetched = refresh(folder.path());
    let material = fetched.read(source, then).await.unwrap();
    assert_eq!(&material.keys, KeySet::pinned());
    write_atomic(
        &fetched.stamp(),
        then.as_millisecond().to_string().as_bytes(),
        Durability::Volatile,
    )
    .unwrap();
    // Its timestamp has long expired; that is a matter of its age.
    let later = refresh(folder.path());
    later.load().await;
    let keyid = "SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U";
    assert!(later.known_keys().get(keyid, Usage::Signatures).is_some());
    let why = later.renew().await.unwrap_err();
    assert_eq!(why, "the setting sigstore-tuf is off");
    assert!(later.age(time("2025-01-31T00:00:00Z")).contains("30 days old"));
}

#[tokio::test]
async fn a_copy_that_somebody_changed_is_no_copy() {
    let folder = tempfile::tempdir().unwrap();
    let then = time("2025-01-01T00:00:00Z");
    let first = refresh(folder.path());
    let source = StoreRepository::new(repository("2025-01-08T00:00:00Z"));
    first.read(source, then).await.unwrap();
    let stamp = then.as_millisecond().to_string();
    write_atomic(&first.stamp(), stamp.as_bytes(), Durability::Volatile).unwrap();
    let path = first.folder.join("targets").join(TARGET);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("DhQ8", "DhQ9", 1)).unwrap();
    let later = refresh(folder.path());
    later.load().await;
    assert!(later.material().is_none());
}

#[tokio::test]
async fn metadata_that_has_expired_is_an_error_and_no_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let source = StoreRepository::new(repository("2025-01-08T00:00:00Z"));
    let now = time("2026-01-01T00:00:00Z");
    let error = refresh(folder.path()).read(source, now).await.unwrap_err();
    assert!(error.to_string().contains("expired"), "{error}");
    assert!(refresh(folder.path()).material().is_none());
}

#[test]
fn the_root_in_this_binary_is_a_root() {
    attestation::prepare();
    assert!(sigstore_tuf::TrustedMetadataSet::from_root(ROOT).is_ok());
}
