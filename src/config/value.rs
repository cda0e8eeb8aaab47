//! Values of settings, and how text becomes one.
//!
//! Follows `@npmcli/config/lib/{parse-field,env-replace,umask}.js` (files and environment) and
//! `nopt/lib/type-defs.js` (validation of every source).

use std::{fmt, path::Path};

use url::Url;

use super::{
    date,
    definition::{Definition, Kind},
    env::Env,
    paths,
};

/// One value, after parsing. Text that carries a credential does not show it in `Debug`.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// `null`: explicitly nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A number, as JavaScript has them.
    Number(f64),
    /// Text, a path, a URL, a word.
    Text(String),
    /// Milliseconds since 1970-01-01 UTC.
    Date(i64),
    /// Values of a setting that may be given several times.
    List(Vec<Value>),
}

impl Value {
    /// JavaScript's truthiness, by which npm decides most settings.
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(value) => *value,
            Self::Number(value) => *value != 0.0 && !value.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::Date(_) | Self::List(_) => true,
        }
    }

    /// The text, if it is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The elements as text; a single value is a list of one, `null` of none.
    pub fn to_texts(&self) -> Vec<String> {
        match self {
            Self::Null => Vec::new(),
            Self::List(values) => values.iter().filter_map(Self::to_text).collect(),
            other => other.to_text().into_iter().collect(),
        }
    }

    /// The value as JavaScript's `String()` writes it; none for `null`, dates and lists.
    pub fn to_text(&self) -> Option<String> {
        match self {
            Self::Null | Self::Date(_) | Self::List(_) => None,
            Self::Bool(value) => Some(value.to_string()),
            Self::Number(value) if value.is_infinite() => {
                Some(if *value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned())
            }
            Self::Number(value) => Some(value.to_string()),
            Self::Text(text) => Some(text.clone()),
        }
    }

    /// The value as `JSON.stringify` writes it, for npm's warnings.
    pub(super) fn to_json(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Text(text) => serde_json::Value::from(text.as_str()).to_string(),
            Self::Date(ms) => format!("\"{ms}\""),
            Self::List(values) => {
                format!("[{}]", values.iter().map(Self::to_json).collect::<Vec<_>>().join(","))
            }
            other => other.to_text().unwrap_or_default(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Text(text) => without_user_info(text).fmt(f),
            Self::Date(ms) => write!(f, "Date({ms})"),
            Self::List(values) => values.fmt(f),
        }
    }
}

