//! One registry's answer, confirmed by a second while resolution goes on.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use tokio::{runtime::Handle, sync::Semaphore, task::JoinSet};

use super::{
    claim::Claim,
    conflict::convict,
    view::{View, choose},
};
use crate::{
    arborist::{LoadFailure, PickOptions, pick_manifest},
    cpu,
    error::{Code, Explain},
    event::{Event, Level, Reporter},
    flight::Flight,
    manifest::{Manifest, Packument},
    registry::{FetchError, Form, Origin, PackumentAnswer, Pool, RegistryId},
    spec::{PackageName, Range, Spec, SpecKind, Version},
};

/// Confirmations under way at a time: resolution itself comes first.
const AT_ONCE: usize = 8;
/// At most so many registries are compared when two disagree.
const COMPARED: usize = 8;

/// Whether resolution used what holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ops) enum Settled {
    /// Every answer was confirmed, or could not be.
    Confirmed,
    /// Another registry's view holds for some package: resolve again.
    Corrected,
}

/// What a second registry says to one answer of the first.
enum Opinion {
    Same,
    Differs(Claim),
    /// It would have picked another version, or has none.
    Otherwise,
    Unreachable,
}

/// A task of the runtime ended without an answer.
#[derive(Debug, thiserror::Error)]
#[error("comparing registries was interrupted")]
struct Interrupted;

impl Explain for Interrupted {
    fn code(&self) -> Code {
        Code::Cancelled
    }
}

/// What is known of agreement in one run.
pub(in crate::ops) struct Agreement {
    pool: Arc<Pool>,
    reporter: Arc<dyn Reporter>,
    runtime: Handle,
    views: Flight<String, Result<Arc<View>, LoadFailure>>,
    /// The views that hold after all registries were compared.
    chosen: Mutex<HashMap<String, Arc<View>>>,
    compared: Flight<String, Result<Arc<View>, LoadFailure>>,
    /// Whether a registry has documents of single versions.
    documents: Flight<RegistryId, bool>,
    /// Whole documents of registries asked second.
    wholes: Flight<(RegistryId, String), Result<Arc<Packument>, FetchError>>,
    asked: Mutex<BTreeSet<String>>,
    /// The versions that were picked, by name.
    picked: Mutex<HashMap<String, BTreeSet<String>>>,
    tasks: Mutex<JoinSet<Result<Settled, LoadFailure>>>,
    places: Semaphore,
    lagging: Mutex<BTreeSet<RegistryId>>,
}

/// An answer of the first registry, to be confirmed.
pub(in crate::ops) struct Answer {
    /// What was asked.
    pub spec: Spec,
    /// Whose answer it is.
    pub view: Arc<View>,
    /// The version.
    pub picked: Arc<Manifest>,
    /// How it was picked.
    pub pick: PickOptions,
}

impl Answer {
    fn version(&self) -> &str {
        self.picked.version.as_deref().unwrap_or_default()
    }

    /// The version or tag that would lead to the same answer.
    fn asked(&self) -> &str {
        match self.spec.kind {
            SpecKind::Version => self.version(),
            SpecKind::Tag => &self.spec.fetch_spec,
            _ => &self.pick.default_tag,
        }
    }

    /// Whether the range that was asked for also means another version; `None` if none was.
    fn also_means(&self, other: &Manifest) -> Option<bool> {
        let is_range = self.spec.kind == SpecKind::Range;
        let range = is_range.then(|| Range::parse(&self.spec.fetch_spec).ok())??;
        let version = Version::parse_loose(other.version.as_deref()?).ok();
        Some(version.is_some_and(|version| range.satisfies(&version)))
    }
}

impl Agreement {
    /// Agreement among the registries of a pool; `None` where there is but one. Call on a thread
    /// of the runtime.
    pub(in crate::ops) fn of(pool: &Arc<Pool>, reporter: &Arc<dyn Reporter>) -> Option<Arc<Self>> {
        pool.is_shared().then(|| {
            Arc::new(Self {
                pool: Arc::clone(pool),
                reporter: Arc::clone(reporter),
                runtime: Handle::current(),
                views: Flight::default(),
                chosen: Mutex::default(),
                compared: Flight::default(),
                documents: Flight::default(),
                wholes: Flight::default(),
                asked: Mutex::default(),
                picked: Mutex::default(),
                tasks: Mutex::default(),
                places: Semaphore::new(AT_ONCE),
                lagging: Mutex::default(),
            })
        })
    }

