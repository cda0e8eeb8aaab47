//! What is where in a packument: its tags, and where each field and each version's manifest lies.
//!
//! The table is one buffer that a cache keeps as it is and opens without reading the document
//! or parsing a version: looking something up reads the table in place. Versions are also
//! ranked, highest first, because choosing one asks for the best that satisfies; those whose
//! manifests speak of an attestation or an approver are listed, because most packages have none.
//!
//! ```text
//! header   10 words     name, id (offset, length), counts of the tables, length of the strings
//! tags      4 words     tag, version
//! fields    6 words     key, start, length, checksum
//! versions  6 words     version, start, length, checksum
//! ranked    1 word      place in `versions`, in descending order; what is no version is left out
//! attested  1 word      place in `versions`
//! strings               what the offsets point into
//! ```
//!
//! Words are `u32`, little-endian.

use std::{cmp::Ordering, ops::Range, sync::LazyLock};

use bytes::Bytes;
use memchr::memmem;

use super::scan::Scanned;
use crate::{
    fs::damage_sum,
    spec::{Version, plain_numbers},
};

const HEADER: usize = 10;
const TAG: usize = 4;
const ENTRY: usize = 6;
/// The offset of a string that is not there.
const NONE: u32 = u32::MAX;

/// How much a table says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it: it is kept, and the document lies on disk, where it may change.
    Whole,
    /// Where values are. The document lies in memory, most often for one question, and the rest
    /// is found when it is asked for: checksums are 0, nothing is ranked, nothing listed.
    Places,
}

/// The table, readable in place.
#[derive(Clone, Debug)]
pub(super) struct Index {
    bytes: Bytes,
    header: [u32; HEADER],
    strings: Range<usize>,
}

/// A value of the document: where it lies, and the checksum that tells whether it is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub start: u32,
    pub length: u32,
    pub sum: u64,
}

impl Span {
    fn of([_, _, start, length, low, high]: [u32; ENTRY]) -> Self {
        Self { start, length, sum: u64::from(low) | u64::from(high) << 32 }
    }
}

impl Index {
    /// The table of a document that was read; `None` for one of over 4 GiB.
    pub(super) fn build(scanned: &Scanned<'_>, extent: Extent) -> Option<Self> {
        let mut writer = Writer::default();
        let entries = scanned.fields.len() + scanned.versions.len();
        let mut tables = Vec::with_capacity(
            scanned.dist_tags.len() * TAG + entries * ENTRY + scanned.versions.len(),
        );
        let name = writer.optional(scanned.name.as_deref())?;
        let id = writer.optional(scanned.id.as_deref())?;
        for (tag, version) in &scanned.dist_tags {
            tables.extend(writer.text(tag)?);
            tables.extend(writer.text(version)?);
        }
        for (key, raw) in scanned.fields.iter().chain(&scanned.versions) {
            tables.extend(writer.text(key)?);
            let sum = match extent {
                Extent::Whole => damage_sum(raw.get().as_bytes()),
                Extent::Places => 0,
            };
            let [low, high] = [sum & u64::from(u32::MAX), sum >> 32].map(u32::try_from);
            let start = u32::try_from(scanned.offset(raw)).ok()?;
            tables.extend([start, u32::try_from(raw.get().len()).ok()?, low.ok()?, high.ok()?]);
        }
        let (mut order, mut attested) = (Vec::new(), Vec::new());
        if extent == Extent::Whole {
            order = ranked(scanned.versions.keys().map(String::as_str));
            let manifests = scanned.versions.values().zip(0_u32..);
            let manifests = manifests.filter(|(raw, _)| speaks_of_origin(raw.get().as_bytes()));
            attested.extend(manifests.map(|(_, place)| place));
        }
        tables.extend(order.iter().chain(&attested));
        let counts = [
            scanned.dist_tags.len(),
            scanned.fields.len(),
            scanned.versions.len(),
            order.len(),
            attested.len(),
            writer.strings.len(),
        ];
        let mut header = vec![name[0], name[1], id[0], id[1]];
        for count in counts {
            header.push(u32::try_from(count).ok()?);
        }
        let mut bytes = Vec::with_capacity((HEADER + tables.len()) * 4 + writer.strings.len());
        for word in header.into_iter().chain(tables) {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        bytes.extend_from_slice(&writer.strings);
        Self::open(bytes.into())
    }

    /// Opens a table; `None` where it is not whole.
    pub(super) fn open(bytes: Bytes) -> Option<Self> {
        let (words, _) = bytes.as_chunks::<4>();
        let (header, _) = words.split_first_chunk::<HEADER>()?;
        let header = header.map(u32::from_le_bytes);
        let [_, _, _, _, tags, fields, versions, ranked, attested, strings] =
            header.map(|word| usize::try_from(word).unwrap_or(usize::MAX));
        let tables = tags
            .checked_mul(TAG)?
            .checked_add(fields.checked_add(versions)?.checked_mul(ENTRY)?)?
            .checked_add(ranked)?
            .checked_add(attested)?
            .checked_add(HEADER)?;
        let start = tables.checked_mul(4)?;
        let end = start.checked_add(strings)?;
        (end == bytes.len()).then_some(())?;
        Some(Self { bytes, header, strings: start..end })
    }

    pub(super) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.text([self.header[0], self.header[1]])
    }

