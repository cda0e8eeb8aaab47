//! What the embedded log costs an install: to remember packages, and to know them again.
//!
//! ```text
//! TMPDIR=/dev/shm cargo bench --bench log
//! ```
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use denpm::sumdb::{
    Hash, TreeHead,
    log::LocalLog,
    proof::{inclusions, verify_inclusions},
    record::{PackageKey, Record},
    tlog::{Span, leaf_hash, node_hash},
};
use divan::{Bencher, counter::ItemsCount};
use tempfile::TempDir;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Packages of a large project.
const PACKAGES: usize = 1500;
/// Packages of a log.
const LOGGED: usize = 1 << 16;

fn main() {
    divan::main();
}

/// The first install on a machine.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn new_packages_are_appended(bencher: Bencher<'_, '_>) {
    let records = records();
    let count = ItemsCount::new(PACKAGES);
    bencher.counter(count).with_inputs(|| TempDir::new().unwrap()).bench_local_refs(|folder| {
        LocalLog::open(folder.path()).unwrap().append(&records).unwrap()
    });
}

/// Every later one.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn known_packages_are_looked_up(bencher: Bencher<'_, '_>) {
    let records = records();
    let folder = TempDir::new().unwrap();
    LocalLog::open(folder.path()).unwrap().append(&records).unwrap();
    bencher.counter(ItemsCount::new(PACKAGES)).bench_local(|| {
        let log = LocalLog::open(folder.path()).unwrap();
        log.look_up(records.iter().map(|record| (record, record.leaf()))).unwrap()
    });
}

/// What a log somewhere else proves of a whole install at once.
#[divan::bench(sample_count = 50, sample_size = 1)]
fn one_proof_for_all_packages(bencher: Bencher<'_, '_>) {
    let all: Vec<Hash> = (0..LOGGED).map(|number| leaf_hash(&number.to_le_bytes())).collect();
    let leaves: Vec<(u64, Hash)> =
        (0..).zip(all.iter().copied()).step_by(LOGGED / PACKAGES + 1).collect();
    let places: Vec<u64> = leaves.iter().map(|(place, _)| *place).collect();
    let size = LOGGED as u64;
    let spans = inclusions(&places, size).unwrap();
    let proof: Vec<Hash> = spans.into_iter().map(|span| hash_of(span, &all)).collect();
    let tree = TreeHead { size, root: hash_of(Span::tree(size), &all) };
    bencher
        .counter(ItemsCount::new(leaves.len()))
        .bench_local(|| verify_inclusions(&leaves, tree, &proof).unwrap());
}

fn hash_of(span: Span, leaves: &[Hash]) -> Hash {
    match span.split() {
        Some((left, right)) => node_hash(&hash_of(left, leaves), &hash_of(right, leaves)),
        None => *leaves.get(usize::try_from(span.start).unwrap()).unwrap(),
    }
}

fn records() -> Vec<Record> {
    let record = |number: usize| {
        let key = PackageKey::new("npm", format!("package-{number}"), "1.2.3").unwrap();
        let hash = leaf_hash(&number.to_le_bytes());
        Record { key, sri: [7; 64], size: 34_567, tree: hash, manifest: hash }
    };
    (0..PACKAGES).map(record).collect()
}
