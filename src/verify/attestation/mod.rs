//! Attestations: what a build and the registry have signed about a version, and what that proves.
//!
//! The registry's answer holds bundles. Each is a statement about a subject (the package URL and
//! the SHA-512 of the tarball), signed by a certificate that Sigstore issued to a build
//! (provenance) or by a key of the registry (publish attestation), and recorded in a transparency
//! log. Checked offline against the trusted root, as npm does (pacote `lib/registry.js`); beyond
//! npm, a key is held to its use and its start, and certificate, SCT and log must all be proven.

mod crypto;
mod fault;
mod provenance;
mod response;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use sigstore_verify::{
    Error as SigstoreError, PublicKeyVerificationPolicy, VerificationPolicy, VerificationResult,
    trust_root::{SigstoreInstance, TrustedRoot},
    types::{Artifact, ArtifactDigest, Bundle, DerPublicKey, HashAlgorithm},
};

pub use fault::{AttestationError, AttestationFault};
pub use provenance::Provenance;
pub use response::{Attestation, Malformed, Response, Statement};

use super::{
    Outcome,
    integrity::encode_hex,
    signature::{Key, KeySet, Usage},
};

/// The predicate of npm's publish attestations, without the host and path it is named by.
const PUBLISH: &str = "/npm/attestation/tree/main/specs/publish/v0.1";
/// The predicates of provenance that are understood.
const PROVENANCE: [&str; 2] =
    ["https://slsa.dev/provenance/v0.2", "https://slsa.dev/provenance/v1"];

/// What a statement says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Predicate {
    /// Which build made the package.
    Provenance,
    /// That the registry accepted it.
    Publish,
    /// Something that proves nothing here.
    Other,
}

impl Predicate {
    /// The kind of a predicate type.
    pub fn of(predicate_type: &str) -> Self {
        if PROVENANCE.contains(&predicate_type) {
            Self::Provenance
        } else if predicate_type.ends_with(PUBLISH) {
            Self::Publish
        } else {
            Self::Other
        }
    }
}

/// What the attestations must speak of.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The package's name at the registry.
    pub name: &'a str,
    /// The version.
    pub version: &'a str,
    /// The digest of the bytes that are there.
    pub sha512: &'a [u8; 64],
}

impl Subject<'_> {
    /// `name@version`.
    pub fn id(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// The package URL as npm writes it (`npa.toPurl`).
    pub fn purl(&self) -> String {
        let name = self.name.strip_prefix('@').map(|rest| format!("%40{rest}"));
        format!("pkg:npm/{}@{}", name.as_deref().unwrap_or(self.name), self.version)
    }
}

/// What valid attestations prove.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Evidence {
    /// The build that made the package.
    pub provenance: Option<Provenance>,
    /// When the registry attested that it accepted the package, in milliseconds since 1970.
    pub published: Option<i64>,
    /// The earliest authenticated time of any of them, in milliseconds since 1970.
    pub witnessed: Option<i64>,
    /// The predicate types that were proven.
    pub predicate_types: Vec<String>,
}

/// What the attestations of a version come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All of them hold.
    Verified(Box<Evidence>),
    /// They are written in a way that this version does not know; the reason.
    NotCovered(String),
    /// There are none.
    Absent,
    /// One of them does not hold.
    Contradicted(AttestationFault),
}

impl Verdict {
    /// The verdict without its evidence.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Verified(_) => Outcome::Verified,
            Self::NotCovered(_) => Outcome::NotCovered,
            Self::Absent => Outcome::Absent,
            Self::Contradicted(_) => Outcome::Contradicted,
        }
    }
}

/// Checks bundles against one trusted root; dear to make, cheap to use, to be shared.
pub struct Verifier {
    sigstore: sigstore_verify::Verifier,
}

/// A trusted root that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("Sigstore's trusted root cannot be used: {0}")]
pub struct RootError(String);

/// Gives sigstore's crates their cryptography; whoever uses them beside a [`Verifier`] calls it first.
pub fn prepare() {
    crypto::install();
}

impl Verifier {
    /// A verifier over the trusted root in this binary.
    ///
    /// # Errors
    /// [`RootError`]; a test holds that it does not occur.
    pub fn embedded() -> Result<Self, RootError> {
        Self::from_trusted_root(SigstoreInstance::PublicGood.embedded_trusted_root_json())
    }

    /// A verifier over another trusted root (Sigstore's `trusted_root.json`).
    ///
    /// # Errors
    /// [`RootError`] when it is malformed or uses what is not known here.
    pub fn from_trusted_root(json: &str) -> Result<Self, RootError> {
        crypto::install();
        let root = TrustedRoot::from_json(json).map_err(|error| RootError(error.to_string()))?;
        let sigstore =
            sigstore_verify::Verifier::new(&root).map_err(|error| RootError(error.to_string()))?;
        Ok(Self { sigstore })
    }

    /// Judges all attestations of a version; the first that does not hold decides.
    pub fn check(&self, subject: &Subject<'_>, response: &Response, keys: &KeySet) -> Verdict {
        let mut evidence = Evidence::default();
        let mut unknown = None;
        for attestation in &response.attestations {
            if !attestation.is_known_format() {
                unknown.get_or_insert_with(|| attestation.media_type.clone());
                continue;
            }
            match self.check_one(subject, attestation, keys) {
                Ok(proven) => evidence.add(attestation, &proven),
                Err(fault) => return Verdict::Contradicted(fault),
            }
        }
        match unknown {
            Some(format) if evidence.predicate_types.is_empty() => Verdict::NotCovered(format),
            None if response.attestations.is_empty() => Verdict::Absent,
            _ => Verdict::Verified(Box::new(evidence)),
        }
    }

