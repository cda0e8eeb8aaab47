//! What is told of the proofs of a whole install: counts, and what is missing, once.

use std::collections::BTreeMap;

use super::{Proofs, Proven, Question};
use crate::{
    event::Event,
    report::summary::{Outcomes, TrustSummary},
    verify::Outcome,
};

/// So many names are listed before the rest is counted.
const LISTED: usize = 5;

/// Counts proofs as they come in.
#[derive(Debug, Default)]
pub(in crate::ops) struct Tally {
    signatures: Outcomes,
    attestations: Outcomes,
    /// Packages without a signature that ought to have one.
    unsigned: Vec<String>,
    /// Packages whose evidence could not be had, by reason.
    unreachable: BTreeMap<String, Vec<String>>,
}

impl Tally {
    /// Takes in what was proven of one package.
    pub(in crate::ops) fn add(&mut self, proofs: &Proofs, question: &Question, proven: &Proven) {
        count(&mut self.signatures, proven.signature);
        count(&mut self.attestations, proven.attestations);
        if proven.signature == Outcome::Absent
            && !proofs.policy().signature.may_be_unsigned(&question.name)
        {
            self.unsigned.push(question.id());
        }
        if [proven.signature, proven.attestations].contains(&Outcome::Unreachable) {
            let reason = proven.reasons.first().cloned().unwrap_or_default();
            self.unreachable.entry(reason).or_default().push(question.id());
        }
    }

    /// Tells what is missing, and puts the counts into the summary.
    pub(in crate::ops) fn tell(mut self, proofs: &Proofs, trust: &mut TrustSummary) {
        trust.signatures = self.signatures;
        trust.attestations = self.attestations;
        let warn = |lines: Vec<String>| {
            proofs.reporter().event(Event::log(crate::event::Level::Warn, "signatures", lines));
        };
        if !self.unsigned.is_empty() {
            let none = self.signatures.verified == 0;
            warn(unsigned_lines(&mut self.unsigned, none));
        }
        for (reason, mut packages) in self.unreachable {
            warn(vec![
                format!("could not be checked: {}", list(&mut packages)),
                format!("because {reason}"),
            ]);
        }
    }
}

fn count(outcomes: &mut Outcomes, outcome: Outcome) {
    *match outcome {
        Outcome::Verified => &mut outcomes.verified,
        Outcome::NotCovered => &mut outcomes.not_covered,
        Outcome::Absent => &mut outcomes.absent,
        Outcome::Unreachable => &mut outcomes.unreachable,
        Outcome::Contradicted => &mut outcomes.contradicted,
    } += 1;
}

/// npm's registry signs every version: who serves one without has lost the signature, or taken it.
fn unsigned_lines(unsigned: &mut [String], none_at_all: bool) -> Vec<String> {
    let count = unsigned.len();
    let packages = if count == 1 { "package has" } else { "packages have" };
    let mut lines = vec![format!("{count} {packages} no registry signature: {}", list(unsigned))];
    lines.push(if none_at_all {
        "the registry hands out none; npm's own signs every package, so a mirror removes them"
            .to_owned()
    } else {
        "the registry hands out signatures for others".to_owned()
    });
    lines.push(
        "they are held to their integrity alone; `signature.require = \"always\"` refuses them"
            .to_owned(),
    );
    lines
}

fn list(packages: &mut [String]) -> String {
    packages.sort_unstable();
    let shown = packages.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ");
    match packages.len().saturating_sub(LISTED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_told_once_with_a_few_names() {
        let mut unsigned: Vec<_> = (0..7).rev().map(|n| format!("p{n}@1.0.0")).collect();
        insta::assert_snapshot!(unsigned_lines(&mut unsigned, true).join("\n"), @r#"
        7 packages have no registry signature: p0@1.0.0, p1@1.0.0, p2@1.0.0, p3@1.0.0, p4@1.0.0 and 2 more
        the registry hands out none; npm's own signs every package, so a mirror removes them
        they are held to their integrity alone; `signature.require = "always"` refuses them
        "#);
    }
}
