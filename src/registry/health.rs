//! One lane for each registry host: how many requests at once, and how well it answers.
//!
//! ```text
//! answers ──(no answer while another registry gave one)──► resting: asked last, for a while
//!    ▲   ──(no connection, or a time-out)────────────────► silent: not asked, for a while
//!    └───────────── any answer ──────────────────────────────────────────┘
//! ```
//!
//! A registry found dead is not asked again until `half_open` has passed; then one request
//! probes it while the others still go elsewhere. So it costs one time-out a run. One that is
//! merely slower than the others costs the time after which a second one is asked.

use std::{
    collections::VecDeque,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::error::{Fault, FetchError};

/// How many recent answers the 95th percentile is taken of.
const REMEMBERED: usize = 64;
/// Fewer answers than this say nothing about a percentile.
const ENOUGH: usize = 8;
/// A second registry is asked neither sooner nor later than this after the first.
const PATIENCE: std::ops::RangeInclusive<Duration> =
    Duration::from_millis(150)..=Duration::from_secs(2);
/// As long as nobody has answered, a second registry is asked after this.
const FIRST_PATIENCE: Duration = Duration::from_secs(1);
/// The first rest; every further one without an answer between them is twice as long.
const REST: Duration = Duration::from_secs(2);
/// The longest rest, also when a registry asks for more.
const LONGEST_REST: Duration = Duration::from_mins(1);
/// A registry that failed this often in a row is asked last for a while.
const FAILURES: u32 = 3;

/// So many requests at once keep two processors busy where answers come at once; more connections
/// cost both sides more than they bring.
pub(super) const NEAR_SOCKETS: usize = 16;
/// A host is far when none of its recent answers came sooner. There it is waiting that takes the
/// time, and as many requests as are allowed wait together.
const FAR: Duration = Duration::from_millis(5);

/// The way to one host.
#[derive(Debug)]
pub(super) struct Lane {
    permits: Arc<Semaphore>,
    state: Mutex<State>,
    half_open: Duration,
}

#[derive(Debug, Default)]
struct State {
    silent: Option<Silence>,
    resting_until: Option<Instant>,
    rests: u32,
    answers: u64,
    failures: u64,
    in_a_row: u32,
    recent: VecDeque<Duration>,
    average: Option<Duration>,
    /// Permits that only a far host gets, once.
    held_back: usize,
}

#[derive(Debug)]
struct Silence {
    since: Instant,
    why: FetchError,
}

/// How a lane did in this run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Answers, whatever they said.
    pub answers: u64,
    /// Exchanges without one.
    pub failures: u64,
    /// Exponentially weighted mean of the time to an answer.
    pub latency: Option<Duration>,
}

impl Lane {
    /// At most `max_sockets` requests at once, and `near` as long as the host may be near.
    pub(super) fn new(max_sockets: usize, near: usize, half_open: Duration) -> Self {
        let most = max_sockets.clamp(1, Semaphore::MAX_PERMITS);
        let near = near.clamp(1, most);
        let state = State { held_back: most - near, ..State::default() };
        Self { permits: Arc::new(Semaphore::new(near)), state: state.into(), half_open }
    }

    /// Waits for a free place, then says whether the host is worth a request.
    ///
    /// # Errors
    ///
    /// Why it was found dead, if it was, by whoever found out.
    pub(super) async fn enter(&self) -> Result<Option<OwnedSemaphorePermit>, FetchError> {
        self.look(Instant::now())?;
        let mut place = pin!(Arc::clone(&self.permits).acquire_owned());
        let permit = if let Ok(permit) = timeout(FAR, &mut place).await {
            permit
        } else {
            self.let_all_in_where_far();
            place.await
        };
        self.probe(Instant::now())?;
        // The semaphore is never closed; if it were, running unbounded would still be right.
        Ok(permit.ok())
    }

    /// Somebody waited for a place as long as a near host takes to answer.
    fn let_all_in_where_far(&self) {
        let mut state = self.state();
        // An error that came at once is forgotten after a while.
        if state.recent.iter().all(|took| *took >= FAR) {
            self.permits.add_permits(std::mem::take(&mut state.held_back));
        }
    }

    fn look(&self, now: Instant) -> Result<(), FetchError> {
        match &self.state().silent {
            Some(Silence { since, why }) if now.duration_since(*since) < self.half_open => {
                Err(why.clone())
            }
            _ => Ok(()),
        }
    }

    /// Looks, and if the time to try again has come, lets this caller do it and no other.
    fn probe(&self, now: Instant) -> Result<(), FetchError> {
        self.look(now)?;
        if let Some(Silence { since, .. }) = &mut self.state().silent {
            *since = now;
        }
        Ok(())
    }

