//! `denpm.sum` and its proof: written, read, cut, changed and merged.

use std::time::Instant;

use super::*;
use crate::sumdb::{
    Checkpoint,
    note::{KeyKind, SigningKey},
    proof::inclusions,
    tile::{Appender, MemoryTiles, TreeReader},
    tlog::leaf_hash,
};

fn key(number: u64) -> PackageKey {
    PackageKey::new("npm", format!("p{number:06}"), "1.0.0").unwrap()
}

fn text(number: u64) -> Vec<u8> {
    format!("record {number}\n").into_bytes()
}

/// The file of every `step`th package of a log of `size`, its tree and its proof.
fn sum(size: u64, step: usize) -> (Sum, TreeHead, Vec<Hash>) {
    let growth = Appender::new().append((0..size).map(text));
    let mut tiles = MemoryTiles::default();
    tiles.extend(growth.tiles.iter().map(|(tile, bytes)| (*tile, bytes.as_slice())));
    let tree = TreeHead { size, root: growth.root };
    let mut note = Note::unsigned(Checkpoint::new("log.example", tree).to_string()).unwrap();
    let signer = SigningKey::from_seed("log.example", KeyKind::Note, &[1; 32]).unwrap();
    note.add([signer.sign(note.text(), 0)]);
    let indexes: Vec<u64> = (0..size).step_by(step).collect();
    let spans = inclusions(&indexes, size).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let proof = runtime.block_on(TreeReader::new(&tiles, tree).spans(&spans)).unwrap();
    let pinned = |index| Pinned { index: Some(index), leaf: leaf_hash(&text(index)) };
    let packages = indexes.into_iter().map(|index| (key(index), pinned(index))).collect();
    (Sum { checkpoint: Some(note), packages }, tree, proof)
}

#[test]
fn a_file_is_read_as_it_was_written_and_its_proof_holds() {
    let (mut sum, tree, proof) = sum(600, 7);
    sum.packages.insert(
        PackageKey::new("url:https://registry.example/", "own", "1.0.0").unwrap(),
        Pinned { index: None, leaf: leaf_hash(b"x") },
    );
    let text = sum.to_string();
    assert_eq!(Sum::parse(&text).as_ref(), Ok(&sum));
    assert_eq!(sum.verify(tree, &proof), Ok(()));
    let proof = SumProof::new(&text, proof);
    assert_eq!(SumProof::decode(&proof.encode()).as_ref(), Ok(&proof));
    assert!(proof.is_of(&text) && !proof.is_of(&(text + " ")));
    let without = Sum { checkpoint: None, ..sum };
    assert_eq!(Sum::parse(&without.to_string()), Ok(without));
    assert_eq!(Sum::parse(&Sum::default().to_string()), Ok(Sum::default()));
}

#[test]
fn a_changed_byte_is_refused_by_form_signature_or_proof() {
    let (sum, tree, proof) = sum(40, 9);
    let bytes = sum.to_string().into_bytes();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let Ok(changed) = String::from_utf8(changed) else { continue };
        let Ok(changed) = Sum::parse(&changed) else { continue };
        let same = |one: &Sum| one.packages.values().copied().collect::<Vec<_>>();
        let proven = changed.verify(tree, &proof).is_ok() && changed.checkpoint == sum.checkpoint;
        // A changed name is another package, whose record has another leaf.
        assert!(!proven || same(&changed) == same(&sum), "byte {at}");
    }
    let encoded = SumProof::new("", proof).encode();
    for end in 0..encoded.len() {
        assert!(SumProof::decode(&encoded[..end]).is_err(), "{end}");
    }
}

#[test]
fn a_merge_keeps_all_packages_and_both_heads() {
    let ((one, ..), (other, ..)) = (sum(40, 9), sum(50, 7));
    let (one_text, other_text) = (one.to_string(), other.to_string());
    let rest = |text: &str| text.strip_prefix(FIRST_LINE).unwrap().to_owned();
    let text = format!(
        "{FIRST_LINE}<<<<<<< ours\n{}=======\n{}>>>>>>> theirs\n",
        rest(&one_text),
        rest(&other_text)
    );
    let merged = Merged::parse(&text).unwrap();
    assert_eq!(merged.heads, [one.checkpoint.clone().unwrap(), other.checkpoint.unwrap()]);
    let mut packages = other.packages;
    packages.extend(one.packages);
    assert_eq!(merged.sum.packages, packages);
    assert_eq!(Merged::parse(&one_text).unwrap().heads.len(), 1);
    // Two records of one version cannot be merged.
    let line = text.lines().find(|line| line.starts_with("npm p000000")).unwrap().to_owned();
    let (start, _) = line.rsplit_once(' ').unwrap();
    let clash = text.replacen(&line, &format!("{start} {}", leaf_hash(b"other")), 1);
    assert_eq!(Merged::parse(&clash), Err(BadSum::Conflict));
}

#[test]
fn what_is_no_file_of_this_kind_is_refused() {
    let leaf = leaf_hash(b"");
    for (text, expected) in [
        (String::new(), BadSum::Version),
        ("denpm.sum v2\n\n".to_owned(), BadSum::Version),
        (format!("{FIRST_LINE}npm b 1 - {leaf}\nnpm a 1 - {leaf}\n"), BadSum::Line(2)),
        (format!("{FIRST_LINE}npm a 1 - {leaf}\nnpm a 1 - {leaf}\n"), BadSum::Line(2)),
        (format!("{FIRST_LINE}npm a 1 - {leaf}\nnpm b 1 01 {leaf}\n"), BadSum::Line(2)),
        (format!("{FIRST_LINE}npm a 1 - x\n"), BadSum::Checkpoint),
    ] {
        assert_eq!(Sum::parse(&text), Err(expected), "{text}");
    }
}

/// Prints how long 1,500 packages take; run with `--nocapture --release` for a figure.
#[test]
fn fifteen_hundred_packages_are_proven_at_once() {
    let (sum, tree, proof) = sum(6_000, 4);
    let text = sum.to_string();
    let encoded = SumProof::new(&text, proof).encode();
    let started = Instant::now();
    let (read, proof) = (Sum::parse(&text).unwrap(), SumProof::decode(&encoded).unwrap());
    assert!(proof.is_of(&text));
    assert_eq!(read.verify(tree, &proof.hashes), Ok(()));
    println!(
        "{} packages, {} + {} bytes: {:?}",
        read.packages.len(),
        text.len(),
        encoded.len(),
        started.elapsed()
    );
}
