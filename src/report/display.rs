//! The one sanitiser for foreign text: names, URLs, messages and paths become harmless before they are shown.
//!
//! Three faults are removed. Control characters could drive the terminal (colours, window
//! title, clipboard through OSC 52) or forge a line of their own. Bidirectional and
//! zero-width characters make text read as something it is not (CVE-2021-42574). Credentials
//! in URLs would end in CI logs (`@npmcli/redact`).

use std::{borrow::Cow, fmt::Write as _};

/// The longest foreign text shown, in characters; the rest is replaced by `…`.
pub const MAX_CHARS: usize = 500;

/// What stands in place of a secret.
const REDACTED: &str = "***";

/// Foreign text as one harmless line: redacted, without control characters, at most [`MAX_CHARS`] long.
pub fn line(text: &str) -> String {
    cut(&visible(&redact(text)))
}

/// Like [`line()`], but of any length: for results that scripts read, such as paths.
pub fn exact(text: &str) -> String {
    visible(&redact(text)).into_owned()
}

/// Like [`line()`], but with credentials: for notices of the registry, which may hold login links.
pub fn unredacted(text: &str) -> String {
    cut(&visible(text))
}

/// Removes control characters (white space becomes a space) and shows hidden ones as `\u{…}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c.is_control() || is_hidden(c)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' | '\n' | '\r' => shown.push(' '),
            c if c.is_control() => {}
            c if is_hidden(c) => {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// Bidirectional controls, zero-width characters, separators and blank letters. The two
/// presentation selectors U+FE0E and U+FE0F stay: they are part of common emoji.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0d}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_CHARS) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

/// Text without its secrets, as `redactLog` of `@npmcli/redact`: passwords in URLs, npm
/// tokens, UUIDs. Beyond npm: a lone user name in an http(s) URL (most often a token),
/// the value after `_authToken=` and its like, and the word after `Bearer` or `Basic`.
pub fn redact(text: &str) -> Cow<'_, str> {
    let mut redacted = String::new();
    let mut changed = false;
    let mut before = "";
    for piece in text.split_inclusive(|c: char| c.is_whitespace() || c == '=') {
        let word = piece.trim_end_matches(|c: char| c.is_whitespace() || c == '=');
        let rest = piece.get(word.len()..).unwrap_or_default();
        let safe = if follows_secret_key(before, word) {
            Cow::Borrowed(REDACTED)
        } else {
            redact_word(word)
        };
        changed |= safe != word;
        redacted.push_str(&safe);
        redacted.push_str(rest);
        if !word.is_empty() {
            before = piece;
        }
    }
    if changed { Cow::Owned(redacted) } else { Cow::Borrowed(text) }
}

fn follows_secret_key(before: &str, word: &str) -> bool {
    const KEYS: [&str; 3] = ["_authToken=", "_auth=", "_password="];
    const SCHEMES: [&str; 2] = ["bearer", "basic"];
    // Shorter words after `Basic` are prose or a realm, not credentials.
    const SHORTEST_CREDENTIAL: usize = 16;
    if word.is_empty() {
        return false;
    }
    KEYS.iter().any(|key| before.ends_with(key))
        || word.len() >= SHORTEST_CREDENTIAL
            && SCHEMES.iter().any(|scheme| before.trim().eq_ignore_ascii_case(scheme))
}

fn redact_word(word: &str) -> Cow<'_, str> {
    let mut word = Cow::Borrowed(word);
    if let Some(url) = redact_user_info(&word) {
        word = Cow::Owned(url);
    }
    if let Some(text) = replace_tokens(&word) {
        word = Cow::Owned(text);
    }
    if let Some(text) = replace_uuids(&word) {
        word = Cow::Owned(text);
    }
    word
}

/// Hides the password in every `scheme://user:password@host` of a word.
fn redact_user_info(word: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = word;
    let mut changed = false;
    while let Some((scheme, after)) = rest.split_once("://") {
        let end = after.find(['/', '?', '#', '"', '\'', '\\', '<', '>']).unwrap_or(after.len());
        let (authority, tail) = after.split_at_checked(end)?;
        out.push_str(scheme);
        out.push_str("://");
        match authority.rsplit_once('@').map(|(user, host)| (user.split_once(':'), user, host)) {
            Some((Some((user, password)), _, host)) if !password.is_empty() => {
                changed = true;
                let _ = write!(out, "{user}:{REDACTED}@{host}");
            }
            Some((None, user, host)) if !user.is_empty() && is_http(scheme) => {
                changed = true;
                let _ = write!(out, "{REDACTED}@{host}");
            }
            _ => out.push_str(authority),
        }
        rest = tail;
    }
    out.push_str(rest);
    changed.then_some(out)
}

