//! What lies in a package's tree, recorded beside it in one compact file.
//!
//! The file is little-endian and self-checking: magic, SHA-512 and size of the tarball,
//! `package.json`, files, directories, omitted files, and the SHA-256 of all that. An index
//! that does not check is no index, and its package is imported again.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::{archive::FileMode, entry_path::EntryPath, extract::Unpacked};

const MAGIC: &[u8; 8] = b"denpmix1";
const DIGEST: usize = 32;
/// A length takes so many bytes.
const LENGTH: usize = 4;

/// What an entry of the index was in the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file of this name.
    Itself,
    /// A `.gitignore` (renamed to `.npmignore`, or omitted).
    Gitignore,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexEntry {
    /// Its path in the tree.
    pub path: EntryPath,
    /// Its size, in bytes.
    pub size: u64,
    /// Whether it may be executed.
    pub mode: FileMode,
    /// The SHA-256 of its content.
    pub digest: [u8; DIGEST],
    /// What it was in the archive.
    pub origin: Origin,
}

impl IndexEntry {
    /// The path below the root that the archive has for it, which is what a tree hash covers.
    pub fn archive_path(&self) -> Cow<'_, EntryPath> {
        let itself = Cow::Borrowed(&self.path);
        match self.origin {
            Origin::Itself => itself,
            Origin::Gitignore => self.path.sibling(".gitignore").map_or(itself, Cow::Owned),
        }
    }
}

/// How closely a tree is compared with its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Type, size and modification time of every file: an edit, a cut, a loss.
    Quick,
    /// The content of every file as well: bit rot, and edits that hide their time.
    Full,
}

/// The files and directories of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    files: Vec<IndexEntry>,
    directories: Vec<EntryPath>,
    omitted: Vec<IndexEntry>,
}

impl Index {
    /// The files of the tree, sorted by path.
    pub fn files(&self) -> &[IndexEntry] {
        &self.files
    }

    /// The directories of the tree, sorted, so that each comes after the one that holds it; the top is not among them.
    pub fn directories(&self) -> &[EntryPath] {
        &self.directories
    }

    /// All files as the archive has them: those of the tree under their names in the archive, and those npm leaves out.
    pub fn archive_files(&self) -> impl Iterator<Item = &IndexEntry> {
        self.files.iter().chain(&self.omitted)
    }

    /// The sum of all file sizes, in bytes.
    pub fn unpacked_size(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }

    /// The file at this path.
    pub fn file(&self, path: &str) -> Option<&IndexEntry> {
        let found = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        self.files.get(found)
    }

    /// True when node-gyp would build the package without an install script.
    pub fn has_binding_gyp(&self) -> bool {
        self.file("binding.gyp").is_some()
    }

    /// True when the package brings its own lock.
    pub fn has_shrinkwrap(&self) -> bool {
        self.file("npm-shrinkwrap.json").is_some()
    }

    /// The `package.json` of every package that is bundled below `node_modules`, at any depth.
    pub fn bundled_manifests(&self) -> impl Iterator<Item = &EntryPath> {
        self.files.iter().map(|file| &file.path).filter(|path| is_bundled_manifest(path))
    }
}

/// `(node_modules/[@scope/]name/)+package.json`.
fn is_bundled_manifest(path: &EntryPath) -> bool {
    let mut components = path.components().peekable();
    let mut packages = 0;
    while components.next_if_eq(&"node_modules").is_some() {
        let _scope = components.next_if(|name| name.starts_with('@'));
        if components.next().is_none_or(|name| name.starts_with('.')) {
            return false;
        }
        packages += 1;
    }
    packages > 0 && components.next() == Some("package.json") && components.next().is_none()
}

/// An index file: the index and what else a package needs without a look at its tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IndexFile {
    pub(super) sha512: [u8; 64],
    pub(super) tarball_size: u64,
    pub(super) package_json: Vec<u8>,
    pub(super) index: Index,
}

