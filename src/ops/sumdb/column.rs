//! What one log has of a project's packages, proven in one tree: a column of `denpm.sum`.

use std::collections::BTreeMap;

use crate::sumdb::{
    Hash, Note,
    client::{Client, ClientError, Remote},
    lookup::{Answer, MAX_BATCH},
    record::{PackageKey, Record},
};

/// How often a proof in several parts is asked for, in case the log grows meanwhile.
const ATTEMPTS: usize = 4;

/// What one log proves of the packages.
pub(super) struct Column {
    /// The log.
    pub(super) origin: String,
    /// The tree they are all proven in.
    pub(super) checkpoint: Note,
    /// Where they are, and as what.
    pub(super) places: BTreeMap<PackageKey, (u64, Record)>,
    /// The proof, for the places in rising order, as many a part as one proof is made for.
    pub(super) parts: Vec<Vec<Hash>>,
}

/// Lets one log prove packages, all in one tree; `None` where it grew whenever it was asked for
/// the next part.
pub(super) async fn prove_by<R: Remote>(
    client: &Client<R>,
    keys: &[PackageKey],
) -> Result<Option<Column>, ClientError> {
    let origin = client.origin().to_owned();
    let mut places = BTreeMap::new();
    let mut last = None;
    for part in keys.chunks(MAX_BATCH) {
        let learnt = client.lookup(part).await?;
        places.extend(found(part, learnt.answers));
        last = Some((learnt.checkpoint, learnt.proof));
    }
    let Some((checkpoint, proof)) = last else { return Ok(None) };
    if keys.len() <= MAX_BATCH || places.is_empty() {
        // What was not found has no part in the proof, and a proof of nothing has no hash.
        let parts = if places.is_empty() { Vec::new() } else { vec![proof] };
        return Ok(Some(Column { origin, checkpoint, places, parts }));
    }
    // Parts of the file go by index, and all lead to one tree: they are asked for once more.
    let mut order: Vec<(u64, PackageKey)> =
        places.iter().map(|(key, (index, _))| (*index, key.clone())).collect();
    order.sort_unstable();
    let order: Vec<PackageKey> = order.into_iter().map(|(_, key)| key).collect();
    for _ in 0..ATTEMPTS {
        let mut heads = Vec::new();
        let mut parts = Vec::new();
        for part in order.chunks(MAX_BATCH) {
            let learnt = client.lookup(part).await?;
            heads.push(learnt.checkpoint);
            parts.push(learnt.proof);
        }
        let all_of = |head: &&Note| heads.iter().all(|other| other.text() == head.text());
        if let Some(checkpoint) = heads.first().filter(all_of).cloned() {
            return Ok(Some(Column { origin, checkpoint, places, parts }));
        }
    }
    Ok(None)
}

