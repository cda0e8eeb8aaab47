//! From the difference of two trees to the disk: all of it, or nothing.
//!
//! ```text
//! Diff ─ plan ─► stage (parallel) ─► commit by rename ─► scripts, bins ─► Applied ─ finish
//!                     │                    │                   │            │
//!                     └────────────────────┴───── rollback ────┴────────────┘
//! ```
//!
//! [`apply`] ends with a tree that is complete but not yet final: its journal is on disk, and
//! [`recover`](crate::reify::commit::recover) undoes it if the process dies. [`Applied::finish`]
//! writes what describes the tree (lock files, package.json) and then makes it final.
//!
//! Source: `reify.js` (`#reifyPackages`) and `rebuild.js`.

use std::{
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
    thread::available_parallelism,
};

use indexmap::IndexSet;

use crate::{
    arborist::{Diff, NodeId, Tree},
    error::{Code, Explain, Failure},
    event::{Event, Phase, Reporter},
    reify::{
        bin_links::{BinError, Linked, link_bin, unlink_bin},
        commit::{Change, CommitError, Transaction},
        grammar::NpmGrammar,
        lifecycle::{self, BuildError, BuildOptions, Built, Round},
        link::{LinkMethod, Sharing},
        location::Location,
        plan::{Plan, PlanInput, PlannedBin, plan, reviewable_packages, script_packages},
        run_script::ScriptStdio,
        sandbox::Sandbox,
        script_env::{Env, NpmEnv},
        script_package::{PackageKind, ScriptPackage},
        script_policy::{InstallScope, ScriptMode, ScriptPolicy, check_strict, unreviewed_warning},
    },
    store::{Store, StoredPackage},
};

mod applied;
mod disk;
mod stage;
#[cfg(test)]
#[cfg(unix)]
mod tests;

pub use applied::{Applied, Summary};
use disk::Files;
use stage::{Content, Job};

/// What happens to a link or file where a `node_modules` folder has to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OddFolders {
    /// It is removed with a warning.
    #[default]
    Remove,
    /// It stays (`--force`); packages cannot be placed behind it, which is an error.
    Keep,
}

/// How lifecycle scripts run.
#[derive(Clone, Copy, Debug)]
pub struct ScriptSettings<'a> {
    /// `allowScripts`.
    pub policy: &'a ScriptPolicy,
    /// How much of it is in force.
    pub mode: ScriptMode,
    /// Project or global install; only the advice about unreviewed scripts differs.
    pub scope: InstallScope,
    /// Captured, or on the terminal.
    pub stdio: ScriptStdio,
    /// Config `script-shell`.
    pub shell: Option<&'a Path>,
    /// The environment denpm was started with; the scripts' PATH ends with its.
    pub base: &'a Env,
    /// npm's variables.
    pub npm: &'a NpmEnv,
    /// What confines the scripts of dependencies.
    pub sandbox: Option<&'a Sandbox>,
}

/// One change of a project's `node_modules`.
#[derive(Clone, Copy)]
pub struct ReifyRequest<'a> {
    /// The arena of both trees.
    pub tree: &'a Tree,
    /// The tree that shall be there.
    pub ideal: NodeId,
    /// The tree on disk.
    pub actual: NodeId,
    /// What separates them.
    pub diff: &'a Diff,
    /// Every added or changed node that is no link and comes in no other one's tarball. An
    /// optional one that is missing is dropped with its set.
    pub packages: &'a HashMap<NodeId, StoredPackage>,
    /// Where they lie; what is damaged is removed from it.
    pub store: &'a Store,
    /// The project's folder, its real path.
    pub project: &'a Path,
    /// Lifecycle scripts.
    pub scripts: ScriptSettings<'a>,
    /// Config `bin-links`.
    pub bin_links: bool,
    /// What happens where a folder is none.
    pub odd_folders: OddFolders,
    /// The cheapest way in which files may come from the store.
    pub link_method: LinkMethod,
    /// The process's file mode mask.
    pub umask: u32,
    /// Told of progress and warnings.
    pub reporter: &'a dyn Reporter,
}

/// A package that is to be placed was not fetched: a mistake of ours.
#[derive(Debug, thiserror::Error)]
#[error("{package} is to be installed but was not fetched")]
struct NotFetched {
    package: String,
}

impl Explain for NotFetched {
    fn code(&self) -> Code {
        Code::Internal
    }

    fn package(&self) -> Option<String> {
        Some(self.package.clone())
    }
}

