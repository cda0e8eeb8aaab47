//! A machine without room, descriptors, permission or home: a clear error, or a slower success.

use super::{
    depends, standing,
    support::{Registry, Sandbox, sandbox::Output, tree::differences},
};
use serde_json::{Map, Value, json};
use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

const PACKAGES: usize = 40;

/// A project with many packages of some size.
fn large() -> (Registry, Sandbox) {
    let registry = Registry::start();
    let mut dependencies = Map::new();
    for number in 0..PACKAGES {
        let mut package = registry.package(&format!("p{number}"), "1.0.0");
        for file in 0..8 {
            package =
                package.file(&format!("lib/{file}.js"), &format!("{number} {file} ").repeat(2000));
        }
        package.publish();
        dependencies.insert(format!("p{number}"), json!("^1"));
    }
    let sandbox = Sandbox::new(&registry);
    depends(&sandbox, &json!(dependencies));
    (registry, sandbox)
}

/// It failed, said why, and the next run with all it needs ends as if nothing had happened.
#[track_caller]
fn failed_and_heals(output: &Output, sandbox: &Sandbox, registry: &Registry) {
    assert_ne!(output.status, 0, "{output}");
    assert!(output.error_code().is_some() && !output.stderr.contains("panicked"), "{output}");
    heals(sandbox, registry);
}

#[track_caller]
fn heals(sandbox: &Sandbox, registry: &Registry) {
    let output = sandbox.denpm(["install"]).succeeded();
    let clean = Sandbox::new(registry);
    clean.file("package.json", &sandbox.read("package.json").unwrap());
    clean.denpm(["install"]).succeeded();
    let lines = differences(&clean.snapshot_files(), &sandbox.snapshot_files());
    assert!(lines.is_empty(), "{}\n{output}", lines.join("\n"));
}

#[test]
fn few_descriptors_are_enough() {
    for limit in [64, 32] {
        let (registry, sandbox) = large();
        let output = sandbox.shell(&format!("ulimit -n {limit} && exec $DENPM install"));
        assert_eq!(output.status, 0, "{limit}: {output}");
        heals(&sandbox, &registry);
    }
}

#[test]
fn files_that_cannot_grow_are_an_error_and_heal() {
    let (registry, sandbox) = large();
    let output = sandbox.shell("trap '' XFSZ; ulimit -f 8 && exec $DENPM install");
    failed_and_heals(&output, &sandbox, &registry);
    // Without a handler the signal ends the process at once.
    let (registry, sandbox) = large();
    assert_ne!(sandbox.shell("ulimit -f 8 && exec $DENPM install").status, 0);
    heals(&sandbox, &registry);
}

/// A file system that is gone again when this is.
struct Mounted<'a>(&'a Path);

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(self.0).status().ok();
    }
}

/// Runs `with` while a file system of its own, of this size, lies at `at`; says so when it may not.
fn on_own_disk(at: &Path, options: &str, with: impl FnOnce()) {
    fs::create_dir_all(at).unwrap();
    let mounted =
        Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at).output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: no file system can be mounted here");
        return;
    }
    let _mounted = Mounted(at);
    with();
}

#[test]
fn full_disk_of_the_project_is_an_error_and_heals() {
    let (registry, sandbox) = large();
    let modules = sandbox.project().join("node_modules");
    on_own_disk(&modules, "size=256k", || {
        let output = sandbox.denpm(["install"]);
        assert_ne!(output.status, 0, "{output}");
        assert!(output.stderr.contains("ENOSPC") || output.stderr.contains("No space"), "{output}");
    });
    heals(&sandbox, &registry);
}

#[test]
fn full_disk_of_the_cache_is_an_error_and_heals() {
    let (registry, sandbox) = large();
    let cache = sandbox.cache();
    on_own_disk(&cache, "size=256k", || {
        let output = sandbox.denpm(["install"]);
        assert!(output.status == 0 || output.error_code() == Some("ENOSPC"), "{output}");
    });
    heals(&sandbox, &registry);
}

