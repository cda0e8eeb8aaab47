//! The packages that a difference needs, fetched and verified side by side.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use tokio::task::JoinSet;

use super::{
    allowed,
    build::allow_sources,
    context::Context,
    manifests::Sources,
    packages::Obtained,
    proofs::{Proven, Question, Tally},
    turns::{Lines, Weight},
};
use crate::{
    arborist::{Action, Diff, LoadFailure, Naming, NodeId, PackageSource, Tree},
    error::{Code, Explain, Failure},
    event::{Event, Level, Phase, Reporter},
    registry::RegistryId,
    report::summary::TrustSummary,
    store::{Depth, StoredPackage},
};

/// Packages that are worked on at once. Each holds several kilobytes before its first byte is there;
/// what waits for a connection, for an answer or for a processor is far less than this.
const TASKS: usize = 160;
/// The most large ones among them, while there are others.
const LARGE_TASKS: usize = 32;

/// Verified packages by node, and what was proven about them.
#[derive(Debug, Default)]
pub(super) struct FetchedPackages {
    /// Every package to be placed, by its node.
    pub packages: HashMap<NodeId, StoredPackage>,
    /// Which registry served each downloaded node.
    pub sources: HashMap<NodeId, RegistryId>,
    /// What was proven about the origin of each.
    pub proofs: HashMap<NodeId, Proven>,
    /// What was proven.
    pub trust: TrustSummary,
}

impl FetchedPackages {
    /// The packages that left the store since they were fetched, or were replaced there by another
    /// run that found them changed.
    pub(super) fn lost(&self) -> Vec<NodeId> {
        let lost = |package: &StoredPackage| package.verify_unchanged(Depth::Quick).is_err();
        let lost = self.packages.iter().filter(|(_, package)| lost(package));
        lost.map(|(&node, _)| node).collect()
    }

    /// Takes the packages `nodes` from `anew`; false when one is missing there or has other bytes
    /// than those that were looked at.
    pub(super) fn replace(&mut self, mut anew: Self, nodes: &[NodeId]) -> bool {
        nodes.iter().all(|node| {
            let Some(package) = anew.packages.remove(node) else { return false };
            let same = |old: &StoredPackage| old.integrity == package.integrity;
            let holds = self.packages.get(node).is_some_and(same);
            self.packages.insert(*node, package);
            holds
        })
    }
}

/// A task of the runtime ended without an answer.
#[derive(Debug, thiserror::Error)]
#[error("fetching was interrupted")]
struct Interrupted;

impl Explain for Interrupted {
    fn code(&self) -> Code {
        Code::Cancelled
    }
}

/// What one task fetches; owned, so that tasks outlive the borrow of the tree.
struct Wanted {
    node: NodeId,
    name: String,
    package_name: String,
    version: String,
    resolved: Option<Arc<str>>,
    integrity: Option<String>,
    naming: Naming,
    weight: Weight,
}

impl Wanted {
    fn of(tree: &Tree, node: NodeId) -> Self {
        let resolved = tree.resolved(node);
        let source = tree.package_source(node, resolved.as_deref());
        Self {
            node,
            name: source.name.to_owned(),
            package_name: source.package_name.to_owned(),
            version: source.version.to_owned(),
            integrity: source.integrity.map(str::to_owned),
            naming: source.naming,
            weight: Weight::of(&tree[node].package),
            resolved,
        }
    }

    fn question(&self) -> Question {
        Question {
            name: self.package_name.clone(),
            version: self.version.clone(),
            integrity: self.integrity.clone(),
            naming: self.naming,
        }
    }

    /// The package, and what is proven about it.
    async fn obtain(&self, sources: &Sources) -> Result<(Obtained, Proven), LoadFailure> {
        sources.proofs().prove(&self.question(), sources, self.fetch(sources)).await
    }

    async fn fetch(&self, sources: &Sources) -> Result<Obtained, LoadFailure> {
        let source = PackageSource {
            name: &self.name,
            package_name: &self.package_name,
            version: &self.version,
            resolved: self.resolved.as_deref(),
            integrity: self.integrity.as_deref(),
            naming: self.naming,
        };
        sources.weighed_package(&source, self.weight).await
    }
}

/// The nodes whose own tarballs a difference needs.
pub(super) fn wanted_nodes(tree: &Tree, diff: &Diff) -> Vec<NodeId> {
    diff.changes
        .iter()
        .filter(|change| change.action != Action::Remove)
        .filter_map(|change| change.ideal)
        .filter(|&node| !tree[node].is_link() && !tree.in_dep_bundle(node))
        .collect()
}

