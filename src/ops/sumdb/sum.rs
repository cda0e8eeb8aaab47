//! `denpm.sum` of a project: read before an install, proven offline, kept up to date after.

use std::{collections::BTreeMap, io, path::Path};

use super::{Package, error::Refused, record::record_of, remote};
use crate::{
    config::policy::SumdbMode,
    error::Failure,
    event::Event,
    fs::{Durability, FsError, read_bounded, write_atomic},
    lockfile::sum::{MAX_SUM_BYTES, Merged, Pinned, Sum, SumProof},
    ops::context::Context,
    sumdb::{
        Hash, Note,
        lookup::{Answer, MAX_BATCH},
        policy::NotAccepted,
        record::PackageKey,
    },
    verify::Integrity,
};

const SUM: &str = "denpm.sum";
const PROOF: &str = "denpm.sum.proof";

/// The `denpm.sum` that a project has.
#[derive(Debug, Default)]
pub(in crate::ops) struct Committed {
    sum: Sum,
    /// The heads in it, each of which a log must continue.
    pub(super) heads: Vec<Note>,
    /// Whether its packages are proven to be in the log of a checkpoint that the user believes.
    proven: bool,
}

/// The files to write.
#[derive(Debug)]
pub(in crate::ops) struct Renewed {
    text: String,
    proof: Option<Vec<u8>>,
}

impl Committed {
    /// Reads the files of a project and proves what they prove; `None` where there are none.
    ///
    /// # Errors
    /// Files that cannot be understood, a checkpoint whose signature does not hold, a proof that
    /// does not.
    pub(in crate::ops) fn read(context: &Context, folder: &Path) -> Result<Option<Self>, Failure> {
        let Some(bytes) = read(&folder.join(SUM))? else { return Ok(None) };
        let broken = |reason: String| Refused::Sum { file: SUM, reason };
        let text = String::from_utf8(bytes).map_err(|_| broken("it is no text".to_owned()))?;
        let Merged { sum, heads } =
            Merged::parse(&text).map_err(|error| broken(error.to_string()))?;
        let mut committed = Self { sum, heads, proven: false };
        let tree = committed.believed_tree(context)?;
        let proof = read(&folder.join(PROOF))?.map(|bytes| SumProof::decode(&bytes));
        let unfit = |reason: String| Refused::SumProof { file: PROOF, reason };
        let proof = proof.transpose().map_err(|error| unfit(error.to_string()))?;
        // One that was made for another text is what a merge or an interrupted run leaves.
        if let (Some(tree), Some(proof)) = (tree, proof.filter(|proof| proof.is_of(&text))) {
            let held = committed.sum.verify(tree, &proof.hashes);
            held.map_err(|error| unfit(error.to_string()))?;
            committed.proven = true;
        }
        Ok(Some(committed))
    }

    /// The tree of the checkpoint, where a log of the user's policy signed it.
    fn believed_tree(&self, context: &Context) -> Result<Option<crate::sumdb::TreeHead>, Failure> {
        let Some(note) = &self.sum.checkpoint else { return Ok(None) };
        for entry in &context.policy.sumdb.logs {
            match remote::policy(context, entry)?.accept(note) {
                Ok(accepted) => return Ok(Some(accepted.checkpoint.tree)),
                Err(NotAccepted::NoLog(_) | NotAccepted::NoQuorum { .. }) => {}
                Err(error) => {
                    return Err(Refused::SumProof { file: SUM, reason: error.to_string() }.into());
                }
            }
        }
        Ok(None)
    }

    /// What is pinned of a package.
    pub(super) fn pinned(&self, key: &PackageKey) -> Option<Pinned> {
        self.sum.packages.get(key).copied()
    }

    /// Whether a package is proven to be logged, without asking anyone.
    pub(super) fn proves(&self, key: &PackageKey) -> bool {
        self.proven && self.pinned(key).is_some_and(|pinned| pinned.index.is_some())
    }
}

