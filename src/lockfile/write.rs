//! Tree → text.

use std::{cmp::Ordering, path::Path};

use serde_json::{Map, Value, json};

use super::{legacy::LegacyWriter, read::is_truthy};
use crate::{
    arborist::{NodeId, Tree, lock_resolved, paths::relative},
    manifest::{Deps, JsonFormat, Manifest, render_json_sorted},
    spec::{collate, name_from_folder},
};

/// Keys that come first, in this order, in whatever object they stand.
const FIRST_KEYS: [&str; 8] = [
    "name",
    "version",
    "lockfileVersion",
    "resolved",
    "integrity",
    "requires",
    "packages",
    "dependencies",
];

/// Whether the URLs of registry packages are recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RegistryResolved {
    /// They are.
    #[default]
    Record,
    /// They are left out (`--omit-lockfile-registry-resolved`).
    Omit,
}

/// What becomes of packages that this machine does not get.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inert {
    Recorded,
    LeftOut,
}

/// Writes the lockfiles of one tree.
#[derive(Clone, Copy, Debug)]
pub struct LockWriter<'a> {
    /// The arena.
    pub tree: &'a Tree,
    /// The project.
    pub root: NodeId,
    /// Whether registry URLs are recorded.
    pub registry_resolved: RegistryResolved,
}

impl LockWriter<'_> {
    /// The lockfile's text. `header` holds the fields of the old one; unknown ones are kept.
    pub fn lockfile(
        &self,
        version: u64,
        header: &Map<String, Value>,
        format: &JsonFormat,
    ) -> String {
        let root = self.tree.target_or_self(self.root);
        let mut data = self.own_header(header);
        data.insert("lockfileVersion".into(), version.into());
        data.insert("requires".into(), true.into());
        if version >= 2 {
            data.insert("packages".into(), Value::Object(self.packages(Inert::Recorded)));
        }
        if version < 3 {
            let legacy = LegacyWriter {
                tree: self.tree,
                project: &self.tree[self.root].realpath,
                root,
                omit_registry_resolved: self.registry_resolved == RegistryResolved::Omit,
            };
            if let Some(dependencies) = legacy.dependencies() {
                data.insert("dependencies".into(), dependencies);
            }
        }
        stringify(&Value::Object(data), format)
    }

    /// The fields of an old lockfile with the project's own name and version.
    pub fn own_header(&self, header: &Map<String, Value>) -> Map<String, Value> {
        let mut data = header.clone();
        let root = self.tree.target_or_self(self.root);
        let name = self.tree[root].package_name().filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| self.tree.name(root));
        data.insert("name".into(), name.into());
        let own_version = self.tree[root].version_text();
        if !own_version.is_empty() {
            data.insert("version".into(), own_version.into());
        }
        data
    }

    /// The text of `node_modules/.package-lock.json`; it has the fields of the lockfile, those
    /// that nobody knows among them.
    pub fn hidden(&self, header: &Map<String, Value>, format: &JsonFormat) -> String {
        let mut packages = self.packages(Inert::LeftOut);
        packages.shift_remove("");
        let mut data = header.clone();
        data.insert("lockfileVersion".into(), super::DEFAULT_LOCKFILE_VERSION.into());
        data.insert("requires".into(), true.into());
        data.insert("packages".into(), Value::Object(packages));
        stringify(&Value::Object(data), format)
    }

    fn packages(&self, inert: Inert) -> Map<String, Value> {
        let tree = self.tree;
        let root = tree.target_or_self(self.root);
        let mut packages = Map::new();
        let own = self.entry(root);
        if !own.is_empty() {
            packages.insert(String::new(), Value::Object(own));
        }
        for node in tree.inventory_of(self.root) {
            if node == self.root || tree[node].location.is_empty() {
                continue;
            }
            let location = relative(&tree[self.root].path, &tree[node].path);
            if self.is_left_out(node, &location)
                || (inert == Inert::LeftOut && self.is_not_on_disk(node))
            {
                continue;
            }
            packages.insert(location, Value::Object(self.entry(node)));
        }
        packages
    }

    /// Unneeded folders of the project, and placeholders for what could not be loaded.
    fn is_left_out(&self, node: NodeId, location: &str) -> bool {
        let tree = self.tree;
        let in_modules = location == "node_modules"
            || location.starts_with("node_modules/")
            || location.contains("/node_modules/");
        let of_project = tree.fs_parent(node).is_none_or(|parent| parent == self.root);
        (tree[node].flags.extraneous && !in_modules && of_project)
            || (tree[node].inert && tree[node].version_text().is_empty())
    }

    /// The node, or one whose folder it would be in, is only in the lock.
    fn is_not_on_disk(&self, node: NodeId) -> bool {
        std::iter::successors(Some(node), |&node| self.tree.parent(node))
            .any(|node| self.tree[node].inert)
    }

    /// One entry (`metaFromNode`).
    fn entry(&self, node: NodeId) -> Map<String, Value> {
        let tree = self.tree;
        let project = &*tree[self.root].path;
        let mut meta = Map::new();
        if tree[node].is_link() {
            meta.insert("resolved".into(), relative(project, &tree[node].realpath).into());
            meta.insert("link".into(), true.into());
            return meta;
        }
        let package = &*tree[node].package;
        add_manifest_fields(package, &mut meta);
        let realpath = &*tree[node].realpath;
        if let Some(own) = package.name.as_deref().filter(|name| !name.is_empty())
            && (tree.root_of(node) == node
                || own != tree.name(node)
                || name_from_folder(Path::new(realpath)) != own)
        {
            meta.insert("name".into(), own.into());
        }
        if tree.is_top(node) {
            add_deps("devDependencies", &package.dev_dependencies, &mut meta);
        }
        if let Some(integrity) = &tree[node].integrity {
            meta.insert("integrity".into(), (&**integrity).into());
        }
        let mut mark = |key: &str, value: bool| {
            if value {
                meta.insert(key.into(), true.into());
            }
        };
        mark("inBundle", tree.in_bundle(node));
        mark("hasShrinkwrap", tree[node].has_shrinkwrap);
        mark("hasInstallScript", package.has_install_scripts());
        let flags = tree[node].flags;
        mark("extraneous", flags.extraneous);
        if !flags.extraneous {
            mark("peer", flags.peer);
            mark("dev", flags.dev);
            mark("optional", flags.optional);
            mark("devOptional", flags.dev_optional && !flags.dev && !flags.optional);
        }
        if let Some(resolved) = tree.resolved(node)
            && !(self.registry_resolved == RegistryResolved::Omit
                && tree.is_registry_dependency(node))
        {
            let resolved = lock_resolved(&resolved, &tree[node].path, project);
            meta.insert("resolved".into(), resolved.into());
        }
        meta
    }
}

