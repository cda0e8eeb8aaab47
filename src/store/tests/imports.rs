//! Look-up, integrity, races, crashes, changes.

use std::thread;

use super::*;

fn body() -> Vec<u8> {
    TarBuilder::package()
        .file("package/lib/index.js", b"module.exports = 1\n")
        .file("package/npm-shrinkwrap.json", b"{}")
        .gzip()
}

fn integrity_of(body: &[u8]) -> Integrity {
    Digests::of(body, []).sha512_integrity()
}

fn sha1_of(body: &[u8]) -> Integrity {
    let digests = Digests::of(body, [Algorithm::Sha1]);
    Integrity::from_sha1_hex(&encode_hex(digests.get(Algorithm::Sha1).unwrap())).unwrap()
}

#[test]
fn get_before_import_is_none_and_creates_nothing() {
    let (dir, store) = temporary_store();
    assert!(store.get(&integrity_of(&body())).is_none());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn get_after_import_is_the_same_package() {
    let (_dir, store) = temporary_store();
    let body = body();
    let imported = store.import_buffer(&body, Some(&integrity_of(&body)), &context()).unwrap();
    let found = store.get(&integrity_of(&body)).unwrap();
    assert_eq!(found.dir, imported.dir);
    assert_eq!(found.index, imported.index);
    assert_eq!(found.package_json, imported.package_json);
    assert_eq!(found.integrity, integrity_of(&body));
    assert_eq!(&*found.package_json, br#"{"name":"a","version":"1.0.0"}"#);
    assert_eq!(found.digests.size(), body.len() as u64);
    assert!(found.index.has_shrinkwrap() && !found.index.has_binding_gyp());
    found.verify_unchanged(Depth::Quick).unwrap();
}

#[test]
fn a_package_that_was_read_ahead_is_the_same_and_what_is_not_there_is_left_alone() {
    let (_dir, store) = temporary_store();
    let promised = integrity_of(&body()).to_string();
    store.read_ahead([promised.as_str(), "sha512-AA==", "no integrity"]);
    assert!(store.get(&integrity_of(&body())).is_none());
    let imported = store.import_buffer(&body(), None, &context()).unwrap();
    store.read_ahead([promised.as_str()]);
    for _ahead_and_read_again in 0..2 {
        let found = store.get(&integrity_of(&body())).unwrap();
        assert_eq!((&found.dir, &found.index), (&imported.dir, &imported.index));
    }
}

#[test]
fn get_by_sha1_works_after_an_import_by_sha1() {
    let (_dir, store) = temporary_store();
    let (body, sha1) = (body(), sha1_of(&body()));
    assert!(store.get(&sha1).is_none());
    store.import(&body[..], Some(&sha1), &context()).unwrap();
    assert_eq!(store.get(&sha1).unwrap().integrity, integrity_of(&body));
}

#[test]
fn get_by_sha1_works_after_a_second_import_of_a_known_package() {
    let (_dir, store) = temporary_store();
    let (body, sha1) = (body(), sha1_of(&body()));
    store.import_buffer(&body, None, &context()).unwrap();
    store.import_buffer(&body, Some(&sha1), &context()).unwrap();
    assert!(store.get(&sha1).is_some());
}

#[test]
fn get_by_a_digest_that_is_no_digest_is_none() {
    let (_dir, store) = temporary_store();
    for text in ["sha512-!", "sha512-AAAA", "sha1-../../x", "md5-x"] {
        assert!(store.get(&Integrity::parse(text).unwrap()).is_none(), "{text}");
    }
}

#[test]
fn import_other_bytes_than_promised_leaves_nothing_and_says_so_as_npm() {
    let wanted = integrity_of(b"something else");
    let climbing = TarBuilder::package().file("package/../x", b"").gzip();
    for hostile in [body(), climbing, b"<html>".to_vec(), Vec::new()] {
        let (dir, store) = temporary_store();
        let streamed = store.import(&hostile[..], Some(&wanted), &context()).unwrap_err();
        let whole = store.import_buffer(&hostile, Some(&wanted), &context()).unwrap_err();
        assert_eq!(streamed.to_string(), whole.to_string());
        let text = "integrity checksum failed when using sha512: wanted sha512-";
        assert!(whole.to_string().contains(text));
        assert_eq!((whole.code(), whole.package()), (Code::Integrity, Some("a@1.0.0".to_owned())));
        assert_eq!(files_in_store(dir.path()), Vec::<String>::new());
    }
}

#[test]
fn import_refused_archive_names_package_entry_and_rule() {
    let (_dir, store) = temporary_store();
    let body = TarBuilder::package().entry(b'2', b"package/l\nink", b"").gzip();
    let error = store.import_buffer(&body, None, &context()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a@1.0.0: entry \"package/l\\nink\": symbolic links are not allowed in a package"
    );
    assert_eq!((error.code(), error.exit()), (Code::Badarchive, 3));
}

#[test]
fn import_source_that_fails_is_a_source_error() {
    struct Reset<'a>(&'a [u8]);
    impl Read for Reset<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return Err(io::ErrorKind::ConnectionReset.into());
            }
            self.0.read(buffer)
        }
    }
    let (dir, store) = temporary_store();
    let body = body();
    let cut = Reset(&body[..body.len() / 2]);
    let error = store.import(cut, Some(&integrity_of(&body)), &context()).unwrap_err();
    assert!(matches!(error, StoreError::Source { .. }), "{error:?}");
    assert_eq!(files_in_store(dir.path()), Vec::<String>::new());
}

