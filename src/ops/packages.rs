//! From a place where a package is to a verified tree in the store.
//!
//! fetch ─► integrity ─► unpack (one pass, in the store) ─► name and version ─► [`StoredPackage`]

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use url::Url;

use super::{
    context::Context,
    git::{self, Freshness, Git, GitOptions, Preparation, install_arguments},
    pack,
    turns::{Turns, Weight},
};
use crate::{
    arborist::{LoadFailure, Naming},
    config::network::CacheMode,
    cpu,
    error::{Code, Explain, Failure},
    event::Reporter,
    flight::Flight,
    fs::{FsError, read_bounded},
    manifest::Manifest,
    registry::{Body, FetchError, Lie, Pool, Privacy, RegistryId, TarballRequest},
    spec::Spec,
    store::{ImportContext, MAX_COMPRESSED, Store, StoreError, StoredPackage},
    verify::{Algorithm, Integrity, manifest_match},
};

/// A package to fetch, known by where it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PackageRequest {
    /// The name to look for in the tarball: the package's own, not an alias.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where it is.
    pub place: Place,
    /// The integrity it is bound to.
    pub integrity: Option<String>,
    /// Whether the tarball must name itself `name` and `version`.
    pub naming: Naming,
}

/// Where the bytes of a package are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// A tarball at a URL.
    Url(String),
    /// A tarball on disk.
    File(PathBuf),
    /// A folder on disk, to be packed.
    Folder(PathBuf),
    /// A commit: `git+ssh://…#sha` as npm records it.
    Git(String),
}

/// A package in the store, and who served it.
#[derive(Clone, Debug)]
pub struct Obtained {
    /// The verified tree.
    pub package: StoredPackage,
    /// The registry that served the bytes; `None` when they were in the store or on disk.
    pub source: Option<RegistryId>,
}

/// Fetches packages into the store, each at most once per run.
pub struct Packages {
    pool: Arc<Pool>,
    store: Arc<Store>,
    reporter: Arc<dyn Reporter>,
    git: Git,
    preparation: Preparation,
    flight: Flight<PackageRequest, Result<Obtained, LoadFailure>>,
    /// Bodies that are on their way or wait for a processor: what memory they take.
    turns: Arc<Turns>,
}

/// A package that cannot be fetched.
#[derive(Debug, thiserror::Error)]
enum PackageError {
    #[error("the integrity of {package} cannot be understood: {text}")]
    Integrity { package: String, text: String },
    #[error("the integrity of {package} is too weak to hold it to: {text}")]
    Weak { package: String, text: String },
    #[error("{package} has no URL that can be fetched: {url}")]
    Url { package: String, url: String },
    #[error("unpacking {package} was interrupted")]
    Interrupted { package: String },
}

impl Explain for PackageError {
    fn code(&self) -> Code {
        match self {
            Self::Integrity { .. } | Self::Weak { .. } => Code::Integrity,
            Self::Url { .. } => Code::UnsupportedProtocol,
            Self::Interrupted { .. } => Code::Internal,
        }
    }

    fn package(&self) -> Option<String> {
        let (Self::Integrity { package, .. }
        | Self::Weak { package, .. }
        | Self::Url { package, .. }
        | Self::Interrupted { package }) = self;
        Some(package.clone())
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Integrity { .. } | Self::Weak { .. } => Some(
                "correct the `integrity` in the lockfile, or remove it and install again".into(),
            ),
            _ => None,
        }
    }
}

impl Packages {
    /// A fetcher over the context's registries and store.
    pub fn new(context: &Context) -> Self {
        Self {
            pool: Arc::clone(&context.pool),
            store: Arc::clone(&context.store),
            reporter: Arc::clone(&context.reporter),
            git: Git::new(git_options(context)),
            preparation: preparation(context),
            flight: Flight::default(),
            turns: Arc::default(),
        }
    }

    /// The package: from the store when its integrity is known there, else fetched and verified,
    /// earlier if it is large.
    ///
    /// # Errors
    /// Whatever failed: network, integrity, archive rules, name or version.
    pub(super) async fn get(
        &self,
        request: &PackageRequest,
        weight: Weight,
    ) -> Result<Obtained, LoadFailure> {
        let work = || async { self.obtain(request, weight).await.map_err(LoadFailure::from) };
        self.flight.run(request.clone(), work).await
    }

    async fn obtain(&self, request: &PackageRequest, weight: Weight) -> Result<Obtained, Failure> {
        let package = format!("{}@{}", request.name, request.version);
        let expected = match &request.integrity {
            Some(text) => Some(Integrity::parse(text).map_err(|_| PackageError::Integrity {
                package: package.clone(),
                text: text.clone(),
            })?),
            None => None,
        };
        if let Some(text) = &request.integrity
            && expected.as_ref().is_some_and(|known| known.strongest() == Algorithm::Md5)
        {
            return Err(PackageError::Weak { package, text: text.clone() }.into());
        }
        if let Some(expected) = &expected
            && let Some(stored) = self.store.get(expected)
        {
            check_name(request, &stored)?;
            return Ok(Obtained { package: stored, source: None });
        }
        // In a box: what is in the store needs no room for a download.
        Box::pin(self.fetch(request, weight, expected, package)).await
    }

