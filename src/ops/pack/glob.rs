//! The globs of `files`, `.npmignore` and `.gitignore`, as npm reads them: minimatch 10 with
//! `matchBase`, `dot`, `nocase` and `flipNegate` (`ignore-walk`).
//!
//! They are not quite git's own. A segment is matched by following every reachable position at
//! once, so that no pattern of a hostile package costs more than pattern × name.

use super::{brace, token::Token};

/// Longest pattern in characters (minimatch's `assertValidPattern`).
const MAX_PATTERN: usize = 64 * 1024;

/// Most `!(…)` in one line: each multiplies the cost of a match by the length of the name.
const MAX_NEGATIVE_GROUPS: usize = 2;

/// A pattern that would cost too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a pattern is too long or expands to too many alternatives")]
pub(super) struct PatternTooLarge;

/// One name of a path; the empty one stands before a leading and behind a trailing slash.
#[derive(Clone, Debug, Default)]
pub(super) struct Segment(Vec<char>);

/// One line of an ignore file.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// Whether it takes files in (`!pattern`) rather than out.
    pub(super) negate: bool,
    /// Whether some alternative names a file in any folder.
    pub(super) is_relative: bool,
    alternatives: Vec<Vec<Part>>,
}

/// How much of a path must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// The pattern must match the whole path.
    Whole,
    /// A path that leads to a match is enough.
    Prefix,
}

#[derive(Clone, Debug)]
enum Part {
    Globstar,
    Literal(Segment),
    Magic(Vec<Token>),
}

/// The case in which names are compared, as in a JavaScript pattern with the `i` flag.
pub(super) fn fold(character: char) -> char {
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(single), None) => single,
        _ => character,
    }
}

impl Segment {
    pub(super) fn new(text: &str) -> Self {
        Self(text.chars().map(fold).collect())
    }
}

impl Rule {
    /// Reads one line; `None` for a comment.
    pub(super) fn parse(line: &str) -> Result<Option<Self>, PatternTooLarge> {
        let negative_groups = line.matches("!(").count();
        if line.chars().count() > MAX_PATTERN || negative_groups > MAX_NEGATIVE_GROUPS {
            return Err(PatternTooLarge);
        }
        if line.is_empty() || line.starts_with('#') {
            return Ok(None);
        }
        let body = line.trim_start_matches('!');
        let negate = (line.len() - body.len()) % 2 == 1;
        let globs: Vec<Vec<String>> = brace::expand(body)?.iter().map(|glob| parts(glob)).collect();
        let is_relative = globs.iter().any(|glob| {
            let named = glob.last().is_some_and(|last| !last.is_empty());
            glob.len() <= if named { 1 } else { 2 }
        });
        let alternatives =
            globs.iter().map(|glob| glob.iter().map(|part| Part::parse(part)).collect()).collect();
        Ok(Some(Self { negate, is_relative, alternatives }))
    }

    /// Whether a path matches, regardless of negation.
    pub(super) fn matches(&self, path: &[&Segment], reach: Reach) -> bool {
        let name = path.iter().rev().find(|segment| !segment.0.is_empty()).copied();
        self.alternatives.iter().any(|alternative| match (alternative.as_slice(), name) {
            ([_], Some(name)) => matches_path(&[name], alternative, reach),
            _ => matches_path(path, alternative, reach),
        })
    }
}

/// The segments of a glob, without repeated `**` and with `..` resolved.
fn parts(glob: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    // Slashes in a row count as one; those at the ends leave an empty part.
    let mut characters: Vec<char> = glob.chars().collect();
    characters.dedup_by(|next, previous| *next == '/' && *previous == '/');
    let single: String = characters.into_iter().collect();
    for part in single.split('/') {
        let last = parts.last().map(String::as_str);
        if part == "**" && last == Some("**") {
            continue;
        }
        if part == ".." && last.is_some_and(|last| !matches!(last, "" | ".." | "." | "**")) {
            parts.pop();
            continue;
        }
        parts.push(part.to_owned());
    }
    if parts.is_empty() {
        parts.push(String::new());
    }
    parts
}