#[test]
fn import_many_at_once_gives_all_of_them_one_tree() {
    let (dir, _) = temporary_store();
    let (body, barrier) = (body(), Barrier::new(8));
    let import = || {
        // Each thread is a process of its own as far as the store can tell.
        let store = Store::open(dir.path()).unwrap();
        barrier.wait();
        store.import(&body[..], None, &context()).unwrap().dir
    };
    let dirs: Vec<PathBuf> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(import)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(dirs.windows(2).all(|pair| pair[0] == pair[1]));
    let store = Store::open(dir.path()).unwrap();
    store.get(&integrity_of(&body)).unwrap().verify_unchanged(Depth::Full).unwrap();
    assert_eq!(fs::read_dir(dir.path().join("v1/staging")).unwrap().count(), 0);
}

#[test]
fn import_over_a_damaged_entry_replaces_it() {
    let (_dir, store) = temporary_store();
    let body = body();
    let first = store.import_buffer(&body, None, &context()).unwrap();
    fs::write(first.dir.parent().unwrap().join("index"), "damaged").unwrap();
    fs::write(first.dir.join("rubbish"), "").unwrap();
    assert!(store.get(&integrity_of(&body)).is_none());
    let second = store.import_buffer(&body, None, &context()).unwrap();
    second.verify_unchanged(Depth::Full).unwrap();
    assert!(!second.dir.join("rubbish").exists());
}

#[test]
fn import_sweeps_old_staging_directories_and_leaves_young_ones() {
    let (dir, store) = temporary_store();
    let staging = dir.path().join("v1/staging");
    for name in ["old", "young"] {
        fs::create_dir_all(staging.join(name).join("package")).unwrap();
    }
    let old = SystemTime::now() - STALE - Duration::from_mins(1);
    File::open(staging.join("old")).unwrap().set_modified(old).unwrap();
    store.import_buffer(&body(), None, &context()).unwrap();
    assert!(!staging.join("old").exists());
    assert!(staging.join("young").exists());
}

#[test]
fn verify_unchanged_finds_edits_cuts_and_losses() {
    type Change = fn(&Path);
    let edit: Change = |path| {
        fs::write(path, "module.exports = 2\n").unwrap();
        let later = SystemTime::now() + Duration::from_secs(5);
        File::options().write(true).open(path).unwrap().set_modified(later).unwrap();
    };
    let cut: Change = |path| fs::write(path, "").unwrap();
    let lose: Change = |path| fs::remove_file(path).unwrap();
    for change in [edit, cut, lose] {
        let (_dir, store) = temporary_store();
        let written = store.import_buffer(&body(), None, &context()).unwrap();
        let package = store.get(&written.integrity).unwrap();
        let path = package.dir.join("lib/index.js");
        change(&path);
        let error = package.verify_unchanged(Depth::Quick).unwrap_err();
        assert!(matches!(&error, StoreError::Changed { path: changed } if *changed == path));
        assert_eq!(error.code(), Code::Integrity);
    }
}

#[test]
fn verify_unchanged_in_full_finds_an_edit_that_kept_its_time() {
    let (_dir, store) = temporary_store();
    let package = store.import_buffer(&body(), None, &context()).unwrap();
    let path = package.dir.join("lib/index.js");
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    fs::write(&path, "module.exports = 2\n").unwrap();
    File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    package.verify_unchanged(Depth::Quick).unwrap();
    assert!(package.verify_unchanged(Depth::Full).is_err());
}

#[test]
fn remove_takes_the_package_away_and_a_second_time_is_no_error() {
    let (dir, store) = temporary_store();
    let package = store.import_buffer(&body(), None, &context()).unwrap();
    store.remove(&package).unwrap();
    store.remove(&package).unwrap();
    assert!(store.get(&package.integrity).is_none());
    assert_eq!(files_in_store(dir.path()), Vec::<String>::new());
}

#[test]
fn import_large_body_is_streamed_with_the_same_result() {
    let mut noise = vec![0_u8; MAX_WHOLE];
    let mut state = 1_u32;
    for byte in &mut noise {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = state.to_be_bytes()[0];
    }
    let body = TarBuilder::package().file("package/noise", &noise).gzip();
    assert!(accepted(&body)["noise"].as_ref().unwrap().0 == noise);
}

#[test]
fn extract_keeps_gitignore_when_asked() {
    let dir = tempfile::tempdir().unwrap();
    let body = TarBuilder::package().file("package/.gitignore", b"x").gzip();
    let target = dir.path().join("target");
    let digests = extract(&body[..], None, &target, IgnoreFiles::Keep, &context()).unwrap();
    assert_eq!(digests, Digests::of(&body, []));
    assert_eq!(names(&tree(&target)), [".gitignore", "package.json"]);
}

#[test]
fn index_lists_the_tree_and_the_archive() {
    let (_dir, store) = temporary_store();
    let archive = TarBuilder::package()
        .file("package/.npmignore", b"n")
        .file("package/.gitignore", b"g")
        .directory("package/a/b");
    let index = store.import_buffer(&archive.gzip(), None, &context()).unwrap().index;
    let paths: Vec<&str> = index.files().iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, [".npmignore", "package.json"]);
    let directories: Vec<String> = index.directories().iter().map(ToString::to_string).collect();
    assert_eq!(directories, ["a", "a/b"]);
    let mut archived: Vec<String> =
        index.archive_files().map(|file| file.archive_path().to_string()).collect();
    archived.sort();
    assert_eq!(archived, [".gitignore", ".npmignore", "package.json"]);
}
