//! Projects in unusual states: old locks, odd manifests, workspaces, partial installs.

use crate::support::{both, package::loose_tarball};
use serde_json::json;

const TREE: &str = "a@1.0.0 -> b@^1\na@1.1.0 -> b@^1\nb@1.0.0\nb@1.1.0\nc@1.0.0\nc@2.0.0";

#[test]
fn disk_is_the_start_without_a_lock_and_without_package_lock() {
    let Some(both) = both("a@1.0.0 -> b@^1\nb@1.0.0") else { return };
    both.depends(&json!({"a": "^1"})).run(["install", "--no-package-lock"]);
    both.registry.tree("a@1.1.0\nb@1.1.0");
    both.run(["install", "--no-package-lock"]).has("node_modules/a", "1.0.0");
}

#[test]
fn stray_package_goes_when_there_is_no_lock() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "^1"}))
        .folder("node_modules/stray", &json!({"name": "stray", "version": "1.0.0"}))
        .run(["install"])
        .has_not("node_modules/stray");
}

#[test]
fn stray_package_stays_without_package_lock() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "^1"}))
        .folder("node_modules/stray", &json!({"name": "stray", "version": "1.0.0"}))
        .run(["install", "--no-package-lock"]);
}

#[test]
fn update_of_everything_writes_a_new_lock() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "^1"}))
        .run(["install", "--lockfile-version=2"])
        .lock_has("\"lockfileVersion\": 2");
    both.registry.tree("b@1.2.0");
    both.run(["update"]).has("node_modules/b", "1.2.0");
}

#[test]
fn update_of_one_name_keeps_the_version_of_the_lock() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "^1"})).run(["install", "--lockfile-version=2"]);
    both.registry.tree("b@1.2.0");
    both.run(["update", "b"]).has("node_modules/b", "1.2.0").lock_has("\"lockfileVersion\": 2");
}

#[test]
fn update_with_save_moves_the_range() {
    let Some(both) = both(TREE) else { return };
    both.project(&json!({"dependencies": {"a": "^1.0.0", "c": "1.0.0"}})).run(["install"]);
    both.registry.tree("a@1.5.0 -> b@^1");
    both.run(["update", "--save"]).has("node_modules/a", "1.5.0");
}

#[test]
fn shrinkwrap_of_a_dev_dependency_keeps_its_flags() {
    let Some(both) = both("b@1.0.0\nb@1.1.0\nd@1.0.0\nd@2.0.0") else { return };
    let entry = |name: &str, version: &str| {
        json!({
            "version": version,
            "resolved": format!("{}{name}/-/{name}-{version}.tgz", both.registry.url()),
            "integrity": both.registry.integrity(name, version),
        })
    };
    let mut dev = entry("d", "1.0.0");
    dev["dev"] = true.into();
    let shrinkwrap = json!({
        "name": "a", "version": "1.0.0", "lockfileVersion": 3, "requires": true,
        "packages": {
            "": {"name": "a", "version": "1.0.0", "dependencies": {"b": "^1"},
                "devDependencies": {"d": "1"}},
            "node_modules/b": entry("b", "1.0.0"),
            "node_modules/d": dev,
        },
    });
    let package = both.registry.package("a", "1.0.0").dep("b", "^1");
    package.file("npm-shrinkwrap.json", &shrinkwrap.to_string()).publish();
    both.project(&json!({"devDependencies": {"a": "1"}}))
        .run(["install"])
        .lock_has("\"hasShrinkwrap\": true")
        .run(["install"])
        .remove("node_modules")
        .run(["ci"]);
}

