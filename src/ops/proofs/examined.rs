//! From verdicts about bytes to what is proven of a package.

use std::sync::Arc;

use super::{
    Proven, Question,
    known::{Attested, Record},
};
use crate::{
    arborist::LoadFailure,
    store::StoredPackage,
    verify::{
        Algorithm, Outcome,
        attestation::{self, AttestationError, AttestationFault},
        signature::{self, SignatureError, SignatureFault},
    },
};

/// Verdicts about bytes.
pub(super) struct Examined {
    pub(super) signature: signature::Verdict,
    /// `None` when nothing could be asked.
    pub(super) attestations: Option<attestation::Verdict>,
    /// Why something could not be asked.
    pub(super) unreachable: Vec<String>,
}

impl Examined {
    /// A signature by a key nobody knows here may be by one that is newer than this binary.
    pub(super) fn wants_newer_keys(&self) -> bool {
        let by_unknown = matches!(
            &self.signature,
            signature::Verdict::Contradicted(SignatureFault::UnknownKey { .. })
        );
        by_unknown
            || matches!(
                &self.attestations,
                Some(attestation::Verdict::Contradicted(AttestationFault::UnknownKey { .. }))
            )
    }

    /// Takes signatures that do not fit the bytes for none, where the registry tells no integrity
    /// that it signs: what it signed may be a digest that nobody has computed of these bytes.
    pub(super) fn forgive_signature(&mut self) {
        if matches!(self.signature, signature::Verdict::Contradicted(_)) {
            self.signature = signature::Verdict::Absent;
        }
    }

    /// What they come to; `stale` says why the keys are not the newest.
    pub(super) fn proven(
        self,
        question: &Question,
        stored: &StoredPackage,
        no_endpoint: Option<&str>,
        stale: Option<String>,
    ) -> Proven {
        // A key that cannot be looked up is an outage, not a lie; it is refused all the same.
        let unjudged = stale.is_some() && self.wants_newer_keys();
        let mut proven = Proven { reasons: self.unreachable, ..Proven::not_covered() };
        proven.reasons.extend(no_endpoint.map(str::to_owned));
        proven.signature = self.signature.outcome();
        match self.signature {
            signature::Verdict::Verified(proof) => {
                proven.keyid = Some(proof.keyid);
                // Of what the store keeps only the SHA-512 is known: no other can be proven again.
                proven.sig = (proof.over == Algorithm::Sha512).then_some(proof.sig);
                proven.time = Some(proof.time);
            }
            signature::Verdict::NotCovered if no_endpoint.is_some() => {
                proven.signature = Outcome::Unreachable;
            }
            signature::Verdict::Contradicted(fault) => {
                if unjudged && !fault.is_about_bytes() {
                    proven.signature = Outcome::Unreachable;
                }
                proven.keyid = Some(fault.keyid().to_owned());
                proven.refusal = Some(LoadFailure::new(SignatureError {
                    package: question.id(),
                    integrity: stored.integrity.to_string(),
                    fault,
                    stale_keys: stale.clone(),
                }));
            }
            signature::Verdict::NotCovered | signature::Verdict::Absent => {}
        }
        let Some(verdict) = self.attestations else {
            if !proven.reasons.is_empty() {
                proven.attestations = Outcome::Unreachable;
            }
            return proven;
        };
        proven.attestations = verdict.outcome();
        match verdict {
            attestation::Verdict::Verified(evidence) => proven.evidence = Some(Arc::from(evidence)),
            attestation::Verdict::NotCovered(format) => {
                proven.reasons.push(format!("attestations of an unknown format: {format}"));
            }
            attestation::Verdict::Contradicted(fault) => {
                let error = AttestationError { package: question.id(), fault, stale_trust: stale };
                proven.refusal.get_or_insert_with(|| LoadFailure::new(error));
            }
            attestation::Verdict::Absent => {}
        }
        proven
    }
}

/// What a record says.
pub(super) fn recalled(record: &Record) -> Proven {
    let signature = if record.signature.is_some() { Outcome::Verified } else { Outcome::Absent };
    let (attestations, evidence) = match &record.attestations {
        None => (Outcome::NotCovered, None),
        Some(Attested::None) => (Outcome::Absent, None),
        Some(Attested::Proven(evidence)) => {
            (Outcome::Verified, Some(Arc::new((**evidence).clone())))
        }
    };
    Proven {
        signature,
        keyid: record.signature.as_ref().map(|signed| signed.keyid.clone()),
        sig: record.signature.as_ref().map(|signed| signed.sig.clone()),
        time: record.signature.as_ref().map(|signed| signed.time),
        attestations,
        evidence,
        ..Proven::not_covered()
    }
}