    /// npm's order: key, subject, signature; the key's time comes last, because only then is the
    /// time proven.
    fn check_one(
        &self,
        subject: &Subject<'_>,
        attestation: &Attestation,
        keys: &KeySet,
    ) -> Result<VerificationResult, AttestationFault> {
        let invalid = |reason: String| AttestationFault::Invalid {
            predicate_type: attestation.predicate_type.clone(),
            keyid: attestation.keyid.clone(),
            sig: attestation.sig.clone(),
            reason,
        };
        let key = match attestation.keyid.as_str() {
            "" => None,
            id => Some(
                keys.get(id, Usage::Attestations)
                    .ok_or_else(|| AttestationFault::UnknownKey { keyid: id.to_owned() })?,
            ),
        };
        let statement = Statement::parse(&attestation.payload).map_err(&invalid)?;
        about(subject, &statement)?;
        if Predicate::of(&statement.predicate_type) != Predicate::of(&attestation.predicate_type) {
            let (told, signed) = (&attestation.predicate_type, &statement.predicate_type);
            return Err(invalid(format!("it is announced as {told}, and says {signed}")));
        }
        let proven = self.verify(subject, attestation, key).map_err(|e| invalid(e.to_string()))?;
        if !proven.tlog_verified() {
            return Err(invalid("no transparency log has it".to_owned()));
        }
        match key {
            None if proven.certificate_verified() && proven.sct_verified() => {}
            None => return Err(invalid("its certificate is not proven".to_owned())),
            Some(key) => valid_at(key, witnessed(&proven))?,
        }
        Ok(proven)
    }

    fn verify(
        &self,
        subject: &Subject<'_>,
        attestation: &Attestation,
        key: Option<&Key>,
    ) -> Result<VerificationResult, SigstoreError> {
        let digest = ArtifactDigest::new(HashAlgorithm::Sha2512, subject.sha512.to_vec())?;
        let signer = key.map_or(Signer::Certificate, |key| Signer::Key(key.spki()));
        self.verify_bundle(digest, attestation.bundle.get(), signer)
    }

    /// Verifies one Sigstore bundle over an artifact, whatever it is about.
    ///
    /// # Errors
    /// What does not hold, in sigstore's words.
    pub fn verify_bundle<'a>(
        &self,
        artifact: impl Into<Artifact<'a>>,
        bundle: &str,
        signer: Signer<'_>,
    ) -> Result<VerificationResult, SigstoreError> {
        let bundle = Bundle::from_json(bundle)?;
        match signer {
            Signer::Key(spki) => {
                let key = DerPublicKey::new(spki.to_vec());
                self.sigstore.verify(artifact, &bundle, &PublicKeyVerificationPolicy::new(key))
            }
            Signer::Certificate => {
                self.sigstore.verify(artifact, &bundle, &VerificationPolicy::any_identity())
            }
        }
    }
}

/// Whose signature a bundle must carry.
#[derive(Clone, Copy, Debug)]
pub enum Signer<'a> {
    /// That of anyone to whom Sigstore issued a certificate.
    Certificate,
    /// That of this key: the DER of its `SubjectPublicKeyInfo`.
    Key(&'a [u8]),
}

impl Evidence {
    fn add(&mut self, attestation: &Attestation, proven: &VerificationResult) {
        let time = witnessed(proven);
        self.witnessed = [self.witnessed, time].into_iter().flatten().min();
        match Predicate::of(&attestation.predicate_type) {
            Predicate::Provenance => {
                let provenance = proven.certificate().map(Provenance::of);
                self.provenance = provenance.or(self.provenance.take());
            }
            // A certificate is no registry: only its key makes it the registry's word.
            Predicate::Publish if !attestation.keyid.is_empty() => {
                self.published = time.or(self.published);
            }
            Predicate::Publish | Predicate::Other => {}
        }
        self.predicate_types.push(attestation.predicate_type.clone());
    }
}

/// The earliest time that a log or a timestamp authority vouches for, in milliseconds since 1970.
fn witnessed(proven: &VerificationResult) -> Option<i64> {
    let times = proven.integrated_time().into_iter();
    let all = times.chain(proven.verified_timestamps().iter().copied());
    all.map(jiff::Timestamp::as_millisecond).min()
}

/// npm looks at the first subject only, and so does everybody who reads an attestation.
fn about(subject: &Subject<'_>, statement: &Statement) -> Result<(), AttestationFault> {
    let purl = subject.purl();
    if statement.subject_name.as_deref() != Some(&purl) {
        return Err(AttestationFault::SubjectName {
            expected: purl,
            signed: statement.subject_name.clone().unwrap_or_default(),
        });
    }
    let digest = encode_hex(subject.sha512);
    if statement.subject_sha512.as_deref() != Some(&digest) {
        return Err(AttestationFault::SubjectDigest {
            expected: digest,
            signed: statement.subject_sha512.clone().unwrap_or_default(),
        });
    }
    Ok(())
}

fn valid_at(key: &Key, time: Option<i64>) -> Result<(), AttestationFault> {
    let validity = key.validity();
    let early = validity.start.is_some_and(|start| time.is_some_and(|time| time < start));
    let late = validity.end.is_some_and(|end| time.is_none_or(|time| time >= end));
    if early {
        return Err(AttestationFault::EarlyKey { keyid: key.id().to_owned() });
    }
    if late {
        let expires = key.expires().unwrap_or_default().to_owned();
        return Err(AttestationFault::ExpiredKey { keyid: key.id().to_owned(), expires });
    }
    Ok(())
}
