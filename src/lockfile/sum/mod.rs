//! `denpm.sum`, beside the lockfile: what each package was when the project pinned it.
//!
//! ```text
//! denpm.sum v1
//!
//! <signed checkpoint of a log>                                  where there is one
//!
//! <namespace> <name> <version> <index, or -> <leaf, base64>\n … sorted
//! ```
//!
//! A line binds a version to its record; the file `denpm.sum.proof` proves, offline, that the
//! lines with an index are in the log's tree of that size. Both are written anew without harm.
//!
//! ```text
//! denpm.sum.proof v1\n
//! <SHA-256 of denpm.sum> <number of hashes, 32 bits big-endian> <hash, 32 bytes> …
//! ```

use std::{collections::BTreeMap, fmt};

use sha2::{Digest, Sha256};

use crate::sumdb::{
    Hash, Note, TreeHead,
    checkpoint::decimal,
    proof::{BadProof, verify_inclusions},
    record::PackageKey,
};

/// The most bytes of either file that are read.
pub const MAX_SUM_BYTES: u64 = 64 << 20;

const FIRST_LINE: &str = "denpm.sum v1\n\n";
const PROOF_LINE: &[u8] = b"denpm.sum.proof v1\n";

/// Where a version is in the log, and what is logged of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// Its place; `None` where no log was asked about it.
    pub index: Option<u64>,
    /// The leaf of its record.
    pub leaf: Hash,
}

/// A `denpm.sum`. `Display` writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// The pinned checkpoint, its signatures not yet checked; `None` without a log.
    pub checkpoint: Option<Note>,
    /// The packages.
    pub packages: BTreeMap<PackageKey, Pinned>,
}

/// Bytes that are no `denpm.sum`, or no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSum {
    /// The first line is another.
    #[error("not a file of this kind, or of a version that is not known here")]
    Version,
    /// The checkpoint is no signed note.
    #[error("its checkpoint is not a signed note")]
    Checkpoint,
    /// A line is none; its number among the packages.
    #[error("line {0} of its packages is malformed, out of order or there twice")]
    Line(usize),
    /// A merge of two files that have different records of one version.
    #[error("the merged files have different records of one version")]
    Conflict,
    /// The proof is cut short or too long.
    #[error("its length is not that of its hashes")]
    Length,
}

impl Sum {
    /// Reads the file.
    ///
    /// # Errors
    /// [`BadSum`].
    pub fn parse(text: &str) -> Result<Self, BadSum> {
        let rest = text.strip_prefix(FIRST_LINE).ok_or(BadSum::Version)?;
        // Package lines have five words, a checkpoint's first line is its origin.
        let has_packages_first = rest.lines().next().is_none_or(|line| package(line).is_some());
        let (checkpoint, lines) = if has_packages_first {
            (None, rest)
        } else {
            let (end, _) = rest.match_indices("\n\n").nth(1).ok_or(BadSum::Checkpoint)?;
            let (note, lines) = rest.split_at_checked(end + 1).ok_or(BadSum::Checkpoint)?;
            let note = Note::parse(note.as_bytes()).map_err(|_| BadSum::Checkpoint)?;
            (Some(note), lines.strip_prefix('\n').ok_or(BadSum::Checkpoint)?)
        };
        let mut packages = BTreeMap::new();
        for (number, line) in (1..).zip(lines.lines()) {
            let (key, pinned) = package(line).ok_or(BadSum::Line(number))?;
            if packages.last_key_value().is_some_and(|(last, _)| *last >= key) {
                return Err(BadSum::Line(number));
            }
            packages.insert(key, pinned);
        }
        Ok(Self { checkpoint, packages })
    }

    /// Checks that the packages with an index are in a tree, which must be that of the pinned
    /// checkpoint, its signatures checked.
    ///
    /// # Errors
    /// [`BadProof`].
    pub fn verify(&self, tree: TreeHead, proof: &[Hash]) -> Result<(), BadProof> {
        let leaf = |pinned: &Pinned| Some((pinned.index?, pinned.leaf));
        let mut leaves: Vec<(u64, Hash)> = self.packages.values().filter_map(leaf).collect();
        leaves.sort_unstable();
        if leaves.is_empty() {
            return if proof.is_empty() { Ok(()) } else { Err(BadProof::Length) };
        }
        verify_inclusions(&leaves, tree, proof)
    }
}

