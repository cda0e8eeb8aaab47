//! Bytes as text that any path can hold.

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    push_hex(&mut text, bytes);
    text
}

/// The same, behind a text.
pub(super) fn push_hex(text: &mut String, bytes: &[u8]) {
    let digit = |half: u8| half + if half < 10 { b'0' } else { b'a' - 10 };
    // A digest at a time: a record has one for each file, and characters are pushed one by one.
    for part in bytes.chunks(32) {
        let mut digits = [0; 64];
        for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(part) {
            *pair = [digit(byte >> 4), digit(byte & 15)];
        }
        let digits = digits.get(..2 * part.len()).unwrap_or_default();
        text.push_str(str::from_utf8(digits).unwrap_or_default());
    }
}

/// A word as one segment of a path: everything but letters, digits, `-`, `_`, `.` and `~` as
/// `%` and two hex digits.
pub(super) fn escaped(word: &str) -> String {
    let mut out = String::new();
    for byte in word.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&hex(&[byte]));
        }
    }
    out
}

/// A word whose `%` and two hex digits stand for bytes; `None` unless it then is UTF-8.
pub(super) fn unescaped(word: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(word.len());
    let mut rest = word.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, behind) = rest.split_first_chunk::<2>()?;
        let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
        bytes.push(u8::try_from(high? * 16 + low?).ok()?);
        rest = behind;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_any_length_has_its_two_digits() {
        let bytes: Vec<u8> = (0..=255).collect();
        for length in [0, 1, 31, 32, 33, 256] {
            let digits = bytes.iter().take(length).map(|byte| format!("{byte:02x}"));
            let expected = digits.collect::<String>();
            assert_eq!(hex(bytes.get(..length).unwrap()), expected);
        }
    }
}
