//! The kinds of leaves in a log, told apart by their first line.

use super::{PACKAGE, Record};

/// What kind of leaf a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LeafKind {
    /// `denpm-sum/v1`: the record of a version.
    Package,
    /// `denpm-evidence/v1`: signatures, attestations, sources and times seen for a record.
    Evidence,
    /// `denpm-status/v1`: unpublished, gone, or known to be malicious.
    Status,
    /// `denpm-ns/v1`: the keys that a namespace is bound to.
    Namespace,
    /// `denpm-log/v1`: the log that this one continues.
    Log,
    /// Anything else; a later version may know it.
    Other,
}

impl LeafKind {
    const NAMED: [(Self, &'static str); 5] = [
        (Self::Package, PACKAGE),
        (Self::Evidence, "denpm-evidence/v1"),
        (Self::Status, "denpm-status/v1"),
        (Self::Namespace, "denpm-ns/v1"),
        (Self::Log, "denpm-log/v1"),
    ];

    /// The kind of a record text.
    pub fn of(text: &[u8]) -> Self {
        let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let known = Self::NAMED.into_iter().find(|(_, name)| name.as_bytes() == first);
        known.map_or(Self::Other, |(kind, _)| kind)
    }

    /// The first line of such a leaf; `None` for what has no name here.
    pub fn first_line(self) -> Option<&'static str> {
        Self::NAMED.into_iter().find(|(kind, _)| *kind == self).map(|(_, name)| name)
    }
}

/// A leaf of a log, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaf {
    /// The record of a version.
    Package(Box<Record>),
    /// Another leaf: its kind.
    Other(LeafKind),
    /// A text that calls itself a package record and is none.
    Malformed,
}

impl Leaf {
    /// Reads a leaf.
    pub fn parse(text: &[u8]) -> Self {
        match LeafKind::of(text) {
            LeafKind::Package => {
                let record = str::from_utf8(text).ok().and_then(|text| Record::parse(text).ok());
                record.map_or(Self::Malformed, |record| Self::Package(Box::new(record)))
            }
            kind => Self::Other(kind),
        }
    }
}
