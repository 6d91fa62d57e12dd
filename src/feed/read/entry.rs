//! One entry.

use super::fields::{Scope, html, html_of, is_simple, text, title, words};
use super::head::{alternate, categories, date, first, plain_link};
use super::media::{enclosures, image, is_rel, relation};
use super::people::authors;
use crate::feed::first::Texts;
use crate::feed::parsed::FeedInfo;
use crate::feed::xml::names::Ns;
use crate::feed::xml::record::{Field, Record};
use crate::model::text::{head, line};
use crate::model::{Entry, Link};

/// Longest GUID kept as published, in bytes.
const GUID_MAX: usize = 2048;

pub(super) fn entry(record: &Record<'_>, scope: &Scope, feed: &FeedInfo, texts: Texts) -> Entry {
    let words_of = |names: &[(Ns, &str)]| first(record, names).and_then(words);
    let guid = guid(record);
    let mut authors = authors(record, 0);
    if authors.is_empty() {
        authors.clone_from(&feed.authors);
    }
    Entry {
        key: String::new(),
        link: link(record, scope),
        guid,
        title: first(
            record,
            &[
                (Ns::Rss, "title"),
                (Ns::Atom, "title"),
                (Ns::Dc, "title"),
                (Ns::Media, "title"),
                (Ns::Itunes, "title"),
            ],
        )
        .map(title)
        .unwrap_or_default(),
        published: date(
            record,
            &[
                (Ns::Rss, "pubDate"),
                (Ns::Atom, "published"),
                (Ns::Atom, "issued"),
                (Ns::Dc, "issued"),
                (Ns::Dc, "date"),
                (Ns::Atom, "created"),
                (Ns::Dc, "created"),
                (Ns::Rss, "published"),
                (Ns::Rss, "date"),
            ],
        ),
        updated: date(
            record,
            &[
                (Ns::Atom, "updated"),
                (Ns::Atom, "modified"),
                (Ns::Dc, "modified"),
                (Ns::Rss, "updated"),
                (Ns::Rss, "lastBuildDate"),
            ],
        ),
        summary: body(record, &SUMMARIES, texts.summary),
        content: body(record, &CONTENTS, texts.content),
        authors,
        categories: categories(record),
        enclosures: enclosures(record, scope),
        comments: comments(record, scope),
        language: words_of(&[(Ns::Dc, "language"), (Ns::Rss, "language")])
            .or_else(|| scope.language.clone()),
        image: image(record, scope),
        rights: words_of(&[
            (Ns::Atom, "rights"),
            (Ns::Atom, "copyright"),
            (Ns::Dc, "rights"),
            (Ns::Rss, "copyright"),
        ]),
    }
}

const SUMMARIES: [(Ns, &str); 8] = [
    (Ns::Rss, "description"),
    (Ns::Atom, "summary"),
    (Ns::Rss, "abstract"),
    (Ns::Dc, "description"),
    (Ns::Itunes, "summary"),
    (Ns::Media, "description"),
    (Ns::Itunes, "subtitle"),
    (Ns::Rss, "summary"),
];

const CONTENTS: [(Ns, &str); 7] = [
    (Ns::Content, "encoded"),
    (Ns::Atom, "content"),
    (Ns::Xhtml, "body"),
    (Ns::Xhtml, "div"),
    (Ns::Rss, "body"),
    (Ns::Rss, "fullitem"),
    (Ns::Rss, "content"),
];

/// The first of these fields that holds a text; the strict reader's copy is taken where it can
/// only have read the same.
fn body(record: &Record<'_>, names: &[(Ns, &str)], read: Option<String>) -> Option<String> {
    let field = first(record, names)?;
    let alone = record.top().filter(|(_, f)| f.is(field.ns, field.name)).count() == 1;
    match read.filter(|_| alone && is_strict(field) && is_simple(field)) {
        Some(read) => html_of(field, read),
        None => html(field),
    }
}

/// True for the fields that the strict reader puts in summary and content.
fn is_strict(field: &Field<'_>) -> bool {
    field.ns == Ns::Atom || field.is(Ns::Rss, "description") || field.is(Ns::Content, "encoded")
}

/// Where readers comment: RSS `comments`, Atom's HTML `replies`.
fn comments(record: &Record<'_>, scope: &Scope) -> Option<Link> {
    let plain = record.find(Ns::Rss, "comments").and_then(|f| scope.text_link(f));
    plain.or_else(|| {
        let links = record.top().map(|(_, f)| f).filter(|f| is_rel(f, "replies"));
        let pages = links.filter(|f| f.attr("type").is_none_or(|t| t.contains("html")));
        pages.into_iter().find_map(|f| scope.attr_link(f, "href"))
    })
}

/// The identifier as published.
fn guid(record: &Record<'_>) -> Option<String> {
    let field = first(record, &[(Ns::Rss, "guid"), (Ns::Atom, "id"), (Ns::Rss, "id")]);
    let guid = field.map(|f| text(f).into_owned());
    let about = || record.own().and_then(|own| own.attr("rdf:about")).map(str::to_owned);
    let named = || record.find(Ns::Dc, "identifier").map(|f| text(f).into_owned());
    let guid = line(head(&guid.or_else(about).or_else(named)?, GUID_MAX));
    (!guid.is_empty()).then_some(guid)
}

/// Where the article stands: the publisher's own address before a redirecting service's, the
/// plain link, Atom's alternate, a GUID that is an address, and what remains.
fn link(record: &Record<'_>, scope: &Scope) -> Option<Link> {
    let origin = || first(record, &[(Ns::Feedburner, "origLink")]).and_then(|f| scope.text_link(f));
    plain_link(record, scope)
        .or_else(|| alternate(record, scope))
        .or_else(origin)
        .or_else(|| permalink(record))
        .or_else(|| any_link(record, scope))
}

/// A GUID that is an address, unless it says that it is none.
fn permalink(record: &Record<'_>) -> Option<Link> {
    let guid = first(record, &[(Ns::Rss, "guid"), (Ns::Atom, "id")])?;
    let denied = guid.attr("isPermaLink").is_some_and(|v| v.trim().eq_ignore_ascii_case("false"));
    if denied { None } else { Link::parse(&text(guid), None) }
}

/// `rdf:about`, CDF's `href`, an Atom link with another relation.
fn any_link(record: &Record<'_>, scope: &Scope) -> Option<Link> {
    let own = record.own()?;
    let about =
        ["rdf:about", "about", "href"].into_iter().find_map(|name| scope.attr_link(own, name));
    about.or_else(|| {
        let links = record.top().map(|(_, f)| f).filter(|f| f.is(Ns::Atom, "link"));
        let other = |f: &&Field<'_>| {
            !["self", "edit", "enclosure", "replies", "next", "hub"].contains(&relation(f))
        };
        links.filter(other).find_map(|f| scope.attr_link(f, "href"))
    })
}
