//! Which versions may be chosen, and which dependency types are left off the disk.
//!
//! Follows `buildOmitList` and the `flatten` functions of `before`, `min-release-age` and
//! `install-strategy` in `@npmcli/config/lib/definitions/definitions.js`.

use std::time::{Duration, SystemTime};

use super::{Config, Value, layer::Origin};

/// A dependency type that can be omitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DependencyType {
    /// `dependencies`; can be included, never omitted.
    Prod,
    /// `devDependencies`.
    Dev,
    /// `optionalDependencies`.
    Optional,
    /// `peerDependencies`.
    Peer,
}

impl DependencyType {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "prod" => Some(Self::Prod),
            "dev" => Some(Self::Dev),
            "optional" => Some(Self::Optional),
            "peer" => Some(Self::Peer),
            _ => None,
        }
    }
}

/// Which dependency types are left off the disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OmitInclude {
    /// Omitted, without the included ones.
    pub omit: Vec<DependencyType>,
    /// Explicitly included.
    pub include: Vec<DependencyType>,
}

impl OmitInclude {
    /// Whether a type is left off the disk.
    pub fn omits(&self, kind: DependencyType) -> bool {
        self.omit.contains(&kind)
    }

    /// `buildOmitList`, layer by layer: the lists of one layer start from the result below.
    pub(super) fn of(config: &Config) -> Self {
        const TRIGGERS: &[&str] =
            &["omit", "include", "only", "also", "production", "dev", "optional"];
        let layers = config.layers();
        let touched =
            |origin: &Origin| TRIGGERS.iter().any(|key| layers.own(*origin, key).is_some());
        Origin::ALL.into_iter().filter(touched).fold(Self::default(), |below, origin| {
            let own = |key| layers.own(origin, key).map(dependency_types);
            let seen = |key| layers.get_up_to(origin, key).map(|found| found.value);
            let mut omit = own("omit").unwrap_or(below.omit);
            let mut include = own("include").unwrap_or(below.include);
            let starts = |key, prefix: &str| {
                seen(key).and_then(Value::as_text).is_some_and(|text| text.starts_with(prefix))
            };
            let production = seen("production");
            if starts("only", "prod") || production.is_some_and(Value::is_truthy) {
                omit.push(DependencyType::Dev);
            } else if production == Some(&Value::Bool(false)) {
                include.push(DependencyType::Dev);
            }
            if starts("also", "dev") || seen("dev").is_some_and(Value::is_truthy) {
                include.push(DependencyType::Dev);
            }
            match seen("optional") {
                Some(Value::Bool(false)) => omit.push(DependencyType::Optional),
                Some(Value::Bool(true)) => include.push(DependencyType::Optional),
                _ => {}
            }
            let include = distinct(include);
            let mut omit = distinct(omit);
            omit.retain(|kind| !include.contains(kind));
            Self { omit, include }
        })
    }
}

fn dependency_types(value: &Value) -> Vec<DependencyType> {
    value.to_texts().iter().filter_map(|text| DependencyType::parse(text)).collect()
}

fn distinct<T: PartialEq>(values: Vec<T>) -> Vec<T> {
    values.into_iter().fold(Vec::new(), |mut kept, value| {
        if !kept.contains(&value) {
            kept.push(value);
        }
        kept
    })
}

/// Who may bring dependencies of a kind (`allow-git` and its like).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Allow {
    /// Anyone.
    #[default]
    All,
    /// The root's package.json.
    Root,
    /// Nobody.
    None,
}

/// How packages are laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InstallStrategy {
    /// As high as possible.
    #[default]
    Hoisted,
    /// Where they are depended on.
    Nested,
    /// Direct dependencies only at the top.
    Shallow,
    /// Isolated, by links.
    Linked,
}

