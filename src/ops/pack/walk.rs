//! Which files of a folder the ignore files let through (npm-packlist 10 on ignore-walk 8).
//!
//! Every folder has up to five sets of rules, asked in a fixed order, the last match deciding; a
//! folder first asks the one above it. Names are matched against patterns only, never the disk.

use std::{collections::BTreeSet, fs, path::Path};

use super::{
    PackError,
    glob::{Reach, Rule, Segment},
    rules::{self, PackageRules},
};
use crate::fs::{FsError, read_bounded_file};

/// The largest ignore file, in bytes.
const MAX_IGNORE_FILE: u64 = 1 << 20;

/// Deepest folder.
const MAX_DEPTH: usize = 128;

/// Most files of a package, as many as the store takes entries.
const MAX_FILES: usize = 100_000;

/// A set of rules, by where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// What is never packed.
    Defaults,
    /// `files` of package.json.
    PackageJson,
    /// package.json read like an ignore file: npm does so below a package with workspaces, with
    /// no effect but that the folder's own ignore files do not count.
    PackageJsonLines,
    /// `.npmignore`.
    Npmignore,
    /// `.gitignore`.
    Gitignore,
    /// What always or never is packed, whatever else is said.
    Strict,
}

impl Source {
    /// A package at the root of what is packed, or linked into it.
    pub(super) const PACKAGE: &'static [Self] =
        &[Self::Defaults, Self::PackageJson, Self::Npmignore, Self::Gitignore, Self::Strict];
    /// A bundled package: its ignore files did their work when it was published.
    pub(super) const BUNDLED: &'static [Self] = &[Self::PackageJson, Self::Strict];
    const FOLDER: &'static [Self] =
        &[Self::Defaults, Self::Npmignore, Self::Gitignore, Self::Strict];
    const FOLDER_OF_WORKSPACES: &'static [Self] =
        &[Self::Defaults, Self::PackageJsonLines, Self::Npmignore, Self::Gitignore, Self::Strict];

    fn file_name(self) -> Option<&'static str> {
        match self {
            Self::PackageJson | Self::PackageJsonLines => Some("package.json"),
            Self::Npmignore => Some(".npmignore"),
            Self::Gitignore => Some(".gitignore"),
            Self::Defaults | Self::Strict => None,
        }
    }
}

/// What is walked.
pub(super) struct Walk<'a> {
    /// The package's folder.
    pub(super) root: &'a Path,
    /// What its package.json says.
    pub(super) package: &'a PackageRules,
    /// Which sets of rules its root obeys.
    pub(super) sources: &'static [Source],
}

/// One folder on the way down.
struct Level<'a> {
    parent: Option<&'a Level<'a>>,
    name: Segment,
    rules: Vec<Vec<Rule>>,
    /// The folder itself was let through as such, so that what its parents say of its content
    /// can be overruled in it.
    exact: bool,
    /// Files directly in this folder that `files` names.
    required: Vec<String>,
    depth: usize,
}

/// An entry of a folder, and what the rules say of it.
struct Entry {
    name: String,
    as_file: bool,
    as_folder: bool,
}

