//! Auditing a log: all of it, or what it says of some names.

use std::sync::Arc;

use globset::{Glob, GlobSet, GlobSetBuilder};
use serde_json::json;

use super::{LogOptions, OperatorError, Report};
use crate::{
    error::Failure,
    ops::Context,
    sumdb::{
        audit::audit,
        record::{Leaf, PackageKey},
        view::{View, ViewError},
    },
};

/// Records that are looked at together.
const TOGETHER: u64 = 64 * 256;

/// Reads a whole log again and says what is wrong with it.
///
/// # Errors
/// A log that cannot be read.
pub async fn fsck(context: &Arc<Context>, options: &LogOptions) -> Result<Report, Failure> {
    let folder = tempfile::tempdir().map_err(|_| OperatorError::Interrupted)?;
    let view = View::open(options.store(context)?, &folder.path().join("index.redb")).await?;
    let found = audit(&view).await?;
    let mut lines: Vec<_> = found.faults.iter().map(ToString::to_string).collect();
    let faults = lines.len();
    lines.push(format!("{} records, {faults} faults", found.size));
    let json = json!({
        "size": found.size,
        "faults": found.faults.iter().map(ToString::to_string).collect::<Vec<_>>(),
    });
    Ok(Report { lines, json, remarkable: faults > 0 })
}

/// The leaves about names (`*` for any part) from a place on, and where to go on the next time.
///
/// # Errors
/// A pattern that is none, a log that cannot be read.
pub async fn monitor(
    context: &Arc<Context>,
    options: &LogOptions,
    patterns: &[String],
    from: u64,
) -> Result<Report, Failure> {
    let names = globs(patterns)?;
    let index = options.index(context, "reader")?;
    let view = View::open(options.store(context)?, &index).await?;
    let size = view.published().ok_or(ViewError::NoLog)?.tree.size;
    let mut report = Report::default();
    let mut rows = Vec::new();
    let mut at = from;
    while at < size {
        let end = (at + TOGETHER).min(size);
        let places: Vec<u64> = (at..end).collect();
        for (place, text) in view.records(&places, size).await? {
            let Some((key, what)) = told(&text) else { continue };
            if names.is_match(key.name()) {
                let (name, version) = (key.name(), key.version());
                report.lines.push(format!("{place} {name}@{version} {}", what.1));
                rows.push(json!({
                    "index": place, "name": name, "version": version, what.0: what.1,
                }));
            }
        }
        at = end;
    }
    report
        .lines
        .push(format!("looked at {} records; next time from {size}", size.saturating_sub(from)));
    report.json = json!({ "records": rows, "next": size });
    Ok(report)
}

/// What a leaf says of a version, and under which word.
fn told(text: &[u8]) -> Option<(PackageKey, (&'static str, String))> {
    match Leaf::parse(text) {
        Leaf::Package(record) => {
            let integrity = record.integrity();
            Some((record.key, ("integrity", integrity)))
        }
        Leaf::Evidence(evidence) => {
            let count = evidence.sources.len();
            let said = match evidence.signatures.len() {
                0 => format!("unsigned, from {count} sources"),
                _ => format!("signed, from {count} sources"),
            };
            Some((evidence.key, ("evidence", said)))
        }
        Leaf::Status(status) => Some((status.key, ("status", status.state.to_string()))),
        Leaf::Namespace(_) | Leaf::Log(_) | Leaf::Other | Leaf::Malformed => None,
    }
}

fn globs(patterns: &[String]) -> Result<GlobSet, Failure> {
    let bad = |pattern: &str| OperatorError::Word(pattern.to_owned());
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(Glob::new(pattern).map_err(|_| bad(pattern))?);
    }
    Ok(set.build().map_err(|_| bad(&patterns.join(" ")))?)
}