fn is_http(scheme: &str) -> bool {
    scheme.ends_with("http") || scheme.ends_with("https")
}

/// Replaces npm tokens: `npm_` or `npms_`, then 36 to 48 letters and digits.
fn replace_tokens(word: &str) -> Option<String> {
    replace_matches(word, "npm_***", |text| {
        let lower = text.get(..5.min(text.len())).unwrap_or_default().to_ascii_lowercase();
        let prefix = if lower.starts_with("npms_") {
            5
        } else if lower.starts_with("npm_") {
            4
        } else {
            return None;
        };
        let secret = text.get(prefix..)?.bytes().take_while(u8::is_ascii_alphanumeric).count();
        (36..=48).contains(&secret).then_some(prefix + secret)
    })
}

/// Replaces UUIDs: 8-4-4-4-12 hexadecimal digits.
fn replace_uuids(word: &str) -> Option<String> {
    replace_matches(word, REDACTED, |text| {
        const LENGTH: usize = 36;
        let uuid = text.as_bytes().get(..LENGTH)?;
        let fits = uuid.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
        fits.then_some(LENGTH)
    })
}

/// Replaces every match that begins and ends at a word boundary (JavaScript's `\b`).
/// `match_at` gives the length in bytes of a match at the start of its argument.
fn replace_matches(
    word: &str,
    with: &str,
    match_at: impl Fn(&str) -> Option<usize>,
) -> Option<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut out = String::new();
    let mut changed = false;
    let mut before: Option<char> = None;
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        let starts = is_word(c) && !before.is_some_and(is_word);
        let found = if starts { match_at(rest) } else { None }.filter(|length| {
            rest.get(*length..).is_some_and(|after| !after.chars().next().is_some_and(is_word))
        });
        let length = found.unwrap_or(c.len_utf8());
        let (head, tail) = rest.split_at_checked(length)?;
        out.push_str(if found.is_some() { with } else { head });
        changed |= found.is_some();
        before = head.chars().next_back();
        rest = tail;
    }
    changed.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn line_of_any_text_has_no_control_or_hidden_character(text in any::<String>()) {
            let shown = line(&text);
            prop_assert!(!shown.chars().any(|c| c.is_control() || is_hidden(c)));
            prop_assert!(shown.chars().count() <= MAX_CHARS + 1);
        }

        #[test]
        fn redact_twice_is_redact_once(text in "[ =a-z:/@_]{0,60}") {
            let once = redact(&text).into_owned();
            prop_assert_eq!(redact(&once).into_owned(), once);
        }

        #[test]
        fn redact_hides_every_url_password(password in "[a-zA-Z0-9!$&*+,;:%@-]{1,40}") {
            let text = format!("GET https://bob:{password}@registry.example/x failed");
            prop_assert_eq!(redact(&text), "GET https://bob:***@registry.example/x failed");
        }
    }

    #[test]
    fn visible_escape_sequences_lose_their_power() {
        assert_eq!(visible("a\x1b]52;c;aGk=\x07b\u{9b}31m\nforged"), "a]52;c;aGk=b31m forged");
    }

    #[test]
    fn visible_bidi_override_is_shown() {
        assert_eq!(visible("ad\u{202e}min\u{200b}"), "ad\\u{202e}min\\u{200b}");
    }

    #[test]
    fn line_too_long_is_cut() {
        assert_eq!(line(&"é".repeat(2000)).chars().count(), MAX_CHARS + 1);
    }

    #[test]
    fn redact_known_secrets_are_replaced() {
        let token = format!("npm_{}", "a1B2".repeat(9));
        for (text, expected) in [
            ("plain text", "plain text"),
            ("git+ssh://git@host.example/a", "git+ssh://git@host.example/a"),
            ("https://tok@host.example/a", "https://***@host.example/a"),
            (
                "{\"u\":\"http://a:b@h/x\",\"v\":\"http://c:d@h\"}",
                "{\"u\":\"http://a:***@h/x\",\"v\":\"http://c:***@h\"}",
            ),
            ("--token=6fa459ea-ee8a-3ca4-894e-db77e160355e", "--token=***"),
            ("//host/:_authToken=abc def", "//host/:_authToken=*** def"),
            ("Authorization: Bearer abcdefghijklmnop", "Authorization: Bearer ***"),
            ("need: Basic realm", "need: Basic realm"),
            (&format!("x={token}."), "x=npm_***."),
            (&format!("x{token}"), &format!("x{token}")),
        ] {
            assert_eq!(redact(text), expected, "{text}");
        }
    }
}
