//! Where versions are, for a log that is nothing but files: 65,536 buckets by name.
//!
//! ```text
//! index/<2 hex>/<2 hex>:  <namespace> <name> <version> <index>\n …   sorted
//! ```
//! The bucket is the first two bytes of SHA-256(namespace ‖ 0x0A ‖ name). One bucket holds many
//! names, so whoever serves it does not learn which was wanted.

use std::{collections::BTreeMap, fmt};

use sha2::{Digest, Sha256};

use crate::sumdb::{checkpoint::decimal, record::PackageKey};

/// The largest bucket that is read, in bytes.
const MAX_BUCKET: usize = 64 << 20;

/// The bucket of a name.
pub fn bucket_of(namespace: &str, name: &str) -> u16 {
    let hash: [u8; 32] = Sha256::new()
        .chain_update(namespace)
        .chain_update(b"\n")
        .chain_update(name)
        .finalize()
        .into();
    let [high, low, ..] = hash;
    u16::from_be_bytes([high, low])
}

/// The versions of all names of one bucket, with their indexes. `Display` writes the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexBucket(BTreeMap<PackageKey, u64>);

/// Bytes that are no index file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {0} of the index is not one")]
pub struct BadIndex(usize);

impl IndexBucket {
    /// The path of a bucket's file below the log's URL or folder.
    pub fn path(bucket: u16) -> String {
        let [high, low] = bucket.to_be_bytes();
        format!("index/{high:02x}/{low:02x}")
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`BadIndex`].
    pub fn parse(bytes: &[u8]) -> Result<Self, BadIndex> {
        let text = str::from_utf8(bytes).ok().filter(|text| text.len() <= MAX_BUCKET);
        let mut entries = BTreeMap::new();
        for (number, line) in (1..).zip(text.ok_or(BadIndex(0))?.lines()) {
            let entry = line
                .rsplit_once(' ')
                .and_then(|(key, index)| Some((PackageKey::parse(key)?, decimal(index)?)));
            let (key, index) = entry.ok_or(BadIndex(number))?;
            entries.insert(key, index);
        }
        Ok(Self(entries))
    }

    /// Where a version is said to be.
    pub fn get(&self, key: &PackageKey) -> Option<u64> {
        self.0.get(key).copied()
    }

    /// All versions with their indexes, sorted.
    pub fn entries(&self) -> impl Iterator<Item = (&PackageKey, u64)> {
        self.0.iter().map(|(key, index)| (key, *index))
    }

    /// Adds a version.
    pub fn insert(&mut self, key: PackageKey, index: u64) {
        self.0.insert(key, index);
    }
}

impl fmt::Display for IndexBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(key, index)| writeln!(f, "{key} {index}"))
    }
}
