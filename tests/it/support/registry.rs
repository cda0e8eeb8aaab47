//! An npm registry on loopback that lives as long as its value.
//!
//! ```text
//! let registry = Registry::start();
//! registry.package("a", "1.0.0").dep("b", "^1").bin("a", "cli.js").publish();
//! registry.tree("b@1.0.0\nb@2.0.0 ; tag=next");
//! registry.on(Target::Tarball("b".into())).times(2, Fault::Status(503));
//! ```
//!
//! It serves full and abbreviated packuments (`ETag`, 304, gzip), tarballs, advisories
//! and whatever a test adds with [`Registry::serve`]; it counts what it was asked.

use super::{
    fault::{Fault, Rule, Target, View, error},
    http::{Answer, Request, Server},
    package::{PackageBuilder, Published, hex, sha512},
    tarball::gzip,
};
use indexmap::IndexMap;
use serde_json::{Map, Value, json};
use sha1::{Digest, Sha1};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

/// The media type with which a client asks for the abbreviated packument.
const ABBREVIATED: &str = "application/vnd.npm.install-v1+json";

/// Fields of a version that the abbreviated packument keeps.
const ABBREVIATED_FIELDS: &[&str] = &[
    "name",
    "version",
    "deprecated",
    "dependencies",
    "optionalDependencies",
    "devDependencies",
    "bundleDependencies",
    "peerDependencies",
    "peerDependenciesMeta",
    "acceptDependencies",
    "bin",
    "directories",
    "dist",
    "engines",
    "cpu",
    "os",
    "libc",
    "funding",
    "_hasShrinkwrap",
];

/// A package with all its versions.
#[derive(Clone, Debug, Default)]
struct Package {
    /// In the order of publication.
    versions: IndexMap<String, Published>,
    tags: BTreeMap<String, String>,
    times: IndexMap<String, String>,
}

#[derive(Debug, Default)]
struct State {
    packages: BTreeMap<String, Package>,
    pages: BTreeMap<String, (String, Vec<u8>)>,
    rules: Vec<Rule>,
    requests: Vec<(Kind, String)>,
    publications: u32,
    /// Whether `/<name>/<version or tag>` is answered, as npm's registry does.
    version_documents: bool,
    leaks: Vec<String>,
    credentials: Vec<String>,
}

/// What a request asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Packument,
    Tarball,
    Advisories,
    Other,
}

/// How often each kind of thing was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Requests {
    pub(crate) packuments: usize,
    pub(crate) tarballs: usize,
    pub(crate) advisories: usize,
    pub(crate) others: usize,
}

/// The registry.
#[derive(Debug)]
pub(crate) struct Registry {
    state: Arc<Mutex<State>>,
    server: Server,
}

