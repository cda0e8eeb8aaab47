//! What can go wrong with a log: four things that are never mixed, and the state on disk.

use std::{fmt::Write as _, path::PathBuf};

use crate::{
    error::{Code, Explain},
    fs::FsError,
    sumdb::{Hash, Note},
};

/// Two heads of one log of which neither continues the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fork {
    /// The log.
    pub origin: String,
    /// The head that was known.
    pub known: Note,
    /// The head that the log gave now.
    pub offered: Note,
    /// The proof of the larger tree that leads to another root than the smaller head's.
    pub proof: Vec<Hash>,
    /// Where all that was written, unless it could not be.
    pub evidence: Option<PathBuf>,
}

impl Fork {
    pub(super) fn new(origin: String, known: Note, offered: Note, proof: Vec<Hash>) -> Self {
        Self { origin, known, offered, proof, evidence: None }
    }

    /// What whoever runs the log, or its witnesses, should see.
    pub(super) fn report(&self) -> String {
        let Self { origin, known, offered, proof, .. } = self;
        let mut text = format!(
            "denpm-fork/v1\n{origin} signed two heads of which neither continues the other.\n\n\
             known before:\n{known}\ngiven now:\n{offered}\n\
             consistency proof (RFC 6962) in the larger tree, which does not lead to the smaller root:\n"
        );
        for hash in proof {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{hash}");
        }
        text
    }
}

/// Why nothing can be learnt from a log.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The log contradicts itself: an attack, or a disaster.
    #[error("the log {} forked: its heads contradict each other", .0.origin)]
    Fork(Box<Fork>),
    /// The log is behind what is known of it.
    #[error("the log {origin} is behind: it has {offered} records now, and had {known}")]
    Stale {
        /// The log.
        origin: String,
        /// The size of the known head.
        known: u64,
        /// The size of the head it gave.
        offered: u64,
    },
    /// The log does not answer, or not as a log does.
    #[error("the log {origin} cannot be asked: {reason}")]
    Unreachable {
        /// The log.
        origin: String,
        /// Why.
        reason: String,
    },
    /// A signature, a proof or a tile does not hold.
    #[error("the log {origin} proves nothing: {reason}")]
    BadProof {
        /// The log.
        origin: String,
        /// What does not hold.
        reason: String,
    },
    /// The state on disk cannot be read or written.
    #[error(transparent)]
    State(#[from] FsError),
    /// The stored head is not one of this log.
    #[error("the stored head {} cannot be used: {reason}", path.display())]
    StoredHead {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl ClientError {
    /// Whether it says that something is wrong, rather than that nothing is known.
    pub fn is_contradiction(&self) -> bool {
        match self {
            Self::Fork(_) | Self::BadProof { .. } | Self::StoredHead { .. } => true,
            Self::Stale { .. } | Self::Unreachable { .. } | Self::State(_) => false,
        }
    }
}

impl Explain for ClientError {
    fn code(&self) -> Code {
        match self {
            Self::Fork(_) => Code::SumdbFork,
            Self::Stale { .. } => Code::SumdbStale,
            Self::Unreachable { .. } => Code::SumdbUnavailable,
            Self::BadProof { .. } => Code::SumdbProof,
            Self::State(error) => error.code(),
            Self::StoredHead { .. } => Code::SumdbState,
        }
    }

    fn detail(&self) -> Vec<String> {
        match self {
            Self::Fork(fork) => {
                let head = |what: &str, note: &Note| {
                    let lines = note.text().lines().map(|line| format!("  {line}"));
                    std::iter::once(what.to_owned()).chain(lines).collect::<Vec<_>>()
                };
                let mut lines = head("known before:", &fork.known);
                lines.extend(head("given now:", &fork.offered));
                let kept = fork.evidence.as_ref();
                lines.extend(kept.map(|path| format!("evidence: {}", path.display())));
                lines
            }
            _ => Vec::new(),
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::Fork(_) => {
                "install nothing; send the evidence file to whoever runs the log and its witnesses"
                    .to_owned()
            }
            Self::Stale { .. } => {
                "ask again later; if it lasts, the log was rolled back or an old copy is served"
                    .to_owned()
            }
            Self::Unreachable { .. } => {
                "ask again later, or set `mode = \"warn\"` under [sumdb] in your config.toml"
                    .to_owned()
            }
            Self::BadProof { .. } => {
                "do not trust this log or what stands between you and it; check its key".to_owned()
            }
            Self::State(error) => return error.help(),
            Self::StoredHead { .. } => {
                "find out who changed the file; only if you did, remove it".to_owned()
            }
        })
    }

    fn exit(&self) -> u8 {
        match self {
            Self::State(error) => error.exit(),
            other => other.code().exit(),
        }
    }
}
