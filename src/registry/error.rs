//! What can go wrong between a package name and its bytes, and how to say it.
//!
//! Texts and codes are npm's where npm has one (npm-registry-fetch `lib/errors.js`,
//! make-fetch-happen `lib/cache/errors.js`, npm `lib/utils/error-message.js`).

use std::{error::Error, fmt, io, sync::Arc};

use reqwest::StatusCode;
use url::Url;

use crate::error::{Code, Explain};

/// The longest piece of a registry's own explanation that is repeated.
const MESSAGE_LIMIT: usize = 500;

/// A URL as it may be shown: without user info, its query reduced to `?…`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ShownUrl(String);

impl From<&Url> for ShownUrl {
    fn from(url: &Url) -> Self {
        let mut shown = url.clone();
        // Both fail only for URLs that cannot carry user info at all.
        let _ = shown.set_username("");
        let _ = shown.set_password(None);
        shown.set_fragment(None);
        let signed = shown.query().is_some();
        shown.set_query(None);
        Self(if signed { format!("{shown}?…") } else { shown.into() })
    }
}

impl fmt::Display for ShownUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a connection died of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No connection within the connect time-out.
    ConnectTimeout,
    /// No answer, no further byte, or too few bytes, for too long.
    Stalled,
    /// The host refused the connection.
    Refused,
    /// The connection broke, or ended before the promised length.
    Reset,
    /// The host name has no address.
    Dns,
    /// The server's certificate is not trusted, or not valid.
    Certificate,
    /// The connection could not be made for another reason.
    Connect,
    /// The bytes are not what HTTP or gzip allows.
    Garbled,
}

impl Fault {
    /// True when no connection came about, so that the whole registry is in doubt.
    pub(super) fn is_dead_end(self) -> bool {
        match self {
            Self::ConnectTimeout | Self::Stalled | Self::Refused | Self::Dns | Self::Connect => {
                true
            }
            Self::Reset | Self::Certificate | Self::Garbled => false,
        }
    }

    /// True when the failure consisted of waiting.
    pub(super) fn is_timeout(self) -> bool {
        matches!(self, Self::ConnectTimeout | Self::Stalled)
    }

    fn code(self) -> Code {
        match self {
            Self::ConnectTimeout | Self::Stalled => Code::Timeout,
            Self::Refused => Code::Connrefused,
            Self::Reset => Code::Connreset,
            Self::Dns => Code::Dnsnotfound,
            Self::Certificate => Code::Cert,
            Self::Connect => Code::Connection,
            Self::Garbled => Code::InvalidResponse,
        }
    }
}

/// How a failed request should be gone on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// This registry does not have it (404, 410).
    NotFound,
    /// It may work in a moment, or elsewhere.
    Transient,
    /// Asking this registry again would change nothing.
    Permanent,
}

/// The answer with an error status, and what it said.
#[derive(Clone, Debug)]
pub struct StatusFailure {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// What was asked, as sent (before redirects).
    pub url: ShownUrl,
    /// The status.
    pub status: StatusCode,
    /// The `error` field of a JSON answer, bounded and without control characters.
    pub message: Option<String>,
    /// Whether a credential was sent.
    pub credential: Credential,
    /// `Retry-After`, if it was given in seconds.
    pub retry_after: Option<u64>,
}

/// Whether a request carried a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// An `Authorization` header was sent.
    Sent,
    /// None was sent.
    None,
}

impl fmt::Display for StatusFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, url, status, message, .. } = self;
        let reason = status.canonical_reason().unwrap_or("Unknown");
        write!(f, "{} {reason} - {method} {url}", status.as_u16())?;
        message.iter().try_for_each(|message| write!(f, " - {message}"))
    }
}

/// The lowest cause, shareable between the callers that wait for one request.
type Cause = Arc<dyn Error + Send + Sync>;

