//! Packages that do not come from the registry as a tarball of their own.

use crate::{
    refusals::standing,
    support::{both, package::loose_tarball, tarball::Tarball},
};
use serde_json::{Value, json};

#[test]
fn bundled_dependencies_come_with_their_package() {
    let tree = "a@1.0.0 -> bundle:b@1.0.0 c@1\nb@1.0.0\nb@1.1.0\nc@1.0.0 -> b@^1.1";
    let Some(both) = both(tree) else { return };
    both.depends(&json!({"a": "1"}))
        .run(["install"])
        .has("node_modules/a/node_modules/b", "1.0.0")
        .lock_has("\"inBundle\": true")
        .remove("node_modules")
        .run(["ci"]);
}

#[test]
fn shrinkwrap_of_a_package_decides_below_it() {
    let Some(both) = both("b@1.0.0\nb@1.1.0") else { return };
    let shrinkwrap = json!({
        "name": "a", "version": "1.0.0", "lockfileVersion": 3, "requires": true,
        "packages": {
            "": {"name": "a", "version": "1.0.0", "dependencies": {"b": "^1"}},
            "node_modules/b": {
                "version": "1.0.0",
                "resolved": format!("{}b/-/b-1.0.0.tgz", both.registry.url()),
                "integrity": both.registry.integrity("b", "1.0.0"),
            },
        },
    });
    let package = both.registry.package("a", "1.0.0").dep("b", "^1");
    package.file("npm-shrinkwrap.json", &shrinkwrap.to_string()).publish();
    both.depends(&json!({"a": "1"}))
        .run(["install"])
        .has("node_modules/a/node_modules/b", "1.0.0")
        .lock_has("\"hasShrinkwrap\": true");
}

#[test]
fn folder_dependency_is_a_link() {
    let Some(both) = both("b@1.0.0") else { return };
    both.folder("lib", &json!({"name": "lib", "version": "0.1.0", "dependencies": {"b": "1"}}))
        .depends(&json!({"lib": "file:./lib"}))
        .run(["install"])
        .lock_has("\"link\": true");
}

#[test]
fn folder_dependency_is_a_copy_with_install_links() {
    let Some(both) = both("b@1.0.0") else { return };
    both.folder("lib", &json!({"name": "lib", "version": "0.1.0", "dependencies": {"b": "1"}}))
        .depends(&json!({"lib": "file:lib"}))
        .run(["install", "--install-links"]);
}

#[test]
fn tarball_file_is_installed() {
    let Some(both) = both("b@1.0.0") else { return };
    let manifest = json!({"name": "t", "version": "3.0.0", "dependencies": {"b": "1"}});
    both.bytes("vendor/t.tgz", &loose_tarball(&manifest))
        .depends(&json!({"t": "file:vendor/t.tgz"}))
        .run(["install"])
        .has("node_modules/t", "3.0.0")
        .lock_has("\"resolved\": \"file:vendor/t.tgz\"");
}

#[test]
fn tarball_of_a_url_is_installed() {
    let Some(both) = both("b@1.0.0") else { return };
    let tarball = loose_tarball(&json!({"name": "r", "version": "1.5.0"}));
    let url = both.registry.serve("files/r.tgz", "application/octet-stream", tarball);
    both.depends(&json!({ "r": url })).run(["install"]).has("node_modules/r", "1.5.0");
}

#[test]
fn workspaces_are_linked_and_share_dependencies() {
    let Some(both) = both("c@1.0.0\nc@2.0.0\nd@1.0.0") else { return };
    both.project(&json!({"workspaces": ["packages/*"], "devDependencies": {"c": "1"}}));
    both.folder(
        "packages/w",
        &json!({"name": "w", "version": "1.0.0", "dependencies": {"c": "2", "@s/v": "^1"}}),
    );
    both.folder(
        "packages/v",
        &json!({"name": "@s/v", "version": "1.2.0", "devDependencies": {"d": "1"}}),
    );
    both.run(["install"])
        .has("packages/w/node_modules/c", "2.0.0")
        .has("node_modules/d", "1.0.0")
        .run(["install", "d", "-w", "w"])
        .remove("node_modules")
        .run(["ci"]);
}

