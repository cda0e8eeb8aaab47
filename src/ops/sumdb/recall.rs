//! What was computed of packages before: looked up in the embedded log while they are fetched.

use std::{path::Path, sync::Arc};

use tokio::task::{JoinHandle, spawn_blocking};

use super::{Asked, Package, local_log};
use crate::{
    ops::context::Context,
    store::StoredPackage,
    sumdb::{
        Hash,
        log::{BoundLeaf, LocalLog, LogError},
    },
};

/// The look into the log, under way.
pub(in crate::ops) struct Recalling(Option<JoinHandle<Result<Recalled, LogError>>>);

/// What is remembered of the packages of an [`Asked`], in their order.
#[derive(Debug, Default)]
pub(in crate::ops) struct Recalled(Vec<Option<BoundLeaf>>);

impl Asked {
    /// Looks up what the embedded log remembers, if there is one yet.
    pub(in crate::ops) fn recall(&self, context: &Context) -> Recalling {
        let folder = local_log(context);
        if self.packages.is_empty() || !folder.is_dir() {
            return Recalling(None);
        }
        let packages = Arc::clone(&self.packages);
        Recalling(Some(spawn_blocking(move || Recalled::of(&packages, &folder))))
    }
}

impl Recalling {
    /// Waits for it. What cannot be recalled is computed, and a log that cannot be used is told
    /// when that is to be compared with it.
    pub(in crate::ops) async fn finish(self) -> Recalled {
        let Some(task) = self.0 else { return Recalled::default() };
        task.await.ok().and_then(Result::ok).unwrap_or_default()
    }
}

impl Recalled {
    fn of(packages: &[Package], folder: &Path) -> Result<Self, LogError> {
        let log = LocalLog::open(folder)?;
        Ok(Self(log.bound(packages.iter().map(|package| &package.key))?))
    }

    /// The leaf of the package at a place, if it was computed from what the store has of it now.
    pub(super) fn leaf(
        &self,
        place: usize,
        package: &Package,
        now: &StoredPackage,
    ) -> Option<Hash> {
        let bound = (*self.0.get(place)?)?;
        bound.of(&package.key, &now.index_digest)
    }
}
