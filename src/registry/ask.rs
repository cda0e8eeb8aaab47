//! Putting one question to several registries: in order, hedged, round by round.
//!
//! ```text
//! first ──failure that may fall through──► second ──► …         at once
//!   └──── no answer within its patience ──► second, beside it   whichever answers first
//! all failed, some of them transiently ──► pause ──► those again
//! ```

use std::{
    collections::VecDeque,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use futures_util::{StreamExt as _, stream::FuturesUnordered};

use super::{
    assignment::Fallthrough,
    error::{Class, Fault, FetchError},
    options::Retry,
    question::Question,
    retry::{Step, pause, step},
    route::{Member, Stop},
    tarball::RegistryId,
};

/// A registry that let a request wait to the end this often is not asked again by it.
const TIMEOUTS: u32 = 3;
/// How often a waiting request looks whether its registry has used up its patience.
const LOOK: Duration = Duration::from_millis(25);

/// Puts `question` to the registries of `stops` until one answers or all are spent.
///
/// `subject` names the package or document in what is said about failures.
pub(super) async fn ask<Q: Question>(
    retry: &Retry,
    stops: &[Stop],
    subject: &str,
    question: &Q,
) -> Result<Q::Answer, FetchError> {
    let mut failures = Failures::default();
    let mut waiting = in_order(stops);
    for round in 0..=retry.retries {
        if round > 0 {
            tokio::time::sleep(pause(retry, round, subject, &failures.of(&waiting))).await;
        }
        match go_round(&waiting, round, question, &mut failures).await {
            Ok(answer) => return Ok(answer),
            Err(again) if again.is_empty() => break,
            Err(again) => waiting = again,
        }
    }
    Err(failures.conclude(subject))
}

/// The order of asking, with those that rest at the end. Behind a gatekeeper the order stands:
/// what it refuses must not be asked elsewhere first.
fn in_order(stops: &[Stop]) -> Vec<&Stop> {
    let mut order: Vec<&Stop> = stops.iter().collect();
    if order.len() > 1 && order.iter().all(|stop| may_fall_through(stop)) {
        let now = Instant::now();
        order.sort_by_key(|stop| stop.member.lane.is_resting(now));
    }
    order
}

fn may_fall_through(stop: &Stop) -> bool {
    stop.member.fallthrough == Fallthrough::AnyError
}

/// A question under way at one registry.
struct Asked<'a> {
    stop: &'a Stop,
    sent: Arc<OnceLock<Sent>>,
    /// How many answers the registry had given when it was asked.
    answers: u64,
}

/// When a question was sent: waiting for a free connection is not the registry's doing.
struct Sent {
    at: Instant,
    /// How many answers the registry had given then.
    answers: u64,
}

/// Asks each once; `Err` holds those worth another round.
async fn go_round<'a, Q: Question>(
    stops: &[&'a Stop],
    round: u32,
    question: &Q,
    failures: &mut Failures,
) -> Result<Q::Answer, Vec<&'a Stop>> {
    let mut left: VecDeque<&'a Stop> = stops.iter().copied().collect();
    let mut running = FuturesUnordered::new();
    let mut under_way: Vec<Asked<'a>> = Vec::new();
    let mut again = Vec::new();
    loop {
        let is_hedge = under_way.last().is_some_and(|last| is_late(last, stops));
        if (running.is_empty() || is_hedge)
            && let Some(stop) = left.pop_front()
        {
            let sent = Arc::new(OnceLock::new());
            let answers = stop.member.lane.answers();
            under_way.push(Asked { stop, sent: Arc::clone(&sent), answers });
            running.push(async move { (stop, put(stop, round, question, &sent).await) });
        }
        let look = async {
            match under_way.last() {
                Some(last) if !left.is_empty() && may_fall_through(last.stop) => {
                    tokio::time::sleep(LOOK).await;
                }
                _ => std::future::pending().await,
            }
        };
        let (stop, result) = tokio::select! {
            biased;
            finished = running.next() => match finished {
                Some(finished) => finished,
                None => return Err(again),
            },
            () = look => continue,
        };
        let answers = answers_before(&under_way, stop);
        under_way.retain(|asked| asked.stop.member.id != stop.member.id);
        let (error, next) = match result {
            Ok(answer) => {
                let now = Instant::now();
                for asked in &under_way {
                    asked.stop.member.lane.overtaken(now, asked.answers);
                }
                return Ok(answer);
            }
            Err(failed) => failed,
        };
        let others = !left.is_empty() || !running.is_empty() || !again.is_empty();
        if next == Step::NextThenAgain && others && is_dead_end(&error) {
            stop.member.lane.found_dead(answers, &error);
        }
        failures.note(stop, error, answers);
        let worth_it = failures.has_patience(stop);
        match next {
            Step::NextThenAgain if worth_it => again.push(stop),
            Step::Next | Step::NextThenAgain => {}
            Step::Again | Step::Stop => {
                left.clear();
                again.clear();
                again.extend((next == Step::Again && worth_it).then_some(stop));
            }
        }
    }
}

