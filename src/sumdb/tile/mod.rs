//! Tiles: a tree of hashes cut into files that never change (C2SP tlog-tiles, height 8).
//!
//! Tile (level, index) holds the roots of the subtrees of `256^level` leaves, from number
//! `256 · index` on: 256 hashes, 8,192 bytes, or fewer in the last tile of a level, the *partial*
//! one. An entry bundle holds the records of 256 leaves in the same way.

mod bundle;
mod growth;
mod layout;
mod reader;
#[cfg(test)]
mod tests;

pub use bundle::{BadBundle, Bundle, MAX_RECORD, is_record_text};
pub use growth::{Appender, Growth};
pub use layout::{Layout, Resource};
pub use reader::{MemoryTiles, NoSuchTile, ReadError, TileReader, TreeReader};

use super::tlog::Subtree;

/// Hashes in a full tile.
pub const TILE_WIDTH: usize = 256;
/// Levels of tiles above which no tree of 2^64 leaves reaches.
pub const LEVELS: usize = 8;
/// `TILE_WIDTH` as a number of leaves.
const WIDTH: u64 = TILE_WIDTH as u64;
/// The height of a tile, in levels of the tree.
const HEIGHT: u8 = 8;

/// A tile of a tree of some size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    level: u8,
    index: u64,
    width: u16,
}

impl Tile {
    /// The tile at this place in a tree of `size` leaves; `None` where that tree has none.
    pub fn in_tree(level: u8, index: u64, size: u64) -> Option<Self> {
        (usize::from(level) < LEVELS).then_some(())?;
        let width = width_in(index, size >> (HEIGHT * level))?;
        Some(Self { level, index, width })
    }

    /// The full tile at this place.
    pub(in crate::sumdb) fn full(level: u8, index: u64) -> Self {
        Self { level, index, width: 256 }
    }

    /// The level, 0 for the hashes of the leaves.
    pub fn level(self) -> u8 {
        self.level
    }

    /// The position in its level.
    pub fn index(self) -> u64 {
        self.index
    }

    /// The number of hashes in it, 1–256.
    pub fn width(self) -> u16 {
        self.width
    }

    /// Its length, in bytes.
    pub fn len_bytes(self) -> usize {
        usize::from(self.width) * super::Hash::LEN
    }

    /// Whether it is not full.
    pub fn is_partial(self) -> bool {
        usize::from(self.width) < TILE_WIDTH
    }

    /// The full tile that a partial one grows into.
    #[must_use]
    pub fn filled(self) -> Self {
        Self::full(self.level, self.index)
    }

    /// The partial tiles of a tree, lowest level first: together they make up its root.
    pub fn edge(size: u64) -> impl Iterator<Item = Self> {
        (0..HEIGHT).filter_map(move |level| {
            let count = size >> (HEIGHT * level);
            Self::in_tree(level, count / WIDTH, size)
        })
    }

    /// The tiles that a tree of `new` leaves has and one of `old` had not, or not as wide.
    pub fn new_in(old: u64, new: u64) -> impl Iterator<Item = Self> {
        (0..HEIGHT).flat_map(move |level| {
            let (before, after) = (old >> (HEIGHT * level), new >> (HEIGHT * level));
            let places = if before < after { before / WIDTH..after.div_ceil(WIDTH) } else { 0..0 };
            places.filter_map(move |index| Self::in_tree(level, index, new))
        })
    }

    /// The tile one level up that holds this one's root, and which of its hashes that is.
    fn parent(self, size: u64) -> Option<(Self, usize)> {
        let tile = Self::in_tree(self.level + 1, self.index / WIDTH, size)?;
        Some((tile, usize::try_from(self.index % WIDTH).ok()?))
    }

    /// The tile that holds a subtree, and the hashes that make it up.
    fn holding(subtree: Subtree, size: u64) -> Option<(Self, std::ops::Range<usize>)> {
        let height = subtree.level % HEIGHT;
        let first = subtree.index.checked_mul(1 << height)?;
        let tile = Self::in_tree(subtree.level / HEIGHT, first / WIDTH, size)?;
        let start = usize::try_from(first % WIDTH).ok()?;
        let range = start..start + (1 << height);
        (range.end <= usize::from(tile.width)).then_some((tile, range))
    }
}

/// The width of number `index` of a row of `count`, cut every 256.
fn width_in(index: u64, count: u64) -> Option<u16> {
    let start = index.checked_mul(WIDTH)?;
    let left = count.checked_sub(start).filter(|left| *left > 0)?;
    u16::try_from(left.min(WIDTH)).ok()
}
