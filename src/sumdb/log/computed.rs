//! Leaves that were computed on this machine before: a file beside the embedded log.
//!
//! An entry is 72 bytes: what was computed from what, the leaf, and a check over both, so that no
//! bit that fell over becomes another leaf. The file is a cache: what is not in it, or cannot be
//! read, is computed again. Whoever holds the log's lock may add to it; readers need none.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::Path,
};

use sha2::{Digest, Sha256};

use crate::{
    fs::read_bounded,
    sumdb::{record::PackageKey, tlog::Hash},
};

const FILE: &str = "computed";
/// The most bytes that are kept: some 230,000 versions. Beyond that the file begins anew.
const MAX_BYTES: u64 = 16 << 20;
const ID: usize = 32;
const CHECK: usize = 8;
const ENTRY: usize = ID + Hash::LEN + CHECK;

/// What was computed before.
#[derive(Debug, Default)]
pub struct ComputedLeaves {
    bytes: Vec<u8>,
    /// How an entry begins, and its number; sorted.
    order: Vec<(u64, usize)>,
}

impl ComputedLeaves {
    /// Reads the file in the folder of the embedded log; one that cannot be read is as good as none.
    pub fn load(folder: &Path) -> Self {
        let bytes = read_bounded(&folder.join(FILE), MAX_BYTES).unwrap_or_default();
        let numbered = bytes.chunks_exact(ENTRY).enumerate();
        let mut order: Vec<_> =
            numbered.filter_map(|(number, entry)| Some((prefix(entry)?, number))).collect();
        order.sort_unstable();
        Self { bytes, order }
    }

    /// The leaf of a version, if it was computed from what has the digest `source`.
    pub fn get(&self, key: &PackageKey, source: &[u8; 32]) -> Option<Hash> {
        let id = id(key, source);
        let wanted = prefix(&id)?;
        let from = self.order.partition_point(|(prefix, _)| *prefix < wanted);
        let same = self.order.get(from..)?.iter().take_while(|(prefix, _)| *prefix == wanted);
        same.into_iter().find_map(|(_, number)| {
            let (found, rest) = self.bytes.get(number * ENTRY..)?.split_first_chunk()?;
            let (leaf, rest) = rest.split_first_chunk()?;
            let leaf = Hash(*leaf);
            (*found == id && *rest.first_chunk()? == check_of(&id, leaf)).then_some(leaf)
        })
    }

    /// Adds what was computed just now; a cache that cannot be written is no cache, not an error.
    pub fn add<'a>(
        folder: &Path,
        computed: impl IntoIterator<Item = (&'a PackageKey, &'a [u8; 32], Hash)>,
    ) {
        let mut bytes = Vec::new();
        for (key, source, leaf) in computed {
            let id = id(key, source);
            bytes.extend(id);
            bytes.extend(leaf.0);
            bytes.extend(check_of(&id, leaf));
        }
        let path = folder.join(FILE);
        let length = fs::metadata(&path).map_or(0, |found| found.len());
        // A cut entry would shift all that follow.
        if !length.is_multiple_of(ENTRY as u64) || length + bytes.len() as u64 > MAX_BYTES {
            drop(fs::remove_file(&path));
        }
        if let Ok(mut file) = OpenOptions::new().create(true).append(true).open(&path) {
            drop(file.write_all(&bytes));
        }
    }
}

/// What is computed from what: how is part of it, and another version of denpm may know better.
fn id(key: &PackageKey, source: &[u8; 32]) -> [u8; ID] {
    let mut id = Sha256::new();
    for part in [env!("CARGO_PKG_VERSION"), " ", key.as_line(), "\n"] {
        id.update(part);
    }
    id.update(source);
    id.finalize().into()
}

fn check_of(id: &[u8; ID], leaf: Hash) -> [u8; CHECK] {
    let whole = Sha256::new().chain_update(id).chain_update(leaf.0).finalize();
    let mut check = [0; CHECK];
    check.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
    check
}

fn prefix(entry: &[u8]) -> Option<u64> {
    entry.first_chunk().map(|first| u64::from_be_bytes(*first))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sumdb::tlog::leaf_hash;

    fn key(name: &str) -> PackageKey {
        PackageKey::new("npm", name, "1.0.0").unwrap()
    }

    fn added(folder: &Path, names: &[&str]) {
        let keys: Vec<_> = names.iter().map(|name| key(name)).collect();
        let entry = |key| (key, &[7; 32], leaf_hash(b"x"));
        ComputedLeaves::add(folder, keys.iter().map(entry));
    }

    #[test]
    fn a_leaf_is_known_for_its_version_and_what_it_was_computed_from() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(ComputedLeaves::load(folder.path()).get(&key("a"), &[7; 32]), None);
        added(folder.path(), &["a", "b"]);
        added(folder.path(), &["c"]);
        let known = ComputedLeaves::load(folder.path());
        for name in ["a", "b", "c"] {
            assert_eq!(known.get(&key(name), &[7; 32]), Some(leaf_hash(b"x")));
            assert_eq!(known.get(&key(name), &[8; 32]), None);
        }
        assert_eq!(known.get(&key("d"), &[7; 32]), None);
    }

    #[test]
    fn what_is_changed_or_cut_is_not_known_and_breaks_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        added(folder.path(), &["a"]);
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            fs::write(&path, changed).unwrap();
            assert_eq!(ComputedLeaves::load(folder.path()).get(&key("a"), &[7; 32]), None);
        }
        fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        assert_eq!(ComputedLeaves::load(folder.path()).get(&key("a"), &[7; 32]), None);
        added(folder.path(), &["b"]);
        let known = ComputedLeaves::load(folder.path());
        assert_eq!(known.get(&key("b"), &[7; 32]), Some(leaf_hash(b"x")));
    }

    #[test]
    fn a_file_that_became_too_large_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let full = MAX_BYTES / ENTRY as u64 * ENTRY as u64;
        fs::File::create(&path).unwrap().set_len(full).unwrap();
        added(folder.path(), &["a"]);
        assert_eq!(fs::metadata(&path).unwrap().len(), ENTRY as u64);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic_and_know_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join(FILE), bytes).unwrap();
            prop_assert_eq!(ComputedLeaves::load(folder.path()).get(&key("a"), &[7; 32]), None);
        }
    }
}
