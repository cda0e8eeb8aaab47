//! What stood for a version when it was logged, and what became of it later.
//!
//! ```text
//! denpm-evidence/v1                        denpm-status/v1
//! pkg <name> <version>                     pkg <name> <version>
//! ns <namespace>                           ns <namespace>
//! leaf <base64>                            leaf <base64>
//! sig <keyid> <base64>          …          time <seconds since 1970>
//! attestations <base64>         or none    status unpublished | gone | malware <advisory>
//! maintainers <base64>          or none
//! source <registry> <seconds>   …
//! ```
//!
//! Both point at a record by its leaf; neither is part of it, since all of this differs by source
//! and over time. That a version is logged says nothing about whether it is harmless.

use std::{collections::BTreeMap, fmt};

use super::{LeafKind, MAX_TEXT, PackageKey};
use crate::sumdb::{checkpoint::decimal, tlog::Hash};

/// What stood for a version when it was logged. `Display` writes the leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The version.
    pub key: PackageKey,
    /// The leaf of its record.
    pub leaf: Hash,
    /// By key id, the registry's signatures over `name@version:integrity`, in base64.
    pub signatures: BTreeMap<String, String>,
    /// The digest of its attestations, where it has any.
    pub attestations: Option<Hash>,
    /// The digest of the names of who could publish it, sorted, a line each.
    pub maintainers: Option<Hash>,
    /// By registry, when it served these bytes, in seconds since 1970.
    pub sources: BTreeMap<String, u64>,
}

impl Evidence {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut lines = Lines::of(text, LeafKind::Evidence)?;
        let (key, leaf) = lines.subject()?;
        let mut signatures = BTreeMap::new();
        while let Some(words) = lines.next("sig") {
            let (keyid, sig) = words.split_once(' ')?;
            signatures.insert(word(keyid)?, word(sig)?);
        }
        let hash = |words: &str| words.parse::<Hash>().ok();
        let attestations = lines.next("attestations").map(hash);
        let maintainers = lines.next("maintainers").map(hash);
        let mut sources = BTreeMap::new();
        while let Some(words) = lines.next("source") {
            let (registry, time) = words.split_once(' ')?;
            sources.insert(word(registry)?, decimal(time)?);
        }
        let evidence = Self {
            key,
            leaf,
            signatures,
            attestations: attestations.map_or(Some(None), |hash| hash.map(Some))?,
            maintainers: maintainers.map_or(Some(None), |hash| hash.map(Some))?,
            sources,
        };
        (evidence.to_string() == text).then_some(evidence)
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_subject(f, LeafKind::Evidence, &self.key, self.leaf)?;
        for (keyid, sig) in &self.signatures {
            writeln!(f, "sig {keyid} {sig}")?;
        }
        for (word, hash) in [("attestations", self.attestations), ("maintainers", self.maintainers)]
        {
            if let Some(hash) = hash {
                writeln!(f, "{word} {hash}")?;
            }
        }
        self.sources.iter().try_for_each(|(registry, time)| writeln!(f, "source {registry} {time}"))
    }
}

/// What became of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Its publisher or registry took it back.
    Unpublished,
    /// Its tarball cannot be had any more.
    Gone,
    /// It is known to be malicious, by the advisory of this id.
    Malware(String),
}

impl State {
    /// Reads `unpublished`, `gone` or `malware <advisory>`.
    pub fn parse(words: &str) -> Option<Self> {
        match words.split_once(' ') {
            None if words == "unpublished" => Some(Self::Unpublished),
            None if words == "gone" => Some(Self::Gone),
            Some(("malware", advisory)) => Some(Self::Malware(word(advisory)?)),
            _ => None,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unpublished => f.write_str("unpublished"),
            Self::Gone => f.write_str("gone"),
            Self::Malware(advisory) => write!(f, "malware {advisory}"),
        }
    }
}

/// That something became of a version. `Display` writes the leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The version.
    pub key: PackageKey,
    /// The leaf of its record.
    pub leaf: Hash,
    /// When that was found, in seconds since 1970.
    pub time: u64,
    /// What became of it.
    pub state: State,
}

impl Status {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut lines = Lines::of(text, LeafKind::Status)?;
        let (key, leaf) = lines.subject()?;
        let time = decimal(lines.next("time")?)?;
        let state = State::parse(lines.next("status")?)?;
        let status = Self { key, leaf, time, state };
        (status.to_string() == text).then_some(status)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_subject(f, LeafKind::Status, &self.key, self.leaf)?;
        writeln!(f, "time {}\nstatus {}", self.time, self.state)
    }
}

fn write_subject(
    f: &mut fmt::Formatter<'_>,
    kind: LeafKind,
    key: &PackageKey,
    leaf: Hash,
) -> fmt::Result {
    let first = kind.first_line().unwrap_or_default();
    writeln!(
        f,
        "{first}\npkg {} {}\nns {}\nleaf {leaf}",
        key.name(),
        key.version(),
        key.namespace()
    )
}

/// The lines of a leaf, taken in order.
pub(super) struct Lines<'a>(std::iter::Peekable<std::str::Split<'a, char>>);

impl<'a> Lines<'a> {
    /// Those behind the first line of a leaf of this kind.
    pub(super) fn of(text: &'a str, kind: LeafKind) -> Option<Self> {
        let body = text.strip_suffix('\n').filter(|body| body.len() <= MAX_TEXT)?;
        let rest = body.strip_prefix(kind.first_line()?)?.strip_prefix('\n')?;
        Some(Self(rest.split('\n').peekable()))
    }

    /// What stands behind `key` in the next line; nothing is taken where that is another line.
    pub(super) fn next(&mut self, key: &str) -> Option<&'a str> {
        let words = self.0.peek()?.strip_prefix(key)?.strip_prefix(' ')?;
        self.0.next();
        Some(words)
    }

    fn subject(&mut self) -> Option<(PackageKey, Hash)> {
        let (name, version) = self.next("pkg")?.split_once(' ')?;
        let key = PackageKey::new(self.next("ns")?, name, version)?;
        Some((key, self.next("leaf")?.parse().ok()?))
    }
}

/// A text that can stand between spaces.
pub(super) fn word(text: &str) -> Option<String> {
    super::is_word(text).then(|| text.to_owned())
}
