//! Text that is there and cannot be seen: code far to the right, characters without width.

use std::collections::BTreeMap;

use super::facts::Hidden;

/// So many spaces before code on one line are no layout.
const FAR_RIGHT: usize = 200;
/// So many invisible characters in a row are data.
const INVISIBLE_RUN: usize = 8;

/// Counts what is hidden in a text.
pub(super) fn scan(text: &str, found: &mut BTreeMap<Hidden, u32>) {
    let far = far_right(text);
    if far > 0 {
        found.insert(Hidden::FarRight, far);
    }
    let (mut reordered, mut invisible) = (0_u32, 0_u32);
    for run in beyond_ascii(text) {
        reordered = reordered.saturating_add(controls_of_direction(run));
        invisible = invisible.saturating_add(invisible_runs(run));
    }
    if reordered > 0 {
        found.insert(Hidden::Reordered, reordered);
    }
    if invisible > 0 {
        found.insert(Hidden::Invisible, invisible);
    }
}

/// Places where code stands behind a long run of blanks that itself stands behind code.
fn far_right(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let (mut at, mut count) = (0_usize, 0_u32);
    // No run of that length lies between two of these places.
    while let Some(byte) = bytes.get(at) {
        if !is_blank(byte) {
            at += FAR_RIGHT;
            continue;
        }
        let (before, rest) = bytes.split_at(at);
        let width = before.iter().rev().take_while(|byte| is_blank(byte)).count();
        let left = before.get(..at - width).and_then(<[u8]>::last);
        let more = rest.iter().take_while(|byte| is_blank(byte)).count();
        let is_beside_code = left.is_some_and(|byte| !matches!(byte, b'\n' | b'\r'))
            && rest.get(more).is_some_and(|byte| !ends_a_gap(*byte));
        count = count.saturating_add(u32::from(width + more >= FAR_RIGHT && is_beside_code));
        at += more + FAR_RIGHT;
    }
    count
}

/// The end of a line, or of a comment or a text that is laid out as a table.
fn ends_a_gap(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | b'*' | b'\\' | b'|' | b'"' | b'\'' | b'`')
}

/// The runs of characters beyond ASCII: of most code there are none, or few.
fn beyond_ascii(text: &str) -> impl Iterator<Item = &str> {
    const CHUNK: usize = 64;
    let mut rest = text;
    std::iter::from_fn(move || {
        let bytes = rest.as_bytes();
        let chunk = bytes.chunks(CHUNK).position(|chunk| !chunk.is_ascii())? * CHUNK;
        let start = chunk + bytes.get(chunk..)?.iter().position(|byte| !byte.is_ascii())?;
        let run = rest.get(start..)?;
        let length = run.bytes().position(|byte| byte.is_ascii()).unwrap_or(run.len());
        let (run, after) = run.split_at(length);
        rest = after;
        Some(run)
    })
}

fn invisible_runs(text: &str) -> u32 {
    let (mut run, mut count) = (0_usize, 0_u32);
    for c in text.chars() {
        if is_invisible(c) {
            run += 1;
            count += u32::from(run == INVISIBLE_RUN);
        } else {
            run = 0;
        }
    }
    count
}

/// Overrides, embeddings and isolates of direction that stand in the text itself.
fn controls_of_direction(text: &str) -> u32 {
    let controls =
        text.chars().filter(|c| matches!(u32::from(*c), 0x202a..=0x202e | 0x2066..=0x2069));
    u32::try_from(controls.count()).unwrap_or(u32::MAX)
}

/// A name of Latin letters and others that look like them.
pub(super) fn looks_alike(name: &str) -> bool {
    let is_other = |c: char| matches!(u32::from(c), 0x370..=0x58f);
    name.chars().any(|c| c.is_ascii_alphabetic()) && name.chars().any(is_other)
}

fn is_invisible(c: char) -> bool {
    matches!(u32::from(c),
        0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x2069 | 0xfe00..=0xfe0f
        | 0xe0000..=0xe01ef | 0x3164 | 0xffa0 | 0x180e | 0xfeff)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> BTreeMap<Hidden, u32> {
        let mut found = BTreeMap::new();
        scan(text, &mut found);
        found
    }

    #[test]
    fn code_behind_a_wide_gap_is_hidden_and_indented_code_is_not() {
        let gap = " ".repeat(400);
        assert_eq!(found(&format!("a();{gap}b()")).get(&Hidden::FarRight), Some(&1));
        assert!(found(&format!("a();\n{gap}b()")).is_empty());
    }

    /// The definition, byte by byte.
    fn far_right_by_the_byte(text: &str) -> u32 {
        let (mut run, mut seen, mut count) = (0_usize, false, 0_u32);
        for byte in text.bytes() {
            match byte {
                b'\n' | b'\r' => (run, seen) = (0, false),
                b' ' | b'\t' => run += 1,
                b'*' | b'\\' | b'|' | b'"' | b'\'' | b'`' => (run, seen) = (0, true),
                _ => {
                    count += u32::from(seen && run >= FAR_RIGHT);
                    (run, seen) = (0, true);
                }
            }
        }
        count
    }

    proptest! {
        #[test]
        fn a_look_at_every_two_hundredth_byte_finds_every_gap(
            parts in proptest::collection::vec((0..420_usize, "[a\n*é\t ]{0,2}"), 0..24),
        ) {
            let text: String =
                parts.iter().map(|(blanks, rest)| " ".repeat(*blanks) + rest).collect();
            prop_assert_eq!(far_right(&text), far_right_by_the_byte(&text));
        }

        #[test]
        fn runs_beyond_ascii_are_all_that_is_beyond_ascii(text in "[a-z\n]{0,99}\\PC{0,9}[a-z]{0,99}\\PC{0,9}") {
            let expected: String = text.chars().filter(|c| !c.is_ascii()).collect();
            let runs: Vec<&str> = beyond_ascii(&text).collect();
            prop_assert_eq!(runs.concat(), expected);
            prop_assert!(runs.iter().all(|run| !run.is_empty()));
        }
    }

    #[test]
    fn a_run_of_variation_selectors_is_hidden_and_an_emoji_is_not() {
        let data: String = (0..20).filter_map(|n| char::from_u32(0xe0100 + n)).collect();
        assert_eq!(found(&format!("x('{data}')")).get(&Hidden::Invisible), Some(&1));
        assert!(found("x('❤️👩‍💻')").is_empty());
    }
}
