//! Half characters: JSON may escape one surrogate without the other, JavaScript keeps it, and a
//! Rust string cannot.
//!
//! A stand-in is put in its place, a character of the last private plane, and taken out again
//! before the text is written.

use std::borrow::Cow;

/// The stand-in for U+D800; the others follow.
const FIRST: u32 = 0x10_D800;
/// The stand-in for U+DFFF.
const LAST: u32 = 0x10_DFFF;
/// What separates a surrogate from its stand-in.
const DISTANCE: u32 = FIRST - 0xD800;

/// A JSON text with a stand-in for every lone surrogate; `None` where there is none, or where a
/// stand-in could not be told from the text's own characters.
pub(super) fn replaced(text: &str) -> Option<String> {
    if text.chars().any(is_stand_in) {
        return None;
    }
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    let mut is_news = false;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        whole.push_str(before);
        let (taken, lone) = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(high @ 0xD800..=0xDBFF), Some(low @ 0xDC00..=0xDFFF)) => {
                if is_stand_in(char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + low - 0xDC00)?) {
                    return None;
                }
                (12, None)
            }
            (Some(lone @ 0xD800..=0xDFFF), _) => (6, char::from_u32(lone + DISTANCE)),
            // A backslash, and what it escapes.
            _ => (1 + escape.chars().nth(1).map_or(0, char::len_utf8), None),
        };
        match lone {
            Some(stand_in) => {
                whole.push(stand_in);
                is_news = true;
            }
            None => whole.push_str(escape.get(..taken)?),
        }
        rest = escape.get(taken..)?;
    }
    whole.push_str(rest);
    is_news.then_some(whole)
}

/// A text with the escapes again, as `JSON.stringify` writes them.
pub(in crate::manifest) fn restored(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_stand_in) {
        return Cow::Borrowed(text);
    }
    let mut whole = String::with_capacity(text.len());
    for c in text.chars() {
        if is_stand_in(c) {
            let unit = u32::from(c) - DISTANCE;
            whole.extend(["\\u", &format!("{unit:x}")]);
        } else {
            whole.push(c);
        }
    }
    Cow::Owned(whole)
}

fn is_stand_in(c: char) -> bool {
    (FIRST..=LAST).contains(&u32::from(c))
}

/// The UTF-16 unit that an escape at the beginning of a text stands for.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lone_surrogates_come_back_in_lower_case() {
        for (text, back) in [
            (r#""x\uD800y""#, r#""x\ud800y""#),
            (r#""\udc00\ud800""#, r#""\udc00\ud800""#),
            (r#""\ud800\ud83d\ude00""#, r#""\ud800\ud83d\ude00""#),
            (r#""\\ud800\udfff""#, r#""\\ud800\udfff""#),
        ] {
            assert_eq!(restored(&replaced(text).unwrap()), back);
        }
    }

    #[test]
    fn whole_characters_and_ambiguous_texts_are_left_alone() {
        for text in [r#""\ud83d\ude00""#, r#""\\ud800""#, r#""\u12"#, "\\", r#""\ud8"#, "é\\é"] {
            assert_eq!(replaced(text), None, "{text}");
        }
        assert_eq!(replaced("\"\\ud800\u{10d800}\""), None);
        assert_eq!(replaced(r#""\ud800\udbf6\udc00""#), None);
    }

    proptest! {
        #[test]
        fn no_text_is_lost(text in r#"([a\\u"é]|\\u[dD][89c-fC-F][0-9a-f]{2}){0,12}"#) {
            if let Some(with) = replaced(&text) {
                prop_assert_eq!(restored(&with).to_lowercase(), text.to_lowercase());
            }
        }
    }
}
