//! Virtual roots and peer sets: `#nodeFromEdge`, `#loadPeerSet`, `#nodeFromSpec` of
//! `build-ideal-tree.js`.
//!
//! A virtual root is an empty copy of a dependent. Packages are loaded into it together with
//! all their peers, so that a whole peer set is known to fit before any of it is placed. It is
//! kept per dependent and *replaced* by each non-peer fetch; the next edge of the same
//! dependent reuses what the last one pulled in.

use std::{path::Path, sync::Arc};

use indexmap::IndexSet;

use super::{
    BuildError, EdgeId, LoadFailure, Name, NodeId,
    ideal::IdealBuilder,
    paths::resolve,
    source::{AllowError, AllowKind, Fetched, ManifestRequest, Requester},
    tree::{InstallLinks, NewNode, Place},
};
use crate::{
    explanation::{Conflict, EdgeType},
    spec::{Spec, SpecKind, collate},
};

/// The nodes whose requirements cannot be given up in a peer set.
pub(super) type Required = IndexSet<NodeId>;

impl IdealBuilder<'_> {
    /// The virtual root of a node; `Reuse` takes the cached one if there is one.
    ///
    /// Its edges, and those of the one package in it, matter only to peers and to overrides. They
    /// are most of all edges npm makes, so they are made when the first peer asks for them.
    pub(super) fn virtual_root(&mut self, node: NodeId, reuse: Reuse) -> NodeId {
        let cached = self.virtual_roots.get(&node).copied();
        if let Some(root) = cached.filter(|_| reuse == Reuse::Cached) {
            return root;
        }
        let overrides = self.tree[node].overrides;
        let children = self.tree[node].children.values();
        let links = children.filter(|&child| self.tree[child].is_link());
        let links: Vec<(NodeId, NodeId)> =
            links.filter_map(|child| Some((child, self.tree.target(child)?))).collect();
        let is_plain = links.is_empty() && overrides.is_none();
        if let Some(root) = cached.filter(|&root| is_plain && self.is_unused(root)) {
            return root;
        }
        let new = NewNode { source_reference: Some(node), overrides, ..NewNode::default() };
        let place = Place::Root(Arc::clone(&self.tree[node].realpath));
        let root = if is_plain {
            self.tree.add_pending(new, &place)
        } else {
            self.tree.add_node(new, &place)
        };
        for (child, target) in links {
            let new = NewNode { source_reference: Some(target), ..NewNode::default() };
            let path = Arc::clone(&self.tree[child].realpath);
            self.tree.add_node(new, &Place::Path(root, path));
        }
        self.virtual_roots.insert(node, root);
        root
    }

    /// As good as a new one: nothing was loaded into it.
    fn is_unused(&self, virtual_root: NodeId) -> bool {
        self.tree[virtual_root].is_pending() && self.tree[virtual_root].children.is_empty()
    }

    /// What a virtual root already has for an edge of its dependent.
    pub(super) fn ready(&mut self, virtual_root: NodeId, edge: EdgeId) -> Option<NodeId> {
        let name = self.tree[edge].name;
        if self.tree[virtual_root].is_pending() {
            self.tree.child(virtual_root, name)?;
            self.tree.load_pending(virtual_root);
        }
        let own = self.tree.edge_out_named(virtual_root, name)?;
        let to = self.tree[own].to?;
        (self.tree.edge_valid(own) && self.tree.satisfied_by(edge, to)).then_some(to)
    }

    /// Loads what an edge asks for, with its peers, into a virtual root.
    ///
    /// # Errors
    /// Specifiers that cannot be parsed, and peer conflicts of the project's own.
    pub(super) fn node_from_edge(
        &mut self,
        edge: EdgeId,
        parent: Option<NodeId>,
        second_edge: Option<EdgeId>,
        required: &mut Required,
    ) -> Result<NodeId, BuildError> {
        let Some(from) = self.tree[edge].from else { return Err(BuildError::Detached) };
        let parent = match parent {
            Some(parent) => {
                self.tree.load_pending(parent);
                parent
            }
            None => self.virtual_root(from, Reuse::Fresh),
        };
        let spec = self.edge_request(edge, from)?;
        let first = self.node_from_spec(&spec, parent, edge)?;
        let second = match second_edge.filter(|&second| !self.tree.edge_valid(second)) {
            Some(second) => {
                let from = self.tree[second].from.unwrap_or(from);
                let spec = self.edge_request(second, from)?;
                Some(self.node_from_spec(&spec, parent, second)?)
            }
            None => None,
        };
        let node = match second {
            Some(second) if self.tree.edge_valid(edge) => second,
            _ => first,
        };
        self.tree.set_parent(node, Some(parent));
        let is_required = |edge: EdgeId, required: &Required| {
            self.tree[edge].kind != EdgeType::PeerOptional
                && self.tree[edge].from.is_some_and(|from| required.contains(&from))
        };
        if is_required(edge, required) || second_edge.is_some_and(|e| is_required(e, required)) {
            required.insert(node);
        }
        if let Some(source) = self.tree[parent].source_reference {
            self.peer_set_source.insert(node, source);
        }
        self.load_peer_set(node, required)?;
        Ok(node)
    }

    /// What an edge asks for. A registry's answer is the same whoever asks.
    fn edge_request(&mut self, edge: EdgeId, from: NodeId) -> Result<Arc<Spec>, BuildError> {
        let key = self.request_key(edge);
        if let Some(known) = key.as_ref().and_then(|key| self.requests.get(key)) {
            return Ok(Arc::clone(known));
        }
        let spec = self.tree.edge_spec(edge);
        if let Some(reference) = spec.strip_prefix('$') {
            let reference = format!("${reference}");
            return Err(super::OverrideError::Reference { reference }.into());
        }
        let name = self.tree.edge_name(edge);
        let mut resolved = Spec::resolve(name, &spec, Path::new(&*self.tree[from].path))?;
        if matches!(resolved.kind, SpecKind::File) && !self.tree.is_top(from) {
            // npm has asked for it when it placed the dependent, and from there: a tarball's own
            // folder, or the project's where an override names the file.
            let base = self.tree.specifier_base(from, Some(edge));
            resolved = Spec::resolve(name, &spec, Path::new(&base))?;
        }
        let spec = Arc::new(resolved);
        self.remember(key, &spec);
        Ok(spec)
    }

    /// By what a request is known; `None` where an override may have changed it.
    fn request_key(&self, edge: EdgeId) -> Option<(Name, Arc<str>)> {
        let edge = &self.tree[edge];
        edge.overrides.is_none().then(|| (edge.name, Arc::clone(&edge.raw_spec)))
    }

    fn remember(&mut self, key: Option<(Name, Arc<str>)>, spec: &Arc<Spec>) {
        if let Some(key) = key.filter(|_| spec.is_registry()) {
            self.requests.insert(key, Arc::clone(spec));
        }
    }

    fn load_peer_set(&mut self, node: NodeId, required: &mut Required) -> Result<(), BuildError> {
        let mut edges: Vec<EdgeId> = self
            .tree
            .edges_out(node)
            .into_iter()
            .filter(|&edge| self.tree[edge].kind.is_peer() && !self.is_met(edge))
            .collect();
        edges.sort_by(|&a, &b| collate(self.tree.edge_name(a), self.tree.edge_name(b)));
        for edge in edges {
            let Some(parent) = self.tree.parent(node) else { break };
            if self.is_met(edge) {
                continue;
            }
            if self.load_peer(node, parent, edge, required)? == PeerStep::Abandon {
                break;
            }
        }
        Ok(())
    }

    fn is_met(&self, edge: EdgeId) -> bool {
        self.tree[edge].to.is_some() && self.tree.edge_valid(edge)
    }

    fn load_peer(
        &mut self,
        node: NodeId,
        parent: NodeId,
        edge: EdgeId,
        required: &mut Required,
    ) -> Result<PeerStep, BuildError> {
        let parent_edge = self.tree.edge_out_named(parent, self.tree[edge].name);
        let source = self.tree[parent].source_reference.unwrap_or(parent);
        let is_mine = self.tree.is_project_root(source) || self.tree.is_workspace(source);
        let conflict_ok = self.options.force || (!is_mine && !self.options.strict_peer_deps);
        if self.tree[edge].to.is_none() {
            let Some(parent_edge) = parent_edge else {
                self.node_from_edge(edge, Some(parent), None, required)?;
                return Ok(PeerStep::Next);
            };
            let dep = self.node_from_edge(parent_edge, Some(parent), Some(edge), required)?;
            if self.tree.edge_valid(edge) {
                return Ok(PeerStep::Next);
            }
            if conflict_ok || !required.contains(&dep) {
                self.tree[edge].peer_conflicted = true;
                return Ok(PeerStep::Next);
            }
            if self.tree.parent(node).is_none() {
                return Ok(PeerStep::Abandon);
            }
            return Err(self.peer_set_conflict(edge, Some(parent_edge)));
        }
        let Some(current) = self.tree[edge].to else { return Ok(PeerStep::Next) };
        let dep = self.node_from_edge(edge, None, None, required)?;
        if self.tree.can_replace(dep, current, &[]) {
            self.node_from_edge(edge, Some(parent), None, required)?;
            return Ok(PeerStep::Next);
        }
        let from_required = self.tree[edge].from.is_some_and(|from| required.contains(&from));
        if conflict_ok || !from_required {
            return Ok(PeerStep::Next);
        }
        Err(self.peer_set_conflict(edge, parent_edge))
    }

    fn peer_set_conflict(&self, edge: EdgeId, current_edge: Option<EdgeId>) -> BuildError {
        let tree = &self.tree;
        let current = tree[edge].from.and_then(|from| tree.resolve(from, tree[edge].name));
        BuildError::UnresolvableTree(Box::new(Conflict {
            edge: tree.explain_edge(edge),
            dep: None,
            current: current.map(|node| tree.explain(node)),
            current_edge: current_edge.map(|edge| tree.explain_edge(edge)),
            peer_conflict: None,
            strict_peer_deps: self.options.strict_peer_deps,
        }))
    }

    /// A node for a specifier: a link, a workspace that serves, or a loaded package. What cannot
    /// be loaded becomes a placeholder with the error.
    fn node_from_spec(
        &mut self,
        spec: &Spec,
        parent: NodeId,
        edge: EdgeId,
    ) -> Result<NodeId, BuildError> {
        let name = self.tree.edge_name(edge).to_owned();
        if let Err(error) = self.check_allowed(spec, edge) {
            return Ok(self.failure_node(&name, parent, LoadFailure::new(error), edge));
        }
        let root = self.tree.target_or_self(self.root);
        let is_workspace = spec.name.as_deref().is_some_and(|name| {
            self.tree[root].workspaces.as_ref().is_some_and(|all| all.contains_key(name))
        });
        // A virtual root stands for the dependent, and came from where that came from.
        let dependent = self.tree[parent].source_reference.unwrap_or(parent);
        let origin = self.tree.resolved(dependent).filter(|_| !self.tree[dependent].is_link());
        let packed_parent = origin.as_ref().is_some_and(|origin| origin.starts_with("file:"));
        let packs = self.tree.settings().install_links == InstallLinks::Pack;
        let is_directory = matches!(spec.kind, SpecKind::Directory);
        let is_transitive = is_directory && packed_parent && packs;
        let links =
            (is_workspace || self.is_internal_folder(parent, edge) || !packs) && !is_transitive;
        if is_directory && links {
            self.tree.load_pending(parent);
            return Ok(self.link_to_folder(&name, spec, parent));
        }
        if is_workspace
            && let Some(existing) = self.tree.edge_out(root, &name).and_then(|e| self.tree[e].to)
            && self.tree.is_workspace(existing)
            && self.tree.satisfied_by(edge, existing)
        {
            self.tree.load_pending(parent);
            return Ok(existing);
        }
        let relocated;
        let spec = if is_transitive {
            let base = origin.unwrap_or_default();
            let base = base.strip_prefix("file:").unwrap_or(&base).to_owned();
            let raw = Arc::clone(&self.tree[edge].raw_spec);
            let inner = raw.strip_prefix("file:").unwrap_or(&raw);
            let path = format!("file:{}", resolve(&base, inner));
            relocated = Spec::resolve(&name, &path, Path::new(&base))?;
            &relocated
        } else {
            spec
        };
        Ok(match self.fetch(spec, edge) {
            Ok(fetched) => {
                let (new, place) = (loaded(&name, &fetched), Place::Child(parent));
                if !new.package.peer_dependencies.is_empty() {
                    self.tree.load_pending(parent);
                }
                if self.tree[parent].is_pending() {
                    self.tree.add_pending(new, &place)
                } else {
                    self.tree.add_node(new, &place)
                }
            }
            Err(error) => self.failure_node(&name, parent, error, edge),
        })
    }

    /// `file:./x` and `file:../x` that stay inside the project are linked even when folders are packed.
    fn is_internal_folder(&self, parent: NodeId, edge: EdgeId) -> bool {
        let raw = &self.tree[edge].raw_spec;
        if !raw.starts_with("file:../") && !raw.starts_with("file:./") {
            return false;
        }
        let path = raw.strip_prefix("file:").unwrap_or(raw);
        let target = resolve(&self.tree[parent].realpath, path);
        let project = &*self.tree[self.root].realpath;
        target == project || target.strip_prefix(project).is_some_and(|rest| rest.starts_with('/'))
    }

    fn link_to_folder(&mut self, name: &str, spec: &Spec, parent: NodeId) -> NodeId {
        let package = self.manifests.folder(&spec.fetch_spec).unwrap_or_default();
        let new = NewNode { name: Some(name.to_owned()), package, ..NewNode::default() };
        let link = self.tree.add_link(new, &Place::Child(parent), &spec.fetch_spec, None);
        self.link_nodes.insert(link);
        link
    }

    fn failure_node(
        &mut self,
        name: &str,
        parent: NodeId,
        error: LoadFailure,
        edge: EdgeId,
    ) -> NodeId {
        let from = self.tree[edge].from;
        let location = from.map(|from| self.tree[from].location.to_string()).unwrap_or_default();
        let error = error.required_by(if location.is_empty() { "." } else { &location });
        self.tree.load_pending(parent);
        let new = NewNode { name: Some(name.to_owned()), error: Some(error), ..NewNode::default() };
        let node = self.tree.add_node(new, &Place::Child(parent));
        self.load_failures.insert(node);
        node
    }

    /// `allow-git`, `allow-file`, `allow-directory`, `allow-remote`.
    pub(super) fn check_allowed(&self, spec: &Spec, edge: EdgeId) -> Result<(), AllowError> {
        let Some(kind) = AllowKind::of(spec) else { return Ok(()) };
        if self.tree[edge].from.is_some_and(|from| self.tree.holds(from, spec)) {
            return Ok(());
        }
        self.options.allow.check(kind, spec, self.requester(edge))
    }

    /// Whether the project itself asks, or one of its dependencies.
    fn requester(&self, edge: EdgeId) -> Requester {
        match self.tree[edge].from {
            Some(from) if self.is_ours(from) => Requester::Project,
            Some(from) if !self.tree.is_named_by_project(edge) && self.tree.is_foreign(from) => {
                Requester::Dependency
            }
            // An override is the project's word, which does not make its dependent the project.
            Some(_) | None => Requester::Folder,
        }
    }

    /// Whether a node is the project, a workspace, or stands for one of them.
    pub(super) fn is_ours(&self, node: NodeId) -> bool {
        let node = self.tree[node].source_reference.unwrap_or(node);
        self.tree.is_project_root(node) || self.tree.is_workspace(node)
    }

    /// The manifest for a specifier, fetched once per run.
    pub(super) fn fetch(&mut self, spec: &Spec, edge: EdgeId) -> Result<Arc<Fetched>, LoadFailure> {
        let pinned = self.yarn.as_ref().and_then(|yarn| yarn.pin(spec));
        if let Some(pinned) = &pinned {
            // A yarn.lock leads nowhere that a package.json could not.
            self.check_allowed(&pinned.spec, edge).map_err(LoadFailure::new)?;
        }
        let spec = pinned.as_ref().map_or(spec, |pinned| &pinned.spec);
        if let Some(known) = self.fetched.get(&spec.raw) {
            return Ok(Arc::clone(known));
        }
        let requester = self.requester(edge);
        let mut fetched = self.manifests.manifest(&ManifestRequest { spec, requester })?;
        if let Some(pinned) = &pinned {
            fetched = pinned.confirm(fetched)?;
        }
        self.fetched.insert(spec.raw.clone(), Arc::clone(&fetched));
        Ok(fetched)
    }

    /// Announces what a new node will ask for, so that it is under way when its turn comes.
    pub(super) fn prefetch_for(&mut self, node: NodeId) {
        for edge in self.problem_edges(node) {
            if self.is_workspaces_name(self.tree.edge_name(edge)) {
                continue;
            }
            let key = self.request_key(edge);
            if key.as_ref().is_some_and(|key| self.requests.contains_key(key)) {
                continue;
            }
            let from = self.tree.specifier_base(node, Some(edge));
            let spec = self.tree.edge_spec(edge);
            let Ok(spec) = Spec::resolve(self.tree.edge_name(edge), &spec, Path::new(&from)) else {
                continue;
            };
            if !self.fetched.contains_key(&spec.raw) {
                self.manifests.prefetch(&spec);
            }
            self.remember(key, &Arc::new(spec));
        }
    }

    /// Whether a workspace has this name, of which no registry needs to hear: it may not have its
    /// place yet.
    pub(super) fn is_workspaces_name(&self, name: &str) -> bool {
        let root = self.tree.target_or_self(self.root);
        self.tree[root].workspaces.as_ref().is_some_and(|known| known.contains_key(name))
    }
}

/// What follows from one peer edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PeerStep {
    Next,
    /// The node left its virtual root; the rest of its peers no longer matter.
    Abandon,
}

/// Whether a cached virtual root will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reuse {
    Cached,
    Fresh,
}

/// A node for a fetched manifest.
pub(super) fn loaded(name: &str, fetched: &Fetched) -> NewNode {
    NewNode {
        name: Some(name.to_owned()),
        package: Arc::clone(&fetched.manifest),
        resolved: fetched.resolved.clone(),
        integrity: fetched.integrity.clone(),
        ..NewNode::default()
    }
}
