//! Files that are new: those that cannot be read, and those that code suddenly reaches for.

use super::{
    Inspection, entry,
    files::{self, Files},
    reader::Reader,
};
use crate::{flag::Flag, inspect::Sign, plain};

/// Signs about new files.
pub(super) fn compare(new: &Files, old: &Files, reader: &mut Reader, out: &mut Inspection) {
    opaque(new, old, out);
    bundled(new, old, out);
    odd_entries(new, old, out);
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
        if unreadable && !files::is_aside(path) {
            let what =
                if old.has(path) { "was readable, and is minified" } else { "is new and minified" };
            let message =
                format!("{path} {what}, without a source; the baseline has nothing of the kind");
            let evidence = vec![format!("file {path}, {} bytes", bytes.len())];
            out.signs.push(Sign::new(Flag::OpaqueFile, message, evidence).in_file(path));
        }
    }
}

/// What npm runs at installation although no script of the manifest says so, and packages that
/// come inside this one.
fn bundled(new: &Files, old: &Files, out: &mut Inspection) {
    if new.has("binding.gyp") && !old.has("binding.gyp") {
        let message = "binding.gyp is new: npm builds native code at installation";
        let evidence = vec!["install: node-gyp rebuild".to_owned()];
        out.signs.push(Sign::new(Flag::NewScript, message, evidence).in_file("binding.gyp"));
    }
    for (path, bytes) in &new.by_path {
        let inner =
            path.strip_suffix("/package.json").and_then(|path| path.rsplit_once("node_modules/"));
        let Some((_, name)) = inner.filter(|(_, name)| name.split('/').count() <= 2) else {
            continue;
        };
        let scripts = |bytes: &[u8]| -> Vec<String> {
            let manifest = plain::from_slice(bytes).unwrap_or_default();
            let script = |event| {
                Some(format!("{event}: {}", manifest.get("scripts")?.get(event)?.as_str()?))
            };
            ["preinstall", "install", "postinstall"].into_iter().filter_map(script).collect()
        };
        let had = old.get(path).map(|bytes| scripts(bytes));
        let added: Vec<String> = scripts(bytes)
            .into_iter()
            .filter(|script| !had.as_ref().is_some_and(|had| had.contains(script)))
            .collect();
        if had.is_none() {
            let message = format!("brings {name} inside, and did not before");
            out.signs.push(Sign::new(Flag::NewDep, message, vec![name.to_owned()]).in_file(path));
        }
        if !added.is_empty() {
            let message = format!("{name}, which comes inside, runs a script at installation");
            out.signs.push(Sign::new(Flag::NewScript, message, added).in_file(path));
        }
    }
}

/// Entry points that lead to what is no code: node reads any ending it does not know as code.
fn odd_entries(new: &Files, old: &Files, out: &mut Inspection) {
    let had = entry::named(old);
    let is_style_or_type =
        |path: &str| matches!(ending(path), Some("css" | "json" | "d.ts" | "svg" | "md"));
    for path in entry::named(new).difference(&had) {
        let base = path.rsplit('/').next().unwrap_or(path);
        if is_odd_ending(ending(base).unwrap_or_default()) && !is_style_or_type(path) {
            let message = format!("the manifest names {path}, which is no code, as code");
            let evidence = vec![format!("entry point {path}")];
            out.signs.push(Sign::new(Flag::OddRequire, message, evidence).in_file(path));
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
            let target = specifier.starts_with('.').then(|| entry::relative(path, specifier));
            is_new && target.flatten().is_some_and(|target| is_odd(&target))
        });
        let odd: Vec<String> = odd.map(|specifier| format!("require {specifier:?}")).collect();
        if !odd.is_empty() {
            let message = format!("{path} loads what belongs to tests, or is no code");
            out.signs.push(Sign::new(Flag::OddRequire, message, odd).in_file(path));
        }
    }
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
    of_tests || is_odd_ending(ending(target).unwrap_or_default())
}

/// What is no code by its name.
fn is_odd_ending(ending: &str) -> bool {
    matches!(
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
