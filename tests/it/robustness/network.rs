//! A registry that is slow, silent, cut, endless or wrong: the install ends, and says why.

use super::{
    depends, refused, standing,
    support::{Fault, Registry, Sandbox, Target, http::Manner, tarball::noise},
};
use serde_json::json;
use std::time::Duration;

fn packument() -> Target {
    Target::Packument("a".to_owned())
}

fn tarball() -> Target {
    Target::Tarball("a".to_owned())
}

/// A project that wants `a`, of which nothing is known yet.
fn wanting() -> (Registry, Sandbox) {
    let (registry, sandbox) = standing();
    depends(&sandbox, &json!({"b": "^1", "a": "^1"}));
    (registry, sandbox)
}

#[test]
fn fault_that_passes_is_no_visible_error() {
    let faults = [
        Fault::Status(500),
        Fault::Status(502),
        Fault::Status(503),
        Fault::Status(504),
        Fault::Status(408),
        Fault::RetryAfter(0),
        Fault::Truncated,
        Fault::Dropped,
        Fault::In(Manner::Short),
        Fault::In(Manner::Noise),
        Fault::Slow(Duration::from_millis(200)),
    ];
    for fault in faults {
        for target in [packument(), tarball()] {
            let (registry, sandbox) = wanting();
            registry.on(target.clone()).times(1, fault.clone());
            let output = sandbox.denpm(["install"]);
            assert_eq!(output.status, 0, "{fault:?} of {target:?}: {output}");
        }
    }
}

