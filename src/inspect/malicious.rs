//! Lists of known malicious packages, in the format of OSV (`MAL-…` records).
//!
//! A list is one record, an array of them, or one record a line.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Sign;
use crate::{flag::Flag, spec::Version};

/// The most bytes of a list that are read.
pub const MAX_LIST: u64 = 256 << 20;

/// Known malicious packages, by name.
#[derive(Clone, Debug, Default)]
pub struct KnownMalicious {
    by_name: BTreeMap<String, Vec<Affected>>,
}

#[derive(Clone, Debug)]
struct Affected {
    id: String,
    versions: Vec<String>,
    ranges: Vec<Range>,
}

/// From `introduced` (inclusive) to `fixed` (exclusive), or `last` (inclusive).
#[derive(Clone, Debug, Default)]
struct Range {
    introduced: Option<String>,
    fixed: Option<String>,
    last: Option<String>,
}

#[derive(Deserialize)]
struct Record {
    id: String,
    #[serde(default)]
    withdrawn: Option<String>,
    #[serde(default)]
    affected: Vec<RecordAffected>,
}

#[derive(Deserialize)]
struct RecordAffected {
    #[serde(default)]
    package: Option<RecordPackage>,
    #[serde(default)]
    versions: Vec<String>,
    #[serde(default)]
    ranges: Vec<RecordRange>,
}

#[derive(Deserialize)]
struct RecordPackage {
    #[serde(default)]
    ecosystem: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct RecordRange {
    #[serde(default)]
    r#type: String,
    #[serde(default)]
    events: Vec<BTreeMap<String, String>>,
}

/// A list that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("not a list of OSV records: {0}")]
pub struct ListError(#[from] serde_json::Error);

impl KnownMalicious {
    /// Reads a list.
    ///
    /// # Errors
    /// Not JSON, or not of OSV's shape.
    pub fn parse(text: &[u8]) -> Result<Self, ListError> {
        let mut known = Self::default();
        let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
        if first == Some(&b'[') {
            for record in serde_json::from_slice::<Vec<Record>>(text)? {
                known.add(record);
            }
            return Ok(known);
        }
        for record in serde_json::Deserializer::from_slice(text).into_iter::<Record>() {
            known.add(record?);
        }
        Ok(known)
    }

    /// Takes in another list.
    pub fn extend(&mut self, other: Self) {
        for (name, affected) in other.by_name {
            self.by_name.entry(name).or_default().extend(affected);
        }
    }

    fn add(&mut self, record: Record) {
        if record.withdrawn.is_some() || !record.id.starts_with("MAL-") {
            return;
        }
        for affected in record.affected {
            let Some(package) = affected.package.filter(|package| package.ecosystem == "npm")
            else {
                continue;
            };
            let ranges = affected
                .ranges
                .into_iter()
                .filter(|range| range.r#type == "SEMVER")
                .flat_map(|range| ranges(&range.events));
            let entry = Affected {
                id: record.id.clone(),
                versions: affected.versions,
                ranges: ranges.collect(),
            };
            self.by_name.entry(package.name).or_default().push(entry);
        }
    }

    /// Whether a version is on the list.
    pub fn sign(&self, name: &str, version: &str) -> Option<Sign> {
        let hits = self.by_name.get(name)?.iter().filter(|affected| affected.holds(version));
        let ids: Vec<String> = hits.map(|affected| affected.id.clone()).collect();
        (!ids.is_empty()).then(|| Sign::new(Flag::KnownMalicious, "known to be malicious", ids))
    }
}

fn ranges(events: &[BTreeMap<String, String>]) -> Vec<Range> {
    let mut all: Vec<Range> = Vec::new();
    for event in events {
        if let Some(introduced) = event.get("introduced") {
            all.push(Range { introduced: Some(introduced.clone()), ..Range::default() });
        }
        if let Some(open) = all.last_mut() {
            if let Some(fixed) = event.get("fixed") {
                open.fixed = Some(fixed.clone());
            }
            if let Some(last) = event.get("last_affected") {
                open.last = Some(last.clone());
            }
        }
    }
    all
}

impl Affected {
    /// A record that names no versions at all is about every one.
    fn holds(&self, version: &str) -> bool {
        if self.versions.iter().any(|listed| listed == version) {
            return true;
        }
        if self.ranges.is_empty() {
            return self.versions.is_empty();
        }
        let Ok(version) = Version::parse(version) else { return false };
        self.ranges.iter().any(|range| range.holds(&version))
    }
}

impl Range {
    fn holds(&self, version: &Version) -> bool {
        let at = |text: &str| Version::parse(text).ok();
        let from = match self.introduced.as_deref() {
            None => return false,
            Some("0") => true,
            Some(text) => at(text).is_some_and(|from| *version >= from),
        };
        let before =
            self.fixed.as_deref().is_none_or(|text| at(text).is_none_or(|fixed| *version < fixed));
        let until =
            self.last.as_deref().is_none_or(|text| at(text).is_none_or(|last| *version <= last));
        from && before && until
    }
}
