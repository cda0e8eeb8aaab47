//! `denpm registries`: who is asked, how each did, and what each can do.

use std::{
    collections::BTreeMap,
    time::{Duration, UNIX_EPOCH},
};

use super::view::View;
use crate::{
    error::{Code, Explain, Failure},
    manifest::Packument,
    ops::{context::Context, project::ProjectFiles},
    registry::{Barred, Form, Listed, Origin, Privacy, Probe, Probed, RegistryId, Role},
    report::{debug_log::timestamp, registries::RegistryReport},
};

/// What is wanted of the registries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistriesRequest {
    /// Who they are, and what is remembered of them; sends nothing.
    List,
    /// What each can do, tried on a package.
    Test(Option<String>),
    /// Which keys each offers now.
    Keys,
    /// Forget the lie of a registry.
    Forgive(String),
}

/// A request that makes no sense here.
#[derive(Debug, thiserror::Error)]
enum RegistriesError {
    #[error("no public package to try the registries with")]
    NothingToTry,
    #[error("{url} is not a configured registry")]
    Unknown { url: String },
}

impl Explain for RegistriesError {
    fn code(&self) -> Code {
        Code::Usage
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::NothingToTry => "denpm registries test <package>".to_owned(),
            Self::Unknown { .. } => "`denpm registries` lists those that are".to_owned(),
        })
    }
}

/// Answers a request about the registries.
///
/// # Errors
/// A registry or package that is not known here, and files that cannot be read or written.
pub async fn registries(
    context: &Context,
    request: &RegistriesRequest,
) -> Result<Vec<RegistryReport>, Failure> {
    let listed = context.pool.listed();
    let reports = match request {
        RegistriesRequest::List => {
            let shares = shares(context)?;
            listed.iter().map(|one| report(one, &shares)).collect()
        }
        RegistriesRequest::Keys => keys(context, &listed).await,
        RegistriesRequest::Test(name) => test(context, &listed, name.as_deref()).await?,
        RegistriesRequest::Forgive(url) => forgive(context, &listed, url)?,
    };
    context.pool.flush().await;
    Ok(reports)
}

/// How many of the project's packages each registry serves by the seed in force.
fn shares(context: &Context) -> Result<BTreeMap<RegistryId, usize>, Failure> {
    let mut shares = BTreeMap::new();
    for name in public_names(context)? {
        if let Some(first) = context.pool.registry_for(&name).registries.into_iter().next() {
            *shares.entry(first).or_default() += 1;
        }
    }
    Ok(shares)
}

/// The names in the lockfile that the pool may hear of.
fn public_names(context: &Context) -> Result<Vec<String>, Failure> {
    let files = ProjectFiles::read(&context.options.paths.prefix, &*context.reporter)?;
    let entries = files.lock.as_ref().map(|lock| lock.shrinkwrap.packages.keys());
    let mut names: Vec<String> = entries
        .into_iter()
        .flatten()
        .filter_map(|location| location.rsplit_once("node_modules/"))
        .map(|(_, name)| name.to_owned())
        .filter(|name| context.pool.registry_for(name).privacy == Privacy::Public)
        .collect();
    names.sort();
    names.dedup();
    Ok(names)
}

fn blank(listed: &Listed) -> RegistryReport {
    let (state, is_suspect) = match listed.barred {
        None => ("asked".to_owned(), false),
        Some(Barred::Liar) => ("not asked: it lied and was not forgiven".to_owned(), true),
        Some(Barred::OtherNamespace) => ("not asked: it signs with other keys".to_owned(), true),
    };
    let role = match &listed.role {
        Role::Configured => "configured".to_owned(),
        Role::Mirror => "mirror".to_owned(),
        Role::Scopes(scopes) => scopes.join(" "),
    };
    let url = listed.id.to_string();
    RegistryReport { url, role, state, is_suspect, ..RegistryReport::default() }
}

