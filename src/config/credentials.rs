//! Who may see which credential.
//!
//! Follows `npm-registry-fetch/lib/auth.js` (the walk from a request's URL upwards),
//! `@npmcli/config/lib/nerf-dart.js` (how a registry is written in a key) and the checks of
//! `validate()` in `@npmcli/config/lib/index.js`.

use std::{collections::BTreeSet, fmt, path::PathBuf};

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use indexmap::IndexMap;
use url::Url;

use super::{
    AuthProblem,
    layer::{Layers, Origin},
};

/// node reads base64 with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Text that neither `Debug` nor `Display` shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// How a request proves who sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authorization {
    /// `Authorization: Bearer <token>`.
    Bearer(Secret),
    /// `Authorization: Basic <base64 of user:password>`; the secret is the base64.
    Basic(Secret),
}

/// A client certificate, both files in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate.
    pub certfile: PathBuf,
    /// Its private key.
    pub keyfile: PathBuf,
}

/// What is sent to one registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The part of the key before the last colon that matched, for example `//host:8080/npm/`.
    pub registry: String,
    /// The header, if any.
    pub authorization: Option<Authorization>,
    /// The client certificate, if any.
    pub certificate: Option<ClientCertificate>,
}

/// All credentials, by the registry they are for.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Credentials {
    entries: IndexMap<String, Entry>,
    /// Hosts, with their port where it is none of HTTP's own, of registries that are reached over
    /// https: the keys do not say how, and a lockfile's URL must not decide to ask in the open.
    secure: BTreeSet<String>,
    /// Those of registries that the user reaches without TLS.
    open: BTreeSet<String>,
}

#[derive(Clone, Default, PartialEq, Eq)]
struct Entry {
    token: Option<Secret>,
    auth: Option<Secret>,
    username: Option<Secret>,
    password: Option<Secret>,
    certfile: Option<PathBuf>,
    keyfile: Option<PathBuf>,
    email: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials for ")?;
        f.debug_list().entries(self.entries.keys()).finish()
    }
}

impl Credentials {
    /// Gathers `//host/path/:key` settings of all layers, the strongest of each key.
    pub fn from_layers(layers: &Layers) -> Self {
        let mut all = Self::default();
        for (key, found) in layers.iter() {
            let text = found.value.to_text().filter(|text| !text.is_empty());
            let (Some((registry, name)), Some(text)) = (key.rsplit_once(':'), text) else {
                continue;
            };
            if registry.starts_with("//") {
                all.entries.entry(registry.to_owned()).or_default().set(name, text);
            }
        }
        all
    }

    /// Notes how a configured registry is reached; only the user may say that it is in the open.
    pub(super) fn add_registry(&mut self, url: &Url, by_user: bool) {
        match url.scheme() {
            "https" => self.secure.extend(host_of(url)),
            "http" if by_user => self.open.extend(host_of(url)),
            _ => {}
        }
    }

    /// Adds the user information of a registry's URL, unless the registry has a credential.
    pub(super) fn add_user_info(&mut self, url: &Url) {
        let (user, password) = (url.username(), url.password().unwrap_or_default());
        let Ok(key) = nerf_dart(url.as_str()) else { return };
        if (user.is_empty() && password.is_empty()) || self.at(&key).is_some() {
            return;
        }
        let auth = BASE64.encode(format!("{}:{}", decoded(user), decoded(password)));
        self.entries.entry(key).or_default().auth = Some(Secret(auth));
    }

    /// The credential for a request to `url`: the longest key that is a prefix of it, walking
    /// up its path to the host. Another port is another host; a host whose registry is reached
    /// over https gets none over http, unless the user has one there that is not.
    pub fn for_url(&self, url: &Url) -> Option<Credential> {
        let host = host_of(url)?;
        if url.scheme() == "http" && self.secure.contains(&host) && !self.open.contains(&host) {
            return None;
        }
        let full = format!("//{host}{}", url.path());
        let mut key = full.as_str();
        while key.len() > "//".len() {
            if let Some(credential) = self.at(key) {
                return Some(credential);
            }
            // The slash and what follows it go one after the other: both forms of key occur.
            key = match key.strip_suffix('/') {
                Some(shorter) => shorter,
                None => key.rfind('/').and_then(|slash| key.get(..=slash))?,
            };
        }
        None
    }