/// The files as they should be after an install of these packages.
///
/// # Errors
/// A log that contradicts what is known.
pub(super) async fn renew(
    context: &Context,
    packages: &[Package],
    committed: Option<&Committed>,
    leaves: &BTreeMap<PackageKey, Hash>,
) -> Result<Renewed, Failure> {
    let mut sum = Sum::default();
    for package in packages {
        let key = &package.key;
        let pinned = committed.and_then(|committed| committed.pinned(key));
        let known = leaves.get(key).copied().or(pinned.map(|pinned| pinned.leaf));
        if let Some(leaf) = known.or_else(|| stored_leaf(context, package)) {
            let index = pinned.filter(|pinned| pinned.leaf == leaf).and_then(|pinned| pinned.index);
            sum.packages.insert(key.clone(), Pinned { index, leaf });
        }
    }
    let heads = committed.map(|committed| committed.heads.clone()).unwrap_or_default();
    sum.checkpoint = heads.first().cloned();
    let proof = match context.policy.sumdb.logs.first() {
        Some(log) => {
            let client = remote::client(context, log, heads)?;
            prove(context, &client, packages, &mut sum).await?
        }
        None => None,
    };
    let text = sum.to_string();
    let proof = proof.map(|hashes| SumProof::new(&text, hashes).encode());
    Ok(Renewed { text, proof })
}

/// Lets a log prove all packages in one tree.
async fn prove(
    context: &Context,
    client: &remote::LogClient,
    packages: &[Package],
    sum: &mut Sum,
) -> Result<Option<Vec<Hash>>, Failure> {
    let mut keys: Vec<_> =
        packages.iter().filter(|package| package.is_public()).map(|it| it.key.clone()).collect();
    keys.sort();
    keys.dedup();
    // Beyond that one proof is not made; the file is then as good as go.sum.
    if keys.is_empty() || keys.len() > MAX_BATCH {
        return Ok(None);
    }
    let learnt = match client.lookup(&keys).await {
        Err(error)
            if !error.is_contradiction() && context.policy.sumdb.mode != SumdbMode::Enforce =>
        {
            context.reporter.event(Event::warn("sumdb", error.to_string()));
            return Ok(None);
        }
        other => other?,
    };
    for pinned in sum.packages.values_mut() {
        pinned.index = None;
    }
    for (key, answer) in keys.into_iter().zip(learnt.answers) {
        let Answer::Found { index, record } = answer else { continue };
        let leaf = record.leaf();
        let known = sum.packages.entry(key.clone()).or_insert(Pinned { index: None, leaf });
        if known.leaf != leaf {
            let log = super::error::Logged { log: client.origin().to_owned(), index: Some(index) };
            return Err(super::error::Mismatch::pinned(&log, &record).into());
        }
        known.index = Some(index);
    }
    sum.checkpoint = Some(learnt.checkpoint);
    Ok(Some(learnt.proof))
}

/// The leaf of a package that is installed already, from the store.
fn stored_leaf(context: &Context, package: &Package) -> Option<Hash> {
    let integrity = Integrity::parse(package.integrity.as_deref()?).ok()?;
    let stored = context.store.get(&integrity)?;
    Some(record_of(package.key.clone(), &stored).ok()?.leaf())
}

impl Renewed {
    /// Writes the files where they differ: the proof first, which is of no use to the old file.
    ///
    /// # Errors
    /// Files that cannot be written.
    pub(in crate::ops) fn write(&self, folder: &Path) -> Result<(), FsError> {
        let (sum, proof) = (folder.join(SUM), folder.join(PROOF));
        match &self.proof {
            Some(bytes) if read(&proof)?.as_ref() != Some(bytes) => {
                write_atomic(&proof, bytes, Durability::Synced)?;
            }
            Some(_) => {}
            None => match std::fs::remove_file(&proof) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(FsError::io("remove", &proof)(error));
                }
                _ => {}
            },
        }
        if read(&sum)?.as_deref() != Some(self.text.as_bytes()) {
            write_atomic(&sum, self.text.as_bytes(), Durability::Synced)?;
        }
        Ok(())
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, FsError> {
    match read_bounded(path, MAX_SUM_BYTES) {
        Err(error) if error.kind() == Some(io::ErrorKind::NotFound) => Ok(None),
        other => other.map(Some),
    }
}
