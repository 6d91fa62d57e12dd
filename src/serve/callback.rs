//! Where WebSub hubs call (W3C recommendation of 2018, sections 5.3 and 7): a listener of its own,
//! because it stands open to the Internet and nothing else may.
//!
//! Only the shape of a call is checked here; `daemon` knows who was asked for what.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use tokio::sync::{mpsc, oneshot};

/// Calls that may wait: each holds a body, and hubs come again.
const WAITING: usize = 8;

/// A hub's call.
#[derive(Debug)]
pub struct Call {
    /// The part of the callback that only the hub knows.
    pub token: String,
    /// What it wants.
    pub what: Wanted,
}

/// What a hub wants.
#[derive(Debug)]
pub enum Wanted {
    /// To know whether we meant it; answered by the text to repeat, `None` for "no".
    Confirmation(Question, oneshot::Sender<Option<String>>),
    /// To push; answered once that is durable.
    Delivery(Delivery, oneshot::Sender<Receipt>),
}

/// What became of a push.
#[derive(Debug)]
pub enum Receipt {
    /// It is durable, or was thrown away for good.
    Taken,
    /// Nobody here asked for it.
    Unknown,
    /// It should come again.
    Failed,
}

/// The fields of a hub's question.
#[derive(Debug, Deserialize)]
pub struct Question {
    /// `subscribe`, `unsubscribe` or `denied`.
    #[serde(rename = "hub.mode")]
    pub mode: String,
    /// The address in question.
    #[serde(rename = "hub.topic")]
    pub topic: String,
    /// What to repeat.
    #[serde(rename = "hub.challenge")]
    pub challenge: Option<String>,
    /// For how long.
    #[serde(rename = "hub.lease_seconds")]
    pub lease_seconds: Option<u64>,
}

/// What a hub pushes.
#[derive(Debug)]
pub struct Delivery {
    /// `X-Hub-Signature` as sent; empty where there is none.
    pub signature: String,
    /// `Content-Type` as sent.
    pub content_type: Option<String>,
    /// The body.
    pub body: Bytes,
}

/// The routes for hubs under the path `base`, bodies at most `max_body` bytes, and the calls that
/// come in.
pub fn callbacks(base: &str, max_body: usize) -> (Router, mpsc::Receiver<Call>) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let path = format!("{}/{{token}}", base.trim_end_matches('/'));
    let router = Router::new()
        .route(&path, get(confirm).post(deliver))
        .layer(DefaultBodyLimit::max(max_body))
        .with_state(sender);
    (router, receiver)
}

async fn confirm(
    State(calls): State<mpsc::Sender<Call>>,
    Path(token): Path<String>,
    Query(question): Query<Question>,
) -> Response {
    let (answer, answered) = oneshot::channel();
    let what = Wanted::Confirmation(question, answer);
    if calls.try_send(Call { token, what }).is_err() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    match answered.await {
        Ok(Some(text)) => text.into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn deliver(
    State(calls): State<mpsc::Sender<Call>>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let signature = text("x-hub-signature").unwrap_or_default();
    let content_type = text(header::CONTENT_TYPE.as_str());
    let (answer, answered) = oneshot::channel();
    let what = Wanted::Delivery(Delivery { signature, content_type, body }, answer);
    if calls.try_send(Call { token, what }).is_err() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    match answered.await {
        Ok(Receipt::Taken) => StatusCode::ACCEPTED,
        Ok(Receipt::Unknown) => StatusCode::NOT_FOUND,
        Ok(Receipt::Failed) | Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}
