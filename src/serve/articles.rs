//! `GET /v1/articles`: lists with cursors; one article, its text, its revisions.

use super::accept::{Form, negotiate};
use super::api::{Api, Named, Params};
use super::xml::escape;
use super::{Problem, State, etag};
use crate::extract as cleaning;
use crate::model::{Article, ArticleId, FeedId, Moment, Timestamp};
use crate::search::{Ask, Order};
use crate::store::{Cursor, Filter};
use axum::Json;
use axum::extract;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Articles in one answer where the client names no number, and at most.
const LIMIT: (usize, usize) = (50, 500);

/// What a page made of an article may do: show its pictures.
const POLICY: &str = "default-src 'none'; img-src http: https:; sandbox allow-popups";

/// Which articles a client asks for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "ArticleQuery")]
pub(super) struct Wanted {
    /// Words to search for: all must occur; also `"a phrase"`, `title:word`, `author:word`, `-word`,
    /// `a OR b`, `published:[2026-11-01T00:00:00Z TO *]`.
    #[schemars(length(max = 1024))]
    pub(super) q: Option<String>,
    /// What comes first of what was searched for.
    pub(super) sort: Option<Sort>,
    /// Carried by this feed.
    #[schemars(with = "Option<FeedId>")]
    pub(super) feed: Option<String>,
    /// Bears this tag, in upper or lower case.
    pub(super) tag: Option<String>,
    /// In this language; `en` also finds `en-GB`.
    pub(super) lang: Option<String>,
    /// From this site.
    pub(super) site: Option<String>,
    /// Published at or after this moment.
    #[schemars(with = "Option<Moment>")]
    pub(super) published_after: Option<Timestamp>,
    /// Published before this moment.
    #[schemars(with = "Option<Moment>")]
    pub(super) published_before: Option<Timestamp>,
    /// Leaves out copies of other articles.
    pub(super) originals: bool,
    /// The `next_cursor` of the page before.
    #[schemars(regex(pattern = "^a[0-9a-f]{1,16}$"))]
    pub(super) cursor: Option<String>,
    /// Articles in the answer, at most; 50 where left out, 500 is the most.
    #[schemars(range(max = 4_294_967_295_u32))]
    pub(super) limit: Option<u32>,
}

/// What comes first of what was searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub(super) enum Sort {
    /// What came in last.
    Newest,
    /// What fits best; there is one page only.
    Relevance,
}

impl Wanted {
    fn filter(&self) -> Result<Filter, Problem> {
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

    fn cursor<T: FromStr<Err = String>>(&self) -> Result<Option<T>, Problem> {
        let cursor = self.cursor.as_deref().map(str::parse).transpose();
        cursor.map_err(|e| Problem::bad(format!("cursor: {e}")))
    }

    fn limit(&self) -> usize {
        self.limit.map_or(LIMIT.0, |limit| (limit as usize).clamp(1, LIMIT.1))
    }

    /// The same question in the words of `search`.
    fn ask(&self, words: &str) -> Result<Ask, Problem> {
        let filter = self.filter()?;
        let place = self.cursor::<Place>()?;
        let order = match (self.sort, place) {
            (Some(Sort::Relevance), _) => Order::Best,
            (_, Some(Place(place))) => Order::After(place),
            (_, None) => Order::Newest,
        };
        Ok(Ask {
            text: words.to_owned(),
            feed: filter.feed.map(|feed| feed.to_string()),
            tag: filter.tag,
            language: filter.language,
            site: filter.site,
            published_after: filter.published_after,
            published_before: filter.published_before,
            originals_only: filter.originals_only,
            order,
        })
    }
}

/// Where a page of what was found ends. Its text form is opaque to other programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place(u64);

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix('a').filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
        number.map(Self).ok_or_else(|| "not a cursor of what was searched for".to_owned())
    }
}

/// A page of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ArticleList")]
pub(super) struct Listed {
    pub(super) data: Vec<Article>,
    pub(super) has_more: bool,
    /// What to hand back as `cursor` for the next page.
    pub(super) next_cursor: Option<String>,
    /// The list holds every change up to this position.
    pub(super) as_of_seq: u64,
}

