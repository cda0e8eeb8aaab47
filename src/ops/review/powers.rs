//! `capabilities`: what the code of packages can do, and what it can do that it could not before.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::{
    changes::{Known, Locked},
    diff, files, people,
};
use crate::{
    arborist::{LoadFailure, Naming, PackageSource},
    error::{Code, Explain, Failure},
    inspect::minified::{self, Capabilities},
    ops::{Context, manifests::Sources, packages::Packages},
    report::people::Powers,
};

/// Packages that are read at once.
const CONCURRENT: usize = 4;

/// Reading was interrupted.
#[derive(Debug, thiserror::Error)]
#[error("reading the code was interrupted")]
struct Interrupted;

impl Explain for Interrupted {
    fn code(&self) -> Code {
        Code::Cancelled
    }
}

/// The powers of all packages of the project's lockfile; beside an earlier lockfile, what those
/// that changed gained and lost.
///
/// # Errors
/// Lockfiles that cannot be read, packages that cannot be had.
pub async fn of_project(context: &Context, before: Option<&Path>) -> Result<Vec<Powers>, Failure> {
    let (_, locked) = people::locked(context)?;
    let before = before.map(diff::read).transpose()?;
    let sources = Sources::new(context, Arc::new(Packages::new(context)));
    let is_asked = |name: &str, known: &Known| {
        let had = |before: &Locked| before.has(name, &known.version, known.integrity.as_deref());
        !before.as_ref().is_some_and(had)
    };
    let changed = locked.packages().filter(|(name, known)| is_asked(name, known));
    let asked = changed.map(|(name, known)| {
        let old = match &before {
            None => Before::NotAsked,
            Some(before) => {
                before.baseline(name, "", &known.version).map_or(Before::Nothing, Before::Version)
            }
        };
        (name.to_owned(), known.clone(), old)
    });
    let read = |(name, known, old): (String, Known, Before)| {
        let sources = &sources;
        async move { compare(sources, name, known, old).await }
    };
    let all: Vec<Powers> = stream::iter(asked.collect::<Vec<_>>())
        .map(read)
        .buffered(CONCURRENT)
        .try_collect()
        .await?;
    context.pool.flush().await;
    let says = |powers: &Powers| !powers.powers.is_empty() || !powers.lost.is_empty();
    Ok(all.into_iter().filter(says).collect())
}

/// What a package is compared with.
enum Before {
    /// Nothing is compared.
    NotAsked,
    /// The earlier lockfile does not have it.
    Nothing,
    /// This.
    Version(Known),
}

async fn compare(
    sources: &Sources,
    name: String,
    known: Known,
    old: Before,
) -> Result<Powers, LoadFailure> {
    let new = powers(sources, &name, &known).await?;
    let (baseline, old) = match old {
        Before::NotAsked => (None, Capabilities::default()),
        Before::Nothing => (Some("(new)".to_owned()), Capabilities::default()),
        Before::Version(old) => {
            let powers = powers(sources, &name, &old).await?;
            (Some(old.version), powers)
        }
    };
    let (had, has) = (old.lines(), new.lines());
    let without = |all: &[String], others: &[String]| {
        all.iter().filter(|power| !others.contains(power)).cloned().collect::<Vec<String>>()
    };
    let only = |all: &BTreeSet<String>, others: &BTreeSet<String>| {
        all.difference(others).cloned().collect::<BTreeSet<String>>()
    };
    Ok(Powers {
        powers: without(&has, &had),
        lost: without(&had, &has),
        builtins: only(&new.builtins, &old.builtins),
        globals: only(&new.globals, &old.globals),
        name,
        version: known.version,
        baseline,
    })
}

async fn powers(sources: &Sources, name: &str, known: &Known) -> Result<Capabilities, LoadFailure> {
    let source = PackageSource {
        name,
        package_name: name,
        version: &known.version,
        resolved: known.resolved.as_deref(),
        integrity: known.integrity.as_deref(),
        naming: Naming::Checked,
    };
    let stored = sources.package(&source).await?.package;
    let work = move || minified::capabilities(&files::of_stored(&stored));
    tokio::task::spawn_blocking(work).await.map_err(|_| LoadFailure::new(Interrupted))
}
