//! Hostile lockfiles and project files: what a pull request can change.

use super::{
    LOOT, depends, entry, locks, loot, refused, refused_by_both, standing,
    support::{Registry, Sandbox, package::sha512, sandbox::Output},
};
use serde_json::{Value, json};
use std::fs;

/// One entry more in the lock, nothing in package.json.
fn smuggles(sandbox: &Sandbox, location: &str, entry: &Value) {
    let mut lock = sandbox.json("package-lock.json");
    lock["packages"][location] = entry.clone();
    sandbox.file("package-lock.json", &(serde_json::to_string_pretty(&lock).unwrap() + "\n"));
}

#[cfg(unix)]
fn link(target: impl AsRef<std::path::Path>, at: impl AsRef<std::path::Path>) {
    std::os::unix::fs::symlink(target, at).unwrap();
}

#[test]
fn yarn_lock_leads_nowhere_that_a_specifier_may_not() {
    let registry = Registry::start();
    registry.package("a", "1.0.0").publish();
    let elsewhere = Registry::start();
    elsewhere.package("a", "1.0.0").publish();
    let folder = Sandbox::new(&registry);
    for (place, setting, code) in [
        (format!("{}a/-/a-1.0.0.tgz", elsewhere.url()), "--allow-remote=none", "EALLOWREMOTE"),
        (format!("git+{}a.git", elsewhere.url()), "--allow-git=none", "EALLOWGIT"),
    ] {
        depends(&folder, &json!({"a": "^1"}));
        folder.file("yarn.lock", &format!("a@^1:\n  version \"1.0.0\"\n  resolved \"{place}\"\n"));
        folder.denpm(["install", "--package-lock-only", setting]).failed_with(code);
        assert!(elsewhere.log().is_empty(), "{place}: {:?}", elsewhere.log());
    }
}

// npm installs whatever comes from where the lock says when the integrity is taken out.
#[test]
fn entry_without_integrity_is_held_to_what_the_registry_says() {
    let (registry, sandbox) = standing();
    let elsewhere = Registry::start();
    elsewhere.package("a", "1.0.0").file("index.js", str::from_utf8(LOOT).unwrap()).publish();
    let mut stripped = entry(&elsewhere, "a", "1.0.0");
    stripped.as_object_mut().unwrap().remove("integrity");
    locks(&sandbox, "a", &stripped);
    refused_by_both(&sandbox, "EINTEGRITY", 1);
    assert!(loot(&sandbox.project()).is_empty());
    let mut honest = entry(&registry, "a", "1.0.0");
    honest.as_object_mut().unwrap().remove("integrity");
    locks(&sandbox, "a", &honest);
    sandbox.denpm(["ci"]).succeeded();
    assert!(sandbox.read("node_modules/a/package.json").is_some());
}

#[test]
fn weaker_or_other_integrity_than_the_registrys_is_refused() {
    let (registry, sandbox) = standing();
    let elsewhere = Registry::start();
    elsewhere.package("a", "1.0.0").file("index.js", "gotcha").publish();
    let bytes = elsewhere.tarball("a", "1.0.0");
    let sha1 = {
        use base64::{Engine, prelude::BASE64_STANDARD};
        use sha1::{Digest, Sha1};
        format!("sha1-{}", BASE64_STANDARD.encode(Sha1::digest(&bytes)))
    };
    // The integrity fits the bytes that the lock leads to, and not those of the registry.
    for integrity in [sha1, sha512(&bytes)] {
        let mut other = entry(&elsewhere, "a", "1.0.0");
        other["integrity"] = json!(integrity);
        locks(&sandbox, "a", &other);
        for command in ["ci", "install"] {
            let stderr = refused(&sandbox, &[command], "EINTEGRITY", 1);
            assert!(stderr.contains("a@1.0.0"), "{stderr}");
        }
    }
    for integrity in ["md5-1B2M2Y8AsgTpgAmY7PhCfg==", "sha3-AAAA", " ", "sha512-"] {
        let mut weak = entry(&registry, "a", "1.0.0");
        weak["integrity"] = json!(integrity);
        locks(&sandbox, "a", &weak);
        let stderr = refused(&sandbox, &["ci"], "EINTEGRITY", 1);
        assert!(stderr.contains("a@1.0.0"), "{stderr}");
    }
}

