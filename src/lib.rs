//! denpm: a drop-in front end for npm that installs only what it can prove.
//!
//! # How an install flows
//!
//! ```text
//! words ── cli ──► Config ── ops::install ─────────────────────────────► exit code
//!                              │
//!   package.json, lock ──► arborist::Start
//!                              │
//!   arborist::build ⇄ ops::manifests ⇄ registry::Pool    packuments, asked for ahead of need
//!                              │  └─ ops::registries: a second registry confirms each answer
//!                              │ ideal tree
//!   arborist::diff ◄── tree on disk (hidden lock, or the folders themselves)
//!                              │ what changes
//!   ops::packages: registry ─► verify::integrity ─► store   one pass over every tarball
//!   ops::proofs:   registry ─► verify::{signature, attestation} ─► policy   over the same bytes
//!                              │ verified trees
//!   reify: plan ─► stage ─► commit by rename ─► bins, scripts (as far as policy lets them run)
//!                              │
//!   lockfile ─► package-lock.json, hidden lock; manifest ─► package.json; sidecar ─► report
//! ```
//!
//! Nothing on disk changes before everything is fetched and verified, and what then changes,
//! changes by rename under a journal: a run that is killed is undone by the next one.
//!
//! # Files on disk, and who owns them
//!
//! | file | owner |
//! |---|---|
//! | `package.json` | [`manifest::PackageJson`], written by `ops::save` |
//! | `package-lock.json`, `npm-shrinkwrap.json`, `node_modules/.package-lock.json` | [`lockfile`] |
//! | `node_modules/**`, `node_modules/.denpm-journal` while a change is under way | [`reify`] |
//! | `node_modules/.denpm.json`: who served what, how well it is proven, the seed of the choice | `ops::sidecar` |
//! | `denpm.toml`, `<config folder>/denpm/config.toml` | [`config::policy`] |
//! | `<npm cache>/_denpm/store/` | [`store`] |
//! | `<npm cache>/_denpm/packuments/` | [`registry`] |
//! | `<npm cache>/_denpm/proofs-v1.jsonl`, `<npm cache>/_denpm/sigstore/` | `ops::proofs` |
//! | `<npm cache>/_denpm/locks/` | `ops::project` |
//! | `<npm cache>/_denpm/settled/`: projects that have nothing to do | `ops::settled` |
//! | `<data folder>/denpm/registries.json`: lies, keys, latencies | [`registry`] |
//! | `<data folder>/denpm/seen.json`: the last version of each package seen here | `ops::review` |
//! | `<npm cache>/_logs/` | [`report`] |
//!
//! # The modules
//!
//! A module knows only those below it; `tests/it/architecture.rs` holds the table. Only `cli` knows
//! the command line's grammar, only `report` the terminal, only `registry` HTTP. Decisions are
//! pure functions; what reads or writes stands at the edges.

pub mod arborist;
pub mod cli;
pub mod config;
pub mod inspect;
pub mod lockfile;
pub mod manifest;
pub mod ops;
pub mod registry;
pub mod reify;
pub mod report;
pub mod spec;
pub mod store;
pub mod sumdb;
pub mod verify;

pub mod cpu;
pub mod error;
pub mod event;
pub mod explanation;
pub mod flag;
pub mod flight;
pub mod fs;
pub mod gzip;
pub mod pending;
pub mod plain;
