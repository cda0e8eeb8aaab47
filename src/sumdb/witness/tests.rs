//! Every status of the protocol, races, and a log that asks for cosignatures.

use super::*;
use crate::sumdb::{
    Hash,
    proof::consistency,
    tile::{Appender, MemoryTiles, TreeReader},
};

fn log_key() -> SigningKey {
    SigningKey::from_seed("log.example", KeyKind::Note, &[1; 32]).unwrap()
}

fn witness_in(folder: &Path) -> Witness {
    let key = SigningKey::from_seed("witness.example", KeyKind::Cosignature, &[2; 32]).unwrap();
    let logs = Policy::of_log(log_key().verifier().clone(), None);
    Witness::new(logs, key, folder).unwrap()
}

/// A log of `size` records, from number `fork` on others than usual.
fn tree(size: u64, fork: u64) -> (MemoryTiles, TreeHead) {
    let text = |at: u64| format!("record {}\n", if at < fork { at } else { at + 1000 });
    let growth = Appender::new().append((0..size).map(|at| text(at).into_bytes()));
    let mut tiles = MemoryTiles::default();
    tiles.extend(growth.tiles.iter().map(|(tile, bytes)| (*tile, bytes.as_slice())));
    (tiles, TreeHead { size, root: growth.root })
}

fn proof(old: u64, new: u64, fork: u64) -> Vec<Hash> {
    let (tiles, tree) = tree(new, fork);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let spans = consistency(old, new).unwrap_or_default();
    runtime.block_on(TreeReader::new(&tiles, tree).spans(&spans)).unwrap()
}

fn note(tree: TreeHead, key: &SigningKey) -> Note {
    let mut note =
        Note::unsigned(Checkpoint::new(key.verifier().name(), tree).to_string()).unwrap();
    note.add([key.sign(note.text(), 0)]);
    note
}

fn body(old: u64, proof: &[Hash], note: &Note) -> Vec<u8> {
    let mut lines = vec![format!("old {old}")];
    lines.extend(proof.iter().map(ToString::to_string));
    format!("{}\n\n{note}", lines.join("\n")).into_bytes()
}

fn request(old: u64, new: u64, fork: u64) -> Vec<u8> {
    body(old, &proof(old, new, fork), &note(tree(new, fork).1, &log_key()))
}

fn status(witness: &Witness, body: &[u8]) -> u16 {
    witness.add_checkpoint(body).map_or_else(|refusal| refusal.status(), |_| 200)
}

#[test]
fn a_checkpoint_that_continues_is_cosigned_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    let witness = witness_in(dir.path());
    for (old, new) in [(0, 5), (5, 5), (5, 8), (8, 300)] {
        let cosignature = witness.add_checkpoint(&request(old, new, 1000)).unwrap();
        let mut cosigned = Note::unsigned(note(tree(new, 1000).1, &log_key()).text()).unwrap();
        cosigned.add([cosignature]);
        assert!(cosigned.verify([witness.key()]).unwrap()[0].time > Some(1_600_000_000));
    }
    let hash: [u8; 32] = sha2::Digest::finalize(sha2::Digest::chain_update(
        <sha2::Sha256 as sha2::Digest>::new(),
        "log.example",
    ))
    .into();
    let again = witness_in(dir.path());
    let kept = again.checkpoint(&hex(&hash)).unwrap().unwrap();
    assert_eq!(kept.text(), note(tree(300, 1000).1, &log_key()).text());
    assert_eq!(kept.signatures().len(), 2);
    assert!(again.checkpoint("../x").unwrap().is_none());
}

#[test]
fn lines_that_are_not_the_logs_do_not_fill_what_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let witness = witness_in(dir.path());
    assert_eq!(status(&witness, &request(0, 5, 1000)), 200);
    let mut crowded = note(tree(5, 1000).1, &log_key());
    crowded.add(
        (0..99)
            .map(|number| {
                let name = format!("junk{number}.example");
                let key = SigningKey::from_seed(&name, KeyKind::Note, &[3; 32]).unwrap();
                key.sign(crowded.text(), 0)
            })
            .collect::<Vec<_>>(),
    );
    assert_eq!(crowded.signatures().len(), 100);
    assert_eq!(status(&witness, &body(5, &[], &crowded)), 200);
    assert_eq!(status(&witness, &request(5, 8, 1000)), 200);
}

#[test]
fn every_refusal_has_its_status_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let witness = witness_in(dir.path());
    let other = SigningKey::from_seed("log.example", KeyKind::Note, &[9; 32]).unwrap();
    let unknown = SigningKey::from_seed("other.example", KeyKind::Note, &[9; 32]).unwrap();
    let eight = tree(8, 1000).1;
    let wrong_root = TreeHead { size: 0, root: eight.root };
    assert_eq!(status(&witness, &body(0, &[], &note(wrong_root, &log_key()))), 422);
    assert_eq!(status(&witness, &body(0, &[eight.root], &note(eight, &log_key()))), 422);
    assert_eq!(status(&witness, &request(0, 5, 1000)), 200);
    for (expected, body) in [
        (400, b"old x\n\n".to_vec()),
        (400, body(9, &[], &note(eight, &log_key()))),
        (400, body(5, &[eight.root; 64], &note(eight, &log_key()))),
        (403, body(5, &proof(5, 8, 1000), &note(eight, &other))),
        (404, body(5, &proof(5, 8, 1000), &note(eight, &unknown))),
        (409, request(0, 8, 1000)),
        (409, request(3, 8, 1000)),
        // A fork below what was seen, and one of the same size.
        (422, request(5, 8, 2)),
        (422, request(5, 5, 2)),
        (422, body(5, &[], &note(eight, &log_key()))),
        (422, body(5, &[eight.root], &note(tree(5, 1000).1, &log_key()))),
    ] {
        assert_eq!(status(&witness, &body), expected, "{}", String::from_utf8_lossy(&body));
    }
    assert_eq!(witness.add_checkpoint(&request(0, 8, 1000)).unwrap_err().to_string(), "5");
    assert_eq!(status(&witness, &request(5, 8, 1000)), 200);
}

#[test]
fn of_two_forks_asked_at_once_one_is_cosigned() {
    for _ in 0..20 {
        let dir = tempfile::tempdir().unwrap();
        let witness = witness_in(dir.path());
        let bodies = [request(0, 6, 1000), request(0, 6, 3)];
        let answers = std::thread::scope(|scope| {
            let ask = |body| {
                let witness = witness.clone();
                scope.spawn(move || status(&witness, body))
            };
            bodies.each_ref().map(|body| ask(body)).map(|asked| asked.join().unwrap())
        });
        let mut sorted = answers;
        sorted.sort_unstable();
        assert_eq!(sorted, [200, 409]);
    }
}

#[test]
fn any_bytes_are_refused_without_a_panic() {
    let dir = tempfile::tempdir().unwrap();
    let witness = witness_in(dir.path());
    let body = request(0, 5, 1000);
    for end in 0..body.len() {
        assert_eq!(status(&witness, &body[..end]), 400);
    }
}
