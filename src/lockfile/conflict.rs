//! A lockfile with merge conflicts is merged, not refused: `parse-conflict-json`.

use serde_json::Value;

use crate::manifest::{JsonParseError, parse_json};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Top,
    Ours,
    Parent,
    Theirs,
}

/// Whether a text has the marks of a merge conflict.
pub(super) fn has_conflict(text: &str) -> bool {
    ["<<<<<<<", "=======", ">>>>>>>"].iter().all(|mark| text.contains(mark))
}

/// Parses JSON; text with conflict markers gives their version with our changes applied.
///
/// # Errors
/// When the text, or one side of the conflict, is not JSON.
pub(super) fn parse_with_conflicts(text: &str) -> Result<Value, JsonParseError> {
    if !has_conflict(text) {
        return parse_json(text);
    }
    let (mut ours, mut theirs, mut parent) = (String::new(), String::new(), String::new());
    let mut side = Side::Top;
    for line in text.trim_start_matches('\u{feff}').split(['\n', '\r']) {
        side = match line {
            line if line.contains("|||||||") => Side::Parent,
            line if line.contains("<<<<<<<") => Side::Ours,
            line if line.contains("=======") => Side::Theirs,
            line if line.contains(">>>>>>>") => Side::Top,
            line => {
                for (target, of) in [
                    (&mut ours, Side::Ours),
                    (&mut theirs, Side::Theirs),
                    (&mut parent, Side::Parent),
                ] {
                    if side == Side::Top || side == of {
                        target.push_str(line);
                    }
                }
                side
            }
        };
    }
    let (parent, ours) = (parse_json(&parent)?, parse_json(&ours)?);
    let mut theirs = parse_json(&theirs)?;
    apply_changes(&parent, &ours, &mut theirs);
    Ok(theirs)
}

/// Applies what changed from `parent` to `ours` on `theirs`.
fn apply_changes(parent: &Value, ours: &Value, theirs: &mut Value) {
    let (Value::Object(parent), Value::Object(ours_map)) = (parent, ours) else {
        if parent != ours {
            *theirs = ours.clone();
        }
        return;
    };
    let Value::Object(theirs) = theirs else {
        if parent != ours_map {
            *theirs = ours.clone();
        }
        return;
    };
    for key in parent.keys().filter(|key| !ours_map.contains_key(*key)) {
        theirs.shift_remove(key);
    }
    for (key, value) in ours_map {
        match (parent.get(key), theirs.get_mut(key)) {
            (Some(before), Some(slot)) => apply_changes(before, value, slot),
            (Some(before), None) if before == value => {}
            (_, None) => {
                theirs.insert(key.clone(), value.clone());
            }
            (None, Some(slot)) => merge_added(value, slot),
        }
    }
}

/// Both sides added the key: ours wins, member by member.
fn merge_added(ours: &Value, theirs: &mut Value) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            for (key, value) in ours {
                match theirs.get_mut(key) {
                    Some(slot) => merge_added(value, slot),
                    None => {
                        theirs.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (ours, slot) => *slot = ours.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn conflict_keeps_both_sides_additions() {
        let text = "{\n<<<<<<< ours\n\"a\": 1\n=======\n\"b\": 2\n>>>>>>> theirs\n}";
        assert_eq!(parse_with_conflicts(text).unwrap(), json!({"a": 1, "b": 2}));
    }

    #[test]
    fn conflict_with_parent_takes_our_change_and_our_removal() {
        let text = "{\n<<<<<<< o\n\"a\": 2\n||||||| p\n\"a\": 1, \"gone\": 1\n=======\n\"a\": 1, \"gone\": 1, \"c\": 3\n>>>>>>> t\n}";
        assert_eq!(parse_with_conflicts(text).unwrap(), json!({"a": 2, "c": 3}));
    }

    #[test]
    fn text_without_markers_is_plain_json() {
        assert_eq!(parse_with_conflicts("{\"a\":\"<<<<<<<\"}").unwrap(), json!({"a": "<<<<<<<"}));
    }
}
