//! What can be wrong with a signature, in npm's words.

use std::fmt;

use crate::error::{Code, Explain};

/// Why a signature does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureFault {
    /// No known key has this id.
    UnknownKey {
        /// The id.
        keyid: String,
    },
    /// The key had expired when the version was published.
    ExpiredKey {
        /// The id.
        keyid: String,
        /// When it expired, as the registry writes it.
        expires: String,
    },
    /// The signature is not one of this name, version and digest.
    Invalid {
        /// The id of the key.
        keyid: String,
        /// The signature as it is listed.
        sig: String,
        /// What about it.
        reason: Reason,
    },
}

/// What about a signature is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its text is not the one base64 of its bytes.
    Base64,
    /// Its bytes are no signature of the message.
    Mathematics,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Base64 => "non-canonical base64",
            Self::Mathematics => "it is not a signature of these bytes under this name and version",
        })
    }
}

impl SignatureFault {
    /// Whether the signature itself is wrong, and not only its key.
    pub fn is_about_bytes(&self) -> bool {
        matches!(self, Self::Invalid { .. })
    }

    /// npm's code.
    pub fn code(&self) -> Code {
        match self {
            Self::UnknownKey { .. } => Code::MissingSignatureKey,
            Self::ExpiredKey { .. } => Code::ExpiredSignatureKey,
            Self::Invalid { .. } => Code::IntegritySignature,
        }
    }

    /// npm's sentence about the package `id` (`name@version`).
    pub fn message(&self, id: &str) -> String {
        match self {
            Self::UnknownKey { keyid } => format!(
                "{id} has a registry signature with keyid: {keyid} but no corresponding public \
                 key can be found"
            ),
            Self::ExpiredKey { keyid, expires } => format!(
                "{id} has a registry signature with keyid: {keyid} but the corresponding public \
                 key has expired {expires}"
            ),
            Self::Invalid { keyid, sig, .. } => format!(
                "{id} has an invalid registry signature with keyid: {keyid} and signature: {sig}"
            ),
        }
    }

    /// The id of the key the signature names.
    pub fn keyid(&self) -> &str {
        match self {
            Self::UnknownKey { keyid }
            | Self::ExpiredKey { keyid, .. }
            | Self::Invalid { keyid, .. } => keyid,
        }
    }
}

/// A package whose signature does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureError {
    /// `name@version`.
    pub package: String,
    /// The integrity of the bytes that are there.
    pub integrity: String,
    /// What is wrong.
    pub fault: SignatureFault,
    /// Why the keys are not the newest, where they could not be refreshed.
    pub stale_keys: Option<String>,
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.fault.message(&self.package))
    }
}

impl std::error::Error for SignatureError {}

impl Explain for SignatureError {
    fn code(&self) -> Code {
        self.fault.code()
    }

    fn package(&self) -> Option<String> {
        Some(self.package.clone())
    }

    fn detail(&self) -> Vec<String> {
        let mut lines = vec![format!("The bytes that were received: {}", self.integrity)];
        if let SignatureFault::Invalid { reason, .. } = &self.fault {
            lines.push(format!("The signature: {reason}."));
        }
        lines.extend(
            self.stale_keys.iter().map(|why| format!("The keys could not be refreshed: {why}")),
        );
        lines
    }

    fn help(&self) -> Option<String> {
        Some(match &self.fault {
            SignatureFault::Invalid { .. } => {
                "Do not install it: these bytes are not what the registry signed. Another \
                 registry or mirror may have the right ones."
                    .to_owned()
            }
            _ => "If the registry signs with keys of its own, name \"endpoint\" among \
                  `signature.keys` in your own policy file; if npm has new keys, update denpm."
                .to_owned(),
        })
    }
}
