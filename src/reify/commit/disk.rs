//! The few ways in which a transaction changes the disk: one seam, so that each can be made to fail.

use std::{fs, io, io::Write as _, path::Path};

/// Every change a transaction makes to the disk. Tests fail the n-th call for every n.
pub trait Disk {
    /// Renames; the target does not exist.
    ///
    /// # Errors
    /// As the system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file, a link (not what it points to) or a whole folder; nothing there is fine.
    ///
    /// # Errors
    /// As the system says.
    fn remove_tree(&self, path: &Path) -> io::Result<()>;

    /// Makes one folder.
    ///
    /// # Errors
    /// As the system says.
    fn make_directory(&self, path: &Path) -> io::Result<()>;

    /// Removes a folder if it is empty; a full one, or none, is fine.
    ///
    /// # Errors
    /// As the system says.
    fn remove_if_empty(&self, path: &Path) -> io::Result<()>;

    /// Makes a symbolic link with this content.
    ///
    /// # Errors
    /// As the system says.
    fn symlink(&self, content: &str, path: &Path) -> io::Result<()>;

    /// Writes a file that is whole or not there, even after a power cut.
    ///
    /// # Errors
    /// As the system says.
    fn write_durably(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
}

/// The file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_tree(&self, path: &Path) -> io::Result<()> {
        let removed = match fs::symlink_metadata(path) {
            Ok(found) if found.is_dir() => fs::remove_dir_all(path),
            Ok(_) => fs::remove_file(path).or_else(|_| fs::remove_dir(path)),
            Err(error) => Err(error),
        };
        removed.or_else(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Ok(()),
            _ => Err(error),
        })
    }

    fn make_directory(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    fn remove_if_empty(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::DirectoryNotEmpty => Ok(()),
            _ => Err(error),
        })
    }

    #[cfg(unix)]
    fn symlink(&self, content: &str, path: &Path) -> io::Result<()> {
        std::os::unix::fs::symlink(content, path)
    }

    #[cfg(not(unix))]
    fn symlink(&self, _content: &str, _path: &Path) -> io::Result<()> {
        // Bins are shims here: files, restored by their text.
        Ok(())
    }

    fn write_durably(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        let mut file =
            tempfile::Builder::new().prefix(super::STAGING_PREFIX).tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    }
}
