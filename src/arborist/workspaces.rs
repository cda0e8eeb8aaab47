//! Which folders are workspaces: `@npmcli/map-workspaces`.

use std::{collections::BTreeSet, fs, path::Path};

use globset::{Glob, GlobBuilder, GlobMatcher};
use indexmap::IndexMap;
use serde_json::Value;

use super::actual::{FolderManifest, read_manifest};
use crate::{
    error::{Code, Explain},
    spec::{collate, name_from_folder},
};

/// How deep `**` looks, how many folders a pattern may name, and how many patterns one with
/// braces may stand for.
const MAX_DEPTH: usize = 32;
const MAX_FOLDERS: usize = 50_000;
const MAX_PATTERNS: usize = 10_000;

/// Workspaces that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// `workspaces` is neither a list nor an object with one.
    #[error("workspaces config expects an Array")]
    NotAList,
    /// A pattern that cannot be understood.
    #[error("workspaces pattern {pattern} cannot be understood")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// Why.
        #[source]
        source: globset::Error,
    },
    /// Two folders with one package name.
    #[error("must not have multiple workspaces with the same name")]
    Duplicate {
        /// Names with the folders that claim them.
        names: Vec<(String, Vec<String>)>,
    },
    /// A workspace whose package.json cannot be read.
    #[error("cannot read {folder}/package.json: {problem}")]
    Broken {
        /// The folder.
        folder: String,
        /// Why.
        problem: String,
    },
    /// A pattern that names half the disk.
    #[error("workspaces patterns match more than {MAX_FOLDERS} folders")]
    TooMany,
    /// A pattern whose braces multiply beyond reason.
    #[error("a workspaces pattern stands for more than {MAX_PATTERNS} patterns")]
    TooManyPatterns,
}

impl Explain for WorkspaceError {
    fn code(&self) -> Code {
        match self {
            Self::NotAList | Self::Pattern { .. } | Self::TooMany | Self::TooManyPatterns => {
                Code::Workspacesconfig
            }
            Self::Duplicate { .. } => Code::Duplicateworkspace,
            Self::Broken { .. } => Code::Jsonparse,
        }
    }

    fn detail(&self) -> Vec<String> {
        let Self::Duplicate { names } = self else { return Vec::new() };
        let mut lines = vec![self.to_string()];
        for (name, folders) in names {
            lines.push(format!("package '{name}' has conflicts in the following paths:"));
            lines.extend(folders.iter().map(|folder| format!("    {folder}")));
        }
        lines
    }
}

/// Maps workspace names to absolute folders, in npm's order: pattern by pattern, each sorted.
///
/// # Errors
/// [`WorkspaceError`].
pub fn map_workspaces(
    project: &str,
    workspaces: Option<&Value>,
) -> Result<IndexMap<String, String>, WorkspaceError> {
    let Some(workspaces) = workspaces else { return Ok(IndexMap::new()) };
    let patterns = Patterns::parse(workspaces)?;
    let mut folders: IndexMap<String, BTreeSet<usize>> = IndexMap::new();
    let mut order = Vec::new();
    for pattern in &patterns.wanted {
        let mut found = Vec::new();
        expand(project, "", &components(pattern), &mut found, 0)?;
        found.sort_by(|a, b| collate(a, b));
        found.dedup();
        order.extend(found.into_iter().filter(|folder| !patterns.excludes(folder)));
    }
    for (index, folder) in order.iter().enumerate() {
        let path = super::paths::resolve(project, folder);
        let name = match read_manifest(Path::new(&path)) {
            FolderManifest::Read(package) => {
                package.name.clone().unwrap_or_else(|| name_from_folder(Path::new(&*path)))
            }
            FolderManifest::Missing => continue,
            FolderManifest::Broken(problem) => {
                return Err(WorkspaceError::Broken { folder: folder.clone(), problem });
            }
        };
        folders.entry(name).or_default().insert(index);
    }
    unique(project, &order, folders)
}

