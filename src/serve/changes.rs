//! `GET /v1/changes`: the change feed, at once or as a long poll.

use super::{Problem, State};
use axum::body::Bytes;
use axum::extract;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::time::Duration;

/// Changes in one answer where the client names no number, and at most.
const LIMIT: (usize, usize) = (100, 1000);

/// Bytes of changes in one answer: more are left for the next.
const BYTES_MAX: usize = 8 << 20;

/// Longest wait of a long poll, in seconds: below the idle time-outs of common proxies.
const WAIT_MAX: u64 = 60;

/// What a client asks for.
#[derive(Debug, Deserialize)]
pub(super) struct Query {
    /// Position after which to begin; 0 for the beginning.
    #[serde(default)]
    since: u64,
    limit: Option<usize>,
    /// Seconds to wait for a change where there is none yet.
    #[serde(default)]
    wait: u64,
}

/// `{"results": [change …], "last_seq": n, "more": bool}`: `last_seq` is the position to continue
/// from. The changes are the archive's own lines.
pub(super) async fn list(
    extract::State(mut state): extract::State<State>,
    extract::Query(query): extract::Query<Query>,
) -> Result<Response, Problem> {
    if query.wait > 0 {
        let wait = Duration::from_secs(query.wait.min(WAIT_MAX));
        // An answer without changes is the end of a long poll that saw none.
        drop(tokio::time::timeout(wait, state.last_seq.wait_for(|s| *s > query.since)).await);
    }
    let limit = query.limit.unwrap_or(LIMIT.0).clamp(1, LIMIT.1);
    let body = page(&state, query.since, limit)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], Bytes::from(body)).into_response())
}

fn page(state: &State, since: u64, limit: usize) -> Result<Vec<u8>, Problem> {
    let mut body = b"{\"results\":[".to_vec();
    let mut last = since;
    let mut count = 0;
    let mut lines = state.reader.lines(since);
    while count < limit && body.len() < BYTES_MAX {
        let Some(line) = lines.next().transpose()? else { break };
        if count > 0 {
            body.push(b',');
        }
        body.extend_from_slice(&line.json);
        last = line.seq;
        count += 1;
    }
    let more = last < *state.last_seq.borrow();
    body.extend_from_slice(format!("],\"last_seq\":{last},\"more\":{more}}}").as_bytes());
    Ok(body)
}
