//! `{a,b}` and `{1..3}` (brace-expansion).

use super::glob::PatternTooLarge;

/// Most alternatives of one pattern. Real ones have a few dozen.
const MAX_ALTERNATIVES: usize = 4096;

/// Most characters of all alternatives together.
const MAX_CHARACTERS: usize = 1 << 20;

/// Deepest nesting.
const MAX_DEPTH: usize = 64;

/// Every pattern without braces that the given one stands for.
pub(super) fn expand(pattern: &str) -> Result<Vec<String>, PatternTooLarge> {
    expand_at(pattern, 0)
}

fn expand_at(pattern: &str, depth: usize) -> Result<Vec<String>, PatternTooLarge> {
    if depth > MAX_DEPTH {
        return Err(PatternTooLarge);
    }
    // From right to left, so that a long row of braces does not nest calls.
    let mut pieces: Vec<Vec<String>> = Vec::new();
    let mut rest = pattern;
    while let Some((before, body, after)) = first_group(rest) {
        pieces.push(vec![before.to_owned()]);
        pieces.push(if before.ends_with('$') {
            vec![format!("{{{body}}}")]
        } else {
            alternatives(body, depth)?
        });
        rest = after;
    }
    pieces.push(vec![rest.to_owned()]);
    let mut expanded = vec![String::new()];
    for piece in pieces {
        let count = expanded.len() * piece.len();
        let length: usize = expanded.iter().map(String::len).sum::<usize>() * piece.len()
            + piece.iter().map(String::len).sum::<usize>() * expanded.len();
        if count > MAX_ALTERNATIVES || length > MAX_CHARACTERS {
            return Err(PatternTooLarge);
        }
        expanded = expanded
            .iter()
            .flat_map(|head| piece.iter().map(move |tail| format!("{head}{tail}")))
            .collect();
    }
    Ok(expanded)
}

/// What stands before, in, and behind the first balanced pair of braces.
fn first_group(text: &str) -> Option<(&str, &str, &str)> {
    let mut open: Vec<usize> = Vec::new();
    let mut groups: Vec<(usize, usize)> = Vec::new();
    let mut escaped = false;
    for (index, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => open.push(index),
            '}' => {
                if let Some(start) = open.pop() {
                    groups.retain(|(inner, _)| *inner < start);
                    groups.push((start, index));
                    if open.is_empty() {
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    let (start, end) = *groups.first()?;
    Some((text.get(..start)?, text.get(start + 1..end)?, text.get(end + 1..)?))
}

fn alternatives(body: &str, depth: usize) -> Result<Vec<String>, PatternTooLarge> {
    if let Some(sequence) = sequence(body) {
        return sequence;
    }
    let choices = split_commas(body);
    let [only] = choices.as_slice() else {
        let mut all = Vec::new();
        for choice in choices {
            all.extend(expand_at(choice, depth + 1)?);
            if all.len() > MAX_ALTERNATIVES {
                return Err(PatternTooLarge);
            }
        }
        return Ok(all);
    };
    Ok(expand_at(only, depth + 1)?.iter().map(|inner| format!("{{{inner}}}")).collect())
}

/// The parts between commas that are in no inner braces.
fn split_commas(body: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start, mut escaped) = (Vec::new(), 0_usize, 0, false);
    for (index, character) in body.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.extend(body.get(start..index));
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.extend(body.get(start..));
    parts
}

/// `1..10`, `01..10`, `a..e`, with an optional step.
fn sequence(body: &str) -> Option<Result<Vec<String>, PatternTooLarge>> {
    let mut parts = body.split("..");
    let (from, to, step) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() {
        return None;
    }
    let step = step.map_or(Some(1), |step| number(step).map(i64::unsigned_abs))?.max(1);
    let letters = (letter(from), letter(to));
    let (first, last) = match letters {
        (Some(from), Some(to)) => (i64::from(from), i64::from(to)),
        _ => (number(from)?, number(to)?),
    };
    let count = first.abs_diff(last) / step + 1;
    if count > MAX_ALTERNATIVES as u64 {
        return Some(Err(PatternTooLarge));
    }
    let padded = [from, to].iter().any(|text| {
        let digits = text.trim_start_matches('-');
        digits.len() > 1 && digits.starts_with('0')
    });
    let width = if padded { from.len().max(to.len()) } else { 0 };
    let item = |index: u64| {
        let offset = i64::try_from(index * step).unwrap_or(i64::MAX);
        let value = if first <= last { first + offset } else { first - offset };
        match letters {
            (Some(_), Some(_)) => {
                u8::try_from(value).map(char::from).unwrap_or_default().to_string()
            }
            _ => format!("{value:0width$}"),
        }
    };
    Some(Ok((0..count).map(item).collect()))
}

fn number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain =
        (1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn letter(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [letter] if letter.is_ascii_alphabetic() => Some(*letter),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expand_lists_and_sequences() {
        for (pattern, expected) in [
            ("a", vec!["a"]),
            ("a{b,c}d", vec!["abd", "acd"]),
            ("{a,b{1,2}}", vec!["a", "b1", "b2"]),
            ("x{,y}", vec!["x", "xy"]),
            ("{1..3}", vec!["1", "2", "3"]),
            ("{01..3..2}", vec!["01", "03"]),
            ("{c..a}", vec!["c", "b", "a"]),
            ("{a}", vec!["{a}"]),
            ("{a}{b,c}", vec!["{a}b", "{a}c"]),
            ("{a,b", vec!["{a,b"]),
            ("{{a,b}", vec!["{a", "{b"]),
            ("${a,b}", vec!["${a,b}"]),
            ("\\{a,b}", vec!["\\{a,b}"]),
        ] {
            assert_eq!(expand(pattern).unwrap(), expected, "{pattern}");
        }
    }
}
