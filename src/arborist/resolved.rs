//! The `resolved` field in one form: `consistent-resolve.js`.

use std::path::Path;

use super::paths::relative;
use crate::spec::{Form, Spec, SpecKind};

/// `resolved` with paths made absolute (relative to `from`), hosted git in its SSH form (HTTPS
/// when it carries credentials), anything else as it is.
pub fn consistent_resolve(resolved: &str, from: &str) -> String {
    normalise(resolved, from, None)
}

/// The same for a lockfile: paths relative to the project at `to`.
pub fn lock_resolved(resolved: &str, from: &str, to: &str) -> String {
    normalise(resolved, from, Some(to))
}

fn normalise(resolved: &str, from: &str, relative_to: Option<&str>) -> String {
    if is_plain_tarball_url(resolved) {
        return resolved.to_owned();
    }
    let Ok(spec) = Spec::parse(resolved, Path::new(from)) else { return resolved.to_owned() };
    match &spec.kind {
        SpecKind::File | SpecKind::Directory => {
            let path = match relative_to {
                Some(to) => relative(to, &spec.fetch_spec),
                None => spec.fetch_spec.clone(),
            };
            format!("file:{path}")
        }
        SpecKind::Git(git) => match &git.hosted {
            Some(hosted) if hosted.auth.is_some() => hosted.https(Form::Full),
            Some(hosted) => hosted.sshurl(Form::Full),
            None => spec.save_spec.clone().unwrap_or_else(|| resolved.to_owned()),
        },
        _ if spec.raw_spec == "*" => spec.raw.clone(),
        _ => spec.raw_spec.clone(),
    }
}

/// Registry tarballs are by far the most: a path with `/-/` never names a git host.
fn is_plain_tarball_url(resolved: &str) -> bool {
    (resolved.starts_with("https://") || resolved.starts_with("http://"))
        && resolved.contains("/-/")
        && resolved.get(resolved.len() - 4..) == Some(".tgz")
}
