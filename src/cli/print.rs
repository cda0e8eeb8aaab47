//! The command line's own few words, before and beside `report`.
#![allow(clippy::print_stderr, reason = "this is where the command line speaks")]

use std::io::Write as _;

use crate::error::Explain;

/// Writes a result to standard output; a reader that has gone away is no failure.
pub(super) fn bytes(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    let _broken_pipe = out.write_all(bytes).and_then(|()| out.flush());
}

/// Shows why a command ended.
pub(super) fn error(error: &dyn Explain) {
    eprintln!("denpm error code {}", error.code_text());
    eprintln!("denpm error {error}");
    let mut cause = error.source();
    while let Some(source) = cause {
        eprintln!("denpm error   {source}");
        cause = source.source();
    }
    if let Some(help) = error.help() {
        eprintln!("denpm error help: {help}");
    }
}