    /// Whether several registries may be asked about a name.
    pub(in crate::ops) fn covers(&self, name: &str) -> bool {
        self.pool.is_asked_of_several(name)
    }

    /// The view to answer from: the one that holds, else the assigned registry's.
    ///
    /// # Errors
    /// Why no registry could serve it.
    pub(in crate::ops) async fn view(&self, name: &str) -> Result<Arc<View>, LoadFailure> {
        if let Some(view) = lock(&self.chosen).get(name) {
            return Ok(Arc::clone(view));
        }
        let work = || async {
            let found = self.pool.packument(name, Form::Full).await.map_err(LoadFailure::new)?;
            let PackumentAnswer { packument, registry, origin } = found;
            check_name(name, &packument)?;
            Ok(Arc::new(View { registry, packument, origin }))
        };
        self.views.run(name.to_owned(), work).await
    }

    /// The packument that answers come from, if one was read in this run.
    pub(in crate::ops) fn view_at_hand(&self, name: &str) -> Option<Arc<Packument>> {
        let chosen = lock(&self.chosen).get(name).map(Arc::clone);
        let view = chosen.or_else(|| self.views.get(&name.to_owned())?.ok())?;
        Some(Arc::clone(&view.packument))
    }

    /// Has an answer confirmed in the background; see [`Self::settled`].
    pub(in crate::ops) fn confirm(self: &Arc<Self>, answer: Answer) {
        let known = matches!(answer.view.origin, Origin::Cached | Origin::Stale);
        let name = answer.spec.name.clone().unwrap_or_default();
        // What lies in the cache is as old as its registry allows; what holds was compared.
        if known || lock(&self.chosen).contains_key(&name) {
            return;
        }
        if lock(&self.asked).insert(answer.spec.to_string()) {
            lock(&self.picked).entry(name).or_default().insert(answer.version().to_owned());
            let agreement = Arc::clone(self);
            let work = async move { agreement.check(&answer).await };
            lock(&self.tasks).spawn_on(work, &self.runtime);
        }
    }

    /// Waits until every answer so far is confirmed.
    ///
    /// # Errors
    /// Registries that disagree about one version.
    pub(in crate::ops) async fn settled(&self) -> Result<Settled, LoadFailure> {
        let mut tasks = std::mem::take(&mut *lock(&self.tasks));
        let mut settled = Settled::Confirmed;
        while let Some(done) = tasks.join_next().await {
            if done.map_err(|_| LoadFailure::new(Interrupted))?? == Settled::Corrected {
                settled = Settled::Corrected;
            }
        }
        Ok(settled)
    }

    /// The view that holds after every registry was asked; compared once a run.
    ///
    /// # Errors
    /// Why no registry could serve it.
    pub(in crate::ops) async fn compare(&self, name: &str) -> Result<Arc<View>, LoadFailure> {
        self.compared.run(name.to_owned(), || self.compare_all(name)).await
    }

    async fn check(&self, answer: &Answer) -> Result<Settled, LoadFailure> {
        let _place = self.places.acquire().await;
        let name = answer.spec.name.as_deref().unwrap_or_default();
        let claim = Claim::of(&answer.picked);
        if answer.view.is_poor() || !claim.names_bytes() {
            return self.correct(answer, name).await;
        }
        for second in self.seconds(name, &answer.view.registry) {
            match self.opinion(&second, name, answer, &claim).await {
                Opinion::Same => return Ok(Settled::Confirmed),
                Opinion::Differs(other) => {
                    return Err(self.conflict(name, answer, claim, (second, other)).await);
                }
                Opinion::Otherwise => return self.correct(answer, name).await,
                Opinion::Unreachable => {}
            }
        }
        Ok(Settled::Confirmed)
    }

    /// Who is asked for a second opinion, one after the other: the authority first, those that do
    /// not answer last.
    fn seconds(&self, name: &str, first: &RegistryId) -> Vec<RegistryId> {
        let authority = self.pool.authority();
        let mut others = self.pool.registry_for(name).registries;
        others.retain(|id| id != first);
        others.sort_by_key(|id| (self.pool.is_resting(id), Some(id) != authority.as_ref()));
        others
    }

