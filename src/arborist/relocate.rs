//! Moving nodes: the `root`, `parent`, `target` setters and `replace` of `node.js`/`link.js`.
//!
//! The order of the steps is npm's, because the order in which edges are looked at again
//! decides which packages become candidates for pruning.

use std::sync::Arc;

use super::{
    Name, NodeId, Tree,
    edge::Reload,
    node::LinkState,
    paths::{dirname, in_node_modules, name_in_node_modules, relative, resolve, walk_up},
};

/// From so many nodes on that have an edge of a name, all nodes are walked instead.
const MANY_ASKERS: usize = 64;

/// A step of a walk: npm goes depth first, children before folders inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Child(usize),
    Folder(usize),
}

impl Tree {
    /// Puts a node (and what is below it) under another root; `None` takes it out of its tree.
    pub fn set_root(&mut self, id: NodeId, root: Option<NodeId>) {
        let mut root = root;
        while let Some(up) = root.map(|root| self[root].root)
            && root != Some(up)
        {
            root = Some(up);
        }
        let root = root.unwrap_or(id);
        self.delist(id);
        if self[id].path.is_empty() || self[root].path.is_empty() {
            self[id].root = root;
            return;
        }
        self[id].root = id;
        let target = self.break_links(id);
        self.leave_other_parents(id, root);
        if root == id {
            self.refresh_location(id);
        } else {
            self.enter_root(id, root);
        }
        self.reload_foreign_edges(id, root);
        self.bring_family(id, root);
        if let Some(target) = target
            && self.target(id).is_none()
            && root != id
        {
            self.set_root(target, Some(root));
        }
    }

    /// Cuts the links to a node and, for a link, its own; gives back a link's former target.
    fn break_links(&mut self, id: NodeId) -> Option<NodeId> {
        for &link in std::mem::take(&mut self[id].links_in).iter() {
            self[link].link = Some(LinkState { target: None });
        }
        let target = self[id].link.and_then(|link| link.target);
        if let Some(target) = target {
            self[target].links_in.shift_remove(&id);
            if self[target].root == id {
                self.delist(target);
            }
            self[id].link = Some(LinkState { target: None });
        }
        target
    }

    fn leave_other_parents(&mut self, id: NodeId, root: NodeId) {
        if let Some(parent) = self[id].parent
            && self[parent].root != root
        {
            self.remove_child(parent, self[id].name);
            self[id].parent = None;
        }
        if let Some(parent) = self[id].fs_parent
            && self[parent].root != root
        {
            self[parent].fs_children.shift_remove(&id);
            self[id].fs_parent = None;
        }
    }

    fn remove_child(&mut self, parent: NodeId, name: Name) {
        let folded = self.names.folded(name);
        self[parent].children.remove(folded);
    }

    fn enter_root(&mut self, id: NodeId, root: NodeId) {
        let location = relative(&self[root].realpath, &self[id].path);
        if let Some(current) = self.at_location(root, &location) {
            self.set_root(current, None);
        }
        self[id].root = root;
        self.refresh_location(id);
        self.find_parent(id, root);
        let is_top = self[id].parent.is_none();
        if let Some(own) = self[root].own.as_mut() {
            if is_top {
                own.tops.insert(id);
            } else {
                own.tops.shift_remove(&id);
            }
        }
        self.adopt(id, root);
        self.join_links(id, root);
    }

    /// Finds the node whose folder this one lies in, by walking its path up.
    fn find_parent(&mut self, id: NodeId, root: NodeId) {
        let path = Arc::clone(&self[id].path);
        let root_path = Arc::clone(&self[root].realpath);
        let found = walk_up(dirname(&path)).filter(|&p| p != &*path).find_map(|p| {
            let location = relative(&root_path, p);
            let parent = self.at_location(root, &location)?;
            (!self[parent].is_link()).then_some((parent, location))
        });
        let Some((parent, location)) = found else { return };
        let name = self[id].name;
        let slash = if location.is_empty() { "" } else { "/" };
        let child_location = format!("{location}{slash}node_modules/{}", self.text(name));
        if *self[id].location != *child_location {
            if let Some(old) = self[id].fs_parent {
                self[old].fs_children.shift_remove(&id);
            }
            self[parent].fs_children.insert(id);
            self[id].fs_parent = Some(parent);
            return;
        }
        if let Some(old) = self.child(parent, name)
            && old != id
        {
            self.set_root(old, None);
        }
        if let Some(old) = self[id].parent {
            self.remove_child(old, name);
            self.reload_named_edges(old, name);
        }
        let folded = self.names.folded(name);
        self[parent].children.set(folded, name, id);
        self[id].parent = Some(parent);
        if !self[id].is_link() {
            self.reload_named_edges(parent, name);
        }
    }

