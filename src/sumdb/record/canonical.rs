//! Canonical JSON (RFC 8785) of what a manifest hash covers: objects, arrays, strings, `true`.

use std::{cmp::Ordering, collections::BTreeMap};

use crate::sumdb::escape::hex;

/// A name, in the order that RFC 8785 §3.2.3 sorts by: UTF-16 code units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key(String);

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.encode_utf16().cmp(other.0.encode_utf16())
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A value without numbers, `null` and `false`: what is not said is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Canonical {
    True,
    Text(String),
    List(Vec<Canonical>),
    Object(BTreeMap<Key, Canonical>),
}

impl Canonical {
    pub(super) fn object(fields: impl IntoIterator<Item = (String, Self)>) -> Self {
        Self::Object(fields.into_iter().map(|(name, value)| (Key(name), value)).collect())
    }

    /// Whether it says anything.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::True => false,
            Self::Text(text) => text.is_empty(),
            Self::List(values) => values.is_empty(),
            Self::Object(fields) => fields.is_empty(),
        }
    }

    pub(super) fn write(&self, out: &mut String) {
        match self {
            Self::True => out.push_str("true"),
            Self::Text(text) => write_text(text, out),
            Self::List(values) => {
                out.push('[');
                for (at, value) in values.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { "," });
                    value.write(out);
                }
                out.push(']');
            }
            Self::Object(fields) => {
                out.push('{');
                for (at, (Key(name), value)) in fields.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { "," });
                    write_text(name, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

/// RFC 8785 §3.2.2.2: only what must be escaped, in its shortest form.
fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            control if u32::from(control) < 0x20 => {
                out.push_str("\\u00");
                out.push_str(&hex(&[u8::try_from(u32::from(control)).unwrap_or_default()]));
            }
            plain => out.push(plain),
        }
    }
    out.push('"');
}
