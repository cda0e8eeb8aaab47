//! Proofs: published vectors, the oracle, and every tree that is small enough.

mod differential;

use std::{fs, path::PathBuf, sync::LazyLock};

use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use serde_json::Value;
use tlog_tiles::tlog as oracle;

use super::*;
use crate::sumdb::tlog::{fold, leaf_hash};

static LEAVES: LazyLock<Vec<Hash>> = LazyLock::new(|| {
    (0..1000).map(|index| leaf_hash(format!("record {index}\n").as_bytes())).collect()
});

/// The hash of a part of a tree, computed from the leaves.
fn span_hash(span: Span) -> Hash {
    match span.split() {
        None => LEAVES[usize::try_from(span.start).unwrap()],
        Some((left, right)) => node_hash(&span_hash(left), &span_hash(right)),
    }
}

fn head(size: u64) -> TreeHead {
    TreeHead { size, root: span_hash(Span::tree(size)) }
}

fn hashes(spans: Option<Vec<Span>>) -> Vec<Hash> {
    spans.unwrap().into_iter().map(span_hash).collect()
}

/// The folder of published vectors; `None`, said aloud, where it is not.
fn vectors() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors/sumdb");
    let is_there = folder.is_dir();
    if !is_there {
        eprintln!("skipped: there are no vectors beside the repository");
    }
    is_there.then_some(folder)
}

fn files(folder: PathBuf) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() { folders.push(entry) } else { found.push(entry) }
        }
    }
    found
}

/// The bytes of a field; `None` also for one that is no digest.
fn digest(vector: &Value, field: &str) -> Option<Hash> {
    match vector.get(field) {
        Some(Value::String(text)) => Hash::from_slice(&STANDARD.decode(text).unwrap()),
        _ => None,
    }
}

fn proof_of(vector: &Value) -> Option<Vec<Hash>> {
    let list = vector.get("proof").and_then(Value::as_array).cloned().unwrap_or_default();
    list.iter().map(|hash| Hash::from_slice(&STANDARD.decode(hash.as_str()?).ok()?)).collect()
}

fn holds(kind: &str, vector: &Value) -> Option<bool> {
    let number = |field: &str| vector.get(field).map_or(Some(0), Value::as_u64);
    let tree = |size, root| Some(TreeHead { size: number(size)?, root: digest(vector, root)? });
    let proof = proof_of(vector)?;
    Some(if kind == "inclusion" {
        let leaf = digest(vector, "leafHash")?;
        verify_inclusion(number("leafIdx")?, leaf, tree("treeSize", "root")?, &proof).is_ok()
    } else {
        verify_consistency(tree("size1", "root1")?, tree("size2", "root2")?, &proof).is_ok()
    })
}

#[test]
fn published_vectors_are_judged_as_published() {
    let Some(folder) = vectors() else { return };
    let mut count = 0;
    for kind in ["inclusion", "consistency"] {
        for file in files(folder.join("merkle").join(kind)) {
            let vector: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
            // One vector has roots of 12 bytes, which are no roots here.
            let sound = !file.ends_with("additional/sizes-are-equal-one-and-proof-is-empty.json");
            let expected = sound && vector.get("wantErr") != Some(&Value::Bool(true));
            let held = holds(kind, &vector).unwrap_or(false);
            assert_eq!(held, expected, "{}", file.display());
            count += 1;
        }
    }
    assert_eq!(count, 196);
}

#[test]
fn vectors_of_gos_tlog_hold() {
    let Some(folder) = vectors() else { return };
    let all: Value =
        serde_json::from_slice(&fs::read(folder.join("tlog-vectors.json")).unwrap()).unwrap();
    let hash = |value: &Value| value.as_str().unwrap().parse::<Hash>().unwrap();
    let list = |value: &Value| -> Vec<Hash> {
        value.as_array().map(|list| list.iter().map(hash).collect()).unwrap_or_default()
    };
    let tree = |size: &Value| {
        let size = size.as_u64().unwrap();
        let root = all["Roots"].get(size.to_string());
        root.map_or_else(|| head(size), |root| TreeHead { size, root: hash(root) })
    };
    for (size, root) in all["Roots"].as_object().unwrap() {
        let size = size.parse().unwrap();
        if (1..=1000).contains(&size) {
            assert_eq!(span_hash(Span::tree(size)), hash(root), "size {size}");
        }
    }
    for proof in all["Proofs"].as_array().unwrap() {
        let leaf = hash(&proof["Leaf"]);
        let index = proof["Index"].as_u64().unwrap();
        let hashes = list(&proof["Hashes"]);
        assert_eq!(verify_inclusion(index, leaf, tree(&proof["Size"]), &hashes), Ok(()));
    }
    for proof in all["Cons"].as_array().unwrap() {
        let (old, new) = (tree(&proof["Old"]), tree(&proof["New"]));
        assert_eq!(verify_consistency(old, new, &list(&proof["Hashes"])), Ok(()));
    }
}

