//! The project's own files that a run writes: only where they differ, and put back when what
//! follows fails.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    error::Failure,
    fs::{Durability, FsError, if_there, read_bounded_file, write_atomic},
};

/// The most bytes of such a file.
const MAX_BYTES: u64 = 256 << 20;

/// What was written, and what was there before.
#[derive(Debug, Default)]
pub(super) struct Rewritten(Vec<(PathBuf, Option<Vec<u8>>)>);

impl Rewritten {
    /// Lets `work` write, and puts back what it wrote if it fails.
    ///
    /// # Errors
    /// What `work` says.
    pub(super) fn by<T>(work: impl FnOnce(&mut Self) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut rewritten = Self::default();
        let done = work(&mut rewritten);
        if done.is_err() {
            rewritten.put_back();
        }
        done
    }

    /// Writes a file, unless it says that already.
    ///
    /// # Errors
    /// One that cannot be read or written.
    pub(super) fn write(
        &mut self,
        path: &Path,
        bytes: &[u8],
        durability: Durability,
    ) -> Result<(), FsError> {
        let before = read(path)?;
        if before.as_deref() == Some(bytes) {
            return Ok(());
        }
        write_atomic(path, bytes, durability)?;
        self.0.push((path.to_path_buf(), before));
        Ok(())
    }

    /// Removes a file, if it is there.
    ///
    /// # Errors
    /// One that cannot be read or removed.
    pub(super) fn remove(&mut self, path: &Path) -> Result<(), FsError> {
        let Some(before) = read(path)? else { return Ok(()) };
        fs::remove_file(path).map_err(FsError::io("remove", path))?;
        self.0.push((path.to_path_buf(), Some(before)));
        Ok(())
    }

    /// Undoes all of it, the last first.
    fn put_back(self) {
        for (path, before) in self.0.into_iter().rev() {
            // Why the run failed is told; that a file could not be put back either tells no more.
            match before {
                Some(bytes) => drop(write_atomic(&path, &bytes, Durability::Synced)),
                None => drop(fs::remove_file(&path)),
            }
        }
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, FsError> {
    if_there(read_bounded_file(path, MAX_BYTES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_or_removed_is_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["same", "changed", "removed"] {
            fs::write(path(name), name).unwrap();
        }
        let mut rewritten = Rewritten::default();
        let mut write = |name: &str, text: &str| {
            rewritten.write(&path(name), text.as_bytes(), Durability::Volatile).unwrap();
        };
        write("same", "same");
        write("changed", "1");
        write("changed", "2");
        write("new", "1");
        assert_eq!(rewritten.0.len(), 3);
        rewritten.remove(&path("removed")).unwrap();
        rewritten.remove(&path("nothing")).unwrap();
        assert!(path("new").exists() && !path("removed").exists());
        rewritten.put_back();
        let text = |name: &str| fs::read_to_string(path(name)).ok();
        assert_eq!(text("changed").as_deref(), Some("changed"));
        assert_eq!(text("removed").as_deref(), Some("removed"));
        assert_eq!((text("new"), text("nothing")), (None, None));
    }
}
