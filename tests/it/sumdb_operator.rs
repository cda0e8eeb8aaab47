//! What else whoever runs a log does with it: keys that change, leaves beside records, proofs.

use super::{
    sumdb_server::{ADD, keygen, operator, serve},
    support::{Registry, Sandbox, sandbox::Output, signed::OwnKey},
};
use denpm::sumdb::{
    Checkpoint, Note, Policy, VerifierKey,
    proof::{TlogProof, inclusion},
    record::{Leaf, Namespace},
    tile::{Bundle, Layout},
};
use serde_json::json;

fn add(sandbox: &Sandbox, log: &str, words: &[&str]) -> Output {
    let words = ["sumdb", "add", log].into_iter().chain(words.iter().copied());
    sandbox.denpm(words.chain(ADD))
}

fn head(sandbox: &Sandbox, log: &str) -> Note {
    Note::parse(sandbox.read(&format!("{log}/checkpoint")).unwrap().as_bytes()).unwrap()
}

/// The leaves of a small log.
fn leaves(sandbox: &Sandbox, log: &str) -> Vec<String> {
    let size = Checkpoint::parse(head(sandbox, log).text()).unwrap().tree.size;
    let bundle = Bundle::in_log(0, size).unwrap();
    let path = format!("{log}/{}", Layout::C2sp.path(denpm::sumdb::tile::Resource::Bundle(bundle)));
    let bytes = std::fs::read(sandbox.project().join(path)).unwrap();
    let texts = bundle.decode(Layout::C2sp, &bytes).unwrap();
    texts.into_iter().map(|text| String::from_utf8(text.to_vec()).unwrap()).collect()
}

#[test]
fn a_version_is_logged_with_the_signatures_that_hold_and_not_with_one_that_does_not() {
    let (registry, mirror, sandbox, _) = operator();
    let key = OwnKey::new();
    key.serve(&registry);
    for name in ["good", "bad"] {
        key.publish(&registry, name, "1.0.0");
        mirror.package(name, "1.0.0").publish();
    }
    add(&sandbox, "log", &["good@1.0.0"]).succeeded();
    let texts = leaves(&sandbox, "log");
    let Leaf::Evidence(evidence) = Leaf::parse(texts[1].as_bytes()) else { panic!("{texts:?}") };
    assert_eq!(evidence.signatures.keys().collect::<Vec<_>>(), [&key.id()]);
    let sources: Vec<_> = evidence.sources.keys().cloned().collect();
    assert_eq!(sources.len(), 2, "{sources:?}");
    // The registry signed other bytes than both serve.
    let head = sandbox.read("log/checkpoint");
    let forged = key.sign("bad", "1.0.0", &registry.integrity("good", "1.0.0"));
    registry.package("bad", "1.0.0").dist("signatures", json!([forged])).publish();
    let refused = add(&sandbox, "log", &["bad@1.0.0"]).failed_with("EINTEGRITYSIGNATURE");
    assert_eq!(refused.status, 3, "{refused}");
    // A key that nobody knows is no better.
    let unknown = OwnKey::other().sign("bad", "1.0.0", &registry.integrity("bad", "1.0.0"));
    registry.package("bad", "1.0.0").dist("signatures", json!([unknown])).publish();
    add(&sandbox, "log", &["bad@1.0.0"]).failed_with("EMISSINGSIGNATUREKEY");
    assert_eq!(sandbox.read("log/checkpoint"), head);
    // Whoever demands signatures of what it logs gets nothing else.
    sandbox.user_policy("[signature]\nrequire = \"always\"\n");
    add(&sandbox, "log", &["a@1.0.0"]).failed_with("EPOLICY");
}

#[test]
fn a_server_refuses_what_its_registry_has_not_signed_so_and_says_why() {
    let (registry, mirror, sandbox, vkey) = operator();
    let key = OwnKey::new();
    key.serve(&registry);
    key.publish(&registry, "bad", "1.0.0");
    mirror.package("bad", "1.0.0").publish();
    let forged = key.sign("bad", "1.0.1", &registry.integrity("bad", "1.0.0"));
    registry.package("bad", "1.0.0").dist("signatures", json!([forged])).publish();
    let (server, url) = serve(&sandbox, &["sumdb", "serve", "log", ADD[0], ADD[1]]);
    let lookup = sandbox.denpm(["sumdb", "lookup", &url, &vkey, "bad@1.0.0"]);
    assert_eq!(lookup.status, 1, "{lookup}");
    lookup.stdout_has("bad@1.0.0 absent");
    server.kill();
    assert_eq!(leaves_or_none(&sandbox), 0);
}

fn leaves_or_none(sandbox: &Sandbox) -> u64 {
    Checkpoint::parse(head(sandbox, "log").text()).unwrap().tree.size
}

