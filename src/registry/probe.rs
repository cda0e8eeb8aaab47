//! What a registry can do, found out by asking: for `denpm registries test`.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use reqwest::{
    StatusCode,
    header::{
        ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue,
        IF_NONE_MATCH, LAST_MODIFIED, RANGE,
    },
};
use tokio::time::timeout;

use super::{
    admission::KEYS_PATH,
    auth::{authorization, header},
    encoding::Encoding,
    error::FetchError,
    freshness::text,
    ledger::Record,
    namespace::Keys,
    pool::{Form, Pool},
    route::{Barred, Member, escaped, stop},
    tarball::RegistryId,
};

/// The longest any probe waits for an answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// One registry of the configuration.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Which.
    pub id: RegistryId,
    /// What it is for.
    pub role: Role,
    /// Why it is not asked, if it is not.
    pub barred: Option<Barred>,
    /// What earlier runs saw of it.
    pub record: Record,
}

/// What a registry is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// The registry of the setting `registry`.
    Configured,
    /// One of `denpm-registries`.
    Mirror,
    /// The registry of these scopes.
    Scopes(Vec<String>),
}

/// What is asked of a registry.
#[derive(Clone, Copy, Debug)]
pub enum Probe<'a> {
    /// A document in the given form.
    Document(Form),
    /// A document, unless it still has this entity tag.
    IfNoneMatch(&'a str),
    /// The first byte of a file.
    FirstByte,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Probed {
    /// The status; redirects are not followed.
    pub status: u16,
    /// Until the whole answer was there.
    pub took: Duration,
    /// Whether the body came compressed.
    pub is_gzip: bool,
    /// `ETag`.
    pub etag: Option<String>,
    /// Whether there is any validator for a conditional request.
    pub has_validator: bool,
    /// Whether the answer calls itself an abbreviated packument.
    pub is_abbreviated: bool,
    /// The body, decoded.
    pub body: Bytes,
}

impl Pool {
    /// Every registry of the configuration, the configured one first.
    pub fn listed(&self) -> Vec<Listed> {
        let of = |member: &Arc<Member>, role: Role| Listed {
            id: member.id.clone(),
            role,
            barred: member.barred(),
            record: self.ledger().map(|ledger| ledger.record(&member.id)).unwrap_or_default(),
        };
        let mut all: Vec<Listed> = Vec::new();
        for (number, member) in self.routes().pool().iter().enumerate() {
            let role = if number == 0 { Role::Configured } else { Role::Mirror };
            all.push(of(member, role));
        }
        for (scope, member) in self.routes().scopes() {
            match all.iter_mut().find(|listed| listed.id == member.id) {
                Some(Listed { role: Role::Scopes(scopes), .. }) => scopes.push(scope.clone()),
                Some(_) => {}
                None => all.push(of(member, Role::Scopes(vec![scope.clone()]))),
            }
        }
        all
    }

    /// The path of a package's document on every registry.
    ///
    /// # Errors
    /// A name that can be part of no URL.
    pub fn path_of(&self, name: &str) -> Result<String, FetchError> {
        escaped(name)
    }

    /// The keys a registry offers now; they are remembered.
    ///
    /// # Errors
    /// Why it could not be asked.
    pub async fn keys(&self, registry: &RegistryId) -> Result<Keys, FetchError> {
        let place = self.place(registry, KEYS_PATH)?;
        let keys = self.fetch_keys(&place.member).await?;
        self.note_keys(&place.member, keys.clone());
        Ok(keys)
    }

    /// Asks one registry one question, once, and tells how it answered.
    ///
    /// # Errors
    /// Why there is no answer; a status is an answer.
    pub async fn probe(
        &self,
        registry: &RegistryId,
        path: &str,
        probe: Probe<'_>,
    ) -> Result<Probed, FetchError> {
        let place = self.place(registry, path)?;
        let member = Arc::clone(&place.member);
        let url = stop(Arc::clone(&member), path)?.url;
        let mut headers =
            HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static("gzip"))]);
        match probe {
            Probe::Document(form) => {
                headers.insert(ACCEPT, HeaderValue::from_static(form.accept()));
            }
            Probe::IfNoneMatch(etag) => {
                headers.insert(ACCEPT, HeaderValue::from_static(Form::Full.accept()));
                headers.extend(HeaderValue::from_str(etag).ok().map(|etag| (IF_NONE_MATCH, etag)));
            }
            Probe::FirstByte => {
                headers.insert(RANGE, HeaderValue::from_static("bytes=0-0"));
                headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
            }
        }
        let credential = authorization(self.transport().credentials(), &url, &member.url);
        let value = credential.and_then(|credential| header(&credential));
        headers.extend(value.map(|value| (AUTHORIZATION, value)));
        let began = Instant::now();
        let limit = self.limits().packument;
        let client = self.transport().clients().for_url(&url)?;
        let mut target = url.clone();
        // User info became a header above; both fail only without a host.
        let _ = target.set_username("");
        let _ = target.set_password(None);
        let exchange = async {
            let mut response = client.get(target).headers(headers).send().await?;
            let (status, headers) = (response.status(), response.headers().clone());
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await? {
                body.extend_from_slice(&chunk);
                if body.len() as u64 > limit || matches!(probe, Probe::FirstByte) {
                    break;
                }
            }
            Ok::<_, reqwest::Error>((status, headers, body))
        };
        let late =
            || FetchError::stalled(&url, format!("no answer within {} s", PATIENCE.as_secs()));
        let answer = timeout(PATIENCE, exchange).await.map_err(|_| late())?;
        let (status, headers, body) = answer.map_err(|error| FetchError::network(&url, error))?;
        Ok(probed(status, &headers, body, began.elapsed(), limit))
    }
}

fn probed(
    status: StatusCode,
    headers: &HeaderMap,
    body: Vec<u8>,
    took: Duration,
    limit: u64,
) -> Probed {
    let etag = text(headers, ETAG).map(str::to_owned);
    let kind = text(headers, CONTENT_TYPE).unwrap_or_default();
    let encoding = Encoding::of(headers);
    let body = Bytes::from(body);
    // What cannot be read is shown as it is: no document.
    let plain = encoding.clone().and_then(|encoding| encoding.decode(body.clone(), limit));
    Probed {
        status: status.as_u16(),
        took,
        is_gzip: encoding == Ok(Encoding::Gzip),
        has_validator: etag.is_some() || headers.contains_key(LAST_MODIFIED),
        etag,
        is_abbreviated: kind.contains("vnd.npm.install-v1"),
        body: plain.unwrap_or(body),
    }
}
