//! Evidence of risk: what is unusual about a version, compared with the version it replaces.
//!
//! Nothing here decides, fetches or writes. Documents and files go in, [`Sign`]s come out; what
//! a sign is worth is the policy's word.

pub mod change;
pub mod dependencies;
pub mod history;
pub mod maintainers;
pub mod malicious;
pub mod minified;
pub mod release;
pub mod scripts;
pub mod source;

use crate::flag::Flag;

/// Something unusual, with its evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// What it is.
    pub flag: Flag,
    /// The file it is about, where it is about one.
    pub file: Option<String>,
    /// One sentence.
    pub message: String,
    /// The facts, one a line.
    pub evidence: Vec<String>,
}

impl Sign {
    /// A sign about the package as a whole.
    pub fn new(flag: Flag, message: impl Into<String>, evidence: Vec<String>) -> Self {
        Self { flag, file: None, message: message.into(), evidence }
    }

    /// The same about one file.
    #[must_use]
    pub fn in_file(self, file: &str) -> Self {
        Self { file: Some(file.to_owned()), ..self }
    }
}

#[cfg(test)]
mod tests;
