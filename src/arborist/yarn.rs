//! What a yarn.lock adds to a build: versions for specifiers where npm has no lockfile of its own
//! (`checkYarnLock` of `shrinkwrap.js`), and where packages on disk came from (`addEdge`).

use std::{collections::HashMap, path::Path, sync::Arc};

use super::{Fetched, LoadFailure, NodeId, Tree, resolved::consistent_resolve};
use crate::{
    error::{Code, Explain},
    spec::{Spec, Version},
};

/// A yarn.lock as data; `lockfile` reads and writes its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct YarnEntries {
    /// Entries by specifier (`name@range`).
    pub by_spec: HashMap<String, Arc<YarnEntry>>,
}

/// What yarn chose for some specifiers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct YarnEntry {
    /// The version.
    pub version: Option<String>,
    /// The tarball's URL, without the hash that old files carry.
    pub resolved: Option<String>,
    /// Its integrity.
    pub integrity: Option<String>,
}

/// What is asked for instead of a specifier, and the integrity it must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pinned {
    pub(super) spec: Spec,
    integrity: Option<String>,
}

/// yarn.lock and the registry disagree about a package.
#[derive(Debug, thiserror::Error)]
#[error("Integrity checksum failed when using {algorithm}: wanted {wanted} but got {found}.")]
struct YarnMismatch {
    package: String,
    algorithm: String,
    wanted: String,
    found: String,
}

impl Explain for YarnMismatch {
    fn code(&self) -> Code {
        Code::Integrity
    }

    fn package(&self) -> Option<String> {
        Some(self.package.clone())
    }

    fn help(&self) -> Option<String> {
        Some(
            "find out which of yarn.lock and the registry is right before you change either".into(),
        )
    }
}

impl YarnEntries {
    /// What stands for `spec`; `None` where yarn.lock says nothing of use.
    ///
    /// A tarball of the registry counts as its version, anything else as its URL.
    pub(super) fn pin(&self, spec: &Spec) -> Option<Pinned> {
        let entry = self.by_spec.get(&spec.raw)?;
        let version = entry.version.as_deref().filter(|version| !version.is_empty())?;
        let resolved = entry.resolved.as_deref().filter(|resolved| !resolved.is_empty())?;
        let name = spec.name.as_deref().unwrap_or_default();
        let found = (spec.is_registry() && (is_of_npm(resolved) || is_of_yarn(resolved)))
            .then(|| name_and_version(name, resolved))
            .flatten();
        let wanted = match found {
            Some((own, found)) if own == name && found == version => found,
            Some((own, found)) => format!("npm:{own}@{found}"),
            None => resolved.to_owned(),
        };
        // Like `npa`, which takes the words of a lock as it takes those of a user.
        let spec = Spec::parse(&format!("{name}@{wanted}"), Path::new("/")).ok()?;
        Some(Pinned { spec, integrity: entry.integrity.clone() })
    }
}

impl Pinned {
    /// Adds what yarn.lock knows of the integrity of a fetched package.
    ///
    /// # Errors
    /// Both know a hash of one algorithm, and they differ.
    pub(super) fn confirm(&self, fetched: Arc<Fetched>) -> Result<Arc<Fetched>, LoadFailure> {
        let Some(wanted) = self.integrity.as_deref() else { return Ok(fetched) };
        let Some(found) = fetched.integrity.as_deref() else {
            let integrity = Some(wanted.into());
            return Ok(Arc::new(Fetched { integrity, ..Fetched::clone(&fetched) }));
        };
        let mut merged: Vec<&str> = wanted.split_whitespace().collect();
        for hash in found.split_whitespace() {
            let same_algorithm = |other: &&str| algorithm(other) == algorithm(hash);
            let known: Vec<&str> =
                wanted.split_whitespace().filter(|other| same_algorithm(other)).collect();
            if known.is_empty() {
                merged.push(hash);
            } else if !known.contains(&hash) {
                let (wanted, found) = (wanted.to_owned(), found.to_owned());
                let algorithm = algorithm(hash).to_owned();
                let package = self.spec.raw.clone();
                return Err(LoadFailure::new(YarnMismatch { package, algorithm, wanted, found }));
            }
        }
        let integrity = Some(merged.join(" ").into());
        Ok(Arc::new(Fetched { integrity, ..Fetched::clone(&fetched) }))
    }
}

impl Tree {
    /// Takes over where packages on disk came from, which only yarn.lock tells.
    pub(super) fn learn_from_yarn(&mut self, root: NodeId, yarn: &YarnEntries) {
        for node in self.inventory_of(root) {
            for edge in self.edges_in(node) {
                let is_known = self[node].resolved.is_some() && self[node].integrity.is_some();
                if is_known || self[node].is_link() || !self.edge_valid(edge) {
                    continue;
                }
                let spec = format!("{}@{}", self.name(node), self.edge_spec(edge));
                if let Some(entry) = yarn.by_spec.get(&spec) {
                    self.learn_entry(root, node, entry);
                }
            }
        }
    }

