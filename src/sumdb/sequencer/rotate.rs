//! New keys for a log: the old and the new one sign side by side until clients know the new one.

use super::{ATTEMPTS, SequencerError};
use crate::sumdb::{
    note::{KeyKind, MAX_NOTE, Note, SigningKey},
    policy::NotAccepted,
    store::{Store, Swap},
    tile::{Layout, Resource},
    view::{IDENTITY, Identity, MAX_IDENTITY, ViewError},
};

/// Makes these keys the log's, and signs its published checkpoint with all of them; at least one
/// must be a key of the log already. Cosignatures stay, since they are of the text.
///
/// Sequencers that work with a key that is dropped have to be ended before. Whoever dies in the
/// middle leaves a log that reads as before; the same call finishes it.
///
/// # Errors
/// [`SequencerError`].
pub async fn rotate<S: Store>(
    store: &S,
    signers: &[SigningKey],
) -> Result<(Identity, Note), SequencerError> {
    let is_note = |signer: &SigningKey| signer.verifier().kind() == KeyKind::Note;
    if signers.is_empty() || !signers.iter().all(is_note) {
        return Err(SequencerError::Key);
    }
    let path = Layout::C2sp.path(Resource::Checkpoint);
    for _ in 0..ATTEMPTS {
        let (bytes, version) =
            store.versioned(IDENTITY, MAX_IDENTITY).await?.ok_or(ViewError::NoLog)?;
        let damaged = |path: &str| ViewError::Damaged(format!("{path} cannot be read"));
        let old = Identity::parse(&bytes).ok_or_else(|| damaged(IDENTITY))?;
        if !signers.iter().any(|signer| old.keys.contains(signer.verifier())) {
            return Err(SequencerError::Key);
        }
        let published = store.versioned(&path, MAX_NOTE as u64).await?;
        let (bytes, head_version) = published.ok_or_else(|| damaged(&path))?;
        let note = resigned(&old, &bytes, signers).map_err(ViewError::Checkpoint)?;
        let keys = signers.iter().map(|signer| signer.verifier().clone()).collect();
        let new = Identity { keys, ..old };
        // The head first: it is signed by old keys and new ones, whichever readers go by.
        let bytes = note.to_string().into_bytes();
        if store.swap(&path, Some(&head_version), bytes).await? == Swap::Lost {
            continue;
        }
        let bytes = new.to_string().into_bytes();
        if let Swap::Won(_) = store.swap(IDENTITY, Some(&version), bytes).await? {
            return Ok((new, note));
        }
    }
    Err(SequencerError::Contended)
}

/// The checkpoint that keys of the log signed, under these signatures and its cosignatures.
fn resigned(log: &Identity, bytes: &[u8], signers: &[SigningKey]) -> Result<Note, NotAccepted> {
    let note = Note::parse(bytes)?;
    let no_log = || NotAccepted::NoLog(log.origin.clone());
    log.policy().ok_or_else(no_log)?.accept(&note)?;
    let mut new = Note::unsigned(note.text()).ok_or_else(no_log)?;
    new.add(signers.iter().map(|signer| signer.sign(note.text(), 0)));
    let is_old = |name: &str, id| log.keys.iter().any(|key| key.name() == name && key.id() == id);
    let others = note.signatures().iter().filter(|one| !is_old(one.name(), one.key_id()));
    new.add(others.cloned());
    Ok(new)
}
