//! `diff`: what changed between two lockfiles, and what is unusual in it.

use std::{collections::HashMap, path::Path, sync::Arc};

use super::{
    changes::{Locked, between},
    gate::{self, Gate},
};
use crate::{
    error::Failure,
    fs::read_bounded,
    lockfile::{Lockfile, MAX_LOCKFILE_BYTES},
    ops::{Context, manifests::Sources, packages::Packages},
    report::review::Review,
};

/// Reviews what one lockfile has and an earlier one has not.
///
/// # Errors
/// Lockfiles that cannot be read.
pub async fn diff(context: &Context, old: &Path, new: &Path) -> Result<Review, Failure> {
    let changes = between(&read(old)?, &read(new)?);
    let sources = Sources::new(context, Arc::new(Packages::new(context)));
    let packages = HashMap::new();
    let project = context.options.paths.prefix.as_path();
    let review =
        gate::review(&Gate { context, sources: &sources, project, changes, packages: &packages })
            .await?;
    context.pool.flush().await;
    Ok(review)
}

pub(super) fn read(path: &Path) -> Result<Locked, Failure> {
    let bytes = read_bounded(path, MAX_LOCKFILE_BYTES)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(Locked::of(&Lockfile::parse(&text, path)?.shrinkwrap))
}
