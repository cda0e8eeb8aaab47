//! Which workspaces a command is about, and which packages that makes it about.
//!
//! Sources: npm's `lib/utils/get-workspaces.js`, arborist's `workspaceNodes`,
//! `workspaceDependencySet`, `excludeWorkspacesDependencySet`.

use globset::GlobBuilder;
use indexmap::IndexSet;

use super::{installed::Installed, project::ProjectFiles};
use crate::{
    arborist::{
        NodeId, Tree,
        paths::{relative, resolve},
    },
    config::Options,
    error::{Code, Explain, Failure},
    event::{Event, Reporter},
    explanation::EdgeType,
};

/// `--workspace` names nothing.
#[derive(Debug, thiserror::Error)]
#[error("No workspaces found{}", filters_text(filters))]
pub(super) struct NoWorkspaces {
    filters: Vec<String>,
}

fn filters_text(filters: &[String]) -> String {
    if filters.is_empty() {
        return "!".to_owned();
    }
    let flags: Vec<_> = filters.iter().map(|filter| format!(" --workspace={filter}")).collect();
    format!(":\n {}", flags.concat())
}

impl Explain for NoWorkspaces {
    fn code(&self) -> Code {
        Code::Workspacesconfig
    }

    fn code_text(&self) -> String {
        // npm has no code for it.
        String::new()
    }
}

/// The part of a project that a command is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Selection {
    /// All of it.
    Whole,
    /// Everything but the workspaces: `--no-workspaces`.
    WithoutWorkspaces,
    /// Some workspaces by name, or all of them: `--workspace`, `--workspaces`.
    Workspaces(Vec<String>),
}

/// Reads the selection from the settings.
///
/// # Errors
/// [`NoWorkspaces`] when workspaces are asked for and none is meant.
pub(super) fn selection(
    options: &Options,
    files: &ProjectFiles,
) -> Result<Selection, NoWorkspaces> {
    let asked = &options.workspaces;
    if asked.selected.is_empty() {
        match asked.all {
            Some(true) => {}
            Some(false) => return Ok(Selection::WithoutWorkspaces),
            None => return Ok(Selection::Whole),
        }
    }
    let workspaces = &files.project.workspaces;
    let project = &files.project.path;
    let cwd = options.paths.cwd.to_string_lossy().replace('\\', "/");
    let base = if relative(project, &cwd).starts_with("..") { project } else { &cwd };
    let mut names: IndexSet<String> = IndexSet::new();
    if asked.selected.is_empty() {
        names.extend(workspaces.keys().cloned());
    }
    for filter in &asked.selected {
        let meant =
            workspaces.iter().filter(|(name, path)| is_meant(filter, name, path, (project, base)));
        names.extend(meant.map(|(name, _)| name.clone()));
    }
    if names.is_empty() {
        return Err(NoWorkspaces { filters: asked.selected.clone() });
    }
    Ok(Selection::Workspaces(names.into_iter().collect()))
}

/// The workspaces that a change is limited to, by name; none means the whole project.
///
/// # Errors
/// [`NoWorkspaces`] when workspaces are asked for and none is meant.
pub(super) fn selected_names(
    options: &Options,
    files: &ProjectFiles,
) -> Result<Vec<String>, NoWorkspaces> {
    Ok(match selection(options, files)? {
        Selection::Workspaces(names) => names,
        Selection::Whole | Selection::WithoutWorkspaces => Vec::new(),
    })
}

/// A filter is a name, a folder, or a folder above.
fn is_meant(filter: &str, name: &str, path: &str, (project, base): (&str, &str)) -> bool {
    let shown = relative(base, path);
    let shown = if filter.starts_with("./") { format!("./{shown}") } else { shown };
    let holds = |folder: &str| {
        GlobBuilder::new(&format!("{folder}/*"))
            .literal_separator(true)
            .build()
            .is_ok_and(|glob| glob.compile_matcher().is_match(&shown))
    };
    filter == name
        || resolve(base, filter) == path
        || holds(&relative(project, &resolve(base, filter)))
        || holds(&filter.replace('\\', "/"))
}

