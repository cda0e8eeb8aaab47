//! Maps and sets of the tree, with a hash that suits millions of small keys.
//!
//! Seeded anew in each run, so that names chosen to collide do not.

use std::{fmt, hash::Hash};

use foldhash::fast::RandomState;
use indexmap::Equivalent;

/// [`indexmap::IndexMap`] with the fast hash.
pub(super) type IndexMap<K, V> = indexmap::IndexMap<K, V, RandomState>;

/// [`indexmap::IndexSet`] with the fast hash.
pub(super) type IndexSet<T> = indexmap::IndexSet<T, RandomState>;

/// [`std::collections::HashMap`] with the fast hash, where order does not matter.
pub(super) type HashMap<K, V> = std::collections::HashMap<K, V, RandomState>;

/// [`std::collections::HashSet`] with the fast hash, where order does not matter.
pub(super) type HashSet<T> = std::collections::HashSet<T, RandomState>;

/// Up to so many entries are looked through one by one.
const FEW: usize = 12;

/// A map in the order of insertion, for what nearly always has a few entries and may have thousands:
/// what a package depends on, who depends on it, what lies in its folder.
#[derive(Clone)]
pub(super) struct OrderedMap<K, V>(Entries<K, V>);

#[derive(Clone)]
enum Entries<K, V> {
    Few(Vec<(K, V)>),
    Many(Box<IndexMap<K, V>>),
}

impl<K, V> Default for OrderedMap<K, V> {
    fn default() -> Self {
        Self(Entries::Few(Vec::new()))
    }
}

impl<K, V> OrderedMap<K, V> {
    pub(super) fn len(&self) -> usize {
        match &self.0 {
            Entries::Few(entries) => entries.len(),
            Entries::Many(entries) => entries.len(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        let (few, many) = match &self.0 {
            Entries::Few(entries) => (entries.as_slice(), None),
            Entries::Many(entries) => (&[][..], Some(entries)),
        };
        few.iter()
            .map(|(key, value)| (key, value))
            .chain(many.into_iter().flat_map(|all| all.iter()))
    }

    pub(super) fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }
}

impl<K: Eq + Hash, V> OrderedMap<K, V> {
    /// The same entries in their order, each made into another one; no two into the same.
    pub(super) fn map<L: Eq + Hash, W>(
        self,
        mut entry: impl FnMut(K, V) -> (L, W),
    ) -> OrderedMap<L, W> {
        OrderedMap(match self.0 {
            Entries::Few(few) => {
                Entries::Few(few.into_iter().map(|(key, value)| entry(key, value)).collect())
            }
            Entries::Many(many) => {
                let all = many.into_iter().map(|(key, value)| entry(key, value));
                Entries::Many(Box::new(all.collect()))
            }
        })
    }

    /// Makes room for so many more.
    pub(super) fn reserve(&mut self, more: usize) {
        match &mut self.0 {
            Entries::Many(entries) => entries.reserve(more),
            Entries::Few(entries) if entries.len() + more <= FEW => entries.reserve_exact(more),
            Entries::Few(entries) => {
                let mut all = IndexMap::with_capacity_and_hasher(
                    entries.len() + more,
                    RandomState::default(),
                );
                all.extend(entries.drain(..));
                self.0 = Entries::Many(Box::new(all));
            }
        }
    }

    /// Where in the order a key is.
    pub(super) fn place_of<Q: Equivalent<K> + Hash + ?Sized>(&self, key: &Q) -> Option<usize> {
        match &self.0 {
            Entries::Few(entries) => entries.iter().position(|(known, _)| key.equivalent(known)),
            Entries::Many(entries) => entries.get_index_of(key),
        }
    }

    pub(super) fn get<Q: Equivalent<K> + Hash + ?Sized>(&self, key: &Q) -> Option<&V> {
        let place = self.place_of(key)?;
        match &self.0 {
            Entries::Few(entries) => entries.get(place).map(|(_, value)| value),
            Entries::Many(entries) => entries.get_index(place).map(|(_, value)| value),
        }
    }

    pub(super) fn get_mut<Q: Equivalent<K> + Hash + ?Sized>(&mut self, key: &Q) -> Option<&mut V> {
        let place = self.place_of(key)?;
        match &mut self.0 {
            Entries::Few(entries) => entries.get_mut(place).map(|(_, value)| value),
            Entries::Many(entries) => entries.get_index_mut(place).map(|(_, value)| value),
        }
    }

