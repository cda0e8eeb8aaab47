//! `audit-signatures`: what npm's `audit signatures` checks, in its words, and what it does not.
//!
//! npm proves that the registry signed the digest it tells *now* (`lib/utils/verify-signatures.js`).
//! That says nothing about what is locked or installed: both are held against the signed digest
//! here (`beyond.rs`). Packages that npm passes over in silence are counted, and bundled ones are
//! not looked up by a name that may be somebody else's.

mod beyond;
mod npm;

use std::{path::Path, sync::Arc, time::Instant};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use indexmap::{IndexMap, IndexSet};

use self::npm::Checked;
use super::{
    Context,
    installed::{Installed, Origin, Peers},
    manifests::Sources,
    packages::Packages,
    workspaces,
};
use crate::{
    arborist::{EdgeId, EdgeProblem, NodeId},
    config::{Options, options::DependencyType},
    error::{Code, Explain, Failure},
    event::Reporter,
    explanation::EdgeType,
    report::audit_signatures::{AuditedPackage, Beyond, SignatureAudit},
    spec::{Spec, SpecKind, collate},
};

/// Packages that are looked at together; the pool has its own bound of connections.
const CONCURRENT: usize = 64;

/// Why there is nothing to audit, in npm's words; without a code, as there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum NothingToAudit {
    #[error("`npm audit signatures` does not support global packages")]
    Global,
    #[error("found no installed dependencies to audit")]
    NoDependencies,
    #[error("found no dependencies to audit that were installed from a supported registry")]
    NoRegistry,
}

impl Explain for NothingToAudit {
    fn code(&self) -> Code {
        match self {
            Self::Global => Code::Auditglobal,
            Self::NoDependencies | Self::NoRegistry => Code::Internal,
        }
    }

    fn code_text(&self) -> String {
        match self {
            Self::Global => Code::Auditglobal.as_str().to_owned(),
            Self::NoDependencies | Self::NoRegistry => String::new(),
        }
    }
}

/// Why an audit passed over a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Skipped {
    /// It lies inside another package's tarball, which is what was signed.
    Bundled,
    /// From a repository, a URL or a file.
    NoRegistry,
    /// Of the project itself.
    Workspace,
    /// Nothing depends on it.
    Extraneous,
    /// `--omit` leaves it out.
    Omitted,
}

impl Skipped {
    fn as_str(self) -> &'static str {
        match self {
            Self::Bundled => "bundled",
            Self::NoRegistry => "noRegistry",
            Self::Workspace => "workspace",
            Self::Extraneous => "extraneous",
            Self::Omitted => "omitted",
        }
    }
}

/// A package that is audited.
#[derive(Clone, Debug)]
struct Candidate {
    node: NodeId,
    name: String,
    version: String,
    location: String,
    registry: String,
    /// The dependency field of the first edge to it.
    field: &'static str,
}

impl Candidate {
    fn audited(&self) -> AuditedPackage {
        AuditedPackage {
            name: self.name.clone(),
            version: self.version.clone(),
            location: self.location.clone(),
            registry: self.registry.clone(),
            ..AuditedPackage::default()
        }
    }
}

/// Checks the signatures and attestations of what is installed.
///
/// # Errors
/// npm's: nothing to audit, a key that is unknown or has expired, a statement about another
/// package, a registry that does not answer.
pub async fn audit_signatures(context: &Context) -> Result<SignatureAudit, Failure> {
    let started = Instant::now();
    let options = &context.options;
    if options.global {
        return Err(NothingToAudit::Global.into());
    }
    let installed = Installed::load(options, &*context.reporter, Origin::Disk, Peers::Configured)?;
    let edges = edges(&installed, options, &*context.reporter)?;
    if edges.is_empty() {
        return Err(NothingToAudit::NoDependencies.into());
    }
    let (candidates, skipped) = candidates(&installed, options, &edges);
    let sources = Sources::new(context, Arc::new(Packages::new(context)));
    let checked: Vec<Checked> = stream::iter(&candidates)
        .map(|candidate| npm::check(candidate, &sources, context))
        .buffered(CONCURRENT)
        .try_collect()
        .await?;
    let mut audit = SignatureAudit::default();
    if options.output.json && context.config.is_set("include-attestations") {
        audit.attested = Some(Vec::new());
    }
    for checked in &checked {
        checked.count(&mut audit);
    }
    if audit.audited == 0 && audit.attestations == 0 {
        return Err(NothingToAudit::NoRegistry.into());
    }
    audit.sort(collate);
    audit.beyond = Beyond {
        findings: beyond::check(context, &installed, &checked, &sources).await,
        not_covered: counts(&skipped),
    };
    context.pool.flush().await;
    audit.took = started.elapsed();
    Ok(audit)
}

