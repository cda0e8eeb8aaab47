//! The registry: package names in, bytes out. The only module that speaks HTTP.
//!
//! ```text
//! name ─ assignment (who is asked, in which order) ─ pool (cache)
//!           └─ route (URLs; who may hear of it)        ├─ admission (namespaces, liars) ─ ledger (disk)
//!                                                      ├─ ask (fail-over, hedging, retries) ─ health
//!                                                      └─ fetch (one exchange) ─ client (TLS, proxy)
//! ```
//!
//! A [`Pool`] holds the registries of one namespace. Nothing it returns is proven: what a
//! registry says is checked by `verify` and unpacked by `store`.

mod admission;
mod ask;
mod assignment;
mod auth;
mod cache;
mod client;
mod encoding;
mod error;
mod fetch;
mod freshness;
mod health;
mod ledger;
mod namespace;
mod options;
mod plain;
mod pool;
mod probe;
mod question;
mod retry;
mod route;
mod site;
mod stream;
mod tarball;
mod versions;

#[cfg(test)]
mod tests;

pub use assignment::{Fallthrough, PoolEntry, Target, npms_registry, order, registry_url};
pub use auth::{Anonymous, ClientIdentity, CredentialSource};
pub use error::{Credential, Fault, FetchError, ShownUrl, StatusFailure};
pub use health::Health;
pub use ledger::{Lie, Record};
pub use namespace::{Keys, Namespace};
pub use options::{Authority, CacheMode, Limits, PoolOptions, Proxies, Retry, StrictSsl, Timeouts};
pub use plain::{PlainClient, PlainReply};
pub use pool::{Form, Origin, PackumentAnswer, Pool};
pub use probe::{Listed, Probe, Probed, Role};
pub use route::{Assignment, Barred};
pub use site::Site;
pub use stream::ByteReader;
pub use tarball::{
    Body, Privacy, RegistryId, ReplaceRegistryHost, Tarball, TarballRequest, tarball_url,
};
