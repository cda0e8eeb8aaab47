//! npm's dependency trees: what they are, how the ideal one is found, what separates it from
//! the one on disk.
//!
//! A faithful port of `@npmcli/arborist` 9.9 (npm 11.19), because the order in which it looks at
//! things *is* the result: which of two versions is hoisted depends on who was placed first.
//!
//! ```text
//! Project + lock ─ start ─► Tree ─ ideal ─► Ideal ─ diff (with actual) ─► Diff
//!                                   │ ▲
//!                     Manifests ────┘ │  peer_set: loads a package with its peers, virtually
//!                                     └─ place_dep / can_place_dep: puts them at their places
//! ```
//!
//! Nothing here knows a URL, writes to disk, or decides a policy.

mod absorb;
mod actual;
mod bin_folder;
mod can_place_dep;
mod dep_sets;
mod dep_valid;
mod deps_queue;
mod dev_engines;
mod diff;
mod edge;
mod explain;
mod flags;
mod hash;
mod ideal;
mod inflate;
mod inspect;
mod install_checks;
mod installable;
mod installed;
mod lookup;
mod name_map;
mod node;
mod override_set;
pub mod paths;
mod peer_set;
mod pick_manifest;
mod place_dep;
mod relocate;
mod requests;
mod reroot;
mod resolved;
mod save;
mod source;
mod start;
mod tree;
mod workspaces;
mod yarn;

pub use actual::{FolderManifest, hidden_lock_is_fresh, packages_in, read_manifest, realpath};
pub use bin_folder::expand_bin_folder;
pub use dep_sets::Dedupe;
pub use dev_engines::{DevEnginesError, Engine, Engines};
pub use diff::{Action, Change, Diff, DiffOptions};
pub use edge::{Edge, EdgeId, EdgeProblem};
pub use explain::Annotations;
pub use flags::RootFlags;
pub use ideal::{BuildOptions, Ideal, Omit, Update, build};
pub use install_checks::{CheckError, Machine, Platform, engine_ok};
pub use installed::Records;
pub use name_map::Name;
pub use node::{DepFlags, Node, NodeId};
pub use override_set::{OverrideError, OverrideSets, RuleId};
pub use pick_manifest::{PickError, PickOptions, pick_manifest};
pub use place_dep::InstallStrategy;
pub use requests::{AddedDep, SaveType, infer_save_type};
pub use resolved::{consistent_resolve, lock_resolved};
pub use save::SaveOptions;
pub use source::{
    Allow, AllowError, AllowKind, AllowSources, BuildError, Fetched, LoadFailure, ManifestRequest,
    Manifests, Naming, PackageSource, Requester,
};
pub use start::{LockEntry, LockFlags, LockStart, Project, Shrinkwrap, Start, Strays};
pub use tree::{InstallLinks, NewNode, PeerDeps, Place, Tree, TreeSettings};
pub use workspaces::{WorkspaceError, map_workspaces};
pub use yarn::{YarnEntries, YarnEntry};
