//! The pool: who is asked, how often, and what is remembered.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::task::JoinHandle;
use url::Url;

use super::{
    assignment::Fallthrough,
    cache::{Disk, Entry, Key, now},
    error::{Fault, FetchError},
    fetch::Transport,
    freshness::StaleUse,
    options::{CacheMode, Limits, PoolOptions, Retry},
    question::{DocumentQuestion, PackumentQuestion, PostQuestion, Question, TarballQuestion},
    retry::{Step, pause, step},
    route::{Assignment, Member, Routes, Stop, stop},
    tarball::{RegistryId, Tarball, TarballRequest},
};
use crate::{
    event::{Event, Reporter},
    flight::Flight,
    manifest::Packument,
};

/// A registry that let a request wait to the end this often is not asked again by it.
const TIMEOUTS: u32 = 3;

/// Which form of a packument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// Everything the registry knows (`application/json`); what npm install asks for.
    Full,
    /// What resolution needs (`application/vnd.npm.install-v1+json`).
    Abbreviated,
}

impl Form {
    /// The `Accept` header pacote sends for it.
    pub(super) fn accept(self) -> &'static str {
        match self {
            Self::Full => "application/json",
            Self::Abbreviated => {
                "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*"
            }
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Abbreviated => "abbreviated",
        }
    }
}

/// How a packument was obtained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// From the cache, without asking.
    Cached,
    /// From the cache; the registry confirmed it.
    Revalidated,
    /// From the registry.
    Fetched,
    /// From the cache, because no registry could be reached.
    Stale,
}

/// A packument, and where it is from.
#[derive(Clone, Debug)]
pub struct PackumentAnswer {
    /// The packument; whether it is about the right package is for the caller to see.
    pub packument: Arc<Packument>,
    /// The registry it is from.
    pub registry: RegistryId,
    /// How it was obtained.
    pub origin: Origin,
}

/// The registries of one namespace, their connections and their cache.
pub struct Pool {
    routes: Routes,
    transport: Transport,
    disk: Disk,
    mode: CacheMode,
    retry: Retry,
    limits: Limits,
    packuments: Flight<(String, Form), Result<PackumentAnswer, FetchError>>,
    /// Writes to the cache that nobody waits for.
    writes: Mutex<Vec<JoinHandle<()>>>,
}

impl Pool {
    /// A pool; sends nothing yet.
    ///
    /// # Errors
    ///
    /// [`FetchError::Options`] for a registry URL, header or certificate that cannot be used.
    pub fn new(
        options: &PoolOptions,
        reporter: Arc<dyn Reporter>,
    ) -> Result<Arc<Self>, FetchError> {
        Ok(Arc::new(Self {
            routes: Routes::new(options)?,
            transport: Transport::new(options, reporter)?,
            disk: Disk::new(&options.cache_dir, options.limits.packument),
            mode: options.mode,
            retry: options.retry,
            limits: options.limits,
            packuments: Flight::default(),
            writes: Mutex::default(),
        }))
    }

    /// The registries of `name` in the order of asking, and whether others may hear of it.
    pub fn registry_for(&self, name: &str) -> Assignment {
        let (members, privacy) = self.routes.members(name);
        Assignment { registries: members.iter().map(|member| member.id.clone()).collect(), privacy }
    }

    /// Whether a tarball at `url` lies in a registry of `name`, where `replace-registry-host`
    /// moves it if need be.
    pub fn serves(&self, name: &str, url: &Url) -> bool {
        self.routes.serves(name, url)
    }

    /// The packument of `name`; fetched at most once a run for all callers together.
    ///
    /// # Errors
    ///
    /// Why no registry could serve it, naming the package.
    pub async fn packument(&self, name: &str, form: Form) -> Result<PackumentAnswer, FetchError> {
        let work = || async { self.obtain(name, form).await.map_err(|error| error.about(name)) };
        self.packuments.run((name.to_owned(), form), work).await
    }

    /// Forgets a packument whose text is no longer where it was; the next caller asks for it anew.
    pub fn forget_packument(&self, name: &str, form: Form) {
        for stop in self.routes.packument(name).unwrap_or_default() {
            self.disk.remove(&key(&stop.member, name, form));
        }
        self.packuments.forget(&(name.to_owned(), form));
    }

