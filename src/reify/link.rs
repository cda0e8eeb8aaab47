//! A package folder made from a tree in the store: reflink, else hard link, else copy.
//!
//! Which of the three works depends only on the two file systems, so it is probed with the
//! first file that goes from one device to another and remembered for the pair. A hard link
//! shares the store's inode: whatever may be written to later (a package whose scripts run)
//! must be placed with [`Sharing::Never`], and `bin_links` breaks a link before it changes a file.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use super::location::is_plain_relative;
use crate::error::{Code, Explain};

/// One file of a package, as the store's index knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlacedFile<'a> {
    /// Path relative to the package folder, `/`-separated.
    pub path: &'a str,
    /// Permission bits of a copy before the process's umask; links share the store's.
    pub mode: u32,
}

/// The tree of one package in the store.
#[derive(Clone, Copy, Debug)]
pub struct PackageTree<'a> {
    /// The folder that holds it.
    pub source: &'a Path,
    /// Folders below it, parents before children.
    pub directories: &'a [&'a str],
    /// Files below it.
    pub files: &'a [PlacedFile<'a>],
}

/// How a file got its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkMethod {
    /// A new inode that shares blocks until one of them is written.
    Reflink,
    /// The store's own inode.
    HardLink,
    /// A new inode with its own blocks.
    Copy,
}

/// Whether a placed file may be the store's inode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sharing {
    /// The cheapest method the file systems allow.
    #[default]
    Allowed,
    /// Never a hard link: scripts will run in this folder, or a tool patches it.
    Never,
}

/// A package folder could not be made.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The index names a path that is not plain and relative.
    #[error("the store's index names an unsafe path: {0:?}")]
    UnsafePath(String),
    /// The store lacks a file of its own index: the entry must be fetched again.
    #[error("the store has lost {}", .0.display())]
    Missing(PathBuf),
    /// The system refused.
    #[error("cannot place {}", path.display())]
    Io {
        /// The file or folder that was to be made.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl Explain for LinkError {
    fn code(&self) -> Code {
        match self {
            Self::UnsafePath(_) => Code::Badarchive,
            Self::Missing(_) | Self::Io { .. } => Code::System,
        }
    }

    fn help(&self) -> Option<String> {
        matches!(self, Self::Missing(_))
            .then(|| "Run the command again: the package will be fetched anew.".to_owned())
    }
}

/// Makes package folders, and remembers what each pair of devices can do. Shared by all threads.
#[derive(Debug)]
pub struct Linker {
    best: LinkMethod,
    pairs: Mutex<BTreeMap<(u64, u64), LinkMethod>>,
}

impl Default for Linker {
    fn default() -> Self {
        Self::starting_with(LinkMethod::Reflink)
    }
}

impl Linker {
    /// A linker that never tries a method before `best` (a user may want plain copies).
    pub fn starting_with(best: LinkMethod) -> Self {
        Self { best, pairs: Mutex::new(BTreeMap::new()) }
    }

    /// Makes the folder `destination` with the content of `tree`; returns the method used.
    ///
    /// `destination` must not exist and its parent must: it is a staging path of ours, so
    /// nothing can have put a link below it.
    ///
    /// # Errors
    /// [`LinkError`]; the folder may be left half made, for the caller to remove.
    pub fn place_package(
        &self,
        tree: PackageTree<'_>,
        destination: &Path,
        sharing: Sharing,
    ) -> Result<LinkMethod, LinkError> {
        let directories = tree.directories.iter().copied();
        if let Some(bad) = directories
            .chain(tree.files.iter().map(|file| file.path))
            .find(|path| !is_plain_relative(path))
        {
            return Err(LinkError::UnsafePath(bad.chars().take(200).collect()));
        }
        let folder = platform::PackageFolder::make(tree.source, destination)
            .map_err(|source| LinkError::Io { path: destination.to_path_buf(), source })?;
        for directory in tree.directories {
            folder
                .make_directory(directory)
                .map_err(|source| LinkError::Io { path: destination.join(directory), source })?;
        }
        let mut method = self.known(folder.devices());
        for file in tree.files {
            method = self.place_file(&folder, *file, method, sharing).map_err(|source| {
                let stored = tree.source.join(file.path);
                if source.kind() == io::ErrorKind::NotFound && !stored.exists() {
                    LinkError::Missing(stored)
                } else {
                    LinkError::Io { path: destination.join(file.path), source }
                }
            })?;
        }
        Ok(effective(method, sharing))
    }

