//! Several registries' words about one package, and which of them holds. Pure.
//!
//! Version lists are never merged: one registry's document is taken whole. The configured registry
//! is the authority of its namespace; what it does not have counts only where two others agree,
//! because then it is the one that lags, and never where it took the version back.

use std::{cmp::Reverse, sync::Arc};

use crate::{
    manifest::Packument,
    registry::{Origin, RegistryId},
};

/// One registry's word about a package.
#[derive(Debug)]
pub(in crate::ops) struct View {
    /// Whose.
    pub registry: RegistryId,
    /// What it says.
    pub packument: Arc<Packument>,
    /// How it came here.
    pub origin: Origin,
}

impl View {
    /// Whether it may lack what a full document has: asked for the full form, some registries give
    /// the abbreviated one, and some leave out the digests.
    pub(in crate::ops) fn is_poor(&self) -> bool {
        let is_abbreviated =
            self.packument.raw_field("modified").is_some() && !self.packument.has_times();
        let latest = self.packument.dist_tag("latest");
        let manifest = latest.and_then(|version| self.packument.manifest(version)?.ok());
        let dist = manifest.as_ref().and_then(|manifest| manifest.dist.as_ref());
        let has_digest = dist.is_none_or(|dist| dist.integrity.is_some() || dist.shasum.is_some());
        is_abbreviated || !has_digest
    }

    /// Whether the registry had this version and took it back: its date is left.
    fn withdrew(&self, version: &str) -> bool {
        !self.packument.has_version(version) && self.packument.time(version).is_some()
    }
}

/// What comes of comparing views.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ops) struct Choice {
    /// The view that holds.
    pub winner: usize,
    /// The views that lack versions which do exist, with one of these.
    pub behind: Vec<(usize, String)>,
    /// The views with versions that nobody else vouches for, with one of these.
    pub ahead: Vec<(usize, String)>,
}

/// Chooses among views in order of preference, of which one may be the authority's.
pub(in crate::ops) fn choose(views: &[&View], authority: Option<usize>) -> Choice {
    let is_credible = |version: &str| {
        let holders = views.iter().filter(|view| view.packument.has_version(version)).count();
        match authority.and_then(|index| views.get(index)) {
            Some(authority) if authority.packument.has_version(version) => true,
            Some(authority) if authority.withdrew(version) => false,
            _ => holders >= 2.min(views.len()),
        }
    };
    let mut choice = Choice { winner: 0, behind: Vec::new(), ahead: Vec::new() };
    let mut best = None;
    for (index, view) in views.iter().enumerate() {
        let (held, alien): (Vec<&str>, Vec<&str>) =
            view.packument.versions().partition(|version| is_credible(version));
        let others = views.iter().flat_map(|other| other.packument.versions());
        let mut lacking = others.filter(|version| !view.packument.has_version(version));
        if let Some(version) = lacking.find(|version| is_credible(version)) {
            choice.behind.push((index, version.to_owned()));
        }
        if let Some(version) = alien.first() {
            choice.ahead.push((index, (*version).to_owned()));
        }
        let is_authority = authority == Some(index);
        // The last word must not be the order of asking: every seed chooses alike.
        let name = Reverse(&view.registry);
        let honest = alien.is_empty() || is_authority;
        let rank = (honest, held.len(), !view.is_poor(), is_authority, name);
        if best.is_none_or(|best| rank > best) {
            (best, choice.winner) = (Some(rank), index);
        }
    }
    choice
}

