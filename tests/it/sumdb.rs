//! The checksum database in an install: who is asked, what is refused, in which mode.

use super::support::{
    Registry, Sandbox,
    log::{Log, records_in},
    tree::{differences, stamps},
};
use denpm::sumdb::record::Record;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::{fs, path::PathBuf};

const BOTH: [&str; 2] = ["enforce", "warn"];

fn depends(sandbox: &Sandbox, dependencies: &Value) {
    sandbox.package_json(
        &json!({"name": "project", "version": "1.0.0", "dependencies": dependencies}),
    );
}

fn data(sandbox: &Sandbox) -> PathBuf {
    let home = sandbox.home();
    let below = match () {
        () if cfg!(target_os = "macos") => "Library/Application Support",
        () if cfg!(windows) => "",
        () => ".local/share",
    };
    home.join(below).join("denpm/sumdb")
}

fn policy(sandbox: &Sandbox, text: &str) {
    let home = sandbox.home();
    let below = match () {
        () if cfg!(target_os = "macos") => "Library/Application Support",
        () if cfg!(windows) => "",
        () => ".config",
    };
    let folder = home.join(below).join("denpm");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), text).unwrap();
}

/// A registry of three packages, and their records as any machine computes them.
fn world() -> (Registry, Vec<Record>) {
    let registry = Registry::start();
    registry.tree("a@1.0.0\nb@1.0.0\nc@1.0.0");
    let sandbox = Sandbox::new(&registry);
    policy(&sandbox, "[sumdb]\nnamespace = \"npm\"\n");
    depends(&sandbox, &json!({"a": "1", "b": "1", "c": "1"}));
    sandbox.denpm(["install"]).succeeded();
    let mut records = records_in(&data(&sandbox).join("local"));
    records.sort_by(|one, other| one.key.cmp(&other.key));
    assert_eq!(records.len(), 3);
    (registry, records)
}

/// A user who has a log, and whose project wants `a` and `b`.
fn user(registry: &Registry, log: &Log, mode: &str) -> Sandbox {
    let sandbox = Sandbox::new(registry);
    policy(
        &sandbox,
        &format!("[sumdb]\nmode = \"{mode}\"\nnamespace = \"npm\"\n{}", log.section()),
    );
    depends(&sandbox, &json!({"a": "1", "b": "1"}));
    sandbox
}

/// Fails with this code and exit code 3, and leaves the project and the embedded log as they were.
#[track_caller]
fn refused(sandbox: &Sandbox, code: &str) -> String {
    let before = stamps(&sandbox.project());
    let checkpoint = data(sandbox).join("local/checkpoint");
    let head = fs::read(&checkpoint).ok();
    let output = sandbox.denpm(["install"]).failed_with(code);
    assert_eq!(output.status, 3, "{output}");
    let changed = differences(&before, &stamps(&sandbox.project()));
    assert!(changed.is_empty(), "{output}\nchanged:\n{}", changed.join("\n"));
    assert_eq!(fs::read(&checkpoint).ok(), head);
    output.stderr
}

#[test]
fn sumdb_a_package_is_first_seen_and_then_known() {
    let registry = Registry::start();
    registry.tree("a@1.0.0");
    let sandbox = Sandbox::new(&registry);
    depends(&sandbox, &json!({"a": "1"}));
    sandbox.denpm(["install"]).succeeded().stdout_has("1 first seen here");
    let output = sandbox.remove("node_modules").denpm(["install"]).succeeded();
    assert!(!output.stdout.contains("first seen"), "{output}");
    assert_eq!(records_in(&data(&sandbox).join("local")).len(), 1);
}

