//! An up-to-date project costs no request and no write.

use super::support::{Fault, Registry, Sandbox, Target, package::loose_tarball, tree::differences};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const PACKAGES: &str = "
a@1.0.0 -> b@^1 c@^1
b@1.0.0 -> c@^2 ; bin=b
c@1.0.0
c@2.0.0
@s/scoped@1.0.0 -> peer:c@^1
here@1.0.0 -> opt:elsewhere@1 opt:everywhere@1
elsewhere@1.0.0 ; os=none
everywhere@1.0.0
carrier@1.0.0 -> bundle:inner@1.0.0 b@^1
old@1.0.0 ; deprecated=use c
scripted@1.0.0 ; postinstall=exit 9
";

/// Installs a project, then once more: the second time does nothing at all.
#[track_caller]
fn settles(manifest: &Value, args: &[&str]) {
    settles_after(1, manifest, args);
}

/// As [`settles`], where the first so many runs are not the last word, as with npm.
#[track_caller]
fn settles_after(runs: usize, manifest: &Value, args: &[&str]) {
    let registry = Registry::start();
    registry.tree(PACKAGES);
    let sandbox = Sandbox::new(&registry);
    let mut project = json!({"name": "project", "version": "1.0.0"});
    project.as_object_mut().unwrap().extend(manifest.as_object().unwrap().clone());
    sandbox.package_json(&project);
    for (folder, manifest) in [
        (
            "packages/w",
            json!({"name": "w", "version": "1.0.0", "dependencies": {"c": "1", "x": "*"}}),
        ),
        (
            "packages/x",
            json!({"name": "x", "version": "1.0.0", "dependencies": {"c": "2", "b": "1"}}),
        ),
        ("folder", json!({"name": "folder", "version": "3.0.0", "dependencies": {"c": "2"}})),
    ] {
        sandbox.file(&format!("{folder}/package.json"), &(manifest.to_string() + "\n"));
    }
    sandbox.bytes("loose.tgz", &loose_tarball(&json!({"name": "loose", "version": "0.1.0"})));
    let command = || std::iter::once("install").chain(args.iter().copied());
    for _ in 0..runs {
        sandbox.denpm(command()).succeeded();
    }
    assert!(sandbox.read("node_modules/.package-lock.json").is_some(), "nothing was installed");
    registry.forget_requests();
    let before = sandbox.stamps();
    let output = sandbox.denpm(command()).succeeded();
    assert_eq!(registry.log(), [""; 0], "requests of {output}");
    let changed = differences(&before, &sandbox.stamps());
    assert!(changed.is_empty(), "{output}\nchanged:\n{}", changed.join("\n"));
    assert!(output.summary().unwrap().starts_with("up to date"), "{output}");

    // A run that has to look for itself comes to the same, and says the same.
    sandbox.forget_settled();
    let before = sandbox.stamps();
    let again = sandbox.denpm(command()).succeeded();
    assert_eq!(registry.log(), [""; 0], "requests of {again}");
    let mut changed = differences(&before, &sandbox.stamps());
    changed.retain(|line| !line.contains("_denpm/settled") && !line.contains("cache/_denpm 7"));
    assert!(changed.is_empty(), "{again}\nchanged:\n{}", changed.join("\n"));
    assert_eq!(sandbox.filtered(&again.to_string()), sandbox.filtered(&output.to_string()));

    // As `ci` leaves it, too, there is nothing to do.
    if sandbox.read("package-lock.json").is_none() {
        return;
    }
    sandbox.forget_settled();
    sandbox.denpm(std::iter::once("ci").chain(args.iter().copied())).succeeded();
    registry.forget_requests();
    let before = sandbox.stamps();
    let after = sandbox.denpm(command()).succeeded();
    assert_eq!(registry.log(), [""; 0], "requests of {after}");
    let changed = differences(&before, &sandbox.stamps());
    assert!(changed.is_empty(), "{after}\nchanged:\n{}", changed.join("\n"));
    assert_eq!(sandbox.filtered(&after.to_string()), sandbox.filtered(&output.to_string()));
}

