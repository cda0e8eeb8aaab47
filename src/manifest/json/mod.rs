//! JSON as JavaScript reads and writes it, with the layout of the file it came from.
//!
//! Layout follows json-parse-even-better-errors 5; writing follows `JSON.stringify` of ECMA-262
//! §25.5.2, so that a file npm wrote is written back byte for byte.

use super::string_map::StringMap;
use crate::{
    error::{Code, Explain},
    plain::Plain,
};
use serde::Deserialize;
use serde_json::{Map, Number, Value};
use std::{borrow::Cow, cmp::Ordering, fmt::Write as _, thread};

/// How a JSON file is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonFormat {
    /// One level of indentation; empty writes everything on one line.
    pub indent: String,
    /// Line end. npm keeps whatever stood behind the first brace, blank lines included; empty for
    /// a file of one line.
    pub newline: String,
}

impl Default for JsonFormat {
    /// Two spaces and `\n`.
    fn default() -> Self {
        Self { indent: "  ".to_owned(), newline: "\n".to_owned() }
    }
}

/// A text that is not JSON, told as npm tells it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct JsonParseError {
    /// What was found, where, and the text around it.
    pub message: String,
    /// Where reading stopped, in characters from the start.
    pub position: usize,
}

impl Explain for JsonParseError {
    fn code(&self) -> Code {
        Code::Jsonparse
    }
}

/// Characters shown on each side of an error.
const CONTEXT: usize = 20;

/// Longest indentation `JSON.stringify` writes.
const MAX_INDENT: usize = 10;

/// Parses JSON text; a byte order mark is skipped.
///
/// # Errors
/// [`JsonParseError`], also for nesting deeper than 128.
pub fn parse_json(text: &str) -> Result<Value, JsonParseError> {
    let text = without_bom(text);
    serde_json::from_str(text).map(|Plain(value)| value).map_err(|error| explain(&error, text))
}

/// The layout of a JSON file, from what stands behind its first brace.
///
/// A one-line file yields an empty indent and newline; `{}` and `[]` the default.
pub fn detect_format(text: &str) -> JsonFormat {
    let text = without_bom(text);
    let newlines = |text: &str| -> String {
        let mut rest = text;
        while let Some(tail) = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')) {
            rest = tail;
        }
        text.strip_suffix(rest).unwrap_or_default().to_owned()
    };
    if let Some(tail) = text.strip_prefix("{}").or_else(|| text.strip_prefix("[]"))
        && newlines(tail).len() == tail.len()
    {
        let default = JsonFormat::default();
        return JsonFormat {
            newline: if tail.is_empty() { default.newline } else { tail.to_owned() },
            ..default
        };
    }
    let inside = text.trim_start().strip_prefix(['{', '[']).unwrap_or_default();
    let newline = newlines(inside);
    if newline.is_empty() {
        return JsonFormat { indent: String::new(), newline };
    }
    let rest = inside.get(newline.len()..).unwrap_or_default();
    let indent = rest.len() - rest.trim_start().len();
    JsonFormat { indent: rest.get(..indent).unwrap_or_default().to_owned(), newline }
}

/// JSON that is to be written and borrows what it can: a lockfile says again what thousands of
/// manifests say.
#[derive(Debug)]
pub enum Json<'a> {
    /// What is there as a value.
    Value(&'a Value),
    /// A string.
    Text(Cow<'a, str>),
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Count(u64),
    /// A list of strings.
    List(&'a [String]),
    /// An object of strings.
    Texts(&'a StringMap),
    /// An object. Its keys are there once each.
    Object(Members<'a>),
}

/// Keys and values of an object.
pub type Members<'a> = Vec<(Cow<'a, str>, Json<'a>)>;

impl Json<'_> {
    /// Whether it is written in braces.
    pub fn is_object(&self) -> bool {
        match self {
            Self::Value(value) => value.is_object(),
            Self::Texts(_) | Self::Object(_) => true,
            Self::Text(_) | Self::Flag(_) | Self::Count(_) | Self::List(_) => false,
        }
    }
}

/// About as much as the text of a large object of objects will need: to grow step by step would
/// copy it over and over.
fn room(all: &Members<'_>) -> usize {
    const EACH: usize = 512;
    const MOST: usize = 64 << 20;
    let members = |json: &Json<'_>| if let Json::Object(all) = json { all.len() } else { 0 };
    let room: usize = all.iter().map(|(_, json)| members(json) * EACH).sum();
    room.min(MOST)
}

/// The members of an object that is there as a value.
pub fn members(object: &Map<String, Value>) -> Members<'_> {
    object.iter().map(|(key, value)| (key.into(), Json::Value(value))).collect()
}

/// Writes a value as `JSON.stringify(value, null, indent)` with the file's line ends; no final
/// newline.
///
/// Integer-like keys come first, ascending, as in every JavaScript object.
pub fn render_json(value: &Value, format: &JsonFormat) -> String {
    render(Json::Value(value), format, &|_| ())
}

/// As [`render_json`], with every object's entries in the order of `compare`; integer-like keys
/// come first all the same.
pub fn render_json_sorted(
    value: Json<'_>,
    format: &JsonFormat,
    compare: impl Fn((&str, &Json<'_>), (&str, &Json<'_>)) -> Ordering + Sync,
) -> String {
    render(value, format, &|entries| entries.sort_by(|a, b| compare((&a.0, &a.1), (&b.0, &b.1))))
}

fn render(value: Json<'_>, format: &JsonFormat, order: &Order<'_>) -> String {
    let indent: String = format.indent.chars().take(MAX_INDENT).collect();
    let newline = &format.newline;
    // npm replaces every line feed of the result, so one in the indent too.
    let level = indent.replace('\n', newline);
    let room = if let Json::Object(all) = &value { room(all) } else { 0 };
    let text = String::with_capacity(room);
    let mut writer = Writer { text, level: &level, newline, order };
    writer.write(value, 0);
    writer.text
}

/// Puts the entries of an object in order.
type Order<'a> = dyn Fn(&mut Members<'_>) + Sync + 'a;

/// From so many members on an object is written by two threads, half of it each.
const SHARED: usize = 512;

struct Writer<'a> {
    text: String,
    /// One level of indentation.
    level: &'a str,
    newline: &'a str,
    order: &'a Order<'a>,
}

