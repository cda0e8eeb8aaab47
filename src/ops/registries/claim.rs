//! What one registry says of one version, as far as it must be the same everywhere. Pure.
//!
//! A mirror may rewrite where a tarball lies and leave out who published it; it may not say other
//! things about the bytes, nor about what is installed along with them. What it leaves out is
//! unknown, not different.

use std::{collections::BTreeMap, fmt};

use crate::{
    manifest::{Deps, Manifest},
    verify::{Algorithm, Integrity},
};

/// One registry's word about one version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::ops) struct Claim {
    integrity: Option<Integrity>,
    fields: BTreeMap<&'static str, String>,
}

/// Where two claims differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ops) struct Difference {
    /// `integrity`, or a field of package.json.
    pub field: &'static str,
    /// What the first says.
    pub first: String,
    /// What the second says.
    pub second: String,
}

impl Claim {
    /// What a manifest claims.
    pub(in crate::ops) fn of(manifest: &Manifest) -> Self {
        let dist = manifest.dist.as_ref();
        let strong = dist.and_then(|dist| Integrity::parse(dist.integrity.as_deref()?).ok());
        let weak = dist.and_then(|dist| Integrity::from_sha1_hex(dist.shasum.as_deref()?).ok());
        let integrity = match (strong, weak) {
            (Some(mut strong), Some(weak)) => {
                if strong.of(Algorithm::Sha1).next().is_none() {
                    // Cannot conflict: the list has no SHA-1 yet.
                    strong.merge(&weak).unwrap_or_default();
                }
                Some(strong)
            }
            (strong, weak) => strong.or(weak),
        };
        let mut fields = BTreeMap::from([
            ("dependencies", deps(&manifest.dependencies)),
            ("optionalDependencies", deps(&manifest.optional_dependencies)),
            ("peerDependencies", peers(manifest)),
            ("bin", sorted(&manifest.bin)),
            ("os", json(manifest.os.as_deref())),
            ("cpu", json(manifest.cpu.as_deref())),
        ]);
        if !manifest.scripts.is_empty() || manifest.has_install_script.is_some() {
            fields.insert("install scripts", manifest.has_install_scripts().to_string());
        }
        Self { integrity, fields }
    }

    /// What a lockfile claims: the bytes, and nothing else.
    pub(in crate::ops) fn of_integrity(text: &str) -> Self {
        Self { integrity: Integrity::parse(text).ok(), fields: BTreeMap::new() }
    }

    /// Whether it says which bytes are meant.
    pub(in crate::ops) fn names_bytes(&self) -> bool {
        self.integrity.is_some()
    }

    /// What it says in a field.
    pub(in crate::ops) fn text_of(&self, field: &str) -> String {
        self.fields.get(field).cloned().unwrap_or_default()
    }

    /// The first difference; none where one of the two says nothing.
    pub(in crate::ops) fn differs_from(&self, other: &Self) -> Option<Difference> {
        if let (Some(first), Some(second)) = (&self.integrity, &other.integrity)
            && contradict(first, second)
        {
            let (first, second) = (first.to_string(), second.to_string());
            return Some(Difference { field: "integrity", first, second });
        }
        self.fields.iter().find_map(|(field, first)| {
            let second = other.fields.get(field).filter(|second| *second != first)?;
            Some(Difference { field, first: first.clone(), second: second.clone() })
        })
    }
}

impl fmt::Display for Claim {
    /// The digest, for lists of who says what.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.integrity {
            Some(integrity) => integrity.fmt(f),
            None => f.write_str("no digest"),
        }
    }
}

/// Two lists contradict each other where the strongest algorithm that both have shares no digest.
fn contradict(first: &Integrity, second: &Integrity) -> bool {
    let common = Algorithm::ALL.into_iter().rev().find(|algorithm| {
        first.of(*algorithm).next().is_some() && second.of(*algorithm).next().is_some()
    });
    common.is_some_and(|algorithm| {
        !first.of(algorithm).any(|a| second.of(algorithm).any(|b| a.digest() == b.digest()))
    })
}

fn deps(deps: &Deps) -> String {
    sorted(deps)
}

fn sorted(entries: &Deps) -> String {
    let sorted: BTreeMap<_, _> = entries.iter().collect();
    let each: Vec<_> = sorted.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    each.join(", ")
}

fn peers(manifest: &Manifest) -> String {
    let sorted: BTreeMap<_, _> = manifest.peer_dependencies.iter().collect();
    let each: Vec<_> = sorted
        .iter()
        .map(|(name, range)| {
            let optional = if manifest.is_peer_optional(name) { " (optional)" } else { "" };
            format!("{name}: {range}{optional}")
        })
        .collect();
    each.join(", ")
}

fn json(value: Option<&serde_json::Value>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(json: &str) -> Claim {
        Claim::of(&Manifest::from_slice(json.as_bytes()).unwrap())
    }

    const A: &str = "sha512-1x1yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyw==";
    const B: &str = "sha512-2x2yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyw==";
    const SHA1: &str = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

    fn dist(text: &str) -> Claim {
        claim(&format!(r#"{{"name":"a","version":"1.0.0","dist":{{{text}}}}}"#))
    }

    #[test]
    fn other_bytes_differ() {
        let (a, b) =
            (dist(&format!(r#""integrity":"{A}""#)), dist(&format!(r#""integrity":"{B}""#)));
        assert_eq!(a.differs_from(&b).unwrap().field, "integrity");
        assert_eq!(a.differs_from(&a), None);
    }

    #[test]
    fn a_mirror_that_leaves_the_digest_out_does_not_differ() {
        let (a, none) = (dist(&format!(r#""integrity":"{A}""#)), dist(""));
        assert_eq!(a.differs_from(&none), None);
        assert!(!none.names_bytes());
    }

    #[test]
    fn the_strongest_common_digest_decides() {
        let both = dist(&format!(r#""integrity":"{A}","shasum":"{SHA1}""#));
        let weak = dist(&format!(r#""shasum":"{SHA1}""#));
        let other = dist(&format!(r#""shasum":"{}""#, SHA1.replace('d', "e")));
        assert_eq!(both.differs_from(&weak), None);
        assert!(both.differs_from(&other).is_some());
    }

    #[test]
    fn what_is_installed_along_differs_and_the_place_does_not() {
        let of = |deps: &str, host: &str| {
            claim(&format!(
                r#"{{"name":"a","version":"1.0.0","dependencies":{{{deps}}},"dist":{{"tarball":"http://{host}/a.tgz"}}}}"#
            ))
        };
        let (plain, moved) = (of(r#""b":"1","c":"2""#, "x"), of(r#""c":"2","b":"1""#, "y"));
        assert_eq!(plain.differs_from(&moved), None);
        let difference = plain.differs_from(&of(r#""b":"1","evil":"2""#, "x")).unwrap();
        assert_eq!((difference.field, &*difference.second), ("dependencies", "b: 1, evil: 2"));
    }

    #[test]
    fn unknown_scripts_do_not_differ() {
        let known = claim(r#"{"name":"a","version":"1.0.0","hasInstallScript":true}"#);
        let unknown = claim(r#"{"name":"a","version":"1.0.0"}"#);
        let other = claim(r#"{"name":"a","version":"1.0.0","scripts":{"test":"x"}}"#);
        assert_eq!(known.differs_from(&unknown), None);
        assert!(known.differs_from(&other).is_some());
    }
}
