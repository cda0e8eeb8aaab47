//! `review`: what an update, or the addition of packages, would change, without changing anything.

use std::{collections::HashMap, sync::Arc};

use super::{
    changes::changes_of,
    gate::{self, Gate},
};
use crate::{
    error::Failure,
    ops::{
        Context,
        build::{TreeRequest, ideal_tree},
        manifests::Sources,
        packages::Packages,
        project::ProjectFiles,
    },
    report::review::Review,
};

/// Reviews what a request would change.
///
/// # Errors
/// A tree that cannot be built, files that cannot be read.
pub async fn review(context: &Context, request: &TreeRequest) -> Result<Review, Failure> {
    let files = ProjectFiles::read(&context.options.paths.prefix, &*context.reporter)?;
    let sources = Sources::new(context, Arc::new(Packages::new(context)));
    let ideal = ideal_tree(context, &sources, &files, request).await?;
    let changes = changes_of(&files, &ideal.tree, ideal.root);
    let packages = HashMap::new();
    let gate =
        Gate { context, sources: &sources, project: &files.folder, changes, packages: &packages };
    let review = gate::review(&gate).await?;
    context.pool.flush().await;
    Ok(review)
}
