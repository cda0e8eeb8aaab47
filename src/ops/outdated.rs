//! `outdated`: installed versions beside those there are (npm's `lib/commands/outdated.js`).

use std::{path::Path, sync::Arc};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use indexmap::IndexSet;

use super::{
    Context,
    installed::{Installed, Origin, Peers},
    ls::native,
    manifests::Sources,
    packages::Packages,
    workspaces,
};
use crate::{
    arborist::{EdgeId, EdgeProblem, LoadFailure, NodeId, pick_manifest},
    config::{Options, options::DependencyType},
    error::{Explain as _, Failure},
    event::Reporter,
    explanation::EdgeType,
    manifest::{Manifest, Packument},
    report::outdated::{OutdatedRow, sort},
    spec::{Spec, SpecError, collate},
};

/// Packuments that are asked for at the same time; the pool has its own bound of connections.
const CONCURRENT: usize = 64;

/// Finds the direct dependencies (with `--all`: all; with names: those of that name) of which
/// there is a newer version than the installed one, or none is installed.
///
/// # Errors
/// A tree that cannot be read, and registries that do not answer; packages and versions that do
/// not exist are passed over.
pub async fn outdated(context: &Context, names: &[String]) -> Result<Vec<OutdatedRow>, Failure> {
    let options = &context.options;
    let installed = Installed::load(options, &*context.reporter, Origin::Disk, Peers::Configured)?;
    let edges = edges(&installed, options, &*context.reporter, names)?;
    let questions: Vec<Question> =
        edges.into_iter().filter_map(|edge| question(&installed, options, edge)).collect();
    let sources = Sources::new(context, Arc::new(Packages::new(context)));
    let mut rows: Vec<OutdatedRow> = stream::iter(questions)
        .map(|question| answer(question, &sources))
        .buffered(CONCURRENT)
        .try_filter_map(|row| async { Ok(row) })
        .try_collect()
        .await?;
    context.pool.flush().await;
    sort(&mut rows, collate);
    Ok(rows)
}

/// The edges that are looked at, each once.
fn edges(
    installed: &Installed,
    options: &Options,
    reporter: &dyn Reporter,
    names: &[String],
) -> Result<IndexSet<EdgeId>, Failure> {
    let (tree, root) = (&installed.tree, installed.root);
    let within = workspaces::reached(installed, options, reporter)?;
    let mut edges = IndexSet::new();
    let all = tree.inventory_of(root);
    for name in names {
        let nodes = all.iter().filter(|&&node| tree.name(node) == name);
        edges.extend(nodes.flat_map(|&node| tree.edges_in(node)));
    }
    if names.is_empty() {
        if options.output.all {
            edges.extend(all.iter().flat_map(|&node| tree.edges_out(node)));
        }
        edges.extend(tree.edges_out(root));
        let workspaces = tree.edges_out(root).into_iter().filter_map(|edge| tree.edge_to(edge));
        let workspaces = workspaces.map(|to| tree.target_or_self(to));
        let workspaces = workspaces.filter(|&node| tree.is_workspace(node));
        edges.extend(workspaces.flat_map(|node| tree.edges_out(node)));
    }
    let is_within = |&edge: &EdgeId| {
        let from = tree.edge_from(edge).map(|from| tree.target_or_self(from));
        within.is_empty() || from.is_none_or(|from| within.contains(&from))
    };
    edges.retain(is_within);
    Ok(edges)
}

/// A dependency whose versions are looked up.
struct Question {
    /// The name in the registry.
    package: String,
    /// The range there.
    range: String,
    /// All that is known already.
    row: OutdatedRow,
}

