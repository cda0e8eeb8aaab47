//! Package specs: what `name@spec` on the command line or `"name": "spec"` in a manifest means.
//!
//! The order of the questions is npm-package-arg 13's, because it decides the answer: path or
//! `file:`, alias, known git host, URL, path by its look, registry.

mod file;
mod git;

use super::{
    hosted::Hosted,
    name::name_problems,
    range::Range,
    uri,
    version::{Version, trim},
};
use crate::error::{Code, Explain};
use file::from_path;
use git::{from_hosted, from_url};
use std::{fmt, path::Path};

/// Longest spec, in bytes.
const MAX_LENGTH: usize = 64 * 1024;

/// What a package is asked for by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// As given, or `name@spec` when the two were given apart.
    pub raw: String,
    /// The package's name, where the spec tells it. Accepted by npm, but only
    /// [`PackageName`](super::PackageName) makes it safe in a path.
    pub name: Option<String>,
    /// The part after the name; `*` when there was none.
    pub raw_spec: String,
    /// What kind of thing is asked for.
    pub kind: SpecKind,
    /// Where to get it: version, range or tag; URL; absolute path. Empty for an alias, and for a
    /// git shortcut, whose URL depends on how it is fetched.
    pub fetch_spec: String,
    /// What to write into package.json; `None` for registry specs, where the version that was
    /// found decides.
    pub save_spec: Option<String>,
}

/// The kinds of spec (npm's `type`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpecKind {
    /// An exact version from the registry.
    Version,
    /// A range of versions from the registry.
    Range,
    /// A dist-tag of the registry.
    Tag,
    /// `npm:other@spec`: a registry package under another name.
    Alias(Box<Spec>),
    /// A tarball at an http(s) URL.
    Remote,
    /// A tarball on disk.
    File,
    /// A folder on disk.
    Directory,
    /// A git repository.
    Git(GitSpec),
}

/// Where in a git repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GitSpec {
    /// Commit, branch or tag.
    pub committish: Option<String>,
    /// `#semver:range`: the highest tag in the range.
    pub range: Option<String>,
    /// `#…::path:sub`: a folder of the repository, with a leading slash.
    pub subdir: Option<String>,
    /// The repository on a host npm knows.
    pub hosted: Option<Hosted>,
}

/// A spec npm refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(
    missing_docs,
    reason = "the text of each variant says what it is; the fields are its blanks"
)]
pub enum SpecError {
    #[error("Invalid package name \"{name}\" of package \"{raw}\": {}.", problems.join("; "))]
    InvalidName { name: String, raw: String, problems: Vec<&'static str> },
    #[error(
        "Invalid tag name \"{name}\" of package \"{raw}\": Tags may not have any characters that encodeURIComponent encodes."
    )]
    InvalidTag { name: String, raw: String },
    #[error("Unsupported URL Type \"{protocol}\": {spec}")]
    UnsupportedProtocol { protocol: String, spec: String },
    #[error("Invalid URL")]
    InvalidUrl(String),
    #[error("URI malformed")]
    MalformedUri,
    #[error("Invalid file: URL, must comply with RFC 8089")]
    InvalidFileUrl(String),
    #[error("nested aliases not supported")]
    NestedAlias,
    #[error("aliases only work for registry deps")]
    AliasOfOther,
    #[error("aliases must have a name")]
    AliasWithoutName,
    #[error("cannot override existing {0}")]
    GitAttribute(&'static str),
    #[error("spec is longer than {MAX_LENGTH} bytes")]
    TooLong,
}

impl Explain for SpecError {
    fn code(&self) -> Code {
        match self {
            Self::InvalidName { .. } => Code::Badname,
            Self::InvalidTag { .. } => Code::InvalidTagName,
            Self::UnsupportedProtocol { .. } => Code::UnsupportedProtocol,
            Self::TooLong => Code::TooLarge,
            _ => Code::Badspec,
        }
    }

    fn code_text(&self) -> String {
        match self {
            // Node's own code, which npm lets through.
            Self::InvalidUrl(_) => "ERR_INVALID_URL".to_owned(),
            _ => self.code().as_str().to_owned(),
        }
    }

    fn package(&self) -> Option<String> {
        match self {
            Self::InvalidName { raw, .. } | Self::InvalidTag { raw, .. } => Some(raw.clone()),
            Self::InvalidUrl(url) => Some(url.clone()),
            _ => None,
        }
    }
}

