//! What resolution costs when every packument is at hand: choosing, placing, writing the lock.
//!
//! ```text
//! cargo bench --bench resolution
//! ```
//!
//! The packages are made up: each needs some that come after it, an older major of one of them
//! now and then, so that about a third has to be nested.
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use denpm::{
    arborist::{
        BuildOptions, Fetched, Ideal, LoadFailure, LockStart, Machine, ManifestRequest, Manifests,
        PackageSource, PickOptions, Platform, Project, Shrinkwrap, Start, TreeSettings, build,
        pick_manifest,
    },
    event::{Event, Reporter},
    lockfile::{LockWriter, Lockfile, RegistryResolved},
    manifest::{JsonFormat, Manifest, Packument},
    spec::Spec,
};
use divan::{Bencher, counter::ItemsCount};
use serde_json::{Map, Value, json};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Packages of a large project, before any is nested.
const PACKAGES: usize = 1000;

fn main() {
    divan::main();
}

/// Nothing is known.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn a_tree_from_nothing(bencher: Bencher<'_, '_>) {
    let registry = registry();
    let Ideal { tree, root, .. } = resolve(&registry, None);
    let nodes = tree.inventory_of(root).len();
    bencher.counter(ItemsCount::new(nodes)).bench_local(|| resolve(&registry, None));
}

/// A lockfile has it all.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn a_tree_from_its_lock(bencher: Bencher<'_, '_>) {
    let registry = registry();
    let ideal = resolve(&registry, None);
    let lock = written(&ideal);
    bencher.bench_local(|| resolve(&registry, Some(&lock)));
}

/// It is written.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn a_lock_of_a_tree(bencher: Bencher<'_, '_>) {
    let ideal = resolve(&registry(), None);
    bencher.bench_local(|| written(&ideal));
}

/// Packuments in memory.
struct Registry(HashMap<String, Packument>);

fn registry() -> Registry {
    let packument = |number: usize| {
        let name = format!("package-{number}");
        let versions: Map<String, Value> =
            (1..6).map(|major| (format!("{major}.2.0"), manifest(&name, number, major))).collect();
        let document = json!({
            "name": name, "dist-tags": { "latest": "5.2.0" }, "versions": versions,
        });
        (name, Packument::parse(document.to_string().into()).unwrap())
    };
    Registry((0..PACKAGES).map(packument).collect())
}

fn manifest(name: &str, number: usize, major: usize) -> Value {
    let dependencies: Map<String, Value> = [1, 7, 31, 90]
        .into_iter()
        .map(|step| {
            (number + step, if (number + step).is_multiple_of(9) { 3 + number % 3 } else { 5 })
        })
        .filter(|(other, _)| *other < PACKAGES)
        .map(|(other, major)| (format!("package-{other}"), json!(format!("^{major}.0.0"))))
        .collect();
    json!({
        "name": name,
        "version": format!("{major}.2.0"),
        "dependencies": dependencies,
        "dist": {
            "tarball": format!("https://registry.example/{name}/-/{name}-{major}.2.0.tgz"),
            // One that is the same tells npm that the packages are.
            "integrity": format!("sha512-{major}{number:0>85}=="),
        },
    })
}

impl Manifests for Registry {
    fn manifest(&self, request: &ManifestRequest<'_>) -> Result<Arc<Fetched>, LoadFailure> {
        let spec = request.spec.target();
        let packument = spec.name.as_deref().and_then(|name| self.0.get(name)).unwrap();
        let options = PickOptions { default_tag: "latest".into(), ..PickOptions::default() };
        let manifest = pick_manifest(packument, spec, &options).map_err(LoadFailure::new)?;
        let dist = manifest.dist.clone().unwrap_or_default();
        let (resolved, integrity) = (dist.tarball.map(Into::into), dist.integrity.map(Into::into));
        Ok(Arc::new(Fetched { manifest, resolved, integrity }))
    }

    fn prefetch(&self, _: &Spec) {}

    fn folder(&self, _: &str) -> Option<Arc<Manifest>> {
        None
    }

    fn inner_lock(&self, _: &Path) -> Option<Shrinkwrap> {
        None
    }

    fn unpacked(&self, _: &PackageSource<'_>) -> Result<PathBuf, LoadFailure> {
        // Nothing is bundled here.
        Ok(PathBuf::new())
    }
}

struct Silent;

impl Reporter for Silent {
    fn event(&self, _: Event) {}
}

fn resolve(registry: &Registry, lock: Option<&str>) -> Ideal {
    let roots = (0..40).map(|number| (format!("package-{number}"), json!("^5.0.0")));
    let package = json!({
        "name": "project", "version": "1.0.0", "dependencies": roots.collect::<Map<_, _>>(),
    });
    let project = Project {
        path: "/nowhere/project".into(),
        package: Arc::new(Manifest::from_value(&package).unwrap()),
        workspaces: indexmap::IndexMap::new(),
    };
    let platform = Platform { os: "linux".into(), cpu: "x64".into(), libc: None };
    let options = BuildOptions {
        save: true,
        prune: true,
        machine: Machine {
            node_version: "v24.0.0".into(),
            npm_version: "11.0.0".into(),
            target: platform.clone(),
            host: platform,
        },
        cwd: project.path.clone(),
        ..BuildOptions::default()
    };
    let lock = match lock {
        None => LockStart::Ignore { existed: false },
        Some(text) => LockStart::File(
            Lockfile::parse(text, Path::new("package-lock.json")).unwrap().shrinkwrap,
        ),
    };
    let start = Start::load(&project, lock, TreeSettings::default()).unwrap();
    build(start, registry, &options, &Silent).unwrap()
}

fn written(ideal: &Ideal) -> String {
    let writer = LockWriter {
        tree: &ideal.tree,
        root: ideal.root,
        registry_resolved: RegistryResolved::Record,
    };
    let format = JsonFormat { indent: "  ".into(), newline: "\n".into() };
    writer.lockfile(3, &Map::new(), &format)
}
