//! Many versions from a list, in its order: the most popular first makes proofs small.

use std::{path::Path, sync::Arc};

use futures_util::{StreamExt, stream};
use serde_json::json;

use super::{Fetched, LogOptions, OperatorError, Report, name_and_version};
use crate::{
    error::Failure,
    event::{Event, Phase},
    fs::read_bounded,
    ops::Context,
    registry::Form,
    sumdb::{
        record::PackageKey,
        sequencer::{Added, Entry},
    },
};

/// The longest list that is read, in bytes.
const MAX_LIST: u64 = 1 << 30;
/// Versions that are fetched at once.
const PARALLEL: usize = 16;
/// Records that are appended together.
const TOGETHER: usize = 1024;

/// Adds what a file lists, one `name@version` or `name` (all its versions) a line. What is in
/// the log already is not fetched again, so an import that was interrupted goes on.
///
/// # Errors
/// The list or the log cannot be used. Versions that cannot be admitted are told and passed over.
pub async fn import(
    context: &Arc<Context>,
    options: &LogOptions,
    list: &Path,
) -> Result<Report, Failure> {
    let bytes = read_bounded(&context.config.sources().cwd.join(list), MAX_LIST)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let fetched = Fetched::new(Arc::clone(context), options)?;
    let mut sequencer = options.sequencer(context).await?;
    let total = lines().count() as u64;
    let mut tally = Tally::default();
    let mut waiting: Vec<Entry> = Vec::new();
    context.reporter.event(Event::PhaseStarted(Phase::Fetch));
    for (done, line) in (1..).zip(lines()) {
        let versions = match versions(context, line).await {
            Ok(versions) => versions,
            Err(error) => {
                tally.refuse(context, line, &error);
                continue;
            }
        };
        let wanted = missing(&fetched, &versions, sequencer.view(), &mut tally)?;
        let fetch: Vec<_> =
            wanted.iter().map(|(name, version)| fetched.entry(name, version)).collect();
        let mut records = stream::iter(fetch).buffered(PARALLEL);
        while let Some(record) = records.next().await {
            match record {
                Ok(logged) => waiting.push(logged.to_entry()),
                Err(error) => tally.refuse(context, line, &error),
            }
        }
        if waiting.len() >= TOGETHER {
            tally.count(&sequencer.add(&std::mem::take(&mut waiting)).await?);
        }
        context.reporter.event(Event::PhaseProgress { phase: Phase::Fetch, done, total });
    }
    tally.count(&sequencer.add(&waiting).await?);
    context.reporter.event(Event::PhaseFinished(Phase::Fetch));
    let size = sequencer.tree().map_or(0, |tree| tree.size);
    let Tally { added, before, refused } = tally;
    let line = format!("added {added}, there already {before}, refused {refused}; {size} records");
    Ok(Report {
        lines: vec![line],
        json: json!({ "added": added, "before": before, "refused": refused, "size": size }),
        remarkable: refused > 0,
    })
}

#[derive(Default)]
struct Tally {
    added: u64,
    before: u64,
    refused: u64,
}

impl Tally {
    fn count(&mut self, added: &[Added]) {
        for added in added {
            match added {
                Added::New(_) => self.added += 1,
                Added::Before(_) => self.before += 1,
                Added::Otherwise(_) => self.refused += 1,
            }
        }
    }

    fn refuse(&mut self, context: &Context, line: &str, error: &Failure) {
        self.refused += 1;
        context.reporter.event(Event::warn("sumdb", format!("{line}: {error}")));
    }
}

/// The versions that a line names.
async fn versions(context: &Context, line: &str) -> Result<Vec<(String, String)>, Failure> {
    if line.rsplit_once('@').is_some_and(|(name, _)| !name.is_empty()) {
        return Ok(vec![name_and_version(line)?]);
    }
    let answer = context.pool.packument(line, Form::Abbreviated).await?;
    let versions = answer.packument.versions().map(str::to_owned);
    Ok(versions.map(|version| (line.to_owned(), version)).collect())
}

/// Those that the log does not have yet.
fn missing<S: crate::sumdb::store::Store>(
    fetched: &Fetched,
    versions: &[(String, String)],
    view: &crate::sumdb::view::View<S>,
    tally: &mut Tally,
) -> Result<Vec<(String, String)>, Failure> {
    let Some((name, _)) = versions.first() else { return Ok(Vec::new()) };
    let namespace = fetched.namespace(name)?;
    let keys: Option<Vec<PackageKey>> = versions
        .iter()
        .map(|(name, version)| PackageKey::new(namespace.clone(), name, version))
        .collect();
    let keys = keys.ok_or_else(|| OperatorError::Word(name.clone()))?;
    let places = view.places(&keys)?;
    let known = places.iter().flatten().count();
    tally.before += known as u64;
    let open = versions.iter().zip(places).filter(|(_, place)| place.is_none());
    Ok(open.map(|(version, _)| version.clone()).collect())
}
