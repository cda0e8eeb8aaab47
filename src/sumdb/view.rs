//! A log in a store, as readers see it: its published head, its tiles and records, its index.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use futures_util::{StreamExt, TryStreamExt, stream};

use super::{
    checkpoint::TreeHead,
    log::{Index, IndexError},
    lookup::IndexBucket,
    note::{MAX_NOTE, Note, VerifierKey},
    policy::{NotAccepted, Policy},
    proof::consistency,
    record::PackageKey,
    sequencer::Profile,
    store::{Store, StoreError},
    tile::{Appender, Bundle, Layout, ReadError, Resource, Tile, TileReader, TreeReader},
    tlog::{Frontier, Hash, Span, leaf_hash},
};
use crate::error::{Code, Explain};

/// The path of what a store says about its log.
pub(super) const IDENTITY: &str = ".state/log";
/// The largest bundle: 256 records of 64 KiB and their lengths, in bytes.
pub(super) const MAX_BUNDLE: u64 = 17 << 20;
/// The longest identity that is read, in bytes.
pub(super) const MAX_IDENTITY: u64 = 64 << 10;
/// Objects that are read at once.
const PARALLEL: usize = 16;
/// Full tiles and bundles in memory: two generations of so many bytes each.
const GENERATION: usize = 16 << 20;
/// Bundles that one step of indexing holds.
const INDEXED_AT_ONCE: usize = 64;

/// Whose log lies in a store. `Display` writes the object.
///
/// ```text
/// denpm-log-store/v1\n
/// origin <name>\n
/// profile packages|go-modules\n
/// vkey <key>\n …
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The first line of its checkpoints.
    pub origin: String,
    /// What it holds.
    pub profile: Profile,
    /// The keys that sign for it; two while one replaces the other.
    pub keys: Vec<VerifierKey>,
}

impl Identity {
    const FIRST_LINE: &'static str = "denpm-log-store/v1";

    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut lines = str::from_utf8(bytes).ok()?.lines();
        (lines.next()? == Self::FIRST_LINE).then_some(())?;
        let origin = lines.next()?.strip_prefix("origin ")?.to_owned();
        let profile = Profile::parse(lines.next()?.strip_prefix("profile ")?)?;
        let keys = lines.map(|line| VerifierKey::parse(line.strip_prefix("vkey ")?).ok());
        let keys: Vec<_> = keys.collect::<Option<_>>()?;
        (!keys.is_empty()).then_some(Self { origin, profile, keys })
    }

    /// The policy under which the log's own checkpoints are read.
    pub fn policy(&self) -> Option<Policy> {
        Policy::of_keys(self.keys.clone(), &self.origin)
    }
}

impl std::fmt::Display for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { origin, profile, keys } = self;
        writeln!(f, "{}\norigin {origin}\nprofile {}", Self::FIRST_LINE, profile.as_str())?;
        keys.iter().try_for_each(|key| writeln!(f, "vkey {key}"))
    }
}

/// A log in a store that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// There is no log.
    #[error("there is no log here")]
    NoLog,
    /// The published checkpoint is not one of this log.
    #[error("the published checkpoint cannot be used")]
    Checkpoint(#[source] NotAccepted),
    /// Something contradicts something else.
    #[error("the log is damaged: {0}")]
    Damaged(String),
}

impl Explain for ViewError {
    fn code(&self) -> Code {
        match self {
            Self::Store(error) => error.code(),
            Self::NoLog => Code::Noent,
            Self::Index(_) | Self::Checkpoint(_) | Self::Damaged(_) => Code::SumdbState,
        }
    }

    fn code_text(&self) -> String {
        match self {
            Self::Store(error) => error.code_text(),
            other => other.code().as_str().to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Store(error) => error.help(),
            Self::NoLog => Some("`denpm sumdb init` makes one".to_owned()),
            Self::Index(_) => Some(
                "is another denpm working with this log, or the disk full? the index can be \
                 removed, it is rebuilt"
                    .to_owned(),
            ),
            Self::Checkpoint(_) | Self::Damaged(_) => Some(
                "append nothing; find out what changed it, and compare with a copy or a witness"
                    .to_owned(),
            ),
        }
    }
}

/// A published head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The signed checkpoint.
    pub note: Note,
    /// What it says.
    pub tree: TreeHead,
}

