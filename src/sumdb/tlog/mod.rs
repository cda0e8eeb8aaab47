//! The Merkle tree of RFC 6962 §2.1: hashes, and which parts of a tree make up which hash.
//!
//! A leaf is `SHA-256(0x00 ‖ record)`, a node `SHA-256(0x01 ‖ left ‖ right)`. A tree of n leaves
//! is split at the largest power of two below n, so every tree is a row of complete subtrees of
//! falling size; a [`Subtree`] never changes once its leaves are there.

mod frontier;
#[cfg(test)]
pub(in crate::sumdb) mod tests;

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

pub use frontier::Frontier;
pub(in crate::sumdb) use frontier::{complete_root, edge_hash};

/// A SHA-256 digest; text is standard base64 with padding, 44 characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; Hash::LEN]);

/// A text that is no hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the base64 of a SHA-256 digest")]
pub struct BadHash;

impl Hash {
    /// The length of a digest, in bytes.
    pub const LEN: usize = 32;

    /// The bytes as a hash; `None` unless there are exactly 32.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Hashes that lie one behind the other; `None` unless the length is a multiple of 32.
    pub fn many_from_slice(bytes: &[u8]) -> Option<Vec<Self>> {
        let (hashes, []) = bytes.as_chunks::<{ Self::LEN }>() else { return None };
        Some(hashes.iter().copied().map(Self).collect())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = BadHash;

    fn from_str(text: &str) -> Result<Self, BadHash> {
        STANDARD.decode(text).ok().and_then(|bytes| Self::from_slice(&bytes)).ok_or(BadHash)
    }
}

/// The root of the tree without leaves: `SHA-256("")`.
pub fn empty_root() -> Hash {
    Hash(Sha256::digest([]).into())
}

/// The hash of a leaf.
pub fn leaf_hash(record: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update([0]).chain_update(record).finalize().into())
}

/// The hash of an inner node.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash(
        Sha256::new()
            .chain_update([1])
            .chain_update(left.0)
            .chain_update(right.0)
            .finalize()
            .into(),
    )
}

/// The largest power of two below `size`: where a tree of that size is split. `None` below two.
fn split_point(size: u64) -> Option<u64> {
    (size > 1).then(|| 1 << (size - 1).ilog2())
}

/// A complete subtree: the leaves from `index << level` up to `(index + 1) << level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subtree {
    /// The height above the leaves, 0–63.
    pub level: u8,
    /// The position among the subtrees of that height.
    pub index: u64,
}

/// A run of leaves that hash to one node of some tree: `start` up to and without `end`.
///
/// Only runs that a tree's own splits produce are made here: `start` is a multiple of the
/// largest complete subtree inside, so the subtrees fall in size from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first leaf.
    pub start: u64,
    /// The leaf behind the last.
    pub end: u64,
}

impl Span {
    /// The whole tree of that size.
    pub fn tree(size: u64) -> Self {
        Self { start: 0, end: size }
    }

    /// The two halves; `None` for a single leaf and for nothing.
    pub fn split(self) -> Option<(Self, Self)> {
        let middle = self.start + split_point(self.end.checked_sub(self.start)?)?;
        Some((Self { end: middle, ..self }, Self { start: middle, ..self }))
    }

    /// Whether the leaf lies inside.
    pub fn contains(self, leaf: u64) -> bool {
        (self.start..self.end).contains(&leaf)
    }

    /// The complete subtrees it consists of, from left to right.
    pub fn subtrees(self) -> impl Iterator<Item = Subtree> {
        let mut start = self.start;
        std::iter::from_fn(move || {
            let level = self.end.checked_sub(start)?.checked_ilog2()?;
            let subtree = Subtree { level: u8::try_from(level).ok()?, index: start >> level };
            start += 1 << level;
            Some(subtree)
        })
    }
}

/// The hash of a span from the hashes of its subtrees, from left to right; `None` for none.
pub fn fold(subtrees: impl DoubleEndedIterator<Item = Hash>) -> Option<Hash> {
    subtrees.rev().reduce(|right, left| node_hash(&left, &right))
}
