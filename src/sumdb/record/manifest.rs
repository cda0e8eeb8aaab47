//! The fields of a package.json that decide what an install does, in one normal form.
//!
//! Registries and npm rewrite a manifest when it is published: `bin` becomes an object, optional
//! dependencies appear in both lists, version numbers are cleaned. The normal form undoes that,
//! so that a package.json and what a registry says of it can be compared; its canonical JSON
//! (RFC 8785), hashed with SHA-256, is the `m1:` of a record. `null`, `false`, empty objects and
//! values of the wrong type are as good as absent, as they are to npm.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::canonical::Canonical;
use crate::{plain::Plain, sumdb::tlog::Hash};

/// The scripts that an install runs.
const INSTALL_SCRIPTS: [&str; 3] = ["preinstall", "install", "postinstall"];

/// What is looked for in a package.json: most of its text is something else.
const FIELDS: [&str; 15] = [
    "name",
    "version",
    "dependencies",
    "optionalDependencies",
    "peerDependencies",
    "peerDependenciesMeta",
    "bundleDependencies",
    "bundledDependencies",
    "bin",
    "directories",
    "os",
    "cpu",
    "libc",
    "engines",
    "scripts",
];

/// What of a package.json decides about an install.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstallManifest {
    /// `name`, trimmed.
    pub name: String,
    /// `version`, trimmed, without a leading `v` or `=`.
    pub version: String,
    /// `dependencies` without those that `optionalDependencies` has.
    pub dependencies: BTreeMap<String, String>,
    /// `optionalDependencies`.
    pub optional_dependencies: BTreeMap<String, String>,
    /// `peerDependencies`.
    pub peer_dependencies: BTreeMap<String, String>,
    /// The peers that `peerDependenciesMeta` calls optional.
    pub optional_peers: BTreeSet<String>,
    /// `bundleDependencies`, or `bundledDependencies`; `true` means all of `dependencies`.
    pub bundle_dependencies: BTreeSet<String>,
    /// `bin`: commands and their paths inside the package, `.` and `..` taken out.
    pub bin: BTreeMap<String, String>,
    /// `directories.bin` where there is no `bin`.
    pub bin_directory: Option<String>,
    /// `os`, as a list.
    pub os: Vec<String>,
    /// `cpu`, as a list.
    pub cpu: Vec<String>,
    /// `libc`, as a list.
    pub libc: Vec<String>,
    /// `engines`.
    pub engines: BTreeMap<String, String>,
    /// `preinstall`, `install` and `postinstall` where they are not empty.
    pub scripts: BTreeMap<String, String>,
    /// Whether the package has a `binding.gyp` at its top, which npm builds without a script.
    pub binding_gyp: bool,
}

/// Bytes that are no package.json.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("package.json is not a JSON object: {0}")]
pub struct NotAManifest(String);

impl InstallManifest {
    /// Reads the package.json of a tarball.
    ///
    /// # Errors
    /// [`NotAManifest`].
    pub fn parse(package_json: &[u8]) -> Result<Self, NotAManifest> {
        let text = str::from_utf8(package_json).map_err(|error| NotAManifest(error.to_string()))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let fields: Fields =
            serde_json::from_str(text).map_err(|error| NotAManifest(error.to_string()))?;
        Ok(Self::from_object(&fields.0))
    }

    /// Reads the object of a manifest.
    pub fn from_object(object: &Map<String, Value>) -> Self {
        let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default().trim();
        let texts = |key: &str| texts(object.get(key));
        let name = text("name").to_owned();
        let optional_dependencies = texts("optionalDependencies");
        let mut dependencies = texts("dependencies");
        let bundle_dependencies = bundled(object, &dependencies);
        dependencies.retain(|name, _| !optional_dependencies.contains_key(name));
        let bin = bin(object.get("bin"), &name);
        let directory = object.get("directories").and_then(|all| all.get("bin")?.as_str());
        Self {
            version: text("version").trim_start_matches(['v', '=', ' ']).to_owned(),
            peer_dependencies: texts("peerDependencies"),
            optional_peers: optional_peers(object.get("peerDependenciesMeta")),
            bin_directory: directory.filter(|_| bin.is_empty()).map(inside),
            os: list(object.get("os")),
            cpu: list(object.get("cpu")),
            libc: list(object.get("libc")),
            engines: texts("engines"),
            scripts: install_scripts(texts("scripts")),
            binding_gyp: false,
            name,
            dependencies,
            optional_dependencies,
            bundle_dependencies,
            bin,
        }
    }

    /// The same, of a package that has a `binding.gyp` at its top.
    #[must_use]
    pub fn with_binding_gyp(self) -> Self {
        Self { binding_gyp: true, ..self }
    }

