//! What a reading takes and gives: [`Media`] in, [`Parsed`] out.

use crate::model::{Entry, FeedHints, Link, Person, Timestamp};
use serde::Serialize;
use std::fmt;

/// What is known of a document besides its bytes.
#[derive(Debug, Clone, Default)]
pub struct Media {
    /// `Content-Type` as the server sent it.
    pub content_type: Option<String>,
    /// The address that relative links start from: `Content-Location`, else where the document came from.
    pub url: Option<Link>,
    /// HTTP status, where it came over HTTP; used only to say what a document that is no feed is.
    pub status: Option<u16>,
}

/// A feed that was read, with everything that was wrong about it.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// What kind of feed the document is.
    pub format: Format,
    /// The feed's own fields.
    pub info: FeedInfo,
    /// What the feed says about how often to ask.
    pub hints: FeedHints,
    /// Where more of the feed stands.
    pub paging: Paging,
    /// The entries in document order. Two bear the same key only where one repeats the other:
    /// then the first is enough.
    pub entries: Vec<Entry>,
    /// What was wrong or left out; empty for a sound feed.
    pub warnings: Vec<Warning>,
}

/// Kinds of feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// RSS 0.91 to 2.0, also without a version.
    Rss,
    /// RSS 0.90 and 1.0 (RDF).
    Rdf,
    /// Atom 0.3 and 1.0.
    Atom,
    /// JSON Feed.
    Json,
    /// A news sitemap.
    Sitemap,
}

impl Format {
    /// The word that other programs see.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rss => "rss",
            Self::Rdf => "rdf",
            Self::Atom => "atom",
            Self::Json => "json",
            Self::Sitemap => "sitemap",
        }
    }
}

/// The feed's own fields. Texts are plain and on one line unless said otherwise.
#[derive(Debug, Clone, Default)]
pub struct FeedInfo {
    /// Identifier as published.
    pub id: Option<String>,
    /// Name of the feed; may be empty.
    pub title: String,
    /// The site that the feed belongs to.
    pub link: Option<Link>,
    /// What the feed is about; HTML as published.
    pub description: Option<String>,
    /// Language as declared (BCP 47).
    pub language: Option<String>,
    /// When it last changed, by its own account.
    pub updated: Option<Timestamp>,
    /// When it was published, by its own account.
    pub published: Option<Timestamp>,
    /// Who makes it.
    pub authors: Vec<Person>,
    /// Copyright line.
    pub rights: Option<String>,
    /// The program that wrote it.
    pub generator: Option<String>,
    /// Picture that stands for the feed.
    pub image: Option<Link>,
    /// Categories.
    pub categories: Vec<String>,
}

/// Where more of the feed stands (RFC 5005; JSON Feed `next_url`) and how else to hear of news.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paging {
    /// The next page of older entries.
    pub next: Option<Link>,
    /// The archive document before this one.
    pub prev_archive: Option<Link>,
    /// The document holds every entry that the feed has: what is missing was removed.
    pub complete: bool,
    /// The document is an archive that will not change.
    pub archive: bool,
    /// `rssCloud` endpoint as `domain:port/path`.
    pub cloud: Option<String>,
}

/// Something wrong about a feed that was read all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "warning", content = "detail")]
pub enum Warning {
    /// The bytes were not in the charset declared.
    Charset(String),
    /// The strict reader refused the document; the tolerant one read it.
    Malformed(String),
    /// More entries than the limit: this many were read.
    EntriesCut(usize),
    /// Texts longer than the limit were cut, in this many places.
    TextsCut(usize),
    /// So many entries bear a GUID that an earlier entry of the document bears.
    DuplicateGuids(usize),
    /// So many entries have neither a GUID nor a link.
    Anonymous(usize),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Charset(what) => f.write_str(what),
            Self::Malformed(why) => write!(f, "malformed: {why}"),
            Self::EntriesCut(max) => write!(f, "only the first {max} entries were read"),
            Self::TextsCut(n) => write!(f, "{n} overlong texts were cut"),
            Self::DuplicateGuids(n) => write!(f, "{n} entries share a GUID with another"),
            Self::Anonymous(n) => write!(f, "{n} entries have neither GUID nor link"),
        }
    }
}
