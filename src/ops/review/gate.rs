//! The look at every package that an install would change, before anything is linked.

use std::{
    collections::{BTreeMap, HashMap},
    future::ready,
    io::Read as _,
    path::Path,
    sync::Arc,
};

use futures_util::{StreamExt as _, stream};

use super::{
    acks::Acks,
    cache::{Cache, Compared},
    changes::{Changed, Known},
    files,
    findings::{Judge, Subject},
    metadata,
    seen::Seen,
};
use crate::{
    arborist::{LoadFailure, Naming, NodeId, PackageSource},
    cpu,
    error::{Code, Explain, Failure},
    event::{Event, Finding, Gravity, Level},
    inspect::{
        Sign,
        change::{self, Anchor, Change},
        dependencies::{self, NewDependency},
        history::{History, VersionFacts},
        maintainers,
        malicious::{KnownMalicious, MAX_LIST},
        minified, release, scripts,
    },
    ops::{Context, manifests::Sources},
    registry::{Body, Privacy, TarballRequest},
    report::review::Review,
    store::StoredPackage,
};

/// Packuments and baselines that are asked for at once.
const CONCURRENT: usize = 32;
/// Comparisons of code at once; each has a thread of its own.
const COMPARING: usize = 2;
/// The most packages of which code is compared in one run.
const MAX_COMPARED: usize = 500;
/// The most findings that the error itself repeats.
const MAX_TOLD: usize = 20;

/// What is looked at.
pub(in crate::ops) struct Gate<'a> {
    pub context: &'a Context,
    pub sources: &'a Sources,
    /// The project's folder, where acknowledgements are.
    pub project: &'a Path,
    pub changes: Vec<Changed>,
    /// Packages that are in the store already; others are fetched.
    pub packages: &'a HashMap<NodeId, StoredPackage>,
}

/// Findings that policy does not let pass.
#[derive(Debug, thiserror::Error)]
#[error("{}", summary(.findings))]
pub(super) struct Refused {
    findings: Vec<Finding>,
}

fn summary(findings: &[Finding]) -> String {
    let mut packages: Vec<String> =
        findings.iter().map(|f| format!("{}@{}", f.name, f.version)).collect();
    packages.dedup();
    format!("the policy refuses {}", packages.join(", "))
}

impl Explain for Refused {
    fn code(&self) -> Code {
        Code::Policy
    }

    fn package(&self) -> Option<String> {
        self.findings.first().map(|finding| format!("{}@{}", finding.name, finding.version))
    }

    fn detail(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for finding in self.findings.iter().take(MAX_TOLD) {
            let from =
                finding.baseline.as_ref().map(|from| format!("{from} → ")).unwrap_or_default();
            lines.push(format!(
                "{} {} {}: {from}{}: {}",
                finding.code, finding.flag, finding.name, finding.version, finding.message
            ));
            lines.extend(finding.evidence.iter().map(|fact| format!("  {fact}")));
        }
        lines
    }

    fn help(&self) -> Option<String> {
        let command = self.findings.iter().find_map(|finding| finding.acknowledge.clone());
        Some(command.map_or_else(
            || "keep the version that is locked".to_owned(),
            |command| format!("keep the version that is locked, or look at it and say why it is all right: {command}"),
        ))
    }
}

/// Looks at every change; findings go to the reporter.
///
/// # Errors
/// What policy refuses.
pub(in crate::ops) async fn check(gate: &Gate<'_>) -> Result<(), Failure> {
    if gate.changes.is_empty() {
        return Ok(());
    }
    let seen = Seen::read(&gate.context.options.paths.data);
    // A first install replaces nothing: of what other projects had, only what is too young to be
    // settled is held against it.
    let is_first = gate.changes.iter().all(|changed| changed.baseline.is_none());
    let mut changes = seen.baselines(gate.changes.clone());
    if is_first {
        let held = changes.iter().enumerate().filter(|(_, changed)| changed.baseline.is_some());
        let unsettled = metadata::unsettled(gate, held).await;
        for (at, changed) in changes.iter_mut().enumerate() {
            if changed.baseline.is_some() && !unsettled.contains(&at) {
                (changed.baseline, changed.anchor) = (None, Anchor::Settled);
            }
        }
    }
    let review = review(&Gate { changes, ..*gate }).await?;
    for line in unchecked(&review) {
        gate.context.reporter.event(Event::warn("review", line));
    }
    let strict = gate.context.config.get("strict").is_some_and(|strict| strict.value.is_truthy());
    let least = if strict { Gravity::Warn } else { Gravity::Block };
    let refused: Vec<&str> =
        review.findings.iter().filter(|f| f.gravity >= least).map(|f| f.name.as_str()).collect();
    if refused.is_empty() {
        for finding in &review.findings {
            gate.context.reporter.event(Event::Finding(Box::new(finding.clone())));
        }
        seen.note(&gate.changes);
        return Ok(());
    }
    // Of a package that is refused, everything is told.
    let told = |finding: &&Finding| refused.contains(&finding.name.as_str());
    let mut findings: Vec<Finding> = review.findings.iter().filter(told).cloned().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.gravity));
    for finding in review.findings.iter().filter(|finding| !told(finding)) {
        gate.context.reporter.event(Event::Finding(Box::new(finding.clone())));
    }
    Err(Refused { findings }.into())
}

