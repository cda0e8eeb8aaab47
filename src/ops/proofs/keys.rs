//! Which keys count for which package.

use std::sync::Arc;

use url::Url;

use super::refresh::Refresh;
use crate::{
    config::{
        NetworkOptions,
        policy::{
            Policy,
            signature::{KeySource, SignaturePolicy},
        },
    },
    event::{Event, Reporter},
    flight::Flight,
    registry::{Pool, RegistryId, npms_registry},
    sumdb::record::NPM,
    verify::signature::{KeySet, Usage},
};

/// The most bytes of a list of keys.
const MAX_BYTES: u64 = 256 << 10;
const ENDPOINT: &str = "-/npm/v1/keys";

/// The keys that count for a package.
#[derive(Clone, Debug, Default)]
pub(in crate::ops) struct RegistryKeys {
    /// npm's own, where the package is of npm's namespace.
    pub(in crate::ops) npm: KeySet,
    /// Those of the registry's own endpoint, where that counts.
    pub(in crate::ops) endpoint: KeySet,
    /// Why the endpoint could not be asked.
    pub(in crate::ops) unreachable: Option<String>,
}

impl RegistryKeys {
    /// All of them.
    pub(in crate::ops) fn all(&self) -> KeySet {
        self.npm.clone().with(self.endpoint.clone())
    }
}

/// Finds the keys of packages, each list once a run.
pub(in crate::ops) struct Keys {
    pool: Arc<Pool>,
    network: NetworkOptions,
    policy: SignaturePolicy,
    /// Whether the user says that the configured registry serves npm's namespace.
    serves_npms: bool,
    reporter: Arc<dyn Reporter>,
    refresh: Refresh,
    endpoints: Flight<RegistryId, Result<KeySet, String>>,
}

impl Keys {
    pub(super) fn new(
        pool: Arc<Pool>,
        network: NetworkOptions,
        policy: &Policy,
        reporter: Arc<dyn Reporter>,
        refresh: Refresh,
    ) -> Self {
        let serves_npms = policy.sumdb.namespace.as_deref() == Some(NPM);
        let (policy, endpoints) = (policy.signature.clone(), Flight::default());
        Self { pool, network, policy, serves_npms, reporter, refresh, endpoints }
    }

    /// The keys that count for `name`.
    ///
    /// A scope with a registry of its own is that registry's namespace: only its own keys count,
    /// and none where the policy says whose word is taken and leaves the registry's out.
    /// All else is npm's namespace, through whichever mirror: npm's keys count, and the mirror's
    /// only where the policy names its endpoint.
    pub(in crate::ops) async fn of(&self, name: &str) -> RegistryKeys {
        let own = self.has_own_registry(name);
        let mut keys = RegistryKeys::default();
        if !own && self.policy.trusts(KeySource::Pinned) {
            keys.npm = KeySet::pinned().clone();
        }
        if !own && self.policy.trusts(KeySource::Tuf) {
            keys.npm = keys.npm.with(self.refresh.known_keys());
        }
        if ((own && self.policy.own_namespaces) || self.policy.trusts(KeySource::Endpoint))
            && let Some(registry) = self.pool.registry_for(name).registries.first()
        {
            match self.endpoint(registry).await {
                Ok(found) => keys.endpoint = found,
                Err(reason) => keys.unreachable = Some(reason),
            }
        }
        keys
    }

    /// The keys that count for `name`, with those that its configured registry hands out.
    ///
    /// A registry that the user configured in place of npm's, and that signs with keys of its
    /// own, is a namespace of its own: what it serves under those keys is its word. One that
    /// repeats any of npm's keys is a mirror of npm's namespace, and its own word counts for
    /// nothing; nor does that of a mirror in the pool. The policy can say as much beforehand.
    pub(super) async fn with_own_namespace(&self, name: &str) -> RegistryKeys {
        let mut keys = self.of(name).await;
        let configured = &self.network.registry;
        if self.has_own_registry(name) || is_npms(configured) || !self.takes_own_namespace() {
            return keys;
        }
        match self.endpoint(&RegistryId::of(configured)).await {
            Ok(found) if !found.shares_any(KeySet::pinned()) => {
                keys.endpoint = keys.endpoint.with(found);
            }
            Ok(_) => {}
            Err(reason) => keys.unreachable = Some(reason),
        }
        keys
    }

