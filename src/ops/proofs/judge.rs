//! From evidence to decision: what policy makes of what was proven. Pure.

use std::fmt;

use super::Proven;
use crate::{
    config::policy::{Policy, attestation, exempt::Check, rule::Claims, signature::Require},
    error::{Code, Explain},
    verify::{Outcome, attestation::Evidence},
};

/// A package whose evidence is not what the policy demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PolicyRefusal {
    package: String,
    demand: &'static str,
    facts: Vec<String>,
}

impl PolicyRefusal {
    pub(super) fn new(package: String, demand: &'static str, facts: Vec<String>) -> Self {
        Self { package, demand, facts }
    }
}

impl fmt::Display for PolicyRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is refused by policy: {}", self.package, self.demand)
    }
}

impl std::error::Error for PolicyRefusal {}

impl Explain for PolicyRefusal {
    fn code(&self) -> Code {
        Code::Policy
    }

    fn package(&self) -> Option<String> {
        Some(self.package.clone())
    }

    fn detail(&self) -> Vec<String> {
        self.facts.clone()
    }

    fn help(&self) -> Option<String> {
        Some(
            "Choose another version, or exempt exactly these bytes with [[exempt]] in your own \
             policy file."
                .to_owned(),
        )
    }
}

/// The package that is judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judged<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Its version.
    pub(super) version: &'a str,
    /// The SHA-512 of its bytes.
    pub(super) integrity: &'a str,
    /// Milliseconds since 1970.
    pub(super) now: i64,
}

/// What the policy refuses about evidence that contradicts nothing; `None` when it is enough.
pub(super) fn refusal(
    policy: &Policy,
    judged: &Judged<'_>,
    proven: &Proven,
) -> Option<PolicyRefusal> {
    let package = format!("{}@{}", judged.name, judged.version);
    let waived = |check| policy.exemptions.waive(&package, judged.integrity, check, judged.now);
    let refuse = |demand, facts: Vec<String>| {
        Some(PolicyRefusal { package: package.clone(), demand, facts })
    };
    let facts = |what: &str, outcome: Outcome| {
        let mut lines = vec![format!("{what}: {outcome}")];
        lines.extend(proven.reasons.iter().cloned());
        lines
    };
    if policy.signature.require == Require::Always
        && proven.signature != Outcome::Verified
        && !policy.signature.may_be_unsigned(judged.name)
        && !waived(Check::Signature)
    {
        return refuse("a registry signature is required", facts("Signature", proven.signature));
    }
    let attestations = proven.attestations;
    let missing = match policy.attestation.mode {
        attestation::Mode::Off => false,
        attestation::Mode::Require => attestations != Outcome::Verified,
        attestation::Mode::VerifyPresent => {
            attestations == Outcome::Unreachable
                && policy.attestation.unreachable == attestation::Unreachable::Error
        }
    };
    if missing && !waived(Check::Attestation) {
        return refuse("attestations are required", facts("Attestations", attestations));
    }
    let evidence = proven.evidence.as_deref().cloned().unwrap_or_default();
    let claims = claims(&evidence);
    let wrong: Vec<String> = policy
        .rules
        .about(judged.name, judged.version)
        .flat_map(|rule| rule.unfulfilled(&claims))
        .collect();
    if !wrong.is_empty() && !waived(Check::Rule) {
        return refuse("a rule about its origin is not fulfilled", wrong);
    }
    None
}

/// The evidence in the words of rules.
pub(super) fn claims(evidence: &Evidence) -> Claims<'_> {
    let published = evidence.published.is_some();
    let Some(provenance) = &evidence.provenance else {
        return Claims {
            predicate_types: &evidence.predicate_types,
            publish_attestation: published,
            ..Claims::default()
        };
    };
    Claims {
        source_repository: provenance.source_repository.as_deref(),
        source_repository_id: provenance.source_repository_id.as_deref(),
        source_ref: provenance.source_ref.as_deref(),
        workflow: provenance.workflow.as_deref(),
        signer_workflow: provenance.signer_workflow.as_deref(),
        issuer: provenance.issuer.as_deref(),
        runner: provenance.runner.as_deref(),
        trigger: provenance.trigger.as_deref(),
        environment: provenance.environment.as_deref(),
        predicate_types: &evidence.predicate_types,
        publish_attestation: published,
    }
}
