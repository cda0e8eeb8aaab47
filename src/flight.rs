//! A run-once map for concurrent work: the first caller of a key runs, the others await the same result.
//!
//! Used where several parts of an operation want the same expensive thing at the same time,
//! for example two edges that both need the packument of one name.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use foldhash::fast::RandomState;
use tokio::sync::OnceCell;

/// Remembers one value for each key and computes each at most once.
///
/// If the caller that computes is cancelled, the next one that waits takes over.
#[derive(Debug)]
pub struct Flight<K, V> {
    cells: Mutex<Cells<K, V>>,
}

/// Names that were chosen to collide do not: the hash is seeded anew in each run.
type Cells<K, V> = HashMap<K, Arc<OnceCell<V>>, RandomState>;

impl<K, V> Default for Flight<K, V> {
    fn default() -> Self {
        Self { cells: Mutex::default() }
    }
}

impl<K: Eq + Hash, V: Clone> Flight<K, V> {
    /// The value of `key`, computed by `work` unless another caller did so, or is doing so now.
    pub async fn run<W>(&self, key: K, work: impl FnOnce() -> W) -> V
    where
        W: Future<Output = V>,
    {
        let cell = Arc::clone(self.cells().entry(key).or_default());
        cell.get_or_init(work).await.clone()
    }

    /// The value of `key`, if it is there already.
    pub fn get(&self, key: &K) -> Option<V> {
        self.cells().get(key)?.get().cloned()
    }

    /// Drops the value of `key`; the next caller computes it again.
    pub fn forget(&self, key: &K) {
        self.cells().remove(key);
    }

    /// As [`forget`](Self::forget), if the value is there and `is_it` holds of it.
    pub fn forget_if(&self, key: &K, is_it: impl FnOnce(&V) -> bool) {
        let mut cells = self.cells();
        if cells.get(key).and_then(|cell| cell.get()).is_some_and(is_it) {
            cells.remove(key);
        }
    }

    fn cells(&self) -> std::sync::MutexGuard<'_, Cells<K, V>> {
        // A panic elsewhere cannot leave the map half changed: every change is one call.
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    #[tokio::test]
    async fn run_fifty_callers_of_one_key_compute_once() {
        let flight = Arc::new(Flight::default());
        let runs = Arc::new(AtomicUsize::new(0));
        let callers = (0..50).map(|_| {
            let (flight, runs) = (Arc::clone(&flight), Arc::clone(&runs));
            tokio::spawn(async move {
                flight
                    .run("key", || async {
                        tokio::task::yield_now().await;
                        runs.fetch_add(1, Ordering::SeqCst) + 41
                    })
                    .await
            })
        });
        for caller in callers.collect::<Vec<_>>() {
            assert_eq!(caller.await.unwrap(), 41);
        }
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn run_cancelled_leader_is_replaced() {
        let flight = Arc::new(Flight::default());
        let leader = tokio::spawn({
            let flight = Arc::clone(&flight);
            async move { flight.run(1, std::future::pending::<u8>).await }
        });
        tokio::task::yield_now().await;
        leader.abort();
        assert!(leader.await.unwrap_err().is_cancelled());
        let value = tokio::time::timeout(Duration::from_secs(5), flight.run(1, || async { 7 }));
        assert_eq!(value.await.unwrap(), 7);
    }

    #[tokio::test]
    async fn forget_makes_the_next_caller_compute_again() {
        let flight = Flight::default();
        assert_eq!(flight.run("a", || async { 1 }).await, 1);
        assert_eq!(flight.run("a", || async { 2 }).await, 1);
        flight.forget(&"a");
        assert_eq!(flight.run("a", || async { 3 }).await, 3);
        flight.forget_if(&"a", |known| *known == 1);
        assert_eq!(flight.run("a", || async { 4 }).await, 3);
        flight.forget_if(&"a", |known| *known == 3);
        assert_eq!(flight.run("a", || async { 5 }).await, 5);
    }
}
