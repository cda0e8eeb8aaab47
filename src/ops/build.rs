//! From a project and a request to an ideal tree.

use std::{collections::BTreeSet, sync::Arc};

pub use crate::arborist::Update;

use super::{context::Context, manifests::Sources, project::ProjectFiles, review::unless::Unless};
use crate::{
    arborist::{
        self, Allow, AllowSources, BuildOptions, Ideal, InstallLinks, InstallStrategy, LockStart,
        Omit, PeerDeps, SaveType, Start, Strays, TreeSettings, YarnEntries, paths::resolve,
    },
    config::{Options, Origin, Paths, options as settings},
    error::{Code, Explain, Failure},
    lockfile::parse_yarn_lock,
};

/// When a command writes package.json, and the lockfile for its own sake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Saving {
    /// Unless `--no-save`: install, uninstall.
    #[default]
    ByDefault,
    /// Only with an explicit `--save`: update.
    WhenAsked,
    /// Never: ci, dedupe.
    Never,
}

impl TreeRequest {
    /// The request with what the words of `install` name. The project is not installed into itself:
    /// a word that is its folder asks for a bare install (`lib/commands/install.js`).
    #[must_use]
    pub fn adding(self, mut words: Vec<String>, paths: &Paths) -> Self {
        let (cwd, project) = (paths.cwd.to_string_lossy(), paths.local_prefix.to_string_lossy());
        words.retain(|word| resolve(&cwd, word) != project);
        Self { runs_root_scripts: words.is_empty(), add: words, ..self }
    }

    /// Whether this run saves (npm's option `save` as the command passes it on).
    pub fn saves(&self, context: &Context) -> bool {
        match self.saving {
            Saving::ByDefault => context.options.save.save,
            Saving::WhenAsked => {
                let asked = context.config.get("save");
                context.options.save.save
                    && asked.is_some_and(|asked| asked.origin != Origin::Default)
            }
            Saving::Never => false,
        }
    }
}

/// What is asked of a tree, beside the settings.
#[derive(Clone, Debug, Default)]
pub struct TreeRequest {
    /// npm's name of the command, for scripts.
    pub command: &'static str,
    /// Specifiers to add.
    pub add: Vec<String>,
    /// Names to remove.
    pub rm: Vec<String>,
    /// The workspaces that the request is limited to, by name.
    pub workspaces: Vec<String>,
    /// What to look up again.
    pub update: Update,
    /// What holds an update back.
    pub unless: Unless,
    /// Install exactly what the lockfile says (`ci`).
    pub frozen: bool,
    /// Merge duplicates (`dedupe`).
    pub dedupe: bool,
    /// When package.json is written.
    pub saving: Saving,
    /// The project's own install scripts run at the end: a bare install, or `ci`.
    pub runs_root_scripts: bool,
}

/// The work was interrupted from outside.
#[derive(Debug, thiserror::Error)]
#[error("resolution was interrupted")]
struct Interrupted;

impl Explain for Interrupted {
    fn code(&self) -> Code {
        Code::Cancelled
    }
}

/// Builds the ideal tree on a thread that may block.
///
/// # Errors
/// Whatever resolution says; nothing on disk has changed.
pub async fn ideal_tree(
    context: &Context,
    sources: &Sources,
    files: &ProjectFiles,
    request: &TreeRequest,
) -> Result<Ideal, Failure> {
    let options = build_options(context, request);
    let settings = tree_settings(&context.options);
    let lock = lock_start(files, &context.options, request);
    let yarn = yarn_start(context, files, request)?;
    read_store_ahead(context, files, request);
    let project = files.project.clone();
    let sources = sources.clone();
    let reporter = Arc::clone(&context.reporter);
    let work = move || -> Result<Ideal, arborist::BuildError> {
        let mut start = Start::load(&project, lock, settings)?;
        if let Some(yarn) = yarn {
            start = start.with_yarn_lock(yarn);
        }
        arborist::build(start, &sources, &options, &*reporter)
    };
    let built = tokio::task::spawn_blocking(work).await.map_err(|_| Interrupted)?;
    Ok(built?)
}

/// Has the store read what the lockfile names, while the tree is built on another thread. Not
/// where `node_modules` may have it all, nor where nothing will be fetched.
fn read_store_ahead(context: &Context, files: &ProjectFiles, request: &TreeRequest) {
    let Some(lock) = &files.lock else { return };
    let fetches_nothing = context.options.lock.package_lock_only || context.options.dry_run;
    if fetches_nothing || (!request.frozen && files.folder.join("node_modules").exists()) {
        return;
    }
    let entries = lock.shrinkwrap.packages.values();
    // A package may have many places.
    let promised: BTreeSet<String> = entries.filter_map(|entry| entry.integrity.clone()).collect();
    let store = Arc::clone(&context.store);
    // Nobody waits for it: what it has not read in time is read by whoever asks.
    tokio::task::spawn_blocking(move || store.read_ahead(promised.iter().map(String::as_str)));
}