#[test]
fn sumdb_a_version_with_other_bytes_than_last_time_is_refused_in_every_mode() {
    for mode in BOTH {
        let registry = Registry::start();
        registry.tree("a@1.0.0");
        let sandbox = Sandbox::new(&registry);
        policy(&sandbox, &format!("[sumdb]\nmode = \"{mode}\"\nnamespace = \"npm\"\n"));
        depends(&sandbox, &json!({"a": "1"}));
        sandbox.denpm(["install"]).succeeded();
        // Another registry, another cache, no lock: only the embedded log remembers.
        let other = Registry::start();
        other.package("a", "1.0.0").file("index.js", "evil").publish();
        sandbox.remove("node_modules").remove("package-lock.json");
        fs::remove_dir_all(sandbox.cache()).unwrap();
        sandbox.npmrc(&format!("registry={}", other.url()));
        let stderr = refused(&sandbox, "ESUMDBMISMATCH");
        assert!(
            stderr.contains("logged:   sha512-") && stderr.contains("received: sha512-"),
            "{stderr}"
        );
        policy(&sandbox, "[sumdb]\nmode = \"off\"\nnamespace = \"npm\"\n");
        sandbox.denpm(["install"]).succeeded();
    }
}

/// The only package's folder in the store.
fn stored(sandbox: &Sandbox) -> PathBuf {
    let below = |folder: PathBuf| {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.is_dir()).collect::<Vec<_>>()
    };
    let shards = below(sandbox.cache().join("_denpm/store/v1"));
    let found = shards.into_iter().flat_map(below).find(|entry| entry.join("index").is_file());
    found.unwrap()
}

#[test]
fn sumdb_a_store_that_was_changed_together_with_its_index_is_refused() {
    let registry = Registry::start();
    registry.tree("a@1.0.0");
    let sandbox = Sandbox::new(&registry);
    depends(&sandbox, &json!({"a": "1"}));
    sandbox.denpm(["install"]).succeeded();
    sandbox.remove("node_modules").denpm(["ci"]).succeeded();
    // The index says of itself that it is whole, and promises the tarball that is logged.
    let entry = stored(&sandbox);
    let digest = Sha256::digest(fs::read(entry.join("package/package.json")).unwrap());
    let mut index = fs::read(entry.join("index")).unwrap();
    let at = index.windows(digest.len()).position(|window| window == &digest[..]).unwrap();
    index[at] ^= 1;
    let length = index.len() - 32;
    let whole = Sha256::digest(&index[..length]);
    index[length..].copy_from_slice(&whole);
    fs::write(entry.join("index"), index).unwrap();
    sandbox.remove("node_modules");
    refused_by(&sandbox, &["ci"], "ESUMDBMISMATCH");
}

#[test]
fn sumdb_a_bit_that_fell_over_in_what_is_remembered_reaches_no_committed_file() {
    let registry = Registry::start();
    registry.tree("a@1.0.0");
    let sandbox = Sandbox::new(&registry);
    depends(&sandbox, &json!({"a": "1"}));
    sandbox.denpm(["install", "--sum"]).succeeded();
    let sum = sandbox.read("denpm.sum").unwrap();
    let remembered = data(&sandbox).join("local/computed");
    let whole = fs::read(&remembered).unwrap();
    for at in (0..whole.len()).step_by(7) {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        fs::write(&remembered, damaged).unwrap();
        sandbox.remove("node_modules").remove("denpm.sum");
        sandbox.denpm(["install", "--sum"]).succeeded();
        assert_eq!(sandbox.read("denpm.sum").unwrap(), sum);
    }
}

#[test]
fn sumdb_what_a_log_has_is_proven() {
    let (registry, records) = world();
    let log = Log::start(records);
    let sandbox = user(&registry, &log, "enforce");
    sandbox.denpm(["install"]).succeeded().stdout_has("2 proven to be logged");
    assert!(log.asked().contains("npm a 1.0.0\nnpm b 1.0.0\n"), "{}", log.asked());
    assert!(data(&sandbox).join("log.example/latest").is_file());
}

