//! What is demanded of packages: the built-in policy, tightened or loosened by the user's
//! `<config folder>/denpm/config.toml`, then only tightened by the project's `denpm.toml`.
//!
//! A pull request can change the project's file and nothing else, so the project's file cannot
//! weaken the check that guards it: wherever two files speak, the stricter word holds. Keys
//! nobody knows are errors, because a misspelt rule guards nothing.

mod attestation;
mod error;
mod flags;
mod registries;
mod signature;
mod sumdb;
#[cfg(test)]
mod tests;

use std::path::Path;

use serde::Deserialize;

pub use attestation::AttestationPolicy;
pub use error::PolicyError;
pub use flags::FlagPolicy;
pub use registries::RegistryPolicy;
pub use signature::SignaturePolicy;
pub use sumdb::{LogEntry, SumdbMode, SumdbPolicy};

use super::paths::Paths;
use crate::fs::read_bounded;

/// The most bytes of a policy file that are read.
const MAX_BYTES: u64 = 1 << 20;
/// The only version of the format.
const VERSION: u32 = 1;

/// What is demanded of packages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    /// Registry signatures.
    pub signature: SignaturePolicy,
    /// Provenance and publish attestations.
    pub attestation: AttestationPolicy,
    /// The checksum database.
    pub sumdb: SumdbPolicy,
    /// Risk signs.
    pub flags: FlagPolicy,
    /// How many registries must agree.
    pub registries: RegistryPolicy,
}

/// A part of the policy: how a file's words about it are laid over what holds already.
trait Section: Sized {
    /// The part as a file writes it; what is not said is `None`.
    type Words: for<'de> Deserialize<'de> + Default;

    /// The user's or the system's words: they replace.
    fn replaced_by(self, words: Self::Words) -> Self;

    /// The project's words: the stricter of the two holds.
    fn tightened_by(self, words: Self::Words) -> Self;
}

/// A policy file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    version: Option<u32>,
    signature: <SignaturePolicy as Section>::Words,
    attestation: <AttestationPolicy as Section>::Words,
    sumdb: <SumdbPolicy as Section>::Words,
    flags: <FlagPolicy as Section>::Words,
    registries: <RegistryPolicy as Section>::Words,
}

impl Policy {
    /// The policy that holds in a project.
    ///
    /// # Errors
    /// A file that is there and cannot be read or understood.
    pub fn load(paths: &Paths) -> Result<Self, PolicyError> {
        let mut policy = Self::default();
        if let Some(file) = read(&paths.config.join("config.toml"))? {
            policy = policy.replaced_by(file);
        }
        if let Some(file) = read(&paths.prefix.join("denpm.toml"))? {
            policy = policy.tightened_by(file);
        }
        Ok(policy)
    }

    fn replaced_by(self, file: File) -> Self {
        Self {
            signature: self.signature.replaced_by(file.signature),
            attestation: self.attestation.replaced_by(file.attestation),
            sumdb: self.sumdb.replaced_by(file.sumdb),
            flags: self.flags.replaced_by(file.flags),
            registries: self.registries.replaced_by(file.registries),
        }
    }

    fn tightened_by(self, file: File) -> Self {
        Self {
            signature: self.signature.tightened_by(file.signature),
            attestation: self.attestation.tightened_by(file.attestation),
            sumdb: self.sumdb.tightened_by(file.sumdb),
            flags: self.flags.tightened_by(file.flags),
            registries: self.registries.tightened_by(file.registries),
        }
    }
}

/// The file's words; `None` where there is no such file.
fn read(path: &Path) -> Result<Option<File>, PolicyError> {
    if !path.exists() {
        return Ok(None);
    }
    let shown = || path.display().to_string();
    let bytes = read_bounded(path, MAX_BYTES)
        .map_err(|error| PolicyError::Unreadable { path: shown(), reason: error.to_string() })?;
    let text = String::from_utf8(bytes)
        .map_err(|_| PolicyError::Unreadable { path: shown(), reason: "not UTF-8".to_owned() })?;
    parse(&text).map(Some).map_err(|reason| PolicyError::Syntax { path: shown(), reason })
}

fn parse(text: &str) -> Result<File, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    match file.version {
        None | Some(VERSION) => Ok(file),
        Some(other) => {
            Err(format!("version {other} is not known here; this denpm knows {VERSION}"))
        }
    }
}
