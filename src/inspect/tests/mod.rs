//! The attacks of `shared/spec/risk-flags.md` §1 as synthetic histories, the false alarms of others (§6.4), and
//! the noise of an ordinary quarter.

mod attacks;
mod noise;

use super::{
    Sign,
    change::{Anchor, Change},
    dependencies::{self, NewDependency},
    history::{DAY_MS, History, VersionFacts},
    maintainers, release, scripts,
};
use crate::{
    config::policy::{FlagPolicy, flags::Level},
    flag::Flag,
};
use serde_json::{Value, json};

/// The time of all comparisons, in milliseconds since 1970.
const NOW: i64 = 1_800_000_000_000;

/// One version: its document without the version, and its age in days.
fn version(version: &str, age_days: i64, document: &Value) -> VersionFacts {
    let bytes = serde_json::to_vec(document).unwrap_or_default();
    VersionFacts::of(version, &bytes, Some(NOW - age_days * DAY_MS)).unwrap_or_default()
}

/// A document published by an account that is the only maintainer.
fn by(name: &str) -> Value {
    json!({
        "_npmUser": {"name": name, "email": format!("{name}@home.example")},
        "maintainers": [{"name": name}],
        "gitHead": "abc",
    })
}

/// A document published by a workflow.
fn by_workflow(id: &str, maintainer: &str) -> Value {
    json!({
        "_npmUser": {
            "name": "GitHub Actions",
            "email": "npm-oidc-no-reply@github.example",
            "trustedPublisher": {"id": "github", "oidcConfigId": id},
        },
        "maintainers": [{"name": maintainer}],
        "dist": {"attestations": {"provenance": {"predicateType": "https://slsa.example/v1"}}},
        "gitHead": "abc",
    })
}

fn with(mut document: Value, key: &str, value: Value) -> Value {
    document[key] = value;
    document
}

/// The signs of a change from one version to another, and their levels under the built-in policy.
fn judged(
    history: &History,
    from: &str,
    to: &str,
    brought: &[(&str, &History)],
) -> Vec<(Flag, Level)> {
    let signs = signs(history, Some(from), to, Anchor::Locked, brought);
    let policy = FlagPolicy::default();
    signs.iter().map(|sign| (sign.flag, policy.level(sign.flag, "x"))).collect()
}

fn signs(
    history: &History,
    from: Option<&str>,
    to: &str,
    anchor: Anchor,
    brought: &[(&str, &History)],
) -> Vec<Sign> {
    signs_at(NOW, history, from, to, anchor, brought)
}

fn signs_at(
    now_ms: i64,
    history: &History,
    from: Option<&str>,
    to: &str,
    anchor: Anchor,
    brought: &[(&str, &History)],
) -> Vec<Sign> {
    let Some(new) = history.version(to) else { return Vec::new() };
    let baseline = match from {
        Some(from) => history.version(from),
        None => super::change::settled(history, new, now_ms),
    };
    let change = Change { name: "x", new, baseline, anchor, history, now_ms };
    let mut signs = maintainers::signs(&change);
    signs.extend(scripts::signs(&change));
    signs.extend(release::signs(&change, 3 * DAY_MS));
    let found: Vec<NewDependency<'_>> = brought
        .iter()
        .filter_map(|(name, history)| {
            Some(NewDependency { name, version: history.versions().last()?, history })
        })
        .collect();
    signs.extend(dependencies::signs(&change, &found, 30));
    signs
}

fn levels_of(found: &[(Flag, Level)], flag: Flag) -> Option<Level> {
    found.iter().find(|(known, _)| *known == flag).map(|(_, level)| *level)
}

fn worst(found: &[(Flag, Level)]) -> Level {
    found.iter().map(|(_, level)| *level).max().unwrap_or(Level::Off)
}
