//! Findings as people read them: what is unusual, the evidence, the command that acknowledges it.

use crate::event::{Finding, Gravity, Level};

/// The gravity's word in JSON and policy files.
pub(crate) fn gravity(gravity: Gravity) -> &'static str {
    match gravity {
        Gravity::Info => "info",
        Gravity::Warn => "warn",
        Gravity::Block => "block",
    }
}

/// How loudly a finding is told.
pub(crate) fn log_level(gravity: Gravity) -> Level {
    match gravity {
        Gravity::Info => Level::Info,
        Gravity::Warn => Level::Warn,
        Gravity::Block => Level::Error,
    }
}

/// The finding, line by line; foreign text is not yet sanitised.
pub(crate) fn lines(finding: &Finding) -> Vec<String> {
    let versions = match &finding.baseline {
        Some(baseline) => format!("{} {baseline} → {}", finding.name, finding.version),
        None => format!("{}@{}", finding.name, finding.version),
    };
    let mut lines = vec![format!("{versions}: {}", finding.message)];
    lines.extend(finding.file.iter().map(|file| format!("  in {file}")));
    lines.extend(finding.evidence.iter().map(|fact| format!("  {fact}")));
    lines.extend(finding.acknowledge.iter().map(|command| format!("  to accept it: {command}")));
    lines
}
