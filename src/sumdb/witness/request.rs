//! The body of a request to cosign.

use crate::sumdb::{
    checkpoint::decimal,
    note::{MAX_NOTE, Note},
    tlog::Hash,
};

/// The most hashes of a proof.
const MAX_PROOF: usize = 63;
/// The longest request that is read, in bytes.
pub(super) const MAX_REQUEST: usize = MAX_NOTE + (8 << 10);

/// A request to cosign a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size that the witness is thought to have seen.
    pub old: u64,
    /// The proof that the tree of that size begins the new one.
    pub proof: Vec<Hash>,
    /// The new checkpoint.
    pub note: Note,
}

/// A body that is no such request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a request to cosign a checkpoint")]
pub struct BadRequest;

impl AddCheckpoint {
    /// Reads a request.
    ///
    /// # Errors
    /// [`BadRequest`].
    pub fn parse(body: &[u8]) -> Result<Self, BadRequest> {
        Self::read(body).ok_or(BadRequest)
    }

    fn read(body: &[u8]) -> Option<Self> {
        let text = str::from_utf8(body).ok().filter(|text| text.len() <= MAX_REQUEST)?;
        let (head, note) = text.split_once("\n\n")?;
        let mut lines = head.split('\n');
        let old = decimal(lines.next()?.strip_prefix("old ")?)?;
        let proof: Vec<Hash> =
            lines.take(MAX_PROOF + 1).map(str::parse).collect::<Result<_, _>>().ok()?;
        (proof.len() <= MAX_PROOF).then_some(())?;
        Some(Self { old, proof, note: Note::parse(note.as_bytes()).ok()? })
    }
}
