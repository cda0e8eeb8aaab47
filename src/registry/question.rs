//! What can be asked of a registry, and what counts as an answer.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use reqwest::{
    StatusCode,
    header::{ETAG, LAST_MODIFIED},
};
use tokio::sync::OwnedSemaphorePermit;

use super::{
    cache::{Disk, Entry, Key, Terms, Validators, bounded, now},
    encoding::{Encoded, Encoding, Unread},
    error::FetchError,
    fetch::{Call, Payload, Reply, Rest, Transport},
    freshness::{Freshness, Storage, text},
    options::Limits,
    pool::{Form, Origin, PackumentAnswer, Pool, key, packument},
    route::{Member, Stop},
    stream::{ByteWriter, pipe},
    tarball::{Body, Tarball},
};
use crate::{
    cpu,
    manifest::{Packument, PackumentError},
};

/// Something the pool can put to one registry after the other.
pub(super) trait Question: Sync {
    type Answer: Send;

    /// Asks at `stop`, holding `permit` until the answer is complete.
    fn put(
        &self,
        stop: &Stop,
        attempt: u32,
        permit: Option<OwnedSemaphorePermit>,
    ) -> impl Future<Output = Result<Self::Answer, FetchError>> + Send;
}

/// A packument, through the cache.
pub(super) struct PackumentQuestion<'a> {
    pub pool: &'a Pool,
    pub name: &'a str,
    pub form: Form,
    /// The stale entry found on the way here, and its registry.
    pub known: Option<&'a (Arc<Member>, Entry)>,
}

impl Question for PackumentQuestion<'_> {
    type Answer = PackumentAnswer;

    async fn put(
        &self,
        stop: &Stop,
        attempt: u32,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Result<PackumentAnswer, FetchError> {
        let known = self.known.filter(|(member, _)| member.id == stop.member.id);
        let entry = known.map(|(_, entry)| entry);
        let validators =
            entry.map(|entry| &entry.terms.validators).filter(|known| !known.is_empty());
        let accept = self.form.accept();
        let call = Call {
            url: &stop.url,
            registry: &stop.member.url,
            payload: Payload::Document { accept, validators },
            attempt,
            limit: self.pool.limits().packument,
        };
        let transport = self.pool.transport();
        let mut reply = transport.send(call, permit).await?;
        if reply.status() == StatusCode::NOT_MODIFIED {
            if let Some(entry) = entry.filter(|_| validators.is_some()) {
                return Ok(self.confirmed(stop, entry, &reply));
            }
            // Nobody asked "if changed": an answer for somebody else. Ask past whatever gave it.
            drop(reply);
            let permit = stop.member.lane.enter().await?;
            let payload = Payload::Reload { accept };
            reply = transport.send(Call { payload, ..call }, permit).await?;
        }
        let freshness = Freshness::of(reply.headers(), now() / 1000);
        let validators = Validators {
            etag: bounded(text(reply.headers(), ETAG)),
            last_modified: bounded(text(reply.headers(), LAST_MODIFIED)),
        };
        let terms = Terms {
            stored_at: now(),
            lifetime: freshness.lifetime,
            stale: freshness.stale,
            validators,
        };
        let place = (freshness.storage == Storage::Allowed)
            .then(|| (self.pool.disk().clone(), key(&stop.member, self.name, self.form)));
        let entry = read_packument(reply, |text, _| entry_of(text, terms, place)).await?;
        Ok(packument(&stop.member, entry, Origin::Fetched))
    }
}

impl PackumentQuestion<'_> {
    fn confirmed(&self, stop: &Stop, entry: &Entry, reply: &Reply) -> PackumentAnswer {
        let at = now();
        // A 304 need not repeat how long it holds; then the first answer's word stands.
        let said = Freshness::of(reply.headers(), at / 1000).lifetime;
        let lifetime = if said == Duration::ZERO { entry.terms.lifetime } else { said };
        let key = key(&stop.member, self.name, self.form);
        self.pool.write(move |disk| disk.touch(&key, at, lifetime));
        packument(&stop.member, entry.clone(), Origin::Revalidated)
    }
}

/// Why a body is no packument.
pub(super) enum NoPackument {
    Unread(Unread),
    Page,
    NotAnObject,
    CutOff,
    Unusable(PackumentError),
}

/// What `take` makes of a packument's text, in one go; it gets the body as it came as well.
pub(super) async fn read_packument<T: Send + 'static>(
    mut reply: Reply,
    take: impl FnOnce(&[u8], &Encoded) -> Result<T, NoPackument> + Send + 'static,
) -> Result<T, FetchError> {
    expect_success(&reply)?;
    let (encoding, limit) = (reply.encoding()?, reply.limit());
    let (body, _) = reply.read(u64::MAX).await?;
    let size = body.len();
    let encoded = Encoded { encoding, body, limit };
    let work = move || match encoded.read(|text| take(object(text)?, &encoded)) {
        Ok(taken) => taken,
        Err(unread) => Err(NoPackument::Unread(unread)),
    };
    match cpu::run_on(size, work).await.unwrap_or(Err(NoPackument::CutOff)) {
        Ok(taken) => Ok(taken),
        Err(NoPackument::Unread(unread)) => Err(reply.unread(unread)),
        Err(NoPackument::Page) => Err(reply.portal()),
        Err(NoPackument::NotAnObject) => Err(reply.invalid("not a JSON object")),
        Err(NoPackument::CutOff) => Err(reply.cut()),
        Err(NoPackument::Unusable(error)) => Err(reply.invalid(&error.to_string())),
    }
}

