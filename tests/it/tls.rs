//! Whom denpm trusts to be a registry, and how it shows who it is.

use serde_json::json;

use crate::support::{
    registry::Registry,
    sandbox::Sandbox,
    tls::{Clients, fixture, front, text},
};

/// A project whose registry speaks TLS, with a certificate of an authority no system knows.
fn behind_tls(clients: Clients) -> (Registry, Sandbox, String) {
    let registry = Registry::start();
    registry.package("a", "1.0.0").publish();
    let sandbox = Sandbox::new(&registry);
    sandbox.package_json(&json!({"dependencies": {"a": "1"}}));
    let url = front(&registry, clients);
    sandbox.npmrc(&format!("registry={url}")).npmrc("fetch-retries=0");
    (registry, sandbox, url)
}

/// A file of certificates as a path in a setting.
fn path(name: &str) -> String {
    fixture(name).display().to_string()
}

fn refused(sandbox: &Sandbox) {
    let output = sandbox.denpm(["install"]);
    assert_ne!(output.status, 0, "{output}");
    output.stderr_has("name its file: cafile=<path>");
    assert_eq!(sandbox.read("package-lock.json"), None);
}

#[test]
fn registry_of_an_unknown_authority_is_refused() {
    let (_registry, sandbox, _) = behind_tls(Clients::All);
    refused(&sandbox);
}

#[test]
fn authority_is_named_by_ca_by_cafile_or_by_nodes_variable() {
    let pem = format!("ca=\"{}\"", text("authority.pem").trim().replace('\n', "\\n"));
    for line in [pem, format!("cafile={}", path("authority.pem"))] {
        let (_registry, sandbox, _) = behind_tls(Clients::All);
        sandbox.npmrc(&line).denpm(["install"]).succeeded();
    }
    let (_registry, mut sandbox, _) = behind_tls(Clients::All);
    sandbox.variable("NODE_EXTRA_CA_CERTS", &path("authority.pem"));
    sandbox.denpm(["install"]).succeeded();
}

#[test]
fn who_names_an_authority_trusts_no_other() {
    let (_registry, mut sandbox, _) = behind_tls(Clients::All);
    sandbox.variable("NODE_EXTRA_CA_CERTS", &path("authority.pem"));
    sandbox.npmrc(&format!("cafile={}", path("other-authority.pem")));
    refused(&sandbox);
}

#[test]
fn file_of_authorities_that_is_not_there_changes_nothing() {
    let (_registry, mut sandbox, _) = behind_tls(Clients::All);
    sandbox.variable("NODE_EXTRA_CA_CERTS", &path("authority.pem"));
    sandbox.npmrc("cafile=/nowhere/at-all.pem");
    sandbox.denpm(["install"]).succeeded();
}

#[test]
fn file_of_authorities_that_holds_none_is_refused() {
    let (_registry, mut sandbox, _) = behind_tls(Clients::All);
    sandbox.variable("NODE_EXTRA_CA_CERTS", &path("authority.pem"));
    sandbox.file("not.pem", "0\u{82}");
    let cafile = format!("--cafile={}", sandbox.project().join("not.pem").display());
    let output = sandbox.denpm(["install", &cafile]);
    assert_ne!(output.status, 0, "{output}");
    output.stderr_has("there is no certificate in it");
}

#[test]
fn what_is_no_file_of_further_authorities_is_left_out_as_by_node() {
    let (_registry, mut sandbox, _) = behind_tls(Clients::All);
    sandbox.variable("NODE_EXTRA_CA_CERTS", &path(""));
    refused(&sandbox);
}

#[test]
fn any_certificate_will_do_without_strict_ssl() {
    let (_registry, sandbox, _) = behind_tls(Clients::All);
    sandbox.npmrc("strict-ssl=false").denpm(["install"]).succeeded();
}

#[test]
fn client_certificate_goes_to_its_registry() {
    let (_registry, sandbox, url) = behind_tls(Clients::Certified);
    sandbox.npmrc(&format!("cafile={}", path("authority.pem")));
    assert_ne!(sandbox.denpm(["install"]).status, 0);
    let registry = url.strip_prefix("https:").unwrap();
    for (key, file) in [("certfile", "user.pem"), ("keyfile", "user.key")] {
        sandbox.npmrc(&format!("{registry}:{key}={}", path(file)));
    }
    sandbox.denpm(["install"]).succeeded();
}
