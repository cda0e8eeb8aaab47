//! Who may hear of a package, and by whose word.
//!
//! Private names are asked of one registry and of no log. That is a hole in every check that asks
//! several; so the word of a project, which a pull request can change, keeps a name from others, as
//! the one who wrote it expects, but does not excuse it from the check.

use globset::GlobSet;

use super::context::Context;
use crate::{
    config::{
        Origin, Value,
        network::{OwnRoutes, private_glob},
    },
    registry::{Assignment, Privacy, RegistryId},
};

/// Who may hear of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exposure {
    /// Any log, any registry.
    Public,
    /// One registry and the embedded log alone.
    Private,
    /// The same by the word of a project, which cannot excuse a package from the check.
    Withheld,
}

/// Who may hear of which names, by the words of the user and of the project.
pub(super) struct Exposures {
    by_user: [GlobSet; 2],
    by_project: GlobSet,
    routes: OwnRoutes,
    configured: RegistryId,
}

impl Exposures {
    /// By the settings and the policy of this run.
    pub(super) fn of_settings(context: &Context) -> Self {
        let layers = context.config.layers();
        let said = |origin: Origin| {
            let value = layers.own(origin, "denpm-private").map(Value::to_texts);
            value.unwrap_or_default().into_iter().flat_map(|text| {
                text.split(',').map(|name| name.trim().to_owned()).collect::<Vec<_>>()
            })
        };
        let others = Origin::ALL.into_iter().filter(|origin| *origin != Origin::Project);
        let registry = &context.options.network.registry;
        Self {
            by_user: [context.policy.sumdb.private_names(), globs(others.flat_map(said))],
            by_project: globs(said(Origin::Project)),
            routes: OwnRoutes::of(&context.config, &context.options.network),
            configured: RegistryId::of(registry),
        }
    }

    /// Of a name that these registries serve.
    pub(super) fn of(&self, name: &str, assignment: &Assignment) -> Exposure {
        let is_private = assignment.privacy == Privacy::Private;
        if self.by_user.iter().any(|names| names.is_match(name))
            || (is_private && self.is_routed_by_user(name, assignment))
        {
            Exposure::Private
        } else if is_private || self.by_project.is_match(name) {
            Exposure::Withheld
        } else {
            Exposure::Public
        }
    }

    /// Of a name that another registry has, or that the configured one keeps behind a credential:
    /// whether that is the user's own setting.
    fn is_routed_by_user(&self, name: &str, assignment: &Assignment) -> bool {
        if assignment.registries.contains(&self.configured) {
            self.routes.has_credential()
        } else {
            self.routes.has_scope_of(name)
        }
    }
}

/// The names that `denpm-private` means; as the pool understands it, or the two would disagree.
fn globs(patterns: impl Iterator<Item = String>) -> GlobSet {
    let mut set = GlobSet::builder();
    for glob in patterns.filter_map(|pattern| private_glob(&pattern).ok()) {
        set.add(glob);
    }
    set.build().unwrap_or_default()
}
