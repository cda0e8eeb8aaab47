//! `authors` and `risk`: who stands behind the locked versions, and what is unusual about them now.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use futures_util::{StreamExt as _, stream};

use super::{
    changes::{Changed, Locked},
    gate::{self, Gate},
    metadata,
};
use crate::{
    error::Failure,
    inspect::{change::Anchor, history::Identity},
    ops::{Context, frozen, manifests::Sources, packages::Packages, project::ProjectFiles},
    report::review::{Author, Review},
};

/// Packuments that are asked for at once.
const CONCURRENT: usize = 32;

/// Everybody who stands behind a locked version.
///
/// # Errors
/// No lockfile, or one that cannot be read. Packages whose registry does not tell are `unknown`.
pub async fn authors(context: &Context) -> Result<Vec<Author>, Failure> {
    let (_, locked) = locked(context)?;
    let sources = Sources::new(context, Arc::new(Packages::new(context)));
    let wanted: Vec<(String, String)> =
        locked.packages().map(|(name, known)| (name.to_owned(), known.version.clone())).collect();
    let ask = |(name, version): (String, String)| {
        let sources = sources.clone();
        async move { (metadata::history(&sources, &name).await.ok(), name, version) }
    };
    let mut by_person: BTreeMap<String, Author> = BTreeMap::new();
    let mut answers = stream::iter(wanted).map(ask).buffer_unordered(CONCURRENT);
    while let Some((history, name, version)) = answers.next().await {
        let facts = history.as_ref().and_then(|history| history.version(&version));
        let identity = facts.map_or(Identity::Unknown, |facts| facts.identity.clone());
        let author = by_person
            .entry(identity.to_string())
            .or_insert_with(|| Author { identity: identity.to_string(), ..Author::default() });
        let people: BTreeSet<&str> = history
            .iter()
            .flat_map(|history| history.versions())
            .filter_map(|facts| facts.account.as_deref())
            .collect();
        if people.len() == 1 && identity != Identity::Unknown {
            author.sole.insert(name.clone());
        }
        author.last_publish = author.last_publish.max(facts.and_then(|facts| facts.published));
        author.evidence.extend(facts.map(|facts| facts.evidence.as_str().to_owned()));
        author.packages.insert(name);
    }
    drop(answers);
    context.pool.flush().await;
    let mut authors: Vec<Author> = by_person.into_values().collect();
    authors.sort_by(|a, b| {
        b.packages.len().cmp(&a.packages.len()).then_with(|| a.identity.cmp(&b.identity))
    });
    Ok(authors)
}

/// What is unusual about the locked versions, each compared with the settled one before it.
///
/// # Errors
/// As [`authors`].
pub async fn risk(context: &Context) -> Result<Review, Failure> {
    let (files, locked) = locked(context)?;
    let sources = Sources::new(context, Arc::new(Packages::new(context)));
    let changes = locked.packages().map(|(name, known)| Changed {
        node: None,
        name: name.to_owned(),
        version: known.version.clone(),
        integrity: known.integrity.clone(),
        resolved: known.resolved.clone(),
        baseline: None,
        anchor: Anchor::Settled,
        required_by: None,
    });
    let (changes, packages) = (changes.collect(), HashMap::new());
    let gate =
        Gate { context, sources: &sources, project: &files.folder, changes, packages: &packages };
    let review = gate::review(&gate).await?;
    context.pool.flush().await;
    Ok(review)
}

fn locked(context: &Context) -> Result<(ProjectFiles, Locked), Failure> {
    let files = ProjectFiles::read(&context.options.paths.prefix, &*context.reporter)?;
    frozen::require_lock(&files)?;
    let locked = files.lock.as_ref().map(|lock| Locked::of(&lock.shrinkwrap)).unwrap_or_default();
    Ok((files, locked))
}
