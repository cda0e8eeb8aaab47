//! The five answers a check can give; they are never mixed (an outage is not an attack, and
//! neither is a proof).

use std::fmt;

/// What a check of a package came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// The evidence is there and holds.
    Verified,
    /// Nothing to check was asked for or applies: a git dependency, a registry without keys, an
    /// excluded name.
    NotCovered,
    /// The place where the evidence should be was reached, and it has none.
    Absent,
    /// The place where the evidence should be could not be reached.
    Unreachable,
    /// The evidence is there and says otherwise: fatal in every mode.
    Contradicted,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Verified => "verified",
            Self::NotCovered => "not covered",
            Self::Absent => "absent",
            Self::Unreachable => "unreachable",
            Self::Contradicted => "contradicted",
        })
    }
}
