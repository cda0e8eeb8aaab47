//! Notes: published vectors, the oracle, and what a hostile one looks like.

use proptest::prelude::*;
use signed_note::{NoteError as TheirError, StandardVerifier, VerifierList};

use super::*;

const FOO: (&str, &str) = (
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n",
);
const NEUMANN: (&str, &str) = (
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
);
/// A head of Go's checksum database.
const GO: (&str, &str) = (
    "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
    "go.sum database tree\n35225469\nvt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=\n\n\u{2014} sum.golang.org Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ=\n",
);
const WITNESS: &str = "witness.denpm.test/w1+36ebb7ab+BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
const WITNESS_LINE: &str = "\u{2014} witness.denpm.test/w1 Nuu3qwAAAABkGFDLBuRDazBLVac2NE+Y+IjbjQOcXLfF9CSDZVUIoS83rE1nFZsVE8YiWV6Ngr7lV8H6bdoBQGP/l73euDMQ9k+bBQ==";
const WITNESSED: &str =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

fn key(vkey: &str) -> VerifierKey {
    VerifierKey::parse(vkey).unwrap()
}

fn seed() -> [u8; 32] {
    std::array::from_fn(|at| u8::try_from(at).unwrap())
}

#[test]
fn published_notes_hold_and_are_written_as_they_were_read() {
    for (vkey, text) in [FOO, NEUMANN, GO] {
        let note = Note::parse(text.as_bytes()).unwrap();
        let key = key(vkey);
        assert_eq!(note.verify([&key]).unwrap(), [Signed { key: &key, time: None }]);
        assert_eq!(note.to_string(), text);
        assert_eq!(key.to_string(), vkey);
    }
}

#[test]
fn the_published_cosignature_holds_and_is_made_again() {
    let signer =
        SigningKey::from_seed("witness.denpm.test/w1", KeyKind::Cosignature, &seed()).unwrap();
    assert_eq!(signer.verifier().to_string(), WITNESS);
    let signature = signer.sign(WITNESSED, 1_679_315_147);
    assert_eq!(signature.to_string(), WITNESS_LINE);
    let note = Note::parse(format!("{WITNESSED}\n{WITNESS_LINE}\n").as_bytes()).unwrap();
    assert_eq!(note.verify([&key(WITNESS)]).unwrap()[0].time, Some(1_679_315_147));
    let note_key = SigningKey::from_seed("witness.denpm.test/w1", KeyKind::Note, &seed()).unwrap();
    assert_eq!(
        note_key.verifier().to_string(),
        "witness.denpm.test/w1+f6019e4c+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
    );
}

#[test]
fn a_private_key_is_read_as_it_was_written() {
    let signer = SigningKey::from_seed("log.example/x", KeyKind::Note, &seed()).unwrap();
    let text = signer.to_secret_text();
    assert!(text.starts_with("PRIVATE+KEY+log.example/x+"));
    let again = SigningKey::parse(&text).unwrap();
    assert_eq!(again.verifier(), signer.verifier());
    assert!(!format!("{signer:?}").contains(&text[text.len() - 20..]));
    // The oracle reads it, and knows its signature.
    let theirs = signed_note::StandardSigner::new(&text).unwrap();
    let mut note = signed_note::Note::new(b"text\n", &[]).unwrap();
    note.add_sigs(&[&theirs]).unwrap();
    let note = Note::parse(&note.to_bytes()).unwrap();
    assert_eq!(note.signatures(), [signer.sign("text\n", 0)]);
}

#[test]
fn a_known_key_that_did_not_sign_this_makes_the_note_worthless() {
    let (vkey, text) = FOO;
    let changed = text.replace("example message", "Example message");
    let note = Note::parse(changed.as_bytes()).unwrap();
    let refused = Err(NoteError::BadSignature("example.com/foo".to_owned()));
    assert_eq!(note.verify([&key(vkey)]), refused);
    // Also beside one that holds.
    let (_, line) = text.split_once("\n\n").unwrap();
    let mut bad = line.to_owned();
    bad.replace_range(40..41, "B");
    let both = Note::parse(format!("{text}{bad}").as_bytes()).unwrap();
    assert_eq!(both.verify([&key(vkey)]), refused);
}

#[test]
fn signatures_of_unknown_keys_and_kinds_are_passed_over() {
    let (vkey, text) = FOO;
    let (_, other) = NEUMANN.1.split_once("\n\n").unwrap();
    // A line of a kind to come: any bytes.
    let later = "\u{2014} later.example/key BgAAAAECAwQFBgc=\n";
    let note = Note::parse(format!("{text}{other}{later}").as_bytes()).unwrap();
    assert_eq!(note.verify([&key(vkey)]).unwrap().len(), 1);
    assert_eq!(note.verify([]).unwrap(), []);
}

