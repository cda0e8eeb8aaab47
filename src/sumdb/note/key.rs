//! Keys of signed notes.
//!
//! ```text
//! vkey:    <name>+<key id, 8 hex digits>+<base64 of type and public key>
//! private: PRIVATE+KEY+<name>+<key id>+<base64 of type and 32-byte seed>
//! key id:  the first 4 bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key)
//! ```

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature as Ed25519Signature, Signer, VerifyingKey};
use sha2::{Digest, Sha256};

use super::{Signature, is_key_name};

const PRIVATE: &str = "PRIVATE+KEY+";

/// The short id of a key, beside its name in every signature line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 4]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Type 0x01, Ed25519: the text of the note.
    Note,
    /// Type 0x04, cosignature/v1: the text and a time.
    Cosignature,
}

impl KeyKind {
    fn type_byte(self) -> u8 {
        match self {
            Self::Note => 1,
            Self::Cosignature => 4,
        }
    }

    fn from_type_byte(byte: u8) -> Option<Self> {
        [Self::Note, Self::Cosignature].into_iter().find(|kind| kind.type_byte() == byte)
    }

    /// The message under the signature.
    fn message(self, text: &str, time: u64) -> String {
        match self {
            Self::Note => text.to_owned(),
            Self::Cosignature => format!("cosignature/v1\ntime {time}\n{text}"),
        }
    }
}

/// A text that is no usable key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// Not the form of a key.
    #[error("not a key of the form <name>+<id>+<base64>")]
    Form,
    /// An algorithm that is not known here; the type byte.
    #[error("keys of type {0:#04x} are not known here")]
    Type(u8),
    /// The id is not that of the name and the key.
    #[error("the key does not have the id it claims")]
    Id,
    /// No point on the curve, or a weak one.
    #[error("not an Ed25519 public key")]
    Point,
}

/// A signature that does not hold.
pub(super) struct Forged;

/// A public key by its name. `Display` writes it as a vkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: KeyId,
    kind: KeyKind,
    key: VerifyingKey,
}

impl VerifierKey {
    /// Reads a vkey.
    ///
    /// # Errors
    /// [`BadKey`].
    pub fn parse(vkey: &str) -> Result<Self, BadKey> {
        let (name, claimed, kind, key) = parts(vkey)?;
        let key = VerifyingKey::from_bytes(&key).ok().filter(|key| !key.is_weak());
        let key = Self::new(name, kind, key.ok_or(BadKey::Point)?);
        if key.id.to_string() == claimed { Ok(key) } else { Err(BadKey::Id) }
    }

    fn new(name: &str, kind: KeyKind, key: VerifyingKey) -> Self {
        let id = key_id(name, kind, &key);
        Self { name: name.to_owned(), id, kind, key }
    }

    /// The key's name: of a log's key normally its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key's id.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// What the key signs.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The public key itself: what makes two vkeys the same key.
    pub fn public_key(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// When a cosigner signed, `None` for other keys.
    pub(super) fn verify(&self, text: &str, signature: &[u8]) -> Result<Option<u64>, Forged> {
        let (time, signature) = match self.kind {
            KeyKind::Note => (None, signature),
            KeyKind::Cosignature => {
                let (time, signature) = signature.split_first_chunk().ok_or(Forged)?;
                (Some(u64::from_be_bytes(*time)), signature)
            }
        };
        let signature = Ed25519Signature::from_slice(signature).map_err(|_| Forged)?;
        let message = self.kind.message(text, time.unwrap_or_default());
        self.key.verify_strict(message.as_bytes(), &signature).map_err(|_| Forged)?;
        Ok(time)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key =
            STANDARD.encode([&[self.kind.type_byte()], self.key.as_bytes().as_slice()].concat());
        write!(f, "{}+{}+{key}", self.name, self.id)
    }
}

/// A private key by its name. `Debug` shows the public one.
#[derive(Clone)]
pub struct SigningKey {
    verifier: VerifierKey,
    key: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// The key of a 32-byte seed; `None` where the name cannot be a key's.
    pub fn from_seed(name: &str, kind: KeyKind, seed: &[u8; 32]) -> Option<Self> {
        is_key_name(name).then_some(())?;
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        Some(Self { verifier: VerifierKey::new(name, kind, key.verifying_key()), key })
    }

    /// Reads a private key.
    ///
    /// # Errors
    /// [`BadKey`].
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let (name, claimed, kind, seed) = parts(text.strip_prefix(PRIVATE).ok_or(BadKey::Form)?)?;
        let key = Self::from_seed(name, kind, &seed).ok_or(BadKey::Form)?;
        if key.verifier.id.to_string() == claimed { Ok(key) } else { Err(BadKey::Id) }
    }

    /// The private key as text, for a file that nobody else can read.
    pub fn to_secret_text(&self) -> String {
        let VerifierKey { name, id, kind, .. } = &self.verifier;
        let seed = STANDARD.encode([&[kind.type_byte()], self.key.as_bytes().as_slice()].concat());
        format!("{PRIVATE}{name}+{id}+{seed}")
    }

    /// The public key.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs a text; `time` (seconds since 1970) is what a cosigner attests, others leave it out.
    pub fn sign(&self, text: &str, time: u64) -> Signature {
        let kind = self.verifier.kind;
        let signature = self.key.sign(kind.message(text, time).as_bytes()).to_bytes();
        let mut bytes = match kind {
            KeyKind::Note => Vec::new(),
            KeyKind::Cosignature => time.to_be_bytes().to_vec(),
        };
        bytes.extend(signature);
        Signature { name: self.verifier.name.clone(), key_id: self.verifier.id, bytes }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.verifier.to_string()).finish()
    }
}

/// Name, claimed id, kind and 32 bytes of a key's text.
fn parts(text: &str) -> Result<(&str, &str, KeyKind, [u8; 32]), BadKey> {
    let (name, rest) = text.split_once('+').ok_or(BadKey::Form)?;
    let (id, base64) = rest.split_once('+').ok_or(BadKey::Form)?;
    let bytes = STANDARD.decode(base64).map_err(|_| BadKey::Form)?;
    let (kind, key) = bytes.split_first().ok_or(BadKey::Form)?;
    let kind = KeyKind::from_type_byte(*kind).ok_or(BadKey::Type(*kind))?;
    let key = key.try_into().map_err(|_| BadKey::Form)?;
    if is_key_name(name) { Ok((name, id, kind, key)) } else { Err(BadKey::Form) }
}

fn key_id(name: &str, kind: KeyKind, key: &VerifyingKey) -> KeyId {
    let hash: [u8; 32] = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', kind.type_byte()])
        .chain_update(key.as_bytes())
        .finalize()
        .into();
    let [a, b, c, d, ..] = hash;
    KeyId([a, b, c, d])
}
