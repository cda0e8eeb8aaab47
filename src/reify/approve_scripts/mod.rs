//! `approve-scripts`, `deny-scripts`, `install-scripts ls|prune`: what becomes of the
//! `allowScripts` field of `package.json`, and what is said about it. Pure.
//!
//! Sources: npm's `lib/utils/allow-scripts-writer.js`, `allow-scripts-cmd.js`, `allow-scripts-prune.js`.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::{
    script_package::{PackageKind, ScriptPackage},
    script_policy::{
        Grammar, PolicyError, PolicyKey, Unreviewed, Unverifiable, Wanted, display_identity,
        header, identity, install_scripts, matches, source_specs,
    },
};

/// Config `allow-scripts-pin`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pin {
    /// Entries name the installed versions.
    #[default]
    Versions,
    /// Entries name the package only.
    Name,
}

/// Why an entry was written or removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryChange {
    /// It is new.
    Added,
    /// A version that is no longer installed.
    RemovedStale,
    /// A version's allowance that another entry made pointless.
    RemovedPinnedAllow,
    /// A name gave way to its versions.
    ReplacedByPin,
}

impl EntryChange {
    /// npm's word for it, in text and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::RemovedStale => "removed-stale",
            Self::RemovedPinnedAllow => "removed-pinned-allow",
            Self::ReplacedByPin => "replaced-by-pin",
        }
    }
}

/// The field after one package was approved or denied.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edit {
    /// The new field, order kept.
    pub allow_scripts: Map<String, Value>,
    /// What changed, in order.
    pub changes: Vec<(String, EntryChange)>,
    /// What to tell the user.
    pub warning: Option<String>,
}

impl Edit {
    fn of(existing: &Map<String, Value>) -> Self {
        Self { allow_scripts: existing.clone(), ..Self::default() }
    }

    fn set(&mut self, key: &str, allow: bool) {
        if self.allow_scripts.get(key) != Some(&Value::Bool(allow)) {
            self.allow_scripts.insert(key.to_owned(), Value::Bool(allow));
            self.changes.push((key.to_owned(), EntryChange::Added));
        }
    }

    fn remove(&mut self, keys: Vec<String>, why: EntryChange) {
        for key in keys {
            self.allow_scripts.shift_remove(&key);
            self.changes.push((key, why));
        }
    }

    /// The allowances of single versions of `package`, but for `except`.
    fn pins(
        &self,
        package: &ScriptPackage,
        except: &[String],
        grammar: &impl Grammar,
    ) -> Vec<String> {
        let pin = |key: &str| {
            matches!(grammar.key(key), Some(PolicyKey::Registry { wanted: Wanted::Version(_), .. }))
                && targets(key, package, grammar)
        };
        self.allow_scripts
            .iter()
            .filter(|(key, value)| {
                **value == Value::Bool(true) && !except.contains(key) && pin(key)
            })
            .map(|(key, _)| key.clone())
            .collect()
    }
}

/// Approves all installed versions of one package.
///
/// A denial of any of them is left alone, with a warning. With [`Pin::Versions`] each installed
/// version gets an entry, entries of other versions go, and so does an entry of the bare name;
/// a version nobody vouches for (no `resolved` in the lock) can only be approved by name.
pub fn approve(
    existing: &Map<String, Value>,
    packages: &[&ScriptPackage],
    pin: Pin,
    grammar: &impl Grammar,
) -> Edit {
    let mut edit = Edit::of(existing);
    let Some(sample) = packages.first() else { return edit };
    let name = name_key(sample, grammar);
    if let Some(denial) = denial(existing, packages, grammar) {
        edit.warning = Some(denial_warning(&denial, name.as_deref(), grammar));
        return edit;
    }
    let versions: Vec<Option<String>> =
        packages.iter().map(|package| version_key(package, grammar)).collect();
    let by_name = name.as_ref().filter(|_| pin == Pin::Name || versions.contains(&None));
    if let Some(name) = by_name {
        let pins = edit.pins(sample, std::slice::from_ref(name), grammar);
        edit.remove(pins, EntryChange::RemovedPinnedAllow);
        if pin == Pin::Name {
            // npm does not report what a wider entry makes pointless.
            edit.changes.clear();
        }
        edit.set(name, true);
        if pin == Pin::Versions && !edit.changes.is_empty() {
            edit.warning = Some(format!(
                "{name}: approved by name (all versions) because its package-lock.json entry has no \"resolved\" URL, \
                 so denpm can't pin a specific version. Run `denpm install` to refresh the lockfile and enable pinning."
            ));
        }
        return edit;
    }
    if pin == Pin::Name {
        return edit;
    }
    let mut installed: Vec<String> = Vec::new();
    for key in versions.into_iter().flatten() {
        if !installed.contains(&key) {
            installed.push(key);
        }
    }
    let stale = edit.pins(sample, &installed, grammar);
    edit.remove(stale, EntryChange::RemovedStale);
    for key in &installed {
        edit.set(key, true);
    }
    if let Some(name) = name.filter(|name| !installed.is_empty() && !installed.contains(name))
        && edit.allow_scripts.get(&name) == Some(&Value::Bool(true))
    {
        edit.remove(vec![name], EntryChange::ReplacedByPin);
    }
    edit
}

