//! The embedded log: what it remembers, and what it survives.

use std::fs;

use super::*;

fn record(number: u64, seed: u64) -> Record {
    let hash = leaf_hash(&seed.to_be_bytes());
    let key = PackageKey::new("npm", format!("p{number}"), "1.0.0").unwrap();
    Record { key, sri: [3; 64], size: seed, tree: hash, manifest: hash }
}

fn some(numbers: std::ops::Range<u64>) -> Vec<Record> {
    numbers.map(|number| record(number, number)).collect()
}

fn look_up(log: &LocalLog, records: &[Record]) -> Result<Vec<Seen>, LogError> {
    log.look_up(records.iter().map(|record| (record, record.leaf())))
}

#[test]
fn what_was_seen_once_is_remembered_and_another_is_told_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("local");
    let mut log = LocalLog::open(&folder).unwrap();
    assert_eq!(look_up(&log, &some(0..3)).unwrap(), [Seen::First, Seen::First, Seen::First]);
    assert_eq!(log.append(&some(0..3)).unwrap(), 3);
    assert_eq!(log.append(&some(0..3)).unwrap(), 0);
    let origin = log.origin().to_owned();
    assert!(origin.starts_with("local.denpm/"));
    drop(log);
    let log = LocalLog::open(&folder).unwrap();
    assert_eq!(log.origin(), origin);
    let asked = [record(2, 2), record(1, 99), record(7, 7)];
    let seen = look_up(&log, &asked).unwrap();
    assert_eq!(seen, [Seen::Before(2), Seen::Otherwise(Box::new(record(1, 1))), Seen::First]);
}

#[test]
fn a_version_is_logged_once_even_when_given_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = LocalLog::open(folder.path()).unwrap();
    assert_eq!(log.append(&[record(1, 1), record(1, 2), record(2, 2)]).unwrap(), 2);
    assert_eq!(log.tree().size, 2);
    assert_eq!(look_up(&log, &[record(1, 1)]).unwrap(), [Seen::Before(0)]);
}

#[test]
fn the_log_grows_over_bundles_and_leaves_no_superseded_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut next = 0;
    for step in [1, 254, 1, 1, 300, 211] {
        LocalLog::open(folder.path()).unwrap().append(&some(next..next + step)).unwrap();
        next += step;
    }
    let log = LocalLog::open(folder.path()).unwrap();
    assert_eq!(log.tree().size, 768);
    assert!(
        look_up(&log, &some(0..768)).unwrap().iter().all(|seen| matches!(seen, Seen::Before(_)))
    );
    let mut left: Vec<String> = Vec::new();
    let mut folders = vec![folder.path().join("tile")];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap().map(|entry| entry.unwrap().path()) {
            let shown = entry.strip_prefix(folder.path()).unwrap().display().to_string();
            if entry.is_dir() { folders.push(entry) } else { left.push(shown) }
        }
    }
    left.sort();
    assert_eq!(
        left,
        [
            "tile/0/000",
            "tile/0/001",
            "tile/0/002",
            "tile/1/000.p/3",
            "tile/entries/000",
            "tile/entries/001",
            "tile/entries/002",
        ]
    );
}

#[test]
fn lost_tiles_and_a_lost_or_damaged_index_are_rebuilt() {
    let folder = tempfile::tempdir().unwrap();
    LocalLog::open(folder.path()).unwrap().append(&some(0..300)).unwrap();
    fs::remove_dir_all(folder.path().join("tile/0")).unwrap();
    fs::remove_file(folder.path().join("index.redb")).unwrap();
    let mut log = LocalLog::open(folder.path()).unwrap();
    assert_eq!(look_up(&log, &some(299..300)).unwrap(), [Seen::Before(299)]);
    log.append(&some(300..301)).unwrap();
    drop(log);
    fs::write(folder.path().join("index.redb"), "not a database").unwrap();
    let log = LocalLog::open(folder.path()).unwrap();
    assert_eq!(look_up(&log, &some(300..301)).unwrap(), [Seen::Before(300)]);
}

