//! The witness over HTTP.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Path, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::{get, post},
};

use super::{Refusal, Witness, request::MAX_REQUEST};
use crate::sumdb::server::BODY_TIME;

const TEXT: &str = "text/plain; charset=utf-8";

/// The paths of a witness: `add-checkpoint`, and what it cosigned last of each log.
pub fn router(witness: Arc<Witness>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{hash}/checkpoint", get(checkpoint))
        .with_state(witness)
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, body: Body) -> Response {
    let Ok(body) = tokio::time::timeout(BODY_TIME, to_bytes(body, MAX_REQUEST)).await else {
        return StatusCode::REQUEST_TIMEOUT.into_response();
    };
    let Ok(body) = body else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let cosigned = tokio::task::spawn_blocking(move || witness.add_checkpoint(&body)).await;
    match cosigned {
        Ok(Ok(signature)) => text(StatusCode::OK, TEXT, format!("{signature}\n")),
        Ok(Err(refusal)) => refused(&refusal),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn checkpoint(State(witness): State<Arc<Witness>>, Path(hash): Path<String>) -> Response {
    let read = tokio::task::spawn_blocking(move || witness.checkpoint(&hash)).await;
    match read {
        Ok(Ok(Some(note))) => text(StatusCode::OK, TEXT, note.to_string()),
        Ok(Ok(None)) => StatusCode::NOT_FOUND.into_response(),
        Ok(Err(refusal)) => refused(&refusal),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn refused(refusal: &Refusal) -> Response {
    let status =
        StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = match refusal {
        Refusal::OtherSize(_) => "text/x.tlog.size",
        _ => TEXT,
    };
    text(status, kind, format!("{refusal}\n"))
}

fn text(status: StatusCode, kind: &'static str, body: String) -> Response {
    (status, [(CONTENT_TYPE, kind)], body).into_response()
}
