//! Credentials: who decides which URL gets one, and how it is sent.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::header::HeaderValue;
use url::Url;

use crate::config::credentials::{Authorization, Secret};

/// A Basic credential from its two parts.
fn basic(username: &str, password: &str) -> Authorization {
    Authorization::Basic(Secret::new(STANDARD.encode(format!("{username}:{password}"))))
}

/// The header value, marked sensitive; `None` when the secret has bytes no header may hold.
pub(super) fn header(authorization: &Authorization) -> Option<HeaderValue> {
    let text = match authorization {
        Authorization::Bearer(secret) => format!("Bearer {}", secret.expose()),
        Authorization::Basic(secret) => format!("Basic {}", secret.expose()),
    };
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// A certificate and its key (`certfile`, `keyfile`), both as PEM text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientIdentity {
    /// The certificate chain.
    pub certificate: String,
    /// The private key.
    pub key: Secret,
}

/// Decides which URL gets which credential.
///
/// An implementation binds every credential to scheme, host, port and path prefix
/// (npm-registry-fetch `lib/auth.js`, made stricter); it is asked again at every redirect.
pub trait CredentialSource: Send + Sync {
    /// The credential for `url`, if one is configured.
    fn for_url(&self, url: &Url) -> Option<Authorization>;

    /// The client certificate for `url`, if one is configured.
    fn identity(&self, _url: &Url) -> Option<ClientIdentity> {
        None
    }
}

/// A source without credentials.
#[derive(Clone, Copy, Debug, Default)]
pub struct Anonymous;

impl CredentialSource for Anonymous {
    fn for_url(&self, _url: &Url) -> Option<Authorization> {
        None
    }
}

/// The credential for `url` when it is asked on behalf of `registry`.
///
/// As npm does: the URL's own, else the registry's where both have one origin (a tarball
/// beside the registry's path); else what the URL itself carries as user info.
pub(super) fn authorization(
    source: &dyn CredentialSource,
    url: &Url,
    registry: &Url,
) -> Option<Authorization> {
    source.for_url(url).or_else(|| {
        if url.origin() != registry.origin() {
            return None;
        }
        source.for_url(registry).or_else(|| user_info(registry))
    })
}

fn user_info(url: &Url) -> Option<Authorization> {
    let password = url.password().unwrap_or_default();
    if url.username().is_empty() && password.is_empty() {
        return None;
    }
    Some(basic(&decoded(url.username()), &decoded(password)))
}

/// Undoes percent-encoding; an escape that is none stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let escape = (byte == b'%').then(|| text_of(tail.get(..2))).flatten();
        let escaped = escape.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(escaped.unwrap_or(byte));
        rest = escaped.and_then(|_| tail.get(2..)).unwrap_or(tail);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn text_of(bytes: Option<&[u8]>) -> Option<&str> {
    bytes.and_then(|bytes| std::str::from_utf8(bytes).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Prefix(&'static str);

    impl CredentialSource for Prefix {
        fn for_url(&self, url: &Url) -> Option<Authorization> {
            url.as_str().starts_with(self.0).then(|| Authorization::Bearer(Secret::new("t0ken")))
        }
    }

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn secret_is_never_shown() {
        let shown = format!("{:?} {0}", Secret::new("t0ken"));
        let nested = format!("{:?}", basic("user", "t0ken"));
        assert_eq!((shown.as_str(), nested.as_str()), ("*** ***", "Basic(***)"));
    }

    #[test]
    fn authorization_beside_the_registry_path_is_the_registrys() {
        let registry = url("https://registry.example/npm/");
        let source = Prefix("https://registry.example/npm/");
        let found = |text| authorization(&source, &url(text), &registry).is_some();
        assert!(found("https://registry.example/files/a.tgz"));
        assert!(!found("https://registry.example:8443/npm/a"));
        assert!(!found("http://registry.example/npm/a"));
        assert!(!found("https://other.example/npm/a"));
    }

    #[test]
    fn authorization_from_user_info_stays_on_its_origin() {
        let registry = url("https://user:p%40&=s@registry.example/");
        let found = |text| authorization(&Anonymous, &url(text), &registry);
        assert_eq!(found("https://registry.example/a"), Some(basic("user", "p@&=s")));
        assert_eq!(found("https://other.example/a"), None);
    }
}
