//! `node_modules/.denpm.json`: what denpm knows about an installed tree and npm has no field for.
//!
//! Deletable at any time: it is written anew by the next change. It never claims more than what
//! was installed by the run that wrote it, and what an earlier one wrote for packages that stayed.

use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, Serialize};

use super::{
    fetch::FetchedPackages,
    project::ProjectFiles,
    proofs::{Earlier, Proven, Rank},
    seed::Seed,
};
use crate::{
    arborist::{NodeId, Tree},
    error::Failure,
    fs::{Durability, read_bounded_file, write_atomic},
};

/// The most bytes of a sidecar that are read.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
const VERSION: u32 = 1;

/// The file's content.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Sidecar {
    version: u32,
    /// Decides which package is asked of which registry; absent where there is but one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<String>,
    packages: BTreeMap<String, Package>,
}

/// What is known about one installed package.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Package {
    /// The SHA-512 of the tarball whose files are there.
    integrity: String,
    /// The registry that served it; absent when it came from the store or a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// What was proven of its origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proof: Option<Proof>,
}

/// What was proven of a package's origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Proof {
    /// The version it was proven of.
    version: String,
    /// How well its origin is known.
    rank: Rank,
    /// What the registry signature came to.
    signature: String,
    /// What the attestations came to.
    attestations: String,
}

impl Proof {
    fn of(version: &str, proven: &Proven) -> Self {
        Self {
            version: version.to_owned(),
            rank: proven.rank(),
            signature: proven.signature.to_string(),
            attestations: proven.attestations.to_string(),
        }
    }
}

/// Writes the sidecar of a tree; a folder that is not there gets none.
///
/// # Errors
/// A file that cannot be written.
pub(super) fn write(
    files: &ProjectFiles,
    tree: &Tree,
    root: NodeId,
    fetched: &FetchedPackages,
    before: &Known,
    seed: Option<Seed>,
) -> Result<(), Failure> {
    let folder = files.folder.join("node_modules");
    if !folder.is_dir() {
        return Ok(());
    }
    let mut packages = BTreeMap::new();
    for node in tree.inventory_of(root) {
        let location = tree[node].location.to_string();
        let known = match fetched.packages.get(&node) {
            Some(stored) => Some(Package {
                integrity: stored.integrity.to_string(),
                source: fetched.sources.get(&node).map(ToString::to_string),
                proof: fetched
                    .proofs
                    .get(&node)
                    .map(|proven| Proof::of(tree[node].version_text(), proven)),
            }),
            None => before.packages.get(&location).cloned(),
        };
        if let Some(known) = known.filter(|_| !tree[node].inert) {
            packages.insert(location, known);
        }
    }
    let seed = seed.map(Seed::to_hex).or_else(|| before.seed.clone());
    let path = folder.join(".denpm.json");
    // A change of the tree has moved the file away, also where it says nothing new.
    let is_told = path.is_file() || packages.is_empty() && seed.is_none();
    if is_told && packages == before.packages && seed == before.seed {
        return Ok(());
    }
    let sidecar = Sidecar { version: VERSION, seed, packages };
    let text = serde_json::to_string(&sidecar).unwrap_or_default();
    write_atomic(&path, text.as_bytes(), Durability::Volatile)?;
    Ok(())
}

/// What the last run knew.
#[derive(Debug, Default)]
pub(super) struct Known {
    packages: BTreeMap<String, Package>,
    seed: Option<String>,
}

impl Known {
    /// The SHA-512 of the tarball whose files were put at a location.
    pub(super) fn integrity(&self, location: &str) -> Option<&str> {
        self.packages.get(location).map(|package| package.integrity.as_str())
    }

    /// How well the package at a location was proven.
    pub(super) fn earlier(&self, location: &str) -> Option<Earlier> {
        let proof = self.packages.get(location)?.proof.as_ref()?;
        Some(Earlier { version: proof.version.clone(), rank: proof.rank })
    }

    /// Reads the sidecar of a project; one that cannot be read is as good as none.
    pub(super) fn read(project: &Path) -> Self {
        let read = || {
            let bytes =
                read_bounded_file(&project.join("node_modules/.denpm.json"), MAX_BYTES).ok()?;
            let sidecar: Sidecar = serde_json::from_slice(&bytes).ok()?;
            let Sidecar { version, seed, packages } = sidecar;
            (version == VERSION).then_some(Self { packages, seed })
        };
        read().unwrap_or_default()
    }
}

/// The seed of the last run in a project.
pub(super) fn seed(project: &Path) -> Option<Seed> {
    Known::read(project).seed.as_deref().and_then(Seed::from_hex)
}
