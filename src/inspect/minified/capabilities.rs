//! The powers of a package as a whole: builtin modules, globals, ways to run text, hosts.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Inspection, entry,
    facts::{Call, Facts, Hidden},
    files::{self, Files},
    reader::Reader,
    words,
};
use crate::{flag::Flag, inspect::Sign};

/// What a package can do, as far as its code says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Builtin modules that are required.
    pub builtins: BTreeSet<String>,
    /// Powerful globals.
    pub globals: BTreeSet<String>,
    /// Sensitive ways.
    pub calls: BTreeSet<Call>,
    /// Hosts in texts.
    pub hosts: BTreeSet<String>,
    /// Hosts in functions that send.
    pub sent_hosts: BTreeSet<String>,
    /// Words that give a way to code, whatever they are properties of.
    pub words: BTreeSet<&'static str>,
    /// Places where credentials lie.
    pub secrets: BTreeSet<&'static str>,
    /// Signs of hidden text.
    pub hidden: BTreeSet<Hidden>,
}

impl Capabilities {
    /// The powers of all code that a user of the package may load.
    pub(super) fn of(files: &Files, reader: &mut Reader) -> Self {
        let mut all = Self::default();
        let loaded = entry::loaded(files, reader, |_, _| true);
        let is_own = |path: &str| !files::is_aside(path) || loaded.contains(path);
        for (path, _) in files.scripts().filter(|(path, _)| is_own(path)) {
            if let Ok(facts) = reader.facts(files, path) {
                all.add(&Self::of_facts(&facts));
            }
        }
        all
    }

    fn of_facts(facts: &Facts) -> Self {
        let builtins = facts.requires.iter().filter_map(|specifier| words::builtin(specifier));
        Self {
            builtins: builtins.map(|(name, _)| name.to_owned()).collect(),
            globals: facts
                .globals
                .iter()
                .filter(|name| words::is_powerful_global(name))
                .map(ToString::to_string)
                .collect(),
            calls: facts
                .calls
                .keys()
                .copied()
                .filter(|call| call.is_power() || *call == Call::Environment && facts.sends())
                .collect(),
            hosts: facts.hosts.iter().map(ToString::to_string).collect(),
            sent_hosts: facts.sent_hosts.iter().map(ToString::to_string).collect(),
            words: facts.words.keys().copied().filter(|word| words::is_power_word(word)).collect(),
            secrets: facts.secrets.clone(),
            hidden: facts.hidden.keys().copied().collect(),
        }
    }

    fn add(&mut self, other: &Self) {
        self.builtins.extend(other.builtins.iter().cloned());
        self.globals.extend(other.globals.iter().cloned());
        self.calls.extend(other.calls.iter().copied());
        self.hosts.extend(other.hosts.iter().cloned());
        self.sent_hosts.extend(other.sent_hosts.iter().cloned());
        self.words.extend(other.words.iter().copied());
        self.secrets.extend(other.secrets.iter().copied());
        self.hidden.extend(other.hidden.iter().copied());
    }

    fn without(&self, other: &Self) -> Self {
        Self {
            builtins: self.builtins.difference(&other.builtins).cloned().collect(),
            globals: self.globals.difference(&other.globals).cloned().collect(),
            calls: self.calls.difference(&other.calls).copied().collect(),
            hosts: self.hosts.difference(&other.hosts).cloned().collect(),
            sent_hosts: self.sent_hosts.difference(&other.hosts).cloned().collect(),
            words: self.words.difference(&other.words).copied().collect(),
            secrets: self.secrets.difference(&other.secrets).copied().collect(),
            hidden: self.hidden.difference(&other.hidden).copied().collect(),
        }
    }

