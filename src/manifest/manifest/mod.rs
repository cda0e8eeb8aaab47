//! One version of a package, normalised as arborist sees it.
//!
//! Follows the steps arborist asks of @npmcli/package-json 7: `_id`, `bundledDependencies`,
//! `bundleDependencies`, `optionalDedupe`, `scripts`, `funding`, `bin`.
//!
//! npm's synchronous path skips `bin`, because what it reads there was cleaned when it was fetched
//! or written; cleaning twice changes nothing, so there is one path here.

use super::{
    bin,
    json::{js_entries, js_owned},
};
use crate::error::{Code, Explain};
use indexmap::IndexMap;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value, json};
use std::{borrow::Cow, fmt};

/// Dependencies by name in declaration order, integer-like names first as in JavaScript.
pub type Deps = IndexMap<String, String>;

/// What one version of a package says about itself.
///
/// Lenient like npm: a field of the wrong type is as good as absent. Fields that are only handed
/// through stay JSON.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manifest {
    /// `name`, unchecked.
    pub name: Option<String>,
    /// `version`, unchecked.
    pub version: Option<String>,
    /// `dependencies` without those in `optionalDependencies`.
    pub dependencies: Deps,
    /// `devDependencies`.
    pub dev_dependencies: Deps,
    /// `optionalDependencies`.
    pub optional_dependencies: Deps,
    /// `peerDependencies`.
    pub peer_dependencies: Deps,
    /// `peerDependenciesMeta`; see [`Manifest::is_peer_optional`].
    pub peer_dependencies_meta: Option<Value>,
    /// `bundleDependencies` as names; `None` when the field is absent or of no use.
    pub bundle_dependencies: Option<Vec<String>>,
    /// `acceptDependencies`: specs that are also good enough.
    pub accept_dependencies: Deps,
    /// `overrides`.
    pub overrides: Option<Value>,
    /// `workspaces`.
    pub workspaces: Option<Value>,
    /// `funding`; a string became `{ "url": … }`.
    pub funding: Option<Value>,
    /// `license`.
    pub license: Option<Value>,
    /// `engines`.
    pub engines: Option<Value>,
    /// `os`.
    pub os: Option<Value>,
    /// `cpu`.
    pub cpu: Option<Value>,
    /// `libc`.
    pub libc: Option<Value>,
    /// `config`.
    pub config: Option<Value>,
    /// `devEngines`.
    pub dev_engines: Option<Value>,
    /// `directories`; its `bin` is expanded by whoever has the folder at hand.
    pub directories: Option<Value>,
    /// `bin`: commands and their paths inside the package, made safe.
    pub bin: IndexMap<String, String>,
    /// `scripts` that are strings.
    pub scripts: IndexMap<String, String>,
    /// `hasInstallScript`, which abbreviated packuments and lockfiles carry instead of scripts.
    pub has_install_script: Option<bool>,
    /// `gypfile`.
    pub gypfile: Option<bool>,
    /// `deprecated`: a message, or something true.
    pub deprecated: Option<Value>,
    /// `_hasShrinkwrap`.
    pub has_shrinkwrap: bool,
    /// `dist`.
    pub dist: Option<Dist>,
    /// `allowScripts`.
    pub allow_scripts: Option<Value>,
    /// `packageManager`.
    pub package_manager: Option<String>,
    /// `_id`: `name@version` where both are there, else as written.
    pub id: Option<String>,
    /// `_resolved`.
    pub resolved: Option<String>,
    /// `_integrity`.
    pub integrity: Option<String>,
}

/// Where the bytes of a version are and how to know them again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dist {
    /// URL of the tarball, verbatim.
    pub tarball: Option<String>,
    /// Subresource integrity, unparsed.
    pub integrity: Option<String>,
    /// SHA-1 in hex.
    pub shasum: Option<String>,
    /// Bytes after unpacking, as the registry claims.
    pub unpacked_size: Option<u64>,
    /// Files, as the registry claims.
    pub file_count: Option<u64>,
    /// The registry's signatures.
    pub signatures: Vec<Signature>,
    /// Where provenance and publish attestations are.
    pub attestations: Option<Value>,
}

/// A registry signature over `name@version:integrity`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Which of the registry's keys.
    pub keyid: String,
    /// Base64 of the DER signature.
    pub sig: String,
}

/// A manifest that cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not JSON.
    #[error("manifest is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// JSON, but not an object.
    #[error("manifest is not an object")]
    NotAnObject,
    /// The text it was to be read from is gone or damaged.
    #[error("manifest is no longer where it was")]
    Lost,
}

impl Explain for ManifestError {
    fn code(&self) -> Code {
        match self {
            Self::Json(_) => Code::Jsonparse,
            Self::NotAnObject | Self::Lost => Code::InvalidResponse,
        }
    }
}

