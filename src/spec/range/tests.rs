//! What is promised of range, as tests.

use super::{parse::MAX_LENGTH, *};
use crate::spec::{eq, gt};
use proptest::prelude::*;
use serde::{Deserialize, de::DeserializeOwned};

macro_rules! fixture {
    ($name:literal) => {
        rows(include_str!(concat!("../../../fixtures/node-semver/", $name, ".json")))
    };
}

fn rows<T: DeserializeOwned>(text: &str) -> Vec<T> {
    serde_json::from_str(text).unwrap()
}

fn options(name: &str) -> RangeOptions {
    match name {
        "strict" => RangeOptions { syntax: Syntax::Strict, ..Default::default() },
        "loose" => RangeOptions::default(),
        "prerelease" => RangeOptions { syntax: Syntax::Strict, prereleases: Prereleases::Included },
        _ => panic!("{name}"),
    }
}

fn version(text: &str, options: RangeOptions) -> Option<Version> {
    match options.syntax {
        Syntax::Strict => Version::parse(text).ok(),
        Syntax::Loose => Version::parse_loose(text).ok(),
    }
}

/// `semver.validRange`.
fn canonical(text: &str, options: RangeOptions) -> Option<String> {
    let canonical = Range::parse_with(text, options).ok()?.to_string();
    Some(if canonical.is_empty() { "*".to_owned() } else { canonical })
}

fn admits(range: &str, text: &str, options: RangeOptions) -> bool {
    let range = Range::parse_with(range, options).unwrap();
    version(text, options).is_some_and(|version| range.satisfies(&version))
}

#[test]
fn satisfies_agrees_with_range_include() {
    for (range, version, name) in fixture!("range-include") as Vec<(String, String, String)> {
        assert!(admits(&range, &version, options(&name)), "{version} in {range:?} ({name})");
    }
}

#[test]
fn satisfies_agrees_with_range_exclude() {
    for (range, version, name) in fixture!("range-exclude") as Vec<(String, String, String)> {
        assert!(!admits(&range, &version, options(&name)), "{version} in {range:?} ({name})");
    }
}

#[test]
fn display_agrees_with_range_parse() {
    for (range, expected, name) in fixture!("range-parse") as Vec<(String, Option<String>, String)>
    {
        assert_eq!(canonical(&range, options(&name)), expected, "{range:?} ({name})");
    }
}

#[test]
fn order_agrees_with_comparisons_and_equality() {
    for (greater, less, _) in fixture!("comparisons") as Vec<(String, String, String)> {
        assert!(
            gt(&greater, &less) && !gt(&less, &greater) && !eq(&greater, &less),
            "{greater} > {less}"
        );
    }
    for (a, b, name) in fixture!("equality") as Vec<(String, String, String)> {
        assert!(eq(&a, &b), "{a} = {b}");
        assert_eq!(version(&a, options(&name)), version(&b, options(&name)));
    }
}

#[test]
fn versions_agree_with_valid_and_invalid() {
    for (text, normal, prerelease) in fixture!("valid-versions") as Vec<(String, String, bool)> {
        let version = Version::parse(&text).unwrap();
        assert_eq!((version.to_string(), version.is_prerelease()), (normal, prerelease));
    }
    for (text, name) in fixture!("invalid-versions") as Vec<(String, String)> {
        assert_eq!(version(&text, options(&name)), None, "{text}");
    }
}

#[test]
fn intersects_agrees_with_both_intersection_sets() {
    let strict = options("strict");
    for (a, b, expected) in [fixture!("comparator-intersection"), fixture!("range-intersection")]
        .concat() as Vec<(String, String, bool)>
    {
        let (left, right) =
            (Range::parse_with(&a, strict).unwrap(), Range::parse_with(&b, strict).unwrap());
        assert_eq!(left.intersects(&right), expected, "{a:?} and {b:?}");
        assert_eq!(right.intersects(&left), expected, "{b:?} and {a:?}");
    }
}

#[test]
fn is_subset_of_agrees_with_subset() {
    for (sub, dom, expected, name) in fixture!("subset") as Vec<(String, String, bool, String)> {
        let parse = |text| Range::parse_with(text, options(&name)).unwrap();
        assert_eq!(parse(&sub).is_subset_of(&parse(&dom)), expected, "{sub:?} in {dom:?} ({name})");
    }
}

/// Mutated ranges with what semver made of them.
#[derive(Deserialize)]
struct Mutated {
    versions: Vec<String>,
    cases: Vec<Case>,
}

/// Range, another range, `range` read loosely, strictly and with prereleases, versions admitted by
/// the first and the third, whether they intersect, whether the first is a subset, and the range
/// as a version, loosely and strictly.
#[derive(Deserialize)]
struct Case(
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    String,
    String,
    Option<bool>,
    Option<bool>,
    Option<String>,
    Option<String>,
);

