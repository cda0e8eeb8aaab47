//! Running a log: the commands against registries on loopback, killed processes, Go's own client.

use super::support::{
    Registry, Sandbox,
    sandbox::{Running, variable},
};
use denpm::sumdb::{
    Note, Policy, SigningKey, VerifierKey,
    cosign::NoWitnesses,
    note::KeyKind,
    record::{PackageKey, Record},
    sequencer::{Added, Entry, Profile, Sequencer, SequencerError, init},
    store::DirectoryStore,
    tlog::leaf_hash,
    view::Identity,
};
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Where the child of the kill test works.
const CHILD: &str = "DENPM_TEST_LOG";
/// How many children are killed; the full figure is 200.
const RUNS: &str = "DENPM_TEST_KILLS";

fn record(number: u64) -> Record {
    let hash = leaf_hash(&number.to_be_bytes());
    let key = PackageKey::new("npm", format!("p{number}"), "1.0.0").unwrap();
    Record { key, sri: [1; 64], size: number, tree: hash, manifest: hash }
}

fn signer() -> SigningKey {
    SigningKey::from_seed("log.example", KeyKind::Note, &[4; 32]).unwrap()
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(work)
}

async fn open(folder: &Path) -> Result<Sequencer<DirectoryStore, NoWitnesses>, SequencerError> {
    let store = DirectoryStore::new(folder.join("log"));
    Sequencer::open(store, &folder.join("index.redb"), vec![signer()], None).await
}

/// What the kill test starts and kills: appends without end, and says what was acknowledged.
#[test]
#[allow(clippy::print_stdout, reason = "the parent reads it")]
fn the_child_of_the_kill_test() {
    let Some(folder) = variable(CHILD) else { return };
    run(async {
        let mut sequencer = open(Path::new(&folder)).await.unwrap();
        let mut from = sequencer.tree().unwrap().size;
        loop {
            let numbers = from..from + 1 + from % 300;
            let entries: Vec<_> = numbers.map(|number| Entry::package(&record(number))).collect();
            let added = sequencer.add(&entries).await.unwrap();
            from += added.len() as u64;
            println!("\nhas {from}");
        }
    });
}

/// The checkpoint that is published, and its tree.
fn published(folder: &Path) -> (u64, String) {
    let note = Note::parse(&fs::read(folder.join("log/checkpoint")).unwrap()).unwrap();
    let policy = Policy::of_log(signer().verifier().clone(), None);
    let tree = policy.accept(&note).unwrap().checkpoint.tree;
    (tree.size, tree.root.to_string())
}

#[test]
fn a_sequencer_that_is_killed_at_any_moment_loses_no_record_and_signs_no_size_twice() {
    let folder = tempfile::tempdir().unwrap();
    let keys = vec![signer().verifier().clone()];
    let identity = Identity { origin: "log.example".to_owned(), profile: Profile::Packages, keys };
    let store = DirectoryStore::new(folder.path().join("log"));
    run(init(&store, &identity, &[signer()])).unwrap();
    let runs = variable(RUNS).and_then(|runs| runs.to_str()?.parse().ok()).unwrap_or(8_u64);
    let mut roots = BTreeMap::new();
    let mut acknowledged = 0;
    for round in 0..runs {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "sumdb_server::the_child_of_the_kill_test", "--nocapture"])
            .env(CHILD, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        let reader = thread::spawn(move || {
            let lines = BufReader::new(stdout).lines().map_while(Result::ok);
            let sizes = lines.filter_map(|line| line.strip_prefix("has ")?.parse::<u64>().ok());
            sizes.last().unwrap_or(0)
        });
        // Each time a little later: opening, staging, copying and publishing are all hit.
        let end = Instant::now() + Duration::from_millis(20 + round * 7 % 400);
        while Instant::now() < end {
            let (size, root) = published(folder.path());
            assert_eq!(roots.entry(size).or_insert_with(|| root.clone()), &root, "size {size}");
            thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        acknowledged = acknowledged.max(reader.join().unwrap());
        let (size, _) = published(folder.path());
        assert!(size >= acknowledged, "{acknowledged} were acknowledged, {size} are published");
    }
    let (size, entries) = (roots.len(), acknowledged);
    eprintln!("{runs} killed, {size} heads seen, {entries} records acknowledged");
    run(async {
        let mut sequencer = open(folder.path()).await.unwrap();
        let tree = sequencer.tree().unwrap();
        let all: Vec<_> = (0..tree.size).map(|number| Entry::package(&record(number))).collect();
        let before: Vec<_> = (0..tree.size).map(Added::Before).collect();
        assert_eq!(sequencer.add(&all).await.unwrap(), before);
        let audit = denpm::sumdb::audit::audit(sequencer.view()).await.unwrap();
        assert_eq!((audit.size, audit.faults), (tree.size, Vec::new()));
    });
}

