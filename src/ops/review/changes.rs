//! Which packages differ from the lock, and from which version.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    arborist::{LockEntry, NodeId, Shrinkwrap, Tree},
    inspect::change::Anchor,
    ops::project::ProjectFiles,
    spec::Version,
};

/// A version that was locked, or seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ops) struct Known {
    pub version: String,
    pub resolved: Option<String>,
    pub integrity: Option<String>,
}

/// A package whose version the lock does not have.
#[derive(Clone, Debug)]
pub(in crate::ops) struct Changed {
    pub node: Option<NodeId>,
    pub name: String,
    pub version: String,
    pub integrity: Option<String>,
    pub resolved: Option<String>,
    /// The version it replaces.
    pub baseline: Option<Known>,
    pub anchor: Anchor,
    /// `name@version` of who requires it.
    pub required_by: Option<String>,
}

impl Changed {
    /// Where the new version is.
    pub(super) fn known(&self) -> Known {
        Known {
            version: self.version.clone(),
            resolved: self.resolved.clone(),
            integrity: self.integrity.clone(),
        }
    }
}

/// The versions of a lock, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Locked {
    by_location: BTreeMap<String, (String, String)>,
    by_name: BTreeMap<String, Vec<Known>>,
}

impl Locked {
    pub(super) fn of(lock: &Shrinkwrap) -> Self {
        let mut locked = Self::default();
        for (location, entry) in &lock.packages {
            let Some(name) = package_name(location, entry) else { continue };
            let Some(version) = entry.package.version.clone() else { continue };
            locked.by_location.insert(location.clone(), (name.clone(), version.clone()));
            let known = Known {
                version,
                resolved: entry.resolved.clone(),
                integrity: entry.integrity.clone(),
            };
            let all = locked.by_name.entry(name).or_default();
            if !all.contains(&known) {
                all.push(known);
            }
        }
        locked
    }

    pub(super) fn has(&self, name: &str, version: &str, integrity: Option<&str>) -> bool {
        self.by_name.get(name).is_some_and(|all| {
            all.iter().any(|known| {
                known.version == version
                    && (integrity.is_none()
                        || known.integrity.is_none()
                        || known.integrity.as_deref() == integrity)
            })
        })
    }

    /// The names of all packages.
    pub(super) fn packages(&self) -> impl Iterator<Item = (&str, &Known)> {
        self.by_name
            .iter()
            .flat_map(|(name, all)| all.iter().map(move |known| (name.as_str(), known)))
    }

    /// The version at the same place, else the highest one below, else the lowest.
    pub(super) fn baseline(&self, name: &str, location: &str, version: &str) -> Option<Known> {
        let all = self.by_name.get(name)?;
        if let Some((_, at)) = self.by_location.get(location).filter(|(known, _)| known == name) {
            return all.iter().find(|known| known.version == *at).cloned();
        }
        let parsed = |known: &&Known| Version::parse(&known.version).ok();
        let new = Version::parse(version).ok();
        let below = all.iter().filter(|known| parsed(known) <= new).max_by_key(parsed);
        below.or_else(|| all.iter().min_by_key(parsed)).cloned()
    }
}

/// The package's own name: recorded where it differs from the folder's.
pub(super) fn package_name(location: &str, entry: &LockEntry) -> Option<String> {
    let (_, folder) = location.rsplit_once("node_modules/")?;
    (!entry.link).then(|| entry.package.name.clone().unwrap_or_else(|| folder.to_owned()))
}

/// What differs from the lock; without one, from what is installed.
pub(in crate::ops) fn changes_of(files: &ProjectFiles, tree: &Tree, root: NodeId) -> Vec<Changed> {
    if let Some(lock) = &files.lock {
        return changed(tree, root, &Locked::of(&lock.shrinkwrap), Anchor::Locked);
    }
    let seen = files.fresh_hidden_lock().map(Locked::of).unwrap_or_default();
    changed(tree, root, &seen, Anchor::Seen)
}

/// What a lock has and another has not.
pub(super) fn between(old: &Locked, new: &Locked) -> Vec<Changed> {
    let is_new =
        |(name, known): &(&str, &Known)| !old.has(name, &known.version, known.integrity.as_deref());
    let change = |(name, known): (&str, &Known)| {
        let baseline = old.baseline(name, "", &known.version);
        Changed {
            node: None,
            anchor: if baseline.is_some() { Anchor::Locked } else { Anchor::Settled },
            baseline,
            name: name.to_owned(),
            version: known.version.clone(),
            integrity: known.integrity.clone(),
            resolved: known.resolved.clone(),
            required_by: None,
        }
    };
    new.packages().filter(is_new).map(change).collect()
}

/// The registry's packages of a tree that a lock does not have, each version once.
pub(super) fn changed(tree: &Tree, root: NodeId, locked: &Locked, anchor: Anchor) -> Vec<Changed> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for node in tree.inventory_of(root) {
        let it = &tree[node];
        if node == root
            || it.is_link()
            || it.inert
            || tree.in_dep_bundle(node)
            || !tree.is_registry_dependency(node)
        {
            continue;
        }
        let name = it.package_name().unwrap_or_default().to_owned();
        let version = it.version_text().to_owned();
        let integrity = it.integrity.as_deref();
        if version.is_empty()
            || locked.has(&name, &version, integrity)
            || !seen.insert((name.clone(), version.clone()))
        {
            continue;
        }
        let from = tree.edges_in(node).first().and_then(|edge| tree.edge_from(*edge));
        let baseline = locked.baseline(&name, &it.location, &version);
        all.push(Changed {
            node: Some(node),
            anchor: if baseline.is_some() { anchor } else { Anchor::Settled },
            baseline,
            integrity: it.integrity.as_deref().map(str::to_owned),
            resolved: tree.resolved(node).as_deref().map(str::to_owned),
            required_by: from
                .filter(|from| *from != root)
                .map(|from| format!("{}@{}", tree.name(from), tree[from].version_text())),
            name,
            version,
        });
    }
    all
}
