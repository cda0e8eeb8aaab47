//! A server that is no registry: a log, a witness. Same clients, same bounds, no credentials.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::StatusCode;
use url::Url;

use super::{
    assignment::registry_url,
    auth::Anonymous,
    error::FetchError,
    fetch::{Call, Payload, Transport},
    options::{CacheMode, PoolOptions},
};
use crate::event::Reporter;

/// How often a request is tried again after a failure of the network.
const RETRIES: u32 = 2;

/// A server below one URL.
pub struct Site {
    url: Url,
    transport: Transport,
    mode: CacheMode,
}

impl Site {
    /// The server at `url`, reached as `options` say (proxies, certificates, time-outs); no
    /// credential and no header of theirs is ever sent to it.
    ///
    /// # Errors
    /// [`FetchError::Options`] for a URL or certificate that cannot be used.
    pub fn new(
        url: &str,
        options: &PoolOptions,
        reporter: Arc<dyn Reporter>,
    ) -> Result<Self, FetchError> {
        let options = PoolOptions {
            credentials: Arc::new(Anonymous),
            headers: Vec::new(),
            ..options.clone()
        };
        let transport = Transport::new(&options, reporter)?;
        Ok(Self { url: registry_url(url)?, transport, mode: options.mode })
    }

    /// The bytes at a path, at most `limit` of them.
    ///
    /// # Errors
    /// Why there are none; [`FetchError::status`] tells 404 from the rest.
    pub async fn get(&self, path: &str, limit: u64) -> Result<Bytes, FetchError> {
        let payload = Payload::Document { accept: "*/*", validators: None };
        self.ask(path, payload, limit).await
    }

    /// The reply to posting `body` to a path.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn post(&self, path: &str, body: Bytes, limit: u64) -> Result<Bytes, FetchError> {
        self.ask(path, Payload::Post(&body), limit).await
    }

    async fn ask(&self, path: &str, payload: Payload<'_>, limit: u64) -> Result<Bytes, FetchError> {
        let joined = format!("{}{path}", self.url);
        let url =
            Url::parse(&joined).ok().filter(|url| url.as_str().starts_with(self.url.as_str()));
        let url = url.ok_or_else(|| FetchError::Options(format!("{path:?} is no path")))?;
        if self.mode == CacheMode::Offline {
            return Err(FetchError::NotCached { url: (&url).into() });
        }
        let mut attempt = 0;
        loop {
            let call = Call { url: &url, registry: &self.url, payload, attempt, limit };
            let answer = match self.transport.send(call, None).await {
                Ok(reply) if reply.status() != StatusCode::OK => {
                    Err(reply.invalid(&format!("status {}", reply.status())))
                }
                Ok(mut reply) => reply.text().await,
                Err(error) => Err(error),
            };
            match answer {
                Err(error) if error.fault().is_some() && attempt < RETRIES => attempt += 1,
                other => return other,
            }
        }
    }
}
