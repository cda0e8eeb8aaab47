//! What is demanded of provenance and publish attestations.

use serde::Deserialize;

use super::Section;

/// What is demanded of provenance and publish attestations.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AttestationPolicy {}

/// The part as a file writes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Words {}

impl Section for AttestationPolicy {
    type Words = Words;

    fn replaced_by(self, _words: Words) -> Self {
        self
    }

    fn tightened_by(self, _words: Words) -> Self {
        self
    }
}
