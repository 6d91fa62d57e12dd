//! `GET /v1/changes`: the change feed, at once or as a long poll.
//!
//! `{"results": [change …], "last_seq": n, "more": bool}`: `last_seq` is the position to continue
//! from, `more` says that asking again at once pays. The changes are the archive's own lines.
//! `damaged` lists stretches that cannot be read any more, where there are such.

use super::api::{Api, Params};
use super::page::Page;
use super::{Health, Problem, State};
use crate::model::Seq;
use axum::body::Bytes;
use axum::extract;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::time::Duration;
use tokio::time::timeout;

/// Changes in one answer where the client names no number, and at most.
const LIMIT: (usize, usize) = (100, 1000);

/// Bytes of changes in one answer: more are left for the next.
const BYTES_MAX: usize = 8 << 20;

/// Longest wait of a long poll, in seconds: below the idle time-outs of common proxies.
const WAIT_MAX: u64 = 60;

/// A change can be read a moment before its position is announced: that long a position behind the
/// announced end is no mistake.
const ANNOUNCED: Duration = Duration::from_secs(1);

/// What a client asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// Position after which to begin; 0 for the beginning.
    #[serde(default)]
    since: Seq,
    limit: Option<usize>,
    /// Seconds to wait for a change where there is none yet.
    #[serde(default)]
    wait: u64,
}

pub(super) async fn list(
    extract::State(api): extract::State<Api>,
    Params(wanted): Params<Wanted>,
) -> Result<Response, Problem> {
    let since = wanted.since;
    check_position(&api.state, since).await?;
    if wanted.wait > 0 {
        news(&api.state, since, Duration::from_secs(wanted.wait.min(WAIT_MAX))).await;
    }
    let limit = wanted.limit.unwrap_or(LIMIT.0).clamp(1, LIMIT.1);
    let look = |state: &State| {
        let mut lines = api.parked.take(&state.reader, since);
        let page = Page::read(&mut lines, since, limit, BYTES_MAX)?;
        // One that waits at the end finds its place quickly without.
        if page.last < *state.last_seq.borrow() {
            api.parked.park(page.last, lines);
        }
        Ok(page.json(state))
    };
    let body = api.read(look).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], Bytes::from(body)).into_response())
}

/// Refuses a position that the log has not reached: whoever waits there would wait for ever.
///
/// # Errors
/// [`Problem::ahead`].
pub(super) async fn check_position(state: &State, since: Seq) -> Result<(), Problem> {
    let mut last_seq = state.last_seq.clone();
    match timeout(ANNOUNCED, last_seq.wait_for(|last| *last >= since)).await {
        Ok(Ok(_)) => Ok(()),
        _ => Err(Problem::ahead(since, *state.last_seq.borrow())),
    }
}

/// Returns once there is a change behind `since`, `wait` is over, or the daemon stops.
pub(super) async fn news(state: &State, since: Seq, wait: Duration) {
    let (mut last_seq, mut health) = (state.last_seq.clone(), state.health.clone());
    tokio::select! {
        _ = last_seq.wait_for(|last| *last > since) => {}
        _ = health.wait_for(|health| matches!(health, Health::Stopping)) => {}
        () = tokio::time::sleep(wait) => {}
    }
}