/// How many answers a registry had given when it was asked.
fn answers_before(under_way: &[Asked<'_>], stop: &Stop) -> u64 {
    let own = under_way.iter().find(|asked| asked.stop.member.id == stop.member.id);
    own.and_then(|asked| asked.sent.get()).map_or(0, |sent| sent.answers)
}

/// Whether the registry asked last has used up its patience.
fn is_late(last: &Asked<'_>, stops: &[&Stop]) -> bool {
    let others = stops.iter().filter(|stop| stop.member.id != last.stop.member.id);
    let typical = others.filter_map(|stop| stop.member.lane.health().latency).max();
    may_fall_through(last.stop)
        && last
            .sent
            .get()
            .is_some_and(|sent| sent.at.elapsed() >= last.stop.member.lane.patience(typical))
}

/// Asks one registry once; a failure comes with what should follow.
async fn put<Q: Question>(
    stop: &Stop,
    round: u32,
    question: &Q,
    sent: &OnceLock<Sent>,
) -> Result<Q::Answer, (FetchError, Step)> {
    let Member { lane, fallthrough, .. } = stop.member.as_ref();
    let permit = lane.enter().await.map_err(|dead| match fallthrough {
        Fallthrough::AnyError => (dead, Step::Next),
        Fallthrough::NotFoundOnly => (dead, Step::Stop),
    })?;
    let began = sent.get_or_init(|| Sent { at: Instant::now(), answers: lane.answers() }).at;
    let answer = question.put(stop, round, permit).await;
    observe(stop, began, answer.as_ref().err());
    answer.map_err(|error| {
        let next = step(error.class(), *fallthrough);
        (error, next)
    })
}

/// Tells the lane what became of an exchange.
fn observe(stop: &Stop, began: Instant, error: Option<&FetchError>) {
    let (lane, now) = (&stop.member.lane, Instant::now());
    let took = now.duration_since(began);
    let Some(error) = error else { return lane.answered(took) };
    if error.fault().is_none() && error.class() != Class::Transient {
        return lane.answered(took);
    }
    lane.failed(now, error.fault());
    if let Some(seconds) = error.retry_after() {
        lane.asked_for_rest(now, Duration::from_secs(seconds));
    }
}

fn is_dead_end(error: &FetchError) -> bool {
    error.fault().is_some_and(Fault::is_dead_end)
}

/// How the question fared at each registry.
#[derive(Default)]
struct Failures(Vec<Failed>);

/// What one registry said last, and how often it let us wait.
struct Failed {
    member: Arc<Member>,
    error: FetchError,
    timeouts: u32,
    /// How many answers the registry had given when that question was sent.
    answers: u64,
}

impl Failures {
    fn note(&mut self, stop: &Stop, error: FetchError, answers: u64) {
        let timeout = u32::from(error.fault().is_some_and(Fault::is_timeout));
        let known = self.0.iter().position(|failed| failed.member.id == stop.member.id);
        let before = known.map_or(0, |place| self.0.remove(place).timeouts);
        let (member, timeouts) = (Arc::clone(&stop.member), before + timeout);
        let failed = Failed { member, error, timeouts, answers };
        self.0.insert(known.unwrap_or(self.0.len()), failed);
    }

    fn has_patience(&self, stop: &Stop) -> bool {
        let of_this = self.0.iter().find(|failed| failed.member.id == stop.member.id);
        of_this.is_none_or(|failed| failed.timeouts < TIMEOUTS)
    }

    fn of(&self, stops: &[&Stop]) -> Vec<FetchError> {
        let asked = |id: &RegistryId| stops.iter().any(|stop| stop.member.id == *id);
        let failed = self.0.iter().filter(|failed| asked(&failed.member.id));
        failed.map(|failed| failed.error.clone()).collect()
    }

    /// The one failure, or all of them in one; dead registries are remembered.
    fn conclude(mut self, subject: &str) -> FetchError {
        for Failed { member, error, answers, .. } in &self.0 {
            if is_dead_end(error) {
                member.lane.found_dead(*answers, error);
            }
        }
        match (self.0.pop(), self.0.is_empty()) {
            (Some(only), true) => only.error,
            (last, _) => {
                let all = self.0.into_iter().chain(last);
                let failures = all.map(|failed| (failed.member.id.to_string(), failed.error));
                FetchError::Every { subject: subject.to_owned(), failures: failures.collect() }
            }
        }
    }
}
