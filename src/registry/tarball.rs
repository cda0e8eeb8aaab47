//! Where a tarball lies, and its bytes on the way in.

use std::{fmt, io, sync::Arc};

use bytes::{Buf, Bytes};
use url::Url;

use super::{assignment::npms_registry, error::ShownUrl, stream::ByteReader};

/// Which hosts in `resolved` mean "the configured registry" (`replace-registry-host`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ReplaceRegistryHost {
    /// The host of npm's default registry (`npmjs`).
    #[default]
    Npmjs,
    /// Every host.
    Always,
    /// None.
    Never,
    /// This host, or every URL below this URL.
    Host(String),
}

impl ReplaceRegistryHost {
    /// Reads the configuration's value; an empty one is the default.
    pub fn parse(text: &str) -> Self {
        match text {
            "" | "npmjs" => Self::Npmjs,
            "always" => Self::Always,
            "never" => Self::Never,
            host => Self::Host(host.to_owned()),
        }
    }
}

/// The URL a tarball is fetched from: `resolved`, moved to `registry` where `mode` says so.
///
/// Follows `#registryResolved` in arborist's `reify.js`: protocol, host and port are the
/// registry's; its path is put in front unless it is there already; a URL given as mode
/// swaps its own path for the registry's. Anything else stays what it is.
pub fn tarball_url(resolved: &Url, registry: &Url, mode: &ReplaceRegistryHost) -> Url {
    let given = match mode {
        ReplaceRegistryHost::Never => return resolved.clone(),
        ReplaceRegistryHost::Always => None,
        ReplaceRegistryHost::Npmjs => {
            let default = npms_registry();
            if default.and_then(Url::host_str) != resolved.host_str() {
                return resolved.clone();
            }
            None
        }
        ReplaceRegistryHost::Host(text) => {
            let url = Url::parse(text).ok().filter(Url::has_host);
            let host = url.as_ref().and_then(Url::host_str).unwrap_or(text);
            if resolved.host_str() != Some(host) {
                return resolved.clone();
            }
            url.map(|url| url.path().trim_end_matches('/').to_owned())
                .filter(|path| !path.is_empty())
        }
    };
    if !matches!(resolved.scheme(), "http" | "https") {
        return resolved.clone();
    }
    moved(resolved, registry, given.as_deref()).unwrap_or_else(|| resolved.clone())
}

fn moved(resolved: &Url, registry: &Url, prefix: Option<&str>) -> Option<Url> {
    let base = registry.path().trim_end_matches('/');
    let path = resolved.path();
    let path = match prefix {
        Some(prefix) => format!("{base}{}", below(path, prefix)?),
        None if base.is_empty() || below(path, base).is_some() => path.to_owned(),
        None => format!("{base}{path}"),
    };
    let mut url = resolved.clone();
    url.set_scheme(registry.scheme()).ok()?;
    url.set_host(registry.host_str()).ok()?;
    url.set_port(registry.port()).ok()?;
    url.set_path(&path);
    Some(url)
}

/// The rest of `path` below `prefix`, which ends at a slash or at the end.
fn below<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    path.strip_prefix(prefix).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The part of `url` after `registry`, when it is the place where every registry keeps the
/// tarball of this name and version: `<name>/-/<unscoped>-<version>.tgz`.
///
/// Only such a URL can be asked of another registry of the pool.
pub(super) fn canonical_path<'a>(
    url: &'a Url,
    registry: &Url,
    name: &str,
    version: &str,
) -> Option<&'a str> {
    if url.origin() != registry.origin() || url.query().is_some() {
        return None;
    }
    let rest = url.path().strip_prefix(registry.path())?;
    let unscoped = name.rsplit('/').next()?;
    let folder = rest.strip_suffix(&format!("/-/{unscoped}-{version}.tgz"))?;
    let folder = folder.replace("%2f", "/").replace("%2F", "/").replace("%40", "@");
    (folder == name).then_some(rest)
}

/// Whether other registries may hear of a package.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Privacy {
    /// Any registry of the pool may be asked.
    #[default]
    Public,
    /// Only the registry that the URL names.
    Private,
}

/// A tarball to fetch.
#[derive(Clone, Debug)]
pub struct TarballRequest {
    /// The package's name.
    pub name: String,
    /// Its exact version.
    pub version: String,
    /// `resolved` from the lock, or `dist.tarball`.
    pub url: Url,
    /// Whether the name may be told to other registries.
    pub privacy: Privacy,
    /// Registries not to ask: those whose bytes were already found wrong.
    pub avoid: Vec<RegistryId>,
}

