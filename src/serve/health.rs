//! `/healthz`, `/readyz`, `/metrics` and `/v1/status`: how the daemon is.

use super::api::Api;
use super::histogram::{by_label, plain, quantile};
use super::{Problem, State, consumers};
use crate::model::{Moment, Timestamp};
use crate::observe::{self, FeedCounts, METRICS_TYPE, Metrics};
use axum::Json;
use axum::extract;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// How the daemon is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "DaemonHealth")]
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
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Status {
    version: &'static str,
    health: Health,
    last_seq: u64,
    articles: u64,
    /// Entries whose page is still to be fetched.
    inbox: u64,
    /// Feeds by health.
    feeds: BTreeMap<&'static str, u32>,
    store_bytes: u64,
    store_payload_bytes: u64,
    /// The last change that is in the index.
    applied_seq: u64,
    /// When the daemon started; null where none runs.
    #[schemars(with = "Option<Moment>")]
    started: Option<Timestamp>,
    /// Memory in use by the process that answers.
    memory_bytes: Option<u64>,
    /// What the daemon did since its start; null where none runs or `metrics` in `[http]` is false.
    work: Option<Work>,
}

/// What the daemon did since its start.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Work {
    /// Polls that began.
    polls: u64,
    /// Documents asked for, by what came of it.
    fetches: BTreeMap<String, u64>,
    /// New articles in each of the last 24 hours, the present one last.
    articles_by_hour: Vec<u32>,
    /// Seconds after their planned time that half of all polls began within; null for longer than
    /// is measured.
    late_half_seconds: Option<f64>,
    /// The same for 99 of 100 polls.
    late_most_seconds: Option<f64>,
    /// Seconds by which this machine's clock is behind those of the servers that answered lately,
    /// negative where it is ahead; null until some have.
    clock_offset_seconds: Option<i64>,
}

impl Work {
    fn of(metrics: &Metrics, now: Timestamp) -> Self {
        const LAG: &str = "wiredesk_schedule_lag_seconds";
        let text = metrics.encode();
        let late = |share| quantile(&text, LAG, share).filter(|seconds| seconds.is_finite());
        let fetches = by_label(&text, "wiredesk_fetches_total").into_iter();
        Self {
            polls: plain(&text, &format!("{LAG}_count")),
            fetches: fetches.map(|(word, count)| (word.to_owned(), count)).collect(),
            articles_by_hour: metrics.last_day(now).iter().map(|hour| hour.all).collect(),
            late_half_seconds: late(0.5),
            late_most_seconds: late(0.99),
            clock_offset_seconds: metrics.clock_offset(),
        }
    }
}

/// The figures of a status.
pub(super) async fn status(
    extract::State(api): extract::State<Api>,
) -> Result<Json<Status>, Problem> {
    let counted = counted(&api.state).await;
    let look = |state: &State| Ok((state.store.stats()?, counts(state, counted)?));
    let (figures, counts) = api.read(look).await?;
    let words = counts.by_state().into_iter().filter(|(_, count)| *count > 0);
    Ok(Json(Status {
        version: env!("CARGO_PKG_VERSION"),
        health: api.state.health.borrow().clone(),
        last_seq: *api.state.last_seq.borrow(),
        articles: figures.articles,
        inbox: figures.inbox,
        feeds: words.collect(),
        store_bytes: figures.disk_bytes,
        store_payload_bytes: figures.payload_bytes,
        applied_seq: figures.applied_seq,
        started: api.state.started,
        memory_bytes: observe::resident_bytes(),
        work: api.state.metrics.as_deref().map(|metrics| Work::of(metrics, observe::now())),
    }))
}

/// The counts of a daemon, which has them a moment after its start; `None` where nobody counts.
async fn counted(state: &State) -> Option<FeedCounts> {
    state.counts.clone().wait_for(Option::is_some).await.ok().and_then(|counts| *counts)
}

/// How many of the configured feeds do how.
fn counts(state: &State, counted: Option<FeedCounts>) -> Result<FeedCounts, Problem> {
    let mut counts = match counted {
        Some(counts) => counts,
        None => look_up(state)?,
    };
    let disabled = state.feeds.borrow().iter().filter(|feed| feed.disabled).count();
    counts.disabled = u32::try_from(disabled).unwrap_or(u32::MAX);
    Ok(counts)
}

/// The same from what the store knows of each feed.
fn look_up(state: &State) -> Result<FeedCounts, Problem> {
    let known = state.store.feed_healths()?;
    let mut counts = FeedCounts::default();
    for feed in state.feeds.borrow().iter().filter(|feed| !feed.disabled) {
        counts.add(known.get(&feed.id).copied().unwrap_or_default());
    }
    Ok(counts)
}

/// 200 while the process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// 200 while the daemon polls and writes, else 503 with the reason.
pub(super) async fn ready(extract::State(api): extract::State<Api>) -> Response {
    let health = api.state.health.borrow().clone();
    let reason = match health {
        Health::Running => return "ready\n".into_response(),
        Health::ReadOnly(reason) => format!("read-only: {reason}\n"),
        Health::Stopping => "stopping\n".to_owned(),
        Health::Stopped => "not running\n".to_owned(),
    };
    (StatusCode::SERVICE_UNAVAILABLE, reason).into_response()
}

/// Counters for Prometheus; what can be looked up is looked up now.
pub(super) async fn metrics(extract::State(api): extract::State<Api>) -> Result<Response, Problem> {
    let absent = || Problem::absent("no daemon runs, or `metrics` in [http] is false");
    let metrics = api.state.metrics.clone().ok_or_else(absent)?;
    let counted = counted(&api.state).await;
    let look = |state: &State| Ok((state.store.stats()?, counts(state, counted)?));
    let (figures, counts) = api.read(look).await?;
    metrics.set_feeds(counts);
    metrics.set_inbox(figures.inbox);
    metrics.set_store_bytes(figures.disk_bytes);
    metrics.set_payload_bytes(figures.payload_bytes);
    if let Some(bytes) = observe::resident_bytes() {
        metrics.set_resident(bytes);
    }
    metrics.set_last_seq(*api.state.last_seq.borrow());
    metrics.set_consumers(consumers::all(&api.state).iter().map(consumers::Consumer::lag));
    Ok(([(header::CONTENT_TYPE, METRICS_TYPE)], metrics.encode()).into_response())
}
