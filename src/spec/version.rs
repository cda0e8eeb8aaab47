//! Versions, read strictly or as loosely as npm reads them.
//!
//! The grammar is semver's `FULL` and `LOOSE` expressions written by hand; the value and its
//! order are crate `node_semver`'s. Build metadata is dropped: it takes part in nothing.

use crate::error::{Code, Explain};
use node_semver::Identifier;
use std::{cmp::Ordering, fmt};

/// Longest version, in bytes (semver `MAX_LENGTH`).
const MAX_LENGTH: usize = 256;

/// Largest number in a version: JavaScript's `Number.MAX_SAFE_INTEGER`.
pub(super) const MAX_NUMBER: u64 = 9_007_199_254_740_991;

/// A semantic version, compared as semver compares (build metadata does not count).
///
/// `Display` is semver's normal form, without `v` and without build metadata.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(node_semver::Version);

/// A string that is not a version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Invalid Version: {0}")]
pub struct VersionError(pub String);

impl Explain for VersionError {
    fn code(&self) -> Code {
        Code::Badsemver
    }
}

impl Version {
    /// Parses a version strictly: `1.2.3`, `v1.2.3-rc.1+build`.
    ///
    /// # Errors
    /// [`VersionError`] for anything else, also beyond 256 bytes or 2⁵³−1 in a number.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        read_strict(text).ok_or_else(|| invalid(text))
    }

    /// Parses a version as npm does everywhere (`loose: true`): also `=v1.2.3`, `01.2.3` and
    /// `1.2.3beta`.
    ///
    /// # Errors
    /// As [`Version::parse`].
    pub fn parse_loose(text: &str) -> Result<Self, VersionError> {
        read_loose(text).ok_or_else(|| invalid(text))
    }

    /// A version from its numbers and the dotted text of its prerelease, which must be valid.
    pub(super) fn from_parts(numbers: [u64; 3], prerelease: Option<&str>) -> Option<Self> {
        let [major, minor, patch] = numbers;
        if numbers.iter().any(|number| *number > MAX_NUMBER) {
            return None;
        }
        let prerelease =
            prerelease.map_or_else(Vec::new, |text| text.split('.').map(identifier).collect());
        Some(Self(node_semver::Version::new(major, minor, patch, prerelease, Vec::new())))
    }

    /// The first number.
    pub fn major(&self) -> u64 {
        self.0.major()
    }

    /// The second number.
    pub fn minor(&self) -> u64 {
        self.0.minor()
    }

    /// The third number.
    pub fn patch(&self) -> u64 {
        self.0.patch()
    }

    /// Whether there is a prerelease part.
    pub fn is_prerelease(&self) -> bool {
        self.0.is_prerelease()
    }

    /// Whether both have the same three numbers.
    pub(super) fn same_tuple(&self, other: &Self) -> bool {
        (self.major(), self.minor(), self.patch()) == (other.major(), other.minor(), other.patch())
    }

    /// Whether the prerelease is `-0`, the lowest there is.
    pub(super) fn is_lowest_prerelease(&self) -> bool {
        matches!(self.0.pre_release(), [Identifier::Numeric(0)])
    }

    /// Whether the three numbers are zero.
    pub(super) fn is_zero(&self) -> bool {
        (self.major(), self.minor(), self.patch()) == (0, 0, 0)
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// `semver.gt(a, b, true)`; false when either is not a version.
pub fn gt(a: &str, b: &str) -> bool {
    compare(a, b).is_some_and(Ordering::is_gt)
}

/// `semver.gte(a, b, true)`; false when either is not a version.
pub fn gte(a: &str, b: &str) -> bool {
    compare(a, b).is_some_and(Ordering::is_ge)
}

/// `semver.eq(a, b, true)`; false when either is not a version.
pub fn eq(a: &str, b: &str) -> bool {
    compare(a, b).is_some_and(Ordering::is_eq)
}

fn compare(a: &str, b: &str) -> Option<Ordering> {
    Some(read_loose(a)?.cmp(&read_loose(b)?))
}

fn invalid(text: &str) -> VersionError {
    VersionError(text.chars().take(MAX_LENGTH).collect())
}

/// Whether JavaScript's `\s` matches: Unicode white space without U+0085, and the byte order mark.
pub(super) fn is_space(character: char) -> bool {
    (character.is_whitespace() && character != '\u{85}') || character == '\u{feff}'
}

/// JavaScript's `String.prototype.trim`.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Semver's `FULL`.
pub(super) fn read_strict(text: &str) -> Option<Version> {
    if text.len() > MAX_LENGTH {
        return None;
    }
    let text = trim(text);
    let text = strip_build(text.strip_prefix('v').unwrap_or(text))?;
    let (main, prerelease) = match text.split_once('-') {
        Some((main, prerelease)) => (main, Some(prerelease)),
        None => (text, None),
    };
    if prerelease.is_some_and(|text| !identifiers_are(text, is_strict_identifier)) {
        return None;
    }
    let mut numbers = main.split('.').map(strict_number);
    let tuple = [numbers.next()??, numbers.next()??, numbers.next()??];
    if numbers.next().is_some() {
        return None;
    }
    Version::from_parts(tuple, prerelease)
}

/// `1.2.3`, as nearly all versions are, of numbers that no reader takes for too large; leading zeros
/// are allowed, so it is for loose readers only.
pub fn plain_numbers(text: &str) -> Option<[u64; 3]> {
    const DIGITS: usize = 15;
    let mut numbers = [0; 3];
    let mut parts = text.split('.');
    for number in &mut numbers {
        let part = parts.next().filter(|part| !part.is_empty() && part.len() <= DIGITS)?;
        for byte in part.bytes() {
            let digit = byte.wrapping_sub(b'0');
            (digit < 10).then_some(())?;
            *number = *number * 10 + u64::from(digit);
        }
    }
    parts.next().is_none().then_some(numbers)
}

/// Semver's `LOOSE`.
pub(super) fn read_loose(text: &str) -> Option<Version> {
    if let Some(numbers) = plain_numbers(text) {
        return Version::from_parts(numbers, None);
    }
    if text.len() > MAX_LENGTH {
        return None;
    }
    let text = trim(text)
        .trim_start_matches(|character| matches!(character, 'v' | '=') || is_space(character));
    let text = strip_build(text)?;
    let (major, text) = digits(text)?;
    let (minor, text) = digits(text.strip_prefix('.')?)?;
    let tail = text.strip_prefix('.')?;
    let (patch, prerelease) = split_loose_prerelease(tail)?;
    Version::from_parts([number(major)?, number(minor)?, number(patch)?], prerelease)
}

/// Splits `3-rc.1`, `3rc.1` or `3` into the number and the prerelease.
///
/// The hyphen is optional, so `34.5` is patch 3 with prerelease `4.5`: the expression's
/// backtracking, kept because it decides what npm calls a version.
pub(super) fn split_loose_prerelease(text: &str) -> Option<(&str, Option<&str>)> {
    let (patch, rest) = digits(text)?;
    if rest.is_empty() {
        return Some((patch, None));
    }
    if let Some(prerelease) = loose_prerelease(rest) {
        return Some((patch, Some(prerelease)));
    }
    let (patch, prerelease) = text.split_at_checked(patch.len() - 1)?;
    (!patch.is_empty() && identifiers_are(prerelease, is_loose_identifier))
        .then_some((patch, Some(prerelease)))
}

/// Semver's `PRERELEASELOOSE` over the whole text, without its hyphen.
pub(super) fn loose_prerelease(text: &str) -> Option<&str> {
    let bare = text.strip_prefix('-').unwrap_or(text);
    [bare, text].into_iter().find(|text| identifiers_are(text, is_loose_identifier))
}

/// Semver's `PRERELEASE` over the whole text, without its hyphen.
pub(super) fn strict_prerelease(text: &str) -> Option<&str> {
    text.strip_prefix('-').filter(|text| identifiers_are(text, is_strict_identifier))
}

/// Removes `+build`, which must be well formed and last.
fn strip_build(text: &str) -> Option<&str> {
    match text.split_once('+') {
        Some((version, build)) => identifiers_are(build, is_loose_identifier).then_some(version),
        None => Some(text),
    }
}

fn identifiers_are(text: &str, valid: fn(&str) -> bool) -> bool {
    text.split('.').all(valid)
}

fn is_loose_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_strict_identifier(text: &str) -> bool {
    is_loose_identifier(text) && !(text.len() > 1 && text.starts_with('0') && is_digits(text))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The leading digits, at least one, and what follows.
pub(super) fn digits(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    if end == 0 { None } else { text.split_at_checked(end) }
}

/// A number of at most 2⁵³−1.
pub(super) fn number(digits: &str) -> Option<u64> {
    digits.parse().ok().filter(|number| *number <= MAX_NUMBER)
}

fn strict_number(digits: &str) -> Option<u64> {
    (is_digits(digits) && (digits.len() == 1 || !digits.starts_with('0')))
        .then(|| number(digits))
        .flatten()
}

/// Numeric where JavaScript can count it; a larger number stays text and so sorts above the others.
fn identifier(text: &str) -> Identifier {
    match text.parse() {
        Ok(number) if is_digits(text) && number < MAX_NUMBER => Identifier::Numeric(number),
        _ => Identifier::AlphaNumeric(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parse_loose_reads_what_the_registry_has() {
        for (text, normal) in [
            ("=v1.2.3", "1.2.3"),
            (" 01.2.3 ", "1.2.3"),
            ("1.2.3beta", "1.2.3-beta"),
            ("1.2.3-01", "1.2.3-1"),
            ("1.2.34.5", "1.2.3-4.5"),
            ("1.2.3-", "1.2.3--"),
            ("1.2.3+a.b", "1.2.3"),
        ] {
            assert_eq!(Version::parse_loose(text).unwrap().to_string(), normal);
            assert!(Version::parse(text).is_err() || text.contains('+'), "{text}");
        }
    }

    #[test]
    fn parse_refuses_numbers_javascript_cannot_hold() {
        assert!(Version::parse("9007199254740991.0.0").is_ok());
        assert!(Version::parse("9007199254740992.0.0").is_err());
        assert!(Version::parse(&format!("1.0.0-{}", "a".repeat(256))).is_err());
    }

    #[test]
    fn order_puts_prereleases_first_and_numbers_below_words() {
        let order = ["1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-a", "1.0.0-a.1", "1.0.0", "1.0.1-0"];
        assert!(order.windows(2).all(|pair| gt(pair[1], pair[0])));
        assert!(eq("1.0.0+a", "v1.0.0+b") && gte("1.0.0", "1.0.0") && !gt("x", "1.0.0"));
    }

    proptest! {
        #[test]
        fn parse_never_panics(text in "\\PC{0,24}", versionlike in "[v=]{0,2}[0-9]{0,3}[.]?[0-9]{0,3}[.]?[0-9]{0,3}[-+.a-z0-9]{0,8}") {
            for text in [text, versionlike] {
                if let Ok(strict) = Version::parse(&text) {
                    prop_assert_eq!(&strict, &Version::parse_loose(&text).unwrap());
                    prop_assert_eq!(&strict, &Version::parse(&strict.to_string()).unwrap());
                }
                let _either = Version::parse_loose(&text);
            }
        }
    }
}
