//! What is demanded of packages: the built-in policy, tightened or loosened by the user's
//! `<config folder>/denpm/config.toml`, then only tightened by the project's `denpm.toml`.
//!
//! A pull request can change the project's file and nothing else, so the project's file cannot
//! weaken the check that guards it: wherever two files speak, the stricter word holds. Keys
//! nobody knows are errors, because a misspelt rule guards nothing.

pub mod attestation;
pub mod downgrade;
mod error;
pub mod exempt;
pub mod flags;
pub mod pattern;
mod registries;
pub mod rule;
mod script_sandbox;
pub mod signature;
mod sumdb;
#[cfg(test)]
mod tests;

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

pub use attestation::AttestationPolicy;
pub use downgrade::DowngradePolicy;
pub use error::PolicyError;
pub use exempt::Exemptions;
pub use flags::FlagPolicy;
pub use registries::RegistryPolicy;
pub use rule::Rules;
pub use script_sandbox::ScriptSandbox;
pub use signature::SignaturePolicy;
pub use sumdb::{LogEntry, SumdbMode, SumdbPolicy};

use super::paths::Paths;
use crate::fs::read_bounded_file;

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
    /// Versions that are proven less well than one before.
    pub downgrade: DowngradePolicy,
    /// Who may have built which packages.
    pub rules: Rules,
    /// Packages that are accepted as they are.
    pub exemptions: Exemptions,
    /// The checksum database.
    pub sumdb: SumdbPolicy,
    /// Risk signs.
    pub flags: FlagPolicy,
    /// How many registries must agree.
    pub registries: RegistryPolicy,
    /// In what install scripts of dependencies run.
    pub script_sandbox: ScriptSandbox,
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
    downgrade: <DowngradePolicy as Section>::Words,
    rule: <Rules as Section>::Words,
    exempt: <Exemptions as Section>::Words,
    sumdb: <SumdbPolicy as Section>::Words,
    flags: <FlagPolicy as Section>::Words,
    policy: flags::PolicyWords,
    registries: <RegistryPolicy as Section>::Words,
    #[serde(rename = "script-sandbox")]
    script_sandbox: <ScriptSandbox as Section>::Words,
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
        if let Some(file) = read_manifest(&paths.prefix.join("package.json"))? {
            policy = policy.tightened_by(file);
        }
        Ok(policy)
    }

    fn replaced_by(self, file: File) -> Self {
        Self {
            signature: self.signature.replaced_by(file.signature),
            attestation: self.attestation.replaced_by(file.attestation),
            downgrade: self.downgrade.replaced_by(file.downgrade),
            rules: self.rules.replaced_by(file.rule),
            exemptions: self.exemptions.replaced_by(file.exempt),
            sumdb: self.sumdb.replaced_by(file.sumdb),
            flags: self.flags.replaced_by(file.flags).with(file.policy),
            registries: self.registries.replaced_by(file.registries),
            script_sandbox: self.script_sandbox.replaced_by(file.script_sandbox),
        }
    }

    fn tightened_by(self, file: File) -> Self {
        Self {
            signature: self.signature.tightened_by(file.signature),
            attestation: self.attestation.tightened_by(file.attestation),
            downgrade: self.downgrade.tightened_by(file.downgrade),
            rules: self.rules.tightened_by(file.rule),
            exemptions: self.exemptions.tightened_by(file.exempt),
            sumdb: self.sumdb.tightened_by(file.sumdb),
            flags: self.flags.tightened_by(file.flags).with_at_least(file.policy),
            registries: self.registries.tightened_by(file.registries),
            script_sandbox: self.script_sandbox.tightened_by(file.script_sandbox),
        }
    }
}

/// The file's words; `None` where there is no such file.
fn read(path: &Path) -> Result<Option<File>, PolicyError> {
    if !path.exists() {
        return Ok(None);
    }
    let shown = || path.display().to_string();
    let bytes = read_bounded_file(path, MAX_BYTES)
        .map_err(|error| PolicyError::Unreadable { path: shown(), reason: error.to_string() })?;
    let text = String::from_utf8(bytes)
        .map_err(|_| PolicyError::Unreadable { path: shown(), reason: "not UTF-8".to_owned() })?;
    parse(&text).map(Some).map_err(|reason| PolicyError::Syntax { path: shown(), reason })
}

/// The `denpm` key of a package.json, for who wants no file of its own. A manifest that cannot be
/// read is somebody else's error.
fn read_manifest(path: &Path) -> Result<Option<File>, PolicyError> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Words {
        denpm: Option<Value>,
    }
    let Ok(bytes) = read_bounded_file(path, MAX_BYTES) else { return Ok(None) };
    let words = serde_json::from_slice::<Words>(&bytes).unwrap_or_default().denpm;
    let Some(words) = words.filter(Value::is_object) else { return Ok(None) };
    let syntax = |reason: String| PolicyError::Syntax { path: path.display().to_string(), reason };
    let file = serde_json::from_value(words).map_err(|error| syntax(error.to_string()))?;
    checked(file).map(Some).map_err(syntax)
}

fn parse(text: &str) -> Result<File, String> {
    checked(toml::from_str(text).map_err(|error| error.to_string())?)
}

fn checked(file: File) -> Result<File, String> {
    match file.version {
        None | Some(VERSION) => Ok(file),
        Some(other) => {
            Err(format!("version {other} is not known here; this denpm knows {VERSION}"))
        }
    }
}
