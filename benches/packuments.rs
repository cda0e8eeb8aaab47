//! What reading packuments costs: all of them for a cache, or a version each for its signature.
//!
//! ```text
//! cargo bench --bench packuments
//! ```
//!
//! The documents are made up, of the size and with as many versions as is usual.
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use bytes::Bytes;
use denpm::{
    arborist::{PickOptions, pick_manifest},
    manifest::{Excerpt, Packument},
    spec::Spec,
};
use divan::{
    Bencher,
    counter::{BytesCount, ItemsCount},
};
use serde_json::{Map, Value, json};
use std::{path::Path, sync::Arc};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Packages; a large project has ten times as many.
const PACKAGES: usize = 150;
/// Versions of each.
const VERSIONS: usize = 120;

fn main() {
    divan::main();
}

/// What a document costs that is kept.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn an_index_of_all_versions(bencher: Bencher<'_, '_>) {
    let texts = texts();
    counted(bencher, &texts).bench_local(|| {
        let read = texts.iter().map(|text| Packument::index_of(text).unwrap());
        read.collect::<Vec<_>>()
    });
}

/// What a document costs of which a lockfile names one version.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn an_excerpt_of_one_version(bencher: Bencher<'_, '_>) {
    let texts = texts();
    let wanted = [version(VERSIONS / 2)];
    counted(bencher, &texts).bench_local(|| {
        let read = texts.iter().map(|text| Excerpt::read(&wanted, text).unwrap());
        read.collect::<Vec<_>>()
    });
}

/// What a range costs in a packument that was read before.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn the_best_version_of_a_range(bencher: Bencher<'_, '_>) {
    let open =
        |text: Bytes| Packument::open(Packument::index_of(&text).unwrap(), Arc::new(text)).unwrap();
    let packuments = || texts().into_iter().map(open).collect::<Vec<_>>();
    let spec = Spec::resolve("package", "^4.1.0 || >=7.2.0 <9", Path::new("/")).unwrap();
    let options = PickOptions { default_tag: "latest".into(), ..PickOptions::default() };
    bencher.counter(ItemsCount::new(PACKAGES)).with_inputs(packuments).bench_local_values(
        |packuments| {
            let picked = packuments.iter().map(|one| pick_manifest(one, &spec, &options).unwrap());
            picked.collect::<Vec<_>>()
        },
    );
}

fn counted<'a, 'b>(bencher: Bencher<'a, 'b>, texts: &[Bytes]) -> Bencher<'a, 'b> {
    let bytes: usize = texts.iter().map(Bytes::len).sum();
    bencher.counter(BytesCount::new(bytes)).counter(ItemsCount::new(texts.len()))
}

fn texts() -> Vec<Bytes> {
    (0..PACKAGES).map(|_| packument().to_string().into()).collect()
}

fn version(number: usize) -> String {
    format!("{}.{}.{}", number / 12, number / 3 % 4, number % 3)
}

/// An abbreviated one.
fn packument() -> Value {
    let versions: Map<String, Value> =
        (0..VERSIONS).map(|number| (version(number), manifest(number))).collect();
    json!({
        "name": "package",
        "dist-tags": { "latest": version(VERSIONS - 1) },
        "versions": versions,
        "modified": "2025-11-01T00:00:00.000Z",
    })
}

fn manifest(number: usize) -> Value {
    let dependencies: Map<String, Value> =
        (0..number % 6).map(|other| (format!("needed-{other}"), json!("^1.2.3"))).collect();
    json!({
        "name": "package",
        "version": version(number),
        "dependencies": dependencies,
        "engines": { "node": ">=18" },
        "dist": {
            "integrity": format!("sha512-{}==", "a".repeat(86)),
            "shasum": "0123456789abcdef0123456789abcdef01234567",
            "tarball": "https://registry.example/package/-/package-1.2.3.tgz",
            "fileCount": 12,
            "unpackedSize": 34_567,
            "signatures": [{ "keyid": format!("SHA256:{}", "b".repeat(43)), "sig": "c".repeat(96) }],
        },
    })
}
