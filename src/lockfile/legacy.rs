//! Lockfiles of version 1, and the `dependencies` half of version 2.
//!
//! Read: `#loadAll`, `#metaFromLock`, `#fixDependencies`. Write: `#buildLegacyLockfile`.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::read::is_truthy;
use crate::{
    arborist::{NodeId, Tree, lock_resolved, paths::relative},
    spec::{Spec, SpecKind, Version, collate},
};

/// How deep nested `dependencies` are followed.
const MAX_DEPTH: usize = 100;

/// Turns nested `dependencies` into a flat `packages` map; paths in them are relative to `project`.
pub(super) fn packages_from_dependencies(
    header: &Map<String, Value>,
    dependencies: &Map<String, Value>,
    project: &str,
) -> Map<String, Value> {
    let root = header.get("name").map_or_else(|| json!({}), |name| json!({ "name": name }));
    let mut flat = Flat { project, packages: Map::new() };
    flat.packages.insert(String::new(), root);
    flat.load_all("", dependencies, 0);
    sort_out_requires(&mut flat.packages);
    flat.packages
}

/// The map under way.
struct Flat<'a> {
    project: &'a str,
    packages: Map<String, Value>,
}

impl Flat<'_> {
    fn load_all(&mut self, location: &str, dependencies: &Map<String, Value>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        for (name, lock) in dependencies {
            let Some(lock) = lock.as_object() else { continue };
            let slash = if location.is_empty() { "" } else { "/" };
            let own = format!("{location}{slash}node_modules/{name}");
            let inner = self.load_one(&own, name, lock);
            if let Some(Value::Object(dependencies)) = lock.get("dependencies") {
                self.load_all(&inner, dependencies, depth + 1);
            }
        }
    }

    /// Adds one entry; gives back the location that its own dependencies are relative to.
    fn load_one(&mut self, location: &str, name: &str, lock: &Map<String, Value>) -> String {
        let spec = self.spec_from_lock(name, lock);
        if let Some(Spec { kind: SpecKind::Directory, fetch_spec, .. }) = &spec {
            let target = relative(self.project, fetch_spec);
            self.packages.insert(location.to_owned(), json!({ "link": true, "resolved": target }));
            if !self.packages.contains_key(&target) {
                let mut lock = lock.clone();
                lock.shift_remove("version");
                let meta = self.meta_from_lock(name, &lock, None);
                self.packages.insert(target.clone(), Value::Object(meta));
            }
            return target;
        }
        let meta = self.meta_from_lock(name, lock, spec.as_ref());
        self.packages.insert(location.to_owned(), Value::Object(meta));
        location.to_owned()
    }

    /// `spec-from-lock.js`: what an old entry asks for.
    fn spec_from_lock(&self, name: &str, lock: &Map<String, Value>) -> Option<Spec> {
        let text =
            |key: &str| lock.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let resolve = |spec: &str| Spec::resolve(name, spec, Path::new(self.project)).ok();
        let by_version = text("version").and_then(resolve);
        if let Some(spec) = &by_version
            && (text("integrity").is_some() || matches!(spec.kind, SpecKind::Git(_)))
        {
            return by_version;
        }
        if let Some(spec) = text("from").and_then(resolve) {
            if spec.is_registry() && by_version.is_some() {
                return by_version;
            }
            if text("resolved").is_none() {
                return Some(spec);
            }
        }
        text("resolved").and_then(resolve).or(by_version)
    }

    fn meta_from_lock(
        &self,
        name: &str,
        lock: &Map<String, Value>,
        spec: Option<&Spec>,
    ) -> Map<String, Value> {
        let project = self.project;
        let mut meta = Map::new();
        let text =
            |key: &str| lock.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        if let Some(requires @ Value::Object(_)) = lock.get("requires") {
            meta.insert("requires".into(), requires.clone());
        }
        for key in ["optional", "dev"] {
            if lock.get(key).is_some_and(is_truthy) {
                meta.insert(key.into(), Value::Bool(true));
            }
        }
        if let Some(integrity) = text("integrity") {
            meta.insert("integrity".into(), integrity.into());
        }
        let is_registry = spec.is_some_and(Spec::is_registry);
        if let (Some(version), None) = (text("version"), text("integrity")) {
            if let Some(spec) = spec.filter(|spec| matches!(spec.kind, SpecKind::Git(_))) {
                let resolved = lock_resolved(&spec.raw_spec, project, project);
                meta.insert("resolved".into(), resolved.into());
                return meta;
            }
            if is_registry {
                meta.insert("version".into(), version.into());
            }
        }
        let resolved = match spec {
            Some(_) if is_registry => text("resolved").map(str::to_owned),
            Some(Spec { kind: SpecKind::File, fetch_spec, .. }) => {
                Some(format!("file:{}", relative(project, fetch_spec)))
            }
            Some(spec) if !spec.fetch_spec.is_empty() => Some(spec.fetch_spec.clone()),
            _ => None,
        };
        if let Some(resolved) = resolved {
            meta.insert("resolved".into(), resolved.into());
        }
        if !meta.contains_key("version")
            && let Some(spec) = spec
        {
            add_version_of(name, spec, &mut meta);
        }
        if lock.get("bundled").is_some_and(is_truthy) {
            meta.insert("inBundle".into(), Value::Bool(true));
        }
        meta
    }
}

