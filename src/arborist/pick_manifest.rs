//! Which version of a packument a specifier means: `npm-pick-manifest`.
//!
//! A tag is that version, a version is itself. For a range, the version tagged `latest` wins
//! when it satisfies, suits the engines and is not deprecated, even if there are higher ones;
//! else the best of those that satisfy: engines and deprecation before version order. What is to
//! be avoided comes after everything else.

use std::{cmp::Reverse, collections::BTreeSet, sync::Arc};

use serde_json::Value;

use super::install_checks::engine_ok;
use crate::{
    error::{Code, Explain},
    manifest::{Manifest, ManifestError, Packument, PackumentError},
    pending::PendingText,
    spec::{Range, Spec, SpecKind, Version},
};

/// What picking depends on.
#[derive(Clone, Debug, Default)]
pub struct PickOptions {
    /// The tag that stands for no specifier (`--tag`).
    pub default_tag: String,
    /// Only versions published at or before this time, in milliseconds since the epoch.
    pub before: Option<i64>,
    /// The Node.js version, with or without `v`.
    pub node_version: PendingText,
    /// The npm version; npm itself passes none to the picker unless configured.
    pub npm_version: String,
    /// Versions that a tag or range means only where nothing else satisfies (`avoid`).
    pub avoid: BTreeSet<String>,
}

/// Why no version could be picked.
#[derive(Debug, thiserror::Error)]
pub enum PickError {
    /// Nothing satisfies.
    #[error("No matching version found for {name}@{wanted}{}.", before_text(*before))]
    NoMatch {
        /// The package.
        name: String,
        /// What was asked for.
        wanted: String,
        /// The date bound, in milliseconds since the epoch.
        before: Option<i64>,
        /// The highest version there is, for the way out.
        latest: Option<String>,
    },
    /// No version at all is left.
    #[error("No versions available for {name}")]
    NoVersions {
        /// The package.
        name: String,
    },
    /// The packument cannot be read.
    #[error(transparent)]
    Packument(#[from] PackumentError),
    /// The chosen version's manifest cannot be read.
    #[error("{package}: {source}")]
    Manifest {
        /// `name@version`.
        package: String,
        /// Why.
        source: ManifestError,
    },
    /// What the packument lists as this version is, by its own words, another package or version.
    #[error("the packument lists {found} as {package}")]
    Another {
        /// `name@version` as listed.
        package: String,
        /// What it calls itself.
        found: String,
    },
}

fn before_text(before: Option<i64>) -> String {
    before.map(|_| " with a date before the configured one".to_owned()).unwrap_or_default()
}

impl Explain for PickError {
    fn code(&self) -> Code {
        match self {
            Self::NoMatch { .. } => Code::Target,
            Self::NoVersions { .. } => Code::Noversions,
            Self::Packument(error) => error.code(),
            Self::Manifest { source, .. } => source.code(),
            Self::Another { .. } => Code::ManifestMismatch,
        }
    }

    fn package(&self) -> Option<String> {
        match self {
            Self::NoMatch { name, wanted, .. } => Some(format!("{name}@{wanted}")),
            Self::NoVersions { name } => Some(name.clone()),
            Self::Packument(error) => error.package(),
            Self::Manifest { package, .. } | Self::Another { package, .. } => Some(package.clone()),
        }
    }

    fn detail(&self) -> Vec<String> {
        match self {
            Self::NoMatch { .. } => vec![
                self.to_string(),
                "In most cases you or one of your dependencies are requesting".to_owned(),
                "a package version that doesn't exist.".to_owned(),
            ],
            Self::NoVersions { .. } => vec![self.to_string()],
            Self::Packument(error) => error.detail(),
            Self::Manifest { source, .. } => source.detail(),
            Self::Another { .. } => Vec::new(),
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::NoMatch { name, latest: Some(latest), .. } => Some(format!(
                "the latest release of {name} is {latest}; `npm view {name} versions` lists all"
            )),
            Self::Packument(error) => error.help(),
            _ => None,
        }
    }
}

/// Picks the version that a registry specifier means.
///
/// # Errors
/// [`PickError`].
pub fn pick_manifest(
    packument: &Packument,
    spec: &Spec,
    options: &PickOptions,
) -> Result<Arc<Manifest>, PickError> {
    let picker = Picker { packument, options };
    let manifest = match &spec.kind {
        SpecKind::Tag => picker.by_tag(&spec.fetch_spec)?,
        SpecKind::Version => picker.by_version(&spec.fetch_spec)?,
        _ => picker.by_range(&spec.fetch_spec)?,
    };
    manifest.ok_or_else(|| PickError::NoMatch {
        name: packument.name().unwrap_or_default().to_owned(),
        wanted: if spec.raw_spec.is_empty() { "*".to_owned() } else { spec.raw_spec.clone() },
        before: options.before,
        latest: packument.dist_tag("latest").map(str::to_owned),
    })
}

struct Picker<'a> {
    packument: &'a Packument,
    options: &'a PickOptions,
}

