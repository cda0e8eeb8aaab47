//! What goes over the wire, whole, cut and changed.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::sumdb::{
    checkpoint::{Checkpoint, TreeHead},
    note::{KeyKind, Note, SigningKey},
    proof::{BadProof, inclusions},
    record::{PackageKey, Record},
    tile::{Appender, MemoryTiles, TreeReader},
    tlog::leaf_hash,
};

fn key(number: u64) -> PackageKey {
    PackageKey::new("npm", format!("p{number}"), "1.0.0").unwrap()
}

fn record(number: u64) -> Record {
    let hash = leaf_hash(&number.to_be_bytes());
    Record { key: key(number), sri: [7; 64], size: number, tree: hash, manifest: hash }
}

/// A log of 300 records, and its reply for some of them and two it has not.
fn reply(numbers: &[u64]) -> (BatchRequest, BatchReply, TreeHead) {
    let mut appender = Appender::new();
    let growth = appender.append((0..300).map(|number| record(number).to_string().into_bytes()));
    let mut tiles = MemoryTiles::default();
    tiles.extend(growth.tiles.iter().map(|(tile, bytes)| (*tile, bytes.as_slice())));
    let tree = TreeHead { size: growth.size, root: growth.root };
    let mut note = Note::unsigned(Checkpoint::new("log.example", tree).to_string()).unwrap();
    let signer = SigningKey::from_seed("log.example", KeyKind::Note, &[1; 32]).unwrap();
    note.add([signer.sign(note.text(), 0)]);
    let mut indexes = numbers.to_vec();
    indexes.sort_unstable();
    let spans = inclusions(&indexes, tree.size).unwrap();
    let reader = TreeReader::new(&tiles, tree);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let proof = runtime.block_on(reader.spans(&spans)).unwrap();
    let found = numbers
        .iter()
        .map(|index| Answer::Found { index: *index, record: Box::new(record(*index)) });
    let keys = numbers.iter().chain([&999, &998]).map(|number| key(*number)).collect();
    let answers = found.chain([Answer::Absent, Answer::Pending]).collect();
    (BatchRequest::new(keys).unwrap(), BatchReply { answers, proof, checkpoint: note }, tree)
}

#[test]
fn a_batch_is_read_as_it_was_written_and_holds() {
    let (request, reply, tree) = reply(&[299, 3, 77, 0]);
    assert_eq!(BatchRequest::parse(request.to_string().as_bytes()), Ok(request.clone()));
    let again = BatchReply::decode(&request, &reply.encode()).unwrap();
    assert_eq!(again, reply);
    assert_eq!(again.verify(tree), Ok(()));
}

#[test]
fn a_reply_that_was_cut_or_belongs_to_another_request_is_refused() {
    let (request, reply, _) = reply(&[5, 6]);
    let bytes = reply.encode();
    for end in 0..bytes.len() {
        assert!(BatchReply::decode(&request, &bytes[..end]).is_err(), "{end}");
    }
    let swapped = BatchRequest::new([6, 5, 999, 998].map(key).to_vec()).unwrap();
    assert_eq!(BatchReply::decode(&swapped, &bytes), Err(BadBatch::Record));
}

#[test]
fn a_request_is_some_packages_each_once() {
    for body in ["", "\n", "npm a 1", "npm a\n", "npm a 1\n\n", "npm a 1\nnpm a 1\n", "npm a 1 2\n"]
    {
        assert_eq!(BatchRequest::parse(body.as_bytes()), Err(BadBatch::Request), "{body:?}");
    }
    let many = |count: u64| BatchRequest::new((0..count).map(key).collect());
    assert!(many(5_000).is_ok());
    assert!(many(5_001).is_err());
}

#[test]
fn a_lookup_is_read_as_it_was_written() {
    let (_, batch, _) = reply(&[1]);
    let reply = LookupReply { index: 1, text: record(1).to_string(), checkpoint: batch.checkpoint };
    assert_eq!(LookupReply::parse(reply.to_string().as_bytes()), Ok(reply.clone()));
    let text = reply.to_string();
    for (from, to) in [("1\ndenpm", "01\ndenpm"), ("\n\nlog", "\nlog"), ("denpm", "\ndenpm")] {
        assert_eq!(LookupReply::parse(text.replacen(from, to, 1).as_bytes()), Err(BadLookup));
    }
}

#[test]
fn an_index_says_where_versions_are() {
    let mut bucket = IndexBucket::default();
    bucket.insert(key(2), 20);
    bucket.insert(key(1), 10);
    let text = "npm p1 1.0.0 10\nnpm p2 1.0.0 20\n";
    assert_eq!(bucket.to_string(), text);
    assert_eq!(IndexBucket::parse(text.as_bytes()).unwrap().get(&key(2)), Some(20));
    assert!(IndexBucket::parse(b"npm p1 1.0.0\n").is_err());
    assert_eq!(IndexBucket::path(0x0aff), "index/0a/ff");
    assert_ne!(bucket_of("npm", "ab"), bucket_of("npma", "b"));
}

proptest! {
    #[test]
    fn a_changed_byte_of_a_reply_is_refused_by_form_signature_or_proof(
        at in any::<prop::sample::Index>(), bit in 0..8,
    ) {
        static REPLY: LazyLock<(BatchRequest, BatchReply, TreeHead)> =
            LazyLock::new(|| reply(&[9, 200]));
        let (request, reply, tree) = &*REPLY;
        let mut bytes = reply.encode();
        let at = at.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        if let Ok(changed) = BatchReply::decode(request, &bytes) {
            let same_note = changed.checkpoint == reply.checkpoint;
            prop_assert!(!same_note || changed.verify(*tree).is_err());
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let request = BatchRequest::new(vec![key(1)]).unwrap();
        let tree = leaf_hash(b"");
        let bytes = [b"denpm-batch/v1\n1\n\n".as_slice(), &bytes].concat();
        if let Ok(reply) = BatchReply::decode(&request, &bytes) {
            let refused = reply.verify(TreeHead { size: 1, root: tree });
            prop_assert!(matches!(refused, Err(BadProof::Root | BadProof::Length | BadProof::Outside(_))));
        }
        drop((BatchRequest::parse(&bytes), LookupReply::parse(&bytes), IndexBucket::parse(&bytes)));
    }
}
