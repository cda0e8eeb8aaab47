//! Two arenas made one: trees that were loaded at the same time come to lie side by side.

use super::{
    Edge, EdgeId, Name, Node, NodeId, Tree,
    hash::OrderedSet,
    node::{LinkState, Rooted},
};

/// What ids of one arena are called in the one that takes it over.
struct Renaming {
    names: Vec<Name>,
    nodes: u32,
    edges: u32,
}

impl Renaming {
    fn name(&self, name: Name) -> Name {
        self.names.get(name.index()).copied().unwrap_or(name)
    }

    fn node(&self, NodeId(id): NodeId) -> NodeId {
        NodeId(id.saturating_add(self.nodes))
    }

    fn edge(&self, EdgeId(id): EdgeId) -> EdgeId {
        EdgeId(id.saturating_add(self.edges))
    }

    fn nodes(&self, nodes: OrderedSet<NodeId>) -> OrderedSet<NodeId> {
        nodes.map(|node| self.node(node))
    }
}

impl Tree {
    /// Takes over the nodes of another arena, as if they had been added to this one now, and tells
    /// what its `root` is called here. Both belong to the same project, so they have the same
    /// settings and override rules; what the other remembers of a lockfile is forgotten.
    #[must_use]
    pub fn absorb(&mut self, other: Self, root: NodeId) -> NodeId {
        let Self {
            nodes,
            edges,
            names,
            askers,
            override_sets: _,
            settings: _,
            locked: _,
            locked_root: _,
            specs: _,
            spec_texts: _,
        } = other;
        let renaming = Renaming {
            names: names.texts().map(|text| self.names.intern(text)).collect(),
            nodes: u32::try_from(self.nodes.len()).unwrap_or(u32::MAX),
            edges: u32::try_from(self.edges.len()).unwrap_or(u32::MAX),
        };
        self.nodes.extend(nodes.into_iter().map(|node| node.renamed(&renaming)));
        let edges = edges.into_iter().map(|edge| edge.renamed(&renaming));
        self.edges.extend(edges);
        for (name, asking) in names.all().zip(askers.into_values()) {
            self.askers.change(renaming.name(name), |askers| {
                for &node in asking.iter() {
                    askers.insert(renaming.node(node));
                }
            });
        }
        renaming.node(root)
    }
}

impl Node {
    fn renamed(self, to: &Renaming) -> Self {
        let node = |id| to.node(id);
        Self {
            name: to.name(self.name),
            path: self.path,
            realpath: self.realpath,
            location: self.location,
            package: self.package,
            version: self.version,
            integrity: self.integrity,
            has_shrinkwrap: self.has_shrinkwrap,
            flags: self.flags,
            inert: self.inert,
            errors: self.errors,
            source_reference: self.source_reference.map(node),
            dummy: self.dummy,
            workspaces: self.workspaces,
            resolved: self.resolved,
            link: self.link.map(|LinkState { target }| LinkState { target: target.map(node) }),
            root: to.node(self.root),
            parent: self.parent.map(node),
            fs_parent: self.fs_parent.map(node),
            children: self.children.map(|name| to.name(name), node),
            fs_children: to.nodes(self.fs_children),
            links_in: to.nodes(self.links_in),
            edges_in: self.edges_in.map(|edge| to.edge(edge)),
            edges_out: self.edges_out.map(|name| to.name(name), |edge| to.edge(edge)),
            edges: self.edges,
            overrides: self.overrides,
            own: self.own.map(|own| Box::new(own.renamed(to))),
        }
    }
}

impl Edge {
    fn renamed(self, to: &Renaming) -> Self {
        Self {
            name: to.name(self.name),
            kind: self.kind,
            raw_spec: self.raw_spec,
            accept: self.accept,
            peer_conflicted: self.peer_conflicted,
            from: self.from.map(|node| to.node(node)),
            to: self.to.map(|node| to.node(node)),
            overrides: self.overrides,
            verdict: self.verdict,
        }
    }
}

