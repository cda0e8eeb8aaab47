//! Appending to a log in a store: of all who try, one wins, and what won is never lost.
//!
//! ```text
//! records ─► 1 stage what they add, as one object
//!            2 swap .state/head          the decision; nothing is signed before it
//!            3 copy what was staged to its places
//!            4 sign, and gather cosignatures
//!            5 swap checkpoint           the publication
//! ```
//!
//! Whoever dies before 2 leaves the log as it was; whoever dies behind it leaves work that the
//! next one finishes from the staged object. Only heads that won the swap are signed, each
//! continues the one before, so no two signed roots of one size exist.

mod entry;
mod error;
mod head;
mod rotate;
#[cfg(test)]
pub(in crate::sumdb) mod tests;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use futures_util::{StreamExt, TryStreamExt, stream};

pub(in crate::sumdb) use entry::GO;
pub use entry::{Added, Entry, Profile};
pub use error::{InitError, SequencerError};
pub use head::{Head, Staged};
pub use rotate::rotate;

use self::head::{HEAD, MAX_HEAD, MAX_STAGED, STAGING, staged_size};
use super::{
    checkpoint::{Checkpoint, TreeHead},
    cosign::{NoWitnesses, WitnessTransport, Witnesses},
    note::{KeyKind, MAX_NOTE, Note, SigningKey},
    record::PackageKey,
    store::{Store, Swap, Version, probe},
    tile::{Appender, Layout, Resource},
    tlog::Hash,
    view::{IDENTITY, Identity, View, ViewError},
};

/// How often an append that lost against another one is tried again.
const ATTEMPTS: u32 = 20;
/// Objects that are written at once.
const PARALLEL: usize = 16;
/// Where the probe of a new store writes.
const PROBE: &str = ".state/probe";

/// Makes an empty log in a store that has none, after finding out whether the store can hold one.
///
/// # Errors
/// [`InitError`].
pub async fn init<S: Store>(
    store: &S,
    identity: &Identity,
    signers: &[SigningKey],
) -> Result<Note, InitError> {
    probe(store, PROBE).await?;
    let bytes = identity.to_string().into_bytes();
    if store.swap(IDENTITY, None, bytes).await? == Swap::Lost {
        return Err(InitError::Exists);
    }
    let head = Head::empty();
    store.swap(HEAD, None, head.to_string().into_bytes()).await?;
    let note = signed(&identity.origin, head.tree, signers).ok_or(InitError::Unsignable)?;
    let path = Layout::C2sp.path(Resource::Checkpoint);
    store.swap(&path, None, note.to_string().into_bytes()).await?;
    Ok(note)
}

/// Appends to one log.
pub struct Sequencer<S, T = NoWitnesses> {
    view: Arc<View<S>>,
    signers: Vec<SigningKey>,
    witnesses: Option<Witnesses<T>>,
    /// Where the next append goes on; `None` where that has to be found out.
    end: Option<End>,
    /// Why witnesses did not cosign the last checkpoint.
    failures: Vec<(String, String)>,
}

/// The end of the log.
struct End {
    head: Head,
    version: Version,
    appender: Appender,
}

impl<S: Store, T: WitnessTransport> Sequencer<S, T> {
    /// The sequencer of the log in a store: finishes what another one left, and publishes it.
    ///
    /// # Errors
    /// [`SequencerError`]: also for keys that are not the log's, and where a witness has seen
    /// more of the log than there is.
    pub async fn open(
        store: S,
        index: &Path,
        signers: Vec<SigningKey>,
        witnesses: Option<Witnesses<T>>,
    ) -> Result<Self, SequencerError> {
        let view = Arc::new(View::open(store, index).await?);
        let keys = &view.identity().keys;
        let known = |signer: &SigningKey| {
            signer.verifier().kind() == KeyKind::Note && keys.contains(signer.verifier())
        };
        if signers.is_empty() || !signers.iter().all(known) {
            return Err(SequencerError::Key);
        }
        let mut sequencer = Self { view, signers, witnesses, end: None, failures: Vec::new() };
        let end = sequencer.recover().await?;
        if let Some(witnesses) = &sequencer.witnesses {
            let origin = &sequencer.view.identity().origin;
            witnesses.check_not_ahead(origin, end.head.tree).await?;
        }
        sequencer.end = Some(end);
        sequencer.publish().await?;
        Ok(sequencer)
    }

    /// The log, for readers in this process.
    pub fn view(&self) -> &Arc<View<S>> {
        &self.view
    }

    /// The size and root of the log.
    pub fn tree(&self) -> Option<TreeHead> {
        self.end.as_ref().map(|end| end.head.tree)
    }

