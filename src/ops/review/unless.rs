//! `update --unless`: what an update would bring that is not wanted holds it back, and only it.
//!
//! ```text
//! ideal tree ─► changes ─► findings ─► unwanted? ── none ─► done
//!      ▲                                  │ the version is avoided; where nothing else satisfies
//!      └──────────────────────────────────┘ who needs it, whoever changed among these
//! ```
//!
//! So each package gets the newest version that brings nothing unwanted, or keeps its own.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
};

use super::{
    changes::{Changed, changes_of},
    gate::{Depth, Gate, look},
    metadata,
};
use crate::{
    arborist::{Ideal, NodeId},
    error::{Code, Explain, Failure},
    event::{Event, Level},
    flag::Flag,
    ops::{
        Context,
        build::{self, TreeRequest},
        manifests::Sources,
        project::ProjectFiles,
    },
    spec::Version,
};

/// Trees that are built while a package may still get another version than the one it had.
const PATIENT_ROUNDS: usize = 12;
/// The most trees that are built.
const MAX_ROUNDS: usize = 200;
/// The most versions of a package that are looked at in one round.
const MAX_VERSIONS: usize = 500;

/// What an update must not bring.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unless {
    flags: BTreeSet<Flag>,
    major: bool,
}

/// An update that cannot be done as asked.
#[derive(Debug, thiserror::Error)]
pub enum UnlessError {
    /// A word that names nothing.
    #[error("there is nothing called {0:?} that an update could bring")]
    Unknown(String),
    /// A version that has to be installed.
    #[error("{package} cannot be held back: {reason}")]
    Needed {
        /// `name@version`.
        package: String,
        /// What it would bring.
        reason: String,
    },
    /// The tree does not settle.
    #[error("no tree without what is unwanted was found in {MAX_ROUNDS} attempts")]
    Endless,
}

impl Explain for UnlessError {
    fn code(&self) -> Code {
        match self {
            Self::Unknown(_) => Code::Usage,
            Self::Needed { .. } | Self::Endless => Code::Policy,
        }
    }

    fn package(&self) -> Option<String> {
        match self {
            Self::Needed { package, .. } => Some(package.clone()),
            Self::Unknown(_) | Self::Endless => None,
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::Unknown(_) => format!(
                "name flags, or some of {}",
                GROUPS
                    .iter()
                    .map(|(word, _)| *word)
                    .chain(["major"])
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
            Self::Needed { .. } | Self::Endless => {
                "nothing else satisfies what package.json asks for; look with `denpm review`"
                    .to_owned()
            }
        })
    }
}

/// Words that stand for several flags.
const GROUPS: &[(&str, &[Flag])] = &[
    ("new-dep", &[Flag::NewDep, Flag::NewDepYoung, Flag::NewDepUnrelated, Flag::ExoticDep]),
    ("new-script", &[Flag::NewScript, Flag::PublisherScript]),
    (
        "publisher-new",
        &[
            Flag::PublisherNew,
            Flag::PublisherUnusual,
            Flag::PublisherScript,
            Flag::PublisherMoved,
            Flag::MaintainersReplaced,
        ],
    ),
    ("downgrade", &[Flag::Downgrade, Flag::DowngradeSettled]),
    (
        "new-capability",
        &[Flag::NewCapability, Flag::NewHost, Flag::MinifiedCapability, Flag::SiblingCapability],
    ),
];

impl Unless {
    /// Reads `new-dep,major`: groups, names and codes of flags, and `major`.
    ///
    /// # Errors
    /// A word that is none of these.
    pub fn parse(text: &str) -> Result<Self, UnlessError> {
        let mut unless = Self::default();
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            let group = GROUPS.iter().find(|(name, _)| *name == word);
            match (group, Flag::parse(word)) {
                (Some((_, flags)), _) => unless.flags.extend(*flags),
                (None, Some(flag)) => {
                    unless.flags.insert(flag);
                }
                (None, None) if word == "major" => unless.major = true,
                (None, None) => return Err(UnlessError::Unknown(word.to_owned())),
            }
        }
        Ok(unless)
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Packuments do not tell what code says.
    fn depth(&self) -> Depth {
        let of_code = |flag: &Flag| *flag >= Flag::MinifiedCapability;
        if self.flags.iter().any(of_code) { Depth::Code } else { Depth::Metadata }
    }
}

