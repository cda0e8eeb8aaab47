//! A package as lifecycle scripts and their policy see it: plain data, filled from a tree node.

use std::path::PathBuf;

use serde_json::Value;

use crate::manifest::StringMap;

/// What a package is to the project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PackageKind {
    /// An ordinary dependency in `node_modules`, from anywhere.
    #[default]
    Dependency,
    /// A dependency that came inside another package's tarball: its scripts can never be allowed.
    Bundled,
    /// An optional dependency that cannot be installed here: nothing of it runs.
    Inert,
    /// A link in `node_modules` to a folder that is not a workspace.
    Link,
    /// A workspace of the project (the link or its target).
    Workspace,
    /// The project itself.
    Root,
}

/// npm's dependency flags of a package, as its scripts see them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "four independent facts of a lockfile entry")]
pub struct DepFlags {
    /// Only reached through development dependencies.
    pub dev: bool,
    /// Only reached through optional dependencies.
    pub optional: bool,
    /// Only reached through peer dependencies.
    pub peer: bool,
    /// Reached through a development dependency and through an optional one.
    pub dev_optional: bool,
}

/// Whether a package without an install script is built by `node-gyp`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gyp {
    /// There is no `binding.gyp`.
    #[default]
    Absent,
    /// There is one.
    Present,
    /// There may be one, but the manifest says `gypfile: false`.
    Disabled,
}

/// A package whose scripts may run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScriptPackage {
    /// What it is to the project.
    pub kind: PackageKind,
    /// The manifest's own name: never an identity for policy.
    pub name: String,
    /// The manifest's own version: never an identity for policy.
    pub version: String,
    /// The lockfile key.
    pub location: String,
    /// Distance from the root in folders of `node_modules`.
    pub depth: usize,
    /// The folder in which scripts run; for a link its target's.
    pub path: PathBuf,
    /// The manifest's scripts.
    pub scripts: StringMap,
    /// The manifest's normalised bins.
    pub bin: StringMap,
    /// The manifest's `config`, if any.
    pub config: Option<Box<Value>>,
    /// The manifest's `engines`, if any.
    pub engines: Option<Box<Value>>,
    /// The lockfile's `resolved`.
    pub resolved: Option<String>,
    /// The lockfile's `integrity`.
    pub integrity: Option<String>,
    /// The lockfile's `hasInstallScript`: true also where the scripts themselves are not known yet.
    pub has_install_script: bool,
    /// Dependency flags.
    pub flags: DepFlags,
    /// `binding.gyp` and `gypfile`.
    pub gyp: Gyp,
    /// Every incoming edge has a registry spec (arborist's `isRegistryDependency`).
    pub is_registry: bool,
    /// Incoming edges: (name, spec), the name of last resort where `resolved` is omitted.
    pub edges_in: Vec<(String, String)>,
    /// For the target of links without a `resolved` of its own: the links' `resolved`, then real path and path.
    pub link_specs: Vec<String>,
    /// The locations that npm drops together with this one when a script fails; empty for what is required.
    pub optional_set: Vec<String>,
}

impl ScriptPackage {
    /// `name@version` as the manifest says it (npm's `_id`): for people, not for decisions.
    pub fn id(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}
