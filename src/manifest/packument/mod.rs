//! All versions of a package, read in one pass without parsing any of them.
//!
//! A packument may hold 25 MB and thousands of versions of which an install wants one. Reading it
//! records where each version's manifest lies in the buffer; a manifest is parsed when asked for,
//! once. The buffer is shared, so a disk cache can hand over its own.

use super::{
    manifest::{Manifest, ManifestError},
    time::parse_epoch_ms,
};
use crate::{
    error::{Code, Explain},
    spec::PackageName,
};
use bytes::Bytes;
use indexmap::IndexMap;
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use serde_json::{Value, value::RawValue};
use std::{
    fmt,
    marker::PhantomData,
    ops::Range,
    sync::{Arc, OnceLock},
};

/// Most versions, tags or fields of a packument. The largest known package has below 40,000.
const MAX_ENTRIES: usize = 100_000;

/// A packument, full or abbreviated.
#[derive(Debug)]
pub struct Packument {
    bytes: Bytes,
    name: Option<String>,
    id: Option<String>,
    dist_tags: IndexMap<String, String>,
    versions: IndexMap<String, Entry>,
    /// Where the other fields lie.
    fields: IndexMap<String, Range<usize>>,
    time: OnceLock<IndexMap<String, String>>,
}

#[derive(Debug)]
struct Entry {
    span: Range<usize>,
    manifest: OnceLock<Arc<Manifest>>,
}

/// What choosing among versions asks of each of them.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Glance {
    /// `engines`.
    #[serde(default)]
    pub engines: Option<Value>,
    /// `deprecated`.
    #[serde(default)]
    pub deprecated: Option<Value>,
}

impl Glance {
    /// Whether the version is deprecated, as `!!deprecated`.
    pub fn is_deprecated(&self) -> bool {
        self.deprecated.as_ref().is_some_and(super::manifest::is_truthy)
    }
}

/// A packument that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PackumentError {
    /// Not JSON, not of a packument's shape, a key given twice, or too many entries.
    #[error("packument cannot be read: {0}")]
    Json(#[from] serde_json::Error),
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
            Self::Json(_) => Code::InvalidResponse,
            Self::WrongName { .. } => Code::ManifestMismatch,
        }
    }

    fn package(&self) -> Option<String> {
        match self {
            Self::Json(_) => None,
            Self::WrongName { expected, .. } => Some(expected.clone()),
        }
    }
}

impl Packument {
    /// Reads a packument. The buffer is kept, not copied.
    ///
    /// # Errors
    /// [`PackumentError::Json`]; also for a version given twice, and for more than 100,000
    /// versions.
    pub fn parse(bytes: Bytes) -> Result<Self, PackumentError> {
        let document: Document<'_> = serde_json::from_slice(&bytes)?;
        let span = |raw: &RawValue| span_of(&bytes, raw);
        let entry = |raw| Entry { span: span(raw), manifest: OnceLock::new() };
        let versions = document.versions.unwrap_or_default().into_iter();
        let string = |key: &str| {
            document.fields.get(key).and_then(|raw| serde_json::from_str(raw.get()).ok())
        };
        let (name, id) = (string("name"), string("_id"));
        let versions = versions.map(|(version, raw)| (version, entry(raw))).collect();
        let fields = document.fields.iter().map(|(key, raw)| (key.clone(), span(raw))).collect();
        let dist_tags = document.dist_tags.unwrap_or_default();
        Ok(Self { name, id, dist_tags, versions, fields, time: OnceLock::new(), bytes })
    }

