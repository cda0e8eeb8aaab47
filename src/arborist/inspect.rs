//! Values as Node.js prints them (`util.inspect` with its defaults), which is how npm shows an
//! object in a log line.

use serde_json::Value;

/// So wide a line may get (`breakLength`).
const BREAK_LENGTH: usize = 80;
/// What an object's own braces and commas are counted for (`reduceToSingleString`).
const OVERHEAD: usize = 10;
/// Objects that hold more levels than this are never put on one line (`compact`).
const COMPACT_LEVELS: usize = 3;

/// A value as Node.js prints it; several lines where one would be too long.
///
/// Follows `formatValue` and `reduceToSingleString` of Node.js `lib/internal/util/inspect.js` for
/// what JSON can hold. Long lists of short values, which Node.js prints in columns, are not
/// what npm logs.
pub(super) fn inspect(value: &Value) -> String {
    shown(value, 0).0
}

/// The text, and how many levels of objects it holds.
fn shown(value: &Value, indentation: usize) -> (String, usize) {
    let (open, close, parts): (_, _, Vec<(String, usize)>) = match value {
        Value::Object(map) if map.is_empty() => return ("{}".to_owned(), 0),
        Value::Array(items) if items.is_empty() => return ("[]".to_owned(), 0),
        Value::Object(map) => {
            let field = |(key, value): (&String, &Value)| {
                let (text, levels) = shown(value, indentation + 2);
                (format!("{}: {text}", shown_key(key)), levels)
            };
            ('{', '}', map.iter().map(field).collect())
        }
        Value::Array(items) => {
            ('[', ']', items.iter().map(|item| shown(item, indentation + 2)).collect())
        }
        Value::String(text) => return (quoted(text), 0),
        other => return (other.to_string(), 0),
    };
    // What counts is how deep the last part goes, as in Node.js.
    let levels = 1 + parts.iter().rev().map(|(_, levels)| *levels).find(|l| *l > 0).unwrap_or(0);
    let parts: Vec<String> = parts.into_iter().map(|(text, _)| text).collect();
    let length: usize = parts.iter().map(|part| part.encode_utf16().count()).sum();
    let width = length + 2 * parts.len() + indentation + 1 + OVERHEAD;
    let text = if levels <= COMPACT_LEVELS
        && width <= BREAK_LENGTH
        && !parts.iter().any(|part| part.contains('\n'))
    {
        format!("{open} {} {close}", parts.join(", "))
    } else {
        let margin = format!("\n{}", " ".repeat(indentation));
        format!("{open}{margin}  {}{margin}{close}", parts.join(&format!(",{margin}  ")))
    };
    (text, levels)
}

/// A key; quoted unless it could be a variable's name.
fn shown_key(key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let starts_plain = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if starts_plain && key.chars().all(plain) { key.to_owned() } else { quoted(key) }
}

/// A string in the first kind of quotes that it does not hold itself (`strEscape`).
fn quoted(text: &str) -> String {
    let quote = match text {
        text if !text.contains('\'') => '\'',
        text if !text.contains('"') => '"',
        text if !text.contains('`') && !text.contains("${") => '`',
        _ => '\'',
    };
    let mut shown = String::with_capacity(text.len() + 2);
    shown.push(quote);
    for c in text.chars() {
        match c {
            '\u{8}' => shown.push_str("\\b"),
            '\t' => shown.push_str("\\t"),
            '\n' => shown.push_str("\\n"),
            '\u{c}' => shown.push_str("\\f"),
            '\r' => shown.push_str("\\r"),
            '\\' => shown.push_str("\\\\"),
            '\'' if quote == '\'' => shown.push_str("\\'"),
            c if c.is_control() => shown.extend(["\\x", &format!("{:02X}", u32::from(c))]),
            c => shown.push(c),
        }
    }
    shown.push(quote);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn object_is_on_one_line_while_it_fits() {
        let value = json!({"current": {"name": "node"}, "required": [{"name": "bun"}]});
        insta::assert_snapshot!(inspect(&value), @"{ current: { name: 'node' }, required: [ { name: 'bun' } ] }");
        let long = json!({"current": {"name": "node", "version": "v20.20.2"}, "required": {"name": "node", "version": ">=99"}});
        insta::assert_snapshot!(inspect(&long), @"
        {
          current: { name: 'node', version: 'v20.20.2' },
          required: { name: 'node', version: '>=99' }
        }
        ");
    }

    #[test]
    fn part_of_several_lines_is_indented() {
        let name = "x".repeat(70);
        let value = json!({"current": {"name": "glibc"}, "required": [{"name": name}, {}, []]});
        insta::assert_snapshot!(inspect(&value), @"
        {
          current: { name: 'glibc' },
          required: [
            {
              name: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'
            },
            {},
            []
          ]
        }
        ");
    }

    #[test]
    fn string_is_in_quotes_it_does_not_hold() {
        assert_eq!(inspect(&json!("it's")), "\"it's\"");
        assert_eq!(inspect(&json!("it's \"it\"")), "`it's \"it\"`");
        assert_eq!(inspect(&json!("'\"`\\\u{1b}\n")), "'\\'\"`\\\\\\x1B\\n'");
        assert_eq!(inspect(&json!({"a-b": 1, "1": null})), "{ 'a-b': 1, '1': null }");
    }
}
