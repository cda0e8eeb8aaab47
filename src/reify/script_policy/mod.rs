//! `allowScripts`: which packages' install scripts may run. Pure.
//!
//! The policy is npm's: a map from spec to boolean in the project's `package.json`, else a list
//! in `.npmrc`. What differs from npm 11 is the answer for packages nobody reviewed: their
//! scripts do not run (npm 12's default); they are listed with the command that approves them.
//!
//! A package is matched by what the lockfile says about its source, never by the name and
//! version in its own tarball, which its publisher chooses freely.
//!
//! Sources: arborist's `script-allowed.js`, `unreviewed-scripts.js`, `install-scripts.js`,
//! `version-from-tgz.js`; npm's `lib/utils/resolve-allow-scripts.js`.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::{
    lifecycle::{DEFAULT_GYP_INSTALL, builds_with_gyp},
    script_package::{PackageKind, ScriptPackage},
};
use crate::error::{Code, Explain};

mod identity;
#[cfg(test)]
pub(in crate::reify) mod tests;

pub use identity::{Identity, display_identity, identity, source_specs};

/// Entries of one policy that are looked at.
const MAX_ENTRIES: usize = 10_000;

/// npm's grammar of specs and versions, as far as policy keys need it; wired to the `spec` module.
pub trait Grammar {
    /// What `npm-package-arg` makes of a policy key or of a git `resolved`; `None` when it throws.
    fn key(&self, text: &str) -> Option<PolicyKey>;
    /// The registry name behind a dependency `name: spec` (the target's, for an alias); `None`
    /// when the spec is not a registry's.
    fn registry_name(&self, name: &str, spec: &str) -> Option<String>;
    /// The normal form of a strict semver version.
    fn version(&self, text: &str) -> Option<String>;
    /// Loose `semver.satisfies`; false on anything invalid.
    fn satisfies(&self, version: &str, range: &str) -> bool;
}

/// A parsed policy key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyKey {
    /// A package of a registry.
    Registry {
        /// Its name.
        name: String,
        /// Which versions.
        wanted: Wanted,
    },
    /// A git repository.
    Git(GitKey),
    /// A file, folder or URL.
    Source {
        /// `npm-package-arg`'s `fetchSpec`.
        fetch_spec: String,
        /// Its `saveSpec`.
        save_spec: Option<String>,
    },
    /// An alias, or anything else: matches nothing.
    Other,
}

/// The versions a registry key names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A bare name or `*`.
    Any,
    /// One exact version.
    Version(String),
    /// A range; only exact versions joined by `||` are honoured.
    Range(String),
    /// A distribution tag: cannot be verified at install time, matches nothing.
    Tag,
}

/// A git spec.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GitKey {
    /// For a known host: the repository's ssh URL without committish.
    pub ssh: Option<String>,
    /// For a known host: the shortcut without committish (`github:o/r`).
    pub shortcut: Option<String>,
    /// `npm-package-arg`'s `fetchSpec`.
    pub fetch_spec: Option<String>,
    /// The committish.
    pub committish: Option<String>,
}

/// What a policy says about a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reviewed {
    /// An entry allows its scripts and none denies them.
    Allowed,
    /// An entry denies them: no scripts, but bins are linked.
    Denied,
    /// No entry speaks of it.
    Not,
}

/// Where a policy comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicySource {
    /// `--allow-scripts`, or the environment.
    Cli,
    /// The project's `package.json`.
    PackageJson,
    /// An `.npmrc`.
    Npmrc,
}

impl PolicySource {
    fn label(self) -> &'static str {
        match self {
            Self::Cli => "CLI flag",
            Self::PackageJson => "package.json",
            Self::Npmrc => ".npmrc",
        }
    }
}

/// How much of the policy is in force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScriptMode {
    /// Allowed scripts run, others do not.
    #[default]
    Policy,
    /// As `Policy`, but an unreviewed package is an error (`--strict-allow-scripts`).
    Strict,
    /// All scripts run (`--dangerously-allow-all-scripts`).
    AllowAll,
    /// No script runs, not even the project's (`--ignore-scripts`); stronger than all others.
    Ignore,
}

/// Whether the project's own `package.json` counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InstallScope {
    /// An install in a project.
    #[default]
    Project,
    /// `-g`: there is no project.
    Global,
}

/// The places a policy can stand in.
#[derive(Clone, Copy, Debug, Default)]
pub struct PolicyLayers<'a> {
    /// `--allow-scripts` and `npm_config_allow_scripts`, raw.
    pub cli: &'a [String],
    /// `allowScripts` of the project's `package.json`.
    pub package_json: Option<&'a Map<String, Value>>,
    /// `allow-scripts` of the first `.npmrc` that has it, raw.
    pub npmrc: &'a [String],
    /// Project or global.
    pub scope: InstallScope,
}

