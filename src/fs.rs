//! Files on disk: atomic replacement, reading with a bound, and locks between processes.
//!
//! Every file that denpm owns is replaced by rename, so a reader sees the old content or
//! the new one and never a part. Power loss is a separate promise, asked for by
//! [`Durability::Synced`] where a lost write would break trust state.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use crate::error::{Code, Explain};

/// An operation on the file system that failed, and where.
#[derive(Debug, thiserror::Error)]
pub enum FsError {
    /// The system refused the operation.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried, as a verb: `read`, `write`, `rename`.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The file is larger than its reader allows.
    #[error("{} is larger than {limit} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The bound, in bytes.
        limit: u64,
    },
}

impl FsError {
    /// Wraps a system error; meant for `map_err`.
    pub fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }

    /// The kind of the system error; none for [`FsError::TooLarge`].
    pub fn kind(&self) -> Option<io::ErrorKind> {
        match self {
            Self::Io { source, .. } => Some(source.kind()),
            Self::TooLarge { .. } => None,
        }
    }
}

/// A sum that notices damage, not forgery: every step is a bijection of its lane, so any change
/// of one word changes the sum. Four lanes run side by side, several times faster than a
/// cryptographic digest.
pub fn damage_sum(bytes: &[u8]) -> u64 {
    let mut lanes = [1_u64, 2, 3, 4];
    let (words, tail) = bytes.as_chunks::<8>();
    let (blocks, rest) = words.as_chunks::<4>();
    for block in blocks {
        for (lane, word) in lanes.iter_mut().zip(block) {
            *lane = mix(*lane, u64::from_le_bytes(*word));
        }
    }
    let rest =
        rest.iter().fold(bytes.len() as u64, |sum, word| mix(sum, u64::from_le_bytes(*word)));
    let tail = tail.iter().fold(rest, |sum, byte| mix(sum, u64::from(*byte)));
    lanes.into_iter().fold(tail, mix)
}

fn mix(lane: u64, word: u64) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    (lane ^ word).wrapping_mul(ODD).rotate_left(29)
}

/// The errno name npm would print for a system error, where the kind has one.
fn errno_name(kind: io::ErrorKind) -> Option<&'static str> {
    Some(match kind {
        io::ErrorKind::NotFound => "ENOENT",
        io::ErrorKind::PermissionDenied => "EACCES",
        io::ErrorKind::AlreadyExists => "EEXIST",
        io::ErrorKind::NotADirectory => "ENOTDIR",
        io::ErrorKind::IsADirectory => "EISDIR",
        io::ErrorKind::DirectoryNotEmpty => "ENOTEMPTY",
        io::ErrorKind::ReadOnlyFilesystem => "EROFS",
        io::ErrorKind::StorageFull => "ENOSPC",
        io::ErrorKind::QuotaExceeded => "EDQUOT",
        io::ErrorKind::FileTooLarge => "EFBIG",
        io::ErrorKind::CrossesDevices => "EXDEV",
        io::ErrorKind::TooManyLinks => "EMLINK",
        _ => return None,
    })
}

/// The same for those that have no kind.
#[cfg(unix)]
fn kindless(error: &io::Error) -> Option<&'static str> {
    use rustix::io::Errno;
    match Errno::from_io_error(error)? {
        Errno::MFILE => Some("EMFILE"),
        Errno::NFILE => Some("ENFILE"),
        Errno::IO => Some("EIO"),
        _ => None,
    }
}

#[cfg(not(unix))]
fn kindless(_: &io::Error) -> Option<&'static str> {
    None
}

impl Explain for FsError {
    fn code(&self) -> Code {
        match self {
            Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => Code::Noent,
            Self::Io { .. } => Code::System,
            Self::TooLarge { .. } => Code::TooLarge,
        }
    }

    fn code_text(&self) -> String {
        let name = match self {
            Self::Io { source, .. } => errno_name(source.kind()).or_else(|| kindless(source)),
            Self::TooLarge { .. } => None,
        };
        name.unwrap_or_else(|| self.code().as_str()).to_owned()
    }

