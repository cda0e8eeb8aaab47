//! What is done about risk flags: levels by flag and package, the age gate, trust, lists of known
//! malicious packages.
//!
//! ```toml
//! [policy]
//! min-release-age = "3d"
//! trust = "no-downgrade"
//! malicious = ["lists/npm.json"]
//! [flags]
//! publisher-new = "info"
//! new-dep-young = { level = "block", days = 30 }
//! [flags.overrides."@types/*"]
//! publisher-new = "off"
//! ```

use std::collections::BTreeMap;

use globset::{Glob, GlobMatcher};
use serde::{Deserialize, Deserializer, de::Error as _};

use super::Section;
use crate::{event::Gravity, flag::Flag};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Days up to which a new dependency counts as young.
const YOUNG_DAYS: i64 = 30;

/// What a flag does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing.
    Off,
    /// It is told where details are asked for.
    Info,
    /// It is told.
    Warn,
    /// Nothing is installed.
    Block,
}

impl Level {
    /// The gravity of a finding; `None` when it is no finding.
    pub fn gravity(self) -> Option<Gravity> {
        match self {
            Self::Off => None,
            Self::Info => Some(Gravity::Info),
            Self::Warn => Some(Gravity::Warn),
            Self::Block => Some(Gravity::Block),
        }
    }
}

/// The built-in level of a flag.
pub fn default_level(flag: Flag) -> Level {
    match flag {
        Flag::KnownMalicious
        | Flag::PublisherScript
        | Flag::Downgrade
        | Flag::NewDepYoung
        | Flag::MinifiedCapability
        | Flag::SiblingCapability => Level::Block,
        Flag::PublisherUnusual
        | Flag::MaintainersReplaced
        | Flag::EmailChanged
        | Flag::DowngradeSettled
        | Flag::PublisherMoved
        | Flag::NewDepUnrelated
        | Flag::ExoticDep
        | Flag::NewScript
        | Flag::TooYoung
        | Flag::MinifiedExcess
        | Flag::MinifiedAlone
        | Flag::NewCapability
        | Flag::NewHost
        | Flag::OddRequire
        | Flag::HiddenCode
        | Flag::OpaqueFile
        | Flag::Unchecked => Level::Warn,
        Flag::PublisherNew
        | Flag::MaintainersChanged
        | Flag::NewDep
        | Flag::ScriptChanged
        | Flag::Burst
        | Flag::NoGitHead
        | Flag::SiblingExcess
        | Flag::Unattributed
        | Flag::Unexplained
        | Flag::NoSource => Level::Info,
    }
}

/// Whether less evidence than the baseline had is a sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trust {
    /// No.
    Off,
    /// Yes.
    #[default]
    NoDowngrade,
}

/// Levels for packages of a pattern.
#[derive(Clone, Debug)]
struct Override {
    text: String,
    pattern: GlobMatcher,
    levels: BTreeMap<Flag, Level>,
}

impl PartialEq for Override {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.levels == other.levels
    }
}

/// What is done about risk flags.
#[derive(Clone, Debug, PartialEq)]
pub struct FlagPolicy {
    /// Levels that differ from the built-in ones, as the user wants them.
    levels: BTreeMap<Flag, Level>,
    /// The user's overrides; they replace.
    overrides: Vec<Override>,
    /// The project's levels; they only raise.
    raised: BTreeMap<Flag, Level>,
    /// The project's overrides; they only raise.
    raised_overrides: Vec<Override>,
    /// Days up to which a new dependency is young.
    pub young_days: i64,
    /// How old a version must be, in milliseconds.
    pub min_release_age_ms: i64,
    /// Whether less evidence is a sign.
    pub trust: Trust,
    /// Files or URLs of lists of known malicious packages.
    pub malicious: Vec<String>,
}

impl Default for FlagPolicy {
    fn default() -> Self {
        Self {
            levels: BTreeMap::new(),
            overrides: Vec::new(),
            raised: BTreeMap::new(),
            raised_overrides: Vec::new(),
            young_days: YOUNG_DAYS,
            min_release_age_ms: 0,
            trust: Trust::default(),
            malicious: Vec::new(),
        }
    }
}

impl FlagPolicy {
    /// The level of a flag for a package: the user's word (the last pattern that fits, else the
    /// flag's own, else the built-in one), raised by the project's.
    pub fn level(&self, flag: Flag, package: &str) -> Level {
        self.level_or(flag, package, default_level(flag))
    }

