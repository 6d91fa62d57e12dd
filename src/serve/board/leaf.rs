//! `/articles/{id}`: one article with everything that is known of it.

use crate::model::{Article, ArticleId};
use crate::serve::api::{Api, Params};
use crate::serve::{Problem, State};
use askama::Template;
use axum::extract::{self, Path};
use axum::response::Response;
use serde::Deserialize;

/// Articles of a story that are named.
const STORY: usize = 50;

/// Which text of the article is wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    /// An earlier revision; the present one where none is named.
    revision: Option<u32>,
}

/// The page.
#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<header><p><a href="/">wiredesk</a></p><h1{% if let Some(language) = article.language %} lang="{{ language }}"{% endif %}>{{ title }}</h1></header>
<main id="main">
<dl class="figures">{% for (name, value) in facts %}<div><dt>{{ name }}</dt><dd>{{ value }}</dd></div>{% endfor %}</dl>
{% if let Some(url) = article.url %}<p><a href="{{ url }}" rel="noreferrer noopener">{{ url }}</a></p>{% endif %}
{% if let Some(original) = article.duplicate_of %}<p>A copy of <a href="/articles/{{ original }}">an earlier article</a>.</p>{% endif %}
<section aria-labelledby="h-text"><h2 id="h-text">Text of revision {{ article.revision }}</h2>
{% if article.text.is_empty() %}<p>There is no text.</p>{% else %}<div class="text"{% if let Some(language) = article.language %} lang="{{ language }}"{% endif %}>{{ article.text }}</div>{% endif %}</section>
<section aria-labelledby="h-dropped"><h2 id="h-dropped">What was dropped</h2>
{% if article.extraction.dropped.is_empty() %}<p>Nothing.</p>{% else %}<ul>{% for kind in article.extraction.dropped %}<li>{{ kind }}</li>{% endfor %}</ul>{% endif %}</section>
<section aria-labelledby="h-story"><h2 id="h-story">Story</h2>
{% if story.is_empty() %}<p>It stands alone.</p>{% else %}<ul>{% for (id, title) in story %}<li><a href="/articles/{{ id }}">{{ title }}</a></li>{% endfor %}</ul>{% endif %}</section>
<section aria-labelledby="h-revisions"><h2 id="h-revisions">Revisions</h2>
<ul>{% for (number, read) in revisions %}<li>{% if *number == article.revision %}Revision {{ number }}, shown here{% else %}<a href="?revision={{ number }}">Revision {{ number }}</a>{% endif %}, read {{ read }}</li>{% endfor %}</ul></section>
<section aria-labelledby="h-seen"><h2 id="h-seen">Where it was seen</h2>
<ul>{% for seen in article.sightings %}<li>{{ seen.feed }}, {{ seen.at }}</li>{% endfor %}</ul></section>
<p><a href="/v1/articles/{{ article.id }}">As JSON</a></p>
</main>"##
)]
struct Leaf {
    title: String,
    facts: Vec<(&'static str, String)>,
    revisions: Vec<(u32, String)>,
    story: Vec<(String, String)>,
    article: Article,
}

/// The page of an article.
pub(super) async fn show(
    extract::State(api): extract::State<Api>,
    Path(id): Path<String>,
    Params(wanted): Params<Wanted>,
) -> Result<Response, Problem> {
    let leaf = api.read(|state| Leaf::of(state, &id, wanted.revision)).await?;
    super::page(&leaf.title, &leaf)
}

impl Leaf {
    fn of(state: &State, id: &str, revision: Option<u32>) -> Result<Self, Problem> {
        let absent = || Problem::absent(format!("there is no article {id}"));
        let id: ArticleId = id.parse().map_err(|_| absent())?;
        let article = match revision {
            Some(revision) => state.store.revision(&id, revision)?,
            None => state.store.article(&id)?,
        };
        let article = article.ok_or_else(absent)?;
        let revisions = state.store.revisions(&id)?;
        let mut story = Vec::new();
        for other in state.store.story(&article.story)?.into_iter().take(STORY) {
            if other.id != id {
                story.push((other.id.to_string(), super::headline(&other.title)));
            }
        }
        Ok(Self {
            title: super::headline(&article.title),
            facts: facts(&article),
            revisions: revisions.iter().map(|r| (r.revision, r.fetched.to_string())).collect(),
            story,
            article,
        })
    }
}

fn facts(article: &Article) -> Vec<(&'static str, String)> {
    let date = article.published.map_or_else(|| "unknown".to_owned(), |at| at.to_string());
    let name = article.site_name.clone().unwrap_or_else(|| article.site.clone());
    let language = article.language.clone().unwrap_or_else(|| "unknown".to_owned());
    let confidence = format!("{:.0} %", article.extraction.confidence * 100.0);
    let mut facts = vec![
        ("Site", name),
        ("Published", date),
        ("Language", language),
        ("Words", article.words.to_string()),
        ("Sure of the text", confidence),
    ];
    if !article.authors.is_empty() {
        facts.push(("By", article.authors.join(", ")));
    }
    if let Some(share) = article.similarity {
        facts.push(("Like the earlier one", format!("{:.0} %", share * 100.0)));
    }
    if article.extraction.paywalled {
        facts.push(("Paywall", "only the beginning".to_owned()));
    }
    facts
}
