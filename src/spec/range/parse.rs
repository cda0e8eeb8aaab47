//! From a range's text to its comparators: semver's `parseRange`, word by word.

use super::{Prereleases, RangeOptions, Sets, Syntax};
use crate::spec::{
    comparator::{Comparator, Operator},
    version::{self, is_space},
    xrange::{TooBig, XRange},
};
use std::borrow::Cow;

/// Longest range, in bytes. The longest in the public registry is below 2 KiB.
pub(super) const MAX_LENGTH: usize = 64 * 1024;

/// Most comparators in a range, over all alternatives.
const MAX_COMPARATORS: usize = 4096;

/// Trims, and makes every run of white space one space.
pub(super) fn collapse(text: &str) -> Cow<'_, str> {
    let text = version::trim(text);
    let tidy =
        !text.contains("  ") && !text.contains(|character| is_space(character) && character != ' ');
    if tidy {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.split(is_space).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
}

/// The constructor of semver's `Range`, over collapsed text.
pub(super) fn read(text: &str, options: RangeOptions) -> Option<Sets> {
    if text.len() > MAX_LENGTH {
        return None;
    }
    let mut sets = Sets::new();
    let mut comparators = 0;
    for alternative in text.split("||") {
        let set = read_set(version::trim(alternative), options).ok()?;
        comparators += set.len();
        if comparators > MAX_COMPARATORS {
            return None;
        }
        if !set.is_empty() {
            sets.push(set);
        }
    }
    let is_null = |set: &Vec<Comparator>| set.first().is_some_and(Comparator::is_none);
    if sets.iter().all(is_null) {
        sets.truncate(1);
    } else {
        sets.retain(|set| !is_null(set));
    }
    if let Some(any) = sets.iter().position(|set| set.as_slice() == [Comparator::Any]) {
        return Some(vec![sets.swap_remove(any)]);
    }
    (!sets.is_empty()).then_some(sets)
}

/// A range that cannot be read, as opposed to a word that is skipped.
struct Invalid;

impl From<TooBig> for Invalid {
    fn from(_: TooBig) -> Self {
        Self
    }
}

/// One alternative (semver `parseRange`); empty if loose reading skipped every word.
fn read_set(text: &str, options: RangeOptions) -> Result<Vec<Comparator>, Invalid> {
    let text = without_build(text);
    let mut set = Vec::new();
    if let Some((from, to)) = hyphen(version::trim(&text), options.syntax) {
        let start = from.hyphen_from(options)?;
        let plain =
            text.starts_with(|first: char| first.is_ascii_digit()) && !from.has_padded_number();
        push(&mut set, if plain { without_floor(start, options.prereleases) } else { start });
        push(&mut set, to.hyphen_to(options)?);
        return Ok(finished(set));
    }
    let text = without_gaps(&text);
    let last = text.split(' ').count() - 1;
    for (index, word) in text.split(' ').enumerate() {
        match read_word(word, options)? {
            Word::Bounds(bounds) => bounds.into_iter().for_each(|bound| push(&mut set, bound)),
            // npm joins the words with spaces and splits them again: a star in between is lost.
            Word::Star if index == 0 || index == last => push(&mut set, Comparator::Any),
            Word::Star | Word::Skipped => {}
        }
        if set.len() > MAX_COMPARATORS {
            return Err(Invalid);
        }
    }
    Ok(finished(set))
}

fn push(set: &mut Vec<Comparator>, comparator: Comparator) {
    // Ranges are short; only an absurd one pays for this search, and it is bounded.
    if !set.contains(&comparator) {
        set.push(comparator);
    }
}

/// Nothing at all swallows the other comparators; `*` beside others says nothing.
fn finished(mut set: Vec<Comparator>) -> Vec<Comparator> {
    if let Some(none) = set.iter().position(Comparator::is_none) {
        return vec![set.swap_remove(none)];
    }
    if set.len() > 1 {
        set.retain(|comparator| *comparator != Comparator::Any);
    }
    set
}

/// What a word of an alternative says.
enum Word {
    /// These bounds; `>=0.0.0` among them has become [`Comparator::Any`].
    Bounds(Vec<Comparator>),
    /// Any version.
    Star,
    /// Nothing: it is no comparator, and loose reading goes on.
    Skipped,
}

/// One word of an alternative, with its sign attached.
fn read_word(word: &str, options: RangeOptions) -> Result<Word, Invalid> {
    let partial = |text| XRange::parse(text, options.syntax);
    if let Some(xrange) = word.strip_prefix('^').and_then(partial) {
        return Ok(desugared(xrange.caret(options.prereleases)?, xrange, options));
    }
    let tilde = word.strip_prefix("~>").or_else(|| word.strip_prefix('~'));
    if let Some(xrange) = tilde.and_then(partial) {
        return Ok(desugared(xrange.tilde(options.prereleases)?, xrange, options));
    }
    let (operator, rest) = Operator::split(word);
    if let Some(xrange) = partial(rest)
        && let Some(bounds) = xrange.signed(operator, options.prereleases)
    {
        return Ok(desugared(bounds?, xrange, options));
    }
    let word = without_star(word);
    if word.is_empty() {
        return Ok(Word::Star);
    }
    if is_written_floor(&word, options.prereleases) {
        return Ok(Word::Bounds(vec![Comparator::Any]));
    }
    let (operator, rest) = Operator::split(&word);
    let version = match options.syntax {
        Syntax::Strict => version::read_strict(rest),
        Syntax::Loose => version::read_loose(rest),
    };
    match version {
        Some(version) => Ok(Word::Bounds(vec![Comparator::Bound(operator, version)])),
        None if options.syntax == Syntax::Loose && !looks_like_version(rest) => Ok(Word::Skipped),
        None => Err(Invalid),
    }
}

