//! Killed at any moment, or two at once: the next run ends where one undisturbed run ends.

use super::support::{
    Fault, Registry, Sandbox, Target,
    sandbox::variable,
    tree::{self, Entry, differences},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    hash::{BuildHasher, RandomState},
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// How many kills are spread evenly over the time of one run.
const STEPS: u32 = 6;

/// Packages in two versions, of files enough to be killed between.
fn registry() -> Registry {
    let registry = Registry::start();
    for major in [1, 2] {
        let version = format!("{major}.0.0");
        for letter in 'a'..='l' {
            let name = format!("{letter}");
            let mut package = registry
                .package(&name, &version)
                .dep("shared", &format!("^{}", 1 + u32::from(letter) % 2))
                .bin(&name, "bin/cli.js")
                .file(".gitignore", "dist");
            for file in 0..6 {
                let text = format!("{name}@{version} {file}\n").repeat(20);
                package = package.file(&format!("lib/{file}/index.js"), &text);
            }
            package.publish();
        }
        registry.package("shared", &version).executable("run.sh", &version).publish();
    }
    registry
}

/// The dependencies on every package in one major version.
fn everything(major: u32) -> Value {
    ('a'..='l').map(|letter| (letter.to_string(), json!(format!("^{major}")))).collect()
}

/// What a project is before the command that is killed, and what it shall become.
struct Change {
    before: Option<Value>,
    after: Value,
}

impl Change {
    fn first_install() -> Self {
        Self { before: None, after: everything(1) }
    }

    fn upgrade() -> Self {
        Self { before: Some(everything(1)), after: everything(2) }
    }

    fn removal() -> Self {
        Self { before: Some(everything(1)), after: json!({"a": "^1"}) }
    }

    /// A project that waits for `denpm install`.
    fn prepare(&self, registry: &Registry) -> Sandbox {
        let sandbox = Sandbox::new(registry);
        if let Some(before) = &self.before {
            depend(&sandbox, before);
            sandbox.denpm(["install"]).succeeded();
        }
        depend(&sandbox, &self.after);
        sandbox
    }
}

/// A workspace whose packages cannot all be hoisted, so that its folder is changed, too.
fn depend(sandbox: &Sandbox, dependencies: &Value) {
    let (name, version) = ("project", "1.0.0");
    let workspaces = ["packages/w"];
    sandbox.package_json(&json!({
        "name": name, "version": version, "workspaces": workspaces, "dependencies": dependencies,
    }));
    let major = if dependencies["a"] == "^1" { "^2" } else { "^1" };
    let own: Value =
        dependencies.as_object().unwrap().keys().map(|name| (name.clone(), json!(major))).collect();
    let workspace = json!({"name": "w", "version": version, "dependencies": own});
    sandbox.file("packages/w/package.json", &(workspace.to_string() + "\n"));
}

type Files = BTreeMap<String, Entry>;

/// What the command leaves when nobody disturbs it.
fn undisturbed(change: &Change, registry: &Registry) -> (Files, Duration) {
    let sandbox = change.prepare(registry);
    let start = Instant::now();
    sandbox.denpm(["install"]).succeeded();
    (sandbox.snapshot_files(), start.elapsed())
}

#[track_caller]
fn assert_same(wanted: &Files, found: &Files, what: &str) {
    let lines = differences(wanted, found);
    assert!(lines.is_empty(), "{what}:\n{}", lines.join("\n"));
}

/// Starts an install, kills it as soon as `moment` comes; false when it never came.
fn kill_when(sandbox: &Sandbox, mut moment: impl FnMut(&Path) -> bool) -> bool {
    let mut running = sandbox.start(["install"]);
    let project = sandbox.project();
    while !running.is_over() {
        if moment(&project) {
            running.kill();
            return true;
        }
    }
    running.output().succeeded();
    false
}

/// The next run completes what was killed, and what the killed one left in the cache is sound.
#[track_caller]
fn next_run_is_right(sandbox: &Sandbox, registry: &Registry, wanted: &Files, what: &str) {
    sandbox.denpm(["install"]).succeeded();
    assert_same(wanted, &sandbox.snapshot_files(), what);
    let fresh = Sandbox::new(registry);
    fresh.share_cache_of(sandbox);
    for path in ["package.json", "package-lock.json", "packages/w/package.json"] {
        fresh.file(path, &sandbox.read(path).unwrap());
    }
    fresh.denpm(["install", "--offline"]).succeeded();
    assert_same(wanted, &fresh.snapshot_files(), &format!("a fresh project after {what}"));
}

fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// The staging folders of a `node_modules` folder have this many packages ready.
fn staged(modules: &Path, least: usize) -> bool {
    let entries = fs::read_dir(modules).into_iter().flatten().map_while(Result::ok);
    entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(".denpm-"))
        .filter_map(|entry| fs::read_dir(entry.path().join("new")).ok())
        .any(|new| new.count() >= least)
}

