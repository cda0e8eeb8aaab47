//! Every proof against `tlog_tiles`: all sizes up to 2,000, and any beyond a million.

use super::*;
use crate::sumdb::{
    tile::Appender,
    tlog::{Subtree, empty_root},
};

/// Hashes of complete subtrees, wherever they are from.
trait Hashes {
    fn hash(&self, subtree: Subtree) -> Hash;

    fn of(&self, span: Span) -> Hash {
        fold(span.subtrees().map(|subtree| self.hash(subtree)).collect::<Vec<_>>().into_iter())
            .unwrap()
    }

    fn proof(&self, spans: Option<Vec<Span>>) -> Vec<Hash> {
        spans.unwrap().into_iter().map(|span| self.of(span)).collect()
    }
}

/// The same for the oracle.
struct Theirs<'a, H>(&'a H);

impl<H: Hashes> oracle::HashReader for Theirs<'_, H> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<oracle::Hash>, oracle::Error> {
        let read = |index: &u64| {
            let (level, index) = oracle::split_stored_hash_index(*index);
            oracle::Hash(self.0.hash(Subtree { level, index }).0)
        };
        Ok(indexes.iter().map(read).collect())
    }
}

/// A real tree: the hashes of each level.
struct Real(Vec<Vec<Hash>>);

impl Real {
    fn new(size: u64) -> Self {
        let leaves = (0..size).map(|index| leaf_hash(format!("record {index}\n").as_bytes()));
        let mut levels: Vec<Vec<Hash>> = vec![leaves.collect()];
        while let Some(below) = levels.last().filter(|below| below.len() > 1) {
            let pairs = below.as_chunks::<2>().0;
            levels.push(pairs.iter().map(|[left, right]| node_hash(left, right)).collect());
        }
        Self(levels)
    }
}

impl Hashes for Real {
    fn hash(&self, Subtree { level, index }: Subtree) -> Hash {
        self.0[usize::from(level)][usize::try_from(index).unwrap()]
    }
}

/// No tree at all: every subtree has a hash of its own, so that a proof tells which it names.
struct Named;

impl Hashes for Named {
    fn hash(&self, Subtree { level, index }: Subtree) -> Hash {
        leaf_hash(format!("{level} {index}").as_bytes())
    }
}

/// A tree of any size: all leaves are the same.
struct Uniform(Vec<Hash>);

impl Uniform {
    fn new() -> Self {
        let up = |hash: &Hash| Some(node_hash(hash, hash));
        Self(std::iter::successors(Some(leaf_hash(b"same")), up).take(64).collect())
    }
}

impl Hashes for Uniform {
    fn hash(&self, subtree: Subtree) -> Hash {
        self.0[usize::from(subtree.level)]
    }
}

fn same(ours: &[Hash], theirs: &[oracle::Hash]) -> bool {
    ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| ours.0 == theirs.0)
}

fn to_theirs(hashes: &[Hash]) -> Vec<oracle::Hash> {
    hashes.iter().map(|hash| oracle::Hash(hash.0)).collect()
}

#[test]
fn every_size_up_to_two_thousand_has_the_root_and_the_proofs_of_the_oracle() {
    let real = Real::new(2_000);
    let theirs = Theirs(&real);
    let mut appender = Appender::new();
    assert_eq!(appender.root(), empty_root());
    for size in 1..=2_000_u64 {
        appender.append([format!("record {}\n", size - 1).into_bytes()]);
        let root = oracle::tree_hash(size, &theirs).unwrap();
        assert_eq!(appender.root().0, root.0, "size {size}");
        let tree = TreeHead { size, root: appender.root() };
        // Both ends, the splits, and each place in some size.
        let half = 1 << (size.ilog2().saturating_sub(1));
        for index in [0, size - 1, size / 2, half, size * 7 % size.max(2), size * 31 % 1_999] {
            let index = index.min(size - 1);
            let proof = real.proof(inclusion(index, size));
            let expected = oracle::prove_record(size, index, &theirs).unwrap();
            assert!(same(&proof, &expected), "{index} in {size}");
            let leaf = real.hash(Subtree { level: 0, index });
            assert_eq!(verify_inclusion(index, leaf, tree, &proof), Ok(()));
            let old = index + 1;
            let proof = real.proof(consistency(old, size));
            let expected = oracle::prove_tree(size, old, &theirs).unwrap();
            assert!(same(&proof, &expected), "{old} before {size}");
            let before = TreeHead { size: old, root: real.of(Span::tree(old)) };
            assert_eq!(verify_consistency(before, tree, &proof), Ok(()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_proof_names_the_subtrees_that_the_oracle_names(
        size in prop_oneof![1_u64..=1_000_000, 1_u64..1 << 40],
        at in any::<prop::sample::Index>(),
    ) {
        let index = u64::try_from(at.index(usize::try_from(size).unwrap())).unwrap();
        let theirs = oracle::prove_record(size, index, &Theirs(&Named)).unwrap();
        prop_assert!(same(&Named.proof(inclusion(index, size)), &theirs));
        let theirs = oracle::prove_tree(size, index + 1, &Theirs(&Named)).unwrap();
        prop_assert!(same(&Named.proof(consistency(index + 1, size)), &theirs));
        let root = oracle::tree_hash(size, &Theirs(&Named)).unwrap();
        prop_assert_eq!(Named.of(Span::tree(size)).0, root.0);
    }

    #[test]
    fn any_proof_right_or_changed_is_judged_as_by_the_oracle(
        size in prop_oneof![1_u64..100, 1_u64..=1_000_000],
        at in any::<prop::sample::Index>(), change in 0..6, place in any::<prop::sample::Index>(),
        aside in -2_i64..=2,
    ) {
        let uniform = Uniform::new();
        let index = u64::try_from(at.index(usize::try_from(size).unwrap())).unwrap();
        let head = |size| TreeHead { size, root: uniform.of(Span::tree(size)) };
        let (tree, old) = (head(size), head(index + 1));
        let mut proofs =
            [uniform.proof(inclusion(index, size)), uniform.proof(consistency(index + 1, size))];
        for proof in proofs.iter_mut().filter(|proof| !proof.is_empty()) {
            let place = place.index(proof.len());
            match change {
                0 => proof[place].0[7] ^= 1,
                1 => drop(proof.remove(place)),
                2 => proof.insert(place, leaf_hash(b"more")),
                3 => proof.rotate_left(place),
                _ => {}
            }
        }
        let [record, consistent] = proofs;
        // An index or a size beside the right one, where the change is none of the proof.
        let moved = |number: u64| if change == 4 { number.saturating_add_signed(aside) } else { number };
        let (leaf, index) = (uniform.0[0], moved(index));
        let theirs = oracle::check_record(
            &to_theirs(&record), size, oracle::Hash(tree.root.0), index, oracle::Hash(leaf.0),
        );
        let ours = verify_inclusion(index, leaf, tree, &record);
        prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "record {} in {}", index, size);
        let old = TreeHead { size: moved(old.size), ..old };
        if old.size > 0 {
            let theirs = oracle::check_tree(
                &to_theirs(&consistent), size, oracle::Hash(tree.root.0), old.size,
                oracle::Hash(old.root.0),
            );
            let ours = verify_consistency(old, tree, &consistent);
            prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{} before {}", old.size, size);
        }
    }
}
