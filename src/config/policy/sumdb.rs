//! What is demanded of the checksum database.
//!
//! ```toml
//! [sumdb]
//! mode = "enforce"             # or "warn", "off"
//! manifest = "enforce"         # a registry's manifest against the tarball's package.json
//! quorum = 1                   # how many of the logs must have a record
//! namespace = "npm"            # what the configured registry serves; the user's word only
//! private = ["@corp/*"]        # names that no log is asked about; the user's word only
//!
//! [[sumdb.log]]                # the user's word only
//! url = "https://log.example/"
//! vkey = "log.example+…"       # or policy = "<a tlog-policy file>" with witnesses
//! ```
//!
//! A private name is excluded from the check, so a project's file cannot add one; neither can
//! it add logs or say whose packages a registry serves. There those words are passed over.

use std::path::PathBuf;

use globset::GlobSet;
use serde::Deserialize;

use super::Section;
use crate::config::network::private_glob;

/// What happens when a log has no record or cannot be asked. Contradictions are fatal in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SumdbMode {
    /// Nothing is asked, nothing recorded.
    Off,
    /// It is told.
    Warn,
    /// Nothing is installed.
    #[default]
    Enforce,
}

/// What is demanded of the checksum database.
#[derive(Clone, Debug, PartialEq)]
pub struct SumdbPolicy {
    /// When a log has no record or cannot be asked.
    pub mode: SumdbMode,
    /// When a registry's manifest is not that of the tarball.
    pub manifest: SumdbMode,
    /// How many logs must have a record; at least one, where there are logs.
    pub quorum: usize,
    /// The namespace that the configured registry serves, where it is not told by its URL.
    pub namespace: Option<String>,
    /// Names that no log is asked about: npm names, `*` for any part.
    pub private: Vec<String>,
    /// The logs.
    pub logs: Vec<LogEntry>,
}

/// A log to ask.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogEntry {
    /// Where it is reached.
    pub url: String,
    /// Its key.
    #[serde(default)]
    pub vkey: Option<String>,
    /// A tlog-policy file in place of the key.
    #[serde(default)]
    pub policy: Option<PathBuf>,
    /// Its origin, where that is not its key's name.
    #[serde(default)]
    pub origin: Option<String>,
}

impl Default for SumdbPolicy {
    fn default() -> Self {
        Self {
            mode: SumdbMode::default(),
            manifest: SumdbMode::default(),
            quorum: 1,
            namespace: None,
            private: Vec::new(),
            logs: Vec::new(),
        }
    }
}

impl SumdbPolicy {
    /// What tells private names from others, made once for many.
    pub fn private_names(&self) -> GlobSet {
        let globs = self.private.iter().filter_map(|pattern| private_glob(pattern).ok());
        let mut set = GlobSet::builder();
        for glob in globs {
            set.add(glob);
        }
        // Each pattern was read when the file was; together they are too large only by malice.
        set.build().unwrap_or_default()
    }
}

/// The part as a file writes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Words {
    mode: Option<SumdbMode>,
    manifest: Option<SumdbMode>,
    quorum: Option<usize>,
    namespace: Option<String>,
    private: Option<Vec<Pattern>>,
    log: Option<Vec<LogEntry>>,
}

/// A pattern that can be read.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Pattern(String);

impl TryFrom<String> for Pattern {
    type Error = globset::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        private_glob(&text)?;
        Ok(Self(text))
    }
}

impl Section for SumdbPolicy {
    type Words = Words;

    fn replaced_by(self, words: Words) -> Self {
        let private = words.private.map(|list| list.into_iter().map(|Pattern(text)| text));
        Self {
            mode: words.mode.unwrap_or(self.mode),
            manifest: words.manifest.unwrap_or(self.manifest),
            quorum: words.quorum.unwrap_or(self.quorum).max(1),
            namespace: words.namespace.or(self.namespace),
            private: private.map_or(self.private, Iterator::collect),
            logs: words.log.unwrap_or(self.logs),
        }
    }

    fn tightened_by(self, words: Words) -> Self {
        Self {
            mode: words.mode.unwrap_or(self.mode).max(self.mode),
            manifest: words.manifest.unwrap_or(self.manifest).max(self.manifest),
            quorum: words.quorum.unwrap_or(self.quorum).max(self.quorum),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Words {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_project_can_only_tighten() {
        let user = SumdbPolicy::default()
            .replaced_by(words("mode = \"warn\"\nquorum = 2\nprivate = [\"@a/*\"]"));
        assert_eq!((user.mode, user.quorum), (SumdbMode::Warn, 2));
        let project = words(
            "mode = \"off\"\nmanifest = \"off\"\nquorum = 1\nnamespace = \"x\"\nprivate = [\"*\"]\n\
             [[log]]\nurl = \"https://log.example\"\nvkey = \"x\"",
        );
        assert_eq!(user.clone().tightened_by(project), user);
        assert_eq!(user.tightened_by(words("mode = \"enforce\"")).mode, SumdbMode::Enforce);
    }

    #[test]
    fn a_private_pattern_matches_names_and_scopes() {
        let private = "private = [\"@corp/*\", \"@whole\", \"in-*\"]";
        let policy = SumdbPolicy::default().replaced_by(words(private));
        for name in ["@corp/a", "@whole/a", "in-house"] {
            assert!(policy.private_names().is_match(name), "{name}");
        }
        for name in ["@corporate/a", "@wholesome/a", "corp", "lodash"] {
            assert!(!policy.private_names().is_match(name), "{name}");
        }
    }

    #[test]
    fn what_nobody_knows_or_cannot_be_read_is_an_error() {
        for text in [
            "mode = \"lenient\"",
            "modes = 1",
            "private = [\"[\"]",
            "[[log]]\nurl = \"x\"\nkey = \"y\"",
        ] {
            assert!(toml::from_str::<Words>(text).is_err(), "{text}");
        }
    }
}