/// One line per disagreement.
fn disagreements(mutated: &Mutated) -> Vec<String> {
    let mut found = Vec::new();
    let mut check = |what: &str, range: &str, ours: String, theirs: String| {
        if ours != theirs {
            found.push(format!("{what} {range:?}: {ours}, semver {theirs}"));
        }
    };
    let text = |range: &Result<Range, RangeError>| {
        format!("{:?}", range.as_ref().ok().map(ToString::to_string))
    };
    for case in &mutated.cases {
        let range = &case.0;
        let loose = Range::parse(range);
        let with = RangeOptions { prereleases: Prereleases::Included, ..Default::default() };
        check("loose", range, text(&loose), format!("{:?}", case.2));
        check(
            "strict",
            range,
            text(&Range::parse_with(range, options("strict"))),
            format!("{:?}", case.3),
        );
        check("prerelease", range, text(&Range::parse_with(range, with)), format!("{:?}", case.4));
        let mask = |test: &dyn Fn(&Range, &Version) -> bool| -> String {
            let bit = |version: &String| {
                let version = Version::parse(version).unwrap();
                if loose.as_ref().is_ok_and(|range| test(range, &version)) { '1' } else { '0' }
            };
            mutated.versions.iter().map(bit).collect()
        };
        check("satisfies", range, mask(&Range::satisfies), case.5.clone());
        check(
            "satisfies_with_prerelease",
            range,
            mask(&Range::satisfies_with_prerelease),
            case.6.clone(),
        );
        let both = loose.as_ref().ok().zip(Range::parse(&case.1).ok());
        let pair = format!("{range} / {}", case.1);
        let intersects = both.as_ref().map(|(a, b)| a.intersects(b));
        check("intersects", &pair, format!("{intersects:?}"), format!("{:?}", case.7));
        let subset = both.as_ref().map(|(a, b)| a.is_subset_of(b));
        check("subset", &pair, format!("{subset:?}"), format!("{:?}", case.8));
        let normal = |version: Result<Version, _>| {
            format!("{:?}", version.ok().map(|version| version.to_string()))
        };
        check("version", range, normal(Version::parse_loose(range)), format!("{:?}", case.9));
        check("strict version", range, normal(Version::parse(range)), format!("{:?}", case.10));
    }
    found
}

#[test]
fn mutated_ranges_agree_with_semver() {
    let mutated: Mutated =
        serde_json::from_str(include_str!("../../../fixtures/node-semver/mutated.json")).unwrap();
    let found = disagreements(&mutated);
    assert!(found.is_empty(), "{} disagreements:\n{}", found.len(), found.join("\n"));
}

#[test]
fn parse_bounds_hostile_ranges() {
    assert!(Range::parse(&"1".repeat(MAX_LENGTH + 1)).is_err());
    assert!(Range::parse(&"1||".repeat(5000)).is_err());
    assert!(Range::parse(&"1.0.0 ".repeat(5000)).is_ok_and(|range| range.to_string() == "1.0.0"));
    let many: Vec<String> = (0..5000).map(|number| format!(">{number}.0.0")).collect();
    assert!(Range::parse(&many.join(" ")).is_err());
}

#[test]
fn is_any_is_only_the_star() {
    for (range, any) in
        [("*", true), ("", true), (">=0.0.0", true), ("1 || *", true), ("1", false), ("<*", false)]
    {
        assert_eq!(Range::parse(range).unwrap().is_any(), any, "{range}");
    }
}

#[test]
fn satisfies_remembers_without_forgetting_invalid() {
    for _ in 0..2 {
        assert!(satisfies("v1.2.3", "^1.0.0") && !satisfies("2.0.0", "^1.0.0"));
        assert!(!satisfies("1.0.0", "not a range") && !satisfies("nope", "*"));
    }
    for number in 0..3000 {
        assert!(satisfies("1.2.3", &format!("^1.0.0 || {number}.9.9")));
    }
    assert!(intersects("^1", ">1.2") && !intersects("^1", "junk"));
}

proptest! {
    #[test]
    fn parse_never_panics(any in "\\PC{0,32}", like in "[\\^~<>=v]{0,3}[0-9xX*.]{0,8}[-+a-z0-9.]{0,6}( (- )?|[|][|])?[\\^~<>=]{0,2}[0-9xX*.]{0,8}") {
        for text in [any, like] {
            for name in ["strict", "loose", "prerelease"] {
                if let Ok(range) = Range::parse_with(&text, options(name)) {
                    prop_assert!(range.is_subset_of(&range) || !range.is_any());
                    let _meets = range.intersects(&range);
                    // The canonical form means the same.
                    let again = Range::parse_with(&range.to_string(), options(name)).unwrap();
                    prop_assert_eq!(range.to_string(), again.to_string());
                }
            }
        }
    }

    #[test]
    fn satisfies_agrees_with_the_crate_on_simple_ranges(
        sign in prop::sample::select(vec!["", "^", "~", ">=", "<", "<=", ">"]),
        (a, b, c) in (0u64..3, 0u64..3, 0u64..3),
        (x, y, z) in (0u64..4, 0u64..4, 0u64..4),
    ) {
        let (range, version) = (format!("{sign}{a}.{b}.{c}"), format!("{x}.{y}.{z}"));
        let theirs = node_semver::Range::parse(&range).unwrap().satisfies(&node_semver::Version::parse(&version).unwrap());
        prop_assert_eq!(satisfies(&version, &range), theirs);
    }
}
