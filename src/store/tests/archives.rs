//! Every row of the archive table (one refusal a test), and the oracle.

use proptest::prelude::*;

use super::*;

fn package() -> TarBuilder {
    TarBuilder::package()
}

fn header(kind: u8, name: &[u8], at: usize, bytes: &[u8]) -> RawHeader {
    let mut header = RawHeader::new(kind, name, 0);
    header.put(at, bytes);
    header
}

#[test]
fn archive_plain_package_is_unpacked_with_npm_modes() {
    let body = package()
        .directory("package/empty")
        .file_mode("package/bin/cli.js", b"#!/usr/bin/env node\n", *b"0000755\0")
        .file_mode("package/group-x", b"x", *b"0000654\0")
        .gzip();
    let tree = accepted(&body);
    assert_eq!(names(&tree), ["bin", "bin/cli.js", "empty", "group-x", "package.json"]);
    if cfg!(unix) {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("plain"), "").unwrap();
        let plain = mode(&dir.path().join("plain"));
        let mode = |name: &str| tree[name].as_ref().unwrap().1;
        assert_eq!(mode("package.json"), plain);
        assert_eq!(mode("bin/cli.js") & 0o666, plain);
        assert_eq!(mode("bin/cli.js") & 0o100, 0o100);
        assert_eq!(mode("group-x") & 0o111, 0o010 & mode("bin/cli.js"));
    }
}

#[test]
fn archive_setuid_and_world_writable_bits_are_dropped() {
    let archive = package().file_mode("package/x", b"x", *b"0006777\0");
    let tree = accepted(&archive.file_mode("package/y", b"y", *b"0007666\0").gzip());
    if cfg!(unix) {
        assert_eq!(tree["x"].as_ref().unwrap().1 & 0o7000, 0);
        assert_eq!(tree["y"].as_ref().unwrap().1, tree["package.json"].as_ref().unwrap().1);
    }
}

#[test]
fn archive_other_root_than_package_is_accepted() {
    for root in ["node", "package-1.2.3", "."] {
        let body = TarBuilder::default().file(&format!("{root}/package.json"), b"{}").gzip();
        assert_eq!(names(&accepted(&body)), ["package.json"]);
    }
}

#[test]
fn archive_plain_tar_is_accepted_as_npm_does() {
    assert_eq!(names(&accepted(&package().tar())), ["package.json"]);
}

#[test]
fn archive_global_header_of_git_is_passed_over() {
    let comment = pax(&[("comment", "0123456789012345678901234567890123456789")]);
    let archive = TarBuilder::default().entry(b'g', b"pax_global_header", &comment);
    assert_eq!(names(&accepted(&archive.file("a/package.json", b"{}").gzip())), ["package.json"]);
}

#[test]
fn archive_long_names_of_every_kind_are_read() {
    let (pax_name, gnu_name) = ("e".repeat(150), "d".repeat(150));
    let mut prefixed = RawHeader::new(b'0', b"prefixed", 1);
    prefixed.put(345, b"package/some/prefix");
    let body = package()
        .pax(&[("path", &format!("package/{pax_name}/x"))])
        .file("package/short", b"1")
        .entry(b'L', b"././@LongLink", format!("package/{gnu_name}/x\0").as_bytes())
        .file("package/short", b"2")
        .header(prefixed)
        .body(b"3")
        .gzip();
    let tree = accepted(&body);
    let content = |name: &str| tree[name].as_ref().unwrap().0.clone();
    assert_eq!(content(&format!("{pax_name}/x")), b"1");
    assert_eq!(content(&format!("{gnu_name}/x")), b"2");
    assert_eq!(content("some/prefix/prefixed"), b"3");
}

#[test]
fn archive_v7_types_and_slash_directories_are_read() {
    let mut old = RawHeader::new(0, b"package/old", 1);
    old.put(257, &[0; 8]);
    let archive = package().header(old).body(b"x").entry(b'0', b"package/dir/", b"");
    let tree = accepted(&archive.gzip());
    assert_eq!(tree["dir"], None);
    assert_eq!(tree["old"].as_ref().unwrap().0, b"x");
}

#[test]
fn archive_path_upwards_is_refused_with_its_entry() {
    let body = package().file("package/../../x\u{7}", b"").gzip();
    let refusal = import_both(&body, &context()).unwrap_err();
    assert_eq!(refusal.rule, Rule::Path(PathRule::Parent));
    assert_eq!(refusal.entry.as_deref(), Some("package/../../x\\u{7}"));
}

