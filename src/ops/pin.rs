//! `pin`: a project opts in to the committed files.

use std::io;

use super::{build::TreeRequest, context::Context, install};
use crate::{
    error::Failure,
    fs::{Durability, FsError, write_atomic},
    report::summary::InstallSummary,
};

const POLICY: &str = "denpm.toml";
/// What a new policy file says: nothing, and that it is one.
const EMPTY_POLICY: &str = "version = 1\n";

/// Writes `denpm.toml` where there is none, and `denpm.sum` with its proof for the packages of
/// the project, which are installed if they are not.
///
/// # Errors
/// As [`install::install`], and files that cannot be written.
pub async fn pin(context: &mut Context, request: &TreeRequest) -> Result<InstallSummary, Failure> {
    context.options.lock.sum = true;
    let done = install::install(context, request).await?;
    let path = context.options.paths.prefix.join(POLICY);
    if !context.options.dry_run && !exists(&path)? {
        write_atomic(&path, EMPTY_POLICY.as_bytes(), Durability::Synced)?;
    }
    Ok(done)
}

fn exists(path: &std::path::Path) -> Result<bool, FsError> {
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        other => other.map(|_| true).map_err(FsError::io("read", path)),
    }
}
