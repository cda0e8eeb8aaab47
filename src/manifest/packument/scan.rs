//! A packument read once, without parsing any version: what lies where.

use std::{fmt, marker::PhantomData};

use foldhash::fast::RandomState;
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{MAX_ENTRIES, PackumentError};
use crate::plain::Plain;

/// Keys of a document in its order; hashed with a seed of this run.
type IndexMap<K, V> = indexmap::IndexMap<K, V, RandomState>;

/// What was found in a document; values are borrowed from it.
pub(super) struct Scanned<'a> {
    bytes: &'a [u8],
    pub name: Option<String>,
    pub id: Option<String>,
    pub dist_tags: IndexMap<String, String>,
    /// Every other field.
    pub fields: IndexMap<String, &'a RawValue>,
    pub versions: IndexMap<String, &'a RawValue>,
}

impl<'a> Scanned<'a> {
    /// Reads a document.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, PackumentError> {
        let Document { versions, dist_tags, fields } = serde_json::from_slice(bytes)?;
        let string =
            |key: &str| fields.get(key).and_then(|raw| serde_json::from_str(raw.get()).ok());
        Ok(Self {
            bytes,
            name: string("name"),
            id: string("_id"),
            dist_tags: dist_tags.unwrap_or_default(),
            fields,
            versions: versions.unwrap_or_default(),
        })
    }

    /// Where a value lies in the document.
    pub(super) fn offset(&self, raw: &RawValue) -> usize {
        raw.get().as_ptr().addr().saturating_sub(self.bytes.as_ptr().addr())
    }
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
        let mut document =
            Document { versions: None, dist_tags: None, fields: IndexMap::default() };
        while let Some(key) = map.next_key::<String>()? {
            let repeated = match key.as_str() {
                "versions" => document.versions.replace(map.next_value::<Unique<_>>()?.0).is_some(),
                "dist-tags" => {
                    let Unique(tags) = map.next_value::<Unique<Plain>>()?;
                    let text =
                        |(tag, version): (String, Plain)| Some((tag, version.0.as_str()?.into()));
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
        Ok(Unique(IndexMap::default()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = IndexMap::default();
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
