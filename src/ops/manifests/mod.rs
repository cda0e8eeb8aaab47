//! Where arborist's manifests come from: packuments, tarballs, folders, repositories.
//!
//! Arborist asks one question after the other; this side answers from packuments that were
//! asked for long before. Whenever a packument arrives, the version that will be picked is
//! known, and with it the packages that are asked for next: they are requested at once,
//! transitively, while resolution is still busy above.

mod announce;
mod outside;
mod question;
mod request;

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::{SystemTime, UNIX_EPOCH},
};

use globset::Glob;
use tokio::runtime::Handle;

use self::{
    announce::{Announcements, Reach, announce, announce_peers},
    question::{Answers, Asked},
};
use super::{
    context::Context,
    packages::Packages,
    proofs::Proofs,
    registries::{Agreement, Answer, Settled, View},
    turns::Weight,
};
use crate::{
    arborist::{
        Fetched, FolderManifest, LoadFailure, Machine, ManifestRequest, Manifests, Naming,
        PackageSource, PickError, PickOptions, Shrinkwrap, pick_manifest, read_manifest,
    },
    config::options::LockResolved,
    error::{Code, Explain, Failure},
    flight::Flight,
    fs::read_bounded,
    lockfile::{Lockfile, MAX_LOCKFILE_BYTES},
    manifest::{Dist, Manifest, ManifestError, Packument},
    registry::{Form, Pool},
    spec::{PackageName, Spec},
    verify::Integrity,
};

/// Answers arborist's questions over the network, the store and the disk.
#[derive(Clone)]
pub struct Sources {
    shared: Arc<Shared>,
    runtime: Handle,
}

/// What was picked for each question, and from whose view where several registries are asked.
type Picks = Answers<(Option<Arc<View>>, Arc<Fetched>)>;

struct Shared {
    pool: Arc<Pool>,
    packages: Arc<Packages>,
    proofs: Arc<Proofs>,
    agreement: Option<Arc<Agreement>>,
    packuments: Flight<String, Result<Arc<Packument>, LoadFailure>>,
    /// What a name and a specifier mean: told ahead of the question, most often.
    picked: Mutex<Picks>,
    tarballs: EarlyTarballs,
    pick: PickOptions,
    lock_resolved: LockResolved,
    age_exceptions: Vec<AgeException>,
    /// Versions to avoid, by package.
    avoided: RwLock<HashMap<String, BTreeSet<String>>>,
    announcements: Announcements,
    resolves_peers: bool,
}

/// Whether tarballs are fetched as soon as their packages have a place in the tree.
#[derive(Clone, Debug)]
pub(super) enum EarlyTarballs {
    /// Nothing is installed, or what is there already may do.
    No,
    /// Those that this machine takes.
    For(Machine),
}

/// A package exempt from `min-release-age`: a name or a pattern.
enum AgeException {
    Name(String),
    Pattern(globset::GlobMatcher),
}

/// A manifest that cannot be had.
#[derive(Debug, thiserror::Error)]
enum SourceError {
    #[error("incomplete manifest for {name}, missing version")]
    NoVersion { name: String },
    #[error("{name}@{version} has no tarball")]
    NoTarball { name: String, version: String },
    #[error("{spec} cannot be fetched")]
    Unsupported { spec: String },
    #[error("{package} is a registry's package, and is said to be at {place}")]
    Place { package: String, place: String },
    #[error("nobody tells the integrity of {package}, neither lockfile nor registry")]
    NoIntegrity { package: String },
}

impl Explain for SourceError {
    fn code(&self) -> Code {
        match self {
            Self::NoVersion { .. } | Self::NoTarball { .. } => Code::InvalidResponse,
            Self::Unsupported { .. } | Self::Place { .. } => Code::UnsupportedProtocol,
            Self::NoIntegrity { .. } => Code::Integrity,
        }
    }
}

impl Sources {
    /// Sources that also fetch tarballs early, for an install.
    pub(super) fn for_install(context: &Context, early: EarlyTarballs) -> Self {
        let mut sources = Self::new(context, Arc::new(Packages::new(context)));
        if let Some(shared) = Arc::get_mut(&mut sources.shared) {
            shared.tarballs = early;
        }
        sources
    }

