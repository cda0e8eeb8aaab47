//! What a build has and its source does not, and of that, what is new since the baseline.

use super::{
    explain::Source,
    facts::{Call, Facts},
    words,
};

/// The most items that are told of one file; what is more is counted.
pub(super) const MAX_ITEMS: usize = 64;

/// Something in a build that neither its source nor the baseline accounts for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// A property name or text.
    Name(String),
    /// A regular expression.
    Regex(String),
    /// A long array of short things.
    Array(usize),
    /// A comment inside a function.
    Comment(String),
    /// An unresolved global.
    Global(String),
    /// Something that is required or imported.
    Require(String),
    /// A sensitive word, more often than the source has it.
    Word(&'static str, u32),
    /// A sensitive way, more often than the source goes it.
    Call(Call, u32),
}

impl Item {
    /// Whether it gives power, instead of only being there.
    pub fn is_capability(&self) -> bool {
        match self {
            Self::Call(..) | Self::Word(..) | Self::Require(_) => true,
            Self::Global(name) => words::is_powerful_global(name) || words::is_machine_global(name),
            Self::Name(_) | Self::Regex(_) | Self::Array(_) | Self::Comment(_) => false,
        }
    }

    /// Whether it gives power in any build, whatever that was built from.
    pub(super) fn is_power(&self) -> bool {
        match self {
            Self::Call(call, _) => call.is_power(),
            Self::Require(specifier) => {
                words::builtin(specifier).is_some_and(|(_, powerful)| powerful)
            }
            Self::Word(..) => true,
            Self::Global(name) => words::is_powerful_global(name),
            Self::Name(_) | Self::Regex(_) | Self::Array(_) | Self::Comment(_) => false,
        }
    }
}

impl std::fmt::Display for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => write!(f, "name {:?}", shortened(name)),
            Self::Regex(regex) => write!(f, "regex /{}/", shortened(regex)),
            Self::Array(length) => write!(f, "array of {length} numbers or short texts"),
            Self::Comment(text) => write!(f, "comment inside a function {:?}", shortened(text)),
            Self::Global(name) => write!(f, "global {name}"),
            Self::Require(specifier) => write!(f, "require {:?}", shortened(specifier)),
            Self::Word(word, more) => write!(f, "word {word} +{more}"),
            Self::Call(call, more) => write!(f, "call {} +{more}", call.as_str()),
        }
    }
}

fn shortened(text: &str) -> String {
    const SHOWN: usize = 120;
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    text.chars().take(SHOWN).chain(std::iter::once('…')).collect()
}

/// A build and what may explain it.
pub(super) struct Pair<'f> {
    pub build: &'f Facts,
    pub source: &'f Facts,
}

/// The excess of a build over its source that the baseline's pair does not have.
///
/// `wider` explains names that the direct source does not: other readable files of the package.
/// Powers are never explained by it.
pub(super) fn excess(new: &Pair<'_>, old: Option<&Pair<'_>>, wider: &Source<'_>) -> Vec<Item> {
    let direct = Source::new(vec![new.source]);
    let mut items = Vec::new();
    let was = old.map(|old| old.build);
    names(new, was, &direct, wider, &mut items);
    powers(new, was, &direct, &mut items);
    counts(new, old, &mut items);
    items
}

fn names(
    new: &Pair<'_>,
    was: Option<&Facts>,
    direct: &Source<'_>,
    wider: &Source<'_>,
    items: &mut Vec<Item>,
) {
    let build = new.build;
    let mut excess: Vec<&str> = build
        .names
        .iter()
        .map(AsRef::as_ref)
        .filter(|name| !new.source.names.contains(*name))
        .filter(|name| was.is_none_or(|was| !was.names.contains(*name)))
        .filter(|name| !words::is_compiler_name(name))
        .collect();
    excess.sort_unstable();
    excess.retain(|name| !direct.explains_name(name) && !wider.explains_name(name));
    items.extend(excess.into_iter().map(|name| Item::Name(name.to_owned())));
    let mut regexes: Vec<&str> = build
        .regexes
        .iter()
        .map(AsRef::as_ref)
        .filter(|regex| was.is_none_or(|was| !was.regexes.contains(*regex)))
        .filter(|regex| !direct.explains_regex(regex) && !wider.explains_regex(regex))
        .collect();
    regexes.sort_unstable();
    items.extend(regexes.into_iter().map(|regex| Item::Regex(regex.to_owned())));
    for array in &build.arrays {
        let known = was.is_some_and(|was| was.arrays.contains(array));
        if !known && !direct.explains_array(array) && !wider.explains_array(array) {
            items.push(Item::Array(array.len()));
        }
    }
    let comments = build.inner_comments.iter().filter(|comment| {
        was.is_none_or(|was| !was.inner_comments.contains(*comment))
            && !direct.has_comment(comment)
            && !wider.has_comment(comment)
    });
    items.extend(comments.map(|comment| Item::Comment(comment.to_string())));
}

fn powers(new: &Pair<'_>, was: Option<&Facts>, direct: &Source<'_>, items: &mut Vec<Item>) {
    for global in &new.build.globals {
        let known = was.is_some_and(|was| was.globals.contains(global));
        // One or two letters are a minifier's own slip, not a power.
        if !known
            && global.len() > 2
            && !direct.has_global(global)
            && !new.source.names.contains(global)
        {
            items.push(Item::Global(global.to_string()));
        }
    }
    for specifier in &new.build.requires {
        let known = was.is_some_and(|was| was.requires.contains(specifier));
        if !known && !direct.has_require(specifier) {
            items.push(Item::Require(specifier.to_string()));
        }
    }
}

/// What occurs more often in the build than in the source, more so than in the baseline.
fn counts(new: &Pair<'_>, old: Option<&Pair<'_>>, items: &mut Vec<Item>) {
    let more = |build: u32, source: u32, old_build: u32, old_source: u32| {
        let now = build.saturating_sub(source);
        let before = old_build.saturating_sub(old_source);
        let grown = now.saturating_sub(before).min(build.saturating_sub(old_build));
        (grown > 0).then_some(grown)
    };
    for (&call, &count) in &new.build.calls {
        let old_counts = old.map(|old| (old.build.count(call), old.source.count(call)));
        let (old_build, old_source) = old_counts.unwrap_or_default();
        if let Some(more) = more(count, new.source.count(call), old_build, old_source) {
            items.push(Item::Call(call, more));
        }
    }
    let word = |facts: &Facts, word: &str| facts.words.get(word).copied().unwrap_or_default();
    for (&name, &count) in &new.build.words {
        let old_counts = old.map(|old| (word(old.build, name), word(old.source, name)));
        let (old_build, old_source) = old_counts.unwrap_or_default();
        if let Some(more) = more(count, word(new.source, name), old_build, old_source) {
            items.push(Item::Word(name, more));
        }
    }
}
