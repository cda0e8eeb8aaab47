//! The committed completions and man pages are what the command line describes.
//!
//! `DENPM_RENEW=1 cargo test --test it completions` writes them anew.

use std::{fs, path::Path};

use denpm::cli::{completions, man};

#[allow(clippy::expect_used, reason = "a test's failure")]
fn compare(folder: &str, files: &[(String, Vec<u8>)]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let renew = option_env_at_run("DENPM_RENEW");
    for (name, expected) in files {
        let file = folder.join(name);
        if renew {
            fs::create_dir_all(&folder).expect("a folder");
            fs::write(&file, expected).expect("a file");
        }
        let found = fs::read(&file).unwrap_or_default();
        assert!(
            found == *expected,
            "{} is stale: run `DENPM_RENEW=1 cargo test --test it completions`",
            file.display()
        );
    }
    let known = |name: &str| files.iter().any(|(file, _)| file == name);
    for entry in fs::read_dir(&folder).expect("a folder") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        assert!(known(&name), "{} holds {name}, which nothing generates", folder.display());
    }
}

#[allow(clippy::disallowed_methods, reason = "a switch of this test, not of denpm")]
fn option_env_at_run(key: &str) -> bool {
    std::env::var_os(key).is_some()
}

#[test]
fn completions_are_fresh() {
    let all = completions::Shell::ALL
        .map(|shell| (shell.file_name().to_owned(), completions::generate(shell)));
    compare("completions", &all);
}

#[test]
fn man_pages_are_fresh() {
    compare("man", &man::pages().expect("pages"));
}
