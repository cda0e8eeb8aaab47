//! The store itself: look up, import, verify, remove.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, Once, PoisonError},
    time::{Duration, SystemTime},
};

use tempfile::TempDir;

use super::{
    archive::{Bytes, Fault, Inflating, Rule, Walk, Whole},
    error::{ImportContext, StoreError},
    extract::{CaseRule, IgnoreFiles, Unpacked, unpack},
    index::IndexFile,
    limits::{Limits, MAX_COMPRESSED},
    stored::{Known, StoredPackage},
};
use crate::{
    fs::{Durability, FsError, read_bounded, read_open_file, write_atomic},
    gzip::inflate_whole,
    verify::integrity::{Algorithm, Digests, Hasher, Integrity, decode_hex, encode_hex},
};

/// The version of the layout; a change of layout gets a new directory.
const LAYOUT: &str = "v1";
const TREE: &str = "package";
const INDEX: &str = "index";
const ALIASES: &str = "aliases";
const STAGING: &str = "staging";
/// The largest index that is read, in bytes: 100,000 entries of ordinary names, and `package.json`.
const MAX_INDEX: u64 = 64 << 20;
/// Archives larger than this are inflated piece by piece even when their body is in memory, in bytes.
pub(super) const MAX_WHOLE: usize = 32 << 20;
/// What is read of a stream at a time, in bytes.
const READ_BUFFER: usize = 128 << 10;
/// After this time nobody works in a staging directory any more.
pub(super) const STALE: Duration = Duration::from_hours(24);

/// The store below one directory; cheap to open, safe to share between threads and processes.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    swept: Once,
    /// Packages that were read before they were asked for.
    ahead: Mutex<HashMap<[u8; 64], StoredPackage>>,
}

