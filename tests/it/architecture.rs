//! Which module may know which: the table of the house, checked against the sources.
//!
//! A description, not a cage: when a better line is found, table and code change together.

use crate::support::sandbox::repository;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// A module, and the modules of ours it may use beside the [`LEAVES`].
const MAY_USE: &[(&str, &[&str])] = &[
    ("cli", &["ops", "config", "report", "spec"]),
    (
        "ops",
        &[
            "config", "spec", "sumdb", "manifest", "registry", "arborist", "verify", "inspect",
            "store", "reify", "lockfile", "report",
        ],
    ),
    ("config", &["spec"]),
    ("spec", &[]),
    ("sumdb", &[]),
    ("manifest", &["spec"]),
    ("registry", &["config", "manifest", "spec"]),
    ("arborist", &["spec", "manifest"]),
    ("verify", &["spec", "sumdb"]),
    ("inspect", &["manifest", "spec"]),
    ("store", &["verify"]),
    ("reify", &["arborist", "store", "spec", "manifest"]),
    ("lockfile", &["arborist", "spec", "manifest", "sumdb"]),
    ("report", &[]),
];

/// What everyone may use; they use nothing but each other.
const LEAVES: &[&str] =
    &["cpu", "error", "explanation", "event", "flag", "fs", "flight", "gzip", "pending", "plain"];

/// Crates that only one module may name.
const ONLY_IN: &[(&str, &str)] = &[
    ("clap", "cli"),
    ("clap_complete", "cli"),
    ("clap_complete_nushell", "cli"),
    ("clap_mangen", "cli"),
    ("indicatif", "report"),
    ("reqwest", "registry"),
];

/// No file is longer, tests included.
const MAX_LINES: usize = 600;

/// A source file of the library.
struct Source {
    /// Relative to `src`, with forward slashes.
    path: String,
    text: String,
}

impl Source {
    /// The top-level module it belongs to; `lib` and `main` are the crate itself.
    fn module(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.trim_end_matches(".rs")
    }

    /// The code that ships: no comments, no tests.
    fn shipped(&self) -> String {
        if self.path.ends_with("/tests.rs") || self.path.contains("/tests/") {
            return String::new();
        }
        let before_tests = self.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let lines = before_tests.lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The top-level modules of ours that its shipped code names.
    fn uses(&self) -> Vec<String> {
        let code = self.shipped();
        let after_crate = code.match_indices("crate::").filter_map(|(at, found)| {
            let continues = code[..at].ends_with(|c: char| c.is_alphanumeric() || "_$".contains(c));
            (!continues).then(|| &code[at + found.len()..])
        });
        let mut modules: Vec<_> = after_crate.flat_map(first_segments).collect();
        modules.sort();
        modules.dedup();
        modules
    }

    /// Whether its shipped code has a path that begins with `name`.
    fn names_crate(&self, name: &str) -> bool {
        let path = format!("{name}::");
        let code = self.shipped();
        code.match_indices(&path).any(|(at, _)| {
            !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
        })
    }
}

/// `a::b` gives a; `{a::b, c::{d, e}}` gives a and c.
fn first_segments(path: &str) -> Vec<String> {
    let word = |text: &str| {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let Some(group) = path.strip_prefix('{') else { return vec![word(path)] };
    let mut depth = 0;
    let mut segments: Vec<String> = vec![word(group)];
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => segments.push(word(&group[at + 1..])),
            _ => {}
        }
    }
    segments.retain(|segment| !segment.is_empty());
    segments
}

fn sources() -> Vec<Source> {
    let root = repository().join("src");
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    paths.sort();
    let read = |path: PathBuf| Source {
        path: path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/"),
        text: fs::read_to_string(&path).unwrap().replace("\r\n", "\n"),
    };
    paths.into_iter().map(read).collect()
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    for item in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if item.path().is_dir() {
            walk(&item.path(), paths);
        } else if item.path().extension().is_some_and(|ending| ending == "rs") {
            paths.push(item.path());
        }
    }
}

#[test]
fn modules_use_only_what_the_table_allows() {
    let table: BTreeMap<_, _> = MAY_USE.iter().copied().collect();
    let mut wrong = Vec::new();
    for source in sources() {
        let module = source.module();
        if ["lib", "main"].contains(&module) {
            continue;
        }
        let allowed = table.get(module).copied();
        if allowed.is_none() && !LEAVES.contains(&module) {
            wrong.push(format!("{}: module `{module}` is not in the table", source.path));
        }
        for used in source.uses() {
            let ours = table.contains_key(used.as_str());
            if ours && used != module && !allowed.unwrap_or_default().contains(&used.as_str()) {
                wrong.push(format!("{}: `{module}` may not use `{used}`", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_crate_with_one_home_is_named_nowhere_else() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (name, home) in ONLY_IN {
            if source.module() != *home && source.names_crate(name) {
                wrong.push(format!("{}: `{name}` belongs to `{home}`", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_file_is_short_enough_to_read() {
    let long: Vec<_> = sources()
        .into_iter()
        .map(|source| (source.text.lines().count(), source.path))
        .filter(|(lines, _)| *lines > MAX_LINES)
        .collect();
    assert!(long.is_empty(), "more than {MAX_LINES} lines: {long:#?}");
}

#[test]
fn every_file_opens_with_what_it_is() {
    let silent: Vec<_> = sources()
        .into_iter()
        .filter(|source| !source.text.starts_with("//!"))
        .map(|source| source.path)
        .collect();
    assert!(silent.is_empty(), "no `//!` in the first line: {silent:#?}");
}

#[test]
fn uses_are_found_in_groups_and_not_in_comments_or_tests() {
    let text = "use crate::{\n    config::{Env, Layer},\n    spec::Version,\n    error,\n};\n\
        // crate::cli::main\nfn f() -> crate::store::Store {}\n\
        #[cfg(test)]\nmod tests {\n use crate::ops;\n}\n";
    let source = Source { path: "x/y.rs".to_owned(), text: text.to_owned() };
    assert_eq!(source.uses(), ["config", "error", "spec", "store"]);
    assert_eq!(source.module(), "x");
}