    /// A tarball: buffered and retried whole if small, else streamed as it arrives.
    ///
    /// # Errors
    ///
    /// Why no registry could serve it, naming the package. What goes wrong in a stream is
    /// reported by the stream; ask again with that registry in
    /// [`avoid`](TarballRequest::avoid).
    pub async fn tarball(&self, request: &TarballRequest) -> Result<Tarball, FetchError> {
        let package = format!("{}@{}", request.name, request.version);
        let found = async {
            let stops = self.routes.tarball(request)?;
            self.refuse_offline(stops.first().map_or(&request.url, |stop| &stop.url))?;
            let question = TarballQuestion { transport: &self.transport, limits: self.limits };
            self.ask(&stops, &package, &question).await
        };
        found.await.map_err(|error| error.about(&package))
    }

    /// A JSON document at `path` on one registry (keys, attestations), up to `limit` bytes; not cached.
    ///
    /// # Errors
    ///
    /// Why the registry could not serve it; [`FetchError::status`] tells 404 from the rest.
    pub async fn document(
        &self,
        registry: &RegistryId,
        path: &str,
        limit: u64,
    ) -> Result<Bytes, FetchError> {
        let stops = [self.place(registry, path)?];
        let question = DocumentQuestion { transport: &self.transport, limit };
        self.ask(&stops, path, &question).await
    }

    /// The answer to posting the JSON document `body` to `path` on one registry; asked once, as npm does.
    ///
    /// # Errors
    ///
    /// Why there is no answer.
    pub async fn post(
        &self,
        registry: &RegistryId,
        path: &str,
        body: Bytes,
        limit: u64,
    ) -> Result<Bytes, FetchError> {
        let stop = self.place(registry, path)?;
        let question = PostQuestion { transport: &self.transport, limit, body };
        let permit = stop.member.lane.enter().await?;
        question.put(&stop, 0, permit).await
    }

    /// Waits until everything fetched is in the cache; call it before the process ends.
    pub async fn flush(&self) {
        let writes = std::mem::take(&mut *self.writes());
        futures_util::future::join_all(writes).await;
    }

    fn place(&self, registry: &RegistryId, path: &str) -> Result<Stop, FetchError> {
        let unknown = || FetchError::Options(format!("{registry} is not a configured registry"));
        let place = stop(self.routes.member(registry).ok_or_else(unknown)?, path)?;
        self.refuse_offline(&place.url)?;
        Ok(place)
    }

    fn refuse_offline(&self, url: &Url) -> Result<(), FetchError> {
        match self.mode {
            CacheMode::Offline => Err(FetchError::NotCached { url: url.into() }),
            _ => Ok(()),
        }
    }

    /// make-fetch-happen `lib/cache/index.js`: the cache, the registries, the cache again.
    async fn obtain(&self, name: &str, form: Form) -> Result<PackumentAnswer, FetchError> {
        let stops = self.routes.packument(name)?;
        let mut known = None;
        for stop in &stops {
            // Two small reads: handing them to another thread would take longer.
            let Some(entry) = self.disk.load(&key(&stop.member, name, form)) else { continue };
            let usable = match self.mode {
                CacheMode::Online => entry.is_fresh(now()),
                CacheMode::PreferOnline => false,
                CacheMode::PreferOffline | CacheMode::Offline => true,
            };
            if usable {
                self.transport.report_hit(&stop.url);
                return Ok(packument(&stop.member, entry, Origin::Cached));
            }
            known.get_or_insert_with(|| (Arc::clone(&stop.member), entry));
        }
        if let Some(first) = stops.first() {
            self.refuse_offline(&first.url)?;
        }
        let question = PackumentQuestion { pool: self, name, form, known: known.as_ref() };
        match self.ask(&stops, name, &question).await {
            Err(error) if error.fault().is_some() || is_outage(&error) => match known {
                Some((member, entry)) if entry.stale == StaleUse::Allowed => {
                    self.warn_stale(name, &member, &error);
                    Ok(packument(&member, entry, Origin::Stale))
                }
                _ => Err(error),
            },
            other => other,
        }
    }

    fn warn_stale(&self, name: &str, member: &Member, error: &FetchError) {
        let line = format!("using the cached document of {name} from {}: {error}", member.id);
        self.transport.reporter().event(Event::warn("registry", line));
    }

