//! `/`: how the daemon, its feeds and its files are, and what came in last.

use super::chart;
use crate::model::{FeedId, FeedState, Timestamp, figures};
use crate::observe::{self, Metrics};
use crate::serve::api::{Api, Params};
use crate::serve::histogram::{by_label, quantile};
use crate::serve::{Configured, Health, Problem, State, feeds};
use crate::store::{Cursor, Filter};
use askama::Template;
use axum::extract;
use axum::response::Response;
use serde::Deserialize;
use std::collections::BTreeMap;
use url::form_urlencoded::Serializer;

/// Feeds on one page: what a person looks through; more would take the page its speed.
const FEEDS: usize = 100;

/// Articles on one page.
const ARTICLES: usize = 30;

/// Characters of an error or a title that are shown.
const SHOWN: usize = 200;

/// Which part of the lists is wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    /// Only feeds that do like this.
    health: Option<String>,
    /// Only feeds whose ids come behind this one.
    after: Option<String>,
    /// Only articles of this feed.
    feed: Option<String>,
    /// Only articles behind this place.
    cursor: Option<String>,
}

/// The page.
#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<header id="head" data-live>
<h1>wiredesk <span class="{{ state }}">{{ state }}</span></h1>
{% if let Some(trouble) = trouble %}<p class="trouble" role="alert">{{ trouble }}</p>{% endif %}
<p class="dim">Version {{ version }} · {{ at }} UTC · <span id="live">As of the moment this page was asked for.</span></p>
</header>
<main id="main">
<section aria-labelledby="h-figures"><h2 id="h-figures">At a glance</h2>
<dl class="figures" id="figures" data-live>{% for (name, value) in figures %}<div><dt>{{ name }}</dt><dd>{{ value }}</dd></div>{% endfor %}</dl></section>
{% if let Some(flow) = flow %}
<section aria-labelledby="h-hours"><h2 id="h-hours">Articles an hour, UTC</h2>
<div id="hours" data-live>{{ flow.bars|safe }}</div>
<p class="dim">Blue: articles; ochre on top: copies of other articles. Counted since the daemon started.</p></section>
<section aria-labelledby="h-fetches"><h2 id="h-fetches">Fetches and schedule</h2>
<div id="fetches" data-live>
<table><caption class="dim">Documents asked for since the start, by what came of it</caption>
<thead><tr><th scope="col">Outcome</th><th scope="col" class="number">Fetches</th></tr></thead>
<tbody>{% for (word, count) in flow.outcomes %}<tr><th scope="row">{{ word }}</th><td class="number">{{ count }}</td></tr>{% endfor %}</tbody></table>
<table><caption class="dim">How long it takes: half, nine of ten and 99 of 100 are faster than</caption>
<thead><tr><th scope="col">What</th><th scope="col" class="number">50 %</th><th scope="col" class="number">90 %</th><th scope="col" class="number">99 %</th></tr></thead>
<tbody>{% for (what, times) in flow.times %}<tr><th scope="row">{{ what }}</th>{% for time in times %}<td class="number">{{ time }}</td>{% endfor %}</tr>{% endfor %}</tbody></table>
</div></section>
{% endif %}
<section aria-labelledby="h-feeds"><h2 id="h-feeds">Feeds</h2>
<nav aria-label="Feeds by health"><ul class="tabs" id="tabs" data-live>{% for tab in tabs %}<li><a href="{{ tab.href }}"{% if tab.current %} aria-current="page"{% endif %}>{{ tab.word }} {{ tab.count }}</a></li>{% endfor %}</ul></nav>
<div id="feeds" data-live>
{% if feeds.is_empty() %}<p>No feeds here.</p>{% else %}
<table class="wide"><thead><tr><th scope="col">Feed</th><th scope="col">Health</th><th scope="col">Next poll, and why</th><th scope="col">Last news</th></tr></thead>
<tbody>{% for feed in feeds %}<tr><th scope="row"><a href="{{ feed.href }}">{{ feed.name }}</a></th>
<td data-label="Health"><span class="{{ feed.health }}">{{ feed.health }}</span>{% if let Some(error) = feed.error %}<br>{{ error }}{% endif %}</td>
<td data-label="Next poll">{{ feed.next }}</td><td data-label="Last news">{{ feed.news }}</td></tr>
{% endfor %}</tbody></table>{% endif %}
{% if let Some(href) = more_feeds %}<p><a href="{{ href }}">More feeds</a></p>{% endif %}
</div></section>
<section aria-labelledby="h-articles"><h2 id="h-articles">Recent articles{% if let Some(feed) = of %} of {{ feed }}{% endif %}</h2>
{% if of.is_some() %}<p><a href="/">All articles</a></p>{% endif %}
<div id="articles" data-live>
{% if articles.is_empty() %}<p>No articles here yet.</p>{% else %}
<table class="wide"><thead><tr><th scope="col">Title</th><th scope="col">Site</th><th scope="col">Came</th></tr></thead>
<tbody>{% for article in articles %}<tr><th scope="row"><a href="/articles/{{ article.id }}">{{ article.title }}</a>{% if article.copy %} <span class="dim">(a copy)</span>{% endif %}</th>
<td data-label="Site">{{ article.site }}</td><td data-label="Came">{{ article.came }}</td></tr>
{% endfor %}</tbody></table>{% endif %}
{% if let Some(href) = more_articles %}<p><a href="{{ href }}">Older articles</a></p>{% endif %}
</div></section>
</main>"##
)]
struct Front {
    version: &'static str,
    at: String,
    state: &'static str,
    trouble: Option<String>,
    figures: Vec<(&'static str, String)>,
    flow: Option<Flow>,
    tabs: Vec<Tab>,
    feeds: Vec<FeedRow>,
    more_feeds: Option<String>,
    of: Option<String>,
    articles: Vec<ArticleRow>,
    more_articles: Option<String>,
}

/// What the daemon's counters tell.
struct Flow {
    /// SVG.
    bars: String,
    outcomes: Vec<(String, u64)>,
    times: Vec<(&'static str, Vec<String>)>,
}

struct Tab {
    word: &'static str,
    count: usize,
    href: String,
    current: bool,
}

struct FeedRow {
    href: String,
    name: String,
    health: &'static str,
    error: Option<String>,
    next: String,
    news: String,
}

struct ArticleRow {
    id: String,
    title: String,
    site: String,
    came: String,
    copy: bool,
}

/// The status page.
pub(super) async fn show(
    extract::State(api): extract::State<Api>,
    Params(wanted): Params<Wanted>,
) -> Result<Response, Problem> {
    let front = api.read(|state| Front::of(state, &wanted, observe::now())).await?;
    super::page("wiredesk", &front)
}

impl Front {
    fn of(state: &State, wanted: &Wanted, now: Timestamp) -> Result<Self, Problem> {
        let (word, trouble) = told(&state.health.borrow());
        let mut front = Self {
            version: env!("CARGO_PKG_VERSION"),
            at: now.to_string().replace('T', " ").chars().take(19).collect(),
            state: word,
            trouble,
            figures: figures(state)?,
            flow: state.metrics.as_deref().map(|metrics| flow(metrics, now)),
            tabs: Vec::new(),
            feeds: Vec::new(),
            more_feeds: None,
            of: wanted.feed.clone(),
            articles: Vec::new(),
            more_articles: None,
        };
        front.list_feeds(state, wanted, now)?;
        front.list_articles(state, wanted, now)?;
        Ok(front)
    }

