//! `GET /v1/articles`: lists with cursors; one article, its text, its revisions.

use super::api::{Api, Params};
use super::{Problem, State, etag};
use crate::extract as cleaning;
use crate::model::{Article, ArticleId, FeedId, Timestamp};
use crate::store::{Cursor, Filter};
use axum::Json;
use axum::extract::{self, Path};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};

/// Articles in one answer where the client names no number, and at most.
const LIMIT: (usize, usize) = (50, 500);

/// Which articles a client asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    feed: Option<String>,
    tag: Option<String>,
    lang: Option<String>,
    site: Option<String>,
    published_after: Option<Timestamp>,
    published_before: Option<Timestamp>,
    /// Leaves out copies of other articles.
    originals: bool,
    cursor: Option<String>,
    limit: Option<usize>,
}

impl Wanted {
    pub(super) fn filter(&self) -> Result<Filter, Problem> {
        let feed = self.feed.as_deref().map(FeedId::new).transpose();
        Ok(Filter {
            feed: feed.map_err(|e| Problem::bad(format!("feed: {e}")))?,
            tag: self.tag.clone(),
            language: self.lang.clone(),
            site: self.site.clone(),
            published_after: self.published_after,
            published_before: self.published_before,
            originals_only: self.originals,
        })
    }

    pub(super) fn cursor(&self) -> Result<Option<Cursor>, Problem> {
        let cursor = self.cursor.as_deref().map(str::parse).transpose();
        cursor.map_err(|e: String| Problem::bad(format!("cursor: {e}")))
    }
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

/// Newest first.
pub(super) async fn list(
    extract::State(api): extract::State<Api>,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Listed>, Problem> {
    let limit = wanted.limit.unwrap_or(LIMIT.0).clamp(1, LIMIT.1);
    let (filter, cursor) = (wanted.filter()?, wanted.cursor()?);
    let look = |state: &State| {
        let as_of_seq = state.store.applied_seq()?;
        Ok((state.store.articles(&filter, cursor, limit)?, as_of_seq))
    };
    let (page, as_of_seq) = api.read(look).await?;
    let next_cursor = page.next.map(|cursor| cursor.to_string());
    Ok(Json(Listed {
        data: page.articles,
        has_more: next_cursor.is_some(),
        next_cursor,
        as_of_seq,
    }))
}

/// One article.
pub(super) async fn one(
    extract::State(api): extract::State<Api>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let article = find(&api, &id).await?;
    let body = serde_json::to_vec(&article).map_err(Problem::broken)?;
    Ok(etag::respond(&headers, "application/json", body))
}

/// The body as plain text.
pub(super) async fn text(
    extract::State(api): extract::State<Api>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let article = find(&api, &id).await?;
    Ok(etag::respond(&headers, "text/plain; charset=utf-8", article.text.into_bytes()))
}

/// Headline and body as Markdown.
pub(super) async fn markdown(
    extract::State(api): extract::State<Api>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Article { title, html, .. } = find(&api, &id).await?;
    let body = cleaning::markdown(&html);
    let text = if title.is_empty() { body } else { format!("# {title}\n\n{body}") };
    Ok(etag::respond(&headers, "text/markdown; charset=utf-8", text.into_bytes()))
}

/// The revisions of an article.
#[derive(Debug, Serialize)]
pub(super) struct Revisions {
    data: Vec<Article>,
}

/// All revisions that are kept, oldest first.
pub(super) async fn revisions(
    extract::State(api): extract::State<Api>,
    Path(id): Path<String>,
) -> Result<Json<Revisions>, Problem> {
    let article = find(&api, &id).await?;
    let data = api.read(|state| Ok(state.store.revisions(&article.id)?)).await?;
    Ok(Json(Revisions { data }))
}

async fn find(api: &Api, id: &str) -> Result<Article, Problem> {
    let absent = || Problem::absent(format!("there is no article {id}"));
    let id: ArticleId = id.parse().map_err(|_| absent())?;
    api.read(|state| state.store.article(&id)?.ok_or_else(absent)).await
}
