//! How registries are reached.
//!
//! Follows the flattening of `@npmcli/config/lib/definitions/definitions.js`, the proxy rules of
//! `@npmcli/agent/lib/proxy.js`, and Go's `GOPROXY` grammar for the pool.

use std::{collections::BTreeSet, fmt, net::IpAddr, path::PathBuf, time::Duration};

use globset::Glob;
use indexmap::IndexMap;
use url::Url;

use super::{
    Config, ConfigError, Credentials,
    layer::{Layers, Origin},
    options::{duration_of_ms, whole},
    script_env,
    value::without_user_info,
};

/// A longer pool is a mistake.
const MAX_POOL: usize = 64;
/// The most connections to one origin where nobody set `maxsockets`: twice as many as bun's, because
/// of each package two things are asked, its tarball and its signature. With 80 ms of latency and
/// half as many, installing 1,249 packages from a lock took 1.8 times as long.
pub const CONNECTIONS: usize = 128;

/// How fresh cached data must be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CacheMode {
    /// By the cache's own headers.
    #[default]
    Default,
    /// Stale data is good enough (`--prefer-offline`).
    PreferOffline,
    /// Every answer is confirmed (`--prefer-online`).
    PreferOnline,
    /// Nothing is requested (`--offline`).
    Offline,
}

/// A proxy's URL, which may hold a password: `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUrl(Url);

impl ProxyUrl {
    /// The URL, for the one place that connects.
    pub fn expose(&self) -> &Url {
        &self.0
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_user_info(self.0.as_str()))
    }
}

/// When the next registry of the pool is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FallThrough {
    /// Only when this one answers 404 or 410 (`,`).
    NotFound,
    /// After any failure (`|`).
    AnyError,
}

/// One registry of the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PoolTarget {
    /// A mirror; its path ends with a slash.
    Mirror(Url),
    /// The configured registry itself (`direct`).
    Direct,
}

/// An element of `denpm-registries`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolEntry {
    /// Who is asked.
    pub target: PoolTarget,
    /// When another element is asked after this one.
    pub then: FallThrough,
}

impl PoolEntry {
    fn mirror(&self) -> Option<&Url> {
        match &self.target {
            PoolTarget::Mirror(url) => Some(url),
            PoolTarget::Direct => None,
        }
    }
}

/// How registries are reached.
#[derive(Clone, Debug)]
pub struct NetworkOptions {
    /// The default registry; its path ends with a slash, it has no user information.
    pub registry: Url,
    /// Registries by scope (`@scope`), likewise.
    pub scopes: IndexMap<String, Url>,
    /// What is sent to which registry.
    pub credentials: Credentials,
    /// Whether a server's certificate is checked.
    pub strict_ssl: bool,
    /// Trusted authorities, each one PEM text; empty means the system's.
    pub ca: Vec<String>,
    /// A file of trusted authorities (npm's `cafile`), in place of the system's.
    pub cafile: Option<PathBuf>,
    /// A file of further authorities (node's `NODE_EXTRA_CA_CERTS`).
    pub extra_ca: Option<PathBuf>,
    /// The proxy for http requests, from settings or environment.
    pub proxy: Option<ProxyUrl>,
    /// The proxy for https requests, from settings or environment.
    pub https_proxy: Option<ProxyUrl>,
    /// Host suffixes, compared label by label, that are reached without a proxy.
    pub noproxy: Vec<String>,
    /// How often a failed request is repeated.
    pub fetch_retries: u32,
    /// Growth of the pause between repetitions.
    pub fetch_retry_factor: f64,
    /// Shortest pause.
    pub fetch_retry_mintimeout: Duration,
    /// Longest pause.
    pub fetch_retry_maxtimeout: Duration,
    /// Longest wait for an answer; zero is none.
    pub fetch_timeout: Duration,
    /// Most connections to one origin: `maxsockets` where somebody set it, else more than npm has.
    pub maxsockets: usize,
    /// How fresh cached data must be.
    pub cache_mode: CacheMode,
    /// The address to connect from.
    pub local_address: Option<IpAddr>,
    /// Mirrors, in order; empty means the registry alone.
    pub pool: Vec<PoolEntry>,
    /// Names and globs that are asked of no mirror and no public log.
    pub private: Vec<String>,
    /// Seed of the choice of mirror, where the user fixed one.
    pub registry_seed: Option<String>,
    /// How many registries must agree on a version; at least 1.
    pub quorum: usize,
    /// What that is by the user's word, without the project's.
    pub own_quorum: usize,
    /// The git command.
    pub git: String,
    /// The User-Agent, still with `{node-version}` where that belongs.
    user_agent: String,
}