/// The ideal tree of a request, without what its `unless` names.
///
/// # Errors
/// As [`build::ideal_tree`]; a version that is unwanted, and needed all the same.
pub(in crate::ops) async fn ideal_tree(
    context: &Context,
    sources: &Sources,
    files: &ProjectFiles,
    request: &TreeRequest,
) -> Result<Ideal, Failure> {
    let mut ideal = build::ideal_tree(context, sources, files, request).await?;
    if request.unless.is_empty() {
        return Ok(ideal);
    }
    let look = Look { context, sources, project: &files.folder, unless: &request.unless };
    let mut held: BTreeMap<String, Held> = BTreeMap::new();
    for round in 0..MAX_ROUNDS {
        let changes = changes_of(files, &ideal.tree, ideal.root);
        let unwanted = look.unwanted(changes.clone(), request.unless.depth()).await?;
        if unwanted.is_empty() {
            tell(context, &changes, held);
            return Ok(ideal);
        }
        for one in unwanted {
            if sources.avoid(&one.changed.name, &one.changed.version) {
                look.avoid_alike(&one.changed, round).await?;
                let Unwanted { changed, reasons } = one;
                held.entry(changed.name.clone()).or_insert(Held { changed, reasons });
            } else {
                hold_who_needs(sources, &ideal, &changes, &one, &mut held)?;
            }
        }
        ideal = build::ideal_tree(context, sources, files, request).await?;
    }
    Err(UnlessError::Endless.into())
}

/// Nothing but this version satisfies: whoever came to need it stays as it was.
fn hold_who_needs(
    sources: &Sources,
    ideal: &Ideal,
    changes: &[Changed],
    unwanted: &Unwanted,
    held: &mut BTreeMap<String, Held>,
) -> Result<(), UnlessError> {
    let Unwanted { changed: needed, reasons } = unwanted;
    let needing = needed.node.map(|node| requirers(ideal, node)).unwrap_or_default();
    let mut avoided = false;
    for other in changes {
        if needing.contains(&(other.name.clone(), other.version.clone()))
            && sources.avoid(&other.name, &other.version)
        {
            avoided = true;
            let why = reasons
                .iter()
                .map(|why| format!("needs {}@{}: {why}", needed.name, needed.version));
            held.entry(other.name.clone())
                .or_insert_with(|| Held { changed: other.clone(), reasons: why.collect() });
        }
    }
    if avoided {
        return Ok(());
    }
    Err(UnlessError::Needed {
        package: format!("{}@{}", needed.name, needed.version),
        reason: reasons.join("; "),
    })
}

/// Name and version of everything that depends on a node.
fn requirers(ideal: &Ideal, node: NodeId) -> BTreeSet<(String, String)> {
    let tree = &ideal.tree;
    let from = tree.edges_in(node).into_iter().filter_map(|edge| tree.edge_from(edge));
    from.map(|from| {
        let it = &tree[from];
        (it.package_name().unwrap_or_default().to_owned(), it.version_text().to_owned())
    })
    .collect()
}

/// A version that would have been installed.
struct Held {
    changed: Changed,
    reasons: Vec<String>,
}

/// A change, and what is unwanted about it.
struct Unwanted {
    changed: Changed,
    reasons: Vec<String>,
}

struct Look<'a> {
    context: &'a Context,
    sources: &'a Sources,
    project: &'a Path,
    unless: &'a Unless,
}

