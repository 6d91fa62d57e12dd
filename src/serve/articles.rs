//! `GET /v1/articles…`: lists with cursors, one article, its revisions, and all of them as NDJSON.

use super::{Problem, State};
use crate::model::{Article, ArticleId, FeedId, Timestamp};
use crate::store::{Cursor, Filter, Store};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::{Deserialize, Serialize};

/// Articles in one answer where the client names no number, and at most.
const LIMIT: (usize, usize) = (50, 500);

/// Articles read at a time for the bulk answer: bounds its memory.
const BULK: usize = 200;

/// Which articles a client asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    feed: Option<String>,
    tag: Option<String>,
    lang: Option<String>,
    site: Option<String>,
    published_after: Option<Timestamp>,
    published_before: Option<Timestamp>,
    cursor: Option<String>,
    limit: Option<usize>,
}

/// A page of a list.
#[derive(Debug, Serialize)]
pub(super) struct Listed {
    data: Vec<Article>,
    has_more: bool,
    /// What to hand back as `cursor` for the next page.
    next_cursor: Option<String>,
    /// The list holds every change up to this position.
    as_of_seq: u64,
}

impl Wanted {
    fn filter(&self) -> Result<Filter, Problem> {
        let feed = self.feed.as_deref().map(FeedId::new).transpose();
        Ok(Filter {
            feed: feed.map_err(|e| Problem::bad(e.to_string()))?,
            tag: self.tag.clone(),
            language: self.lang.clone(),
            site: self.site.clone(),
            published_after: self.published_after,
            published_before: self.published_before,
            ..Filter::default()
        })
    }

    fn cursor(&self) -> Result<Option<Cursor>, Problem> {
        self.cursor.as_deref().map(str::parse).transpose().map_err(Problem::bad)
    }
}

/// Newest first.
pub(super) async fn list(
    axum::extract::State(state): axum::extract::State<State>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Listed>, Problem> {
    let limit = wanted.limit.unwrap_or(LIMIT.0).clamp(1, LIMIT.1);
    let as_of_seq = state.store.applied_seq()?;
    let page = state.store.articles(&wanted.filter()?, wanted.cursor()?, limit)?;
    Ok(Json(Listed {
        has_more: page.next.is_some(),
        next_cursor: page.next.map(|c| c.to_string()),
        data: page.articles,
        as_of_seq,
    }))
}

/// Every article that passes the filter, one a line; the last line is
/// `{"_end":true,"last_seq":n}`, so that a cut answer is noticed.
pub(super) async fn bulk(
    axum::extract::State(state): axum::extract::State<State>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let filter = wanted.filter()?;
    let last_seq = state.store.applied_seq()?;
    let from = Step { store: state.store, filter, at: wanted.cursor()?, last_seq, done: false };
    let body = Body::from_stream(stream::unfold(from, next_part));
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response())
}

/// How far a bulk answer has come.
struct Step {
    store: Store,
    filter: Filter,
    at: Option<Cursor>,
    last_seq: u64,
    done: bool,
}

async fn next_part(mut step: Step) -> Option<(Result<Bytes, std::io::Error>, Step)> {
    if step.done {
        return None;
    }
    let part = step.read().map_err(std::io::Error::other);
    step.done |= part.is_err();
    Some((part, step))
}

impl Step {
    fn read(&mut self) -> Result<Bytes, String> {
        let page = self.store.articles(&self.filter, self.at, BULK).map_err(|e| e.to_string())?;
        let mut part = Vec::new();
        for article in &page.articles {
            serde_json::to_writer(&mut part, article).map_err(|e| e.to_string())?;
            part.push(b'\n');
        }
        self.at = page.next;
        if self.at.is_none() {
            self.done = true;
            let end = format!("{{\"_end\":true,\"last_seq\":{}}}\n", self.last_seq);
            part.extend_from_slice(end.as_bytes());
        }
        Ok(part.into())
    }
}

/// One article, with an entity tag that changes when it does.
pub(super) async fn one(
    axum::extract::State(state): axum::extract::State<State>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let article = find(&state, &id)?;
    let body = serde_json::to_vec(&article).map_err(Problem::broken)?;
    let hash = blake3::hash(&body).to_hex();
    let tag = format!("\"{}\"", hash.get(..16).unwrap_or_default());
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|k| k.trim() == tag || k.trim() == "*")) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let headers = [(header::CONTENT_TYPE, "application/json".to_owned()), (header::ETAG, tag)];
    Ok((headers, Bytes::from(body)).into_response())
}

/// The body as plain text.
pub(super) async fn text(
    axum::extract::State(state): axum::extract::State<State>,
    Path(id): Path<String>,
) -> Result<String, Problem> {
    Ok(find(&state, &id)?.text)
}

/// All revisions that are kept, oldest first.
pub(super) async fn revisions(
    axum::extract::State(state): axum::extract::State<State>,
    Path(id): Path<String>,
) -> Result<Json<Vec<Article>>, Problem> {
    let article = find(&state, &id)?;
    Ok(Json(state.store.revisions(&article.id)?))
}

fn find(state: &State, id: &str) -> Result<Article, Problem> {
    let absent = || Problem::absent(format!("there is no article {id}"));
    let id: ArticleId = id.parse().map_err(|_| absent())?;
    state.store.article(&id)?.ok_or_else(absent)
}
