//! What is promised of packument, as tests.

use super::*;
use proptest::prelude::*;

const DOCUMENT: &str = r#" {"_id":"x","name":"x","dist-tags":{"latest":"1.1.0","odd":1},
  "versions":{"1.0.0":{"name":"x","version":"1.0.0","deprecated":"old"},
              "1.1.0" : {"name":"x","version":"1.1.0","engines":{"node":">=1"}},
              "1.2.0": 7},
  "time":{"modified":"2020-01-01T00:00:00.000Z","1.0.0":"2015-01-02T03:04:05.678901+00:00","bad":1},
  "maintainers":[{"name":"é"}]} "#;

/// What two readers could read differently.
const AMBIGUOUS: [&str; 11] = [
    "",
    "[]",
    "{",
    "{} {}",
    r#"{"versions":{"1.0.0":{},"1.0.0":{}}}"#,
    r#"{"versions":{"1.0.0":{},"1.\u0030.0":{}}}"#,
    r#"{"versions":{},"versions":{}}"#,
    r#"{"name":"x","name":"y"}"#,
    r#"{"time":{},"time":{}}"#,
    r#"{"versions":[]}"#,
    r#"{"versions":{"1.0.0":{}},"readme":x}"#,
];

fn packument(text: &str) -> Result<Packument, PackumentError> {
    Packument::parse(Bytes::copy_from_slice(text.as_bytes()))
}

#[test]
fn parse_finds_every_part() {
    let packument = packument(DOCUMENT).unwrap();
    assert_eq!(packument.versions().collect::<Vec<_>>(), ["1.0.0", "1.1.0", "1.2.0"]);
    assert_eq!(packument.dist_tags().collect::<Vec<_>>(), [("latest", "1.1.0")]);
    assert_eq!(packument.versions_descending().collect::<Vec<_>>(), ["1.2.0", "1.1.0", "1.0.0"]);
    assert_eq!(packument.raw_manifest("1.2.0").unwrap(), b"7".as_slice());
    assert_eq!(packument.raw_field("maintainers").unwrap(), "[{\"name\":\"é\"}]".as_bytes());
    assert_eq!(packument.published_ms("1.0.0"), Some(1_420_167_845_678));
    assert_eq!((packument.published_ms("bad"), packument.has_times()), (None, true));
    assert_eq!(packument.modified().as_deref(), Some("2020-01-01T00:00:00.000Z"));
}

#[test]
fn a_time_alone_is_the_one_among_all() {
    let packument = packument(DOCUMENT).unwrap();
    let versions = ["1.0.0", "1.1.0", "modified", "bad", ""];
    let alone = versions.map(|version| packument.published_alone_ms(version));
    assert_eq!(alone, versions.map(|version| packument.published_ms(version)));
    assert_eq!(versions.map(|version| packument.published_alone_ms(version)), alone);
    assert_eq!(one_time(br#"{"1":"a","\u0031":"b"}"#, "1").as_deref(), Some("b"));
}

#[test]
fn attested_versions_are_those_that_speak_of_it() {
    let text = r#"{"name":"x","versions":{"1.0.0":{"dist":{}},"1.1.0":{"dist":{"attestations":{}}},
        "1.2.0":{"_npmUser":{"approver":{}}}}}"#;
    let packument = packument(text).unwrap();
    assert_eq!(packument.attested_versions().collect::<Vec<_>>(), ["1.1.0", "1.2.0"]);
}

#[test]
fn an_excerpt_says_what_the_whole_packument_says() {
    let versions = ["1.0.0", "1.1.0", "1.2.0", "9.9.9"].map(str::to_owned);
    let excerpt = Excerpt::read(&versions, DOCUMENT.as_bytes()).unwrap();
    assert_eq!(excerpt, packument(DOCUMENT).unwrap().excerpt(&versions));
    let release = excerpt.release("1.0.0").unwrap();
    assert_eq!(release.time.as_deref(), Some("2015-01-02T03:04:05.678901+00:00"));
    assert_eq!(excerpt.release("1.1.0").unwrap().time, None);
    // 1.2.0 is no object.
    assert!(excerpt.release("1.2.0").is_none() && excerpt.release("9.9.9").is_none());
    assert!(excerpt.verify_name(&PackageName::parse("x").unwrap()).is_ok());
    assert!(excerpt.verify_name(&PackageName::parse("y").unwrap()).is_err());
}

