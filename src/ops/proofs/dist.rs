//! What a registry tells about a version: signatures, attestations, publication time.

use serde_json::Value;
use url::Url;

use crate::{
    manifest::{Packument, Release, Signature, parse_epoch_ms},
    verify::{
        Algorithm, Integrity,
        integrity::{Digests, IntegrityMismatch, encode_hex},
        signature::{self, Claimed},
    },
};

/// What a packument tells about one version.
#[derive(Clone, Debug, Default)]
pub(in crate::ops) struct Advertised {
    /// `dist.integrity`.
    pub(in crate::ops) integrity: Option<String>,
    /// `dist.signatures`.
    pub(in crate::ops) signatures: Vec<Signature>,
    /// `dist.attestations`, as it stands.
    pub(in crate::ops) attestations: Option<Value>,
    /// `time` of the version.
    pub(in crate::ops) claimed: Claimed,
}

impl Advertised {
    /// What a packument tells about a version.
    pub(in crate::ops) fn of(release: &Release) -> Self {
        let dist = release.manifest.dist.clone().unwrap_or_default();
        let claimed = match &release.time {
            None => Claimed::Missing,
            Some(time) => parse_epoch_ms(time).map_or(Claimed::Unreadable, Claimed::At),
        };
        Self {
            integrity: dist.integrity,
            signatures: dist.signatures,
            attestations: dist.attestations.map(|value| *value),
            claimed,
        }
    }

    /// The same, of a packument that may not know the version.
    pub(in crate::ops) fn in_packument(packument: &Packument, version: &str) -> Option<Self> {
        packument.release(version).as_ref().map(Self::of)
    }

    /// The signatures as they are verified.
    pub(in crate::ops) fn signatures(&self) -> Vec<signature::Signature<'_>> {
        self.signatures
            .iter()
            .map(|one| signature::Signature { keyid: &one.keyid, sig: &one.sig })
            .collect()
    }

    /// Whether the registry signs such an integrity: one SHA-512. Old publications have a SHA-1.
    pub(in crate::ops) fn is_signable(&self) -> bool {
        self.integrity
            .as_deref()
            .and_then(|text| Integrity::parse(text).ok())
            .is_some_and(|integrity| signature::is_signable(&integrity))
    }

    /// Whether the bytes are other ones than the registry has under this version; `None` where
    /// its digest is not one that was computed.
    pub(in crate::ops) fn contradiction(&self, digests: &Digests) -> Option<IntegrityMismatch> {
        let told = Integrity::parse(self.integrity.as_deref()?).ok()?;
        if told.strongest() != Algorithm::Sha512 {
            return None;
        }
        told.check(digests).err()
    }

    /// Where the attestations are, below `registry`: the registry's word is taken for the path,
    /// never for the host (pacote `lib/registry.js`).
    pub(in crate::ops) fn attestations_path(&self, registry: &str) -> Option<String> {
        let url = self.attestations.as_ref()?.get("url")?.as_str()?;
        let url = Url::parse(url).ok()?;
        let below = Url::parse(registry).ok()?;
        let path = url.path();
        let path = path.strip_prefix(below.path()).unwrap_or(path);
        Some(path.trim_start_matches('/').to_owned())
    }
}

/// The integrity that old publications have, and that is signed as such; `None` where the SHA-1 of
/// the bytes was not computed, and is not what they were `promised` by and found to be.
pub(super) fn sha1_integrity(digests: &Digests, promised: Option<&str>) -> Option<Integrity> {
    if let Some(computed) = digests.get(Algorithm::Sha1) {
        return Integrity::from_sha1_hex(&encode_hex(computed)).ok();
    }
    let promised = Integrity::parse(promised?).ok()?;
    let is_sha1 = matches!(promised.hashes(), [hash] if hash.algorithm() == Algorithm::Sha1);
    is_sha1.then_some(promised)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advertised(url: &str) -> Advertised {
        let attestations = Some(serde_json::json!({ "url": url }));
        Advertised { attestations, ..Advertised::default() }
    }

    #[test]
    fn attestations_path_never_leaves_the_registry() {
        let told = advertised("https://elsewhere.example/-/npm/v1/attestations/a@1.0.0");
        let path = "-/npm/v1/attestations/a@1.0.0";
        assert_eq!(told.attestations_path("https://registry.example/").as_deref(), Some(path));
        let told = advertised("https://elsewhere.example/npm/-/npm/v1/attestations/a@1.0.0");
        assert_eq!(told.attestations_path("https://registry.example/npm/").as_deref(), Some(path));
        assert_eq!(advertised("no url").attestations_path("https://registry.example/"), None);
    }
}
