//! `inspect`: one package, compared with an earlier one; offline where both are files.

use std::{path::Path, sync::Arc};

use super::{
    acks::Acks,
    files,
    findings::{Judge, Subject},
    metadata,
};
use crate::{
    error::{Code, Explain, Failure},
    event::Finding,
    inspect::{
        Sign,
        change::{self, Anchor, Change},
        dependencies,
        history::{History, VersionFacts},
        minified::{self, Files},
        scripts,
    },
    ops::{Context, manifests::Sources, packages::Packages},
    spec::Spec,
};

/// What to inspect.
#[derive(Clone, Debug, Default)]
pub struct InspectRequest {
    /// A tarball, a folder, or a package's specifier.
    pub subject: String,
    /// The same to compare with; for a package, also a version.
    pub baseline: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct InspectReport {
    /// The package's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The version it was compared with.
    pub baseline: Option<String>,
    /// What is unusual, the gravest first.
    pub findings: Vec<Finding>,
    /// Files that were not checked, and why.
    pub unchecked: Vec<(String, String)>,
}

/// Something that cannot be inspected.
#[derive(Debug, thiserror::Error)]
enum InspectError {
    #[error("{0} is neither a tarball nor a folder nor a package")]
    Nothing(String),
    #[error("inspecting was interrupted")]
    Interrupted,
}

impl Explain for InspectError {
    fn code(&self) -> Code {
        match self {
            Self::Nothing(_) => Code::Noent,
            Self::Interrupted => Code::Cancelled,
        }
    }
}

/// A package at hand.
struct Package {
    files: Files,
    name: String,
    integrity: Option<String>,
    history: Option<Arc<History>>,
}

/// Inspects one package.
///
/// # Errors
/// A package that cannot be had, files that break the rules of packages.
pub async fn inspect(
    context: &Context,
    request: &InspectRequest,
) -> Result<InspectReport, Failure> {
    let sources = Sources::new(context, Arc::new(Packages::new(context)));
    let now_ms = metadata::now_ms(context);
    let new = obtain(&sources, &request.subject, None).await?;
    let old = match &request.baseline {
        Some(word) => Some(obtain(&sources, word, Some(&new.name)).await?),
        None => settled(&sources, &new, now_ms).await?,
    };
    let (signs, inspection, new, old) = tokio::task::spawn_blocking(move || {
        let inspection = minified::compare(&new.files, old.as_ref().map(|old| &old.files));
        let mut signs =
            old.as_ref().map(|old| manifest_signs(&new, old, now_ms)).unwrap_or_default();
        signs.extend(inspection.signs.iter().cloned());
        (signs, inspection, new, old)
    })
    .await
    .map_err(|_| InspectError::Interrupted)?;
    context.pool.flush().await;
    let baseline = old.map(|old| old.files.version);
    let subject = Subject {
        name: new.name.clone(),
        version: new.files.version.clone(),
        baseline: baseline.clone(),
        is_rewrite: false,
        integrity: new.integrity,
        required_by: None,
    };
    let acks = Acks::read(&context.options.paths.prefix)?;
    let judge =
        Judge { policy: &context.policy.flags, acks: &acks, today: metadata::today(context) };
    let unchecked = inspection.unchecked.iter().map(|(path, why)| (path.clone(), why.to_string()));
    Ok(InspectReport {
        findings: judge.findings(&subject, &signs),
        name: new.name,
        version: new.files.version,
        baseline,
        unchecked: unchecked.collect(),
    })
}

/// The powers of one package.
///
/// # Errors
/// As [`inspect`].
pub async fn capabilities(context: &Context, word: &str) -> Result<Vec<String>, Failure> {
    let sources = Sources::new(context, Arc::new(Packages::new(context)));
    let found = obtain(&sources, word, None).await?;
    let list = move || minified::capabilities(&found.files).lines();
    Ok(tokio::task::spawn_blocking(list).await.map_err(|_| InspectError::Interrupted)?)
}

/// What manifests tell: where both packages have a history, all of it, else scripts and dependencies.
fn manifest_signs(new: &Package, old: &Package, now_ms: i64) -> Vec<Sign> {
    let facts = |package: &Package| {
        let history = package.history.as_ref();
        let known = history.and_then(|history| history.version(&package.files.version).cloned());
        known.or_else(|| {
            let document = package.files.by_path.get("package.json")?;
            VersionFacts::of(&package.files.version, document, None)
        })
    };
    let (Some(new_facts), Some(old_facts)) = (facts(new), facts(old)) else { return Vec::new() };
    let empty = Arc::default();
    let change = Change {
        name: &new.name,
        new: &new_facts,
        baseline: Some(&old_facts),
        anchor: Anchor::Locked,
        history: new.history.as_ref().unwrap_or(&empty),
        now_ms,
    };
    let mut signs = crate::inspect::maintainers::signs(&change);
    signs.extend(scripts::signs(&change));
    signs.extend(dependencies::signs(&change, &[], 0));
    signs
}

/// A file, a folder, or else a package of the registry; `of` is the name a bare version belongs to.
async fn obtain(sources: &Sources, word: &str, of: Option<&str>) -> Result<Package, Failure> {
    let path = Path::new(word);
    let read = if path.is_dir() {
        Some(files::of_folder(path).map_err(Failure::from))
    } else if path.is_file() {
        let path = path.to_owned();
        let unpack = move || files::of_tarball(&path);
        Some(tokio::task::spawn_blocking(unpack).await.map_err(|_| InspectError::Interrupted)?)
    } else {
        None
    };
    if let Some(files) = read.transpose()? {
        let manifest = files::manifest(&files);
        let name = manifest.and_then(|manifest| Some(manifest.get("name")?.as_str()?.to_owned()));
        let name = name.unwrap_or_else(|| word.to_owned());
        return Ok(Package { files, name, integrity: None, history: None });
    }
    let of_version = of.filter(|_| crate::spec::Version::parse(word).is_ok());
    let spec = match of_version {
        Some(name) => Spec::resolve(name, word, Path::new("/"))?,
        None => {
            Spec::parse(word, Path::new("/")).map_err(|_| InspectError::Nothing(word.to_owned()))?
        }
    };
    if !spec.target().is_registry() {
        return Err(InspectError::Nothing(word.to_owned()).into());
    }
    of_registry(sources, &spec).await
}

async fn of_registry(sources: &Sources, spec: &Spec) -> Result<Package, Failure> {
    let fetched = sources.fetch(spec).await?;
    let name = fetched.manifest.name.clone().unwrap_or_default();
    let version = fetched.manifest.version.clone().unwrap_or_default();
    let source = crate::arborist::PackageSource {
        name: &name,
        package_name: &name,
        version: &version,
        resolved: fetched.resolved.as_deref(),
        integrity: fetched.integrity.as_deref(),
        naming: crate::arborist::Naming::Checked,
    };
    let stored = sources.package(&source).await?.package;
    let history = metadata::history(sources, &name).await.ok();
    let integrity = stored.integrity.to_string();
    let work = move || files::of_stored(&stored);
    let files = tokio::task::spawn_blocking(work).await.map_err(|_| InspectError::Interrupted)?;
    Ok(Package { files, name, integrity: Some(integrity), history })
}

/// Where no baseline is given, a package of the registry is compared with what is settled.
async fn settled(
    sources: &Sources,
    new: &Package,
    now_ms: i64,
) -> Result<Option<Package>, Failure> {
    let Some(history) = &new.history else { return Ok(None) };
    let Some(facts) = history.version(&new.files.version) else { return Ok(None) };
    let Some(old) = change::settled(history, facts, now_ms) else { return Ok(None) };
    let spec = Spec::resolve(&new.name, &old.version, Path::new("/"))?;
    of_registry(sources, &spec).await.map(Some)
}
