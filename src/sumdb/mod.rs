//! The checksum database: a transparency log of packages, in the open formats of C2SP.
//!
//! ```text
//! record ─► leaf ─► tree ─► root ─► checkpoint ─► note signed by the log (and its witnesses)
//!                    │
//!                    └─ tiles (hashes) and entry bundles (records): immutable files
//! proof: leaf ─► root of the checkpoint; checkpoint ─► later checkpoint
//! ```
//!
//! [`note`], [`tlog`], [`tile`], [`proof`], [`checkpoint`] and [`policy`] know neither npm nor
//! files nor the network: bytes in, verdict out, never a panic, every count bounded. Tiles come
//! through [`tile::TileReader`], whoever has them. [`record`] says what is logged of a package,
//! [`lookup`] how a log is asked, [`client`] asks and keeps what it learnt.
//!
//! Who runs a log: [`store`] holds its objects, [`sequencer`] appends, [`view`] reads,
//! [`server`] answers, [`cosign`] asks [`witness`]es.

pub mod audit;
pub mod checkpoint;
pub mod client;
pub mod cosign;
mod escape;
pub mod log;
pub mod lookup;
pub mod note;
pub mod policy;
pub mod proof;
pub mod record;
pub mod sequencer;
pub mod server;
pub mod store;
pub mod tile;
pub mod tlog;
pub mod view;
pub mod witness;

pub use checkpoint::{Checkpoint, TreeHead};
pub use note::{Note, SigningKey, VerifierKey};
pub use policy::Policy;
pub use record::{Leaf, Record};
pub use tlog::Hash;
