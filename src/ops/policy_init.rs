//! `policy init`: rules about who may have built the packages that are installed now.
//!
//! What was proven of each package is remembered by name, version and integrity; a rule is
//! written for each build that stands behind some of them, so that the next version must come
//! from the same one. People check a generated list; nobody writes one.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::{
    Context,
    installed::{Installed, Origin, Peers},
    proofs, sidecar,
};
use crate::{
    error::{Code, Explain, Failure},
    fs::{Durability, write_atomic},
    verify::attestation::Provenance,
};

/// Rules, and what became of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedPolicy {
    /// The file's text.
    pub text: String,
    /// Where it was written; `None` when a file was there already.
    pub written: Option<PathBuf>,
    /// How many packages the rules are about.
    pub packages: usize,
    /// Installed packages of which no origin is proven.
    pub without: usize,
}

/// Nothing is known about what is installed.
#[derive(Debug, thiserror::Error)]
#[error("no provenance is proven of any installed package")]
struct NothingProven;

impl Explain for NothingProven {
    fn code(&self) -> Code {
        Code::Policy
    }

    fn help(&self) -> Option<String> {
        Some(
            "Run `denpm ci` against a registry that serves attestations, then again \
             `denpm policy init`."
                .to_owned(),
        )
    }
}

/// One rule of the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Rule {
    packages: BTreeSet<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_repository: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_repository_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    workflow: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    runner: Option<String>,
}

#[derive(Serialize)]
struct File {
    version: u32,
    rule: Vec<Rule>,
}

/// Generates rules from what is installed, and writes `denpm.toml` where there is none.
///
/// # Errors
/// A project that cannot be read, one of which nothing is proven, and a file that cannot be
/// written.
pub fn policy_init(context: &Context) -> Result<GeneratedPolicy, Failure> {
    let options = &context.options;
    let installed = Installed::load(options, &*context.reporter, Origin::Disk, Peers::Configured)?;
    let recorded = sidecar::Known::read(&installed.files.folder);
    let tree = &installed.tree;
    let mut proven = Vec::new();
    let mut without = 0;
    let known = proofs::Remembered::load(&options.paths.cache);
    for node in tree.inventory_of(installed.root) {
        let Some(integrity) = recorded.integrity(&tree[node].location) else { continue };
        let name = tree[node].package_name().unwrap_or_default();
        match known.provenance(name, tree[node].version_text(), integrity) {
            Some(provenance) => proven.push((name.to_owned(), provenance)),
            None => without += 1,
        }
    }
    if proven.is_empty() {
        return Err(NothingProven.into());
    }
    let rules = rules(&proven);
    let packages = rules.iter().map(|rule| rule.packages.len()).sum();
    let text = render(rules);
    let written = write(&installed.files.folder.join("denpm.toml"), &text)?;
    Ok(GeneratedPolicy { text, written, packages, without })
}

fn write(path: &Path, text: &str) -> Result<Option<PathBuf>, Failure> {
    if path.exists() {
        return Ok(None);
    }
    write_atomic(path, text.as_bytes(), Durability::Synced)?;
    Ok(Some(path.to_owned()))
}

/// One rule for each build, in the order of their packages.
fn rules(proven: &[(String, Provenance)]) -> Vec<Rule> {
    let mut builds: BTreeMap<[Option<&str>; 5], BTreeSet<String>> = BTreeMap::new();
    for (name, provenance) in proven {
        let build = [
            provenance.source_repository.as_deref(),
            provenance.source_repository_id.as_deref(),
            provenance.workflow.as_deref(),
            provenance.issuer.as_deref(),
            provenance.runner.as_deref(),
        ];
        builds.entry(build).or_default().insert(name.clone());
    }
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let rule = |(build, packages): ([Option<&str>; 5], BTreeSet<String>)| {
        let [repository, id, workflow, issuer, runner] = build.map(owned);
        Rule {
            packages,
            source_repository: repository,
            source_repository_id: id,
            workflow,
            issuer,
            runner,
        }
    };
    let mut rules: Vec<Rule> = builds.into_iter().map(rule).collect();
    rules.sort();
    rules
}

fn render(rule: Vec<Rule>) -> String {
    // Strings, lists and numbers always serialise.
    let rules = toml::to_string(&File { version: 1, rule }).unwrap_or_default();
    format!(
        "# Who may build these packages: written by `denpm policy init` from what was installed and\n\
         # proven. Every rule that means a package must hold; see each of them before you commit.\n\
         {rules}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_of_one_build_share_a_rule() {
        let build = |repository: &str| Provenance {
            source_repository: Some(repository.to_owned()),
            workflow: Some(".github/workflows/release.yml".to_owned()),
            ..Provenance::default()
        };
        let proven = [
            ("b".to_owned(), build("https://host.example/o/mono")),
            ("c".to_owned(), build("https://host.example/o/c")),
            ("a".to_owned(), build("https://host.example/o/mono")),
            ("a".to_owned(), build("https://host.example/o/mono")),
        ];
        insta::assert_snapshot!(render(rules(&proven)), @r#"
        # Who may build these packages: written by `denpm policy init` from what was installed and
        # proven. Every rule that means a package must hold; see each of them before you commit.
        version = 1

        [[rule]]
        packages = ["a", "b"]
        source_repository = "https://host.example/o/mono"
        workflow = ".github/workflows/release.yml"

        [[rule]]
        packages = ["c"]
        source_repository = "https://host.example/o/c"
        workflow = ".github/workflows/release.yml"
        "#);
    }
}
