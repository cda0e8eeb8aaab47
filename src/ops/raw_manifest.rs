//! Manifests as npm shows them with `--long`: every field, normalised in place.
//!
//! The steps are those of `@npmcli/package-json` that [`Manifest`] follows for the fields it
//! has; here the object keeps its order and everything else it holds. A folder of bins
//! (`directories.bin`) is not expanded.

use std::path::Path;

use serde_json::{Map, Value};

use crate::{
    manifest::{Manifest, StringMap},
    spec::name_from_folder,
};

/// The content of a package.json.
pub(super) fn of_file(mut object: Map<String, Value>) -> Map<String, Value> {
    object.retain(|key, _| !key.starts_with('_'));
    let bin = Manifest::from_object(&object).bin;
    let mut object = normalised(object);
    put(&mut object, "bin", (!bin.is_empty()).then(|| to_object(&bin)));
    object
}

/// A lockfile's entry for a folder: the name stands in it only where it differs from the folder's.
pub(super) fn of_lock_entry(mut entry: Map<String, Value>, folder: &str) -> Map<String, Value> {
    let is_named = entry.get("name").and_then(Value::as_str).is_some_and(|name| !name.is_empty());
    if !is_named {
        entry.insert("name".to_owned(), name_from_folder(Path::new(folder)).into());
    }
    normalised(entry)
}

fn normalised(mut object: Map<String, Value>) -> Map<String, Value> {
    object.values_mut().for_each(write_whole_numbers_whole);
    let known = Manifest::from_object(&object);
    if let (Some(name), Some(version)) = (&known.name, &known.version)
        && !name.is_empty()
        && !version.is_empty()
    {
        object.insert("_id".to_owned(), format!("{name}@{version}").into());
    }
    if let Some(misspelt) = object.shift_remove("bundledDependencies") {
        object.entry("bundleDependencies").or_insert(misspelt);
    }
    put(&mut object, "bundleDependencies", known.bundle_dependencies.map(Value::from));
    if object.get("optionalDependencies").is_some_and(Value::is_object) {
        let left = to_object(&known.dependencies);
        put(
            &mut object,
            "dependencies",
            Some(left).filter(|left| left != &Value::Object(Map::new())),
        );
    }
    if object.contains_key("scripts") {
        let is_object = object.get("scripts").is_some_and(Value::is_object);
        put(&mut object, "scripts", is_object.then(|| to_object(&known.scripts)));
    }
    put(&mut object, "funding", known.funding.map(|funding| *funding));
    object
}

/// JavaScript has one kind of number: `15.0` is `15`.
fn write_whole_numbers_whole(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            let whole = number.as_f64().filter(|number| number.fract() == 0.0);
            let text = whole.map(|number| format!("{number:.0}"));
            if let Some(whole) = text.and_then(|text| text.parse::<i64>().ok()) {
                *number = whole.into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(write_whole_numbers_whole),
        Value::Object(members) => members.values_mut().for_each(write_whole_numbers_whole),
        _ => {}
    }
}

fn to_object(entries: &StringMap) -> Value {
    Value::Object(entries.iter().map(|(key, value)| (key.to_owned(), value.into())).collect())
}

/// Gives a field that is there another value, or removes it; its place stays.
fn put(object: &mut Map<String, Value>, key: &str, value: Option<Value>) {
    match (object.get_mut(key), value) {
        (Some(slot), Some(value)) => *slot = value,
        (Some(_), None) => drop(object.shift_remove(key)),
        (None, _) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn file_is_normalised_in_place() {
        let file = object(&json!({
            "_from": "x", "name": "p", "bin": "./cli.js", "version": "1.0.0", "extra": 1,
            "dependencies": {"a": "1"}, "optionalDependencies": {"a": "1"},
            "funding": "https://x.example", "scripts": {"a": "b", "c": 1},
            "bundledDependencies": ["a"],
        }));
        let shown = Value::Object(of_file(file)).to_string();
        insta::assert_snapshot!(shown, @r#"{"name":"p","bin":{"p":"cli.js"},"version":"1.0.0","extra":1,"optionalDependencies":{"a":"1"},"funding":{"url":"https://x.example"},"scripts":{"a":"b"},"_id":"p@1.0.0","bundleDependencies":["a"]}"#);
    }

    #[test]
    fn lock_entry_gets_the_name_of_its_folder() {
        let entry = of_lock_entry(object(&json!({"version": "1.0.0"})), "/p/node_modules/@s/x");
        assert_eq!(
            Value::Object(entry),
            json!({"version": "1.0.0", "name": "@s/x", "_id": "@s/x@1.0.0"})
        );
    }
}
