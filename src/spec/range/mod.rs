//! npm's range grammar (semver 7.8 `range.bnf`) and its loose reading.
//!
//! A range is alternatives joined by `||`, each a list of comparators that must all hold. It is
//! desugared once, when parsed: `^1.2` becomes `>=1.2.0 <2.0.0-0`.

mod parse;

use super::{
    comparator::{Comparator, satisfies_all},
    subset,
    version::{self, Version},
};
use crate::error::{Code, Explain};
use foldhash::fast::RandomState;
use parse::{collapse, read};
use std::{
    cell::RefCell,
    collections::HashMap,
    fmt,
    sync::{Arc, OnceLock},
};

/// Ranges a thread remembers for [`satisfies`].
const CACHE_SIZE: usize = 1024;

/// Alternatives of comparators that must all hold.
pub(super) type Sets = Vec<Vec<Comparator>>;

/// How forgiving a range is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// Anything that is not a comparator invalidates the range.
    Strict,
    /// npm's `loose: true`: words that are no comparators are skipped, versions may be untidy.
    #[default]
    Loose,
}

/// Which prereleases a range lets through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Prereleases {
    /// Only those of three numbers that a comparator names with a prerelease.
    #[default]
    WhenNamed,
    /// All inside the bounds (`includePrerelease: true`).
    Included,
}

/// How a range is read and tested. The default is how npm resolves dependencies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RangeOptions {
    /// How forgiving it is read.
    pub syntax: Syntax,
    /// Which prereleases it lets through.
    pub prereleases: Prereleases,
}

/// A set of versions, such as `^1.2.0 || >=3`.
///
/// `Display` is the desugared form, as semver's `Range.toString()`; the empty string is `*`.
#[derive(Clone, Debug)]
pub struct Range {
    text: String,
    options: RangeOptions,
    sets: Sets,
    /// The same text read with prereleases included, when first asked for.
    with_prereleases: OnceLock<Option<Sets>>,
}

/// A string that is not a range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Invalid SemVer Range: {0}")]
pub struct RangeError(pub String);

impl Explain for RangeError {
    fn code(&self) -> Code {
        Code::Badsemver
    }
}

impl Range {
    /// Parses a range as npm does for dependencies: loose, prereleases only when named.
    ///
    /// # Errors
    /// [`RangeError`] if no alternative holds a comparator, a number exceeds 2⁵³−1, or the range
    /// is longer than 64 KiB or 4,096 comparators.
    pub fn parse(text: &str) -> Result<Self, RangeError> {
        Self::parse_with(text, RangeOptions::default())
    }

    /// Parses a range under given options.
    ///
    /// # Errors
    /// As [`Range::parse`]; with [`Syntax::Strict`] also for any word that is no comparator.
    pub fn parse_with(text: &str, options: RangeOptions) -> Result<Self, RangeError> {
        let text = collapse(text);
        match read(&text, options) {
            Some(sets) => Ok(Self {
                text: text.into_owned(),
                options,
                sets,
                with_prereleases: OnceLock::new(),
            }),
            None => Err(RangeError(text.chars().take(256).collect())),
        }
    }

    /// The range of a text, as [`parse`](Self::parse) reads it; `None` if it is none.
    ///
    /// Each thread remembers the ranges it saw last: resolution asks for the same few again and
    /// again.
    pub fn known(text: &str) -> Option<Arc<Self>> {
        thread_local! {
            static SEEN: RefCell<RangeCache> = RefCell::default();
        }
        SEEN.with_borrow_mut(|seen| seen.get(text))
    }

    /// Whether the version is in the range, under the options it was parsed with.
    pub fn satisfies(&self, version: &Version) -> bool {
        any_set_admits(&self.sets, version, self.options.prereleases)
    }

