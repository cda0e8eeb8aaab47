//! A `package.json` file: read with its layout, edited, and written back as npm would write it.
//!
//! Follows @npmcli/package-json 7: keys keep their order, dependency objects are sorted, and a
//! file that says the same is not written again.

use super::{
    json::{self, JsonFormat, JsonParseError},
    manifest::Manifest,
};
use crate::{
    error::{Code, Explain},
    spec::collate,
};
use serde_json::{Map, Value};

/// The four kinds of dependencies, in the order @npmcli/package-json handles them.
const DEPENDENCY_TYPES: [&str; 4] =
    ["dependencies", "optionalDependencies", "devDependencies", "peerDependencies"];

/// A `package.json` file's content and layout.
#[derive(Clone, Debug, PartialEq)]
pub struct PackageJson {
    content: Map<String, Value>,
    format: JsonFormat,
    /// The text it was read from; empty for a new file.
    original: String,
}

/// A text that is no `package.json`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackageJsonError {
    /// Not JSON.
    #[error("Invalid package.json: JSONParseError: {0}")]
    Parse(#[from] JsonParseError),
    /// JSON, but not an object.
    #[error("Invalid package.json: not an object")]
    NotAnObject,
}

impl Explain for PackageJsonError {
    fn code(&self) -> Code {
        Code::Jsonparse
    }
}

impl Default for PackageJson {
    /// `{}` in npm's default layout.
    fn default() -> Self {
        Self { content: Map::new(), format: JsonFormat::default(), original: String::new() }
    }
}

impl PackageJson {
    /// Reads a file's text.
    ///
    /// # Errors
    /// [`PackageJsonError`], also for nesting deeper than 128.
    pub fn parse(text: &str) -> Result<Self, PackageJsonError> {
        match json::parse_json(text)? {
            Value::Object(content) => {
                Ok(Self { content, format: json::detect_format(text), original: text.to_owned() })
            }
            _ => Err(PackageJsonError::NotAnObject),
        }
    }

    /// The file's object.
    pub fn value(&self) -> &Map<String, Value> {
        &self.content
    }

    /// The file's object, to edit.
    pub fn value_mut(&mut self) -> &mut Map<String, Value> {
        &mut self.content
    }

    /// The file's layout, which a new lockfile beside it takes over.
    pub fn format(&self) -> &JsonFormat {
        &self.format
    }

    /// The text the file was read from; empty for a new one.
    pub fn original(&self) -> &str {
        &self.original
    }

    /// The content, normalised.
    pub fn manifest(&self) -> Manifest {
        Manifest::from_object(&self.content)
    }

    /// The first dependency that has something else than a string for a specifier, for example
    /// `dependencies.a`; the field alone where it is a list or a text, not an object.
    ///
    /// npm asks nothing of other values, such as `null`.
    pub fn odd_dependency(&self) -> Option<String> {
        DEPENDENCY_TYPES.into_iter().find_map(|kind| match self.content.get(kind)? {
            Value::Object(deps) => {
                // What stands in both is an optional dependency.
                let is_optional = |name: &str| {
                    let optional = self.content.get("optionalDependencies");
                    kind == "dependencies"
                        && optional.and_then(|deps| deps.get(name)).is_some_and(Value::is_string)
                };
                let is_odd =
                    |(name, spec): &(&String, &Value)| !spec.is_string() && !is_optional(name);
                let (name, _) = deps.iter().find(is_odd)?;
                Some(format!("{kind}.{name}"))
            }
            Value::Array(items) if !items.is_empty() => Some(kind.to_owned()),
            Value::String(text) if !text.is_empty() => Some(kind.to_owned()),
            _ => None,
        })
    }

    /// Sorts the dependency objects, drops empty ones, and drops from `dependencies` what
    /// `optionalDependencies` lists.
    ///
    /// Source: @npmcli/package-json 7 `update-dependencies.js`.
    pub fn sort_dependency_objects(&mut self) {
        let content = self.content.clone();
        self.update_dependencies(&content);
    }

    /// Takes over the dependency objects of `changes`, sorted, without empty ones. Types that
    /// `changes` does not mention stay as they are.
    ///
    /// What the file listed both as peer and as production dependency stays in both, with the
    /// new peer range.
    ///
    /// Source: @npmcli/package-json 7 `update-dependencies.js`.
    pub fn update_dependencies(&mut self, changes: &Map<String, Value>) {
        let object =
            |map: &Map<String, Value>, key: &str| map.get(key).and_then(Value::as_object).cloned();
        let kept_twice: Vec<String> = match (
            object(&self.content, "dependencies"),
            object(&self.content, "peerDependencies"),
        ) {
            (Some(prod), Some(peer)) => peer
                .into_iter()
                .map(|(name, _)| name)
                .filter(|name| prod.contains_key(name))
                .collect(),
            _ => Vec::new(),
        };
        let optional = object(changes, "optionalDependencies").unwrap_or_default();
        for kind in DEPENDENCY_TYPES {
            let Some(mut deps) = object(changes, kind) else { continue };
            if kind == "dependencies" {
                deps.retain(|name, _| !optional.contains_key(name));
            }
            self.put(kind, deps);
        }
        let peers = object(&self.content, "peerDependencies").unwrap_or_default();
        for name in kept_twice {
            let Some(range) = peers.get(&name) else { continue };
            let mut deps = object(&self.content, "dependencies").unwrap_or_default();
            deps.insert(name, range.clone());
            self.content.insert("dependencies".to_owned(), Value::Object(deps));
        }
    }

    /// Sets a dependency object, or removes it if empty. The key keeps its place.
    fn put(&mut self, kind: &str, mut deps: Map<String, Value>) {
        if deps.is_empty() {
            self.content.shift_remove(kind);
            return;
        }
        let mut entries: Vec<_> = std::mem::take(&mut deps).into_iter().collect();
        entries.sort_by(|(a, _), (b, _)| collate(a, b));
        self.content.insert(kind.to_owned(), Value::Object(entries.into_iter().collect()));
    }

    /// The file's text as npm writes it: layout kept, one line end at the end (none in a file that
    /// was one line).
    pub fn render(&self) -> String {
        let mut text = json::render_json(&Value::Object(self.content.clone()), &self.format);
        text.push_str(&self.format.newline);
        text
    }

    /// Whether writing would change more than white space around the text.
    pub fn is_changed(&self) -> bool {
        // JavaScript trims byte order marks too.
        let trim = |text: &str| {
            text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').to_owned()
        };
        trim(&self.render()) != trim(&self.original)
    }
}

#[cfg(test)]
mod tests;