/// Text in which `scheme://user:password@` is `scheme://***@`.
pub(super) fn without_user_info(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    match authority.rfind('@') {
        Some(at) => format!("{scheme}://***{}", rest.get(at..).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// What parsing needs to know beside the text.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) env: &'a Env,
    pub(super) home: &'a Path,
    pub(super) cwd: &'a Path,
}

/// Makes a raw value the best type its definition allows (`parse-field.js`).
pub(super) fn parse_field(
    raw: Value,
    definition: Option<&'static Definition>,
    context: Context<'_>,
) -> Value {
    let is_list = definition.is_some_and(|known| known.allows(Kind::Array));
    match raw {
        Value::Text(text) if is_list => {
            // Lists stand in the environment separated by an empty line: certificates have newlines.
            Value::List(
                text.trim()
                    .split("\n\n")
                    .map(|part| parse_text(part, definition, context))
                    .collect(),
            )
        }
        Value::List(values) if is_list => Value::List(
            values
                .into_iter()
                .map(|value| match value {
                    Value::Text(text) => parse_text(&text, definition, context),
                    other => other,
                })
                .collect(),
        ),
        Value::Text(text) => parse_text(&text, definition, context),
        other => other,
    }
}

fn parse_text(text: &str, definition: Option<&'static Definition>, context: Context<'_>) -> Value {
    let allows = |kind| definition.is_some_and(|known| known.allows(kind));
    let is_path = allows(Kind::Path);
    let is_text = is_path || allows(Kind::String);
    let text = text.trim();
    if allows(Kind::Boolean) && !is_text && text.is_empty() {
        return Value::Bool(true);
    }
    if !is_text && !allows(Kind::Number) {
        match text {
            "true" => return Value::Bool(true),
            "false" => return Value::Bool(false),
            "null" | "undefined" => return Value::Null,
            _ => {}
        }
    }
    let text = replace_env(text, context.env);
    if allows(Kind::Date) {
        return date::parse(&text).map_or(Value::Text(text), Value::Date);
    }
    if is_path {
        return Value::Text(paths::resolve_home(&text, context.home, context.cwd));
    }
    if allows(Kind::Umask) {
        return parse_umask(&text).map_or(Value::Text(text), Value::Number);
    }
    match js_number(&text) {
        Some(number) if allows(Kind::Number) => Value::Number(number),
        _ => Value::Text(text),
    }
}

/// Replaces `${NAME}` (kept where unset) and `${NAME?}` (empty where unset); a backslash before
/// it keeps it as text, two backslashes are one (`env-replace.js`).
pub fn replace_env(text: &str, env: &Env) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        let plain = before.trim_end_matches('\\');
        let escapes = before.len() - plain.len();
        let Some((name, modifier, after)) = expression(from) else {
            out.push_str(before);
            out.push_str("${");
            rest = from.get(2..).unwrap_or_default();
            continue;
        };
        out.push_str(plain);
        out.extend(std::iter::repeat_n('\\', escapes / 2));
        let whole = from.get(..from.len() - after.len()).unwrap_or_default();
        match env.get(name) {
            _ if escapes % 2 == 1 => out.push_str(whole),
            Some(value) => out.push_str(value),
            None if modifier => {}
            None => out.push_str(whole),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Splits `${NAME}` or `${NAME?}` off the front: name, whether `?` was there, the rest.
fn expression(from: &str) -> Option<(&str, bool, &str)> {
    let inner = from.strip_prefix("${")?;
    let end = inner.find(['$', '{', '}', '?'])?;
    let (name, tail) = inner.split_at_checked(end)?;
    let (modifier, tail) = match tail.strip_prefix('?') {
        Some(tail) => (true, tail),
        None => (false, tail),
    };
    let after = tail.strip_prefix('}')?;
    (!name.is_empty()).then_some((name, modifier, after))
}

/// JavaScript's `Number(text)`; none where that is `NaN`.
pub(super) fn js_number(text: &str) -> Option<f64> {
    let text = text.trim();
    let radix = |digits: &str, radix| u64::from_str_radix(digits, radix).ok();
    #[allow(clippy::cast_precision_loss, reason = "a JavaScript number is a double")]
    let whole = |number: u64| number as f64;
    if text.is_empty() {
        return Some(0.0);
    }
    match text.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("0x") => return text.get(2..).and_then(|digits| radix(digits, 16)).map(whole),
        Some("0o") => return text.get(2..).and_then(|digits| radix(digits, 8)).map(whole),
        Some("0b") => return text.get(2..).and_then(|digits| radix(digits, 2)).map(whole),
        _ => {}
    }
    match text.strip_prefix(['+', '-']).unwrap_or(text) {
        "Infinity" => Some(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY }),
        // Rust also reads `inf` and `nan`, JavaScript does not.
        digits if digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') => text.parse().ok(),
        _ => None,
    }
}

/// Octal where it starts with 0, else decimal (`umask.js`).
fn parse_umask(text: &str) -> Option<f64> {
    let octal = text.strip_prefix('0').map(|rest| rest.strip_prefix('o').unwrap_or(rest));
    let mask = match octal {
        Some("") => 0,
        Some(digits) => u16::from_str_radix(digits, 8).ok()?,
        None if text.starts_with(|c: char| ('1'..='9').contains(&c)) => text.parse().ok()?,
        None => return None,
    };
    (mask <= 0o777).then_some(f64::from(mask))
}

/// Checks one value against its definition and brings it into its final form, as nopt's
/// `clean` does. None: the value is not of the setting's type.
pub(super) fn validate(
    value: &Value,
    definition: &Definition,
    context: Context<'_>,
) -> Option<Value> {
    if let Value::List(values) = value {
        let kept = values.iter().filter_map(|one| validate(one, definition, context)).collect();
        return Some(Value::List(kept));
    }
    let value = convert(value, definition);
    definition.types.iter().find_map(|kind| validate_as(&value, *kind, context))
}

fn convert(value: &Value, definition: &Definition) -> Value {
    let converted = match value {
        Value::Text(text) => {
            let text = text.trim();
            let boolean = definition.allows(Kind::Boolean);
            match text {
                "null" if definition.allows(Kind::Null) => Value::Null,
                "true" if boolean => Value::Bool(true),
                "false" if boolean || definition.allows(Kind::False) => Value::Bool(false),
                _ => match js_number(text) {
                    Some(number) if definition.allows(Kind::Number) => Value::Number(number),
                    _ => Value::Text(text.to_owned()),
                },
            }
        }
        other => other.clone(),
    };
    let takes_false = definition.allows(Kind::Boolean) || definition.allows(Kind::False);
    // `--no-key` means null where null is allowed and false is not.
    if converted == Value::Bool(false) && definition.allows(Kind::Null) && !takes_false {
        return Value::Null;
    }
    converted
}

fn validate_as(value: &Value, kind: Kind, context: Context<'_>) -> Option<Value> {
    match kind {
        Kind::Array => None,
        Kind::Null => (*value == Value::Null).then_some(Value::Null),
        Kind::False => (*value == Value::Bool(false)).then_some(Value::Bool(false)),
        Kind::Word(word) => (value.to_text().as_deref() == Some(word)).then(|| Value::from(word)),
        Kind::Boolean => Some(Value::Bool(match value {
            Value::Text(text) => match js_number(text) {
                Some(number) => number != 0.0,
                None => text != "null" && text != "false",
            },
            other => other.is_truthy(),
        })),
        Kind::String => match value {
            Value::Null => Some(Value::from("null")),
            other => other.to_text().map(Value::Text),
        },
        Kind::Number => match value {
            Value::Number(number) => Some(Value::Number(*number)),
            Value::Bool(flag) => Some(Value::Number(f64::from(u8::from(*flag)))),
            Value::Null => Some(Value::Number(0.0)),
            Value::Text(text) => js_number(text).map(Value::Number),
            _ => None,
        },
        Kind::Date => match value {
            Value::Date(ms) => Some(Value::Date(*ms)),
            Value::Text(text) => date::parse(text).map(Value::Date),
            _ => None,
        },
        Kind::Path => value
            .as_text()
            .map(|text| Value::Text(paths::resolve_home(text, context.home, context.cwd))),
        Kind::Semver => value
            .as_text()
            .and_then(|text| semver::Version::parse(text.trim_start_matches(['v', '=', ' '])).ok())
            .map(|version| Value::Text(version.to_string())),
        Kind::Umask => match value {
            Value::Number(mask) if (0.0..=511.0).contains(mask) => {
                Some(Value::Number(mask.floor()))
            }
            Value::Text(text) => parse_umask(text).map(Value::Number),
            _ => None,
        },
        Kind::Url => value
            .as_text()
            .and_then(|text| Url::parse(text).ok())
            .filter(Url::has_host)
            .map(|url| Value::Text(url.into())),
    }
}
