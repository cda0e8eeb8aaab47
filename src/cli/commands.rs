//! The commands: one table from which words are understood and help, completions and man pages
//! are made.
//!
//! Names and aliases follow npm's `lib/utils/cmd-list.js`, parameters the `params` of each
//! `lib/commands/*.js`.

use std::path::Path;

use super::settings::{
    ALLOW, APPROVAL, CHOICE, LISTING, LOCK, LOG, MIRRORS, POLICY, SAVE, SCRIPTS, TREE, WORKSPACES,
};

/// A command denpm runs itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the table below describes each")]
pub enum Command {
    Install,
    Ci,
    Update,
    Uninstall,
    Dedupe,
    Prune,
    Ls,
    Ll,
    Explain,
    Outdated,
    ApproveScripts,
    DenyScripts,
    InstallScripts,
    AuditSignatures,
    Policy,
    Pin,
    Verify,
    Review,
    Inspect,
    Diff,
    Ack,
    Authors,
    Risk,
    Capabilities,
    VerifySource,
    Registries,
    Sumdb,
    Serve,
    Vet,
    Approve,
    Completions,
    Man,
}

/// Whether this version can do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Yes.
    Ready,
    /// It answers that it cannot yet.
    Later,
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Description {
    /// The command.
    pub command: Command,
    /// Its name.
    pub name: &'static str,
    /// Other names; those before `hidden` are shown in help.
    pub aliases: &'static [&'static str],
    /// How many aliases help shows.
    pub shown: usize,
    /// One sentence.
    pub about: &'static str,
    /// The words it takes, as usage writes them; empty where it takes none.
    pub words: &'static str,
    /// Settings it reads, beside the common ones.
    pub settings: &'static [&'static [&'static str]],
    /// Whether this version can do it.
    pub stage: Stage,
}

/// Settings of every command.
pub const COMMON: &[&str] = &[
    "prefix",
    "registry",
    "userconfig",
    "cache",
    "loglevel",
    "offline",
    "prefer-offline",
    "prefer-online",
    "color",
    "progress",
    "strict-ssl",
    "cafile",
    "fetch-retries",
    "fetch-timeout",
    "maxsockets",
];

