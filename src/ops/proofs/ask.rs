//! Asking registries about a version: its signatures, its attestations.

use super::{
    Attestations, Proofs, Question, Unheard, dist::Advertised, keys::means_none, lookups::Keeping,
};
use crate::{
    config::policy::{
        attestation::Mode,
        signature::{Require, Source},
    },
    cpu,
    manifest::Excerpt,
    ops::manifests::Sources,
    verify::attestation::Response,
};

/// The most bytes of an answer about attestations; real ones have 30 KB.
const MAX_ATTESTATIONS: u64 = 4 << 20;
/// The most bytes of a packument.
const MAX_PACKUMENT: u64 = 64 << 20;

impl Proofs {
    /// What the registry says of a version; from the packument that resolution read, if it did.
    pub(super) async fn advertised(
        &self,
        question: &Question,
        sources: &Sources,
    ) -> Result<Option<Advertised>, Unheard> {
        let mut advertised = if let Some(at_hand) = sources.packument_at_hand(&question.name) {
            Advertised::in_packument(&at_hand, &question.version)
        } else {
            let _turn = self.lookups.turn().await;
            if self.is_hopeless(&question.name) {
                return Ok(None);
            }
            // A registry of one's own has no keys, most often: then nothing is remembered.
            let is_own = self.keys.has_own_registry(&question.name);
            let keeping = if is_own { Keeping::Cached } else { Keeping::Unkept };
            self.lookups.about(question, keeping).await?
        };
        if let Some(advertised) = &mut advertised {
            self.lookups.count(advertised);
            if advertised.signatures.is_empty() {
                self.ask_others(question, advertised).await;
            }
        }
        Ok(advertised)
    }

    /// Whether this run has seen enough to know that asking on proves nothing.
    fn is_hopeless(&self, name: &str) -> bool {
        self.policy.signature.require != Require::Always
            && !self.keys.has_own_registry(name)
            && self.lookups.are_hopeless()
    }

    /// A signature proves the same bytes wherever it is from: where one registry of the pool has
    /// none, the others are asked.
    async fn ask_others(&self, question: &Question, advertised: &mut Advertised) {
        if !self.policy.signature.sources.contains(&Source::Others) {
            return;
        }
        let registries = self.pool.registry_for(&question.name).registries;
        for registry in registries.iter().skip(1) {
            let _turn = self.lookups.turn().await;
            if self.is_hopeless(&question.name) {
                return;
            }
            let path = question.name.replace('/', "%2f");
            let asked = self.pool.document(registry, &path, MAX_PACKUMENT).await;
            let Ok(body) = asked else { continue };
            let (wanted, size) = ([question.version.clone()], body.len());
            let read = move || Excerpt::read(&wanted, &body).ok();
            let Ok(Some(excerpt)) = cpu::run_on(size, read).await else { continue };
            if let Some(other) = excerpt.release(&question.version).map(Advertised::of)
                && !other.signatures.is_empty()
            {
                advertised.signatures = other.signatures;
                advertised.integrity = other.integrity;
                return;
            }
        }
    }

    /// Whether this policy wants to know about attestations.
    pub(super) fn asks_for_attestations(&self, question: &Question) -> bool {
        self.policy.attestation.mode != Mode::Off
            || self.policy.rules.about(&question.name, &question.version).next().is_some()
    }

    /// What the registries say about attestations.
    pub(super) async fn attestations(
        &self,
        question: &Question,
        advertised: &Advertised,
    ) -> Attestations {
        if !self.asks_for_attestations(question) {
            return Attestations::Unasked;
        }
        if advertised.attestations.is_none() {
            return Attestations::None;
        }
        let mut last = Attestations::None;
        for registry in &self.pool.registry_for(&question.name).registries {
            let Some(path) = advertised.attestations_path(registry.as_str()) else { continue };
            match self.pool.document(registry, &path, MAX_ATTESTATIONS).await {
                Ok(body) => match Response::parse(&body) {
                    Ok(response) => return Attestations::Answer(Box::new(response)),
                    Err(error) => last = Attestations::Unreachable(error.to_string()),
                },
                // It answers, and has none; another one may.
                Err(error) if error.status().is_some_and(means_none) => {}
                Err(error) => last = Attestations::Unreachable(error.to_string()),
            }
        }
        last
    }
}