#[test]
fn sumdb_a_record_with_another_hash_is_refused_in_every_mode() {
    let (registry, mut records) = world();
    records[1].sri = [1; 64];
    let log = Log::start(records);
    for mode in BOTH {
        let sandbox = user(&registry, &log, mode);
        let stderr = refused(&sandbox, "ESUMDBMISMATCH");
        assert!(stderr.contains("b@1.0.0") && stderr.contains("log.example, record 1"), "{stderr}");
    }
}

#[test]
fn sumdb_a_record_that_only_the_bytes_contradict_is_refused() {
    let (registry, mut records) = world();
    records[0].tree = records[1].tree;
    let log = Log::start(records);
    for mode in BOTH {
        refused(&user(&registry, &log, mode), "ESUMDBMISMATCH");
    }
}

#[test]
fn sumdb_a_forged_proof_is_refused_in_every_mode() {
    let (registry, records) = world();
    let log = Log::start(records);
    log.forge();
    for mode in BOTH {
        refused(&user(&registry, &log, mode), "ESUMDBPROOF");
    }
}

#[test]
fn sumdb_a_log_that_went_back_is_refused_unless_the_user_only_wants_to_be_warned() {
    let (registry, records) = world();
    for mode in BOTH {
        let log = Log::start(records.clone());
        let sandbox = user(&registry, &log, mode);
        sandbox.denpm(["install"]).succeeded();
        log.replace(records[..2].to_vec());
        sandbox.remove("node_modules");
        match mode {
            "enforce" => drop(refused(&sandbox, "ESUMDBSTALE")),
            _ => drop(sandbox.denpm(["install"]).succeeded().stderr_has("log.example is behind")),
        }
    }
}

#[test]
fn sumdb_a_fork_is_refused_in_every_mode_and_its_evidence_kept() {
    let (registry, records) = world();
    for mode in BOTH {
        let log = Log::start(records.clone());
        let sandbox = user(&registry, &log, mode);
        sandbox.denpm(["install"]).succeeded();
        let mut other = records.clone();
        other[2].sri = [9; 64];
        log.replace(other);
        sandbox.remove("node_modules");
        let stderr = refused(&sandbox, "ESUMDBFORK");
        assert!(stderr.contains("evidence: "), "{stderr}");
        let folder = fs::read_dir(data(&sandbox).join("log.example")).unwrap();
        let names = folder.map(|entry| entry.unwrap().path());
        let evidence = names.filter(|path| path.to_string_lossy().contains("fork-")).count();
        assert_eq!(evidence, 1);
        // The honest log is still followed.
        log.replace(records.clone());
        sandbox.denpm(["install"]).succeeded();
    }
}

#[test]
fn sumdb_a_dead_log_is_an_outage_and_not_an_attack() {
    let (registry, records) = world();
    for mode in BOTH {
        let log = Log::start(records.clone());
        let sandbox = user(&registry, &log, mode);
        drop(log);
        match mode {
            "enforce" => drop(refused(&sandbox, "ESUMDBUNAVAILABLE")),
            _ => drop(sandbox.denpm(["install"]).succeeded().stderr_has("cannot be asked")),
        }
    }
}

#[test]
fn sumdb_a_package_that_the_log_does_not_have_is_refused_unless_only_warned_of() {
    let (registry, records) = world();
    let log = Log::start(records[..1].to_vec());
    let stderr = refused(&user(&registry, &log, "enforce"), "ESUMDBABSENT");
    assert!(stderr.contains("b@1.0.0 is not in the log log.example"), "{stderr}");
    let sandbox = user(&registry, &log, "warn");
    sandbox.denpm(["install"]).succeeded().stderr_has("b@1.0.0 is not in the log log.example");
}

