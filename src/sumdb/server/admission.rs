//! What happens to versions that are asked for and not in the log.

use crate::sumdb::record::PackageKey;

/// Whether a version is about to be logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admitted {
    /// It is being fetched from its sources.
    Pending,
    /// It was fetched and not logged: what each source said. It is tried again later.
    Refused(String),
    /// Nobody fetches it.
    No,
}

/// Takes what is asked for and not there. Must not wait: what takes time happens elsewhere.
pub trait Admission: Send + Sync + 'static {
    /// What becomes of a version.
    fn admit(&self, key: &PackageKey) -> Admitted;
}

/// For a server that only reads.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAdmission;

impl Admission for NoAdmission {
    fn admit(&self, _: &PackageKey) -> Admitted {
        Admitted::No
    }
}
