//! `verify`: proves again, offline, what lies in `node_modules`.
//!
//! ```text
//! lockfile ─► integrity ─► store: index of the verified tarball ─► every file on disk
//!                               ├─► record ─► denpm.sum ─► proof ─► checkpoint the user believes
//!                               └─► digest ─► kept signature ─► keys of today ─► policy
//! ```
//!
//! What the store no longer has cannot be compared file by file; that is said, and is no success.

use std::path::PathBuf;

use super::{
    context::Context,
    installed::{Installed, Origin, Peers},
    proofs::{Again, Proven, Question},
    sumdb,
};
use crate::{
    arborist::{Naming, NodeId, Tree},
    error::{Code, Explain, Failure},
    verify::{Integrity, Outcome},
};

/// Files that are told one by one; the rest are counted.
const SHOWN: usize = 20;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Packages whose every file is as it was when its tarball was verified.
    pub intact: usize,
    /// Those of them that `denpm.sum` and its proof prove to be logged.
    pub proven: usize,
    /// Those of them whose record is the one in `denpm.sum`.
    pub pinned: usize,
    /// Those of them whose kept registry signature holds for the bytes.
    pub signed: usize,
    /// Those of them whose origin was proven when they were installed.
    pub attested: usize,
    /// Those of them from a registry of which no signature is kept.
    pub unsigned: usize,
    /// Packages about which nothing can be said: location and why.
    pub not_covered: Vec<(String, &'static str)>,
    /// Packages with a changed or lost file: location and file.
    pub changed: Vec<(String, PathBuf)>,
}

/// Something installed is not what was verified.
#[derive(Debug, thiserror::Error)]
#[error("{count} of the installed packages {verb} not what was verified", count = .0.len(), verb = if .0.len() == 1 { "is" } else { "are" })]
pub struct Changed(Vec<(String, PathBuf)>);

impl Explain for Changed {
    fn code(&self) -> Code {
        Code::Changed
    }

    fn detail(&self) -> Vec<String> {
        let files = self.0.iter().take(SHOWN);
        files.map(|(location, file)| format!("{location}: {}", file.display())).collect()
    }

    fn help(&self) -> Option<String> {
        Some("find out who changed them; `denpm ci` puts back what the lockfile says".to_owned())
    }
}

impl VerifyReport {
    /// Takes in what is proven again of a package.
    fn count(&mut self, proven: Proven) -> Result<(), Failure> {
        if let Some(refusal) = proven.refusal {
            return Err(refusal.into());
        }
        self.signed += usize::from(proven.signature == Outcome::Verified);
        self.attested += usize::from(proven.attestations == Outcome::Verified);
        self.unsigned += usize::from(proven.signature != Outcome::Verified);
        Ok(())
    }

    /// The report as an error where something is not what was verified.
    pub fn failure(&self) -> Option<Failure> {
        (!self.changed.is_empty()).then(|| Changed(self.changed.clone()).into())
    }
}

fn question(tree: &Tree, node: NodeId) -> Question {
    let source = tree.package_source(node, None);
    Question {
        name: source.package_name.to_owned(),
        version: source.version.to_owned(),
        integrity: source.integrity.map(str::to_owned),
        naming: source.naming,
    }
}

/// Looks at every package of the lockfile that is on disk.
///
/// # Errors
/// No lockfile, one that cannot be read, a `denpm.sum` that proves nothing, a package that is
/// another one than it pins, a signature that does not hold, and evidence that the policy refuses.
pub async fn verify(context: &Context) -> Result<VerifyReport, Failure> {
    let options = &context.options;
    let installed =
        Installed::load(options, &*context.reporter, Origin::Lockfile, Peers::Configured)?;
    let pins = sumdb::Pins::read(context, &installed.files.folder)?;
    let again = Again::new(context).await;
    let tree = &installed.tree;
    let mut report = VerifyReport::default();
    for node in tree.inventory_of(installed.root) {
        let folder = PathBuf::from(&*tree[node].realpath);
        if node == installed.root || tree[node].is_link() || tree.in_dep_bundle(node) {
            continue;
        }
        let location = tree[node].location.to_string();
        let is_registrys = tree.package_source(node, None).naming == Naming::Checked;
        if !location.contains("node_modules/") || !folder.is_dir() {
            continue;
        }
        let integrity =
            tree[node].integrity.as_deref().and_then(|text| Integrity::parse(text).ok());
        let Some(integrity) = integrity else {
            report.not_covered.push((location, "the lockfile has no integrity for it"));
            continue;
        };
        let Some(stored) = context.store.get(&integrity) else {
            report.not_covered.push((location, "its tarball is not in the store any more"));
            continue;
        };
        if let Some(file) = stored.first_difference(&folder) {
            report.changed.push((location, file));
            continue;
        }
        report.intact += 1;
        if is_registrys {
            let pinned = pins.check(context, tree, node, &stored)?;
            report.pinned += usize::from(pinned != sumdb::Pin::None);
            report.proven += usize::from(pinned == sumdb::Pin::Proven);
            report.count(again.prove(&question(tree, node), &stored))?;
        }
    }
    Ok(report)
}