#[test]
fn a_time_that_cannot_be_read_takes_no_other_with_it() {
    let text = r#"{"name":"x","time":{"2.0.0":"\ud800","1.0.0":"2020-01-01T00:00:00.000Z"},
        "versions":{"1.0.0":{"name":"x"},"2.0.0":{"name":"x"}}}"#;
    for wanted in [&["1.0.0"][..], &["2.0.0"], &["1.0.0", "2.0.0"]] {
        let versions: Vec<String> = wanted.iter().copied().map(str::to_owned).collect();
        let excerpt = Excerpt::read(&versions, text.as_bytes()).unwrap();
        assert_eq!(excerpt, packument(text).unwrap().excerpt(&versions));
        let told = |version| excerpt.release(version).is_some_and(|told| told.time.is_some());
        assert_eq!((told("1.0.0"), told("2.0.0")), (wanted.contains(&"1.0.0"), false));
    }
}

#[test]
fn an_excerpt_is_only_of_what_stands_among_the_versions() {
    let versions = ["1.0.0".to_owned()];
    let text = r#"{"name":"x","1.0.0":{"name":"a"},"dist-tags":{"1.0.0":{"name":"b"}},
        "versions":{"0.9.0":{"directories":{"1.0.0":{"name":"c"}},"versions":{"1.0.0":{"name":"d"}}}}}"#;
    assert!(Excerpt::read(&versions, text.as_bytes()).unwrap().release("1.0.0").is_none());
    let own = text.replacen("\"0.9.0\"", r#""1.\u0030.0":{"name":"own"},"0.9.0""#, 1);
    let excerpt = Excerpt::read(&versions, own.as_bytes()).unwrap();
    assert_eq!(excerpt.release("1.0.0").unwrap().manifest.name.as_deref(), Some("own"));
}

