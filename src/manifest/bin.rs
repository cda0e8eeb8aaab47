//! The `bin` field: which commands a package installs (`normalizePackageBin` of
//! @npmcli/package-json 7).

use indexmap::IndexMap;
use serde_json::Value;

use super::{json::js_entries, string_map::StringMap};

/// Commands by name, with paths inside the package: `..` cannot leave it, and there is no
/// leading `./` or `/`. Empty entries are dropped.
pub(super) fn normalize(bin: Option<&Value>, name: Option<&str>) -> StringMap {
    let mut commands: IndexMap<String, String> = match (bin, name) {
        (Some(Value::String(path)), Some(name)) if !name.is_empty() && !path.is_empty() => {
            IndexMap::from([(name.to_owned(), path.clone())])
        }
        (Some(Value::Array(paths)), _) => {
            let paths = paths.iter().filter_map(Value::as_str);
            paths.map(|path| (basename(path).to_owned(), path.to_owned())).collect()
        }
        (Some(Value::Object(bin)), _) => {
            let strings = js_entries(bin).filter_map(|(key, path)| Some((key, path.as_str()?)));
            strings.map(|(key, path)| (key.to_owned(), path.to_owned())).collect()
        }
        _ => return StringMap::default(),
    };
    // In place, as npm does it: a renamed key takes over one of the same name.
    for key in commands.keys().cloned().collect::<Vec<_>>() {
        let cleaned = secured_path(&key);
        let command = basename(&cleaned);
        let target = commands.get(&key).map(|path| secured_path(path)).unwrap_or_default();
        if command != key || command.is_empty() || target.is_empty() {
            commands.shift_remove(&key);
        }
        if !command.is_empty() && !target.is_empty() {
            commands.insert(command.to_owned(), target);
        }
    }
    commands.into_iter().collect()
}

/// Node's `path.basename` on forward slashes.
fn basename(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

/// A path with forward slashes that stays below its folder. A trailing slash is kept, as
/// `path.join` keeps it.
///
/// Source: `secureAndUnixifyPath` of @npmcli/package-json 7.
pub fn secured_path(path: &str) -> String {
    let path = path.replace(['\\', ':'], "/");
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    let trailing = if path.ends_with('/') && !segments.is_empty() { "/" } else { "" };
    segments.join("/") + trailing
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(bin: &Value, name: &str) -> Vec<(String, String)> {
        pairs(&normalize(Some(bin), Some(name)).iter().collect::<Vec<_>>())
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(key, path)| ((*key).to_owned(), (*path).to_owned())).collect()
    }

    #[test]
    fn normalize_string_takes_the_unscoped_name() {
        assert_eq!(of(&json!("./cli.js"), "@scope/tool"), pairs(&[("tool", "cli.js")]));
        assert_eq!(normalize(Some(&json!("cli.js")), None).len(), 0);
    }

    #[test]
    fn normalize_array_takes_file_names() {
        assert_eq!(
            of(&json!(["bin/a", "b.js", 1]), "x"),
            pairs(&[("a", "bin/a"), ("b.js", "b.js")])
        );
    }

    #[test]
    fn normalize_object_cannot_escape_the_package() {
        assert_eq!(of(&json!({"x/a": "1", "a": "2"}), "x"), pairs(&[("a", "1")]));
        let bin = json!({"../../a": "../../etc/passwd", "b": "..", "c": 1, "/": "x", "d\\e": "C:\\x", "f": "/abs", "": "../x"});
        assert_eq!(of(&bin, "x"), pairs(&[("f", "abs"), ("a", "etc/passwd"), ("e", "C/x")]));
    }
}