/// Why a fetch failed. Cheap to clone: all callers of one packument get the same error.
#[derive(Clone, Debug, thiserror::Error)]
pub enum FetchError {
    /// The registry answered with an error status.
    #[error("{0}")]
    Status(Box<StatusFailure>),
    /// The connection failed.
    #[error("request to {url} failed, reason: {reason}")]
    Network {
        /// What was asked.
        url: ShownUrl,
        /// What kind of failure.
        fault: Fault,
        /// In words.
        reason: String,
        /// The chain below.
        #[source]
        source: Option<Cause>,
    },
    /// Offline, and nothing cached.
    #[error(
        "request to {url} failed: cache mode is 'only-if-cached' but no cached response is available."
    )]
    NotCached {
        /// What would have been asked.
        url: ShownUrl,
    },
    /// The answer is larger than anything legitimate.
    #[error("the answer to {url} is larger than {limit} bytes")]
    TooLarge {
        /// What was asked.
        url: ShownUrl,
        /// The limit, in bytes after decoding.
        limit: u64,
    },
    /// A page for people came instead of the registry's answer.
    #[error("a captive portal or proxy answered text/html to {url}")]
    Portal {
        /// What was asked.
        url: ShownUrl,
    },
    /// The answer is not what the protocol allows.
    #[error("invalid answer to {url}: {what}")]
    InvalidResponse {
        /// What was asked.
        url: ShownUrl,
        /// What is wrong with it.
        what: String,
    },
    /// No registry of the pool could serve; each with its reason, in the order of asking.
    #[error("no registry could serve {subject}: {}", reasons(.failures))]
    Every {
        /// The package, or the document.
        subject: String,
        /// Registry and reason.
        failures: Arc<[(String, FetchError)]>,
    },
    /// A private name is to come from a public registry, where it is somebody else's.
    #[error("{name} belongs to {registry} and must not come from {url}")]
    Confusion {
        /// The package.
        name: String,
        /// The registry it belongs to.
        registry: String,
        /// The public place.
        url: ShownUrl,
    },
    /// The name cannot be part of a registry URL.
    #[error("invalid package name {0:?}")]
    Name(String),
    /// A setting cannot be used: a certificate, a proxy, a registry URL.
    #[error("{0}")]
    Options(String),
    /// The operation ended while a body was still arriving.
    #[error("the transfer was abandoned")]
    Abandoned,
    /// One of the above, about a package.
    #[error("{error}")]
    About {
        /// `name` or `name@spec`.
        package: String,
        /// What happened.
        #[source]
        error: Arc<FetchError>,
    },
}

fn reasons(failures: &[(String, FetchError)]) -> String {
    let each: Vec<_> =
        failures.iter().map(|(registry, error)| format!("{registry}: {error}")).collect();
    each.join("; ")
}

impl FetchError {
    /// The same error, naming the package (`name` or `name@spec`) it is about.
    #[must_use]
    pub fn about(self, package: &str) -> Self {
        let error = match self {
            Self::About { error, .. } => error,
            other => Arc::new(other),
        };
        Self::About { package: package.to_owned(), error }
    }

    /// The error without the package.
    pub fn root(&self) -> &Self {
        match self {
            Self::About { error, .. } => error.root(),
            other => other,
        }
    }

    /// The HTTP status, if the registry answered with one.
    pub fn status(&self) -> Option<u16> {
        match self.root() {
            Self::Status(failure) => Some(failure.status.as_u16()),
            _ => None,
        }
    }

    /// True when the registries answered, and none of them has it.
    pub fn is_not_found(&self) -> bool {
        self.class() == Class::NotFound
    }

    /// True when nothing was learned about the package: an outage, not a verdict.
    pub fn is_unreachable(&self) -> bool {
        matches!(self.root(), Self::NotCached { .. }) || self.class() == Class::Transient
    }

    /// What a network failure was, if it was one.
    pub fn fault(&self) -> Option<Fault> {
        match self.root() {
            Self::Network { fault, .. } => Some(*fault),
            _ => None,
        }
    }

    /// What to do next; make-fetch-happen `lib/remote.js` decides which statuses are worth another try.
    pub(super) fn class(&self) -> Class {
        match self.root() {
            Self::Status(failure) => match failure.status.as_u16() {
                404 | 410 => Class::NotFound,
                408 | 420 | 429 | 500.. => Class::Transient,
                _ => Class::Permanent,
            },
            Self::Network { fault: Fault::Certificate, .. } => Class::Permanent,
            Self::Network { .. } => Class::Transient,
            Self::Every { .. } => self.telling().map_or(Class::Permanent, Self::class),
            _ => Class::Permanent,
        }
    }

    /// `Retry-After` in seconds, where the registry gave one.
    pub(super) fn retry_after(&self) -> Option<u64> {
        match self.root() {
            Self::Status(failure) => failure.retry_after,
            _ => None,
        }
    }

    /// Of several failures the one that decides: absence is only proven when all say absent.
    fn telling(&self) -> Option<&Self> {
        let Self::Every { failures, .. } = self.root() else { return None };
        let present = failures.iter().find(|(_, error)| error.class() != Class::NotFound);
        present.or_else(|| failures.first()).map(|(_, error)| error)
    }

