//! What is proven about packages before they are installed: registry signatures, attestations,
//! and what policy makes of them.
//!
//! ```text
//! question ─┬─ ask: remembered? else packument, attestations     beside the tarball
//!           └─ bytes ─► prove: signature over their digest, bundles about their digest  (CPU threads)
//!                          └─► judge ─► refused: nothing is linked
//! ```
//!
//! Evidence comes from `verify`; what is decided stands in [`judge`]. Five outcomes, never mixed:
//! that a registry could not be reached is neither a proof nor an attack.

mod again;
mod ask;
pub(super) mod dist;
mod downgrade;
mod examined;
mod judge;
pub(super) mod keys;
mod known;
mod lookups;
pub(super) mod refresh;
mod report;
mod served;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use futures_util::future::join;
use tokio::sync::OnceCell;

use self::{
    dist::Advertised,
    examined::{Examined, recalled},
    judge::Judged,
    keys::Keys,
    known::{Attested, Known, Record, Signed},
    lookups::Lookups,
    refresh::Refresh,
};
use super::{context::Context, manifests::Sources, packages::Obtained};
use crate::{
    arborist::{LoadFailure, Naming},
    config::policy::{
        Policy,
        signature::{self as signature_policy, Require},
    },
    cpu,
    event::Reporter,
    flight::Flight,
    registry::Pool,
    store::StoredPackage,
    verify::{
        Outcome,
        attestation::{self, Evidence, Response, Verifier},
        signature::{self, Accept, Published, TimeSource},
    },
};

pub(super) use again::Again;
pub(super) use downgrade::{Earlier, Rank, check_downgrades};
pub(super) use known::Remembered;
pub(super) use report::Tally;
pub(super) use served::Served;

/// A version about whose bytes something is to be proven.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Question {
    /// The package's name at the registry.
    pub(super) name: String,
    /// The version.
    pub(super) version: String,
    /// The integrity it is bound to, as the tree has it.
    pub(super) integrity: Option<String>,
    /// Whether it is a registry's package at all.
    pub(super) naming: Naming,
}

impl Question {
    fn id(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}

/// What is proven about a package.
#[derive(Clone, Debug)]
pub(super) struct Proven {
    /// The registry's signature.
    pub(super) signature: Outcome,
    /// The key that signed.
    pub(super) keyid: Option<String>,
    /// The signature that held, if it is one over a SHA-512.
    pub(super) sig: Option<String>,
    /// How the age of the signature was judged.
    pub(super) time: Option<TimeSource>,
    /// Provenance and publish attestations.
    pub(super) attestations: Outcome,
    /// What they prove.
    pub(super) evidence: Option<Arc<Evidence>>,
    /// Why something is not known, a line each.
    pub(super) reasons: Vec<String>,
    /// Why it must not be installed.
    pub(super) refusal: Option<LoadFailure>,
}

impl Proven {
    fn not_covered() -> Self {
        Self {
            signature: Outcome::NotCovered,
            keyid: None,
            sig: None,
            time: None,
            attestations: Outcome::NotCovered,
            evidence: None,
            reasons: Vec::new(),
            refusal: None,
        }
    }

    /// How well it is proven.
    pub(super) fn rank(&self) -> Rank {
        match &self.evidence {
            Some(evidence) if evidence.provenance.is_some() => Rank::Provenance,
            _ if self.signature == Outcome::Verified => Rank::Signature,
            _ => Rank::Nothing,
        }
    }
}

/// What was found out about a version before its bytes are there.
enum Told {
    /// It is no registry's package.
    Outside,
    /// It was proven before, for the same bytes.
    Known(Box<Record>),
    /// What the registry says.
    Advertised(Box<Advertised>, Attestations),
    /// The registry does not know it, or is known to hand out no signatures.
    Silent,
    /// The registry could not be reached; why.
    Unreachable(String),
}

/// What the registry says about attestations.
enum Attestations {
    /// Nobody asked.
    Unasked,
    /// There are none.
    None,
    /// Its answer.
    Answer(Box<Response>),
    /// They are announced and could not be fetched; why.
    Unreachable(String),
}

/// Proves packages, each once a run.
pub(super) struct Proofs {
    policy: Policy,
    pool: Arc<Pool>,
    reporter: Arc<dyn Reporter>,
    keys: Keys,
    cache: PathBuf,
    now: i64,
    known: OnceCell<Arc<Known>>,
    fresh: Mutex<Vec<Record>>,
    verifier: OnceLock<Result<Arc<Verifier>, String>>,
    proven: Flight<Question, Proven>,
    lookups: Lookups,
}

/// Why there is no packument.
#[derive(Clone, Debug)]
enum Unheard {
    NotThere,
    Unreachable(String),
}

impl Proofs {
    pub(super) fn new(context: &Context) -> Self {
        let cache = &context.options.paths.cache;
        let refresh = Refresh::new(&context.config, Arc::clone(&context.pool), cache);
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            policy: context.policy.clone(),
            pool: Arc::clone(&context.pool),
            reporter: Arc::clone(&context.reporter),
            keys: Keys::new(
                Arc::clone(&context.pool),
                context.options.network.clone(),
                &context.policy,
                Arc::clone(&context.reporter),
                refresh,
            ),
            cache: cache.clone(),
            now: i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            known: OnceCell::new(),
            fresh: Mutex::default(),
            verifier: OnceLock::new(),
            proven: Flight::default(),
            lookups: Lookups::new(Arc::clone(&context.pool)),
        }
    }