impl Writer<'_> {
    fn write(&mut self, json: Json<'_>, depth: usize) {
        match json {
            Json::Value(value) => self.value(value, depth),
            Json::Text(text) => self.string(&text),
            Json::Flag(flag) => self.text.push_str(if flag { "true" } else { "false" }),
            Json::Count(count) => self.text.push_str(&js_number(&count.into())),
            Json::List(texts) => {
                self.list(texts.iter().map(|text| Json::Text(text.into())), depth);
            }
            Json::Texts(texts) => {
                let members = texts.iter().map(|(key, text)| (key.into(), Json::Text(text.into())));
                self.object(members.collect(), depth);
            }
            Json::Object(members) => self.object(members, depth),
        }
    }

    // Values come from the parser, which bounds their depth.
    fn value(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Null => self.text.push_str("null"),
            Value::Bool(flag) => self.write(Json::Flag(*flag), depth),
            Value::Number(number) => self.text.push_str(&js_number(number)),
            Value::String(string) => self.string(string),
            Value::Array(items) => self.list(items.iter().map(Json::Value), depth),
            Value::Object(map) => self.object(members(map), depth),
        }
    }

    fn list<'j>(&mut self, items: impl ExactSizeIterator<Item = Json<'j>>, depth: usize) {
        if items.len() == 0 {
            return self.text.push_str("[]");
        }
        self.text.push('[');
        for (index, item) in items.enumerate() {
            self.separate(index, depth + 1);
            self.write(item, depth + 1);
        }
        self.line(depth);
        self.text.push(']');
    }

    fn object(&mut self, mut members: Members<'_>, depth: usize) {
        if members.is_empty() {
            return self.text.push_str("{}");
        }
        (self.order)(&mut members);
        js_order(&mut members);
        self.text.push('{');
        if members.len() < SHARED {
            self.members(&mut members, 0, depth + 1);
        } else {
            self.members_shared(members, depth + 1);
        }
        self.line(depth);
        self.text.push('}');
    }

    /// Members in their order; `before` of the same object stand already.
    fn members(&mut self, members: &mut Members<'_>, before: usize, depth: usize) {
        for (index, (key, item)) in members.drain(..).enumerate() {
            self.separate(before + index, depth);
            self.string(&key);
            self.text.push_str(if self.level.is_empty() { ":" } else { ": " });
            self.write(item, depth);
        }
    }

    fn members_shared(&mut self, mut members: Members<'_>, depth: usize) {
        let before = members.len() / 2;
        let mut rest = members.split_off(before);
        let mut other = Writer { text: String::with_capacity(self.text.capacity() / 2), ..*self };
        let is_shared = thread::scope(|scope| {
            let write = || other.members(&mut rest, before, depth);
            let is_shared = thread::Builder::new().spawn_scoped(scope, write).is_ok();
            self.members(&mut members, 0, depth);
            is_shared
        });
        if !is_shared {
            // No thread was to be had.
            other.members(&mut rest, before, depth);
        }
        self.text.push_str(&other.text);
    }

    fn separate(&mut self, index: usize, depth: usize) {
        if index > 0 {
            self.text.push(',');
        }
        self.line(depth);
    }

    fn line(&mut self, depth: usize) {
        if !self.level.is_empty() {
            self.text.push_str(self.newline);
            for _ in 0..depth {
                self.text.push_str(self.level);
            }
        }
    }

    fn string(&mut self, string: &str) {
        push_string(&mut self.text, string);
    }
}

/// `QuoteJSONString`: what needs no escape is copied piece by piece.
fn push_string(text: &mut String, string: &str) {
    text.push('"');
    let needs_escape = |character: char| matches!(character, '"' | '\\' | '\0'..='\u{1f}');
    let mut rest = string;
    while let Some(at) = rest.find(needs_escape) {
        let (plain, tail) = rest.split_at(at);
        text.push_str(plain);
        let mut characters = tail.chars();
        match characters.next().unwrap_or_default() {
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            character @ ('"' | '\\') => text.extend(['\\', character]),
            character => {
                // Writing to a String cannot fail.
                let _infallible = write!(text, "\\u{:04x}", u32::from(character));
            }
        }
        rest = characters.as_str();
    }
    text.push_str(rest);
    text.push('"');
}