    /// A network failure seen by reqwest.
    pub(super) fn network(url: &Url, error: reqwest::Error) -> Self {
        let error = error.without_url();
        let fault = fault_of(&error);
        Self::Network {
            url: url.into(),
            fault,
            reason: lowest(&error),
            source: Some(Arc::new(error)),
        }
    }

    /// A failure that consisted of waiting for `what`.
    pub(super) fn stalled(url: &Url, what: String) -> Self {
        Self::Network { url: url.into(), fault: Fault::Stalled, reason: what, source: None }
    }
}

fn fault_of(error: &reqwest::Error) -> Fault {
    if error.is_dns() {
        return Fault::Dns;
    }
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    let mut kind = None;
    while let Some(current) = cause {
        if let Some(tls) = tls_error(current) {
            return tls_fault(tls);
        }
        kind = current.downcast_ref::<io::Error>().map(io::Error::kind).or(kind);
        cause = current.source();
    }
    match kind {
        Some(io::ErrorKind::ConnectionRefused) => Fault::Refused,
        Some(io::ErrorKind::TimedOut) if error.is_connect() => Fault::ConnectTimeout,
        _ if error.is_connect() && error.is_timeout() => Fault::ConnectTimeout,
        _ if error.is_timeout() => Fault::Stalled,
        Some(
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof,
        ) => Fault::Reset,
        _ if error.is_connect() => Fault::Connect,
        _ if error.is_decode() && kind == Some(io::ErrorKind::InvalidData) => Fault::Garbled,
        _ => Fault::Reset,
    }
}

/// The TLS error that `error` is or wraps: I/O errors keep what they wrap out of their `source()`.
fn tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let wrapped = || error.downcast_ref::<io::Error>()?.get_ref();
    error.downcast_ref().or_else(|| tls_error(wrapped()?))
}

/// A certificate that is not trusted stays so; anything else may be a server that is being restarted.
fn tls_fault(error: &rustls::Error) -> Fault {
    match error {
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => {
            Fault::Certificate
        }
        _ => Fault::Connect,
    }
}

/// The lowest cause in words: the upper ones only say "error sending request".
fn lowest(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(current) = cause {
        text = current.to_string();
        cause = current.source();
    }
    text
}

