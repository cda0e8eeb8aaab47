//! What package.json becomes after additions, removals and updates: `_saveIdealTree` of
//! `reify.js`.

use std::{path::Path, sync::Arc};

use indexmap::IndexSet;

use super::{Ideal, NodeId, SaveType, Tree, Update, paths::relative, tree::bundled_names};
use crate::{
    explanation::EdgeType,
    manifest::Manifest,
    spec::{self, Form, Range, Spec, SpecKind},
};

/// What saving depends on.
#[derive(Clone, Debug, Default)]
pub struct SaveOptions {
    /// `^`, `~`, or nothing for exact versions.
    pub prefix: String,
    /// The field additions go to, when the user named one.
    pub save_type: Option<SaveType>,
    /// What was updated.
    pub update: Update,
}

/// A dependency to be written: its name and whose manifest it is in.
type Saved = (String, NodeId);

impl Ideal {
    /// The nodes whose package.json is to be written, with their new manifests.
    pub fn saved_manifests(&mut self, options: &SaveOptions) -> Vec<(NodeId, Arc<Manifest>)> {
        let mut touched: IndexSet<NodeId> = IndexSet::new();
        let mut saved: Vec<Saved> =
            self.added.iter().map(|dep| (dep.name.clone(), dep.node)).collect();
        match &options.update {
            Update::All => saved = self.updated_direct_deps(None),
            Update::Names(names) if !names.is_empty() => {
                saved.extend(self.updated_direct_deps(Some(names)));
            }
            Update::Names(_) | Update::None => {}
        }
        for (name, node) in saved {
            if self.write_saved_spec(&name, node, options) {
                touched.insert(node);
            }
        }
        if options.update != Update::All {
            touched.extend(self.requested_on.iter().copied());
        }
        for &node in &touched {
            // The edges take the saved specifiers: old lockfiles record them.
            let package = Arc::clone(&self.tree[node].package);
            self.tree.set_package(node, package);
        }
        touched.into_iter().map(|node| (node, Arc::clone(&self.tree[node].package))).collect()
    }

    /// Whether a build that saves finds nothing to do that one that does not save leaves alone:
    /// optional peers that do not fit are replaced, and who lacks one is unpacked where it carries
    /// packages of its own (`#problemEdges`, `#buildDepStep`).
    pub fn saving_changes_nothing(&self) -> bool {
        let tree = &self.tree;
        tree.inventory_of(self.root).into_iter().all(|node| {
            let carries =
                tree[node].has_shrinkwrap || !bundled_names(&tree[node].package).is_empty();
            tree.edges_out(node)
                .into_iter()
                .filter(|&edge| tree[edge].kind == EdgeType::PeerOptional)
                .all(|edge| if tree[edge].to.is_some() { tree.edge_valid(edge) } else { !carries })
        })
    }

    /// Direct dependencies whose specifier leaves room for the version that was found.
    fn updated_direct_deps(&self, names: Option<&[String]>) -> Vec<Saved> {
        let tree = &self.tree;
        let mut saved = Vec::new();
        for node in tree.inventory_of(self.root) {
            let is_direct = node != self.root && tree.resolve_parent(node) == Some(self.root);
            let is_named = names.is_none_or(|names| names.iter().any(|n| n == tree.name(node)));
            if !is_direct || !is_named || tree.is_pinned(node) {
                continue;
            }
            for edge in tree.edges_in(node) {
                if let Some(from) = tree[edge].from {
                    saved.push((tree.name(node).to_owned(), tree.target_or_self(from)));
                }
            }
        }
        saved
    }

