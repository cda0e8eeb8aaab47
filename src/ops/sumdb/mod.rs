//! The checksum database in an install: what logs said of packages, what their bytes are.
//!
//! ```text
//! wanted nodes ─► Asked ──► learn: the logs, while tarballs are fetched ─► Learnt
//!                    ├────► recall: what this machine computed before        │
//!                    └─► compute: records of what the store has, where not recalled
//!                          │ conclude: compared with the logs, with what this machine saw
//!                          ▼ before, and the registry's manifest with the tarball's
//!                        one append to the embedded log
//! ```
//!
//! Names that belong to nobody else (their own registry, a credential, a private pattern) reach
//! the embedded log and no other.

mod column;
mod error;
mod examine;
mod manifest;
pub mod operator;
mod recall;
mod record;
mod remote;
mod sum;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::task::{JoinHandle, spawn_blocking};

pub(super) use remote::Learnt;
pub(super) use sum::{Committed, Pin, Pins, Renewed};

use self::{
    error::{Mismatch, Refused},
    examine::{Known, examine, remember},
    record::{Computed, Received},
};
use super::{
    context::Context,
    exposure::{Exposure, Exposures},
    fetch::FetchedPackages,
};
use crate::{
    arborist::{Naming, NodeId, Tree},
    config::policy::SumdbMode,
    error::Failure,
    event::Event,
    manifest::Manifest,
    registry::{self, RegistryId},
    report::summary::TrustSummary,
    store::StoredPackage,
    sumdb::{
        Hash,
        log::ComputedLeaves,
        record::{NPM, PackageKey, Record},
    },
};

/// The packages of an install that come from registries, and what the project pinned of them.
#[derive(Debug, Default)]
pub(super) struct Asked {
    packages: Vec<Package>,
    committed: Option<Committed>,
}

/// One of them.
#[derive(Clone, Debug)]
struct Package {
    node: NodeId,
    key: PackageKey,
    /// What the lockfile or the registry promises.
    integrity: Option<String>,
    exposure: Exposure,
}

impl Asked {
    /// The packages of nodes; none where the policy asks for nothing.
    ///
    /// # Errors
    /// Logs are to be asked about a registry of which nobody said whose packages it serves.
    pub(super) fn of(
        context: &Context,
        project: &Path,
        tree: &Tree,
        nodes: &[NodeId],
    ) -> Result<Self, Failure> {
        if context.policy.sumdb.mode == SumdbMode::Off || nodes.is_empty() {
            return Ok(Self::default());
        }
        let committed = Committed::read(context, project)?;
        Ok(Self { packages: packages_of(context, tree, nodes)?, committed })
    }

    /// The public ones that the project does not prove already, each once.
    fn keys_to_ask(&self) -> Vec<PackageKey> {
        let open = self.packages.iter().filter(|package| package.is_public());
        let keys: BTreeSet<_> = open.map(|package| &package.key).collect();
        keys.into_iter().filter(|key| !self.proves(key)).cloned().collect()
    }

    /// Those that the project keeps from the logs, and does not prove.
    fn withheld(&self) -> Vec<PackageKey> {
        let withheld = self.packages.iter().filter(|it| it.exposure == Exposure::Withheld);
        let keys: BTreeSet<_> = withheld.map(|package| &package.key).collect();
        keys.into_iter().filter(|key| !self.proves(key)).cloned().collect()
    }

    /// Whether the project's own files prove that a package is logged.
    fn proves(&self, key: &PackageKey) -> bool {
        self.committed.as_ref().is_some_and(|committed| committed.proves(key))
    }

    /// How many packages no log was asked about because they are private.
    fn not_asked(&self) -> usize {
        let private = self.packages.iter().filter(|it| it.exposure == Exposure::Private);
        private.map(|package| &package.key).collect::<BTreeSet<_>>().len()
    }
}

impl Package {
    fn is_public(&self) -> bool {
        self.exposure == Exposure::Public
    }
}

