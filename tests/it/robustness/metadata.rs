//! Hostile packuments: names, versions, places, digests, commands, shapes.

use super::{
    depends, loot,
    support::{Registry, Sandbox, package::sha512, sandbox::Output},
};
use serde_json::{Value, json};

/// A registry, and a cold project that wants its package `x`.
fn wanting() -> (Registry, Sandbox) {
    let registry = Registry::start();
    let sandbox = Sandbox::new(&registry);
    depends(&sandbox, &json!({"x": "*"}));
    (registry, sandbox)
}

/// The packument of `x`, as an honest registry would have it.
fn packument(registry: &Registry) -> Value {
    registry.package("x", "1.0.0").publish();
    json!({
        "_id": "x", "name": "x", "dist-tags": {"latest": "1.0.0"},
        "versions": {"1.0.0": {"name": "x", "version": "1.0.0", "dist": {
            "tarball": format!("{}x/-/x-1.0.0.tgz", registry.url()),
            "integrity": registry.integrity("x", "1.0.0"),
        }}},
    })
}

fn version(packument: &mut Value) -> &mut Value {
    &mut packument["versions"]["1.0.0"]
}

fn dist(packument: &mut Value) -> &mut serde_json::Map<String, Value> {
    version(packument)["dist"].as_object_mut().unwrap()
}

/// Installs from the text as packument; npm's and everybody's folders stay as they were.
fn install_with(registry: &Registry, sandbox: &Sandbox, text: Vec<u8>) -> Output {
    registry.serve("x", "application/json", text);
    sandbox.denpm(["install"])
}

/// What is wrong with a run that should have been refused with this code, naming the package.
fn not_refused(what: &str, code: &str, sandbox: &Sandbox, output: &Output) -> Option<String> {
    let refused = output.status != 0 && output.error_code() == Some(code);
    // npm's words about a specifier that is none do not say whose it is.
    let words = [
        "x@",
        "x/",
        "of x",
        "not of x",
        "GISTRY}x",
        "for x",
        "x:",
        "evil",
        "Unsupported URL Type",
        "spec is",
    ];
    let named = words.iter().any(|name| output.stderr.contains(name));
    let clean = !sandbox.project().join("node_modules").exists()
        && sandbox.read("package-lock.json").is_none()
        && loot(&sandbox.project()).is_empty();
    let plain = !output.stderr.chars().any(|c| c.is_control() && c != '\n');
    (!(refused && named && clean && plain)).then(|| format!("{what} (wants {code}): {output}"))
}

type Bend = fn(&mut Value);

