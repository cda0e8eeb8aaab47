//! What can be wrong with an attestation, in npm's words.

use std::fmt;

use crate::error::{Code, Explain};

/// Why an attestation does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttestationFault {
    /// No known key for attestations has this id.
    UnknownKey {
        /// The id.
        keyid: String,
    },
    /// The key had expired when the log took the attestation.
    ExpiredKey {
        /// The id.
        keyid: String,
        /// When it expired, as the registry writes it.
        expires: String,
    },
    /// The key was not yet in use when the log took the attestation.
    EarlyKey {
        /// The id.
        keyid: String,
    },
    /// It is about another package or version.
    SubjectName {
        /// The package URL it should have.
        expected: String,
        /// The one it has.
        signed: String,
    },
    /// It is about other bytes.
    SubjectDigest {
        /// The SHA-512 of the bytes that are there, in hex.
        expected: String,
        /// The signed one.
        signed: String,
    },
    /// Its signature, certificate or log entry does not hold.
    Invalid {
        /// What it is announced as.
        predicate_type: String,
        /// The key it names, or nothing.
        keyid: String,
        /// Its signature as it is written.
        sig: String,
        /// What does not hold.
        reason: String,
    },
}

impl AttestationFault {
    /// npm's code.
    pub fn code(&self) -> Code {
        match self {
            Self::UnknownKey { .. } => Code::MissingSignatureKey,
            Self::ExpiredKey { .. } | Self::EarlyKey { .. } => Code::ExpiredSignatureKey,
            Self::SubjectName { .. } | Self::SubjectDigest { .. } => Code::AttestationSubject,
            Self::Invalid { .. } => Code::AttestationVerify,
        }
    }

    /// npm's sentence about the package `id` (`name@version`).
    pub fn message(&self, id: &str) -> String {
        match self {
            Self::UnknownKey { keyid } => format!(
                "{id} has attestations with keyid: {keyid} but no corresponding public key can be \
                 found"
            ),
            Self::ExpiredKey { keyid, expires } => format!(
                "{id} has attestations with keyid: {keyid} but the corresponding public key has \
                 expired {expires}"
            ),
            Self::EarlyKey { keyid } => format!(
                "{id} has attestations with keyid: {keyid} but the corresponding public key was \
                 not in use when they were made"
            ),
            Self::SubjectName { expected, signed } => format!(
                "{id} package name and version (PURL): {expected} doesn't match what was signed: \
                 {signed}"
            ),
            Self::SubjectDigest { expected, signed } => format!(
                "{id} package integrity (hex digest): {expected} doesn't match what was signed: \
                 {signed}"
            ),
            Self::Invalid { reason, .. } => {
                format!("{id} failed to verify attestation: {reason}")
            }
        }
    }
}

/// A package whose attestations do not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttestationError {
    /// `name@version`.
    pub package: String,
    /// What is wrong.
    pub fault: AttestationFault,
    /// Why keys and trusted root are not the newest, where they could not be refreshed.
    pub stale_trust: Option<String>,
}

impl fmt::Display for AttestationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.fault.message(&self.package))
    }
}

impl std::error::Error for AttestationError {}

impl Explain for AttestationError {
    fn code(&self) -> Code {
        self.fault.code()
    }

    fn package(&self) -> Option<String> {
        Some(self.package.clone())
    }

    fn detail(&self) -> Vec<String> {
        let about = |what: &str| format!("The attestation: {what}.");
        let mut lines = Vec::new();
        if let AttestationFault::Invalid { predicate_type, .. } = &self.fault {
            lines.push(about(predicate_type));
        }
        lines.extend(
            self.stale_trust
                .iter()
                .map(|why| format!("Keys and trusted root could not be refreshed: {why}")),
        );
        lines
    }

    fn help(&self) -> Option<String> {
        Some(
            "Do not install it: what is claimed about its origin does not hold. Set \
             `attestation.mode = \"off\"` in your own policy file to go without such claims."
                .to_owned(),
        )
    }
}