/// A log in a store.
pub struct View<S> {
    pub(super) store: S,
    identity: Identity,
    policy: Policy,
    index: RwLock<Index>,
    published: RwLock<Option<Arc<Published>>>,
    cache: Cache,
}

impl<S: Store> View<S> {
    /// The log in a store, with an index in a file of this process, made or rebuilt if need be.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn open(store: S, index: &Path) -> Result<Self, ViewError> {
        let bytes = store.get(IDENTITY, MAX_IDENTITY).await?.ok_or(ViewError::NoLog)?;
        let identity = Identity::parse(&bytes);
        let damaged = || ViewError::Damaged(format!("{IDENTITY} cannot be read"));
        let identity = identity.ok_or_else(damaged)?;
        let policy = identity.policy().ok_or_else(damaged)?;
        let view = Self {
            store,
            identity,
            policy,
            index: RwLock::new(open_index(index)?),
            published: RwLock::default(),
            cache: Cache::default(),
        };
        view.refresh().await?;
        Ok(view)
    }

    /// Whose log it is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The policy that accepts the log's own checkpoints, without witnesses.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What is published, as far as this process knows.
    pub fn published(&self) -> Option<Arc<Published>> {
        self.published.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads what is published now, and what it added.
    ///
    /// # Errors
    /// [`ViewError`]: also when the published tree became smaller.
    pub async fn refresh(&self) -> Result<(), ViewError> {
        let known = self.published().map_or(0, |known| known.tree.size);
        let path = Layout::C2sp.path(Resource::Checkpoint);
        let Some(bytes) = self.store.get(&path, MAX_NOTE as u64).await? else { return Ok(()) };
        let note = Note::parse(&bytes).map_err(|error| ViewError::Checkpoint(error.into()))?;
        let size = self.publish(note).await?;
        if size < known {
            return Err(ViewError::Damaged(format!("it had {known} records and has {size} now")));
        }
        Ok(())
    }

    /// Takes a head that is published, and returns its size.
    pub(super) async fn publish(&self, note: Note) -> Result<u64, ViewError> {
        let accepted = self.policy.accept(&note).map_err(ViewError::Checkpoint)?;
        let tree = accepted.checkpoint.tree;
        if self.published().is_none_or(|known| known.note != note) {
            self.index_up_to(tree.size).await?;
            let mut published = self.published.write().unwrap_or_else(PoisonError::into_inner);
            if published.as_ref().is_none_or(|known| known.tree.size <= tree.size) {
                *published = Some(Arc::new(Published { note, tree }));
            }
        }
        Ok(tree.size)
    }

    /// Brings the index up to a size of the log, reading the records that are missing in it.
    pub(super) async fn index_up_to(&self, size: u64) -> Result<(), ViewError> {
        let mut from = self.indexed();
        while from < size {
            let bundles: Vec<_> = Bundle::new_in(from, size).take(INDEXED_AT_ONCE).collect();
            let mut rows = Vec::new();
            let mut behind = from;
            for (bundle, texts) in self.bundles(&bundles).await? {
                for (place, text) in (bundle.index() * 256..).zip(texts.iter()) {
                    let key = self.identity.profile.key_of(text).filter(|_| place >= from);
                    rows.extend(key.map(|key| (key, place, leaf_hash(text))));
                    behind = behind.max(place + 1);
                }
            }
            self.extend_index(rows, behind)?;
            if behind == from {
                return Err(ViewError::Damaged(format!("record {from} is missing")));
            }
            from = behind;
        }
        Ok(())
    }

    /// The number of records that the index knows.
    pub(super) fn indexed(&self) -> u64 {
        self.index.read().unwrap_or_else(PoisonError::into_inner).size()
    }

    pub(super) fn extend_index(
        &self,
        rows: Vec<(PackageKey, u64, Hash)>,
        size: u64,
    ) -> Result<(), ViewError> {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        Ok(index.extend(rows, size)?)
    }

    /// Where versions are, and as which leaf; also such that are not published yet.
    ///
    /// # Errors
    /// [`ViewError::Index`].
    pub fn places<'a>(
        &self,
        keys: impl IntoIterator<Item = &'a PackageKey>,
    ) -> Result<Vec<Option<(u64, Hash)>>, ViewError> {
        Ok(self.index.read().unwrap_or_else(PoisonError::into_inner).places(keys)?)
    }

    /// The versions of all names of one bucket.
    ///
    /// # Errors
    /// [`ViewError::Index`].
    pub fn bucket(&self, bucket: u16) -> Result<IndexBucket, ViewError> {
        Ok(self.index.read().unwrap_or_else(PoisonError::into_inner).bucket(bucket)?)
    }

    /// The bytes of a tile; from the full one, or a wider one of the published tree, where this
    /// one is gone.
    ///
    /// # Errors
    /// [`ViewError`]; `None` where the log has no such tile.
    pub async fn tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, ViewError> {
        let wider = self
            .published()
            .and_then(|published| Tile::in_tree(tile.level(), tile.index(), published.tree.size));
        for candidate in std::iter::once(tile).chain(wider).chain([tile.filled()]) {
            if let Some(mut bytes) = self.tile_object(candidate).await? {
                bytes.truncate(tile.len_bytes());
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }

    async fn tile_object(&self, tile: Tile) -> Result<Option<Vec<u8>>, ViewError> {
        let place = Resource::Tile(tile);
        if let Some(bytes) = self.cache.get(place) {
            return Ok(Some(bytes.to_vec()));
        }
        let path = Layout::C2sp.path(place);
        let found = self.store.get(&path, tile.filled().len_bytes() as u64).await?;
        let found = found.filter(|bytes| bytes.len() == tile.len_bytes());
        if let Some(bytes) = found.as_ref().filter(|_| !tile.is_partial()) {
            self.cache.keep(place, bytes);
        }
        Ok(found)
    }

    /// The bytes of a bundle in the C2SP layout, from a wider one where this one is gone.
    ///
    /// # Errors
    /// [`ViewError`]; `None` where the log has no such bundle.
    pub async fn bundle(&self, bundle: Bundle) -> Result<Option<Vec<u8>>, ViewError> {
        let size = self.published().map_or(0, |published| published.tree.size);
        let wider = Bundle::in_log(bundle.index(), size);
        for candidate in std::iter::once(bundle).chain(wider).chain([bundle.filled()]) {
            if candidate.width() < bundle.width() {
                continue;
            }
            if let Some(bytes) = self.bundle_object(candidate).await? {
                if candidate == bundle {
                    return Ok(Some(bytes));
                }
                let records = candidate.decode(Layout::C2sp, &bytes).map_err(damaged)?;
                let wanted = records.into_iter().take(usize::from(bundle.width()));
                return Ok(Bundle::encode(Layout::C2sp, wanted));
            }
        }
        Ok(None)
    }

    async fn bundle_object(&self, bundle: Bundle) -> Result<Option<Vec<u8>>, ViewError> {
        let place = Resource::Bundle(bundle);
        if let Some(bytes) = self.cache.get(place) {
            return Ok(Some(bytes.to_vec()));
        }
        let found = self.store.get(&Layout::C2sp.path(place), MAX_BUNDLE).await?;
        if let Some(bytes) = found.as_ref().filter(|_| !bundle.is_partial()) {
            self.cache.keep(place, bytes);
        }
        Ok(found)
    }

    /// The records of bundles, in order.
    pub(super) async fn bundles(
        &self,
        bundles: &[Bundle],
    ) -> Result<Vec<(Bundle, Vec<Vec<u8>>)>, ViewError> {
        let read = |bundle: Bundle| async move {
            let path = Layout::C2sp.path(Resource::Bundle(bundle));
            let bytes = self.bundle(bundle).await?;
            let bytes = bytes.ok_or_else(|| ViewError::Damaged(format!("{path} is missing")))?;
            let records = bundle.decode(Layout::C2sp, &bytes).map_err(damaged)?;
            Ok((bundle, records.into_iter().map(<[u8]>::to_vec).collect()))
        };
        let reads: Vec<_> = bundles.iter().map(|bundle| read(*bundle)).collect();
        stream::iter(reads).buffered(PARALLEL).try_collect().await
    }

    /// The records at places of a log of `size`.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn records(
        &self,
        places: &[u64],
        size: u64,
    ) -> Result<BTreeMap<u64, Vec<u8>>, ViewError> {
        let mut bundles: Vec<_> =
            places.iter().filter_map(|place| Bundle::in_log(place / 256, size)).collect();
        bundles.sort_unstable();
        bundles.dedup();
        let places: BTreeSet<u64> = places.iter().copied().collect();
        let mut records = BTreeMap::new();
        for (bundle, texts) in self.bundles(&bundles).await? {
            let all = (bundle.index() * 256..).zip(texts);
            records.extend(all.filter(|(place, _)| places.contains(place)));
        }
        Ok(records)
    }

    /// The hashes of parts of a tree of this log.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn spans(&self, tree: TreeHead, spans: &[Span]) -> Result<Vec<Hash>, ViewError> {
        let read = TreeReader::new(self, tree).spans(spans).await;
        read.map_err(|error| match error {
            ReadError::Reader(error) => error,
            other => ViewError::Damaged(other.to_string()),
        })
    }

    /// The proof that a tree of `old` records begins this one; empty for an empty one.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn consistency(&self, old: u64, tree: TreeHead) -> Result<Vec<Hash>, ViewError> {
        self.spans(tree, &consistency(old, tree.size).unwrap_or_default()).await
    }

    /// The end of a tree of this log, where appends go on.
    pub(super) async fn appender(&self, tree: TreeHead) -> Result<Appender, ViewError> {
        let edge: Vec<_> = Tile::edge(tree.size).collect();
        let tiles = self.read_tiles(&edge).await?;
        let hashes: Option<Vec<_>> =
            tiles.iter().map(|bytes| Hash::many_from_slice(bytes)).collect();
        let frontier = hashes.and_then(|hashes| Frontier::from_edge(tree.size, hashes));
        let frontier = frontier.filter(|frontier| frontier.root() == tree.root);
        let wrong = |what: &str| ViewError::Damaged(format!("{what} not those of its head"));
        let frontier = frontier.ok_or_else(|| wrong("the tiles at its end are"))?;
        let last = Bundle::in_log(tree.size / 256, tree.size);
        let tail = self.bundles(&last.into_iter().collect::<Vec<_>>()).await?.pop();
        let tail = tail.map(|(_, texts)| texts).unwrap_or_default();
        Appender::resume(frontier, tail).ok_or_else(|| wrong("its last records are"))
    }
}