/// A registry's identity: its URL without credentials, with a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistryId(Arc<str>);

impl RegistryId {
    pub(super) fn new(text: &str) -> Self {
        Self(Arc::from(text))
    }

    /// The identity of the registry at `url`.
    pub fn of(url: &Url) -> Self {
        Self::new(&ShownUrl::from(url).to_string())
    }

    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RegistryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A tarball as it arrives: unverified bytes.
#[derive(Debug)]
pub struct Tarball {
    /// The registry that serves it.
    pub source: RegistryId,
    /// The promised size in bytes, where one was promised.
    pub content_length: Option<u64>,
    /// The bytes.
    pub body: Body,
}

/// The bytes of a tarball.
#[derive(Debug)]
pub enum Body {
    /// All of them.
    Buffered(Bytes),
    /// A stream, for a thread that may block.
    Streamed(ByteReader),
}

impl io::Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Buffered(bytes) => {
                let length = bytes.len().min(buffer.len());
                bytes.copy_to_slice(buffer.get_mut(..length).unwrap_or_default());
                Ok(length)
            }
            Self::Streamed(reader) => reader.read(buffer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn replaced(resolved: &str, registry: &str, mode: &str) -> String {
        tarball_url(&url(resolved), &url(registry), &ReplaceRegistryHost::parse(mode)).into()
    }

    #[test]
    fn tarball_url_default_host_becomes_the_registry() {
        let default = format!("{}/a/-/a-1.0.0.tgz", deno_npmrc::NPM_DEFAULT_REGISTRY);
        assert_eq!(
            replaced(&default, "http://127.0.0.1:4873/npm/", "npmjs"),
            "http://127.0.0.1:4873/npm/a/-/a-1.0.0.tgz"
        );
        assert_eq!(replaced(&default, "http://127.0.0.1:4873/", "never"), default);
    }

    #[test]
    fn tarball_url_other_hosts_stay() {
        let other = "https://mirror.example/a/-/a-1.0.0.tgz";
        assert_eq!(replaced(other, "https://registry.example/", "npmjs"), other);
        assert_eq!(replaced(other, "https://registry.example/", "third.example"), other);
        assert_eq!(
            replaced(other, "https://registry.example:8443/", "always"),
            "https://registry.example:8443/a/-/a-1.0.0.tgz"
        );
    }

    #[test]
    fn tarball_url_mode_as_url_swaps_the_path() {
        let found = replaced(
            "https://old.example/group/npm/a/-/a-1.0.0.tgz",
            "https://registry.example/npm/",
            "https://old.example/group/npm/",
        );
        assert_eq!(found, "https://registry.example/npm/a/-/a-1.0.0.tgz");
        let outside = "https://old.example/groups/a.tgz";
        assert_eq!(
            replaced(outside, "https://registry.example/", "https://old.example/group"),
            outside
        );
    }

    #[test]
    fn tarball_url_registry_path_is_not_doubled() {
        assert_eq!(
            replaced(
                "https://old.example/npm/a/-/a-1.0.0.tgz",
                "https://r.example/npm/",
                "old.example"
            ),
            "https://r.example/npm/a/-/a-1.0.0.tgz"
        );
    }

    #[test]
    fn body_buffered_reads_to_its_end() {
        let mut body = Body::Buffered(Bytes::from_static(b"some bytes"));
        let mut parts = [[0; 6]; 2];
        let lengths = parts.each_mut().map(|part| io::Read::read(&mut body, part).unwrap());
        assert_eq!((lengths, parts.concat().as_slice()), ([6, 4], &b"some bytes\0\0"[..]));
    }

    #[test]
    fn canonical_path_is_the_same_everywhere() {
        let registry = url("https://r.example/npm/");
        let path =
            |text: &str, name| canonical_path(&url(text), &registry, name, "1.0.0").is_some();
        assert!(path("https://r.example/npm/@s/a/-/a-1.0.0.tgz", "@s/a"));
        assert!(path("https://r.example/npm/@s%2fa/-/a-1.0.0.tgz", "@s/a"));
        assert!(!path("https://r.example/npm/@s/a/-/a-1.0.1.tgz", "@s/a"));
        assert!(!path("https://r.example/npm/b/-/a-1.0.0.tgz", "@s/a"));
        assert!(!path("https://r.example:1/npm/@s/a/-/a-1.0.0.tgz", "@s/a"));
        assert!(!path("https://r.example/npm/@s/a/-/a-1.0.0.tgz?x", "@s/a"));
    }
}
