//! Where the files of a package come from, as people and tools read it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::styled::{Line, Text};

/// Where the files of a package come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceReport {
    /// The package's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The repository it names.
    pub repository: Option<String>,
    /// The commit it was compared with.
    pub commit: Option<String>,
    /// How the commit was found.
    pub by: String,
    /// Files by state.
    pub counts: BTreeMap<&'static str, usize>,
    /// The files that the repository does not have as they are: path, state, facts.
    pub files: Vec<(String, &'static str, Vec<String>)>,
}

impl SourceReport {
    /// Whether the repository accounts for everything.
    pub fn is_accounted_for(&self) -> bool {
        !self.counts.contains_key("absent") && !self.counts.contains_key("differs")
    }
}

/// Where files come from, as one JSON object.
pub fn source_json(report: &SourceReport) -> Value {
    let files = report
        .files
        .iter()
        .map(|(path, state, facts)| json!({"file": path, "state": state, "evidence": facts}));
    json!({
        "name": report.name,
        "version": report.version,
        "repository": report.repository,
        "commit": report.commit,
        "by": report.by,
        "counts": report.counts,
        "files": files.collect::<Vec<_>>(),
    })
}

/// Where files come from, as text.
pub fn source_text(report: &SourceReport) -> Text {
    let mut text = Text::new();
    let commit = report.commit.as_ref().map(|commit| format!("{commit}, ")).unwrap_or_default();
    let head = format!("{}@{} against {commit}{}", report.name, report.version, report.by);
    text.push(Line::new().plain(&head));
    for (path, state, facts) in &report.files {
        text.push(Line::new().plain(&format!("{state:9} {path}")));
        for fact in facts {
            text.push(Line::new().plain(&format!("          {fact}")));
        }
    }
    let counts: Vec<String> =
        report.counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
    text.push(Line::new().plain(&counts.join(", ")));
    text
}
