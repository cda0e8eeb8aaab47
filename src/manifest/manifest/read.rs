//! Reads the fields of a manifest in one pass, each as what it has to be.
//!
//! npm is lenient: a field of another type is as good as absent. So every value is read by a
//! [`Shape`] that takes what it can and reads past the rest. Building all of a document as JSON
//! first would cost several times as much, and a project has thousands of manifests.

use std::{borrow::Cow, collections::HashSet, fmt, marker::PhantomData};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use super::{Dist, Manifest, Signature};
use crate::{
    manifest::{
        json::Key,
        string_map::{Builder, StringMap},
    },
    plain::Plain,
};

/// A manifest as it was read, before it is normalised.
#[derive(Default)]
pub(super) struct Draft {
    pub manifest: Manifest,
    pub dependencies: Listed,
    pub optional_dependencies: Listed,
    /// `bin`.
    pub bin: Option<Value>,
    /// `bundleDependencies`, `null` where it is that.
    pub bundle_dependencies: Option<Value>,
    /// `bundledDependencies`.
    pub bundled_dependencies: Option<Value>,
}

/// An object's entries, and which of them are no strings.
#[derive(Default)]
pub(super) struct Listed {
    pub all: StringMap,
    is_object: bool,
    others: HashSet<String>,
}

impl Listed {
    /// The entries that are strings.
    pub(super) fn texts(self) -> StringMap {
        let Self { mut all, others, .. } = self;
        if !others.is_empty() {
            all.retain(|name, _| !others.contains(name));
        }
        all
    }
}

/// Reads the whole of a JSON text.
pub(super) fn document<S: for<'de> Shape<'de>>(
    bytes: &[u8],
    shape: S,
) -> Result<<S as Shape<'_>>::Value, serde_json::Error> {
    // One look at the whole text is cheaper than one at each string.
    match std::str::from_utf8(bytes) {
        Ok(text) => whole(serde_json::Deserializer::from_str(text), shape),
        Err(_) => whole(serde_json::Deserializer::from_slice(bytes), shape),
    }
}

fn whole<'de, R: serde_json::de::Read<'de>, S: Shape<'de>>(
    mut document: serde_json::Deserializer<R>,
    shape: S,
) -> Result<S::Value, serde_json::Error> {
    let value = Loose::of(shape).deserialize(&mut document)?;
    document.end()?;
    Ok(value)
}

/// Reads an object that was parsed before.
pub(super) fn object(object: &Map<String, Value>) -> Option<Draft> {
    Loose::of(Fields).deserialize(object).ok().flatten()
}

/// What a reader takes from a value; what it does not take is read past.
pub(super) trait Shape<'de>: Sized {
    /// Empty where the value is of another kind.
    type Value: Default;

    fn text(self, _: &str) -> Self::Value {
        Self::Value::default()
    }

    fn flag(self, _: bool) -> Self::Value {
        Self::Value::default()
    }

    fn count(self, _: u64) -> Self::Value {
        Self::Value::default()
    }

    fn object<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::Value::default())
    }

    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::Value::default())
    }
}

/// Reads any value by a shape.
struct Loose<'de, S>(S, PhantomData<&'de ()>);

impl<S> Loose<'_, S> {
    fn of(shape: S) -> Self {
        Self(shape, PhantomData)
    }
}

impl<'de, S: Shape<'de>> DeserializeSeed<'de> for Loose<'de, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, S: Shape<'de>> Visitor<'de> for Loose<'de, S> {
    type Value = S::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a part of a manifest")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<S::Value, A::Error> {
        self.0.object(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<S::Value, A::Error> {
        self.0.list(list)
    }

    fn visit_str<E>(self, text: &str) -> Result<S::Value, E> {
        Ok(self.0.text(text))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<S::Value, E> {
        Ok(self.0.flag(flag))
    }

    fn visit_u64<E>(self, count: u64) -> Result<S::Value, E> {
        Ok(self.0.count(count))
    }

    fn visit_i64<E>(self, _: i64) -> Result<S::Value, E> {
        Ok(S::Value::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<S::Value, E> {
        Ok(S::Value::default())
    }

    fn visit_unit<E>(self) -> Result<S::Value, E> {
        Ok(S::Value::default())
    }
}

/// A string.
struct Text;

impl Shape<'_> for Text {
    type Value = Option<String>;

    fn text(self, text: &str) -> Option<String> {
        Some(text.to_owned())
    }
}

/// A boolean.
struct Flag;

impl Shape<'_> for Flag {
    type Value = Option<bool>;

    fn flag(self, flag: bool) -> Option<bool> {
        Some(flag)
    }
}

/// A whole number that is not negative.
struct Count;

impl Shape<'_> for Count {
    type Value = Option<u64>;

    fn count(self, count: u64) -> Option<u64> {
        Some(count)
    }
}