#[test]
fn shrinkwrap_of_a_dev_dependency_is_read_for_the_lock_alone() {
    let Some(both) = both("b@1.0.0\nb@1.1.0") else { return };
    let shrinkwrap = json!({
        "name": "a", "version": "1.0.0", "lockfileVersion": 1, "requires": true,
        "dependencies": {
            "b": {
                "version": "1.0.0",
                "resolved": format!("{}b/-/b-1.0.0.tgz", both.registry.url()),
                "integrity": both.registry.integrity("b", "1.0.0"),
            },
        },
    });
    let package = both.registry.package("a", "1.0.0").dep("b", "^1");
    package.file("npm-shrinkwrap.json", &shrinkwrap.to_string()).publish();
    both.project(&json!({"devDependencies": {"a": "1"}}))
        .run(["install", "--package-lock-only"])
        .lock_has("node_modules/a/node_modules/b");
}

#[test]
fn shrinkwrap_of_the_project_is_its_lock() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "1.0.0"}))
        .run(["install"])
        .file("npm-shrinkwrap.json", "{\"lockfileVersion\": 2, \"requires\": true}\n")
        .run(["install"])
        .run(["install", "c@1"])
        .remove("node_modules")
        .run(["ci"]);
}

#[test]
fn empty_bundle_list_of_the_project_stays() {
    let Some(both) = both(TREE) else { return };
    both.project(&json!({"bundleDependencies": [], "dependencies": {"a": "1"}}))
        .run(["install", "c"]);
}

#[test]
fn bundle_of_everything_is_written_out() {
    let Some(both) = both(TREE) else { return };
    both.project(&json!({"bundleDependencies": true, "dependencies": {"a": "1"}}))
        .run(["install"])
        .run(["install", "c"])
        .run(["uninstall", "c"]);
}

#[test]
fn bundle_is_saved_and_removed() {
    let Some(both) = both(TREE) else { return };
    both.project(&json!({"bundledDependencies": ["a"], "dependencies": {"a": "1"}}))
        .run(["install", "-B", "c"])
        .run(["uninstall", "a"]);
}

#[test]
fn only_the_named_workspace_is_installed() {
    let Some(both) = both(TREE) else { return };
    both.project(&json!({"workspaces": ["w", "v"], "dependencies": {"c": "1"}}));
    both.folder("w", &json!({"name": "w", "version": "1.0.0", "dependencies": {"a": "1"}}));
    both.folder("v", &json!({"name": "v", "version": "1.0.0", "dependencies": {"c": "2"}}));
    both.run(["install", "-w", "w"]).run(["install", "-w", "v"]).run(["install"]);
}

#[test]
fn other_workspaces_keep_what_they_have() {
    let Some(both) = both(TREE) else { return };
    both.project(&json!({"workspaces": ["w", "v"], "dependencies": {"c": "1"}}));
    both.folder("w", &json!({"name": "w", "version": "1.0.0", "dependencies": {"a": "1.0.0"}}));
    both.folder("v", &json!({"name": "v", "version": "1.0.0", "dependencies": {"c": "2"}}));
    both.run(["install"]);
    both.folder("w", &json!({"name": "w", "version": "1.0.0", "dependencies": {"a": "1.1.0"}}));
    both.folder("v", &json!({"name": "v", "version": "1.0.0", "dependencies": {"b": "1.0.0"}}));
    both.run(["install", "-w", "w"]).run(["install", "--include-workspace-root", "-w", "v"]);
}

#[test]
fn project_alone_is_installed_without_its_workspaces() {
    let Some(both) = both(TREE) else { return };
    both.project(&json!({"workspaces": ["w"], "dependencies": {"c": "1"}}));
    both.folder("w", &json!({"name": "w", "version": "1.0.0", "dependencies": {"a": "1"}}));
    both.run(["install", "--no-workspaces"]).run(["install"]);
}

#[test]
fn workspace_is_added_to_in_a_lock_of_version_2() {
    let Some(both) = both(TREE) else { return };
    both.project(&json!({"workspaces": ["w", "v"]}));
    both.folder("w", &json!({"name": "w", "version": "1.0.0", "dependencies": {"c": "1"}}));
    both.folder("v", &json!({"name": "v", "version": "1.0.0", "dependencies": {"w": "^1"}}));
    both.run(["install", "--lockfile-version=2"])
        .run(["install", "a", "-w", "w"])
        .run(["install", "v", "-w", "w"])
        .run(["uninstall", "a", "-w", "w"])
        .run(["install", "--lockfile-version=1"]);
}

