//! The `allow-*` settings for what a lockfile names.
//!
//! Resolution asks them about every specifier. A lockfile can name another place than the
//! specifier does, so they are asked again about the place that files would come from
//! (`reify.js`, `#extractOrLink`).

use std::path::Path;

use url::Url;

use super::{build::allow_sources, context::Context};
use crate::{
    arborist::{Allow, AllowError, AllowKind, AllowSources, Diff, EdgeId, NodeId, Requester, Tree},
    spec::{Spec, SpecKind},
};

/// Whether a node's files may be fetched from where they are.
///
/// # Errors
/// [`AllowError`] when a setting forbids it.
pub(super) fn check(
    context: &Context,
    allow: AllowSources,
    tree: &Tree,
    node: NodeId,
) -> Result<(), AllowError> {
    let name = tree[node].package_name().unwrap_or_default();
    let Some(resolved) = tree.resolved(node) else { return Ok(()) };
    // Whatever a URL leads to, it is a repository or a tarball.
    let is_url = ["https://", "http://"].iter().any(|scheme| resolved.starts_with(scheme));
    if is_url && allow.git == Allow::All && allow.remote == Allow::All {
        return Ok(());
    }
    if tree.is_registry_dependency(node) && is_in_registry(context, name, &resolved) {
        return Ok(());
    }
    // What is no specifier is refused where it would be fetched.
    let Ok(spec) = Spec::resolve(name, &resolved, Path::new("/")) else { return Ok(()) };
    let Some(kind) = AllowKind::of(&spec) else { return Ok(()) };
    allow.check(kind, &spec, requester(tree, node))
}

fn is_in_registry(context: &Context, name: &str, resolved: &str) -> bool {
    Url::parse(resolved).is_ok_and(|url| context.pool.serves(name, &url))
}

/// Whether the links that come are asked for by who may have them: a lockfile can name any folder.
///
/// # Errors
/// [`AllowError`] when a setting forbids one.
pub(super) fn check_links(context: &Context, tree: &Tree, diff: &Diff) -> Result<(), AllowError> {
    let links = diff.changes.iter().filter_map(|change| change.ideal);
    for link in links.filter(|&node| tree[node].is_link() && !tree.is_workspace(node)) {
        // A link to a package of the tree itself ends a cycle of versions that exclude each other.
        if tree.is_foreign(tree.target_or_self(link)) {
            continue;
        }
        let name = tree.name(link);
        let place = format!("file:{}", tree[link].realpath);
        let Ok(spec) = Spec::resolve(name, &place, Path::new("/")) else { continue };
        let holds = |edge| tree.edge_from(edge).is_some_and(|from| tree.holds(from, &spec));
        if !tree.edges_in(link).into_iter().any(holds) {
            allow_sources(context).check(AllowKind::Directory, &spec, requester(tree, link))?;
        }
    }
    Ok(())
}

/// Who depends on the node: the project, where it or a workspace of it does.
fn requester(tree: &Tree, node: NodeId) -> Requester {
    let is_ours = |node| tree.is_project_root(node) || tree.is_workspace(node);
    let edges = tree.edges_in(node).into_iter().filter(|&edge| asks_for(tree, edge, node));
    let asked = |edge| tree.edge_from(edge).map(|from| (edge, from));
    let asked: Vec<(EdgeId, NodeId)> = edges.filter_map(asked).collect();
    if asked.iter().any(|&(_, from)| is_ours(from)) {
        Requester::Project
    } else if asked
        .iter()
        .any(|&(edge, from)| tree.is_named_by_project(edge) || !tree.is_foreign(from))
    {
        Requester::Folder
    } else {
        Requester::Dependency
    }
}

/// Whether an edge asks for just this node. With `install-links` the project's own folders are
/// linked all the same, which no edge is content with (`linkValid` of arborist).
fn asks_for(tree: &Tree, edge: EdgeId, node: NodeId) -> bool {
    let names_folder = || {
        let from = tree.edge_from(edge)?;
        let base = Path::new(&*tree[from].realpath);
        let spec = Spec::resolve(tree.edge_name(edge), &tree[edge].raw_spec, base).ok()?;
        Some(matches!(spec.kind, SpecKind::Directory) && *spec.fetch_spec == *tree[node].realpath)
    };
    tree.edge_valid(edge) || (tree[node].is_link() && names_folder() == Some(true))
}
