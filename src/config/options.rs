//! The settings as operations read them: plain values, one struct per concern, resolved once.
//!
//! Follows the `flatten` functions of `@npmcli/config/lib/definitions/definitions.js`. They run
//! from the weakest layer to the strongest and see, at each, what the weaker ones left; the
//! functions here say the same thing per setting.

use std::{path::PathBuf, time::Duration};

use super::{
    Config, ConfigError, NetworkOptions, Paths, Value,
    layer::{Origin, Sourced},
    paths,
    resolve::split_list,
};
pub use super::{
    output::{LogLevel, OutputOptions},
    resolve::{Allow, DependencyType, InstallStrategy, OmitInclude, ResolveOptions},
};

/// Everything an operation needs to know.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is one of npm's flags")]
pub struct Options {
    /// Report only; change nothing.
    pub dry_run: bool,
    /// Work on the global prefix.
    pub global: bool,
    /// Go on in spite of conflicts and platform checks.
    pub force: bool,
    /// Ask for known vulnerabilities.
    pub audit: bool,
    /// What is chosen.
    pub resolve: ResolveOptions,
    /// What the lockfile says.
    pub lock: LockOptions,
    /// What package.json says.
    pub save: SaveOptions,
    /// Which scripts run, and how.
    pub scripts: ScriptOptions,
    /// Where packages lie.
    pub placement: PlacementOptions,
    /// Which part of the project is meant.
    pub workspaces: WorkspaceOptions,
    /// How registries are reached.
    pub network: NetworkOptions,
    /// What is printed.
    pub output: OutputOptions,
    /// Where everything is.
    pub paths: Paths,
}

impl Options {
    /// Flattens all settings.
    ///
    /// # Errors
    /// URLs that cannot be used.
    pub fn from_config(config: &Config) -> Result<Self, ConfigError> {
        Ok(Self {
            dry_run: config.is_set("dry-run"),
            global: config.is_global(),
            force: config.is_set("force"),
            audit: config.is_set("audit"),
            resolve: ResolveOptions::of(config),
            lock: LockOptions::of(config),
            save: SaveOptions::of(config),
            scripts: ScriptOptions::of(config),
            placement: PlacementOptions::of(config),
            workspaces: WorkspaceOptions::of(config),
            network: NetworkOptions::from_config(config)?,
            output: OutputOptions::of(config),
            paths: paths_of(config),
        })
    }
}

/// Which hosts in a lockfile's URLs give way to the registry's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplaceRegistryHost {
    /// The default registry's.
    Npmjs,
    /// None.
    Never,
    /// Every one.
    Always,
    /// This one.
    Host(String),
}

/// Which URL the lockfile records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockResolved {
    /// The one npm would write.
    Canonical,
    /// The one that was fetched.
    Upstream,
    /// None.
    Omit,
}

/// What the lockfile says.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is one of npm's flags")]
pub struct LockOptions {
    /// Read and write it.
    pub package_lock: bool,
    /// Leave `node_modules` alone.
    pub package_lock_only: bool,
    /// The format to write: 1, 2 or 3; none keeps the file's.
    pub lockfile_version: Option<u8>,
    /// Write it indented.
    pub format_package_lock: bool,
    /// Leave `resolved` of registry packages out.
    pub omit_lockfile_registry_resolved: bool,
    /// Which hosts give way to the registry's.
    pub replace_registry_host: ReplaceRegistryHost,
    /// Which URL is recorded.
    pub lock_resolved: LockResolved,
    /// Create denpm.sum.
    pub sum: bool,
}

impl LockOptions {
    fn of(config: &Config) -> Self {
        let only = config.is_set("package-lock-only");
        Self {
            package_lock: only || package_lock(config),
            package_lock_only: only,
            lockfile_version: config.text("lockfile-version").and_then(|text| text.parse().ok()),
            format_package_lock: config.is_set("format-package-lock"),
            omit_lockfile_registry_resolved: config.is_set("omit-lockfile-registry-resolved"),
            replace_registry_host: match config.text("replace-registry-host") {
                Some("npmjs") | None => ReplaceRegistryHost::Npmjs,
                Some("never") => ReplaceRegistryHost::Never,
                Some("always") => ReplaceRegistryHost::Always,
                Some(host) => ReplaceRegistryHost::Host(host.to_owned()),
            },
            lock_resolved: match config.text("lock-resolved") {
                Some("upstream") => LockResolved::Upstream,
                Some("omit") => LockResolved::Omit,
                _ => LockResolved::Canonical,
            },
            sum: config.is_set("sum"),
        }
    }
}

