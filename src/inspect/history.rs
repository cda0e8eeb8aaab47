//! Who published which version of a package, when, and with what proof: read from its full packument.
//!
//! Only full packuments tell. What a registry leaves out is unknown, and what is unknown has not
//! changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, OnceLock},
};

use serde::Deserialize;
use serde_json::Value;

use crate::{manifest::Packument, plain};

/// The most versions that are looked at; the newest ones.
const MAX_VERSIONS: usize = 5000;
/// Scripts that run when a package is installed.
pub const INSTALL_EVENTS: [&str; 3] = ["preinstall", "install", "postinstall"];

/// Who stands behind a version.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identity {
    /// A person who approved a staged publish, from another device.
    Approver(String),
    /// A trusted publisher's configuration: a workflow, not a person.
    Oidc(String),
    /// An account with a token.
    Account(String),
    /// The registry does not say.
    #[default]
    Unknown,
}

impl std::fmt::Display for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Approver(name) => write!(f, "{name} (approver)"),
            Self::Oidc(id) => write!(f, "{id} (trusted publisher)"),
            Self::Account(name) => f.write_str(name),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

/// How well a registry could tell who published, weakest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// A token.
    #[default]
    None,
    /// A provenance attestation.
    Provenance,
    /// A trusted publisher.
    TrustedPublisher,
    /// A staged publish, approved.
    Approved,
}

impl Evidence {
    /// How it is told.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "no evidence",
            Self::Provenance => "provenance",
            Self::TrustedPublisher => "trusted publishing",
            Self::Approved => "staged publishing",
        }
    }
}

/// What a packument says about one version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionFacts {
    /// The version.
    pub version: String,
    /// When it was published, in milliseconds since 1970.
    pub published: Option<i64>,
    /// Who stands behind it.
    pub identity: Identity,
    /// The account that published, even where somebody else stands behind it.
    pub account: Option<String>,
    /// The domain of the account's address.
    pub domain: Option<String>,
    /// The maintainers at the time.
    pub maintainers: BTreeSet<String>,
    /// How well the publisher is known.
    pub evidence: Evidence,
    /// Scripts that run at installation, by event.
    pub scripts: BTreeMap<String, String>,
    /// Dependencies and optional dependencies.
    pub dependencies: BTreeMap<String, String>,
    /// Whether the commit is recorded.
    pub git_head: bool,
}

/// All that is known of a package's versions.
///
/// A packument may hold thousands of versions, of which a comparison asks a few: when each was
/// published is known at once, the rest is read when it is asked for.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// By time of publication, oldest first; those without a time in the document's order, first.
    releases: Vec<Release>,
    /// Where the rest is read.
    packument: Option<Arc<Packument>>,
    /// When the package was created.
    pub created: Option<i64>,
}

/// A version and its time; the rest once it was read, `None` where the document is no object.
#[derive(Clone, Debug)]
struct Release {
    version: String,
    published: Option<i64>,
    facts: OnceLock<Option<Box<VersionFacts>>>,
}

/// The fields of a version that matter here; a field of the wrong type is as good as absent.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Document {
    #[serde(rename = "_npmUser", deserialize_with = "plain::value")]
    user: Value,
    #[serde(deserialize_with = "plain::value")]
    maintainers: Value,
    #[serde(deserialize_with = "plain::value")]
    dist: Value,
    #[serde(deserialize_with = "plain::value")]
    scripts: Value,
    #[serde(deserialize_with = "plain::value")]
    dependencies: Value,
    #[serde(rename = "optionalDependencies", deserialize_with = "plain::value")]
    optional_dependencies: Value,
    #[serde(rename = "gitHead", deserialize_with = "plain::value")]
    git_head: Value,
    #[serde(deserialize_with = "plain::value")]
    gypfile: Value,
}

impl History {
    /// Reads a packument.
    pub fn of(packument: Arc<Packument>) -> Self {
        let skip = packument.versions().len().saturating_sub(MAX_VERSIONS);
        let release = |version: &str| Release {
            version: version.to_owned(),
            published: packument.published_ms(version),
            facts: OnceLock::new(),
        };
        let releases = packument.versions().skip(skip).map(release).collect();
        let created = packument.published_ms("created");
        Self::sorted(releases, Some(packument), created)
    }

    /// A history of versions in any order.
    pub fn new(versions: Vec<VersionFacts>, created: Option<i64>) -> Self {
        let release = |facts: VersionFacts| Release {
            version: facts.version.clone(),
            published: facts.published,
            facts: OnceLock::from(Some(Box::new(facts))),
        };
        Self::sorted(versions.into_iter().map(release).collect(), None, created)
    }

    fn sorted(
        mut releases: Vec<Release>,
        packument: Option<Arc<Packument>>,
        created: Option<i64>,
    ) -> Self {
        releases.sort_by_key(|release| release.published);
        let created =
            created.or_else(|| releases.iter().filter_map(|release| release.published).min());
        Self { releases, packument, created }
    }

    /// One version.
    pub fn version(&self, version: &str) -> Option<&VersionFacts> {
        let release = self.releases.iter().find(|release| release.version == version)?;
        self.facts(release)
    }

    /// All versions, oldest first.
    pub fn versions(&self) -> impl DoubleEndedIterator<Item = &VersionFacts> {
        self.releases.iter().filter_map(|release| self.facts(release))
    }

