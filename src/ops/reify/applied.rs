//! The last step: the change becomes final, or never happened.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    arborist::NodeId,
    error::Failure,
    reify::{
        commit::{CommitError, Transaction},
        location::Location,
    },
};

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Packages and links that were placed.
    pub placed: usize,
    /// Places that are empty now.
    pub removed: usize,
    /// Lifecycle scripts that ran.
    pub scripts: usize,
}

/// A change that is on disk but not final. Dropped without [`Applied::finish`] it is undone by
/// the next run's [`recover`](crate::reify::commit::recover).
#[derive(Debug)]
#[must_use = "without `finish` the next run undoes the change"]
pub struct Applied {
    pub(super) project: PathBuf,
    pub(super) transaction: Option<Transaction>,
    /// Optional packages that were there before and go with a dropped one.
    pub(super) aside: Vec<Location>,
    /// Optional nodes of the ideal tree that are not on disk: not fetched, or a script failed.
    /// The caller marks them inert before it writes the hidden lock.
    pub dropped: Vec<NodeId>,
    /// Those among them that were there, until a script failed.
    pub failed: Vec<NodeId>,
    /// npm's closing warning (prefix `install-scripts`) about scripts that did not run, by line.
    pub unreviewed: Vec<String>,
    /// What was done.
    pub summary: Summary,
}

impl Applied {
    /// Calls `write`, which writes package.json, the lock, the hidden lock and the sidecar, and
    /// makes the change final; what was replaced is deleted.
    ///
    /// # Errors
    /// What `write` says, or the system; `node_modules` is then as it was before the change.
    pub fn finish(self, write: impl FnOnce() -> Result<(), Failure>) -> Result<Summary, Failure> {
        let parked = Parked::park(&self.project, &self.aside);
        let written = parked.and_then(|parked| match write() {
            Ok(()) => Ok(parked),
            Err(error) => {
                parked.put_back()?;
                Err(error)
            }
        });
        let Some(transaction) = self.transaction else {
            written?.delete();
            return Ok(self.summary);
        };
        let parked = match written {
            Ok(parked) => parked,
            Err(error) => {
                transaction.rollback()?;
                return Err(error);
            }
        };
        match transaction.finish() {
            Ok(trash) => {
                trash.delete();
                parked.delete();
                Ok(self.summary)
            }
            Err(error) => {
                parked.put_back()?;
                transaction.rollback()?;
                Err(error.into())
            }
        }
    }
}

/// Packages moved out of sight until it is certain that they go.
#[derive(Debug, Default)]
struct Parked {
    /// Where each was and is, in the order of moving.
    moves: Vec<(PathBuf, PathBuf)>,
    folders: Vec<PathBuf>,
}

impl Parked {
    fn park(project: &Path, packages: &[Location]) -> Result<Self, Failure> {
        let mut parked = Self::default();
        for at in packages {
            if let Err(error) = parked.move_away(project, at) {
                parked.put_back()?;
                return Err(error.into());
            }
        }
        Ok(parked)
    }

    fn move_away(&mut self, project: &Path, at: &Location) -> Result<(), CommitError> {
        let path = at.on(project);
        let failed = |source| CommitError::Io { path: path.clone(), source };
        let area = at.area().split('/').fold(project.to_path_buf(), |path, part| path.join(part));
        // What begins like this is swept by the next run.
        let folder =
            tempfile::Builder::new().prefix(".denpm-").tempdir_in(area).map_err(failed)?.keep();
        self.folders.push(folder.clone());
        let parked = folder.join("old");
        match fs::rename(&path, &parked) {
            Ok(()) => self.moves.push((path, parked)),
            // It went together with the package around it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        Ok(())
    }

    fn put_back(self) -> Result<(), CommitError> {
        for (path, parked) in self.moves.iter().rev() {
            fs::rename(parked, path)
                .map_err(|source| CommitError::Stuck { path: path.clone(), source })?;
        }
        self.delete();
        Ok(())
    }

    fn delete(self) {
        for folder in &self.folders {
            // What cannot be deleted now is swept by the next run.
            drop(fs::remove_dir_all(folder));
        }
    }
}