    /// The host gave an answer, whatever it was, after `took`.
    pub(super) fn answered(&self, took: Duration) {
        let mut state = self.state();
        state.silent = None;
        state.resting_until = None;
        (state.rests, state.in_a_row) = (0, 0);
        state.answers += 1;
        if state.recent.len() == REMEMBERED {
            state.recent.pop_front();
        }
        state.recent.push_back(took);
        state.average = Some(state.average.map_or(took, |mean| (mean * 7 + took) / 8));
    }

    /// An exchange failed in a way that says something about the host; three in a row earn a rest.
    /// Without a network `fault` it answered at least, and is not dead.
    pub(super) fn failed(&self, now: Instant, fault: Option<Fault>) {
        let mut state = self.state();
        if fault.is_none() {
            state.silent = None;
        }
        state.failures += 1;
        state.in_a_row += 1;
        if state.in_a_row >= FAILURES {
            state.rest(now, Duration::ZERO);
        }
    }

    /// The host asks to be left alone for `wish`.
    pub(super) fn asked_for_rest(&self, now: Instant, wish: Duration) {
        self.state().rest(now, wish);
    }

    /// Another host answered a question that this one was asked first, at a time when it had
    /// given `answers` answers. If it has given none since, it is asked last for a while.
    pub(super) fn overtaken(&self, now: Instant, answers: u64) {
        let mut state = self.state();
        if state.answers == answers {
            state.rest(now, Duration::ZERO);
        }
    }

    /// How many answers it has given.
    pub(super) fn answers(&self) -> u64 {
        self.state().answers
    }

    /// True while others should be asked before it.
    pub(super) fn is_resting(&self, now: Instant) -> bool {
        let state = self.state();
        state.silent.is_some() || state.resting_until.is_some_and(|until| now < until)
    }

    /// How long an answer is waited for before a second registry is asked: the 95th percentile
    /// of its own answers, else four times what the `others` need.
    pub(super) fn patience(&self, others: Option<Duration>) -> Duration {
        let own = self.percentile();
        let known = own.or_else(|| others.map(|typical| typical * 4));
        known.map_or(FIRST_PATIENCE, |time| time.clamp(*PATIENCE.start(), *PATIENCE.end()))
    }

    fn percentile(&self) -> Option<Duration> {
        let state = self.state();
        if state.recent.len() < ENOUGH {
            return None;
        }
        let mut sorted: Vec<_> = state.recent.iter().copied().collect();
        sorted.sort_unstable();
        sorted.get(sorted.len() * 95 / 100).copied()
    }

    /// How it did since this was last asked; counts begin anew.
    pub(super) fn take_health(&self) -> Health {
        let mut state = self.state();
        let health =
            Health { answers: state.answers, failures: state.failures, latency: state.average };
        (state.answers, state.failures) = (0, 0);
        health
    }

    /// How it did so far.
    pub(super) fn health(&self) -> Health {
        let state = self.state();
        Health { answers: state.answers, failures: state.failures, latency: state.average }
    }

