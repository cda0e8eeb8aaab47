//! What one registry tells of bytes that it served, for whoever logs them.

use std::sync::Arc;

use bytes::Bytes;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    Attestations, Proofs, Proven, Question,
    dist::Advertised,
    judge::{self, Judged},
};
use crate::{
    arborist::LoadFailure,
    manifest::Packument,
    registry::RegistryId,
    spec::PackageName,
    store::StoredPackage,
    verify::{Outcome, attestation::Response},
};

/// The most bytes of a packument.
const MAX_PACKUMENT: u64 = 128 << 20;

/// What a registry tells of a version, verified over the bytes it served.
#[derive(Debug)]
pub(in crate::ops) struct Served {
    /// Key id and signature that hold.
    pub(in crate::ops) signature: Option<(String, String)>,
    /// The digest of the attestations that hold.
    pub(in crate::ops) attestations: Option<[u8; 32]>,
    /// The digest of the names of its maintainers, sorted, a line each.
    pub(in crate::ops) maintainers: Option<[u8; 32]>,
    /// Why these bytes are not to be believed.
    pub(in crate::ops) refusal: Option<LoadFailure>,
}

impl Proofs {
    /// The packument of a name as one registry has it; `None` where it cannot be had or used.
    pub(in crate::ops) async fn packument_of(
        &self,
        registry: &RegistryId,
        name: &str,
    ) -> Option<Arc<Packument>> {
        let path = name.replace('/', "%2f");
        let body: Bytes = self.pool.document(registry, &path, MAX_PACKUMENT).await.ok()?;
        let packument = Packument::parse(body).ok()?;
        packument.verify_name(&PackageName::parse(name).ok()?).ok()?;
        Some(Arc::new(packument))
    }

    /// Judges bytes by what the registry that served them tells in its packument; without one
    /// nothing is told, and the policy decides whether that is enough.
    pub(in crate::ops) async fn prove_served(
        self: &Arc<Self>,
        question: &Question,
        stored: &StoredPackage,
        packument: Option<&Packument>,
    ) -> Served {
        let version = &question.version;
        let told = packument.and_then(|packument| Advertised::in_packument(packument, version));
        let (mut proven, digest) = match &told {
            Some(told) => {
                let answer = self.attestations(question, told).await;
                let digest = match &answer {
                    Attestations::Answer(response) => Some(digest(response)),
                    _ => None,
                };
                (self.examine(question, stored, told, answer).await, digest)
            }
            None => (Proven::not_covered(), None),
        };
        if proven.refusal.is_none() {
            let Question { name, version, .. } = question;
            let integrity = stored.integrity.to_string();
            let judged = Judged { name, version, integrity: &integrity, now: self.now };
            proven.refusal = judge::refusal(&self.policy, &judged, &proven).map(LoadFailure::new);
        }
        let holds = proven.signature == Outcome::Verified;
        Served {
            signature: proven.keyid.zip(proven.sig).filter(|_| holds),
            attestations: digest.filter(|_| proven.attestations == Outcome::Verified),
            maintainers: packument.and_then(|packument| maintainers(packument, version)),
            refusal: proven.refusal,
        }
    }
}

/// The digest of the digests of all bundles, sorted: registries may list them in any order.
fn digest(response: &Response) -> [u8; 32] {
    let bundles = response.attestations.iter();
    let mut digests: Vec<[u8; 32]> =
        bundles.map(|one| Sha256::digest(one.bundle.get()).into()).collect();
    digests.sort_unstable();
    Sha256::digest(digests.concat()).into()
}

/// The fields of a version's manifest that say who could publish it.
#[derive(Deserialize)]
struct People {
    #[serde(default)]
    maintainers: Vec<Person>,
}

#[derive(Deserialize)]
struct Person {
    name: String,
}

/// The digest of the names of who could publish a version; `None` where nobody says.
fn maintainers(packument: &Packument, version: &str) -> Option<[u8; 32]> {
    let manifest = packument.raw_manifest(version)?;
    let People { maintainers } = serde_json::from_slice(&manifest).ok()?;
    let mut names: Vec<String> = maintainers.into_iter().map(|person| person.name).collect();
    names.sort_unstable();
    names.dedup();
    (!names.is_empty()).then(|| Sha256::digest(names.join("\n") + "\n").into())
}
