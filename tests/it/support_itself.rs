//! The tests' own registry and sandbox do what they promise.

use crate::support::{Fault, Registry, Sandbox, Target, package::sha512};
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::TcpStream,
};

/// The head and the body of an answer to one `GET`.
fn get(registry: &Registry, path: &str, headers: &str) -> (String, Vec<u8>) {
    let url = registry.url();
    let host = url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{headers}\r\n")
        .unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(bytes.len());
    let body = bytes.get(end + 4..).unwrap_or_default().to_vec();
    (String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase(), body)
}

fn packument(registry: &Registry, name: &str) -> Value {
    serde_json::from_slice(&get(registry, name, "").1).unwrap()
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_default()
}

#[test]
fn packument_has_what_was_published() {
    let registry = Registry::start();
    registry.tree(
        "@s/a@1.0.0 -> b@^1 @s/c peer:d@1||2 peeropt:e@3 opt:f@^2 alias:x=npm:y@1 bundle:h@1.0.0
         @s/a@2.0.0-rc.1 ; deprecated=not yet ; os=darwin,win32 ; node=>=99
         @s/a@3.0.0 ; tag=next",
    );
    let answer = packument(&registry, "@s%2fa");
    assert_eq!(answer["dist-tags"], json!({"latest": "1.0.0", "next": "3.0.0"}));
    let first = &answer["versions"]["1.0.0"];
    let dependencies = json!({"b": "^1", "@s/c": "*", "x": "npm:y@1", "h": "1.0.0"});
    assert_eq!(first["dependencies"], dependencies);
    assert_eq!(first["peerDependencies"], json!({"d": "1||2", "e": "3"}));
    assert_eq!(first["peerDependenciesMeta"], json!({"e": {"optional": true}}));
    assert_eq!(first["optionalDependencies"], json!({"f": "^2"}));
    assert_eq!(first["bundleDependencies"], json!(["h"]));
    let second = &answer["versions"]["2.0.0-rc.1"];
    assert_eq!(second["deprecated"], "not yet");
    assert_eq!(second["os"], json!(["darwin", "win32"]));
    assert_eq!(second["engines"], json!({"node": ">=99"}));
}

#[test]
fn tarball_is_at_its_url_and_has_its_integrity() {
    let registry = Registry::start();
    registry.package("@s/a", "1.0.0").bin("a", "cli.js").file("index.js", "1").publish();
    let dist = packument(&registry, "@s/a")["versions"]["1.0.0"]["dist"].clone();
    let url = dist["tarball"].as_str().unwrap();
    assert_eq!(url, format!("{}@s/a/-/a-1.0.0.tgz", registry.url()));
    let (_, tarball) = get(&registry, url.trim_start_matches(&registry.url()), "");
    assert_eq!(dist["integrity"], sha512(&tarball));
    let mut archive = tar::Archive::new(GzDecoder::new(tarball.as_slice()));
    let entries = archive.entries().unwrap().map(|entry| {
        let entry = entry.unwrap();
        (entry.path().unwrap().display().to_string(), entry.header().mode().unwrap())
    });
    let expected =
        [("package/package.json", 0o644), ("package/cli.js", 0o755), ("package/index.js", 0o644)];
    assert_eq!(entries.collect::<Vec<_>>(), expected.map(|(path, mode)| (path.to_owned(), mode)));
}

#[test]
fn packument_that_is_known_is_not_sent_again() {
    let registry = Registry::start();
    registry.tree("a@1.0.0");
    let (head, _) = get(&registry, "a", "");
    let etag = header(&head, "etag");
    let (head, body) = get(&registry, "a", &format!("if-none-match: {etag}\r\n"));
    assert!(head.starts_with("http/1.1 304"));
    assert!(body.is_empty());
}

#[test]
fn packument_is_compressed_and_abbreviated_on_demand() {
    let registry = Registry::start();
    registry.tree("a@1.0.0 ; postinstall=node x ; license=MIT");
    let accept = "accept: application/vnd.npm.install-v1+json\r\naccept-encoding: gzip\r\n";
    let (head, body) = get(&registry, "a", accept);
    assert_eq!(header(&head, "content-encoding"), "gzip");
    let packument: Value = serde_json::from_reader(GzDecoder::new(body.as_slice())).unwrap();
    let version = &packument["versions"]["1.0.0"];
    assert_eq!(version["hasInstallScript"], true);
    assert_eq!(version["license"], Value::Null);
    assert_eq!(packument["time"], Value::Null);
}

