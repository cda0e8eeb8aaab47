//! The ways in which a registry can let its clients down.

use super::http::{Answer, Manner, Request};
use std::time::Duration;

/// One way to misbehave.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// This status with npm's small JSON body.
    Status(u16),
    /// 401 unless the request carries this bearer token.
    NeedsToken(String),
    /// 429 that asks to come back after so many seconds.
    RetryAfter(u64),
    /// The right answer, late.
    Slow(Duration),
    /// Half an answer, then silence.
    Stalled,
    /// Half an answer, then the end of the connection.
    Truncated,
    /// No answer: the connection closes.
    Dropped,
    /// An answer that reaches the client in this manner.
    In(Manner),
    /// The answer with this header beside its own.
    Header(&'static str, String),
    /// The right body under this status.
    As(u16),
    /// 304 to whoever asked, and to whoever did not.
    NotModified,
    /// One bit of the body is flipped; a tarball is then most likely no valid gzip either.
    Altered,
    /// The packument promises an integrity that no tarball has.
    WrongIntegrity,
    /// 200 and the login page of a network's portal.
    Portal,
    /// The packument of before the newest publication.
    Stale,
    /// 302 to the same path under another root URL.
    Redirect(String),
}

/// What a fault applies to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Every request.
    Everything,
    /// The packument of a package.
    Packument(String),
    /// The tarballs of a package.
    Tarball(String),
    /// The advisories of `npm audit`.
    Advisories,
}

/// How the content of a packument is bent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    True,
    Stale,
    WrongIntegrity,
}

impl Fault {
    /// What the packument must look like before [`apply`](Self::apply) sees it.
    pub(crate) fn view(&self) -> View {
        match self {
            Self::Stale => View::Stale,
            Self::WrongIntegrity => View::WrongIntegrity,
            _ => View::True,
        }
    }

    /// Turns the right answer into the wrong one.
    pub(crate) fn apply(&self, request: &Request, mut right: Answer) -> Answer {
        match self {
            Self::Status(status) => error(*status),
            Self::NeedsToken(token) => {
                let given = request.header("authorization");
                if given.strip_prefix("Bearer ") == Some(token) { right } else { error(401) }
            }
            Self::RetryAfter(seconds) => error(429).with("retry-after", seconds.to_string()),
            Self::Slow(delay) => Answer { delay: *delay, ..right },
            Self::Stalled => Answer { manner: Manner::Stalled, ..right },
            Self::Truncated => Answer { manner: Manner::Truncated, ..right },
            Self::Dropped => Answer { manner: Manner::Dropped, ..right },
            Self::In(manner) => Answer { manner: *manner, ..right },
            Self::Header(name, value) => right.with(name, value),
            Self::As(status) => Answer { status: *status, ..right },
            Self::NotModified => Answer::new(304, "application/json", ""),
            Self::Altered => {
                let middle = right.body.len() / 2;
                if let Some(byte) = right.body.get_mut(middle) {
                    *byte ^= 1;
                }
                right
            }
            Self::Portal => {
                Answer::new(200, "text/html", "<!doctype html><title>Log in to the network</title>")
            }
            Self::Redirect(root) => {
                let place = format!("{root}{}", request.target.trim_start_matches('/'));
                Answer::new(302, "text/plain", "elsewhere").with("location", place)
            }
            Self::Stale | Self::WrongIntegrity => right,
        }
    }
}

/// npm's answer to what it will not or cannot serve.
pub(crate) fn error(status: u16) -> Answer {
    let body = if status == 404 { r#"{"error":"Not found"}"# } else { r#"{"error":"no"}"# };
    Answer::new(status, "application/json", body)
}

/// A fault, where it applies, and how often still.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) target: Target,
    pub(crate) fault: Fault,
    /// `None` is for ever.
    pub(crate) left: Option<u32>,
}