#[test]
fn archive_unsafe_names_are_refused() {
    for (name, rule) in [
        (&b"/etc/passwd"[..], PathRule::Absolute),
        (b"package//etc/passwd", PathRule::NotNormal),
        (b"package\\..\\x", PathRule::Backslash),
        (b"package/C:x", PathRule::Colon),
        (b"package/nul.txt", PathRule::Reserved),
        (b"package/x.", PathRule::TrailingDotOrSpace),
        (b"package/\x1b[2J", PathRule::Control),
        (b"package/\xff", PathRule::NotUtf8),
        (b"package/a\0/../../b", PathRule::Nul),
        (b"", PathRule::Empty),
    ] {
        for kind in [b'0', b'5'] {
            let rule_broken = refused(&package().entry(kind, name, b"").gzip());
            assert_eq!(rule_broken, Rule::Path(rule), "{name:?}");
        }
    }
}

#[test]
fn archive_unsafe_names_in_extensions_are_refused() {
    let long = |name: &[u8]| {
        refused(&package().entry(b'L', b"././@LongLink", name).file("package/x", b"").gzip())
    };
    assert_eq!(long(b"package/../../x\0"), Rule::Path(PathRule::Parent));
    assert_eq!(long(b"package/x\0y\0"), Rule::Path(PathRule::Nul));
    let by_pax = package().pax(&[("path", "../x")]).file("package/x", b"").gzip();
    assert_eq!(refused(&by_pax), Rule::Path(PathRule::Parent));
    let by_prefix = package().header(header(b'0', b"x", 345, b"package/..")).gzip();
    assert_eq!(refused(&by_prefix), Rule::Path(PathRule::Parent));
}

#[test]
fn archive_links_devices_and_unknown_types_are_refused() {
    for kind in *b"12346KSVMDN7ZA" {
        let body = package().header(header(kind, b"package/link", 157, b"/etc/passwd")).gzip();
        assert_eq!(refused(&body), Rule::Type(kind));
    }
    let sparse = package().pax(&[("GNU.sparse.major", "1")]).file("package/x", b"").gzip();
    assert_eq!(refused(&sparse), Rule::Type(b'S'));
}

#[test]
fn archive_pax_size_wins_over_none_and_is_refused_against_another() {
    let body = |size: usize| {
        let archive = package().pax(&[("size", "5")]);
        archive.header(RawHeader::new(b'0', b"package/x", size)).body(b"hello").gzip()
    };
    assert_eq!(accepted(&body(0))["x"].as_ref().unwrap().0, b"hello");
    assert_eq!(accepted(&body(5))["x"].as_ref().unwrap().0, b"hello");
    assert_eq!(refused(&body(512)), Rule::SizeDisagrees);
}

#[test]
fn archive_pax_size_zero_that_would_smuggle_an_entry_is_refused() {
    let smuggled = TarBuilder::default().file("package/evil", b"").without_end();
    let body = package().pax(&[("size", "0")]).file("package/x", &smuggled).gzip();
    assert_eq!(refused(&body), Rule::SizeDisagrees);
}

#[test]
fn archive_malformed_extensions_are_refused() {
    let file = |archive: TarBuilder| refused(&archive.file("package/x", b"").gzip());
    let one = |kind: u8, content: &[u8]| file(package().entry(kind, b"x", content));
    let path = || package().pax(&[("path", "package/a")]);
    for rule in [
        one(b'x', b"999 path=x\n"),
        one(b'x', b"11 size=-1\n"),
        one(b'g', &pax(&[("path", "package/y")])),
        one(b'x', &vec![b'0'; (1 << 20) + 1]),
        file(path().pax(&[("mtime", "1")])),
        file(path().entry(b'L', b"l", b"package/b\0")),
        refused(&path().gzip()),
    ] {
        assert!(matches!(rule, Rule::Extended(_)), "{rule:?}");
    }
}

