//! What is demanded of provenance and publish attestations: `[attestation]`.

use serde::Deserialize;

use super::Section;

/// What is demanded of provenance and publish attestations.
#[derive(Clone, Debug, PartialEq)]
pub struct AttestationPolicy {
    /// Which packages must have them.
    pub mode: Mode,
    /// What follows when they cannot be fetched; it is never called tampering.
    pub unreachable: Unreachable,
}

impl Default for AttestationPolicy {
    fn default() -> Self {
        Self { mode: Mode::VerifyPresent, unreachable: Unreachable::Warn }
    }
}

/// Which packages must have attestations; a later one is stricter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// None; they are not fetched.
    Off,
    /// Those that are announced must hold.
    VerifyPresent,
    /// Each package from a registry must have them.
    Require,
}

/// What follows when attestations cannot be fetched; a later one is stricter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unreachable {
    /// It is told.
    Warn,
    /// Nothing is installed.
    Error,
}

/// The part as a file writes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Words {
    mode: Option<Mode>,
    unreachable: Option<Unreachable>,
}

impl Section for AttestationPolicy {
    type Words = Words;

    fn replaced_by(self, words: Words) -> Self {
        Self {
            mode: words.mode.unwrap_or(self.mode),
            unreachable: words.unreachable.unwrap_or(self.unreachable),
        }
    }

    fn tightened_by(self, words: Words) -> Self {
        Self {
            mode: words.mode.map_or(self.mode, |word| word.max(self.mode)),
            unreachable: words.unreachable.map_or(self.unreachable, |w| w.max(self.unreachable)),
        }
    }
}