#[test]
fn folder_is_added_to_a_workspace() {
    let Some(both) = both(TREE) else { return };
    both.project(&json!({"workspaces": ["w"]}));
    both.folder("w", &json!({"name": "w", "version": "1.0.0"}));
    both.folder("lib", &json!({"name": "lib", "version": "1.0.0", "dependencies": {"c": "1"}}));
    both.run(["install", "./lib", "-w", "w"]).remove("node_modules").run(["ci"]);
}

#[test]
fn strategies_decide_the_places() {
    let Some(both) = both("a@1.0.0 -> b@1 c@1\nb@1.0.0 -> c@1\nc@1.0.0") else { return };
    both.depends(&json!({"a": "1"}));
    for strategy in ["nested", "shallow", "hoisted"] {
        let option = format!("--install-strategy={strategy}");
        both.run(["install", &option]).remove("node_modules").remove("package-lock.json");
    }
}

#[test]
fn date_that_excludes_every_version_leaves_none() {
    let Some(both) = both("") else { return };
    both.registry.package("a", "1.0.0").time("2024-01-01T00:00:00.000Z").publish();
    both.depends(&json!({"a": "1"})).fail(["install", "--before=2020-01-01"], "ENOVERSIONS");
}

#[test]
fn old_lock_with_alias_file_and_bundle_is_read() {
    let Some(both) = both(TREE) else { return };
    let integrity = both.registry.integrity("a", "1.0.0");
    let lock = json!({
        "name": "project", "version": "1.0.0", "lockfileVersion": 1, "requires": true,
        "dependencies": {
            "a": {"version": "1.0.0", "integrity": integrity, "requires": {"b": "^1"},
                "resolved": "${REGISTRY}a/-/a-1.0.0.tgz",
                "dependencies": {"b": {"version": "1.0.0", "dev": true}}},
            "lib": {"version": "file:lib", "requires": {"c": "1"}},
            "t": {"version": "file:vendor/t-3.0.0.tgz", "requires": {"c": "1"}},
            "c": {"version": "1.0.0", "optional": true},
        },
    });
    both.folder("lib", &json!({"name": "lib", "version": "0.1.0", "dependencies": {"c": "1"}}))
        .bytes(
            "vendor/t-3.0.0.tgz",
            &loose_tarball(&json!({"name": "t", "version": "3.0.0", "dependencies": {"c": "1"}})),
        )
        .file("package-lock.json", &(serde_json::to_string_pretty(&lock).unwrap() + "\n"))
        .depends(&json!({"a": "1", "lib": "file:lib", "t": "file:vendor/t-3.0.0.tgz"}))
        .run(["install"])
        .run(["install", "--lockfile-version=1"]);
}

#[test]
fn old_lock_leads_to_folders_and_files_beside_the_project() {
    let Some(both) = both(TREE) else { return };
    let lock = json!({
        "name": "project", "version": "1.0.0", "lockfileVersion": 1, "requires": true,
        "dependencies": {
            "lib": {"version": "file:../lib", "requires": {"c": "1"}},
            "t": {"version": "file:../t-3.0.0.tgz", "requires": {"c": "1"}},
            "c": {"version": "1.0.0"},
        },
    });
    both.folder("../lib", &json!({"name": "lib", "version": "0.1.0", "dependencies": {"c": "1"}}))
        .bytes(
            "../t-3.0.0.tgz",
            &loose_tarball(&json!({"name": "t", "version": "3.0.0", "dependencies": {"c": "1"}})),
        )
        .file("package-lock.json", &(serde_json::to_string_pretty(&lock).unwrap() + "\n"))
        .depends(&json!({"lib": "file:../lib", "t": "file:../t-3.0.0.tgz"}))
        .run(["ci"])
        .remove("node_modules")
        .run(["install"])
        .run(["install", "--lockfile-version=1"])
        .run(["ci"]);
}

