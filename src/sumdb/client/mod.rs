//! The client of a log: asks, proves, remembers.
//!
//! ```text
//! packages ─► POST /batch ─► checkpoint accepted by policy
//!                              │ consistent with the stored and the pinned head, both ways
//!                              ▼
//!                            proof of everything found ─► answers; the head is stored
//! ```
//!
//! A log without `/batch` is read through its index and its tiles. The head that was accepted
//! last is kept where no cache is wiped: what a log said once, it cannot unsay.

mod error;
mod files;
mod head;
mod remote;
#[cfg(test)]
mod tests;

use std::{path::PathBuf, time::Duration};

pub use error::{ClientError, Fork};
pub use head::HeadFile;
pub use remote::{Remote, RemoteError};

use self::{files::RemoteTiles, head::Heads};
use super::{
    checkpoint::{Checkpoint, TreeHead},
    lookup::{Answer, BatchReply, BatchRequest, LookupReply},
    note::Note,
    policy::{Accepted, NotAccepted, Policy},
    record::PackageKey,
    tile::{Layout, Resource, TreeReader},
    tlog::{Span, leaf_hash},
};

/// The largest reply to a batch: records, proof and head of 5,000 packages, in bytes.
const MAX_BATCH_REPLY: u64 = 32 << 20;
/// The largest note, in bytes.
const MAX_NOTE: u64 = super::note::MAX_NOTE as u64;
/// How long a record that a log is about to have is waited for.
const PENDING_WAITS: [Duration; 6] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
    Duration::from_secs(30),
];

/// What a client works with.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// Which checkpoints are believed; one log.
    pub policy: Policy,
    /// The folder of this log's state: heads, evidence. Never a cache.
    pub state: PathBuf,
    /// The folder where verified tiles are kept.
    pub cache: PathBuf,
    /// How the log's files are laid out.
    pub layout: Layout,
    /// Heads from elsewhere that the log must continue: those of a project's `denpm.sum`.
    pub pinned: Vec<Note>,
}

/// What was learnt from a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learnt {
    /// One for each package asked for, in order; what was found is proven.
    pub answers: Vec<Answer>,
    /// The proof of what was found, for the indexes in rising order.
    pub proof: Vec<super::Hash>,
    /// The checkpoint it is proven in.
    pub checkpoint: Note,
    /// The same, read and accepted.
    pub accepted: Accepted,
}

/// A client of one log.
pub struct Client<R> {
    remote: R,
    options: ClientOptions,
    origin: String,
}

impl<R: Remote> Client<R> {
    /// A client; nothing is sent yet.
    pub fn new(remote: R, options: ClientOptions) -> Self {
        let log = options.policy.logs().first();
        let origin = log.map(|log| options.policy.origin_of(log).to_owned()).unwrap_or_default();
        Self { remote, options, origin }
    }

