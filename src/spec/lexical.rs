//! Node's `path.resolve` and `path.relative` on forward-slash paths, without touching the disk.

use std::path::Path;

/// The parts of an absolute path: a root (`/`, or `C:/` on Windows) and normal segments.
struct Parts<'a> {
    root: &'a str,
    segments: Vec<&'a str>,
}

/// A path's text with forward slashes. Names that are not Unicode are shown, never opened.
pub(super) fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

/// `path.resolve(base, path)`: absolute, no `.` or `..`, no trailing slash.
pub(super) fn resolve(base: &str, path: &str) -> String {
    let joined = if is_absolute(path) { path.to_owned() } else { format!("{base}/{path}") };
    let parts = split(&joined);
    format!("{}{}", parts.root, parts.segments.join("/"))
}

/// `path.relative(from, to)` of two absolute paths; empty when they are the same folder.
pub(super) fn relative(from: &str, to: &str) -> String {
    let (from, to) = (split(from), split(to));
    if !from.root.eq_ignore_ascii_case(to.root) {
        return format!("{}{}", to.root, to.segments.join("/"));
    }
    let shared = from.segments.iter().zip(&to.segments).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.segments.len() - shared);
    let down = to.segments.into_iter().skip(shared);
    up.chain(down).collect::<Vec<_>>().join("/")
}

/// `path.isAbsolute`.
pub(super) fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || (cfg!(windows) && drive(path).is_some())
}

/// `C:/` at the start of a path.
fn drive(path: &str) -> Option<&str> {
    let letter = path.bytes().next()?;
    let root = path.get(..3)?;
    (letter.is_ascii_alphabetic() && root.ends_with(":/")).then_some(root)
}

fn split(path: &str) -> Parts<'_> {
    let root = if cfg!(windows) { drive(path).unwrap_or("/") } else { "/" };
    let rest = path.strip_prefix(root).unwrap_or(path);
    let mut segments = Vec::new();
    for segment in rest.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    Parts { root, segments }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolve_removes_dots() {
        assert_eq!(resolve("/a/b", "../c/./d"), "/a/c/d");
        assert_eq!(resolve("/a/b", "/c/"), "/c");
        assert_eq!(resolve("/", "../.."), "/");
    }

    #[test]
    fn relative_walks_up_then_down() {
        assert_eq!(relative("/a/b", "/a/c/d"), "../c/d");
        assert_eq!(relative("/a/b", "/a/b"), "");
        assert_eq!(relative("/", "/a"), "a");
    }
}
