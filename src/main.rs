//! The `denpm` binary: everything happens in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    denpm::cli::main(std::env::args_os())
}