    /// npm's `errno & 0xff`, errno being negative in node (lib/cli/exit-handler.js).
    fn exit(&self) -> u8 {
        let errno = match self {
            Self::Io { source, .. } if cfg!(unix) => source.raw_os_error(),
            _ => None,
        };
        let low_byte = errno.and_then(|errno| u8::try_from((-errno) & 0xff).ok());
        low_byte.filter(|exit| *exit != 0).unwrap_or_else(|| self.code().exit())
    }
}

/// Fills `bytes` from `offset` on, wherever the file was read last.
///
/// # Errors
/// The read's own; [`io::ErrorKind::UnexpectedEof`] where the file ends before.
pub fn read_exact_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    #[cfg(unix)]
    {
        std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
    }
    #[cfg(not(unix))]
    {
        let mut file = file;
        io::Seek::seek(&mut file, io::SeekFrom::Start(offset))?;
        file.read_exact(bytes)
    }
}

/// What must survive a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Whole old or whole new content after a crash of the process; caches, links, state that is verified on use.
    Volatile,
    /// As `Volatile`, and the new content survives a power cut once the call returns: lockfiles and trust state.
    Synced,
}

/// Replaces `path` by `bytes` through a temporary file in the same directory and a rename.
///
/// A symbolic link at `path` is replaced, never followed. The mode is that of a new file
/// (0666 less the umask). The parent directory must exist.
///
/// # Errors
/// [`FsError::Io`]; the old file is then untouched and no temporary file is left.
pub fn write_atomic(path: &Path, bytes: &[u8], durability: Durability) -> Result<(), FsError> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".denpm-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(parent).map_err(FsError::io("write", path))?;
    file.write_all(bytes).map_err(FsError::io("write", path))?;
    if durability == Durability::Synced {
        file.as_file().sync_all().map_err(FsError::io("sync", path))?;
    }
    file.persist(path).map_err(|error| FsError::io("rename", path)(error.error))?;
    if durability == Durability::Synced {
        sync_directory(parent)?;
    }
    Ok(())
}

/// Makes a rename inside `directory` survive a power cut; only Unix can open a directory to do so.
fn sync_directory(directory: &Path) -> Result<(), FsError> {
    if cfg!(unix) {
        let handle = File::open(directory).map_err(FsError::io("open", directory))?;
        handle.sync_all().map_err(FsError::io("sync", directory))?;
    }
    Ok(())
}

/// Reads a whole file of at most `limit` bytes.
///
/// The bound holds for what is read, not for what the directory entry promises.
///
/// # Errors
/// [`FsError::Io`], or [`FsError::TooLarge`] when there is more.
pub fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, FsError> {
    let file = File::open(path).map_err(FsError::io("read", path))?;
    read_open_file(&file, path, limit)
}

/// What was read; `None` where there is no such file.
///
/// # Errors
/// Any other failure of `read`.
pub fn if_there(read: Result<Vec<u8>, FsError>) -> Result<Option<Vec<u8>>, FsError> {
    match read {
        Err(error) if error.kind() == Some(io::ErrorKind::NotFound) => Ok(None),
        other => other.map(Some),
    }
}

/// As [`read_bounded`], for what others put into a folder: a pipe there, which nobody may ever write
/// to, is refused and not waited for. What a user names may well be one.
///
/// # Errors
/// As [`read_bounded`]; [`io::ErrorKind::InvalidInput`] for a pipe.
pub fn read_bounded_file(path: &Path, limit: u64) -> Result<Vec<u8>, FsError> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        // Opening alone would wait; for a file the flag means nothing.
        let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags);
    }
    let file = options.read(true).open(path).map_err(FsError::io("read", path))?;
    let metadata = file.metadata().map_err(FsError::io("read", path))?;
    if is_pipe(&metadata) {
        let pipe = io::Error::new(io::ErrorKind::InvalidInput, "it is a pipe, not a file");
        return Err(FsError::io("read", path)(pipe));
    }
    read_promised(&file, metadata.len(), path, limit)
}

