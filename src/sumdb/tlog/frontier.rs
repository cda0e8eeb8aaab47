//! The right edge of a growing tree: all that is needed to append to it.

use super::{Hash, Subtree, empty_root, fold, node_hash};
use crate::sumdb::tile::{LEVELS, TILE_WIDTH, Tile};

/// The largest tree that is appended to: 2^48 leaves, a million times the packages of today.
const MAX_SIZE: u64 = 1 << 48;

/// The hashes that are not yet in a full tile, level by level.
///
/// Level `l` holds the roots of the complete subtrees of `256^l` leaves behind the last full
/// tile of that level: `floor(size / 256^l) mod 256` hashes, which is what the partial tile of
/// that level holds. Appending costs one hash a leaf, amortised, and 64 KB at most are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    levels: [Vec<Hash>; LEVELS],
}

impl Frontier {
    /// The frontier of the tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// The frontier of a tree of `size` leaves from its partial tiles ([`Tile::edge`]), lowest
    /// level first; `None` unless each is there with its width.
    ///
    /// The hashes are as trustworthy as where they came from: compare [`Frontier::root`]. `None`
    /// also for a size that leaves no room to append.
    pub fn from_edge(size: u64, tiles: impl IntoIterator<Item = Vec<Hash>>) -> Option<Self> {
        (size <= MAX_SIZE).then_some(())?;
        let mut frontier = Self { size, ..Self::default() };
        let mut tiles = tiles.into_iter();
        for tile in Tile::edge(size) {
            let hashes = tiles.next().filter(|hashes| hashes.len() == usize::from(tile.width()))?;
            *frontier.levels.get_mut(usize::from(tile.level()))? = hashes;
        }
        tiles.next().is_none().then_some(frontier)
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf; `full` is given every tile that became full, lowest level first.
    pub fn push(&mut self, leaf: Hash, mut full: impl FnMut(Tile, &[Hash])) {
        self.size += 1;
        let mut hash = leaf;
        let mut count = self.size;
        for (level, hashes) in (0..).zip(&mut self.levels) {
            hashes.push(hash);
            if hashes.len() < TILE_WIDTH {
                return;
            }
            count /= TILE_WIDTH as u64;
            full(Tile::full(level, count - 1), hashes);
            hash = complete_root(hashes);
            hashes.clear();
        }
    }

    /// The partial tiles, lowest level first.
    pub fn partial_tiles(&self) -> impl Iterator<Item = (Tile, &[Hash])> {
        let hashes = |tile: &Tile| self.levels.get(usize::from(tile.level()));
        Tile::edge(self.size).filter_map(move |tile| Some((tile, hashes(&tile)?.as_slice())))
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        let mut root = None;
        for (tile, hashes) in self.partial_tiles() {
            root = edge_hash(tile, hashes, root);
        }
        root.unwrap_or_else(empty_root)
    }
}

/// The hash of everything from the start of a partial tile to the end of the tree; `right` is
/// that of what lies behind its last hash.
pub(in crate::sumdb) fn edge_hash(
    tile: Tile,
    hashes: &[Hash],
    right: Option<Hash>,
) -> Option<Hash> {
    let inside = super::Span::tree(u64::from(tile.width()));
    let subtree = |Subtree { level, index }| {
        let start = usize::try_from(index << level).ok()?;
        Some(complete_root(hashes.get(start..start + (1 << level))?))
    };
    let subtrees: Option<Vec<Hash>> = inside.subtrees().map(subtree).collect();
    fold(subtrees?.into_iter().chain(right))
}

/// The root over a power of two of hashes.
pub(in crate::sumdb) fn complete_root(hashes: &[Hash]) -> Hash {
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        row = row.as_chunks::<2>().0.iter().map(|[left, right]| node_hash(left, right)).collect();
    }
    row.first().copied().unwrap_or_else(empty_root)
}
