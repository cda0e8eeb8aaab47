//! One proof for many leaves: every hash that two proofs would share is there once, and none
//! that the leaves themselves give.
//!
//! The hashes are those of the largest spans without a proven leaf, from left to right; which
//! they are follows from the indexes and the size alone, so the proof is hashes and nothing else.

use super::BadProof;
use crate::sumdb::{
    checkpoint::TreeHead,
    tlog::{Hash, Span, node_hash},
};

/// The most leaves that one proof is made for.
pub const MAX_LEAVES: usize = 5_000;

/// The spans whose hashes prove that leaves are in a tree of `size`, from left to right.
///
/// `None` unless `indexes` rise strictly, lie in the tree and number 1 to [`MAX_LEAVES`].
pub fn inclusions(indexes: &[u64], size: u64) -> Option<Vec<Span>> {
    acceptable(&indexes.iter().copied(), size).then_some(())?;
    let mut spans = Vec::new();
    list(Span::tree(size), indexes, &mut spans);
    Some(spans)
}

fn list(span: Span, indexes: &[u64], spans: &mut Vec<Span>) {
    if indexes.is_empty() {
        spans.push(span);
    } else if let Some((left, right)) = span.split() {
        let (here, there) = indexes.split_at(indexes.partition_point(|index| *index < left.end));
        list(left, here, spans);
        list(right, there, spans);
    }
}

/// Checks that leaves, by rising index, are in a tree.
///
/// # Errors
/// [`BadProof`].
pub fn verify_inclusions(
    leaves: &[(u64, Hash)],
    tree: TreeHead,
    proof: &[Hash],
) -> Result<(), BadProof> {
    if !acceptable(&leaves.iter().map(|(index, _)| *index), tree.size) {
        return Err(BadProof::Outside(tree.size));
    }
    let mut proof = proof.iter();
    let root = rebuild(Span::tree(tree.size), leaves, &mut proof).ok_or(BadProof::Length)?;
    if proof.next().is_some() {
        return Err(BadProof::Length);
    }
    if root == tree.root { Ok(()) } else { Err(BadProof::Root) }
}

fn rebuild<'a>(
    span: Span,
    leaves: &[(u64, Hash)],
    proof: &mut impl Iterator<Item = &'a Hash>,
) -> Option<Hash> {
    let Some((_, leaf)) = leaves.first() else { return proof.next().copied() };
    let Some((left, right)) = span.split() else { return Some(*leaf) };
    let (here, there) = leaves.split_at(leaves.partition_point(|(index, _)| *index < left.end));
    let left = rebuild(left, here, proof)?;
    Some(node_hash(&left, &rebuild(right, there, proof)?))
}

fn acceptable(indexes: &(impl ExactSizeIterator<Item = u64> + Clone), size: u64) -> bool {
    let rising = indexes.clone().is_sorted_by(|one, next| one < next);
    let last = indexes.clone().last();
    indexes.len() <= MAX_LEAVES && rising && last.is_some_and(|last| last < size)
}
