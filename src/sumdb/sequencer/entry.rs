//! What is appended, and by what it is found again.

use crate::sumdb::{
    record::{Evidence, Leaf, PackageKey, Record},
    tile::is_record_text,
    tlog::{Hash, leaf_hash},
};

/// Whose records a log holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// npm packages: `denpm-sum/v1` and the leaves beside it.
    #[default]
    Packages,
    /// Go modules, `<module> <version> h1:…` lines: what Go's own client can look up. It proves
    /// that formats and server are Go's, and serves no other purpose.
    GoModules,
}

/// The namespace under which modules are found.
pub(in crate::sumdb) const GO: &str = "go";

impl Profile {
    /// The word for it in a store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Packages => "packages",
            Self::GoModules => "go-modules",
        }
    }

    /// The profile of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Packages, Self::GoModules].into_iter().find(|profile| profile.as_str() == word)
    }

    /// By what a leaf is found; `None` for one that is not looked up.
    pub fn key_of(self, text: &[u8]) -> Option<PackageKey> {
        match self {
            Self::Packages => match Leaf::parse(text) {
                Leaf::Package(record) => Some(record.key),
                _ => None,
            },
            Self::GoModules => {
                let mut words = str::from_utf8(text).ok()?.lines().next()?.split(' ');
                let (module, version) = (words.next()?, words.next()?);
                PackageKey::new(GO, module, version)
            }
        }
    }
}

/// A leaf to append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    key: Option<PackageKey>,
    text: Vec<u8>,
    /// What is appended as well, where this is new.
    beside: Option<Vec<u8>>,
}

impl Entry {
    /// The record of a version.
    pub fn package(record: &Record) -> Self {
        let text = record.to_string().into_bytes();
        Self { key: Some(record.key.clone()), text, beside: None }
    }

    /// The record of a version, and what stood for it, which is logged where the record is new.
    pub fn proven_package(record: &Record, evidence: &Evidence) -> Self {
        Self { beside: Some(evidence.to_string().into_bytes()), ..Self::package(record) }
    }

    /// Any leaf; `None` for bytes that not both layouts can carry.
    pub fn text(profile: Profile, text: &[u8]) -> Option<Self> {
        let (key, text) = (profile.key_of(text), text.to_vec());
        is_record_text(&text).then_some(Self { key, text, beside: None })
    }

    /// By what it is found.
    pub fn key(&self) -> Option<&PackageKey> {
        self.key.as_ref()
    }

    pub(super) fn leaf(&self) -> Hash {
        leaf_hash(&self.text)
    }

    /// What is to be appended behind all that is new together with this.
    pub(super) fn take_beside(&mut self) -> Option<Self> {
        let text = self.beside.take()?;
        Some(Self { key: None, text, beside: None })
    }

    pub(super) fn into_text(self) -> Vec<u8> {
        self.text
    }
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is new, at this place.
    New(u64),
    /// It was there already, the same.
    Before(u64),
    /// There is another record of the same version, at this place; nothing was added.
    Otherwise(u64),
}