/// Denies one package, always by name: whoever distrusts one version distrusts the next.
pub fn deny(
    existing: &Map<String, Value>,
    packages: &[&ScriptPackage],
    grammar: &impl Grammar,
) -> Edit {
    let mut edit = Edit::of(existing);
    let Some((sample, name)) =
        packages.first().and_then(|sample| Some((*sample, name_key(sample, grammar)?)))
    else {
        return edit;
    };
    let pointless = existing
        .keys()
        .filter(|key| **key != name && targets(key, sample, grammar))
        .cloned()
        .collect();
    edit.remove(pointless, EntryChange::RemovedPinnedAllow);
    edit.set(&name, false);
    edit
}

/// The first denial that speaks of any of the packages.
fn denial(
    existing: &Map<String, Value>,
    packages: &[&ScriptPackage],
    grammar: &impl Grammar,
) -> Option<String> {
    packages.iter().find_map(|package| {
        let mut denials = existing.iter().filter(|(_, value)| **value == Value::Bool(false));
        denials.find(|(key, _)| targets(key, package, grammar)).map(|(key, _)| key.clone())
    })
}

fn denial_warning(key: &str, name: Option<&str>, grammar: &impl Grammar) -> String {
    let subject = name.unwrap_or("this package");
    let whole = matches!(
        grammar.key(key),
        Some(PolicyKey::Registry { wanted: Wanted::Any | Wanted::Tag, .. })
    );
    if whole {
        return format!(
            "{key} is denied; remove the entry from allowScripts to approve {subject}."
        );
    }
    format!(
        "{key} is a versioned deny; run `denpm install-scripts deny {subject}` to widen the deny to all versions of \
         {subject}, or remove the entry to approve {subject}."
    )
}

/// Whether a key is about this package, whichever version.
fn targets(key: &str, package: &ScriptPackage, grammar: &impl Grammar) -> bool {
    match grammar.key(key) {
        Some(PolicyKey::Registry { name, .. }) => {
            identity(package, grammar).is_some_and(|found| found.name == name)
        }
        Some(PolicyKey::Git(key)) => {
            let source =
                source_specs(package).first().copied().and_then(|source| grammar.key(source));
            matches!(source, Some(PolicyKey::Git(found)) if key.ssh.is_some() && key.ssh == found.ssh)
        }
        Some(PolicyKey::Source { fetch_spec, save_spec }) => source_specs(package)
            .into_iter()
            .any(|spec| spec == fetch_spec || Some(spec) == save_spec.as_deref()),
        Some(PolicyKey::Other) | None => false,
    }
}

/// The key for a package whichever version; `None` when nobody vouches for its name.
pub fn name_key(package: &ScriptPackage, grammar: &impl Grammar) -> Option<String> {
    let source = source_specs(package).first().copied().unwrap_or_default();
    if source.starts_with("git") {
        let Some(PolicyKey::Git(git)) = grammar.key(source) else { return None };
        return git.shortcut;
    }
    if source.starts_with("file:") || source.starts_with('/') {
        return Some(source.to_owned());
    }
    identity(package, grammar).map(|identity| identity.name)
}

/// The key for the installed version; `None` when nobody vouches for it.
pub fn version_key(package: &ScriptPackage, grammar: &impl Grammar) -> Option<String> {
    let source = source_specs(package).first().copied()?;
    if source.starts_with("git") {
        let Some(PolicyKey::Git(git)) = grammar.key(source) else { return None };
        let shortcut = git.shortcut?;
        return Some(match git.committish.filter(|committish| !committish.is_empty()) {
            Some(committish) => format!("{shortcut}#{committish}"),
            None => shortcut,
        });
    }
    if source.starts_with("file:") || source.starts_with('/') {
        return Some(source.to_owned());
    }
    if !source.starts_with("http://") && !source.starts_with("https://") {
        return None;
    }
    let identity = identity(package, grammar)?;
    Some(format!("{}@{}", identity.name, identity.version?))
}