/// The policy in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScriptPolicy {
    /// Key as written → its meaning and its value.
    entries: IndexMap<String, (PolicyKey, bool)>,
    /// The layer it came from; `None` when no layer has one.
    pub source: Option<PolicySource>,
    /// What to warn about, with the prefix `install-scripts`.
    pub warnings: Vec<String>,
}

/// A policy that cannot be followed, or stops the command.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PolicyError {
    /// The flag is for one-off and global installs.
    #[error(
        "--allow-scripts is not allowed in project-scoped installs. Add the entries to the \"allowScripts\" field in package.json, or to .npmrc, instead."
    )]
    FlagInProject,
    /// `--strict-allow-scripts` and unreviewed packages.
    #[error("--strict-allow-scripts: {} package(s) have install scripts not covered by allowScripts:", packages.len())]
    Strict {
        /// One line a package: `  name@version (event: command; …)`.
        packages: Vec<String>,
    },
    /// Names for `approve-scripts` or `deny-scripts` that match nothing installed.
    #[error("No installed packages match: {}", names.join(", "))]
    NoMatch {
        /// The names as typed.
        names: Vec<String>,
    },
}

impl Explain for PolicyError {
    fn code(&self) -> Code {
        match self {
            Self::FlagInProject => Code::Allowscripts,
            Self::Strict { .. } => Code::Strictallowscripts,
            Self::NoMatch { .. } => Code::Nomatch,
        }
    }

    fn detail(&self) -> Vec<String> {
        match self {
            Self::Strict { packages } => packages.clone(),
            Self::FlagInProject | Self::NoMatch { .. } => Vec::new(),
        }
    }

    fn help(&self) -> Option<String> {
        let Self::Strict { .. } = self else { return None };
        Some(
            "Approve them with `denpm install-scripts approve`, deny them with `denpm install-scripts deny`, \
             or bypass this check with `--dangerously-allow-all-scripts`."
                .to_owned(),
        )
    }
}

impl ScriptPolicy {
    /// The first layer with any entry decides alone: command line, `package.json`, `.npmrc`.
    ///
    /// # Errors
    /// [`PolicyError::FlagInProject`].
    pub fn resolve(layers: PolicyLayers<'_>, grammar: &impl Grammar) -> Result<Self, PolicyError> {
        let listed = |raw: &[String]| -> Vec<(String, bool)> {
            list(raw).into_iter().map(|key| (key, true)).collect()
        };
        let cli = listed(layers.cli);
        if !cli.is_empty() && layers.scope == InstallScope::Project {
            return Err(PolicyError::FlagInProject);
        }
        let package_json = layers.package_json.filter(|_| layers.scope == InstallScope::Project);
        let declared: Vec<(String, bool)> = package_json
            .into_iter()
            .flatten()
            .filter_map(|(key, value)| Some((key.clone(), value.as_bool()?)))
            .collect();
        let mut warnings = Vec::new();
        let mut candidates = [
            (PolicySource::Cli, cli, "--allow-scripts was passed on the command line"),
            (
                PolicySource::PackageJson,
                declared,
                "package.json declares its own allowScripts field",
            ),
            (PolicySource::Npmrc, listed(layers.npmrc), ""),
        ]
        .map(|(source, entries, why)| {
            (source, understood(entries, source, grammar, &mut warnings), why)
        })
        .into_iter()
        .filter(|(_, entries, _)| !entries.is_empty());
        let Some((source, entries, why)) = candidates.next() else {
            return Ok(Self { entries: IndexMap::new(), source: None, warnings });
        };
        if candidates.any(|(lower, ..)| lower == PolicySource::Npmrc) {
            warnings.push(format!(".npmrc allow-scripts setting is being ignored because {why}"));
        }
        Ok(Self { entries, source: Some(source), warnings })
    }

    /// What the policy says about a package. A denial wins over any allowance, and a bundled
    /// package matches nothing: it came unnamed in another one's tarball.
    pub fn reviewed(&self, package: &ScriptPackage, grammar: &impl Grammar) -> Reviewed {
        if package.kind == PackageKind::Bundled {
            return Reviewed::Not;
        }
        let mut reviewed = Reviewed::Not;
        for (key, allow) in self.entries.values() {
            let unverifiable = if *allow { Unverifiable::Passes } else { Unverifiable::Matches };
            if matches(package, key, unverifiable, grammar) {
                if !allow {
                    return Reviewed::Denied;
                }
                reviewed = Reviewed::Allowed;
            }
        }
        reviewed
    }

