//! One version of a package, normalised as arborist sees it.
//!
//! Follows the steps arborist asks of @npmcli/package-json 7: `_id`, `bundledDependencies`,
//! `bundleDependencies`, `optionalDedupe`, `scripts`, `funding`, `bin`.
//!
//! npm's synchronous path skips `bin`, because what it reads there was cleaned when it was fetched
//! or written; cleaning twice changes nothing, so there is one path here.

mod read;

use serde_json::{Map, Value, json};

use self::read::{Draft, Listed};
use super::{bin, json::js_entries, string_map::StringMap};
use crate::error::{Code, Explain};

/// Dependencies by name in declaration order, integer-like names first as in JavaScript.
pub type Deps = StringMap;

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
    /// `devDependencies` is there and empty, which npm's lockfile keeps.
    pub has_empty_dev_dependencies: bool,
    /// `optionalDependencies`.
    pub optional_dependencies: Deps,
    /// `peerDependencies`.
    pub peer_dependencies: Deps,
    /// `peerDependenciesMeta`; see [`Manifest::is_peer_optional`].
    pub peer_dependencies_meta: Option<Box<Value>>,
    /// `bundleDependencies` as names; `None` when the field is absent or of no use.
    pub bundle_dependencies: Option<Vec<String>>,
    /// `acceptDependencies`: specs that are also good enough.
    pub accept_dependencies: Deps,
    /// `overrides`.
    pub overrides: Option<Box<Value>>,
    /// `workspaces`.
    pub workspaces: Option<Box<Value>>,
    /// `funding`; a string became `{ "url": … }`.
    pub funding: Option<Box<Value>>,
    /// `license`.
    pub license: Option<Box<Value>>,
    /// `engines`.
    pub engines: Option<Box<Value>>,
    /// `os`.
    pub os: Option<Box<Value>>,
    /// `cpu`.
    pub cpu: Option<Box<Value>>,
    /// `libc`.
    pub libc: Option<Box<Value>>,
    /// `config`.
    pub config: Option<Box<Value>>,
    /// `devEngines`.
    pub dev_engines: Option<Box<Value>>,
    /// `directories`; its `bin` is expanded by whoever has the folder at hand.
    pub directories: Option<Box<Value>>,
    /// `bin`: commands and their paths inside the package, made safe.
    pub bin: StringMap,
    /// `directories.bin` where there is no `bin`: whoever has the package's folder at hand finds
    /// the commands in it.
    pub bin_folder: Option<String>,
    /// `scripts` that are strings.
    pub scripts: StringMap,
    /// `hasInstallScript`, which abbreviated packuments and lockfiles carry instead of scripts.
    pub has_install_script: Option<bool>,
    /// `gypfile`.
    pub gypfile: Option<bool>,
    /// `deprecated`: a message, or something true.
    pub deprecated: Option<Box<Value>>,
    /// `_hasShrinkwrap`.
    pub has_shrinkwrap: bool,
    /// `dist`.
    pub dist: Option<Dist>,
    /// `allowScripts`.
    pub allow_scripts: Option<Box<Value>>,
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
    pub attestations: Option<Box<Value>>,
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
    /// [`ManifestError`], also for nesting deeper than 128 in what is taken; the rest is read past.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, ManifestError> {
        Self::entry_from_slice(bytes, None)
    }

    /// The same for an entry of a lockfile, which names no package that is called as its folder:
    /// a `bin` that is a path alone takes that name.
    ///
    /// # Errors
    /// As [`Manifest::from_slice`].
    pub fn entry_from_slice(bytes: &[u8], folder: Option<&str>) -> Result<Self, ManifestError> {
        read::document(bytes, read::Fields)?
            .map(|draft| draft.normalised(folder))
            .ok_or(ManifestError::NotAnObject)
    }

    /// The same for one that was parsed before.
    pub fn entry_from_object(object: &Map<String, Value>, folder: Option<&str>) -> Self {
        read::object(object).map(|draft| draft.normalised(folder)).unwrap_or_default()
    }

    /// What a manifest calls itself: its `name` and `version` alone, as [`Manifest::from_slice`]
    /// has them, in a fraction of the time.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn identity(bytes: &[u8]) -> Result<(Option<String>, Option<String>), ManifestError> {
        read::document(bytes, read::Identity)?.ok_or(ManifestError::NotAnObject)
    }

    /// Normalises the object of a manifest.
    pub fn from_object(object: &Map<String, Value>) -> Self {
        // Only a text can be at fault: what was parsed has each key once.
        Self::entry_from_object(object, None)
    }

    /// Whether `peerDependenciesMeta` marks this peer as optional (any true value does).
    pub fn is_peer_optional(&self, name: &str) -> bool {
        let meta = self.peer_dependencies_meta.as_ref();
        meta.and_then(|meta| meta.get(name)?.get("optional")).is_some_and(is_truthy)
    }

    /// Whether installing it would run a script: the registry says so, or there is a `preinstall`,
    /// `install` or `postinstall`.
    pub fn has_install_scripts(&self) -> bool {
        let runs = |event: &&str| self.scripts.get(event).is_some_and(|script| !script.is_empty());
        self.has_install_script == Some(true)
            || ["preinstall", "install", "postinstall"].iter().any(runs)
    }

    /// The deprecation message, if it is deprecated. npm treats an empty one as none.
    pub fn deprecation(&self) -> Option<&str> {
        match self.deprecated.as_deref()? {
            Value::String(message) => Some(message.as_str()).filter(|message| !message.is_empty()),
            other => is_truthy(other).then_some("this version is deprecated"),
        }
    }
}

