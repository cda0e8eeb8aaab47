//! What is logged of a package: `denpm-sum/v1`.
//!
//! ```text
//! denpm-sum/v1
//! pkg <name> <version>
//! ns <namespace>
//! sri sha512-<base64>
//! size <bytes of the tarball>
//! tree h1:<base64>
//! manifest m1:<base64>
//! ```
//!
//! A record is a function of the namespace and the bytes of the tarball: whoever holds the
//! tarball computes the same leaf. Names stand byte for byte, case matters. Nothing that varies
//! by source or over time (dates, signatures, maintainers) enters it: that stands in leaves of
//! their own, told apart by their first line ([`Leaf`]).

mod canonical;
mod evidence;
mod leaf;
mod manifest;
mod namespace;
#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

pub use evidence::{Evidence, State, Status};
pub use leaf::{Leaf, LeafKind};
pub use manifest::{InstallManifest, NotAManifest};
pub use namespace::{Namespace, NamespaceKey, Predecessor};

use super::{
    checkpoint::decimal,
    escape::push_hex,
    tlog::{Hash, leaf_hash},
};

/// The first line of a package record.
pub const PACKAGE: &str = "denpm-sum/v1";
/// The longest record text that is read, in bytes.
const MAX_TEXT: usize = 4 << 10;
/// The longest word in a record, in bytes: npm allows names of 214, some old ones are longer.
const MAX_WORD: usize = 1 << 10;

/// npm's own namespace.
pub const NPM: &str = "npm";

/// What a log has one record for: a version of a package in a namespace. `Display` writes
/// `<namespace> <name> <version>`, a line of a batch request.
///
/// Cheap to clone. The order is that of the words: a space comes before all that they can have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageKey {
    line: Arc<str>,
    /// Where the name begins in the line, and where the version.
    name_at: usize,
    version_at: usize,
}

impl PackageKey {
    /// The key of these words; `None` where one is empty, longer than 1 KiB, or has white space
    /// or control characters.
    pub fn new(
        namespace: impl AsRef<str>,
        name: impl AsRef<str>,
        version: impl AsRef<str>,
    ) -> Option<Self> {
        let words = [namespace.as_ref(), name.as_ref(), version.as_ref()];
        let [namespace, name, _] = words;
        let after_namespace = namespace.len() + 1;
        words.into_iter().all(is_word).then(|| Self {
            line: words.join(" ").into(),
            name_at: after_namespace,
            version_at: after_namespace + name.len() + 1,
        })
    }

    /// Reads `<namespace> <name> <version>`.
    pub fn parse(line: &str) -> Option<Self> {
        let (namespace, rest) = line.split_once(' ')?;
        let (name, version) = rest.split_once(' ')?;
        Self::new(namespace, name, version)
    }

    /// The namespace: `npm`, or `url:<registry>`.
    pub fn namespace(&self) -> &str {
        self.word(0, self.name_at - 1)
    }

    /// The package's name, scope included.
    pub fn name(&self) -> &str {
        self.word(self.name_at, self.version_at - 1)
    }

    /// The exact version.
    pub fn version(&self) -> &str {
        self.word(self.version_at, self.line.len())
    }

    /// All three, as `Display` writes them.
    pub fn as_line(&self) -> &str {
        &self.line
    }

    fn word(&self, from: usize, to: usize) -> &str {
        self.line.get(from..to).unwrap_or_default()
    }
}

impl fmt::Display for PackageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

/// The record of one version of a package. `Display` writes its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What it is the record of.
    pub key: PackageKey,
    /// The SHA-512 of the tarball.
    pub sri: [u8; 64],
    /// The size of the tarball, in bytes.
    pub size: u64,
    /// [`tree_hash`] of the files in it.
    pub tree: Hash,
    /// [`InstallManifest::hash`] of its package.json.
    pub manifest: Hash,
}

/// A text that is no package record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the text of a {PACKAGE} record")]
pub struct BadRecord;

impl Record {
    /// Reads a record: exactly the text that `Display` writes.
    ///
    /// # Errors
    /// [`BadRecord`]: also for keys that are not known, since an extension is another version.
    pub fn parse(text: &str) -> Result<Self, BadRecord> {
        let record = Self::read(text).ok_or(BadRecord)?;
        if record.to_string() == text { Ok(record) } else { Err(BadRecord) }
    }

    fn read(text: &str) -> Option<Self> {
        let body = text.strip_suffix('\n').filter(|body| body.len() <= MAX_TEXT)?;
        let mut lines = body.strip_prefix(PACKAGE)?.strip_prefix('\n')?.split('\n');
        let mut line = |key: &str| lines.next()?.strip_prefix(key)?.strip_prefix(' ');
        let (name, version) = line("pkg")?.split_once(' ')?;
        Some(Self {
            key: PackageKey::new(line("ns")?, name, version)?,
            sri: STANDARD.decode(line("sri")?.strip_prefix("sha512-")?).ok()?.try_into().ok()?,
            size: decimal(line("size")?)?,
            tree: line("tree")?.strip_prefix("h1:")?.parse().ok()?,
            manifest: line("manifest")?.strip_prefix("m1:")?.parse().ok()?,
        })
    }

    /// The leaf it makes in a log.
    pub fn leaf(&self) -> Hash {
        leaf_hash(self.to_string().as_bytes())
    }

    /// The integrity value of the tarball, as lockfiles write it.
    pub fn integrity(&self) -> String {
        format!("sha512-{}", STANDARD.encode(self.sri))
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, size, tree, manifest, .. } = self;
        writeln!(f, "{PACKAGE}\npkg {} {}\nns {}", key.name(), key.version(), key.namespace())?;
        writeln!(f, "sri {}\nsize {size}", self.integrity())?;
        writeln!(f, "tree h1:{tree}\nmanifest m1:{manifest}")
    }
}

/// The length of a SHA-256 in hexadecimal digits.
const HEX_DIGEST: usize = 64;

/// Go's `h1:` hash over files: SHA-256 of one line a file, `<hex SHA-256>  <name>\n`, sorted by name.
///
/// `files` are paths below the tarball's first component, with the SHA-256 of their contents;
/// each is hashed as `<name>@<version>/<path>`.
pub fn tree_hash<'a>(
    key: &PackageKey,
    files: impl IntoIterator<Item = (&'a str, &'a [u8; 32])>,
) -> Hash {
    let mut files: Vec<_> = files.into_iter().collect();
    // They come from an index that is in this order but for what has another name there.
    files.sort_by_key(|(path, _)| *path);
    let root = ["  ", key.name(), "@", key.version(), "/"].concat();
    let length = |path: &str| HEX_DIGEST + root.len() + path.len() + 1;
    let mut lines = String::with_capacity(files.iter().map(|(path, _)| length(path)).sum());
    for (path, digest) in files {
        push_hex(&mut lines, digest);
        lines.push_str(&root);
        lines.push_str(path);
        lines.push('\n');
    }
    Hash(Sha256::digest(lines).into())
}

fn is_word(word: &str) -> bool {
    (1..=MAX_WORD).contains(&word.len())
        && !word.contains(|c: char| c.is_whitespace() || c.is_control())
}
