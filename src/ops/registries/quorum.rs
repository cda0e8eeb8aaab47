//! `--quorum k`: k registries must describe every version that is installed in the same words.
//!
//! Asked after resolution, for what will be installed: the digest, and what is installed along with
//! it. A registry that lacks a version, or cannot be reached, does not count; too few that count is
//! an outage or a policy that cannot be met, never an attack.

use std::{collections::BTreeMap, sync::Arc};

use futures_util::{StreamExt as _, future::join_all, stream};

use super::{agreement::claim_of, claim::Claim, conflict::convict};
use crate::{
    arborist::{NodeId, Tree},
    error::{Code, Explain, Failure},
    ops::{
        context::Context,
        exposure::{Exposure, Exposures},
    },
    registry::{Pool, RegistryId},
};

/// Packages asked about at a time.
const AT_ONCE: usize = 16;

/// Fewer registries than demanded vouch for a version.
#[derive(Debug, thiserror::Error)]
#[error("{agreed} of the {wanted} registries that must agree about {package} vouch for it")]
struct QuorumNotMet {
    package: String,
    wanted: usize,
    agreed: usize,
    /// Who did not vouch, and why.
    reasons: Vec<String>,
}

impl Explain for QuorumNotMet {
    fn code(&self) -> Code {
        Code::Policy
    }

    fn package(&self) -> Option<String> {
        Some(self.package.clone())
    }

    fn detail(&self) -> Vec<String> {
        self.reasons.clone()
    }

    fn help(&self) -> Option<String> {
        Some(
            "nothing was installed; add registries to denpm-registries, or lower the quorum".into(),
        )
    }
}

/// A project keeps a package to one registry, where the user wants several to agree.
#[derive(Debug, thiserror::Error)]
#[error("{quorum} registries must agree about {package}; the project's .npmrc keeps it to one")]
struct KeptToOne {
    package: String,
    quorum: usize,
}

impl Explain for KeptToOne {
    fn code(&self) -> Code {
        Code::Policy
    }

    fn package(&self) -> Option<String> {
        Some(self.package.clone())
    }

    fn help(&self) -> Option<String> {
        Some("only your own .npmrc or config.toml can excuse packages from the quorum".into())
    }
}

/// The lockfile and the registries mean different bytes.
#[derive(Debug, thiserror::Error)]
#[error("the lockfile and {registry} disagree about {package}: integrity")]
struct LockContradicted {
    package: String,
    registry: RegistryId,
    locked: Claim,
    served: Claim,
}

impl Explain for LockContradicted {
    fn code(&self) -> Code {
        Code::RegistryConflict
    }

    fn package(&self) -> Option<String> {
        Some(self.package.clone())
    }

    fn detail(&self) -> Vec<String> {
        let Self { registry, locked, served, .. } = self;
        vec![format!("the lockfile says {locked}"), format!("{registry} says {served}")]
    }

    fn help(&self) -> Option<String> {
        Some("find out who changed the lockfile before you install".to_owned())
    }
}

/// A version to be vouched for.
struct Wanted {
    name: String,
    version: String,
    locked: Claim,
}

/// Asks for the quorum of every public package among `nodes`.
///
/// # Errors
/// Registries that disagree, with each other or with the lockfile; too few that vouch.
pub(in crate::ops) async fn check(
    context: &Context,
    tree: &Tree,
    nodes: &[NodeId],
) -> Result<(), Failure> {
    let (network, policy) = (&context.options.network, &context.policy.registries);
    let quorum = network.quorum.max(policy.quorum);
    if quorum < 2 || context.options.dry_run {
        return Ok(());
    }
    let pool = &context.pool;
    let own = network.own_quorum.max(policy.own_quorum);
    let wanted = wanted(context, tree, nodes, own)?;
    let mut answers =
        stream::iter(wanted.iter().map(|one| vouched(pool, one, quorum))).buffer_unordered(AT_ONCE);
    while let Some(answer) = answers.next().await {
        answer?;
    }
    Ok(())
}

/// Each version once. A private name has one registry, which is all that can vouch for it.
///
/// # Errors
/// A name that is private by the project's word alone, where the quorum is not.
fn wanted(
    context: &Context,
    tree: &Tree,
    nodes: &[NodeId],
    own: usize,
) -> Result<Vec<Wanted>, KeptToOne> {
    let exposures = Exposures::of_settings(context);
    let mut all = BTreeMap::new();
    for &node in nodes.iter().filter(|&&node| tree.is_registry_dependency(node)) {
        let resolved = tree.resolved(node);
        let source = tree.package_source(node, resolved.as_deref());
        let (name, version) = (source.package_name, source.version);
        match exposures.of(name, &context.pool.registry_for(name)) {
            Exposure::Public => {}
            Exposure::Withheld if own > 1 => {
                return Err(KeptToOne { package: format!("{name}@{version}"), quorum: own });
            }
            Exposure::Private | Exposure::Withheld => continue,
        }
        let key = (name.to_owned(), version.to_owned());
        all.insert(key, source.integrity.map(Claim::of_integrity).unwrap_or_default());
    }
    let each = all.into_iter();
    Ok(each.map(|((name, version), locked)| Wanted { name, version, locked }).collect())
}

/// Asks registries in order of preference until enough vouch.
async fn vouched(pool: &Arc<Pool>, wanted: &Wanted, quorum: usize) -> Result<(), Failure> {
    let Wanted { name, version, locked } = wanted;
    let package = format!("{name}@{version}");
    let mut left = pool.registry_for(name).registries.into_iter();
    let mut claims: Vec<(RegistryId, Claim)> = Vec::new();
    let mut reasons = Vec::new();
    loop {
        let batch: Vec<_> = left.by_ref().take(quorum - claims.len()).collect();
        if batch.is_empty() {
            break;
        }
        let ask = |id: RegistryId| async move { (claim_of(pool, &id, name, version).await, id) };
        for (answer, id) in join_all(batch.into_iter().map(ask)).await {
            match answer {
                Ok(Some(claim)) if claim.names_bytes() => claims.push((id, claim)),
                Ok(Some(_)) => reasons.push(format!("{id} names no digest")),
                Ok(None) => reasons.push(format!("{id} does not have it")),
                Err(error) => reasons.push(format!("{id}: {error}")),
            }
        }
        if claims.len() >= quorum {
            break;
        }
    }
    if let Some((first, rest)) = claims.split_first() {
        if let Some(difference) = rest.iter().find_map(|(_, claim)| first.1.differs_from(claim)) {
            return Err(convict(pool, &package, &difference, &claims).into());
        }
        if locked.differs_from(&first.1).is_some() {
            let (registry, served) = first.clone();
            return Err(
                LockContradicted { package, registry, locked: locked.clone(), served }.into()
            );
        }
    }
    if claims.len() < quorum {
        let agreed = claims.len();
        return Err(QuorumNotMet { package, wanted: quorum, agreed, reasons }.into());
    }
    Ok(())
}