fn found(
    keys: &[PackageKey],
    answers: Vec<Answer>,
) -> impl Iterator<Item = (PackageKey, (u64, Record))> {
    keys.iter().zip(answers).filter_map(|(key, answer)| match answer {
        Answer::Found { index, record } => Some((key.clone(), (index, *record))),
        Answer::Absent | Answer::Pending => None,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::{
        lockfile::sum::{Pinned, Sum, SumProof},
        sumdb::{
            Checkpoint, Policy, SigningKey, TreeHead,
            client::{ClientOptions, RemoteError},
            lookup::{BatchReply, BatchRequest},
            note::KeyKind,
            proof::inclusions,
            tile::{Appender, Layout, MemoryTiles, Resource, TileReader, TreeReader},
            tlog::leaf_hash,
        },
    };

    fn record(number: u64) -> Record {
        // The order of names is not that of the log.
        let name = format!("p{:05}", number * 7919 % 100_000);
        let key = PackageKey::new("npm", name, "1.0.0").unwrap();
        let hash = leaf_hash(&number.to_be_bytes());
        Record { key, sri: [1; 64], size: number, tree: hash, manifest: hash }
    }

    fn signer() -> SigningKey {
        SigningKey::from_seed("log.example", KeyKind::Note, &[1; 32]).unwrap()
    }

    /// A log that has one record more at each of the first `growths` requests.
    struct Growing {
        tiles: MemoryTiles,
        trees: Vec<TreeHead>,
        places: BTreeMap<PackageKey, u64>,
        asked: Mutex<usize>,
    }

    impl Growing {
        fn new(size: u64, growths: u64) -> Self {
            let mut appender = Appender::new();
            let mut tiles = MemoryTiles::default();
            let mut trees = Vec::new();
            let later = (size..size + growths).map(|at| at..at + 1);
            for part in std::iter::once(0..size).chain(later) {
                let growth = appender.append(part.map(|at| record(at).to_string().into_bytes()));
                tiles.extend(growth.tiles.iter().map(|(tile, bytes)| (*tile, bytes.as_slice())));
                trees.push(TreeHead { size: growth.size, root: growth.root });
            }
            let places = (0..size).map(|at| (record(at).key, at)).collect();
            Self { tiles, trees, places, asked: Mutex::new(0) }
        }
    }

    impl Remote for Growing {
        async fn get(&self, path: &str, _: u64) -> Result<Vec<u8>, RemoteError> {
            let Some(Resource::Tile(tile)) = Layout::C2sp.parse(path) else {
                return Err(RemoteError::NotFound);
            };
            let read = self.tiles.read_tiles(&[tile]).await;
            read.ok().and_then(|mut tiles| tiles.pop()).ok_or(RemoteError::NotFound)
        }

        async fn post(&self, _: &str, body: Vec<u8>, _: u64) -> Result<Vec<u8>, RemoteError> {
            let tree = {
                let mut asked = self.asked.lock().unwrap();
                *asked += 1;
                self.trees[(*asked - 1).min(self.trees.len() - 1)]
            };
            let request = BatchRequest::parse(&body).unwrap();
            let place = |key: &PackageKey| self.places.get(key).copied();
            let answer = |key| match place(key) {
                Some(index) => Answer::Found { index, record: Box::new(record(index)) },
                None => Answer::Absent,
            };
            let answers = request.keys().iter().map(answer).collect();
            let mut indexes: Vec<u64> = request.keys().iter().filter_map(place).collect();
            indexes.sort_unstable();
            let spans = inclusions(&indexes, tree.size).unwrap_or_default();
            let proof = TreeReader::new(&self.tiles, tree).spans(&spans).await.unwrap();
            let text = Checkpoint::new("log.example", tree).to_string();
            let mut checkpoint = Note::unsigned(text).unwrap();
            checkpoint.add([signer().sign(checkpoint.text(), 0)]);
            Ok(BatchReply { answers, proof, checkpoint }.encode())
        }
    }

    async fn column(growths: u64) -> Option<Column> {
        let folder = tempfile::tempdir().unwrap();
        let options = ClientOptions {
            policy: Policy::of_log(signer().verifier().clone(), None),
            state: folder.path().join("state"),
            cache: folder.path().join("cache"),
            layout: Layout::C2sp,
            pinned: Vec::new(),
        };
        let client = Client::new(Growing::new(10_500, growths), options);
        // Twenty that the log does not have.
        let unknown = (0..20).map(|at| PackageKey::new("npm", format!("x{at}"), "1.0.0").unwrap());
        let mut keys: Vec<_> = (0..10_500).map(|at| record(at).key).chain(unknown).collect();
        keys.sort();
        prove_by(&client, &keys).await.unwrap()
    }

    #[tokio::test]
    async fn more_packages_than_one_request_takes_are_proven_in_one_tree() {
        // The log grows between the parts, at first.
        let column = column(5).await.unwrap();
        assert_eq!((column.places.len(), column.parts.len()), (10_500, 3));
        let pin = |(key, (index, record)): (PackageKey, (u64, Record))| {
            (key, Pinned { indexes: vec![Some(index)], leaf: record.leaf() })
        };
        let packages = column.places.into_iter().map(pin).collect();
        let tree = Checkpoint::parse(column.checkpoint.text()).unwrap().tree;
        let sum = Sum { checkpoints: vec![column.checkpoint], packages };
        let text = sum.to_string();
        let encoded = SumProof::new(&text, column.parts).encode();
        let proof = SumProof::decode(&encoded).unwrap();
        assert_eq!(Sum::parse(&text).unwrap().verify(&[Some(tree)], &proof), Ok(()));
    }

    #[tokio::test]
    async fn a_log_that_grows_all_the_time_proves_nothing_in_parts() {
        assert!(column(100).await.is_none());
    }
}