/// Installs, changes something, installs: the change is seen although the project was in order.
#[track_caller]
fn notices(change: impl FnOnce(&Sandbox), args: &[&str], expected: &str) {
    let registry = Registry::start();
    registry.tree(PACKAGES);
    let sandbox = Sandbox::new(&registry);
    sandbox.package_json(&json!({
        "name": "project",
        "dependencies": {"a": "^1", "c": "1"},
        "devDependencies": {"old": "1"},
    }));
    sandbox.denpm(["install"]).succeeded();
    assert!(sandbox.denpm(["install"]).succeeded().summary().unwrap().starts_with("up to date"));
    change(&sandbox);
    let output = sandbox.denpm(std::iter::once("install").chain(args.iter().copied())).succeeded();
    assert!(output.summary().unwrap().starts_with(expected), "{output}");
    assert!(sandbox.read("node_modules/c/package.json").is_some(), "{output}");
}

#[test]
fn package_that_was_removed_is_noticed() {
    notices(|sandbox| _ = sandbox.remove("node_modules/c"), &[], "added 1 package");
}

#[test]
fn inner_package_that_was_removed_is_noticed() {
    notices(|sandbox| _ = sandbox.remove("node_modules/b/node_modules"), &[], "added 1 package");
}

#[test]
fn what_is_known_of_a_tree_outlives_the_return_of_a_lost_package() {
    let registry = Registry::start();
    registry.tree(PACKAGES);
    let sandbox = Sandbox::new(&registry);
    sandbox.package_json(&json!({"name": "project", "dependencies": {"a": "^1"}}));
    sandbox.denpm(["install"]).succeeded();
    let known = |sandbox: &Sandbox| sandbox.json("node_modules/.denpm.json")["packages"].clone();
    let integrities = |packages: &Value| -> Vec<(String, Value)> {
        let packages = packages.as_object().unwrap();
        packages.iter().map(|(at, package)| (at.clone(), package["integrity"].clone())).collect()
    };
    // What comes from the store has no registry that served it, from then on nothing changes.
    for _ in 0..3 {
        let before = integrities(&known(&sandbox));
        sandbox.remove("node_modules/c");
        sandbox.denpm(["install"]).succeeded();
        assert_eq!(integrities(&known(&sandbox)), before);
    }
}

#[test]
fn optional_package_that_could_not_be_fetched_is_asked_for_again() {
    let registry = Registry::start();
    registry.tree(PACKAGES);
    let sandbox = Sandbox::new(&registry);
    sandbox.package_json(&json!({"name": "project", "dependencies": {"a": "^1"}}));
    sandbox.denpm(["install"]).succeeded();
    registry.on(Target::Tarball("everywhere".to_owned())).always(Fault::Status(403));
    sandbox.package_json(&json!({
        "name": "project",
        "dependencies": {"a": "^1"},
        "optionalDependencies": {"everywhere": "1"},
    }));
    for _ in 0..2 {
        sandbox.denpm(["install"]).succeeded();
        assert_eq!(sandbox.read("node_modules/everywhere/package.json"), None);
    }
    registry.heal();
    sandbox.denpm(["install"]).succeeded();
    assert!(sandbox.read("node_modules/everywhere/package.json").is_some());
}

#[test]
fn lockfile_that_was_removed_is_noticed() {
    let remove = |sandbox: &Sandbox| _ = sandbox.remove("package-lock.json");
    notices(remove, &[], "up to date");
}

#[test]
fn package_that_came_by_hand_is_noticed() {
    let add = |sandbox: &Sandbox| {
        let manifest = r#"{"name": "x", "version": "1.0.0"}"#;
        sandbox.file("node_modules/x/package.json", manifest);
    };
    notices(add, &[], "removed 1 package");
}

#[test]
fn dependency_that_was_added_is_noticed() {
    let add = |sandbox: &Sandbox| {
        let dependencies = json!({"a": "^1", "c": "1", "@s/scoped": "1"});
        let dev = json!({"old": "1"});
        let project = json!({"dependencies": dependencies, "devDependencies": dev});
        sandbox.package_json(&project);
    };
    notices(add, &[], "added 1 package");
}

#[test]
fn another_setting_is_noticed() {
    notices(|_| {}, &["--omit=dev"], "removed 1 package");
}

