//! A client against a log in memory that lies in every way.

use std::{
    collections::BTreeMap,
    fs,
    sync::{Mutex, PoisonError},
};

use super::*;
use crate::{
    error::Explain,
    sumdb::{
        Hash,
        checkpoint::Checkpoint,
        lookup::{IndexBucket, bucket_of},
        note::{KeyKind, SigningKey},
        proof::inclusions,
        record::Record,
        tile::{Appender, Bundle, MemoryTiles, Tile, TileReader},
    },
};

/// A log in memory: what it serves, and how it lies.
struct Log {
    signer: SigningKey,
    records: Vec<Record>,
    served: Mutex<Served>,
}

#[derive(Clone)]
struct Served {
    size: u64,
    batch: bool,
    index: bool,
    /// What cannot be reached: paths that begin so.
    silent: Option<&'static str>,
    /// A tile to flip a bit of, by path.
    broken: Option<String>,
    /// The size from the second batch on.
    then: Option<u64>,
    asked: Vec<String>,
}

fn record(number: u64, seed: u64) -> Record {
    let hash = leaf_hash(&seed.to_be_bytes());
    let key = PackageKey::new("npm", format!("p{number}"), "1.0.0").unwrap();
    Record {
        key,
        sri: [u8::try_from(seed % 251).unwrap(); 64],
        size: seed,
        tree: hash,
        manifest: hash,
    }
}

impl Log {
    /// A log of `size` records; from record `fork` on they are others than usual.
    fn new(size: u64, fork: u64) -> Self {
        let records = (0..size).map(|at| record(at, if at < fork { at } else { at + 1_000_000 }));
        let served = Served {
            size,
            batch: true,
            index: true,
            silent: None,
            broken: None,
            then: None,
            asked: Vec::new(),
        };
        Self {
            signer: SigningKey::from_seed("log.example", KeyKind::Note, &[7; 32]).unwrap(),
            records: records.collect(),
            served: Mutex::new(served),
        }
    }

