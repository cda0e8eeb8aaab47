//! Subresource integrity as npm reads it: `sha512-<base64>` and its older relatives.
//!
//! Follows `ssri` (lib/index.js) on every input: the lenient grammar of lockfiles and
//! packuments, the strict one of the specification, the choice of the strongest algorithm,
//! the comparison of digests as text, and the message of `EINTEGRITY`. What ssri answers
//! with `null` is an error here, so that "nothing to check" is always somebody's decision.

use std::{collections::BTreeMap, fmt};

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::Digest;

use crate::error::{Code, Explain};

/// A list longer than this is no integrity value (five full hashes need under 400 bytes).
const MAX_TEXT: usize = 64 * 1024;

/// A digest algorithm, from the weakest to the strongest (ssri's `DEFAULT_PRIORITY`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// MD5, broken; only ever compared, never relied on.
    Md5,
    /// SHA-1, broken; `dist.shasum` and lockfiles of npm 4.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512, what npm records.
    Sha512,
}

impl Algorithm {
    /// All algorithms, weakest first.
    pub const ALL: [Self; 5] = [Self::Md5, Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512];

    /// The name in front of the dash.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// The length of a digest, in bytes.
    pub fn digest_len(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// True for the algorithms that the SRI specification allows; only these resist collisions.
    pub fn is_strong(self) -> bool {
        self >= Self::Sha256
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is no integrity value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntegrityParseError {
    /// Nothing but white space; npm treats it as absent.
    #[error("the integrity value is empty")]
    Empty,
    /// No element is a hash of a known algorithm; npm treats it as absent, denpm should not.
    #[error("the integrity value has no hash of a known algorithm")]
    NoneRecognised,
    /// Beyond any honest length.
    #[error("the integrity value is longer than {MAX_TEXT} bytes")]
    TooLong,
    /// A `shasum` that is not forty hexadecimal digits.
    #[error("the shasum is not forty hexadecimal digits")]
    BadShasum,
}

impl Explain for IntegrityParseError {
    fn code(&self) -> Code {
        Code::Integrity
    }
}

/// How closely a text must follow the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grammar {
    Lenient,
    Strict,
}

/// One hash: algorithm, digest as it was written, options.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Hash {
    algorithm: Algorithm,
    digest: String,
    options: Vec<String>,
}

impl Hash {
    /// The algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The digest as written, normally base64; ssri compares it as text, and so do we.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The options behind `?`, without meaning to npm but kept.
    pub fn options(&self) -> &[String] {
        &self.options
    }

    /// The digest's bytes; `None` unless the text is canonical base64 of the right length, in which case no content can match it.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        STANDARD
            .decode(&self.digest)
            .ok()
            .filter(|bytes| bytes.len() == self.algorithm.digest_len())
    }

    fn from_bytes(algorithm: Algorithm, bytes: &[u8]) -> Self {
        Self { algorithm, digest: STANDARD.encode(bytes), options: Vec::new() }
    }

    /// ssri's `SRI_REGEX` and `STRICT_SRI_REGEX`, without a regular expression.
    fn parse(text: &str, grammar: Grammar) -> Option<Self> {
        let (name, rest) = text.split_once('-')?;
        let algorithm = Algorithm::from_name(name)?;
        let (digest, options) = match rest.split_once('?') {
            Some((digest, options)) => (digest, Some(options)),
            None => (rest, None),
        };
        let well_formed = match grammar {
            Grammar::Lenient => !digest.is_empty(),
            Grammar::Strict => {
                let base64 = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/' | b'=');
                algorithm.is_strong()
                    && (44..=88).contains(&digest.len())
                    && digest.bytes().all(base64)
                    && options.unwrap_or("").bytes().all(|c| c.is_ascii_graphic())
            }
        };
        let split = |options: &str| options.split('?').map(str::to_owned).collect();
        well_formed.then(|| Self {
            algorithm,
            digest: digest.to_owned(),
            options: options.map(split).unwrap_or_default(),
        })
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.algorithm, self.digest)?;
        self.options.iter().try_for_each(|option| write!(f, "?{option}"))
    }
}