/// The installed packages that `names` (`name`, `name@1.2.3`, `name@^1`) speak of.
///
/// # Errors
/// [`PolicyError::NoMatch`] with every name that speaks of none.
pub fn select<'a>(
    names: &[String],
    packages: &[&'a ScriptPackage],
    grammar: &impl Grammar,
) -> Result<Vec<&'a ScriptPackage>, PolicyError> {
    let (mut selected, mut unmatched) = (Vec::new(), Vec::new());
    for argument in names {
        let (wanted_name, range) = match grammar.key(argument) {
            Some(PolicyKey::Registry {
                name,
                wanted: Wanted::Version(range) | Wanted::Range(range),
            }) => (name, Some(range)),
            Some(PolicyKey::Registry { name, .. }) => (name, None),
            _ => (argument.clone(), None),
        };
        let before = selected.len();
        selected.extend(packages.iter().copied().filter(|package| {
            let (name, version) = display_identity(package, grammar);
            let in_range =
                |range: &String| version.is_some_and(|version| grammar.satisfies(&version, range));
            !matches!(
                package.kind,
                PackageKind::Root | PackageKind::Workspace | PackageKind::Bundled
            ) && name == wanted_name
                && range.as_ref().is_none_or(in_range)
        }));
        if selected.len() == before {
            unmatched.push(argument.clone());
        }
    }
    if unmatched.is_empty() { Ok(selected) } else { Err(PolicyError::NoMatch { names: unmatched }) }
}

/// Groups packages by [`name_key`]; those without one are left out (their display names come second).
pub fn group<'a>(
    packages: impl IntoIterator<Item = &'a ScriptPackage>,
    grammar: &impl Grammar,
) -> (IndexMap<String, Vec<&'a ScriptPackage>>, Vec<String>) {
    let mut groups: IndexMap<String, Vec<&ScriptPackage>> = IndexMap::new();
    let mut nameless = Vec::new();
    for package in packages {
        match name_key(package, grammar) {
            Some(key) => groups.entry(key).or_default().push(package),
            None => nameless.push(display_identity(package, grammar).0),
        }
    }
    (groups, nameless)
}

/// Why an entry is unused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unused {
    /// No installed package matches it.
    NotInstalled,
    /// The packages it matches have no install scripts.
    NoScripts,
}

impl Unused {
    /// npm's word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotInstalled => "not-installed",
            Self::NoScripts => "no-scripts",
        }
    }
}

/// `install-scripts prune`: the field without entries that match nothing that has scripts, and
/// the entries that went. Keys that cannot be parsed stay.
pub fn prune(
    existing: &Map<String, Value>,
    packages: &[&ScriptPackage],
    grammar: &impl Grammar,
) -> (Map<String, Value>, Vec<(String, Unused)>) {
    let candidates: Vec<_> =
        packages.iter().filter(|package| package.kind == PackageKind::Dependency).collect();
    let (mut remaining, mut removed) = (Map::new(), Vec::new());
    for (key, value) in existing {
        let unused = grammar.key(key).and_then(|parsed| {
            let mut matching = candidates
                .iter()
                .filter(|package| matches(package, &parsed, Unverifiable::Passes, grammar))
                .peekable();
            if matching.peek().is_none() {
                return Some(Unused::NotInstalled);
            }
            matching.all(|package| install_scripts(package).is_empty()).then_some(Unused::NoScripts)
        });
        match unused {
            Some(why) => removed.push((key.clone(), why)),
            None => drop(remaining.insert(key.clone(), value.clone())),
        }
    }
    (remaining, removed)
}

/// The verb of a summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// `approve-scripts`.
    Approve,
    /// `deny-scripts`.
    Deny,
}

/// What was done, package by package, as npm says it on stdout.
pub fn summary_lines(verb: Verb, edits: &[(String, Edit)]) -> Vec<String> {
    let (done, bare) = match verb {
        Verb::Approve => ("Approved", "approve"),
        Verb::Deny => ("Denied", "deny"),
    };
    let mut lines = Vec::new();
    for (name, edit) in edits.iter().filter(|(_, edit)| !edit.changes.is_empty()) {
        lines.push(format!("{done} {name}:"));
        lines.extend(
            edit.changes.iter().map(|(key, change)| format!("  {} {key}", change.as_str())),
        );
    }
    if lines.is_empty() {
        lines.push(format!("Nothing to {bare}; allowScripts unchanged."));
    }
    lines
}

/// `install-scripts ls`: what nobody decided about, as npm says it on stdout.
pub fn pending_lines(unreviewed: &[Unreviewed<'_>], grammar: &impl Grammar) -> Vec<String> {
    if unreviewed.is_empty() {
        return vec!["No packages with unreviewed install scripts.".to_owned()];
    }
    let mut lines = vec![header(unreviewed.len())];
    lines.extend(unreviewed.iter().map(|one| one.line(grammar)));
    lines.push(String::new());
    lines.push(
        "Run `denpm install-scripts approve <pkg>` to allow, or `denpm install-scripts deny <pkg>` to deny.".to_owned(),
    );
    lines
}

#[cfg(test)]
mod tests;
