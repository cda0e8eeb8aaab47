//! What the bytes of packages came to, held against what is known of them.

use std::{collections::BTreeMap, path::Path};

use super::{
    Leaves,
    error::{Logged, Mismatch},
    record::{Computed, Fresh},
};
use crate::{
    config::policy::SumdbMode,
    error::Failure,
    sumdb::{
        log::{ComputedLeaves, LocalLog, Seen},
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

impl Known {
    fn contradicts(&self, Computed { key, leaf, .. }: &Computed) -> bool {
        let mut logged = self.logged.get(key).into_iter().flatten();
        logged.any(|(_, logged)| logged.leaf() != *leaf)
            || self.pinned.get(key).is_some_and(|pinned| pinned != leaf)
    }
}

/// What the bytes of packages came to, and nothing contradicts.
pub(super) struct Examined {
    /// The records that were computed just now.
    pub fresh: Vec<Fresh>,
    pub leaves: Leaves,
    /// Where registries contradict packages, and the policy lets them.
    pub confusions: Vec<ManifestConfusion>,
}

/// Holds packages against each other, and against what is known of them; `record` gives that of one
/// as its bytes have it now, for what is told of a contradiction.
pub(super) fn examine(
    mut computed: Vec<Computed>,
    known: &Known,
    mode: SumdbMode,
    record: &dyn Fn(&Computed) -> Result<Record, Failure>,
) -> Result<Examined, Failure> {
    let mut confusions: Vec<_> =
        computed.iter_mut().filter_map(|computed| computed.confusion.take()).collect();
    if mode == SumdbMode::Enforce && !confusions.is_empty() {
        return Err(confusions.swap_remove(0).into());
    }
    if let Some([one, other]) = computed.array_windows().find(|[one, other]| one.key == other.key) {
        return Err(Mismatch::twice(&record(one)?, &record(other)?).into());
    }
    for computed in &mut computed {
        if !known.contradicts(computed) {
            continue;
        }
        // Nobody is accused by what was only remembered.
        let record = record(computed)?;
        computed.leaf = record.leaf();
        let mut logged = known.logged.get(&computed.key).into_iter().flatten();
        if let Some((log, logged)) = logged.find(|(_, logged)| logged.leaf() != computed.leaf) {
            return Err(Mismatch::received(log, logged, &record).into());
        }
        if known.contradicts(computed) {
            return Err(Mismatch::not_pinned(&record).into());
        }
    }
    let mut fresh = Vec::new();
    let leaves = computed.into_iter().map(|computed| {
        fresh.extend(computed.fresh.map(|fresh| *fresh));
        (computed.key, computed.leaf)
    });
    let leaves = leaves.collect();
    Ok(Examined { fresh, leaves, confusions })
}

/// Looks records up in the embedded log, in `folder`, and appends those that are new to it; returns
/// how many.
pub(super) fn remember(fresh: &[Fresh], folder: &Path) -> Result<usize, Failure> {
    let mut log = LocalLog::open(folder)?;
    let seen = log.look_up(fresh.iter().map(|fresh| (&fresh.record, fresh.leaf)))?;
    for (fresh, seen) in fresh.iter().zip(&seen) {
        if let Seen::Otherwise(logged) = seen {
            let here = Logged { log: log.origin().to_owned(), index: None };
            return Err(Mismatch::received(&here, logged, &fresh.record).into());
        }
    }
    let first = if seen.contains(&Seen::First) {
        let records: Vec<_> = fresh.iter().map(|fresh| fresh.record.clone()).collect();
        log.append(&records)?
    } else {
        0
    };
    let computed = fresh.iter().map(|fresh| (&fresh.record.key, &fresh.source, fresh.leaf));
    ComputedLeaves::add(folder, computed);
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sumdb::tlog::leaf_hash;

    fn record(name: &str, seed: u8) -> Record {
        let hash = leaf_hash(&[seed]);
        let key = PackageKey::new("npm", name, "1.0.0").unwrap();
        Record { key, sri: [seed; 64], size: 1, tree: hash, manifest: hash }
    }

    fn computed(name: &str, seed: u8) -> Computed {
        let record = record(name, seed);
        let (key, leaf) = (record.key.clone(), record.leaf());
        let fresh = Some(Box::new(Fresh { record, leaf, source: [seed; 32] }));
        Computed { place: 0, key, leaf, fresh, confusion: None }
    }

    fn recalled(name: &str, seed: u8) -> Computed {
        Computed { fresh: None, ..computed(name, seed) }
    }

    fn nothing() -> Known {
        Known { logged: BTreeMap::new(), pinned: Leaves::new() }
    }

    fn examined(all: Vec<Computed>, known: &Known) -> Result<Examined, Failure> {
        examine(all, known, SumdbMode::Warn, &|computed| Ok(record(computed.key.name(), 1)))
    }

    #[test]
    fn a_version_with_different_bytes_in_two_places_is_refused_and_not_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join("local");
        for two in [computed("a", 1), recalled("a", 1)].map(|one| vec![one, computed("a", 2)]) {
            let refused = examined(two, &nothing()).err().unwrap();
            assert_eq!(refused.to_string(), "a@1.0.0 is two different packages in this tree");
        }
        let one = examined(vec![computed("a", 2), computed("b", 1)], &nothing()).unwrap();
        assert_eq!(remember(&one.fresh, &local).unwrap(), 2);
        let other = examined(vec![computed("a", 1)], &nothing()).unwrap();
        assert!(remember(&other.fresh, &local).is_err());
    }

    #[test]
    fn what_is_recalled_is_held_against_what_others_know() {
        let own = record("a", 1);
        let again = examined(vec![recalled("a", 1)], &nothing()).unwrap();
        assert!(again.fresh.is_empty());
        assert_eq!(again.leaves[&own.key], own.leaf());
        let other = record("a", 2);
        let pinned = Leaves::from([(other.key.clone(), other.leaf())]);
        let refused = examined(vec![recalled("a", 1)], &Known { pinned, ..nothing() });
        let told = refused.err().unwrap().inner().detail();
        assert!(told.contains(&format!("received: {}", own.integrity())));
        let log = Logged { log: "log".to_owned(), index: Some(3) };
        let logged = BTreeMap::from([(other.key.clone(), vec![(log.clone(), other)])]);
        let known = Known { logged, ..nothing() };
        // What was remembered wrongly accuses nobody.
        let right = BTreeMap::from([(own.key.clone(), vec![(log, own.clone())])]);
        let right = Known { logged: right, ..nothing() };
        let mended = examined(vec![recalled("a", 7)], &right).unwrap();
        assert_eq!(mended.leaves[&own.key], own.leaf());
        let refused = examined(vec![recalled("a", 1)], &known);
        assert!(refused.err().unwrap().to_string().contains("not the package that was logged"));
    }
}