impl NetworkOptions {
    /// Flattens the settings.
    ///
    /// # Errors
    /// A registry, proxy or pool entry that is no URL.
    pub fn from_config(config: &Config) -> Result<Self, ConfigError> {
        let mut credentials = Credentials::from_layers(config.layers());
        let registry = registry_url(config, &registry_key(config), &mut credentials)?;
        let (proxy, https_proxy) = proxies(config)?;
        let pool = parse_pool(&config.texts("denpm-registries"))?;
        note_registries(config.layers(), &pool, &mut credentials);
        let (quorum, own_quorum) = quorums(config);
        let number = |key| config.number(key).unwrap_or_default();
        Ok(Self {
            scopes: scopes(config, &mut credentials)?,
            registry,
            credentials,
            strict_ssl: config.is_set("strict-ssl"),
            ca: config.texts("ca"),
            cafile: config.path("cafile"),
            extra_ca: config.env().non_empty("NODE_EXTRA_CA_CERTS").map(PathBuf::from),
            proxy,
            https_proxy,
            noproxy: noproxy(config),
            fetch_retries: u32::try_from(whole(number("fetch-retries"))).unwrap_or(u32::MAX),
            fetch_retry_factor: number("fetch-retry-factor"),
            fetch_retry_mintimeout: duration_of_ms(number("fetch-retry-mintimeout")),
            fetch_retry_maxtimeout: duration_of_ms(number("fetch-retry-maxtimeout")),
            fetch_timeout: duration_of_ms(number("fetch-timeout")),
            maxsockets: connections(config),
            cache_mode: cache_mode(config),
            local_address: config.text("local-address").and_then(|text| text.parse().ok()),
            pool,
            private: tightened_list(config, "denpm-private"),
            registry_seed: config.text("registry-seed").map(str::to_owned),
            quorum,
            own_quorum,
            git: config.text("git").unwrap_or("git").to_owned(),
            user_agent: script_env::user_agent(config, "{node-version}"),
        })
    }

    /// The User-Agent for a run under a Node.js version (`process.version`, for example `v20.1.0`).
    pub fn user_agent(&self) -> impl FnOnce(&str) -> String + Send + 'static {
        let pattern = self.user_agent.clone();
        move |node_version| pattern.replace("{node-version}", node_version)
    }

    /// The registry of a scope, else the default one.
    pub fn registry_for(&self, scope: Option<&str>) -> &Url {
        scope.and_then(|scope| self.scopes.get(scope)).unwrap_or(&self.registry)
    }
}

/// Which names are private by the word of the user or the machine, whatever a project says.
#[derive(Clone, Debug)]
pub struct OwnRoutes {
    scopes: BTreeSet<String>,
    has_credential: bool,
}

impl OwnRoutes {
    /// Those of the settings that led to `network`.
    pub fn of(config: &Config, network: &NetworkOptions) -> Self {
        let own = config.layers().without(Origin::Project);
        let mut credentials = Credentials::from_layers(&own);
        let url = |key: &str| Url::parse(&own.get(key)?.value.to_text()?).ok();
        if let Some(url) = url("registry") {
            credentials.add_user_info(&url);
        }
        let scopes = scope_keys(&own).filter(|(scope, key)| {
            url(key).is_some_and(|url| network.scopes.get(*scope) == Some(&shown_registry(url)))
        });
        let scopes = scopes.map(|(scope, _)| scope.to_owned()).collect();
        Self { scopes, has_credential: credentials.for_url(&network.registry).is_some() }
    }

