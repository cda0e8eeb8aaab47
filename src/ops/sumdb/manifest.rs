//! Manifest confusion: what a registry says of a package against what the package says.

use serde_json::{Map, json};

use crate::{
    manifest::Manifest,
    sumdb::record::InstallManifest,
    verify::manifest_confusion::{self, ManifestConfusion, RegistryManifest},
};

/// Where a registry's manifest that resolution went by differs from the tarball's own in what an
/// install acts on.
pub(super) fn confusion(said: &Manifest, tarball: &InstallManifest) -> Option<ManifestConfusion> {
    manifest_confusion::check(&registry_manifest(said), tarball).err()
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
