//! From plan to disk: staged, then renamed.
//!
//! Each file is one primitive, usable and tested without a dependency tree; [`plan`] turns
//! the tree diff into changes, and `ops::reify` drives them in this order:
//!
//! 1. [`commit::recover`] undoes what a killed run left behind.
//! 2. [`commit::Transaction::begin`] makes staging folders; [`link::Linker`] fills them from the store.
//! 3. [`commit::Transaction::apply`] writes the journal and renames everything into place.
//! 4. [`lifecycle::build`] runs the lifecycle scripts that [`script_policy`] allows, with
//!    [`bin_links`] between `preinstall` and `install`.
//! 5. The caller writes the lock files; [`commit::Transaction::finish`] drops the journal.
//!
//! Sources: npm's `@npmcli/arborist` (`reify.js`, `rebuild.js`, `retire-path.js`), `bin-links`,
//! `cmd-shim`, `@npmcli/run-script`, `@npmcli/promise-spawn`.

pub mod approve_scripts;
pub mod bin_links;
pub mod cmd_shim;
pub mod commit;
pub mod grammar;
pub mod lifecycle;
pub mod link;
pub mod location;
pub mod patches;
pub mod plan;
pub mod retire;
pub mod run_script;
pub mod sandbox;
pub mod script_env;
pub mod script_package;
pub mod script_policy;
pub mod termination;