    /// Takes over tops that turn out to lie inside this node.
    fn adopt(&mut self, id: NodeId, root: NodeId) {
        let path = Arc::clone(&self[id].path);
        let location = Arc::clone(&self[id].location);
        let slash = if location.is_empty() { "" } else { "/" };
        let modules = format!("{location}{slash}node_modules/");
        for child in self.tops(root) {
            let is_child = *self[child].location == *format!("{modules}{}", self.name(child));
            let fs_parent = self[child].fs_parent;
            let is_fs_child = child != id
                && dirname(&self[child].path).starts_with(&*path)
                && self[child].parent.is_none()
                && fs_parent.is_none_or(|parent| {
                    parent == id || dirname(&path).starts_with(&*self[parent].path)
                });
            if !is_child && !is_fs_child {
                continue;
            }
            if self[id].is_link() {
                self.set_root(child, None);
                continue;
            }
            if let Some(parent) = fs_parent {
                self[parent].fs_children.shift_remove(&child);
            }
            self[child].fs_parent = None;
            if is_child {
                let name = self[child].name;
                let folded = self.names.folded(name);
                self[id].children.set(folded, name, child);
                self[child].parent = Some(id);
                if let Some(own) = self[root].own.as_mut() {
                    own.tops.shift_remove(&child);
                }
            } else {
                self[id].fs_children.insert(child);
                self[child].fs_parent = Some(id);
            }
        }
    }

    /// Connects a link with the node at its real path, or a node with the links that lead to it.
    fn join_links(&mut self, id: NodeId, root: NodeId) {
        let realpath = Arc::clone(&self[id].realpath);
        if self[id].is_link() {
            let location = relative(&self[root].realpath, &realpath);
            let target =
                self.at_location(root, &location).filter(|&node| node != id).or_else(|| {
                    let others = self.inventory(root)?.links_to(&realpath);
                    others.filter(|&link| link != id).find_map(|link| self.target(link))
                });
            let Some(target) = target.and_then(|target| self.target(target)) else { return };
            self[id].link = Some(LinkState { target: Some(target) });
            self[id].package = Arc::clone(&self[target].package);
            let version = self[target].version.clone();
            self[id].version = version;
            self[target].links_in.insert(id);
            if let Some(parent) = self[id].parent {
                self.reload_named_edges(parent, self[id].name);
            }
            return;
        }
        let links: Vec<NodeId> =
            self.inventory(root).map(|all| all.links_to(&realpath).collect()).unwrap_or_default();
        for link in links.into_iter().filter(|&link| link != id) {
            self[link].link = Some(LinkState { target: Some(id) });
            self[link].package = Arc::clone(&self[id].package);
            let version = self[id].version.clone();
            self[link].version = version;
            self[id].links_in.insert(link);
            if let Some(parent) = self[link].parent {
                self.reload_named_edges(parent, self[link].name);
            }
        }
    }

    /// Edges never cross from one tree to another.
    fn reload_foreign_edges(&mut self, id: NodeId, root: NodeId) {
        for edge in self.edges_in(id) {
            if self[edge].from.is_some_and(|from| self[from].root != root) {
                self.reload_edge(edge, Reload::Soft);
            }
        }
        for edge in self.edges_out(id) {
            if self[edge].to.is_none_or(|to| self[to].root != root) {
                self.reload_edge(edge, Reload::Soft);
            }
        }
    }

    /// Children, folders inside and everything formerly under this root come along.
    fn bring_family(&mut self, id: NodeId, root: NodeId) {
        let mut family: indexmap::IndexSet<NodeId> = self[id].fs_children.iter().copied().collect();
        family.extend(self[id].children.values());
        family.extend(self.inventory_of(id));
        family.shift_remove(&id);
        for &child in &family {
            if self[child].root == root {
                continue;
            }
            self.delist(child);
            self[child].parent = None;
            self.remove_child(id, self[child].name);
            self[child].fs_parent = None;
            self[id].fs_children.shift_remove(&child);
            for &link in std::mem::take(&mut self[child].links_in).iter() {
                self[link].link = Some(LinkState { target: None });
            }
        }
        for child in family {
            if self[child].root != root {
                self.set_root(child, Some(root));
            }
        }
    }

