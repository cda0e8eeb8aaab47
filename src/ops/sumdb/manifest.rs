//! Manifest confusion: what a registry says of a package against what the package says.

use serde_json::{Map, json};

use super::record::install_manifest;
use crate::{
    config::policy::SumdbMode,
    error::Failure,
    event::Event,
    manifest::Manifest,
    ops::context::Context,
    store::StoredPackage,
    sumdb::record::InstallManifest,
    verify::manifest_confusion::{self, RegistryManifest},
};

/// Compares the manifest that resolution went by with the tarball's own, where it is a
/// registry's: a lockfile keeps only part of one.
///
/// # Errors
/// A difference that an install would act on, unless the policy only warns.
pub(super) fn check(
    context: &Context,
    manifest: &Manifest,
    stored: &StoredPackage,
) -> Result<(), Failure> {
    let mode = context.policy.sumdb.manifest;
    if mode == SumdbMode::Off || manifest.dist.is_none() {
        return Ok(());
    }
    let Ok(tarball) = install_manifest(stored) else { return Ok(()) };
    match manifest_confusion::check(&registry_manifest(manifest), &tarball) {
        Err(error) if mode == SumdbMode::Enforce => Err(error.into()),
        Err(error) => {
            context.reporter.event(Event::warn("manifest", error.to_string()));
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// What the tree knows of a registry's manifest, in the normal form.
fn registry_manifest(manifest: &Manifest) -> RegistryManifest {
    let said = json!({
        "name": manifest.name,
        "version": manifest.version,
        "dependencies": manifest.dependencies,
        "optionalDependencies": manifest.optional_dependencies,
        "peerDependencies": manifest.peer_dependencies,
        "peerDependenciesMeta": manifest.peer_dependencies_meta,
        "bundleDependencies": manifest.bundle_dependencies,
        "bin": manifest.bin,
        "os": manifest.os,
        "cpu": manifest.cpu,
        "libc": manifest.libc,
        "engines": manifest.engines,
        "scripts": manifest.scripts,
    });
    let empty = Map::new();
    RegistryManifest {
        manifest: InstallManifest::from_object(said.as_object().unwrap_or(&empty)),
        has_install_script: manifest.has_install_script,
    }
}
