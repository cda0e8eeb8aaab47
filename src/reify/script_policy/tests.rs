//! What is promised of script policy, as tests.

use super::*;
use serde_json::json;

/// Enough of npm's grammar for keys that stand in these tests.
pub(in crate::reify) struct TestGrammar;

impl Grammar for TestGrammar {
    fn key(&self, text: &str) -> Option<PolicyKey> {
        if text.is_empty() || text.contains(' ') && !text.contains("||") {
            return None;
        }
        if let Some(rest) = text
            .strip_prefix("github:")
            .or_else(|| text.strip_prefix("git+ssh://git@host.example/"))
        {
            let (repository, committish) =
                rest.split_once('#').map_or((rest, None), |(a, b)| (a, Some(b.to_owned())));
            let repository = repository.trim_end_matches(".git");
            return Some(PolicyKey::Git(GitKey {
                ssh: Some(format!("git@host.example:{repository}.git")),
                shortcut: Some(format!("github:{repository}")),
                fetch_spec: None,
                committish,
            }));
        }
        if text.starts_with("file:") || text.starts_with('/') || text.starts_with("http") {
            return Some(PolicyKey::Source { fetch_spec: text.to_owned(), save_spec: None });
        }
        if text.contains("@npm:") {
            return Some(PolicyKey::Other);
        }
        let (name, spec) = match text.char_indices().skip(1).find(|(_, c)| *c == '@') {
            Some((at, _)) => (&text[..at], &text[at + 1..]),
            None => (text, ""),
        };
        let wanted = match spec {
            "" | "*" => Wanted::Any,
            _ if self.version(spec).is_some() => Wanted::Version(spec.to_owned()),
            _ if node_semver::Range::parse(spec).is_ok() => Wanted::Range(spec.to_owned()),
            _ => Wanted::Tag,
        };
        Some(PolicyKey::Registry { name: name.to_owned(), wanted })
    }

    fn registry_name(&self, name: &str, spec: &str) -> Option<String> {
        match spec.strip_prefix("npm:") {
            Some(target) => target.rsplit_once('@').map(|(name, _)| name.to_owned()),
            None => (!spec.contains(':')).then(|| name.to_owned()),
        }
    }

    fn version(&self, text: &str) -> Option<String> {
        let strict = !text.contains([' ', '|']);
        node_semver::Version::parse(text).ok().filter(|_| strict).map(|version| version.to_string())
    }

    fn satisfies(&self, version: &str, range: &str) -> bool {
        let range = node_semver::Range::parse(range).ok();
        node_semver::Version::parse(version)
            .ok()
            .is_some_and(|version| range.is_some_and(|range| range.satisfies(&version)))
    }
}

/// A registry package with a postinstall script.
pub(in crate::reify) fn registry(name: &str, version: &str) -> ScriptPackage {
    let unscoped = name.rsplit('/').next().unwrap();
    ScriptPackage {
        name: name.into(),
        version: version.into(),
        location: format!("node_modules/{name}"),
        resolved: Some(format!("https://registry.example/{name}/-/{unscoped}-{version}.tgz")),
        is_registry: true,
        scripts: [("postinstall", "node x")].into_iter().collect(),
        ..ScriptPackage::default()
    }
}

