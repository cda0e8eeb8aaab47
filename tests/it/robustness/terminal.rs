//! What foreign text does to a terminal: nothing.

use super::{
    depends,
    support::{Fault, Registry, Sandbox, Target, sandbox::Output},
};
use serde_json::json;

/// Title, clipboard, clear screen, a line of our own, a C1 control, text from right to left.
const HOSTILE: &str = "\u{1b}]0;t\u{7}\u{1b}]52;c;QQ==\u{7}\u{1b}[2J\r\nnpm error forged\u{9b}31m\u{202e}evil\u{200b}\u{8}\u{0}";

#[track_caller]
fn harmless(output: &Output) {
    for text in [&output.stdout, &output.stderr] {
        let raw: Vec<_> = text
            .chars()
            .filter(|c| c.is_control() && !matches!(c, '\n' | '\t'))
            .chain(text.chars().filter(
                |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'),
            ))
            .collect();
        assert!(raw.is_empty(), "{raw:?} in {output}");
        assert!(!text.lines().any(|line| line.starts_with("npm error forged")), "{output}");
    }
}

/// A project with a package that has the text wherever a package can have text.
fn hostile() -> (Registry, Sandbox) {
    let registry = Registry::start();
    registry
        .package("x", "1.0.0")
        .deprecated(HOSTILE)
        .field("description", json!(HOSTILE))
        .field("license", json!(HOSTILE))
        .field("funding", json!({"url": format!("https://host.example/{HOSTILE}")}))
        .field("homepage", json!(HOSTILE))
        .engines("node", HOSTILE)
        .engines("npm", ">=99")
        .script("postinstall", HOSTILE)
        .peer_optional("y", "*")
        .publish();
    let sandbox = Sandbox::new(&registry);
    depends(&sandbox, &json!({"x": "*"}));
    (registry, sandbox)
}

#[test]
fn text_of_packages_is_shown_harmlessly_by_every_command() {
    let (registry, sandbox) = hostile();
    sandbox.npmrc("fund=true");
    for args in [
        &["install"][..],
        &["install", "--loglevel=silly"],
        &["ls", "--all", "--long"],
        &["ls", "--json"],
        &["explain", "x"],
        &["outdated"],
        &["outdated", "--json"],
        &["install-scripts", "ls"],
        &["approve-scripts", "--all"],
        &["audit-signatures"],
        &["verify"],
        &["ci", "--engine-strict"],
        &["install", "--dangerously-allow-all-scripts", "--force"],
    ] {
        sandbox.forget_settled();
        harmless(&sandbox.denpm(args));
    }
    drop(registry);
}

#[test]
fn words_of_a_registry_are_shown_harmlessly() {
    let statuses = [400, 401, 403, 404, 418, 429, 500, 503];
    for status in statuses {
        let (registry, sandbox) = hostile();
        registry.serve(
            "x",
            "application/json",
            serde_json::to_vec(&json!({"error": HOSTILE, "message": HOSTILE})).unwrap(),
        );
        registry.on(Target::Packument("x".to_owned())).always(Fault::As(status));
        let output = sandbox.denpm(["install", "--fetch-retries=0", "--loglevel=silly"]);
        assert_ne!(output.status, 0, "{status}: {output}");
        harmless(&output);
    }
    let (registry, sandbox) = hostile();
    registry
        .on(Target::Everything)
        .always(Fault::Header("npm-notice", "forged \u{9b}2J".to_owned()));
    harmless(&sandbox.denpm(["install"]));
}

#[test]
fn words_of_lock_settings_and_command_line_are_shown_harmlessly() {
    let (_registry, sandbox) = hostile();
    harmless(&sandbox.denpm(["install", &HOSTILE.replace('\0', "")]));
    sandbox.denpm(["install"]).succeeded();
    let lock = sandbox.read("package-lock.json").unwrap();
    let escaped = serde_json::to_string(HOSTILE).unwrap();
    let escaped = escaped.trim_matches('"');
    for (part, instead) in [
        ("node_modules/x", format!("node_modules/{escaped}")),
        ("1.0.0", format!("1.0.0{escaped}")),
        ("sha512-", format!("sha512-{escaped}")),
        ("\"license\"", format!("\"{escaped}\"")),
    ] {
        sandbox.file("package-lock.json", &lock.replace(part, &instead));
        harmless(&sandbox.denpm(["ci"]));
        harmless(&sandbox.denpm(["ls", "--package-lock-only"]));
    }
    sandbox.file(".npmrc", &format!("{}=1\nregistry={}\n", "k\u{1b}[2J", "\u{1b}[2J"));
    harmless(&sandbox.denpm(["install"]));
}

#[cfg(unix)]
#[test]
fn output_of_a_script_that_fails_is_shown_harmlessly() {
    let registry = Registry::start();
    let print = r"printf '\033]0;t\007\033[2J\r\nnpm error forged\n\342\200\256evil'; exit 1";
    registry.package("x", "1.0.0").script("postinstall", print).publish();
    let sandbox = Sandbox::new(&registry);
    depends(&sandbox, &json!({"x": "*"}));
    let output = sandbox.denpm(["install", "--dangerously-allow-all-scripts"]);
    assert_ne!(output.status, 0, "{output}");
    harmless(&output);
}
