//! Whether a store swaps atomically. One that does not would let two logs of one name be signed.

use futures_util::future::join_all;

use super::{Store, StoreError, Swap, Version};

/// Races that are run.
const ROUNDS: u32 = 10;
/// Writers in each.
const RACERS: u32 = 8;

/// Why a store cannot hold a log.
#[derive(Debug, thiserror::Error)]
pub enum NotAtomic {
    /// It failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It let several writers win, or none.
    #[error("of {RACERS} writers that swapped one version of an object, {winners} won")]
    Winners {
        /// How many; it should be one.
        winners: usize,
    },
    /// It wrote over another version, or gave back other bytes than were written last.
    #[error("a write that should have been refused went through")]
    NotCompared,
}

/// Lets writers race for an object `name`, which must be new, and removes it.
///
/// # Errors
/// [`NotAtomic`].
pub async fn probe(store: &impl Store, name: &str) -> Result<(), NotAtomic> {
    let raced = race(store, name).await;
    store.remove(name).await?;
    raced
}

async fn race(store: &impl Store, name: &str) -> Result<(), NotAtomic> {
    let mut known: Option<Version> = None;
    for round in 0..ROUNDS {
        let racers = (0..RACERS)
            .map(|racer| store.swap(name, known.as_ref(), format!("{round} {racer}").into_bytes()));
        let mut won = Vec::new();
        for (racer, swap) in join_all(racers).await.into_iter().enumerate() {
            if let Swap::Won(version) = swap? {
                won.push((racer, version));
            }
        }
        let Ok([(racer, version)]) = <[_; 1]>::try_from(won.as_slice().to_vec()) else {
            return Err(NotAtomic::Winners { winners: won.len() });
        };
        let late = store.swap(name, known.as_ref(), b"late".to_vec()).await?;
        let read = store.get(name, 1 << 10).await?;
        if late != Swap::Lost || read != Some(format!("{round} {racer}").into_bytes()) {
            return Err(NotAtomic::NotCompared);
        }
        known = Some(version);
    }
    Ok(())
}
