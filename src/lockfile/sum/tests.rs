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
fn sum(size: u64, step: usize) -> (Sum, TreeHead, Vec<Vec<Hash>>) {
    sum_of("log.example", size, step)
}

/// The same, of a log with this name.
fn sum_of(origin: &str, size: u64, step: usize) -> (Sum, TreeHead, Vec<Vec<Hash>>) {
    let growth = Appender::new().append((0..size).map(text));
    let mut tiles = MemoryTiles::default();
    tiles.extend(growth.tiles.iter().map(|(tile, bytes)| (*tile, bytes.as_slice())));
    let tree = TreeHead { size, root: growth.root };
    let mut note = Note::unsigned(Checkpoint::new(origin, tree).to_string()).unwrap();
    let signer = SigningKey::from_seed(origin, KeyKind::Note, &[1; 32]).unwrap();
    note.add([signer.sign(note.text(), 0)]);
    let indexes: Vec<u64> = (0..size).step_by(step).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let part = |indexes: &[u64]| {
        let spans = inclusions(indexes, size).unwrap();
        runtime.block_on(TreeReader::new(&tiles, tree).spans(&spans)).unwrap()
    };
    let parts = indexes.chunks(MAX_LEAVES).map(part).collect();
    let pinned = |index| Pinned { indexes: vec![Some(index)], leaf: leaf_hash(&text(index)) };
    let packages = indexes.into_iter().map(|index| (key(index), pinned(index))).collect();
    (Sum { checkpoints: vec![note], packages }, tree, parts)
}

#[test]
fn a_file_is_read_as_it_was_written_and_its_proof_holds() {
    let (mut sum, tree, proof) = sum(600, 7);
    sum.packages.insert(
        PackageKey::new("url:https://registry.example/", "own", "1.0.0").unwrap(),
        Pinned { indexes: vec![None], leaf: leaf_hash(b"x") },
    );
    let text = sum.to_string();
    assert_eq!(Sum::parse(&text).as_ref(), Ok(&sum));
    let proof = SumProof::new(&text, proof);
    assert_eq!(sum.verify(&[Some(tree)], &proof), Ok(()));
    assert_eq!(SumProof::decode(&proof.encode()).as_ref(), Ok(&proof));
    assert!(proof.is_of(&text) && !proof.is_of(&(text + " ")));
    let mut without = Sum { checkpoints: Vec::new(), ..sum };
    without.packages.values_mut().for_each(|pinned| pinned.indexes.clear());
    assert_eq!(Sum::parse(&without.to_string()), Ok(without));
    assert_eq!(Sum::parse(&Sum::default().to_string()), Ok(Sum::default()));
}

#[test]
fn a_changed_byte_is_refused_by_form_signature_or_proof() {
    let (sum, tree, proof) = sum(40, 9);
    let proof = SumProof::new("", proof);
    let bytes = sum.to_string().into_bytes();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let Ok(changed) = String::from_utf8(changed) else { continue };
        let Ok(changed) = Sum::parse(&changed) else { continue };
        let same = |one: &Sum| one.packages.values().cloned().collect::<Vec<_>>();
        let proven =
            changed.verify(&[Some(tree)], &proof).is_ok() && changed.checkpoints == sum.checkpoints;
        // A changed name is another package, whose record has another leaf.
        assert!(!proven || same(&changed) == same(&sum), "byte {at}");
    }
    let encoded = proof.encode();
    for end in 0..encoded.len() {
        // Cut between two parts it is a proof, and one too short for the file.
        let cut = SumProof::decode(&encoded[..end]);
        let holds = cut.is_ok_and(|cut| sum.verify(&[Some(tree)], &cut).is_ok());
        assert!(!holds, "{end}");
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
    assert_eq!(merged.heads, [one.checkpoints[0].clone(), other.checkpoints[0].clone()]);
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
    let head = sum(4, 1).0.checkpoints[0].to_string();
    for (text, expected) in [
        (String::new(), BadSum::Version),
        ("denpm.sum v2\n\n".to_owned(), BadSum::Version),
        (format!("{FIRST_LINE}npm b 1 - {leaf}\nnpm a 1 - {leaf}\n"), BadSum::Line(2)),
        (format!("{FIRST_LINE}npm a 1 - {leaf}\nnpm a 1 - {leaf}\n"), BadSum::Line(2)),
        (format!("{FIRST_LINE}npm a 1 - {leaf}\nnpm b 1 01 {leaf}\n"), BadSum::Line(2)),
        (format!("{FIRST_LINE}npm a 1 - x\n"), BadSum::Checkpoint),
        (format!("{FIRST_LINE}npm a 1 7 {leaf}\n"), BadSum::Line(1)),
        (format!("{FIRST_LINE}npm a 1 -,- {leaf}\n"), BadSum::Line(1)),
        (format!("{FIRST_LINE}{head}\n{head}\n"), BadSum::Checkpoint),
        (format!("{FIRST_LINE}{head}\nnpm a 1 7,8 {leaf}\n"), BadSum::Line(1)),
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
    assert_eq!(read.verify(&[Some(tree)], &proof), Ok(()));
    println!(
        "{} packages, {} + {} bytes: {:?}",
        read.packages.len(),
        text.len(),
        encoded.len(),
        started.elapsed()
    );
}

#[test]
fn more_packages_than_one_proof_is_made_for_are_proven_in_parts() {
    let (sum, tree, parts) = sum(13_000, 1);
    assert_eq!(parts.len(), 3);
    let text = sum.to_string();
    let encoded = SumProof::new(&text, parts.clone()).encode();
    let proof = SumProof::decode(&encoded).unwrap();
    assert_eq!(Sum::parse(&text).unwrap().verify(&[Some(tree)], &proof), Ok(()));
    for wrong in [&parts[..2], &[parts[0].clone(), parts[2].clone(), parts[1].clone()]] {
        let proof = SumProof::new(&text, wrong.to_vec());
        assert!(sum.verify(&[Some(tree)], &proof).is_err());
    }
    let more = SumProof::new(&text, [parts, vec![Vec::new()]].concat());
    assert_eq!(sum.verify(&[Some(tree)], &more), Err(BadProof::Length));
}

#[test]
fn every_log_is_pinned_and_proven_in_its_own_tree() {
    let (mut sum, one_tree, one) = sum(40, 4);
    let (other, other_tree, other_parts) = sum_of("other.example", 30, 3);
    sum.checkpoints.extend(other.checkpoints);
    sum.packages.values_mut().for_each(|pinned| pinned.indexes.push(None));
    for (key, pinned) in other.packages {
        let known = sum.packages.entry(key);
        let known = known.or_insert(Pinned { indexes: vec![None, None], leaf: pinned.leaf });
        known.indexes[1] = pinned.indexes[0];
    }
    let text = sum.to_string();
    assert!(text.contains(" 12,12 ") && text.contains(" 4,- ") && text.contains(" -,3 "), "{text}");
    assert_eq!(Sum::parse(&text).as_ref(), Ok(&sum));
    let proof = SumProof::new(&text, [one.clone(), other_parts.clone()].concat());
    let trees = [Some(one_tree), Some(other_tree)];
    assert_eq!(sum.verify(&trees, &proof), Ok(()));
    // A log that nobody believes here is passed over, and takes nothing from the other.
    assert_eq!(sum.verify(&[None, Some(other_tree)], &proof), Ok(()));
    let swapped = SumProof::new(&text, [other_parts, one].concat());
    assert!(sum.verify(&trees, &swapped).is_err());
    assert!(sum.verify(&[Some(other_tree), Some(one_tree)], &proof).is_err());
}