    /// Whether a package's scripts run. The project's own and its workspaces' always do,
    /// unless scripts are ignored altogether.
    pub fn may_run(
        &self,
        package: &ScriptPackage,
        mode: ScriptMode,
        grammar: &impl Grammar,
    ) -> bool {
        match (mode, package.kind) {
            (ScriptMode::Ignore, _) | (_, PackageKind::Inert) => false,
            (ScriptMode::AllowAll, _) | (_, PackageKind::Root | PackageKind::Workspace) => true,
            _ => self.reviewed(package, grammar) == Reviewed::Allowed,
        }
    }

    /// The packages with install scripts that no entry covers, in the order given. Bundled and
    /// inert ones are never pending: their scripts cannot run.
    pub fn unreviewed<'a>(
        &self,
        packages: impl IntoIterator<Item = &'a ScriptPackage>,
        grammar: &impl Grammar,
    ) -> Vec<Unreviewed<'a>> {
        let reviewable = |package: &&ScriptPackage| {
            matches!(package.kind, PackageKind::Dependency | PackageKind::Link)
        };
        packages
            .into_iter()
            .filter(reviewable)
            .filter(|package| self.reviewed(package, grammar) == Reviewed::Not)
            .map(|package| Unreviewed { package, scripts: install_scripts(package) })
            .filter(|unreviewed| !unreviewed.scripts.is_empty())
            .collect()
    }
}

/// Splits a raw config value: entries and commas separate, blanks are dropped.
fn list(raw: &[String]) -> Vec<String> {
    raw.iter()
        .flat_map(|entry| entry.split(','))
        .map(str::trim)
        .filter(|key| !key.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Parses a layer's keys and drops those npm refuses: they would allow what nobody has seen.
fn understood(
    entries: Vec<(String, bool)>,
    source: PolicySource,
    grammar: &impl Grammar,
    warnings: &mut Vec<String>,
) -> IndexMap<String, (PolicyKey, bool)> {
    let label = source.label();
    let mut kept = IndexMap::new();
    for (key, allow) in entries.into_iter().take(MAX_ENTRIES) {
        let parsed = grammar.key(&key);
        let warning = match &parsed {
            None => Some(format!("{label}: ignoring unparseable entry \"{key}\"")),
            Some(PolicyKey::Registry { wanted: Wanted::Tag, .. }) => Some(format!(
                "{label}: ignoring \"{key}\" — dist-tag specs (@latest, @next, ...) are not allowed; \
                 use exact versions joined by \"||\", or the bare package name, instead"
            )),
            Some(PolicyKey::Registry { wanted: Wanted::Range(range), .. })
                if !is_exact_versions(range, grammar) =>
            {
                Some(format!(
                    "{label}: ignoring \"{key}\" — semver ranges (^, ~, >=, <) are not allowed; \
                     use exact versions joined by \"||\" instead"
                ))
            }
            Some(_) => None,
        };
        match (warning, parsed) {
            (None, Some(parsed)) => drop(kept.insert(key, (parsed, allow))),
            (warning, _) => warnings.extend(warning),
        }
    }
    kept
}

/// True for one or more exact versions joined by `||`.
fn is_exact_versions(range: &str, grammar: &impl Grammar) -> bool {
    range.split("||").all(|part| grammar.version(part.trim()).is_some())
}

/// What a key with versions makes of a package whose version nobody vouches for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::reify) enum Unverifiable {
    /// It matches: a denial blocks.
    Matches,
    /// It does not: an allowance is refused.
    Passes,
}

/// Whether a key speaks of a package. Source: `script-allowed.js`.
pub(in crate::reify) fn matches(
    package: &ScriptPackage,
    key: &PolicyKey,
    unverifiable: Unverifiable,
    grammar: &impl Grammar,
) -> bool {
    match key {
        // A registry key never speaks of a tarball URL or a repository that happens to have the name.
        PolicyKey::Registry { name, wanted } => {
            let Some(identity) = identity(package, grammar)
                .filter(|identity| package.is_registry && identity.name == *name)
            else {
                return false;
            };
            match (wanted, identity.version) {
                (Wanted::Any, _) => true,
                (Wanted::Tag, _) => false,
                (Wanted::Range(range), _) if !is_exact_versions(range, grammar) => false,
                (_, None) => unverifiable == Unverifiable::Matches,
                (Wanted::Version(wanted), Some(version)) => *wanted == version,
                (Wanted::Range(range), Some(version)) => grammar.satisfies(&version, range),
            }
        }
        PolicyKey::Git(key) => {
            match package.resolved.as_deref().filter(|text| text.starts_with("git")) {
                Some(resolved) => {
                    matches!(grammar.key(resolved), Some(PolicyKey::Git(found)) if same_commit(key, &found))
                }
                None => false,
            }
        }
        PolicyKey::Source { fetch_spec, save_spec } => source_specs(package)
            .into_iter()
            .any(|spec| spec == fetch_spec || Some(spec) == save_spec.as_deref()),
        PolicyKey::Other => false,
    }
}

/// The same repository and, when the key names a commit, a full hash that begins with it.
/// Never the other way round: a shortened hash in a lockfile proves nothing.
fn same_commit(key: &GitKey, found: &GitKey) -> bool {
    let same_repository = match (&key.ssh, &found.ssh) {
        (Some(key), Some(found)) => key == found,
        _ => key
            .fetch_spec
            .as_deref()
            .is_some_and(|spec| !spec.is_empty() && Some(spec) == found.fetch_spec.as_deref()),
    };
    let wanted = key.committish.as_deref().unwrap_or_default();
    same_repository
        && (wanted.is_empty()
            || found.committish.as_deref().is_some_and(|commit| commit.starts_with(wanted)))
}

/// A package with install scripts nobody decided about.
#[derive(Clone, Debug, PartialEq)]
pub struct Unreviewed<'a> {
    /// The package.
    pub package: &'a ScriptPackage,
    /// Event → command, as [`install_scripts`] lists them.
    pub scripts: IndexMap<String, String>,
}