#[test]
fn workspace_names_may_not_be_equal() {
    let Some(both) = both("") else { return };
    both.project(&json!({"workspaces": ["x", "y"]}));
    for folder in ["x", "y"] {
        both.folder(folder, &json!({"name": "same", "version": "1.0.0"}));
    }
    both.fail(["install"], "EDUPLICATEWORKSPACE");
}

#[test]
fn lifecycle_scripts_run_in_order() {
    let Some(both) = both("b@1.0.0") else { return };
    let log = |word: &str| format!("echo {word} $npm_package_name >> \"$INIT_CWD/order.log\"");
    let package = both.registry.package("a", "1.0.0").script("preinstall", &log("pre"));
    package.script("install", &log("in")).script("postinstall", &log("post")).publish();
    both.project(&json!({
        "dependencies": {"a": "1"},
        "scripts": {"preinstall": log("pre"), "postinstall": log("post"), "prepare": log("prep")},
    }))
    .run(["install", "--dangerously-allow-all-scripts"])
    .lock_has("\"hasInstallScript\": true");
}

#[test]
fn override_by_a_file_is_found_from_the_project() {
    let Some(both) = both("a@1.0.0 -> b@^1\nb@1.0.0") else { return };
    let manifest = json!({"name": "b", "version": "1.5.0"});
    both.bytes("over/b.tgz", &loose_tarball(&manifest))
        .project(&json!({"dependencies": {"a": "1"}, "overrides": {"b": "file:over/b.tgz"}}))
        .run(["install"])
        .has("node_modules/b", "1.5.0")
        .run(["install"])
        .remove("node_modules")
        .run(["ci"])
        .remove("package-lock.json")
        .remove("node_modules")
        .fail(["install", "--allow-file=root"], "EALLOWFILE");
}

#[test]
fn override_by_a_file_counts_for_a_workspace_when_it_was_found_before() {
    let Some(both) = both("a@1.0.0 -> b@^1\nb@1.0.0") else { return };
    both.bytes("over/b.tgz", &loose_tarball(&json!({"name": "b", "version": "1.5.0"})))
        .folder("w", &json!({"name": "w", "version": "1.0.0", "dependencies": {"b": "1"}}))
        .project(&json!({"workspaces": ["w"], "overrides": {"b": "file:over/b.tgz"}}))
        .fail(["install"], "ENOENT")
        .project(&json!({
            "workspaces": ["w"], "dependencies": {"a": "1"}, "overrides": {"b": "file:over/b.tgz"},
        }))
        .run(["install"])
        .has("node_modules/b", "1.5.0")
        .run(["install"]);
}

#[test]
fn files_of_a_tarball_are_found_beside_it() {
    let Some(both) = both("") else { return };
    let dependencies = json!({"y": "file:inner/y.tgz", "z": "file:inner/z"});
    let outer = json!({"name": "x", "version": "1.0.0", "dependencies": dependencies});
    both.bytes("packs/x.tgz", &loose_tarball(&outer))
        .bytes("packs/inner/y.tgz", &loose_tarball(&json!({"name": "y", "version": "1.0.0"})))
        .folder("packs/inner/z", &json!({"name": "z", "version": "1.0.0"}))
        .depends(&json!({"x": "file:packs/x.tgz"}))
        .run(["install"])
        .has("node_modules/y", "1.0.0")
        .run(["install"])
        .remove("node_modules")
        .run(["ci"]);
}

