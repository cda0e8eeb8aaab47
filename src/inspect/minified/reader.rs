//! Files read into facts, each content once, within a budget.

use std::{collections::HashMap, sync::Arc};

use super::{
    collect,
    facts::Facts,
    files::Files,
    sandbox::{MAX_FILE, Unchecked},
};

/// The most bytes of JavaScript that are parsed for one comparison of packages.
const MAX_PARSED: usize = 96 << 20;

/// A file by its content, and the version that is left out of it.
type Content = (Arc<[u8]>, String);
/// A file by where it lies in memory, and the version that is left out of it.
type Place = (usize, usize, String);
type Answer = Result<Arc<Facts>, Unchecked>;

/// What was read already.
#[derive(Default)]
pub(super) struct Reader {
    /// Two versions share most files, each in its own memory.
    by_content: HashMap<Content, Answer>,
    /// What was asked for before, found without a look at its bytes. The entry holds
    /// the memory, so that its place stays its own.
    by_place: HashMap<Place, (Arc<[u8]>, Answer)>,
    parsed: usize,
}

impl Reader {
    /// The facts of a file.
    ///
    /// # Errors
    /// Why it could not be checked.
    pub(super) fn facts(&mut self, files: &Files, path: &str) -> Answer {
        let bytes = files.get(path).ok_or(Unchecked::NotText)?;
        if bytes.len() > MAX_FILE {
            return Err(Unchecked::TooLarge);
        }
        let place = (bytes.as_ptr().addr(), bytes.len(), files.version.clone());
        if let Some((_, known)) = self.by_place.get(&place) {
            return known.clone();
        }
        let content = (Arc::clone(bytes), files.version.clone());
        let answer = match self.by_content.get(&content) {
            Some(known) => known.clone(),
            None if self.parsed.saturating_add(bytes.len()) > MAX_PARSED => {
                return Err(Unchecked::OverBudget);
            }
            None => {
                self.parsed += bytes.len();
                let answer = read(path, bytes, &files.version).map(Arc::new);
                self.by_content.insert(content, answer.clone());
                answer
            }
        };
        self.by_place.insert(place, (Arc::clone(bytes), answer.clone()));
        answer
    }
}

fn read(path: &str, bytes: &[u8], version: &str) -> Result<Facts, Unchecked> {
    let text = str::from_utf8(bytes).map_err(|_| Unchecked::NotText)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    collect::facts(path, without_version(text, version))
}

/// A build carries its version in texts; that it differs says nothing.
pub(super) fn without_version(text: &str, version: &str) -> String {
    if version.len() < "0.0.0".len() { text.to_owned() } else { text.replace(version, "0.0.0") }
}
