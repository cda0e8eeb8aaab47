//! Which packages are built, in which order, and all that their scripts and their policy see.
//!
//! Source: `reify.js` (`_build`) and `rebuild.js` (`#retrieveNodesByType`, `#buildQueues`,
//! `#addToBuildSet`).

use std::{path::PathBuf, sync::Arc};

use indexmap::IndexSet;

use crate::{
    arborist::{Action, Diff, NodeId, Tree},
    manifest::Manifest,
    reify::{
        lifecycle::scripts_to_run,
        script_package::{DepFlags, Gyp, PackageKind, ScriptPackage},
    },
    spec::collate,
};

/// What the files of a package say; a lock only says that there are scripts.
pub trait PackageFiles {
    /// The `package.json` of a node that is no link.
    fn manifest(&self, node: NodeId) -> Option<Arc<Manifest>>;

    /// Whether it has a `binding.gyp`.
    fn has_binding_gyp(&self, node: NodeId) -> bool;
}

/// The packages that are built after a change and have something to run, in npm's order
/// (depth, then path): what was added or changed, what came inside of it, and every link the
/// project itself manages, changed or not.
pub fn script_packages(
    tree: &Tree,
    diff: &Diff,
    ideal: NodeId,
    files: &dyn PackageFiles,
) -> Vec<ScriptPackage> {
    let packages = sorted(tree, build_set(tree, diff, ideal));
    packages
        .into_iter()
        .filter(|&node| !tree[node].inert && !tree.is_project_root(node))
        .map(|node| script_package(tree, node, files))
        .filter(|package| !scripts_to_run(package).is_empty())
        .collect()
}

/// Every package of a tree whose scripts somebody may have to review, in the tree's own order;
/// a linked folder is represented by its link. Source: `unreviewed-scripts.js`.
pub fn reviewable_packages(
    tree: &Tree,
    ideal: NodeId,
    files: &dyn PackageFiles,
) -> Vec<ScriptPackage> {
    tree.inventory_of(ideal)
        .into_iter()
        .filter(|&node| {
            tree.parent(node).is_some() && !tree[node].inert && !tree.is_workspace(node)
        })
        .map(|node| script_package(tree, node, files))
        .collect()
}

fn build_set(tree: &Tree, diff: &Diff, ideal: NodeId) -> IndexSet<NodeId> {
    let root = tree.target_or_self(ideal);
    let added = diff
        .changes
        .iter()
        .filter(|change| matches!(change.action, Action::Add | Action::Change))
        .filter_map(|change| change.ideal);
    let managed = diff.unchanged.iter().copied().filter(|&node| {
        let of_project = || tree.target(node).map(|target| fs_top(tree, target)) == Some(root);
        tree[node].is_link() && (tree.parent(node) == Some(root) || of_project())
    });
    let mut set: IndexSet<NodeId> = IndexSet::new();
    for node in added.chain(managed) {
        set.insert(node);
        if !tree[node].is_link() && tree[node].package.bundle_dependencies.is_some() {
            add_bundled(tree, node, &mut set);
        }
    }
    // A folder is built through its link.
    let targets: IndexSet<NodeId> = set
        .iter()
        .filter(|&&node| tree[node].is_link())
        .filter_map(|&node| tree.target(node))
        .collect();
    set.retain(|node| !targets.contains(node));
    set
}

fn add_bundled(tree: &Tree, node: NodeId, set: &mut IndexSet<NodeId>) {
    for child in tree.children(node).into_iter().filter(|&child| tree.in_bundle(child)) {
        add_bundled(tree, child, set);
        set.insert(child);
    }
}

/// The outermost folder a folder lies in, itself included.
fn fs_top(tree: &Tree, node: NodeId) -> NodeId {
    let mut top = node;
    while let Some(parent) = tree.fs_parent(top) {
        top = parent;
    }
    top
}

fn sorted(tree: &Tree, set: IndexSet<NodeId>) -> Vec<NodeId> {
    let mut nodes: Vec<NodeId> = set.into_iter().collect();
    nodes.sort_by(|&a, &b| {
        let depth = tree.depth(a).cmp(&tree.depth(b));
        depth.then_with(|| collate(&tree[a].path, &tree[b].path))
    });
    nodes
}

/// One node as scripts and their policy see it.
fn script_package(tree: &Tree, node: NodeId, files: &dyn PackageFiles) -> ScriptPackage {
    let target = tree.target_or_self(node);
    let has_gyp = files.has_binding_gyp(target);
    let known = &tree[target].package;
    // What the tarball says counts, wherever it can be read.
    let manifest = Some(())
        .filter(|()| has_gyp || known.has_install_scripts())
        .and_then(|()| files.manifest(target))
        .unwrap_or_else(|| Arc::clone(known));
    let flags = tree[node].flags;
    ScriptPackage {
        kind: kind_of(tree, node),
        name: manifest.name.clone().unwrap_or_else(|| tree.name(node).to_owned()),
        version: manifest.version.clone().unwrap_or_default(),
        location: tree[node].location.to_string(),
        depth: tree.depth(node),
        path: PathBuf::from(&*tree[target].realpath),
        scripts: manifest.scripts.clone(),
        bin: manifest.bin.clone(),
        config: manifest.config.clone(),
        engines: manifest.engines.clone(),
        resolved: tree.resolved(target).map(|text| text.to_string()),
        integrity: tree[target].integrity.as_deref().map(str::to_owned),
        has_install_script: known.has_install_scripts(),
        flags: DepFlags {
            dev: flags.dev,
            optional: flags.optional,
            peer: flags.peer,
            dev_optional: flags.dev_optional && !flags.dev && !flags.optional,
        },
        gyp: match (has_gyp, manifest.gypfile) {
            (_, Some(false)) => Gyp::Disabled,
            (true, _) => Gyp::Present,
            (false, _) => Gyp::Absent,
        },
        is_registry: tree.is_registry_dependency(node),
        edges_in: tree
            .edges_in(node)
            .into_iter()
            .map(|edge| (tree.edge_name(edge).to_owned(), tree.edge_spec(edge).into_owned()))
            .collect(),
        link_specs: link_specs(tree, target),
        optional_set: optional_set(tree, node),
    }
}

fn kind_of(tree: &Tree, node: NodeId) -> PackageKind {
    if tree.is_project_root(node) {
        PackageKind::Root
    } else if tree[node].inert {
        PackageKind::Inert
    } else if tree.is_workspace(node) {
        PackageKind::Workspace
    } else if tree[node].is_link() {
        PackageKind::Link
    } else if tree.in_bundle(node) {
        PackageKind::Bundled
    } else {
        PackageKind::Dependency
    }
}

fn link_specs(tree: &Tree, target: NodeId) -> Vec<String> {
    let links = tree.links_in(target);
    if links.is_empty() {
        return Vec::new();
    }
    let resolved = links.into_iter().filter_map(|link| tree.resolved(link));
    let paths = [Arc::clone(&tree[target].realpath), Arc::clone(&tree[target].path)];
    resolved.chain(paths).map(|text| text.to_string()).collect()
}

fn optional_set(tree: &Tree, node: NodeId) -> Vec<String> {
    if !tree[node].flags.optional {
        return Vec::new();
    }
    tree.optional_set(node).into_iter().map(|node| tree[node].location.to_string()).collect()
}
