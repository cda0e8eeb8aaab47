//! Specs that are URLs, most of them of git repositories (npm-package-arg's `fromHostedGit`,
//! `fromURL` and `setGitAttrs`).

use super::{GitSpec, Spec, SpecError, SpecKind};
use crate::spec::{
    hosted::{Form, Hosted, Representation},
    uri,
};
use url::Url;

pub(super) fn from_hosted(mut spec: Spec, hosted: Hosted) -> Result<Spec, SpecError> {
    spec.save_spec = Some(hosted.url(Form::Full));
    if hosted.default != Representation::Shortcut {
        spec.fetch_spec = hosted.url(Form::Bare);
    }
    let git = git_attributes(hosted.committish.as_deref().unwrap_or_default())?;
    spec.kind = SpecKind::Git(GitSpec { hosted: Some(hosted), ..git });
    Ok(spec)
}

pub(super) fn from_url(mut spec: Spec) -> Result<Spec, SpecError> {
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
            fetch.strip_prefix("git+").unwrap_or(&fetch).clone_into(&mut spec.fetch_spec);
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
