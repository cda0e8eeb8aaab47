//! What npm's audit does not see: a lockfile and a disk that differ from what was signed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::npm::{Checked, State};
use crate::{
    arborist::{Naming, NodeId, PackageSource},
    event::{Event, Finding, Gravity},
    ops::{Context, installed::Installed, manifests::Sources},
    store::StoredPackage,
    verify::Integrity,
};

/// Packages whose files are compared at the same time.
const CONCURRENT: usize = 4;
/// A larger file of a package is compared by its size alone.
const MAX_FILE: u64 = 512 << 20;
/// So many files of a package are named.
const NAMED: usize = 10;

/// Tells of all contradictions and hands them back as objects.
pub(super) async fn check(
    context: &Context,
    installed: &Installed,
    checked: &[Checked],
    sources: &Sources,
) -> Vec<Value> {
    let mut findings: Vec<Finding> =
        checked.iter().filter_map(|checked| lock_differs(installed, checked)).collect();
    let on_disk = stream::iter(checked)
        .map(|checked| disk_differs(installed, checked, sources))
        .buffered(CONCURRENT);
    findings.extend(on_disk.filter_map(|finding| async { finding }).collect::<Vec<_>>().await);
    let objects = findings.iter().map(object).collect();
    for finding in findings {
        context.reporter.event(Event::Finding(Box::new(finding)));
    }
    objects
}

fn object(finding: &Finding) -> Value {
    json!({
        "code": finding.code,
        "flag": finding.flag,
        "level": if finding.gravity == Gravity::Block { "block" } else { "warn" },
        "location": finding.file,
        "name": finding.name,
        "version": finding.version,
        "message": finding.message,
        "evidence": finding.evidence,
    })
}

/// How the registry's word is called in messages.
fn authority(checked: &Checked) -> &'static str {
    match checked.signature {
        State::Verified => "the registry has signed",
        State::Missing | State::Invalid => "the registry tells",
    }
}

/// Two lists contradict each other when they have an algorithm in common and no digest in it.
fn contradict(one: &Integrity, other: &Integrity) -> bool {
    one.clone().merge(other).is_err()
}

fn lock_differs(installed: &Installed, checked: &Checked) -> Option<Finding> {
    let lock = &installed.files.lock.as_ref()?.shrinkwrap;
    let entry = lock.packages.get(&checked.candidate.location)?;
    let locked = Integrity::parse(entry.integrity.as_deref()?).ok()?;
    let told = Integrity::parse(checked.package.integrity.as_deref()?).ok()?;
    let same_version = entry.package.version.as_deref() == Some(&*checked.candidate.version);
    (same_version && contradict(&locked, &told)).then(|| {
        let evidence =
            vec![format!("the lockfile: {locked}"), format!("{}: {told}", authority(checked))];
        finding(
            checked,
            "DENPM-S02",
            "lock-integrity",
            "the lockfile promises other bytes",
            evidence,
        )
    })
}

/// Compares the files on the disk with those of the tarball that the registry vouches for.
async fn disk_differs(
    installed: &Installed,
    checked: &Checked,
    sources: &Sources,
) -> Option<Finding> {
    let source = PackageSource {
        name: &checked.candidate.name,
        package_name: &checked.candidate.name,
        version: &checked.candidate.version,
        resolved: checked.package.resolved.as_deref(),
        integrity: checked.package.integrity.as_deref(),
        naming: Naming::Checked,
    };
    // What cannot be fetched cannot be compared: no verdict.
    let stored = sources.package(&source).await.ok()?.package;
    let folder = folder(installed, checked.candidate.node);
    let compare = move || differences(&stored, &folder);
    let different = tokio::task::spawn_blocking(compare).await.ok()?;
    if different.is_empty() {
        return None;
    }
    let more = different.len().saturating_sub(NAMED);
    let mut evidence: Vec<String> = different.into_iter().take(NAMED).collect();
    if more > 0 {
        evidence.push(format!("and {more} more"));
    }
    let manifest = &installed.tree[checked.candidate.node].package;
    let message = if manifest.has_install_scripts() {
        "files differ from the signed tarball; its install scripts may have changed them"
    } else {
        "files differ from the signed tarball"
    };
    let mut finding = finding(checked, "DENPM-S03", "files-changed", message, evidence);
    if manifest.has_install_scripts() {
        finding.gravity = Gravity::Warn;
    }
    Some(finding)
}

fn folder(installed: &Installed, node: NodeId) -> PathBuf {
    PathBuf::from(&*installed.tree[node].realpath)
}

/// The files that are missing or have another content, `path: what`.
fn differences(stored: &StoredPackage, folder: &Path) -> Vec<String> {
    let files = stored.index.files().iter();
    files
        .filter_map(|file| {
            let what = difference(&file.path.under(folder), file.size, &file.digest)?;
            Some(format!("{}: {what}", file.path.as_str()))
        })
        .collect()
}

fn difference(path: &Path, size: u64, digest: &[u8; 32]) -> Option<&'static str> {
    let Ok(found) = fs::symlink_metadata(path) else { return Some("missing") };
    if !found.is_file() {
        return Some("no longer a file");
    }
    // npm takes the carriage return from the first line of a command.
    if found.len() != size && found.len().saturating_add(1) != size || size > MAX_FILE {
        return (found.len() != size).then_some("changed");
    }
    let Ok(content) = fs::read(path) else { return Some("unreadable") };
    let is = |content: &[u8]| <[u8; 32]>::from(Sha256::digest(content)) == *digest;
    (!is(&content) && !with_carriage_return(&content).is_some_and(|content| is(&content)))
        .then_some("changed")
}

/// A command as it was before npm made its first line one for Unix.
fn with_carriage_return(content: &[u8]) -> Option<Vec<u8>> {
    let end = content.iter().position(|byte| *byte == b'\n')?;
    content.starts_with(b"#!").then(|| {
        let mut before = content.to_vec();
        before.insert(end, b'\r');
        before
    })
}

fn finding(
    checked: &Checked,
    code: &'static str,
    flag: &'static str,
    message: &str,
    evidence: Vec<String>,
) -> Finding {
    Finding {
        code,
        flag,
        gravity: Gravity::Block,
        name: checked.candidate.name.clone(),
        version: checked.candidate.version.clone(),
        baseline: None,
        message: message.to_owned(),
        evidence,
        file: Some(checked.candidate.location.clone()),
        acknowledge: None,
    }
}
