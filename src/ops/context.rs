//! What every operation works with, made once from the configuration.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc, time::Duration};

use url::Url;

use super::machine;
use crate::{
    arborist::{Machine, Platform},
    config::{
        Config, Options, Origin,
        credentials::{Authorization, Credentials, Secret},
        network, options as settings,
        policy::Policy,
    },
    error::Failure,
    event::Reporter,
    registry::{
        self, CredentialSource, Pool, PoolEntry, PoolOptions, Proxies, Retry, StrictSsl, Target,
    },
    store::Store,
};

/// Settings, connections and stores of one run.
pub struct Context {
    /// The settings, flattened.
    pub options: Options,
    /// The settings with their origins.
    pub config: Config,
    /// What is demanded of packages.
    pub policy: Policy,
    /// Where events go.
    pub reporter: Arc<dyn Reporter>,
    /// The registries.
    pub pool: Arc<Pool>,
    /// The packages on this machine.
    pub store: Arc<Store>,
    /// This machine and the runtimes on it.
    pub machine: Machine,
    /// The process's file mode mask.
    pub umask: u32,
}

impl Context {
    /// Makes a context; nothing is sent and nothing written yet.
    ///
    /// # Errors
    /// Settings that cannot be used, and a store that cannot be opened.
    pub fn new(config: Config, reporter: Arc<dyn Reporter>) -> Result<Self, Failure> {
        let options = Options::from_config(&config)?;
        let policy = Policy::load(&options.paths)?;
        let node_version =
            machine::node_version(options.paths.node.as_deref(), &options.paths.cache);
        let host = machine::host_platform();
        let target = Platform {
            os: options.resolve.os.clone().unwrap_or_else(|| host.os.clone()),
            cpu: options.resolve.cpu.clone().unwrap_or_else(|| host.cpu.clone()),
            libc: options.resolve.libc.clone().or_else(|| host.libc.clone()),
        };
        let machine =
            Machine { node_version, npm_version: config.npm_version().to_owned(), host, target };
        let pool = Pool::new(&pool_options(&options, &config, &machine), Arc::clone(&reporter))?;
        let store = Arc::new(Store::open(&options.paths.cache.join("store"))?);
        let umask = machine::umask();
        Ok(Self { options, config, policy, reporter, pool, store, machine, umask })
    }
}

/// How registries and other servers are reached.
pub(super) fn pool_options(options: &Options, config: &Config, machine: &Machine) -> PoolOptions {
    let network = &options.network;
    let mut ca = network.ca.clone();
    ca.extend([&network.cafile, &network.extra_ca].into_iter().flatten().filter_map(|path| {
        // A certificate file that cannot be read only matters if a connection then fails.
        fs::read_to_string(path).ok()
    }));
    PoolOptions {
        scopes: network
            .scopes
            .iter()
            .map(|(scope, url)| (scope.clone(), url.clone()))
            .collect::<BTreeMap<_, _>>(),
        pool: network.pool.iter().filter_map(pool_entry).collect(),
        credentials: Arc::new(NpmCredentials(network.credentials.clone())),
        mode: match network.cache_mode {
            network::CacheMode::Default => registry::CacheMode::Online,
            network::CacheMode::PreferOffline => registry::CacheMode::PreferOffline,
            network::CacheMode::PreferOnline => registry::CacheMode::PreferOnline,
            network::CacheMode::Offline => registry::CacheMode::Offline,
        },
        retry: retry(config),
        max_sockets: network.maxsockets,
        user_agent: network.user_agent(&machine.node_version),
        proxies: Proxies {
            http: network.proxy.as_ref().map(|proxy| proxy.expose().clone()),
            https: network.https_proxy.as_ref().map(|proxy| proxy.expose().clone()),
            no_proxy: network.noproxy.clone(),
        },
        ca,
        strict_ssl: if network.strict_ssl { StrictSsl::On } else { StrictSsl::Off },
        replace_registry_host: replace_host(&options.lock.replace_registry_host),
        ..PoolOptions::new(network.registry.clone(), options.paths.cache.clone())
    }
}

/// npm's waits of minutes make sense only to who asked for them; otherwise the pool has its own.
fn retry(config: &Config) -> Retry {
    let own = Retry::default();
    let asked = |key: &str| {
        config.get(key).filter(|value| value.origin != Origin::Default)?.value.as_number()
    };
    let whole = |number: f64| format!("{number:.0}").parse().unwrap_or(u32::MAX);
    let wait = |key: &str| asked(key).map(|ms| Duration::from_millis(u64::from(whole(ms))));
    Retry {
        retries: asked("fetch-retries").map_or(own.retries, whole),
        factor: asked("fetch-retry-factor").map_or(own.factor, whole),
        shortest: wait("fetch-retry-mintimeout").unwrap_or(own.shortest),
        longest: wait("fetch-retry-maxtimeout").unwrap_or(own.longest),
    }
}

fn replace_host(mode: &settings::ReplaceRegistryHost) -> registry::ReplaceRegistryHost {
    registry::ReplaceRegistryHost::parse(match mode {
        settings::ReplaceRegistryHost::Npmjs => "npmjs",
        settings::ReplaceRegistryHost::Never => "never",
        settings::ReplaceRegistryHost::Always => "always",
        settings::ReplaceRegistryHost::Host(host) => host,
    })
}

fn pool_entry(entry: &network::PoolEntry) -> Option<PoolEntry> {
    let target = match &entry.target {
        network::PoolTarget::Mirror(url) => Target::Mirror(url.clone()),
        network::PoolTarget::Direct => Target::Direct,
        network::PoolTarget::Off => return None,
    };
    let fallthrough = match entry.then {
        network::FallThrough::NotFound => registry::Fallthrough::NotFoundOnly,
        network::FallThrough::AnyError => registry::Fallthrough::AnyError,
    };
    Some(PoolEntry { target, fallthrough, weight: 1.0 })
}

/// The npmrc's credentials, as the registry asks for them.
struct NpmCredentials(Credentials);

impl CredentialSource for NpmCredentials {
    fn for_url(&self, url: &Url) -> Option<Authorization> {
        self.0.for_url(url)?.authorization
    }

    fn identity(&self, url: &Url) -> Option<registry::ClientIdentity> {
        let files = self.0.for_url(url)?.certificate?;
        let read = |path: &Path| fs::read_to_string(path).ok();
        Some(registry::ClientIdentity {
            certificate: read(&files.certfile)?,
            key: Secret::new(read(&files.keyfile)?),
        })
    }
}
