//! Errors as other programs see them: problem documents by RFC 9457.

use crate::archive;
use crate::store;
use axum::Json;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A request that got no answer, and why.
#[derive(Debug, Clone, Serialize)]
pub struct Problem {
    /// Stable name of the kind of problem; `about:blank` where the status says it all.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The kind in words.
    title: &'static str,
    /// HTTP status.
    status: u16,
    /// What was wrong with this request.
    detail: String,
    /// The first position that can still be read, where an earlier one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest_seq: Option<u64>,
}

impl Problem {
    fn new(status: StatusCode, kind: &'static str, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("error");
        Self { kind, title, status: status.as_u16(), detail: detail.into(), oldest_seq: None }
    }

    /// 400: a parameter is not what it should be.
    pub(super) fn bad(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "about:blank", detail)
    }

    /// 404: there is no such thing.
    pub(super) fn absent(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "about:blank", detail)
    }

    /// 500: archive or store cannot be read.
    pub(super) fn broken(fault: impl std::error::Error) -> Self {
        let detail = fault.to_string();
        tracing::error!(detail, "a request could not be answered");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "about:blank", detail)
    }

    /// 410: the position asked for was deleted by retention.
    fn expired(detail: String, oldest: u64) -> Self {
        let kind = "urn:wiredesk:problem:seq-expired";
        Self { oldest_seq: Some(oldest), ..Self::new(StatusCode::GONE, kind, detail) }
    }
}

impl From<store::ReadError> for Problem {
    fn from(error: store::ReadError) -> Self {
        Self::broken(error)
    }
}

impl From<archive::ReadError> for Problem {
    fn from(error: archive::ReadError) -> Self {
        match error {
            archive::ReadError::Expired { last, .. } => Self::expired(error.to_string(), last + 1),
            other => Self::broken(other),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        (status, kind, Json(self)).into_response()
    }
}

/// Answers what no route does.
pub(super) async fn no_route(uri: Uri) -> Problem {
    Problem::absent(format!("there is nothing at {}", uri.path()))
}
