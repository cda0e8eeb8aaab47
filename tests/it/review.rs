//! What an install looks at before it links: the attacks of the past, replayed with harmless files.

use super::support::{Registry, Sandbox};
use serde_json::{Value, json};

const SOURCE: &str = "module.exports = function flat(stream, options) {\n  var queue = [];\n  stream.on('data', function (chunk) { queue.push(chunk); });\n  return options && options.sorted ? queue.sort() : queue;\n};\n";
const BUILD: &str = "module.exports=function(n,t){var o=[];return n.on(\"data\",function(n){o.push(n)}),t&&t.sorted?o.sort():o};";
/// The shape of the payload of 2018, with a module that does not exist and no effect.
const PAYLOAD: &str = "!function(){try{var r=require,t=process;function e(r){return Buffer.from(r,\"hex\").toString()}var n=r(e(\"2e2f666978747572652f6e6f6e65\")),o=t[e(n[3])][e(n[4])];if(!o)return}catch(r){}}();";
const DOMINIC: &str = "dominic";

fn by(name: &str) -> Value {
    json!({"name": name, "email": format!("{name}@mail.example")})
}

fn publish_flatmap(registry: &Registry, version: &str, build: &str, publisher: &str) {
    registry
        .package("flatmap-stream", version)
        .file("index.js", SOURCE)
        .file("index.min.js", build)
        .field("main", json!("index.min.js"))
        .remark("_npmUser", by(publisher))
        .remark("maintainers", json!([by(publisher)]))
        .time(if version == "0.1.0" {
            "2018-09-05T00:00:00.000Z"
        } else {
            "2018-10-05T00:00:00.000Z"
        })
        .publish();
}

/// A project locked to event-stream with flatmap-stream 0.1.0.
fn locked_project(registry: &Registry) -> Sandbox {
    publish_flatmap(registry, "0.1.0", BUILD, DOMINIC);
    registry
        .package("event-stream", "3.3.6")
        .dep("flatmap-stream", "^0.1.0")
        .remark("_npmUser", by(DOMINIC))
        .remark("maintainers", json!([by(DOMINIC)]))
        .time("2018-09-09T00:00:00.000Z")
        .publish();
    let sandbox = Sandbox::new(registry);
    sandbox.package_json(&json!({"name": "project", "dependencies": {"event-stream": "^3.3.6"}}));
    sandbox.denpm(["install"]).succeeded();
    sandbox
}

#[test]
fn event_stream_is_refused_by_the_change_of_the_lock() {
    let registry = Registry::start();
    let sandbox = locked_project(&registry);
    publish_flatmap(&registry, "0.1.1", &format!("{BUILD}{PAYLOAD}"), "right");
    let before = (sandbox.read("package-lock.json"), sandbox.snapshot_files());
    let output = sandbox.denpm(["update", "--prefer-online"]).failed_with("EPOLICY");
    assert_eq!(output.status, 4, "{output}");
    for said in [
        "minified-capability flatmap-stream: 0.1.0 → 0.1.1",
        "index.min.js",
        "Buffer.from(enc)",
        "require as a value",
        "dominic → right",
        "required by event-stream@3.3.6",
        "denpm ack flatmap-stream@0.1.1 minified-capability --evidence=sha256-",
    ] {
        assert!(output.stderr.contains(said), "{said}: {output}");
    }
    assert_eq!((sandbox.read("package-lock.json"), sandbox.snapshot_files()), before);
}

#[test]
fn a_lock_that_is_only_written_is_looked_at_as_well() {
    let registry = Registry::start();
    let sandbox = locked_project(&registry);
    publish_flatmap(&registry, "0.1.1", &format!("{BUILD}{PAYLOAD}"), "right");
    let before = (sandbox.read("package-lock.json"), sandbox.snapshot_files());
    let only_locks = ["update", "--package-lock-only", "--prefer-online"];
    registry.forget_requests();
    sandbox.denpm(only_locks.iter().chain(&["--dry-run"])).succeeded();
    assert_eq!(registry.requests().tarballs, 0, "a dry run fetches no code");
    let refused = sandbox.denpm(only_locks).failed_with("EPOLICY");
    refused.stderr_has("minified-capability flatmap-stream: 0.1.0");
    assert_eq!((sandbox.read("package-lock.json"), sandbox.snapshot_files()), before);
}

/// A project with `lib` 1.0.0, of which 1.0.1 is there as well, with these files.
fn with_update_of_lib(files: &[(&str, &str)]) -> (Registry, Sandbox) {
    let registry = Registry::start();
    let lib = |version: &str| {
        registry
            .package("lib", version)
            .remark("_npmUser", by(DOMINIC))
            .remark("maintainers", json!([by(DOMINIC)]))
            .time("2018-09-05T00:00:00.000Z")
            .field("main", json!("index.js"))
    };
    lib("1.0.0").file("index.js", "module.exports = 1;\n").publish();
    let sandbox = Sandbox::new(&registry);
    sandbox.package_json(&json!({"name": "project", "dependencies": {"lib": "^1"}}));
    sandbox.denpm(["install"]).succeeded();
    let mut newer = lib("1.0.1");
    for (path, content) in files {
        newer = newer.file(path, content);
    }
    newer.publish();
    (registry, sandbox)
}

