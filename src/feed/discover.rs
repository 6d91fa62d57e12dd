//! Which feeds a page announces: `Link` headers, `<link rel=alternate>`, links that look like feeds,
//! and the paths where feeds usually are. Asking the addresses is left to the caller.

use super::decode::decode;
use super::parsed::Media;
use super::read::capped;
use super::xml::scan::{Scanner, Token, attr};
use super::xml::text::unescape;
use crate::model::Link;
use crate::model::text::head;
use serde::Serialize;

/// How much of a page is looked at, in bytes: announcements stand at its top, but some heads are
/// full of scripts.
const LOOK_MAX: usize = 2 << 20;

/// Most feeds taken from one page.
const FOUND_MAX: usize = 50;

/// Where feeds usually are, below the site's root and below the page's folder.
const USUAL: [&str; 9] = [
    "feed",
    "rss",
    "rss.xml",
    "feed.xml",
    "atom.xml",
    "index.xml",
    "feed/",
    "feed.json",
    "index.rss",
];

/// A feed that a page announces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Announced {
    /// Where the feed is said to be.
    pub url: Link,
    /// What the page calls it, plain text.
    pub title: Option<String>,
    /// How it was found.
    pub found_by: FoundBy,
}

/// How a feed was found, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FoundBy {
    /// The address asked for is the feed itself.
    Address,
    /// The HTTP `Link` header (RFC 8288).
    Header,
    /// A `<link rel=alternate>` in the page.
    LinkElement,
    /// A link in the page whose address looks like a feed's.
    Anchor,
    /// Nothing announces it; it is where feeds usually are.
    UsualPlace,
}

/// The feeds that a page announces, best first: comment feeds last, each address once.
///
/// ```
/// use wiredesk::feed::{Media, discover};
/// let page = b"<html><head><link rel=alternate type='application/rss+xml' href='http://example.org/rss'>";
/// let found = discover(page, &Media::default(), None);
/// assert_eq!(found[0].url.as_str(), "http://example.org/rss");
/// ```
pub fn discover(body: &[u8], media: &Media, link_header: Option<&str>) -> Vec<Announced> {
    let text = decode(body, media.content_type.as_deref()).text;
    let mut found = link_header.map(|h| in_header(h, media.url.as_ref())).unwrap_or_default();
    found.extend(in_page(&text, media.url.as_ref()));
    let about_comments = |feed: &Announced| {
        let title = feed.title.as_deref().unwrap_or_default().to_lowercase();
        title.contains("comment") || feed.url.as_str().contains("comments/feed")
    };
    found.sort_by_key(|feed| (about_comments(feed), feed.found_by));
    let mut seen = std::collections::HashSet::new();
    found.retain(|feed| seen.insert(feed.url.clone()));
    found.truncate(FOUND_MAX);
    found
}

