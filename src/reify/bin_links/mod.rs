//! `node_modules/.bin`: which names point where, and making it so.
//!
//! [`bin_plan`] decides without touching the disk; [`link_bin`] and [`unlink_bin`] apply one
//! decision. Differences from npm's `bin-links`, all on the side of refusing: a name that is
//! not one plain path segment and a target that is not a regular file are never linked, and
//! a file that shares its inode (with the store) is replaced instead of changed.

use std::{
    collections::BTreeSet,
    fmt, fs, io,
    path::{Component, Path, PathBuf},
};

use crate::{
    error::{Code, Explain},
    manifest::StringMap,
};

mod fix_bin;
pub use fix_bin::fix_bin;

#[cfg(test)]
#[cfg(unix)]
mod tests;

/// The longest name a file system stores.
const MAX_NAME_BYTES: usize = 255;

/// Commands a package must not put before the real ones on a script's PATH without someone noticing.
const SYSTEM_TOOLS: &[&str] = &[
    "bash",
    "bun",
    "cmd",
    "corepack",
    "curl",
    "deno",
    "denpm",
    "git",
    "node",
    "node-gyp",
    "npm",
    "npx",
    "pnpm",
    "powershell",
    "pwsh",
    "python",
    "python3",
    "sh",
    "ssh",
    "sudo",
    "yarn",
];

/// A command name: one path segment of letters, digits and `. _ ~ $ ! @ + -`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BinName(String);

/// Why a bin entry is not linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinRefusal {
    /// The key is not a [`BinName`].
    Name,
    /// The value names nothing inside the package.
    Target,
    /// A package that comes earlier in the order owns the name.
    Taken,
}

impl BinName {
    /// Parses a key of the `bin` map.
    ///
    /// A scope is dropped first (`@s/x` is `x`), as npm's `npm-normalize-package-bin` does;
    /// names that Windows reserves are refused on every platform, so that one manifest has one verdict.
    pub fn parse(key: &str) -> Option<Self> {
        let name = match key.split_once('/') {
            Some((scope, name)) if scope.len() > 1 && scope.starts_with('@') => name,
            Some(_) => return None,
            None => key,
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || "._~$!@+-".contains(c);
        let valid = !name.is_empty()
            && name.len() <= MAX_NAME_BYTES
            && name.chars().all(plain)
            && !name.ends_with('.')
            && !is_windows_device(name);
        valid.then(|| Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True when the name is that of a tool scripts call by name (`node`, `sh`, `git` …): evidence for the policy.
    pub fn shadows_system_tool(&self) -> bool {
        SYSTEM_TOOLS.contains(&self.0.to_ascii_lowercase().as_str())
    }
}

impl fmt::Display for BinName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_windows_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul")
        || stem
            .strip_prefix("com")
            .or_else(|| stem.strip_prefix("lpt"))
            .is_some_and(|digit| matches!(digit.as_bytes(), [b'0'..=b'9']))
}

/// A package whose bins are to be linked, as the planner sees it.
#[derive(Clone, Copy, Debug)]
pub struct BinPackage<'a> {
    /// The folder in `node_modules` (for a link: of the link, not of its target).
    pub path: &'a Path,
    /// The manifest's normalised `bin` map: name → path in the package.
    pub bin: &'a StringMap,
}

/// One link (three shims on Windows) to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BinLink {
    /// The `.bin` folder.
    pub folder: PathBuf,
    /// The name in it.
    pub name: BinName,
    /// The file the command runs.
    pub target: PathBuf,
    /// `target` relative to `folder`, `/`-separated: the content of the symbolic link.
    pub relative: String,
}

impl BinLink {
    /// Where the link lies.
    pub fn path(&self) -> PathBuf {
        self.folder.join(self.name.as_str())
    }
}

/// A bin entry that is not linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedBin {
    /// The package's folder.
    pub package: PathBuf,
    /// The key as the manifest has it (foreign text).
    pub key: String,
    /// Why.
    pub why: BinRefusal,
}

/// What [`bin_plan`] decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BinPlan {
    /// Links to make, in order.
    pub links: Vec<BinLink>,
    /// Entries left out.
    pub refused: Vec<RefusedBin>,
}

/// Decides the links of `packages`, which the caller gives in npm's order (depth, then path):
/// the first package that claims a name in a `.bin` folder keeps it, even when its target
/// turns out to be missing. Roots and workspace folders have no place here, only what lies in
/// `node_modules`. Source: `bin-links/lib/link-bins.js`, `get-node-modules.js`, `link-gently.js`.
pub fn bin_plan<'a>(packages: impl IntoIterator<Item = BinPackage<'a>>) -> BinPlan {
    let mut plan = BinPlan::default();
    let mut taken = BTreeSet::new();
    for package in packages {
        for (key, value) in package.bin.iter() {
            match bin_link(package.path, key, value) {
                Ok(link) if taken.insert(link.path()) => plan.links.push(link),
                Ok(_) => plan.refuse(package.path, key, BinRefusal::Taken),
                Err(why) => plan.refuse(package.path, key, why),
            }
        }
    }
    plan
}

impl BinPlan {
    fn refuse(&mut self, package: &Path, key: &str, why: BinRefusal) {
        self.refused.push(RefusedBin { package: package.to_path_buf(), key: key.to_owned(), why });
    }
}

