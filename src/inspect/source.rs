//! A package's files against those of the repository it says it comes from.

use serde_json::{Map, Value};

use super::minified::{Files, Sources, Unchecked};
use crate::plain;

/// The most facts that are told of one file.
const MAX_FACTS: usize = 12;
/// The most characters of a value that is told.
const MAX_VALUE: usize = 200;

/// Where a file of a package comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// The repository does not have it, and its sources do not account for it.
    Absent,
    /// The repository has another.
    Differs,
    /// The repository does not have it, and its sources account for what it says.
    Built,
    /// The repository has it, with other line ends.
    LineEnds,
    /// The repository has it.
    Same,
}

impl State {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Differs => "differs",
            Self::Built => "built",
            Self::LineEnds => "line-ends",
            Self::Same => "same",
        }
    }
}

/// One file of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileState {
    /// Below the package's root.
    pub path: String,
    /// Where it comes from.
    pub state: State,
    /// Facts, one a line.
    pub evidence: Vec<String>,
}

/// The state of a file that both have.
pub fn both(path: &str, package: &[u8], repository: &[u8]) -> FileState {
    let of = |state, evidence| FileState { path: path.to_owned(), state, evidence };
    if package == repository {
        return of(State::Same, Vec::new());
    }
    let without_returns =
        |bytes: &[u8]| bytes.iter().copied().filter(|byte| *byte != b'\r').collect::<Vec<u8>>();
    let is_text = !package.contains(&0) && !repository.contains(&0);
    if is_text && without_returns(package) == without_returns(repository) {
        return of(State::LineEnds, Vec::new());
    }
    let object = |bytes: &[u8]| match plain::from_slice(bytes) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    };
    let evidence = match (path, object(package), object(repository)) {
        ("package.json", Some(new), Some(old)) => fields(&old, &new, ""),
        _ => vec![format!("{} bytes, {} in the repository", package.len(), repository.len())],
    };
    if evidence.is_empty() { of(State::LineEnds, evidence) } else { of(State::Differs, evidence) }
}

/// The fields that differ, those of inner objects by their path.
fn fields(old: &Map<String, Value>, new: &Map<String, Value>, prefix: &str) -> Vec<String> {
    let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
    let mut found = Vec::new();
    for key in keys {
        match (old.get(key), new.get(key)) {
            (old, new) if old == new => {}
            (Some(Value::Object(old)), Some(Value::Object(new))) if prefix.is_empty() => {
                found.extend(fields(old, new, &format!("{key}.")));
            }
            (old, new) => found.push(format!("{prefix}{key}: {} → {}", told(old), told(new))),
        }
    }
    found.truncate(MAX_FACTS);
    found
}

fn told(value: Option<&Value>) -> String {
    value.map_or("(none)".to_owned(), |value| value.to_string().chars().take(MAX_VALUE).collect())
}

/// The state of a file that the repository does not have.
pub fn alone(path: &str, package: &Files, repository: &Files, sources: &Sources) -> FileState {
    let of = |state, evidence| FileState { path: path.to_owned(), state, evidence };
    let ending = path.rsplit('.').next().unwrap_or_default();
    match ending {
        "js" | "cjs" | "mjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" => {
            match sources.account(package, path) {
                Ok(account) => {
                    let state = if account.is_built() { State::Built } else { State::Absent };
                    let items = account.items.iter().take(MAX_FACTS).map(ToString::to_string);
                    let mut evidence: Vec<String> = items.collect();
                    if account.items.len() > MAX_FACTS {
                        evidence.push(format!("and {} more", account.items.len() - MAX_FACTS));
                    }
                    of(state, evidence)
                }
                Err(reason) => of(State::Absent, vec![format!("not checked: {reason}")]),
            }
        }
        "map" => map(path, package, repository),
        "css" => {
            let stem = path.rsplit('/').next().and_then(|base| base.split('.').next());
            let is_style = |other: &&String| {
                let base = other.rsplit('/').next().unwrap_or_default();
                let (name, ending) = base.split_once('.').unwrap_or((base, ""));
                Some(name.trim_start_matches('_')) == stem
                    && matches!(ending, "css" | "scss" | "sass" | "less" | "styl")
            };
            match repository.by_path.keys().find(is_style) {
                Some(source) => of(State::Built, vec![format!("from {source}, by its name")]),
                None => of(State::Absent, Vec::new()),
            }
        }
        _ => of(State::Absent, Vec::new()),
    }
}