#[test]
fn old_lock_becomes_version_2_on_demand_and_says_so() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "1.0.0"}))
        .run(["install", "--lockfile-version=1"])
        .depends(&json!({"a": "1.0.0", "c": "1"}))
        .warn(["install", "--lockfile-version=2"], "from v1 -> v2");
}

#[test]
fn fields_of_a_lock_that_nobody_knows_are_kept() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "1"}))
        .file("package-lock.json", "{\"zeta\": {\"x\": [1]}, \"preserve\": true, \"lockfileVersion\": 3, \"packages\": {}}")
        .run(["install"])
        .lock_has("zeta")
        .run(["update"]);
}

#[test]
fn both_sides_of_a_conflict_of_a_version_3_lock_are_kept() {
    let Some(both) = both(TREE) else { return };
    let entry = |name: &str| {
        format!(
            "    \"node_modules/{name}\": {{\"version\": \"1.0.0\", \"resolved\": \"{}{name}/-/{name}-1.0.0.tgz\", \"integrity\": \"{}\"}}",
            both.registry.url(),
            both.registry.integrity(name, "1.0.0")
        )
    };
    let (b, c) = (entry("b"), entry("c"));
    let lock = format!(
        "{{\"lockfileVersion\": 3, \"requires\": true, \"packages\": {{\n<<<<<<< HEAD\n{b},\n\
         =======\n{c},\n>>>>>>> other\n\"\": {{\"name\": \"project\"}}\n}}}}\n"
    );
    both.depends(&json!({"b": "^1", "c": "^1"}))
        .file("package-lock.json", &lock)
        .run(["install"])
        .has("node_modules/b", "1.0.0");
}

#[test]
fn omitted_groups_come_and_go() {
    let tree = "a@1.0.0 -> b@1 opt:c@1\nb@1.0.0\nc@1.0.0\nd@1.0.0 -> c@1 b@1\ne@1.0.0 -> d@1";
    let Some(both) = both(tree) else { return };
    both.project(&json!({
        "dependencies": {"a": "1"}, "devDependencies": {"e": "1"}, "optionalDependencies": {"d": "1"},
    }))
    .run(["install", "--omit=dev"])
    .run(["install", "--omit=optional"])
    .run(["install", "--omit=dev", "--omit=optional"])
    .run(["install", "--omit=dev", "--include=dev"])
    .run(["ci", "--omit=dev"])
    .run(["prune", "--omit=optional"])
    .run(["install"]);
}

#[test]
fn packages_of_another_platform_follow_the_flags() {
    let Some(both) = both("") else { return };
    both.registry.package("x", "1.0.0").os(&["win32"]).cpu(&["arm64"]).dep("y", "1").publish();
    both.registry.package("y", "1.0.0").publish();
    both.registry.package("m", "1.0.0").field("libc", json!(["musl"])).publish();
    both.project(&json!({"optionalDependencies": {"x": "1", "m": "1"}}))
        .run(["install", "--os=win32", "--cpu=arm64"])
        .has("node_modules/x", "1.0.0")
        .run(["install"])
        .run(["install", "--libc=musl"])
        .remove("node_modules")
        .run(["ci", "--os=win32", "--cpu=arm64"]);
}

#[test]
fn folders_of_folders_are_linked_and_packed() {
    let Some(both) = both(TREE) else { return };
    both.folder(
        "x",
        &json!({"name": "x", "version": "1.0.0", "dependencies": {"y": "file:../y", "c": "1"}}),
    );
    both.folder("y", &json!({"name": "y", "version": "1.0.0", "dependencies": {"c": "2"}}));
    both.depends(&json!({"x": "file:x"}))
        .run(["install"])
        .run(["install"])
        .remove("node_modules")
        .run(["ci"]);
}

