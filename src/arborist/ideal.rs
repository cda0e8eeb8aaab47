//! The ideal tree: `build-ideal-tree.js`.
//!
//! 1. Start from the lock, else from what is on disk ([`super::Start`]).
//! 2. Fill in what old locks did not record.
//! 3. Write the user's requests into the project's manifest.
//! 4. Take nodes from a queue, shallowest first; load what each lacks ([`super::peer_set`]) and
//!    place it ([`super::place_dep`]); queue what was placed and whoever it upset.
//! 5. Derive the flags, drop what nothing needs, set aside what optional packages could not have,
//!    check engines and platforms.

use std::{collections::BTreeSet, sync::Arc};

use indexmap::IndexSet;

use super::{
    AllowSources, BuildError, EdgeId, Fetched, LoadFailure, Manifests, Name, NodeId, RootFlags,
    Shrinkwrap, Start, Tree, YarnEntries,
    can_place_dep::Placement,
    deps_queue::DepsQueue,
    hash::HashMap,
    install_checks::Machine,
    peer_set::{Required, Reuse},
    place_dep::{InstallStrategy, PlaceOptions, PlacedDep, Placer},
    requests::{AddedDep, SaveType},
    tree::bundled_names,
};
use crate::{
    event::{Event, Reporter},
    explanation::EdgeType,
    spec::{Spec, collate},
};

/// The most nodes (virtual ones included) that resolution may make.
const MAX_NODES: usize = 2_000_000;

/// What the tree is built for.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "npm's independent flags, named by field")]
pub struct BuildOptions {
    /// Specifiers to add.
    pub add: Vec<String>,
    /// Names to remove.
    pub rm: Vec<String>,
    /// What to look up again.
    pub update: Update,
    /// Which field additions go to; inferred when absent.
    pub save_type: Option<SaveType>,
    /// Additions are also bundled.
    pub save_bundle: bool,
    /// `--save` (the default); `--no-save` and `ci` leave unrequested peer problems alone.
    pub save: bool,
    /// Remove what nothing needs.
    pub prune: bool,
    /// Read bundles and shrinkwraps of packages that are not going to be installed.
    pub complete: bool,
    /// `--force`
    pub force: bool,
    /// `--strict-peer-deps`
    pub strict_peer_deps: bool,
    /// `--prefer-dedupe`
    pub prefer_dedupe: bool,
    /// `--install-strategy`
    pub strategy: InstallStrategy,
    /// `allow-git` and its kin.
    pub allow: AllowSources,
    /// Names of workspaces that requests apply to; the project itself when empty.
    pub workspaces: Vec<String>,
    /// Requests apply to the project too when workspaces are named.
    pub include_workspace_root: bool,
    /// Dependency types that are not installed.
    pub omit: Omit,
    /// `--engine-strict`
    pub engine_strict: bool,
    /// The machine that the tree is for.
    pub machine: Machine,
    /// The folder that relative specifiers on the command line are relative to.
    pub cwd: String,
    /// `--lockfile-version`, when it was asked for.
    pub lockfile_version: Option<u64>,
}

/// `npm update`: what is looked up although it is satisfied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Update {
    /// Nothing.
    #[default]
    None,
    /// Everything: the lock is not a start.
    All,
    /// These names.
    Names(Vec<String>),
}

/// `--omit`: dependency types that stay in the lock but not on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Omit {
    /// `--omit=dev`
    pub dev: bool,
    /// `--omit=optional`
    pub optional: bool,
    /// `--omit=peer`
    pub peer: bool,
}

/// A finished ideal tree.
#[derive(Debug)]
pub struct Ideal {
    /// The arena.
    pub tree: Tree,
    /// The project.
    pub root: NodeId,
    /// What the user asked to add, as it was understood.
    pub added: Vec<AddedDep>,
    /// Nodes whose manifests requests may have changed.
    pub requested_on: IndexSet<NodeId>,
    /// Whether a lock or a tree on disk was the start.
    pub loaded_from_disk: bool,
}

