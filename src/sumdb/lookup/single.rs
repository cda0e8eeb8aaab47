//! One record, as Go's checksum database replies (`tlog.FormatRecord`, then a signed head).
//!
//! ```text
//! <index>\n
//! <record text>
//! \n
//! <signed checkpoint>
//! ```

use std::fmt;

use crate::sumdb::{checkpoint::decimal, note::Note, tile::is_record_text};

/// The reply to a lookup; not yet verified. `Display` writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupReply {
    /// Where the record is.
    pub index: u64,
    /// The text of the record.
    pub text: String,
    /// A checkpoint of a tree that has it.
    pub checkpoint: Note,
}

/// Bytes that are no reply to a lookup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the reply to a lookup")]
pub struct BadLookup;

impl LookupReply {
    /// Reads a reply.
    ///
    /// # Errors
    /// [`BadLookup`].
    pub fn parse(bytes: &[u8]) -> Result<Self, BadLookup> {
        Self::read(bytes).ok_or(BadLookup)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (index, rest) = str::from_utf8(bytes).ok()?.split_once('\n')?;
        let (text, note) = rest.split_once("\n\n")?;
        let text = format!("{text}\n");
        is_record_text(text.as_bytes()).then_some(())?;
        let checkpoint = Note::parse(note.as_bytes()).ok()?;
        Some(Self { index: decimal(index)?, text, checkpoint })
    }
}

impl fmt::Display for LookupReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}", self.index, self.text, self.checkpoint)
    }
}