#[test]
fn folder_without_a_version_is_linked() {
    let Some(both) = both(TREE) else { return };
    both.folder("x", &json!({"dependencies": {"c": "1"}}));
    both.folder("packages/y", &json!({"name": "why", "private": true}));
    both.depends(&json!({"z": "file:x", "q": "file:packages/y"}))
        .run(["install"])
        .run(["install"])
        .run(["uninstall", "q"]);
}

#[test]
fn folder_that_goes_from_package_json_goes_from_the_lock() {
    let Some(both) = both(TREE) else { return };
    both.folder("x", &json!({"name": "x", "version": "1.0.0", "dependencies": {"c": "1"}}));
    both.depends(&json!({"x": "file:x", "a": "1"}))
        .run(["install"])
        .depends(&json!({"a": "1"}))
        .run(["install"]);
}

#[test]
fn workspace_that_goes_from_package_json_goes_from_the_lock() {
    let Some(both) = both(TREE) else { return };
    both.project(&json!({"workspaces": ["w", "v"]}));
    both.folder("w", &json!({"name": "w", "version": "1.0.0", "dependencies": {"c": "1"}}));
    both.folder("v", &json!({"name": "v", "version": "1.0.0", "dependencies": {"c": "2"}}));
    both.run(["install"]).project(&json!({"workspaces": ["w"]}));
    both.run(["install"]);
}

#[test]
fn names_that_differ_in_case_are_one_place() {
    let Some(both) = both("b@1.0.0") else { return };
    both.registry.package("B", "1.0.0").publish();
    both.registry.package("a", "1.0.0").dep("B", "1").publish();
    both.depends(&json!({"a": "1", "b": "1"})).run(["install"]);
}

#[test]
fn optional_peer_is_left_alone_without_saving() {
    let Some(both) = both("p@1.0.0\np@2.0.0\na@1.0.0 -> peeropt:p@1\nx@1.0.0 -> p@2") else {
        return;
    };
    both.depends(&json!({"a": "1", "x": "1"}))
        .run(["install", "--legacy-peer-deps"])
        .run(["install", "--no-save"])
        .run(["ci"])
        .run(["install"]);
}

#[test]
fn override_with_nested_keys_and_references() {
    let tree = "a@1.0.0 -> b@^1 x@1\nb@1.0.0 -> c@1\nb@1.1.0 -> c@1\nc@1.0.0\nc@2.0.0\nx@1.0.0 -> b@^1 c@1";
    let Some(both) = both(tree) else { return };
    both.project(&json!({
        "dependencies": {"a": "1"}, "devDependencies": {"c": "^2"},
        "overrides": {"a": {".": "1", "b": {".": "1.0.0", "c": "$c"}}, "x@1": {"c@1": "2.0.0"}},
    }))
    .run(["install"])
    .run(["install"])
    .remove("node_modules")
    .run(["ci"]);
}

#[test]
fn override_added_later_takes_effect() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "1"}))
        .run(["install"])
        .project(&json!({"dependencies": {"a": "1"}, "overrides": {"b": "1.0.0"}}))
        .run(["install"])
        .has("node_modules/a/node_modules/b", "1.0.0")
        .depends(&json!({"a": "1"}))
        .run(["install"]);
}

#[test]
fn deep_name_is_updated_alone() {
    let tree = "a@1.0.0 -> b@^1\nb@1.0.0 -> c@^1\nc@1.0.0\nd@1.0.0 -> c@^2\nc@2.0.0";
    let Some(both) = both(tree) else { return };
    both.depends(&json!({"a": "1", "d": "1"})).run(["install"]);
    both.registry.tree("c@1.5.0\nc@2.5.0\nb@1.5.0 -> c@^1");
    both.run(["update", "c"]).run(["update", "b", "c"]).fail(["update", "c@1"], "EUPDATEARGS");
}

