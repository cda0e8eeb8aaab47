//! A review as people and tools read it: text, JSON, Markdown for a pull request, SARIF, and the
//! annotations of a workflow.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    display, finding,
    styled::{Line, Text},
};
use crate::event::{Finding, Gravity};

/// What would change, and what is unusual about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// Name, old version where there is one, new version.
    pub changes: Vec<(String, Option<String>, String)>,
    /// What is unusual.
    pub findings: Vec<Finding>,
    /// `name@version`, file, and why it was not checked.
    pub unchecked: Vec<(String, String, String)>,
}

/// One finding as JSON.
pub fn finding_json(finding: &Finding) -> Value {
    json!({
        "code": finding.code,
        "flag": finding.flag,
        "level": finding::gravity(finding.gravity),
        "name": finding.name,
        "version": finding.version,
        "baseline": finding.baseline,
        "file": finding.file,
        "message": finding.message,
        "evidence": finding.evidence,
        "acknowledge": finding.acknowledge,
    })
}

/// The findings from a gravity up.
pub fn told(findings: &[Finding], least: Gravity) -> impl Iterator<Item = &Finding> {
    findings.iter().filter(move |finding| finding.gravity >= least)
}

/// A review as one JSON object.
pub fn to_json(review: &Review, least: Gravity) -> Value {
    let changes =
        review.changes.iter().map(|(name, from, to)| json!({"name": name, "from": from, "to": to}));
    let unchecked = review
        .unchecked
        .iter()
        .map(|(package, file, why)| json!({"package": package, "file": file, "reason": why}));
    json!({
        "changes": changes.collect::<Vec<_>>(),
        "findings": told(&review.findings, least).map(finding_json).collect::<Vec<_>>(),
        "unchecked": unchecked.collect::<Vec<_>>(),
    })
}

/// Findings as text.
pub fn findings_text(findings: &[Finding], least: Gravity) -> Text {
    let mut text = Text::new();
    for finding in told(findings, least) {
        let head =
            format!("{} {} {}: ", finding.code, finding::gravity(finding.gravity), finding.flag);
        for (at, line) in finding::lines(finding).into_iter().enumerate() {
            let line = if at == 0 { format!("{head}{line}") } else { line };
            text.push(Line::new().plain(&line));
        }
    }
    text
}

/// A review as text.
pub fn to_text(review: &Review, least: Gravity) -> Text {
    let mut text = Text::new();
    for (name, from, to) in &review.changes {
        let from = from.as_deref().map_or("(new)".to_owned(), |from| format!("{from} →"));
        text.push(Line::new().plain(&format!("{name} {from} {to}")));
    }
    text.append(findings_text(&review.findings, least));
    for (package, file, why) in &review.unchecked {
        text.push(Line::new().plain(&format!("not checked: {package} {file}: {why}")));
    }
    if review.changes.is_empty() {
        text.push_own("nothing would change");
    }
    text
}

/// A review for a pull request.
pub fn to_markdown(review: &Review, least: Gravity) -> String {
    let mut out =
        format!("### Dependency review: {} changed\n\n", super::packages(review.changes.len()));
    let findings: Vec<&Finding> = told(&review.findings, least).collect();
    if findings.is_empty() {
        out.push_str("Nothing unusual.\n");
    } else {
        out.push_str("| level | flag | package | what |\n|---|---|---|---|\n");
        for finding in findings {
            let from =
                finding.baseline.as_ref().map(|from| format!("{from} → ")).unwrap_or_default();
            let mut what = vec![cell(&finding.message)];
            what.extend(finding.evidence.iter().map(|fact| cell(fact)));
            let row = format!(
                "| {} | {} `{}` | {} {from}{} | {} |\n",
                finding::gravity(finding.gravity),
                finding.code,
                finding.flag,
                cell(&finding.name),
                cell(&finding.version),
                what.join("<br>"),
            );
            out.push_str(&row);
        }
    }
    out.push_str("\n<details><summary>All changes</summary>\n\n");
    for (name, from, to) in &review.changes {
        let from = from.as_deref().map_or("new".to_owned(), cell);
        let line = format!("- {}: {from} → {}\n", cell(name), cell(to));
        out.push_str(&line);
    }
    out.push_str("\n</details>\n");
    out
}

/// Foreign text within a table: no control characters, no mark-up.
fn cell(text: &str) -> String {
    let mut out = String::new();
    for c in display::line(text).chars() {
        match c {
            '|' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '\\' | '#' | '@' | '!' | '~' | '&' => {
                let code = format!("&#{};", u32::from(c));
                out.push_str(&code);
            }
            '\n' | '\r' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

/// The findings as SARIF 2.1.0, each at the line of its package in the lockfile.
pub fn to_sarif(review: &Review, least: Gravity, lock: &str) -> Value {
    let findings: Vec<&Finding> = told(&review.findings, least).collect();
    let rules: BTreeSet<(&str, &str)> =
        findings.iter().map(|finding| (finding.code, finding.flag)).collect();
    let result = |finding: &&Finding| {
        let text = std::iter::once(finding.message.as_str())
            .chain(finding.evidence.iter().map(String::as_str));
        json!({
            "ruleId": finding.code,
            "level": match finding.gravity {
                Gravity::Block => "error",
                Gravity::Warn => "warning",
                Gravity::Info => "note",
            },
            "message": { "text": format!("{}@{}: {}", finding.name, finding.version, text.collect::<Vec<_>>().join("\n")) },
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": { "uri": "package-lock.json" },
                    "region": { "startLine": line_of(lock, finding) },
                },
            }],
        })
    };
    json!({
        "version": "2.1.0",
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "runs": [{
            "tool": { "driver": {
                "name": "denpm",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|(code, flag)| json!({ "id": code, "name": flag, "shortDescription": { "text": flag } })).collect::<Vec<_>>(),
            } },
            "results": findings.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}

/// The findings as a workflow's annotations.
pub fn to_github(review: &Review, least: Gravity, lock: &str) -> Vec<String> {
    let escape = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| escape(text).replace(':', "%3A").replace(',', "%2C");
    let annotation = |finding: &Finding| {
        let kind = match finding.gravity {
            Gravity::Block => "error",
            Gravity::Warn => "warning",
            Gravity::Info => "notice",
        };
        let title =
            format!("{} {} {}@{}", finding.code, finding.flag, finding.name, finding.version);
        let facts = finding.evidence.join("\n");
        let message = display::line(&finding.message);
        let line = line_of(lock, finding);
        format!(
            "::{kind} file=package-lock.json,line={line},title={}::{}",
            property(&display::line(&title)),
            escape(&format!("{message}\n{facts}"))
        )
    };
    told(&review.findings, least).map(annotation).collect()
}

/// The line on which the lockfile has the package, from 1; 1 where it has not.
fn line_of(lock: &str, finding: &Finding) -> usize {
    let key = format!("node_modules/{}\": {{", finding.name);
    let version = format!("\"version\": \"{}\"", finding.version);
    let lines: Vec<&str> = lock.lines().collect();
    let at = |(index, line): (usize, &&str)| line.trim_end().ends_with(&key).then_some(index);
    let all: Vec<usize> = lines.iter().enumerate().filter_map(at).collect();
    let exact =
        all.iter().find(|index| lines.get(**index + 1).is_some_and(|line| line.contains(&version)));
    exact.or(all.first()).map_or(1, |index| index + 1)
}