fn counts(skipped: &IndexMap<NodeId, Skipped>) -> Vec<(&'static str, usize)> {
    let mut reasons: Vec<Skipped> = skipped.values().copied().collect();
    reasons.sort_unstable();
    let groups = reasons.chunk_by(|a, b| a == b);
    groups.filter_map(|group| Some((group.first()?.as_str(), group.len()))).collect()
}

/// All edges of the tree, as far as workspaces limit them.
fn edges(
    installed: &Installed,
    options: &Options,
    reporter: &dyn Reporter,
) -> Result<IndexSet<EdgeId>, Failure> {
    let (tree, root) = (&installed.tree, installed.root);
    let within = workspaces::reached(installed, options, reporter)?;
    let mut edges: IndexSet<EdgeId> = tree.edges_out(root).into_iter().collect();
    edges.extend(tree.inventory_of(root).iter().flat_map(|&node| tree.edges_out(node)));
    edges.retain(|&edge| {
        let from = tree.edge_from(edge).map(|from| tree.target_or_self(from));
        within.is_empty() || from.is_none_or(|from| within.contains(&from))
    });
    Ok(edges)
}

/// The packages behind edges, each location once, and those that are passed over.
fn candidates(
    installed: &Installed,
    options: &Options,
    edges: &IndexSet<EdgeId>,
) -> (Vec<Candidate>, IndexMap<NodeId, Skipped>) {
    let mut found: IndexMap<String, Candidate> = IndexMap::new();
    let mut skipped = IndexMap::new();
    for &edge in edges {
        let Some(to) = installed.tree.edge_to(edge) else { continue };
        match candidate(installed, options, edge, to) {
            Ok(candidate) => {
                skipped.shift_remove(&to);
                found.entry(candidate.location.clone()).or_insert(candidate);
            }
            Err(Some(reason)) if !found.contains_key(&*installed.tree[to].location) => {
                skipped.entry(to).or_insert(reason);
            }
            Err(_) => {}
        }
    }
    for node in installed.tree.inventory_of(installed.root) {
        if installed.tree[node].flags.extraneous
            && !installed.tree.is_workspace(node)
            && node != installed.root
            && !found.contains_key(&*installed.tree[node].location)
        {
            skipped.entry(node).or_insert(Skipped::Extraneous);
        }
    }
    (found.into_values().collect(), skipped)
}

/// What an edge leads to, if npm audits that; else why not, where there is something to tell.
fn candidate(
    installed: &Installed,
    options: &Options,
    edge: EdgeId,
    to: NodeId,
) -> Result<Candidate, Option<Skipped>> {
    let tree = &installed.tree;
    let field = declared_under(tree[edge].kind);
    if tree.edge_problem(edge) == Some(EdgeProblem::Missing) && field != "dependencies" {
        return Err(None);
    }
    let wanted = tree.edge_spec(edge).into_owned();
    let alias = Spec::parse(&wanted, Path::new("/")).ok().and_then(|spec| match &spec.kind {
        SpecKind::Alias(target) => target.name.clone(),
        _ => None,
    });
    let name = alias.unwrap_or_else(|| tree.edge_name(edge).to_owned());
    let spec = Spec::parse(&format!("{name}@{wanted}"), Path::new("/")).map_err(|_| None)?;
    let target = tree.target_or_self(to);
    if tree.is_workspace(to) || tree.is_workspace(target) {
        return Err(Some(Skipped::Workspace));
    }
    let version = tree[to].package.version.clone().ok_or(None)?;
    if !spec.is_registry() {
        return Err(Some(Skipped::NoRegistry));
    }
    if tree.in_dep_bundle(to) {
        return Err(Some(Skipped::Bundled));
    }
    let flags = tree[to].flags;
    let omitted = [
        (DependencyType::Dev, flags.dev),
        (DependencyType::Optional, flags.optional),
        (DependencyType::Peer, flags.peer),
    ];
    if omitted.into_iter().any(|(kind, is)| is && options.resolve.omit.omits(kind)) {
        return Err(Some(Skipped::Omitted));
    }
    let network = &options.network;
    let scope = name.split_once('/').map(|(scope, _)| scope);
    let registry = scope.and_then(|scope| network.scopes.get(scope)).unwrap_or(&network.registry);
    Ok(Candidate {
        node: to,
        version,
        location: tree[to].location.to_string(),
        registry: registry.to_string(),
        field,
        name,
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
