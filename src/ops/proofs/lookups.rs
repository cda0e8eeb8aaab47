//! What registries say of the versions a run wants, each package asked about once.
//!
//! A lockfile names versions, so only their signatures are wanted: a packument is read for the sake
//! of all that are expected, and not kept, because what is proven is remembered.

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
    config::network::CONNECTIONS,
    flight::Flight,
    manifest::Excerpt,
    registry::{FetchError, Form, Pool},
    spec::PackageName,
};

/// So many answers of one run without any signature tell that a registry hands out none.
const ENOUGH: usize = 16;
/// Packages that are asked about at once: the other half of the connections fetches tarballs. The
/// lane to each registry has its own bound.
const AT_ONCE: usize = CONNECTIONS / 2;

/// What is told about the versions of one package that were expected; nothing of those that the
/// registry does not know.
type Versions = HashMap<String, Option<Advertised>>;

/// Whether what a registry says is kept for the next run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeping {
    /// It is: nothing that could be proven by it is remembered, so it will be asked again.
    Cached,
    /// It is not.
    Unkept,
}

/// The questions of one run.
pub(super) struct Lookups {
    pool: Arc<Pool>,
    turns: Semaphore,
    signed: AtomicUsize,
    unsigned: AtomicUsize,
    /// The versions that will be asked about, by name.
    expected: Mutex<HashMap<String, BTreeSet<String>>>,
    told: Flight<String, Result<Arc<Versions>, Unheard>>,
}

impl Lookups {
    pub(super) fn new(pool: Arc<Pool>) -> Self {
        Self {
            pool,
            turns: Semaphore::new(AT_ONCE),
            signed: AtomicUsize::new(0),
            unsigned: AtomicUsize::new(0),
            expected: Mutex::default(),
            told: Flight::default(),
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
        } else {
            self.signed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Notes what will be asked, so that one document answers for all versions of a package.
    pub(super) fn announce(&self, name: &str, version: &str) {
        self.expected().entry(name.to_owned()).or_default().insert(version.to_owned());
    }

    /// What the registries tell about a version; `None` where they do not know it.
    ///
    /// # Errors
    /// Why nothing was heard.
    pub(super) async fn about(
        &self,
        question: &Question,
        keeping: Keeping,
    ) -> Result<Option<Advertised>, Unheard> {
        let Question { name, version, .. } = question;
        self.announce(name, version);
        loop {
            let told = self.told.run(name.clone(), || self.of_package(name, keeping)).await?;
            if let Some(advertised) = told.get(version) {
                return Ok(advertised.clone());
            }
            // It was read before anybody expected this version.
            let is_it = |now: &Result<_, _>| now.as_ref().is_ok_and(|now| Arc::ptr_eq(now, &told));
            self.told.forget_if(name, is_it);
        }
    }

    async fn of_package(&self, name: &str, keeping: Keeping) -> Result<Arc<Versions>, Unheard> {
        let expected = self.expected().get(name).cloned().unwrap_or_default();
        let versions: Vec<String> = expected.into_iter().collect();
        let excerpt = self.excerpt(name, &versions, keeping).await?;
        let told = versions.into_iter().map(|version| {
            let advertised = excerpt.release(&version).map(Advertised::of);
            (version, advertised)
        });
        Ok(Arc::new(told.collect()))
    }

    async fn excerpt(
        &self,
        name: &str,
        versions: &[String],
        keeping: Keeping,
    ) -> Result<Excerpt, Unheard> {
        let unheard = |error: FetchError| match error.status() {
            // That there is none is remembered; whoever is not let in, or told to wait, knows nothing.
            Some(400 | 404 | 405 | 410) => Unheard::NotThere,
            _ => Unheard::Unreachable(error.to_string()),
        };
        let form = Form::Abbreviated;
        let found = match keeping {
            Keeping::Cached => {
                let whole = self.pool.packument(name, form).await;
                whole.map(|found| found.packument.excerpt(versions))
            }
            Keeping::Unkept => self.pool.excerpt((name, versions), form).await,
        };
        let excerpt = found.map_err(unheard)?;
        let broken = |error: &dyn Error| Unheard::Unreachable(error.to_string());
        let package = PackageName::parse(name).map_err(|error| broken(&error))?;
        excerpt.verify_name(&package).map_err(|error| broken(&error))?;
        Ok(excerpt)
    }

    fn expected(&self) -> MutexGuard<'_, HashMap<String, BTreeSet<String>>> {
        // A panic elsewhere cannot leave the map half changed.
        self.expected.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
