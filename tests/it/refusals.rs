//! What denpm refuses: npm's code and exit code, and not a byte of the project has changed.

use super::support::{
    Fault, Registry, Sandbox, Target,
    package::{loose_tarball, sha512},
    sandbox::Output,
    tarball::Tarball,
    tree::{differences, stamps},
};
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::{net::TcpListener, process::Command};
use tar::EntryType;

/// A registry, and a project in which `b@1.0.0` is installed.
pub(crate) fn standing() -> (Registry, Sandbox) {
    let registry = Registry::start();
    registry.tree("a@1.0.0\nb@1.0.0 ; bin=b\nc@1.0.0");
    let sandbox = Sandbox::new(&registry);
    depends(&sandbox, &json!({"b": "^1"}));
    sandbox.denpm(["install"]).succeeded();
    (registry, sandbox)
}

pub(crate) fn depends(sandbox: &Sandbox, dependencies: &Value) {
    sandbox.package_json(
        &json!({"name": "project", "version": "1.0.0", "dependencies": dependencies}),
    );
}

/// Adds a package to package.json and to the lock, as if someone had committed both.
pub(crate) fn locks(sandbox: &Sandbox, name: &str, entry: &Value) {
    depends(sandbox, &json!({"b": "^1", name: "*"}));
    let mut lock = sandbox.json("package-lock.json");
    lock["packages"][""]["dependencies"][name] = json!("*");
    lock["packages"][format!("node_modules/{name}")] = entry.clone();
    sandbox.file("package-lock.json", &(serde_json::to_string_pretty(&lock).unwrap() + "\n"));
}

/// The entry npm would write for a package of the registry.
pub(crate) fn entry(registry: &Registry, name: &str, version: &str) -> Value {
    json!({
        "version": version,
        "resolved": format!("{}{name}/-/{name}-{version}.tgz", registry.url()),
        "integrity": registry.integrity(name, version),
    })
}

/// Fails with this code and exit code, says the code first, and leaves the project as it was.
#[track_caller]
pub(crate) fn refused(sandbox: &Sandbox, args: &[&str], code: &str, exit: i32) -> String {
    let before = stamps(&sandbox.project());
    let output = sandbox.denpm(args);
    assert_eq!(output.error_code(), Some(code), "{output}");
    assert_eq!(output.status, exit, "{output}");
    let first = output.stderr.lines().find(|line| !line.starts_with("denpm warn"));
    assert_eq!(first, Some(&*format!("denpm error code {code}")), "{output}");
    let changed = differences(&before, &stamps(&sandbox.project()));
    assert!(changed.is_empty(), "{output}\nchanged:\n{}", changed.join("\n"));
    without_digests(&output.stderr)
}

/// Digest and size of compressed bytes are those of one version of the compressor.
fn without_digests(text: &str) -> String {
    let word = |word: &str| {
        let digest = word.trim_end().trim_end_matches('.');
        let is_digest = digest.starts_with("sha512-") && digest.ends_with("==");
        let size = digest.strip_prefix('(').unwrap_or_default();
        let is_size = !size.is_empty() && size.bytes().all(|byte| byte.is_ascii_digit());
        match (is_digest, is_size) {
            (true, _) => word.replace(digest, "sha512-[DIGEST]"),
            (_, true) => word.replace(size, "[SIZE]"),
            _ => word.to_owned(),
        }
    };
    text.split_inclusive([' ', '\n']).map(word).collect()
}

/// As [`refused`], by `install` and by `ci`, with the same words.
#[track_caller]
pub(crate) fn refused_by_both(sandbox: &Sandbox, code: &str, exit: i32) -> String {
    let frozen = refused(sandbox, &["ci"], code, exit);
    let stderr = refused(sandbox, &["install"], code, exit);
    assert_eq!(stderr, frozen);
    stderr
}

