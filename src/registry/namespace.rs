//! Which registries are one namespace: those that sign with the same keys.
//!
//! Pure. Two registries with different signing keys are two namespaces, and a name that both
//! have is two packages. A registry that offers no keys signs nothing and contradicts nobody.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// More keys than this are a mistake, or worse.
const MAX_KEYS: usize = 256;

/// A registry's public keys: identity → base64 of the DER form, as offered at `/-/npm/v1/keys`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys(BTreeMap<String, String>);

/// Whether two registries belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Namespace {
    /// They share a key, or one of them has none.
    Same,
    /// Each has keys, and none in common; or one identity stands for two keys.
    Other,
}

impl Keys {
    /// Reads `{"keys": [{"keyid", "key"}]}`; what is no such document offers no keys.
    pub fn parse(bytes: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Document {
            keys: Vec<Entry>,
        }
        #[derive(Deserialize)]
        struct Entry {
            keyid: String,
            key: String,
        }
        let document: Option<Document> = serde_json::from_slice(bytes).ok();
        let entries = document.map(|document| document.keys).unwrap_or_default();
        Self(entries.into_iter().take(MAX_KEYS).map(|entry| (entry.keyid, entry.key)).collect())
    }

    /// The identities.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// True when it offers none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a registry with these keys and one with `other` are one namespace.
    pub fn namespace(&self, other: &Self) -> Namespace {
        if self.is_empty() || other.is_empty() {
            return Namespace::Same;
        }
        let mut common = self.0.iter().filter_map(|(id, key)| Some((key, other.0.get(id)?)));
        match common.next() {
            Some((first, second)) if first == second && common.all(|(a, b)| a == b) => {
                Namespace::Same
            }
            _ => Namespace::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(pairs: &[(&str, &str)]) -> Keys {
        Keys(pairs.iter().map(|(id, key)| ((*id).to_owned(), (*key).to_owned())).collect())
    }

    #[test]
    fn registries_with_a_key_in_common_are_one_namespace() {
        let (old, both) = (keys(&[("1", "a")]), keys(&[("1", "a"), ("2", "b")]));
        assert_eq!(old.namespace(&both), Namespace::Same);
        assert_eq!(both.namespace(&keys(&[("3", "c")])), Namespace::Other);
    }

    #[test]
    fn one_identity_for_two_keys_is_another_namespace() {
        let (ours, theirs) = (keys(&[("1", "a"), ("2", "b")]), keys(&[("1", "a"), ("2", "x")]));
        assert_eq!(ours.namespace(&theirs), Namespace::Other);
    }

    #[test]
    fn registry_without_keys_contradicts_nobody() {
        assert_eq!(keys(&[("1", "a")]).namespace(&Keys::default()), Namespace::Same);
    }

    #[test]
    fn parse_of_anything_else_offers_none() {
        assert!(Keys::parse(b"<html>").is_empty() && Keys::parse(br#"{"keys":7}"#).is_empty());
        let document = br#"{"keys":[{"keyid":"SHA256:x","keytype":"t","key":"MFkw"}]}"#;
        assert_eq!(Keys::parse(document).ids().collect::<Vec<_>>(), ["SHA256:x"]);
    }
}
