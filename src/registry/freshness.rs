//! How long a cached answer may be used without asking: RFC 9111 for a private cache.
//!
//! Pure. Same answers as `http-cache-semantics` as make-fetch-happen sets it up
//! (`lib/cache/policy.js`), including the guess from `Last-Modified`.

use std::time::Duration;

use reqwest::header::{
    CACHE_CONTROL, DATE, EXPIRES, HeaderMap, HeaderName, LAST_MODIFIED, PRAGMA, VARY,
};

/// `immutable` without a lifetime counts for this long.
const IMMUTABLE: u64 = 24 * 3600;

/// What the headers of an answer say about keeping it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Freshness {
    /// Whether it may be written down at all.
    pub storage: Storage,
    /// How long it needs no question.
    pub lifetime: Duration,
    /// Whether it may stand in when the registry cannot be reached.
    pub stale: StaleUse,
}

/// Whether an answer may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Storage {
    Allowed,
    Forbidden,
}

/// Whether an old answer may be used when no new one can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StaleUse {
    Allowed,
    /// `must-revalidate`.
    Forbidden,
}

impl Freshness {
    /// Reads the headers of an answer that arrived `now` (seconds since 1970).
    pub(super) fn of(headers: &HeaderMap, now: u64) -> Self {
        let control = text(headers, CACHE_CONTROL).unwrap_or_default().to_ascii_lowercase();
        let directive = |name: &str| {
            control.split(',').find_map(|part| {
                let (key, value) = part.split_once('=').unwrap_or((part, ""));
                (key.trim() == name).then(|| value.trim().trim_matches('"').to_owned())
            })
        };
        let has = |name: &str| directive(name).is_some();
        let pragma = text(headers, PRAGMA).unwrap_or_default();
        let never = has("no-cache")
            || control.is_empty() && pragma.contains("no-cache")
            || text(headers, VARY) == Some("*");
        let least = if has("immutable") { IMMUTABLE } else { 0 };
        let lifetime = match directive("max-age") {
            _ if never || has("no-store") => 0,
            Some(seconds) => seconds.parse().unwrap_or(0),
            None => implied(headers, now).map_or(least, |seconds| seconds.max(least)),
        };
        Self {
            storage: if has("no-store") { Storage::Forbidden } else { Storage::Allowed },
            lifetime: Duration::from_secs(lifetime),
            stale: if has("must-revalidate") { StaleUse::Forbidden } else { StaleUse::Allowed },
        }
    }
}

/// The lifetime from `Expires`, else a tenth of the age since `Last-Modified`.
fn implied(headers: &HeaderMap, now: u64) -> Option<u64> {
    let date = text(headers, DATE).and_then(http_date).unwrap_or(now);
    if let Some(expires) = text(headers, EXPIRES) {
        let expires = http_date(expires).filter(|expires| *expires >= date)?;
        return Some(expires - date);
    }
    let modified = text(headers, LAST_MODIFIED).and_then(http_date)?;
    Some(date.saturating_sub(modified) / 10)
}

pub(super) fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// Seconds since 1970 of an IMF-fixdate (RFC 9110 §5.6.7), the only form servers may send.
fn http_date(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = text.split_once(", ")?.1.split(' ');
    let day: u64 = words.next()?.parse().ok().filter(|day| (1..=31).contains(day))?;
    let name = words.next()?;
    let month = MONTHS.iter().position(|month| *month == name)? as u64 + 1;
    let year: u64 = words.next()?.parse().ok().filter(|year| (1970..=9999).contains(year))?;
    let mut clock = words.next()?.splitn(3, ':').map(|part| part.parse::<u64>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    if hour > 23 || minute > 59 || second > 60 || words.next() != Some("GMT") {
        return None;
    }
    Some(days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

/// Days since 1970-01-01 in the Gregorian calendar; years begin in March, so that leap days come last.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let shifted = (month + 9) % 12;
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_784_116_800; // Wed, 15 Jul 2026 12:00:00 GMT

    fn of(pairs: &[(&'static str, &'static str)]) -> Freshness {
        let headers = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        Freshness::of(&headers, NOW)
    }

    fn lifetime(pairs: &[(&'static str, &'static str)]) -> u64 {
        of(pairs).lifetime.as_secs()
    }

    #[test]
    fn http_date_known_instants() {
        assert_eq!(http_date("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(http_date("Wed, 15 Jul 2026 12:00:00 GMT"), Some(NOW));
        assert_eq!(http_date("Thu, 29 Feb 2024 23:59:59 GMT"), Some(1_709_251_199));
        assert_eq!(http_date("0"), None);
        assert_eq!(http_date("Wed, 00 Jul 2026 12:00:00 GMT"), None);
    }

    #[test]
    fn lifetime_max_age_beats_expires() {
        let expires = ("expires", "Wed, 15 Jul 2026 13:00:00 GMT");
        assert_eq!(lifetime(&[("cache-control", "public, max-age=300"), expires]), 300);
        assert_eq!(lifetime(&[expires]), 3600);
        assert_eq!(lifetime(&[("expires", "0")]), 0);
    }

    #[test]
    fn lifetime_guess_is_a_tenth_of_the_age() {
        assert_eq!(lifetime(&[("last-modified", "Wed, 15 Jul 2026 02:00:00 GMT")]), 3600);
        assert_eq!(lifetime(&[]), 0);
    }

    #[test]
    fn lifetime_no_cache_and_vary_star_are_zero() {
        assert_eq!(lifetime(&[("cache-control", "no-cache, max-age=300")]), 0);
        assert_eq!(lifetime(&[("cache-control", "max-age=300"), ("vary", "*")]), 0);
        assert_eq!(lifetime(&[("cache-control", "immutable")]), IMMUTABLE);
    }

    #[test]
    fn storage_and_stale_use_follow_cache_control() {
        assert_eq!(of(&[("cache-control", "No-Store")]).storage, Storage::Forbidden);
        assert_eq!(of(&[("cache-control", "must-revalidate")]).stale, StaleUse::Forbidden);
        assert_eq!(of(&[]).stale, StaleUse::Allowed);
    }
}
