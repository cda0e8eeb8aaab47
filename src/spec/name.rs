//! Package names: what npm accepts, narrowed to what is also safe as a folder.

use super::uri;
use crate::error::{Code, Explain};
use std::{fmt, path::Path, sync::Arc};

/// Longest name the registry takes, in characters.
const MAX_LENGTH: usize = 214;

/// A package name that npm accepts and that is safe to use as one or two path components.
///
/// Shape: `name` or `@scope/name`; at most 214 characters, all of them left alone by
/// `encodeURIComponent`; no component starts with a dot or is `node_modules`. Capital letters
/// are legal: names of before 2014 have them. Cloning is cheap.
///
/// Source: validate-npm-package-name 7 `validForOldPackages`, plus the length and
/// `@scope/node_modules`, which npm only warns of or lets through.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PackageName(Arc<str>);

/// Why a string is not a package name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Invalid package name {name:?}: {}.", problems.join("; "))]
pub struct NameError {
    /// The string that was refused, cut to a printable length.
    pub name: String,
    /// npm's sentences, one per broken rule.
    pub problems: Vec<&'static str>,
}

impl Explain for NameError {
    fn code(&self) -> Code {
        Code::Badname
    }
}

impl PackageName {
    /// Parses a name.
    ///
    /// # Errors
    /// [`NameError`] with every rule the string breaks.
    pub fn parse(name: &str) -> Result<Self, NameError> {
        let mut problems = name_problems(name);
        if name.len() > MAX_LENGTH {
            problems.push("name can no longer contain more than 214 characters");
        }
        let last = name.rsplit('/').next().unwrap_or(name);
        if last != name && last.eq_ignore_ascii_case("node_modules") {
            problems.push("node_modules is not a valid package name");
        }
        if problems.is_empty() {
            return Ok(Self(Arc::from(name)));
        }
        Err(NameError { name: name.chars().take(MAX_LENGTH).collect(), problems })
    }

    /// The whole name, `@scope/name` or `name`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The scope with its `@`, for example `@types`.
    pub fn scope(&self) -> Option<&str> {
        self.0.split_once('/').map(|(scope, _)| scope)
    }

    /// The part after the scope.
    pub fn unscoped(&self) -> &str {
        self.0.split_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// The name as it stands in a registry URL: `@scope%2fname`.
    pub fn escaped(&self) -> String {
        self.0.replacen('/', "%2f", 1)
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for PackageName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// npm's reasons why `name` cannot even be an old package's name; empty when it can.
///
/// Source: validate-npm-package-name 7, `errors` (not `warnings`).
pub fn name_problems(name: &str) -> Vec<&'static str> {
    let mut problems = Vec::new();
    if name.is_empty() {
        problems.push("name length must be greater than zero");
    }
    for (first, problem) in [
        ('.', "name cannot start with a period"),
        ('-', "name cannot start with a hyphen"),
        ('_', "name cannot start with an underscore"),
    ] {
        if name.starts_with(first) {
            problems.push(problem);
        }
    }
    if super::version::trim(name) != name {
        problems.push("name cannot contain leading or trailing spaces");
    }
    if name.eq_ignore_ascii_case("node_modules") {
        problems.push("node_modules is not a valid package name");
    }
    if name.eq_ignore_ascii_case("favicon.ico") {
        problems.push("favicon.ico is not a valid package name");
    }
    if !uri::is_plain(name) {
        let scoped = name.strip_prefix('@').and_then(|rest| rest.split_once('/'));
        let bare = scoped.map_or(name, |(_, bare)| bare);
        // A name that starts with a period was already told so, and npm says it twice.
        if !bare.contains('/') && bare.starts_with('.') {
            problems.push("name cannot start with a period");
        }
        let plain = scoped.is_some_and(|(scope, bare)| {
            !scope.is_empty() && !bare.is_empty() && uri::is_plain(scope) && uri::is_plain(bare)
        });
        if !plain {
            problems.push("name can only contain URL-friendly characters");
        }
    }
    problems
}

/// The name a folder gives its package: the last component, with the one before it if that is a
/// scope. Empty for a root.
///
/// Source: @npmcli/name-from-folder 4.
pub fn name_from_folder(folder: &Path) -> String {
    let base = folder.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let parent = folder.parent().and_then(Path::file_name).map(|name| name.to_string_lossy());
    match parent {
        Some(scope) if scope.starts_with('@') => format!("{scope}/{base}"),
        _ => base.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parse_accepts_what_the_registry_serves() {
        for name in [
            "a",
            "JSONStream",
            "@types/node",
            "lodash.merge",
            "@a/_b",
            "crypto",
            "x~y",
            "@a/-b",
            "a..b",
        ] {
            assert!(PackageName::parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn parse_refuses_what_could_leave_its_folder() {
        let long = "a".repeat(215);
        for name in [
            "",
            ".",
            "..",
            ".bin",
            "a/b",
            "@a",
            "@a/",
            "@/a",
            "@a/..",
            "@a/.b",
            "@a/b/c",
            "a\\b",
            "node_modules",
            "Node_Modules",
            "@a/node_modules",
            "../a",
            "/a",
            "a\0",
            "a b",
            " a",
            "é",
            "C:a",
            "_a",
            "-a",
            "a%2fb",
            &long,
        ] {
            assert!(PackageName::parse(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn parts_of_a_scoped_name() {
        let name = PackageName::parse("@scope/name").unwrap();
        assert_eq!(
            (name.scope(), name.unscoped(), name.escaped().as_str()),
            (Some("@scope"), "name", "@scope%2fname")
        );
        let name = PackageName::parse("name").unwrap();
        assert_eq!(
            (name.scope(), name.unscoped(), name.escaped().as_str()),
            (None, "name", "name")
        );
    }

    #[test]
    fn name_from_folder_keeps_the_scope() {
        assert_eq!(name_from_folder(Path::new("/a/node_modules/@x/y")), "@x/y");
        assert_eq!(name_from_folder(Path::new("/a/y")), "y");
        assert_eq!(name_from_folder(Path::new("/")), "");
    }

    proptest! {
        #[test]
        fn parse_never_lets_a_dangerous_component_through(name in "[@./\\\\a-zA-Z_ -]{0,12}") {
            if let Ok(name) = PackageName::parse(&name) {
                let components: Vec<_> = name.as_str().split('/').collect();
                prop_assert!(components.len() <= 2);
                prop_assert!(components.iter().all(|part| !part.is_empty() && !part.starts_with('.')));
                prop_assert!(!name.as_str().contains('\\'));
            }
        }
    }
}
