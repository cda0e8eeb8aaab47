//! The release itself: its age, its company, its commit, and whether it is known to be bad.

use super::{
    Sign,
    change::Change,
    history::{DAY_MS, VersionFacts},
};
use crate::{flag::Flag, spec::Version};

/// Releases of several lines within this time are a burst, in milliseconds.
const BURST_MS: i64 = 60 * 60 * 1000;

/// Signs about the release; `min_age_days` is the policy's gate, 0 for none.
pub fn signs(change: &Change<'_>, min_age_ms: i64) -> Vec<Sign> {
    let mut signs = Vec::new();
    signs.extend(too_young(change.new, min_age_ms, change.now_ms));
    signs.extend(burst(change));
    if change.baseline.is_some_and(|old| old.git_head) && !change.new.git_head {
        let evidence = vec!["gitHead: recorded → missing".to_owned()];
        signs.push(Sign::new(
            Flag::NoGitHead,
            "the registry does not know the commit it was made from",
            evidence,
        ));
    }
    signs
}

fn too_young(new: &VersionFacts, min_age_ms: i64, now_ms: i64) -> Option<Sign> {
    let age = now_ms.saturating_sub(new.published?);
    if age >= min_age_ms {
        return None;
    }
    #[allow(clippy::cast_precision_loss, reason = "an age in days, for people")]
    let days = |ms: i64| ms as f64 / DAY_MS as f64;
    // No age in the evidence: what is acknowledged today must be the same fact tomorrow.
    let evidence = vec![format!("the policy asks for {:.1} days", days(min_age_ms))];
    let message = format!("published {:.1} days ago: too young for the policy", days(age.max(0)));
    Some(Sign::new(Flag::TooYoung, message, evidence))
}

fn burst(change: &Change<'_>) -> Option<Sign> {
    let at = change.new.published?;
    let line = |version: &str| Version::parse(version).ok().map(|version| version.major());
    let own = line(&change.new.version);
    let near = change.history.releases().filter(|(version, published)| {
        published.is_some_and(|other| (other - at).abs() <= BURST_MS) && line(version) != own
    });
    let others: Vec<String> = near.map(|(version, _)| version.to_owned()).collect();
    if others.is_empty() {
        return None;
    }
    let evidence = vec![format!("within one hour: {}, {}", change.new.version, others.join(", "))];
    Some(Sign::new(
        Flag::Burst,
        "versions of several release lines were published within an hour",
        evidence,
    ))
}