    pub(super) fn id(&self) -> Option<&str> {
        self.text([self.header[2], self.header[3]])
    }

    /// Tags and their versions, in the document's order.
    pub(super) fn dist_tags(&self) -> impl Iterator<Item = (&str, &str)> {
        self.table::<TAG>(HEADER, self.header[4])
            .filter_map(|[a, b, c, d]| Some((self.text([a, b])?, self.text([c, d])?)))
    }

    pub(super) fn field(&self, key: &str) -> Option<Span> {
        self.find(self.fields_start(), self.header[5], key)
    }

    pub(super) fn version(&self, version: &str) -> Option<Span> {
        self.find(self.versions_start(), self.header[6], version)
    }

    /// The versions in the document's order.
    pub(super) fn versions(&self) -> impl ExactSizeIterator<Item = &str> {
        self.table::<ENTRY>(self.versions_start(), self.header[6])
            .map(|[offset, length, ..]| self.text([offset, length]).unwrap_or_default())
    }

    /// Where the manifests lie, in the order of the versions.
    pub(super) fn manifests(&self) -> impl Iterator<Item = Span> {
        self.table(self.versions_start(), self.header[6]).map(Span::of)
    }

    /// What are versions, the highest first; those that compare as equal in the document's order.
    pub(super) fn ranked(&self) -> impl Iterator<Item = &str> {
        self.placed(self.ranked_start(), self.header[7])
    }

    /// Those whose manifests speak of an attestation or an approver, in the document's order.
    pub(super) fn attested(&self) -> impl Iterator<Item = &str> {
        self.placed(self.ranked_start() + count(self.header[7]), self.header[8])
    }

    /// The versions whose places a table lists.
    fn placed(&self, start: usize, entries: u32) -> impl Iterator<Item = &str> {
        self.table::<1>(start, entries).filter_map(|[place]| self.version_at(place))
    }

    /// The version at a place in the document's order.
    pub(super) fn version_at(&self, place: u32) -> Option<&str> {
        let [offset, length] = self.words(self.versions_start() + count(place) * ENTRY)?;
        (place < self.header[6]).then_some(())?;
        self.text([offset, length])
    }

    fn ranked_start(&self) -> usize {
        self.versions_start() + count(self.header[6]) * ENTRY
    }

    fn fields_start(&self) -> usize {
        HEADER + count(self.header[4]) * TAG
    }

    fn versions_start(&self) -> usize {
        self.fields_start() + count(self.header[5]) * ENTRY
    }

    fn find(&self, start: usize, entries: u32, key: &str) -> Option<Span> {
        let length = u32::try_from(key.len()).ok()?;
        let found = |entry: &[u32; ENTRY]| {
            entry[1] == length && self.string([entry[0], entry[1]]) == Some(key.as_bytes())
        };
        // What is asked for was most often published of late.
        self.table(start, entries).rev().find(found).map(Span::of)
    }

    fn table<const N: usize>(
        &self,
        start: usize,
        entries: u32,
    ) -> impl ExactSizeIterator<Item = [u32; N]> + DoubleEndedIterator {
        (0..count(entries)).map(move |place| self.words(start + place * N).unwrap_or([NONE; N]))
    }

    /// `N` words from the `start`th.
    fn words<const N: usize>(&self, start: usize) -> Option<[u32; N]> {
        let (words, _) = self.bytes.get(start.checked_mul(4)?..)?.as_chunks::<4>();
        Some(words.first_chunk::<N>()?.map(u32::from_le_bytes))
    }

    fn text(&self, place: [u32; 2]) -> Option<&str> {
        std::str::from_utf8(self.string(place)?).ok()
    }