#[test]
fn sumdb_private_names_never_leave_the_machine() {
    let (registry, records) = world();
    let own = Registry::start();
    own.package("@own/secret", "1.0.0").publish();
    registry.package("@corp/secret", "1.0.0").publish();
    let log = Log::start(records);
    let sandbox = Sandbox::new(&registry);
    let rest = log.section();
    policy(&sandbox, &format!("[sumdb]\nnamespace = \"npm\"\nprivate = [\"@corp/*\"]\n{rest}"));
    sandbox.npmrc(&format!("@own:registry={}", own.url()));
    depends(&sandbox, &json!({"a": "1", "@own/secret": "1", "@corp/secret": "1"}));
    sandbox.denpm(["install"]).succeeded().stdout_has("2 private, no log asked");
    let asked = log.asked();
    assert!(asked.contains("npm a 1.0.0") && !asked.contains("secret"), "{asked}");
    // They are remembered here all the same.
    assert_eq!(records_in(&data(&sandbox).join("local")).len(), 3);
}

#[test]
fn sumdb_a_registry_with_a_credential_is_private() {
    let (registry, records) = world();
    let log = Log::start(records);
    let sandbox = user(&registry, &log, "enforce");
    let address = registry.url();
    let address = address.strip_prefix("http:").unwrap();
    sandbox.npmrc(&format!("{address}:_authToken=secret-token"));
    sandbox.denpm(["install"]).succeeded();
    assert_eq!(log.asked(), "");
}

#[test]
fn sumdb_a_project_cannot_weaken_the_check() {
    let (registry, mut records) = world();
    records[0].sri = [1; 64];
    let log = Log::start(records);
    let sandbox = user(&registry, &log, "enforce");
    sandbox.file("denpm.toml", "[sumdb]\nmode = \"off\"\nprivate = [\"*\"]\nquorum = 0\n");
    refused(&sandbox, "ESUMDBMISMATCH");
}

#[test]
fn sumdb_a_project_can_keep_a_name_from_the_logs_but_not_from_the_check() {
    let (registry, records) = world();
    let log = Log::start(records);
    let sandbox = user(&registry, &log, "enforce");
    sandbox.file(".npmrc", "denpm-private=b\n");
    refused(&sandbox, "ESUMDBABSENT");
    sandbox.npmrc("denpm-private=b");
    sandbox.denpm(["install"]).succeeded().stdout_has("1 private, no log asked");
    assert!(!log.asked().contains("npm b"), "{}", log.asked());
}

#[test]
fn sumdb_a_project_cannot_excuse_a_scope_from_the_check_by_naming_its_registry() {
    let (registry, records) = world();
    let other = Registry::start();
    other.package("@s/a", "1.0.0").publish();
    let log = Log::start(records);
    let sandbox = user(&registry, &log, "enforce");
    depends(&sandbox, &json!({"a": "1", "@s/a": "1"}));
    let route = format!("@s:registry={}", other.url());
    sandbox.file(".npmrc", &route);
    let stderr = refused(&sandbox, "ESUMDBABSENT");
    assert!(stderr.contains("@s/a@1.0.0 is kept from the logs"), "{stderr}");
    // A route of the user's excuses what it leads to, and nothing else.
    sandbox.npmrc("@s:registry=http://127.0.0.1:9/");
    refused(&sandbox, "ESUMDBABSENT");
    // Both say it, and more: the user's word is enough.
    sandbox.npmrc(&route).file(".npmrc", &format!("{route}\ndenpm-private=@s\n"));
    sandbox.denpm(["install"]).succeeded().stdout_has("1 private, no log asked");
    assert!(!log.asked().contains("@s/a"), "{}", log.asked());
}

#[test]
fn sumdb_a_project_cannot_excuse_packages_from_the_check_with_a_credential() {
    let (registry, records) = world();
    let log = Log::start(records);
    let sandbox = user(&registry, &log, "enforce");
    let address = registry.url();
    let token = format!("{}:_authToken=theirs", address.strip_prefix("http:").unwrap());
    sandbox.file(".npmrc", &token);
    let stderr = refused(&sandbox, "ESUMDBABSENT");
    assert!(stderr.contains("kept from the logs by the project's .npmrc"), "{stderr}");
    assert_eq!(log.asked(), "");
    let inside = address.replacen("://", "://me:secret@", 1);
    sandbox.file(".npmrc", &format!("registry={inside}"));
    refused(&sandbox, "ESUMDBABSENT");
    sandbox.npmrc(&token.replace("theirs", "mine"));
    sandbox.file(".npmrc", "");
    sandbox.denpm(["install"]).succeeded();
    assert_eq!(log.asked(), "");
}

