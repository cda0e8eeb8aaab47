//! What proving 1,500 packages costs: one run of each is the cost of an install.
//!
//! ```text
//! cargo bench --bench signatures
//! ```
//!
//! Needs nothing but the repository: the signature and the attestations of `fixtures/signed`.
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use base64::{Engine, prelude::BASE64_STANDARD};
use denpm::verify::{
    Integrity,
    attestation::{self, Response, Verifier},
    integrity::decode_hex,
    signature::{self, Accept, KeySet, Published, Signature, Subject, ecdsa},
};
use divan::{Bencher, black_box};

/// Packages of a large project.
const PACKAGES: usize = 1500;

const INTEGRITY: &str = "sha512-1dxsQwESDzACJjTdYHQ4wJ1f/of7jALWKfJEHSBWUQB/5UTJUx9SW6GHXp4mZ1KvdBRJCpGjssoPFGi4hvw8/A==";
const KEYID: &str = "SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA";
const SIG: &str = "MEYCIQDgGQeY2QLkLuoO9YxOqFZ+a6zYuaZpXhc77kUfdCUXDQIhAJp/vV+9Xg1bfM5YlTvKIH9agUEOu5T76+tQaHY2vZyO";
const SHA512: &str = "d5dc6c4301120f30022634dd607438c09d5ffe87fb8c02d629f2441d205651007fe544c9531f525ba1875e9e266752af7414490a91a3b2ca0f1468b886fc3cfc";

fn main() {
    divan::main();
}

/// The whole verdict, as an install asks for it.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn signatures_of_1500_packages(bencher: Bencher<'_, '_>) {
    let keys = KeySet::pinned();
    let integrity = Integrity::parse(INTEGRITY).unwrap();
    let signatures = [Signature { keyid: KEYID, sig: SIG }];
    bencher.bench_local(|| {
        for _ in 0..PACKAGES {
            let subject = Subject { name: "tuf-js", version: "1.0.0", integrity: &integrity };
            let published = Published::default();
            let verdict = signature::check(
                black_box(&subject),
                &signatures,
                keys,
                published,
                Accept::AnyValid,
            );
            assert!(matches!(verdict, signature::Verdict::Verified(_)));
        }
    });
}

/// The reference implementation, for comparison.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn signatures_of_1500_packages_by_the_reference(bencher: Bencher<'_, '_>) {
    let keys = KeySet::pinned();
    let key = keys.get(KEYID, signature::Usage::Signatures).unwrap();
    let message = format!("tuf-js@1.0.0:{INTEGRITY}");
    bencher.bench_local(|| {
        for _ in 0..PACKAGES {
            let der = BASE64_STANDARD.decode(black_box(SIG)).unwrap();
            assert!(ecdsa::is_valid_by_reference(key.point(), message.as_bytes(), &der));
        }
    });
}

/// Provenance and publish attestation of 300 packages: a fifth of a large project has them.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn attestations_of_300_packages(bencher: Bencher<'_, '_>) {
    let body = include_bytes!("../fixtures/signed/tuf-js-1.0.0.attestations.json");
    let sha512 = decode_hex(SHA512).unwrap().try_into().unwrap();
    let (keys, verifier) = (KeySet::pinned(), Verifier::embedded().unwrap());
    let subject = attestation::Subject { name: "tuf-js", version: "1.0.0", sha512: &sha512 };
    bencher.bench_local(|| {
        for _ in 0..300 {
            let response = Response::parse(black_box(body)).unwrap();
            let verdict = verifier.check(&subject, &response, keys);
            assert!(matches!(verdict, attestation::Verdict::Verified(_)));
        }
    });
}
