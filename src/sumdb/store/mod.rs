//! Where a log lies: objects that never change, and a few that are compared and swapped.
//!
//! ```text
//! checkpoint       the signed head                                   swapped
//! tile/…           tiles and bundles (C2SP tlog-tiles)               immutable
//! staging/…        what an append adds, until it is in its places    immutable
//! .state/head      the head that appends continue                    swapped
//! .state/log       the log's name and keys                           swapped
//! ```
//!
//! A tile or bundle, partial ones included, is a function of the records up to its end, and
//! only what won the swap of the head is ever copied to its place: writing one twice writes the
//! same bytes. So all that many machines have to agree on is one object.

mod bucket;
mod directory;
mod location;
mod probe;
#[cfg(test)]
pub(in crate::sumdb) mod testing;
#[cfg(test)]
mod tests;

use object_store::UpdateVersion;

pub use bucket::BucketStore;
pub use directory::DirectoryStore;
pub use location::{AnyStore, BadLocation, Location};
pub use probe::{NotAtomic, probe};

use super::tlog::Hash;
use crate::{
    error::{Code, Explain},
    fs::FsError,
};

/// A place that holds a log. Paths are relative, with forward slashes.
pub trait Store: Send + Sync + 'static {
    /// The bytes of an object, at most `limit` of them; `None` where there is none.
    fn get(
        &self,
        path: &str,
        limit: u64,
    ) -> impl Future<Output = Result<Option<Vec<u8>>, StoreError>> + Send;

    /// Writes an object whole; it survives a power cut once this returns.
    fn put(
        &self,
        path: &str,
        bytes: Vec<u8>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The bytes of an object that is swapped, and their version.
    fn versioned(
        &self,
        path: &str,
        limit: u64,
    ) -> impl Future<Output = Result<Option<(Vec<u8>, Version)>, StoreError>> + Send;

    /// Writes an object if it still is of that version, or still is not there: of all who try
    /// with one version, one wins. It survives a power cut once this returns.
    fn swap(
        &self,
        path: &str,
        known: Option<&Version>,
        bytes: Vec<u8>,
    ) -> impl Future<Output = Result<Swap, StoreError>> + Send;

    /// Removes an object, if it is there.
    fn remove(&self, path: &str) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The names of the objects in a folder, not of those further down.
    fn list(&self, folder: &str) -> impl Future<Output = Result<Vec<String>, StoreError>> + Send;
}

/// What tells one content of a swapped object from the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(Mark);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Mark {
    /// The SHA-256 of the content: heads only grow, none comes back.
    Content(Hash),
    /// What an object store calls it.
    Object(UpdateVersion),
}

/// How a swap ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Swap {
    /// The object is ours, in this version.
    Won(Version),
    /// Somebody else was first; nothing was written.
    Lost,
}

/// A store that failed. What was being written may be there or not.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system refused.
    #[error(transparent)]
    Fs(#[from] FsError),
    /// The object store refused, or cannot be reached.
    #[error("the store failed at {path}")]
    Object {
        /// The object.
        path: String,
        /// Why.
        source: object_store::Error,
    },
    /// An object is larger than anything a log writes.
    #[error("{path} is larger than {limit} bytes")]
    TooLarge {
        /// The object.
        path: String,
        /// The bound, in bytes.
        limit: u64,
    },
    /// The process is ending.
    #[error("interrupted")]
    Interrupted,
}

impl Explain for StoreError {
    fn code(&self) -> Code {
        match self {
            Self::Fs(error) => error.code(),
            Self::Object { .. } => Code::SumdbUnavailable,
            Self::TooLarge { .. } => Code::TooLarge,
            Self::Interrupted => Code::Cancelled,
        }
    }

    fn code_text(&self) -> String {
        match self {
            Self::Fs(error) => error.code_text(),
            other => other.code().as_str().to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Fs(error) => error.help(),
            Self::Object { .. } => Some(
                "check the address, and the AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION \
                 and AWS_ENDPOINT_URL of the environment"
                    .to_owned(),
            ),
            Self::TooLarge { .. } | Self::Interrupted => None,
        }
    }

    fn exit(&self) -> u8 {
        match self {
            Self::Fs(error) => error.exit(),
            other => other.code().exit(),
        }
    }
}
