//! The difference of two trees as changes of the disk. Pure.
//!
//! What the trees say and where it goes:
//!
//! | in the ideal tree | on disk |
//! |---|---|
//! | added or changed package | its folder, from the store ([`PlannedPackage`]) |
//! | the same inside another package's tarball | nothing: it comes with that package |
//! | added or changed link | a symbolic link ([`PlannedLink`]) |
//! | unchanged, in a changed package | moved over into the new folder (`keep`) |
//! | unchanged, in a changed package, and something changes in it | its own files are moved over ([`Plan::opened`]) |
//! | inert or failed | nothing |
//!
//! Only `node_modules` folders inside the project are ever written to: its own, and those of
//! workspaces and linked folders below it. A link may lead out of the project; what lies there
//! is its owner's. Scope folders and nested `node_modules` that become empty stay, as with npm.
//!
//! Source: `reify.js` (`_retireShallowNodes`, `_unpackNewModules`, `_moveBackRetiredUnchanged`,
//! `#extractOrLink`, `#calculateRelativePath`).

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use indexmap::IndexSet;

use super::{
    commit::Change,
    location::{Location, LocationError},
};
use crate::arborist::{Diff, NodeId, Tree, paths};

mod bins;
mod scripts;
#[cfg(test)]
#[cfg(unix)]
mod tests;

pub use bins::{PlannedBin, RemovedBin};
pub use scripts::{PackageFiles, reviewable_packages, script_packages};

/// What a plan is made from.
#[derive(Clone, Copy, Debug)]
pub struct PlanInput<'a> {
    /// The arena of both trees.
    pub tree: &'a Tree,
    /// What separates them.
    pub diff: &'a Diff,
    /// The tree that shall be there.
    pub ideal: NodeId,
    /// The tree on disk.
    pub actual: NodeId,
    /// The project's folder: the place of both roots.
    pub project: &'a Path,
    /// Nodes of the ideal tree that cannot be had (optional ones): as if they were not in it.
    pub absent: &'a IndexSet<NodeId>,
}

/// A package to place from the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedPackage {
    /// Its node.
    pub node: NodeId,
    /// Where.
    pub at: Location,
    /// What is kept from the old folder and must not be in the new one, however its tarball looks.
    pub cleared: Vec<Location>,
}

/// A symbolic link to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedLink {
    /// Its node.
    pub node: NodeId,
    /// Where.
    pub at: Location,
    /// Its content, relative to the folder it lies in, `/`-separated.
    pub target: String,
}

/// Everything that changes on disk.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// For [`super::commit::Transaction::begin`], once the opened packages were looked into.
    pub changes: Vec<Change>,
    /// Packages to place; a package comes before those nested in it.
    pub packages: Vec<PlannedPackage>,
    /// Links to place.
    pub links: Vec<PlannedLink>,
    /// Unchanged packages in a changed one, with changes of their own below: what lies in them,
    /// except `node_modules`, is to be kept by the change at the first location.
    pub opened: Vec<(Location, Location)>,
    /// Every command of the resulting tree, in npm's order.
    pub bins: Vec<PlannedBin>,
    /// Commands of what leaves, unless a name of `bins` is at their place.
    pub removed_bins: Vec<RemovedBin>,
}

/// Plans the changes.
///
/// # Errors
/// When a package would lie at a path that cannot be built safely: a hostile lockfile.
pub fn plan(input: &PlanInput<'_>) -> Result<Plan, LocationError> {
    let mut planner = Planner {
        input: *input,
        unchanged: input.diff.unchanged.iter().copied().collect(),
        places: BTreeMap::new(),
        removes: BTreeMap::new(),
        opened: BTreeSet::new(),
    };
    planner.collect()?;
    let mut plan = Plan::default();
    planner.lay_out(&mut plan)?;
    planner.add_bins(&mut plan);
    Ok(plan)
}

struct Planner<'a> {
    input: PlanInput<'a>,
    unchanged: IndexSet<NodeId>,
    /// New nodes by location.
    places: BTreeMap<Location, NodeId>,
    /// Old nodes that go and whose places stay empty.
    removes: BTreeMap<Location, NodeId>,
    opened: BTreeSet<NodeId>,
}