    /// As [`level`](Self::level), for a change to another major that is old enough to be settled:
    /// a rewrite has every reason to use what its forerunner did not, so that what code can do
    /// more is told and, unless somebody asked for more, stops nothing.
    pub fn level_of_a_rewrite(&self, flag: Flag, package: &str) -> Level {
        let built_in = match flag {
            Flag::MinifiedCapability | Flag::SiblingCapability => Level::Warn,
            _ => default_level(flag),
        };
        self.level_or(flag, package, built_in)
    }

    fn level_or(&self, flag: Flag, package: &str, built_in: Level) -> Level {
        if self.trust == Trust::Off && matches!(flag, Flag::Downgrade | Flag::DowngradeSettled) {
            return Level::Off;
        }
        let fitting = |overrides: &[Override]| {
            let mut fits = overrides.iter().rev().filter(|known| known.pattern.is_match(package));
            fits.find_map(|known| known.levels.get(&flag).copied())
        };
        let own = fitting(&self.overrides)
            .or_else(|| self.levels.get(&flag).copied())
            .unwrap_or(built_in);
        let raised = self.raised.get(&flag).copied().max(fitting(&self.raised_overrides));
        own.max(raised.unwrap_or(Level::Off))
    }
}

/// `[flags]` as a file writes it.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    levels: BTreeMap<Flag, Level>,
    young_days: Option<i64>,
    overrides: Vec<Override>,
}

/// `[policy]` as a file writes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(super) struct PolicyWords {
    #[serde(deserialize_with = "duration")]
    min_release_age: Option<i64>,
    trust: Option<Trust>,
    malicious: Vec<String>,
}

/// A level, alone or with the days it depends on.
#[derive(Deserialize)]
#[serde(untagged)]
enum Setting {
    Level(Level),
    Detailed(Detailed),
    Overrides(BTreeMap<String, BTreeMap<String, Level>>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Detailed {
    level: Level,
    days: Option<u32>,
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut words = Self::default();
        for (key, setting) in BTreeMap::<String, Setting>::deserialize(deserializer)? {
            match setting {
                Setting::Overrides(overrides) if key == "overrides" => {
                    for (text, levels) in overrides {
                        words.overrides.push(an_override(text, levels).map_err(D::Error::custom)?);
                    }
                }
                Setting::Level(level) => {
                    words.levels.insert(flag(&key).map_err(D::Error::custom)?, level);
                }
                Setting::Detailed(Detailed { level, days }) => {
                    let flag = flag(&key).map_err(D::Error::custom)?;
                    words.levels.insert(flag, level);
                    match (flag, days) {
                        (_, None) => {}
                        (Flag::NewDepYoung | Flag::NewDepUnrelated, Some(days)) => {
                            words.young_days = Some(i64::from(days));
                        }
                        _ => return Err(D::Error::custom(format!("{key} knows no days"))),
                    }
                }
                Setting::Overrides(_) => {
                    return Err(D::Error::custom(format!("{key} takes a level")));
                }
            }
        }
        Ok(words)
    }
}

fn flag(name: &str) -> Result<Flag, String> {
    Flag::parse(name).ok_or_else(|| format!("there is no flag {name:?}"))
}

fn an_override(text: String, levels: BTreeMap<String, Level>) -> Result<Override, String> {
    let pattern = Glob::new(&text).map_err(|error| error.to_string())?.compile_matcher();
    let levels = levels.into_iter().map(|(name, level)| Ok((flag(&name)?, level)));
    Ok(Override { pattern, text, levels: levels.collect::<Result<_, String>>()? })
}

/// `"3d"`, `"12h"`, `"30m"`, or a number of days.
fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        Days(u32),
        Text(String),
    }
    match Given::deserialize(deserializer)? {
        Given::Days(days) => Ok(Some(i64::from(days) * DAY_MS)),
        Given::Text(text) => {
            let parsed = parse_duration(&text);
            parsed.map(Some).ok_or_else(|| {
                D::Error::custom(format!("{text:?} is no duration; write 3d, 12h or 30m"))
            })
        }
    }
}

fn parse_duration(text: &str) -> Option<i64> {
    let unit = match text.chars().last()? {
        'd' => DAY_MS,
        'h' => DAY_MS / 24,
        'm' => DAY_MS / 24 / 60,
        _ => return None,
    };
    let count: u32 = text.get(..text.len() - 1)?.parse().ok()?;
    i64::from(count).checked_mul(unit)
}

