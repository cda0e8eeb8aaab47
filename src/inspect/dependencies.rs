//! New dependencies: who made them, when, and where they come from.

use std::{collections::BTreeSet, path::Path};

use super::{
    Sign,
    change::Change,
    history::{DAY_MS, History, VersionFacts},
};
use crate::{flag::Flag, spec::Spec};

/// A new dependency, direct or through another new one.
#[derive(Clone, Copy, Debug)]
pub struct NewDependency<'h> {
    /// Its name.
    pub name: &'h str,
    /// The version that would be installed.
    pub version: &'h VersionFacts,
    /// All its versions.
    pub history: &'h History,
}

/// Signs about dependencies that the baseline does not have; `found` are those of which the
/// packument is at hand, `young_days` is the age up to which a package is young.
pub fn signs(change: &Change<'_>, found: &[NewDependency<'_>], young_days: i64) -> Vec<Sign> {
    let mut signs = Vec::new();
    let direct: Vec<String> =
        change.new_dependencies().map(|(name, spec)| format!("{name}@{spec}")).collect();
    if !direct.is_empty() {
        signs.push(Sign::new(
            Flag::NewDep,
            format!("depends on {}, and did not before", direct.join(", ")),
            direct,
        ));
    }
    let exotic: Vec<String> = change
        .new_dependencies()
        .filter(|(name, spec)| is_exotic(name, spec))
        .map(|(name, spec)| format!("{name}@{spec}"))
        .collect();
    if !exotic.is_empty() {
        signs.push(Sign::new(
            Flag::ExoticDep,
            "unusual: depends on something outside the registries",
            exotic,
        ));
    }
    signs.extend(found.iter().filter_map(|dependency| young(change, dependency, young_days)));
    signs
}

/// Whether a specifier leads past the registries.
fn is_exotic(name: &str, spec: &str) -> bool {
    Spec::resolve(name, spec, Path::new("/")).is_ok_and(|spec| !spec.target().is_registry())
}

/// A dependency that appeared with the release that needs it, from people who have nothing to do
/// with the package so far.
fn young(change: &Change<'_>, dependency: &NewDependency<'_>, young_days: i64) -> Option<Sign> {
    let NewDependency { name, version, history } = *dependency;
    let age = change.now_ms.saturating_sub(history.created?) / DAY_MS;
    if age >= young_days {
        return None;
    }
    let ours = change.baseline.map(|old| change.history.people(old)).unwrap_or_default();
    let theirs = history.people(version);
    if ours.is_empty() || theirs.is_empty() || !ours.is_disjoint(&theirs) {
        return None;
    }
    let mut evidence = vec![
        // No age: what is acknowledged today must be the same fact tomorrow.
        format!("dependency: {name}@{}", version.version),
        format!("published by {}", list(&theirs)),
        format!("people of {}: {}", change.name, list(&ours)),
    ];
    evidence.extend(version.scripts.iter().map(|(event, script)| format!("{event}: {script}")));
    let flag = if version.scripts.is_empty() { Flag::NewDepUnrelated } else { Flag::NewDepYoung };
    let runs = if version.scripts.is_empty() { "" } else { " and runs a script at installation" };
    let message =
        format!("unusual: the new dependency {name} is {age} days old, shares no maintainer{runs}");
    Some(Sign::new(flag, message, evidence))
}

fn list(people: &BTreeSet<&str>) -> String {
    const SHOWN: usize = 6;
    let shown: Vec<&str> = people.iter().copied().take(SHOWN).collect();
    let more = people.len().saturating_sub(SHOWN);
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}
