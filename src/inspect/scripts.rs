//! Scripts that run when a package is installed.

use super::{Sign, change::Change};
use crate::flag::Flag;

/// Signs about install scripts that the baseline does not have, or has otherwise.
pub fn signs(change: &Change<'_>) -> Vec<Sign> {
    let Some(old) = change.baseline else { return Vec::new() };
    let new: Vec<String> =
        change.new_scripts().map(|(event, script)| format!("{event}: {script}")).collect();
    if !new.is_empty() {
        let message = "runs a script at installation, and did not before";
        return vec![Sign::new(Flag::NewScript, message, new)];
    }
    let changed = change.new.scripts.iter().filter_map(|(event, script)| {
        let before = old.scripts.get(event).filter(|before| *before != script)?;
        Some(format!("{event}: {before} → {script}"))
    });
    let changed: Vec<String> = changed.collect();
    if changed.is_empty() {
        return Vec::new();
    }
    vec![Sign::new(Flag::ScriptChanged, "runs another script at installation than before", changed)]
}
