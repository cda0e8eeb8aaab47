//! Packages that are accepted as they are, for a while: `[[exempt]]`.
//!
//! An exemption loosens, so only the user's own file can give one. It is bound to the bytes and
//! has an end: a list of names that grows for ever is a list that nobody reads.

use serde::Deserialize;

use super::Section;
use crate::config::date;

/// One exemption.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exemption {
    /// `name@version`.
    pub package: String,
    /// The exact integrity it is bound to.
    pub integrity: String,
    /// The checks that are waived.
    pub checks: Vec<Check>,
    /// Why, for whoever reads the file next.
    pub reason: String,
    /// The day it ends.
    pub expires: Day,
}

/// A check that can be waived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// That a signature is missing.
    Signature,
    /// That attestations are missing.
    Attestation,
    /// That an earlier version was proven better.
    Downgrade,
    /// That a rule is not fulfilled.
    Rule,
}

/// The first moment of a day in UTC, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Day(pub i64);

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        date::parse(&text).map(Self).ok_or_else(|| format!("{text:?} is no date"))
    }
}

/// All exemptions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exemptions {
    /// Those that hold.
    given: Vec<Exemption>,
    /// What a project would like to be exempt, `name@version`; for a warning.
    pub unheeded: Vec<String>,
}

impl Exemptions {
    /// Whether a check is waived for these bytes at this time, in milliseconds since 1970.
    pub fn waive(&self, package: &str, integrity: &str, check: Check, now: i64) -> bool {
        self.given.iter().any(|exemption| {
            exemption.package == package
                && exemption.integrity == integrity
                && exemption.checks.contains(&check)
                && now < exemption.expires.0
        })
    }
}

impl Section for Exemptions {
    type Words = Vec<Exemption>;

    fn replaced_by(self, words: Vec<Exemption>) -> Self {
        if words.is_empty() { self } else { Self { given: words, ..self } }
    }

    /// A project cannot exempt anything.
    fn tightened_by(mut self, words: Vec<Exemption>) -> Self {
        self.unheeded.extend(words.into_iter().map(|exemption| exemption.package));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{super::parse, *};
    const TEXT: &str = r#"
        [[exempt]]
        package = "semver@6.3.1"
        integrity = "sha512-AAAA"
        checks = ["downgrade"]
        reason = "released by hand"
        expires = "2027-01-01"
    "#;

    #[test]
    fn an_exemption_is_bound_to_bytes_check_and_time() {
        let exemptions = Exemptions::default().replaced_by(parse(TEXT).unwrap().exempt);
        let waive =
            |package, integrity, check, now| exemptions.waive(package, integrity, check, now);
        let now = date::parse("2026-12-31").unwrap();
        assert!(waive("semver@6.3.1", "sha512-AAAA", Check::Downgrade, now));
        assert!(!waive("semver@6.3.1", "sha512-BBBB", Check::Downgrade, now));
        assert!(!waive("semver@6.3.2", "sha512-AAAA", Check::Downgrade, now));
        assert!(!waive("semver@6.3.1", "sha512-AAAA", Check::Signature, now));
        let later = date::parse("2027-01-01").unwrap();
        assert!(!waive("semver@6.3.1", "sha512-AAAA", Check::Downgrade, later));
    }

    #[test]
    fn a_project_cannot_exempt() {
        let exemptions = Exemptions::default().tightened_by(parse(TEXT).unwrap().exempt);
        let now = date::parse("2026-12-31").unwrap();
        assert!(!exemptions.waive("semver@6.3.1", "sha512-AAAA", Check::Downgrade, now));
        assert_eq!(exemptions.unheeded, ["semver@6.3.1"]);
    }

    #[test]
    fn every_field_must_be_there() {
        assert!(parse("[[exempt]]\npackage = \"a@1.0.0\"").is_err());
    }
}
