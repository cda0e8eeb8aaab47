//! Packages that no registry answers for: they tell their own manifests.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{Shared, SourceError};
use crate::{
    arborist::{Fetched, LoadFailure, Naming, expand_bin_folder},
    error::Failure,
    manifest::Manifest,
    ops::{
        git::read_manifest,
        packages::{PackageRequest, Place},
        turns::Weight,
    },
    spec::{Spec, SpecKind},
};

impl Shared {
    /// The manifest of a tarball, a folder or a repository.
    pub(super) async fn fetch_outside(&self, spec: &Spec) -> Result<Arc<Fetched>, LoadFailure> {
        let target = spec.target();
        let place = match &target.kind {
            SpecKind::Directory => return from_folder(&target.fetch_spec),
            SpecKind::Remote => Place::Url(target.fetch_spec.clone()),
            SpecKind::File => Place::File(PathBuf::from(&target.fetch_spec)),
            SpecKind::Git(_) => Place::Git(self.packages.commit_of(target).await?),
            _ => {
                let spec = spec.to_string();
                return Err(Failure::from(SourceError::Unsupported { spec }).into());
            }
        };
        Ok(self.fetch_place(spec, place).await?)
    }

    /// A tarball is known by its integrity from here on, a repository by its commit.
    async fn fetch_place(&self, spec: &Spec, place: Place) -> Result<Arc<Fetched>, Failure> {
        let (resolved, is_tarball) = match &place {
            Place::Git(commit) => (commit.clone(), false),
            Place::Url(url) => (url.clone(), true),
            Place::File(path) | Place::Folder(path) => (format!("file:{}", path.display()), true),
        };
        let request = PackageRequest {
            name: spec.name.clone().unwrap_or_else(|| spec.raw.clone()),
            version: if is_tarball { spec.raw_spec.clone() } else { String::new() },
            place,
            integrity: None,
            naming: Naming::Free,
        };
        let package = self.packages.get(&request, Weight::Usual).await?.package;
        let mut manifest = Manifest::from_slice(&package.package_json)?;
        expand_bin_folder(&mut manifest, &package.dir);
        Ok(Arc::new(Fetched {
            manifest: Arc::new(manifest),
            resolved: Some(resolved.into()),
            integrity: is_tarball.then(|| package.integrity.to_string().into()),
        }))
    }
}

/// A folder that will be packed (`--install-links`): its manifest as it lies there.
fn from_folder(path: &str) -> Result<Arc<Fetched>, LoadFailure> {
    let mut manifest = read_manifest(Path::new(path)).map_err(LoadFailure::new)?;
    expand_bin_folder(&mut manifest, Path::new(path));
    Ok(Arc::new(Fetched {
        manifest: Arc::new(manifest),
        resolved: Some(format!("file:{path}").into()),
        integrity: None,
    }))
}