/// A text that looks like an object, from its first byte to its last.
fn object(text: &[u8]) -> Result<&[u8], NoPackument> {
    let text = without_mark(text);
    let last = text.iter().rfind(|byte| !byte.is_ascii_whitespace());
    match (first(text), last) {
        (Some(b'{'), Some(b'}')) => Ok(text),
        (Some(b'{'), _) => Err(NoPackument::CutOff),
        (Some(b'<'), _) => Err(NoPackument::Page),
        _ => Err(NoPackument::NotAnObject),
    }
}

/// The entry of a packument's text. A cache that cannot be written is no cache, not an error.
fn entry_of(text: &[u8], terms: Terms, place: Option<(Disk, Key)>) -> Result<Entry, NoPackument> {
    let index = Packument::index_of(text).map_err(NoPackument::Unusable)?;
    let stored = place.and_then(|(disk, key)| disk.store(&key, &terms, &index, text).ok());
    let document = stored.unwrap_or_else(|| Arc::new(Bytes::copy_from_slice(text)));
    let packument = Packument::open(index, document).ok_or(NoPackument::CutOff)?;
    Ok(Entry { terms, packument: Arc::new(packument) })
}

/// Reads a whole body that is not a page for people.
async fn whole(reply: &mut Reply) -> Result<Bytes, FetchError> {
    expect_success(reply)?;
    let text = reply.text().await?;
    if first(&text) == Some(b'<') {
        return Err(reply.portal());
    }
    Ok(text)
}

fn expect_success(reply: &Reply) -> Result<(), FetchError> {
    match reply.status() {
        StatusCode::OK => reply.refuse_page(),
        other => Err(reply.invalid(&format!("status {other}"))),
    }
}

/// The first byte that is neither white space nor part of a byte order mark.
fn first(body: &[u8]) -> Option<u8> {
    without_mark(body).iter().copied().find(|byte| !byte.is_ascii_whitespace())
}

/// The text behind a byte order mark: JavaScript passes over one.
pub(super) fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// A document that is not cached.
pub(super) struct DocumentQuestion<'a> {
    pub transport: &'a Transport,
    pub limit: u64,
    pub accept: &'static str,
}

impl Question for DocumentQuestion<'_> {
    type Answer = Bytes;

    async fn put(
        &self,
        stop: &Stop,
        attempt: u32,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Result<Bytes, FetchError> {
        whole(&mut self.send(stop, attempt, permit).await?).await
    }
}

impl DocumentQuestion<'_> {
    /// Asks, and leaves it to the caller what to make of the answer.
    pub(super) async fn send(
        &self,
        stop: &Stop,
        attempt: u32,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Result<Reply, FetchError> {
        let payload = Payload::Document { accept: self.accept, validators: None };
        let registry = &stop.member.url;
        let call = Call { url: &stop.url, registry, payload, attempt, limit: self.limit };
        self.transport.send(call, permit).await
    }
}

/// A document that is sent, and the one that comes back.
pub(super) struct PostQuestion<'a> {
    pub transport: &'a Transport,
    pub limit: u64,
    pub body: Bytes,
}

impl Question for PostQuestion<'_> {
    type Answer = Bytes;

    async fn put(
        &self,
        stop: &Stop,
        attempt: u32,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Result<Bytes, FetchError> {
        let payload = Payload::Post(&self.body);
        let registry = &stop.member.url;
        let call = Call { url: &stop.url, registry, payload, attempt, limit: self.limit };
        whole(&mut self.transport.send(call, permit).await?).await
    }
}

/// A tarball.
pub(super) struct TarballQuestion<'a> {
    pub transport: &'a Transport,
    pub limits: Limits,
}

impl Question for TarballQuestion<'_> {
    type Answer = Tarball;

    async fn put(
        &self,
        stop: &Stop,
        attempt: u32,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Result<Tarball, FetchError> {
        let payload = Payload::Tarball;
        let registry = &stop.member.url;
        let limit = self.limits.tarball;
        let call = Call { url: &stop.url, registry, payload, attempt, limit };
        let mut reply = self.transport.send(call, permit).await?;
        expect_success(&reply)?;
        if reply.encoding()? == Encoding::Gzip {
            // Compressed twice: no registry means to, but npm undoes it.
            let body = reply.text().await?;
            return Ok(Tarball {
                source: stop.member.id.clone(),
                content_length: None,
                body: Body::Buffered(body),
            });
        }
        let content_length = reply.content_length();
        // A large body is not worth waiting for: its first bytes suffice to hand it over.
        let large = content_length.is_some_and(|length| length > self.limits.buffered);
        let enough = if large { 1 } else { self.limits.buffered.saturating_add(1) };
        let (start, rest) = reply.read(enough).await?;
        if start.first() == Some(&b'<') {
            return Err(reply.portal());
        }
        let body = match rest {
            Rest::None => Body::Buffered(start),
            Rest::Open => {
                let (writer, reader) = pipe();
                tokio::spawn(pump(start, reply, writer));
                Body::Streamed(reader)
            }
        };
        Ok(Tarball { source: stop.member.id.clone(), content_length, body })
    }
}

/// Feeds the rest of a body to its reader, as fast as it reads.
async fn pump(start: Bytes, mut reply: Reply, writer: ByteWriter) {
    let mut chunk = start;
    let end = loop {
        if writer.write(chunk).await.is_err() {
            return;
        }
        match reply.next().await {
            Ok(Some(next)) => chunk = next,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    writer.finish(end);
}
