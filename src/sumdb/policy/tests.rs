//! Policies: the grammar, and which checkpoints each accepts.

use std::fmt::Write;

use super::*;
use crate::sumdb::{
    checkpoint::TreeHead,
    note::{KeyKind, SigningKey},
    tlog::empty_root,
};

fn signer(name: &str, kind: KeyKind, seed: u8) -> SigningKey {
    SigningKey::from_seed(name, kind, &[seed; 32]).unwrap()
}

fn log() -> SigningKey {
    signer("log.example", KeyKind::Note, 1)
}

fn witness(number: u8) -> SigningKey {
    signer(&format!("w{number}.example"), KeyKind::Cosignature, 10 + number)
}

fn note(signers: &[SigningKey]) -> Note {
    let tree = TreeHead { size: 0, root: empty_root() };
    let mut note = Note::unsigned(Checkpoint::new("log.example", tree).to_string()).unwrap();
    let text = note.text().to_owned();
    note.add(signers.iter().map(|signer| signer.sign(&text, 1_700_000_000)));
    note
}

fn policy(lines: &str) -> String {
    let mut text = format!("# a policy\n\n\tlog {} https://log.example/\n", log().verifier());
    for number in 1..=4 {
        writeln!(text, "witness w{number} {}", witness(number).verifier()).unwrap();
    }
    text + lines
}

fn accepts(policy_lines: &str, cosigners: &[u8]) -> bool {
    let policy = Policy::parse(&policy(policy_lines)).unwrap();
    let mut signers = vec![log()];
    signers.extend(cosigners.iter().map(|number| witness(*number)));
    policy.accept(&note(&signers)).is_ok()
}

#[test]
fn a_quorum_is_met_by_enough_of_each_group() {
    let lines = "group x 2 w1 w2 w3\ngroup all all x w4\nquorum all\n";
    assert!(accepts(lines, &[1, 3, 4]));
    assert!(accepts(lines, &[1, 2, 3, 4]));
    assert!(!accepts(lines, &[1, 4]));
    assert!(!accepts(lines, &[1, 2, 3]));
    assert!(accepts("group any any w1 w2\nquorum any\n", &[2]));
    assert!(accepts("quorum w1\n", &[1]));
    assert!(!accepts("quorum w1\n", &[2]));
    assert!(accepts("quorum none\n", &[]));
}

#[test]
fn a_checkpoint_of_another_log_or_origin_is_not_accepted() {
    let policy = Policy::parse(&policy("quorum none\n")).unwrap();
    let other = signer("log.example", KeyKind::Note, 2);
    let refused = Err(NotAccepted::NoLog("log.example".to_owned()));
    assert_eq!(policy.accept(&note(&[other])), refused);
    assert_eq!(policy.accept(&note(&[witness(1)])), refused);
    let elsewhere = Policy::of_log(log().verifier().clone(), None).with_origin("log.example", "x");
    assert_eq!(elsewhere.accept(&note(&[log()])), refused);
}

#[test]
fn what_was_accepted_says_who_cosigned_and_when() {
    let policy = Policy::parse(&policy("quorum none\n")).unwrap();
    let accepted = policy.accept(&note(&[log(), witness(2)])).unwrap();
    assert_eq!(accepted.witnesses, ["w2.example"]);
    assert_eq!(accepted.cosigned, Some(1_700_000_000));
    assert_eq!(policy.logs()[0].url.as_deref(), Some("https://log.example/"));
}

#[test]
fn what_is_no_policy_is_refused_with_its_line() {
    let lines = policy("").lines().count();
    for (text, fault) in [
        ("", PolicyFault::NoQuorum),
        ("quorum w1\nquorum w2", PolicyFault::Duplicate("quorum".to_owned())),
        ("quorum w9", PolicyFault::Member("w9".to_owned())),
        ("group g 0 w1", PolicyFault::Threshold),
        ("group g 2 w1", PolicyFault::Threshold),
        ("group g any", PolicyFault::Threshold),
        ("group g x w1", PolicyFault::Threshold),
        ("group g any w1 w1", PolicyFault::Member("w1".to_owned())),
        ("group g any none", PolicyFault::Member("none".to_owned())),
        ("group w1 any w2", PolicyFault::Duplicate("w1".to_owned())),
        ("group none any w2", PolicyFault::Duplicate("none".to_owned())),
        ("group g any w1\ngroup h any w1", PolicyFault::Member("w1".to_owned())),
        ("mirror x", PolicyFault::Line),
        ("log", PolicyFault::Line),
        ("log x", PolicyFault::Key(crate::sumdb::note::BadKey::Form)),
        (&format!("log {}", log().verifier()), PolicyFault::Duplicate("log.example".to_owned())),
        (&format!("log {}", witness(1).verifier()), PolicyFault::KeyKind),
        (&format!("witness y {}", log().verifier()), PolicyFault::KeyKind),
    ] {
        let error = Policy::parse(&policy(text)).unwrap_err();
        assert_eq!(error.fault, fault, "{text}");
        assert!(error.line > lines, "{text}: {error}");
    }
    assert!(Policy::parse("quorum none\r\n").is_err());
}