/// A list of hashes of one content, never empty.
///
/// Hashes of one algorithm stand together, algorithms in the order of their first
/// appearance, which is how ssri prints a list back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Integrity {
    hashes: Vec<Hash>,
}

impl Integrity {
    /// Reads a list as npm reads lockfiles and packuments (`ssri.parse(text)`): elements that are no hash are passed over.
    ///
    /// # Errors
    /// [`IntegrityParseError`] when nothing remains.
    pub fn parse(text: &str) -> Result<Self, IntegrityParseError> {
        Self::parse_as(text, Grammar::Lenient)
    }

    /// As [`Integrity::parse`] with ssri's `strict`: sha256, sha384 and sha512 with a plausible base64 digest only.
    ///
    /// # Errors
    /// [`IntegrityParseError`] when nothing remains.
    pub fn parse_strict(text: &str) -> Result<Self, IntegrityParseError> {
        Self::parse_as(text, Grammar::Strict)
    }

    /// The integrity that npm derives from `dist.shasum` (`ssri.fromHex(shasum, 'sha1')`).
    ///
    /// # Errors
    /// [`IntegrityParseError::BadShasum`] unless `shasum` is forty hexadecimal digits.
    pub fn from_sha1_hex(shasum: &str) -> Result<Self, IntegrityParseError> {
        let bytes = decode_hex(shasum).filter(|bytes| bytes.len() == Algorithm::Sha1.digest_len());
        let bytes = bytes.ok_or(IntegrityParseError::BadShasum)?;
        Ok(Self { hashes: vec![Hash::from_bytes(Algorithm::Sha1, &bytes)] })
    }

    fn parse_as(text: &str, grammar: Grammar) -> Result<Self, IntegrityParseError> {
        if text.len() > MAX_TEXT {
            return Err(IntegrityParseError::TooLong);
        }
        let mut elements = text.split(is_js_space).filter(|element| !element.is_empty()).peekable();
        if elements.peek().is_none() {
            return Err(IntegrityParseError::Empty);
        }
        let mut hashes: Vec<Hash> =
            elements.filter_map(|element| Hash::parse(element, grammar)).collect();
        let order: Vec<Algorithm> = hashes.iter().map(|hash| hash.algorithm).collect();
        hashes.sort_by_key(|hash| order.iter().position(|algorithm| *algorithm == hash.algorithm));
        if hashes.is_empty() {
            Err(IntegrityParseError::NoneRecognised)
        } else {
            Ok(Self { hashes })
        }
    }

    /// All hashes.
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// The hashes of one algorithm.
    pub fn of(&self, algorithm: Algorithm) -> impl Iterator<Item = &Hash> {
        self.hashes.iter().filter(move |hash| hash.algorithm == algorithm)
    }

    /// The strongest algorithm present, which alone decides.
    pub fn strongest(&self) -> Algorithm {
        self.hashes.iter().map(Hash::algorithm).max().unwrap_or(Algorithm::Md5)
    }

    /// True when the content of `digests` is one that this list allows: the strongest algorithm decides, any of its hashes will do.
    ///
    /// False as well when that algorithm was not computed.
    pub fn matches(&self, digests: &Digests) -> bool {
        let strongest = self.strongest();
        let Some(found) = digests.get(strongest) else { return false };
        let found = STANDARD.encode(found);
        self.of(strongest).any(|hash| hash.digest == found)
    }

    /// As [`Integrity::matches`], with npm's error.
    ///
    /// # Errors
    /// [`IntegrityMismatch`] when the content is another one.
    pub fn check(&self, digests: &Digests) -> Result<(), IntegrityMismatch> {
        if self.matches(digests) {
            return Ok(());
        }
        let mismatch = Mismatch { wanted: self.clone(), found: digests.clone(), package: None };
        Err(IntegrityMismatch(Box::new(mismatch)))
    }