#[test]
fn what_became_of_a_version_is_logged_and_seen_by_its_monitor() {
    let (_registry, _mirror, sandbox, _) = operator();
    add(&sandbox, "log", &["a@1.0.0", "b@1.0.0"]).succeeded();
    let status = |words: &[&str]| {
        let words = ["sumdb", "status", "log"].into_iter().chain(words.iter().copied());
        sandbox.denpm(words.chain(ADD))
    };
    status(&["a@1.0.0", "malware", "GHSA-xxxx"]).succeeded().stdout_has("4 a@1.0.0 malware");
    status(&["b@1.0.0", "unpublished"]).succeeded();
    status(&["c@1.0.0", "gone"]).failed_with("ESUMDBABSENT");
    status(&["a@1.0.0", "splendid"]).failed_with("EUSAGE");
    let monitor = |words: &[&str]| {
        let words = ["sumdb", "monitor", "log"].into_iter().chain(words.iter().copied());
        sandbox.denpm(words).succeeded()
    };
    let all = monitor(&["a"]);
    assert!(all.stdout.contains("4 a@1.0.0 malware GHSA-xxxx"), "{all}");
    assert!(!all.stdout.contains("b@1.0.0"), "{all}");
    all.stdout_has("next time from 6");
    let later = monitor(&["--from=5"]);
    assert!(later.stdout.contains("5 b@1.0.0 unpublished"), "{later}");
    assert!(!later.stdout.contains("a@1.0.0"), "{later}");
    sandbox.denpm(["sumdb", "fsck", "log"]).succeeded().stdout_has("6 records, 0 faults");
}

#[test]
fn a_log_can_be_signed_by_two_keys_and_then_by_the_new_one_alone() {
    let (_registry, _mirror, sandbox, old) = operator();
    add(&sandbox, "log", &["a@1.0.0"]).succeeded();
    let new = keygen(&sandbox, &["log.example", "new.key"]);
    let keyed = |vkey: &str| Policy::of_log(VerifierKey::parse(vkey).unwrap(), None);
    let accepts = |vkey: &str| keyed(vkey).accept(&head(&sandbox, "log")).is_ok();
    let rotate = |keys: &[&str]| {
        let words = ["sumdb", "rotate", "log"].into_iter().map(str::to_owned);
        sandbox.denpm(words.chain(keys.iter().map(|key| format!("--log-key={key}"))))
    };
    // A key that is not the log's cannot make itself so.
    rotate(&["new.key"]).failed_with("EUSAGE");
    rotate(&["log.key", "new.key"]).succeeded().stdout_has(&new);
    assert!(accepts(&old) && accepts(&new));
    let both = ["sumdb", "add", "log", "b@1.0.0", "--log-key=new.key"];
    sandbox.denpm(both.into_iter().chain(ADD)).succeeded();
    assert!(accepts(&old) && accepts(&new));
    rotate(&["new.key"]).succeeded();
    assert!(!accepts(&old) && accepts(&new));
    add(&sandbox, "log", &["c@1.0.0"]).failed_with("EUSAGE");
    let words = ["sumdb", "add", "log", "c@1.0.0", "--log-key=new.key", ADD[1]];
    sandbox.denpm(words).succeeded();
    sandbox.denpm(["sumdb", "fsck", "log"]).succeeded().stdout_has("6 records, 0 faults");
    // One who saw the log under the old key goes on with a policy that knows both.
    sandbox.file("policy", &format!("log {old}\nlog {new}\nquorum none\n"));
    let (server, url) = serve(&sandbox, &["sumdb", "serve", "log"]);
    let words = ["sumdb", "lookup", &url, "policy", "a@1.0.0"];
    sandbox.denpm(words).succeeded().stdout_has("pkg a 1.0.0");
    server.kill();
}

#[test]
fn a_log_names_the_one_it_continues_and_the_keys_of_its_namespace() {
    let registry = Registry::start();
    let key = OwnKey::new();
    key.serve(&registry);
    let sandbox = Sandbox::new(&registry);
    keygen(&sandbox, &["log.example", "log.key"]);
    keygen(&sandbox, &["next.example", "next.key"]);
    sandbox.denpm(["sumdb", "init", "old", "--log-key=log.key"]).succeeded();
    let words = ["sumdb", "init", "log", "--log-key=next.key", "--log-namespace=own"];
    sandbox.denpm(words.into_iter().chain(["--predecessor=old/checkpoint"])).succeeded();
    let texts = leaves(&sandbox, "log");
    let Leaf::Log(predecessor) = Leaf::parse(texts[0].as_bytes()) else { panic!("{texts:?}") };
    let old = Checkpoint::parse(head(&sandbox, "old").text()).unwrap();
    assert_eq!((predecessor.origin, predecessor.tree), (old.origin, old.tree));
    let Leaf::Namespace(genesis) = Leaf::parse(texts[1].as_bytes()) else { panic!("{texts:?}") };
    assert_eq!(genesis.keys.keys().collect::<Vec<_>>(), [&key.id()]);
    // Its registry renews its keys: signed with the old one, and not otherwise.
    let renewal = |signer: &OwnKey| {
        let renewed = Namespace { by: None, ..(*genesis).clone() };
        let sig = signer.sign_text(&renewed.message());
        Namespace { by: Some((key.id(), sig)), ..renewed }.to_string()
    };
    let words = ["sumdb", "namespace", "log", "leaf", "--log-key=next.key"];
    sandbox.file("leaf", &renewal(&OwnKey::other()));
    sandbox.denpm(words).failed_with("EMISSINGSIGNATUREKEY");
    sandbox.file("leaf", &renewal(&key));
    sandbox.denpm(words).succeeded().stdout_has("2 keys of own");
    sandbox.denpm(["sumdb", "fsck", "log"]).succeeded().stdout_has("3 records, 0 faults");
}