/// Asks the `allow-*` settings about every node; an optional one that may not be fetched is set
/// aside with all that needs it, and then the answer is true.
///
/// # Errors
/// The first package that is not optional and may not be fetched.
pub(super) fn refuse_forbidden(
    context: &Context,
    tree: &mut Tree,
    nodes: &[NodeId],
) -> Result<bool, Failure> {
    let allow = allow_sources(context);
    let mut refused = false;
    for &node in nodes {
        match allowed::check(context, allow, tree, node) {
            Ok(()) => {}
            Err(error) if tree[node].flags.optional => {
                set_aside(tree, node, &LoadFailure::new(error), &*context.reporter);
                refused = true;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(refused)
}

/// Fetches packages into the store; an optional one that fails is set aside with all that needs it.
///
/// # Errors
/// The first failure of a package that is not optional, and every contradiction.
pub(super) async fn fetch_packages(
    tree: &mut Tree,
    nodes: &[NodeId],
    sources: &Sources,
    reporter: &dyn Reporter,
) -> Result<FetchedPackages, Failure> {
    reporter.event(Event::PhaseStarted(Phase::Fetch));
    let mut tasks = JoinSet::new();
    let mut waiting = Lines::new(TASKS, LARGE_TASKS);
    for &node in nodes {
        let wanted = Wanted::of(tree, node);
        sources.proofs().announce(&wanted.package_name, &wanted.version);
        waiting.push(wanted.weight, wanted);
    }
    let fill = |tasks: &mut JoinSet<_>, waiting: &mut Lines<Wanted>| {
        while let Some((wanted, _)) = waiting.next() {
            let sources = sources.clone();
            tasks.spawn(async move {
                let obtained = wanted.obtain(&sources).await;
                (wanted, obtained)
            });
        }
    };
    fill(&mut tasks, &mut waiting);
    let total = nodes.len() as u64;
    let mut fetched = FetchedPackages::default();
    let mut registries = BTreeSet::new();
    let mut tally = Tally::default();
    let mut done = 0;
    while let Some(finished) = tasks.join_next().await {
        let (wanted, result) = finished.map_err(|_| Interrupted)?;
        waiting.ended(wanted.weight);
        fill(&mut tasks, &mut waiting);
        let node = wanted.node;
        done += 1;
        reporter.event(Event::PhaseProgress { phase: Phase::Fetch, done, total });
        match result {
            Ok((obtained, proven)) => {
                // Evidence that is refused is no optional matter.
                if let Some(refusal) = proven.refusal {
                    return Err(refusal.into());
                }
                tally.add(sources.proofs(), &wanted.question(), &proven);
                fetched.proofs.insert(node, proven);
                count(&mut fetched.trust, tree, node, &obtained);
                if let Some(source) = obtained.source {
                    registries.insert(source.clone());
                    fetched.sources.insert(node, source);
                }
                fetched.packages.insert(node, obtained.package);
            }
            Err(error) if tree[node].flags.optional && !is_contradiction(&error) => {
                // The next run may have more luck, and must not take this one's word for it.
                tree[node].errors.push(error.clone());
                set_aside(tree, node, &error, reporter);
            }
            Err(error) => return Err(error.into()),
        }
    }
    fetched.trust.registries = registries.len();
    sources.proofs().flush().await;
    tally.tell(sources.proofs(), &mut fetched.trust);
    reporter.event(Event::PhaseFinished(Phase::Fetch));
    Ok(fetched)
}

/// True for bytes that are not the promised ones, or another package's: that is no accident for
/// which an optional package may be left out.
fn is_contradiction(error: &LoadFailure) -> bool {
    matches!(error.code(), Code::Integrity | Code::ManifestMismatch)
}

fn count(trust: &mut TrustSummary, tree: &Tree, node: NodeId, obtained: &Obtained) {
    if tree[node].integrity.is_some() {
        trust.verified_integrity += 1;
    } else {
        trust.without_integrity += 1;
    }
    if obtained.source.is_some() {
        trust.downloaded += 1;
    } else {
        trust.from_store += 1;
    }
}

fn set_aside(tree: &mut Tree, node: NodeId, error: &LoadFailure, reporter: &dyn Reporter) {
    for gone in tree.optional_set(node) {
        tree[gone].inert = true;
        let path = tree[gone].path.to_string();
        let lines = vec![format!("failed optional dependency {path}"), error.to_string()];
        reporter.event(Event::log(Level::Verbose, "reify", lines));
    }
}
