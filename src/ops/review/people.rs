//! `authors` and `risk`: who stands behind the locked versions, and what is unusual about them now.

use std::{
    cmp::Reverse,
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
    event::{Finding, Gravity},
    inspect::{change::Anchor, history::Identity},
    ops::{Context, frozen, manifests::Sources, packages::Packages, project::ProjectFiles},
    report::{people::Author, review::Review},
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

/// Of a review, the packages with the gravest findings, the gravest first; of each, all of them.
pub fn gravest(review: Review, packages: usize) -> Review {
    type Weight = Vec<Reverse<Gravity>>;
    let mut weights: BTreeMap<(String, String), Weight> = BTreeMap::new();
    for finding in &review.findings {
        let key = (finding.name.clone(), finding.version.clone());
        weights.entry(key).or_default().push(Reverse(finding.gravity));
    }
    for weight in weights.values_mut() {
        weight.sort_unstable();
    }
    let mut order: Vec<_> = weights.into_iter().collect();
    // The gravest finding first; where they are alike, the next one; then whoever has more.
    order.sort_by(|(a, a_weight), (b, b_weight)| {
        let worse =
            a_weight.iter().zip(b_weight).map(|(a, b)| a.cmp(b)).find(|order| order.is_ne());
        worse.unwrap_or_else(|| b_weight.len().cmp(&a_weight.len())).then_with(|| a.cmp(b))
    });
    order.truncate(packages);
    let of = |(name, version): &(String, String)| {
        let is_its = |finding: &&Finding| finding.name == *name && finding.version == *version;
        review.findings.iter().filter(is_its).cloned().collect::<Vec<_>>()
    };
    let findings = order.iter().flat_map(|(package, _)| of(package)).collect();
    Review { findings, ..review }
}

pub(super) fn locked(context: &Context) -> Result<(ProjectFiles, Locked), Failure> {
    let files = ProjectFiles::read(&context.options.paths.prefix, &*context.reporter)?;
    frozen::require_lock(&files)?;
    let locked = files.lock.as_ref().map(|lock| Locked::of(&lock.shrinkwrap)).unwrap_or_default();
    Ok((files, locked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_packages_come_first_with_all_their_findings() {
        let finding = |name: &str, gravity| Finding {
            code: "DENPM-R01",
            flag: "known-malicious",
            gravity,
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            baseline: None,
            message: String::new(),
            evidence: Vec::new(),
            file: None,
            acknowledge: None,
        };
        let (info, warn, block) = (Gravity::Info, Gravity::Warn, Gravity::Block);
        let all = [("a", info), ("b", warn), ("c", warn), ("c", info), ("d", info), ("d", block)];
        let findings = all.map(|(name, gravity)| finding(name, gravity)).to_vec();
        let names = |top| -> Vec<String> {
            let review = Review { findings: findings.clone(), ..Review::default() };
            gravest(review, top).findings.into_iter().map(|finding| finding.name).collect()
        };
        assert_eq!(names(2), ["d", "d", "c", "c"]);
        assert_eq!(names(9), ["d", "d", "c", "c", "b", "a"]);
    }
}