impl Store {
    /// Opens the store below `root` (normally `<npm cache>/_denpm/store`); nothing is created before the first import.
    ///
    /// # Errors
    /// [`StoreError::Fs`] when `root` is relative and there is no current directory.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let root = std::path::absolute(root).map_err(FsError::io("open", root))?.join(LAYOUT);
        Ok(Self { root, swept: Once::new(), ahead: Mutex::default() })
    }

    /// The package that `integrity` promises: its strongest algorithm decides, any of its hashes will do.
    ///
    /// `None` also when the entry is damaged: an import replaces it. The tree itself is
    /// not looked at; see [`StoredPackage::verify_unchanged`].
    pub fn get(&self, integrity: &Integrity) -> Option<StoredPackage> {
        integrity.of(integrity.strongest()).find_map(|hash| {
            let digest = hash.bytes()?;
            let sha512 = match hash.algorithm() {
                Algorithm::Sha512 => digest.try_into().ok()?,
                weaker => self.alias(weaker, &digest)?,
            };
            self.taken_ahead(&sha512).or_else(|| self.load(&sha512))
        })
    }

    /// Reads the indexes of packages that will be asked for while nobody waits for them yet.
    ///
    /// What is not there, is damaged, or is not told by its SHA-512 is left to [`Store::get`].
    pub fn read_ahead<'a>(&self, promised: impl IntoIterator<Item = &'a str>) {
        let sha512 = |text: &str| {
            let integrity = Integrity::parse(text).ok()?;
            integrity.of(Algorithm::Sha512).find_map(|hash| hash.bytes()?.try_into().ok())
        };
        for sha512 in promised.into_iter().filter_map(sha512) {
            if let Some(package) = self.load(&sha512) {
                self.ahead().insert(sha512, package);
            }
        }
    }

    fn taken_ahead(&self, sha512: &[u8; 64]) -> Option<StoredPackage> {
        self.ahead().remove(sha512)
    }

    fn ahead(&self) -> MutexGuard<'_, HashMap<[u8; 64], StoredPackage>> {
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Imports a body as it arrives: hashed, inflated and unpacked in one pass, in constant memory.
    ///
    /// # Errors
    /// [`StoreError`]; the store is then as before. A body that is not the promised one is
    /// always [`StoreError::Integrity`], whatever else is wrong with it.
    pub fn import(
        &self,
        source: impl Read,
        expected: Option<&Integrity>,
        context: &ImportContext,
    ) -> Result<StoredPackage, StoreError> {
        let staging = self.staging()?;
        let target = staging.path().join(TREE);
        let (unpacked, digests) =
            unpack_stream(source, expected, &target, IgnoreFiles::RenameGitignore, context)?;
        self.commit(staging, unpacked, digests)
    }

    /// Imports a body that is in memory: the digest decides first, then small bodies are inflated whole.
    ///
    /// # Errors
    /// As [`Store::import`].
    pub fn import_buffer(
        &self,
        body: &[u8],
        expected: Option<&Integrity>,
        context: &ImportContext,
    ) -> Result<StoredPackage, StoreError> {
        if body.len() as u64 > MAX_COMPRESSED {
            return Err(StoreError::TooLarge { package: context.package.clone() });
        }
        let digests = Digests::of(body, expected.map(Integrity::strongest));
        context.check(expected, &digests)?;
        if let Some(present) = self.load(digests.sha512()) {
            self.write_aliases(&digests)?;
            return Ok(StoredPackage { digests, ..present });
        }
        let staging = self.staging()?;
        let unpacked = unpack_buffer(body, &staging.path().join(TREE), context)
            .map_err(|fault| context.error(fault))?;
        self.commit(staging, unpacked, digests)
    }

    /// Removes a package, for instance one that was changed; processes that link from it may fail and will import it again.
    ///
    /// # Errors
    /// [`StoreError::Fs`].
    pub fn remove(&self, package: &StoredPackage) -> Result<(), StoreError> {
        self.taken_ahead(package.digests.sha512());
        let entry = self.entry(package.digests.sha512());
        Ok(self.discard(&entry)?)
    }

    fn entry(&self, sha512: &[u8; 64]) -> PathBuf {
        let hex = encode_hex(sha512);
        let (shard, rest) = hex.split_at(2);
        self.root.join(shard).join(rest)
    }

    fn load(&self, sha512: &[u8; 64]) -> Option<StoredPackage> {
        let entry = self.entry(sha512);
        let path = entry.join(INDEX);
        let file = File::open(&path).ok()?;
        let sealed = file.metadata().and_then(|metadata| metadata.modified()).ok()?;
        let (file, digest) = IndexFile::decode(&read_open_file(&file, &path, MAX_INDEX).ok()?)?;
        let digests = Digests::from_sha512(file.sha512, file.tarball_size);
        let (tree, known) = (entry.join(TREE), Known::Sealed(sealed));
        (file.sha512 == *sha512).then(|| StoredPackage::new(tree, (file, digest), digests, known))
    }

    fn alias_path(&self, algorithm: Algorithm, digest: &[u8]) -> PathBuf {
        self.root.join(ALIASES).join(format!("{algorithm}-{}", encode_hex(digest)))
    }

    fn alias(&self, algorithm: Algorithm, digest: &[u8]) -> Option<[u8; 64]> {
        let text = read_bounded(&self.alias_path(algorithm, digest), 128).ok()?;
        decode_hex(str::from_utf8(&text).ok()?)?.try_into().ok()
    }

    fn write_aliases(&self, digests: &Digests) -> Result<(), FsError> {
        for algorithm in
            Algorithm::ALL.into_iter().filter(|algorithm| *algorithm != Algorithm::Sha512)
        {
            let Some(digest) = digests.get(algorithm) else { continue };
            let path = self.alias_path(algorithm, digest);
            if !path.exists() {
                let parent = self.root.join(ALIASES);
                fs::create_dir_all(&parent).map_err(FsError::io("create", &parent))?;
                write_atomic(&path, encode_hex(digests.sha512()).as_bytes(), Durability::Volatile)?;
            }
        }
        Ok(())
    }

    /// A directory of our own inside the store, removed when it is dropped.
    fn staging(&self) -> Result<TempDir, FsError> {
        let parent = self.root.join(STAGING);
        self.swept.call_once(|| sweep(&parent));
        let create = || tempfile::Builder::new().prefix("").tempdir_in(&parent);
        let staging = match create() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(&parent).map_err(FsError::io("create", &parent))?;
                create()
            }
            other => other,
        };
        staging.map_err(FsError::io("create", &parent))
    }

    /// Makes a complete staging directory the package's entry, unless another process was first.
    fn commit(
        &self,
        staging: TempDir,
        unpacked: Unpacked,
        digests: Digests,
    ) -> Result<StoredPackage, StoreError> {
        let file = IndexFile::new(*digests.sha512(), digests.size(), unpacked);
        let index = staging.path().join(INDEX);
        let (bytes, index_digest) = file.encode();
        fs::write(&index, bytes).map_err(FsError::io("write", &index))?;
        let entry = self.entry(digests.sha512());
        let published = self.publish(&staging, &entry)?;
        drop(staging);
        self.write_aliases(&digests)?;
        let known = match published {
            Published::Ours => Known::Written,
            // Who was first may have finished after us: what lies there is what was sealed.
            Published::Others => {
                let index = entry.join(INDEX);
                let sealed = fs::metadata(&index).and_then(|metadata| metadata.modified());
                Known::Sealed(sealed.map_err(FsError::io("read", &index))?)
            }
        };
        Ok(StoredPackage::new(entry.join(TREE), (file, index_digest), digests, known))
    }

    fn publish(&self, staging: &TempDir, entry: &Path) -> Result<Published, FsError> {
        let shard = entry.parent().unwrap_or(&self.root);
        let mut last = None;
        // A first failure has a cause that can be removed: no shard yet, or a damaged entry in the way.
        for _ in 0..4 {
            let Err(error) = fs::rename(staging.path(), entry) else {
                return Ok(Published::Ours);
            };
            if self.is_whole(entry) {
                return Ok(Published::Others);
            }
            if error.kind() == io::ErrorKind::NotFound {
                fs::create_dir_all(shard).map_err(FsError::io("create", shard))?;
            } else if entry.exists() {
                self.discard(entry)?;
            }
            last = Some(error);
        }
        last.map_or(Ok(Published::Others), |error| Err(FsError::io("rename", entry)(error)))
    }

    fn is_whole(&self, entry: &Path) -> bool {
        let path = entry.join(INDEX);
        let read = || {
            read_open_file(
                &File::open(&path).map_err(FsError::io("read", &path))?,
                &path,
                MAX_INDEX,
            )
        };
        let decoded = read().ok().and_then(|bytes| IndexFile::decode(&bytes));
        decoded.is_some_and(|(file, _)| self.entry(&file.sha512) == entry)
    }

    /// Takes an entry out of sight by a rename and then removes it, so that nobody sees half of it.
    fn discard(&self, entry: &Path) -> Result<(), FsError> {
        let staging = self.staging()?;
        match fs::rename(entry, staging.path().join("discarded")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(FsError::io("remove", entry)(error))
            }
            _ => Ok(()),
        }
    }
}

