//! What the embedded log has of the tarballs that are promised: looked up while these are on their
//! way, so that no record is computed that was computed before.

use std::{collections::HashMap, path::Path, sync::Arc};

use tokio::task::{JoinHandle, spawn_blocking};

use super::{Asked, Package, error::Refused, local_log};
use crate::{
    error::Failure,
    ops::context::Context,
    sumdb::{
        Hash,
        log::{LocalLog, LogError},
        record::PackageKey,
    },
    verify::{Algorithm, Integrity},
};

/// The look into the log, under way.
pub(in crate::ops) struct Recalling(Option<JoinHandle<Result<Recalled, LogError>>>);

/// The tarballs and leaves of versions, by their places in what was asked.
#[derive(Debug, Default)]
pub(in crate::ops) struct Recalled(HashMap<usize, ([u8; 64], Hash)>);

impl Asked {
    /// Looks for the records of the promised tarballs in the embedded log, if there is one yet.
    pub(in crate::ops) fn recall(&self, context: &Context) -> Recalling {
        let folder = local_log(context);
        if self.packages.is_empty() || !folder.is_dir() {
            return Recalling(None);
        }
        let packages = Arc::clone(&self.packages);
        Recalling(Some(spawn_blocking(move || Recalled::of(&packages, &folder))))
    }
}

impl Recalling {
    /// Waits for it.
    ///
    /// # Errors
    /// A log that cannot be used.
    pub(in crate::ops) async fn finish(self) -> Result<Recalled, Failure> {
        let Some(task) = self.0 else { return Ok(Recalled::default()) };
        Ok(task.await.map_err(|_| Refused::Interrupted)??)
    }
}

impl Recalled {
    fn of(packages: &[Package], folder: &Path) -> Result<Self, LogError> {
        let promised: Vec<(usize, &PackageKey, [u8; 64])> = packages
            .iter()
            .enumerate()
            .filter_map(|(place, package)| Some((place, &package.key, promised(package)?)))
            .collect();
        let tarballs = promised.iter().map(|(_, key, sha512)| (*key, sha512));
        let leaves = LocalLog::open(folder)?.leaves(tarballs)?;
        let known = promised.iter().zip(leaves);
        let known = known.filter_map(|((place, _, sha512), leaf)| Some((*place, (*sha512, leaf?))));
        Ok(Self(known.collect()))
    }

    /// The leaf of the package at a place, if its tarball is the one that came.
    pub(super) fn leaf(&self, place: usize, came: &[u8; 64]) -> Option<Hash> {
        let (promised, leaf) = self.0.get(&place)?;
        (promised == came).then_some(*leaf)
    }
}

/// The SHA-512 of the tarball that is promised.
fn promised(package: &Package) -> Option<[u8; 64]> {
    let integrity = Integrity::parse(package.integrity.as_deref()?).ok()?;
    let sha512 = integrity.hashes().iter().find(|hash| hash.algorithm() == Algorithm::Sha512)?;
    sha512.bytes()?.try_into().ok()
}
