//! How a package that has its place in the tree is fetched.

use std::path::{Path, PathBuf};

use super::{Shared, SourceError, Sources, is_url};
use crate::{
    arborist::{LoadFailure, Naming, PackageSource},
    ops::{
        packages::{Obtained, PackageRequest, Place},
        turns::Weight,
    },
    spec::Spec,
};

impl Shared {
    /// How to fetch a package that is known well enough; a registry's package is by its URL and
    /// its integrity.
    pub(super) fn known_request(source: &PackageSource<'_>) -> Option<PackageRequest> {
        let url = source.resolved?;
        let is_registrys = source.naming == Naming::Checked;
        let (place, naming) = if is_url(url) && (source.integrity.is_some() || !is_registrys) {
            (Place::Url(url.to_owned()), source.naming)
        } else if is_registrys {
            return None;
        } else if let Some(path) = url.strip_prefix("file:") {
            let path = PathBuf::from(path);
            let place = if path.is_dir() { Place::Folder(path) } else { Place::File(path) };
            (place, Naming::Free)
        } else {
            (Place::Git(url.to_owned()), Naming::Free)
        };
        Some(PackageRequest {
            name: source.package_name.to_owned(),
            version: source.version.to_owned(),
            place,
            integrity: source.integrity.map(str::to_owned),
            naming,
        })
    }

    /// How to fetch a package that is known by its place in the tree. What the tree does not tell
    /// about a registry's package, the registry tells.
    pub(super) async fn request_for(
        &self,
        source: &PackageSource<'_>,
    ) -> Result<PackageRequest, LoadFailure> {
        if let Some(request) = Self::known_request(source) {
            return Ok(request);
        }
        let package = || format!("{}@{}", source.package_name, source.version);
        if let Some(place) = source.resolved.filter(|place| !is_url(place)) {
            let (package, place) = (package(), place.to_owned());
            return Err(LoadFailure::new(SourceError::Place { package, place }));
        }
        let spec = Spec::resolve(source.package_name, source.version, Path::new("/"))
            .map_err(LoadFailure::new)?;
        let fetched = self.fetch_registry(&spec).await?;
        let no_tarball = || {
            LoadFailure::new(SourceError::NoTarball {
                name: source.package_name.to_owned(),
                version: source.version.to_owned(),
            })
        };
        let url = source.resolved.or(fetched.resolved.as_deref()).ok_or_else(no_tarball)?;
        let integrity = source.integrity.or(fetched.integrity.as_deref());
        let unknown = || LoadFailure::new(SourceError::NoIntegrity { package: package() });
        Ok(PackageRequest {
            name: source.package_name.to_owned(),
            version: source.version.to_owned(),
            place: Place::Url(url.to_owned()),
            integrity: Some(integrity.ok_or_else(unknown)?.to_owned()),
            naming: Naming::Checked,
        })
    }
}

impl Sources {
    /// Fetches a package of the tree into the store.
    ///
    /// # Errors
    /// Whatever failed: network, integrity, archive rules, name or version.
    pub async fn package(&self, source: &PackageSource<'_>) -> Result<Obtained, LoadFailure> {
        self.weighed_package(source, Weight::Usual).await
    }

    /// As [`Sources::package`], for many at once: large ones do not wait for others.
    pub(in crate::ops) async fn weighed_package(
        &self,
        source: &PackageSource<'_>,
        weight: Weight,
    ) -> Result<Obtained, LoadFailure> {
        let request = self.shared.request_for(source).await?;
        self.shared.packages.get(&request, weight).await
    }
}
