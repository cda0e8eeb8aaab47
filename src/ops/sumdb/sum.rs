//! `denpm.sum` of a project: read before an install, proven offline, kept up to date after.

use std::{collections::BTreeMap, path::Path};

use futures_util::future::join_all;

use super::{
    Package,
    column::{Column, prove_by},
    error::{Logged, Mismatch, Refused},
    record::record_of,
    remote,
};
use crate::{
    arborist::{NodeId, Tree},
    config::policy::SumdbMode,
    error::Failure,
    event::Event,
    fs::{Durability, FsError, if_there, read_bounded_file},
    lockfile::sum::{MAX_SUM_BYTES, Merged, Pinned, Sum, SumProof},
    ops::{context::Context, rewritten::Rewritten},
    store::StoredPackage,
    sumdb::{Hash, Note, TreeHead, policy::NotAccepted, record::PackageKey},
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
    /// For each pinned checkpoint, whether its packages are proven to be in the tree of it, and
    /// the user believes its log.
    proven: Vec<bool>,
    /// How many logs must have a package.
    quorum: usize,
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
        let quorum = context.policy.sumdb.quorum.max(1);
        let mut committed = Self { sum, heads, proven: Vec::new(), quorum };
        let trees = committed.believed_trees(context)?;
        let proof = read(&folder.join(PROOF))?.map(|bytes| SumProof::decode(&bytes));
        let unfit = |reason: String| Refused::SumProof { file: PROOF, reason };
        let proof = proof.transpose().map_err(|error| unfit(error.to_string()))?;
        // One that was made for another text is what a merge or an interrupted run leaves.
        if let Some(proof) = proof.filter(|proof| proof.is_of(&text)) {
            let held = committed.sum.verify(&trees, &proof);
            held.map_err(|error| unfit(error.to_string()))?;
            committed.proven = trees.iter().map(Option::is_some).collect();
        }
        Ok(Some(committed))
    }

    /// The trees of the checkpoints that a log of the user's policy signed.
    fn believed_trees(&self, context: &Context) -> Result<Vec<Option<TreeHead>>, Failure> {
        let checkpoints = self.sum.checkpoints.iter();
        checkpoints.map(|note| believed_tree(context, note)).collect()
    }

    /// What is pinned of a package.
    pub(super) fn pinned(&self, key: &PackageKey) -> Option<&Pinned> {
        self.sum.packages.get(key)
    }

    /// Whether a package is proven to be in enough logs, without asking anyone.
    pub(super) fn proves(&self, key: &PackageKey) -> bool {
        let Some(pinned) = self.pinned(key) else { return false };
        let in_log = |(log, proven): &(usize, &bool)| **proven && pinned.index(*log).is_some();
        self.proven.iter().enumerate().filter(in_log).count() >= self.quorum
    }
}

/// The tree of a checkpoint, where a log of the user's policy signed it.
fn believed_tree(context: &Context, note: &Note) -> Result<Option<TreeHead>, Failure> {
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

/// What a project's `denpm.sum` says of packages that are installed already.
#[derive(Debug, Default)]
pub(in crate::ops) struct Pins(Option<Committed>);

/// What it says of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ops) enum Pin {
    /// Nothing.
    None,
    /// Its record.
    Pinned,
    /// Its record, proven to be logged.
    Proven,
}

impl Pins {
    /// Reads the files of a project.
    ///
    /// # Errors
    /// As [`Committed::read`].
    pub(in crate::ops) fn read(context: &Context, folder: &Path) -> Result<Self, Failure> {
        Committed::read(context, folder).map(Self)
    }

