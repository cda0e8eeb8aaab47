//! All integration tests, one binary: linking is paid once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking and says aloud what it skips"
)]

mod approvals;
mod architecture;
mod audit_signatures;
mod benchmark;
mod completions;
mod crash;
mod fuzz;
mod go_command;
mod go_peer;
mod idle;
mod layout;
mod listing;
mod npm_oracle;
mod pool;
mod refusals;
mod resolver;
mod review;
mod review_commands;
mod robustness;
mod signature_vectors;
mod signatures;
mod sumdb;
mod sumdb_operator;
mod sumdb_server;
#[allow(dead_code, reason = "each test takes the part it needs")]
mod support;
mod support_itself;
mod tls;
