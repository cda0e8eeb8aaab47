//! `overrides` of the root's package.json: `override-set.js`.
//!
//! A tree of rules. A rule set travels along the edges: an edge takes the first rule, nearest
//! first, that has its name and whose key range can meet the edge's own range; the package at
//! its end inherits that rule as its set.

use std::path::Path;

use indexmap::IndexMap;
use serde_json::Value;

use crate::{
    error::{Code, Explain},
    spec::{self, PackageName, Spec, SpecKind},
};

/// Identifies a rule (and the rule set that starts at it).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RuleId(u32);

/// All rules of one root; the first is the root set itself.
#[derive(Debug, Default)]
pub struct OverrideSets {
    rules: Vec<Rule>,
}

/// One rule: what a dependency called `name` within `key_spec` is replaced by.
#[derive(Debug)]
pub struct Rule {
    parent: Option<RuleId>,
    /// The key as written, for example `foo@^1`.
    pub key: String,
    /// The package name of the key.
    pub name: String,
    /// The range of the key; `*` when it had none. Empty for the root set.
    pub key_spec: String,
    /// The specifier that replaces the dependency's own. Empty for the root set.
    pub value: String,
    children: IndexMap<String, RuleId>,
    ruleset: Vec<RuleId>,
}

/// An `overrides` field that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OverrideError {
    /// A key without a package name.
    #[error("Override without name: {key}")]
    WithoutName {
        /// The key as written.
        key: String,
    },
    /// Nested deeper than any real project.
    #[error("overrides are nested more than {MAX_DEPTH} levels deep")]
    TooDeep,
    /// A root dependency that an override contradicts.
    #[error("Override for {name}@{spec} conflicts with direct dependency")]
    Conflict {
        /// The dependency.
        name: String,
        /// Its specifier in package.json.
        spec: String,
    },
    /// `$name` where no dependency of that name exists.
    #[error("Unable to resolve reference {reference}")]
    Reference {
        /// The reference with its `$`.
        reference: String,
    },
}

impl Explain for OverrideError {
    fn code(&self) -> Code {
        Code::Override
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Conflict { name, .. } => Some(format!(
                "give the override of {name} the dependency's own specifier, or refer to it as \"${name}\""
            )),
            Self::Reference { reference } => Some(format!(
                "add {} to the dependencies, or write the version in the override",
                reference.trim_start_matches('$')
            )),
            Self::WithoutName { .. } | Self::TooDeep => None,
        }
    }
}

const MAX_DEPTH: usize = 64;

/// What decides whether a rule applies to an edge: its name and its specifier before any override.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The dependency's name.
    pub name: &'a str,
    /// The raw specifier from the dependent's manifest.
    pub raw_spec: &'a str,
}

impl OverrideSets {
    /// Reads the `overrides` object of a root manifest; `None` when there are no rules.
    ///
    /// # Errors
    /// [`OverrideError`] for keys without a name and absurd nesting.
    pub fn load(overrides: Option<&Value>) -> Result<Option<(Self, RuleId)>, OverrideError> {
        let Some(Value::Object(map)) = overrides else { return Ok(None) };
        if map.is_empty() {
            return Ok(None);
        }
        let mut sets = Self::default();
        let root = sets.add(None, "", &Value::Object(map.clone()), 0)?;
        Ok(Some((sets, root)))
    }

    fn add(
        &mut self,
        parent: Option<RuleId>,
        key: &str,
        value: &Value,
        depth: usize,
    ) -> Result<RuleId, OverrideError> {
        if depth > MAX_DEPTH {
            return Err(OverrideError::TooDeep);
        }
        let id = RuleId(u32::try_from(self.rules.len()).map_err(|_| OverrideError::TooDeep)?);
        let own = match value {
            Value::String(text) => Some(text.as_str()),
            Value::Object(map) => map.get(".").and_then(Value::as_str),
            _ => None,
        };
        let mut rule = Rule {
            parent,
            key: key.to_owned(),
            name: String::new(),
            key_spec: String::new(),
            value: String::new(),
            children: IndexMap::new(),
            ruleset: Vec::new(),
        };
        if parent.is_some() {
            let (name, key_spec) = split_key(key)?;
            rule.value = match own {
                Some("") => "*".to_owned(),
                Some(text) => text.to_owned(),
                None => key_spec.clone(),
            };
            rule.name = name;
            rule.key_spec = key_spec;
        }
        self.rules.push(rule);
        if let Value::Object(map) = value {
            for (key, child) in map.iter().filter(|(key, _)| *key != ".") {
                let child = self.add(Some(id), key, child, depth + 1)?;
                if let Some(rule) = self.rules.get_mut(id.0 as usize) {
                    rule.children.insert(key.clone(), child);
                }
            }
        }
        if parent.is_none() {
            self.fill_rulesets();
        }
        Ok(id)
    }