/// The addresses where a site's feed usually is, worth asking where nothing is announced.
pub fn usual_places(page: &Link) -> Vec<Link> {
    let mut places: Vec<Link> = Vec::new();
    let below = |folder: &'static str| {
        USUAL.iter().filter_map(move |name| Link::parse(&format!("{folder}{name}"), Some(page)))
    };
    for place in below("/").chain(below("")) {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

/// The feeds in a page's markup.
pub(super) fn in_page(text: &str, url: Option<&Link>) -> Vec<Announced> {
    let mut base = url.cloned();
    let mut found = Vec::new();
    for token in Scanner::new(head(text, LOOK_MAX)) {
        let Token::Start { name, attrs, .. } = token else { continue };
        let value = |name| attr(attrs, name).map(|v| unescape(v).trim().to_owned());
        let place = |base: Option<&Link>| Link::parse(&value("href")?, base);
        match name.to_ascii_lowercase().as_str() {
            "base" => base = place(url).or(base),
            "link" if announces(value("rel"), value("type")) => {
                let title = value("title").map(|t| capped(&t)).filter(|t| !t.is_empty());
                let feed = |url| Announced { url, title, found_by: FoundBy::LinkElement };
                found.extend(place(base.as_ref()).map(feed));
            }
            "a" => {
                let url = place(base.as_ref()).filter(looks_like_feed);
                found.extend(url.map(|url| Announced {
                    url,
                    title: None,
                    found_by: FoundBy::Anchor,
                }));
            }
            _ => {}
        }
        if found.len() > 10 * FOUND_MAX {
            break;
        }
    }
    found
}

/// The feeds in a `Link` header: `<address>; rel="alternate"; type="…"`, separated by commas.
fn in_header(header: &str, base: Option<&Link>) -> Vec<Announced> {
    let links = header.split('<').skip(1).filter_map(|link| link.split_once('>'));
    let feeds = links.filter_map(|(address, parameters)| {
        let parameters = parameters.replace([';', ','], " ");
        let value = |name| attr(&parameters, name).map(str::to_owned);
        let url = Link::parse(address, base).filter(|_| announces(value("rel"), value("type")))?;
        Some(Announced {
            url,
            title: value("title").map(|t| capped(&t)),
            found_by: FoundBy::Header,
        })
    });
    feeds.take(FOUND_MAX).collect()
}

/// True for a link's relation and type that mean a feed.
fn announces(rel: Option<String>, media_type: Option<String>) -> bool {
    let rel = rel.unwrap_or_default().to_ascii_lowercase();
    let media = media_type.unwrap_or_default().to_ascii_lowercase();
    let is_feed = ["rss", "atom", "rdf+xml", "feed+json"].iter().any(|t| media.contains(t))
        || matches!(media.as_str(), "text/xml" | "application/xml");
    rel.split_whitespace().any(|r| r == "feed" || (r == "alternate" && is_feed))
}

fn looks_like_feed(link: &Link) -> bool {
    let path = link.url().path().trim_end_matches('/').to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    [".rss", ".atom", ".rdf"].iter().any(|end| name.ends_with(end))
        || ["rss", "feed", "atom", "rss.xml", "feed.xml", "atom.xml", "feed.json"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(page: &str, header: Option<&str>, expect: &[&str]) {
        let media =
            Media { url: Link::parse("https://example.org/blog/post", None), ..Media::default() };
        let found = discover(page.as_bytes(), &media, header);
        let urls: Vec<_> = found.iter().map(|feed| feed.url.as_str()).collect();
        assert_eq!(urls, expect, "{page}");
    }

    #[test]
    fn announcements_are_found() {
        check(
            "<LINK REL='Alternate' TYPE=application/rss&#43;xml HREF=rss>",
            None,
            &["https://example.org/blog/rss"],
        );
        check(
            "<base href='/x/'><link rel='alternate feed' href='y'>",
            None,
            &["https://example.org/x/y"],
        );
        check(
            "<link rel=alternate type=application/atom+xml title='Comments' href=/c><a href='/feed/'>RSS</a>",
            Some("</h>; rel=\"alternate\"; type=\"application/feed+json\", </s>; rel=stylesheet"),
            &["https://example.org/h", "https://example.org/feed/", "https://example.org/c"],
        );
        check(
            "<link rel=stylesheet href=a><link rel=alternate hreflang=de href=/de><a href=/about>",
            None,
            &[],
        );
    }

    #[test]
    fn usual_places_are_named_once() {
        let places = usual_places(&Link::parse("https://example.org/blog/", None).unwrap());
        assert!(places.iter().any(|p| p.as_str() == "https://example.org/rss.xml"));
        assert!(places.iter().any(|p| p.as_str() == "https://example.org/blog/feed/"));
        assert_eq!(places.len(), 2 * USUAL.len());
    }

    proptest! {
        #[test]
        fn any_page_is_read(page: String, header: String) {
            discover(page.as_bytes(), &Media::default(), Some(&header));
        }
    }
}