/// A line for each package of which something could not be looked at: that is no pass.
fn unchecked(review: &Review) -> Vec<String> {
    let mut packages: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (package, file, why) in &review.unchecked {
        packages.entry(package).or_default().push(format!("{file}: {why}"));
    }
    let line = |(package, files): (&str, Vec<String>)| {
        let more = files.len() - 1;
        let more = if more == 0 { String::new() } else { format!(" (and {more} more)") };
        let first = files.first().map_or("", String::as_str);
        format!("not all of {package} was looked at: {first}{more}")
    };
    packages.into_iter().map(line).collect()
}

/// Looks at every change.
///
/// # Errors
/// Acknowledgements or lists that cannot be read.
pub(in crate::ops) async fn review(gate: &Gate<'_>) -> Result<Review, Failure> {
    look(gate, Depth::Code).await
}

/// How closely changes are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// What packuments tell.
    Metadata,
    /// The code of both versions as well.
    Code,
}

/// Looks at every change, as closely as asked.
///
/// # Errors
/// As [`review`].
pub(super) async fn look(gate: &Gate<'_>, depth: Depth) -> Result<Review, Failure> {
    let changes = &gate.changes;
    let mut review = Review::default();
    if changes.is_empty() {
        return Ok(review);
    }
    let acks = Acks::read(gate.project)?;
    let judge = Judge {
        policy: &gate.context.policy.flags,
        acks: &acks,
        today: metadata::today(gate.context),
    };
    let now_ms = metadata::now_ms(gate.context);
    let malicious = known_malicious(gate.context).await?;
    let histories = histories(gate, changes).await?;
    let compared = match depth {
        Depth::Code => compare_code(gate, changes).await,
        Depth::Metadata => BTreeMap::new(),
    };
    let told = cpu::map_all(changes, |changed| metadata_signs(gate, changed, changes, &histories));
    for ((at, changed), told) in changes.iter().enumerate().zip(told) {
        let mut signs: Vec<Sign> =
            malicious.sign(&changed.name, &changed.version).into_iter().collect();
        let mut baseline = changed.baseline.as_ref().map(|known| known.version.clone());
        if let Some(told) = told {
            signs.extend(told.signs);
            baseline = told.baseline.or(baseline);
        }
        if let Some(compared) = compared.get(&at) {
            signs.extend(compared.signs.iter().cloned());
            let package = format!("{}@{}", changed.name, changed.version);
            review.unchecked.extend(
                compared
                    .unchecked
                    .iter()
                    .map(|(file, why)| (package.clone(), file.clone(), why.clone())),
            );
        }
        let subject = Subject {
            name: changed.name.clone(),
            version: changed.version.clone(),
            is_rewrite: baseline.as_ref().is_some_and(|baseline| {
                let history = histories.get(&changed.name);
                history.is_some_and(|history| {
                    change::is_rewrite(history, baseline, &changed.version, now_ms)
                })
            }),
            baseline: baseline.clone(),
            integrity: changed.integrity.clone(),
            required_by: changed.required_by.clone(),
        };
        review.findings.extend(judge.findings(&subject, &signs));
        review.changes.push((changed.name.clone(), baseline, changed.version.clone()));
    }
    Ok(review)
}

