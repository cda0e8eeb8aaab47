//! From a name to the registries that may be asked for it, and to the URLs there.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use globset::{GlobSet, GlobSetBuilder};
use url::Url;

use super::{
    assignment::{Fallthrough, Target, npms_registry, order, registry_url},
    auth::authorization,
    error::FetchError,
    health::Lane,
    options::PoolOptions,
    tarball::{
        Privacy, RegistryId, ReplaceRegistryHost, TarballRequest, canonical_path, tarball_url,
    },
};
use crate::config::network::private_glob;

/// Longer names exist nowhere; npm publishes up to 214 characters.
const NAME_LIMIT: usize = 512;

/// One registry.
#[derive(Debug)]
pub(super) struct Member {
    pub id: RegistryId,
    /// With a trailing slash; may carry user info.
    pub url: Url,
    pub fallthrough: Fallthrough,
    pub weight: f64,
    pub lane: Arc<Lane>,
    barred: OnceLock<Barred>,
}

/// Why a registry of the pool is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barred {
    /// It lied and has not been forgiven.
    Liar,
    /// It signs with other keys.
    OtherNamespace,
}

impl Member {
    /// Bars it for this run.
    pub(super) fn bar(&self, why: Barred) {
        // The first reason stays.
        let _ = self.barred.set(why);
    }

    /// Why it is barred, if it is.
    pub(super) fn barred(&self) -> Option<Barred> {
        self.barred.get().copied()
    }
}

/// The registries of a name, in the order of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The first serves the name; the rest are its fail-over.
    pub registries: Vec<RegistryId>,
    /// Private names have exactly one registry.
    pub privacy: Privacy,
}

/// One place to ask.
#[derive(Clone, Debug)]
pub(super) struct Stop {
    pub member: Arc<Member>,
    pub url: Url,
}

/// All registries, and who is responsible for what.
pub(super) struct Routes {
    seed: [u8; 32],
    /// The configured registry first.
    pool: Vec<Arc<Member>>,
    scopes: BTreeMap<String, Arc<Member>>,
    privacy: Privacy,
    /// Names that only the configured registry may hear of (`denpm-private`).
    private: GlobSet,
    replace: ReplaceRegistryHost,
    lanes: Lanes,
}

struct Lanes {
    by_origin: Mutex<HashMap<String, Arc<Lane>>>,
    max_sockets: usize,
    near_sockets: usize,
    half_open: std::time::Duration,
}

impl Lanes {
    fn member(&self, url: Url, fallthrough: Fallthrough, weight: f64) -> Arc<Member> {
        let mut lanes = self.by_origin.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Lane::new(self.max_sockets, self.near_sockets, self.half_open));
        let lane = Arc::clone(lanes.entry(url.origin().ascii_serialization()).or_insert_with(new));
        let id = RegistryId::of(&url);
        Arc::new(Member { id, url, fallthrough, weight, lane, barred: OnceLock::new() })
    }
}

impl Routes {
    pub(super) fn new(options: &PoolOptions) -> Result<Self, FetchError> {
        let mirrors = options.pool.iter().filter(|one| one.target != Target::Direct).count();
        let mut lanes = Lanes {
            by_origin: Mutex::default(),
            max_sockets: connections_each(options.max_sockets, mirrors + 1),
            near_sockets: options.near_sockets,
            half_open: options.timeouts.half_open,
        };
        let registry = registry_url(options.registry.as_str())?;
        let pool = members(options, registry, &lanes)?;
        lanes.max_sockets = options.max_sockets;
        let mut scopes = BTreeMap::new();
        for (scope, url) in &options.scopes {
            let url = registry_url(url.as_str())?;
            // A scope that names the configured registry is as public as that.
            if pool.first().is_none_or(|first| first.url != url) {
                let member = lanes.member(url, Fallthrough::NotFoundOnly, 1.0);
                scopes.insert(scope.clone(), member);
            }
        }
        let credentials = options.credentials.as_ref();
        let knows_us = |first: &Arc<Member>| {
            authorization(credentials, &first.url, &first.url).is_some()
                || credentials.identity(&first.url).is_some()
        };
        let is_private = pool.first().is_some_and(knows_us);
        let privacy = if is_private { Privacy::Private } else { Privacy::Public };
        let replace = options.replace_registry_host.clone();
        let private = private_names(&options.private)?;
        Ok(Self { seed: options.seed, pool, scopes, privacy, private, replace, lanes })
    }

