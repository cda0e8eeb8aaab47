//! `denpm.sum`, beside the lockfile: what each package was when the project pinned it.
//!
//! ```text
//! denpm.sum v1
//!
//! <signed checkpoint of a log>                                  of each that is pinned
//!
//! <namespace> <name> <version> <index>[,<index>…] <leaf, base64>\n … sorted
//! ```
//!
//! A line binds a version to its record. Its indexes are those in the logs above, in their order;
//! `-` stands for a log that does not have it, or for all where there is none. The file
//! `denpm.sum.proof` proves, offline, that the lines with an index are in the trees of these
//! checkpoints. Both files are written anew without harm.
//!
//! ```text
//! denpm.sum.proof v1\n
//! <SHA-256 of denpm.sum> (<number of hashes, 32 bits big-endian> <hash, 32 bytes> …) …
//! ```
//!
//! One part in brackets proves up to 5,000 records of one log: log by log, by rising index.

use std::{collections::BTreeMap, fmt};

use sha2::{Digest, Sha256};

use crate::sumdb::{
    Hash, Note, TreeHead,
    checkpoint::decimal,
    proof::{BadProof, MAX_LEAVES, verify_inclusions},
    record::PackageKey,
};

/// The most bytes of either file that are read.
pub const MAX_SUM_BYTES: u64 = 64 << 20;

const FIRST_LINE: &str = "denpm.sum v1\n\n";
const PROOF_LINE: &[u8] = b"denpm.sum.proof v1\n";

/// The most logs that one file pins.
pub const MAX_LOGS: usize = 16;

/// Where a version is in the logs, and what is logged of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// Its place in each log, as far as it is known to be there; what is missing at the end is
    /// not known.
    pub indexes: Vec<Option<u64>>,
    /// The leaf of its record.
    pub leaf: Hash,
}

/// A `denpm.sum`. `Display` writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// The pinned checkpoints, their signatures not yet checked, each of another log.
    pub checkpoints: Vec<Note>,
    /// The packages.
    pub packages: BTreeMap<PackageKey, Pinned>,
}

/// Bytes that are no `denpm.sum`, or no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSum {
    /// The first line is another.
    #[error("not a file of this kind, or of a version that is not known here")]
    Version,
    /// A checkpoint is no signed note, or a second one of the same log, or one too many.
    #[error("its checkpoints are not signed notes of different logs")]
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
        let mut rest = text.strip_prefix(FIRST_LINE).ok_or(BadSum::Version)?;
        let mut checkpoints: Vec<Note> = Vec::new();
        // Package lines have five words, a checkpoint's first line is its origin.
        while rest.lines().next().is_some_and(|line| package(line).is_none()) {
            let (note, behind) = checkpoint(rest).ok_or(BadSum::Checkpoint)?;
            if checkpoints.len() == MAX_LOGS || checkpoints.iter().any(|it| same_log(it, &note)) {
                return Err(BadSum::Checkpoint);
            }
            checkpoints.push(note);
            rest = behind;
        }
        let columns = checkpoints.len();
        let mut packages = BTreeMap::new();
        for (number, line) in (1..).zip(rest.lines()) {
            let (key, mut pinned) = package(line).ok_or(BadSum::Line(number))?;
            // Without a log there is one column, in which nothing can stand.
            if columns == 0 && pinned.indexes == [None] {
                pinned.indexes.clear();
            }
            if pinned.indexes.len() != columns {
                return Err(BadSum::Line(number));
            }
            if packages.last_key_value().is_some_and(|(last, _)| *last >= key) {
                return Err(BadSum::Line(number));
            }
            packages.insert(key, pinned);
        }
        Ok(Self { checkpoints, packages })
    }

    /// The records that are in the log of that number, by rising index.
    fn leaves(&self, log: usize) -> Vec<(u64, Hash)> {
        let leaf = |pinned: &Pinned| Some((pinned.index(log)?, pinned.leaf));
        let mut leaves: Vec<(u64, Hash)> = self.packages.values().filter_map(leaf).collect();
        leaves.sort_unstable();
        leaves
    }

    /// Checks that the packages with an index are in the trees of the pinned checkpoints, log by
    /// log; `None` is a log that nobody here believes, and nothing is said of it.
    ///
    /// # Errors
    /// [`BadProof`].
    pub fn verify(&self, trees: &[Option<TreeHead>], proof: &SumProof) -> Result<(), BadProof> {
        let mut parts = proof.parts.iter();
        for (log, tree) in trees.iter().enumerate() {
            for leaves in self.leaves(log).chunks(MAX_LEAVES) {
                let part = parts.next().ok_or(BadProof::Length)?;
                tree.map_or(Ok(()), |tree| verify_inclusions(leaves, tree, part))?;
            }
        }
        if parts.next().is_none() { Ok(()) } else { Err(BadProof::Length) }
    }
}

