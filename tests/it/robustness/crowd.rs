//! Many at once: on one cold cache, in one project, and at one registry.

use super::{
    depends,
    support::{Fault, Registry, Sandbox, Target},
};
use serde_json::{Map, json};
use std::time::Duration;

const PACKAGES: usize = 24;

fn registry() -> (Registry, Map<String, serde_json::Value>) {
    let registry = Registry::start();
    let mut dependencies = Map::new();
    for number in 0..PACKAGES {
        let name = format!("p{number}");
        let text = name.repeat(2000);
        registry.package(&name, "1.0.0").bin(&name, "cli.js").file("index.js", &text).publish();
        dependencies.insert(name, json!("^1"));
    }
    (registry, dependencies)
}

#[test]
fn sixteen_installs_on_one_cold_cache_succeed_and_leave_it_sound() {
    let (registry, dependencies) = registry();
    let crowd: Vec<Sandbox> = (0..16).map(|_| Sandbox::new(&registry)).collect();
    for sandbox in &crowd {
        sandbox.share_cache_of(&crowd[0]);
        depends(sandbox, &json!(dependencies));
    }
    let running: Vec<_> = crowd.iter().map(|sandbox| sandbox.start(["install"])).collect();
    for one in running {
        one.output().succeeded();
    }
    let asked = registry.requests();
    assert!(asked.tarballs <= 16 * PACKAGES && asked.packuments <= 16 * PACKAGES, "{asked:?}");
    let wanted = crowd[0].snapshot_files();
    for sandbox in &crowd {
        assert_eq!(sandbox.snapshot_files(), wanted);
    }
    let late = Sandbox::new(&registry);
    late.share_cache_of(&crowd[0]);
    depends(&late, &json!(dependencies));
    registry.forget_requests();
    late.denpm(["install", "--offline"]).succeeded();
    assert_eq!(late.snapshot_files(), wanted);
    assert_eq!(registry.requests().tarballs, 0);
}

#[test]
fn five_installs_in_one_project_all_succeed() {
    let (registry, dependencies) = registry();
    let sandbox = Sandbox::new(&registry);
    depends(&sandbox, &json!(dependencies));
    let running: Vec<_> = (0..5).map(|_| sandbox.start(["install"])).collect();
    for one in running {
        one.output().succeeded();
    }
    let alone = Sandbox::new(&registry);
    depends(&alone, &json!(dependencies));
    alone.denpm(["install"]).succeeded();
    assert_eq!(sandbox.snapshot_files(), alone.snapshot_files());
}

#[test]
fn lock_of_a_process_that_was_killed_holds_nobody_up() {
    let (registry, dependencies) = registry();
    let sandbox = Sandbox::new(&registry);
    depends(&sandbox, &json!(dependencies));
    for _ in 0..3 {
        let running = sandbox.start(["install"]);
        std::thread::sleep(Duration::from_millis(40));
        running.kill();
    }
    sandbox.denpm(["install"]).succeeded();
}

/// How many requests a registry that answers after `delay` has at once, when a lock of a hundred
/// packages is installed.
fn most_at_once(delay: Duration, arguments: &[&str]) -> usize {
    let registry = Registry::start();
    let names = (0..100).map(|number| format!("p{number}"));
    let tree: Vec<String> = names.clone().map(|name| format!("{name}@1.0.0")).collect();
    registry.tree(&tree.join("\n"));
    let sandbox = Sandbox::new(&registry);
    let wanted: Map<_, _> = names.map(|name| (name, json!("1"))).collect();
    depends(&sandbox, &json!(wanted));
    sandbox.denpm(["install", "--package-lock-only"]).succeeded();
    let fresh = Sandbox::new(&registry);
    for file in ["package.json", "package-lock.json"] {
        fresh.file(file, &sandbox.read(file).unwrap());
    }
    registry.on(Target::Everything).always(Fault::Slow(delay));
    registry.most_at_once();
    let words = ["ci"].iter().chain(arguments);
    fresh.denpm(words).succeeded();
    registry.most_at_once()
}

#[test]
fn registry_that_takes_long_to_answer_is_asked_for_many_at_once() {
    let most = most_at_once(Duration::from_millis(400), &[]);
    assert!((100..=128).contains(&most), "{most}");
}

#[test]
fn registry_is_asked_for_no_more_at_once_than_maxsockets_says() {
    let most = most_at_once(Duration::from_millis(20), &["--maxsockets=3"]);
    assert_eq!(most, 3);
}