impl FlagPolicy {
    /// The user's words of `[policy]`: they replace.
    pub(super) fn with(mut self, words: PolicyWords) -> Self {
        self.min_release_age_ms = words.min_release_age.unwrap_or(self.min_release_age_ms);
        self.trust = words.trust.unwrap_or(self.trust);
        self.malicious.extend(words.malicious);
        self
    }

    /// The project's words of `[policy]`: the stricter of the two holds.
    pub(super) fn with_at_least(mut self, words: PolicyWords) -> Self {
        self.min_release_age_ms =
            self.min_release_age_ms.max(words.min_release_age.unwrap_or_default());
        self.trust = self.trust.max(words.trust.unwrap_or(Trust::Off));
        self.malicious.extend(words.malicious);
        self
    }
}

impl Section for FlagPolicy {
    type Words = Words;

    fn replaced_by(mut self, words: Words) -> Self {
        self.levels.extend(words.levels);
        self.overrides.extend(words.overrides);
        self.young_days = words.young_days.unwrap_or(self.young_days);
        self
    }

    fn tightened_by(mut self, words: Words) -> Self {
        for (flag, level) in words.levels {
            let raised = self.raised.entry(flag).or_insert(level);
            *raised = level.max(*raised);
        }
        self.raised_overrides.extend(words.overrides);
        self.young_days = self.young_days.max(words.young_days.unwrap_or_default());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Result<Words, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_level_is_the_patterns_then_the_flags_then_the_built_in_one() -> Result<(), String> {
        let policy = FlagPolicy::default().replaced_by(words(
            "publisher-new = \"warn\"\n[overrides.\"@types/*\"]\npublisher-new = \"off\"\n",
        )?);
        assert_eq!(policy.level(Flag::PublisherNew, "a"), Level::Warn);
        assert_eq!(policy.level(Flag::PublisherNew, "@types/a"), Level::Off);
        assert_eq!(policy.level(Flag::NewDepYoung, "@types/a"), Level::Block);
        Ok(())
    }

    #[test]
    fn a_project_raises_levels_and_never_lowers_one() -> Result<(), String> {
        let policy = FlagPolicy::default().tightened_by(words(
            "known-malicious = \"off\"\nnew-script = \"block\"\n[overrides.\"*\"]\nminified-excess = \"off\"\n",
        )?);
        assert_eq!(policy.level(Flag::KnownMalicious, "a"), Level::Block);
        assert_eq!(policy.level(Flag::NewScript, "a"), Level::Block);
        assert_eq!(policy.level(Flag::MinifiedExcess, "a"), Level::Warn);
        Ok(())
    }

    #[test]
    fn powers_that_come_with_a_rewrite_are_told_and_stop_nothing_unless_somebody_wants_it()
    -> Result<(), String> {
        let policy = FlagPolicy::default();
        let flag = Flag::MinifiedCapability;
        assert_eq!(policy.level_of_a_rewrite(flag, "a"), Level::Warn);
        assert_eq!(policy.level_of_a_rewrite(Flag::NewDepYoung, "a"), Level::Block);
        let strict = policy.clone().tightened_by(words("minified-capability = \"block\"")?);
        assert_eq!(strict.level_of_a_rewrite(flag, "a"), Level::Block);
        let own = policy.replaced_by(words("minified-capability = \"block\"")?);
        assert_eq!(own.level_of_a_rewrite(flag, "a"), Level::Block);
        Ok(())
    }

    #[test]
    fn days_belong_to_the_flags_that_count_them() -> Result<(), String> {
        let policy = FlagPolicy::default()
            .replaced_by(words("new-dep-young = { level = \"warn\", days = 90 }")?);
        assert_eq!((policy.young_days, policy.level(Flag::NewDepYoung, "a")), (90, Level::Warn));
        assert!(words("new-script = { level = \"warn\", days = 90 }").is_err());
        Ok(())
    }

    #[test]
    fn a_flag_nobody_knows_is_an_error_that_names_it() {
        let error = words("publisher-knew = \"off\"").err().unwrap_or_default();
        assert!(error.contains("publisher-knew"), "{error}");
    }

    #[test]
    fn durations_have_units() {
        assert_eq!(parse_duration("3d"), Some(3 * DAY_MS));
        assert_eq!(parse_duration("90m"), Some(90 * 60 * 1000));
        assert_eq!(parse_duration("3"), None);
        assert_eq!(parse_duration("-3d"), None);
    }
}
