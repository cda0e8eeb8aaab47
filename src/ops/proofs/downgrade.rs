//! Versions that are proven less well than one before them.
//!
//! A stolen token can publish, but it cannot make the build service vouch for it: a package whose
//! versions came with provenance and whose newest does not is worth a question.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Proven, judge::PolicyRefusal};
use crate::{
    arborist::{Naming, Tree},
    config::policy::{
        downgrade::{Action, DowngradePolicy, Scope},
        exempt::Check,
    },
    error::Failure,
    event::{Event, Finding, Gravity},
    manifest::Packument,
    ops::{fetch::FetchedPackages, manifests::Sources, sidecar},
    spec::Version,
};

/// So many earlier versions are looked at: a habit shows in less.
const LOOK_BACK: usize = 20;

/// How well the origin of a version is known; a later one is better. pnpm's order, with the
/// registry's signature below it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub(in crate::ops) enum Rank {
    /// Nothing is.
    #[default]
    Nothing,
    /// The registry has signed it.
    Signature,
    /// A build service vouches for it.
    Provenance,
    /// And the registry knew the build service as the publisher.
    TrustedPublisher,
    /// And a person approved it before it was released.
    Staged,
}

impl fmt::Display for Rank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "no evidence",
            Self::Signature => "a registry signature",
            Self::Provenance => "provenance",
            Self::TrustedPublisher => "provenance by a trusted publisher",
            Self::Staged => "provenance and an approval",
        })
    }
}

/// The fields of a version's manifest that tell its rank.
#[derive(Deserialize)]
struct Told {
    #[serde(rename = "_npmUser")]
    npm_user: Option<Value>,
    dist: Option<Value>,
}

/// What the registry claims of a version; it proves nothing, and serves to compare.
fn claimed(manifest: &[u8]) -> Rank {
    let Ok(text) = str::from_utf8(manifest) else { return Rank::Nothing };
    // Most manifests tell nothing of the kind, and then there is nothing to parse.
    if !text.contains("\"attestations\"") && !text.contains("\"approver\"") {
        return Rank::Nothing;
    }
    let Ok(told) = serde_json::from_str::<Told>(text) else { return Rank::Nothing };
    let has = |value: &Option<Value>, path: &str| {
        value.as_ref().and_then(|value| value.pointer(path)).is_some_and(|found| !found.is_null())
    };
    match (
        has(&told.npm_user, "/approver"),
        has(&told.npm_user, "/trustedPublisher"),
        has(&told.dist, "/attestations/provenance"),
    ) {
        (true, ..) => Rank::Staged,
        (false, true, true) => Rank::TrustedPublisher,
        (false, _, true) => Rank::Provenance,
        _ => Rank::Nothing,
    }
}

/// An earlier version that was known better.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ops) struct Earlier {
    pub(in crate::ops) version: String,
    pub(in crate::ops) rank: Rank,
}

/// The version published before `version` whose origin is known best, where that is better than
/// what is known of `version` itself. Prereleases do not count against a release.
fn best_before(
    packument: &Packument,
    version: &str,
    policy: &DowngradePolicy,
    now: i64,
) -> Option<(Earlier, Rank)> {
    // Few packages have a version that claims more than another could; where none does, there
    // is nothing to read.
    if policy.action == Action::Off || packument.attested_versions().all(|other| other == version) {
        return None;
    }
    let this = Version::parse(version).ok()?;
    let own = claimed(&packument.raw_manifest(version)?);
    let published = packument.published_ms(version)?;
    let oldest = policy
        .ignore_older_than
        .and_then(|age| now.checked_sub(i64::try_from(age.as_millis()).ok()?));
    let counts = |other: &&str| {
        let Ok(parsed) = Version::parse(other) else { return false };
        let at = packument.published_ms(other);
        at.is_some_and(|at| at < published && oldest.is_none_or(|oldest| at >= oldest))
            && (policy.scope == Scope::Any || parsed.major() == this.major())
            && (this.is_prerelease() || !parsed.is_prerelease())
    };
    let earlier = packument.versions_descending().filter(counts).take(LOOK_BACK);
    let attested: BTreeSet<&str> = packument.attested_versions().collect();
    let earlier = earlier.filter(|other| attested.contains(other)).filter_map(|other| {
        let rank = claimed(&packument.raw_manifest(other)?);
        Some(Earlier { version: other.to_owned(), rank })
    });
    // The first of several of the same rank: the nearest one says most.
    let best = earlier.reduce(|best, next| if next.rank > best.rank { next } else { best })?;
    (best.rank > own).then_some((best, own))
}

/// What was proven of the version that was installed before, held against what is proven now.
fn since_installed(
    before: &Earlier,
    version: &str,
    proven: &Proven,
    policy: &DowngradePolicy,
) -> Option<(Earlier, Rank)> {
    let major = |text: &str| Version::parse(text).ok().map(|version| version.major());
    let comparable = policy.action != Action::Off
        && (policy.scope == Scope::Any || major(&before.version) == major(version));
    // That a mirror strips signatures is told elsewhere, once.
    let now = proven.rank();
    (comparable && before.rank >= Rank::Provenance && now < before.rank)
        .then(|| (before.clone(), now))
}