/// `shrinkwrap` is the older name of `package-lock`; in one layer it has the last word.
fn package_lock(config: &Config) -> bool {
    let layers = config.layers();
    Origin::ALL.into_iter().fold(true, |below, origin| {
        let own = |key| layers.own(origin, key).map(Value::is_truthy);
        own("shrinkwrap").or_else(|| own("package-lock")).unwrap_or(below)
    })
}

/// The section of package.json that is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveType {
    /// `dependencies`.
    Prod,
    /// `devDependencies`.
    Dev,
    /// `optionalDependencies`.
    Optional,
    /// `peerDependencies`.
    Peer,
    /// `peerDependencies` with an optional mark in `peerDependenciesMeta`.
    PeerOptional,
}

/// What package.json says.
#[derive(Clone, Debug)]
pub struct SaveOptions {
    /// Write it.
    pub save: bool,
    /// Where new dependencies go; none keeps where they are.
    pub save_type: Option<SaveType>,
    /// Also into `bundleDependencies`.
    pub save_bundle: bool,
    /// What precedes a saved version; empty with `save-exact`.
    pub save_prefix: String,
    /// Whether `--save-exact` holds.
    pub save_exact: bool,
}

impl SaveOptions {
    fn of(config: &Config) -> Self {
        let save_exact = config.is_set("save-exact");
        let prefix = config.get("save-prefix").and_then(|found| found.value.as_text());
        Self {
            save: config.is_set("save"),
            save_type: save_type(config),
            save_bundle: config.is_set("save-bundle") && !config.is_set("save-peer"),
            save_prefix: if save_exact { String::new() } else { prefix.unwrap_or("^").to_owned() },
            save_exact,
        }
    }
}

/// The type npm's flatteners arrive at, setting by setting in each layer's order.
fn save_type(config: &Config) -> Option<SaveType> {
    use SaveType::{Dev, Optional, Peer, PeerOptional, Prod};
    let layers = config.layers();
    let settings = Origin::ALL.into_iter().flat_map(|origin| &layers.layer(origin).values);
    settings.fold(None, |kind, (key, value)| match (key.as_str(), value.is_truthy(), kind) {
        ("save-dev", true, _) => Some(Dev),
        ("save-prod", true, _) => Some(Prod),
        ("save-optional", true, Some(Peer | PeerOptional))
        | ("save-peer", true, Some(Optional | PeerOptional)) => Some(PeerOptional),
        ("save-optional", true, _) | ("save-peer", false, Some(PeerOptional)) => Some(Optional),
        ("save-peer", true, _) | ("save-optional", false, Some(PeerOptional)) => Some(Peer),
        ("save-dev", false, Some(Dev))
        | ("save-prod", false, Some(Prod))
        | ("save-optional", false, Some(Optional))
        | ("save-peer", false, Some(Peer)) => None,
        _ => kind,
    })
}

/// Which scripts run, and how.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is one of npm's flags")]
pub struct ScriptOptions {
    /// None run.
    pub ignore_scripts: bool,
    /// They share this terminal, one at a time.
    pub foreground_scripts: bool,
    /// The shell; none is the platform's.
    pub script_shell: Option<String>,
    /// Bundled dependencies are rebuilt.
    pub rebuild_bundle: bool,
    /// Packages that may run theirs, and who said so.
    pub allow_scripts: Sourced<Vec<String>>,
    /// An unreviewed script is an error.
    pub strict_allow_scripts: bool,
    /// All run, reviewed or not.
    pub dangerously_allow_all_scripts: bool,
    /// Only list what is unreviewed.
    pub allow_scripts_pending: bool,
    /// Approvals name the version.
    pub allow_scripts_pin: bool,
    /// The node-gyp script.
    pub node_gyp: Option<PathBuf>,
}

