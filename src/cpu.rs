//! Work for the processors: as much at once as keeps them busy, off the threads that wait for the
//! network.
//!
//! More threads than that would gain nothing and cost memory: each holds the bytes it works on.

use std::{sync::LazyLock, thread::available_parallelism};

use tokio::{
    sync::Semaphore,
    task::{JoinError, spawn_blocking},
};

/// A little more than there are processors, because such work also writes files.
const BESIDE: usize = 2;

static SEATS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, usize::from) + BESIDE));

/// Runs `work` on a thread of its own as soon as there is a seat; never for work that waits for
/// somebody else.
///
/// # Errors
/// A panic in `work`, or the end of the runtime.
pub async fn run<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JoinError> {
    // The seats are never closed.
    let seat = SEATS.acquire().await.ok();
    spawn_blocking(move || {
        let _seat = seat;
        work()
    })
    .await
}