    /// The e-mail address that belongs to `registry`.
    pub fn email(&self, registry: &Url) -> Option<&str> {
        self.entries.get(&nerf_dart(registry.as_str()).ok()?)?.email.as_deref()
    }

    /// Whether nothing is configured.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn at(&self, key: &str) -> Option<Credential> {
        let entry = self.entries.get(key)?;
        let authorization = entry.authorization();
        let certificate = entry.certificate();
        if authorization.is_none() && certificate.is_none() {
            return None;
        }
        Some(Credential { registry: key.to_owned(), authorization, certificate })
    }
}

/// The host, and the port if it is not the scheme's own.
fn host_of(url: &Url) -> Option<String> {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{}{port}", url.host_str()?))
}

impl Entry {
    fn set(&mut self, name: &str, text: String) {
        match name {
            "_authToken" => self.token = Some(Secret(text)),
            "_auth" => self.auth = Some(Secret(text)),
            "username" => self.username = Some(Secret(text)),
            "_password" => self.password = Some(Secret(text)),
            "certfile" => self.certfile = Some(PathBuf::from(text)),
            "keyfile" => self.keyfile = Some(PathBuf::from(text)),
            "email" => self.email = Some(text),
            _ => {}
        }
    }

    fn authorization(&self) -> Option<Authorization> {
        if let Some(token) = &self.token {
            return Some(Authorization::Bearer(token.clone()));
        }
        if let Some(auth) = &self.auth {
            return Some(Authorization::Basic(auth.clone()));
        }
        let (username, password) = (self.username.as_ref()?, self.password.as_ref()?);
        // Like node, what is no base64 decodes to nothing rather than to an error.
        let decoded = BASE64.decode(password.expose()).unwrap_or_default();
        let pair = format!("{}:{}", username.expose(), String::from_utf8_lossy(&decoded));
        Some(Authorization::Basic(Secret(BASE64.encode(pair))))
    }

    fn certificate(&self) -> Option<ClientCertificate> {
        let (certfile, keyfile) = (self.certfile.clone()?, self.keyfile.clone()?);
        Some(ClientCertificate { certfile, keyfile })
    }
}

fn decoded(part: &str) -> String {
    let pair = format!("x={}", part.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes()).map(|(_, text)| text.into_owned()).collect()
}

/// The form in which a URL stands in a key: no scheme, user or query, up to the last slash.
///
/// # Errors
/// When `url` is none.
pub fn nerf_dart(url: &str) -> Result<String, url::ParseError> {
    let url = Url::parse(url)?;
    let host = url.host_str().ok_or(url::ParseError::EmptyHost)?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let folder = url.path().rfind('/').and_then(|slash| url.path().get(..=slash)).unwrap_or("/");
    Ok(format!("//{host}{port}{folder}"))
}

/// Credentials in files that name no registry; npm refuses to guess.
pub(super) fn unscoped(layers: &Layers, registry_key: &str) -> Vec<AuthProblem> {
    let mut problems = Vec::new();
    for origin in [Origin::Global, Origin::User, Origin::Project] {
        let has = |key| layers.own(origin, key).is_some_and(super::Value::is_truthy);
        for key in ["_authtoken", "-authtoken"] {
            if has(key) {
                problems.push(AuthProblem::Delete { key, origin });
            }
        }
        for key in ["_auth", "_authToken", "username", "_password"] {
            let other_half = match key {
                "username" => Some("_password"),
                "_password" => Some("username"),
                _ => None,
            };
            if !has(key) {
                continue;
            }
            problems.push(match other_half {
                Some(half) if !has(half) => AuthProblem::Delete { key, origin },
                _ => AuthProblem::Rename { key, to: format!("{registry_key}:{key}"), origin },
            });
        }
    }
    problems
}
