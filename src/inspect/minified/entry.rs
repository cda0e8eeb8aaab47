//! What a package's manifest names: files that are loaded or run, wherever they lie.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    files::{self, Files},
    reader::Reader,
};
use crate::plain;

/// Scripts that run when a package is installed.
const INSTALL_EVENTS: [&str; 3] = ["preinstall", "install", "postinstall"];
/// The most files that are followed.
const MAX_FOLLOWED: usize = 1000;
/// Conditions within conditions of `exports` below this depth are not looked at.
const MAX_DEPTH: u32 = 16;

/// The paths that a manifest names: entry points, commands, the files that install scripts run.
pub(super) fn named(package: &Files) -> BTreeSet<String> {
    let manifest = package.get("package.json").and_then(|bytes| plain::from_slice(bytes).ok());
    let mut found = BTreeSet::new();
    for key in ["main", "module", "browser", "bin", "exports", "imports"] {
        if let Some(value) = manifest.as_ref().and_then(|manifest| manifest.get(key)) {
            texts(value, MAX_DEPTH, &mut |text| found.extend(resolve(package, "", text)));
        }
    }
    let script = |event| manifest.as_ref()?.get("scripts")?.get(event)?.as_str();
    for script in INSTALL_EVENTS.into_iter().filter_map(script) {
        let words = script.split(|c: char| c.is_whitespace() || "\"'`&|;()".contains(c));
        found.extend(words.filter_map(|word| resolve(package, "", word)));
    }
    found
}

/// Files beside the package's own that are loaded all the same: named by the manifest, or loaded
/// by the package's own or by one that is loaded. Of its own only those are parsed for it that
/// `is_read` says are parsed anyway, and those that seem to name such a file.
pub(super) fn loaded(
    package: &Files,
    reader: &mut Reader,
    is_read: impl Fn(&str, &[u8]) -> bool,
) -> BTreeSet<String> {
    let mut waiting: Vec<String> =
        named(package).into_iter().filter(|path| files::is_aside(path)).collect();
    for (path, bytes) in package.scripts().filter(|(path, _)| !files::is_aside(path)) {
        if is_read(path, bytes) || files::mentions_aside(bytes) {
            waiting.extend(loads_aside(package, reader, path));
        }
    }
    let mut found = BTreeSet::new();
    while let Some(path) = waiting.pop() {
        if found.len() >= MAX_FOLLOWED || !found.insert(path.clone()) {
            continue;
        }
        waiting.extend(loads_aside(package, reader, &path));
    }
    found
}

/// The files beside the package's own that a script loads.
fn loads_aside(package: &Files, reader: &mut Reader, path: &str) -> Vec<String> {
    let Ok(facts) = reader.facts(package, path) else { return Vec::new() };
    let specifiers = facts.requires.iter().filter(|specifier| specifier.starts_with('.'));
    let targets = specifiers.filter_map(|specifier| resolve(package, path, specifier));
    targets.filter(|target| files::is_aside(target)).collect()
}

fn texts(value: &Value, depth: u32, take: &mut impl FnMut(&str)) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match value {
        Value::String(text) => take(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, depth, take)),
        Value::Object(fields) => fields.values().for_each(|item| texts(item, depth, take)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The file that node would load for a relative specifier.
fn resolve(package: &Files, from: &str, specifier: &str) -> Option<String> {
    let path = relative(from, specifier)?;
    let endings = ["", ".js", ".cjs", ".mjs", ".json", "/index.js"];
    endings.iter().map(|ending| format!("{path}{ending}")).find(|path| package.has(path))
}

/// Where a relative specifier leads, below the package's root.
pub(super) fn relative(from: &str, specifier: &str) -> Option<String> {
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