/// Builds the ideal tree.
///
/// # Errors
/// [`BuildError`]; nothing on disk has changed.
pub fn build(
    start: Start,
    manifests: &dyn Manifests,
    options: &BuildOptions,
    reporter: &dyn Reporter,
) -> Result<Ideal, BuildError> {
    let mut builder = IdealBuilder::new(start, manifests, options, reporter);
    builder.queue_broken();
    builder.inflate_old_lock();
    builder.apply_requests()?;
    builder.build_deps()?;
    builder.fix_flags();
    builder.set_failed_optional_aside()?;
    builder.check_engines_and_platforms()?;
    Ok(Ideal {
        loaded_from_disk: builder.loaded_from_disk,
        tree: builder.tree,
        root: builder.root,
        added: builder.added,
        requested_on: builder.requested_on,
    })
}

/// Resolution in progress.
pub(super) struct IdealBuilder<'a> {
    pub(super) tree: Tree,
    pub(super) root: NodeId,
    pub(super) manifests: &'a dyn Manifests,
    pub(super) options: &'a BuildOptions,
    pub(super) reporter: &'a dyn Reporter,
    pub(super) lock: Option<Shrinkwrap>,
    pub(super) yarn: Option<YarnEntries>,
    pub(super) loaded_from_disk: bool,
    flags_suspect: bool,
    pub(super) queue: DepsQueue,
    seen: BTreeSet<NodeId>,
    pub(super) explicit: BTreeSet<EdgeId>,
    pub(super) requested_on: IndexSet<NodeId>,
    pub(super) added: Vec<AddedDep>,
    pub(super) link_nodes: IndexSet<NodeId>,
    pub(super) load_failures: IndexSet<NodeId>,
    pub(super) peer_set_source: HashMap<NodeId, NodeId>,
    pub(super) virtual_roots: HashMap<NodeId, NodeId>,
    pub(super) fetched: HashMap<String, Arc<Fetched>>,
    /// What edges ask a registry for, parsed once.
    pub(super) requests: HashMap<(Name, Arc<str>), Arc<Spec>>,
    mutated: bool,
    place_options: PlaceOptions,
}

impl<'a> IdealBuilder<'a> {
    fn new(
        start: Start,
        manifests: &'a dyn Manifests,
        options: &'a BuildOptions,
        reporter: &'a dyn Reporter,
    ) -> Self {
        let Start { mut tree, root, lock, loaded_from_disk, flags_suspect, yarn } = start;
        let update_names = match &options.update {
            Update::Names(names) => names.iter().map(|name| tree.names.intern(name)).collect(),
            Update::None | Update::All => IndexSet::new(),
        };
        let place_options = PlaceOptions {
            force: options.force,
            strict_peer_deps: options.strict_peer_deps,
            prefer_dedupe: options.prefer_dedupe,
            strategy: options.strategy,
            update_names,
        };
        let mut builder = Self {
            tree,
            root,
            manifests,
            options,
            reporter,
            lock,
            yarn,
            loaded_from_disk,
            flags_suspect,
            queue: DepsQueue::default(),
            seen: BTreeSet::new(),
            explicit: BTreeSet::new(),
            requested_on: IndexSet::new(),
            added: Vec::new(),
            link_nodes: IndexSet::new(),
            load_failures: IndexSet::new(),
            peer_set_source: HashMap::default(),
            virtual_roots: HashMap::default(),
            fetched: HashMap::default(),
            requests: HashMap::default(),
            mutated: false,
            place_options,
        };
        builder.mutated = builder.mutation_requested();
        builder
    }

    /// True when the user asked for a change, not only for what the manifest says.
    pub(super) fn mutation_requested(&self) -> bool {
        let names = match &self.options.update {
            Update::None => false,
            Update::All => true,
            Update::Names(names) => !names.is_empty(),
        };
        !self.options.add.is_empty() || !self.options.rm.is_empty() || names
    }

