//! Serving a log, and being a witness.

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::Router;
use tokio::{net::TcpListener, sync::mpsc, time::timeout};

use super::{Fetched, LogOptions, OperatorError, keys, read_policy, transport::HttpWitnesses};
use crate::{
    error::{Explain, Failure},
    event::{Event, Level, Reporter},
    ops::Context,
    sumdb::{
        record::PackageKey,
        sequencer::{Sequencer, SequencerError},
        server::{Admission, Admitted, Bounded, NoAdmission, Server},
        store::AnyStore,
        view::View,
        witness::Witness,
    },
};

/// How often a server looks for a new head, and whether its own can be published.
const REFRESH: Duration = Duration::from_secs(5);
/// Versions that wait to be fetched; further ones are absent until there is room.
const QUEUE: usize = 4096;
/// Versions that are appended together.
const TOGETHER: usize = 64;
/// How long a refusal is remembered.
const REFUSED_FOR: Duration = Duration::from_mins(1);
/// Refusals that are remembered.
const MAX_REFUSED: usize = 4096;

/// Serves a log until the process is told to end.
///
/// With a key it is the log's sequencer too: versions that are asked for and not there are
/// fetched from their registries and logged.
///
/// # Errors
/// A log that cannot be opened, and an address that cannot be listened at.
pub async fn serve(
    context: &Arc<Context>,
    options: &LogOptions,
    listen: &str,
) -> Result<(), Failure> {
    if options.keys.is_empty() {
        let index = options.index(context, "reader")?;
        let view = Arc::new(View::open(options.store(context)?, &index).await?);
        let refreshing = tokio::spawn(refresh(Arc::clone(&view), Arc::clone(&context.reporter)));
        let served = run(context, listen, Server::new(view, NoAdmission).router()).await;
        refreshing.abort();
        return served;
    }
    let sequencer = options.sequencer(context).await?;
    let fetched = Fetched::new(Arc::clone(context), options)?;
    let view = Arc::clone(sequencer.view());
    let (sender, receiver) = mpsc::channel(QUEUE);
    let desk = Arc::new(Desk { state: Mutex::default(), fetched, sender });
    let working =
        tokio::spawn(work(Arc::clone(&desk), sequencer, receiver, Arc::clone(&context.reporter)));
    let served = run(context, listen, Server::new(view, AtDesk(desk)).router()).await;
    working.abort();
    served
}

/// Serves as a witness of the logs of a policy until the process is told to end.
///
/// # Errors
/// A key or policy that cannot be used, and an address that cannot be listened at.
pub async fn serve_witness(
    context: &Arc<Context>,
    folder: &Path,
    key: &Path,
    logs: &Path,
    listen: &str,
) -> Result<(), Failure> {
    let cwd = &context.config.sources().cwd;
    let policy = read_policy(&cwd.join(logs))?;
    let name = key.display().to_string();
    let key = keys::read(&cwd.join(key))?;
    let witness = Witness::new(policy, key, cwd.join(folder));
    let witness = witness.ok_or(OperatorError::KeyName(name))?;
    let router = crate::sumdb::witness::router(Arc::new(witness));
    run(context, listen, router).await
}

async fn run(context: &Context, listen: &str, router: Router) -> Result<(), Failure> {
    let failed = |source| OperatorError::Listen { address: listen.to_owned(), source };
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let address: SocketAddr = listener.local_addr().map_err(failed)?;
    let line = format!("listening at http://{address}");
    context.reporter.event(Event::log(Level::Notice, "sumdb", vec![line]));
    let served = axum::serve(Bounded::new(listener), router).with_graceful_shutdown(ended());
    Ok(served.await.map_err(failed)?)
}

/// The signal to end.
async fn ended() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    // Without signals there is only the hard way to end.
    drop(tokio::signal::ctrl_c().await);
}

async fn refresh(view: Arc<View<AnyStore>>, reporter: Arc<dyn Reporter>) {
    loop {
        tokio::time::sleep(REFRESH).await;
        if let Err(error) = view.refresh().await {
            reporter.event(Event::warn("sumdb", error.to_string()));
        }
    }
}

/// Where versions wait that were asked for.
struct Desk {
    state: Mutex<HashMap<PackageKey, State>>,
    fetched: Fetched,
    sender: mpsc::Sender<PackageKey>,
}

/// What is known of a version that is not in the log.
enum State {
    Waiting,
    Refused(Instant, String),
}

struct AtDesk(Arc<Desk>);

impl Admission for AtDesk {
    fn admit(&self, key: &PackageKey) -> Admitted {
        let desk = &self.0;
        let mut state = desk.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.get(key) {
            Some(State::Waiting) => return Admitted::Pending,
            Some(State::Refused(since, reason)) if since.elapsed() < REFUSED_FOR => {
                return Admitted::Refused(reason.clone());
            }
            Some(State::Refused(..)) | None => {}
        }
        // A name of another namespace, or a private one, is not this log's to fetch.
        let ours = desk.fetched.namespace(key.name()).is_ok_and(|ns| ns == key.namespace());
        if !ours || desk.sender.try_send(key.clone()).is_err() {
            return Admitted::No;
        }
        state.insert(key.clone(), State::Waiting);
        Admitted::Pending
    }
}

impl Desk {
    fn done(&self, key: &PackageKey) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    fn refuse(&self, key: &PackageKey, error: &Failure) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.len() >= MAX_REFUSED {
            state.retain(|_, state| matches!(state, State::Waiting));
        }
        let detail = error.inner().detail();
        let lines: Vec<_> = std::iter::once(error.to_string()).chain(detail).collect();
        let reason = lines.join("\n") + "\n";
        state.insert(key.clone(), State::Refused(Instant::now(), reason));
    }
}

/// The log's own work: appends what is asked for, many together, and looks now and then at what
/// others appended and at what could not be published.
async fn work(
    desk: Arc<Desk>,
    mut sequencer: Sequencer<AnyStore, HttpWitnesses>,
    mut receiver: mpsc::Receiver<PackageKey>,
    reporter: Arc<dyn Reporter>,
) {
    let mut keys = Vec::new();
    let mut said = None;
    loop {
        let done = match timeout(REFRESH, receiver.recv_many(&mut keys, TOGETHER)).await {
            Ok(0) => return,
            Ok(_) => append(&desk, &mut sequencer, &mut keys).await,
            Err(_) => sequencer.catch_up().await,
        };
        let failure = done.err().map(|error| format!("{}: {error}", error.code_text()));
        // Once is enough while it stays the same.
        if let Some(line) = failure.clone().filter(|_| failure != said) {
            reporter.event(Event::warn("sumdb", line));
        }
        said = failure;
    }
}

/// Fetches and appends versions.
async fn append(
    desk: &Desk,
    sequencer: &mut Sequencer<AnyStore, HttpWitnesses>,
    keys: &mut Vec<PackageKey>,
) -> Result<(), SequencerError> {
    let fetches = keys.iter().map(|key| desk.fetched.entry(key.name(), key.version()));
    let records = futures_util::future::join_all(fetches).await;
    let mut entries = Vec::new();
    let mut admitted = Vec::new();
    for (key, record) in keys.drain(..).zip(records) {
        match record {
            Ok(logged) => {
                entries.push(logged.to_entry());
                admitted.push(key);
            }
            Err(error) => desk.refuse(&key, &error),
        }
    }
    let added = sequencer.add(&entries).await;
    // What could not be appended is asked for again, and then tried again.
    for key in &admitted {
        desk.done(key);
    }
    added.map(drop)
}