impl Part {
    fn parse(text: &str) -> Self {
        if text == "**" {
            return Self::Globstar;
        }
        let tokens = Token::parse(text);
        let literal: Option<Vec<char>> = tokens.iter().map(Token::literal).collect();
        literal.map_or(Self::Magic(tokens), |characters| Self::Literal(Segment(characters)))
    }

    fn matches(&self, segment: &Segment) -> bool {
        match self {
            Self::Globstar => false,
            Self::Literal(literal) => literal.0 == segment.0,
            // Of all that can match nothing, minimatch only forbids it to a lone star.
            Self::Magic(tokens) => {
                !(segment.0.is_empty() && matches!(tokens.as_slice(), [Token::Star]))
                    && Token::match_all(tokens, &segment.0)
            }
        }
    }

    fn is_globstar(&self) -> bool {
        matches!(self, Self::Globstar)
    }
}

fn matches_path(path: &[&Segment], pattern: &[Part], reach: Reach) -> bool {
    let Some(first) = pattern.iter().position(Part::is_globstar) else {
        return matches_plain(path, pattern, reach);
    };
    let (head, behind) = (pattern.get(..first), pattern.get(first + 1..));
    let (head, behind) = (head.unwrap_or_default(), behind.unwrap_or_default());
    let (body, tail) = match (reach, behind.iter().rposition(Part::is_globstar)) {
        (Reach::Prefix, _) => (behind, [].as_slice()),
        (Reach::Whole, Some(last)) => behind
            .split_at_checked(last)
            .map(|(body, tail)| (body, tail.get(1..).unwrap_or_default()))
            .unwrap_or_default(),
        (Reach::Whole, None) => ([].as_slice(), behind),
    };
    let has_body =
        reach == Reach::Prefix && !behind.is_empty() || behind.iter().any(Part::is_globstar);
    let cut = head.len().min(path.len());
    let (path_head, rest) = path.split_at_checked(cut).unwrap_or_default();
    if !head.is_empty() && !matches_plain(path_head, head, reach) {
        return false;
    }
    let Some(tail_length) = tail_length(rest, tail) else { return false };
    if !has_body {
        return reach == Reach::Prefix || !rest.is_empty();
    }
    matches_sections(rest, body, tail_length, reach)
}

/// How many segments at the end of the path the tail takes; `None` if it does not match.
fn tail_length(path: &[&Segment], tail: &[Part]) -> Option<usize> {
    if tail.is_empty() {
        return Some(0);
    }
    let start = path.len().checked_sub(tail.len())?;
    if matches_plain(path.get(start..)?, tail, Reach::Whole) {
        return Some(tail.len());
    }
    // A folder's trailing slash does not count.
    let slashed = path.last().is_some_and(|last| last.0.is_empty());
    let start = start.checked_sub(1).filter(|_| slashed)?;
    matches_plain(path.get(start..)?, tail, Reach::Whole).then_some(tail.len() + 1)
}

/// The sections between globstars, each at the first place where it fits.
fn matches_sections(path: &[&Segment], body: &[Part], tail: usize, reach: Reach) -> bool {
    let sections: Vec<&[Part]> = body.split(Part::is_globstar).collect();
    let end = path.len().saturating_sub(tail);
    let mut index = 0;
    for (number, section) in sections.iter().enumerate() {
        // minimatch keeps room for as many segments as this many sections have, counted from the
        // first one.
        let kept: usize =
            sections.iter().take(sections.len() - 1 - number).map(|section| section.len()).sum();
        let Some(last) = end.checked_sub(kept + section.len()) else {
            return reach == Reach::Prefix;
        };
        let found = (index..=last).find(|start| {
            path.get(*start..start + section.len())
                .is_some_and(|part| matches_plain(part, section, reach))
        });
        match found {
            Some(start) => index = start + section.len(),
            None => return reach == Reach::Prefix,
        }
    }
    tail > 0 || index < path.len() || reach == Reach::Prefix
}

