//! Install scripts: who may run, and what a confined one can reach.

use super::{
    depends,
    support::{Registry, Sandbox, sandbox::Output},
};
use serde_json::json;
use std::collections::BTreeMap;

const CONFINED: &str = "script-sandbox = \"landlock\"\n";
const ALL: [&str; 2] = ["install", "--dangerously-allow-all-scripts"];

/// Whether scripts can be confined here; says so when they cannot.
fn can_confine(output: &Output) -> bool {
    let can = output.error_code() != Some("ESANDBOX");
    if !can {
        eprintln!("SKIPPED: {}", output.stderr);
    }
    can
}

/// A project in which `jail` runs this after its installation, confined.
fn jailed(script: &str) -> (Registry, Sandbox) {
    let registry = Registry::start();
    registry.package("b", "1.0.0").file("index.js", "module.exports = 1\n").publish();
    registry
        .package("jail", "1.0.0")
        .dep("b", "1")
        .file("script.sh", script)
        .script("postinstall", "sh ./script.sh")
        .publish();
    let sandbox = Sandbox::new(&registry);
    sandbox.user_policy(CONFINED);
    sandbox.file(".npmrc", "secret=yes\n").file("src.js", "mine\n").file(".env", "KEY=1\n");
    depends(&sandbox, &json!({"jail": "1"}));
    (registry, sandbox)
}

/// What each attempt came to: `name yes` or `name no`, a line each.
fn attempts(sandbox: &Sandbox) -> BTreeMap<String, bool> {
    let seen = sandbox.read("node_modules/jail/seen").expect("the script ran");
    let line =
        |line: &str| line.rsplit_once(' ').map(|(name, end)| (name.to_owned(), end == "yes"));
    seen.lines().filter_map(line).collect()
}

/// Tries things and notes which of them worked.
const ATTEMPTS: &str = r#"
try() { name=$1; shift; if sh -c "$*" >/dev/null 2>&1; then echo "$name yes" >> seen; else echo "$name no" >> seen; fi; }
ROOT=$(cd "$INIT_CWD/.." && pwd)
try may-write-own 'echo x > own && chmod 755 own && mkdir -p d/e && mv own d/e/own'
try may-write-temporary 'echo x > "$TMPDIR/x" && mv "$TMPDIR/x" moved'
try may-write-home 'echo x > "$HOME/x"'
try may-read-a-sibling 'cat ../b/index.js'
try may-read-the-manifest "cat $INIT_CWD/package.json"
try may-use-devices 'echo x > /dev/null && head -c 1 /dev/urandom'
try may-run-programs 'ls / || uname'
try may-have-children 'echo x | cat'
try write-the-project "echo x > $INIT_CWD/src.js"
try create-in-the-project "echo x > $INIT_CWD/new"
try remove-in-the-project "rm $INIT_CWD/src.js"
try write-a-sibling 'echo x > ../b/index.js'
try truncate-a-sibling ': > ../b/index.js'
try remove-a-sibling 'rm ../b/index.js'
try move-a-sibling 'mv ../b/index.js stolen'
try hard-link-a-sibling 'ln ../b/index.js stolen'
try write-through-a-link 'ln -s ../b/index.js out && echo x > out'
try create-a-command 'echo x > ../.bin/node'
try write-the-home "echo x > $ROOT/home/evil"
try write-the-cache "echo x > $ROOT/cache/evil"
try write-the-shared-temporary "echo x > /tmp/denpm-evil"
try read-the-users-npmrc "cat $ROOT/home/.npmrc"
try read-the-projects-npmrc "cat $INIT_CWD/.npmrc"
try read-the-projects-env "cat $INIT_CWD/.env"
try read-the-projects-source "cat $INIT_CWD/src.js"
try list-the-home "ls $ROOT/home"
try read-shadow 'cat /etc/shadow'
try read-the-parents-environment 'cat /proc/$PPID/environ'
try kill-the-parent "kill -0 $PPID"
"#;

#[cfg(target_os = "linux")]
#[test]
fn confined_script_writes_only_in_its_package_and_private_folders() {
    let (_registry, sandbox) = jailed(ATTEMPTS);
    let output = sandbox.denpm(ALL);
    if !can_confine(&output) {
        return;
    }
    output.succeeded();
    let wrong: Vec<_> = attempts(&sandbox)
        .into_iter()
        .filter(|(name, worked)| name.starts_with("may-") != *worked)
        // Known to newer kernels only.
        .filter(|(name, _)| name != "kill-the-parent")
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(sandbox.read("src.js").as_deref(), Some("mine\n"));
    assert_eq!(sandbox.read("node_modules/b/index.js").as_deref(), Some("module.exports = 1\n"));
    let left = std::fs::read_dir(sandbox.project().join("../tmp")).unwrap().count();
    assert_eq!(left, 0, "private folders are removed");
}