    /// Sources for one run; call on a thread of the runtime.
    pub fn new(context: &Context, packages: Arc<Packages>) -> Self {
        let resolve = &context.options.resolve;
        let exceptions = resolve.min_release_age_exclude.iter().map(|text| {
            match Glob::new(text).ok().filter(|_| text.contains(['*', '?', '[', '{'])) {
                Some(glob) => AgeException::Pattern(glob.compile_matcher()),
                None => AgeException::Name(text.clone()),
            }
        });
        let shared = Shared {
            pool: Arc::clone(&context.pool),
            packages,
            proofs: Arc::new(Proofs::new(context)),
            agreement: Agreement::of(&context.pool, &context.reporter),
            packuments: Flight::default(),
            picked: Mutex::default(),
            tarballs: EarlyTarballs::No,
            pick: PickOptions {
                default_tag: resolve.tag.clone(),
                before: resolve.before.map(epoch_ms),
                node_version: context.machine.node_version.clone(),
                npm_version: context.machine.npm_version.clone(),
                avoid: BTreeSet::new(),
            },
            lock_resolved: context.options.lock.lock_resolved,
            age_exceptions: exceptions.collect(),
            avoided: RwLock::default(),
            announcements: Announcements::default(),
            resolves_peers: !resolve.legacy_peer_deps,
        };
        Self { shared: Arc::new(shared), runtime: Handle::current() }
    }

    /// The manifest for a specifier, without blocking.
    ///
    /// # Errors
    /// Whatever went wrong, with npm's code.
    pub async fn fetch(&self, spec: &Spec) -> Result<Arc<Fetched>, LoadFailure> {
        self.shared.fetch(spec).await
    }

    /// A packument as the registry that was chosen for it has it, parsed once per run.
    ///
    /// # Errors
    /// Whatever went wrong, with npm's code.
    pub(super) async fn packument(&self, name: &str) -> Result<Arc<Packument>, LoadFailure> {
        self.shared.packument(name).await
    }

    /// The packument that the registries of the pool, all of them asked, agree on.
    ///
    /// # Errors
    /// Whatever went wrong, with npm's code.
    pub(super) async fn agreed_packument(&self, name: &str) -> Result<Arc<Packument>, LoadFailure> {
        match self.shared.agreement_on(name) {
            Some(agreement) => Ok(Arc::clone(&agreement.compare(name).await?.packument)),
            None => self.shared.packument(name).await,
        }
    }

    /// Waits until what was resolved so far is confirmed by a second registry.
    ///
    /// # Errors
    /// Registries that disagree about one version.
    pub(super) async fn settled(&self) -> Result<Settled, LoadFailure> {
        match &self.shared.agreement {
            Some(agreement) => agreement.settled().await,
            None => Ok(Settled::Confirmed),
        }
    }

    /// The packument of a package that was read in this run, if one was.
    pub(super) fn packument_at_hand(&self, name: &str) -> Option<Arc<Packument>> {
        let shared = &self.shared;
        match shared.agreement_on(name) {
            Some(agreement) => agreement.view_at_hand(name),
            None => shared.packuments.get(&name.to_owned())?.ok(),
        }
    }

    /// From now on a version is picked only where nothing else satisfies; whether that is new.
    pub(super) fn avoid(&self, name: &str, version: &str) -> bool {
        let mut avoided = self.shared.avoided.write().unwrap_or_else(PoisonError::into_inner);
        let is_new = avoided.entry(name.to_owned()).or_default().insert(version.to_owned());
        drop(avoided);
        // What was picked before this was known is picked anew.
        self.shared.picked().retain(|known, _| *known.name != *name);
        is_new
    }

    /// What proves packages before they are installed.
    pub(super) fn proofs(&self) -> &Arc<Proofs> {
        &self.shared.proofs
    }

    /// What picking a version of a package depends on.
    pub fn pick_options(&self, name: &str) -> Cow<'_, PickOptions> {
        self.shared.pick_options(name)
    }
}

