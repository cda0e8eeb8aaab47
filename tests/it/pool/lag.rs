//! A registry that lags changes nothing but who is listened to.

use super::{Pool, locks_by_seed, seed_for};
use crate::support::{Fault, Target};
use serde_json::{Value, json};

/// Every seed gives the lock of the configured registry alone.
#[track_caller]
fn same_for_every_seed(pool: &Pool, dependencies: &Value) -> String {
    let expected = pool.lock_of_one(dependencies);
    for (seed, lock) in locks_by_seed(pool, dependencies, 6).into_iter().enumerate() {
        assert_eq!(lock, expected, "seed {seed}");
    }
    expected
}

/// The same pool with and without documents of single versions.
fn pools(tree: &str) -> [Pool; 2] {
    [Pool::of(3, tree), Pool::of_plain(3, tree)]
}

#[test]
fn version_that_a_mirror_lacks_is_installed_all_the_same() {
    for pool in pools("a@1.0.0 -> b@^1\nb@1.0.0\nb@1.0.1\nc@1.0.0\nc@2.0.0") {
        pool.direct.tree("b@1.1.0\na@1.1.0 -> b@^1.1.0\nc@1.5.0");
        let lock = same_for_every_seed(&pool, &json!({"a": "^1", "c": "^1"}));
        assert!(lock.contains("b-1.1.0.tgz") && lock.contains("c-1.5.0.tgz"), "{lock}");
    }
}

#[test]
fn mirrors_that_both_lag_change_nothing() {
    for pool in pools("a@1.0.0\nb@1.0.0") {
        pool.direct.tree("a@1.0.1\nb@1.0.1");
        let lock = same_for_every_seed(&pool, &json!({"a": "*", "b": "1"}));
        assert!(lock.contains("a-1.0.1.tgz") && lock.contains("b-1.0.1.tgz"), "{lock}");
    }
}

#[test]
fn backport_below_latest_is_found() {
    for pool in pools("a@1.0.0\na@2.0.0") {
        pool.direct.package("a", "1.0.1").tag("legacy").publish();
        let lock = same_for_every_seed(&pool, &json!({"a": "^1"}));
        assert!(lock.contains("a-1.0.1.tgz"), "{lock}");
    }
}

#[test]
fn dist_tag_that_a_mirror_has_not_moved_is_the_configured_registrys() {
    for pool in pools("a@1.0.0\na@1.1.0") {
        pool.direct.tag("a", "latest", "1.0.0");
        pool.direct.tag("a", "next", "1.1.0");
        let lock = same_for_every_seed(&pool, &json!({"a": "^1"}));
        assert!(lock.contains("a-1.0.0.tgz"), "{lock}");
        let lock = same_for_every_seed(&pool, &json!({"a": "next"}));
        assert!(lock.contains("a-1.1.0.tgz"), "{lock}");
    }
}

#[test]
fn exact_version_that_the_assigned_registry_lacks_is_found() {
    for pool in pools("a@1.0.0") {
        pool.direct.tree("a@1.0.1");
        let lock = same_for_every_seed(&pool, &json!({"a": "1.0.1"}));
        assert!(lock.contains("a-1.0.1.tgz"), "{lock}");
    }
}

#[test]
fn version_that_was_taken_back_is_not_installed_from_mirrors() {
    for pool in pools("a@1.0.0\na@1.0.1") {
        pool.direct.unpublish("a", "1.0.1");
        pool.direct.tag("a", "latest", "1.0.0");
        let lock = same_for_every_seed(&pool, &json!({"a": "^1"}));
        assert!(lock.contains("a-1.0.0.tgz"), "{lock}");
    }
}

#[test]
fn exact_version_that_was_taken_back_is_not_found() {
    for pool in pools("a@1.0.0\na@1.0.1") {
        pool.direct.unpublish("a", "1.0.1");
        pool.direct.tag("a", "latest", "1.0.0");
        for registry in 0..3 {
            let sandbox = pool.sandbox(&json!({"a": "1.0.1"}));
            sandbox.denpm(["install", &seed_for(&pool, "a", registry)]).failed_with("ETARGET");
        }
    }
}

