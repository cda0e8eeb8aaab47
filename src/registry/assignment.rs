//! Which registry serves which package: weighted rendezvous hashing.
//!
//! Pure. Every (seed, name, registry) has a score; the registries of a name, best score
//! first, are its order of preference and of fail-over at once. Removing a registry moves
//! only the names it served; halving a weight moves only names away from that registry.

use std::{cmp::Ordering, sync::LazyLock};

use sha2::{Digest, Sha256};
use url::Url;

use super::error::FetchError;

/// When the next registry may be asked after one failed; the separators of Go's `GOPROXY`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fallthrough {
    /// `,`: only when the package is not there (404, 410). A gatekeeper's refusal is final.
    NotFoundOnly,
    /// `|`: on any error, time-outs included.
    AnyError,
}

/// Which registry an entry of the pool means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `direct`: the configured registry.
    Direct,
    /// A mirror of the configured registry.
    Mirror(Url),
}

/// One entry of the pool.
#[derive(Clone, Debug, PartialEq)]
pub struct PoolEntry {
    /// Which registry.
    pub target: Target,
    /// What happens after it failed.
    pub fallthrough: Fallthrough,
    /// Its share of the names relative to the others; 1 unless set, not positive = never first choice.
    pub weight: f64,
}

/// The registry that npm asks unless told otherwise; `None` never happens, unless its library is
/// wrong about that.
pub fn npms_registry() -> Option<&'static Url> {
    static NPMS: LazyLock<Option<Url>> =
        LazyLock::new(|| Url::parse(deno_npmrc::NPM_DEFAULT_REGISTRY).ok());
    NPMS.as_ref()
}

/// A registry's base URL: http or https, with a trailing slash, without query and fragment.
///
/// # Errors
///
/// [`FetchError::Options`] when the text is no such URL.
pub fn registry_url(text: &str) -> Result<Url, FetchError> {
    let invalid = |why: &str| FetchError::Options(format!("invalid registry URL: {why}"));
    let mut url = Url::parse(text.trim()).map_err(|error| invalid(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(invalid("only http and https are spoken"));
    }
    url.set_query(None);
    url.set_fragment(None);
    let path = format!("{}/", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Ok(url)
}

/// The indices of `registries` (identity and weight) in the order in which `name` asks them.
pub fn order(seed: &[u8; 32], name: &str, registries: &[(&str, f64)]) -> Vec<usize> {
    if registries.len() < 2 {
        return (0..registries.len()).collect();
    }
    let mut scored: Vec<_> = registries
        .iter()
        .enumerate()
        .map(|(index, (id, weight))| (score(point(seed, name, id), *weight), index))
        .collect();
    scored.sort_by(|(left, a), (right, b)| {
        right.partial_cmp(left).unwrap_or(Ordering::Equal).then(a.cmp(b))
    });
    scored.into_iter().map(|(_, index)| index).collect()
}

/// 53 uniform bits from SHA-256 of seed, name and registry, each closed by a byte no name holds.
fn point(seed: &[u8; 32], name: &str, registry: &str) -> u64 {
    let mut hasher = Sha256::new();
    hasher.update(seed);
    hasher.update(name.as_bytes());
    hasher.update([0]);
    hasher.update(registry.as_bytes());
    let digest = hasher.finalize();
    digest.iter().take(8).fold(0_u64, |word, byte| word << 8 | u64::from(*byte)) >> 11
}

/// `-w / ln(h)` with `h` uniform in (0, 1): the largest wins with probability `w / Σw`.
#[allow(clippy::cast_precision_loss, reason = "53 bits fit an f64 exactly")]
fn score(point: u64, weight: f64) -> f64 {
    let uniform = (point as f64 + 0.5) / (1_u64 << 53) as f64;
    let weight = if weight.is_finite() { weight.max(0.0) } else { 0.0 };
    -weight / uniform.ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FIVE: [(&str, f64); 5] = [
        ("http://a.example/", 1.0),
        ("http://b.example/", 1.0),
        ("http://c.example/", 1.0),
        ("http://d.example/", 1.0),
        ("http://e.example/", 1.0),
    ];

    fn names() -> impl Iterator<Item = String> {
        (0..2_000).map(|number| format!("package-{number}"))
    }

    fn first(seed: &[u8; 32], name: &str, registries: &[(&str, f64)]) -> String {
        registries[order(seed, name, registries)[0]].0.to_owned()
    }

    #[test]
    fn order_spreads_names_evenly() {
        let mut counts = [0_u32; 5];
        names().for_each(|name| counts[order(&[7; 32], &name, &FIVE)[0]] += 1);
        assert!(counts.iter().all(|count| (320..480).contains(count)), "{counts:?}");
    }

    #[test]
    fn order_follows_weights() {
        let weighted = [("http://a.example/", 3.0), ("http://b.example/", 1.0)];
        let heavy = names().filter(|name| order(&[1; 32], name, &weighted)[0] == 0).count();
        assert!((1_400..1_600).contains(&heavy), "{heavy}");
    }

    #[test]
    fn order_of_another_seed_is_another_one() {
        let moved = names()
            .filter(|name| first(&[1; 32], name, &FIVE) != first(&[2; 32], name, &FIVE))
            .count();
        assert!(moved > 1_400, "{moved}");
    }

    #[test]
    fn order_weightless_registry_comes_last() {
        let registries = [("http://a.example/", 0.0), ("http://b.example/", 1.0)];
        assert!(names().all(|name| order(&[3; 32], &name, &registries) == [1, 0]));
    }

    proptest! {
        #[test]
        fn order_is_a_permutation(seed: [u8; 32], name in "[a-z@/-]{1,20}", weights in prop::collection::vec(-1.0_f64..9.0, 0..8)) {
            let ids: Vec<_> = (0..weights.len()).map(|index| format!("http://{index}.example/")).collect();
            let registries: Vec<_> = ids.iter().map(String::as_str).zip(weights).collect();
            let mut found = order(&seed, &name, &registries);
            found.sort_unstable();
            prop_assert_eq!(found, (0..registries.len()).collect::<Vec<_>>());
        }

        #[test]
        fn order_without_one_registry_keeps_the_rest(seed: [u8; 32], name in "[a-z-]{1,12}", gone in 0_usize..5) {
            let mut rest = FIVE.to_vec();
            let removed = rest.remove(gone).0;
            let before: Vec<_> = order(&seed, &name, &FIVE).into_iter().map(|i| FIVE[i].0).filter(|id| *id != removed).collect();
            let after: Vec<_> = order(&seed, &name, &rest).into_iter().map(|i| rest[i].0).collect();
            prop_assert_eq!(before, after);
        }
    }
}
