//! `GET /v1/changes/stream`: the change feed as server-sent events (WHATWG HTML, section 9.2).
//!
//! An event's `id` is its position, its name the operation, its data the archive's own line. A
//! client that comes back sends `Last-Event-ID` and misses nothing.

use super::api::{Api, Params};
use super::changes::{SEQ_MAX, check_position, news, start};
use super::page::Page;
use super::{Health, Problem};
use crate::archive::{Line, Lines};
use crate::model::Seq;
use axum::body::{Body, Bytes};
use axum::extract;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use schemars::JsonSchema;
use serde::Deserialize;
use std::time::Duration;

/// Changes and bytes read at a time: bounds the memory of a client that reads slowly.
const PART: (usize, usize) = (100, 1 << 20);

/// A comment is sent after so much silence, so that proxies keep the line and a client that is gone
/// is noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Where a client wants to begin.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "StreamQuery")]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// Position after which to begin; the end of the log where left out.
    #[schemars(range(max = SEQ_MAX))]
    since: Option<Seq>,
    /// Begin where this consumer is, instead of naming a position.
    #[schemars(regex(pattern = "^[A-Za-z0-9._-]{1,64}$"))]
    consumer: Option<String>,
}

pub(super) async fn events(
    extract::State(api): extract::State<Api>,
    Params(wanted): Params<Wanted>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let seen = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let end = *api.state.last_seq.borrow();
    let named = start(&api.state, wanted.since, wanted.consumer.as_deref())?;
    let since = seen.or(named).unwrap_or(end);
    check_position(&api.state, since).await?;
    let mut follow = Follow { lines: api.state.reader.lines(since), since, api };
    // Read here, so that a position that was deleted is a problem and no broken stream.
    let first = follow.read().await?;
    let parts = stream::unfold((follow, Some(first)), |(mut follow, first)| async move {
        let part = match first {
            Some(first) => Ok(first),
            None => follow.next().await?,
        };
        Some((part, (follow, None)))
    });
    let headers =
        [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, Body::from_stream(parts)).into_response())
}

/// A client that follows the log.
struct Follow {
    api: Api,
    lines: Lines,
    since: Seq,
}

impl Follow {
    /// The next events, or a heartbeat; `None` once the daemon stops.
    async fn next(&mut self) -> Option<Result<Bytes, std::io::Error>> {
        news(&self.api.state, self.since, HEARTBEAT).await;
        if *self.api.state.health.borrow() == Health::Stopping {
            return None;
        }
        let broken = |_| std::io::Error::other("the archive cannot be read");
        Some(self.read().await.map_err(broken))
    }

    /// The events that are there, else a comment.
    async fn read(&mut self) -> Result<Bytes, Problem> {
        let (lines, since) = (&mut self.lines, self.since);
        let page = self.api.read(|_| Page::read(lines, since, PART.0, PART.1)).await?;
        self.since = page.last;
        let mut text = Vec::new();
        for hole in &page.holes {
            let data = serde_json::to_string(hole).unwrap_or_default();
            text.extend(
                format!("id: {}\nevent: damaged\ndata: {data}\n\n", hole.last).into_bytes(),
            );
        }
        for line in &page.lines {
            event(line, &mut text);
        }
        if text.is_empty() {
            text.extend_from_slice(b": waiting\n\n");
        }
        Ok(text.into())
    }
}

fn event(line: &Line, out: &mut Vec<u8>) {
    out.extend(format!("id: {}\nevent: {}\ndata: ", line.seq, operation(line)).into_bytes());
    out.extend_from_slice(&line.json);
    out.extend_from_slice(b"\n\n");
}

/// The operation on a line, which stands behind the position.
fn operation(line: &Line) -> &str {
    let head = line.json.get(..64).unwrap_or(&line.json);
    let op =
        std::str::from_utf8(head).ok().and_then(|h| h.split_once("\"op\":\"")?.1.split('"').next());
    op.unwrap_or("change")
}