    fn string(&self, [offset, length]: [u32; 2]) -> Option<&[u8]> {
        let strings = self.bytes.get(self.strings.clone())?;
        let start = count(offset);
        strings.get(start..start.checked_add(count(length))?)
    }
}

fn count(word: u32) -> usize {
    usize::try_from(word).unwrap_or(usize::MAX)
}

/// Whether a manifest has the words of an attestation or an approver anywhere.
pub(super) fn speaks_of_origin(manifest: &[u8]) -> bool {
    static WORDS: LazyLock<[memmem::Finder<'_>; 2]> =
        LazyLock::new(|| ["\"attestations\"", "\"approver\""].map(memmem::Finder::new));
    WORDS.iter().any(|word| word.find(manifest).is_some())
}

/// The places of what are versions, in descending order.
pub(super) fn ranked<'a>(versions: impl Iterator<Item = &'a str>) -> Vec<u32> {
    let read = versions.zip(0_u32..).filter_map(|(text, place)| Some((Rank::of(text)?, place)));
    let mut read: Vec<_> = read.collect();
    // Registries append what is published, so nearly all are in ascending order: a sort that
    // finds the run costs a comparison each.
    read.reverse();
    read.sort_by(|(a, x), (b, y)| b.cmp(a).then(x.cmp(y)));
    read.into_iter().map(|(_, place)| place).collect()
}

/// What the order of versions depends on.
#[derive(PartialEq, Eq)]
struct Rank {
    numbers: [u64; 3],
    /// The whole version where it is a prerelease: those come before the release.
    prerelease: Option<Version>,
}

impl Rank {
    /// `None` for what is no version. Three plain numbers, as nearly all are, are read as such.
    fn of(text: &str) -> Option<Self> {
        if let Some(numbers) = plain_numbers(text) {
            return Some(Self { numbers, prerelease: None });
        }
        let version = Version::parse_loose(text).ok()?;
        let numbers = [version.major(), version.minor(), version.patch()];
        Some(Self { numbers, prerelease: version.is_prerelease().then_some(version) })
    }
}

impl Ord for Rank {
    fn cmp(&self, other: &Self) -> Ordering {
        let prereleases = || match (&self.prerelease, &other.prerelease) {
            (Some(own), Some(other)) => own.cmp(other),
            (own, other) => own.is_none().cmp(&other.is_none()),
        };
        self.numbers.cmp(&other.numbers).then_with(prereleases)
    }
}

impl PartialOrd for Rank {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Collects the strings.
#[derive(Default)]
struct Writer {
    strings: Vec<u8>,
}

impl Writer {
    fn text(&mut self, text: &str) -> Option<[u32; 2]> {
        let offset = u32::try_from(self.strings.len()).ok()?;
        self.strings.extend_from_slice(text.as_bytes());
        Some([offset, u32::try_from(text.len()).ok()?])
    }

    fn optional(&mut self, text: Option<&str>) -> Option<[u32; 2]> {
        text.map_or(Some([NONE, 0]), |text| self.text(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranked_is_descending_and_keeps_the_order_of_equals() {
        let versions = ["1.0.0", "junk", "2.0.0-rc.1", "10.0.0", "2.0.0+a", "2.0.0+b", "1.0.0-0"];
        assert_eq!(ranked(versions.into_iter()), [3, 4, 5, 2, 0, 6]);
    }

    proptest! {
        #[test]
        fn ranks_are_in_the_order_of_versions(texts in prop::collection::vec("[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{1,17}(-[0-9a-c]{1,2}|[+]a|b)?", 2)) {
            let version = |at: usize| Version::parse_loose(&texts[at]).ok();
            let rank = |at: usize| Rank::of(&texts[at]);
            prop_assert_eq!(rank(0).is_some(), version(0).is_some());
            if let (Some(a), Some(b)) = (version(0), version(1)) {
                prop_assert_eq!(rank(0).unwrap().cmp(&rank(1).unwrap()), a.cmp(&b));
            }
        }

        #[test]
        fn open_and_every_look_up_survive_any_bytes(bytes: Vec<u8>, counts: [u8; 6]) {
            let header = [0_u8, 4, 9, 2].into_iter().chain(counts).map(u32::from);
            let whole = header.flat_map(u32::to_le_bytes).chain(bytes).collect::<Vec<u8>>();
            if let Some(index) = Index::open(whole.into()) {
                let _any = (index.name(), index.id(), index.field("a"), index.version("1.0.0"));
                let _all = (index.dist_tags().count(), index.versions().count(), index.ranked().count(), index.attested().count());
            }
        }
    }
}
