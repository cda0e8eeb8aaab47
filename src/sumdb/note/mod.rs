//! Signed notes (C2SP signed-note): a text and the signatures below it.
//!
//! ```text
//! <text, any lines>\n
//! \n
//! — <key name> <base64 of key id (4 bytes) and signature>\n …
//! ```
//!
//! The last blank line divides. Signatures by keys that nobody here knows are passed over; one
//! by a known key that does not hold makes the whole note worthless.

mod key;
#[cfg(test)]
mod tests;

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};

pub use key::{BadKey, KeyId, KeyKind, SigningKey, VerifierKey};

/// The longest note that is read, in bytes.
pub const MAX_NOTE: usize = 1 << 20;
/// The most signatures that are read.
pub const MAX_SIGNATURES: usize = 100;
/// What a signature line begins with.
const SIGNATURE_LINE: &str = "\u{2014} ";

/// A text with signatures, none of them checked yet. `Display` writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// One signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    name: String,
    key_id: KeyId,
    bytes: Vec<u8>,
}

/// A signature that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed<'a> {
    /// The key.
    pub key: &'a VerifierKey,
    /// When a cosigner signed, in seconds since 1970; `None` for other keys.
    pub time: Option<u64>,
}

/// Why a note cannot be read or believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Beyond any honest length.
    #[error("the note is longer than {MAX_NOTE} bytes")]
    TooLong,
    /// Not UTF-8, or with control characters.
    #[error("the note is not plain text")]
    NotText,
    /// No blank line, or no signatures below it.
    #[error("the note has no signatures")]
    NoSignatures,
    /// A line below the blank one that is no signature.
    #[error("a signature line of the note is malformed")]
    SignatureLine,
    /// Beyond any honest number.
    #[error("the note has more than {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// A known key's signature does not hold; the key's name.
    #[error("the signature of {0} does not hold")]
    BadSignature(String),
}

impl Note {
    /// A note without signatures, to be signed; `None` where the text cannot be a note's.
    pub fn unsigned(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        (text.ends_with('\n') && is_plain(&text)).then_some(Self { text, signatures: Vec::new() })
    }

    /// Reads a note; its signatures are not checked.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE {
            return Err(NoteError::TooLong);
        }
        let all = str::from_utf8(bytes).ok().filter(|all| is_plain(all));
        let all = all.ok_or(NoteError::NotText)?;
        let (text, lines) = all.rsplit_once("\n\n").ok_or(NoteError::NoSignatures)?;
        if lines.is_empty() {
            return Err(NoteError::NoSignatures);
        }
        let lines = lines.strip_suffix('\n').ok_or(NoteError::SignatureLine)?;
        let mut signatures = Vec::new();
        for line in lines.split('\n') {
            if signatures.len() == MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            signatures.push(Signature::parse(line).ok_or(NoteError::SignatureLine)?);
        }
        Ok(Self { text: format!("{text}\n"), signatures })
    }

    /// The text, with its last line end.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, as they stand.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// The note with the signatures of these keys alone.
    #[must_use]
    pub fn signed_by(mut self, keys: &[&VerifierKey]) -> Self {
        self.signatures.retain(|signature| keys.iter().any(|key| signature.is_by(key)));
        self
    }

    /// Adds signatures; lines that are there already are not repeated.
    pub fn add(&mut self, signatures: impl IntoIterator<Item = Signature>) {
        for signature in signatures {
            if !self.signatures.contains(&signature) {
                self.signatures.push(signature);
            }
        }
    }

    /// The signatures that hold under known keys.
    ///
    /// # Errors
    /// [`NoteError::BadSignature`] when one of a known key does not hold.
    pub fn verify<'a>(
        &self,
        keys: impl IntoIterator<Item = &'a VerifierKey>,
    ) -> Result<Vec<Signed<'a>>, NoteError> {
        let mut signed = Vec::new();
        for key in keys {
            for signature in self.signatures.iter().filter(|signature| signature.is_by(key)) {
                let time = key.verify(&self.text, &signature.bytes);
                let time = time.map_err(|_| NoteError::BadSignature(key.name().to_owned()))?;
                signed.push(Signed { key, time });
            }
        }
        Ok(signed)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

impl Signature {
    /// Reads a line without its end; `None` where it is no signature.
    pub fn parse(line: &str) -> Option<Self> {
        let (name, base64) = line.strip_prefix(SIGNATURE_LINE)?.split_once(' ')?;
        let decoded = STANDARD.decode(base64).ok()?;
        let (id, bytes) = decoded.split_first_chunk()?;
        (is_key_name(name) && !bytes.is_empty()).then_some(())?;
        Some(Self { name: name.to_owned(), key_id: KeyId(*id), bytes: bytes.to_vec() })
    }

    /// Whether it is said to be by this key; not whether it holds.
    pub fn is_by(&self, key: &VerifierKey) -> bool {
        self.name == key.name() && self.key_id == key.id()
    }

    /// The name of the key that is said to have signed.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of that key.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.key_id.0.as_slice(), &self.bytes].concat();
        write!(f, "{SIGNATURE_LINE}{} {}", self.name, STANDARD.encode(bytes))
    }
}

/// Whether a key may have this name: not empty, no white space, no `+`.
fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c == '+' || c.is_whitespace())
}

/// No control characters but line ends.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'\n' || byte >= 0x20)
}
