//! What is promised of spec, as tests.

use super::*;
use crate::spec::Form;
use proptest::prelude::*;
use serde_json::{Value, json};

const WHERE: &str = "/test/where";

/// What a spec looks like in the fixture, see `fixtures/README.md`.
fn shown(spec: &Spec) -> Value {
    let home = dirs::home_dir().map(|home| home.to_string_lossy().into_owned()).unwrap_or_default();
    let at_home = spec.fetch_spec == home || spec.fetch_spec.starts_with(&format!("{home}/"));
    let fetch_spec =
        if at_home { spec.fetch_spec.replacen(&home, "$HOME", 1) } else { spec.fetch_spec.clone() };
    let mut shown = json!({
        "raw": spec.raw, "name": spec.name, "rawSpec": spec.raw_spec, "type": spec.type_name(),
        "fetchSpec": fetch_spec, "saveSpec": spec.save_spec,
        "string": if at_home { None } else { Some(spec.to_string()) },
        "escaped": spec.escaped_name(), "scope": spec.scope(), "registry": spec.is_registry(),
    });
    if let Some(git) = spec.git() {
        shown["committish"] = json!(git.committish);
        shown["range"] = json!(git.range);
        shown["subdir"] = json!(git.subdir);
        if let Some(hosted) = &git.hosted {
            shown["hosted"] = json!({
                "host": hosted.host.name(), "sshurl": hosted.sshurl(Form::Full), "ssh": hosted.ssh(Form::NoCommittish),
                "https": hosted.https(Form::Full), "git": hosted.git(Form::Full), "shortcut": hosted.shortcut(Form::Full),
                "tarball": hosted.tarball(), "bare": hosted.url(Form::Bare),
            });
        }
    }
    if let SpecKind::Alias(target) = &spec.kind {
        shown["target"] = json!(target.to_string());
    }
    shown
}

fn outcome(case: &Value) -> Value {
    let text = |key: &str| case[key].as_str().unwrap();
    let result = match case.get("arg") {
        Some(_) => Spec::parse(text("arg"), Path::new(WHERE)),
        None => Spec::resolve(text("name"), text("spec"), Path::new(WHERE)),
    };
    match result {
        Ok(spec) => shown(&spec),
        Err(error) => {
            let code = Some(error.code_text()).filter(|code| code != "EBADSPEC");
            json!({ "error": error.to_string(), "code": code })
        }
    }
}

#[cfg(unix)]
#[test]
fn specs_agree_with_npm_package_arg() {
    let cases: Vec<Value> =
        serde_json::from_str(include_str!("../../../fixtures/npm-package-arg/cases.json")).unwrap();
    let mut found = Vec::new();
    for case in &cases {
        let ours = outcome(case);
        if ours != case["expect"] {
            let given = case.get("arg").unwrap_or(&case["spec"]);
            found.push(format!("{given}\n  ours {ours}\n  npm  {}", case["expect"]));
        }
    }
    assert!(found.is_empty(), "{} of {}:\n{}", found.len(), cases.len(), found.join("\n"));
}

#[test]
fn parse_nested_aliases_does_not_recurse() {
    let nested = "npm:a@".repeat(9000);
    assert_eq!(Spec::resolve("a", &nested, Path::new(WHERE)), Err(SpecError::NestedAlias));
    assert_eq!(Spec::parse(&"a".repeat(MAX_LENGTH + 1), Path::new(WHERE)), Err(SpecError::TooLong));
}

proptest! {
    #[test]
    fn parse_never_panics(any in "\\PC{0,24}", like in "(file:|npm:|git[+]ssh://|github:|[@a-z]{1,3}@)?[a-z@:/#.~%^é-]{0,20}") {
        for text in [any, like] {
            if let Ok(spec) = Spec::parse(&text, Path::new(WHERE)) {
                prop_assert_eq!(&spec.raw, &text);
                prop_assert!(spec.name.is_none_or(|name| name_problems(&name).is_empty()));
            }
            let _either = Spec::resolve("a", &text, Path::new(WHERE));
        }
    }
}
