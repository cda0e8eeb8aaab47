//! No test is forgotten: every file under `tests/it` is declared as a module.

use crate::support::sandbox::repository;
use std::{fs, path::Path};

#[test]
fn every_test_file_is_a_module() {
    let mut forgotten = Vec::new();
    check(&repository().join("tests/it"), "main.rs", &mut forgotten);
    assert!(forgotten.is_empty(), "declared nowhere: {forgotten:#?}");
}

/// Every file and folder beside `declarations` must be named by a `mod` line in it.
fn check(folder: &Path, declarations: &str, forgotten: &mut Vec<String>) {
    let text = fs::read_to_string(folder.join(declarations)).unwrap();
    for item in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = item.path();
        let is_module = path.is_dir() || path.extension().is_some_and(|ending| ending == "rs");
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let declared = text.lines().any(|line| line.ends_with(&format!("mod {stem};")));
        if is_module && !declared && item.file_name() != declarations {
            // A folder without modules holds data (inline snapshots, fixtures).
            if path.is_file() || path.join("mod.rs").is_file() {
                forgotten.push(path.display().to_string());
            }
        } else if path.is_dir() {
            check(&path, "mod.rs", forgotten);
        }
    }
}
