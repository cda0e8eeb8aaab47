//! `denpm registries`: who is asked, what each can do, and whom to forgive.

use super::Pool;
use crate::support::{Fault, Registry, Target};
use serde_json::{Value, json};

fn of<'a>(found: &'a Value, registry: &Registry) -> &'a Value {
    let all = found.as_array().unwrap();
    all.iter().find(|one| one["url"] == registry.url()).unwrap_or_else(|| panic!("{found}"))
}

fn lacks(found: &Value, registry: &Registry) -> Vec<String> {
    let lacks = of(found, registry)["lacks"].as_array().unwrap();
    lacks.iter().map(|lack| lack.as_str().unwrap().to_owned()).collect()
}

#[test]
fn list_shows_health_latency_share_and_keys_and_sends_nothing() {
    let tree: Vec<_> = (0..30).map(|number| format!("package-{number}@1.0.0")).collect();
    let pool = Pool::of(3, &tree.join("\n"));
    pool.direct.offer_key("SHA256:one", "MFkwE1");
    let names = (0..30).map(|number| (format!("package-{number}"), json!("^1")));
    let sandbox = pool.sandbox(&names.collect());
    sandbox.npmrc("@private:registry=http://127.0.0.1:9/");
    sandbox.denpm(["install"]).succeeded();
    pool.all().iter().for_each(|registry| registry.forget_requests());
    let output = sandbox.denpm(["registries", "--json"]).succeeded();
    let found: Value =
        serde_json::from_str(&output.stdout.replace("${REGISTRY}", &pool.direct.url())).unwrap();
    assert_eq!(found.as_array().map(Vec::len), Some(4), "{found}");
    for registry in pool.all() {
        let facts = &of(&found, registry)["facts"];
        assert!(facts["health"].as_str().unwrap().ends_with("0 failures"), "{facts}");
        assert!(facts["latency"].as_str().unwrap().ends_with(" ms"), "{facts}");
        assert!(facts["share"].as_str().unwrap().contains("of 30 packages"), "{facts}");
        assert_eq!(registry.log(), [""; 0]);
    }
    assert_eq!(of(&found, &pool.direct)["facts"]["keys"], "SHA256:one");
    assert_eq!(of(&found, &pool.mirrors[0])["facts"]["keys"], "none");
    sandbox.denpm(["registries"]).succeeded().stdout_has("configured").stdout_has("@private");
}

#[test]
fn test_says_what_each_registry_lacks_and_how_far_it_is_behind() {
    let pool = Pool::of(2, "a@1.0.0");
    pool.direct.tree("a@1.1.0");
    let plain = Registry::start();
    plain.serve("a", "application/json", br#"{"name":"a","versions":{}}"#.to_vec());
    let sandbox = pool.sandbox(&json!({"a": "^1"}));
    sandbox.npmrc(&format!("denpm-registries[]={}", plain.url()));
    let output = sandbox.denpm(["registries", "test", "a", "--json"]).succeeded();
    let found: Value =
        serde_json::from_str(&output.stdout.replace("${REGISTRY}", &pool.direct.url())).unwrap();
    let direct = lacks(&found, &pool.direct);
    assert!(!direct.iter().any(|lack| lack.contains("gzip") || lack.contains("single versions")));
    assert!(direct.iter().any(|lack| lack.contains("signatures")), "{direct:?}");
    assert!(direct.iter().any(|lack| lack.contains("ranges")), "{direct:?}");
    let lag = &of(&found, &pool.mirrors[0])["facts"]["lag"];
    assert!(lag.as_str().unwrap().contains("lacks 1 versions, the newest 1.1.0"), "{lag}");
    let all = lacks(&found, &plain).join("\n");
    for lack in ["publication times", "digests", "gzip", "ETag", "abbreviated form", "keys"] {
        assert!(all.contains(lack), "no {lack} in {all}");
    }
}

#[test]
fn test_of_a_dead_registry_says_so_and_goes_on() {
    let pool = Pool::of(2, "a@1.0.0");
    pool.mirrors[0].on(Target::Everything).always(Fault::Dropped);
    let sandbox = pool.sandbox(&json!({"a": "^1"}));
    sandbox.denpm(["registries", "test", "a"]).succeeded().stdout_has("unreachable");
    sandbox.denpm(["registries", "keys"]).succeeded().stdout_has("unreachable");
}

#[test]
fn unknown_registries_and_words_are_refused() {
    let pool = Pool::of(2, "a@1.0.0");
    let sandbox = pool.sandbox(&json!({}));
    sandbox.denpm(["registries", "forgive", "http://other.example/"]).failed_with("EUSAGE");
    sandbox.denpm(["registries", "forgive"]).failed_with("EUSAGE");
    sandbox.denpm(["registries", "nonsense"]).failed_with("EUSAGE");
    sandbox.denpm(["registries", "test"]).failed_with("EUSAGE");
    let url = pool.mirrors[0].url();
    sandbox.denpm(["registries", "forgive", &url]).succeeded().stdout_has("nothing to forgive");
}
