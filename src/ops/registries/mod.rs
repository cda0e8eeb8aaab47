//! Several registries and none of them trusted: what one says is confirmed by another.
//!
//! ```text
//! packument of the assigned registry ─► picked ─► resolution goes on at once
//!                                        └─► asked of a second registry, meanwhile
//!                                              ├─ same version, same bytes: confirmed
//!                                              ├─ same version, other bytes: refused
//!                                              └─ another version: all are asked, one view
//!                                                 holds, and resolution starts again with it
//! ```
//!
//! So no registry is asked for everything, the tree is the one that the most up-to-date honest
//! registry gives, and every digest that resolution used was said by two.

mod agreement;
mod claim;
mod conflict;
mod list;
pub(super) mod quorum;
mod view;

pub(super) use agreement::{Agreement, Answer, Settled};
pub use list::{RegistriesRequest, registries};
pub(super) use view::View;