    /// The canonical JSON that [`InstallManifest::hash`] covers.
    pub fn to_canonical_json(&self) -> String {
        let peers = |name: &String| {
            let optional = [("optional".to_owned(), Canonical::True)];
            (name.clone(), Canonical::object(optional))
        };
        let bin_directory = self.bin_directory.iter().map(|path| ("bin".to_owned(), text(path)));
        let gyp = if self.binding_gyp { Canonical::True } else { Canonical::List(Vec::new()) };
        let fields = [
            ("name", text(&self.name)),
            ("version", text(&self.version)),
            ("dependencies", strings(&self.dependencies)),
            ("optionalDependencies", strings(&self.optional_dependencies)),
            ("peerDependencies", strings(&self.peer_dependencies)),
            ("peerDependenciesMeta", Canonical::object(self.optional_peers.iter().map(peers))),
            ("bundleDependencies", words(&self.bundle_dependencies)),
            ("bin", strings(&self.bin)),
            ("directories", Canonical::object(bin_directory)),
            ("os", words(&self.os)),
            ("cpu", words(&self.cpu)),
            ("libc", words(&self.libc)),
            ("engines", strings(&self.engines)),
            ("scripts", strings(&self.scripts)),
            ("bindingGyp", gyp),
        ];
        let said = fields.into_iter().filter(|(_, value)| !value.is_empty());
        let mut json = String::new();
        Canonical::object(said.map(|(key, value)| (key.to_owned(), value))).write(&mut json);
        json
    }

    /// The `m1:` hash.
    pub fn hash(&self) -> Hash {
        Hash(Sha256::digest(self.to_canonical_json()).into())
    }
}

/// The fields of an object that are looked for.
struct Fields(Map<String, Value>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Map::new();
                while let Some(key) = map.next_key::<String>()? {
                    if FIELDS.contains(&key.as_str()) {
                        fields.insert(key, map.next_value::<Plain>()?.0);
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

fn text(text: &str) -> Canonical {
    Canonical::Text(text.to_owned())
}

fn strings(map: &BTreeMap<String, String>) -> Canonical {
    Canonical::object(map.iter().map(|(name, value)| (name.clone(), text(value))))
}

fn words<'a>(list: impl IntoIterator<Item = &'a String>) -> Canonical {
    Canonical::List(list.into_iter().map(|word| text(word)).collect())
}

/// The strings of an object.
fn texts(value: Option<&Value>) -> BTreeMap<String, String> {
    let entries = value.and_then(Value::as_object).into_iter().flatten();
    entries.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}

/// A string, or the strings of an array.
fn list(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(values)) => {
            values.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

fn optional_peers(meta: Option<&Value>) -> BTreeSet<String> {
    let entries = meta.and_then(Value::as_object).into_iter().flatten();
    let optional = entries.filter(|(_, meta)| match meta.get("optional") {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::Array(_) | Value::Object(_)) => true,
        Some(Value::Null) | None => false,
    });
    optional.map(|(name, _)| name.clone()).collect()
}

fn bundled(object: &Map<String, Value>, all: &BTreeMap<String, String>) -> BTreeSet<String> {
    let field = object.get("bundleDependencies").or_else(|| object.get("bundledDependencies"));
    match field {
        Some(Value::Bool(true)) => all.keys().cloned().collect(),
        Some(Value::Object(names)) => names.keys().cloned().collect(),
        Some(Value::Array(_)) => list(field).into_iter().collect(),
        _ => BTreeSet::new(),
    }
}

fn install_scripts(mut scripts: BTreeMap<String, String>) -> BTreeMap<String, String> {
    scripts.retain(|event, script| INSTALL_SCRIPTS.contains(&event.as_str()) && !script.is_empty());
    scripts
}

/// Commands by name. A single path belongs to the package's own name, those of a list to their
/// own file names.
fn bin(value: Option<&Value>, package: &str) -> BTreeMap<String, String> {
    let commands: Vec<(&str, &str)> = match value {
        Some(Value::String(path)) => vec![(package, path)],
        Some(Value::Array(paths)) => {
            paths.iter().filter_map(Value::as_str).map(|path| (path, path)).collect()
        }
        Some(Value::Object(commands)) => {
            let entries = commands.iter();
            entries.filter_map(|(name, path)| Some((name.as_str(), path.as_str()?))).collect()
        }
        _ => Vec::new(),
    };
    let clean = commands.into_iter().map(|(name, path)| (inside(name), inside(path)));
    let named = clean.filter_map(|(name, path)| {
        let name = name.rsplit('/').next().unwrap_or_default().to_owned();
        (!name.is_empty() && !path.is_empty()).then_some((name, path))
    });
    named.collect()
}

/// A path with forward slashes that stays inside its folder.
fn inside(path: &str) -> String {
    let path = path.replace(['\\', ':'], "/");
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}
