//! What has to change on disk: `diff.js`.

use indexmap::{IndexMap, IndexSet};
use std::sync::Arc;

use super::{NodeId, Omit, Tree, paths, tree::bundled_names};

/// What happens to one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A package comes where nothing was.
    Add,
    /// Another package, or the same one repaired, takes the place.
    Change,
    /// The package goes.
    Remove,
}

/// One place that changes.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// What happens.
    pub action: Action,
    /// What is there.
    pub actual: Option<NodeId>,
    /// What shall be there.
    pub ideal: Option<NodeId>,
    /// The change that this one lies inside, as an index of [`Diff::changes`].
    pub inside: Option<usize>,
}

/// The difference between two trees of one arena; places come parents first.
#[derive(Clone, Debug, Default)]
pub struct Diff {
    /// Places that change.
    pub changes: Vec<Change>,
    /// Ideal nodes whose places stay as they are, or come inside a parent's tarball.
    pub unchanged: Vec<NodeId>,
    /// Nodes the difference is limited to; empty means all.
    pub filter: IndexSet<NodeId>,
}

/// What a difference is computed for.
#[derive(Clone, Copy)]
pub struct DiffOptions<'a> {
    /// The tree on disk.
    pub actual: NodeId,
    /// The tree that shall be there.
    pub ideal: NodeId,
    /// Dependency types that are not installed.
    pub omit: Omit,
    /// Only these nodes and what they need (`--workspace`); empty means all.
    pub only: &'a [NodeId],
    /// Whether a path exists; a package whose command is missing is laid out again.
    pub exists: &'a dyn Fn(&str) -> bool,
}

impl Tree {
    /// Computes the difference; marks omitted nodes inert and takes bundled children of
    /// unchanged packages over into the ideal tree.
    pub fn diff(&mut self, options: &DiffOptions<'_>) -> Diff {
        let mut diff = Diff { filter: self.filter_set(options), ..Diff::default() };
        let roots = (Some(options.actual), Some(options.ideal));
        self.diff_children(roots, None, options, &mut diff);
        diff
    }

    fn filter_set(&self, options: &DiffOptions<'_>) -> IndexSet<NodeId> {
        let mut filter = IndexSet::new();
        let mut extraneous = IndexSet::new();
        for &node in options.only {
            let root = self.target_or_self(self.root_of(node));
            filter.extend([self.root_of(node), root, options.ideal, options.actual, node]);
            let entry = self.edges_out(root).into_iter().filter_map(|edge| self[edge].to);
            if let Some(to) =
                entry.into_iter().find(|&to| to == node || self.target(to) == Some(node))
            {
                filter.extend([to, self.target_or_self(to)]);
            }
            self.reach(node, options, &mut filter, &mut extraneous);
        }
        filter.extend(extraneous);
        filter
    }

    fn reach(
        &self,
        start: NodeId,
        options: &DiffOptions<'_>,
        filter: &mut IndexSet<NodeId>,
        extraneous: &mut IndexSet<NodeId>,
    ) {
        let mut seen = IndexSet::from([start]);
        let mut stack = vec![start];
        while let Some(node) = stack.pop() {
            filter.insert(node);
            let target = self.target_or_self(node);
            let location = Arc::clone(&self[target].location);
            let mut next = Vec::new();
            for root in [options.ideal, options.actual] {
                let Some(same) = self.at_location(root, &location) else { continue };
                next.extend(self.edges_out(same).into_iter().filter_map(|edge| self[edge].to));
                if root == options.actual {
                    let kids = self.children(same).into_iter();
                    extraneous.extend(kids.filter(|&kid| self[kid].flags.extraneous));
                }
            }
            if target != node {
                next.push(target);
            }
            stack.extend(next.into_iter().filter(|&node| seen.insert(node)));
        }
    }

    fn diff_children(
        &mut self,
        (actual, ideal): (Option<NodeId>, Option<NodeId>),
        inside: Option<usize>,
        options: &DiffOptions<'_>,
        diff: &mut Diff,
    ) {
        let actual_kids = self.all_children(actual);
        let ideal_kids = self.all_children(ideal);
        let paths: IndexSet<Arc<str>> =
            actual_kids.keys().chain(ideal_kids.keys()).cloned().collect();
        for path in paths {
            let pair = (actual_kids.get(&path).copied(), ideal_kids.get(&path).copied());
            self.diff_node(pair, inside, options, diff);
        }
    }

    /// The children of a node and of the folders inside it, by path.
    fn all_children(&self, node: Option<NodeId>) -> IndexMap<Arc<str>, NodeId> {
        let Some(node) = node
            .map(|node| if self.root_of(node) == node { self.target_or_self(node) } else { node })
        else {
            return IndexMap::new();
        };
        let mut folders = vec![node];
        folders.extend(self.fs_children(node));
        let kids = folders.into_iter().flat_map(|folder| self.children(folder));
        kids.map(|kid| (Arc::clone(&self[kid].path), kid)).collect()
    }

