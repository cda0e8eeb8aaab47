//! Settings that several commands read, in groups; their notes are in `config::definitions`.

pub(super) const SAVE: &[&str] = &[
    "save",
    "save-prod",
    "save-dev",
    "save-optional",
    "save-peer",
    "save-bundle",
    "save-exact",
    "save-prefix",
];
pub(super) const TREE: &[&str] = &[
    "install-strategy",
    "legacy-peer-deps",
    "strict-peer-deps",
    "omit",
    "include",
    "force",
    "bin-links",
    "install-links",
    "audit",
    "fund",
    "dry-run",
    "json",
];
pub(super) const CHOICE: &[&str] = &[
    "prefer-dedupe",
    "before",
    "min-release-age",
    "min-release-age-exclude",
    "tag",
    "engine-strict",
    "cpu",
    "os",
    "libc",
];
pub(super) const LOCK: &[&str] = &[
    "package-lock",
    "package-lock-only",
    "lockfile-version",
    "format-package-lock",
    "omit-lockfile-registry-resolved",
    "replace-registry-host",
    "lock-resolved",
    "sum",
];
pub(super) const SCRIPTS: &[&str] = &[
    "ignore-scripts",
    "foreground-scripts",
    "allow-scripts",
    "strict-allow-scripts",
    "dangerously-allow-all-scripts",
    "script-shell",
    "rebuild-bundle",
];
pub(super) const ALLOW: &[&str] = &["allow-git", "allow-file", "allow-directory", "allow-remote"];
pub(super) const WORKSPACES: &[&str] = &["workspace", "workspaces", "include-workspace-root"];
pub(super) const LISTING: &[&str] = &[
    "all",
    "json",
    "long",
    "parseable",
    "global",
    "depth",
    "omit",
    "include",
    "link",
    "package-lock-only",
    "unicode",
];
pub(super) const APPROVAL: &[&str] = &["all", "allow-scripts-pending", "allow-scripts-pin", "json"];
/// What is done about findings.
pub(super) const POLICY: &[&str] = &["strict"];
pub(super) const LOG: &[&str] = &[
    "log-key",
    "log-namespace",
    "log-index",
    "origin",
    "sources",
    "witness-policy",
    "predecessor",
    "cosigner",
    "listen",
    "from",
];
pub(super) const MIRRORS: &[&str] = &["registry-seed", "quorum"];