    fn leaves_optional_peers_alone(&self) -> bool {
        !self.options.save && !self.mutation_requested()
    }

    /// Queues every node reachable from the root that lacks something.
    fn queue_broken(&mut self) {
        let skip_optional_peers = self.leaves_optional_peers_alone();
        let mut seen = BTreeSet::from([self.root]);
        let mut stack = vec![self.root];
        while let Some(node) = stack.pop() {
            let edges = self.tree.edges_out(node);
            let is_broken = edges.iter().any(|&edge| {
                let skip = skip_optional_peers && self.tree[edge].kind == EdgeType::PeerOptional;
                !skip && (self.tree[edge].to.is_none() || !self.tree.edge_valid(edge))
            });
            if is_broken {
                self.queue.push(node);
            }
            stack.extend(
                edges.iter().filter_map(|&edge| self.tree[edge].to).filter(|&to| seen.insert(to)),
            );
        }
    }

    fn build_deps(&mut self) -> Result<(), BuildError> {
        let root = self.tree.target_or_self(self.root);
        self.assert_root_overrides(root)?;
        self.queue.push(root);
        loop {
            // Whoever is placed from here on announces what it asks for itself.
            for node in self.queue.unsorted().to_vec() {
                if self.is_resolved_here(node) {
                    self.prefetch_for(node);
                }
            }
            while let Some(node) = self.queue.pop(&self.tree) {
                self.build_step(node)?;
            }
            self.queue_link_targets();
            if self.queue.is_empty() {
                return Ok(());
            }
        }
    }

    /// An override must not change what the project itself asks for.
    fn assert_root_overrides(&self, root: NodeId) -> Result<(), BuildError> {
        if self.tree[root].overrides.is_none() {
            return Ok(());
        }
        for edge in self.tree.edges_out(root) {
            let spec = self.tree.edge_spec(edge);
            if *spec != *self.tree[edge].raw_spec && !spec.starts_with('$') {
                return Err(super::OverrideError::Conflict {
                    name: self.tree.edge_name(edge).to_owned(),
                    spec: self.tree[edge].raw_spec.to_string(),
                }
                .into());
            }
        }
        Ok(())
    }

    /// Whether what a node asks for is for this tree to find: it is in it, and no lock of its own
    /// says what it gets.
    fn is_resolved_here(&self, node: NodeId) -> bool {
        let is_sealed = self.tree[node].has_shrinkwrap && !self.options.complete;
        self.tree.root_of(node) == self.root && !is_sealed
    }

    fn build_step(&mut self, node: NodeId) -> Result<(), BuildError> {
        if !self.is_resolved_here(node) || !self.seen.insert(node) {
            return Ok(());
        }
        if self.tree.nodes.len() > MAX_NODES {
            return Err(BuildError::TooLarge { limit: MAX_NODES, what: "packages to consider" });
        }
        if self.options.complete {
            self.crack_open(node)?;
        }
        let mut tasks = Vec::new();
        for edge in self.problem_edges(node) {
            if !self.tree[edge].peer_conflicted {
                tasks.push((edge, self.dep_for(node, edge)?));
            }
        }
        tasks.sort_by(|a, b| collate(self.tree.edge_name(a.0), self.tree.edge_name(b.0)));
        for (edge, dep) in tasks {
            let explicit_request = self.explicit.contains(&edge);
            let mut placer = Placer {
                tree: &mut self.tree,
                options: &self.place_options,
                explicit_request,
                placed: Vec::new(),
                warnings: Vec::new(),
            };
            let result = placer.place(edge, dep);
            let Placer { placed, warnings, .. } = placer;
            for conflict in warnings {
                self.reporter.event(Event::PeerConflict(Box::new(conflict)));
            }
            result?;
            for placed in placed {
                self.after_placement(&placed);
            }
        }
        for edge in self.tree.edges_out(node) {
            if let Some(to) = self.tree[edge].to
                && self.tree[to].is_link()
                && self.tree.target(to).is_some()
            {
                self.link_nodes.insert(to);
            }
        }
        Ok(())
    }

