//! Several registries at random, and none of them trusted.

mod failures;
mod lag;
mod lies;
mod list;
mod mirrors;
mod private;
mod proven;
mod spread;
mod verdaccio;

use super::support::{Registry, Sandbox};
use serde_json::{Value, json};

/// A configured registry and its mirrors, with the same packages.
struct Pool {
    direct: Registry,
    mirrors: Vec<Registry>,
}

impl Pool {
    /// A pool of `size` registries that serve `tree` and the documents of single versions.
    fn of(size: usize, tree: &str) -> Self {
        Self::around(Registry::start().with_version_documents(), size, tree)
    }

    /// As [`Self::of`], of registries that have no documents of single versions.
    fn of_plain(size: usize, tree: &str) -> Self {
        Self::around(Registry::start(), size, tree)
    }

    fn around(direct: Registry, size: usize, tree: &str) -> Self {
        direct.tree(tree);
        let mirrors = (1..size).map(|_| Registry::mirror_of(&direct)).collect();
        Self { direct, mirrors }
    }

    /// All registries, the configured one first.
    fn all(&self) -> Vec<&Registry> {
        std::iter::once(&self.direct).chain(&self.mirrors).collect()
    }

    /// A project of a user who lists the mirrors, each an alternative to the others.
    fn sandbox(&self, dependencies: &Value) -> Sandbox {
        let sandbox = self.alone(dependencies);
        sandbox.npmrc("denpm-registries[]=direct");
        for mirror in &self.mirrors {
            sandbox.npmrc(&format!("denpm-registries[]={}", mirror.url()));
        }
        sandbox
    }

    /// A project of a user who knows the configured registry only.
    fn alone(&self, dependencies: &Value) -> Sandbox {
        let sandbox = Sandbox::new(&self.direct);
        // What is shown here is what registries do; signatures and logs have tests of their own.
        sandbox.user_policy("[signature]\nrequire = \"off\"\n[attestation]\nmode = \"off\"\n[sumdb]\nmode = \"off\"\n");
        sandbox.package_json(
            &json!({"name": "project", "version": "1.0.0", "dependencies": dependencies}),
        );
        sandbox
    }

    /// The lock that the configured registry alone gives.
    fn lock_of_one(&self, dependencies: &Value) -> String {
        let sandbox = self.alone(dependencies);
        sandbox.denpm(["install"]).succeeded();
        sandbox.read("package-lock.json").unwrap()
    }
}

/// Installs once for each seed into a project of its own and gives the locks.
fn locks_by_seed(pool: &Pool, dependencies: &Value, seeds: u32) -> Vec<String> {
    let lock = |seed| {
        let sandbox = pool.sandbox(dependencies);
        sandbox.denpm(["install", &format!("--registry-seed={seed}")]).succeeded();
        sandbox.read("package-lock.json").unwrap()
    };
    (0..seeds).map(lock).collect()
}

/// A seed under which the mirror with this number (0 is the configured registry) serves a package.
fn seed_for(pool: &Pool, name: &str, registry: usize) -> String {
    let all = pool.all();
    let known: Vec<_> = all.iter().map(|registry| (registry.url(), 1.0)).collect();
    let known: Vec<_> = known.iter().map(|(url, weight)| (url.as_str(), *weight)).collect();
    let hex = |byte: u8| format!("{byte:02x}").repeat(32);
    let serves = |byte: &u8| denpm::registry::order(&[*byte; 32], name, &known)[0] == registry;
    format!("--registry-seed={}", hex((0..=u8::MAX).find(serves).expect("a seed")))
}
