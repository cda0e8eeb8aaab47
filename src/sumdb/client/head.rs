//! The head that was accepted last: one file, compared and replaced under a lock, that
//! survives a power cut.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::error::{ClientError, Fork};
use crate::{
    fs::{Durability, FsError, Lock, read_bounded, write_atomic},
    sumdb::{
        Checkpoint,
        escape::{escaped, hex},
        note::{MAX_NOTE, Note},
    },
};

const LATEST: &str = "latest";

/// The state of one log.
pub(super) struct Heads {
    folder: PathBuf,
}

/// Where a log's state lies below the data folder.
pub struct HeadFile;

impl HeadFile {
    /// The folder of a log below `<data folder>/sumdb`: its origin, with everything but
    /// letters, digits, `.`, `-` and `_` written as `%` and two hex digits.
    pub fn folder_name(origin: &str) -> String {
        // A name of dots alone would be another folder.
        match origin.strip_prefix('.') {
            Some(rest) => format!("%2e{}", escaped(rest)),
            None => escaped(origin),
        }
    }
}

impl Heads {
    /// The state in a folder, which is made if need be.
    pub(super) fn open(folder: &Path) -> Result<Self, FsError> {
        fs::create_dir_all(folder).map_err(FsError::io("create", folder))?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// The head that was accepted last, if there is one: by the policy of then, which may have had
    /// other keys and fewer witnesses.
    pub(super) fn stored(&self, origin: &str) -> Result<Option<Note>, ClientError> {
        let path = self.folder.join(LATEST);
        let Some(bytes) = self.bytes()? else { return Ok(None) };
        let unusable = |reason: String| ClientError::StoredHead { path: path.clone(), reason };
        let note = Note::parse(&bytes).map_err(|error| unusable(error.to_string()))?;
        let checkpoint = Checkpoint::parse(note.text());
        let checkpoint = checkpoint.map_err(|error| unusable(error.to_string()))?;
        if checkpoint.origin != origin {
            return Err(unusable(format!("it is of another log: {}", checkpoint.origin)));
        }
        Ok(Some(note))
    }

    fn bytes(&self) -> Result<Option<Vec<u8>>, FsError> {
        match read_bounded(&self.folder.join(LATEST), MAX_NOTE as u64) {
            Err(error) if error.kind() == Some(io::ErrorKind::NotFound) => Ok(None),
            other => other.map(Some),
        }
    }

    /// Stores a head in place of the one that it was checked against; false where another one
    /// is stored by now.
    pub(super) fn replace(&self, checked: Option<&Note>, note: &Note) -> Result<bool, FsError> {
        let text = note.to_string();
        if checked.is_some_and(|checked| checked.text() == note.text()) {
            return Ok(true);
        }
        let _lock = Lock::acquire(&self.folder.join("lock"))?;
        if self.bytes()? != checked.map(|checked| checked.to_string().into_bytes()) {
            return Ok(false);
        }
        write_atomic(&self.folder.join(LATEST), text.as_bytes(), Durability::Synced)?;
        Ok(true)
    }

    /// Writes the evidence of a fork; the same fork gives the same file.
    pub(super) fn keep_evidence(&self, fork: Fork) -> Fork {
        let report = fork.report();
        let hash: [u8; 32] = Sha256::digest(&report).into();
        let path = self.folder.join(format!("fork-{}.txt", hex(hash.get(..8).unwrap_or(&hash))));
        // A full disk must not hide the fork itself.
        let written = write_atomic(&path, report.as_bytes(), Durability::Synced);
        Fork { evidence: written.is_ok().then_some(path), ..fork }
    }
}