    /// Whether the policy lets the configured registry be a namespace of its own.
    fn takes_own_namespace(&self) -> bool {
        self.policy.own_namespaces && !self.serves_npms
    }

    /// Whether the policy lets a registry's own word on keys count for `name`: what was proven by
    /// it before may have been under another policy.
    pub(super) fn takes_word_of(&self, registry: &str, name: &str) -> bool {
        let of_scope = self.policy.own_namespaces && self.has_own_registry(name);
        let configured = RegistryId::of(&self.network.registry);
        let of_namespace = self.takes_own_namespace() && configured.as_str() == registry;
        of_scope || of_namespace || self.policy.trusts(KeySource::Endpoint)
    }

    /// Looks for newer keys where they are published; why they could not be had, otherwise.
    pub(in crate::ops) async fn renew(&self) -> Result<(), String> {
        if !self.policy.trusts(KeySource::Tuf) {
            return Ok(());
        }
        self.refresh.renew().await
    }

    /// What refreshes keys and trusted root.
    pub(in crate::ops) fn refresh(&self) -> &Refresh {
        &self.refresh
    }

    /// Whether a name is in a scope that the user has routed to a registry of its own.
    pub(in crate::ops) fn has_own_registry(&self, name: &str) -> bool {
        let scope = name.split_once('/').map(|(scope, _)| scope);
        scope
            .and_then(|scope| self.network.scopes.get(scope))
            .is_some_and(|url| *url != self.network.registry)
    }

    /// The keys that a registry itself hands out; none where it has no such endpoint.
    pub(in crate::ops) async fn endpoint(&self, registry: &RegistryId) -> Result<KeySet, String> {
        let work = || async {
            match self.pool.document(registry, ENDPOINT, MAX_BYTES).await {
                Ok(body) => self.read(registry, &body),
                Err(error) if error.status().is_some_and(means_none) => Ok(KeySet::default()),
                Err(error) => Err(error.to_string()),
            }
        };
        self.endpoints.run(registry.clone(), work).await
    }

    /// The registry whose own word made a key count; `None` for npm's keys.
    pub(super) async fn vouching(&self, name: &str, keyid: &str) -> Option<RegistryId> {
        let usage = Usage::Signatures;
        if self.of(name).await.npm.get(keyid, usage).is_some() {
            return None;
        }
        if self.has_own_registry(name) {
            return self.pool.registry_for(name).registries.into_iter().next();
        }
        Some(RegistryId::of(&self.network.registry))
    }

    fn read(&self, registry: &RegistryId, body: &[u8]) -> Result<KeySet, String> {
        let (keys, refused) = KeySet::from_endpoint(body).map_err(|error| error.to_string())?;
        for error in refused {
            let line = format!("{registry} lists what is no key: {error}");
            self.reporter.event(Event::warn("signatures", line));
        }
        Ok(keys)
    }
}

/// Whether a registry is npm's own: keys it hands out are those that are pinned.
fn is_npms(registry: &Url) -> bool {
    npms_registry().is_some_and(|npms| npms.host() == registry.host())
}

/// Whether a registry that answers so has no keys, or no attestations: npm takes 404 and 400 for
/// that, and one that forbids has none for us. One that asks for patience may well have some.
pub(super) fn means_none(status: u16) -> bool {
    matches!(status, 400 | 401 | 403 | 404 | 405 | 410)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_that_asks_for_patience_has_not_said_that_it_has_no_keys() {
        assert!([400, 401, 403, 404, 405, 410].into_iter().all(means_none));
        assert!(![200, 304, 408, 425, 429, 500, 503].into_iter().any(means_none));
    }
}
