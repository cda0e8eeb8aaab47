//! The records of packages that lie in the store, and what registries said of these: no file is
//! read again, and nothing computed that the embedded log has of the same tarball.

use std::{path::Path, sync::Arc};

use super::{error::Refused, manifest::confusion};
use crate::{
    cpu,
    error::Failure,
    manifest::Manifest,
    store::StoredPackage,
    sumdb::{
        Hash,
        log::LocalLog,
        record::{InstallManifest, PackageKey, Record, tree_hash},
    },
    verify::{Algorithm, Integrity, manifest_confusion::ManifestConfusion},
};

/// A package whose bytes lie in the store.
pub(super) struct Received {
    pub key: PackageKey,
    pub stored: StoredPackage,
    /// What registries said of it, each manifest once.
    pub manifests: Vec<Arc<Manifest>>,
}

/// What the bytes of a package came to.
pub(super) struct Computed {
    pub key: PackageKey,
    /// The record's leaf in any log.
    pub leaf: Hash,
    pub source: Source,
    /// Where a registry says another thing of the package than its own package.json.
    pub confusion: Option<ManifestConfusion>,
}

/// Where a leaf is from.
pub(super) enum Source {
    /// The record, computed from what lies in the store.
    Record(Box<Record>),
    /// The embedded log, which has the record of this very tarball.
    Remembered(Box<StoredPackage>),
}

impl Computed {
    /// The record, where the embedded log does not have it.
    pub(super) fn fresh(&self) -> Option<&Record> {
        match &self.source {
            Source::Record(record) => Some(record),
            Source::Remembered(_) => None,
        }
    }

    /// The record in any case: what is told of a contradiction.
    ///
    /// # Errors
    /// As [`record_of`].
    pub(super) fn record(&self) -> Result<Record, Refused> {
        match &self.source {
            Source::Record(record) => Ok((**record).clone()),
            Source::Remembered(stored) => record_of(self.key.clone(), stored),
        }
    }
}

/// The record of a package, from what its import computed.
///
/// # Errors
/// A package.json that is no JSON object.
pub(super) fn record_of(key: PackageKey, stored: &StoredPackage) -> Result<Record, Refused> {
    let manifest = install_manifest(&key, stored)?;
    Ok(with_manifest(key, stored, &manifest))
}

fn with_manifest(key: PackageKey, stored: &StoredPackage, manifest: &InstallManifest) -> Record {
    let paths: Vec<_> =
        stored.index.archive_files().map(|file| (file.archive_path(), &file.digest)).collect();
    let tree = tree_hash(&key, paths.iter().map(|(path, digest)| (path.as_str(), *digest)));
    Record {
        key,
        sri: *stored.digests.sha512(),
        size: stored.digests.size(),
        tree,
        manifest: manifest.hash(),
    }
}

/// What of a stored package's package.json decides about an install.
fn install_manifest(key: &PackageKey, stored: &StoredPackage) -> Result<InstallManifest, Refused> {
    let manifest =
        InstallManifest::parse(&stored.package_json).map_err(|error| Refused::Manifest {
            package: format!("{}@{}", key.name(), key.version()),
            reason: error.to_string(),
        })?;
    Ok(if stored.index.has_binding_gyp() { manifest.with_binding_gyp() } else { manifest })
}

/// The record, and a look at what was said of the package.
fn computed(received: &Received) -> Result<Computed, Refused> {
    let Received { key, stored, manifests } = received;
    let manifest = install_manifest(key, stored)?;
    let record = with_manifest(key.clone(), stored, &manifest);
    Ok(Computed {
        key: key.clone(),
        leaf: record.leaf(),
        source: Source::Record(Box::new(record)),
        confusion: manifests.iter().find_map(|said| confusion(said, &manifest)),
    })
}

/// The same of a package whose record the embedded log has, as this leaf.
fn remembered(received: &Received, leaf: Hash) -> Result<Computed, Refused> {
    let Received { key, stored, manifests } = received;
    let confusion = if manifests.is_empty() {
        None
    } else {
        let manifest = install_manifest(key, stored)?;
        manifests.iter().find_map(|said| confusion(said, &manifest))
    };
    let source = Source::Remembered(Box::new(stored.clone()));
    Ok(Computed { key: key.clone(), leaf, source, confusion })
}

/// What packages came to, in their order; `log` is the folder of the embedded log, by which what is
/// in it is not computed again.
///
/// # Errors
/// The first that has no record, and a log that cannot be used.
pub(super) fn compute(packages: &[Received], log: &Path) -> Result<Vec<Computed>, Failure> {
    if packages.is_empty() {
        return Ok(Vec::new());
    }
    let tarballs = packages.iter().map(|it| (&it.key, it.stored.digests.sha512()));
    let known = LocalLog::open(log)?.leaves(tarballs)?;
    let known: Vec<_> = packages.iter().zip(known).collect();
    let computed = cpu::map_all(&known, |(received, leaf)| match leaf {
        Some(leaf) => remembered(received, *leaf),
        None => computed(received),
    });
    Ok(computed.into_iter().collect::<Result<_, _>>()?)
}

/// Whether a record can be that of the bytes an integrity value promises; one without SHA-512
/// says nothing here.
pub(super) fn agrees(record: &Record, promised: Option<&str>) -> bool {
    let Some(promised) = promised.and_then(|text| Integrity::parse(text).ok()) else { return true };
    let mut strong =
        promised.hashes().iter().filter(|hash| hash.algorithm() == Algorithm::Sha512).peekable();
    strong.peek().is_none()
        || strong.any(|hash| hash.bytes().is_some_and(|bytes| bytes == record.sri))
}