/// The folders of the named workspaces in a tree; what is not there is warned about.
pub(super) fn nodes(
    installed: &Installed,
    names: &[String],
    reporter: &dyn Reporter,
) -> Vec<NodeId> {
    let tree = &installed.tree;
    let warn = |text: String| reporter.event(Event::warn("workspaces", text));
    let workspaces = &installed.files.project.workspaces;
    let mut nodes = Vec::new();
    for name in names {
        let Some(path) = workspaces.get(name) else {
            warn(format!("{name} in filter set, but not in workspaces"));
            continue;
        };
        let location = relative(&tree[installed.root].realpath, path);
        match tree.at_location(installed.root, &location) {
            Some(node) => nodes.push(node),
            None => warn(format!("{name} in filter set, but no workspace folder present")),
        }
    }
    nodes
}

/// Whether the root's own dependencies count too: `--include-workspace-root`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RootDependencies {
    /// They do.
    Counted,
    /// They do not.
    Left,
}

/// The folders that the workspace settings limit a command to; empty where they limit nothing.
///
/// # Errors
/// As [`selection`].
pub(super) fn reached(
    installed: &Installed,
    options: &Options,
    reporter: &dyn Reporter,
) -> Result<IndexSet<NodeId>, Failure> {
    let (tree, root) = (&installed.tree, installed.root);
    Ok(match selection(options, &installed.files)? {
        Selection::Whole => IndexSet::new(),
        Selection::WithoutWorkspaces => without_workspaces(tree, root),
        Selection::Workspaces(selected) => {
            let nodes = nodes(installed, &selected, reporter);
            let of_root = if options.workspaces.include_root {
                RootDependencies::Counted
            } else {
                RootDependencies::Left
            };
            dependencies(tree, root, &nodes, of_root)
        }
    })
}

/// Workspaces and everything they depend on.
pub(super) fn dependencies(
    tree: &Tree,
    root: NodeId,
    workspaces: &[NodeId],
    of_root: RootDependencies,
) -> IndexSet<NodeId> {
    let mut set: IndexSet<NodeId> = workspaces.iter().copied().collect();
    if of_root == RootDependencies::Counted {
        let own = tree.edges_out(root).into_iter();
        let own = own.filter(|&edge| tree[edge].kind != EdgeType::Workspace);
        set.extend(own.filter_map(|edge| tree.edge_to(edge)));
    }
    let mut extraneous = IndexSet::new();
    let mut next = 0;
    while let Some(&node) = set.get_index(next) {
        next += 1;
        for edge in tree.edges_out(node) {
            if let Some(to) = tree.edge_to(edge) {
                set.insert(to);
                set.insert(tree.target_or_self(to));
            }
        }
        extraneous
            .extend(tree.children(node).into_iter().filter(|&child| tree[child].flags.extraneous));
    }
    set.extend(extraneous);
    set
}

/// The root's dependencies without those that only workspaces have.
pub(super) fn without_workspaces(tree: &Tree, root: NodeId) -> IndexSet<NodeId> {
    let mut kept = IndexSet::new();
    let mut seen = IndexSet::new();
    let mut stack = vec![root];
    while let Some(node) = stack.pop() {
        if !seen.insert(node) {
            continue;
        }
        let reached = tree.edges_out(node).into_iter().filter_map(|edge| tree.edge_to(edge));
        for to in reached {
            let is_kept = |from: NodeId| from == root || kept.contains(&from);
            if !tree.is_workspace(to)
                && tree
                    .edges_in(to)
                    .into_iter()
                    .filter_map(|edge| tree.edge_from(edge))
                    .any(is_kept)
            {
                kept.insert(to);
            }
            stack.push(to);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filter_is_a_name_a_folder_or_a_folder_above() {
        let meant = |filter: &str| is_meant(filter, "@s/a", "/p/packages/a", ("/p", "/p"));
        assert!(
            ["@s/a", "packages/a", "./packages/a", "packages", "/p/packages/a"]
                .iter()
                .all(|f| meant(f))
        );
        assert!(!["a", "pack", "packages/a/b", "."].iter().any(|f| meant(f)));
    }

    #[test]
    fn filters_that_mean_nothing_are_listed() {
        let error = NoWorkspaces { filters: vec!["x".into(), "y".into()] };
        assert_eq!(error.to_string(), "No workspaces found:\n  --workspace=x --workspace=y");
    }
}