/// A free port; taken by nobody for the moment that the test needs.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Starts a command that serves, and waits until it does.
pub(super) fn serve<'a>(sandbox: &'a Sandbox, args: &[&str]) -> (Running<'a>, String) {
    serve_at(sandbox, args, free_address())
}

fn serve_at<'a>(sandbox: &'a Sandbox, args: &[&str], address: SocketAddr) -> (Running<'a>, String) {
    let listen = format!("--listen={address}");
    let mut running = sandbox.start(args.iter().copied().chain([listen.as_str()]));
    let end = Instant::now() + Duration::from_mins(1);
    while TcpStream::connect(address).is_err() {
        assert!(!running.is_over() && Instant::now() < end, "the server does not start");
        thread::sleep(Duration::from_millis(20));
    }
    (running, format!("http://{address}"))
}

/// The key that `keygen` printed.
pub(super) fn keygen(sandbox: &Sandbox, args: &[&str]) -> String {
    let args = ["sumdb", "keygen"].into_iter().chain(args.iter().copied());
    sandbox.denpm(args).succeeded().stdout.trim().to_owned()
}

/// Two registries with the same packages, and a project whose user has an empty log.
pub(super) fn operator() -> (Registry, Registry, Sandbox, String) {
    let registry = Registry::start();
    registry.tree("a@1.0.0\nb@1.0.0\nb@1.1.0\nc@1.0.0");
    let mirror = Registry::mirror_of(&registry);
    let sandbox = Sandbox::new(&registry);
    sandbox.npmrc(&format!("denpm-registries[]={}", registry.url()));
    sandbox.npmrc(&format!("denpm-registries[]={}", mirror.url()));
    let vkey = keygen(&sandbox, &["log.example", "log.key"]);
    sandbox.denpm(["sumdb", "init", "log", "--log-key=log.key"]).succeeded().stdout_has(&vkey);
    (registry, mirror, sandbox, vkey)
}

pub(super) const ADD: [&str; 2] = ["--log-key=log.key", "--log-namespace=npm"];

#[test]
fn what_two_registries_agree_on_is_logged_served_exported_and_proven() {
    let (_registry, _mirror, sandbox, vkey) = operator();
    let add = |words: &[&str]| {
        let words = ["sumdb", "add", "log"].into_iter().chain(words.iter().copied()).chain(ADD);
        sandbox.denpm(words)
    };
    add(&["a@1.0.0", "b@1.0.0"]).succeeded().stdout_has("0 a@1.0.0 added\n1 b@1.0.0 added");
    add(&["a@1.0.0"]).succeeded().stdout_has("0 a@1.0.0 there already");
    // Behind the records of an append stands what was seen for each of them.
    sandbox.file("list", "a@1.0.0\nb\nnothing@1.0.0\n");
    let import = ["sumdb", "import", "log", "list"].into_iter().chain(ADD);
    let imported = sandbox.denpm(import);
    assert_eq!(imported.status, 1, "{imported}");
    let imported = imported.stdout_has("added 1, there already 2, refused 1; 6 records");
    drop(imported.stderr_has("nothing@1.0.0"));
    sandbox.denpm(["sumdb", "fsck", "log"]).succeeded().stdout_has("6 records, 0 faults");
    sandbox
        .denpm(["sumdb", "monitor", "log", "b"])
        .succeeded()
        .stdout_has("4 b@1.1.0 sha512-")
        .stdout_has("5 b@1.1.0 unsigned, from 2 sources");
    sandbox.denpm(["sumdb", "export", "log", "export"]).succeeded();
    assert_eq!(sandbox.read("export/checkpoint"), sandbox.read("log/checkpoint"));

    let (reader, url) = serve(&sandbox, &["sumdb", "serve", "log"]);
    let lookup = |url: &str, word: &str| sandbox.denpm(["sumdb", "lookup", url, &vkey, word]);
    lookup(&url, "b@1.1.0").succeeded().stdout_has("4\ndenpm-sum/v1\npkg b 1.1.0\nns npm\n");
    assert_eq!(lookup(&url, "c@1.0.0").status, 1);
    sandbox.denpm(["sumdb", "doctor", &url]).succeeded();
    reader.kill();

    // With the key, what is asked for is fetched and logged.
    let words = ["sumdb", "serve", "log", ADD[0], ADD[1]];
    let (sequencer, url) = serve(&sandbox, &words);
    lookup(&url, "c@1.0.0").succeeded().stdout_has("6\ndenpm-sum/v1\npkg c 1.0.0\n");
    sequencer.kill();
}