    fn serve(&self, change: impl FnOnce(&mut Served)) {
        change(&mut self.served.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn served(&self) -> Served {
        self.served.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn texts(&self) -> Vec<Vec<u8>> {
        let size = usize::try_from(self.served().size).unwrap();
        self.records[..size].iter().map(|record| record.to_string().into_bytes()).collect()
    }

    fn tiles(&self) -> (MemoryTiles, TreeHead) {
        let growth = Appender::new().append(self.texts());
        let mut tiles = MemoryTiles::default();
        tiles.extend(growth.tiles.iter().map(|(tile, bytes)| (*tile, bytes.as_slice())));
        (tiles, TreeHead { size: growth.size, root: growth.root })
    }

    fn note(&self) -> Note {
        let (_, tree) = self.tiles();
        let mut note = Note::unsigned(Checkpoint::new("log.example", tree).to_string()).unwrap();
        note.add([self.signer.sign(note.text(), 0)]);
        note
    }

    async fn reply(&self, request: &BatchRequest) -> BatchReply {
        let size = self.served().size;
        let place = |key: &PackageKey| self.records.iter().position(|record| record.key == *key);
        let answer = |key: &PackageKey| match place(key) {
            Some(at) if (at as u64) < size => {
                Answer::Found { index: at as u64, record: Box::new(self.records[at].clone()) }
            }
            _ => Answer::Absent,
        };
        let answers: Vec<_> = request.keys().iter().map(answer).collect();
        let mut indexes: Vec<u64> = answers
            .iter()
            .filter_map(|answer| match answer {
                Answer::Found { index, .. } => Some(*index),
                _ => None,
            })
            .collect();
        indexes.sort_unstable();
        let (tiles, tree) = self.tiles();
        let spans = inclusions(&indexes, size).unwrap_or_default();
        let proof = TreeReader::new(&tiles, tree).spans(&spans).await.unwrap();
        BatchReply { answers, proof, checkpoint: self.note() }
    }

    async fn file(&self, path: &str) -> Option<Vec<u8>> {
        let served = self.served();
        match Layout::C2sp.parse(path) {
            Some(Resource::Checkpoint) => Some(self.note().to_string().into_bytes()),
            Some(Resource::Tile(tile)) => {
                let exists = Tile::in_tree(tile.level(), tile.index(), served.size) == Some(tile);
                let bytes = self.tiles().0.read_tiles(&[tile]).await.ok()?.pop()?;
                exists.then_some(bytes)
            }
            Some(Resource::Bundle(bundle)) => {
                let first = usize::try_from(bundle.index() * 256).unwrap();
                let exists = Bundle::in_log(bundle.index(), served.size) == Some(bundle);
                let texts = self.texts();
                let part = texts.get(first..first + usize::from(bundle.width()))?;
                let bytes = Bundle::encode(Layout::C2sp, part.iter().map(Vec::as_slice));
                bytes.filter(|_| exists)
            }
            None => self.index(path).filter(|_| served.index),
        }
    }

    fn index(&self, path: &str) -> Option<Vec<u8>> {
        let mut buckets: BTreeMap<String, IndexBucket> = BTreeMap::new();
        for (at, record) in (0..self.served().size).zip(&self.records) {
            let bucket = bucket_of(record.key.namespace(), record.key.name());
            buckets.entry(IndexBucket::path(bucket)).or_default().insert(record.key.clone(), at);
        }
        Some(buckets.get(path)?.to_string().into_bytes())
    }
}

impl Remote for &Log {
    async fn get(&self, path: &str, _limit: u64) -> Result<Vec<u8>, RemoteError> {
        self.serve(|served| served.asked.push(path.to_owned()));
        let served = self.served();
        if served.silent.is_some_and(|silent| path.starts_with(silent)) {
            return Err(RemoteError::Unreachable("connection refused".to_owned()));
        }
        let mut bytes = self.file(path).await.ok_or(RemoteError::NotFound)?;
        if served.broken.as_deref() == Some(path) {
            bytes[0] ^= 1;
        }
        Ok(bytes)
    }

    async fn post(&self, path: &str, body: Vec<u8>, _: u64) -> Result<Vec<u8>, RemoteError> {
        self.serve(|served| served.asked.push(path.to_owned()));
        let served = self.served();
        if served.silent.is_some_and(|silent| path.starts_with(silent)) {
            return Err(RemoteError::Unreachable("connection refused".to_owned()));
        }
        if !served.batch {
            return Err(RemoteError::NotFound);
        }
        let mut reply = self.reply(&BatchRequest::parse(&body).unwrap()).await;
        if served.broken.as_deref() == Some("proof") {
            reply.proof[0] = Hash([9; 32]);
        }
        self.serve(|served| served.size = served.then.unwrap_or(served.size));
        Ok(reply.encode())
    }
}

/// Folders of one user.
struct User(tempfile::TempDir);

impl User {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn ask(&self, log: &Log, numbers: &[u64]) -> Result<Learnt, ClientError> {
        self.ask_pinned(log, numbers, None)
    }

    fn ask_pinned(
        &self,
        log: &Log,
        numbers: &[u64],
        pinned: Option<Note>,
    ) -> Result<Learnt, ClientError> {
        let options = ClientOptions {
            policy: Policy::of_log(log.signer.verifier().clone(), None),
            state: self.0.path().join("state"),
            cache: self.0.path().join("cache"),
            layout: Layout::C2sp,
            pinned: pinned.into_iter().collect(),
        };
        let keys: Vec<_> = numbers.iter().map(|number| record(*number, 0).key).collect();
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().build().unwrap();
        runtime.block_on(Client::new(log, options).lookup(&keys))
    }

    fn evidence(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path().join("state")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("fork-")).collect()
    }
}

#[test]
fn a_batch_is_proven_and_its_head_remembered() {
    let (user, log) = (User::new(), Log::new(300, 300));
    let learnt = user.ask(&log, &[5, 299, 1000]).unwrap();
    assert!(matches!(
        &learnt.answers[..],
        [Answer::Found { index: 5, .. }, Answer::Found { index: 299, .. }, Answer::Absent]
    ));
    let latest = fs::read_to_string(user.0.path().join("state/latest")).unwrap();
    assert_eq!(latest, log.note().to_string());
    // The same head again costs one request.
    log.serve(|served| served.asked.clear());
    user.ask(&log, &[7]).unwrap();
    assert_eq!(log.served().asked, ["batch"]);
}

#[test]
fn a_log_that_grew_is_followed() {
    let (user, log) = (User::new(), Log::new(700, 700));
    for size in [2, 255, 256, 257, 512, 700] {
        log.serve(|served| served.size = size);
        user.ask(&log, &[0, size - 1]).unwrap();
    }
}

#[test]
fn a_log_of_files_is_read_through_its_index_and_tiles() {
    let (user, log) = (User::new(), Log::new(600, 600));
    log.serve(|served| served.batch = false);
    let learnt = user.ask(&log, &[5, 599, 1000]).unwrap();
    assert!(matches!(
        &learnt.answers[..],
        [Answer::Found { index: 5, .. }, Answer::Found { index: 599, .. }, Answer::Absent]
    ));
    assert!(!learnt.proof.is_empty());
}

#[test]
fn a_forged_proof_or_tile_is_a_bad_proof_and_changes_nothing() {
    let (user, log) = (User::new(), Log::new(600, 600));
    log.serve(|served| served.broken = Some("proof".to_owned()));
    let error = user.ask(&log, &[5]).unwrap_err();
    assert!(matches!(error, ClientError::BadProof { .. }), "{error}");
    assert!(error.is_contradiction());
    for path in ["tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/000"] {
        let user = User::new();
        log.serve(|served| {
            served.batch = false;
            served.broken = Some(path.to_owned());
        });
        let error = user.ask(&log, &[5]).unwrap_err();
        assert!(
            matches!(error, ClientError::BadProof { .. } | ClientError::Unreachable { .. }),
            "{path}: {error}"
        );
        assert!(!user.0.path().join("cache/tile/0/000").exists() || path == "tile/entries/000");
    }
}

#[test]
fn a_tile_that_went_bad_in_the_cache_is_fetched_anew() {
    let (user, log) = (User::new(), Log::new(600, 600));
    log.serve(|served| served.batch = false);
    user.ask(&log, &[5]).unwrap();
    let tile = user.0.path().join("cache/tile/0/000");
    fs::write(&tile, [0; 8192]).unwrap();
    user.ask(&log, &[5]).unwrap();
}

#[test]
fn a_log_that_went_back_is_stale_and_its_head_not_adopted() {
    let (user, log) = (User::new(), Log::new(600, 600));
    user.ask(&log, &[5]).unwrap();
    log.serve(|served| served.size = 400);
    let error = user.ask(&log, &[5]).unwrap_err();
    assert!(matches!(error, ClientError::Stale { known: 600, offered: 400, .. }), "{error}");
    assert!(!error.is_contradiction());
    log.serve(|served| served.size = 600);
    assert!(user.ask(&log, &[5]).is_ok());
    assert_eq!(user.evidence(), [""; 0]);
}

#[test]
fn a_fork_is_told_with_both_heads_and_the_proof_kept() {
    for size in [450, 600, 700] {
        let user = User::new();
        user.ask(&Log::new(600, 600), &[5]).unwrap();
        let error = user.ask(&Log::new(size, 300), &[5]).unwrap_err();
        if size < 600 {
            // It has no tiles that would prove it: stale, and not adopted.
            assert!(matches!(error, ClientError::Stale { .. }), "{error}");
            continue;
        }
        let ClientError::Fork(fork) = &error else { panic!("{size}: {error}") };
        assert!(error.is_contradiction());
        let evidence = fs::read_to_string(fork.evidence.as_ref().unwrap()).unwrap();
        assert!(evidence.contains(&fork.known.to_string()));
        assert!(evidence.contains(&fork.offered.to_string()));
        assert_eq!(user.evidence().len(), 1);
        assert!(error.detail().iter().any(|line| line.contains("evidence: ")));
        // The same again leaves one file.
        user.ask(&Log::new(size, 300), &[5]).unwrap_err();
        assert_eq!(user.evidence().len(), 1);
    }
}

#[test]
fn a_fork_of_one_size_is_told_without_a_tile() {
    let (user, fork) = (User::new(), Log::new(600, 300));
    user.ask(&Log::new(600, 600), &[5]).unwrap();
    fork.serve(|served| served.silent = Some("tile/"));
    let error = user.ask(&fork, &[5]).unwrap_err();
    assert!(matches!(error, ClientError::Fork(_)), "{error}");
    assert_eq!(user.evidence().len(), 1);
}

#[test]
fn a_server_that_lags_once_is_asked_again() {
    let (user, log) = (User::new(), Log::new(600, 600));
    user.ask(&log, &[5]).unwrap();
    log.serve(|served| (served.size, served.then) = (400, Some(600)));
    assert!(user.ask(&log, &[5]).is_ok());
}

#[test]
fn a_head_that_was_accepted_under_another_key_is_still_held_against_the_log() {
    let user = User::new();
    user.ask(&Log::new(600, 600), &[5]).unwrap();
    let of_new_key = |size, fork| {
        let signer = SigningKey::from_seed("log.example", KeyKind::Note, &[8; 32]).unwrap();
        Log { signer, ..Log::new(size, fork) }
    };
    let error = user.ask(&of_new_key(700, 300), &[5]).unwrap_err();
    assert!(matches!(error, ClientError::Fork(_)), "{error}");
    assert!(user.ask(&of_new_key(700, 700), &[5]).is_ok());
}

#[test]
fn a_log_that_denies_a_pinned_head_is_caught_without_a_stored_one() {
    let pinned = Log::new(600, 600).note();
    let fork = User::new().ask_pinned(&Log::new(700, 300), &[5], Some(pinned.clone()));
    assert!(matches!(fork, Err(ClientError::Fork(_))));
    let behind = User::new().ask_pinned(&Log::new(500, 500), &[5], Some(pinned.clone()));
    assert!(matches!(behind, Err(ClientError::Stale { .. })));
    assert!(User::new().ask_pinned(&Log::new(700, 700), &[5], Some(pinned)).is_ok());
}

#[test]
fn a_dead_log_is_unreachable_and_nothing_else() {
    let (user, log) = (User::new(), Log::new(10, 10));
    log.serve(|served| served.silent = Some(""));
    let error = user.ask(&log, &[5]).unwrap_err();
    assert!(matches!(error, ClientError::Unreachable { .. }), "{error}");
    assert!(!error.is_contradiction());
}

#[test]
fn another_key_is_not_believed() {
    let (user, log) = (User::new(), Log::new(10, 10));
    let mut other = Log::new(10, 10);
    other.signer = SigningKey::from_seed("log.example", KeyKind::Note, &[8; 32]).unwrap();
    user.ask(&log, &[5]).unwrap();
    // The options name the key of the log that is asked, so ask with the first one's.
    let options = ClientOptions {
        policy: Policy::of_log(log.signer.verifier().clone(), None),
        state: user.0.path().join("state"),
        cache: user.0.path().join("cache"),
        layout: Layout::C2sp,
        pinned: Vec::new(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let client = Client::new(&other, options);
    let error = runtime.block_on(client.lookup(&[record(5, 0).key])).unwrap_err();
    assert!(matches!(error, ClientError::BadProof { .. }), "{error}");
}

#[test]
fn a_stored_head_that_was_changed_is_not_forgotten() {
    let (user, log) = (User::new(), Log::new(10, 10));
    user.ask(&log, &[5]).unwrap();
    fs::write(user.0.path().join("state/latest"), "nothing\n").unwrap();
    let error = user.ask(&log, &[5]).unwrap_err();
    assert!(matches!(error, ClientError::StoredHead { .. }), "{error}");
    assert!(error.is_contradiction());
}

#[test]
fn an_origin_is_one_folder() {
    assert_eq!(HeadFile::folder_name("log.example/x"), "log.example%2fx");
    assert_eq!(HeadFile::folder_name(".."), "%2e.");
    assert_eq!(HeadFile::folder_name("go.sum database tree"), "go.sum%20database%20tree");
}