#[test]
fn places_that_cannot_be_written_are_named() {
    let (registry, sandbox) = large();
    let modules = sandbox.project().join("node_modules");
    on_own_disk(&modules, "ro", || {
        let output = sandbox.denpm(["install"]);
        assert_ne!(output.status, 0, "{output}");
        assert!(output.stderr.contains("node_modules"), "{output}");
        assert!(output.error_code().is_some(), "{output}");
    });
    heals(&sandbox, &registry);
    let (registry, sandbox) = large();
    let cache = sandbox.cache();
    on_own_disk(&cache, "ro", || {
        let output = sandbox.denpm(["install"]);
        assert!(output.status == 0 || output.error_code().is_some(), "{output}");
        assert!(!output.stderr.contains("panicked"), "{output}");
    });
    heals(&sandbox, &registry);
}

#[test]
fn home_is_not_needed() {
    let (registry, sandbox) = large();
    let line = format!(
        "unset HOME USERPROFILE APPDATA; exec $DENPM install --registry={} --cache={}",
        registry.url(),
        sandbox.cache().display()
    );
    let output = sandbox.shell(&line);
    assert!(output.status == 0 || output.error_code().is_some(), "{output}");
    let output = sandbox.shell(&line.replace("unset HOME", "HOME=/nowhere/at/all; unset"));
    assert!(output.status == 0 || output.error_code().is_some(), "{output}");
}

#[test]
fn output_that_nobody_reads_is_no_crash() {
    let (_registry, sandbox) = large();
    for line in ["$DENPM install >&- 2>&-", "$DENPM install | true", "$DENPM ls | head -1"] {
        let output = sandbox.shell(line);
        assert!(!output.stderr.contains("panicked"), "{line}: {output}");
    }
    sandbox.denpm(["install"]).succeeded();
}

/// A project with `b` and a workspace that needs `dependencies`, installed; then a link to a folder
/// with this file outside stands in the place of the workspace's `node_modules`.
fn with_linked_modules(dependencies: &Value, file: &str) -> (Registry, Sandbox, PathBuf) {
    let (registry, sandbox) = standing();
    registry.tree("b@2.0.0");
    let workspace = json!({"name": "w", "version": "1.0.0", "dependencies": dependencies});
    sandbox.file("packages/w/package.json", &workspace.to_string());
    sandbox.package_json(&json!({
        "name": "project", "version": "1.0.0",
        "dependencies": {"b": "^1"}, "workspaces": ["packages/*"],
    }));
    sandbox.denpm(["install"]).succeeded();
    let outside = sandbox.project().join("../outside");
    let mine = outside.join(file);
    fs::create_dir_all(mine.parent().unwrap()).unwrap();
    fs::write(&mine, "mine").unwrap();
    let modules = sandbox.project().join("packages/w/node_modules");
    if modules.exists() {
        fs::remove_dir_all(&modules).unwrap();
    }
    symlink(&outside, modules).unwrap();
    (registry, sandbox, mine)
}

#[test]
fn link_in_the_place_of_a_workspaces_node_modules_is_not_followed() {
    let (_registry, sandbox, mine) = with_linked_modules(&json!({}), "kept/file");
    for arguments in [vec!["ci"], vec!["ci", "--force"]] {
        sandbox.denpm(arguments).succeeded();
        assert_eq!(fs::read_to_string(&mine).unwrap(), "mine");
    }
}

#[test]
fn package_of_a_workspace_comes_to_the_place_of_a_link() {
    let (_registry, sandbox, mine) = with_linked_modules(&json!({"b": "2"}), "b/file");
    sandbox.denpm(["ci"]).succeeded();
    assert_eq!(fs::read_to_string(&mine).unwrap(), "mine");
    assert_eq!(sandbox.json("packages/w/node_modules/b/package.json")["version"], "2.0.0");
}

