//! package-lock.json, npm-shrinkwrap.json and the hidden lockfile, byte for byte as npm writes them;
//! denpm.sum beside them.
//!
//! Text ⇄ [`Lockfile`] ⇄ the entries that `arborist` starts from and the tree it ends with.
//! Follows `shrinkwrap.js` of npm's arborist. Nothing here touches the disk.

mod conflict;
mod entries;
mod legacy;
mod read;
pub mod sum;
mod write;
mod yarn;

pub use read::{Lockfile, LockfileError};
pub use write::{LockWriter, RegistryResolved};
pub use yarn::{parse_yarn_lock, render_yarn_lock};

/// The most bytes of a lockfile that are read.
pub const MAX_LOCKFILE_BYTES: u64 = 256 * 1024 * 1024;

/// What npm writes when nothing else is asked for.
pub const DEFAULT_LOCKFILE_VERSION: u64 = 3;