/// Segment by segment; a pattern also matches with a slash behind it.
fn matches_plain(path: &[&Segment], pattern: &[Part], reach: Reach) -> bool {
    if !path.iter().zip(pattern).all(|(segment, part)| part.matches(segment)) {
        return false;
    }
    match path.len().checked_sub(pattern.len()) {
        Some(0) => true,
        Some(1) => path.last().is_some_and(|last| last.0.is_empty()),
        Some(_) => false,
        None => reach == Reach::Prefix,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &str, path: &str, reach: Reach) -> bool {
        let segments: Vec<Segment> = path.split('/').map(Segment::new).collect();
        Rule::parse(pattern).unwrap().unwrap().matches(&segments.iter().collect::<Vec<_>>(), reach)
    }

    /// Expectations printed by minimatch 10.2.5 with npm's options.
    #[test]
    fn matches_whole_paths_as_minimatch() {
        for (pattern, path, expected) in [
            ("*.js", "a/b.JS", true),
            ("*.js", ".js", true),
            ("*", "/", false),
            ("/a", "/a", true),
            ("/a", "/b/a", false),
            ("a/", "a/", true),
            ("a/", "a", false),
            ("a", "a/", true),
            ("**/.git/**", "/x/.git/y", true),
            ("**/.git/**", "x/.git", false),
            ("/dist/**", "/dist/a/b", true),
            ("/dist/**", "/dist", false),
            ("a/**/b", "a/b", true),
            ("a/**/b", "a/x/y/b/", true),
            ("a/**/b/**/c", "a/b/x/c", true),
            ("a/**/b/**/c", "a/x/c", false),
            ("/readme{,.*[^~$]}", "/README.md", true),
            ("/readme{,.*[^~$]}", "/readme.md~", false),
            ("/readme{,.*[^~$]}", "/readme", true),
            ("lib/!(*.test).js", "lib/a.js", true),
            ("lib/!(*.test).js", "lib/a.test.js", false),
            ("@(a|b)?.{1..3}", "ax.2", true),
            ("[[:digit:]-]x", "7x", true),
            ("\\!a", "!a", true),
            ("a//b", "a/b", true),
            ("a/../b", "b", true),
            ("+(ab)", "ABab", true),
            ("[a", "[a", true),
        ] {
            assert_eq!(matches(pattern, path, Reach::Whole), expected, "{pattern} on {path}");
        }
    }

    #[test]
    fn matches_prefixes_that_lead_to_a_match() {
        for (pattern, path, expected) in [
            ("/a/b/c", "/a", true),
            ("/a/b/c", "/b", false),
            ("a/**/c", "a/x/y", true),
            ("/dist/**", "/dist", true),
            ("**/x", "a", true),
        ] {
            assert_eq!(matches(pattern, path, Reach::Prefix), expected, "{pattern} on {path}");
        }
    }

    #[test]
    fn parse_counts_exclamation_marks() {
        let negate = |line| Rule::parse(line).unwrap().unwrap().negate;
        assert!(negate("!a") && !negate("!!a") && negate("!!!a"));
        assert!(Rule::parse("# comment").unwrap().is_none());
    }

    #[test]
    fn parse_of_an_explosive_pattern_is_refused() {
        assert_eq!(Rule::parse(&"{a,b}".repeat(40)).unwrap_err(), PatternTooLarge);
        assert_eq!(Rule::parse("{1..99999999}").unwrap_err(), PatternTooLarge);
        assert!(!matches(&format!("{}b", "*(*(a))".repeat(30)), &"a".repeat(200), Reach::Whole));
    }

    proptest! {
        #[test]
        fn parse_never_panics(line in "[!@?*+(){},.\\[\\]\\\\|/a-c:^-]{0,24}", path in "[a-c./]{0,12}") {
            if let Ok(Some(rule)) = Rule::parse(&line) {
                let segments: Vec<Segment> = path.split('/').map(Segment::new).collect();
                let path: Vec<&Segment> = segments.iter().collect();
                let _ = (rule.matches(&path, Reach::Whole), rule.matches(&path, Reach::Prefix));
            }
        }
    }
}
