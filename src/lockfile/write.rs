//! Tree → text.

use std::{cmp::Ordering, path::Path};

use serde_json::{Map, Value};

use super::{legacy::LegacyWriter, read::is_truthy};
use crate::{
    arborist::{NodeId, Tree, lock_resolved, paths::relative},
    manifest::{Json, JsonFormat, Manifest, Members, StringMap, members, render_json_sorted},
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
        let header = self.own_header(header);
        let legacy;
        let mut data = members(&header);
        set(&mut data, "lockfileVersion", Json::Count(version));
        set(&mut data, "requires", Json::Flag(true));
        if version >= 2 {
            set(&mut data, "packages", Json::Object(self.packages(Inert::Recorded)));
        }
        if version < 3 {
            let writer = LegacyWriter {
                tree: self.tree,
                project: &self.tree[self.root].realpath,
                root,
                omit_registry_resolved: self.registry_resolved == RegistryResolved::Omit,
            };
            legacy = writer.dependencies();
            if let Some(dependencies) = &legacy {
                set(&mut data, "dependencies", Json::Value(dependencies));
            }
        }
        stringify(Json::Object(data), format)
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
        packages.retain(|(location, _)| !location.is_empty());
        let mut data = members(header);
        set(&mut data, "lockfileVersion", Json::Count(super::DEFAULT_LOCKFILE_VERSION));
        set(&mut data, "requires", Json::Flag(true));
        set(&mut data, "packages", Json::Object(packages));
        stringify(Json::Object(data), format)
    }

    fn packages(&self, inert: Inert) -> Members<'_> {
        let tree = self.tree;
        let root = tree.target_or_self(self.root);
        let mut packages = Members::new();
        let own = self.entry(root);
        if !own.is_empty() {
            packages.push(("".into(), Json::Object(own)));
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
            packages.push((location.into(), Json::Object(self.entry(node))));
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
    fn entry(&self, node: NodeId) -> Members<'_> {
        let tree = self.tree;
        let project = &*tree[self.root].path;
        let mut meta = Members::new();
        if tree[node].is_link() {
            let target = relative(project, &tree[node].realpath);
            meta.push(("resolved".into(), Json::Text(target.into())));
            meta.push(("link".into(), Json::Flag(true)));
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
            meta.push(("name".into(), Json::Text(own.into())));
        }
        if tree.is_top(node) {
            if package.has_empty_dev_dependencies && package.dev_dependencies.is_empty() {
                meta.push(("devDependencies".into(), Json::Object(Members::new())));
            }
            add_texts("devDependencies", &package.dev_dependencies, &mut meta);
        }
        if let Some(integrity) = &tree[node].integrity {
            meta.push(("integrity".into(), Json::Text((&**integrity).into())));
        }
        let mut mark = |key: &'static str, value: bool| {
            if value {
                meta.push((key.into(), Json::Flag(true)));
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
            meta.push(("resolved".into(), Json::Text(resolved.into())));
        }
        meta
    }
}

/// Sets a member that may be there.
fn set<'a>(members: &mut Members<'a>, key: &'static str, value: Json<'a>) {
    match members.iter_mut().find(|(known, _)| known == key) {
        Some((_, known)) => *known = value,
        None => members.push((key.into(), value)),
    }
}

fn add_manifest_fields<'a>(package: &'a Manifest, meta: &mut Members<'a>) {
    if let Some(version) = package.version.as_deref().filter(|version| !version.is_empty()) {
        meta.push(("version".into(), Json::Text(version.into())));
    }
    add_texts("dependencies", &package.dependencies, meta);
    add_texts("peerDependencies", &package.peer_dependencies, meta);
    add_texts("optionalDependencies", &package.optional_dependencies, meta);
    add_texts("acceptDependencies", &package.accept_dependencies, meta);
    if let Some(names) = package.bundle_dependencies.as_ref().filter(|names| !names.is_empty()) {
        meta.push(("bundleDependencies".into(), Json::List(names)));
    }
    add_texts("bin", &package.bin, meta);
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
            meta.push((key.into(), Json::Value(value)));
        }
    }
}

fn add_texts<'a>(key: &'static str, texts: &'a StringMap, meta: &mut Members<'a>) {
    if !texts.is_empty() {
        meta.push((key.into(), Json::Texts(texts)));
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
fn stringify(value: Json<'_>, format: &JsonFormat) -> String {
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
    use serde_json::json;

    #[test]
    fn plain_values_come_before_objects_and_known_keys_first() {
        let value = json!({"dependencies": {"b": "1", "name": "2", "a": "3"}, "zeta": [1],
            "bin": {"x": "y"}, "resolved": "r", "version": "v"});
        let format = JsonFormat { indent: String::new(), newline: String::new() };
        let text = stringify(Json::Value(&value), &format);
        assert_eq!(
            text,
            r#"{"version":"v","resolved":"r","zeta":[1],"dependencies":{"name":"2","a":"3","b":"1"},"bin":{"x":"y"}}"#
        );
    }
}
