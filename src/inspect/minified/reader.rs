//! Files read into facts, each content once, within a budget.

use std::{collections::HashMap, sync::Arc};

use sha2::{Digest, Sha256};

use super::{
    collect,
    facts::Facts,
    files::Files,
    sandbox::{MAX_FILE, Unchecked},
};

/// The most bytes of JavaScript that are parsed for one comparison of packages.
const MAX_PARSED: usize = 96 << 20;

/// A file by its content and the version that is left out of it.
type Key = [u8; 32];
/// A file by where it lies in memory, and the text of its version.
type At = (usize, usize, String);

/// What was read already.
#[derive(Default)]
pub(super) struct Reader {
    known: HashMap<Key, Result<Arc<Facts>, Unchecked>>,
    /// Keys of files that were hashed already; each is held, so that its place stays its own.
    hashed: HashMap<At, (Arc<[u8]>, Key)>,
    parsed: usize,
}

impl Reader {
    /// The facts of a file.
    ///
    /// # Errors
    /// Why it could not be checked.
    pub(super) fn facts(&mut self, files: &Files, path: &str) -> Result<Arc<Facts>, Unchecked> {
        let bytes = files.get(path).ok_or(Unchecked::NotText)?;
        if bytes.len() > MAX_FILE {
            return Err(Unchecked::TooLarge);
        }
        let key = self.key(bytes, &files.version);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        if self.parsed.saturating_add(bytes.len()) > MAX_PARSED {
            return Err(Unchecked::OverBudget);
        }
        self.parsed += bytes.len();
        let read = read(path, bytes, &files.version).map(Arc::new);
        self.known.insert(key, read.clone());
        read
    }

    fn key(&mut self, bytes: &Arc<[u8]>, version: &str) -> Key {
        let at = (bytes.as_ptr().addr(), bytes.len(), version.to_owned());
        let hash = || {
            let mut hasher = Sha256::new();
            hasher.update(version.as_bytes());
            hasher.update([0]);
            hasher.update(bytes);
            (Arc::clone(bytes), hasher.finalize().into())
        };
        self.hashed.entry(at).or_insert_with(hash).1
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
