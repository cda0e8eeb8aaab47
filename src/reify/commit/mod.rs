//! A change of `node_modules` that happens whole or not at all, killed at any moment or not.
//!
//! The protocol:
//!
//! 1. **Begin.** In every `node_modules` folder concerned (the project's, a workspace's: an
//!    *area*, one file system each) a staging folder `.denpm-XXXXXXXX` is made, with `new/` for
//!    what comes and `old/` for what goes. Nothing a tool looks at has changed. The first one,
//!    the project's, holds a list of the others: they are found again without a journal.
//! 2. **Stage.** The caller builds complete package folders at the paths [`Transaction::staged`]
//!    names. A package nested in another one that is placed is built inside that one.
//! 3. **Journal.** [`Transaction::apply`] writes the whole plan to `node_modules/.denpm-journal`
//!    (temporary file, fsync, rename) before the first change. The journal is a plan, not a log:
//!    how far it got is read from the disk, since every step is one rename and each of the two
//!    folders is either there or not.
//! 4. **Apply.** The hidden lock and the sidecar go to `old/` first, so that no half-made tree
//!    is ever trusted; then, step by step, what lies at a location is renamed to `old/<n>`,
//!    `new/<n>` is renamed to the location, and nested packages that stay are renamed back in.
//! 5. **Build.** The caller links bins, runs scripts, writes `package-lock.json`, the hidden
//!    lock and the sidecar, in this order.
//! 6. **Commit.** [`Transaction::finish`] removes the journal: one unlink is the moment of
//!    truth. Deleting the staging folders afterwards is mere tidiness ([`Trash`]).
//!
//! When a step fails, or the caller calls [`Transaction::rollback`], the steps are undone in
//! reverse. When the process dies, the next run's [`recover`] does the same from the journal,
//! and undoing may itself be killed and repeated. So a run that was killed before 6 leaves,
//! after recovery, the tree it found; after 6, the tree it made, scripts run and lock written.
//! Without a journal, staging folders are rubbish and are swept.
//!
//! Two processes must not do this in one project at once: the caller holds the project's lock.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    location::{FolderError, Location, LocationError, RealFolders, on_disk},
    retire::retire_path,
};
use crate::error::{Code, Explain};

mod disk;
mod journal;
#[cfg(test)]
#[cfg(unix)]
mod tests;

pub use disk::{Disk, RealDisk};
use journal::{BinBefore, Journal, Step};

/// The folder of the root area, relative to the project.
const NODE_MODULES: &str = "node_modules";
/// What a tree is trusted by: gone before the first change, written again after the last.
const TRUSTED: &[&str] = &["node_modules/.package-lock.json", "node_modules/.denpm.json"];
/// The prefix of everything in `node_modules` that is ours and temporary.
const STAGING_PREFIX: &str = ".denpm-";
/// In the project's staging folder: a journal without steps that names the other areas.
const AREAS: &str = "areas";

/// One intended change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A folder or link, to be staged, takes the place of whatever lies at a location.
    Place {
        /// Where.
        at: Location,
        /// Packages nested below `at` that stay as they are and move over into the new folder.
        keep: Vec<Location>,
    },
    /// Whatever lies at a location goes, with all that is nested in it.
    Remove {
        /// Where.
        at: Location,
    },
}

impl Change {
    fn at(&self) -> &Location {
        match self {
            Self::Place { at, .. } | Self::Remove { at } => at,
        }
    }
}

