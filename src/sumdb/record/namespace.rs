//! Whom a log believes about a namespace, and which log it continues.
//!
//! ```text
//! denpm-ns/v1                                   denpm-log/v1
//! ns <label>                                    origin <name>
//! key <keyid> <base64 of the SPKI> <end|->  …   size <records>
//! by <keyid> <base64 of a signature>            root <base64>
//! ```
//!
//! The first record of a label binds it to keys of its registry. A later one adds keys or ends
//! them, and is signed (ECDSA on P-256, over all lines before `by`) with a key that an earlier
//! one gave: a registry can renew its keys, and nobody else can. Mirrors serve a namespace and
//! never bind one. A `denpm-log/v1` leaf is the first of a log that continues another one.

use std::{collections::BTreeMap, fmt};

use base64::{Engine, engine::general_purpose::STANDARD};
use p256::{
    ecdsa::{Signature, VerifyingKey, signature::Verifier},
    pkcs8::DecodePublicKey,
};

use super::{
    LeafKind,
    evidence::{Lines, word},
};
use crate::sumdb::{
    checkpoint::{TreeHead, decimal},
    tlog::Hash,
};

/// A key of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamespaceKey {
    /// The DER of its `SubjectPublicKeyInfo`.
    pub spki: Vec<u8>,
    /// When it ends, in seconds since 1970; open where nobody said.
    pub end: Option<u64>,
}

/// The keys of a namespace. `Display` writes the leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// Its label.
    pub label: String,
    /// By key id.
    pub keys: BTreeMap<String, NamespaceKey>,
    /// The key of an earlier record, and its signature in base64; none in the first record.
    pub by: Option<(String, String)>,
}

impl Namespace {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut lines = Lines::of(text, LeafKind::Namespace)?;
        let label = word(lines.next("ns")?)?;
        let mut keys = BTreeMap::new();
        while let Some(words) = lines.next("key") {
            let mut words = words.split(' ');
            let (keyid, spki) = (word(words.next()?)?, STANDARD.decode(words.next()?).ok()?);
            let end = match words.next()? {
                "-" => None,
                end => Some(decimal(end)?),
            };
            words.next().is_none().then_some(())?;
            keys.insert(keyid, NamespaceKey { spki, end });
        }
        let by = match lines.next("by") {
            Some(words) => Some(words.split_once(' ')?),
            None => None,
        };
        let by = by.map(|(keyid, sig)| Some((word(keyid)?, word(sig)?)));
        let by = by.map_or(Some(None), |by| by.map(Some))?;
        let namespace = Self { label, keys, by };
        let is_whole = !namespace.keys.is_empty() && namespace.to_string() == text;
        is_whole.then_some(namespace)
    }

    /// What a key of an earlier record signs: the leaf up to its line `by`.
    pub fn message(&self) -> String {
        Self { by: None, ..self.clone() }.to_string()
    }

    /// Whether it may follow records of the same label, the first of which needs no signature.
    pub fn may_follow(&self, earlier: &[Self]) -> bool {
        let earlier: Vec<_> = earlier.iter().filter(|it| it.label == self.label).collect();
        let Some((keyid, sig)) = &self.by else { return earlier.is_empty() };
        let mut keys = earlier.iter().filter_map(|it| it.keys.get(keyid));
        keys.any(|key| is_signed(&key.spki, self.message().as_bytes(), sig).unwrap_or_default())
    }
}

fn is_signed(spki: &[u8], message: &[u8], sig: &str) -> Option<bool> {
    let key = VerifyingKey::from_public_key_der(spki).ok()?;
    let signature = Signature::from_der(&STANDARD.decode(sig).ok()?).ok()?;
    Some(key.verify(message, &signature).is_ok())
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = LeafKind::Namespace.first_line().unwrap_or_default();
        writeln!(f, "{first}\nns {}", self.label)?;
        for (keyid, NamespaceKey { spki, end }) in &self.keys {
            let spki = STANDARD.encode(spki);
            match end {
                Some(end) => writeln!(f, "key {keyid} {spki} {end}")?,
                None => writeln!(f, "key {keyid} {spki} -")?,
            }
        }
        self.by.iter().try_for_each(|(keyid, sig)| writeln!(f, "by {keyid} {sig}"))
    }
}

/// The log that this one continues, as it ended. `Display` writes the leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Predecessor {
    /// Its name.
    pub origin: String,
    /// Its last tree.
    pub tree: TreeHead,
}

impl Predecessor {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut lines = Lines::of(text, LeafKind::Log)?;
        let origin = lines.next("origin")?.to_owned();
        let size = decimal(lines.next("size")?)?;
        let root: Hash = lines.next("root")?.parse().ok()?;
        let predecessor = Self { origin, tree: TreeHead { size, root } };
        (predecessor.to_string() == text).then_some(predecessor)
    }
}

impl fmt::Display for Predecessor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = LeafKind::Log.first_line().unwrap_or_default();
        let TreeHead { size, root } = self.tree;
        writeln!(f, "{first}\norigin {}\nsize {size}\nroot {root}", self.origin)
    }
}
