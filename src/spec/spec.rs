//! Package specs: what `name@spec` on the command line or `"name": "spec"` in a manifest means.
//!
//! The order of the questions is npm-package-arg 13's, because it decides the answer: path or
//! `file:`, alias, known git host, URL, path by its look, registry.

use super::{
    hosted::{Form, Hosted, Representation},
    lexical,
    name::name_problems,
    range::Range,
    uri,
    version::{Version, trim},
};
use crate::error::{Code, Explain};
use std::{fmt, path::Path};
use url::Url;

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
    #[error("Invalid URL: {0}")]
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

    fn package(&self) -> Option<String> {
        match self {
            Self::InvalidName { raw, .. } | Self::InvalidTag { raw, .. } => Some(raw.clone()),
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
    } else if Range::parse(&spec.fetch_spec).is_ok() {
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

fn from_hosted(mut spec: Spec, hosted: Hosted) -> Result<Spec, SpecError> {
    spec.save_spec = Some(hosted.url(Form::Full));
    if hosted.default != Representation::Shortcut {
        spec.fetch_spec = hosted.url(Form::Bare);
    }
    let git = git_attributes(hosted.committish.as_deref().unwrap_or_default())?;
    spec.kind = SpecKind::Git(GitSpec { hosted: Some(hosted), ..git });
    Ok(spec)
}

fn from_url(mut spec: Spec) -> Result<Spec, SpecError> {
    let text = spec.raw_spec.clone();
    spec.save_spec = Some(text.clone());
    if let Some((repository, hash)) = scp_repository(&text) {
        spec.kind = SpecKind::Git(git_attributes(hash)?);
        repository.clone_into(&mut spec.fetch_spec);
        return Ok(spec);
    }
    let text = if text.starts_with("git+file://") { text.replace('\\', "/") } else { text };
    let Ok(mut url) = Url::parse(&text) else { return Err(SpecError::InvalidUrl(text)) };
    match url.scheme() {
        "git" | "git+http" | "git+https" | "git+rsync" | "git+ftp" | "git+file" | "git+ssh" => {
            spec.kind = SpecKind::Git(git_attributes(url.fragment().unwrap_or_default())?);
            url.set_fragment(None);
            let fetch = match drive_host(&text) {
                Some(drive) => format!("git+file://{drive}:{}", url.path()),
                None => url.into(),
            };
            spec.fetch_spec = fetch.strip_prefix("git+").unwrap_or(&fetch).to_owned();
        }
        "http" | "https" => {
            spec.kind = SpecKind::Remote;
            spec.fetch_spec = text;
        }
        scheme => {
            return Err(SpecError::UnsupportedProtocol {
                protocol: format!("{scheme}:"),
                spec: text,
            });
        }
    }
    Ok(spec)
}

/// `git+ssh://git@host:path#hash`, which git accepts and URL parsers do not: repository and hash.
/// All digits behind the colon are a port, and the text is a URL.
fn scp_repository(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("git+ssh://")?;
    let (repository, hash) = rest.split_once('#').unwrap_or((rest, ""));
    let (user, path) = repository.split_once(':')?;
    if user.is_empty() || path.is_empty() || hash.contains(['\n', '\r', '\u{2028}', '\u{2029}']) {
        return None;
    }
    let is_port = |(colon, _): (usize, &str)| {
        let tail = repository.get(colon + 1..).unwrap_or_default();
        let rest = tail.trim_start_matches(|character: char| character.is_ascii_digit());
        rest.len() < tail.len() && (rest.is_empty() || rest.starts_with('/'))
    };
    (!repository.match_indices(':').any(is_port)).then_some((repository, hash))
}

/// The drive letter in `git+file://c:/path`.
fn drive_host(text: &str) -> Option<char> {
    let rest = text.strip_prefix("git+file://")?;
    let letter = rest.chars().next().filter(char::is_ascii_alphabetic)?;
    (rest.get(1..2) == Some(":")).then(|| letter.to_ascii_lowercase())
}

/// Reads `committish`, `semver:range` and `path:sub`, separated by `::` (npm's `setGitAttrs`).
fn git_attributes(hash: &str) -> Result<GitSpec, SpecError> {
    let mut git = GitSpec::default();
    if hash.is_empty() {
        return Ok(git);
    }
    let has = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    for part in hash.split("::") {
        let Some((key, value)) = part.split_once(':') else {
            if has(&git.range) {
                return Err(SpecError::GitAttribute("semver range with a committish"));
            }
            if has(&git.committish) {
                return Err(SpecError::GitAttribute("committish with a second committish"));
            }
            git.committish = Some(part.to_owned());
            continue;
        };
        let value = value.split(':').next().unwrap_or_default();
        match key {
            "semver" => {
                if has(&git.committish) {
                    return Err(SpecError::GitAttribute("committish with a semver range"));
                }
                if has(&git.range) {
                    return Err(SpecError::GitAttribute("semver range with a second semver range"));
                }
                git.range = Some(uri::decode(value).ok_or(SpecError::MalformedUri)?);
            }
            "path" => {
                if git.subdir.is_some() {
                    return Err(SpecError::GitAttribute("path with a second path"));
                }
                git.subdir = Some(format!("/{value}"));
            }
            // npm warns of an unknown key and goes on.
            _ => {}
        }
    }
    Ok(git)
}

fn from_path(mut spec: Spec, where_: &Path) -> Result<Spec, SpecError> {
    spec.kind = if is_tarball(&spec.raw_spec) { SpecKind::File } else { SpecKind::Directory };
    let where_ = lexical::slashed(where_);
    let url = rooted_file_url(file_url(&spec.raw_spec));
    let invalid = || SpecError::InvalidFileUrl(spec.raw_spec.clone());
    let path_of = |url: Url| uri::decode(url.path()).map(without_drive_slash).ok_or_else(invalid);
    let base = Url::parse(&format!("{}/", file_url(&lexical::resolve("/", &where_))))
        .map_err(|_| invalid())?;
    let resolved = path_of(base.join(&url).map_err(|_| invalid())?)?;
    let alone = path_of(Url::parse(&url).map_err(|_| invalid())?)?;
    let written = url.strip_prefix("file:").unwrap_or(&url);
    let (save, fetch) = if alone == "/~" || alone.starts_with("/~/") {
        let home = dirs::home_dir().map(|home| lexical::slashed(&home)).unwrap_or_default();
        (
            alone.get(1..).unwrap_or_default().to_owned(),
            lexical::resolve(&home, alone.get(3..).unwrap_or_default()),
        )
    } else if lexical::is_absolute(written) {
        let path = lexical::resolve(&where_, &resolved);
        (path.clone(), path)
    } else {
        (lexical::relative(&where_, &resolved), lexical::resolve(&where_, &resolved))
    };
    let save = save.strip_prefix("//").map(|rest| format!("/{rest}")).unwrap_or(save);
    spec.save_spec = Some(format!("file:{save}"));
    spec.fetch_spec = fetch;
    Ok(spec)
}

/// A path as a `file:` URL: node's encoding of a path, without making it absolute.
fn file_url(path: &str) -> String {
    let mut url = String::with_capacity(path.len() + 8);
    for character in path.chars() {
        match character {
            '\\' if cfg!(windows) => url.push('/'),
            '\0' | '\t' | '\n' | '\r' | ' ' | '"' | '#' | '%' | '?' | '[' | '\\' | ']' | '^'
            | '|' | '~' => {
                url.push_str(&uri::encode_always(character));
            }
            _ => url.push(character),
        }
    }
    if url.starts_with("file:") { url } else { format!("file:{url}") }
}

/// `file://path` → `file:///path`, and `file:/../path` → `file:../path`: what npm has always
/// accepted against RFC 8089.
fn rooted_file_url(url: String) -> String {
    let Some(path) = url.strip_prefix("file:").filter(|path| path.starts_with('/')) else {
        return url;
    };
    let path = match path.strip_prefix("//") {
        Some(host) if !host.is_empty() && !host.starts_with('/') => format!("/{path}"),
        _ => path.to_owned(),
    };
    let bare = path.trim_start_matches('/');
    let slashes = path.len() - bare.len();
    let dotted = bare.split('/').next().is_some_and(|first| matches!(first, "." | ".."));
    if slashes <= 3 && dotted { format!("file:{bare}") } else { format!("file:{path}") }
}

/// `/C:/path` → `C:/path` on Windows.
fn without_drive_slash(path: String) -> String {
    let bare = path.trim_start_matches('/');
    let drive = cfg!(windows)
        && bare.get(1..3) == Some(":/")
        && bare.starts_with(|c: char| c.is_ascii_alphabetic());
    if drive { bare.to_owned() } else { path }
}

fn has_prefix(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn has_slash(text: &str) -> bool {
    text.contains('/') || (cfg!(windows) && text.contains('\\'))
}

/// `.tgz`, `.tar.gz` or `.tar`, in any case.
fn is_tarball(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    [".tgz", ".tar.gz", ".tar"].iter().any(|suffix| lower.ends_with(suffix))
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
