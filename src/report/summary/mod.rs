//! The end of an install: npm's summary word for word (`lib/utils/reify-output.js`), then
//! one line of denpm's own about trust, then the scripts that did not run.

#[cfg(test)]
mod tests;

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{
    Detail, packages,
    styled::{Line, Style, Text},
};
use crate::event::{Event, Level};

/// A package in the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageAt {
    /// The node's name: its folder in `node_modules`.
    pub name: String,
    /// The manifest's version, if it has one.
    pub version: Option<String>,
    /// Absolute path.
    pub path: String,
}

impl PackageAt {
    fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("name".into(), self.name.clone().into());
        if let Some(version) = &self.version {
            object.insert("version".into(), version.clone().into());
        }
        object.insert("path".into(), self.path.clone().into());
        Value::Object(object)
    }

    /// npm prints `undefined` for a missing version.
    fn version_text(&self) -> &str {
        self.version.as_deref().unwrap_or("undefined")
    }
}

/// Whether an added package counts in `added N packages`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// It is in the tree's inventory.
    Yes,
    /// It is listed by `--long` only (a linked store's bookkeeping).
    No,
}

/// One difference between the tree before and after, in the order of the diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A package that was not there.
    Add(PackageAt, Counted),
    /// A package that is gone.
    Remove(PackageAt),
    /// Another version in the same place.
    Change {
        /// What was there.
        from: PackageAt,
        /// What is there now.
        to: PackageAt,
    },
}

/// How many packages of each severity an audit found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are npm's severities")]
pub struct Vulnerabilities {
    pub info: usize,
    pub low: usize,
    pub moderate: usize,
    pub high: usize,
    pub critical: usize,
    pub total: usize,
}

/// What `npm audit fix` could do about an audit's findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fixes {
    /// Some findings have a fix in range.
    pub easy: bool,
    /// Some findings have a fix out of range; `Major` when one of them breaks.
    pub forced: Option<ForcedFix>,
    /// Some findings have no fix.
    pub none: bool,
}

/// How far a forced fix goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForcedFix {
    /// No fix is a new major version.
    Minor,
    /// At least one fix is a new major version.
    Major,
}

/// The result of the audit that follows an install.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Audit {
    /// How many packages were audited: npm's `tree.inventory.size`.
    pub audited: usize,
    /// What was found.
    pub found: Vulnerabilities,
    /// What can be done.
    pub fixes: Fixes,
    /// npm's `metadata` object for `--json`.
    pub metadata: Value,
}

/// What was proven about the packages of an install.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrustSummary {
    /// Packages whose bytes match a recorded integrity.
    pub verified_integrity: usize,
    /// Packages for which no integrity was known.
    pub without_integrity: usize,
    /// Packages taken from the local store.
    pub from_store: usize,
    /// Packages downloaded.
    pub downloaded: usize,
    /// Registries that served a download.
    pub registries: usize,
    /// Packages that the logs of the policy have, proven.
    pub logged: usize,
    /// Packages that no log was asked about because they are private.
    pub not_asked: usize,
    /// Packages that this machine saw before, and the same.
    pub seen_before: usize,
    /// Packages that this machine sees for the first time, which proves nothing.
    pub first_seen: usize,
}

/// A dependency whose install scripts nobody has reviewed; they did not run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnreviewedScripts {
    /// The package, named by where it was resolved from, not by its own manifest.
    pub package: PackageAt,
    /// Lifecycle event and command, in the order of the manifest.
    pub scripts: Vec<(String, String)>,
}

/// Where the install went; approvals are written to different files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// A project.
    #[default]
    Project,
    /// `--global`.
    Global,
}

