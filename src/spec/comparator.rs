//! One bound of a range, such as `>=1.2.3`, and how two of them meet.

use super::{
    range::Prereleases,
    version::{MAX_NUMBER, Version},
};
use std::fmt;

/// The relation of a comparator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Operator {
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// Exactly this version; written without a sign.
    Equal,
    /// `>=`
    GreaterEqual,
    /// `>`
    Greater,
}

impl Operator {
    /// Splits the sign off the front of a comparator (semver `GTLT`); none is `Equal`.
    pub(super) fn split(text: &str) -> (Self, &str) {
        // The longer signs first, or they would be read as the shorter ones.
        for (sign, operator) in [
            ("<=", Self::LessEqual),
            (">=", Self::GreaterEqual),
            ("<", Self::Less),
            (">", Self::Greater),
            ("=", Self::Equal),
        ] {
            if let Some(rest) = text.strip_prefix(sign) {
                return (operator, rest);
            }
        }
        (Self::Equal, text)
    }

    fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Equal => "",
            Self::GreaterEqual => ">=",
            Self::Greater => ">",
        }
    }

    pub(super) fn is_lower_bound(self) -> bool {
        matches!(self, Self::Greater | Self::GreaterEqual)
    }

    pub(super) fn is_upper_bound(self) -> bool {
        matches!(self, Self::Less | Self::LessEqual)
    }
}

/// A bound on a version; no bound at all is npm's `ANY`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Comparator {
    /// Written as the empty string: every version.
    Any,
    /// Relation and version.
    Bound(Operator, Version),
}

impl Comparator {
    /// `<0.0.0-0`, which nothing satisfies.
    pub(super) fn none() -> Option<Self> {
        Self::below([0, 0, 0])
    }

    /// `<major.minor.patch-0`: everything below, prereleases included. `None` beyond 2⁵³−1.
    pub(super) fn below(numbers: [u64; 3]) -> Option<Self> {
        Some(Self::Bound(Operator::Less, Version::from_parts(numbers, Some("0"))?))
    }

    pub(super) fn is_none(&self) -> bool {
        matches!(self, Self::Bound(Operator::Less, version) if version.is_zero() && version.is_lowest_prerelease())
    }

    pub(super) fn bound(&self) -> Option<(Operator, &Version)> {
        match self {
            Self::Any => None,
            Self::Bound(operator, version) => Some((*operator, version)),
        }
    }

    /// Whether `version` lies on the right side, prerelease or not (`Comparator.test`).
    pub(super) fn admits(&self, version: &Version) -> bool {
        let Self::Bound(operator, bound) = self else { return true };
        let order = version.cmp(bound);
        match operator {
            Operator::Less => order.is_lt(),
            Operator::LessEqual => order.is_le(),
            Operator::Equal => order.is_eq(),
            Operator::GreaterEqual => order.is_ge(),
            Operator::Greater => order.is_gt(),
        }
    }

    /// Whether this bound names a prerelease of the same three numbers, which opens the range to
    /// prereleases of them.
    pub(super) fn opens_prereleases_of(&self, version: &Version) -> bool {
        matches!(self, Self::Bound(_, bound) if bound.is_prerelease() && bound.same_tuple(version))
    }

    /// Whether some version may satisfy both (`Comparator.intersects`).
    pub(super) fn intersects(&self, other: &Self, prereleases: Prereleases) -> bool {
        let (Some((left_operator, left)), Some((right_operator, right))) =
            (self.bound(), other.bound())
        else {
            // npm tests an exact version against `*` as a range, so a prerelease fails there
            // when it is on the left.
            return match (self, other) {
                (Self::Bound(Operator::Equal, version), Self::Any) => {
                    !version.is_prerelease() || prereleases == Prereleases::Included
                }
                _ => true,
            };
        };
        if left_operator == Operator::Equal {
            return satisfies_all(std::slice::from_ref(other), left, prereleases);
        }
        if right_operator == Operator::Equal {
            return satisfies_all(std::slice::from_ref(self), right, prereleases);
        }
        if self.is_empty(prereleases) || other.is_empty(prereleases) {
            return false;
        }
        if left_operator.is_lower_bound() == right_operator.is_lower_bound() {
            return true;
        }
        let order = left.cmp(right);
        if order.is_eq() {
            let inclusive =
                |operator| matches!(operator, Operator::LessEqual | Operator::GreaterEqual);
            return inclusive(left_operator) && inclusive(right_operator);
        }
        left_operator.is_lower_bound() == order.is_lt()
    }

    /// Whether nothing lies below: `<0.0.0`, or `<0.0.0-0` where prereleases count.
    fn is_empty(&self, prereleases: Prereleases) -> bool {
        match self {
            Self::Bound(Operator::Less, version) if version.is_zero() => match prereleases {
                Prereleases::Included => version.is_lowest_prerelease(),
                Prereleases::WhenNamed => true,
            },
            _ => false,
        }
    }
}

impl fmt::Display for Comparator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => Ok(()),
            Self::Bound(operator, version) => write!(f, "{}{version}", operator.sign()),
        }
    }
}

/// Whether `version` satisfies every bound, and if it is a prerelease, one of them asks for
/// prereleases of its three numbers (semver `testSet`).
pub(super) fn satisfies_all(
    set: &[Comparator],
    version: &Version,
    prereleases: Prereleases,
) -> bool {
    set.iter().all(|comparator| comparator.admits(version))
        && (!version.is_prerelease()
            || prereleases == Prereleases::Included
            || set.iter().any(|comparator| comparator.opens_prereleases_of(version)))
}

/// The next number up; `None` beyond 2⁵³−1.
pub(super) fn next(number: u64) -> Option<u64> {
    number.checked_add(1).filter(|number| *number <= MAX_NUMBER)
}