    /// Whether the registry of this name's scope is the user's choice.
    pub fn has_scope_of(&self, name: &str) -> bool {
        name.split_once('/').is_some_and(|(scope, _)| self.scopes.contains(scope))
    }

    /// Whether the user has a credential for the configured registry.
    pub fn has_credential(&self) -> bool {
        self.has_credential
    }
}

/// A registry's URL; user information becomes a credential, so that the URL can be shown.
fn registry_url(
    config: &Config,
    key: &str,
    credentials: &mut Credentials,
) -> Result<Url, ConfigError> {
    let url = parse_url(key, config.text(key).unwrap_or_default())?;
    credentials.add_user_info(&url);
    Ok(shown_registry(url))
}

/// A registry's URL as it can be shown: without user information, with a slash at its end.
fn shown_registry(mut url: Url) -> Url {
    if !url.path().ends_with('/') {
        let folder = format!("{}/", url.path());
        url.set_path(&folder);
    }
    // Both only fail for URLs without a host, which have no user information.
    let _kept = url.set_username("").and_then(|()| url.set_password(None));
    url
}

/// Tells the credentials how registries are reached, by every layer: a project may not lead the
/// user's credential into the open by naming the same host without TLS.
fn note_registries(layers: &Layers, pool: &[PoolEntry], credentials: &mut Credentials) {
    for origin in Origin::ALL {
        let by_user = !matches!(origin, Origin::Default | Origin::Project);
        let urls = ["registry"].into_iter().chain(scope_keys(layers).map(|(_, key)| key));
        for url in urls.filter_map(|key| Url::parse(&layers.own(origin, key)?.to_text()?).ok()) {
            credentials.add_registry(&url, by_user);
        }
    }
    pool.iter().filter_map(PoolEntry::mirror).for_each(|url| credentials.add_registry(url, true));
}

/// The setting that names the default registry: with `scope`, that scope's, if it has one
/// (`npm-registry-fetch/lib/index.js`, `pickRegistry`).
fn registry_key(config: &Config) -> String {
    let scope = config.text("scope").filter(|scope| !scope.is_empty());
    let key = scope.map(|scope| format!("@{}:registry", scope.trim_start_matches('@')));
    key.filter(|key| config.text(key).is_some()).unwrap_or_else(|| "registry".to_owned())
}

/// Every scope that has a registry, and the key that names it.
fn scope_keys(layers: &Layers) -> impl Iterator<Item = (&str, &str)> {
    layers.iter().filter_map(|(key, found)| {
        let (scope, name) = key.rsplit_once(':')?;
        let is_scope = scope.starts_with('@') && name.eq_ignore_ascii_case("registry");
        (is_scope && found.value.is_truthy()).then_some((scope, key))
    })
}

fn scopes(
    config: &Config,
    credentials: &mut Credentials,
) -> Result<IndexMap<String, Url>, ConfigError> {
    scope_keys(config.layers())
        .map(|(scope, key)| Ok((scope.to_owned(), registry_url(config, key, credentials)?)))
        .collect()
}

fn parse_url(key: &str, text: &str) -> Result<Url, ConfigError> {
    let invalid = |source| ConfigError::InvalidUrl { key: key.to_owned(), source };
    let url = Url::parse(text).map_err(invalid)?;
    if url.has_host() { Ok(url) } else { Err(invalid(url::ParseError::EmptyHost)) }
}