/// A change could not be made, or not be undone.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// A location of the journal or of the plan is not inside `node_modules`.
    #[error(transparent)]
    Location(#[from] LocationError),
    /// A folder on the way to a location is a link or a file.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The system refused; what had been done was undone.
    #[error("cannot change {}", path.display())]
    Io {
        /// The file or folder concerned.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The system refused, and undoing failed as well: the journal stays for the next run.
    #[error("cannot restore {}", path.display())]
    Stuck {
        /// What could not be put back.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl Explain for CommitError {
    fn code(&self) -> Code {
        match self {
            Self::Location(_) => Code::Internal,
            Self::Folder(_) | Self::Io { .. } | Self::Stuck { .. } => Code::System,
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Folder(FolderError::NotAFolder(path)) => Some(format!(
                "Remove {} (it must be a real folder) and run the command again.",
                path.display()
            )),
            Self::Stuck { .. } => {
                Some("Run the command again: it will first restore node_modules.".to_owned())
            }
            _ => None,
        }
    }
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> CommitError {
    move |source| CommitError::Io { path: path.to_path_buf(), source }
}

/// A change of `node_modules` in progress.
#[derive(Debug)]
pub struct Transaction<D: Disk = RealDisk> {
    disk: D,
    project: PathBuf,
    journal: Journal,
    /// Location → path below the staging folder of its area.
    staged: BTreeMap<Location, String>,
}

impl Transaction {
    /// Step 1 for the project folder `project`. `bins` are the links in `.bin` folders that
    /// will be made, replaced or removed (`node_modules/.bin/tsc`): they are restored on undo.
    ///
    /// # Errors
    /// When staging folders cannot be made, or a folder on the way is a symbolic link.
    pub fn begin(
        project: &Path,
        changes: &[Change],
        bins: &[Location],
    ) -> Result<Self, CommitError> {
        Self::begin_on(RealDisk, project, changes, bins)
    }
}

impl<D: Disk> Transaction<D> {
    /// As [`Transaction::begin`], with another disk: fault injection.
    ///
    /// # Errors
    /// As [`Transaction::begin`].
    pub fn begin_on(
        disk: D,
        project: &Path,
        changes: &[Change],
        bins: &[Location],
    ) -> Result<Self, CommitError> {
        let mut journal = Journal::default();
        let mut folders = RealFolders::new(project);
        let mut made = BTreeSet::new();
        let shallow = shallow(changes);
        let areas: BTreeSet<String> = shallow
            .iter()
            .map(|change| change.at().area().to_owned())
            .chain([NODE_MODULES.to_owned()])
            .collect();
        for text in TRUSTED {
            let at = Location::parse(text)?;
            let missing = folders.missing_parents(&at)?;
            journal.steps.push(Step::new(project, journal.steps.len(), (&at, &missing), &[]));
        }
        let mut staged = BTreeMap::new();
        for change in shallow {
            let missing = folders.missing_parents(change.at())?;
            let keep = match change {
                Change::Place { keep, .. } => keep.as_slice(),
                Change::Remove { .. } => &[],
            };
            let at = (change.at(), missing.as_slice());
            let mut step = Step::new(project, journal.steps.len(), at, keep);
            if let Change::Place { at, .. } = change {
                step.new = true;
                staged.insert(at.clone(), format!("new/{}", step.slot));
                made.extend(missing);
            }
            if step.old || step.new {
                journal.steps.push(step);
            }
        }
        stage_nested(changes, &mut staged);
        let moving: BTreeSet<&str> = journal.steps.iter().map(|step| step.at.as_str()).collect();
        for bin in bins.iter().filter(|bin| !bin.ancestors().any(|folder| moving.contains(folder)))
        {
            made.extend(folders.missing_parents(bin)?);
            journal.bins.push(BinBefore::read(project, bin));
        }
        // Sorted, a parent comes before what lies in it.
        journal.made = made
            .into_iter()
            .filter(|folder| folder.split('/').any(|part| part == NODE_MODULES))
            .collect();
        journal.areas = areas.into_iter().collect();
        let mut transaction = Self { disk, project: project.to_path_buf(), journal, staged };
        transaction.make_staging()?;
        Ok(transaction)
    }

    fn make_staging(&mut self) -> Result<(), CommitError> {
        let root = self.project.join(NODE_MODULES);
        if fs::symlink_metadata(&root).is_err() {
            self.journal.made.insert(0, NODE_MODULES.to_owned());
            self.journal.made.dedup();
        }
        self.make_folders(&root)?;
        let staging = tempfile::Builder::new()
            .prefix(STAGING_PREFIX)
            .rand_bytes(8)
            .tempdir_in(&root)
            .map_err(io_error(&root))?
            .keep();
        let name = staging.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.strip_prefix(STAGING_PREFIX).unwrap_or_default().clone_into(&mut self.journal.id);
        let others = self.journal.other_areas();
        if !others.areas.is_empty() {
            let path = staging.join(AREAS);
            self.disk.write_durably(&path, &others.to_bytes()).map_err(io_error(&path))?;
        }
        for area in self.journal.areas.clone() {
            let folder = self.journal.staging(&self.project, &area);
            self.make_folders(&folder.join("new"))?;
            self.make_folders(&folder.join("old"))?;
        }
        Ok(())
    }

    fn make_folders(&self, folder: &Path) -> Result<(), CommitError> {
        if fs::symlink_metadata(folder).is_ok_and(|found| found.is_dir()) {
            return Ok(());
        }
        if let Some(parent) = folder.parent() {
            self.make_folders(parent)?;
        }
        self.disk.make_directory(folder).map_err(io_error(folder))
    }

    /// Step 2: where the folder (or link) for `at` is to be built; its parent exists when the
    /// outer packages have been built. `None` when the plan has no [`Change::Place`] there.
    pub fn staged(&self, at: &Location) -> Option<PathBuf> {
        let staging = self.journal.staging(&self.project, at.area());
        self.staged.get(at).map(|path| on_disk(&staging, path))
    }

    /// Takes a package out of the plan before [`Self::apply`]: an optional one that could not
    /// be fetched. What lay at its place still goes.
    ///
    /// # Errors
    /// When its half-built folder cannot be removed.
    pub fn withdraw(&mut self, at: &Location) -> Result<(), CommitError> {
        let Some(path) = self.staged(at) else { return Ok(()) };
        self.disk.remove_tree(&path).map_err(io_error(&path))?;
        self.staged.remove(at);
        if let Some(step) = self.journal.steps.iter_mut().find(|step| step.at == at.as_str()) {
            step.new = false;
            step.keep.clear();
        }
        Ok(())
    }

    /// Steps 3 and 4.
    ///
    /// # Errors
    /// [`CommitError::Io`] when a step failed and all was undone, [`CommitError::Stuck`] when
    /// undoing failed, too.
    pub fn apply(&mut self) -> Result<(), CommitError> {
        let applied = self.write_journal().and_then(|()| self.apply_steps());
        applied.map_err(|error| self.undo().err().unwrap_or(error))
    }

    fn write_journal(&self) -> Result<(), CommitError> {
        let path = Journal::path(&self.project);
        self.disk.write_durably(&path, &self.journal.to_bytes()).map_err(io_error(&path))
    }

    fn apply_steps(&self) -> Result<(), CommitError> {
        for folder in &self.journal.made {
            self.make_folders(&on_disk(&self.project, folder))?;
        }
        for step in &self.journal.steps {
            let (at, old, new) = self.journal.paths(&self.project, step);
            if step.old {
                // A killed npm may have left its own retired folder beside the package.
                if let Some(leftover) =
                    retire_path(&at).filter(|path| fs::symlink_metadata(path).is_ok())
                {
                    self.disk.remove_tree(&leftover).map_err(io_error(&leftover))?;
                }
                self.disk.rename(&at, &old).map_err(io_error(&at))?;
            }
            if step.new {
                self.disk.rename(&new, &at).map_err(io_error(&at))?;
            }
            for kept in &step.keep {
                let (from, to) = (on_disk(&old, kept), on_disk(&at, kept));
                if let Some(parent) = to.parent() {
                    self.make_folders(parent)?;
                }
                self.disk.rename(&from, &to).map_err(io_error(&to))?;
            }
        }
        Ok(())
    }

    /// Removes a package that was placed: an optional one whose script failed. Undo still
    /// restores what lay there before.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn discard(&self, at: &Location) -> Result<(), CommitError> {
        let path = at.on(&self.project);
        self.disk.remove_tree(&path).map_err(io_error(&path))
    }

    /// Undoes everything: a script failed, the user interrupted.
    ///
    /// # Errors
    /// [`CommitError::Stuck`]; the journal then stays for [`recover`].
    pub fn rollback(self) -> Result<(), CommitError> {
        self.undo()
    }

    fn undo(&self) -> Result<(), CommitError> {
        self.journal.undo(&self.disk, &self.project)
    }

    /// Step 6. The caller has written the hidden lock before.
    ///
    /// # Errors
    /// When the journal cannot be removed: the change then counts as not made, and the caller rolls back.
    pub fn finish(&self) -> Result<Trash, CommitError> {
        let path = Journal::path(&self.project);
        self.disk.remove_tree(&path).map_err(io_error(&path))?;
        // The project's own goes last: it says where the others are.
        let areas = self.journal.other_areas().areas.into_iter().chain([NODE_MODULES.to_owned()]);
        let folders = areas.map(|area| self.journal.staging(&self.project, &area)).collect();
        Ok(Trash { folders })
    }
}

/// The staging folders of a finished transaction, with what was replaced.
#[must_use = "the folders stay on disk until they are deleted, at the latest by the next run"]
#[derive(Debug)]
pub struct Trash {
    folders: Vec<PathBuf>,
}

impl Trash {
    /// Deletes the folders; may run on any thread, any time. What cannot be deleted now is
    /// swept by the next run.
    pub fn delete(self) {
        for folder in &self.folders {
            drop(RealDisk.remove_tree(folder));
        }
    }
}

/// The outermost changes: what is nested in a placed or removed package moves with it.
fn shallow(changes: &[Change]) -> Vec<&Change> {
    let places: BTreeSet<&str> = changes
        .iter()
        .filter(|change| matches!(change, Change::Place { .. }))
        .map(|change| change.at().as_str())
        .collect();
    let all: BTreeSet<&str> = changes.iter().map(|change| change.at().as_str()).collect();
    let mut shallow: Vec<&Change> = changes
        .iter()
        .filter(|change| {
            let outer = match change {
                Change::Place { .. } => &places,
                Change::Remove { .. } => &all,
            };
            !change.at().ancestors().any(|ancestor| outer.contains(ancestor))
        })
        .collect();
    // A removed outer package goes before something is placed where it was.
    shallow.sort_by(|a, b| a.at().cmp(b.at()));
    shallow.dedup_by(|a, b| a.at() == b.at());
    shallow
}

/// Nested placements are built inside the staged folder of the outermost one.
fn stage_nested(changes: &[Change], staged: &mut BTreeMap<Location, String>) {
    for change in changes {
        let Change::Place { at, .. } = change else { continue };
        let outer = at.ancestors().find_map(|ancestor| {
            let (outer, path) = staged.get_key_value(&Location::parse(ancestor).ok()?)?;
            Some(format!("{path}/{}", at.below(outer)?))
        });
        if let Some(path) = outer {
            staged.insert(at.clone(), path);
        }
    }
}

/// What [`recover`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovered {
    /// No run had been interrupted.
    Clean,
    /// An interrupted run was undone.
    Undone,
    /// There was a journal that is not ours to follow; nothing in the tree may be trusted
    /// unseen, so the hidden lock is gone.
    Distrusted,
}

/// Before anything is read from `node_modules`: undoes an interrupted run and sweeps staging
/// folders, and temporary files beside package.json where a run was undone.
///
/// # Errors
/// When something cannot be put back or removed.
pub fn recover(project: &Path) -> Result<Recovered, CommitError> {
    let path = Journal::path(project);
    let modules = project.join(NODE_MODULES);
    // A linked folder is not one of our areas: it is refused where the tree is read.
    if !fs::symlink_metadata(&modules).is_ok_and(|found| found.is_dir()) {
        return Ok(Recovered::Clean);
    }
    let recovered = match Journal::read(&path) {
        Ok(None) => Recovered::Clean,
        Ok(Some(journal)) => {
            // While the journal is there, so that a killed sweep is repeated, too.
            for folder in journal.written_folders(project) {
                sweep_files(&folder)?;
            }
            journal.undo(&RealDisk, project)?;
            Recovered::Undone
        }
        Err(_) => {
            for trusted in TRUSTED {
                let trusted = on_disk(project, trusted);
                RealDisk.remove_tree(&trusted).map_err(io_error(&trusted))?;
            }
            RealDisk.remove_tree(&path).map_err(io_error(&path))?;
            Recovered::Distrusted
        }
    };
    for path in ours(&modules)? {
        // A list that cannot be read leads nowhere: what it named is mere rubbish.
        if let Ok(Some(others)) = Journal::read(&path.join(AREAS)) {
            others.undo(&RealDisk, project)?;
        }
        RealDisk.remove_tree(&path).map_err(io_error(&path))?;
    }
    Ok(recovered)
}

/// Removes the temporary files of a folder that is not ours (`.denpm-` and what `tempfile`
/// appends): regular files only.
fn sweep_files(folder: &Path) -> Result<(), CommitError> {
    let is_temporary = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        let random = name.and_then(|name| name.strip_prefix(STAGING_PREFIX)).unwrap_or_default();
        random.len() == 6 && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    for path in ours(folder)?.into_iter().filter(is_temporary) {
        if fs::symlink_metadata(&path).is_ok_and(|found| found.is_file()) {
            RealDisk.remove_tree(&path).map_err(io_error(&path))?;
        }
    }
    Ok(())
}

/// The entries of a folder that bear the name of something temporary of ours.
fn ours(folder: &Path) -> Result<Vec<PathBuf>, CommitError> {
    let mut found = Vec::new();
    let entries = match fs::read_dir(folder) {
        // Undoing a first install takes the folder away.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        entries => entries.map_err(io_error(folder))?,
    };
    for entry in entries {
        let path = entry.map_err(io_error(folder))?.path();
        if path
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.starts_with(STAGING_PREFIX))
        {
            found.push(path);
        }
    }
    Ok(found)
}
