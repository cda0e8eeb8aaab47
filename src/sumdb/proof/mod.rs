//! Proofs that a record is in a tree, and that one tree begins another (RFC 6962 §2.1).
//!
//! Making a proof is choosing [`Span`]s of the tree, whose hashes a
//! [`TreeReader`](super::tile::TreeReader) gives; checking one is putting hashes together again.
//! Both follow the same splits, so the same function lists them.

mod file;
mod multi;
#[cfg(test)]
mod tests;

use super::{
    checkpoint::TreeHead,
    tlog::{Hash, Span, node_hash},
};

pub use file::{BadProofFile, TlogProof};
pub use multi::{MAX_LEAVES, inclusions, verify_inclusions};

/// The most hashes a proof of inclusion or consistency can have: one a level.
pub const MAX_HASHES: usize = 64;

/// A proof that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadProof {
    /// The leaf lies behind the end of the tree, or the older tree is the larger one, or one is empty.
    #[error("there can be no such proof in a tree of {0} records")]
    Outside(u64),
    /// Too few or too many hashes.
    #[error("the proof does not have the right number of hashes")]
    Length,
    /// The hashes lead to another root.
    #[error("the proof leads to another root")]
    Root,
}

/// The spans whose hashes prove that leaf `index` is in a tree of `size`, from the leaf's
/// sibling up; `None` where there is no such leaf.
pub fn inclusion(index: u64, size: u64) -> Option<Vec<Span>> {
    let mut at = Span::tree(size);
    at.contains(index).then_some(())?;
    let mut spans = Vec::new();
    while let Some((left, right)) = at.split() {
        let (inside, sibling) = if left.contains(index) { (left, right) } else { (right, left) };
        spans.push(sibling);
        at = inside;
    }
    spans.reverse();
    Some(spans)
}

/// Checks that a leaf is in a tree.
///
/// # Errors
/// [`BadProof`].
pub fn verify_inclusion(
    index: u64,
    leaf: Hash,
    tree: TreeHead,
    proof: &[Hash],
) -> Result<(), BadProof> {
    let spans = inclusion(index, tree.size).ok_or(BadProof::Outside(tree.size))?;
    if spans.len() != proof.len() {
        return Err(BadProof::Length);
    }
    let up = |hash, (span, sibling): (&Span, &Hash)| {
        if span.start > index { node_hash(&hash, sibling) } else { node_hash(sibling, &hash) }
    };
    let root = spans.iter().zip(proof).fold(leaf, up);
    if root == tree.root { Ok(()) } else { Err(BadProof::Root) }
}

/// The spans whose hashes prove that a tree of `old` leaves begins one of `new`; none where the
/// two are equal, `None` where there is no such proof (`old` is 0 or larger than `new`).
pub fn consistency(old: u64, new: u64) -> Option<Vec<Span>> {
    let (base, mut spans) = consistency_path(old, new)?;
    if base.start > 0 {
        spans.insert(0, base);
    }
    Some(spans)
}

/// The part at the end of the old tree that is whole in both, and its siblings from there up.
fn consistency_path(old: u64, new: u64) -> Option<(Span, Vec<Span>)> {
    (0 < old && old <= new).then_some(())?;
    let mut at = Span::tree(new);
    let mut spans = Vec::new();
    while at.end != old {
        let (left, right) = at.split()?;
        let (inside, sibling) = if old <= left.end { (left, right) } else { (right, left) };
        spans.push(sibling);
        at = inside;
    }
    spans.reverse();
    Some((at, spans))
}

/// Checks that `old` is the beginning of `new`.
///
/// # Errors
/// [`BadProof`]: also where `old` is empty, since that proves nothing and needs no proof.
pub fn verify_consistency(old: TreeHead, new: TreeHead, proof: &[Hash]) -> Result<(), BadProof> {
    let (base, spans) = consistency_path(old.size, new.size).ok_or(BadProof::Outside(new.size))?;
    let (base, proof) = match proof.split_first() {
        _ if base.start == 0 => (old.root, proof),
        Some((first, rest)) => (*first, rest),
        None => return Err(BadProof::Length),
    };
    if spans.len() != proof.len() {
        return Err(BadProof::Length);
    }
    let (mut old_root, mut new_root) = (base, base);
    for (span, sibling) in spans.iter().zip(proof) {
        if span.start >= old.size {
            new_root = node_hash(&new_root, sibling);
        } else {
            old_root = node_hash(sibling, &old_root);
            new_root = node_hash(sibling, &new_root);
        }
    }
    if (old_root, new_root) == (old.root, new.root) { Ok(()) } else { Err(BadProof::Root) }
}
