//! A package that lies in the store, and whether it still is what was unpacked.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use sha2::{Digest, Sha256};

use super::{
    error::StoreError,
    index::{Depth, Index, IndexDigest, IndexEntry, IndexFile},
};
use crate::{
    fs::read_bounded,
    verify::integrity::{Digests, Integrity},
};

/// The largest script whose shebang line is looked at, in bytes.
const MAX_BIN: u64 = 16 << 20;
/// What is read of a file at a time, in bytes.
const READ_BUFFER: usize = 128 << 10;

/// A package in the store.
#[derive(Clone, Debug)]
pub struct StoredPackage {
    /// The tree, as it goes into `node_modules`; never to be written to.
    pub dir: PathBuf,
    /// The SHA-512 of the tarball.
    pub integrity: Integrity,
    /// The digests that were computed, or are known; SHA-512 at least.
    pub digests: Digests,
    /// The files of the tree.
    pub index: Arc<Index>,
    /// The bytes of `package.json`.
    pub package_json: Arc<[u8]>,
    /// The SHA-256 over all of the above but the folder, as the store recorded it: what is computed
    /// from a package without a look at its files is the same for the same digest.
    pub index_digest: [u8; 32],
    /// What is known of the tree's files without a look at them.
    pub(super) known: Known,
}

/// What is known of a tree's files without a look at them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Known {
    /// This process wrote them, a moment ago.
    Written,
    /// The tree was complete at this time; no file of it is younger.
    Sealed(SystemTime),
}

impl StoredPackage {
    /// The package of an index file, whose tree is `dir`.
    pub(super) fn new(
        dir: PathBuf,
        (file, index_digest): (IndexFile, IndexDigest),
        digests: Digests,
        known: Known,
    ) -> Self {
        Self {
            dir,
            integrity: digests.sha512_integrity(),
            digests,
            index: Arc::new(file.index),
            package_json: file.package_json.into(),
            index_digest,
            known,
        }
    }

    /// Finds changed or lost files of the tree.
    ///
    /// `Depth::Quick` costs one `lstat` a file, and nothing where this process has just unpacked
    /// it. Files that were added are not looked for: whoever links goes by the index.
    ///
    /// # Errors
    /// [`StoreError::Changed`] with the first such file.
    pub fn verify_unchanged(&self, depth: Depth) -> Result<(), StoreError> {
        let sealed = match (self.known, depth) {
            (Known::Written, Depth::Quick) => return Ok(()),
            (Known::Written, Depth::Full) => SystemTime::now(),
            (Known::Sealed(sealed), _) => sealed,
        };
        let changed = |file: &IndexEntry| StoreError::Changed { path: file.path.under(&self.dir) };
        let folder = Folder::open(&self.dir);
        self.index.files().iter().try_for_each(|file| {
            let unchanged = folder.as_ref().is_some_and(|folder| folder.is_untouched(file, sealed))
                && (depth == Depth::Quick || has_digest(&file.path.under(&self.dir), file));
            if unchanged { Ok(()) } else { Err(changed(file)) }
        })
    }

    /// The first file of the package that a copy of it lacks or has otherwise, relative to it.
    ///
    /// A bin may have lost the carriage return of its shebang line, as npm takes it away.
    pub fn first_difference(&self, copy: &Path) -> Option<PathBuf> {
        let differs = |file: &&IndexEntry| {
            let path = file.path.under(copy);
            let is_file = fs::symlink_metadata(&path).is_ok_and(|found| found.is_file());
            !is_file || !(has_digest(&path, file) || self.is_fixed_bin(&path, file))
        };
        self.index.files().iter().find(differs).map(|file| PathBuf::from(file.path.as_str()))
    }

    fn is_fixed_bin(&self, copy: &Path, file: &IndexEntry) -> bool {
        let read = |path: &Path| read_bounded(path, MAX_BIN).unwrap_or_default();
        let original = read(&file.path.under(&self.dir));
        let line_end = original.iter().position(|byte| *byte == b'\n').unwrap_or_default();
        let Some((line, rest)) = original.split_at_checked(line_end) else { return false };
        let fixed = line.strip_suffix(b"\r").filter(|line| line.starts_with(b"#!"));
        fixed.is_some_and(|line| read(copy) == [line, rest].concat())
    }
}

/// The folder of a tree, held open: a path below it is not walked from the root each time.
#[cfg(unix)]
struct Folder(std::os::fd::OwnedFd);

#[cfg(unix)]
impl Folder {
    fn open(dir: &Path) -> Option<Self> {
        use rustix::fs::{Mode, OFlags, open};
        let folder = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        open(dir, folder, Mode::empty()).ok().map(Self)
    }

    fn is_untouched(&self, file: &IndexEntry, sealed: SystemTime) -> bool {
        use rustix::fs::{AtFlags, FileType, statat};
        let Ok(found) = statat(&self.0, file.path.as_str(), AtFlags::SYMLINK_NOFOLLOW) else {
            return false;
        };
        let size = u64::try_from(found.st_size).ok();
        FileType::from_raw_mode(found.st_mode) == FileType::RegularFile
            && size == Some(file.size)
            && modified(&found).is_none_or(|modified| modified <= sealed)
    }
}

/// When a file changed last; `None` before 1970, which is before every seal.
#[cfg(unix)]
fn modified(found: &rustix::fs::Stat) -> Option<SystemTime> {
    let seconds = u64::try_from(found.st_mtime).ok()?;
    let nanoseconds = u32::try_from(found.st_mtime_nsec).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::new(seconds, nanoseconds))
}

#[cfg(not(unix))]
struct Folder(PathBuf);

#[cfg(not(unix))]
impl Folder {
    fn open(dir: &Path) -> Option<Self> {
        Some(Self(dir.to_owned()))
    }

    fn is_untouched(&self, file: &IndexEntry, sealed: SystemTime) -> bool {
        fs::symlink_metadata(file.path.under(&self.0)).is_ok_and(|found| {
            let young = found.modified().is_ok_and(|modified| modified > sealed);
            found.is_file() && found.len() == file.size && !young
        })
    }
}

fn has_digest(path: &Path, file: &IndexEntry) -> bool {
    let digest = || -> io::Result<[u8; 32]> {
        let mut hasher = Sha256::new();
        let mut reader = BufReader::with_capacity(READ_BUFFER, File::open(path)?);
        loop {
            let part = reader.fill_buf()?;
            if part.is_empty() {
                return Ok(hasher.finalize().into());
            }
            hasher.update(part);
            let length = part.len();
            reader.consume(length);
        }
    };
    digest().is_ok_and(|digest| digest == file.digest)
}
