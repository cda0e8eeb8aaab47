//! Operations: each file is one thing a user asks for, as a sequence of stages.
//!
//! `install.rs` is the data flow; everything else here is one of its stages or another order
//! of the same stages. Operations know no arguments, no terminal and no environment.

mod allowed;
pub mod build;
mod bundles;
pub mod context;
pub mod explain;
mod fetch;
mod frozen;
pub mod git;
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
mod project;
mod raw_manifest;
pub mod reify;
mod save;
pub mod scripts;
mod sidecar;
pub mod sumdb;
mod summary;
mod workspaces;

pub use context::Context;
