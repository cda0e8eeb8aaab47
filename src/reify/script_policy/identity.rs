//! Who a package is, by what its publisher cannot choose.

use super::{Grammar, ScriptPackage};

/// A registry package's identity, from the URL its tarball came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The registry's name for it.
    pub name: String,
    /// The version in the URL; `None` when only a dependency's spec vouches for the name.
    pub version: Option<String>,
}

/// The identity a policy may trust: name and version in the `resolved` URL, else the name in an
/// incoming dependency (behind an alias the real one). Never what the tarball says of itself,
/// nor the folder it lies in. Source: `getTrustedRegistryIdentity` in `script-allowed.js`.
pub fn identity(package: &ScriptPackage, grammar: &impl Grammar) -> Option<Identity> {
    let by_url =
        package.resolved.as_deref().and_then(|resolved| from_tarball_url(resolved, grammar));
    by_url.or_else(|| {
        let name =
            package.edges_in.iter().find_map(|(name, spec)| grammar.registry_name(name, spec))?;
        Some(Identity { name, version: None })
    })
}

/// `…/@scope/name/-/name-1.2.3.tgz`. Source: `version-from-tgz.js`.
fn from_tarball_url(resolved: &str, grammar: &impl Grammar) -> Option<Identity> {
    if !resolved.starts_with("http:/") && !resolved.starts_with("https:/") {
        return None;
    }
    let file = resolved.rsplit('/').next()?;
    let url = url::Url::parse(resolved).ok()?;
    let (before, after) = url.path().strip_prefix('/')?.rsplit_once("/-/")?;
    // A query or fragment that looks like a file name is not one.
    if after != file {
        return None;
    }
    let before = before.rsplit_once("/-/").map_or(before, |(_, last)| last);
    let before = before.replace("%2f", "/").replace("%2F", "/");
    let mut parts = before.rsplit('/');
    let (name, scope) = (parts.next()?, parts.next());
    let version = file.strip_suffix(".tgz")?.strip_prefix(name)?.strip_prefix('-')?;
    let version = grammar.version(version)?;
    let name = match scope.filter(|scope| scope.starts_with('@')) {
        Some(scope) => format!("{scope}/{name}"),
        None => name.to_owned(),
    };
    (!name.is_empty()).then_some(Identity { name, version: Some(version) })
}

/// The texts by which a file, folder or URL key may name this package: its `resolved`, or, for
/// the target of links, theirs and the paths.
pub fn source_specs(package: &ScriptPackage) -> Vec<&str> {
    match package.resolved.as_deref().filter(|resolved| !resolved.is_empty()) {
        Some(resolved) => vec![resolved],
        None => package.link_specs.iter().map(String::as_str).collect(),
    }
}

/// Name and version to show: the trusted ones, else the folder's name and what the manifest
/// says. Not for decisions.
pub fn display_identity(
    package: &ScriptPackage,
    grammar: &impl Grammar,
) -> (String, Option<String>) {
    let trusted = identity(package, grammar);
    let folder = package.location.rsplit_once("node_modules/").map(|(_, name)| name);
    let (name, version) =
        trusted.map_or((None, None), |identity| (Some(identity.name), identity.version));
    let name = name.or_else(|| folder.map(str::to_owned)).unwrap_or_else(|| package.name.clone());
    let own = Some(package.version.clone()).filter(|version| !version.is_empty());
    (name, version.or(own))
}
