//! What is demanded of the checksum database.

use serde::Deserialize;

use super::Section;

/// What is demanded of the checksum database.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SumdbPolicy {}

/// The part as a file writes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Words {}

impl Section for SumdbPolicy {
    type Words = Words;

    fn replaced_by(self, _words: Words) -> Self {
        self
    }

    fn tightened_by(self, _words: Words) -> Self {
        self
    }
}