#[test]
fn project_with_nested_packages_and_bins_settles() {
    settles(&json!({"dependencies": {"a": "^1", "@s/scoped": "1", "alias": "npm:c@2"}}), &[]);
}

#[test]
fn project_without_package_lock_settles() {
    settles(&json!({"dependencies": {"a": "^1"}}), &["--no-package-lock"]);
}

#[test]
fn project_with_lockfile_version_2_settles() {
    settles(&json!({"dependencies": {"a": "^1"}}), &["--lockfile-version=2"]);
}

#[test]
fn project_with_workspaces_settles() {
    settles(&json!({"workspaces": ["packages/*"], "dependencies": {"a": "^1"}}), &[]);
}

#[test]
fn one_workspace_of_a_project_settles() {
    let manifest = json!({"workspaces": ["packages/*"], "dependencies": {"a": "^1"}});
    settles(&manifest, &["--workspace=w"]);
}

#[test]
fn project_with_optional_packages_of_other_platforms_settles() {
    let manifest =
        json!({"dependencies": {"here": "1"}, "optionalDependencies": {"elsewhere": "1"}});
    settles(&manifest, &[]);
}

#[test]
fn project_with_bundled_packages_settles() {
    // What a tree built from nothing says of bundles is looked at again by a run with a lock.
    settles_after(2, &json!({"dependencies": {"carrier": "1"}}), &[]);
}

#[test]
fn project_with_links_settles() {
    settles(&json!({"dependencies": {"folder": "file:folder", "a": "1"}}), &[]);
}

#[test]
fn project_with_a_packed_folder_settles() {
    settles(&json!({"dependencies": {"folder": "file:folder"}}), &["--install-links"]);
}

#[test]
fn project_with_a_tarball_of_its_own_settles() {
    settles(&json!({"dependencies": {"loose": "file:loose.tgz"}}), &[]);
}

#[test]
fn project_without_its_dev_packages_settles() {
    let manifest = json!({"dependencies": {"b": "1"}, "devDependencies": {"a": "1", "old": "1"}});
    settles(&manifest, &["--omit=dev"]);
}

#[test]
fn project_without_its_optional_packages_settles() {
    settles(&json!({"dependencies": {"here": "1"}}), &["--omit=optional"]);
}

#[test]
fn project_with_deprecated_and_unreviewed_packages_settles() {
    settles(&json!({"dependencies": {"old": "1", "scripted": "1"}}), &[]);
}

#[test]
fn project_with_overrides_settles() {
    settles(&json!({"dependencies": {"a": "1"}, "overrides": {"c": "2.0.0"}}), &[]);
}

#[test]
fn project_without_dependencies_settles() {
    // There is nothing to write a hidden lock for but the workspaces' links.
    settles(&json!({"workspaces": ["packages/x"]}), &["--ignore-scripts"]);
}

#[test]
fn cached_packument_that_was_damaged_is_fetched_again() {
    let registry = Registry::start();
    registry.tree(PACKAGES);
    let sandbox = Sandbox::new(&registry);
    sandbox.package_json(&json!({"name": "project", "dependencies": {"a": "^1"}}));
    sandbox.denpm(["install", "--package-lock-only"]).succeeded();
    let lock = sandbox.read("package-lock.json").unwrap();
    let folder = sandbox.cache().join("_denpm/packuments");
    let entries = files_under(&folder);
    assert!(!entries.is_empty(), "no packument in the cache");
    for entry in entries {
        let mut bytes = std::fs::read(&entry).unwrap();
        // In a manifest: what follows the index is not read when an entry is opened.
        let manifest = br#""dist":"#;
        let at = bytes.windows(manifest.len()).rposition(|window| window == manifest).unwrap();
        bytes[at + 1] ^= 1;
        std::fs::write(entry, bytes).unwrap();
    }
    sandbox.remove("package-lock.json");
    registry.forget_requests();
    sandbox.denpm(["install", "--package-lock-only", "--prefer-offline"]).succeeded();
    assert_eq!(sandbox.read("package-lock.json").unwrap(), lock);
    assert!(!registry.log().is_empty(), "the damage was not noticed");
}

fn files_under(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_under(&path) } else { vec![path] }).collect()
}
