//! One package as npm audits it: what the registry tells now, against the registry's keys.

use std::path::Path;

use serde_json::Value;

use super::Candidate;
use crate::{
    arborist::{LoadFailure, pick_manifest},
    config::policy::signature as policy,
    error::{Code, Explain, Failure},
    event::Event,
    manifest::Packument,
    ops::{Context, manifests::Sources, proofs::dist::Advertised},
    report::audit_signatures::{
        AttestedPackage, AuditedPackage, InvalidKind, InvalidPackage, SignatureAudit,
    },
    spec::Spec,
    verify::{
        Algorithm, Integrity,
        attestation::{self, AttestationError, AttestationFault, Response},
        signature::{self, Accept, KeySet, Published, SignatureError, SignatureFault},
    },
};

/// The most bytes of an answer about attestations.
const MAX_ATTESTATIONS: u64 = 4 << 20;

/// A package and what npm would say about it.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) candidate: Candidate,
    pub(super) package: AuditedPackage,
    /// Whether its registry has keys.
    has_keys: bool,
    pub(super) signature: State,
    attested: Option<AttestedPackage>,
    invalid: Option<InvalidPackage>,
}

/// What the signature came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Verified,
    Missing,
    Invalid,
}

impl Checked {
    /// Adds it to the counts.
    pub(super) fn count(&self, audit: &mut SignatureAudit) {
        audit.audited += usize::from(self.has_keys);
        audit.invalid.extend(self.invalid.clone());
        // npm stops at what is invalid, and counts neither signature nor attestation.
        if self.invalid.is_some() {
            return;
        }
        match self.signature {
            State::Verified => audit.signatures += 1,
            State::Missing if self.has_keys => audit.missing.push(self.package.clone()),
            State::Missing | State::Invalid => {}
        }
        if let Some(attested) = &self.attested {
            audit.attestations += 1;
            if let Some(all) = &mut audit.attested {
                all.push(attested.clone());
            }
        }
    }
}

/// A failure that ends an audit: npm's code, and npm's exit code 1 whatever it is elsewhere.
#[derive(Debug)]
struct Aborted(LoadFailure);

impl std::fmt::Display for Aborted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Aborted {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

impl Explain for Aborted {
    fn code(&self) -> Code {
        self.0.code()
    }

    fn code_text(&self) -> String {
        self.0.code_text()
    }

    fn package(&self) -> Option<String> {
        self.0.package()
    }

    /// npm has nothing to add about signatures, and its object says so.
    fn detail(&self) -> Vec<String> {
        let about_signatures = matches!(
            self.code(),
            Code::MissingSignatureKey | Code::ExpiredSignatureKey | Code::AttestationSubject
        );
        if about_signatures { Vec::new() } else { self.0.detail() }
    }

    fn help(&self) -> Option<String> {
        self.0.help()
    }

