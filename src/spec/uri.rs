//! ECMAScript's `encodeURIComponent` and `decodeURIComponent`, which npm uses to tell a plain
//! name from one that is not (ECMA-262 §19.2.6).

use std::fmt::Write as _;

/// Whether `encodeURIComponent` leaves this byte alone.
pub(super) fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte)
}

/// Whether `encodeURIComponent(text) === text`.
pub(super) fn is_plain(text: &str) -> bool {
    text.bytes().all(is_unreserved)
}

/// `encodeURIComponent(text)`.
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if is_unreserved(byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _infallible = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Appends `%XX` for each byte of a character, even of one that needs no escape.
pub(super) fn push_encoded(text: &mut String, character: char) {
    let mut buffer = [0; 4];
    for byte in character.encode_utf8(&mut buffer).bytes() {
        // Writing to a String cannot fail.
        let _infallible = write!(text, "%{byte:02X}");
    }
}

/// `decodeURIComponent(text)`; `None` where it would throw a `URIError`.
pub(super) fn decode(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            decoded.push(hex(bytes.next()?)? << 4 | hex(bytes.next()?)?);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decode_inverts_encode() {
        let text = "a b/%é~";
        assert_eq!(encode(text), "a%20b%2F%25%C3%A9~");
        assert_eq!(decode(&encode(text)).as_deref(), Some(text));
    }

    #[test]
    fn decode_refuses_what_javascript_refuses() {
        for text in ["%", "%2", "%zz", "%ff"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
