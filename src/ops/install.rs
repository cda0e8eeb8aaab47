//! The data flow of an install, stage by stage.
//!
//! ```text
//! project files ─► ideal tree ⇄ packuments ─► diff with what is on disk
//!      ─► tarballs: fetched, verified, unpacked into the store
//!      ─► staged and committed by rename, bins, scripts ─► lockfiles ─► report
//! ```

use std::{path::Path, sync::Arc, time::Instant};

use super::{
    build::{TreeRequest, ideal_tree, omit, tree_settings},
    bundles,
    context::Context,
    fetch::{FetchedPackages, fetch_packages, wanted_nodes},
    frozen,
    manifests::Sources,
    packages::Packages,
    project::ProjectFiles,
    save, summary,
};
use crate::{
    arborist::{Diff, DiffOptions, Ideal, NodeId, Shrinkwrap},
    error::Failure,
    event::{Event, Phase},
    explanation::EdgeType,
    report::{Detail, summary::InstallSummary},
};

/// Installs what a request asks for.
///
/// # Errors
/// Whatever any stage says; the project's files are then as they were.
pub async fn install(
    context: &Context,
    request: &TreeRequest,
) -> Result<InstallSummary, Failure> {
    let started = Instant::now();
    let reporter = &*context.reporter;
    let files = ProjectFiles::read(&context.options.paths.prefix, reporter)?;
    if request.frozen {
        frozen::require_lock(&files)?;
    }
    let packages = Arc::new(Packages::new(context));
    let sources = Sources::new(context, packages);
    reporter.event(Event::PhaseStarted(Phase::Resolve));
    let mut ideal = ideal_tree(context, &sources, &files, request).await?;
    if request.frozen {
        frozen::check_in_sync(&files, &ideal, tree_settings(&context.options))?;
    }
    reporter.event(Event::PhaseFinished(Phase::Resolve));
    let mut done = InstallSummary::default();
    if context.options.lock.package_lock_only {
        save::save(context, &files, &mut ideal, request)?;
    } else {
        let (diff, fetched) = prepare(context, &files, &mut ideal, &sources, request).await?;
        done.changes = summary::changes(&ideal.tree, ideal.root, &diff);
        done.trust = fetched.trust;
        if !context.options.dry_run {
            apply(context, &files, &mut ideal, &diff, &fetched, request).await?;
        }
    }
    context.pool.flush().await;
    done.detail = if context.options.dry_run || context.options.output.long {
        Detail::Long
    } else {
        Detail::default()
    };
    if context.options.output.fund {
        done.funding = summary::funding(&ideal.tree, ideal.root);
    }
    done.took = started.elapsed();
    Ok(done)
}

/// Compares with what is on disk and fetches what is missing there.
async fn prepare(
    context: &Context,
    files: &ProjectFiles,
    ideal: &mut Ideal,
    sources: &Sources,
    request: &TreeRequest,
) -> Result<(Diff, FetchedPackages), Failure> {
    let actual = load_actual(files, ideal, request)?;
    let mut diff = difference(context, ideal, actual);
    if context.options.dry_run {
        return Ok((diff, FetchedPackages::default()));
    }
    if bundles::load(&mut ideal.tree, &diff, sources, &*context.reporter).await? {
        diff = difference(context, ideal, actual);
    }
    let nodes = wanted_nodes(&ideal.tree, &diff);
    let fetched =
        fetch_packages(&mut ideal.tree, &nodes, sources, &*context.reporter).await?;
    if nodes.iter().any(|&node| ideal.tree[node].inert) {
        diff = difference(context, ideal, actual);
    }
    Ok((diff, fetched))
}

/// The tree on disk. `ci` starts from an empty one: whatever is there is removed.
fn load_actual(
    files: &ProjectFiles,
    ideal: &mut Ideal,
    request: &TreeRequest,
) -> Result<NodeId, Failure> {
    let nothing = Shrinkwrap::default();
    let hidden = if request.frozen { None } else { files.fresh_hidden_lock() };
    let hidden = if request.frozen { Some(&nothing) } else { hidden.as_ref() };
    Ok(ideal.tree.load_actual(&files.project, hidden)?)
}

fn difference(context: &Context, ideal: &mut Ideal, actual: NodeId) -> Diff {
    let only = selected_nodes(context, ideal, actual);
    let root = ideal.root;
    ideal.tree.diff(&DiffOptions {
        actual,
        ideal: root,
        omit: omit(&context.options),
        only: &only,
        exists: &|path| Path::new(path).exists(),
    })
}

/// What `--workspace` limits an install to: the workspaces, and the project's own dependencies
/// where they are asked for.
fn selected_nodes(context: &Context, ideal: &Ideal, actual: NodeId) -> Vec<NodeId> {
    let workspaces = &context.options.workspaces;
    let enabled = workspaces.all != Some(false);
    let mut nodes = Vec::new();
    if enabled {
        for name in &workspaces.selected {
            let trees = [ideal.root, actual];
            nodes.extend(trees.into_iter().filter_map(|root| ideal.tree.child_named(root, name)));
        }
    }
    if !enabled || (workspaces.include_root && !workspaces.selected.is_empty()) {
        for root in [ideal.root, actual] {
            for edge in ideal.tree.edges_out(root) {
                if ideal.tree[edge].kind != EdgeType::Workspace {
                    nodes.extend(ideal.tree.edge_to(edge));
                }
            }
        }
    }
    nodes
}