impl Walk<'_> {
    /// The files, relative to the root, with `/` between names.
    pub(super) fn files(&self) -> Result<BTreeSet<String>, PackError> {
        let mut files = BTreeSet::new();
        let names = names_in(self.root)?;
        let sets = self.sets(self.root, &names, self.sources, &[])?;
        let level = Level {
            parent: None,
            name: Segment::default(),
            rules: sets,
            exact: false,
            required: self.package.required.clone(),
            depth: 0,
        };
        self.enter(self.root, "", names, &level, &mut files)?;
        Ok(files)
    }

    fn enter(
        &self,
        folder: &Path,
        prefix: &str,
        names: Vec<String>,
        level: &Level<'_>,
        files: &mut BTreeSet<String>,
    ) -> Result<(), PackError> {
        if level.depth > MAX_DEPTH {
            return Err(PackError::TooDeep(folder.to_path_buf()));
        }
        for entry in names.into_iter().filter_map(|name| level.judge(name)) {
            let (path, relative) = (folder.join(&entry.name), format!("{prefix}{}", entry.name));
            let metadata = fs::symlink_metadata(&path).map_err(FsError::io("read", &path))?;
            if metadata.is_file() && entry.as_file {
                files.insert(relative);
                if files.len() > MAX_FILES {
                    return Err(PackError::TooManyFiles(self.root.to_path_buf()));
                }
            } else if metadata.is_dir() && entry.as_folder {
                let names = names_in(&path)?;
                let child = self.child(level, &path, &entry, &names)?;
                self.enter(&path, &format!("{relative}/"), names, &child, files)?;
            }
        }
        Ok(())
    }

    fn child<'a>(
        &self,
        parent: &'a Level<'a>,
        path: &Path,
        entry: &Entry,
        names: &[String],
    ) -> Result<Level<'a>, PackError> {
        let required = rules::below(&parent.required, &entry.name);
        let sources =
            if self.package.has_workspaces { Source::FOLDER_OF_WORKSPACES } else { Source::FOLDER };
        let name = Segment::new(&entry.name);
        let exact = entry.as_file || parent.lets_through(&[&name, &Segment::default()], None);
        let rules = self.sets(path, names, sources, &required)?;
        Ok(Level { parent: Some(parent), name, rules, exact, required, depth: parent.depth + 1 })
    }

    /// The rules of one folder in the order in which they are asked.
    fn sets(
        &self,
        folder: &Path,
        names: &[String],
        sources: &[Source],
        required: &[String],
    ) -> Result<Vec<Vec<Rule>>, PackError> {
        let is_root = sources == self.sources && folder == self.root;
        let mut sets: Vec<(Source, Vec<Rule>)> = Vec::new();
        for source in sources {
            let file = source.file_name().filter(|file| names.iter().any(|name| name == file));
            let lines = match source {
                Source::Defaults => rules::DEFAULTS.join("\n"),
                Source::PackageJson if file.is_some() => self.package.included.join("\n"),
                Source::Strict if is_root && !names.iter().any(|name| name == "package.json") => {
                    continue;
                }
                Source::Strict if is_root => self.package.strict.join("\n"),
                Source::Strict => rules::strict_of_folder(required).join("\n"),
                _ => match file {
                    Some(file) => read_ignore_file(&folder.join(file))?,
                    None => continue,
                },
            };
            if *source == Source::PackageJson
                && (file.is_none() || self.package.included.is_empty())
            {
                continue;
            }
            sets.push((*source, parse_rules(&lines, folder)?));
        }
        let has = |wanted: &[Source]| sets.iter().any(|(source, _)| wanted.contains(source));
        let package_json = has(&[Source::PackageJson, Source::PackageJsonLines]);
        let npmignore = has(&[Source::Npmignore]);
        sets.retain(|(source, _)| match source {
            Source::Npmignore => !package_json,
            Source::Gitignore => !package_json && !npmignore,
            _ => true,
        });
        Ok(sets.into_iter().map(|(_, rules)| rules).collect())
    }
}

