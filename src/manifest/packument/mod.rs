//! All versions of a package, read in one pass without parsing any of them.
//!
//! A packument may hold 25 MB and thousands of versions of which an install wants one. Reading it
//! makes an index of where each version's manifest lies; a manifest is parsed when asked for,
//! once. The index is one buffer a cache keeps beside the document, so that a cached packument is
//! opened by reading the index alone; what the document says is then read value by value, and each
//! value is known again by its checksum.

mod excerpt;
mod index;
mod scan;

pub use self::excerpt::{Excerpt, Release};
use self::{
    index::{Extent, Index, Span, ranked, speaks_of_origin},
    scan::Scanned,
};
use super::{
    json::Key,
    manifest::{Manifest, ManifestError},
    time::parse_epoch_ms,
};
use crate::{
    error::{Code, Explain},
    fs::damage_sum,
    spec::PackageName,
};
use bytes::Bytes;
use indexmap::IndexMap;
use serde::{
    Deserializer as _,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{
    fmt, io,
    ops::Range,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

/// Most versions, tags or fields of a packument. The largest known package has below 40,000.
const MAX_ENTRIES: usize = 100_000;

/// Where the text of a packument lies.
pub trait Document: Send + Sync {
    /// The bytes of `range`.
    ///
    /// # Errors
    /// Whatever keeps them from being read, and a document that is shorter.
    fn read(&self, range: Range<u64>) -> io::Result<Bytes>;
}

impl Document for Bytes {
    fn read(&self, range: Range<u64>) -> io::Result<Bytes> {
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        let range = place(range.start)..place(range.end);
        let found = self.get(range.clone()).map(|_| self.slice(range));
        found.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

/// A packument, full or abbreviated.
pub struct Packument {
    index: Index,
    extent: Extent,
    document: Arc<dyn Document>,
    /// The places of the versions, highest first, where the index does not rank them.
    ranked: OnceLock<Vec<u32>>,
    /// The places of the attested versions, where the index does not list them.
    attested: OnceLock<Vec<u32>>,
    /// What was parsed: few of many.
    manifests: Mutex<Vec<(Span, Arc<Manifest>)>>,
    time: OnceLock<IndexMap<String, String>>,
}

impl fmt::Debug for Packument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packument").field("index", &self.index).finish_non_exhaustive()
    }
}

/// A packument that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PackumentError {
    /// Not JSON, not of a packument's shape, a key given twice, or too many entries.
    #[error("packument cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// Too large to be indexed.
    #[error("packument is larger than 4 GiB")]
    TooLarge,
    /// The document is about another package.
    #[error("packument is of {}, not of {expected}", found.as_deref().unwrap_or("no package"))]
    WrongName {
        /// The name that was asked for.
        expected: String,
        /// The name the document gives.
        found: Option<String>,
    },
}

impl Explain for PackumentError {
    fn code(&self) -> Code {
        match self {
            Self::Json(_) | Self::TooLarge => Code::InvalidResponse,
            Self::WrongName { .. } => Code::ManifestMismatch,
        }
    }

    fn package(&self) -> Option<String> {
        match self {
            Self::Json(_) | Self::TooLarge => None,
            Self::WrongName { expected, .. } => Some(expected.clone()),
        }
    }
}

impl Packument {
    /// Reads a packument that stays in memory. The buffer is kept, not copied.
    ///
    /// # Errors
    /// [`PackumentError::Json`]; also for a version given twice, and for more than 100,000
    /// versions.
    pub fn parse(bytes: Bytes) -> Result<Self, PackumentError> {
        let index = indexed(&bytes, Extent::Places)?;
        Ok(Self::over(index, Extent::Places, Arc::new(bytes)))
    }

    /// Reads a packument for the sake of a few versions, whose manifests are parsed at once. Whatever
    /// else is asked is read from `document`, where the same text can be had again.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_for(
        versions: &[String],
        text: &[u8],
        document: Arc<dyn Document>,
    ) -> Result<Self, PackumentError> {
        let mut packument = Self::over(indexed(text, Extent::Places)?, Extent::Places, document);
        let place = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
        let manifest = |version: &String| {
            let span = packument.index.version(version)?;
            let raw = text.get(place(span.start)..)?.get(..place(span.length))?;
            Some((span, Arc::new(Manifest::from_slice(raw).ok()?)))
        };
        packument.manifests = Mutex::new(versions.iter().filter_map(manifest).collect());
        Ok(packument)
    }

    /// Reads the text of a packument for the index that [`open`](Self::open) opens again.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn index_of(text: &[u8]) -> Result<Bytes, PackumentError> {
        Ok(indexed(text, Extent::Whole)?.bytes().clone())
    }

    /// A packument that was read before: its index ([`index_of`](Self::index_of)), and where its text
    /// lies now.
    /// `None` if that is no index.
    pub fn open(index: Bytes, document: Arc<dyn Document>) -> Option<Self> {
        Index::open(index).map(|index| Self::over(index, Extent::Whole, document))
    }

    fn over(index: Index, extent: Extent, document: Arc<dyn Document>) -> Self {
        let (ranked, attested, time) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        let manifests = Mutex::default();
        Self { index, extent, document, ranked, attested, manifests, time }
    }

    /// The index it was opened by.
    #[cfg(test)]
    pub(crate) fn index(&self) -> &Bytes {
        self.index.bytes()
    }

    /// `name`, else `_id`.
    pub fn name(&self) -> Option<&str> {
        self.index.name().or_else(|| self.index.id())
    }

    /// Checks that the document is about the package that was asked for.
    ///
    /// # Errors
    /// [`PackumentError::WrongName`] if `name` or `_id` differs, or neither is there.
    pub fn verify_name(&self, expected: &PackageName) -> Result<(), PackumentError> {
        verify_name([self.index.name(), self.index.id()], expected)
    }

    /// `dist-tags` in the document's order.
    pub fn dist_tags(&self) -> impl Iterator<Item = (&str, &str)> {
        self.index.dist_tags()
    }

    /// The version that `tag` stands for.
    pub fn dist_tag(&self, tag: &str) -> Option<&str> {
        self.dist_tags().find(|(name, _)| *name == tag).map(|(_, version)| version)
    }

    /// The versions in the document's order, which is that of publication.
    pub fn versions(&self) -> impl ExactSizeIterator<Item = &str> {
        self.index.versions()
    }

    /// The versions that are valid ones, highest first; those that compare as equal in the
    /// document's order.
    pub fn versions_descending(&self) -> impl Iterator<Item = &str> {
        let late = || match self.extent {
            Extent::Whole => Vec::new(),
            Extent::Places => ranked(self.index.versions()),
        };
        let late = self.ranked.get_or_init(late).iter();
        self.index.ranked().chain(late.filter_map(|&place| self.index.version_at(place)))
    }

    /// The versions whose manifests speak of an attestation or an approver anywhere, in the
    /// document's order: the only ones that may claim a known origin.
    pub fn attested_versions(&self) -> impl Iterator<Item = &str> {
        let late = self.attested.get_or_init(|| match self.extent {
            Extent::Whole => Vec::new(),
            Extent::Places => {
                let speaks = |span| self.slice(span).is_ok_and(|text| speaks_of_origin(&text));
                let manifests = self.index.manifests().zip(0_u32..);
                manifests.filter(|(span, _)| speaks(*span)).map(|(_, place)| place).collect()
            }
        });
        let late = late.iter().filter_map(|&place| self.index.version_at(place));
        self.index.attested().chain(late)
    }

    /// What it says of a version; `None` for one that it does not have, or that cannot be read.
    pub fn release(&self, version: &str) -> Option<Release> {
        let manifest = self.manifest(version)?.ok()?;
        Some(Release { manifest, time: self.time(version).map(str::to_owned) })
    }

    /// What it says of a few versions.
    pub fn excerpt(&self, versions: &[String]) -> Excerpt {
        let release = |version: &String| Some((version.clone(), self.release(version)?));
        Excerpt {
            name: self.index.name().map(str::to_owned),
            id: self.index.id().map(str::to_owned),
            releases: versions.iter().filter_map(release).collect(),
        }
    }

    /// Whether there is such a version.
    pub fn has_version(&self, version: &str) -> bool {
        self.index.version(version).is_some()
    }

    /// The manifest of a version, parsed at the first call.
    ///
    /// # Errors
    /// [`ManifestError`]; [`ManifestError::Lost`] when the document no longer lies where it was.
    pub fn manifest(&self, version: &str) -> Option<Result<Arc<Manifest>, ManifestError>> {
        let span = self.index.version(version)?;
        let parsed = || self.manifests.lock().unwrap_or_else(PoisonError::into_inner);
        let known = parsed().iter().find(|(at, _)| *at == span).map(|(_, known)| Arc::clone(known));
        if let Some(known) = known {
            return Some(Ok(known));
        }
        let read = || -> Result<Arc<Manifest>, ManifestError> {
            let manifest = Arc::new(Manifest::from_slice(&self.slice(span)?)?);
            // Whoever parsed it in the meantime was first.
            let mut parsed = parsed();
            if let Some((_, first)) = parsed.iter().find(|(at, _)| *at == span) {
                return Ok(Arc::clone(first));
            }
            parsed.push((span, Arc::clone(&manifest)));
            Ok(manifest)
        };
        Some(read())
    }

    /// The JSON of a version's manifest, as it stands.
    pub fn raw_manifest(&self, version: &str) -> Option<Bytes> {
        self.slice(self.index.version(version)?).ok()
    }

    /// When a version was published, as written; also `created` and `modified`. Only full
    /// packuments tell.
    pub fn time(&self, version: &str) -> Option<&str> {
        self.times().get(version).map(String::as_str)
    }

    /// When a version was published, in milliseconds since 1970.
    pub fn published_ms(&self, version: &str) -> Option<i64> {
        parse_epoch_ms(self.time(version)?)
    }

    /// As [`published_ms`](Self::published_ms), where no other version's time is wanted: reads past
    /// the others.
    pub fn published_alone_ms(&self, version: &str) -> Option<i64> {
        if self.time.get().is_some() {
            return self.published_ms(version);
        }
        let raw = self.raw_field("time")?;
        parse_epoch_ms(&one_time(&raw, version)?)
    }

    /// Whether the document carries publication times.
    pub fn has_times(&self) -> bool {
        !self.times().is_empty()
    }

    /// When the document last changed, as written: `modified` of an abbreviated packument, else
    /// `time.modified`.
    pub fn modified(&self) -> Option<String> {
        let own = self.raw_field("modified").and_then(|raw| serde_json::from_slice(&raw).ok());
        own.or_else(|| self.time("modified").map(str::to_owned))
    }

    /// The JSON of a top-level field other than `versions` and `dist-tags`, as it stands.
    pub fn raw_field(&self, key: &str) -> Option<Bytes> {
        self.slice(self.index.field(key)?).ok()
    }

    fn times(&self) -> &IndexMap<String, String> {
        self.time.get_or_init(|| {
            let raw = self.raw_field("time").unwrap_or_default();
            let times: IndexMap<String, &RawValue> =
                serde_json::from_slice(&raw).unwrap_or_default();
            times.into_iter().filter_map(|(version, raw)| Some((version, text_of(raw)?))).collect()
        })
    }

    fn slice(&self, span: Span) -> Result<Bytes, ManifestError> {
        let start = u64::from(span.start);
        let bytes = self.document.read(start..start + u64::from(span.length));
        let is_sound =
            |bytes: &Bytes| self.extent == Extent::Places || damage_sum(bytes) == span.sum;
        bytes.ok().filter(is_sound).ok_or(ManifestError::Lost)
    }
}