    /// `name`, else `_id`.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref().or(self.id.as_deref())
    }

    /// Checks that the document is about the package that was asked for.
    ///
    /// # Errors
    /// [`PackumentError::WrongName`] if `name` or `_id` differs, or neither is there.
    pub fn verify_name(&self, expected: &PackageName) -> Result<(), PackumentError> {
        let mut given = [&self.name, &self.id].into_iter().flatten();
        let wrong = given.clone().find(|name| *name != expected.as_str());
        if wrong.is_none() && given.next().is_some() {
            return Ok(());
        }
        Err(PackumentError::WrongName {
            expected: expected.as_str().to_owned(),
            found: wrong.cloned(),
        })
    }

    /// `dist-tags` in the document's order.
    pub fn dist_tags(&self) -> &IndexMap<String, String> {
        &self.dist_tags
    }

    /// The versions in the document's order, which is that of publication.
    pub fn versions(&self) -> impl ExactSizeIterator<Item = &str> {
        self.versions.keys().map(String::as_str)
    }

    /// Whether there is such a version.
    pub fn has_version(&self, version: &str) -> bool {
        self.versions.contains_key(version)
    }

    /// The manifest of a version, parsed at the first call.
    pub fn manifest(&self, version: &str) -> Option<Result<Arc<Manifest>, ManifestError>> {
        let entry = self.versions.get(version)?;
        if let Some(manifest) = entry.manifest.get() {
            return Some(Ok(Arc::clone(manifest)));
        }
        let parsed = Manifest::from_slice(self.slice(&entry.span)).map(Arc::new);
        Some(parsed.map(|manifest| Arc::clone(entry.manifest.get_or_init(|| manifest))))
    }

    /// The JSON of a version's manifest, as it stands.
    pub fn raw_manifest(&self, version: &str) -> Option<&[u8]> {
        self.versions.get(version).map(|entry| self.slice(&entry.span))
    }

    /// What [`Packument::manifest`] would say of engines and deprecation, for a fraction of the
    /// work. `None` if there is no such version or it cannot be read.
    pub fn glance(&self, version: &str) -> Option<Glance> {
        let entry = self.versions.get(version)?;
        if let Some(manifest) = entry.manifest.get() {
            return Some(Glance {
                engines: manifest.engines.clone(),
                deprecated: manifest.deprecated.clone(),
            });
        }
        // A key given twice is refused here and the last one taken there, as in JavaScript.
        serde_json::from_slice(self.slice(&entry.span)).ok().or_else(|| {
            let manifest = self.manifest(version)?.ok()?;
            Some(Glance {
                engines: manifest.engines.clone(),
                deprecated: manifest.deprecated.clone(),
            })
        })
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

    /// Whether the document carries publication times.
    pub fn has_times(&self) -> bool {
        !self.times().is_empty()
    }

    /// When the document last changed, as written: `modified` of an abbreviated packument, else
    /// `time.modified`.
    pub fn modified(&self) -> Option<String> {
        let own = self.raw_field("modified").and_then(|raw| serde_json::from_slice(raw).ok());
        own.or_else(|| self.time("modified").map(str::to_owned))
    }

    /// The JSON of a top-level field other than `versions` and `dist-tags`, as it stands.
    pub fn raw_field(&self, key: &str) -> Option<&[u8]> {
        self.fields.get(key).map(|span| self.slice(span))
    }

    /// The document's bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    fn times(&self) -> &IndexMap<String, String> {
        self.time.get_or_init(|| {
            let raw = self.raw_field("time").unwrap_or(b"{}");
            let times: IndexMap<String, Value> = serde_json::from_slice(raw).unwrap_or_default();
            let text =
                |(version, time): (String, Value)| Some((version, time.as_str()?.to_owned()));
            times.into_iter().filter_map(text).collect()
        })
    }

    fn slice(&self, span: &Range<usize>) -> &[u8] {
        self.bytes.get(span.clone()).unwrap_or_default()
    }
}

/// Where a value borrowed from the buffer lies in it.
fn span_of(bytes: &[u8], raw: &RawValue) -> Range<usize> {
    let start = raw.get().as_ptr().addr().saturating_sub(bytes.as_ptr().addr());
    start..start + raw.get().len()
}

/// The document while it is read: values borrowed from the buffer.
struct Document<'a> {
    versions: Option<IndexMap<String, &'a RawValue>>,
    dist_tags: Option<IndexMap<String, String>>,
    fields: IndexMap<String, &'a RawValue>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Document<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(DocumentVisitor)
    }
}

struct DocumentVisitor;

impl<'de> Visitor<'de> for DocumentVisitor {
    type Value = Document<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a packument")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut document = Document { versions: None, dist_tags: None, fields: IndexMap::new() };
        while let Some(key) = map.next_key::<String>()? {
            let repeated = match key.as_str() {
                "versions" => document.versions.replace(map.next_value::<Unique<_>>()?.0).is_some(),
                "dist-tags" => {
                    let Unique(tags) = map.next_value::<Unique<Value>>()?;
                    let text =
                        |(tag, version): (String, Value)| Some((tag, version.as_str()?.to_owned()));
                    document
                        .dist_tags
                        .replace(tags.into_iter().filter_map(text).collect())
                        .is_some()
                }
                _ => document.fields.insert(key.clone(), map.next_value()?).is_some(),
            };
            if repeated {
                return Err(A::Error::custom(format_args!("field {key:?} is given twice")));
            }
            if document.fields.len() > MAX_ENTRIES {
                return Err(A::Error::custom("too many fields"));
            }
        }
        Ok(document)
    }
}

/// An object whose keys occur once; `null` is as good as empty.
struct Unique<T>(IndexMap<String, T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Unique<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor(PhantomData))
    }
}

struct UniqueVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for UniqueVisitor<T> {
    type Value = Unique<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Unique(IndexMap::new()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = IndexMap::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value()?;
            if entries.len() >= MAX_ENTRIES {
                return Err(A::Error::custom("too many entries"));
            }
            match entries.entry(key) {
                indexmap::map::Entry::Vacant(vacant) => {
                    vacant.insert(value);
                }
                indexmap::map::Entry::Occupied(occupied) => {
                    return Err(A::Error::custom(format_args!(
                        "{:?} is given twice",
                        occupied.key()
                    )));
                }
            }
        }
        Ok(Unique(entries))
    }
}

#[cfg(test)]
mod tests;