#[test]
fn every_proof_in_small_trees_holds_and_a_changed_one_does_not() {
    for size in 1..70 {
        let tree = head(size);
        for index in 0..size {
            let leaf = span_hash(Span { start: index, end: index + 1 });
            let mut proof = hashes(inclusion(index, size));
            assert_eq!(verify_inclusion(index, leaf, tree, &proof), Ok(()));
            proof.push(leaf);
            assert_eq!(verify_inclusion(index, leaf, tree, &proof), Err(BadProof::Length));
            proof.pop();
            if let Some(first) = proof.first_mut() {
                first.0[0] ^= 1;
                assert_eq!(verify_inclusion(index, leaf, tree, &proof), Err(BadProof::Root));
            }
        }
        assert_eq!(inclusion(size, size), None);
        for old in 1..=size {
            let mut proof = hashes(consistency(old, size));
            assert_eq!(verify_consistency(head(old), tree, &proof), Ok(()));
            proof.push(tree.root);
            assert_eq!(verify_consistency(head(old), tree, &proof), Err(BadProof::Length));
        }
        assert_eq!(consistency(0, size), None);
        assert_eq!(consistency(size + 1, size), None);
    }
}

/// The oracle's hashes of the same tree.
struct Leaves(Vec<oracle::Hash>);

impl Leaves {
    fn new(size: u64) -> Self {
        let mut leaves = Self(Vec::new());
        for index in 0..size {
            let record = format!("record {index}\n");
            let hashes = oracle::stored_hashes(index, record.as_bytes(), &leaves).unwrap();
            leaves.0.extend(hashes);
        }
        leaves
    }
}

impl oracle::HashReader for Leaves {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<oracle::Hash>, oracle::Error> {
        Ok(indexes.iter().map(|index| self.0[usize::try_from(*index).unwrap()]).collect())
    }
}

#[test]
fn the_oracle_makes_the_same_proofs() {
    let leaves = Leaves::new(300);
    for size in [1, 2, 3, 7, 8, 129, 255, 256, 257, 300] {
        for index in (0..size).step_by(5) {
            let theirs = oracle::prove_record(size, index, &leaves).unwrap();
            let theirs: Vec<_> = theirs.iter().map(|hash| Hash(hash.0)).collect();
            assert_eq!(hashes(inclusion(index, size)), theirs, "{index} in {size}");
            let old = index + 1;
            let theirs = oracle::prove_tree(size, old, &leaves).unwrap();
            let theirs: Vec<_> = theirs.iter().map(|hash| Hash(hash.0)).collect();
            assert_eq!(hashes(consistency(old, size)), theirs, "{old} before {size}");
        }
    }
}

#[test]
fn one_proof_for_many_has_no_hash_twice_and_none_that_the_leaves_give() {
    let all: Vec<u64> = (0..100).collect();
    assert_eq!(inclusions(&all, 100).unwrap(), []);
    assert_eq!(inclusions(&[5], 100).unwrap().len(), inclusion(5, 100).unwrap().len());
    assert_eq!(inclusions(&[], 100), None);
    assert_eq!(inclusions(&[3, 3], 100), None);
    assert_eq!(inclusions(&[4, 3], 100), None);
    assert_eq!(inclusions(&[100], 100), None);
}

proptest! {
    #[test]
    fn one_proof_for_many_holds_and_any_change_breaks_it(
        size in 1_u64..150,
        picks in proptest::collection::btree_set(0_u64..150, 1..30),
        broken in any::<prop::sample::Index>(),
    ) {
        let indexes: Vec<u64> = picks.into_iter().filter(|index| *index < size).collect();
        prop_assume!(!indexes.is_empty());
        let tree = head(size);
        let leaf = |index: u64| (index, span_hash(Span { start: index, end: index + 1 }));
        let mut leaves: Vec<_> = indexes.iter().map(|index| leaf(*index)).collect();
        let mut proof = hashes(inclusions(&indexes, size));
        prop_assert_eq!(verify_inclusions(&leaves, tree, &proof), Ok(()));
        if !proof.is_empty() {
            let at = broken.index(proof.len());
            proof[at].0[3] ^= 1;
            prop_assert_eq!(verify_inclusions(&leaves, tree, &proof), Err(BadProof::Root));
            let removed = proof.remove(at);
            prop_assert!(verify_inclusions(&leaves, tree, &proof).is_err());
            proof.insert(at, removed);
            proof[at].0[3] ^= 1;
        }
        proof.push(tree.root);
        prop_assert_eq!(verify_inclusions(&leaves, tree, &proof), Err(BadProof::Length));
        proof.pop();
        let at = broken.index(leaves.len());
        leaves[at].1.0[0] ^= 1;
        prop_assert_eq!(verify_inclusions(&leaves, tree, &proof), Err(BadProof::Root));
    }

    #[test]
    fn no_size_and_no_proof_panics(
        index in any::<u64>(), old in any::<u64>(), size in any::<u64>(), length in 0_usize..70,
    ) {
        let tree = TreeHead { size, root: leaf_hash(b"") };
        let proof = vec![tree.root; length];
        prop_assert!(verify_inclusion(index, leaf_hash(b"x"), tree, &proof).is_err());
        let other = TreeHead { size: old, root: leaf_hash(b"x") };
        prop_assert!(verify_consistency(other, tree, &proof).is_err());
        prop_assert!(verify_inclusions(&[(index, leaf_hash(b"x"))], tree, &proof).is_err());
    }
}

#[test]
fn fold_is_the_hash_of_a_span() {
    for size in 1..50 {
        let subtrees = Span::tree(size).subtrees();
        let parts = subtrees.map(|at| {
            span_hash(Span { start: at.index << at.level, end: (at.index + 1) << at.level })
        });
        assert_eq!(fold(parts.collect::<Vec<_>>().into_iter()), Some(head(size).root));
    }
}