/// Tells of every package that is proven less well than before, and refuses it where policy says so.
///
/// # Errors
/// The first that is refused.
pub(in crate::ops) fn check_downgrades(
    tree: &Tree,
    fetched: &FetchedPackages,
    known: &sidecar::Known,
    sources: &Sources,
) -> Result<(), Failure> {
    let proofs = sources.proofs();
    let policy = &proofs.policy().downgrade;
    if policy.action == Action::Off {
        return Ok(());
    }
    let mut told = BTreeSet::new();
    let mut refused = None;
    for (&node, proven) in &fetched.proofs {
        let (name, version) =
            (tree[node].package_name().unwrap_or_default(), tree[node].version_text());
        let before = known.earlier(&tree[node].location);
        let found = before
            .and_then(|before| since_installed(&before, version, proven, policy))
            .or_else(|| {
                let packument = sources.packument_at_hand(name)?;
                best_before(&packument, version, policy, proofs.now())
            });
        let Some(found) = found else { continue };
        // Asked last: it reads the specifiers of all dependents, and few packages come so far.
        if tree.package_source(node, None).naming == Naming::Free {
            continue;
        }
        let id = format!("{name}@{version}");
        let integrity = fetched.packages.get(&node).map(|stored| stored.integrity.to_string());
        let integrity = integrity.unwrap_or_default();
        let exemptions = &proofs.policy().exemptions;
        if exemptions.waive(&id, &integrity, Check::Downgrade, proofs.now())
            || !told.insert(id.clone())
        {
            continue;
        }
        let finding = finding(name, version, found, policy);
        if finding.gravity == Gravity::Block {
            let demand = "it is proven less well than an earlier version";
            let refusal = PolicyRefusal::new(id, demand, finding.evidence.clone());
            refused.get_or_insert(refusal);
        }
        proofs.reporter().event(Event::Finding(Box::new(finding)));
    }
    refused.map_or(Ok(()), |refusal| Err(refusal.into()))
}

/// The finding that tells of it.
fn finding(
    name: &str,
    version: &str,
    (earlier, rank): (Earlier, Rank),
    policy: &DowngradePolicy,
) -> Finding {
    let gravity = if policy.action == Action::Error { Gravity::Block } else { Gravity::Warn };
    Finding {
        code: "DENPM-S01",
        flag: "downgrade",
        gravity,
        name: name.to_owned(),
        version: version.to_owned(),
        message: format!("its origin is known less well than that of {}", earlier.version),
        evidence: vec![
            format!("{}: {}", earlier.version, earlier.rank),
            format!("{version}: {rank}"),
        ],
        baseline: Some(earlier.version),
        file: None,
        acknowledge: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn packument() -> Packument {
        let version = |rank: Rank| match rank {
            Rank::Nothing | Rank::Signature => json!({"dist": {}}),
            Rank::Provenance => json!({"dist": {"attestations": {"provenance": {}}}}),
            Rank::TrustedPublisher => json!({
                "_npmUser": {"trustedPublisher": {"id": "github"}},
                "dist": {"attestations": {"provenance": {}}},
            }),
            Rank::Staged => json!({"_npmUser": {"approver": {"name": "a"}}, "dist": {}}),
        };
        let text = json!({
            "name": "a",
            "versions": {
                "1.0.0": version(Rank::Provenance),
                "1.1.0": version(Rank::TrustedPublisher),
                "1.2.0-beta.1": version(Rank::Staged),
                "1.2.0": version(Rank::Nothing),
                "2.0.0": version(Rank::Nothing),
            },
            "time": {
                "1.0.0": "2024-01-01T00:00:00.000Z",
                "1.1.0": "2024-02-01T00:00:00.000Z",
                "1.2.0-beta.1": "2024-03-01T00:00:00.000Z",
                "1.2.0": "2024-04-01T00:00:00.000Z",
                "2.0.0": "2024-05-01T00:00:00.000Z",
            },
        });
        Packument::parse(text.to_string().into_bytes().into()).unwrap()
    }

    fn best(version: &str, policy: &DowngradePolicy) -> Option<String> {
        let now = crate::manifest::parse_epoch_ms("2024-06-01T00:00:00.000Z").unwrap();
        best_before(&packument(), version, policy, now)
            .map(|(earlier, rank)| format!("{} {} > {rank}", earlier.version, earlier.rank))
    }

    #[test]
    fn a_release_is_held_against_earlier_releases_of_its_major() {
        let policy = DowngradePolicy::default();
        insta::assert_snapshot!(
            best("1.2.0", &policy).unwrap(),
            @"1.1.0 provenance by a trusted publisher > no evidence"
        );
        assert_eq!(best("1.1.0", &policy), None);
        assert_eq!(best("2.0.0", &policy), None);
        let any = DowngradePolicy { scope: Scope::Any, ..policy };
        assert!(best("2.0.0", &any).is_some());
    }

    #[test]
    fn old_versions_and_a_switched_off_check_say_nothing() {
        let off = DowngradePolicy { action: Action::Off, ..DowngradePolicy::default() };
        assert_eq!(best("1.2.0", &off), None);
        let recent = DowngradePolicy {
            ignore_older_than: Some(std::time::Duration::from_hours(24 * 100)),
            ..DowngradePolicy::default()
        };
        assert_eq!(best("1.2.0", &recent), None);
    }
}