    /// Notes what will be proven, so that one question answers for all versions of a package.
    pub(super) fn announce(&self, name: &str, version: &str) {
        self.lookups.announce(name, version);
    }

    /// Finds out what can be found out without the bytes; runs beside their download.
    async fn ask(&self, question: &Question, sources: &Sources) -> Told {
        if question.naming == Naming::Free {
            return Told::Outside;
        }
        if let Some(integrity) = &question.integrity
            && let Some(record) = self.known().await.get(&question.id(), integrity)
            && self.suffices(question, &record)
        {
            return Told::Known(Box::new(record));
        }
        if self.policy.signature.require == Require::Off && !self.asks_for_attestations(question) {
            return Told::Silent;
        }
        // In a box: most tasks of a warm install never get here, and each would carry its state.
        Box::pin(self.ask_registry(question, sources)).await
    }

    async fn ask_registry(&self, question: &Question, sources: &Sources) -> Told {
        match self.advertised(question, sources).await {
            Ok(Some(advertised)) => {
                let keys = self.ask_for_keys(question, &advertised);
                let (attestations, ()) = join(self.attestations(question, &advertised), keys).await;
                Told::Advertised(Box::new(advertised), attestations)
            }
            Ok(None) | Err(Unheard::NotThere) => Told::Silent,
            Err(Unheard::Unreachable(reason)) => Told::Unreachable(reason),
        }
    }