/// The proxies for http and https. A configured one serves both; the environment's are npm's
/// fall-backs.
fn proxies(config: &Config) -> Result<(Option<ProxyUrl>, Option<ProxyUrl>), ConfigError> {
    let parse =
        |key, text: Option<&str>| text.map(|text| parse_url(key, text).map(ProxyUrl)).transpose();
    let configured = config.text("https-proxy").or_else(|| config.text("proxy"));
    if configured.is_some() {
        let proxy = parse("https-proxy", configured)?;
        return Ok((proxy.clone(), proxy));
    }
    let https = inherited(config, "https_proxy");
    let http =
        https.or_else(|| inherited(config, "http_proxy")).or_else(|| inherited(config, "proxy"));
    Ok((parse("http_proxy", http)?, parse("https_proxy", https)?))
}

/// An environment variable whatever its case; the last one counts.
fn inherited<'a>(config: &'a Config, name: &str) -> Option<&'a str> {
    let matching = config.env().iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
    matching.map(|(_, value)| value).last().filter(|value| !value.is_empty())
}

fn noproxy(config: &Config) -> Vec<String> {
    let configured = config.texts("noproxy").join(",");
    let list = match configured.as_str() {
        "" => inherited(config, "no_proxy").unwrap_or_default(),
        configured => configured,
    };
    list.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// What a pattern for private names means, in `denpm-private` and in a policy: a scope alone is all
/// of its names.
///
/// # Errors
/// It is no glob.
pub fn private_glob(pattern: &str) -> Result<Glob, globset::Error> {
    let is_scope = pattern.starts_with('@') && !pattern.contains('/');
    if is_scope { Glob::new(&format!("{pattern}/*")) } else { Glob::new(pattern) }
}

fn connections(config: &Config) -> usize {
    let asked = config.number_asked("maxsockets").map(whole);
    asked.map_or(CONNECTIONS, |asked| usize::try_from(asked).unwrap_or(usize::MAX).max(1))
}

fn cache_mode(config: &Config) -> CacheMode {
    let number = |key, default| config.number(key).unwrap_or(default);
    if config.is_set("offline") {
        CacheMode::Offline
    } else if config.is_set("prefer-offline") || number("cache-min", 0.0) >= 9999.0 {
        CacheMode::PreferOffline
    } else if config.is_set("prefer-online") || number("cache-max", f64::INFINITY) <= 0.0 {
        CacheMode::PreferOnline
    } else {
        CacheMode::Default
    }
}

/// A list of which no layer can take anything away.
fn tightened_list(config: &Config, key: &str) -> Vec<String> {
    let own = |origin| config.layers().own(origin, key).map(super::Value::to_texts);
    let mut all: Vec<String> = Vec::new();
    for text in Origin::ALL.into_iter().filter_map(own).flatten() {
        for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            if !all.iter().any(|known| known == name) {
                all.push(name.to_owned());
            }
        }
    }
    all
}

/// The quorum, which a project can raise but not lower, and the user's own.
fn quorums(config: &Config) -> (usize, usize) {
    let of =
        |found: Option<&super::Value>| found.and_then(super::Value::as_number).map_or(1, whole);
    let layers = config.layers();
    let strongest = config.get("quorum");
    let project = of(layers.own(Origin::Project, "quorum"));
    let user = match strongest.map(|found| found.origin) {
        Some(Origin::Project) => {
            of(layers.get_up_to(Origin::User, "quorum").map(|found| found.value))
        }
        _ => of(strongest.map(|found| found.value)),
    };
    let at_least_one = |quorum| usize::try_from(quorum).unwrap_or(usize::MAX).max(1);
    (at_least_one(user.max(project)), at_least_one(user))
}

