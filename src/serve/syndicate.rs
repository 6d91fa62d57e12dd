//! `/feeds/{query}.atom`, `/feeds/{query}.json`, `/opml`: what the desk holds, for feed readers.
//!
//! The query is that of `/v1/articles` (`/feeds/tag=world&lang=de.atom`), `all` for everything.
//! Atom by RFC 4287, JSON Feed by its version 1.1; both with full text.

use super::api::Api;
use super::articles::{Wanted, page};
use super::xml::escape;
use super::{Problem, State, etag};
use crate::feed::opml::{self, Opml, Subscription};
use crate::model::{Article, Link, Timestamp};
use axum::extract::{self, Query};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// The name of the feed of everything.
const ALL: &str = "all";

/// A feed to be written.
struct Publication<'a> {
    /// The query as it stands in the address.
    query: &'a str,
    /// Where the feed is.
    own: String,
    /// The hub that pushes it.
    hub: Option<&'a Link>,
    articles: &'a [Article],
}

/// `GET /feeds/{query}.atom` and `.json`.
pub(super) async fn feed(
    extract::State(api): extract::State<Api>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let absent = || Problem::absent("a feed is /feeds/QUERY.atom or /feeds/QUERY.json");
    let file = uri.path().strip_prefix("/feeds/").ok_or_else(absent)?;
    let (query, form) = file.rsplit_once('.').ok_or_else(absent)?;
    if !matches!(form, "atom" | "json") {
        return Err(absent());
    }
    let wanted = wanted(query)?;
    let articles = api.read(|state| Ok(page(state, &wanted)?.data)).await?;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let own = format!("http://{host}{}", uri.path());
    let publication = Publication { query, own, hub: api.state.hub.as_ref(), articles: &articles };
    Ok(if form == "atom" {
        let body = publication.atom().into_bytes();
        etag::respond(&headers, "application/atom+xml; charset=utf-8", body)
    } else {
        let body = publication.json().to_string().into_bytes();
        etag::respond(&headers, "application/feed+json; charset=utf-8", body)
    })
}

/// The query in a feed's address.
fn wanted(query: &str) -> Result<Wanted, Problem> {
    if query == ALL {
        return Ok(Wanted::default());
    }
    let uri: Uri = format!("/?{query}").parse().map_err(|_| Problem::bad("the query is none"))?;
    let query = Query::try_from_uri(&uri).map_err(|e| Problem::bad(e.body_text()))?;
    Ok(query.0)
}

impl Publication<'_> {
    fn title(&self) -> String {
        if self.query == ALL { "wiredesk".to_owned() } else { format!("wiredesk: {}", self.query) }
    }

    /// The last moment at which an article of the feed got its text.
    fn updated(&self) -> Timestamp {
        self.articles.iter().map(|a| a.fetched).max().unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn atom(&self) -> String {
        let own = escape(&self.own);
        let mut out = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
             <feed xmlns=\"http://www.w3.org/2005/Atom\">\n<id>{own}</id>\n<title>{}</title>\n\
             <updated>{}</updated>\n<author><name>wiredesk</name></author>\n\
             <link rel=\"self\" type=\"application/atom+xml\" href=\"{own}\"/>\n",
            escape(&self.title()),
            self.updated(),
        );
        if let Some(hub) = self.hub {
            out.push_str(&format!("<link rel=\"hub\" href=\"{}\"/>\n", escape(hub.as_str())));
        }
        for article in self.articles {
            entry(&mut out, article);
        }
        out.push_str("</feed>\n");
        out
    }

    fn json(&self) -> Value {
        let hubs = self.hub.map(|hub| json!({ "type": "WebSub", "url": hub.as_str() }));
        known(json!({
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.title(),
            "feed_url": self.own,
            "hubs": hubs.map(|hub| [hub]),
            "items": self.articles.iter().map(item).collect::<Vec<_>>(),
        }))
    }
}

/// The name of an article among all entries of all feeds.
fn name(article: &Article) -> String {
    format!("urn:wiredesk:article:{}", article.id)
}

/// Writes an entry of an Atom feed.
fn entry(out: &mut String, article: &Article) {
    let language = article.language.as_deref().map(|l| format!(" xml:lang=\"{}\"", escape(l)));
    out.push_str(&format!(
        "<entry{}>\n<id>{}</id>\n<title>{}</title>\n<updated>{}</updated>\n",
        language.unwrap_or_default(),
        name(article),
        escape(&article.title),
        article.fetched,
    ));
    if let Some(published) = article.published {
        out.push_str(&format!("<published>{published}</published>\n"));
    }
    if let Some(url) = &article.url {
        out.push_str(&format!("<link rel=\"alternate\" href=\"{}\"/>\n", escape(url.as_str())));
    }
    for author in &article.authors {
        out.push_str(&format!("<author><name>{}</name></author>\n", escape(author)));
    }
    for tag in &article.tags {
        out.push_str(&format!("<category term=\"{}\"/>\n", escape(tag)));
    }
    if let Some(summary) = &article.summary {
        out.push_str(&format!("<summary>{}</summary>\n", escape(summary)));
    }
    let body = escape(&article.html);
    out.push_str(&format!("<content type=\"html\">{body}</content>\n</entry>\n"));
}

/// An item of a JSON Feed.
fn item(article: &Article) -> Value {
    known(json!({
        "id": name(article),
        "url": article.url,
        "title": article.title,
        "content_html": article.html,
        "summary": article.summary,
        "date_published": article.published,
        "date_modified": article.fetched,
        "tags": article.tags,
        "authors": article.authors.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
        "language": article.language,
        "image": article.images.first().map(|image| &image.url),
    }))
}

/// The object without what is not known.
fn known(mut object: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    object
}

/// `GET /opml`: the feeds that are polled, as a list for feed readers.
pub(super) async fn list(extract::State(api): extract::State<Api>) -> Result<Response, Problem> {
    let subscriptions = api.read(subscriptions).await?;
    let list = Opml { title: "wiredesk".to_owned(), subscriptions, refused: Vec::new() };
    let kind = [(header::CONTENT_TYPE, "text/x-opml; charset=utf-8")];
    Ok((kind, opml::write(&list)).into_response())
}

fn subscriptions(state: &State) -> Result<Vec<Subscription>, Problem> {
    let mut known = super::feeds::known(state)?;
    let feeds = state.feeds.borrow().clone();
    let subscription = |feed: &super::Configured| Subscription {
        url: feed.url.clone(),
        title: known.remove(&feed.id).and_then(|s| s.title).unwrap_or_else(|| feed.id.to_string()),
        site: None,
        tags: feed.tags.clone(),
    };
    Ok(feeds.iter().filter(|feed| !feed.disabled).map(subscription).collect())
}
