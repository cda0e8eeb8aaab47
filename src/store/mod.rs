//! The store: verified packages, unpacked once, ready to be linked.
//!
//! Content-addressed by the SHA-512 of the tarball, one directory a package:
//!
//! ```text
//! v1/<2 hex>/<126 hex>/package/…   the tree as it goes into node_modules
//! v1/<2 hex>/<126 hex>/index       size, mode and digest of every file, and package.json
//! v1/aliases/sha1-<hex>            the SHA-512 of a tarball known by a weaker digest
//! v1/staging/…                     what is being unpacked
//! ```
//!
//! A tarball is read once: hashed, inflated, checked against the rules of [`Rule`] and
//! unpacked into a private staging directory. One rename makes the package visible, after
//! the digest has been found right; whatever fails before leaves nothing. Processes need
//! no lock: two that import the same package race to the rename, and the loser uses the
//! winner's tree, which is the same because the key is.

mod archive;
mod entry_path;
mod error;
mod extract;
mod gunzip;
mod header;
mod index;
mod limits;
mod pax;
#[allow(clippy::module_inception, reason = "the module is named after the type it holds")]
mod store;
mod stored;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use archive::{FileMode, Refusal, Rule};
pub use entry_path::{EntryPath, PathRule, escape_name};
pub use error::{ImportContext, StoreError};
pub use extract::IgnoreFiles;
pub use index::{Depth, Index, IndexEntry, Origin};
pub use limits::{MAX_COMPRESSED, MAX_PACKAGE_JSON, MAX_UNPACKED};
pub use store::{Store, extract};
pub use stored::StoredPackage;
