//! Everything the pool is told. `ops` maps the configuration onto it.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use url::Url;

use super::{
    assignment::PoolEntry,
    auth::{Anonymous, CredentialSource},
    health::NEAR_SOCKETS,
    tarball::ReplaceRegistryHost,
};
use crate::pending::PendingText;

/// How the packument cache is used; make-fetch-happen's modes under npm's names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CacheMode {
    /// Fresh entries without a request, stale ones after a conditional request (`default`).
    #[default]
    Online,
    /// Any entry without a request (`--prefer-offline`, `force-cache`).
    PreferOffline,
    /// A conditional request for every entry (`--prefer-online`, `no-cache`).
    PreferOnline,
    /// No request at all (`--offline`, `only-if-cached`).
    Offline,
}

/// Whether a server's certificate must be valid (`strict-ssl`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StrictSsl {
    /// It must.
    #[default]
    On,
    /// Any certificate is taken. Integrity and signatures still hold; privacy does not.
    Off,
}

/// Certificates of authorities that are trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authority {
    /// A bundle in PEM.
    Pem(String),
    /// A file with such a bundle, read when the first secure connection is made. One that
    /// cannot be read only matters if that connection then fails.
    File(PathBuf),
}

/// How often and how soon a transient fault is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Further tries after the first (`fetch-retries`).
    pub retries: u32,
    /// Growth of the pause (`fetch-retry-factor`).
    pub factor: u32,
    /// The first pause (`fetch-retry-mintimeout`).
    pub shortest: Duration,
    /// The longest pause (`fetch-retry-maxtimeout`); a registry's `Retry-After` counts up to a minute.
    pub longest: Duration,
}

impl Default for Retry {
    /// Sooner and more often than npm (2 tries, 10 and 60 seconds): a refused connection
    /// fails within ten seconds, and a registry that loses two answers of five still serves.
    fn default() -> Self {
        Self {
            retries: 5,
            factor: 2,
            shortest: Duration::from_millis(200),
            longest: Duration::from_secs(5),
        }
    }
}

/// How long each part of an exchange may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Until a connection stands.
    pub connect: Duration,
    /// Until the head of the answer is there; doubled at the second try, for a proxy that has to fetch first.
    pub head: Duration,
    /// Between two pieces of a body.
    pub idle: Duration,
    /// How long a registry that did not answer is left alone.
    pub half_open: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            head: Duration::from_secs(15),
            idle: Duration::from_secs(15),
            half_open: Duration::from_secs(30),
        }
    }
}

/// The largest bodies that are read, in bytes after decoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A packument.
    pub packument: u64,
    /// A tarball, as transferred.
    pub tarball: u64,
    /// Tarballs up to this size are buffered whole, larger ones streamed.
    pub buffered: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { packument: 64 << 20, tarball: 512 << 20, buffered: 8 << 20 }
    }
}

/// The proxies, already resolved from `proxy`, `https-proxy`, `noproxy` and the environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    /// For http URLs.
    pub http: Option<Url>,
    /// For https URLs.
    pub https: Option<Url>,
    /// Host suffixes (whole labels, as npm matches them) that are reached directly.
    pub no_proxy: Vec<String>,
}

/// Everything the pool is told.
#[derive(Clone)]
pub struct PoolOptions {
    /// The configured registry (`registry`).
    pub registry: Url,
    /// `@scope` → its own registry (`@scope:registry`).
    pub scopes: BTreeMap<String, Url>,
    /// Mirrors of the configured registry; empty = it alone.
    pub pool: Vec<PoolEntry>,
    /// Decides which package is asked of which registry; kept per project.
    pub seed: [u8; 32],
    /// Who gets which credential.
    pub credentials: Arc<dyn CredentialSource>,
    /// Names and globs that only the configured registry may hear of (`denpm-private`).
    pub private: Vec<String>,
    /// The folder that holds `packuments/`.
    pub cache_dir: PathBuf,
    /// The folder that holds `registries.json`; without one nothing is remembered, and keys are
    /// not compared.
    pub data_dir: Option<PathBuf>,
    /// How the cache is used.
    pub mode: CacheMode,
    /// Transient faults.
    pub retry: Retry,
    /// Waiting.
    pub timeouts: Timeouts,
    /// Sizes.
    pub limits: Limits,
    /// The most concurrent requests to one registry (`maxsockets`).
    pub max_sockets: usize,
    /// The same as long as a registry answers at once.
    pub near_sockets: usize,
    /// `User-Agent`.
    pub user_agent: PendingText,
    /// `npm-command`, `npm-scope`, `npm-session`, `npm-auth-type`: name and value; never sent to another host.
    pub headers: Vec<(String, String)>,
    /// Proxies.
    pub proxies: Proxies,
    /// Certificates trusted in place of the system's (`ca`, `cafile`); none: the system's.
    pub ca: Vec<Authority>,
    /// A file of certificates trusted beside the system's, where those are
    /// (`NODE_EXTRA_CA_CERTS`).
    pub extra_ca: Option<PathBuf>,
    /// Whether certificates must be valid.
    pub strict_ssl: StrictSsl,
    /// Which hosts in lockfile URLs mean "the configured registry".
    pub replace_registry_host: ReplaceRegistryHost,
}

impl PoolOptions {
    /// The defaults for one registry, without credentials.
    pub fn new(registry: Url, cache_dir: PathBuf) -> Self {
        Self {
            registry,
            scopes: BTreeMap::new(),
            pool: Vec::new(),
            seed: [0; 32],
            credentials: Arc::new(Anonymous),
            private: Vec::new(),
            cache_dir,
            data_dir: None,
            mode: CacheMode::default(),
            retry: Retry::default(),
            timeouts: Timeouts::default(),
            limits: Limits::default(),
            max_sockets: 64,
            near_sockets: NEAR_SOCKETS,
            user_agent: concat!("denpm/", env!("CARGO_PKG_VERSION")).into(),
            headers: Vec::new(),
            proxies: Proxies::default(),
            ca: Vec::new(),
            extra_ca: None,
            strict_ssl: StrictSsl::default(),
            replace_registry_host: ReplaceRegistryHost::default(),
        }
    }
}
