//! What people and scripts see: the only module that knows the terminal.
//!
//! Data comes in as events, errors and plain structs; text and JSON go out in npm's words.
//! [`Terminal`] owns the two streams: stdout is the result, stderr all the rest. Every
//! foreign word passes through [`display`] on its way into a [`styled::Line`], so nothing
//! can reach the terminal unsanitised.

pub mod audit_signatures;
pub mod debug_log;
pub mod display;
pub mod eresolve;
pub mod explain;
pub mod failure;
pub(crate) mod finding;
pub mod json;
pub mod ls;
pub mod outdated;
pub mod people;
pub mod progress;
pub mod registries;
pub mod review;
pub mod source;
pub mod styled;
pub mod summary;
pub mod text;
pub mod verify;

pub use json::NdjsonReporter;
pub use text::{LogLevel, Options, OutputFormat, ProgressMode, Terminal};

/// How much a listing says; npm's `--long`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// The usual columns.
    #[default]
    Short,
    /// All columns: `--long`.
    Long,
}

/// `1 package`, `2 packages`.
fn packages(count: usize) -> String {
    format!("{count} {}", if count == 1 { "package" } else { "packages" })
}
