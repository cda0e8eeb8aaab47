//! A JSON value as it is written.
//!
//! `serde_json::Value` takes an object whose first key is the one that stands for its `RawValue`
//! for the text in it, and parses that. To npm, and to everybody else, it is an object with an odd
//! key; what denpm looks at has to be what they see. Where other keys follow, it even is an error, and
//! what was to be inspected would be passed over as no JSON.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

/// A value of any kind, in which no key has a meaning. Of a key that is given twice the last value
/// counts, at the place of the first, as in JavaScript.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plain(pub Value);

/// Reads the whole of a JSON text.
///
/// # Errors
/// A text that is not JSON, also for nesting deeper than 128.
pub fn from_slice(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice(bytes).map(|Plain(value)| value)
}

/// Reads a field that stays JSON (`deserialize_with`).
///
/// # Errors
/// As the deserializer says.
pub fn value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    Plain::deserialize(deserializer).map(|Plain(value)| value)
}

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PlainVisitor).map(Self)
    }
}

struct PlainVisitor;

impl<'de> Visitor<'de> for PlainVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Plain(item)) = list.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let Plain(value) = map.next_value()?;
            members.insert(key, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(text: &str) -> Option<Value> {
        serde_json::from_str(text).ok().map(|Plain(value)| value)
    }

    #[test]
    fn no_key_has_a_meaning() {
        let key = "$serde_json::private::RawValue";
        let text = format!(r#"{{"{key}":"{{\"a\":1}}"}}"#);
        assert_eq!(plain(&text).unwrap()[key], "{\"a\":1}");
        assert_eq!(plain(&text.replace('$', "\\u0024")).unwrap()[key], "{\"a\":1}");
        let text = format!(r#"{{"{key}":"1","scripts":{{"install":"x"}}}}"#);
        assert_eq!(from_slice(text.as_bytes()).unwrap()["scripts"]["install"], "x");
    }

    proptest! {
        #[test]
        fn whatever_else_is_written_is_read_as_serde_json_reads_it(
            text in r#"[\[\]{},:"a0-9.eE+\\nutrl -]{0,24}|(\{"[ab]":|\[)?(-?[0-9]{1,22}(\.[0-9]{1,5})?([eE][0-9]{1,3})?|"(a|\\n|\\u00e9|\\ud83d\\ude00)*"|null|true|\[1,\{"a":2,"a":3\}\])(\}|\])?"#
        ) {
            prop_assert_eq!(plain(&text), serde_json::from_str(&text).ok());
        }
    }
}
