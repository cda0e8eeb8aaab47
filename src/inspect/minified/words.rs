//! The words of JavaScript that matter to the inspection: what is too common to mean anything,
//! and what gives code power over the machine or the page.

use std::sync::LazyLock;

use super::facts::Set;

/// Globals of the language that give no power: every compiler's helpers use them.
const PURE_GLOBALS: &[&str] = &[
    "AggregateError",
    "Array",
    "ArrayBuffer",
    "BigInt",
    "BigInt64Array",
    "BigUint64Array",
    "Boolean",
    "DataView",
    "Date",
    "Error",
    "EvalError",
    "FinalizationRegistry",
    "Float32Array",
    "Float64Array",
    "Infinity",
    "Int16Array",
    "Int32Array",
    "Int8Array",
    "Intl",
    "Iterator",
    "JSON",
    "Map",
    "Math",
    "NaN",
    "Number",
    "Object",
    "Promise",
    "RangeError",
    "ReferenceError",
    "RegExp",
    "Set",
    "String",
    "SuppressedError",
    "Symbol",
    "SyntaxError",
    "TypeError",
    "URIError",
    "Uint16Array",
    "Uint32Array",
    "Uint8Array",
    "Uint8ClampedArray",
    "WeakMap",
    "WeakRef",
    "WeakSet",
    "arguments",
    "console",
    "decodeURI",
    "decodeURIComponent",
    "encodeURI",
    "encodeURIComponent",
    "escape",
    "isFinite",
    "isNaN",
    "parseFloat",
    "parseInt",
    "undefined",
    "unescape",
];

/// Names of module wrappers: builds differ in them and nothing else.
const WRAPPERS: &[&str] =
    &["define", "exports", "global", "globalThis", "module", "require", "self", "window"];

/// Property names that compilers and minifiers write of their own accord.
const COMPILER_NAMES: &[&str] = &[
    "__esModule",
    "amd",
    "apply",
    "assign",
    "bind",
    "call",
    "concat",
    "configurable",
    "create",
    "default",
    "defineProperties",
    "defineProperty",
    "done",
    "enumerable",
    "exports",
    "freeze",
    "from",
    "function",
    "getOwnPropertyDescriptor",
    "getOwnPropertyDescriptors",
    "getOwnPropertyNames",
    "getOwnPropertySymbols",
    "getPrototypeOf",
    "hasOwn",
    "hasOwnProperty",
    "isArray",
    "iterator",
    "key",
    "keys",
    "length",
    "next",
    "number",
    "object",
    "propertyIsEnumerable",
    "prototype",
    "return",
    "setPrototypeOf",
    "slice",
    "string",
    "symbol",
    "toString",
    "toStringTag",
    "undefined",
    "use strict",
    "value",
    "writable",
];

/// Words that are counted wherever they occur, as a name, a property or a whole string: each gives
/// a way to code, to another process, or out of the machine.
const SENSITIVE: &[&str] = &[
    "ActiveXObject",
    "EventSource",
    "Function",
    "SharedWorker",
    "WebAssembly",
    "WebSocket",
    "Worker",
    "XMLHttpRequest",
    "_compile",
    "_load",
    "child_process",
    "createDecipher",
    "createDecipheriv",
    "createRequire",
    "dlopen",
    "eval",
    "execFile",
    "execFileSync",
    "execSync",
    "fetch",
    "fromCharCode",
    "fromCodePoint",
    "getBuiltinModule",
    "importScripts",
    "indexedDB",
    "localStorage",
    "mainModule",
    "runInContext",
    "runInNewContext",
    "runInThisContext",
    "sendBeacon",
    "serviceWorker",
    "sessionStorage",
    "spawn",
    "spawnSync",
    "worker_threads",
];

/// Unresolved globals that are a capability of a whole package.
const POWERFUL_GLOBALS: &[&str] = &[
    "ActiveXObject",
    "Bun",
    "Deno",
    "EventSource",
    "SharedWorker",
    "WScript",
    "WebAssembly",
    "WebSocket",
    "Worker",
    "XMLHttpRequest",
    "eval",
    "fetch",
    "importScripts",
    "indexedDB",
    "localStorage",
    "sessionStorage",
];

/// Of the sensitive words those that honest packages do not begin to use: each runs text as code,
/// loads native code, leaves the module it is in, or decrypts.
const POWER_WORDS: &[&str] = &[
    "_compile",
    "createDecipher",
    "createDecipheriv",
    "dlopen",
    "getBuiltinModule",
    "importScripts",
    "mainModule",
    "runInContext",
    "runInNewContext",
    "runInThisContext",
];

