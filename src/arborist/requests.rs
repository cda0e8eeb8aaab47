//! What the user asked for, written into the project's manifest: `#applyUserRequests` of
//! `build-ideal-tree.js` and `add-rm-pkg-deps.js`.

use std::{path::Path, sync::Arc};

use serde_json::{Value, json};

use super::{
    BuildError, NodeId, Update,
    ideal::IdealBuilder,
    paths::relative,
    source::{AllowKind, ManifestRequest, Requester},
};
use crate::{
    event::{Event, Level},
    manifest::{Deps, Manifest},
    spec::{Spec, SpecKind, collate},
};

/// The field that a dependency is saved in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveType {
    /// `dependencies`
    Prod,
    /// `devDependencies`
    Dev,
    /// `optionalDependencies`
    Optional,
    /// `peerDependencies`
    Peer,
    /// `peerDependencies`, optional
    PeerOptional,
}

impl SaveType {
    /// The field's name in package.json.
    pub fn field(self) -> &'static str {
        match self {
            Self::Prod => "dependencies",
            Self::Dev => "devDependencies",
            Self::Optional => "optionalDependencies",
            Self::Peer | Self::PeerOptional => "peerDependencies",
        }
    }
}

/// A dependency that the user asked to add.
#[derive(Clone, Debug)]
pub struct AddedDep {
    /// Its name in the manifest.
    pub name: String,
    /// Its specifier as it was written into the manifest.
    pub raw_spec: String,
    /// The project or workspace it was added to.
    pub node: NodeId,
}

