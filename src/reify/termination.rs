//! What becomes of scripts that run when denpm itself is told to end, or gives up.
//!
//! Like npm, denpm passes signals on to the scripts it runs, and ends once they have. It does not
//! put the tree back then: the journal is on disk, and the next run undoes what was begun, as
//! after any other death.
//!
//! Without a terminal, a script is a process group of its own, and what it started ends with it:
//! nothing may write into a tree that is being put back. At a terminal it stays in denpm's group,
//! which the terminal's own signals reach, and may ask there for a passphrase.
//!
//! Source: `@npmcli/run-script/lib/signal-manager.js`, which knows no groups.

use std::{fs::File, sync::LazyLock};

use super::run_script::ScriptStdio;
use crate::error::{Code, Explain};

#[cfg(unix)]
pub use unix::terminated;
#[cfg(unix)]
pub(super) use unix::{RunningScript, killed_are_gone};

#[cfg(not(unix))]
pub use elsewhere::terminated;
#[cfg(not(unix))]
pub(super) use elsewhere::{RunningScript, killed_are_gone};

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
    /// denpm's, as a shell has it.
    Denpms,
}

impl Group {
    /// That of a script with this way to speak.
    pub(super) fn of(stdio: ScriptStdio) -> Self {
        static HAS_TERMINAL: LazyLock<bool> =
            LazyLock::new(|| !cfg!(unix) || File::open("/dev/tty").is_ok());
        match stdio {
            ScriptStdio::Captured if !*HAS_TERMINAL => Self::Own,
            _ => Self::Denpms,
        }
    }
}

/// How a script ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Well,
    Badly,
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

    use super::{End, Group, Terminated};

    /// How long scripts have to end after they were told to.
    const PATIENCE: Duration = Duration::from_secs(10);
    /// How long what was killed is awaited: a signal takes no longer, and where nobody collects the
    /// dead they seem to live.
    const DEATH: Duration = Duration::from_millis(500);
    /// How often it is looked whether they have.
    const LOOK: Duration = Duration::from_millis(20);

    static SCRIPTS: Mutex<Scripts> =
        Mutex::new(Scripts { running: BTreeMap::new(), killed: Vec::new(), ending: None });
    static LISTENING: Once = Once::new();
    static INTERRUPTIBLE: Once = Once::new();
    static ENDED: Notify = Notify::const_new();

    /// The scripts that run, by process, and the signal with which denpm is ending.
    struct Scripts {
        running: BTreeMap<i32, Group>,
        /// Groups that were killed.
        killed: Vec<i32>,
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
        end: Option<End>,
    }

    impl RunningScript {
        /// To be called before a script is started, on a thread of the runtime: from there on denpm
        /// decides what the signals mean, so somebody listens to the end.
        pub(in crate::reify) fn prepare(command: &mut Command, group: Group) {
            LISTENING.call_once(|| listen(SignalKind::terminate(), Signal::TERM, "SIGTERM"));
            if group == Group::Own {
                // A terminal would tell them both, and a shell wants to see denpm die of it.
                INTERRUPTIBLE.call_once(|| listen(SignalKind::interrupt(), Signal::INT, "SIGINT"));
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
            Self { id, group, end: None }
        }

        /// To be awaited when the script is over. Where denpm is ending there is no way on: what
        /// the script did not do must not count as its failure.
        pub(in crate::reify) async fn over(mut self, end: End) {
            self.end = Some(end);
            drop(self);
            let is_ending = scripts().ending.is_some();
            if is_ending {
                pending::<()>().await;
            }
        }
    }

    impl Drop for RunningScript {
        /// What is left of a script that failed, or that nobody awaits any more, is killed; not what
        /// was told to end and does so.
        fn drop(&mut self) {
            let Some(id) = self.id else { return };
            let mut scripts = scripts();
            scripts.running.remove(&id);
            let is_left = match self.end {
                None => true,
                Some(End::Badly) => scripts.ending.is_none(),
                Some(End::Well) => false,
            };
            if is_left && self.group == Group::Own {
                tell(id, self.group, Signal::KILL);
                scripts.killed.push(id);
            }
        }
    }

    fn listen(kind: SignalKind, forwarded: Signal, name: &'static str) {
        if let Ok(mut told) = signal(kind) {
            tokio::spawn(async move {
                told.recv().await;
                end(Ending { signal: forwarded, name }).await;
            });
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

    /// Waits until nothing is left of the scripts that were killed.
    pub(in crate::reify) async fn killed_are_gone() {
        let killed = std::mem::take(&mut scripts().killed);
        let is_alive =
            |&id: &i32| Pid::from_raw(id).is_some_and(|id| test_kill_process_group(id).is_ok());
        let last = Instant::now() + DEATH;
        while Instant::now() < last && killed.iter().any(is_alive) {
            sleep(LOOK).await;
        }
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

    use super::{End, Group, Terminated};

    /// Nothing: there are no signals to pass on.
    pub(in crate::reify) struct RunningScript;

    impl RunningScript {
        pub(in crate::reify) fn prepare(_command: &mut Command, _group: Group) {}

        pub(in crate::reify) fn of(_child: &Child, _group: Group) -> Self {
            Self
        }

        pub(in crate::reify) async fn over(self, _end: End) {}
    }

    /// Nothing: only the shell is killed.
    pub(in crate::reify) async fn killed_are_gone() {}

    /// Never comes.
    pub async fn terminated() -> Terminated {
        std::future::pending().await
    }
}
