//! Package folders built beside the tree, on as many threads as there are processors.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tokio::{sync::mpsc, task::spawn_blocking};

use crate::{
    error::{Code, Explain, Failure},
    event::{Event, Phase, Reporter},
    reify::link::{LinkError, LinkMethod, Linker, PackageTree, PlacedFile, Sharing},
    store::{Depth, EntryPath, Store, StoredPackage},
};

/// A folder or link could not be staged.
#[derive(Debug, thiserror::Error)]
enum StageError {
    /// The system refused.
    #[error("cannot stage {}", path.display())]
    Io {
        /// What was to be made.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A thread ended without a result.
    #[error("a thread that lays out packages was lost")]
    Lost,
}

impl Explain for StageError {
    fn code(&self) -> Code {
        match self {
            Self::Io { .. } => Code::System,
            Self::Lost => Code::Internal,
        }
    }
}

/// One folder or link to make.
pub(super) struct Job {
    /// The staging path. The folder around the outermost of a group is there and empty; inside a
    /// group parents may be missing.
    pub(super) destination: PathBuf,
    /// What comes there.
    pub(super) content: Content,
    /// What must not be in the folder, however the tarball looks.
    pub(super) cleared: Vec<PathBuf>,
}

/// What is made.
pub(super) enum Content {
    /// A package from the store.
    Package {
        /// The package.
        stored: Box<StoredPackage>,
        /// Whether it may share the store's files.
        sharing: Sharing,
    },
    /// A symbolic link with this text.
    Link(String),
}

/// Who shows progress is woken after so many jobs of a thread, not after each.
const TOLD_AT_ONCE: u64 = 32;

struct Work {
    /// Jobs of one group are done in order: the later ones lie inside the first.
    groups: Vec<Vec<Job>>,
    next: AtomicUsize,
    linker: Linker,
    /// The files of a package in the store are not what was unpacked.
    met_damage: AtomicBool,
}

/// Does all jobs; progress is counted in jobs. What is damaged leaves the store, so that it
/// can be fetched again.
///
/// # Errors
/// The first failure; no further group is begun then, and nothing runs any more on return.
pub(super) async fn stage(
    groups: Vec<Vec<Job>>,
    method: LinkMethod,
    parallel: usize,
    store: &Store,
    reporter: &dyn Reporter,
) -> Result<(), Failure> {
    let total = groups.iter().map(|group| group.len() as u64).sum();
    let parallel = parallel.min(groups.len());
    let linker = Linker::starting_with(method);
    let work = Arc::new(Work {
        groups,
        next: AtomicUsize::new(0),
        linker,
        met_damage: AtomicBool::new(false),
    });
    let (sender, mut finished) = mpsc::unbounded_channel();
    let workers: Vec<_> = (0..parallel)
        .map(|_| {
            let (work, sender) = (Arc::clone(&work), sender.clone());
            spawn_blocking(move || work.run(&sender))
        })
        .collect();
    drop(sender);
    reporter.event(Event::PhaseStarted(Phase::Link));
    let mut done = 0;
    while let Some(jobs) = finished.recv().await {
        done += jobs;
        reporter.event(Event::PhaseProgress { phase: Phase::Link, done, total });
    }
    let mut outcome = Ok(());
    for worker in workers {
        let end = worker.await.unwrap_or_else(|_| Err(StageError::Lost.into()));
        outcome = outcome.and(end);
    }
    // Not before: another place of the same package would be told that it is lost, and what could
    // not be opened while all worked may be whole. Who changed one has changed others.
    if work.met_damage.load(Ordering::Relaxed) {
        let is_changed = |package: &StoredPackage| package.verify_unchanged(Depth::Quick).is_err();
        for package in work.packages().filter(|package| is_changed(package)) {
            // Another run may have replaced it by now.
            if store.get(&package.integrity).is_none_or(|now| is_changed(&now)) {
                // What cannot be removed is no better told than by the failure itself.
                drop(store.remove(package));
            }
        }
    }
    reporter.event(Event::PhaseFinished(Phase::Link));
    outcome
}

impl Work {
    fn run(&self, finished: &mpsc::UnboundedSender<u64>) -> Result<(), Failure> {
        // Nobody listens any more only when the whole operation was given up.
        let tell = |jobs| finished.send(jobs).ok();
        let mut untold = 0;
        while let Some(group) = self.groups.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            for (place, job) in group.iter().enumerate() {
                if let Err(error) = self.job(job, place == 0) {
                    self.next.store(self.groups.len(), Ordering::Relaxed);
                    return Err(error);
                }
                untold += 1;
            }
            if untold >= TOLD_AT_ONCE {
                tell(std::mem::take(&mut untold));
            }
        }
        tell(untold);
        Ok(())
    }

    fn job(&self, job: &Job, is_outermost: bool) -> Result<(), Failure> {
        let destination = &job.destination;
        let failed = |source| StageError::Io { path: destination.clone(), source };
        if !is_outermost {
            if let Some(parent) = destination.parent() {
                fs::create_dir_all(parent).map_err(failed)?;
            }
            // The tarball of the package around may bring its own idea of what lies here.
            clear(destination)?;
        }
        match &job.content {
            Content::Package { stored, sharing } => self.package(stored, destination, *sharing)?,
            Content::Link(text) => make_link(text, destination).map_err(failed)?,
        }
        Ok(job.cleared.iter().try_for_each(|path| clear(path))?)
    }

    fn package(
        &self,
        stored: &StoredPackage,
        destination: &Path,
        sharing: Sharing,
    ) -> Result<(), Failure> {
        stored
            .verify_unchanged(Depth::Quick)
            .inspect_err(|_| self.met_damage.store(true, Ordering::Relaxed))?;
        let directories: Vec<&str> =
            stored.index.directories().iter().map(EntryPath::as_str).collect();
        let files: Vec<PlacedFile<'_>> = stored
            .index
            .files()
            .iter()
            .map(|file| PlacedFile { path: file.path.as_str(), mode: file.mode.creation_bits() })
            .collect();
        let tree = PackageTree { source: &stored.dir, directories: &directories, files: &files };
        let placed = self.linker.place_package(tree, destination, sharing);
        if matches!(placed, Err(LinkError::Missing(_))) {
            self.met_damage.store(true, Ordering::Relaxed);
        }
        placed?;
        Ok(())
    }

    fn packages(&self) -> impl Iterator<Item = &StoredPackage> {
        self.groups.iter().flatten().filter_map(|job| match &job.content {
            Content::Package { stored, .. } => Some(&**stored),
            Content::Link(_) => None,
        })
    }
}

/// Removes what lies at a staging path, if anything does.
fn clear(path: &Path) -> Result<(), StageError> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => Ok(()),
    };
    removed.map_err(|source| StageError::Io { path: path.to_path_buf(), source })
}

#[cfg(unix)]
fn make_link(text: &str, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(text, path)
}

#[cfg(windows)]
fn make_link(text: &str, path: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_dir(text.replace('/', "\\"), path)
}
