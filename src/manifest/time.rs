//! Times in packuments: RFC 3339, with the liberties registries take.

/// Reads `2015-01-02T03:04:05.678Z` as milliseconds since 1970.
///
/// Also accepts a space for the `T`, any number of fraction digits (cut to milliseconds), a
/// missing fraction, and an offset such as `+00:00`. `None` for anything else, impossible dates
/// included.
pub fn parse_epoch_ms(text: &str) -> Option<i64> {
    let mut rest = text;
    let year = number(&mut rest, 4, "-")?;
    let month = number(&mut rest, 2, "-")?;
    let day = number(&mut rest, 2, "Tt ")?;
    let hour = number(&mut rest, 2, ":")?;
    let minute = number(&mut rest, 2, ":")?;
    let second = number(&mut rest, 2, "")?;
    let valid = (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !valid {
        return None;
    }
    let millisecond = fraction(&mut rest)?;
    let minutes = (days_before(year, month, day) * 24 + hour) * 60 + minute - offset_minutes(rest)?;
    Some((minutes * 60 + second) * 1000 + millisecond)
}

/// Takes `width` digits and, if `separators` is not empty, one of them.
fn number(rest: &mut &str, width: usize, separators: &str) -> Option<i64> {
    let (digits, tail) = rest.split_at_checked(width)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    *rest =
        if separators.is_empty() { tail } else { tail.strip_prefix(|c| separators.contains(c))? };
    digits.parse().ok()
}

fn fraction(rest: &mut &str) -> Option<i64> {
    let Some(tail) = rest.strip_prefix('.') else { return Some(0) };
    let end = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
    let (digits, tail) = tail.split_at_checked(end).filter(|(digits, _)| !digits.is_empty())?;
    *rest = tail;
    format!("{digits:0<3}").get(..3)?.parse().ok()
}

fn offset_minutes(text: &str) -> Option<i64> {
    let (sign, mut rest) = match text.split_at_checked(1)? {
        ("Z" | "z", "") => return Some(0),
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let hours = number(&mut rest, 2, ":")?;
    let minutes = number(&mut rest, 2, "")?;
    (rest.is_empty() && hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar. Years begin in March here, so that
/// the leap day is the last of its year.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_epoch_ms_takes_what_registries_write() {
        for (text, ms) in [
            ("1970-01-01T00:00:00.000Z", 0),
            ("2015-01-02T03:04:05.678Z", 1_420_167_845_678),
            ("2015-01-02T03:04:05.678901+00:00", 1_420_167_845_678),
            ("2015-01-02T05:04:05+02:00", 1_420_167_845_000),
            ("2024-02-29 00:00:00Z", 1_709_164_800_000),
            ("1969-12-31T23:59:59.9Z", -100),
        ] {
            assert_eq!(parse_epoch_ms(text), Some(ms), "{text}");
        }
    }

    #[test]
    fn parse_epoch_ms_refuses_the_rest() {
        for text in [
            "",
            "2015",
            "2015-02-29T00:00:00Z",
            "2015-01-02T03:04:05",
            "2015-01-02T03:04:05.Z",
            "x",
            "é",
        ] {
            assert_eq!(parse_epoch_ms(text), None, "{text}");
        }
    }
}
