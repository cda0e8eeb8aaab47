//! A thousand packages over many quarters, changing as often as real ones were measured to
//! (`shared/spec/risk-flags.md` §4.2), must not be told about too often.

use super::*;

const PACKAGES: u64 = 1000;
const QUARTERS: u64 = 16;

/// A generator of which only the spread matters (splitmix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// True so many times in 100,000.
    fn of(&mut self, in_100_000: u64) -> bool {
        self.next() % 100_000 < in_100_000
    }
}

/// One upgrade: the versions before it, and what changed with it at the measured rates.
fn upgrade(chance: &mut Chance) -> (History, Option<History>) {
    let team: Vec<String> = (0..=chance.next() % 4).map(|n| format!("m{n}")).collect();
    let people =
        |team: &[String]| Value::Array(team.iter().map(|name| json!({"name": name})).collect());
    let mut old = by("m0");
    old["maintainers"] = people(&team);
    let mut new = old.clone();
    // 284 of 1,000 packages change a quarter; rates are tenths per 1,000 packages and quarter.
    let per_upgrade = |tenths: u64| tenths * 10_000 / 284;
    let mut silence = 60;
    if chance.of(per_upgrade(228)) {
        new["_npmUser"] = json!({"name": "newcomer", "email": "n@home.example"});
        new["maintainers"] = people(&[team.clone(), vec!["newcomer".to_owned()]].concat());
        // Of 228 such, 79 come with another sign: 58 after long silence, 33 with a dependency,
        // 14 with nobody left.
        if chance.of(34_600) {
            let (silent, depends, alone) =
                (chance.of(73_400), chance.of(41_800), chance.of(17_700));
            if silent || !depends && !alone {
                silence = 500;
            }
            if depends {
                new["dependencies"] = json!({"other": "^1"});
            }
            if alone {
                new["maintainers"] = people(&["newcomer".to_owned()]);
            }
        }
    } else {
        if chance.of(per_upgrade(286)) {
            new["maintainers"] = people(&[team, vec!["another".to_owned()]].concat());
        }
        if chance.of(per_upgrade(357)) {
            new["dependencies"] = json!({"other": "^1"});
        }
        if chance.of(450) {
            new["_npmUser"]["email"] = json!("m0@work.example");
        }
    }
    if chance.of(per_upgrade(1)) {
        new["scripts"] = json!({"postinstall": "node x"});
    }
    // Of new dependencies, 16 in 1,000 are young and share nobody.
    let brought = (new.get("dependencies").is_some() && chance.of(1_600))
        .then(|| History::new(vec![version("1.0.0", 20, &by("stranger"))], None));
    let history =
        History::new(vec![version("1.0.0", 10 + silence, &old), version("1.1.0", 10, &new)], None);
    (history, brought)
}

#[test]
fn an_ordinary_quarter_of_a_thousand_packages_has_at_most_ten_warnings() {
    let mut chance = Chance(7);
    let (mut upgrades, mut warned, mut blocked) = (0_u64, 0_u64, 0_u64);
    for _ in 0..PACKAGES * QUARTERS {
        if !chance.of(28_400) {
            continue;
        }
        upgrades += 1;
        let (history, brought) = upgrade(&mut chance);
        let brought: Vec<(&str, &History)> =
            brought.iter().map(|history| ("other", history)).collect();
        let found = judged(&history, "1.0.0", "1.1.0", &brought);
        warned += u64::from(worst(&found) == Level::Warn);
        blocked += u64::from(worst(&found) == Level::Block);
    }
    assert!(upgrades > 250 * QUARTERS, "{upgrades}");
    assert!(warned <= 10 * QUARTERS, "{warned} warnings in {QUARTERS} quarters");
    assert!(warned >= 2 * QUARTERS, "the history is too quiet to show anything: {warned}");
    assert!(blocked <= QUARTERS, "{blocked} refusals in {QUARTERS} quarters");
}