/// Reads Go's `GOPROXY` grammar: entries separated by `,` or `|`; `off` ends the list.
///
/// An entry falls through by the separator after it; the last one by the separator before it,
/// because the order of asking is not the order of writing. Elements of a list are alternatives:
/// one that stands alone gives way after any failure.
///
/// # Errors
/// An entry that is no http or https URL, or has credentials; more than 64 entries.
pub fn parse_pool(elements: &[String]) -> Result<Vec<PoolEntry>, ConfigError> {
    let invalid = |reason: String| ConfigError::InvalidPool { reason };
    let mut entries = Vec::new();
    for element in elements {
        let mut then = FallThrough::AnyError;
        for part in element.split_inclusive([',', '|']) {
            then = match part.chars().next_back() {
                Some('|') => FallThrough::AnyError,
                Some(',') => FallThrough::NotFound,
                _ => then,
            };
            let target = match part.trim_end_matches([',', '|']).trim() {
                "" => continue,
                "direct" => PoolTarget::Direct,
                "off" => return Ok(entries),
                url => PoolTarget::Mirror(mirror(url).map_err(invalid)?),
            };
            entries.push(PoolEntry { target, then });
            if entries.len() > MAX_POOL {
                return Err(invalid(format!("more than {MAX_POOL} entries")));
            }
        }
    }
    Ok(entries)
}

fn mirror(text: &str) -> Result<Url, String> {
    let shown = without_user_info(text);
    let mut url = Url::parse(text).map_err(|error| format!("{shown}: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(format!("{shown} is not an http or https URL"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!("{shown}: credentials belong into the user's npmrc"));
    }
    url.set_query(None);
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        let folder = format!("{}/", url.path());
        url.set_path(&folder);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(elements: &[&str]) -> Vec<(String, FallThrough)> {
        let elements: Vec<_> = elements.iter().map(|text| (*text).to_owned()).collect();
        let entries = parse_pool(&elements).expect("a pool").into_iter();
        let text = |target| match target {
            PoolTarget::Mirror(url) => url.to_string(),
            PoolTarget::Direct => "direct".to_owned(),
        };
        entries.map(|entry| (text(entry.target), entry.then)).collect()
    }

    #[test]
    fn pool_follows_gos_grammar() {
        let expected = [
            ("http://a.example/npm/", FallThrough::AnyError),
            ("http://b.example/", FallThrough::NotFound),
            ("direct", FallThrough::NotFound),
        ];
        let expected = expected.map(|(url, then)| (url.to_owned(), then));
        assert_eq!(shown(&["http://a.example/npm|http://b.example,direct"]), expected);
    }

    #[test]
    fn pool_last_entry_falls_through_as_the_one_before_it() {
        let of = |text: &str| shown(&[text]).pop().map(|(_, then)| then);
        assert_eq!(of("https://a.example|https://b.example"), Some(FallThrough::AnyError));
        assert_eq!(of("https://a.example, direct"), Some(FallThrough::NotFound));
        assert_eq!(of("https://a.example"), Some(FallThrough::AnyError));
    }

    #[test]
    fn pool_elements_of_a_list_are_alternatives() {
        let found = shown(&["https://a.example", "https://b.example,direct"]);
        let then: Vec<_> = found.into_iter().map(|(_, then)| then).collect();
        assert_eq!(then, [FallThrough::AnyError, FallThrough::NotFound, FallThrough::NotFound]);
    }

    #[test]
    fn pool_off_ends_the_list() {
        assert!(shown(&["off"]).is_empty() && shown(&[""]).is_empty());
        assert_eq!(shown(&["direct,off,https://a.example", "https://b.example"]).len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn pool_never_panics(text in "\\PC{0,60}") {
            drop(parse_pool(&[text]));
        }
    }

    #[test]
    fn pool_refuses_other_schemes_credentials_and_length() {
        for text in ["ftp://a.example", "http://u:p@a.example", "nonsense", "direct|nonsense"] {
            assert!(parse_pool(&[text.to_owned()]).is_err(), "{text}");
        }
        assert!(parse_pool(&vec!["direct".to_owned(); MAX_POOL + 1]).is_err());
    }

    #[test]
    fn pool_errors_show_no_password() {
        let error = parse_pool(&["http://u:hunter2@a.example".to_owned()]).expect_err("refused");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