/// The histories of all packages that changed, by name; those of which none can be had are unknown.
///
/// Where nothing is replaced, at a first install, all are new and there is nothing to compare
/// with but their own past: that is read of versions too young to be settled.
///
/// # Errors
/// Reading that was interrupted.
async fn histories(
    gate: &Gate<'_>,
    changes: &[Changed],
) -> Result<BTreeMap<String, Arc<History>>, LoadFailure> {
    let replaces =
        |changed: &Changed| changed.baseline.is_some() && changed.anchor == Anchor::Locked;
    let is_first = !changes.iter().any(replaces);
    let is_new = |(_, changed): &(usize, &Changed)| is_first && changed.baseline.is_none();
    let unsettled = metadata::unsettled(gate, changes.iter().enumerate().filter(is_new)).await;
    let is_read = |at: usize, changed: &Changed| !is_new(&(at, changed)) || unsettled.contains(&at);
    let read = changes.iter().enumerate().filter(|(at, changed)| is_read(*at, changed));
    let mut names: Vec<String> = read.map(|(_, changed)| changed.name.clone()).collect();
    names.sort();
    names.dedup();
    let ask = |name: String| async move {
        match gate.sources.packument(&name).await {
            Ok(packument) => Some((name, packument)),
            Err(error) => {
                let line = format!("the history of {name} is unknown: {error}");
                gate.context.reporter.event(Event::log(Level::Verbose, "review", vec![line]));
                None
            }
        }
    };
    let packuments: Vec<_> =
        stream::iter(names).map(ask).buffer_unordered(CONCURRENT).filter_map(ready).collect().await;
    metadata::histories_of(packuments).await
}

struct Told {
    signs: Vec<Sign>,
    baseline: Option<String>,
}

fn metadata_signs(
    gate: &Gate<'_>,
    changed: &Changed,
    all: &[Changed],
    histories: &BTreeMap<String, Arc<History>>,
) -> Option<Told> {
    let history = histories.get(&changed.name)?;
    let now_ms = metadata::now_ms(gate.context);
    let new = with_tarball(history.version(&changed.version)?, gate, changed);
    let locked = changed.baseline.as_ref().and_then(|known| history.version(&known.version));
    let baseline = locked.or_else(|| change::settled(history, &new, now_ms));
    let anchor = if locked.is_some() { changed.anchor } else { Anchor::Settled };
    let change = Change { name: &changed.name, new: &new, baseline, anchor, history, now_ms };
    let policy = &gate.context.policy.flags;
    let mut signs = maintainers::signs(&change);
    signs.extend(scripts::signs(&change));
    signs.extend(release::signs(&change, policy.min_release_age_ms));
    let found = new_dependencies(&change, all, histories);
    signs.extend(dependencies::signs(&change, &found, policy.young_days));
    Some(Told { signs, baseline: baseline.map(|facts| facts.version.clone()) })
}

/// The scripts of a version are those of its tarball, whatever the packument says.
fn with_tarball(facts: &VersionFacts, gate: &Gate<'_>, changed: &Changed) -> VersionFacts {
    let mut facts = facts.clone();
    let stored = changed.node.and_then(|node| gate.packages.get(&node));
    let own =
        stored.and_then(|stored| VersionFacts::of(&facts.version, &stored.package_json, None));
    if let Some(own) = own {
        facts.scripts.extend(own.scripts);
        facts.dependencies.extend(own.dependencies);
    }
    facts
}

/// The new dependencies of a change that come into the tree with it, and what these bring along.
fn new_dependencies<'h>(
    change: &Change<'h>,
    all: &[Changed],
    histories: &'h BTreeMap<String, Arc<History>>,
) -> Vec<NewDependency<'h>> {
    let mut found: Vec<NewDependency<'h>> = Vec::new();
    let mut waiting: Vec<String> =
        change.new_dependencies().map(|(name, _)| name.to_owned()).collect();
    while let Some(name) = waiting.pop() {
        if found.iter().any(|known| known.name == name) || found.len() >= MAX_COMPARED {
            continue;
        }
        let added = all.iter().find(|changed| changed.name == name && changed.baseline.is_none());
        let Some((name, history)) = histories.get_key_value(&name) else { continue };
        let Some(version) = added.and_then(|added| history.version(&added.version)) else {
            continue;
        };
        waiting.extend(version.dependencies.keys().cloned());
        found.push(NewDependency { name, version, history });
    }
    found
}

/// Compares the code of every change with its baseline, by position.
async fn compare_code(gate: &Gate<'_>, changes: &[Changed]) -> BTreeMap<usize, Compared> {
    let cache = Arc::new(Cache::new(&gate.context.options.paths.cache));
    let mut wanted: Vec<_> =
        changes.iter().enumerate().filter(|(_, changed)| changed.baseline.is_some()).collect();
    let beyond = wanted.split_off(wanted.len().min(MAX_COMPARED));
    let task = |(at, changed): (usize, &Changed)| {
        let cache = Arc::clone(&cache);
        let stored = changed.node.and_then(|node| gate.packages.get(&node)).cloned();
        let one = changed.clone();
        async move { (at, compare_one(gate, &one, stored, &cache).await) }
    };
    let work: Vec<_> = wanted.into_iter().map(task).collect();
    let mut compared: BTreeMap<_, _> =
        stream::iter(work).buffer_unordered(COMPARING).collect().await;
    let why = format!("more than {MAX_COMPARED} packages changed");
    compared.extend(beyond.into_iter().map(|(at, _)| (at, Compared::not(why.clone()))));
    compared
}