/// A string that is appended to another; whether it was one.
struct Append<'a>(&'a mut String);

impl Shape<'_> for Append<'_> {
    type Value = bool;

    fn text(self, text: &str) -> bool {
        self.0.push_str(text);
        true
    }
}

/// An object whose values are strings, in JavaScript's order.
struct Entries;

impl<'de> Shape<'de> for Entries {
    type Value = Listed;

    fn object<A: MapAccess<'de>>(self, mut map: A) -> Result<Listed, A::Error> {
        let mut all = Builder::default();
        let mut others = HashSet::new();
        while let Some(Key(name)) = map.next_key()? {
            // The last of two counts.
            if !map.next_value_seed(Loose::of(Append(all.begin(&name))))? {
                others.insert(name.into_owned());
            } else if !others.is_empty() {
                others.remove(&*name);
            }
            all.end();
        }
        Ok(Listed { all: all.in_js_order(), is_object: true, others })
    }
}

/// A list of signatures.
struct Signatures;

impl<'de> Shape<'de> for Signatures {
    type Value = Vec<Signature>;

    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Signature>, A::Error> {
        let mut signatures = Vec::new();
        while let Some(signature) = list.next_element_seed(Loose::of(OneSignature))? {
            signatures.extend(signature);
        }
        Ok(signatures)
    }
}

struct OneSignature;

impl<'de> Shape<'de> for OneSignature {
    type Value = Option<Signature>;

    fn object<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Signature>, A::Error> {
        let (mut keyid, mut sig) = (None, None);
        while let Some(Key(key)) = map.next_key()? {
            match &*key {
                "keyid" => keyid = map.next_value_seed(Loose::of(Text))?,
                "sig" => sig = map.next_value_seed(Loose::of(Text))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(keyid.zip(sig).map(|(keyid, sig)| Signature { keyid, sig }))
    }
}

/// `dist`. What one reader takes from the first and another from the last is no proof, so each of
/// its keys is there once.
struct DistOnce;

impl<'de> Shape<'de> for DistOnce {
    type Value = Option<Dist>;

    fn object<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Dist>, A::Error> {
        let mut dist = Dist::default();
        let mut keys: Vec<Cow<'de, str>> = Vec::with_capacity(8);
        while let Some(Key(key)) = map.next_key()? {
            let mut text = || map.next_value_seed(Loose::of(Text));
            match &*key {
                "tarball" => dist.tarball = text()?,
                "integrity" => dist.integrity = text()?.filter(|text| !text.is_empty()),
                "shasum" => dist.shasum = text()?.filter(|text| !text.is_empty()),
                "unpackedSize" => dist.unpacked_size = map.next_value_seed(Loose::of(Count))?,
                "fileCount" => dist.file_count = map.next_value_seed(Loose::of(Count))?,
                "signatures" => dist.signatures = map.next_value_seed(Loose::of(Signatures))?,
                "attestations" => {
                    dist.attestations = handed(&mut map)?.filter(|value| value.is_object());
                }
                // What proves the bytes is sound in all its parts.
                _ => drop(map.next_value::<Plain>()?),
            }
            keys.push(key);
        }
        keys.sort_unstable();
        match keys.array_windows().find(|[one, next]| one == next) {
            Some([key, _]) => Err(A::Error::custom(format_args!("`dist.{key}` is given twice"))),
            None => Ok(Some(dist)),
        }
    }
}

/// `name` and `version` alone.
pub(super) struct Identity;

impl<'de> Shape<'de> for Identity {
    type Value = Option<(Option<String>, Option<String>)>;

    fn object<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut name, mut version) = (None, None);
        while let Some(Key(key)) = map.next_key()? {
            match &*key {
                "name" => name = map.next_value_seed(Loose::of(Text))?,
                "version" => version = map.next_value_seed(Loose::of(Text))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Some((name, version)))
    }
}

/// All that a [`Manifest`] is made of. What else a document holds, often ten times as much, is
/// read past.
pub(super) struct Fields;

impl<'de> Shape<'de> for Fields {
    type Value = Option<Draft>;