/// The registry's own explanation from the body of an error answer.
pub(super) fn message_of(body: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Answer {
        error: String,
    }
    let answer: Answer = serde_json::from_slice(body).ok()?;
    let plain = answer.error.chars().map(|c| if c.is_control() { ' ' } else { c });
    let text: String = plain.take(MESSAGE_LIMIT).collect();
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

impl Explain for FetchError {
    fn code(&self) -> Code {
        match self.root() {
            Self::Status(failure) => match failure.status.as_u16() {
                401 => Code::Unauthorized,
                403 => Code::Forbidden,
                404 => Code::Notfound,
                500.. => Code::ServerError,
                _ => Code::Http,
            },
            Self::Network { fault, .. } => fault.code(),
            Self::NotCached { .. } => Code::Notcached,
            Self::TooLarge { .. } => Code::TooLarge,
            Self::Portal { .. } | Self::InvalidResponse { .. } => Code::InvalidResponse,
            Self::Every { .. } => self.telling().map_or(Code::Unavailable, Self::code),
            Self::Confusion { .. } => Code::Confusion,
            Self::Name(_) => Code::Badname,
            Self::Abandoned => Code::Cancelled,
            Self::Options(_) | Self::About { .. } => Code::Config,
        }
    }

    fn code_text(&self) -> String {
        match self.root() {
            Self::Status(failure) => format!("E{}", failure.status.as_u16()),
            Self::Every { .. } => {
                self.telling().map_or_else(|| Code::Unavailable.to_string(), Self::code_text)
            }
            _ => self.code().to_string(),
        }
    }

    fn package(&self) -> Option<String> {
        match self {
            Self::About { package, .. } => Some(package.clone()),
            _ => None,
        }
    }

    fn detail(&self) -> Vec<String> {
        match self.code() {
            Code::Notfound => not_found_lines(self.package().as_deref()),
            Code::Forbidden => vec![
                "In most cases, you or one of your dependencies are requesting".to_owned()
                    + " a package version that is forbidden by your security policy,"
                    + " or on a server you do not have access to.",
            ],
            Code::Connreset | Code::Dnsnotfound | Code::Timeout => network_lines(),
            Code::Connrefused => vec![PROXY.to_owned()],
            _ => Vec::new(),
        }
    }

    fn help(&self) -> Option<String> {
        let text = match self.root() {
            Self::Status(failure) => return status_help(failure),
            Self::Every { .. } => return self.telling().and_then(Self::help),
            Self::Network { fault: Fault::Certificate, .. } => {
                "if your network uses its own certificate authority, name its file: cafile=<path>"
            }
            Self::Network { .. } => {
                "check the network and the proxy settings, or install from what is cached: --offline"
            }
            Self::NotCached { .. } => "run once without --offline",
            Self::Portal { .. } => {
                "open a page in a browser to log in to the network, or set proxy"
            }
            Self::TooLarge { .. } | Self::InvalidResponse { .. } => {
                "ask another registry: --registry=<url>"
            }
            Self::Confusion { .. } => {
                "if a lockfile names that place, remove the package from it and install again; never take a private name from a public registry"
            }
            Self::Name(_) | Self::Options(_) | Self::Abandoned | Self::About { .. } => return None,
        };
        Some(text.to_owned())
    }
}

const PROXY: &str = "If you are behind a proxy, please make sure that the 'proxy' config is set properly.  See: 'npm help config'";

fn not_found_lines(package: Option<&str>) -> Vec<String> {
    let Some(package) = package else { return Vec::new() };
    let resource = format!(
        "The requested resource '{package}' could not be found or you do not have permission to access it."
    );
    let lines = ["", resource.as_str(), "", "Note that you can also install from a"];
    let last = "tarball, folder, http url, or git url.";
    lines.into_iter().chain([last]).map(str::to_owned).collect()
}

fn network_lines() -> Vec<String> {
    let lines = [
        "This is a problem related to network connectivity.",
        "In most cases you are behind a proxy or have bad network settings.",
        "",
        PROXY,
    ];
    lines.map(str::to_owned).to_vec()
}

fn status_help(failure: &StatusFailure) -> Option<String> {
    let text = match (failure.status.as_u16(), failure.credential) {
        (401, Credential::Sent) => "the credential sent is not accepted: run npm login again",
        (401 | 403, Credential::None) => {
            "no credential was sent: none is configured for this registry (npm login --registry=<url>)"
        }
        (429, _) => "the registry asks for fewer requests: wait, or lower maxsockets",
        (500.., _) => "the registry has a fault of its own: try again later",
        _ => return None,
    };
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(code: u16, message: Option<&str>) -> FetchError {
        FetchError::Status(Box::new(StatusFailure {
            method: "GET",
            url: (&Url::parse("https://user:pass@registry.example/a?token=x").unwrap()).into(),
            status: StatusCode::from_u16(code).unwrap(),
            message: message.map(str::to_owned),
            credential: Credential::None,
            retry_after: None,
        }))
    }

    #[test]
    fn status_reads_as_npms_and_hides_credentials() {
        assert_eq!(
            status(404, None).to_string(),
            "404 Not Found - GET https://registry.example/a?…"
        );
        assert!(status(403, Some("denied by policy")).to_string().ends_with(" - denied by policy"));
    }

    #[test]
    fn not_found_has_npms_lines() {
        let error = status(404, None).about("a@1");
        assert_eq!((error.code_text().as_str(), error.package()), ("E404", Some("a@1".into())));
        assert!(error.detail().iter().any(|line| line
            == "The requested resource 'a@1' could not be found or you do not have permission to access it."));
    }

    #[test]
    fn every_code_is_absent_only_when_all_say_absent() {
        let every = |errors: &[u16]| FetchError::Every {
            subject: "a".into(),
            failures: errors.iter().map(|code| ("r".to_owned(), status(*code, None))).collect(),
        };
        assert_eq!(every(&[404, 404]).code(), Code::Notfound);
        assert_eq!(every(&[404, 503]).code_text(), "E503");
        assert!(every(&[404, 503]).is_unreachable());
    }

    #[test]
    fn tls_error_is_found_under_io_errors() {
        let tls = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        let wrapped = io::Error::other(io::Error::other(tls));
        assert_eq!(tls_error(&wrapped).map(tls_fault), Some(Fault::Certificate));
        let other = io::Error::other(rustls::Error::HandshakeNotComplete);
        assert_eq!(tls_error(&other).map(tls_fault), Some(Fault::Connect));
        assert!(tls_error(&io::Error::other("text")).is_none());
    }

    #[test]
    fn message_is_bounded_and_plain() {
        let long = format!(r#"{{"error":"no\u001b[31m{}"}}"#, "x".repeat(9_000));
        let message = message_of(long.as_bytes()).unwrap();
        assert!(message.starts_with("no [31m") && message.chars().count() == MESSAGE_LIMIT);
        assert_eq!(message_of(b"<html>"), None);
        assert_eq!(message_of(br#"{"error":7}"#), None);
    }
}
