//! What reading the manifests of a large project costs.
//!
//! ```text
//! cargo bench --bench manifests
//! ```
//!
//! Reads the manifests of the file that `MANIFESTS` names, one a line; without it, made-up ones of
//! the size that is usual in an abbreviated packument.
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use denpm::manifest::Manifest;
use divan::Bencher;
use serde_json::{Map, Value, json};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Packages of a large project.
const PACKAGES: usize = 1500;

fn main() {
    divan::main();
}

/// As resolution reads them, and keeps them.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn manifests_of_a_large_project(bencher: Bencher<'_, '_>) {
    let texts = texts();
    bencher.bench_local(|| {
        let read = texts.iter().map(|text| Manifest::from_slice(text.as_bytes()).unwrap());
        read.collect::<Vec<_>>()
    });
}

#[expect(clippy::disallowed_methods, reason = "a benchmark has no configuration")]
fn texts() -> Vec<String> {
    match std::env::var("MANIFESTS") {
        Ok(path) => std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect(),
        Err(_) => (0..PACKAGES).map(|number| manifest(number).to_string()).collect(),
    }
}

fn manifest(number: usize) -> Value {
    let deps = |kind: &str, count: usize| -> Map<String, Value> {
        let entry = |other| (format!("{kind}-{other}"), json!(format!("^{other}.{number}.0")));
        (0..count).map(entry).collect()
    };
    json!({
        "name": format!("package-{number}"),
        "version": format!("1.2.{number}"),
        "dependencies": deps("needed", number % 7),
        "devDependencies": deps("tool", number % 13),
        "engines": { "node": ">=18" },
        "dist": {
            "shasum": "0123456789abcdef0123456789abcdef01234567",
            "tarball": format!("https://registry.example/package-{number}/-/package-{number}-1.2.{number}.tgz"),
            "fileCount": 12,
            "integrity": format!("sha512-{}==", "a".repeat(86)),
            "signatures": [{ "keyid": format!("SHA256:{}", "b".repeat(43)), "sig": "c".repeat(96) }],
            "unpackedSize": 34_567,
        },
    })
}