    /// Adds what `other` knows and this list does not, but never lets it change an algorithm that is already there (ssri `merge`).
    ///
    /// # Errors
    /// [`MergeConflict`] when both have an algorithm and no digest in common; the list is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<(), MergeConflict> {
        for algorithm in Algorithm::ALL {
            let (mine, theirs) = (self.of(algorithm), || other.of(algorithm));
            let mine: Vec<&Hash> = mine.collect();
            let common = mine.iter().any(|hash| theirs().any(|other| other.digest == hash.digest));
            if !mine.is_empty() && theirs().next().is_some() && !common {
                return Err(MergeConflict { algorithm });
            }
        }
        let known: Vec<Algorithm> = self.hashes.iter().map(Hash::algorithm).collect();
        let new = other.hashes.iter().filter(|hash| !known.contains(&hash.algorithm));
        self.hashes.extend(new.cloned());
        Ok(())
    }
}

impl fmt::Display for Integrity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_joined(f, self.hashes.iter(), " ")
    }
}

impl std::str::FromStr for Integrity {
    type Err = IntegrityParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Two lists disagree about one content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("hashes do not match, cannot update integrity ({algorithm})")]
pub struct MergeConflict {
    algorithm: Algorithm,
}

impl Explain for MergeConflict {
    fn code(&self) -> Code {
        Code::Integrity
    }
}

/// The content is not the one that was promised. `Display` is npm's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrityMismatch(Box<Mismatch>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Mismatch {
    wanted: Integrity,
    found: Digests,
    package: Option<String>,
}

impl IntegrityMismatch {
    /// Says which package the content belongs to.
    #[must_use]
    pub fn of_package(mut self, package: impl Into<String>) -> Self {
        self.0.package = Some(package.into());
        self
    }

    /// What was promised.
    pub fn wanted(&self) -> &Integrity {
        &self.0.wanted
    }

    /// What the content really is.
    pub fn found(&self) -> &Digests {
        &self.0.found
    }
}

impl fmt::Display for IntegrityMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let algorithm = self.0.wanted.strongest();
        write!(f, "{} integrity checksum failed when using {algorithm}: wanted ", self.0.wanted)?;
        write_joined(f, self.0.wanted.of(algorithm), ",")?;
        write!(f, " but got {}. ({} bytes)", self.0.found.integrity(), self.0.found.size())
    }
}

impl std::error::Error for IntegrityMismatch {}

impl Explain for IntegrityMismatch {
    fn code(&self) -> Code {
        Code::Integrity
    }

    fn package(&self) -> Option<String> {
        self.0.package.clone()
    }
}

/// The digests and the size of one content; SHA-512 is always among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digests {
    sha512: [u8; 64],
    others: BTreeMap<Algorithm, Vec<u8>>,
    size: u64,
}

impl Digests {
    /// The digests of a whole buffer: SHA-512 and `algorithms`.
    pub fn of(bytes: &[u8], algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        let mut hasher = Hasher::new(algorithms);
        hasher.update(bytes);
        hasher.finish()
    }

    /// The digest of a content that was hashed before.
    pub(crate) fn from_sha512(sha512: [u8; 64], size: u64) -> Self {
        Self { sha512, others: BTreeMap::new(), size }
    }

    /// The SHA-512 digest.
    pub fn sha512(&self) -> &[u8; 64] {
        &self.sha512
    }

    /// The digest of one algorithm, when it was computed.
    pub fn get(&self, algorithm: Algorithm) -> Option<&[u8]> {
        match algorithm {
            Algorithm::Sha512 => Some(&self.sha512),
            other => self.others.get(&other).map(Vec::as_slice),
        }
    }

    /// The size of the content, in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// All digests as an integrity list, SHA-512 first as npm lists them.
    pub fn integrity(&self) -> Integrity {
        let mut integrity = self.sha512_integrity();
        let others =
            self.others.iter().map(|(algorithm, bytes)| Hash::from_bytes(*algorithm, bytes));
        integrity.hashes.extend(others);
        integrity
    }

