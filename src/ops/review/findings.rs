//! From signs to findings: the policy's level, the acknowledgements, the command that makes one.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use super::acks::{Acks, Answer};
use crate::{
    config::policy::FlagPolicy,
    event::{Finding, Gravity},
    inspect::Sign,
};

/// What a sign is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::ops) struct Subject {
    pub name: String,
    pub version: String,
    pub baseline: Option<String>,
    /// Whether it is a settled version of another major than the baseline.
    pub is_rewrite: bool,
    /// The integrity of the version; without one nothing can be acknowledged.
    pub integrity: Option<String>,
    /// Who requires it, `name@version`, where the tree tells.
    pub required_by: Option<String>,
}

/// Weighs signs.
pub(in crate::ops) struct Judge<'p> {
    pub policy: &'p FlagPolicy,
    pub acks: &'p Acks,
    /// Today, as `YYYY-MM-DD`.
    pub today: String,
}

impl Judge<'_> {
    /// The findings that signs come to, the gravest first; without those switched off or acknowledged.
    pub(in crate::ops) fn findings(&self, subject: &Subject, signs: &[Sign]) -> Vec<Finding> {
        let mut findings: Vec<Finding> =
            signs.iter().filter_map(|sign| self.finding(subject, sign)).collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.gravity));
        findings
    }

    fn finding(&self, subject: &Subject, sign: &Sign) -> Option<Finding> {
        let level = if subject.is_rewrite {
            self.policy.level_of_a_rewrite(sign.flag, &subject.name)
        } else {
            self.policy.level(sign.flag, &subject.name)
        };
        let gravity = level.gravity()?;
        let hash = evidence_hash(subject, sign);
        let key = super::acks::Key {
            package: &subject.name,
            version: &subject.version,
            integrity: subject.integrity.as_deref(),
            flag: sign.flag,
            evidence: &hash,
        };
        if self.acks.answer(&key, &self.today) == Answer::Accepted {
            return None;
        }
        let mut evidence = sign.evidence.clone();
        evidence.extend(subject.required_by.as_ref().map(|by| format!("required by {by}")));
        Some(Finding {
            code: sign.flag.code(),
            flag: sign.flag.name(),
            gravity,
            name: subject.name.clone(),
            version: subject.version.clone(),
            baseline: subject.baseline.clone(),
            message: sign.message.clone(),
            evidence,
            file: sign.file.clone(),
            acknowledge: (gravity > Gravity::Info).then(|| command(subject, sign, &hash)).flatten(),
        })
    }
}

/// The command that acknowledges a sign about these very bytes, and no other.
fn command(subject: &Subject, sign: &Sign, hash: &str) -> Option<String> {
    let integrity = subject.integrity.as_ref()?;
    let Subject { name, version, .. } = subject;
    let flag = sign.flag.name();
    Some(format!(
        "denpm ack {name}@{version} {flag} --evidence={hash} --integrity={integrity} --reason=\"…\""
    ))
}

/// What an acknowledgement is bound to: the flag, the file and the facts.
pub(in crate::ops) fn evidence_hash(subject: &Subject, sign: &Sign) -> String {
    let mut hasher = Sha256::new();
    let mut part = |text: &str| {
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    part(sign.flag.code());
    part(&subject.name);
    part(&subject.version);
    part(sign.file.as_deref().unwrap_or_default());
    for fact in &sign.evidence {
        part(fact);
    }
    format!("sha256-{}", STANDARD.encode(hasher.finalize()))
}
