//! Makes a bin executable, and its shebang line one that Unix understands.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::Path,
};

/// How far npm looks for the end of a shebang line.
const SHEBANG_BYTES: u64 = 2048;

/// Sets the mode `0o777 & !umask` and removes a carriage return from the end of the shebang line.
///
/// A file with more than one name may be the store's own inode: it is first replaced by a
/// copy (temporary file in the same folder, renamed), so that the store never changes.
/// Source: `bin-links/lib/fix-bin.js`.
///
/// # Errors
/// When the system refuses; the file is then as it was.
pub fn fix_bin(file: &Path, umask: u32) -> io::Result<()> {
    let mode = 0o777 & !umask;
    if let Some(end) = carriage_return(&head(file)?) {
        let mut content = fs::read(file)?;
        // The file may have changed since its head was read.
        if content.get(end) == Some(&b'\r') {
            content.remove(end);
        }
        return replace(file, &content, mode);
    }
    make_executable(file, mode)
}

fn head(file: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(file)?.take(SHEBANG_BYTES).read_to_end(&mut head)?;
    Ok(head)
}

/// Where the `\r` of a line `#!…\r\n` stands; pure.
fn carriage_return(head: &[u8]) -> Option<usize> {
    if !head.starts_with(b"#!") {
        return None;
    }
    let end = head.iter().position(|byte| *byte == b'\n')?.checked_sub(1)?;
    (end > 2 && head.get(end) == Some(&b'\r')).then_some(end)
}

#[cfg(unix)]
fn make_executable(file: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let found = fs::metadata(file)?;
    if found.mode() & 0o7777 == mode {
        return Ok(());
    }
    if found.nlink() > 1 {
        return replace(file, &fs::read(file)?, mode);
    }
    fs::set_permissions(file, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn make_executable(_file: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

fn replace(file: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    use io::Write as _;
    let folder = file.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut copy = tempfile::Builder::new().prefix(".denpm-").tempfile_in(folder)?;
    copy.write_all(content)?;
    set_mode(copy.as_file(), mode)?;
    copy.persist(file)?;
    Ok(())
}

#[cfg(unix)]
fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_file: &File, _mode: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carriage_return_is_found_at_the_end_of_a_shebang_line_only() {
        assert_eq!(carriage_return(b"#!/usr/bin/env node\r\nx\r\n"), Some(19));
        for head in
            [&b"#!/bin/sh\nx\r\n"[..], b"#!\r\n", b"// x\r\n", b"#!/bin/sh\r", b"#", b"", b"#!\n"]
        {
            assert_eq!(carriage_return(head), None, "{head:?}");
        }
    }
}