impl Manifest {
    /// Normalises a parsed manifest.
    ///
    /// # Errors
    /// [`ManifestError::NotAnObject`].
    pub fn from_value(value: &Value) -> Result<Self, ManifestError> {
        value.as_object().map(Self::from_object).ok_or(ManifestError::NotAnObject)
    }

    /// Parses and normalises a manifest.
    ///
    /// # Errors
    /// [`ManifestError`], also for nesting deeper than 128.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, ManifestError> {
        Ok(Self::from_fields(Picked(&FIELDS).read(bytes)?))
    }

    /// What a manifest calls itself: its `name` and `version` alone, as [`Manifest::from_slice`]
    /// has them, in a fraction of the time.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn identity(bytes: &[u8]) -> Result<(Option<String>, Option<String>), ManifestError> {
        let Self { name, version, .. } =
            Self::from_fields(Picked(&["name", "version"]).read(bytes)?);
        Ok((name, version))
    }

    /// Normalises the object of a manifest.
    pub fn from_object(object: &Map<String, Value>) -> Self {
        let known = FIELDS.iter().filter_map(|field| object.get_key_value(*field));
        Self::from_fields(known.map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    /// The same, of the fields of [`FIELDS`], which become the manifest's own.
    fn from_fields(mut fields: Map<String, Value>) -> Self {
        let bundle_dependencies = bundle_dependencies(&fields);
        let mut dependencies = string_map(fields.remove("dependencies"));
        // Before npm knew optional dependencies, they were listed twice.
        let listed = fields.get("optionalDependencies").and_then(Value::as_object);
        dependencies.retain(|name, _| !listed.is_some_and(|listed| listed.contains_key(name)));
        let mut take = |key: &str| fields.remove(key).filter(|value| !value.is_null());
        let (name, version) = (string(take("name")), string(take("version")));
        let whole = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let given_id = string(take("_id"));
        let id = match (whole(&name), whole(&version)) {
            (Some(name), Some(version)) => Some(format!("{name}@{version}")),
            _ => given_id,
        };
        let flag = |value: Option<Value>| value.as_ref().and_then(Value::as_bool);
        Self {
            dependencies,
            bundle_dependencies,
            dev_dependencies: string_map(take("devDependencies")),
            optional_dependencies: string_map(take("optionalDependencies")),
            peer_dependencies: string_map(take("peerDependencies")),
            peer_dependencies_meta: take("peerDependenciesMeta"),
            accept_dependencies: string_map(take("acceptDependencies")),
            overrides: take("overrides"),
            workspaces: take("workspaces"),
            funding: take("funding").map(|funding| match funding {
                Value::String(url) if !url.is_empty() => json!({ "url": url }),
                other => other,
            }),
            license: take("license"),
            engines: take("engines"),
            os: take("os"),
            cpu: take("cpu"),
            libc: take("libc"),
            config: take("config"),
            dev_engines: take("devEngines"),
            directories: take("directories"),
            bin: bin::normalize(take("bin").as_ref(), name.as_deref()),
            scripts: string_map(take("scripts")),
            has_install_script: flag(take("hasInstallScript")),
            gypfile: flag(take("gypfile")),
            deprecated: take("deprecated"),
            has_shrinkwrap: flag(take("_hasShrinkwrap")).unwrap_or(false),
            dist: match take("dist") {
                Some(Value::Object(dist)) => Some(Dist::from_fields(dist)),
                _ => None,
            },
            allow_scripts: take("allowScripts"),
            package_manager: string(take("packageManager")),
            id,
            resolved: string(take("_resolved")),
            integrity: string(take("_integrity")),
            name,
            version,
        }
    }

    /// Whether `peerDependenciesMeta` marks this peer as optional (any true value does).
    pub fn is_peer_optional(&self, name: &str) -> bool {
        let meta = self.peer_dependencies_meta.as_ref();
        meta.and_then(|meta| meta.get(name)?.get("optional")).is_some_and(is_truthy)
    }

    /// Whether installing it would run a script: the registry says so, or there is a `preinstall`,
    /// `install` or `postinstall`.
    pub fn has_install_scripts(&self) -> bool {
        let runs = |event: &&str| self.scripts.get(*event).is_some_and(|script| !script.is_empty());
        self.has_install_script == Some(true)
            || ["preinstall", "install", "postinstall"].iter().any(runs)
    }

    /// The deprecation message, if it is deprecated. npm treats an empty one as none.
    pub fn deprecation(&self) -> Option<&str> {
        match self.deprecated.as_ref()? {
            Value::String(message) => Some(message.as_str()).filter(|message| !message.is_empty()),
            other => is_truthy(other).then_some("this version is deprecated"),
        }
    }
}

impl Dist {
    fn from_fields(mut object: Map<String, Value>) -> Self {
        let count = |key: &str| object.get(key).and_then(Value::as_u64);
        let signature = |value: &Value| {
            Some(Signature {
                keyid: value.get("keyid")?.as_str()?.to_owned(),
                sig: value.get("sig")?.as_str()?.to_owned(),
            })
        };
        let signatures = object.get("signatures").and_then(Value::as_array);
        let signatures = signatures.into_iter().flatten().filter_map(signature).collect();
        let (unpacked_size, file_count) = (count("unpackedSize"), count("fileCount"));
        let mut take = |key: &str| object.remove(key);
        Self {
            tarball: string(take("tarball")),
            integrity: string(take("integrity")).filter(|text| !text.is_empty()),
            shasum: string(take("shasum")).filter(|text| !text.is_empty()),
            unpacked_size,
            file_count,
            signatures,
            attestations: take("attestations").filter(Value::is_object),
        }
    }
}

/// What a document is, of which some fields are read.
enum Fields {
    Object(Map<String, Value>),
    Other,
}

/// What a [`Manifest`] is made of.
const FIELDS: [&str; 33] = [
    "_hasShrinkwrap",
    "_id",
    "_integrity",
    "_resolved",
    "acceptDependencies",
    "allowScripts",
    "bin",
    "bundleDependencies",
    "bundledDependencies",
    "config",
    "cpu",
    "dependencies",
    "deprecated",
    "devDependencies",
    "devEngines",
    "directories",
    "dist",
    "engines",
    "funding",
    "gypfile",
    "hasInstallScript",
    "libc",
    "license",
    "name",
    "optionalDependencies",
    "os",
    "overrides",
    "packageManager",
    "peerDependencies",
    "peerDependenciesMeta",
    "scripts",
    "version",
    "workspaces",
];

/// Reads these fields, sorted by name; what else a document holds, often ten times as much, is
/// skipped without being built.
struct Picked(&'static [&'static str]);

