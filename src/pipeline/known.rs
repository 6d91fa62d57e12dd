//! Pages that need not be fetched, or not again, because their article is here already.
//!
//! A newspaper's article stands in several of its feeds: its page is fetched for the first of
//! them. An entry that its feed changes is asked for conditionally: where the page has not changed,
//! its text is the one we have.

use super::page::Page;
use super::{Desk, Source};
use crate::dedupe;
use crate::extract::{Extracted, Rules};
use crate::model::{Article, DateSource, Entry, Link, TextSource, Timestamp};
use crate::store::{InboxItem, PageMark, ReadError};
use std::time::Duration;

/// A page that another feed brought is taken for so long: within it a site's feeds have all shown
/// a new article, and a publisher corrects it rarely enough.
const FRESH: Duration = Duration::from_hours(6);

/// An article whose page was read before, and what the page gave for asking again.
pub(super) struct Before {
    pub(super) mark: PageMark,
    article: Article,
}

/// The page of an entry as another feed brought it a short time ago.
///
/// # Errors
/// The store cannot be read.
pub(super) fn elsewhere(
    desk: &Desk,
    source: &Source,
    item: &InboxItem,
    link: &Link,
    now: Timestamp,
) -> Result<Option<Page>, ReadError> {
    // A feed with rules of its own for pages may read this one in another way.
    if source.extract.rules != Rules::default() {
        return Ok(None);
    }
    let article = desk.store.by_url(&dedupe::url_key(link).hash())?;
    let fit = |article: &Article| {
        let age = Duration::try_from(now.duration_since(article.fetched)).unwrap_or_default();
        let changed = item.entry.updated.or(item.entry.published);
        is_from_page(article)
            && age < FRESH
            && changed.is_none_or(|at| at <= article.fetched)
            && article.sightings.iter().all(|sighting| sighting.feed != item.feed)
    };
    Ok(article.filter(fit).map(|article| page(article, link)))
}

/// What is known of an entry's page from an earlier reading.
///
/// # Errors
/// The store cannot be read.
pub(super) fn before(
    desk: &Desk,
    source: &Source,
    item: &InboxItem,
    link: &Link,
) -> Result<Option<Before>, ReadError> {
    let Some(mark) = desk.store.page(&source.id, &item.entry.key)? else { return Ok(None) };
    let mut article = None;
    for address in [link, &mark.at] {
        article = match article {
            None => desk.store.by_url(&dedupe::url_key(address).hash())?,
            found => found,
        };
    }
    Ok(article.filter(is_from_page).map(|article| Before { mark, article }))
}

/// The page of a changed entry, itself unchanged.
pub(super) fn again(before: Before, entry: &Entry) -> Page {
    let mut page = page(before.article, &before.mark.at);
    page.read.modified = page.read.modified.max(entry.updated);
    page
}

fn is_from_page(article: &Article) -> bool {
    article.extraction.from != TextSource::Feed
}

fn page(article: Article, at: &Link) -> Page {
    let of_page = article.published_source == Some(DateSource::Page);
    let read = Extracted {
        title: article.title,
        authors: article.authors,
        published: article.published.filter(|_| of_page),
        modified: article.modified,
        language: article.language,
        canonical: article.url,
        site_name: article.site_name,
        summary: article.summary,
        text: article.text,
        html: article.html,
        images: article.images,
        tags: article.tags,
        extraction: article.extraction,
        ..Extracted::default()
    };
    Page { at: article.source_url.unwrap_or_else(|| at.clone()), read, mark: None }
}
