//! A log in a folder: rename for writes, a lock for swaps, sync for both.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{Mark, Store, StoreError, Swap, Version};
use crate::{
    fs::{Durability, FsError, Lock, if_there, read_bounded, write_atomic},
    sumdb::tlog::Hash,
};

/// Held by whoever swaps an object.
const LOCK: &str = ".state/lock";

/// A log in a folder of this machine; processes of other machines must not share it.
#[derive(Clone, Debug)]
pub struct DirectoryStore {
    folder: PathBuf,
}

impl DirectoryStore {
    /// The store in a folder, which is made at the first write.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs work on files where it may block.
    async fn blocking<T: Send + 'static>(
        &self,
        path: &str,
        work: impl FnOnce(&Folder, &Path) -> Result<T, FsError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let folder = Folder(self.folder.clone());
        let path = self.folder.join(path);
        let done = tokio::task::spawn_blocking(move || work(&folder, &path)).await;
        Ok(done.map_err(|_| StoreError::Interrupted)??)
    }
}

impl Store for DirectoryStore {
    async fn get(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.blocking(path, move |_, path| read(path, limit)).await
    }

    async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.blocking(path, move |folder, path| folder.write(path, &bytes)).await
    }

    async fn versioned(
        &self,
        path: &str,
        limit: u64,
    ) -> Result<Option<(Vec<u8>, Version)>, StoreError> {
        let bytes = self.get(path, limit).await?;
        Ok(bytes.map(|bytes| {
            let version = version(&bytes);
            (bytes, version)
        }))
    }

    async fn swap(
        &self,
        path: &str,
        known: Option<&Version>,
        bytes: Vec<u8>,
    ) -> Result<Swap, StoreError> {
        let known = known.cloned();
        self.blocking(path, move |folder, path| {
            let lock = folder.0.join(LOCK);
            folder.prepare(&lock)?;
            let _lock = Lock::acquire(&lock)?;
            if read(path, u64::MAX)?.map(|bytes| version(&bytes)) != known {
                return Ok(Swap::Lost);
            }
            folder.write(path, &bytes)?;
            Ok(Swap::Won(version(&bytes)))
        })
        .await
    }

    async fn remove(&self, path: &str) -> Result<(), StoreError> {
        self.blocking(path, |_, path| match fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other.map_err(FsError::io("remove", path)),
        })
        .await
    }

    async fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        self.blocking(folder, |_, path| {
            let items = match fs::read_dir(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
                other => other.map_err(FsError::io("read", path))?,
            };
            let mut names = Vec::new();
            for item in items {
                let item = item.map_err(FsError::io("read", path))?;
                let is_file = item.file_type().is_ok_and(|kind| kind.is_file());
                names.extend(item.file_name().into_string().ok().filter(|_| is_file));
            }
            Ok(names)
        })
        .await
    }
}

/// The folder, on a thread that may block.
struct Folder(PathBuf);

impl Folder {
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), FsError> {
        self.prepare(path)?;
        write_atomic(path, bytes, Durability::Synced)
    }

    /// Makes the folders above a file, so that their names survive a power cut too.
    fn prepare(&self, path: &Path) -> Result<(), FsError> {
        let Some(parent) = path.parent().filter(|parent| !parent.is_dir()) else { return Ok(()) };
        let above = parent.ancestors().take_while(|folder| folder.starts_with(&self.0));
        let missing: Vec<_> = above.filter(|folder| !folder.is_dir()).collect();
        fs::create_dir_all(parent).map_err(FsError::io("create", parent))?;
        missing.into_iter().filter_map(Path::parent).try_for_each(sync_folder)
    }
}

fn version(bytes: &[u8]) -> Version {
    Version(Mark::Content(Hash(Sha256::digest(bytes).into())))
}

fn read(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, FsError> {
    if_there(read_bounded(path, limit))
}

/// Only Unix can open a folder to sync it.
fn sync_folder(folder: &Path) -> Result<(), FsError> {
    if cfg!(unix) && !folder.as_os_str().is_empty() {
        let handle = File::open(folder).map_err(FsError::io("open", folder))?;
        handle.sync_all().map_err(FsError::io("sync", folder))?;
    }
    Ok(())
}
