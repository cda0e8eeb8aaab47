//! What is promised of package json, as tests.

use super::*;
use serde_json::json;

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

#[test]
fn render_changes_no_byte_of_what_npm_wrote() {
    for text in [
        "{\n  \"name\": \"x\",\n  \"a\": []\n}\n",
        "{\r\n\t\"name\": \"x\"\r\n}\r\n",
        "{\"name\":\"x\"}",
        "{}\n",
    ] {
        let file = PackageJson::parse(text).unwrap();
        assert_eq!((file.render().as_str(), file.is_changed()), (text, false));
    }
}

#[test]
fn is_changed_ignores_surrounding_white_space_only() {
    let mut file = PackageJson::parse("\u{feff}{\n  \"name\": \"x\"\n}").unwrap();
    assert_eq!(file.render(), "{\n  \"name\": \"x\"\n}\n");
    assert!(!file.is_changed());
    file.value_mut().insert("version".to_owned(), json!("1.0.0"));
    assert!(file.is_changed());
    assert_eq!(PackageJson::default().render(), "{}\n");
}

#[test]
fn sort_dependency_objects_sorts_prunes_and_keeps_places() {
    let text = r#"{
  "dependencies": {
    "b": "1",
    "opt": "1",
    "A": "1",
    "a": "1",
    "@s/x": "1"
  },
  "devDependencies": {},
  "name": "x",
  "optionalDependencies": {
    "opt": "1"
  }
}"#;
    let mut file = PackageJson::parse(text).unwrap();
    file.sort_dependency_objects();
    let keys: Vec<_> = file.value().keys().map(String::as_str).collect();
    assert_eq!(keys, ["dependencies", "name", "optionalDependencies"]);
    let names: Vec<_> =
        file.value()["dependencies"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["@s/x", "a", "A", "b"]);
}

#[test]
fn update_dependencies_keeps_a_peer_that_is_also_production() {
    let mut file =
        PackageJson::parse(r#"{"dependencies":{"p":"1","gone":"1"},"peerDependencies":{"p":"1"}}"#)
            .unwrap();
    file.update_dependencies(&object(
        &json!({"dependencies": {}, "peerDependencies": {"p": "2"}, "other": 1}),
    ));
    assert_eq!(
        file.value(),
        &object(&json!({"peerDependencies": {"p": "2"}, "dependencies": {"p": "2"}}))
    );
}

#[test]
fn parse_reports_npms_error() {
    let error = PackageJson::parse("{\"a\":}").unwrap_err();
    assert_eq!(
        error.to_string(),
        "Invalid package.json: JSONParseError: Unexpected token \"}\" (0x7D) in JSON at position 5 while parsing \"{\\\"a\\\":}\""
    );
    assert_eq!(PackageJson::parse("[]"), Err(PackageJsonError::NotAnObject));
}

#[test]
fn odd_dependency_is_whatever_has_no_string() {
    let odd = |text: &str| PackageJson::parse(text).unwrap().odd_dependency();
    for (text, found) in [
        (r#"{"dependencies":{"a":"1","b":5}}"#, Some("dependencies.b")),
        (r#"{"devDependencies":{"a":null}}"#, Some("devDependencies.a")),
        (r#"{"peerDependencies":{"a":{}},"dependencies":{}}"#, Some("peerDependencies.a")),
        (r#"{"optionalDependencies":["a"]}"#, Some("optionalDependencies")),
        (r#"{"dependencies":"a"}"#, Some("dependencies")),
        (r#"{"dependencies":[],"devDependencies":"","peerDependencies":null}"#, None),
        (r#"{"dependencies":5,"acceptDependencies":{"a":5}}"#, None),
    ] {
        assert_eq!(odd(text).as_deref(), found, "{text}");
    }
}
