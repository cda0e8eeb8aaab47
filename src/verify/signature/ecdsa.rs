//! ECDSA over P-256 with SHA-256, signatures in DER.
//!
//! ring verifies: it is four times as fast, and rustls brings it anyway. p256 is the reference
//! that the tests hold it against. Both are strict about DER and take `s` of either half: half of
//! npm's signatures have a high one.

use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};

/// Whether `signature` is one of `message` by the key at `point` (uncompressed, 65 bytes).
pub fn is_valid(point: &[u8], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature).is_ok()
}

/// As [`is_valid`], by the reference.
pub fn is_valid_by_reference(point: &[u8], message: &[u8], signature: &[u8]) -> bool {
    use p256::ecdsa::{Signature, VerifyingKey, signature::Verifier};
    let key = VerifyingKey::from_sec1_bytes(point);
    let signature = Signature::from_der(signature);
    key.is_ok_and(|key| signature.is_ok_and(|signature| key.verify(message, &signature).is_ok()))
}