    async fn fetch(
        &self,
        request: &PackageRequest,
        weight: Weight,
        expected: Option<Integrity>,
        package: String,
    ) -> Result<Obtained, Failure> {
        let obtained = match &request.place {
            Place::Url(url) => {
                let _turn = self.turns.next(weight).await;
                self.fetch_url(request, url, expected, package).await?
            }
            Place::File(path) => self.fetch_file(path, expected, package).await?,
            Place::Folder(path) => self.fetch_folder(path, package).await?,
            Place::Git(url) => self.fetch_repository(url, package).await?,
        };
        check_name(request, &obtained.package)?;
        Ok(obtained)
    }

    /// Bytes that are not what was promised are asked of another registry, once.
    async fn fetch_url(
        &self,
        request: &PackageRequest,
        url: &str,
        expected: Option<Integrity>,
        package: String,
    ) -> Result<Obtained, Failure> {
        let parsed = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let url = parsed
            .ok_or_else(|| PackageError::Url { package: package.clone(), url: url.to_owned() })?;
        let mut question = TarballRequest {
            name: request.name.clone(),
            version: request.version.clone(),
            url,
            privacy: match request.naming {
                Naming::Checked => Privacy::Public,
                Naming::Free => Privacy::Private,
            },
            avoid: Vec::new(),
        };
        let places = self.pool.places_of(&question)?;
        let mut tried = Tried::default();
        loop {
            question.avoid = tried.avoided();
            let tarball = match self.pool.tarball(&question).await {
                Ok(tarball) => tarball,
                Err(error) => return Err(tried.conclude(error)),
            };
            let source = tarball.source.clone();
            let error = match self.import(tarball.body, expected.clone(), package.clone()).await {
                Ok(stored) => {
                    self.report_lie(&package, tried.contradiction.as_ref());
                    return Ok(Obtained { package: stored, source: Some(source) });
                }
                Err(error) => error,
            };
            if let Some(why) = broke_off(&error) {
                // What is large was being unpacked when its connection broke: another registry is
                // asked at once, the same ones after a pause.
                tried.broken.push(source);
                let is_spent = tried.begins_anew(&places);
                if is_spent && !self.pool.may_ask_again(tried.rounds, &package, why).await {
                    return Err(tried.conclude(why.clone()));
                }
            } else if is_about_bytes(&error) && tried.contradiction.is_none() && places.len() > 1 {
                let line = format!(
                    "{package} from {source} is not what was promised; asking another registry"
                );
                self.reporter.event(crate::event::Event::warn("tarball", line));
                tried.contradiction = Some((source, error));
                tried.begins_anew(&places);
            } else {
                return Err(error.into());
            }
        }
    }

    /// Remembers who served other bytes than those that were right in the end.
    fn report_lie(&self, package: &str, contradiction: Option<&(RegistryId, StoreError)>) {
        // What is promised may be a mirror's own word, which proves nothing against the configured
        // registry.
        let liar = contradiction.filter(|(one, _)| !self.pool.is_configured(one));
        if let Some((liar, StoreError::Integrity(wrong))) = liar {
            let (served, promised) = (wrong.found().integrity(), wrong.wanted());
            self.pool.report_lie(liar, Lie::now(package, served.to_string(), promised.to_string()));
        }
    }

    async fn fetch_file(
        &self,
        path: &Path,
        expected: Option<Integrity>,
        package: String,
    ) -> Result<Obtained, Failure> {
        let path = path.to_owned();
        let name = package.clone();
        let body = tokio::task::spawn_blocking(move || read_bounded(&path, MAX_COMPRESSED))
            .await
            .map_err(|_| PackageError::Interrupted { package: name })?
            .map_err(|error: FsError| error)?;
        let package = self.import(Body::Buffered(body.into()), expected, package).await?;
        Ok(Obtained { package, source: None })
    }

    /// A folder's files change under the same name, so nothing is expected of them.
    async fn fetch_folder(&self, path: &Path, package: String) -> Result<Obtained, Failure> {
        let folder = path.to_owned();
        let name = package.clone();
        let pack = move || -> Result<Vec<u8>, Failure> {
            let manifest = git::read_manifest(&folder)?;
            Ok(pack::pack_folder(&folder, &manifest)?)
        };
        let body = tokio::task::spawn_blocking(pack)
            .await
            .map_err(|_| PackageError::Interrupted { package: name })??;
        let package = self.import(Body::Buffered(body.into()), None, package).await?;
        Ok(Obtained { package, source: None })
    }