/// Whether a word has a version's shape but too large a number or too great a length: npm keeps
/// such a word, and then refuses the range.
fn looks_like_version(text: &str) -> bool {
    matches!(XRange::parse(text, Syntax::Loose), Some(xrange) if xrange.is_complete())
}

fn desugared(bounds: Vec<Comparator>, xrange: XRange<'_>, options: RangeOptions) -> Word {
    if bounds.as_slice() == [Comparator::Any] {
        return Word::Star;
    }
    // npm looks for the text `>=0.0.0`, which `>=00` does not become.
    if xrange.has_padded_number() {
        return Word::Bounds(bounds);
    }
    Word::Bounds(
        bounds.into_iter().map(|bound| without_floor(bound, options.prereleases)).collect(),
    )
}

/// `>=0.0.0` (with prereleases `>=0.0.0-0`) bounds nothing.
fn without_floor(bound: Comparator, prereleases: Prereleases) -> Comparator {
    match bound {
        Comparator::Bound(Operator::GreaterEqual, version)
            if version.is_zero()
                && match prereleases {
                    Prereleases::WhenNamed => !version.is_prerelease(),
                    Prereleases::Included => version.is_lowest_prerelease(),
                } =>
        {
            Comparator::Any
        }
        bound => bound,
    }
}

fn is_written_floor(word: &str, prereleases: Prereleases) -> bool {
    word == match prereleases {
        Prereleases::WhenNamed => ">=0.0.0",
        Prereleases::Included => ">=0.0.0-0",
    }
}

/// Removes every `+build`.
fn without_build(text: &str) -> Cow<'_, str> {
    if !text.contains('+') {
        return Cow::Borrowed(text);
    }
    let is_build = |character: char| character.is_ascii_alphanumeric() || character == '-';
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('+') {
        kept.push_str(before);
        let mut tail = after.trim_start_matches(is_build);
        if tail.len() == after.len() {
            kept.push('+');
        }
        while let Some(next) = tail
            .strip_prefix('.')
            .filter(|next| tail.len() < after.len() && next.starts_with(is_build))
        {
            tail = next.trim_start_matches(is_build);
        }
        rest = tail;
    }
    kept.push_str(rest);
    Cow::Owned(kept)
}

/// The two sides of `1.2 - 2`; white space is collapsed, so the hyphen stands between two spaces.
fn hyphen(text: &str, syntax: Syntax) -> Option<(XRange<'_>, XRange<'_>)> {
    let (from, to) = text.split_once(" - ")?;
    Some((XRange::parse(from, syntax)?, XRange::parse(to, syntax)?))
}

/// Attaches signs to what they stand before: `> 1` → `>1`, `~> 1` → `~1`, `^ 1` → `^1`.
fn without_gaps(text: &str) -> Cow<'_, str> {
    if ["< ", "> ", "= ", "~ ", "^ "].iter().all(|gap| !text.contains(gap)) {
        return Cow::Borrowed(text);
    }
    let tight = with_signs_attached(text);
    Cow::Owned(tight.replace("~> ", "~").replace("~ ", "~").replace("^ ", "^"))
}

/// Semver's `COMPARATORTRIM`: drops the space between a sign and a version. The `v`, `=` and
/// spaces a loose version may begin with are left as they are.
fn with_signs_attached(text: &str) -> String {
    let mut tight = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let starts_word = !tight.ends_with(|last: char| last.is_ascii_alphanumeric());
        if matches!(first, '<' | '>' | '=') || (first == 'v' && starts_word) {
            let (_, after) = Operator::split(rest);
            let sign = rest.strip_suffix(after).unwrap_or_default();
            let gap = if sign.is_empty() { "" } else { " " };
            let version = after.strip_prefix(gap).unwrap_or(after);
            if starts_version(version) {
                let bare = version.trim_start_matches(['v', '=', ' ']);
                tight.push_str(sign);
                tight.push_str(version.strip_suffix(bare).unwrap_or_default());
                rest = bare;
                continue;
            }
        }
        tight.push(first);
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    tight
}

fn starts_version(text: &str) -> bool {
    text.trim_start_matches(['v', '=', ' ']).starts_with(|character: char| {
        character.is_ascii_digit() || matches!(character, 'x' | 'X' | '*')
    })
}

/// Removes the first star and the sign before it: stars say nothing (semver `STAR`).
fn without_star(word: &str) -> Cow<'_, str> {
    let Some((before, after)) = word.split_once('*') else { return Cow::Borrowed(word) };
    let before = before.strip_suffix('=').unwrap_or(before);
    let before = before.strip_suffix(['<', '>']).unwrap_or(before);
    Cow::Owned(format!("{before}{after}"))
}
