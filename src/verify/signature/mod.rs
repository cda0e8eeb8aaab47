//! Registry signatures: has the registry signed that these bytes are this version?
//!
//! npm's registry signs `name@version:integrity`. npm checks the integrity it is told *now*; here
//! the message is built from the digest of the bytes that were unpacked, so that what is proven
//! is what will be installed (pacote `lib/registry.js`; `spec` of the registry API, "signatures").

pub mod ecdsa;
mod fault;
mod key;
#[cfg(test)]
mod tests;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

pub use fault::{Reason, SignatureError, SignatureFault};
pub use key::{Key, KeyError, KeySet, Usage, Validity};

use super::{Algorithm, Integrity, Outcome};

/// More signatures on one version are an attempt to keep us busy.
const MAX_SIGNATURES: usize = 16;

/// What a signature speaks of.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The package's name at the registry.
    pub name: &'a str,
    /// The version.
    pub version: &'a str,
    /// The digest of the bytes that are there; what a registry or a lockfile claims is no digest.
    pub integrity: &'a Integrity,
}

impl Subject<'_> {
    /// `name@version`.
    pub fn id(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// What is signed.
    pub fn message(&self) -> String {
        format!("{}@{}:{}", self.name, self.version, self.integrity)
    }
}

/// A signature as `dist.signatures` lists it.
#[derive(Clone, Copy, Debug)]
pub struct Signature<'a> {
    /// The id of the key.
    pub keyid: &'a str,
    /// Base64 of the DER.
    pub sig: &'a str,
}

/// How many of a version's signatures must hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Accept {
    /// One: a mirror that adds a worthless one takes nothing away from it.
    #[default]
    AnyValid,
    /// Each, as npm asks.
    AllValid,
}

/// When the package was there at the latest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// A moment, in milliseconds since 1970, at which a log says that these very bytes were known
    /// under this name. It comes after the signature, or the signature came later than that.
    pub witnessed: Option<i64>,
    /// What the packument says, which nobody signed.
    pub claimed: Claimed,
}

/// The packument's `time` of a version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Claimed {
    /// None: abbreviated packuments have no times, and very old packages neither.
    #[default]
    Missing,
    /// Something that is no time.
    Unreadable,
    /// Milliseconds since 1970.
    At(i64),
}

/// What an expired key was held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeSource {
    /// Nothing: the key does not expire.
    NotNeeded,
    /// The time in a transparency log.
    Log,
    /// The packument's word.
    Packument,
    /// No time is known; npm then takes it for old, and so do we.
    Unknown,
}

impl TimeSource {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotNeeded => "not needed",
            Self::Log => "log",
            Self::Packument => "packument",
            Self::Unknown => "unknown",
        }
    }
}

/// A signature that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The key that made it.
    pub keyid: String,
    /// The signature itself, as the registry wrote it: it proves the same again later.
    pub sig: String,
    /// The algorithm of the digest that is signed.
    pub over: Algorithm,
    /// How its age was judged.
    pub time: TimeSource,
}

/// What the signatures of a version prove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They hold.
    Verified(Proof),
    /// The registry has no keys, or what it signs cannot be compared with the bytes.
    NotCovered,
    /// The registry has keys, and the version no signature.
    Absent,
    /// A signature says otherwise.
    Contradicted(SignatureFault),
}

impl Verdict {
    /// The verdict without its evidence.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Verified(_) => Outcome::Verified,
            Self::NotCovered => Outcome::NotCovered,
            Self::Absent => Outcome::Absent,
            Self::Contradicted(_) => Outcome::Contradicted,
        }
    }
}

/// Judges the signatures of a version.
///
/// With [`Accept::AnyValid`] the first that holds decides; when none does, the first fault is
/// told, an invalid signature before one whose key is unknown.
pub fn check(
    subject: &Subject<'_>,
    signatures: &[Signature<'_>],
    keys: &KeySet,
    published: Published,
    accept: Accept,
) -> Verdict {
    if keys.is_empty() || !is_signable(subject.integrity) {
        return Verdict::NotCovered;
    }
    check_as_told(subject, signatures, keys, published, accept)
}

/// As [`check`], as npm asks it: over whatever integrity the registry tells, and a signature
/// without any known key is one by an unknown key.
pub fn check_as_told(
    subject: &Subject<'_>,
    signatures: &[Signature<'_>],
    keys: &KeySet,
    published: Published,
    accept: Accept,
) -> Verdict {
    let (message, over) = (subject.message(), subject.integrity.strongest());
    let mut proof = None;
    let mut fault: Option<SignatureFault> = None;
    for signature in signatures.iter().take(MAX_SIGNATURES) {
        match check_one((message.as_bytes(), over), signature, keys, published) {
            Ok(found) if accept == Accept::AnyValid => return Verdict::Verified(found),
            Ok(found) => proof = proof.or(Some(found)),
            Err(found) => fault = Some(worse(fault, found)),
        }
    }
    match (fault, proof) {
        (Some(fault), _) => Verdict::Contradicted(fault),
        (None, Some(proof)) => Verdict::Verified(proof),
        (None, None) => Verdict::Absent,
    }
}

/// Registries sign one SHA-512; of a list, nobody knows in which order it was signed.
pub fn is_signable(integrity: &Integrity) -> bool {
    matches!(integrity.hashes(), [hash] if hash.algorithm() == Algorithm::Sha512)
}

fn worse(known: Option<SignatureFault>, found: SignatureFault) -> SignatureFault {
    match known {
        Some(known) if known.is_about_bytes() || !found.is_about_bytes() => known,
        _ => found,
    }
}

fn check_one(
    (message, over): (&[u8], Algorithm),
    signature: &Signature<'_>,
    keys: &KeySet,
    published: Published,
) -> Result<Proof, SignatureFault> {
    let keyid = signature.keyid.to_owned();
    let Some(key) = keys.get(signature.keyid, Usage::Signatures) else {
        return Err(SignatureFault::UnknownKey { keyid });
    };
    let Some(time) = time_source(key.validity(), published) else {
        let expires = key.expires().unwrap_or_default().to_owned();
        return Err(SignatureFault::ExpiredKey { keyid, expires });
    };
    let invalid = |reason| SignatureFault::Invalid {
        keyid: signature.keyid.to_owned(),
        sig: signature.sig.to_owned(),
        reason,
    };
    let Ok(der) = STANDARD.decode(signature.sig) else {
        return Err(invalid(Reason::Base64));
    };
    if !ecdsa::is_valid(key.point(), message, &der) {
        return Err(invalid(Reason::Mathematics));
    }
    Ok(Proof { keyid, sig: signature.sig.to_owned(), over, time })
}

/// By which time a key was still valid; `None` when it was not.
///
/// A log's time is an upper bound: what was there before the end was signed before it, but what a
/// log saw later may be old all the same, and then the packument's word counts.
fn time_source(validity: Validity, published: Published) -> Option<TimeSource> {
    let Some(end) = validity.end else { return Some(TimeSource::NotNeeded) };
    if published.witnessed.is_some_and(|seen| seen < end) {
        return Some(TimeSource::Log);
    }
    match published.claimed {
        Claimed::Missing => Some(TimeSource::Unknown),
        Claimed::At(time) if time < end => Some(TimeSource::Packument),
        Claimed::At(_) | Claimed::Unreadable => None,
    }
}