/// A baseline that cannot be had leaves the code unchecked: an outage is not a sign, nor a pass.
async fn compare_one(
    gate: &Gate<'_>,
    changed: &Changed,
    new: Option<StoredPackage>,
    cache: &Arc<Cache>,
) -> Compared {
    let Some(known) = &changed.baseline else { return Compared::default() };
    let old_key = known.integrity.clone();
    let new_key =
        new.as_ref().map(|new| new.integrity.to_string()).or_else(|| changed.integrity.clone());
    let keys = new_key.clone().zip(old_key.clone());
    if let Some(known) = keys.and_then(|(new, old)| cache.load(&new, Some(&old))) {
        return known;
    }
    let of = |known: &Known| fetch(gate, &changed.name, known.clone());
    let new = match new {
        Some(new) => Ok(new),
        None => of(&changed.known()).await,
    };
    let (new, old) = match (new, of(known).await) {
        (Ok(new), Ok(old)) => (new, old),
        (Err(error), _) => {
            return Compared::not(format!("{} cannot be had: {error}", changed.version));
        }
        (_, Err(error)) => {
            return Compared::not(format!("the baseline {} cannot be had: {error}", known.version));
        }
    };
    let new_key = new.integrity.to_string();
    let cache = Arc::clone(cache);
    let work = move || {
        let inspection = minified::compare(&files::of_stored(&new), Some(&files::of_stored(&old)));
        let is_final = !inspection.unchecked.iter().any(|(_, why)| why.may_pass());
        let unchecked = inspection.unchecked.into_iter().map(|(path, why)| (path, why.to_string()));
        let compared = Compared { signs: inspection.signs, unchecked: unchecked.collect() };
        if let Some(old) = old_key.filter(|_| is_final) {
            cache.store(&new_key, Some(&old), &compared);
        }
        compared
    };
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Compared::not("comparing was interrupted".to_owned()))
}

async fn fetch(gate: &Gate<'_>, name: &str, known: Known) -> Result<StoredPackage, LoadFailure> {
    let source = PackageSource {
        name,
        package_name: name,
        version: &known.version,
        resolved: known.resolved.as_deref(),
        integrity: known.integrity.as_deref(),
        naming: Naming::Checked,
    };
    Ok(gate.sources.package(&source).await?.package)
}

/// The lists that the policy names, from files or URLs.
async fn known_malicious(context: &Context) -> Result<KnownMalicious, Failure> {
    let mut known = KnownMalicious::default();
    for place in &context.policy.flags.malicious {
        let bytes = match url::Url::parse(place)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
        {
            Some(url) => fetch_list(context, place, url).await?,
            None => crate::fs::read_bounded(&context.options.paths.prefix.join(place), MAX_LIST)?,
        };
        let parsed = KnownMalicious::parse(&bytes);
        known.extend(parsed.map_err(|source| ListUnreadable { place: place.clone(), source })?);
    }
    Ok(known)
}

/// A list at a URL, fetched as tarballs are: whole, within bounds.
async fn fetch_list(context: &Context, place: &str, url: url::Url) -> Result<Vec<u8>, Failure> {
    let request = TarballRequest {
        name: place.to_owned(),
        version: String::new(),
        url,
        privacy: Privacy::Private,
        avoid: Vec::new(),
    };
    match context.pool.tarball(&request).await?.body {
        Body::Buffered(bytes) => Ok(bytes.to_vec()),
        Body::Streamed(reader) => {
            let read = move || {
                let mut bytes = Vec::new();
                reader.take(MAX_LIST).read_to_end(&mut bytes).map(|_| bytes)
            };
            let read = tokio::task::spawn_blocking(read).await.map_err(std::io::Error::other);
            let unreadable = |source| crate::fs::FsError::io("read", place)(source);
            Ok(read.and_then(|bytes| bytes).map_err(unreadable)?)
        }
    }
}

/// A list of known malicious packages that cannot be understood.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {source}")]
struct ListUnreadable {
    place: String,
    #[source]
    source: crate::inspect::malicious::ListError,
}

impl Explain for ListUnreadable {
    fn code(&self) -> Code {
        Code::Policy
    }
}
