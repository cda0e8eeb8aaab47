//! What whoever runs a log does with it: make it, append to it, serve, export and audit it.
//!
//! A log lies in a folder or in a bucket ([`Location`]); all of these work on either.

mod admit;
mod audit;
mod check;
mod error;
mod export;
mod import;
mod keys;
mod leaves;
mod serve;
mod transport;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

pub use admit::{Fetched, Logged, add};
pub use audit::{fsck, monitor};
pub use check::{doctor, lookup, verify};
pub use error::OperatorError;
pub use export::export;
pub use import::import;
pub use keys::{NewLog, init, keygen, rotate};
pub use leaves::{namespace, status};
pub use serve::{serve, serve_witness};

pub use crate::sumdb::{note::KeyKind, sequencer::Profile};

use self::transport::HttpWitnesses;
use crate::{
    error::Failure,
    ops::Context,
    sumdb::{
        cosign::Witnesses,
        note::SigningKey,
        policy::Policy,
        sequencer::Sequencer,
        store::{AnyStore, Location},
    },
};

/// What a command has to say: lines for people, and the same for programs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Lines for people.
    pub lines: Vec<String>,
    /// The same for programs.
    pub json: serde_json::Value,
    /// Whether something is wrong that is no failure of the command itself.
    pub remarkable: bool,
}

/// A log that is worked with, and how.
#[derive(Clone, Debug, Default)]
pub struct LogOptions {
    /// The address of its store.
    pub store: String,
    /// Files with its private keys.
    pub keys: Vec<PathBuf>,
    /// A tlog-policy file with the witnesses whose cosignatures a checkpoint needs.
    pub witnesses: Option<PathBuf>,
    /// The file of this process's index.
    pub index: Option<PathBuf>,
    /// From how many independent registries a tarball must come.
    pub sources: usize,
    /// The namespace of what is added.
    pub namespace: Option<String>,
}

/// The longest key or policy file that is read, in bytes.
const MAX_FILE: u64 = 1 << 20;

impl LogOptions {
    fn location(&self, context: &Context) -> Result<Location, Failure> {
        let cwd = &context.config.sources().cwd;
        Ok(Location::parse(&self.store, cwd).map_err(OperatorError::Location)?)
    }

    fn store(&self, context: &Context) -> Result<AnyStore, Failure> {
        let variables: BTreeMap<String, String> = context
            .config
            .sources()
            .env
            .iter()
            .filter(|(name, _)| name.starts_with("AWS_"))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let location = self.location(context)?;
        Ok(location.open(&variables).map_err(OperatorError::Location)?)
    }

    /// The index of the one who appends: beside a log in a folder, else among this user's data.
    fn index(&self, context: &Context, role: &str) -> Result<PathBuf, Failure> {
        if let Some(index) = &self.index {
            return Ok(context.config.sources().cwd.join(index));
        }
        Ok(match self.location(context)? {
            Location::Folder(folder) => folder.join(".state").join(format!("{role}.redb")),
            Location::Bucket { bucket, prefix } => {
                let name = format!("{bucket}-{}-{role}.redb", prefix.replace('/', "-"));
                context.options.paths.data.join("sumdb-index").join(name)
            }
        })
    }

    fn signers(&self, context: &Context) -> Result<Vec<SigningKey>, Failure> {
        if self.keys.is_empty() {
            return Err(OperatorError::NoKey.into());
        }
        self.keys.iter().map(|path| keys::read(&context.config.sources().cwd.join(path))).collect()
    }

    async fn sequencer(
        &self,
        context: &Context,
    ) -> Result<Sequencer<AnyStore, HttpWitnesses>, Failure> {
        let witnesses = match &self.witnesses {
            Some(path) => {
                let policy = read_policy(&context.config.sources().cwd.join(path))?;
                Some(Witnesses::new(HttpWitnesses::new(context)?, policy))
            }
            None => None,
        };
        let index = self.index(context, "index")?;
        let store = self.store(context)?;
        Ok(Sequencer::open(store, &index, self.signers(context)?, witnesses).await?)
    }
}

/// Reads a tlog-policy file.
fn read_policy(path: &Path) -> Result<Policy, Failure> {
    let bytes = crate::fs::read_bounded(path, MAX_FILE)?;
    let text = String::from_utf8_lossy(&bytes);
    let shown = || path.display().to_string();
    Ok(Policy::parse(&text).map_err(|source| OperatorError::Policy { path: shown(), source })?)
}

/// `name@version`; the version is what stands behind the last `@` that is not the first letter.
fn name_and_version(word: &str) -> Result<(String, String), OperatorError> {
    let split =
        word.rsplit_once('@').filter(|(name, version)| !name.is_empty() && !version.is_empty());
    let (name, version) = split.ok_or_else(|| OperatorError::Word(word.to_owned()))?;
    Ok((name.to_owned(), version.to_owned()))
}
