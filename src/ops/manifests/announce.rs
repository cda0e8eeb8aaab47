//! Packages asked for ahead of arborist's questions, and then what their manifests ask for.
//!
//! A few lanes take one announcement after the other. What the cache knows is answered at once;
//! what a registry has to tell waits in a task of its own. Were every announcement a task, those
//! that wait for a registry would stand in line behind a thousand that do not, and arborist,
//! which waits for one of them, with it.

use std::{
    collections::VecDeque,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::poll;
use tokio::{runtime::Handle, task::yield_now};

use super::{
    Shared,
    question::{Asked, Questions},
};
use crate::{manifest::Manifest, spec::Spec};

/// Arborist keeps the machine's other processors busy, or the registries do.
const LANES: usize = 2;

/// After so many announcements a lane lets others work: to look for answers of registries costs a
/// system call.
const PAUSE: usize = 8;

/// How much of what a package asks for will be needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// It will be in the tree.
    All,
    /// It is weighed, and may come to nothing: an optional peer, say, which a peer set has to be
    /// able to live with.
    Peers,
}

/// Where in the line an announcement goes.
#[derive(Clone, Copy)]
enum Turn {
    Next,
    Last,
}

/// What was announced in one run.
#[derive(Default)]
pub(super) struct Announcements(Mutex<State>);

#[derive(Default)]
struct State {
    /// Whose packages will be asked for, and whose peers only.
    known: [Questions; 2],
    waiting: VecDeque<(Spec, Reach)>,
    lanes: usize,
}

impl Announcements {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere cannot leave the state half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_news(&self, name: &str, spec: &str, reach: Reach) -> bool {
        let asked = Asked { name, spec };
        let mut state = self.lock();
        let [all, peers] = &mut state.known;
        if all.contains(&asked) || (reach == Reach::Peers && peers.contains(&asked)) {
            return false;
        }
        let known = if reach == Reach::All { all } else { peers };
        known.insert(asked.to_question())
    }
}

/// A place in which one announcement after the other is worked on.
struct Lane {
    shared: Arc<Shared>,
    has_ended: bool,
}

impl Lane {
    /// The next in line; where there is none the lane has ended, before another can be put there.
    fn next(&mut self) -> Option<(Spec, Reach)> {
        let mut state = self.shared.announcements.lock();
        let next = state.waiting.pop_front();
        if next.is_none() {
            state.lanes -= 1;
            self.has_ended = true;
        }
        next
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        // A panic, or the end of the runtime.
        if !self.has_ended {
            self.shared.announcements.lock().lanes -= 1;
        }
    }
}

/// Asks for a registry's package that will be needed.
pub(super) fn announce(shared: &Arc<Shared>, runtime: &Handle, target: &Spec, reach: Reach) {
    let name = target.name.as_deref().unwrap_or_default();
    if shared.announcements.is_news(name, &target.raw_spec, reach) {
        enter(shared, runtime, target.clone(), reach, Turn::Last);
    }
}

/// Asks for the peers of a package: arborist weighs them together with it, and asks for one after
/// the other, so they come before all that stands in line.
pub(super) fn announce_peers(
    shared: &Arc<Shared>,
    runtime: &Handle,
    manifest: &Manifest,
    reach: Reach,
) {
    if !shared.resolves_peers {
        return;
    }
    // Each is put before the last, and arborist asks for the first first.
    let peers: Vec<_> = manifest.peer_dependencies.iter().collect();
    for (name, spec) in peers.into_iter().rev() {
        let is_optional = manifest.is_peer_optional(name);
        let reach = if is_optional { Reach::Peers } else { reach };
        announce_dependency(shared, runtime, (name, spec), reach, Turn::Next);
    }
}

fn announce_dependency(
    shared: &Arc<Shared>,
    runtime: &Handle,
    (name, spec): (&str, &str),
    reach: Reach,
    turn: Turn,
) {
    if shared.announcements.is_news(name, spec, reach)
        && let Ok(spec) = Spec::resolve(name, spec, Path::new("/"))
        && spec.target().is_registry()
    {
        enter(shared, runtime, spec.into_target(), reach, turn);
    }
}

fn enter(shared: &Arc<Shared>, runtime: &Handle, target: Spec, reach: Reach, turn: Turn) {
    let mut state = shared.announcements.lock();
    match turn {
        Turn::Next => state.waiting.push_front((target, reach)),
        Turn::Last => state.waiting.push_back((target, reach)),
    }
    let is_new = state.lanes < LANES;
    state.lanes += usize::from(is_new);
    // A runtime that ends drops the lane at once, and that takes the lock.
    drop(state);
    if is_new {
        let lane = Lane { shared: Arc::clone(shared), has_ended: false };
        runtime.spawn(work_off(lane, runtime.clone()));
    }
}

async fn work_off(mut lane: Lane, runtime: Handle) {
    let mut since_pause = 0;
    while let Some((target, reach)) = lane.next() {
        let answer = answer(Arc::clone(&lane.shared), runtime.clone(), target, reach);
        let mut answer = Box::pin(answer);
        if poll!(&mut answer).is_pending() {
            runtime.spawn(answer);
        }
        // What arrived from a registry is looked at now and then.
        since_pause += 1;
        if since_pause == PAUSE {
            since_pause = 0;
            yield_now().await;
        }
    }
}

async fn answer(shared: Arc<Shared>, runtime: Handle, target: Spec, reach: Reach) {
    // A guess that fails is not an error: the question itself comes later, or never.
    let Ok(fetched) = shared.guess(&target).await else { return };
    let manifest = &fetched.manifest;
    announce_peers(&shared, &runtime, manifest, reach);
    if reach == Reach::All {
        let own = manifest.dependencies.iter().chain(manifest.optional_dependencies.iter());
        // What lies in the package's own tarball is asked of no registry.
        let bundled = manifest.bundle_dependencies.as_deref().unwrap_or_default();
        for dependency in own.filter(|(name, _)| !bundled.iter().any(|one| one == name)) {
            announce_dependency(&shared, &runtime, dependency, reach, Turn::Last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_will_be_in_the_tree_is_news_after_it_was_only_weighed_and_not_the_other_way_round() {
        let announced = Announcements::default();
        let is_news = |name, reach| announced.is_news(name, "1", reach);
        assert!(is_news("a", Reach::Peers) && !is_news("a", Reach::Peers));
        assert!(is_news("a", Reach::All) && !is_news("a", Reach::All));
        assert!(is_news("b", Reach::All) && !is_news("b", Reach::Peers));
    }
}