#[test]
fn registry_package_is_nowhere_but_on_the_web() {
    let (registry, sandbox) = standing();
    sandbox.bytes("vendor/a.tgz", &registry.tarball("a", "1.0.0"));
    for place in [
        "file:vendor/a.tgz",
        "file:/etc/passwd",
        "file:../../../../../../etc/passwd",
        "git+ssh://git@host.example/a.git#0123456789012345678901234567890123456789",
        "git+file:///nowhere/a.git#0123456789012345678901234567890123456789",
        "ftp://host.example/a.tgz",
        "data:application/gzip;base64,AAAA",
    ] {
        let mut moved = entry(&registry, "a", "1.0.0");
        moved["resolved"] = json!(place);
        locks(&sandbox, "a", &moved);
        for command in ["ci", "install"] {
            let output = sandbox.denpm([command]);
            assert_eq!(output.error_code(), Some("EUNSUPPORTEDPROTOCOL"), "{place}: {output}");
            output.stderr_has("a@1.0.0");
        }
        assert_eq!(sandbox.read("node_modules/a/package.json"), None);
    }
}

#[test]
fn locations_that_lead_out_are_refused() {
    let (registry, sandbox) = standing();
    let root = sandbox.project().parent().unwrap().to_owned();
    for location in [
        "../evil",
        "../../node_modules/evil",
        "/tmp/denpm-evil",
        "node_modules/../../evil",
        "node_modules/../.git/hooks",
        "node_modules/..",
        "node_modules/.bin",
        "node_modules/b/../../../evil",
        "node_modules//evil",
        "node_modules/./evil",
        "node_modules\\..\\evil",
        "node_modules/C:evil",
        "node_modules/evil\u{0}x",
        "node_modules/\u{1b}[2J",
        "node_modules/@s/../../../evil",
        "node_modules/b/node_modules/../../../../evil",
        "src",
        "__proto__",
    ] {
        for command in ["ci", "install"] {
            let (registry, sandbox) = (&registry, &sandbox);
            smuggles(sandbox, location, &entry(registry, "a", "1.0.0"));
            let output = sandbox.denpm([command]);
            assert!(!output.stderr.contains("panicked") && !output.stderr.contains('\u{1b}'));
            let found = fs::read_dir(&root).unwrap().map(|item| item.unwrap().file_name());
            let found: Vec<_> =
                found.filter(|name| name.to_string_lossy().contains("evil")).collect();
            assert!(found.is_empty(), "{location}: {output}");
            assert!(!fs::exists("/tmp/denpm-evil").unwrap(), "{location}: {output}");
            let of_git = sandbox.project().join(".git");
            assert!(!of_git.exists() && !sandbox.project().join("src").exists(), "{location}");
            depends(sandbox, &json!({"b": "^1"}));
            sandbox.remove("package-lock.json");
            sandbox.denpm(["install"]).succeeded();
        }
    }
}

#[test]
fn link_that_nobody_of_the_project_asks_for_is_not_made() {
    let (registry, sandbox) = standing();
    registry.package("a", "2.0.0").dep("evil", "file:/etc").publish();
    let mut wanting = entry(&registry, "a", "2.0.0");
    wanting["dependencies"] = json!({"evil": "file:/etc"});
    let outside = json!({"resolved": "../../../../../../../../../../etc", "link": true});
    let target = json!({"version": "1.0.0"});
    for asks in [false, true] {
        for command in ["ci", "install"] {
            if asks {
                locks(&sandbox, "a", &wanting);
            } else {
                depends(&sandbox, &json!({"b": "^1"}));
            }
            smuggles(&sandbox, "node_modules/evil", &outside);
            smuggles(&sandbox, "../../../../../../../../../../etc", &target);
            let output = sandbox.denpm([command]);
            let made = sandbox.project().join("node_modules/evil").symlink_metadata().is_ok();
            assert!(!made, "{asks} {output}");
            depends(&sandbox, &json!({"b": "^1"}));
            sandbox.remove("package-lock.json");
            sandbox.denpm(["install"]).succeeded();
        }
    }
}

