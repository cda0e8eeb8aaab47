//! From a walk over an archive to a tree on disk.
//!
//! Follows pacote's tar options (lib/fetcher.js `#tarxOptions`): the first component is
//! stripped, owner and time are not taken, the mode is what the umask leaves of 0666 or
//! 0777, a `.gitignore` becomes `.npmignore` unless there is one. The tree is written to
//! a directory that nobody else uses and that holds no links, so plain paths are safe.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::Path,
};

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use super::{
    archive::{Bytes, EntryKind, Fault, FileMode, Rule, Walk},
    entry_path::EntryPath,
    index::{IndexEntry, Origin},
    limits::MAX_PACKAGE_JSON,
};
use crate::fs::FsError;

/// What happens to `.gitignore` files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IgnoreFiles {
    /// They become `.npmignore`, as in every package.
    #[default]
    RenameGitignore,
    /// They stay: archives of git repositories (pacote's `allowGitIgnore`).
    Keep,
}

/// Whether the file system tells `a` from `A`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CaseRule {
    /// Every difference counts.
    Sensitive,
    /// Names that differ by case or Unicode normalisation are one file.
    Insensitive,
}

impl CaseRule {
    /// The platform's usual rule.
    pub(super) fn of_platform() -> Self {
        if cfg!(any(windows, target_os = "macos")) { Self::Insensitive } else { Self::Sensitive }
    }
}

/// What was unpacked.
#[derive(Debug, Default)]
pub(super) struct Unpacked {
    pub(super) files: Vec<IndexEntry>,
    pub(super) directories: Vec<EntryPath>,
    pub(super) omitted: Vec<IndexEntry>,
    pub(super) package_json: Vec<u8>,
}

/// Unpacks all entries of `walk` into `target`, which must not exist yet.
///
/// On a fault `target` is left half-written: the caller owns it and removes it.
pub(super) fn unpack<B: Bytes>(
    walk: &mut Walk<B>,
    target: &Path,
    ignore: IgnoreFiles,
    case: CaseRule,
) -> Result<Unpacked, Fault> {
    fs::create_dir(target).map_err(FsError::io("create", target))?;
    match Extractor::new(target, ignore, case).run(walk) {
        // Damaged bytes break other rules as well; damage is the better answer, and the
        // one that a reader gives which inflates everything before it looks at an entry.
        Err(refused @ Fault::Refused(_)) => Err(walk.read_to_end().err().unwrap_or(refused)),
        decided => decided,
    }
}

/// What a name of the archive stood for when it was seen first.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Seen {
    digest: [u8; 32],
    mode: FileMode,
}

/// Where the content of a file entry goes.
enum Destination {
    /// To this path in the tree.
    Tree(EntryPath, Origin),
    /// Nowhere: a `.gitignore` beside an `.npmignore`.
    Omitted,
}

struct Extractor<'a> {
    target: &'a Path,
    ignore: IgnoreFiles,
    case: CaseRule,
    directories: BTreeSet<EntryPath>,
    files: BTreeMap<EntryPath, IndexEntry>,
    omitted: Vec<IndexEntry>,
    seen: HashMap<EntryPath, Seen>,
    folded: HashMap<String, EntryPath>,
    package_json: Option<Vec<u8>>,
}

impl<'a> Extractor<'a> {
    fn new(target: &'a Path, ignore: IgnoreFiles, case: CaseRule) -> Self {
        Self {
            target,
            ignore,
            case,
            directories: BTreeSet::new(),
            files: BTreeMap::new(),
            omitted: Vec::new(),
            seen: HashMap::new(),
            folded: HashMap::new(),
            package_json: None,
        }
    }

    fn run<B: Bytes>(mut self, walk: &mut Walk<B>) -> Result<Unpacked, Fault> {
        while let Some(entry) = walk.next_entry()? {
            match entry.kind {
                EntryKind::Directory => self.directory(&entry.path)?,
                EntryKind::File(mode) => self.file(walk, entry.path, mode)?,
            }
        }
        Ok(Unpacked {
            files: self.files.into_values().collect(),
            directories: self.directories.into_iter().collect(),
            omitted: self.omitted,
            package_json: self.package_json.ok_or(Rule::NoPackageJson)?,
        })
    }

    /// Creates a directory and those above it, each once.
    fn directory(&mut self, path: &EntryPath) -> Result<(), Fault> {
        let mut missing = Vec::new();
        let mut above = Some(path.clone());
        while let Some(directory) = above.filter(|directory| !self.directories.contains(directory))
        {
            above = directory.parent();
            missing.push(directory);
        }
        for directory in missing.into_iter().rev() {
            if self.files.contains_key(&directory) || self.seen.contains_key(&directory) {
                return Err(Rule::FileAndDirectory.at(directory.as_str().as_bytes()));
            }
            let twin = self.fold(&directory);
            if twin.as_ref().is_some_and(|twin| self.files.contains_key(twin)) {
                return Err(collision(&directory, twin.as_ref()));
            }
            let path = directory.under(self.target);
            match fs::create_dir(&path) {
                Err(error) if twin.is_some() && error.kind() == io::ErrorKind::AlreadyExists => {}
                created => created.map_err(FsError::io("create", path))?,
            }
            self.directories.insert(directory);
        }
        Ok(())
    }

