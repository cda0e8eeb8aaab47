//! Registries that fail: another answers, and one that is dead costs little.

use super::{Pool, seed_for};
use crate::support::{Fault, Registry, Sandbox, Target, tarball::noise};
use serde_json::{Value, json};
use std::{net::TcpListener, time::Duration};

fn names(count: usize) -> (String, Value) {
    let names: Vec<_> = (0..count).map(|number| format!("package-{number}")).collect();
    let tree: Vec<_> = names.iter().map(|name| format!("{name}@1.0.0")).collect();
    (tree.join("\n"), names.iter().map(|name| (name.clone(), json!("^1"))).collect())
}

#[test]
fn every_fault_of_one_registry_is_made_up_for_by_the_others() {
    let (tree, dependencies) = names(12);
    let faults = [
        Fault::Status(500),
        Fault::Status(503),
        Fault::Status(403),
        Fault::Status(404),
        Fault::RetryAfter(3600),
        Fault::Dropped,
        Fault::Truncated,
        Fault::Stalled,
        Fault::Portal,
        Fault::Slow(Duration::from_secs(20)),
    ];
    for fault in faults {
        for registry in [0, 1] {
            let pool = Pool::of(3, &tree);
            let expected = pool.lock_of_one(&dependencies);
            let bad = pool.all()[registry];
            bad.on(Target::Everything).always(fault.clone());
            let sandbox = pool.sandbox(&dependencies);
            let output = sandbox.denpm(["install", &seed_for(&pool, "package-0", registry)]);
            let output = output.succeeded();
            assert_eq!(sandbox.read("package-lock.json").unwrap(), expected, "{fault:?} {output}");
        }
    }
}

#[test]
fn large_tarball_that_one_registry_cuts_is_asked_of_another() {
    let direct = Registry::start();
    direct.package("a", "1.0.0").file("data", &noise(14 << 20)).publish();
    let mirrors = vec![Registry::mirror_of(&direct)];
    let pool = Pool { direct, mirrors };
    for first in [0, 1] {
        let cutting = pool.all()[first];
        cutting.on(Target::Tarball("a".to_owned())).always(Fault::Truncated);
        let sandbox = pool.sandbox(&json!({"a": "1"}));
        let arguments = ["install", "--fetch-retries=0", &seed_for(&pool, "a", first)];
        sandbox.denpm(arguments).succeeded();
        cutting.heal();
    }
}

#[test]
fn dead_registry_is_asked_no_more_after_the_first_time() {
    let (tree, dependencies) = names(40);
    let pool = Pool::of(3, &tree);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let sandbox = pool.sandbox(&dependencies);
    sandbox.npmrc(&format!("denpm-registries[]=http://{}/", silent.local_addr().unwrap()));
    let output = sandbox.denpm(["install", "--loglevel=http"]).succeeded();
    // Nobody accepts: what was sent to it is what waits in the queue.
    silent.set_nonblocking(true).unwrap();
    let connections = std::iter::from_fn(|| silent.accept().ok()).count();
    assert!(connections <= 3, "{connections} {output}");
}

#[test]
fn registry_that_refuses_connections_is_no_visible_error() {
    let (tree, dependencies) = names(20);
    let pool = Pool::of(2, &tree);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let sandbox = pool.sandbox(&dependencies);
    sandbox.npmrc(&format!("denpm-registries[]=http://{closed}/"));
    let output = sandbox.denpm(["install"]).succeeded();
    assert_eq!(output.stderr, "", "{output}");
}

#[test]
fn when_every_registry_is_dead_each_is_named_with_why() {
    let pool = Pool::of(2, "a@1.0.0");
    pool.mirrors[0].on(Target::Everything).always(Fault::Status(503));
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let sandbox = pool.sandbox(&json!({"a": "^1"}));
    sandbox.npmrc(&format!("registry=http://{closed}/"));
    let output = sandbox.denpm(["install"]);
    assert_eq!(output.status, 1, "{output}");
    assert!(output.stderr.contains(&format!("http://{closed}/")), "{output}");
    assert!(output.stderr.contains(&pool.mirrors[0].url()), "{output}");
    assert!(output.stderr.contains("503"), "{output}");
}

#[test]
fn registry_that_dies_during_the_install_is_no_visible_error() {
    let (tree, dependencies) = names(30);
    for registry in [0, 2] {
        let pool = Pool::of(3, &tree);
        let expected = pool.lock_of_one(&dependencies);
        let dying = pool.all()[registry];
        let sandbox = pool.sandbox(&dependencies);
        // It answers the keys and a few packages, then never again.
        dying.on(Target::Everything).always(Fault::Dropped);
        for number in 0..5 {
            let packument = Target::Packument(format!("package-{number}"));
            dying.on(packument).always(Fault::Slow(Duration::ZERO));
        }
        let output = sandbox.denpm(["install"]).succeeded();
        assert_eq!(output.stderr, "", "{output}");
        assert_eq!(sandbox.read("package-lock.json").unwrap(), expected);
    }
}

#[test]
fn gatekeeper_is_not_gone_round() {
    let pool = Pool::of(2, "a@1.0.0");
    pool.direct.on(Target::Everything).always(Fault::Status(403));
    let mut sandbox = pool.alone(&json!({"a": "^1"}));
    let list = format!("{},{}", pool.direct.url(), pool.mirrors[0].url());
    sandbox.variable("DENPM_REGISTRIES", &list);
    sandbox.denpm(["install", &seed_for(&pool, "a", 0)]).failed_with("E403");
    let list = list.replace(',', "|");
    sandbox.variable("DENPM_REGISTRIES", &list);
    sandbox.denpm(["install", &seed_for(&pool, "a", 0)]).succeeded();
}

#[test]
fn list_that_is_off_is_the_configured_registry_alone() {
    let pool = Pool::of(2, "a@1.0.0");
    let mut sandbox: Sandbox = pool.alone(&json!({"a": "^1"}));
    sandbox.variable("DENPM_REGISTRIES", &format!("off,{}", pool.mirrors[0].url()));
    sandbox.denpm(["install"]).succeeded();
    let asked: &Registry = &pool.mirrors[0];
    assert_eq!(asked.log(), [""; 0]);
}