fn report(listed: &Listed, shares: &BTreeMap<RegistryId, usize>) -> RegistryReport {
    let mut report = blank(listed);
    let record = &listed.record;
    let mut fact = |word, text: String| report.facts.push((word, text));
    if record.answers + record.failures > 0 {
        fact("health", format!("{} answers, {} failures", record.answers, record.failures));
    }
    if let Some(latency) = record.latency_ms {
        fact("latency", format!("{latency} ms"));
    }
    let all: usize = shares.values().sum();
    if all > 0 && !matches!(listed.role, Role::Scopes(_)) {
        let own = shares.get(&listed.id).copied().unwrap_or_default();
        fact("share", format!("{own} of {all} packages ({} %)", own * 100 / all));
    }
    if let Some((_, keys)) = &record.keys {
        let ids: Vec<_> = keys.ids().collect();
        fact("keys", if ids.is_empty() { "none".to_owned() } else { ids.join(" ") });
    }
    if let Some(lie) = &record.lie {
        let at = timestamp(UNIX_EPOCH + Duration::from_millis(lie.at_ms));
        let text = format!("{at} {}: {}, others {}", lie.package, lie.claimed, lie.others);
        fact("lie", text);
    }
    report
}

async fn keys(context: &Context, listed: &[Listed]) -> Vec<RegistryReport> {
    let ask = |one: &Listed| {
        let (mut report, id) = (blank(one), one.id.clone());
        async move {
            match context.pool.keys(&id).await {
                Ok(keys) if keys.is_empty() => report.facts.push(("keys", "none".to_owned())),
                Ok(keys) => report.facts.extend(keys.ids().map(|id| ("key", id.to_owned()))),
                Err(error) => report.state = format!("unreachable: {error}"),
            }
            report
        }
    };
    futures_util::future::join_all(listed.iter().map(ask)).await
}

fn forgive(
    context: &Context,
    listed: &[Listed],
    url: &str,
) -> Result<Vec<RegistryReport>, Failure> {
    let wanted = url.trim_end_matches('/');
    let found = listed.iter().find(|one| one.id.as_str().trim_end_matches('/') == wanted);
    let one = found.ok_or_else(|| RegistriesError::Unknown { url: url.to_owned() })?;
    let had_lied = context.pool.forgive(&one.id)?;
    let mut report = blank(one);
    let state = if had_lied { "forgiven: asked from now on" } else { "nothing to forgive" };
    (report.state, report.is_suspect) = (state.to_owned(), false);
    Ok(vec![report])
}

/// Tries every registry of the pool with one package.
async fn test(
    context: &Context,
    listed: &[Listed],
    name: Option<&str>,
) -> Result<Vec<RegistryReport>, Failure> {
    let name = match name {
        Some(name) => name.to_owned(),
        None => public_names(context)?.into_iter().next().ok_or(RegistriesError::NothingToTry)?,
    };
    let assignment = context.pool.registry_for(&name);
    let may_hear = &assignment.registries;
    let mut reports = Vec::new();
    let mut of_configured: Option<View> = None;
    // One that is barred hears no name that it would not hear otherwise.
    let is_public = assignment.privacy == Privacy::Public;
    let hears = |one: &&Listed| may_hear.contains(&one.id) || (is_public && one.barred.is_some());
    for one in listed.iter().filter(hears) {
        let (report, view) = test_one(context, one, &name, of_configured.as_ref()).await?;
        reports.push(report);
        if one.role == Role::Configured {
            of_configured = view;
        }
    }
    Ok(reports)
}

async fn test_one(
    context: &Context,
    one: &Listed,
    name: &str,
    configured: Option<&View>,
) -> Result<(RegistryReport, Option<View>), Failure> {
    let pool = &context.pool;
    let path = pool.path_of(name)?;
    let mut report = blank(one);
    let full = match pool.probe(&one.id, &path, Probe::Document(Form::Full)).await {
        Ok(full) if full.status == 200 => full,
        Ok(other) => {
            report.state = format!("{name}: status {}", other.status);
            return Ok((report, None));
        }
        Err(error) => {
            (report.state, report.is_suspect) = (format!("unreachable: {error}"), true);
            return Ok((report, None));
        }
    };
    report.facts.push(("latency", format!("{} ms for {name}", full.took.as_millis())));
    let Ok(packument) = Packument::parse(full.body.clone()) else {
        (report.state, report.is_suspect) = ("answers something else".to_owned(), true);
        return Ok((report, None));
    };
    let packument = std::sync::Arc::new(packument);
    let view = View { registry: one.id.clone(), packument, origin: Origin::Fetched };
    let mut lacks = missing_fields(&view.packument, &full);
    lacks.extend(missing_abilities(context, one, &path, &full, &view.packument).await);
    if let Some(configured) = configured {
        report.facts.push(("lag", lag(&view.packument, &configured.packument)));
    }
    report.facts.push(("checked", CHECKED.to_owned()));
    report.lacks = lacks;
    Ok((report, Some(view)))
}

