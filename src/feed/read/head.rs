//! The feed's own fields.

use super::fields::{Scope, html, moment, title, words};
use super::media::{channel_image, image, relation};
use super::people::authors;
use crate::feed::parsed::FeedInfo;
use crate::feed::xml::names::Ns;
use crate::feed::xml::record::{Field, Record};
use crate::model::{Link, Timestamp};

/// Most categories kept of a feed or an entry.
const CATEGORIES_MAX: usize = 100;

pub(super) fn info(head: &Record<'_>, scope: &Scope) -> FeedInfo {
    let first = |names: &[(Ns, &str)]| first(head, names).and_then(words);
    FeedInfo {
        id: first(&[(Ns::Atom, "id"), (Ns::Dc, "identifier"), (Ns::Rss, "guid")]),
        title: first(&[(Ns::Rss, "title"), (Ns::Atom, "title"), (Ns::Dc, "title")])
            .unwrap_or_default(),
        link: link(head, scope),
        description: description(head),
        language: first(&[(Ns::Rss, "language"), (Ns::Dc, "language"), (Ns::Atom, "language")])
            .or_else(|| scope.language.clone()),
        updated: date(
            head,
            &[
                (Ns::Atom, "updated"),
                (Ns::Atom, "modified"),
                (Ns::Rss, "lastBuildDate"),
                (Ns::Dc, "modified"),
                (Ns::Dc, "date"),
                (Ns::Rss, "pubDate"),
            ],
        ),
        published: date(head, &[(Ns::Rss, "pubDate"), (Ns::Atom, "published"), (Ns::Dc, "issued")]),
        authors: authors(head, head.top_place()),
        rights: first(&[
            (Ns::Rss, "copyright"),
            (Ns::Atom, "rights"),
            (Ns::Atom, "copyright"),
            (Ns::Dc, "rights"),
        ]),
        generator: first(&[(Ns::Rss, "generator"), (Ns::Atom, "generator")]),
        image: channel_image(head, scope).or_else(|| image(head, scope)),
        categories: categories(head),
    }
}

/// The first of these fields that holds anything, in the order of the names.
pub(super) fn first<'a, 'b>(record: &'b Record<'a>, names: &[(Ns, &str)]) -> Option<&'b Field<'a>> {
    names.iter().find_map(|(ns, name)| record.find(*ns, name))
}

/// The first of these fields that is a date, in the order of the names.
pub(super) fn date(record: &Record<'_>, names: &[(Ns, &str)]) -> Option<Timestamp> {
    names.iter().find_map(|(ns, name)| {
        record.top().filter(|(_, f)| f.is(*ns, name)).find_map(|(_, f)| moment(f))
    })
}

fn description(head: &Record<'_>) -> Option<String> {
    let names = [
        (Ns::Rss, "description"),
        (Ns::Atom, "subtitle"),
        (Ns::Atom, "tagline"),
        (Ns::Rss, "abstract"),
        (Ns::Dc, "description"),
        (Ns::Itunes, "summary"),
        (Ns::Itunes, "subtitle"),
        (Ns::Atom, "info"),
    ];
    first(head, &names).and_then(html)
}

/// The site: RSS `link`, else Atom's alternate.
fn link(head: &Record<'_>, scope: &Scope) -> Option<Link> {
    plain_link(head, scope)
        .or_else(|| alternate(head, scope))
        .or_else(|| head.own().and_then(|own| scope.attr_link(own, "href")))
}

/// RSS `link`: its text, else its `href`.
pub(super) fn plain_link(record: &Record<'_>, scope: &Scope) -> Option<Link> {
    let links = record.top().map(|(_, f)| f).filter(|f| f.is(Ns::Rss, "link"));
    links.into_iter().find_map(|f| scope.text_link(f).or_else(|| scope.attr_link(f, "href")))
}

/// Atom's alternate link, an HTML one first.
pub(super) fn alternate(record: &Record<'_>, scope: &Scope) -> Option<Link> {
    let links = || {
        let links = record.top().map(|(_, f)| f).filter(|f| f.is(Ns::Atom, "link"));
        links.filter(|f| relation(f).eq_ignore_ascii_case("alternate"))
    };
    let is_html = |f: &&Field<'_>| f.attr("type").is_none_or(|t| t.contains("html"));
    let html = links().filter(is_html).find_map(|f| scope.attr_link(f, "href"));
    html.or_else(|| links().find_map(|f| scope.attr_link(f, "href").or_else(|| scope.text_link(f))))
}

/// Categories of all vocabularies, each once.
pub(super) fn categories(record: &Record<'_>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (at, field) in record.top() {
        let term = match field.ns {
            Ns::Atom if field.is(Ns::Atom, "category") => field
                .attr("term")
                .map(attr_words)
                .filter(|t| !t.is_empty())
                .or_else(|| Some(title(field))),
            Ns::Rss if field.is(Ns::Rss, "category") => Some(title(field)),
            Ns::Dc if field.is(Ns::Dc, "subject") => Some(title(field)),
            Ns::Media if field.is(Ns::Media, "category") => Some(title(field)),
            Ns::Itunes if field.is(Ns::Itunes, "category") => field.attr("text").map(attr_words),
            _ => None,
        };
        let nested =
            field.is(Ns::Itunes, "category").then(|| record.below(at)).into_iter().flatten();
        let nested = nested.filter_map(|(_, f)| f.attr("text").map(attr_words));
        for term in term.into_iter().chain(nested) {
            if !term.is_empty() && !found.contains(&term) {
                found.push(term);
            }
        }
        if found.len() >= CATEGORIES_MAX {
            break;
        }
    }
    found
}

fn attr_words(value: &str) -> String {
    super::fields::capped(&crate::feed::xml::text::unescape(value))
}
