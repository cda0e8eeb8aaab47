//! The records of packages that lie in the store, and what registries said of these: no file is
//! read again, and nothing computed that was computed of the same before.

use std::sync::Arc;

use super::{error::Refused, manifest::confusion};
use crate::{
    cpu,
    manifest::Manifest,
    store::StoredPackage,
    sumdb::{
        Hash,
        record::{InstallManifest, PackageKey, Record, tree_hash},
    },
    verify::{Algorithm, Integrity, manifest_confusion::ManifestConfusion},
};

/// A package whose bytes lie in the store, and have to be looked at.
pub(super) struct Received {
    /// Its place in what was asked, one of them.
    pub place: usize,
    pub key: PackageKey,
    pub stored: StoredPackage,
    /// What registries said of it, each manifest once.
    pub manifests: Vec<Arc<Manifest>>,
    /// The leaf of its record, where that is remembered.
    pub leaf: Option<Hash>,
}

/// What the bytes of a package came to.
pub(super) struct Computed {
    /// Its place in what was asked, one of them.
    pub place: usize,
    pub key: PackageKey,
    /// The record's leaf in any log.
    pub leaf: Hash,
    /// The record; `None` where the leaf was computed before, and then the embedded log has it.
    pub fresh: Option<Box<Fresh>>,
    /// Where a registry says another thing of the package than its own package.json.
    pub confusion: Option<ManifestConfusion>,
}

/// A record that was computed just now.
#[derive(Clone, Debug)]
pub(super) struct Fresh {
    pub record: Record,
    pub leaf: Hash,
    /// The digest of what it was computed from.
    pub source: [u8; 32],
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

/// The record where it is not known, and a look at what was said of the package.
fn computed(received: &Received) -> Result<Computed, Refused> {
    let Received { place, key, stored, manifests, leaf } = received;
    let manifest = install_manifest(key, stored)?;
    let confusion = manifests.iter().find_map(|said| confusion(said, &manifest));
    let (leaf, fresh) = if let Some(leaf) = leaf {
        (*leaf, None)
    } else {
        let record = with_manifest(key.clone(), stored, &manifest);
        let (leaf, source) = (record.leaf(), stored.index_digest);
        (leaf, Some(Box::new(Fresh { record, leaf, source })))
    };
    Ok(Computed { place: *place, key: key.clone(), leaf, fresh, confusion })
}

/// What packages came to, in their order.
///
/// # Errors
/// The first that has no record.
pub(super) fn compute(packages: &[Received]) -> Result<Vec<Computed>, Refused> {
    cpu::map_all(packages, computed).into_iter().collect()
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