impl Look<'_> {
    /// The changes that bring what is unwanted.
    async fn unwanted(&self, all: Vec<Changed>, depth: Depth) -> Result<Vec<Unwanted>, Failure> {
        let packages = HashMap::new();
        let Self { context, sources, project, .. } = *self;
        let gate = Gate { context, sources, project, changes: all, packages: &packages };
        let review = look(&gate, depth).await?;
        let mut unwanted = Vec::new();
        for changed in gate.changes {
            let findings = review.findings.iter().filter(|finding| {
                finding.name == changed.name
                    && finding.version == changed.version
                    && Flag::parse(finding.flag)
                        .is_some_and(|flag| self.unless.flags.contains(&flag))
            });
            let mut reasons: Vec<String> = findings
                .map(|finding| format!("{}: {}", finding.flag, finding.evidence.join("; ")))
                .collect();
            reasons.extend(self.major(&changed));
            if !reasons.is_empty() {
                unwanted.push(Unwanted { changed, reasons });
            }
        }
        Ok(unwanted)
    }

    fn major(&self, changed: &Changed) -> Option<String> {
        let old = changed.baseline.as_ref().filter(|_| self.unless.major)?;
        let of = |version: &str| Version::parse(version).ok().map(|version| version.major());
        let (from, to) = (of(&old.version)?, of(&changed.version)?);
        (from != to).then(|| format!("major: {from} → {to}"))
    }

    /// Avoids the versions between the one that is there and the one that is held that bring the
    /// same; all of them, where patience is at its end.
    async fn avoid_alike(&self, changed: &Changed, round: usize) -> Result<(), Failure> {
        let Some(old) = &changed.baseline else { return Ok(()) };
        let Ok(history) = metadata::history(self.sources, &changed.name).await else {
            return Ok(());
        };
        let parsed = |version: &str| Version::parse(version).ok();
        let (lowest, highest) = (parsed(&old.version), parsed(&changed.version));
        let is_between = |version: &&str| {
            let version = parsed(version);
            version.is_some() && version > lowest && version < highest
        };
        let between = history.releases().rev().map(|(version, _)| version).filter(is_between);
        let others = between.take(MAX_VERSIONS).map(|version| Changed {
            node: None,
            version: version.to_owned(),
            integrity: None,
            resolved: None,
            ..changed.clone()
        });
        let others: Vec<Changed> = others.collect();
        if round >= PATIENT_ROUNDS {
            for other in &others {
                self.sources.avoid(&other.name, &other.version);
            }
            return Ok(());
        }
        for other in self.unwanted(others, Depth::Metadata).await? {
            self.sources.avoid(&other.changed.name, &other.changed.version);
        }
        Ok(())
    }
}

/// Says what stays as it is, or gets less than there is, and why.
fn tell(context: &Context, changes: &[Changed], held: BTreeMap<String, Held>) {
    for (name, Held { changed, reasons }) in held {
        let instead = changes.iter().find(|other| other.name == name).map(|it| it.version.as_str());
        let kept = changed.baseline.as_ref().map(|known| known.version.as_str());
        let instead = match (instead, kept) {
            (Some(other), _) => format!("{other} instead"),
            (None, Some(kept)) => format!("{kept} stays"),
            (None, None) => "not installed".to_owned(),
        };
        let mut lines = vec![format!("{name} {} is held back, {instead}", changed.version)];
        lines.extend(reasons.into_iter().map(|reason| format!("  {reason}")));
        context.reporter.event(Event::log(Level::Warn, "update", lines));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_groups_flags_or_major_and_nothing_else() {
        let unless = Unless::parse("new-dep, major,DENPM-R19").unwrap();
        assert!(unless.major && unless.flags.contains(&Flag::ExoticDep));
        assert!(unless.flags.contains(&Flag::NoGitHead));
        assert!(Unless::parse("").unwrap().is_empty());
        let error = Unless::parse("new-deps").unwrap_err();
        assert!(error.help().unwrap().contains("new-capability, major"), "{error}");
    }

    #[test]
    fn only_what_code_tells_makes_code_be_read() {
        assert_eq!(Unless::parse("new-script,downgrade,major").unwrap().depth(), Depth::Metadata);
        assert_eq!(Unless::parse("new-capability").unwrap().depth(), Depth::Code);
    }
}
