//! How many registries must agree about a version.

use serde::Deserialize;

use super::Section;

/// How many registries must agree about a version.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RegistryPolicy {}

/// The part as a file writes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Words {}

impl Section for RegistryPolicy {
    type Words = Words;

    fn replaced_by(self, _words: Words) -> Self {
        self
    }

    fn tightened_by(self, _words: Words) -> Self {
        self
    }
}
