//! Tiles: paths, bundles, growth and verified reading, against the oracle and by changing bits.

use proptest::prelude::*;
use tlog_tiles::tile as oracle;

use super::*;
use crate::sumdb::{
    checkpoint::TreeHead,
    proof,
    tlog::{Frontier, Hash, Span, leaf_hash, tests::record},
};

/// A log of that many records, its tiles in memory.
fn log(size: u64) -> (MemoryTiles, TreeHead) {
    let mut tiles = MemoryTiles::default();
    let mut appender = Appender::new();
    let growth = appender.append((0..size).map(record));
    tiles.extend(growth.tiles.iter().map(|(tile, bytes)| (*tile, bytes.as_slice())));
    (tiles, TreeHead { size, root: growth.root })
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn paths_are_those_of_both_layouts() {
    let tile = |level, index, size| Resource::Tile(Tile::in_tree(level, index, size).unwrap());
    let bundle = |index, size| Resource::Bundle(Bundle::in_log(index, size).unwrap());
    for (resource, c2sp, go) in [
        (Resource::Checkpoint, "checkpoint", "latest"),
        (tile(0, 0, 256), "tile/0/000", "tile/8/0/000"),
        (tile(0, 273, 70_000), "tile/0/273.p/112", "tile/8/0/273.p/112"),
        (tile(1, 1, 70_000), "tile/1/001.p/17", "tile/8/1/001.p/17"),
        (tile(2, 0, 70_000), "tile/2/000.p/1", "tile/8/2/000.p/1"),
        (tile(0, 1_234_067, u64::MAX), "tile/0/x001/x234/067", "tile/8/0/x001/x234/067"),
        (bundle(1000, 256_010), "tile/entries/x001/000.p/10", "tile/8/data/x001/000.p/10"),
    ] {
        assert_eq!(Layout::C2sp.path(resource), c2sp);
        assert_eq!(Layout::Go.path(resource), go);
        assert_eq!(Layout::C2sp.parse(c2sp), Some(resource));
        assert_eq!(Layout::Go.parse(go), Some(resource));
    }
}

#[test]
fn a_path_with_another_spelling_is_no_path() {
    for path in [
        "",
        "/checkpoint",
        "latest",
        "tile/0/1",
        "tile/0/0001",
        "tile/0/x000/001",
        "tile/00/001",
        "tile/8/001",
        "tile/64/001",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/001.p/257",
        "tile/0/001.p/01",
        "tile/0/001.p/",
        "tile/0/+01",
        "tile/0/x001/x002",
        "tile/0/1000",
        "tile/-1/000",
        "tile/data/000",
        "tile/0/../000",
        "tile/0/x018446744073709551615/999",
    ] {
        assert_eq!(Layout::C2sp.parse(path), None, "{path}");
    }
    assert_eq!(Layout::Go.parse("tile/8/0/001.p/0"), None);
    assert_eq!(Layout::Go.parse("tile/8/64/001"), None);
    assert_eq!(Layout::Go.parse("tile/7/0/001"), None);
}

#[test]
fn the_new_tiles_of_a_growth_are_those_of_the_oracle() {
    for (old, new) in [(0, 1), (0, 256), (1, 255), (255, 256), (255, 257), (256, 70_000), (7, 7)] {
        let mut theirs: Vec<_> =
            oracle::Tile::new_tiles(8, old, new).into_iter().map(|tile| tile.path()).collect();
        let ours = Tile::new_in(old, new).map(|tile| Layout::Go.path(Resource::Tile(tile)));
        let mut ours: Vec<_> = ours.collect();
        theirs.sort();
        ours.sort();
        assert_eq!(ours, theirs, "{old} → {new}");
    }
}

#[test]
fn growing_in_any_steps_gives_the_same_tiles() {
    let (whole, head) = log(1_000);
    let mut tiles = MemoryTiles::default();
    let mut appender = Appender::new();
    let mut next = 0_u64;
    for step in [1, 254, 1, 1, 255, 400, 0, 88] {
        let growth = appender.append((next..next + step).map(record));
        assert_eq!((growth.old_size, growth.size), (next, next + step));
        let expected: Vec<_> = Tile::new_in(next, next + step).collect();
        let mut made: Vec<_> = growth.tiles.iter().map(|(tile, _)| *tile).collect();
        made.sort();
        assert_eq!(made, {
            let mut sorted = expected;
            sorted.sort();
            sorted
        });
        for (bundle, records) in &growth.bundles {
            let first = bundle.index() * 256;
            let all: Vec<_> = (first..first + u64::from(bundle.width())).map(record).collect();
            assert_eq!(*records, all);
        }
        let bundles: Vec<_> = growth.bundles.iter().map(|(bundle, _)| *bundle).collect();
        assert_eq!(bundles, Bundle::new_in(next, next + step).collect::<Vec<_>>());
        tiles.extend(growth.tiles.iter().map(|(tile, bytes)| (*tile, bytes.as_slice())));
        next += step;
    }
    assert_eq!(appender.root(), head.root);
    assert_eq!(tiles.0, whole.0);
}

#[test]
fn a_log_is_resumed_from_its_edge() {
    for size in [0, 1, 255, 256, 257, 65_536] {
        let (tiles, head) = log(size);
        let edge: Vec<Tile> = Tile::edge(size).collect();
        let bytes = run(tiles.read_tiles(&edge)).unwrap();
        let hashes = bytes.iter().map(|bytes| Hash::many_from_slice(bytes).unwrap());
        let frontier = Frontier::from_edge(size, hashes).unwrap();
        assert_eq!(frontier.root(), head.root);
        let tail: Vec<_> = (size / 256 * 256..size).map(record).collect();
        let mut resumed = Appender::resume(frontier.clone(), tail).unwrap();
        let (_, after) = log(size + 3);
        assert_eq!(resumed.append((size..size + 3).map(record)).root, after.root);
        assert_eq!(Appender::resume(frontier, vec![b"other\n".to_vec()]), None);
    }
}

#[test]
fn bundles_of_both_layouts_carry_the_same_records() {
    let records: Vec<_> = (0..257).map(record).collect();
    for layout in [Layout::C2sp, Layout::Go] {
        for (bundle, part) in [(0, &records[..256]), (1, &records[256..])] {
            let bundle = Bundle::in_log(bundle, 257).unwrap();
            let bytes = Bundle::encode(layout, part.iter().map(Vec::as_slice)).unwrap();
            assert_eq!(bundle.decode(layout, &bytes).unwrap(), part);
            // A full bundle serves for any part of it.
            let less = Bundle::in_log(0, 1).unwrap();
            let partly = less.decode(layout, &bytes);
            assert_eq!(partly.is_ok(), part.len() == 256 || part.len() == 1);
            assert!(layout == Layout::Go || bundle.decode(layout, &bytes[1..]).is_err());
            assert!(bundle.decode(layout, &bytes[..bytes.len() - 1]).is_err());
            assert!(bundle.decode(layout, &[&bytes[..], b"x"].concat()).is_err());
        }
    }
    let two_lines: &[u8] = b"a\n\nb\n";
    assert_eq!(Bundle::encode(Layout::Go, [two_lines]), None);
    assert_eq!(Bundle::encode(Layout::C2sp, [vec![0; 65_536].as_slice()]), None);
}

#[test]
fn every_proof_from_tiles_holds() {
    for size in [1, 2, 255, 256, 257, 600] {
        let (tiles, head) = log(size);
        let reader = TreeReader::new(&tiles, head);
        for index in [0, size / 3, size / 2, size - 1] {
            let proof = run(reader.spans(&proof::inclusion(index, size).unwrap())).unwrap();
            let leaf = leaf_hash(&record(index));
            assert_eq!(proof::verify_inclusion(index, leaf, head, &proof), Ok(()));
            let old = log(index + 1).1;
            let proof = run(reader.spans(&proof::consistency(old.size, size).unwrap())).unwrap();
            assert_eq!(proof::verify_consistency(old, head, &proof), Ok(()));
        }
    }
}

#[test]
fn an_older_tree_is_read_from_the_tiles_of_a_newer_one() {
    let (tiles, _) = log(700);
    let (_, old) = log(300);
    let root = run(TreeReader::new(&tiles, old).spans(&[Span::tree(300)])).unwrap();
    assert_eq!(root, [old.root]);
}

#[test]
fn a_changed_bit_in_any_tile_is_found_and_nothing_of_it_kept() {
    let (tiles, head) = log(65_800);
    let spans = proof::inclusion(513, head.size).unwrap();
    assert!(run(TreeReader::new(&tiles, head).spans(&spans)).is_ok());
    for place in [(0, 2), (0, 257), (1, 0), (1, 1), (2, 0)] {
        let mut changed = tiles.clone();
        changed.0.get_mut(&place).unwrap()[0] ^= 1;
        let read = run(TreeReader::new(&changed, head).spans(&spans));
        assert!(matches!(read, Err(ReadError::Root { .. } | ReadError::Tile(_))), "{place:?}");
    }
    let mut lost = tiles;
    lost.0.remove(&(0, 2));
    assert!(matches!(run(TreeReader::new(&lost, head).spans(&spans)), Err(ReadError::Reader(_))));
}

proptest! {
    #[test]
    fn any_path_that_is_read_is_written_the_same(
        level in 0_u8..9, index in any::<u64>(), width in 0_u16..300,
    ) {
        for path in [format!("tile/{level}/{index:03}.p/{width}"), format!("tile/{level}/x{index:03}/000")] {
            if let Some(resource) = Layout::C2sp.parse(&path) {
                prop_assert_eq!(Layout::C2sp.path(resource), path);
            }
        }
    }

    #[test]
    fn any_bytes_are_read_as_a_bundle_without_a_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..200), width in 1_u64..4,
    ) {
        let bundle = Bundle::in_log(0, width).unwrap();
        for layout in [Layout::C2sp, Layout::Go] {
            if let Ok(records) = bundle.decode(layout, &bytes) {
                prop_assert_eq!(Bundle::encode(layout, records).unwrap(), bytes.clone());
            }
        }
    }

    #[test]
    fn any_place_of_any_tree_is_a_tile_or_none(level in any::<u8>(), index in any::<u64>(), size in any::<u64>()) {
        if let Some(tile) = Tile::in_tree(level, index, size) {
            prop_assert!((1..=256).contains(&tile.width()));
        }
        prop_assert!(Tile::edge(size).count() <= LEVELS);
    }
}
