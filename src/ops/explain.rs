//! `explain`: why packages are in the tree (npm's `lib/commands/explain.js`).

use std::{collections::BTreeSet, path::Path, sync::Arc};

use indexmap::IndexSet;
use serde_json::{Map, Value};

use super::{
    installed::{Installed, Origin, Peers},
    workspaces::{self, RootDependencies, Selection},
};
use crate::{
    arborist::{
        Annotations, NodeId,
        paths::{relative, resolve},
    },
    config::Options,
    error::{Code, Explain, Failure},
    event::Reporter,
    explanation::{Mark, NodeExplanation},
    spec::{Spec, SpecKind, name_problems, satisfies},
};

/// Nothing that is installed is meant.
#[derive(Debug, thiserror::Error)]
#[error("No dependencies found matching {}", arguments.join(", "))]
struct NoDependencies {
    arguments: Vec<String>,
}

impl Explain for NoDependencies {
    fn code(&self) -> Code {
        Code::Nomatch
    }

    fn code_text(&self) -> String {
        // npm has no code for it.
        String::new()
    }
}

/// Explains the packages that the arguments name, locate, or describe by `name@range`.
///
/// # Errors
/// A tree that cannot be read, workspaces that are not there, arguments that mean nothing.
pub fn explain(
    options: &Options,
    reporter: &dyn Reporter,
    arguments: &[String],
) -> Result<Vec<NodeExplanation>, Failure> {
    let installed = Installed::load(options, reporter, Origin::Disk, Peers::Configured)?;
    let (tree, root) = (&installed.tree, installed.root);
    let within = match workspaces::selection(options, &installed.files)? {
        Selection::Whole => IndexSet::new(),
        Selection::WithoutWorkspaces => workspaces::without_workspaces(tree, root),
        Selection::Workspaces(names) => {
            let nodes = workspaces::nodes(&installed, &names, reporter);
            workspaces::dependencies(tree, root, &nodes, RootDependencies::Left)
        }
    };
    let cwd = options.paths.cwd.to_string_lossy().replace('\\', "/");
    let nodes: IndexSet<NodeId> = arguments
        .iter()
        .flat_map(|argument| installed.meant_by(argument, &cwd))
        .filter(|node| within.is_empty() || within.contains(node))
        .collect();
    if nodes.is_empty() {
        return Err(NoDependencies { arguments: arguments.to_vec() }.into());
    }
    let asked = Asked { installed: &installed, nodes: &nodes };
    let nodes: Vec<NodeId> = nodes.iter().copied().collect();
    Ok(tree.explain_all(&nodes, &asked).into_iter().map(Arc::unwrap_or_clone).collect())
}

impl Installed {
    /// The nodes that an argument means: a name first, then a place, then a range.
    fn meant_by(&self, argument: &str, cwd: &str) -> Vec<NodeId> {
        let (tree, root) = (&self.tree, self.root);
        let all = tree.inventory_of(root).into_iter();
        if is_name(argument) {
            return all.filter(|&node| tree[node].package_name() == Some(argument)).collect();
        }
        let place = argument.replace('\\', "/");
        let place = place.trim_end_matches('/');
        let from_cwd = relative(&self.files.project.path, &resolve(cwd, place));
        let at = |location: &str| tree.at_location(root, location);
        if let Some(node) = at(place).or_else(|| at(&from_cwd)) {
            return vec![node];
        }
        match Spec::parse(argument, Path::new(&self.files.project.path)) {
            Ok(spec) if matches!(spec.kind, SpecKind::Version | SpecKind::Range) => all
                .filter(|&node| {
                    tree[node].package_name() == spec.name.as_deref()
                        && satisfies(tree[node].version_text(), &spec.raw_spec)
                })
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// A name that some package, however old, may have.
fn is_name(argument: &str) -> bool {
    name_problems(argument).is_empty()
}

/// The marks of what was asked for, and the manifests of what is broken.
struct Asked<'a> {
    installed: &'a Installed,
    nodes: &'a IndexSet<NodeId>,
}

impl Annotations for Asked<'_> {
    fn marks(&self, node: NodeId) -> Option<BTreeSet<Mark>> {
        if !self.nodes.contains(&node) {
            return None;
        }
        let tree = &self.installed.tree;
        let flags = tree[node].flags;
        if flags.extraneous {
            return Some(BTreeSet::from([Mark::Extraneous]));
        }
        let all = [
            (Mark::Dev, flags.dev),
            (Mark::Optional, flags.optional),
            (Mark::DevOptional, flags.dev_optional),
            (Mark::Peer, flags.peer),
            (Mark::Bundled, tree.in_bundle(node)),
            (Mark::Overridden, tree.overridden(node)),
        ];
        Some(all.into_iter().filter(|(_, is_so)| *is_so).map(|(mark, _)| mark).collect())
    }

    fn package(&self, node: NodeId) -> Option<Map<String, Value>> {
        Some(self.installed.raw_manifest(node))
    }
}