#[test]
fn a_proof_file_proves_its_record_and_no_other() {
    let (_registry, _mirror, sandbox, vkey) = operator();
    add(&sandbox, "log", &["a@1.0.0", "b@1.0.0", "c@1.0.0"]).succeeded();
    let texts = leaves(&sandbox, "log");
    let tree = Checkpoint::parse(head(&sandbox, "log").text()).unwrap().tree;
    let hashes: Vec<_> =
        texts.iter().map(|text| denpm::sumdb::tlog::leaf_hash(text.as_bytes())).collect();
    let spans = inclusion(1, tree.size).unwrap();
    let proof = spans.iter().map(|span| root(&hashes[range(span)])).collect();
    let proof =
        TlogProof { index: 1, extra: None, hashes: proof, checkpoint: head(&sandbox, "log") };
    sandbox.file("b.tlog-proof", &proof.to_string());
    sandbox.file("b.record", &texts[1]).file("c.record", &texts[2]);
    let verify =
        |record: &str, key: &str| sandbox.denpm(["sumdb", "verify", "b.tlog-proof", record, key]);
    verify("b.record", &vkey).succeeded().stdout_has("record 1 of the 6 of log.example");
    assert_eq!(verify("c.record", &vkey).failed_with("ESUMDBPROOF").status, 3);
    let other = keygen(&sandbox, &["log.example", "other.key"]);
    verify("b.record", &other).failed_with("ESUMDBPROOF");
}

fn range(span: &denpm::sumdb::tlog::Span) -> std::ops::Range<usize> {
    usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap()
}

/// The root over hashes, by the definition of RFC 6962.
fn root(hashes: &[denpm::sumdb::Hash]) -> denpm::sumdb::Hash {
    if let [one] = hashes {
        return *one;
    }
    let (left, right) = hashes.split_at(hashes.len().next_power_of_two() / 2);
    denpm::sumdb::tlog::node_hash(&root(left), &root(right))
}

#[test]
fn the_doctor_finds_what_a_server_or_proxy_does_not_serve() {
    let (registry, _mirror, sandbox, _) = operator();
    add(&sandbox, "log", &["a@1.0.0"]).succeeded();
    let (server, url) = serve(&sandbox, &["sumdb", "serve", "log"]);
    let well = sandbox.denpm(["sumdb", "doctor", &url]).succeeded();
    assert!(!well.stdout.contains("wrong"), "{well}");
    server.kill();
    // Something that says it serves the log, and has nothing of it but the head.
    registry.serve("supported", "text/plain", Vec::new());
    let checkpoint = sandbox.read("log/checkpoint").unwrap().into_bytes();
    registry.serve("checkpoint", "text/plain", checkpoint);
    let ill = sandbox.denpm(["sumdb", "doctor", registry.url().trim_end_matches('/')]);
    assert_eq!(ill.status, 1, "{ill}");
    let ill = ill.stdout_has("ok    checkpoint: log.example has 2 records");
    let ill = ill.stdout_has("ok    supported").stdout_has("wrong tiles");
    drop(ill.stdout_has("wrong batch"));
}

#[test]
fn a_bucket_that_cannot_swap_holds_no_log() {
    let registry = Registry::start();
    let mut sandbox = Sandbox::new(&registry);
    keygen(&sandbox, &["log.example", "log.key"]);
    for (name, value) in [
        ("AWS_ENDPOINT_URL", registry.url().as_str()),
        ("AWS_ACCESS_KEY_ID", "any"),
        ("AWS_SECRET_ACCESS_KEY", "any"),
    ] {
        sandbox.variable(name, value);
    }
    let output = sandbox.denpm(["sumdb", "init", "s3://logs/own", "--log-key=log.key"]);
    output.failed_with("ESUMDBSTATE").stderr_has("0 won");
}