/// The nodes whose packages come from registries.
fn packages_of(context: &Context, tree: &Tree, nodes: &[NodeId]) -> Result<Vec<Package>, Failure> {
    let exposures = Exposures::of_settings(context);
    let namespaces = Namespaces::of(context)?;
    let mut packages = Vec::with_capacity(nodes.len());
    for &node in nodes {
        let source = tree.package_source(node, None);
        if source.naming != Naming::Checked {
            continue;
        }
        let assignment = context.pool.registry_for(source.package_name);
        let namespace = namespaces.name(&assignment.registries);
        let exposure = match exposures.of(source.package_name, &assignment) {
            // Nobody said whose packages the registry serves: refused below, if a log is asked.
            Exposure::Public if !namespaces.is_public(&namespace) => Exposure::Private,
            said => said,
        };
        let key = PackageKey::new(namespace, source.package_name, source.version);
        let integrity = source.integrity.map(str::to_owned);
        packages.extend(key.map(|key| Package { node, key, integrity, exposure }));
    }
    if namespaces.is_unnamed()
        && !context.policy.sumdb.logs.is_empty()
        && packages.iter().any(|package| namespaces.is_configured(&package.key))
    {
        return Err(Refused::Namespace { registry: namespaces.configured }.into());
    }
    Ok(packages)
}

/// Which registry serves whose packages.
struct Namespaces {
    /// The configured registry, as the pool names it.
    configured: String,
    name: Option<String>,
}

impl Namespaces {
    fn of(context: &Context) -> Result<Self, Failure> {
        let canonical = |url: &str| -> Result<String, Failure> {
            let url = registry::registry_url(url)?;
            Ok(registry::ShownUrl::from(&url).to_string())
        };
        let configured = canonical(context.options.network.registry.as_str())?;
        let is_npms = canonical(deno_npmrc::NPM_DEFAULT_REGISTRY)? == configured;
        let said = context.policy.sumdb.namespace.clone();
        Ok(Self { configured, name: said.or_else(|| is_npms.then(|| NPM.to_owned())) })
    }

    /// The namespace of a package that these registries serve.
    fn name(&self, registries: &[RegistryId]) -> String {
        let is_configured = registries.iter().any(|registry| registry.as_str() == self.configured);
        match &self.name {
            Some(name) if is_configured => name.clone(),
            _ if is_configured => format!("url:{}", self.configured),
            _ => format!("url:{}", registries.first().map_or("", RegistryId::as_str)),
        }
    }

    fn is_public(&self, namespace: &str) -> bool {
        self.name.as_deref() == Some(namespace)
    }

    fn is_unnamed(&self) -> bool {
        self.name.is_none()
    }

    fn is_configured(&self, key: &PackageKey) -> bool {
        key.namespace().strip_prefix("url:") == Some(self.configured.as_str())
    }
}

/// Asks the logs about the public packages, and compares what they have with what the lockfile
/// or the registry promises: no byte of a package needs to be there.
///
/// # Errors
/// A contradiction always; what is absent or unreachable where the policy says so.
pub(super) async fn learn(context: &Context, asked: &Asked) -> Result<Learnt, Failure> {
    let withheld = asked.withheld();
    if !context.policy.sumdb.logs.is_empty() && !withheld.is_empty() {
        let refused = Refused::Withheld { packages: withheld };
        if context.policy.sumdb.mode == SumdbMode::Enforce {
            return Err(refused.into());
        }
        warn(context, &refused);
    }
    let keys = asked.keys_to_ask();
    if context.policy.sumdb.logs.is_empty() || keys.is_empty() {
        return Ok(Learnt::default());
    }
    let heads = asked.committed.as_ref().map_or(&[][..], |committed| &committed.heads);
    let learnt = remote::ask(context, &keys, heads).await?;
    for package in &asked.packages {
        for (log, index, record) in learnt.records_of(&package.key) {
            let promised = package.integrity.as_deref();
            if !record::agrees(record, promised) {
                let logged = error::Logged { log: log.to_owned(), index: Some(index) };
                return Err(Mismatch::promised(&logged, record, promised).into());
            }
        }
    }
    Ok(learnt)
}

