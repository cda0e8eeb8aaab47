//! Points in time as people write them in `--before`.
//!
//! Follows ECMA-262's date time string format (`YYYY`, `YYYY-MM`, `YYYY-MM-DD`, with
//! `THH:mm[:ss[.sss]]` and `Z` or an offset). Where JavaScript would take the local zone, this
//! takes UTC: a lockfile should not depend on where it was made.

/// Milliseconds since 1970-01-01 UTC, or none if `text` is not such a date.
pub(super) fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?.trim()),
        None => (text, ""),
    };
    let days = parse_day(date)?;
    let in_day = if time.is_empty() { 0 } else { parse_time(time)? };
    days.checked_mul(86_400_000)?.checked_add(in_day)
}

fn parse_day(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let year = digits(parts.next()?, 4..=4)?;
    let month = parts.next().map_or(Some(1), |part| digits(part, 2..=2))?;
    let day = parts.next().map_or(Some(1), |part| digits(part, 2..=2))?;
    let valid = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    (valid && parts.next().is_none()).then(|| days_from_civil(year, month, day))
}

fn parse_time(text: &str) -> Option<i64> {
    let (clock, offset) = match text.find(['Z', 'z', '+', '-']) {
        Some(at) => (text.get(..at)?.trim(), parse_offset(text.get(at..)?)?),
        None => (text, 0),
    };
    let mut parts = clock.split(':');
    let hours = digits(parts.next()?, 2..=2)?;
    let minutes = digits(parts.next()?, 2..=2)?;
    let (whole, fraction) = match parts.next() {
        Some(seconds) => seconds.split_once('.').unwrap_or((seconds, "0")),
        None => ("00", "0"),
    };
    let seconds = digits(whole, 2..=2)?;
    let fraction = digits(&format!("{:0<3}", fraction.get(..fraction.len().min(3))?), 3..=3)?;
    let valid = hours < 24 && minutes < 60 && seconds < 60 && parts.next().is_none();
    valid.then(|| ((hours * 60 + minutes) * 60 + seconds) * 1000 + fraction - offset * 60_000)
}

/// Minutes east of UTC.
fn parse_offset(text: &str) -> Option<i64> {
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let plain = text.get(1..)?.replace(':', "");
    let number = digits(&plain, 4..=4)?;
    (number / 100 < 24 && number % 100 < 60).then_some(sign * (number / 100 * 60 + number % 100))
}

fn digits(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<i64> {
    let numeric = length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if numeric { text.parse().ok() } else { None }
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar; years begin in March, so that the leap day
/// is the last one.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_javascript_reads_them() {
        let cases = [
            ("1970-01-01", 0),
            ("2024-02-29T12:00:00Z", 1_709_208_000_000),
            ("2024-02-29T12:00:00.250+01:30", 1_709_202_600_250),
            ("2026", 1_767_225_600_000),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn impossible_dates_are_refused() {
        for text in ["", "yesterday", "2023-02-29", "2024-13-01", "2024-01-01T25:00Z", "24-1-1"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