#[test]
fn archive_negative_or_huge_sizes_are_refused_without_allocation() {
    let sized =
        |size: &[u8]| refused(&package().header(header(b'0', b"package/x", 124, size)).gzip());
    assert_eq!(sized(&[0xff; 12]), Rule::BadNumber("size"));
    assert_eq!(sized(b"-0000000001\0"), Rule::BadNumber("size"));
    assert_eq!(sized(&[0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]), Rule::BadNumber("size"));
    for size in [&[0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0][..], b"77777777777\0"] {
        assert!(matches!(sized(size), Rule::TooManyBytes(_)));
    }
    let by_pax = package().pax(&[("size", "9223372036854775808")]).file("package/x", b"").gzip();
    assert!(matches!(refused(&by_pax), Rule::TooManyBytes(_)));
}

#[test]
fn archive_bomb_of_bytes_is_refused() {
    let body = package().file("package/zeros", &vec![0; 40 << 20]).gzip();
    assert!(body.len() < 1 << 19);
    assert!(matches!(refused(&body), Rule::TooManyBytes(_)));
}

#[test]
fn archive_bomb_beyond_the_hints_is_refused() {
    let body = package().file("package/zeros", &vec![0; 16 << 20]).gzip();
    accepted(&body);
    let hinted = ImportContext { unpacked_size: Some(1000), file_count: Some(2), ..context() };
    assert!(matches!(import_both(&body, &hinted).unwrap_err().rule, Rule::TooManyBytes(_)));
}

#[test]
fn archive_bomb_of_entries_is_refused() {
    let names = (0..1500).map(|number| format!("package/{number}"));
    let body = names.fold(package(), |archive, name| archive.file(&name, b"")).gzip();
    let hinted = ImportContext { file_count: Some(2), ..context() };
    assert_eq!(import_both(&body, &hinted).unwrap_err().rule, Rule::TooManyEntries(1008));
}

#[test]
fn archive_bomb_of_depth_is_refused() {
    let deep = format!("package/{}", vec!["d"; 129].join("/"));
    let body = package().pax(&[("path", &deep)]).file("package/x", b"").gzip();
    assert_eq!(refused(&body), Rule::Path(PathRule::TooDeep));
}

#[test]
fn archive_bomb_of_members_is_refused() {
    let mut body = package().gzip();
    body.extend(gzip(b"").repeat(1024));
    assert_eq!(refused(&body), Rule::TooManyMembers);
}

#[test]
fn archive_cut_at_any_byte_is_refused() {
    let body = package().file("package/x", b"some content").gzip();
    for length in (0..body.len()).step_by(3).chain([body.len() - 1]) {
        let rule = refused(&body[..length]);
        assert!(matches!(rule, Rule::Truncated | Rule::Empty), "{length}: {rule:?}");
    }
}

#[test]
fn archive_tar_cut_inside_is_refused() {
    let tar = package().file("package/x", &[7; 600]).tar();
    let end = tar.len() - 1024;
    for (length, rule) in [
        (end, Rule::NoEnd),
        (end + 512, Rule::NoEnd),
        (end - 100, Rule::Truncated),
        (end - 1000, Rule::Truncated),
        (end + 100, Rule::Truncated),
        (0, Rule::NoEnd),
    ] {
        assert_eq!(refused(&gzip(&tar[..length])), rule, "{length}");
    }
}

#[test]
fn archive_bad_crc_or_length_is_refused() {
    let body = package().gzip();
    for position in [body.len() - 8, body.len() - 4] {
        let mut changed = body.clone();
        changed[position] ^= 1;
        assert_eq!(refused(&changed), Rule::CorruptGzip);
    }
}

#[test]
fn archive_bad_header_checksum_is_refused() {
    let mut tar = package().tar();
    tar[0] ^= 1;
    assert_eq!(refused(&gzip(&tar)), Rule::Checksum);
    assert_eq!(refused(&b"this is not an archive at all".repeat(30)), Rule::Checksum);
}

#[test]
fn archive_all_gzip_members_are_read() {
    let tar = package().file("package/x", b"second").tar();
    let (first, second) = tar.split_at(700);
    let tree = accepted(&[gzip(first), gzip(second)].concat());
    assert_eq!(names(&tree), ["package.json", "x"]);
    // A second archive behind the end of the first is what a lenient reader would miss.
    assert_eq!(refused(&[gzip(&tar), gzip(&tar)].concat()), Rule::TrailingBytes);
}

