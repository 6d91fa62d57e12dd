//! From an entry and an extracted text to the article that the writer decides about.
//!
//! What the page says wins for the text, what the feed says for the date; identity and canonical
//! address are settled here, because only here both are known.

use super::Source;
use crate::dedupe;
use crate::extract::Extracted;
use crate::model::{
    Article, ArticleId, DateSource, Entry, FeedId, Link, Sighting, Timestamp, text,
};
use crate::store::{InboxItem, PageMark};
use std::sync::Arc;

/// Most tags an article keeps.
const TAGS_MAX: usize = 32;

/// An article before the writer has decided whether it is new; as such it has revision 1 and the
/// id that its identity gives it.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The feed it came from.
    pub feed: FeedId,
    /// The entry's key within the feed.
    pub key: String,
    /// How its copies are treated.
    pub settings: Arc<dedupe::Settings>,
    /// The article as it would be filed if nothing were known.
    pub article: Article,
    /// What its page gave for asking again; `None` leaves what is known.
    pub page: Option<PageMark>,
}

impl Draft {
    /// The draft of `item` with the text `read`; `page` is the address that gave the text, where
    /// a page did.
    pub(super) fn new(
        source: &Source,
        item: InboxItem,
        page: Option<&Link>,
        read: Extracted,
        now: Timestamp,
    ) -> Self {
        let InboxItem { feed, entry, first_seen, .. } = item;
        let url = canonical(&entry, page, &read);
        let guid = entry.guid.clone().unwrap_or_else(|| entry.key.clone());
        let identity = match &url {
            Some(url) => dedupe::url_key(url).to_string(),
            None => format!("{feed}\n{}", entry.key),
        };
        let id = ArticleId::of(&identity);
        let (published, published_source) = published(&entry, &read, now);
        let sighting =
            Sighting { feed: feed.clone(), guid, url: entry.link.clone(), at: first_seen };
        let article = Article {
            id,
            revision: 1,
            site: url.as_ref().unwrap_or(&source.url).site().to_owned(),
            source_url: page.or(entry.link.as_ref()).cloned(),
            url,
            site_name: read.site_name,
            title: title(&entry.title, read.title),
            authors: authors(read.authors, &entry),
            language: read.language.or_else(|| entry.language.clone()),
            published,
            published_source,
            modified: read.modified.or(entry.updated).map(|m| m.min(now)),
            first_seen,
            fetched: now,
            summary: read.summary,
            words: words(&read.text),
            text: read.text,
            html: read.html,
            images: read.images,
            tags: tags(&source.tags, &entry.categories, read.tags),
            extraction: read.extraction,
            sightings: vec![sighting],
            story: id,
            duplicate_of: None,
            relation: None,
            similarity: None,
        };
        Self { feed, key: entry.key, settings: Arc::clone(&source.dedupe), article, page: None }
    }
}

/// The page's canonical address where that can be trusted, else the page, else the entry's link.
fn canonical(entry: &Entry, page: Option<&Link>, read: &Extracted) -> Option<Link> {
    let own = page.or(entry.link.as_ref())?;
    let named = read.canonical.as_ref().filter(|c| dedupe::trusted_canonical(own, c));
    Some(named.unwrap_or(own).clone())
}

/// The feed's title, which is written to be read alone; the page's where the feed has none, cut it
/// short, or put the site's name behind it.
fn title(feed: &str, page: String) -> String {
    let cut = feed.trim_end_matches(['…', '.']).trim_end();
    let is_cut = feed.len() > cut.len() + 1 && page.len() > cut.len() && page.starts_with(cut);
    let rest = feed.strip_prefix(page.as_str()).map(str::trim_start);
    let has_suffix = rest.is_some_and(|rest| rest.starts_with(['-', '–', '—', '|', '·', '»']));
    let page_is_better = feed.is_empty() || is_cut || (has_suffix && !page.is_empty());
    if page_is_better { page } else { feed.to_owned() }
}

/// The feed's date, else the page's; never in the future.
fn published(
    entry: &Entry,
    read: &Extracted,
    now: Timestamp,
) -> (Option<Timestamp>, Option<DateSource>) {
    let of_feed = entry.published.or(entry.updated.filter(|_| read.published.is_none()));
    match (of_feed, read.published) {
        (Some(date), _) => (Some(date.min(now)), Some(DateSource::Feed)),
        (None, Some(date)) => (Some(date.min(now)), Some(DateSource::Page)),
        (None, None) => (None, None),
    }
}

fn authors(page: Vec<String>, entry: &Entry) -> Vec<String> {
    if !page.is_empty() {
        return page;
    }
    entry.authors.iter().map(|a| a.name.clone()).filter(|name| !name.is_empty()).collect()
}

/// Configured tags, the entry's categories, the page's keywords; each once whatever its case.
fn tags(configured: &[String], entry: &[String], page: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    configured
        .iter()
        .chain(entry)
        .cloned()
        .chain(page)
        .filter(|tag| !tag.is_empty() && seen.insert(tag.to_lowercase()))
        .take(TAGS_MAX)
        .collect()
}

fn words(body: &str) -> u32 {
    u32::try_from(text::words(body)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_that_is_whole_and_alone_wins() {
        for (feed, page, expect) in [
            ("Bridge opens", "Bridge opens after years", "Bridge opens"),
            ("Bridge opens aft…", "Bridge opens after years", "Bridge opens after years"),
            ("Bridge opens...", "Bridge opens after years", "Bridge opens after years"),
            ("Bridge opens - The Post", "Bridge opens", "Bridge opens"),
            ("", "Bridge opens", "Bridge opens"),
            ("Bridge opens", "", "Bridge opens"),
            ("Q&A: a bridge", "The Post", "Q&A: a bridge"),
        ] {
            assert_eq!(title(feed, page.to_owned()), expect);
        }
    }

    #[test]
    fn tags_come_once_in_order() {
        let own = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            tags(&own(&["wire"]), &own(&["Politics", "WIRE", ""]), own(&["politics", "EU"])),
            own(&["wire", "Politics", "EU"])
        );
    }
}