    /// The host was found dead by a request that was sent when it had given so many `answers`: one
    /// that answered others meanwhile lives. One known to be dead keeps its date, or it would never
    /// be tried again.
    pub(super) fn found_dead(&self, answers: u64, why: &FetchError) {
        let mut state = self.state();
        if state.silent.is_none() && state.answers <= answers {
            state.silent = Some(Silence { since: Instant::now(), why: why.clone() });
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn rest(&mut self, now: Instant, wish: Duration) {
        let pause = REST.saturating_mul(2_u32.saturating_pow(self.rests)).max(wish);
        self.rests = self.rests.saturating_add(1);
        let until = now + pause.min(LONGEST_REST);
        self.resting_until = self.resting_until.max(Some(until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_secs(30);

    fn dead() -> FetchError {
        FetchError::Abandoned
    }

    #[test]
    fn probe_dead_lane_refuses_then_lets_one_probe() {
        let lane = Lane::new(1, 1, PAUSE);
        let now = Instant::now();
        assert!(lane.probe(now).is_ok());
        lane.found_dead(0, &dead());
        let later = now + Duration::from_secs(31);
        assert!(lane.probe(now).is_err());
        assert!(lane.probe(later).is_ok());
        assert!(lane.probe(later).is_err());
        lane.answered(Duration::ZERO);
        assert!(lane.probe(later).is_ok());
    }

    #[test]
    fn lane_that_answered_others_meanwhile_is_not_dead() {
        let lane = Lane::new(1, 1, PAUSE);
        let before = lane.answers();
        lane.answered(Duration::ZERO);
        lane.found_dead(before, &dead());
        assert!(lane.probe(Instant::now()).is_ok());
        lane.found_dead(lane.answers(), &dead());
        assert!(lane.probe(Instant::now()).is_err());
    }

    #[test]
    fn overtaken_lane_rests_longer_each_time_until_it_answers() {
        let (lane, now) = (Lane::new(1, 1, PAUSE), Instant::now());
        let resting = |seconds| lane.is_resting(now + Duration::from_secs(seconds));
        lane.overtaken(now, 0);
        assert!(resting(1) && !resting(3));
        lane.overtaken(now, 0);
        assert!(resting(3) && !resting(5));
        lane.answered(Duration::ZERO);
        assert!(!resting(0));
    }

    #[test]
    fn overtaken_once_among_answers_is_no_rest() {
        let (lane, now) = (Lane::new(1, 1, PAUSE), Instant::now());
        let before = lane.answers();
        lane.answered(Duration::ZERO);
        lane.overtaken(now, before);
        assert!(!lane.is_resting(now));
    }

    #[test]
    fn failed_three_times_in_a_row_rests() {
        let (lane, now) = (Lane::new(1, 1, PAUSE), Instant::now());
        (0..2).for_each(|_| lane.failed(now, None));
        lane.answered(Duration::ZERO);
        (0..2).for_each(|_| lane.failed(now, None));
        assert!(!lane.is_resting(now));
        lane.failed(now, None);
        assert!(lane.is_resting(now));
    }

    #[test]
    fn asked_for_rest_is_granted_up_to_a_minute() {
        let (lane, now) = (Lane::new(1, 1, PAUSE), Instant::now());
        lane.asked_for_rest(now, Duration::from_hours(24));
        assert!(lane.is_resting(now + Duration::from_secs(59)));
        assert!(!lane.is_resting(now + Duration::from_secs(61)));
    }

    #[test]
    fn patience_is_its_own_percentile_then_that_of_others_then_a_second() {
        let lane = Lane::new(1, 1, PAUSE);
        assert_eq!(lane.patience(None), FIRST_PATIENCE);
        assert_eq!(lane.patience(Some(Duration::from_millis(100))), Duration::from_millis(400));
        assert_eq!(lane.patience(Some(Duration::from_millis(1))), *PATIENCE.start());
        (0..20).for_each(|number| lane.answered(Duration::from_millis(300 + number)));
        assert_eq!(lane.patience(None), Duration::from_millis(319));
    }

    /// How many requests a lane lets in, of those it might, after answers that took so many
    /// milliseconds.
    async fn let_in(answers: &[u64]) -> usize {
        let lane = Lane::new(12, 4, PAUSE);
        for &took in answers {
            lane.answered(Duration::from_millis(took));
        }
        let mut places = Vec::new();
        while let Ok(Ok(place)) = timeout(4 * FAR, lane.enter()).await {
            places.push(place);
        }
        places.len()
    }

    #[tokio::test]
    async fn enter_waits_for_no_answer_where_the_host_is_far() {
        assert_eq!(let_in(&[]).await, 12, "nothing came at once");
        assert_eq!(let_in(&[20, 5, 30]).await, 12);
        let once_at_once = [&[1], &[20; REMEMBERED][..]].concat();
        assert_eq!(let_in(&once_at_once).await, 12);
    }

    #[tokio::test]
    async fn enter_lets_a_near_host_answer_first() {
        assert_eq!(let_in(&[20, 1, 30]).await, 4);
    }

    #[tokio::test]
    async fn enter_lets_no_more_in_than_are_allowed_and_forgets_who_gave_up() {
        let lane = Lane::new(2, 4, PAUSE);
        let places = [lane.enter().await.unwrap(), lane.enter().await.unwrap()];
        assert!(timeout(4 * FAR, lane.enter()).await.is_err());
        drop(places);
        assert_eq!(lane.permits.available_permits(), 2);
    }

    #[tokio::test]
    async fn enter_after_the_pause_is_allowed() {
        let lane = Lane::new(1, 1, Duration::from_millis(20));
        lane.found_dead(0, &dead());
        assert!(lane.enter().await.is_err());
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert!(lane.enter().await.is_ok());
    }

    #[tokio::test]
    async fn enter_waiting_caller_learns_of_the_death() {
        let lane = Arc::new(Lane::new(1, 1, Duration::from_secs(30)));
        let held = lane.enter().await.unwrap();
        let waiting = tokio::spawn({
            let lane = Arc::clone(&lane);
            async move { lane.enter().await.is_err() }
        });
        tokio::task::yield_now().await;
        lane.found_dead(0, &dead());
        drop(held);
        assert!(waiting.await.unwrap());
    }
}
