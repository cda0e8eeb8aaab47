//! The benchmark of whole installs: that it measures, not what. Times are never asserted.

use crate::support::{
    fault::{Fault, Target},
    registry::Registry,
    sandbox::{Output, Sandbox, npm_is_there, repository},
};
use serde_json::{Value, json};

const SCENARIOS: [&str; 6] = ["cold", "locked", "warm", "again", "relock", "add"];

/// A project to be measured; `None` where there is no Node.
fn project(registry: &Registry) -> Option<Sandbox> {
    registry.tree("a@1.0.0 -> b@1.0.0\nb@1.0.0\n@scope/c@1.0.0\none-more@1.0.0");
    let sandbox = npm_is_there().then(|| Sandbox::new(registry))?;
    sandbox.package_json(&json!({
        "name": "project", "version": "1.0.0", "dependencies": {"a": "^1", "@scope/c": "^1"},
    }));
    Some(sandbox)
}

fn bench(sandbox: &Sandbox, registry: &str, options: &str) -> Output {
    let script = repository().join("benches/install/bench.mjs");
    let script = script.display();
    sandbox.shell(&format!(
        "exec node '{script}' --denpm $DENPM --registry {registry} --records ../records \
         --rounds 2 --add one-more@1.0.0 --json ../times.json {options} ."
    ))
}

fn times(sandbox: &Sandbox) -> Value {
    sandbox.json("../times.json")["project"].clone()
}

#[test]
fn every_scenario_is_timed_in_every_round_for_every_tool() {
    let registry = Registry::start();
    let Some(sandbox) = project(&registry) else { return };
    let output = bench(&sandbox, &registry.url(), "--tools denpm,npm").succeeded();
    for scenario in SCENARIOS {
        for tool in ["denpm", "npm"] {
            let times = times(&sandbox)[scenario][tool].as_array().unwrap().clone();
            let counted = times.iter().filter(|time| time.as_f64().unwrap() > 0.0).count();
            assert_eq!(counted, 2, "{scenario} of {tool}: {times:?}\n{output}");
        }
    }
    let rows = output.stdout.lines().filter(|line| line.starts_with("lock")).count();
    assert_eq!(rows, 2, "{output}");
    assert!(output.stdout.contains("denpm / npm"), "{output}");
    // It installs copies: the project itself stays as it is.
    assert!(sandbox.read("package-lock.json").is_none());
}

#[test]
fn what_was_recorded_is_not_asked_for_again() {
    let registry = Registry::start();
    let Some(sandbox) = project(&registry) else { return };
    let url = registry.url();
    bench(&sandbox, &url, "--tools denpm --scenarios cold,locked").succeeded();
    drop(registry);
    bench(&sandbox, &url, "--tools denpm --scenarios cold,locked").succeeded();
    assert_eq!(times(&sandbox).as_object().unwrap().len(), 2);
}

#[test]
fn a_scenario_is_timed_alone_or_after_others() {
    let registry = Registry::start();
    let Some(sandbox) = project(&registry) else { return };
    for scenarios in ["relock", "locked,warm,relock"] {
        bench(&sandbox, &registry.url(), &format!("--tools denpm --scenarios {scenarios}"))
            .succeeded();
        let times = times(&sandbox)["relock"]["denpm"].as_array().unwrap().len();
        assert_eq!(times, 2);
    }
}

#[test]
fn answer_that_failed_once_is_asked_for_again() {
    let registry = Registry::start();
    let Some(sandbox) = project(&registry) else { return };
    registry.on(Target::Packument("a".into())).times(1, Fault::Status(503));
    bench(&sandbox, &registry.url(), "--tools denpm --scenarios cold").succeeded();
}

#[test]
fn tool_that_cannot_install_a_project_is_left_out_aloud() {
    let registry = Registry::start();
    let Some(sandbox) = project(&registry) else { return };
    sandbox.package_json(&json!({"name": "project", "dependencies": {"nowhere": "1.0.0"}}));
    let output = bench(&sandbox, &registry.url(), "--tools denpm --scenarios cold");
    assert_eq!(output.status, 1, "{output}");
    assert!(output.stderr.contains("denpm is left out of project"), "{output}");
    assert!(output.stderr.contains("E404"), "{output}");
}

#[test]
fn what_is_not_known_is_refused_before_anything_is_run() {
    let registry = Registry::start();
    let Some(sandbox) = project(&registry) else { return };
    for wrong in [
        "--tools abacus",
        "--tools toString",
        "--tools ,",
        "--scenarios sideways",
        "--rounds 0",
        "--latency soon",
        "--odd",
    ] {
        let output = bench(&sandbox, &registry.url(), wrong);
        assert_eq!(output.status, 2, "{output}");
        assert!(output.stderr.starts_with("bench: "), "{output}");
    }
    assert_eq!(registry.requests().packuments, 0);
}
