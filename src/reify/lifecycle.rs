//! Which lifecycle scripts run, in which order, and running them side by side.
//!
//! As arborist's `rebuild.js`: for dependencies all `preinstall`, then bins, all `install`, all
//! `postinstall`; for links and workspaces `preinstall`, `prepare`, bins, `install`,
//! `postinstall`. Within one event the order is (depth, path) and as many run at once as there
//! are processors, one at a time when they share the terminal.

use std::{collections::BTreeSet, path::Path};

use futures_util::{StreamExt as _, stream};
use indexmap::IndexMap;

use super::{
    bin_links::BinError,
    run_script::{ScriptError, ScriptRun, ScriptStdio, run_script},
    sandbox::Sandbox,
    script_env::{Env, NpmEnv, ScriptContext, script_env},
    script_package::{Gyp, PackageKind, ScriptPackage},
    termination::killed_are_gone,
};
use crate::event::{Event, Phase, Reporter};

/// What runs for a package with a `binding.gyp` and no install script of its own.
pub const DEFAULT_GYP_INSTALL: &str = "node-gyp rebuild";

/// The events of the project itself after a bare `install` or `ci`. Source: `lib/commands/install.js`.
pub const ROOT_EVENTS: &[&str] =
    &["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"];

/// The events of the project itself when its dependencies changed.
pub const DEPENDENCIES_EVENTS: &[&str] = &["predependencies", "dependencies", "postdependencies"];

/// The scripts that run when this package is built: event → command, in order. Pure.
///
/// Packages of a registry never run `prepare`. Whether they may run at all is
/// `script_policy`'s to say.
pub fn scripts_to_run(package: &ScriptPackage) -> IndexMap<&'static str, String> {
    let mut scripts = IndexMap::new();
    let linked = matches!(package.kind, PackageKind::Link | PackageKind::Workspace);
    if package.kind == PackageKind::Inert {
        return scripts;
    }
    for event in ["preinstall", "prepare", "install", "postinstall"] {
        if event == "prepare" && !linked {
            continue;
        }
        if let Some(command) = package.scripts.get(event).filter(|command| !command.is_empty()) {
            scripts.insert(event, command.to_owned());
        } else if event == "install" && builds_with_gyp(package) {
            scripts.insert(event, DEFAULT_GYP_INSTALL.to_owned());
        }
    }
    scripts
}

/// True when `install` defaults to `node-gyp rebuild`.
pub fn builds_with_gyp(package: &ScriptPackage) -> bool {
    let has = |event: &str| package.scripts.get(event).is_some_and(|command| !command.is_empty());
    package.gyp == Gyp::Present && !has("install") && !has("preinstall")
}

/// One of the two rounds of a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// What lies in `node_modules`.
    Dependencies,
    /// Links and workspaces, after all dependencies.
    Links,
}

/// One stage of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// All scripts of this event.
    Event(&'static str),
    /// Bins are linked.
    Bins,
}

/// The stages of a round, in order.
pub fn stages(round: Round) -> &'static [Stage] {
    use Stage::{Bins, Event};
    match round {
        Round::Dependencies => &[Event("preinstall"), Bins, Event("install"), Event("postinstall")],
        Round::Links => {
            &[Event("preinstall"), Event("prepare"), Bins, Event("install"), Event("postinstall")]
        }
    }
}

/// Settings of a build.
#[derive(Clone, Copy, Debug)]
pub struct BuildOptions<'a> {
    /// The environment denpm was started with.
    pub base: &'a Env,
    /// npm's variables.
    pub npm: &'a NpmEnv,
    /// Config `script-shell`.
    pub shell: Option<&'a Path>,
    /// Captured, or on the terminal (`--foreground-scripts`).
    pub stdio: ScriptStdio,
    /// How many captured scripts run at once: the number of processors.
    pub parallel: usize,
    /// What confines the scripts of dependencies; the project's own run as the user.
    pub sandbox: Option<&'a Sandbox>,
}

/// An optional package that is dropped because a script of it failed.
#[derive(Debug)]
pub struct DroppedPackage {
    /// The lockfile key of the package whose script failed.
    pub location: String,
    /// All that goes with it.
    pub optional_set: Vec<String>,
    /// The failure.
    pub error: ScriptError,
}

/// A build did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A script of a package that is not optional failed.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// A bin could not be linked.
    #[error(transparent)]
    Bin(#[from] BinError),
}

