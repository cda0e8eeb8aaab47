//! Where a log is reached; who speaks HTTP implements it.

/// A log's URL: paths in, bytes out.
pub trait Remote: Sync {
    /// The bytes at a path below the log's URL, at most `limit` of them.
    fn get(
        &self,
        path: &str,
        limit: u64,
    ) -> impl Future<Output = Result<Vec<u8>, RemoteError>> + Send;

    /// The reply to posting `body` to a path.
    fn post(
        &self,
        path: &str,
        body: Vec<u8>,
        limit: u64,
    ) -> impl Future<Output = Result<Vec<u8>, RemoteError>> + Send;
}

/// Why there are no bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RemoteError {
    /// The log answered that it has nothing there (404, 405, 410, 501).
    #[error("it has nothing there")]
    NotFound,
    /// No answer, or another one; why.
    #[error("{0}")]
    Unreachable(String),
}
