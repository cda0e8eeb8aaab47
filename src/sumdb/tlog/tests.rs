//! Trees against `tlog_tiles`, sizes exhaustive below 600 and at random above.

use proptest::prelude::*;
use tlog_tiles::tlog as oracle;

use super::*;

pub(in crate::sumdb) fn record(index: u64) -> Vec<u8> {
    format!("record {index}\n").into_bytes()
}

/// Hashes as the oracle stores them.
struct Stored(Vec<oracle::Hash>);

impl oracle::HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<oracle::Hash>, oracle::Error> {
        Ok(indexes.iter().map(|index| self.0[usize::try_from(*index).unwrap()]).collect())
    }
}

#[test]
fn the_root_after_every_append_is_that_of_the_oracle() {
    let mut frontier = Frontier::new();
    let mut stored = Stored(Vec::new());
    assert_eq!(frontier.root(), empty_root());
    for index in 0..600 {
        let record = record(index);
        let hashes = oracle::stored_hashes(index, &record, &stored).unwrap();
        stored.0.extend(hashes);
        frontier.push(leaf_hash(&record), |_, _| ());
        let expected = oracle::tree_hash(index + 1, &stored).unwrap();
        assert_eq!(frontier.root().0, expected.0, "size {}", index + 1);
    }
}

#[test]
fn the_empty_root_is_the_hash_of_nothing() {
    assert_eq!(empty_root().to_string(), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

#[test]
fn a_hash_is_32_bytes_in_base64_and_nothing_else() {
    let text = empty_root().to_string();
    assert_eq!(text.parse(), Ok(empty_root()));
    for wrong in ["", "AAAA", &text[1..], &text.replace('=', ""), &format!("{text}\n")] {
        assert_eq!(wrong.parse::<Hash>(), Err(BadHash), "{wrong:?}");
    }
    assert_eq!(Hash::many_from_slice(&[0; 33]), None);
}

proptest! {
    #[test]
    fn a_span_is_its_subtrees_from_left_to_right(size in 1_u64.., path in any::<u64>(), depth in 0..64) {
        let mut span = Span::tree(size);
        for bit in 0..depth {
            let Some((left, right)) = span.split() else { break };
            prop_assert_eq!((left.start, left.end, right.end), (span.start, right.start, span.end));
            span = if path >> bit & 1 == 0 { left } else { right };
        }
        let mut start = span.start;
        for Subtree { level, index } in span.subtrees() {
            prop_assert_eq!(index << level, start);
            start += 1 << level;
        }
        prop_assert_eq!(start, span.end);
    }
}