    fn fill_rulesets(&mut self) {
        let sets: Vec<Vec<RuleId>> = (0..self.rules.len())
            .filter_map(|index| u32::try_from(index).ok())
            .map(|index| self.collect_ruleset(RuleId(index)))
            .collect();
        for (rule, ruleset) in self.rules.iter_mut().zip(sets) {
            rule.ruleset = ruleset;
        }
    }

    /// The rules in force inside a set, nearest first; a key shadows the same key further out.
    fn collect_ruleset(&self, set: RuleId) -> Vec<RuleId> {
        let mut found: IndexMap<&str, RuleId> = IndexMap::new();
        for (id, rule) in self.ancestry(set) {
            for (key, &child) in &rule.children {
                found.entry(key).or_insert(child);
            }
            if rule.parent.is_some() {
                found.entry(&rule.key).or_insert(id);
            }
        }
        found.into_values().collect()
    }

    fn ancestry(&self, from: RuleId) -> impl Iterator<Item = (RuleId, &Rule)> {
        let mut next = Some(from);
        std::iter::from_fn(move || {
            let id = next?;
            let rule = self.rules.get(id.0 as usize)?;
            next = rule.parent;
            Some((id, rule))
        })
    }

    /// The rule itself.
    pub fn rule(&self, id: RuleId) -> Option<&Rule> {
        self.rules.get(id.0 as usize)
    }

    fn ruleset(&self, set: RuleId) -> impl Iterator<Item = (RuleId, &Rule)> {
        let ids = self.rule(set).map(|rule| rule.ruleset.as_slice()).unwrap_or_default();
        ids.iter().filter_map(|&id| self.rule(id).map(|rule| (id, rule)))
    }

    /// The rule that an edge leaving a node with `set` gets (`getEdgeRule`); `set` itself when none applies.
    pub fn edge_rule(&self, set: RuleId, wanted: Wanted<'_>) -> RuleId {
        let mut parsed: Option<Option<Spec>> = None;
        for (id, rule) in self.ruleset(set).filter(|(_, rule)| rule.name == wanted.name) {
            if rule.key_spec == "*" {
                return id;
            }
            let spec = parsed.get_or_insert_with(|| parse_for_rule(wanted));
            let applies = match spec.as_ref().map(|spec| (&spec.kind, spec)) {
                Some((SpecKind::Git(git), _)) => git
                    .range
                    .as_deref()
                    .is_some_and(|range| spec::intersects(range, &rule.key_spec)),
                Some((SpecKind::Range | SpecKind::Version, spec)) => {
                    spec::intersects(&spec.fetch_spec, &rule.key_spec)
                }
                _ => true,
            };
            if applies {
                return id;
            }
        }
        set
    }

    /// The rule that applies to a package known by name and version (`getNodeRule`).
    pub fn node_rule(&self, set: RuleId, name: &str, version: &str) -> RuleId {
        self.ruleset(set)
            .find(|(_, rule)| {
                rule.name == name
                    && (spec::satisfies(version, &rule.key_spec)
                        || spec::satisfies(version, &rule.value))
            })
            .map_or(set, |(id, _)| id)
    }

    /// The more specific of two sets, their nearest common ancestor when they merely differ, or
    /// `None` when their rules contradict each other (`findSpecificOverrideSet`).
    pub fn more_specific(&self, first: RuleId, second: RuleId) -> Option<RuleId> {
        if self.ancestry(second).any(|(id, _)| id == first) {
            return Some(second);
        }
        if self.ancestry(first).any(|(id, _)| id == second) {
            return Some(first);
        }
        if self.contradict(first, second) {
            return None;
        }
        let outer: Vec<RuleId> = self.ancestry(first).map(|(id, _)| id).collect();
        self.ancestry(second).map(|(id, _)| id).find(|id| outer.contains(id))
    }