#[test]
fn archive_trailing_bytes_are_refused_and_padding_is_not() {
    let body = package().gzip();
    assert_eq!(refused(&[&body[..], b"x"].concat()), Rule::TrailingBytes);
    assert_eq!(refused(&[&body[..], &[0; 512]].concat()), Rule::TrailingBytes);
    assert_eq!(refused(&[&body[..], &[0x1f]].concat()), Rule::Truncated);
    accepted(&gzip(&[package().tar(), vec![0; 8192]].concat()));
    assert_eq!(refused(&gzip(&[package().tar(), vec![1]].concat())), Rule::TrailingBytes);
}

#[test]
fn archive_single_zero_block_before_more_entries_is_refused() {
    let body = package().raw(&[0; 512]).file("package/x", b"").gzip();
    assert_eq!(refused(&body), Rule::TrailingBytes);
}

#[test]
fn archive_empty_or_without_package_json_is_refused() {
    let none = TarBuilder::default;
    assert_eq!(refused(b""), Rule::Empty);
    assert_eq!(refused(&none().gzip()), Rule::NoPackageJson);
    assert_eq!(
        refused(&none().file("package/lib/package.json", b"{}").gzip()),
        Rule::NoPackageJson
    );
    assert_eq!(refused(&none().directory("package/package.json").gzip()), Rule::NoPackageJson);
}

#[test]
fn archive_two_roots_or_a_file_beside_the_root_is_refused() {
    assert_eq!(refused(&package().file("other/x", b"").gzip()), Rule::TwoRoots);
    assert_eq!(refused(&package().directory("other").gzip()), Rule::TwoRoots);
    assert_eq!(refused(&package().file("package", b"").gzip()), Rule::OutsideRoot);
}

#[test]
fn archive_differing_duplicates_are_refused_and_equal_ones_are_one() {
    let duplicate = |content: &[u8], mode| {
        let archive = package().file("package/x", b"1");
        archive.file_mode("package/x", content, mode).gzip()
    };
    assert_eq!(names(&accepted(&duplicate(b"1", *b"0000644\0"))), ["package.json", "x"]);
    assert_eq!(refused(&duplicate(b"2", *b"0000644\0")), Rule::Duplicate);
    assert_eq!(refused(&duplicate(b"1", *b"0000755\0")), Rule::Duplicate);
    assert_eq!(refused(&package().file("package/package.json", b"{}").gzip()), Rule::Duplicate);
}

#[test]
fn archive_name_of_file_and_directory_is_refused() {
    let file_first = package().file("package/x", b"");
    for archive in [
        file_first.clone().file("package/x/y", b""),
        file_first.directory("package/x"),
        package().directory("package/x").file("package/x", b""),
        package().directory("package/.npmignore").file("package/.gitignore", b""),
        package().file("package/.gitignore", b"").directory("package/.npmignore"),
        package().file("package/.gitignore", b"").directory("package/.gitignore"),
    ] {
        assert_eq!(refused(&archive.gzip()), Rule::FileAndDirectory);
    }
}