    /// Who did not cosign the last checkpoint, and why.
    pub fn missing_cosignatures(&self) -> &[(String, String)] {
        &self.failures
    }

    /// Appends entries, all that are new at once; a version that is there is not added again.
    ///
    /// # Errors
    /// [`SequencerError`]. Where the store failed, the entries may be in the log or not: adding
    /// them again tells.
    pub async fn add(&mut self, entries: &[Entry]) -> Result<Vec<Added>, SequencerError> {
        for _ in 0..ATTEMPTS {
            let end = match self.end.take() {
                Some(end) => end,
                None => self.recover().await?,
            };
            let Decided { added, new, .. } = self.decide(entries, end.head.tree.size)?;
            if new.is_empty() {
                self.end = Some(end);
            } else if !self.append(end, new).await? {
                continue;
            }
            self.publish().await?;
            return Ok(added);
        }
        Err(SequencerError::Contended)
    }

    /// Takes note of what others appended, and publishes what could not be published: nothing has
    /// to be added for that.
    ///
    /// # Errors
    /// [`SequencerError`]; the next call tries again.
    pub async fn catch_up(&mut self) -> Result<(), SequencerError> {
        self.view.refresh().await?;
        let published = self.view.published().map_or(0, |published| published.tree.size);
        if self.tree().is_none_or(|own| own.size < published) {
            self.end = Some(self.recover().await?);
        }
        if self.tree().is_some_and(|own| own.size > published) {
            self.publish().await?;
        }
        Ok(())
    }

    /// What becomes of each entry behind a log of `size`.
    fn decide(&self, entries: &[Entry], size: u64) -> Result<Decided, SequencerError> {
        let keys: Vec<&PackageKey> = entries.iter().filter_map(Entry::key).collect();
        let known = self.view.places(keys.iter().copied())?;
        let mut places: BTreeMap<&PackageKey, (u64, Hash)> = BTreeMap::new();
        places.extend(keys.into_iter().zip(known).filter_map(|(key, at)| Some((key, at?))));
        let mut decided = Decided::default();
        for entry in entries {
            let (key, leaf) = (entry.key(), entry.leaf());
            let known = key.and_then(|key| places.get(key)).copied();
            decided.added.push(match known {
                Some((place, logged)) if logged == leaf => Added::Before(place),
                Some((place, _)) => Added::Otherwise(place),
                None => {
                    let place = size + decided.new.len() as u64;
                    let mut new = entry.clone();
                    decided.beside.extend(new.take_beside());
                    decided.new.push(new);
                    places.extend(key.map(|key| (key, (place, leaf))));
                    Added::New(place)
                }
            });
        }
        // Records stand together, so that proofs of many share most of their hashes.
        decided.new.append(&mut decided.beside);
        Ok(decided)
    }

    /// Steps 1 to 3; false where somebody else appended meanwhile.
    async fn append(&mut self, end: End, new: Vec<Entry>) -> Result<bool, SequencerError> {
        let End { head: old, version, mut appender } = end;
        let rows = new
            .iter()
            .zip(old.tree.size..)
            .filter_map(|(entry, place)| Some((entry.key()?.clone(), place, entry.leaf())));
        let rows: Vec<_> = rows.collect();
        let growth = appender.append(new.into_iter().map(Entry::into_text));
        let staged = Staged::of(&growth).ok_or(SequencerError::TooLong)?;
        let tree = TreeHead { size: growth.size, root: growth.root };
        let head = Head { tree, staged: Some(staged.digest()) };
        let store = &self.view.store;
        if let Some(path) = head.staging_path() {
            store.put(&path, staged.into_bytes()).await?;
        }
        let swap = store.swap(HEAD, Some(&version), head.to_string().into_bytes()).await?;
        let Swap::Won(version) = swap else { return Ok(false) };
        self.copy(head).await?;
        self.view.extend_index(rows, tree.size)?;
        self.end = Some(End { head, version, appender });
        Ok(true)
    }

    /// Puts what led to a head in its places. Nothing is left to do where it is gone.
    async fn copy(&self, head: Head) -> Result<(), SequencerError> {
        let (Some(path), Some(digest)) = (head.staging_path(), head.staged) else { return Ok(()) };
        let store = &self.view.store;
        let Some(bytes) = store.get(&path, MAX_STAGED).await? else { return Ok(()) };
        let damaged = || ViewError::Damaged(format!("{path} is not what was staged"));
        let staged = Staged::verified(bytes, digest).ok_or_else(damaged)?;
        let objects = staged.objects().ok_or_else(damaged)?;
        let puts: Vec<_> =
            objects.into_iter().map(|(path, bytes)| store.put(path, bytes.to_vec())).collect();
        let puts = stream::iter(puts).buffer_unordered(PARALLEL);
        puts.try_collect::<Vec<()>>().await?;
        Ok(())
    }

