//! `approve-scripts`, `deny-scripts`, `install-scripts`: what the project decides about the
//! install scripts of its packages (npm's `lib/utils/allow-scripts-cmd.js`).

use std::{fs, path::Path, sync::Arc};

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::{
    installed::{Installed, Origin, Peers},
    lifecycle::script_policy,
    project::read_package_json,
};
use crate::{
    arborist::{FolderManifest, NodeId, read_manifest},
    config::Options,
    error::{Code, Explain, Failure},
    event::{Event, Reporter},
    fs::{Durability, write_atomic},
    manifest::{Manifest, PackageJson},
    reify::{
        approve_scripts::{
            Edit, Pin, Unused, approve, deny, group, pending_lines, prune, select, summary_lines,
        },
        grammar::NpmGrammar,
        plan::{PackageFiles, reviewable_packages},
        script_package::ScriptPackage,
        script_policy::{Unreviewed, display_identity},
    },
};

pub use crate::reify::approve_scripts::Verb;

/// The packages a decision is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decided {
    /// All that nobody decided about yet: `--all`.
    Unreviewed,
    /// `name`, `name@1.2.3`, `name@^1`.
    Named(Vec<String>),
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptsRequest {
    /// What nobody decided about yet: `install-scripts ls`.
    List,
    /// A decision.
    Decide(Verb, Decided),
    /// Entries that speak of nothing go: `install-scripts prune`.
    Prune,
}

/// What is said about it: lines for people, npm's object for scripts.
#[derive(Clone, Debug, PartialEq)]
pub struct ScriptsReport {
    /// The lines of the text form; foreign words are not yet sanitised.
    pub lines: Vec<String>,
    /// The value of `--json`.
    pub json: Value,
}

/// There is no package.json to write to.
#[derive(Debug, thiserror::Error)]
#[error("Could not read package.json in {folder}: no such file")]
struct NoPackageJson {
    folder: String,
}

impl Explain for NoPackageJson {
    fn code(&self) -> Code {
        Code::Noent
    }
}

/// Lists, decides or prunes; only `package.json` changes.
///
/// # Errors
/// A tree or package.json that cannot be read, a policy that cannot be followed, names that
/// match nothing.
pub fn scripts(
    options: &Options,
    reporter: &dyn Reporter,
    request: &ScriptsRequest,
) -> Result<ScriptsReport, Failure> {
    let installed = Installed::load(options, reporter, Origin::Disk, Peers::Configured)?;
    let grammar = NpmGrammar { project: installed.files.folder.clone() };
    let packages = reviewable_packages(&installed.tree, installed.root, &installed);
    let review = Review { options, reporter, installed: &installed, grammar, packages };
    match request {
        ScriptsRequest::Prune => review.prune(),
        ScriptsRequest::List => {
            let unreviewed = review.unreviewed()?;
            Ok(ScriptsReport {
                lines: pending_lines(&unreviewed, &review.grammar),
                json: json!({"allowScripts": review.pending_json(&unreviewed)}),
            })
        }
        ScriptsRequest::Decide(verb, Decided::Unreviewed) => {
            let unreviewed = review.unreviewed()?;
            if unreviewed.is_empty() {
                let lines = pending_lines(&unreviewed, &review.grammar);
                return Ok(ScriptsReport { lines, json: json!({"allowScripts": []}) });
            }
            review.decide(*verb, unreviewed.into_iter().map(|one| one.package))
        }
        ScriptsRequest::Decide(verb, Decided::Named(names)) => {
            // A policy that cannot be followed is an error even where it is not needed.
            review.unreviewed()?;
            let all: Vec<&ScriptPackage> = review.packages.iter().collect();
            review.decide(*verb, select(names, &all, &review.grammar)?)
        }
    }
}

/// Everything a decision needs.
struct Review<'a> {
    options: &'a Options,
    reporter: &'a dyn Reporter,
    installed: &'a Installed,
    grammar: NpmGrammar,
    packages: Vec<ScriptPackage>,
}