#[test]
fn an_excerpt_is_refused_where_its_own_versions_could_be_read_differently() {
    let versions = ["1.0.0".to_owned()];
    for text in AMBIGUOUS {
        assert!(Excerpt::read(&versions, text.as_bytes()).is_err(), "{text}");
    }
    assert!(Excerpt::read(&versions, br#"{"versions":null}"#).is_ok());
}

#[test]
fn manifest_is_parsed_once() {
    let packument = packument(DOCUMENT).unwrap();
    let first = packument.manifest("1.1.0").unwrap().unwrap();
    assert!(Arc::ptr_eq(&first, &packument.manifest("1.1.0").unwrap().unwrap()));
    assert!(packument.manifest("9.9.9").is_none() && packument.manifest("1.2.0").unwrap().is_err());
}

#[test]
fn open_of_its_index_is_the_same_packument() {
    let origin = r#""name":"x","version":"1.1.0","dist":{"attestations":{}}"#;
    let text = Bytes::from(DOCUMENT.replace(r#""name":"x","version":"1.1.0""#, origin));
    let parsed = Packument::parse(text.clone()).unwrap();
    let index = Packument::index_of(&text).unwrap();
    let opened = Packument::open(index, Arc::new(text)).unwrap();
    let said = |packument: &Packument| {
        let all = |versions: &mut dyn Iterator<Item = &str>| {
            versions.map(str::to_owned).collect::<Vec<_>>()
        };
        let versions = [
            all(&mut packument.versions()),
            all(&mut packument.versions_descending()),
            all(&mut packument.attested_versions()),
        ];
        let tags: Vec<_> =
            packument.dist_tags().map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
        let manifest = packument.manifest("1.1.0").map(Result::unwrap);
        (versions, tags, manifest, packument.raw_field("time"), packument.name().map(str::to_owned))
    };
    assert_eq!(said(&opened), said(&parsed));
    assert_eq!(said(&opened).0.map(|versions| versions.len()), [3, 3, 1]);
}

#[test]
fn manifest_of_another_text_is_lost() {
    let index = Packument::index_of(DOCUMENT.as_bytes()).unwrap();
    let over = |text: String| Packument::open(index.clone(), Arc::new(Bytes::from(text))).unwrap();
    let other = over(DOCUMENT.replace("\"deprecated\":\"old\"", "\"deprecated\":\"odd\""));
    assert!(matches!(other.manifest("1.0.0"), Some(Err(ManifestError::Lost))));
    assert!(other.manifest("1.1.0").unwrap().is_ok());
    assert!(over(String::new()).raw_manifest("1.2.0").is_none());
}

#[test]
fn verify_name_wants_the_name_that_was_asked_for() {
    let name = |text| PackageName::parse(text).unwrap();
    assert!(packument(DOCUMENT).unwrap().verify_name(&name("x")).is_ok());
    assert!(packument(DOCUMENT).unwrap().verify_name(&name("y")).is_err());
    assert!(packument(r#"{"name":"x","_id":"y"}"#).unwrap().verify_name(&name("x")).is_err());
    assert!(packument(r#"{"name":"x"}"#).unwrap().verify_name(&name("x")).is_ok());
    assert!(packument("{}").unwrap().verify_name(&name("x")).is_err());
}

#[test]
fn parse_refuses_what_two_readers_could_read_differently() {
    for text in AMBIGUOUS {
        assert!(packument(text).is_err(), "{text}");
    }
    assert!(packument(r#"{"dist-tags":{"latest":"1","latest":"2"}}"#).is_err());
    assert!(packument(r#"{"versions":null,"dist-tags":null}"#).is_ok());
}

#[test]
fn parse_bounds_versions_and_survives_depth() {
    let many: Vec<String> = (0..=MAX_ENTRIES).map(|number| format!("\"{number}\":1")).collect();
    assert!(packument(&format!("{{\"versions\":{{{}}}}}", many.join(","))).is_err());
    let text = format!("{{\"versions\":{{{}}}}}", many.join(","));
    assert!(Excerpt::read(&["1".to_owned()], text.as_bytes()).is_err());
    let deep = format!("{}1{}", "[".repeat(200_000), "]".repeat(200_000));
    let packument = packument(&format!("{{\"versions\":{{\"1.0.0\":{deep}}}}}")).unwrap();
    assert!(packument.manifest("1.0.0").unwrap().is_err());
}

proptest! {
    #[test]
    fn an_excerpt_of_any_text_is_that_of_its_packument(at in 0usize..DOCUMENT.len(), byte: u8) {
        let mut bytes = DOCUMENT.as_bytes().to_vec();
        bytes[at] = byte;
        let versions = ["1.0.0", "1.1.0"].map(str::to_owned);
        let excerpt = Excerpt::read(&versions, &bytes);
        if let Ok(packument) = Packument::parse(bytes.into()) {
            prop_assert_eq!(excerpt.unwrap(), packument.excerpt(&versions));
        }
    }

    #[test]
    fn parse_never_panics(cut in 0usize..DOCUMENT.len(), byte in any::<u8>()) {
        let mut bytes = DOCUMENT.as_bytes().to_vec();
        bytes[cut] = byte;
        if let Ok(packument) = Packument::parse(bytes.into()) {
            for version in packument.versions() {
                prop_assert!(packument.raw_manifest(version).is_some_and(|raw| !raw.is_empty()));
                let _either = packument.manifest(version);
            }
        }
        let _either = Packument::parse(Bytes::copy_from_slice(&DOCUMENT.as_bytes()[..cut]));
    }
}
