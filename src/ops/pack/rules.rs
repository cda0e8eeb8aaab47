//! What is packed whatever the ignore files say, and what never is (npm-packlist 10).

use std::path::Path;

use serde_json::{Map, Value};

use crate::manifest::Manifest;

/// What is left out unless `files` or an ignore file takes it in.
pub(super) const DEFAULTS: &[&str] = &[
    ".npmignore",
    ".gitignore",
    "**/.git",
    "**/.svn",
    "**/.hg",
    "**/CVS",
    "**/.git/**",
    "**/.svn/**",
    "**/.hg/**",
    "**/CVS/**",
    "/.lock-wscript",
    "/.wafpickle-*",
    "/build/config.gypi",
    "npm-debug.log",
    "**/.npmrc",
    ".*.swp",
    ".DS_Store",
    "**/.DS_Store/**",
    "._*",
    "**/._*/**",
    "*.orig",
    "/archived-packages/**",
];

/// What the root of every package has or does not have.
const STRICT: &[&str] = &[
    "/.git",
    "!/package.json",
    "!/readme{,.*[^~$]}",
    "!/copying{,.*[^~$]}",
    "!/license{,.*[^~$]}",
    "!/licence{,.*[^~$]}",
    "/.git",
    "/node_modules",
    ".npmrc",
    "/package-lock.json",
    "/yarn.lock",
    "/pnpm-lock.yaml",
    "/bun.lockb",
];

/// The rules one package.json makes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PackageRules {
    /// `files` as rules; empty without the field.
    pub(super) included: Vec<String>,
    /// What is asked last.
    pub(super) strict: Vec<String>,
    /// Files that `files` names one by one.
    pub(super) required: Vec<String>,
    /// Whether there are workspaces.
    pub(super) has_workspaces: bool,
}

/// What an entry of `files` is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A link or something stranger.
    Other,
    /// Nothing: the entry is a pattern.
    Nothing,
}

impl Named {
    /// Looks below the folder; what would leave it is nothing.
    pub(super) fn on_disk(folder: &Path, entry: &str) -> Self {
        let entry = entry.trim_start_matches('!').replace('\\', "/");
        if entry.contains('\0') || entry.split('/').any(|name| name == "..") {
            return Self::Nothing;
        }
        match std::fs::symlink_metadata(folder.join(entry.trim_matches('/'))) {
            // A file is no folder, whatever slash stands behind its name.
            Ok(found) if found.is_file() && !entry.ends_with('/') => Self::File,
            Ok(found) if found.is_dir() => Self::Folder,
            Ok(found) if !found.is_file() => Self::Other,
            _ => Self::Nothing,
        }
    }
}

impl PackageRules {
    /// The rules of a package.json: `look` says what an entry of `files` is on disk.
    pub(super) fn new(
        object: &Map<String, Value>,
        manifest: &Manifest,
        look: impl Fn(&str) -> Named,
    ) -> Self {
        let mut rules = Self {
            strict: STRICT.iter().map(|&rule| rule.to_owned()).collect(),
            ..Self::default()
        };
        rules.has_workspaces = manifest.workspaces.as_deref().is_some_and(has_content);
        if let Some(files) = files_of(object) {
            rules.included.push("*".to_owned());
            for file in files {
                rules.include(&file, &look);
            }
        }
        let entry_points = ["browser", "main"].iter().filter_map(|key| path_of(object.get(*key)?));
        let paths = entry_points.chain(manifest.bin.values().map(str::to_owned));
        // A rule is a line: what has a line break in it can name no file.
        rules.strict.extend(paths.map(|path| format!("!/{path}")));
        rules.strict.retain(|rule| !rule.contains(['\n', '\r']));
        rules.included.retain(|rule| !rule.contains(['\n', '\r']));
        rules
    }

    fn include(&mut self, file: &str, look: impl Fn(&str) -> Named) {
        let file =
            file.strip_prefix("./").map_or_else(|| file.to_owned(), |rest| format!("/{rest}"));
        let file = if file.ends_with("/*") { format!("{file}*") } else { file };
        let rule = format!("!{file}");
        match look(&file) {
            Named::File => {
                self.strict.insert(0, rule);
                self.required.push(file.strip_prefix('/').unwrap_or(&file).to_owned());
            }
            Named::Folder => {
                self.included.push(rule.clone());
                self.included.push(format!("{rule}/**"));
            }
            Named::Other => {}
            Named::Nothing => self.included.push(rule),
        }
    }
}

/// The last rules of a folder that is no package.
pub(super) fn strict_of_folder(required: &[String]) -> Vec<String> {
    let required = required.iter().map(|file| format!("!{file}"));
    std::iter::once("/.git".to_owned()).chain(required).collect()
}

/// Those required files that lie directly in the folder of that name.
pub(super) fn below(required: &[String], folder: &str) -> Vec<String> {
    required
        .iter()
        .filter_map(|file| {
            let mut names = file.split('/').filter(|name| !matches!(*name, "" | "."));
            let (first, second, third) = (names.next(), names.next(), names.next());
            (first == Some(folder) && third.is_none()).then_some(second?.to_owned())
        })
        .collect()
}

/// `files`; npm walks a string letter by letter, so it is a list of letters here too.
fn files_of(object: &Map<String, Value>) -> Option<Vec<String>> {
    match object.get("files")? {
        Value::Array(files) => {
            Some(files.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        }
        Value::String(text) if !text.is_empty() => Some(text.chars().map(String::from).collect()),
        _ => None,
    }
}

/// The path in `main` or `browser`, printed as JavaScript does.
fn path_of(value: &Value) -> Option<String> {
    match value {
        Value::String(path) => Some(path.clone()).filter(|path| !path.is_empty()),
        Value::Object(_) => Some("[object Object]".to_owned()),
        _ => None,
    }
}

fn has_content(workspaces: &Value) -> bool {
    match workspaces {
        Value::Array(list) => !list.is_empty(),
        Value::Object(object) => {
            object.get("packages").and_then(Value::as_array).is_some_and(|list| !list.is_empty())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rules(package: &Value, named: Named) -> PackageRules {
        let manifest = Manifest::from_value(package).unwrap();
        PackageRules::new(package.as_object().unwrap(), &manifest, |_| named)
    }

    #[test]
    fn files_become_inverted_rules() {
        let package = json!({ "files": ["./lib", "dist/*"] });
        let of = |named| rules(&package, named);
        assert_eq!(
            of(Named::Folder).included,
            ["*", "!/lib", "!/lib/**", "!dist/**", "!dist/**/**"]
        );
        assert_eq!(of(Named::Nothing).included, ["*", "!/lib", "!dist/**"]);
        assert_eq!(of(Named::File).required, ["lib", "dist/**"]);
        assert_eq!(of(Named::Other).included, ["*"]);
    }

    #[test]
    fn entry_points_are_strict_and_cannot_smuggle_lines() {
        let package = json!({ "name": "a", "main": "m.js", "browser": "b\n!x", "bin": "./c.js" });
        let strict = rules(&package, Named::Nothing).strict;
        assert!(strict.ends_with(&["!/m.js".to_owned(), "!/c.js".to_owned()]));
    }

    #[test]
    fn below_hands_down_one_level() {
        let required = ["lib/a.js".to_owned(), "lib/x/b.js".to_owned(), "c.js".to_owned()];
        assert_eq!(below(&required, "lib"), ["a.js"]);
    }
}