#[test]
fn requests_are_counted_by_kind() {
    let registry = Registry::start();
    registry.tree("a@1.0.0");
    for path in ["a", "b", "a/-/a-1.0.0.tgz", "-/npm/v1/security/advisories/bulk", "-/ping"] {
        get(&registry, path, "");
    }
    let requests = registry.requests();
    assert_eq!((requests.packuments, requests.tarballs), (2, 1));
    assert_eq!((requests.advisories, requests.others), (1, 1));
    assert_eq!(registry.log()[2], "GET /a/-/a-1.0.0.tgz");
}

#[test]
fn faults_end_after_their_number_of_times() {
    let registry = Registry::start();
    registry.tree("a@1.0.0");
    registry.on(Target::Packument("a".to_owned())).times(2, Fault::Status(503));
    let status = || get(&registry, "a", "").0[9..12].to_owned();
    assert_eq!([status(), status(), status()], ["503", "503", "200"]);
}

#[test]
fn faults_bend_the_answer_they_are_about() {
    let registry = Registry::start();
    registry.tree("a@1.0.0\na@1.1.0");
    let tarball = registry.tarball("a", "1.0.0");
    let path = "a/-/a-1.0.0.tgz";
    let on_tarball = |fault| {
        registry.heal();
        registry.on(Target::Tarball("a".to_owned())).always(fault);
        get(&registry, path, "")
    };
    let (head, body) = on_tarball(Fault::Truncated);
    assert_eq!(header(&head, "content-length"), tarball.len().to_string());
    assert_eq!(body, tarball[..tarball.len() / 2]);
    let (_, body) = on_tarball(Fault::Altered);
    assert_eq!(body.iter().zip(&tarball).filter(|(a, b)| a != b).count(), 1);
    assert!(on_tarball(Fault::Dropped).0.is_empty());
    let (head, _) = on_tarball(Fault::Redirect("http://127.0.0.1:9/".to_owned()));
    assert_eq!(header(&head, "location"), format!("http://127.0.0.1:9/{path}"));
    let (head, _) = on_tarball(Fault::RetryAfter(7));
    assert_eq!(header(&head, "retry-after"), "7");
    assert_eq!(header(&on_tarball(Fault::Portal).0, "content-type"), "text/html");
}

#[test]
fn faults_bend_the_packument() {
    let registry = Registry::start();
    registry.tree("a@1.0.0\na@1.1.0");
    registry.on(Target::Packument("a".to_owned())).always(Fault::Stale);
    let stale = packument(&registry, "a");
    assert_eq!(stale["dist-tags"]["latest"], "1.0.0");
    assert_eq!(stale["versions"]["1.1.0"], Value::Null);
    registry.on(Target::Packument("a".to_owned())).always(Fault::WrongIntegrity);
    let wrong = packument(&registry, "a");
    assert_ne!(wrong["versions"]["1.1.0"]["dist"]["integrity"], registry.integrity("a", "1.1.0"));
}

#[test]
fn token_opens_a_closed_registry() {
    let registry = Registry::start();
    registry.tree("a@1.0.0");
    registry.on(Target::Everything).always(Fault::NeedsToken("secret".to_owned()));
    assert!(get(&registry, "a", "").0.starts_with("http/1.1 401"));
    let (head, _) = get(&registry, "a", "authorization: Bearer secret\r\n");
    assert!(head.starts_with("http/1.1 200"));
}

#[test]
fn mirror_serves_the_same_bytes_under_its_own_url() {
    let registry = Registry::start();
    registry.tree("a@1.0.0");
    let mirror = Registry::mirror_of(&registry);
    let dist = packument(&mirror, "a")["versions"]["1.0.0"]["dist"].clone();
    assert!(dist["tarball"].as_str().unwrap().starts_with(&mirror.url()));
    assert_eq!(dist["integrity"], registry.integrity("a", "1.0.0"));
}

#[test]
fn sandbox_shows_what_npm_installed() {
    let registry = Registry::start();
    registry.package("a", "1.0.0").dep("b", "1").bin("a", "cli.js").publish();
    registry.tree("b@1.0.0");
    let sandbox = Sandbox::new(&registry);
    sandbox.package_json(&json!({"dependencies": {"a": "^1"}}));
    let Some(output) = sandbox.npm(["install"]) else { return };
    output.succeeded().stdout_has("added 2 packages in [TIME]");
    insta::assert_snapshot!(sandbox.tree(), @r"
    node_modules/.bin/a -> ../a/cli.js
    node_modules/a 1.0.0
    node_modules/a/cli.js*
    node_modules/b 1.0.0
    ");
}