#[test]
fn what_registries_disagree_on_is_refused_with_every_digest() {
    let (registry, mirror, sandbox, _) = operator();
    mirror.package("d", "1.0.0").file("evil.js", "x").publish();
    registry.package("d", "1.0.0").file("good.js", "x").publish();
    let head = sandbox.read("log/checkpoint");
    let add = ["sumdb", "add", "log", "a@1.0.0", "d@1.0.0"].into_iter().chain(ADD);
    let refused = sandbox.denpm(add).failed_with("EREGISTRYCONFLICT");
    assert_eq!(refused.status, 3, "{refused}");
    for registry in [&registry, &mirror] {
        let said = refused.stderr.contains(&registry.integrity("d", "1.0.0"));
        assert!(said, "{refused}");
    }
    assert_eq!(sandbox.read("log/checkpoint"), head);
}

#[test]
fn a_log_with_witnesses_publishes_what_they_cosigned() {
    let (_registry, _mirror, sandbox, vkey) = operator();
    let witness_key = keygen(&sandbox, &["witness.example", "witness.key", "--cosigner"]);
    sandbox.file("logs", &format!("log {vkey}\nquorum none\n"));
    let words = ["sumdb", "witness", "serve", "seen", "logs", "--log-key=witness.key"];
    let (witness, url) = serve(&sandbox, &words);
    let policy = format!("log {vkey}\nwitness w {witness_key} {url}\nquorum w\n");
    sandbox.file("policy", &policy);
    let add = |word: &'static str| {
        let words = ["sumdb", "add", "log", word, "--witness-policy=policy"];
        sandbox.denpm(words.into_iter().chain(ADD))
    };
    add("a@1.0.0").succeeded();
    add("b@1.0.0").succeeded();
    let policy = Policy::parse(&policy).unwrap();
    let head = |path: &str| Note::parse(sandbox.read(path).unwrap().as_bytes()).unwrap();
    let accepted = policy.accept(&head("log/checkpoint")).unwrap();
    assert_eq!((accepted.checkpoint.tree.size, accepted.witnesses.len()), (4, 1));
    // Without its witness the log is appended to, but shows nothing that is not cosigned.
    witness.kill();
    add("c@1.0.0").failed_with("ESUMDBUNAVAILABLE");
    assert_eq!(policy.accept(&head("log/checkpoint")).unwrap(), accepted);
    // A copy from before is behind what the witness saw: nothing is signed with it.
    let words = ["sumdb", "witness", "serve", "seen", "logs", "--log-key=witness.key"];
    let (witness, url) = serve(&sandbox, &words);
    let policy = format!("log {vkey}\nwitness w {witness_key} {url}\nquorum w\n");
    sandbox.file("policy", &policy);
    sandbox.denpm(["sumdb", "init", "old", "--log-key=log.key"]).succeeded();
    let words = ["sumdb", "add", "old", "a@1.0.0", "--witness-policy=policy"];
    sandbox.denpm(words.into_iter().chain(ADD)).failed_with("ESUMDBFORK");
    witness.kill();
}

#[test]
fn what_a_server_could_not_publish_it_publishes_once_its_witness_is_back() {
    let (_registry, _mirror, sandbox, vkey) = operator();
    let witness_key = keygen(&sandbox, &["witness.example", "witness.key", "--cosigner"]);
    sandbox.file("logs", &format!("log {vkey}\nquorum none\n"));
    let address = free_address();
    let policy = format!("log {vkey}\nwitness w {witness_key} http://{address}\nquorum w\n");
    sandbox.file("policy", &policy);
    let words = ["sumdb", "witness", "serve", "seen", "logs", "--log-key=witness.key"];
    let (witness, _) = serve_at(&sandbox, &words, address);
    let log = ["sumdb", "serve", "log", "--witness-policy=policy", ADD[0], ADD[1]];
    let (server, url) = serve(&sandbox, &log);
    witness.kill();
    let line = |file: &str, number: usize| {
        let text = sandbox.read(file).unwrap();
        text.lines().nth(number).unwrap().to_owned()
    };
    let wait_for = |what: &str, is_so: &dyn Fn() -> bool| {
        let end = Instant::now() + Duration::from_mins(1);
        while !is_so() {
            assert!(Instant::now() < end, "{what}");
            thread::sleep(Duration::from_millis(20));
        }
    };
    let decided = sandbox.read("log/.state/head");
    let asking = sandbox.start(["sumdb", "lookup", &url, &vkey, "a@1.0.0"]);
    wait_for("nothing is appended", &|| sandbox.read("log/.state/head") != decided);
    asking.kill();
    assert_eq!(line("log/checkpoint", 1), "0");
    let (witness, _) = serve_at(&sandbox, &words, address);
    wait_for("nothing is published", &|| line("log/checkpoint", 1) == "2");
    server.kill();
    witness.kill();
}

