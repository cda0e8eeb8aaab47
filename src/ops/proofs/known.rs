//! What was proven before: remembered by content, so that what is known is not asked again.
//!
//! One line of JSON for each `name@version` and integrity, appended. The file is a cache: it may
//! be deleted at any time, and whoever can write to it can write to the store beside it as well.
//! A line is read when somebody asks for it: a run asks for few of those of all projects.

use std::{
    collections::HashMap,
    fs::{self, OpenOptions},
    io::Write,
    ops::Range,
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
/// What a line begins with: the first member of a [`Record`].
const ID: &[u8] = b"{\"id\":\"";
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
    now: i64,
    bytes: Vec<u8>,
    /// By their ids, those of one id in the order of the file.
    lines: Vec<Line>,
}

/// Where a line is in the file, and the id in it.
#[derive(Debug)]
struct Line {
    whole: Range<usize>,
    id: Range<usize>,
}

impl Known {
    /// Reads the file; lines that cannot be understood are as good as none.
    pub(super) fn load(cache: &Path, now: i64) -> Self {
        let path = cache.join(FILE);
        let bytes = read_bounded(&path, MAX_BYTES).unwrap_or_default();
        let mut lines = lines_of(&bytes);
        lines.sort_by_key(|line| part(&bytes, &line.id));
        let known = Self { path, now, bytes, lines };
        if known.bytes.len() as u64 > COMPACT_ABOVE {
            known.compact();
        }
        known
    }

    /// Nothing.
    pub(super) fn empty(cache: &Path) -> Self {
        Self { path: cache.join(FILE), now: 0, bytes: Vec::new(), lines: Vec::new() }
    }

    /// What is known of a version with these bytes; of several records the newest that counts.
    pub(super) fn get(&self, id: &str, integrity: &str) -> Option<Record> {
        let id_of = |line: &Line| part(&self.bytes, &line.id);
        let from = self.lines.partition_point(|line| id_of(line) < id.as_bytes());
        let of_id = self.lines.get(from..).unwrap_or_default().iter();
        let count = of_id.take_while(|line| id_of(line) == id.as_bytes()).count();
        let mut records = self.records(from..from + count);
        records.find(|record| record.id == id && record.integrity == integrity)
    }

    /// The records of some lines that count, the newest first.
    fn records(&self, lines: Range<usize>) -> impl Iterator<Item = Record> {
        let newest_first = self.lines.get(lines).unwrap_or_default().iter().rev();
        newest_first
            .filter_map(|line| serde_json::from_slice(part(&self.bytes, &line.whole)).ok())
            .filter(|record: &Record| record.counts(self.now))
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
        let mut newest = HashMap::new();
        for record in self.records(0..self.lines.len()) {
            newest.entry((record.id.clone(), record.integrity.clone())).or_insert(record);
        }
        let lines = lines(newest.values());
        drop(write_atomic(&self.path, &lines, Durability::Volatile));
    }
}

fn part<'a>(bytes: &'a [u8], range: &Range<usize>) -> &'a [u8] {
    bytes.get(range.clone()).unwrap_or_default()
}

/// The lines of a file that may be records, in their order.
fn lines_of(bytes: &[u8]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in bytes.split(|byte| *byte == b'\n') {
        let whole = start..start + line.len();
        start = whole.end + 1;
        // No name or version has a character that JSON escapes.
        let id = line.strip_prefix(ID).and_then(|rest| memchr::memchr(b'"', rest));
        lines.extend(id.map(|length| {
            let from = whole.start + ID.len();
            Line { id: from..from + length, whole }
        }));
    }
    lines
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
        match record.attestations? {
            Attested::Proven(evidence) => evidence.provenance,
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
        assert_eq!(known.get("a@1.0.0", "sha512-A"), Some(signed("a@1.0.0")));
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
    fn of_several_records_of_a_version_the_newest_that_counts_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let path = Known::load(folder.path(), NOW).path().to_owned();
        let newer = Record { at: NOW - 1, ..signed("a@1.0.0") };
        let silent = |at| Record::new("a@1.0.0".into(), "sha512-A".into(), at);
        let of_others = [signed("a@1.0.00"), signed("a@1.0"), signed("b@1.0.0")];
        Known::append(&path, &[signed("a@1.0.0"), newer.clone()]);
        Known::append(&path, &of_others);
        Known::append(&path, &[silent(0)]);
        let get = |now| Known::load(folder.path(), now).get("a@1.0.0", "sha512-A");
        assert_eq!(get(NOW), Some(newer.clone()), "the newest is out of date");
        assert_eq!(get(0), Some(silent(0)));
        Known::load(folder.path(), NOW).compact();
        assert_eq!(get(0), Some(newer), "what does not count is not kept");
        for other in of_others {
            let known = Known::load(folder.path(), NOW);
            assert_eq!(known.get(&other.id, "sha512-A").as_ref(), Some(&other));
        }
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