impl Level<'_> {
    /// Asks for an entry as file and as folder; `None` if it can be neither.
    fn judge(&self, name: String) -> Option<Entry> {
        // npm packs no name that Windows cannot have.
        if name.contains('*') {
            return None;
        }
        let segment = Segment::new(&name);
        let as_file = self.lets_through(&[&segment], None);
        let as_folder = self.lets_through(&[&segment], Some(Partial { below: None }));
        (as_file || as_folder).then_some(Entry { name, as_file, as_folder })
    }

    /// `filterEntry`: whether a path below this folder is let through.
    fn lets_through(&self, path: &[&Segment], partial: Option<Partial<'_>>) -> bool {
        self.asks(path, partial, None)
    }

    fn asks(
        &self,
        path: &[&Segment],
        partial: Option<Partial<'_>>,
        leaf: Option<&[&Segment]>,
    ) -> bool {
        let mut included = true;
        if let Some(parent) = self.parent {
            let mut longer = vec![&self.name];
            longer.extend_from_slice(path);
            let leaf = leaf.unwrap_or(path);
            let partial = partial.map(|_| Partial { below: Some(leaf) });
            included = parent.asks(&longer, partial, Some(leaf));
            if !included && !self.exact {
                return false;
            }
        }
        let names = Names::new(path, partial);
        for rule in self.rules.iter().flatten() {
            if rule.negate != included && names.match_rule(rule) {
                included = rule.negate;
            }
        }
        included
    }
}

/// The entry may be a folder, of which a part may be let through.
#[derive(Clone, Copy)]
struct Partial<'a> {
    /// The entry's own name, where the path is longer.
    below: Option<&'a [&'a Segment]>,
}

/// The forms in which ignore-walk offers a path to a rule.
struct Names<'a> {
    slashed: Vec<&'a Segment>,
    leaf: Option<Vec<&'a Segment>>,
    partial: bool,
}

static SLASH: std::sync::LazyLock<Segment> = std::sync::LazyLock::new(Segment::default);

impl<'a> Names<'a> {
    fn new(path: &[&'a Segment], partial: Option<Partial<'a>>) -> Self {
        let between = |path: &[&'a Segment]| {
            let mut slashed: Vec<&Segment> = vec![&SLASH];
            slashed.extend_from_slice(path);
            slashed.push(&SLASH);
            slashed
        };
        let leaf = partial.and_then(|partial| partial.below).map(between);
        Self { slashed: between(path), leaf, partial: partial.is_some() }
    }

    fn match_rule(&self, rule: &Rule) -> bool {
        let whole = |path: &[&Segment]| either_root(path, rule, Reach::Whole);
        let prefix = |path: &[&Segment]| rule.negate && either_root(path, rule, Reach::Prefix);
        let plain = self.slashed.split_last().map_or([].as_slice(), |(_, plain)| plain);
        if whole(plain) || self.partial && (whole(&self.slashed) || prefix(plain)) {
            return true;
        }
        self.leaf.as_ref().is_some_and(|leaf| {
            let plain = leaf.split_last().map_or([].as_slice(), |(_, plain)| plain);
            self.partial && rule.is_relative && (whole(leaf) || prefix(plain))
        })
    }
}

/// With a slash in front, then without.
fn either_root(path: &[&Segment], rule: &Rule, reach: Reach) -> bool {
    rule.matches(path, reach) || path.get(1..).is_some_and(|path| rule.matches(path, reach))
}

fn names_in(folder: &Path) -> Result<Vec<String>, PackError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(FsError::io("read", folder))? {
        let entry = entry.map_err(FsError::io("read", folder))?;
        let name = entry.file_name().into_string();
        names.push(name.map_err(|name| PackError::NotUnicode(folder.join(name)))?);
        if names.len() > MAX_FILES {
            return Err(PackError::TooManyFiles(folder.to_path_buf()));
        }
    }
    Ok(names)
}

fn read_ignore_file(path: &Path) -> Result<String, PackError> {
    // Not a pipe or device: reading it might never end.
    let metadata = fs::metadata(path).map_err(FsError::io("read", path))?;
    if !metadata.is_file() {
        return Err(PackError::NotAFile(path.to_path_buf()));
    }
    Ok(String::from_utf8_lossy(&read_bounded_file(path, MAX_IGNORE_FILE)?).into_owned())
}

fn parse_rules(lines: &str, folder: &Path) -> Result<Vec<Rule>, PackError> {
    lines
        .lines()
        .map(|line| Rule::parse(line.trim()))
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()
        .map_err(|_| PackError::Pattern(folder.to_path_buf()))
}
