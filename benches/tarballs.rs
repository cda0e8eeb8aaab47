//! What becomes of tarballs: unpacked into the store, and looked at again there.
//!
//! ```text
//! TMPDIR=/dev/shm cargo bench --bench tarballs
//! ```
//!
//! Files are made in the folder for temporary files: on a disk it is the disk that is measured.
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use denpm::{
    store::{Depth, ImportContext, Store},
    verify::{Algorithm, Integrity, integrity::Digests},
};
use divan::{
    Bencher,
    counter::{BytesCount, ItemsCount},
};
use flate2::{Compression, write::GzEncoder};
use tempfile::TempDir;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Files of a package, beside its package.json.
const FILES: usize = 24;
/// The size of each, in bytes.
const SIZE: usize = 9_000;

fn main() {
    divan::main();
}

/// SHA-512, inflate, names, SHA-256 of every file, files.
#[divan::bench(sample_count = 50, sample_size = 1)]
fn a_package_into_the_store(bencher: Bencher<'_, '_>) {
    let body = tarball();
    let integrity = integrity(&body);
    let bytes = BytesCount::new(FILES * SIZE);
    bencher.counter(bytes).with_inputs(|| TempDir::new().unwrap()).bench_local_refs(|folder| {
        let store = Store::open(folder.path()).unwrap();
        store.import_buffer(&body, Some(&integrity), &context()).unwrap()
    });
}

/// The same as it arrives, for what is too large to be kept in memory.
#[divan::bench(sample_count = 50, sample_size = 1)]
fn a_package_into_the_store_as_it_arrives(bencher: Bencher<'_, '_>) {
    let body = tarball();
    let integrity = integrity(&body);
    let bytes = BytesCount::new(FILES * SIZE);
    bencher.counter(bytes).with_inputs(|| TempDir::new().unwrap()).bench_local_refs(|folder| {
        let store = Store::open(folder.path()).unwrap();
        store.import(body.as_slice(), Some(&integrity), &context()).unwrap()
    });
}

/// What a warm install asks of a package: its index, and whether a file has changed.
#[divan::bench(sample_count = 50, sample_size = 20)]
fn a_package_that_is_there(bencher: Bencher<'_, '_>) {
    let folder = TempDir::new().unwrap();
    let body = tarball();
    let integrity = integrity(&body);
    let store = Store::open(folder.path()).unwrap();
    store.import_buffer(&body, Some(&integrity), &context()).unwrap();
    bencher.counter(ItemsCount::new(FILES)).bench_local(|| {
        store.get(&integrity).unwrap().verify_unchanged(Depth::Quick).unwrap();
    });
}

fn context() -> ImportContext {
    ImportContext { package: "package@1.0.0".into(), unpacked_size: None, file_count: None }
}

fn integrity(body: &[u8]) -> Integrity {
    Digests::of(body, [Algorithm::Sha512]).sha512_integrity()
}

fn tarball() -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    let mut add = |path: &str, content: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_entry_type(tar::EntryType::Regular);
        archive.append_data(&mut header, path, content).unwrap();
    };
    add("package/package.json", br#"{"name":"package","version":"1.0.0"}"#);
    for number in 0..FILES {
        add(&format!("package/lib/{}/file-{number}.js", number % 4), source(number).as_bytes());
    }
    archive.into_inner().unwrap().finish().unwrap()
}

/// Text that packs about as well as source does.
fn source(seed: usize) -> String {
    const WORDS: [&str; 12] = [
        "const", "value", "=>", "{", "return", "index", "}", ";\n", "function", "(", "length", ")",
    ];
    let mut state = seed as u64;
    let words = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let word = WORDS.get(usize::try_from(state >> 40).unwrap() % WORDS.len());
        // Names are what does not repeat.
        if state >> 61 == 0 { format!("name_{}", state >> 40) } else { (*word.unwrap()).to_owned() }
    });
    let mut text = words.take(SIZE).collect::<Vec<_>>().join(" ");
    text.truncate(SIZE);
    text
}