impl Pinned {
    /// What is known of a version without any log.
    pub fn unlogged(leaf: Hash) -> Self {
        Self { indexes: Vec::new(), leaf }
    }

    /// Its place in the log of that number.
    pub fn index(&self, log: usize) -> Option<u64> {
        self.indexes.get(log).copied().flatten()
    }
}

/// A checkpoint, and what stands behind it.
fn checkpoint(text: &str) -> Option<(Note, &str)> {
    let (end, _) = text.match_indices("\n\n").nth(1)?;
    let (note, behind) = text.split_at_checked(end + 1)?;
    Some((Note::parse(note.as_bytes()).ok()?, behind.strip_prefix('\n')?))
}

/// Whether two checkpoints are of logs with the same name.
fn same_log(one: &Note, other: &Note) -> bool {
    one.text().lines().next() == other.text().lines().next()
}

fn package(line: &str) -> Option<(PackageKey, Pinned)> {
    let (rest, leaf) = line.rsplit_once(' ')?;
    let (key, words) = rest.rsplit_once(' ')?;
    let index = |word: &str| if word == "-" { Some(None) } else { decimal(word).map(Some) };
    let indexes = words.split(',').take(MAX_LOGS + 1).map(index).collect::<Option<Vec<_>>>()?;
    Some((PackageKey::parse(key)?, Pinned { indexes, leaf: leaf.parse().ok()? }))
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(FIRST_LINE)?;
        for checkpoint in &self.checkpoints {
            writeln!(f, "{checkpoint}")?;
        }
        for (key, pinned) in &self.packages {
            let index = |log| pinned.index(log).map_or("-".to_owned(), |index| index.to_string());
            let indexes: Vec<String> = (0..self.checkpoints.len()).map(index).collect();
            let indexes = if indexes.is_empty() { "-".to_owned() } else { indexes.join(",") };
            writeln!(f, "{key} {indexes} {}", pinned.leaf)?;
        }
        Ok(())
    }
}

/// A proof file: the hashes, and which `denpm.sum` they belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SumProof {
    /// The SHA-256 of that file.
    pub of: [u8; 32],
    /// Log by log, for its indexes in rising order, 5,000 a part.
    pub parts: Vec<Vec<Hash>>,
}

impl SumProof {
    /// The proof for the text of a `denpm.sum`.
    pub fn new(text: &str, parts: Vec<Vec<Hash>>) -> Self {
        Self { of: Sha256::digest(text).into(), parts }
    }

    /// Whether it was made for this text; one that was not is out of date, and proves nothing.
    pub fn is_of(&self, text: &str) -> bool {
        self.of == <[u8; 32]>::from(Sha256::digest(text))
    }

    /// The bytes of the file.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = PROOF_LINE.to_vec();
        bytes.extend(self.of);
        for part in &self.parts {
            bytes.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            bytes.extend(part.iter().flat_map(|hash| hash.0));
        }
        bytes
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`BadSum`].
    pub fn decode(bytes: &[u8]) -> Result<Self, BadSum> {
        let rest = bytes.strip_prefix(PROOF_LINE).ok_or(BadSum::Version)?;
        let (of, mut rest) = rest.split_first_chunk().ok_or(BadSum::Length)?;
        let mut parts = Vec::new();
        while !rest.is_empty() {
            let (count, behind) = rest.split_first_chunk().ok_or(BadSum::Length)?;
            let length = usize::try_from(u32::from_be_bytes(*count)).ok();
            let length = length.and_then(|count| count.checked_mul(Hash::LEN));
            let hashes = length.and_then(|length| behind.split_at_checked(length));
            let (hashes, behind) = hashes.ok_or(BadSum::Length)?;
            parts.push(Hash::many_from_slice(hashes).ok_or(BadSum::Length)?);
            rest = behind;
        }
        Ok(Self { of: *of, parts })
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

/// A file that was read, and every head in it: more than one of a log where a merge left both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// All packages, under the heads that are there first; to be proven anew.
    pub sum: Sum,
    /// The heads, each of which its log must continue.
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
            return Ok(Self { heads: sum.checkpoints.clone(), sum });
        };
        let (mut sum, theirs) = (Sum::parse(&ours)?, Sum::parse(&theirs)?);
        let heads: Vec<_> = sum.checkpoints.iter().chain(&theirs.checkpoints).cloned().collect();
        // Their indexes are of their logs, which may stand in another order.
        let column = |note: &Note| theirs.checkpoints.iter().position(|it| same_log(it, note));
        let columns: Vec<Option<usize>> = sum.checkpoints.iter().map(column).collect();
        for (key, pinned) in theirs.packages {
            let indexes = columns.iter().map(|log| pinned.index((*log)?)).collect();
            let leaf = pinned.leaf;
            let known = sum.packages.entry(key).or_insert(Pinned { indexes, leaf });
            if known.leaf != leaf {
                return Err(BadSum::Conflict);
            }
        }
        Ok(Self { sum, heads })
    }
}

#[cfg(test)]
mod tests;