#[test]
fn a_file_that_cannot_be_read_is_told_and_not_passed_over() {
    let content = "module.exports = require('child_process') +;\n";
    let (_registry, sandbox) = with_update_of_lib(&[("index.js", content)]);
    sandbox
        .denpm(["update", "--prefer-online"])
        .succeeded()
        .stderr_has("not all of lib@1.0.1 was looked at: index.js");
}

#[test]
fn a_file_among_tools_is_looked_at_where_the_package_loads_it() {
    for specifier in ["./tools/helper", "./\\x74ools/helper"] {
        let (_registry, sandbox) = with_update_of_lib(&[
            ("index.js", &format!("module.exports = require('{specifier}');\n")),
            ("tools/helper.js", "require('child_process').exec(process.env.X);\n"),
            ("docs/other.js", "require('dns').lookup(process.env.X);\n"),
        ]);
        let output = sandbox.denpm(["update", "--prefer-online"]).succeeded();
        assert!(output.stderr.contains("tools/helper.js"), "{output}");
        assert!(!output.stderr.contains("docs/other.js"), "{output}");
    }
}

#[test]
fn a_settled_rewrite_that_can_do_more_is_told_and_a_young_one_is_refused() {
    let now = jiff::Timestamp::now().to_string();
    for (time, refused) in [("2019-10-05T00:00:00.000Z", false), (now.as_str(), true)] {
        let registry = Registry::start();
        let sandbox = locked_project(&registry);
        registry
            .package("flatmap-stream", "2.0.0")
            .file("index.js", SOURCE)
            .file("index.min.js", &format!("{BUILD}{PAYLOAD}"))
            .field("main", json!("index.min.js"))
            .remark("_npmUser", by(DOMINIC))
            .remark("maintainers", json!([by(DOMINIC)]))
            .time(time)
            .publish();
        registry
            .package("event-stream", "3.4.0")
            .dep("flatmap-stream", "^2.0.0")
            .remark("_npmUser", by(DOMINIC))
            .remark("maintainers", json!([by(DOMINIC)]))
            .time("2019-10-09T00:00:00.000Z")
            .publish();
        let output = sandbox.denpm(["update", "--prefer-online"]);
        assert!(output.stderr.contains("minified-capability"), "{output}");
        assert_eq!(output.status, if refused { 4 } else { 0 }, "{output}");
    }
}

#[test]
fn the_lock_itself_is_installed_without_a_look() {
    let registry = Registry::start();
    let sandbox = locked_project(&registry);
    publish_flatmap(&registry, "0.1.1", &format!("{BUILD}{PAYLOAD}"), "right");
    sandbox.denpm(["install"]).succeeded();
    sandbox.denpm(["ci"]).succeeded();
}

#[test]
fn an_acknowledgement_lets_exactly_this_pass() {
    let registry = Registry::start();
    let sandbox = locked_project(&registry);
    publish_flatmap(&registry, "0.1.1", &format!("{BUILD}{PAYLOAD}"), "right");
    let refused = sandbox.denpm(["review", "--json", "--prefer-online"]);
    assert_eq!(refused.status, 4, "{refused}");
    let review: Value = serde_json::from_str(&refused.stdout).unwrap();
    for finding in review["findings"].as_array().unwrap() {
        if finding["level"] != "block" {
            continue;
        }
        let command =
            finding["acknowledge"].as_str().unwrap().replace("--reason=\"…\"", "--reason=inert");
        let words: Vec<&str> = command.split(' ').skip(1).collect();
        sandbox.denpm(words).succeeded();
    }
    let acks = sandbox.read("denpm-acks.toml").unwrap();
    assert!(acks.contains("flag = \"minified-capability\""), "{acks}");
    sandbox.denpm(["update", "--prefer-online"]).succeeded();
    sandbox.denpm(["ack", "--stale"]).succeeded();
}

#[test]
fn a_clean_release_of_the_same_people_says_nothing() {
    let registry = Registry::start();
    let sandbox = locked_project(&registry);
    publish_flatmap(&registry, "0.1.1", &BUILD.replace("sorted", "sort"), DOMINIC);
    let source = SOURCE.replace("sorted", "sort");
    registry
        .package("flatmap-stream", "0.1.2")
        .file("index.js", &source)
        .file("index.min.js", &BUILD.replace("sorted", "sort"))
        .remark("_npmUser", by(DOMINIC))
        .remark("maintainers", json!([by(DOMINIC)]))
        .time("2018-10-06T00:00:00.000Z")
        .publish();
    let output = sandbox.denpm(["update", "--prefer-online"]).succeeded();
    assert!(!output.stderr.contains("DENPM-R"), "{output}");
}

