//! Dying at every step, racing, recovering: no index is lost, no size has two roots.

use std::{collections::BTreeMap, sync::PoisonError};

use object_store::memory::InMemory;

use super::*;
use crate::sumdb::{
    Record,
    policy::Policy,
    store::{
        BucketStore, DirectoryStore, Location,
        testing::{Death, Mortal},
    },
    tlog::leaf_hash,
};

pub(in crate::sumdb) fn record(number: u64) -> Record {
    let hash = leaf_hash(&number.to_be_bytes());
    let key = PackageKey::new("npm", format!("p{number}"), "1.0.0").unwrap();
    Record { key, sri: [3; 64], size: number, tree: hash, manifest: hash }
}

pub(in crate::sumdb) fn entries(numbers: std::ops::Range<u64>) -> Vec<Entry> {
    numbers.map(|number| Entry::package(&record(number))).collect()
}

pub(in crate::sumdb) fn signer() -> SigningKey {
    SigningKey::from_seed("log.example", KeyKind::Note, &[1; 32]).unwrap()
}

pub(in crate::sumdb) fn identity() -> Identity {
    let keys = vec![signer().verifier().clone()];
    Identity { origin: "log.example".to_owned(), profile: Profile::Packages, keys }
}

pub(in crate::sumdb) fn memory() -> BucketStore {
    BucketStore::new(Arc::new(InMemory::new()), "")
}

pub(in crate::sumdb) async fn open<S: Store>(store: S, index: &Path) -> Sequencer<S> {
    try_open(store, index).await.unwrap()
}

async fn try_open<S: Store>(store: S, index: &Path) -> Result<Sequencer<S>, SequencerError> {
    Sequencer::open(store, index, vec![signer()], None).await
}

/// All roots that were signed for publication, by size; two for one size fail.
#[derive(Default)]
struct Signed(BTreeMap<u64, Hash>);

impl Signed {
    fn take<S>(&mut self, store: &Mortal<S>) {
        let policy = Policy::of_log(signer().verifier().clone(), None);
        for bytes in store.published.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let tree = policy.accept(&Note::parse(&bytes).unwrap()).unwrap().checkpoint.tree;
            let known = *self.0.entry(tree.size).or_insert(tree.root);
            assert_eq!(known, tree.root, "two roots of size {}", tree.size);
        }
    }
}

#[tokio::test]
async fn what_is_added_is_there_once_and_stays_in_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let store = DirectoryStore::new(dir.path().join("log"));
    init(&store, &identity(), &[signer()]).await.unwrap();
    assert!(matches!(init(&store, &identity(), &[signer()]).await, Err(InitError::Exists)));
    let index = dir.path().join("index");
    {
        let mut sequencer = open(store.clone(), &index).await;
        let added = sequencer.add(&entries(0..300)).await.unwrap();
        assert_eq!(added, (0..300).map(Added::New).collect::<Vec<_>>());
        let again = [entries(299..301), entries(300..301)].concat();
        let added = sequencer.add(&again).await.unwrap();
        assert_eq!(added, [Added::Before(299), Added::New(300), Added::Before(300)]);
        let other = Record { size: 0, ..record(7) };
        assert_eq!(sequencer.add(&[Entry::package(&other)]).await.unwrap(), [Added::Otherwise(7)]);
    }
    // A new index is made of the records.
    let sequencer = open(store.clone(), &dir.path().join("other")).await;
    let view = sequencer.view();
    assert_eq!(view.published().unwrap().tree.size, 301);
    let keys = [record(0).key, record(300).key, record(301).key];
    let places: Vec<_> = view.places(&keys).unwrap();
    let places: Vec<_> = places.into_iter().map(|place| place.map(|(at, _)| at)).collect();
    assert_eq!(places, [Some(0), Some(300), None]);
    assert_eq!(store.list(STAGING).await.unwrap(), [""; 0]);
}

