//! `ls`: the installed tree as a listing (npm's `lib/commands/ls.js`).

use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
};

use serde_json::Map;

use super::{
    installed::{Installed, Origin, Peers},
    workspaces::{self, Selection},
};
use crate::{
    arborist::{EdgeId, EdgeProblem, NodeId, paths::relative},
    config::{Options, options::DependencyType},
    error::{Code, Explain, Failure},
    event::Reporter,
    report::{
        Detail,
        ls::{
            EdgeState, Format, Glyphs, Links, Listed, ListedEdge, ListedNode, Listing, NodeMark,
            Omit, Query, Reach, Scope, Workspaces, list, printed_depth,
        },
    },
    spec::{Spec, SpecKind, collate},
};

/// The project's package.json cannot be understood.
#[derive(Debug, thiserror::Error)]
#[error("Failed to parse root package.json")]
struct BrokenRoot;

impl Explain for BrokenRoot {
    fn code(&self) -> Code {
        Code::Jsonparse
    }
}

/// A listing, and why the command fails all the same.
#[derive(Debug)]
pub struct LsReport {
    /// What is shown.
    pub listed: Listed,
    /// `ELSPROBLEMS`, or a package.json that cannot be understood.
    pub failure: Option<Failure>,
}

/// Lists the tree, or the part of it that the arguments (`name`, `name@range`) speak of.
///
/// # Errors
/// Files that cannot be read, arguments and workspaces that name nothing possible.
pub fn ls(
    options: &Options,
    reporter: &dyn Reporter,
    arguments: &[String],
    detail: Detail,
) -> Result<LsReport, Failure> {
    let origin = if options.lock.package_lock_only { Origin::Lockfile } else { Origin::Disk };
    let installed = Installed::load(options, reporter, origin, Peers::Counted)?;
    let nodes = Nodes::of(&installed);
    let query = query(options, reporter, arguments, detail, &nodes)?;
    let listed = list(&nodes.listing(detail), &query);
    let failure = if installed.broken_root {
        Some(BrokenRoot.into())
    } else {
        listed.verdict().err().map(Failure::from)
    };
    Ok(LsReport { listed, failure })
}

fn query(
    options: &Options,
    reporter: &dyn Reporter,
    arguments: &[String],
    detail: Detail,
    nodes: &Nodes<'_>,
) -> Result<Query, Failure> {
    let output = &options.output;
    let format = match (output.json, output.parseable) {
        (true, _) => Format::Json,
        (false, true) => Format::Parseable,
        (false, false) if output.unicode => Format::Tree(Glyphs::Unicode),
        (false, false) => Format::Tree(Glyphs::Ascii),
    };
    let reach = if output.all || !arguments.is_empty() { Reach::All } else { Reach::Direct };
    let omits = [
        (DependencyType::Dev, Omit::Dev),
        (DependencyType::Optional, Omit::Optional),
        (DependencyType::Peer, Omit::Peer),
    ];
    let omit = omits.into_iter().filter(|(kind, _)| options.resolve.omit.omits(*kind));
    let matching = if arguments.is_empty() {
        None
    } else {
        Some(nodes.matching(arguments, &options.paths.cwd)?)
    };
    Ok(Query {
        format,
        detail,
        scope: Scope::Project,
        depth: printed_depth(reach, output.depth.map(levels)),
        omit: omit.map(|(_, omit)| omit).collect(),
        links: if output.link { Links::Only } else { Links::Any },
        workspaces: nodes.workspaces(options, reporter)?,
        matching,
        collate,
    })
}

/// npm's `depth` as a number of levels; infinity is all of them.
fn levels(depth: f64) -> usize {
    if depth == f64::INFINITY {
        return usize::MAX;
    }
    format!("{:.0}", depth.floor()).parse().unwrap_or(0)
}

/// The nodes of a tree, numbered.
struct Nodes<'a> {
    installed: &'a Installed,
    ids: Vec<NodeId>,
    indexes: HashMap<NodeId, usize>,
}

impl<'a> Nodes<'a> {
    fn of(installed: &'a Installed) -> Self {
        let mut ids = installed.tree.inventory_of(installed.root);
        if !ids.contains(&installed.root) {
            ids.insert(0, installed.root);
        }
        let indexes = ids.iter().enumerate().map(|(index, &id)| (id, index)).collect();
        Self { installed, ids, indexes }
    }

    fn index(&self, id: NodeId) -> Option<usize> {
        self.indexes.get(&id).copied()
    }

    /// The nodes that any of the arguments speaks of.
    fn matching(&self, arguments: &[String], cwd: &Path) -> Result<BTreeSet<usize>, Failure> {
        let specs: Vec<Spec> =
            arguments.iter().map(|text| Spec::parse(text, cwd)).collect::<Result<_, _>>()?;
        let tree = &self.installed.tree;
        let is_meant = |&id: &NodeId| specs.iter().any(|spec| tree.is_meant_by(id, spec));
        Ok((0..).zip(&self.ids).filter(|(_, id)| is_meant(id)).map(|(index, _)| index).collect())
    }