#[cfg(target_os = "linux")]
#[test]
fn script_of_a_bundled_package_writes_only_in_that_package() {
    let (registry, sandbox) = jailed("true");
    let inner = json!({
        "name": "inner", "version": "1.0.0", "scripts": {"postinstall": "sh ./script.sh"},
    });
    let script = "echo x > own; echo x > ../../around; echo x > \"$INIT_CWD/new\"; true";
    registry
        .package("carrier", "1.0.0")
        .bundle("inner", "1.0.0")
        .file("node_modules/inner/package.json", &inner.to_string())
        .file("node_modules/inner/script.sh", script)
        .publish();
    depends(&sandbox, &json!({"carrier": "1"}));
    let output = sandbox.denpm(ALL);
    if !can_confine(&output) {
        return;
    }
    output.succeeded();
    let carrier = "node_modules/carrier";
    let own = sandbox.read(&format!("{carrier}/node_modules/inner/own"));
    assert_eq!(own.as_deref(), Some("x\n"), "the script ran");
    assert_eq!(sandbox.read(&format!("{carrier}/around")), None);
    assert_eq!(sandbox.read("new"), None);
}

#[cfg(target_os = "linux")]
#[test]
fn confined_script_reaches_no_network() {
    let port = |registry: &Registry| registry.url().rsplit(':').next().unwrap().replace('/', "");
    let (registry, sandbox) = jailed("node sockets.js");
    let program = format!(
        r#"const fs = require("fs"), net = require("net"), dgram = require("dgram");
        const note = (name, end) => fs.appendFileSync("seen", `${{name}} ${{end}}\n`);
        const attempt = (name, start) => {{ try {{ start((end) => note(name, end)); }} catch {{ note(name, "no"); }} }};
        attempt("tcp", (end) => net.connect({port}, "127.0.0.1").on("connect", () => end("yes")).on("error", () => end("no")));
        attempt("listen", (end) => net.createServer().listen(0, () => end("yes")).on("error", () => end("no")));
        attempt("unix", (end) => net.createServer().listen("./socket", () => end("yes")).on("error", () => end("no")));
        attempt("udp", (end) => dgram.createSocket("udp4").on("error", () => end("no")).send("x", 9, "127.0.0.1", (e) => end(e ? "no" : "yes")));
        require("child_process").execFileSync("true");
        note("may-have-children", "yes");
        setTimeout(() => process.exit(0), 500);"#,
        port = port(&registry),
    );
    let package = registry.package("jail", "1.0.0").file("script.sh", "node sockets.js");
    package.file("sockets.js", &program).script("postinstall", "sh ./script.sh").publish();
    let output = sandbox.denpm(ALL);
    if !can_confine(&output) {
        return;
    }
    if sandbox.shell("node --version").status != 0 {
        eprintln!("SKIPPED: node not found");
        return;
    }
    output.succeeded();
    let wrong: Vec<_> = attempts(&sandbox)
        .into_iter()
        .filter(|(name, worked)| name.starts_with("may-") != *worked)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[cfg(target_os = "linux")]
#[test]
fn confined_script_sees_no_credentials() {
    let (_registry, mut sandbox) = jailed("env > environment");
    for name in
        ["NPM_TOKEN", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "DATABASE_URL", "HTTPS_PROXY"]
    {
        sandbox.variable(name, "http://user:S3cr3t@127.0.0.1:1");
    }
    sandbox.variable("NO_PROXY", "127.0.0.1");
    let output = sandbox.denpm(ALL);
    if !can_confine(&output) {
        return;
    }
    output.succeeded();
    let environment = sandbox.read("node_modules/jail/environment").unwrap();
    assert!(!environment.contains("S3cr3t"), "{environment}");
    assert!(environment.contains("npm_package_name=jail"), "{environment}");
    let home = sandbox.project().join("../home").canonicalize().unwrap();
    assert!(!environment.contains(&format!("HOME={}\n", home.display())), "{environment}");
}

#[cfg(target_os = "linux")]
#[test]
fn confined_script_that_fails_fails_the_install_with_its_words() {
    let (_registry, sandbox) = jailed("echo why; exit 7");
    let output = sandbox.denpm(ALL);
    if can_confine(&output) {
        assert_eq!((output.status, output.error_code()), (7, Some("7")), "{output}");
        output.stderr_has("why");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn project_may_confine_scripts_and_not_free_them() {
    let outside = "echo x > \"$INIT_CWD/new\" || true";
    let (_registry, sandbox) = jailed(outside);
    sandbox.file("denpm.toml", "script-sandbox = \"off\"\n");
    if !can_confine(&sandbox.denpm(ALL)) {
        return;
    }
    assert_eq!(sandbox.read("new"), None);
    let (_registry, sandbox) = jailed(outside);
    sandbox.user_policy("").file("denpm.toml", CONFINED);
    sandbox.denpm(ALL).succeeded();
    assert_eq!(sandbox.read("new"), None);
    let (_registry, sandbox) = jailed(outside);
    sandbox.user_policy("");
    sandbox.denpm(ALL).succeeded();
    assert!(sandbox.read("new").is_some());
}

#[cfg(target_os = "linux")]
#[test]
fn scripts_of_the_project_itself_are_the_users_own() {
    let (_registry, sandbox) = jailed("true");
    sandbox.package_json(&json!({
        "name": "project", "version": "1.0.0", "dependencies": {"jail": "1"},
        "scripts": {"postinstall": "echo x > new"},
    }));
    if can_confine(&sandbox.denpm(ALL)) {
        assert!(sandbox.read("new").is_some());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn termination_reaches_a_script_that_runs_and_the_next_run_puts_the_tree_back() {
    use rustix::process::Signal;
    use std::{thread::sleep, time::Duration};
    // What a script starts ends with it.
    let slow = "sh -c 'echo $$ > \"$INIT_CWD/id\"; exec sleep 60'; true";
    let registry = Registry::start();
    registry.package("slow", "1.0.0").script("postinstall", slow).publish();
    for (signal, status) in [(Signal::TERM, 128 + 15), (Signal::INT, 128 + 2)] {
        let sandbox = Sandbox::new(&registry);
        depends(&sandbox, &json!({"slow": "1"}));
        let running = sandbox.start_detached(&ALL);
        let id = std::iter::repeat_with(|| {
            sleep(Duration::from_millis(10));
            sandbox.read("id").unwrap_or_default()
        });
        let id = id.take(3000).find(|id| id.ends_with('\n')).expect("the script runs");
        // Who ended and is not waited for still has a folder, but no words any more.
        let words = format!("/proc/{}/cmdline", id.trim());
        let is_there = || std::fs::read(&words).is_ok_and(|words| !words.is_empty());
        let was_there = is_there();
        running.tell(signal);
        assert_eq!(running.output().status, status);
        let mut looks = (0..100).map(|_| (is_there(), sleep(Duration::from_millis(10))).0);
        assert!(was_there && looks.any(|is_there| !is_there));
        sandbox.denpm(["install", "--ignore-scripts"]).succeeded().stderr_has("put back");
        assert!(sandbox.read("node_modules/slow/package.json").is_some());
    }
}

#[test]
fn word_of_the_sandbox_is_no_command() {
    let sandbox = Sandbox::new(&Registry::start());
    sandbox.denpm(["confine-script"]).failed_with("EUSAGE");
    sandbox.denpm(["confine-script", "a", "b"]).failed_with("EUSAGE");
}

#[test]
fn scripts_of_dependencies_do_not_run_unasked() {
    let registry = Registry::start();
    for event in ["preinstall", "install", "postinstall", "prepare"] {
        registry
            .package(&format!("p-{event}"), "1.0.0")
            .script(event, "echo x > \"$INIT_CWD/ran\"")
            .publish();
    }
    registry.package("gyp", "1.0.0").file("binding.gyp", "{}").publish();
    let sandbox = Sandbox::new(&registry);
    depends(
        &sandbox,
        &json!({"p-preinstall": "1", "p-install": "1", "p-postinstall": "1", "p-prepare": "1", "gyp": "1"}),
    );
    sandbox.denpm(["install"]).succeeded().stderr_has("install-scripts");
    assert_eq!(sandbox.read("ran"), None);
    sandbox.denpm(["install", "--strict-allow-scripts"]);
    assert_eq!(sandbox.read("ran"), None);
}

/// What a script does that another one's failure overtakes, and what a script has left at work
/// when it fails, must not stand in the way.
#[cfg(target_os = "linux")]
#[test]
fn script_that_fails_ends_all_that_works_in_the_tree_and_the_tree_is_as_it_was() {
    let writing = "sh -c 'P=$(pwd); i=0; while [ $i -lt 150 ]; do i=$((i+1)); mkdir -p $P/d$i; \
                   sleep 0.02; done' >/dev/null 2>&1";
    // On one processor it is alone.
    let failing = "i=0; while [ ! -e ../writes/began ] && [ $i -lt 100 ]; do i=$((i+1)); \
                   sleep 0.02; done; exit 7";
    let registry = Registry::start();
    registry.package("kept", "1.0.0").publish();
    let script = format!("{writing} & {failing}");
    registry.package("fails", "1.0.0").script("postinstall", &script).publish();
    let script = format!("touch began; {writing}; true");
    registry.package("writes", "1.0.0").script("postinstall", &script).publish();
    let sandbox = Sandbox::new(&registry);
    depends(&sandbox, &json!({"kept": "1"}));
    sandbox.denpm(["install"]).succeeded();
    let before = sandbox.snapshot_files();
    let output = sandbox.start_detached(&[ALL[0], ALL[1], "fails", "writes"]).output();
    assert_eq!(output.status, 7, "{output}");
    // Whoever is still at work would be seen by now.
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert_eq!(sandbox.snapshot_files(), before, "{output}");
}

#[test]
fn optional_package_whose_script_failed_is_tried_again_by_the_next_install() {
    let registry = Registry::start();
    let script = "echo x >> \"$INIT_CWD/tries\"; exit 1";
    registry.package("a", "1.0.0").script("postinstall", script).publish();
    let sandbox = Sandbox::new(&registry);
    sandbox.package_json(&json!({"optionalDependencies": {"a": "1"}}));
    for tries in 1..=3 {
        sandbox.denpm(ALL).succeeded();
        assert_eq!(sandbox.read("tries"), Some("x\n".repeat(tries)));
        assert_eq!(sandbox.read("node_modules/a/package.json"), None);
    }
}
