//! An object whose values are strings, as a manifest holds them: dependencies, scripts, commands.
//!
//! A project has thousands of such objects of a few entries each, so all strings of one lie in one
//! buffer, and a name is looked for entry by entry; only large objects are sorted for it.

use std::fmt;

use serde::{Serialize, Serializer};

use super::json::js_rank;

/// Up to so many entries are looked through one by one.
const FEW: usize = 16;

/// Strings by name, in the order they were given in; as JavaScript keeps them, integer-like names
/// first, when they were read from a document.
#[derive(Clone, Default)]
pub struct StringMap {
    text: String,
    entries: Vec<Entry>,
    /// The places of the entries in the order of their names; empty if there are few.
    by_name: Vec<usize>,
}

/// Where a name and its value lie in the text: one after the other.
#[derive(Clone, Copy, Debug)]
struct Entry {
    start: usize,
    middle: usize,
    end: usize,
}

impl StringMap {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let entry = self.entries.get(self.place(name)?)?;
        Some(self.value(entry))
    }

    /// Whether there is an entry of this name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> + Clone {
        self.entries.iter().map(|entry| (self.name(entry), self.value(entry)))
    }

    /// The names, in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.entries.iter().map(|entry| self.name(entry))
    }

    /// The values, in order.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.entries.iter().map(|entry| self.value(entry))
    }

    /// Gives a name a value: in its place if it is there, else at the end.
    pub fn insert(&mut self, name: &str, value: &str) {
        let place = self.place(name);
        let start = self.text.len();
        self.text.push_str(name);
        self.text.push_str(value);
        let entry = Entry { start, middle: start + name.len(), end: self.text.len() };
        if let Some(known) = place.and_then(|place| self.entries.get_mut(place)) {
            *known = entry;
        } else {
            let last = self.entries.len();
            self.entries.push(entry);
            if self.by_name.is_empty() {
                self.sort();
            } else {
                let at = self.by_name.partition_point(|&place| self.name_at(place) < name);
                self.by_name.insert(at, last);
            }
        }
    }

    /// Gives a name another value, if it is there.
    pub fn replace(&mut self, name: &str, value: &str) {
        if self.contains_key(name) {
            self.insert(name, value);
        }
    }

    /// Removes the entry of a name; the order of the others stays. Whether it was there.
    pub fn shift_remove(&mut self, name: &str) -> bool {
        let place = self.place(name);
        if let Some(place) = place {
            self.entries.remove(place);
            self.sort();
        }
        place.is_some()
    }

    /// Keeps the entries of which this is true.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &str) -> bool) {
        let mut entries = std::mem::take(&mut self.entries);
        entries.retain(|entry| keep(self.name(entry), self.value(entry)));
        self.entries = entries;
        self.sort();
    }

    fn name(&self, entry: &Entry) -> &str {
        self.text.get(entry.start..entry.middle).unwrap_or_default()
    }

    fn value(&self, entry: &Entry) -> &str {
        self.text.get(entry.middle..entry.end).unwrap_or_default()
    }

    fn name_at(&self, place: usize) -> &str {
        self.entries.get(place).map(|entry| self.name(entry)).unwrap_or_default()
    }

    fn place(&self, name: &str) -> Option<usize> {
        if self.by_name.is_empty() {
            return self.entries.iter().position(|entry| self.name(entry) == name);
        }
        let found = self.by_name.binary_search_by(|&place| self.name_at(place).cmp(name));
        found.ok().and_then(|at| self.by_name.get(at).copied())
    }

    /// Orders the names for looking them up, where there are many.
    fn sort(&mut self) {
        self.by_name.clear();
        if self.entries.len() > FEW {
            self.by_name = self.places_by_name();
        }
    }

    /// Entries of one name, which only a map in the making has, in their own order.
    fn places_by_name(&self) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.entries.len()).collect();
        places.sort_by(|&a, &b| self.name_at(a).cmp(self.name_at(b)));
        places
    }

    /// Of entries of one name the first keeps its place and takes the last's value.
    fn merge(&mut self) {
        let is_doubled = |(place, entry): (usize, &Entry)| {
            self.entries.iter().take(place).any(|other| self.name(other) == self.name(entry))
        };
        if self.len() <= FEW && !self.entries.iter().enumerate().any(is_doubled) {
            return;
        }
        let mut merged: Vec<Option<Entry>> = self.entries.iter().copied().map(Some).collect();
        let places = self.places_by_name();
        for same in places.chunk_by(|&a, &b| self.name_at(a) == self.name_at(b)) {
            let last = same.last().and_then(|&last| merged.get_mut(last)?.take());
            for place in same {
                if let Some(entry) = merged.get_mut(*place) {
                    *entry = None;
                }
            }
            if let Some(first) = same.first().and_then(|&first| merged.get_mut(first)) {
                *first = last;
            }
        }
        self.entries = merged.into_iter().flatten().collect();
    }
}