    /// Whether public names are asked of several registries.
    pub(super) fn is_shared(&self) -> bool {
        self.pool.len() > 1 && self.privacy == Privacy::Public
    }

    /// The configured registry and its mirrors.
    pub(super) fn pool(&self) -> &[Arc<Member>] {
        &self.pool
    }

    /// The registries of scopes.
    pub(super) fn scopes(&self) -> &BTreeMap<String, Arc<Member>> {
        &self.scopes
    }

    /// The registries of `name`: its scope's own; the configured one alone if that needs a
    /// credential or the name is private; else those of the pool that are not barred, by
    /// rendezvous hash.
    pub(super) fn members(&self, name: &str) -> (Vec<Arc<Member>>, Privacy) {
        if let Some(own) = self.of_scope(name) {
            return (vec![Arc::clone(own)], Privacy::Private);
        }
        if self.is_private(name) {
            return (self.pool.iter().take(1).cloned().collect(), Privacy::Private);
        }
        let mut open: Vec<_> = self.open().collect();
        if open.is_empty() {
            open.extend(self.pool.first());
        }
        let known: Vec<_> = open.iter().map(|member| (member.id.as_str(), member.weight)).collect();
        let order = order(&self.seed, name, &known);
        let members = order.into_iter().filter_map(|index| open.get(index).copied().cloned());
        (members.collect(), Privacy::Public)
    }

    /// Whether [`Self::members`] are several.
    pub(super) fn has_several(&self, name: &str) -> bool {
        self.of_scope(name).is_none() && !self.is_private(name) && self.open().nth(1).is_some()
    }

    fn of_scope(&self, name: &str) -> Option<&Arc<Member>> {
        let (scope, _) = name.split_once('/')?;
        self.scopes.get(scope)
    }

    fn is_private(&self, name: &str) -> bool {
        self.privacy == Privacy::Private || self.private.is_match(name)
    }

    /// The registries of the pool that are not barred.
    fn open(&self) -> impl Iterator<Item = &Arc<Member>> {
        self.pool.iter().filter(|member| member.barred().is_none())
    }

    /// The registry known under `id`.
    pub(super) fn member(&self, id: &RegistryId) -> Option<Arc<Member>> {
        self.pool.iter().chain(self.scopes.values()).find(|member| member.id == *id).cloned()
    }

    /// Where the packument of `name` is asked for.
    pub(super) fn packument(&self, name: &str) -> Result<Vec<Stop>, FetchError> {
        let escaped = escaped(name)?;
        let (members, _) = self.members(name);
        stops(members, &escaped)
    }

    /// Where a tarball is asked for: its URL after `replace-registry-host`, and the same
    /// path at the other registries of the name, if it is the place where all keep it.
    pub(super) fn tarball(&self, request: &TarballRequest) -> Result<Vec<Stop>, FetchError> {
        let (members, privacy) = self.members(&request.name);
        let url = self.replaced(&request.url, &members, privacy);
        self.refuse_confusion(request, &url, &members, privacy)?;
        if !matches!(url.scheme(), "http" | "https") {
            let scheme = url.scheme();
            return Err(FetchError::Options(format!("tarballs are not fetched over {scheme}:")));
        }
        let path = members
            .iter()
            .find_map(|member| canonical_path(&url, &member.url, &request.name, &request.version));
        let stops = match path {
            Some(path) if request.privacy == Privacy::Public => stops(members, path)?,
            _ => vec![self.lone(url, &members)],
        };
        Ok(stops.into_iter().filter(|stop| !request.avoid.contains(&stop.member.id)).collect())
    }

