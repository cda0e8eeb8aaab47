//! A packument that is read for the sake of a few versions, and not kept.
//!
//! Hundreds of such documents are looked at in one run, each for an answer or two: a second
//! registry's opinion, or the signatures of what a lockfile names. Their texts would fill the
//! memory meanwhile, so a text is let go as soon as it was looked at. For an opinion something else
//! may be asked, rarely; then the text is had again from the body, a tenth of its size.

use std::{
    io,
    ops::Range,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;

use super::{
    encoding::{Encoded, Encoding},
    error::FetchError,
    question::{DocumentQuestion, NoPackument, Question, read_packument, without_mark},
    route::Stop,
};
use crate::manifest::{Document, Excerpt, Packument, PackumentError};

/// Reads the text of a packument for the sake of a few versions.
type Reading<T> = fn(&[String], &[u8], &Encoded) -> Result<T, PackumentError>;

/// A packument, past the cache, for the sake of a few versions.
pub(super) struct VersionsQuestion<'a, T> {
    pub document: DocumentQuestion<'a>,
    /// The versions that the answer is about.
    pub versions: &'a [String],
    /// What becomes of the text, and of the body that it was read from.
    pub read: Reading<T>,
}

impl<T: Send + 'static> Question for VersionsQuestion<'_, T> {
    type Answer = T;

    async fn put(
        &self,
        stop: &Stop,
        attempt: u32,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Result<T, FetchError> {
        let reply = self.document.send(stop, attempt, permit).await?;
        let (versions, read) = (self.versions.to_owned(), self.read);
        let read = move |text: &[u8], encoded: &Encoded| {
            read(&versions, text, encoded).map_err(NoPackument::Unusable)
        };
        read_packument(reply, read).await
    }
}

/// All of it; what is said of other versions is found out more slowly.
pub(super) fn whole(
    versions: &[String],
    text: &[u8],
    encoded: &Encoded,
) -> Result<Packument, PackumentError> {
    Packument::parse_for(versions, text, had_again(text, encoded))
}

/// What it says of these versions, and nothing else.
pub(super) fn excerpt(
    versions: &[String],
    text: &[u8],
    _: &Encoded,
) -> Result<Excerpt, PackumentError> {
    Excerpt::read(versions, text)
}

/// Where a text that was read from a body can be had again; it is all of the body's but for a mark.
fn had_again(text: &[u8], encoded: &Encoded) -> Arc<dyn Document> {
    match encoded.encoding {
        Encoding::Identity => {
            let start = encoded.body.len().saturating_sub(text.len());
            Arc::new(encoded.body.slice(start..))
        }
        Encoding::Gzip => Arc::new(HadAgain { encoded: encoded.clone(), text: OnceLock::new() }),
    }
}

/// A text that is inflated when it is asked for, and then kept.
struct HadAgain {
    encoded: Encoded,
    text: OnceLock<Option<Bytes>>,
}

impl Document for HadAgain {
    fn read(&self, range: Range<u64>) -> io::Result<Bytes> {
        let again = || self.encoded.read(|text| Bytes::copy_from_slice(without_mark(text))).ok();
        let text = self.text.get_or_init(again).as_ref();
        text.ok_or(io::ErrorKind::UnexpectedEof)?.read(range)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    #[test]
    fn a_text_that_was_let_go_says_the_same_when_it_is_asked_again() {
        let text =
            r#"{"name":"a","versions":{"1.0.0":{"version":"1.0.0"},"2.0.0":{"version":"2.0.0"}}}"#;
        for mark in ["", "\u{feff}"] {
            let plain = format!("{mark}{text}");
            let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
            gzip.write_all(plain.as_bytes()).unwrap();
            let bodies = [
                (Encoding::Gzip, gzip.finish().unwrap().into()),
                (Encoding::Identity, Bytes::from(plain)),
            ];
            for (encoding, body) in bodies {
                let encoded = Encoded { encoding, body, limit: 1000 };
                let document = had_again(text.as_bytes(), &encoded);
                let wanted = ["2.0.0".to_owned()];
                let packument = Packument::parse_for(&wanted, text.as_bytes(), document).unwrap();
                for version in ["2.0.0", "1.0.0"] {
                    let manifest = packument.manifest(version).unwrap().unwrap();
                    assert_eq!(manifest.version.as_deref(), Some(version));
                }
            }
        }
    }

    #[test]
    fn what_is_wanted_needs_no_text() {
        struct Gone;
        impl Document for Gone {
            fn read(&self, _: Range<u64>) -> io::Result<Bytes> {
                Err(io::ErrorKind::NotFound.into())
            }
        }
        let text = br#"{"name":"a","versions":{"1.0.0":{},"2.0.0":{},"3.0.0":{}}}"#;
        let wanted = ["2.0.0", "3.0.0", "4.0.0"].map(str::to_owned);
        let packument = Packument::parse_for(&wanted, text, Arc::new(Gone)).unwrap();
        assert!(packument.manifest("2.0.0").unwrap().is_ok());
        assert!(packument.manifest("3.0.0").unwrap().is_ok());
        assert!(packument.manifest("1.0.0").unwrap().is_err());
    }
}
