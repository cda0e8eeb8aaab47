//! The `allow-*` settings for what a lockfile names.
//!
//! Resolution asks them about every specifier. A lockfile can name another place than the
//! specifier does, so they are asked again about the place that files would come from
//! (`reify.js`, `#extractOrLink`).

use std::path::Path;

use url::Url;

use super::{build::allow_sources, context::Context};
use crate::{
    arborist::{AllowError, AllowKind, NodeId, Requester, Tree},
    spec::Spec,
};

/// Whether a node's files may be fetched from where they are.
///
/// # Errors
/// [`AllowError`] when a setting forbids it.
pub(super) fn check(context: &Context, tree: &Tree, node: NodeId) -> Result<(), AllowError> {
    let name = tree[node].package_name().unwrap_or_default();
    let Some(resolved) = tree.resolved(node) else { return Ok(()) };
    if tree.is_registry_dependency(node) && is_in_registry(context, name, &resolved) {
        return Ok(());
    }
    // What is no specifier is refused where it would be fetched.
    let Ok(spec) = Spec::resolve(name, &resolved, Path::new("/")) else { return Ok(()) };
    let Some(kind) = AllowKind::of(&spec) else { return Ok(()) };
    allow_sources(&context.options).check(kind, &spec, requester(tree, node))
}

fn is_in_registry(context: &Context, name: &str, resolved: &str) -> bool {
    Url::parse(resolved).is_ok_and(|url| context.pool.serves(name, &url))
}

/// The project, where it or a workspace of it depends on the node itself.
fn requester(tree: &Tree, node: NodeId) -> Requester {
    let is_ours = |node| tree.is_project_root(node) || tree.is_workspace(node);
    let asks = |edge| tree.edge_valid(edge) && tree.edge_from(edge).is_some_and(is_ours);
    if tree.edges_in(node).into_iter().any(asks) {
        Requester::Project
    } else {
        Requester::Dependency
    }
}
