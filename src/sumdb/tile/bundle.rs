//! Entry bundles: the records behind a tile of leaves.

use super::{Layout, TILE_WIDTH, width_in};

/// The longest record that is taken, in bytes: what 16 bits of length can say.
pub const MAX_RECORD: usize = u16::MAX as usize;

/// The records of one tile of leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bundle {
    pub(super) index: u64,
    pub(super) width: u16,
}

/// Bytes that are no bundle of the width that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadBundle {
    /// Records end in the middle, or there are fewer than there should be.
    #[error("the bundle is cut short")]
    Truncated,
    /// Something stands behind the last record.
    #[error("the bundle has more than its records")]
    Trailing,
    /// A record is no text of the form both layouts can carry.
    #[error("record {0} of the bundle is not a record text")]
    NotText(usize),
}

impl Bundle {
    /// The bundle at this place in a log of `size` records; `None` where there is none.
    pub fn in_log(index: u64, size: u64) -> Option<Self> {
        Some(Self { index, width: width_in(index, size)? })
    }

    /// The bundles that a log of `new` records has and one of `old` had not, or not as wide.
    pub fn new_in(old: u64, new: u64) -> impl Iterator<Item = Self> {
        let width = TILE_WIDTH as u64;
        let places = if old < new { old / width..new.div_ceil(width) } else { 0..0 };
        places.filter_map(move |index| Self::in_log(index, new))
    }

    /// The position; its first record is number `256 · index`.
    pub fn index(self) -> u64 {
        self.index
    }

    /// The number of records in it, 1–256.
    pub fn width(self) -> u16 {
        self.width
    }

    /// Whether it is not full.
    pub fn is_partial(self) -> bool {
        usize::from(self.width) < TILE_WIDTH
    }

    /// The full bundle that a partial one grows into.
    #[must_use]
    pub fn filled(self) -> Self {
        Self { width: 256, ..self }
    }

    /// The bytes of records in a layout; `None` when one is too long or no text for it.
    pub fn encode<'a>(
        layout: Layout,
        records: impl IntoIterator<Item = &'a [u8]>,
    ) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        for record in records {
            match layout {
                Layout::C2sp => bytes.extend(u16::try_from(record.len()).ok()?.to_be_bytes()),
                Layout::Go if !is_record_text(record) => return None,
                Layout::Go => {}
            }
            bytes.extend_from_slice(record);
            if layout == Layout::Go {
                bytes.push(b'\n');
            }
        }
        Some(bytes)
    }

    /// The records in the bytes of this bundle; a full one serves where a partial one was asked
    /// for, and is cut to it.
    ///
    /// # Errors
    /// [`BadBundle`] when the bytes are not that many records and nothing else.
    pub fn decode(self, layout: Layout, bytes: &[u8]) -> Result<Vec<&[u8]>, BadBundle> {
        let mut rest = bytes;
        let mut records = Vec::with_capacity(usize::from(self.width));
        while !rest.is_empty() && records.len() < TILE_WIDTH {
            let (record, behind) = match layout {
                Layout::C2sp => {
                    let (length, behind) = rest.split_first_chunk().ok_or(BadBundle::Truncated)?;
                    let length = usize::from(u16::from_be_bytes(*length));
                    behind.split_at_checked(length).ok_or(BadBundle::Truncated)?
                }
                Layout::Go => go_record(rest).ok_or(BadBundle::NotText(records.len()))?,
            };
            records.push(record);
            rest = behind;
        }
        match records.len().cmp(&usize::from(self.width)) {
            _ if !rest.is_empty() => Err(BadBundle::Trailing),
            std::cmp::Ordering::Less => Err(BadBundle::Truncated),
            std::cmp::Ordering::Greater if records.len() < TILE_WIDTH => Err(BadBundle::Trailing),
            _ => {
                records.truncate(usize::from(self.width));
                Ok(records)
            }
        }
    }
}

/// Go's rule for a record (`tlog.FormatRecord`): UTF-8 lines, none of them empty, no control
/// characters. Both layouts can carry it.
pub fn is_record_text(record: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(record) else { return false };
    text.len() <= MAX_RECORD
        && text.ends_with('\n')
        && !text.starts_with('\n')
        && !text.contains("\n\n")
        && text.bytes().all(|byte| byte == b'\n' || byte >= 0x20)
}

/// A record and what stands behind the blank line that ends it.
fn go_record(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.windows(2).position(|pair| pair == b"\n\n")? + 1;
    let (record, behind) = bytes.split_at_checked(end)?;
    is_record_text(record).then_some((record, behind.get(1..)?))
}
