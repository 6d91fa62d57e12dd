//! `GET /v1/changes`: the change feed, at once or as a long poll.
//!
//! `{"results": [change …], "last_seq": n, "more": bool}`: `last_seq` is the position to continue
//! from, `more` says that asking again at once pays. The changes are the archive's own lines.
//! `damaged` lists stretches that cannot be read any more, where there are such.

use super::api::{Api, Params};
use super::page::Page;
use super::{Health, Problem, State, consumers};
use crate::model::Seq;
use axum::body::Bytes;
use axum::extract;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;
use std::time::Duration;
use tokio::time::timeout;

/// Changes in one answer where the client names no number, and at most.
const LIMIT: (usize, usize) = (100, 1000);

/// Bytes of changes in one answer: more are left for the next.
const BYTES_MAX: usize = 8 << 20;

/// Longest wait of a long poll, in seconds: below the idle time-outs of common proxies.
const WAIT_MAX: u32 = 60;

/// A change can be read a moment before its position is announced: that long a position behind the
/// announced end is no mistake.
const ANNOUNCED: Duration = Duration::from_secs(1);

/// Positions as JSON numbers are exact up to here in every language (RFC 8259, section 6).
pub(super) const SEQ_MAX: u64 = (1 << 53) - 1;

/// What a client asks for.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "ChangeQuery")]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// Position after which to begin; 0, the beginning, where left out.
    #[schemars(range(max = SEQ_MAX))]
    since: Option<Seq>,
    /// Begin where this consumer is, instead of naming a position.
    #[schemars(regex(pattern = "^[A-Za-z0-9._-]{1,64}$"))]
    consumer: Option<String>,
    /// Changes in the answer, at most; 100 where left out, 1000 is the most.
    #[schemars(range(max = 4_294_967_295_u32))]
    limit: Option<u32>,
    /// Seconds to wait, 60 at most, for a change where there is none yet.
    #[serde(default)]
    #[schemars(range(max = 4_294_967_295_u32))]
    wait: u32,
}

pub(super) async fn list(
    extract::State(api): extract::State<Api>,
    Params(wanted): Params<Wanted>,
) -> Result<Response, Problem> {
    let since = start(&api.state, wanted.since, wanted.consumer.as_deref())?.unwrap_or(0);
    check_position(&api.state, since).await?;
    if wanted.wait > 0 {
        news(&api.state, since, Duration::from_secs(wanted.wait.min(WAIT_MAX).into())).await;
    }
    let limit = wanted.limit.map_or(LIMIT.0, |limit| (limit as usize).clamp(1, LIMIT.1));
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

/// The position that a client names, by itself or as a consumer; the number wins.
///
/// # Errors
/// It names a consumer that there is not, or that there cannot be.
pub(super) fn start(
    state: &State,
    since: Option<Seq>,
    consumer: Option<&str>,
) -> Result<Option<Seq>, Problem> {
    consumer.map(consumers::key).transpose()?;
    let named = || consumer.map(|name| consumers::position(state, name)).transpose();
    since.map_or_else(named, |since| Ok(Some(since)))
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