    /// Feeds in the order of their ids, those behind `after`.
    fn list_feeds(
        &mut self,
        state: &State,
        wanted: &Wanted,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let (configured, known) = (state.feeds.borrow().clone(), feeds::known(state)?);
        let mut all: Vec<_> = configured.iter().map(|feed| (feed, known.get(&feed.id))).collect();
        all.sort_unstable_by(|a, b| a.0.id.as_str().cmp(b.0.id.as_str()));
        self.tabs = tabs(&all, wanted.health.as_deref());
        let fits = |(feed, known): &(&Configured, Option<&FeedState>)| {
            wanted.health.as_deref().is_none_or(|word| word == health(feed, *known))
                && wanted.after.as_deref().is_none_or(|after| feed.id.as_str() > after)
        };
        let mut rest = all.into_iter().filter(fits);
        let shown: Vec<_> = rest.by_ref().take(FEEDS).collect();
        let last = rest.next().and(shown.last()).map(|(feed, _)| feed.id.as_str());
        self.more_feeds = last
            .map(|id| link([("health", wanted.health.as_deref()), ("after", Some(id))], "h-feeds"));
        self.feeds = shown.into_iter().map(|(feed, known)| row(feed, known, now)).collect();
        Ok(())
    }

    /// The newest articles, those behind `cursor`.
    fn list_articles(
        &mut self,
        state: &State,
        wanted: &Wanted,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let feed = wanted.feed.as_deref().map(FeedId::new).transpose();
        let feed = feed.map_err(|e| Problem::bad(format!("feed: {e}")))?;
        let cursor = wanted.cursor.as_deref().map(str::parse::<Cursor>).transpose();
        let cursor = cursor.map_err(|e| Problem::bad(format!("cursor: {e}")))?;
        let page = state.store.articles(&Filter { feed, ..Filter::default() }, cursor, ARTICLES)?;
        let next = page.next.map(|cursor| cursor.to_string());
        self.more_articles = next.map(|cursor| {
            link([("feed", wanted.feed.as_deref()), ("cursor", Some(&cursor))], "h-articles")
        });
        self.articles = page
            .articles
            .into_iter()
            .map(|article| ArticleRow {
                id: article.id.to_string(),
                title: super::headline(&article.title),
                site: article.site,
                came: figures::distance(article.first_seen, now),
                copy: article.duplicate_of.is_some(),
            })
            .collect();
        Ok(())
    }
}

/// How the daemon is: a word, and what keeps it from its work.
fn told(health: &Health) -> (&'static str, Option<String>) {
    match health {
        Health::Running => ("running", None),
        Health::ReadOnly(why) => {
            ("read-only", Some(format!("Nothing is polled or written: {why}")))
        }
        Health::Stopping => ("stopping", None),
        Health::Stopped => ("stopped", Some("No daemon runs; this is what it left.".to_owned())),
    }
}

fn figures(state: &State) -> Result<Vec<(&'static str, String)>, Problem> {
    let held = state.store.stats()?;
    let mut figures = vec![
        ("Articles", held.articles.to_string()),
        ("Entries waiting", held.inbox.to_string()),
        ("Store", figures::size(held.disk_bytes)),
        ("Archive", figures::size(state.reader.bytes()?)),
        ("Last change", state.last_seq.borrow().to_string()),
    ];
    if let Some(metrics) = &state.metrics {
        figures.push(("Copies found since the start", metrics.duplicates().to_string()));
    }
    Ok(figures)
}

fn flow(metrics: &Metrics, now: Timestamp) -> Flow {
    let text = metrics.encode();
    let times = |name| [0.5, 0.9, 0.99].map(|share| time(quantile(&text, name, share))).to_vec();
    let outcomes = by_label(&text, "wiredesk_fetches_total").into_iter();
    Flow {
        bars: chart::bars(&metrics.last_day(now)),
        outcomes: outcomes.map(|(word, count)| (word.to_owned(), count)).collect(),
        times: vec![
            ("A fetch", times("wiredesk_fetch_duration_seconds")),
            ("A poll after its planned time", times("wiredesk_schedule_lag_seconds")),
        ],
    }
}

/// A time that others stay below, in words.
fn time(seconds: Option<f64>) -> String {
    match seconds {
        None => "–".to_owned(),
        Some(seconds) if seconds.is_infinite() => "longer than measured".to_owned(),
        Some(seconds) if seconds < 1.0 => format!("{:.0} ms", seconds * 1000.0),
        Some(seconds) => format!("{seconds:.1} s"),
    }
}

fn health(feed: &Configured, known: Option<&FeedState>) -> &'static str {
    use crate::model::Health;
    if feed.disabled {
        return "disabled";
    }
    match known.map_or(Health::New, |known| known.health) {
        Health::New => "new",
        Health::Ok => "ok",
        Health::Failing => "failing",
        Health::Dead => "dead",
        Health::Gone => "gone",
    }
}

fn tabs(all: &[(&Configured, Option<&FeedState>)], wanted: Option<&str>) -> Vec<Tab> {
    let mut counts = BTreeMap::new();
    for (feed, known) in all {
        *counts.entry(health(feed, *known)).or_insert(0) += 1;
    }
    let tab = |(word, count): (&'static str, usize), health: Option<&str>| Tab {
        word,
        count,
        href: link([("health", health), ("after", None)], "h-feeds"),
        current: wanted == health,
    };
    let each = counts.into_iter().map(|(word, count)| tab((word, count), Some(word)));
    std::iter::once(tab(("all", all.len()), None)).chain(each).collect()
}

fn row(feed: &Configured, known: Option<&FeedState>, now: Timestamp) -> FeedRow {
    let title = known.and_then(|known| known.title.as_deref()).filter(|title| !title.is_empty());
    let error = known.and_then(|known| known.last_error.as_deref());
    FeedRow {
        href: link([("feed", Some(feed.id.as_str())), ("cursor", None)], "h-articles"),
        name: super::cut(title.unwrap_or(feed.id.as_str()), SHOWN),
        health: health(feed, known),
        error: error.map(|error| super::cut(error, SHOWN)),
        next: next(feed, known, now),
        news: known
            .and_then(|known| known.last_new)
            .map_or_else(|| "none yet".to_owned(), |at| figures::distance(at, now)),
    }
}

fn next(feed: &Configured, known: Option<&FeedState>, now: Timestamp) -> String {
    match known.map(|known| (known.next_due, known.due_reason.as_str(), known.last_polled)) {
        _ if feed.disabled => "never: disabled in the configuration".to_owned(),
        Some((Some(at), "", _)) => figures::distance(at, now),
        Some((Some(at), why, _)) => {
            format!("{}: {}", figures::distance(at, now), super::cut(why, SHOWN))
        }
        Some((None, _, Some(_))) => "never again by itself".to_owned(),
        _ => "as soon as its turn comes: it was never polled".to_owned(),
    }
}

/// A link to this page with these parameters, at one of its parts.
fn link(params: [(&str, Option<&str>); 2], part: &str) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(params.into_iter().filter_map(|(name, value)| Some((name, value?))));
    format!("/?{}#{part}", query.finish())
}
