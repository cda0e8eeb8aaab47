//! Every setting npm 11 knows, and denpm's own: the one table behind the command line, the
//! config files, `--help`, completions and man pages.
//!
//! Follows `@npmcli/config/lib/definitions/definitions.js` of npm 11.19: key, type, default,
//! short form, deprecation, export to scripts, exclusions. A setting without a note is known
//! (so that nobody is warned about it) but only matters to commands that npm itself runs.

use super::definition::{
    BOOLEAN,
    DefaultValue::{Bool, EmptyList, From, Number, Text, Unset},
    Definition, Derived,
    Kind::{Array, Boolean, Date, False, Null, Path, String, Url, Word},
    NUMBER, OPTIONAL_BOOLEAN, OPTIONAL_NUMBER, OPTIONAL_STRING, OPTIONAL_STRINGS, PATH, SEMVER,
    STRING, STRINGS, UMASK, URL, define,
};

/// Short and long forms that stand for other words; only on the command line.
pub const SHORTHANDS: &[(&str, &[&str])] = &[
    ("enjoy-by", &["--before"]),
    ("d", &["--loglevel", "info"]),
    ("dd", &["--loglevel", "verbose"]),
    ("ddd", &["--loglevel", "silly"]),
    ("quiet", &["--loglevel", "warn"]),
    ("q", &["--loglevel", "warn"]),
    ("s", &["--loglevel", "silent"]),
    ("silent", &["--loglevel", "silent"]),
    ("verbose", &["--loglevel", "verbose"]),
    ("desc", &["--description"]),
    ("help", &["--usage"]),
    ("local", &["--no-global"]),
    ("n", &["--no-yes"]),
    ("no", &["--no-yes"]),
    ("porcelain", &["--parseable"]),
    ("readonly", &["--read-only"]),
    ("reg", &["--registry"]),
    ("iwr", &["--include-workspace-root"]),
    ("ws", &["--workspaces"]),
];

/// Settings that belong to one registry and are written `//host/path/:key`.
pub const REGISTRY_KEYS: &[&str] =
    &["_auth", "_authToken", "_password", "certfile", "email", "keyfile", "username"];

/// npm's template of the User-Agent; `super::script_env` fills it.
const USER_AGENT: &str =
    "npm/{npm-version} node/{node-version} {platform} {arch} workspaces/{workspaces} {ci}";

/// The definition of `key`.
pub fn definition(key: &str) -> Option<&'static Definition> {
    DEFINITIONS.iter().find(|definition| definition.key == key)
}

macro_rules! definitions {
    ($($key:literal: $types:tt $([$($more:tt)*])? = $default:expr
        $(, $modifier:ident($($argument:expr),*))*;)*) => {
        &[$(define($key, definitions!(@types $types $([$($more)*])?), $default)
            $(.$modifier($($argument),*))*),*]
    };
    (@types & [$($kinds:tt)*]) => { &[$($kinds)*] };
    (@types $name:ident) => { $name };
}