/// The SHA-256 at the end of an index file, over all that is before it.
pub(super) type IndexDigest = [u8; DIGEST];

impl IndexFile {
    pub(super) fn new(sha512: [u8; 64], tarball_size: u64, unpacked: Unpacked) -> Self {
        let Unpacked { files, directories, omitted, package_json } = unpacked;
        Self { sha512, tarball_size, package_json, index: Index { files, directories, omitted } }
    }

    /// The bytes of the file, and the digest that they end with.
    pub(super) fn encode(&self) -> (Vec<u8>, IndexDigest) {
        let mut out = MAGIC.to_vec();
        out.extend_from_slice(&self.sha512);
        out.extend_from_slice(&self.tarball_size.to_le_bytes());
        put_bytes(&mut out, &self.package_json);
        put_files(&mut out, &self.index.files);
        put_length(&mut out, self.index.directories.len());
        self.index
            .directories
            .iter()
            .for_each(|path| put_bytes(&mut out, path.as_str().as_bytes()));
        put_files(&mut out, &self.index.omitted);
        let digest: IndexDigest = Sha256::digest(&out).into();
        out.extend_from_slice(&digest);
        (out, digest)
    }

    /// Reads an index, and its digest; `None` when it is damaged, or anything in it is not what
    /// `encode` writes.
    pub(super) fn decode(bytes: &[u8]) -> Option<(Self, IndexDigest)> {
        let (content, digest) = bytes.split_last_chunk::<DIGEST>()?;
        if IndexDigest::from(Sha256::digest(content)) != *digest {
            return None;
        }
        let mut reader = Reader(content);
        if reader.chunk()? != *MAGIC {
            return None;
        }
        let sha512 = reader.chunk()?;
        let tarball_size = u64::from_le_bytes(reader.chunk()?);
        let package_json = reader.bytes()?.to_vec();
        let files = reader.files()?;
        let directories = reader.list(Reader::path)?;
        let omitted = reader.files()?;
        let sorted =
            files.is_sorted_by(|a, b| a.path < b.path) && directories.is_sorted_by(|a, b| a < b);
        let index = Index { files, directories, omitted };
        let file = Self { sha512, tarball_size, package_json, index };
        (sorted && reader.0.is_empty()).then_some((file, *digest))
    }
}

