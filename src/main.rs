//! The `denpm` binary: everything happens in the library.

use std::process::ExitCode;

/// Many small values made on one thread and dropped on another: where the system's allocator waits.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    denpm::cli::main(std::env::args_os())
}
