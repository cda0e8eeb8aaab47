//! Specs that are paths (npm-package-arg's `fromFile`).

use super::{Spec, SpecError, SpecKind, is_tarball};
use crate::spec::{lexical, uri};
use std::path::Path;
use url::Url;

pub(super) fn from_path(mut spec: Spec, where_: &Path) -> Result<Spec, SpecError> {
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
                uri::push_encoded(&mut url, character);
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