type Picked = Result<Option<Arc<Manifest>>, PickError>;

impl Picker<'_> {
    fn in_time(&self, version: &str) -> bool {
        let Some(before) = self.options.before else { return true };
        self.packument.published_ms(version).is_none_or(|time| time <= before)
    }

    fn is_avoided(&self, version: &str) -> bool {
        self.options.avoid.contains(version)
    }

    /// The manifest of a listed version, which must be what it is listed as.
    fn manifest(&self, version: &str) -> Picked {
        let Some(read) = self.packument.manifest(version) else { return Ok(None) };
        let name = self.packument.name().unwrap_or_default();
        let package = || format!("{name}@{version}");
        let manifest = read.map_err(|source| PickError::Manifest { package: package(), source })?;
        let (own_name, own_version) = (manifest.name.as_deref(), manifest.version.as_deref());
        let listed = Version::parse_loose(version);
        let is_same_version = own_version.is_none_or(|own| {
            listed.is_ok() && (own == version || Version::parse_loose(own) == listed)
        });
        if own_name == Some(name) && is_same_version {
            return Ok(Some(manifest));
        }
        let found = [own_name, own_version].map(Option::unwrap_or_default).join("@");
        Err(PickError::Another { package: package(), found })
    }

    fn by_tag(&self, tag: &str) -> Picked {
        let Some(version) = self.packument.dist_tag(tag) else { return Ok(None) };
        if self.in_time(version) && !self.is_avoided(version) {
            return self.manifest(version);
        }
        self.by_range(&format!("<={version}"))
    }

    fn by_version(&self, wanted: &str) -> Picked {
        let Ok(version) = Version::parse_loose(wanted) else { return Ok(None) };
        let version = version.to_string();
        if self.in_time(&version) { self.manifest(&version) } else { Ok(None) }
    }

    fn by_range(&self, wanted: &str) -> Picked {
        let Some(range) = Range::known(wanted) else { return Ok(None) };
        let any = wanted == "*";
        if let Some(default) = self.packument.dist_tag(&self.options.default_tag)
            && (any || Version::parse_loose(default).is_ok_and(|version| range.satisfies(&version)))
            && self.in_time(default)
            && !self.is_avoided(default)
            && let Some(manifest) = self.manifest(default)?
            && self.engine_ok(&manifest)
            && !is_deprecated(&manifest)
        {
            return Ok(Some(manifest));
        }
        if !self.packument.versions().any(|version| self.in_time(version)) {
            return Err(PickError::NoVersions {
                name: self.packument.name().unwrap_or_default().to_owned(),
            });
        }
        let descending = self.packument.versions_descending();
        self.best_of(descending.filter(|version| {
            Version::parse_loose(version).is_ok_and(|parsed| range.satisfies(&parsed))
                && self.in_time(version)
        }))
    }

    /// The first that suits in every respect, else the best compromise; candidates are in
    /// descending order of version, and no more of them are looked at than need be.
    fn best_of<'a>(&self, candidates: impl Iterator<Item = &'a str>) -> Picked {
        let mut best: Option<([bool; 4], Arc<Manifest>)> = None;
        for version in candidates {
            let Some(manifest) = self.manifest(version)? else { continue };
            let (engine, current) = (self.engine_ok(&manifest), !is_deprecated(&manifest));
            let rank = [!self.is_avoided(version), engine && current, engine, current];
            if rank == [true; 4] {
                return Ok(Some(manifest));
            }
            if best.as_ref().is_none_or(|(other, _)| Reverse(rank) < Reverse(*other)) {
                best = Some((rank, manifest));
            }
        }
        Ok(best.map(|(_, manifest)| manifest))
    }

    fn engine_ok(&self, manifest: &Manifest) -> bool {
        manifest.engines.as_ref().is_none_or(|engines| {
            engine_ok(engines, &self.options.npm_version, &self.options.node_version)
        })
    }
}

/// `!!deprecated`.
fn is_deprecated(manifest: &Manifest) -> bool {
    match manifest.deprecated.as_deref() {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(_) => true,
    }
}
