//! What the bytes of packages came to, held against what is known of them.

use std::{collections::BTreeMap, path::Path};

use super::{
    Leaves,
    error::{Logged, Mismatch},
    record::Computed,
};
use crate::{
    config::policy::SumdbMode,
    error::Failure,
    sumdb::{
        Hash,
        log::{LocalLog, Seen},
        record::{PackageKey, Record},
    },
    verify::manifest_confusion::ManifestConfusion,
};

/// What is known of packages before their bytes are looked at.
pub(super) struct Known {
    /// By the logs, proven.
    pub logged: BTreeMap<PackageKey, Vec<(Logged, Record)>>,
    /// By the project.
    pub pinned: Leaves,
}

/// What the bytes of packages came to, and nothing contradicts.
pub(super) struct Examined {
    /// The records that the embedded log may not have.
    pub fresh: Vec<(Record, Hash)>,
    pub leaves: Leaves,
    /// Where registries contradict packages, and the policy lets them.
    pub confusions: Vec<ManifestConfusion>,
}

/// Holds packages against each other, and against what is known of them. The embedded log in
/// `folder` is only looked at for what is told of a contradiction.
pub(super) fn examine(
    mut computed: Vec<Computed>,
    known: &Known,
    mode: SumdbMode,
    folder: &Path,
) -> Result<Examined, Failure> {
    let mut confusions: Vec<_> =
        computed.iter_mut().filter_map(|computed| computed.confusion.take()).collect();
    if mode == SumdbMode::Enforce && !confusions.is_empty() {
        return Err(confusions.swap_remove(0).into());
    }
    if let Some([one, other]) = computed.array_windows().find(|[one, other]| one.key == other.key) {
        return Err(Mismatch::twice(&record(one, folder)?, &record(other, folder)?).into());
    }
    for computed in &computed {
        let Computed { key, leaf, .. } = computed;
        for (log, logged) in known.logged.get(key).into_iter().flatten() {
            if logged.leaf() != *leaf {
                return Err(Mismatch::received(log, logged, &record(computed, folder)?).into());
            }
        }
        if known.pinned.get(key).is_some_and(|pinned| pinned != leaf) {
            return Err(Mismatch::not_pinned(&record(computed, folder)?).into());
        }
    }
    let mut fresh = Vec::new();
    let leaves = computed.into_iter().map(|Computed { key, leaf, record, .. }| {
        fresh.extend(record.map(|record| (record, leaf)));
        (key, leaf)
    });
    let leaves = leaves.collect();
    Ok(Examined { fresh, leaves, confusions })
}

/// The record of a package: its own, or the one that the embedded log has of the same tarball.
fn record(computed: &Computed, folder: &Path) -> Result<Record, Failure> {
    match &computed.record {
        Some(record) => Ok(record.clone()),
        None => Ok(LocalLog::open(folder)?.record_of(&computed.key)?),
    }
}

/// Looks records up in the embedded log and appends those that are new to it; returns how many.
pub(super) fn remember(fresh: &[(Record, Hash)], folder: &Path) -> Result<usize, Failure> {
    let mut log = LocalLog::open(folder)?;
    let seen = log.look_up(fresh.iter().map(|(record, leaf)| (record, *leaf)))?;
    for ((record, _), seen) in fresh.iter().zip(&seen) {
        if let Seen::Otherwise(logged) = seen {
            let here = Logged { log: log.origin().to_owned(), index: None };
            return Err(Mismatch::received(&here, logged, record).into());
        }
    }
    if !seen.contains(&Seen::First) {
        return Ok(0);
    }
    Ok(log.append(fresh.iter().map(|(record, _)| record))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sumdb::tlog::leaf_hash;

    fn computed(name: &str, seed: u8) -> Computed {
        let hash = leaf_hash(&[seed]);
        let key = PackageKey::new("npm", name, "1.0.0").unwrap();
        let record =
            Record { key: key.clone(), sri: [seed; 64], size: 1, tree: hash, manifest: hash };
        Computed { key, leaf: record.leaf(), record: Some(record), confusion: None }
    }

    fn recalled(name: &str, seed: u8) -> Computed {
        Computed { record: None, ..computed(name, seed) }
    }

    fn nothing() -> Known {
        Known { logged: BTreeMap::new(), pinned: Leaves::new() }
    }

    #[test]
    fn a_version_with_different_bytes_in_two_places_is_refused_and_not_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join("local");
        let examine = |all| examine(all, &nothing(), SumdbMode::Warn, &local);
        let two = vec![computed("a", 1), computed("a", 2), computed("b", 1)];
        let refused = examine(two).err().unwrap();
        assert_eq!(refused.to_string(), "a@1.0.0 is two different packages in this tree");
        let one = examine(vec![computed("a", 2), computed("b", 1)]).unwrap();
        assert_eq!(remember(&one.fresh, &local).unwrap(), 2);
        let two = vec![recalled("a", 2), computed("a", 1)];
        assert!(examine(two).err().unwrap().to_string().contains("two different packages"));
    }

    #[test]
    fn a_recalled_package_is_held_against_what_others_know_and_told_from_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join("local");
        let one = examine(vec![computed("a", 1)], &nothing(), SumdbMode::Warn, &local).unwrap();
        remember(&one.fresh, &local).unwrap();
        let again = examine(vec![recalled("a", 1)], &nothing(), SumdbMode::Warn, &local).unwrap();
        assert!(again.fresh.is_empty());
        assert_eq!(again.leaves, one.leaves);
        let other = computed("a", 2);
        let pinned = Leaves::from([(other.key.clone(), other.leaf)]);
        let known = Known { pinned, ..nothing() };
        let refused = examine(vec![recalled("a", 1)], &known, SumdbMode::Warn, &local);
        let received = one.fresh[0].0.integrity();
        assert!(refused.err().unwrap().inner().detail().contains(&format!("received: {received}")));
        let log = Logged { log: "log".to_owned(), index: Some(3) };
        let logged = vec![(log, other.record.unwrap())];
        let known = Known { logged: BTreeMap::from([(other.key, logged)]), ..nothing() };
        let refused = examine(vec![recalled("a", 1)], &known, SumdbMode::Warn, &local);
        assert!(refused.err().unwrap().to_string().contains("not the package that was logged"));
    }
}
