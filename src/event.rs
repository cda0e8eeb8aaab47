//! What happens during an operation, as data.
//!
//! Operations send [`Event`]s to a [`Reporter`]; how they look (text, JSON, bars) is
//! decided in `report`. Nothing below `report` prints.

use std::time::Duration;

use crate::explanation::Conflict;

/// A stage of an operation; progress is counted per phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Packuments are fetched and the ideal tree is built.
    Resolve,
    /// Tarballs are fetched, checked and unpacked into the store.
    Fetch,
    /// Packages are placed in `node_modules`.
    Link,
    /// Lifecycle scripts run.
    Scripts,
}

/// How much a message matters; npm's `loglevel` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Something failed.
    Error,
    /// Something is likely wrong.
    Warn,
    /// Worth a line in normal use.
    Notice,
    /// A request was made.
    Http,
    /// What npm prints with `--loglevel=info`.
    Info,
    /// Decisions, for someone looking for a cause.
    Verbose,
    /// Everything.
    Silly,
}

/// What policy does about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Gravity {
    /// It is told where details are asked for.
    Info,
    /// It is told.
    Warn,
    /// Nothing is installed.
    Block,
}

/// Something unusual about a package: a fact, its evidence, and the way to acknowledge it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The stable code, for example `DENPM-R03`.
    pub code: &'static str,
    /// The flag's name in policy files, for example `publisher-new`.
    pub flag: &'static str,
    /// What policy does about it.
    pub gravity: Gravity,
    /// The package's name.
    pub name: String,
    /// The version it is about.
    pub version: String,
    /// The version it is compared with, where there is one.
    pub baseline: Option<String>,
    /// One sentence: what is unusual.
    pub message: String,
    /// The facts, one a line: old and new value, file, excess names.
    pub evidence: Vec<String>,
    /// The file in the package it is about, where there is one.
    pub file: Option<String>,
    /// The command that acknowledges it, where that is possible.
    pub acknowledge: Option<String>,
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A phase began.
    PhaseStarted(Phase),
    /// `done` of `total` units of a phase are finished (`total` may still grow).
    PhaseProgress {
        /// The phase.
        phase: Phase,
        /// Finished units.
        done: u64,
        /// Known units.
        total: u64,
    },
    /// A phase ended.
    PhaseFinished(Phase),
    /// A message with npm's prefix (for example `deprecated`, `ERESOLVE`); each element of `lines` is one line.
    Log {
        /// How much it matters.
        level: Level,
        /// npm's prefix after `npm warn`; may be empty.
        prefix: String,
        /// The text, one element a line; foreign text is not yet sanitised.
        lines: Vec<String>,
    },
    /// Something unusual about a package.
    Finding(Box<Finding>),
    /// A peer conflict that was accepted: npm's `ERESOLVE overriding peer dependency`.
    PeerConflict(Box<Conflict>),
    /// One HTTP exchange: method, URL without credentials, status (0 = no answer), time taken, from cache.
    Request {
        /// `GET`, `POST`.
        method: &'static str,
        /// The URL with user info removed.
        url: String,
        /// HTTP status; 0 when there was no answer.
        status: u16,
        /// From sending to the end of the body.
        took: Duration,
        /// True when the answer came from, or was confirmed by, the cache.
        cached: bool,
    },
    /// A lifecycle script is about to run: npm's banner (`> name@version event` and `> command`).
    ScriptStarted {
        /// `name@version`.
        package: String,
        /// The lifecycle event, for example `postinstall`.
        event: String,
        /// The command line.
        command: String,
    },
}

impl Event {
    /// A message of several lines.
    pub fn log(level: Level, prefix: impl Into<String>, lines: Vec<String>) -> Self {
        Self::Log { level, prefix: prefix.into(), lines }
    }

    /// A warning of one line.
    pub fn warn(prefix: impl Into<String>, line: impl Into<String>) -> Self {
        Self::Log { level: Level::Warn, prefix: prefix.into(), lines: vec![line.into()] }
    }
}

/// Receives events, from any thread.
pub trait Reporter: Send + Sync {
    /// Takes one event; must not block for long.
    fn event(&self, event: Event);
}

/// A reporter that drops everything.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Reporter for Silent {
    fn event(&self, _event: Event) {}
}
