//! Lifecycle scripts: which may run, in what environment, and the project's own.

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use super::{context::Context, project::ProjectFiles, reify::ScriptSettings};
use crate::{
    arborist::Tree,
    config::{
        Origin, env::own_executable, options::ScriptOptions, policy::ScriptSandbox, script_env,
    },
    error::Failure,
    event::{Event, Reporter},
    manifest::Manifest,
    reify::{
        grammar::NpmGrammar,
        lifecycle::{BuildOptions, DEPENDENCIES_EVENTS, ROOT_EVENTS, script_run},
        run_script::{ScriptStdio, run_script},
        sandbox::{CONFINE, Sandbox, SandboxError, SandboxPlan, confine},
        script_env::{Env, NpmEnv},
        script_package::{PackageKind, ScriptPackage},
        script_policy::{InstallScope, PolicyError, PolicyLayers, ScriptMode, ScriptPolicy},
    },
};

/// Everything that running scripts needs, made once per run.
#[derive(Debug)]
pub(super) struct Lifecycle {
    policy: ScriptPolicy,
    mode: ScriptMode,
    stdio: ScriptStdio,
    shell: Option<PathBuf>,
    base: Env,
    npm: NpmEnv,
    sandbox: Option<Sandbox>,
}

/// The policy in force for a project; what is wrong with it is warned about.
///
/// # Errors
/// A policy that cannot be followed.
pub(super) fn script_policy(
    scripts: &ScriptOptions,
    files: &ProjectFiles,
    reporter: &dyn Reporter,
) -> Result<ScriptPolicy, PolicyError> {
    let grammar = NpmGrammar { project: files.folder.clone() };
    let listed = &scripts.allow_scripts;
    let (cli, npmrc): (&[String], &[String]) = match listed.origin {
        Origin::Cli | Origin::Env => (&listed.value, &[]),
        _ => (&[], &listed.value),
    };
    let declared = files.project.package.allow_scripts.as_deref();
    let layers = PolicyLayers {
        cli,
        package_json: declared.and_then(serde_json::Value::as_object),
        npmrc,
        scope: InstallScope::Project,
    };
    let policy = ScriptPolicy::resolve(layers, &grammar)?;
    for warning in &policy.warnings {
        reporter.event(Event::warn("install-scripts", warning.clone()));
    }
    Ok(policy)
}

impl Lifecycle {
    /// The policy and environment of a run of `command` (npm's name of it).
    ///
    /// # Errors
    /// A policy that cannot be followed.
    pub(super) fn new(
        context: &Context,
        files: &ProjectFiles,
        command: &str,
    ) -> Result<Self, Failure> {
        let scripts = &context.options.scripts;
        let policy = script_policy(scripts, files, &*context.reporter)?;
        let mode = if scripts.ignore_scripts {
            ScriptMode::Ignore
        } else if scripts.dangerously_allow_all_scripts {
            ScriptMode::AllowAll
        } else if scripts.strict_allow_scripts {
            ScriptMode::Strict
        } else {
            ScriptMode::Policy
        };
        let stdio =
            if scripts.foreground_scripts { ScriptStdio::Inherited } else { ScriptStdio::Captured };
        Ok(Self {
            policy,
            mode,
            stdio,
            shell: scripts.script_shell.as_ref().map(PathBuf::from),
            base: context
                .config
                .env()
                .iter()
                .map(|(key, value)| (OsString::from(key), OsString::from(value)))
                .collect(),
            npm: npm_env(context, command),
            sandbox: if mode == ScriptMode::Ignore { None } else { sandbox(context, files)? },
        })
    }