#[cfg(unix)]
fn is_pipe(metadata: &fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&metadata.file_type())
}

#[cfg(not(unix))]
fn is_pipe(_: &fs::Metadata) -> bool {
    false
}

/// As [`read_bounded`], from a file that is already open; `path` is for the message.
///
/// # Errors
/// As [`read_bounded`].
pub fn read_open_file(file: &File, path: &Path, limit: u64) -> Result<Vec<u8>, FsError> {
    let metadata = file.metadata().map_err(FsError::io("read", path))?;
    read_promised(file, metadata.len(), path, limit)
}

fn read_promised(file: &File, promised: u64, path: &Path, limit: u64) -> Result<Vec<u8>, FsError> {
    let mut bytes = Vec::with_capacity(usize::try_from(promised.min(limit)).unwrap_or(0));
    let mut bounded = file.take(limit.saturating_add(1));
    bounded.read_to_end(&mut bytes).map_err(FsError::io("read", path))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= limit) {
        Ok(bytes)
    } else {
        Err(FsError::TooLarge { path: path.to_owned(), limit })
    }
}

/// An advisory lock on a file, shared by all processes of the machine; released on drop, also when the process dies.
///
/// The file stays: removing it would let two processes lock two different files of one name.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Waits until the lock is ours. Creates the file (not its directory).
    ///
    /// # Errors
    /// [`FsError::Io`] when the file cannot be opened or the file system has no locks.
    pub fn acquire(path: &Path) -> Result<Self, FsError> {
        let file = open_lock_file(path)?;
        file.lock().map_err(FsError::io("lock", path))?;
        Ok(Self { _file: file })
    }

    /// Takes the lock if nobody holds it; `None` when somebody does.
    ///
    /// # Errors
    /// As [`Lock::acquire`].
    pub fn try_acquire(path: &Path) -> Result<Option<Self>, FsError> {
        let file = open_lock_file(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(FsError::io("lock", path)(error)),
        }
    }
}

fn open_lock_file(path: &Path) -> Result<File, FsError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options.open(path).map_err(FsError::io("open", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn write_atomic_existing_file_is_replaced_and_nothing_else_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        for (content, durability) in [("one", Durability::Volatile), ("two", Durability::Synced)] {
            write_atomic(&path, content.as_bytes(), durability).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_in_the_place_of_a_file_is_refused_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("package.json");
        let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        let error = read_bounded_file(&path, 10).unwrap_err();
        assert!(error.to_string().contains("package.json"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn write_atomic_symlink_is_replaced_and_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let (target, link) = (dir.path().join("target"), dir.path().join("link"));
        fs::write(&target, "kept").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        write_atomic(&link, b"new", Durability::Volatile).unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "kept");
        assert!(!fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[cfg(unix)]
    #[test]
    fn write_atomic_new_file_has_the_mode_of_a_plain_create() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        let (plain, atomic) = (dir.path().join("plain"), dir.path().join("atomic"));
        fs::write(&plain, "").unwrap();
        write_atomic(&atomic, b"", Durability::Volatile).unwrap();
        assert_eq!(mode(&plain), mode(&atomic));
    }

    #[test]
    fn write_atomic_missing_directory_is_an_error_with_npm_exit() {
        let dir = tempfile::tempdir().unwrap();
        let error =
            write_atomic(&dir.path().join("no/file"), b"", Durability::Volatile).unwrap_err();
        assert_eq!(error.code(), Code::Noent);
        assert_eq!(error.code_text(), "ENOENT");
        assert_eq!(error.exit(), 254);
    }

    #[test]
    fn read_bounded_at_the_limit_passes_and_one_more_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read_bounded(&path, 5).unwrap(), b"12345");
        assert_eq!(read_bounded(&path, 4).unwrap_err().code(), Code::TooLarge);
    }

    #[test]
    fn lock_held_by_another_handle_is_not_given_twice() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let held = Lock::acquire(&path).unwrap();
        assert!(Lock::try_acquire(&path).unwrap().is_none());
        drop(held);
        assert!(Lock::try_acquire(&path).unwrap().is_some());
    }
}