/// Everything the end of an install says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InstallSummary {
    /// The differences; also of a dry run.
    pub changes: Vec<Change>,
    /// List every change: npm's `--dry-run` or `--long`.
    pub detail: Detail,
    /// The audit, when one ran and succeeded.
    pub audit: Option<Audit>,
    /// Packages looking for funding; 0 with `--no-fund`.
    pub funding: usize,
    /// Time since the command started.
    pub took: Duration,
    /// What was proven.
    pub trust: TrustSummary,
    /// Scripts that did not run.
    pub unreviewed: Vec<UnreviewedScripts>,
    /// Project or global.
    pub target: Target,
}

/// How many packages were added, removed, changed and audited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    added: usize,
    removed: usize,
    changed: usize,
    audited: usize,
}

impl InstallSummary {
    fn counts(&self) -> Counts {
        let audited = self.audit.as_ref().map_or(0, |audit| audit.audited);
        let start = Counts { audited, ..Counts::default() };
        self.changes.iter().fold(start, |mut counts, change| {
            match change {
                Change::Add(_, Counted::Yes) => counts.added += 1,
                Change::Add(_, Counted::No) => {}
                Change::Remove(_) => counts.removed += 1,
                Change::Change { .. } => counts.changed += 1,
            }
            counts
        })
    }

    /// The text for stdout.
    pub fn text(&self) -> Text {
        let mut text = Text::new();
        if self.detail == Detail::Long {
            text.extend(self.changes.iter().map(change_line).collect());
        }
        text.push(Line::new());
        text.push(Line::new().plain(&changed_line(self.counts(), self.took)));
        text.extend(trust_line(self.trust).into_iter().collect());
        text.extend(funding_lines(self.funding));
        if let Some(audit) = &self.audit {
            text.push(Line::new());
            text.extend(audit_lines(audit));
        }
        text
    }

    /// npm's object for `--json`; denpm adds nothing to it.
    pub fn to_json(&self) -> Value {
        let counts = self.counts();
        let (mut add, mut change, mut remove) = (Vec::new(), Vec::new(), Vec::new());
        for difference in &self.changes {
            match difference {
                Change::Add(package, Counted::Yes) => add.push(package.to_json()),
                Change::Add(_, Counted::No) => {}
                Change::Remove(package) => remove.push(package.to_json()),
                Change::Change { from, to } => {
                    change.push(json!({"from": from.to_json(), "to": to.to_json()}));
                }
            }
        }
        let mut object = json!({
            "add": add,
            "added": counts.added,
            "audited": counts.audited,
            "change": change,
            "changed": counts.changed,
            "funding": self.funding,
            "remove": remove,
            "removed": counts.removed,
        });
        if let Some(audit) = &self.audit {
            super::json::set(&mut object, "audit", audit.metadata.clone());
        }
        if !self.unreviewed.is_empty() {
            let unreviewed = self.unreviewed.iter().map(unreviewed_json).collect();
            super::json::set(&mut object, "unreviewedScripts", Value::Array(unreviewed));
        }
        object
    }

    /// The closing warning about scripts that did not run, if there are any.
    pub fn unreviewed_warning(&self) -> Option<Event> {
        (!self.unreviewed.is_empty()).then(|| {
            let lines = unreviewed_lines(&self.unreviewed, self.target);
            Event::log(Level::Warn, "install-scripts", lines)
        })
    }
}

fn change_line(change: &Change) -> Line {
    match change {
        Change::Add(to, _) => Line::new().styled(Style::Green, "add").plain(&format!(
            " {} {}",
            to.name,
            to.version_text()
        )),
        Change::Remove(from) => Line::new().styled(Style::Blue, "remove").plain(&format!(
            " {} {}",
            from.name,
            from.version_text()
        )),
        Change::Change { from, to } => Line::new().styled(Style::Cyan, "change").plain(&format!(
            " {} {} => {}",
            from.name,
            from.version_text(),
            to.version_text()
        )),
    }
}