/// Adds in a store that dies, then in one that lives; everything that was acknowledged, or
/// published, must be where it was said to be.
async fn die(death: Death, from: u64, signed: &mut Signed, inner: &Arc<BucketStore>) -> bool {
    let dir = tempfile::tempdir().unwrap();
    let mortal = Mortal::new(Arc::clone(inner), death);
    let mut acknowledged = Vec::new();
    if let Ok(mut sequencer) = try_open(mortal.clone(), &dir.path().join("index")).await {
        for step in 0..2 {
            let part = entries(from + 150 * step..from + 150 * (step + 1));
            match sequencer.add(&part).await {
                Ok(added) => acknowledged.extend(part.into_iter().zip(added)),
                Err(_) => break,
            }
        }
    }
    signed.take(&mortal);
    let alive = Mortal::new(Arc::clone(inner), Death::Never);
    let mut sequencer = open(alive.clone(), &dir.path().join("index")).await;
    signed.take(&alive);
    let tree = sequencer.tree().unwrap();
    assert_eq!(sequencer.view().published().unwrap().tree, tree);
    for (size, root) in &signed.0 {
        let proof = sequencer.view().consistency(*size, tree).await.unwrap();
        let old = TreeHead { size: *size, root: *root };
        let continues = crate::sumdb::proof::verify_consistency(old, tree, &proof);
        assert!(*size == 0 || continues.is_ok(), "{size} is not the beginning of {}", tree.size);
    }
    for (entry, added) in acknowledged {
        let Added::New(place) = added else { panic!("{added:?}") };
        assert_eq!(sequencer.add(&[entry]).await.unwrap(), [Added::Before(place)]);
    }
    sequencer.add(&entries(from..from + 300)).await.unwrap();
    assert_eq!(sequencer.tree().unwrap().size, from + 300);
    signed.take(&alive);
    mortal.changes() > 0
        && matches!(death, Death::Before(at) | Death::After(at) if at < mortal.changes())
}

#[tokio::test]
async fn whoever_dies_at_any_step_loses_nothing_and_signs_nothing_twice() {
    let inner = Arc::new(memory());
    init(&*inner, &identity(), &[signer()]).await.unwrap();
    let mut signed = Signed::default();
    let mut from = 0;
    for death in [Death::Before, Death::After] {
        let mut step = 0;
        while die(death(step), from, &mut signed, &inner).await {
            step += 1;
            from += 300;
        }
        assert!(step > 12, "an append has more steps than {step}");
        from += 300;
    }
    assert_eq!(signed.0.last_key_value().map(|(size, _)| *size), Some(from));
}

/// Many append to one log at once: one line of heads, every record once.
async fn many_append<S: Store + Clone>(inner: Arc<S>) {
    let dir = tempfile::tempdir().unwrap();
    init(&*inner, &identity(), &[signer()]).await.unwrap();
    let racers = (0..4_u64).map(|racer| {
        let store = Mortal::new(Arc::clone(&inner), Death::Never);
        let index = dir.path().join(format!("index-{racer}"));
        tokio::spawn(async move {
            let mut sequencer = open(Mortal::clone(&store), &index).await;
            for round in 0..5 {
                // Half of them are what the others add too.
                let own = 1000 * (racer + 1) + 10 * round;
                let part = [entries(own..own + 5), entries(10 * round..10 * round + 5)].concat();
                sequencer.add(&part).await.unwrap();
            }
            store
        })
    });
    let mut signed = Signed::default();
    for racer in racers.collect::<Vec<_>>() {
        signed.take(&racer.await.unwrap());
    }
    let sequencer = open(Mortal::new(inner, Death::Never), &dir.path().join("index")).await;
    assert_eq!(sequencer.tree().unwrap().size, 4 * 25 + 25);
}

