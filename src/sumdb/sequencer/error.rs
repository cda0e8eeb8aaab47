//! Why nothing can be appended.

use crate::{
    error::{Code, Explain},
    sumdb::{
        cosign::WitnessAhead,
        policy::NotAccepted,
        store::{NotAtomic, StoreError},
        view::ViewError,
    },
};

/// Why no log can be made in a store.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It does not swap atomically.
    #[error("this store cannot hold a log")]
    NotAtomic(#[from] NotAtomic),
    /// There is one already.
    #[error("there is a log here already")]
    Exists,
    /// The name cannot be signed.
    #[error("a log cannot have this name")]
    Unsignable,
}

impl Explain for InitError {
    fn code(&self) -> Code {
        match self {
            Self::Store(error) => error.code(),
            Self::NotAtomic(_) | Self::Exists => Code::SumdbState,
            Self::Unsignable => Code::Usage,
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Store(error) => error.help(),
            Self::NotAtomic(_) => Some(
                "use a store with atomic conditional writes: two logs of one name could be \
                 signed in this one"
                    .to_owned(),
            ),
            Self::Exists | Self::Unsignable => None,
        }
    }
}

/// Why nothing can be appended to a log.
#[derive(Debug, thiserror::Error)]
pub enum SequencerError {
    /// The log cannot be read.
    #[error(transparent)]
    View(#[from] ViewError),
    /// The store failed in the middle; the log is whole, and the next attempt finishes the work.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No key, or one that is not the log's.
    #[error("the key is not one of this log")]
    Key,
    /// A record does not fit in a bundle.
    #[error("a record is too long")]
    TooLong,
    /// Others append all the time.
    #[error("others append to the log without a pause")]
    Contended,
    /// A witness knows more of the log than there is.
    #[error(transparent)]
    WitnessAhead(#[from] WitnessAhead),
    /// Too few witnesses cosigned: appended, but not published yet.
    #[error("the new checkpoint is not published yet")]
    NotCosigned(#[source] NotAccepted),
}

impl Explain for SequencerError {
    fn code(&self) -> Code {
        match self {
            Self::View(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::Key | Self::TooLong => Code::Usage,
            Self::Contended | Self::NotCosigned(_) => Code::SumdbUnavailable,
            Self::WitnessAhead(_) => Code::SumdbFork,
        }
    }

    fn code_text(&self) -> String {
        match self {
            Self::View(error) => error.code_text(),
            Self::Store(error) => error.code_text(),
            other => other.code().as_str().to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::View(error) => return error.help(),
            Self::Store(error) => return error.help(),
            Self::WitnessAhead(_) => {
                "sign nothing; find the newer copy of the log, or retire its key".to_owned()
            }
            Self::NotCosigned(_) => {
                "it is published by the next append for which enough witnesses answer".to_owned()
            }
            Self::Key | Self::TooLong | Self::Contended => return None,
        })
    }
}