impl Draft {
    /// The manifest arborist sees; one without a name may have that of its folder.
    fn normalised(self, folder_name: Option<&str>) -> Manifest {
        let Self { mut manifest, dependencies, optional_dependencies, .. } = self;
        manifest.bundle_dependencies =
            self.bundle_dependencies.or(self.bundled_dependencies).and_then(|bundled| {
                // This step comes before the optional ones are removed.
                bundled_names(&bundled, &dependencies)
            });
        // Before npm knew optional dependencies, they were listed twice.
        manifest.dependencies = dependencies.texts();
        if !optional_dependencies.all.is_empty() {
            let listed = &optional_dependencies.all;
            manifest.dependencies.retain(|name, _| !listed.contains_key(name));
        }
        manifest.optional_dependencies = optional_dependencies.texts();
        if let Some(funding) = &mut manifest.funding
            && let Value::String(url) = &mut **funding
            && !url.is_empty()
        {
            **funding = json!({ "url": std::mem::take(url) });
        }
        let name = manifest.name.as_deref().or(folder_name);
        manifest.bin = bin::normalize(self.bin.as_ref(), name);
        if !self.bin.as_ref().is_some_and(is_truthy) {
            let folder = manifest.directories.as_ref().and_then(|all| all.get("bin")?.as_str());
            manifest.bin_folder = folder.filter(|folder| !folder.is_empty()).map(str::to_owned);
        }
        let whole = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        if let (Some(name), Some(version)) = (&manifest.name, &manifest.version)
            && whole(&manifest.name)
            && whole(&manifest.version)
        {
            manifest.id = Some(format!("{name}@{version}"));
        }
        manifest
    }
}

/// JavaScript's `!!value`.
pub fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// `bundleDependencies`, or its misspelling, as names.
fn bundled_names(field: &Value, dependencies: &Listed) -> Option<Vec<String>> {
    match field {
        Value::Bool(false) => Some(Vec::new()),
        Value::Bool(true) => Some(dependencies.all.keys().map(str::to_owned).collect()),
        Value::Array(names) => {
            Some(names.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        }
        Value::Object(names) => Some(js_entries(names).map(|(name, _)| name.to_owned()).collect()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