/// Records a log of 100,000 and asks it for 1,500: the figures of the report.
#[test]
#[ignore = "it measures and checks nothing that others do not"]
fn figures_of_an_import_and_of_a_batch() {
    let folder = tempfile::tempdir().unwrap();
    let keys = vec![signer().verifier().clone()];
    let identity = Identity { origin: "log.example".to_owned(), profile: Profile::Packages, keys };
    let store = DirectoryStore::new(folder.path().join("log"));
    run(async {
        init(&store, &identity, &[signer()]).await.unwrap();
        let mut sequencer = open(folder.path()).await.unwrap();
        let start = Instant::now();
        for part in 0..25_u64 {
            let numbers = part * 4_000..(part + 1) * 4_000;
            let entries: Vec<_> = numbers.map(|number| Entry::package(&record(number))).collect();
            sequencer.add(&entries).await.unwrap();
        }
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
        eprintln!("100,000 records in {:?}; {peak}", start.elapsed());
    });
    let registry = Registry::start();
    let sandbox = Sandbox::new(&registry);
    let path = folder.path().join("log").display().to_string();
    let (server, url) = serve(&sandbox, &["sumdb", "serve", &path]);
    let words: Vec<_> = (0..1_500_u64).map(|at| format!("p{}@1.0.0", at * 66)).collect();
    let vkey = signer().verifier().to_string();
    for round in 0..3 {
        let start = Instant::now();
        let lookup = ["sumdb", "lookup", &url, &vkey].into_iter();
        sandbox.denpm(lookup.chain(words.iter().map(String::as_str))).succeeded();
        eprintln!("1,500 lookups, whole process, round {round}: {:?}", start.elapsed());
    }
    server.kill();
}

/// Go's own code, built from `tools/go-sumdb-peer`.
fn go_peer() -> Option<std::ffi::OsString> {
    let peer = variable("DENPM_TEST_GO_PEER");
    if peer.is_none() {
        eprintln!("SKIPPED: DENPM_TEST_GO_PEER does not name the peer");
    }
    peer
}

fn go(peer: &std::ffi::OsStr, args: &[&str]) -> (i32, String) {
    let output = Command::new(peer).args(args).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn gos_own_client_verifies_a_server_and_an_export() {
    let Some(peer) = go_peer() else { return };
    let registry = Registry::start();
    let sandbox = Sandbox::new(&registry);
    let name = "localhost.localdev/sumdb";
    let origin = "go.sum database tree";
    let vkey = keygen(&sandbox, &[name, "go.key"]);
    sandbox.file("go.vkey", &vkey);
    let origin_flag = format!("--origin={origin}");
    let words = ["sumdb", "init", "go", "--log-key=go.key", "--log-profile=go-modules"];
    sandbox.denpm(words.into_iter().chain([origin_flag.as_str()])).succeeded();
    let key = SigningKey::parse(sandbox.read("go.key").unwrap().trim()).unwrap();
    assert_eq!(VerifierKey::parse(&vkey), Ok(key.verifier().clone()));
    let folder = sandbox.project();
    run(async {
        let store = DirectoryStore::new(folder.join("go"));
        let index = folder.join("go.redb");
        let mut sequencer: Sequencer<_, NoWitnesses> =
            Sequencer::open(store, &index, vec![key], None).await.unwrap();
        for part in [0..700_u32, 700..701, 701..1100] {
            let entries: Vec<_> = part.map(module).collect();
            sequencer.add(&entries).await.unwrap();
        }
    });
    let at = |path: &str| folder.join(path).display().to_string();
    sandbox.denpm(["sumdb", "export", "go", "export"]).succeeded();
    let (server, url) = serve(&sandbox, &["sumdb", "serve", "go"]);
    for place in [&url, &at("export")] {
        for layout in ["c2sp", "go"] {
            let vkey = at("go.vkey");
            let words = ["verify", "-url", place, "-vkey", &vkey, "-origin", origin];
            let words = [&words[..], &["-layout", layout, "-fsck"]].concat();
            let (status, said) = go(&peer, &words);
            assert_eq!(status, 0, "{place} {layout}: {said}");
        }
    }
    let (state, vkey) = (at("state"), at("go.vkey"));
    fs::create_dir(&state).unwrap();
    let words = ["goclient", "-url", &url, "-vkey", &vkey, "-dir", &state];
    let modules = ["example.com/m7@v1.0.0", "example.com/m1099@v1.0.0"];
    let (status, said) = go(&peer, &[&words[..], &modules[..]].concat());
    assert_eq!(status, 0, "{said}");
    let (status, _) = go(&peer, &[&words[..], &["example.com/none@v1.0.0"]].concat());
    assert_ne!(status, 0);
    server.kill();
}

fn module(number: u32) -> Entry {
    let hash = leaf_hash(&number.to_be_bytes());
    let module = format!("example.com/m{number}");
    let text = format!("{module} v1.0.0 h1:{hash}\n{module} v1.0.0/go.mod h1:{hash}\n");
    Entry::text(Profile::GoModules, text.as_bytes()).unwrap()
}