/// What to ask about an edge; `None` where npm does not ask.
fn question(installed: &Installed, options: &Options, id: EdgeId) -> Option<Question> {
    let tree = &installed.tree;
    let (name, spec) = (tree.edge_name(id), tree.edge_spec(id).into_owned());
    let kind = tree[id].kind;
    let field = declared_under(kind);
    let to = tree.edge_to(id);
    if is_omitted(installed, options, to, kind) {
        return None;
    }
    if tree.edge_problem(id) == Some(EdgeProblem::Missing) && field != "dependencies" {
        return None;
    }
    Spec::parse(&format!("{name}@{spec}"), Path::new("/")).ok().filter(Spec::is_registry)?;
    let written = Spec::parse(&spec, Path::new("/")).ok();
    let alias = written.filter(|spec| matches!(spec.kind, crate::spec::SpecKind::Alias(_)));
    let target = alias.as_ref().map(Spec::target);
    let from = tree.edge_from(id);
    let location = |node: NodeId| tree[node].location.to_string();
    let dependent = from.map(|from| tree.name(from).to_owned()).filter(|name| !name.is_empty());
    let row = OutdatedRow {
        name: match target {
            Some(_) => spec.replacen("npm", name, 1),
            None => name.to_owned(),
        },
        path: to.map(|to| native(&tree[to].path)),
        kind: field,
        current: to.and_then(|to| tree[to].package.version.clone()),
        location: to.map(location),
        workspace_dependent: from
            .filter(|&from| tree.is_workspace(from))
            .map(|from| tree.package_id(from)),
        depended_by_location: match (from, &dependent) {
            (Some(from), Some(_)) => location(from),
            _ => "global".to_owned(),
        },
        dependent: dependent.unwrap_or_else(|| "global".to_owned()),
        ..OutdatedRow::default()
    };
    let package = target.and_then(|target| target.name.clone());
    let range = target.map(|target| target.fetch_spec.clone());
    Some(Question {
        package: package.unwrap_or_else(|| name.to_owned()),
        range: range.unwrap_or(spec),
        row,
    })
}

fn declared_under(kind: EdgeType) -> &'static str {
    match kind {
        EdgeType::Optional | EdgeType::PeerOptional => "optionalDependencies",
        EdgeType::Peer => "peerDependencies",
        EdgeType::Dev => "devDependencies",
        EdgeType::Prod | EdgeType::Workspace => "dependencies",
    }
}

/// `--omit` goes by what the package is, or by what it would be if it were there.
fn is_omitted(
    installed: &Installed,
    options: &Options,
    to: Option<NodeId>,
    kind: EdgeType,
) -> bool {
    let (dev, optional, peer) = match to.map(|to| installed.tree[to].flags) {
        Some(flags) => (flags.dev, flags.optional, flags.peer),
        None => (kind == EdgeType::Dev, kind.is_optional(), kind.is_peer()),
    };
    let omits = |kind| options.resolve.omit.omits(kind);
    dev && omits(DependencyType::Dev)
        || optional && omits(DependencyType::Optional)
        || peer && omits(DependencyType::Peer)
}

/// The row of a dependency that is not up to date.
async fn answer(question: Question, sources: &Sources) -> Result<Option<OutdatedRow>, Failure> {
    let Question { package, range, mut row } = question;
    let found = async {
        let packument = sources.agreed_packument(&package).await?;
        let wanted = pick(&packument, &package, &range, sources)?;
        let latest = pick(&packument, &package, "*", sources)?;
        Ok::<_, LoadFailure>((packument, wanted, latest))
    };
    let (packument, wanted, latest) = match found.await {
        Ok(found) => found,
        // A package or version that nobody has is not outdated.
        Err(error) if matches!(error.code_text().as_str(), "ETARGET" | "E403" | "E404") => {
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    row.wanted = wanted.version.clone().unwrap_or_default();
    row.latest = latest.version.clone().unwrap_or_default();
    let is_current = row.current.as_ref().is_some_and(|current| *current == row.wanted);
    if is_current && row.wanted == row.latest {
        return Ok(None);
    }
    let homepage = packument.raw_field("homepage");
    row.homepage = homepage.and_then(|raw| serde_json::from_slice(&raw).ok());
    Ok(Some(row))
}

fn pick(
    packument: &Packument,
    name: &str,
    range: &str,
    sources: &Sources,
) -> Result<Arc<Manifest>, LoadFailure> {
    let range = if range.is_empty() { "*" } else { range };
    let spec = Spec::resolve(name, range, Path::new("/"))
        .map_err(|error: SpecError| LoadFailure::new(error))?;
    pick_manifest(packument, &spec, &sources.pick_options(name)).map_err(LoadFailure::new)
}