#[test]
fn texts_that_are_no_lock_stop_ci_and_stay_as_they_are() {
    let (_registry, sandbox) = standing();
    let whole = sandbox.read("package-lock.json").unwrap();
    let deep = format!("{{\"packages\":{}1{}}}", "[".repeat(50_000), "]".repeat(50_000));
    let conflicted = whole.replacen("{\n", "{\n<<<<<<< ours\n", 1);
    let texts: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"{\"lockfileVersion\":3,\"packages\":7}".to_vec(),
        b"{\"lockfileVersion\":3,\"packages\":{\"node_modules/b\":7}}".to_vec(),
        b"{\"lockfileVersion\":\"x\",\"packages\":{}}".to_vec(),
        deep.into_bytes(),
        conflicted.into_bytes(),
        [b"\xff".to_vec(), whole.clone().into_bytes()].concat(),
        whole.replace("\"1.0.0\"", "\"9.9.9\"").into_bytes(),
        whole.as_bytes()[..whole.len() / 2].to_vec(),
    ];
    for text in texts {
        sandbox.bytes("package-lock.json", &text);
        let shown = String::from_utf8_lossy(&text[..text.len().min(60)]).into_owned();
        let output = sandbox.denpm(["ci"]);
        assert_ne!(output.status, 0, "{shown}: {output}");
        assert!(output.error_code().is_some(), "{shown}: {output}");
        let path = sandbox.project().join("package-lock.json");
        assert_eq!(fs::read(path).unwrap(), text, "{shown}");
    }
    sandbox.file("package-lock.json", &whole);
    sandbox.denpm(["ci"]).succeeded();
}

#[test]
fn lock_of_a_future_version_is_said_to_be_one() {
    let (_registry, sandbox) = standing();
    let text = sandbox.read("package-lock.json").unwrap();
    let future = text.replace("\"lockfileVersion\": 3", "\"lockfileVersion\": 99");
    sandbox.file("package-lock.json", &future);
    let Output { stderr, .. } = sandbox.denpm(["ci"]);
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert_eq!(sandbox.read("package-lock.json").unwrap(), future);
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_links_in_the_project() {
    for at in ["node_modules", "node_modules/@s", "node_modules/.bin", "node_modules/a"] {
        let (registry, sandbox) = standing();
        registry.tree("@s/c@1.0.0 ; bin=c");
        let victim = sandbox.project().join("../victim");
        fs::create_dir_all(&victim).unwrap();
        fs::write(victim.join("keep"), "1").unwrap();
        let path = sandbox.project().join(at);
        fs::remove_dir_all(&path).ok();
        link(&victim, &path);
        depends(&sandbox, &json!({"b": "^1", "a": "^1", "@s/c": "^1"}));
        sandbox.forget_settled();
        let output = sandbox.denpm(["install"]);
        let found: Vec<_> =
            fs::read_dir(&victim).unwrap().map(|item| item.unwrap().file_name()).collect();
        assert_eq!(found, ["keep"], "{at}: {output}");
    }
}

#[cfg(unix)]
#[test]
fn lock_and_manifest_that_are_links_lead_to_no_other_file() {
    for name in ["package-lock.json", "node_modules/.package-lock.json", "node_modules/.denpm.json"]
    {
        let (_registry, sandbox) = standing();
        let victim = sandbox.project().join("../victim");
        fs::write(&victim, "{}").unwrap();
        let path = sandbox.project().join(name);
        fs::remove_file(&path).ok();
        link(&victim, &path);
        depends(&sandbox, &json!({"b": "^1", "a": "^1"}));
        let output = sandbox.denpm(["install"]);
        assert_eq!(fs::read_to_string(&victim).unwrap(), "{}", "{name}: {output}");
    }
}

#[test]
fn damaged_cache_is_found_out_and_made_good() {
    let (registry, sandbox) = standing();
    let store = sandbox.cache().join("_denpm/store");
    let damages: [fn(&std::path::Path); 4] = [
        |file| fs::write(file, "").unwrap(),
        |file| fs::write(file, LOOT).unwrap(),
        |file| fs::remove_file(file).unwrap(),
        |file| {
            let times = fs::metadata(file).unwrap().modified().unwrap();
            let mut bytes = fs::read(file).unwrap();
            bytes[0] ^= 1;
            fs::remove_file(file).unwrap();
            fs::write(file, bytes).unwrap();
            fs::File::options().write(true).open(file).unwrap().set_modified(times).unwrap();
        },
    ];
    let wanted = sandbox.snapshot_files();
    for damage in damages {
        for file in files(&store) {
            damage(&file);
        }
        sandbox.remove("node_modules").forget_settled();
        registry.forget_requests();
        let output = sandbox.denpm(["install"]).succeeded();
        assert_eq!(sandbox.snapshot_files(), wanted, "{output}");
    }
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(folder).into_iter().flatten().map_while(Result::ok) {
            let path = item.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found
}