    fn place_file(
        &self,
        folder: &platform::PackageFolder<'_>,
        file: PlacedFile<'_>,
        mut method: LinkMethod,
        sharing: Sharing,
    ) -> io::Result<LinkMethod> {
        loop {
            let error = match effective(method, sharing) {
                LinkMethod::Reflink => folder.reflink(file.path),
                LinkMethod::HardLink => folder.hard_link(file.path),
                LinkMethod::Copy => return folder.copy(file).map(|()| method),
            };
            match error {
                Ok(()) => return Ok(method),
                // One inode has all the names it can carry; the next file is another inode.
                Err(error) if error.kind() == io::ErrorKind::TooManyLinks => {
                    return folder.copy(file).map(|()| method);
                }
                Err(error) if unsupported(&error) => {
                    method = next_method(method);
                    self.remember(folder.devices(), method);
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn known(&self, devices: (u64, u64)) -> LinkMethod {
        let pairs = self.pairs.lock().unwrap_or_else(PoisonError::into_inner);
        pairs.get(&devices).copied().unwrap_or(self.best)
    }

    fn remember(&self, devices: (u64, u64), method: LinkMethod) {
        let mut pairs = self.pairs.lock().unwrap_or_else(PoisonError::into_inner);
        let known = pairs.entry(devices).or_insert(method);
        *known = method.max(*known);
    }
}

/// The method that is used for a folder when `method` is what its devices can do.
fn effective(method: LinkMethod, sharing: Sharing) -> LinkMethod {
    match (method, sharing) {
        (LinkMethod::HardLink, Sharing::Never) => LinkMethod::Copy,
        _ => method,
    }
}

fn next_method(method: LinkMethod) -> LinkMethod {
    match method {
        LinkMethod::Reflink => LinkMethod::HardLink,
        LinkMethod::HardLink | LinkMethod::Copy => LinkMethod::Copy,
    }
}

/// True for the errors with which file systems say "not here", as opposed to "not now".
fn unsupported(error: &io::Error) -> bool {
    use io::ErrorKind::{CrossesDevices, InvalidInput, PermissionDenied, Unsupported};
    matches!(error.kind(), CrossesDevices | InvalidInput | PermissionDenied | Unsupported)
        || platform::is_not_implemented(error)
}

#[cfg(unix)]
mod platform {
    //! Everything relative to two folder handles: one system call a file, and no path that
    //! is walked again from the root.

    use std::{fs::File, io, os::fd::OwnedFd, path::Path};

    use rustix::{
        fs::{AtFlags, Mode, OFlags, fstat, linkat, mkdirat, open, openat},
        io::Errno,
    };

    use super::PlacedFile;

    pub(super) struct PackageFolder<'a> {
        source_path: &'a Path,
        destination_path: &'a Path,
        source: OwnedFd,
        destination: OwnedFd,
        devices: (u64, u64),
    }

    impl<'a> PackageFolder<'a> {
        pub(super) fn make(source_path: &'a Path, destination_path: &'a Path) -> io::Result<Self> {
            std::fs::create_dir(destination_path)?;
            let folder = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let source = open(source_path, folder, Mode::empty())?;
            let destination = open(destination_path, folder, Mode::empty())?;
            let devices = (device(&source)?, device(&destination)?);
            Ok(Self { source_path, destination_path, source, destination, devices })
        }

        pub(super) fn devices(&self) -> (u64, u64) {
            self.devices
        }

        pub(super) fn make_directory(&self, path: &str) -> io::Result<()> {
            Ok(mkdirat(&self.destination, path, Mode::from_raw_mode(0o777))?)
        }

        pub(super) fn hard_link(&self, path: &str) -> io::Result<()> {
            Ok(linkat(&self.source, path, &self.destination, path, AtFlags::empty())?)
        }

        pub(super) fn reflink(&self, path: &str) -> io::Result<()> {
            reflink_copy::reflink(self.source_path.join(path), self.destination_path.join(path))
        }

        pub(super) fn copy(&self, file: PlacedFile<'_>) -> io::Result<()> {
            let read = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let mut from = File::from(openat(&self.source, file.path, read, Mode::empty())?);
            let write = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
            #[allow(
                clippy::unnecessary_cast,
                clippy::cast_possible_truncation,
                reason = "mode_t has 16 bits on macOS; the mask leaves nine"
            )]
            let mode = Mode::from_raw_mode((file.mode & 0o777) as rustix::fs::RawMode);
            let mut to = File::from(openat(&self.destination, file.path, write, mode)?);
            io::copy(&mut from, &mut to).map(|_bytes| ())
        }
    }

    #[allow(
        clippy::unnecessary_cast,
        clippy::cast_sign_loss,
        reason = "dev_t is an i32 on macOS; only equality matters"
    )]
    fn device(folder: &OwnedFd) -> io::Result<u64> {
        Ok(fstat(folder)?.st_dev as u64)
    }

    pub(super) fn is_not_implemented(error: &io::Error) -> bool {
        // ENOTTY: an ioctl the file system never heard of.
        [Errno::NOTTY, Errno::OPNOTSUPP, Errno::NOSYS]
            .iter()
            .any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
    }
}

#[cfg(not(unix))]
mod platform {
    use std::{fs, io, path::Path};

    use super::PlacedFile;

