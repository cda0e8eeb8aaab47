//! Operations: each file is one thing a user asks for, as a sequence of stages.
//!
//! `install.rs` is the data flow; everything else here is one of its stages or another order
//! of the same stages. Operations know no arguments, no terminal and no environment.

pub mod build;
mod bundles;
pub mod context;
mod fetch;
mod frozen;
pub mod git;
pub mod install;
mod lifecycle;
mod machine;
mod manifests;
pub mod pack;
mod packages;
mod project;
pub mod reify;
mod save;
mod sidecar;
mod summary;

pub use context::Context;
