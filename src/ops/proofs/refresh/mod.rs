//! Newer keys and a newer trusted root, from Sigstore's TUF repository.
//!
//! Both are in this binary; the repository is asked only when they do not suffice, because it is
//! a further host, and not every machine may reach it. What was fetched is kept, and proven again
//! from the root in this binary whenever it is read. That it could not be fetched is a reason
//! told beside a verdict, and never a verdict.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use sigstore_tuf::{
    Error, FileStore, Repository, StoreRepository, Updater, transport::FetchFuture,
};
use tokio::sync::OnceCell;
use url::Url;

use crate::{
    config::Config,
    fs::{Durability, read_bounded, write_atomic},
    registry::Pool,
    verify::{attestation, signature::KeySet},
};

/// Sigstore's repository; `sigstore-tuf` in the user's `.npmrc` names another, or `off`.
const REPOSITORY: &str = "https://tuf-repo-cdn.sigstore.dev/";
/// Where trust in it begins: version 15 of its root.
const ROOT: &[u8] = include_bytes!("../sigstore-root.json");
const TRUSTED_ROOT: &str = "trusted_root.json";
/// A copy younger than this is not fetched again, in milliseconds.
const FRESH: i64 = 24 * 60 * 60 * 1000;

/// What the repository hands out.
#[derive(Clone, Debug, Default)]
pub(in crate::ops) struct Material {
    /// npm's keys.
    pub(in crate::ops) keys: KeySet,
    /// Sigstore's trusted root, as JSON.
    pub(in crate::ops) trusted_root: Option<String>,
    /// When it was fetched, in milliseconds since 1970.
    pub(in crate::ops) fetched: i64,
}

impl Material {
    fn is_fresh(&self, now: i64) -> bool {
        (0..FRESH).contains(&now.saturating_sub(self.fetched))
    }
}

/// Keeps the last good copy and fetches a newer one on demand, once a run.
pub(in crate::ops) struct Refresh {
    pool: Arc<Pool>,
    /// `None` when it must not be asked.
    repository: Option<Url>,
    target: String,
    /// Where trust begins.
    root: Vec<u8>,
    folder: PathBuf,
    material: Mutex<Option<Material>>,
    renewed: OnceCell<Result<(), String>>,
    /// Whether the last good copy has been looked for.
    loaded: OnceCell<()>,
}

impl Refresh {
    pub(super) fn new(config: &Config, pool: Arc<Pool>, cache: &Path) -> Self {
        let repository = match config.text("sigstore-tuf") {
            Some("off") => None,
            Some(url) => Url::parse(&format!("{}/", url.trim_end_matches('/'))).ok(),
            None => Url::parse(REPOSITORY).ok(),
        };
        let registry = deno_npmrc::NPM_DEFAULT_REGISTRY;
        let (_, host) = registry.split_once("://").unwrap_or(("", registry));
        Self {
            pool,
            repository,
            target: format!("{}/keys.json", host.trim_end_matches('/')),
            root: ROOT.to_vec(),
            folder: cache.join("sigstore"),
            material: Mutex::default(),
            renewed: OnceCell::new(),
            loaded: OnceCell::new(),
        }
    }

    /// The keys of the last good copy, where one has been read in this run.
    pub(super) fn known_keys(&self) -> KeySet {
        self.material().map(|material| material.keys).unwrap_or_default()
    }

    /// The last good copy, where one has been read in this run.
    pub(in crate::ops) fn material(&self) -> Option<Material> {
        self.material.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the last good copy from the disk, once.
    pub(in crate::ops) async fn load(&self) {
        let read = || async {
            if let Some(material) = self.last_good_copy().await {
                self.keep(material);
            }
        };
        self.loaded.get_or_init(read).await;
    }

    fn keep(&self, material: Material) {
        *self.material.lock().unwrap_or_else(PoisonError::into_inner) = Some(material);
    }

    /// Fetches a newer copy, once a run; why it could not be had, otherwise.
    pub(in crate::ops) async fn renew(&self) -> Result<(), String> {
        self.renewed.get_or_init(|| self.fetch()).await.clone()
    }

    async fn fetch(&self) -> Result<(), String> {
        self.load().await;
        let now = jiff::Timestamp::now();
        if self.material().is_some_and(|known| known.is_fresh(now.as_millisecond())) {
            return Ok(());
        }
        let Some(base) = &self.repository else {
            return Err("the setting sigstore-tuf is off".to_owned());
        };
        let repository = OverPool { pool: Arc::clone(&self.pool), base: base.clone() };
        let told = |error: Error| format!("{} ({})", chain(&error), self.age(now));
        let material = self.read(repository, now).await.map_err(told)?;
        let stamp = material.fetched.to_string();
        // Without its time the copy is not read again: a cache that cannot be written is none.
        drop(write_atomic(&self.stamp(), stamp.as_bytes(), Durability::Volatile));
        self.keep(material);
        Ok(())
    }

    /// How old the newest keys and trusted root are that there are.
    fn age(&self, now: jiff::Timestamp) -> String {
        match self.material() {
            None => "there are those of this version of denpm".to_owned(),
            Some(known) => {
                let days = now.as_millisecond().saturating_sub(known.fetched) / FRESH;
                format!("the last good copy is {days} days old")
            }
        }
    }

    async fn last_good_copy(&self) -> Option<Material> {
        let stamp = read_bounded(&self.stamp(), 64).ok()?;
        let fetched: i64 = str::from_utf8(&stamp).ok()?.trim().parse().ok()?;
        // It was good then; whether it has expired since is a matter of its age, which is told.
        let then = jiff::Timestamp::from_millisecond(fetched).ok()?;
        self.read(StoreRepository::new(FileStore::new(&self.folder)), then).await.ok()
    }

    async fn read(
        &self,
        repository: impl Repository + 'static,
        now: jiff::Timestamp,
    ) -> Result<Material, Error> {
        attestation::prepare();
        let mut updater =
            Updater::new(repository, &self.root)?.with_store(FileStore::new(&self.folder));
        updater.refresh(now).await?;
        let keys = updater.get_target(&self.target, now).await?;
        let root = updater.get_target(TRUSTED_ROOT, now).await?;
        let (keys, _) =
            KeySet::from_tuf_target(&keys).map_err(|error| Error::Malformed(error.to_string()))?;
        Ok(Material {
            keys,
            trusted_root: String::from_utf8(root).ok(),
            fetched: now.as_millisecond(),
        })
    }

    fn stamp(&self) -> PathBuf {
        self.folder.join("fetched")
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// The repository, over the pool's connections.
struct OverPool {
    pool: Arc<Pool>,
    base: Url,
}

impl OverPool {
    async fn get(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, Error> {
        let url =
            self.base.join(path).ok().filter(|url| url.as_str().starts_with(self.base.as_str()));
        let url = url.ok_or_else(|| Error::transport(format!("{path} is no path")))?;
        match self.pool.outside(&url, limit).await {
            Ok(body) => Ok(Some(body.to_vec())),
            // The end of a chain of roots is a file that is not there.
            Err(error) if matches!(error.status(), Some(403 | 404)) => Ok(None),
            Err(error) => Err(Error::transport(error.to_string())),
        }
    }
}

impl Repository for OverPool {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(self.get(name, max_length))
    }

    fn fetch_target<'a>(&'a self, path: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(async move { self.get(&format!("targets/{path}"), max_length).await })
    }
}

#[cfg(test)]
mod tests;