impl Rooted {
    fn renamed(self, to: &Renaming) -> Self {
        Self {
            inventory: self.inventory.map(|name| to.name(name), |node| to.node(node)),
            tops: to.nodes(self.tops),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use indexmap::IndexMap;
    use proptest::{collection::vec, prelude::*};
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        arborist::{LockEntry, Project, Records, Shrinkwrap, TreeSettings},
        manifest::Manifest,
    };

    fn manifest(fields: &Value) -> Arc<Manifest> {
        Arc::new(Manifest::from_slice(fields.to_string().as_bytes()).unwrap())
    }

    const NAMES: [&str; 6] = ["a", "b", "@s/c", "B", "d", "ä"];
    const PLACES: [&str; 9] = [
        "node_modules/a",
        "node_modules/b",
        "node_modules/@s/c",
        "node_modules/B",
        "node_modules/a/node_modules/b",
        "node_modules/a/node_modules/b/node_modules/d",
        "node_modules/ä",
        "packages/w",
        "packages/w/node_modules/a",
    ];

    /// A lock of packages at the given places, each of which asks for the given names; what is
    /// behind the known ones is a package that has no other like it.
    fn lock(places: &[(usize, Vec<usize>)]) -> Shrinkwrap {
        let name = |at: usize| NAMES.get(at).map_or_else(|| format!("n{at}"), ToString::to_string);
        let place = |at: usize| {
            let known = PLACES.get(at).map(ToString::to_string);
            known.unwrap_or_else(|| format!("node_modules/n{at}"))
        };
        let entry = |asked: &[usize]| {
            let dependencies: IndexMap<String, &str> =
                asked.iter().map(|&at| (name(at), "^1.0.0")).collect();
            let peers = json!({ "d": "2" });
            let package = json!({
                "version": format!("1.{}.0", asked.len()),
                "dependencies": dependencies, "peerDependencies": peers,
            });
            LockEntry { package: manifest(&package), ..LockEntry::default() }
        };
        let mut packages: IndexMap<String, LockEntry> =
            places.iter().map(|(at, asked)| (place(*at), entry(asked))).collect();
        if packages.contains_key("packages/w") {
            let resolved = Some("packages/w".to_owned());
            let link = LockEntry { link: true, resolved, ..LockEntry::default() };
            packages.insert("node_modules/w".to_owned(), link);
        }
        Shrinkwrap { version: Some(3), packages, ..Shrinkwrap::default() }
    }

    fn project() -> Project {
        let package = json!({
            "name": "p", "dependencies": { "a": "1", "B": "1" },
            "overrides": { "b": { "d": "3" } }, "workspaces": ["packages/w"],
        });
        let workspaces = IndexMap::from([("w".to_owned(), "/p/packages/w".to_owned())]);
        Project { path: "/p".into(), package: manifest(&package), workspaces }
    }

    fn places() -> impl Strategy<Value = Vec<(usize, Vec<usize>)>> {
        vec((0..40_usize, vec(0..40_usize, 0..20)), 0..30)
    }

    proptest! {
        #[test]
        fn a_tree_that_was_taken_over_is_as_one_that_was_loaded_beside_the_other(
            ideal in places(), actual in places(),
        ) {
            let (project, actual) = (project(), lock(&actual));
            let of_ideal = || {
                let mut tree = Tree::new(TreeSettings::default());
                let root = tree.add_project(&project).unwrap();
                tree.load_virtual(root, &lock(&ideal), "/p").unwrap();
                tree
            };
            let mut beside = of_ideal();
            let root = beside.load_actual(&project, Records::Hidden(&actual)).unwrap();
            let mut alone = Tree::new(TreeSettings::default());
            let root_alone = alone.load_actual(&project, Records::Hidden(&actual)).unwrap();
            let mut absorbing = of_ideal();
            prop_assert_eq!(absorbing.absorb(alone, root_alone), root);
            let shown = |tree: &Tree| {
                format!("{:#?} {:#?} {:#?}", tree.nodes, tree.edges, (&tree.names, &tree.locked))
            };
            prop_assert_eq!(shown(&absorbing), shown(&beside));
            let askers = |tree: &Tree| {
                let asking = |name| tree.askers.get(name).filter(|all| !all.is_empty());
                let all = tree.names.all().map(asking);
                all.map(|all| format!("{all:?}")).collect::<Vec<_>>()
            };
            prop_assert_eq!(askers(&absorbing), askers(&beside));
        }
    }
}
