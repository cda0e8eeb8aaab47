//! A package that lies in the store, and whether it still is what was unpacked.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use sha2::{Digest, Sha256};

use super::{
    error::StoreError,
    index::{Depth, Index, IndexEntry, IndexFile},
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
    /// When the tree was complete; no file of it is younger.
    pub(super) sealed: SystemTime,
}

impl StoredPackage {
    /// The package of an index file, whose tree is `dir` and was complete at `sealed`.
    pub(super) fn new(dir: PathBuf, file: IndexFile, digests: Digests, sealed: SystemTime) -> Self {
        Self {
            dir,
            integrity: digests.sha512_integrity(),
            digests,
            index: Arc::new(file.index),
            package_json: file.package_json.into(),
            sealed,
        }
    }

    /// Finds changed or lost files of the tree.
    ///
    /// `Depth::Quick` costs one `lstat` a file. Files that were added are not looked for:
    /// whoever links goes by the index.
    ///
    /// # Errors
    /// [`StoreError::Changed`] with the first such file.
    pub fn verify_unchanged(&self, depth: Depth) -> Result<(), StoreError> {
        self.index.files().iter().try_for_each(|file| {
            let path = file.path.under(&self.dir);
            let unchanged = self.is_untouched(&path, file)
                && (depth == Depth::Quick || has_digest(&path, file));
            if unchanged { Ok(()) } else { Err(StoreError::Changed { path }) }
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

    fn is_untouched(&self, path: &Path, file: &IndexEntry) -> bool {
        fs::symlink_metadata(path).is_ok_and(|found| {
            let young = found.modified().is_ok_and(|modified| modified > self.sealed);
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
