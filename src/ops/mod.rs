//! Packages that do not come from a registry: fetched from git, packed from a folder.

pub mod git;
pub mod pack;
