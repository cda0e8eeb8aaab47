//! The checksum database in an install: what logs said of packages, what their bytes are.
//!
//! ```text
//! wanted nodes ─► Asked ──► learn: the logs, while tarballs are fetched ─► Learnt
//!                    │                                                       │
//!                    └─► conclude: records recomputed from the bytes ◄───────┘
//!                          │ compared with the logs, with what this machine saw before,
//!                          ▼ and the registry's manifest with the tarball's
//!                        one append to the embedded log
//! ```
//!
//! Names that belong to nobody else (their own registry, a credential, a private pattern) reach
//! the embedded log and no other.

mod column;
mod error;
mod manifest;
pub mod operator;
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
    registry::{self, RegistryId},
    report::summary::TrustSummary,
    sumdb::{
        Hash,
        log::{LocalLog, Seen},
        record::{NPM, PackageKey, Record},
    },
    verify::manifest_confusion::ManifestConfusion,
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
pub(super) struct Computing(JoinHandle<Result<Vec<Computed>, Failure>>);

/// Begins to recompute the records of what was fetched, and to compare the registry's manifests
/// with the packages.
pub(super) fn compute(
    context: &Context,
    tree: &Tree,
    asked: &Asked,
    fetched: &FetchedPackages,
) -> Computing {
    let (bytes, log) = (received(context, tree, asked, fetched), local_log(context));
    Computing(spawn_blocking(move || record::compute(&bytes, &log)))
}

/// Compares the records of what was fetched with what the logs said and with what this machine saw
/// before, and remembers what is new.
///
/// # Errors
/// A contradiction always; the embedded log is then as it was.
pub(super) async fn conclude(
    context: &Context,
    asked: &Asked,
    learnt: &Learnt,
    computing: Computing,
    trust: &mut TrustSummary,
) -> Result<Leaves, Failure> {
    let computed = computing.0.await.map_err(|_| Refused::Interrupted)??;
    if computed.is_empty() {
        return Ok(Leaves::new());
    }
    let mut known = Known { logged: learnt.records(), pinned: Leaves::new() };
    if let Some(committed) = &asked.committed {
        let keys = computed.iter().map(|computed| &computed.key);
        let pinned = keys.filter_map(|key| Some((key.clone(), committed.pinned(key)?.leaf)));
        known.pinned = pinned.collect();
    }
    let (folder, mode) = (local_log(context), context.policy.sumdb.manifest);
    let work = move || examine(computed, &known, mode, &folder);
    let seen = spawn_blocking(work).await.map_err(|_| Refused::Interrupted)??;
    for confusion in &seen.confusions {
        context.reporter.event(Event::warn("manifest", confusion.to_string()));
    }
    let proven = |package: &&Package| learnt.is_proven(&package.key) || asked.proves(&package.key);
    let logged = asked.packages.iter().filter(proven);
    *trust = TrustSummary {
        first_seen: seen.first,
        seen_before: seen.before,
        logged: logged.map(|package| &package.key).collect::<BTreeSet<_>>().len(),
        not_asked: if context.policy.sumdb.logs.is_empty() { 0 } else { asked.not_asked() },
        ..*trust
    };
    Ok(seen.leaves)
}