fn add_version_of(name: &str, spec: &Spec, meta: &mut Map<String, Value>) {
    match &spec.kind {
        SpecKind::File | SpecKind::Remote => {
            let own = spec.name.as_deref().unwrap_or(name);
            let resolved = meta.get("resolved").and_then(Value::as_str).unwrap_or_default();
            let found =
                version_from_tgz(own, &spec.fetch_spec).or_else(|| version_from_tgz(own, resolved));
            if let Some((found_name, version)) = found {
                meta.insert("version".into(), version.into());
                if found_name != name {
                    meta.insert("name".into(), found_name.into());
                }
            }
        }
        SpecKind::Alias(inner) => {
            meta.insert("name".into(), inner.name.clone().unwrap_or_default().into());
            meta.insert("version".into(), inner.fetch_spec.clone().into());
        }
        SpecKind::Version => {
            meta.insert("version".into(), spec.fetch_spec.clone().into());
        }
        _ => {}
    }
}

/// Name and version from a tarball's file name (`version-from-tgz.js`).
fn version_from_tgz(name: &str, tarball: &str) -> Option<(String, String)> {
    let path = tarball.split(['?', '#']).next().unwrap_or(tarball);
    let base = path.rsplit('/').next()?;
    let stem = base.strip_suffix(".tgz")?;
    let project = match path.rsplit_once("/-/") {
        Some((before, after)) if after == base && tarball.starts_with("http") => before,
        _ => name,
    };
    let project = project.replace("%2f", "/").replace("%2F", "/");
    let mut parts = project.rsplit('/');
    let unscoped = parts.next()?;
    let scope = parts.next().filter(|scope| scope.starts_with('@'));
    let version = stem.strip_prefix(unscoped)?.strip_prefix('-')?;
    let version = Version::parse(version).ok()?.to_string();
    let name = scope.map_or_else(|| unscoped.to_owned(), |scope| format!("{scope}/{unscoped}"));
    Some((name, version))
}

/// `requires` becomes the dependency field that the required package's flags suggest.
fn sort_out_requires(packages: &mut Map<String, Value>) {
    let flag = |entry: Option<&Value>, key: &str| {
        entry.and_then(|entry| entry.get(key)).is_some_and(is_truthy)
    };
    let locations: Vec<String> = packages.keys().filter(|key| !key.is_empty()).cloned().collect();
    for location in locations {
        let requires = packages
            .get_mut(&location)
            .and_then(Value::as_object_mut)
            .and_then(|meta| meta.shift_remove("requires"));
        let Some(Value::Object(requires)) = requires else { continue };
        for (name, spec) in requires {
            let dep = resolve_entry(packages, &location, &name);
            let own = packages.get(&location);
            let field = if flag(dep, "optional") && !flag(own, "optional") {
                "optionalDependencies"
            } else if flag(dep, "dev") && !flag(own, "dev") {
                "devDependencies"
            } else {
                "dependencies"
            };
            let Some(Value::Object(meta)) = packages.get_mut(&location) else { continue };
            let deps = meta.entry(field).or_insert_with(|| json!({}));
            if let Some(deps) = deps.as_object_mut() {
                deps.insert(name, spec);
            }
        }
    }
}

