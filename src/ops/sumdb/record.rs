//! The record of a package that lies in the store: no file of it is read again.

use super::error::Refused;
use crate::{
    store::StoredPackage,
    sumdb::record::{InstallManifest, PackageKey, Record, tree_hash},
    verify::{Algorithm, Integrity},
};

/// The record of a package, from what its import computed.
///
/// # Errors
/// A package.json that is no JSON object.
pub(super) fn record_of(key: PackageKey, stored: &StoredPackage) -> Result<Record, Refused> {
    let manifest = install_manifest(stored).map_err(|error| Refused::Manifest {
        package: format!("{}@{}", key.name(), key.version()),
        reason: error.to_string(),
    })?;
    let paths: Vec<_> =
        stored.index.archive_files().map(|file| (file.archive_path(), &file.digest)).collect();
    let tree = tree_hash(&key, paths.iter().map(|(path, digest)| (path.as_str(), *digest)));
    Ok(Record {
        key,
        sri: *stored.digests.sha512(),
        size: stored.digests.size(),
        tree,
        manifest: manifest.hash(),
    })
}

/// What of a stored package's package.json decides about an install.
pub(super) fn install_manifest(
    stored: &StoredPackage,
) -> Result<InstallManifest, crate::sumdb::record::NotAManifest> {
    let manifest = InstallManifest::parse(&stored.package_json)?;
    Ok(if stored.index.has_binding_gyp() { manifest.with_binding_gyp() } else { manifest })
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
