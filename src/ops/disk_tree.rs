//! The tree on disk, loaded while the ideal one is built.

use tokio::task::{JoinHandle, spawn_blocking};

use super::project::ProjectFiles;
use crate::{
    arborist::{BuildError, Ideal, NodeId, Records, Shrinkwrap, Tree, TreeSettings},
    error::Failure,
};

/// The tree on disk, on its way or not.
pub(super) struct DiskTree(Option<JoinHandle<Result<Option<Loaded>, BuildError>>>);

/// A tree in an arena of its own.
type Loaded = (Tree, NodeId);

impl DiskTree {
    /// Begins to load what the hidden lockfile describes, if it still holds, on another thread,
    /// unless nobody `compares` anything with it; call on a thread of the runtime.
    pub(super) fn ahead(files: &ProjectFiles, settings: TreeSettings, compares: bool) -> Self {
        if !compares {
            return Self(None);
        }
        let (hidden, project) = (files.hidden.clone(), files.project.clone());
        let load = move || {
            let Some(hidden) = hidden.of(&project.path) else { return Ok(None) };
            let mut tree = Tree::new(settings);
            let root = tree.load_actual(&project, Records::Hidden(hidden))?;
            Ok(Some((tree, root)))
        };
        Self(Some(spawn_blocking(load)))
    }

    /// Puts the tree on disk beside the ideal one. `ci` starts from an `emptied` one:
    /// whatever is there is removed.
    ///
    /// # Errors
    /// What the tree is loaded from cannot be used.
    pub(super) async fn beside(
        &mut self,
        ideal: &mut Ideal,
        files: &ProjectFiles,
        emptied: bool,
    ) -> Result<NodeId, Failure> {
        if let Some(loading) = self.0.take()
            && let Ok(loaded) = loading.await
            && let Some((tree, root)) = loaded?
        {
            return Ok(ideal.tree.absorb(tree, root));
        }
        let nothing = Shrinkwrap::default();
        let hidden = if emptied { None } else { files.fresh_hidden_lock() };
        let records = match hidden {
            _ if emptied => Records::Hidden(&nothing),
            Some(hidden) => Records::Hidden(hidden),
            None => Records::Lockfile(files.lock.as_ref().map(|lock| &lock.shrinkwrap)),
        };
        Ok(ideal.tree.load_actual(&files.project, records)?)
    }
}