    fn exit(&self) -> u8 {
        1
    }
}

fn aborted(error: impl Explain) -> Failure {
    Aborted(LoadFailure::new(error)).into()
}

/// Asks the registry about a package and verifies what it says.
pub(super) async fn check(
    candidate: &Candidate,
    sources: &Sources,
    context: &Context,
) -> Result<Checked, Failure> {
    let proofs = sources.proofs();
    let keys = proofs.keys().of(&candidate.name).await;
    let packument =
        sources.packument(&candidate.name).await.map_err(|error| Failure::from(Aborted(error)))?;
    let Some(release) = packument.release(&candidate.version) else {
        return Err(vanished(candidate, &packument, sources)?);
    };
    let advertised = Advertised::of(&release);
    let dist = release.manifest.dist.clone().unwrap_or_default();
    let told = advertised.integrity.as_deref().and_then(|text| Integrity::parse(text).ok());
    let told = told.or_else(|| Integrity::from_sha1_hex(dist.shasum.as_deref()?).ok());
    let package = AuditedPackage {
        resolved: dist.tarball,
        integrity: told.as_ref().map(ToString::to_string),
        ..candidate.audited()
    };
    let mut checked = Checked {
        candidate: candidate.clone(),
        package,
        has_keys: !keys.all().is_empty(),
        signature: State::Missing,
        attested: None,
        invalid: None,
    };
    let Some(integrity) = told else { return Ok(checked) };
    let attempt = Attempt { candidate, advertised: &advertised, integrity: &integrity, context };
    let (verdict, all, stale) = attempt.signature_by_newest(keys.all(), sources).await;
    match verdict {
        None => {}
        Some(Ok(())) => checked.signature = State::Verified,
        Some(Err(fault @ SignatureFault::Invalid { .. })) => {
            checked.signature = State::Invalid;
            checked.invalid = Some(invalid_signature(candidate, &checked.package, &fault));
            return Ok(checked);
        }
        Some(Err(fault)) => {
            return Err(aborted(SignatureError {
                package: format!("{}@{}", candidate.name, candidate.version),
                integrity: integrity.to_string(),
                fault,
                stale_keys: stale,
            }));
        }
    }
    if advertised.attestations.is_some() {
        attempt.attestations(&mut checked, all, sources).await?;
    }
    Ok(checked)
}

/// npm's error about a version that the registry no longer has.
fn vanished(
    candidate: &Candidate,
    packument: &Packument,
    sources: &Sources,
) -> Result<Failure, Failure> {
    let spec = Spec::resolve(&candidate.name, &candidate.version, Path::new("/"))?;
    let options = sources.pick_options(&candidate.name);
    let error = pick_manifest(packument, &spec, &options).err();
    Ok(error.map_or_else(|| aborted(Vanished(candidate.audited())), aborted))
}

/// The version is listed and cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the registry's manifest of {}@{} cannot be read", .0.name, .0.version)]
struct Vanished(AuditedPackage);

impl Explain for Vanished {
    fn code(&self) -> Code {
        Code::InvalidResponse
    }
}

fn invalid_signature(
    candidate: &Candidate,
    package: &AuditedPackage,
    fault: &SignatureFault,
) -> InvalidPackage {
    let signature = match fault {
        SignatureFault::Invalid { sig, .. } => Some(sig.clone()),
        _ => None,
    };
    InvalidPackage {
        package: package.clone(),
        kind: InvalidKind::Signature,
        message: fault.message(&format!("{}@{}", candidate.name, candidate.version)),
        keyid: Some(fault.keyid().to_owned()),
        signature,
        field: candidate.field,
    }
}

struct Attempt<'a> {
    candidate: &'a Candidate,
    advertised: &'a Advertised,
    integrity: &'a Integrity,
    context: &'a Context,
}

