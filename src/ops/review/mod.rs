//! What is unusual about packages: evidence from `inspect`, weighed by the policy, told as findings.
//!
//! ```text
//! lock ─┐
//! tree ─┴► changes ─► packuments ─► signs about people, scripts, dependencies, releases ─┐
//!             └─► trees in the store (new and baseline) ─► signs about code ─────────────┴► findings
//! ```
//!
//! Only packages whose version differs from the lock cost anything; an install that changes
//! nothing does nothing here.

pub mod acks;
mod cache;
mod changes;
pub mod diff;
mod files;
pub(super) mod findings;
mod gate;
pub mod inspect;
mod metadata;
pub mod people;
pub mod plan;
pub mod powers;
mod seen;
pub mod source;
pub mod unless;

pub(super) use changes::changes_of;
pub(super) use gate::{Gate, check};
