//! Patterns of policy files: package names, refs, versions.

use std::fmt;

use globset::{Glob, GlobMatcher};
use serde::Deserialize;

use crate::spec::{Range, Version};

/// A pattern with `*`, which also crosses slashes: `*` is every package, `@scope/*` a scope.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Pattern {
    text: String,
    matcher: GlobMatcher,
}

impl Pattern {
    /// Whether a text is one of those that are meant.
    pub fn matches(&self, text: &str) -> bool {
        self.matcher.is_match(text)
    }

    /// The pattern as it is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl TryFrom<String> for Pattern {
    type Error = globset::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let matcher = Glob::new(&text)?.compile_matcher();
        Ok(Self { text, matcher })
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text)
    }
}

/// Whether any of the patterns means the text.
pub fn any_matches(patterns: &[Pattern], text: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches(text))
}

/// A range of versions.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Versions {
    text: String,
    range: Range,
}

impl Versions {
    /// Whether a version lies in it; prereleases do as well.
    pub fn contains(&self, version: &str) -> bool {
        // What is no version must not slip through a rule.
        Version::parse(version)
            .map_or(true, |version| self.range.satisfies_with_prerelease(&version))
    }
}

impl TryFrom<String> for Versions {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let range = Range::parse(&text).map_err(|error| error.to_string())?;
        Ok(Self { text, range })
    }
}

impl PartialEq for Versions {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