fn put_length(out: &mut Vec<u8>, length: usize) {
    // Everything in an index comes from an archive of at most 1 GiB.
    out.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_length(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn put_files(out: &mut Vec<u8>, files: &[IndexEntry]) {
    put_length(out, files.len());
    for file in files {
        put_bytes(out, file.path.as_str().as_bytes());
        out.extend_from_slice(&file.size.to_le_bytes());
        out.push(file.mode.to_flags() | u8::from(file.origin == Origin::Gitignore) << 1);
        out.extend_from_slice(&file.digest);
    }
}

/// The rest of an index that is being read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn chunk<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (chunk, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*chunk)
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.chunk()?)).ok()
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.length()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn path(&mut self) -> Option<EntryPath> {
        EntryPath::parse(str::from_utf8(self.bytes()?).ok()?).ok()
    }

    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let length = self.length()?;
        // Every item has a length of its own: what is promised beyond that is not there.
        let mut items = Vec::with_capacity(length.min(self.0.len() / LENGTH));
        for _ in 0..length {
            items.push(item(self)?);
        }
        Some(items)
    }

    fn files(&mut self) -> Option<Vec<IndexEntry>> {
        self.list(|reader| {
            let path = reader.path()?;
            let size = u64::from_le_bytes(reader.chunk()?);
            let [flags] = reader.chunk()?;
            let mode = FileMode::from_flags(flags);
            let origin = if flags & 2 == 0 { Origin::Itself } else { Origin::Gitignore };
            Some(IndexEntry { path, size, mode, digest: reader.chunk()?, origin })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(path: &str, origin: Origin) -> IndexEntry {
        IndexEntry {
            path: EntryPath::parse(path).unwrap(),
            size: 7,
            mode: FileMode::of(0o755),
            digest: [3; 32],
            origin,
        }
    }

    fn index_file(paths: &[&str]) -> IndexFile {
        let files = paths.iter().map(|path| entry(path, Origin::Itself)).collect();
        let directories =
            vec![EntryPath::parse("lib").unwrap(), EntryPath::parse("lib/a").unwrap()];
        let omitted = vec![entry("lib/.gitignore", Origin::Gitignore)];
        IndexFile::new(
            [9; 64],
            1234,
            Unpacked { files, directories, omitted, package_json: b"{}".to_vec() },
        )
    }

    #[test]
    fn who_may_execute_a_file_is_kept() {
        for mode in [0o644, 0o755, 0o700, 0o610, 0o601, 0o711] {
            let mode = FileMode::of(mode);
            assert_eq!(FileMode::from_flags(mode.to_flags() | 2), mode);
        }
        assert_eq!(FileMode::of(0o700).creation_bits(), 0o766);
    }

    #[test]
    fn decode_of_encode_is_the_same() {
        let file = index_file(&["binding.gyp", "lib/a/x", "package.json"]);
        let (bytes, digest) = file.encode();
        assert_eq!(IndexFile::decode(&bytes).unwrap(), (file, digest));
    }

    #[test]
    fn decode_any_changed_byte_or_length_is_none() {
        let (bytes, _) = index_file(&["package.json"]).encode();
        for position in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[position] ^= 1;
            assert_eq!(IndexFile::decode(&changed), None);
            assert_eq!(IndexFile::decode(&bytes[..position]), None);
        }
    }

    #[test]
    fn decode_unsafe_path_with_a_right_digest_is_none() {
        let (mut bytes, _) = index_file(&["ab/c"]).encode();
        let at = bytes.windows(4).position(|window| window == b"ab/c").unwrap();
        bytes[at..at + 2].copy_from_slice(b"..");
        let length = bytes.len() - DIGEST;
        let digest: [u8; DIGEST] = Sha256::digest(&bytes[..length]).into();
        bytes[length..].copy_from_slice(&digest);
        assert_eq!(IndexFile::decode(&bytes), None);
    }

    #[test]
    fn bundled_manifests_are_those_of_packages_and_no_other() {
        let paths = [
            "node_modules/.bin/package.json",
            "node_modules/@s/a/package.json",
            "node_modules/@s/package.json",
            "node_modules/a/lib/package.json",
            "node_modules/a/node_modules/b/package.json",
            "node_modules/a/package.json",
            "node_modules/package.json",
            "package.json",
            "test/node_modules/c/package.json",
        ];
        let index = index_file(&paths).index;
        let bundled: Vec<&str> = index.bundled_manifests().map(EntryPath::as_str).collect();
        assert_eq!(
            bundled,
            [
                "node_modules/@s/a/package.json",
                "node_modules/a/node_modules/b/package.json",
                "node_modules/a/package.json"
            ]
        );
    }

    #[test]
    fn archive_path_of_a_renamed_file_is_the_original() {
        assert_eq!(
            entry("lib/.npmignore", Origin::Gitignore).archive_path().as_str(),
            "lib/.gitignore"
        );
        assert_eq!(
            entry("lib/.npmignore", Origin::Itself).archive_path().as_str(),
            "lib/.npmignore"
        );
    }

    proptest! {
        #[test]
        fn decode_any_bytes_does_not_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..300), magic in any::<bool>()) {
            if magic {
                bytes.splice(0..bytes.len().min(8), *MAGIC);
            }
            let digest: [u8; DIGEST] = Sha256::digest(&bytes).into();
            bytes.extend_from_slice(&digest);
            drop(IndexFile::decode(&bytes));
        }
    }
}