impl Registry {
    /// An empty registry on a free port.
    pub(crate) fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let server = Server::start(move |url| {
            let url = url.to_owned();
            move |request| lock(&shared).answer(request, &url)
        });
        Self { state, server }
    }

    /// A second registry with the same packages (not the same faults) under its own URL.
    pub(crate) fn mirror_of(other: &Self) -> Self {
        let mirror = Self::start();
        let (packages, version_documents) = {
            let other = lock(&other.state);
            (other.packages.clone(), other.version_documents)
        };
        let mut state = lock(&mirror.state);
        (state.packages, state.version_documents) = (packages, version_documents);
        drop(state);
        mirror
    }

    /// The root URL, with a slash at its end.
    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// The most requests that waited for their answers at once, since this was last asked.
    pub(crate) fn most_at_once(&self) -> usize {
        self.server.most_at_once()
    }

    /// Answers `/<name>/<version or tag>` too, as npm's registry and most others do.
    pub(crate) fn with_version_documents(self) -> Self {
        lock(&self.state).version_documents = true;
        self
    }

    /// Offers a public signing key of this identity.
    pub(crate) fn offer_key(&self, keyid: &str, key: &str) {
        let keys = json!({"keys": [{
            "keyid": keyid, "key": key, "expires": null,
            "keytype": "ecdsa-sha2-nistp256", "scheme": "ecdsa-sha2-nistp256",
        }]});
        self.serve("-/npm/v1/keys", "application/json", serde_json::to_vec(&keys).unwrap());
    }

    /// Begins to describe a version.
    pub(crate) fn package(&self, name: &str, version: &str) -> PackageBuilder<'_> {
        PackageBuilder::new(self, name, version)
    }

    /// Publishes packages written one a line:
    ///
    /// ```text
    /// a@1.0.0 -> b@^1 @s/c@2 peer:d@1||2 peeropt:e opt:f@^2 dev:g bundle:h@1.0.0 alias:x=npm:y@1
    /// b@1.0.0 ; deprecated=use c ; os=darwin,win32 ; node=>=99 ; tag=next ; bin=b ; postinstall=node x
    /// # a comment
    /// ```
    pub(crate) fn tree(&self, text: &str) -> &Self {
        let lines = text.lines().map(str::trim);
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            PackageBuilder::line(self, line).publish();
        }
        self
    }

    /// Moves a dist-tag.
    pub(crate) fn tag(&self, name: &str, tag: &str, version: &str) {
        let mut state = lock(&self.state);
        let package = state.packages.get_mut(name).expect("a published package");
        package.tags.insert(tag.to_owned(), version.to_owned());
    }

    /// Deprecates a published version.
    pub(crate) fn deprecate(&self, name: &str, version: &str, message: &str) {
        let mut state = lock(&self.state);
        let package = state.packages.get_mut(name).expect("a published package");
        let version = package.versions.get_mut(version).expect("a published version");
        version.remarks.insert("deprecated".to_owned(), json!(message));
    }

    /// Takes a version back.
    pub(crate) fn unpublish(&self, name: &str, version: &str) {
        let mut state = lock(&self.state);
        let package = state.packages.get_mut(name).expect("a published package");
        package.versions.shift_remove(version);
        package.tags.retain(|_, tagged| tagged != version);
    }

    /// Serves these bytes at `path` (no slash before it) and returns their URL.
    pub(crate) fn serve(&self, path: &str, content_type: &str, bytes: Vec<u8>) -> String {
        lock(&self.state).pages.insert(path.to_owned(), (content_type.to_owned(), bytes));
        self.url() + path
    }

    /// The tarball of a published version.
    pub(crate) fn tarball(&self, name: &str, version: &str) -> Vec<u8> {
        lock(&self.state).packages[name].versions[version].tarball.clone()
    }

    /// The integrity of a published version as the packument has it.
    pub(crate) fn integrity(&self, name: &str, version: &str) -> String {
        let state = lock(&self.state);
        let dist = &state.packages[name].versions[version].dist;
        dist["integrity"].as_str().expect("an integrity").to_owned()
    }

    /// Begins to describe a misbehaviour; the newest rule for a request wins.
    pub(crate) fn on(&self, target: Target) -> Misbehaviour<'_> {
        Misbehaviour { registry: self, target }
    }

    /// The misbehaviours that are left, to be put back with [`misbehave`](Self::misbehave).
    pub(crate) fn misbehaviours(&self) -> Vec<Rule> {
        lock(&self.state).rules.clone()
    }

    /// Misbehaves exactly so.
    pub(crate) fn misbehave(&self, rules: Vec<Rule>) {
        lock(&self.state).rules = rules;
    }

    /// Behaves again.
    pub(crate) fn heal(&self) {
        lock(&self.state).rules.clear();
    }

    /// How often each kind of thing was asked for.
    pub(crate) fn requests(&self) -> Requests {
        let state = lock(&self.state);
        let count = |kind| state.requests.iter().filter(|(seen, _)| *seen == kind).count();
        Requests {
            packuments: count(Kind::Packument),
            tarballs: count(Kind::Tarball),
            advisories: count(Kind::Advisories),
            others: count(Kind::Other),
        }
    }

    /// Every request so far as `GET /path`, decoded, in the order of arrival.
    pub(crate) fn log(&self) -> Vec<String> {
        lock(&self.state).requests.iter().map(|(_, line)| line.clone()).collect()
    }

    /// Every credential that was sent here.
    pub(crate) fn credentials(&self) -> Vec<String> {
        lock(&self.state).credentials.clone()
    }

    /// Forgets the requests so far.
    pub(crate) fn forget_requests(&self) {
        lock(&self.state).requests.clear();
    }

    pub(super) fn insert(
        &self,
        name: &str,
        version: &str,
        published: Published,
        tag: Option<String>,
        time: Option<String>,
    ) {
        let mut state = lock(&self.state);
        state.publications += 1;
        let time = time.unwrap_or_else(|| day(state.publications));
        let package = state.packages.entry(name.to_owned()).or_default();
        package.versions.insert(version.to_owned(), published);
        package.times.insert(version.to_owned(), time);
        if let Some(tag) = tag {
            package.tags.insert(tag, version.to_owned());
        } else {
            package.move_latest(version);
        }
    }
}

/// What no registry of any test may see: a private name that is not its own, a credential of
/// another host.
impl Drop for Registry {
    fn drop(&mut self) {
        let leaks = std::mem::take(&mut lock(&self.state).leaks);
        assert!(
            leaks.is_empty() || std::thread::panicking(),
            "leaked to {}: {leaks:#?}",
            self.url()
        );
    }
}

/// A misbehaviour under description.
#[must_use = "say `always` or `times`"]
#[derive(Debug)]
pub(crate) struct Misbehaviour<'a> {
    registry: &'a Registry,
    target: Target,
}

