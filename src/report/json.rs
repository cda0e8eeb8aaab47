//! JSON for scripts: npm's objects on stdout, and events as NDJSON.

use std::{
    fmt::Write as _,
    io::Write,
    sync::{Mutex, PoisonError},
};

use serde_json::{Value, json};

use super::{display, eresolve, finding, progress, summary::TrustSummary, text::level_name};
use crate::event::{Event, Reporter};

/// The JSON that ends a command: the result, with the error under `error` as npm merges it
/// (`getJsonBuffer` in `lib/utils/display.js`). A result that is no object hides the error.
pub fn merge(result: Option<Value>, error: Option<Value>) -> Option<Value> {
    match (result, error) {
        (None, None) => None,
        (None, Some(error)) => Some(json!({"error": error})),
        (Some(mut result), error) => {
            if let Some(error) = error {
                set(&mut result, "error", error);
            }
            Some(result)
        }
    }
}

/// Sets a key of an object; leaves any other value as it is.
pub(super) fn set(value: &mut Value, key: &str, member: Value) {
    if let Value::Object(object) = value {
        object.insert(key.to_owned(), member);
    }
}

/// Two-space JSON with a line end, without secrets and without raw control characters.
pub fn pretty(value: &Value) -> String {
    // A `Value` always serialises: its keys are strings.
    let text = serde_json::to_string_pretty(&redacted(value)).unwrap_or_default();
    let mut text = ascii_controls(&text);
    text.push('\n');
    text
}

fn line(value: &Value) -> String {
    let mut text = ascii_controls(&redacted(value).to_string());
    text.push('\n');
    text
}

fn redacted(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(display::redact(text).into_owned()),
        Value::Array(items) => Value::Array(items.iter().map(redacted).collect()),
        Value::Object(object) => Value::Object(
            object
                .iter()
                .map(|(key, value)| (display::redact(key).into_owned(), redacted(value)))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// Escapes what JSON allows raw but a terminal obeys: DEL and the C1 characters, which can
/// occur inside strings only.
fn ascii_controls(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() && c != '\n' {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// One event as an object with a `type`.
pub fn event(event: &Event) -> Value {
    match event {
        Event::PhaseStarted(phase) => {
            json!({"type": "phase", "phase": progress::name(*phase), "state": "started"})
        }
        Event::PhaseProgress { phase, done, total } => {
            json!({"type": "progress", "phase": progress::name(*phase), "done": done, "total": total})
        }
        Event::PhaseFinished(phase) => {
            json!({"type": "phase", "phase": progress::name(*phase), "state": "finished"})
        }
        Event::Log { level, prefix, lines } => {
            json!({"type": "log", "level": level_name(*level), "prefix": prefix, "lines": lines})
        }
        Event::Finding(finding) => json!({
            "type": "finding",
            "code": finding.code,
            "flag": finding.flag,
            "level": finding::gravity(finding.gravity),
            "name": finding.name,
            "version": finding.version,
            "baseline": finding.baseline,
            "message": finding.message,
            "evidence": finding.evidence,
            "file": finding.file,
            "acknowledge": finding.acknowledge,
        }),
        Event::PeerConflict(conflict) => {
            let [_, Event::Log { lines, .. }] = &eresolve::warning(conflict) else {
                return Value::Null;
            };
            json!({"type": "peer-conflict", "lines": lines})
        }
        Event::Request { method, url, status, took, cached } => json!({
            "type": "request",
            "method": method,
            "url": url,
            "status": status,
            "tookMs": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            "cached": cached,
        }),
        Event::ScriptStarted { package, event, command } => {
            json!({"type": "script", "package": package, "event": event, "command": command})
        }
    }
}

/// What was proven, as an event object.
pub fn trust(trust: TrustSummary) -> Value {
    json!({
        "type": "trust",
        "verifiedIntegrity": trust.verified_integrity,
        "withoutIntegrity": trust.without_integrity,
        "fromStore": trust.from_store,
        "downloaded": trust.downloaded,
        "registries": trust.registries,
        "logged": trust.logged,
        "notAsked": trust.not_asked,
        "seenBefore": trust.seen_before,
        "firstSeen": trust.first_seen,
    })
}

/// Writes every event as one line of JSON.
pub struct NdjsonReporter {
    out: Mutex<Box<dyn Write + Send>>,
}

impl NdjsonReporter {
    /// Writes to `out`; a reader that went away is not an error.
    pub fn new(out: Box<dyn Write + Send>) -> Self {
        Self { out: Mutex::new(out) }
    }

    /// Writes any object, for example [`trust`].
    pub fn write(&self, object: &Value) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody is told when the stream of events cannot be written: the result counts.
        drop(out.write_all(line(object).as_bytes()));
    }
}

impl Reporter for NdjsonReporter {
    fn event(&self, event: Event) {
        self.write(&self::event(&event));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pretty_hides_secrets_and_escapes_controls() {
        let value = json!({"resolved": "https://a:secret@host/x", "title": "\u{9b}31m\x1b[0m"});
        insta::assert_snapshot!(pretty(&value), @r#"
        {
          "resolved": "https://a:***@host/x",
          "title": "\u009b31m\u001b[0m"
        }
        "#);
    }

    #[test]
    fn merge_puts_the_error_beside_the_result() {
        assert_eq!(
            merge(Some(json!({"a": 1})), Some(json!("e"))),
            Some(json!({"a": 1, "error": "e"}))
        );
        assert_eq!(merge(Some(json!([1])), Some(json!("e"))), Some(json!([1])));
        assert_eq!(merge(None, Some(json!("e"))), Some(json!({"error": "e"})));
        assert_eq!(merge(None, None), None);
    }

    #[test]
    fn event_of_a_warning_is_one_object() {
        let object = event(&Event::warn("deprecated", "a@1.0.0: old"));
        insta::assert_snapshot!(object, @r#"{"type":"log","level":"warn","prefix":"deprecated","lines":["a@1.0.0: old"]}"#);
    }
}