/// A key of an object, borrowed where the text has it without escapes.
#[derive(Deserialize)]
pub(super) struct Key<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// The entries of an object in JavaScript's order: keys that are array indices ascending, then
/// the others as written (ECMA-262 §10.1.11.1).
pub(super) fn js_entries(map: &Map<String, Value>) -> impl Iterator<Item = (&str, &Value)> {
    let mut entries: Vec<_> = map.iter().map(|(key, value)| (key.as_str(), value)).collect();
    js_order(&mut entries);
    entries.into_iter()
}

fn js_order<K: AsRef<str>, V>(entries: &mut [(K, V)]) {
    // Few objects have such a key; the others are in order already.
    if entries.iter().any(|(key, _)| js_rank(key.as_ref()) != u64::MAX) {
        entries.sort_by_key(|(key, _)| js_rank(key.as_ref()));
    }
}

/// Where JavaScript puts a key: by this first, then as written.
pub(super) fn js_rank(key: &str) -> u64 {
    let may_be_index = key.starts_with(|first: char| first.is_ascii_digit());
    may_be_index.then(|| array_index(key)).flatten().map_or(u64::MAX, u64::from)
}

/// A key JavaScript keeps as an index: a decimal below 2³²−1 without leading zeros.
fn array_index(key: &str) -> Option<u32> {
    let plain =
        key.bytes().all(|byte| byte.is_ascii_digit()) && (key == "0" || !key.starts_with('0'));
    key.parse().ok().filter(|index| plain && *index != u32::MAX)
}

/// `Number::toString` of ECMA-262 §6.1.6.1.20: shortest digits, exponent from 10²¹ and 10⁻⁷.
fn js_number(number: &Number) -> String {
    if let Some(integer) = number.as_i64()
        && integer.unsigned_abs() <= 1 << 53
    {
        return integer.to_string();
    }
    let Some(float) = number.as_f64() else { return "null".to_owned() };
    if float == 0.0 {
        return "0".to_owned();
    }
    let sign = if float < 0.0 { "-" } else { "" };
    let scientific = format!("{:e}", float.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits = mantissa.replace('.', "");
    let exponent: i32 = exponent.parse().unwrap_or_default();
    format!("{sign}{}", lay_out(&digits, exponent))
}

/// Places the point in `d.ddd × 10^exponent`.
fn lay_out(digits: &str, exponent: i32) -> String {
    let point = exponent + 1;
    let width = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let at = |index: i32| {
        digits.split_at_checked(usize::try_from(index).unwrap_or(0)).unwrap_or((digits, ""))
    };
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    if (width..=21).contains(&point) {
        format!("{digits}{}", zeros(point - width))
    } else if (1..=21).contains(&point) {
        let (whole, fraction) = at(point);
        format!("{whole}.{fraction}")
    } else if (-5..=0).contains(&point) {
        format!("0.{}{digits}", zeros(-point))
    } else {
        let (first, rest) = at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        format!("{first}{dot}{rest}e{exponent:+}")
    }
}

fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// npm's sentence for a parse error: the token, its position, the text around it.
fn explain(error: &serde_json::Error, text: &str) -> JsonParseError {
    if text.is_empty() {
        return JsonParseError {
            message: "Unexpected end of JSON input while parsing empty string".to_owned(),
            position: 0,
        };
    }
    let length = text.chars().count();
    let (position, what) = if error.is_eof() {
        (length - 1, "Unexpected end of JSON input".to_owned())
    } else {
        let position = position_of(error, text).min(length - 1);
        (
            position,
            match text.chars().nth(position) {
                Some(token) => format!(
                    "Unexpected token {} ({}) in JSON at position {position}",
                    quoted(&token.to_string()),
                    hexify(token)
                ),
                None => "Unexpected end of JSON input".to_owned(),
            },
        )
    };
    let start = position.saturating_sub(CONTEXT);
    let end = (position + CONTEXT).min(length);
    let slice: String = text.chars().skip(start).take(end - start).collect();
    let (before, after) =
        (if start > 0 { "..." } else { "" }, if end < length { "..." } else { "" });
    let near = if start > 0 || end < length { "near " } else { "" };
    let shown = quoted(&format!("{before}{slice}{after}"));
    JsonParseError { message: format!("{what} while parsing {near}{shown}"), position }
}

/// The position in characters; the parser counts lines, and bytes within one.
fn position_of(error: &serde_json::Error, text: &str) -> usize {
    let before: usize =
        text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let offset = before + error.column().saturating_sub(1);
    text.char_indices().take_while(|(index, _)| *index < offset).count()
}

fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    push_string(&mut quoted, text);
    quoted
}

fn hexify(character: char) -> String {
    let code = format!("{:X}", u32::from(character));
    format!("0x{}{code}", if code.len() % 2 == 1 { "0" } else { "" })
}

#[cfg(test)]
mod tests;
