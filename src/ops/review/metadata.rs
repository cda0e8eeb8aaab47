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
    let work = move || Arc::new(History::of(&packument));
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
    date_of(now_ms(context).div_euclid(24 * 60 * 60 * 1000))
}

/// The date of a day counted from 1970-01-01 (Howard Hinnant's `civil_from_days`).
fn date_of(days: i64) -> String {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_shifted + 2) / 5 + 1;
    let month = if month_shifted < 10 { month_shifted + 3 } else { month_shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        assert_eq!(date_of(0), "1970-01-01");
        assert_eq!(date_of(19_782), "2024-02-29");
        assert_eq!(date_of(20_778), "2026-11-21");
    }
}
