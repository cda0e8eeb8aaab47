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

/// Work on no more bytes than this takes less time than the way to another thread and back.
const SMALL: usize = 64 << 10;

/// As [`run`], but work on few bytes is done at once, where it is asked for.
///
/// # Errors
/// As [`run`]; a panic in small work is the caller's.
pub async fn run_on<T: Send + 'static>(
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JoinError> {
    if bytes <= SMALL { Ok(work()) } else { run(work).await }
}

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
