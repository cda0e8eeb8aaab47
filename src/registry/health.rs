//! One lane for each registry host: how many requests at once, and whether it answers at all.
//!
//! A registry found dead is not asked again until `half_open` has passed; then one request
//! probes it while the others still go elsewhere. So it costs one time-out a run.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::FetchError;

#[derive(Debug)]
enum State {
    Answers,
    Silent { since: Instant, why: FetchError },
}

/// The way to one host.
#[derive(Debug)]
pub(super) struct Lane {
    permits: Arc<Semaphore>,
    state: Mutex<State>,
    half_open: Duration,
}

impl Lane {
    pub(super) fn new(max_sockets: usize, half_open: Duration) -> Self {
        let permits = max_sockets.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            permits: Arc::new(Semaphore::new(permits)),
            state: Mutex::new(State::Answers),
            half_open,
        }
    }

    /// Waits for a free place, then says whether the host is worth a request.
    ///
    /// # Errors
    ///
    /// Why it was found dead, if it was, by whoever found out.
    pub(super) async fn enter(&self) -> Result<Option<OwnedSemaphorePermit>, FetchError> {
        self.look(Instant::now())?;
        // The semaphore is never closed; if it were, running unbounded would still be right.
        let permit = Arc::clone(&self.permits).acquire_owned().await.ok();
        self.probe(Instant::now())?;
        Ok(permit)
    }

    fn look(&self, now: Instant) -> Result<(), FetchError> {
        match &*self.state() {
            State::Silent { since, why } if now.duration_since(*since) < self.half_open => {
                Err(why.clone())
            }
            _ => Ok(()),
        }
    }

    /// Looks, and if the time to try again has come, lets this caller do it and no other.
    fn probe(&self, now: Instant) -> Result<(), FetchError> {
        self.look(now)?;
        if let State::Silent { since, .. } = &mut *self.state() {
            *since = now;
        }
        Ok(())
    }

    /// The host gave an answer, whatever it was.
    pub(super) fn answered(&self) {
        *self.state() = State::Answers;
    }

    /// The host was found dead. One known to be dead keeps its date, or it would never be tried again.
    pub(super) fn found_dead(&self, why: &FetchError) {
        let mut state = self.state();
        if matches!(*state, State::Answers) {
            *state = State::Silent { since: Instant::now(), why: why.clone() };
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dead() -> FetchError {
        FetchError::Abandoned
    }

    #[test]
    fn probe_dead_lane_refuses_then_lets_one_probe() {
        let lane = Lane::new(1, Duration::from_secs(30));
        let now = Instant::now();
        assert!(lane.probe(now).is_ok());
        lane.found_dead(&dead());
        let later = now + Duration::from_secs(31);
        assert!(lane.probe(now).is_err());
        assert!(lane.probe(later).is_ok());
        assert!(lane.probe(later).is_err());
        lane.answered();
        assert!(lane.probe(later).is_ok());
    }

    #[tokio::test]
    async fn enter_after_the_pause_is_allowed() {
        let lane = Lane::new(1, Duration::from_millis(20));
        lane.found_dead(&dead());
        assert!(lane.enter().await.is_err());
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert!(lane.enter().await.is_ok());
    }

    #[tokio::test]
    async fn enter_waiting_caller_learns_of_the_death() {
        let lane = Arc::new(Lane::new(1, Duration::from_secs(30)));
        let held = lane.enter().await.unwrap();
        let waiting = tokio::spawn({
            let lane = Arc::clone(&lane);
            async move { lane.enter().await.is_err() }
        });
        tokio::task::yield_now().await;
        lane.found_dead(&dead());
        drop(held);
        assert!(waiting.await.unwrap());
    }
}