/// Whose tree became the entry.
enum Published {
    Ours,
    Others,
}

/// Removes what crashed processes left; best effort, since nothing depends on it.
fn sweep(staging: &Path) {
    let Ok(entries) = fs::read_dir(staging) else { return };
    for entry in entries.filter_map(Result::ok) {
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        let age =
            modified.ok().and_then(|modified| SystemTime::now().duration_since(modified).ok());
        if age.is_some_and(|age| age > STALE) {
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

/// Unpacks a body into `target`, outside the store, for what is packed again (git repositories).
///
/// The rules are those of an import; `target` must not exist, and on error what was
/// written to it is for the caller to remove.
///
/// # Errors
/// As [`Store::import`].
pub fn extract(
    source: impl Read,
    expected: Option<&Integrity>,
    target: &Path,
    ignore: IgnoreFiles,
    context: &ImportContext,
) -> Result<Digests, StoreError> {
    unpack_stream(source, expected, target, ignore, context).map(|(_, digests)| digests)
}

fn unpack_stream(
    source: impl Read,
    expected: Option<&Integrity>,
    target: &Path,
    ignore: IgnoreFiles,
    context: &ImportContext,
) -> Result<(Unpacked, Digests), StoreError> {
    let hashed = Hashed { source, hasher: Hasher::for_integrity(expected) };
    let limits = context.limits();
    let mut walk =
        Walk::new(Inflating::new(BufReader::with_capacity(READ_BUFFER, hashed), limits), limits);
    let outcome = match unpack(&mut walk, target, ignore, CaseRule::of_platform()) {
        Err(fault @ (Fault::Source(_) | Fault::Fs(_))) => return Err(context.error(fault)),
        decided => decided,
    };
    let (reader, inflated) = walk.into_bytes().into_parts();
    let mut hashed = reader.into_inner();
    // Wrong bytes break rules, too: which of both it is, only the whole body tells.
    io::copy(&mut hashed, &mut io::sink()).map_err(|error| context.error(Fault::Source(error)))?;
    let digests = hashed.hasher.finish();
    context.check(expected, &digests)?;
    let unpacked = outcome.map_err(|fault| context.error(fault))?;
    let bound = limits.of_compressed(digests.size()).inflated;
    if inflated > bound {
        return Err(context.error(Rule::TooManyBytes(bound).into()));
    }
    Ok((unpacked, digests))
}

fn unpack_buffer(body: &[u8], target: &Path, context: &ImportContext) -> Result<Unpacked, Fault> {
    let limits = context.limits().of_compressed(body.len() as u64);
    let most = usize::try_from(limits.inflated).unwrap_or(usize::MAX).min(MAX_WHOLE);
    let whole = inflate_whole(body, most, |whole| unpack_from(Whole(whole), limits, target));
    whole.unwrap_or_else(|| unpack_from(Inflating::new(body, limits), limits, target))
}

fn unpack_from<B: Bytes>(bytes: B, limits: Limits, target: &Path) -> Result<Unpacked, Fault> {
    let ignore = IgnoreFiles::RenameGitignore;
    unpack(&mut Walk::new(bytes, limits), target, ignore, CaseRule::of_platform())
}

/// A source that is hashed as it is read, and never gives more than a package may have.
struct Hashed<R> {
    source: R,
    hasher: Hasher,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.hasher.update(buffer.get(..count).unwrap_or_default());
        if self.hasher.size() > MAX_COMPRESSED {
            Err(io::ErrorKind::FileTooLarge.into())
        } else {
            Ok(count)
        }
    }
}