/// Whether a spec may be an alias: what an alias names may not.
#[derive(Clone, Copy, PartialEq)]
enum Aliases {
    Allowed,
    Refused,
}

impl Spec {
    /// Reads a command-line argument: `name`, `name@spec`, or a bare URL, path or shortcut.
    /// Relative paths are taken from `where_`, an absolute folder.
    ///
    /// # Errors
    /// [`SpecError`] with npm's text.
    pub fn parse(arg: &str, where_: &Path) -> Result<Self, SpecError> {
        parse_argument(arg, where_, Aliases::Allowed)
    }

    /// Reads a dependency of a manifest: its name and what stands behind it.
    ///
    /// # Errors
    /// [`SpecError`] with npm's text.
    pub fn resolve(name: &str, spec: &str, where_: &Path) -> Result<Self, SpecError> {
        let name = Some(name).filter(|name| !name.is_empty());
        let raw = name.map_or_else(|| spec.to_owned(), |name| format!("{name}@{spec}"));
        read(raw, name, spec, where_, Aliases::Allowed)
    }

    /// Whether it comes from a registry: version, range, tag, or an alias of one.
    pub fn is_registry(&self) -> bool {
        matches!(
            self.kind,
            SpecKind::Version | SpecKind::Range | SpecKind::Tag | SpecKind::Alias(_)
        )
    }

    /// The spec an alias stands for, else this one.
    pub fn target(&self) -> &Self {
        if let SpecKind::Alias(target) = &self.kind { target } else { self }
    }

    /// As [`Self::target`], by value.
    #[must_use]
    pub fn into_target(self) -> Self {
        if let SpecKind::Alias(target) = self.kind { *target } else { self }
    }

    /// The git part, if it is one.
    pub fn git(&self) -> Option<&GitSpec> {
        if let SpecKind::Git(git) = &self.kind { Some(git) } else { None }
    }

    /// npm's name of the kind: `version`, `range`, `tag`, `alias`, `remote`, `file`,
    /// `directory`, `git`.
    pub fn type_name(&self) -> &'static str {
        match self.kind {
            SpecKind::Version => "version",
            SpecKind::Range => "range",
            SpecKind::Tag => "tag",
            SpecKind::Alias(_) => "alias",
            SpecKind::Remote => "remote",
            SpecKind::File => "file",
            SpecKind::Directory => "directory",
            SpecKind::Git(_) => "git",
        }
    }

    /// The scope of the name, with its `@`.
    pub fn scope(&self) -> Option<&str> {
        self.name.as_deref().filter(|name| name.starts_with('@'))?.split('/').next()
    }

    /// The name as it stands in a registry URL: `@scope%2fname`.
    pub fn escaped_name(&self) -> Option<String> {
        self.name.as_ref().map(|name| name.replacen('/', "%2f", 1))
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let candidates =
            [self.save_spec.as_deref().unwrap_or_default(), &self.fetch_spec, &self.raw_spec];
        let spec = candidates.into_iter().find(|text| !text.is_empty());
        match (self.name.as_deref(), spec) {
            (Some(name), Some(spec)) => write!(f, "{name}@{spec}"),
            (Some(text), None) | (None, Some(text)) => f.write_str(text),
            (None, None) => f.write_str(&self.raw),
        }
    }
}

fn parse_argument(arg: &str, where_: &Path, aliases: Aliases) -> Result<Spec, SpecError> {
    if arg.len() > MAX_LENGTH {
        return Err(SpecError::TooLong);
    }
    // A leading @ belongs to a scope.
    let mut characters = arg.chars();
    let first = characters.next().map_or(0, char::len_utf8);
    let split = characters.as_str().split_once('@');
    let name_part = split.and_then(|(head, _)| arg.get(..first + head.len())).unwrap_or(arg);
    let scp;
    let path_like = !name_part.starts_with('@') && (has_slash(name_part) || is_tarball(name_part));
    let (name, spec) = if is_url(arg) {
        (None, arg)
    } else if is_scp(arg) {
        scp = format!("git+ssh://{arg}");
        (None, scp.as_str())
    } else if path_like {
        (None, arg)
    } else if let Some((_, spec)) = split {
        (Some(name_part), if spec.is_empty() { "*" } else { spec })
    } else if name_problems(arg).is_empty() {
        (Some(arg), "*")
    } else {
        (None, arg)
    };
    read(arg.to_owned(), name, spec, where_, aliases)
}