/// A source map is built when the repository has what it maps to.
fn map(path: &str, package: &Files, repository: &Files) -> FileState {
    let of = |state, evidence| FileState { path: path.to_owned(), state, evidence };
    let Some(bytes) = package.by_path.get(path) else {
        return of(State::Absent, vec![format!("not checked: {}", Unchecked::TooLarge)]);
    };
    let parsed = plain::from_slice(bytes).ok();
    let sources = parsed.as_ref().and_then(|map| map.get("sources")?.as_array());
    let names: Vec<&str> = sources.into_iter().flatten().filter_map(Value::as_str).collect();
    let ends_like = |name: &str| {
        let tail = name.trim_start_matches(['.', '/']).to_owned();
        !tail.is_empty() && repository.by_path.keys().any(|known| known.ends_with(&tail))
    };
    let unknown: Vec<String> = names
        .iter()
        .filter(|name| !ends_like(name) && !name.contains("node_modules") && !name.contains(':'))
        .take(MAX_FACTS)
        .map(|name| format!("source {name}"))
        .collect();
    let state = if names.is_empty() || !unknown.is_empty() { State::Absent } else { State::Built };
    of(state, unknown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn files(all: &[(&str, &str)]) -> Files {
        let by_path =
            all.iter().map(|(path, text)| ((*path).to_owned(), Arc::from(text.as_bytes())));
        Files { by_path: by_path.collect(), ..Files::default() }
    }

    #[test]
    fn files_that_both_have_are_the_same_or_differ_by_their_lines_ends_or_more() {
        assert_eq!(both("a.js", b"a\n", b"a\n").state, State::Same);
        assert_eq!(both("a.js", b"a\r\n", b"a\n").state, State::LineEnds);
        assert_eq!(both("a.bin", b"\0\r\n", b"\0\n").state, State::Differs);
        let old = br#"{"version":"0.0.0","scripts":{"test":"x"}}"#;
        let new = br#"{"version":"1.0.0","scripts":{"test":"x","postinstall":"node y"}}"#;
        let found = both("package.json", new, old);
        assert_eq!(
            found.evidence,
            ["version: \"0.0.0\" → \"1.0.0\"", "scripts.postinstall: (none) → \"node y\""]
        );
    }

    #[test]
    fn a_file_alone_is_built_as_far_as_sources_account_for_it() {
        let repository = files(&[(
            "src/greet.ts",
            "export function greet(person: { name: string }): string {\n  return 'Hello ' + person.name.trim();\n}\n",
        )]);
        let build = "\"use strict\";exports.greet=function(n){return\"Hello \"+n.name.trim()};";
        let package = files(&[
            ("dist/greet.js", build),
            ("dist/evil.js", &format!("{build}require('child_process').exec('true');")),
            ("dist/greet.js.map", r#"{"version":3,"sources":["../src/greet.ts"]}"#),
            ("dist/other.js.map", r#"{"version":3,"sources":["../src/other.ts"]}"#),
            ("dist/data.bin", ""),
        ]);
        let sources = Sources::of(&repository);
        let state = |path| alone(path, &package, &repository, &sources).state;
        assert_eq!(state("dist/greet.js"), State::Built);
        assert_eq!(state("dist/evil.js"), State::Absent);
        assert_eq!(state("dist/greet.js.map"), State::Built);
        assert_eq!(state("dist/other.js.map"), State::Absent);
        assert_eq!(state("dist/data.bin"), State::Absent);
    }
}