#[test]
fn duplicates_are_preferred_and_merged() {
    let tree = "a@1.0.0 -> c@^1\nb@1.0.0 -> c@1.0.0\nc@1.0.0\nc@1.1.0\nd@1.0.0 -> c@^1";
    let Some(both) = both(tree) else { return };
    both.depends(&json!({"b": "1", "a": "1"}))
        .run(["install"])
        .run(["install", "d", "--prefer-dedupe"])
        .run(["dedupe"])
        .run(["dedupe", "--no-save"]);
}

#[test]
fn saved_specs_follow_prefix_and_request() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({}))
        .run(["install", "--save-prefix=~", "a"])
        .run(["install", "b@1.0.x", "c@^1"])
        .run(["install", "--save-peer", "c@2"])
        .run(["install", "z@npm:b@1.0.0", "y@npm:c"])
        .run(["install", "-O", "b@latest"])
        .run(["install", "--save-prod", "b", "--save-exact"])
        .run(["install", "-D", "c"]);
}

#[test]
fn install_scripts_are_recorded() {
    let Some(both) = both("") else { return };
    both.registry.package("a", "1.0.0").script("postinstall", "true").publish();
    both.registry.package("g", "1.0.0").file("binding.gyp", "{}").publish();
    both.folder("l", &json!({"name": "l", "version": "1.0.0", "scripts": {"install": "true"}}));
    both.depends(&json!({"a": "1", "g": "1", "l": "file:l"}))
        .run(["install", "--ignore-scripts"])
        .lock_has("hasInstallScript")
        .remove("package-lock.json")
        .run(["install", "--ignore-scripts"]);
}

#[test]
fn lock_without_resolved_is_kept_without() {
    let Some(both) = both(TREE) else { return };
    both.depends(&json!({"a": "1", "c": "1"}))
        .run(["install", "--omit-lockfile-registry-resolved"])
        .run(["install"])
        .remove("node_modules")
        .run(["install", "--lockfile-version=2", "--omit-lockfile-registry-resolved"]);
}

#[test]
fn link_target_keeps_modules_of_its_own() {
    let Some(both) = both(TREE) else { return };
    both.folder("x", &json!({"name": "x", "version": "1.0.0", "dependencies": {"c": "1"}}))
        .folder("x/node_modules/c", &json!({"name": "c", "version": "1.0.0"}))
        .folder("x/node_modules/extra", &json!({"name": "extra", "version": "1.0.0"}))
        .depends(&json!({"x": "file:x", "c": "2"}))
        .run(["install"])
        .run(["install"]);
}

#[test]
fn workspaces_ask_for_different_ranges() {
    let Some(both) = both("c@1.0.0\nc@2.0.0\nc@3.0.0\np@1.0.0 -> peer:c@2") else { return };
    both.project(&json!({"workspaces": ["w", "v", "u"]}));
    both.folder("w", &json!({"name": "w", "version": "1.0.0", "dependencies": {"c": "1"}}));
    both.folder(
        "v",
        &json!({"name": "v", "version": "1.0.0", "dependencies": {"c": "2", "p": "1"}}),
    );
    both.folder(
        "u",
        &json!({"name": "u", "version": "1.0.0", "devDependencies": {"c": "3", "w": "*"}}),
    );
    both.run(["install"]).run(["install", "c@2", "-ws"]).run(["update", "-w", "u"]);
}

#[test]
fn workspace_replaces_a_package_of_the_root_despite_overrides() {
    let Some(both) = both("n@0.1.1 -> x@1\nn@0.2.0\nx@1.0.0") else { return };
    both.registry.tag("n", "latest", "0.1.1");
    both.folder("w", &json!({"name": "w", "version": "1.0.0", "dependencies": {"n": "^0.2.0"}}));
    let overrides = json!({"other@^1": "1.2.4"});
    both.project(
        &json!({"workspaces": ["w"], "dependencies": {"n": "0.x"}, "overrides": overrides}),
    )
    .run(["install"])
    .has("node_modules/n", "0.2.0");
}
