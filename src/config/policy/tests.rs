//! Files as people write them.

use super::*;

#[test]
fn a_key_nobody_knows_is_an_error_that_names_it() {
    let error = parse("version = 1\n[signatur]\nrequire = \"always\"\n").err().unwrap_or_default();
    assert!(error.contains("signatur"), "{error}");
}

#[test]
fn a_version_nobody_knows_is_an_error() {
    assert!(parse("version = 2").is_err());
}

#[test]
fn an_empty_file_changes_nothing() -> Result<(), String> {
    assert_eq!(Policy::default().replaced_by(parse("")?), Policy::default());
    Ok(())
}