/// One that is not what it says it is.
fn other_package() -> Vec<u8> {
    loose_tarball(&json!({"name": "evil", "version": "6.6.6"}))
}

#[test]
fn lock_with_a_wrong_integrity_is_refused() {
    let (registry, sandbox) = standing();
    let mut entry = entry(&registry, "a", "1.0.0");
    entry["integrity"] = json!(sha512(b"some other bytes"));
    locks(&sandbox, "a", &entry);
    assert_snapshot!(refused_by_both(&sandbox, "EINTEGRITY", 1), @r"
    denpm error code EINTEGRITY
    denpm error sha512-[DIGEST] integrity checksum failed when using sha512: wanted sha512-[DIGEST] but got sha512-[DIGEST]. ([SIZE] bytes)
    denpm error package a@1.0.0
    ");
}

#[test]
fn lock_with_an_integrity_that_is_none_is_refused() {
    let (registry, sandbox) = standing();
    let mut entry = entry(&registry, "a", "1.0.0");
    entry["integrity"] = json!("sha512-nonsense");
    locks(&sandbox, "a", &entry);
    assert_snapshot!(refused_by_both(&sandbox, "EINTEGRITY", 1), @r"
    denpm error code EINTEGRITY
    denpm error sha512-nonsense integrity checksum failed when using sha512: wanted sha512-nonsense but got sha512-[DIGEST]. ([SIZE] bytes)
    denpm error package a@1.0.0
    ");
}

#[test]
fn altered_tarball_is_refused() {
    let (registry, sandbox) = standing();
    registry.on(Target::Tarball("a".to_owned())).always(Fault::Altered);
    depends(&sandbox, &json!({"b": "^1", "a": "^1"}));
    assert_snapshot!(refused(&sandbox, &["install"], "EINTEGRITY", 1), @r"
    denpm error code EINTEGRITY
    denpm error sha512-[DIGEST] integrity checksum failed when using sha512: wanted sha512-[DIGEST] but got sha512-[DIGEST]. ([SIZE] bytes)
    denpm error package a@1.0.0
    ");
    registry.heal();
    sandbox.denpm(["install"]).succeeded();
}

#[test]
fn tarball_of_another_package_behind_a_lock_entry_is_refused() {
    let (registry, sandbox) = standing();
    let bytes = other_package();
    let mut entry = entry(&registry, "a", "1.0.0");
    entry["integrity"] = json!(sha512(&bytes));
    registry.serve("a/-/a-1.0.0.tgz", "application/octet-stream", bytes);
    locks(&sandbox, "a", &entry);
    assert_snapshot!(refused_by_both(&sandbox, "EMANIFESTMISMATCH", 3), @r"
    denpm error code EMANIFESTMISMATCH
    denpm error the tarball of a@1.0.0 contains evil@6.6.6
    denpm error Asked for: a@1.0.0
    denpm error package.json in the tarball: evil@6.6.6
    denpm error help The lockfile or the registry points at another package's tarball; do not install it.
    ");
}

#[test]
fn lock_entry_that_points_to_the_tarball_of_another_package_is_refused() {
    let (registry, sandbox) = standing();
    let mut other = entry(&registry, "c", "1.0.0");
    other["version"] = json!("1.0.0");
    locks(&sandbox, "a", &other);
    assert_snapshot!(refused_by_both(&sandbox, "EMANIFESTMISMATCH", 3), @r"
    denpm error code EMANIFESTMISMATCH
    denpm error the tarball of a@1.0.0 contains c@1.0.0
    denpm error Asked for: a@1.0.0
    denpm error package.json in the tarball: c@1.0.0
    denpm error help The lockfile or the registry points at another package's tarball; do not install it.
    ");
}

#[test]
fn missing_package_is_refused() {
    let (_registry, sandbox) = standing();
    depends(&sandbox, &json!({"b": "^1", "gone": "^1"}));
    assert_snapshot!(refused(&sandbox, &["install"], "E404", 1), @r"
    denpm error code E404
    denpm error 404 Not Found - GET ${REGISTRY}gone - Not found
    denpm error 404
    denpm error 404 The requested resource 'gone' could not be found or you do not have permission to access it.
    denpm error 404
    denpm error 404 Note that you can also install from a
    denpm error 404 tarball, folder, http url, or git url.
    ");
}

#[test]
fn missing_version_is_refused() {
    let (_registry, sandbox) = standing();
    depends(&sandbox, &json!({"b": "^1", "a": "^9"}));
    assert_snapshot!(refused(&sandbox, &["install"], "ETARGET", 1), @r"
    denpm error code ETARGET
    denpm error notarget No matching version found for a@^9.
    denpm error notarget In most cases you or one of your dependencies are requesting
    denpm error notarget a package version that doesn't exist.
    denpm error help the latest release of a is 1.0.0; `npm view a versions` lists all
    ");
}

#[test]
fn conflicting_peer_is_refused() {
    let (registry, sandbox) = standing();
    registry.tree("p@1.0.0 -> peer:b@^2\nb@2.0.0");
    depends(&sandbox, &json!({"b": "^1", "p": "^1"}));
    assert_snapshot!(refused(&sandbox, &["install"], "ERESOLVE", 1), @r#"
    denpm error code ERESOLVE
    denpm error ERESOLVE unable to resolve dependency tree
    denpm error
    denpm error While resolving: project@1.0.0
    denpm error Found: b@1.0.0
    denpm error node_modules/b
    denpm error   b@"^1" from the root project
    denpm error
    denpm error Could not resolve dependency:
    denpm error peer b@"^2" from p@1.0.0
    denpm error node_modules/p
    denpm error   p@"^1" from the root project
    denpm error
    denpm error Fix the upstream dependency conflict, or retry this command with --force or --legacy-peer-deps to accept an incorrect (and potentially broken) dependency resolution.
    denpm error
    denpm error In short:
    denpm error   the root project wants b@"^1", which gave b@1.0.0
    denpm error   p@1.0.0 wants peer b@"^2", which it is not
    denpm error Shortest change: in package.json ask for "b": "^2" instead of "^1"
    "#);
}

#[test]
fn unreachable_registry_is_reported() {
    let (_registry, sandbox) = standing();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    sandbox.npmrc(&format!("registry=http://{closed}/"));
    depends(&sandbox, &json!({"b": "^1", "a": "^1"}));
    for args in [&["install", "--fetch-retries=0"][..], &["install"]] {
        let stderr = refused(&sandbox, args, "ECONNREFUSED", 1);
        let stderr = stderr.replace(&closed.to_string(), "127.0.0.1:PORT");
        insta::allow_duplicates! {
            assert_snapshot!(stderr, @r"
            denpm error code ECONNREFUSED
            denpm error request to http://127.0.0.1:PORT/a failed, reason: Connection refused (os error 111)
            denpm error If you are behind a proxy, please make sure that the 'proxy' config is set properly.  See: 'npm help config'
            denpm error cause error sending request
            denpm error cause client error (Connect)
            denpm error cause tcp connect error
            denpm error help check the network and the proxy settings, or install from what is cached: --offline
            ");
        }
    }
}

#[test]
fn login_page_of_a_portal_is_no_registry() {
    let (registry, sandbox) = standing();
    registry.on(Target::Everything).always(Fault::Portal);
    depends(&sandbox, &json!({"b": "^1", "a": "^1"}));
    assert_snapshot!(refused(&sandbox, &["install"], "EINVALIDRESPONSE", 1), @r"
    denpm error code EINVALIDRESPONSE
    denpm error a captive portal or proxy answered text/html to ${REGISTRY}a
    denpm error help open a page in a browser to log in to the network, or set proxy
    ");
}

#[test]
fn login_page_of_a_portal_is_no_tarball() {
    let (registry, sandbox) = standing();
    registry.on(Target::Tarball("a".to_owned())).always(Fault::Portal);
    depends(&sandbox, &json!({"b": "^1", "a": "^1"}));
    assert_snapshot!(refused(&sandbox, &["install"], "EINVALIDRESPONSE", 1), @r"
    denpm error code EINVALIDRESPONSE
    denpm error a captive portal or proxy answered text/html to ${REGISTRY}a/-/a-1.0.0.tgz
    denpm error package a@1.0.0
    denpm error help open a page in a browser to log in to the network, or set proxy
    ");
}

#[test]
fn broken_package_json_is_refused() {
    let (_registry, sandbox) = standing();
    sandbox.file("package.json", "{\n  \"name\": \"project\",\n}\n");
    assert_snapshot!(refused_by_both(&sandbox, "EJSONPARSE", 1), @r#"
    denpm error code EJSONPARSE
    denpm error JSON.parse Invalid package.json: JSONParseError: Unexpected token "}" (0x7D) in JSON at position 23 while parsing near "... \"name\": \"project\",\n}\n"
    denpm error JSON.parse Failed to parse ${SANDBOX}/project/package.json
    denpm error JSON.parse Note: package.json must be actual JSON, not just JavaScript.
    "#);
}

#[cfg(unix)]
#[test]
fn pipe_in_the_place_of_a_file_is_refused_and_not_waited_for() {
    let (_registry, sandbox) = standing();
    for file in ["package.json", "package-lock.json"] {
        let before = sandbox.read(file).unwrap();
        let path = sandbox.project().join(file);
        std::fs::remove_file(&path).unwrap();
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let Output { stderr, status, .. } = sandbox.denpm(["install"]);
        assert_ne!(status, 0, "{stderr}");
        assert!(stderr.contains(file) && stderr.contains("it is a pipe"), "{stderr}");
        std::fs::remove_file(&path).unwrap();
        sandbox.file(file, &before);
    }
    // One that cannot be read says nothing, as in npm.
    let npmrc = sandbox.project().join(".npmrc");
    std::fs::remove_file(&npmrc).unwrap_or_default();
    assert!(Command::new("mkfifo").arg(&npmrc).status().unwrap().success());
    sandbox.denpm(["ls"]).succeeded();
}

#[cfg(unix)]
#[test]
fn pipe_that_the_user_names_is_read() {
    let (_registry, sandbox) = standing();
    let pipe = sandbox.project().join("../named");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let writer = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::write(pipe, "json=true\n").unwrap()
    });
    let named = format!("--userconfig={}", pipe.display());
    let Output { stdout, .. } = sandbox.denpm(["ls", &named]).succeeded();
    assert!(stdout.starts_with('{'), "{stdout}");
    writer.join().unwrap();
}

#[test]
fn broken_lockfile_is_refused_by_ci_and_made_anew_by_install() {
    let (_registry, sandbox) = standing();
    let whole = sandbox.read("package-lock.json").unwrap();
    sandbox.file("package-lock.json", &whole[..whole.len() / 2]);
    assert_snapshot!(refused(&sandbox, &["ci"], "EUSAGE", 1), @r#"
    denpm warn lockfile package-lock.json is not valid JSON: Unexpected end of JSON input while parsing near "...modules/b\": {\n      \""; going on without it
    denpm error code EUSAGE
    denpm error
    denpm error The `denpm ci` command can only install with an existing package-lock.json or
    denpm error npm-shrinkwrap.json with lockfileVersion >= 1. Run an install with npm@5 or
    denpm error later to generate a package-lock.json file, then try again.
    denpm error help run `denpm install` and commit the lockfile
    "#);
    let Output { stderr, .. } = sandbox.denpm(["install"]).succeeded();
    assert_snapshot!(stderr, @r#"denpm warn lockfile package-lock.json is not valid JSON: Unexpected end of JSON input while parsing near "...modules/b\": {\n      \""; going on without it"#);
    assert_eq!(sandbox.read("package-lock.json").unwrap(), whole);
}

#[test]
fn tarball_that_leaves_its_folder_is_refused() {
    let (registry, sandbox) = standing();
    let manifest = br#"{"name":"hostile","version":"1.0.0"}"#;
    let hostile = Tarball::new()
        .file("package.json", 0o644, manifest)
        .raw(b"package/../../../escaped", EntryType::Regular, b"", b"gotcha")
        .gzip();
    registry.package("hostile", "1.0.0").tarball(hostile).publish();
    depends(&sandbox, &json!({"b": "^1", "hostile": "^1"}));
    assert_snapshot!(refused(&sandbox, &["install"], "EBADARCHIVE", 3), @r#"
    denpm error code EBADARCHIVE
    denpm error hostile@1.0.0: entry "package/../../../escaped": the path leads upwards
    denpm error help The archive is unsafe or damaged; nothing of it was installed. Report it to the package's authors.
    "#);
}

#[test]
fn tarball_with_a_link_to_the_outside_is_refused() {
    let (registry, sandbox) = standing();
    let manifest = br#"{"name":"hostile","version":"1.0.0"}"#;
    let hostile = Tarball::new()
        .file("package.json", 0o644, manifest)
        .raw(b"package/lib", EntryType::Symlink, b"/etc", b"")
        .raw(b"package/lib/passwd", EntryType::Regular, b"", b"gotcha")
        .gzip();
    registry.package("hostile", "1.0.0").tarball(hostile).publish();
    depends(&sandbox, &json!({"b": "^1", "hostile": "^1"}));
    assert_snapshot!(refused(&sandbox, &["install"], "EBADARCHIVE", 3), @r#"
    denpm error code EBADARCHIVE
    denpm error hostile@1.0.0: entry "package/lib": symbolic links are not allowed in a package
    denpm error help The archive is unsafe or damaged; nothing of it was installed. Report it to the package's authors.
    "#);
}

#[test]
fn lock_that_points_to_a_file_of_the_machine_is_refused() {
    let (_registry, sandbox) = standing();
    locks(&sandbox, "a", &json!({"version": "1.0.0", "resolved": "file:/etc/passwd"}));
    assert_snapshot!(refused_by_both(&sandbox, "EUNSUPPORTEDPROTOCOL", 1), @r"
    denpm error code EUNSUPPORTEDPROTOCOL
    denpm error a@1.0.0 is a registry's package, and is said to be at file:/etc/passwd
    ");
}

// npm fetches from wherever the lock says; the integrity and the name bind what comes.
#[test]
fn lock_that_points_to_another_host_gets_the_promised_bytes_or_none() {
    let (registry, sandbox) = standing();
    let other = Registry::mirror_of(&registry);
    other.package("a", "1.0.0").file("index.js", "gotcha").publish();
    let mut foreign = entry(&other, "a", "1.0.0");
    foreign["integrity"] = json!(registry.integrity("a", "1.0.0"));
    locks(&sandbox, "a", &foreign);
    assert_snapshot!(refused_by_both(&sandbox, "EINTEGRITY", 1), @r"
    denpm error code EINTEGRITY
    denpm error sha512-[DIGEST] integrity checksum failed when using sha512: wanted sha512-[DIGEST] but got sha512-[DIGEST]. ([SIZE] bytes)
    denpm error package a@1.0.0
    ");
    let mut nameless = entry(&other, "c", "1.0.0");
    nameless.as_object_mut().unwrap().remove("integrity");
    locks(&sandbox, "a", &nameless);
    let stderr = refused_by_both(&sandbox, "EINTEGRITY", 1);
    assert!(stderr.contains("a@1.0.0"), "{stderr}");
}

#[test]
fn lock_that_points_to_another_host_is_refused_where_remote_ones_are_not_allowed() {
    let (registry, sandbox) = standing();
    let other = Registry::mirror_of(&registry);
    locks(&sandbox, "a", &entry(&other, "a", "1.0.0"));
    let stderr = refused(&sandbox, &["ci", "--allow-remote=none"], "EALLOWREMOTE", 1);
    assert!(stderr.contains("a@"), "{stderr}");
    assert_eq!(other.log(), [""; 0]);
}

#[test]
fn package_of_another_platform_is_refused() {
    let (registry, sandbox) = standing();
    registry.tree("elsewhere@1.0.0 ; os=none ; cpu=abacus");
    depends(&sandbox, &json!({"b": "^1", "elsewhere": "^1"}));
    let stderr = refused(&sandbox, &["install"], "EBADPLATFORM", 1);
    assert!(stderr.contains(r#"wanted {"os":["none"],"cpu":["abacus"]}"#), "{stderr}");
}

#[test]
fn package_of_another_engine_is_refused_where_engines_are_strict() {
    let (registry, sandbox) = standing();
    registry.tree("modern@1.0.0 ; node=>=99");
    depends(&sandbox, &json!({"b": "^1", "modern": "^1"}));
    let stderr = refused(&sandbox, &["install", "--engine-strict"], "EBADENGINE", 1);
    assert!(stderr.contains("\"node\":\">=99\""), "{stderr}");
    sandbox.denpm(["install"]).succeeded().stderr_has("EBADENGINE");
}

/// An optional dependency on `a`, whose tarball is not what was promised: it is not left out.
#[track_caller]
fn optional_is_refused(sandbox: &Sandbox, code: &str, exit: i32) {
    sandbox.package_json(&json!({
        "name": "project", "version": "1.0.0",
        "dependencies": {"b": "^1"}, "optionalDependencies": {"a": "1"},
    }));
    refused(sandbox, &["install"], code, exit);
}

#[test]
fn optional_package_with_other_bytes_than_promised_is_refused() {
    let (registry, sandbox) = standing();
    let package = registry.package("a", "1.0.0").dist("integrity", json!(sha512(b"other bytes")));
    package.publish();
    optional_is_refused(&sandbox, "EINTEGRITY", 1);
}

#[test]
fn optional_package_that_is_another_one_is_refused() {
    let (registry, sandbox) = standing();
    registry.package("a", "1.0.0").tarball(other_package()).publish();
    optional_is_refused(&sandbox, "EMANIFESTMISMATCH", 3);
}

#[test]
fn frozen_install_with_unreviewed_scripts_is_refused_before_anything_is_removed() {
    let (registry, sandbox) = standing();
    registry.package("a", "1.0.0").script("postinstall", "exit 9").publish();
    depends(&sandbox, &json!({"a": "1", "b": "^1"}));
    sandbox.denpm(["install"]).succeeded();
    let output = sandbox.denpm(["install", "--strict-allow-scripts"]);
    let code = output.error_code().unwrap().to_owned();
    refused(&sandbox, &["ci", "--strict-allow-scripts"], &code, 1);
}

#[test]
fn package_without_a_name_is_not_installed_without_one() {
    let (_registry, sandbox) = standing();
    sandbox.file("lib/package.json", r#"{"version": "1.0.0"}"#);
    sandbox.file("empty/package.json", r#"{"name": ""}"#);
    sandbox.bytes("t.tgz", &loose_tarball(&json!({"version": "1.0.0"})));
    for place in ["./lib", "./empty", "./t.tgz"] {
        let before = stamps(&sandbox.project());
        let output = sandbox.denpm(["install", place]).failed_with("EINVALIDPACKAGENAME");
        assert!(output.stderr.contains(&format!("<name>@{place}")), "{output}");
        assert_eq!(differences(&before, &stamps(&sandbox.project())), Vec::<String>::new());
        sandbox.denpm(["install", &format!("named@{place}")]).succeeded();
        sandbox.denpm(["uninstall", "named"]).succeeded();
    }
}
