//! HTTP clients: TLS, proxies, connections. Everything else about HTTP is in `fetch`.
//!
//! A client keeps one pool of connections for each host, so all hosts share one; only a
//! registry with a client certificate of its own gets its own. Plain http has a second
//! client, because reading the system's root certificates costs milliseconds.

use std::{
    collections::HashMap,
    fs, io,
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use reqwest::{Certificate, Client, ClientBuilder, Identity, NoProxy, Proxy, redirect::Policy};
use url::Url;

use super::{
    auth::{ClientIdentity, CredentialSource},
    error::FetchError,
    options::{Authority, PoolOptions, Proxies, StrictSsl, Timeouts},
};
use crate::pending::PendingText;

/// HTTP/2 windows: one large body must not starve, many small ones must not wait.
const STREAM_WINDOW: u32 = 2 << 20;
const CONNECTION_WINDOW: u32 = 16 << 20;

/// Whose certificates hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// Those of the authorities that are named, if any are.
    Named,
    /// The system's as well: authorities are named for registries.
    NamedOrSystems,
}

type Built = Result<Client, FetchError>;

/// The clients of a pool, each built when it is first needed.
pub(super) struct Clients {
    plain: OnceLock<Built>,
    secure: OnceLock<Built>,
    identified: Mutex<HashMap<String, Built>>,
    credentials: Arc<dyn CredentialSource>,
    settings: Settings,
}

struct Settings {
    trust: Trust,
    ca: Vec<Authority>,
    extra_ca: Option<PathBuf>,
    strict_ssl: StrictSsl,
    proxies: Proxies,
    timeouts: Timeouts,
    max_sockets: usize,
    user_agent: PendingText,
}

impl Clients {
    /// Clients for these settings; nothing is read or built before the first request.
    pub(super) fn new(options: &PoolOptions, trust: Trust) -> Self {
        Self {
            plain: OnceLock::new(),
            secure: OnceLock::new(),
            identified: Mutex::default(),
            credentials: Arc::clone(&options.credentials),
            settings: Settings {
                trust,
                ca: options.ca.clone(),
                extra_ca: options.extra_ca.clone(),
                strict_ssl: options.strict_ssl,
                proxies: options.proxies.clone(),
                timeouts: options.timeouts,
                max_sockets: options.max_sockets,
                user_agent: options.user_agent.clone(),
            },
        }
    }

    /// The client for `url`.
    pub(super) fn for_url(&self, url: &Url) -> Built {
        if url.scheme() == "http" {
            return self.plain.get_or_init(|| self.settings.plain()).clone();
        }
        let Some(identity) = self.credentials.identity(url) else {
            return self.secure.get_or_init(|| self.settings.secure(None)).clone();
        };
        let mut clients = self.identified.lock().unwrap_or_else(PoisonError::into_inner);
        let origin = url.origin().ascii_serialization();
        clients.entry(origin).or_insert_with(|| self.settings.secure(Some(&identity))).clone()
    }
}

impl Settings {
    fn plain(&self) -> Built {
        build(self.common().tls_certs_only([]))
    }

    fn secure(&self, identity: Option<&ClientIdentity>) -> Built {
        let mut builder = self.trusting()?;
        if let Some(ClientIdentity { certificate, key }) = identity {
            let pem = format!("{certificate}\n{}", key.expose());
            let identity = Identity::from_pem(pem.as_bytes());
            builder = builder
                .identity(identity.map_err(|error| unusable("certfile or keyfile", &error))?);
        }
        build(builder)
    }

    /// Like node, which npm leaves this to: who names authorities for registries trusts no others.
    fn trusting(&self) -> Result<ClientBuilder, FetchError> {
        if self.strict_ssl == StrictSsl::Off {
            return Ok(self.common().tls_danger_accept_invalid_certs(true));
        }
        let mut named = certificates(&self.ca)?;
        if self.trust == Trust::Named && !named.is_empty() {
            return Ok(self.common().tls_certs_only(named));
        }
        // Node goes on without what it cannot read there.
        let beside = self.extra_ca.clone().map(Authority::File);
        named.extend(certificates(beside.as_slice()).unwrap_or_default());
        Ok(self.common().tls_certs_merge(named))
    }

