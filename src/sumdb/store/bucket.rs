//! A log in an object store: conditional writes for swaps.

use std::sync::Arc;

use object_store::{
    Error, GetResult, ObjectStore, ObjectStoreExt, PutMode, PutOptions, UpdateVersion, path::Path,
};

use super::{Mark, Store, StoreError, Swap, Version};

/// A log below a prefix of a bucket, or of any other object store with conditional writes.
#[derive(Clone, Debug)]
pub struct BucketStore {
    objects: Arc<dyn ObjectStore>,
    prefix: Path,
}

impl BucketStore {
    /// The log below `prefix`, which may be empty.
    pub fn new(objects: Arc<dyn ObjectStore>, prefix: &str) -> Self {
        Self { objects, prefix: Path::from(prefix) }
    }

    fn place(&self, path: &str) -> Path {
        path.split('/').fold(self.prefix.clone(), Path::join)
    }

    /// An object, unless there is none; refused where it is larger than the limit.
    async fn open(&self, path: &str, limit: u64) -> Result<Option<GetResult>, StoreError> {
        match self.objects.get(&self.place(path)).await {
            Err(Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(failed(path)(source)),
            Ok(found) if found.meta.size > limit => {
                Err(StoreError::TooLarge { path: path.to_owned(), limit })
            }
            Ok(found) => Ok(Some(found)),
        }
    }
}

impl Store for BucketStore {
    async fn get(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.versioned(path, limit).await?.map(|(bytes, _)| bytes))
    }

    async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        let put = self.objects.put(&self.place(path), bytes.into()).await;
        put.map(drop).map_err(failed(path))
    }

    async fn versioned(
        &self,
        path: &str,
        limit: u64,
    ) -> Result<Option<(Vec<u8>, Version)>, StoreError> {
        let Some(found) = self.open(path, limit).await? else { return Ok(None) };
        let mark =
            UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
        let bytes = found.bytes().await.map_err(failed(path))?;
        Ok(Some((bytes.into(), Version(Mark::Object(mark)))))
    }

    async fn swap(
        &self,
        path: &str,
        known: Option<&Version>,
        bytes: Vec<u8>,
    ) -> Result<Swap, StoreError> {
        let mode = match known {
            None => PutMode::Create,
            Some(Version(Mark::Object(version))) => PutMode::Update(version.clone()),
            // A version of another store is that of no object here.
            Some(Version(Mark::Content(_))) => return Ok(Swap::Lost),
        };
        let options = PutOptions { mode, ..PutOptions::default() };
        match self.objects.put_opts(&self.place(path), bytes.into(), options).await {
            Ok(put) => Ok(Swap::Won(Version(Mark::Object(put.into())))),
            Err(
                Error::AlreadyExists { .. } | Error::Precondition { .. } | Error::NotFound { .. },
            ) => Ok(Swap::Lost),
            Err(source) => Err(failed(path)(source)),
        }
    }

    async fn remove(&self, path: &str) -> Result<(), StoreError> {
        match self.objects.delete(&self.place(path)).await {
            Err(Error::NotFound { .. }) => Ok(()),
            other => other.map_err(failed(path)),
        }
    }

    async fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let place = self.place(folder);
        let listed = self.objects.list_with_delimiter(Some(&place)).await;
        let objects = listed.map_err(failed(folder))?.objects;
        let names = objects.iter().filter_map(|object| object.location.filename());
        Ok(names.map(str::to_owned).collect())
    }
}

fn failed(path: &str) -> impl FnOnce(Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Object { path, source }
}
