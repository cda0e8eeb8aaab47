//! A log that is files: tiles through a cache, and answers without `/batch`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use futures_util::{StreamExt, stream};

use super::{Client, ClientError, Learnt, Remote, RemoteError};
use crate::{
    fs::{Durability, read_bounded, write_atomic},
    sumdb::{
        checkpoint::TreeHead,
        escape::escaped,
        lookup::{Answer, BatchRequest, IndexBucket, LookupReply, bucket_of},
        proof::inclusions,
        record::{PackageKey, Record},
        tile::{Bundle, Layout, ReadError, Resource, Tile, TileReader},
        tlog::{Span, leaf_hash},
    },
};

/// Requests under way at once.
const PARALLEL: usize = 16;
/// The largest index bucket that is fetched, in bytes.
const MAX_BUCKET: u64 = 64 << 20;
/// The largest bundle: 256 records of 64 KiB, in bytes.
const MAX_BUNDLE: u64 = 17 << 20;
/// The largest reply to a lookup, in bytes.
const MAX_LOOKUP: u64 = 2 << 20;

/// The tiles of a log, full ones kept on disk once they are verified.
pub(super) struct RemoteTiles<'a, R> {
    remote: &'a R,
    layout: Layout,
    cache: Option<PathBuf>,
    used_cache: AtomicBool,
}

impl<'a, R: Remote> RemoteTiles<'a, R> {
    pub(super) fn new(remote: &'a R, layout: Layout, cache: &Path) -> Self {
        Self { remote, layout, cache: Some(cache.to_owned()), used_cache: AtomicBool::new(false) }
    }

    /// The same tiles from the log itself.
    pub(super) fn without_cache(self) -> Self {
        Self { cache: None, ..self }
    }

    /// Whether any tile came from the disk.
    pub(super) fn used_cache(&self) -> bool {
        self.used_cache.load(Ordering::Relaxed)
    }

    async fn read(&self, tile: Tile) -> Result<Vec<u8>, RemoteError> {
        let path = self.layout.path(Resource::Tile(tile));
        if let Some(cached) = self.cached(tile) {
            self.used_cache.store(true, Ordering::Relaxed);
            return Ok(cached);
        }
        let limit = tile.filled().len_bytes() as u64;
        let mut bytes = match self.remote.get(&path, limit).await {
            // A log may drop a partial tile once the full one is there.
            Err(RemoteError::NotFound) if tile.is_partial() => {
                let full = self.layout.path(Resource::Tile(tile.filled()));
                self.remote.get(&full, limit).await?
            }
            other => other?,
        };
        bytes.truncate(tile.len_bytes());
        Ok(bytes)
    }

    fn cached(&self, tile: Tile) -> Option<Vec<u8>> {
        let path = self.cache.as_ref()?.join(Layout::C2sp.path(Resource::Tile(tile)));
        let bytes = read_bounded(&path, tile.len_bytes() as u64).ok()?;
        (!tile.is_partial() && bytes.len() == tile.len_bytes()).then_some(bytes)
    }
}

impl<R: Remote> TileReader for RemoteTiles<'_, R> {
    type Error = RemoteError;

    async fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, RemoteError> {
        let reads: Vec<_> = tiles.iter().map(|tile| self.read(*tile)).collect();
        let read: Vec<_> = stream::iter(reads).buffered(PARALLEL).collect().await;
        read.into_iter().collect()
    }

    fn keep(&self, verified: &[(Tile, &[u8])]) {
        let Some(cache) = &self.cache else { return };
        for (tile, bytes) in verified.iter().filter(|(tile, _)| !tile.is_partial()) {
            let path = cache.join(Layout::C2sp.path(Resource::Tile(*tile)));
            if path.exists() {
                continue;
            }
            // A cache that cannot be written is no cache, not an error.
            let made = path.parent().map(fs::create_dir_all);
            if made.is_some_and(|made| made.is_ok()) {
                drop(write_atomic(&path, bytes, Durability::Volatile));
            }
        }
    }
}

impl<R: Remote> Client<R> {
    /// Answers from a log without `/batch`: where records are from its index or its lookups,
    /// what they are from its bundles, that they are there from its tiles.
    pub(super) async fn ask_files(&self, request: &BatchRequest) -> Result<Learnt, ClientError> {
        let (checkpoint, accepted) = self.head().await?;
        let tree = accepted.checkpoint.tree;
        let places = self.places(request.keys()).await?;
        let found: Vec<_> = places.iter().copied().flatten().filter(|at| *at < tree.size).collect();
        let records = self.records(&found, tree).await?;
        let mut answers = Vec::with_capacity(places.len());
        for (key, place) in request.keys().iter().zip(places) {
            answers.push(match place {
                None => Answer::Absent,
                Some(index) if index >= tree.size => Answer::Pending,
                Some(index) => {
                    let record = records.get(&index).filter(|record| record.key == *key);
                    let record = record.cloned().ok_or_else(|| ClientError::BadProof {
                        origin: self.origin.clone(),
                        reason: format!("record {index} is not that of {}", key.name()),
                    })?;
                    Answer::Found { index, record: Box::new(record) }
                }
            });
        }
        let mut indexes = found;
        indexes.sort_unstable();
        let spans = inclusions(&indexes, tree.size).unwrap_or_default();
        let proof = self.spans(tree, &spans).await?;
        Ok(Learnt { answers, proof, checkpoint, accepted })
    }

