//! The public keys of registries: which there are, what each is for, and while which time.
//!
//! A key's id is not a name somebody chose but the OpenSSH fingerprint of the key. It is computed
//! here from the key's bytes, so that a key under another key's id is not a key at all.

use std::sync::{Arc, LazyLock};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use p256::{ecdsa::VerifyingKey, pkcs8::DecodePublicKey};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The keys of npm's own registry as this version knows them, in the form in which Sigstore's
/// TUF repository hands them out.
const PINNED: &str = include_str!("npm-keys.json");
/// No registry has more; more is an attempt to keep us busy.
const MAX_KEYS: usize = 64;
const KEY_TYPE: &str = "ecdsa-sha2-nistp256";

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// `name@version:integrity`, in `dist.signatures`.
    Signatures,
    /// Publish attestations.
    Attestations,
    /// Both: a registry's own endpoint does not say.
    Any,
}

impl Usage {
    fn covers(self, wanted: Self) -> bool {
        self == wanted || self == Self::Any
    }
}

/// The time in which a key signs, in milliseconds since 1970; open ends are `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validity {
    /// The first moment.
    pub start: Option<i64>,
    /// The first moment after.
    pub end: Option<i64>,
}

/// A public key on the curve P-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    id: String,
    usage: Usage,
    validity: Validity,
    /// The end as the registry writes it, for messages.
    expires: Option<String>,
    spki: Vec<u8>,
    /// The uncompressed point, 65 bytes.
    point: Vec<u8>,
}

/// Why something is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The list is not JSON of a known shape.
    #[error("the list of keys cannot be understood: {0}")]
    List(String),
    /// Another algorithm, or damaged bytes.
    #[error("the key {id} is no ECDSA key on P-256: {reason}")]
    Bytes {
        /// The id it is listed under.
        id: String,
        /// What is wrong.
        reason: String,
    },
    /// The id is not the fingerprint of the key.
    #[error("the key listed as {listed} has the fingerprint {found}")]
    Fingerprint {
        /// The id it is listed under.
        listed: String,
        /// The one it has.
        found: String,
    },
    /// A time that is none.
    #[error("the key {id} is valid until {text:?}, which is no time")]
    Time {
        /// The id it is listed under.
        id: String,
        /// What is written.
        text: String,
    },
}

impl Key {
    /// A key from the base64 of its `SubjectPublicKeyInfo`.
    ///
    /// # Errors
    /// [`KeyError`] when the bytes are no such key, or not the one that `id` names.
    fn new(id: &str, spki: &str, usage: Usage, period: &Period) -> Result<Self, KeyError> {
        let broken = |reason: String| KeyError::Bytes { id: id.to_owned(), reason };
        let spki = STANDARD.decode(spki).map_err(|error| broken(error.to_string()))?;
        let key =
            VerifyingKey::from_public_key_der(&spki).map_err(|error| broken(error.to_string()))?;
        let point = key.to_sec1_point(false).as_bytes().to_vec();
        let found = fingerprint(&point);
        // npm's ids are OpenSSH's fingerprints; other registries take that of the DER.
        if id != found && id != digest_id(&spki) {
            return Err(KeyError::Fingerprint { listed: id.to_owned(), found });
        }
        let time = |text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => match text.parse::<jiff::Timestamp>() {
                Ok(time) => Ok(Some(time.as_millisecond())),
                Err(_) => Err(KeyError::Time { id: id.to_owned(), text: text.clone() }),
            },
        };
        let validity = Validity { start: time(&period.start)?, end: time(&period.end)? };
        Ok(Self { id: id.to_owned(), usage, validity, expires: period.end.clone(), spki, point })
    }

    /// `SHA256:` and the fingerprint of the key, as `dist.signatures[].keyid` has it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When it signs.
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The end of its validity as the registry writes it.
    pub fn expires(&self) -> Option<&str> {
        self.expires.as_deref()
    }

    /// The DER of its `SubjectPublicKeyInfo`.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// The uncompressed point: `04 ‖ x ‖ y`.
    pub fn point(&self) -> &[u8] {
        &self.point
    }
}

/// `ssh-keygen -l` of an uncompressed P-256 point: the SHA-256 of OpenSSH's wire form.
fn fingerprint(point: &[u8]) -> String {
    let mut wire = Vec::with_capacity(128);
    for part in [KEY_TYPE.as_bytes(), b"nistp256", point] {
        wire.extend(u32::try_from(part.len()).unwrap_or_default().to_be_bytes());
        wire.extend(part);
    }
    digest_id(&wire)
}

fn digest_id(bytes: &[u8]) -> String {
    format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(bytes)))
}

/// The keys of one registry; clones share them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeySet {
    keys: Arc<Vec<Key>>,
}