    /// The package for one problem edge: from the virtual root, from elsewhere in the tree for an
    /// optional peer, else loaded.
    fn dep_for(&mut self, node: NodeId, edge: EdgeId) -> Result<NodeId, BuildError> {
        let peer = self.tree[edge].kind.is_peer();
        let source = match self.peer_set_source.get(&node) {
            Some(&source) if peer => source,
            _ => node,
        };
        let virtual_root = self.virtual_root(source, Reuse::Cached);
        if let Some(ready) = self.ready(virtual_root, edge) {
            return Ok(ready);
        }
        let name = self.tree[edge].name;
        let looks_up =
            self.place_options.update_names.contains(&name) || self.explicit.contains(&edge);
        if self.tree[edge].kind == EdgeType::PeerOptional
            && !looks_up
            && let Some(found) = self.hoistable(node, edge)
        {
            return Ok(found);
        }
        let mut required = Required::from([node]);
        self.node_from_edge(edge, peer.then_some(virtual_root), None, &mut required)
    }

    /// A package below the dependent's parent that meets an optional peer, breadth first.
    fn hoistable(&self, node: NodeId, edge: EdgeId) -> Option<NodeId> {
        let top = self.tree.resolve_parent(node).unwrap_or(node);
        let mut queue: std::collections::VecDeque<NodeId> = self.tree.children(top).into();
        while let Some(node) = queue.pop_front() {
            if self.tree[node].name == self.tree[edge].name
                && !self.tree.in_dep_bundle(node)
                && self.tree.satisfied_by(edge, node)
            {
                return Some(node);
            }
            queue.extend(self.tree.children(node));
        }
        None
    }

    fn after_placement(&mut self, dep: &PlacedDep) {
        let (Some(placed), Some(placement)) = (dep.placed, dep.placement) else { return };
        if !self.tree[placed].errors.is_empty() {
            self.load_failures.insert(placed);
        }
        self.mutated = true;
        for edge in self.tree.edges_in(placed) {
            if edge == dep.edge || self.tree[edge].peer_conflicted || self.tree.edge_valid(edge) {
                continue;
            }
            let Some(from) = self.tree[edge].from else { continue };
            let again = match placement {
                Placement::Ok => {
                    !self.seen.contains(&from) || self.options.save || self.mutation_requested()
                }
                Placement::Replace => true,
                Placement::Keep | Placement::Conflict => false,
            };
            if again {
                self.seen.remove(&from);
                self.queue.push(from);
            }
        }
        if placement == Placement::Conflict {
            return;
        }
        self.queue.push(placed);
        for &node in &dep.need_evaluation {
            self.seen.remove(&node);
            self.queue.push(node);
        }
        self.prefetch_for(placed);
        if !self.tree[placed].is_link() && !self.tree.in_dep_bundle(placed) {
            let resolved = self.tree.resolved(placed);
            let source = self.tree.package_source(placed, resolved.as_deref());
            self.manifests.placed(&source, &self.tree[placed].package);
        }
    }

    /// The edges of a node that want work.
    pub(super) fn problem_edges(&self, node: NodeId) -> Vec<EdgeId> {
        let tree = &self.tree;
        let ours = tree.is_project_root(node) || tree.is_workspace(node);
        let bundled = if ours { &[][..] } else { bundled_names(&tree[node].package) };
        let is_problem = |&edge: &EdgeId| {
            if bundled.iter().any(|name| name == tree.edge_name(edge)) {
                return false;
            }
            let optional_peer = tree[edge].kind == EdgeType::PeerOptional;
            let Some(to) = tree[edge].to else {
                return !optional_peer || self.explicit.contains(&edge);
            };
            if self.load_failures.contains(&to) || tree.in_shrinkwrap(to) {
                return false;
            }
            if !tree.edge_valid(edge) {
                return !optional_peer || !self.leaves_optional_peers_alone();
            }
            !tree.is_workspace(to)
                && (self.place_options.update_names.contains(&tree[edge].name)
                    || self.explicit.contains(&edge))
        };
        tree.edges_out(node).into_iter().filter(is_problem).collect()
    }

