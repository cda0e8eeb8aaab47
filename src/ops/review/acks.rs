//! `denpm-acks.toml`: findings that somebody looked at and accepts, committed beside the lock.
//!
//! Each is bound to the exact bytes and the exact evidence: another version, other bytes or new
//! facts open the question again.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use toml::value::Datetime;

use super::{changes::Locked, metadata};
use crate::{
    error::{Code, Explain, Failure},
    flag::Flag,
    fs::{Durability, FsError, read_bounded_file, write_atomic},
    ops::Context,
};

/// The file's name.
pub const FILE: &str = "denpm-acks.toml";
/// The most bytes of it that are read.
const MAX_BYTES: u64 = 8 << 20;

/// One acknowledgement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ack {
    /// The package's name.
    pub package: String,
    /// Its exact version.
    pub version: String,
    /// The integrity of that version.
    pub integrity: String,
    /// The flag's name.
    pub flag: String,
    /// The hash of the finding's evidence.
    pub evidence: String,
    /// Who looked at it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub who: String,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Datetime>,
    /// Why it is all right.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The last day it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Datetime>,
}

/// All acknowledgements of a project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Acks {
    ack: Vec<Ack>,
}

/// What a finding is known by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key<'k> {
    pub package: &'k str,
    pub version: &'k str,
    pub integrity: Option<&'k str>,
    pub flag: Flag,
    pub evidence: &'k str,
}

/// Whether a finding was acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Accepted,
    Open,
}

/// A file of acknowledgements that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AckError {
    /// It cannot be understood.
    #[error("{} cannot be understood: {reason}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and why.
        reason: String,
    },
    /// A word on the command line that does not name a finding.
    #[error("{0}")]
    Words(String),
}

impl Explain for AckError {
    fn code(&self) -> Code {
        match self {
            Self::Syntax { .. } => Code::Policy,
            Self::Words(_) => Code::Usage,
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Syntax { .. } => Some("correct the file, or remove it".to_owned()),
            Self::Words(_) => Some("take the command from the finding: it names the version, the flag, --evidence and --integrity".to_owned()),
        }
    }
}

impl Acks {
    /// Reads the acknowledgements of a project; there may be none.
    ///
    /// # Errors
    /// A file that is there and cannot be read or understood.
    pub fn read(project: &Path) -> Result<Self, Failure> {
        let path = project.join(FILE);
        if !path.exists() {
            return Ok(Self::default());
        }
        let bytes = read_bounded_file(&path, MAX_BYTES)?;
        let text = str::from_utf8(&bytes).map_err(|error| error.to_string());
        text.and_then(Self::parse).map_err(|reason| AckError::Syntax { path, reason }.into())
    }

    /// Acknowledgements as a file says them.
    ///
    /// # Errors
    /// The first thing that cannot be understood, and where.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    /// What a file says of them, in the order they are in.
    pub fn render(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }

    /// Writes them, sorted.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(mut self, project: &Path) -> Result<(), FsError> {
        let key = |ack: &Ack| {
            (ack.package.clone(), ack.version.clone(), ack.flag.clone(), ack.evidence.clone())
        };
        self.ack.sort_by_key(key);
        write_atomic(&project.join(FILE), self.render().as_bytes(), Durability::Volatile)
    }

    /// Adds one; one that says the same about the same is replaced.
    pub fn add(&mut self, ack: Ack) {
        let same = |known: &Ack| {
            known.package == ack.package
                && known.version == ack.version
                && known.flag == ack.flag
                && known.evidence == ack.evidence
        };
        self.ack.retain(|known| !same(known));
        self.ack.push(ack);
    }

    pub(super) fn answer(&self, key: &Key<'_>, today: &str) -> Answer {
        let fits = |ack: &&Ack| {
            ack.package == key.package
                && ack.version == key.version
                && Some(ack.integrity.as_str()) == key.integrity
                && Flag::parse(&ack.flag) == Some(key.flag)
                && ack.evidence == key.evidence
                && !is_over(ack, today)
        };
        if self.ack.iter().any(|ack| fits(&ack)) { Answer::Accepted } else { Answer::Open }
    }

    /// Those that accept nothing any more: past their day, of an unknown flag, or of a package
    /// that is not installed in that version with those bytes.
    pub fn stale<'a>(
        &'a self,
        today: &str,
        is_installed: impl Fn(&Ack) -> bool,
    ) -> Vec<(&'a Ack, &'static str)> {
        let reason = |ack: &Ack| {
            if is_over(ack, today) {
                Some("has expired")
            } else if Flag::parse(&ack.flag).is_none() {
                Some("names a flag nobody knows")
            } else if !is_installed(ack) {
                Some("is about a package that the lock does not have")
            } else {
                None
            }
        };
        self.ack.iter().filter_map(|ack| Some((ack, reason(ack)?))).collect()
    }
}

/// What is to be acknowledged, as the finding's command says it.
#[derive(Clone, Debug, Default)]
pub struct AckRequest {
    /// `name@version`.
    pub package: String,
    /// The flag's name or code.
    pub flag: String,
    /// The hash of the evidence.
    pub evidence: String,
    /// The integrity of the version.
    pub integrity: String,
    /// Why it is all right.
    pub reason: String,
    /// The last day it holds, `YYYY-MM-DD`; empty for ever.
    pub expires: String,
}

