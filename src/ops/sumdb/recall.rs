//! What was computed of packages before: read while they are fetched.

use tokio::task::{JoinHandle, spawn_blocking};

use super::{Asked, local_log};
use crate::{ops::context::Context, sumdb::log::ComputedLeaves};

/// The reading, under way.
pub(in crate::ops) struct Recalling(Option<JoinHandle<ComputedLeaves>>);

impl Asked {
    /// Begins to read what was computed before, if there is anything to compute.
    pub(in crate::ops) fn recall(&self, context: &Context) -> Recalling {
        let folder = local_log(context);
        let is_needed = !self.packages.is_empty();
        Recalling(is_needed.then(|| spawn_blocking(move || ComputedLeaves::load(&folder))))
    }
}

impl Recalling {
    /// Waits for it; what could not be read is computed again.
    pub(in crate::ops) async fn finish(self) -> ComputedLeaves {
        match self.0 {
            Some(task) => task.await.unwrap_or_default(),
            None => ComputedLeaves::default(),
        }
    }
}