    fn learn_entry(&mut self, root: NodeId, node: NodeId, entry: &YarnEntry) {
        let differs = |mine: Option<&str>, theirs: &Option<String>| matches!((mine, theirs), (Some(mine), Some(theirs)) if mine != theirs);
        let known = &self[node];
        if differs(Some(known.version_text()).filter(|text| !text.is_empty()), &entry.version)
            || differs(known.integrity.as_deref(), &entry.integrity)
            || differs(known.resolved.as_deref(), &entry.resolved)
        {
            return;
        }
        let resolved = entry.resolved.as_deref().map(|url| {
            let path = self[root].path.to_string();
            consistent_resolve(&of_npm(url), &path)
        });
        let known = &mut self[node];
        known.integrity =
            known.integrity.take().or_else(|| entry.integrity.as_deref().map(Into::into));
        known.resolved = known.resolved.take().or_else(|| resolved.map(Into::into));
    }
}

fn algorithm(hash: &str) -> &str {
    hash.split_once('-').map_or(hash, |(algorithm, _)| algorithm)
}

/// Host and path of an http(s) URL.
fn host_and_path(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    rest.split_once('/')
}

fn is_of_npm(url: &str) -> bool {
    let npm = deno_npmrc::NPM_DEFAULT_REGISTRY;
    let default = npm.strip_prefix("https://").unwrap_or(npm).trim_end_matches('/');
    host_and_path(url).is_some_and(|(host, _)| host == default)
}

/// The domain below which yarn has a name of its own for npm's registry.
const YARN: &str = "yarnpkg.com";

/// yarn's own name for npm's registry.
fn is_of_yarn(url: &str) -> bool {
    let host = host_and_path(url).and_then(|(host, _)| host.strip_prefix("registry."));
    host == Some(YARN)
}

/// A URL of yarn's name for the registry under npm's name for it.
fn of_npm(url: &str) -> String {
    match host_and_path(url) {
        Some((_, path)) if is_of_yarn(url) => {
            format!("{}/{path}", deno_npmrc::NPM_DEFAULT_REGISTRY.trim_end_matches('/'))
        }
        _ => url.to_owned(),
    }
}

/// Whose tarball a registry URL is, and of which version (`version-from-tgz.js`).
fn name_and_version(name: &str, url: &str) -> Option<(String, String)> {
    let (_, path) = host_and_path(url)?;
    let (_, file) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = file.strip_suffix(".tgz")?;
    let owner = path.rsplit_once("/-/").filter(|(_, rest)| *rest == file);
    let owner = owner.map_or(name, |(owner, _)| owner).replace("%2F", "/").replace("%2f", "/");
    let mut parts = owner.rsplit('/');
    let project = parts.next()?;
    let scope = parts.next().filter(|scope| scope.starts_with('@'));
    let version = stem.strip_prefix(project)?.strip_prefix('-')?;
    let version = Version::parse(version).ok()?.to_string();
    let name = scope.map_or_else(|| project.to_owned(), |scope| format!("{scope}/{project}"));
    Some((name, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NPM: &str = deno_npmrc::NPM_DEFAULT_REGISTRY;

    fn pinned(spec: &str, version: &str, resolved: &str) -> Option<String> {
        let spec = Spec::parse(spec, Path::new("/")).unwrap();
        let entry = YarnEntry {
            version: Some(version.to_owned()),
            resolved: Some(resolved.to_owned()).filter(|text| !text.is_empty()),
            integrity: None,
        };
        let by_spec = HashMap::from([(spec.raw.clone(), Arc::new(entry))]);
        YarnEntries { by_spec }.pin(&spec).map(|pinned| pinned.spec.raw)
    }

    #[test]
    fn tarball_of_the_registry_stands_for_its_version() {
        let url = format!("{NPM}/a/-/a-1.2.3.tgz");
        assert_eq!(pinned("a@^1.0.0", "1.2.3", &url).as_deref(), Some("a@1.2.3"));
        let yarn = format!("https://registry.{YARN}/@s/a/-/a-1.2.3.tgz");
        assert_eq!(pinned("@s/a@^1.0.0", "1.2.3", &yarn).as_deref(), Some("@s/a@1.2.3"));
    }

    #[test]
    fn tarball_of_another_name_stands_for_an_alias() {
        let url = format!("{NPM}/b/-/b-2.0.0.tgz");
        assert_eq!(pinned("a@npm:b@^2", "2.0.0", &url).as_deref(), Some("a@npm:b@2.0.0"));
    }

    #[test]
    fn tarball_from_elsewhere_stands_for_itself() {
        let url = "https://tarballs.example/a/-/a-1.2.3.tgz";
        assert_eq!(pinned("a@^1", "1.2.3", url), Some(format!("a@{url}")));
    }

    #[test]
    fn entry_without_a_tarball_says_nothing() {
        assert_eq!(pinned("a@^1", "1.2.3", ""), None);
    }

    #[test]
    fn integrity_of_both_is_kept_and_a_contradiction_is_refused() {
        let spec = Spec::parse("a@1.0.0", Path::new("/")).unwrap();
        let pinned =
            |integrity: &str| Pinned { spec: spec.clone(), integrity: Some(integrity.to_owned()) };
        let fetched =
            Arc::new(Fetched { integrity: Some("sha512-new".into()), ..Fetched::default() });
        let merged = pinned("sha1-old").confirm(Arc::clone(&fetched)).unwrap();
        assert_eq!(merged.integrity.as_deref(), Some("sha1-old sha512-new"));
        let error = pinned("sha512-other").confirm(fetched).unwrap_err();
        assert_eq!((error.code(), error.package().as_deref()), (Code::Integrity, Some("a@1.0.0")));
    }
}
