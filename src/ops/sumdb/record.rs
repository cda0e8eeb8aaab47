//! The record of a package that lies in the store: no file of it is read again.

use std::{
    collections::BTreeMap,
    num::NonZero,
    thread::{self, available_parallelism},
};

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

/// Fewer packages than these are not worth another thread.
const WORTH_A_THREAD: usize = 32;

/// The records of packages, in their order.
///
/// # Errors
/// The first that has none.
pub(super) fn records_of(
    packages: BTreeMap<PackageKey, StoredPackage>,
) -> Result<Vec<Record>, Refused> {
    let packages: Vec<_> = packages.into_iter().collect();
    let threads = available_parallelism().map_or(1, NonZero::get);
    let part = packages.len().div_ceil(threads).max(WORTH_A_THREAD);
    let all_of = |part: &[(PackageKey, StoredPackage)]| -> Result<Vec<Record>, Refused> {
        part.iter().map(|(key, stored)| record_of(key.clone(), stored)).collect()
    };
    thread::scope(|scope| {
        let mut parts = packages.chunks(part);
        let own = parts.next().unwrap_or_default();
        let others: Vec<_> = parts.map(|part| scope.spawn(move || all_of(part))).collect();
        let mut records = all_of(own)?;
        for other in others {
            let found = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            records.extend(found?);
        }
        Ok(records)
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