    /// Takes a file entry; its content is read whatever becomes of it.
    fn file<B: Bytes>(
        &mut self,
        walk: &mut Walk<B>,
        path: EntryPath,
        mode: FileMode,
    ) -> Result<(), Fault> {
        if self.directories.contains(&path) {
            return Err(Rule::FileAndDirectory.at(path.as_str().as_bytes()));
        }
        if let Some(first) = self.seen.get(&path) {
            let (digest, _) = read(walk, |_| Ok(()))?;
            let same = *first == Seen { digest, mode };
            return if same { Ok(()) } else { Err(Rule::Duplicate.at(path.as_str().as_bytes())) };
        }
        let entry = match self.destination(&path)? {
            Destination::Tree(place, origin) => self.write(walk, place, mode, origin)?,
            Destination::Omitted => {
                let (digest, size) = read(walk, |_| Ok(()))?;
                let entry = IndexEntry {
                    path: path.clone(),
                    size,
                    mode,
                    digest,
                    origin: Origin::Gitignore,
                };
                self.omitted.push(entry.clone());
                entry
            }
        };
        self.seen.insert(path, Seen { digest: entry.digest, mode });
        Ok(())
    }

    fn destination(&mut self, path: &EntryPath) -> Result<Destination, Fault> {
        if path.file_name() != ".gitignore" || self.ignore == IgnoreFiles::Keep {
            return Ok(Destination::Tree(path.clone(), Origin::Itself));
        }
        let npmignore = path
            .sibling(".npmignore")
            .map_err(|rule| Rule::from(rule).at(path.as_str().as_bytes()))?;
        if self.directories.contains(&npmignore) {
            return Err(Rule::FileAndDirectory.at(npmignore.as_str().as_bytes()));
        }
        let taken = self.seen.contains_key(&npmignore);
        Ok(if taken {
            Destination::Omitted
        } else {
            Destination::Tree(npmignore, Origin::Gitignore)
        })
    }

    fn write<B: Bytes>(
        &mut self,
        walk: &mut Walk<B>,
        path: EntryPath,
        mode: FileMode,
        origin: Origin,
    ) -> Result<IndexEntry, Fault> {
        if let Some(parent) = path.parent() {
            self.directory(&parent)?;
        }
        if let Some(twin) = self.fold(&path) {
            return self.same_as(walk, &twin, path, mode);
        }
        let disk = path.under(self.target);
        if let Some(renamed) = self.files.remove(&path) {
            // An .npmignore behind a .gitignore that had become one: the real one stays.
            fs::remove_file(&disk).map_err(FsError::io("remove", &disk))?;
            let path = renamed.path.sibling(".gitignore").unwrap_or(renamed.path);
            self.omitted.push(IndexEntry { path, ..renamed });
        }
        let mut file = create(&disk, mode)?;
        let mut kept = (path.as_str() == "package.json").then(Vec::new);
        let (digest, size) = read(walk, |part| {
            if let Some(kept) = &mut kept {
                if (kept.len() + part.len()) as u64 > MAX_PACKAGE_JSON {
                    return Err(Rule::PackageJsonTooLarge.into());
                }
                kept.extend_from_slice(part);
            }
            Ok(file.write_all(part).map_err(FsError::io("write", &disk))?)
        })?;
        self.package_json = kept.or_else(|| self.package_json.take());
        let entry = IndexEntry { path: path.clone(), size, mode, digest, origin };
        self.files.insert(path, entry.clone());
        Ok(entry)
    }

    /// Accepts a file whose name the file system takes for that of `twin`, if it is the same file.
    ///
    /// The file system has one of the two, the archive both, so a tree hash covers both.
    fn same_as<B: Bytes>(
        &mut self,
        walk: &mut Walk<B>,
        twin: &EntryPath,
        path: EntryPath,
        mode: FileMode,
    ) -> Result<IndexEntry, Fault> {
        let (digest, size) = read(walk, |_| Ok(()))?;
        let same =
            self.files.get(twin).is_some_and(|file| (file.digest, file.mode) == (digest, mode));
        if !same {
            return Err(collision(&path, Some(twin)));
        }
        let entry = IndexEntry { path, size, mode, digest, origin: Origin::Itself };
        self.omitted.push(entry.clone());
        Ok(entry)
    }

    /// An earlier, different path that the file system takes for this one.
    fn fold(&mut self, path: &EntryPath) -> Option<EntryPath> {
        if self.case == CaseRule::Sensitive {
            return None;
        }
        // Upper case first: it is what makes `ß` and `ss` meet (CVE-2026-23950).
        let folded: String = path
            .as_str()
            .nfkd()
            .flat_map(char::to_uppercase)
            .flat_map(char::to_lowercase)
            .nfkd()
            .collect();
        let first = self.folded.entry(folded).or_insert_with(|| path.clone());
        (first != path).then(|| first.clone())
    }
}

fn collision(path: &EntryPath, twin: Option<&EntryPath>) -> Fault {
    Rule::Collision(twin.map(ToString::to_string).unwrap_or_default()).at(path.as_str().as_bytes())
}

/// Reads the content of the current entry: its SHA-256 and its size.
fn read<B: Bytes>(
    walk: &mut Walk<B>,
    mut take: impl FnMut(&[u8]) -> Result<(), Fault>,
) -> Result<([u8; 32], u64), Fault> {
    let mut hasher = Sha256::new();
    let mut size = 0;
    walk.body(|part| {
        hasher.update(part);
        size += part.len() as u64;
        take(part)
    })?;
    Ok((hasher.finalize().into(), size))
}

fn create(path: &Path, mode: FileMode) -> Result<File, FsError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode.creation_bits());
    #[cfg(not(unix))]
    let _: FileMode = mode;
    options.open(path).map_err(FsError::io("create", path))
}
