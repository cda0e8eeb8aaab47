//! Words in, exit code out: the command line.
use std::{ffi::OsString, process::ExitCode};

/// Runs denpm for one command line (`args[0]` is the program's own name).
pub fn main(args: impl Iterator<Item = OsString>) -> ExitCode {
    let _count = args.count();
    ExitCode::SUCCESS
}
