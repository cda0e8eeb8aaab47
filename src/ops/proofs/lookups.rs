//! What registries say of the versions a run wants, each package asked about once.
//!
//! A lockfile names versions, so only their signatures are wanted. The document of a single version
//! is the smallest that has them; where a registry has no such documents, the package's is read for
//! the sake of all versions that are expected, and not kept.

use std::{
    collections::{BTreeSet, HashMap},
    error::Error,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::{Question, Unheard, dist::Advertised};
use crate::{
    flight::Flight,
    manifest::{Manifest, Packument},
    registry::{FetchError, Form, Pool, RegistryId},
    spec::PackageName,
    verify::signature::Claimed,
};

/// So many packuments of one run without any signature tell that a registry hands out none.
const ENOUGH: usize = 16;
/// Packages that are asked about at once, beside the tarballs, when it is known that registries do
/// hand out signatures; the lane to each registry has its own bound.
const AT_ONCE: usize = 32;

/// What is told about versions of one package; nothing of those that the registry does not know.
type Told = HashMap<String, Option<Advertised>>;

/// The questions of one run.
pub(super) struct Lookups {
    pool: Arc<Pool>,
    turns: Semaphore,
    signed: AtomicUsize,
    unsigned: AtomicUsize,
    /// The versions that will be asked about, by name.
    expected: Mutex<HashMap<String, BTreeSet<String>>>,
    told: Flight<String, Result<Arc<Told>, Unheard>>,
    /// Whether a registry has documents of single versions.
    documents: Flight<RegistryId, bool>,
}

impl Lookups {
    pub(super) fn new(pool: Arc<Pool>) -> Self {
        Self {
            pool,
            turns: Semaphore::new(ENOUGH),
            signed: AtomicUsize::new(0),
            unsigned: AtomicUsize::new(0),
            expected: Mutex::default(),
            told: Flight::default(),
            documents: Flight::default(),
        }
    }

    /// Waits until another package may be asked about.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed; if it were, running unbounded would still be right.
        self.turns.acquire().await.ok()
    }

    /// Whether enough was heard to know that the registries hand out no signatures: a mirror that
    /// strips them from one strips them from all.
    pub(super) fn are_hopeless(&self) -> bool {
        self.signed.load(Ordering::Relaxed) == 0 && self.unsigned.load(Ordering::Relaxed) >= ENOUGH
    }

    /// Counts an answer.
    pub(super) fn count(&self, advertised: &Advertised) {
        if advertised.signatures.is_empty() {
            self.unsigned.fetch_add(1, Ordering::Relaxed);
        } else if self.signed.fetch_add(1, Ordering::Relaxed) == 0 {
            // Few are asked while each may be the one that tells that asking is hopeless.
            self.turns.add_permits(AT_ONCE.saturating_sub(ENOUGH));
        }
    }

    /// Notes what will be asked, so that one document answers for all versions of a package.
    pub(super) fn expect(&self, name: &str, version: &str) {
        let mut expected = self.expected();
        if !expected.contains_key(name) {
            expected.insert(name.to_owned(), BTreeSet::new());
        }
        if let Some(versions) = expected.get_mut(name)
            && !versions.contains(version)
        {
            versions.insert(version.to_owned());
        }
    }

    /// What the registries tell about a version; `None` where they do not know it.
    ///
    /// # Errors
    /// Why nothing was heard.
    pub(super) async fn about(&self, question: &Question) -> Result<Option<Advertised>, Unheard> {
        let Question { name, version, .. } = question;
        if let Some(told) = self.by_its_document(question).await {
            return Ok(Some(told));
        }
        self.expect(name, version);
        loop {
            let told = self.told.run(name.clone(), || self.by_the_packages(name)).await?;
            if let Some(advertised) = told.get(version) {
                return Ok(advertised.clone());
            }
            // It was read before anybody expected this version.
            self.told.forget(name);
        }
    }

    /// What the version's own document tells, at a registry that has such.
    async fn by_its_document(&self, question: &Question) -> Option<Advertised> {
        let name = &question.name;
        if self.pool.has_cached(name, Form::Abbreviated) {
            return None;
        }
        let registry = self.pool.registry_for(name).registries.into_iter().next()?;
        let mut told = None;
        let first = &mut told;
        let probe = async || {
            *first = self.document(&registry, question).await;
            first.is_some()
        };
        if self.documents.run(registry.clone(), probe).await && told.is_none() {
            told = self.document(&registry, question).await;
        }
        told
    }

    async fn document(&self, registry: &RegistryId, question: &Question) -> Option<Advertised> {
        let Question { name, version, .. } = question;
        let body = self.pool.version_of(registry, name, version).await.ok()?;
        let manifest = Manifest::from_slice(&body).ok()?;
        let is_it =
            manifest.name.as_deref() == Some(name) && manifest.version.as_ref() == Some(version);
        // It says nothing about when the version was published, like the abbreviated packument.
        is_it.then(|| Advertised::in_manifest(&manifest, Claimed::Missing))
    }

    async fn by_the_packages(&self, name: &str) -> Result<Arc<Told>, Unheard> {
        let versions: Vec<String> =
            self.expected().get(name).into_iter().flatten().cloned().collect();
        let packument = self.packument(name, &versions).await?;
        let told = versions.into_iter().map(|version| {
            let advertised = Advertised::of(&packument, &version);
            (version, advertised)
        });
        Ok(Arc::new(told.collect()))
    }

    async fn packument(&self, name: &str, versions: &[String]) -> Result<Arc<Packument>, Unheard> {
        let unheard = |error: FetchError| match error.status() {
            Some(400..500) => Unheard::NotThere,
            _ => Unheard::Unreachable(error.to_string()),
        };
        let found = self.pool.packument_about((name, versions), Form::Abbreviated).await;
        let packument = found.map_err(unheard)?;
        let broken = |error: &dyn Error| Unheard::Unreachable(error.to_string());
        let package = PackageName::parse(name).map_err(|error| broken(&error))?;
        packument.verify_name(&package).map_err(|error| broken(&error))?;
        Ok(packument)
    }

    fn expected(&self) -> MutexGuard<'_, HashMap<String, BTreeSet<String>>> {
        // A panic elsewhere cannot leave the map half changed.
        self.expected.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
