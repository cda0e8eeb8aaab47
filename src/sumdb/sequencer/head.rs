//! What the sequencer keeps beside the log: the head that appends continue, and what an append
//! adds until it is in its places.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::sumdb::{
    checkpoint::{TreeHead, decimal},
    escape::hex,
    tile::{Bundle, Growth, Layout, Resource},
    tlog::{Hash, empty_root},
};

/// The path of the head.
pub(super) const HEAD: &str = ".state/head";
/// The folder of what is staged.
pub(super) const STAGING: &str = "staging";
/// The longest head that is read, in bytes.
pub(super) const MAX_HEAD: u64 = 1 << 10;
/// The largest staged append that is read, in bytes.
pub(super) const MAX_STAGED: u64 = 1 << 30;

const FIRST_LINE: &str = "denpm-head/v1";

/// The head of a log: what was decided, whether or not it is published yet. `Display` writes
/// the object.
///
/// ```text
/// denpm-head/v1\n
/// <size>\n
/// <root>\n
/// <SHA-256 of what is staged>\n       only where something was
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Size and root.
    pub tree: TreeHead,
    /// The digest of the staged append that led to it.
    pub staged: Option<Hash>,
}

impl Head {
    /// The head of a log without records.
    pub fn empty() -> Self {
        Self { tree: TreeHead { size: 0, root: empty_root() }, staged: None }
    }

    /// Reads the object; `None` for bytes that are none.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let text = str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
        let mut lines = text.split('\n');
        (lines.next()? == FIRST_LINE).then_some(())?;
        let size = decimal(lines.next()?)?;
        let root = lines.next()?.parse().ok()?;
        let staged = lines.next().map(str::parse).transpose().ok()?;
        lines.next().is_none().then_some(Self { tree: TreeHead { size, root }, staged })
    }

    /// Where what led to it is staged.
    pub fn staging_path(&self) -> Option<String> {
        let digest = self.staged?;
        Some(format!("{STAGING}/{}", staging_name(self.tree.size, digest)))
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TreeHead { size, root } = self.tree;
        writeln!(f, "{FIRST_LINE}\n{size}\n{root}")?;
        self.staged.iter().try_for_each(|digest| writeln!(f, "{digest}"))
    }
}

fn staging_name(size: u64, digest: Hash) -> String {
    format!("{size}-{}", hex(&digest.0))
}

/// The size of the log that a staged append leads to.
pub(super) fn staged_size(name: &str) -> Option<u64> {
    decimal(name.split_once('-')?.0)
}

/// The objects that an append adds, in one: `(<path>\n<length>\n<bytes>)…`.
pub struct Staged(Vec<u8>);

impl Staged {
    /// `None` when a record is too long for a bundle.
    pub fn of(growth: &Growth) -> Option<Self> {
        let mut bytes = Vec::new();
        let mut add = |resource, content: &[u8]| {
            let path = Layout::C2sp.path(resource);
            bytes.extend(format!("{path}\n{}\n", content.len()).into_bytes());
            bytes.extend_from_slice(content);
        };
        for (tile, content) in &growth.tiles {
            add(Resource::Tile(*tile), content);
        }
        for (bundle, records) in &growth.bundles {
            let content = Bundle::encode(Layout::C2sp, records.iter().map(Vec::as_slice))?;
            add(Resource::Bundle(*bundle), &content);
        }
        Some(Self(bytes))
    }

    /// What was read, if it is what the head says.
    pub fn verified(bytes: Vec<u8>, digest: Hash) -> Option<Self> {
        let staged = Self(bytes);
        (staged.digest() == digest).then_some(staged)
    }

    /// What a head names it by.
    pub fn digest(&self) -> Hash {
        Hash(Sha256::digest(&self.0).into())
    }

    /// The object.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Where everything goes; `None` for bytes that were staged by nobody here.
    pub fn objects(&self) -> Option<Vec<(&str, &[u8])>> {
        let mut rest = self.0.as_slice();
        let mut objects = Vec::new();
        while !rest.is_empty() {
            let path = str::from_utf8(line(&mut rest)?).ok()?;
            let length = decimal(str::from_utf8(line(&mut rest)?).ok()?)?;
            let (content, behind) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            rest = behind;
            let place = Layout::C2sp.parse(path)?;
            matches!(place, Resource::Tile(_) | Resource::Bundle(_)).then_some(())?;
            objects.push((path, content));
        }
        Some(objects)
    }
}

fn line<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let (line, behind) = rest.split_at_checked(end)?;
    *rest = behind.get(1..)?;
    Some(line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sumdb::tile::Appender;

    #[test]
    fn a_head_is_read_as_it_was_written() {
        let staged = Head { staged: Some(empty_root()), ..Head::empty() };
        for head in [Head::empty(), staged] {
            assert_eq!(Head::parse(head.to_string().as_bytes()), Some(head));
        }
        let path = staged.staging_path().unwrap();
        assert_eq!(staged_size(path.strip_prefix("staging/").unwrap()), Some(0));
    }

    #[test]
    fn what_is_staged_is_every_object_of_the_growth() {
        let growth = Appender::new().append((0..300).map(|at| format!("{at}\n").into_bytes()));
        let staged = Staged::of(&growth).unwrap();
        let digest = staged.digest();
        let mut bytes = staged.into_bytes();
        let again = Staged::verified(bytes.clone(), digest).unwrap();
        let paths: Vec<_> = again.objects().unwrap().into_iter().map(|(path, _)| path).collect();
        let expected = [
            "tile/0/000",
            "tile/0/001.p/44",
            "tile/1/000.p/1",
            "tile/entries/000",
            "tile/entries/001.p/44",
        ];
        assert_eq!(paths, expected);
        bytes.pop();
        assert!(Staged::verified(bytes, digest).is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in "[a-z0-9/\n]{0,40}") {
            let head = Head::parse(bytes.as_bytes());
            prop_assert!(head.is_none_or(|head| head.to_string() == bytes));
            let staged = Staged(bytes.into_bytes());
            let objects = staged.objects().map_or(0, |objects| objects.len());
            prop_assert!(objects <= 1);
        }
    }
}
