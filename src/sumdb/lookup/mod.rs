//! Asking a log what it has of packages: the bytes on the wire, both ways.
//!
//! | request | reply |
//! |---|---|
//! | `POST /batch`, lines `<namespace> <name> <version>` | [`BatchReply`]: records, one proof, a checkpoint |
//! | `GET /lookup/<namespace>/<name>@<version>` | [`LookupReply`]: a record and a checkpoint, as Go has it |
//! | `GET /index/<2 hex>/<2 hex>` | [`IndexBucket`]: where versions are, for a log that is files only |
//!
//! Nothing in a reply is believed before it is proven against a checkpoint that a policy accepts;
//! what an index leaves out is not proven to be absent.

mod batch;
mod index;
mod single;
#[cfg(test)]
mod tests;

pub use batch::{Answer, BadBatch, BatchReply, BatchRequest};
pub use index::{BadIndex, IndexBucket, bucket_of};
pub use single::{BadLookup, LookupReply};

/// The most packages that one request asks for.
pub const MAX_BATCH: usize = super::proof::MAX_LEAVES;
