//! Credentials go to their registry and nowhere else: no other host, file, log, script or screen.

use super::{
    depends,
    support::{Fault, Registry, Sandbox, Target, sandbox::Output},
};
use serde_json::json;
use std::fs;

const TOKEN: &str = "npm_S3cr3tS3cr3tS3cr3tS3cr3tS3cr3tS3cr3t";
const PASSWORD: &str = "hunter2hunter2";

/// A registry that asks for the token, and a project whose user has it.
fn guarded() -> (Registry, Sandbox) {
    let registry = Registry::start();
    registry.tree("a@1.0.0");
    let sandbox = Sandbox::new(&registry);
    let host = registry.url().replace("http:", "");
    sandbox.npmrc(&format!("{host}:_authToken={TOKEN}"));
    depends(&sandbox, &json!({"a": "^1"}));
    registry.on(Target::Everything).always(Fault::NeedsToken(TOKEN.to_owned()));
    (registry, sandbox)
}

/// Neither what was said nor any file of the sandbox but the user's own settings has the secret.
#[track_caller]
fn kept(secret: &str, sandbox: &Sandbox, output: &Output) {
    assert!(!output.stdout.contains(secret) && !output.stderr.contains(secret), "{output}");
    let mut folders = vec![sandbox.project().parent().unwrap().to_owned()];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = item.path();
            if item.file_type().unwrap().is_dir() {
                folders.push(path);
            } else if item.file_name() != ".npmrc" {
                let content = fs::read(&path).unwrap_or_default();
                let found = content.windows(secret.len()).any(|part| part == secret.as_bytes());
                assert!(!found, "{}", path.display());
            }
        }
    }
}

#[test]
fn token_is_used_and_written_nowhere() {
    let (_registry, sandbox) = guarded();
    sandbox.npmrc("logs-max=10");
    let output = sandbox.denpm(["install", "--loglevel=silly"]).succeeded();
    kept(TOKEN, &sandbox, &output);
    let output = sandbox.denpm(["ci", "--loglevel=silly"]).succeeded();
    kept(TOKEN, &sandbox, &output);
}

#[test]
fn token_is_not_told_when_things_go_wrong() {
    for fault in
        [Fault::Status(401), Fault::Status(403), Fault::Status(500), Fault::Dropped, Fault::Portal]
    {
        let (registry, sandbox) = guarded();
        sandbox.npmrc("logs-max=10");
        registry.on(Target::Everything).always(fault);
        let output = sandbox.denpm(["install", "--fetch-retries=0", "--loglevel=silly"]);
        assert_ne!(output.status, 0);
        kept(TOKEN, &sandbox, &output);
    }
}

#[test]
fn user_and_password_in_a_url_are_told_nobody() {
    let registry = Registry::start();
    registry.tree("a@1.0.0");
    let sandbox = Sandbox::new(&registry);
    let with_user = registry.url().replace("http://", &format!("http://user:{PASSWORD}@"));
    sandbox.npmrc(&format!("registry={with_user}")).npmrc("logs-max=10");
    depends(&sandbox, &json!({"a": "^1", "gone": "*"}));
    let output = sandbox.denpm(["install", "--loglevel=silly"]);
    assert_ne!(output.status, 0, "{output}");
    kept(PASSWORD, &sandbox, &output);
    depends(&sandbox, &json!({"a": "^1"}));
    let output = sandbox.denpm(["install", "--loglevel=silly"]).succeeded();
    kept(PASSWORD, &sandbox, &output);
}

#[test]
fn token_goes_to_no_other_host_port_or_path() {
    let (registry, sandbox) = guarded();
    registry.heal();
    let other = Registry::mirror_of(&registry);
    let token_seen =
        |registry: &Registry| registry.credentials().iter().any(|seen| seen.contains(TOKEN));
    // Redirected, advertised by the packument, named by the lock.
    registry.on(Target::Tarball("a".to_owned())).always(Fault::Redirect(other.url()));
    sandbox.denpm(["install"]).succeeded();
    assert!(!other.log().is_empty() && !token_seen(&other) && token_seen(&registry));
    registry.heal();
    for field in ["elsewhere", "scheme"] {
        let tarball = match field {
            "elsewhere" => format!("{}a/-/a-1.0.0.tgz", other.url()),
            _ => {
                other.url().replace("http://", &format!("http://x:{PASSWORD}@")) + "a/-/a-1.0.0.tgz"
            }
        };
        let fresh = Sandbox::new(&registry);
        let host = registry.url().replace("http:", "");
        fresh.npmrc(&format!("{host}:_authToken={TOKEN}"));
        registry.package("a", "1.0.0").dist("tarball", json!(tarball)).publish();
        depends(&fresh, &json!({"a": "^1"}));
        let output = fresh.denpm(["install"]);
        assert!(!token_seen(&other), "{field}: {output}");
    }
    let (registry, sandbox) = guarded();
    registry.heal();
    let host = registry.url().replace("http:", "");
    sandbox.npmrc(&format!("{host}:_authToken="));
    sandbox.npmrc(&format!("{host}team/:_authToken={TOKEN}"));
    sandbox.denpm(["install"]).succeeded();
    assert!(!token_seen(&registry));
}

#[test]
fn project_cannot_send_the_users_token_elsewhere() {
    let (registry, sandbox) = guarded();
    let thief = Registry::mirror_of(&registry);
    registry.heal();
    sandbox.file(".npmrc", &format!("registry={}\n", thief.url()));
    sandbox.denpm(["install"]).succeeded();
    assert!(!thief.log().is_empty());
    assert!(!thief.credentials().iter().any(|seen| seen.contains(TOKEN)));
}

#[cfg(unix)]
#[test]
fn scripts_of_dependencies_see_no_credential_of_npm() {
    let (registry, mut sandbox) = guarded();
    registry.package("a", "1.0.0").script("postinstall", "env > seen").publish();
    for name in [
        "NPM_TOKEN",
        "NODE_AUTH_TOKEN",
        "npm_config__auth",
        "NPM_CONFIG__PASSWORD",
        "npm_config_//registry.example/:_authToken",
        "npm_config_otp",
    ] {
        sandbox.variable(name, TOKEN);
    }
    let args = ["install", "--dangerously-allow-all-scripts", "--otp", TOKEN];
    let output = sandbox.denpm(args).succeeded();
    assert!(sandbox.read("node_modules/a/seen").unwrap().contains("npm_package_name=a"));
    kept(TOKEN, &sandbox, &output);
}
