//! Requests whose answer counts whatever its status: the protocol of witnesses.

use std::{sync::Arc, time::Duration};

use url::Url;

use super::{
    auth::Anonymous,
    client::{Clients, Trust},
    error::FetchError,
    options::{PoolOptions, Timeouts},
};

/// Requests without credentials, redirects and retries.
pub struct PlainClient {
    clients: Clients,
    timeouts: Timeouts,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainReply {
    /// The HTTP status.
    pub status: u16,
    /// The body, cut at the limit.
    pub body: Vec<u8>,
}

impl PlainClient {
    /// A client that reaches servers as `options` say (proxies, certificates, time-outs).
    ///
    /// # Errors
    /// [`FetchError::Options`] for a certificate that cannot be used.
    pub fn new(options: &PoolOptions) -> Result<Self, FetchError> {
        let options = PoolOptions { credentials: Arc::new(Anonymous), ..options.clone() };
        Ok(Self {
            clients: Clients::new(&options, Trust::NamedOrSystems),
            timeouts: options.timeouts,
        })
    }

    /// Gets a URL, or posts a body to it; an error says why there is no answer.
    ///
    /// # Errors
    /// Why there is none, as a sentence.
    pub async fn ask(
        &self,
        url: &str,
        body: Option<Vec<u8>>,
        limit: u64,
    ) -> Result<PlainReply, String> {
        let url = Url::parse(url).map_err(|error| format!("{url}: {error}"))?;
        let client = self.clients.for_url(&url).map_err(|error| error.to_string())?;
        let request = match body {
            Some(body) => client.post(url).body(body),
            None => client.get(url),
        };
        let time: Duration = self.timeouts.head + self.timeouts.idle;
        let mut response = request.timeout(time).send().await.map_err(|error| reason(&error))?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|error| reason(&error))? {
            body.extend_from_slice(&part);
            if body.len() as u64 > limit {
                return Err(format!("the answer is longer than {limit} bytes"));
            }
        }
        Ok(PlainReply { status, body })
    }
}

/// The innermost cause: the outer ones only repeat the URL.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
