//! The seed that decides which package is asked of which registry.
//!
//! `--registry-seed=<text>` sets it, `random` draws one for this run; otherwise it is the one of
//! the last run in this project, kept in the sidecar, so that runs can be repeated.

use std::path::Path;

use ring::rand::{SecureRandom as _, SystemRandom};

use super::sidecar;
use crate::verify::{
    Digests,
    integrity::{decode_hex, encode_hex},
};

/// A seed: 32 bytes, written as hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// The seed of a run in `project`, given what `--registry-seed` says.
    pub(super) fn choose(asked: Option<&str>, project: &Path) -> Self {
        match asked {
            Some("random") => Self::random(),
            Some(text) if !text.is_empty() => Self::of_text(text),
            _ => sidecar::seed(project).unwrap_or_else(Self::random),
        }
    }

    /// 64 hexadecimal digits are the seed itself, any other text stands for its digest.
    fn of_text(text: &str) -> Self {
        Self::from_hex(text).unwrap_or_else(|| {
            let digests = Digests::of(text.as_bytes(), []);
            Self(digests.sha512().first_chunk().copied().unwrap_or_default())
        })
    }

    /// Reads [`Self::to_hex`].
    pub(super) fn from_hex(text: &str) -> Option<Self> {
        decode_hex(text)?.try_into().ok().map(Self)
    }

    /// The seed as `--registry-seed` takes it.
    pub fn to_hex(self) -> String {
        encode_hex(&self.0)
    }

    /// The bytes.
    pub(super) fn bytes(self) -> [u8; 32] {
        self.0
    }

    /// A machine without randomness gets the same assignment each time: a matter of balance, not
    /// of trust.
    fn random() -> Self {
        let mut bytes = [0; 32];
        SystemRandom::new().fill(&mut bytes).unwrap_or_default();
        Self(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seed_in_digits_is_itself_and_any_other_text_its_digest() {
        let seed = Seed::of_text("a text");
        assert_eq!(Seed::of_text(&seed.to_hex()), seed);
        assert_ne!(Seed::of_text("another"), seed);
    }

    #[test]
    fn random_seeds_differ() {
        let nowhere = Path::new("/nowhere");
        let drawn = || Seed::choose(Some("random"), nowhere);
        assert_ne!(drawn(), drawn());
        assert_ne!(Seed::choose(None, nowhere), Seed::choose(None, nowhere));
    }
}