/// What a round did.
#[derive(Debug, Default)]
pub struct Built {
    /// Scripts that ran and succeeded.
    pub ran: usize,
    /// Optional packages the caller must take away again.
    pub dropped: Vec<DroppedPackage>,
}

/// Runs one round for `packages`, all of whose scripts are allowed, in the given order (the
/// caller sorts by depth, then path in npm's collation). `link_bins` is called at its stage with
/// the locations that were dropped by then.
///
/// # Errors
/// The first failure of a package that is not optional; scripts still running are killed.
pub async fn build(
    round: Round,
    packages: &[&ScriptPackage],
    options: BuildOptions<'_>,
    reporter: &dyn Reporter,
    mut link_bins: impl FnMut(&BTreeSet<String>) -> Result<(), BinError>,
) -> Result<Built, BuildError> {
    let queue: Vec<_> =
        packages.iter().map(|package| (*package, scripts_to_run(package))).collect();
    let total = queue.iter().map(|(_, scripts)| scripts.len() as u64).sum();
    let mut built = Built::default();
    let mut gone = BTreeSet::new();
    let mut done = 0;
    for stage in stages(round) {
        let event = match *stage {
            Stage::Bins => {
                link_bins(&gone)?;
                continue;
            }
            Stage::Event(event) => event,
        };
        let runs = queue
            .iter()
            .filter(|(package, _)| !gone.contains(&package.location))
            .filter_map(|(package, scripts)| {
                Some((*package, script_run(package, event, scripts.get(event)?, options)))
            })
            .collect::<Vec<_>>();
        let limit =
            if options.stdio == ScriptStdio::Inherited { 1 } else { options.parallel.max(1) };
        let mut ends = stream::iter(runs)
            .map(|(package, run)| async move { (package, run_script(&run, reporter).await) })
            .buffer_unordered(limit);
        while let Some((package, end)) = ends.next().await {
            done += 1;
            reporter.event(Event::PhaseProgress { phase: Phase::Scripts, done, total });
            match end {
                Ok(_output) => built.ran += 1,
                Err(error) if package.optional_set.is_empty() => {
                    // The tree is put back next: whoever can be reached writes into it no more.
                    drop(ends);
                    killed_are_gone().await;
                    return Err(error.into());
                }
                Err(error) => {
                    killed_are_gone().await;
                    gone.extend(package.optional_set.iter().cloned());
                    gone.insert(package.location.clone());
                    let (location, optional_set) =
                        (package.location.clone(), package.optional_set.clone());
                    built.dropped.push(DroppedPackage { location, optional_set, error });
                }
            }
        }
    }
    Ok(built)
}

/// One script with its environment.
pub fn script_run(
    package: &ScriptPackage,
    event: &str,
    command: &str,
    options: BuildOptions<'_>,
) -> ScriptRun {
    let context = ScriptContext { base: options.base, npm: options.npm, package, event, command };
    ScriptRun {
        package: package.id(),
        path: package.path.clone(),
        location: package.location.clone(),
        event: event.to_owned(),
        command: command.to_owned(),
        env: script_env(&context),
        shell: options.shell.map(Path::to_path_buf),
        stdio: options.stdio,
        sandbox: options.sandbox.filter(|_| is_foreign(package.kind)).cloned(),
    }
}