impl Planner<'_> {
    fn collect(&mut self) -> Result<(), LocationError> {
        let PlanInput { tree, diff, absent, .. } = self.input;
        for change in &diff.changes {
            match change.ideal.filter(|node| !absent.contains(node)) {
                Some(node) if tree.is_project_root(node) || tree.in_dep_bundle(node) => {}
                Some(node) if leads_out(&tree[node].location) => {}
                Some(node) => {
                    self.places.insert(Location::parse(&tree[node].location)?, node);
                }
                None => {
                    let old = change
                        .actual
                        .and_then(|node| Some((Location::parse(&tree[node].location).ok()?, node)));
                    self.removes.extend(old);
                }
            }
        }
        // What goes with an optional package that cannot be had may have been there before.
        for &node in absent {
            let old = tree.at_location(self.input.actual, &tree[node].location);
            if let (Some(old), Ok(at)) = (old, Location::parse(&tree[node].location))
                && !self.places.contains_key(&at)
            {
                self.removes.insert(at, old);
            }
        }
        Ok(())
    }

    fn lay_out(&mut self, plan: &mut Plan) -> Result<(), LocationError> {
        let tree = self.input.tree;
        let changed: BTreeSet<String> = self
            .places
            .keys()
            .chain(self.removes.keys())
            .map(|at| at.as_str().to_owned())
            .collect();
        for (at, node) in self.places.clone() {
            let mut keep = Vec::new();
            let first_opened = plan.opened.len();
            let is_outermost = !at.ancestors().any(|outer| self.is_placed(outer));
            if is_outermost && !tree[node].is_link() {
                self.keep_below(node, &at, &changed, &mut keep, plan)?;
            }
            if tree[node].is_link() {
                let target = self.link_target(node);
                plan.links.push(PlannedLink { node, at: at.clone(), target });
            } else {
                let opened = plan.opened.iter().skip(first_opened).map(|(_, opened)| opened);
                let cleared = keep.iter().chain(opened).cloned().collect();
                plan.packages.push(PlannedPackage { node, at: at.clone(), cleared });
            }
            plan.changes.push(Change::Place { at, keep });
        }
        plan.changes.extend(self.removes.keys().map(|at| Change::Remove { at: at.clone() }));
        Ok(())
    }

    fn is_placed(&self, location: &str) -> bool {
        Location::parse(location).is_ok_and(|at| self.places.contains_key(&at))
    }

    /// What stays of the packages below `node`, which is new or comes with a new one; `outer` is
    /// the location of the outermost change. The depth of a tree bounds the recursion.
    fn keep_below(
        &mut self,
        node: NodeId,
        outer: &Location,
        changed: &BTreeSet<String>,
        keep: &mut Vec<Location>,
        plan: &mut Plan,
    ) -> Result<(), LocationError> {
        let PlanInput { tree, absent, .. } = self.input;
        for child in tree.children(node) {
            let at = Location::parse(&tree[child].location)?;
            if absent.contains(&child) || tree[child].inert {
                continue;
            }
            if self.places.contains_key(&at) || tree.in_dep_bundle(child) {
                self.keep_below(child, outer, changed, keep, plan)?;
            } else if changes_below(changed, &at) {
                self.opened.insert(child);
                self.keep_below(child, outer, changed, keep, plan)?;
                plan.opened.push((outer.clone(), at));
            } else {
                keep.push(at);
            }
        }
        Ok(())
    }

    /// npm's content of a link: the way from the link's folder to its target, unless the project
    /// overrides the name with a `file:` path of its own.
    fn link_target(&self, node: NodeId) -> String {
        let PlanInput { tree, ideal, .. } = self.input;
        let root = &tree[tree.target_or_self(ideal)];
        let overridden =
            root.package.overrides.as_ref().and_then(|overrides| {
                overrides.get(tree.name(node))?.as_str()?.strip_prefix("file:")
            });
        let target = match overridden {
            Some(path) => paths::resolve(&root.path, path),
            None => tree[node].realpath.to_string(),
        };
        paths::relative(paths::dirname(&tree[node].path), &target)
    }

    /// True when the node's folder is made anew, so that nothing generated in it survives.
    fn is_fresh(&self, node: NodeId) -> bool {
        let tree = self.input.tree;
        self.is_placed(&tree[node].location)
            || self.opened.contains(&node)
            || (tree.in_dep_bundle(node)
                && tree.parent(node).is_some_and(|parent| self.is_fresh(parent)))
    }
}

/// True for a place outside the project.
fn leads_out(location: &str) -> bool {
    location == ".." || location.starts_with("../") || paths::is_absolute(location)
}

fn changes_below(changed: &BTreeSet<String>, at: &Location) -> bool {
    let below = format!("{at}/");
    changed.range(below.clone()..).next().is_some_and(|next| next.starts_with(&below))
}
