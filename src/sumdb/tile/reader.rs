//! Reading a tree through its tiles, believing nothing but its root.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
};

use super::{TILE_WIDTH, Tile};
use crate::sumdb::{
    checkpoint::TreeHead,
    tlog::{Hash, Span, Subtree, complete_root, edge_hash, empty_root, fold},
};

/// Where tiles come from: a server, a folder, a cache in front of either.
pub trait TileReader: Sync {
    /// Why a tile cannot be had.
    type Error: Send;

    /// The bytes of tiles, in order, each of its length exactly. Where a partial tile is gone
    /// because the full one exists, the reader asks for that and cuts it.
    fn read_tiles(
        &self,
        tiles: &[Tile],
    ) -> impl Future<Output = Result<Vec<Vec<u8>>, Self::Error>> + Send;

    /// Takes tiles that were found to belong to the tree: the only ones a cache may keep.
    fn keep(&self, _verified: &[(Tile, &[u8])]) {}
}

/// Why hashes of a tree cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError<E> {
    /// The tiles cannot be had.
    #[error("{0}")]
    Reader(E),
    /// The tiles at the edge do not make up the root.
    #[error("the tiles of the tree of {size} records do not make up its root")]
    Root {
        /// The size of the tree.
        size: u64,
    },
    /// A tile is not the one that its parent says.
    #[error("tile {}/{} is not part of the tree", .0.level(), .0.index())]
    Tile(Tile),
    /// What was asked for lies outside the tree.
    #[error("the tree of {size} records has no such part")]
    Outside {
        /// The size of the tree.
        size: u64,
    },
}

/// The hashes of one tree, each verified against its root.
#[derive(Clone, Copy, Debug)]
pub struct TreeReader<'a, R> {
    tiles: &'a R,
    tree: TreeHead,
}

impl<'a, R: TileReader> TreeReader<'a, R> {
    /// A reader of the tree with that size and root.
    pub fn new(tiles: &'a R, tree: TreeHead) -> Self {
        Self { tiles, tree }
    }

    /// The hashes of spans of the tree, in order.
    ///
    /// All tiles are asked for at once: those that hold the answers, those above them up to the
    /// edge, and the edge itself, which must make up the root.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn spans(&self, spans: &[Span]) -> Result<Vec<Hash>, ReadError<R::Error>> {
        let subtrees: Vec<Subtree> = spans.iter().flat_map(|span| span.subtrees()).collect();
        let outside = ReadError::Outside { size: self.tree.size };
        let mut hashes = self.subtrees(&subtrees).await?.into_iter();
        let folded = spans.iter().map(|span| {
            let count = span.subtrees().count();
            fold(hashes.by_ref().take(count).collect::<Vec<_>>().into_iter())
        });
        folded.collect::<Option<_>>().ok_or(outside)
    }

    /// The hashes of complete subtrees, in order.
    async fn subtrees(&self, wanted: &[Subtree]) -> Result<Vec<Hash>, ReadError<R::Error>> {
        let tiles = self.tiles_for(wanted).ok_or(ReadError::Outside { size: self.tree.size })?;
        let bytes = self.tiles.read_tiles(&tiles).await.map_err(ReadError::Reader)?;
        let read = self.verified(&tiles, &bytes)?;
        let kept: Vec<_> = tiles.iter().copied().zip(bytes.iter().map(Vec::as_slice)).collect();
        self.tiles.keep(&kept);
        let subtree = |subtree: &Subtree| {
            let (tile, range) = Tile::holding(*subtree, self.tree.size)?;
            Some(complete_root(read.get(&tile)?.get(range)?))
        };
        let hashes: Option<Vec<_>> = wanted.iter().map(subtree).collect();
        hashes.ok_or(ReadError::Outside { size: self.tree.size })
    }

    /// The tiles that hold the subtrees, with all that is needed to verify them.
    fn tiles_for(&self, wanted: &[Subtree]) -> Option<Vec<Tile>> {
        let size = self.tree.size;
        let mut tiles: BTreeSet<Tile> = Tile::edge(size).collect();
        for subtree in wanted {
            let (mut tile, _) = Tile::holding(*subtree, size)?;
            while tiles.insert(tile) {
                (tile, _) = tile.parent(size)?;
            }
        }
        Some(tiles.into_iter().collect())
    }

    fn verified(
        &self,
        tiles: &[Tile],
        bytes: &[Vec<u8>],
    ) -> Result<BTreeMap<Tile, Vec<Hash>>, ReadError<R::Error>> {
        let mut read = BTreeMap::new();
        for (tile, bytes) in tiles.iter().zip(bytes) {
            let hashes = (bytes.len() == tile.len_bytes()).then(|| Hash::many_from_slice(bytes));
            read.insert(*tile, hashes.flatten().ok_or(ReadError::Tile(*tile))?);
        }
        let mut root = None;
        for tile in Tile::edge(self.tree.size) {
            root = read.get(&tile).and_then(|hashes| edge_hash(tile, hashes, root));
        }
        if root.unwrap_or_else(empty_root) != self.tree.root {
            return Err(ReadError::Root { size: self.tree.size });
        }
        for (tile, hashes) in &read {
            let above = || {
                let (parent, at) = tile.parent(self.tree.size)?;
                read.get(&parent)?.get(at)
            };
            // A partial tile is part of the edge, which is verified.
            if hashes.len() == TILE_WIDTH && above() != Some(&complete_root(hashes)) {
                return Err(ReadError::Tile(*tile));
            }
        }
        Ok(read)
    }
}

/// Tiles in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryTiles(pub(super) BTreeMap<(u8, u64), Vec<u8>>);

/// A tile that is not in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("tile {}/{} is not there", .0.level(), .0.index())]
pub struct NoSuchTile(pub Tile);

impl MemoryTiles {
    /// Takes tiles; a wider one replaces a narrower one of the same place.
    pub fn extend<'a>(&mut self, tiles: impl IntoIterator<Item = (Tile, &'a [u8])>) {
        for (tile, bytes) in tiles {
            let kept = self.0.entry((tile.level(), tile.index())).or_default();
            if kept.len() < bytes.len() {
                *kept = bytes.to_vec();
            }
        }
    }
}

impl TileReader for MemoryTiles {
    type Error = NoSuchTile;

    async fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, NoSuchTile> {
        let read = |tile: &Tile| {
            let bytes = self.0.get(&(tile.level(), tile.index()))?;
            bytes.get(..tile.len_bytes()).map(<[u8]>::to_vec)
        };
        tiles.iter().map(|tile| read(tile).ok_or(NoSuchTile(*tile))).collect()
    }
}
