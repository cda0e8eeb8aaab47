//! What is promised of json, as tests.

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn format(indent: &str, newline: &str) -> JsonFormat {
    JsonFormat { indent: indent.to_owned(), newline: newline.to_owned() }
}

#[test]
fn detect_format_reads_what_stands_behind_the_brace() {
    for (text, indent, newline) in [
        ("{\n  \"a\": 1\n}", "  ", "\n"),
        ("{\r\n\t\"a\": 1\r\n}", "\t", "\r\n"),
        ("{\n\"a\": 1\n}", "", "\n"),
        ("\u{feff} [\n    1]", "    ", "\n"),
        ("{\n\n \"a\": 1}", " ", "\n\n"),
        ("{\"a\": 1}", "", ""),
        ("{}", "  ", "\n"),
        ("{}\r\n", "  ", "\r\n"),
        ("[]\n", "  ", "\n"),
    ] {
        assert_eq!(detect_format(text), format(indent, newline), "{text:?}");
    }
}

#[test]
fn render_json_writes_as_javascript() {
    let value =
        json!({"b": [], "10": {}, "a": [1, {"x": null}], "2": "é/\u{7f}\u{1}\"\\\n", "01": true});
    assert_eq!(
        render_json(&value, &JsonFormat::default()),
        "{\n  \"2\": \"é/\u{7f}\\u0001\\\"\\\\\\n\",\n  \"10\": {},\n  \"b\": [],\n  \"a\": [\n    1,\n    {\n      \"x\": null\n    }\n  ],\n  \"01\": true\n}"
    );
    assert_eq!(render_json(&json!({"a": [1, 2]}), &format("", "\n")), "{\"a\":[1,2]}");
    assert_eq!(render_json(&json!([1]), &format("\t", "\r\n")), "[\r\n\t1\r\n]");
    assert_eq!(render_json(&json!([1]), &format("            ", "\n")), "[\n          1\n]");
}

#[test]
fn render_json_numbers_follow_ecmascript() {
    for (text, expected) in [
        ("1.0", "1"),
        ("-0", "0"),
        ("0.1", "0.1"),
        ("1e21", "1e+21"),
        ("1e20", "100000000000000000000"),
        ("1.5e-7", "1.5e-7"),
        ("0.000001", "0.000001"),
        ("123.456", "123.456"),
        ("12345678901234567890", "12345678901234567000"),
        ("9007199254740993", "9007199254740992"),
        ("-1.25e300", "-1.25e+300"),
    ] {
        assert_eq!(
            render_json(&parse_json(text).unwrap(), &JsonFormat::default()),
            expected,
            "{text}"
        );
    }
}

#[test]
fn parse_json_errors_tell_token_position_and_text() {
    for (text, message, position) in [
        ("", "Unexpected end of JSON input while parsing empty string", 0),
        ("{\"a\":", "Unexpected end of JSON input while parsing \"{\\\"a\\\":\"", 4),
        (
            "{\"a\":}",
            "Unexpected token \"}\" (0x7D) in JSON at position 5 while parsing \"{\\\"a\\\":}\"",
            5,
        ),
        (
            "{\n  \"name\": \"example\",\n  \"version\": oops\n}",
            "Unexpected token \"o\" (0x6F) in JSON at position 36 while parsing near \"...mple\\\",\\n  \\\"version\\\": oops\\n}\"",
            36,
        ),
    ] {
        let error = parse_json(text).unwrap_err();
        assert_eq!((error.message.as_str(), error.position), (message, position));
    }
}

#[test]
fn an_object_of_any_size_is_written_alike() {
    for count in [SHARED - 1, SHARED, 2 * SHARED + 1] {
        let entries = |members| -> Map<String, Value> {
            (0..members)
                .rev()
                .map(|number| (format!("{number:04}x"), json!({"v": number})))
                .collect()
        };
        let nested = json!({"a": 1, "packages": entries(count), "z": {}});
        let sorted = |text: &str| {
            let format = JsonFormat::default();
            let value = parse_json(text).unwrap();
            render_json_sorted(Json::Value(&value), &format, |(a, _), (b, _)| a.cmp(b))
        };
        let text = sorted(&nested.to_string());
        assert_eq!(parse_json(&text).unwrap(), nested);
        let keys: Vec<&str> = text.lines().filter(|line| line.contains("x\": {")).collect();
        assert!(keys.len() == count && keys.is_sorted());
        let entries = (0..count).map(|number| (format!("k{number}"), json!({"v": number})));
        let value = Value::Object(entries.collect());
        for layout in [JsonFormat::default(), format("", ""), format("\t", "\r\n")] {
            let text = render_json(&value, &layout);
            assert_eq!(parse_json(&text).unwrap(), value);
            let line =
                |number| format!("{}\"k{number}\":", layout.newline.clone() + &layout.indent);
            let places = (0..count).map(|number| text.find(&line(number)));
            assert!(places.is_sorted_by(|a, b| a.is_some() && a < b), "{count}");
        }
    }
}

#[test]
fn parse_json_bounds_depth() {
    assert!(parse_json(&"[".repeat(100_000)).is_err());
}

proptest! {
    #[test]
    fn render_json_round_trips(text in "\\PC{0,12}", number in any::<i32>(), key in "[a-z0-9]{1,4}") {
        let value = json!({key.clone(): [text, number, {key: null}]});
        for layout in [JsonFormat::default(), format("", ""), format("\t", "\r\n")] {
            prop_assert_eq!(&parse_json(&render_json(&value, &layout)).unwrap(), &value);
        }
    }

    #[test]
    fn parse_json_never_panics(text in "[{}\\[\\]\",:a-z0-9é\n ]{0,40}") {
        if let Err(error) = parse_json(&text) {
            prop_assert!(error.position <= text.len());
        }
        let _layout = detect_format(&text);
    }
}