    /// All versions and when they were published, oldest first: what costs no reading.
    pub fn releases(&self) -> impl DoubleEndedIterator<Item = (&str, Option<i64>)> {
        self.releases.iter().map(|release| (release.version.as_str(), release.published))
    }

    /// The versions published up to this one, itself included; the newest first, since whoever
    /// looks for somebody finds them there.
    pub fn back_from<'h>(
        &'h self,
        last: &VersionFacts,
    ) -> impl Iterator<Item = &'h VersionFacts> + use<'h> {
        let at = self.releases.iter().position(|release| release.version == last.version);
        let known = self.releases.get(..at.map_or(0, |at| at + 1)).unwrap_or_default();
        known.iter().rev().filter_map(|release| self.facts(release))
    }

    /// When the version before this one was published.
    pub fn published_before(&self, version: &VersionFacts) -> Option<i64> {
        let at = self.releases.iter().position(|release| release.version == version.version)?;
        self.releases.get(at.checked_sub(1)?)?.published
    }

    /// Whether somebody published or maintained up to a version.
    pub fn knows(&self, name: &str, last: &VersionFacts) -> bool {
        last.maintainers.contains(name)
            || self.back_from(last).any(|facts| facts.publishers().any(|known| known == name))
    }

    /// Everybody who published or maintained up to a version.
    pub fn people<'h>(&'h self, last: &'h VersionFacts) -> BTreeSet<&'h str> {
        let maintainers = last.maintainers.iter().map(String::as_str);
        maintainers.chain(self.back_from(last).flat_map(VersionFacts::publishers)).collect()
    }

    fn facts<'h>(&'h self, release: &'h Release) -> Option<&'h VersionFacts> {
        let read = || {
            let document = self.packument.as_ref()?.raw_manifest(&release.version)?;
            VersionFacts::of(&release.version, &document, release.published).map(Box::new)
        };
        release.facts.get_or_init(read).as_deref()
    }
}

impl VersionFacts {
    /// Reads one version's document; `None` if it is no object.
    pub fn of(version: &str, document: &[u8], published: Option<i64>) -> Option<Self> {
        let document: Document = serde_json::from_slice(document).ok()?;
        let mut dependencies = strings(&document.dependencies);
        dependencies.extend(strings(&document.optional_dependencies));
        let mut scripts = strings(&document.scripts);
        scripts
            .retain(|event, script| INSTALL_EVENTS.contains(&event.as_str()) && !script.is_empty());
        if document.gypfile == Value::Bool(true) && !scripts.contains_key("preinstall") {
            scripts.entry("install".to_owned()).or_insert_with(|| "node-gyp rebuild".to_owned());
        }
        let person = |value: &Value| value.get("name").and_then(Value::as_str).map(str::to_owned);
        let maintainers = document.maintainers.as_array().into_iter().flatten().filter_map(person);
        let account = person(&document.user);
        let address = document.user.get("email").and_then(Value::as_str);
        Some(Self {
            version: version.to_owned(),
            published,
            identity: identity(&document.user, account.as_deref()),
            domain: address
                .and_then(|address| address.rsplit_once('@'))
                .map(|(_, domain)| domain.to_ascii_lowercase()),
            account: account.filter(|_| !is_oidc(&document.user)),
            maintainers: maintainers.collect(),
            evidence: evidence(&document),
            scripts,
            dependencies,
            git_head: document.git_head.is_string(),
        })
    }

    /// The accounts that stand behind it.
    fn publishers(&self) -> impl Iterator<Item = &str> {
        let person = match &self.identity {
            Identity::Approver(name) | Identity::Account(name) => Some(name),
            Identity::Oidc(_) | Identity::Unknown => None,
        };
        self.account.iter().chain(person).map(String::as_str)
    }

    /// Whether the registry says who published.
    pub fn is_known(&self) -> bool {
        self.identity != Identity::Unknown
    }

    /// How old it is, in days.
    pub fn age_days(&self, now_ms: i64) -> Option<i64> {
        self.published.map(|at| now_ms.saturating_sub(at) / DAY_MS)
    }
}

/// A day, in milliseconds.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn is_oidc(user: &Value) -> bool {
    user.get("trustedPublisher").is_some_and(Value::is_object)
}

fn identity(user: &Value, account: Option<&str>) -> Identity {
    let text = |path: &str| user.pointer(path).and_then(Value::as_str).map(str::to_owned);
    if let Some(name) = text("/approver/name") {
        return Identity::Approver(name);
    }
    if is_oidc(user) {
        let id = text("/trustedPublisher/oidcConfigId").or_else(|| text("/trustedPublisher/id"));
        return Identity::Oidc(id.unwrap_or_else(|| "oidc".to_owned()));
    }
    account.map_or(Identity::Unknown, |name| Identity::Account(name.to_owned()))
}

fn evidence(document: &Document) -> Evidence {
    let attested = document.dist.pointer("/attestations/provenance").is_some_and(Value::is_object);
    if document.user.get("approver").is_some_and(Value::is_object) {
        Evidence::Approved
    } else if is_oidc(&document.user) {
        Evidence::TrustedPublisher
    } else if attested {
        Evidence::Provenance
    } else {
        Evidence::None
    }
}

fn strings(value: &Value) -> BTreeMap<String, String> {
    let entries = value.as_object().into_iter().flatten();
    entries.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}