impl Attempt<'_> {
    /// `None` when there are no signatures. As npm, over the integrity as it is told.
    fn signature(&self, keys: &KeySet) -> Option<Result<(), SignatureFault>> {
        let signatures = self.advertised.signatures();
        let subject = signature::Subject {
            name: &self.candidate.name,
            version: &self.candidate.version,
            integrity: self.integrity,
        };
        let accept = match self.context.policy.signature.accept {
            policy::Accept::AnyValid => Accept::AnyValid,
            policy::Accept::AllValid => Accept::AllValid,
        };
        let published = Published { claimed: self.advertised.claimed, ..Published::default() };
        match signature::check_as_told(&subject, &signatures, keys, published, accept) {
            signature::Verdict::Verified(_) => Some(Ok(())),
            signature::Verdict::Contradicted(fault) => Some(Err(fault)),
            signature::Verdict::Absent | signature::Verdict::NotCovered => None,
        }
    }

    /// As [`Attempt::signature`]; where the key is unknown, newer keys are looked for. With the
    /// keys that were used, and why they are not the newest.
    async fn signature_by_newest(
        &self,
        keys: KeySet,
        sources: &Sources,
    ) -> (Option<Result<(), SignatureFault>>, KeySet, Option<String>) {
        let verdict = self.signature(&keys);
        if !matches!(&verdict, Some(Err(SignatureFault::UnknownKey { .. }))) {
            return (verdict, keys, None);
        }
        let proofs = sources.proofs();
        let stale = proofs.keys().renew().await.err();
        if let Some(why) = &stale {
            let line = format!("newer keys could not be fetched: {why}");
            proofs.reporter().event(Event::warn("signatures", line));
        }
        let keys = proofs.keys().of(&self.candidate.name).await.all();
        (self.signature(&keys), keys, stale)
    }

    /// Fetches and verifies the attestations; every answer but a good one ends the audit, as in npm.
    async fn attestations(
        &self,
        checked: &mut Checked,
        keys: KeySet,
        sources: &Sources,
    ) -> Result<(), Failure> {
        let id = format!("{}@{}", self.candidate.name, self.candidate.version);
        let registries = self.context.pool.registry_for(&self.candidate.name).registries;
        let Some(registry) = registries.first() else { return Ok(()) };
        let Some(path) = self.advertised.attestations_path(registry.as_str()) else {
            return Ok(());
        };
        let body = self.context.pool.document(registry, &path, MAX_ATTESTATIONS).await;
        let body = body.map_err(|error| aborted(error.about(&id)))?;
        let broken = |reason: String| aborted(Unreadable { package: id.clone(), reason });
        let response = Response::parse(&body).map_err(|error| broken(error.to_string()))?;
        let value: Value =
            serde_json::from_slice(&body).map_err(|error| broken(error.to_string()))?;
        let verifier = sources.proofs().verifier().map_err(&broken)?;
        let (name, version) = (self.candidate.name.clone(), self.candidate.version.clone());
        let sha512 = sha512_of(self.integrity);
        let verify = move || {
            let subject = attestation::Subject { name: &name, version: &version, sha512: &sha512 };
            verifier.check(&subject, &response, &keys)
        };
        let verdict = tokio::task::spawn_blocking(verify).await;
        match verdict.map_err(|error| broken(error.to_string()))? {
            attestation::Verdict::Verified(_) => {
                checked.attested = Some(AttestedPackage {
                    package: checked.package.clone(),
                    attestations: self.advertised.attestations.clone().unwrap_or_default(),
                    bundles: value.get("attestations").cloned().unwrap_or_default(),
                });
            }
            attestation::Verdict::Absent => {}
            attestation::Verdict::NotCovered(format) => {
                let line =
                    format!("{id}: attestations of a format that is not known here: {format}");
                self.context.reporter.event(Event::warn("signatures", line));
            }
            attestation::Verdict::Contradicted(fault) => {
                let AttestationFault::Invalid { predicate_type, keyid, sig, .. } = &fault else {
                    return Err(aborted(AttestationError {
                        package: id,
                        fault,
                        stale_trust: None,
                    }));
                };
                checked.invalid = Some(InvalidPackage {
                    package: checked.package.clone(),
                    kind: InvalidKind::Attestation(predicate_type.clone()),
                    message: fault.message(&id),
                    keyid: Some(keyid.clone()),
                    signature: Some(sig.clone()),
                    field: self.candidate.field,
                });
            }
        }
        Ok(())
    }
}

/// The first SHA-512 of an integrity; zeros, which nothing has, when there is none.
fn sha512_of(integrity: &Integrity) -> [u8; 64] {
    let mut hashes = integrity.of(Algorithm::Sha512);
    hashes.find_map(|hash| hash.bytes()?.try_into().ok()).unwrap_or([0; 64])
}

/// An answer about attestations that cannot be used: nobody's attack until shown otherwise.
#[derive(Debug, thiserror::Error)]
#[error("{package}: {reason}")]
struct Unreadable {
    package: String,
    reason: String,
}

impl Explain for Unreadable {
    fn code(&self) -> Code {
        Code::InvalidResponse
    }

    fn package(&self) -> Option<String> {
        Some(self.package.clone())
    }
}
