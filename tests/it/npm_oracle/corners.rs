//! Corners of resolution, saving and links that ordinary projects seldom meet.

use crate::support::{both, package::loose_tarball};
use serde_json::json;

const TREE: &str = "a@1.0.0 -> b@^1\na@1.1.0 -> b@^1\nb@1.0.0\nb@1.1.0\nc@1.0.0\nc@2.0.0";

#[test]
fn project_may_depend_on_its_own_name() {
    let Some(both) = both("project@0.5.0\na@1.0.0 -> project@0.5") else { return };
    both.depends(&json!({"project": "0.5.0", "a": "1"})).run(["install"]).run(["install"]);
}

#[test]
fn project_may_link_to_itself() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"self": "file:.", "c": "1"})).run(["install"]).run(["install"]);
}

#[test]
fn folder_may_link_back_to_the_project() {
    let Some(both) = both(TREE) else { return };
    both.folder(
        "x",
        &json!({"name": "x", "version": "1.0.0", "dependencies": {"project": "file:.."}}),
    );
    both.depends(&json!({"x": "file:x", "c": "1"})).run(["install"]).run(["install"]);
}

#[test]
fn folders_may_need_each_other() {
    let Some(both) = both(TREE) else { return };
    both.folder("x", &json!({"name": "x", "version": "1.0.0", "dependencies": {"y": "file:../y"}}));
    both.folder(
        "y",
        &json!({"name": "y", "version": "1.0.0", "dependencies": {"x": "file:../x", "c": "1"}}),
    );
    both.depends(&json!({"x": "file:x"}))
        .run(["install"])
        .run(["install", "--lockfile-version=2"])
        .remove("node_modules")
        .run(["ci"]);
}

#[test]
fn folders_of_folders_are_packed_with_install_links() {
    let Some(both) = both(TREE) else { return };
    both.folder(
        "x",
        &json!({"name": "x", "version": "1.0.0", "dependencies": {"y": "file:../y", "c": "1"}}),
    );
    both.folder("y", &json!({"name": "y", "version": "1.0.0", "dependencies": {"c": "2"}}));
    both.depends(&json!({"x": "file:x"}))
        .run(["install", "--install-links"])
        .run(["install", "--install-links"]);
}

#[test]
fn tarball_in_a_folder_is_relative_to_the_folder() {
    let Some(both) = both(TREE) else { return };
    let tarball =
        loose_tarball(&json!({"name": "t", "version": "3.0.0", "dependencies": {"c": "1"}}));
    both.bytes("x/vendor/t.tgz", &tarball)
        .folder(
            "x",
            &json!({"name": "x", "version": "1.0.0", "dependencies": {"t": "file:vendor/t.tgz"}}),
        )
        .depends(&json!({"x": "file:x"}))
        .run(["install"])
        .run(["install"])
        .remove("node_modules")
        .run(["ci"]);
}

#[test]
fn workspaces_need_folders_and_each_other() {
    let Some(both) = both(TREE) else { return };
    both.project(&json!({"workspaces": {"packages": ["packages/*", "!packages/skip"]}}));
    both.folder("packages/w", &json!({"name": "w", "version": "1.0.0", "dependencies": {"v": "^2", "lib": "file:../../lib"}}));
    both.folder(
        "packages/v",
        &json!({"name": "v", "version": "1.0.0", "devDependencies": {"w": "1"}}),
    );
    both.folder("packages/skip", &json!({"name": "skip", "version": "1.0.0"}));
    both.folder("lib", &json!({"name": "lib", "version": "1.0.0", "dependencies": {"c": "1"}}));
    both.registry.tree("v@2.0.0 -> c@2");
    both.run(["install"]).run(["install"]).remove("node_modules").run(["ci"]);
}

#[test]
fn workspace_with_a_name_of_a_root_dependency() {
    let Some(both) = both("w@2.0.0\na@1.0.0 -> w@2") else { return };
    both.project(&json!({"workspaces": ["w"], "dependencies": {"w": "^1", "a": "1"}}));
    both.folder("w", &json!({"name": "w", "version": "1.0.0"}));
    both.run(["install"]).run(["install"]);
}

#[test]
fn workspace_without_a_name_or_version() {
    let Some(both) = both(TREE) else { return };
    both.project(&json!({"workspaces": ["packages/*"]}));
    both.folder("packages/w", &json!({"dependencies": {"c": "1"}}));
    both.run(["install"]).run(["install"]).run(["install", "b", "-w", "packages/w"]);
}

