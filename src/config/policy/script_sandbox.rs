//! Whether install scripts of dependencies run in a sandbox.
//!
//! ```toml
//! script-sandbox = "landlock"   # or "off"
//! ```

use serde::Deserialize;

use super::Section;

/// In what the install scripts of dependencies run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScriptSandbox {
    /// As npm runs them: with all that the user may do.
    #[default]
    Off,
    /// Linux: they write only in their package's folder and a private temporary one, reach no
    /// network, and see no credentials.
    Landlock,
}

impl Section for ScriptSandbox {
    type Words = Option<Self>;

    fn replaced_by(self, words: Self::Words) -> Self {
        words.unwrap_or(self)
    }

    fn tightened_by(self, words: Self::Words) -> Self {
        self.max(words.unwrap_or(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_can_turn_it_on_and_not_off() {
        let (off, on) = (ScriptSandbox::Off, ScriptSandbox::Landlock);
        assert_eq!(off.tightened_by(Some(on)), on);
        assert_eq!(on.tightened_by(Some(off)), on);
        assert_eq!(on.tightened_by(None), on);
        assert_eq!(on.replaced_by(Some(off)), off);
    }
}