fn unique(
    project: &str,
    order: &[String],
    folders: IndexMap<String, BTreeSet<usize>>,
) -> Result<IndexMap<String, String>, WorkspaceError> {
    let mut map = IndexMap::new();
    let mut duplicates = Vec::new();
    for (name, indexes) in folders {
        let mut paths: Vec<String> = indexes
            .into_iter()
            .filter_map(|index| order.get(index))
            .map(|folder| super::paths::resolve(project, folder))
            .collect();
        paths.sort();
        paths.dedup();
        match <[String; 1]>::try_from(paths) {
            Ok([path]) => {
                map.insert(name, path);
            }
            Err(paths) => duplicates.push((name, paths)),
        }
    }
    if duplicates.is_empty() {
        Ok(map)
    } else {
        Err(WorkspaceError::Duplicate { names: duplicates })
    }
}

struct Patterns {
    wanted: Vec<String>,
    unwanted: Vec<GlobMatcher>,
}

impl Patterns {
    /// Patterns are read in order: `!x` takes back what came before, and may be taken back.
    fn parse(workspaces: &Value) -> Result<Self, WorkspaceError> {
        let list = match workspaces.get("packages") {
            Some(Value::Array(list)) => list,
            _ => workspaces.as_array().ok_or(WorkspaceError::NotAList)?,
        };
        let (mut wanted, mut negated): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        for pattern in list.iter().filter_map(Value::as_str) {
            let bare = pattern.trim_start_matches('!');
            let is_negated = (pattern.len() - bare.len()) % 2 == 1;
            let bare = bare.strip_prefix('.').filter(|rest| rest.starts_with('/')).unwrap_or(bare);
            let bare = bare.trim_start_matches('/').to_owned();
            if is_negated {
                negated.push(bare);
            } else {
                let mut kept = Vec::new();
                for other in negated {
                    if !matcher(&other)?.is_match(&bare) {
                        kept.push(other);
                    }
                }
                negated = kept;
                wanted.push(bare);
            }
        }
        let mut unwanted = Vec::new();
        for pattern in &negated {
            let matcher = matcher(pattern.trim_end_matches('/'))?;
            wanted.retain(|wanted| !matcher.is_match(wanted));
            unwanted.push(matcher);
        }
        let mut opened = Vec::new();
        for pattern in &wanted {
            opened.extend(expand_braces(pattern)?);
        }
        Ok(Self { wanted: opened, unwanted })
    }

    fn excludes(&self, folder: &str) -> bool {
        self.unwanted.iter().any(|pattern| pattern.is_match(folder))
    }
}

fn matcher(pattern: &str) -> Result<GlobMatcher, WorkspaceError> {
    let glob: Result<Glob, globset::Error> =
        GlobBuilder::new(pattern).literal_separator(true).backslash_escape(true).build();
    glob.map(|glob| glob.compile_matcher())
        .map_err(|source| WorkspaceError::Pattern { pattern: pattern.to_owned(), source })
}

fn components(pattern: &str) -> Vec<String> {
    let parts = pattern.split('/').filter(|part| !part.is_empty() && *part != ".");
    parts.map(str::to_owned).collect()
}

/// `{a,b}/*` → `a/*`, `b/*`; nested braces are opened one after the other. Every pair multiplies
/// the patterns, so their number is bounded.
fn expand_braces(pattern: &str) -> Result<Vec<String>, WorkspaceError> {
    let mut plain = Vec::new();
    let mut open = vec![pattern.to_owned()];
    while let Some(pattern) = open.pop() {
        match first_choices(&pattern) {
            None => plain.push(pattern),
            Some(choices) => open.extend(choices.into_iter().rev()),
        }
        if plain.len() + open.len() > MAX_PATTERNS {
            return Err(WorkspaceError::TooManyPatterns);
        }
    }
    Ok(plain)
}