/// What is chosen.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is one of npm's flags")]
pub struct ResolveOptions {
    /// Only versions published at or before this moment.
    pub before: Option<SystemTime>,
    /// Names and globs that `before` does not hold for.
    pub min_release_age_exclude: Vec<String>,
    /// The dist-tag for specs without one.
    pub tag: String,
    /// Ignore peer dependencies.
    pub legacy_peer_deps: bool,
    /// Every peer conflict is an error.
    pub strict_peer_deps: bool,
    /// Prefer versions that are already in the tree.
    pub prefer_dedupe: bool,
    /// Pack and copy `file:` dependencies.
    pub install_links: bool,
    /// How packages are laid out.
    pub install_strategy: InstallStrategy,
    /// A package that does not support this node is an error.
    pub engine_strict: bool,
    /// What is left off the disk.
    pub omit: OmitInclude,
    /// Who may bring git dependencies.
    pub allow_git: Allow,
    /// Who may bring tarball files.
    pub allow_file: Allow,
    /// Who may bring folders.
    pub allow_directory: Allow,
    /// Who may bring URLs.
    pub allow_remote: Allow,
    /// `process.arch` to resolve for, in place of this machine's.
    pub cpu: Option<String>,
    /// `process.platform` to resolve for, in place of this machine's.
    pub os: Option<String>,
    /// `glibc` or `musl` to resolve for, in place of this machine's.
    pub libc: Option<String>,
}

impl ResolveOptions {
    pub(super) fn of(config: &Config) -> Self {
        let allow = |key| match config.text(key) {
            Some("none") => Allow::None,
            Some("root") => Allow::Root,
            _ => Allow::All,
        };
        Self {
            before: before(config),
            min_release_age_exclude: split_list(&config.texts("min-release-age-exclude")),
            tag: config.text("tag").unwrap_or("latest").to_owned(),
            legacy_peer_deps: config.is_set("legacy-peer-deps"),
            strict_peer_deps: config.is_set("strict-peer-deps"),
            prefer_dedupe: config.is_set("prefer-dedupe"),
            install_links: config.is_set("install-links"),
            install_strategy: install_strategy(config),
            engine_strict: config.is_set("engine-strict"),
            omit: OmitInclude::of(config),
            allow_git: allow("allow-git"),
            allow_file: allow("allow-file"),
            allow_directory: allow("allow-directory"),
            allow_remote: allow("allow-remote"),
            cpu: config.text("cpu").map(str::to_owned),
            os: config.text("os").map(str::to_owned),
            libc: config.text("libc").map(str::to_owned),
        }
    }
}

/// `before`, or the same from `min-release-age`; in one layer the explicit date wins, across
/// layers the stronger layer.
fn before(config: &Config) -> Option<SystemTime> {
    let layers = config.layers();
    Origin::ALL.into_iter().fold(None, |below, origin| {
        let age = layers.own(origin, "min-release-age").and_then(Value::as_number);
        match (layers.own(origin, "before"), age) {
            (Some(Value::Date(ms)), _) => system_time(*ms),
            (None, Some(days)) if days > 0.0 => {
                let age = Duration::try_from_secs_f64(days * 86_400.0).ok()?;
                config.sources().now.checked_sub(age)
            }
            (Some(_), _) | (None, Some(_)) => None,
            (None, None) => below,
        }
    })
}

fn system_time(ms: i64) -> Option<SystemTime> {
    let distance = Duration::from_millis(ms.unsigned_abs());
    if ms < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(distance)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(distance)
    }
}

fn install_strategy(config: &Config) -> InstallStrategy {
    let layers = config.layers();
    Origin::ALL.into_iter().fold(InstallStrategy::Hoisted, |below, origin| {
        let own = |key| layers.own(origin, key);
        if own("legacy-bundling").is_some_and(Value::is_truthy) {
            InstallStrategy::Nested
        } else if own("global-style").is_some_and(Value::is_truthy) {
            InstallStrategy::Shallow
        } else {
            match own("install-strategy").and_then(Value::as_text) {
                Some("hoisted") => InstallStrategy::Hoisted,
                Some("nested") => InstallStrategy::Nested,
                Some("shallow") => InstallStrategy::Shallow,
                Some("linked") => InstallStrategy::Linked,
                _ => below,
            }
        }
    })
}

pub(super) fn split_list(values: &[String]) -> Vec<String> {
    let parts = values.iter().flat_map(|value| value.split(','));
    distinct(parts.map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect())
}
