//! The cryptography that `sigstore-verify` asks for, on ring, p256 and sha2.
//!
//! sigstore's own provider is aws-lc, a C library that builds for minutes and wants cmake; ring is
//! here anyway. Post-quantum signatures (ML-DSA) are not in ring: no log or authority of the public
//! Sigstore instance makes them, and one that did would be refused, not believed.

use std::sync::Once;

use p256::ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier};
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1,
    ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    UnparsedPublicKey, VerificationAlgorithm,
};
use sha2::{Digest, Sha256, Sha384, Sha512, digest::DynDigest};
use sigstore_verify::{
    crypto::{CryptoProvider, Error, HashContext, Result, SigningScheme, install_default_provider},
    types::HashAlgorithm,
};

/// Makes ring the provider of this process; to be called before anything of sigstore is.
pub(super) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // An error would mean that somebody was first, with a provider that works as well.
        let _first = install_default_provider(&Ring);
    });
}

#[derive(Debug)]
struct Ring;

struct Hashing(Box<dyn DynDigest + Send>);

impl HashContext for Hashing {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    fn finalize(self: Box<Self>) -> Vec<u8> {
        self.0.finalize().into_vec()
    }
}

fn algorithm(scheme: SigningScheme) -> Result<&'static dyn VerificationAlgorithm> {
    Ok(match scheme {
        SigningScheme::EcdsaP256Sha256 => &ECDSA_P256_SHA256_ASN1,
        SigningScheme::EcdsaP256Sha384 => &ECDSA_P256_SHA384_ASN1,
        SigningScheme::EcdsaP384Sha256 => &ECDSA_P384_SHA256_ASN1,
        SigningScheme::EcdsaP384Sha384 => &ECDSA_P384_SHA384_ASN1,
        SigningScheme::Ed25519 => &ED25519,
        SigningScheme::RsaPkcs1Sha256 => &RSA_PKCS1_2048_8192_SHA256,
        SigningScheme::RsaPkcs1Sha384 => &RSA_PKCS1_2048_8192_SHA384,
        SigningScheme::RsaPkcs1Sha512 => &RSA_PKCS1_2048_8192_SHA512,
        SigningScheme::RsaPssSha256 => &RSA_PSS_2048_8192_SHA256,
        SigningScheme::RsaPssSha384 => &RSA_PSS_2048_8192_SHA384,
        SigningScheme::RsaPssSha512 => &RSA_PSS_2048_8192_SHA512,
        other => return Err(unsupported(other)),
    })
}

fn unsupported(scheme: SigningScheme) -> Error {
    Error::UnsupportedAlgorithm(scheme.name().to_owned())
}

fn invalid(scheme: SigningScheme) -> Error {
    Error::Verification(format!("{} signature invalid", scheme.name()))
}

impl CryptoProvider for Ring {
    fn hash(&self, algorithm: HashAlgorithm) -> Result<Box<dyn HashContext>> {
        Ok(Box::new(Hashing(match algorithm {
            HashAlgorithm::Sha2256 => Box::new(Sha256::new()),
            HashAlgorithm::Sha2384 => Box::new(Sha384::new()),
            HashAlgorithm::Sha2512 => Box::new(Sha512::new()),
            other => return Err(Error::UnsupportedAlgorithm(other.to_string())),
        })))
    }

    fn sha256(&self, data: &[u8]) -> [u8; 32] {
        Sha256::digest(data).into()
    }

    fn sha384(&self, data: &[u8]) -> [u8; 48] {
        Sha384::digest(data).into()
    }

    fn sha512(&self, data: &[u8]) -> [u8; 64] {
        Sha512::digest(data).into()
    }

    fn verify_raw(
        &self,
        scheme: SigningScheme,
        spki_pubkey_bytes: &[u8],
        data: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let key = UnparsedPublicKey::new(algorithm(scheme)?, spki_pubkey_bytes);
        key.verify(data, signature).map_err(|_| invalid(scheme))
    }

    /// ring hashes by itself, so this is p256's; what is signed for npm is never a bare digest.
    fn verify_prehashed(
        &self,
        scheme: SigningScheme,
        spki_pubkey_bytes: &[u8],
        digest: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        if !matches!(scheme, SigningScheme::EcdsaP256Sha256 | SigningScheme::EcdsaP256Sha384) {
            return Err(unsupported(scheme));
        }
        let key = VerifyingKey::from_sec1_bytes(spki_pubkey_bytes).map_err(|_| invalid(scheme))?;
        let signature = Signature::from_der(signature).map_err(|_| invalid(scheme))?;
        key.verify_prehash(digest, &signature).map_err(|_| invalid(scheme))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::{SigningKey, signature::hazmat::PrehashSigner};

    fn key() -> SigningKey {
        SigningKey::from_slice(&[7; 32]).unwrap()
    }

    #[test]
    fn prehashed_and_raw_agree() {
        let (message, key) = (b"a message", key());
        let digest = Sha256::digest(message);
        let signature: Signature = key.sign_prehash(&digest).unwrap();
        let der = signature.to_der();
        let point = key.verifying_key().to_sec1_point(false);
        let scheme = SigningScheme::EcdsaP256Sha256;
        Ring.verify_raw(scheme, point.as_bytes(), message, der.as_bytes()).unwrap();
        Ring.verify_prehashed(scheme, point.as_bytes(), &digest, der.as_bytes()).unwrap();
        let other = Sha256::digest(b"another");
        assert!(Ring.verify_raw(scheme, point.as_bytes(), b"another", der.as_bytes()).is_err());
        assert!(Ring.verify_prehashed(scheme, point.as_bytes(), &other, der.as_bytes()).is_err());
    }

    #[test]
    fn what_ring_cannot_do_is_refused() {
        let refused = Ring.verify_raw(SigningScheme::MlDsa44, &[], b"", b"");
        assert!(matches!(refused, Err(Error::UnsupportedAlgorithm(_))));
        let refused = Ring.verify_prehashed(SigningScheme::RsaPssSha256, &[], &[0; 32], b"");
        assert!(matches!(refused, Err(Error::UnsupportedAlgorithm(_))));
    }

    #[test]
    fn hashing_in_pieces_is_hashing() {
        let mut hashing = Ring.hash(HashAlgorithm::Sha2512).unwrap();
        hashing.update(b"a ");
        hashing.update(b"message");
        assert_eq!(hashing.finalize(), Ring.sha512(b"a message"));
    }
}
