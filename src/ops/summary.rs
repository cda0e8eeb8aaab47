//! What an install did, as data for the report.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use url::Url;

use crate::{
    arborist::{Action, Diff, NodeId, Tree},
    report::summary::{Change, Counted, PackageAt},
};

/// The changes of a difference, in the order in which npm lists them: each before those inside
/// it, siblings last to first.
pub(super) fn changes(tree: &Tree, ideal: NodeId, diff: &Diff) -> Vec<Change> {
    let mut inside: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
    for (index, change) in diff.changes.iter().enumerate() {
        inside.entry(change.inside).or_default().push(index);
    }
    let mut order = Vec::new();
    let mut stack = inside.remove(&None).unwrap_or_default();
    while let Some(index) = stack.pop() {
        order.push(index);
        stack.extend(inside.remove(&Some(index)).unwrap_or_default());
    }
    order
        .into_iter()
        .filter_map(|index| diff.changes.get(index))
        .filter_map(|change| match (change.action, change.actual, change.ideal) {
            (Action::Remove, Some(actual), _) => Some(Change::Remove(package_at(tree, actual))),
            (Action::Add, _, Some(node)) => {
                let is_there = tree.root_of(node) == ideal && !tree[node].inert;
                let counted = if is_there { Counted::Yes } else { Counted::No };
                Some(Change::Add(package_at(tree, node), counted))
            }
            (Action::Change, Some(actual), Some(node)) => {
                Some(Change::Change { from: package_at(tree, actual), to: package_at(tree, node) })
            }
            _ => None,
        })
        .collect()
}

fn package_at(tree: &Tree, node: NodeId) -> PackageAt {
    PackageAt {
        name: tree.name(node).to_owned(),
        version: tree[tree.target_or_self(node)].package.version.clone(),
        path: tree[node].path.to_string(),
    }
}

/// How many packages look for funding (`libnpmfund`, counting only).
pub(super) fn funding(tree: &Tree, root: NodeId) -> usize {
    let mut seen = BTreeSet::new();
    let mut count = 0;
    let mut stack = vec![root];
    while let Some(node) = stack.pop() {
        for edge in tree.edges_out(node) {
            let Some(to) = tree.edge_to(edge).map(|to| tree.target_or_self(to)) else { continue };
            let package = &tree[to].package;
            if seen.insert((package.name.clone(), package.version.clone())) {
                count += usize::from(package.funding.as_deref().is_some_and(is_valid_funding));
                stack.push(to);
            }
        }
    }
    count
}

fn is_valid_funding(funding: &Value) -> bool {
    let is_web = |text: &str| {
        Url::parse(text)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some())
    };
    match funding {
        Value::String(text) => is_web(text),
        Value::Array(items) => items.iter().all(|item| !item.is_array() && is_valid_funding(item)),
        Value::Object(map) => map.get("url").and_then(Value::as_str).is_some_and(is_web),
        _ => false,
    }
}
