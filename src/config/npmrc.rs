//! The grammar of `.npmrc`.
//!
//! Follows the `ini` package that npm bundles: `key=value` lines, a bare key is `true`, `key[]`
//! appends to a list, `;` and `#` begin comments unless escaped by a backslash, quoted text is
//! JSON. Keys in a `[section]` are no settings; npm only warns about the section's name.

use indexmap::IndexMap;

use super::value::Value;

/// What one file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Npmrc {
    /// The settings, in order of their first appearance.
    pub values: IndexMap<String, Value>,
    /// Names of sections.
    pub sections: Vec<String>,
}

impl Npmrc {
    /// Reads a file's text. There are no errors: what is no setting is passed over, as in npm.
    pub fn parse(text: &str) -> Self {
        let mut file = Self::default();
        let mut in_section = false;
        for line in text.split(['\r', '\n']) {
            let content = trim(line);
            if content.is_empty() || content.starts_with([';', '#']) {
                continue;
            }
            if let Some(name) = section(line) {
                in_section = true;
                let name = unquote(name).to_text().unwrap_or_default();
                let top = name.split('.').next().unwrap_or_default().to_owned();
                if top != "__proto__" && !file.sections.contains(&top) {
                    file.sections.push(top);
                }
            } else if !in_section && !line.starts_with('=') {
                file.set(line);
            }
        }
        file
    }

    fn set(&mut self, line: &str) {
        let (key, value) = match line.split_once('=') {
            Some((key, value)) => (key, as_literal(unquote(value))),
            None => (line, Value::Bool(true)),
        };
        let key = unquote(key).to_text().unwrap_or_else(|| "null".to_owned());
        let (key, append) = match key.strip_suffix("[]") {
            Some(name) if !name.is_empty() => (name.to_owned(), true),
            _ => (key, false),
        };
        match self.values.entry(key) {
            indexmap::map::Entry::Vacant(entry) => {
                entry.insert(if append { Value::List(vec![value]) } else { value });
            }
            indexmap::map::Entry::Occupied(mut entry) => match entry.get_mut() {
                // A list stays one where the brackets were forgotten later.
                Value::List(values) => values.push(value),
                single if append => {
                    let first = std::mem::replace(single, Value::Null);
                    *single = Value::List(vec![first, value]);
                }
                single => *single = value,
            },
        }
    }
}

/// The name in a line that is `[name]`; the bracket must be the line's first character.
fn section(line: &str) -> Option<&str> {
    let name = line.trim_end().strip_prefix('[')?.strip_suffix(']')?;
    (!name.contains(']')).then_some(name)
}

fn as_literal(value: Value) -> Value {
    match value.as_text() {
        Some("true") => Value::Bool(true),
        Some("false") => Value::Bool(false),
        Some("null") => Value::Null,
        _ => value,
    }
}

/// Takes quotes, escapes and a trailing comment off (`ini`'s `unsafe`).
fn unquote(text: &str) -> Value {
    let text = trim(text);
    let wrapped = |quote| text.starts_with(quote) && text.ends_with(quote);
    if !wrapped('"') && !wrapped('\'') {
        return Value::Text(unescape(text));
    }
    let inner = match text.strip_prefix('\'') {
        Some(rest) => rest.strip_suffix('\'').unwrap_or_default(),
        None => text,
    };
    match serde_json::from_str(inner) {
        Ok(serde_json::Value::Null) => Value::Null,
        Ok(serde_json::Value::Bool(flag)) => Value::Bool(flag),
        Ok(serde_json::Value::String(text)) => Value::Text(text),
        Ok(serde_json::Value::Number(number)) => {
            number.as_f64().map_or_else(|| Value::from(inner), Value::Number)
        }
        // An object is no value of any setting; it stays text and fails the setting's type.
        Ok(_) | Err(_) => Value::from(inner),
    }
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            ';' | '#' => break,
            '\\' => match characters.next() {
                Some(escaped @ ('\\' | ';' | '#')) => out.push(escaped),
                Some(other) => out.extend(['\\', other]),
                None => out.push('\\'),
            },
            other => out.push(other),
        }
    }
    trim(&out).to_owned()
}

/// JavaScript's `trim`, which also takes a byte order mark.
fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(line: &str) -> Value {
        Npmrc::parse(line).values.into_values().next().expect("one setting")
    }

    // Expected values were taken from npm's own parser.
    #[test]
    fn value_oddities_are_npms() {
        let text = |text: &str| Value::from(text);
        let cases = [
            ("a=b", text("b")),
            ("a = b ; comment", text("b")),
            ("a=b#comment", text("b")),
            (r"a=b\;c\#d", text("b;c#d")),
            (r"a=b\c\\d", text(r"b\c\d")),
            (r"a=b\", text(r"b\")),
            ("a", Value::Bool(true)),
            ("a=", text("")),
            ("a=true", Value::Bool(true)),
            ("a=null", Value::Null),
            ("a=\"x;y\"", text("x;y")),
            ("a=\"l1\\nl2\"", text("l1\nl2")),
            ("a=\"true\"", Value::Bool(true)),
            ("a=\"unterminated", text("\"unterminated")),
            ("a=\"bad\\q\"", text("\"bad\\q\"")),
            ("a='x y'", text("x y")),
            ("a='12'", Value::Number(12.0)),
            ("a=b=c", text("b=c")),
            ("\u{feff}a=b", text("b")),
        ];
        for (line, expected) in cases {
            assert_eq!(value(line), expected, "{line}");
        }
    }

    #[test]
    fn brackets_make_a_list_that_later_plain_lines_extend() {
        let file = Npmrc::parse("a[]=1\na=2\nb=1\nb[]=2\n[]=x\n");
        let list =
            |items: &[&str]| Value::List(items.iter().map(|item| Value::from(*item)).collect());
        assert_eq!(file.values["a"], list(&["1", "2"]));
        assert_eq!(file.values["b"], list(&["1", "2"]));
        assert_eq!(file.values["[]"], Value::from("x"));
    }

    #[test]
    fn settings_in_a_section_are_not_settings() {
        let file = Npmrc::parse("a=1\n[s.t]\nb=2\n[s]\nc=3\n");
        assert_eq!(file.values.keys().collect::<Vec<_>>(), ["a"]);
        assert_eq!(file.sections, ["s"]);
    }

    #[test]
    fn comments_and_lines_without_a_key_are_passed_over() {
        assert_eq!(Npmrc::parse("; a=1\n  # b=2\n=c\n\r\n"), Npmrc::default());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,200}") {
            let _file = Npmrc::parse(&text);
        }

        #[test]
        fn plain_pairs_survive(key in "[a-z-]{1,12}", word in "[a-zA-Z0-9./@:-]{1,20}") {
            prop_assume!(!["true", "false", "null"].contains(&word.as_str()));
            let file = Npmrc::parse(&format!("{key} = {word}\n"));
            prop_assert_eq!(file.values.get(&key), Some(&Value::Text(word)));
        }
    }
}
