//! Who publishes: whether somebody new does, and whether less is known about who does.
//!
//! A change of publisher alone is ordinary (two dozen a quarter in a thousand packages); it
//! becomes a sign together with others. Trust is compared with the baseline, not with the best
//! version ever, and never across majors, unless the baseline is what was locked.

use super::{
    Sign,
    change::{Anchor, Change},
    history::{Evidence, Identity, VersionFacts},
};
use crate::flag::Flag;

/// Silence after which a release is a revival, in days.
const DORMANT_DAYS: i64 = 365;
/// A version older than this has been looked at by many, in days.
const SETTLED_DAYS: i64 = 30;

/// Signs about the people behind a change; none where the registry does not tell.
pub fn signs(change: &Change<'_>) -> Vec<Sign> {
    let Some(old) = change.baseline else { return Vec::new() };
    let mut signs = Vec::new();
    signs.extend(publisher(change, old));
    signs.extend(maintainers(change, old));
    signs.extend(address(change, old));
    signs.extend(downgrade(change, old));
    signs
}

/// Whether the registry says too little to judge.
pub fn is_unknown(change: &Change<'_>) -> bool {
    change.baseline.is_some_and(|old| !change.new.is_known() || !old.is_known())
}

fn publisher(change: &Change<'_>, old: &VersionFacts) -> Option<Sign> {
    let new = change.new;
    if is_unknown(change) {
        return None;
    }
    let name = match &new.identity {
        Identity::Oidc(_) => return moved(change, old),
        Identity::Approver(name) | Identity::Account(name) => name,
        Identity::Unknown => return None,
    };
    if change.history.knows(name, old) {
        return None;
    }
    let mut evidence = vec![format!("publisher: {} → {}", old.identity, new.identity)];
    let mut beside = Vec::new();
    let silence = change
        .history
        .published_before(new)
        .and_then(|before| Some((new.published? - before) / super::history::DAY_MS));
    if let Some(days) = silence.filter(|days| *days > DORMANT_DAYS) {
        beside.push(format!("after {days} days without a release"));
    }
    beside.extend(
        change.new_dependencies().map(|(name, spec)| format!("new dependency {name}@{spec}")),
    );
    if all_gone(old, new) {
        beside.push("none of the old maintainers is left".to_owned());
    }
    let scripts: Vec<String> = change
        .new_scripts()
        .map(|(event, script)| format!("new {event} script: {script}"))
        .collect();
    let flag = if !scripts.is_empty() {
        Flag::PublisherScript
    } else if beside.is_empty() {
        Flag::PublisherNew
    } else {
        Flag::PublisherUnusual
    };
    let message = match flag {
        Flag::PublisherNew => {
            format!("published by {name}, who neither published nor maintained it before")
        }
        _ => format!("unusual: {name} publishes it for the first time, and more changed beside"),
    };
    evidence.extend(scripts);
    evidence.extend(beside);
    Some(Sign::new(flag, message, evidence))
}

/// From a token to trusted publishing is progress; from one configuration to another is a change.
fn moved(change: &Change<'_>, old: &VersionFacts) -> Option<Sign> {
    let mut known = change
        .history
        .back_from(old)
        .map(|facts| &facts.identity)
        .filter(|id| matches!(id, Identity::Oidc(_)))
        .peekable();
    known.peek()?;
    if known.any(|known| *known == change.new.identity) {
        return None;
    }
    let evidence = vec![format!("publisher: {} → {}", old.identity, change.new.identity)];
    Some(Sign::new(
        Flag::PublisherMoved,
        "published by another trusted publisher than before",
        evidence,
    ))
}

fn all_gone(old: &VersionFacts, new: &VersionFacts) -> bool {
    !old.maintainers.is_empty()
        && !new.maintainers.is_empty()
        && old.maintainers.is_disjoint(&new.maintainers)
}

fn maintainers(change: &Change<'_>, old: &VersionFacts) -> Option<Sign> {
    let new = change.new;
    if old.maintainers.is_empty()
        || new.maintainers.is_empty()
        || old.maintainers == new.maintainers
    {
        return None;
    }
    let list = |facts: &VersionFacts| {
        facts.maintainers.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
    };
    let evidence = vec![format!("maintainers: {} → {}", list(old), list(new))];
    Some(if all_gone(old, new) {
        Sign::new(
            Flag::MaintainersReplaced,
            "unusual: none of the old maintainers is left",
            evidence,
        )
    } else {
        Sign::new(Flag::MaintainersChanged, "other maintainers than before", evidence)
    })
}

fn address(change: &Change<'_>, old: &VersionFacts) -> Option<Sign> {
    let new = change.new;
    let (account, domain) = (new.account.as_ref()?, new.domain.as_ref()?);
    let last =
        change.history.back_from(old).find(|facts| facts.account.as_ref() == Some(account))?;
    let before = last.domain.as_ref().filter(|before| *before != domain)?;
    let evidence = vec![format!("address of {account}: …@{before} → …@{domain}")];
    Some(Sign::new(
        Flag::EmailChanged,
        format!("{account} publishes with an address of another domain"),
        evidence,
    ))
}

fn downgrade(change: &Change<'_>, old: &VersionFacts) -> Option<Sign> {
    let new = change.new;
    let comparable = change.anchor == Anchor::Locked || change.same_major();
    if !comparable || new.evidence >= old.evidence {
        return None;
    }
    let young = new.age_days(change.now_ms).is_some_and(|days| days < SETTLED_DAYS);
    let all_lost = old.evidence >= Evidence::TrustedPublisher && new.evidence == Evidence::None;
    let flag = if young && all_lost { Flag::Downgrade } else { Flag::DowngradeSettled };
    let mut evidence =
        vec![format!("publish evidence: {} → {}", old.evidence.as_str(), new.evidence.as_str())];
    evidence.push(format!("publisher: {} → {}", old.identity, new.identity));
    let message = format!(
        "unusual: published with {}, {} had {}",
        new.evidence.as_str(),
        old.version,
        old.evidence.as_str()
    );
    Some(Sign::new(flag, message, evidence))
}