impl IdealBuilder<'_> {
    /// Applies additions, removals and updates, and queues the nodes they touch.
    pub(super) fn apply_requests(&mut self) -> Result<(), BuildError> {
        self.check_update_names()?;
        self.prefetch_requests();
        let root = self.tree.target_or_self(self.root);
        let mut nodes = self.selected_workspaces(root);
        if self.options.workspaces.is_empty() || self.options.include_workspace_root {
            nodes.push(root);
        }
        for node in nodes {
            self.apply_requests_to(node)?;
        }
        Ok(())
    }

    fn check_update_names(&self) -> Result<(), BuildError> {
        let Update::Names(names) = &self.options.update else { return Ok(()) };
        for raw in names {
            let spec = Spec::parse(raw, Path::new(&self.options.cwd))?;
            if spec.name.as_deref() != Some(raw) {
                let name = spec.name.unwrap_or_else(|| raw.clone());
                return Err(BuildError::UpdateArguments { name });
            }
        }
        Ok(())
    }

    fn selected_workspaces(&self, root: NodeId) -> Vec<NodeId> {
        let warn = |text: String| self.reporter.event(Event::warn("workspaces", text));
        let known = self.tree[root].workspaces.clone();
        if known.is_none() && !self.options.workspaces.is_empty() {
            warn("filter set, but no workspaces present".into());
            return Vec::new();
        }
        let mut nodes = Vec::new();
        for name in &self.options.workspaces {
            let Some(path) = known.as_ref().and_then(|all| all.get(name)) else {
                warn(format!("{name} in filter set, but not in workspaces"));
                continue;
            };
            let location = relative(&self.tree[root].realpath, path);
            match self.tree.at_location(self.root, &location) {
                Some(node) => nodes.push(node),
                None => warn(format!("{name} in filter set, but no workspace folder present")),
            }
        }
        nodes
    }

    fn apply_requests_to(&mut self, node: NodeId) -> Result<(), BuildError> {
        self.queue_named_updates();
        let mut package = Manifest::clone(&self.tree[node].package);
        let changes = !self.options.add.is_empty() || !self.options.rm.is_empty();
        if !self.options.rm.is_empty() {
            remove_deps(&mut package, &self.options.rm);
            self.requested_on.insert(node);
        }
        let mut added = Vec::new();
        for raw in &self.options.add {
            let dep = self.understand(raw, node)?;
            self.add_dep(&mut package, &dep);
            added.push(dep);
        }
        if changes {
            self.tree.set_package(node, Arc::new(package));
        }
        for dep in &added {
            if let Some(edge) = self.tree.edge_out(node, &dep.name) {
                self.explicit.insert(edge);
                self.requested_on.insert(node);
            }
        }
        self.added.extend(added);
        self.queue.push(node);
        Ok(())
    }

    /// Announces all that is asked for, before one after the other is understood.
    fn prefetch_requests(&self) {
        let cwd = Path::new(&self.options.cwd);
        for spec in self.options.add.iter().filter_map(|raw| Spec::parse(raw, cwd).ok()) {
            if !spec.name.as_deref().is_some_and(|name| self.is_workspaces_name(name)) {
                self.manifests.prefetch(&spec);
            }
        }
    }

    fn queue_named_updates(&mut self) {
        let Update::Names(names) = &self.options.update else { return };
        for node in self.tree.inventory_of(self.root) {
            let tree = &self.tree;
            if !names.iter().any(|name| name == tree.name(node))
                || tree.is_top(node)
                || tree.in_dep_bundle(node)
                || tree.in_shrinkwrap(node)
            {
                continue;
            }
            for edge in tree.edges_in(node) {
                if let Some(from) = self.tree[edge].from {
                    self.queue.push(from);
                }
            }
        }
    }

    /// Name and saved specifier of one argument; tags and nameless specifiers are looked up.
    fn understand(&mut self, raw: &str, node: NodeId) -> Result<AddedDep, BuildError> {
        let cwd = self.options.cwd.clone();
        let mut spec = Spec::parse(raw, Path::new(&cwd))?;
        let is_tag = matches!(spec.kind, SpecKind::Tag) && !spec.raw_spec.is_empty();
        if spec.name.is_none() || is_tag {
            self.check_request_allowed(&spec, node)?;
            let request = ManifestRequest { spec: &spec, requester: Requester::Project };
            let fetched = self.manifests.manifest(&request)?;
            let name = fetched.manifest.name.clone().filter(|name| !name.is_empty());
            // npm goes on with such a name, and fails later or leaves a broken project.
            let nameless = || BuildError::Nameless { argument: raw.to_owned() };
            let name = name.ok_or_else(nameless)?;
            if is_tag {
                let version = fetched.manifest.version.clone().unwrap_or_default();
                spec = Spec::resolve(&name, &version, Path::new(&cwd))?;
            }
            spec.name = Some(name);
        }
        let name = spec.name.clone().unwrap_or_default();
        let path = self.tree[node].path.to_string();
        let raw_spec = match spec.kind {
            SpecKind::File => format!("file:{}", relative(&path, &spec.fetch_spec)),
            SpecKind::Directory => {
                let real = super::actual::realpath(&spec.fetch_spec);
                format!("file:{}", relative(&path, real.as_deref().unwrap_or(&spec.fetch_spec)))
            }
            _ => spec.raw_spec.clone(),
        };
        Ok(AddedDep { name, raw_spec, node })
    }

    /// What is typed for the project or a workspace is the project's own word.
    fn check_request_allowed(&self, spec: &Spec, node: NodeId) -> Result<(), BuildError> {
        let Some(kind) = AllowKind::of(spec) else { return Ok(()) };
        let requester = if self.is_ours(node) { Requester::Project } else { Requester::Folder };
        let allowed = self.options.allow.check(kind, spec, requester);
        allowed.map_err(|error| super::LoadFailure::new(error).into())
    }

    fn add_dep(&self, package: &mut Manifest, dep: &AddedDep) {
        let AddedDep { name, raw_spec, .. } = dep;
        let kind = self.options.save_type.unwrap_or_else(|| infer_save_type(package, name));
        let mut moved = Vec::new();
        let mut take = |package: &mut Manifest, from: SaveType, to: SaveType| {
            if remove_dep(package, from, name) {
                moved.push(format!(
                    "Removing {}.{name} in favor of {}.{name}",
                    from.field(),
                    to.field()
                ));
            }
        };
        match kind {
            SaveType::Prod => {
                take(package, SaveType::Dev, kind);
                take(package, SaveType::Peer, kind);
            }
            SaveType::Dev => take(package, SaveType::Prod, kind),
            SaveType::Optional => take(package, SaveType::Peer, kind),
            SaveType::Peer | SaveType::PeerOptional => {
                take(package, SaveType::Prod, kind);
                take(package, SaveType::Optional, kind);
            }
        }
        for line in moved {
            self.reporter.event(Event::log(Level::Warn, "idealTree", vec![line]));
        }
        let deps = deps_mut(package, kind);
        if raw_spec != "*" || !deps.contains_key(name) {
            deps.insert(name, raw_spec);
        }
        let spec = deps.get(name).unwrap_or_default().to_owned();
        match kind {
            SaveType::Optional => {
                package.dependencies.insert(name, &spec);
            }
            SaveType::Peer | SaveType::PeerOptional => {
                set_peer_optional(package, name, kind == SaveType::PeerOptional);
                package.dev_dependencies.replace(name, &spec);
            }
            SaveType::Prod | SaveType::Dev => {}
        }
        let is_bundled =
            self.options.save_bundle && !matches!(kind, SaveType::Peer | SaveType::PeerOptional);
        if is_bundled {
            let bundled = package.bundle_dependencies.get_or_insert_default();
            if !bundled.contains(name) {
                bundled.push(name.clone());
            }
            bundled.sort_by(|a, b| collate(a, b));
        }
    }
}