fn package(line: &str) -> Option<(PackageKey, Pinned)> {
    let (rest, leaf) = line.rsplit_once(' ')?;
    let (key, index) = rest.rsplit_once(' ')?;
    let index = if index == "-" { None } else { Some(decimal(index)?) };
    Some((PackageKey::parse(key)?, Pinned { index, leaf: leaf.parse().ok()? }))
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(FIRST_LINE)?;
        if let Some(checkpoint) = &self.checkpoint {
            writeln!(f, "{checkpoint}")?;
        }
        for (key, Pinned { index, leaf }) in &self.packages {
            match index {
                Some(index) => writeln!(f, "{key} {index} {leaf}")?,
                None => writeln!(f, "{key} - {leaf}")?,
            }
        }
        Ok(())
    }
}

/// A proof file: the hashes, and which `denpm.sum` they belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SumProof {
    /// The SHA-256 of that file.
    pub of: [u8; 32],
    /// For its indexes in rising order.
    pub hashes: Vec<Hash>,
}

impl SumProof {
    /// The proof for the text of a `denpm.sum`.
    pub fn new(text: &str, hashes: Vec<Hash>) -> Self {
        Self { of: Sha256::digest(text).into(), hashes }
    }

    /// Whether it was made for this text; one that was not is out of date, and proves nothing.
    pub fn is_of(&self, text: &str) -> bool {
        self.of == <[u8; 32]>::from(Sha256::digest(text))
    }

    /// The bytes of the file.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = PROOF_LINE.to_vec();
        bytes.extend(self.of);
        bytes.extend(u32::try_from(self.hashes.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend(self.hashes.iter().flat_map(|hash| hash.0));
        bytes
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`BadSum`].
    pub fn decode(bytes: &[u8]) -> Result<Self, BadSum> {
        let rest = bytes.strip_prefix(PROOF_LINE).ok_or(BadSum::Version)?;
        let (of, rest) = rest.split_first_chunk().ok_or(BadSum::Length)?;
        let (count, hashes) = rest.split_first_chunk().ok_or(BadSum::Length)?;
        let count = usize::try_from(u32::from_be_bytes(*count)).unwrap_or(usize::MAX);
        let hashes = Hash::many_from_slice(hashes).filter(|hashes| hashes.len() == count);
        Ok(Self { of: *of, hashes: hashes.ok_or(BadSum::Length)? })
    }
}

/// The two sides of a text with conflict markers; `None` without.
fn sides(text: &str) -> Option<[String; 2]> {
    text.contains("<<<<<<< ").then_some(())?;
    let (mut ours, mut theirs) = (String::new(), String::new());
    let mut side = Side::Both;
    for line in text.split_inclusive('\n') {
        side = match line.get(..7) {
            Some("<<<<<<<") => Side::Ours,
            Some("|||||||") => Side::Base,
            Some("=======") => Side::Theirs,
            Some(">>>>>>>") => Side::Both,
            _ => {
                if matches!(side, Side::Both | Side::Ours) {
                    ours.push_str(line);
                }
                if matches!(side, Side::Both | Side::Theirs) {
                    theirs.push_str(line);
                }
                side
            }
        };
    }
    Some([ours, theirs])
}

/// Where a line of a text with conflict markers belongs.
#[derive(Clone, Copy)]
enum Side {
    Both,
    Ours,
    Base,
    Theirs,
}

/// A file that was read, and every head in it: two where a merge left both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// All packages, under the head that is there first; to be proven anew.
    pub sum: Sum,
    /// The heads, each of which a log must continue.
    pub heads: Vec<Note>,
}

impl Merged {
    /// Reads a file, with or without conflict markers.
    ///
    /// # Errors
    /// [`BadSum`]: also where the two sides have different records of one version, which no
    /// merge can settle.
    pub fn parse(text: &str) -> Result<Self, BadSum> {
        let Some([ours, theirs]) = sides(text) else {
            let sum = Sum::parse(text)?;
            return Ok(Self { heads: sum.checkpoint.iter().cloned().collect(), sum });
        };
        let (mut sum, theirs) = (Sum::parse(&ours)?, Sum::parse(&theirs)?);
        let heads: Vec<_> = sum.checkpoint.iter().chain(&theirs.checkpoint).cloned().collect();
        for (key, pinned) in theirs.packages {
            let known = sum.packages.entry(key).or_insert(pinned);
            if known.leaf != pinned.leaf {
                return Err(BadSum::Conflict);
            }
        }
        Ok(Self { sum, heads })
    }
}

#[cfg(test)]
mod tests;
