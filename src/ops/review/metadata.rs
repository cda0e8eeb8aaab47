//! Packuments read for their history, and the time they are compared at.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::ready,
    sync::Arc,
    time::UNIX_EPOCH,
};

use futures_util::{StreamExt as _, future::join_all, stream};

use super::{changes::Changed, gate::Gate};
use crate::{
    arborist::LoadFailure,
    cpu,
    error::{Code, Explain},
    inspect::{change::SETTLED_MS, history::History},
    manifest::Packument,
    ops::{Context, manifests::Sources},
};

/// Packuments that are asked for at once.
const CONCURRENT: usize = 32;
/// Packuments of which one thread reads the times.
const AT_ONCE: usize = 64;

/// Reading was interrupted.
#[derive(Debug, thiserror::Error)]
#[error("reading the history was interrupted")]
struct Interrupted;

impl Explain for Interrupted {
    fn code(&self) -> Code {
        Code::Cancelled
    }
}

/// The history of a package, read off the threads that wait for the network.
///
/// # Errors
/// A packument that cannot be had.
pub(super) async fn history(sources: &Sources, name: &str) -> Result<Arc<History>, LoadFailure> {
    let packument = sources.packument(name).await?;
    let work = move || Arc::new(History::of(packument));
    tokio::task::spawn_blocking(work).await.map_err(|_| LoadFailure::new(Interrupted))
}

/// The histories of many packages, by name, read together: on a thread for each, the threads would
/// cost more than what they read.
///
/// # Errors
/// Reading that was interrupted; one that is not read must not pass for one without a past.
pub(super) async fn histories_of(
    packuments: Vec<(String, Arc<Packument>)>,
) -> Result<BTreeMap<String, Arc<History>>, LoadFailure> {
    let of = |(name, packument): &(String, Arc<Packument>)| {
        (name.clone(), Arc::new(History::of(Arc::clone(packument))))
    };
    let read = cpu::run(move || cpu::map_all(&packuments, of)).await;
    Ok(read.map_err(|_| LoadFailure::new(Interrupted))?.into_iter().collect())
}

/// Which of `changes`, by the places that come with them, are to versions younger than what counts
/// as settled; one whose age nobody tells is not.
pub(super) async fn unsettled<'c>(
    gate: &Gate<'_>,
    changes: impl Iterator<Item = (usize, &'c Changed)>,
) -> BTreeSet<usize> {
    let oldest = now_ms(gate.context).saturating_sub(SETTLED_MS);
    let ask = |(at, changed): (usize, &Changed)| {
        let (name, version) = (changed.name.clone(), changed.version.clone());
        async move { Some((at, version, gate.sources.packument(&name).await.ok()?)) }
    };
    let asked: Vec<_> = changes.map(ask).collect();
    let mut packuments: Vec<_> =
        stream::iter(asked).buffer_unordered(CONCURRENT).filter_map(ready).collect().await;
    let mut parts = Vec::new();
    while !packuments.is_empty() {
        let part = packuments.split_off(packuments.len().saturating_sub(AT_ONCE));
        let places: Vec<usize> = part.iter().map(|(at, ..)| *at).collect();
        let work = cpu::run(move || {
            let is_young = |(at, version, packument): (usize, String, Arc<Packument>)| {
                let published = packument.published_alone_ms(&version);
                published.is_some_and(|published| published > oldest).then_some(at)
            };
            part.into_iter().filter_map(is_young).collect::<Vec<_>>()
        });
        // What could not be read is no reason to look away.
        parts.push(async move { work.await.unwrap_or(places) });
    }
    join_all(parts).await.into_iter().flatten().collect()
}

/// Now, in milliseconds since 1970.
pub(super) fn now_ms(context: &Context) -> i64 {
    let since = context.config.sources().now.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Today, as `YYYY-MM-DD` (UTC).
pub(super) fn today(context: &Context) -> String {
    let now = jiff::Timestamp::from_millisecond(now_ms(context)).unwrap_or_default();
    now.strftime("%Y-%m-%d").to_string()
}