/// Where a dependency of that name already is; `Prod` when it is new.
pub fn infer_save_type(package: &Manifest, name: &str) -> SaveType {
    if package.dev_dependencies.contains_key(name) {
        SaveType::Dev
    } else if package.optional_dependencies.contains_key(name) {
        SaveType::Optional
    } else if package.dependencies.contains_key(name) {
        SaveType::Prod
    } else if package.peer_dependencies.contains_key(name) {
        if package.is_peer_optional(name) { SaveType::PeerOptional } else { SaveType::Peer }
    } else {
        SaveType::Prod
    }
}

fn deps_mut(package: &mut Manifest, kind: SaveType) -> &mut Deps {
    match kind {
        SaveType::Prod => &mut package.dependencies,
        SaveType::Dev => &mut package.dev_dependencies,
        SaveType::Optional => &mut package.optional_dependencies,
        SaveType::Peer | SaveType::PeerOptional => &mut package.peer_dependencies,
    }
}

fn remove_dep(package: &mut Manifest, kind: SaveType, name: &str) -> bool {
    let removed = deps_mut(package, kind).shift_remove(name);
    if removed && kind == SaveType::Peer {
        remove_peer_meta(package, name);
    }
    removed
}

/// Removes names from every dependency field and from the bundle.
fn remove_deps(package: &mut Manifest, names: &[String]) {
    for kind in [SaveType::Dev, SaveType::Optional, SaveType::Prod, SaveType::Peer] {
        for name in names {
            remove_dep(package, kind, name);
        }
    }
    if let Some(bundled) = &mut package.bundle_dependencies {
        bundled.retain(|name| !names.contains(name));
        if bundled.is_empty() {
            package.bundle_dependencies = None;
        }
    }
}

/// Marks a peer dependency optional, or takes the mark away.
fn set_peer_optional(package: &mut Manifest, name: &str, optional: bool) {
    if !optional && !package.is_peer_optional(name) {
        return;
    }
    let meta = package.peer_dependencies_meta.get_or_insert_with(|| json!({}).into());
    if let Some(meta) = meta.as_object_mut() {
        let entry = meta.entry(name).or_insert_with(|| json!({}));
        if let Some(entry) = entry.as_object_mut() {
            entry.insert("optional".to_owned(), json!(optional));
        }
    }
}

fn remove_peer_meta(package: &mut Manifest, name: &str) {
    if let Some(Value::Object(meta)) = package.peer_dependencies_meta.as_deref_mut() {
        meta.shift_remove(name);
        if meta.is_empty() {
            package.peer_dependencies_meta = None;
        }
    }
}
