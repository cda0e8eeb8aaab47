//! What the store's errors say, and what an import knows about its package.

use std::{io, path::PathBuf};

use super::{
    archive::{Fault, Refusal},
    limits::{Limits, MAX_COMPRESSED},
};
use crate::{
    error::{Code, Explain},
    fs::FsError,
    verify::integrity::{Digests, Integrity, IntegrityMismatch},
};

/// What went wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The tarball is not the one that was promised.
    #[error(transparent)]
    Integrity(IntegrityMismatch),
    /// The tarball is the one that was promised, or nothing was promised, and it breaks a rule.
    #[error("{package}: {}{}", entry_prefix(.refusal), .refusal.rule)]
    Archive {
        /// `name@version`.
        package: String,
        /// The entry and the rule.
        refusal: Refusal,
    },
    /// The body could not be read to its end.
    #[error("{package}: cannot read the tarball")]
    Source {
        /// `name@version`.
        package: String,
        /// What the source said.
        source: io::Error,
    },
    /// The body is larger than any package.
    #[error("{package}: the tarball is larger than {MAX_COMPRESSED} bytes")]
    TooLarge {
        /// `name@version`.
        package: String,
    },
    /// A file of a stored package is not what was unpacked.
    #[error("{} was changed in the store", path.display())]
    Changed {
        /// The file in the store.
        path: PathBuf,
    },
    /// The store's own files cannot be read or written.
    #[error(transparent)]
    Fs(#[from] FsError),
}

fn entry_prefix(refusal: &Refusal) -> String {
    refusal.entry.as_ref().map(|entry| format!("entry \"{entry}\": ")).unwrap_or_default()
}

impl Explain for StoreError {
    fn code(&self) -> Code {
        match self {
            Self::Integrity(error) => error.code(),
            Self::Archive { .. } => Code::Badarchive,
            Self::Source { .. } => Code::System,
            Self::TooLarge { .. } => Code::TooLarge,
            Self::Changed { .. } => Code::Integrity,
            Self::Fs(error) => error.code(),
        }
    }

    fn code_text(&self) -> String {
        match self {
            Self::Fs(error) => error.code_text(),
            other => other.code().as_str().to_owned(),
        }
    }

    fn package(&self) -> Option<String> {
        match self {
            Self::Integrity(error) => error.package(),
            Self::Archive { package, .. }
            | Self::Source { package, .. }
            | Self::TooLarge { package } => Some(package.clone()),
            Self::Changed { .. } | Self::Fs(_) => None,
        }
    }

    fn help(&self) -> Option<String> {
        let text = match self {
            Self::Archive { .. } => {
                "The archive is unsafe or damaged; nothing of it was installed. Report it to the package's authors."
            }
            Self::Changed { .. } => {
                "The package is fetched again; find out what wrote to the store."
            }
            _ => return None,
        };
        Some(text.to_owned())
    }

    fn exit(&self) -> u8 {
        match self {
            Self::Fs(error) => error.exit(),
            other => other.code().exit(),
        }
    }
}

/// What is known about a tarball beside its bytes.
#[derive(Clone, Debug, Default)]
pub struct ImportContext {
    /// `name@version`, for messages.
    pub package: String,
    /// `dist.unpackedSize`, in bytes.
    pub unpacked_size: Option<u64>,
    /// `dist.fileCount`.
    pub file_count: Option<u64>,
}

impl ImportContext {
    pub(super) fn limits(&self) -> Limits {
        Limits::hinted(self.unpacked_size, self.file_count)
    }

    pub(super) fn error(&self, fault: Fault) -> StoreError {
        let package = self.package.clone();
        match fault {
            Fault::Source(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                StoreError::TooLarge { package }
            }
            Fault::Source(source) => StoreError::Source { package, source },
            Fault::Refused(refusal) => StoreError::Archive { package, refusal },
            Fault::Fs(error) => StoreError::Fs(error),
        }
    }

    pub(super) fn check(
        &self,
        expected: Option<&Integrity>,
        digests: &Digests,
    ) -> Result<(), StoreError> {
        let verdict = expected.map_or(Ok(()), |expected| expected.check(digests));
        verdict.map_err(|error| StoreError::Integrity(error.of_package(&self.package)))
    }
}
