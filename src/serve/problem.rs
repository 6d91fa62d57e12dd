//! Errors as other programs see them: problem documents by RFC 9457.

use crate::archive;
use crate::{search, store};
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

/// The kind of a problem of which the status says it all.
const BLANK: &str = "about:blank";

/// A request that got no answer, and why.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Problem {
    /// Stable name of the kind of problem; `about:blank` where the status says it all.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// HTTP status.
    status: u16,
    /// What was wrong with this request.
    detail: String,
    /// The first position that can still be read, where an earlier one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest_seq: Option<u64>,
    /// The last position there is, where a later one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seq: Option<u64>,
}

impl Problem {
    fn new(status: StatusCode, kind: &'static str, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("error");
        let (status, detail) = (status.as_u16(), detail.into());
        Self { kind, title, status, detail, oldest_seq: None, last_seq: None }
    }

    /// 400: a parameter is not what it should be.
    pub(super) fn bad(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, BLANK, detail)
    }

    /// 401: the token is missing or wrong.
    pub(super) fn stranger() -> Self {
        let detail =
            "send the daemon's token as `Authorization: Bearer TOKEN`, or ask over its unix socket";
        Self::new(StatusCode::UNAUTHORIZED, BLANK, detail)
    }

    /// 403: a web page of somebody else asks in a person's name.
    pub(super) fn misdirected(host: &str) -> Self {
        let detail = format!("`{host}` is no name of this machine's loopback");
        Self::new(StatusCode::FORBIDDEN, "urn:wiredesk:problem:foreign-host", detail)
    }

    /// 404: there is no such thing.
    pub(super) fn absent(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, BLANK, detail)
    }

    /// 406: it cannot be had in the form that the client likes.
    pub(super) fn unacceptable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_ACCEPTABLE, BLANK, detail)
    }

    /// 408: the body did not come.
    pub(super) fn slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, BLANK, "the body did not come in time")
    }

    /// The status with which a body was refused; 413 for one that is too long.
    pub(super) fn body(status: StatusCode, detail: impl Into<String>) -> Self {
        Self::new(status, BLANK, detail)
    }

    /// 422: the configuration is wrong; the old one stays in force.
    pub(super) fn configuration(problems: String) -> Self {
        let kind = "urn:wiredesk:problem:configuration";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, kind, problems)
    }

    /// 503: not now.
    pub(super) fn busy(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, BLANK, detail)
    }

    /// 500: archive or store cannot be read.
    pub(super) fn broken(fault: impl std::error::Error) -> Self {
        let detail = fault.to_string();
        tracing::error!(detail, "a request could not be answered");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, BLANK, detail)
    }

    /// 410: the position asked for was deleted by retention.
    fn expired(fault: &str, oldest: u64) -> Self {
        let detail = format!(
            "{fault}; read /v1/articles.ndjson and go on from the `last_seq` in its last line"
        );
        let kind = "urn:wiredesk:problem:seq-expired";
        Self { oldest_seq: Some(oldest), ..Self::new(StatusCode::GONE, kind, detail) }
    }

    /// 409: the position asked for lies behind the end of the log.
    pub(super) fn ahead(since: u64, last: u64) -> Self {
        let detail = format!(
            "position {since} lies behind the end of the log, {last}: it is another log than before"
        );
        let kind = "urn:wiredesk:problem:seq-ahead";
        Self { last_seq: Some(last), ..Self::new(StatusCode::CONFLICT, kind, detail) }
    }
}

impl From<store::ReadError> for Problem {
    fn from(error: store::ReadError) -> Self {
        Self::broken(error)
    }
}

impl From<search::Fault> for Problem {
    fn from(fault: search::Fault) -> Self {
        match fault {
            search::Fault::Query(detail) => Self::bad(detail),
            search::Fault::NotReady => Self::busy(fault.to_string()),
            search::Fault::Absent => {
                Self::new(StatusCode::NOT_IMPLEMENTED, BLANK, fault.to_string())
            }
            search::Fault::Broken(_) => Self::broken(fault),
        }
    }
}

impl From<archive::ReadError> for Problem {
    fn from(error: archive::ReadError) -> Self {
        match error {
            archive::ReadError::Expired { last, .. } => Self::expired(&error.to_string(), last + 1),
            other => Self::broken(other),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        (status, kind, serde_json::to_vec(&self).unwrap_or_default()).into_response()
    }
}

/// Answers what no route does.
pub(super) async fn no_route(uri: Uri) -> Problem {
    Problem::absent(format!("there is nothing at {}", uri.path()))
}

/// Answers a route's other methods.
pub(super) async fn no_method(method: Method) -> Problem {
    let detail = format!("{method} is not understood here; the Allow header says what is");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, BLANK, detail)
}