    /// Makes a node a child of another; `None` takes it out of its tree.
    pub fn set_parent(&mut self, id: NodeId, parent: Option<NodeId>) {
        let Some(parent) = parent else {
            if self[id].parent.is_some() {
                self.set_root(id, None);
            }
            return;
        };
        let parent = self.target_or_self(parent);
        if id == parent || self[id].parent == Some(parent) {
            return;
        }
        let name = self[id].name;
        let path = in_node_modules(&self[parent].path, self.text(name));
        if let Some(old) = self[id].parent.take() {
            self.remove_child(old, name);
        }
        if let Some(old) = self[id].fs_parent.take() {
            self[old].fs_children.shift_remove(&id);
        }
        let root = self[parent].root;
        if *self[id].path != *path {
            self.give_path(id, &path);
            // A node that goes to another root is listed there.
            if self[id].root == root {
                self.refresh_location(id);
            }
        }
        self.set_root(id, Some(root));
    }

    /// Takes a node out of its root's inventory; call before its path or root changes.
    fn delist(&mut self, id: NodeId) {
        let root = self[id].root;
        if self[id].path.is_empty() || self[root].path.is_empty() {
            return;
        }
        if self.locked_root == Some(root) {
            let location = Arc::clone(&self[id].location);
            self.locked.remove(&location);
        }
        if let Some(mut own) = self[root].own.take() {
            own.inventory.remove(&self[id], id);
            own.tops.shift_remove(&id);
            self[root].own = Some(own);
        }
    }

    fn refresh_location(&mut self, id: NodeId) {
        let root = self[id].root;
        let location = relative(&self[root].realpath, &self[id].path);
        self[id].location = location.into();
        let mut own = self[root].own.take().unwrap_or_default();
        if let Some(current) = own.inventory.get(&self[id].location)
            && current != id
        {
            own.inventory.remove(&self[current], current);
        }
        own.inventory.insert(&self[id], id);
        self[root].own = Some(own);
    }

    /// Moves a node and all below it to another path (`_changePath`).
    fn change_path(&mut self, id: NodeId, path: &str) {
        self.give_path(id, path);
        self.refresh_location(id);
    }

    /// The same, before the node itself is listed at its new path.
    fn give_path(&mut self, id: NodeId, path: &str) {
        self.delist(id);
        let old = std::mem::replace(&mut self[id].path, Arc::from(path));
        if let Some(name) = name_in_node_modules(path)
            && name != self.name(id)
        {
            let name = self.names.intern(name);
            self[id].name = name;
        }
        if !self[id].is_link() {
            self[id].realpath = Arc::from(path);
            for link in self.links_in(id) {
                self.delist(link);
                self[link].realpath = Arc::from(path);
                self.refresh_location(link);
            }
        }
        for child in self.fs_children(id) {
            let inner = resolve(path, &relative(&old, &self[child].path));
            self.change_path(child, &inner);
        }
        for child in self.children(id) {
            let inner = in_node_modules(path, self.name(child));
            self.change_path(child, &inner);
        }
    }

    /// Puts `id` where `old` is; the children of `old` stay, `old` leaves the tree (`replace`).
    pub fn replace(&mut self, id: NodeId, old: NodeId) {
        self.delist(id);
        let name = self[id].name;
        let clobbers = self[old].parent.is_some_and(|parent| self.child(parent, name) == Some(old));
        if let (true, Some(parent)) = (clobbers, self[old].parent) {
            self[id].path = in_node_modules(&self[parent].path, self.text(name)).into();
        } else {
            self[id].path = Arc::clone(&self[old].path);
            self[id].name = self[old].name;
        }
        if !self[id].is_link() {
            self[id].realpath = Arc::clone(&self[id].path);
        }
        self.refresh_location(id);
        if !self[id].is_link() {
            for child in self.children(old) {
                self.set_parent(child, Some(id));
            }
            if self[old].is_link()
                && let Some(target) = self.target(old)
            {
                self.set_root(target, None);
            }
        }
        if self[old].root != old {
            let root = self[old].root;
            self.set_root(id, Some(root));
        }
    }

    /// Points a link at a node, which comes under the link's root.
    pub fn set_target(&mut self, link: NodeId, target: NodeId) {
        if self[link].link.is_some_and(|state| state.target == Some(target)) {
            return;
        }
        let root = self[link].root;
        if self[link].path.is_empty() {
            self[link].realpath = Arc::clone(&self[target].path);
            self.set_root(target, Some(root));
            self[link].link = Some(LinkState { target: Some(target) });
            self[target].links_in.insert(link);
            self.set_package(link, Arc::clone(&self[target].package));
            return;
        }
        self.delist(link);
        self.set_package(link, Arc::clone(&self[target].package));
        self[link].realpath = Arc::clone(&self[target].path);
        self.refresh_location(link);
        self.set_root(target, Some(root));
    }

