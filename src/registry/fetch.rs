//! One exchange: request, redirects, status, body. No retries; the pool decides those.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use reqwest::{
    Response, StatusCode,
    header::{
        ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName,
        HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LOCATION, RETRY_AFTER,
    },
};
use tokio::{sync::OwnedSemaphorePermit, time::timeout};
use url::Url;

use super::{
    auth::{CredentialSource, authorization, header},
    cache::Validators,
    client::{Clients, Trust},
    encoding::{Encoding, Unread},
    error::{Credential, Fault, FetchError, ShownUrl, StatusFailure, message_of},
    freshness::text,
    options::{PoolOptions, Timeouts},
    tarball::RegistryId,
};
use crate::{
    cpu,
    event::{Event, Reporter},
};

const REDIRECTS: u32 = 10;
/// How much of an error answer is read for its explanation.
const EXPLANATION: u64 = 64 << 10;
/// A body slower than this over a whole window counts as stalled: 1 KiB/s over 30 s.
const WINDOW: Duration = Duration::from_secs(30);
const WINDOW_BYTES: u64 = 30 << 10;
/// The first allocation for a body, in bytes, whatever length it promises; what is not written to
/// costs nothing.
const FIRST_ALLOCATION: u64 = 8 << 20;

/// Speaks HTTP for the pool.
pub(super) struct Transport {
    clients: Clients,
    credentials: Arc<dyn CredentialSource>,
    headers: HeaderMap,
    timeouts: Timeouts,
    reporter: Arc<dyn Reporter>,
}

/// What to ask.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub url: &'a Url,
    /// On whose behalf: its credential and npm's own headers go to its origin only.
    pub registry: &'a Url,
    pub payload: Payload<'a>,
    /// 0 for the first try; later ones may take longer to begin answering.
    pub attempt: u32,
    /// The largest body, after decoding.
    pub limit: u64,
}

/// What kind of answer is wanted.
#[derive(Clone, Copy)]
pub(super) enum Payload<'a> {
    /// A JSON document in the given form, unless it is still the one known.
    Document { accept: &'static str, validators: Option<&'a Validators> },
    /// A JSON document, past every cache.
    Reload { accept: &'static str },
    /// A tarball; already compressed.
    Tarball,
    /// The answer to a JSON document.
    Post(&'a Bytes),
}

impl Payload<'_> {
    fn method(self) -> &'static str {
        if matches!(self, Self::Post(_)) { "POST" } else { "GET" }
    }
}

