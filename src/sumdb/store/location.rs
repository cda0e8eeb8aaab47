//! From a word to a store: a folder, or `s3://<bucket>/<prefix>`.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, S3ConditionalPut};

use super::{BucketStore, DirectoryStore, Store, StoreError, Swap, Version};

/// Where a log lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A folder.
    Folder(PathBuf),
    /// A bucket of an S3-compatible store, and what its objects' names begin with.
    Bucket {
        /// The bucket.
        bucket: String,
        /// Without slashes at its ends; may be empty.
        prefix: String,
    },
}

/// An address of a store that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{address} is not the address of a store: {reason}")]
pub struct BadLocation {
    /// What was given.
    pub address: String,
    /// What is wrong.
    pub reason: String,
}

impl Location {
    /// Reads an address; anything without a scheme is a folder below `base`.
    ///
    /// # Errors
    /// [`BadLocation`].
    pub fn parse(address: &str, base: &std::path::Path) -> Result<Self, BadLocation> {
        let bad = |reason: &str| BadLocation { address: address.to_owned(), reason: reason.into() };
        if let Some(rest) = address.strip_prefix("s3://") {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            if bucket.is_empty() {
                return Err(bad("it names no bucket"));
            }
            let prefix = prefix.trim_matches('/').to_owned();
            return Ok(Self::Bucket { bucket: bucket.to_owned(), prefix });
        }
        match address.split_once("://") {
            Some(_) => Err(bad("only folders and s3:// are known")),
            None if address.is_empty() => Err(bad("it is empty")),
            None => Ok(Self::Folder(base.join(address))),
        }
    }

    /// The store there. `variables` are those of the environment that S3 clients read
    /// (`AWS_REGION`, `AWS_ENDPOINT_URL`, …); others are passed over.
    ///
    /// # Errors
    /// [`BadLocation`].
    pub fn open(self, variables: &BTreeMap<String, String>) -> Result<AnyStore, BadLocation> {
        let (bucket, prefix) = match self {
            Self::Folder(folder) => return Ok(AnyStore::Folder(DirectoryStore::new(folder))),
            Self::Bucket { bucket, prefix } => (bucket, prefix),
        };
        // The client brings no provider; whoever installed one before installed the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&bucket)
            .with_conditional_put(S3ConditionalPut::ETagMatch);
        for (name, value) in variables {
            if let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
                builder = builder.with_config(key, value);
            }
        }
        // The variable of the AWS tools; a store of one's own rarely has a certificate.
        if let Some(endpoint) = variables.get("AWS_ENDPOINT_URL") {
            builder =
                builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http:"));
        }
        let objects = builder.build().map_err(|error| BadLocation {
            address: format!("s3://{bucket}/{prefix}"),
            reason: error.to_string(),
        })?;
        Ok(AnyStore::Bucket(BucketStore::new(Arc::new(objects), &prefix)))
    }
}

/// A store of either kind.
#[derive(Clone, Debug)]
pub enum AnyStore {
    /// In a folder.
    Folder(DirectoryStore),
    /// In a bucket.
    Bucket(BucketStore),
}

macro_rules! either {
    ($self:ident, $store:ident => $call:expr) => {
        match $self {
            Self::Folder($store) => $call,
            Self::Bucket($store) => $call,
        }
    };
}

impl Store for AnyStore {
    async fn get(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, StoreError> {
        either!(self, store => store.get(path, limit).await)
    }

    async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        either!(self, store => store.put(path, bytes).await)
    }

    async fn versioned(
        &self,
        path: &str,
        limit: u64,
    ) -> Result<Option<(Vec<u8>, Version)>, StoreError> {
        either!(self, store => store.versioned(path, limit).await)
    }

    async fn swap(
        &self,
        path: &str,
        known: Option<&Version>,
        bytes: Vec<u8>,
    ) -> Result<Swap, StoreError> {
        either!(self, store => store.swap(path, known, bytes).await)
    }

    async fn remove(&self, path: &str) -> Result<(), StoreError> {
        either!(self, store => store.remove(path).await)
    }

    async fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        either!(self, store => store.list(folder).await)
    }
}
