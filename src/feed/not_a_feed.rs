//! What a document is that is no feed, so that a person knows what to do.

use super::discover::{FoundBy, in_page};
use super::parsed::Media;
use super::xml::scan::{Scanner, Token, split_name};
use crate::model::Link;
use crate::model::text::head;
use std::fmt;

/// How much of a document is looked at, in bytes.
const LOOK_MAX: usize = 256 * 1024;

/// A document that is no feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAFeed {
    /// What it is instead.
    pub kind: Kind,
    /// Its title, where it is a page that has one.
    pub title: Option<String>,
    /// The feeds that it announces, best first.
    pub feeds: Vec<Link>,
}

/// What a document is that is no feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing but white space.
    Empty,
    /// A page that asks for proof of being human.
    Challenge,
    /// A page that asks to log in.
    Login,
    /// A page that says "not found" or reports an error.
    ErrorPage,
    /// A web page.
    Page,
    /// A list of feeds.
    Opml,
    /// A sitemap without news.
    Sitemap,
    /// JSON of another kind.
    Json,
    /// XML of another kind.
    Xml,
    /// A compressed file, a picture, a document.
    Binary,
    /// Text that is none of these.
    Text,
}

impl fmt::Display for NotAFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::Empty => "not a feed: the document is empty",
            Kind::Challenge => {
                "not a feed: a page that asks to prove being human; the site blocks programs"
            }
            Kind::Login => "not a feed: a page that asks to log in",
            Kind::ErrorPage => "not a feed: an error page",
            Kind::Page => "not a feed: a web page",
            Kind::Opml => {
                "not a feed: an OPML list of feeds; import it with `wiredesk import opml`"
            }
            Kind::Sitemap => "not a feed: a sitemap without news",
            Kind::Json => "not a feed: JSON without the fields of a JSON Feed",
            Kind::Xml => "not a feed: XML of another kind",
            Kind::Binary => "not a feed: a binary file",
            Kind::Text => "not a feed: plain text",
        })?;
        if let Some(title) = &self.title {
            write!(f, " (\"{title}\")")?;
        }
        if let Some(feed) = self.feeds.first() {
            write!(f, "; it announces the feed {feed}")?;
        }
        Ok(())
    }
}

impl std::error::Error for NotAFeed {}

/// What a text is that holds no feed.
pub(super) fn describe(text: &str, media: &Media) -> NotAFeed {
    let text = head(text, LOOK_MAX);
    let start = text.trim_start();
    let kind = if start.is_empty() {
        Kind::Empty
    } else if start.starts_with(['{', '[']) {
        Kind::Json
    } else if is_binary(start) {
        Kind::Binary
    } else {
        markup(start, media.status)
    };
    let page = matches!(kind, Kind::Page | Kind::Challenge | Kind::Login | Kind::ErrorPage);
    if !page {
        return NotAFeed { kind, title: None, feeds: Vec::new() };
    }
    let announced = in_page(text, media.url.as_ref()).into_iter();
    let sure = announced.filter(|feed| feed.found_by == FoundBy::LinkElement);
    NotAFeed { kind, title: title(start), feeds: sure.map(|feed| feed.url).collect() }
}

fn is_binary(text: &str) -> bool {
    let control = |c: &char| (*c < ' ' && !c.is_whitespace()) || *c == '\u{fffd}';
    text.chars().take(512).filter(control).count() > 8 || text.starts_with("%PDF")
}

/// The kind of a document with markup, by its first elements.
fn markup(text: &str, status: Option<u16>) -> Kind {
    let mut first = None;
    for token in Scanner::new(text).take(2000) {
        let Token::Start { name, .. } = token else { continue };
        match split_name(name).1.to_ascii_lowercase().as_str() {
            "html" | "head" | "body" | "meta" | "div" | "p" | "title" | "script" | "center" => {
                return page(text, status);
            }
            "opml" => return Kind::Opml,
            "urlset" | "sitemapindex" => return Kind::Sitemap,
            _ => first = first.or(Some(name)),
        }
    }
    if first.is_some() { Kind::Xml } else { Kind::Text }
}

fn page(text: &str, status: Option<u16>) -> Kind {
    const CHALLENGE: [&str; 12] = [
        "cf-challenge",
        "challenge-platform",
        "cf_chl_opt",
        "just a moment...",
        "captcha",
        "ddos-guard",
        "verify you are human",
        "checking your browser",
        "enable javascript and cookies",
        "_incapsula_",
        "datadome",
        "unusual traffic",
    ];
    const ERROR: [&str; 10] = [
        "not found",
        "404",
        "403 forbidden",
        "access denied",
        "error 5",
        "internal server error",
        "bad gateway",
        "service unavailable",
        "page introuvable",
        "nicht gefunden",
    ];
    const LOGIN: [&str; 6] =
        ["log in", "login", "sign in", "anmelden", "connexion", "iniciar sesi"];
    let lower = text.to_ascii_lowercase();
    let title = title(&lower).unwrap_or_default();
    let any = |place: &str, words: &[&str]| words.iter().any(|w| place.contains(w));
    if any(&lower, &CHALLENGE) {
        Kind::Challenge
    } else if status.is_some_and(|s| s >= 400) || any(&title, &ERROR) {
        Kind::ErrorPage
    } else if any(&title, &LOGIN) || lower.contains("type=\"password\"") {
        Kind::Login
    } else {
        Kind::Page
    }
}

fn title(text: &str) -> Option<String> {
    let mut inside = false;
    for token in Scanner::new(text) {
        match token {
            Token::Start { name, .. } => inside = name.eq_ignore_ascii_case("title"),
            Token::Text(text) if inside => {
                return Some(super::read::capped(&super::xml::text::unescape(text)))
                    .filter(|t| !t.is_empty());
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, kind: Kind, message: &str) {
        let what = describe(text, &Media::default());
        assert_eq!(what.kind, kind, "{text}");
        assert!(what.to_string().contains(message), "{what}");
    }

    #[test]
    fn documents_say_what_they_are() {
        check(" \n", Kind::Empty, "empty");
        check("{\"a\":1}", Kind::Json, "JSON");
        check("%PDF-1.7", Kind::Binary, "binary");
        check("hello", Kind::Text, "plain text");
        check("<x/>", Kind::Xml, "XML");
        check("<opml/>", Kind::Opml, "import");
        check("<urlset/>", Kind::Sitemap, "sitemap");
        check("<html><title>Just a moment...</title>", Kind::Challenge, "human");
        check("<html><title>404 Not Found</title>", Kind::ErrorPage, "404 Not Found");
        check("<html><input type=\"password\">", Kind::Login, "log in");
        check(
            "<html><link rel=alternate type=application/rss+xml href=http://e.org/f>",
            Kind::Page,
            "announces the feed http://e.org/f",
        );
    }
}
