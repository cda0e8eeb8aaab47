//! npm's command line grammar: which words are flags, which are their values, which remain.
//!
//! Follows `nopt/lib/nopt-lib.js` (`parse`, `resolveShort`) with the shorthands of
//! `@npmcli/config/lib/definitions/index.js`. Flags may stand anywhere, before and after the
//! command; `--` ends them; a boolean takes the next word only if that is `true` or `false`.

use std::{collections::VecDeque, fmt};

use indexmap::IndexMap;

use super::{
    definition::{Definition, Kind, Owner},
    definitions::{DEFINITIONS, SHORTHANDS, definition},
    layer::Redacted,
    value::{Value, js_number},
};
use crate::event::Event;

/// A command line, taken apart but not yet validated.
#[derive(Clone, Default)]
pub struct CommandLine {
    /// Flags and their values, by full key.
    pub values: IndexMap<String, Value>,
    /// The other words: the command and its arguments.
    pub remain: Vec<String>,
    /// npm's warnings about abbreviations and stray words.
    pub warnings: Vec<Event>,
}

impl fmt::Debug for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommandLine")
            .field("values", &Redacted(&self.values))
            .field("remain", &self.remain)
            .finish_non_exhaustive()
    }
}

impl CommandLine {
    /// Parses words (without the program's own name).
    pub fn parse<S: Into<String>>(words: impl IntoIterator<Item = S>) -> Self {
        let words: VecDeque<String> = words.into_iter().map(Into::into).collect();
        let mut parser = Parser { line: Self::default(), words };
        parser.warn_about_single_hyphens();
        while let Some(word) = parser.words.pop_front() {
            if word.len() > 1 && word.bytes().all(|byte| byte == b'-') {
                parser.line.remain.extend(parser.words.drain(..));
            } else if word.len() > 1 && word.starts_with('-') {
                parser.flag(&word);
            } else {
                parser.line.remain.push(word);
            }
        }
        parser.line
    }
}

struct Parser {
    line: CommandLine,
    words: VecDeque<String>,
}

/// Whether a flag was written `--key=value`.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Joined,
    Apart,
}

impl Parser {
    fn warn_about_single_hyphens(&mut self) {
        for (name, _) in SHORTHANDS.iter().filter(|(name, _)| name.len() > 1) {
            if self.words.iter().any(|word| word.strip_prefix('-') == Some(name)) {
                self.warn(format!(
                    "-{name} is not a valid single-hyphen cli flag and will be removed in the future"
                ));
            }
        }
    }

    fn warn(&mut self, text: String) {
        self.line.warnings.push(Event::warn("", text));
    }

    fn flag(&mut self, word: &str) {
        let (word, form) = match word.split_once('=') {
            Some((flag, value)) => {
                self.words.push_front(value.to_owned());
                (flag, Form::Joined)
            }
            None => (word, Form::Apart),
        };
        if let Some(expansion) = self.shorthand(word.trim_start_matches('-')) {
            for part in expansion.into_iter().rev() {
                self.words.push_front(part);
            }
            return;
        }
        let (negated, name) = strip_no(word.trim_start_matches('-'));
        let key = match abbreviated(name) {
            Some(full) if full != name => {
                self.warn(format!(
                    "Expanding --{name} to --{full}. This will stop working in the next major \
                     version of npm."
                ));
                full.to_owned()
            }
            _ => name.to_owned(),
        };
        match definition(&key) {
            Some(known) => self.known(known, negated),
            None => self.unknown(key, negated, form),
        }
    }

    fn known(&mut self, known: &'static Definition, negated: Option<bool>) {
        let several = known.types.len() > 1;
        let next_is_false = self.next() == Some("false");
        let boolean = negated.is_some()
            || known.allows(Kind::Boolean)
            || next_is_false && several && known.allows(Kind::Null);
        let value = if boolean {
            // A word that says true or false is the whole value (nopt-lib.js `parse`).
            let is_said = self.next().is_some_and(is_bool);
            let value = self.boolean(negated.unwrap_or(false));
            let other = if several && !is_said { self.alternative(known) } else { None };
            other.unwrap_or(value)
        } else {
            self.argument(known)
        };
        if known.allows(Kind::Array) {
            match self
                .line
                .values
                .entry(known.key.to_owned())
                .or_insert_with(|| Value::List(vec![]))
            {
                Value::List(values) => values.push(value),
                single => *single = value,
            }
        } else {
            self.line.values.insert(known.key.to_owned(), value);
        }
    }

    fn unknown(&mut self, key: String, negated: Option<bool>, form: Form) {
        let value = if negated.is_some() || form == Form::Apart {
            let stray = self.next().filter(|next| !next.starts_with('-') && !is_bool(next));
            if let (Form::Apart, Some(next)) = (form, stray) {
                let text = format!("\"{next}\" is being parsed as a normal command line argument.");
                self.warn(text);
            }
            self.boolean(negated.unwrap_or(false))
        } else {
            self.words.pop_front().map_or(Value::Bool(true), Value::Text)
        };
        match self.line.values.get_mut(&key) {
            Some(Value::List(values)) => values.push(value),
            Some(first) => {
                let earlier = std::mem::replace(first, Value::Null);
                *first = Value::List(vec![earlier, value]);
            }
            None => {
                self.line.values.insert(key, value);
            }
        }
    }