    async fn fetch_repository(&self, url: &str, package: String) -> Result<Obtained, Failure> {
        let spec = Spec::parse(url, Path::new("/"))?;
        let commit = self.git.resolve(&spec).await?;
        let body = self.git.fetch(&commit, &self.preparation).await?;
        let package = self.import(Body::Buffered(body.into()), None, package).await?;
        Ok(Obtained { package, source: None })
    }

    /// The commit that a git specifier means, as npm records it.
    ///
    /// # Errors
    /// Whatever git says.
    pub async fn commit_of(&self, spec: &Spec) -> Result<String, Failure> {
        Ok(self.git.resolve(spec).await?.resolved)
    }

    /// Puts bytes into the store, off the threads that wait for the network.
    ///
    /// # Errors
    /// As [`Store::import`].
    pub async fn import(
        &self,
        body: Body,
        expected: Option<Integrity>,
        package: String,
    ) -> Result<StoredPackage, StoreError> {
        let store = Arc::clone(&self.store);
        let context = ImportContext { package: package.clone(), ..ImportContext::default() };
        let finished = match body {
            Body::Buffered(bytes) => {
                let size = bytes.len();
                let import = move || store.import_buffer(&bytes, expected.as_ref(), &context);
                cpu::run_on(size, import).await
            }
            // It waits for the network: no work for a processor's seat.
            Body::Streamed(reader) => {
                let import = move || store.import(reader, expected.as_ref(), &context);
                tokio::task::spawn_blocking(import).await
            }
        };
        match finished {
            Ok(result) => result,
            Err(error) => Err(StoreError::Source { package, source: std::io::Error::other(error) }),
        }
    }
}

fn check_name(request: &PackageRequest, stored: &StoredPackage) -> Result<(), Failure> {
    if request.naming == Naming::Free {
        return Ok(());
    }
    let (name, version) = Manifest::identity(&stored.package_json)?;
    let expected =
        manifest_match::Expected::Registry { name: &request.name, version: &request.version };
    let found = manifest_match::Found { name: name.as_deref(), version: version.as_deref() };
    Ok(manifest_match::check(expected, found)?)
}

/// How a tarball was not obtained so far.
#[derive(Default)]
struct Tried {
    /// Who served wrong bytes, and how they were wrong.
    contradiction: Option<(RegistryId, StoreError)>,
    /// Whose connections broke since the last pause.
    broken: Vec<RegistryId>,
    /// How often all were tried.
    rounds: u32,
}

impl Tried {
    /// Who is not to be asked next.
    fn avoided(&self) -> Vec<RegistryId> {
        let liar = self.contradiction.iter().map(|(liar, _)| liar);
        liar.chain(&self.broken).cloned().collect()
    }

    /// Where nobody is left to ask, those whose connections broke may be asked again; whether it
    /// has come to that.
    fn begins_anew(&mut self, places: &[RegistryId]) -> bool {
        let avoided = self.avoided();
        let is_spent = places.iter().all(|place| avoided.contains(place));
        if is_spent {
            self.broken.clear();
            self.rounds += 1;
        }
        is_spent
    }

    /// The failure to tell: wrong bytes are not excused by another registry's outage.
    fn conclude(self, last: FetchError) -> Failure {
        self.contradiction.map_or_else(|| last.into(), |(_, wrong)| wrong.into())
    }
}

/// Why a body ended early, if it was the network.
fn broke_off(error: &StoreError) -> Option<&FetchError> {
    let StoreError::Source { source, .. } = error else { return None };
    source.get_ref()?.downcast_ref::<FetchError>().filter(|why| why.is_unreachable())
}

/// True when other bytes might do: these were not the promised ones, or broke a rule.
fn is_about_bytes(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Integrity(_) | StoreError::Archive { .. } | StoreError::Source { .. }
    )
}

/// How git is run, as the settings want it.
pub(super) fn git_options(context: &Context) -> GitOptions {
    let network = &context.options.network;
    GitOptions {
        program: PathBuf::from(&network.git),
        temp_root: std::env::temp_dir(),
        env: context.config.env().iter().map(|(key, value)| (key.into(), value.into())).collect(),
        retry_wait: network.fetch_retry_mintimeout,
    }
}

/// Packages in repositories are prepared by an install of our own, unless scripts are off.
fn preparation(context: &Context) -> Preparation {
    let options = &context.options;
    let runner = match std::env::current_exe() {
        Ok(runner) if !options.scripts.ignore_scripts => runner,
        _ => return Preparation::Never,
    };
    let freshness = match options.network.cache_mode {
        CacheMode::Default => Freshness::Normal,
        CacheMode::PreferOffline => Freshness::PreferOffline,
        CacheMode::PreferOnline => Freshness::PreferOnline,
        CacheMode::Offline => Freshness::Offline,
    };
    let arguments = install_arguments(&options.paths.npm_cache, freshness, None);
    Preparation::Install { runner, arguments }
}
