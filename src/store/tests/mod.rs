//! The store from outside: hostile archives, look-up, races, changes.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Barrier,
    time::{Duration, SystemTime},
};

use tempfile::TempDir;

use super::{
    archive::{Fault, Refusal, Rule, Walk, Whole},
    entry_path::PathRule,
    error::{ImportContext, StoreError},
    extract::{CaseRule, IgnoreFiles, unpack},
    index::Depth,
    store::{MAX_WHOLE, STALE, Store, extract},
    stored::StoredPackage,
    testing::{RawHeader, TarBuilder, gzip, pax},
};
use crate::{
    error::{Code, Explain},
    verify::integrity::{Algorithm, Digests, Integrity, encode_hex},
};

/// A source that gives its bytes in pieces of changing length, as a network does.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = self.1 % 700 + 37;
        let length = self.0.len().min(self.1).min(buffer.len());
        let (part, rest) = self.0.split_at(length);
        buffer[..length].copy_from_slice(part);
        self.0 = rest;
        Ok(length)
    }
}

fn context() -> ImportContext {
    ImportContext { package: "a@1.0.0".to_owned(), ..ImportContext::default() }
}

fn temporary_store() -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    (dir, store)
}

/// Everything below a directory: files with content and mode, directories with none.
fn tree(dir: &Path) -> BTreeMap<String, Option<(Vec<u8>, u32)>> {
    fn walk(base: &Path, dir: &Path, found: &mut BTreeMap<String, Option<(Vec<u8>, u32)>>) {
        for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
            let name = entry.path().strip_prefix(base).unwrap().to_str().unwrap().to_owned();
            if entry.file_type().unwrap().is_dir() {
                found.insert(name, None);
                walk(base, &entry.path(), found);
            } else {
                found.insert(name, Some((fs::read(entry.path()).unwrap(), mode(&entry.path()))));
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(dir, dir, &mut found);
    found
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions()) & 0o7777
}

#[cfg(not(unix))]
fn mode(_: &Path) -> u32 {
    0
}

type Tree = BTreeMap<String, Option<(Vec<u8>, u32)>>;

/// Imports with both readers into stores of their own, finds that they agree, and that a refusal leaves nothing.
fn import_both(body: &[u8], context: &ImportContext) -> Result<Tree, Refusal> {
    let verdict = |import: &dyn Fn(&Store) -> Result<StoredPackage, StoreError>| {
        let (dir, store) = temporary_store();
        match import(&store) {
            Ok(package) => {
                package.verify_unchanged(Depth::Full).unwrap();
                Ok((tree(&package.dir), package.index))
            }
            Err(StoreError::Archive { refusal, .. }) => {
                assert_eq!(files_in_store(dir.path()), Vec::<String>::new(), "{refusal:?}");
                Err(refusal)
            }
            Err(other) => panic!("{other:?}"),
        }
    };
    let streamed = verdict(&|store| store.import(Trickle(body, 0), None, context));
    let whole = verdict(&|store| store.import_buffer(body, None, context));
    assert_eq!(streamed, whole);
    whole.map(|(tree, _)| tree)
}

fn files_in_store(root: &Path) -> Vec<String> {
    let files = tree(root).into_iter().filter(|(_, file)| file.is_some());
    files.map(|(name, _)| name).collect()
}

fn accepted(body: &[u8]) -> Tree {
    import_both(body, &context()).unwrap()
}

fn refused(body: &[u8]) -> Rule {
    import_both(body, &context()).unwrap_err().rule
}

fn names(tree: &Tree) -> Vec<&str> {
    tree.keys().map(String::as_str).collect()
}

mod archives;
mod imports;