/// What the bytes of packages come to, while something else is looked at.
pub(super) struct Computing {
    /// What needs no look at the bytes.
    recalled: Vec<Computed>,
    rest: Option<JoinHandle<Result<Vec<Computed>, Refused>>>,
}

impl Computing {
    /// Waits for it; in the order of the keys.
    async fn finish(self) -> Result<Vec<Computed>, Refused> {
        let mut all = self.recalled;
        if let Some(rest) = self.rest {
            all.extend(rest.await.map_err(|_| Refused::Interrupted)??);
            all.sort_by(|one, other| one.key.cmp(&other.key));
        }
        Ok(all)
    }
}

/// Begins to compute the records of what was fetched, where they are not remembered, and to
/// compare the registry's manifests with the packages.
pub(super) fn compute(
    context: &Context,
    tree: &Tree,
    asked: &Asked,
    fetched: &FetchedPackages,
    before: &ComputedLeaves,
) -> Computing {
    let (mut recalled, mut rest) = (Vec::new(), Vec::new());
    let arrived = arrived(context, tree, asked, fetched, before);
    for Arrived { place, key, stored, manifests, leaf } in arrived {
        let key = key.clone();
        match leaf {
            Some(leaf) if manifests.is_empty() => {
                recalled.push(Computed { place, key, leaf, fresh: None, confusion: None });
            }
            _ => rest.push(Received { place, key, stored: stored.clone(), manifests, leaf }),
        }
    }
    let has_rest = !rest.is_empty();
    let rest = has_rest.then(|| spawn_blocking(move || record::compute(&rest)));
    Computing { recalled, rest }
}

/// Compares the leaves of what was fetched with what the logs and the project said; records that
/// were computed just now with what this machine saw before, too, and remembers them.
///
/// # Errors
/// A contradiction always; the embedded log is then as it was.
pub(super) async fn conclude(
    context: &Context,
    asked: &Asked,
    learnt: &Learnt,
    computing: Computing,
    fetched: &mut FetchedPackages,
) -> Result<Leaves, Failure> {
    let computed = computing.finish().await?;
    if computed.is_empty() {
        return Ok(Leaves::new());
    }
    let mut known = Known { logged: learnt.records(), pinned: Leaves::new() };
    if let Some(committed) = &asked.committed {
        let keys = computed.iter().map(|computed| &computed.key);
        let pinned = keys.filter_map(|key| Some((key.clone(), committed.pinned(key)?.leaf)));
        known.pinned = pinned.collect();
    }
    let count = computed.len();
    let record = |computed: &Computed| record_now(computed, asked, fetched);
    let examined = examine(computed, &known, context.policy.sumdb.manifest, &record)?;
    let (fresh, folder) = (examined.fresh, local_log(context));
    let first = if fresh.is_empty() {
        0
    } else {
        let work = move || remember(&fresh, &folder);
        spawn_blocking(work).await.map_err(|_| Refused::Interrupted)??
    };
    for confusion in &examined.confusions {
        context.reporter.event(Event::warn("manifest", confusion.to_string()));
    }
    let proven = |package: &&Package| learnt.is_proven(&package.key) || asked.proves(&package.key);
    let logged = asked.packages.iter().filter(proven);
    fetched.trust = TrustSummary {
        first_seen: first,
        seen_before: count - first,
        logged: logged.map(|package| &package.key).collect::<BTreeSet<_>>().len(),
        not_asked: if context.policy.sumdb.logs.is_empty() { 0 } else { asked.not_asked() },
        ..fetched.trust
    };
    Ok(examined.leaves)
}