    pub(super) struct PackageFolder<'a> {
        source: &'a Path,
        destination: &'a Path,
    }

    impl<'a> PackageFolder<'a> {
        pub(super) fn make(source: &'a Path, destination: &'a Path) -> io::Result<Self> {
            fs::create_dir(destination)?;
            Ok(Self { source, destination })
        }

        pub(super) fn devices(&self) -> (u64, u64) {
            (0, 0)
        }

        pub(super) fn make_directory(&self, path: &str) -> io::Result<()> {
            fs::create_dir(self.destination.join(path))
        }

        pub(super) fn hard_link(&self, path: &str) -> io::Result<()> {
            fs::hard_link(self.source.join(path), self.destination.join(path))
        }

        pub(super) fn reflink(&self, path: &str) -> io::Result<()> {
            reflink_copy::reflink(self.source.join(path), self.destination.join(path))
        }

        pub(super) fn copy(&self, file: PlacedFile<'_>) -> io::Result<()> {
            fs::copy(self.source.join(file.path), self.destination.join(file.path)).map(|_bytes| ())
        }
    }

    pub(super) fn is_not_implemented(_error: &io::Error) -> bool {
        false
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::MetadataExt as _};

    fn stored() -> tempfile::TempDir {
        let store = tempfile::tempdir().unwrap();
        fs::create_dir_all(store.path().join("s/lib")).unwrap();
        fs::write(store.path().join("s/package.json"), "{}").unwrap();
        fs::write(store.path().join("s/lib/a.js"), "a").unwrap();
        store
    }

    const FILES: &[PlacedFile<'static>] = &[
        PlacedFile { path: "package.json", mode: 0o644 },
        PlacedFile { path: "lib/a.js", mode: 0o755 },
    ];

    fn place(
        linker: &Linker,
        store: &Path,
        to: &str,
        sharing: Sharing,
    ) -> Result<LinkMethod, LinkError> {
        let tree = PackageTree { source: &store.join("s"), directories: &["lib"], files: FILES };
        linker.place_package(tree, &store.join(to), sharing)
    }

    fn inode(store: &Path, path: &str) -> u64 {
        fs::metadata(store.join(path)).unwrap().ino()
    }

    #[test]
    fn place_package_shares_inodes_only_where_allowed() {
        let store = stored();
        let linker = Linker::starting_with(LinkMethod::HardLink);
        assert_eq!(
            place(&linker, store.path(), "shared", Sharing::Allowed).unwrap(),
            LinkMethod::HardLink
        );
        assert_eq!(inode(store.path(), "shared/lib/a.js"), inode(store.path(), "s/lib/a.js"));
        assert_eq!(place(&linker, store.path(), "own", Sharing::Never).unwrap(), LinkMethod::Copy);
        assert_ne!(inode(store.path(), "own/lib/a.js"), inode(store.path(), "s/lib/a.js"));
        assert_eq!(fs::read_to_string(store.path().join("own/lib/a.js")).unwrap(), "a");
        assert_eq!(fs::metadata(store.path().join("own/lib/a.js")).unwrap().mode() & 0o700, 0o700);
        assert_eq!(
            fs::metadata(store.path().join("own/package.json")).unwrap().mode() & 0o700,
            0o600
        );
    }

    #[test]
    fn linker_remembers_what_a_pair_of_devices_can_do() {
        let store = stored();
        let linker = Linker::default();
        let first = place(&linker, store.path(), "one", Sharing::Allowed).unwrap();
        let device = fs::metadata(store.path()).unwrap().dev();
        assert_eq!(linker.known((device, device)), first);
        assert_eq!(place(&linker, store.path(), "two", Sharing::Allowed).unwrap(), first);
    }

    #[test]
    fn place_package_onto_an_existing_folder_fails() {
        let store = stored();
        fs::create_dir(store.path().join("there")).unwrap();
        let error = place(&Linker::default(), store.path(), "there", Sharing::Allowed).unwrap_err();
        assert!(matches!(error, LinkError::Io { .. }));
    }

    #[test]
    fn place_package_tells_a_damaged_store_from_a_failing_disk() {
        let store = stored();
        fs::remove_file(store.path().join("s/lib/a.js")).unwrap();
        let error = place(
            &Linker::starting_with(LinkMethod::HardLink),
            store.path(),
            "x",
            Sharing::Allowed,
        );
        assert!(matches!(error, Err(LinkError::Missing(_))));
    }

    #[test]
    fn place_package_with_an_unsafe_path_writes_nothing() {
        let store = stored();
        let files = [PlacedFile { path: "../escape", mode: 0o644 }];
        let tree = PackageTree { source: &store.path().join("s"), directories: &[], files: &files };
        let error =
            Linker::default().place_package(tree, &store.path().join("x"), Sharing::Allowed);
        assert!(matches!(error, Err(LinkError::UnsafePath(_))));
        assert!(!store.path().join("x").exists());
    }
}