/// Two projects with one cache; the first has installed, and has changed what both share.
fn with_a_changed_store() -> (Registry, Sandbox, Sandbox) {
    let registry = Registry::start();
    registry.package("a", "1.0.0").file("index.js", "module.exports = 1\n").publish();
    registry.package("b", "1.0.0").file("index.js", "module.exports = 2\n").publish();
    registry.package("c", "1.0.0").file("main.js", "module.exports = 3\n").publish();
    let (first, second) = (Sandbox::new(&registry), Sandbox::new(&registry));
    second.share_cache_of(&first);
    for sandbox in [&first, &second] {
        depends(sandbox, &json!({"a": "1", "b": "1", "c": "1"}));
    }
    first.denpm(["install"]).succeeded();
    // Where files are hard links, this is what an editor does in node_modules.
    let script =
        "find ../cache/_denpm/store -name index.js | while read file; do echo evil >> $file; done";
    assert_eq!(first.shell(script).status, 0);
    (registry, first, second)
}

#[test]
fn what_was_changed_in_the_store_is_told_and_fetched_again() {
    let (_registry, _first, second) = with_a_changed_store();
    let output = second.denpm(["install"]).succeeded();
    output
        .stderr_has("index.js was changed in the store")
        .stderr_has("2 packages are fetched again.");
    for (package, code) in [("a", "module.exports = 1\n"), ("b", "module.exports = 2\n")] {
        let installed = second.read(&format!("node_modules/{package}/index.js"));
        assert_eq!(installed.as_deref(), Some(code));
    }
    assert!(!second.denpm(["ci"]).succeeded().stderr.contains("changed"));
}

#[test]
fn what_was_changed_in_the_store_is_told_where_it_cannot_be_fetched_again() {
    let (_registry, _first, second) = with_a_changed_store();
    fs::write(second.project().join(".npmrc"), "offline=true\n").unwrap();
    let output = second.denpm(["install"]).failed_with("ENOTCACHED");
    output.stderr_has("index.js was changed in the store");
    assert_eq!(second.read("node_modules/a/index.js"), None);
}

#[test]
fn package_with_a_patch_is_a_copy_that_may_be_written_to() {
    let registry = Registry::start();
    for name in ["a", "@s/b", "c"] {
        registry.package(name, "1.0.0").file("index.js", "module.exports = 1\n").publish();
    }
    let (first, second) = (Sandbox::new(&registry), Sandbox::new(&registry));
    second.share_cache_of(&first);
    for sandbox in [&first, &second] {
        depends(sandbox, &json!({"a": "1", "@s/b": "1", "c": "1"}));
    }
    let patches = first.project().join("patches");
    fs::create_dir(&patches).unwrap();
    for file in ["a+1.0.0.patch", "@s+b+1.0.0.patch"] {
        fs::write(patches.join(file), "").unwrap();
    }
    first.denpm(["install"]).succeeded();
    let script = "for p in a @s/b; do echo patched >> node_modules/$p/index.js; done";
    assert_eq!(first.shell(script).status, 0);
    let output = second.denpm(["install"]).succeeded();
    assert!(!output.stderr.contains("changed in the store"), "{}", output.stderr);
    for name in ["a", "@s/b"] {
        let code = second.read(&format!("node_modules/{name}/index.js"));
        assert_eq!(code.as_deref(), Some("module.exports = 1\n"));
    }
}

#[test]
fn package_json_and_lock_are_put_back_when_what_follows_cannot_be_written() {
    let registry = Registry::start();
    registry.tree("a@1.0.0\nb@1.0.0");
    let sandbox = Sandbox::new(&registry);
    depends(&sandbox, &json!({"a": "1"}));
    sandbox.denpm(["install"]).succeeded();
    // No file comes to the place of a folder that is not empty.
    let hidden = "node_modules/.package-lock.json";
    sandbox.remove(hidden).file(&format!("{hidden}/x"), "");
    let before = sandbox.snapshot_files();
    let output = sandbox.denpm(["install", "b", "--package-lock-only"]);
    assert_ne!(output.status, 0, "{output}");
    assert_eq!(sandbox.snapshot_files(), before, "{output}");
}
