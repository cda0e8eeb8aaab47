//! Files that are new: those that cannot be read, and those that code suddenly reaches for.

use super::{
    Inspection,
    files::{self, Files},
    reader::Reader,
};
use crate::{flag::Flag, inspect::Sign};

/// Signs about new files.
pub(super) fn compare(new: &Files, old: &Files, reader: &mut Reader, out: &mut Inspection) {
    opaque(new, old, out);
    odd_requires(new, old, reader, out);
}

/// New files that nobody can read, in a package that had none of their kind.
fn opaque(new: &Files, old: &Files, out: &mut Inspection) {
    let all = |files: &Files| {
        files.by_path.keys().chain(files.unread.keys()).cloned().collect::<Vec<_>>()
    };
    let had: Vec<&str> =
        old.by_path.keys().chain(old.unread.keys()).filter_map(|path| ending(path)).collect();
    for path in all(new) {
        let is_new_kind = ending(&path).is_some_and(|ending| !had.contains(&ending));
        if files::is_opaque(&path) && !old.has(&path) && is_new_kind && !files::is_aside(&path) {
            let message = format!("{path} is new, and nobody can read it");
            out.signs.push(
                Sign::new(Flag::OpaqueFile, message, vec![format!("new file {path}")])
                    .in_file(&path),
            );
        }
    }
    // A package that is written by hand does not begin to ship bundles without their source.
    if old.scripts().any(|(path, bytes)| files::is_minified(path, bytes)) {
        return;
    }
    for (path, bytes) in new.scripts() {
        let unreadable = files::is_minified(path, bytes) && new.source_of(path).is_none();
        if unreadable && !old.has(path) && !files::is_aside(path) {
            let message = format!(
                "{path} is new and minified, without a source; the baseline has nothing of the kind"
            );
            let evidence = vec![format!("new file {path}, {} bytes", bytes.len())];
            out.signs.push(Sign::new(Flag::OpaqueFile, message, evidence).in_file(path));
        }
    }
}

fn ending(path: &str) -> Option<&str> {
    path.rsplit('/').next()?.rsplit_once('.').map(|(_, ending)| ending)
}

/// Code that begins to load what belongs to tests, or data that is no code.
fn odd_requires(new: &Files, old: &Files, reader: &mut Reader, out: &mut Inspection) {
    for (path, bytes) in new.scripts() {
        if files::is_aside(path) || old.get(path) == Some(bytes) {
            continue;
        }
        let Ok(facts) = reader.facts(new, path) else { continue };
        let before = old.get(path).and_then(|_| reader.facts(old, path).ok());
        let odd = facts.requires.iter().filter(|specifier| {
            let is_new = before.as_ref().is_none_or(|before| !before.requires.contains(*specifier));
            is_new && resolved(path, specifier).is_some_and(|target| is_odd(&target))
        });
        let odd: Vec<String> = odd.map(|specifier| format!("require {specifier:?}")).collect();
        if !odd.is_empty() {
            let message = format!("{path} loads what belongs to tests, or is no code");
            out.signs.push(Sign::new(Flag::OddRequire, message, odd).in_file(path));
        }
    }
}

/// Where a relative specifier leads, below the package's root.
fn resolved(from: &str, specifier: &str) -> Option<String> {
    if !specifier.starts_with('.') {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in specifier.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}

fn is_odd(target: &str) -> bool {
    let of_tests = target.split('/').any(|part| {
        matches!(
            part,
            "test"
                | "tests"
                | "__tests__"
                | "fixtures"
                | "fixture"
                | "spec"
                | "specs"
                | "__mocks__"
        )
    });
    let ending = ending(target).unwrap_or_default();
    of_tests
        || matches!(
            ending,
            "txt"
                | "dat"
                | "bin"
                | "png"
                | "jpg"
                | "gif"
                | "woff"
                | "woff2"
                | "md"
                | "log"
                | "svg"
                | "map"
                | "lock"
        )
}
