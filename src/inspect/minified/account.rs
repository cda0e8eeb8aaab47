//! Whether a file that a repository does not hold can have been built from what it holds.

use super::{
    excess::{Item, Pair, excess},
    explain::{RawTexts, Source},
    facts::Facts,
    files::{self, Files},
    pairs::readable_texts,
    reader::Reader,
    sandbox::Unchecked,
};

/// All sources of a repository, as one.
#[derive(Debug, Default)]
pub struct Sources {
    merged: Facts,
    texts: RawTexts,
}

/// How far sources account for a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Names and texts of the file.
    pub names: usize,
    /// What the sources do not account for.
    pub items: Vec<Item>,
}

impl Account {
    /// At most a fifth of what it says is its own, and no power.
    pub fn is_built(&self) -> bool {
        self.items.len() * 5 <= self.names && !self.items.iter().any(Item::is_power)
    }
}

impl Sources {
    /// Reads the sources among a repository's files; what cannot be read explains nothing.
    pub fn of(files: &Files) -> Self {
        let mut reader = Reader::default();
        let mut merged = Facts::default();
        for (path, bytes) in &files.by_path {
            if is_source(path, bytes)
                && let Ok(facts) = reader.facts(files, path)
            {
                merged.add(&facts);
            }
        }
        Self { merged, texts: RawTexts::new(readable_texts(files)) }
    }

    /// Holds a file of a package against the sources.
    ///
    /// # Errors
    /// Why it could not be checked.
    pub fn account(&self, package: &Files, path: &str) -> Result<Account, Unchecked> {
        let build = Reader::default().facts(package, path)?;
        let wider = Source::default().with_raw(&self.texts);
        let pair = Pair { build: &build, source: &self.merged };
        let mut items = excess(&pair, None, &wider);
        // What compilers bring along, and calls that they write otherwise.
        items.retain(|item| match item {
            Item::Call(call, _) => call.is_power() && self.merged.count(*call) == 0,
            Item::Word(word, _) => !self.merged.words.contains_key(word),
            Item::Comment(_) => false,
            _ => true,
        });
        items.sort_by_key(|item| !item.is_power());
        Ok(Account { names: build.names.len(), items })
    }
}

fn is_source(path: &str, bytes: &[u8]) -> bool {
    let ending = path.rsplit('.').next().unwrap_or_default();
    let is_typed = matches!(ending, "ts" | "tsx" | "mts" | "cts") && !path.contains(".d.");
    !files::is_aside(path)
        && (is_typed || files::is_script(path, bytes) && !files::is_minified(path, bytes))
}
