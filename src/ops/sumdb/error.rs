//! Why the checksum database refuses an install.

use crate::{
    error::{Code, Explain},
    sumdb::record::{PackageKey, Record},
};

/// Names that are told one by one; the rest are counted.
const SHOWN: usize = 10;

/// Who logged a record, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Logged {
    /// The log's name.
    pub log: String,
    /// The place in it, where others can look it up.
    pub index: Option<u64>,
}

/// A package is not the one that was logged, or not one.
#[derive(Debug, thiserror::Error)]
#[error("{package} {fault}")]
pub(super) struct Mismatch {
    package: String,
    fault: &'static str,
    lines: Vec<String>,
}

const NOT_LOGGED: &str = "is not the package that was logged";

impl Mismatch {
    /// The lockfile or the registry promises other bytes than were logged.
    pub(super) fn promised(log: &Logged, logged: &Record, promised: Option<&str>) -> Self {
        let promised = promised.unwrap_or_default().to_owned();
        let lines = vec![log.describe(logged), format!("promised: {promised}")];
        Self { package: shown(&logged.key), fault: NOT_LOGGED, lines }
    }

    /// The project pinned another record than is logged.
    pub(super) fn pinned(log: &Logged, logged: &Record) -> Self {
        let lines = vec![log.describe(logged), "denpm.sum has another record".to_owned()];
        Self { package: shown(&logged.key), fault: NOT_LOGGED, lines }
    }

    /// The bytes that came are others than those that `denpm.sum` pins.
    pub(super) fn not_pinned(received: &Record) -> Self {
        let lines = vec![
            "denpm.sum has another record".to_owned(),
            format!("received: {}", received.integrity()),
        ];
        Self { package: shown(&received.key), fault: NOT_LOGGED, lines }
    }

    /// The bytes that came are others than those that were logged.
    pub(super) fn received(log: &Logged, logged: &Record, received: &Record) -> Self {
        let mut lines = vec![log.describe(logged), format!("received: {}", received.integrity())];
        if logged.tree == received.tree {
            lines.push("the files in both are the same; the archive was made anew".to_owned());
        }
        Self { package: shown(&received.key), fault: NOT_LOGGED, lines }
    }

    /// Two places of one tree have the same version with different bytes.
    pub(super) fn twice(one: &Record, other: &Record) -> Self {
        let lines = [one, other].map(|record| format!("received: {}", record.integrity()));
        let fault = "is two different packages in this tree";
        Self { package: shown(&one.key), fault, lines: lines.into() }
    }
}

impl Logged {
    fn describe(&self, record: &Record) -> String {
        let place = self.index.map(|index| format!(", record {index}")).unwrap_or_default();
        format!("logged:   {} ({}{place})", record.integrity(), self.log)
    }
}

impl Explain for Mismatch {
    fn code(&self) -> Code {
        Code::SumdbMismatch
    }

    fn package(&self) -> Option<String> {
        Some(self.package.clone())
    }

    fn detail(&self) -> Vec<String> {
        self.lines.clone()
    }

    fn help(&self) -> Option<String> {
        Some(
            "a version's bytes never change: if its publisher replaced them, only a new version \
             makes that good; if not, this is an attack"
                .to_owned(),
        )
    }
}

/// What else stands in the way.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    /// Too few logs have a record.
    #[error("{} not in {}", names(packages), of(logs, *quorum))]
    Absent {
        /// What is missing.
        packages: Vec<PackageKey>,
        /// The logs that were asked.
        logs: Vec<String>,
        /// How many must have it.
        quorum: usize,
    },
    /// A project keeps packages from the logs.
    #[error("{} kept from the logs by the project's .npmrc", names(packages))]
    Withheld {
        /// Which.
        packages: Vec<PackageKey>,
    },
    /// A log could not be asked, and the policy goes on without it.
    #[error("{reason}")]
    Unasked {
        /// Why.
        reason: String,
        /// The code it would have had.
        code: Code,
    },
    /// A log entry of the policy cannot be used.
    #[error("the log {url} cannot be used: {reason}")]
    Log {
        /// Its URL.
        url: String,
        /// Why.
        reason: String,
    },
    /// Nobody said whose packages a registry serves.
    #[error("logs are configured, but not whose packages {registry} serves")]
    Namespace {
        /// The configured registry.
        registry: String,
    },
    /// A package.json that has no canonical form.
    #[error("{package} cannot be recorded: {reason}")]
    Manifest {
        /// The package.
        package: String,
        /// Why.
        reason: String,
    },
    /// A committed file cannot be understood.
    #[error("{file} cannot be used: {reason}")]
    Sum {
        /// Which.
        file: &'static str,
        /// Why.
        reason: String,
    },
    /// A committed file claims what it does not prove.
    #[error("{file} proves nothing: {reason}")]
    SumProof {
        /// Which.
        file: &'static str,
        /// Why.
        reason: String,
    },
    /// The work was interrupted from outside.
    #[error("comparing with the logs was interrupted")]
    Interrupted,
}

impl Explain for Refused {
    fn code(&self) -> Code {
        match self {
            Self::Absent { .. } | Self::Withheld { .. } => Code::SumdbAbsent,
            Self::Unasked { code, .. } => *code,
            Self::Log { .. } | Self::Namespace { .. } => Code::Policy,
            Self::Manifest { .. } => Code::Jsonparse,
            Self::Sum { .. } => Code::SumdbState,
            Self::SumProof { .. } => Code::SumdbProof,
            Self::Interrupted => Code::Cancelled,
        }
    }

    fn package(&self) -> Option<String> {
        match self {
            Self::Absent { packages, .. } | Self::Withheld { packages } => {
                packages.first().map(shown)
            }
            Self::Manifest { package, .. } => Some(package.clone()),
            _ => None,
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Absent { .. } => Some(
                "a fresh version is logged within minutes: ask again; or exclude private names \
                 with `private` under [sumdb] in your config.toml"
                    .to_owned(),
            ),
            Self::Withheld { .. } => Some(
                "only your own .npmrc or config.toml can excuse packages from the check".to_owned(),
            ),
            Self::Namespace { .. } => Some(
                "set `namespace = \"npm\"` under [sumdb] in your config.toml if it is a mirror \
                 of npm's registry"
                    .to_owned(),
            ),
            Self::Sum { .. } | Self::SumProof { .. } => Some(
                "look who changed it; `denpm pin` writes it anew once it is removed".to_owned(),
            ),
            Self::Log { .. } => Some("correct [[sumdb.log]] in your config.toml".to_owned()),
            _ => None,
        }
    }
}

fn shown(key: &PackageKey) -> String {
    format!("{}@{}", key.name(), key.version())
}

fn names(packages: &[PackageKey]) -> String {
    let mut text: Vec<_> = packages.iter().take(SHOWN).map(shown).collect();
    if let Some(more) = packages.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        text.push(format!("{more} more"));
    }
    let verb = if packages.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", text.join(", "))
}

fn of(logs: &[String], quorum: usize) -> String {
    match logs {
        [one] => format!("the log {one}"),
        many => format!("{quorum} of the logs {}", many.join(", ")),
    }
}
