//! `GET /v1/articles.ndjson`: every article that passes a filter, one a line, in constant memory.
//!
//! The last line is `{"_end":true,"last_seq":n}`, so that a cut answer is noticed.

use super::api::{Api, Params};
use super::articles::Wanted;
use super::{Problem, State};
use crate::model::Seq;
use crate::store::{Cursor, Filter};
use axum::body::{Body, Bytes};
use axum::extract;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;

/// Articles read at a time: bounds the memory of an answer.
const PART: usize = 100;

pub(super) async fn all(
    extract::State(api): extract::State<Api>,
    Params(wanted): Params<Wanted>,
) -> Result<Response, Problem> {
    let (filter, cursor) = (wanted.filter()?, wanted.cursor()?);
    let last_seq = api.read(|state| Ok(state.store.applied_seq()?)).await?;
    let walk = Walk { api, filter, cursor, last_seq, done: false };
    let body = Body::from_stream(stream::unfold(walk, Walk::step));
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response())
}

/// How far a bulk answer has come.
struct Walk {
    api: Api,
    filter: Filter,
    cursor: Option<Cursor>,
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
        let look = |state: &State| Ok(state.store.articles(&self.filter, self.cursor, PART)?);
        let page = self.api.read(look).await?;
        let mut text = Vec::new();
        for article in &page.articles {
            serde_json::to_writer(&mut text, article).map_err(Problem::broken)?;
            text.push(b'\n');
        }
        self.cursor = page.next;
        self.done = self.cursor.is_none();
        if self.done {
            let end = format!("{{\"_end\":true,\"last_seq\":{}}}\n", self.last_seq);
            text.extend_from_slice(end.as_bytes());
        }
        Ok(text)
    }
}