#[test]
fn project_without_a_package_json_gets_one() {
    let Some(both) = both(TREE) else { return };
    both.run(["install", "c"]).run(["uninstall", "c"]);
}

#[test]
fn package_json_without_a_name_gives_a_lock_with_one() {
    let Some(both) = both(TREE) else { return };
    both.file("package.json", "{\"dependencies\":{\"c\":\"1\"}}")
        .run(["install"])
        .run(["install", "a"]);
}

#[test]
fn same_name_in_several_groups() {
    let Some(both) = both(TREE) else { return };
    both.project(&json!({
        "dependencies": {"c": "1", "b": "1"}, "devDependencies": {"c": "2"},
        "optionalDependencies": {"b": "1.0.0"}, "peerDependencies": {"c": "*", "a": "1"},
    }))
    .run(["install"])
    .run(["install", "c"])
    .run(["uninstall", "b"]);
}

#[test]
fn peers_of_the_project_are_optional_or_not() {
    let Some(both) = both(TREE) else { return };
    both.project(&json!({
        "peerDependencies": {"a": "1", "c": "1"}, "peerDependenciesMeta": {"c": {"optional": true}},
    }))
    .run(["install"])
    .run(["install", "--save-peer", "c"])
    .run(["install", "--omit=peer"])
    .run(["uninstall", "c"]);
}

#[test]
fn unsaved_package_goes_with_the_next_install() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "1"}))
        .run(["install"])
        .run(["install", "--no-save", "c"])
        .run(["install", "--no-save"])
        .run(["install"]);
}

#[test]
fn uninstall_of_a_stranger_changes_nothing() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "1"})).run(["install"]).run(["uninstall", "nobody"]);
}

#[test]
fn installed_package_of_another_version_is_replaced() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "1"}))
        .run(["install"])
        .remove("node_modules/b")
        .remove("node_modules/.package-lock.json")
        .folder("node_modules/b", &json!({"name": "b", "version": "9.0.0"}))
        .run(["install"])
        .remove("node_modules/b")
        .run(["install"])
        .remove("node_modules/.package-lock.json")
        .run(["install"]);
}

#[test]
fn entries_of_a_lock_that_are_missing_are_found_again() {
    let Some(both) = both(TREE) else { return };
    let lock = json!({
        "name": "project", "lockfileVersion": 3, "requires": true,
        "packages": {
            "": {"dependencies": {"a": "^1"}},
            "node_modules/a": {"version": "1.0.0", "dependencies": {"b": "^1"}},
            "node_modules/stray": {"version": "1.0.0"},
        },
    });
    both.depends(&json!({"a": "^1"}))
        .file("package-lock.json", &(serde_json::to_string_pretty(&lock).unwrap() + "\n"))
        .run(["install"])
        .remove("node_modules")
        .run(["ci"]);
}

#[test]
fn lock_that_is_no_json_is_made_anew() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "^1"})).file("package-lock.json", "{ no").run(["install"]);
}

#[test]
fn ci_refuses_a_lock_that_is_no_json() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "^1"})).file("package-lock.json", "{ no").fail(["ci"], "EUSAGE");
}

#[test]
fn ci_installs_an_old_lock() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "1.0.0", "c": "1"}))
        .run(["install", "--lockfile-version=1"])
        .remove("node_modules")
        .run(["ci"])
        .run(["ci", "--omit=optional"]);
}

#[test]
fn ci_ignores_that_no_lock_is_wanted() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "1.0.0"})).run(["install"]);
    both.registry.tree("b@1.5.0");
    both.run(["ci", "--no-package-lock"]);
}

#[test]
fn old_lock_with_bundled_packages_and_flags() {
    let Some(both) =
        both("a@1.0.0 -> bundle:b@1.0.0 c@1\nb@1.0.0\nc@1.0.0 -> opt:d@1\nd@1.0.0\ne@1.0.0 -> c@1")
    else {
        return;
    };
    both.project(&json!({"dependencies": {"a": "1"}, "devDependencies": {"e": "1"}}))
        .run(["install", "--lockfile-version=1"])
        .run(["install", "--lockfile-version=1", "d"])
        .remove("node_modules")
        .run(["install"])
        .run(["install"]);
}

