//! What comparing code costs, in bytes of JavaScript a second: at least 20 MB on one core.
//!
//! ```text
//! cargo bench --bench inspection
//! DENPM_BENCH_PACKAGES=<folder> cargo bench --bench inspection
//! ```
//!
//! The first reads the fixture of the test vectors that lie beside the repository, repeated to the
//! size of a large build; the second whole packages, unpacked as `<folder>/<name>-<version>`, two
//! versions of each (`/` and `@` of a name as `_`).
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]
#![allow(clippy::print_stderr, reason = "what is skipped is said")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use denpm::inspect::minified::{Files, MAX_FILE, compare};
use divan::{Bencher, black_box, counter::BytesCount};

/// As in the program that is measured.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/vectors/minified");
/// The least size of the repeated build, in bytes.
const REPEATED: usize = 1 << 20;

fn main() {
    divan::main();
}

/// The files of a folder that the inspection reads, by path.
fn files(folder: &Path) -> Files {
    fn walk(folder: &Path, prefix: &str, into: &mut BTreeMap<String, Arc<[u8]>>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type().unwrap().is_dir() {
                walk(&entry.path(), &format!("{path}/"), into);
            } else if Files::wants(&path) && entry.metadata().unwrap().len() <= MAX_FILE as u64 {
                into.insert(path, fs::read(entry.path()).unwrap().into());
            }
        }
    }
    let mut all = Files::default();
    walk(folder, "", &mut all.by_path);
    let version = folder.file_name().unwrap().to_string_lossy().into_owned();
    all.version = version.rsplit_once('-').map_or(String::new(), |(_, version)| version.to_owned());
    all
}

/// The bytes of JavaScript that a comparison has to parse: of files that changed, in both versions.
fn changed_bytes(new: &Files, old: &Files) -> usize {
    let is_script = |path: &str| path.ends_with("js");
    let changed = new.by_path.iter().filter(|(path, bytes)| {
        is_script(path) && old.by_path.get(*path).is_none_or(|old| old != *bytes)
    });
    changed
        .map(|(path, bytes)| bytes.len() + old.by_path.get(path).map_or(0, |old| old.len()))
        .sum()
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn fixture_of_the_vectors(bencher: Bencher<'_, '_>) {
    let folder = PathBuf::from(VECTORS).join("fixture-appended-iife");
    if !folder.is_dir() {
        eprintln!("skipped: there is no {}", folder.display());
        return;
    }
    let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let repeated = |text: &str| format!("{{{text}}}\n").repeat(REPEATED / text.len());
    let of = |build: &str| {
        let mut files = Files::default();
        files.by_path.insert("a.js".to_owned(), repeated(&text("index.js")).into_bytes().into());
        files.by_path.insert("a.min.js".to_owned(), repeated(build).into_bytes().into());
        files
    };
    let clean = text("index.clean.min.js");
    let old = of(&clean);
    let new = of(&format!("{clean}\n;1"));
    bench(bencher, &[(new, old)]);
}

#[divan::bench(sample_count = 5, sample_size = 1)]
#[allow(clippy::disallowed_methods, reason = "where the packages of a benchmark lie")]
fn packages_and_their_previous_versions(bencher: Bencher<'_, '_>) {
    let Some(folder) = std::env::var_os("DENPM_BENCH_PACKAGES") else {
        eprintln!("skipped: DENPM_BENCH_PACKAGES names no folder of packages");
        return;
    };
    let mut folders: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().flatten().map(|it| it.path()).collect();
    folders.retain(|path| path.join("package.json").is_file());
    folders.sort();
    let stem = |path: &Path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.rsplit_once('-').map(|(name, _)| name.to_owned())
    };
    let pairs: Vec<(Files, Files)> = folders
        .iter()
        .zip(folders.iter().skip(1))
        .filter(|(old, new)| stem(old) == stem(new))
        .map(|(old, new)| (files(new), files(old)))
        .collect();
    bench(bencher, &pairs);
}

fn bench(bencher: Bencher<'_, '_>, pairs: &[(Files, Files)]) {
    let bytes: usize = pairs.iter().map(|(new, old)| changed_bytes(new, old)).sum();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        for (new, old) in pairs {
            drop(black_box(compare(black_box(new), Some(old))));
        }
    });
}
