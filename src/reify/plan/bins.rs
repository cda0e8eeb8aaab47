//! Which commands the resulting tree has, and which of them are new.
//!
//! Among packages that claim one name in a `.bin` folder those that are built now come first, in
//! npm's order: it links what it adds or changes over whatever was there (`link-gently.js` with
//! `force`), and leaves alone what it does not build.

use std::{collections::BTreeSet, path::PathBuf};

use super::{Plan, Planner};
use crate::{
    arborist::NodeId,
    reify::{
        bin_links::{BinLink, BinPackage, bin_plan},
        lifecycle::Round,
        location::Location,
    },
    spec::collate,
};

/// A command of the resulting tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedBin {
    /// The link.
    pub link: BinLink,
    /// Its location.
    pub at: Location,
    /// The location of its package.
    pub package: Location,
    /// When it is linked: with the packages, or with the links to folders.
    pub round: Round,
    /// Its package or the folder it lies in is new. Otherwise it is only due for repair.
    pub is_due: bool,
}

/// A command of a package that leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovedBin {
    /// The link.
    pub link: BinLink,
    /// Its location.
    pub at: Location,
    /// The package's folder: a link that leads elsewhere is not its own.
    pub package: PathBuf,
}

impl Planner<'_> {
    pub(super) fn add_bins(&self, plan: &mut Plan) {
        let tree = self.input.tree;
        let (due, settled): (Vec<_>, Vec<_>) =
            self.bin_owners().into_iter().partition(|&node| self.is_built(node));
        let mut taken = BTreeSet::new();
        self.claim_bins(plan, &due, &mut taken);
        let taken_now = taken.clone();
        self.claim_bins(plan, &settled, &mut taken);
        let replaced =
            self.places.keys().filter_map(|at| tree.at_location(self.input.actual, at.as_str()));
        for node in replaced.chain(self.removes.values().copied()) {
            for (link, at, package) in self.bins_of(node) {
                let goes_along = at.ancestors().any(|outer| {
                    Location::parse(outer).is_ok_and(|outer| {
                        self.places.contains_key(&outer) || self.removes.contains_key(&outer)
                    })
                });
                if !goes_along && !taken_now.contains(&at) {
                    let package = package.on(self.input.project);
                    plan.removed_bins.push(RemovedBin { link, at, package });
                }
            }
        }
    }

    /// Gives `owners`, in their order, the names that nobody has yet.
    fn claim_bins(&self, plan: &mut Plan, owners: &[NodeId], taken: &mut BTreeSet<Location>) {
        let tree = self.input.tree;
        for &node in owners {
            let is_link = tree[node].is_link();
            let round = if is_link { Round::Links } else { Round::Dependencies };
            let is_due = self.is_built(node);
            for (link, at, package) in self.bins_of(node) {
                if taken.insert(at.clone()) {
                    plan.bins.push(PlannedBin { link, at, package, round, is_due });
                }
            }
        }
    }

    /// True when the package or the folder it lies in is new.
    fn is_built(&self, node: NodeId) -> bool {
        self.is_fresh(node)
            || self.input.tree.parent(node).is_some_and(|parent| self.is_fresh(parent))
    }

    /// The packages of the result that may have commands, in npm's order: packages before
    /// links, then by depth, then by path. What a link leads to has them through the link.
    fn bin_owners(&self) -> Vec<NodeId> {
        let tree = self.input.tree;
        let mut owners: Vec<NodeId> = tree
            .inventory_of(self.input.ideal)
            .into_iter()
            .filter_map(|node| self.bin_owner(node))
            .filter(|&node| tree.parent(node).is_some())
            .filter(|&node| !tree[tree.target_or_self(node)].package.bin.is_empty())
            .collect();
        let links = owners.iter().filter(|&&node| tree[node].is_link());
        let targets: BTreeSet<NodeId> = links.filter_map(|&link| tree.target(link)).collect();
        owners.retain(|node| !targets.contains(node));
        owners.sort_by(|&a, &b| {
            let key = |node: NodeId| (tree[node].is_link(), tree.depth(node));
            key(a).cmp(&key(b)).then_with(|| collate(&tree[a].path, &tree[b].path))
        });
        owners
    }

    /// The node that will really be at an ideal node's place.
    fn bin_owner(&self, node: NodeId) -> Option<NodeId> {
        let tree = self.input.tree;
        if self.input.absent.contains(&node) || tree[node].inert {
            return None;
        }
        let comes =
            |node: NodeId| self.unchanged.contains(&node) || self.is_placed(&tree[node].location);
        if comes(node) || tree.bundler(node).is_some_and(comes) {
            return Some(node);
        }
        // Outside of what the command is limited to, the disk stays as it is.
        if self.input.diff.filter.is_empty() {
            return None;
        }
        tree.at_location(self.input.actual, &tree[node].location)
    }

    /// Whether a package may put a command of the system's name before it on the PATH of scripts:
    /// who is called so (`npm` brings `npx`, too), and whom the project itself asks for.
    fn may_shadow(&self, node: NodeId, command: &str) -> bool {
        let tree = self.input.tree;
        let name = tree[tree.target_or_self(node)].package.name.as_deref().unwrap_or_default();
        let is_asked_for = |edge| tree.edge_from(edge).is_some_and(|from| !tree.is_foreign(from));
        name == command
            || (name, command) == ("npm", "npx")
            || tree.edges_in(node).into_iter().any(is_asked_for)
    }

    /// The commands of one package, with their locations and its own.
    fn bins_of(&self, node: NodeId) -> Vec<(BinLink, Location, Location)> {
        let tree = self.input.tree;
        let Ok(package) = Location::parse(&tree[node].location) else { return Vec::new() };
        let path = package.on(self.input.project);
        let manifest = &tree[tree.target_or_self(node)].package;
        let links = bin_plan([BinPackage { path: &path, bin: &manifest.bin }]).links;
        let Some((folder, _)) = package.as_str().rsplit_once("node_modules/") else {
            return Vec::new();
        };
        let located = |link: BinLink| {
            if link.name.shadows_system_tool() && !self.may_shadow(node, link.name.as_str()) {
                return None;
            }
            let at = Location::parse(&format!("{folder}node_modules/.bin/{}", link.name)).ok()?;
            Some((link, at, package.clone()))
        };
        links.into_iter().filter_map(located).collect()
    }
}
