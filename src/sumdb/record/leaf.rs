//! The kinds of leaves in a log, told apart by their first line.

use super::{
    PACKAGE, Record,
    evidence::{Evidence, Status},
    namespace::{Namespace, Predecessor},
};

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
    /// What stood for a version when it was logged.
    Evidence(Box<Evidence>),
    /// What became of a version.
    Status(Box<Status>),
    /// The keys of a namespace.
    Namespace(Box<Namespace>),
    /// The log that this one continues.
    Log(Predecessor),
    /// A leaf of a kind that is not known here; a later version may know it.
    Other,
    /// A text that calls itself one of those that are known, and is none.
    Malformed,
}

impl Leaf {
    /// Reads a leaf.
    pub fn parse(text: &[u8]) -> Self {
        let kind = LeafKind::of(text);
        if kind == LeafKind::Other {
            return Self::Other;
        }
        let read = str::from_utf8(text).ok().and_then(|text| match kind {
            LeafKind::Package => Record::parse(text).ok().map(Box::new).map(Self::Package),
            LeafKind::Evidence => Evidence::parse(text).map(Box::new).map(Self::Evidence),
            LeafKind::Status => Status::parse(text).map(Box::new).map(Self::Status),
            LeafKind::Namespace => Namespace::parse(text).map(Box::new).map(Self::Namespace),
            LeafKind::Log => Predecessor::parse(text).map(Self::Log),
            LeafKind::Other => None,
        });
        read.unwrap_or(Self::Malformed)
    }
}
