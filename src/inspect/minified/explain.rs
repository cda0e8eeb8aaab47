//! What a source text explains of its minified build.
//!
//! Minifiers do not copy names and texts one to one: they fold additions, split and join
//! lists, drop white space, and mangle what is private. A name of the build is explained when one
//! of these steps leads to it from the source; everything else is excess.

use std::cell::OnceCell;

use super::{
    facts::{Facts, Set},
    files, words,
};

/// Longer names are looked for as they are, not put together from parts.
const MAX_JOINED: usize = 2048;
/// The most source texts that one text of the build is made of.
const MAX_PARTS: usize = 8;
/// Their least average length.
const MIN_AVERAGE: usize = 3;
/// The most characters of a number with its unit.
const MAX_NUMBER: usize = 8;
/// The most characters that a build appends to its version.
const MAX_VERSION: usize = 48;
/// The most bytes in which parts of texts are looked for.
const MAX_HAYSTACK: usize = 16 << 20;

/// Where explanations are looked for.
#[derive(Default)]
pub(super) struct Source<'f> {
    facts: Vec<&'f Facts>,
    /// Raw texts: explain names that stand in them whole.
    raw: Option<&'f RawTexts>,
    haystack: String,
    dense: Set<String>,
}

impl<'f> Source<'f> {
    /// The explanations that these files give.
    pub(super) fn new(facts: Vec<&'f Facts>) -> Self {
        let mut haystack = String::new();
        let mut dense = Set::default();
        for name in facts.iter().flat_map(|facts| &facts.names) {
            if name.len() > 2 && haystack.len() < MAX_HAYSTACK {
                haystack.push_str(name);
                haystack.push('\0');
            }
            if name.contains(char::is_whitespace) {
                dense.insert(without_space(name));
            }
        }
        Self { facts, raw: None, haystack, dense }
    }

    /// The same, with texts that are only searched.
    pub(super) fn with_raw(self, raw: &'f RawTexts) -> Self {
        Self { raw: Some(raw), ..self }
    }

    /// Whether a name of the build can come from here.
    pub(super) fn explains_name(&self, name: &str) -> bool {
        self.has_name(name)
            || is_plain_number(name)
            || is_short(name)
            || is_version(name)
            || self.contains(name)
            || self.has_words_of(name)
            || self.is_joined(name)
            || self.is_in_raw(name)
            || self.requires_unminified(name)
    }

    pub(super) fn explains_regex(&self, regex: &str) -> bool {
        regex.chars().count() <= 2
            || self
                .facts
                .iter()
                .any(|facts| facts.regexes.contains(regex) || facts.names.contains(regex))
            || self.is_in_raw(regex)
            || self
                .facts
                .iter()
                .any(|facts| facts.names.iter().any(|name| unescaped_contains(name, regex)))
    }

    pub(super) fn has_global(&self, name: &str) -> bool {
        self.facts.iter().any(|facts| facts.globals.contains(name) || facts.locals.contains(name))
    }

    /// As it is, or as the source of a package that is minified file by file has it.
    pub(super) fn has_require(&self, specifier: &str) -> bool {
        self.facts
            .iter()
            .any(|facts| facts.requires.contains(specifier) || facts.names.contains(specifier))
            || self.requires_unminified(specifier)
    }

    fn requires_unminified(&self, specifier: &str) -> bool {
        files::unminified(specifier)
            .iter()
            .any(|plain| self.facts.iter().any(|facts| facts.requires.contains(plain.as_str())))
    }

    /// Whether most elements of an array occur here, too.
    pub(super) fn explains_array(&self, elements: &[Box<str>]) -> bool {
        let known = elements.iter().filter(|element| {
            let number = element.parse::<f64>().ok().map(f64::to_bits);
            self.facts.iter().any(|facts| {
                facts.names.contains(*element)
                    || number.is_some_and(|bits| facts.numbers.contains(&bits))
            })
        });
        known.count() * 2 >= elements.len()
            || self.facts.iter().any(|facts| is_split(facts, elements))
    }

    pub(super) fn has_comment(&self, dense: &str) -> bool {
        self.facts.iter().any(|facts| facts.inner_comments.contains(dense))
    }

    fn has_name(&self, name: &str) -> bool {
        self.facts.iter().any(|facts| facts.names.contains(name) || facts.locals.contains(name))
    }

    fn contains(&self, name: &str) -> bool {
        // A part of a text is no word of power: `exec` is not explained by `execute`.
        if words::sensitive(name).is_some() || name.trim().is_empty() {
            return false;
        }
        name.len() > 2
            && (self.haystack.contains(name)
                || name.contains(char::is_whitespace) && self.dense.contains(&without_space(name)))
            || !name.contains(char::is_whitespace) && self.dense.contains(name)
    }

    /// `"a b c".split(" ")` and its like: all the words are names of the source.
    fn has_words_of(&self, name: &str) -> bool {
        let mut words = name
            .split([' ', ',', '|', ';', '\n', '.', '~'])
            .filter(|word| !word.is_empty())
            .peekable();
        let several = name.contains([' ', ',', '|', ';', '\n', '.', '~']);
        several
            && words.peek().is_some()
            && words.all(|word| self.has_name(word) || word.len() <= 1)
    }