impl Transport {
    pub(super) fn new(
        options: &PoolOptions,
        reporter: Arc<dyn Reporter>,
    ) -> Result<Self, FetchError> {
        let mut headers = HeaderMap::new();
        for (name, value) in &options.headers {
            let name = HeaderName::from_bytes(name.as_bytes());
            let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) else {
                return Err(FetchError::Options("cannot use a configured HTTP header".to_owned()));
            };
            headers.insert(name, value);
        }
        Ok(Self {
            clients: Clients::new(options, Trust::Named),
            credentials: Arc::clone(&options.credentials),
            headers,
            timeouts: options.timeouts,
            reporter,
        })
    }

    /// Sends, follows redirects, and gives the open answer: a success, or a 304.
    ///
    /// Credentials are decided anew at every hop, npm's own headers stay on the registry's
    /// origin, and https never becomes http.
    pub(super) async fn send(
        &self,
        call: Call<'_>,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Result<Reply, FetchError> {
        let mut url = call.url.clone();
        for _ in 0..=REDIRECTS {
            let mut exchange = self.exchange(call.payload.method(), &url);
            let (response, credential) = self.head(call, &url).await?;
            let status = response.status();
            exchange.status = status.as_u16();
            exchange.cached = status == StatusCode::NOT_MODIFIED;
            if is_redirect(status) {
                url = next_hop(call, &url, response.headers())?;
                continue;
            }
            let reply = Reply {
                response,
                _exchange: exchange,
                url,
                limit: call.limit,
                received: 0,
                idle: self.timeouts.idle,
                window: (Instant::now(), 0),
                _permit: permit,
            };
            if status.is_client_error() || status.is_server_error() {
                return Err(reply.failure(call, credential).await);
            }
            return Ok(reply);
        }
        Err(invalid(call.url, "more than 10 redirects"))
    }

    /// Sends one request and waits for the head of its answer.
    async fn head(&self, call: Call<'_>, url: &Url) -> Result<(Response, Credential), FetchError> {
        let mut target = url.clone();
        // User info becomes a header below, where its origin is checked; both calls fail only without host.
        let _ = target.set_username("");
        let _ = target.set_password(None);
        let client = self.clients.for_url(&target)?;
        let mut request = match call.payload {
            Payload::Post(body) => client.post(target).body(body.clone()),
            _ => client.get(target),
        };
        let mut headers = HeaderMap::new();
        if url.origin() == call.registry.origin() {
            headers.clone_from(&self.headers);
        }
        describe(call.payload, &mut headers);
        let value = authorization(self.credentials.as_ref(), url, call.registry)
            .and_then(|authorization| header(&authorization));
        let credential = if value.is_some() { Credential::Sent } else { Credential::None };
        headers.extend(value.map(|value| (AUTHORIZATION, value)));
        request = request.headers(headers);
        let patience = self.timeouts.head.saturating_mul(call.attempt.saturating_add(1).min(2));
        match timeout(patience, request.send()).await {
            Ok(Ok(response)) => Ok((response, credential)),
            Ok(Err(error)) => Err(FetchError::network(url, error)),
            Err(_) => {
                let seconds = patience.as_secs_f32();
                Err(FetchError::stalled(url, format!("no answer within {seconds} s")))
            }
        }
    }

    fn exchange(&self, method: &'static str, url: &Url) -> Exchange {
        Exchange {
            method,
            url: url.into(),
            status: 0,
            cached: false,
            started: Instant::now(),
            reporter: Arc::clone(&self.reporter),
        }
    }

    /// Reports an answer that needed no request.
    pub(super) fn report_hit(&self, registry: &RegistryId, path: &str) {
        self.reporter.event(Event::Request {
            method: "GET",
            url: format!("{registry}{path}"),
            status: StatusCode::OK.as_u16(),
            took: Duration::ZERO,
            cached: true,
        });
    }

    /// The HTTP clients.
    pub(super) fn clients(&self) -> &Clients {
        &self.clients
    }

    /// Who gets which credential.
    pub(super) fn credentials(&self) -> &dyn CredentialSource {
        self.credentials.as_ref()
    }

    /// Where warnings go.
    pub(super) fn reporter(&self) -> &dyn Reporter {
        self.reporter.as_ref()
    }
}

