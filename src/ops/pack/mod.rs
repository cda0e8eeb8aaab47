//! A folder as the package it would be: which files, in which order, as which bytes.
//!
//! | question | answered by | npm's source |
//! |---|---|---|
//! | which files | [`pack_list`] | npm-packlist 10, ignore-walk 8 |
//! | does a pattern match | `glob` (`brace`, `token`) | minimatch 10, brace-expansion |
//! | what is bundled | `bundle` | npm-packlist's `gatherBundles` |
//! | which bytes | [`pack_folder`] | pacote 21 `dir.js`, `tar-create-options.js` |

mod brace;
mod bundle;
mod glob;
mod rules;
mod token;
mod walk;

use std::{
    borrow::Cow,
    cmp::Ordering,
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};

use self::{
    bundle::{BundledKind, bundled, read_package_json},
    rules::{Named, PackageRules},
    walk::{Source, Walk},
};
use crate::{
    error::{Code, Explain},
    fs::{FsError, read_open_file},
    manifest::Manifest,
    spec::collate,
    store::MAX_UNPACKED,
};

/// The date of every file: 1985-10-26T08:15:00Z, because zip knows none before 1980.
const MTIME: u64 = 499_162_500;

/// A folder that cannot be packed.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The disk refused.
    #[error(transparent)]
    Fs(#[from] FsError),
    /// A package.json is no JSON.
    #[error("cannot parse {}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A file name is not Unicode.
    #[error("the name is not Unicode: {}", .0.display())]
    NotUnicode(PathBuf),
    /// An ignore file or package.json is something else.
    #[error("not a regular file: {}", .0.display())]
    NotAFile(PathBuf),
    /// An ignore file has a pattern that costs too much.
    #[error("a pattern is too large, in the ignore files or package.json of {}", .0.display())]
    Pattern(PathBuf),
    /// A bundled dependency is a link to somewhere else.
    #[error("a bundled dependency links out of the package: {}", .0.display())]
    OutsideLink(PathBuf),
    /// Folders within folders, without end.
    #[error("too many folders inside each other: {}", .0.display())]
    TooDeep(PathBuf),
    /// More files than a package may have.
    #[error("too many files in {}", .0.display())]
    TooManyFiles(PathBuf),
    /// More bytes than a package may have.
    #[error("{} is larger than {MAX_UNPACKED} bytes", .0.display())]
    TooLarge(PathBuf),
}

impl Explain for PackError {
    fn code(&self) -> Code {
        match self {
            Self::Fs(error) => error.code(),
            Self::Json { .. } => Code::Jsonparse,
            Self::OutsideLink(_) => Code::Policy,
            Self::TooDeep(_) | Self::TooManyFiles(_) | Self::TooLarge(_) | Self::Pattern(_) => {
                Code::TooLarge
            }
            Self::NotUnicode(_) | Self::NotAFile(_) => Code::System,
        }
    }

    fn code_text(&self) -> String {
        if let Self::Fs(error) = self { error.code_text() } else { self.code().as_str().to_owned() }
    }
}

/// The files that make the package in a folder, in the order in which npm packs them.
///
/// `files`, `main`, `browser` are read from the folder's package.json, the rest is the manifest's.
///
/// # Errors
/// [`PackError`].
pub fn pack_list(folder: &Path, manifest: &Manifest) -> Result<Vec<String>, PackError> {
    let mut files = files_of(folder, manifest, Source::PACKAGE)?;
    for package in bundled(folder, manifest)? {
        let sources = match package.kind {
            BundledKind::Folder => Source::BUNDLED,
            BundledKind::Link => Source::PACKAGE,
        };
        let inner = Manifest::from_object(&read_package_json(&package.folder)?);
        let of_package = files_of(&package.folder, &inner, sources)?;
        files.extend(of_package.iter().map(|file| format!("{}/{file}", package.location)));
    }
    let mut files: Vec<String> = files.into_iter().collect();
    files.sort_by(|left, right| compare(left, right));
    Ok(files)
}

/// The package in a folder as a gzipped tarball. The same files make the same bytes.
///
/// # Errors
/// [`PackError`].
pub fn pack_folder(folder: &Path, manifest: &Manifest) -> Result<Vec<u8>, PackError> {
    let files = pack_list(folder, manifest)?;
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
    let mut room = MAX_UNPACKED;
    for name in &files {
        let path = folder.join(name);
        let (mode, bytes) = read_file(&path, room)?;
        room = room.saturating_sub(bytes.len() as u64);
        let mode = if manifest.bin.values().any(|bin| bin == name) { mode | 0o111 } else { mode };
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(portable(mode));
        header.set_mtime(MTIME);
        header.set_entry_type(tar::EntryType::Regular);
        archive
            .append_data(&mut header, format!("package/{name}"), bytes.as_slice())
            .map_err(FsError::io("pack", &path))?;
    }
    finish(archive).map_err(|source| FsError::io("pack", folder)(source).into())
}

fn finish(archive: tar::Builder<GzEncoder<Vec<u8>>>) -> io::Result<Vec<u8>> {
    let mut gzip = archive.into_inner()?;
    gzip.flush()?;
    gzip.finish()
}

fn files_of(
    root: &Path,
    manifest: &Manifest,
    sources: &'static [Source],
) -> Result<BTreeSet<String>, PackError> {
    let object = read_package_json(root)?;
    let package = PackageRules::new(&object, manifest, |entry| Named::on_disk(root, entry));
    Walk { root, package: &package, sources }.files()
}

/// Mode and content of a file that is still the regular file it was when listed.
fn read_file(path: &Path, room: u64) -> Result<(u32, Vec<u8>), PackError> {
    let listed = fs::symlink_metadata(path).map_err(FsError::io("read", path))?;
    if !listed.is_file() {
        return Err(PackError::NotAFile(path.to_path_buf()));
    }
    let file = File::open(path).map_err(FsError::io("read", path))?;
    let bytes = read_open_file(&file, path, room).map_err(|error| match error {
        FsError::TooLarge { path, .. } => PackError::TooLarge(path),
        other @ FsError::Io { .. } => other.into(),
    })?;
    Ok((mode_of(&listed), bytes))
}

#[cfg(unix)]
fn mode_of(metadata: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o777
}

#[cfg(not(unix))]
fn mode_of(_metadata: &fs::Metadata) -> u32 {
    0o666
}

/// node-tar's `portable`: the owner reads and writes, nobody else writes.
fn portable(mode: u32) -> u32 {
    (mode | 0o600) & !0o022
}

/// Like beside like, so that the archive compresses well: extension, then name, then path.
fn compare(left: &str, right: &str) -> Ordering {
    let key = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
        // Node's `extname`: a leading dot starts no extension, nor does a name without one end in it.
        let dot = name.rfind('.').filter(|dot| *dot > 0 && name != "..");
        let extension = dot.and_then(|dot| name.get(dot..)).unwrap_or_default().to_owned();
        (extension, name)
    };
    let ((left_extension, left_name), (right_extension, right_name)) = (key(left), key(right));
    collate(&left_extension, &right_extension)
        .then_with(|| collate(&left_name, &right_name))
        .then_with(|| collate(&unambiguous(left), &unambiguous(right)))
        .then_with(|| left.cmp(right))
}

/// A leading `@` means an archive to node-tar, so npm sorts such paths by another spelling.
fn unambiguous(path: &str) -> Cow<'_, str> {
    if path.starts_with('@') { Cow::Owned(format!("./{path}")) } else { Cow::Borrowed(path) }
}

#[cfg(test)]
mod tests;