#[test]
fn bundle_of_a_dev_dependency_and_its_shadow() {
    let tree = "a@1.0.0 -> bundle:b@1.0.0 c@1\nb@1.0.0 -> c@1\nc@1.0.0\nd@1.0.0 -> b@1";
    let Some(both) = both(tree) else { return };
    both.project(&json!({"devDependencies": {"a": "1"}, "optionalDependencies": {"d": "1"}}))
        .run(["install"])
        .run(["install", "--omit=dev"])
        .run(["install"])
        .run(["uninstall", "a"]);
}

#[test]
fn accepted_alternative_of_a_range() {
    let Some(both) = both("b@1.0.0\nb@2.0.0") else { return };
    let package = both.registry.package("a", "1.0.0").dep("b", "^1");
    package.field("acceptDependencies", json!({"b": "1 || 2"})).publish();
    both.depends(&json!({"b": "2", "a": "1"})).run(["install"]).run(["install"]);
}

#[test]
fn alias_of_two_versions_side_by_side() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"one": "npm:c@1", "two": "npm:c@^2.0.0", "c": "1"}))
        .run(["install"])
        .run(["update"])
        .run(["install", "--lockfile-version=2"])
        .run(["uninstall", "one"]);
}

#[test]
fn tag_in_package_json_is_kept_and_locked() {
    let Some(both) = both(TREE) else { return };
    both.registry.tag("c", "next", "1.0.0");
    both.depends(&json!({"c": "next", "b": "latest"}))
        .run(["install"])
        .run(["install"])
        .run(["install", "c@next"])
        .remove("node_modules")
        .run(["ci"]);
}

#[test]
fn url_that_changes_is_fetched_again() {
    let Some(both) = both(TREE) else { return };
    let serve = |path: &str, version: &str| {
        let tarball = loose_tarball(&json!({"name": "r", "version": version}));
        both.registry.serve(path, "application/octet-stream", tarball)
    };
    let (one, two) = (serve("files/r-1.tgz", "1.0.0"), serve("files/r-2.tgz", "2.0.0"));
    both.depends(&json!({ "r": one })).run(["install"]).run(["install", "--lockfile-version=2"]);
    both.depends(&json!({ "r": two })).run(["install"]).has("node_modules/r", "2.0.0");
}

#[test]
fn update_in_a_workspace_leaves_the_others() {
    let Some(both) = both("c@1.0.0\nd@1.0.0") else { return };
    both.project(&json!({"workspaces": ["w", "v"]}));
    both.folder("w", &json!({"name": "w", "version": "1.0.0", "dependencies": {"c": "^1"}}));
    both.folder("v", &json!({"name": "v", "version": "1.0.0", "dependencies": {"d": "^1"}}));
    both.run(["install"]);
    both.registry.tree("c@1.5.0\nd@1.5.0");
    both.run(["update", "-w", "w"]).run(["update", "d", "-w", "v", "--save"]).run(["dedupe"]);
}

#[test]
fn prune_takes_dev_dependencies_and_strays() {
    let Some(both) = both(TREE) else { return };
    both.project(&json!({"dependencies": {"a": "1"}, "devDependencies": {"c": "1"}}))
        .run(["install"])
        .folder("node_modules/stray", &json!({"name": "stray", "version": "1.0.0"}))
        .run(["prune", "--omit=dev"])
        .run(["prune"])
        .run(["install", "--omit=dev", "--no-package-lock"]);
}

#[test]
fn optional_dependency_that_fails_takes_its_own_along() {
    let tree = "a@1.0.0 -> opt:x@1 b@1\nx@1.0.0 -> y@1 gone@1\ny@1.0.0\nb@1.0.0";
    let Some(both) = both(tree) else { return };
    both.depends(&json!({"a": "1"})).run(["install"]).run(["install"]).fail(["ci"], "EUSAGE");
}

#[test]
fn dry_runs_and_dedupes_say_what_they_would_do() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "1"}))
        .run(["install", "--dry-run"])
        .run(["install"])
        .run(["uninstall", "a", "--dry-run"])
        .run(["update", "--dry-run"])
        .run(["dedupe", "--dry-run"]);
}

#[test]
fn package_without_bin_links_and_with_a_changed_bin() {
    let Some(both) = both("") else { return };
    both.registry.package("a", "1.0.0").bin("tool", "t.js").publish();
    both.depends(&json!({"a": "1"})).run(["install", "--no-bin-links"]).run(["install"]);
    both.remove("node_modules/.bin").run(["install"]);
    both.registry.package("a", "1.1.0").bin("other", "t.js").publish();
    both.run(["update"]);
}