/// The packages whose bytes are there, in the order of their keys, each once for all its places;
/// one that has different bytes in two of them is there with both.
fn received(
    context: &Context,
    tree: &Tree,
    asked: &Asked,
    fetched: &FetchedPackages,
) -> Vec<Received> {
    let compares = context.policy.sumdb.manifest != SumdbMode::Off;
    let mut bytes: BTreeMap<(&PackageKey, &[u8; 64]), Received> = BTreeMap::new();
    for package in &asked.packages {
        let Some(stored) = fetched.packages.get(&package.node) else { continue };
        let place = (&package.key, stored.digests.sha512());
        let received = bytes.entry(place).or_insert_with(|| Received {
            key: package.key.clone(),
            stored: stored.clone(),
            manifests: Vec::new(),
        });
        let said = &tree[package.node].package;
        // A lockfile keeps only part of a manifest.
        if compares
            && said.dist.is_some()
            && !received.manifests.iter().any(|known| Arc::ptr_eq(known, said))
        {
            received.manifests.push(Arc::clone(said));
        }
    }
    bytes.into_values().collect()
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

/// The leaves of packages whose bytes were looked at.
pub(super) type Leaves = BTreeMap<PackageKey, Hash>;

/// What is known of packages before their bytes are looked at.
struct Known {
    /// By the logs, proven.
    logged: BTreeMap<PackageKey, Vec<(error::Logged, Record)>>,
    /// By the project.
    pinned: Leaves,
}

/// What the bytes of packages came to.
struct Examined {
    /// How many packages were new to this machine.
    first: usize,
    /// How many were not.
    before: usize,
    leaves: Leaves,
    /// Where registries contradict packages, and the policy lets them.
    confusions: Vec<ManifestConfusion>,
}

/// The part that touches the disk: the embedded log, where it does not have all of it.
fn examine(
    mut computed: Vec<Computed>,
    known: &Known,
    mode: SumdbMode,
    folder: &Path,
) -> Result<Examined, Failure> {
    let mut confusions: Vec<_> =
        computed.iter_mut().filter_map(|computed| computed.confusion.take()).collect();
    if mode == SumdbMode::Enforce && !confusions.is_empty() {
        return Err(confusions.swap_remove(0).into());
    }
    if let Some([one, other]) = computed.array_windows().find(|[one, other]| one.key == other.key) {
        return Err(Mismatch::twice(&one.record()?, &other.record()?).into());
    }
    let mut leaves = Leaves::new();
    for computed in &computed {
        let Computed { key, leaf, .. } = computed;
        for (log, logged) in known.logged.get(key).into_iter().flatten() {
            if logged.leaf() != *leaf {
                return Err(Mismatch::received(log, logged, &computed.record()?).into());
            }
        }
        if known.pinned.get(key).is_some_and(|pinned| pinned != leaf) {
            return Err(Mismatch::not_pinned(&computed.record()?).into());
        }
        leaves.insert(key.clone(), *leaf);
    }
    let fresh: Vec<_> =
        computed.iter().filter_map(|computed| Some((computed.fresh()?, computed.leaf))).collect();
    let first = if fresh.is_empty() { 0 } else { remember(&fresh, folder)? };
    Ok(Examined { first, before: computed.len() - first, leaves, confusions })
}

/// Looks records up in the embedded log and appends those that are new to it; returns how many.
fn remember(fresh: &[(&Record, Hash)], folder: &Path) -> Result<usize, Failure> {
    let mut log = LocalLog::open(folder)?;
    let seen = log.look_up(fresh.iter().copied())?;
    for ((record, _), seen) in fresh.iter().zip(&seen) {
        if let Seen::Otherwise(logged) = seen {
            let here = error::Logged { log: log.origin().to_owned(), index: None };
            return Err(Mismatch::received(&here, logged, record).into());
        }
    }
    if !seen.contains(&Seen::First) {
        return Ok(0);
    }
    Ok(log.append(fresh.iter().map(|(record, _)| *record))?)
}

/// Tells what a mode that only warns does not refuse.
fn warn(context: &Context, refused: &Refused) {
    context.reporter.event(Event::warn("sumdb", refused.to_string()));
}

#[cfg(test)]
mod tests {
    use super::{record::Source, *};
    use crate::sumdb::tlog::leaf_hash;

    fn computed(name: &str, seed: u8) -> Computed {
        let hash = leaf_hash(&[seed]);
        let key = PackageKey::new("npm", name, "1.0.0").unwrap();
        let record =
            Record { key: key.clone(), sri: [seed; 64], size: 1, tree: hash, manifest: hash };
        let leaf = record.leaf();
        Computed { key, leaf, source: Source::Record(Box::new(record)), confusion: None }
    }

    #[test]
    fn a_version_with_different_bytes_in_two_places_is_refused_and_not_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join("local");
        let known = || Known { logged: BTreeMap::new(), pinned: Leaves::new() };
        let two = vec![computed("a", 1), computed("a", 2), computed("b", 1)];
        let refused = examine(two, &known(), SumdbMode::Warn, &local).err().unwrap();
        assert_eq!(refused.to_string(), "a@1.0.0 is two different packages in this tree");
        let one = vec![computed("a", 2), computed("b", 1)];
        assert_eq!(examine(one, &known(), SumdbMode::Warn, &local).unwrap().first, 2);
    }
}