    /// True when two sets cannot both hold for one package (`doOverrideSetsConflict`).
    pub fn conflict(&self, first: RuleId, second: RuleId) -> bool {
        self.more_specific(first, second).is_none() && self.contradict(first, second)
    }

    fn contradict(&self, first: RuleId, second: RuleId) -> bool {
        let seconds: IndexMap<&str, (RuleId, &Rule)> =
            self.ruleset(second).map(|(id, rule)| (rule.key.as_str(), (id, rule))).collect();
        self.ruleset(first).any(|(id, rule)| {
            let Some(&(other_id, other)) = seconds.get(rule.key.as_str()) else { return false };
            if id == other_id || rule.value.starts_with('$') || other.value.starts_with('$') {
                return false;
            }
            let ranges = [rule, other].map(|rule| {
                Spec::resolve(&rule.name, &rule.value, Path::new("/"))
                    .ok()
                    .filter(|spec| matches!(spec.kind, SpecKind::Range | SpecKind::Version))
                    .map(|spec| spec.fetch_spec)
            });
            match ranges {
                [Some(a), Some(b)] => !spec::intersects(&a, &b),
                _ => false,
            }
        })
    }
}

fn parse_for_rule(wanted: Wanted<'_>) -> Option<Spec> {
    let spec = Spec::resolve(wanted.name, wanted.raw_spec, Path::new("/")).ok()?;
    match spec.kind {
        SpecKind::Alias(inner) => Some(*inner),
        _ => Some(spec),
    }
}

/// `foo`, `foo@range`, `@s/foo@range` → name and range.
fn split_key(key: &str) -> Result<(String, String), OverrideError> {
    let without_name = || OverrideError::WithoutName { key: key.to_owned() };
    let at = key.char_indices().skip(1).find(|&(_, c)| c == '@').map(|(index, _)| index);
    let (name, range) = match at {
        Some(at) => (key.get(..at).unwrap_or(key), key.get(at + 1..).unwrap_or("")),
        None => (key, ""),
    };
    PackageName::parse(name).map_err(|_| without_name())?;
    let range = if range.is_empty() { "*" } else { range };
    Ok((name.to_owned(), range.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn load(value: &Value) -> (OverrideSets, RuleId) {
        OverrideSets::load(Some(value)).unwrap().unwrap()
    }

    #[test]
    fn edge_rule_applies_where_the_key_range_meets_the_edge() {
        let (sets, root) = load(&json!({ "ms@^1": "2.0.0" }));
        let rule = sets.edge_rule(root, Wanted { name: "ms", raw_spec: "1.x" });
        assert_eq!(sets.rule(rule).unwrap().value, "2.0.0");
        assert_eq!(sets.edge_rule(root, Wanted { name: "ms", raw_spec: "^3" }), root);
        assert_eq!(sets.edge_rule(root, Wanted { name: "debug", raw_spec: "1.x" }), root);
    }

    #[test]
    fn nested_rule_holds_only_below_its_parent() {
        let (sets, root) = load(&json!({ "debug": { "ms": "1.0.0" } }));
        let wanted = Wanted { name: "ms", raw_spec: "^2" };
        assert_eq!(sets.edge_rule(root, wanted), root);
        let debug = sets.edge_rule(root, Wanted { name: "debug", raw_spec: "*" });
        assert_eq!(sets.rule(sets.edge_rule(debug, wanted)).unwrap().value, "1.0.0");
    }

    #[test]
    fn sets_with_disjoint_values_conflict() {
        let (sets, root) = load(&json!({ "a": { "x": "1.0.0" }, "b": { "x": "2.0.0" } }));
        let of = |name| sets.edge_rule(root, Wanted { name, raw_spec: "*" });
        assert!(sets.conflict(of("a"), of("b")));
        assert!(!sets.conflict(of("a"), root));
    }

    #[test]
    fn empty_value_means_any_version() {
        let (sets, root) = load(&json!({ "a": "" }));
        let rule = sets.edge_rule(root, Wanted { name: "a", raw_spec: "^1" });
        assert_eq!(sets.rule(rule).unwrap().value, "*");
    }

    #[test]
    fn key_without_a_name_is_refused() {
        assert!(matches!(
            OverrideSets::load(Some(&json!({ "@": "1" }))),
            Err(OverrideError::WithoutName { .. })
        ));
    }
}
