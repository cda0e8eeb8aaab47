//! The hidden lockfile, `node_modules/.package-lock.json`: npm's memory of what is on disk.
//!
//! Reading it takes as long as reading the lockfile, and what lies in `node_modules` has to be
//! looked at to know whether it still holds. Whoever will change the project has that done while
//! its other files are read.

use std::{
    fs,
    path::Path,
    sync::{Arc, OnceLock},
    time::SystemTime,
};

use super::project::read_text;
use crate::{
    arborist::{Shrinkwrap, hidden_lock_is_fresh},
    lockfile::{Lockfile, MAX_LOCKFILE_BYTES},
};

/// The hidden lockfile of a project, read once; clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct HiddenLock(Arc<OnceLock<Option<Shrinkwrap>>>);

impl HiddenLock {
    /// Begins to read that of a project, its real path, on another thread.
    pub(super) fn ahead(project: &str) -> Self {
        let hidden = Self::default();
        let (reader, project) = (hidden.clone(), project.to_owned());
        tokio::task::spawn_blocking(move || reader.of(&project).is_some());
        hidden
    }

    /// What it says, if it still describes what is on disk.
    pub(super) fn of(&self, project: &str) -> Option<&Shrinkwrap> {
        self.0.get_or_init(|| read(project)).as_ref()
    }
}

fn read(project: &str) -> Option<Shrinkwrap> {
    let path = Path::new(project).join("node_modules/.package-lock.json");
    let written: SystemTime = fs::metadata(&path).ok()?.modified().ok()?;
    let text = read_text(&path, MAX_LOCKFILE_BYTES).ok()??;
    let lock = Lockfile::parse(&text, &path).ok()?.shrinkwrap;
    hidden_lock_is_fresh(project, &lock, written).then_some(lock)
}