    /// Compares a package with its pin.
    ///
    /// # Errors
    /// Another record than is pinned.
    pub(in crate::ops) fn check(
        &self,
        context: &Context,
        tree: &Tree,
        node: NodeId,
        stored: &StoredPackage,
    ) -> Result<Pin, Failure> {
        let Some(committed) = &self.0 else { return Ok(Pin::None) };
        let Some(package) = super::packages_of(context, tree, &[node])?.pop() else {
            return Ok(Pin::None);
        };
        let Some(pinned) = committed.pinned(&package.key) else { return Ok(Pin::None) };
        let proven = committed.proves(&package.key);
        let record = record_of(package.key, stored)?;
        if record.leaf() != pinned.leaf {
            return Err(Mismatch::not_pinned(&record).into());
        }
        Ok(if proven { Pin::Proven } else { Pin::Pinned })
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
            let same = pinned.filter(|pinned| pinned.leaf == leaf).cloned();
            sum.packages.insert(key.clone(), same.unwrap_or(Pinned::unlogged(leaf)));
        }
    }
    let heads = committed.map(|committed| committed.heads.clone()).unwrap_or_default();
    sum.checkpoints =
        committed.map(|committed| committed.sum.checkpoints.clone()).unwrap_or_default();
    let Some(columns) = prove(context, packages, &heads).await? else {
        return Ok(Renewed { text: sum.to_string(), proof: None });
    };
    sum.packages.values_mut().for_each(|pinned| pinned.indexes.clear());
    sum.checkpoints.clear();
    let mut parts = Vec::new();
    for (number, column) in columns.into_iter().enumerate() {
        for (key, (index, record)) in column.places {
            let leaf = record.leaf();
            let known = sum.packages.entry(key).or_insert(Pinned::unlogged(leaf));
            if known.leaf != leaf {
                let log = Logged { log: column.origin.clone(), index: Some(index) };
                return Err(Mismatch::pinned(&log, &record).into());
            }
            known.indexes.resize(number, None);
            known.indexes.push(Some(index));
        }
        sum.checkpoints.push(column.checkpoint);
        parts.extend(column.parts);
    }
    let text = sum.to_string();
    let proof = Some(SumProof::new(&text, parts).encode());
    Ok(Renewed { text, proof })
}

/// Lets every log of the policy prove all packages in one tree each; `None` where there is no
/// log, nothing to ask, or a log could not be asked and the policy goes on without it: the file is
/// then as good as go.sum.
async fn prove(
    context: &Context,
    packages: &[Package],
    heads: &[Note],
) -> Result<Option<Vec<Column>>, Failure> {
    let mut keys: Vec<_> =
        packages.iter().filter(|package| package.is_public()).map(|it| it.key.clone()).collect();
    keys.sort();
    keys.dedup();
    let logs = &context.policy.sumdb.logs;
    if keys.is_empty() || logs.is_empty() {
        return Ok(None);
    }
    let clients: Vec<_> = logs
        .iter()
        .map(|log| remote::client(context, log, heads.to_vec()))
        .collect::<Result<_, _>>()?;
    let columns = join_all(clients.iter().map(|client| prove_by(client, &keys))).await;
    let mut proven: Vec<Column> = Vec::new();
    for (client, column) in clients.iter().zip(columns) {
        match column {
            // Two entries of the policy may be two ways to one log.
            Ok(Some(_)) if proven.iter().any(|it| it.origin == client.origin()) => {}
            Ok(Some(column)) => proven.push(column),
            Ok(None) => {
                let line = format!("{} grew all the time; denpm.sum has no proof", client.origin());
                context.reporter.event(Event::warn("sumdb", line));
                return Ok(None);
            }
            Err(error)
                if !error.is_contradiction() && context.policy.sumdb.mode != SumdbMode::Enforce =>
            {
                context.reporter.event(Event::warn("sumdb", error.to_string()));
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Some(proven))
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
    pub(in crate::ops) fn write(
        &self,
        folder: &Path,
        rewritten: &mut Rewritten,
    ) -> Result<(), FsError> {
        let (sum, proof) = (folder.join(SUM), folder.join(PROOF));
        match &self.proof {
            Some(bytes) => rewritten.write(&proof, bytes, Durability::Synced)?,
            None => rewritten.remove(&proof)?,
        }
        rewritten.write(&sum, self.text.as_bytes(), Durability::Synced)
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, FsError> {
    if_there(read_bounded_file(path, MAX_SUM_BYTES))
}