    /// The head that was decided last, its work done, its records in the index.
    async fn recover(&self) -> Result<End, SequencerError> {
        for _ in 0..ATTEMPTS {
            let (head, version) = self.decided_head().await?;
            self.copy(head).await?;
            self.view.refresh().await?;
            let published = self.view.published().map_or(0, |published| published.tree.size);
            if published <= head.tree.size {
                let appender = self.view.appender(head.tree).await?;
                if self.view.indexed() > head.tree.size {
                    let reason = "the index belongs to another log; remove it".to_owned();
                    return Err(ViewError::Damaged(reason).into());
                }
                self.view.index_up_to(head.tree.size).await?;
                return Ok(End { head, version, appender });
            }
            if self.decided_head().await?.1 == version {
                let reason = format!("{published} records are published, of {}", head.tree.size);
                return Err(ViewError::Damaged(reason).into());
            }
            // Somebody appended meanwhile.
        }
        Err(SequencerError::Contended)
    }

    async fn decided_head(&self) -> Result<(Head, Version), SequencerError> {
        let found = self.view.store.versioned(HEAD, MAX_HEAD).await?;
        let (bytes, version) = found.ok_or(ViewError::NoLog)?;
        let damaged = || ViewError::Damaged(format!("{HEAD} cannot be read"));
        Ok((Head::parse(&bytes).ok_or_else(damaged)?, version))
    }

    /// Steps 4 and 5, unless what is published is as new.
    async fn publish(&mut self) -> Result<(), SequencerError> {
        let Some(head) = self.end.as_ref().map(|end| end.head) else { return Ok(()) };
        let origin = &self.view.identity().origin;
        let is_current = |view: &View<S>| {
            let published = view.published();
            published.is_some_and(|published| published.tree.size >= head.tree.size)
        };
        if !is_current(&self.view) {
            let note = signed(origin, head.tree, &self.signers);
            let mut note = note.ok_or(SequencerError::Key)?;
            if let Some(witnesses) = &mut self.witnesses {
                let cosigned = witnesses.cosign(&self.view, &note, head.tree).await?;
                note.add(cosigned.signatures);
                self.failures = cosigned.failures;
                witnesses.policy().accept(&note).map_err(SequencerError::NotCosigned)?;
            }
            self.swap_checkpoint(&note, head.tree).await?;
        }
        self.sweep(head).await
    }

    /// Publishes a checkpoint, unless a larger one is published by now.
    async fn swap_checkpoint(&self, note: &Note, tree: TreeHead) -> Result<(), SequencerError> {
        let path = Layout::C2sp.path(Resource::Checkpoint);
        let store = &self.view.store;
        for _ in 0..ATTEMPTS {
            let found = store.versioned(&path, MAX_NOTE as u64).await?;
            if let Some((bytes, _)) = &found {
                let known =
                    Note::parse(bytes).map_err(|error| ViewError::Checkpoint(error.into()))?;
                let accepted = self.view.policy().accept(&known).map_err(ViewError::Checkpoint)?;
                if accepted.checkpoint.tree.size >= tree.size {
                    self.view.publish(known).await?;
                    return Ok(());
                }
            }
            let version = found.as_ref().map(|(_, version)| version);
            if let Swap::Won(_) = store.swap(&path, version, note.to_string().into_bytes()).await? {
                self.view.publish(note.clone()).await?;
                return Ok(());
            }
        }
        Err(SequencerError::Contended)
    }

    /// Removes what is staged for heads that are published: nobody can win with it any more.
    async fn sweep(&self, head: Head) -> Result<(), SequencerError> {
        let store = &self.view.store;
        for name in store.list(STAGING).await? {
            if staged_size(&name).is_some_and(|size| size <= head.tree.size) {
                store.remove(&format!("{STAGING}/{name}")).await?;
            }
        }
        Ok(())
    }
}

/// What becomes of entries.
#[derive(Default)]
struct Decided {
    added: Vec<Added>,
    new: Vec<Entry>,
    beside: Vec<Entry>,
}

/// A checkpoint, signed by all keys; `None` for a name that cannot be signed.
fn signed(origin: &str, tree: TreeHead, signers: &[SigningKey]) -> Option<Note> {
    let mut note = Note::unsigned(Checkpoint::new(origin, tree).to_string())?;
    note.add(signers.iter().map(|signer| signer.sign(note.text(), 0)).collect::<Vec<_>>());
    Some(note)
}
