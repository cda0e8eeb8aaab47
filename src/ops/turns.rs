//! Which tarballs are fetched and unpacked at once, and whose turn is next.
//!
//! First come, first served, but for large ones: each keeps a processor busy for long, and the
//! install waits for one that begins last. So they go before the others; a few at once while
//! others wait, because of the memory they take.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

use crate::{config::network::CONNECTIONS, manifest::Manifest};

/// The most tarballs that are fetched, or wait to be unpacked, at once: the other half of the
/// connections asks about signatures.
const UNDER_WAY: usize = CONNECTIONS / 2;
/// The most large ones among them, while there are others.
const LARGE_UNDER_WAY: usize = 4;
/// What a large package unpacks to at least, in bytes.
const LARGE: u64 = 4 << 20;

/// How much work a package is likely to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// It takes long enough that it should begin early.
    Large,
    /// Nothing is known that would tell it from most.
    Usual,
}

impl Weight {
    /// By what its registry says of its size, else by what most large packages are: they bring
    /// commands, or are built for some machines only. (Of the 1,323 packages of one application
    /// these are 72, with 40 % of the bytes and all tarballs but two of more than a megabyte.)
    pub(super) fn of(manifest: &Manifest) -> Self {
        let is_large = match manifest.dist.as_ref().and_then(|dist| dist.unpacked_size) {
            Some(size) => size >= LARGE,
            None => !manifest.bin.is_empty() || manifest.os.is_some() || manifest.cpu.is_some(),
        };
        if is_large { Self::Large } else { Self::Usual }
    }
}

/// The tarballs of one run.
pub(super) struct Turns(Mutex<Lines<oneshot::Sender<Turn>>>);

impl Default for Turns {
    fn default() -> Self {
        Self(Mutex::new(Lines::new(UNDER_WAY, LARGE_UNDER_WAY)))
    }
}

/// Somebody's turn, until it is dropped.
pub(super) struct Turn {
    turns: Arc<Turns>,
    weight: Weight,
}

impl Turns {
    /// Waits for a turn.
    pub(super) async fn next(self: &Arc<Self>, weight: Weight) -> Option<Turn> {
        let (sender, turn) = oneshot::channel();
        self.lock().push(weight, sender);
        self.call();
        // Nobody drops the sender while this waits; if it were, going on would still be right.
        turn.await.ok()
    }

    /// Calls up those whose turn it is.
    fn call(self: &Arc<Self>) {
        loop {
            let next = self.lock().next();
            let Some((called, weight)) = next else { return };
            // Who gave up waiting drops the turn, and that calls up another.
            drop(called.send(Turn { turns: Arc::clone(self), weight }));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Lines<oneshot::Sender<Turn>>> {
        // A panic elsewhere cannot leave the lines half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.lock().ended(self.weight);
        self.turns.call();
    }
}

/// What waits to begin, in two lines, and how much has begun and not ended.
pub(super) struct Lines<T> {
    most: usize,
    most_large: usize,
    large: Line<T>,
    usual: Line<T>,
}

struct Line<T> {
    under_way: usize,
    waiting: VecDeque<T>,
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        Self { under_way: 0, waiting: VecDeque::new() }
    }
}

impl<T> Lines<T> {
    /// Nothing yet; at `most` so many are to be under way, and at `most_large` so many large ones
    /// while others wait.
    pub(super) fn new(most: usize, most_large: usize) -> Self {
        Self { most, most_large, large: Line::default(), usual: Line::default() }
    }

    /// Puts something at the end of its line.
    pub(super) fn push(&mut self, weight: Weight, item: T) {
        self.line(weight).waiting.push_back(item);
    }

    /// Something that had begun is over.
    pub(super) fn ended(&mut self, weight: Weight) {
        self.line(weight).under_way -= 1;
    }

    fn line(&mut self, weight: Weight) -> &mut Line<T> {
        match weight {
            Weight::Large => &mut self.large,
            Weight::Usual => &mut self.usual,
        }
    }