    fn common(&self) -> ClientBuilder {
        // A second pool in one process finds the provider installed already; that is fine.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut builder = Client::builder()
            .user_agent(&*self.user_agent)
            .connect_timeout(self.timeouts.connect)
            .pool_max_idle_per_host(self.max_sockets)
            .http2_initial_stream_window_size(STREAM_WINDOW)
            .http2_initial_connection_window_size(CONNECTION_WINDOW)
            .redirect(Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            // The environment is read in `config`, not here.
            .no_proxy();
        let none = NoProxy::from_string("");
        let Proxies { http, https, no_proxy } = self.proxies.clone();
        if http.is_some() || https.is_some() {
            let proxy = Proxy::custom(move |url| {
                let proxy = if url.scheme() == "https" { &https } else { &http };
                proxy.clone().filter(|_| !is_direct(url.host_str().unwrap_or(""), &no_proxy))
            });
            builder = builder.proxy(proxy.no_proxy(none));
        }
        builder
    }
}

/// The certificates of all bundles; a file that is not there is none, as with npm.
fn certificates(bundles: &[Authority]) -> Result<Vec<Certificate>, FetchError> {
    const WHAT: &str = "ca or cafile";
    let mut all = Vec::new();
    for bundle in bundles {
        let text = match bundle {
            Authority::Pem(text) => text.clone().into_bytes(),
            Authority::File(path) => match fs::read(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                read => read.map_err(|error| {
                    FetchError::Options(format!("cannot read {}: {error}", path.display()))
                })?,
            },
        };
        let read = Certificate::from_pem_bundle(&text).map_err(|error| unusable(WHAT, &error))?;
        // Whoever names authorities does not mean those that the system trusts.
        if read.is_empty() && !text.trim_ascii().is_empty() {
            return Err(FetchError::Options(format!("{WHAT}: there is no certificate in it")));
        }
        all.extend(read);
    }
    Ok(all)
}

fn build(builder: ClientBuilder) -> Built {
    builder.build().map_err(|error| unusable("the TLS or proxy settings", &error))
}

fn unusable(what: &str, error: &reqwest::Error) -> FetchError {
    let cause =
        std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    FetchError::Options(format!("cannot use {what}: {cause}"))
}

/// Whether `host` ends in the labels of one of `no_proxy` (@npmcli/agent `lib/proxy.js`).
fn is_direct(host: &str, no_proxy: &[String]) -> bool {
    no_proxy.iter().any(|entry| {
        let mut labels = entry.split('.').rev().filter(|label| !label.is_empty()).peekable();
        let mut of_host = host.split('.').rev();
        labels.peek().is_some() && labels.all(|label| of_host.next() == Some(label))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_direct_matches_whole_labels_from_the_right() {
        let list = |text: &str| vec![text.to_owned()];
        assert!(is_direct("a.registry.example", &list(".registry.example")));
        assert!(is_direct("registry.example", &list("registry.example")));
        assert!(!is_direct("notregistry.example", &list("registry.example")));
        assert!(!is_direct("example", &list("registry.example")));
        assert!(!is_direct("registry.example", &list("")));
    }

    #[test]
    fn for_url_unreadable_certificate_is_named() {
        let url = Url::parse("https://registry.example/").unwrap();
        let mut options = PoolOptions::new(url, PathBuf::new());
        let broken = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
        options.ca = vec![Authority::Pem(broken.to_owned())];
        let error = Clients::new(&options, Trust::Named).for_url(&options.registry).err();
        assert!(error.is_some_and(|error| error.to_string().contains("cafile")));
    }

    #[test]
    fn for_url_builds_both_clients() {
        let url = Url::parse("https://registry.example/").unwrap();
        let mut options = PoolOptions::new(url.clone(), PathBuf::new());
        options.strict_ssl = StrictSsl::Off;
        let clients = Clients::new(&options, Trust::Named);
        clients.for_url(&url).unwrap();
        clients.for_url(&Url::parse("http://registry.example/").unwrap()).unwrap();
    }
}