    /// Whether the name is made of a few whole texts of the source.
    fn is_joined(&self, name: &str) -> bool {
        if !(6..=MAX_JOINED).contains(&name.len()) || words::sensitive(name).is_some() {
            return false;
        }
        // fewest[i]: with how many texts the first i bytes can be written.
        let mut fewest = vec![usize::MAX; name.len() + 1];
        if let Some(first) = fewest.first_mut() {
            *first = 0;
        }
        for from in 0..name.len() {
            let Some(&parts) = fewest.get(from) else { continue };
            if parts >= MAX_PARTS || !name.is_char_boundary(from) {
                continue;
            }
            for to in from + 1..=name.len() {
                let Some(part) = name.get(from..to) else { continue };
                if let Some(slot) = fewest.get_mut(to)
                    && *slot > parts + 1
                    && self.is_summand(part)
                {
                    *slot = parts + 1;
                }
            }
        }
        let parts = fewest.last().copied().unwrap_or(usize::MAX);
        parts <= MAX_PARTS && name.len() >= parts * MIN_AVERAGE
    }

    /// A text or a number of the source.
    fn is_summand(&self, part: &str) -> bool {
        let is_number = part.len() <= MAX_NUMBER && part.bytes().all(|byte| byte.is_ascii_digit());
        let number = is_number.then(|| part.parse::<f64>().ok().map(f64::to_bits)).flatten();
        self.facts.iter().any(|facts| {
            facts.names.contains(part) || number.is_some_and(|bits| facts.numbers.contains(&bits))
        })
    }

    fn is_in_raw(&self, name: &str) -> bool {
        let says_something = words::sensitive(name).is_none() && !name.trim().is_empty();
        says_something && self.raw.is_some_and(|raw| raw.has(name))
    }
}

/// Texts that are only searched: many, for many names, so their words are known beforehand.
#[derive(Debug, Default)]
pub(super) struct RawTexts {
    texts: Vec<String>,
    /// Of all texts, once a name is looked for that nothing else explains.
    words: OnceCell<Set<Box<str>>>,
}

impl RawTexts {
    pub(super) fn new(texts: Vec<String>) -> Self {
        Self { texts, words: OnceCell::new() }
    }

    fn has_word(&self, word: &str) -> bool {
        let words = self.words.get_or_init(|| {
            let mut words: Set<Box<str>> = Set::default();
            for word in self.texts.iter().flat_map(|text| words_of(text)) {
                if !words.contains(word) {
                    words.insert(word.into());
                }
            }
            words
        });
        words.contains(word)
    }

    /// Whole words only where the name is one.
    fn has(&self, name: &str) -> bool {
        if name.bytes().all(is_word_byte) {
            return self.has_word(name);
        }
        // Words within the name stand in the texts as they are; its ends may be parts of words.
        let mut inner: Vec<&str> = words_of(name).collect();
        if name.bytes().next().is_some_and(is_word_byte) && !inner.is_empty() {
            inner.remove(0);
        }
        if name.bytes().last().is_some_and(is_word_byte) {
            inner.pop();
        }
        inner.iter().all(|word| self.has_word(word))
            && self.texts.iter().any(|text| text.contains(name))
    }
}

/// The runs of word characters of a text.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_ascii() && !is_word_byte(c as u8)).filter(|word| !word.is_empty())
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

fn is_split(facts: &Facts, elements: &[Box<str>]) -> bool {
    let joined = |glue: &str| elements.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(glue);
    ["", " ", ",", "|"].iter().any(|glue| facts.names.contains(joined(glue).as_str()))
}

fn unescaped_contains(name: &str, regex: &str) -> bool {
    name.len() >= regex.len() && name.contains('\\') && unescaped(name).contains(regex)
}

/// A regular expression without its back-slashes, and with the characters that its codes mean:
/// minifiers escape more, or less, than people do.
pub(super) fn unescaped(regex: &str) -> String {
    let mut out = String::with_capacity(regex.len());
    let mut rest = regex;
    while let Some(at) = rest.find('\\') {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        rest = after.get(1..).unwrap_or_default();
        let digits = match rest.as_bytes().first() {
            Some(b'u') => 4,
            Some(b'x') => 2,
            _ => continue,
        };
        let code = rest.get(1..=digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        if let Some(c) = code.and_then(char::from_u32) {
            out.push(c);
            rest = rest.get(digits + 1..).unwrap_or_default();
        }
    }
    out + rest
}

fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Mangled properties, and texts that say nothing; white space of any length says something.
fn is_short(name: &str) -> bool {
    name.chars().count() <= 2
}

/// The version, as `without_version` left it, with what builds append to it.
fn is_version(name: &str) -> bool {
    let rest = name.trim_start_matches('v').strip_prefix("0.0.0");
    rest.is_some_and(|rest| {
        rest.len() <= MAX_VERSION && rest.starts_with(['-', '+', ' ', '(']) || rest.is_empty()
    })
}

/// `10`, `1.5em`, `100%`, `0px`.
fn is_plain_number(name: &str) -> bool {
    if name.len() > MAX_NUMBER {
        return false;
    }
    let rest = name.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-'));
    rest.len() < name.len()
        && rest.len() <= 3
        && rest.chars().all(|c| c.is_ascii_alphabetic() || c == '%')
}