impl Review<'_> {
    fn unreviewed(&self) -> Result<Vec<Unreviewed<'_>>, Failure> {
        let scripts = &self.options.scripts;
        let policy = script_policy(scripts, &self.installed.files, self.reporter)?;
        if scripts.dangerously_allow_all_scripts {
            return Ok(Vec::new());
        }
        Ok(policy.unreviewed(&self.packages, &self.grammar))
    }

    fn pending_json(&self, unreviewed: &[Unreviewed<'_>]) -> Value {
        let mut groups: IndexMap<String, Vec<Value>> = IndexMap::new();
        for one in unreviewed {
            let (name, version) = display_identity(one.package, &self.grammar);
            let key = match version {
                Some(version) => format!("{name}@{version}"),
                None => name.clone(),
            };
            groups.entry(name).or_default().push(json!({"key": key, "change": "pending"}));
        }
        groups
            .into_iter()
            .map(|(name, changes)| json!({"name": name, "changes": changes}))
            .collect()
    }

    fn decide<'p>(
        &self,
        verb: Verb,
        packages: impl IntoIterator<Item = &'p ScriptPackage>,
    ) -> Result<ScriptsReport, Failure> {
        let title = match verb {
            Verb::Approve => "approve-scripts",
            Verb::Deny => "deny-scripts",
        };
        let warn = |line: String| self.reporter.event(Event::warn(title, line));
        let pin = if self.options.scripts.allow_scripts_pin { Pin::Versions } else { Pin::Name };
        let (groups, nameless) = group(packages, &self.grammar);
        for name in nameless {
            warn(format!("skipping {name}: no trusted identity for policy key"));
        }
        let mut package_json = self.package_json()?;
        let mut policy = declared(&package_json);
        let mut edits: Vec<(String, Edit)> = Vec::new();
        for (name, packages) in groups {
            let edit = match verb {
                Verb::Approve => approve(&policy, &packages, pin, &self.grammar),
                Verb::Deny => deny(&policy, &packages, &self.grammar),
            };
            if let Some(warning) = &edit.warning {
                warn(warning.clone());
            }
            policy.clone_from(&edit.allow_scripts);
            edits.push((name, edit));
        }
        if policy != declared(&package_json) {
            package_json.value_mut().insert("allowScripts".to_owned(), Value::Object(policy));
            self.write(&package_json)?;
        }
        let changes = |edit: &Edit| -> Value {
            let changes = edit.changes.iter();
            changes.map(|(key, change)| json!({"key": key, "change": change.as_str()})).collect()
        };
        let summary: Value = edits
            .iter()
            .map(|(name, edit)| json!({"name": name, "changes": changes(edit)}))
            .collect();
        Ok(ScriptsReport {
            lines: summary_lines(verb, &edits),
            json: json!({"allowScripts": summary}),
        })
    }

    fn prune(&self) -> Result<ScriptsReport, Failure> {
        let mut package_json = self.package_json()?;
        let packages: Vec<&ScriptPackage> = self.packages.iter().collect();
        let existing = declared(&package_json);
        let (remaining, removed) = prune(&existing, &packages, &self.grammar);
        let is_dry = self.options.dry_run;
        if !removed.is_empty() && !is_dry {
            let content = package_json.value_mut();
            if remaining.is_empty() {
                content.shift_remove("allowScripts");
            } else {
                content.insert("allowScripts".to_owned(), Value::Object(remaining));
            }
            self.write(&package_json)?;
        }
        let entry = |(key, why): &(String, Unused)| {
            let value = existing.get(key).cloned().unwrap_or_default();
            json!({"key": key, "value": value, "reason": why.as_str()})
        };
        let entries: Value = removed.iter().map(entry).collect();
        Ok(ScriptsReport {
            lines: prune_lines(&removed, is_dry),
            json: json!({"allowScripts": {"removed": entries, "dryRun": is_dry}}),
        })
    }

    fn package_json(&self) -> Result<PackageJson, Failure> {
        let folder = &self.installed.files.folder;
        let missing = || NoPackageJson { folder: folder.display().to_string() };
        Ok(read_package_json(folder)?.ok_or_else(missing)?)
    }

    fn write(&self, package_json: &PackageJson) -> Result<(), Failure> {
        if package_json.is_changed() {
            let path = self.installed.files.folder.join("package.json");
            write_atomic(&path, package_json.render().as_bytes(), Durability::Synced)?;
        }
        Ok(())
    }
}

fn declared(package_json: &PackageJson) -> Map<String, Value> {
    match package_json.value().get("allowScripts") {
        Some(Value::Object(policy)) => policy.clone(),
        _ => Map::new(),
    }
}

fn prune_lines(removed: &[(String, Unused)], is_dry: bool) -> Vec<String> {
    if removed.is_empty() {
        return vec!["No unused allowScripts entries.".to_owned()];
    }
    let done = if is_dry { "Would remove" } else { "Removed" };
    let entries = if removed.len() == 1 { "entry" } else { "entries" };
    let mut lines = vec![format!("{done} {} unused allowScripts {entries}:", removed.len())];
    lines.extend(removed.iter().map(|(key, why)| {
        let why = match why {
            Unused::NotInstalled => "package not installed",
            Unused::NoScripts => "no install scripts",
        };
        format!("  {key} ({why})")
    }));
    lines
}

impl PackageFiles for Installed {
    fn manifest(&self, node: NodeId) -> Option<Arc<Manifest>> {
        match read_manifest(Path::new(&*self.tree[node].realpath)) {
            FolderManifest::Read(manifest) => Some(manifest),
            FolderManifest::Missing | FolderManifest::Broken(_) => None,
        }
    }

    fn has_binding_gyp(&self, node: NodeId) -> bool {
        let path = Path::new(&*self.tree[node].realpath).join("binding.gyp");
        fs::metadata(path).is_ok_and(|meta| meta.is_file())
    }
}
