//! Who belongs to the pool in this run: registries of one namespace that have not lied.
//!
//! The keys of all registries are asked for at once, before the first question that any of them
//! may be asked, and hold for a day. Who does not answer soon after the first is not waited for.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{StreamExt as _, stream::FuturesUnordered};

use super::{
    error::{Class, FetchError},
    fetch::{Call, Payload},
    ledger::Lie,
    namespace::{Keys, Namespace},
    options::CacheMode,
    pool::Pool,
    route::{Barred, Member, stop},
    tarball::RegistryId,
};
use crate::event::Event;

/// Where a registry offers its public keys.
pub(super) const KEYS_PATH: &str = "-/npm/v1/keys";
/// The most bytes of keys that are read.
const MAX_KEY_BYTES: u64 = 1 << 20;
/// The slower ones are waited for at least this long after the first answered.
const SHORTEST_WAIT: Duration = Duration::from_millis(50);

impl Pool {
    /// Asks for the keys of the pool, once a run, and bars those of another namespace.
    pub(super) async fn admit(&self) {
        if self.routes().is_shared() && self.ledger().is_some() {
            self.admitted.get_or_init(|| self.compare_keys()).await;
        }
    }

    async fn compare_keys(&self) {
        let members = self.routes().pool();
        let mut known: Vec<(Arc<Member>, Keys)> = Vec::new();
        let mut unknown = Vec::new();
        for member in members.iter().filter(|member| member.barred() != Some(Barred::Liar)) {
            match self.ledger().and_then(|ledger| ledger.keys(&member.id)) {
                Some(keys) => known.push((Arc::clone(member), keys)),
                None => unknown.push(member),
            }
        }
        if self.mode() != CacheMode::Offline {
            known.extend(self.keys_of_all(&unknown).await);
        }
        let Some(ours) = members.first().and_then(|direct| {
            known.iter().find(|(member, _)| member.id == direct.id).map(|(_, keys)| keys)
        }) else {
            return;
        };
        for (member, keys) in &known {
            if ours.namespace(keys) == Namespace::Other {
                member.bar(Barred::OtherNamespace);
                let line = format!(
                    "{} signs with other keys than the configured registry: it is another \
                     namespace, no mirror, and is not asked",
                    member.id
                );
                self.transport().reporter().event(Event::warn("registry", line));
            }
        }
    }

    /// The keys of those that answer about as soon as the first.
    async fn keys_of_all(&self, members: &[&Arc<Member>]) -> Vec<(Arc<Member>, Keys)> {
        let began = Instant::now();
        let before: Vec<u64> = members.iter().map(|member| member.lane.answers()).collect();
        let ask = |member: &Arc<Member>| {
            let member = Arc::clone(member);
            async move { (self.fetch_keys(&member).await, member) }
        };
        let mut asked: FuturesUnordered<_> = members.iter().map(|member| ask(member)).collect();
        let mut found = Vec::new();
        let mut patience = None;
        loop {
            let wait = async {
                match patience {
                    Some(until) => tokio::time::sleep_until(until).await,
                    None => std::future::pending().await,
                }
            };
            let (result, member) = tokio::select! {
                biased;
                next = asked.next() => match next {
                    Some(next) => next,
                    None => break,
                },
                () = wait => break,
            };
            if let Ok(keys) = result {
                let wait = (began.elapsed() * 4).max(SHORTEST_WAIT);
                patience.get_or_insert_with(|| tokio::time::Instant::from_std(began + wait));
                self.note_keys(&member, keys.clone());
                found.push((member, keys));
            }
        }
        if !found.is_empty() {
            for (member, answers) in members.iter().zip(before) {
                member.lane.overtaken(Instant::now(), answers);
            }
        }
        found
    }

    /// The keys that a registry offers; none where it has no such document.
    pub(super) async fn fetch_keys(&self, member: &Arc<Member>) -> Result<Keys, FetchError> {
        let place = stop(Arc::clone(member), KEYS_PATH)?;
        let permit = member.lane.enter().await?;
        let (began, answers) = (Instant::now(), member.lane.answers());
        let call = Call {
            url: &place.url,
            registry: &member.url,
            payload: Payload::Document { accept: "application/json", validators: None },
            attempt: 0,
            limit: MAX_KEY_BYTES,
        };
        let answer = async { self.transport().send(call, permit).await?.text().await };
        match answer.await {
            Ok(body) => {
                member.lane.answered(began.elapsed());
                Ok(Keys::parse(&body))
            }
            // 400, 401, 404: there are none to be had.
            Err(error) if error.fault().is_none() && error.class() != Class::Transient => {
                member.lane.answered(began.elapsed());
                Ok(Keys::default())
            }
            Err(error) => {
                member.lane.failed(Instant::now(), error.fault());
                if error.fault().is_some_and(super::error::Fault::is_dead_end) {
                    member.lane.found_dead(answers, &error);
                }
                Err(error)
            }
        }
    }

    /// Remembers a lie: the registry is not asked again until it is forgiven. One that is asked
    /// alone cannot be told from the truth, and stays.
    pub fn report_lie(&self, registry: &RegistryId, lie: Lie) {
        let Some(member) = self.routes().pool().iter().find(|member| member.id == *registry) else {
            return;
        };
        if member.barred().is_some() {
            return;
        }
        member.bar(Barred::Liar);
        let told = format!(
            "{registry} says {} about {}, others say {}; it is not asked again until \
             `denpm registries forgive {registry}`",
            lie.claimed, lie.package, lie.others
        );
        let reporter = self.transport().reporter();
        reporter.event(Event::warn("registry", told));
        let Some(ledger) = self.ledger() else { return };
        if let Err(error) = ledger.change(registry, |record| record.lie = Some(lie)) {
            reporter.event(Event::warn("registry", format!("this will be forgotten: {error}")));
        }
    }

    /// Forgives a registry; true if there was something to forgive.
    ///
    /// # Errors
    /// The record cannot be written.
    pub fn forgive(&self, registry: &RegistryId) -> Result<bool, crate::fs::FsError> {
        let Some(ledger) = self.ledger() else { return Ok(false) };
        let had_lied = ledger.record(registry).lie.is_some();
        if had_lied {
            ledger.change(registry, |record| record.lie = None)?;
        }
        Ok(had_lied)
    }
}
