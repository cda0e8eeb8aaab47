//! A log on loopback that lies when it is told to.

use super::http::{Answer, Request, Server};
use denpm::sumdb::{
    Checkpoint, Hash, Note, SigningKey, TreeHead,
    lookup::{self, BatchReply, BatchRequest},
    note::KeyKind,
    proof::inclusions,
    record::Record,
    tile::{Appender, Bundle, Layout, MemoryTiles, Resource, Tile, TileReader, TreeReader},
};
use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Arc, Mutex, MutexGuard},
};

/// The log.
#[derive(Debug)]
pub(crate) struct Log {
    state: Arc<Mutex<State>>,
    server: Server,
}

#[derive(Debug)]
struct State {
    signer: SigningKey,
    records: Vec<Record>,
    forges: bool,
    asked: Vec<String>,
}

impl Log {
    /// A log of records on a free port.
    pub(crate) fn start(records: Vec<Record>) -> Self {
        Self::named("log.example", records)
    }

    /// The same, under another name.
    pub(crate) fn named(name: &str, records: Vec<Record>) -> Self {
        let signer = SigningKey::from_seed(name, KeyKind::Note, &[5; 32]).unwrap();
        let state = State { signer, records, forges: false, asked: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        let server = Server::start(move |_| move |request: &Request| lock(&shared).answer(request));
        Self { state, server }
    }

    /// Its section of a policy file.
    pub(crate) fn section(&self) -> String {
        let vkey = lock(&self.state).signer.verifier().to_string();
        format!("[[sumdb.log]]\nurl = \"{}\"\nvkey = \"{vkey}\"\n", self.server.url())
    }

    /// Serves other records from now on.
    pub(crate) fn replace(&self, records: Vec<Record>) {
        lock(&self.state).records = records;
    }

    /// Serves proofs that do not hold from now on.
    pub(crate) fn forge(&self) {
        lock(&self.state).forges = true;
    }

    /// All it was asked, paths and bodies.
    pub(crate) fn asked(&self) -> String {
        lock(&self.state).asked.join("\n")
    }
}

/// The records of an embedded log in its folder.
pub(crate) fn records_in(folder: &Path) -> Vec<Record> {
    let note = Note::parse(&fs::read(folder.join("checkpoint")).unwrap()).unwrap();
    let size = Checkpoint::parse(note.text()).unwrap().tree.size;
    let mut records = Vec::new();
    for bundle in Bundle::new_in(0, size) {
        let path = folder.join(Layout::C2sp.path(Resource::Bundle(bundle)));
        let bytes = fs::read(path).unwrap();
        let texts = bundle.decode(Layout::C2sp, &bytes).unwrap();
        let record = |text: &[u8]| Record::parse(str::from_utf8(text).unwrap()).unwrap();
        records.extend(texts.into_iter().map(record));
    }
    records
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap()
}

impl State {
    fn answer(&mut self, request: &Request) -> Answer {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        self.asked.push(format!("{} {}\n{body}", request.method, request.target));
        let bytes = match (&*request.method, request.target.trim_start_matches('/')) {
            ("POST", "batch") => Some(self.batch(&request.body)),
            ("GET", path) => self.file(path),
            _ => None,
        };
        match bytes {
            Some(bytes) => Answer::new(200, "application/octet-stream", bytes),
            None => Answer::new(404, "text/plain", "nothing there"),
        }
    }

    fn tree(&self) -> (MemoryTiles, TreeHead) {
        let texts = self.records.iter().map(|record| record.to_string().into_bytes());
        let growth = Appender::new().append(texts);
        let mut tiles = MemoryTiles::default();
        tiles.extend(growth.tiles.iter().map(|(tile, bytes)| (*tile, bytes.as_slice())));
        (tiles, TreeHead { size: growth.size, root: growth.root })
    }

    fn head(&self) -> Note {
        let text = Checkpoint::new(self.signer.verifier().name(), self.tree().1).to_string();
        let mut note = Note::unsigned(text).unwrap();
        note.add([self.signer.sign(note.text(), 0)]);
        note
    }

    fn batch(&self, body: &[u8]) -> Vec<u8> {
        let request = BatchRequest::parse(body).unwrap();
        let places: BTreeMap<_, _> = self
            .records
            .iter()
            .zip(0_u64..)
            .map(|(record, at)| (&record.key, (at, record)))
            .collect();
        let answer = |key| match places.get(key) {
            Some((index, record)) => {
                lookup::Answer::Found { index: *index, record: Box::new((*record).clone()) }
            }
            None => lookup::Answer::Absent,
        };
        let answers: Vec<_> = request.keys().iter().map(answer).collect();
        let mut indexes: Vec<_> = request.keys().iter().filter_map(|key| places.get(key)).collect();
        indexes.sort_by_key(|(index, _)| *index);
        let indexes: Vec<u64> = indexes.iter().map(|(index, _)| *index).collect();
        let (tiles, tree) = self.tree();
        let spans = inclusions(&indexes, tree.size).unwrap_or_default();
        let mut proof = wait(TreeReader::new(&tiles, tree).spans(&spans)).unwrap();
        if self.forges {
            proof.fill(Hash([1; 32]));
        }
        BatchReply { answers, proof, checkpoint: self.head() }.encode()
    }

    fn file(&self, path: &str) -> Option<Vec<u8>> {
        let (tiles, tree) = self.tree();
        match Layout::C2sp.parse(path)? {
            Resource::Checkpoint => Some(self.head().to_string().into_bytes()),
            Resource::Tile(tile) => {
                (Tile::in_tree(tile.level(), tile.index(), tree.size) == Some(tile))
                    .then_some(())?;
                wait(tiles.read_tiles(&[tile])).ok()?.pop()
            }
            Resource::Bundle(_) => None,
        }
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}
