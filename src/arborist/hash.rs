//! Maps and sets of the tree, with a hash that suits millions of small keys.
//!
//! Seeded anew in each run, so that names chosen to collide do not.

use foldhash::fast::RandomState;

/// [`indexmap::IndexMap`] with the fast hash.
pub(super) type IndexMap<K, V> = indexmap::IndexMap<K, V, RandomState>;

/// [`indexmap::IndexSet`] with the fast hash.
pub(super) type IndexSet<T> = indexmap::IndexSet<T, RandomState>;

/// [`std::collections::HashMap`] with the fast hash, where order does not matter.
pub(super) type HashMap<K, V> = std::collections::HashMap<K, V, RandomState>;

/// [`std::collections::HashSet`] with the fast hash, where order does not matter.
pub(super) type HashSet<T> = std::collections::HashSet<T, RandomState>;