/// Two append to the same head, `rounds` times.
async fn two_append<S: Store>(store: Arc<S>, rounds: u64) {
    let dir = tempfile::tempdir().unwrap();
    init(&*store, &identity(), &[signer()]).await.unwrap();
    for round in 0..rounds {
        let mortal = || Mortal::new(Arc::clone(&store), Death::Never);
        let index = |name: &str| dir.path().join(format!("{round}-{name}"));
        let (mut one, mut two) =
            (open(mortal(), &index("one")).await, open(mortal(), &index("two")).await);
        let (a, b) = (one.end.take().unwrap(), two.end.take().unwrap());
        let number = 2 * round;
        let (one, two) = tokio::join!(
            one.append(a, entries(number..number + 1)),
            two.append(b, entries(number + 1..number + 2)),
        );
        assert_eq!(u8::from(one.unwrap()) + u8::from(two.unwrap()), 1, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_sequencers_on_one_store_keep_one_line_and_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    many_append(Arc::new(DirectoryStore::new(dir.path().join("log")))).await;
    many_append(Arc::new(memory())).await;
}

#[tokio::test]
async fn of_two_that_append_to_one_head_one_wins() {
    two_append(Arc::new(memory()), 20).await;
}

/// `DENPM_TEST_S3` names servers that speak S3, each with a bucket `logs`; `AWS_ACCESS_KEY_ID` and
/// `AWS_SECRET_ACCESS_KEY` are passed on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_that_append_to_one_bucket_one_wins() {
    #[allow(clippy::disallowed_methods, reason = "a test is told by its environment")]
    let variable = |name: &str| std::env::var(name);
    let secret = |name: &str| variable(name).unwrap_or_else(|_| "any".to_owned());
    let Ok(servers) = variable("DENPM_TEST_S3") else {
        eprintln!("SKIPPED: DENPM_TEST_S3 names no server");
        return;
    };
    for server in servers.split(' ') {
        let variables = [
            ("AWS_ENDPOINT_URL", server.to_owned()),
            ("AWS_ACCESS_KEY_ID", secret("AWS_ACCESS_KEY_ID")),
            ("AWS_SECRET_ACCESS_KEY", secret("AWS_SECRET_ACCESS_KEY")),
            ("AWS_REGION", "us-east-1".to_owned()),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value)).into();
        let bucket = |name: &str| {
            let run = std::process::id();
            let address = format!("s3://logs/{name}-{run}");
            Arc::new(Location::parse(&address, Path::new("")).unwrap().open(&variables).unwrap())
        };
        two_append(bucket("two"), 20).await;
        many_append(bucket("many")).await;
    }
}

#[tokio::test]
async fn a_key_of_another_log_signs_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = memory();
    init(&store, &identity(), &[signer()]).await.unwrap();
    let other = SigningKey::from_seed("log.example", KeyKind::Note, &[2; 32]).unwrap();
    for signers in [vec![], vec![other]] {
        let opened: Result<Sequencer<_>, _> =
            Sequencer::open(store.clone(), &dir.path().join("i"), signers, None).await;
        assert!(matches!(opened, Err(SequencerError::Key)));
    }
}

#[tokio::test]
async fn an_audit_finds_leaves_that_speak_of_nothing_and_keys_that_nobody_signed() {
    use crate::sumdb::{
        audit::{Fault, audit},
        record::{Evidence, Namespace, NamespaceKey, Predecessor, State, Status},
    };
    let dir = tempfile::tempdir().unwrap();
    let store = memory();
    init(&store, &identity(), &[signer()]).await.unwrap();
    let mut sequencer = open(store, &dir.path().join("index")).await;
    let logged = record(0);
    let evidence = |record: &Record| Evidence {
        key: record.key.clone(),
        leaf: record.leaf(),
        signatures: BTreeMap::new(),
        attestations: None,
        maintainers: None,
        sources: BTreeMap::new(),
    };
    let status = |record: &Record| Status {
        key: record.key.clone(),
        leaf: record.leaf(),
        time: 1,
        state: State::Gone,
    };
    let key = NamespaceKey { spki: vec![1], end: None };
    let namespace =
        Namespace { label: "npm".to_owned(), keys: [("k".to_owned(), key)].into(), by: None };
    let predecessor = Predecessor { origin: "old.example".to_owned(), tree: Head::empty().tree };
    let text = |text: String| Entry::text(Profile::Packages, text.as_bytes()).unwrap();
    // What a record brings with it stands behind all records of the append, and only once.
    let whole = [
        text(predecessor.to_string()),
        text(namespace.to_string()),
        Entry::proven_package(&logged, &evidence(&logged)),
        text(status(&logged).to_string()),
    ];
    sequencer.add(&whole).await.unwrap();
    let again = sequencer.add(&whole[2..3]).await.unwrap();
    assert_eq!((again, sequencer.tree().unwrap().size), (vec![Added::Before(2)], 5));
    let found = audit(sequencer.view()).await.unwrap();
    assert_eq!((found.size, found.faults), (5, Vec::new()));
    let altered = Record { size: 99, ..logged };
    let broken = [
        text(evidence(&record(7)).to_string()),
        text(status(&altered).to_string()),
        text(namespace.to_string()),
        text(predecessor.to_string()),
        text("denpm-status/v1\nnothing\n".to_owned()),
    ];
    sequencer.add(&broken).await.unwrap();
    let expected = vec![
        Fault::Orphan(5),
        Fault::Orphan(6),
        Fault::Namespace { label: "npm".to_owned(), place: 7 },
        Fault::Predecessor(8),
        Fault::Malformed(9),
    ];
    assert_eq!(audit(sequencer.view()).await.unwrap().faults, expected);
}