#[test]
fn what_is_no_note_is_refused() {
    let line = FOO.1.split_once("\n\n").unwrap().1;
    for (text, expected) in [
        (String::new(), NoteError::NoSignatures),
        ("text\n".to_owned(), NoteError::NoSignatures),
        ("text\n\n".to_owned(), NoteError::NoSignatures),
        (format!("text\n\n{}", line.trim_end()), NoteError::SignatureLine),
        ("text\n\n- a AAAAAAA=\n".to_owned(), NoteError::SignatureLine),
        ("text\n\n\u{2014} a AAAA\n".to_owned(), NoteError::SignatureLine),
        ("text\n\n\u{2014} a+b AAAAAAA=\n".to_owned(), NoteError::SignatureLine),
        ("text\n\n\u{2014} a\u{a0}b AAAAAAA=\n".to_owned(), NoteError::SignatureLine),
        (format!("te\txt\n\n{line}"), NoteError::NotText),
        (format!("text\n\n{}", line.repeat(101)), NoteError::TooManySignatures),
        ("x".repeat(MAX_NOTE + 1), NoteError::TooLong),
    ] {
        assert_eq!(Note::parse(text.as_bytes()), Err(expected), "{text:.60}");
    }
    assert_eq!(Note::parse(b"\xff\n\n"), Err(NoteError::NotText));
    assert!(Note::parse(format!("text\n\n{}", line.repeat(100)).as_bytes()).is_ok());
}

#[test]
fn what_is_no_key_is_refused() {
    let (vkey, _) = FOO;
    for (text, expected) in [
        ("", BadKey::Form),
        ("a+b", BadKey::Form),
        (&vkey.replace("530d903a", "530d903b"), BadKey::Id),
        (&vkey.replace("530d903a", "530D903A"), BadKey::Id),
        (&vkey.replace("example.com", "example org"), BadKey::Form),
        (&vkey.replace("+Aeky", "+Beky"), BadKey::Type(5)),
        ("a+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", BadKey::Point),
    ] {
        assert_eq!(VerifierKey::parse(text), Err(expected), "{text}");
    }
}

/// What the oracle says of a note under one key.
fn oracle(bytes: &[u8], vkey: &str) -> Result<(), TheirError> {
    let note = signed_note::Note::from_bytes(bytes)?;
    let verifier = Box::new(StandardVerifier::new(vkey).unwrap());
    note.verify(&VerifierList::new(vec![verifier])).map(drop)
}

proptest! {
    #[test]
    fn what_one_signs_the_other_verifies(
        seed in any::<[u8; 32]>(), name in "[a-z][a-z0-9./-]{0,20}", text in "(\\PC{0,30}\n){1,5}",
    ) {
        prop_assume!(Note::unsigned(text.clone()).is_some());
        let key = SigningKey::from_seed(&name, KeyKind::Note, &seed).unwrap();
        let vkey = key.verifier().to_string();
        let mut ours = Note::unsigned(text.clone()).unwrap();
        ours.add([key.sign(&text, 0)]);
        prop_assert!(oracle(ours.to_string().as_bytes(), &vkey).is_ok());
        let signer = signed_note::StandardSigner::new(&key.to_secret_text()).unwrap();
        let mut theirs = signed_note::Note::new(text.as_bytes(), &[]).unwrap();
        theirs.add_sigs(&[&signer]).unwrap();
        // Ed25519 has one signature of a text.
        prop_assert_eq!(theirs.to_bytes(), ours.to_string().into_bytes());
    }

    #[test]
    fn any_change_of_a_note_is_judged_as_by_the_oracle(
        at in any::<prop::sample::Index>(), byte in any::<u8>(), insert in any::<bool>(),
    ) {
        for (vkey, text) in [FOO, NEUMANN, GO] {
            let mut bytes = text.as_bytes().to_vec();
            let at = at.index(bytes.len());
            if insert { bytes.insert(at, byte) } else { bytes[at] = byte }
            let ours = Note::parse(&bytes).ok();
            let key = key(vkey);
            let ours = ours.is_some_and(|note| note.verify([&key]).is_ok_and(|all| !all.is_empty()));
            prop_assert_eq!(ours, oracle(&bytes, vkey).is_ok(), "{}", String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(note) = Note::parse(&bytes) {
            prop_assert_eq!(note.to_string().into_bytes(), bytes);
        }
    }
}