/// True for code from elsewhere; links and workspaces are folders of the user's own.
fn is_foreign(kind: PackageKind) -> bool {
    matches!(kind, PackageKind::Dependency | PackageKind::Bundled)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::event::Silent;
    use std::fs;

    fn package(folder: &Path, name: &str, scripts: &[(&str, &str)]) -> ScriptPackage {
        let path = folder.join("node_modules").join(name);
        fs::create_dir_all(&path).unwrap();
        ScriptPackage {
            name: name.into(),
            version: "1.0.0".into(),
            location: format!("node_modules/{name}"),
            path,
            scripts: scripts
                .iter()
                .map(|(event, command)| ((*event).to_owned(), (*command).to_owned()))
                .collect(),
            ..ScriptPackage::default()
        }
    }

    /// Builds in one terminal-like order and returns the log that scripts appended to.
    async fn built(
        folder: &Path,
        round: Round,
        packages: &[ScriptPackage],
        parallel: usize,
    ) -> (Result<Built, BuildError>, String) {
        let base: Env =
            [("PATH".into(), "/usr/bin:/bin".into()), ("LOG".into(), folder.join("log").into())]
                .into();
        let npm = NpmEnv::default();
        let stdio = ScriptStdio::Captured;
        let options =
            BuildOptions { base: &base, npm: &npm, shell: None, stdio, parallel, sandbox: None };
        let packages: Vec<_> = packages.iter().collect();
        let log = folder.join("log");
        fs::write(&log, "").unwrap();
        let result = build(round, &packages, options, &Silent, |gone| {
            let text = fs::read_to_string(&log).unwrap();
            fs::write(&log, format!("{text}bins {}\n", gone.len())).unwrap();
            Ok(())
        })
        .await;
        (result, fs::read_to_string(folder.join("log")).unwrap())
    }

    const ALL: &[(&str, &str)] = &[
        ("postinstall", "echo $npm_package_name post >> $LOG"),
        ("preinstall", "echo $npm_package_name pre >> $LOG"),
        ("install", "echo $npm_package_name in >> $LOG"),
        ("prepare", "echo $npm_package_name prepare >> $LOG"),
    ];

    #[tokio::test]
    async fn build_runs_event_by_event_in_the_order_given() {
        let folder = tempfile::tempdir().unwrap();
        let packages = [package(folder.path(), "a", ALL), package(folder.path(), "b", ALL)];
        let (result, log) = built(folder.path(), Round::Dependencies, &packages, 1).await;
        assert_eq!(result.unwrap().ran, 6);
        assert_eq!(log, "a pre\nb pre\nbins 0\na in\nb in\na post\nb post\n");
    }

    #[tokio::test]
    async fn build_of_links_prepares_before_bins() {
        let folder = tempfile::tempdir().unwrap();
        let linked =
            ScriptPackage { kind: PackageKind::Workspace, ..package(folder.path(), "w", ALL) };
        let (result, log) = built(folder.path(), Round::Links, &[linked], 2).await;
        assert!(result.is_ok());
        assert_eq!(log, "w pre\nw prepare\nbins 0\nw in\nw post\n");
    }

    #[tokio::test]
    async fn build_drops_an_optional_package_whose_script_fails() {
        let folder = tempfile::tempdir().unwrap();
        let mut failing = package(
            folder.path(),
            "a",
            &[("preinstall", "exit 3"), ("install", "echo never >> $LOG")],
        );
        failing.optional_set = vec!["node_modules/a".into(), "node_modules/b".into()];
        let packages =
            [failing, package(folder.path(), "b", ALL), package(folder.path(), "c", ALL)];
        let (result, log) = built(folder.path(), Round::Dependencies, &packages, 1).await;
        let result = result.unwrap();
        assert_eq!(result.dropped.len(), 1);
        assert_eq!(log, "b pre\nc pre\nbins 2\nc in\nc post\n");
    }

    #[tokio::test]
    async fn build_stops_at_the_first_required_failure() {
        let folder = tempfile::tempdir().unwrap();
        let packages = [
            package(folder.path(), "a", &[("preinstall", "exit 7")]),
            package(folder.path(), "b", ALL),
        ];
        let (result, log) = built(folder.path(), Round::Dependencies, &packages, 1).await;
        assert!(matches!(
            result,
            Err(BuildError::Script(ScriptError::Failed { code: Some(7), .. }))
        ));
        assert!(!log.contains("bins") && !log.contains("b in"));
    }

    #[test]
    fn scripts_to_run_default_to_node_gyp_only_without_own_install() {
        let folder = tempfile::tempdir().unwrap();
        let with = |gyp, scripts: &[(&str, &str)]| {
            let package = ScriptPackage { gyp, ..package(folder.path(), "a", scripts) };
            scripts_to_run(&package)
                .into_iter()
                .map(|(event, command)| format!("{event}: {command}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(with(Gyp::Present, &[]), ["install: node-gyp rebuild"]);
        assert_eq!(
            with(Gyp::Present, &[("postinstall", "x")]),
            ["install: node-gyp rebuild", "postinstall: x"]
        );
        assert_eq!(with(Gyp::Present, &[("preinstall", "x")]), ["preinstall: x"]);
        assert_eq!(with(Gyp::Present, &[("install", "x")]), ["install: x"]);
        assert!(
            with(Gyp::Disabled, &[]).is_empty()
                && with(Gyp::Absent, &[("prepare", "x")]).is_empty()
        );
    }
}
