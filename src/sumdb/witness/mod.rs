//! A witness (C2SP tlog-witness): cosigns checkpoints that continue what it cosigned before.
//!
//! ```text
//! POST <prefix>/add-checkpoint:  old <size>\n (<hash>\n)… \n <signed checkpoint>
//! 200 cosignature lines · 400 malformed or old > new · 403 no known key of the log signed
//! 404 unknown log · 409 another size is known (the body says which) · 422 no such proof
//! ```
//!
//! What it saw last is compared and replaced in one step, and is on disk before it answers.

mod http;
mod request;
#[cfg(test)]
mod tests;

use std::{
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

pub use http::router;
pub use request::{AddCheckpoint, BadRequest};

use super::{
    checkpoint::{Checkpoint, TreeHead},
    note::{KeyKind, MAX_NOTE, Note, Signature, SigningKey},
    policy::Policy,
    proof::verify_consistency,
    tlog::empty_root,
};
use crate::{
    fs::{Durability, FsError, Lock, if_there, read_bounded, write_atomic},
    sumdb::escape::hex,
};

/// A witness: whose logs it watches, with which key it cosigns, where it keeps what it saw.
#[derive(Clone, Debug)]
pub struct Witness {
    logs: Policy,
    key: SigningKey,
    folder: PathBuf,
}

/// Why a checkpoint is not cosigned.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The request is malformed, or its old size is larger than the new one (400).
    #[error("not a request to cosign a checkpoint")]
    Malformed,
    /// No known key of the log signed (403).
    #[error("no known key of the log signed the checkpoint")]
    Unsigned,
    /// The log is not watched (404).
    #[error("this log is not known here")]
    UnknownLog,
    /// The old size is not the one seen last (409); that one.
    #[error("{0}")]
    OtherSize(u64),
    /// The checkpoint does not continue the one seen last, as far as the proof shows (422).
    #[error("the proof does not show that the checkpoint continues the one seen last")]
    NoProof,
    /// What it saw cannot be kept (500).
    #[error("the witness cannot keep what it saw")]
    State(#[from] FsError),
    /// What it kept cannot be read (500).
    #[error("the witness cannot read what it kept")]
    Damaged,
}

impl Refusal {
    /// The HTTP status it is answered with.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unsigned => 403,
            Self::UnknownLog => 404,
            Self::OtherSize(_) => 409,
            Self::NoProof => 422,
            Self::State(_) | Self::Damaged => 500,
        }
    }
}

impl Witness {
    /// A witness of the logs of a policy; `None` for a key that is none of a cosigner.
    pub fn new(logs: Policy, key: SigningKey, folder: impl Into<PathBuf>) -> Option<Self> {
        let cosigns = key.verifier().kind() == KeyKind::Cosignature;
        cosigns.then(|| Self { logs, key, folder: folder.into() })
    }

    /// The public key.
    pub fn key(&self) -> &super::VerifierKey {
        self.key.verifier()
    }

    /// Cosigns a checkpoint, or says why not. Blocks on the disk, and on others that ask about
    /// the same log.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn add_checkpoint(&self, body: &[u8]) -> Result<Signature, Refusal> {
        let request = AddCheckpoint::parse(body).map_err(|_| Refusal::Malformed)?;
        let checkpoint = Checkpoint::parse(request.note.text()).map_err(|_| Refusal::Malformed)?;
        let of_origin = |log: &&super::policy::Party| self.logs.origin_of(log) == checkpoint.origin;
        let keys: Vec<_> = self.logs.logs().iter().filter(of_origin).map(|log| &log.key).collect();
        if keys.is_empty() {
            return Err(Refusal::UnknownLog);
        }
        if !request.note.verify(keys.iter().copied()).is_ok_and(|signed| !signed.is_empty()) {
            return Err(Refusal::Unsigned);
        }
        if request.old > checkpoint.tree.size {
            return Err(Refusal::Malformed);
        }
        let place = self.place(&checkpoint.origin);
        std::fs::create_dir_all(&self.folder).map_err(FsError::io("create", &self.folder))?;
        let _lock = Lock::acquire(&place.with_extension("lock"))?;
        let seen = match read(&place)? {
            Some(note) => Checkpoint::parse(note.text()).map_err(|_| Refusal::Damaged)?.tree,
            None => TreeHead { size: 0, root: empty_root() },
        };
        judge(seen, &request, checkpoint.tree)?;
        // Anybody can put further lines below a note, as many as it may have.
        let mut note = request.note.signed_by(&keys);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let cosignature = self.key.sign(note.text(), now);
        note.add([cosignature.clone()]);
        write_atomic(&place, note.to_string().as_bytes(), Durability::Synced)?;
        Ok(cosignature)
    }

    /// What was last cosigned of the log whose origin has this SHA-256, in hexadecimal digits.
    ///
    /// # Errors
    /// [`Refusal::State`], [`Refusal::Damaged`].
    pub fn checkpoint(&self, origin_hash: &str) -> Result<Option<Note>, Refusal> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if origin_hash.len() != 64 || !origin_hash.bytes().all(is_digit) {
            return Ok(None);
        }
        read(&self.folder.join(origin_hash))
    }

    fn place(&self, origin: &str) -> PathBuf {
        use sha2::{Digest, Sha256};
        let hash: [u8; 32] = Sha256::digest(origin).into();
        self.folder.join(hex(&hash))
    }
}

/// Whether a checkpoint continues what was seen, as far as the request shows.
fn judge(seen: TreeHead, request: &AddCheckpoint, new: TreeHead) -> Result<(), Refusal> {
    if request.old != seen.size {
        return Err(Refusal::OtherSize(seen.size));
    }
    let continues = if new.size == seen.size {
        new.root == seen.root && request.proof.is_empty()
    } else if seen.size == 0 {
        request.proof.is_empty()
    } else {
        verify_consistency(seen, new, &request.proof).is_ok()
    };
    if continues { Ok(()) } else { Err(Refusal::NoProof) }
}

fn read(path: &Path) -> Result<Option<Note>, Refusal> {
    let bytes = if_there(read_bounded(path, MAX_NOTE as u64))?;
    bytes.map(|bytes| Note::parse(&bytes).map_err(|_| Refusal::Damaged)).transpose()
}