/// Checks the `name` and the `_id` that a document gives.
fn verify_name(given: [Option<&str>; 2], expected: &PackageName) -> Result<(), PackumentError> {
    let mut given = given.into_iter().flatten();
    let wrong = given.clone().find(|name| *name != expected.as_str());
    if wrong.is_none() && given.next().is_some() {
        return Ok(());
    }
    Err(PackumentError::WrongName {
        expected: expected.as_str().to_owned(),
        found: wrong.map(str::to_owned),
    })
}

fn indexed(text: &[u8], extent: Extent) -> Result<Index, PackumentError> {
    Index::build(&Scanned::read(text)?, extent).ok_or(PackumentError::TooLarge)
}

/// The text of one entry of `time`.
fn one_time(raw: &[u8], version: &str) -> Option<String> {
    times_of(raw, &[version]).pop().flatten()
}

/// The texts of some entries of `time`, in the order of `versions`; of one that is given twice the
/// last, as a whole reading has it. What the others are does not matter.
fn times_of(raw: &[u8], versions: &[&str]) -> Vec<Option<String>> {
    struct Wanted<'v>(&'v [&'v str]);
    impl<'de> Visitor<'de> for Wanted<'_> {
        type Value = Vec<Option<&'de RawValue>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("times")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut found = vec![None; self.0.len()];
            while let Some(key) = map.next_key::<Key<'de>>()? {
                let place = self.0.iter().position(|version| *version == key.0);
                match place.and_then(|place| found.get_mut(place)) {
                    Some(time) => *time = Some(map.next_value()?),
                    None => drop(map.next_value::<IgnoredAny>()?),
                }
            }
            Ok(found)
        }
    }
    let mut json = serde_json::Deserializer::from_slice(raw);
    let Ok(found) = json.deserialize_map(Wanted(versions)) else {
        return vec![None; versions.len()];
    };
    found.into_iter().map(|raw| text_of(raw?)).collect()
}

/// A value that is a text; one that is not takes nothing else with it.
fn text_of(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

#[cfg(test)]
mod tests;