    /// Takes the next out of its line, if it may begin.
    pub(super) fn next(&mut self) -> Option<(T, Weight)> {
        if self.large.under_way + self.usual.under_way >= self.most {
            return None;
        }
        let room = self.large.under_way < self.most_large;
        let goes_first = room && !self.large.waiting.is_empty();
        let is_large = goes_first || self.usual.waiting.is_empty();
        let weight = if is_large { Weight::Large } else { Weight::Usual };
        let line = self.line(weight);
        let next = line.waiting.pop_front()?;
        line.under_way += 1;
        Some((next, weight))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::manifest::Dist;

    /// Those who wait, in the order in which their turn came when one after the other ended.
    fn order(turns: &Arc<Turns>, began: Vec<Turn>, waiting: &[Weight]) -> Vec<usize> {
        let next = waiting.iter().map(|weight| Box::pin(turns.next(*weight)));
        let mut waiting: Vec<_> = next.enumerate().collect();
        let mut ready = |held: &mut Vec<Turn>| {
            let mut called = Vec::new();
            waiting.retain_mut(|(at, next)| match next.now_or_never() {
                Some(turn) => {
                    held.extend(turn);
                    called.push(*at);
                    false
                }
                None => true,
            });
            called
        };
        let mut held = began;
        let mut order = ready(&mut held);
        while !held.is_empty() {
            held.remove(0);
            order.extend(ready(&mut held));
        }
        order
    }

    fn began(turns: &Arc<Turns>, weight: Weight, count: usize) -> Vec<Turn> {
        let next = || turns.next(weight).now_or_never().flatten();
        (0..count).map(|_| next().unwrap()).collect()
    }

    #[test]
    fn large_ones_do_not_wait_for_those_that_came_before() {
        let turns = Arc::default();
        let began = began(&turns, Weight::Usual, UNDER_WAY);
        let waiting = [Weight::Usual, Weight::Usual, Weight::Large, Weight::Large];
        assert_eq!(order(&turns, began, &waiting), [2, 3, 0, 1]);
    }

    #[test]
    fn few_large_ones_are_under_way_at_once_and_others_do_not_wait_for_them() {
        let turns = Arc::default();
        let mut began = began(&turns, Weight::Large, LARGE_UNDER_WAY);
        began.extend(self::began(&turns, Weight::Usual, UNDER_WAY - LARGE_UNDER_WAY));
        // The usual ones that are under way end first.
        began.reverse();
        let waiting = [Weight::Large, Weight::Large, Weight::Usual, Weight::Usual];
        assert_eq!(order(&turns, began, &waiting), [2, 3, 0, 1]);
    }

    #[test]
    fn where_all_are_large_they_wait_for_no_others() {
        let turns = Arc::default();
        let began = began(&turns, Weight::Large, UNDER_WAY);
        assert_eq!(began.len(), UNDER_WAY);
        assert!(turns.next(Weight::Large).now_or_never().is_none());
    }

    #[test]
    fn large_ones_leave_room_to_the_others_and_take_what_those_do_not_need() {
        let mut lines = Lines::new(4, 2);
        for weight in [Weight::Usual, Weight::Usual].into_iter().chain([Weight::Large; 5]) {
            lines.push(weight, ());
        }
        let mut next = || lines.next().map(|((), weight)| weight);
        let [large, usual] = [Some(Weight::Large), Some(Weight::Usual)];
        assert_eq!([next(), next(), next(), next(), next()], [large, large, usual, usual, None]);
        lines.ended(Weight::Usual);
        assert_eq!(lines.next().map(|((), weight)| weight), large);
        assert!(lines.next().is_none());
    }

    #[test]
    fn who_gave_up_waiting_is_passed_over() {
        let turns = Arc::default();
        let mut began = began(&turns, Weight::Usual, UNDER_WAY);
        let mut waiting: Vec<_> = (0..3).map(|_| Box::pin(turns.next(Weight::Usual))).collect();
        assert!(waiting.iter_mut().all(|next| next.now_or_never().is_none()));
        let last = waiting.pop().unwrap();
        drop(waiting);
        began.pop();
        assert!(last.now_or_never().flatten().is_some());
    }

    #[test]
    fn who_gives_up_waiting_leaves_the_turn_to_the_next() {
        let turns = Arc::default();
        let mut began = began(&turns, Weight::Usual, UNDER_WAY);
        let mut given_up = Box::pin(turns.next(Weight::Usual));
        let mut patient = Box::pin(turns.next(Weight::Usual));
        assert!((&mut given_up).now_or_never().is_none());
        assert!((&mut patient).now_or_never().is_none());
        // Its turn has come, and nobody looked.
        began.pop();
        drop(given_up);
        assert!(patient.now_or_never().flatten().is_some());
    }

    #[test]
    fn what_a_registry_says_of_a_size_counts_more_than_what_a_package_looks_like() {
        let mut manifest = Manifest::default();
        assert_eq!(Weight::of(&manifest), Weight::Usual);
        let looks: [fn(&mut Manifest); 3] = [
            |manifest| manifest.os = Some(Box::new("linux".into())),
            |manifest| manifest.cpu = Some(Box::new("x64".into())),
            |manifest| *manifest = Manifest::from_slice(br#"{"name":"a","bin":"a"}"#).unwrap(),
        ];
        for look in looks {
            manifest = Manifest::default();
            look(&mut manifest);
            assert_eq!(Weight::of(&manifest), Weight::Large);
        }
        let sized = |unpacked_size| Dist { unpacked_size: Some(unpacked_size), ..Dist::default() };
        manifest.dist = Some(sized(LARGE - 1));
        assert_eq!(Weight::of(&manifest), Weight::Usual);
        manifest = Manifest { dist: Some(sized(LARGE)), ..Manifest::default() };
        assert_eq!(Weight::of(&manifest), Weight::Large);
    }
}