#[test]
fn fault_that_stays_is_named_with_its_place() {
    let faults = [
        (Fault::Status(500), "E500"),
        (Fault::Status(503), "E503"),
        (Fault::Status(401), "E401"),
        (Fault::Status(403), "E403"),
        (Fault::Status(404), "E404"),
        (Fault::Status(418), "E418"),
        (Fault::Truncated, "ECONNRESET"),
        (Fault::Dropped, "ECONNRESET"),
        (Fault::In(Manner::Short), "ECONNRESET"),
        (Fault::In(Manner::Noise), "ECONNRESET"),
        (Fault::Portal, "EINVALIDRESPONSE"),
    ];
    let mut wrong = Vec::new();
    for (fault, code) in faults {
        for target in [packument(), tarball()] {
            let (registry, sandbox) = wanting();
            registry.on(target.clone()).always(fault.clone());
            let output = sandbox.denpm(["install", "--fetch-retries=1"]);
            let named = output.stderr.contains("${REGISTRY}a");
            if output.status == 0 || output.error_code() != Some(code) || !named {
                wrong.push(format!("{fault:?} of {target:?}, wants {code}: {output}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A tarball that is unpacked while it arrives: nobody keeps it until it is whole.
#[test]
fn large_tarball_whose_connection_breaks_is_asked_for_again() {
    let noise = noise(14 << 20);
    for fault in [Fault::Truncated, Fault::In(Manner::Short)] {
        let registry = Registry::start();
        registry.package("a", "1.0.0").file("data.bin", &noise).publish();
        let sandbox = Sandbox::new(&registry);
        depends(&sandbox, &json!({"a": "1"}));
        registry.on(tarball()).times(2, fault.clone());
        sandbox
            .denpm(["install", "--fetch-retries=1"])
            .failed_with("ECONNRESET")
            .stderr_has("a/-/a-1.0.0.tgz");
        assert_eq!(sandbox.read("node_modules/a/package.json"), None);
        registry.on(tarball()).times(1, fault);
        sandbox.denpm(["install", "--fetch-retries=1"]).succeeded();
        assert!(sandbox.read("node_modules/a/data.bin").is_some_and(|data| data == noise));
    }
}

#[test]
fn redirects_without_an_end_or_to_nowhere_are_refused() {
    for place in ["${REGISTRY}", "file:///etc/", "ftp://127.0.0.1/", "data:,", "//", "http://"] {
        for target in [packument(), tarball()] {
            let (registry, sandbox) = wanting();
            let place = place.replace("${REGISTRY}", &registry.url());
            registry.on(target).always(Fault::Redirect(place.clone()));
            let output = sandbox.denpm(["install", "--fetch-retries=0"]);
            assert_ne!(output.status, 0, "{place}: {output}");
            assert!(output.error_code().is_some(), "{place}: {output}");
        }
    }
}

// The bound of a tarball, half a gigabyte, is proven beside the reader of bodies.
#[test]
fn body_or_head_without_an_end_is_cut_off() {
    let cases = [
        (Manner::Endless, packument(), "ETOOLARGE"),
        (Manner::EndlessHead, packument(), "ECONNRESET"),
        (Manner::EndlessHead, tarball(), "ECONNRESET"),
    ];
    for (manner, target, code) in cases {
        let (registry, sandbox) = wanting();
        registry.on(target.clone()).always(Fault::In(manner));
        let output = sandbox.denpm(["install", "--fetch-retries=0", "--fetch-timeout=5000"]);
        let found = output.error_code();
        assert!(output.status != 0 && found == Some(code), "{manner:?} of {target:?}: {output}");
    }
}

#[test]
fn answer_that_nobody_asked_for_is_asked_for_again() {
    let (registry, sandbox) = wanting();
    registry.on(packument()).times(1, Fault::NotModified);
    sandbox.denpm(["install"]).succeeded();
    let (registry, sandbox) = wanting();
    registry.on(packument()).always(Fault::NotModified);
    let output = sandbox.denpm(["install", "--fetch-retries=0"]);
    assert_ne!(output.status, 0, "{output}");
}

#[test]
fn compressed_body_that_is_a_bomb_or_damaged_is_refused() {
    use super::support::tarball::gzip;
    for body in [gzip(&vec![b' '; 80 << 20]), gzip(b"{}")[..8].to_vec(), b"no gzip".to_vec()] {
        let (registry, sandbox) = wanting();
        registry.serve("a", "application/json", body);
        registry.on(packument()).always(Fault::Header("content-encoding", "gzip".to_owned()));
        let output = sandbox.denpm(["install", "--fetch-retries=0"]);
        assert_ne!(output.status, 0, "{output}");
        assert!(output.error_code().is_some(), "{output}");
    }
}

#[test]
fn tampered_tarball_is_refused_after_one_question_and_without_a_pause() {
    let (registry, sandbox) = wanting();
    registry.on(tarball()).always(Fault::Altered);
    registry.forget_requests();
    refused(&sandbox, &["install"], "EINTEGRITY", 1);
    assert_eq!(registry.requests().tarballs, 1);
}

// Bytes that arrive too slowly are as good as none; the floor is a kibibyte a second.
#[test]
fn body_that_trickles_but_arrives_is_taken() {
    let (registry, sandbox) = wanting();
    registry.on(tarball()).times(1, Fault::In(Manner::Trickled));
    sandbox.denpm(["install"]).succeeded();
}

#[test]
fn registry_that_falls_silent_is_given_up_after_the_time_that_was_set() {
    for fault in
        [Fault::Stalled, Fault::Slow(Duration::from_mins(1)), Fault::In(Manner::EndlessHead)]
    {
        for target in [packument(), tarball()] {
            let (registry, sandbox) = wanting();
            registry.on(target).always(fault.clone());
            let output = sandbox.denpm(["install", "--fetch-timeout=300", "--fetch-retries=1"]);
            assert_ne!(output.status, 0, "{fault:?}: {output}");
            assert!(output.stderr.contains("${REGISTRY}a"), "{fault:?}: {output}");
        }
    }
}

/// One document that never comes says nothing about the others.
#[test]
fn registry_that_falls_silent_about_one_package_serves_the_others() {
    let registry = Registry::start();
    registry.tree("silent@1.0.0\na@1.0.0 -> b@^1\nb@1.0.0 -> c@^1\nc@1.0.0 -> d@^1\nd@1.0.0");
    let sandbox = Sandbox::new(&registry);
    sandbox.package_json(&json!({
        "dependencies": {"a": "1"}, "optionalDependencies": {"silent": "1"},
    }));
    let target = |name: &str| Target::Packument(name.to_owned());
    registry.on(target("silent")).always(Fault::Stalled);
    for name in ["a", "b", "c", "d"] {
        registry.on(target(name)).always(Fault::Slow(Duration::from_millis(150)));
    }
    sandbox.denpm(["install", "--fetch-timeout=300", "--fetch-retries=0"]).succeeded();
    assert!(sandbox.read("node_modules/d/package.json").is_some());
    assert!(sandbox.read("node_modules/silent/package.json").is_none());
}