fn read(
    raw: String,
    name: Option<&str>,
    spec: &str,
    where_: &Path,
    aliases: Aliases,
) -> Result<Spec, SpecError> {
    if spec.len() > MAX_LENGTH {
        return Err(SpecError::TooLong);
    }
    if let Some(name) = name {
        let problems = name_problems(name);
        if !problems.is_empty() {
            return Err(SpecError::InvalidName { name: name.to_owned(), raw, problems });
        }
    }
    let spec = Spec {
        raw,
        name: name.map(str::to_owned),
        raw_spec: spec.to_owned(),
        kind: SpecKind::Tag,
        fetch_spec: String::new(),
        save_spec: None,
    };
    let text = &spec.raw_spec;
    if is_path(text) {
        return from_path(spec, where_);
    }
    if has_prefix(text, "npm:") {
        return if aliases == Aliases::Allowed {
            from_alias(spec, where_)
        } else {
            Err(SpecError::NestedAlias)
        };
    }
    if let Some(hosted) = Hosted::from_url(text) {
        return from_hosted(spec, hosted);
    }
    if is_url(text) {
        return from_url(spec);
    }
    if has_slash(text) || is_tarball(text) {
        return from_path(spec, where_);
    }
    from_registry(spec)
}

fn from_registry(mut spec: Spec) -> Result<Spec, SpecError> {
    trim(&spec.raw_spec).clone_into(&mut spec.fetch_spec);
    spec.kind = if Version::parse_loose(&spec.fetch_spec).is_ok() {
        SpecKind::Version
    } else if Range::known(&spec.fetch_spec).is_some() {
        SpecKind::Range
    } else if uri::is_plain(&spec.fetch_spec) {
        SpecKind::Tag
    } else {
        return Err(SpecError::InvalidTag { name: spec.fetch_spec, raw: spec.raw });
    };
    Ok(spec)
}

fn from_alias(mut spec: Spec, where_: &Path) -> Result<Spec, SpecError> {
    let target =
        parse_argument(spec.raw_spec.get(4..).unwrap_or_default(), where_, Aliases::Refused)?;
    if !target.is_registry() {
        return Err(SpecError::AliasOfOther);
    }
    if target.name.is_none() {
        return Err(SpecError::AliasWithoutName);
    }
    spec.kind = SpecKind::Alias(Box::new(target));
    Ok(spec)
}

fn has_prefix(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn has_suffix(text: &str, suffix: &str) -> bool {
    let start = text.len().checked_sub(suffix.len());
    start.and_then(|start| text.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
}

fn has_slash(text: &str) -> bool {
    text.contains('/') || (cfg!(windows) && text.contains('\\'))
}

/// `.tgz`, `.tar.gz` or `.tar`, in any case.
fn is_tarball(text: &str) -> bool {
    [".tgz", ".tar.gz", ".tar"].iter().any(|suffix| has_suffix(text, suffix))
}

/// `scheme:` of letters, with or without `git+`.
fn is_url(text: &str) -> bool {
    let text = if has_prefix(text, "git+") { text.get(4..).unwrap_or_default() } else { text };
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    letters > 0 && text.as_bytes().get(letters) == Some(&b':')
}

/// `user@host.tld:path`.
fn is_scp(text: &str) -> bool {
    let Some((user, rest)) = text.split_once('@') else { return false };
    let Some((host, path)) = rest.split_once(':') else { return false };
    let dotted =
        host.split_once('.').is_some_and(|(first, tail)| !first.is_empty() && !tail.is_empty());
    !user.is_empty()
        && dotted
        && !path.is_empty()
        && !path.contains(['\n', '\r', '\u{2028}', '\u{2029}'])
}

/// `file:`, `.`, `~/`, `/` or a drive letter.
fn is_path(text: &str) -> bool {
    let drive = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.as_bytes().get(1) == Some(&b':');
    has_prefix(text, "file:")
        || text.starts_with(['.', '/'])
        || text.starts_with("~/")
        || drive
        || (cfg!(windows) && text.starts_with('\\'))
}

#[cfg(test)]
mod tests;
