//! News sitemaps read as feeds: the newest articles of a publisher, as it shows them to search
//! engines.

use super::parsed::{FeedInfo, Format, Paging, Parsed, Warning};
use super::read::{Scope, capped, text};
use super::xml::names::Ns;
use super::xml::outline::Outline;
use super::xml::record::Record;
use crate::model::{Entry, FeedHints, Link};

/// The sitemap's articles; `None` where it lists pages without news.
pub(super) fn read(
    outline: &Outline<'_>,
    url: Option<&Link>,
    warnings: Vec<Warning>,
) -> Option<Parsed> {
    let scope = Scope::of(&outline.head, url.cloned());
    let news = |record: &&Record<'_>| {
        record.all().any(|(_, f)| f.is(Ns::News, "title") || f.is(Ns::News, "news"))
    };
    let records: Vec<_> = outline.entries.iter().filter(news).collect();
    let title = records.first().map(|r| words(r, Ns::News, "name")).unwrap_or_default();
    (!records.is_empty()).then(|| Parsed {
        format: Format::Sitemap,
        info: FeedInfo { title, ..FeedInfo::default() },
        hints: FeedHints::default(),
        paging: Paging::default(),
        entries: records.into_iter().map(|record| entry(record, &scope)).collect(),
        warnings,
    })
}

fn entry(record: &Record<'_>, scope: &Scope) -> Entry {
    let keywords = words(record, Ns::News, "keywords");
    let categories = keywords.split(',').map(capped).filter(|k| !k.is_empty());
    let date = |ns, name| super::date(&words(record, ns, name));
    let language = words(record, Ns::News, "language");
    Entry {
        link: scope.link(&words(record, Ns::Sitemap, "loc")),
        title: words(record, Ns::News, "title"),
        published: date(Ns::News, "publication_date"),
        updated: date(Ns::Sitemap, "lastmod"),
        categories: categories.collect(),
        language: (!language.is_empty()).then_some(language),
        ..Entry::default()
    }
}

/// The text of the first field of this name at any depth, as one line.
fn words(record: &Record<'_>, ns: Ns, name: &str) -> String {
    let field = record.all().map(|(_, f)| f).find(|f| f.is(ns, name));
    field.map(|f| capped(&text(f))).unwrap_or_default()
}
