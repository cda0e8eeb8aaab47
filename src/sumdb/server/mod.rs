//! A log over HTTP: files for auditors and mirrors, answers for clients.
//!
//! | path | answer |
//! |---|---|
//! | `/checkpoint`, `/latest` | the published head |
//! | `/tile/<level>/<n>`, `/tile/entries/<n>` | tiles and bundles (C2SP tlog-tiles) |
//! | `/tile/8/<level>/<n>`, `/tile/8/data/<n>` | the same in the layout of Go's checksum database |
//! | `/lookup/<namespace>/<name>@<version>` | a record (202: not yet, 404: none, 409: refused) |
//! | `/lookup/<module>@<version>` | the same in a log of Go modules |
//! | `POST /batch` | many records and one proof |
//! | `/index/<2 hex>/<2 hex>` | where the versions of some names are |
//! | `/supported` | nothing, successfully: a proxy that serves this log serves all of it |
//!
//! Nothing behind the published tree is shown. Paths are parsed by the one codec that writes
//! them; bodies, connections and requests under way are bounded.

mod admission;
mod answer;
mod files;
mod listener;
mod path;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::State,
    http::{
        HeaderValue, Method, Request, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
};
use tokio::sync::Semaphore;

pub use admission::{Admission, Admitted, NoAdmission};
pub use listener::{Bounded, MAX_CONNECTIONS};

use self::path::Asked;
use super::{
    lookup::BatchRequest,
    store::Store,
    view::{View, ViewError},
};

/// How long the body of a request may take.
pub(super) const BODY_TIME: Duration = Duration::from_secs(10);
/// The longest body of a request: as many packages as a batch may have, in bytes.
const MAX_BODY: usize = 4 << 20;
/// Requests that are worked on at once; further ones are asked to come again.
const MAX_REQUESTS: usize = 256;
/// When to ask again for what is about to be logged, in seconds.
const SOON: HeaderValue = HeaderValue::from_static("2");

/// A log and how it is served.
pub struct Server<S, A = NoAdmission> {
    view: Arc<View<S>>,
    admission: A,
    requests: Semaphore,
}

impl<S: Store, A: Admission> Server<S, A> {
    /// The server of a log; `admission` takes what is asked for and not there.
    pub fn new(view: Arc<View<S>>, admission: A) -> Arc<Self> {
        Arc::new(Self { view, admission, requests: Semaphore::new(MAX_REQUESTS) })
    }

    /// Its paths.
    pub fn router(self: Arc<Self>) -> Router {
        Router::new().fallback(serve::<S, A>).with_state(self)
    }
}

/// An answer with its media type, and how long anybody may keep it.
struct Answered {
    kind: &'static str,
    keep: Keep,
    body: Vec<u8>,
}

/// How long an answer may be kept.
#[derive(Clone, Copy)]
enum Keep {
    /// For ever: it never changes.
    Immutable,
    /// Not at all.
    No,
}

/// Why there is no answer.
enum Unanswered {
    /// Nothing is there.
    NotFound,
    /// The request is none.
    Malformed,
    /// It is about to be there.
    Pending,
    /// It will not be there: what its sources said.
    Refused(String),
    /// The log failed.
    Failed(ViewError),
}

impl From<ViewError> for Unanswered {
    fn from(error: ViewError) -> Self {
        Self::Failed(error)
    }
}

async fn serve<S: Store, A: Admission>(
    State(server): State<Arc<Server<S, A>>>,
    request: Request<Body>,
) -> Response {
    let Ok(_permit) = server.requests.try_acquire() else {
        return (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, SOON)]).into_response();
    };
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let answer = match method {
        Method::GET | Method::HEAD => match path::parse(&path, server.view.identity().profile) {
            Some(asked) => server.get(asked).await,
            None => Err(Unanswered::NotFound),
        },
        Method::POST if path == "/batch" => {
            let body = to_bytes(request.into_body(), MAX_BODY);
            match tokio::time::timeout(BODY_TIME, body).await {
                Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
                Ok(Err(_)) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
                Ok(Ok(body)) => server.post_batch(&body).await,
            }
        }
        _ => return StatusCode::METHOD_NOT_ALLOWED.into_response(),
    };
    match answer {
        Ok(answered) => answered.into_response(),
        Err(unanswered) => unanswered.into_response(),
    }
}

impl<S: Store, A: Admission> Server<S, A> {
    async fn get(&self, asked: Asked) -> Result<Answered, Unanswered> {
        match asked {
            Asked::Supported => Ok(Answered::text(String::new())),
            Asked::File(layout, resource) => self.file(layout, resource).await,
            Asked::Lookup(key) => self.lookup(&key).await,
            Asked::Index(bucket) => self.index(bucket),
        }
    }

    async fn post_batch(&self, body: &[u8]) -> Result<Answered, Unanswered> {
        let request = BatchRequest::parse(body).map_err(|_| Unanswered::Malformed)?;
        self.batch(&request).await
    }
}

impl Answered {
    /// A text that may be another one the next time.
    fn text(body: String) -> Self {
        let kind = "text/plain; charset=utf-8";
        Self { kind, keep: Keep::No, body: body.into_bytes() }
    }

    /// Bytes that may be others the next time.
    fn bytes(body: Vec<u8>) -> Self {
        Self { kind: "application/octet-stream", keep: Keep::No, body }
    }

    /// Bytes that never change.
    fn immutable(body: Vec<u8>) -> Self {
        Self { keep: Keep::Immutable, ..Self::bytes(body) }
    }
}

impl IntoResponse for Answered {
    fn into_response(self) -> Response {
        let keep = match self.keep {
            Keep::Immutable => "public, max-age=31536000, immutable",
            Keep::No => "no-cache",
        };
        ([(CONTENT_TYPE, self.kind), (CACHE_CONTROL, keep)], self.body).into_response()
    }
}

impl IntoResponse for Unanswered {
    fn into_response(self) -> Response {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "not found\n").into_response(),
            Self::Malformed => (StatusCode::BAD_REQUEST, "malformed\n").into_response(),
            Self::Pending => {
                (StatusCode::ACCEPTED, [(RETRY_AFTER, SOON)], "pending\n").into_response()
            }
            Self::Refused(reason) => (StatusCode::CONFLICT, reason).into_response(),
            Self::Failed(error) => {
                (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response()
            }
        }
    }
}