    /// Puts a question to registries in order, round by round, until one answers or all are spent.
    async fn ask<Q: Question>(
        &self,
        stops: &[Stop],
        subject: &str,
        question: &Q,
    ) -> Result<Q::Answer, FetchError> {
        let mut failures = Failures::default();
        let mut waiting: Vec<&Stop> = stops.iter().collect();
        for round in 0..=self.retry.retries {
            if round > 0 {
                tokio::time::sleep(pause(&self.retry, round, subject, &failures.of(&waiting)))
                    .await;
            }
            let mut again = Vec::new();
            for (place, stop) in waiting.iter().enumerate() {
                let (error, next) = match self.put(stop, round, question).await {
                    Ok(answer) => return Ok(answer),
                    Err(failed) => failed,
                };
                let others = place + 1 < waiting.len() || !again.is_empty();
                if next == Step::NextThenAgain && others && is_dead_end(&error) {
                    stop.member.lane.found_dead(&error);
                }
                failures.note(stop, error);
                let worth_it = failures.has_patience(stop);
                match next {
                    Step::NextThenAgain if worth_it => again.push(*stop),
                    Step::Next | Step::NextThenAgain => {}
                    Step::Again | Step::Stop => {
                        again.clear();
                        again.extend((next == Step::Again && worth_it).then_some(*stop));
                        break;
                    }
                }
            }
            waiting = again;
            if waiting.is_empty() {
                break;
            }
        }
        Err(failures.conclude(subject))
    }

    /// Asks one registry once; a failure comes with what should follow.
    async fn put<Q: Question>(
        &self,
        stop: &Stop,
        round: u32,
        question: &Q,
    ) -> Result<Q::Answer, (FetchError, Step)> {
        let Member { lane, fallthrough, .. } = stop.member.as_ref();
        let permit = lane.enter().await.map_err(|dead| match fallthrough {
            Fallthrough::AnyError => (dead, Step::Next),
            Fallthrough::NotFoundOnly => (dead, Step::Stop),
        })?;
        let answer = question.put(stop, round, permit).await;
        if answer.as_ref().err().and_then(FetchError::fault).is_none() {
            lane.answered();
        }
        answer.map_err(|error| {
            let next = step(error.class(), *fallthrough);
            (error, next)
        })
    }

    pub(super) fn transport(&self) -> &Transport {
        &self.transport
    }

    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// Changes the cache in the background. A cache that cannot be written is no cache, not an error.
    pub(super) fn write(&self, change: impl FnOnce(&Disk) -> std::io::Result<()> + Send + 'static) {
        let disk = self.disk.clone();
        let task = tokio::task::spawn_blocking(move || change(&disk).unwrap_or_default());
        let mut writes = self.writes();
        writes.retain(|task| !task.is_finished());
        writes.push(task);
    }

    fn writes(&self) -> std::sync::MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.writes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_dead_end(error: &FetchError) -> bool {
    error.fault().is_some_and(Fault::is_dead_end)
}

/// Whether all that failed was the network: then an old answer is better than none.
fn is_outage(error: &FetchError) -> bool {
    match error.root() {
        FetchError::Every { failures, .. } => failures.iter().all(|(_, e)| e.fault().is_some()),
        _ => false,
    }
}

/// The cache key of a packument.
pub(super) fn key(member: &Member, name: &str, form: Form) -> Key {
    Key::new(member.id.as_str(), name, form.as_str())
}

pub(super) fn packument(member: &Member, entry: Entry, origin: Origin) -> PackumentAnswer {
    PackumentAnswer { packument: entry.packument, registry: member.id.clone(), origin }
}

/// What each registry said last, and how often it let us wait.
#[derive(Default)]
struct Failures(Vec<(Arc<Member>, FetchError, u32)>);

impl Failures {
    fn note(&mut self, stop: &Stop, error: FetchError) {
        let timeout = u32::from(error.fault().is_some_and(Fault::is_timeout));
        match self.0.iter_mut().find(|(member, ..)| member.id == stop.member.id) {
            Some((_, last, timeouts)) => {
                *last = error;
                *timeouts += timeout;
            }
            None => self.0.push((Arc::clone(&stop.member), error, timeout)),
        }
    }

    fn has_patience(&self, stop: &Stop) -> bool {
        self.0
            .iter()
            .all(|(member, _, timeouts)| member.id != stop.member.id || *timeouts < TIMEOUTS)
    }

    fn of(&self, stops: &[&Stop]) -> Vec<FetchError> {
        let asked = |id: &RegistryId| stops.iter().any(|stop| stop.member.id == *id);
        self.0.iter().filter(|(m, ..)| asked(&m.id)).map(|(_, error, _)| error.clone()).collect()
    }

    /// The one failure, or all of them in one; dead registries are remembered.
    fn conclude(mut self, subject: &str) -> FetchError {
        for (member, error, _) in &self.0 {
            if is_dead_end(error) {
                member.lane.found_dead(error);
            }
        }
        match (self.0.pop(), self.0.is_empty()) {
            (Some((_, only, _)), true) => only,
            (last, _) => {
                let all = self.0.into_iter().chain(last);
                let failures = all.map(|(member, error, _)| (member.id.to_string(), error));
                FetchError::Every { subject: subject.to_owned(), failures: failures.collect() }
            }
        }
    }
}