    /// The log's name.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What the log has of packages.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn lookup(&self, keys: &[PackageKey]) -> Result<Learnt, ClientError> {
        let request = BatchRequest::new(keys.to_vec()).map_err(|error| self.unreachable(error))?;
        let mut waits = PENDING_WAITS.into_iter();
        let mut lagged = false;
        loop {
            let learnt = self.ask(&request).await;
            let asks_again = match &learnt {
                Ok(learnt) => learnt.answers.contains(&Answer::Pending),
                // Another process may have heard of more meanwhile, or one of several servers lags:
                // then the next answer is newer.
                Err(ClientError::Stale { .. }) => !std::mem::replace(&mut lagged, true),
                Err(_) => false,
            };
            match waits.next().filter(|_| asks_again) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return learnt,
            }
        }
    }

    async fn ask(&self, request: &BatchRequest) -> Result<Learnt, ClientError> {
        let body = request.to_string().into_bytes();
        let bytes = match self.remote.post("batch", body, MAX_BATCH_REPLY).await {
            Err(RemoteError::NotFound) => return self.ask_files(request).await,
            other => other.map_err(|error| self.unreachable(error))?,
        };
        let reply = BatchReply::decode(request, &bytes).map_err(|error| self.unreachable(error))?;
        let accepted = self.advance(&reply.checkpoint).await?;
        reply.verify(accepted.checkpoint.tree).map_err(|error| ClientError::BadProof {
            origin: self.origin.clone(),
            reason: error.to_string(),
        })?;
        let BatchReply { answers, proof, checkpoint } = reply;
        Ok(Learnt { answers, proof, checkpoint, accepted })
    }

    /// A record of a log that speaks as Go's checksum database does.
    ///
    /// # Errors
    /// [`ClientError`]; `None` where the log has no such record.
    pub async fn lookup_text(&self, path: &str) -> Result<Option<LookupReply>, ClientError> {
        let path = format!("lookup/{path}");
        let bytes = match self.remote.get(&path, MAX_NOTE).await {
            Err(RemoteError::NotFound) => return Ok(None),
            other => other.map_err(|error| self.unreachable(error))?,
        };
        let reply = LookupReply::parse(&bytes).map_err(|error| self.unreachable(error))?;
        let accepted = self.advance(&reply.checkpoint).await?;
        self.check_leaf(reply.index, reply.text.as_bytes(), accepted.checkpoint.tree).await?;
        Ok(Some(reply))
    }

    async fn check_leaf(&self, index: u64, text: &[u8], tree: TreeHead) -> Result<(), ClientError> {
        let spans = [Span { start: index, end: index.saturating_add(1) }];
        if self.spans(tree, &spans).await?.first() == Some(&leaf_hash(text)) {
            return Ok(());
        }
        Err(ClientError::BadProof {
            origin: self.origin.clone(),
            reason: format!("record {index} is not the one in the tree of {} records", tree.size),
        })
    }

    /// The log's latest head, accepted and stored.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn head(&self) -> Result<(Note, Accepted), ClientError> {
        let path = self.options.layout.path(Resource::Checkpoint);
        let bytes = self.remote.get(&path, MAX_NOTE).await;
        let bytes = bytes.map_err(|error| self.unreachable(error))?;
        let note = Note::parse(&bytes).map_err(|error| self.unreachable(error))?;
        let accepted = self.advance(&note).await?;
        Ok((note, accepted))
    }

    /// Accepts a head: by policy, and as one that continues those that are known.
    async fn advance(&self, note: &Note) -> Result<Accepted, ClientError> {
        let accepted = self.accept(note)?;
        let heads = Heads::open(&self.options.state)?;
        loop {
            let stored = heads.stored(&self.origin)?;
            let known = stored.iter().chain(&self.options.pinned);
            for known in known.filter(|known| known.text() != note.text()) {
                self.check_same_line(&heads, known, (note, accepted.checkpoint.tree)).await?;
            }
            // Another process may have stored a head meanwhile: then that one counts.
            if heads.replace(stored.as_ref(), note)? {
                return Ok(accepted);
            }
        }
    }

    fn accept(&self, note: &Note) -> Result<Accepted, ClientError> {
        let origin = self.origin.clone();
        self.options.policy.accept(note).map_err(|error| match error {
            NotAccepted::NoQuorum { .. } => {
                ClientError::Unreachable { origin, reason: error.to_string() }
            }
            other => ClientError::BadProof { origin, reason: other.to_string() },
        })
    }

    /// Proves that one of two heads continues the other, through the tiles of the larger tree. The
    /// known one was accepted once, by the keys and the quorum of then.
    async fn check_same_line(
        &self,
        heads: &Heads,
        known: &Note,
        (offered, offered_tree): (&Note, TreeHead),
    ) -> Result<(), ClientError> {
        let known_tree = Checkpoint::parse(known.text())
            .map_err(|error| ClientError::BadProof {
                origin: self.origin.clone(),
                reason: error.to_string(),
            })?
            .tree;
        let fork = |proof| {
            let fork = Fork::new(self.origin.clone(), known.clone(), offered.clone(), proof);
            Err(ClientError::Fork(Box::new(heads.keep_evidence(fork))))
        };
        if known_tree.size == offered_tree.size && known_tree.root != offered_tree.root {
            // The two are the evidence: whoever shows them need not show a tile.
            return fork(Vec::new());
        }
        let (old, new) = if known_tree.size > offered_tree.size {
            (offered_tree, known_tree)
        } else {
            (known_tree, offered_tree)
        };
        let stale = ClientError::Stale {
            origin: self.origin.clone(),
            known: known_tree.size,
            offered: offered_tree.size,
        };
        if old.size == 0 {
            return if known_tree.size == 0 { Ok(()) } else { Err(stale) };
        }
        let spans = super::proof::consistency(old.size, new.size).unwrap_or_default();
        let proof = match self.spans(new, &spans).await {
            // A log that went back has not even the tiles to prove that it did.
            Err(_) if old == offered_tree && old.size < known_tree.size => return Err(stale),
            other => other?,
        };
        if super::proof::verify_consistency(old, new, &proof).is_err() {
            return fork(proof);
        }
        if known_tree.size > offered_tree.size { Err(stale) } else { Ok(()) }
    }

    /// Hashes of a tree, through verified tiles. A cached tile that went bad is fetched anew.
    async fn spans(&self, tree: TreeHead, spans: &[Span]) -> Result<Vec<super::Hash>, ClientError> {
        let mut tiles = RemoteTiles::new(&self.remote, self.options.layout, &self.options.cache);
        let mut read = TreeReader::new(&tiles, tree).spans(spans).await;
        if read.is_err() && tiles.used_cache() {
            tiles = tiles.without_cache();
            read = TreeReader::new(&tiles, tree).spans(spans).await;
        }
        read.map_err(|error| self.read_failed(error))
    }

    fn unreachable(&self, reason: impl std::fmt::Display) -> ClientError {
        ClientError::Unreachable { origin: self.origin.clone(), reason: reason.to_string() }
    }
}