#[test]
fn version_that_one_mirror_made_up_is_not_installed() {
    for pool in pools("a@1.0.0") {
        pool.mirrors[0].tree("a@1.9.9");
        let lock = same_for_every_seed(&pool, &json!({"a": "^1"}));
        assert!(lock.contains("a-1.0.0.tgz"), "{lock}");
    }
}

#[test]
fn configured_registry_that_lags_behind_two_mirrors_is_corrected() {
    // Its own word about what is newest is only doubted where that costs one small document.
    for pool in [Pool::of(3, "a@1.0.0")] {
        for mirror in &pool.mirrors {
            mirror.tree("a@1.0.1");
        }
        for lock in locks_by_seed(&pool, &json!({"a": "^1"}), 6) {
            assert!(lock.contains("a-1.0.1.tgz"), "{lock}");
        }
    }
}

#[test]
fn package_that_mirrors_do_not_have_is_installed() {
    for pool in pools("a@1.0.0") {
        pool.direct.tree("new@1.0.0");
        same_for_every_seed(&pool, &json!({"a": "^1", "new": "^1"}));
    }
}

#[test]
fn age_limit_goes_by_the_configured_registrys_dates() {
    let pool = Pool::of(3, "");
    let publish = |registry: &crate::support::Registry, time: &str| {
        registry.package("a", "1.0.0").time("2020-01-01T00:00:00.000Z").publish();
        registry.package("a", "1.0.1").time(time).publish();
    };
    publish(&pool.direct, "2026-06-01T00:00:00.000Z");
    // Mirrors date versions by when they copied them, or not at all.
    pool.mirrors.iter().for_each(|mirror| publish(mirror, "2020-01-02T00:00:00.000Z"));
    for registry in 0..3 {
        let sandbox = pool.sandbox(&json!({"a": "^1"}));
        let seed = seed_for(&pool, "a", registry);
        sandbox.denpm(["install", "--before=2026-01-01", &seed]).succeeded();
        let lock = sandbox.read("package-lock.json").unwrap();
        assert!(lock.contains("a-1.0.0.tgz"), "{lock}");
    }
}

#[test]
fn second_run_from_the_cache_is_not_fooled_either() {
    for pool in pools("a@1.0.0") {
        pool.direct.tree("a@1.0.1");
        let sandbox = pool.sandbox(&json!({"a": "^1"}));
        let seed = seed_for(&pool, "a", 1);
        let first = sandbox.denpm(["install", &seed]).succeeded();
        assert!(first.stderr.contains("does not have a@1.0.1"), "{first}");
        sandbox.remove("package-lock.json").remove("node_modules");
        sandbox.denpm(["install", &seed]).succeeded();
        assert!(sandbox.read("package-lock.json").unwrap().contains("a-1.0.1.tgz"));
    }
}

#[test]
fn locked_versions_need_no_document_of_any_registry() {
    let pool = Pool::of(3, "a@1.0.0 -> b@^1\nb@1.0.0");
    let sandbox = pool.sandbox(&json!({"a": "^1"}));
    sandbox.denpm(["install"]).succeeded();
    pool.all().iter().for_each(|registry| registry.forget_requests());
    sandbox.remove("node_modules");
    std::fs::remove_dir_all(sandbox.cache()).unwrap();
    sandbox.denpm(["ci"]).succeeded();
    let asked: Vec<_> = pool.all().iter().map(|registry| registry.requests().packuments).collect();
    assert_eq!(asked, [0, 0, 0]);
}

#[test]
fn mirror_with_stale_documents_is_named_once() {
    let pool = Pool::of(2, "a@1.0.0\na@1.1.0\nb@1.0.0\nb@1.1.0");
    pool.mirrors[0].on(Target::Everything).always(Fault::Stale);
    let sandbox = pool.sandbox(&json!({"a": "^1", "b": "^1"}));
    let output = sandbox.denpm(["install", "--registry-seed=1"]).succeeded();
    assert!(output.stderr.matches("does not have").count() <= 1, "{output}");
}
