//! Partial versions (`1`, `1.x`, `1.2.*`) and what `^`, `~`, `>=` and ` - ` make of them.
//!
//! Follows semver 7.8 `classes/range.js`: each function is one of its `replace…` steps, but
//! yields comparators where the original rewrites text.

use super::{
    comparator::{Comparator, Operator, next},
    range::{Prereleases, RangeOptions, Syntax},
    version::{self, Version, is_space},
};

/// A version with wild cards, as written (semver `XRANGEPLAIN`).
#[derive(Clone, Copy, Debug)]
pub(super) struct XRange<'a> {
    major: Part<'a>,
    minor: Part<'a>,
    patch: Part<'a>,
    prerelease: Option<&'a str>,
}

/// One position of a partial version.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part<'a> {
    /// Not written.
    Absent,
    /// `x`, `X` or `*`.
    Wild,
    /// Digits.
    Number(&'a str),
}

impl<'a> Part<'a> {
    /// The digits; `None` for a wild or absent part.
    fn digits(self) -> Option<&'a str> {
        if let Self::Number(digits) = self { Some(digits) } else { None }
    }
}

/// A number beyond 2⁵³−1: the whole range is invalid, in both syntaxes.
pub(super) struct TooBig;

type Bounds = Result<Vec<Comparator>, TooBig>;

impl<'a> XRange<'a> {
    /// Reads a whole partial version; `None` if there is anything else in `text`.
    pub(super) fn parse(text: &'a str, syntax: Syntax) -> Option<Self> {
        let text = text
            .trim_start_matches(|character| matches!(character, 'v' | '=') || is_space(character));
        let (major, rest) = part(text, syntax)?;
        let absent = Self { major, minor: Part::Absent, patch: Part::Absent, prerelease: None };
        if rest.is_empty() {
            return Some(absent);
        }
        let (minor, rest) = part(rest.strip_prefix('.')?, syntax)?;
        if rest.is_empty() {
            return Some(Self { minor, ..absent });
        }
        let tail = rest.strip_prefix('.')?;
        let (patch, rest) = part(tail, syntax)?;
        if rest.is_empty() {
            return Some(Self { minor, patch, ..absent });
        }
        let prerelease = match syntax {
            Syntax::Strict => version::strict_prerelease(rest),
            Syntax::Loose => version::loose_prerelease(rest),
        };
        if prerelease.is_some() {
            return Some(Self { minor, patch, prerelease, ..absent });
        }
        // `34.5` in last place is 3 with prerelease 4.5, but only when loose.
        let (patch, prerelease) = match syntax {
            Syntax::Strict => None,
            Syntax::Loose => version::split_loose_prerelease(tail),
        }?;
        Some(Self { minor, patch: Part::Number(patch), prerelease, ..absent })
    }

    /// Whether a number stands behind a wild card, which is no range.
    fn is_out_of_order(&self) -> bool {
        let wild = |part: Part<'_>| part.digits().is_none();
        (wild(self.major) && !wild(self.minor)) || (wild(self.minor) && !wild(self.patch))
    }

