//! Many packages in one request.
//!
//! ```text
//! denpm-batch/v1\n
//! <index>|absent|pending\n …            one line a package, in the order of the request
//! \n
//! (<length, 16 bits> <record>) …        of those that were found
//! <number of hashes, 32 bits> <hash> …  the proof, for the indexes in rising order
//! <signed checkpoint>
//! ```
//! Numbers are big-endian.

use std::{collections::BTreeSet, fmt};

use super::MAX_BATCH;
use crate::sumdb::{
    checkpoint::{TreeHead, decimal},
    note::Note,
    proof::{BadProof, MAX_HASHES, verify_inclusions},
    record::{PackageKey, Record},
    tlog::Hash,
};

const FIRST_LINE: &str = "denpm-batch/v1\n";
/// The longest request that is read, in bytes.
const MAX_REQUEST: usize = 4 << 20;

/// The packages of a request, each once. `Display` writes the body of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchRequest(Vec<PackageKey>);

/// What a log says about one package of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is in the log.
    Found {
        /// Where.
        index: u64,
        /// As what.
        record: Box<Record>,
    },
    /// The log has no record of it.
    Absent,
    /// The log is about to have one: ask again.
    Pending,
}

/// The reply to a request; not yet verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchReply {
    /// One for each package, in the order of the request.
    pub answers: Vec<Answer>,
    /// The hashes that prove what was found, for the indexes in rising order.
    pub proof: Vec<Hash>,
    /// The tree it is proven in.
    pub checkpoint: Note,
}

/// Bytes that are no request, or no reply to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadBatch {
    /// No package, more than [`MAX_BATCH`], one twice, or a line that is none.
    #[error("not a request for packages")]
    Request,
    /// Not the form of a reply, or cut short.
    #[error("not the reply to a batch of packages")]
    Form,
    /// A record that is none, or that of another package.
    #[error("a record in the reply is not that of the package that was asked for")]
    Record,
    /// The checkpoint is no signed note.
    #[error("the checkpoint of the reply is not a signed note")]
    Checkpoint,
}

impl BatchRequest {
    /// A request for these packages.
    ///
    /// # Errors
    /// [`BadBatch::Request`].
    pub fn new(keys: Vec<PackageKey>) -> Result<Self, BadBatch> {
        let distinct = keys.iter().collect::<BTreeSet<_>>().len();
        let acceptable = distinct == keys.len() && (1..=MAX_BATCH).contains(&keys.len());
        acceptable.then_some(Self(keys)).ok_or(BadBatch::Request)
    }

    /// Reads the body of a request.
    ///
    /// # Errors
    /// [`BadBatch::Request`].
    pub fn parse(body: &[u8]) -> Result<Self, BadBatch> {
        let text = str::from_utf8(body).ok().filter(|text| text.len() <= MAX_REQUEST);
        let lines = text.and_then(|text| text.strip_suffix('\n')).ok_or(BadBatch::Request)?;
        let keys = lines.split('\n').take(MAX_BATCH + 1).map(PackageKey::parse);
        Self::new(keys.collect::<Option<_>>().ok_or(BadBatch::Request)?)
    }

    /// The packages, in order.
    pub fn keys(&self) -> &[PackageKey] {
        &self.0
    }
}

impl fmt::Display for BatchRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|key| writeln!(f, "{key}"))
    }
}

impl BatchReply {
    /// The bytes of the reply.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = FIRST_LINE.as_bytes().to_vec();
        let mut records = Vec::new();
        for answer in &self.answers {
            let line = match answer {
                Answer::Found { index, record } => {
                    let text = record.to_string();
                    // A record is a few hundred bytes.
                    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
                    records.extend(length.to_be_bytes());
                    records.extend(text.into_bytes());
                    format!("{index}\n")
                }
                Answer::Absent => "absent\n".to_owned(),
                Answer::Pending => "pending\n".to_owned(),
            };
            bytes.extend(line.into_bytes());
        }
        bytes.push(b'\n');
        bytes.append(&mut records);
        bytes.extend(u32::try_from(self.proof.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend(self.proof.iter().flat_map(|hash| hash.0));
        bytes.extend(self.checkpoint.to_string().into_bytes());
        bytes
    }

    /// Reads the reply to a request.
    ///
    /// # Errors
    /// [`BadBatch`].
    pub fn decode(request: &BatchRequest, bytes: &[u8]) -> Result<Self, BadBatch> {
        let mut rest = bytes.strip_prefix(FIRST_LINE.as_bytes()).ok_or(BadBatch::Form)?;
        let mut words = Vec::with_capacity(request.0.len());
        for _ in &request.0 {
            words.push(line(&mut rest).ok_or(BadBatch::Form)?);
        }
        line(&mut rest).filter(|blank| blank.is_empty()).ok_or(BadBatch::Form)?;
        let mut answers = Vec::with_capacity(words.len());
        for (key, word) in request.0.iter().zip(words) {
            answers.push(match word {
                "absent" => Answer::Absent,
                "pending" => Answer::Pending,
                index => Answer::Found {
                    index: decimal(index).ok_or(BadBatch::Form)?,
                    record: Box::new(record(&mut rest, key)?),
                },
            });
        }
        let proof = proof(&mut rest, answers.len()).ok_or(BadBatch::Form)?;
        let checkpoint = Note::parse(rest).map_err(|_| BadBatch::Checkpoint)?;
        Ok(Self { answers, proof, checkpoint })
    }

    /// Checks that all that was found is in a tree, which must be that of the reply's own
    /// checkpoint, its signatures checked.
    ///
    /// # Errors
    /// [`BadProof`]: also where two packages have one index.
    pub fn verify(&self, tree: TreeHead) -> Result<(), BadProof> {
        let leaf = |answer: &Answer| match answer {
            Answer::Found { index, record } => Some((*index, record.leaf())),
            Answer::Absent | Answer::Pending => None,
        };
        let mut leaves: Vec<_> = self.answers.iter().filter_map(leaf).collect();
        leaves.sort_unstable();
        if leaves.is_empty() {
            return if self.proof.is_empty() { Ok(()) } else { Err(BadProof::Length) };
        }
        verify_inclusions(&leaves, tree, &self.proof)
    }
}

/// The text up to the next line end.
fn line<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let (line, behind) = rest.split_at_checked(end)?;
    *rest = behind.get(1..)?;
    str::from_utf8(line).ok()
}

fn record(rest: &mut &[u8], key: &PackageKey) -> Result<Record, BadBatch> {
    let (length, behind) = rest.split_first_chunk().ok_or(BadBatch::Form)?;
    let length = usize::from(u16::from_be_bytes(*length));
    let (text, behind) = behind.split_at_checked(length).ok_or(BadBatch::Form)?;
    *rest = behind;
    let record = str::from_utf8(text).ok().and_then(|text| Record::parse(text).ok());
    record.filter(|record| record.key == *key).ok_or(BadBatch::Record)
}

fn proof(rest: &mut &[u8], packages: usize) -> Option<Vec<Hash>> {
    let (count, behind) = rest.split_first_chunk()?;
    let count = usize::try_from(u32::from_be_bytes(*count)).ok()?;
    (count <= packages * MAX_HASHES).then_some(())?;
    let (hashes, behind) = behind.split_at_checked(count * Hash::LEN)?;
    *rest = behind;
    Hash::many_from_slice(hashes)
}