    /// Has the keys of the registry's own namespace on their way while the bytes are, where a
    /// signature is by none that counts so far; whoever examines it asks for them.
    async fn ask_for_keys(&self, question: &Question, advertised: &Advertised) {
        if self.policy.signature.require == Require::Off || advertised.signatures.is_empty() {
            return;
        }
        let known = self.keys.of(&question.name).await.all();
        let is_unknown = |one: &signature::Signature<'_>| {
            known.get(one.keyid, signature::Usage::Signatures).is_none()
        };
        if advertised.signatures().iter().any(is_unknown) {
            drop(self.keys.with_own_namespace(&question.name).await);
        }
    }

    /// Proves a package, once for all its places; what the registry says is asked while `obtain`
    /// downloads the bytes.
    pub(super) async fn prove(
        self: &Arc<Self>,
        question: &Question,
        sources: &Sources,
        obtain: impl Future<Output = Result<Obtained, LoadFailure>>,
    ) -> Result<(Obtained, Proven), LoadFailure> {
        let (obtained, told) = join(obtain, self.ask(question, sources)).await;
        let obtained = obtained?;
        let stored = &obtained.package;
        let key = Question { integrity: Some(stored.integrity.to_string()), ..question.clone() };
        let proven = self.proven.run(key, || self.prove_once(question, stored, told)).await;
        Ok((obtained, proven))
    }

    async fn prove_once(
        self: &Arc<Self>,
        question: &Question,
        stored: &StoredPackage,
        told: Told,
    ) -> Proven {
        let mut proven = match told {
            Told::Outside => return Proven::not_covered(),
            Told::Known(record) => recalled(&record),
            Told::Silent => Box::pin(self.prove_silence(question, stored)).await,
            Told::Unreachable(reason) => Proven {
                signature: Outcome::Unreachable,
                reasons: vec![reason],
                ..Proven::not_covered()
            },
            Told::Advertised(advertised, attestations) => {
                let examined = self.examine(question, stored, &advertised, attestations);
                let mut proven = Box::pin(examined).await;
                if let Some(other) = advertised.contradiction(&stored.digests) {
                    proven.refusal.get_or_insert(LoadFailure::new(other.of_package(question.id())));
                    return proven;
                }
                Box::pin(self.remember(question, stored, &proven)).await;
                proven
            }
        };
        if proven.refusal.is_none() {
            let judged = Judged {
                name: &question.name,
                version: &question.version,
                integrity: &stored.integrity.to_string(),
                now: self.now,
            };
            proven.refusal = judge::refusal(&self.policy, &judged, &proven).map(LoadFailure::new);
        }
        proven
    }

    async fn prove_silence(&self, question: &Question, stored: &StoredPackage) -> Proven {
        let outcome = self.outcome_of_silence(&question.name).await;
        let proven = Proven { signature: outcome, attestations: outcome, ..Proven::not_covered() };
        self.remember(question, stored, &proven).await;
        proven
    }

    /// The verdicts on what a registry tells, off the threads that wait for the network.
    async fn examine(
        self: &Arc<Self>,
        question: &Question,
        stored: &StoredPackage,
        advertised: &Advertised,
        attestations: Attestations,
    ) -> Proven {
        let mut keys = self.keys.of(&question.name).await;
        let attestations = Arc::new(attestations);
        let mut examined = self.verdicts(question, stored, advertised, &attestations, &keys).await;
        let mut stale = None;
        if examined.wants_newer_keys() {
            keys = self.keys.with_own_namespace(&question.name).await;
            examined = self.verdicts(question, stored, advertised, &attestations, &keys).await;
        }
        if examined.wants_newer_keys() {
            // Another key may be known to whoever asks for it: then the question is put again.
            stale = self.keys.renew().await.err();
            let newer = self.keys.of(&question.name).await;
            examined = self.verdicts(question, stored, advertised, &attestations, &newer).await;
        }
        if !advertised.is_signable() {
            examined.forgive_signature();
        }
        examined.proven(question, stored, keys.unreachable.as_deref(), stale)
    }

    async fn verdicts(
        self: &Arc<Self>,
        question: &Question,
        stored: &StoredPackage,
        advertised: &Advertised,
        attestations: &Arc<Attestations>,
        keys: &keys::RegistryKeys,
    ) -> Examined {
        // A signature takes less time than the way to another thread; certificates and proofs more.
        if !matches!(**attestations, Attestations::Answer(_)) {
            return self.examine_bytes(question, stored, advertised, attestations, keys);
        }
        let work = {
            let (this, question, stored) = (Arc::clone(self), question.clone(), stored.clone());
            let (advertised, attestations) = (advertised.clone(), Arc::clone(attestations));
            let keys = keys.clone();
            move || this.examine_bytes(&question, &stored, &advertised, &attestations, &keys)
        };
        match cpu::run(work).await {
            Ok(examined) => examined,
            Err(error) => Examined {
                signature: signature::Verdict::NotCovered,
                attestations: None,
                unreachable: vec![error.to_string()],
            },
        }
    }

    /// The attestations first: the log's time is the best that is known about the signature's age.
    fn examine_bytes(
        &self,
        question: &Question,
        stored: &StoredPackage,
        advertised: &Advertised,
        attestations: &Attestations,
        keys: &keys::RegistryKeys,
    ) -> Examined {
        let all = keys.all();
        let mut unreachable = Vec::new();
        let verdict = match attestations {
            Attestations::Unasked => None,
            Attestations::None => Some(attestation::Verdict::Absent),
            Attestations::Unreachable(reason) => {
                unreachable.push(reason.clone());
                None
            }
            Attestations::Answer(response) => match self.verifier() {
                Ok(verifier) => {
                    let subject = attestation::Subject {
                        name: &question.name,
                        version: &question.version,
                        sha512: stored.digests.sha512(),
                    };
                    Some(verifier.check(&subject, response, &all))
                }
                Err(reason) => {
                    unreachable.push(reason);
                    None
                }
            },
        };
        let witnessed = match &verdict {
            Some(attestation::Verdict::Verified(evidence)) => evidence.witnessed,
            _ => None,
        };
        let signature = if self.policy.signature.require == Require::Off {
            signature::Verdict::NotCovered
        } else {
            let published = Published { witnessed, claimed: advertised.claimed };
            self.check_signature(question, stored, advertised, published, keys)
        };
        Examined { signature, attestations: verdict, unreachable }
    }

    /// The signatures over the digests of the bytes, whatever integrity the registry tells: who
    /// tells none, or two, has not taken the signature away.
    fn check_signature(
        &self,
        question: &Question,
        stored: &StoredPackage,
        advertised: &Advertised,
        published: Published,
        keys: &keys::RegistryKeys,
    ) -> signature::Verdict {
        let subject = signature::Subject {
            name: &question.name,
            version: &question.version,
            integrity: &stored.integrity,
        };
        let accept = match self.policy.signature.accept {
            signature_policy::Accept::AnyValid => Accept::AnyValid,
            signature_policy::Accept::AllValid => Accept::AllValid,
        };
        let (signatures, keys) = (advertised.signatures(), keys.all());
        let verdict = signature::check(&subject, &signatures, &keys, published, accept);
        if !matches!(verdict, signature::Verdict::Contradicted(_)) || advertised.is_signable() {
            return verdict;
        }
        let sha1 = dist::sha1_integrity(&stored.digests, question.integrity.as_deref());
        let Some(sha1) = sha1 else { return verdict };
        let subject = signature::Subject { integrity: &sha1, ..subject };
        signature::check_as_told(&subject, &signatures, &keys, published, accept)
    }

    /// The verifier over the trusted root in the binary, or the newer one that was fetched.
    pub(super) fn verifier(&self) -> Result<Arc<Verifier>, String> {
        let make = || {
            let newer = self.keys.refresh().material().and_then(|material| material.trusted_root);
            let made = match newer {
                Some(root) => Verifier::from_trusted_root(&root).or_else(|_| Verifier::embedded()),
                None => Verifier::embedded(),
            };
            made.map(Arc::new).map_err(|error| error.to_string())
        };
        self.verifier.get_or_init(make).clone()
    }

    /// What it means that a registry tells nothing about a version.
    async fn outcome_of_silence(&self, name: &str) -> Outcome {
        if self.policy.signature.require == Require::Off {
            return Outcome::NotCovered;
        }
        let keys = self.keys.of(name).await;
        if keys.all().is_empty() { Outcome::NotCovered } else { Outcome::Absent }
    }

    async fn known(&self) -> Arc<Known> {
        let load = || async {
            let (cache, now) = (self.cache.clone(), self.now);
            let read = move || Known::load(&cache, now);
            let known = tokio::task::spawn_blocking(read).await;
            Arc::new(known.unwrap_or_else(|_| Known::empty(&self.cache)))
        };
        Arc::clone(self.known.get_or_init(load).await)
    }

    /// Whether a record answers all that this policy asks.
    fn suffices(&self, question: &Question, record: &Record) -> bool {
        let signature = match &record.signature {
            None => self.policy.signature.require != Require::Always,
            Some(Signed { endpoint: Some(registry), .. }) => {
                let serving = self.pool.registry_for(&question.name).registries;
                self.keys.takes_word_of(registry, &question.name)
                    && serving.iter().any(|known| known.as_str() == registry)
            }
            Some(Signed { keyid, endpoint: None, .. }) => {
                let usage = signature::Usage::Signatures;
                signature::KeySet::pinned().get(keyid, usage).is_some()
            }
        };
        signature && (record.attestations.is_some() || !self.asks_for_attestations(question))
    }

    /// Keeps what is worth keeping: proofs, and for a while that there are none.
    async fn remember(&self, question: &Question, stored: &StoredPackage, proven: &Proven) {
        let attestations = match proven.attestations {
            Outcome::Verified => proven.evidence.as_deref().cloned().map(Attested::proven),
            Outcome::Absent => Some(Attested::None),
            Outcome::NotCovered if !self.asks_for_attestations(question) => None,
            _ => return,
        };
        let signature = match (proven.signature, &proven.keyid, &proven.sig, proven.time) {
            (Outcome::Verified, Some(keyid), Some(sig), Some(time)) => {
                let vouching = self.keys.vouching(&question.name, keyid).await;
                let endpoint = vouching.map(|registry| registry.to_string());
                Some(Signed { keyid: keyid.clone(), sig: sig.clone(), time, endpoint })
            }
            (Outcome::Absent, ..) => None,
            _ => return,
        };
        let mut record = Record::new(question.id(), stored.integrity.to_string(), self.now);
        record.signature = signature;
        record.attestations = attestations;
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner).push(record);
    }

    /// Writes what was learned.
    pub(super) async fn flush(&self) {
        let fresh = std::mem::take(&mut *self.fresh.lock().unwrap_or_else(PoisonError::into_inner));
        if fresh.is_empty() {
            return;
        }
        let path = self.known().await.path().to_owned();
        drop(tokio::task::spawn_blocking(move || Known::append(&path, &fresh)).await);
    }

    /// Where keys are from.
    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The policy that is applied.
    pub(super) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Milliseconds since 1970, the same for the whole run.
    pub(super) fn now(&self) -> i64 {
        self.now
    }

    /// Where events go.
    pub(super) fn reporter(&self) -> &dyn Reporter {
        &*self.reporter
    }
}