    /// The SHA-512 digest alone, as it is written to a lockfile.
    pub fn sha512_integrity(&self) -> Integrity {
        Integrity { hashes: vec![Hash::from_bytes(Algorithm::Sha512, &self.sha512)] }
    }
}

/// Computes all wanted digests in one pass over the content.
#[derive(Clone, Debug)]
pub struct Hasher {
    sha512: sha2::Sha512,
    others: Vec<(Algorithm, State)>,
    size: u64,
}

#[derive(Clone, Debug)]
enum State {
    Md5(md5::Md5),
    Sha1(sha1::Sha1),
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
}

impl State {
    fn new(algorithm: Algorithm) -> Option<Self> {
        Some(match algorithm {
            Algorithm::Md5 => Self::Md5(md5::Md5::new()),
            Algorithm::Sha1 => Self::Sha1(sha1::Sha1::new()),
            Algorithm::Sha256 => Self::Sha256(sha2::Sha256::new()),
            Algorithm::Sha384 => Self::Sha384(sha2::Sha384::new()),
            Algorithm::Sha512 => return None,
        })
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Md5(state) => state.update(bytes),
            Self::Sha1(state) => state.update(bytes),
            Self::Sha256(state) => state.update(bytes),
            Self::Sha384(state) => state.update(bytes),
        }
    }

    fn finish(self) -> Vec<u8> {
        match self {
            Self::Md5(state) => state.finalize().to_vec(),
            Self::Sha1(state) => state.finalize().to_vec(),
            Self::Sha256(state) => state.finalize().to_vec(),
            Self::Sha384(state) => state.finalize().to_vec(),
        }
    }
}

impl Hasher {
    /// A hasher for SHA-512 and `algorithms`.
    pub fn new(algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        let mut wanted: Vec<Algorithm> = algorithms.into_iter().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let others =
            wanted.into_iter().filter_map(|algorithm| Some((algorithm, State::new(algorithm)?)));
        Self { sha512: sha2::Sha512::new(), others: others.collect(), size: 0 }
    }

    /// A hasher for what deciding about `expected` takes: SHA-512 and the strongest algorithm of the list.
    pub fn for_integrity(expected: Option<&Integrity>) -> Self {
        Self::new(expected.map(Integrity::strongest))
    }

    /// Takes the next part of the content.
    pub fn update(&mut self, bytes: &[u8]) {
        self.size = self.size.saturating_add(bytes.len() as u64);
        self.sha512.update(bytes);
        self.others.iter_mut().for_each(|(_, state)| state.update(bytes));
    }

    /// The bytes taken so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The digests of everything taken.
    pub fn finish(self) -> Digests {
        let others = self.others.into_iter().map(|(algorithm, state)| (algorithm, state.finish()));
        Digests { sha512: self.sha512.finalize().into(), others: others.collect(), size: self.size }
    }
}

/// Bytes as lower-case hexadecimal digits.
pub fn encode_hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xf])
        .filter_map(|nibble| char::from_digit(nibble.into(), 16))
        .collect()
}

/// Bytes from hexadecimal digits of either case; `None` for anything else.
pub fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let nibble =
        |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| Some(nibble(*high)? << 4 | nibble(*low)?)).collect()
}

/// White space of a JavaScript regular expression (`\s`), which differs from Unicode's in two characters.
fn is_js_space(c: char) -> bool {
    c == '\u{feff}' || (c.is_whitespace() && c != '\u{85}')
}

fn write_joined<'a>(
    f: &mut fmt::Formatter<'_>,
    hashes: impl Iterator<Item = &'a Hash>,
    separator: &str,
) -> fmt::Result {
    for (position, hash) in hashes.enumerate() {
        if position > 0 {
            f.write_str(separator)?;
        }
        write!(f, "{hash}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