    /// Whether the version is in the range when prereleases count as any other version.
    pub fn satisfies_with_prerelease(&self, version: &Version) -> bool {
        if self.options.prereleases == Prereleases::Included {
            return self.satisfies(version);
        }
        let options = RangeOptions { prereleases: Prereleases::Included, ..self.options };
        self.with_prereleases
            .get_or_init(|| read(&self.text, options))
            .as_ref()
            .is_some_and(|sets| any_set_admits(sets, version, Prereleases::Included))
    }

    /// Whether some version may be in both (semver `Range.intersects`).
    pub fn intersects(&self, other: &Self) -> bool {
        let prereleases = self.options.prereleases;
        let satisfiable = |set: &&Vec<Comparator>| is_satisfiable(set, prereleases);
        let others: Vec<_> = other.sets.iter().filter(satisfiable).collect();
        self.sets.iter().filter(satisfiable).any(|mine| {
            others.iter().any(|theirs| {
                mine.iter()
                    .all(|left| theirs.iter().all(|right| left.intersects(right, prereleases)))
            })
        })
    }

    /// Whether every version of this range is in `other` (semver `subset`).
    pub fn is_subset_of(&self, other: &Self) -> bool {
        // The same text is a subset of itself, even where nothing satisfies it.
        self.text == other.text
            || subset::is_subset(&self.sets, &other.sets, self.options.prereleases)
    }

    /// Whether the range is `*`.
    pub fn is_any(&self) -> bool {
        matches!(self.sets.as_slice(), [set] if set.as_slice() == [Comparator::Any])
    }

    /// The range as written, with white space collapsed.
    pub fn as_written(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Range {
    fn eq(&self, other: &Self) -> bool {
        self.sets == other.sets && self.options == other.options
    }
}

impl Eq for Range {}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, set) in self.sets.iter().enumerate() {
            if index > 0 {
                f.write_str("||")?;
            }
            for (index, comparator) in set.iter().enumerate() {
                if index > 0 {
                    f.write_str(" ")?;
                }
                comparator.fmt(f)?;
            }
        }
        Ok(())
    }
}

/// `semver.satisfies(version, range, true)`: false if either is invalid.
pub fn satisfies(version: &str, range: &str) -> bool {
    let Some(version) = version::read_loose(version) else { return false };
    Range::known(range).is_some_and(|range| range.satisfies(&version))
}

/// `semver.intersects(a, b)` read loosely: false if either is invalid.
pub fn intersects(a: &str, b: &str) -> bool {
    matches!((Range::parse(a), Range::parse(b)), (Ok(a), Ok(b)) if a.intersects(&b))
}

/// Two generations: when the young one is full it becomes the old one. Bounded, and no
/// bookkeeping on a hit.
#[derive(Default)]
struct RangeCache {
    young: HashMap<String, Option<Arc<Range>>, RandomState>,
    old: HashMap<String, Option<Arc<Range>>, RandomState>,
}

impl RangeCache {
    fn get(&mut self, text: &str) -> Option<Arc<Range>> {
        if let Some(known) = self.young.get(text) {
            return known.clone();
        }
        let range = match self.old.remove(text) {
            Some(known) => known,
            None => Range::parse(text).ok().map(Arc::new),
        };
        // A hostile range of 64 KiB is not worth remembering.
        if text.len() <= 256 {
            if self.young.len() >= CACHE_SIZE {
                self.old = std::mem::take(&mut self.young);
            }
            self.young.insert(text.to_owned(), range.clone());
        }
        range
    }
}

fn any_set_admits(sets: &Sets, version: &Version, prereleases: Prereleases) -> bool {
    sets.iter().any(|set| satisfies_all(set, version, prereleases))
}

/// Whether the comparators of a set meet pairwise.
fn is_satisfiable(set: &[Comparator], prereleases: Prereleases) -> bool {
    let mut rest = set;
    while let [others @ .., last] = rest {
        if !others.iter().all(|other| last.intersects(other, prereleases)) {
            return false;
        }
        rest = others;
    }
    true
}

#[cfg(test)]
mod tests;
