//! What can be wrong with a policy file.

use crate::error::{Code, Explain};

/// A policy file that is there and cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// It cannot be read.
    #[error("the policy file {path} cannot be read: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// It cannot be understood.
    #[error("the policy file {path} cannot be understood: {reason}")]
    Syntax {
        /// The file.
        path: String,
        /// Where and why.
        reason: String,
    },
}

impl Explain for PolicyError {
    fn code(&self) -> Code {
        Code::Policy
    }

    fn help(&self) -> Option<String> {
        Some("correct the file; nothing is installed under a policy that is not understood".into())
    }
}
