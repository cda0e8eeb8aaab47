//! The embedded log: one per user, in a folder, no server.
//!
//! ```text
//! key           the private key, readable by the user alone
//! checkpoint    the signed head
//! tile/…        hash tiles and entry bundles (C2SP tlog-tiles): the log itself
//! index.redb    version → place; can be rebuilt
//! computed      what records were computed from; can be removed
//! lock          held by whoever works with any of it
//! ```
//!
//! It says that this machine saw the same bytes before, and nothing about what others see.
//!
//! An append writes the bundles and syncs them, then replaces the checkpoint: before that the
//! log is what it was, after it all is there. Tiles and index follow from the bundles and are
//! rebuilt whenever they do not fit the checkpoint, so a process may die anywhere.

mod computed;
mod files;
mod index;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

pub use computed::ComputedLeaves;
pub use index::{Index, IndexError};

use self::files::Files;
use super::{
    checkpoint::{Checkpoint, TreeHead},
    note::{KeyKind, Note, SigningKey, VerifierKey},
    policy::Policy,
    record::{Leaf, PackageKey, Record},
    tile::Appender,
    tlog::{Hash, empty_root, leaf_hash},
};
use crate::{
    error::{Code, Explain},
    fs::{FsError, Lock},
};

/// What the names of embedded logs begin with.
const ORIGIN: &str = "local.denpm/";

/// The embedded log, locked for this process.
pub struct LocalLog {
    files: Files,
    key: SigningKey,
    tree: TreeHead,
    index: Index,
    _lock: Lock,
}

/// What the log knew of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Nothing: it is seen for the first time.
    First,
    /// The same record, at this place.
    Before(u64),
    /// Another record of the same version.
    Otherwise(Box<Record>),
}