fn add_manifest_fields(package: &Manifest, meta: &mut Map<String, Value>) {
    if let Some(version) = package.version.as_deref().filter(|version| !version.is_empty()) {
        meta.insert("version".into(), version.into());
    }
    add_deps("dependencies", &package.dependencies, meta);
    add_deps("peerDependencies", &package.peer_dependencies, meta);
    add_deps("optionalDependencies", &package.optional_dependencies, meta);
    add_deps("acceptDependencies", &package.accept_dependencies, meta);
    if let Some(names) = package.bundle_dependencies.as_ref().filter(|names| !names.is_empty()) {
        meta.insert("bundleDependencies".into(), json!(names));
    }
    if !package.bin.is_empty() {
        meta.insert("bin".into(), json!(package.bin));
    }
    let license = package.license.as_deref().map(|license| match license.get("type") {
        Some(kind) if is_truthy(kind) => kind,
        _ => license,
    });
    let fields = [
        ("peerDependenciesMeta", package.peer_dependencies_meta.as_deref()),
        ("funding", package.funding.as_deref()),
        ("engines", package.engines.as_deref()),
        ("os", package.os.as_deref()),
        ("cpu", package.cpu.as_deref()),
        ("libc", package.libc.as_deref()),
        ("license", license),
        ("deprecated", package.deprecated.as_deref()),
        ("workspaces", package.workspaces.as_deref()),
    ];
    for (key, value) in fields {
        if let Some(value) = value.filter(|value| is_truthy(value) && !is_empty(value)) {
            meta.insert(key.into(), value.clone());
        }
    }
}

fn add_deps(key: &str, deps: &Deps, meta: &mut Map<String, Value>) {
    if !deps.is_empty() {
        let deps = deps.iter().map(|(name, spec)| (name.to_owned(), spec.into()));
        meta.insert(key.into(), Value::Object(deps.collect()));
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// `json-stringify-nice`: in every object plain values before objects, known keys first, the rest
/// in collation order.
fn stringify(value: &Value, format: &JsonFormat) -> String {
    let mut text = render_json_sorted(value, format, |(a, one), (b, other)| {
        one.is_object().cmp(&other.is_object()).then_with(|| key_order(a, b))
    });
    text.push_str(&format.newline);
    text
}

fn key_order(a: &str, b: &str) -> Ordering {
    let rank = |key: &str| FIRST_KEYS.iter().position(|&first| first == key);
    match (rank(a), rank(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => collate(a, b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_values_come_before_objects_and_known_keys_first() {
        let value = json!({"dependencies": {"b": "1", "name": "2", "a": "3"}, "zeta": [1],
            "bin": {"x": "y"}, "resolved": "r", "version": "v"});
        let format = JsonFormat { indent: String::new(), newline: String::new() };
        let text = stringify(&value, &format);
        assert_eq!(
            text,
            r#"{"version":"v","resolved":"r","zeta":[1],"dependencies":{"name":"2","a":"3","b":"1"},"bin":{"x":"y"}}"#
        );
    }
}
