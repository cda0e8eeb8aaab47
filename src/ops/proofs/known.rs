//! What was proven before: remembered by content, so that what is known is not asked again.
//!
//! One line of JSON for each `name@version` and integrity, appended. The file is a cache: it may
//! be deleted at any time, and whoever can write to it can write to the store beside it as well.

use std::{
    collections::HashMap,
    fs::{self, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    fs::{Durability, read_bounded, write_atomic},
    verify::{
        attestation::{Evidence, Provenance},
        signature::TimeSource,
    },
};

const FILE: &str = "proofs-v1.jsonl";
/// The most that is read.
const MAX_BYTES: u64 = 64 << 20;
/// A file above this size is written anew, each content once.
const COMPACT_ABOVE: u64 = 16 << 20;
/// For so long it is believed that a version has no signature, in milliseconds.
const ABSENT_FOR: i64 = 24 * 60 * 60 * 1000;

/// What is remembered of one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    /// `name@version`.
    id: String,
    /// The SHA-512 of its bytes.
    integrity: String,
    /// When it was found out, in milliseconds since 1970.
    at: i64,
    /// The signature; `None` when there was none.
    pub(super) signature: Option<Signed>,
    /// The attestations; `None` when they were not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) attestations: Option<Attested>,
}

/// A signature that held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signed {
    pub(super) keyid: String,
    /// The signature, so that it can be verified again without asking anyone.
    pub(super) sig: String,
    pub(super) time: TimeSource,
    /// The registry whose own endpoint vouched for the key; `None` for npm's keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) endpoint: Option<String>,
}

/// Attestations that held, or that there were none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Attested {
    /// There were none.
    None,
    /// They proved this.
    Proven(Box<Evidence>),
}

impl Attested {
    pub(super) fn proven(evidence: Evidence) -> Self {
        Self::Proven(Box::new(evidence))
    }
}

impl Record {
    pub(super) fn new(id: String, integrity: String, at: i64) -> Self {
        Self { id, integrity, at, signature: None, attestations: None }
    }

    /// Whether it still counts at `now`: a proof does, that there was none does for a day.
    fn counts(&self, now: i64) -> bool {
        self.signature.is_some() || (now - ABSENT_FOR..=now).contains(&self.at)
    }
}

/// The records of this machine.
#[derive(Debug)]
pub(super) struct Known {
    path: PathBuf,
    records: HashMap<(String, String), Record>,
}

impl Known {
    /// Reads the file; lines that cannot be understood are as good as none.
    pub(super) fn load(cache: &Path, now: i64) -> Self {
        let path = cache.join(FILE);
        let bytes = read_bounded(&path, MAX_BYTES).unwrap_or_default();
        let mut records = HashMap::new();
        for line in bytes.split(|byte| *byte == b'\n') {
            if let Ok(record) = serde_json::from_slice::<Record>(line)
                && record.counts(now)
            {
                records.insert((record.id.clone(), record.integrity.clone()), record);
            }
        }
        let known = Self { path, records };
        if bytes.len() as u64 > COMPACT_ABOVE {
            known.compact();
        }
        known
    }

    /// Nothing.
    pub(super) fn empty(cache: &Path) -> Self {
        Self { path: cache.join(FILE), records: HashMap::new() }
    }

    /// What is known of a version with these bytes.
    pub(super) fn get(&self, id: &str, integrity: &str) -> Option<&Record> {
        self.records.get(&(id.to_owned(), integrity.to_owned()))
    }

    /// Adds records; a cache that cannot be written is no cache, not an error.
    pub(super) fn append(path: &Path, records: &[Record]) {
        let lines = lines(records.iter());
        if lines.is_empty() {
            return;
        }
        if let Some(parent) = path.parent() {
            drop(fs::create_dir_all(parent));
        }
        // One write to a file opened for appending: lines of two processes do not mix.
        if let Ok(mut file) = OpenOptions::new().create(true).append(true).open(path) {
            drop(file.write_all(&lines));
        }
    }

    /// Where the records are.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn compact(&self) {
        let lines = lines(self.records.values());
        drop(write_atomic(&self.path, &lines, Durability::Volatile));
    }
}

/// What was proven on this machine, for reading.
#[derive(Debug)]
pub(in crate::ops) struct Remembered(Known);

impl Remembered {
    /// Reads the records.
    pub(in crate::ops) fn load(cache: &Path) -> Self {
        // Proofs do not age; that there were none is of no use here.
        Self(Known::load(cache, 0))
    }

    /// Who built these bytes, as far as it was proven.
    pub(in crate::ops) fn provenance(
        &self,
        name: &str,
        version: &str,
        integrity: &str,
    ) -> Option<Provenance> {
        let record = self.0.get(&format!("{name}@{version}"), integrity)?;
        match record.attestations.as_ref()? {
            Attested::Proven(evidence) => evidence.provenance.clone(),
            Attested::None => None,
        }
    }
}

fn lines<'a>(records: impl Iterator<Item = &'a Record>) -> Vec<u8> {
    let mut lines = Vec::new();
    for record in records {
        // A record always serialises: its keys are strings.
        lines.extend(serde_json::to_vec(record).unwrap_or_default());
        lines.push(b'\n');
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn signed(id: &str) -> Record {
        let signature = Signed {
            keyid: "k".into(),
            sig: "s".into(),
            time: TimeSource::Packument,
            endpoint: None,
        };
        Record { signature: Some(signature), ..Record::new(id.into(), "sha512-A".into(), 0) }
    }

    #[test]
    fn a_proof_is_remembered_for_its_bytes_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = Known::load(folder.path(), NOW).path().to_owned();
        Known::append(&path, &[signed("a@1.0.0")]);
        let known = Known::load(folder.path(), NOW);
        assert_eq!(known.get("a@1.0.0", "sha512-A"), Some(&signed("a@1.0.0")));
        assert_eq!(known.get("a@1.0.0", "sha512-B"), None);
        assert_eq!(known.get("a@1.0.1", "sha512-A"), None);
    }

    #[test]
    fn that_there_was_no_signature_is_believed_for_a_day() {
        let folder = tempfile::tempdir().unwrap();
        let path = Known::load(folder.path(), NOW).path().to_owned();
        Known::append(&path, &[Record::new("a@1.0.0".into(), "sha512-A".into(), NOW)]);
        let at = |now| Known::load(folder.path(), now).get("a@1.0.0", "sha512-A").is_some();
        assert!(at(NOW + ABSENT_FOR));
        assert!(!at(NOW + ABSENT_FOR + 1));
        assert!(!at(NOW - 1), "a time in the future is no time");
    }

    #[test]
    fn damaged_lines_are_no_records() {
        let folder = tempfile::tempdir().unwrap();
        let path = Known::load(folder.path(), NOW).path().to_owned();
        fs::write(&path, b"{\"id\":\"a\"}\n\xff\n{").unwrap();
        Known::append(&path, &[signed("b@1.0.0")]);
        // The line that was cut off takes the next one with it, and no more.
        Known::append(&path, &[signed("c@1.0.0")]);
        assert!(Known::load(folder.path(), NOW).get("c@1.0.0", "sha512-A").is_some());
    }
}
