//! A pool beside everything else that is proven: signatures and the log.

use super::Pool;
use crate::support::{Registry, signed::OwnKey};
use serde_json::{Value, json};

const NAMES: [&str; 6] = ["a", "b", "c", "d", "@s/e", "f"];

/// Three registries of one namespace, whose packages are signed with its key.
fn signed() -> Pool {
    let key = OwnKey::new();
    let direct = Registry::start().with_version_documents();
    for name in NAMES {
        key.publish(&direct, name, "1.0.0");
    }
    let mirrors: Vec<_> = (1..3).map(|_| Registry::mirror_of(&direct)).collect();
    let pool = Pool { direct, mirrors };
    for registry in pool.all() {
        key.serve(registry);
    }
    pool
}

fn dependencies() -> Value {
    NAMES
        .into_iter()
        .map(|name| (name.to_owned(), json!("^1")))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[test]
fn whoever_serves_a_package_its_signature_and_its_record_in_the_log_are_the_same() {
    let pool = signed();
    let sandbox = pool.sandbox(&dependencies());
    sandbox.user_policy("");
    let first = sandbox.denpm(["install", "--registry-seed=00"]).succeeded();
    first.stdout_has("6 signed").stdout_has("6 first seen here");
    let lock = sandbox.read("package-lock.json").unwrap();
    for seed in ["01", "02", "03"] {
        sandbox.remove("node_modules").remove("package-lock.json");
        std::fs::remove_dir_all(sandbox.cache()).unwrap();
        let again = sandbox.denpm(["install", &format!("--registry-seed={seed}")]).succeeded();
        let again = again.stdout_has("6 signed");
        assert!(!again.stdout.contains("first seen"), "{again}");
        assert_eq!(sandbox.read("package-lock.json").unwrap(), lock);
    }
    assert!(pool.all().iter().all(|registry| registry.requests().tarballs > 0));
}

#[test]
fn bytes_that_the_log_knows_otherwise_are_refused_whoever_serves_them() {
    let pool = signed();
    let sandbox = pool.sandbox(&json!({"a": "^1"}));
    sandbox.user_policy("[signature]\nrequire = \"off\"\n");
    sandbox.denpm(["install"]).succeeded();
    for registry in pool.all() {
        registry.package("a", "1.0.0").file("index.js", "altered").publish();
    }
    sandbox.remove("node_modules").remove("package-lock.json");
    std::fs::remove_dir_all(sandbox.cache()).unwrap();
    let refused = sandbox.denpm(["install"]);
    assert_eq!(refused.status, 3, "{refused}");
    assert!(refused.stderr.contains("a@1.0.0"), "{refused}");
}

#[test]
fn lock_resolved_names_who_served_or_nobody_where_that_is_asked_for() {
    // So many that they do not all fall to the configured registry by chance.
    let names: Vec<String> = ('a'..='n').map(String::from).collect();
    let published: Vec<_> = names.iter().map(|name| format!("{name}@1.0.0")).collect();
    let pool = Pool::of(3, &published.join("\n"));
    let all: Value = names.into_iter().map(|name| (name, "1")).collect();
    let upstream = pool.sandbox(&all);
    upstream.denpm(["install", "--lock-resolved=upstream", "--registry-seed=00"]).succeeded();
    let lock = upstream.read("package-lock.json").unwrap();
    assert!(pool.mirrors.iter().any(|mirror| lock.contains(&mirror.url())), "{lock}");
    upstream.remove("node_modules").denpm(["ci"]).succeeded();
    let omitted = pool.sandbox(&all);
    omitted.denpm(["install", "--lock-resolved=omit"]).succeeded();
    assert!(!omitted.read("package-lock.json").unwrap().contains("resolved"));
    omitted.remove("node_modules").denpm(["ci"]).succeeded();
}

#[test]
fn signatures_are_of_the_documents_that_resolution_read() {
    let pool = signed();
    let sandbox = pool.sandbox(&dependencies());
    sandbox.user_policy("[sumdb]\nmode = \"off\"\n");
    sandbox.denpm(["install", "--registry-seed=00"]).succeeded().stdout_has("6 signed");
    let packuments: usize = pool.all().iter().map(|one| one.requests().packuments).sum();
    assert_eq!(packuments, NAMES.len());
}
