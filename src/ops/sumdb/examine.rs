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
        log::{Fresh, LocalLog, Seen},
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
    /// The records that were computed just now.
    pub fresh: Vec<Fresh>,
    pub leaves: Leaves,
    /// Where registries contradict packages, and the policy lets them.
    pub confusions: Vec<ManifestConfusion>,
}

/// Holds packages against each other, and against what is known of them; `record` is asked for what
/// is told of a contradiction.
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
    for computed in &computed {
        let Computed { key, leaf, .. } = computed;
        for (log, logged) in known.logged.get(key).into_iter().flatten() {
            if logged.leaf() != *leaf {
                return Err(Mismatch::received(log, logged, &record(computed)?).into());
            }
        }
        if known.pinned.get(key).is_some_and(|pinned| pinned != leaf) {
            return Err(Mismatch::not_pinned(&record(computed)?).into());
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
    Ok(log.append(fresh)?)
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
        let fresh = Fresh::new(record(name, seed), [seed; 32]);
        let (key, leaf) = (fresh.record.key.clone(), fresh.leaf);
        Computed { key, leaf, fresh: Some(Box::new(fresh)), confusion: None }
    }

    fn recalled(name: &str, seed: u8) -> Computed {
        Computed { fresh: None, ..computed(name, seed) }
    }

    fn nothing() -> Known {
        Known { logged: BTreeMap::new(), pinned: Leaves::new() }
    }

    fn examined(all: Vec<Computed>, known: &Known) -> Result<Examined, Failure> {
        let again = |computed: &Computed| Ok(record(computed.key.name(), 1));
        examine(all, known, SumdbMode::Warn, &again)
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
        let logged = BTreeMap::from([(other.key.clone(), vec![(log, other)])]);
        let refused = examined(vec![recalled("a", 1)], &Known { logged, ..nothing() });
        assert!(refused.err().unwrap().to_string().contains("not the package that was logged"));
    }
}