    /// What `second` says: by the document of a single version where that suffices, because it is
    /// a hundred times smaller, else by the package's.
    async fn opinion(
        &self,
        second: &RegistryId,
        name: &str,
        answer: &Answer,
        claim: &Claim,
    ) -> Opinion {
        // Documents of single versions have no dates.
        if answer.pick.before.is_some() {
            return self.opinion_of_whole(second, name, answer, claim).await;
        }
        let asked = answer.asked();
        let probe = || async { self.pool.version_of(second, name, asked).await.is_ok() };
        let is_authoritys = Some(&answer.view.registry) == self.pool.authority().as_ref();
        if !self.documents.run(second.clone(), probe).await {
            // The configured registry's own word about what is newest needs no second.
            return if is_authoritys {
                Opinion::Unreachable
            } else {
                self.opinion_of_whole(second, name, answer, claim).await
            };
        }
        let found = match self.one_version(second, name, asked).await {
            Err(opinion) => return opinion,
            Ok(found) if found.version == answer.picked.version => return compare(claim, &found),
            Ok(found) => found,
        };
        match answer.also_means(&found) {
            // Another version is `latest`, and the range does not mean that one.
            Some(false) if is_authoritys => {
                match self.one_version(second, name, answer.version()).await {
                    Ok(found) => compare(claim, &found),
                    // A mirror need not have it yet.
                    Err(_) => Opinion::Unreachable,
                }
            }
            Some(_) => self.opinion_of_whole(second, name, answer, claim).await,
            None => Opinion::Otherwise,
        }
    }

    async fn one_version(
        &self,
        second: &RegistryId,
        name: &str,
        version: &str,
    ) -> Result<Manifest, Opinion> {
        match self.pool.version_of(second, name, version).await {
            Ok(body) => Manifest::from_slice(&body).map_err(|_| Opinion::Otherwise),
            Err(error) if error.is_unreachable() => Err(Opinion::Unreachable),
            Err(_) => Err(Opinion::Otherwise),
        }
    }

    /// What a registry says by its whole document.
    async fn opinion_of_whole(
        &self,
        second: &RegistryId,
        name: &str,
        answer: &Answer,
        claim: &Claim,
    ) -> Opinion {
        // Only the full form has the dates.
        let form = if answer.pick.before.is_some() { Form::Full } else { Form::Abbreviated };
        let work = || async {
            let unusable = |error: LoadFailure| FetchError::Options(error.to_string());
            // The dates of all versions are looked at, so the text has to stay.
            if form == Form::Full {
                let body = self.pool.packument_of(second, name, form).await?;
                return read(name, body).await.map(Arc::new).map_err(unusable);
            }
            // Whoever confirms another version of the name will ask the same document.
            let versions: Vec<String> =
                lock(&self.picked).get(name).into_iter().flatten().cloned().collect();
            let whole = self.pool.packument_for(second, (name, &versions), form).await?;
            check_name(name, &whole).map_err(unusable)?;
            Ok(Arc::new(whole))
        };
        match self.wholes.run((second.clone(), name.to_owned()), work).await {
            Ok(whole) => match pick_manifest(&whole, &answer.spec, &answer.pick) {
                Ok(other) if other.version == answer.picked.version => compare(claim, &other),
                _ => Opinion::Otherwise,
            },
            Err(error) if error.is_unreachable() => Opinion::Unreachable,
            Err(_) => Opinion::Otherwise,
        }
    }

    /// Finds the view that holds, and whether it gives the same answer.
    async fn correct(&self, answer: &Answer, name: &str) -> Result<Settled, LoadFailure> {
        let view = self.compare(name).await?;
        let now = pick_manifest(&view.packument, &answer.spec, &answer.pick).ok();
        let same = view.registry == answer.view.registry
            && now.is_some_and(|now| now.version == answer.picked.version);
        Ok(if same { Settled::Confirmed } else { Settled::Corrected })
    }

