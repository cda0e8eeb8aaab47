//! What packages bring along inside their tarballs: bundled dependencies and shrinkwraps.
//!
//! Follows `_loadShrinkwrapsAndUpdateTrees`, `_loadBundlesAndUpdateTrees` and
//! `#pruneBundledMetadeps` of `reify.js`.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use indexmap::IndexSet;

use super::{fetch::FetchedPackages, fetch::fetch_packages, manifests::Sources};
use crate::{
    arborist::{Action, Diff, Manifests, NodeId, Tree},
    error::Failure,
    event::Reporter,
    manifest::Manifest,
    store::StoredPackage,
};

/// Loads shrinkwraps and bundles of the packages that a difference places; true when the trees
/// have changed and the difference must be computed again.
///
/// # Errors
/// A package that cannot be fetched, and a shrinkwrap that leads out of its package.
pub(super) async fn load(
    tree: &mut Tree,
    diff: &Diff,
    sources: &Sources,
    reporter: &dyn Reporter,
) -> Result<bool, Failure> {
    let shrinkwrapped = load_shrinkwraps(tree, diff, sources, reporter).await?;
    let bundled = load_bundles(tree, diff, sources, reporter).await?;
    Ok(shrinkwrapped || bundled)
}

fn placed(tree: &Tree, diff: &Diff) -> Vec<NodeId> {
    diff.changes
        .iter()
        .filter(|change| change.action != Action::Remove)
        .filter_map(|change| change.ideal)
        .filter(|&node| !tree[node].is_link() && !tree.is_project_root(node))
        .collect()
}

async fn load_shrinkwraps(
    tree: &mut Tree,
    diff: &Diff,
    sources: &Sources,
    reporter: &dyn Reporter,
) -> Result<bool, Failure> {
    let nodes: Vec<NodeId> =
        placed(tree, diff).into_iter().filter(|&node| tree[node].has_shrinkwrap).collect();
    let mut folders = fetch_some(tree, &nodes, sources, reporter).await?;
    // What stays is read again from the disk: the lockfile may know less of it.
    let on_disk = |&node: &NodeId| (node, PathBuf::from(&*tree[node].realpath));
    let stays = diff.unchanged.iter().filter(|&&node| tree[node].has_shrinkwrap);
    folders.extend(stays.filter(|&&node| !tree[node].is_link()).map(on_disk));
    let mut changed = false;
    for (node, folder) in &folders {
        if let Some(lock) = sources.inner_lock(folder) {
            tree.load_inner_lock(*node, &lock)?;
            changed = true;
        }
    }
    Ok(changed || !nodes.is_empty())
}

async fn load_bundles(
    tree: &mut Tree,
    diff: &Diff,
    sources: &Sources,
    reporter: &dyn Reporter,
) -> Result<bool, Failure> {
    let mut by_depth: BTreeMap<usize, Vec<NodeId>> = BTreeMap::new();
    for node in placed(tree, diff) {
        let bundles = tree[node].package.bundle_dependencies.as_ref();
        if bundles.is_some_and(|names| !names.is_empty()) {
            by_depth.entry(tree.depth(node)).or_default().push(node);
        }
    }
    let all: Vec<NodeId> = by_depth.into_values().flatten().collect();
    if all.is_empty() {
        return Ok(false);
    }
    let root = all.first().map(|&node| tree.root_of(node));
    let fetched = fetch_some(tree, &all, sources, reporter).await?;
    for (node, folder) in &fetched {
        if Some(tree.root_of(*node)) == root {
            tree.load_bundle(*node, folder);
        }
    }
    prune_shadowed(tree, &all);
    Ok(true)
}

async fn fetch_some(
    tree: &mut Tree,
    nodes: &[NodeId],
    sources: &Sources,
    reporter: &dyn Reporter,
) -> Result<Vec<(NodeId, PathBuf)>, Failure> {
    if nodes.is_empty() {
        return Ok(Vec::new());
    }
    let FetchedPackages { packages, .. } = fetch_packages(tree, nodes, sources, reporter).await?;
    let folder = |&node: &NodeId| packages.get(&node).map(|package| (node, package.dir.clone()));
    Ok(nodes.iter().filter_map(folder).collect())
}

/// Marks packages that node-gyp builds for want of an install script: only their files tell, and
/// the lockfile records it (`#addToBuildSet` of `rebuild.js`).
pub(super) fn mark_gyp_builds(tree: &mut Tree, fetched: &FetchedPackages) {
    for (&node, stored) in &fetched.packages {
        if !tree[node].package.has_install_scripts() && builds_with_gyp(stored) {
            Arc::make_mut(&mut tree[node].package).has_install_script = Some(true);
        }
    }
}

/// True for a package with a binding.gyp that does not ask to be left alone.
fn builds_with_gyp(stored: &StoredPackage) -> bool {
    stored.index.has_binding_gyp()
        && Manifest::from_slice(&stored.package_json)
            .is_ok_and(|manifest| manifest.gypfile != Some(false))
}

/// Removes what only served packages that now come in a bundle.
fn prune_shadowed(tree: &mut Tree, bundlers: &[NodeId]) {
    let mut shadowed = IndexSet::new();
    for &bundler in bundlers {
        let Some(parent) = tree.parent(bundler) else { continue };
        for child in tree.children(bundler) {
            if let Some(shadow) = tree.resolve(parent, tree[child].name) {
                shadowed.insert(shadow);
            }
        }
    }
    let mut index = 0;
    while let Some(&node) = shadowed.get_index(index) {
        index += 1;
        for edge in tree.edges_out(node) {
            shadowed.extend(tree.edge_to(edge));
        }
    }
    loop {
        let is_needed = |node: &NodeId| {
            tree.edges_in(*node)
                .into_iter()
                .any(|edge| tree.edge_from(edge).is_some_and(|from| !shadowed.contains(&from)))
        };
        let needed: Vec<NodeId> = shadowed.iter().copied().filter(is_needed).collect();
        if needed.is_empty() {
            break;
        }
        shadowed.retain(|node| !needed.contains(node));
    }
    for node in shadowed {
        tree.set_root(node, None);
    }
}
