//! Reading policy files.

use std::collections::{BTreeMap, BTreeSet};

use super::{Party, Policy, Quorum, Rule};
use crate::sumdb::note::{BadKey, KeyKind, VerifierKey};

/// The longest file that is read, in bytes.
const MAX_FILE: usize = 1 << 20;
/// The most logs, witnesses and groups, each.
const MAX_PARTIES: usize = 256;

/// A policy file that cannot be used: the line, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the log policy: {fault}")]
pub struct BadPolicy {
    /// The line, from 1; that behind the last where something is missing.
    pub line: usize,
    /// What is wrong.
    pub fault: PolicyFault,
}

/// What can be wrong with a line of a policy file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// Control characters, or too long a file.
    #[error("not the text of a policy")]
    Text,
    /// No such kind of line, or not its words.
    #[error("not a line of a policy")]
    Line,
    /// A key that cannot be used.
    #[error(transparent)]
    Key(#[from] BadKey),
    /// A key of a kind that such a party does not sign with.
    #[error("not a key for this purpose")]
    KeyKind,
    /// The same public key, or the same name, once more.
    #[error("{0} is there already")]
    Duplicate(String),
    /// A name that no line above defines, or that is a member of a group already.
    #[error("{0} cannot be a member here")]
    Member(String),
    /// Not between 1 and the number of members.
    #[error("the group cannot have that threshold")]
    Threshold,
    /// More than anyone needs.
    #[error("more than {MAX_PARTIES} of a kind")]
    TooMany,
    /// There is no quorum line.
    #[error("there is no quorum")]
    NoQuorum,
}

#[derive(Default)]
struct Reading {
    logs: Vec<Party>,
    witnesses: Vec<Party>,
    /// What a quorum or a group can name, until it is a member of something.
    names: BTreeMap<String, Option<Rule>>,
    quorum: Option<Quorum>,
}

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// [`BadPolicy`].
    pub fn parse(text: &str) -> Result<Self, BadPolicy> {
        let allowed = |byte: u8| matches!(byte, b'\t' | b'\n' | 0x20..=0x7e | 0x80..);
        if text.len() > MAX_FILE || !text.bytes().all(allowed) {
            return Err(BadPolicy { line: 1, fault: PolicyFault::Text });
        }
        let mut reading = Reading::default();
        let mut behind = 1;
        for (line, text) in (1..).zip(text.split('\n')) {
            reading.line(text).map_err(|fault| BadPolicy { line, fault })?;
            behind = line + 1;
        }
        let missing = BadPolicy { line: behind, fault: PolicyFault::NoQuorum };
        Ok(Self {
            quorum: reading.quorum.ok_or(missing)?,
            logs: reading.logs,
            witnesses: reading.witnesses,
            origins: BTreeMap::new(),
        })
    }
}

impl Reading {
    fn line(&mut self, line: &str) -> Result<(), PolicyFault> {
        let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
        match words.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with('#') => Ok(()),
            ["log", key] => self.log(key, None),
            ["log", key, url] => self.log(key, Some(url)),
            ["witness", name, key] => self.witness(name, key, None),
            ["witness", name, key, url] => self.witness(name, key, Some(url)),
            ["group", name, threshold, members @ ..] => self.group(name, threshold, members),
            ["quorum", name] => self.quorum(name),
            _ => Err(PolicyFault::Line),
        }
    }

    fn log(&mut self, vkey: &str, url: Option<&str>) -> Result<(), PolicyFault> {
        let party = party(vkey, url, KeyKind::Note)?;
        add(&mut self.logs, party)
    }

    fn witness(&mut self, name: &str, vkey: &str, url: Option<&str>) -> Result<(), PolicyFault> {
        let party = party(vkey, url, KeyKind::Cosignature)?;
        let number = self.witnesses.len();
        self.define(name, Rule::Witness(number))?;
        add(&mut self.witnesses, party)
    }

    fn group(&mut self, name: &str, threshold: &str, members: &[&str]) -> Result<(), PolicyFault> {
        let least = match threshold {
            "all" => members.len(),
            "any" => 1,
            number => number.parse().map_err(|_| PolicyFault::Threshold)?,
        };
        if least == 0 || least > members.len() {
            return Err(PolicyFault::Threshold);
        }
        let twice = members.iter().collect::<BTreeSet<_>>().len() < members.len();
        let first = members.first().copied().unwrap_or_default();
        if twice {
            return Err(PolicyFault::Member(first.to_owned()));
        }
        let rules = members.iter().map(|member| self.take(member)).collect::<Result<_, _>>()?;
        self.define(name, Rule::AtLeast(least, rules))
    }

    fn quorum(&mut self, name: &str) -> Result<(), PolicyFault> {
        if self.quorum.is_some() {
            return Err(PolicyFault::Duplicate("quorum".to_owned()));
        }
        self.quorum =
            Some(if name == "none" { Quorum::None } else { Quorum::Of(self.take(name)?) });
        Ok(())
    }

    fn define(&mut self, name: &str, rule: Rule) -> Result<(), PolicyFault> {
        if self.names.len() == 2 * MAX_PARTIES {
            return Err(PolicyFault::TooMany);
        }
        if name == "none" || self.names.contains_key(name) {
            return Err(PolicyFault::Duplicate(name.to_owned()));
        }
        self.names.insert(name.to_owned(), Some(rule));
        Ok(())
    }

    /// The rule of that name; a name counts once, so that a witness counts once.
    fn take(&mut self, name: &str) -> Result<Rule, PolicyFault> {
        let rule = self.names.get_mut(name).and_then(Option::take);
        rule.ok_or_else(|| PolicyFault::Member(name.to_owned()))
    }
}

fn party(vkey: &str, url: Option<&str>, kind: KeyKind) -> Result<Party, PolicyFault> {
    let key = VerifierKey::parse(vkey)?;
    if key.kind() != kind {
        return Err(PolicyFault::KeyKind);
    }
    Ok(Party { key, url: url.map(str::to_owned) })
}

fn add(parties: &mut Vec<Party>, party: Party) -> Result<(), PolicyFault> {
    if parties.len() == MAX_PARTIES {
        return Err(PolicyFault::TooMany);
    }
    if parties.iter().any(|known| known.key.public_key() == party.key.public_key()) {
        return Err(PolicyFault::Duplicate(party.key.name().to_owned()));
    }
    parties.push(party);
    Ok(())
}