/// Where credentials lie: files of tools, the clouds' own addresses.
const SECRETS: &[&str] = &[
    ".aws/credentials",
    ".azure/",
    ".bash_history",
    ".config/gcloud",
    ".config/gh/",
    ".docker/config.json",
    ".ethereum/keystore",
    ".git-credentials",
    ".gnupg",
    ".kube/config",
    ".netrc",
    ".npmrc",
    ".ssh/",
    ".vault-token",
    "/etc/passwd",
    "/etc/shadow",
    "169.254.169.254",
    "Login Data",
    "id_ed25519",
    "id_rsa",
    "logins.json",
    "metadata.google.internal",
    "wallet.dat",
];

/// Node's builtin modules that reach other processes, the network, files, or the engine itself.
const POWERFUL_BUILTINS: &[&str] = &[
    "child_process",
    "cluster",
    "dgram",
    "dns",
    "dns/promises",
    "fs",
    "fs/promises",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "net",
    "os",
    "process",
    "repl",
    "tls",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
];

/// Node's other builtin modules.
const PLAIN_BUILTINS: &[&str] = &[
    "assert",
    "assert/strict",
    "async_hooks",
    "buffer",
    "console",
    "constants",
    "crypto",
    "diagnostics_channel",
    "domain",
    "events",
    "path",
    "path/posix",
    "path/win32",
    "perf_hooks",
    "punycode",
    "querystring",
    "readline",
    "readline/promises",
    "stream",
    "stream/consumers",
    "stream/promises",
    "stream/web",
    "string_decoder",
    "sys",
    "test",
    "timers",
    "timers/promises",
    "trace_events",
    "tty",
    "url",
    "util",
    "util/types",
    "zlib",
];

/// A global without power. Asked of every global that is mentioned, as `sensitive` is of every
/// name: one hash instead of a search.
pub(super) fn is_pure_global(name: &str) -> bool {
    static SET: LazyLock<Set<&str>> = LazyLock::new(|| PURE_GLOBALS.iter().copied().collect());
    SET.contains(name)
}

/// A name of a module wrapper.
pub(super) fn is_wrapper(name: &str) -> bool {
    WRAPPERS.binary_search(&name).is_ok()
}

/// A property name that no payload needs to bring along.
pub(super) fn is_compiler_name(name: &str) -> bool {
    COMPILER_NAMES.binary_search(&name).is_ok() || is_pure_global(name) || is_wrapper(name)
}

/// A word that is counted wherever it occurs; the list's own copy of it.
pub(super) fn sensitive(name: &str) -> Option<&'static str> {
    static SET: LazyLock<Set<&str>> = LazyLock::new(|| SENSITIVE.iter().copied().collect());
    SET.get(name).copied()
}

/// A sensitive word that a package as a whole does not begin to use for nothing.
pub(super) fn is_power_word(word: &str) -> bool {
    POWER_WORDS.binary_search(&word).is_ok()
}

/// The places of credentials that a text names.
pub(super) fn secrets(text: &str) -> impl Iterator<Item = &'static str> {
    SECRETS.iter().copied().filter(|place| text.len() >= place.len() && text.contains(place))
}

/// A global that is a capability of a package.
pub(super) fn is_powerful_global(name: &str) -> bool {
    POWERFUL_GLOBALS.binary_search(&name).is_ok()
}

/// A global by which code reaches the machine it runs on, or the page's user.
pub(super) fn is_machine_global(name: &str) -> bool {
    matches!(
        name,
        "Buffer"
            | "process"
            | "__dirname"
            | "__filename"
            | "atob"
            | "navigator"
            | "document"
            | "Image"
    )
}

/// The builtin module a specifier names, without `node:`, and whether it is a powerful one.
pub(super) fn builtin(specifier: &str) -> Option<(&str, bool)> {
    let name = specifier.strip_prefix("node:").unwrap_or(specifier);
    let powerful = POWERFUL_BUILTINS.binary_search(&name).is_ok();
    (powerful || PLAIN_BUILTINS.binary_search(&name).is_ok()).then_some((name, powerful))
}

/// A builtin that sends bytes to other machines.
pub(super) fn is_network_builtin(name: &str) -> bool {
    matches!(name, "dgram" | "dns" | "dns/promises" | "http" | "http2" | "https" | "net" | "tls")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_sorted_because_it_is_searched() {
        for list in [
            PURE_GLOBALS,
            WRAPPERS,
            COMPILER_NAMES,
            SENSITIVE,
            POWER_WORDS,
            SECRETS,
            POWERFUL_GLOBALS,
            POWERFUL_BUILTINS,
            PLAIN_BUILTINS,
        ] {
            assert!(list.is_sorted(), "{list:?}");
        }
    }

    #[test]
    fn a_builtin_is_known_with_and_without_its_scheme() {
        assert_eq!(builtin("node:child_process"), Some(("child_process", true)));
        assert_eq!(builtin("path"), Some(("path", false)));
        assert_eq!(builtin("lodash"), None);
    }
}
