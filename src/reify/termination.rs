//! What becomes of scripts that run when denpm itself is told to end, or gives up.
//!
//! Like npm, denpm passes signals on to the scripts it runs, and ends once they have. It does not
//! put the tree back then: the journal is on disk, and the next run undoes what was begun, as
//! after any other death.
//!
//! A script that has no terminal is a process group of its own, so that what it started ends with
//! it: nothing may write into a tree that is being put back.
//!
//! Source: `@npmcli/run-script/lib/signal-manager.js`, which knows no groups.

use crate::error::{Code, Explain};

#[cfg(unix)]
pub use unix::terminated;
#[cfg(unix)]
pub(super) use unix::{RunningScript, end_scripts};

#[cfg(not(unix))]
pub use elsewhere::terminated;
#[cfg(not(unix))]
pub(super) use elsewhere::{RunningScript, end_scripts};

/// denpm was told to end while scripts ran.
#[derive(Debug, thiserror::Error)]
#[error("told to end ({name}), as were the scripts that ran")]
pub struct Terminated {
    /// The signal's name.
    name: &'static str,
    /// The exit code of a process that this signal ended, as shells tell it.
    exit: u8,
}

impl Explain for Terminated {
    fn code(&self) -> Code {
        Code::Cancelled
    }

    fn help(&self) -> Option<String> {
        Some("run the command again: what was begun is undone first".to_owned())
    }

    fn exit(&self) -> u8 {
        self.exit
    }
}

/// Whether a script and all that it starts are a process group of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Own,
    /// It shares the terminal, which sends its signals to denpm's group.
    Denpms,
}

#[cfg(unix)]
mod unix {
    use std::{
        collections::BTreeMap,
        future::pending,
        sync::{Mutex, MutexGuard, Once, PoisonError},
        time::Duration,
    };

