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

mod error;
mod manifest;
mod record;
mod remote;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

pub(super) use remote::Learnt;

use self::{
    error::{Mismatch, Refused},
    record::record_of,
};
use super::{context::Context, fetch::FetchedPackages};
use crate::{
    arborist::{Naming, NodeId, Tree},
    config::policy::SumdbMode,
    error::Failure,
    event::Event,
    registry::{self, Privacy, RegistryId},
    report::summary::TrustSummary,
    store::StoredPackage,
    sumdb::{
        log::{LocalLog, Seen},
        record::{PackageKey, Record},
    },
};

/// npm's own namespace.
const NPM: &str = "npm";

/// The packages of an install that come from registries.
#[derive(Debug, Default)]
pub(super) struct Asked(Vec<Package>);

/// One of them.
#[derive(Clone, Debug)]
struct Package {
    node: NodeId,
    key: PackageKey,
    /// What the lockfile or the registry promises.
    integrity: Option<String>,
    exposure: Exposure,
}

/// Who may hear of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exposure {
    /// Any log.
    Public,
    /// The embedded log alone.
    Private,
}

impl Asked {
    /// The packages of nodes; none where the policy asks for nothing.
    ///
    /// # Errors
    /// Logs are to be asked about a registry of which nobody said whose packages it serves.
    pub(super) fn of(context: &Context, tree: &Tree, nodes: &[NodeId]) -> Result<Self, Failure> {
        let policy = &context.policy.sumdb;
        if policy.mode == SumdbMode::Off {
            return Ok(Self::default());
        }
        let private = policy.private_names();
        let namespaces = Namespaces::of(context)?;
        let mut packages = Vec::with_capacity(nodes.len());
        for &node in nodes {
            let source = tree.package_source(node, None);
            if source.naming != Naming::Checked {
                continue;
            }
            let assignment = context.pool.registry_for(source.package_name);
            let namespace = namespaces.name(&assignment.registries);
            let is_private = assignment.privacy == Privacy::Private
                || private.is_match(source.package_name)
                || !namespaces.is_public(&namespace);
            packages.extend(PackageKey::new(namespace, source.package_name, source.version).map(
                |key| Package {
                    node,
                    key,
                    integrity: source.integrity.map(str::to_owned),
                    exposure: if is_private { Exposure::Private } else { Exposure::Public },
                },
            ));
        }
        if namespaces.is_unnamed()
            && !policy.logs.is_empty()
            && packages.iter().any(|package| namespaces.is_configured(&package.key))
        {
            return Err(Refused::Namespace { registry: namespaces.configured }.into());
        }
        Ok(Self(packages))
    }

    /// The public ones, each once.
    fn public_keys(&self) -> Vec<PackageKey> {
        let public = self.0.iter().filter(|package| package.exposure == Exposure::Public);
        let keys: BTreeSet<_> = public.map(|package| package.key.clone()).collect();
        keys.into_iter().collect()
    }
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
    let keys = asked.public_keys();
    if context.policy.sumdb.logs.is_empty() || keys.is_empty() {
        return Ok(Learnt::default());
    }
    let learnt = remote::ask(context, &keys).await?;
    for package in &asked.0 {
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

/// Recomputes the records of what was fetched, compares them with what the logs said, with what
/// this machine saw before and with the registry's manifests, and remembers what is new.
///
/// # Errors
/// A contradiction always; the embedded log is then as it was.
pub(super) async fn conclude(
    context: &Context,
    tree: &Tree,
    asked: &Asked,
    learnt: &Learnt,
    fetched: &mut FetchedPackages,
) -> Result<(), Failure> {
    let mut bytes: BTreeMap<PackageKey, StoredPackage> = BTreeMap::new();
    for package in &asked.0 {
        if let Some(stored) = fetched.packages.get(&package.node) {
            bytes.entry(package.key.clone()).or_insert_with(|| stored.clone());
            manifest::check(context, &tree[package.node].package, stored)?;
        }
    }
    if bytes.is_empty() {
        return Ok(());
    }
    let folder = local_log(context);
    let learnt_records = learnt.records();
    let work = move || examine(bytes, &learnt_records, &folder);
    let seen = tokio::task::spawn_blocking(work).await.map_err(|_| Refused::Interrupted)??;
    let logged = asked.0.iter().filter(|package| learnt.is_proven(&package.key));
    let trust = &mut fetched.trust;
    *trust = TrustSummary {
        first_seen: seen.first,
        seen_before: seen.before,
        logged: logged.map(|package| &package.key).collect::<BTreeSet<_>>().len(),
        not_asked: if context.policy.sumdb.logs.is_empty() { 0 } else { asked.not_asked() },
        ..*trust
    };
    Ok(())
}

impl Asked {
    /// How many packages no log was asked about because they are private.
    fn not_asked(&self) -> usize {
        let private = self.0.iter().filter(|package| package.exposure == Exposure::Private);
        private.map(|package| &package.key).collect::<BTreeSet<_>>().len()
    }
}

/// Where the embedded log is.
fn local_log(context: &Context) -> PathBuf {
    context.options.paths.data.join("sumdb").join("local")
}

/// How many packages were new to this machine.
struct SeenCounts {
    first: usize,
    before: usize,
}

/// The part that computes and touches the disk.
fn examine(
    packages: BTreeMap<PackageKey, StoredPackage>,
    learnt: &BTreeMap<PackageKey, Vec<(error::Logged, Record)>>,
    folder: &std::path::Path,
) -> Result<SeenCounts, Failure> {
    let mut records = Vec::with_capacity(packages.len());
    for (key, stored) in packages {
        let record = record_of(key, &stored)?;
        for (log, logged) in learnt.get(&record.key).into_iter().flatten() {
            if logged.leaf() != record.leaf() {
                return Err(Mismatch::received(log, logged, &record).into());
            }
        }
        records.push(record);
    }
    let mut log = LocalLog::open(folder)?;
    let seen = log.look_up(&records)?;
    for (record, seen) in records.iter().zip(&seen) {
        if let Seen::Otherwise(logged) = seen {
            let here = error::Logged { log: log.origin().to_owned(), index: None };
            return Err(Mismatch::received(&here, logged, record).into());
        }
    }
    let first = log.append(&records)?;
    Ok(SeenCounts { first, before: records.len() - first })
}

/// Tells what a mode that only warns does not refuse.
fn warn(context: &Context, refused: &Refused) {
    context.reporter.event(Event::warn("sumdb", refused.to_string()));
}
