//! What every operation works with, made once from the configuration.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc, time::Duration};

use url::Url;

use super::{machine, seed::Seed, settled::Heard};
use crate::{
    arborist::{Machine, Platform},
    config::{
        Config, Options,
        credentials::{Authorization, Credentials, Secret},
        network, options as settings,
        policy::Policy,
    },
    error::Failure,
    event::{Event, Reporter},
    registry::{
        self, Authority, CredentialSource, Pool, PoolEntry, PoolOptions, Proxies, Retry, StrictSsl,
        Target, Timeouts,
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
    /// What of them a later run may have to repeat.
    pub heard: Arc<Heard>,
    /// The registries.
    pub pool: Arc<Pool>,
    /// The packages on this machine.
    pub store: Arc<Store>,
    /// This machine and the runtimes on it.
    pub machine: Machine,
    /// The process's file mode mask.
    pub umask: u32,
    /// Decides which package is asked of which registry, where there are several.
    pub seed: Option<Seed>,
}

impl Context {
    /// Makes a context; nothing is sent and nothing written yet.
    ///
    /// # Errors
    /// Settings that cannot be used, and a store that cannot be opened.
    pub fn new(config: Config, reporter: Arc<dyn Reporter>) -> Result<Self, Failure> {
        let heard = Arc::new(Heard::over(reporter));
        let reporter: Arc<dyn Reporter> = Arc::<Heard>::clone(&heard);
        let options = Options::from_config(&config)?;
        let policy = Policy::load(&options.paths)?;
        for package in &policy.exemptions.unheeded {
            let line =
                format!("{package} is not exempt: a project cannot exempt, only your own file can");
            reporter.event(Event::warn("policy", line));
        }
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
        let network = &options.network;
        let seed = (!network.pool.is_empty())
            .then(|| Seed::choose(network.registry_seed.as_deref(), &options.paths.prefix));
        let settings = PoolOptions {
            seed: seed.map(Seed::bytes).unwrap_or_default(),
            ..pool_options(&options, &config, &machine)
        };
        let pool = Pool::new(&settings, Arc::clone(&reporter))?;
        let store = Arc::new(Store::open(&options.paths.cache.join("store"))?);
        let umask = machine::umask();
        Ok(Self { options, config, policy, reporter, heard, pool, store, machine, umask, seed })
    }
}

/// How registries and other servers are reached.
pub(super) fn pool_options(options: &Options, config: &Config, machine: &Machine) -> PoolOptions {
    let network = &options.network;
    let ca = network.ca.iter().cloned().map(Authority::Pem);
    let ca = ca.chain(network.cafile.clone().map(Authority::File)).collect();
    let own = PoolOptions::new(network.registry.clone(), options.paths.cache.clone());
    PoolOptions {
        scopes: network
            .scopes
            .iter()
            .map(|(scope, url)| (scope.clone(), url.clone()))
            .collect::<BTreeMap<_, _>>(),
        pool: network.pool.iter().map(pool_entry).collect(),
        private: network.private.clone(),
        data_dir: Some(options.paths.data.clone()),
        credentials: Arc::new(NpmCredentials(network.credentials.clone())),
        mode: match network.cache_mode {
            network::CacheMode::Default => registry::CacheMode::Online,
            network::CacheMode::PreferOffline => registry::CacheMode::PreferOffline,
            network::CacheMode::PreferOnline => registry::CacheMode::PreferOnline,
            network::CacheMode::Offline => registry::CacheMode::Offline,
        },
        retry: retry(config),
        timeouts: timeouts(config),
        max_sockets: machine::connections(network.maxsockets),
        // Who sets a number gets it, wherever the registry is.
        near_sockets: asked(config, "maxsockets").map_or(own.near_sockets, |_| usize::MAX),
        user_agent: machine.node_version.map(network.user_agent()),
        proxies: Proxies {
            http: network.proxy.as_ref().map(|proxy| proxy.expose().clone()),
            https: network.https_proxy.as_ref().map(|proxy| proxy.expose().clone()),
            no_proxy: network.noproxy.clone(),
        },
        ca,
        extra_ca: network.extra_ca.clone(),
        strict_ssl: if network.strict_ssl { StrictSsl::On } else { StrictSsl::Off },
        replace_registry_host: replace_host(&options.lock.replace_registry_host),
        ..own
    }
}

/// A number that somebody asked for, rounded; less than nothing is nothing.
fn asked(config: &Config, key: &str) -> Option<u32> {
    let number = config.number_asked(key)?.max(0.0);
    Some(format!("{number:.0}").parse().unwrap_or(u32::MAX))
}

/// The longest wait for a connection, whatever is asked: another registry may be there.
const LONGEST_CONNECT: Duration = Duration::from_secs(30);

/// `fetch-timeout`, where somebody set it: how long nothing may come, a connection included. npm's
/// five minutes make sense only to who asked for them; otherwise the pool has its own.
fn timeouts(config: &Config) -> Timeouts {
    let own = Timeouts::default();
    // Zero is npm's word for none.
    let Some(ms) = asked(config, "fetch-timeout").filter(|ms| *ms > 0) else { return own };
    let wait = Duration::from_millis(u64::from(ms));
    Timeouts { connect: wait.min(LONGEST_CONNECT), head: wait, idle: wait, ..own }
}

/// The same for npm's pauses between tries.
fn retry(config: &Config) -> Retry {
    let own = Retry::default();
    let asked = |key: &str| asked(config, key);
    let wait = |key: &str| asked(key).map(|ms| Duration::from_millis(u64::from(ms)));
    Retry {
        retries: asked("fetch-retries").unwrap_or(own.retries),
        factor: asked("fetch-retry-factor").unwrap_or(own.factor),
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

fn pool_entry(entry: &network::PoolEntry) -> PoolEntry {
    let target = match &entry.target {
        network::PoolTarget::Mirror(url) => Target::Mirror(url.clone()),
        network::PoolTarget::Direct => Target::Direct,
    };
    let fallthrough = match entry.then {
        network::FallThrough::NotFound => registry::Fallthrough::NotFoundOnly,
        network::FallThrough::AnyError => registry::Fallthrough::AnyError,
    };
    PoolEntry { target, fallthrough, weight: 1.0 }
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
