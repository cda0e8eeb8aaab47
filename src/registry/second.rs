//! A second registry's packument, read for the sake of one version.
//!
//! Hundreds of such documents are looked at in one run, each for one answer. Their texts would fill
//! the memory meanwhile, so a text is let go as soon as it was looked at, and had again from the
//! body, a tenth of its size, in the rare case that something else is asked of it.

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
    fetch::{Call, Payload, Transport},
    question::{NoPackument, Question, read_packument, without_mark},
    route::Stop,
};
use crate::manifest::{Document, Packument};

/// A packument that is compared with another and not cached.
pub(super) struct SecondQuestion<'a> {
    pub transport: &'a Transport,
    pub limit: u64,
    pub accept: &'static str,
    /// The version that the other registry's answer is about.
    pub version: &'a str,
}

impl Question for SecondQuestion<'_> {
    type Answer = Packument;

    async fn put(
        &self,
        stop: &Stop,
        attempt: u32,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Result<Packument, FetchError> {
        let payload = Payload::Document { accept: self.accept, validators: None };
        let registry = &stop.member.url;
        let call = Call { url: &stop.url, registry, payload, attempt, limit: self.limit };
        let reply = self.transport.send(call, permit).await?;
        let version = self.version.to_owned();
        let read = move |text: &[u8], encoded: &Encoded| {
            let document: Arc<dyn Document> = match encoded.encoding {
                Encoding::Identity => {
                    let start = encoded.body.len().saturating_sub(text.len());
                    Arc::new(encoded.body.slice(start..))
                }
                Encoding::Gzip => {
                    Arc::new(HadAgain { encoded: encoded.clone(), text: OnceLock::new() })
                }
            };
            Packument::parse_for(&version, text, document).map_err(NoPackument::Unusable)
        };
        read_packument(reply, read).await
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
            let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
            gzip.write_all(format!("{mark}{text}").as_bytes()).unwrap();
            let body = gzip.finish().unwrap().into();
            let encoded = Encoded { encoding: Encoding::Gzip, body, limit: 1000 };
            let document = Arc::new(HadAgain { encoded, text: OnceLock::new() });
            let held: Arc<dyn Document> = Arc::clone(&document) as _;
            let packument = Packument::parse_for("2.0.0", text.as_bytes(), held).unwrap();
            let version =
                |version| packument.manifest(version).unwrap().unwrap().version.clone().unwrap();
            assert_eq!(version("2.0.0"), "2.0.0");
            assert!(document.text.get().is_none());
            assert_eq!(version("1.0.0"), "1.0.0");
        }
    }
}
