//! Operations: each file is one thing a user asks for, as a sequence of stages.
//!
//! `install.rs` is the data flow; everything else here is one of its stages or another order
//! of the same stages. Operations know no arguments, no terminal and no environment.

mod allowed;
pub mod audit_signatures;
pub mod build;
mod bundles;
pub mod context;
pub mod dev_engines;
mod disk_tree;
pub mod explain;
mod exposure;
mod fetch;
mod frozen;
pub mod git;
mod hidden;
pub mod install;
mod installed;
mod lifecycle;
pub mod ls;
mod machine;
mod manifests;
pub mod outdated;
pub mod pack;
mod packages;
pub mod pin;
pub mod policy_init;
mod project;
mod proofs;
mod raw_manifest;
pub mod registries;
pub mod reify;
pub mod review;
mod rewritten;
mod save;
pub mod scripts;
mod seed;
mod settled;
mod sidecar;
pub mod sumdb;
mod summary;
mod turns;
pub mod verify;
mod workspaces;

pub use context::Context;
pub use lifecycle::confined;
pub use machine::file_threads;

pub use crate::reify::termination::{Terminated, terminated};