/// An update of everything starts anew, as does an install that ignores an existing lockfile;
/// `ci` never ignores it. Without a lockfile the tree on disk is the start.
fn lock_start(files: &ProjectFiles, options: &Options, request: &TreeRequest) -> LockStart {
    let reads_lock = options.lock.package_lock || request.frozen;
    if request.update == Update::All || (!reads_lock && files.lock_exists) {
        return LockStart::Ignore { existed: files.lock_exists };
    }
    match &files.lock {
        Some(lock) => LockStart::File(lock.shrinkwrap.clone()),
        None => LockStart::Disk {
            hidden: files.fresh_hidden_lock().cloned(),
            strays: if reads_lock { Strays::Go } else { Strays::Stay },
        },
    }
}

/// What yarn.lock tells; nothing where a run starts anew, whatever lockfiles there are.
fn yarn_start(
    context: &Context,
    files: &ProjectFiles,
    request: &TreeRequest,
) -> Result<Option<YarnEntries>, Failure> {
    if !reads_yarn_lock(context, request) {
        return Ok(None);
    }
    Ok(files.yarn_lock()?.map(|text| parse_yarn_lock(&text)))
}

/// Whether a yarn.lock is read, and kept up to date: as long as npm's own lockfiles would be.
pub(super) fn reads_yarn_lock(context: &Context, request: &TreeRequest) -> bool {
    (context.options.lock.package_lock || request.frozen)
        && request.update != Update::All
        && !context.options.global
}

/// The settings that all nodes share.
pub fn tree_settings(options: &Options) -> TreeSettings {
    TreeSettings {
        install_links: if options.resolve.install_links {
            InstallLinks::Pack
        } else {
            InstallLinks::Link
        },
        peer_deps: if options.resolve.legacy_peer_deps {
            PeerDeps::Ignore
        } else {
            PeerDeps::Resolve
        },
    }
}

/// `--omit` less `--include`, as arborist has it.
pub fn omit(options: &Options) -> Omit {
    let omits = |kind| options.resolve.omit.omits(kind);
    Omit {
        dev: omits(settings::DependencyType::Dev),
        optional: omits(settings::DependencyType::Optional),
        peer: omits(settings::DependencyType::Peer),
    }
}

/// The field that additions go to.
pub fn save_type(options: &Options) -> Option<SaveType> {
    options.save.save_type.map(|kind| match kind {
        settings::SaveType::Prod => SaveType::Prod,
        settings::SaveType::Dev => SaveType::Dev,
        settings::SaveType::Optional => SaveType::Optional,
        settings::SaveType::Peer => SaveType::Peer,
        settings::SaveType::PeerOptional => SaveType::PeerOptional,
    })
}

fn build_options(context: &Context, request: &TreeRequest) -> BuildOptions {
    let options = &context.options;
    let resolve = &options.resolve;
    BuildOptions {
        add: request.add.clone(),
        rm: request.rm.clone(),
        update: request.update.clone(),
        save_type: save_type(options),
        save_bundle: options.save.save_bundle,
        save: request.saves(context),
        prune: true,
        complete: options.lock.package_lock_only || options.dry_run,
        force: options.force,
        strict_peer_deps: resolve.strict_peer_deps,
        prefer_dedupe: resolve.prefer_dedupe || request.dedupe,
        strategy: match resolve.install_strategy {
            settings::InstallStrategy::Nested => InstallStrategy::Nested,
            settings::InstallStrategy::Shallow => InstallStrategy::Shallow,
            settings::InstallStrategy::Hoisted | settings::InstallStrategy::Linked => {
                InstallStrategy::Hoisted
            }
        },
        allow: allow_sources(context),
        workspaces: request.workspaces.clone(),
        include_workspace_root: options.workspaces.include_root,
        omit: omit(options),
        engine_strict: resolve.engine_strict,
        machine: context.machine.clone(),
        lockfile_version: options.lock.lockfile_version.map(u64::from),
        cwd: options.paths.cwd.to_string_lossy().replace('\\', "/"),
    }
}

/// The four `allow-*` settings.
pub(super) fn allow_sources(context: &Context) -> AllowSources {
    let resolve = &context.options.resolve;
    let on_disk = |key, setting| match allow(setting) {
        // A package from elsewhere reaches into this machine only where its user says so.
        Allow::All if !is_users_word(context, key) => Allow::Local,
        allowed => allowed,
    };
    AllowSources {
        git: allow(resolve.allow_git),
        remote: allow(resolve.allow_remote),
        file: on_disk("allow-file", resolve.allow_file),
        directory: on_disk("allow-directory", resolve.allow_directory),
    }
}

/// Whether a setting is said by who sits at this machine, not by default nor by the project.
fn is_users_word(context: &Context, key: &str) -> bool {
    let found = context.config.get(key);
    found.is_some_and(|found| !matches!(found.origin, Origin::Default | Origin::Project))
}

fn allow(setting: settings::Allow) -> Allow {
    match setting {
        settings::Allow::All => Allow::All,
        settings::Allow::Root => Allow::Root,
        settings::Allow::None => Allow::None,
    }
}
