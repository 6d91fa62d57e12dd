//! `GET /v1/articles/{id}/story` and `/diff`: who else has the article, and what became of its text.

use super::Problem;
use super::api::{Api, Named, Params};
use super::articles::find;
use crate::dedupe::story::{credit, lead};
use crate::dedupe::{Step, difference};
use crate::model::{Article, ArticleId, Member, Moment, Timestamp};
use axum::extract;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The story of an article.
#[expect(clippy::struct_field_names, reason = "the names that clients read")]
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Story {
    /// Its name: the id of the article it began with.
    story: ArticleId,
    /// The article to show: the longest body.
    lead: Option<ArticleId>,
    /// The article that was first seen.
    credit: Option<ArticleId>,
    /// All its articles, the earliest first, at most 256.
    data: Vec<Told>,
}

/// An article of a story.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Told {
    article: Article,
    /// Its revisions that are kept, oldest first, the present one included.
    revisions: Vec<Revision>,
}

/// A revision in a word; `/diff` has its text.
#[expect(clippy::struct_field_names, reason = "the names that clients read")]
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Revision {
    revision: u32,
    title: String,
    words: u32,
    #[schemars(with = "Moment")]
    fetched: Timestamp,
}

/// The story that an article belongs to, with all copies and their revisions.
pub(super) async fn story(
    extract::State(api): extract::State<Api>,
    Named(id): Named,
) -> Result<Response, Problem> {
    let article = find(&api, &id).await?;
    let found = api.read(|state| {
        let mut data = Vec::new();
        for article in state.store.story(&article.story)? {
            let revisions = state.store.revisions(&article.id)?.into_iter().map(Revision::of);
            data.push(Told { revisions: revisions.collect(), article });
        }
        Ok(data)
    });
    let data = found.await?;
    let members: Vec<_> = data.iter().map(|told| Member::of(&told.article)).collect();
    let [lead, credit] = [lead(&members), credit(&members)].map(|m| m.map(|m| m.id));
    json(&Story { story: article.story, lead, credit, data })
}

/// Which revisions to compare.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Between {
    /// The older one; the one before `to` where it is left out.
    #[schemars(range(max = 4_294_967_295_u32))]
    from: Option<u32>,
    /// The newer one; the present one where it is left out.
    #[schemars(range(max = 4_294_967_295_u32))]
    to: Option<u32>,
}

/// What changed between two revisions.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Diff<'a> {
    id: ArticleId,
    from: u32,
    to: u32,
    /// The headline: one that was kept, or one removed and one added.
    title: Vec<Step<'a>>,
    /// The paragraphs in order.
    text: Vec<Step<'a>>,
}

/// What a later revision changed in an earlier one.
pub(super) async fn diff(
    extract::State(api): extract::State<Api>,
    Named(id): Named,
    Params(between): Params<Between>,
) -> Result<Response, Problem> {
    let id = find(&api, &id).await?.id;
    let revisions = api.read(|state| Ok(state.store.revisions(&id)?)).await?;
    let numbered = |n: u32| revisions.iter().find(|article| article.revision == n);
    let absent = |n: u32| Problem::absent(format!("revision {n} of {id} is not kept"));
    let newer = between.to.map_or(revisions.last(), numbered);
    let newer = newer.ok_or_else(|| absent(between.to.unwrap_or(1)))?;
    let older = match between.from {
        Some(from) => numbered(from).ok_or_else(|| absent(from))?,
        // Of an article without an earlier text everything was kept.
        None => revisions.iter().rfind(|a| a.revision < newer.revision).unwrap_or(newer),
    };
    json(&Diff {
        id,
        from: older.revision,
        to: newer.revision,
        title: difference(&older.title, &newer.title),
        text: difference(&older.text, &newer.text),
    })
}

fn json(value: &impl Serialize) -> Result<Response, Problem> {
    let body = serde_json::to_vec(value).map_err(Problem::broken)?;
    let media = HeaderMap::from_iter([(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/json"),
    )]);
    Ok((media, body).into_response())
}

impl Revision {
    fn of(article: Article) -> Self {
        let Article { revision, title, words, fetched, .. } = article;
        Self { revision, title, words, fetched }
    }
}