/// The pattern once for each choice of its first pair of braces; `None` without such a pair.
fn first_choices(pattern: &str) -> Option<Vec<String>> {
    let start = pattern.find('{')?;
    let end = start + pattern.get(start..)?.find('}')?;
    let inner = pattern.get(start + 1..end)?;
    if !inner.contains(',') || inner.contains('{') {
        return None;
    }
    let (before, after) = (pattern.get(..start)?, pattern.get(end + 1..)?);
    Some(inner.split(',').map(|choice| format!("{before}{choice}{after}")).collect())
}

/// Collects the folders below `base`/`at` that match the remaining pattern components.
fn expand(
    base: &str,
    at: &str,
    pattern: &[String],
    found: &mut Vec<String>,
    depth: usize,
) -> Result<(), WorkspaceError> {
    if found.len() > MAX_FOLDERS {
        return Err(WorkspaceError::TooMany);
    }
    let Some((first, rest)) = pattern.split_first() else {
        if !at.is_empty() {
            found.push(at.to_owned());
        }
        return Ok(());
    };
    if depth > MAX_DEPTH {
        return Ok(());
    }
    let join = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}/{name}") };
    if first == "**" {
        expand(base, at, rest, found, depth)?;
        for name in inner_folders(base, at) {
            expand(base, &join(&name), pattern, found, depth + 1)?;
        }
        return Ok(());
    }
    if !first.contains(['*', '?', '[', '{', '(']) {
        let next = join(first);
        if first != "node_modules" && Path::new(&format!("{base}/{next}")).is_dir() {
            expand(base, &next, rest, found, depth + 1)?;
        }
        return Ok(());
    }
    let glob = matcher(first)?;
    for name in inner_folders(base, at).into_iter().filter(|name| glob.is_match(name)) {
        expand(base, &join(&name), rest, found, depth + 1)?;
    }
    Ok(())
}

/// Visible folders (and links to folders), without `node_modules`.
fn inner_folders(base: &str, at: &str) -> Vec<String> {
    let path = if at.is_empty() { base.to_owned() } else { format!("{base}/{at}") };
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.') && name != "node_modules")
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn project(folders: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for folder in folders {
            let path = dir.path().join(folder);
            fs::create_dir_all(&path).unwrap();
            let name = folder.rsplit('/').next().unwrap();
            fs::write(path.join("package.json"), format!(r#"{{"name":"{name}"}}"#)).unwrap();
        }
        dir
    }

    fn names(dir: &tempfile::TempDir, workspaces: &Value) -> Vec<String> {
        let path = dir.path().to_str().unwrap();
        map_workspaces(path, Some(workspaces)).unwrap().into_keys().collect()
    }

    #[test]
    fn patterns_keep_their_order_and_sort_within() {
        let dir = project(&["apps/z", "packages/b", "packages/a"]);
        assert_eq!(names(&dir, &json!(["packages/*", "apps/z"])), ["a", "b", "z"]);
    }

    #[test]
    fn negation_takes_back_and_braces_and_stars_are_opened() {
        let dir = project(&["x/a", "y/b", "y/deep/c", "y/node_modules/d"]);
        assert_eq!(names(&dir, &json!(["{x,y}/**", "!y/deep/*"])), ["a", "b"]);
    }

    #[test]
    fn braces_open_in_order_and_cannot_multiply_without_end() {
        assert_eq!(expand_braces("{a,b}/{c,d}").unwrap(), ["a/c", "a/d", "b/c", "b/d"]);
        let error = expand_braces(&"{a,b}".repeat(40)).unwrap_err();
        assert_eq!(error.code(), Code::Workspacesconfig);
    }

    #[test]
    fn same_name_twice_is_an_error() {
        let dir = project(&["x/a", "y/a"]);
        let path = dir.path().to_str().unwrap();
        let error = map_workspaces(path, Some(&json!(["x/*", "y/*"]))).unwrap_err();
        assert_eq!(error.code(), Code::Duplicateworkspace);
    }
}
