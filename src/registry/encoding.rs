//! What a body is encoded with on its way, and the text it stands for.

use std::io::Read as _;

use bytes::Bytes;
use flate2::bufread::MultiGzDecoder;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};
use url::Url;

use super::{
    error::{Fault, FetchError},
    freshness::text,
};
use crate::gzip::inflate_whole;

/// How a body is encoded (RFC 9110 §8.4); gzip is all that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Gzip,
}

/// A body that gives no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// An encoding that was not asked for.
    Encoding(String),
    /// Not what the encoding allows.
    Garbled(String),
    /// Cut off.
    Cut,
    /// More than this many bytes.
    TooLarge(u64),
}

impl Unread {
    /// The error for the answer to `url`.
    pub(super) fn at(self, url: &Url) -> FetchError {
        let network = |fault: Fault, reason: String| FetchError::Network {
            url: url.into(),
            fault,
            reason,
            source: None,
        };
        match self {
            Self::Encoding(name) => FetchError::InvalidResponse {
                url: url.into(),
                what: format!("encoded with {name:?}, which was not asked for"),
            },
            Self::Garbled(reason) => network(Fault::Garbled, reason),
            Self::Cut => network(Fault::Reset, "the body is cut off".to_owned()),
            Self::TooLarge(limit) => FetchError::TooLarge { url: url.into(), limit },
        }
    }
}

impl Encoding {
    /// The encoding that an answer's headers give.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Unread> {
        let name = text(headers, CONTENT_ENCODING).unwrap_or_default().trim();
        match name.to_ascii_lowercase().as_str() {
            "" | "identity" => Ok(Self::Identity),
            "gzip" | "x-gzip" => Ok(Self::Gzip),
            _ => Err(Unread::Encoding(name.to_owned())),
        }
    }

    /// Gives the text of `body`, at most `limit` bytes of it, to `take`. For a thread that may
    /// be busy: a large body takes milliseconds.
    pub(super) fn read<T>(
        self,
        body: &[u8],
        limit: u64,
        take: impl FnOnce(&[u8]) -> T,
    ) -> Result<T, Unread> {
        match self {
            Self::Identity if body.len() as u64 > limit => Err(Unread::TooLarge(limit)),
            Self::Identity => Ok(take(body)),
            Self::Gzip => {
                let mut take = Some(take);
                let most = usize::try_from(limit).unwrap_or(usize::MAX);
                let whole = inflate_whole(body, most, |text| take.take().map(|take| take(text)));
                match (whole.flatten(), take) {
                    (Some(taken), _) => Ok(taken),
                    (None, Some(take)) => Ok(take(&inflate(body, limit)?)),
                    (None, None) => Err(Unread::Cut),
                }
            }
        }
    }

    /// The text of `body`, at most `limit` bytes of it.
    pub(super) fn decode(self, body: Bytes, limit: u64) -> Result<Bytes, Unread> {
        match self {
            Self::Identity if body.len() as u64 <= limit => Ok(body),
            _ => self.read(&body, limit, Bytes::copy_from_slice),
        }
    }
}

/// A body as it came.
#[derive(Clone)]
pub(super) struct Encoded {
    pub encoding: Encoding,
    pub body: Bytes,
    /// The most bytes its text may have.
    pub limit: u64,
}

impl Encoded {
    /// As [`Encoding::read`].
    pub(super) fn read<T>(&self, take: impl FnOnce(&[u8]) -> T) -> Result<T, Unread> {
        self.encoding.read(&self.body, self.limit, take)
    }
}

/// Inflates what is not one sound member: several, damaged ones, none.
fn inflate(body: &[u8], limit: u64) -> Result<Vec<u8>, Unread> {
    let mut text = Vec::new();
    let read = MultiGzDecoder::new(body).take(limit.saturating_add(1)).read_to_end(&mut text);
    match read {
        Ok(_) if text.len() as u64 > limit => Err(Unread::TooLarge(limit)),
        Ok(_) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Err(Unread::Cut),
        Err(error) => Err(Unread::Garbled(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn read(body: &[u8]) -> Result<Vec<u8>, Unread> {
        Encoding::Gzip.read(body, 100, <[u8]>::to_vec)
    }

    #[test]
    fn every_member_is_read_and_no_byte_over_the_limit() {
        assert_eq!(read(&gzip(b"text")).unwrap(), b"text");
        assert_eq!(read(&[gzip(b"te"), gzip(b"xt")].concat()).unwrap(), b"text");
        assert_eq!(read(&gzip(&[0; 101])), Err(Unread::TooLarge(100)));
        assert_eq!(read(&[gzip(&[0; 60]), gzip(&[0; 60])].concat()), Err(Unread::TooLarge(100)));
        let identity = Encoding::Identity.decode(Bytes::from(vec![0; 101]), 100);
        assert_eq!(identity, Err(Unread::TooLarge(100)));
    }

    #[test]
    fn a_body_that_is_cut_and_one_that_is_damaged_are_told_apart() {
        let body = gzip(&[7; 90]);
        assert_eq!(read(&body[..body.len() - 3]), Err(Unread::Cut));
        let mut damaged = body.clone();
        damaged[12] ^= 0xff;
        assert!(matches!(read(&damaged), Err(Unread::Garbled(_) | Unread::Cut)));
        assert!(matches!(read(b"{\"name\":\"not gzip at all\"}"), Err(Unread::Garbled(_))));
    }

    #[test]
    fn only_what_was_asked_for_is_accepted() {
        let of = |name: &str| {
            Encoding::of(&HeaderMap::from_iter([(CONTENT_ENCODING, name.parse().unwrap())]))
        };
        assert_eq!(of("GZIP"), Ok(Encoding::Gzip));
        assert_eq!(of("identity"), Ok(Encoding::Identity));
        assert_eq!(of("br"), Err(Unread::Encoding("br".to_owned())));
    }
}