/// The packument bent in each way is refused with its code.
fn refused_when(cases: &[(&str, &str, Bend)]) {
    let mut wrong = Vec::new();
    for (what, code, bend) in cases {
        let (registry, sandbox) = wanting();
        let mut bent = packument(&registry);
        bend(&mut bent);
        let output = install_with(&registry, &sandbox, serde_json::to_vec(&bent).unwrap());
        wrong.extend(not_refused(what, code, &sandbox, &output));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn packument_of_another_package_or_version_is_refused() {
    const MISMATCH: &str = "EMANIFESTMISMATCH";
    refused_when(&[
        ("name", MISMATCH, |p| p["name"] = json!("evil")),
        ("_id", MISMATCH, |p| p["_id"] = json!("evil")),
        ("neither", MISMATCH, |p| {
            p.as_object_mut().unwrap().retain(|key, _| !["name", "_id"].contains(&key.as_str()));
        }),
        ("name of a version", MISMATCH, |p| version(p)["name"] = json!("evil")),
        ("no name of a version", MISMATCH, |p| version(p)["name"] = json!(null)),
        ("version of a version", MISMATCH, |p| version(p)["version"] = json!("6.6.6")),
        ("path as version", MISMATCH, |p| version(p)["version"] = json!("../../evil")),
        ("error in place of it", MISMATCH, |p| *p = json!({"error": "no"})),
        ("no version of a version", "EINVALIDRESPONSE", |p| version(p)["version"] = json!(null)),
    ]);
}

// The packument and the package in it agree with each other, and with nothing else.
#[test]
fn package_that_lies_about_itself_throughout_is_refused() {
    let (registry, sandbox) = wanting();
    registry.package("evil", "6.6.6").publish();
    let mut bent = packument(&registry);
    *version(&mut bent) = json!({"name": "evil", "version": "6.6.6", "dist": {
        "tarball": format!("{}evil/-/evil-6.6.6.tgz", registry.url()),
        "integrity": registry.integrity("evil", "6.6.6"),
    }});
    let output = install_with(&registry, &sandbox, serde_json::to_vec(&bent).unwrap());
    let output = output.failed_with("EMANIFESTMISMATCH");
    output.stderr_has("the packument lists evil@6.6.6 as x@1.0.0");
}

#[test]
fn version_that_is_a_path_is_refused() {
    let (registry, sandbox) = wanting();
    registry.package("x", "../../../evil").publish();
    let packument = json!({
        "name": "x", "dist-tags": {"latest": "../../../evil"},
        "versions": {"../../../evil": {"name": "x", "version": "../../../evil", "dist": {
            "tarball": format!("{}x/-/x-1.0.0.tgz", registry.url()),
            "integrity": registry.integrity("x", "../../../evil"),
        }}},
    });
    registry.serve(
        "x/-/x-1.0.0.tgz",
        "application/octet-stream",
        registry.tarball("x", "../../../evil"),
    );
    let output = install_with(&registry, &sandbox, serde_json::to_vec(&packument).unwrap());
    assert_eq!(not_refused("path", "EMANIFESTMISMATCH", &sandbox, &output), None);
}

#[test]
fn tag_that_names_no_version_is_passed_over() {
    for tag in ["9.9.9", "../../evil"] {
        let (registry, sandbox) = wanting();
        let mut bent = packument(&registry);
        bent["dist-tags"]["latest"] = json!(tag);
        install_with(&registry, &sandbox, serde_json::to_vec(&bent).unwrap()).succeeded();
    }
}

#[test]
fn tarball_that_is_nowhere_on_the_web_is_refused() {
    const PROTOCOL: &str = "EUNSUPPORTEDPROTOCOL";
    refused_when(&[
        ("file", PROTOCOL, |p| dist(p)["tarball"] = json!("file:///etc/passwd")),
        ("path", PROTOCOL, |p| dist(p)["tarball"] = json!("/etc/passwd")),
        ("data", PROTOCOL, |p| dist(p)["tarball"] = json!("data:application/gzip;base64,AAAA")),
        ("ftp", PROTOCOL, |p| dist(p)["tarball"] = json!("ftp://127.0.0.1/x.tgz")),
        ("git", PROTOCOL, |p| dist(p)["tarball"] = json!("git+file:///tmp/x")),
        ("shell", PROTOCOL, |p| dist(p)["tarball"] = json!("ext::sh -c id")),
        ("number", "EINVALIDRESPONSE", |p| dist(p)["tarball"] = json!(1)),
        ("none", "EINVALIDRESPONSE", |p| dist(p)["tarball"] = json!(null)),
        ("no dist", "EINVALIDRESPONSE", |p| version(p)["dist"] = json!(null)),
    ]);
}

#[test]
fn digest_that_holds_nothing_is_refused() {
    const INTEGRITY: &str = "EINTEGRITY";
    refused_when(&[
        ("none", INTEGRITY, |p| dist(p)["integrity"] = json!(null)),
        ("empty", INTEGRITY, |p| dist(p)["integrity"] = json!("")),
        ("space", INTEGRITY, |p| dist(p)["integrity"] = json!("  ")),
        ("number", INTEGRITY, |p| dist(p)["integrity"] = json!(5)),
        ("nonsense", INTEGRITY, |p| dist(p)["integrity"] = json!("sha512-nonsense")),
        ("unknown", INTEGRITY, |p| dist(p)["integrity"] = json!("sha3-AAAA")),
        ("md5", INTEGRITY, |p| dist(p)["integrity"] = json!("md5-1B2M2Y8AsgTpgAmY7PhCfg==")),
        ("hex", INTEGRITY, |p| {
            dist(p)["integrity"] = json!("da39a3ee5e6b4b0d3255bfef95601890afd80709");
        }),
        ("sha1 of other bytes", INTEGRITY, |p| {
            dist(p)["integrity"] = json!("sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
        }),
        ("sha512 of other bytes", INTEGRITY, |p| dist(p)["integrity"] = json!(sha512(b"x"))),
        ("right sha1 beside a wrong sha512", INTEGRITY, |p| {
            let right = dist(p)["integrity"].as_str().unwrap().replace("sha512", "sha256");
            dist(p)["integrity"] = json!(format!("{right} {}", sha512(b"x")));
        }),
        ("far too long", INTEGRITY, |p| {
            dist(p)["integrity"] = json!("sha512-AAAA ".repeat(20_000));
        }),
        ("wrong shasum alone", INTEGRITY, |p| {
            dist(p).remove("integrity");
            dist(p).insert("shasum".into(), json!("da39a3ee5e6b4b0d3255bfef95601890afd80709"));
        }),
        ("shasum of no digits", INTEGRITY, |p| {
            dist(p).remove("integrity");
            dist(p).insert("shasum".into(), json!("zz"));
        }),
    ]);
}

#[test]
fn names_that_are_no_names_are_refused_wherever_they_stand() {
    let names = [
        "../../evil",
        "..",
        ".",
        ".bin",
        "node_modules",
        "__proto__",
        " ",
        "a/b/c",
        "@s/..",
        "@../..",
        "@s/.bin",
        "/etc",
        "..\\evil",
        "C:\\evil",
        "@s\\evil",
        "e\u{1b}[2Jvil",
        "a b",
        "a\nb",
        "%2e%2e",
        "@/a",
        "@s/",
        "@s/a/b",
        "a?b",
        "a#b",
    ];
    let mut wrong = Vec::new();
    for kind in ["dependencies", "optionalDependencies", "peerDependencies"] {
        for name in names {
            for spec in ["*", "npm:real@1.0.0", "file:."] {
                let (registry, sandbox) = wanting();
                registry.package("real", "1.0.0").publish();
                registry.package("x", "1.0.0").field(kind, json!({name: spec})).publish();
                let output = sandbox.denpm(["install"]);
                let clean = sandbox.tree().lines().all(|line| line.starts_with("node_modules/x "));
                let clean = clean && loot(&sandbox.project()).is_empty();
                // An optional one that has no name is as good as absent.
                let ended = output.status != 0 || kind == "optionalDependencies";
                if !clean || !ended {
                    wrong.push(format!("{kind} {name:?} {spec}: {}{output}", sandbox.tree()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn packages_reach_no_folder_or_file_of_the_machine() {
    for (spec, code) in [
        ("file:../../../..", "EALLOWDIRECTORY"),
        ("file:/etc", "EALLOWDIRECTORY"),
        ("file:~/secret", "EALLOWDIRECTORY"),
        ("../..", "EALLOWDIRECTORY"),
        ("~/secret", "EALLOWDIRECTORY"),
        ("/etc", "EALLOWDIRECTORY"),
        ("file:/etc/x.tgz", "EALLOWFILE"),
        ("../../x.tgz", "EALLOWFILE"),
        ("link:../..", "EUNSUPPORTEDPROTOCOL"),
        ("workspace:*", "EUNSUPPORTEDPROTOCOL"),
        ("git+ext::sh -c touch% evil", "EUNSUPPORTEDPROTOCOL"),
        ("git+ssh://-oProxyCommand=touch%20evil/x", "EBADSPEC"),
        ("git+file:///tmp/x.git#--upload-pack=touch evil", "EBADSPEC"),
    ] {
        for kind in ["dependencies", "peerDependencies"] {
            let (registry, sandbox) = wanting();
            registry.package("x", "1.0.0").field(kind, json!({"evil": spec})).publish();
            let output = sandbox.denpm(["install"]);
            assert_eq!(not_refused(spec, code, &sandbox, &output), None, "{kind}");
        }
    }
}

/// A rule that does not say what a package is replaced with leaves the word to its dependent.
#[test]
fn overrides_let_packages_reach_nothing_that_they_do_not_name() {
    for rule in [
        json!({"evil": {"b": "1"}}),
        json!({"evil": "*"}),
        json!({"evil": {".": "*", "b": "1"}}),
        json!({"x": {"evil": {"b": "1"}}}),
        json!({"evil": "$mine"}),
    ] {
        let (registry, sandbox) = wanting();
        let dependencies = json!({"evil": "file:/etc", "mine": "file:/etc"});
        registry.package("x", "1.0.0").field("dependencies", dependencies).publish();
        let manifest = json!({"dependencies": {"x": "*"}, "overrides": rule});
        let output = sandbox.package_json(&manifest).denpm(["install"]);
        let refused = not_refused("evil", "EALLOWDIRECTORY", &sandbox, &output);
        assert_eq!(refused, None, "{manifest}");
    }
}

#[test]
fn folder_inside_the_package_itself_is_no_way_out() {
    let (registry, sandbox) = wanting();
    let package = registry.package("x", "1.0.0").dep("own", "file:./lib");
    package.file("lib/package.json", r#"{"name":"own","version":"1.0.0"}"#).publish();
    sandbox.denpm(["install"]).succeeded();
    assert!(sandbox.tree().contains("node_modules/own -> x/lib"), "{}", sandbox.tree());
}

#[test]
fn user_may_let_packages_reach_folders_and_a_project_may_not() {
    let (registry, sandbox) = wanting();
    registry.package("x", "1.0.0").dep("evil", "file:/etc").publish();
    sandbox.file(".npmrc", "allow-directory=all\n");
    sandbox.denpm(["install"]).failed_with("EALLOWDIRECTORY");
    sandbox.denpm(["install", "--allow-directory=all"]).succeeded();
}

#[test]
fn project_cannot_speak_as_the_user_nor_install_for_all_projects() {
    let (registry, sandbox) = wanting();
    registry.package("x", "1.0.0").dep("evil", "file:/etc").publish();
    sandbox.file("evil", &format!("registry={}\nallow-directory=all\n", registry.url()));
    for line in ["userconfig=evil", "globalconfig=evil", "location=global", "global=true"] {
        sandbox.file(".npmrc", &format!("{line}\n"));
        let output = sandbox.denpm(["install"]).failed_with("EALLOWDIRECTORY");
        output.stderr_has("cannot be changed from project config");
    }
}

#[test]
fn commands_stay_in_the_package_and_in_the_folder_of_commands() {
    let (registry, sandbox) = wanting();
    let keys = [
        "../../evil",
        "/evil",
        "",
        ".",
        "..",
        "@s/..",
        "con",
        "a\nb",
        "a b",
        "\u{1b}[2J",
        "a;b",
        "..\\evil",
        "node_modules/../evil",
    ];
    let mut bin: serde_json::Map<_, _> =
        keys.iter().map(|key| ((*key).to_owned(), json!("cli.js"))).collect();
    for target in ["../../../../etc/passwd", "/etc/passwd", "..", "lib", "gone.js", "C:\\x"] {
        bin.insert(format!("t{}", bin.len()), json!(target));
    }
    registry
        .package("x", "1.0.0")
        .executable("cli.js", "#!/bin/sh\n")
        .field("bin", json!(bin))
        .publish();
    sandbox.denpm(["install"]).succeeded();
    let links: Vec<String> =
        sandbox.tree().lines().filter(|line| line.contains("->")).map(str::to_owned).collect();
    assert_eq!(links, ["node_modules/.bin/evil -> ../x/cli.js"]);
}

#[test]
fn folder_of_commands_outside_the_package_is_none() {
    for folder in ["../../../..", "/usr/bin", "..", "C:\\Windows"] {
        let (registry, sandbox) = wanting();
        registry.package("x", "1.0.0").field("directories", json!({"bin": folder})).publish();
        sandbox.denpm(["install"]).succeeded();
        assert_eq!(sandbox.tree().trim(), "node_modules/x 1.0.0", "{folder}");
    }
}

#[test]
fn commands_of_the_system_are_not_shadowed_by_a_dependency_of_a_dependency() {
    let tools = json!({"node": "c.js", "npm": "c.js", "sh": "c.js", "git": "c.js", "fine": "c.js"});
    let (registry, sandbox) = wanting();
    registry
        .package("deep", "1.0.0")
        .executable("c.js", "#!/bin/sh\n")
        .field("bin", tools)
        .publish();
    registry.tree("npm@1.0.0 ; bin=npx");
    registry.package("x", "1.0.0").dep("deep", "1").dep("npm", "1").publish();
    sandbox.denpm(["install"]).succeeded();
    let tree = sandbox.tree();
    let bins: Vec<_> =
        tree.lines().filter_map(|line| line.strip_prefix("node_modules/.bin/")).collect();
    assert_eq!(bins, ["fine -> ../deep/c.js", "npx -> ../npm/cli.js"]);
    // What the project itself asks for is its own affair.
    depends(&sandbox, &json!({"x": "*", "deep": "*"}));
    sandbox.denpm(["install"]).succeeded();
    assert!(sandbox.tree().contains("node_modules/.bin/node"), "{}", sandbox.tree());
}

#[test]
fn shapes_that_are_no_packument_are_refused_or_read_like_javascript() {
    refused_when(&[
        ("versions: array", "EINVALIDRESPONSE", |p| p["versions"] = json!([1])),
        ("versions: text", "EINVALIDRESPONSE", |p| p["versions"] = json!("x")),
        ("versions: null", "ENOVERSIONS", |p| p["versions"] = json!(null)),
        ("version: text", "EINVALIDRESPONSE", |p| *version(p) = json!("x")),
        ("version: null", "EINVALIDRESPONSE", |p| *version(p) = json!(null)),
        ("version: array", "EINVALIDRESPONSE", |p| *version(p) = json!([1])),
        ("tags: array", "EINVALIDRESPONSE", |p| p["dist-tags"] = json!(["1.0.0"])),
        ("range of 120 kB", "ETOOLARGE", |p| {
            version(p)["dependencies"] = json!({"real": "^1 || ".repeat(20_000) + "1"});
        }),
    ]);
    let bends: [Bend; 9] = [
        |p| version(p)["dependencies"] = json!("real"),
        |p| version(p)["dependencies"] = json!({"real": {"version": "1"}}),
        |p| version(p)["bin"] = json!(7),
        |p| p["time"] = json!("now"),
        |p| version(p)["os"] = json!(7),
        |p| version(p)["engines"] = json!(["node >= 9"]),
        |p| version(p)["scripts"] = json!(["x"]),
        |p| p["readme"] = json!("x".repeat(4 << 20)),
        |p| {
            p["users"] =
                serde_json::from_str(&format!("{}{}", "[".repeat(100), "]".repeat(100))).unwrap();
        },
    ];
    for bend in bends {
        let (registry, sandbox) = wanting();
        let mut bent = packument(&registry);
        bend(&mut bent);
        install_with(&registry, &sandbox, serde_json::to_vec(&bent).unwrap()).succeeded();
    }
}

/// The text of the packument with something put in place of `"_id":"x"`.
fn with_text(registry: &Registry, part: &str, instead: &str) -> Vec<u8> {
    serde_json::to_string(&packument(registry)).unwrap().replacen(part, instead, 1).into_bytes()
}

#[test]
fn texts_that_two_readers_read_differently_are_refused() {
    const ID: &str = "\"_id\":\"x\"";
    type Text = fn(&Registry) -> Vec<u8>;
    let cases: [(&str, &str, Text); 13] = [
        ("empty", "EINVALIDRESPONSE", |_| Vec::new()),
        ("null", "EINVALIDRESPONSE", |_| b"null".to_vec()),
        ("text", "EINVALIDRESPONSE", |_| b"\"x\"".to_vec()),
        ("two documents", "EINVALIDRESPONSE", |r| {
            serde_json::to_vec(&packument(r)).unwrap().repeat(2)
        }),
        ("bytes behind it", "ECONNRESET", |r| {
            [serde_json::to_vec(&packument(r)).unwrap(), vec![0]].concat()
        }),
        ("bad UTF-8", "EINVALIDRESPONSE", |r| {
            [b"{\"a\":\"\xff\",".to_vec(), with_text(r, "{", "")].concat()
        }),
        ("name twice", "EINVALIDRESPONSE", |r| with_text(r, ID, "\"name\":\"evil\",\"_id\":\"x\"")),
        ("versions twice", "EINVALIDRESPONSE", |r| {
            with_text(r, "\"versions\":{", "\"versions\":{},\"versions\":{")
        }),
        ("dist twice", "EJSONPARSE", |r| {
            with_text(r, "\"dist\":{", "\"dist\":{\"integrity\":\"\"},\"dist\":{")
        }),
        ("integrity twice", "EJSONPARSE", |r| {
            with_text(r, "\"dist\":{", "\"dist\":{\"integrity\":\"sha512-AA==\",")
        }),
        ("tarball twice", "EJSONPARSE", |r| {
            with_text(r, "\"dist\":{", "\"dist\":{\"tarball\":\"file:///etc/passwd\",")
        }),
        ("deep in a version", "EJSONPARSE", |r| {
            let deep =
                format!("\"engines\":{}{},\"dist\":{{", "[".repeat(100_000), "]".repeat(100_000));
            with_text(r, "\"dist\":{", &deep)
        }),
        ("70 MiB", "ETOOLARGE", |_| format!("{{\"x\":\"{}\"}}", "x".repeat(70 << 20)).into_bytes()),
    ];
    let mut wrong = Vec::new();
    for (what, code, text) in cases {
        let (registry, sandbox) = wanting();
        let text = text(&registry);
        let output = install_with(&registry, &sandbox, text);
        wrong.extend(not_refused(what, code, &sandbox, &output));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn texts_that_are_only_odd_are_read() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let (registry, _) = wanting();
    let good = serde_json::to_vec(&packument(&registry)).unwrap();
    for text in [
        [b"\xef\xbb\xbf".to_vec(), good.clone()].concat(),
        [b"  \n".to_vec(), good.clone(), b"\n\n".to_vec()].concat(),
        with_text(&registry, "\"_id\":", &format!("\"readme\":{deep},\"_id\":")),
        with_text(&registry, "\"_id\":", "\"readme\":\"\\ud800\",\"_id\":"),
    ] {
        let sandbox = Sandbox::new(&registry);
        depends(&sandbox, &json!({"x": "*"}));
        install_with(&registry, &sandbox, text).succeeded();
    }
}

#[test]
fn bombs_of_the_resolver_end() {
    let (registry, sandbox) = wanting();
    let ranges = [
        "^1||".repeat(5_000) + "1",
        ">".to_owned() + &" ".repeat(60_000) + "x",
        "1.".repeat(30_000),
        "-".repeat(60_000),
    ];
    for range in ranges {
        registry.package("x", "1.0.0").dep("real", &range).publish();
        registry.tree("real@1.0.0");
        assert_ne!(sandbox.denpm(["install"]).status, 0, "{}", &range[..20]);
        std::fs::remove_dir_all(sandbox.cache()).unwrap();
    }
    registry.tree("x@1.0.0 -> y@*\ny@1.0.0 -> z@*\nz@1.0.0 -> x@* y@*");
    sandbox.denpm(["install"]).succeeded();
}

#[test]
fn packument_of_forty_thousand_versions_is_read() {
    let (registry, sandbox) = wanting();
    let mut bent = packument(&registry);
    let one = version(&mut bent).clone();
    for patch in 1..40_000 {
        let mut more = one.clone();
        more["version"] = json!(format!("0.0.{patch}"));
        bent["versions"][format!("0.0.{patch}")] = more;
    }
    install_with(&registry, &sandbox, serde_json::to_vec(&bent).unwrap()).succeeded();
}
