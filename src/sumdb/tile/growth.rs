//! Appending: from records to the new tiles and bundles, without touching any storage.

use super::{Bundle, TILE_WIDTH, Tile};
use crate::sumdb::tlog::{Frontier, Hash, leaf_hash};

/// The end of a log: the edge of its tree and the records of its last, partial bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Appender {
    frontier: Frontier,
    tail: Vec<Vec<u8>>,
}

/// What an append adds to a log: files that were not there, or partial ones that are now wider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Growth {
    /// The number of records before.
    pub old_size: u64,
    /// The number of records now.
    pub size: u64,
    /// The root now.
    pub root: Hash,
    /// The tiles, full ones first, with their bytes.
    pub tiles: Vec<(Tile, Vec<u8>)>,
    /// The bundles with all their records, in order.
    pub bundles: Vec<(Bundle, Vec<Vec<u8>>)>,
}

impl Appender {
    /// The end of the log without records.
    pub fn new() -> Self {
        Self::default()
    }

    /// The end of a log from the edge of its tree and the records of its partial bundle (none
    /// where the size is a multiple of 256); `None` when the two do not fit.
    pub fn resume(frontier: Frontier, tail: Vec<Vec<u8>>) -> Option<Self> {
        let (tile, hashes) = match frontier.partial_tiles().next() {
            Some((tile, hashes)) if tile.level() == 0 => (usize::from(tile.width()), hashes),
            _ => (0, [].as_slice()),
        };
        let fits = tile == tail.len()
            && tail.iter().zip(hashes).all(|(record, hash)| leaf_hash(record) == *hash);
        fits.then_some(Self { frontier, tail })
    }

    /// The number of records.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// Appends records; each must be at most [`super::MAX_RECORD`] long, or it cannot be encoded.
    pub fn append(&mut self, records: impl IntoIterator<Item = Vec<u8>>) -> Growth {
        let old_size = self.size();
        let mut tiles = Vec::new();
        let mut bundles = Vec::new();
        for record in records {
            let full = |tile, hashes: &[Hash]| tiles.push((tile, joined(hashes)));
            self.frontier.push(leaf_hash(&record), full);
            self.tail.push(record);
            if self.tail.len() == TILE_WIDTH {
                let index = self.size() / TILE_WIDTH as u64 - 1;
                let bundle = Bundle::in_log(index, self.size());
                bundles.extend(bundle.zip(Some(std::mem::take(&mut self.tail))));
            }
        }
        let size = self.size();
        let new: Vec<_> = Tile::new_in(old_size, size).filter(|tile| tile.is_partial()).collect();
        let partial = self.frontier.partial_tiles().filter(|(tile, _)| new.contains(tile));
        tiles.extend(partial.map(|(tile, hashes)| (tile, joined(hashes))));
        if size > old_size && !self.tail.is_empty() {
            let bundle = Bundle::in_log(size / TILE_WIDTH as u64, size);
            bundles.extend(bundle.zip(Some(self.tail.clone())));
        }
        Growth { old_size, size, root: self.root(), tiles, bundles }
    }
}

fn joined(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}
