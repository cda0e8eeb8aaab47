//! What follows a failure: pure decisions.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{
    assignment::Fallthrough,
    error::{Class, FetchError},
    options::Retry,
};

/// A registry's own `Retry-After` counts up to this; more is a refusal.
const LONGEST_WISH: u64 = 60;

/// What to do after one registry failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Ask the next one; this one has said all it will.
    Next,
    /// Ask the next one, and this one again in a later round.
    NextThenAgain,
    /// Ask this one again, and no other: it is a gatekeeper, its silence is no permission.
    Again,
    /// It is final.
    Stop,
}

/// Go's rule for `,` and `|`, with npm's notion of a transient fault.
pub(super) fn step(class: Class, fallthrough: Fallthrough) -> Step {
    match (class, fallthrough) {
        (Class::NotFound, _) | (Class::Permanent, Fallthrough::AnyError) => Step::Next,
        (Class::Transient, Fallthrough::AnyError) => Step::NextThenAgain,
        (Class::Transient, Fallthrough::NotFoundOnly) => Step::Again,
        (Class::Permanent, Fallthrough::NotFoundOnly) => Step::Stop,
    }
}

/// The pause before round `round` (1 is the second): growing, at most `longest`, spread by a
/// quarter so that many requests do not return together; never less than a registry wished.
///
/// The spread is drawn from `subject`, not from a clock: a run can be repeated.
pub(super) fn pause(retry: &Retry, round: u32, subject: &str, errors: &[FetchError]) -> Duration {
    let growth = retry.factor.saturating_pow(round.saturating_sub(1));
    let plain = retry.shortest.saturating_mul(growth).min(retry.longest);
    let digest = Sha256::digest(format!("{round}\n{subject}"));
    let spread = digest.first().map_or(0, |byte| u32::from(*byte));
    let jittered = plain.saturating_mul(768 + spread * 2) / 1024;
    let wish = errors.iter().filter_map(FetchError::retry_after).max().unwrap_or_default();
    jittered.max(Duration::from_secs(wish.min(LONGEST_WISH)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_gatekeeper_falls_through_on_absence_only() {
        let gate = Fallthrough::NotFoundOnly;
        assert_eq!(step(Class::NotFound, gate), Step::Next);
        assert_eq!(step(Class::Transient, gate), Step::Again);
        assert_eq!(step(Class::Permanent, gate), Step::Stop);
    }

    #[test]
    fn pause_grows_stays_bounded_and_is_repeatable() {
        let retry = Retry::default();
        let of = |round| pause(&retry, round, "a", &[]);
        assert_eq!(of(1), of(1));
        assert!(of(3) > of(1));
        assert!((1..40).all(|round| of(round) <= retry.longest * 5 / 4));
        let total: Duration = (1..=retry.retries).map(of).sum();
        assert!(total < Duration::from_secs(10), "{total:?}");
    }
}
