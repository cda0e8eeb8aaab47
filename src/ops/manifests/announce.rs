//! Packages asked for ahead of arborist's questions, and then what their manifests ask for.
//!
//! A few lanes take one announcement after the other. What the cache knows is answered at once;
//! what a registry has to tell waits in a task of its own. Were every announcement a task, those
//! that wait for a registry would stand in line behind a thousand that do not, and arborist,
//! which waits for one of them, with it.

use std::{
    collections::{HashSet, VecDeque},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::poll;
use tokio::{runtime::Handle, task::yield_now};

use super::Shared;
use crate::spec::Spec;

/// Arborist keeps the machine's other processors busy, or the registries do.
const LANES: usize = 2;

/// How much of what a package asks for will be needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Reach {
    /// It will be in the tree.
    All,
    /// It is only weighed: an optional peer, which a peer set has to be able to live with.
    Peers,
}

/// What was announced in one run.
#[derive(Default)]
pub(super) struct Announcements(Mutex<State>);

#[derive(Default)]
struct State {
    known: HashSet<(String, Reach)>,
    waiting: VecDeque<(Spec, Reach)>,
    lanes: usize,
}

impl Announcements {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere cannot leave the state half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_news(&self, name: &str, spec: &str, reach: Reach) -> bool {
        self.lock().known.insert((format!("{name}@{spec}"), reach))
    }

    /// The next in line; a lane that is told there is none has ended.
    fn next(&self) -> Option<(Spec, Reach)> {
        let mut state = self.lock();
        let next = state.waiting.pop_front();
        if next.is_none() {
            state.lanes -= 1;
        }
        next
    }
}

/// Asks for a registry's package that will be needed.
pub(super) fn announce(shared: &Arc<Shared>, runtime: &Handle, target: &Spec, reach: Reach) {
    let name = target.name.as_deref().unwrap_or_default();
    if shared.announcements.is_news(name, &target.raw_spec, reach) {
        enter(shared, runtime, target.clone(), reach);
    }
}

fn enter(shared: &Arc<Shared>, runtime: &Handle, target: Spec, reach: Reach) {
    let mut state = shared.announcements.lock();
    state.waiting.push_back((target, reach));
    if state.lanes < LANES {
        state.lanes += 1;
        runtime.spawn(lane(Arc::clone(shared), runtime.clone()));
    }
}

async fn lane(shared: Arc<Shared>, runtime: Handle) {
    while let Some((target, reach)) = shared.announcements.next() {
        let answer = answer(Arc::clone(&shared), runtime.clone(), target, reach);
        let mut answer = Box::pin(answer);
        if poll!(&mut answer).is_pending() {
            runtime.spawn(answer);
        }
        // What arrived from a registry goes first.
        yield_now().await;
    }
}

async fn answer(shared: Arc<Shared>, runtime: Handle, target: Spec, reach: Reach) {
    // A guess that fails is not an error: the question itself comes later, or never.
    let Ok(fetched) = shared.fetch_registry(&target).await else { return };
    let manifest = &fetched.manifest;
    let own = manifest.dependencies.iter().chain(&manifest.optional_dependencies);
    let own = own.filter(|_| reach == Reach::All).map(|(name, spec)| (name, spec, reach));
    let peers = manifest.peer_dependencies.iter().map(|(name, spec)| {
        let optional = manifest.is_peer_optional(name);
        (name, spec, if optional { Reach::Peers } else { reach })
    });
    for (name, spec, reach) in own.chain(peers) {
        if shared.announcements.is_news(name, spec, reach)
            && let Ok(spec) = Spec::resolve(name, spec, Path::new("/"))
            && spec.target().is_registry()
        {
            enter(&shared, &runtime, spec.target().clone(), reach);
        }
    }
}