    use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process_group};
    use tokio::{
        process::{Child, Command},
        signal::unix::{SignalKind, signal},
        sync::Notify,
        time::{Instant, sleep},
    };

    use super::{Group, Terminated};

    /// How long scripts have to end after they were told to.
    const PATIENCE: Duration = Duration::from_secs(10);
    /// How long they have when denpm gives up: whoever waits has been told nothing yet.
    const SHORT_PATIENCE: Duration = Duration::from_secs(2);
    /// How often it is looked whether they have.
    const LOOK: Duration = Duration::from_millis(20);

    static SCRIPTS: Mutex<Scripts> = Mutex::new(Scripts { running: BTreeMap::new(), ending: None });
    static LISTENING: Once = Once::new();
    static ENDED: Notify = Notify::const_new();

    /// The scripts that run, by process, and the signal with which denpm is ending.
    struct Scripts {
        running: BTreeMap<i32, Group>,
        ending: Option<Ending>,
    }

    #[derive(Clone, Copy)]
    struct Ending {
        signal: Signal,
        name: &'static str,
    }

    fn scripts() -> MutexGuard<'static, Scripts> {
        SCRIPTS.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One that has just ended needs no telling.
    fn tell(id: i32, group: Group, signal: Signal) {
        let Some(id) = Pid::from_raw(id) else { return };
        match group {
            Group::Own => kill_process_group(id, signal),
            Group::Denpms => kill_process(id, signal),
        }
        .ok();
    }

    /// A script that is told to end when denpm is, for as long as this lives.
    pub(in crate::reify) struct RunningScript {
        id: Option<i32>,
        group: Group,
        is_over: bool,
    }

    impl RunningScript {
        /// To be called before a script is started, on a thread of the runtime: from there on denpm
        /// decides what the signals mean, so somebody listens to the end.
        pub(in crate::reify) fn prepare(command: &mut Command, group: Group) {
            LISTENING.call_once(|| {
                let signals = [
                    (SignalKind::terminate(), Signal::TERM, "SIGTERM"),
                    (SignalKind::interrupt(), Signal::INT, "SIGINT"),
                    (SignalKind::hangup(), Signal::HUP, "SIGHUP"),
                ];
                for (kind, signal_, name) in signals {
                    let Ok(mut told) = signal(kind) else { continue };
                    tokio::spawn(async move {
                        told.recv().await;
                        end(Ending { signal: signal_, name }).await;
                    });
                }
            });
            if group == Group::Own {
                command.process_group(0);
            }
        }

        /// Watches over a child.
        pub(in crate::reify) fn of(child: &Child, group: Group) -> Self {
            let id = child.id().and_then(|id| i32::try_from(id).ok());
            let mut scripts = scripts();
            scripts.running.extend(id.map(|id| (id, group)));
            if let (Some(id), Some(ending)) = (id, scripts.ending) {
                tell(id, group, ending.signal);
            }
            Self { id, group, is_over: false }
        }

        /// To be awaited when the script is over. Where denpm is ending there is no way on: what
        /// the script did not do must not count as its failure.
        pub(in crate::reify) async fn over(mut self) {
            self.is_over = true;
            drop(self);
            let is_ending = scripts().ending.is_some();
            if is_ending {
                pending::<()>().await;
            }
        }
    }

    impl Drop for RunningScript {
        fn drop(&mut self) {
            let Some(id) = self.id else { return };
            scripts().running.remove(&id);
            if !self.is_over && self.group == Group::Own {
                tell(id, self.group, Signal::KILL);
            }
        }
    }

    async fn end(ending: Ending) {
        {
            let mut scripts = scripts();
            if scripts.ending.is_some() {
                return;
            }
            scripts.ending = Some(ending);
            scripts.running.iter().for_each(|(&id, &group)| tell(id, group, ending.signal));
        }
        let last = Instant::now() + PATIENCE;
        while !scripts().running.is_empty() && Instant::now() < last {
            sleep(LOOK).await;
        }
        ENDED.notify_one();
    }

    /// Tells the scripts that run to end, and waits until they have; what remains of them then is
    /// ended. Somebody else has to await them meanwhile.
    pub(in crate::reify) async fn end_scripts() {
        let told: Vec<_> = scripts().running.iter().map(|(&id, &group)| (id, group)).collect();
        for &(id, group) in &told {
            tell(id, group, Signal::TERM);
        }
        let last = Instant::now() + SHORT_PATIENCE;
        while Instant::now() < last && told.iter().any(|&(id, group)| is_alive(id, group)) {
            sleep(LOOK).await;
        }
        for &(id, group) in &told {
            tell(id, group, Signal::KILL);
        }
    }

    /// Whether a process of the script is left.
    fn is_alive(id: i32, group: Group) -> bool {
        Pid::from_raw(id).is_some_and(|id| match group {
            Group::Own => test_kill_process_group(id).is_ok(),
            Group::Denpms => scripts().running.contains_key(&id.as_raw_nonzero().get()),
        })
    }

    /// Waits until denpm was told to end, and its scripts have: nothing may go on after that.
    /// Nobody listens before the first script, so that until then a signal is what it always is.
    pub async fn terminated() -> Terminated {
        ENDED.notified().await;
        let ending = scripts().ending;
        let (signal, name) = ending.map_or((Signal::TERM, "SIGTERM"), |it| (it.signal, it.name));
        let exit = u8::try_from(128 + signal.as_raw()).unwrap_or(u8::MAX);
        Terminated { name, exit }
    }
}

#[cfg(not(unix))]
mod elsewhere {
    use tokio::process::{Child, Command};

    use super::{Group, Terminated};

    /// Nothing: there are no signals to pass on.
    pub(in crate::reify) struct RunningScript;

    impl RunningScript {
        pub(in crate::reify) fn prepare(_command: &mut Command, _group: Group) {}

        pub(in crate::reify) fn of(_child: &Child, _group: Group) -> Self {
            Self
        }

        pub(in crate::reify) async fn over(self) {}
    }

    /// Nothing: what runs is ended when nobody awaits it any more.
    pub(in crate::reify) async fn end_scripts() {}

    /// Never comes.
    pub async fn terminated() -> Terminated {
        std::future::pending().await
    }
}
