//! How many registries must agree about a version.
//!
//! ```toml
//! [registries]
//! quorum = 2
//! ```

use std::num::NonZeroUsize;

use serde::Deserialize;

use super::Section;

/// How many registries must agree about a version.
#[derive(Clone, Debug, PartialEq)]
pub struct RegistryPolicy {
    /// This many of the pool must serve the same document of every version that is installed; 1
    /// asks for no agreement beyond what resolution itself compares.
    pub quorum: usize,
    /// What it is by the user's word, without the project's.
    pub own_quorum: usize,
}

impl Default for RegistryPolicy {
    fn default() -> Self {
        Self { quorum: 1, own_quorum: 1 }
    }
}

/// The part as a file writes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Words {
    quorum: Option<NonZeroUsize>,
}

impl Section for RegistryPolicy {
    type Words = Words;

    fn replaced_by(self, words: Words) -> Self {
        let quorum = words.quorum.map_or(self.own_quorum, NonZeroUsize::get);
        Self { quorum, own_quorum: quorum }
    }

    fn tightened_by(self, words: Words) -> Self {
        let quorum = self.quorum.max(words.quorum.map_or(1, NonZeroUsize::get));
        Self { quorum, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(quorum: usize) -> Words {
        Words { quorum: NonZeroUsize::new(quorum) }
    }

    #[test]
    fn a_project_raises_the_quorum_and_cannot_lower_it() {
        let user = RegistryPolicy::default().replaced_by(words(2));
        assert_eq!(user.clone().tightened_by(words(1)).quorum, 2);
        let raised = user.clone().tightened_by(words(3));
        assert_eq!((raised.quorum, raised.own_quorum), (3, 2));
        assert_eq!(user.tightened_by(Words::default()).quorum, 2);
    }

    #[test]
    fn a_quorum_of_none_is_an_error() {
        assert!(toml::from_str::<Words>("quorum = 0").is_err());
    }
}