/// All settings, in npm's order, then denpm's.
pub const DEFINITIONS: &[Definition] = definitions! {
    "_auth": OPTIONAL_STRING = Unset;
    "access": &[Null, Word("restricted"), Word("public"), Word("private")] = Unset;
    "all": BOOLEAN = Bool(false), short(&["a"]),
        note("Act on all packages, not only on direct dependencies");
    "allow-same-version": BOOLEAN = Bool(false);
    "allow-directory": &[Word("all"), Word("none"), Word("root")] = Text("all"),
        note("Which dependencies may be folders");
    "allow-file": &[Word("all"), Word("none"), Word("root")] = Text("all"),
        note("Which dependencies may be tarball files");
    "allow-git": &[Word("all"), Word("none"), Word("root")] = Text("all"),
        note("Which dependencies may come from git");
    "allow-remote": &[Word("all"), Word("none"), Word("root")] = Text("all"),
        note("Which dependencies may come from a URL");
    "allow-scripts": STRINGS = Text(""),
        note("Packages whose install scripts may run (global installs)");
    "also": &[Null, Word("dev"), Word("development")] = Unset,
        deprecated("Please use --include=dev instead.");
    "audit": BOOLEAN = Bool(true),
        note("Ask the registry for known vulnerabilities after the install");
    "audit-level": &[
        Null, Word("info"), Word("low"), Word("moderate"), Word("high"), Word("critical"),
        Word("none"),
    ] = Unset,
        note("The lowest severity that makes the audit fail");
    "auth-type": &[Word("legacy"), Word("web")] = Text("web");
    "before": &[Null, Date] = Unset, note("Only versions published on or before this date");
    "bin-links": BOOLEAN
        = Bool(true), note("Link executables of packages into node_modules/.bin");
    "browser": &[Null, Boolean, String] = Unset;
    "bypass-2fa": BOOLEAN = Bool(false);
    "ca": OPTIONAL_STRINGS = Unset, note("Trusted certificate authorities, PEM text");
    "cache": PATH = From(Derived::Cache),
        note("npm's cache folder; denpm keeps its own in <cache>/_denpm");
    "cache-max": NUMBER = Number(f64::INFINITY),
        deprecated("This option has been deprecated in favor of `--prefer-online`");
    "cache-min": NUMBER = Number(0.0),
        deprecated("This option has been deprecated in favor of `--prefer-offline`.");
    "cafile": PATH = Unset, note("File with trusted certificate authorities, PEM");
    "call": STRING = Text(""), short(&["c"]);
    "cert": OPTIONAL_STRING = Unset,
        deprecated("Use registry scoped `keyfile` and `certfile` instead.");
    "cidr": OPTIONAL_STRINGS = Unset;
    "color": &[Word("always"), Boolean] = From(Derived::Color),
        note("Colours: true on a terminal, or always");
    "commit-hooks": BOOLEAN = Bool(true);
    "cpu": OPTIONAL_STRING = Unset,
        note("Resolve for this CPU (process.arch) instead of this machine's");
    "dangerously-allow-all-scripts": BOOLEAN = Bool(false),
        note("Run every install script, reviewed or not");
    "depth": OPTIONAL_NUMBER = Unset, note("How deep a listing goes");
    "description": BOOLEAN = Bool(true);
    "dev": BOOLEAN = Bool(false), deprecated("Please use --include=dev instead.");
    "diff": STRINGS = EmptyList, note("An earlier package-lock.json to compare with");
    "diff-ignore-all-space": BOOLEAN = Bool(false);
    "diff-name-only": BOOLEAN = Bool(false);
    "diff-no-prefix": BOOLEAN = Bool(false);
    "diff-dst-prefix": STRING = Text("b/");
    "diff-src-prefix": STRING = Text("a/");
    "diff-text": BOOLEAN = Bool(false);
    "diff-unified": NUMBER = Number(3.0);
    "dry-run": BOOLEAN = Bool(false), note("Report what would be done; change nothing");
    "editor": STRING = From(Derived::Editor);
    "engine-strict": BOOLEAN = Bool(false),
        note("A package that does not support this node is an error");
    "expect-result-count": OPTIONAL_NUMBER = Unset, exclusive(&["expect-results"]);
    "expect-results": OPTIONAL_BOOLEAN = Unset, exclusive(&["expect-result-count"]);
    "expires": OPTIONAL_NUMBER = Unset;
    "fetch-retries": NUMBER = Number(2.0), note("How often a failed request is repeated");
    "fetch-retry-factor": NUMBER = Number(10.0), note("Growth of the pause between retries");
    "fetch-retry-maxtimeout": NUMBER = Number(60_000.0),
        note("Longest pause between retries, in milliseconds");
    "fetch-retry-mintimeout": NUMBER = Number(10_000.0),
        note("Shortest pause between retries, in milliseconds");
    "fetch-timeout": NUMBER = Number(300_000.0),
        note("Longest wait for an answer, in milliseconds");
    "force": BOOLEAN = Bool(false), short(&["f"]),
        note("Go on in spite of conflicts and platform checks");
    "foreground-scripts": BOOLEAN = Bool(false),
        note("Dependencies' scripts share this terminal, one at a time");
    "format-package-lock": BOOLEAN = Bool(true), note("Write package-lock.json indented");
    "fund": BOOLEAN = Bool(true), note("Tell how many packages ask for funding");
    "git": STRING = Text("git"), note("The git command");
    "git-tag-version": BOOLEAN = Bool(true);
    "global": BOOLEAN = Bool(false), short(&["g"]),
        note("Work on the global prefix instead of this project");
    "globalconfig": PATH = Text(""), note("The global config file");
    "global-style": BOOLEAN = Bool(false),
        deprecated("This option has been deprecated in favor of `--install-strategy=shallow`");
    "heading": STRING = Text("npm");
    "https-proxy": &[Null, Url] = Unset, note("Proxy for https requests");
    "if-present": BOOLEAN = Bool(false), not_exported();
    "ignore-scripts": BOOLEAN = Bool(false), note("Run no lifecycle scripts");
    "include": &[Array, Word("prod"), Word("dev"), Word("optional"), Word("peer")] = EmptyList,
        note("Dependency types to install even where omitted");
    "include-staged": BOOLEAN = Bool(false);
    "include-workspace-root": BOOLEAN = Bool(false), not_exported(),
        note("With workspaces, work on the root too");
    "include-attestations": BOOLEAN = Bool(false),
        note("With --json, print the attestation bundles");
    "init-author-email": STRING = Text("");
    "init-author-name": STRING = Text("");
    "init-author-url": &[Word(""), Url] = Text("");
    "init-license": STRING = Text("ISC");
    "init-module": PATH = Text("~/.npm-init.js");
    "init-type": STRING = Text("commonjs");
    "init-version": SEMVER = Text("1.0.0");
    "init-private": BOOLEAN = Bool(false);
    "init.author.email": STRING = Text(""), deprecated("Use `--init-author-email` instead.");
    "init.author.name": STRING = Text(""), deprecated("Use `--init-author-name` instead.");
    "init.author.url": &[Word(""), Url]
        = Text(""), deprecated("Use `--init-author-url` instead.");
    "init.license": STRING = Text("ISC"), deprecated("Use `--init-license` instead.");
    "init.module": PATH = Text("~/.npm-init.js"), deprecated("Use `--init-module` instead.");
    "init.version": SEMVER = Text("1.0.0"), deprecated("Use `--init-version` instead.");
    "install-links": BOOLEAN = Bool(false),
        note("Pack and copy file: dependencies instead of linking them");
    "install-strategy": &[Word("hoisted"), Word("nested"), Word("shallow"), Word("linked")]
        = Text("hoisted"),
        note("How packages are laid out in node_modules");
    "json": BOOLEAN = Bool(false), note("Print JSON");
    "key": OPTIONAL_STRING = Unset,
        deprecated("Use registry scoped `keyfile` and `certfile` instead.");
    "legacy-bundling": BOOLEAN = Bool(false),
        deprecated("This option has been deprecated in favor of `--install-strategy=nested`");
    "legacy-peer-deps": BOOLEAN = Bool(false), note("Ignore peerDependencies");
    "libc": OPTIONAL_STRING = Unset, note("Resolve for this libc instead of this machine's");
    "link": BOOLEAN = Bool(false), note("List only linked packages");
    "local-address": OPTIONAL_STRING = Unset, note("Local IP address to connect from");
    "location": &[Word("global"), Word("user"), Word("project")] = Text("user"), short(&["L"]);
    "lockfile-version": &[Null, Word("1"), Word("2"), Word("3")] = Unset,
        note("Format of the lockfile to write");
    "loglevel": &[
        Word("silent"), Word("error"), Word("warn"), Word("notice"), Word("http"), Word("info"),
        Word("verbose"), Word("silly"),
    ] = Text("notice"),
        note("How much to say on stderr");
    "logs-dir": &[Null, Path] = Unset, note("Folder of the debug logs");
    "logs-max": NUMBER = Number(10.0), note("How many debug logs to keep");
    "long": BOOLEAN = Bool(false), short(&["l"]), note("Show more of each package");
    "name": OPTIONAL_STRING = Unset;
    "maxsockets": NUMBER = Number(15.0), note("Most connections to one registry");
    "message": STRING = Text("%s"), short(&["m"]);
    "min-release-age": OPTIONAL_NUMBER = Unset, not_exported(),
        note("Only versions at least this many days old");
    "min-release-age-exclude": &[Array, String] = EmptyList, not_exported(),
        note("Names or globs that may be younger");
    "node-gyp": PATH = From(Derived::NodeGyp);
    "node-options": OPTIONAL_STRING = Unset, note("NODE_OPTIONS of lifecycle scripts");
    "noproxy": STRINGS = Text(""), note("Hosts that are reached without a proxy");
    "offline": BOOLEAN = Bool(false), note("Use the cache only");
    "omit": &[Array, Word("dev"), Word("optional"), Word("peer")] = From(Derived::Omit),
        note("Dependency types to leave off the disk");
    "omit-lockfile-registry-resolved": BOOLEAN = Bool(false),
        note("Write no resolved URLs of registry packages");
    "only": &[Null, Word("prod"), Word("production")] = Unset,
        deprecated("Use `--omit=dev` to omit dev dependencies from the install.");
    "orgs": OPTIONAL_STRINGS = Unset;
    "optional": OPTIONAL_BOOLEAN = Unset,
        deprecated("Use `--omit=optional` or `--include=optional` instead.");
    "os": OPTIONAL_STRING = Unset,
        note("Resolve for this system (process.platform) instead of this machine's");
    // npm tells scripts the one-time password; a script has no business with it.
    "otp": OPTIONAL_STRING = Unset, not_exported();
    "package": STRINGS = EmptyList;
    "package-lock": BOOLEAN = Bool(true), note("Read and write package-lock.json");
    "package-lock-only": BOOLEAN = Bool(false),
        note("Work on package-lock.json only; leave node_modules alone");
    "pack-destination": STRING = Text(".");
    "packages": OPTIONAL_STRINGS = EmptyList;
    "parseable": BOOLEAN = Bool(false), short(&["p"]), note("Print tab-separated lines");
    "allow-scripts-pending": BOOLEAN = Bool(false),
        note("List packages with unreviewed install scripts; change nothing");
    "allow-scripts-pin": BOOLEAN = Bool(true),
        note("Write name@version rather than the bare name to allowScripts");
    "prefer-dedupe": BOOLEAN = Bool(false), note("Prefer a version that is already in the tree");
    "prefer-offline": BOOLEAN = Bool(false), note("Do not check whether cached data is fresh");
    "prefer-online": BOOLEAN = Bool(false), note("Always check whether cached data is fresh");
    "prefix": PATH = Text(""), short(&["C"]),
        note("Work in this folder; with --global, the global prefix");
    "preid": STRING = Text("");
    "production": OPTIONAL_BOOLEAN = Unset, deprecated("Use `--omit=dev` instead.");
    "progress": BOOLEAN = From(Derived::Progress), note("Show progress on a terminal");
    "provenance": BOOLEAN = Bool(false), exclusive(&["provenance-file"]);
    "provenance-file": PATH = Unset, exclusive(&["provenance"]);
    "proxy": &[Null, False, Url] = Unset, note("Proxy for http and https requests");
    "read-only": BOOLEAN = Bool(false);
    "rebuild-bundle": BOOLEAN
        = Bool(true), note("Rebuild bundled dependencies after the install");
    "registry": URL = From(Derived::Registry), note("The registry");
    "replace-registry-host": &[Word("npmjs"), Word("never"), Word("always"), String]
        = Text("npmjs"),
        note("Which hosts in the lockfile are replaced by the registry");
    "save": BOOLEAN = Bool(true), short(&["S"]), note("Write the change to package.json");
    "save-bundle": BOOLEAN = Bool(false), short(&["B"]), note("Save as a bundled dependency");
    "save-dev": BOOLEAN = Bool(false), short(&["D"]),
        exclusive(&["save-optional", "save-peer", "save-prod"]), note("Save as a dev dependency");
    "save-exact": BOOLEAN = Bool(false), short(&["E"]), note("Save exact versions");
    "save-optional": BOOLEAN = Bool(false), short(&["O"]),
        exclusive(&["save-dev", "save-peer", "save-prod"]), note("Save as an optional dependency");
    "save-peer": BOOLEAN = Bool(false), exclusive(&["save-dev", "save-optional", "save-prod"]),
        note("Save as a peer dependency");
    "save-prefix": STRING = Text("^"), note("Prefix of saved ranges");
    "save-prod": BOOLEAN = Bool(false), short(&["P"]),
        exclusive(&["save-dev", "save-optional", "save-peer"]),
        note("Save as a regular dependency");
    "sbom-format": &[Word("cyclonedx"), Word("spdx")] = Unset;
    "sbom-type": &[Word("library"), Word("application"), Word("framework")] = Text("library");
    "scope": STRING = Text(""), note("Scope that the registry is for");
    "scopes": OPTIONAL_STRINGS = Unset;
    "packages-all": BOOLEAN = Bool(false);
    "packages-and-scopes-permission": &[
        Null, Word("read-only"), Word("read-write"), Word("no-access"),
    ] = Unset;
    "orgs-permission": &[Null, Word("read-only"), Word("read-write"), Word("no-access")] = Unset;
    "password": OPTIONAL_STRING = Unset;
    "token-description": OPTIONAL_STRING = Unset;
    "script-shell": OPTIONAL_STRING = Unset, note("Shell that runs scripts");
    "searchexclude": STRING = Text("");
    "searchlimit": NUMBER = Number(20.0);
    "searchopts": STRING = Text("");
    "searchstaleness": NUMBER = Number(900.0);
    "shell": STRING = From(Derived::Shell);
    "shrinkwrap": BOOLEAN = Bool(true), deprecated("Use the --package-lock setting instead.");
    "sign-git-commit": BOOLEAN = Bool(false);
    "sign-git-tag": BOOLEAN = Bool(false);
    "strict-peer-deps": BOOLEAN = Bool(false), note("Every peer conflict is an error");
    "strict-allow-scripts": BOOLEAN = Bool(false),
        note("An unreviewed install script is an error");
    "strict-ssl": BOOLEAN = Bool(true), note("Check the registry's certificate");
    "tag": STRING = Text("latest"), note("Tag to install where none is given");
    "tag-version-prefix": STRING = Text("v");
    "timing": BOOLEAN = Bool(false);
    "umask": UMASK = Number(0.0), note("Mode bits that are cleared on written files");
    "unicode": BOOLEAN = From(Derived::Unicode), note("Draw trees with Unicode characters");
    "update-notifier": BOOLEAN = Bool(true);
    "usage": BOOLEAN = Bool(false), short(&["?", "H", "h"]), note("Show help");
    "user-agent": STRING
        = Text(USER_AGENT),
        note("The User-Agent header");
    "userconfig": PATH = Text("~/.npmrc"), note("The user's config file");
    "version": BOOLEAN = Bool(false), short(&["v"]), note("Print denpm's version");
    "versions": BOOLEAN = Bool(false);
    "viewer": STRING = Text("man");
    "which": OPTIONAL_NUMBER = Unset;
    "workspace": STRINGS = EmptyList, short(&["w"]), not_exported(),
        note("Work on this workspace (name, folder, or parent folder)");
    "workspaces": OPTIONAL_BOOLEAN = Unset, not_exported(), note("Work on all workspaces");
    "workspaces-update": BOOLEAN = Bool(true);
    "yes": OPTIONAL_BOOLEAN = Unset, short(&["y"]), note("Answer every question with yes");

    // denpm's own.
    "baseline": OPTIONAL_STRING = Unset, denpm(),
        note("What to compare with: a tarball, a folder, a version");
    "by": &[Word("person"), Word("package")] = Text("person"), denpm(),
        note("What authors are listed by");
    "sole": BOOLEAN = Bool(false), denpm(), note("Only packages that one account alone published");
    "top": NUMBER = Number(0.0), denpm(), note("How many packages are listed; 0 lists all");
    "repo": OPTIONAL_STRING = Unset, denpm(), note("A clone of the repository, or a folder with its files");
    "export": &[Null, Word("lavamoat")] = Unset, denpm(), note("Write powers as another tool's policy: lavamoat");
    "strict": BOOLEAN = Bool(false), denpm(), note("A warning of the policy is a refusal");
    "unless": OPTIONAL_STRING = Unset, denpm(),
        note("Hold back updates that bring new-dep, new-script, publisher-new, downgrade, new-capability, major");
    "evidence": OPTIONAL_STRING = Unset, denpm(), note("Hash of the evidence that is accepted");
    "integrity": OPTIONAL_STRING = Unset, denpm(), note("Integrity of the version that is accepted");
    "reason": OPTIONAL_STRING = Unset, denpm(), note("Why it is accepted");
    "until": OPTIONAL_STRING = Unset, denpm(), note("The last day on which it is accepted");
    "stale": BOOLEAN = Bool(false), denpm(), note("List what accepts nothing any more");
    "format": &[Word("text"), Word("json"), Word("markdown"), Word("sarif"), Word("github")]
        = Text("text"), denpm(), note("How findings are written");
    "denpm-private": STRINGS = EmptyList, denpm(),
        note("Names or globs that are asked of no public registry and no public log");
    "denpm-registries": STRINGS = EmptyList, denpm(),
        note("Mirrors of the registry: a, b after not-found; a | b after any error");
    "lock-resolved": &[Word("canonical"), Word("upstream"), Word("omit")] = Text("canonical"),
        denpm(), note("Which URL package-lock.json records");
    "quorum": NUMBER = Number(1.0), denpm(),
        note("How many registries must agree on a version");
    "registry-seed": OPTIONAL_STRING = Unset, denpm(),
        note("Seed of the choice of mirror, or random");
    "sigstore-tuf": OPTIONAL_STRING = Unset, denpm(),
        note("Where newer keys and trusted roots are: a URL, or off");
    "sum": BOOLEAN = Bool(false), denpm(), note("Write denpm.sum");
    "log-key": STRINGS = EmptyList, denpm(), note("File with a private key of a log or witness");
    "log-namespace": OPTIONAL_STRING = Unset, denpm(), note("Namespace of what is added to a log");
    "log-index": OPTIONAL_STRING = Unset, denpm(), note("File of this process's index of a log");
    "log-profile": OPTIONAL_STRING = Unset, denpm();
    "origin": OPTIONAL_STRING = Unset, denpm(), note("Name in the checkpoints of a new log");
    "predecessor": OPTIONAL_STRING = Unset, denpm(),
        note("Last checkpoint of the log that a new one continues");
    "sources": OPTIONAL_STRING = Unset, denpm(),
        note("Registries that must agree before a version is logged");
    "witness-policy": OPTIONAL_STRING = Unset, denpm(),
        note("tlog-policy file whose witnesses a log asks before it publishes");
    "cosigner": BOOLEAN = Bool(false), denpm(), note("Make the key of a witness");
    "listen": OPTIONAL_STRING = Unset, denpm(), note("Address and port to listen at");
    "from": OPTIONAL_STRING = Unset, denpm(), note("First record to look at");
    "dir": STRING = Text("man"), denpm(),
        note("Folder that generated man pages are written to");
};
