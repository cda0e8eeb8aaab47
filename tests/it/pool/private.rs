//! What is private stays with its registry; the support's registries notice every leak themselves.

use super::{Pool, seed_for};
use crate::support::{Fault, Registry, Sandbox, Target};
use serde_json::{Value, json};

/// The key of a registry's credential in `.npmrc`.
fn nerf_dart(registry: &Registry) -> String {
    registry.url().trim_start_matches("http:").to_owned()
}

fn token(registry: &Registry) -> String {
    let url = registry.url();
    format!("token-of-{}", url.trim_end_matches('/').rsplit(':').next().unwrap())
}

fn demand_token(registry: &Registry, sandbox: &Sandbox) {
    registry.on(Target::Everything).always(Fault::NeedsToken(token(registry)));
    sandbox.npmrc(&format!("{}:_authToken={}", nerf_dart(registry), token(registry)));
}

#[test]
fn scoped_names_and_their_credential_go_to_their_registry_only() {
    let pool = Pool::of(3, "a@1.0.0\nb@1.0.0\nc@1.0.0");
    let own = Registry::start();
    own.tree("@private/x@1.0.0 -> a@^1 @private/y@1\n@private/y@1.0.0");
    let sandbox = pool.sandbox(&json!({"@private/x": "^1", "b": "^1", "c": "^1"}));
    sandbox.npmrc(&format!("@private:registry={}", own.url()));
    demand_token(&own, &sandbox);
    let output = sandbox.denpm(["install", "--quorum=2"]).succeeded();
    assert!(!output.stderr.contains("token-of") && !output.stdout.contains("token-of"));
    assert!(own.log().iter().all(|line| line.contains("private")), "{:?}", own.log());
}

#[test]
fn private_name_that_its_registry_cannot_serve_is_asked_nowhere_else() {
    for fault in [Fault::Status(404), Fault::Status(500), Fault::Dropped, Fault::Portal] {
        let pool = Pool::of(3, "a@1.0.0");
        let own = Registry::start();
        own.tree("@private/x@1.0.0");
        own.on(Target::Everything).always(fault);
        let sandbox = pool.sandbox(&json!({"@private/x": "^1"}));
        sandbox.npmrc(&format!("@private:registry={}", own.url()));
        assert_ne!(sandbox.denpm(["install"]).status, 0);
    }
}

#[test]
fn unscoped_names_of_a_registry_with_a_credential_stay_there() {
    let pool = Pool::of(3, "");
    pool.direct.tree("private-a@1.0.0");
    let sandbox = pool.sandbox(&json!({"private-a": "^1"}));
    demand_token(&pool.direct, &sandbox);
    sandbox.denpm(["install"]).succeeded();
    assert!(pool.mirrors.iter().all(|mirror| mirror.log().is_empty()));
}

#[test]
fn names_that_denpm_private_lists_stay_with_the_configured_registry() {
    let pool = Pool::of(3, "a@1.0.0");
    pool.direct.tree("private-a@1.0.0\n@private/b@1.0.0");
    let sandbox = pool.sandbox(&json!({"private-a": "^1", "@private/b": "^1", "a": "^1"}));
    sandbox.npmrc("denpm-private[]=private-*").npmrc("denpm-private[]=@private");
    sandbox.denpm(["install"]).succeeded();
}

#[test]
fn mirror_with_a_credential_of_its_own_gets_that_and_no_other() {
    let pool = Pool::of(2, "a@1.0.0\nb@1.0.0");
    let sandbox = pool.sandbox(&json!({"a": "^1", "b": "^1"}));
    demand_token(&pool.mirrors[0], &sandbox);
    sandbox.denpm(["install", &seed_for(&pool, "a", 1)]).succeeded();
}

#[test]
fn redirect_takes_no_credential_along() {
    let pool = Pool::of(2, "a@1.0.0");
    let own = Registry::start();
    own.tree("@private/x@1.0.0");
    let files = Registry::mirror_of(&own);
    let sandbox = pool.sandbox(&json!({"@private/x": "^1"}));
    sandbox.npmrc(&format!("@private:registry={}", own.url()));
    sandbox.npmrc(&format!("{}:_authToken={}", nerf_dart(&own), token(&own)));
    own.on(Target::Tarball("@private/x".to_owned())).always(Fault::Redirect(files.url()));
    sandbox.denpm(["install"]).succeeded();
    assert_eq!(files.requests().tarballs, 1);
}

#[test]
fn public_package_with_a_private_name_is_refused_and_named() {
    let pool = Pool::of(2, "a@1.0.0");
    let own = Registry::start();
    own.tree("@private/x@1.0.0");
    // Somebody published the name where everybody can.
    pool.mirrors[0].tree("@private/x@1.0.0");
    let public = format!("{}@private/x/-/x-1.0.0.tgz", pool.mirrors[0].url());
    let sandbox = pool.sandbox(&json!({"@private/x": "^1"}));
    sandbox.npmrc(&format!("@private:registry={}", own.url()));
    sandbox.denpm(["install"]).succeeded();
    let lock = sandbox.read("package-lock.json").unwrap();
    let own_url = format!("{}@private/x/-/x-1.0.0.tgz", own.url());
    sandbox.file("package-lock.json", &lock.replace(&own_url, &public)).remove("node_modules");
    std::fs::remove_dir_all(sandbox.cache()).unwrap();
    let output = sandbox.denpm(["ci"]);
    assert_eq!(output.status, 3, "{output}");
    output.failed_with("EDEPENDENCYCONFUSION").stderr_has("@private/x").stderr_has(&own.url());
    assert_eq!(pool.mirrors[0].requests().tarballs, 0);
}

#[test]
fn names_of_workspaces_are_asked_of_no_registry() {
    let pool = Pool::of(3, "a@1.0.0");
    let sandbox = pool.sandbox(&json!({}));
    let package = |name: &str, dependencies: Value| {
        let manifest = json!({"name": name, "version": "1.0.0", "dependencies": dependencies});
        sandbox.file(&format!("packages/{name}/package.json"), &manifest.to_string());
    };
    sandbox.package_json(&json!({
        "name": "project", "version": "1.0.0", "workspaces": ["packages/*"],
    }));
    package("w", json!({"a": "1"}));
    package("private-b", json!({}));
    // By the workspace that asks for it, and by the command line.
    package("private-c", json!({"private-b": "1", "a": "1"}));
    sandbox.denpm(["install"]).succeeded();
    sandbox.denpm(["install", "private-b", "-w", "w"]).succeeded();
    // One that is new, asked for by one whose place is known.
    package("private-d", json!({}));
    package("w", json!({"a": "1", "private-d": "1"}));
    sandbox.denpm(["install", "-w", "w"]).succeeded();
}