    /// How the scripts of dependencies run.
    pub(super) fn settings(&self) -> ScriptSettings<'_> {
        ScriptSettings {
            policy: &self.policy,
            mode: self.mode,
            scope: InstallScope::Project,
            stdio: self.stdio,
            shell: self.shell.as_deref(),
            base: &self.base,
            npm: &self.npm,
            sandbox: self.sandbox.as_ref(),
        }
    }

    /// Runs `predependencies`, `dependencies`, `postdependencies` after the tree changed.
    ///
    /// # Errors
    /// A script that fails.
    pub(super) async fn dependencies_changed(
        &self,
        context: &Context,
        project: &ScriptPackage,
    ) -> Result<(), Failure> {
        self.run_events(context, project, DEPENDENCIES_EVENTS, self.stdio).await
    }

    /// Runs the project's own install scripts, as a bare install and `ci` do.
    ///
    /// # Errors
    /// A script that fails.
    pub(super) async fn installed(
        &self,
        context: &Context,
        project: &ScriptPackage,
    ) -> Result<(), Failure> {
        self.run_events(context, project, ROOT_EVENTS, ScriptStdio::Inherited).await
    }

    async fn run_events(
        &self,
        context: &Context,
        project: &ScriptPackage,
        events: &[&str],
        stdio: ScriptStdio,
    ) -> Result<(), Failure> {
        if self.mode == ScriptMode::Ignore {
            return Ok(());
        }
        let options = BuildOptions {
            base: &self.base,
            npm: &self.npm,
            shell: self.shell.as_deref(),
            stdio,
            parallel: 1,
            sandbox: None,
        };
        for event in events {
            let Some(command) = project.scripts.get(event).filter(|text| !text.is_empty()) else {
                continue;
            };
            let run = script_run(project, event, command, options);
            run_script(&run, &*context.reporter).await?;
        }
        Ok(())
    }
}

/// The project as its own scripts see it.
pub(super) fn project_package(
    tree: &Tree,
    root: crate::arborist::NodeId,
    folder: &Path,
) -> ScriptPackage {
    let package: &Manifest = &tree[tree.target_or_self(root)].package;
    ScriptPackage {
        kind: PackageKind::Root,
        name: package.name.clone().unwrap_or_default(),
        version: package.version.clone().unwrap_or_default(),
        path: folder.to_owned(),
        scripts: package.scripts.clone(),
        bin: package.bin.clone(),
        config: package.config.clone(),
        engines: package.engines.clone(),
        ..ScriptPackage::default()
    }
}

/// What confines the scripts of dependencies, where the policy wants it.
fn sandbox(context: &Context, files: &ProjectFiles) -> Result<Option<Sandbox>, SandboxError> {
    if context.policy.script_sandbox == ScriptSandbox::Off {
        return Ok(None);
    }
    let helper = own_executable().ok_or_else(|| SandboxError::Unavailable {
        reason: "denpm cannot find its own program".to_owned(),
    })?;
    let sources = context.config.sources();
    let plan = SandboxPlan {
        project: &files.folder,
        home: &sources.home,
        node: sources.node.as_deref(),
        npm: context.options.paths.npm.as_ref().map(|npm| npm.root.as_path()),
        path: context.config.env().get("PATH").map(OsStr::new),
    };
    Sandbox::new(helper, &plan).map(Some)
}

fn npm_env(context: &Context, command: &str) -> NpmEnv {
    let npm = context.options.paths.npm.as_ref();
    NpmEnv {
        command: command.to_owned(),
        settings: script_env(&context.config, &context.machine.node_version),
        node_gyp_bin: npm
            .map(|npm| npm.root.join("node_modules/@npmcli/run-script/lib/node-gyp-bin")),
        color: context.options.output.color,
    }
}

/// Where the words are those by which denpm starts itself inside a sandbox: goes in, and becomes
/// the script. `None` for any other words.
///
/// # Errors
/// [`SandboxError`].
pub fn confined(words: &[OsString]) -> Option<Failure> {
    let (first, rest) = words.split_first()?;
    (first == CONFINE).then(|| match confine(rest) {
        Ok(never) => match never {},
        Err(error) => error.into(),
    })
}
