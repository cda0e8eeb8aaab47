//! Text → entries.

use std::{path::Path, sync::Arc};

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::{
    conflict::{has_conflict, parse_with_conflicts},
    entries::{self, Read},
    legacy,
};
use crate::{
    arborist::{LockEntry, LockFlags, Shrinkwrap},
    error::{Code, Explain},
    manifest::{JsonFormat, JsonParseError, Manifest, detect_format},
};

/// The most entries a lockfile may have.
pub(super) const MAX_ENTRIES: usize = 500_000;

/// A lockfile that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LockfileError {
    /// Not JSON.
    #[error("{file} is not valid JSON: {source}")]
    Json {
        /// The file's name.
        file: String,
        /// Where and why.
        #[source]
        source: JsonParseError,
    },
    /// JSON, but no lockfile.
    #[error("{file} {problem}")]
    Shape {
        /// The file's name.
        file: String,
        /// What is wrong.
        problem: String,
    },
}

impl Explain for LockfileError {
    fn code(&self) -> Code {
        Code::Lockparse
    }

    fn help(&self) -> Option<String> {
        let (Self::Json { file, .. } | Self::Shape { file, .. }) = self;
        Some(format!("restore {file} from version control, or remove it and install again"))
    }
}

/// A lockfile as it was found.
#[derive(Clone, Debug)]
pub struct Lockfile {
    /// Its entries.
    pub shrinkwrap: Shrinkwrap,
    /// Indentation and line ends.
    pub format: JsonFormat,
    /// The top level without `packages` and `dependencies`; unknown fields are kept.
    pub header: Map<String, Value>,
}

impl Lockfile {
    /// Parses the lockfile at `path`: that tells what it is called, and what the paths in one of
    /// version 1 are relative to.
    ///
    /// # Errors
    /// [`LockfileError`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, LockfileError> {
        let usual = if has_conflict(text) { None } else { entries::read(text) };
        let (header, packages) = usual.map_or_else(|| read_any(text, path), Ok)?;
        let version = header.get("lockfileVersion").and_then(Value::as_u64);
        let requires = header.get("requires").is_some_and(|it| it != &Value::Bool(false));
        let ancient = version.is_none_or(|version| version < 2) && !requires;
        let file_name = name_of(path);
        let shrinkwrap = Shrinkwrap { packages, version, ancient, file_name };
        Ok(Self { shrinkwrap, format: detect_format(text), header })
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Reads a lockfile of any version and shape, merge conflicts among them.
///
/// # Errors
/// [`LockfileError`].
pub(super) fn read_any(text: &str, path: &Path) -> Result<Read, LockfileError> {
    let file = || name_of(path);
    let shape = |problem: &str| LockfileError::Shape { file: file(), problem: problem.into() };
    let value = parse_with_conflicts(text)
        .map_err(|source| LockfileError::Json { file: file(), source })?;
    let Value::Object(mut data) = value else { return Err(shape("is no JSON object")) };
    let packages = data.shift_remove("packages");
    let dependencies = data.shift_remove("dependencies");
    let entries = match (packages, dependencies) {
        (Some(Value::Object(packages)), _) => packages,
        (None | Some(Value::Null), Some(Value::Object(dependencies))) => {
            let path = std::path::absolute(path).unwrap_or_default();
            let project = path.parent().unwrap_or(Path::new("/")).to_string_lossy();
            legacy::packages_from_dependencies(&data, &dependencies, &project)
        }
        (None | Some(Value::Null), _) => Map::new(),
        (Some(_), _) => return Err(shape("has a `packages` that is no object")),
    };
    if entries.len() > MAX_ENTRIES {
        return Err(shape("has more entries than any project needs"));
    }
    let packages = entries
        .into_iter()
        .map(|(location, entry)| {
            let entry = entry.as_object()?;
            let folder = folder_name(&location);
            let package = Manifest::entry_from_object(entry, folder.as_deref());
            let entry = lock_entry(&location, package, entry);
            Some((location, entry))
        })
        .collect::<Option<IndexMap<String, LockEntry>>>()
        .ok_or_else(|| shape("has an entry that is no object"))?;
    Ok((data, packages))
}

/// An entry, from the manifest in it and the fields beside that.
pub(super) fn lock_entry(
    location: &str,
    mut package: Manifest,
    entry: &Map<String, Value>,
) -> LockEntry {
    let flag = |key: &str| entry.get(key).is_some_and(is_truthy);
    if package.name.is_none() && !flag("link") {
        package.name = folder_name(location);
    }
    let text = |key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
    LockEntry {
        package: Arc::new(package),
        resolved: text("resolved").filter(|url| !url.is_empty()),
        integrity: text("integrity").filter(|integrity| !integrity.is_empty()),
        link: flag("link"),
        flags: LockFlags {
            extraneous: flag("extraneous"),
            dev: flag("dev"),
            optional: flag("optional"),
            dev_optional: flag("devOptional"),
            peer: flag("peer"),
        },
        in_bundle: flag("inBundle"),
        has_shrinkwrap: flag("hasShrinkwrap"),
    }
}

/// What a package without a name is called by its folder (`nameFromFolder`), where the location
/// alone tells.
pub(super) fn folder_name(location: &str) -> Option<String> {
    let (_, name) = location.rsplit_once("node_modules/")?;
    let folder = match name.split_once('/') {
        Some((scope, folder)) if scope.starts_with('@') => folder,
        Some(_) => return None,
        None => name,
    };
    let is_plain = !folder.is_empty() && !folder.starts_with('.') && !folder.contains('/');
    is_plain.then(|| name.to_owned())
}

/// JavaScript's idea of true.
pub(super) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_keep_their_order_flags_and_links() {
        let lock = Lockfile::parse(
            r#"{"name":"p","lockfileVersion":3,"requires":true,"extra":1,"packages":{
              "":{"name":"p"},"node_modules/b":{"version":"1.0.0","dev":true},
              "node_modules/a":{"resolved":"a","link":true}}}"#,
            Path::new("package-lock.json"),
        )
        .unwrap();
        let keys: Vec<_> = lock.shrinkwrap.packages.keys().map(String::as_str).collect();
        assert_eq!(keys, ["", "node_modules/b", "node_modules/a"]);
        assert!(lock.shrinkwrap.packages["node_modules/b"].flags.dev);
        assert!(lock.shrinkwrap.packages["node_modules/a"].link);
        assert!(lock.header.contains_key("extra"));
    }

    #[test]
    fn broken_text_and_odd_shapes_are_errors() {
        for text in ["", "[]", "{\"packages\":1}", "{\"packages\":{\"a\":1}}", "{"] {
            let error = Lockfile::parse(text, Path::new("f")).unwrap_err();
            assert_eq!(error.code(), Code::Lockparse, "{text}");
        }
    }
}