impl Misbehaviour<'_> {
    /// Until [`Registry::heal`].
    pub(crate) fn always(self, fault: Fault) {
        self.add(fault, None);
    }

    /// For the next `times` requests.
    pub(crate) fn times(self, times: u32, fault: Fault) {
        self.add(fault, Some(times));
    }

    fn add(self, fault: Fault, left: Option<u32>) {
        lock(&self.registry.state).rules.push(Rule { target: self.target, fault, left });
    }
}

impl Package {
    /// `latest` follows the highest version; a prerelease only while there is nothing else.
    fn move_latest(&mut self, version: &str) {
        let parse = |version: &str| semver::Version::parse(version).ok();
        let rank = |version: &str| parse(version).map(|parsed| (parsed.pre.is_empty(), parsed));
        let latest = self.tags.entry("latest".to_owned()).or_insert_with(|| version.to_owned());
        if rank(version) > rank(latest) {
            version.clone_into(latest);
        }
    }

    fn packument(&self, name: &str, url: &str, view: View) -> Map<String, Value> {
        let shown = self.versions.len() - usize::from(view == View::Stale);
        let mut versions = Map::new();
        for (version, published) in self.versions.iter().take(shown) {
            versions.insert(version.clone(), Value::Object(published.entry(name, url, view)));
        }
        let newest = versions.keys().next_back().cloned().unwrap_or_default();
        let tags = self.tags.iter().map(|(tag, version)| {
            let known = versions.contains_key(version);
            (tag.clone(), json!(if known { version } else { &newest }))
        });
        let tags: Map<_, _> = tags.collect();
        let mut time = Map::new();
        time.insert("created".to_owned(), json!(self.times.values().next()));
        time.insert("modified".to_owned(), json!(self.times.values().last()));
        time.extend(self.times.iter().map(|(version, time)| (version.clone(), json!(time))));
        let Value::Object(packument) = json!({
            "_id": name, "name": name, "dist-tags": tags, "versions": versions, "time": time,
        }) else {
            return Map::new();
        };
        packument
    }
}

impl Published {
    /// The version's entry in the full packument.
    fn entry(&self, name: &str, url: &str, view: View) -> Map<String, Value> {
        let version = self.manifest["version"].as_str().unwrap_or_default();
        let mut entry = self.manifest.clone();
        entry.insert("_id".to_owned(), json!(format!("{name}@{version}")));
        entry.extend(self.remarks.clone());
        let file = name.rsplit('/').next().unwrap_or(name);
        let mut dist = self.dist.clone();
        let tarball = format!("{url}{name}/-/{file}-{version}.tgz");
        dist.entry("tarball").or_insert(json!(tarball));
        if view == View::WrongIntegrity {
            dist.insert("integrity".to_owned(), json!(sha512(b"some other bytes")));
        }
        entry.insert("dist".to_owned(), Value::Object(dist));
        entry
    }
}

impl State {
    fn answer(&mut self, request: &Request, url: &str) -> Answer {
        let path = decode(request.target.split('?').next().unwrap_or_default());
        let path = path.trim_start_matches('/');
        let (kind, target) = classify(path);
        self.look_for_leaks(request, path, url);
        let credential = request.header("authorization");
        self.credentials.extend((!credential.is_empty()).then(|| credential.to_owned()));
        self.requests.push((kind, format!("{} /{path}", request.method)));
        let fault = self.fault(&target);
        let view = fault.as_ref().map_or(View::True, Fault::view);
        let right = match &target {
            Target::Packument(name) => self.packument(name, url, view, request),
            Target::Tarball(name) => self.tarball(name, path),
            Target::Advisories => Answer::new(200, "application/json", "{}"),
            Target::Everything => self.version(path, url).unwrap_or_else(|| error(404)),
        };
        let right = self.page(path).unwrap_or(right);
        fault.map_or(right.clone(), |fault| fault.apply(request, right))
    }

    /// Names with `private` in them are private, tokens name the port of their registry.
    fn look_for_leaks(&mut self, request: &Request, path: &str, url: &str) {
        let name = path.split("/-/").next().unwrap_or_default();
        let is_own = self.packages.keys().any(|own| name == own || path.starts_with(own.as_str()));
        if path.contains("private") && !is_own {
            self.leaks.push(format!("the name in {path}"));
        }
        let credential = request.header("authorization");
        let port = url.trim_end_matches('/').rsplit(':').next().unwrap_or_default();
        if credential.contains("token-of-") && !credential.ends_with(&format!("token-of-{port}")) {
            self.leaks.push(format!("a credential: {credential}"));
        }
    }