/// Before anything is read from `node_modules`: removes a link or file in its place with a
/// warning, as npm does. [`apply`] looks at the nested ones.
///
/// # Errors
/// When the system refuses.
pub fn validate_node_modules(
    project: &Path,
    odd_folders: OddFolders,
    reporter: &dyn Reporter,
) -> Result<(), Failure> {
    let inside = Location::parse("node_modules/.bin").map_err(CommitError::from)?;
    Ok(disk::remove_odd_folders(project, [&inside], odd_folders, reporter)?)
}

/// Says before anything is removed what [`apply`] would refuse: with `strict-allow-scripts`,
/// packages whose scripts nobody has reviewed.
///
/// # Errors
/// When there are such packages.
pub fn preflight(request: &ReifyRequest<'_>) -> Result<(), Failure> {
    if request.scripts.mode != ScriptMode::Strict {
        return Ok(());
    }
    let files = Files::new(request.tree, request.packages);
    review(request, &files, &absent(request)?).map(drop)
}

/// Makes the change: stages, commits by rename, links bins and runs scripts.
///
/// The caller holds the project's lock and has called [`recover`](crate::reify::commit::recover)
/// before it read the tree.
///
/// # Errors
/// When anything fails that is not optional; the disk is then as it was, except that links in
/// the place of `node_modules` folders are gone.
pub async fn apply(request: ReifyRequest<'_>) -> Result<Applied, Failure> {
    let absent = absent(&request)?;
    let ReifyRequest { tree, diff, ideal, actual, project, .. } = request;
    let input = PlanInput { tree, diff, ideal, actual, project, absent: &absent };
    let mut plan = plan(&input).map_err(CommitError::from)?;
    let files = Files::new(tree, request.packages);
    let review = review(&request, &files, &absent)?;
    if !request.bin_links {
        plan.bins.clear();
        plan.removed_bins.clear();
    }
    for bin in &mut plan.bins {
        bin.is_due |= !disk::is_linked(&bin.link);
    }
    let absences = absent.len();
    let mut reify = Reify { request, plan, files, queue: review.queue, dropped: absent };
    let mut transaction = reify.begin()?;
    match reify.run(transaction.as_mut()).await {
        Ok((scripts, aside)) => Ok(Applied {
            project: project.to_path_buf(),
            transaction,
            aside,
            failed: reify.dropped.iter().skip(absences).copied().collect(),
            dropped: reify.dropped.into_iter().collect(),
            unreviewed: review.unreviewed,
            summary: Summary {
                placed: reify.plan.packages.len() + reify.plan.links.len(),
                removed: reify.plan.changes.len()
                    - reify.plan.packages.len()
                    - reify.plan.links.len(),
                scripts,
            },
        }),
        Err(error) => Err(match transaction.map_or(Ok(()), Transaction::rollback) {
            Ok(()) => error,
            Err(stuck) => stuck.into(),
        }),
    }
}

/// The optional packages that could not be had, with all that goes with them.
fn absent(request: &ReifyRequest<'_>) -> Result<IndexSet<NodeId>, Failure> {
    let tree = request.tree;
    let mut absent = IndexSet::new();
    let wanted = request.diff.changes.iter().filter_map(|change| change.ideal).filter(|&node| {
        !tree[node].is_link() && !tree.is_project_root(node) && !tree.in_dep_bundle(node)
    });
    for node in wanted.filter(|node| !request.packages.contains_key(node)) {
        if !tree[node].flags.optional {
            return Err(NotFetched { package: tree.package_id(node) }.into());
        }
        absent.extend(tree.optional_set(node));
    }
    Ok(absent)
}

struct Review {
    /// Packages whose scripts run.
    queue: Vec<ScriptPackage>,
    /// npm's warning about those that do not.
    unreviewed: Vec<String>,
}

/// What the policy says, before anything is changed.
fn review(
    request: &ReifyRequest<'_>,
    files: &Files<'_>,
    absent: &IndexSet<NodeId>,
) -> Result<Review, Failure> {
    let ReifyRequest { tree, diff, ideal, scripts, .. } = *request;
    let ScriptSettings { policy, mode, scope, .. } = scripts;
    let grammar = NpmGrammar { project: request.project.to_path_buf() };
    if mode == ScriptMode::Ignore {
        return Ok(Review { queue: Vec::new(), unreviewed: Vec::new() });
    }
    let absent: BTreeSet<&str> = absent.iter().map(|&node| &*tree[node].location).collect();
    let mut queue = script_packages(tree, diff, ideal, files);
    queue.retain(|package| {
        !absent.contains(package.location.as_str()) && policy.may_run(package, mode, &grammar)
    });
    if mode == ScriptMode::AllowAll {
        return Ok(Review { queue, unreviewed: Vec::new() });
    }
    let mut all = reviewable_packages(tree, ideal, files);
    all.retain(|package| !absent.contains(package.location.as_str()));
    let unreviewed = policy.unreviewed(&all, &grammar);
    check_strict(mode, &unreviewed, &grammar)?;
    Ok(Review { queue, unreviewed: unreviewed_warning(&unreviewed, scope, &grammar) })
}