/// Acknowledges a finding; gives what was written, in one sentence.
///
/// # Errors
/// Words that do not name a finding, files that cannot be read or written.
pub fn ack(context: &Context, request: &AckRequest) -> Result<String, Failure> {
    let words = |text: &str| AckError::Words(text.to_owned());
    let (package, version) = request
        .package
        .rsplit_once('@')
        .filter(|(name, _)| !name.is_empty())
        .ok_or_else(|| words("an acknowledgement is about name@version"))?;
    let flag = Flag::parse(&request.flag).ok_or_else(|| words("there is no such flag"))?;
    if !request.evidence.starts_with("sha256-") || !request.integrity.contains('-') {
        return Err(words("an acknowledgement is bound to evidence and integrity").into());
    }
    if request.reason.trim().is_empty() || request.reason == "…" {
        return Err(words("an acknowledgement needs a reason").into());
    }
    let date = |text: &str| text.parse::<Datetime>().map_err(|_| words("a date is YYYY-MM-DD"));
    let expires = (!request.expires.is_empty()).then(|| date(&request.expires)).transpose()?;
    let project = &context.options.paths.prefix;
    let mut acks = Acks::read(project)?;
    acks.add(Ack {
        package: package.to_owned(),
        version: version.to_owned(),
        integrity: request.integrity.clone(),
        flag: flag.name().to_owned(),
        evidence: request.evidence.clone(),
        who: who(context),
        date: Some(date(&metadata::today(context))?),
        reason: request.reason.clone(),
        expires,
    });
    acks.write(project)?;
    Ok(format!("{FILE}: {} of {package}@{version} is accepted", flag.name()))
}

/// The acknowledgements that accept nothing any more, one a line.
///
/// # Errors
/// Files that cannot be read.
pub fn stale(context: &Context) -> Result<Vec<String>, Failure> {
    let project = &context.options.paths.prefix;
    let lock = project.join("package-lock.json");
    let locked = if lock.exists() { super::diff::read(&lock)? } else { Locked::default() };
    let acks = Acks::read(project)?;
    let installed = |ack: &Ack| locked.has(&ack.package, &ack.version, Some(&ack.integrity));
    let stale = acks.stale(&metadata::today(context), installed);
    Ok(stale
        .into_iter()
        .map(|(ack, why)| format!("{} of {}@{} {why}", ack.flag, ack.package, ack.version))
        .collect())
}

/// The user, as git knows them where the environment says so.
fn who(context: &Context) -> String {
    let env = context.config.env();
    let name =
        env.get("GIT_AUTHOR_NAME").or_else(|| env.get("USER")).or_else(|| env.get("USERNAME"));
    let address = env.get("GIT_AUTHOR_EMAIL").map(|address| format!(" <{address}>"));
    format!("{}{}", name.unwrap_or_default(), address.unwrap_or_default())
}

/// Dates compare as text where both are `YYYY-MM-DD`.
fn is_over(ack: &Ack, today: &str) -> bool {
    let last = ack.expires.as_ref().and_then(|expires| expires.date).map(|date| date.to_string());
    last.is_some_and(|last| last.as_str() < today)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ack() -> Ack {
        Ack {
            package: "a".to_owned(),
            version: "1.0.0".to_owned(),
            integrity: "sha512-x".to_owned(),
            flag: "publisher-new".to_owned(),
            evidence: "sha256-y".to_owned(),
            who: "Ann <ann@example.com>".to_owned(),
            date: "2026-11-21".parse().ok(),
            reason: "known".to_owned(),
            expires: "2027-05-21".parse().ok(),
        }
    }

    fn key<'k>(integrity: &'k str, evidence: &'k str) -> Key<'k> {
        Key {
            package: "a",
            version: "1.0.0",
            integrity: Some(integrity),
            flag: Flag::PublisherNew,
            evidence,
        }
    }

    #[test]
    fn an_acknowledgement_holds_for_its_bytes_and_evidence_until_its_day() {
        let mut acks = Acks::default();
        acks.add(ack());
        assert_eq!(acks.answer(&key("sha512-x", "sha256-y"), "2026-12-01"), Answer::Accepted);
        assert_eq!(acks.answer(&key("sha512-x", "sha256-y"), "2027-05-22"), Answer::Open);
        assert_eq!(acks.answer(&key("sha512-z", "sha256-y"), "2026-12-01"), Answer::Open);
        assert_eq!(acks.answer(&key("sha512-x", "sha256-z"), "2026-12-01"), Answer::Open);
    }

    #[test]
    fn what_is_written_is_read_again_and_an_unknown_key_is_an_error() -> Result<(), Failure> {
        let folder = tempfile::tempdir().map_err(FsError::io("create", "x"))?;
        let mut acks = Acks::default();
        acks.add(ack());
        acks.clone().write(folder.path())?;
        assert_eq!(Acks::read(folder.path())?, acks);
        let path = folder.path().join(FILE);
        std::fs::write(&path, "[[ack]]\npackag = \"a\"\n").map_err(FsError::io("write", &path))?;
        assert!(Acks::read(folder.path()).is_err());
        Ok(())
    }
}
