//! What is promised of integrity, as tests.

use proptest::prelude::*;

use super::*;

/// `ssri.fromData('hello', { algorithms: [...] })`, computed with npm's own ssri.
const HELLO: &str = "md5-XUFAKrxLKna5cZ2REBfFkg== sha1-qvTGHdzF6KLavt4PO0gs2a6pQ00= \
    sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ= \
    sha384-WeF0h3dEjGnea4ANejO7+5/xtGPkQ1TDVTvNucZm+pASWjx5+QOXvfX2oT3oKGhP \
    sha512-m3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==";

fn parse(text: &str) -> Integrity {
    Integrity::parse(text).unwrap()
}

#[test]
fn hasher_every_algorithm_equals_ssri() {
    let digests = Digests::of(b"hello", Algorithm::ALL);
    for hash in parse(HELLO).hashes() {
        assert_eq!(Some(digests.get(hash.algorithm()).unwrap()), hash.bytes().as_deref(), "{hash}");
        assert!(parse(&hash.to_string()).matches(&digests), "{hash}");
    }
}

#[test]
fn hasher_in_parts_equals_whole() {
    let mut hasher = Hasher::new([Algorithm::Sha1]);
    hasher.update(b"hel");
    hasher.update(b"");
    hasher.update(b"lo");
    assert_eq!(hasher.finish(), Digests::of(b"hello", [Algorithm::Sha1]));
}

#[test]
fn parse_then_display_equals_ssri() {
    // Left: input; right: String(ssri.parse(input)).
    for (input, printed) in [
        ("sha1-abc", "sha1-abc"),
        ("sha1-a sha512-b sha1-c?x?y", "sha1-a sha1-c?x?y sha512-b"),
        ("sha512-256-xx", "sha512-256-xx"),
        ("sha384-a?", "sha384-a?"),
        ("\u{feff}\tsha512-x?y \n z", "sha512-x?y"),
        ("foo-abc sha1-x", "sha1-x"),
    ] {
        assert_eq!(parse(input).to_string(), printed);
    }
}

#[test]
fn parse_without_a_hash_is_an_error_and_never_a_panic() {
    for (input, error) in [
        ("", IntegrityParseError::Empty),
        (" ", IntegrityParseError::Empty),
        ("\u{feff}\n", IntegrityParseError::Empty),
        ("sha512-", IntegrityParseError::NoneRecognised),
        ("sha512-?x", IntegrityParseError::NoneRecognised),
        ("sha512", IntegrityParseError::NoneRecognised),
        ("-", IntegrityParseError::NoneRecognised),
        ("SHA512-x", IntegrityParseError::NoneRecognised),
        ("foo-abc", IntegrityParseError::NoneRecognised),
    ] {
        assert_eq!(Integrity::parse(input), Err(error), "{input:?}");
    }
    assert_eq!(Integrity::parse(&"sha512-x ".repeat(10_000)), Err(IntegrityParseError::TooLong));
}

#[test]
fn parse_strict_keeps_only_what_the_specification_allows() {
    assert_eq!(Integrity::parse_strict(HELLO).unwrap().hashes().len(), 3);
    assert!(Integrity::parse_strict("sha1-qvTGHdzF6KLavt4PO0gs2a6pQ00=").is_err());
    assert!(Integrity::parse_strict("sha512-short").is_err());
    assert!(Integrity::parse_strict(&format!("sha512-{}", "_".repeat(88))).is_err());
    assert!(Integrity::parse_strict(&format!("sha512-{}?\u{e9}", "A".repeat(88))).is_err());
}

#[test]
fn strongest_alone_decides() {
    let digests = Digests::of(b"hello", Algorithm::ALL);
    let right_sha1 = "sha1-qvTGHdzF6KLavt4PO0gs2a6pQ00=";
    assert!(parse(right_sha1).matches(&digests));
    assert!(!parse(&format!("{right_sha1} sha512-wrong")).matches(&digests));
    assert!(parse(&HELLO.replace("XUF", "AAA")).matches(&digests));
    assert_eq!(parse(HELLO).strongest(), Algorithm::Sha512);
}

