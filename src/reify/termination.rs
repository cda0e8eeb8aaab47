//! What becomes of scripts that run when denpm itself is told to end.
//!
//! Like npm, denpm passes SIGTERM on to the scripts it runs, and ends once they have. It does not
//! put the tree back then: the journal is on disk, and the next run undoes what was begun, as
//! after any other death.
//!
//! Source: `@npmcli/run-script/lib/signal-manager.js`.

use crate::error::{Code, Explain};

#[cfg(unix)]
pub(super) use unix::RunningScript;
#[cfg(unix)]
pub use unix::terminated;

#[cfg(not(unix))]
pub(super) use elsewhere::RunningScript;
#[cfg(not(unix))]
pub use elsewhere::terminated;

/// The exit code of a process that SIGTERM ended, as shells tell it.
const EXIT: u8 = 128 + 15;

/// denpm was told to end while scripts ran.
#[derive(Debug, thiserror::Error)]
#[error("told to end (SIGTERM), as were the scripts that ran")]
pub struct Terminated;

impl Explain for Terminated {
    fn code(&self) -> Code {
        Code::Cancelled
    }

    fn help(&self) -> Option<String> {
        Some("run the command again: what was begun is undone first".to_owned())
    }

    fn exit(&self) -> u8 {
        EXIT
    }
}

#[cfg(unix)]
mod unix {
    use std::{
        collections::BTreeSet,
        future::pending,
        sync::{
            Mutex, MutexGuard, Once, PoisonError,
            atomic::{AtomicBool, Ordering},
        },
        time::Duration,
    };

    use rustix::process::{Pid, Signal, kill_process};
    use tokio::{
        process::Child,
        signal::unix::{SignalKind, signal},
        sync::Notify,
        time::{Instant, sleep},
    };

    /// How long scripts have to end after they were told to.
    const PATIENCE: Duration = Duration::from_secs(10);
    /// How often it is looked whether they have.
    const LOOK: Duration = Duration::from_millis(20);

    static RUNNING: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());
    static LISTENING: Once = Once::new();
    static ENDING: AtomicBool = AtomicBool::new(false);
    static ENDED: Notify = Notify::const_new();

    fn running() -> MutexGuard<'static, BTreeSet<i32>> {
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A script that is told to end when denpm is, for as long as this lives.
    pub(in crate::reify) struct RunningScript(Option<i32>);

    impl RunningScript {
        /// Watches over a child; call on a thread of the runtime.
        pub(in crate::reify) fn of(child: &Child) -> Self {
            // From here on denpm decides what SIGTERM means, so somebody listens to the end.
            LISTENING.call_once(|| {
                if let Ok(mut told) = signal(SignalKind::terminate()) {
                    tokio::spawn(async move {
                        told.recv().await;
                        end().await;
                    });
                }
            });
            let id = child.id().and_then(|id| i32::try_from(id).ok());
            running().extend(id);
            Self(id)
        }

        /// To be awaited when the script is over. Where denpm is ending there is no way on: what
        /// the script did not do must not count as its failure.
        pub(in crate::reify) async fn over(self) {
            drop(self);
            if ENDING.load(Ordering::SeqCst) {
                pending::<()>().await;
            }
        }
    }

    impl Drop for RunningScript {
        fn drop(&mut self) {
            if let Some(id) = self.0 {
                running().remove(&id);
            }
        }
    }

    async fn end() {
        ENDING.store(true, Ordering::SeqCst);
        for id in running().iter().filter_map(|&id| Pid::from_raw(id)) {
            // One that has just ended needs no telling.
            kill_process(id, Signal::TERM).ok();
        }
        let last = Instant::now() + PATIENCE;
        while !running().is_empty() && Instant::now() < last {
            sleep(LOOK).await;
        }
        ENDED.notify_one();
    }

    /// Waits until denpm was told to end, and its scripts have: nothing may go on after that.
    /// Nobody listens before the first script, so that until then the signal is what it always is.
    pub async fn terminated() {
        ENDED.notified().await;
    }
}

#[cfg(not(unix))]
mod elsewhere {
    use tokio::process::Child;

    /// Nothing: there are no signals to pass on.
    pub(in crate::reify) struct RunningScript;

    impl RunningScript {
        pub(in crate::reify) fn of(_child: &Child) -> Self {
            Self
        }

        pub(in crate::reify) async fn over(self) {}
    }

    /// Never comes.
    pub async fn terminated() {
        std::future::pending().await
    }
}
