//! Whether one range lies inside another (semver 7.8 `ranges/subset.js`).

use super::{
    comparator::{Comparator, Operator, satisfies_all},
    range::{Prereleases, Sets},
    version::Version,
};

/// How one alternative relates to another.
#[derive(Clone, Copy, PartialEq)]
enum Relation {
    /// The inner one holds no version.
    Null,
    Inside,
    NotInside,
}

type Bound<'a> = (Operator, &'a Version);

/// Whether every alternative of `sub` lies inside one of `dom`. Null alternatives are ignored,
/// unless there are no others.
pub(super) fn is_subset(sub: &Sets, dom: &Sets, prereleases: Prereleases) -> bool {
    let mut saw_versions = false;
    sub.iter().all(|inner| {
        for outer in dom {
            let relation = relate(inner, outer, prereleases);
            saw_versions |= relation != Relation::Null;
            if relation == Relation::Inside {
                return true;
            }
        }
        !saw_versions
    })
}

/// The bounds of an alternative, reduced to the tightest.
#[derive(Default)]
struct Limits<'a> {
    lower: Option<Bound<'a>>,
    upper: Option<Bound<'a>>,
    exact: Vec<&'a Version>,
}

impl<'a> Limits<'a> {
    fn of(set: &'a [Comparator]) -> Self {
        let mut limits = Self::default();
        for bound in set.iter().filter_map(Comparator::bound) {
            if bound.0.is_lower_bound() {
                limits.lower = Some(limits.lower.map_or(bound, |lower| higher(lower, bound)));
            } else if bound.0.is_upper_bound() {
                limits.upper = Some(limits.upper.map_or(bound, |upper| lower(upper, bound)));
            } else {
                // npm gathers these in a set of objects: two equal ones still count as two.
                limits.exact.push(bound.1);
            }
        }
        limits
    }

    /// Whether lower and upper bound exclude each other.
    fn is_null(&self) -> bool {
        let (Some((lower_operator, lower)), Some((upper_operator, upper))) =
            (self.lower, self.upper)
        else {
            return false;
        };
        let closed =
            lower_operator == Operator::GreaterEqual && upper_operator == Operator::LessEqual;
        lower > upper || (lower == upper && !closed)
    }

    /// Whether the bounds leave exactly one version.
    fn is_point(&self) -> bool {
        matches!((self.lower, self.upper), (Some((_, lower)), Some((_, upper))) if lower == upper)
    }
}

fn relate(sub: &[Comparator], dom: &[Comparator], prereleases: Prereleases) -> Relation {
    let any = [Comparator::Any];
    let floor = floor(prereleases);
    if dom == any && (sub == any || prereleases == Prereleases::Included) {
        return Relation::Inside;
    }
    let sub = if sub == any { floor.as_slice() } else { sub };
    let dom = if dom == any { floor.as_slice() } else { dom };
    let limits = Limits::of(sub);
    if limits.exact.len() > 1 || limits.is_null() {
        return Relation::Null;
    }
    if let Some(exact) = limits.exact.first() {
        return relate_exact(exact, &limits, dom, prereleases);
    }
    if is_inside(&limits, dom, prereleases) { Relation::Inside } else { Relation::NotInside }
}

/// `>=0.0.0`, which `*` means in a comparison.
fn floor(prereleases: Prereleases) -> Vec<Comparator> {
    let lowest = (prereleases == Prereleases::Included).then_some("0");
    let version = Version::from_parts([0, 0, 0], lowest);
    version.map(|version| Comparator::Bound(Operator::GreaterEqual, version)).into_iter().collect()
}

fn relate_exact(
    exact: &Version,
    limits: &Limits<'_>,
    dom: &[Comparator],
    prereleases: Prereleases,
) -> Relation {
    let holds = |comparator: &Comparator| {
        satisfies_all(std::slice::from_ref(comparator), exact, prereleases)
    };
    let own = [limits.lower, limits.upper];
    let mut own = own
        .iter()
        .flatten()
        .map(|(operator, version)| Comparator::Bound(*operator, (*version).clone()));
    if !own.all(|bound| holds(&bound)) {
        return Relation::Null;
    }
    if dom.iter().all(holds) { Relation::Inside } else { Relation::NotInside }
}

fn is_inside(limits: &Limits<'_>, dom: &[Comparator], prereleases: Prereleases) -> bool {
    let tested = |bound: Option<Bound<'_>>| {
        let (operator, version) = bound?;
        let exempt = operator == Operator::Less && version.is_lowest_prerelease();
        (prereleases == Prereleases::WhenNamed && version.is_prerelease() && !exempt)
            .then(|| version.clone())
    };
    let named =
        |version: &Version| dom.iter().any(|comparator| comparator.opens_prereleases_of(version));
    if [tested(limits.lower), tested(limits.upper)].iter().flatten().any(|version| !named(version))
    {
        return false;
    }
    if !dom.iter().all(|comparator| respects(limits, comparator)) {
        return false;
    }
    // An open side of the inner range must be open outside too.
    let bounded = |side: fn(Operator) -> bool| {
        dom.iter().filter_map(Comparator::bound).any(|bound| side(bound.0))
    };
    let open_above =
        limits.lower.is_some() && limits.upper.is_none() && bounded(Operator::is_upper_bound);
    let open_below =
        limits.upper.is_some() && limits.lower.is_none() && bounded(Operator::is_lower_bound);
    !(open_above || open_below)
}

/// Whether the tightest bounds of the inner range stay within one comparator of the outer.
fn respects(limits: &Limits<'_>, comparator: &Comparator) -> bool {
    let Some(bound) = comparator.bound() else { return true };
    if let Some(inner) = limits.lower {
        let escapes = if bound.0.is_lower_bound() {
            higher(inner, bound) != inner
        } else {
            inner.0 == Operator::GreaterEqual && !comparator.admits(inner.1)
        };
        if escapes {
            return false;
        }
    }
    if let Some(inner) = limits.upper {
        let escapes = if bound.0.is_upper_bound() {
            lower(inner, bound) != inner
        } else {
            inner.0 == Operator::LessEqual && !comparator.admits(inner.1)
        };
        if escapes {
            return false;
        }
    }
    bound.0 != Operator::Equal
        || limits.is_point()
        || (limits.lower.is_none() && limits.upper.is_none())
}

/// The tighter of two lower bounds: `>1.2.3` is above `>=1.2.3`.
fn higher<'a>(a: Bound<'a>, b: Bound<'a>) -> Bound<'a> {
    let order = b.1.cmp(a.1);
    let tighter = order.is_gt()
        || (order.is_eq() && b.0 == Operator::Greater && a.0 == Operator::GreaterEqual);
    if tighter { b } else { a }
}

/// The tighter of two upper bounds: `<1.2.3` is below `<=1.2.3`.
fn lower<'a>(a: Bound<'a>, b: Bound<'a>) -> Bound<'a> {
    let order = b.1.cmp(a.1);
    let tighter =
        order.is_lt() || (order.is_eq() && b.0 == Operator::Less && a.0 == Operator::LessEqual);
    if tighter { b } else { a }
}
