//! Mirrors that strip or rewrite what they copy.

use super::{Pool, seed_for};
use crate::support::Registry;
use serde_json::{Value, json};

/// Lets a mirror serve a bent copy of the configured registry's full document of `name`,
/// whatever form is asked for.
fn bend(pool: &Pool, mirror: &Registry, name: &str, bend: impl Fn(&mut Value)) {
    let body = get(&format!("{}{name}", pool.direct.url()));
    let mut document: Value = serde_json::from_slice(&body).unwrap();
    bend(&mut document);
    mirror.serve(name, "application/json", serde_json::to_vec(&document).unwrap());
}

/// A plain GET over a connection of its own.
fn get(url: &str) -> Vec<u8> {
    use std::io::{Read as _, Write as _};
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    answer.split_off(head + 4)
}

fn each_version(document: &mut Value, change: impl Fn(&mut Value)) {
    document["versions"].as_object_mut().unwrap().values_mut().for_each(change);
}

fn without(value: &mut Value, keys: &[&str]) {
    let object = value.as_object_mut().unwrap();
    object.retain(|key, _| !keys.contains(&key.as_str()));
}

/// Whichever registry is asked first, the lock is that of the configured registry alone.
#[track_caller]
fn same_lock(bent: impl Fn(&mut Value)) {
    for (pool, has_documents) in [(Pool::of(3, TREE), true), (Pool::of_plain(3, TREE), false)] {
        let dependencies = json!({"a": "^1", "b": "^1"});
        let expected = pool.lock_of_one(&dependencies);
        for name in ["a", "b"] {
            bend(&pool, &pool.mirrors[0], name, &bent);
        }
        for registry in 0..3 {
            let sandbox = pool.sandbox(&dependencies);
            let output = sandbox.denpm(["install", &seed_for(&pool, "a", registry)]).succeeded();
            let lock = sandbox.read("package-lock.json").unwrap();
            assert_eq!(lock, expected, "{registry} {has_documents} {output}");
        }
    }
}

const TREE: &str = "a@1.0.0 -> b@^1 ; bin=a\nb@1.0.0\nb@1.1.0 ; postinstall=node x";

#[test]
fn tarballs_on_another_host_do_not_reach_the_lock() {
    same_lock(|document| {
        each_version(document, |version| {
            let file = version["version"].as_str().unwrap().to_owned();
            version["dist"]["tarball"] = json!(format!("http://files.example/{file}.tgz"));
        });
    });
}

#[test]
fn missing_digests_come_from_another_registry() {
    same_lock(|document| {
        each_version(document, |version| without(&mut version["dist"], &["integrity", "shasum"]));
    });
}

#[test]
fn missing_dates_and_people_are_no_difference() {
    same_lock(|document| {
        without(document, &["time", "maintainers", "_id"]);
        each_version(document, |version| without(version, &["_npmUser", "maintainers", "_id"]));
    });
}

#[test]
fn abbreviated_only_mirror_takes_nothing_from_the_lock() {
    same_lock(|document| {
        without(document, &["time", "_id"]);
        document["modified"] = json!("2026-01-01T00:00:00.000Z");
        each_version(document, |version| {
            let runs = version["scripts"].get("postinstall").is_some();
            without(version, &["scripts", "license", "_id"]);
            if runs {
                version["hasInstallScript"] = json!(true);
            }
        });
    });
}

#[test]
fn slimmed_versions_are_completed_from_another_registry() {
    same_lock(|document| {
        without(document, &["time"]);
        each_version(document, |version| {
            let slim = version.as_object_mut().unwrap();
            let kept = ["name", "version", "dependencies", "bin", "engines", "dist"];
            slim.retain(|key, _| kept.contains(&key.as_str()));
            without(&mut version["dist"], &["integrity", "shasum"]);
        });
    });
}

#[test]
fn extra_fields_of_mirrors_are_no_difference() {
    same_lock(|document| {
        document["_source_registry_name"] = json!("default");
        each_version(document, |version| {
            version["publish_time"] = json!(1_700_000_000_000_u64);
            version["dist"]["size"] = json!(1234);
        });
    });
}
