//! What a packument says of a few versions, read without making an index of the others.
//!
//! A lockfile names versions, and hundreds of packuments are read for what they say of one each.
//! The text is still read to its end, as JSON and at the depth where versions stand: a key of that
//! name elsewhere in it answers nothing. What is passed over is not looked at any closer: that its
//! texts are UTF-8 and its keys stand once is asked of the wanted parts only.

use std::{fmt, sync::Arc};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{MAX_ENTRIES, PackumentError, text_of, times_of, verify_name};
use crate::{
    manifest::{json::Key, manifest::Manifest},
    spec::PackageName,
};

/// What a packument says of one version.
#[derive(Clone, Debug, PartialEq)]
pub struct Release {
    /// Its manifest.
    pub manifest: Arc<Manifest>,
    /// When it was published, as written; only full packuments tell.
    pub time: Option<String>,
}

/// What a packument says of the versions that it was read for.
#[derive(Clone, Debug, PartialEq)]
pub struct Excerpt {
    pub(super) name: Option<String>,
    pub(super) id: Option<String>,
    /// Those that it has and that can be read.
    pub(super) releases: Vec<(String, Release)>,
}

impl Excerpt {
    /// Reads a packument's text for `versions`.
    ///
    /// # Errors
    /// [`PackumentError::Json`]; also for one of these versions that is given twice, and for more
    /// than 100,000 versions.
    pub fn read(versions: &[String], text: &[u8]) -> Result<Self, PackumentError> {
        let mut json = serde_json::Deserializer::from_slice(text);
        let found = json.deserialize_map(Document(versions))?;
        json.end()?;
        let (name, id) = (found.name.and_then(text_of), found.id.and_then(text_of));
        let versions = found.versions.unwrap_or_default();
        let keys: Vec<&str> = versions.iter().map(|(version, _)| version.as_str()).collect();
        let times = found.time.map_or(&b"{}"[..], |raw| raw.get().as_bytes());
        let times = times_of(times, &keys);
        let release = |((version, raw), time): ((String, &RawValue), _)| {
            let manifest = Arc::new(Manifest::from_slice(raw.get().as_bytes()).ok()?);
            Some((version, Release { manifest, time }))
        };
        let releases = versions.into_iter().zip(times).filter_map(release).collect();
        Ok(Self { name, id, releases })
    }

    /// As [`Packument::verify_name`](super::Packument::verify_name).
    ///
    /// # Errors
    /// [`PackumentError::WrongName`].
    pub fn verify_name(&self, expected: &PackageName) -> Result<(), PackumentError> {
        verify_name([self.name.as_deref(), self.id.as_deref()], expected)
    }

    /// What it says of one of the versions it was read for; `None` for one that it does not have.
    pub fn release(&self, version: &str) -> Option<&Release> {
        self.releases.iter().find(|(own, _)| own == version).map(|(_, release)| release)
    }
}

/// The parts of a document that are wanted, as they stand.
#[derive(Default)]
struct Found<'a> {
    name: Option<&'a RawValue>,
    id: Option<&'a RawValue>,
    time: Option<&'a RawValue>,
    versions: Option<Vec<(String, &'a RawValue)>>,
}

/// Finds them.
struct Document<'v>(&'v [String]);

impl<'de> Visitor<'de> for Document<'_> {
    type Value = Found<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a packument")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = Found::default();
        while let Some(Key(key)) = map.next_key::<Key<'de>>()? {
            let repeated = match &*key {
                "name" => found.name.replace(map.next_value()?).is_some(),
                "_id" => found.id.replace(map.next_value()?).is_some(),
                "time" => found.time.replace(map.next_value()?).is_some(),
                "versions" => {
                    let wanted = map.next_value_seed(Versions(self.0))?;
                    found.versions.replace(wanted).is_some()
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    false
                }
            };
            if repeated {
                return Err(A::Error::custom(format_args!("field {key:?} is given twice")));
            }
        }
        Ok(found)
    }
}

/// Finds the wanted ones among all versions; `null` is as good as none.
struct Versions<'v>(&'v [String]);

impl<'de> DeserializeSeed<'de> for Versions<'_> {
    type Value = Vec<(String, &'de RawValue)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Versions<'_> {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("versions")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found: Self::Value = Vec::new();
        let mut entries = 0;
        while let Some(Key(key)) = map.next_key::<Key<'de>>()? {
            entries += 1;
            if entries > MAX_ENTRIES {
                return Err(A::Error::custom("too many entries"));
            }
            if !self.0.iter().any(|wanted| *wanted == key) {
                map.next_value::<IgnoredAny>()?;
            } else if found.iter().any(|(known, _)| *known == key) {
                return Err(A::Error::custom(format_args!("{key:?} is given twice")));
            } else {
                found.push((key.into_owned(), map.next_value()?));
            }
        }
        Ok(found)
    }
}