const fn ready(
    command: Command,
    name: &'static str,
    about: &'static str,
    words: &'static str,
    settings: &'static [&'static [&'static str]],
) -> Description {
    let stage = Stage::Ready;
    Description { command, name, aliases: &[], shown: 0, about, words, settings, stage }
}

const fn later(
    command: Command,
    name: &'static str,
    about: &'static str,
    words: &'static str,
    settings: &'static [&'static [&'static str]],
) -> Description {
    Description { stage: Stage::Later, ..ready(command, name, about, words, settings) }
}

impl Description {
    const fn also(self, shown: usize, aliases: &'static [&'static str]) -> Self {
        Self { aliases, shown, ..self }
    }
}

/// Every command of denpm, in the order help shows them.
pub const COMMANDS: &[Description] = &[
    ready(
        Command::Install,
        "install",
        "Install packages",
        "[package-spec]...",
        &[SAVE, TREE, CHOICE, LOCK, SCRIPTS, ALLOW, WORKSPACES, &["global"], MIRRORS, POLICY],
    )
    .also(
        2,
        &["i", "add", "in", "ins", "inst", "insta", "instal", "isnt", "isnta", "isntal", "isntall"],
    ),
    ready(
        Command::Ci,
        "ci",
        "Install exactly what the lockfile says, from scratch",
        "",
        &[TREE, SCRIPTS, ALLOW, WORKSPACES, MIRRORS],
    )
    .also(2, &["clean-install", "ic", "install-clean", "isntall-clean"]),
    ready(
        Command::Update,
        "update",
        "Update packages within their ranges",
        "[package]...",
        &[SAVE, TREE, CHOICE, LOCK, SCRIPTS, WORKSPACES, &["global", "unless"], MIRRORS, POLICY],
    )
    .also(2, &["up", "upgrade", "u", "udpate"]),
    ready(
        Command::Uninstall,
        "uninstall",
        "Remove packages",
        "<package>...",
        &[SAVE, TREE, LOCK, SCRIPTS, WORKSPACES, &["global"]],
    )
    .also(3, &["remove", "rm", "un", "unlink", "r"]),
    ready(
        Command::Dedupe,
        "dedupe",
        "Reduce duplicates in the tree",
        "",
        &[TREE, LOCK, SCRIPTS, ALLOW, WORKSPACES],
    )
    .also(1, &["ddp"]),
    ready(
        Command::Prune,
        "prune",
        "Remove packages that nothing depends on",
        "[package]...",
        &[TREE, SCRIPTS, WORKSPACES],
    ),
    ready(
        Command::Ls,
        "ls",
        "List installed packages",
        "[package-spec]...",
        &[LISTING, WORKSPACES],
    )
    .also(1, &["list"]),
    ready(
        Command::Ll,
        "ll",
        "List installed packages with details",
        "[package-spec]...",
        &[LISTING, WORKSPACES],
    )
    .also(1, &["la"]),
    ready(
        Command::Explain,
        "explain",
        "Say why a package is installed",
        "<package-spec>...",
        &[&["json"], WORKSPACES],
    )
    .also(1, &["why"]),
    ready(
        Command::Outdated,
        "outdated",
        "List packages with newer versions",
        "[package-spec]...",
        &[
            &[
                "all",
                "json",
                "long",
                "parseable",
                "global",
                "before",
                "min-release-age",
                "min-release-age-exclude",
            ],
            WORKSPACES,
        ],
    ),
    ready(
        Command::ApproveScripts,
        "approve-scripts",
        "Let packages run their install scripts",
        "[package]...",
        &[APPROVAL],
    ),
    ready(
        Command::DenyScripts,
        "deny-scripts",
        "Keep packages from running install scripts",
        "[package]...",
        &[APPROVAL],
    ),
    ready(
        Command::InstallScripts,
        "install-scripts",
        "Manage approvals of install scripts",
        "<ls|approve|deny|prune> [package]...",
        &[APPROVAL, &["dry-run"]],
    ),
    ready(
        Command::AuditSignatures,
        "audit-signatures",
        "Check signatures of installed packages",
        "",
        &[&["json", "include-attestations", "omit", "include"], WORKSPACES],
    ),
    ready(
        Command::Policy,
        "policy",
        "Write rules about who may build what is installed",
        "<init>",
        &[&["json"]],
    ),
    ready(Command::Pin, "pin", "Commit to denpm.toml and denpm.sum", "", &[&["dry-run"]]),
    ready(
        Command::Verify,
        "verify",
        "Prove again, offline, what lies in node_modules",
        "",
        &[&["json"]],
    ),
    ready(
        Command::Review,
        "review",
        "Show what would change and what is unusual in it",
        "[package-spec]...",
        &[&["json", "format", "strict", "long"], CHOICE],
    ),
    ready(
        Command::Inspect,
        "inspect",
        "Compare a package with an earlier version of it",
        "<tarball|folder|package-spec>",
        &[&["baseline", "json", "long", "strict"]],
    ),
    ready(
        Command::Diff,
        "diff",
        "Show what changed between two lockfiles and what is unusual in it",
        "<package-lock.json> <package-lock.json>",
        &[&["json", "format", "strict", "long"]],
    ),
    ready(
        Command::Ack,
        "ack",
        "Accept a finding, for these bytes and this evidence",
        "<package>@<version> <flag>",
        &[&["evidence", "integrity", "reason", "until", "stale", "json"]],
    ),
    ready(
        Command::Authors,
        "authors",
        "List who publishes the packages of the project",
        "",
        &[&["by", "sole", "json"]],
    ),
    ready(
        Command::Risk,
        "risk",
        "List what is unusual about the installed versions",
        "",
        &[&["top", "json", "long"]],
    ),
    ready(
        Command::Capabilities,
        "capabilities",
        "List the powers of a package's code, or of all packages of the project",
        "[tarball|folder|package-spec]",
        &[&["baseline", "diff", "export", "json"]],
    ),
    ready(
        Command::VerifySource,
        "verify-source",
        "Compare a package with its repository at the commit it was made from",
        "<tarball|folder|package-spec>",
        &[&["repo", "strict", "json"]],
    ),
    ready(
        Command::Registries,
        "registries",
        "List and test the registries of the pool",
        "[list|test [package]|keys|forgive <url>]",
        &[&["json"], MIRRORS],
    ),
    ready(
        Command::Sumdb,
        "sumdb",
        "Run, serve, audit and ask logs of package sums",
        "<keygen|init|rotate|add|import|status|namespace|serve|export|fsck|monitor|lookup|verify|doctor|witness> [word]...",
        &[&["json"], LOG],
    ),
    later(
        Command::Serve,
        "serve",
        "Be a registry proxy that only hands on what is proved",
        "",
        &[MIRRORS],
    ),
    later(
        Command::Vet,
        "vet",
        "Record and import audits of packages",
        "[package-spec]...",
        &[&["json"]],
    ),
    later(Command::Approve, "approve", "Countersign a package version", "<package-spec>", &[]),
    ready(
        Command::Completions,
        "completions",
        "Print completions for a shell",
        "<bash|zsh|fish|powershell|elvish|nushell>",
        &[],
    ),
    ready(Command::Man, "man", "Write man pages into a folder", "", &[&["dir"]]),
];

/// npm's other commands and aliases: they decide which abbreviations are unique, and are handed
/// to npm.
const NPM_COMMANDS: &[&str] = &[
    "access",
    "add-user",
    "adduser",
    "audit",
    "author",
    "bugs",
    "c",
    "cache",
    "cit",
    "clean-install-test",
    "completion",
    "config",
    "create",
    "deprecate",
    "diff",
    "dist-tag",
    "dist-tags",
    "docs",
    "doctor",
    "edit",
    "exec",
    "explore",
    "find",
    "find-dupes",
    "fund",
    "get",
    "help",
    "help-search",
    "hlep",
    "home",
    "info",
    "init",
    "innit",
    "install-ci-test",
    "install-test",
    "issues",
    "it",
    "link",
    "ln",
    "login",
    "logout",
    "ogr",
    "org",
    "owner",
    "pack",
    "ping",
    "pkg",
    "prefix",
    "profile",
    "publish",
    "query",
    "rb",
    "rebuild",
    "repo",
    "restart",
    "root",
    "rum",
    "run",
    "run-script",
    "s",
    "sbom",
    "se",
    "search",
    "set",
    "show",
    "shrinkwrap",
    "sit",
    "stage",
    "star",
    "stars",
    "start",
    "stop",
    "t",
    "team",
    "test",
    "token",
    "trust",
    "tst",
    "undeprecate",
    "unpublish",
    "unstar",
    "urn",
    "v",
    "verison",
    "version",
    "view",
    "whoami",
    "x",
];

/// What the words that are no flags ask for: the command and the words after it. None: the
/// command is npm's.
pub fn command_of(words: &[String]) -> Option<(Command, &[String])> {
    let (first, rest) = words.split_first()?;
    let name = kebab(first);
    if name == "audit"
        && let Some((second, rest)) = rest.split_first()
        && second == "signatures"
    {
        return Some((Command::AuditSignatures, rest));
    }
    // npm has a `diff`, too: ours is about lockfiles.
    if name == "diff" && !(rest.len() == 2 && rest.iter().all(|word| is_json(word))) {
        return None;
    }
    let is_named = |known: &&Description| known.name == name || known.aliases.contains(&&*name);
    if let Some(known) = COMMANDS.iter().find(is_named) {
        return Some((known.command, rest));
    }
    if NPM_COMMANDS.contains(&&*name) {
        return None;
    }
    let ours = COMMANDS.iter().filter(|known| is_npms(known.command));
    let names = ours.flat_map(|known| {
        let all = std::iter::once(known.name).chain(known.aliases.iter().copied());
        all.map(|name| (name, Some(known.command)))
    });
    let all = names.chain(NPM_COMMANDS.iter().map(|name| (*name, None)));
    let mut matching = all.filter(|(full, _)| !name.is_empty() && full.starts_with(&name));
    let (_, only) = matching.next()?;
    if matching.next().is_some() { None } else { only.map(|command| (command, rest)) }
}

fn is_json(word: &str) -> bool {
    Path::new(word).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
}

/// Whether npm has the command too: then npm can stand in, and abbreviations hold.
pub fn is_npms(command: Command) -> bool {
    !matches!(
        command,
        Command::AuditSignatures
            | Command::Policy
            | Command::Pin
            | Command::Verify
            | Command::Review
            | Command::Inspect
            | Command::Diff
            | Command::Ack
            | Command::Authors
            | Command::Risk
            | Command::Capabilities
            | Command::VerifySource
            | Command::Registries
            | Command::Sumdb
            | Command::Serve
            | Command::Vet
            | Command::Approve
            | Command::Completions
            | Command::Man
    )
}

/// `installTest` is `install-test`.
fn kebab(word: &str) -> String {
    word.chars().fold(String::new(), |mut out, letter| {
        if letter.is_ascii_uppercase() {
            out.push('-');
        }
        out.push(letter.to_ascii_lowercase());
        out
    })
}

/// The table's line for a command.
pub fn description(command: Command) -> Option<&'static Description> {
    COMMANDS.iter().find(|known| known.command == command)
}
