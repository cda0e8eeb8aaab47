//! Work for the processors: as much at once as keeps them busy, off the threads that wait for the
//! network.
//!
//! More threads than that would gain nothing and cost memory: each holds the bytes it works on.

use std::{
    num::NonZero,
    panic::resume_unwind,
    sync::LazyLock,
    thread::{self, available_parallelism},
};

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

/// Fewer items than these are not worth another thread, where an item is a package.
const WORTH_A_THREAD: usize = 32;

/// What `work` makes of each item, in their order, on as many threads as the items are worth; the
/// caller waits.
///
/// # Panics
/// As `work` does.
pub fn map_all<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    map_parts(items, WORTH_A_THREAD, work)
}

/// As [`map_all`], where fewer than `worth_a_thread` items are not worth another thread.
///
/// # Panics
/// As `work` does.
pub fn map_parts<T: Sync, R: Send>(
    items: &[T],
    worth_a_thread: usize,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let threads = available_parallelism().map_or(1, NonZero::get);
    let part = items.len().div_ceil(threads).max(worth_a_thread).max(1);
    let all_of = &|part: &[T]| part.iter().map(&work).collect::<Vec<_>>();
    thread::scope(|scope| {
        let mut parts = items.chunks(part);
        let own = parts.next().unwrap_or_default();
        let on_another = |part| {
            let spawned = thread::Builder::new().spawn_scoped(scope, move || all_of(part));
            // Where no thread is to be had, the caller's own does it all.
            (part, spawned.ok())
        };
        let others: Vec<_> = parts.map(on_another).collect();
        let mut done = all_of(own);
        for (part, other) in others {
            done.extend(match other {
                Some(other) => other.join().unwrap_or_else(|panic| resume_unwind(panic)),
                None => all_of(part),
            });
        }
        done
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn map_all_keeps_the_order_whatever_thread_an_item_falls_to() {
        for length in [0, 1, WORTH_A_THREAD, 5 * WORTH_A_THREAD + 3] {
            let items: Vec<usize> = (0..length).collect();
            assert_eq!(
                map_all(&items, |item| item * 2),
                items.iter().map(|item| item * 2).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    #[should_panic(expected = "item 100")]
    fn map_all_panics_as_its_work_does() {
        let items: Vec<usize> = (0..200).collect();
        map_all(&items, |item| assert!(*item != 100, "item {item}"));
    }
}