    async fn compare_all(&self, name: &str) -> Result<Arc<View>, LoadFailure> {
        let authority = self.pool.authority();
        let mut asked = self.pool.registry_for(name).registries;
        asked.sort_by_key(|id| Some(id) != authority.as_ref());
        asked.truncate(COMPARED);
        let ask = |id: RegistryId| async move { (self.view_of(&id, name).await, id) };
        let mut views = Vec::new();
        let mut failure = None;
        for (found, _) in futures_util::future::join_all(asked.into_iter().map(ask)).await {
            match found {
                Ok(view) => views.push(Arc::new(view)),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        let shown: Vec<&View> = views.iter().map(Arc::as_ref).collect();
        let authority = shown.iter().position(|view| Some(&view.registry) == authority.as_ref());
        let choice = choose(&shown, authority);
        let Some(winner) = views.get(choice.winner) else {
            return match failure {
                Some(error) => Err(error),
                // Nobody was asked: there is no registry but the first.
                None => self.view(name).await,
            };
        };
        for (index, version) in choice.behind.iter().chain(&choice.ahead) {
            let Some(view) = views.get(*index) else { continue };
            let verb = if choice.behind.contains(&(*index, version.clone())) {
                "does not have"
            } else {
                "alone has"
            };
            self.warn(view, &format!("{} {verb} {name}@{version}", view.registry));
            self.pool.expire_packument(&view.registry, name, Form::Full);
        }
        lock(&self.chosen).insert(name.to_owned(), Arc::clone(winner));
        Ok(Arc::clone(winner))
    }

    async fn view_of(&self, id: &RegistryId, name: &str) -> Result<View, LoadFailure> {
        let body = self.pool.packument_of(id, name, Form::Full).await;
        let body = body.map_err(|error| LoadFailure::new(error.about(name)))?;
        let packument = Arc::new(read(name, body).await?);
        Ok(View { registry: id.clone(), packument, origin: Origin::Fetched })
    }

    /// Said once for each registry: a mirror that lags does so for many packages.
    fn warn(&self, view: &View, line: &str) {
        let event = if lock(&self.lagging).insert(view.registry.clone()) {
            Event::warn("registry", format!("{line}; answers of another registry are used"))
        } else {
            Event::log(Level::Verbose, "registry", vec![line.to_owned()])
        };
        self.reporter.event(event);
    }

    /// Asks the others too, so that it shows who lied.
    async fn conflict(
        &self,
        name: &str,
        answer: &Answer,
        claim: Claim,
        (second, other): (RegistryId, Claim),
    ) -> LoadFailure {
        let version = answer.picked.version.as_deref().unwrap_or_default();
        let Some(difference) = claim.differs_from(&other) else {
            return LoadFailure::new(Interrupted);
        };
        let first = answer.view.registry.clone();
        let rest = self.pool.registry_for(name).registries;
        let mut claims = vec![(first, claim), (second, other)];
        for id in rest.into_iter().take(COMPARED) {
            if claims.iter().all(|(known, _)| *known != id)
                && let Ok(Some(claim)) = claim_of(&self.pool, &id, name, version).await
            {
                claims.push((id, claim));
            }
        }
        let package = format!("{name}@{version}");
        LoadFailure::new(convict(&self.pool, &package, &difference, &claims))
    }
}

/// What a registry claims about a version: by the document of the version, else by the package's,
/// where some registries keep what the other lacks. `None` where it does not have the version.
///
/// # Errors
/// Why it could not be asked.
pub(super) async fn claim_of(
    pool: &Pool,
    id: &RegistryId,
    name: &str,
    version: &str,
) -> Result<Option<Claim>, FetchError> {
    match pool.version_of(id, name, version).await.map(|body| Manifest::from_slice(&body)) {
        Ok(Ok(manifest)) if manifest.version.as_deref() == Some(version) => {
            return Ok(Some(Claim::of(&manifest)));
        }
        Err(error) if error.is_unreachable() => return Err(error),
        _ => {}
    }
    match pool.packument_of(id, name, Form::Full).await {
        Ok(body) => {
            let packument = read(name, body).await.ok();
            let manifest = packument.and_then(|packument| packument.manifest(version)?.ok());
            Ok(manifest.map(|manifest| Claim::of(&manifest)))
        }
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

fn compare(claim: &Claim, other: &Manifest) -> Opinion {
    let other = Claim::of(other);
    match claim.differs_from(&other) {
        None => Opinion::Same,
        Some(_) => Opinion::Differs(other),
    }
}

async fn read(name: &str, body: Bytes) -> Result<Packument, LoadFailure> {
    let size = body.len();
    let parsed = cpu::run_on(size, move || Packument::parse(body)).await;
    let packument = parsed.map_err(|_| LoadFailure::new(Interrupted))?.map_err(LoadFailure::new)?;
    check_name(name, &packument)?;
    Ok(packument)
}

fn check_name(name: &str, packument: &Packument) -> Result<(), LoadFailure> {
    let package = PackageName::parse(name).map_err(LoadFailure::new)?;
    packument.verify_name(&package).map_err(LoadFailure::new)
}

/// A panic elsewhere cannot leave these half changed: every change is one call.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
