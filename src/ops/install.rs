//! The data flow of an install, stage by stage.
//!
//! ```text
//! project files ─► ideal tree ⇄ packuments ─► diff with what is on disk
//!      ─► tarballs: fetched, verified, unpacked into the store
//!      ─► staged and committed by rename, bins, scripts ─► lockfiles ─► report
//! ```

use std::{collections::HashMap, mem::ManuallyDrop, path::Path, time::Instant};

use super::{
    allowed,
    build::{TreeRequest, omit, tree_settings},
    bundles,
    context::Context,
    disk_tree::DiskTree,
    fetch::{FetchedPackages, fetch_packages, refuse_forbidden, wanted_nodes},
    frozen,
    lifecycle::{Lifecycle, project_package},
    manifests::{EarlyTarballs, Sources},
    project::{self, ProjectFiles},
    proofs::check_downgrades,
    registries::{self, quorum},
    reify::{self, OddFolders, ReifyRequest},
    review,
    rewritten::Rewritten,
    save,
    settled::Settled,
    sidecar, sumdb, summary, workspaces,
};
use crate::{
    arborist::{Diff, DiffOptions, Ideal, LoadFailure, NodeId, Omit, Records, Tree, Update},
    error::{Code, Explain, Failure},
    event::{Event, Level, Phase},
    explanation::EdgeType,
    reify::link::LinkMethod,
    report::{Detail, summary::InstallSummary},
    store::StoredPackage,
};

/// Installs what a request asks for.
///
/// # Errors
/// Whatever any stage says; the project's files are then as they were.
pub async fn install(context: &Context, request: &TreeRequest) -> Result<InstallSummary, Failure> {
    let started = Instant::now();
    let reporter = &*context.reporter;
    let _lock = project::enter(context)?;
    let settled = Settled::of(context, request);
    if let Some(done) = settled.as_ref().and_then(|settled| settled.check(context, request)) {
        return Ok(InstallSummary { took: started.elapsed(), ..done });
    }
    let asked = request;
    let compares = !request.frozen && !context.options.lock.package_lock_only;
    let read = if compares { ProjectFiles::read_for_change } else { ProjectFiles::read };
    let files = read(&context.options.paths.prefix, reporter)?;
    let request = &TreeRequest {
        workspaces: workspaces::selected_names(&context.options, &files)?,
        update: if request.dedupe {
            Update::Names(repeated_names(context, &files)?)
        } else {
            request.update.clone()
        },
        ..request.clone()
    };
    if request.frozen {
        frozen::require_lock(&files)?;
    }
    let mut disk = DiskTree::ahead(&files, tree_settings(&context.options), compares);
    let early = early_tarballs(context, &files, request);
    // The process ends soon after: thousands of packuments and nodes need not be freed one by one.
    let sources = ManuallyDrop::new(Sources::for_install(context, early));
    let (ideal, prepared) = loop {
        let built = build(context, &files, &sources, request, &mut disk).await;
        // What a registry that lags answered is resolved again, whatever came of it.
        if sources.settled().await? == registries::Settled::Confirmed {
            break built?;
        }
    };
    let (mut ideal, mut prepared) = (ManuallyDrop::new(ideal), ManuallyDrop::new(prepared));
    let mut done = InstallSummary::default();
    if let Some(prepared) = &mut *prepared {
        done.trust = prepared.fetched.trust;
        if !context.options.dry_run {
            apply(context, &files, &mut ideal, prepared, request).await?;
        }
        // Only now is it known which optional packages failed.
        done.changes = summary::changes(&ideal.tree, ideal.root, &prepared.diff);
    } else {
        Rewritten::by(|rewritten| save::save(context, &files, &mut ideal, request, rewritten))?;
    }
    context.pool.flush().await;
    check_own_scripts(context, request, &files)?;
    let is_long = context.options.dry_run || context.options.output.long;
    done.detail = if is_long { Detail::Long } else { Detail::default() };
    if context.options.output.fund {
        done.funding = summary::funding(&ideal.tree, ideal.root);
    }
    if let Some(settled) = settled {
        settled.note(context, asked, &files, &ideal, &done);
    } else {
        note_frozen(context, asked, &files, &ideal, &done);
    }
    done.took = started.elapsed();
    Ok(done)
}