#[test]
fn sumdb_a_scope_alone_is_kept_from_the_logs_as_its_names_are() {
    let (registry, records) = world();
    registry.package("@s/a", "1.0.0").publish();
    let log = Log::start(records);
    let sandbox = user(&registry, &log, "enforce");
    depends(&sandbox, &json!({"a": "1", "@s/a": "1"}));
    sandbox.file(".npmrc", "denpm-private=@s\n");
    let stderr = refused(&sandbox, "ESUMDBABSENT");
    assert!(stderr.contains("@s/a@1.0.0"), "{stderr}");
    sandbox.npmrc("denpm-private=@s");
    sandbox.denpm(["install"]).succeeded().stdout_has("1 private, no log asked");
    assert!(!log.asked().contains("@s/a"), "{}", log.asked());
}

#[test]
fn sumdb_logs_without_a_word_about_the_registry_are_no_policy() {
    let (registry, records) = world();
    let log = Log::start(records);
    let sandbox = Sandbox::new(&registry);
    policy(&sandbox, &log.section());
    depends(&sandbox, &json!({"a": "1"}));
    let output = sandbox.denpm(["install"]).failed_with("EPOLICY");
    assert_eq!(output.status, 4, "{output}");
    assert_eq!(log.asked(), "");
}

#[test]
fn sumdb_a_manifest_that_is_not_the_packages_own_is_refused() {
    let registry = Registry::start();
    registry.package("a", "1.0.0").remark("scripts", json!({"postinstall": "evil"})).publish();
    let sandbox = Sandbox::new(&registry);
    depends(&sandbox, &json!({"a": "1"}));
    let stderr = refused(&sandbox, "EMANIFESTMISMATCH");
    assert!(stderr.contains("scripts differs"), "{stderr}");
    policy(&sandbox, "[sumdb]\nmanifest = \"warn\"\n");
    sandbox.denpm(["install", "--ignore-scripts"]).succeeded().stderr_has("scripts differs");
}

/// A project that pinned what it has, and whose log is gone.
fn pinned(mode: &str) -> (Registry, Sandbox) {
    let (registry, records) = world();
    let log = Log::start(records);
    let sandbox = user(&registry, &log, mode);
    sandbox.denpm(["pin"]).succeeded();
    for name in ["denpm.toml", "denpm.sum", "denpm.sum.proof"] {
        assert!(sandbox.project().join(name).is_file(), "{name}");
    }
    sandbox.remove("node_modules");
    (registry, sandbox)
}

#[test]
fn sumdb_what_is_pinned_is_proven_offline() {
    let (_registry, sandbox) = pinned("enforce");
    let text = sandbox.read("denpm.sum").unwrap();
    assert!(text.starts_with("denpm.sum v1\n\nlog.example\n3\n"), "{text}");
    assert!(text.contains("\nnpm a 1.0.0 0 ") && text.contains("\nnpm b 1.0.0 1 "), "{text}");
    sandbox.denpm(["ci", "--offline"]).succeeded().stdout_has("2 proven to be logged");
    assert_eq!(sandbox.read("denpm.sum").unwrap(), text);
    // Without the proof the log is needed.
    sandbox.remove("node_modules").remove("denpm.sum.proof");
    refused_by(&sandbox, &["ci", "--offline"], "ESUMDBUNAVAILABLE");
}