    /// A private name's tarball never comes from a public registry: whoever published it there
    /// is somebody else.
    fn refuse_confusion(
        &self,
        request: &TarballRequest,
        url: &Url,
        members: &[Arc<Member>],
        privacy: Privacy,
    ) -> Result<(), FetchError> {
        let Some(own) = members.first().filter(|_| privacy == Privacy::Private) else {
            return Ok(());
        };
        let default = npms_registry();
        let mut public = self.pool.iter().map(|member| &member.url).chain(default);
        let is_public = public.any(|public| public.origin() == url.origin());
        if url.origin() == own.url.origin() || !is_public {
            return Ok(());
        }
        Err(FetchError::Confusion {
            name: request.name.clone(),
            registry: own.id.to_string(),
            url: url.into(),
        })
    }

    /// The URL that a lockfile records for a tarball: the one of the configured registry, whichever
    /// mirror's document named it. npm refuses a lock that names other hosts.
    pub(super) fn recorded(&self, name: &str, version: &str, source: &RegistryId) -> Option<Url> {
        let direct = self.pool.first().filter(|direct| direct.id != *source)?;
        self.pool.iter().find(|member| member.id == *source)?;
        let unscoped = name.rsplit('/').next()?;
        let mut base = direct.url.clone();
        // User info becomes a header, never part of a file; both fail only without a host.
        let _ = base.set_username("");
        let _ = base.set_password(None);
        base.join(&format!("{name}/-/{unscoped}-{version}.tgz")).ok()
    }

    /// Whether a tarball at `url` lies below a registry of `name`.
    pub(super) fn serves(&self, name: &str, url: &Url) -> bool {
        let (members, privacy) = self.members(name);
        let url = self.replaced(url, &members, privacy);
        members.iter().any(|member| {
            url.origin() == member.url.origin() && url.path().starts_with(member.url.path())
        })
    }

    /// A tarball's URL, moved to the configured registry where `replace-registry-host` says so.
    fn replaced(&self, url: &Url, members: &[Arc<Member>], privacy: Privacy) -> Url {
        let configured = match privacy {
            Privacy::Private => members.first(),
            Privacy::Public => self.pool.first(),
        };
        configured
            .map_or_else(|| url.clone(), |member| tarball_url(url, &member.url, &self.replace))
    }

    /// A URL that only one host can serve; asked on behalf of the registry of its origin, if there is one.
    pub(super) fn lone(&self, url: Url, members: &[Arc<Member>]) -> Stop {
        let known = members.iter().chain(&self.pool).find(|m| m.url.origin() == url.origin());
        let member = known.cloned().unwrap_or_else(|| {
            let base = url.join("/").unwrap_or_else(|_| url.clone());
            self.lanes.member(base, Fallthrough::NotFoundOnly, 1.0)
        });
        Stop { member, url }
    }
}

/// `denpm-private`: names, globs, or a scope alone for all of it.
fn private_names(patterns: &[String]) -> Result<GlobSet, FetchError> {
    let invalid = |error: globset::Error| FetchError::Options(format!("denpm-private: {error}"));
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(private_glob(pattern).map_err(invalid)?);
    }
    set.build().map_err(invalid)
}

/// The most connections to each registry of a pool: every one costs both sides something, and all
/// together need hardly more than one registry alone, at most twice as many.
fn connections_each(max_sockets: usize, members: usize) -> usize {
    (max_sockets.saturating_mul(2) / (members + 1)).max(1)
}

/// The configured registry and its mirrors, each once.
fn members(
    options: &PoolOptions,
    registry: Url,
    lanes: &Lanes,
) -> Result<Vec<Arc<Member>>, FetchError> {
    // Unlisted, the configured registry is as strict as the strictest of the list.
    let strictest = options.pool.iter().map(|entry| entry.fallthrough).min();
    let mut first = (strictest.unwrap_or(Fallthrough::NotFoundOnly), 1.0);
    let mut mirrors: Vec<(Url, Fallthrough, f64)> = Vec::new();
    for entry in &options.pool {
        let url = match &entry.target {
            Target::Direct => registry.clone(),
            Target::Mirror(url) => registry_url(url.as_str())?,
        };
        if url == registry {
            first = (entry.fallthrough, entry.weight);
        } else if mirrors.iter().all(|(known, ..)| *known != url) {
            mirrors.push((url, entry.fallthrough, entry.weight));
        }
    }
    let all = [(registry, first.0, first.1)].into_iter().chain(mirrors);
    Ok(all.map(|(url, fallthrough, weight)| lanes.member(url, fallthrough, weight)).collect())
}