fn resolve_entry<'a>(
    packages: &'a Map<String, Value>,
    location: &str,
    name: &str,
) -> Option<&'a Value> {
    let mut path = location;
    loop {
        let slash = if path.is_empty() { "" } else { "/" };
        if let Some(entry) = packages.get(&format!("{path}{slash}node_modules/{name}")) {
            return Some(entry);
        }
        if path.is_empty() {
            return None;
        }
        path = path.rsplit_once('/').map_or("", |(before, _)| before);
    }
}

/// Writes the nested `dependencies` of locks of version 1 and 2.
pub(super) struct LegacyWriter<'a> {
    pub(super) tree: &'a Tree,
    pub(super) project: &'a str,
    pub(super) root: NodeId,
    pub(super) omit_registry_resolved: bool,
}

impl LegacyWriter<'_> {
    /// The `dependencies` of the project.
    pub(super) fn dependencies(&self) -> Option<Value> {
        self.children_of(self.root, &[])
    }

    fn children_of(&self, node: NodeId, path: &[&str]) -> Option<Value> {
        let tree = self.tree;
        let target = tree.target_or_self(node);
        let realpath = &*tree[node].realpath;
        let mut inner = path.to_vec();
        inner.push(realpath);
        let mut dependencies = Map::new();
        for kid in tree.children(target) {
            if path.contains(&&*tree[kid].realpath) {
                continue;
            }
            dependencies.insert(tree.name(kid).to_owned(), self.entry(kid, &inner));
        }
        (!dependencies.is_empty()).then_some(Value::Object(dependencies))
    }

    fn entry(&self, node: NodeId, path: &[&str]) -> Value {
        let tree = self.tree;
        let mut lock = Map::new();
        let resolved = tree.resolved(node);
        let location = resolved
            .as_deref()
            .map(|resolved| lock_resolved(resolved, &tree[node].path, self.project));
        let by_place =
            location.as_deref().and_then(|text| Spec::parse(text, Path::new(self.project)).ok());
        let spec = self.requested(node).or_else(|| by_place.clone());
        self.add_version(node, spec.as_ref(), by_place.as_ref(), &mut lock);
        if tree.in_dep_bundle(node) {
            lock.insert("bundled".into(), true.into());
        }
        let from_registry = |spec: Option<&Spec>| spec.is_none_or(Spec::is_registry);
        let place_is_url = by_place
            .as_ref()
            .is_none_or(|spec| spec.is_registry() || matches!(spec.kind, SpecKind::Remote));
        if let Some(resolved) = &resolved
            && !tree[node].is_link()
            && place_is_url
            && from_registry(spec.as_ref())
            && !self.omit_registry_resolved
        {
            lock.insert("resolved".into(), (&**resolved).into());
        }
        if let Some(integrity) = &tree[node].integrity {
            lock.insert("integrity".into(), (&**integrity).into());
        }
        self.add_flags(node, &mut lock);
        self.add_requires(node, &mut lock);
        if let Some(dependencies) = self.children_of(node, path) {
            lock.insert("dependencies".into(), dependencies);
        }
        Value::Object(lock)
    }

    /// The specifier of the nearest dependent.
    fn requested(&self, node: NodeId) -> Option<Spec> {
        let tree = self.tree;
        let from = |edge| tree.edge_from(edge);
        let mut edges: Vec<_> =
            tree.edges_in(node).into_iter().filter(|&edge| tree.edge_valid(edge)).collect();
        edges.sort_by(|&a, &b| {
            let parts =
                |edge| from(edge).map_or("", |node| &tree[node].location).split("node_modules");
            let last = |edge| parts(edge).last().unwrap_or_default();
            let order = parts(a).count().cmp(&parts(b).count());
            order.then_with(|| collate(last(a), last(b)))
        });
        let edge = *edges.first()?;
        let where_ = from(edge).map(|node| tree[node].realpath.to_string())?;
        Spec::resolve(tree.name(node), &tree.edge_spec(edge), Path::new(&where_)).ok()
    }

    fn add_version(
        &self,
        node: NodeId,
        spec: Option<&Spec>,
        by_place: Option<&Spec>,
        lock: &mut Map<String, Value>,
    ) {
        let tree = self.tree;
        let is_git = |spec: Option<&Spec>| spec.is_some_and(|s| matches!(s.kind, SpecKind::Git(_)));
        let version = tree[node].version_text();
        let own = tree[node].package_name().unwrap_or_default();
        let text = if tree[node].is_link() {
            Some(format!("file:{}", relative(self.project, &tree[node].realpath)))
        } else if let Some(spec) =
            spec.filter(|spec| matches!(spec.kind, SpecKind::File | SpecKind::Remote))
        {
            spec.save_spec.clone()
        } else if is_git(spec) || is_git(by_place) {
            if let Some(spec) = spec {
                lock.insert("from".into(), spec.raw.clone().into());
            }
            tree.resolved(node).map(|resolved| resolved.to_string())
        } else if !own.is_empty() && own != tree.name(node) {
            Some(format!("npm:{own}@{version}"))
        } else {
            (!version.is_empty()).then(|| version.to_owned())
        };
        if let Some(text) = text {
            lock.insert("version".into(), text.into());
        }
    }

    fn add_flags(&self, node: NodeId, lock: &mut Map<String, Value>) {
        let flags = self.tree[node].flags;
        let mut set = |key: &str, value: bool| {
            if value {
                lock.insert(key.into(), true.into());
            }
        };
        if flags.extraneous {
            set("extraneous", true);
        } else if !self.tree[node].is_link() {
            set("peer", flags.peer);
            set("devOptional", flags.dev_optional && !flags.dev && !flags.optional);
            set("dev", flags.dev);
            set("optional", flags.optional);
        }
    }

    fn add_requires(&self, node: NodeId, lock: &mut Map<String, Value>) {
        let tree = self.tree;
        let edges = tree.edges_out(tree.target_or_self(node));
        if edges.is_empty() {
            return;
        }
        let realpath = &*tree[node].realpath;
        let mut requires = Map::new();
        for edge in edges.into_iter().filter(|&edge| !tree[edge].kind.is_peer()) {
            let spec = tree.edge_spec(edge);
            let spec = match spec.strip_prefix("file:") {
                Some(path) => {
                    let path = crate::arborist::paths::resolve(realpath, path);
                    format!("file:{}", relative(realpath, &path))
                }
                None => spec.into_owned(),
            };
            requires.insert(tree.edge_name(edge).to_owned(), spec.into());
        }
        lock.insert("requires".into(), Value::Object(requires));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tarball_names_give_name_and_version() {
        let found = version_from_tgz("x", "https://registry.example/@s/x/-/x-1.2.3.tgz");
        assert_eq!(found, Some(("@s/x".into(), "1.2.3".into())));
        assert_eq!(version_from_tgz("x", "file.zip"), None);
        assert_eq!(version_from_tgz("x", "/a/x-nope.tgz"), None);
    }

    #[test]
    fn nested_dependencies_become_locations_with_sorted_requires() {
        let old = json!({"a": {"version": "1.0.0", "requires": {"b": "^1"},
            "dependencies": {"b": {"version": "1.0.0", "optional": true}}}});
        let packages = packages_from_dependencies(&Map::new(), old.as_object().unwrap(), "/p");
        assert_eq!(packages["node_modules/a"]["optionalDependencies"], json!({"b": "^1"}));
        assert_eq!(packages["node_modules/a/node_modules/b"]["version"], "1.0.0");
    }

    #[test]
    fn paths_lead_from_the_project_also_to_its_neighbours() {
        let old = json!({
            "a": {"version": "file:../a"},
            "b": {"version": "file:../../b-1.0.0.tgz", "integrity": "sha512-x"},
            "c": {"version": "file:/x/c"},
            "d": {"version": "file:d"},
        });
        let packages = packages_from_dependencies(&Map::new(), old.as_object().unwrap(), "/x/y/p");
        let resolved = |at: &str| packages[at]["resolved"].as_str().unwrap().to_owned();
        assert_eq!(resolved("node_modules/a"), "../a");
        assert!(packages.contains_key("../a"));
        assert_eq!(resolved("node_modules/b"), "file:../../b-1.0.0.tgz");
        assert_eq!(resolved("node_modules/c"), "../../c");
        assert_eq!(resolved("node_modules/d"), "d");
    }
}