#[test]
fn matches_any_of_several_hashes_of_one_algorithm() {
    let digests = Digests::of(b"hello", [Algorithm::Sha1]);
    assert!(parse("sha1-other sha1-qvTGHdzF6KLavt4PO0gs2a6pQ00=").matches(&digests));
}

#[test]
fn matches_algorithm_that_was_not_computed_is_false() {
    let digests = Digests::of(b"hello", []);
    assert!(!parse("sha1-qvTGHdzF6KLavt4PO0gs2a6pQ00=").matches(&digests));
}

#[test]
fn mismatch_text_equals_npm() {
    let wanted = parse("sha1-qvTGHdzF6KLavt4PO0gs2a6pQ00= sha1-zzz");
    let mut hasher = Hasher::for_integrity(Some(&wanted));
    hasher.update(b"hellO");
    let error = wanted.check(&hasher.finish()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "sha1-qvTGHdzF6KLavt4PO0gs2a6pQ00= sha1-zzz integrity checksum failed when using sha1: \
         wanted sha1-qvTGHdzF6KLavt4PO0gs2a6pQ00=,sha1-zzz but got \
         sha512-Oyo+lmNRNxD3zPNC57T5RDQHkWkFSeuHnbXDUampI4d88xzRnSvSUaQjpP9SouHAoWrhZFEARn8T+V5XRUsQfg== \
         sha1-Vop1K39rUAfobVs4vlmZMd/ofVA=. (5 bytes)"
    );
    assert_eq!(error.code(), Code::Integrity);
    assert_eq!(error.of_package("a@1.0.0").package().as_deref(), Some("a@1.0.0"));
}

#[test]
fn mismatch_text_with_sha512_lists_it_once() {
    let error = parse("sha512-zzz").check(&Digests::of(b"", [Algorithm::Sha512])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "sha512-zzz integrity checksum failed when using sha512: wanted sha512-zzz but got \
         sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==. (0 bytes)"
    );
}

#[test]
fn from_sha1_hex_equals_ssri_and_refuses_the_rest() {
    let integrity = Integrity::from_sha1_hex("aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d").unwrap();
    assert_eq!(integrity.to_string(), "sha1-qvTGHdzF6KLavt4PO0gs2a6pQ00=");
    for text in
        ["", "aa", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434", &"g".repeat(40), &"é".repeat(20)]
    {
        assert_eq!(Integrity::from_sha1_hex(text), Err(IntegrityParseError::BadShasum), "{text}");
    }
}

#[test]
fn merge_adds_new_algorithms_and_refuses_changed_ones() {
    let mut integrity = parse("sha1-a");
    integrity.merge(&parse("sha512-b sha1-a sha1-c")).unwrap();
    assert_eq!(integrity.to_string(), "sha1-a sha512-b");
    assert!(integrity.merge(&parse("sha384-x sha512-other")).is_err());
    assert_eq!(integrity.to_string(), "sha1-a sha512-b");
}

#[test]
fn bytes_of_a_malformed_digest_are_none() {
    for text in ["sha512-!!!", "sha512-AAAA", "sha1-qvTGHdzF6KLavt4PO0gs2a6pQ00"] {
        assert_eq!(parse(text).hashes()[0].bytes(), None, "{text}");
    }
}

proptest! {
    #[test]
    fn parse_any_text_does_not_panic_and_prints_what_parses_again(text in "\\PC*|(sha1|sha512|md5)-[a-z?=+ ]{0,20}") {
        if let Ok(integrity) = Integrity::parse(&text) {
            prop_assert_eq!(Integrity::parse(&integrity.to_string()), Ok(integrity));
        }
    }

    #[test]
    fn hex_of_any_bytes_is_a_round_trip(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        prop_assert_eq!(decode_hex(&encode_hex(&bytes)), Some(bytes));
    }
}
