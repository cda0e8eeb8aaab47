//! The pool: who is asked, how often, and what is remembered.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use tokio::{sync::OnceCell, task::JoinHandle, time::timeout};
use url::Url;

use super::{
    ask::ask,
    cache::{Disk, Entry, Key, now},
    error::FetchError,
    fetch::Transport,
    freshness::StaleUse,
    ledger::Ledger,
    namespace::Keys,
    options::{CacheMode, Limits, PoolOptions, Retry},
    question::{DocumentQuestion, PackumentQuestion, PostQuestion, Question, TarballQuestion},
    retry::pause,
    route::{Assignment, Barred, Member, Routes, Stop, escaped, stop, stops},
    tarball::{RegistryId, Tarball, TarballRequest},
    versions::{self, VersionsQuestion},
};
use crate::{
    event::{Event, Reporter},
    flight::Flight,
    manifest::{Excerpt, Packument},
};

/// How long a registry that is asked second may take, for the document of a version and for that
/// of a package: others can be asked instead.
const SINGLE: Duration = Duration::from_secs(3);
const WHOLE: Duration = Duration::from_secs(10);

/// How long a document of a pool holds at most, whatever its registry says: what lies in the cache
/// is confirmed by no second registry. As long as the npm public registry lets its own be kept.
const SHARED_LIFETIME: Duration = Duration::from_mins(5);

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
    ledger: Option<Ledger>,
    pub(super) admitted: OnceCell<()>,
    /// Keys asked for in this run, to be remembered.
    keys: Mutex<Vec<(RegistryId, Keys)>>,
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
        let routes = Routes::new(options)?;
        let ledger = options.data_dir.as_deref().filter(|_| routes.pool().len() > 1);
        let ledger = ledger.map(Ledger::open);
        for member in routes.pool() {
            if ledger.as_ref().is_some_and(|ledger| ledger.record(&member.id).lie.is_some()) {
                member.bar(Barred::Liar);
            }
        }
        Ok(Arc::new(Self {
            routes,
            transport: Transport::new(options, reporter)?,
            disk: Disk::new(&options.cache_dir, options.limits.packument),
            mode: options.mode,
            retry: options.retry,
            limits: options.limits,
            packuments: Flight::default(),
            writes: Mutex::default(),
            ledger,
            admitted: OnceCell::new(),
            keys: Mutex::default(),
        }))
    }

    /// Whether a registry is the one that the user configured, and no mirror of it.
    pub fn is_configured(&self, registry: &RegistryId) -> bool {
        self.routes.pool().first().is_some_and(|first| first.id == *registry)
    }

    /// The registries of `name` in the order of asking, and whether others may hear of it.
    pub fn registry_for(&self, name: &str) -> Assignment {
        let (members, privacy) = self.routes.members(name);
        Assignment { registries: members.iter().map(|member| member.id.clone()).collect(), privacy }
    }

    /// Whether several registries may be asked about `name`.
    pub fn is_asked_of_several(&self, name: &str) -> bool {
        self.routes.has_several(name)
    }

    /// The configured registry: the authority of its namespace.
    pub fn authority(&self) -> Option<RegistryId> {
        self.routes.pool().first().map(|member| member.id.clone())
    }

    /// Whether public names are asked of several registries.
    pub fn is_shared(&self) -> bool {
        self.routes.is_shared()
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

    /// What the packument of `name` says of a few versions; what comes from a registry is not
    /// kept. What the cache has is used as [`Self::packument`] uses it; where the cache is
    /// preferred, all is kept.
    ///
    /// # Errors
    ///
    /// As [`Self::packument`].
    pub async fn excerpt(
        &self,
        (name, versions): (&str, &[String]),
        form: Form,
    ) -> Result<Excerpt, FetchError> {
        let asks_cache_first = matches!(self.mode, CacheMode::Offline | CacheMode::PreferOffline);
        if asks_cache_first || self.has_cached(name, form) {
            return Ok(self.packument(name, form).await?.packument.excerpt(versions));
        }
        let found = async {
            self.admit().await;
            let stops = stops(self.routes.members(name).0, &escaped(name)?)?;
            let document = self.question(form, self.limits.packument);
            let question = VersionsQuestion { document, versions, read: versions::excerpt };
            ask(&self.retry, &stops, name, &question).await
        };
        found.await.map_err(|error| error.about(name))
    }

    /// Whether an earlier run kept a packument of `name`, however old.
    fn has_cached(&self, name: &str, form: Form) -> bool {
        let (members, _) = self.routes.members(name);
        members.iter().any(|member| self.disk.load(&key(member, name, form)).is_some())
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
            self.admit().await;
            let stops = self.routes.tarball(request)?;
            self.refuse_offline(stops.first().map_or(&request.url, |stop| &stop.url))?;
            let question = TarballQuestion { transport: &self.transport, limits: self.limits };
            ask(&self.retry, &stops, &package, &question).await
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
        let question = self.question(Form::Full, limit);
        ask(&self.retry, &stops, path, &question).await
    }

    /// A JSON document at a URL outside the registries (Sigstore's repository), up to `limit` bytes; not cached.
    ///
    /// # Errors
    ///
    /// Why it could not be had; [`FetchError::status`] tells 404 from the rest.
    pub async fn outside(&self, url: &Url, limit: u64) -> Result<Bytes, FetchError> {
        self.refuse_offline(url)?;
        let stops = [self.routes.lone(url.clone(), &[])];
        let question = self.question(Form::Full, limit);
        // What is asked for here is good to have; nobody waits for it twice.
        let retry = Retry { retries: 0, ..self.retry };
        ask(&retry, &stops, url.as_str(), &question).await
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

    /// The packument of `name` as one registry has it, past the cache; asked once more at most.
    ///
    /// # Errors
    ///
    /// Why that registry could not serve it.
    pub async fn packument_of(
        &self,
        registry: &RegistryId,
        name: &str,
        form: Form,
    ) -> Result<Bytes, FetchError> {
        let question = self.question(form, self.limits.packument);
        self.opinion(registry, &escaped(name)?, &question, WHOLE).await
    }

    /// The document of one version, or of what a tag points to, as one registry has it.
    ///
    /// # Errors
    ///
    /// Why that registry could not serve it; many have no such documents and answer 404.
    pub async fn version_of(
        &self,
        registry: &RegistryId,
        name: &str,
        version: &str,
    ) -> Result<Bytes, FetchError> {
        let path = format!("{}/{}", escaped(name)?, escaped(version)?);
        let question = self.question(Form::Full, self.limits.packument);
        self.opinion(registry, &path, &question, SINGLE).await
    }

    /// As [`Self::packument_of`], read for the sake of a few versions: what is said of others is
    /// found out more slowly.
    ///
    /// # Errors
    ///
    /// As [`Self::packument_of`]; also that what came is no packument.
    pub async fn packument_for(
        &self,
        registry: &RegistryId,
        (name, versions): (&str, &[String]),
        form: Form,
    ) -> Result<Packument, FetchError> {
        let document = self.question(form, self.limits.packument);
        let question = VersionsQuestion { document, versions, read: versions::whole };
        self.opinion(registry, &escaped(name)?, &question, WHOLE).await
    }

    async fn opinion<Q: Question>(
        &self,
        registry: &RegistryId,
        path: &str,
        question: &Q,
        patience: Duration,
    ) -> Result<Q::Answer, FetchError> {
        self.admit().await;
        let stops = [self.place(registry, path)?];
        let retry = Retry { retries: self.retry.retries.min(1), ..self.retry };
        let [Stop { member, url }] = &stops;
        let answers = member.lane.answers();
        if let Ok(answer) = timeout(patience, ask(&retry, &stops, path, question)).await {
            return answer;
        }
        member.lane.overtaken(Instant::now(), answers);
        let seconds = patience.as_secs();
        Err(FetchError::stalled(url, format!("no second opinion within {seconds} s")))
    }

    fn question(&self, form: Form, limit: u64) -> DocumentQuestion<'_> {
        DocumentQuestion { transport: &self.transport, limit, accept: form.accept() }
    }

    /// Whether others should be asked before this registry: it failed or was slow a moment ago.
    pub fn is_resting(&self, registry: &RegistryId) -> bool {
        let member = self.routes.member(registry);
        member.is_some_and(|member| member.lane.is_resting(Instant::now()))
    }

    /// Makes the next run ask `registry` about `name`, whatever it said about keeping its answer.
    pub fn expire_packument(&self, registry: &RegistryId, name: &str, form: Form) {
        if let Some(member) = self.routes.member(registry) {
            let key = key(&member, name, form);
            self.write(move |disk| disk.touch(&key, 0, Duration::ZERO));
        }
    }

    /// The URL that a lockfile records for a tarball named by `source`'s document, where that is a
    /// mirror: the configured registry's, as npm would write it.
    pub fn recorded_url(&self, name: &str, version: &str, source: &RegistryId) -> Option<String> {
        self.routes.recorded(name, version, source).map(Into::into)
    }

    /// Waits until everything fetched is in the cache; call it before the process ends.
    pub async fn flush(&self) {
        let writes = std::mem::take(&mut *self.writes());
        futures_util::future::join_all(writes).await;
        self.remember();
    }

    /// Notes how the registries did. What cannot be noted is no loss.
    fn remember(&self) {
        let Some(ledger) = &self.ledger else { return };
        let keys = std::mem::take(&mut *self.keys.lock().unwrap_or_else(PoisonError::into_inner));
        let done = self.routes.pool().iter().map(|member| {
            let keys = keys.iter().find(|(id, _)| *id == member.id).map(|(_, keys)| keys.clone());
            (&member.id, member.lane.take_health(), keys)
        });
        ledger.remember(done).unwrap_or_default();
    }

    pub(super) fn note_keys(&self, member: &Member, keys: Keys) {
        let mut known = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        known.push((member.id.clone(), keys));
    }

    pub(super) fn place(&self, registry: &RegistryId, path: &str) -> Result<Stop, FetchError> {
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
        self.admit().await;
        let path = escaped(name)?;
        let (members, _) = self.routes.members(name);
        let longest = if members.len() > 1 { SHARED_LIFETIME } else { Duration::MAX };
        let mut known = None;
        for member in &members {
            // Two small reads: handing them to another thread would take longer.
            let Some(entry) = self.disk.load(&key(member, name, form)) else { continue };
            let usable = match self.mode {
                CacheMode::Online => entry.terms.is_fresh(now(), longest),
                CacheMode::PreferOnline => false,
                CacheMode::PreferOffline | CacheMode::Offline => true,
            };
            if usable {
                self.transport.report_hit(&member.id, &path);
                return Ok(packument(member, entry, Origin::Cached));
            }
            known.get_or_insert_with(|| (Arc::clone(member), entry));
        }
        let stops = stops(members, &path)?;
        if let Some(first) = stops.first() {
            self.refuse_offline(&first.url)?;
        }
        let question = PackumentQuestion { pool: self, name, form, known: known.as_ref() };
        match ask(&self.retry, &stops, name, &question).await {
            Err(error) if error.fault().is_some() || is_outage(&error) => match known {
                Some((member, entry)) if entry.terms.stale == StaleUse::Allowed => {
                    self.warn_stale(name, &member, &error);
                    Ok(packument(&member, entry, Origin::Stale))
                }
                _ => Err(error),
            },
            other => other,
        }
    }

    /// The registries that would be asked for a tarball, whomever it is to avoid.
    ///
    /// # Errors
    /// [`FetchError`] for a tarball that may be asked of nobody.
    pub fn places_of(&self, request: &TarballRequest) -> Result<Vec<RegistryId>, FetchError> {
        let request = TarballRequest { avoid: Vec::new(), ..request.clone() };
        let stops = self.routes.tarball(&request)?;
        Ok(stops.into_iter().map(|stop| stop.member.id.clone()).collect())
    }

    /// Waits as long as is due before an answer that broke off is asked for again, for the
    /// `round`th time; false when that was often enough.
    pub async fn may_ask_again(&self, round: u32, subject: &str, why: &FetchError) -> bool {
        if round > self.retry.retries {
            return false;
        }
        tokio::time::sleep(pause(&self.retry, round, subject, std::slice::from_ref(why))).await;
        true
    }

    fn warn_stale(&self, name: &str, member: &Member, error: &FetchError) {
        let line = format!("using the cached document of {name} from {}: {error}", member.id);
        self.transport.reporter().event(Event::warn("registry", line));
    }

    pub(super) fn routes(&self) -> &Routes {
        &self.routes
    }

    pub(super) fn ledger(&self) -> Option<&Ledger> {
        self.ledger.as_ref()
    }

    pub(super) fn mode(&self) -> CacheMode {
        self.mode
    }

    pub(super) fn transport(&self) -> &Transport {
        &self.transport
    }

    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// The cache.
    pub(super) fn disk(&self) -> &Disk {
        &self.disk
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
