//! Evidence about packages: what was promised against what was received.
//!
//! This module produces verdicts and typed errors; whether one is fatal is the policy's matter.

pub mod integrity;
pub mod manifest_confusion;
pub mod manifest_match;
mod outcome;

pub use integrity::{Algorithm, Digests, Hasher, Integrity, IntegrityMismatch};
pub use manifest_confusion::ManifestConfusion;
pub use manifest_match::ManifestMismatch;
pub use outcome::Outcome;