/// The project's own scripts are in its package.json.
fn check_own_scripts(
    context: &Context,
    request: &TreeRequest,
    files: &ProjectFiles,
) -> Result<(), Failure> {
    if request.runs_root_scripts && !context.options.scripts.ignore_scripts {
        files.require_package_json()?;
    }
    Ok(())
}

/// Notes after `ci` that an install would change nothing, if that is so.
fn note_frozen(
    context: &Context,
    asked: &TreeRequest,
    files: &ProjectFiles,
    ideal: &Ideal,
    done: &InstallSummary,
) {
    if let Some((settled, bare)) = Settled::after_frozen(context, asked)
        && ideal.saving_changes_nothing()
        && save::is_saved(context, files, ideal, &bare)
    {
        settled.note(context, &bare, files, ideal, done);
    }
}

/// Resolves, and fetches what is missing on disk; where only the lock is written, what is compared.
async fn build(
    context: &Context,
    files: &ProjectFiles,
    sources: &Sources,
    request: &TreeRequest,
    disk: &mut DiskTree,
) -> Result<(Ideal, Option<Prepared>), Failure> {
    let reporter = &*context.reporter;
    reporter.event(Event::PhaseStarted(Phase::Resolve));
    let mut ideal = review::unless::ideal_tree(context, sources, files, request).await?;
    if request.frozen {
        frozen::check_in_sync(files, &ideal, tree_settings(&context.options))?;
        if !context.options.dry_run {
            // npm looks into it for the folders it is about to empty.
            files.require_package_json()?;
        }
    }
    reporter.event(Event::PhaseFinished(Phase::Resolve));
    if context.options.lock.package_lock_only {
        let all = ideal.tree.inventory_of(ideal.root);
        quorum::check(context, &ideal.tree, &all).await?;
        // The next install compares with this lock: what comes in here is looked at here.
        if !request.frozen && !context.options.dry_run {
            review_changes(context, files, &ideal, sources, &HashMap::new()).await?;
        }
        return Ok((ideal, None));
    }
    let prepared = prepare(context, files, &mut ideal, sources, request, disk).await?;
    Ok((ideal, Some(prepared)))
}

/// Looks at what differs from the lock; of `packages` the code is at hand.
async fn review_changes(
    context: &Context,
    files: &ProjectFiles,
    ideal: &Ideal,
    sources: &Sources,
    packages: &HashMap<NodeId, StoredPackage>,
) -> Result<(), Failure> {
    let changes = review::changes_of(files, &ideal.tree, ideal.root);
    let project = files.folder.as_path();
    review::check(&review::Gate { context, sources, project, changes, packages }).await
}

/// Whether the tarballs of packages that are placed may be fetched while others are resolved.
///
/// Not where packages are placed that are not installed, or that `node_modules` has already.
fn early_tarballs(context: &Context, files: &ProjectFiles, request: &TreeRequest) -> EarlyTarballs {
    let options = &context.options;
    let anew = request.update == Update::All && files.folder.join("node_modules").exists();
    let omits = omit(options) != Omit::default();
    if options.lock.package_lock_only || options.dry_run || anew || omits {
        EarlyTarballs::No
    } else {
        EarlyTarballs::For(context.machine.clone())
    }
}

/// The names that occur more than once: what `dedupe` looks up again.
fn repeated_names(context: &Context, files: &ProjectFiles) -> Result<Vec<String>, Failure> {
    let mut tree = Tree::new(tree_settings(&context.options));
    let root = if let Some(lock) = &files.lock {
        let root = tree.add_project(&files.project)?;
        tree.load_virtual(root, &lock.shrinkwrap, &files.project.path)?;
        root
    } else {
        let hidden = files.fresh_hidden_lock();
        let records = hidden.map_or(Records::Lockfile(None), Records::Hidden);
        tree.load_actual(&files.project, records)?
    };
    Ok(tree.repeated_names(root))
}

