//! The entries of a lockfile, read each for itself: building the whole text as JSON first would
//! cost more than all the rest, and leave nothing to do for a second processor.
//!
//! Only for what npm writes: an escape in a field's name, `packages` that is no object and whatever
//! else is unusual are left to the reader that takes everything. What nobody asks for is read past,
//! however deep or large it is, as npm does; the other reader refuses nesting deeper than 128.

use std::fmt;

use indexmap::IndexMap;
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::{Map, Value, value::RawValue};

use super::read::{MAX_ENTRIES, folder_name, lock_entry};
use crate::{arborist::LockEntry, cpu, manifest::Manifest, plain::Plain};

/// The fields of an entry that are no manifest's.
const OWN_FIELDS: [&str; 10] = [
    "resolved",
    "integrity",
    "link",
    "extraneous",
    "dev",
    "optional",
    "devOptional",
    "peer",
    "inBundle",
    "hasShrinkwrap",
];

/// Fewer entries than these are read sooner than another thread begins.
const WORTH_A_THREAD: usize = 128;

/// A lockfile's top level without `packages` and `dependencies`, and its entries by location.
pub(super) type Read = (Map<String, Value>, IndexMap<String, LockEntry>);

/// Reads a lockfile that has `packages`; `None` for anything unusual.
pub(super) fn read(text: &str) -> Option<Read> {
    let TopLevel { header, packages } = serde_json::from_str(text).ok()?;
    let packages: Vec<(String, &RawValue)> = packages?.into_iter().collect();
    if packages.len() > MAX_ENTRIES {
        return None;
    }
    let read = |(location, raw): &(String, &RawValue)| entry(location, raw.get());
    let entries = cpu::map_parts(&packages, WORTH_A_THREAD, read);
    let locations = packages.into_iter().map(|(location, _)| location);
    let entries = locations.zip(entries).map(|(location, entry)| Some((location, entry?)));
    Some((header, entries.collect::<Option<_>>()?))
}

fn entry(location: &str, text: &str) -> Option<LockEntry> {
    let folder = folder_name(location);
    let package = Manifest::entry_from_slice(text.as_bytes(), folder.as_deref()).ok()?;
    let OwnFields(own) = serde_json::from_str(text).ok()?;
    Some(lock_entry(location, package, &own))
}

/// A lockfile whose entries are still text.
struct TopLevel<'a> {
    header: Map<String, Value>,
    packages: Option<IndexMap<String, &'a RawValue>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for TopLevel<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(TopLevelVisitor)
    }
}

struct TopLevelVisitor;

impl<'de> Visitor<'de> for TopLevelVisitor {
    type Value = TopLevel<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a lockfile")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut top = TopLevel { header: Map::new(), packages: None };
        while let Some(key) = map.next_key::<&str>()? {
            match key {
                "packages" => top.packages = Some(map.next_value()?),
                // What versions before 2 had; beside `packages` nobody reads it.
                "dependencies" => drop(map.next_value::<IgnoredAny>()?),
                _ => drop(top.header.insert(key.to_owned(), map.next_value::<Plain>()?.0)),
            }
        }
        Ok(top)
    }
}

/// What of an entry is in [`OWN_FIELDS`].
struct OwnFields(Map<String, Value>);

impl<'de> Deserialize<'de> for OwnFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OwnFieldsVisitor)
    }
}

struct OwnFieldsVisitor;

impl<'de> Visitor<'de> for OwnFieldsVisitor {
    type Value = OwnFields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an entry of a lockfile")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OwnFields, A::Error> {
        let mut own = Map::new();
        while let Some(key) = map.next_key::<&str>()? {
            if OWN_FIELDS.contains(&key) {
                own.insert(key.to_owned(), map.next_value::<Plain>()?.0);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(OwnFields(own))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;
    use serde_json::json;

    use super::super::read::read_any;
    use super::*;

    fn both(text: &str) -> (Option<String>, Option<String>) {
        let told = |read: Read| format!("{read:?}");
        (read(text).map(told), read_any(text, Path::new("f")).ok().map(told))
    }

    #[test]
    fn what_npm_writes_is_read_entry_by_entry() {
        let text = r#"{"name":"p","lockfileVersion":3,"requires":true,"packages":{
            "":{"name":"p","dependencies":{"a":"^1"},"workspaces":["w"]},
            "node_modules/a":{"version":"1.0.0","resolved":"r","integrity":"sha512-x","dev":true,
              "bin":{"a":"a.js"},"engines":{"node":">=1"},"funding":{"url":"u"}},
            "node_modules/@s/b":{"resolved":"w","link":true},
            "node_modules/c":{"version":"1.0.0","bundleDependencies":["d"],"os":["!win32"],
              "inBundle":true,"hasShrinkwrap":true,"devOptional":true,"peer":1}},
            "dependencies":{"a":{"version":"2.0.0"}}}"#;
        let (quick, any) = both(text);
        assert!(quick.is_some());
        assert_eq!(quick, any);
    }