#[test]
fn a_death_at_any_step_of_an_append_loses_nothing_that_was_there() {
    let whole = tempfile::tempdir().unwrap();
    LocalLog::open(whole.path()).unwrap().append(&some(0..200)).unwrap();
    let before = files_of(whole.path());
    LocalLog::open(whole.path()).unwrap().append(&some(200..500)).unwrap();
    let after = files_of(whole.path());
    // Bundles first, then the checkpoint, then tiles and the index; superseded files go last.
    let rank = |name: &str| match name {
        _ if name.starts_with("tile/entries") => 0,
        "checkpoint" => 1,
        _ if name.starts_with("tile") => 2,
        _ => 3,
    };
    let mut steps: Vec<_> =
        after.iter().filter(|(name, bytes)| before.get(*name) != Some(*bytes)).collect();
    steps.sort_by_key(|(name, _)| rank(name));
    for done in 0..=steps.len() {
        let crashed = tempfile::tempdir().unwrap();
        let mut state = before.clone();
        state.extend(steps[..done].iter().map(|(name, bytes)| ((*name).clone(), (*bytes).clone())));
        for (name, bytes) in &state {
            let path = crashed.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let mut log = LocalLog::open(crashed.path()).unwrap();
        let committed = steps[..done].iter().any(|(name, _)| *name == "checkpoint");
        assert_eq!(log.tree().size, if committed { 500 } else { 200 }, "after {done} steps");
        let seen = look_up(&log, &some(0..200)).unwrap();
        assert!(seen.iter().all(|seen| matches!(seen, Seen::Before(_))));
        // And the log goes on, to the same root whatever happened.
        log.append(&some(0..500)).unwrap();
        assert_eq!(log.tree().size, 500);
        assert_eq!(log.tree(), LocalLog::open_tree(whole.path()));
    }
}

impl LocalLog {
    fn open_tree(folder: &Path) -> TreeHead {
        Self::open(folder).unwrap().tree()
    }
}

fn files_of(folder: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut files = std::collections::BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap().map(|entry| entry.unwrap().path()) {
            let name = entry.strip_prefix(folder).unwrap().display().to_string();
            if entry.is_dir() {
                folders.push(entry);
            } else {
                files.insert(name, fs::read(&entry).unwrap());
            }
        }
    }
    files
}

#[test]
fn two_at_once_wait_for_each_other_and_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let work = |start: u64| {
        let folder = folder.path().to_owned();
        std::thread::spawn(move || {
            for at in 0..10 {
                let numbers = start + at * 3..start + at * 3 + 3;
                LocalLog::open(&folder).unwrap().append(&some(numbers)).unwrap();
            }
        })
    };
    for thread in [work(0), work(15)] {
        thread.join().unwrap();
    }
    let log = LocalLog::open(folder.path()).unwrap();
    assert_eq!(log.tree().size, 45);
    assert!(
        look_up(&log, &some(0..45)).unwrap().iter().all(|seen| matches!(seen, Seen::Before(_)))
    );
}

#[test]
fn a_changed_record_or_a_lost_key_is_damage_and_not_a_new_log() {
    let folder = tempfile::tempdir().unwrap();
    LocalLog::open(folder.path()).unwrap().append(&some(0..3)).unwrap();
    let bundle = folder.path().join("tile/entries/000.p/3");
    let honest = fs::read(&bundle).unwrap();
    let mut changed = honest.clone();
    let at = changed.windows(6).position(|part| part == b"size 1").unwrap();
    changed[at + 5] = b'9';
    fs::write(&bundle, changed).unwrap();
    let refused = LocalLog::open(folder.path()).unwrap().append(&some(3..4));
    assert!(matches!(refused, Err(LogError::Damaged { .. })));
    fs::write(&bundle, honest).unwrap();
    fs::remove_file(folder.path().join("key")).unwrap();
    assert!(matches!(LocalLog::open(folder.path()), Err(LogError::Damaged { .. })));
}

#[cfg(unix)]
#[test]
fn the_key_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    drop(LocalLog::open(folder.path()).unwrap());
    let mode = fs::metadata(folder.path().join("key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
