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
    let reordered = if text.is_ascii() { 0 } else { reordered(text) };
    if reordered > 0 {
        found.insert(Hidden::Reordered, reordered);
    }
    let invisible = if text.is_ascii() { 0 } else { invisible_runs(text) };
    if invisible > 0 {
        found.insert(Hidden::Invisible, invisible);
    }
}

/// Lines on which code stands behind a long run of blanks that itself stands behind code.
fn far_right(text: &str) -> u32 {
    let (mut run, mut seen, mut count) = (0_usize, false, 0_u32);
    for &byte in text.as_bytes() {
        match byte {
            b'\n' | b'\r' => (run, seen) = (0, false),
            b' ' | b'\t' => run += 1,
            // The end of a comment or a text that is laid out as a table.
            b'*' | b'\\' | b'|' | b'"' | b'\'' | b'`' => (run, seen) = (0, true),
            _ => {
                count = count.saturating_add(u32::from(seen && run >= FAR_RIGHT));
                (run, seen) = (0, true);
            }
        }
    }
    count
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
fn reordered(text: &str) -> u32 {
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

    #[test]
    fn a_run_of_variation_selectors_is_hidden_and_an_emoji_is_not() {
        let data: String = (0..20).filter_map(|n| char::from_u32(0xe0100 + n)).collect();
        assert_eq!(found(&format!("x('{data}')")).get(&Hidden::Invisible), Some(&1));
        assert!(found("x('❤️👩‍💻')").is_empty());
    }
}
