//! A registry that says or serves other things than the rest: refused by name, then set aside.

use super::{Pool, seed_for};
use crate::support::{Fault, Registry, Sandbox, Target};
use serde_json::{Value, json};

/// Gives a mirror another `a@1.0.0`: other bytes under the right digest of those bytes.
fn alter(mirror: &Registry) {
    mirror.package("a", "1.0.0").file("index.js", "gotcha").publish();
}

fn ledger(sandbox: &Sandbox) -> Value {
    let path = sandbox.project().join("../home/.local/share/denpm/registries.json");
    std::fs::read_to_string(path).map_or(Value::Null, |text| serde_json::from_str(&text).unwrap())
}

#[test]
fn two_digests_of_one_version_are_fatal_and_both_are_shown() {
    for pool in [Pool::of(3, "a@1.0.0"), Pool::of_plain(3, "a@1.0.0"), Pool::of(2, "a@1.0.0")] {
        alter(&pool.mirrors[0]);
        let sandbox = pool.sandbox(&json!({"a": "^1"}));
        let output = sandbox.denpm(["install", &seed_for(&pool, "a", 1)]);
        assert_eq!(output.status, 3, "{output}");
        let output = output.failed_with("EREGISTRYCONFLICT").stderr_has("a@1.0.0");
        for registry in [&pool.direct, &pool.mirrors[0]] {
            // The sandbox shows its own registry's URL as a word.
            let url = sandbox.filtered(&registry.url());
            let says = format!("{url} says {}", registry.integrity("a", "1.0.0"));
            assert!(output.stderr.contains(&says), "no {says:?} in {output}");
        }
        assert!(sandbox.read("package-lock.json").is_none());
        assert!(sandbox.read("node_modules/a/package.json").is_none());
    }
}

#[test]
fn liar_is_not_asked_again_until_it_is_forgiven() {
    let pool = Pool::of(3, "a@1.0.0\nb@1.0.0");
    let liar = &pool.mirrors[0];
    alter(liar);
    let sandbox = pool.sandbox(&json!({"a": "^1"}));
    let seed = seed_for(&pool, "a", 1);
    sandbox.denpm(["install", &seed]).failed_with("EREGISTRYCONFLICT");
    let record = &ledger(&sandbox)["registries"][liar.url()]["lie"];
    assert_eq!(record["package"], "a@1.0.0");
    assert!(record["claimed"].as_str().unwrap().contains(&liar.integrity("a", "1.0.0")));

    liar.forget_requests();
    sandbox.denpm(["install", &seed]).succeeded();
    assert_eq!(liar.log(), [""; 0]);
    assert!(
        sandbox.read("package-lock.json").unwrap().contains(&pool.direct.integrity("a", "1.0.0"))
    );

    sandbox.denpm(["registries"]).succeeded().stdout_has("a@1.0.0");
    sandbox.denpm(["registries", "forgive", &liar.url()]).succeeded();
    assert!(ledger(&sandbox)["registries"][liar.url()].get("lie").is_none());
    sandbox.remove("node_modules").remove("package-lock.json");
    std::fs::remove_dir_all(sandbox.cache()).unwrap();
    sandbox.denpm(["install", &seed]).failed_with("EREGISTRYCONFLICT");
}

#[test]
fn dependency_that_one_mirror_adds_is_a_lie() {
    let pool = Pool::of(3, "a@1.0.0\nevil@1.0.0");
    let mirror = &pool.mirrors[1];
    let bytes = pool.direct.tarball("a", "1.0.0");
    mirror.package("a", "1.0.0").dep("evil", "^1").tarball(bytes).publish();
    let sandbox = pool.sandbox(&json!({"a": "^1"}));
    let output = sandbox.denpm(["install", &seed_for(&pool, "a", 2)]);
    output.failed_with("EREGISTRYCONFLICT").stderr_has("evil: ^1").stderr_has("dependencies");
}

#[test]
fn wrong_bytes_come_from_another_registry_and_the_liar_is_named() {
    let pool = Pool::of(3, "a@1.0.0");
    let liar = &pool.mirrors[0];
    liar.on(Target::Tarball("a".to_owned())).always(Fault::Altered);
    let sandbox = pool.sandbox(&json!({"a": "^1"}));
    let output = sandbox.denpm(["install", &seed_for(&pool, "a", 1)]).succeeded();
    assert!(output.stderr.contains(&liar.url()), "{output}");
    assert_eq!(ledger(&sandbox)["registries"][liar.url()]["lie"]["package"], "a@1.0.0");
}

#[test]
fn configured_registry_is_not_barred_by_what_a_mirror_promises() {
    let pool = Pool::of(2, "a@1.0.0");
    pool.direct.on(Target::Tarball("a".to_owned())).always(Fault::Altered);
    let sandbox = pool.sandbox(&json!({"a": "^1"}));
    for seed in 0..2 {
        sandbox.denpm(["install", &seed_for(&pool, "a", seed)]).succeeded();
        assert_eq!(ledger(&sandbox)["registries"][pool.direct.url()].get("lie"), None);
        sandbox.remove("node_modules");
        std::fs::remove_dir_all(sandbox.cache()).unwrap();
    }
}