    /// Loads what a package carries inside it, for trees that will not be unpacked.
    fn crack_open(&mut self, node: NodeId) -> Result<(), BuildError> {
        let tree = &self.tree;
        let has_shrinkwrap = tree[node].has_shrinkwrap;
        let has_bundle = !bundled_names(&tree[node].package).is_empty();
        let resolved = tree.resolved(node);
        if node == self.root
            || resolved.is_none()
            || !(has_bundle || has_shrinkwrap)
            || tree[node].inert
            || tree[node].is_link()
        {
            return Ok(());
        }
        let source = tree.package_source(node, resolved.as_deref());
        let folder = self.manifests.unpacked(&source)?;
        if has_shrinkwrap && let Some(lock) = self.manifests.inner_lock(&folder) {
            self.tree.load_inner_lock(node, &lock)?;
        }
        if has_bundle {
            self.tree.load_bundle(node, &folder);
        }
        Ok(())
    }

    /// Queues the targets of links inside the project that have not been looked at.
    fn queue_link_targets(&mut self) {
        let root = self.tree.target_or_self(self.root);
        for link in std::mem::take(&mut self.link_nodes) {
            let Some(target) = self.tree.target(link) else { continue };
            if self.tree.root_of(link) != self.root || !self.tree.is_descendant_of(target, root) {
                continue;
            }
            if self.tree.resolve_parent(target).is_none() || self.seen.contains(&target) {
                continue;
            }
            let overrides = self.tree[link].overrides;
            self.tree.override_edge_in_added(target, overrides);
            self.queue.push(target);
        }
    }

    fn fix_flags(&mut self) {
        if self.loaded_from_disk && self.mutated {
            self.tree.reset_dep_flags(self.root);
        }
        if !self.loaded_from_disk || self.mutated {
            self.tree.calc_dep_flags(self.root, RootFlags::Clear);
        } else {
            self.tree[self.root].flags = super::DepFlags::REQUIRED;
        }
        if self.options.prune && self.loaded_from_disk && (self.mutated || self.flags_suspect) {
            self.tree.prune_extraneous(self.root);
        }
    }

    /// A package that failed to load fails the build, unless it is optional.
    fn set_failed_optional_aside(&mut self) -> Result<(), BuildError> {
        for node in self.load_failures.clone() {
            if !self.tree[node].flags.optional {
                let error: Option<LoadFailure> = self.tree[node].errors.first().cloned();
                return Err(error.map_or(BuildError::Detached, BuildError::Load));
            }
            for node in self.tree.optional_set(node) {
                self.tree[node].inert = true;
            }
        }
        Ok(())
    }

    fn check_engines_and_platforms(&mut self) -> Result<(), BuildError> {
        let machine = &self.options.machine;
        for node in self.tree.inventory_of(self.root) {
            let package = Arc::clone(&self.tree[node].package);
            let optional = self.tree[node].flags.optional;
            if !optional && !self.tree.should_omit(node, self.options.omit) {
                let exempt = self.tree.root_of(node) == node && package.dev_engines.is_some();
                if !exempt && let Err(error) = machine.check_engine(&package, self.options.force) {
                    if self.options.engine_strict {
                        return Err(error.into());
                    }
                    self.reporter.event(error.warning());
                }
                machine.check_host_platform(&package, self.options.force)?;
            }
            if optional
                && !self.tree[node].inert
                && (machine.check_engine(&package, false).is_err()
                    || machine.check_target_platform(&package).is_err())
            {
                for node in self.tree.optional_set(node) {
                    self.tree[node].inert = true;
                }
            }
        }
        Ok(())
    }
}
