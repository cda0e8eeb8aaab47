//! The last version of each package that was installed on this machine: what a package is
//! compared with where no lock has it.
//!
//! One file in the data folder, since what was seen must outlive the cache. Written as a whole;
//! of two processes at once the later one wins, and the other's versions are seen again.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::changes::{Changed, Known};
use crate::{
    fs::{Durability, read_bounded, write_atomic},
    inspect::change::Anchor,
    spec::Version,
};

/// The file's name.
const FILE: &str = "seen.json";
/// The most bytes of it that are read; beyond, it is begun anew.
const MAX_BYTES: u64 = 32 << 20;
/// The most packages that are remembered.
const MAX_PACKAGES: usize = 100_000;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Entry {
    version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resolved: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    integrity: Option<String>,
}

/// What was installed last, by package.
pub(super) struct Seen {
    path: PathBuf,
    known: BTreeMap<String, Entry>,
}

impl Seen {
    /// Reads what is remembered below the data folder; what cannot be read was not seen.
    pub(super) fn read(data: &Path) -> Self {
        let path = data.join(FILE);
        let bytes = read_bounded(&path, MAX_BYTES).unwrap_or_default();
        Self { path, known: serde_json::from_slice(&bytes).unwrap_or_default() }
    }

    /// The changes, those that replace nothing compared with what was seen, if that is older and
    /// of the same major: another project's major is nobody's choice for this one, and what
    /// changes between majors is no sign.
    pub(super) fn baselines(&self, mut changes: Vec<Changed>) -> Vec<Changed> {
        for changed in changes.iter_mut().filter(|changed| changed.baseline.is_none()) {
            let Some(entry) = self.known.get(&changed.name) else { continue };
            let parsed = |version: &str| Version::parse(version).ok();
            let is_older = parsed(&entry.version)
                .zip(parsed(&changed.version))
                .is_some_and(|(seen, new)| seen < new && seen.major() == new.major());
            if is_older {
                changed.anchor = Anchor::Seen;
                changed.baseline = Some(Known {
                    version: entry.version.clone(),
                    resolved: entry.resolved.clone(),
                    integrity: entry.integrity.clone(),
                });
            }
        }
        changes
    }

    /// Remembers what is installed now. Best effort: what is not remembered is compared with what
    /// is settled.
    pub(super) fn note(mut self, changes: &[Changed]) {
        let before = self.known.clone();
        for changed in changes {
            if self.known.len() < MAX_PACKAGES || self.known.contains_key(&changed.name) {
                let Known { version, resolved, integrity } = changed.known();
                self.known.insert(changed.name.clone(), Entry { version, resolved, integrity });
            }
        }
        let Some(folder) = self.path.parent().filter(|_| self.known != before) else { return };
        if std::fs::create_dir_all(folder).is_ok()
            && let Ok(text) = serde_json::to_vec(&self.known)
        {
            drop(write_atomic(&self.path, &text, Durability::Volatile));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(version: &str) -> Changed {
        Changed {
            node: None,
            name: "a".to_owned(),
            version: version.to_owned(),
            integrity: None,
            resolved: None,
            baseline: None,
            anchor: Anchor::Settled,
            required_by: None,
        }
    }

    #[test]
    fn an_older_version_that_was_seen_is_the_baseline_and_a_newer_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        Seen::read(folder.path()).note(&[changed("1.1.0")]);
        let baseline = |version| {
            let all = Seen::read(folder.path()).baselines(vec![changed(version)]);
            all.into_iter().find_map(|it| Some((it.anchor, it.baseline?.version)))
        };
        assert_eq!(baseline("1.2.0"), Some((Anchor::Seen, "1.1.0".to_owned())));
        assert_eq!(baseline("1.0.0"), None);
        assert_eq!(baseline("1.1.0"), None);
        assert_eq!(baseline("2.0.0"), None);
    }

    #[test]
    fn what_the_lock_has_is_compared_with_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        Seen::read(folder.path()).note(&[changed("1.1.0")]);
        let locked = Known { version: "1.0.0".to_owned(), resolved: None, integrity: None };
        let locked = Changed { baseline: Some(locked), anchor: Anchor::Locked, ..changed("1.2.0") };
        let all = Seen::read(folder.path()).baselines(vec![locked]);
        assert_eq!(all.first().map(|it| it.anchor), Some(Anchor::Locked));
    }
}