#[test]
fn a_new_script_is_told_and_refused_where_warnings_are() {
    let registry = Registry::start();
    registry.package("plain", "1.0.0").publish();
    let sandbox = Sandbox::new(&registry);
    sandbox.package_json(&json!({"name": "project", "dependencies": {"plain": "^1"}}));
    sandbox.denpm(["install"]).succeeded();
    registry.package("plain", "1.0.1").script("postinstall", "node x.js").publish();
    let strict = sandbox.denpm(["update", "--prefer-online", "--strict"]).failed_with("EPOLICY");
    assert_eq!(strict.status, 4, "{strict}");
    sandbox.denpm(["update", "--prefer-online"]).succeeded().stderr_has("DENPM-R15");
}

#[test]
fn a_project_may_raise_a_level_and_a_list_names_what_is_known() {
    let registry = Registry::start();
    registry.package("bad", "1.0.0").publish();
    registry.package("bad", "1.0.1").publish();
    let sandbox = Sandbox::new(&registry);
    sandbox.package_json(&json!({"name": "project", "dependencies": {"bad": "1.0.1"}}));
    let list = json!([{"id": "MAL-2026-1", "affected": [{"package": {"ecosystem": "npm", "name": "bad"}, "versions": ["1.0.1"]}]}]);
    sandbox.file("list.json", &list.to_string());
    sandbox.file("denpm.toml", "[policy]\nmalicious = [\"list.json\"]\n");
    sandbox.denpm(["install"]).failed_with("EPOLICY").stderr_has("MAL-2026-1");
}

#[test]
fn a_diff_of_locks_is_text_json_markdown_sarif_and_annotations() {
    let registry = Registry::start();
    let sandbox = locked_project(&registry);
    let old = sandbox.read("package-lock.json").unwrap();
    publish_flatmap(&registry, "0.1.1", &format!("{BUILD}{PAYLOAD}"), "right");
    let new = old
        .replace("flatmap-stream-0.1.0.tgz", "flatmap-stream-0.1.1.tgz")
        .replace("\"version\": \"0.1.0\"", "\"version\": \"0.1.1\"")
        .replace(
            &registry.integrity("flatmap-stream", "0.1.0"),
            &registry.integrity("flatmap-stream", "0.1.1"),
        );
    sandbox.file("new.json", &new);
    let diff = |format: &str| {
        let output = sandbox.denpm([
            "diff",
            "package-lock.json",
            "new.json",
            "--prefer-online",
            "--format",
            format,
        ]);
        assert_eq!(output.status, 4, "{output}");
        output.stdout
    };
    assert!(diff("text").contains("minified-capability"));
    assert!(diff("markdown").contains("| block | DENPM-R20"), "{}", diff("markdown"));
    assert!(diff("github").contains("::error file=package-lock.json,line="));
    let sarif: Value = serde_json::from_str(&diff("sarif")).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "DENPM-R20");
    let line = result["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64().unwrap();
    let text = new.lines().nth(usize::try_from(line).unwrap() - 1).unwrap();
    assert!(text.contains("node_modules/flatmap-stream"), "{text}");
}

#[test]
fn inspect_of_folders_is_one_json_object_and_needs_no_registry() {
    let registry = Registry::start();
    let sandbox = Sandbox::new(&registry);
    for (folder, build) in [("old", BUILD.to_owned()), ("new", format!("{BUILD}{PAYLOAD}"))] {
        sandbox.file(&format!("{folder}/package.json"), "{\"name\":\"f\",\"version\":\"1.0.0\"}");
        sandbox.file(&format!("{folder}/index.js"), SOURCE);
        sandbox.file(&format!("{folder}/index.min.js"), &build);
    }
    let same = sandbox.denpm(["inspect", "old", "--baseline", "old", "--json"]).succeeded();
    assert_eq!(serde_json::from_str::<Value>(&same.stdout).unwrap()["findings"], json!([]));
    let found = sandbox.denpm(["inspect", "new", "--baseline", "old", "--json"]);
    assert_eq!(found.status, 4, "{found}");
    let report: Value = serde_json::from_str(&found.stdout).unwrap();
    assert_eq!(report["findings"][0]["code"], "DENPM-R20");
    assert_eq!(report["findings"][0]["file"], "index.min.js");
    assert_eq!(report["unchecked"], json!([]));
    assert!(registry.log().is_empty());
}

#[test]
fn authors_and_risk_name_who_publishes() {
    let registry = Registry::start();
    let sandbox = locked_project(&registry);
    sandbox.denpm(["authors"]).succeeded().stdout_has("dominic: 2 packages");
    sandbox.denpm(["risk", "--json"]).succeeded();
}