/// `added 1 package, and audited 2 packages in 3s`. npm puts `and` before the last part only.
fn changed_line(counts: Counts, took: Duration) -> String {
    let parts: Vec<String> =
        [("added", counts.added), ("removed", counts.removed), ("changed", counts.changed)]
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(verb, count)| format!("{verb} {}", packages(count)))
            .collect();
    let audited = (counts.audited > 0).then(|| format!("audited {}", packages(counts.audited)));
    let took = duration(took);
    match (parts.as_slice(), audited) {
        ([], None) => format!("up to date in {took}"),
        ([], Some(audited)) => format!("up to date, {audited} in {took}"),
        (parts, Some(audited)) => format!("{}, and {audited} in {took}", parts.join(", ")),
        ([only], None) => format!("{only} in {took}"),
        // With three parts and no audit npm also writes `and` only before the last one.
        ([first @ .., last], None) => format!("{}, and {last} in {took}", first.join(", ")),
    }
}

/// A duration as the `ms` package prints it: `873ms`, `3s`, `2m`, `1h`, `4d`, rounded half up.
pub fn duration(duration: Duration) -> String {
    const UNITS: [(u128, &str); 4] =
        [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")];
    let millis = duration.as_millis();
    match UNITS.into_iter().find(|(unit, _)| millis >= *unit) {
        Some((unit, name)) => format!("{}{name}", (millis + unit / 2) / unit),
        None => format!("{millis}ms"),
    }
}

/// `verified 173 packages · 150 from the store · 23 downloaded from 2 registries`.
fn trust_line(trust: TrustSummary) -> Option<Line> {
    let count = |number: usize, text: String| (number > 0).then_some(text);
    let registries = match trust.registries {
        0 => String::new(),
        1 => " from 1 registry".to_owned(),
        many => format!(" from {many} registries"),
    };
    let parts: Vec<String> = [
        count(
            trust.verified_integrity,
            format!("verified the integrity of {}", packages(trust.verified_integrity)),
        ),
        count(
            trust.without_integrity,
            format!("{} without integrity, not verified", packages(trust.without_integrity)),
        ),
        count(trust.from_store, format!("{} from the store", trust.from_store)),
        count(trust.downloaded, format!("{} downloaded{registries}", trust.downloaded)),
        count(trust.logged, format!("{} proven to be logged", trust.logged)),
        count(trust.not_asked, format!("{} private, no log asked", trust.not_asked)),
        count(trust.first_seen, format!("{} first seen here", trust.first_seen)),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!parts.is_empty()).then(|| Line::new().plain(&parts.join(" · ")))
}

fn funding_lines(funding: usize) -> Text {
    if funding == 0 {
        return Text::new();
    }
    let is = if funding == 1 { "is" } else { "are" };
    [
        Line::new(),
        Line::new().plain(&format!("{} {is} looking for funding", packages(funding))),
        Line::new().own("  run `npm fund` for details"),
    ]
    .into_iter()
    .collect()
}

/// npm's short audit report (`npm-audit-report/lib/reporters/install.js`).
fn audit_lines(audit: &Audit) -> Text {
    let found = audit.found;
    if found.total == 0 {
        let line = Line::new().own("found ").styled(Style::BoldGreen, "0").own(" vulnerabilities");
        return Text::from(line);
    }
    let severities: Vec<(usize, Style, &'static str)> = [
        (found.low, Style::Bold, "low"),
        (found.moderate, Style::BoldYellow, "moderate"),
        (found.high, Style::BoldRed, "high"),
        (found.critical, Style::BoldMagenta, "critical"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .collect();
    let mut text = Text::new();
    if let [(count, style, name)] = severities.as_slice() {
        let noun =
            if *count == 1 { " severity vulnerability" } else { " severity vulnerabilities" };
        text.push(Line::new().plain(&format!("{count} ")).styled(*style, name).own(noun));
    } else {
        let mut line =
            Line::new().styled(Style::BoldRed, &found.total.to_string()).own(" vulnerabilities (");
        for (at, (count, style, name)) in severities.into_iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            line = line.own(comma).plain(&format!("{count} ")).styled(style, name);
        }
        text.push(line.own(")"));
    }
    text.extend(fix_lines(audit.fixes));
    text.push(Line::new());
    text.push_own("Run `npm audit` for details.");
    text
}

fn fix_lines(fixes: Fixes) -> Text {
    let mut text = Text::new();
    if fixes.easy {
        let all = fixes.forced.is_none() && !fixes.none;
        let issues = if all { "all issues" } else { "issues that do not require attention" };
        text.push(Line::new());
        text.push(Line::new().own("To address ").own(issues).own(", run:"));
        text.push_own("  npm audit fix");
    }
    if let Some(forced) = fixes.forced {
        let possible = if fixes.none { " possible" } else { "" };
        let breaking =
            if forced == ForcedFix::Major { " (including breaking changes)" } else { "" };
        text.push(Line::new());
        text.push(
            Line::new().own("To address all issues").own(possible).own(breaking).own(", run:"),
        );
        text.push_own("  npm audit fix --force");
    }
    if fixes.none {
        text.push(Line::new());
        text.push_own("Some issues need review, and may require choosing");
        text.push_own("a different dependency.");
    }
    text
}

fn unreviewed_json(unreviewed: &UnreviewedScripts) -> Value {
    let scripts: Map<String, Value> = unreviewed
        .scripts
        .iter()
        .map(|(event, command)| (event.clone(), command.clone().into()))
        .collect();
    let mut object = unreviewed.package.to_json();
    super::json::set(&mut object, "scripts", Value::Object(scripts));
    object
}

/// npm's block, except that here the scripts did not run, and that it names the commands.
fn unreviewed_lines(unreviewed: &[UnreviewedScripts], target: Target) -> Vec<String> {
    let have = if unreviewed.len() == 1 { "package has" } else { "packages have" };
    let did = if unreviewed.len() == 1 { "its" } else { "their" };
    let mut lines = vec![format!(
        "{} {have} install scripts not yet covered by allowScripts; {did} scripts did not run:",
        unreviewed.len()
    )];
    lines.extend(unreviewed.iter().map(|UnreviewedScripts { package, scripts }| {
        let version =
            package.version.as_ref().map(|version| format!("@{version}")).unwrap_or_default();
        let scripts: Vec<String> =
            scripts.iter().map(|(event, command)| format!("{event}: {command}")).collect();
        format!("  {}{version} ({})", package.name, scripts.join("; "))
    }));
    lines.push(String::new());
    let names = approvable_names(unreviewed);
    match target {
        Target::Project => {
            let names = names.unwrap_or_else(|| "<pkg>".to_owned());
            lines.push(format!(
                "Run `denpm approve-scripts {names}` to allow them, then `denpm rebuild {names}` to run them."
            ));
            lines.push("Run `denpm install-scripts ls` to review them first.".to_owned());
        }
        Target::Global => {
            let names = names.unwrap_or_else(|| "<pkg>".to_owned()).replace(' ', ",");
            lines.push(format!(
                "Run `denpm install -g --allow-scripts={names}` to allow these scripts once, or `npm config set allow-scripts={names} --location=user` to allow them for all global installs."
            ));
        }
    }
    lines
}

/// The names as words for a shell; `None` when there are many, or one is not a plain word
/// (the command is there to be copied).
fn approvable_names(unreviewed: &[UnreviewedScripts]) -> Option<String> {
    const MAX_NAMES: usize = 10;
    let is_plain = |name: &str| {
        !name.is_empty()
            && !name.starts_with('-')
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '@' | '/' | '.' | '_' | '-'))
    };
    let mut names: Vec<&str> =
        unreviewed.iter().map(|unreviewed| unreviewed.package.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    (names.len() <= MAX_NAMES && names.iter().all(|name| is_plain(name))).then(|| names.join(" "))
}
