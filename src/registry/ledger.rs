//! What is remembered of registries between runs: lies, signing keys, how fast they answered.
//!
//! One small JSON file in denpm's data folder. It is trust state: a lie is written at once and
//! durably, and stays until it is forgiven. Two runs may write at the same time: every write reads
//! the file again under a lock and changes only what it is about.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::{cache::now, health::Health, namespace::Keys, tarball::RegistryId};
use crate::fs::{Durability, FsError, Lock, read_bounded, write_atomic};

const VERSION: u32 = 1;
/// The most bytes of the file that are read.
const MAX_BYTES: u64 = 4 << 20;
/// More registries than this are not remembered.
const MAX_REGISTRIES: usize = 1000;
/// How long a registry's keys need no question.
const KEYS_HOLD: Duration = Duration::from_hours(24);

/// The file's content.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Content {
    version: u32,
    registries: BTreeMap<String, Record>,
}

/// What is known of one registry.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// The last lie; a registry with one is not asked until it is forgiven.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lie: Option<Lie>,
    /// The keys it offered, and when, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<(u64, Keys)>,
    /// Mean time to an answer, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u64>,
    /// Answers so far.
    pub answers: u64,
    /// Exchanges without an answer so far.
    pub failures: u64,
}

/// What a registry said that was proven wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lie {
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
    /// `name@version`.
    pub package: String,
    /// What it said or served.
    pub claimed: String,
    /// What the others say.
    pub others: String,
}

impl Lie {
    /// A lie told just now.
    pub fn now(package: &str, claimed: String, others: String) -> Self {
        Self { at_ms: now(), package: package.to_owned(), claimed, others }
    }
}

/// The file, as this run knows it.
#[derive(Debug)]
pub(super) struct Ledger {
    path: PathBuf,
    content: Mutex<Content>,
}

impl Ledger {
    /// Reads the file in `folder`; one that cannot be read is as good as none.
    pub(super) fn open(folder: &Path) -> Self {
        let path = folder.join("registries.json");
        let content = Mutex::new(read(&path).unwrap_or_default());
        Self { path, content }
    }

    /// What is known of a registry.
    pub(super) fn record(&self, id: &RegistryId) -> Record {
        self.content().registries.get(id.as_str()).cloned().unwrap_or_default()
    }

    /// The keys of a registry, if they were asked for within a day.
    pub(super) fn keys(&self, id: &RegistryId) -> Option<Keys> {
        let (at, keys) = self.record(id).keys?;
        let age = now().checked_sub(at).map(Duration::from_millis);
        age.is_some_and(|age| age < KEYS_HOLD).then_some(keys)
    }

    /// Changes what is known of one registry, here and on disk.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(super) fn change(
        &self,
        id: &RegistryId,
        change: impl FnOnce(&mut Record),
    ) -> Result<(), FsError> {
        self.rewrite(Durability::Synced, |content| content.change(id, change))
    }

    /// Notes how registries did in this run, and the keys they offered.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(super) fn remember<'a>(
        &self,
        done: impl Iterator<Item = (&'a RegistryId, Health, Option<Keys>)>,
    ) -> Result<(), FsError> {
        let told = |(_, health, keys): &(&RegistryId, Health, Option<Keys>)| {
            health.answers + health.failures > 0 || keys.is_some()
        };
        let done: Vec<_> = done.filter(told).collect();
        if done.is_empty() {
            return Ok(());
        }
        self.rewrite(Durability::Volatile, |content| {
            for (id, health, keys) in done {
                content.change(id, |record| {
                    record.add(health);
                    record.keys = keys.map(|keys| (now(), keys)).or(record.keys.take());
                });
            }
        })
    }

    fn rewrite(
        &self,
        durability: Durability,
        change: impl FnOnce(&mut Content),
    ) -> Result<(), FsError> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(FsError::io("create", folder))?;
        }
        let _lock = Lock::acquire(&self.path.with_extension("lock"))?;
        let mut content = self.content();
        if let Some(newer) = read(&self.path) {
            *content = newer;
        }
        content.version = VERSION;
        change(&mut content);
        let text = serde_json::to_string_pretty(&*content).unwrap_or_default();
        write_atomic(&self.path, text.as_bytes(), durability)
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Content {
    fn change(&mut self, id: &RegistryId, change: impl FnOnce(&mut Record)) {
        let is_known = self.registries.contains_key(id.as_str());
        if is_known || self.registries.len() < MAX_REGISTRIES {
            change(self.registries.entry(id.as_str().to_owned()).or_default());
        }
    }
}

impl Record {
    /// Adds what a run saw.
    pub(super) fn add(&mut self, health: Health) {
        self.answers = self.answers.saturating_add(health.answers);
        self.failures = self.failures.saturating_add(health.failures);
        let latency =
            health.latency.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        self.latency_ms = latency.or(self.latency_ms);
    }
}

fn read(path: &Path) -> Option<Content> {
    let bytes = read_bounded(path, MAX_BYTES).ok()?;
    let content: Content = serde_json::from_slice(&bytes).ok()?;
    (content.version == VERSION).then_some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id() -> RegistryId {
        RegistryId::new("http://a.example/")
    }

    #[test]
    fn lie_outlives_the_run_and_is_kept_by_a_later_writer() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (Ledger::open(folder.path()), Ledger::open(folder.path()));
        let lie = Lie::now("a@1.0.0", "sha512-x".into(), "sha512-y".into());
        first.change(&id(), |record| record.lie = Some(lie.clone())).unwrap();
        second.change(&id(), |record| record.answers = 7).unwrap();
        let record = Ledger::open(folder.path()).record(&id());
        assert_eq!((record.lie, record.answers), (Some(lie), 7));
    }

    #[test]
    fn damaged_file_is_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("registries.json"), "{").unwrap();
        assert_eq!(Ledger::open(folder.path()).record(&id()), Record::default());
    }

    #[test]
    fn keys_hold_for_a_day() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path());
        let at = |age: Duration| now() - u64::try_from(age.as_millis()).unwrap();
        ledger
            .change(&id(), |record| record.keys = Some((at(KEYS_HOLD / 2), Keys::default())))
            .unwrap();
        assert!(ledger.keys(&id()).is_some());
        ledger
            .change(&id(), |record| record.keys = Some((at(KEYS_HOLD * 2), Keys::default())))
            .unwrap();
        assert!(ledger.keys(&id()).is_none());
    }
}
