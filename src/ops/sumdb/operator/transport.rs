//! Logs and witnesses over HTTP.

use std::sync::Arc;

use crate::{
    error::Failure,
    ops::{Context, context::pool_options},
    registry::{PlainClient, PlainReply},
    sumdb::{
        client::{Remote, RemoteError},
        cosign::{WitnessReply, WitnessTransport},
    },
};

/// Witnesses over HTTP.
#[derive(Clone)]
pub(super) struct HttpWitnesses(Arc<PlainClient>);

impl HttpWitnesses {
    pub(super) fn new(context: &Context) -> Result<Self, Failure> {
        Ok(Self(Arc::new(client(context)?)))
    }
}

impl WitnessTransport for HttpWitnesses {
    async fn post(&self, url: &str, body: Vec<u8>, limit: u64) -> Result<WitnessReply, String> {
        self.0.ask(url, Some(body), limit).await.map(witness_reply)
    }

    async fn get(&self, url: &str, limit: u64) -> Result<WitnessReply, String> {
        self.0.ask(url, None, limit).await.map(witness_reply)
    }
}

fn witness_reply(PlainReply { status, body }: PlainReply) -> WitnessReply {
    WitnessReply { status, body }
}

/// A log below a URL, whose every status counts.
pub(super) struct HttpLog {
    client: PlainClient,
    url: String,
}

impl HttpLog {
    pub(super) fn new(context: &Context, url: &str) -> Result<Self, Failure> {
        Ok(Self { client: client(context)?, url: url.trim_end_matches('/').to_owned() })
    }

    pub(super) async fn ask(
        &self,
        path: &str,
        body: Option<Vec<u8>>,
        limit: u64,
    ) -> Result<PlainReply, String> {
        self.client.ask(&format!("{}/{path}", self.url), body, limit).await
    }

    async fn bytes(
        &self,
        path: &str,
        body: Option<Vec<u8>>,
        limit: u64,
    ) -> Result<Vec<u8>, RemoteError> {
        match self.ask(path, body, limit).await {
            Ok(PlainReply { status: 200, body }) => Ok(body),
            Ok(PlainReply { status: 404 | 405 | 410 | 501, .. }) => Err(RemoteError::NotFound),
            Ok(PlainReply { status, .. }) => {
                Err(RemoteError::Unreachable(format!("it answered {status}")))
            }
            Err(reason) => Err(RemoteError::Unreachable(reason)),
        }
    }
}

impl Remote for HttpLog {
    async fn get(&self, path: &str, limit: u64) -> Result<Vec<u8>, RemoteError> {
        self.bytes(path, None, limit).await
    }

    async fn post(&self, path: &str, body: Vec<u8>, limit: u64) -> Result<Vec<u8>, RemoteError> {
        self.bytes(path, Some(body), limit).await
    }
}

fn client(context: &Context) -> Result<PlainClient, Failure> {
    let options = pool_options(&context.options, &context.config, &context.machine);
    Ok(PlainClient::new(&options)?)
}
