//! What follows when a version is proven less well than one before it: `[downgrade]`.

use std::time::Duration;

use serde::Deserialize;

use super::Section;

const DAY: Duration = Duration::from_hours(24);

/// What follows when a version is proven less well than one before it.
#[derive(Clone, Debug, PartialEq)]
pub struct DowngradePolicy {
    /// What follows.
    pub action: Action,
    /// Which earlier versions count.
    pub scope: Scope,
    /// Versions published longer ago than this are not compared.
    pub ignore_older_than: Option<Duration>,
}

impl Default for DowngradePolicy {
    fn default() -> Self {
        Self { action: Action::Warn, scope: Scope::SameMajor, ignore_older_than: None }
    }
}

/// What follows; a later one is stricter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Nothing; it is not looked at.
    Off,
    /// It is told.
    Warn,
    /// Nothing is installed.
    Error,
}

/// Which earlier versions count; a later one is stricter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Those of the same major version: old lines of a package are often released by hand.
    SameMajor,
    /// All.
    Any,
}

/// The part as a file writes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Words {
    action: Option<Action>,
    scope: Option<Scope>,
    ignore_older_than: Option<Days>,
}

/// `730d`, `0d` for no limit.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Days(u32);

impl TryFrom<String> for Days {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let days = text.strip_suffix('d').and_then(|days| days.parse().ok());
        days.map(Self).ok_or_else(|| format!("{text:?} is no number of days, such as \"730d\""))
    }
}

impl Days {
    fn duration(self) -> Option<Duration> {
        (self.0 > 0).then(|| DAY * self.0)
    }
}

impl Section for DowngradePolicy {
    type Words = Words;

    fn replaced_by(self, words: Words) -> Self {
        Self {
            action: words.action.unwrap_or(self.action),
            scope: words.scope.unwrap_or(self.scope),
            ignore_older_than: words
                .ignore_older_than
                .map_or(self.ignore_older_than, Days::duration),
        }
    }

    fn tightened_by(self, words: Words) -> Self {
        let longer =
            |word: Days| self.ignore_older_than.and_then(|known| Some(word.duration()?.max(known)));
        Self {
            action: words.action.map_or(self.action, |word| word.max(self.action)),
            scope: words.scope.map_or(self.scope, |word| word.max(self.scope)),
            ignore_older_than: words.ignore_older_than.map_or(self.ignore_older_than, longer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::parse, *};

    fn words(text: &str) -> Words {
        parse(text).unwrap().downgrade
    }

    #[test]
    fn a_project_can_only_look_further_back() {
        let limited = || {
            DowngradePolicy::default()
                .replaced_by(words("[downgrade]\nignore_older_than = \"100d\""))
        };
        let after = |days: &str| {
            let text = format!("[downgrade]\nignore_older_than = \"{days}\"");
            limited().tightened_by(words(&text)).ignore_older_than
        };
        assert_eq!(after("50d"), Some(DAY * 100));
        assert_eq!(after("200d"), Some(DAY * 200));
        assert_eq!(after("0d"), None);
        assert!(parse("[downgrade]\nignore_older_than = \"2y\"").is_err());
    }

    #[test]
    fn a_project_cannot_switch_it_off() {
        let policy =
            DowngradePolicy::default().tightened_by(words("[downgrade]\naction = \"off\""));
        assert_eq!(policy.action, Action::Warn);
    }
}
