//! Attached files and the picture that stands for an entry.

use super::fields::{Scope, text};
use crate::feed::xml::names::Ns;
use crate::feed::xml::record::{Field, Record};
use crate::model::{Enclosure, Link};

/// Most attached files kept of an entry.
const ENCLOSURES_MAX: usize = 100;

/// Most pictures of a channel that are looked at; one is what the standard allows.
const IMAGES_MAX: usize = 10;

/// The attached files, each address once.
pub(super) fn enclosures(record: &Record<'_>, scope: &Scope) -> Vec<Enclosure> {
    let mut found: Vec<Enclosure> = Vec::new();
    for (_, field) in record.all().skip(1) {
        let address = match field.ns {
            Ns::Rss if field.is(Ns::Rss, "enclosure") => ["url", "href", "rdf:resource", "enc:url"]
                .into_iter()
                .find_map(|a| scope.attr_link(field, a))
                .or_else(|| scope.text_link(field)),
            Ns::Atom if is_rel(field, "enclosure") => scope.attr_link(field, "href"),
            Ns::Media if field.is(Ns::Media, "content") => scope.attr_link(field, "url"),
            _ => None,
        };
        if found.len() < ENCLOSURES_MAX
            && let Some(url) = address.filter(|url| found.iter().all(|e| e.url != *url))
        {
            found.push(enclosure(field, url));
        }
    }
    found
}

fn enclosure(field: &Field<'_>, url: Link) -> Enclosure {
    let length = field.attr("length").or_else(|| field.attr("fileSize"));
    let media_type = field.attr("type").map(str::trim).filter(|t| !t.is_empty());
    Enclosure {
        url,
        media_type: media_type.map(str::to_owned),
        length: length.and_then(|l| l.trim().parse().ok()),
    }
}

/// The picture that stands for the entry or the feed.
pub(super) fn image(record: &Record<'_>, scope: &Scope) -> Option<Link> {
    let fields = || record.all().skip(1).map(|(_, field)| field);
    let attr = |ns, name: &str, attr: &str| {
        fields().filter(|f| f.is(ns, name)).find_map(|f| scope.attr_link(f, attr))
    };
    let text =
        |ns, name: &str| fields().filter(|f| f.is(ns, name)).find_map(|f| scope.text_link(f));
    let picture = || {
        let shows = |f: &&Field<'_>| {
            f.attr("medium") == Some("image")
                || f.attr("type").is_some_and(|t| t.starts_with("image/"))
        };
        let content = fields().filter(|f| f.is(Ns::Media, "content") || f.is(Ns::Rss, "enclosure"));
        content.filter(shows).find_map(|f| scope.attr_link(f, "url"))
    };
    attr(Ns::Media, "thumbnail", "url")
        .or_else(|| attr(Ns::Itunes, "image", "href"))
        .or_else(|| attr(Ns::Itunes, "image", "url"))
        .or_else(picture)
        .or_else(|| text(Ns::Atom, "logo"))
        .or_else(|| text(Ns::Atom, "icon"))
}

/// True for an Atom link with this relation.
pub(super) fn is_rel(field: &Field<'_>, rel: &str) -> bool {
    field.is(Ns::Atom, "link") && relation(field).eq_ignore_ascii_case(rel)
}

/// An Atom link's relation; registered ones may be written as addresses (RFC 4287, 4.2.7.2).
pub(super) fn relation<'a>(field: &Field<'a>) -> &'a str {
    let rel = field.attr("rel").map_or("", str::trim);
    let rel = rel.strip_prefix("http://www.iana.org/assignments/relation/").unwrap_or(rel);
    if rel.is_empty() { "alternate" } else { rel }
}

/// The picture of an RSS channel: the `url` below `image`.
pub(super) fn channel_image(record: &Record<'_>, scope: &Scope) -> Option<Link> {
    let images = record.all().filter(|(_, f)| f.is(Ns::Rss, "image") || f.is(Ns::Rss, "logo"));
    images.take(IMAGES_MAX).find_map(|(at, image)| {
        let url = record.below(at).find(|(_, f)| f.is(Ns::Rss, "url"));
        let below = url.filter(|(_, f)| !text(f).is_empty()).and_then(|(_, f)| scope.text_link(f));
        below.or_else(|| scope.attr_link(image, "href"))
    })
}