    /// The document of one version.
    fn version(&self, path: &str, url: &str) -> Option<Answer> {
        let (name, version) = path.rsplit_once('/').filter(|_| self.version_documents)?;
        let package = self.packages.get(name)?;
        let version = package.tags.get(version).map_or(version, String::as_str);
        let entry = package.versions.get(version)?.entry(name, url, View::True);
        Some(Answer::new(200, "application/json", serde_json::to_vec(&entry).unwrap()))
    }

    /// The newest rule that still applies, counted down.
    fn fault(&mut self, target: &Target) -> Option<Fault> {
        let applies = |rule: &&mut Rule| {
            (rule.target == Target::Everything || rule.target == *target) && rule.left != Some(0)
        };
        let rule = self.rules.iter_mut().rev().find(applies)?;
        rule.left = rule.left.map(|left| left - 1);
        Some(rule.fault.clone())
    }

    fn page(&self, path: &str) -> Option<Answer> {
        let (content_type, bytes) = self.pages.get(path)?;
        Some(Answer::new(200, content_type, bytes.clone()))
    }

    fn packument(&self, name: &str, url: &str, view: View, request: &Request) -> Answer {
        let Some(package) = self.packages.get(name) else { return error(404) };
        let mut packument = package.packument(name, url, view);
        let mut content_type = "application/json";
        if request.header("accept").contains(ABBREVIATED) {
            abbreviate(&mut packument);
            content_type = ABBREVIATED;
        }
        let body = serde_json::to_vec(&packument).unwrap();
        let etag = format!("\"{}\"", hex(&Sha1::digest(&body)));
        let zipped = request.header("accept-encoding").contains("gzip");
        let known = request.header("if-none-match") == etag;
        let answer = match (known, zipped) {
            (true, _) => Answer::new(304, content_type, ""),
            (_, true) => {
                Answer::new(200, content_type, gzip(&body)).with("content-encoding", "gzip")
            }
            _ => Answer::new(200, content_type, body),
        };
        // Always asked again, so that a test may publish between two commands.
        answer
            .with("etag", etag)
            .with("cache-control", "public, max-age=0")
            .with("vary", "accept-encoding, accept")
    }

    fn tarball(&self, name: &str, path: &str) -> Answer {
        let file = path.rsplit('/').next().unwrap_or_default();
        let stem = format!("{}-", name.rsplit('/').next().unwrap_or(name));
        let version = file.strip_prefix(&stem).and_then(|rest| rest.strip_suffix(".tgz"));
        let published = version.and_then(|v| self.packages.get(name)?.versions.get(v));
        published.map_or_else(
            || error(404),
            |published| {
                Answer::new(200, "application/octet-stream", published.tarball.clone())
                    .with("cache-control", "public, immutable, max-age=31557600")
            },
        )
    }
}

/// What a path without its first slash asks for.
fn classify(path: &str) -> (Kind, Target) {
    if path == "-/npm/v1/security/advisories/bulk" {
        return (Kind::Advisories, Target::Advisories);
    }
    if path.starts_with("-/") {
        return (Kind::Other, Target::Everything);
    }
    if let Some((name, _)) = path.split_once("/-/") {
        return (Kind::Tarball, Target::Tarball(name.to_owned()));
    }
    let slashes = path.matches('/').count();
    if slashes == usize::from(path.starts_with('@')) {
        return (Kind::Packument, Target::Packument(path.to_owned()));
    }
    (Kind::Other, Target::Everything)
}

/// Reduces a packument to what installing needs, as npm's registry does.
fn abbreviate(packument: &mut Map<String, Value>) {
    packument.remove("_id");
    let time = packument.remove("time");
    packument.insert("modified".to_owned(), json!(time.as_ref().map(|time| &time["modified"])));
    for version in packument["versions"].as_object_mut().unwrap().values_mut() {
        let version = version.as_object_mut().unwrap();
        let scripts = version.get("scripts").cloned().unwrap_or_default();
        let install = ["preinstall", "install", "postinstall"];
        version.retain(|key, _| ABBREVIATED_FIELDS.contains(&key.as_str()));
        if install.iter().any(|event| scripts.get(event).is_some()) {
            version.insert("hasInstallScript".to_owned(), json!(true));
        }
    }
}

/// Undoes percent-encoding; what is not well-formed stays.
fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escape = text.get(text.len() - tail.len()..text.len() - tail.len() + 2);
        let byte = escape.filter(|_| *first == b'%').and_then(|e| u8::from_str_radix(e, 16).ok());
        rest = if byte.is_some() { &tail[2..] } else { tail };
        bytes.push(byte.unwrap_or(*first));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The n-th day of a calendar in which every month has 28 days.
fn day(n: u32) -> String {
    let (year, month, day) = (2020 + n / 336, n / 28 % 12 + 1, n % 28 + 1);
    format!("{year}-{month:02}-{day:02}T00:00:00.000Z")
}

/// A panicked test thread must not hide behind a poisoned lock.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