#[test]
fn wrong_bytes_everywhere_are_refused() {
    let pool = Pool::of(2, "a@1.0.0");
    for registry in pool.all() {
        registry.on(Target::Tarball("a".to_owned())).always(Fault::Altered);
    }
    let sandbox = pool.sandbox(&json!({"a": "^1"}));
    sandbox.denpm(["install"]).failed_with("EINTEGRITY");
    assert!(sandbox.read("node_modules/a/package.json").is_none());
}

#[test]
fn quorum_that_agrees_installs_the_same() {
    for pool in
        [Pool::of(3, "a@1.0.0 -> b@^1\nb@1.0.0"), Pool::of_plain(3, "a@1.0.0 -> b@^1\nb@1.0.0")]
    {
        let dependencies = json!({"a": "^1"});
        let sandbox = pool.sandbox(&dependencies);
        sandbox.denpm(["install", "--quorum=3"]).succeeded();
        assert_eq!(sandbox.read("package-lock.json").unwrap(), pool.lock_of_one(&dependencies));
    }
}

#[test]
fn quorum_guards_a_locked_version_too() {
    let pool = Pool::of(3, "a@1.0.0");
    let sandbox = pool.sandbox(&json!({"a": "^1"}));
    sandbox.denpm(["install"]).succeeded();
    alter(&pool.mirrors[0]);
    alter(&pool.mirrors[1]);
    sandbox.remove("node_modules");
    std::fs::remove_dir_all(sandbox.cache()).unwrap();
    let output = sandbox.denpm(["ci", "--quorum=3"]);
    output.failed_with("EREGISTRYCONFLICT").stderr_has(&pool.mirrors[0].integrity("a", "1.0.0"));
}

#[test]
fn lock_that_all_registries_contradict_is_refused() {
    let pool = Pool::of(2, "a@1.0.0");
    let sandbox = pool.sandbox(&json!({"a": "^1"}));
    sandbox.denpm(["install"]).succeeded();
    pool.all().into_iter().for_each(alter);
    sandbox.remove("node_modules");
    std::fs::remove_dir_all(sandbox.cache()).unwrap();
    sandbox
        .denpm(["ci", "--quorum=2"])
        .failed_with("EREGISTRYCONFLICT")
        .stderr_has("the lockfile says");
}

#[test]
fn quorum_that_cannot_be_met_is_no_attack() {
    let pool = Pool::of(2, "a@1.0.0");
    pool.direct.tree("b@1.0.0");
    let sandbox = pool.sandbox(&json!({"a": "^1", "b": "^1"}));
    let output = sandbox.denpm(["install", "--quorum=2"]);
    assert_eq!(output.status, 4, "{output}");
    output.failed_with("EPOLICY").stderr_has("b@1.0.0").stderr_has("does not have it");
    assert!(sandbox.read("node_modules/a/package.json").is_none());
    let alone = pool.alone(&json!({"a": "^1"}));
    alone.denpm(["install", "--quorum=2"]).failed_with("EPOLICY");
}

#[test]
fn quorum_of_the_project_holds() {
    let pool = Pool::of(2, "");
    pool.direct.tree("a@1.0.0");
    let sandbox = pool.sandbox(&json!({"a": "^1"}));
    sandbox.file("denpm.toml", "version = 1\n[registries]\nquorum = 2\n");
    sandbox.denpm(["install"]).failed_with("EPOLICY");
    sandbox.denpm(["install", "--quorum=1"]).failed_with("EPOLICY");
}

#[test]
fn project_that_keeps_a_name_to_one_registry_does_not_evade_the_users_quorum() {
    let pool = Pool::of(3, "a@1.0.0");
    let sandbox = pool.sandbox(&json!({"a": "^1"}));
    let address = pool.direct.url();
    let token = format!("{}:_authToken=x", address.strip_prefix("http:").unwrap());
    for word in ["denpm-private=a", &token] {
        sandbox.file(".npmrc", word);
        let output = sandbox.denpm(["install", "--quorum=2"]).failed_with("EPOLICY");
        output.stderr_has("the project's .npmrc keeps it to one");
    }
    // Who raises the quorum may say for which names.
    sandbox.file("denpm.toml", "version = 1\n[registries]\nquorum = 2\n");
    sandbox.denpm(["install"]).succeeded();
}

#[test]
fn registry_with_other_keys_is_another_namespace() {
    let pool = Pool::of(3, "a@1.0.0");
    let [same, other] = [&pool.mirrors[0], &pool.mirrors[1]];
    pool.direct.offer_key("SHA256:one", "MFkwE1");
    same.offer_key("SHA256:one", "MFkwE1");
    other.offer_key("SHA256:two", "MFkwE2");
    alter(other);
    let sandbox = pool.sandbox(&json!({"a": "^1"}));
    let output = sandbox.denpm(["install", &seed_for(&pool, "a", 2)]).succeeded();
    assert!(output.stderr.contains("another namespace"), "{output}");
    assert_eq!(other.log(), ["GET /-/npm/v1/keys"]);
    assert!(
        sandbox.read("package-lock.json").unwrap().contains(&pool.direct.integrity("a", "1.0.0"))
    );
    // Keys hold for a day: neither is asked again.
    sandbox.remove("node_modules").remove("package-lock.json");
    sandbox.denpm(["install"]).succeeded();
    assert_eq!(other.log(), ["GET /-/npm/v1/keys"]);
}