#[test]
fn archive_directory_with_content_is_refused() {
    for (kind, name) in [(b'5', b"package/d"), (b'0', b"package/d"), (b'5', b"package/e")] {
        let name = if kind == b'0' { [&name[..], b"/"].concat() } else { name.to_vec() };
        let body = package().entry(kind, &name, b"x").gzip();
        assert_eq!(refused(&body), Rule::DirectoryWithContent);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn archive_names_that_differ_by_case_are_both_kept_on_linux() {
    let body = package().file("package/README", b"1").file("package/readme", b"2").gzip();
    assert_eq!(names(&accepted(&body)), ["README", "package.json", "readme"]);
}

#[test]
fn archive_names_that_differ_by_case_are_refused_where_they_collide() {
    let unpacked = |names: [&str; 2], contents: [&[u8]; 2]| {
        let dir = tempfile::tempdir().unwrap();
        let tar = package().file(names[0], contents[0]).file(names[1], contents[1]).tar();
        let mut walk = Walk::new(Whole(&tar), context().limits());
        let target = dir.path().join("x");
        unpack(&mut walk, &target, IgnoreFiles::RenameGitignore, CaseRule::Insensitive)
    };
    for pair in [
        ["package/A", "package/a"],
        ["package/ß", "package/ss"],
        ["package/\u{e9}", "package/e\u{301}"],
    ] {
        let refused = unpacked(pair, [b"1", b"2"]);
        let collides =
            matches!(refused, Err(Fault::Refused(Refusal { rule: Rule::Collision(_), .. })));
        assert!(collides, "{pair:?}");
        assert_eq!(unpacked(pair, [b"1", b"1"]).unwrap().files.len(), 2, "{pair:?}");
    }
    assert!(unpacked(["package/a", "package/A/b"], [b"", b""]).is_err());
}

#[test]
fn archive_gitignore_becomes_npmignore_unless_there_is_one() {
    let content = |archive: TarBuilder| {
        let tree = accepted(&archive.gzip());
        assert_eq!(names(&tree), [".npmignore", "package.json"]);
        tree[".npmignore"].as_ref().unwrap().0.clone()
    };
    let git = |archive: TarBuilder| archive.file("package/.gitignore", b"git");
    let npm = |archive: TarBuilder| archive.file("package/.npmignore", b"npm");
    assert_eq!(content(git(package())), b"git");
    assert_eq!(content(git(npm(package()))), b"npm");
    assert_eq!(content(npm(git(package()))), b"npm");
}

#[derive(Clone, Debug)]
enum Step {
    File(String, Vec<u8>),
    Directory(String),
    Pax(String, Option<u8>),
    LongName(String),
    Raw(u8, Vec<u8>, u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let name = || "(package/){1,2}[ab.]{1,3}(/[abAB]{1,2}){0,2}/?|(package|other)/?[ab]?";
    let content = || proptest::collection::vec(any::<u8>(), 0..700);
    let raw_name = proptest::collection::vec(any::<u8>(), 0..100);
    let step = prop_oneof![
        6 => (name(), content()).prop_map(|(name, content)| Step::File(name, content)),
        2 => name().prop_map(Step::Directory),
        1 => (name(), proptest::option::of(any::<u8>())).prop_map(|(path, size)| Step::Pax(path, size)),
        1 => name().prop_map(Step::LongName),
        1 => (any::<u8>(), raw_name, any::<u8>()).prop_map(|(kind, name, size)| Step::Raw(kind, name, size)),
    ];
    proptest::collection::vec(step, 0..6)
}

fn build(steps: &[Step]) -> TarBuilder {
    steps.iter().fold(package(), |archive, step| match step {
        Step::File(name, content) => archive.file(name, content),
        Step::Directory(name) => archive.directory(name),
        Step::Pax(path, None) => archive.pax(&[("path", path)]),
        Step::Pax(path, Some(size)) => archive.pax(&[("path", path), ("size", &size.to_string())]),
        Step::LongName(name) => archive.entry(b'L', b"././@LongLink", name.as_bytes()),
        Step::Raw(kind, name, size) => {
            archive.header(RawHeader::new(*kind, name, usize::from(*size)))
        }
    })
}

/// What the crate `tar` reads: paths below the root with their content.
fn oracle(tar: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = tar::Archive::new(tar);
    let mut files = BTreeMap::new();
    for mut entry in archive.entries().unwrap().map(Result::unwrap) {
        let path = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
        if entry.header().entry_type().is_file() && !path.ends_with('/') {
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            // Single dots mean nothing to us; the crate leaves them in.
            let below = path.split('/').skip(1).filter(|component| *component != ".");
            files.insert(below.collect::<Vec<_>>().join("/"), content);
        }
    }
    files
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn archive_any_steps_both_readers_agree_and_so_does_the_oracle(
        steps in steps(),
        cut in proptest::option::weighted(0.2, 0_usize..6000),
    ) {
        let mut tar = build(&steps).tar();
        tar.truncate(cut.unwrap_or(usize::MAX));
        if let Ok(tree) = import_both(&gzip(&tar), &context()) {
            let file = |(name, file): (String, Option<(Vec<u8>, u32)>)| Some((name, file?.0));
            let files: BTreeMap<_, _> = tree.into_iter().filter_map(file).collect();
            prop_assert_eq!(files, oracle(&tar));
        }
    }

    #[test]
    fn archive_any_changed_bit_is_refused_or_harmless(
        position in any::<prop::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let mut body = package().file("package/x", b"content").gzip();
        let original = accepted(&body);
        let position = position.index(body.len());
        body[position] ^= 1 << bit;
        // Harmless are time, level and system in the gzip header, and the padding of its last byte.
        if let Ok(tree) = import_both(&body, &context()) {
            prop_assert_eq!(tree, original);
        }
    }
}
