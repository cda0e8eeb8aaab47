//! One tar header block (POSIX.1-1988 ustar, and the GNU and V7 forms that npm's readers take).

use super::archive::Rule;

/// The size of a block.
pub(super) const BLOCK: usize = 512;

/// The fields of a header that matter here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The type flag: `0`, NUL, `5`, `x` …
    pub(super) kind: u8,
    /// Prefix and name, joined.
    pub(super) name: Vec<u8>,
    /// The size of the body, in bytes.
    pub(super) size: u64,
    /// Permission bits.
    pub(super) mode: u64,
}

impl Header {
    /// Reads a block; `None` when it is all zero.
    pub(super) fn parse(block: &[u8; BLOCK]) -> Result<Option<Self>, Rule> {
        if block.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        let stored = number(field(block, 148, 8)).ok_or(Rule::Checksum)?;
        if stored != checksum(block) {
            return Err(Rule::Checksum);
        }
        let mut name = text(field(block, 0, 100))?.to_vec();
        if field(block, 257, 8) == b"ustar\x0000" {
            // Where byte 475 is NUL the prefix is 130 bytes long and times follow it, as
            // xstar and node-tar write it.
            let length = if field(block, 475, 1) == b"\0" { 130 } else { 155 };
            let prefix = text(field(block, 345, length))?;
            if !prefix.is_empty() {
                name = [prefix, b"/", &name].concat();
            }
        }
        let size = number(field(block, 124, 12)).ok_or(Rule::BadNumber("size"))?;
        let mode = number(field(block, 100, 8)).ok_or(Rule::BadNumber("mode"))?;
        let kind = field(block, 156, 1).first().copied().unwrap_or_default();
        Ok(Some(Self { kind, name, size, mode }))
    }
}

fn field(block: &[u8; BLOCK], start: usize, length: usize) -> &[u8] {
    block.get(start..start + length).unwrap_or_default()
}

/// The sum of all bytes, those of the checksum field itself counted as spaces.
fn checksum(block: &[u8; BLOCK]) -> u64 {
    let sum = |bytes: &[u8]| bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>();
    sum(block) - sum(field(block, 148, 8)) + 8 * u64::from(b' ')
}

/// A text field up to its NUL; anything but NUL behind it would be read by some and not by others.
fn text(field: &[u8]) -> Result<&[u8], Rule> {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    let (text, rest) = field.split_at(end);
    if rest.iter().all(|byte| *byte == 0) {
        Ok(text)
    } else {
        Err(Rule::Path(super::entry_path::PathRule::Nul))
    }
}

/// A number in octal digits, or in base 256 as GNU tar writes what octal cannot hold; `None` when malformed or negative.
///
/// An empty field is 0.
fn number(field: &[u8]) -> Option<u64> {
    let (first, rest) = field.split_first()?;
    if first & 0x80 != 0 {
        let fold = |value: u64, byte: &u8| value.checked_mul(256)?.checked_add(u64::from(*byte));
        return (*first == 0x80).then(|| rest.iter().try_fold(0, fold))?;
    }
    let field = field.trim_ascii_start();
    let end = field.iter().position(|byte| matches!(byte, 0 | b' ')).unwrap_or(field.len());
    let (digits, rest) = field.split_at(end);
    let padded = rest.iter().all(|byte| matches!(byte, 0 | b' '));
    let digit = |value: u64, byte: &u8| {
        matches!(byte, b'0'..=b'7').then(|| value * 8 + u64::from(byte - b'0'))
    };
    padded.then(|| digits.iter().try_fold(0, digit))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_octal_forms_are_read() {
        for (field, value) in [
            (&b"0000644\0"[..], 0o644),
            (b"644 \0   ", 0o644),
            (b"   17\0\0\0", 0o17),
            (b"\0\0\0\0", 0),
            (b"77777777777\0", 8_589_934_591),
        ] {
            assert_eq!(number(field), Some(value), "{field:?}");
        }
    }

    #[test]
    fn number_base_256_is_read_up_to_its_range() {
        assert_eq!(number(&[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]), Some(258));
        assert_eq!(number(&[0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0]), Some(1 << 63));
        assert_eq!(number(&[0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]), None);
    }

    #[test]
    fn number_negative_or_malformed_is_none() {
        for field in [&[0xff; 12][..], b"-1\0", b"12x4\0", b"8\0", b"1 1\0", b"0x10\0", b"\x01\0"] {
            assert_eq!(number(field), None, "{field:?}");
        }
    }

    #[test]
    fn prefix_of_an_xstar_header_ends_before_its_times() {
        let mut block = [0_u8; BLOCK];
        block[..4].copy_from_slice(b"file");
        block[257..265].copy_from_slice(b"ustar\x0000");
        block[345..348].copy_from_slice(b"dir");
        block[476..487].copy_from_slice(b"14776442210");
        let sum = format!("{:06o}\0 ", checksum(&block));
        block[148..156].copy_from_slice(sum.as_bytes());
        assert_eq!(Header::parse(&block).unwrap().unwrap().name, b"dir/file");
    }

    #[test]
    fn text_bytes_behind_the_nul_are_refused() {
        assert_eq!(text(b"name\0\0\0").unwrap(), b"name");
        assert!(text(b"name\0evil").is_err());
    }
}