    fn workspaces(
        &self,
        options: &Options,
        reporter: &dyn Reporter,
    ) -> Result<Workspaces, Failure> {
        let names = match workspaces::selection(options, &self.installed.files)? {
            Selection::Whole => return Ok(Workspaces::All),
            Selection::WithoutWorkspaces => return Ok(Workspaces::Disabled),
            Selection::Workspaces(names) => names,
        };
        let tree = &self.installed.tree;
        let folders = workspaces::nodes(self.installed, &names, reporter);
        let links = folders.iter().flat_map(|&folder| tree.links_in(folder));
        let only: BTreeSet<usize> = links.filter_map(|link| self.index(link)).collect();
        Ok(if folders.is_empty() {
            Workspaces::All
        } else if options.workspaces.include_root {
            Workspaces::OnlyWithRoot(only)
        } else {
            Workspaces::Only(only)
        })
    }

    fn listing(&self, detail: Detail) -> Listing {
        let project = &self.installed.files.project.path;
        Listing {
            nodes: self.ids.iter().map(|&id| self.node(id, detail)).collect(),
            root: self.index(self.installed.root).unwrap_or_default(),
            broken_root: self.installed.broken_root.then(|| project.clone()),
        }
    }

    fn node(&self, id: NodeId, detail: Detail) -> ListedNode {
        let tree = &self.installed.tree;
        let node = &tree[id];
        let target = tree.target_or_self(id);
        let resolved = tree.resolved(id).map(|resolved| resolved.to_string());
        let is_shown = detail == Detail::Long || id == self.installed.root;
        let package = if is_shown { self.installed.raw_manifest(id) } else { Map::new() };
        let root = &tree[tree.root_of(id)];
        let link_target = node.is_link().then(|| native(&relative(&root.realpath, &node.realpath)));
        ListedNode {
            name: tree.name(id).to_owned(),
            version: tree[target].package.version.clone(),
            pkgid: tree.package_id(id),
            path: native(&node.path),
            realpath: native(&node.realpath),
            marks: self.marks(id, resolved.as_deref()),
            resolved,
            link_target,
            package,
            edges_out: tree.edges_out(target).into_iter().map(|edge| self.edge(edge)).collect(),
            target_pkgid: tree.package_id(target),
            target_location: tree[target].location.to_string(),
            children: tree.children(id).into_iter().filter_map(|child| self.index(child)).collect(),
        }
    }

    fn edge(&self, id: EdgeId) -> ListedEdge {
        let tree = &self.installed.tree;
        ListedEdge {
            name: tree.edge_name(id).to_owned(),
            spec: tree.edge_spec(id).into_owned(),
            kind: tree[id].kind,
            to: tree.edge_to(id).and_then(|to| self.index(to)),
            state: match tree.edge_problem(id) {
                Some(EdgeProblem::Missing) => EdgeState::Missing,
                Some(EdgeProblem::Invalid) => EdgeState::Invalid,
                Some(EdgeProblem::PeerLocal | EdgeProblem::Detached) | None => EdgeState::Valid,
            },
        }
    }

    fn marks(&self, id: NodeId, resolved: Option<&str>) -> BTreeSet<NodeMark> {
        let tree = &self.installed.tree;
        let all = [
            (NodeMark::ProjectRoot, tree.is_project_root(id)),
            (NodeMark::Root, id == self.installed.root),
            (NodeMark::Workspace, tree.is_workspace(id)),
            (NodeMark::Extraneous, tree[id].flags.extraneous),
            (NodeMark::Overridden, tree.overridden(id)),
            (NodeMark::Git, resolved.is_some_and(is_git)),
        ];
        all.into_iter().filter(|(_, is_so)| *is_so).map(|(mark, _)| mark).collect()
    }
}

fn is_git(resolved: &str) -> bool {
    // Registry tarballs are by far the most, and never a repository.
    !resolved.contains("/-/")
        && Spec::parse(resolved, Path::new("/"))
            .is_ok_and(|spec| matches!(spec.kind, SpecKind::Git(_)))
}

/// A path of the tree as this system writes it.
pub(super) fn native(path: &str) -> String {
    if cfg!(windows) { path.replace('/', "\\") } else { path.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_of_infinity_is_every_level() {
        assert_eq!([levels(0.0), levels(2.9), levels(-1.0)], [0, 2, 0]);
        assert_eq!(levels(f64::INFINITY), usize::MAX);
    }

    #[test]
    fn repository_is_told_from_a_tarball() {
        assert!(is_git("git+ssh://git@github.com/a/b.git#0123"));
        assert!(!is_git("https://registry.example/a/-/a-1.0.0.tgz"));
    }
}
