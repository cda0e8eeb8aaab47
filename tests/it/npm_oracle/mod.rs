//! Given the same registry and the same project, denpm leaves what npm leaves.
//!
//! After every command these must agree: exit code, error code, summary line, the bytes of
//! package.json, package-lock.json and the hidden lock, and every file, mode and link.

mod again;
mod allowed;
mod bare;
mod commands;
mod corners;
mod dev_engines;
mod failures;
mod locks;
mod peers;
mod placement;
mod projects;
mod selection;
mod sources;
mod yarn;