/// Everything that is looked at.
const CHECKED: &str = "times, maintainers, digests, signatures, abbreviated form, documents of \
                       versions, gzip, conditional requests, ranges, keys";

/// What a full document usually has and this one does not.
fn missing_fields(packument: &Packument, full: &Probed) -> Vec<String> {
    let latest = packument.dist_tag("latest");
    let manifest = latest.and_then(|version| packument.manifest(version)?.ok());
    let dist = manifest.as_ref().and_then(|manifest| manifest.dist.clone()).unwrap_or_default();
    let lacks = [
        (!packument.has_times(), "publication times (time)"),
        (packument.raw_field("maintainers").is_none(), "maintainers"),
        (dist.integrity.is_none(), "digests (dist.integrity)"),
        (dist.signatures.is_empty(), "signatures (dist.signatures)"),
        (full.is_abbreviated, "the full form: it sends the abbreviated one"),
        (!full.is_gzip, "gzip"),
        (!full.has_validator, "ETag and Last-Modified"),
    ];
    lacks.into_iter().filter(|(is_missing, _)| *is_missing).map(|(_, what)| what.into()).collect()
}

/// What the registry cannot do, by trying.
async fn missing_abilities(
    context: &Context,
    one: &Listed,
    path: &str,
    full: &Probed,
    packument: &Packument,
) -> Vec<String> {
    let pool = &context.pool;
    let probe = |path: String, probe: Probe<'static>| async move {
        pool.probe(&one.id, &path, probe).await.ok()
    };
    let mut lacks = Vec::new();
    let abbreviated = probe(path.to_owned(), Probe::Document(Form::Abbreviated)).await;
    if abbreviated.is_none_or(|answer| !answer.is_abbreviated) {
        lacks.push("the abbreviated form".to_owned());
    }
    if let Some(etag) = &full.etag {
        let again = pool.probe(&one.id, path, Probe::IfNoneMatch(etag)).await;
        if again.map_or(0, |answer| answer.status) != 304 {
            lacks.push("304 for what has not changed".to_owned());
        }
    }
    let latest = probe(format!("{path}/latest"), Probe::Document(Form::Full)).await;
    if latest.is_none_or(|answer| answer.status != 200) {
        lacks.push("documents of single versions".to_owned());
    }
    if let Some(version) = packument.dist_tag("latest") {
        let name = packument.name().unwrap_or_default();
        let unscoped = name.rsplit('/').next().unwrap_or(name);
        let tarball = probe(format!("{name}/-/{unscoped}-{version}.tgz"), Probe::FirstByte).await;
        match tarball.map(|answer| answer.status) {
            Some(206) => {}
            Some(200) => lacks.push("ranges of tarballs".to_owned()),
            Some(301..=308) => lacks.push("tarballs of its own: it redirects".to_owned()),
            _ => lacks.push("tarballs at npm's place".to_owned()),
        }
    }
    if pool.keys(&one.id).await.is_ok_and(|keys| keys.is_empty()) {
        lacks.push("signing keys (-/npm/v1/keys)".to_owned());
    }
    lacks
}

/// How far a mirror is behind the configured registry, for one package.
fn lag(mirror: &Packument, configured: &Packument) -> String {
    let missing: Vec<&str> =
        configured.versions().filter(|version| !mirror.has_version(version)).collect();
    let extra = mirror.versions().filter(|version| !configured.has_version(version)).count();
    let tags = mirror.dist_tags().eq(configured.dist_tags());
    let newest = missing.last().map(|version| {
        let since = configured.time(version).map(|time| format!(" of {time}")).unwrap_or_default();
        format!("lacks {} versions, the newest {version}{since}", missing.len())
    });
    let mut parts: Vec<String> = newest.into_iter().collect();
    if extra > 0 {
        parts.push(format!("has {extra} that the configured registry does not have"));
    }
    if !tags {
        parts.push("other dist-tags".to_owned());
    }
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}