/// What is known before anything on disk changes.
struct Prepared {
    actual: NodeId,
    diff: Diff,
    fetched: FetchedPackages,
    known: sidecar::Known,
    sum: Option<sumdb::Renewed>,
}

/// Compares with what is on disk and fetches what is missing there.
async fn prepare(
    context: &Context,
    files: &ProjectFiles,
    ideal: &mut Ideal,
    sources: &Sources,
    request: &TreeRequest,
    disk: &mut DiskTree,
) -> Result<Prepared, Failure> {
    let known = sidecar::Known::read(&files.folder);
    let actual = disk.beside(ideal, files, request.frozen && !context.options.dry_run).await?;
    let mut diff = difference(context, request, ideal, actual);
    if context.options.dry_run {
        let fetched = FetchedPackages::default();
        return Ok(Prepared { actual, diff, fetched, known, sum: None });
    }
    let nodes = wanted_nodes(&ideal.tree, &diff);
    allowed::check_links(context, &ideal.tree, &diff)?;
    if refuse_forbidden(context, &mut ideal.tree, &nodes)? {
        diff = difference(context, request, ideal, actual);
    }
    if bundles::load(&mut ideal.tree, &diff, sources, &*context.reporter).await? {
        diff = difference(context, request, ideal, actual);
    }
    let nodes = wanted_nodes(&ideal.tree, &diff);
    quorum::check(context, &ideal.tree, &nodes).await?;
    let asked = sumdb::Asked::of(context, &files.folder, &ideal.tree, &nodes)?;
    let recalling = asked.recall(context);
    let (mut fetched, learnt) = tokio::try_join!(
        fetch_packages(&mut ideal.tree, &nodes, sources, &*context.reporter),
        sumdb::learn(context, &asked),
    )?;
    check_downgrades(&ideal.tree, &fetched, &known, sources)?;
    bundles::mark_gyp_builds(&mut ideal.tree, &fetched);
    let recalled = recalling.finish().await;
    let computing = sumdb::compute(context, &ideal.tree, &asked, &fetched, &recalled);
    // What is refused here leaves no record behind.
    if !request.frozen {
        review_changes(context, files, ideal, sources, &fetched.packages).await?;
    }
    let leaves = sumdb::conclude(context, &asked, &learnt, computing, &mut fetched).await?;
    let unchanged = diff.changes.is_empty() && !context.options.lock.sum;
    let sum = if request.frozen || unchanged {
        None
    } else {
        sumdb::renewed(context, &files.folder, (&ideal.tree, ideal.root), &leaves).await?
    };
    if nodes.iter().any(|&node| ideal.tree[node].inert) {
        diff = difference(context, request, ideal, actual);
    }
    Ok(Prepared { actual, diff, fetched, known, sum })
}

