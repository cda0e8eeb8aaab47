//! Proofs as files (C2SP tlog-proof): an inclusion proof with the checkpoint it leads to.
//!
//! ```text
//! c2sp.org/tlog-proof@v1\n
//! [extra <base64>\n]
//! index <decimal>\n
//! <hash, base64>\n …
//! \n
//! <signed checkpoint>
//! ```

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{BadProof, MAX_HASHES, verify_inclusion};
use crate::sumdb::{
    checkpoint::{Checkpoint, decimal},
    note::{MAX_NOTE, Note, NoteError},
    tlog::Hash,
};

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// A proof that one record is in the tree of a signed checkpoint. `Display` writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// Whatever its maker added; proven by nothing.
    pub extra: Option<Vec<u8>>,
    /// The record's position.
    pub index: u64,
    /// The hashes, from the leaf's sibling up.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint; its signatures are not yet checked.
    pub checkpoint: Note,
}

/// A text that is no proof file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadProofFile {
    /// A line is not what it should be.
    #[error("line {0} is not that of a proof file")]
    Line(usize),
    /// There is no checkpoint.
    #[error("the proof file ends before its checkpoint")]
    NoCheckpoint,
    /// The checkpoint is no signed note.
    #[error("the checkpoint of the proof file: {0}")]
    Note(#[from] NoteError),
}

impl TlogProof {
    /// Reads a proof file.
    ///
    /// # Errors
    /// [`BadProofFile`].
    pub fn parse(text: &str) -> Result<Self, BadProofFile> {
        let longest = 3 * MAX_NOTE;
        let (head, note) = text.split_once("\n\n").ok_or(BadProofFile::NoCheckpoint)?;
        let mut lines = head.split('\n').enumerate().map(|(at, line)| (at + 1, line)).peekable();
        let first = lines.next().is_some_and(|(_, line)| line == FIRST_LINE);
        (first && text.len() <= longest).then_some(()).ok_or(BadProofFile::Line(1))?;
        let extra = match lines.next_if(|(_, line)| line.starts_with("extra ")) {
            Some((at, line)) => {
                let bytes = line.strip_prefix("extra ").and_then(|text| STANDARD.decode(text).ok());
                Some(bytes.ok_or(BadProofFile::Line(at))?)
            }
            None => None,
        };
        let (at, line) = lines.next().ok_or(BadProofFile::NoCheckpoint)?;
        let index = line.strip_prefix("index ").and_then(decimal).ok_or(BadProofFile::Line(at))?;
        let mut hashes = Vec::new();
        for (at, line) in lines {
            let hash = line.parse().ok().filter(|_| hashes.len() < MAX_HASHES);
            hashes.push(hash.ok_or(BadProofFile::Line(at))?);
        }
        Ok(Self { extra, index, hashes, checkpoint: Note::parse(note.as_bytes())? })
    }

    /// Checks that a leaf is in the tree of `checkpoint`, which must be the file's own, its
    /// signatures checked.
    ///
    /// # Errors
    /// [`BadProof`].
    pub fn verify(&self, leaf: Hash, checkpoint: &Checkpoint) -> Result<(), BadProof> {
        verify_inclusion(self.index, leaf, checkpoint.tree, &self.hashes)
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