    /// Resolves again the edges of that name in the whole subtree (`_reloadNamedEdges`).
    fn reload_named_edges(&mut self, top: NodeId, name: Name) {
        let folded = self.names.folded(name);
        let Some(mut askers) = self.askers_below(top, folded) else {
            return self.reload_named_edges_by_walk(top, name);
        };
        // The order in which several are looked at is that of the walk.
        askers.sort_unstable();
        for (_, id) in askers {
            self.reload_named_edge(top, id, name);
        }
    }

    /// Who in a subtree has an edge of a name, and by which way a walk comes there; `None` where
    /// the walk tells as fast.
    fn askers_below(&self, top: NodeId, folded: Name) -> Option<Vec<(Vec<Step>, NodeId)>> {
        let Some(askers) = self.askers.get(folded) else { return Some(Vec::new()) };
        if askers.len() > MANY_ASKERS {
            return None;
        }
        let way_to = |&id: &NodeId| {
            let (mut way, mut node) = (Vec::new(), id);
            while node != top {
                let (above, step) = self.walked_from(node)?;
                way.push(step);
                node = above;
            }
            way.reverse();
            Some((way, id))
        };
        Some(askers.iter().filter_map(way_to).collect())
    }

    /// The node from which a walk down the tree comes to this one. While a node moves, it may know
    /// a parent that does not know it any more.
    fn walked_from(&self, id: NodeId) -> Option<(NodeId, Step)> {
        let node = &self[id];
        let folded = self.names.folded(node.name);
        let as_child = |parent: NodeId| {
            let place = self[parent].children.place_of(folded, id)?;
            (!self[parent].is_link()).then_some((parent, Step::Child(place)))
        };
        let as_folder =
            |parent: NodeId| Some((parent, Step::Folder(self[parent].fs_children.place_of(&id)?)));
        node.parent.and_then(as_child).or_else(|| node.fs_parent.and_then(as_folder))
    }

    fn reload_named_edges_by_walk(&mut self, top: NodeId, name: Name) {
        let mut stack = vec![top];
        while let Some(id) = stack.pop() {
            self.reload_named_edge(top, id, name);
            // npm goes depth first, children before folders inside.
            stack.extend(self[id].fs_children.iter().rev());
            if !self[id].is_link() {
                stack.extend(self[id].children.values().rev());
            }
        }
    }

    fn reload_named_edge(&mut self, top: NodeId, id: NodeId, name: Name) {
        let Some(edge) = self[id].edges_out.get(self.names.folded(name)) else { return };
        let to = self[edge].to;
        let below_top = to.is_some_and(|to| {
            let inner = self[to].location.strip_prefix(&*self[top].location);
            let inner = inner.and_then(|inner| inner.strip_prefix("/node_modules/"));
            inner == Some(self.edge_name(edge))
        });
        if below_top || self.resolve(id, name) != to {
            self.reload_edge(edge, Reload::Hard);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::arborist::{TreeSettings, tree::Place};

    fn add(tree: &mut Tree, place: &Place, name: &str) -> NodeId {
        let wants = json!({"wanted": "*"});
        tree.add_manifest(place, &json!({"name": name, "version": "1.0.0", "dependencies": wants}))
    }

    #[test]
    fn askers_of_a_name_are_in_the_order_of_the_walk_and_those_elsewhere_are_left_out() {
        let mut tree = Tree::new(TreeSettings::default());
        let root = add(&mut tree, &Place::Root("/p".into()), "p");
        let folder = add(&mut tree, &Place::Path(root, "/p/packages/w".into()), "w");
        let b = add(&mut tree, &Place::Child(root), "b");
        let a = add(&mut tree, &Place::Child(root), "a");
        let inner = add(&mut tree, &Place::Child(b), "inner");
        let in_folder = add(&mut tree, &Place::Child(folder), "in-folder");
        add(&mut tree, &Place::Root("/q".into()), "q");
        let wanted = tree.names.find("wanted").unwrap();
        let below = |top| {
            let mut askers = tree.askers_below(top, wanted).unwrap();
            askers.sort_unstable();
            askers.into_iter().map(|(_, id)| id).collect::<Vec<_>>()
        };
        assert_eq!(below(root), [root, b, inner, a, folder, in_folder]);
        assert_eq!(below(b), [b, inner]);
    }
}