/// Which of several parties lied, given who says the same as whom (equal numbers) and which is the
/// authority: all outside a strict majority; without one, all that contradict the authority.
pub(in crate::ops) fn liars(sides: &[usize], authority: Option<usize>) -> Vec<usize> {
    let size = |side: usize| sides.iter().filter(|other| **other == side).count();
    let majority = sides.iter().copied().find(|side| size(*side) * 2 > sides.len());
    let trusted = majority.or_else(|| authority.and_then(|index| sides.get(index).copied()));
    let is_liar =
        |(index, side): (usize, &usize)| trusted.is_some_and(|t| t != *side).then_some(index);
    sides.iter().enumerate().filter_map(is_liar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Map, json};

    fn id(number: usize) -> RegistryId {
        RegistryId::of(&url::Url::parse(&format!("http://{number}.example/")).unwrap())
    }

    fn view(versions: &[&str], withdrawn: &[&str]) -> View {
        let entry = |version: &&str| {
            let dist = json!({"integrity": "sha512-x", "tarball": "http://x.example/a.tgz"});
            ((*version).to_owned(), json!({"name": "a", "version": version, "dist": dist}))
        };
        let dates = versions.iter().chain(withdrawn);
        let time: Map<_, _> =
            dates.map(|version| ((*version).to_owned(), json!("2026-01-01T00:00:00Z"))).collect();
        let document = json!({
            "name": "a", "time": time, "dist-tags": {"latest": versions.last()},
            "versions": versions.iter().map(entry).collect::<Map<_, _>>(),
        });
        View {
            registry: id(0),
            packument: Arc::new(Packument::parse(document.to_string().into()).unwrap()),
            origin: Origin::Fetched,
        }
    }

    fn winner(views: &[View], authority: Option<usize>) -> usize {
        choose(&views.iter().collect::<Vec<_>>(), authority).winner
    }

    #[test]
    fn mirror_that_lags_loses_to_the_authority() {
        let views = [view(&["1.0.0"], &[]), view(&["1.0.0", "1.1.0"], &[])];
        assert_eq!(winner(&views, Some(1)), 1);
        let choice = choose(&views.iter().collect::<Vec<_>>(), Some(1));
        assert_eq!(choice.behind, [(0, "1.1.0".to_owned())]);
    }

    #[test]
    fn authority_that_lags_loses_to_two_that_agree() {
        let new = ["1.0.0", "1.1.0"];
        let views = [view(&["1.0.0"], &[]), view(&new, &[]), view(&new, &[])];
        assert_eq!(winner(&views, Some(0)), 1);
    }

    #[test]
    fn version_that_one_mirror_alone_has_does_not_exist() {
        let views = [view(&["1.0.0", "9.9.9"], &[]), view(&["1.0.0"], &[]), view(&["1.0.0"], &[])];
        let choice = choose(&views.iter().collect::<Vec<_>>(), Some(1));
        assert_eq!((choice.winner, choice.ahead), (1, vec![(0, "9.9.9".to_owned())]));
    }

    #[test]
    fn version_that_the_authority_took_back_stays_gone() {
        let old = ["1.0.0", "1.1.0"];
        let views = [view(&old, &[]), view(&old, &[]), view(&["1.0.0"], &["1.1.0"])];
        assert_eq!(winner(&views, Some(2)), 2);
    }

    #[test]
    fn without_the_authority_agreement_decides() {
        let (old, new) = (["1.0.0"], ["1.0.0", "1.1.0"]);
        let agreed = [view(&old, &[]), view(&new, &[]), view(&new, &[])];
        assert_eq!(winner(&agreed, None), 1);
        assert_eq!(winner(&[view(&new, &[]), view(&old, &[])], None), 1);
        assert_eq!(winner(&[view(&new, &[])], None), 0);
    }

    #[test]
    fn of_equal_views_the_authoritys_holds() {
        let views = [view(&["1.0.0"], &[]), view(&["1.0.0"], &[])];
        assert_eq!(winner(&views, Some(1)), 1);
    }

    #[test]
    fn liars_are_outside_the_majority_or_against_the_authority() {
        assert_eq!(liars(&[0, 0, 1], Some(2)), [2]);
        assert_eq!(liars(&[0, 1], Some(0)), [1]);
        assert!(liars(&[0, 1], None).is_empty());
    }

    proptest! {
        #[test]
        fn the_order_of_asking_does_not_change_what_is_chosen(
            held in prop::collection::vec(prop::collection::btree_set(0_u8..6, 0..6), 3),
            turn in 0_usize..3,
        ) {
            let of = |set: &std::collections::BTreeSet<u8>| {
                let names: Vec<String> = set.iter().map(|minor| format!("1.{minor}.0")).collect();
                view(&names.iter().map(String::as_str).collect::<Vec<_>>(), &[])
            };
            let mut views: Vec<View> = held.iter().map(of).collect();
            for (number, view) in views.iter_mut().enumerate() {
                view.registry = id(number);
            }
            let straight: Vec<&View> = views.iter().collect();
            let mut turned = straight.clone();
            turned.rotate_left(turn);
            let first = straight[choose(&straight, Some(0)).winner];
            let second = turned[choose(&turned, Some((3 - turn) % 3)).winner];
            prop_assert_eq!(&first.registry, &second.registry);
        }
    }
}