#[test]
fn files_of_a_folder_of_commands_are_commands() {
    let Some(both) = both("") else { return };
    let manifest =
        |name: &str| json!({"name": name, "version": "1.0.0", "directories": {"bin": "./cmds"}});
    let mut root = manifest("project");
    root["workspaces"] = json!(["w"]);
    root["dependencies"] = json!({"lib": "file:lib", "t": "file:t.tgz", "r": "1"});
    let tarball = Tarball::new()
        .file("package.json", 0o644, manifest("t").to_string().as_bytes())
        .file("cmds/t-one", 0o644, b"#!/usr/bin/env node\n")
        .file("cmds/t-two.js", 0o644, b"");
    both.registry
        .package("r", "1.0.0")
        .field("directories", json!({"bin": "cmds"}))
        .file("cmds/r-one", "")
        .publish();
    both.folder("w", &manifest("w"))
        .file("w/cmds/w-one", "")
        .folder("lib", &manifest("lib"))
        .file("lib/cmds/lib-one", "")
        .file("lib/cmds/.hidden", "")
        .file("cmds/own", "")
        .bytes("t.tgz", &tarball.gzip())
        .project(&root)
        .run(["install"])
        .lock_has("\"own\": \"cmds/own\"")
        .lock_has("\"t-one\": \"cmds/t-one\"")
        .run(["install"])
        .remove("node_modules/.package-lock.json")
        .run(["install"])
        .remove("node_modules")
        .run(["ci"]);
}

#[test]
fn folder_among_commands_changes_nothing_twice() {
    let (registry, sandbox) = standing();
    sandbox.file("lib/package.json", r#"{"name": "lib", "directories": {"bin": "cmds"}}"#);
    sandbox.file("lib/cmds/sub/two", "");
    sandbox.denpm(["install", "./lib"]).succeeded();
    assert_eq!(sandbox.denpm(["install"]).succeeded().summary(), Some("up to date in [TIME]"));
    assert!(sandbox.read("node_modules/.bin/two").is_some());
    drop(registry);
}

#[test]
fn lone_path_of_a_command_in_the_lock_is_called_as_its_package() {
    let Some(both) = both("") else { return };
    for name in ["a", "@s/b"] {
        both.registry
            .package(name, "1.0.0")
            .field("bin", json!("cli.js"))
            .file("cli.js", "")
            .publish();
    }
    let entry = json!({"version": "1.0.0", "bin": "cli.js"});
    let lock = json!({
        "name": "project", "version": "1.0.0", "lockfileVersion": 3, "requires": true,
        "packages": {
            "": {"name": "project", "version": "1.0.0", "dependencies": {"a": "1", "@s/b": "1"}},
            "node_modules/a": entry, "node_modules/@s/b": entry,
        },
    });
    both.file("package-lock.json", &lock.to_string())
        .depends(&json!({"a": "1", "@s/b": "1"}))
        .run(["install"])
        .lock_has("\"b\": \"cli.js\"")
        .remove("node_modules")
        .run(["ci"]);
}

#[test]
fn folders_of_the_project_are_linked_with_install_links_too() {
    let Some(both) = both("b@1.0.0") else { return };
    let folder = |name: &str, dependencies: Value| json!({"name": name, "version": "1.0.0", "dependencies": dependencies});
    both.npmrc("install-links=true")
        .folder("x", &folder("x", json!({"z": "file:../z"})))
        .folder("y", &folder("y", json!({"z": "file:../z"})))
        .folder("z", &folder("z", json!({"b": "1"})))
        .folder("w", &folder("w", json!({"y": "file:../y", "v": "file:v"})))
        .folder("w/v", &folder("v", json!({})))
        .project(&json!({"workspaces": ["w"], "dependencies": {"x": "file:./x", "y": "file:y"}}))
        .run(["install"])
        .lock_has("\"node_modules/z\"")
        .run(["install"])
        .remove("node_modules")
        .run(["ci"])
        .run(["update"]);
}

#[test]
fn file_that_comes_to_a_folder_of_commands_is_noticed() {
    let Some(both) = both("b@1.0.0") else { return };
    both.file("cmds/one", "")
        .project(&json!({"dependencies": {"b": "1"}, "directories": {"bin": "cmds"}}))
        .run(["install"])
        .file("cmds/two", "")
        .run(["install"])
        .lock_has("\"two\": \"cmds/two\"");
}
