//! The order npm writes and walks names in: ICU's root collation for "en".
//!
//! For ASCII that order reduces to three rules: compare character by character by the rank
//! below, ignoring case; a prefix comes first; among strings equal so far, lower case comes
//! before upper case at the first difference. Beyond ASCII we decompose (NFKD) and order by
//! base character, then accent, then case: ICU's levels without its 30,000 tailored weights.

use std::cmp::Ordering;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// ASCII in ICU's order; a letter stands for both of its cases.
const ORDER: &[u8] =
    b"\t\n\x0b\x0c\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz";

/// Rank of every ASCII byte. Control characters, which ICU ignores, come first by code, so that
/// the order stays total.
static RANKS: [u8; 128] = ranks();

#[allow(
    clippy::indexing_slicing,
    reason = "evaluated at compile time: a bad index is a build error"
)]
#[allow(clippy::cast_possible_truncation, reason = "both counters stay below 128")]
const fn ranks() -> [u8; 128] {
    let mut ranks = [0u8; 128];
    let mut code = 0;
    while code < 128 {
        ranks[code] = code as u8;
        code += 1;
    }
    let mut position = 0;
    while position < ORDER.len() {
        // 32 control characters lie below every listed one.
        let rank = 32 + position as u8;
        ranks[ORDER[position] as usize] = rank;
        ranks[ORDER[position].to_ascii_uppercase() as usize] = rank;
        position += 1;
    }
    ranks[127] = 31;
    ranks
}

/// Compares two strings as npm's `localeCompare(b, 'en')` does.
///
/// A total order: equal only for identical strings.
///
/// Source: npm sorts with `localeCompare` in arborist and `@npmcli/package-json`; ICU root
/// collation, reduced as described in the module.
pub fn collate(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() {
        return collate_ascii(a.as_bytes(), b.as_bytes());
    }
    collate_unicode(a, b)
}

fn collate_ascii(a: &[u8], b: &[u8]) -> Ordering {
    let mut case = Ordering::Equal;
    for (&left, &right) in a.iter().zip(b) {
        if left == right {
            continue;
        }
        let order = rank(left).cmp(&rank(right));
        if order.is_ne() {
            return order;
        }
        // Lower case first, so the larger byte is the smaller letter.
        case = case.then_with(|| right.cmp(&left));
    }
    a.len().cmp(&b.len()).then(case)
}

fn rank(byte: u8) -> u8 {
    RANKS.get(usize::from(byte)).copied().unwrap_or(u8::MAX)
}

fn collate_unicode(a: &str, b: &str) -> Ordering {
    bases(a)
        .map(primary)
        .cmp(bases(b).map(primary))
        .then_with(|| marks(a).cmp(marks(b)))
        .then_with(|| bases(a).map(char::is_uppercase).cmp(bases(b).map(char::is_uppercase)))
        .then_with(|| a.cmp(b))
}

fn bases(text: &str) -> impl Iterator<Item = char> {
    text.nfkd().filter(|character| !is_combining_mark(*character))
}

/// Accents with the position of the base they stand on.
fn marks(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut position = 0;
    text.nfkd().filter_map(move |character| {
        if is_combining_mark(character) {
            // An accent makes a string larger than one without: a later position sorts lower.
            return Some((usize::MAX - position, character));
        }
        position += 1;
        None
    })
}

/// Everything beyond ASCII sorts after it, by the code point of its lower-case form.
fn primary(character: char) -> u32 {
    match u8::try_from(character) {
        Ok(byte) if byte.is_ascii() => u32::from(rank(byte)),
        _ => 256 + u32::from(character.to_lowercase().next().unwrap_or(character)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn collate_ascii_punctuation_follows_icu() {
        let mut names =
            ["b", "a-b", "a_b", "a.b", "a", "@x/y", "A", "a1", "1", "node_modules/a", "ab", "aB"];
        names.sort_by(|a, b| collate(a, b));
        assert_eq!(
            names,
            ["@x/y", "1", "a", "A", "a_b", "a-b", "a.b", "a1", "ab", "aB", "b", "node_modules/a"]
        );
    }

    #[test]
    fn collate_accents_sort_beside_their_base() {
        assert_eq!(collate("e", "é"), Ordering::Less);
        assert_eq!(collate("é", "f"), Ordering::Less);
        assert_eq!(collate("z", "ß"), Ordering::Less);
    }

    proptest! {
        #[test]
        fn collate_is_a_total_order(a in "\\PC{0,6}", b in "\\PC{0,6}", c in "\\PC{0,6}") {
            prop_assert_eq!(collate(&a, &b), collate(&b, &a).reverse());
            prop_assert_eq!(collate(&a, &b).is_eq(), a == b);
            if collate(&a, &b).is_le() && collate(&b, &c).is_le() {
                prop_assert!(collate(&a, &c).is_le());
            }
        }

        #[test]
        fn collate_ascii_agrees_with_the_general_order(a in "[ -~]{0,6}", b in "[ -~]{0,6}") {
            prop_assert_eq!(collate(&a, &b), collate_unicode(&a, &b));
        }
    }
}