fn bin_link(package: &Path, key: &str, value: &str) -> Result<BinLink, BinRefusal> {
    let name = BinName::parse(key).ok_or(BinRefusal::Name)?;
    let inside = bin_target(value).ok_or(BinRefusal::Target)?;
    let node_modules = node_modules_of(package).ok_or(BinRefusal::Target)?;
    let package_name = package
        .strip_prefix(node_modules)
        .ok()
        .and_then(|rest| {
            rest.components().map(|part| part.as_os_str().to_str()).collect::<Option<Vec<_>>>()
        })
        .ok_or(BinRefusal::Target)?
        .join("/");
    let mut target = package.to_path_buf();
    target.extend(inside.split('/'));
    Ok(BinLink {
        folder: node_modules.join(".bin"),
        name,
        target,
        relative: format!("../{package_name}/{inside}"),
    })
}

/// The `node_modules` folder that holds the package folder `package` (one more level for a scope).
fn node_modules_of(package: &Path) -> Option<&Path> {
    let parent = package.parent()?;
    if parent.file_name()? == "node_modules" { Some(parent) } else { parent.parent() }
}

/// The value of a bin entry as a path that cannot leave the package: `..` stops at its root.
/// `None` when nothing is left. Source: `npm-normalize-package-bin`.
fn bin_target(value: &str) -> Option<String> {
    let mut inside: Vec<&str> = Vec::new();
    for component in value.split(['/', '\\']) {
        match component {
            "" | "." => {}
            ".." => drop(inside.pop()),
            _ if component.contains(['\0', ':']) => return None,
            _ => inside.push(component),
        }
    }
    (!inside.is_empty()).then(|| inside.join("/"))
}

/// What became of one link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linked {
    /// It was made, or replaced what was there.
    Made,
    /// It was there already.
    Unchanged,
    /// The package has no such file (npm is silent about it, too).
    MissingTarget,
    /// The target is a folder, a socket …: not a command.
    NotAFile,
}

/// A bin could not be linked.
#[derive(Debug, thiserror::Error)]
#[error("cannot link the command {}", path.display())]
pub struct BinError {
    /// The file concerned.
    pub path: PathBuf,
    /// The cause.
    #[source]
    pub source: io::Error,
}

impl Explain for BinError {
    fn code(&self) -> Code {
        Code::System
    }
}

/// Makes one planned link and its target executable. Whatever else lies at the link's place
/// is replaced: inside `node_modules` npm always does (`force: !top`).
///
/// `umask` is the process's file mode mask; executables get `0o777 & !umask`.
///
/// # Errors
/// When the system refuses; nothing but this link and its target is touched.
pub fn link_bin(link: &BinLink, umask: u32) -> Result<Linked, BinError> {
    let failed = |source| BinError { path: link.path(), source };
    match fs::metadata(&link.target) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Ok(Linked::NotAFile),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            return Ok(Linked::MissingTarget);
        }
        Err(error) => return Err(failed(error)),
    }
    let made = write_link(link).map_err(failed)?;
    fix_bin(&link.target, umask)
        .map_err(|source| BinError { path: link.target.clone(), source })?;
    Ok(made)
}

#[cfg(unix)]
fn write_link(link: &BinLink) -> io::Result<Linked> {
    use std::os::unix::fs::symlink;
    let path = link.path();
    match fs::symlink_metadata(&path) {
        Ok(found) if found.is_symlink() && fs::read_link(&path)? == Path::new(&link.relative) => {
            return Ok(Linked::Unchanged);
        }
        Ok(_) => remove_any(&path)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => make_bin_folder(&link.folder)?,
        Err(error) => return Err(error),
    }
    symlink(&link.relative, &path).map(|()| Linked::Made)
}

#[cfg(not(unix))]
fn write_link(link: &BinLink) -> io::Result<Linked> {
    make_bin_folder(&link.folder)?;
    let shims = super::cmd_shim::shims(&link.relative, &fs::read(&link.target)?);
    for (suffix, text) in shims.files() {
        let path = link.folder.join(format!("{}{suffix}", link.name));
        remove_any(&path)?;
        fs::write(path, text)?;
    }
    Ok(Linked::Made)
}

/// `.bin` must be a real folder: through a link we would write outside the project.
fn make_bin_folder(folder: &Path) -> io::Result<()> {
    match fs::symlink_metadata(folder) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => remove_any(folder).and_then(|()| fs::create_dir(folder)),
        Err(_) => fs::create_dir_all(folder),
    }
}

/// Removes a file, a link (never what it points to) or a folder; nothing there is fine.
fn remove_any(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    removed
        .or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

/// Removes the link of a package that leaves, unless the name belongs to another package by
/// now. Returns whether something was removed.
///
/// # Errors
/// When the system refuses.
pub fn unlink_bin(link: &BinLink, package: &Path) -> Result<bool, BinError> {
    let path = link.path();
    let owned = match fs::read_link(&path) {
        Ok(target) => lexically_normal(&link.folder.join(target)).starts_with(package),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        // Not a symbolic link: a shim of ours names its target in the text.
        Err(_) => fs::read_to_string(&path)
            .is_ok_and(|text| text.contains(&format!("$basedir/{}", link.relative))),
    };
    if !owned {
        return Ok(false);
    }
    let suffixes: &[&str] = if cfg!(windows) { &["", ".cmd", ".ps1"] } else { &[""] };
    for suffix in suffixes {
        let shim = link.folder.join(format!("{}{suffix}", link.name));
        remove_any(&shim).map_err(|source| BinError { path: shim, source })?;
    }
    Ok(true)
}

/// Resolves `.` and `..` by text, as `path.resolve` does.
fn lexically_normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(normal.pop()),
            other => normal.push(other),
        }
    }
    normal
}