impl<S: Store> TileReader for View<S> {
    type Error = ViewError;

    async fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, ViewError> {
        let read = |tile: Tile| async move {
            let missing = || {
                let path = Layout::C2sp.path(Resource::Tile(tile));
                ViewError::Damaged(format!("{path} is missing"))
            };
            self.tile(tile).await?.ok_or_else(missing)
        };
        let reads: Vec<_> = tiles.iter().map(|tile| read(*tile)).collect();
        stream::iter(reads).buffered(PARALLEL).try_collect().await
    }
}

fn damaged(error: super::tile::BadBundle) -> ViewError {
    ViewError::Damaged(error.to_string())
}

fn open_index(path: &Path) -> Result<Index, ViewError> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)
        .map_err(|error| StoreError::Fs(crate::fs::FsError::io("create", folder)(error)))?;
    Ok(Index::open(path)?)
}

/// Full tiles and bundles in memory: what was not asked for during a whole generation goes.
#[derive(Default)]
struct Cache(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    /// The bytes in `young`.
    size: usize,
    young: HashMap<Resource, Arc<[u8]>>,
    old: HashMap<Resource, Arc<[u8]>>,
}

impl Cache {
    fn get(&self, place: Resource) -> Option<Arc<[u8]>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bytes) = all.young.get(&place) {
            return Some(Arc::clone(bytes));
        }
        let bytes = all.old.remove(&place)?;
        all.keep(place, Arc::clone(&bytes));
        Some(bytes)
    }

    fn keep(&self, place: Resource, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keep(place, bytes.into());
    }
}

impl Generations {
    fn keep(&mut self, place: Resource, bytes: Arc<[u8]>) {
        if self.size + bytes.len() > GENERATION {
            self.old = std::mem::take(&mut self.young);
            self.size = 0;
        }
        self.size += bytes.len();
        let replaced = self.young.insert(place, bytes);
        self.size -= replaced.map_or(0, |bytes| bytes.len());
    }
}