fn epoch_ms(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

impl Shared {
    async fn fetch(&self, spec: &Spec) -> Result<Arc<Fetched>, LoadFailure> {
        let target = spec.target();
        if target.is_registry() {
            return self.fetch_registry(target).await;
        }
        self.fetch_outside(spec).await
    }

    async fn packument(&self, name: &str) -> Result<Arc<Packument>, LoadFailure> {
        let work = || async { self.load_packument(name).await.map_err(LoadFailure::from) };
        self.packuments.run(name.to_owned(), work).await
    }

    async fn load_packument(&self, name: &str) -> Result<Arc<Packument>, Failure> {
        let package = PackageName::parse(name)?;
        let packument = self.pool.packument(name, Form::Full).await?.packument;
        packument.verify_name(&package)?;
        Ok(packument)
    }

    async fn fetch_registry(&self, spec: &Spec) -> Result<Arc<Fetched>, LoadFailure> {
        let name = spec.name.as_deref().unwrap_or_default();
        if let Some(agreement) = self.agreement_on(name) {
            return Ok(self.answer(agreement, name, spec).await?.1);
        }
        if let Some(known) = self.picked_before(name, spec) {
            return Ok(known);
        }
        let fetched = self.pick_from_registry(name, spec).await?;
        self.note_pick(name, spec, None, &fetched);
        Ok(fetched)
    }

    /// What was picked in this run for the same question, where one registry is asked.
    fn picked_before(&self, name: &str, spec: &Spec) -> Option<Arc<Fetched>> {
        let picked = self.picked();
        let (from, known) = picked.get(&Asked { name, spec: &spec.fetch_spec })?;
        from.is_none().then(|| Arc::clone(known))
    }

    fn note_pick(&self, name: &str, spec: &Spec, from: Option<&Arc<View>>, fetched: &Arc<Fetched>) {
        // Asked while the picks are held: what comes to be avoided from now on is dropped from them.
        let mut picked = self.picked();
        let version = fetched.manifest.version.as_deref().unwrap_or_default();
        if !self.pick_options(name).avoid.contains(version) {
            let asked = Asked { name, spec: &spec.fetch_spec };
            picked.insert(asked.to_question(), (from.cloned(), Arc::clone(fetched)));
        }
    }

    fn picked(&self) -> MutexGuard<'_, Picks> {
        self.picked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn pick_from_registry(
        &self,
        name: &str,
        spec: &Spec,
    ) -> Result<Arc<Fetched>, LoadFailure> {
        let packument = self.packument(name).await?;
        let options = self.pick_options(name);
        let picked = match pick_manifest(&packument, spec, &options) {
            // Another process replaced the document, or the disk lost it: once more, from its source.
            Err(PickError::Manifest { source: ManifestError::Lost, .. }) => {
                self.pool.forget_packument(name, Form::Full);
                self.packuments.forget(&name.to_owned());
                let packument = self.packument(name).await?;
                pick_manifest(&packument, spec, &options)
            }
            picked => picked,
        };
        fetched(name, picked.map_err(LoadFailure::new)?)
    }

    /// What a registry's package will probably be. Registries that do not agree are compared when
    /// the question is asked in earnest.
    async fn guess(&self, spec: &Spec) -> Result<Arc<Fetched>, LoadFailure> {
        let name = spec.name.as_deref().unwrap_or_default();
        match self.agreement_on(name) {
            Some(agreement) => self.pick(&agreement.view(name).await?, spec),
            None => self.fetch_registry(spec).await,
        }
    }

    /// Where several registries are asked about a package, how they agree.
    fn agreement_on(&self, name: &str) -> Option<&Arc<Agreement>> {
        self.agreement.as_ref().filter(|agreement| agreement.covers(name))
    }

    /// The answer of the assigned registry; where it has none, that of all.
    async fn answer(
        &self,
        agreement: &Agreement,
        name: &str,
        spec: &Spec,
    ) -> Result<(Arc<View>, Arc<Fetched>), LoadFailure> {
        let view = agreement.view(name).await?;
        let (view, picked) = if let Ok(picked) = self.pick(&view, spec) {
            (view, picked)
        } else {
            let view = agreement.compare(name).await?;
            let picked = self.pick(&view, spec)?;
            (view, picked)
        };
        let version = picked.manifest.version.as_deref().unwrap_or_default();
        let recorded = match self.lock_resolved {
            LockResolved::Upstream => None,
            LockResolved::Canonical | LockResolved::Omit => {
                self.pool.recorded_url(name, version, &view.registry)
            }
        };
        let resolved = recorded.map(Into::into);
        let resolved = resolved.or_else(|| picked.resolved.clone());
        Ok((view, Arc::new(Fetched { resolved, ..(*picked).clone() })))
    }

    /// The answer that resolution builds on; a second registry is asked to confirm it.
    async fn answer_and_confirm(&self, spec: &Spec) -> Result<Arc<Fetched>, LoadFailure> {
        let name = spec.name.as_deref().unwrap_or_default();
        let Some(agreement) = self.agreement_on(name).filter(|_| spec.is_registry()) else {
            return self.fetch(spec).await;
        };
        let (view, fetched) = self.answer(agreement, name, spec).await?;
        agreement.confirm(Answer {
            spec: spec.clone(),
            view,
            picked: Arc::clone(&fetched.manifest),
            pick: self.pick_options(name).into_owned(),
        });
        Ok(fetched)
    }

    /// What a specifier means in a registry's view.
    fn pick(&self, view: &Arc<View>, spec: &Spec) -> Result<Arc<Fetched>, LoadFailure> {
        let name = spec.name.as_deref().unwrap_or_default();
        if let Some((Some(from), known)) =
            self.picked().get(&Asked { name, spec: &spec.fetch_spec })
            && Arc::ptr_eq(from, view)
        {
            return Ok(Arc::clone(known));
        }
        let picked = pick_manifest(&view.packument, spec, &self.pick_options(name));
        let fetched = fetched(name, picked.map_err(LoadFailure::new)?)?;
        self.note_pick(name, spec, Some(view), &fetched);
        Ok(fetched)
    }

    fn pick_options(&self, name: &str) -> Cow<'_, PickOptions> {
        let is_exempt = self.pick.before.is_some() && self.is_age_exempt(name);
        let avoided = self.avoided.read().unwrap_or_else(PoisonError::into_inner);
        let avoid = avoided.get(name);
        if !is_exempt && avoid.is_none() {
            return Cow::Borrowed(&self.pick);
        }
        let mut own = self.pick.clone();
        own.before = own.before.filter(|_| !is_exempt);
        own.avoid = avoid.cloned().unwrap_or_default();
        Cow::Owned(own)
    }

    fn is_age_exempt(&self, name: &str) -> bool {
        self.age_exceptions.iter().any(|exception| match exception {
            AgeException::Name(exempt) => exempt == name,
            AgeException::Pattern(pattern) => pattern.is_match(name),
        })
    }
}