/// The same path at each of these registries.
pub(super) fn stops(members: Vec<Arc<Member>>, path: &str) -> Result<Vec<Stop>, FetchError> {
    members.into_iter().map(|member| stop(member, path)).collect()
}

pub(super) fn stop(member: Arc<Member>, path: &str) -> Result<Stop, FetchError> {
    let joined = format!("{}{}", member.url, path.trim_start_matches('/'));
    match Url::parse(&joined) {
        // Dot segments and schemes in a path must not lead out of the registry.
        Ok(url) if url.as_str().starts_with(member.url.as_str()) => Ok(Stop { member, url }),
        _ => Err(FetchError::Options(format!("{path:?} is no path on {}", member.id))),
    }
}

/// `name` as one path segment: npm-package-arg's `escapedName`, everything else percent-encoded.
pub(super) fn escaped(name: &str) -> Result<String, FetchError> {
    let invalid = || FetchError::Name(name.chars().take(NAME_LIMIT).collect());
    let (scope, unscoped) = match name.strip_prefix('@') {
        Some(rest) => rest.split_once('/').ok_or_else(invalid)?,
        None => ("-", name),
    };
    let is_sound = |part: &str| {
        !part.is_empty()
            && !part.trim_matches('.').is_empty()
            && !part.contains(|c: char| matches!(c, '/' | '\\') || c.is_control())
    };
    if name.len() > NAME_LIMIT || !is_sound(scope) || !is_sound(unscoped) {
        return Err(invalid());
    }
    let mut path = String::with_capacity(name.len() + 2);
    if name.starts_with('@') {
        path.push('@');
        encode(scope, &mut path);
        path.push_str("%2f");
    }
    encode(unscoped, &mut path);
    Ok(path)
}

/// `encodeURIComponent`.
fn encode(text: &str, into: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => into.push(char::from(byte)),
            b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')' => {
                into.push(char::from(byte));
            }
            _ => {
                let digit = |four: u8| char::from_digit(four.into(), 16).unwrap_or('0');
                into.extend(
                    ['%', digit(byte >> 4), digit(byte & 15)].map(|c| c.to_ascii_uppercase()),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn connections_of_a_pool_are_more_than_those_of_one_registry_and_at_most_twice_as_many() {
        assert_eq!(
            [1, 2, 3, 5, 99].map(|members| connections_each(15, members)),
            [15, 10, 7, 5, 1]
        );
        assert!(
            (1..=15).all(|members| (15..=30).contains(&(members * connections_each(15, members))))
        );
        assert_eq!(connections_each(1, 3), 1);
    }

    #[test]
    fn escaped_is_npms() {
        assert_eq!(escaped("@scope/name").unwrap(), "@scope%2fname");
        assert_eq!(escaped("JSONStream~'x").unwrap(), "JSONStream~'x");
        assert_eq!(escaped("a?b#c").unwrap(), "a%3Fb%23c");
    }

    #[test]
    fn escaped_traversal_is_refused() {
        for name in ["", ".", "..", "a/b", "@s", "@/a", "@s/..", "@s/a/b", "a\\b", "a\nb"] {
            assert!(escaped(name).is_err(), "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn packument_url_stays_below_the_registry(name in "\\PC{0,30}") {
            let options = PoolOptions::new(Url::parse("http://r.example/npm").unwrap(), "".into());
            if let Ok(stops) = Routes::new(&options).unwrap().packument(&name) {
                let url = &stops[0].url;
                prop_assert!(url.path().starts_with("/npm/") && url.path().matches('/').count() == 2);
                prop_assert!(url.query().is_none() && url.fragment().is_none());
            }
        }
    }
}