/// A file is being written in this folder.
fn temporary_files(folder: &Path) -> bool {
    let mut entries = fs::read_dir(folder).into_iter().flatten().map_while(Result::ok);
    entries.any(|entry| entry.file_name().to_string_lossy().starts_with(".denpm-"))
}

/// What a kill waits for: its name, and whether it has come in a project.
type Moment = (&'static str, fn(&Path) -> bool);

const MOMENTS: &[Moment] = &[
    ("node_modules appeared", |project| {
        is_there(&project.join("node_modules/.denpm-journal"))
            || staged(&project.join("node_modules"), 1)
    }),
    ("half was staged", |project| staged(&project.join("node_modules"), 6)),
    ("a workspace was staged", |project| staged(&project.join("packages/w/node_modules"), 6)),
    ("the journal was written", |project| is_there(&project.join("node_modules/.denpm-journal"))),
    ("packages were placed", |project| {
        is_there(&project.join("node_modules/.denpm-journal"))
            && !staged(&project.join("node_modules"), 4)
    }),
    ("commands were linked", |project| {
        is_there(&project.join("node_modules/.denpm-journal"))
            && is_there(&project.join("node_modules/.bin/a"))
    }),
    ("the lockfile was being written", |project| temporary_files(project)),
    ("the hidden lock was written", |project| {
        is_there(&project.join("node_modules/.denpm-journal"))
            && is_there(&project.join("node_modules/.package-lock.json"))
    }),
];

/// Kills at every moment that can be seen from outside, and at some that cannot.
fn survives_every_kill(change: &Change) {
    let registry = registry();
    let (wanted, took) = undisturbed(change, &registry);
    for step in 0..STEPS {
        let sandbox = change.prepare(&registry);
        let mut running = sandbox.start(["install"]);
        thread::sleep(took * step / STEPS);
        let _over = running.is_over();
        running.kill();
        next_run_is_right(&sandbox, &registry, &wanted, &format!("a kill at {step}/{STEPS}"));
    }
    for (name, moment) in MOMENTS {
        let sandbox = change.prepare(&registry);
        // Where the moment does not come, the run has ended and the next one changes nothing.
        kill_when(&sandbox, moment);
        next_run_is_right(&sandbox, &registry, &wanted, &format!("a kill when {name}"));
    }
    let sandbox = change.prepare(&registry);
    let mut begun = false;
    kill_when(&sandbox, |project| {
        let there = is_there(&project.join("node_modules/.denpm-journal"));
        begun |= there;
        begun && !there
    });
    next_run_is_right(&sandbox, &registry, &wanted, "a kill when the journal was gone");
}

#[test]
fn first_install_killed_at_any_moment_is_completed() {
    survives_every_kill(&Change::first_install());
}

#[test]
fn upgrade_killed_at_any_moment_is_completed() {
    survives_every_kill(&Change::upgrade());
}

#[test]
fn removal_killed_at_any_moment_is_completed() {
    survives_every_kill(&Change::removal());
}

#[test]
fn install_killed_again_and_again_is_completed() {
    let registry = registry();
    for change in [Change::first_install(), Change::upgrade()] {
        let (wanted, took) = undisturbed(&change, &registry);
        let sandbox = change.prepare(&registry);
        for step in 0..2 * STEPS {
            let mut running = sandbox.start(["install"]);
            thread::sleep(took * step / STEPS);
            let _over = running.is_over();
            running.kill();
        }
        next_run_is_right(&sandbox, &registry, &wanted, "many kills");
    }
}

#[test]
fn install_killed_while_a_tarball_stalls_is_completed() {
    let registry = registry();
    let change = Change::first_install();
    let (wanted, _) = undisturbed(&change, &registry);
    for fault in [Fault::Stalled, Fault::Slow(Duration::from_secs(2))] {
        let sandbox = change.prepare(&registry);
        registry.forget_requests();
        registry.on(Target::Tarball("e".to_owned())).always(fault.clone());
        let asked = |_: &Path| registry.log().iter().any(|line| line.starts_with("GET /e/-/"));
        assert!(kill_when(&sandbox, asked), "the install did not wait for the tarball");
        assert!(!is_there(&sandbox.project().join("package-lock.json")));
        registry.heal();
        next_run_is_right(&sandbox, &registry, &wanted, &format!("a kill during {fault:?}"));
    }
}

/// `DENPM_TEST_KILLS` moments, drawn at random over the time of one run; a few by default.
#[test]
fn install_killed_at_random_moments_is_completed() {
    let kills = variable("DENPM_TEST_KILLS").and_then(|count| count.to_str()?.parse().ok());
    let registry = registry();
    let changes = [Change::first_install(), Change::upgrade(), Change::removal()];
    let wanted = changes.each_ref().map(|change| undisturbed(change, &registry));
    for kill in 0..kills.unwrap_or(6_u64) {
        let which = usize::try_from(kill).unwrap() % changes.len();
        let (change, (files, took)) = (&changes[which], &wanted[which]);
        let sandbox = change.prepare(&registry);
        let mut running = sandbox.start(["install"]);
        // The seed of the standard library's maps is the randomness at hand.
        let drawn = BuildHasher::hash_one(&RandomState::new(), kill) % 1000;
        thread::sleep(took.mul_f64(f64::from(u32::try_from(drawn).unwrap()) / 1000.0));
        let _over = running.is_over();
        running.kill();
        next_run_is_right(&sandbox, &registry, files, &format!("a kill at {drawn}/1000"));
    }
}

/// The script of a package kills the install that runs it: everything is placed, nothing final.
#[cfg(unix)]
#[test]
fn install_killed_by_a_script_is_undone_and_then_completed() {
    let registry = registry();
    let script = "test ! -e \"$INIT_CWD/../tmp/deadly\" || kill -9 $PPID";
    registry.package("deadly", "1.0.0").script("postinstall", script).publish();
    let sandbox = Change::removal().prepare(&registry);
    let deadly = sandbox.project().join("../tmp/deadly");
    let before = sandbox.snapshot_files();
    let install = ["install", "deadly", "--dangerously-allow-all-scripts"];
    fs::write(&deadly, "").unwrap();
    let output = sandbox.denpm(install);
    assert_eq!(output.status, -1, "{output}");
    for path in ["package.json", "package-lock.json"] {
        assert_eq!(before.get(path), sandbox.snapshot_files().get(path), "{path}");
    }
    fs::remove_file(deadly).unwrap();
    sandbox.denpm(install).succeeded();
    let clean = Change::removal().prepare(&registry);
    clean.denpm(install).succeeded();
    assert_same(&clean.snapshot_files(), &sandbox.snapshot_files(), "a script that kills");
}

#[test]
fn two_installs_in_one_project_both_succeed() {
    let registry = registry();
    for change in [Change::first_install(), Change::upgrade(), Change::removal()] {
        let (wanted, _) = undisturbed(&change, &registry);
        let sandbox = change.prepare(&registry);
        let both = [sandbox.start(["install"]), sandbox.start(["install"])];
        for running in both {
            running.output().succeeded();
        }
        assert_same(&wanted, &sandbox.snapshot_files(), "two installs at once");
    }
}

#[test]
fn two_projects_on_one_cold_cache_both_succeed() {
    let registry = registry();
    let change = Change::first_install();
    let (wanted, _) = undisturbed(&change, &registry);
    let (first, second) = (change.prepare(&registry), change.prepare(&registry));
    second.share_cache_of(&first);
    let both = [first.start(["install"]), second.start(["install"])];
    for running in both {
        running.output().succeeded();
    }
    for sandbox in [first, second] {
        assert_same(&wanted, &tree::list(&sandbox.project()), "a cold cache for two");
    }
}
