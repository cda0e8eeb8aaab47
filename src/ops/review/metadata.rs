//! Packuments read for their history, and the time they are compared at.

use std::{sync::Arc, time::UNIX_EPOCH};

use super::gate::Gate;
use crate::{
    arborist::LoadFailure,
    error::{Code, Explain},
    inspect::{change::SETTLED_MS, history::History},
    ops::{Context, manifests::Sources},
};

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

/// Whether a version is younger than what counts as settled; one whose age nobody tells is not.
pub(super) async fn is_unsettled(gate: &Gate<'_>, name: &str, version: &str) -> bool {
    let Ok(packument) = gate.sources.packument(name).await else { return false };
    let oldest = now_ms(gate.context).saturating_sub(SETTLED_MS);
    packument.published_ms(version).is_some_and(|published| published > oldest)
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