    fn object<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Draft>, A::Error> {
        let mut draft = Draft::default();
        let mut has_dist = false;
        while let Some(Key(key)) = map.next_key()? {
            if key == "dist" {
                if has_dist {
                    return Err(A::Error::custom("`dist` is given twice"));
                }
                has_dist = true;
            }
            draft.read(&key, &mut map)?;
        }
        Ok(Some(draft))
    }
}

impl Draft {
    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let known = &mut self.manifest;
        match key {
            "name" => known.name = one(map, Text)?,
            "version" => known.version = one(map, Text)?,
            "dependencies" => self.dependencies = one(map, Entries)?,
            "devDependencies" => {
                let listed = one(map, Entries)?;
                known.has_empty_dev_dependencies = listed.is_object && listed.all.is_empty();
                known.dev_dependencies = listed.texts();
            }
            "optionalDependencies" => self.optional_dependencies = one(map, Entries)?,
            "peerDependencies" => known.peer_dependencies = one(map, Entries)?.texts(),
            "acceptDependencies" => known.accept_dependencies = one(map, Entries)?.texts(),
            "scripts" => known.scripts = one(map, Entries)?.texts(),
            "dist" => known.dist = one(map, DistOnce)?,
            "hasInstallScript" => known.has_install_script = one(map, Flag)?,
            "gypfile" => known.gypfile = one(map, Flag)?,
            "_hasShrinkwrap" => known.has_shrinkwrap = one(map, Flag)?.unwrap_or(false),
            "packageManager" => known.package_manager = one(map, Text)?,
            "_id" => known.id = one(map, Text)?,
            "_resolved" => known.resolved = one(map, Text)?,
            "_integrity" => known.integrity = one(map, Text)?,
            "bin" => self.bin = Some(map.next_value::<Plain>()?.0),
            "bundleDependencies" => self.bundle_dependencies = Some(map.next_value::<Plain>()?.0),
            "bundledDependencies" => self.bundled_dependencies = Some(map.next_value::<Plain>()?.0),
            _ => match self.handed_through(key) {
                Some(field) => *field = handed(map)?,
                None => drop(map.next_value::<IgnoredAny>()?),
            },
        }
        Ok(())
    }

    /// The fields that stay JSON.
    fn handed_through(&mut self, key: &str) -> Option<&mut Option<Box<Value>>> {
        let known = &mut self.manifest;
        Some(match key {
            "peerDependenciesMeta" => &mut known.peer_dependencies_meta,
            "overrides" => &mut known.overrides,
            "workspaces" => &mut known.workspaces,
            "funding" => &mut known.funding,
            "license" => &mut known.license,
            "engines" => &mut known.engines,
            "os" => &mut known.os,
            "cpu" => &mut known.cpu,
            "libc" => &mut known.libc,
            "config" => &mut known.config,
            "devEngines" => &mut known.dev_engines,
            "directories" => &mut known.directories,
            "deprecated" => &mut known.deprecated,
            "allowScripts" => &mut known.allow_scripts,
            _ => return None,
        })
    }
}

/// A field that stays JSON; `null` is as good as none.
fn handed<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<Box<Value>>, A::Error> {
    Ok(map.next_value::<Option<Plain>>()?.map(|Plain(value)| Box::new(value)))
}

fn one<'de, A: MapAccess<'de>, S: Shape<'de>>(map: &mut A, shape: S) -> Result<S::Value, A::Error> {
    map.next_value_seed(Loose::of(shape))
}