    fn write_saved_spec(&mut self, name: &str, node: NodeId, options: &SaveOptions) -> bool {
        let tree = &self.tree;
        let Some(edge) = tree.edge_out(node, name) else { return false };
        let (Some(to), true) = (tree[edge].to, tree.is_top(node)) else { return false };
        let wanted = tree.edge_spec(edge).into_owned();
        let is_workspace = tree[edge].kind == EdgeType::Workspace;
        let Some((spec, is_local)) =
            tree.saved_spec(name, &wanted, (node, to), is_workspace, &options.prefix)
        else {
            return false;
        };
        let mut package = Manifest::clone(&tree[node].package);
        write_spec(&mut package, name, &spec, is_local, options.save_type);
        self.tree[node].package = Arc::new(package);
        true
    }
}

impl Tree {
    /// True when a dependent asks for exactly this version.
    fn is_pinned(&self, node: NodeId) -> bool {
        let version = self[self.target_or_self(node)].version_text();
        self.edges_in(node).into_iter().any(|edge| is_subset(&self.edge_spec(edge), version))
    }

    fn saved_spec(
        &self,
        name: &str,
        wanted: &str,
        (node, to): (NodeId, NodeId),
        is_workspace: bool,
        prefix: &str,
    ) -> Option<(String, bool)> {
        let realpath = self[node].realpath.to_string();
        let request = Spec::resolve(name, wanted, Path::new(&realpath)).ok()?;
        let version = self[self.target_or_self(to)].version_text();
        let prefixed =
            if version.is_empty() { "*".to_owned() } else { format!("{prefix}{version}") };
        let inner = match &request.kind {
            SpecKind::Alias(inner) => inner.as_ref(),
            _ => &request,
        };
        if request.is_registry() {
            let is_range = matches!(inner.kind, SpecKind::Range);
            let keeps = is_range && inner.raw_spec != "*" && !is_subset(&prefixed, &inner.raw_spec);
            let range = if keeps { inner.raw_spec.clone() } else { prefixed };
            let own = self[self.target_or_self(to)].package_name().unwrap_or(name);
            let spec = if own == name { range } else { format!("npm:{own}@{range}") };
            return Some((spec, false));
        }
        Some(match &request.kind {
            SpecKind::Git(git) => match &git.hosted {
                Some(hosted) if hosted.auth.is_some() => (hosted.https(Form::Full), false),
                Some(hosted) => (hosted.shortcut(Form::Full), false),
                None => (request.save_spec.clone()?, false),
            },
            SpecKind::Directory | SpecKind::File if is_workspace => (prefixed, true),
            SpecKind::Directory | SpecKind::File => {
                (format!("file:{}", relative(&realpath, &request.fetch_spec)), true)
            }
            _ => (request.save_spec.clone()?, false),
        })
    }
}

fn write_spec(
    package: &mut Manifest,
    name: &str,
    spec: &str,
    is_local: bool,
    save_type: Option<SaveType>,
) {
    let put = |deps: &mut crate::manifest::Deps| {
        deps.replace(name, spec);
    };
    match save_type {
        Some(SaveType::Prod) => {
            package.dependencies.insert(name, spec);
            package.optional_dependencies.shift_remove(name);
        }
        Some(SaveType::Dev) => {
            package.dev_dependencies.insert(name, spec);
        }
        Some(SaveType::Optional) => {
            package.optional_dependencies.insert(name, spec);
        }
        Some(SaveType::Peer | SaveType::PeerOptional) => {
            package.peer_dependencies.insert(name, spec);
        }
        None => {
            put(&mut package.dependencies);
            let is_dev = package.dev_dependencies.contains_key(name);
            put(&mut package.dev_dependencies);
            // A development dependency that is also a peer keeps the peer's range while the two meet.
            for deps in [&mut package.peer_dependencies, &mut package.optional_dependencies] {
                let apart = |range: &str| is_local || !spec::intersects(spec, range);
                if !is_dev || deps.get(name).is_some_and(apart) {
                    put(deps);
                }
            }
        }
    }
}

/// True when everything the first range admits is admitted by the second; false for what is no range.
fn is_subset(sub: &str, dom: &str) -> bool {
    match (Range::parse(sub), Range::parse(dom)) {
        (Ok(sub), Ok(dom)) => sub.is_subset_of(&dom),
        _ => false,
    }
}
