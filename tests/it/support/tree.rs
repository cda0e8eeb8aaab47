//! What lies on disk, as text that can be compared.

use super::package::hex;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fs, path::Path};

/// Paths that are denpm's own beside npm's.
const OWN: &[&str] = &["node_modules/.denpm.json"];

/// One entry of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Digest of the content and permission bits (0 where the system has none).
    File { sha256: String, mode: u32 },
    /// Where a link points, with forward slashes.
    Link(String),
    /// A folder without entries.
    Empty,
}

impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File { sha256, mode } => write!(f, "{mode:03o} {sha256}"),
            Self::Link(target) => write!(f, "-> {target}"),
            Self::Empty => f.write_str("(empty)"),
        }
    }
}

/// Everything below `root` by its path with forward slashes; links are not followed.
pub(crate) fn list(root: &Path) -> BTreeMap<String, Entry> {
    let mut entries = BTreeMap::new();
    walk(root, "", &mut entries);
    entries.retain(|path, _| !OWN.contains(&path.as_str()));
    entries
}

/// Everything below `root`, folders too, by its path: when it was last changed, and what it is.
pub(crate) fn stamps(root: &Path) -> BTreeMap<String, String> {
    let mut stamps = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(&folder).into_iter().flatten().map_while(Result::ok) {
            let (path, metadata) = (item.path(), item.metadata().unwrap());
            let content = if metadata.is_symlink() {
                fs::read_link(&path).unwrap().to_string_lossy().into_owned()
            } else if metadata.is_dir() {
                folders.push(path.clone());
                String::new()
            } else {
                hex(&Sha256::digest(fs::read(&path).unwrap()))
            };
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            let (mode, time) = (mode(&metadata), metadata.modified().unwrap());
            stamps.insert(name, format!("{mode:03o} {time:?} {content}"));
        }
    }
    stamps
}

/// The lines in which two listings differ: `-` before, `+` after.
pub(crate) fn differences<T: PartialEq + std::fmt::Display>(
    before: &BTreeMap<String, T>,
    after: &BTreeMap<String, T>,
) -> Vec<String> {
    let line = |sign, (path, entry): (&String, &T)| format!("{sign} {path} {entry}");
    let gone = before.iter().filter(|(path, entry)| after.get(*path) != Some(entry));
    let come = after.iter().filter(|(path, entry)| before.get(*path) != Some(entry));
    gone.map(|pair| line('-', pair)).chain(come.map(|pair| line('+', pair))).collect()
}

fn walk(folder: &Path, prefix: &str, entries: &mut BTreeMap<String, Entry>) {
    let mut empty = true;
    for item in fs::read_dir(folder).into_iter().flatten().map_while(Result::ok) {
        empty = false;
        let path = format!("{prefix}{}", item.file_name().to_string_lossy());
        let kind = item.file_type().unwrap();
        if kind.is_symlink() {
            let target = fs::read_link(item.path()).unwrap();
            entries.insert(path, Entry::Link(target.to_string_lossy().replace('\\', "/")));
        } else if kind.is_dir() {
            walk(&item.path(), &format!("{path}/"), entries);
        } else {
            let sha256 = hex(&Sha256::digest(fs::read(item.path()).unwrap()));
            let mode = mode(&item.metadata().unwrap());
            entries.insert(path, Entry::File { sha256, mode });
        }
    }
    if empty && !prefix.is_empty() {
        entries.insert(prefix.trim_end_matches('/').to_owned(), Entry::Empty);
    }
}

#[cfg(unix)]
fn mode(metadata: &fs::Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777
}

#[cfg(not(unix))]
fn mode(_metadata: &fs::Metadata) -> u32 {
    0
}

/// The packages of `node_modules` for snapshots, one thing a line: a package with its
/// version, a link with its target, an executable file with a star.
pub(crate) fn render(root: &Path) -> String {
    let mut lines = Vec::new();
    for (path, entry) in list(root) {
        if !path.contains("node_modules/") {
            continue;
        }
        match entry {
            Entry::Link(target) => lines.push(format!("{path} -> {target}")),
            Entry::File { mode, .. } if mode & 0o111 != 0 => lines.push(format!("{path}*")),
            Entry::File { .. } => lines.extend(package_line(root, &path)),
            Entry::Empty => lines.push(format!("{path}/")),
        }
    }
    lines.sort();
    lines.join("\n")
}

/// `node_modules/a 1.0.0` when `path` is the package.json of an installed package.
fn package_line(root: &Path, path: &str) -> Option<String> {
    let folder = path.strip_suffix("/package.json")?;
    let (_, name) = folder.rsplit_once("node_modules/")?;
    if name.matches('/').count() > usize::from(name.starts_with('@')) {
        return None;
    }
    let manifest: Value = serde_json::from_slice(&fs::read(root.join(path)).ok()?).ok()?;
    Some(format!("{folder} {}", manifest["version"].as_str().unwrap_or("?")))
}