/// The scripts an approval would let run: `preinstall`, `install`, `postinstall`, `prepare`
/// outside registries, and the default of `node-gyp`. A package that has some according to
/// the lock, but is not here to be read, gets a placeholder. Source: `install-scripts.js`.
pub fn install_scripts(package: &ScriptPackage) -> IndexMap<String, String> {
    let mut scripts = IndexMap::new();
    for event in ["preinstall", "install", "postinstall", "prepare"] {
        let command = package.scripts.get(event).filter(|command| !command.is_empty());
        if let Some(command) = command.filter(|_| event != "prepare" || !package.is_registry) {
            scripts.insert(event.to_owned(), command.to_owned());
        }
    }
    if builds_with_gyp(package) {
        scripts.insert("install".to_owned(), DEFAULT_GYP_INSTALL.to_owned());
    }
    if scripts.is_empty() && package.has_install_script {
        scripts.insert("install".to_owned(), "(install scripts present)".to_owned());
    }
    scripts
}

impl Unreviewed<'_> {
    /// `  name@version (event: command; …)`: npm's line; foreign text, not yet sanitised.
    pub fn line(&self, grammar: &impl Grammar) -> String {
        let (name, version) = display_identity(self.package, grammar);
        let version = version.map(|version| format!("@{version}")).unwrap_or_default();
        let events: Vec<_> =
            self.scripts.iter().map(|(event, command)| format!("{event}: {command}")).collect();
        format!("  {name}{version} ({})", events.join("; "))
    }
}

/// The closing warning (prefix `install-scripts`) about scripts that did not run; empty when there are none.
pub fn unreviewed_warning(
    unreviewed: &[Unreviewed<'_>],
    scope: InstallScope,
    grammar: &impl Grammar,
) -> Vec<String> {
    if unreviewed.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![header(unreviewed.len())];
    lines.extend(unreviewed.iter().map(|one| one.line(grammar)));
    lines.push(String::new());
    lines.push(match scope {
        InstallScope::Project => "They did not run. Run `denpm install-scripts ls` to review, \
                                  or `denpm install-scripts approve <pkg>` to allow."
            .to_owned(),
        InstallScope::Global => {
            let names: Vec<_> = unreviewed.iter().map(|one| display_identity(one.package, grammar).0).collect();
            let names = names.join(",");
            format!(
                "They did not run. Run `denpm install -g --allow-scripts={names}` to allow these scripts once, or \
                 `npm config set allow-scripts={names} --location=user` to allow them for all global installs."
            )
        }
    });
    lines
}

/// npm's first line about unreviewed scripts.
pub(in crate::reify) fn header(count: usize) -> String {
    let have = if count == 1 { "package has" } else { "packages have" };
    format!("{count} {have} install scripts not yet covered by allowScripts:")
}

/// The check of `--strict-allow-scripts`, before anything is changed.
///
/// # Errors
/// [`PolicyError::Strict`] in [`ScriptMode::Strict`] when there is an unreviewed package.
pub fn check_strict(
    mode: ScriptMode,
    unreviewed: &[Unreviewed<'_>],
    grammar: &impl Grammar,
) -> Result<(), PolicyError> {
    if mode != ScriptMode::Strict || unreviewed.is_empty() {
        return Ok(());
    }
    Err(PolicyError::Strict { packages: unreviewed.iter().map(|one| one.line(grammar)).collect() })
}