/// Newest first, or what was searched for.
pub(super) async fn list(
    extract::State(api): extract::State<Api>,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Listed>, Problem> {
    api.read(|state| page(state, &wanted)).await.map(Json)
}

/// The page that is asked for.
pub(super) fn page(state: &State, wanted: &Wanted) -> Result<Listed, Problem> {
    let as_of_seq = state.store.applied_seq()?;
    let words = wanted.q.as_deref().filter(|q| !q.trim().is_empty());
    let (data, next_cursor) = if let Some(words) = words {
        found(state, &wanted.ask(words)?, wanted.limit())?
    } else {
        let cursor = wanted.cursor::<Cursor>()?;
        let page = state.store.articles(&wanted.filter()?, cursor, wanted.limit())?;
        (page.articles, page.next.map(|cursor| cursor.to_string()))
    };
    Ok(Listed { data, has_more: next_cursor.is_some(), next_cursor, as_of_seq })
}

/// What was searched for: the index of words may know articles that are gone.
fn found(
    state: &State,
    ask: &Ask,
    limit: usize,
) -> Result<(Vec<Article>, Option<String>), Problem> {
    let found = state.search.search(ask, limit)?;
    let mut articles = Vec::new();
    for id in &found.ids {
        articles.extend(state.store.article(id)?);
    }
    Ok((articles, found.next.map(|place| format!("a{place:x}"))))
}

/// One article, in the form that the client likes best.
pub(super) async fn one(
    extract::State(api): extract::State<Api>,
    Named(id): Named,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let form = negotiate(&headers)?;
    let mut answer = show(&api, &id, &headers, form).await?;
    answer.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    Ok(answer)
}

/// The body as plain text.
pub(super) async fn text(
    extract::State(api): extract::State<Api>,
    Named(id): Named,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    show(&api, &id, &headers, Form::Text).await
}

/// Headline and body as Markdown.
pub(super) async fn markdown(
    extract::State(api): extract::State<Api>,
    Named(id): Named,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    show(&api, &id, &headers, Form::Markdown).await
}

/// Headline and body as a page of its own.
pub(super) async fn html(
    extract::State(api): extract::State<Api>,
    Named(id): Named,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    show(&api, &id, &headers, Form::Html).await
}

async fn show(api: &Api, id: &str, headers: &HeaderMap, form: Form) -> Result<Response, Problem> {
    let article = find(api, id).await?;
    Ok(match form {
        Form::Json => {
            let body = serde_json::to_vec(&article).map_err(Problem::broken)?;
            etag::respond(headers, "application/json", body)
        }
        Form::Text => {
            etag::respond(headers, "text/plain; charset=utf-8", article.text.into_bytes())
        }
        Form::Markdown => {
            let body = as_markdown(&article).into_bytes();
            etag::respond(headers, "text/markdown; charset=utf-8", body)
        }
        Form::Html => {
            let body = as_html(&article).into_bytes();
            let mut answer = etag::respond(headers, "text/html; charset=utf-8", body);
            let policy = HeaderValue::from_static(POLICY);
            answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
            answer
        }
    })
}

/// Headline and body as Markdown.
fn as_markdown(article: &Article) -> String {
    let body = cleaning::markdown(&article.html);
    if article.title.is_empty() { body } else { format!("# {}\n\n{body}", article.title) }
}

/// Headline and body as a page: the body is safe to show, the rest is escaped.
fn as_html(article: &Article) -> String {
    let title = escape(&article.title);
    let language = escape(article.language.as_deref().unwrap_or_default());
    format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>{title}</title>\n</head>\n<body>\n<article>\n<h1>{title}</h1>\n{}\n</article>\n\
         </body>\n</html>\n",
        article.html
    )
}

/// The revisions of an article.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Revisions {
    data: Vec<Article>,
}

/// All revisions that are kept, oldest first.
pub(super) async fn revisions(
    extract::State(api): extract::State<Api>,
    Named(id): Named,
) -> Result<Json<Revisions>, Problem> {
    let article = find(&api, &id).await?;
    let data = api.read(|state| Ok(state.store.revisions(&article.id)?)).await?;
    Ok(Json(Revisions { data }))
}

pub(super) async fn find(api: &Api, id: &str) -> Result<Article, Problem> {
    let absent = || Problem::absent(format!("there is no article {id}"));
    let id: ArticleId = id.parse().map_err(|_| absent())?;
    api.read(|state| state.store.article(&id)?.ok_or_else(absent)).await
}