fn difference(context: &Context, request: &TreeRequest, ideal: &mut Ideal, actual: NodeId) -> Diff {
    let only = selected_nodes(context, request, ideal, actual);
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
fn selected_nodes(
    context: &Context,
    request: &TreeRequest,
    ideal: &Ideal,
    actual: NodeId,
) -> Vec<NodeId> {
    let workspaces = &context.options.workspaces;
    let enabled = workspaces.all != Some(false);
    let mut nodes = Vec::new();
    if enabled {
        for name in &request.workspaces {
            let trees = [ideal.root, actual];
            nodes.extend(trees.into_iter().filter_map(|root| ideal.tree.child_named(root, name)));
        }
    }
    if !enabled || (workspaces.include_root && !request.workspaces.is_empty()) {
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

/// An optional package whose install script failed, or one that goes with it.
#[derive(Debug, thiserror::Error)]
#[error("left out: an install script failed")]
struct ScriptFailed;

impl Explain for ScriptFailed {
    fn code(&self) -> Code {
        Code::Lifecycle
    }
}

/// Changes the disk: all of it, or nothing.
async fn apply(
    context: &Context,
    files: &ProjectFiles,
    ideal: &mut Ideal,
    prepared: &mut Prepared,
    request: &TreeRequest,
) -> Result<(), Failure> {
    let lifecycle = Lifecycle::new(context, files, request.command)?;
    if request.frozen {
        reify::preflight(&change(context, files, ideal, prepared, &lifecycle))?;
        frozen::clear_node_modules(files)?;
    }
    let applied = match reify::apply(change(context, files, ideal, prepared, &lifecycle)).await {
        Ok(applied) => applied,
        Err(error) => {
            replace_lost(context, ideal, prepared, error).await?;
            reify::apply(change(context, files, ideal, prepared, &lifecycle)).await?
        }
    };
    for &node in &applied.dropped {
        ideal.tree[node].inert = true;
    }
    for &node in &applied.failed {
        // The next run may have more luck.
        ideal.tree[node].errors.push(LoadFailure::new(ScriptFailed));
    }
    let unreviewed = applied.unreviewed.clone();
    let fetched = &prepared.fetched;
    Rewritten::by(|rewritten| {
        applied.finish(|| {
            save::save(context, files, ideal, request, rewritten)?;
            prepared.sum.iter().try_for_each(|sum| sum.write(&files.folder, rewritten))?;
            ideal.settle_filtered(prepared.actual, &prepared.diff.filter);
            sidecar::write(files, &ideal.tree, ideal.root, fetched, &prepared.known, context.seed)?;
            save::write_hidden_lock(context, files, ideal, request, rewritten)
        })
    })?;
    if !unreviewed.is_empty() {
        context.reporter.event(Event::log(Level::Warn, "install-scripts", unreviewed));
    }
    let project = project_package(&ideal.tree, ideal.root, &files.folder);
    if !prepared.diff.changes.is_empty() {
        lifecycle.dependencies_changed(context, &project).await?;
    }
    if request.runs_root_scripts {
        lifecycle.installed(context, &project).await?;
    }
    Ok(())
}

/// The change that comes of what was prepared.
fn change<'a>(
    context: &'a Context,
    files: &'a ProjectFiles,
    ideal: &'a Ideal,
    prepared: &'a Prepared,
    lifecycle: &'a Lifecycle,
) -> ReifyRequest<'a> {
    let options = &context.options;
    ReifyRequest {
        tree: &ideal.tree,
        ideal: ideal.root,
        actual: prepared.actual,
        diff: &prepared.diff,
        packages: &prepared.fetched.packages,
        store: &context.store,
        project: &files.folder,
        scripts: lifecycle.settings(),
        bin_links: options.placement.bin_links,
        odd_folders: if options.force { OddFolders::Keep } else { OddFolders::Remove },
        link_method: LinkMethod::Reflink,
        umask: context.umask,
        reporter: &*context.reporter,
    }
}

/// Fetches again what left the store because it was not what had been unpacked: where packages are
/// hard links, every tool that writes into `node_modules` changes them.
///
/// # Errors
/// `error`, the failure of the change, when that was not the reason or the bytes are others now;
/// and whatever fetching says.
async fn replace_lost(
    context: &Context,
    ideal: &mut Ideal,
    prepared: &mut Prepared,
    error: Failure,
) -> Result<(), Failure> {
    let fetched = &mut prepared.fetched;
    let lost = fetched.lost();
    if lost.is_empty() {
        return Err(error);
    }
    context.reporter.event(Event::log(Level::Warn, "store", told_of(&error, lost.len())));
    // What is remembered to lie in the store does not.
    let sources = Sources::for_install(context, EarlyTarballs::No);
    let anew = fetch_packages(&mut ideal.tree, &lost, &sources, &*context.reporter).await?;
    if fetched.replace(anew, &lost) { Ok(()) } else { Err(error) }
}

/// What is said of packages that are fetched again.
fn told_of(error: &Failure, packages: usize) -> Vec<String> {
    let packages =
        if packages == 1 { "It is".to_owned() } else { format!("{packages} packages are") };
    vec![error.to_string(), format!("{packages} fetched again.")]
}