    /// Gives a key a value, in its place if it has one; what it was before.
    pub(super) fn insert(&mut self, key: K, value: V) -> Option<V> {
        match &mut self.0 {
            Entries::Many(entries) => return entries.insert(key, value),
            Entries::Few(entries) => {
                if let Some((_, known)) = entries.iter_mut().find(|(known, _)| *known == key) {
                    return Some(std::mem::replace(known, value));
                }
                entries.push((key, value));
                if entries.len() <= FEW {
                    return None;
                }
            }
        }
        if let Entries::Few(entries) = &mut self.0 {
            let all = std::mem::take(entries).into_iter().collect();
            self.0 = Entries::Many(Box::new(all));
        }
        None
    }

    /// Changes the value of a key, which gets one if it has none.
    pub(super) fn change(&mut self, key: K, change: impl FnOnce(&mut V))
    where
        V: Default,
    {
        if let Some(known) = self.get_mut(&key) {
            return change(known);
        }
        let mut new = V::default();
        change(&mut new);
        self.insert(key, new);
    }

    /// Removes a key; the order of the others stays.
    pub(super) fn shift_remove<Q: Equivalent<K> + Hash + ?Sized>(&mut self, key: &Q) -> Option<V> {
        let place = self.place_of(key)?;
        match &mut self.0 {
            Entries::Few(entries) => Some(entries.remove(place).1),
            Entries::Many(entries) => entries.shift_remove_index(place).map(|(_, value)| value),
        }
    }

    /// Removes a key; the last takes its place.
    fn swap_remove(&mut self, key: &K) -> Option<V> {
        let place = self.place_of(key)?;
        match &mut self.0 {
            Entries::Few(entries) => Some(entries.swap_remove(place).1),
            Entries::Many(entries) => entries.swap_remove_index(place).map(|(_, value)| value),
        }
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for OrderedMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// A set in the order of insertion, as [`OrderedMap`].
#[derive(Clone)]
pub(super) struct OrderedSet<T>(OrderedMap<T, ()>);

impl<T> Default for OrderedSet<T> {
    fn default() -> Self {
        Self(OrderedMap::default())
    }
}

impl<T> OrderedSet<T> {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.0.iter().map(|(member, ())| member)
    }
}

impl<T: Eq + Hash> OrderedSet<T> {
    /// The same members in their order, each made into another one; no two into the same.
    pub(super) fn map<U: Eq + Hash>(self, mut member: impl FnMut(T) -> U) -> OrderedSet<U> {
        OrderedSet(self.0.map(|known, ()| (member(known), ())))
    }

    pub(super) fn place_of(&self, member: &T) -> Option<usize> {
        self.0.place_of(member)
    }

    /// Adds a member at the end; whether it is new.
    pub(super) fn insert(&mut self, member: T) -> bool {
        self.0.insert(member, ()).is_none()
    }

    /// Removes a member, where the order does not matter; whether it was there.
    pub(super) fn swap_remove(&mut self, member: &T) -> bool {
        self.0.swap_remove(member).is_some()
    }

    /// Removes a member; whether it was there. The order of the others stays.
    pub(super) fn shift_remove(&mut self, member: &T) -> bool {
        self.0.shift_remove(member).is_some()
    }
}

impl<T: fmt::Debug> fmt::Debug for OrderedSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_ordered_map_does_what_an_index_map_does_however_many_there_are(
            steps in prop::collection::vec((0_u8..40, 0_u64..16), 0..120),
        ) {
            let mut map = OrderedMap::default();
            let mut expected = indexmap::IndexMap::new();
            for (key, step) in steps {
                match step {
                    0 => prop_assert_eq!(map.shift_remove(&key), expected.shift_remove(&key)),
                    1 => prop_assert_eq!(map.swap_remove(&key), expected.swap_remove(&key)),
                    2 => map.reserve(usize::from(key)),
                    3..6 => {
                        map.change(key, |value| *value += step);
                        *expected.entry(key).or_default() += step;
                    }
                    _ => prop_assert_eq!(map.insert(key, step), expected.insert(key, step)),
                }
                prop_assert_eq!(map.get(&key), expected.get(&key));
                prop_assert_eq!(map.get_mut(&key), expected.get_mut(&key));
                prop_assert_eq!(map.place_of(&key), expected.get_index_of(&key));
                prop_assert_eq!(map.len(), expected.len());
            }
            prop_assert!(map.iter().eq(&expected));
            prop_assert!(map.values().rev().eq(expected.values().rev()));
        }
    }
}
