//! Proving again, offline, what was proven when packages were installed.
//!
//! The signature that held then is kept with its package; it is verified anew over the digest of
//! the bytes that lie in the store, with the keys of today. Who built a package is remembered as
//! it was proven, and judged by the policy of today.

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use super::{
    Proven, Question,
    examined::{Examined, recalled},
    judge::{self, Judged},
    known::{Known, Record, Signed},
    refresh::Refresh,
};
use crate::{
    arborist::LoadFailure,
    config::policy::{
        Policy,
        signature::{KeySource, Require},
    },
    ops::context::Context,
    store::StoredPackage,
    verify::{
        Outcome,
        signature::{self, Accept, Claimed, KeySet, Published, TimeSource},
    },
};

/// What was proven on this machine, to be proven again.
pub(in crate::ops) struct Again {
    known: Known,
    keys: KeySet,
    policy: Policy,
    now: i64,
}

impl Again {
    /// Reads what is kept; asks nobody.
    pub(in crate::ops) async fn new(context: &Context) -> Self {
        let cache = &context.options.paths.cache;
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        let policy = context.policy.clone();
        let mut keys = KeySet::default();
        if policy.signature.trusts(KeySource::Pinned) {
            keys = KeySet::pinned().clone();
        }
        if policy.signature.trusts(KeySource::Tuf) {
            let refresh = Refresh::new(&context.config, Arc::clone(&context.pool), cache);
            refresh.load().await;
            keys = keys.with(refresh.known_keys());
        }
        Self { known: Known::load(cache, now), keys, policy, now }
    }

    /// What is proven of a package whose bytes lie in the store, and whether policy refuses it.
    pub(in crate::ops) fn prove(&self, question: &Question, stored: &StoredPackage) -> Proven {
        let integrity = stored.integrity.to_string();
        let mut proven = match self.known.get(&question.id(), &integrity) {
            Some(record) => self.of_record(question, &record, stored),
            None => Proven::not_covered(),
        };
        if self.policy.signature.require == Require::Off {
            proven.signature = Outcome::NotCovered;
        }
        if proven.refusal.is_none() {
            let Question { name, version, .. } = question;
            let judged = Judged { name, version, integrity: &integrity, now: self.now };
            proven.refusal = judge::refusal(&self.policy, &judged, &proven).map(LoadFailure::new);
        }
        proven
    }

    fn of_record(&self, question: &Question, record: &Record, stored: &StoredPackage) -> Proven {
        let remembered = recalled(record);
        let Some(signed) = &record.signature else { return remembered };
        if let Some(registry) = &signed.endpoint {
            let reason = format!("it is signed with a key that only {registry} hands out");
            let signature = Outcome::NotCovered;
            return Proven { signature, reasons: vec![reason], ..remembered };
        }
        let verdict = self.verdict(question, signed, &remembered, stored);
        let examined = Examined { signature: verdict, attestations: None, unreachable: Vec::new() };
        let found = examined.proven(question, stored, None, None);
        Proven { attestations: remembered.attestations, evidence: remembered.evidence, ..found }
    }

    /// The signature over the bytes that are there.
    fn verdict(
        &self,
        question: &Question,
        signed: &Signed,
        remembered: &Proven,
        stored: &StoredPackage,
    ) -> signature::Verdict {
        let Signed { keyid, sig, time, .. } = signed;
        // By the packument's unsigned word its age was judged once; that word is not kept.
        let witnessed = remembered.evidence.as_ref().and_then(|evidence| evidence.witnessed);
        let published = Published {
            witnessed: witnessed.filter(|_| *time == TimeSource::Log),
            claimed: Claimed::Missing,
        };
        let Question { name, version, .. } = question;
        let subject = signature::Subject { name, version, integrity: &stored.integrity };
        let signature = signature::Signature { keyid, sig };
        signature::check(&subject, &[signature], &self.keys, published, Accept::AllValid)
    }
}
