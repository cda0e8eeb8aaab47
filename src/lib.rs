//! denpm: npm's front end that installs only what it can prove.
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod cli;
pub mod error;
pub mod event;
pub mod explanation;
pub mod report;
