//! A version and the one it is compared with.

use super::history::{DAY_MS, History, VersionFacts};
use crate::spec::Version;

/// How the baseline was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The committed lockfile.
    Locked,
    /// The last version seen on this machine.
    Seen,
    /// The newest version of the same major that is old enough to have been looked at.
    Settled,
}

/// Versions older than this may be a baseline nobody chose, in days.
const SETTLED_DAYS: i64 = 90;
/// The same in milliseconds.
pub const SETTLED_MS: i64 = SETTLED_DAYS * DAY_MS;

/// One package's change.
#[derive(Clone, Copy, Debug)]
pub struct Change<'h> {
    /// The package.
    pub name: &'h str,
    /// What would be installed.
    pub new: &'h VersionFacts,
    /// What it is compared with.
    pub baseline: Option<&'h VersionFacts>,
    /// How that was found.
    pub anchor: Anchor,
    /// All versions.
    pub history: &'h History,
    /// Now, in milliseconds since 1970.
    pub now_ms: i64,
}

impl<'h> Change<'h> {
    /// Dependencies that the baseline does not have, by name and specifier.
    pub fn new_dependencies(&self) -> impl Iterator<Item = (&'h str, &'h str)> + use<'h> {
        let old = self.baseline;
        let all =
            self.new.dependencies.iter().filter(move |(name, _)| {
                old.is_some_and(|old| !old.dependencies.contains_key(*name))
            });
        all.map(|(name, spec)| (name.as_str(), spec.as_str()))
    }

    /// Install scripts of events for which the baseline has none.
    pub fn new_scripts(&self) -> impl Iterator<Item = (&'h str, &'h str)> + use<'h> {
        let old = self.baseline;
        let all = self
            .new
            .scripts
            .iter()
            .filter(move |(event, _)| old.is_some_and(|old| !old.scripts.contains_key(*event)));
        all.map(|(event, script)| (event.as_str(), script.as_str()))
    }

    /// Whether new version and baseline are of one major.
    pub fn same_major(&self) -> bool {
        self.baseline.is_some_and(|old| {
            major(&old.version).is_some() && major(&old.version) == major(&self.new.version)
        })
    }
}

/// Whether a version is of another major than the baseline, and old enough to be a baseline itself:
/// an attack that long has been found, and a rewrite has every reason to differ.
pub fn is_rewrite(history: &History, baseline: &str, version: &str, now_ms: i64) -> bool {
    let published = history.version(version).and_then(|facts| facts.published);
    major(baseline).zip(major(version)).is_some_and(|(old, new)| old != new)
        && published.is_some_and(|at| now_ms.saturating_sub(at) / DAY_MS > SETTLED_DAYS)
}

fn major(version: &str) -> Option<u64> {
    Version::parse(version).ok().map(|version| version.major())
}

/// The baseline where neither a lock nor this machine has one: the newest version of the same
/// major that is old enough.
pub fn settled<'h>(
    history: &'h History,
    new: &VersionFacts,
    now_ms: i64,
) -> Option<&'h VersionFacts> {
    let wanted = major(&new.version)?;
    let fits = |version: &str, published: Option<i64>| {
        version != new.version
            && published < new.published
            && published.is_some_and(|at| now_ms.saturating_sub(at) / DAY_MS > SETTLED_DAYS)
            && major(version) == Some(wanted)
    };
    let mut before = history.releases().rev().filter(|(version, at)| fits(version, *at));
    before.find_map(|(version, _)| history.version(version))
}
