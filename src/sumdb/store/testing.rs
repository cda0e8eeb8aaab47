//! A store that dies at a chosen step, as a process does that is killed.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use super::{Store, StoreError, Swap, Version};

/// When the process "dies": before its nth change of the store, or right after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sumdb) enum Death {
    Never,
    Before(u64),
    After(u64),
}

/// A store in front of another; once dead, every call fails.
#[derive(Clone)]
pub(in crate::sumdb) struct Mortal<S> {
    inner: Arc<S>,
    death: Death,
    changes: Arc<AtomicU64>,
    /// Everything that was ever written to `checkpoint`.
    pub(in crate::sumdb) published: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl<S: Store> Mortal<S> {
    pub(in crate::sumdb) fn new(inner: Arc<S>, death: Death) -> Self {
        Self { inner, death, changes: Arc::default(), published: Arc::default() }
    }

    pub(in crate::sumdb) fn changes(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    fn is_dead(&self) -> bool {
        match self.death {
            Death::Never => false,
            Death::Before(step) => self.changes() > step,
            Death::After(step) => self.changes() > step + 1,
        }
    }

    fn alive(&self) -> Result<(), StoreError> {
        if self.is_dead() { Err(StoreError::Interrupted) } else { Ok(()) }
    }

    async fn change<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let step = self.changes.fetch_add(1, Ordering::SeqCst);
        match self.death {
            Death::Before(at) if step >= at => Err(StoreError::Interrupted),
            Death::After(at) if step > at => Err(StoreError::Interrupted),
            Death::After(at) if step == at => {
                work.await?;
                Err(StoreError::Interrupted)
            }
            _ => work.await,
        }
    }
}

impl<S: Store> Store for Mortal<S> {
    async fn get(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.alive()?;
        self.inner.get(path, limit).await
    }

    async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.change(self.inner.put(path, bytes)).await
    }

    async fn versioned(
        &self,
        path: &str,
        limit: u64,
    ) -> Result<Option<(Vec<u8>, Version)>, StoreError> {
        self.alive()?;
        self.inner.versioned(path, limit).await
    }

    async fn swap(
        &self,
        path: &str,
        known: Option<&Version>,
        bytes: Vec<u8>,
    ) -> Result<Swap, StoreError> {
        if path == "checkpoint" {
            let mut published = self.published.lock().unwrap_or_else(PoisonError::into_inner);
            published.push(bytes.clone());
        }
        self.change(self.inner.swap(path, known, bytes)).await
    }

    async fn remove(&self, path: &str) -> Result<(), StoreError> {
        self.change(self.inner.remove(path)).await
    }

    async fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        self.alive()?;
        self.inner.list(folder).await
    }
}