/// A change under way.
struct Reify<'a> {
    request: ReifyRequest<'a>,
    plan: Plan,
    files: Files<'a>,
    queue: Vec<ScriptPackage>,
    dropped: IndexSet<NodeId>,
}

impl Reify<'_> {
    /// `None` when nothing on disk changes but what scripts do.
    fn begin(&self) -> Result<Option<Transaction>, Failure> {
        let ReifyRequest { project, odd_folders, reporter, .. } = self.request;
        let bins = self.touched_bins();
        let locations = self.plan.changes.iter().map(|change| match change {
            Change::Place { at, .. } | Change::Remove { at } => at,
        });
        disk::remove_odd_folders(project, locations.chain(&bins), odd_folders, reporter)?;
        let changes = disk::changes(project, &self.plan)?;
        let repairs = self.plan.bins.iter().any(|bin| bin.is_due);
        if changes.is_empty() && !repairs && self.plan.removed_bins.is_empty() {
            return Ok(None);
        }
        Ok(Some(Transaction::begin(project, &changes, &bins)?))
    }

    /// The commands that are, or may have to be, made or removed.
    fn touched_bins(&self) -> Vec<Location> {
        let plan = &self.plan;
        let droppable: BTreeSet<&str> = self
            .queue
            .iter()
            .flat_map(|package| &package.optional_set)
            .map(String::as_str)
            .collect();
        let touched = |bin: &&PlannedBin| bin.is_due || droppable.contains(bin.package.as_str());
        let bins = plan.bins.iter().filter(touched).map(|bin| &bin.at);
        let bins = bins.chain(plan.removed_bins.iter().map(|bin| &bin.at));
        let suffixes: &[&str] = if cfg!(windows) { &["", ".cmd", ".ps1"] } else { &[""] };
        bins.flat_map(|at| {
            suffixes.iter().filter_map(move |suffix| Location::parse(&format!("{at}{suffix}")).ok())
        })
        .collect()
    }

    /// Returns the number of scripts that ran, and what is still to be taken away.
    async fn run(
        &mut self,
        transaction: Option<&mut Transaction>,
    ) -> Result<(usize, Vec<Location>), Failure> {
        let transaction = match transaction {
            Some(transaction) => {
                let groups = self.jobs(transaction);
                let ReifyRequest { link_method, store, reporter, .. } = self.request;
                if !groups.is_empty() {
                    stage::stage(groups, link_method, parallel(), store, reporter).await?;
                }
                self.warn_deprecated();
                transaction.apply()?;
                Some(&*transaction)
            }
            None => None,
        };
        for bin in &self.plan.removed_bins {
            unlink_bin(&bin.link, &bin.package)?;
        }
        let has_scripts = !self.queue.is_empty();
        if has_scripts {
            self.request.reporter.event(Event::PhaseStarted(Phase::Scripts));
        }
        let mut ran = 0;
        let mut gone = BTreeSet::new();
        let mut aside = Vec::new();
        for round in [Round::Dependencies, Round::Links] {
            let built = self.build(round, &gone).await.map_err(|error| match error {
                BuildError::Script(error) => Failure::from(error),
                BuildError::Bin(error) => Failure::from(error),
            })?;
            ran += built.ran;
            for dropped in built.dropped {
                gone.extend(dropped.optional_set);
                gone.insert(dropped.location);
            }
            self.take_away(&gone, transaction, &mut aside)?;
        }
        if has_scripts {
            self.request.reporter.event(Event::PhaseFinished(Phase::Scripts));
        }
        Ok((ran, aside))
    }

    /// What to stage: a group for every outermost package, those nested in it behind it.
    fn jobs(&self, transaction: &Transaction) -> Vec<Vec<Job>> {
        let copied: IndexSet<NodeId> = self
            .queue
            .iter()
            .filter_map(|package| {
                let node = self.request.tree.at_location(self.request.ideal, &package.location)?;
                self.files.owner(node)
            })
            .collect();
        let patched = disk::patched_packages(self.request.project);
        let packages = self.plan.packages.iter().filter_map(|package| {
            let stored = Box::new(self.request.packages.get(&package.node)?.clone());
            let is_patched = patched.contains(self.request.tree.name(package.node));
            let is_written = is_patched || copied.contains(&package.node);
            let sharing = if is_written { Sharing::Never } else { Sharing::Allowed };
            let destination = transaction.staged(&package.at)?;
            let below = |kept: &Location| Some(destination.join(kept.below(&package.at)?));
            let cleared = package.cleared.iter().filter_map(below).collect();
            let content = Content::Package { stored, sharing };
            Some((&package.at, Job { destination, content, cleared }))
        });
        let links = self.plan.links.iter().filter_map(|link| {
            let content = Content::Link(link.target.clone());
            let destination = transaction.staged(&link.at)?;
            Some((&link.at, Job { destination, content, cleared: Vec::new() }))
        });
        let mut groups: HashMap<&str, Vec<Job>> = HashMap::new();
        let places: BTreeSet<&str> =
            self.plan.packages.iter().map(|package| package.at.as_str()).collect();
        let mut order = IndexSet::new();
        for (at, job) in packages.chain(links) {
            let outer = at.ancestors().find(|outer| places.contains(outer));
            let outer = outer.unwrap_or(at.as_str());
            order.insert(outer);
            groups.entry(outer).or_default().push(job);
        }
        order.into_iter().filter_map(|outer| groups.remove(outer)).collect()
    }

    fn warn_deprecated(&self) {
        let tree = self.request.tree;
        for package in &self.plan.packages {
            let manifest = &tree[package.node].package;
            if let Some(message) = manifest.deprecation() {
                let id = manifest.id.clone().unwrap_or_else(|| {
                    let name = manifest.name.as_deref().unwrap_or_default();
                    format!("{name}@{}", manifest.version.as_deref().unwrap_or_default())
                });
                self.request.reporter.event(Event::warn("deprecated", format!("{id}: {message}")));
            }
        }
    }

    async fn build(&self, round: Round, gone: &BTreeSet<String>) -> Result<Built, BuildError> {
        let of_round = |package: &&ScriptPackage| {
            let linked = matches!(package.kind, PackageKind::Link | PackageKind::Workspace);
            linked == (round == Round::Links) && !gone.contains(&package.location)
        };
        let packages: Vec<&ScriptPackage> = self.queue.iter().filter(of_round).collect();
        let ScriptSettings { base, npm, shell, stdio, sandbox, .. } = self.request.scripts;
        let options = BuildOptions { base, npm, shell, stdio, parallel: parallel(), sandbox };
        lifecycle::build(round, &packages, options, self.request.reporter, |dropped| {
            self.link_bins(round, |package| dropped.contains(package) || gone.contains(package))
        })
        .await
    }

    fn link_bins(&self, round: Round, is_gone: impl Fn(&str) -> bool) -> Result<(), BinError> {
        let due =
            |bin: &&PlannedBin| bin.is_due && bin.round == round && !is_gone(bin.package.as_str());
        for bin in self.plan.bins.iter().filter(due) {
            let linked = link_bin(&bin.link, self.request.umask)?;
            if matches!(linked, Linked::MissingTarget | Linked::NotAFile) {
                // An older version of the package may have had it.
                unlink_bin(&bin.link, &bin.package.on(self.request.project))?;
            }
        }
        Ok(())
    }

    /// Removes optional packages whose scripts failed. Those that were there before can only
    /// go when the change is final: they are collected in `aside`.
    fn take_away(
        &mut self,
        gone: &BTreeSet<String>,
        transaction: Option<&Transaction>,
        aside: &mut Vec<Location>,
    ) -> Result<(), Failure> {
        let ReifyRequest { tree, ideal, project, .. } = self.request;
        for text in gone {
            let Some(node) = tree.at_location(ideal, text) else { continue };
            let Ok(at) = Location::parse(text) else { continue };
            if !self.dropped.insert(node) {
                continue;
            }
            let path: PathBuf = at.on(project);
            for bin in self.plan.bins.iter().filter(|bin| bin.package == at) {
                unlink_bin(&bin.link, &path)?;
            }
            let is_new =
                self.plan.changes.iter().any(
                    |change| matches!(change, Change::Place { at: placed, .. } if *placed == at),
                );
            match transaction.filter(|_| is_new) {
                Some(transaction) => transaction.discard(&at)?,
                None => aside.push(at),
            }
        }
        Ok(())
    }
}

fn parallel() -> usize {
    available_parallelism().map_or(1, usize::from)
}