/// An embedded log that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// Its files cannot be read or written.
    #[error(transparent)]
    Fs(#[from] FsError),
    /// Its files contradict each other.
    #[error("the embedded log in {} is damaged: {reason}", folder.display())]
    Damaged {
        /// The folder.
        folder: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// Its index cannot be written.
    #[error(transparent)]
    Index(#[from] IndexError),
}

impl Explain for LogError {
    fn code(&self) -> Code {
        match self {
            Self::Fs(error) => error.code(),
            Self::Damaged { .. } | Self::Index(_) => Code::SumdbState,
        }
    }

    fn code_text(&self) -> String {
        match self {
            Self::Fs(error) => error.code_text(),
            other => other.code().as_str().to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Fs(error) => error.help(),
            Self::Damaged { folder, .. } => Some(format!(
                "find out what changed it; moving {} away starts a new log that remembers nothing",
                folder.display()
            )),
            Self::Index(_) => Some("is the disk full?".to_owned()),
        }
    }

    fn exit(&self) -> u8 {
        match self {
            Self::Fs(error) => error.exit(),
            other => other.code().exit(),
        }
    }
}

impl LocalLog {
    /// Opens the log in a folder, waiting for whoever works with it; made at first use.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn open(folder: &Path) -> Result<Self, LogError> {
        let files = Files::open(folder)?;
        let lock = Lock::acquire(&folder.join("lock"))?;
        let key = match files.read_key()? {
            Some(key) => key,
            None => files.create_key(&new_key(folder)?)?,
        };
        let tree = files.tree(&key)?;
        let index = files.index(tree)?;
        Ok(Self { files, key, tree, index, _lock: lock })
    }

    /// The log's name.
    pub fn origin(&self) -> &str {
        self.key.verifier().name()
    }

    /// The public key of the log.
    pub fn verifier(&self) -> &VerifierKey {
        self.key.verifier()
    }

    /// The size of the log and its root.
    pub fn tree(&self) -> TreeHead {
        self.tree
    }

    /// What the log knows of records, each with its [leaf](Record::leaf).
    ///
    /// # Errors
    /// [`LogError`].
    pub fn look_up<'a>(
        &self,
        records: impl IntoIterator<Item = (&'a Record, Hash)> + Clone,
    ) -> Result<Vec<Seen>, LogError> {
        let keys = records.clone().into_iter().map(|(record, _)| &record.key);
        let places = self.index.places(keys)?;
        let mut seen = Vec::with_capacity(places.len());
        for ((_, own), place) in records.into_iter().zip(places) {
            seen.push(match place {
                None => Seen::First,
                Some((index, leaf)) if leaf == own => Seen::Before(index),
                Some((index, _)) => Seen::Otherwise(Box::new(self.record(index)?)),
            });
        }
        Ok(seen)
    }

    /// The package record at a place.
    fn record(&self, index: u64) -> Result<Record, LogError> {
        let text = self.files.record(index, self.tree.size)?;
        match Leaf::parse(&text) {
            Leaf::Package(record) => Ok(*record),
            _ => Err(self.files.damaged(format!("record {index} is not that of a package"))),
        }
    }

    /// Appends the records of versions that the log does not have yet, all at once, and returns
    /// how many.
    ///
    /// # Errors
    /// [`LogError`]; the log is then what it was, or has all of them.
    pub fn append(&mut self, records: &[Record]) -> Result<usize, LogError> {
        let places = self.index.places(records.iter().map(|record| &record.key))?;
        let mut taken = BTreeSet::new();
        let new: Vec<&Record> = records
            .iter()
            .zip(places)
            .filter(|(record, place)| place.is_none() && taken.insert(&record.key))
            .map(|(record, _)| record)
            .collect();
        if new.is_empty() {
            return Ok(0);
        }
        let mut appender = self.files.appender(self.tree)?;
        let growth = appender.append(new.iter().map(|record| record.to_string().into_bytes()));
        self.files.write_bundles(&growth)?;
        let tree = TreeHead { size: growth.size, root: growth.root };
        self.files.write_checkpoint(&self.signed(tree)?)?;
        let old = std::mem::replace(&mut self.tree, tree);
        self.files.write_tiles(&growth)?;
        let places = new.iter().zip(old.size..);
        let places = places.map(|(record, index)| (record.key.clone(), index, record.leaf()));
        self.index.extend(places, tree.size)?;
        self.files.remove_superseded(old.size, tree.size);
        Ok(new.len())
    }

    fn signed(&self, tree: TreeHead) -> Result<Note, LogError> {
        let text = Checkpoint::new(self.origin(), tree).to_string();
        let mut note = Note::unsigned(text)
            .ok_or_else(|| self.files.damaged("its name cannot be signed".to_owned()))?;
        note.add([self.key.sign(note.text(), 0)]);
        Ok(note)
    }
}

impl Files {
    /// The tree of the checkpoint; an empty one before the first append.
    fn tree(&self, key: &SigningKey) -> Result<TreeHead, LogError> {
        let Some(bytes) = self.checkpoint()? else {
            return Ok(TreeHead { size: 0, root: empty_root() });
        };
        let policy = Policy::of_log(key.verifier().clone(), None);
        let note = Note::parse(&bytes).map_err(|error| self.damaged(error.to_string()))?;
        let accepted = policy.accept(&note).map_err(|error| self.damaged(error.to_string()))?;
        Ok(accepted.checkpoint.tree)
    }

    /// The index, made to fit the tree.
    fn index(&self, tree: TreeHead) -> Result<Index, LogError> {
        let path = self.index_path();
        let mut index = match Index::open_to_look(&path) {
            Ok(index) if index.size() <= tree.size => index,
            _ => Index::create_anew(&path)?,
        };
        if index.size() < tree.size {
            let mut missing: Vec<(PackageKey, u64, Hash)> = Vec::new();
            for (place, text) in self.records(index.size(), tree.size)? {
                if let Leaf::Package(record) = Leaf::parse(&text) {
                    missing.push((record.key, place, leaf_hash(&text)));
                }
            }
            index.extend(missing, tree.size)?;
        }
        Ok(index)
    }

    /// The end of the log, from its tiles, or from its bundles where the tiles do not fit.
    fn appender(&self, tree: TreeHead) -> Result<Appender, LogError> {
        if let Some(appender) = self.appender_from_tiles(tree)? {
            return Ok(appender);
        }
        let mut appender = Appender::new();
        let texts = self.records(0, tree.size)?.into_iter().map(|(_, text)| text);
        let growth = appender.append(texts);
        if growth.root != tree.root {
            return Err(self.damaged("its records are not those of its checkpoint".to_owned()));
        }
        self.write_tiles(&growth)?;
        Ok(appender)
    }
}

/// A new key under a name that nobody else has.
fn new_key(folder: &Path) -> Result<SigningKey, LogError> {
    let no_randomness = || LogError::Damaged {
        folder: folder.to_owned(),
        reason: "the system has no random numbers".to_owned(),
    };
    let name: [u8; 8] = random().ok_or_else(no_randomness)?;
    let seed: [u8; 32] = random().ok_or_else(no_randomness)?;
    let name = format!("{ORIGIN}{}", super::escape::hex(&name));
    SigningKey::from_seed(&name, KeyKind::Note, &seed).ok_or_else(no_randomness)
}

fn random<const N: usize>() -> Option<[u8; N]>
where
    [u8; N]: ring::rand::RandomlyConstructable,
{
    let bytes = ring::rand::generate(&ring::rand::SystemRandom::new()).ok()?;
    Some(bytes.expose())
}
