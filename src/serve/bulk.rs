//! `GET /v1/articles.ndjson`: every article that passes a filter, one a line, in constant memory.
//!
//! The last line is `{"_end":true,"last_seq":n}`, so that a cut answer is noticed.

use super::Problem;
use super::api::{Api, Params};
use super::articles::{Wanted, page};
use crate::model::Seq;
use axum::body::{Body, Bytes};
use axum::extract;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};

/// Articles read at a time: bounds the memory of an answer.
const PART: u32 = 100;

pub(super) async fn all(
    extract::State(api): extract::State<Api>,
    Params(mut wanted): Params<Wanted>,
) -> Result<Response, Problem> {
    // All of them: a limit would make the end marker a lie.
    wanted.limit = Some(PART);
    let last_seq = api.read(|state| Ok(state.store.applied_seq()?)).await?;
    let mut walk = Walk { api, wanted, last_seq, done: false };
    // Read here, so that a question that cannot be answered is a problem and no broken stream.
    let first = walk.part().await?;
    let first = stream::iter([Ok(Bytes::from(first))]);
    // Compression asks once more behind the end.
    let body = Body::from_stream(first.chain(stream::unfold(walk, Walk::step)).fuse());
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response())
}

/// How far a bulk answer has come.
struct Walk {
    api: Api,
    /// What is asked for, from where it goes on.
    wanted: Wanted,
    last_seq: Seq,
    done: bool,
}

impl Walk {
    async fn step(mut self) -> Option<(Result<Bytes, std::io::Error>, Self)> {
        if self.done {
            return None;
        }
        let part = self.part().await;
        self.done |= part.is_err();
        // The problem was logged; to the client the answer breaks off.
        let broken = |_| std::io::Error::other("the store cannot be read");
        Some((part.map(Bytes::from).map_err(broken), self))
    }

    async fn part(&mut self) -> Result<Vec<u8>, Problem> {
        let page = self.api.read(|state| page(state, &self.wanted)).await?;
        let mut text = Vec::new();
        for article in &page.data {
            serde_json::to_writer(&mut text, article).map_err(Problem::broken)?;
            text.push(b'\n');
        }
        self.done = page.next_cursor.is_none();
        self.wanted.cursor = page.next_cursor;
        if self.done {
            let end = format!("{{\"_end\":true,\"last_seq\":{}}}\n", self.last_seq);
            text.extend_from_slice(end.as_bytes());
        }
        Ok(text)
    }
}