impl ScriptOptions {
    fn of(config: &Config) -> Self {
        let origin = config.get("allow-scripts").map_or(Origin::Default, |found| found.origin);
        Self {
            ignore_scripts: config.is_set("ignore-scripts"),
            foreground_scripts: config.is_set("foreground-scripts"),
            script_shell: config.text("script-shell").map(str::to_owned),
            rebuild_bundle: config.is_set("rebuild-bundle"),
            allow_scripts: Sourced { value: split_list(&config.texts("allow-scripts")), origin },
            strict_allow_scripts: config.is_set("strict-allow-scripts"),
            dangerously_allow_all_scripts: config.is_set("dangerously-allow-all-scripts"),
            allow_scripts_pending: config.is_set("allow-scripts-pending"),
            allow_scripts_pin: config.is_set("allow-scripts-pin"),
            node_gyp: config.path("node-gyp"),
        }
    }
}

/// How packages are put on disk.
#[derive(Clone, Copy, Debug)]
pub struct PlacementOptions {
    /// Link executables into `node_modules/.bin`.
    pub bin_links: bool,
    /// Mode bits cleared on every written file, beside the process's own mask.
    pub umask: u32,
}

impl PlacementOptions {
    fn of(config: &Config) -> Self {
        let umask = whole(config.number("umask").unwrap_or_default());
        Self {
            bin_links: config.is_set("bin-links"),
            umask: u32::try_from(umask).unwrap_or_default() & 0o777,
        }
    }
}

/// Which part of the project is meant.
#[derive(Clone, Debug)]
pub struct WorkspaceOptions {
    /// `--workspace`: names, folders, or parent folders.
    pub selected: Vec<String>,
    /// Whether the selection is the folder the command was given in rather than a flag.
    pub implicit: bool,
    /// `--workspaces`; `Some(false)` switches workspaces off.
    pub all: Option<bool>,
    /// Work on the root too.
    pub include_root: bool,
}

impl WorkspaceOptions {
    fn of(config: &Config) -> Self {
        let selected = config.texts("workspace");
        let origin = config.get("workspace").map(|found| found.origin);
        Self {
            implicit: origin == Some(Origin::Default) && !selected.is_empty(),
            selected,
            all: config.get("workspaces").and_then(|found| match found.value {
                Value::Bool(all) => Some(*all),
                _ => None,
            }),
            include_root: config.is_set("include-workspace-root"),
        }
    }
}

fn paths_of(config: &Config) -> Paths {
    let sources = config.sources();
    let default_cache = || sources.home.join(".npm");
    let npm_cache = config.path("cache").unwrap_or_else(default_cache);
    let own_cache = config.users_path("cache").unwrap_or_else(default_cache);
    let global_prefix = config.path("prefix").unwrap_or_else(|| sources.cwd.clone());
    let local_prefix = config.local_prefix().to_path_buf();
    Paths {
        cwd: sources.cwd.clone(),
        home: sources.home.clone(),
        prefix: if config.is_global() { global_prefix.clone() } else { local_prefix.clone() },
        local_prefix,
        cache: own_cache.join("_denpm"),
        npm_cache,
        data: paths::data_folder(config.env(), &sources.home),
        config: paths::config_folder(config.env(), &sources.home),
        userconfig: config.path("userconfig").unwrap_or_else(|| sources.home.join(".npmrc")),
        globalconfig: config
            .path("globalconfig")
            .unwrap_or_else(|| global_prefix.join("etc/npmrc")),
        global_prefix,
        node: sources.node.clone(),
        npm: sources.npm.clone(),
    }
}

/// A JavaScript number as a count: negative and NaN are 0.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, which is what a count beyond u64 should do"
)]
pub(super) fn whole(number: f64) -> u64 {
    number as u64
}

/// Milliseconds as a duration; beyond its range the longest there is.
pub(super) fn duration_of_ms(ms: f64) -> Duration {
    if ms.is_nan() || ms <= 0.0 {
        return Duration::ZERO;
    }
    Duration::try_from_secs_f64(ms / 1000.0).unwrap_or(Duration::MAX)
}
