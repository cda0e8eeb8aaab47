//! Which checkpoints are believed (C2SP tlog-policy): known logs, known witnesses, a quorum.
//!
//! ```text
//! log <vkey> [<url>]
//! witness <name> <vkey> [<url>]
//! group <name> all|any|<k> <member> …
//! quorum <name>|none
//! ```

mod parse;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use parse::{BadPolicy, PolicyFault};

use super::{
    checkpoint::{BadCheckpoint, Checkpoint},
    note::{Note, NoteError, VerifierKey},
};

/// A log, or a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Its key.
    pub key: VerifierKey,
    /// Where it is reached.
    pub url: Option<String>,
}

/// Who must have cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    /// The witness of that number.
    Witness(usize),
    /// At least so many of these.
    AtLeast(usize, Vec<Rule>),
}

/// What is asked of the witnesses together.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Quorum {
    /// Nothing.
    None,
    /// That this is met.
    Of(Rule),
}

/// Which checkpoints are believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Party>,
    witnesses: Vec<Party>,
    quorum: Quorum,
    /// Where a log's origin is not its key's name (Go's `go.sum database tree`): key name → origin.
    origins: BTreeMap<String, String>,
}

/// Why a checkpoint is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAccepted {
    /// The note itself is at fault.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text is no checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] BadCheckpoint),
    /// No log of the policy with this origin signed.
    #[error("no known log of the name {0} signed the checkpoint")]
    NoLog(String),
    /// Too few witnesses.
    #[error(
        "{signed} of {known} known witnesses cosigned the checkpoint of {origin}, which is not enough"
    )]
    NoQuorum {
        /// The log.
        origin: String,
        /// How many known witnesses cosigned.
        signed: usize,
        /// How many are known.
        known: usize,
    },
}

/// A checkpoint that a policy accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// The names of the witnesses that cosigned it.
    pub witnesses: Vec<String>,
    /// When the last of them did, in seconds since 1970.
    pub cosigned: Option<u64>,
}

impl Policy {
    /// A policy of one log and no witnesses.
    pub fn of_log(key: VerifierKey, url: Option<String>) -> Self {
        Self {
            logs: vec![Party { key, url }],
            witnesses: Vec::new(),
            quorum: Quorum::None,
            origins: BTreeMap::new(),
        }
    }

    /// A policy of one log whose checkpoints any of these keys signs; `None` without a key.
    pub fn of_keys(keys: Vec<VerifierKey>, origin: &str) -> Option<Self> {
        let origins = keys.iter().map(|key| (key.name().to_owned(), origin.to_owned())).collect();
        let logs: Vec<_> = keys.into_iter().map(|key| Party { key, url: None }).collect();
        (!logs.is_empty()).then_some(Self {
            logs,
            witnesses: Vec::new(),
            quorum: Quorum::None,
            origins,
        })
    }

    /// The same policy, with a log's origin that is not the name of its key.
    #[must_use]
    pub fn with_origin(mut self, key_name: impl Into<String>, origin: impl Into<String>) -> Self {
        self.origins.insert(key_name.into(), origin.into());
        self
    }

    /// The logs.
    pub fn logs(&self) -> &[Party] {
        &self.logs
    }

    /// The witnesses.
    pub fn witnesses(&self) -> &[Party] {
        &self.witnesses
    }

    /// The origin a log's checkpoints bear.
    pub fn origin_of<'a>(&'a self, log: &'a Party) -> &'a str {
        let name = log.key.name();
        self.origins.get(name).map_or(name, String::as_str)
    }

    /// Checks a signed checkpoint: signed by a known log under its own origin, cosigned by the quorum.
    ///
    /// # Errors
    /// [`NotAccepted`].
    pub fn accept(&self, note: &Note) -> Result<Accepted, NotAccepted> {
        let checkpoint = Checkpoint::parse(note.text())?;
        let of_origin = |log: &&Party| self.origin_of(log) == checkpoint.origin;
        let keys = self.logs.iter().filter(of_origin).map(|log| &log.key);
        if note.verify(keys)?.is_empty() {
            return Err(NotAccepted::NoLog(checkpoint.origin));
        }
        let cosigned = note.verify(self.witnesses.iter().map(|witness| &witness.key))?;
        let by = |witness: &Party| cosigned.iter().any(|signed| *signed.key == witness.key);
        let signed: Vec<bool> = self.witnesses.iter().map(by).collect();
        if let Quorum::Of(rule) = &self.quorum
            && !rule.is_met(&signed)
        {
            return Err(NotAccepted::NoQuorum {
                origin: checkpoint.origin,
                signed: signed.iter().filter(|signed| **signed).count(),
                known: signed.len(),
            });
        }
        let names = self.witnesses.iter().zip(&signed).filter(|(_, signed)| **signed);
        Ok(Accepted {
            checkpoint,
            witnesses: names.map(|(witness, _)| witness.key.name().to_owned()).collect(),
            cosigned: cosigned.iter().filter_map(|signed| signed.time).max(),
        })
    }
}

impl Rule {
    fn is_met(&self, signed: &[bool]) -> bool {
        match self {
            Self::Witness(number) => signed.get(*number).copied().unwrap_or(false),
            Self::AtLeast(least, members) => {
                members.iter().filter(|member| member.is_met(signed)).count() >= *least
            }
        }
    }
}