    /// Each power on a line.
    pub fn lines(&self) -> Vec<String> {
        let builtins = self.builtins.iter().map(|name| format!("builtin module {name}"));
        let globals = self.globals.iter().map(|name| format!("global {name}"));
        let calls = self.calls.iter().map(|call| format!("call {}", call.as_str()));
        let hosts = self.hosts.iter().map(|host| format!("host {host}"));
        let hidden = self.hidden.iter().map(|hidden| hidden.as_str().to_owned());
        let words = self.words.iter().map(|word| format!("word {word}"));
        let secrets = self.secrets.iter().map(|place| format!("credentials at {place}"));
        let ways = builtins.chain(globals).chain(calls).chain(words).chain(secrets);
        ways.chain(hosts).chain(hidden).collect()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What the package gained: files that changed, less what any file had before.
pub(super) fn compare(new: &Files, old: &Files, reader: &mut Reader, out: &mut Inspection) {
    let mut gained: BTreeMap<&str, Capabilities> = BTreeMap::new();
    let is_changed = |path: &str, bytes: &[u8]| old.get(path).is_none_or(|old| **old != *bytes);
    let loaded = entry::loaded(new, reader, is_changed);
    for (path, bytes) in new.scripts() {
        let is_aside = files::is_aside(path) && !loaded.contains(path);
        if is_aside || old.get(path) == Some(bytes) || is_built(new, path, bytes) {
            continue;
        }
        match reader.facts(new, path) {
            Ok(facts) => {
                let before = old.get(path).and_then(|_| reader.facts(old, path).ok());
                let had = before.map(|facts| Capabilities::of_facts(&facts)).unwrap_or_default();
                gained.insert(path, Capabilities::of_facts(&facts).without(&had));
            }
            Err(reason) => out.unchecked.push((path.to_owned(), reason)),
        }
    }
    // What other files had is only looked up when something was gained.
    if gained.values().all(Capabilities::is_empty) {
        return;
    }
    let had = Capabilities::of(old, reader);
    let own = own_hosts(new);
    for (path, gained) in gained {
        // A bundle without source is judged by itself: what its neighbours could is no excuse.
        let is_bundle = new.get(path).is_some_and(|bytes| files::is_minified(path, bytes));
        let is_changed = old.get(path).is_some();
        let gained = if is_bundle && is_changed { gained } else { gained.without(&had) };
        out.signs.extend(signs(path, &gained, &own));
    }
}

/// A build is compared with its source; only what has none counts here.
fn is_built(files: &Files, path: &str, bytes: &[u8]) -> bool {
    files::is_minified(path, bytes)
        && files
            .source_of(path)
            .is_some_and(|source| files.get(source).is_some_and(|source| source.as_ref() != bytes))
}

/// Hosts that the package's own manifest names.
fn own_hosts(files: &Files) -> BTreeSet<String> {
    let text =
        files.get("package.json").and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default();
    super::hosts::of(text).into_iter().collect()
}

fn signs(path: &str, gained: &Capabilities, own: &BTreeSet<String>) -> Vec<Sign> {
    let mut signs = Vec::new();
    let mut powers: Vec<String> = Vec::new();
    let powerful = |name: &&String| words::builtin(name).is_some_and(|(_, powerful)| powerful);
    powers.extend(
        gained.builtins.iter().filter(powerful).map(|name| format!("builtin module {name}")),
    );
    powers.extend(gained.globals.iter().map(|name| format!("global {name}")));
    powers.extend(gained.calls.iter().map(|call| format!("call {}", call.as_str())));
    powers.extend(gained.words.iter().map(|word| format!("word {word}")));
    powers.extend(gained.secrets.iter().map(|place| format!("credentials at {place}")));
    if !powers.is_empty() {
        let message = format!("{path} has powers that nothing in the baseline has");
        signs.push(Sign::new(Flag::NewCapability, message, powers).in_file(path));
    }
    let hosts: Vec<String> =
        gained.sent_hosts.difference(own).map(|host| format!("host {host}")).collect();
    if !hosts.is_empty() {
        let message = format!("{path} sends, and names hosts that nothing in the baseline names");
        signs.push(Sign::new(Flag::NewHost, message, hosts).in_file(path));
    }
    if !gained.hidden.is_empty() {
        let message = format!("{path} hides text from its readers");
        let evidence = gained.hidden.iter().map(|hidden| hidden.as_str().to_owned()).collect();
        signs.push(Sign::new(Flag::HiddenCode, message, evidence).in_file(path));
    }
    signs
}