#[test]
fn sumdb_every_log_is_pinned_and_offline_as_many_prove_as_the_policy_wants() {
    let (registry, records) = world();
    let one = Log::start(records.clone());
    // The second log has them in another order, and not all.
    let other = Log::named("other.example", vec![records[2].clone(), records[0].clone()]);
    let sandbox = Sandbox::new(&registry);
    let quorum = |quorum: u32| {
        let sections = one.section() + &other.section();
        let text = format!("[sumdb]\nnamespace = \"npm\"\nquorum = {quorum}\n{sections}");
        policy(&sandbox, &text);
    };
    quorum(1);
    depends(&sandbox, &json!({"a": "1", "b": "1"}));
    sandbox.denpm(["pin"]).succeeded();
    let text = sandbox.read("denpm.sum").unwrap();
    assert!(text.starts_with("denpm.sum v1\n\nlog.example\n3\n"), "{text}");
    assert!(text.contains("\nother.example\n2\n"), "{text}");
    assert!(line(&text, "npm a ").starts_with("npm a 1.0.0 0,1 "), "{text}");
    assert!(line(&text, "npm b ").starts_with("npm b 1.0.0 1,- "), "{text}");
    sandbox.remove("node_modules");
    sandbox.denpm(["ci", "--offline"]).succeeded().stdout_has("2 proven to be logged");
    // Two logs must have each package now, and only one of the files' logs has `b`.
    quorum(2);
    sandbox.remove("node_modules");
    refused_by(&sandbox, &["ci", "--offline"], "ESUMDBUNAVAILABLE");
    refused_by(&sandbox, &["ci"], "ESUMDBABSENT");
    depends(&sandbox, &json!({"a": "1"}));
    sandbox.denpm(["install"]).succeeded();
    sandbox.remove("node_modules");
    sandbox.denpm(["ci", "--offline"]).succeeded().stdout_has("1 proven to be logged");
    // One log's head twice is not two logs.
    let text = sandbox.read("denpm.sum").unwrap();
    let (start, rest) = text.split_once("\n\nlog.example").unwrap();
    let (head, _) = rest.split_once("other.example").unwrap();
    sandbox.file("denpm.sum", &format!("{start}\n\nlog.example{head}log.example{rest}"));
    sandbox.remove("node_modules");
    refused_by(&sandbox, &["ci", "--offline"], "ESUMDBSTATE");
}

#[track_caller]
fn refused_by(sandbox: &Sandbox, args: &[&str], code: &str) {
    let output = sandbox.denpm(args).failed_with(code);
    assert_eq!(output.status, 3, "{output}");
    assert!(!sandbox.project().join("node_modules/a").exists(), "{output}");
}

#[test]
fn sumdb_a_changed_pin_or_proof_is_refused_in_every_mode() {
    for mode in BOTH {
        let (_registry, sandbox) = pinned(mode);
        let (sum, proof) =
            (sandbox.project().join("denpm.sum"), sandbox.project().join("denpm.sum.proof"));
        let (text, bytes) = (fs::read_to_string(&sum).unwrap(), fs::read(&proof).unwrap());
        let mut changed = bytes.clone();
        *changed.last_mut().unwrap() ^= 1;
        fs::write(&proof, changed).unwrap();
        refused_by(&sandbox, &["ci", "--offline"], "ESUMDBPROOF");
        fs::write(&proof, &bytes).unwrap();
        // The tree's size, and with it the signed text.
        fs::write(&sum, text.replacen("log.example\n3\n", "log.example\n4\n", 1)).unwrap();
        refused_by(&sandbox, &["ci", "--offline"], "ESUMDBPROOF");
        // One package's leaf under another's name: whoever changed it cannot make the proof fit.
        let (a, b) = (line(&text, "npm a "), line(&text, "npm b "));
        let leaf = |line: &str| line.rsplit(' ').next().unwrap().to_owned();
        fs::write(&sum, text.replace(&a, &a.replace(&leaf(&a), &leaf(&b)))).unwrap();
        refused_by(
            &sandbox,
            &["ci", "--offline"],
            if mode == "warn" { "ESUMDBMISMATCH" } else { "ESUMDBUNAVAILABLE" },
        );
        fs::write(&sum, "nothing").unwrap();
        refused_by(&sandbox, &["ci", "--offline"], "ESUMDBSTATE");
    }
}

