//! Bundled dependencies: which folders are packed along with a package (npm-packlist's
//! `gatherBundles` over arborist's actual tree).

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};

use super::PackError;
use crate::{
    fs::{FsError, read_bounded_file},
    manifest::Manifest,
    spec::PackageName,
    store::MAX_PACKAGE_JSON,
};

/// Most bundled packages.
const MAX_BUNDLED: usize = 20_000;

/// A package that is packed along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bundled {
    /// Where it is in the archive, relative to the root: `node_modules/a`.
    pub(super) location: String,
    /// Its folder on disk, links followed.
    pub(super) folder: PathBuf,
    /// Whether the location is a link.
    pub(super) kind: BundledKind,
}

/// How a bundled package got into `node_modules`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BundledKind {
    /// It was installed.
    Folder,
    /// It is linked from elsewhere in the package.
    Link,
}

/// The object of a folder's package.json; empty if there is none.
pub(super) fn read_package_json(folder: &Path) -> Result<Map<String, Value>, PackError> {
    let path = folder.join("package.json");
    match fs::metadata(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Map::new()),
        Err(error) => return Err(FsError::io("read", path)(error).into()),
        Ok(found) if !found.is_file() => return Err(PackError::NotAFile(path)),
        Ok(_) => {}
    }
    let bytes = read_bounded_file(&path, MAX_PACKAGE_JSON)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Ok(Map::new()),
        Err(source) => Err(PackError::Json { path, source }),
    }
}

/// Everything that is bundled, dependencies of dependencies included.
pub(super) fn bundled(root: &Path, manifest: &Manifest) -> Result<Vec<Bundled>, PackError> {
    let Some(names) = manifest.bundle_dependencies.as_ref().filter(|names| !names.is_empty())
    else {
        return Ok(Vec::new());
    };
    let real_root = fs::canonicalize(root).map_err(FsError::io("read", root))?;
    let declared = |name: &&String| {
        let of = |deps: &crate::manifest::Deps| deps.contains_key(name.as_str());
        (of(&manifest.dependencies) || of(&manifest.optional_dependencies))
            && !of(&manifest.dev_dependencies)
    };
    let mut open: Vec<(PathBuf, String)> =
        names.iter().filter(declared).map(|name| (real_root.clone(), name.clone())).collect();
    let mut found: BTreeMap<String, Bundled> = BTreeMap::new();
    let mut walked: BTreeSet<PathBuf> = BTreeSet::from([real_root.clone()]);
    while let Some((from, name)) = open.pop() {
        let Some(package) = locate(&real_root, &from, &name)? else { continue };
        if !walked.insert(package.folder.clone()) {
            found.entry(package.location.clone()).or_insert(package);
            continue;
        }
        let inner = Manifest::from_object(&read_package_json(&package.folder)?);
        let wanted = inner.dependencies.keys().chain(inner.optional_dependencies.keys());
        open.extend(wanted.map(|name| (package.folder.clone(), name.to_owned())));
        found.insert(package.location.clone(), package);
        if found.len() > MAX_BUNDLED {
            return Err(PackError::TooManyFiles(root.to_path_buf()));
        }
    }
    Ok(found.into_values().collect())
}

/// The nearest `node_modules/name` on the way up to the root.
fn locate(root: &Path, from: &Path, name: &str) -> Result<Option<Bundled>, PackError> {
    let Ok(name) = PackageName::parse(name) else { return Ok(None) };
    for folder in from.ancestors().take_while(|folder| folder.starts_with(root)) {
        // `node_modules/node_modules` holds nothing.
        if folder.ends_with("node_modules") {
            continue;
        }
        let path = folder.join("node_modules").join(name.as_str());
        let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
        let kind = if metadata.is_symlink() { BundledKind::Link } else { BundledKind::Folder };
        let target = fs::canonicalize(&path).map_err(FsError::io("read", &path))?;
        if !target.starts_with(root) {
            return Err(PackError::OutsideLink(path));
        }
        if !target.is_dir() {
            continue;
        }
        let Some(location) = location(root, &path) else { continue };
        return Ok(Some(Bundled { location, folder: target, kind }));
    }
    Ok(None)
}

/// A path below the root with `/` between names.
fn location(root: &Path, path: &Path) -> Option<String> {
    let relative = path.strip_prefix(root).ok()?;
    let names: Option<Vec<&str>> =
        relative.components().map(|component| component.as_os_str().to_str()).collect();
    Some(names?.join("/"))
}