/// The record of a package as its bytes have it now: of most only the leaf was needed.
fn record_now(
    computed: &Computed,
    asked: &Asked,
    fetched: &FetchedPackages,
) -> Result<Record, Failure> {
    if let Some(fresh) = &computed.fresh {
        return Ok(fresh.record.clone());
    }
    let stored = asked.packages.get(computed.place).and_then(|it| fetched.packages.get(&it.node));
    Ok(record::record_of(computed.key.clone(), stored.ok_or(Refused::Interrupted)?)?)
}

/// A package whose bytes are there, for all its places; borrowed, because most need no look.
struct Arrived<'a> {
    place: usize,
    key: &'a PackageKey,
    stored: &'a StoredPackage,
    manifests: Vec<Arc<Manifest>>,
    leaf: Option<Hash>,
}

/// The packages whose bytes are there, in the order of their keys; one that has different bytes in
/// two places is there with both.
fn arrived<'a>(
    context: &Context,
    tree: &Tree,
    asked: &'a Asked,
    fetched: &'a FetchedPackages,
    before: &ComputedLeaves,
) -> Vec<Arrived<'a>> {
    let compares = context.policy.sumdb.manifest != SumdbMode::Off;
    let mut arrived: Vec<Arrived<'a>> = Vec::with_capacity(asked.packages.len());
    for (place, package) in asked.packages.iter().enumerate() {
        let Some(stored) = fetched.packages.get(&package.node) else { continue };
        let said = &tree[package.node].package;
        // A lockfile keeps only part of a manifest.
        let is_compared = compares && said.dist.is_some();
        arrived.push(Arrived {
            place,
            key: &package.key,
            stored,
            manifests: if is_compared { vec![Arc::clone(said)] } else { Vec::new() },
            leaf: before.get(&package.key, &stored.index_digest),
        });
    }
    arrived.sort_by(|one, other| one.bytes().cmp(&other.bytes()));
    arrived.dedup_by(|next, kept| {
        let same = next.bytes() == kept.bytes();
        if same {
            kept.take_manifests(next);
        }
        same
    });
    arrived
}

impl Arrived<'_> {
    fn bytes(&self) -> (&PackageKey, &[u8; 64]) {
        (self.key, self.stored.digests.sha512())
    }

    /// Takes over what registries said of another place of the same package.
    fn take_manifests(&mut self, other: &mut Self) {
        for said in other.manifests.drain(..) {
            if !self.manifests.iter().any(|known| Arc::ptr_eq(known, &said)) {
                self.manifests.push(said);
            }
        }
    }
}

/// The project's `denpm.sum` and its proof as they should be after an install; `None` where it
/// has none and nobody asked for one.
///
/// # Errors
/// A log that contradicts what is known.
pub(super) async fn renewed(
    context: &Context,
    project: &Path,
    ideal: (&Tree, NodeId),
    leaves: &Leaves,
) -> Result<Option<Renewed>, Failure> {
    let (tree, root) = ideal;
    if context.policy.sumdb.mode == SumdbMode::Off {
        return Ok(None);
    }
    let committed = Committed::read(context, project)?;
    if committed.is_none() && !context.options.lock.sum {
        return Ok(None);
    }
    let nodes: Vec<NodeId> = tree
        .inventory_of(root)
        .into_iter()
        .filter(|&node| node != root && !tree[node].is_link() && !tree.in_dep_bundle(node))
        .collect();
    let packages = packages_of(context, tree, &nodes)?;
    sum::renew(context, &packages, committed.as_ref(), leaves).await.map(Some)
}

/// Where the embedded log is.
fn local_log(context: &Context) -> PathBuf {
    context.options.paths.data.join("sumdb").join("local")
}

/// The leaves of packages.
pub(super) type Leaves = BTreeMap<PackageKey, Hash>;

/// Tells what a mode that only warns does not refuse.
fn warn(context: &Context, refused: &Refused) {
    context.reporter.event(Event::warn("sumdb", refused.to_string()));
}