impl<N: AsRef<str>, V: AsRef<str>> FromIterator<(N, V)> for StringMap {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(entries: I) -> Self {
        let mut builder = Builder::default();
        for (name, value) in entries {
            builder.begin(name.as_ref()).push_str(value.as_ref());
            builder.end();
        }
        builder.merged()
    }
}

impl PartialEq for StringMap {
    /// Whatever the order.
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(name, value)| other.get(name) == Some(value))
    }
}

impl Eq for StringMap {}

impl fmt::Debug for StringMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Serialize for StringMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// A [`StringMap`] in the making: a name may still be there twice.
#[derive(Default)]
pub(super) struct Builder(StringMap);

impl Builder {
    /// Begins an entry. What is appended to the text is its value.
    pub(super) fn begin(&mut self, name: &str) -> &mut String {
        let map = &mut self.0;
        if map.entries.is_empty() {
            // What most need, at once.
            map.entries.reserve(4);
            map.text.reserve(96);
        }
        let start = map.text.len();
        map.text.push_str(name);
        let middle = map.text.len();
        map.entries.push(Entry { start, middle, end: middle });
        &mut map.text
    }

    /// Ends the entry that was begun.
    pub(super) fn end(&mut self) {
        if let Some(entry) = self.0.entries.last_mut() {
            entry.end = self.0.text.len();
        }
    }

    /// Every name once, in the order they were given in.
    pub(super) fn merged(self) -> StringMap {
        let mut map = self.0;
        map.merge();
        map.sort();
        map
    }

    /// The same in JavaScript's order.
    pub(super) fn in_js_order(self) -> StringMap {
        let mut map = self.0;
        map.merge();
        let mut entries = std::mem::take(&mut map.entries);
        entries.sort_by_key(|entry| js_rank(map.name(entry)));
        map.entries = entries;
        map.sort();
        map
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use indexmap::IndexMap;
    use proptest::prelude::*;

    fn entries(map: &StringMap) -> Vec<(&str, &str)> {
        map.iter().collect()
    }

    #[test]
    fn a_name_given_twice_keeps_its_place_and_takes_the_last_value() {
        let map: StringMap = [("b", "1"), ("a", "2"), ("b", "3")].into_iter().collect();
        assert_eq!(entries(&map), [("b", "3"), ("a", "2")]);
    }

    #[test]
    fn names_that_are_array_indices_come_first() {
        let mut builder = Builder::default();
        for name in ["b", "10", "02", "2", "a"] {
            builder.begin(name);
            builder.end();
        }
        assert_eq!(builder.in_js_order().keys().collect::<Vec<_>>(), ["2", "10", "b", "02", "a"]);
    }

    proptest! {
        #[test]
        fn it_does_what_a_hash_map_does(
            given in prop::collection::vec(("[a-d]{0,3}", "[a-d]{0,2}"), 0..60),
            later in prop::collection::vec(("[a-d]{0,3}", prop::option::of("[a-d]{0,2}")), 0..20),
        ) {
            let mut map: StringMap = given.iter().map(|(name, value)| (name, value)).collect();
            let mut expected: IndexMap<String, String> = given.into_iter().collect();
            for (name, value) in later {
                if let Some(value) = value {
                    map.insert(&name, &value);
                    expected.insert(name.clone(), value);
                } else {
                    let was_there = expected.shift_remove(&name).is_some();
                    prop_assert_eq!(map.shift_remove(&name), was_there);
                }
                let value = expected.get(&name).map(String::as_str);
                prop_assert_eq!(map.get(&name), value);
                prop_assert_eq!(map.contains_key(&name), value.is_some());
            }
            prop_assert!(map.iter().eq(expected.iter().map(|(a, b)| (a.as_str(), b.as_str()))));
            map.retain(|name, _| name < "c");
            expected.retain(|name, _| name.as_str() < "c");
            prop_assert!(map.keys().eq(expected.keys()));
        }
    }
}
