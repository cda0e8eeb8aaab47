//! What is done about risk signs.

use serde::Deserialize;

use super::Section;

/// What is done about risk signs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FlagPolicy {}

/// The part as a file writes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Words {}

impl Section for FlagPolicy {
    type Words = Words;

    fn replaced_by(self, _words: Words) -> Self {
        self
    }

    fn tightened_by(self, _words: Words) -> Self {
        self
    }
}