/// What arborist learns of a version that was picked.
fn fetched(name: &str, manifest: Arc<Manifest>) -> Result<Arc<Fetched>, LoadFailure> {
    if manifest.version.is_none() {
        return Err(LoadFailure::new(SourceError::NoVersion { name: name.to_owned() }));
    }
    let dist = manifest.dist.as_ref();
    let place = dist.and_then(|dist| dist.tarball.as_deref());
    if let Some(place) = place.filter(|place| !is_url(place)) {
        let version = manifest.version.as_deref().unwrap_or_default();
        let (package, place) = (format!("{name}@{version}"), place.to_owned());
        return Err(LoadFailure::new(SourceError::Place { package, place }));
    }
    let resolved = place.map(Into::into);
    let integrity = dist.and_then(integrity_of).map(Into::into);
    Ok(Arc::new(Fetched { manifest, resolved, integrity }))
}

/// Whether a registry's package can be there.
fn is_url(place: &str) -> bool {
    place.starts_with("http://") || place.starts_with("https://")
}

/// `dist.integrity`, else the SHA-1 of old publications.
fn integrity_of(dist: &Dist) -> Option<String> {
    dist.integrity.clone().filter(|text| !text.is_empty()).or_else(|| {
        let shasum = dist.shasum.as_deref()?;
        Integrity::from_sha1_hex(shasum).ok().map(|integrity| integrity.to_string())
    })
}

impl Manifests for Sources {
    fn manifest(&self, request: &ManifestRequest<'_>) -> Result<Arc<Fetched>, LoadFailure> {
        let target = request.spec.target();
        if target.is_registry() {
            let name = target.name.as_deref().unwrap_or_default();
            // Most was announced, and picked while another package was placed.
            if let Some(known) = self.shared.picked_before(name, target) {
                return Ok(known);
            }
            let fetched = self.runtime.block_on(self.shared.answer_and_confirm(target))?;
            announce_peers(&self.shared, &self.runtime, &fetched.manifest, Reach::Peers);
            return Ok(fetched);
        }
        self.runtime.block_on(self.shared.fetch(request.spec))
    }

    fn prefetch(&self, spec: &Spec) {
        let target = spec.target();
        if target.is_registry() {
            announce(&self.shared, &self.runtime, target, Reach::All);
        }
    }

    fn placed(&self, package: &PackageSource<'_>, manifest: &Manifest) {
        let EarlyTarballs::For(machine) = &self.shared.tarballs else { return };
        let Some(request) = Shared::known_request(package) else { return };
        // A package for other machines is optional, and will be set aside.
        if package.naming == Naming::Checked && machine.check_target_platform(manifest).is_ok() {
            let (shared, weight) = (Arc::clone(&self.shared), Weight::of(manifest));
            // A failure is kept for whoever asks for the package in earnest.
            self.runtime.spawn(async move { drop(shared.packages.get(&request, weight).await) });
        }
    }

    fn folder(&self, path: &str) -> Option<Arc<Manifest>> {
        match read_manifest(Path::new(path)) {
            FolderManifest::Read(manifest) => Some(manifest),
            FolderManifest::Missing | FolderManifest::Broken(_) => None,
        }
    }

    fn unpacked(&self, source: &PackageSource<'_>) -> Result<PathBuf, LoadFailure> {
        let request = self.runtime.block_on(self.shared.request_for(source))?;
        Ok(self.runtime.block_on(self.shared.packages.get(&request, Weight::Usual))?.package.dir)
    }

    fn inner_lock(&self, unpacked: &Path) -> Option<Shrinkwrap> {
        let path = unpacked.join("npm-shrinkwrap.json");
        let text = String::from_utf8(read_bounded(&path, MAX_LOCKFILE_BYTES).ok()?).ok()?;
        Lockfile::parse(&text, &path).ok().map(|lock| lock.shrinkwrap)
    }
}
