//! Interned package names, and maps keyed by them as npm's case-insensitive map is.
//!
//! Follows `case-insensitive-map.js`: two names that differ only in case (or in Unicode
//! compatibility form) collide, the last writer wins and moves to the end of the order.

use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

use super::hash::{IndexSet, OrderedMap};

/// An interned package name (or alias): equal names have equal values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(u32);

impl Name {
    /// Its place among all names of its tree.
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The table behind [`Name`].
#[derive(Debug, Default)]
pub(super) struct Names {
    texts: IndexSet<Arc<str>>,
    folded: Vec<Name>,
}

impl Names {
    /// The name for a text, new or known.
    pub(super) fn intern(&mut self, text: &str) -> Name {
        if let Some(index) = self.texts.get_index_of(text) {
            return Name(u32::try_from(index).unwrap_or(u32::MAX));
        }
        let (index, _) = self.texts.insert_full(Arc::from(text));
        let name = Name(u32::try_from(index).unwrap_or(u32::MAX));
        self.folded.push(name);
        let folded = fold(text);
        if folded != text {
            let folded = self.intern(&folded);
            if let Some(slot) = self.folded.get_mut(index) {
                *slot = folded;
            }
        }
        name
    }

    /// All names, in the order in which they were interned.
    pub(super) fn all(&self) -> impl Iterator<Item = Name> + use<> {
        (0..u32::try_from(self.texts.len()).unwrap_or(u32::MAX)).map(Name)
    }

    /// Their texts, in the same order.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(|text| &**text)
    }

    /// The name for a text, if it was ever interned.
    pub(super) fn find(&self, text: &str) -> Option<Name> {
        self.texts.get_index_of(text).and_then(|index| u32::try_from(index).ok()).map(Name)
    }

    /// The text of a name.
    pub(super) fn text(&self, name: Name) -> &Arc<str> {
        // Every Name was made by `intern`, so the index is always there; the first entry stands in
        // for the impossible case so that no path here can panic.
        static EMPTY: std::sync::LazyLock<Arc<str>> = std::sync::LazyLock::new(|| Arc::from(""));
        self.texts.get_index(name.0 as usize).unwrap_or(&EMPTY)
    }

    /// The name under which maps keep this one: lower case, compatibility-decomposed.
    pub(super) fn folded(&self, name: Name) -> Name {
        self.folded.get(name.0 as usize).copied().unwrap_or(name)
    }
}

/// Something for every name; most names of a tree have it.
#[derive(Clone, Debug)]
pub(super) struct ByName<T>(Vec<T>);

impl<T> Default for ByName<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Default> ByName<T> {
    /// What the names have, in the order in which they were interned.
    pub(super) fn into_values(self) -> impl Iterator<Item = T> {
        self.0.into_iter()
    }

    /// What a name has; `None`, or what is empty, for a name that has nothing.
    pub(super) fn get(&self, name: Name) -> Option<&T> {
        self.0.get(name.0 as usize)
    }

    /// Changes what a name has.
    pub(super) fn change(&mut self, name: Name, change: impl FnOnce(&mut T)) {
        let index = name.0 as usize;
        if self.0.len() <= index {
            self.0.resize_with(index + 1, T::default);
        }
        if let Some(found) = self.0.get_mut(index) {
            change(found);
        }
    }
}

fn fold(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.nfkd().collect::<String>().to_lowercase()
    }
}

/// A map from folded names to values in insertion order.
///
/// Keys are passed already folded ([`Names::folded`]); the name as written is kept beside the value.
#[derive(Clone, Debug)]
pub(super) struct NameMap<V>(OrderedMap<Name, (Name, V)>);

impl<V> Default for NameMap<V> {
    fn default() -> Self {
        Self(OrderedMap::default())
    }
}

impl<V: Copy> NameMap<V> {
    /// The same map under other names, with other values.
    pub(super) fn map<W>(
        self,
        rename: impl Fn(Name) -> Name,
        change: impl Fn(V) -> W,
    ) -> NameMap<W> {
        NameMap(self.0.map(|folded, (name, value)| (rename(folded), (rename(name), change(value)))))
    }

    pub(super) fn get(&self, folded: Name) -> Option<V> {
        self.0.get(&folded).map(|&(_, value)| value)
    }

    /// Where in the order a value is, if it is the one of that name.
    pub(super) fn place_of(&self, folded: Name, value: V) -> Option<usize>
    where
        V: PartialEq,
    {
        (self.get(folded)? == value).then(|| self.0.place_of(&folded))?
    }

    /// Makes room for so many more.
    pub(super) fn reserve(&mut self, more: usize) {
        self.0.reserve(more);
    }

    /// Sets a value; an existing key moves to the end, as in npm's map.
    pub(super) fn set(&mut self, folded: Name, name: Name, value: V) {
        self.0.shift_remove(&folded);
        self.0.insert(folded, (name, value));
    }

    pub(super) fn remove(&mut self, folded: Name) -> Option<V> {
        self.0.shift_remove(&folded).map(|(_, value)| value)
    }

    pub(super) fn values(&self) -> impl DoubleEndedIterator<Item = V> + '_ {
        self.0.values().map(|&(_, value)| value)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_case_share_a_slot_and_the_last_writer_moves_to_the_end() {
        let mut names = Names::default();
        let mut map = NameMap::default();
        for (text, value) in [("JSONStream", 1), ("b", 2), ("jsonstream", 3)] {
            let name = names.intern(text);
            map.set(names.folded(name), name, value);
        }
        assert_eq!(map.values().collect::<Vec<_>>(), [2, 3]);
        let name = names.intern("JsonStream");
        assert_eq!(map.get(names.folded(name)), Some(3));
    }

    #[test]
    fn interning_twice_gives_the_same_name() {
        let mut names = Names::default();
        let first = names.intern("@scope/Ä");
        assert_eq!(first, names.intern("@scope/Ä"));
        assert_eq!(&**names.text(first), "@scope/Ä");
    }
}
