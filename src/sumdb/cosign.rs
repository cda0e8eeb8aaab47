//! Asking witnesses for their cosignatures (C2SP tlog-witness), as the log.

use sha2::{Digest, Sha256};

use super::{
    checkpoint::{TreeHead, decimal},
    escape::hex,
    note::{MAX_NOTE, Note, Signature},
    policy::{Party, Policy},
    store::Store,
    view::{View, ViewError},
};

/// How often one witness is told the size it named itself.
const TRIES: u32 = 3;

/// What a witness answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessReply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// How witnesses are reached; who speaks HTTP implements it.
pub trait WitnessTransport: Send + Sync {
    /// The reply to posting `body` to a URL; an error says why there is none.
    fn post(
        &self,
        url: &str,
        body: Vec<u8>,
        limit: u64,
    ) -> impl Future<Output = Result<WitnessReply, String>> + Send;

    /// The reply to getting a URL.
    fn get(
        &self,
        url: &str,
        limit: u64,
    ) -> impl Future<Output = Result<WitnessReply, String>> + Send;
}

/// For a log that asks nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoWitnesses;

impl WitnessTransport for NoWitnesses {
    async fn post(&self, _: &str, _: Vec<u8>, _: u64) -> Result<WitnessReply, String> {
        Err("there are no witnesses".to_owned())
    }

    async fn get(&self, _: &str, _: u64) -> Result<WitnessReply, String> {
        Err("there are no witnesses".to_owned())
    }
}

/// The witnesses of a policy, and the sizes they have seen.
#[derive(Clone, Debug)]
pub struct Witnesses<T> {
    transport: T,
    /// Who signs and who must have cosigned before a checkpoint is published.
    policy: Policy,
    seen: Vec<u64>,
}

/// What became of the requests for cosignatures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cosigned {
    /// The cosignatures, each verified.
    pub signatures: Vec<Signature>,
    /// Who gave none, and why.
    pub failures: Vec<(String, String)>,
}

/// A witness that has seen more of a log than the log itself has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the witness {witness} cosigned a tree of {size} records that this log does not have: \
     it was restored from an old copy, or somebody else signs with its key"
)]
pub struct WitnessAhead {
    /// The witness.
    pub witness: String,
    /// The size it cosigned.
    pub size: u64,
}

impl<T: WitnessTransport> Witnesses<T> {
    /// The witnesses of a policy.
    pub fn new(transport: T, policy: Policy) -> Self {
        let seen = vec![0; policy.witnesses().len()];
        Self { transport, policy, seen }
    }

    /// The policy whose quorum a checkpoint must meet.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Asks all witnesses that can be reached to cosign a checkpoint of a view.
    ///
    /// # Errors
    /// The log cannot make the proofs.
    pub async fn cosign<S: Store>(
        &mut self,
        view: &View<S>,
        note: &Note,
        tree: TreeHead,
    ) -> Result<Cosigned, ViewError> {
        let mut cosigned = Cosigned::default();
        let Self { transport, policy, seen } = self;
        for (witness, seen) in policy.witnesses().iter().zip(seen) {
            match one(transport, witness, seen, view, note, tree).await? {
                Ok(signature) => cosigned.signatures.push(signature),
                Err(reason) => {
                    cosigned.failures.push((witness.key.name().to_owned(), reason));
                }
            }
        }
        Ok(cosigned)
    }

    /// Compares a head with what the witnesses last cosigned of this log.
    ///
    /// # Errors
    /// The first that is ahead, or has another root for the same size. One that cannot be
    /// reached says nothing; it cannot cosign either.
    pub async fn check_not_ahead(&self, origin: &str, tree: TreeHead) -> Result<(), WitnessAhead> {
        for witness in self.policy.witnesses() {
            let Some(url) = witness.url.as_deref() else { continue };
            let url = checkpoint_url(url, origin);
            let Ok(reply) = self.transport.get(&url, MAX_NOTE as u64).await else { continue };
            let head = (reply.status == 200).then(|| self.cosigned_head(witness, &reply.body));
            let Some(head) = head.flatten() else { continue };
            if head.size > tree.size || (head.size == tree.size && head.root != tree.root) {
                let witness = witness.key.name().to_owned();
                return Err(WitnessAhead { witness, size: head.size });
            }
        }
        Ok(())
    }

    /// The tree of a checkpoint that the log signed and the witness cosigned.
    fn cosigned_head(&self, witness: &Party, body: &[u8]) -> Option<TreeHead> {
        let note = Note::parse(body).ok()?;
        let cosigned = !note.verify([&witness.key]).ok()?.is_empty();
        let by_log = note.verify(self.policy.logs().iter().map(|log| &log.key)).ok()?;
        let checkpoint = super::Checkpoint::parse(note.text()).ok()?;
        (cosigned && !by_log.is_empty()).then_some(checkpoint.tree)
    }
}

/// Where a witness shows what it last cosigned of a log.
pub fn checkpoint_url(witness: &str, origin: &str) -> String {
    let hash: [u8; 32] = Sha256::digest(origin).into();
    format!("{}/{}/checkpoint", witness.trim_end_matches('/'), hex(&hash))
}

/// One witness, told what it says it has seen until it is content.
async fn one<T: WitnessTransport, S: Store>(
    transport: &T,
    witness: &Party,
    seen: &mut u64,
    view: &View<S>,
    note: &Note,
    tree: TreeHead,
) -> Result<Result<Signature, String>, ViewError> {
    let Some(url) = witness.url.as_deref() else {
        return Ok(Err("the policy has no URL for it".to_owned()));
    };
    let url = format!("{}/add-checkpoint", url.trim_end_matches('/'));
    for _ in 0..TRIES {
        if *seen > tree.size {
            return Ok(Err(format!("it has seen {} records, of {}", *seen, tree.size)));
        }
        let proof = view.consistency(*seen, tree).await?;
        let mut lines = vec![format!("old {}", *seen)];
        lines.extend(proof.iter().map(ToString::to_string));
        let body = format!("{}\n\n{note}", lines.join("\n"));
        let reply = match transport.post(&url, body.into_bytes(), MAX_NOTE as u64).await {
            Ok(reply) => reply,
            Err(reason) => return Ok(Err(reason)),
        };
        let text = String::from_utf8_lossy(&reply.body);
        match (reply.status, decimal(text.trim_end())) {
            (200, _) => {
                let signature = cosignature(&text, witness, note);
                if signature.is_some() {
                    *seen = tree.size;
                }
                return Ok(signature.ok_or_else(|| "its cosignature does not hold".to_owned()));
            }
            (409, Some(size)) if size != *seen => *seen = size,
            (status, _) => return Ok(Err(format!("it answered {status}: {}", text.trim_end()))),
        }
    }
    Ok(Err("it does not say twice what it has seen".to_owned()))
}

/// The newest cosignature of a reply, all of which must hold: a note has room for few.
fn cosignature(text: &str, witness: &Party, note: &Note) -> Option<Signature> {
    let signatures: Vec<_> = text.lines().map(Signature::parse).collect::<Option<_>>()?;
    let key = &witness.key;
    let mut cosigned = Note::unsigned(note.text())?;
    cosigned.add(signatures.into_iter().filter(|signature| signature.is_by(key)));
    let signed = cosigned.verify([key]).ok()?;
    let newest = signed.iter().zip(cosigned.signatures()).max_by_key(|(signed, _)| signed.time);
    newest.map(|(_, signature)| signature.clone())
}