    fn next(&self) -> Option<&str> {
        self.words.front().map(String::as_str)
    }

    /// A boolean's value, with the `true` or `false` that may follow it.
    fn boolean(&mut self, negated: bool) -> Value {
        let given = match self.next() {
            Some("true") => true,
            Some("false") => false,
            _ => return Value::Bool(!negated),
        };
        self.words.pop_front();
        Value::Bool(given != negated)
    }

    /// The next word where a setting takes a boolean or something else (`--color always`).
    fn alternative(&mut self, known: &'static Definition) -> Option<Value> {
        let next = self.next()?;
        let single_hyphen = next.starts_with('-') && !next.starts_with("--");
        let value = if let Some(word) = known.words().find(|word| *word == next) {
            Value::from(word)
        } else if next == "null" && known.allows(Kind::Null) {
            Value::Null
        } else if let (Some(number), true) = (js_number(next), known.allows(Kind::Number)) {
            Value::Number(number)
        } else if known.allows(Kind::String) && !single_hyphen && !next.is_empty() {
            Value::from(next)
        } else {
            return None;
        };
        self.words.pop_front();
        Some(value)
    }

    /// The word after a flag that needs one.
    fn argument(&mut self, known: &'static Definition) -> Value {
        let text_only = known.types == [Kind::String];
        let is_flag = |next: &str| {
            let name = next.trim_start_matches('-');
            next.starts_with('-') && !name.is_empty() && next.len() - name.len() <= 2
        };
        match self.next() {
            None if text_only => Value::from(""),
            None => Value::Bool(true),
            Some(next) if text_only && is_flag(next) => Value::from(""),
            Some(next) if next.len() > 1 && next.bytes().all(|byte| byte == b'-') => {
                Value::Bool(true)
            }
            Some(_) => self.words.pop_front().map_or(Value::Null, Value::Text),
        }
    }

    /// The words a short form stands for; a cluster such as `-gl` stands for several.
    fn shorthand(&mut self, name: &str) -> Option<Vec<String>> {
        if definition(name).is_some() {
            return None;
        }
        if let Some(exact) = short_form(name) {
            return Some(exact);
        }
        let mut letters = [0; 4];
        let cluster: Option<Vec<_>> =
            name.chars().map(|letter| short_form(letter.encode_utf8(&mut letters))).collect();
        if let Some(forms) = cluster.filter(|forms| !forms.is_empty()) {
            return Some(forms.concat());
        }
        if abbreviated(name).is_some() {
            return None;
        }
        let full = unique_completion(name, short_names())?;
        self.warn(format!(
            "Expanding --{name} to --{full}. This will stop working in the next major version of npm."
        ));
        short_form(full)
    }
}

fn is_bool(word: &str) -> bool {
    matches!(word, "true" | "false")
}

/// Takes every leading `no-` off: whether the flag is negated (none: it had no such prefix).
fn strip_no(mut name: &str) -> (Option<bool>, &str) {
    let mut negated = None;
    while let Some((prefix, rest)) = name.split_at_checked(3) {
        if !prefix.eq_ignore_ascii_case("no-") {
            break;
        }
        negated = Some(!negated.unwrap_or(false));
        name = rest;
    }
    (negated, name)
}

fn short_names() -> impl Iterator<Item = &'static str> {
    let defined = DEFINITIONS.iter().flat_map(|known| known.short.iter().copied());
    SHORTHANDS.iter().map(|(name, _)| *name).chain(defined)
}

fn short_form(name: &str) -> Option<Vec<String>> {
    if let Some((_, words)) = SHORTHANDS.iter().find(|(short, _)| *short == name) {
        return Some(words.iter().map(|word| (*word).to_owned()).collect());
    }
    let known = DEFINITIONS.iter().find(|known| known.short.contains(&name))?;
    Some(vec![format!("--{}", known.key)])
}

/// The full key of `name`: itself, or the only npm key that begins with it.
fn abbreviated(name: &str) -> Option<&'static str> {
    if let Some(known) = definition(name) {
        return Some(known.key);
    }
    let npm = DEFINITIONS.iter().filter(|known| known.owner == Owner::Npm).map(|known| known.key);
    unique_completion(name, npm)
}

fn unique_completion(
    name: &str,
    candidates: impl Iterator<Item = &'static str>,
) -> Option<&'static str> {
    let mut matching =
        candidates.filter(|candidate| !name.is_empty() && candidate.starts_with(name));
    let only = matching.next()?;
    matching.next().is_none().then_some(only)
}