pub(in crate::reify) fn map(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn policy(value: &Value) -> ScriptPolicy {
    let layers = PolicyLayers { package_json: Some(&map(value)), ..PolicyLayers::default() };
    ScriptPolicy::resolve(layers, &TestGrammar).unwrap()
}

fn reviewed(value: &Value, package: &ScriptPackage) -> Reviewed {
    policy(value).reviewed(package, &TestGrammar)
}

#[test]
fn reviewed_table_of_registry_keys() {
    use Reviewed::{Allowed, Denied, Not};
    let package = registry("@s/a", "1.2.3");
    for (policy, expected) in [
        (json!({"@s/a": true}), Allowed),
        (json!({"@s/a@*": true}), Allowed),
        (json!({"@s/a@1.2.3": true}), Allowed),
        (json!({"@s/a@1.2.4": true}), Not),
        (json!({"@s/a@1.0.0 || 1.2.3": true}), Allowed),
        (json!({"@s/a@1.0.0||2.0.0": true}), Not),
        (json!({"@s/a@^1.0.0": true}), Not),
        (json!({"@s/a@latest": true}), Not),
        (json!({"@s/a": false}), Denied),
        (json!({"@s/a": true, "@s/a@1.2.3": false}), Denied),
        (json!({"@s/a@1.2.3": false, "@s/a": true}), Denied),
        (json!({"a": true, "@s/b": true}), Not),
        (json!({"x@npm:@s/a": true}), Not),
        (json!({"https://registry.example/@s/a/-/a-1.2.3.tgz": true}), Allowed),
        (json!({"@s/a": "yes"}), Not),
        (json!({}), Not),
    ] {
        assert_eq!(reviewed(&policy, &package), expected, "{policy}");
    }
}

#[test]
fn reviewed_ignores_what_the_tarball_says_of_itself() {
    let mut forged = registry("evil", "1.0.0");
    forged.name = "trusted".into();
    forged.location = "node_modules/trusted".into();
    assert_eq!(reviewed(&json!({"trusted": true}), &forged), Reviewed::Not);
    assert_eq!(reviewed(&json!({"evil": true}), &forged), Reviewed::Allowed);
    // A tarball URL of the right shape is still not the registry's package.
    forged.is_registry = false;
    assert_eq!(reviewed(&json!({"evil": true}), &forged), Reviewed::Not);
}

#[test]
fn reviewed_without_resolved_trusts_the_name_and_fails_closed_on_versions() {
    let mut package = registry("alias", "1.0.0");
    package.resolved = None;
    package.edges_in = vec![("alias".into(), "npm:real@^1".into())];
    assert_eq!(reviewed(&json!({"real": true}), &package), Reviewed::Allowed);
    assert_eq!(reviewed(&json!({"alias": true}), &package), Reviewed::Not);
    assert_eq!(reviewed(&json!({"real@1.0.0": true}), &package), Reviewed::Not);
    assert_eq!(reviewed(&json!({"real@9.9.9": false}), &package), Reviewed::Denied);
}

#[test]
fn reviewed_table_of_other_sources() {
    let git = |commit: &str| ScriptPackage {
        resolved: Some(format!("git+ssh://git@host.example/o/r.git#{commit}")),
        ..ScriptPackage::default()
    };
    let full = "0123456789abcdef0123456789abcdef01234567";
    assert_eq!(reviewed(&json!({"github:o/r": true}), &git(full)), Reviewed::Allowed);
    assert_eq!(reviewed(&json!({"github:o/r#0123456": true}), &git(full)), Reviewed::Allowed);
    assert_eq!(reviewed(&json!({"github:o/r#0123457": true}), &git(full)), Reviewed::Not);
    let longer = json!({ format!("github:o/r#{full}"): true });
    assert_eq!(reviewed(&longer, &git("0123456")), Reviewed::Not, "a short hash proves nothing");
    assert_eq!(reviewed(&json!({"github:o/x": true}), &git(full)), Reviewed::Not);
    let linked = ScriptPackage {
        kind: PackageKind::Link,
        link_specs: vec!["file:../pkg".into(), "/p/pkg".into()],
        ..ScriptPackage::default()
    };
    assert_eq!(reviewed(&json!({"/p/pkg": true}), &linked), Reviewed::Allowed);
    assert_eq!(reviewed(&json!({"file:../pkg": false}), &linked), Reviewed::Denied);
    let bundled = ScriptPackage { kind: PackageKind::Bundled, ..registry("a", "1.0.0") };
    assert_eq!(reviewed(&json!({"a": true}), &bundled), Reviewed::Not);
}

#[test]
fn identity_comes_from_the_shape_npm_knows() {
    for (resolved, expected) in [
        ("https://r.example/lodash/-/lodash-4.1.0.tgz", Some(("lodash", "4.1.0"))),
        ("https://r.example/sub/@s/x/-/x-1.0.0.tgz", Some(("@s/x", "1.0.0"))),
        ("https://r.example/@s%2fx/-/x-1.0.0-b.1.tgz", Some(("@s/x", "1.0.0-b.1"))),
        ("https://r.example/-/trusted-1.0.0.tgz", None),
        ("https://r.example/a/-/b-1.0.0.tgz", None),
        ("https://r.example/a/-/a-1.0.0.tgz?x=1", None),
        ("https://r.example/x?/a/-/a-1.0.0.tgz", None),
        ("https://r.example/x#/a/-/a-1.0.0.tgz", None),
        ("file:../a/-/a-1.0.0.tgz", None),
        ("https://r.example/a/-/a-1.tgz", None),
        ("", None),
    ] {
        let package = ScriptPackage { resolved: Some(resolved.into()), ..ScriptPackage::default() };
        let expected = expected
            .map(|(name, version)| Identity { name: name.into(), version: Some(version.into()) });
        assert_eq!(identity(&package, &TestGrammar), expected, "{resolved}");
    }
}

#[test]
fn resolve_takes_one_layer_and_says_what_it_ignores() {
    let package_json = map(&json!({"a@^1": true, "b@latest": true, "c d": true, "e": true}));
    let layers = PolicyLayers {
        package_json: Some(&package_json),
        npmrc: &["x, y".to_owned()],
        ..PolicyLayers::default()
    };
    let policy = ScriptPolicy::resolve(layers, &TestGrammar).unwrap();
    assert_eq!(policy.source, Some(PolicySource::PackageJson));
    insta::assert_snapshot!(policy.warnings.join("\n"), @r#"
    package.json: ignoring "a@^1" — semver ranges (^, ~, >=, <) are not allowed; use exact versions joined by "||" instead
    package.json: ignoring "b@latest" — dist-tag specs (@latest, @next, ...) are not allowed; use exact versions joined by "||", or the bare package name, instead
    package.json: ignoring unparseable entry "c d"
    .npmrc allow-scripts setting is being ignored because package.json declares its own allowScripts field
    "#);
    assert_eq!(policy.reviewed(&registry("x", "1.0.0"), &TestGrammar), Reviewed::Not);
    let npmrc =
        ScriptPolicy::resolve(PolicyLayers { package_json: None, ..layers }, &TestGrammar).unwrap();
    assert_eq!(npmrc.reviewed(&registry("y", "1.0.0"), &TestGrammar), Reviewed::Allowed);
}

#[test]
fn resolve_takes_the_flag_only_outside_projects() {
    let cli = ["a".to_owned()];
    let layers = PolicyLayers { cli: &cli, ..PolicyLayers::default() };
    assert_eq!(ScriptPolicy::resolve(layers, &TestGrammar), Err(PolicyError::FlagInProject));
    let global = PolicyLayers { scope: InstallScope::Global, ..layers };
    assert_eq!(
        ScriptPolicy::resolve(global, &TestGrammar).unwrap().source,
        Some(PolicySource::Cli)
    );
}

#[test]
fn may_run_table() {
    use ScriptMode::{AllowAll, Ignore, Policy, Strict};
    let policy = policy(&json!({"allowed": true, "denied": false}));
    let kind = |kind| ScriptPackage { kind, ..registry("unknown", "1.0.0") };
    for (package, expected) in [
        (registry("allowed", "1.0.0"), [true, true, true, false]),
        (registry("denied", "1.0.0"), [false, false, true, false]),
        (registry("unknown", "1.0.0"), [false, false, true, false]),
        (kind(PackageKind::Root), [true, true, true, false]),
        (kind(PackageKind::Workspace), [true, true, true, false]),
        (kind(PackageKind::Bundled), [false, false, true, false]),
        (kind(PackageKind::Inert), [false, false, false, false]),
        (kind(PackageKind::Link), [false, false, true, false]),
    ] {
        let runs = [Policy, Strict, AllowAll, Ignore]
            .map(|mode| policy.may_run(&package, mode, &TestGrammar));
        assert_eq!(runs, expected, "{package:?}");
    }
}

#[test]
fn unreviewed_packages_are_listed_with_the_way_to_approve_them() {
    let mut gyp = registry("gyp", "2.0.0");
    gyp.gyp = crate::reify::script_package::Gyp::Present;
    let mut unread = registry("unread", "3.0.0");
    unread.scripts.retain(|_, _| false);
    unread.has_install_script = true;
    let mut plain = registry("plain", "1.0.0");
    plain.scripts = [("prepare", "never for registries")].into_iter().collect();
    let bundled = ScriptPackage { kind: PackageKind::Bundled, ..registry("bundled", "1.0.0") };
    let packages = [registry("ok", "1.0.0"), registry("no", "1.0.0"), gyp, unread, plain, bundled];
    let policy = policy(&json!({"ok": true, "no": false}));
    let unreviewed = policy.unreviewed(&packages, &TestGrammar);
    let warning = unreviewed_warning(&unreviewed, InstallScope::Project, &TestGrammar);
    insta::assert_snapshot!(warning.join("\n"), @r"
    2 packages have install scripts not yet covered by allowScripts:
      gyp@2.0.0 (postinstall: node x; install: node-gyp rebuild)
      unread@3.0.0 (install: (install scripts present))

    They did not run. Run `denpm install-scripts ls` to review, or `denpm install-scripts approve <pkg>` to allow.
    ");
    let strict = check_strict(ScriptMode::Strict, &unreviewed, &TestGrammar).unwrap_err();
    assert_eq!((strict.code(), strict.detail().len()), (Code::Strictallowscripts, 2));
    assert!(check_strict(ScriptMode::Policy, &unreviewed, &TestGrammar).is_ok());
}
