//! The data flow of an install, stage by stage.
//!
//! ```text
//! project files ─► ideal tree ⇄ packuments ─► diff with what is on disk
//!      ─► tarballs: fetched, verified, unpacked into the store
//!      ─► staged and committed by rename, bins, scripts ─► lockfiles ─► report
//! ```

use std::sync::Arc;

use super::{
    build::{TreeRequest, ideal_tree},
    context::Context,
    manifests::Sources,
    packages::Packages,
    project::ProjectFiles,
    save,
};
use crate::{error::Failure, event::{Event, Phase}};

/// Installs what a request asks for.
///
/// # Errors
/// Whatever any stage says; the project's files are then as they were.
pub async fn install(context: &Context, request: &TreeRequest) -> Result<(), Failure> {
    let files = ProjectFiles::read(&context.options.paths.prefix, &*context.reporter)?;
    let packages = Arc::new(Packages::new(context));
    let sources = Sources::new(context, Arc::clone(&packages));
    context.reporter.event(Event::PhaseStarted(Phase::Resolve));
    let mut ideal = ideal_tree(context, &sources, &files, request).await?;
    context.reporter.event(Event::PhaseFinished(Phase::Resolve));
    if context.options.lock.package_lock_only {
        save::save(context, &files, &mut ideal, request)?;
        context.pool.flush().await;
        return Ok(());
    }
    Ok(())
}
