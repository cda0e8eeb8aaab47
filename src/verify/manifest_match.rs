//! Is the tarball the package that was asked for?
//!
//! A digest proves which bytes came, not whose they are: a lockfile can point one package
//! at the honest tarball of another, with a valid digest. npm accepts that. Here the
//! tarball's own `package.json` must name the package and version that were asked for.

use crate::error::{Code, Explain};

/// What the tarball has to call itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected<'a> {
    /// From a registry: the real name (behind an alias, that of the target) and the exact version.
    Registry {
        /// The name asked of the registry, for example `@scope/name`.
        name: &'a str,
        /// The version chosen, for example `1.2.3`.
        version: &'a str,
    },
    /// From a URL, a file or a git repository: the tarball alone says what it is.
    Unnamed,
}

/// What the tarball calls itself: the two fields of its `package.json`, when they are strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    /// The field `name`.
    pub name: Option<&'a str>,
    /// The field `version`.
    pub version: Option<&'a str>,
}

/// The tarball is another package, or another version, than the one asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the tarball of {expected} contains {found}")]
pub struct ManifestMismatch {
    expected: String,
    found: String,
}

impl Explain for ManifestMismatch {
    fn code(&self) -> Code {
        Code::ManifestMismatch
    }

    fn package(&self) -> Option<String> {
        Some(self.expected.clone())
    }

    fn detail(&self) -> Vec<String> {
        vec![
            format!("Asked for: {}", self.expected),
            format!("package.json in the tarball: {}", self.found),
        ]
    }

    fn help(&self) -> Option<String> {
        Some(
            "The lockfile or the registry points at another package's tarball; do not install it."
                .to_owned(),
        )
    }
}

/// Compares what was asked for with what came.
///
/// Names are equal as text. Versions are equal after what npm does to the field when a
/// package is published (`semver.clean`, loose): outer spaces, leading `=` and `v`, and
/// build metadata do not count.
///
/// # Errors
/// [`ManifestMismatch`] when either field is missing or differs.
pub fn check(expected: Expected<'_>, found: Found<'_>) -> Result<(), ManifestMismatch> {
    let Expected::Registry { name, version } = expected else {
        return Ok(());
    };
    let name_matches = found.name.is_some_and(|found| found.trim() == name);
    let version_matches =
        found.version.is_some_and(|found| comparable(found) == comparable(version));
    if name_matches && version_matches {
        return Ok(());
    }
    let shown =
        |field: Option<&str>, missing: &str| field.map_or_else(|| missing.to_owned(), escaped);
    Err(ManifestMismatch {
        expected: format!("{name}@{version}"),
        found: format!(
            "{}@{}",
            shown(found.name, "(no name)"),
            shown(found.version, "(no version)")
        ),
    })
}

fn comparable(version: &str) -> &str {
    let bare = version.trim_start_matches(|c: char| c == '=' || c == 'v' || c.is_whitespace());
    bare.split_once('+').map_or(bare, |(precedence, _build)| precedence).trim_end()
}

/// Foreign text on one line and of bounded length.
fn escaped(text: &str) -> String {
    text.chars().take(256).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Expected<'_> = Expected::Registry { name: "@scope/name", version: "1.2.3" };

    fn found<'a>(name: &'a str, version: &'a str) -> Found<'a> {
        Found { name: Some(name), version: Some(version) }
    }

    #[test]
    fn check_same_name_and_version_is_accepted() {
        assert_eq!(check(ASKED, found("@scope/name", "1.2.3")), Ok(()));
    }

    #[test]
    fn check_version_as_written_before_publishing_is_accepted() {
        for version in ["v1.2.3", " = v1.2.3 ", "1.2.3+build.5"] {
            assert_eq!(check(ASKED, found("@scope/name", version)), Ok(()), "{version}");
        }
    }

    #[test]
    fn check_other_name_is_refused() {
        let error = check(ASKED, found("name", "1.2.3")).unwrap_err();
        assert_eq!(error.code(), Code::ManifestMismatch);
        assert_eq!(error.to_string(), "the tarball of @scope/name@1.2.3 contains name@1.2.3");
    }

    #[test]
    fn check_other_version_is_refused() {
        for version in ["1.2.4", "1.2.3-beta", "", "v"] {
            assert!(check(ASKED, found("@scope/name", version)).is_err(), "{version}");
        }
    }

    #[test]
    fn check_missing_fields_are_refused_with_a_name_for_the_gap() {
        let error = check(ASKED, Found { name: None, version: None }).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the tarball of @scope/name@1.2.3 contains (no name)@(no version)"
        );
    }

    #[test]
    fn check_hostile_text_is_escaped() {
        let error = check(ASKED, found("a\u{1b}[2J\nb", "1")).unwrap_err();
        assert!(!error.to_string().contains(['\u{1b}', '\n']));
    }

    #[test]
    fn check_source_without_a_registry_has_nothing_to_match() {
        assert_eq!(check(Expected::Unnamed, Found { name: None, version: None }), Ok(()));
    }
}