    /// Where the log says that packages are.
    async fn places(&self, keys: &[PackageKey]) -> Result<Vec<Option<u64>>, ClientError> {
        let bucket = |key: &PackageKey| bucket_of(key.namespace(), key.name());
        let mut wanted: Vec<u16> = keys.iter().map(bucket).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let fetch: Vec<_> = wanted.iter().map(|bucket| self.bucket(*bucket)).collect();
        let fetched: Vec<_> = stream::iter(fetch).buffered(PARALLEL).collect().await;
        let mut buckets = BTreeMap::new();
        for (bucket, fetched) in wanted.into_iter().zip(fetched) {
            buckets.insert(bucket, fetched?);
        }
        let place = |key: &PackageKey| match buckets.get(&bucket(key)) {
            Some(Some(index)) => Place::Known(index.get(key)),
            _ => Place::ToLookUp(key.clone()),
        };
        let places: Vec<_> = keys.iter().map(place).map(|place| self.resolve(place)).collect();
        let places: Vec<_> = stream::iter(places).buffered(PARALLEL).collect().await;
        places.into_iter().collect()
    }

    async fn resolve(&self, place: Place) -> Result<Option<u64>, ClientError> {
        let key = match place {
            Place::Known(index) => return Ok(index),
            Place::ToLookUp(key) => key,
        };
        let words = [key.namespace(), key.name(), key.version()].map(escaped);
        let path = format!("lookup/{}/{}@{}", words[0], words[1], words[2]);
        match self.remote.get(&path, MAX_LOOKUP).await {
            Err(RemoteError::NotFound) => Ok(None),
            Err(error) => Err(self.unreachable(error)),
            Ok(bytes) => {
                let reply = LookupReply::parse(&bytes).map_err(|error| self.unreachable(error))?;
                Ok(Some(reply.index))
            }
        }
    }

    async fn bucket(&self, bucket: u16) -> Result<Option<IndexBucket>, ClientError> {
        match self.remote.get(&IndexBucket::path(bucket), MAX_BUCKET).await {
            Err(RemoteError::NotFound) => Ok(None),
            Err(error) => Err(self.unreachable(error)),
            Ok(bytes) => {
                IndexBucket::parse(&bytes).map(Some).map_err(|error| self.unreachable(error))
            }
        }
    }

    /// The records at these places, each the one that the tree has there.
    async fn records(
        &self,
        places: &[u64],
        tree: TreeHead,
    ) -> Result<BTreeMap<u64, Record>, ClientError> {
        let spans: Vec<_> = places.iter().map(|at| Span { start: *at, end: at + 1 }).collect();
        let leaves = self.spans(tree, &spans).await?;
        let mut bundles: Vec<_> =
            places.iter().filter_map(|at| Bundle::in_log(at / 256, tree.size)).collect();
        bundles.sort_unstable();
        bundles.dedup();
        let fetch: Vec<_> = bundles.iter().map(|bundle| self.bundle(*bundle)).collect();
        let fetched: Vec<_> = stream::iter(fetch).buffered(PARALLEL).collect().await;
        let mut texts = BTreeMap::new();
        for (bundle, fetched) in bundles.iter().zip(fetched) {
            texts.extend((bundle.index() * 256..).zip(fetched?));
        }
        let mut records = BTreeMap::new();
        for (at, leaf) in places.iter().zip(leaves) {
            let text = texts.get(at).filter(|text| leaf_hash(text) == leaf);
            let text = text.ok_or_else(|| ClientError::BadProof {
                origin: self.origin.clone(),
                reason: format!("record {at} is not the one in the tree"),
            })?;
            let record = str::from_utf8(text).ok().and_then(|text| Record::parse(text).ok());
            records.extend(record.map(|record| (*at, record)));
        }
        Ok(records)
    }

    async fn bundle(&self, bundle: Bundle) -> Result<Vec<Vec<u8>>, ClientError> {
        let layout = self.options.layout;
        let path = |bundle| layout.path(Resource::Bundle(bundle));
        let bytes = match self.remote.get(&path(bundle), MAX_BUNDLE).await {
            Err(RemoteError::NotFound) if bundle.is_partial() => {
                self.remote.get(&path(bundle.filled()), MAX_BUNDLE).await
            }
            other => other,
        };
        let bytes = bytes.map_err(|error| self.unreachable(error))?;
        let records = bundle.decode(layout, &bytes).map_err(|error| self.unreachable(error))?;
        Ok(records.into_iter().map(<[u8]>::to_vec).collect())
    }

    /// A tree that cannot be read: the log is away, or its tiles are not those of its head.
    pub(super) fn read_failed(&self, error: ReadError<RemoteError>) -> ClientError {
        match error {
            ReadError::Reader(error) => self.unreachable(error),
            other => {
                ClientError::BadProof { origin: self.origin.clone(), reason: other.to_string() }
            }
        }
    }
}

/// Where a package is: known, or to be asked for by itself.
enum Place {
    Known(Option<u64>),
    ToLookUp(PackageKey),
}