impl Picked {
    fn read(self, bytes: &[u8]) -> Result<Map<String, Value>, ManifestError> {
        let mut document = serde_json::Deserializer::from_slice(bytes);
        let fields = self.deserialize(&mut document)?;
        document.end()?;
        match fields {
            Fields::Object(object) => Ok(object),
            Fields::Other => Err(ManifestError::NotAnObject),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Picked {
    type Value = Fields;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Fields, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Picked {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a manifest")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Map::new();
        while let Some(key) = map.next_key::<Key<'de>>()? {
            match self.0.binary_search(&key.0.as_ref()) {
                // What one reader takes from the first and another from the last is no proof.
                Ok(_) if key.0 == "dist" && fields.contains_key("dist") => {
                    return Err(A::Error::custom("`dist` is given twice"));
                }
                Ok(_) if key.0 == "dist" => {
                    let Once(dist) = map.next_value()?;
                    fields.insert("dist".to_owned(), dist);
                }
                Ok(_) => drop(fields.insert(key.0.into_owned(), map.next_value()?)),
                Err(_) => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Fields::Object(fields))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Fields, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Fields::Other)
    }

    fn visit_unit<E>(self) -> Result<Fields, E> {
        Ok(Fields::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Fields, E> {
        Ok(Fields::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Fields, E> {
        Ok(Fields::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Fields, E> {
        Ok(Fields::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Fields, E> {
        Ok(Fields::Other)
    }

    fn visit_str<E>(self, _: &str) -> Result<Fields, E> {
        Ok(Fields::Other)
    }
}

/// A value whose fields, if it has any, are given once each.
struct Once(Value);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OnceVisitor).map(Self)
    }
}

struct OnceVisitor;

impl<'de> Visitor<'de> for OnceVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a `dist`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            if fields.contains_key(&key) {
                return Err(A::Error::custom(format_args!("`dist.{key}` is given twice")));
            }
            fields.insert(key, value);
        }
        Ok(Value::Object(fields))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Null)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_str<E>(self, _: &str) -> Result<Value, E> {
        Ok(Value::Null)
    }
}

/// A key, borrowed where the text has it without escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// JavaScript's `!!value`.
pub(super) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

fn string(value: Option<Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// The strings of an object, in JavaScript's order.
fn string_map(value: Option<Value>) -> IndexMap<String, String> {
    let Some(Value::Object(object)) = value else { return IndexMap::new() };
    let texts = js_owned(object).filter_map(|(key, value)| Some((key, string(Some(value))?)));
    texts.collect()
}

/// `bundleDependencies`, or its misspelling, as names.
fn bundle_dependencies(object: &Map<String, Value>) -> Option<Vec<String>> {
    match object.get("bundleDependencies").or_else(|| object.get("bundledDependencies"))? {
        Value::Bool(false) => Some(Vec::new()),
        // This step comes before the optional ones are removed.
        Value::Bool(true) => Some(match object.get("dependencies").and_then(Value::as_object) {
            Some(all) => js_entries(all).map(|(name, _)| name.to_owned()).collect(),
            None => Vec::new(),
        }),
        Value::Array(names) => {
            Some(names.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        }
        Value::Object(names) => Some(js_entries(names).map(|(name, _)| name.to_owned()).collect()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
