//! denpm: npm's front end that installs only what it can prove.
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod arborist;
pub mod cli;
pub mod config;
pub mod error;
pub mod event;
pub mod explanation;
pub mod flight;
pub mod fs;
pub mod lockfile;
pub mod manifest;
pub mod ops;
pub mod registry;
pub mod reify;
pub mod spec;
pub mod store;
pub mod verify;