    /// Whether a number that counts is written with a leading zero, or a prerelease other than as `0`.
    pub(super) fn has_padded_number(&self) -> bool {
        let padded = |part: &Part<'_>| {
            part.digits().is_some_and(|digits| digits.len() > 1 && digits.starts_with('0'))
        };
        [self.major, self.minor, self.patch].iter().any(padded)
            || (self.is_complete() && self.prerelease.is_some_and(|text| text != "0"))
    }

    /// Whether all three numbers are there.
    pub(super) fn is_complete(&self) -> bool {
        [self.major, self.minor, self.patch].iter().all(|part| part.digits().is_some())
    }

    fn numbers(&self) -> Result<[Option<u64>; 3], TooBig> {
        let read = |part: Part<'_>| match part.digits() {
            Some(digits) => version::number(digits).map(Some).ok_or(TooBig),
            None => Ok(None),
        };
        Ok([read(self.major)?, read(self.minor)?, read(self.patch)?])
    }

    /// `^1.2.3`: up to the next change of the leftmost non-zero number.
    pub(super) fn caret(&self, prereleases: Prereleases) -> Bounds {
        let Some(major_text) = self.major.digits() else { return Ok(vec![Comparator::Any]) };
        // npm compares the text: `00` is not `0`.
        let major_is_zero = major_text == "0";
        match self.numbers()? {
            [Some(major), Some(minor), Some(patch)]
                if major_is_zero && self.minor == Part::Number("0") =>
            {
                self.span_to([major, minor, next(patch).ok_or(TooBig)?])
            }
            [Some(major), Some(minor), Some(_)] if major_is_zero => {
                self.span_to([major, next(minor).ok_or(TooBig)?, 0])
            }
            [Some(major), Some(_), Some(_)] => self.span_to([next(major).ok_or(TooBig)?, 0, 0]),
            [Some(major), Some(minor), None] if major_is_zero => {
                span([major, minor, 0], [major, next(minor).ok_or(TooBig)?, 0], prereleases)
            }
            [Some(major), minor, _] => span(
                [major, minor.unwrap_or(0), 0],
                [next(major).ok_or(TooBig)?, 0, 0],
                prereleases,
            ),
            [None, ..] => Ok(vec![Comparator::Any]),
        }
    }

    /// `~1.2.3`: up to the next minor, or major if no minor was given.
    pub(super) fn tilde(&self, prereleases: Prereleases) -> Bounds {
        match self.numbers()? {
            [None, ..] => Ok(vec![Comparator::Any]),
            [Some(major), None, _] => {
                span([major, 0, 0], [next(major).ok_or(TooBig)?, 0, 0], prereleases)
            }
            [Some(major), Some(minor), None] => {
                span([major, minor, 0], [major, next(minor).ok_or(TooBig)?, 0], prereleases)
            }
            [Some(major), Some(minor), Some(_)] => {
                self.span_to([major, next(minor).ok_or(TooBig)?, 0])
            }
        }
    }

    /// A partial version behind a sign. `None` when it is a full version or no range at all: then
    /// the text is read as a plain comparator.
    pub(super) fn signed(&self, operator: Operator, prereleases: Prereleases) -> Option<Bounds> {
        if self.is_out_of_order() {
            return None;
        }
        let numbers = match self.numbers() {
            Ok([Some(_), Some(_), Some(_)]) => return None,
            Ok(numbers) => numbers,
            Err(error) => return Some(Err(error)),
        };
        Some(signed(numbers, operator, prereleases))
    }

    /// The left side of ` - `.
    pub(super) fn hyphen_from(&self, options: RangeOptions) -> Result<Comparator, TooBig> {
        let version = match self.numbers()? {
            [None, ..] => return Ok(Comparator::Any),
            [Some(major), minor, patch] => {
                let complete = minor.is_some() && patch.is_some();
                let prerelease = self.prerelease.filter(|_| complete);
                let numbers = [major, minor.unwrap_or(0), minor.and(patch).unwrap_or(0)];
                Version::from_parts(numbers, prerelease.or(lowest(options.prereleases)))
            }
        };
        Ok(at_least(version.ok_or(TooBig)?))
    }

    /// The right side of ` - `.
    pub(super) fn hyphen_to(&self, options: RangeOptions) -> Result<Comparator, TooBig> {
        let bound = match self.numbers()? {
            [None, ..] => return Ok(Comparator::Any),
            [Some(major), None, _] => Comparator::below([next(major).ok_or(TooBig)?, 0, 0]),
            [Some(major), Some(minor), None] => {
                Comparator::below([major, next(minor).ok_or(TooBig)?, 0])
            }
            [Some(major), Some(minor), Some(patch)] => {
                if self.prerelease.is_none() && options.prereleases == Prereleases::Included {
                    Comparator::below([major, minor, next(patch).ok_or(TooBig)?])
                } else {
                    Version::from_parts([major, minor, patch], self.prerelease)
                        .map(|version| Comparator::Bound(Operator::LessEqual, version))
                }
            }
        };
        bound.ok_or(TooBig)
    }

    /// `>=` this very version and `<` the given one.
    fn span_to(&self, end: [u64; 3]) -> Bounds {
        let numbers = self.numbers()?.map(Option::unwrap_or_default);
        let start = Version::from_parts(numbers, self.prerelease).ok_or(TooBig)?;
        Ok(vec![at_least(start), Comparator::below(end).ok_or(TooBig)?])
    }
}

fn signed(numbers: [Option<u64>; 3], operator: Operator, prereleases: Prereleases) -> Bounds {
    let [Some(major), minor, _] = numbers else {
        return match operator {
            Operator::Less | Operator::Greater => Ok(vec![Comparator::none().ok_or(TooBig)?]),
            _ => Ok(vec![Comparator::Any]),
        };
    };
    let start = [major, minor.unwrap_or(0), 0];
    let end = match minor {
        Some(minor) => next(minor).map(|minor| [major, minor, 0]),
        None => next(major).map(|major| [major, 0, 0]),
    };
    match operator {
        Operator::Equal => span(start, end.ok_or(TooBig)?, prereleases),
        Operator::Less => Ok(vec![Comparator::below(start).ok_or(TooBig)?]),
        Operator::LessEqual => Ok(vec![Comparator::below(end.ok_or(TooBig)?).ok_or(TooBig)?]),
        Operator::GreaterEqual => from(start, prereleases),
        Operator::Greater => from(end.ok_or(TooBig)?, prereleases),
    }
}

fn from(start: [u64; 3], prereleases: Prereleases) -> Bounds {
    Ok(vec![at_least(Version::from_parts(start, lowest(prereleases)).ok_or(TooBig)?)])
}

fn span(start: [u64; 3], end: [u64; 3], prereleases: Prereleases) -> Bounds {
    let mut bounds = from(start, prereleases)?;
    bounds.push(Comparator::below(end).ok_or(TooBig)?);
    Ok(bounds)
}

fn at_least(version: Version) -> Comparator {
    Comparator::Bound(Operator::GreaterEqual, version)
}

/// Where prereleases count, a span begins at the lowest of them.
fn lowest(prereleases: Prereleases) -> Option<&'static str> {
    (prereleases == Prereleases::Included).then_some("0")
}

fn part(text: &str, syntax: Syntax) -> Option<(Part<'_>, &str)> {
    if let Some(rest) = text.strip_prefix(['x', 'X', '*']) {
        return Some((Part::Wild, rest));
    }
    let (digits, rest) = version::digits(text)?;
    if syntax == Syntax::Strict && digits.len() > 1 && digits.starts_with('0') {
        return None;
    }
    Some((Part::Number(digits), rest))
}