    #[test]
    fn the_unusual_is_left_to_the_reader_that_takes_everything() {
        for text in [
            "\u{feff}{\"packages\":{}}",
            r#"{"lockfileVersion":1,"dependencies":{"a":{"version":"1.0.0"}}}"#,
            r#"{"packages":null}"#,
            r#"{"packages":{"node_modules/a":[]}}"#,
            r#"{"packages":{"node_modules/a":{"versio\u006e":"1.0.0"}}}"#,
            r#"{"packages":{}"#,
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn what_nobody_asks_for_is_read_past() {
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        for odd in [&*deep, "1e999", r#""\ud800""#] {
            let text = format!(r#"{{"packages":{{"a":{{"version":"1.0.0","x":{odd}}}}}}}"#);
            let (_, entries) = read(&text).unwrap();
            assert_eq!(entries["a"].package.version.as_deref(), Some("1.0.0"));
        }
    }

    #[test]
    fn a_key_that_serde_json_keeps_for_itself_is_a_key_like_others() {
        let key = "$serde_json::private::RawValue";
        for text in [
            format!(r#"{{"packages":{{"a":{{"{key}":"{{\"version\":\"1.0.0\"}}"}}}}}}"#),
            format!(r#"{{"packages":{{"a":{{"dependencies":{{"{key}":"{{}}"}}}}}}}}"#),
            format!(r#"{{"packages":{{"a":{{"resolved":{{"{key}":"\"r\""}}}}}}}}"#),
            format!(r#"{{"x":{{"{key}":"1"}},"packages":{{}}}}"#),
        ] {
            let (quick, any) = both(&text);
            assert!(quick.is_some(), "{text}");
            assert_eq!(quick, any, "{text}");
        }
    }

    #[test]
    fn of_what_is_given_twice_the_last_counts() {
        for text in [
            r#"{"packages":{"node_modules/a":{"version":"1.0.0","version":"2.0.0"}}}"#,
            r#"{"packages":{"a":{"dependencies":{"b":"1"},"dependencies":{"c":"1"}}}}"#,
            r#"{"packages":{"a":{"dependencies":{"b":"1"},"dependencies":3}}}"#,
            r#"{"packages":{"a":{"dependencies":{"b":"1","b":2},"bin":"x","bin":{"y":"z"}}}}"#,
            r#"{"packages":{"a":{"version":"1.0.0","dev":true,"version":1,"dev":false}}}"#,
            r#"{"packages":{"a":{"version":"1.0.0"},"b":{},"a":{"link":true,"resolved":"b"}}}"#,
            r#"{"packages":{"a":{}},"x":1,"packages":{"b":{}},"x":2}"#,
        ] {
            let (quick, any) = both(text);
            assert!(quick.is_some(), "{text}");
            assert_eq!(quick, any, "{text}");
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[a-z0-9.^@/:é-]{0,6}".prop_map(Value::from),
        ];
        scalar.prop_recursive(2, 8, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map("[a-z1]{1,3}", inner, 0..3).prop_map(|map| json!(map)),
            ]
        })
    }

    /// Every field of an entry that npm knows, and one that it does not.
    fn field() -> impl Strategy<Value = String> {
        let all = "name version resolved integrity link dev optional devOptional peer extraneous \
                   inBundle hasShrinkwrap hasInstallScript bin license engines os cpu libc funding \
                   dependencies optionalDependencies peerDependencies peerDependenciesMeta \
                   devDependencies bundleDependencies acceptDependencies workspaces deprecated x";
        prop::sample::select(all.split_whitespace().collect::<Vec<_>>()).prop_map(str::to_owned)
    }

    proptest! {
        #[test]
        fn both_readers_have_the_same_to_say(
            entries in prop::collection::btree_map(
                "(node_modules/)?(@s/)?[a-c]{1,2}",
                prop::collection::btree_map(field(), value(), 0..6),
                0..4,
            ),
            header in prop::collection::btree_map("[a-z]{1,4}", value(), 0..3),
        ) {
            let mut lock = json!(header);
            lock["packages"] = json!(entries);
            let (quick, any) = both(&lock.to_string());
            prop_assert!(quick.is_some());
            prop_assert_eq!(quick, any);
        }
    }
}