    fn diff_node(
        &mut self,
        (actual, ideal): (Option<NodeId>, Option<NodeId>),
        inside: Option<usize>,
        options: &DiffOptions<'_>,
        diff: &mut Diff,
    ) {
        let chosen = |node: Option<NodeId>| node.is_some_and(|node| diff.filter.contains(&node));
        if !diff.filter.is_empty() && !chosen(actual) && !chosen(ideal) {
            return;
        }
        if let Some(ideal) = ideal
            && self.should_omit(ideal, options.omit)
        {
            self[ideal].inert = true;
        }
        let ideal = ideal.filter(|&ideal| !self[ideal].inert);
        let inside = match (self.action(actual, ideal, options.exists), ideal) {
            (Some(action), _) => {
                diff.changes.push(Change { action, actual, ideal, inside });
                Some(diff.changes.len() - 1)
            }
            (None, Some(ideal)) => {
                diff.unchanged.push(ideal);
                self.take_over_bundled(actual, ideal);
                inside
            }
            (None, None) => return,
        };
        self.diff_children((actual, ideal), inside, options, diff);
    }

    fn action(
        &self,
        actual: Option<NodeId>,
        ideal: Option<NodeId>,
        exists: &dyn Fn(&str) -> bool,
    ) -> Option<Action> {
        let Some(ideal) = ideal else { return actual.map(|_| Action::Remove) };
        let Some(actual) = actual else {
            return (!self.in_dep_bundle(ideal)).then_some(Action::Add);
        };
        let version = |node: NodeId| self[self.target_or_self(node)].version_text();
        if version(ideal) != version(actual) {
            return Some(Action::Change);
        }
        let bins_exist = self.has_its_bins(ideal, exists);
        let (a, b) = (&self[actual].integrity, &self[ideal].integrity);
        let (have, want) = (self.resolved(actual), self.resolved(ideal));
        if a.is_none() && b.is_none() && bins_exist && have == want {
            return None;
        }
        let same = matches!((a, b), (Some(a), Some(b)) if shares_digest(a, b));
        (!same || !bins_exist).then_some(Action::Change)
    }

    /// Whether all commands of a package are linked; a folder is no command, and gets no link.
    fn has_its_bins(&self, node: NodeId, exists: &dyn Fn(&str) -> bool) -> bool {
        let folder = &self[self.target_or_self(node)];
        let targets = folder.package.bin.values();
        self.bin_paths(node).iter().zip(targets).all(|(path, target)| {
            exists(path) || exists(&format!("{}/{target}/.", folder.realpath))
        })
    }

    /// Where the commands of a package are linked: `.bin` beside it.
    pub fn bin_paths(&self, node: NodeId) -> Vec<String> {
        let Some(parent) = self.parent(node) else { return Vec::new() };
        let folder = paths::resolve(&self[parent].path, "node_modules/.bin");
        let package = &self[self.target_or_self(node)].package;
        package.bin.keys().map(|name| format!("{folder}/{name}")).collect()
    }

    fn take_over_bundled(&mut self, actual: Option<NodeId>, ideal: NodeId) {
        let Some(actual) = actual else { return };
        if bundled_names(&self[ideal].package).is_empty() {
            return;
        }
        for child in self.children(actual) {
            if self.in_bundle(child) {
                self.set_parent(child, Some(ideal));
            }
        }
    }
}

/// Algorithms of subresource integrity, strongest first.
const ALGORITHMS: [&str; 5] = ["sha512", "sha384", "sha256", "sha1", "md5"];

/// True when two integrity texts agree on a digest of the strongest algorithm that both have
/// (`match` of ssri).
fn shares_digest(a: &str, b: &str) -> bool {
    let digests = |text: &str, algorithm: &str| -> Vec<String> {
        let of = |entry: &str| Some(entry.strip_prefix(algorithm)?.strip_prefix('-')?.to_owned());
        let plain = |entry: &str| entry.split('?').next().and_then(of);
        text.split_whitespace().filter_map(plain).collect()
    };
    ALGORITHMS
        .iter()
        .map(|algorithm| (digests(a, algorithm), digests(b, algorithm)))
        .find(|(a, b)| !a.is_empty() && !b.is_empty())
        .is_some_and(|(a, b)| a.iter().any(|digest| b.contains(digest)))
}

#[cfg(test)]
mod tests {
    use super::shares_digest;

    #[test]
    fn strongest_common_algorithm_decides_whether_integrities_agree() {
        assert!(shares_digest("sha1-a sha512-x", "sha512-x?opt sha1-b"));
        assert!(!shares_digest("sha1-a sha512-x", "sha1-a sha512-y"));
        assert!(shares_digest("sha1-a sha512-x", "sha1-a"));
        assert!(!shares_digest("sha512-x", "sha1-a"));
        assert!(shares_digest("sha512-x sha512-y", "sha512-y"));
    }
}
