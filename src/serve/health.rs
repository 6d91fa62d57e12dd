//! `/healthz`, `/readyz`, `/metrics` and `/v1/status`: how the daemon is.

use super::{Problem, State};
use crate::observe::METRICS_TYPE;
use axum::Json;
use axum::extract;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::collections::BTreeMap;

/// How the daemon is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", content = "reason", rename_all = "kebab-case")]
pub enum Health {
    /// It polls and writes.
    Running,
    /// It serves, but cannot write; the reason is for a person.
    ReadOnly(String),
    /// It lets running work finish and ends.
    Stopping,
    /// No daemon runs; the state folder is read directly.
    Stopped,
}

/// The daemon at a glance.
#[derive(Debug, Serialize)]
pub(super) struct Status {
    version: &'static str,
    health: Health,
    last_seq: u64,
    articles: u64,
    /// Entries whose page is still to be fetched.
    inbox: u64,
    /// Feeds by health.
    feeds: BTreeMap<String, usize>,
    store_bytes: u64,
    store_payload_bytes: u64,
}

/// The figures of a status.
pub(super) async fn status(
    extract::State(state): extract::State<State>,
) -> Result<Json<Status>, Problem> {
    let figures = state.store.stats()?;
    let mut feeds = BTreeMap::new();
    let configured = state.feeds.borrow().clone();
    for feed in configured.iter() {
        let word = if feed.disabled {
            "disabled".to_owned()
        } else {
            let known = state.store.feed_state(&feed.id)?.unwrap_or_default();
            serde_json::to_value(known.health)
                .ok()
                .and_then(|v| v.as_str().map(str::to_owned))
                .unwrap_or_default()
        };
        *feeds.entry(word).or_default() += 1;
    }
    Ok(Json(Status {
        version: env!("CARGO_PKG_VERSION"),
        health: state.health.borrow().clone(),
        last_seq: *state.last_seq.borrow(),
        articles: figures.articles,
        inbox: figures.inbox,
        feeds,
        store_bytes: figures.disk_bytes,
        store_payload_bytes: figures.payload_bytes,
    }))
}

/// 200 while the process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// 200 while the daemon polls and writes, else 503 with the reason.
pub(super) async fn ready(extract::State(state): extract::State<State>) -> Response {
    let health = state.health.borrow().clone();
    match health {
        Health::Running => "ready\n".into_response(),
        Health::ReadOnly(reason) => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("read-only: {reason}\n")).into_response()
        }
        Health::Stopping => (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response(),
        Health::Stopped => (StatusCode::SERVICE_UNAVAILABLE, "not running\n").into_response(),
    }
}

/// Counters for Prometheus.
pub(super) async fn metrics(
    extract::State(state): extract::State<State>,
) -> Result<Response, Problem> {
    let metrics = state.metrics.as_ref().ok_or_else(|| Problem::absent("no daemon runs"))?;
    Ok(([(header::CONTENT_TYPE, METRICS_TYPE)], metrics.encode()).into_response())
}