impl KeySet {
    /// npm's own keys, as this version of denpm pins them.
    pub fn pinned() -> &'static Self {
        static KEYS: LazyLock<KeySet> = LazyLock::new(|| {
            // A test holds that the file in the binary is whole.
            KeySet::from_tuf_target(PINNED.as_bytes()).map(|(keys, _)| keys).unwrap_or_default()
        });
        &KEYS
    }

    /// The target `…/keys.json` of Sigstore's TUF repository; with it, what in it is no key.
    ///
    /// # Errors
    /// [`KeyError::List`] when it is no such list.
    pub fn from_tuf_target(json: &[u8]) -> Result<(Self, Vec<KeyError>), KeyError> {
        let list: Listed<TufKey> = parse(json)?;
        Ok(Self::collect(list.keys.iter().map(|key| {
            let usage = match key.usage.as_str() {
                "npm:signatures" => Usage::Signatures,
                "npm:attestations" => Usage::Attestations,
                other => {
                    let reason = format!("its use is {other:?}");
                    return Err(KeyError::Bytes { id: key.id.clone(), reason });
                }
            };
            if key.public_key.details != "PKIX_ECDSA_P256_SHA_256" {
                let reason = key.public_key.details.clone();
                return Err(KeyError::Bytes { id: key.id.clone(), reason });
            }
            Key::new(&key.id, &key.public_key.raw_bytes, usage, &key.public_key.valid_for)
        })))
    }

    /// The answer of a registry's `-/npm/v1/keys`; with it, what in it is no key.
    ///
    /// # Errors
    /// [`KeyError::List`] when it is no such list.
    pub fn from_endpoint(json: &[u8]) -> Result<(Self, Vec<KeyError>), KeyError> {
        let list: Listed<EndpointKey> = parse(json)?;
        Ok(Self::collect(list.keys.iter().map(|key| {
            if key.key_type != KEY_TYPE || key.scheme != KEY_TYPE {
                let reason = format!("{}, {}", key.key_type, key.scheme);
                return Err(KeyError::Bytes { id: key.id.clone(), reason });
            }
            let period = Period { start: None, end: key.expires.clone() };
            Key::new(&key.id, &key.key, Usage::Any, &period)
        })))
    }

    fn collect(keys: impl Iterator<Item = Result<Key, KeyError>>) -> (Self, Vec<KeyError>) {
        let mut known = Vec::new();
        let mut refused = Vec::new();
        for key in keys {
            match key {
                Ok(key) => known.push(key),
                Err(error) => refused.push(error),
            }
        }
        (Self { keys: Arc::new(known) }, refused)
    }

    /// These keys and others; where both know a key, the one with the earlier end holds.
    #[must_use]
    pub fn with(mut self, others: Self) -> Self {
        if self.keys.is_empty() || others.keys.is_empty() {
            return if self.keys.is_empty() { others } else { self };
        }
        let keys = Arc::make_mut(&mut self.keys);
        for other in Arc::unwrap_or_clone(others.keys) {
            let same = |key: &&mut Key| key.id == other.id && key.usage == other.usage;
            match keys.iter_mut().find(same) {
                Some(known) if ends_before(other.validity, known.validity) => *known = other,
                Some(_) => {}
                None => keys.push(other),
            }
        }
        self
    }

    /// The key for a purpose.
    pub fn get(&self, id: &str, usage: Usage) -> Option<&Key> {
        self.keys.iter().find(|key| key.id == id && key.usage.covers(usage))
    }

    /// Whether a key is in both.
    pub fn shares_any(&self, other: &Self) -> bool {
        self.keys.iter().any(|key| other.keys.iter().any(|known| known.id == key.id))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter()
    }
}

fn ends_before(one: Validity, other: Validity) -> bool {
    one.end.is_some_and(|end| other.end.is_none_or(|other| end < other))
}

#[derive(Deserialize)]
struct Listed<T> {
    keys: Vec<T>,
}

#[derive(Deserialize)]
struct TufKey {
    #[serde(rename = "keyId")]
    id: String,
    #[serde(rename = "keyUsage")]
    usage: String,
    #[serde(rename = "publicKey")]
    public_key: TufPublicKey,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TufPublicKey {
    raw_bytes: String,
    #[serde(rename = "keyDetails")]
    details: String,
    #[serde(default)]
    valid_for: Period,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Period {
    start: Option<String>,
    end: Option<String>,
}

#[derive(Deserialize)]
struct EndpointKey {
    expires: Option<String>,
    #[serde(rename = "keyid")]
    id: String,
    #[serde(rename = "keytype")]
    key_type: String,
    scheme: String,
    key: String,
}

fn parse<'de, T: Deserialize<'de>>(json: &'de [u8]) -> Result<Listed<T>, KeyError> {
    let list: Listed<T> =
        serde_json::from_slice(json).map_err(|error| KeyError::List(error.to_string()))?;
    if list.keys.len() > MAX_KEYS {
        return Err(KeyError::List(format!("more than {MAX_KEYS} keys")));
    }
    Ok(list)
}