/// The headers that say what is wanted.
fn describe(payload: Payload<'_>, headers: &mut HeaderMap) {
    match payload {
        Payload::Document { accept, validators } => {
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
            let known = validators.map(|known| (&known.etag, &known.last_modified));
            let Some((etag, last_modified)) = known else { return };
            for (name, text) in [(IF_NONE_MATCH, etag), (IF_MODIFIED_SINCE, last_modified)] {
                let value = text.as_deref().and_then(|text| HeaderValue::from_str(text).ok());
                headers.extend(value.map(|value| (name, value)));
            }
        }
        Payload::Reload { accept } => {
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        }
        Payload::Tarball => {
            headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        }
        Payload::Post(_) => {
            headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Where a redirect leads, if it may be followed.
fn next_hop(call: Call<'_>, from: &Url, headers: &HeaderMap) -> Result<Url, FetchError> {
    let location = text(headers, LOCATION).and_then(|location| from.join(location).ok());
    let Some(mut to) = location else {
        return Err(invalid(from, "a redirect without a usable location"));
    };
    let downgrade = from.scheme() == "https" && to.scheme() != "https";
    if downgrade || !matches!(to.scheme(), "http" | "https") {
        let shown = ShownUrl::from(&to);
        return Err(invalid(from, &format!("a redirect to {shown}, which is not followed")));
    }
    if matches!(call.payload, Payload::Post(_)) {
        return Err(invalid(from, "a redirect of a POST, which is not followed"));
    }
    // A registry cannot make us log in elsewhere with credentials of its choice.
    let _ = to.set_username("");
    let _ = to.set_password(None);
    Ok(to)
}

fn invalid(url: &Url, what: &str) -> FetchError {
    FetchError::InvalidResponse { url: url.into(), what: what.to_owned() }
}

/// Reports one exchange when it is over, however it ends.
struct Exchange {
    method: &'static str,
    url: ShownUrl,
    status: u16,
    cached: bool,
    started: Instant,
    reporter: Arc<dyn Reporter>,
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.reporter.event(Event::Request {
            method: self.method,
            url: self.url.to_string(),
            status: self.status,
            took: self.started.elapsed(),
            cached: self.cached,
        });
    }
}

/// An answer whose body is still arriving.
pub(super) struct Reply {
    response: Response,
    /// Held for its report.
    _exchange: Exchange,
    url: Url,
    limit: u64,
    received: u64,
    idle: Duration,
    /// When the current window began, and what had been received then.
    window: (Instant, u64),
    _permit: Option<OwnedSemaphorePermit>,
}

impl Reply {
    pub(super) fn status(&self) -> StatusCode {
        self.response.status()
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// How the body is encoded.
    ///
    /// # Errors
    ///
    /// An encoding nobody asked for.
    pub(super) fn encoding(&self) -> Result<Encoding, FetchError> {
        Encoding::of(self.headers()).map_err(|unread| self.unread(unread))
    }

    /// The error for a body that cannot be decoded.
    pub(super) fn unread(&self, unread: Unread) -> FetchError {
        unread.at(&self.url)
    }

    /// The promised length of the body, encoded as it is.
    pub(super) fn content_length(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// The largest text it may have, in bytes.
    pub(super) fn limit(&self) -> u64 {
        self.limit
    }

    /// An error about this answer.
    pub(super) fn invalid(&self, what: &str) -> FetchError {
        invalid(&self.url, what)
    }

    /// The error for a document that ends too early.
    pub(super) fn cut(&self) -> FetchError {
        let reason = "the document is cut off".to_owned();
        FetchError::Network { url: (&self.url).into(), fault: Fault::Reset, reason, source: None }
    }

    /// # Errors
    ///
    /// [`FetchError::Portal`] when the answer calls itself a page.
    pub(super) fn refuse_page(&self) -> Result<(), FetchError> {
        let kind = text(self.headers(), CONTENT_TYPE).unwrap_or_default();
        if kind.trim_start().to_ascii_lowercase().starts_with("text/html") {
            return Err(self.portal());
        }
        Ok(())
    }

    /// The error for a page in place of the answer.
    pub(super) fn portal(&self) -> FetchError {
        FetchError::Portal { url: (&self.url).into() }
    }

    /// The next piece of the body; `None` at its end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, FetchError> {
        let chunk = match timeout(self.idle, self.response.chunk()).await {
            Ok(Ok(chunk)) => chunk,
            Ok(Err(error)) => return Err(FetchError::network(&self.url, error)),
            Err(_) => {
                let seconds = self.idle.as_secs_f32();
                let what = format!("the body stopped for {seconds} s");
                return Err(FetchError::stalled(&self.url, what));
            }
        };
        let Some(chunk) = chunk else { return Ok(None) };
        self.received = self.received.saturating_add(chunk.len() as u64);
        if self.received > self.limit {
            return Err(FetchError::TooLarge { url: (&self.url).into(), limit: self.limit });
        }
        self.check_pace(Instant::now())?;
        Ok(Some(chunk))
    }

    fn check_pace(&mut self, now: Instant) -> Result<(), FetchError> {
        let (began, before) = self.window;
        if now.duration_since(began) < WINDOW {
            return Ok(());
        }
        if self.received - before < WINDOW_BYTES {
            return Err(FetchError::stalled(&self.url, "less than 1 KiB/s arrives".to_owned()));
        }
        self.window = (now, self.received);
        Ok(())
    }

    /// Reads until the end, or until `enough` bytes are there.
    pub(super) async fn read(&mut self, enough: u64) -> Result<(Bytes, Rest), FetchError> {
        let promised = self.content_length();
        if promised.is_some_and(|length| length > self.limit) {
            return Err(FetchError::TooLarge { url: (&self.url).into(), limit: self.limit });
        }
        let Some(first) = self.next().await? else { return Ok((Bytes::new(), Rest::None)) };
        if promised == Some(first.len() as u64) {
            // Still reads the end: a cut connection shows only there.
            return match self.next().await? {
                None => Ok((first, Rest::None)),
                Some(_) => Err(self.invalid("more bytes than promised")),
            };
        }
        let expected = promised.unwrap_or(first.len() as u64).min(FIRST_ALLOCATION);
        let mut all = Vec::with_capacity(usize::try_from(expected).unwrap_or_default());
        all.extend_from_slice(&first);
        while (all.len() as u64) < enough {
            match self.next().await? {
                Some(chunk) => all.extend_from_slice(&chunk),
                None => return Ok((all.into(), Rest::None)),
            }
        }
        Ok((all.into(), Rest::Open))
    }

    /// Reads the whole body, decoded.
    pub(super) async fn text(&mut self) -> Result<Bytes, FetchError> {
        let (encoding, limit) = (self.encoding()?, self.limit);
        let (body, _) = self.read(u64::MAX).await?;
        let decoded = if encoding == Encoding::Identity {
            encoding.decode(body, limit)
        } else {
            let size = body.len();
            cpu::run_on(size, move || encoding.decode(body, limit))
                .await
                .unwrap_or(Err(Unread::Cut))
        };
        decoded.map_err(|unread| self.unread(unread))
    }

    /// Turns an error status into an error, with what the registry says about it.
    async fn failure(mut self, call: Call<'_>, credential: Credential) -> FetchError {
        self.limit = EXPLANATION;
        let retry_after = text(self.headers(), RETRY_AFTER).and_then(|text| text.parse().ok());
        let status = self.status();
        let body = self.read(u64::MAX).await.map(|(body, _)| body).unwrap_or_default();
        let text = Encoding::of(self.headers())
            .and_then(|encoding| encoding.decode(body, EXPLANATION))
            .unwrap_or_default();
        FetchError::Status(Box::new(StatusFailure {
            method: call.payload.method(),
            url: call.url.into(),
            status,
            message: message_of(&text),
            credential,
            retry_after,
        }))
    }
}

/// Whether a body goes on after what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    None,
    Open,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(from: &str, location: &str, payload: Payload<'_>) -> Option<String> {
        let url = Url::parse(from).unwrap();
        let call = Call { url: &url, registry: &url, payload, attempt: 0, limit: 0 };
        let headers = HeaderMap::from_iter([(LOCATION, location.parse().unwrap())]);
        next_hop(call, &url, &headers).ok().map(Into::into)
    }

    #[test]
    fn next_hop_never_leaves_https() {
        let from = "https://registry.example/a";
        assert_eq!(hop(from, "http://registry.example/b", Payload::Tarball), None);
        assert_eq!(hop(from, "file:///etc/passwd", Payload::Tarball), None);
        assert_eq!(hop(from, "/b", Payload::Tarball).unwrap(), "https://registry.example/b");
        assert!(hop("http://registry.example/", "https://b.example/", Payload::Tarball).is_some());
    }

    #[test]
    fn next_hop_drops_user_info() {
        let found = hop("https://registry.example/a", "https://x:y@b.example/c", Payload::Tarball);
        assert_eq!(found.unwrap(), "https://b.example/c");
    }

    #[test]
    fn next_hop_of_a_post_is_refused() {
        let body = Bytes::new();
        assert_eq!(hop("https://registry.example/a", "/b", Payload::Post(&body)), None);
    }
}