fn line(text: &str, start: &str) -> String {
    text.lines().find(|line| line.starts_with(start)).unwrap().to_owned()
}

#[test]
fn sumdb_a_log_that_denies_the_pinned_head_is_caught_on_a_fresh_machine() {
    let (registry, records) = world();
    let log = Log::start(records.clone());
    let sandbox = user(&registry, &log, "warn");
    sandbox.denpm(["pin"]).succeeded();
    fs::remove_dir_all(data(&sandbox)).unwrap();
    let mut other = records;
    other[2].sri = [9; 64];
    log.replace(other);
    // Something the file does not prove, so that the log is asked.
    sandbox.remove("node_modules");
    depends(&sandbox, &json!({"a": "1", "b": "1", "c": "1"}));
    refused(&sandbox, "ESUMDBFORK");
}

#[test]
fn sumdb_a_pinned_project_without_a_log_remembers_like_go_sum() {
    let registry = Registry::start();
    registry.tree("a@1.0.0\nb@1.0.0");
    let sandbox = Sandbox::new(&registry);
    depends(&sandbox, &json!({"a": "1"}));
    sandbox.denpm(["install", "--sum"]).succeeded();
    let text = sandbox.read("denpm.sum").unwrap();
    assert!(text.contains(" a 1.0.0 - "), "{text}");
    assert!(!sandbox.project().join("denpm.sum.proof").exists());
    // Kept up to date where it exists.
    sandbox.denpm(["install", "b"]).succeeded();
    assert!(sandbox.read("denpm.sum").unwrap().contains(" b 1.0.0 - "));
    sandbox.denpm(["uninstall", "a"]).succeeded();
    assert!(!sandbox.read("denpm.sum").unwrap().contains(" a 1.0.0 - "));
    // On another machine, other bytes under the same name, with a lock that agrees.
    let line = line(&sandbox.read("denpm.sum").unwrap(), "url:");
    let (start, _) = line.rsplit_once(' ').unwrap();
    let wrong = format!("denpm.sum v1\n\n{start} {}\n", denpm::sumdb::tlog::leaf_hash(b"x"));
    sandbox.file("denpm.sum", &wrong);
    sandbox.remove("node_modules");
    refused_by(&sandbox, &["ci"], "ESUMDBMISMATCH");
}

#[test]
fn sumdb_a_project_that_never_asked_gets_no_new_file() {
    let registry = Registry::start();
    registry.tree("a@1.0.0");
    let sandbox = Sandbox::new(&registry);
    depends(&sandbox, &json!({"a": "1"}));
    sandbox.denpm(["install"]).succeeded();
    assert_eq!(sandbox.read("denpm.sum"), None);
}

#[test]
fn sumdb_verify_proves_again_what_is_installed_and_names_a_changed_file() {
    let (_registry, sandbox) = pinned("enforce");
    sandbox.denpm(["ci", "--offline"]).succeeded();
    sandbox
        .denpm(["verify"])
        .succeeded()
        .stdout_has("2 packages as verified · 2 pinned · 2 proven to be logged");
    let changed = sandbox.project().join("node_modules/a/package.json");
    let text = fs::read_to_string(&changed).unwrap();
    fs::remove_file(&changed).unwrap();
    fs::write(&changed, text.replacen('{', "{ ", 1)).unwrap();
    let output = sandbox.denpm(["verify"]).failed_with("ECHANGED");
    assert_eq!(output.status, 3, "{output}");
    assert!(output.stderr.contains("node_modules/a: package.json"), "{output}");
}
